//! Duty: who is called when something cannot wait, who is called next, and who answered.
//!
//! A *chain* is a list of steps, each a role and the minutes it has to answer. A *call* follows the chain
//! that was in force when it was raised: a later chain changes no call under way. Who is behind a role is
//! not written in the chain; it follows from the [roster](crate::roster) at the moment of each step, so
//! that an absent holder's deputy is called without anybody arranging it ([`reach`]).
//!
//! Source: the reference workflow of this product, section 5 (owner, then product security lead, then
//! executive; a call of severity 1 pages within 15 minutes, a crisis meeting follows within 4 hours).
//! The proposed chain is a proposal; the maker adopts its own.

mod chain;
mod decide;
mod follow;
mod state;

pub use chain::{Adopted, CHAIN_KINDS, Chains};
pub use decide::{CallWish, adopt, answer, raise};
pub use follow::{Reach, next, reach};
pub use state::{Answer, Move, State};

use crate::{Date, role::RoleName, sight::Sight, signature::ByRight};
use aftercare_vocab::id::{CallId, FamilyId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most steps of a chain.
pub const STEPS_LIMIT: usize = 10;
/// Most minutes that a step has to answer: a day.
pub const MINUTES_LIMIT: u32 = 24 * 60;
/// Longest subject of a call, in characters.
pub const ABOUT_LIMIT: usize = 200;
/// A crisis meeting follows a call of severity 1 within four hours (reference workflow, section 5).
pub const MEETING_MICROS: i64 = 4 * 60 * 60 * 1_000_000;
/// The day since which the proposed chain is as it is.
pub const VALID_FROM: Date = Date::constant(2026, 11, 25);

/// One minute, in microseconds.
pub(crate) const MINUTE: i64 = 60 * 1_000_000;

/// A step of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Whoever can act in this role is called.
    pub role: RoleName,
    /// How many minutes they have to answer, 1 to [`MINUTES_LIMIT`].
    pub minutes: u32,
}

/// The chain of a record that has adopted none: 15 minutes each for the analyst, the lead and the
/// executive (reference workflow, section 5).
pub fn proposed() -> Vec<Step> {
    [RoleName::SecurityAnalyst, RoleName::ProductSecurityLead, RoleName::Executive]
        .map(|role| Step { role, minutes: 15 })
        .into()
}

/// The families that something about one family, or (`None`) about all, concerns.
pub fn concerned(family: Option<FamilyId>) -> Sight {
    family.map_or(Sight::All, |family| Sight::of([family]))
}

/// What a chain is called in the ledger: `duty`, or `duty/` and its family.
pub fn chain_entity(family: Option<FamilyId>) -> String {
    family.map_or_else(|| "duty".to_owned(), |family| format!("duty/{family}"))
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Harm was observed, or a device of ours is actively exploited (reference workflow, section 5).
    One,
    /// Less than that, and it cannot wait.
    Lower,
}

impl Severity {
    /// Each, the worst first.
    pub const ALL: [Self; 2] = [Self::One, Self::Lower];

    /// The code name: `one`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Lower => "lower",
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::One => "Severity 1: harm observed, or one of our devices actively exploited",
            Self::Lower => "Lower than severity 1, and cannot wait",
        }
    }

    /// The severity of this code name.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// A chain was put in force for a product family, or for every family without a chain of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainAdopted {
    /// Which family; `None` = every family without a chain of its own, and calls about all families.
    pub family: Option<FamilyId>,
    /// Its steps, 1 to [`STEPS_LIMIT`].
    pub steps: Vec<Step>,
}

/// Whoever is on duty was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRaised {
    /// The call.
    pub call: CallId,
    /// The family it is about; `None` = all of them.
    pub family: Option<FamilyId>,
    /// What it is about: `CVE-2021-44228`, an identifier, a few words.
    pub about: String,
    /// Why it cannot wait.
    pub why: String,
    /// Whether only the chain is being tested.
    pub test: bool,
    /// How bad it is.
    pub severity: Severity,
    /// The chain it follows to its end.
    pub steps: Vec<Step>,
}

/// Why a call came to whom it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// It began there.
    Begun,
    /// Nobody who was called had answered in time.
    NotAnswered,
    /// Everybody who was called went away before they answered.
    WentAway,
    /// Nobody was there in the steps between.
    NobodyThere,
    /// The chain has ended, and somebody is there now who was not called yet.
    CameBack,
}

impl Because {
    /// The code name: `not_answered`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::NotAnswered => "not_answered",
            Self::WentAway => "went_away",
            Self::NobodyThere => "nobody_there",
            Self::CameBack => "came_back",
        }
    }
}

/// Somebody who was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// Who.
    pub person: PersonId,
    /// By what right they act in the role of the step.
    pub by: ByRight,
}

/// A call came to the next people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallMoved {
    /// The call.
    pub call: CallId,
    /// The step it is at, from 1.
    pub step: u32,
    /// Who is called; empty = nobody is there in the whole rest of the chain.
    pub to: Vec<Called>,
    /// The holders of the step's role who are absent, in whose place others may be called.
    pub absent: BTreeSet<PersonId>,
    /// Why.
    pub because: Because,
}

/// Somebody answered a call: they have it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallAnswered {
    /// The call.
    pub call: CallId,
    /// Who.
    pub by: PersonId,
    /// What they said.
    pub words: String,
}
