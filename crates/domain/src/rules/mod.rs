//! The rules of the programme that the maker changes by a signed decision: editions with a day from which
//! they hold.
//!
//! The product brings the first edition of each kind (`data/`). A decision of the kind
//! [`ProgrammeRules`](crate::rights::DecisionKind::ProgrammeRules) holds a [`Change`]; with its last signature
//! the next edition is adopted ([`RulesAdopted`]) and holds from its day on, never for what was before. Which
//! edition holds at an instant follows from the entries alone ([`Programme`]): the newest adopted one that has
//! begun. An instant that has passed therefore keeps its edition for ever.
//!
//! A change says what is other than in the product's own tables, so that what the product learns of the law
//! holds beside it. What no maker may change is refused by [`Change::checked`], and would have no effect.

mod clocks;
mod programme;
mod risk_matrix;
mod workflow;

pub use clocks::{ClockRules, STEPS_LIMIT};
pub use programme::{Adopted, Edition, Editions, Line, Programme, Unlike, unlike};
pub use risk_matrix::MatrixRules;
pub(crate) use risk_matrix::rising;
pub use workflow::{ADDED_LIMIT, Added, LeftOut, OWN, WorkflowRules};

use crate::{
    Date, moment::day_of, operation::Operation, refusal::Refusal, roster::Roster, signal::coded,
};
use aftercare_vocab::id::DecisionId;
use serde::{Deserialize, Serialize};

/// Latest day from which an edition can hold, in days after the decision (proposed).
pub const AHEAD_DAYS: i64 = 730;

coded! {
    /// A kind of rules.
    RuleKind {
        /// What the programme gives time for, and whom it tells when time runs out.
        Clocks = "clocks", "Clocks";
        /// Which risk of patient harm is controlled, and how urgent it is at least.
        RiskMatrix = "risk_matrix", "Risk matrix";
        /// Which conditions a case meets on its way.
        Workflow = "workflow", "Workflow";
    }
}

/// The rules of one kind, as far as they are the maker's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rules {
    /// Clocks.
    Clocks(ClockRules),
    /// The risk matrix.
    RiskMatrix(MatrixRules),
    /// The workflow.
    Workflow(WorkflowRules),
}

impl Rules {
    /// Their kind.
    pub const fn kind(&self) -> RuleKind {
        match self {
            Self::Clocks(_) => RuleKind::Clocks,
            Self::RiskMatrix(_) => RuleKind::RiskMatrix,
            Self::Workflow(_) => RuleKind::Workflow,
        }
    }

    /// The rules in normal form, if the maker may set them so.
    pub fn checked(self) -> Result<Self, Refusal> {
        match self {
            Self::Clocks(rules) => rules.checked().map(Self::Clocks),
            Self::RiskMatrix(rules) => rules.checked().map(Self::RiskMatrix),
            Self::Workflow(rules) => rules.checked().map(Self::Workflow),
        }
    }
}

/// Another edition, as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The day from whose begin in UTC it holds; on the day of the decision, from the last signature on.
    pub from: Date,
    /// The newest edition of the kind when it was written: what it replaces.
    pub replaces: u64,
    /// The rules.
    pub rules: Rules,
}

impl Change {
    /// The change in normal form, if it may be proposed now.
    pub fn checked(self, roster: &Roster, op: &Operation) -> Result<Self, Refusal> {
        self.still_fits(roster, op)?;
        let rules = self.rules.checked()?;
        if let Rules::Workflow(workflow) = &rules {
            let known = |one: &Added| {
                let all = roster.programme().workflow.all().flat_map(|one| &one.rules.transitions);
                let mut all = all.flat_map(|way| &way.guards);
                all.any(|guard| guard.id == one.id && guard.says != one.says)
            };
            if let Some(one) = workflow.added.iter().find(|one| known(one)) {
                return Err(Refusal::new(
                    "condition_reworded",
                    format!(
                        "{} says something else in an earlier edition, and people vouched for that.",
                        one.id
                    ),
                    "Give the new sentence an identifier of its own.",
                ));
            }
        }
        Ok(Self { rules, ..self })
    }

    /// Refuses a change that starts from an edition that was replaced meanwhile, or whose day has passed.
    pub fn still_fits(&self, roster: &Roster, op: &Operation) -> Result<(), Refusal> {
        let newest = roster.programme().newest(self.rules.kind());
        if self.replaces != newest {
            return Err(Refusal::new(
                "rules_changed",
                format!(
                    "This change starts from edition {} of the {}, and edition {newest} is the newest now: it \
                     would undo what was decided meanwhile.",
                    self.replaces,
                    self.rules.kind().title().to_lowercase()
                ),
                "Write it so that it starts from the newest edition.",
            ));
        }
        let today = day_of(op.at).unwrap_or(Date::MAX);
        if self.from < today {
            return Err(Refusal::new(
                "in_the_past",
                format!(
                    "It would hold from {}, which has passed: what was, keeps its rules.",
                    self.from
                ),
                "Name today or a later day (UTC).",
            ));
        }
        let latest = today.saturating_add(jiff::Span::new().days(AHEAD_DAYS));
        if self.from > latest {
            return Err(Refusal::new(
                "too_far_ahead",
                format!("It would hold from {} on, more than {AHEAD_DAYS} days ahead.", self.from),
                format!("Name a day until {latest}."),
            ));
        }
        Ok(())
    }
}

/// An edition of rules was adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesAdopted {
    /// Its number among those of its kind; that of the product is 1.
    pub edition: u64,
    /// The decision it rests on.
    pub decision: DecisionId,
    /// What was decided.
    pub change: Change,
}

macro_rules! rules_of {
    ($($of:ty = $kind:ident),+) => {$(
        impl From<$of> for Rules {
            fn from(rules: $of) -> Self {
                Self::$kind(rules)
            }
        }
    )+};
}

rules_of!(ClockRules = Clocks, MatrixRules = RiskMatrix, WorkflowRules = Workflow);
