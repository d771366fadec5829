//! Units: single devices in the field, and what is installed on them as far as we know.

use crate::{
    Date,
    event::Event,
    operation::Operation,
    reason::{self, Change},
    refusal::Refusal,
    text::{self, LABEL_LIMIT, MARK_LIMIT},
};
use aftercare_vocab::{
    digest::Digest,
    id::{ProductId, SiteId, UnitId, VersionId},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most units in one batch; more are recorded as several batches.
pub const BATCH_LIMIT: usize = 100_000;
/// Most rows named in one refusal.
const NAMED_ROWS: usize = 5;

/// What is installed on a unit. Not knowing is an answer of its own, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Installed {
    /// This version of the unit's product.
    Version(VersionId),
    /// Not known.
    Unknown(WhyUnknown),
}

/// Why it is not known what is installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnknown {
    /// Nobody told us.
    NotTold,
    /// A label was reported that is no registered version of the product.
    NotRegistered {
        /// The label as reported.
        reported: String,
    },
    /// Sources disagree.
    Contradictory {
        /// The labels as reported.
        reported: Vec<String>,
    },
}

/// One unit of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRow {
    /// The new unit.
    pub unit: UnitId,
    /// Its product.
    pub product: ProductId,
    /// What is installed.
    pub installed: Installed,
    /// Where it stands.
    pub site: SiteId,
    /// Device identifier part of the UDI, as on the label.
    pub udi_di: Option<String>,
    /// Serial number, unique among units of the product with the same UDI-DI.
    pub serial: String,
    /// When it was delivered.
    pub delivered: Option<Date>,
}

/// The blob that a [`UnitsRecorded`] event names: JSON, `{"units": [...]}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitBatch {
    /// The units, in the order given.
    pub units: Vec<UnitRow>,
}

/// Units were recorded, listed in a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitsRecorded {
    /// Digest of the [`UnitBatch`] blob.
    pub batch: Digest,
    /// How many units it lists.
    pub units: u64,
    /// How many of them without a known installed version.
    pub unknown: u64,
}

/// What is installed on one unit changed or became unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitVersionChanged {
    /// The unit.
    pub unit: UnitId,
    /// What was installed before, as the record had it.
    pub before: Installed,
    /// What is installed now.
    pub installed: Installed,
    /// Since when, as told; `None` = not told.
    pub effective: Option<Date>,
}

/// Record the units of a batch whose blob is staged.
#[derive(Debug, Clone)]
pub struct RecordUnits<'a> {
    /// The batch; made normal by [`UnitBatch::checked`] before it was staged.
    pub batch: &'a UnitBatch,
    /// Digest of its blob.
    pub blob: Digest,
}

/// Change what is installed on a unit.
#[derive(Debug, Clone)]
pub struct ChangeUnitVersion {
    /// The unit.
    pub unit: UnitId,
    /// What is installed now.
    pub installed: Installed,
    /// Since when, as told.
    pub effective: Option<Date>,
}

/// What matters for a batch of units.
#[derive(Debug, Clone, Default)]
pub struct UnitsFacts {
    /// Those of the named products that the register knows.
    pub products: BTreeSet<ProductId>,
    /// Those of the named versions that the register knows, with their product.
    pub versions: BTreeMap<VersionId, ProductId>,
    /// Those of the named sites that the register knows.
    pub sites: BTreeSet<SiteId>,
    /// Rows of the batch (from 0) whose product, UDI-DI and serial the register has already.
    pub taken: BTreeMap<usize, UnitId>,
    /// The batch, if these very bytes were recorded before.
    pub same_batch: Option<Digest>,
}

/// What matters for one unit.
#[derive(Debug, Clone, Default)]
pub struct UnitFacts {
    /// The unit's product and what is installed, if the register knows the unit.
    pub unit: Option<(ProductId, Installed)>,
    /// The product of the version asked for, if the register knows the version.
    pub version_of: Option<ProductId>,
}

impl UnitBatch {
    /// The batch with its texts in normal form, or a refusal that names the row (from 1).
    pub fn checked(mut self) -> Result<Self, Refusal> {
        if self.units.is_empty() || self.units.len() > BATCH_LIMIT {
            return Err(Refusal::new(
                "batch_size",
                format!("The batch has {} units.", self.units.len()),
                format!("Record 1 to {BATCH_LIMIT} units at a time."),
            ));
        }
        for (index, row) in self.units.iter_mut().enumerate() {
            row.check().map_err(|mut refusal| {
                refusal.what = format!("Row {}: {}", index + 1, refusal.what);
                refusal
            })?;
        }
        Ok(self)
    }

    /// The bytes of the blob.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads what [`UnitBatch::bytes`] wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

impl UnitRow {
    fn check(&mut self) -> Result<(), Refusal> {
        self.serial = text::line("serial number", &self.serial, MARK_LIMIT)?;
        self.udi_di = text::optional_line("UDI-DI", self.udi_di.as_deref(), MARK_LIMIT)?;
        self.installed.check()
    }
}

impl Installed {
    fn check(&mut self) -> Result<(), Refusal> {
        match self {
            Self::Version(_) | Self::Unknown(WhyUnknown::NotTold) => {}
            Self::Unknown(WhyUnknown::NotRegistered { reported }) => {
                *reported = text::line("reported version", reported, LABEL_LIMIT)?;
            }
            Self::Unknown(WhyUnknown::Contradictory { reported }) => {
                for label in reported {
                    *label = text::line("reported version", label, LABEL_LIMIT)?;
                }
            }
        }
        Ok(())
    }

    /// The version, if it is known.
    pub const fn version(&self) -> Option<VersionId> {
        match self {
            Self::Version(version) => Some(*version),
            Self::Unknown(_) => None,
        }
    }
}

/// Records a batch: all of it, or none with the rows named that stand in the way.
pub fn record(
    facts: &UnitsFacts,
    record: &RecordUnits<'_>,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if facts.same_batch == Some(record.blob) {
        return Err(Refusal::new(
            "already_recorded",
            "These very units were recorded before; nothing is lost.",
            "Nothing needs doing.",
        ));
    }
    let mut seen = BTreeMap::new();
    let mut doubled = Vec::new();
    let mut unknown = 0;
    for (index, row) in record.batch.units.iter().enumerate() {
        let place = |refusal: Refusal| Refusal {
            what: format!("Row {}: {}", index + 1, refusal.what),
            ..refusal
        };
        if !facts.products.contains(&row.product) {
            return Err(place(Refusal::unknown("product", row.product)));
        }
        if !facts.sites.contains(&row.site) {
            return Err(place(Refusal::unknown("site", row.site)));
        }
        match row.installed.version() {
            None => unknown += 1,
            Some(version) => {
                fits(version, facts.versions.get(&version).copied(), row.product).map_err(place)?;
            }
        }
        let key = (row.product, &row.udi_di, &row.serial);
        if facts.taken.contains_key(&index) || seen.insert(key, index).is_some() {
            doubled.push(index);
        }
    }
    if let Some(first) = doubled.first() {
        let rows: Vec<String> =
            doubled.iter().take(NAMED_ROWS).map(|i| (i + 1).to_string()).collect();
        let more = if doubled.len() > NAMED_ROWS { " and more" } else { "" };
        return Err(Refusal::new(
            "serial_taken",
            format!(
                "{} of the units are recorded already or listed twice (rows {}{more}): the first \
                 has serial {}.",
                doubled.len(),
                rows.join(", "),
                record.batch.units[*first].serial
            ),
            "Remove these rows, or correct their serial numbers.",
        ));
    }
    let units = record.batch.units.len() as u64;
    Ok(vec![UnitsRecorded { batch: record.blob, units, unknown }.into()])
}

/// Changes what is installed on a known unit. Nothing to change is refused; from known to unknown
/// needs a reason.
pub fn change_version(
    facts: &UnitFacts,
    mut change: ChangeUnitVersion,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    change.installed.check()?;
    let Some((product, before)) = facts.unit.clone() else {
        return Err(Refusal::unknown("unit", change.unit));
    };
    if let Some(version) = change.installed.version() {
        fits(version, facts.version_of, product)?;
    }
    if before == change.installed {
        return Err(Refusal::new(
            "nothing_changed",
            "The record says so already.",
            "Nothing needs doing.",
        ));
    }
    if before.version().is_some() && change.installed.version().is_none() {
        reason::given(Change::InstalledUnknown, op)?;
    }
    let ChangeUnitVersion { unit, installed, effective } = change;
    Ok(vec![UnitVersionChanged { unit, before, installed, effective }.into()])
}

fn fits(version: VersionId, of: Option<ProductId>, product: ProductId) -> Result<(), Refusal> {
    match of {
        None => Err(Refusal::unknown("product version", version)),
        Some(of) if of != product => Err(Refusal::new(
            "version_elsewhere",
            format!("{version} is a version of {of}, not of the unit's product {product}."),
            "Choose a version of the unit's product, or record the version as unknown.",
        )),
        Some(_) => Ok(()),
    }
}
