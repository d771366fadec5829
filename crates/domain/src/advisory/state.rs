//! Advisories as their entries say.

use super::{AdvisoryDrafted, AdvisoryPublished, Audience, approval};
use crate::{case::Case, entry::Entry, event::Event};
use aftercare_vocab::{
    id::{AdvisoryId, CaseId, DecisionId},
    instant::Instant,
};
use std::{collections::BTreeMap, sync::Arc};

/// How a version went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What was said.
    pub published: AdvisoryPublished,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// One version of an advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// As it was drafted.
    pub drafted: AdvisoryDrafted,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
    /// How it went out; none = it did not.
    pub published: Option<Published>,
}

/// How far a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Written, and nobody asked for approval.
    Draft,
    /// The decision waits for signatures.
    InReview(DecisionId),
    /// The decision is taken.
    Approved(DecisionId),
    /// It is out.
    Published,
    /// It was out, and a later version is.
    Superseded,
    /// A later draft stands in its place; it never went out.
    Replaced,
    /// The advisory was taken back.
    Withdrawn,
}

impl Stage {
    /// The code name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview(_) => "in_review",
            Self::Approved(_) => "approved",
            Self::Published => "published",
            Self::Superseded => "superseded",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::InReview(_) => "In review",
            Self::Approved(_) => "Approved",
            Self::Published => "Published",
            Self::Superseded => "Superseded",
            Self::Replaced => "Replaced by a later draft",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// The decision that it waits for or rests on, before it is out.
    pub const fn decision(self) -> Option<DecisionId> {
        match self {
            Self::InReview(decision) | Self::Approved(decision) => Some(decision),
            _ => None,
        }
    }
}

/// An advisory as its entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The advisory.
    pub id: AdvisoryId,
    /// The case.
    pub case: CaseId,
    /// Its versions, the newest last; never empty.
    pub versions: Vec<Version>,
    /// When and why it was taken back.
    pub withdrawn: Option<(Instant, Option<String>)>,
    newest: Version,
}

impl State {
    fn begun(version: Version) -> Self {
        Self {
            id: version.drafted.advisory,
            case: version.drafted.case,
            versions: vec![version.clone()],
            withdrawn: None,
            newest: version,
        }
    }

    /// The newest version, published or not.
    pub const fn newest(&self) -> &Version {
        &self.newest
    }

    /// Its number, the same through all versions.
    pub fn number(&self) -> &str {
        &self.newest.drafted.number
    }

    /// Who is told, the same through all versions.
    pub const fn audience(&self) -> Audience {
        self.newest.drafted.audience
    }

    /// A version by its number.
    pub fn version(&self, number: u64) -> Option<&Version> {
        self.versions.iter().find(|one| one.drafted.version == number)
    }

    /// The versions that went out, in their order.
    pub fn published(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.versions.iter().filter(|one| one.published.is_some())
    }

    /// The version that is out now.
    pub fn standing(&self) -> Option<&Version> {
        if self.withdrawn.is_some() { None } else { self.published().next_back() }
    }

    /// How far a version is, with its case.
    pub fn stage(&self, version: &Version, case: Option<&Case>) -> Stage {
        let number = version.drafted.version;
        if version.published.is_some() {
            return match self.published().next_back() {
                Some(last) if last.drafted.version != number => Stage::Superseded,
                _ if self.withdrawn.is_some() => Stage::Withdrawn,
                _ => Stage::Published,
            };
        }
        if self.withdrawn.is_some() {
            return Stage::Withdrawn;
        }
        if number != self.newest.drafted.version {
            return Stage::Replaced;
        }
        match case.and_then(|case| approval(case, &version.drafted)) {
            Some(one) if one.taken_at.is_some() => Stage::Approved(one.decision),
            Some(one) => Stage::InReview(one.decision),
            None => Stage::Draft,
        }
    }

    fn enter(&mut self, entry: &Entry) {
        match &entry.event {
            Event::AdvisoryDrafted(e) => {
                self.newest = version(entry, e);
                self.versions.push(self.newest.clone());
            }
            Event::AdvisoryPublished(e) => {
                let (at, entry) = (entry.at, entry.seq);
                let published = Published { published: e.clone(), at, entry };
                let of_it = |one: &&mut Version| one.drafted.version == e.version;
                if let Some(one) = self.versions.iter_mut().find(of_it) {
                    one.published = Some(published.clone());
                }
                if self.newest.drafted.version == e.version {
                    self.newest.published = Some(published);
                }
            }
            Event::AdvisoryWithdrawn(_) => {
                self.withdrawn = Some((entry.at, entry.reason.clone()));
            }
            _ => {}
        }
    }
}

fn version(entry: &Entry, drafted: &AdvisoryDrafted) -> Version {
    let (at, entry) = (entry.at, entry.seq);
    Version { drafted: drafted.clone(), at, entry, published: None }
}

/// All advisories at one point of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Advisories {
    states: BTreeMap<AdvisoryId, Arc<State>>,
    position: u64,
}

impl Advisories {
    /// Takes in an entry. Entries come in their order; others than those of [`KINDS`](super::KINDS) change
    /// nothing.
    pub fn enter(&mut self, entry: &Entry) {
        self.position = entry.seq;
        let Some(id) = about(&entry.event) else { return };
        match (self.states.get_mut(&id), &entry.event) {
            (Some(state), _) => Arc::make_mut(state).enter(entry),
            (None, Event::AdvisoryDrafted(e)) => {
                self.states.insert(id, Arc::new(State::begun(version(entry, e))));
            }
            (None, _) => {}
        }
    }

    /// The position of the newest entry that was taken in.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// One advisory.
    pub fn get(&self, id: AdvisoryId) -> Option<&State> {
        self.states.get(&id).map(Arc::as_ref)
    }

    /// The advisory of this number.
    pub fn numbered(&self, number: &str) -> Option<&State> {
        self.all().find(|one| one.number().eq_ignore_ascii_case(number))
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &State> {
        self.states.values().map(Arc::as_ref)
    }

    /// Those of a case, the oldest first.
    pub fn of_case(&self, case: CaseId) -> impl Iterator<Item = &State> {
        self.all().filter(move |one| one.case == case)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.states.len()
    }
}

const fn about(event: &Event) -> Option<AdvisoryId> {
    match event {
        Event::AdvisoryDrafted(e) => Some(e.advisory),
        Event::AdvisoryPublished(e) => Some(e.advisory),
        Event::AdvisoryWithdrawn(e) => Some(e.advisory),
        _ => None,
    }
}
