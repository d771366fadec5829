//! The ledger as people read it.

use aftercare_vocab::instant::Instant;
use serde::Serialize;
use utoipa::ToSchema;

/// An entry in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerRow {
    /// Its number, from 1.
    pub entry: u64,
    /// When it was recorded.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who acted.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// Through which door: `a page`, `the API`.
    pub channel: String,
    /// The kind of event: `sbom_received`.
    pub kind: String,
    /// What happened, in a sentence.
    pub what: String,
    /// What it is about: an identifier, or a digest.
    pub entity: String,
    /// The how-many-eth event about that thing it is.
    pub entity_version: u64,
}

/// One entry whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerSheet {
    /// The entry as in a list.
    pub row: LedgerRow,
    /// Its JSON, laid out for reading.
    pub text: String,
    /// Whether there are later entries.
    pub more: bool,
}
