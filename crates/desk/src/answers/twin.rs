//! Twins of the record.

use aftercare_vocab::{digest::Digest, instant::Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A copy of the record as of an instant, for exercises and for trying policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Twin {
    /// Its name: part of its addresses.
    pub name: String,
    /// The number of the original's ledger entries that it begins with.
    pub position: u64,
    /// The Merkle root over them.
    #[schema(value_type = String)]
    pub root: Digest,
    /// The name of its own log; none until it is known here.
    pub log: Option<String>,
    /// When it was forked.
    #[schema(value_type = String)]
    pub forked_at: Instant,
    /// By whom.
    pub forked_by: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// Whether the ledger of the original names it yet.
    pub recorded: bool,
    /// Whether it is on this machine. One that is not can only be discarded.
    pub here: bool,
}
