//! What the maker states about the use of a product: its risk file, its environments of use, and its regular cycle
//! of updates. Assessments of cases rest on these, and lapse where they change.
//!
//! Source: ISO 14971:2019, clauses 4.5 (risk management file) and 5.2 to 5.5 (intended use, hazards and hazardous
//! situations); FDA, Postmarket Management of Cybersecurity in Medical Devices (28 December 2016), sections VI.A
//! (exploitability in the environment of use) and IV (routine updates, which come on a regular cycle).

mod decide;
mod risk_file;
mod state;

pub use decide::{adopt_risk_file, end_environment, state_cycle, state_environment};
pub use risk_file::{Given, Hazard, Known, RiskFile, Scale, Unclear};
pub use state::{Environment, Usage, UsageEntries, Usages};

use crate::harm::Severity;
use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, ProductId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most rows of a risk file.
pub const ROWS_LIMIT: usize = 5_000;
/// Largest risk file as received, in bytes: 20 MiB.
pub const RISK_FILE_BYTES: usize = 20 << 20;
/// Most environments of use of one product, those that ended too.
pub const ENVIRONMENTS_LIMIT: usize = 50;
/// Longest regular cycle of updates, in days: two years (proposed).
pub const CYCLE_DAYS_LIMIT: u32 = 731;

/// The events that it is folded from.
pub const KINDS: &[&str] =
    &["risk_file_adopted", "environment_stated", "environment_ended", "cycle_stated"];

/// The risk file of a product, or a new edition of it, was put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskFileAdopted {
    /// The product.
    pub product: ProductId,
    /// Which edition, from 1.
    pub edition: u64,
    /// Digest of the [`RiskFile`] blob.
    pub items: Digest,
    /// How many rows it has.
    pub rows: u64,
    /// The file's bytes as they were received.
    pub received: Digest,
    /// How many they are.
    pub size: u64,
    /// The name of the file, as it came.
    pub file_name: String,
    /// What the words of its scale mean, beside the five terms themselves.
    pub scale: BTreeMap<String, Severity>,
    /// Who put it in force.
    pub by: PersonId,
}

/// An environment in which a product is used was stated, or stated anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentStated {
    /// The product.
    pub product: ProductId,
    /// Its name, by which exposures name it: `ward`.
    pub environment: String,
    /// Who uses the product there, and for what.
    pub description: String,
    /// How it is connected there.
    pub network: String,
    /// Measures that the maker foresees there, such as a guarded network.
    pub measures: String,
    /// Who stated it.
    pub by: PersonId,
}

/// A product is not used in an environment any more. The reason stands in the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentEnded {
    /// The product.
    pub product: ProductId,
    /// The environment.
    pub environment: String,
    /// Who said so.
    pub by: PersonId,
}

/// The regular cycle of a product's updates was stated, or stated anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CycleStated {
    /// The product.
    pub product: ProductId,
    /// Days from one regular update to the next, at most.
    pub days: u32,
    /// Why this length is justified for the device.
    pub justification: String,
    /// Who stated it.
    pub by: PersonId,
}

/// The entity of the events about the use of a product.
pub fn entity(product: ProductId) -> String {
    format!("{product}/use")
}
