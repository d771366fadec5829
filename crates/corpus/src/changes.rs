//! What changed between two editions: a merge of their identifiers in order, by the records' digests.

use crate::{
    edition::{Edition, Found},
    table::Damage,
};
use aftercare_formats::feed::Source;
use serde::{Deserialize, Serialize};

/// How a record differs from the older edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The older edition has no record of that identifier from that source.
    Added,
    /// Its bytes differ.
    Changed,
    /// It is gone.
    Removed,
}

/// One record that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Change {
    /// The record's identifier as its source writes it.
    pub id: String,
    /// The source.
    pub source: Source,
    /// How it differs.
    pub kind: ChangeKind,
}

impl Edition {
    /// The records that differ from `older`, in the order of their identifiers. Records are compared
    /// by the first 8 bytes of their SHA-256; only those that differ are read.
    pub fn changes_since(&self, older: &Self) -> Result<Vec<Change>, Damage> {
        let mut changes = Vec::new();
        if self.id() == older.id() {
            return Ok(changes);
        }
        let (mine, theirs) = (self.own()?, older.own()?);
        let (mut mine, mut theirs) = (mine.as_slice(), theirs.as_slice());
        loop {
            let id = match (mine.first(), theirs.first()) {
                (None, None) => return Ok(changes),
                (Some((id, _)), None) | (None, Some((id, _))) => id,
                (Some((a, _)), Some((b, _))) => a.min(b),
            };
            let new = take(&mut mine, id);
            let old = take(&mut theirs, id);
            let differs = |found: &Found, others: &[(String, Found)]| {
                others.iter().all(|(_, other)| other.digest8 != found.digest8)
            };
            let read = |edition: &Self, from: &[(String, Found)], others: &[(String, Found)]| {
                let differing = from.iter().filter(|(_, found)| differs(found, others));
                differing
                    .map(|(_, found)| edition.head(found.record))
                    .collect::<Result<Vec<_>, _>>()
            };
            let (new, old) = (read(self, new, old)?, read(older, old, new)?);
            let mut note =
                |id: &str, source, kind| changes.push(Change { id: id.to_owned(), source, kind });
            for head in &new {
                let known = old.iter().any(|other| other.body.source == head.body.source);
                let kind = if known { ChangeKind::Changed } else { ChangeKind::Added };
                note(&head.body.id, head.body.source, kind);
            }
            for head in &old {
                if new.iter().all(|other| other.body.source != head.body.source) {
                    note(&head.body.id, head.body.source, ChangeKind::Removed);
                }
            }
        }
    }

    fn own(&self) -> Result<Vec<(String, Found)>, Damage> {
        let mut own = Vec::new();
        self.each_own(|id, found| own.push((id.to_owned(), found)))?;
        Ok(own)
    }
}

/// Takes all entries of `id` off the front.
fn take<'a>(from: &mut &'a [(String, Found)], id: &str) -> &'a [(String, Found)] {
    let count = from.iter().take_while(|(other, _)| other == id).count();
    let (taken, rest) = from.split_at(count);
    *from = rest;
    taken
}
