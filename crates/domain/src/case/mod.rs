//! Cases: one vulnerability or one shared weakness in many product versions, from signal to closure.
//!
//! A case is folded from its entries ([`Cases::enter`]): signals that joined it, facts that people recorded
//! ([`Fact`]), decisions about it with their signatures. Its stage ([`Progress`]) is a function of these and
//! of what the record says about the product versions ([`Surroundings`]), by the conditions of the
//! workflow, which are dated data (`data/workflow.json`). Nobody sets a stage; tracks that run beside
//! (communication, regulation, disclosure) wait for none.
//!
//! What rests on a premise lapses with it: a decision keeps the digest of what it rested on
//! ([`Case::basis`]), and does not count once that says something else.

mod assess;
mod cases;
mod clocks;
mod decide;
mod evidence;
mod fact;
mod guard;
mod matter;
mod premise;
mod progress;
mod state;
mod workflow;

pub use assess::{Agreement, Disposition, Priority, Risk};
pub use cases::Cases;
pub use clocks::{Running, clocks, clocks_by, moments};
pub use decide::{Opening, RECORDED_BY, may_record, open, record, recordable};
pub use evidence::{Piece, evidence};
pub use fact::*;
pub use matter::{About, Answer, Finding, Matter, wish};
pub use progress::{Around, Found, Progress, Surroundings, Todo, progress};
pub(crate) use state::is_seen;
pub use state::{Assessed, Case, Said, Settled};
pub use workflow::{Guard, Stage, Transition, Workflow};

use crate::sight::Sight;
use aftercare_vocab::id::{CaseId, PersonId};
use serde::{Deserialize, Serialize};

/// Most cases of one record that are folded together.
pub const CASES_LIMIT: usize = 100_000;
/// Most facts of one case.
pub const FACTS_LIMIT: usize = 5_000;

/// The events that signals and cases are folded from. Decisions belong to a case when they say so.
pub const KINDS: &[&str] = &[
    "signal_received",
    "signal_settled",
    "signal_assigned",
    "thread_message_added",
    "case_opened",
    "case_fact_recorded",
    "decision_proposed",
    "decision_revised",
    "decision_signed",
    "decision_refused",
    "decision_taken",
    "decision_withdrawn",
];

/// A case was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseOpened {
    /// The case.
    pub case: CaseId,
    /// The number that people say: `PMC-2026-0042`.
    pub number: String,
    /// In one line.
    pub title: String,
    /// Identifiers of the vulnerability: CVE, GHSA, of a supplier.
    pub vulnerabilities: Vec<String>,
    /// Product families that could be concerned; none named = not known yet.
    pub families: Sight,
    /// When the findings that it begins with became known, if it begins with some. Its signals join it by
    /// entries of their own.
    pub matched_at: Option<aftercare_vocab::instant::Instant>,
    /// Who opened it.
    pub by: PersonId,
}

/// Something was recorded about a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFactRecorded {
    /// The case.
    pub case: CaseId,
    /// Who recorded it; none = a part of the product.
    pub by: Option<PersonId>,
    /// What.
    pub fact: Fact,
}
