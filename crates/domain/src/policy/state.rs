//! A governing document as its entries say: its versions, and who acknowledged which.

use super::{Audience, PolicyIssued, PolicyKind};
use crate::{entry::Entry, event::Event, signature::Signature};
use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, PolicyId},
    instant::Instant,
};
use std::collections::BTreeMap;

/// One version of a governing document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// What was issued.
    pub issued: PolicyIssued,
    /// What an acknowledgement binds to: SHA-256 of the entry's canonical body.
    pub digest: Digest,
    /// When it was issued.
    pub at: Instant,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// Its entry.
    pub entry: u64,
}

/// An acknowledgement with its place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The version that was acknowledged.
    pub version: u64,
    /// The signature.
    pub signature: Signature,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// That a document is not in force any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Since when.
    pub at: Instant,
    /// Why.
    pub reason: Option<String>,
}

/// A governing document as its entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The document.
    pub id: PolicyId,
    /// Its versions, the newest last; never empty.
    pub versions: Vec<Version>,
    /// Every acknowledgement, of every version, in their order.
    pub acknowledged: Vec<Acknowledged>,
    /// Since when it is withdrawn, if it is.
    pub withdrawn: Option<Withdrawn>,
    newest: Version,
}

impl State {
    /// Reads a document from its entries, in their order. `None` = none issues one.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<Self> {
        let mut state: Option<Self> = None;
        for entry in entries {
            match &mut state {
                None => state = Self::begun(entry),
                Some(state) => state.enter(entry)?,
            }
        }
        state
    }

    /// The document that an entry issues; `None` = it issues none.
    pub fn begun(entry: &Entry) -> Option<Self> {
        let Event::PolicyIssued(e) = &entry.event else { return None };
        let newest = version(entry, e)?;
        Some(Self {
            id: e.policy,
            versions: vec![newest.clone()],
            acknowledged: Vec::new(),
            withdrawn: None,
            newest,
        })
    }

    /// Takes in the next entry about this document. `None` = it has no canonical form.
    pub fn enter(&mut self, entry: &Entry) -> Option<()> {
        match &entry.event {
            Event::PolicyIssued(e) => {
                self.newest = version(entry, e)?;
                self.versions.push(self.newest.clone());
            }
            Event::PolicyAcknowledged(e) => self.acknowledged.push(Acknowledged {
                version: e.version,
                signature: e.signature.clone(),
                at: entry.at,
                entry: entry.seq,
            }),
            Event::PolicyWithdrawn(_) => {
                self.withdrawn = Some(Withdrawn { at: entry.at, reason: entry.reason.clone() });
            }
            _ => {}
        }
        Some(())
    }

    /// The newest version.
    pub const fn newest(&self) -> &Version {
        &self.newest
    }

    /// A version by its number.
    pub fn version(&self, number: u64) -> Option<&Version> {
        self.versions.iter().find(|one| one.issued.version == number)
    }

    /// The kind of its newest version.
    pub const fn kind(&self) -> PolicyKind {
        self.newest.issued.kind
    }

    /// Who must acknowledge its newest version.
    pub const fn audience(&self) -> &Audience {
        &self.newest.issued.audience
    }

    /// Whoever acknowledged a version.
    pub fn acknowledged_by(&self, version: u64) -> impl Iterator<Item = PersonId> {
        let of_it = self.acknowledged.iter().filter(move |one| one.version == version);
        of_it.map(|one| one.signature.person)
    }
}

/// All governing documents at one point of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    states: BTreeMap<PolicyId, State>,
    position: u64,
}

impl Policies {
    /// Takes in an entry. Entries come in their order; others than those of [`KINDS`](super::KINDS) change
    /// nothing.
    pub fn enter(&mut self, entry: &Entry) {
        self.position = entry.seq;
        let Some(policy) = about(&entry.event) else { return };
        match self.states.get_mut(&policy) {
            // A body without canonical form is told by the chain.
            Some(state) => {
                state.enter(entry);
            }
            None => self.states.extend(State::begun(entry).map(|state| (policy, state))),
        }
    }

    /// The position of the newest entry that was taken in.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// One document.
    pub fn get(&self, id: PolicyId) -> Option<&State> {
        self.states.get(&id)
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> impl Iterator<Item = &State> {
        self.states.values()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.states.len()
    }
}

const fn about(event: &Event) -> Option<PolicyId> {
    match event {
        Event::PolicyIssued(e) => Some(e.policy),
        Event::PolicyAcknowledged(e) => Some(e.policy),
        Event::PolicyWithdrawn(e) => Some(e.policy),
        _ => None,
    }
}

fn version(entry: &Entry, issued: &PolicyIssued) -> Option<Version> {
    let digest = Digest::of(&entry.event.body().ok()?);
    let (at, reason, entry) = (entry.at, entry.reason.clone(), entry.seq);
    Some(Version { issued: issued.clone(), digest, at, reason, entry })
}
