//! Chains of duty and calls, as they are read.

use super::FamilyRef;
use aftercare_vocab::{
    id::{CallId, PersonId},
    instant::Instant,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody whom a step reaches or a call came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalledRow {
    /// The person.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Their printed name.
    pub name: String,
    /// By what right: `holder`, `deputy` or `delegate`.
    pub by: String,
}

/// A step of a chain, with whom it would reach at the moment shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChainStep {
    /// Its number, from 1.
    pub step: u32,
    /// The role that is called.
    pub role: String,
    /// The role by its code: `security_analyst`.
    pub role_code: String,
    /// Minutes to answer.
    pub minutes: u32,
    /// Who would be called; empty = nobody is there, and the step is passed over.
    pub reaches: Vec<CalledRow>,
    /// The holders of the role who are absent.
    pub absent: Vec<String>,
    /// The deputies of the role, called while every holder is absent.
    pub deputies: Vec<String>,
}

/// The chain that calls about a family follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChainSheet {
    /// The family; none = calls about all of them, and every family without a chain of its own.
    pub family: Option<FamilyRef>,
    /// Where the steps come from: `own`, `general` (that of all families) or `proposed` (none was adopted).
    pub origin: String,
    /// Who adopted the chain of exactly this family.
    pub adopted_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub adopted_at: Option<Instant>,
    /// The steps.
    pub steps: Vec<ChainStep>,
}

/// A call in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallRow {
    /// The call.
    #[schema(value_type = String)]
    pub id: CallId,
    /// The family it is about; none = all of them.
    pub family: Option<FamilyRef>,
    /// What it is about.
    pub about: String,
    /// `one` or `lower`.
    pub severity: String,
    /// Whether only the chain was tested.
    pub test: bool,
    /// Who raised it.
    pub raised_by: String,
    /// When.
    #[schema(value_type = String)]
    pub raised_at: Instant,
    /// `open`, `overdue` (its chain has ended without an answer) or `answered`.
    pub stage: String,
    /// The step it is or was at, from 1.
    pub step: u32,
    /// How many steps its chain has.
    pub steps: u32,
    /// Everybody it came to so far.
    pub called: Vec<String>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub answered_at: Option<Instant>,
    /// Whole seconds from the call to the answer.
    pub answered_after_seconds: Option<i64>,
    /// Whether it came to whoever asks, and nobody has answered.
    pub waits_for_you: bool,
    /// Whether it shows that the chain works: a test that somebody whom it came to answered before the
    /// chain ended, and not whoever raised it.
    pub proves: bool,
}

/// One move of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallMoveRow {
    /// The step, from 1.
    pub step: u32,
    /// Its role.
    pub role: String,
    /// Who was called; empty = nobody was there.
    pub to: Vec<CalledRow>,
    /// The absent holders of the role.
    pub absent: Vec<String>,
    /// Why: `begun`, `not_answered`, `went_away`, `nobody_there` or `came_back`.
    pub because: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Until before when they have to answer.
    #[schema(value_type = String)]
    pub due: Instant,
    /// Its entry in the ledger.
    pub entry: u64,
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallAnswerRow {
    /// The person.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Their printed name.
    pub name: String,
    /// Whether the call had come to them.
    pub called: bool,
    /// What they said.
    pub words: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Its entry in the ledger.
    pub entry: u64,
}

/// One call whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallSheet {
    /// What a list shows of it.
    pub row: CallRow,
    /// Why it cannot wait.
    pub why: String,
    /// Its entry in the ledger.
    pub entry: u64,
    /// Its version.
    pub entity_version: u64,
    /// Until when a crisis meeting is due; none where none is.
    #[schema(value_type = Option<String>)]
    pub meeting_due: Option<Instant>,
    /// Since when its chain has ended without an answer.
    #[schema(value_type = Option<String>)]
    pub overdue_since: Option<Instant>,
    /// Whom it came to, in order.
    pub moves: Vec<CallMoveRow>,
    /// The answer.
    pub answer: Option<CallAnswerRow>,
}

/// Duty: who would be reached, and the last proof that a chain works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DutySheet {
    /// The chain of calls about all families first, then of each family by name.
    pub chains: Vec<ChainSheet>,
    /// The newest test, among the newest 50 that were answered, that shows that its chain works; hidden
    /// from who may not see calls.
    pub proof: Option<CallRow>,
}
