//! Consignees: parties that received devices and receive notices.

use crate::{
    event::Event,
    operation::Operation,
    refusal::Refusal,
    text::{self, NAME_LIMIT},
};
use aftercare_vocab::{id::ConsigneeId, problem::quoted};
use serde::{Deserialize, Serialize};

/// A consignee was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsigneeAdded {
    /// The new consignee.
    pub consignee: ConsigneeId,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2 code, upper case; `None` = not known here.
    pub country: Option<String>,
}

/// Add a consignee.
#[derive(Debug, Clone)]
pub struct AddConsignee {
    /// The new identifier.
    pub consignee: ConsigneeId,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
}

/// What matters for adding a consignee.
#[derive(Debug, Clone, Default)]
pub struct ConsigneeFacts {
    /// The consignee that has this name in this country already.
    pub same_name: Option<ConsigneeId>,
}

/// Adds a consignee, unless another of the country has the name.
pub fn add(
    facts: &ConsigneeFacts,
    add: AddConsignee,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let name = text::line("consignee name", &add.name, NAME_LIMIT)?;
    let country = country(add.country.as_deref())?;
    if let Some(other) = facts.same_name {
        return Err(Refusal::new(
            "name_taken",
            format!("A consignee named {name} exists already in that country ({other})."),
            "Use that consignee and add a site to it, or choose a name that tells them apart.",
        ));
    }
    Ok(vec![ConsigneeAdded { consignee: add.consignee, name, country }.into()])
}

/// A country code in normal form: two upper-case letters. Whether it is assigned is not checked.
pub fn country(code: Option<&str>) -> Result<Option<String>, Refusal> {
    match code.map(str::trim) {
        None | Some("") => Ok(None),
        Some(code) if code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic()) => {
            Ok(Some(code.to_ascii_uppercase()))
        }
        Some(code) => Err(Refusal::new(
            "country_unreadable",
            format!("{} is not a country code.", quoted(code)),
            "Use the two letters of ISO 3166-1, like DE or US.",
        )),
    }
}
