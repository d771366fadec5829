//! Editions of public knowledge, as the record cites them. Their content lives in the corpus.

use crate::{event::Event, operation::Operation, refusal::Refusal, text};
use aftercare_vocab::digest::Digest;
use serde::{Deserialize, Serialize};

/// Most sources one edition may name.
pub const SOURCES_LIMIT: usize = 500;

/// One source that went into an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is: `osv npm`, `cve list`.
    pub name: String,
    /// Number of records used from it.
    pub records: u64,
    /// The time the source gives itself, as written.
    pub as_of: Option<String>,
}

/// An edition of public knowledge was put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionAdopted {
    /// The edition's id: the digest of its content.
    pub edition: Digest,
    /// Number of records in it.
    pub records: u64,
    /// Where they came from.
    pub sources: Vec<Source>,
}

/// Put an edition in force.
#[derive(Debug, Clone)]
pub struct AdoptEdition {
    /// The edition's id.
    pub edition: Digest,
    /// Number of records in it.
    pub records: u64,
    /// Where they came from.
    pub sources: Vec<Source>,
}

/// What matters for adopting an edition.
#[derive(Debug, Clone, Default)]
pub struct EditionFacts {
    /// The edition in force.
    pub newest: Option<Digest>,
}

/// Puts an edition in force, unless it is in force already.
pub fn adopt(
    facts: &EditionFacts,
    adopt: AdoptEdition,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if facts.newest == Some(adopt.edition) {
        return Err(Refusal::new(
            "already_adopted",
            format!("The edition {} is in force already.", adopt.edition.short()),
            "Nothing needs doing.",
        ));
    }
    if adopt.sources.len() > SOURCES_LIMIT {
        return Err(Refusal::new(
            "too_many_sources",
            format!("The edition names {} sources.", adopt.sources.len()),
            format!("Join them to at most {SOURCES_LIMIT}."),
        ));
    }
    let mut sources = adopt.sources;
    for source in &mut sources {
        source.name = text::line("source name", &source.name, text::NAME_LIMIT)?;
        source.as_of =
            text::optional_line("source time", source.as_of.as_deref(), text::MARK_LIMIT)?;
    }
    let (edition, records) = (adopt.edition, adopt.records);
    Ok(vec![EditionAdopted { edition, records, sources }.into()])
}
