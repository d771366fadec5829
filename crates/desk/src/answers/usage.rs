//! The use of a product as it is stated: risk file, environments, cycle of updates.

use super::{Page, ProductRef};
use aftercare_vocab::{digest::Digest, instant::Instant, problem::Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// What is stated of the use of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageSheet {
    /// The product.
    pub product: ProductRef,
    /// How often something was stated; what a change is compared with.
    pub entity_version: u64,
    /// Every edition of the risk file, the newest first; the first is in force. None = the record has no risk file,
    /// so nobody compares what assessments say of harm.
    pub risk_files: Vec<RiskFileRow>,
    /// The environments of use, those that ended last. None = none is stated, so nobody knows whether exposure is
    /// assessed everywhere.
    pub environments: Vec<EnvironmentRow>,
    /// The regular cycle as it was stated, the newest first; the first is in force.
    pub cycles: Vec<CycleRow>,
}

/// An edition of a risk file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskFileRow {
    /// Its number, from 1.
    pub edition: u64,
    /// The name of the file.
    pub file_name: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes as they were received.
    #[schema(value_type = String)]
    pub received: Digest,
    /// How many rows were read.
    pub rows: u64,
    /// What the words of its scale were said to mean: word and term.
    pub scale: Vec<(String, String)>,
    /// When it was put in force.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who did.
    pub by: String,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// The ledger entry.
    pub entry: u64,
}

/// An environment of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EnvironmentRow {
    /// Its name.
    pub environment: String,
    /// Who uses the product there, and for what.
    pub description: String,
    /// How it is connected there.
    pub network: String,
    /// Measures that the maker foresees; empty = none are named.
    pub measures: String,
    /// When it was stated last.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who did.
    pub by: String,
    /// Since when it is none any more; none = it is in force.
    #[schema(value_type = Option<String>)]
    pub ended_at: Option<Instant>,
    /// Why it ended.
    pub ended_reason: Option<String>,
    /// The ledger entry of its newest statement.
    pub entry: u64,
}

/// A regular cycle of updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CycleRow {
    /// Days from one regular update to the next, at most.
    pub days: u32,
    /// Why this length is justified.
    pub justification: String,
    /// When it was stated.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who did.
    pub by: String,
    /// Why it changed, where it was said.
    pub reason: Option<String>,
    /// The ledger entry.
    pub entry: u64,
}

/// A row of a risk file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HazardRow {
    /// Its identifier.
    pub id: String,
    /// The hazard.
    pub hazard: Option<String>,
    /// The hazardous situation.
    pub situation: Option<String>,
    /// The harm.
    pub harm: Option<String>,
    /// `negligible` to `catastrophic`; none = unknown.
    pub severity: Option<String>,
    /// The severity in the file's words.
    pub severity_said: Option<String>,
    /// Whether safety or essential performance are touched; none = unknown.
    pub essential_performance: Option<bool>,
    /// The clinical use.
    pub clinical_use: Option<String>,
}

/// What would be read of a risk file, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskFileRead {
    /// The sheet that was read; none for delimited text.
    pub sheet: Option<String>,
    /// How the text is encoded.
    pub encoding: String,
    /// The row with the headings, from 1; 0 = none is understood.
    pub heading_row: u32,
    /// The columns.
    pub columns: Vec<RiskColumn>,
    /// How many rows were read.
    pub read: u64,
    /// The first of them.
    pub rows: Vec<HazardRow>,
    /// Rows whose severity is unknown.
    pub severity_unknown: u64,
    /// Rows of which it is unknown whether essential performance is touched.
    pub essential_performance_unknown: u64,
    /// What was noticed, with the place.
    #[schema(value_type = Vec<Object>)]
    pub problems: Vec<Problem>,
}

/// A column of a risk file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskColumn {
    /// `A`, `B`, ...
    pub letter: String,
    /// Its heading.
    pub heading: String,
    /// What it is read as; none: not read.
    pub read_as: Option<String>,
}

/// A part of a risk file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Hazards {
    /// The product.
    pub product: ProductRef,
    /// The edition.
    pub edition: u64,
    /// The rows.
    #[serde(flatten)]
    pub page: Page<HazardRow>,
}
