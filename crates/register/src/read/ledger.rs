//! The ledger itself: its head and its entries. What an entry says is for readers that see the whole
//! record.

use super::{Cursor, Page, Paged, Reader};
use crate::{
    fault::Fault,
    ledger,
    sql::{statements, values},
};
use aftercare_domain::Entry;
use aftercare_evidence::Frontier;
use aftercare_vocab::{digest::Digest, instant::Instant};
use serde::Serialize;

statements! {
    HEAD = "SELECT size, last_at, root FROM head WHERE one = 1";
    LEAVES = "SELECT leaf FROM ledger WHERE seq <= $1 ORDER BY seq";
    INSTANT = "SELECT at FROM ledger WHERE seq = $1";
    BEFORE = "SELECT seq, entry FROM ledger WHERE seq <= $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    ENTITY_VERSION = "SELECT coalesce(max(entity_version), 0) FROM ledger WHERE seq <= $1 AND entity = $2";
    ABOUT = "SELECT seq, entry FROM ledger WHERE seq <= $1 AND entity = $2 AND seq < $3
        ORDER BY seq DESC LIMIT $4";
}

/// The ledger at one position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerHead {
    /// Number of entries.
    pub size: u64,
    /// Merkle root over them (RFC 6962).
    pub root: Digest,
    /// The instant of the last one; `None` = the register is empty.
    pub last: Option<Instant>,
}

impl Reader {
    /// The ledger at this reader's position. For a past position the root is recomputed.
    pub fn head(&self) -> Result<LedgerHead, Fault> {
        let session = self.session()?;
        if !self.is_past() {
            let head = session.first(HEAD, &[], |row| {
                Ok(LedgerHead {
                    size: row.count(0)?,
                    root: Digest::from_bytes(row.fixed(2)?),
                    last: Some(Instant::from_micros(row.int(1)?)),
                })
            })?;
            if let Some(head) = head.filter(|head| head.size > 0) {
                return Ok(head);
            }
        }
        let mut frontier = Frontier::default();
        session.each(LEAVES, values![self.position], |row| {
            frontier.append(Digest::from_bytes(row.fixed(0)?));
            Ok(())
        })?;
        Ok(LedgerHead { size: frontier.size(), root: frontier.root(), last: self.last()? })
    }

    /// The instant of the last entry at this reader's position; none before the first.
    pub fn last(&self) -> Result<Option<Instant>, Fault> {
        let last = self.session()?.first(INSTANT, values![self.position], |row| row.int(0))?;
        Ok(last.map(Instant::from_micros))
    }

    /// One entry.
    pub fn entry(&self, seq: u64) -> Result<Option<Entry>, Fault> {
        self.whole("The ledger")?;
        if seq == 0 || seq > self.position() {
            return Ok(None);
        }
        let found = ledger::stored(self.session()?, seq - 1, seq, 1)?;
        found.first().map(|stored| ledger::read(stored.seq, &stored.bytes)).transpose()
    }

    /// Entries after position `after`, oldest first, at most `limit`: what a follower reads.
    pub fn entries_after(&self, after: u64, limit: u32) -> Result<Vec<Entry>, Fault> {
        self.whole("The ledger")?;
        let found = ledger::stored(self.session()?, after, self.position(), u64::from(limit))?;
        found.iter().map(|stored| ledger::read(stored.seq, &stored.bytes)).collect()
    }

    /// Entries, newest first.
    pub fn entries(&self, page: &Page) -> Result<Paged<Entry>, Fault> {
        self.whole("The ledger")?;
        let [after] = page.numbers()?;
        let before = if page.after.is_none() { i64::MAX } else { after };
        let asked = values![self.position, before, page.ask()];
        let found = self.session()?.query(BEFORE, asked, |row| {
            Ok((Cursor::numbers([row.int(0)?]), ledger::read(row.count(0)?, &row.bytes(1)?)?))
        })?;
        Ok(Paged::of(found, page))
    }

    /// How many entries there are about one thing: its version (0 = none).
    pub fn entity_version(&self, entity: &str) -> Result<u64, Fault> {
        let found = self.session()?.number(ENTITY_VERSION, values![self.position, entity])?;
        Ok(found as u64)
    }

    /// The entries about one thing, newest first: its history. `entity` is an identifier or digest.
    pub fn history(&self, entity: &str, page: &Page) -> Result<Paged<Entry>, Fault> {
        self.whole("The ledger")?;
        let [after] = page.numbers()?;
        let before = if page.after.is_none() { i64::MAX } else { after };
        let asked = values![self.position, entity, before, page.ask()];
        let found = self.session()?.query(ABOUT, asked, |row| {
            Ok((Cursor::numbers([row.int(0)?]), ledger::read(row.count(0)?, &row.bytes(1)?)?))
        })?;
        Ok(Paged::of(found, page))
    }
}
