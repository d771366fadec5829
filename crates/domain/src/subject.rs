//! Subjects: natural persons whose text can be erased although the ledger is for ever.
//!
//! Personal text never stands in an event. It lies in a blob, encrypted with a key that belongs to one
//! subject; the event holds the digest of the encrypted bytes ([`Sealed`]). Erasing destroys the
//! key: what was written stays provable, what it said is gone.

use crate::{
    event::Event,
    operation::Operation,
    reason::{self, Change},
    refusal::Refusal,
};
use aftercare_vocab::{digest::Digest, id::SubjectId, instant::Instant};
use serde::{Deserialize, Serialize};

/// Personal text as an event holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Whose key opens it.
    pub subject: SubjectId,
    /// Digest of the encrypted bytes: the blob.
    pub blob: Digest,
}

/// The key of a subject was destroyed: every text about them is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectErased {
    /// The subject.
    pub subject: SubjectId,
}

/// What matters for a subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubjectFacts {
    /// The subject, if the register knows it.
    pub subject: Option<SubjectId>,
    /// When its key was destroyed; `None` = it was not.
    pub erased: Option<Instant>,
}

/// Erases every text about a known subject. Needs a reason; a second time is refused.
pub fn erase(
    facts: &SubjectFacts,
    subject: SubjectId,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if facts.subject != Some(subject) {
        return Err(Refusal::unknown("person", subject));
    }
    still_there(facts)?;
    reason::given(Change::Erasure, op)?;
    Ok(vec![SubjectErased { subject }.into()])
}

/// Refuses what needs the text of a subject that was erased.
pub fn still_there(facts: &SubjectFacts) -> Result<(), Refusal> {
    match facts.erased {
        None => Ok(()),
        Some(at) => Err(Refusal::new(
            "already_erased",
            format!("The personal data were erased on {}.", at.shown()),
            "They cannot be brought back. Add a new contact if there is somebody to be told.",
        )),
    }
}
