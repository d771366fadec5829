//! What is told: where something is not as it was signed, and what.

use aftercare_vocab::digest::Digest;
use std::fmt;

/// Findings told one by one; more are only counted.
pub const TOLD: usize = 100;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What does not fit.
    pub what: String,
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// An entry, by its position.
    Entry(u64),
    /// A stretch of entries, by the first and last position.
    Entries(u64, u64),
    /// A kept checkpoint, by where it is kept.
    Checkpoint(String),
    /// A tile of hashes or a bundle of entries, by its path.
    Tile(String),
    /// A blob that an entry cites.
    Blob(Digest),
    /// Another file of an exported copy, or a table it speaks of.
    File(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Entry(seq) => write!(f, "ledger entry {seq}: ")?,
            Place::Entries(first, last) => write!(f, "ledger entries {first} to {last}: ")?,
            Place::Checkpoint(place) => write!(f, "checkpoint {place}: ")?,
            Place::Tile(path) => write!(f, "{path}: ")?,
            Place::Blob(digest) => write!(f, "blob {digest}: ")?,
            Place::File(path) => write!(f, "{path}: ")?,
        }
        f.write_str(&self.what)
    }
}

/// Findings, of which at most [`TOLD`] are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first ones.
    pub told: Vec<Finding>,
    /// How many there are in all.
    pub count: u64,
}

impl Findings {
    /// Adds one.
    pub fn tell(&mut self, place: Place, what: impl Into<String>) {
        self.count += 1;
        if self.told.len() < TOLD {
            self.told.push(Finding { place, what: what.into() });
        }
    }

    /// Adds all of another.
    pub fn join(&mut self, other: Self) {
        self.count += other.count;
        let room = TOLD.saturating_sub(self.told.len());
        self.told.extend(other.told.into_iter().take(room));
    }
}
