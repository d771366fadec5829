//! Refusals: what was asked is readable, but the rules say no.

use serde::Serialize;
use std::fmt;

/// A decider's no: what is missing or in the way, who could, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Refusal {
    /// Stable code, for machines and tests: `label_taken`.
    pub code: &'static str,
    /// What is missing or in the way, in one sentence.
    pub what: String,
    /// Who could do it, where somebody else could; `None` where nobody can.
    pub who: Option<String>,
    /// What to do next, in one sentence.
    pub next: String,
}

impl Refusal {
    /// A refusal that does not depend on who asks.
    pub fn new(code: &'static str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { code, what: what.into(), who: None, next: next.into() }
    }

    /// Says who could; an empty list of names says nothing.
    #[must_use]
    pub fn could(mut self, who: impl Into<String>) -> Self {
        self.who = Some(who.into()).filter(|who| !who.is_empty());
        self
    }

    /// Something named by an identifier that the register does not know.
    pub fn unknown(noun: &'static str, id: impl fmt::Display) -> Self {
        Self::new(
            "unknown_id",
            format!("There is no {noun} {id}."),
            format!("Check the identifier, or add the {noun} first."),
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(who) = &self.who {
            write!(f, " {who} could.")?;
        }
        write!(f, " {}", self.next)
    }
}
