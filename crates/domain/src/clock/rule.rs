//! The rules behind the clocks, and the book that holds them.

use super::span::{LONGEST, Span};
use crate::refusal::Refusal;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, sync::LazyLock};

/// What stands behind a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Law or regulation.
    Statutory,
    /// What an agency expects.
    Guidance,
    /// Rules of a programme we take part in (CVE).
    Programme,
    /// Our own default, which the maker sets.
    Policy,
    /// Proposed law: shown, never running.
    Proposal,
}

impl Kind {
    /// Whether we may only shorten what it gives.
    pub const fn is_binding(self) -> bool {
        matches!(self, Self::Statutory | Self::Guidance | Self::Programme)
    }
}

/// What a rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// So long from the start.
    Within(Span),
    /// To be done before the action that it is about.
    BeforeUndertaking,
    /// With the regular cycle of the product.
    OnCycle,
    /// At once; no count of days is given.
    AsSoonAsPossible,
}

/// A rule that gives time for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `fda_806_report`
    pub id: String,
    /// `US`, `EU`, `CA`, `programme`, `CVE programme`
    pub jurisdiction: String,
    /// What stands behind it.
    pub kind: Kind,
    /// Where it is written: `21 CFR 806.10(b)`.
    pub text_ref: String,
    /// From which day of its start on it holds.
    pub valid_from: Date,
    /// Whether its text was read when it was written down here, or told from memory: verify before
    /// relying on what was not read.
    pub provenance: String,
    /// Name of the fact that starts it: `correction_initiated`.
    pub start: String,
    /// How long it gives.
    pub term: Term,
    /// Name of the fact that satisfies it: `report_806_filed`.
    pub satisfied_by: String,
    /// What is to be done.
    pub action: String,
    /// When it applies at all, where that does not follow from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The rule that it is a shorter target of our own for; none = it stands for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_of: Option<String>,
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(span) => span.fmt(f),
            Self::BeforeUndertaking => f.write_str("before the action"),
            Self::OnCycle => f.write_str("with the regular cycle"),
            Self::AsSoonAsPossible => f.write_str("as soon as possible"),
        }
    }
}

impl Rule {
    /// What its clock runs by: a target of our own runs as the rule that it is for.
    pub fn runs_as(&self) -> &str {
        self.target_of.as_deref().unwrap_or(&self.id)
    }

    /// The rule with another span. What law, guidance or a programme gives can only be shortened, in
    /// its own unit; our own policy can be set freely.
    pub fn with_span(&self, span: Span) -> Result<Self, Refusal> {
        if span.count() > LONGEST {
            return Err(Refusal::new(
                "span_too_long",
                format!("{span} are more than the {LONGEST} that a clock counts."),
                "Give a shorter span.",
            ));
        }
        let fits = match self.term {
            _ if !self.kind.is_binding() => true,
            Term::Within(limit) => span.is_within(limit),
            // "before", "with the cycle" and "at once" have no count that could be compared
            Term::BeforeUndertaking | Term::OnCycle | Term::AsSoonAsPossible => false,
        };
        if !fits {
            let limit = match self.term {
                Term::Within(limit) => format!("{limit} at most"),
                other => other.to_string(),
            };
            return Err(Refusal::new(
                "legal_limit",
                format!("{} gives {limit}; {span} are not surely within it.", self.text_ref),
                "Give less of the same unit, or leave the rule as it is.",
            ));
        }
        Ok(Self { term: Term::Within(span), ..self.clone() })
    }
}

/// Whom to tell when so much of a clock has run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Of the time from start to due.
    pub percent: u8,
    /// The role.
    pub to: String,
}

/// A day on the way at which something is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The rule whose clock it belongs to.
    pub rule: String,
    /// Calendar days after the start.
    pub day: u32,
    /// What is asked.
    pub what: String,
}

/// All rules of one version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleBook {
    /// `aftercare:clocks`
    pub id: String,
    /// `1.0.0`
    pub version: String,
    /// The day it was written down.
    pub as_of: Date,
    /// The rules.
    pub rules: Vec<Rule>,
    /// Rising by percent.
    pub escalations: Vec<Escalation>,
    /// Days on the way.
    pub checkpoints: Vec<Checkpoint>,
}

impl RuleBook {
    /// Reads a book. Refused are ids given twice, spans of nothing or without end, escalations out of
    /// order, and checkpoints of rules that are not in it.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let wrong = |what: String| {
            Refusal::new("rule_book_unfit", what, "Correct the book; nothing of it was taken.")
        };
        let book: Self = serde_json::from_str(text)
            .map_err(|error| wrong(format!("This is not a book of rules: {error}.")))?;
        let mut ids = BTreeSet::new();
        for rule in &book.rules {
            if !ids.insert(rule.id.as_str()) {
                return Err(wrong(format!("The rule {} is given twice.", rule.id)));
            }
            if let Term::Within(span) = rule.term
                && !(1..=LONGEST).contains(&span.count())
            {
                return Err(wrong(format!("The rule {} gives {span}.", rule.id)));
            }
        }
        let rises = book.escalations.is_sorted_by(|a, b| a.percent < b.percent);
        if !rises || book.escalations.iter().any(|step| !(1..=100).contains(&step.percent)) {
            return Err(wrong("Escalations must rise from 1 to 100 percent.".to_owned()));
        }
        match book.checkpoints.iter().find(|point| !ids.contains(point.rule.as_str())) {
            Some(point) => Err(wrong(format!("There is no rule {} to check on.", point.rule))),
            None => Ok(book),
        }
    }

    /// The book that comes with the product.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Whom to tell when so much of a clock has run.
    pub fn escalated(&self, percent: u8) -> Option<&Escalation> {
        self.escalations.iter().rfind(|step| step.percent <= percent)
    }

    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

static SHIPPED: LazyLock<RuleBook> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "compiled in, and every test of this module reads it")]
    RuleBook::read(include_str!("../../data/clocks.json")).expect("the rules of the product")
});
