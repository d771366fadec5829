//! The mark of a twin, and the twins of an original.

use super::Reader;
use crate::{
    fault::Fault,
    sql::{Row, Session, statements, values},
};
use aftercare_domain::{
    Actor, Entry,
    twin::{TwinMade, TwinName},
};
use aftercare_vocab::{digest::Digest, instant::Instant};

statements! {
    MARK = "SELECT m.name, m.manufacturer, m.of_log, m.position, m.root, m.as_of, g.at, g.actor, g.entry
        FROM twin_mark m JOIN ledger g ON g.seq = m.no";
    STANDING = "SELECT t.name, t.log, t.position, t.root, t.at, t.by_actor, g.entry FROM twin t
        JOIN ledger g ON g.seq = t.since WHERE t.since <= $1 AND (t.until IS NULL OR t.until > $1)
        ORDER BY t.name";
    // Sealed before the fork: its key stayed with the original.
    SEALED_BEFORE = "SELECT count(*) FROM blob b, twin_mark m WHERE b.digest = $1 AND b.since <= m.position";
}

/// That a record is a twin, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwinMark {
    /// Its name.
    pub name: TwinName,
    /// The manufacturer whose record it was forked from.
    pub manufacturer: String,
    /// The name of the original's log; `None` = it had no signing key yet.
    pub of: Option<String>,
    /// How many of the original's entries it begins with.
    pub position: u64,
    /// The root over them.
    pub root: Digest,
    /// The instant of the last of them; `None` without entries.
    pub as_of: Option<Instant>,
    /// When it was forked.
    pub at: Instant,
    /// By whom.
    pub by: Actor,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// A twin that the original's ledger names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwinRow {
    /// What the ledger says of it.
    pub made: TwinMade,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

impl Reader {
    /// The twins of this record that were made and not discarded.
    pub fn twins(&self) -> Result<Vec<TwinRow>, Fault> {
        standing(self.session()?, self.position)
    }
}

/// The mark of the record, if it is a twin.
pub(crate) fn mark(session: &Session) -> Result<Option<TwinMark>, Fault> {
    session.first(MARK, &[], |row| {
        Ok(TwinMark {
            name: name(row, 0)?,
            manufacturer: row.text(1)?,
            of: row.text_or_null(2)?,
            position: row.count(3)?,
            root: Digest::from_bytes(row.fixed(4)?),
            as_of: row.int_or_null(5)?.map(Instant::from_micros),
            at: Instant::from_micros(row.int(6)?),
            by: actor(&row.text(7)?)?,
            reason: reason(&row.bytes(8)?)?,
        })
    })
}

fn name(row: &Row<'_>, column: usize) -> Result<TwinName, Fault> {
    row.text(column)?.parse().map_err(|e| Fault::shape("the name of a twin", e))
}

fn reason(entry: &[u8]) -> Result<Option<String>, Fault> {
    Entry::read(entry).map(|entry| entry.reason).map_err(|e| Fault::shape("the entry of a twin", e))
}

/// Whether a text was sealed before the fork of this twin.
pub(crate) fn sealed_before(session: &Session, text: &Digest) -> Result<bool, Fault> {
    Ok(session.number(SEALED_BEFORE, values![text.as_bytes()])? > 0)
}

pub(crate) fn standing(session: &Session, position: i64) -> Result<Vec<TwinRow>, Fault> {
    session.query(STANDING, values![position], |row| {
        Ok(TwinRow {
            made: TwinMade {
                name: name(row, 0)?,
                log: row.text_or_null(1)?,
                position: row.count(2)?,
                root: Digest::from_bytes(row.fixed(3)?),
                at: Instant::from_micros(row.int(4)?),
                by: actor(&row.text(5)?)?,
            },
            reason: reason(&row.bytes(6)?)?,
        })
    })
}

fn actor(text: &str) -> Result<Actor, Fault> {
    serde_json::from_value(text.into()).map_err(|e| Fault::shape("an actor", e))
}
