//! A decision as its entries say: its versions, its signatures, how far it is.

use super::{Part, Wish};
use crate::{
    entry::Entry, event::Event, rights::Needed, role::RoleName, roster::Roster,
    signature::Signature,
};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, PersonId},
    instant::Instant,
};
use std::collections::BTreeSet;

/// How far a decision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Signatures are missing.
    Open,
    /// Everybody signed; since when.
    Taken(Instant),
    /// Somebody refused the newest version; since when.
    Refused(Instant),
    /// It was taken back; since when.
    Withdrawn(Instant),
}

impl Stage {
    /// The code name: `open`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken(_) => "taken",
            Self::Refused(_) => "refused",
            Self::Withdrawn(_) => "withdrawn",
        }
    }
}

/// A signature with its place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The version that was signed.
    pub version: u64,
    /// The part.
    pub part: Part,
    /// Whether it was a refusal.
    pub refused: bool,
    /// The reason, where one was given.
    pub reason: Option<String>,
    /// The signature.
    pub signature: Signature,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// One version of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: u64,
    /// Who wrote it.
    pub by: PersonId,
    /// The version of the matrix it is decided under.
    pub rights: u64,
    /// What is to be decided.
    pub wish: Wish,
    /// What a signature binds to: SHA-256 of the entry's canonical body.
    pub digest: Digest,
    /// When it was written.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// A decision as its entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The decision.
    pub id: DecisionId,
    /// How far it is.
    pub stage: Stage,
    /// Its versions, the newest last; never empty.
    pub versions: Vec<Version>,
    /// Every signature and refusal, in their order.
    pub signed: Vec<Signed>,
    newest: Version,
}

impl State {
    /// Reads a decision from its entries, in their order. `None` = none proposes one.
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

    /// The decision that an entry proposes; `None` = it proposes none.
    pub fn begun(entry: &Entry) -> Option<Self> {
        let Event::DecisionProposed(e) = &entry.event else { return None };
        let version = version(entry, 1, e.by, e.rights, &e.wish)?;
        Some(Self {
            id: e.decision,
            stage: Stage::Open,
            versions: vec![version.clone()],
            signed: Vec::new(),
            newest: version,
        })
    }

    /// Takes in the next entry about this decision. `None` = it has no canonical form.
    pub fn enter(&mut self, entry: &Entry) -> Option<()> {
        match &entry.event {
            Event::DecisionRevised(e) => {
                let version = version(entry, e.version, e.by, e.rights, &e.wish)?;
                self.versions.push(version.clone());
                self.newest = version;
                self.stage = Stage::Open;
            }
            Event::DecisionSigned(e) => {
                self.signed.push(signed(entry, e.version, e.part, false, &e.signature));
            }
            Event::DecisionRefused(e) => {
                self.signed.push(signed(entry, e.version, e.part, true, &e.signature));
                self.stage = Stage::Refused(entry.at);
            }
            Event::DecisionTaken(_) => self.stage = Stage::Taken(entry.at),
            Event::DecisionWithdrawn(_) => self.stage = Stage::Withdrawn(entry.at),
            _ => {}
        }
        Some(())
    }

    /// The newest version.
    pub const fn newest(&self) -> &Version {
        &self.newest
    }

    /// Whoever wrote a version of it.
    pub fn authors(&self) -> BTreeSet<PersonId> {
        self.versions.iter().map(|one| one.by).collect()
    }

    /// The signatures under the newest version.
    pub fn signatures(&self) -> impl Iterator<Item = &Signed> {
        let number = self.newest.number;
        self.signed.iter().filter(move |one| one.version == number && !one.refused)
    }

    /// Who must sign the newest version.
    pub fn needed(&self, roster: &Roster) -> Needed {
        let newest = self.newest();
        roster.matrix(newest.rights).needed(newest.wish.kind, &newest.wish.circumstances)
    }

    /// The places that nobody has signed yet.
    pub fn missing(&self, roster: &Roster) -> Vec<Place> {
        let needed = self.needed(roster);
        let has = |part: Part, role: Option<RoleName>| {
            self.signatures()
                .any(|one| one.part == part && role.is_none_or(|role| role == one.signature.role))
        };
        let mut missing = Vec::new();
        if !has(Part::Decide, None) {
            missing.push(Place { part: Part::Decide, roles: needed.decides.clone() });
        }
        for role in needed.cosigns {
            if !has(Part::Cosign, Some(role)) {
                missing.push(Place { part: Part::Cosign, roles: vec![role] });
            }
        }
        missing
    }
}

/// A place for a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The part.
    pub part: Part,
    /// In one of these roles.
    pub roles: Vec<RoleName>,
}

fn version(entry: &Entry, number: u64, by: PersonId, rights: u64, wish: &Wish) -> Option<Version> {
    let digest = Digest::of(&entry.event.body().ok()?);
    let (at, entry) = (entry.at, entry.seq);
    Some(Version { number, by, rights, wish: wish.clone(), digest, at, entry })
}

fn signed(entry: &Entry, version: u64, part: Part, refused: bool, signature: &Signature) -> Signed {
    Signed {
        version,
        part,
        refused,
        reason: entry.reason.clone(),
        signature: signature.clone(),
        at: entry.at,
        entry: entry.seq,
    }
}
