//! The roster, folded from the entries about people and held for the next question.

use crate::{
    facts::Facts,
    fault::Fault,
    ledger,
    read::Reader,
    sql::{Session, statements, values},
};
use aftercare_domain::{Entry, roster::Roster};
use std::sync::{Arc, Mutex, PoisonError};

statements! {
    NEWEST_LISTED = "SELECT coalesce(max(no), 0) FROM listed WHERE list = 'people' AND no <= $1";
    PEOPLE = "SELECT l.seq, l.entry FROM listed p JOIN ledger l ON l.seq = p.no
        WHERE p.list = 'people' AND p.no > $1 AND p.no <= $2 ORDER BY p.no";
}

/// The roster that was asked for last, of durable entries alone.
#[derive(Debug, Default)]
pub(crate) struct Held(Mutex<Arc<Roster>>);

impl Held {
    fn get(&self) -> Arc<Roster> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, roster: &Arc<Roster>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.position() < roster.position() {
            *held = Arc::clone(roster);
        }
    }

    /// The roster as of a position, beginning with the one held.
    fn at(&self, session: &Session, position: i64) -> Result<Arc<Roster>, Fault> {
        let newest = session.number(NEWEST_LISTED, values![position])? as u64;
        let held = self.get();
        if held.position() == newest {
            return Ok(held);
        }
        let mut roster =
            if held.position() < newest { Roster::clone(&held) } else { Roster::default() };
        let asked = values![roster.position(), newest];
        let entries: Vec<Entry> =
            session.query(PEOPLE, asked, |row| ledger::read(row.count(0)?, &row.bytes(1)?))?;
        for entry in &entries {
            roster.enter(entry);
        }
        Ok(Arc::new(roster))
    }
}

impl Reader {
    /// Who there is and who may what, at this reader's position.
    pub fn roster(&self) -> Result<Arc<Roster>, Fault> {
        let held = &self.documents().roster;
        let roster = held.at(self.session()?, self.position() as i64)?;
        if !self.is_past() {
            held.keep(&roster);
        }
        Ok(roster)
    }
}

impl Facts<'_> {
    /// Who there is and who may what, as of this very moment of the transaction.
    pub fn roster(&self) -> Result<Arc<Roster>, Fault> {
        // Not kept: what this transaction recorded may still be rolled back.
        self.documents.roster.at(self.session, i64::MAX)
    }
}
