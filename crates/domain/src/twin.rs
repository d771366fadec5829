//! Twins: copies of the record as of an instant, for exercises and for trying policies.
//!
//! A twin is told by its own ledger: the first entry that it adds says that it is one, and of what. So
//! whoever opens it sees that, wherever it was moved to. The original's ledger names the twins that
//! were made of it and discarded.

use crate::{event::Event, operation::Actor, refusal::Refusal, workspace::plain_name};
use aftercare_vocab::{digest::Digest, instant::Instant};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Longest name of a twin, in characters.
pub const TWIN_NAME_LIMIT: usize = 24;
/// Most twins of one record that stand at a time.
pub const TWINS_LIMIT: usize = 20;

/// The name of a twin: part of addresses, of directories and of names of schemas. Lower-case letters,
/// digits and single hyphens, a letter first, no hyphen last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TwinName(String);

impl TwinName {
    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TwinName {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        plain_name("twin", text, TWIN_NAME_LIMIT).map(Self)
    }
}

impl TryFrom<String> for TwinName {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<TwinName> for String {
    fn from(name: TwinName) -> Self {
        name.0
    }
}

impl fmt::Display for TwinName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// This record was forked from another: the first entry that a twin adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwinForked {
    /// Its name.
    pub name: TwinName,
    /// The manufacturer whose record it was forked from.
    pub manufacturer: String,
    /// The name of the original's log, its *origin*; `None` = it had no signing key yet.
    pub of: Option<String>,
    /// How many of the original's entries it begins with.
    pub position: u64,
    /// The Merkle root over them.
    pub root: Digest,
    /// The instant of the last of them; `None` without entries.
    pub as_of: Option<Instant>,
}

/// A twin was made of this record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwinMade {
    /// Its name.
    pub name: TwinName,
    /// The name of its log.
    pub log: Option<String>,
    /// How many entries it begins with.
    pub position: u64,
    /// The Merkle root over them.
    pub root: Digest,
    /// When it was forked. Later recorded here, when this record could not be written then.
    pub at: Instant,
    /// Who forked it.
    pub by: Actor,
}

/// A twin of this record was thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwinDiscarded {
    /// Its name.
    pub name: TwinName,
}

/// What a ledger counts as one thing: the twins of one name.
pub fn entity(name: &TwinName) -> String {
    format!("twin/{name}")
}

/// What the register knows about twins.
#[derive(Debug, Clone, Default)]
pub struct TwinFacts {
    /// The name of this record, when it is a twin itself.
    pub itself: Option<TwinName>,
    /// The twins that were made of it and not discarded.
    pub standing: Vec<TwinName>,
}

/// Marks a fresh copy as a twin.
pub fn fork(facts: &TwinFacts, forked: TwinForked) -> Result<Vec<Event>, Refusal> {
    original(facts)?;
    Ok(vec![forked.into()])
}

/// Whether a twin of this name can be made of this record.
pub fn may_make(facts: &TwinFacts, name: &TwinName) -> Result<(), Refusal> {
    original(facts)?;
    if facts.standing.contains(name) {
        return Err(taken(name));
    }
    if facts.standing.len() >= TWINS_LIMIT {
        return Err(Refusal::new(
            "too_many_twins",
            format!("There are {} twins of this record.", facts.standing.len()),
            format!("Discard one: at most {TWINS_LIMIT} stand at a time."),
        ));
    }
    Ok(())
}

/// Notes a twin that was made of this record.
pub fn make(facts: &TwinFacts, made: TwinMade) -> Result<Vec<Event>, Refusal> {
    may_make(facts, &made.name)?;
    Ok(vec![made.into()])
}

/// Notes that a twin was thrown away.
pub fn discard(facts: &TwinFacts, name: TwinName) -> Result<Vec<Event>, Refusal> {
    if facts.standing.contains(&name) {
        Ok(vec![TwinDiscarded { name }.into()])
    } else {
        Err(Refusal::new(
            "no_such_twin",
            format!("There is no twin `{name}` of this record."),
            "Look at the list of twins.",
        ))
    }
}

/// The refusal of a name that is in use.
pub fn taken(name: &TwinName) -> Refusal {
    Refusal::new(
        "twin_name_taken",
        format!("There is a twin `{name}` already."),
        "Choose another name, or discard that one first.",
    )
}

/// The refusal to throw away what somebody works in.
pub fn in_use(name: &TwinName) -> Refusal {
    Refusal::new(
        "twin_in_use",
        format!(
            "Another program works in the twin `{name}`, or in the twins beside it. It was not discarded."
        ),
        "Try again when that has ended; where several servers serve the record, when one of them is left.",
    )
}

/// A twin has no twins: one chain of copies of copies, and nobody knows what an exercise stands on.
fn original(facts: &TwinFacts) -> Result<(), Refusal> {
    match &facts.itself {
        None => Ok(()),
        Some(name) => Err(Refusal::new(
            "twin_of_twin",
            format!("This record is the twin `{name}`, and no twin is made of a twin."),
            "Fork the original, at whichever moment you want.",
        )),
    }
}

/// The refusal of what would leave a twin. `what` begins the sentence: `Mail`.
pub fn nothing_leaves(name: &TwinName, what: &str) -> Refusal {
    Refusal::new(
        "nothing_leaves_a_twin",
        format!(
            "{what}: not from the twin `{name}`, because nothing leaves a twin. Nothing was done."
        ),
        "Do it in the original, if it is meant in earnest.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_addresses_directories_and_schemas_or_is_refused() {
        for name in ["a", "autumn-2026", &"x".repeat(TWIN_NAME_LIMIT)] {
            assert_eq!(name.parse::<TwinName>().expect("fits").as_str(), name);
        }
        for name in [
            "",
            "Autumn",
            "1st",
            "-a",
            "a-",
            "a_b",
            "a/b",
            "..",
            "a b",
            "é",
            &"x".repeat(TWIN_NAME_LIMIT + 1),
        ] {
            assert_eq!(name.parse::<TwinName>().expect_err(name).code, "name_not_plain");
        }
    }

    #[test]
    fn a_name_is_used_once_at_a_time_and_a_twin_has_no_twins() {
        let name = |text: &str| text.parse::<TwinName>().expect("fits");
        let mut facts = TwinFacts { itself: None, standing: vec![name("a")] };
        assert_eq!(may_make(&facts, &name("a")).expect_err("taken").code, "twin_name_taken");
        may_make(&facts, &name("b")).expect("free");
        discard(&facts, name("a")).expect("stands");
        assert_eq!(discard(&facts, name("b")).expect_err("not there").code, "no_such_twin");
        facts.standing = (0..TWINS_LIMIT).map(|n| name(&format!("t{n}"))).collect();
        assert_eq!(may_make(&facts, &name("b")).expect_err("many").code, "too_many_twins");
        facts = TwinFacts { itself: Some(name("a")), standing: Vec::new() };
        assert_eq!(may_make(&facts, &name("b")).expect_err("a twin").code, "twin_of_twin");
    }
}
