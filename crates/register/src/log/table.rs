//! The table of checkpoints, and the keys that the ledger put in force.

use crate::{
    fault::Fault,
    ledger,
    sql::{Session, statements, values},
};
use aftercare_domain::{Event, log_key::LogKeyAdopted};
use aftercare_vocab::{digest::Digest, instant::Instant};

statements! {
    ADD = "INSERT INTO checkpoint (size, root, at, note) VALUES ($1, $2, $3, $4)";
    NEWEST = "SELECT size, root, at, note FROM checkpoint WHERE size <= $1 ORDER BY size DESC LIMIT 1";
    AFTER = "SELECT size, root, at, note FROM checkpoint WHERE size > $1 ORDER BY size";
    UPTO = "SELECT size, root, at, note FROM checkpoint WHERE size <= $1 ORDER BY size";
    KEYS = "SELECT seq, entry FROM ledger WHERE entity = $1 AND seq <= $2 ORDER BY entity_version";
    LEAVES_BETWEEN = "SELECT leaf FROM ledger WHERE seq > $1 AND seq <= $2 ORDER BY seq";
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub size: u64,
    pub root: Digest,
    pub at: Instant,
    pub note: String,
}

fn row(row: &crate::sql::Row<'_>) -> Result<Row, Fault> {
    Ok(Row {
        size: row.count(0)?,
        root: Digest::from_bytes(row.fixed(1)?),
        at: Instant::from_micros(row.int(2)?),
        note: row.text(3)?,
    })
}

pub(crate) fn add(session: &Session, new: &Row) -> Result<(), Fault> {
    let (size, at) = (new.size, new.at.micros());
    session.execute(ADD, values![size, new.root.as_bytes(), at, &new.note]).map(|_| ())
}

pub(crate) fn newest(session: &Session) -> Result<Option<Row>, Fault> {
    newest_upto(session, u64::MAX)
}

/// The newest over at most `size` entries.
pub(crate) fn newest_upto(session: &Session, size: u64) -> Result<Option<Row>, Fault> {
    session.first(NEWEST, values![size], row)
}

/// Those over more than `size` entries, smallest first.
pub(crate) fn after(session: &Session, size: u64) -> Result<Vec<Row>, Fault> {
    session.query(AFTER, values![size], row)
}

/// Those over at most `size` entries, smallest first.
pub(crate) fn upto(session: &Session, size: u64) -> Result<Vec<Row>, Fault> {
    session.query(UPTO, values![size], row)
}

/// The keys that the log of this name put in force, oldest first.
pub(crate) fn keys(session: &Session, log: &str) -> Result<Vec<LogKeyAdopted>, Fault> {
    keys_upto(session, log, u64::MAX)
}

/// Those it had put in force by entry `upto`.
pub(crate) fn keys_upto(
    session: &Session,
    log: &str,
    upto: u64,
) -> Result<Vec<LogKeyAdopted>, Fault> {
    let found = session.query(KEYS, values![log, upto], |row| {
        match ledger::read(row.count(0)?, &row.bytes(1)?)?.event {
            Event::LogKeyAdopted(event) => Ok(Some(event)),
            _ => Ok(None),
        }
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// Gives `take` the leaf hashes of the entries after position `after`, up to `upto`.
pub(crate) fn leaves(
    session: &Session,
    after: u64,
    upto: u64,
    mut take: impl FnMut(Digest),
) -> Result<(), Fault> {
    session.each(LEAVES_BETWEEN, values![after, upto], |row| {
        take(Digest::from_bytes(row.fixed(0)?));
        Ok(())
    })
}
