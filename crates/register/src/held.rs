//! What is folded from the entries of one list, held for the next question.

use crate::{
    facts::Facts,
    fault::Fault,
    ledger,
    read::Reader,
    sql::{Session, statements, values},
};
use aftercare_domain::{
    Entry,
    advisory::Advisories,
    case::Cases,
    mapping::Mappings,
    notice::Notices,
    policy::Policies,
    roster::Roster,
    usage::{RiskFile, Usages},
};
use aftercare_vocab::digest::Digest;
use std::sync::{Arc, Mutex, PoisonError};

statements! {
    NEWEST_LISTED = "SELECT coalesce(max(no), 0) FROM listed WHERE list = $1 AND no <= $2";
    LISTED_SINCE = "SELECT l.seq, l.entry FROM listed p JOIN ledger l ON l.seq = p.no
        WHERE p.list = $1 AND p.no > $2 AND p.no <= $3 ORDER BY p.no";
}

/// Something that the entries of one list make up, entered one after the other.
pub(crate) trait Fold: Clone + Default {
    /// The list of its entries, as the projector names it.
    const LIST: &'static str;

    /// Takes the next entry of the list in.
    fn enter(&mut self, entry: &Entry);

    /// The number of the last entry that was taken in; 0 before the first.
    fn position(&self) -> u64;
}

/// The fold that was asked for last, of durable entries alone.
#[derive(Debug, Default)]
pub(crate) struct Held<T>(Mutex<Arc<T>>);

impl<T: Fold> Held<T> {
    /// The fold at a reader's position, kept for the next question unless it is of the past.
    pub(crate) fn read(&self, reader: &Reader) -> Result<Arc<T>, Fault> {
        let fold = self.at(reader.session()?, reader.position() as i64)?;
        if !reader.is_past() {
            self.keep(&fold);
        }
        Ok(fold)
    }

    /// The fold as of this very moment of a transaction. Not kept: what the transaction recorded may
    /// still be rolled back.
    pub(crate) fn now(&self, session: &Session) -> Result<Arc<T>, Fault> {
        self.at(session, i64::MAX)
    }

    fn get(&self) -> Arc<T> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, fold: &Arc<T>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.position() < fold.position() {
            *held = Arc::clone(fold);
        }
    }

    /// The fold as of a position, beginning with the one held.
    fn at(&self, session: &Session, position: i64) -> Result<Arc<T>, Fault> {
        let newest = session.number(NEWEST_LISTED, values![T::LIST, position])? as u64;
        let held = self.get();
        if held.position() == newest {
            return Ok(held);
        }
        let mut fold = if held.position() < newest { T::clone(&held) } else { T::default() };
        let asked = values![T::LIST, fold.position(), newest];
        let entries: Vec<Entry> = session
            .query(LISTED_SINCE, asked, |row| ledger::read(row.count(0)?, &row.bytes(1)?))?;
        for entry in &entries {
            fold.enter(entry);
        }
        Ok(Arc::new(fold))
    }
}

impl Fold for Roster {
    const LIST: &'static str = "people";

    fn enter(&mut self, entry: &Entry) {
        Self::enter(self, entry);
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }
}

impl Fold for Policies {
    const LIST: &'static str = "policies";

    fn enter(&mut self, entry: &Entry) {
        Self::enter(self, entry);
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }
}

impl Fold for Cases {
    const LIST: &'static str = "cases";

    fn enter(&mut self, entry: &Entry) {
        Self::enter(self, entry);
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }
}

impl Fold for Advisories {
    const LIST: &'static str = "advisories";

    fn enter(&mut self, entry: &Entry) {
        Self::enter(self, entry);
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }
}

impl Fold for Notices {
    const LIST: &'static str = "notices";

    fn enter(&mut self, entry: &Entry) {
        Self::enter(self, entry);
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }
}

impl Fold for Usages {
    const LIST: &'static str = "usages";

    fn enter(&mut self, entry: &Entry) {
        Self::enter(self, entry);
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }
}

impl Fold for Mappings {
    const LIST: &'static str = "mappings";

    fn enter(&mut self, entry: &Entry) {
        Self::enter(self, entry);
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }
}

impl Reader {
    /// Who there is and who may what, at this reader's position.
    pub fn roster(&self) -> Result<Arc<Roster>, Fault> {
        self.documents().roster.read(self)
    }

    /// The governing documents at this reader's position; for a reader that sees the whole record.
    pub fn policies(&self) -> Result<Arc<Policies>, Fault> {
        self.documents().policies.read(self)
    }

    /// All signals and cases at this reader's position; for a reader that sees the whole record.
    pub fn cases(&self) -> Result<Arc<Cases>, Fault> {
        self.documents().cases.read(self)
    }

    /// All advisories at this reader's position; for a reader that sees the whole record.
    pub fn advisories(&self) -> Result<Arc<Advisories>, Fault> {
        self.documents().advisories.read(self)
    }

    /// All notices at this reader's position; for a reader that sees the whole record.
    pub fn notices(&self) -> Result<Arc<Notices>, Fault> {
        self.documents().notices.read(self)
    }

    /// The use of all products at this reader's position; for a reader that sees the whole record.
    pub fn usages(&self) -> Result<Arc<Usages>, Fault> {
        self.documents().usages.read(self)
    }

    /// Which identities the maker says mean one product, at this reader's position.
    pub fn mappings(&self) -> Result<Arc<Mappings>, Fault> {
        self.documents().mappings.read(self)
    }

    /// The rows of a risk file.
    pub fn risk_file(&self, items: &Digest) -> Result<Arc<RiskFile>, Fault> {
        self.documents().risk_file(items)
    }
}

impl Facts<'_> {
    /// Who there is and who may what, as of this very moment of the transaction.
    pub fn roster(&self) -> Result<Arc<Roster>, Fault> {
        self.documents.roster.now(self.session)
    }

    /// The governing documents, as of this very moment of the transaction.
    pub fn policies(&self) -> Result<Arc<Policies>, Fault> {
        self.documents.policies.now(self.session)
    }

    /// All signals and cases, as of this very moment of the transaction.
    pub fn cases(&self) -> Result<Arc<Cases>, Fault> {
        self.documents.cases.now(self.session)
    }

    /// All advisories, as of this very moment of the transaction.
    pub fn advisories(&self) -> Result<Arc<Advisories>, Fault> {
        self.documents.advisories.now(self.session)
    }

    /// All notices, as of this very moment of the transaction.
    pub fn notices(&self) -> Result<Arc<Notices>, Fault> {
        self.documents.notices.now(self.session)
    }

    /// The use of all products, as of this very moment of the transaction.
    pub fn usages(&self) -> Result<Arc<Usages>, Fault> {
        self.documents.usages.now(self.session)
    }

    /// Which identities the maker says mean one product, as of this very moment of the transaction.
    pub fn mappings(&self) -> Result<Arc<Mappings>, Fault> {
        self.documents.mappings.now(self.session)
    }
}
