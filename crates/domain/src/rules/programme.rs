//! Which rules hold when: a fold of the editions that were adopted.

use super::{Change, ClockRules, RuleKind, Rules, RulesAdopted, clocks};
use crate::{clock::RuleBook, entry::Entry};
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
}

impl Default for Programme {
    /// As the product has them.
    fn default() -> Self {
        Self { clocks: Editions::of_product(RuleBook::shipped().clone()) }
    }
}

impl Programme {
    pub(crate) fn enter(&mut self, e: &RulesAdopted, entry: &Entry) {
        match &e.change.rules {
            Rules::Clocks(rules) => self.clocks.adopt(e, entry, rules.book(e.edition)),
        }
    }

    /// The same with these rules in the place of every edition of their kind, as if they had always held: for
    /// looking at what they would mean.
    pub fn trying(&self, rules: &Rules) -> Self {
        let mut tried = self.clone();
        match rules {
            Rules::Clocks(rules) => tried.clocks = Editions::of_product(rules.book(0)),
        }
        tried
    }

    /// The number of the newest edition of a kind.
    pub fn newest(&self, kind: RuleKind) -> u64 {
        match kind {
            RuleKind::Clocks => self.clocks.newest().number,
        }
    }

    /// The number of the edition of a kind that holds at an instant.
    pub fn in_force(&self, kind: RuleKind, at: Instant) -> u64 {
        match kind {
            RuleKind::Clocks => self.clocks.at(at).number,
        }
    }

    /// Every edition of a kind, the oldest first: its number, from when on it holds, how it was adopted.
    pub fn history(&self, kind: RuleKind) -> Vec<(u64, Instant, Option<&Adopted>)> {
        fn each<T>(of: &Editions<T>) -> Vec<(u64, Instant, Option<&Adopted>)> {
            of.all().map(|one| (one.number, one.begins, one.adopted.as_ref())).collect()
        }
        match kind {
            RuleKind::Clocks => each(&self.clocks),
        }
    }

    /// What an edition of a kind says; none = there is no such edition.
    pub fn lines(&self, kind: RuleKind, number: u64) -> Option<Vec<Line>> {
        Some(match kind {
            RuleKind::Clocks => clocks::lines(&self.clocks.get(number)?.rules),
        })
    }

    /// What the maker set in an edition of a kind: what a change of it starts from.
    pub fn said(&self, kind: RuleKind, number: u64) -> Option<Rules> {
        let (.., adopted) = self.history(kind).into_iter().find(|(one, ..)| *one == number)?;
        Some(match (adopted, kind) {
            (Some(adopted), _) => adopted.change.rules.clone(),
            (None, RuleKind::Clocks) => Rules::Clocks(ClockRules::of_product()),
        })
    }
}

impl Rules {
    /// What they would say as an edition.
    pub fn lines(&self) -> Vec<Line> {
        match self {
            Self::Clocks(rules) => clocks::lines(&rules.book(0)),
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
