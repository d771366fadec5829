//! Conflicts: somebody else changed a thing after it was looked at.
//!
//! Every thing in the record has a *version*: how many ledger entries there are about it. Whoever
//! changes something may say which version they saw; if another change came between, theirs is
//! refused as a [`Conflict`], so that nobody overwrites what they never saw.

use crate::{
    entry::Entry,
    operation::{Actor, Role},
};
use aftercare_vocab::instant::Instant;
use std::fmt;

/// A change was asked for on the ground of a version that is not the newest. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Conflict {
    /// The thing: an identifier.
    pub entity: String,
    /// The version that was seen.
    pub seen: u64,
    /// The version the record has.
    pub now: u64,
    /// The newest change; `None` = there is no entry about it.
    pub last: Option<Box<LastChange>>,
}

/// Who changed a thing last, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    /// Who.
    pub by: Actor,
    /// In which role at the time.
    pub role: Role,
    /// When.
    pub at: Instant,
    /// The kind of the entry: `version_changed`.
    pub kind: &'static str,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

impl From<&Entry> for LastChange {
    fn from(entry: &Entry) -> Self {
        Self {
            by: entry.actor.clone(),
            role: entry.role.clone(),
            at: entry.at,
            kind: entry.event.kind(),
            reason: entry.reason.clone(),
        }
    }
}

impl Conflict {
    /// What to do next, in one sentence.
    pub const NEXT: &'static str =
        "Load it again, look at what is different, and make your change again if it still holds.";

    /// What happened: who changed it meanwhile, in which role, when.
    pub fn what(&self) -> String {
        let Self { entity, seen, now, last } = self;
        match last {
            Some(last) if now > seen => {
                let because = last.reason.as_ref().map_or(String::new(), |r| format!(" (\"{r}\")"));
                format!(
                    "{entity} was changed after you looked at it: you saw version {seen}, it is now \
                     version {now}. {} in the role {} changed it last, on {}, by `{}`{because}. \
                     Nothing of your change was kept.",
                    last.by,
                    last.role.as_str(),
                    last.at.shown(),
                    last.kind
                )
            }
            _ => format!(
                "You saw version {seen} of {entity}, but in this record it has only reached version \
                 {now}: what you looked at was another record, or a later state of this one. Nothing \
                 of your change was kept."
            ),
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what(), Self::NEXT)
    }
}

/// Compares the version somebody saw with the one the record has. `None` asks for no comparison.
/// `last` is asked only when they differ.
pub fn unchanged<F>(
    entity: &str,
    seen: Option<u64>,
    now: u64,
    last: impl FnOnce() -> Result<Option<LastChange>, F>,
) -> Result<Result<(), Conflict>, F> {
    match seen {
        Some(seen) if seen != now => {
            Ok(Err(Conflict { entity: entity.to_owned(), seen, now, last: last()?.map(Box::new) }))
        }
        _ => Ok(Ok(())),
    }
}
