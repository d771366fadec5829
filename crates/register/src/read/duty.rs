//! Calls in lists, the entries of one, and the chains in force.

use super::{Cursor, Page, Paged, Reader};
use crate::{
    facts::{Facts, id_of},
    fault::Fault,
    ledger,
    sql::{Row, statements, values},
};
use aftercare_domain::{
    Entry,
    duty::{Chains, State},
};
use aftercare_vocab::id::CallId;

statements! {
    // $3: 1 = open ones, 0 = answered ones, 2 = all; $4: 1 = tests alone.
    CALLS = "SELECT c.no, c.id FROM duty_call c
        WHERE c.since <= $1 AND c.no < $2
          AND ($3 = 2 OR $3 = CASE WHEN c.until IS NULL OR c.until > $1 THEN 1 ELSE 0 END)
          AND c.test >= $4
        ORDER BY c.no DESC LIMIT $5";
    COUNT = "SELECT count(*) FROM duty_call c
        WHERE c.since <= $1
          AND ($2 = 2 OR $2 = CASE WHEN c.until IS NULL OR c.until > $1 THEN 1 ELSE 0 END)
          AND c.test >= $3";
    // Asked with every page: by the index of open calls. At an earlier moment nothing waits any more.
    OPEN = "SELECT c.id FROM duty_call c WHERE c.until IS NULL ORDER BY c.no LIMIT $1";
    SEEN = "SELECT count(*) FROM duty_call WHERE since <= $1 AND id = $2";
    HISTORY = "SELECT seq, entry FROM ledger WHERE seq <= $1 AND entity = $2 ORDER BY seq";
    ADOPTED = "SELECT l.seq, l.entry FROM listed p JOIN ledger l ON l.seq = p.no
        WHERE p.list = 'duty' AND p.no <= $1 ORDER BY p.no";
}

/// Which calls a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CallsOnly {
    /// Those that nobody has answered.
    #[default]
    Open,
    /// Those that somebody answered.
    Answered,
    /// Tests that somebody answered.
    TestsAnswered,
    /// All.
    All,
}

impl CallsOnly {
    const fn codes(self) -> (i64, i64) {
        match self {
            Self::Open => (1, 0),
            Self::Answered => (0, 0),
            Self::TestsAnswered => (0, 1),
            Self::All => (2, 0),
        }
    }
}

impl Reader {
    /// Calls, the newest first.
    pub fn calls(&self, only: CallsOnly, page: &Page) -> Result<Paged<CallId>, Fault> {
        let [after] = page.numbers()?;
        let before = if page.after.is_none() { i64::MAX } else { after };
        let (open, test) = only.codes();
        let asked = values![self.position() as i64, before, open, test, page.ask()];
        let found = self.session()?.query(CALLS, asked, |row: &Row<'_>| {
            Ok((Cursor::numbers([row.int(0)?]), id_of(row, 1)?))
        })?;
        Ok(Paged::of(found, page))
    }

    /// How many calls such a list holds.
    pub fn call_count(&self, only: CallsOnly) -> Result<u64, Fault> {
        let (open, test) = only.codes();
        let asked = values![self.position() as i64, open, test];
        Ok(self.session()?.number(COUNT, asked)? as u64)
    }

    /// The calls that nobody has answered, the oldest first, at most `limit`; for a reader of the present.
    pub fn open_calls(&self, limit: u32) -> Result<Vec<CallId>, Fault> {
        self.session()?.query(OPEN, values![i64::from(limit)], |row| id_of(row, 0))
    }

    /// Whether a call is in sight.
    pub fn sees_call(&self, id: CallId) -> Result<bool, Fault> {
        let asked = values![self.position() as i64, id.as_bytes()];
        Ok(self.session()?.number(SEEN, asked)? > 0)
    }

    /// What a call's entries say; for a reader that sees the whole record.
    pub fn call(&self, id: CallId) -> Result<Option<State>, Fault> {
        let (position, entity) = (self.position() as i64, id.to_string());
        Ok(State::of(&self.session()?.query(HISTORY, values![position, &entity], entry)?))
    }

    /// The chains in force; for a reader that sees the whole record.
    pub fn chains(&self) -> Result<Chains, Fault> {
        let asked = values![self.position() as i64];
        Ok(Chains::of(&self.session()?.query(ADOPTED, asked, entry)?))
    }
}

impl Facts<'_> {
    /// A call, as of this very moment of the transaction.
    pub fn call(&self, id: CallId) -> Result<Option<State>, Fault> {
        let entity = id.to_string();
        Ok(State::of(&self.session.query(HISTORY, values![i64::MAX, &entity], entry)?))
    }

    /// The chains in force, as of this very moment of the transaction.
    pub fn chains(&self) -> Result<Chains, Fault> {
        Ok(Chains::of(&self.session.query(ADOPTED, values![i64::MAX], entry)?))
    }
}

fn entry(row: &Row<'_>) -> Result<Entry, Fault> {
    ledger::read(row.count(0)?, &row.bytes(1)?)
}
