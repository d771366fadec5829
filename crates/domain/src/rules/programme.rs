//! Which rules hold when: a fold of the editions that were adopted.

use super::{
    Change, ClockRules, MatrixRules, RuleKind, Rules, RulesAdopted, WorkflowRules, clocks,
    risk_matrix, workflow,
};
use crate::{
    case::{Guard, Workflow},
    clock::RuleBook,
    entry::Entry,
    harm::Matrix,
};
use aftercare_vocab::{id::DecisionId, instant::Instant};
use jiff::tz::Offset;
use std::collections::BTreeMap;

/// How an edition came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The decision.
    pub decision: DecisionId,
    /// When its last signature was given.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
    /// What was decided.
    pub change: Change,
}

/// An edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition<T> {
    /// Its number; 1 = that of the product.
    pub number: u64,
    /// From when on it holds, unless a later one does by then.
    pub begins: Instant,
    /// How it was adopted; none = it came with the product.
    pub adopted: Option<Adopted>,
    /// The rules, those of the product with what was decided.
    pub rules: T,
}

/// The editions of one kind, in the order in which they were adopted; never none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editions<T> {
    first: Edition<T>,
    adopted: Vec<Edition<T>>,
}

impl<T> Editions<T> {
    fn of_product(rules: T) -> Self {
        let begins = Instant::from_micros(i64::MIN);
        let first = Edition { number: 1, begins, adopted: None, rules };
        Self { first, adopted: Vec::new() }
    }

    /// All, the oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Edition<T>> {
        std::iter::once(&self.first).chain(&self.adopted)
    }

    /// The newest, whether it has begun or not.
    pub fn newest(&self) -> &Edition<T> {
        self.adopted.last().unwrap_or(&self.first)
    }

    /// The one of this number.
    pub fn get(&self, number: u64) -> Option<&Edition<T>> {
        self.all().find(|one| one.number == number)
    }

    /// The one of this number; none named, or none there = the first.
    pub fn get_or_first(&self, number: Option<u64>) -> &Edition<T> {
        number.and_then(|number| self.get(number)).unwrap_or(&self.first)
    }

    /// The one that holds at an instant: the newest adopted that has begun by then.
    pub fn at(&self, at: Instant) -> &Edition<T> {
        self.adopted.iter().rfind(|one| one.begins <= at).unwrap_or(&self.first)
    }

    fn adopt(&mut self, e: &RulesAdopted, entry: &Entry, rules: T) {
        let start = Offset::UTC.to_timestamp(e.change.from.into()).map(Instant::from);
        // Never for what was before somebody decided it.
        let begins = start.map_or(entry.at, |start| start.max(entry.at));
        let (decision, at, change) = (e.decision, entry.at, e.change.clone());
        let adopted = Some(Adopted { decision, at, entry: entry.seq, change });
        self.adopted.push(Edition { number: e.edition, begins, adopted, rules });
    }
}

/// All editions of all rules at one point of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Of the clocks.
    pub clocks: Editions<RuleBook>,
    /// Of the risk matrix.
    pub risk_matrix: Editions<Matrix>,
    /// Of the workflow.
    pub workflow: Editions<Workflow>,
}

impl Default for Programme {
    /// As the product has them.
    fn default() -> Self {
        Self {
            clocks: Editions::of_product(RuleBook::shipped().clone()),
            risk_matrix: Editions::of_product(Matrix::shipped().clone()),
            workflow: Editions::of_product(Workflow::shipped().clone()),
        }
    }
}

impl Programme {
    pub(crate) fn enter(&mut self, e: &RulesAdopted, entry: &Entry) {
        match &e.change.rules {
            Rules::Clocks(rules) => self.clocks.adopt(e, entry, rules.book(e.edition)),
            Rules::RiskMatrix(rules) => {
                self.risk_matrix.adopt(e, entry, rules.matrix(e.edition));
            }
            Rules::Workflow(rules) => self.workflow.adopt(e, entry, rules.workflow(e.edition)),
        }
    }

    /// The same with these rules in the place of every edition of their kind, as if they had always held: for
    /// looking at what they would mean.
    #[must_use]
    pub fn trying(&self, rules: &Rules) -> Self {
        let mut tried = self.clone();
        match rules {
            Rules::Clocks(rules) => tried.clocks = Editions::of_product(rules.book(0)),
            Rules::RiskMatrix(rules) => {
                tried.risk_matrix = Editions::of_product(rules.matrix(0));
            }
            Rules::Workflow(rules) => tried.workflow = Editions::of_product(rules.workflow(0)),
        }
        tried
    }

    /// The number of the newest edition of a kind.
    pub fn newest(&self, kind: RuleKind) -> u64 {
        match kind {
            RuleKind::Clocks => self.clocks.newest().number,
            RuleKind::RiskMatrix => self.risk_matrix.newest().number,
            RuleKind::Workflow => self.workflow.newest().number,
        }
    }

    /// The number of the edition of a kind that holds at an instant.
    pub fn in_force(&self, kind: RuleKind, at: Instant) -> u64 {
        match kind {
            RuleKind::Clocks => self.clocks.at(at).number,
            RuleKind::RiskMatrix => self.risk_matrix.at(at).number,
            RuleKind::Workflow => self.workflow.at(at).number,
        }
    }

    /// Every edition of a kind, the oldest first: its number, from when on it holds, how it was adopted.
    pub fn history(&self, kind: RuleKind) -> Vec<(u64, Instant, Option<&Adopted>)> {
        fn each<T>(of: &Editions<T>) -> Vec<(u64, Instant, Option<&Adopted>)> {
            of.all().map(|one| (one.number, one.begins, one.adopted.as_ref())).collect()
        }
        match kind {
            RuleKind::Clocks => each(&self.clocks),
            RuleKind::RiskMatrix => each(&self.risk_matrix),
            RuleKind::Workflow => each(&self.workflow),
        }
    }

    /// What an edition of a kind says; none = there is no such edition.
    pub fn lines(&self, kind: RuleKind, number: u64) -> Option<Vec<Line>> {
        Some(match kind {
            RuleKind::Clocks => clocks::lines(&self.clocks.get(number)?.rules),
            RuleKind::RiskMatrix => risk_matrix::lines(&self.risk_matrix.get(number)?.rules),
            RuleKind::Workflow => workflow::lines(&self.workflow.get(number)?.rules),
        })
    }

    /// A condition of any edition of the workflow, as the newest that has it says it.
    pub fn guard(&self, id: &str) -> Option<&Guard> {
        let all = self.workflow.all().rev();
        all.flat_map(|one| &one.rules.transitions)
            .find_map(|way| way.guards.iter().find(|guard| guard.id == id))
    }

    /// What the maker set in an edition of a kind: what a change of it starts from.
    pub fn said(&self, kind: RuleKind, number: u64) -> Option<Rules> {
        let (.., adopted) = self.history(kind).into_iter().find(|(one, ..)| *one == number)?;
        Some(match (adopted, kind) {
            (Some(adopted), _) => adopted.change.rules.clone(),
            (None, RuleKind::Clocks) => Rules::Clocks(ClockRules::of_product()),
            (None, RuleKind::RiskMatrix) => Rules::RiskMatrix(MatrixRules::of_product()),
            (None, RuleKind::Workflow) => Rules::Workflow(WorkflowRules::default()),
        })
    }
}

impl Rules {
    /// What they would say as an edition.
    pub fn lines(&self) -> Vec<Line> {
        match self {
            Self::Clocks(rules) => clocks::lines(&rules.book(0)),
            Self::RiskMatrix(rules) => risk_matrix::lines(&rules.matrix(0)),
            Self::Workflow(rules) => workflow::lines(&rules.workflow(0)),
        }
    }
}

/// One thing that an edition says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is found by in another edition: `cvd_ack`.
    pub place: String,
    /// What it is about.
    pub what: String,
    /// What is said.
    pub says: String,
}

/// Something that two editions say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlike {
    /// Where.
    pub place: String,
    /// What it is about.
    pub what: String,
    /// What the one says; none = nothing.
    pub before: Option<String>,
    /// What the other says; none = nothing.
    pub after: Option<String>,
}

/// What two editions say otherwise, in the order of the second; what is gone comes last.
pub fn unlike(before: &[Line], after: &[Line]) -> Vec<Unlike> {
    let known: BTreeMap<&str, &Line> =
        before.iter().map(|line| (line.place.as_str(), line)).collect();
    let kept: BTreeMap<&str, &Line> =
        after.iter().map(|line| (line.place.as_str(), line)).collect();
    let changed = after.iter().filter_map(|line| {
        let was = known.get(line.place.as_str()).map(|was| was.says.clone());
        (was.as_ref() != Some(&line.says)).then(|| Unlike {
            place: line.place.clone(),
            what: line.what.clone(),
            before: was,
            after: Some(line.says.clone()),
        })
    });
    let gone = before.iter().filter(|line| !kept.contains_key(line.place.as_str())).map(|line| {
        let (place, what) = (line.place.clone(), line.what.clone());
        Unlike { place, what, before: Some(line.says.clone()), after: None }
    });
    changed.chain(gone).collect()
}
