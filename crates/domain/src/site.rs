//! Sites: places of a consignee where devices stand.

use crate::{
    consignee::country,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    text::{self, MARK_LIMIT, NAME_LIMIT},
};
use aftercare_vocab::{
    id::{ConsigneeId, SiteId},
    problem::quoted,
};
use serde::{Deserialize, Serialize};

/// Longest name of a time zone, in characters.
const ZONE_LIMIT: usize = 64;

/// A site of a consignee was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteAdded {
    /// The new site.
    pub site: SiteId,
    /// Whose site it is.
    pub consignee: ConsigneeId,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2 code, upper case; `None` = not known here.
    pub country: Option<String>,
    /// City; `None` = not known here.
    pub city: Option<String>,
    /// Name in the time zone database (`Europe/Berlin`); `None` = not known here.
    pub time_zone: Option<String>,
}

/// Add a site.
#[derive(Debug, Clone)]
pub struct AddSite {
    /// The new identifier.
    pub site: SiteId,
    /// Whose site it is.
    pub consignee: ConsigneeId,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Name in the time zone database.
    pub time_zone: Option<String>,
}

/// What matters for adding a site.
#[derive(Debug, Clone, Default)]
pub struct SiteFacts {
    /// The consignee, if the register knows it.
    pub consignee: Option<ConsigneeId>,
    /// The site of that consignee that has this name already.
    pub same_name: Option<SiteId>,
}

/// Adds a site to a known consignee, unless another of its sites has the name.
pub fn add(facts: &SiteFacts, add: AddSite, _: &Operation) -> Result<Vec<Event>, Refusal> {
    let name = text::line("site name", &add.name, NAME_LIMIT)?;
    let country = country(add.country.as_deref())?;
    let city = text::optional_line("city", add.city.as_deref(), MARK_LIMIT)?;
    let time_zone = zone(add.time_zone.as_deref())?;
    if facts.consignee != Some(add.consignee) {
        return Err(Refusal::unknown("consignee", add.consignee));
    }
    if let Some(other) = facts.same_name {
        return Err(Refusal::new(
            "name_taken",
            format!("The consignee has a site named {name} already ({other})."),
            "Use that site, or choose another name.",
        ));
    }
    let (site, consignee) = (add.site, add.consignee);
    Ok(vec![SiteAdded { site, consignee, name, country, city, time_zone }.into()])
}

/// Checks the shape only: the time zone database is not part of this crate.
fn zone(name: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(name) = text::optional_line("time zone", name, ZONE_LIMIT)? else { return Ok(None) };
    let shaped = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    if shaped && (name.contains('/') || name == "UTC") {
        return Ok(Some(name));
    }
    Err(Refusal::new(
        "time_zone_unreadable",
        format!("{} is not the name of a time zone.", quoted(&name)),
        "Use a name of the time zone database, like Europe/Berlin.",
    ))
}
