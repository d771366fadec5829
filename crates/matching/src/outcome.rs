//! What one rule says about one identity, before sources are merged.

use crate::subject::{Identity, Way};
use aftercare_vocab::{
    shared::Shared,
    verdict::{Answer, Confidence},
};
use std::collections::BTreeMap;

/// How much of an outcome is put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    Full,
    /// Outcomes that clear the component stay without range and place: most rules of a long-lived
    /// product clear it, and nobody reads them unless another source says otherwise.
    Open,
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// The publisher left it open (as opposed to: we could not decide). Gives way to any source that
    /// does say something.
    pub left_open: bool,
    /// It may be about another release than the component's. Gives way to what is said of that release.
    pub other_release: bool,
    /// Stable code of the deciding rule.
    pub rule: &'static str,
    /// The range or entry that decided, in the record's words.
    pub range: Shared<str>,
    /// Where in the record.
    pub place: Shared<str>,
    /// What is missing or conditional.
    pub note: Shared<str>,
    /// Versions named as repaired.
    pub fixed: Vec<String>,
    /// The version ordering used.
    pub scheme: &'static str,
    /// It did not depend on other components.
    pub context_free: bool,
    /// It speaks of the product as another kind of thing only (CPE part `o` for `a`).
    pub is_of_other_part: bool,
    /// The rule says of which part (application, operating system, hardware) it speaks.
    pub states_part: bool,
    /// Who says so, of a supplier's statement.
    pub said_by: Option<Box<SaidBy>>,
}

/// Who makes a supplier's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidBy {
    /// The names of a maker that speaks of its own products; else empty.
    pub makers: Vec<String>,
    /// It says "not affected" with its reason, of exactly this version.
    pub is_decisive: bool,
    /// The inventory itself says so of this very component.
    pub by_inventory: bool,
}

impl Outcome {
    /// An outcome with its rule and place.
    pub fn new(
        answer: Answer,
        rule: &'static str,
        range: String,
        place: String,
        scheme: &'static str,
    ) -> Self {
        Self {
            answer,
            left_open: false,
            other_release: false,
            rule,
            range: range.into(),
            place: place.into(),
            note: Shared::default(),
            fixed: Vec::new(),
            scheme,
            context_free: true,
            is_of_other_part: false,
            states_part: false,
            said_by: None,
        }
    }

    /// The same, with a note.
    #[must_use]
    pub fn noting(mut self, note: impl Into<Shared<str>>) -> Self {
        self.note = note.into();
        self
    }

    fn rank(&self) -> (Answer, bool) {
        (self.answer, self.left_open)
    }
}

/// What a record says whose rules say these things: affected if any says so, else not decided if any
/// is not decided, else not affected. A rule that the publisher left open gives way to one that says
/// "not affected", one for a release that may be another's to one for the component's own, and one about
/// another kind of thing to one about the very product.
pub fn any_of(mut outcomes: Vec<Outcome>) -> Outcome {
    if outcomes.iter().any(|outcome| !outcome.other_release) {
        outcomes.retain(|outcome| !outcome.other_release);
    }
    let says_not = outcomes.iter().any(|outcome| outcome.answer == Answer::NotAffected);
    if says_not {
        outcomes.retain(|outcome| !outcome.left_open);
    }
    let clears =
        |of: &Outcome| of.answer == Answer::NotAffected && of.states_part && !of.is_of_other_part;
    if outcomes.iter().any(clears) {
        outcomes.retain(|outcome| !outcome.is_of_other_part);
    }
    let context_free = outcomes.iter().all(|outcome| outcome.context_free);
    let fallback =
        || Outcome::new(Answer::Undetermined, "nothing_stated", String::new(), String::new(), "");
    let best = outcomes.into_iter().min_by_key(Outcome::rank).unwrap_or_else(fallback);
    Outcome { context_free, ..best }
}

/// The rule where versions that the inventory states of one thing give different answers.
pub const VERSIONS_DISAGREE: &str = "versions_disagree";

/// What a record says that was asked about several versions, which the inventory states of one thing:
/// the outcomes by the place of their version, of which `version` gives the text. Where the versions
/// give different answers, none of them is taken.
pub fn of_versions<'v>(
    outcomes: Vec<(usize, Outcome)>,
    version: impl Fn(usize) -> Option<&'v str>,
) -> Outcome {
    let first = outcomes.first().map_or(0, |(at, _)| *at);
    if outcomes.iter().all(|(at, _)| *at == first) {
        return any_of(outcomes.into_iter().map(|(_, outcome)| outcome).collect());
    }
    let mut by_version: BTreeMap<usize, Vec<Outcome>> = BTreeMap::new();
    for (at, outcome) in outcomes {
        by_version.entry(at).or_default().push(outcome);
    }
    let mut said: Vec<(usize, Outcome)> =
        by_version.into_iter().map(|(at, outcomes)| (at, any_of(outcomes))).collect();
    let words: Vec<String> = said
        .iter()
        .map(|(at, of)| {
            format!("{}: {}", version(*at).unwrap_or_default(), of.answer.shown().to_lowercase())
        })
        .collect();
    let agree = said.windows(2).all(|pair| pair[0].1.answer == pair[1].1.answer);
    said.sort_by_key(|(_, outcome)| outcome.rank());
    let context_free = said.iter().all(|(_, outcome)| outcome.context_free);
    let first = said.into_iter().next().map(|(_, outcome)| outcome);
    let graver = Outcome { context_free, ..first.unwrap_or_else(|| any_of(Vec::new())) };
    if agree {
        return graver;
    }
    Outcome {
        answer: Answer::Undetermined,
        left_open: false,
        rule: VERSIONS_DISAGREE,
        note: format!("The inventory states versions that disagree ({}).", words.join("; ")).into(),
        ..graver
    }
}

/// What one record says about the component, through its surest identity.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Number of the record in the edition; `None` for the inventory's own word.
    pub record: Option<u32>,
    /// The identity used, as text.
    pub identity: Shared<str>,
    /// How sure it is.
    pub confidence: Confidence,
    /// It is the distribution's or ecosystem's own statement about this very package.
    pub own_ecosystem: bool,
    /// The version compared.
    pub version: Option<Shared<str>>,
    /// What the record says.
    pub outcome: Outcome,
}

impl Candidate {
    /// What `record` says through `identity`.
    pub fn new(record: u32, identity: &Identity<'_>, outcome: Outcome) -> Self {
        Self {
            record: Some(record),
            identity: identity.text.clone(),
            confidence: identity.confidence,
            own_ecosystem: identity.package.is_some() && identity.way == Way::Given,
            version: identity.version.clone(),
            outcome,
        }
    }
}
