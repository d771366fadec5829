//! The chain of entries: does each follow from the one before?

use aftercare_domain::{Entry, Event, event::Unreadable};
use aftercare_evidence::{Frontier, leaf};
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::collections::HashMap;

/// The entries of a ledger as they are found, in the order they are found.
#[derive(Debug, Default)]
pub struct Chain {
    frontier: Frontier,
    leaves: Vec<Digest>,
    last: Option<Instant>,
    /// Of each entry; of one that cannot be read, that of the one before it.
    instants: Vec<Option<Instant>>,
    versions: HashMap<String, u64>,
    adopted: Vec<Adopted>,
}

/// A key that the ledger says was put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The position of the entry.
    pub position: u64,
    /// The name of the log.
    pub log: String,
    /// The verifier key.
    pub key: String,
    /// The one before it.
    pub previous: Option<String>,
}

/// The bytes of an entry looked at by themselves: what does not depend on any other entry, and can be
/// done for many at once.
#[derive(Debug)]
pub struct Looked {
    leaf: Digest,
    /// The entry and what it is about.
    entry: Result<(Entry, String), Unreadable>,
    canonical: bool,
}

impl Looked {
    /// Hashes and reads the bytes of an entry.
    pub fn at(bytes: &[u8]) -> Self {
        let entry = Entry::read(bytes).map(|entry| {
            let entity = entry.event.entity();
            (entry, entity)
        });
        let canonical =
            entry.as_ref().is_ok_and(|(entry, _)| entry.bytes().ok().as_deref() == Some(bytes));
        Self { leaf: leaf(bytes), entry, canonical }
    }

    /// Its leaf hash.
    pub const fn leaf(&self) -> &Digest {
        &self.leaf
    }

    /// The entry and the entity it is about, when it can be read.
    pub fn entry(&self) -> Option<(&Entry, &str)> {
        self.entry.as_ref().ok().map(|(entry, entity)| (entry, entity.as_str()))
    }
}

impl Chain {
    /// Adds the entry found next. `differs` hears everything that cannot be in a ledger of ours;
    /// gives the entry when it can be read.
    pub fn push(&mut self, bytes: &[u8], differs: impl FnMut(String)) -> Option<Entry> {
        self.link(Looked::at(bytes), differs)
    }

    /// Adds the entry found next, already looked at by itself.
    pub fn link(&mut self, looked: Looked, mut differs: impl FnMut(String)) -> Option<Entry> {
        let hash = looked.leaf;
        self.frontier.append(hash);
        self.leaves.push(hash);
        let position = self.frontier.size();
        let (entry, entity) = match looked.entry {
            Ok(read) => read,
            Err(why) => {
                differs(why.to_string());
                self.instants.push(self.last);
                return None;
            }
        };
        if !looked.canonical {
            differs("its bytes are not in canonical form".to_owned());
        }
        if entry.seq != position {
            differs(format!("it calls itself entry {} but stands at {position}", entry.seq));
        }
        if self.last.is_some_and(|last| entry.at < last) {
            differs("it is dated before the entry it follows".to_owned());
        }
        self.last = Some(self.last.map_or(entry.at, |last| last.max(entry.at)));
        self.instants.push(Some(entry.at));
        let before = self.versions.entry(entity).or_insert(0);
        if entry.entity_version != *before + 1 {
            let (says, comes) = (entry.entity_version, *before + 1);
            differs(format!(
                "it calls itself event {says} about {} but is event {comes}",
                entry.event.entity()
            ));
        }
        *before = (*before + 1).max(entry.entity_version);
        if let Event::LogKeyAdopted(event) = &entry.event {
            self.adopted.push(Adopted {
                position,
                log: event.log.clone(),
                key: event.key.clone(),
                previous: event.previous.clone(),
            });
        }
        Some(entry)
    }

    /// Adds an entry whose bytes are lost, by its leaf hash.
    pub fn skip(&mut self, leaf: Digest) {
        self.frontier.append(leaf);
        self.leaves.push(leaf);
        self.instants.push(self.last);
    }

    /// Number of entries.
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The frontier over them.
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Their leaf hashes.
    pub fn leaves(&self) -> &[Digest] {
        &self.leaves
    }

    /// When the entry at a position (from 1) says it was recorded.
    pub fn recorded(&self, position: u64) -> Option<Instant> {
        *self.instants.get(usize::try_from(position).ok()?.checked_sub(1)?)?
    }

    /// The keys they put in force, oldest first.
    pub fn adopted(&self) -> &[Adopted] {
        &self.adopted
    }
}
