//! Decisions in lists, and the entries of one; entries of the security record.

use super::{Cursor, Page, Paged, Reader};
use crate::{
    facts::{Facts, id_of},
    fault::Fault,
    ledger,
    sql::{Row, statements, values},
};
use aftercare_domain::{Entry, decision::State};
use aftercare_vocab::id::DecisionId;

statements! {
    // $4: 1 = open ones, 0 = ended ones, 2 = all.
    DECISIONS = "SELECT d.no, d.id FROM decision d
        JOIN decision_text t ON t.decision = d.no AND t.since <= $1
          AND (t.until IS NULL OR t.until > $1)
        WHERE d.since <= $1 AND d.no < $2
          AND ($3 = '' OR t.about = $3)
          AND ($4 = 2 OR $4 = CASE WHEN d.until IS NULL OR d.until > $1 THEN 1 ELSE 0 END)
        ORDER BY d.no DESC LIMIT $5";
    COUNT = "SELECT count(*) FROM decision d
        JOIN decision_text t ON t.decision = d.no AND t.since <= $1
          AND (t.until IS NULL OR t.until > $1)
        WHERE d.since <= $1 AND ($2 = '' OR t.about = $2)
          AND ($3 = 2 OR $3 = CASE WHEN d.until IS NULL OR d.until > $1 THEN 1 ELSE 0 END)";
    SEEN = "SELECT count(*) FROM decision WHERE since <= $1 AND id = $2";
    HISTORY = "SELECT seq, entry FROM ledger WHERE seq <= $1 AND entity = $2 ORDER BY seq";
    LISTED = "SELECT l.seq, l.entry FROM listed p JOIN ledger l ON l.seq = p.no
        WHERE p.list = 'security' AND p.no <= $1 AND p.no < $2 ORDER BY p.no DESC LIMIT $3";
    LISTED_COUNT = "SELECT count(*) FROM listed WHERE list = 'security' AND no <= $1";
}

/// Which decisions a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecisionsOnly {
    /// Those that are not ended.
    #[default]
    Open,
    /// Those that were taken or withdrawn.
    Ended,
    /// All.
    All,
}

impl DecisionsOnly {
    const fn code(self) -> i64 {
        match self {
            Self::Ended => 0,
            Self::Open => 1,
            Self::All => 2,
        }
    }
}

impl Reader {
    /// Decisions, the newest first; `about` narrows to those about one thing, unless it is empty.
    pub fn decisions(
        &self,
        only: DecisionsOnly,
        about: &str,
        page: &Page,
    ) -> Result<Paged<DecisionId>, Fault> {
        let [after] = page.numbers()?;
        let before = if page.after.is_none() { i64::MAX } else { after };
        let asked = values![self.position() as i64, before, about, only.code(), page.ask()];
        let found = self.session()?.query(DECISIONS, asked, |row: &Row<'_>| {
            Ok((Cursor::numbers([row.int(0)?]), id_of(row, 1)?))
        })?;
        Ok(Paged::of(found, page))
    }

    /// How many decisions such a list holds.
    pub fn decision_count(&self, only: DecisionsOnly, about: &str) -> Result<u64, Fault> {
        let asked = values![self.position() as i64, about, only.code()];
        Ok(self.session()?.number(COUNT, asked)? as u64)
    }

    /// Whether a decision is in sight.
    pub fn sees_decision(&self, id: DecisionId) -> Result<bool, Fault> {
        let asked = values![self.position() as i64, id.as_bytes()];
        Ok(self.session()?.number(SEEN, asked)? > 0)
    }

    /// What a decision's entries say; for a reader that sees the whole record.
    pub fn decision(&self, id: DecisionId) -> Result<Option<State>, Fault> {
        let (position, entity) = (self.position() as i64, id.to_string());
        Ok(State::of(&self.session()?.query(HISTORY, values![position, &entity], entry)?))
    }

    /// The security record, the newest first.
    pub fn security(&self, page: &Page) -> Result<Paged<Entry>, Fault> {
        let [after] = page.numbers()?;
        let before = if page.after.is_none() { i64::MAX } else { after };
        let asked = values![self.position() as i64, before, page.ask()];
        let found = self
            .session()?
            .query(LISTED, asked, |row| Ok((Cursor::numbers([row.int(0)?]), entry(row)?)))?;
        Ok(Paged::of(found, page))
    }

    /// How many entries the security record has.
    pub fn security_count(&self) -> Result<u64, Fault> {
        Ok(self.session()?.number(LISTED_COUNT, values![self.position() as i64])? as u64)
    }
}

impl Facts<'_> {
    /// A decision, as of this very moment of the transaction.
    pub fn decision(&self, id: DecisionId) -> Result<Option<State>, Fault> {
        let entity = id.to_string();
        Ok(State::of(&self.session.query(HISTORY, values![i64::MAX, &entity], entry)?))
    }
}

fn entry(row: &Row<'_>) -> Result<Entry, Fault> {
    ledger::read(row.count(0)?, &row.bytes(1)?)
}
