//! What somebody stated, with its place in the ledger.

use aftercare_vocab::{id::PersonId, instant::Instant};

/// Something that was stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<T> {
    /// What.
    pub value: T,
    /// When.
    pub at: Instant,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// Its entry.
    pub entry: u64,
}

/// That something that was stated does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Since when.
    pub at: Instant,
    /// Who said so.
    pub by: PersonId,
    /// Why.
    pub reason: Option<String>,
    /// Its entry.
    pub entry: u64,
}
