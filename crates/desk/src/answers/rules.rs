//! The rules of the programme as they are read: editions, what they say, what differs, what a change would mean.

use aftercare_domain::rules;
use aftercare_vocab::{
    id::{CaseId, DecisionId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every kind of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesOverview {
    /// Those that the maker changes by a decision.
    pub kinds: Vec<RulesOfKind>,
    /// Those that come with the product alone.
    pub fixed: Vec<FixedRules>,
}

/// The rules of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesOfKind {
    /// The code name: `clocks`.
    pub kind: String,
    /// The kind on screen.
    pub title: String,
    /// The number of the edition that holds at this moment.
    pub in_force: u64,
    /// The editions, the newest first.
    pub editions: Vec<EditionRow>,
}

/// Rules that are not changed by a decision, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FixedRules {
    /// What they are.
    pub title: String,
    /// The edition: `mitre:cvss-medical-rubric 0.12.04`.
    pub edition: String,
    /// Why the maker does not change them.
    pub why: String,
}

/// An edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionRow {
    /// Its number; 1 = that of the product.
    pub edition: u64,
    /// `in_force`, `to_come`, `replaced`, or `never_held`: a later one held before it began.
    pub standing: String,
    /// From when on it holds; none = it came with the product.
    #[schema(value_type = Option<String>)]
    pub begins: Option<Instant>,
    /// The decision it rests on; none = it came with the product.
    #[schema(value_type = Option<String>)]
    pub decision: Option<DecisionId>,
    /// When its last signature was given.
    #[schema(value_type = Option<String>)]
    pub adopted_at: Option<Instant>,
}

/// One thing that an edition says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesLine {
    /// What it is found by: `cvd_ack`.
    pub place: String,
    /// What it is about.
    pub what: String,
    /// What is said.
    pub says: String,
}

/// Something that two editions say otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesDifference {
    /// Where.
    pub place: String,
    /// What it is about.
    pub what: String,
    /// What the one says; none = nothing.
    pub before: Option<String>,
    /// What the other says; none = nothing.
    pub after: Option<String>,
}

/// One edition whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionSheet {
    /// The code name of the kind.
    pub kind: String,
    /// The kind on screen.
    pub title: String,
    /// The edition.
    pub row: EditionRow,
    /// What it says.
    pub lines: Vec<RulesLine>,
    /// With which edition it is compared; none = it is the first, and nothing was asked for.
    pub against: Option<u64>,
    /// What it says otherwise than that one.
    pub differences: Vec<RulesDifference>,
    /// What the maker set in it, in the form in which another is proposed: `rules` of a decision.
    #[schema(value_type = Object)]
    pub rules: serde_json::Value,
}

/// What a change of rules would mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesTrial {
    /// The code name of the kind.
    pub kind: String,
    /// The kind on screen.
    pub title: String,
    /// The newest edition, from which it starts.
    pub replaces: u64,
    /// What it would say otherwise than that one.
    pub differences: Vec<RulesDifference>,
    /// How many open cases were looked at.
    pub open_cases: u64,
    /// The open cases that would stand otherwise if these rules had held from their beginning.
    pub effects: Vec<CaseEffect>,
}

/// What a change would mean for an open case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseEffect {
    /// The case.
    #[schema(value_type = String)]
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// In one line.
    pub title: String,
    /// What would be otherwise, a sentence each.
    pub says: Vec<String>,
}

/// By which editions of a kind of rules a case goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseRules {
    /// The code name of the kind.
    pub kind: String,
    /// The kind on screen.
    pub title: String,
    /// The editions: of clocks those that held when each started, of the risk matrix those that each version was
    /// decided under, of the workflow the one that held when the case was opened.
    pub editions: Vec<u64>,
    /// The edition that holds at this moment.
    pub in_force: u64,
    /// Since when; none = it came with the product.
    #[schema(value_type = Option<String>)]
    pub in_force_since: Option<Instant>,
}

/// The rules that a decision proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProposedRules {
    /// The code name of the kind.
    pub kind: String,
    /// The kind on screen.
    pub title: String,
    /// The day from which they hold.
    pub from: String,
    /// The edition that they replace.
    pub replaces: u64,
    /// What they say otherwise than that one.
    pub differences: Vec<RulesDifference>,
    /// The change as it is signed.
    #[schema(value_type = Object)]
    pub change: serde_json::Value,
}

impl From<rules::Line> for RulesLine {
    fn from(of: rules::Line) -> Self {
        Self { place: of.place, what: of.what, says: of.says }
    }
}

impl From<rules::Unlike> for RulesDifference {
    fn from(of: rules::Unlike) -> Self {
        Self { place: of.place, what: of.what, before: of.before, after: of.after }
    }
}
