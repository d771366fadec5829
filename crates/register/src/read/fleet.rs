//! The field: consignees, sites, units, and what a vulnerability or a set of versions reaches there.

use super::{Cursor, Named, Page, Paged, Reader, version::VersionRef};
use crate::{
    facts::{id_of, installed_of},
    fault::Fault,
    sql::{Row, Session, Statement, Value, statements, values},
};
use aftercare_domain::{Date, unit::Installed};
use aftercare_vocab::{
    id::{Consignee, ConsigneeId, Product, ProductId, Site, SiteId, UnitId, VersionId},
    verdict::Answer,
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

statements! {
    CONSIGNEE_NO = "SELECT no FROM consignee WHERE since <= $1 AND id = $2";
    SITE_NO = "SELECT no FROM site WHERE since <= $1 AND id = $2";
    PRODUCT_NO = "SELECT no FROM product WHERE since <= $1 AND id = $2";
    CONSIGNEES = "SELECT c.no, c.folded, c.id, c.name, c.country,
          (SELECT count(*) FROM site s WHERE s.consignee = c.no AND s.since <= $1),
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM site s JOIN fleet f ON f.site = s.no WHERE s.consignee = c.no AND f.since <= $1),
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM site s JOIN fleet f ON f.site = s.no
            WHERE s.consignee = c.no AND f.version = 0 AND f.since <= $1)
        FROM consignee c WHERE c.since <= $1 AND (c.folded, c.no) > ($2, $3)
        ORDER BY c.folded, c.no LIMIT $4";
    CONSIGNEE = "SELECT c.no, c.folded, c.id, c.name, c.country,
          (SELECT count(*) FROM site s WHERE s.consignee = c.no AND s.since <= $1),
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM site s JOIN fleet f ON f.site = s.no WHERE s.consignee = c.no AND f.since <= $1),
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM site s JOIN fleet f ON f.site = s.no
            WHERE s.consignee = c.no AND f.version = 0 AND f.since <= $1)
        FROM consignee c WHERE c.since <= $1 AND c.id = $2";
    SITES = "SELECT s.no, s.folded, s.id, s.name, s.country, s.city, s.time_zone, c.id, c.name,
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM fleet f WHERE f.site = s.no AND f.since <= $1),
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM fleet f WHERE f.site = s.no AND f.version = 0 AND f.since <= $1)
        FROM site s JOIN consignee c ON c.no = s.consignee
        WHERE s.since <= $1 AND (s.folded, s.no) > ($2, $3) ORDER BY s.folded, s.no LIMIT $4";
    SITES_OF_CONSIGNEE = "SELECT s.no, s.folded, s.id, s.name, s.country, s.city, s.time_zone, c.id, c.name,
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM fleet f WHERE f.site = s.no AND f.since <= $1),
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM fleet f WHERE f.site = s.no AND f.version = 0 AND f.since <= $1)
        FROM site s JOIN consignee c ON c.no = s.consignee
        WHERE s.since <= $1 AND s.consignee = $2 AND (s.folded, s.no) > ($3, $4)
        ORDER BY s.folded, s.no LIMIT $5";
    SITE = "SELECT s.no, s.folded, s.id, s.name, s.country, s.city, s.time_zone, c.id, c.name,
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM fleet f WHERE f.site = s.no AND f.since <= $1),
          (SELECT coalesce(CAST(sum(CASE WHEN f.counted <= $1 THEN f.units
              ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
                AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END) AS BIGINT), 0)
            FROM fleet f WHERE f.site = s.no AND f.version = 0 AND f.since <= $1)
        FROM site s JOIN consignee c ON c.no = s.consignee WHERE s.since <= $1 AND s.id = $2";
    SITE_BY_NO = "SELECT s.id, s.name, s.country, s.city, c.no, c.id, c.name, c.country FROM site s
        JOIN consignee c ON c.no = s.consignee WHERE s.no = $1";
    PRODUCT_BY_NO = "SELECT id, name FROM product WHERE no = $1";
    UNITS = "SELECT u.no, u.id, u.udi_di, u.serial, u.delivered, p.id, p.name, v.id, v.label, t.installed,
          s.id, s.name, c.id, c.name, t.since
        FROM unit u
        JOIN unit_state t ON t.unit = u.no AND t.since <= $1 AND (t.until IS NULL OR t.until > $1)
        JOIN product p ON p.no = t.product
        JOIN site s ON s.no = t.site
        JOIN consignee c ON c.no = s.consignee
        LEFT JOIN product_version v ON v.no = t.version
        WHERE u.no > $2 ORDER BY u.no LIMIT $3";
    UNITS_OF_VERSION = "SELECT u.no, u.id, u.udi_di, u.serial, u.delivered, p.id, p.name, v.id, v.label,
          t.installed, s.id, s.name, c.id, c.name, t.since
        FROM unit_state t
        JOIN unit u ON u.no = t.unit
        JOIN product p ON p.no = t.product
        JOIN site s ON s.no = t.site
        JOIN consignee c ON c.no = s.consignee
        LEFT JOIN product_version v ON v.no = t.version
        WHERE t.since <= $1 AND (t.until IS NULL OR t.until > $1)
          AND t.product = $2 AND t.version = $3 AND ($4 = 0 OR t.site = $4) AND t.unit > $5
        ORDER BY t.unit LIMIT $6";
    UNITS_OF_SITE = "SELECT u.no, u.id, u.udi_di, u.serial, u.delivered, p.id, p.name, v.id, v.label,
          t.installed, s.id, s.name, c.id, c.name, t.since
        FROM unit_state t
        JOIN unit u ON u.no = t.unit
        JOIN product p ON p.no = t.product
        JOIN site s ON s.no = t.site
        JOIN consignee c ON c.no = s.consignee
        LEFT JOIN product_version v ON v.no = t.version
        WHERE t.since <= $1 AND (t.until IS NULL OR t.until > $1) AND t.site = $2 AND t.unit > $3
        ORDER BY t.unit LIMIT $4";
    UNIT = "SELECT u.no, u.id, u.udi_di, u.serial, u.delivered, p.id, p.name, v.id, v.label, t.installed,
          s.id, s.name, c.id, c.name, t.since
        FROM unit u
        JOIN unit_state t ON t.unit = u.no AND t.since <= $1 AND (t.until IS NULL OR t.until > $1)
        JOIN product p ON p.no = t.product
        JOIN site s ON s.no = t.site
        JOIN consignee c ON c.no = s.consignee
        LEFT JOIN product_version v ON v.no = t.version
        WHERE u.id = $2";
    // How many stood somewhere at a moment: what stands there now, or what stood there before.
    FLEET_OF_VERSION = "SELECT f.site, CASE WHEN f.counted <= $1 THEN f.units
          ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
            AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END
        FROM fleet f WHERE f.since <= $1 AND f.product = $2 AND f.version = $3";
}

/// A consignee with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsigneeRow {
    /// Its identifier.
    pub id: ConsigneeId,
    /// Its name.
    pub name: String,
    /// Country code.
    pub country: Option<String>,
    /// Number of sites.
    pub sites: u64,
    /// Number of units, whatever is installed.
    pub units: u64,
    /// How many of them without a known installed version.
    pub units_unknown: u64,
}

/// A site with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteRow {
    /// Its identifier.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// Country code.
    pub country: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Time zone.
    pub time_zone: Option<String>,
    /// Whose site it is.
    pub consignee: Named<Consignee>,
    /// Number of units, whatever is installed.
    pub units: u64,
    /// How many of them without a known installed version.
    pub units_unknown: u64,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitRow {
    /// Its identifier.
    pub id: UnitId,
    /// Device identifier part of its UDI.
    pub udi_di: Option<String>,
    /// Serial number.
    pub serial: String,
    /// When it was delivered.
    pub delivered: Option<Date>,
    /// Its product.
    pub product: Named<Product>,
    /// What is installed, or why that is unknown.
    pub installed: Installed,
    /// The label of the installed version, if known.
    pub label: Option<String>,
    /// Where it stands.
    pub site: Named<Site>,
    /// Whose site that is.
    pub consignee: Named<Consignee>,
    /// Ledger position since which the record says so.
    pub since: u64,
}

/// Which units are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units {
    /// All.
    All,
    /// Those known to have a version installed, at one site or at all.
    WithVersion(VersionId, Option<SiteId>),
    /// Those of a product without a known installed version, at one site or at all.
    Unknown(ProductId, Option<SiteId>),
    /// Those at a site.
    AtSite(SiteId),
}

/// What a vulnerability or a set of versions reaches in the field. Units without a known installed
/// version are counted apart, never as unaffected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reach {
    /// The versions, the worst answer first.
    pub versions: Vec<VersionReach>,
    /// The consignees with units of these versions or unknown ones, most units first.
    pub consignees: Vec<ConsigneeReach>,
    /// Products of these versions, with their units of unknown version.
    pub unknown: Vec<UnknownReach>,
    /// Units known to have an affected version.
    pub units_affected: u64,
    /// Units known to have a version for which it is undetermined.
    pub units_undetermined: u64,
    /// Units of the same products without a known installed version.
    pub units_unknown: u64,
    /// Sites where any of these units stand.
    pub sites: u64,
}

/// One version reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionReach {
    /// The version.
    pub version: VersionRef,
    /// The worst answer of its components.
    pub answer: Answer,
    /// Findings in its current SBOMs.
    pub findings: u64,
    /// Units known to have it installed.
    pub units: u64,
    /// Sites where these stand.
    pub sites: u64,
}

/// A product reached, with its units of unknown version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownReach {
    /// The product.
    pub product: Named<Product>,
    /// Its units without a known installed version.
    pub units: u64,
}

/// One consignee reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsigneeReach {
    /// The consignee.
    pub consignee: Named<Consignee>,
    /// Country code.
    pub country: Option<String>,
    /// Its units known to have an affected version.
    pub affected: u64,
    /// Its units known to have a version for which it is undetermined.
    pub undetermined: u64,
    /// Its units of the same products without a known installed version.
    pub unknown: u64,
    /// Its sites where these units stand, most units first.
    pub sites: Vec<SiteReach>,
}

/// One site reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteReach {
    /// The site.
    pub site: Named<Site>,
    /// Country code.
    pub country: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Units known to have an affected version.
    pub affected: u64,
    /// Units known to have a version for which it is undetermined.
    pub undetermined: u64,
    /// Units of the same products without a known installed version.
    pub unknown: u64,
}

impl Reader {
    /// Consignees by name.
    pub fn consignees(&self, page: &Page) -> Result<Paged<ConsigneeRow>, Fault> {
        let (name, no) = page.name()?;
        let asked = values![self.position, name, no, page.ask()];
        Ok(Paged::of(self.session()?.query(CONSIGNEES, asked, consignee)?, page))
    }

    /// One consignee.
    pub fn consignee(&self, id: ConsigneeId) -> Result<Option<ConsigneeRow>, Fault> {
        let asked = values![self.position, id.as_bytes()];
        Ok(self.session()?.first(CONSIGNEE, asked, consignee)?.map(|(_, row)| row))
    }

    /// Sites by name, of one consignee or of all.
    pub fn sites(
        &self,
        consignee: Option<ConsigneeId>,
        page: &Page,
    ) -> Result<Paged<SiteRow>, Fault> {
        let (name, no) = page.name()?;
        let session = self.session()?;
        let found = match consignee {
            None => session.query(SITES, values![self.position, name, no, page.ask()], site)?,
            Some(consignee) => match self.no(CONSIGNEE_NO, consignee)? {
                None => Vec::new(),
                Some(consignee) => session.query(
                    SITES_OF_CONSIGNEE,
                    values![self.position, consignee, name, no, page.ask()],
                    site,
                )?,
            },
        };
        Ok(Paged::of(found, page))
    }

    /// One site.
    pub fn site(&self, id: SiteId) -> Result<Option<SiteRow>, Fault> {
        let asked = values![self.position, id.as_bytes()];
        Ok(self.session()?.first(SITE, asked, site)?.map(|(_, row)| row))
    }

    /// Units in the order they were recorded.
    pub fn units(&self, wanted: Units, page: &Page) -> Result<Paged<UnitRow>, Fault> {
        let [after] = page.numbers()?;
        let none = Paged { items: Vec::new(), next: None };
        let place = |site: Option<SiteId>| match site {
            None => Ok(Some(0)),
            Some(site) => self.no(SITE_NO, site),
        };
        let ask = |statement: Statement, values: &[Value<'_>]| {
            Ok(Paged::of(self.session()?.query(statement, values, unit)?, page))
        };
        let (product, version, site) = match wanted {
            Units::All => return ask(UNITS, values![self.position, after, page.ask()]),
            Units::AtSite(site) => {
                return match self.no(SITE_NO, site)? {
                    None => Ok(none),
                    Some(site) => {
                        ask(UNITS_OF_SITE, values![self.position, site, after, page.ask()])
                    }
                };
            }
            Units::WithVersion(version, site) => match self.version_number(version)? {
                None => return Ok(none),
                Some(version) => (self.version_ref(version)?.1, version, place(site)?),
            },
            Units::Unknown(product, site) => match self.no(PRODUCT_NO, product)? {
                None => return Ok(none),
                Some(product) => (product, 0, place(site)?),
            },
        };
        match site {
            None => Ok(none),
            Some(site) => ask(
                UNITS_OF_VERSION,
                values![self.position, product, version, site, after, page.ask()],
            ),
        }
    }

    /// One unit.
    pub fn unit(&self, id: UnitId) -> Result<Option<UnitRow>, Fault> {
        let asked = values![self.position, id.as_bytes()];
        Ok(self.session()?.first(UNIT, asked, unit)?.map(|(_, row)| row))
    }

    /// What a vulnerability, by any of its identifiers, reaches in the field.
    pub fn reach(&self, vulnerability: &str) -> Result<Reach, Fault> {
        let answers = self.version_answers(vulnerability)?;
        self.reach_of_numbers(answers.into_iter().map(|a| (a.version, a.answer, a.components)))
    }

    /// What a set of versions reaches in the field, each with the answer given for it.
    pub fn reach_of(&self, versions: &[(VersionId, Answer)]) -> Result<Reach, Fault> {
        let mut numbers = Vec::with_capacity(versions.len());
        for (version, answer) in versions {
            if let Some(no) = self.version_number(*version)? {
                numbers.push((no, *answer, 0));
            }
        }
        self.reach_of_numbers(numbers)
    }

    fn reach_of_numbers(
        &self,
        versions: impl IntoIterator<Item = (i64, Answer, u64)>,
    ) -> Result<Reach, Fault> {
        let session = self.session()?;
        let mut reach = Reach::default();
        let mut counts: HashMap<i64, Counts> = HashMap::new();
        let mut products = HashSet::new();
        for (no, answer, findings) in versions {
            let (version, product) = self.version_ref(no)?;
            let mut row = VersionReach { version, answer, findings, units: 0, sites: 0 };
            self.fleet_of(product, no, |site, units| {
                row.units += units;
                row.sites += 1;
                match answer {
                    Answer::Affected => counts.entry(site).or_default().affected += units,
                    Answer::Undetermined => counts.entry(site).or_default().undetermined += units,
                    Answer::NotAffected => {}
                }
            })?;
            if answer != Answer::NotAffected {
                products.insert(product);
            }
            reach.versions.push(row);
        }
        let mut products: Vec<i64> = products.into_iter().collect();
        products.sort_unstable();
        for product in products {
            let mut unknown = 0;
            self.fleet_of(product, 0, |site, units| {
                unknown += units;
                counts.entry(site).or_default().unknown += units;
            })?;
            let product = session
                .first(PRODUCT_BY_NO, values![product], |row| {
                    Ok(Named { id: id_of(row, 0)?, name: row.text(1)? })
                })?
                .ok_or_else(|| Fault::shape("PRODUCT_BY_NO", "a row names an unknown product"))?;
            reach.unknown.push(UnknownReach { product, units: unknown });
        }
        by_consignee(session, counts, &mut reach)?;
        Ok(reach)
    }

    /// The sites where units of a version (0 = unknown) stand, and how many.
    pub(super) fn fleet_of(
        &self,
        product: i64,
        version: i64,
        mut take: impl FnMut(i64, u64),
    ) -> Result<(), Fault> {
        let asked = values![self.position, product, version];
        self.session()?.each(FLEET_OF_VERSION, asked, |row| {
            let units = row.count(1)?;
            if units > 0 {
                take(row.int(0)?, units);
            }
            Ok(())
        })
    }
}

fn by_consignee(
    session: &Session,
    counts: HashMap<i64, Counts>,
    reach: &mut Reach,
) -> Result<(), Fault> {
    let mut consignees: BTreeMap<i64, ConsigneeReach> = BTreeMap::new();
    for (no, counts) in counts {
        let (owner, consignee, site) = session
            .first(SITE_BY_NO, values![no], |row| reached(row, counts))?
            .ok_or_else(|| Fault::shape("SITE_BY_NO", "a row names an unknown site"))?;
        let entry = consignees.entry(owner).or_insert(consignee);
        entry.affected += counts.affected;
        entry.undetermined += counts.undetermined;
        entry.unknown += counts.unknown;
        entry.sites.push(site);
        reach.sites += 1;
        reach.units_affected += counts.affected;
        reach.units_undetermined += counts.undetermined;
        reach.units_unknown += counts.unknown;
    }
    reach.consignees = consignees.into_values().collect();
    reach.consignees.sort_by_cached_key(|c| {
        (std::cmp::Reverse((c.affected, c.undetermined, c.unknown)), c.consignee.name.clone())
    });
    for consignee in &mut reach.consignees {
        consignee.sites.sort_by_cached_key(|s| {
            (std::cmp::Reverse((s.affected, s.undetermined, s.unknown)), s.site.name.clone())
        });
    }
    Ok(())
}

/// Units at one site.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    affected: u64,
    undetermined: u64,
    unknown: u64,
}

fn reached(row: &Row<'_>, counts: Counts) -> Result<(i64, ConsigneeReach, SiteReach), Fault> {
    let site = SiteReach {
        site: Named { id: id_of(row, 0)?, name: row.text(1)? },
        country: row.text_or_null(2)?,
        city: row.text_or_null(3)?,
        affected: counts.affected,
        undetermined: counts.undetermined,
        unknown: counts.unknown,
    };
    let consignee = ConsigneeReach {
        consignee: Named { id: id_of(row, 5)?, name: row.text(6)? },
        country: row.text_or_null(7)?,
        affected: 0,
        undetermined: 0,
        unknown: 0,
        sites: Vec::new(),
    };
    Ok((row.int(4)?, consignee, site))
}

fn consignee(row: &Row<'_>) -> Result<(Cursor, ConsigneeRow), Fault> {
    let consignee = ConsigneeRow {
        id: id_of(row, 2)?,
        name: row.text(3)?,
        country: row.text_or_null(4)?,
        sites: row.count(5)?,
        units: row.count(6)?,
        units_unknown: row.count(7)?,
    };
    Ok((Cursor::name(row.text(1)?, row.int(0)?), consignee))
}

fn site(row: &Row<'_>) -> Result<(Cursor, SiteRow), Fault> {
    let site = SiteRow {
        id: id_of(row, 2)?,
        name: row.text(3)?,
        country: row.text_or_null(4)?,
        city: row.text_or_null(5)?,
        time_zone: row.text_or_null(6)?,
        consignee: Named { id: id_of(row, 7)?, name: row.text(8)? },
        units: row.count(9)?,
        units_unknown: row.count(10)?,
    };
    Ok((Cursor::name(row.text(1)?, row.int(0)?), site))
}

fn unit(row: &Row<'_>) -> Result<(Cursor, UnitRow), Fault> {
    let delivered = row.text_or_null(4)?;
    let unit = UnitRow {
        id: id_of(row, 1)?,
        udi_di: Some(row.text(2)?).filter(|udi| !udi.is_empty()),
        serial: row.text(3)?,
        delivered: delivered
            .map(|date| date.parse().map_err(|e| Fault::shape("a delivery date", e)))
            .transpose()?,
        product: Named { id: id_of(row, 5)?, name: row.text(6)? },
        installed: installed_of(row, 7, 9)?,
        label: row.text_or_null(8)?,
        site: Named { id: id_of(row, 10)?, name: row.text(11)? },
        consignee: Named { id: id_of(row, 12)?, name: row.text(13)? },
        since: row.count(14)?,
    };
    Ok((Cursor::numbers([row.int(0)?]), unit))
}
