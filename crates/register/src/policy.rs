//! The governing documents, folded from their entries and held for the next question.

use crate::{
    facts::Facts,
    fault::Fault,
    ledger,
    read::Reader,
    sql::{Session, statements, values},
};
use aftercare_domain::{Entry, policy::Policies};
use std::sync::{Arc, Mutex, PoisonError};

statements! {
    NEWEST_LISTED = "SELECT coalesce(max(no), 0) FROM listed WHERE list = 'policies' AND no <= $1";
    POLICIES = "SELECT l.seq, l.entry FROM listed p JOIN ledger l ON l.seq = p.no
        WHERE p.list = 'policies' AND p.no > $1 AND p.no <= $2 ORDER BY p.no";
}

/// The documents that were asked for last, of durable entries alone.
#[derive(Debug, Default)]
pub(crate) struct Held(Mutex<Arc<Policies>>);

impl Held {
    fn get(&self) -> Arc<Policies> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, policies: &Arc<Policies>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.position() < policies.position() {
            *held = Arc::clone(policies);
        }
    }

    /// The documents as of a position, beginning with those held.
    fn at(&self, session: &Session, position: i64) -> Result<Arc<Policies>, Fault> {
        let newest = session.number(NEWEST_LISTED, values![position])? as u64;
        let held = self.get();
        if held.position() == newest {
            return Ok(held);
        }
        let mut policies =
            if held.position() < newest { Policies::clone(&held) } else { Policies::default() };
        let asked = values![policies.position(), newest];
        let entries: Vec<Entry> =
            session.query(POLICIES, asked, |row| ledger::read(row.count(0)?, &row.bytes(1)?))?;
        for entry in &entries {
            policies.enter(entry);
        }
        Ok(Arc::new(policies))
    }
}

impl Reader {
    /// The governing documents at this reader's position; for a reader that sees the whole record.
    pub fn policies(&self) -> Result<Arc<Policies>, Fault> {
        let held = &self.documents().policies;
        let policies = held.at(self.session()?, self.position() as i64)?;
        if !self.is_past() {
            held.keep(&policies);
        }
        Ok(policies)
    }
}

impl Facts<'_> {
    /// The governing documents, as of this very moment of the transaction.
    pub fn policies(&self) -> Result<Arc<Policies>, Fault> {
        // Not kept: what this transaction recorded may still be rolled back.
        self.documents.policies.at(self.session, i64::MAX)
    }
}
