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

/// An edition of public knowledge was put in force, with its sources in the event itself. Only read:
/// hundreds of them do not fit into one entry, so [`EditionAdoptedV2`] is written instead.
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

/// An edition of public knowledge was put in force, with its sources listed in a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionAdoptedV2 {
    /// The edition's id: the digest of its content.
    pub edition: Digest,
    /// Number of records in it.
    pub records: u64,
    /// How many sources the list names.
    pub sources: u64,
    /// Digest of the [`SourceList`] blob.
    pub list: Digest,
}

/// The blob that an [`EditionAdoptedV2`] event names: JSON, `{"sources": [...]}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceList {
    /// The sources, in the order the edition names them.
    pub sources: Vec<Source>,
}

impl SourceList {
    /// The list with its texts in normal form, or a refusal that says what to change.
    pub fn checked(mut self) -> Result<Self, Refusal> {
        if self.sources.len() > SOURCES_LIMIT {
            return Err(Refusal::new(
                "too_many_sources",
                format!("The edition names {} sources.", self.sources.len()),
                format!("Join them to at most {SOURCES_LIMIT}."),
            ));
        }
        for source in &mut self.sources {
            source.name = text::line("source name", &source.name, text::NAME_LIMIT)?;
            source.as_of =
                text::optional_line("source time", source.as_of.as_deref(), text::MARK_LIMIT)?;
        }
        Ok(self)
    }

    /// The bytes of the blob.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads what [`SourceList::bytes`] wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// Put an edition in force, with the list of its sources staged.
#[derive(Debug, Clone)]
pub struct AdoptEdition<'a> {
    /// The edition's id.
    pub edition: Digest,
    /// Number of records in it.
    pub records: u64,
    /// Where they came from; made normal by [`SourceList::checked`] before it was staged.
    pub list: &'a SourceList,
    /// Digest of its blob.
    pub blob: Digest,
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
    adopt: &AdoptEdition<'_>,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if facts.newest == Some(adopt.edition) {
        return Err(Refusal::new(
            "already_adopted",
            format!("The edition {} is in force already.", adopt.edition.short()),
            "Nothing needs doing.",
        ));
    }
    let (edition, records, list) = (adopt.edition, adopt.records, adopt.blob);
    let sources = adopt.list.sources.len() as u64;
    Ok(vec![EditionAdoptedV2 { edition, records, sources, list }.into()])
}
