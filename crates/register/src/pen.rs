//! The pen: the one way to change the record.

use crate::{
    blob::StagedBlob,
    documents::Documents,
    facts::Facts,
    fault::Fault,
    ledger::{self, Head},
    project::Projector,
    replay::{self, Earlier},
    seal::{self, SealedBlob},
    sight::scope::{self, Scope},
    sql::{Row, Session, Statement, Value, statements, values},
};
use aftercare_domain::{
    Conflict, Event, Operation,
    conflict::{LastChange, unchanged},
};
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::collections::BTreeMap;

statements! {
    LAST_ABOUT = "SELECT seq, entry FROM ledger WHERE entity = $1 ORDER BY entity_version DESC LIMIT 1";
    HAS_BLOB = "SELECT count(*) FROM blob WHERE digest = $1";
}

/// Held by one change at a time. What it records stands or falls together.
#[derive(Debug)]
pub struct Pen<'a> {
    session: &'a Session,
    documents: &'a Documents,
    head: &'a mut Head,
    op: &'a Operation,
    attached: BTreeMap<Digest, u64>,
    /// A fault met on the way spoils the whole change, even if the caller overlooks it.
    spoiled: Option<Fault>,
    first: u64,
}

/// What [`Register::transact`](crate::Register::transact) gives for a change that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt<T> {
    /// What the change gave.
    pub value: T,
    /// The ledger position before the change.
    pub before: u64,
    /// The ledger position after it; equal to `before` when nothing was recorded.
    pub after: u64,
    /// The instant its entries bear.
    pub at: Instant,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(
        session: &'a Session,
        documents: &'a Documents,
        head: &'a mut Head,
        op: &'a Operation,
    ) -> Self {
        let first = head.size();
        Self { session, documents, head, op, attached: BTreeMap::new(), spoiled: None, first }
    }

    /// What the register knows, as of this very moment of the transaction, as far as the operation sees.
    pub fn facts(&self) -> Facts<'_> {
        Facts { session: self.session, documents: self.documents, scope: self.scope() }
    }

    fn scope(&self) -> Scope<'_> {
        Scope { session: self.session, sight: &self.op.sight }
    }

    /// The operation this change belongs to.
    pub const fn operation(&self) -> &Operation {
        self.op
    }

    /// The operation at the instant that its entries bear: who had which right is judged by that, so that
    /// anybody who reads the ledger comes to the same.
    pub fn dated(&self) -> Result<Operation, Fault> {
        let mut op = self.op.clone();
        op.at = self.head.instant(self.op)?;
        Ok(op)
    }

    /// How many events there are about an entity (0 = none).
    pub fn entity_version(&self, entity: &str) -> Result<u64, Fault> {
        ledger::entity_version(self.session, entity)
    }

    /// Refuses the change if the version of `entity` is not the one that was `seen` (`None` = not
    /// compared), or if the operation does not see it. Nothing can come between this and what the change
    /// records.
    pub fn expect<E: From<Fault> + From<Conflict>>(
        &self,
        entity: &str,
        seen: Option<u64>,
    ) -> Result<(), E> {
        if seen.is_none() {
            return Ok(());
        }
        self.scope().named(entity)?;
        let now = self.entity_version(entity)?;
        let last = || {
            let read = |row: &Row<'_>| ledger::read(row.count(0)?, &row.bytes(1)?);
            let entry = self.session.first(LAST_ABOUT, values![entity], read)?;
            Ok::<_, Fault>(entry.as_ref().map(LastChange::from))
        };
        Ok(unchanged(entity, seen, now, last)??)
    }

    /// What the operation's idempotency key was used for before.
    pub fn earlier(&self) -> Result<Earlier, Fault> {
        replay::earlier(self.session, self.op.keyed.as_ref())
    }

    /// Keeps the answer to this change under the operation's idempotency key, if it has one. The
    /// answer stands or falls with the change; where nothing was recorded nothing is kept.
    pub fn answer(&mut self, answer: &[u8]) -> Result<(), Fault> {
        let Some(keyed) = &self.op.keyed else { return Ok(()) };
        if self.head.size() == self.first {
            return Ok(());
        }
        let kept = replay::keep(self.session, keyed, self.op.at, answer);
        if let Err(fault) = &kept {
            self.spoiled.get_or_insert_with(|| fault.clone());
        }
        kept
    }

    pub(crate) const fn session(&self) -> &Session {
        self.session
    }

    /// Writes to a table beside the ledger, with the change.
    pub(crate) fn beside(&mut self, what: Statement, values: &[Value<'_>]) -> Result<(), Fault> {
        let done = self.session.execute(what, values).map(|_| ());
        if let Err(fault) = &done {
            self.spoiled.get_or_insert_with(|| fault.clone());
        }
        done
    }

    /// Makes a durable blob citable by the events of this change.
    pub fn attach(&mut self, blob: &StagedBlob) {
        self.attached.insert(blob.digest(), blob.size());
    }

    /// Makes a sealed text citable by the events of this change, and keeps its key.
    pub fn attach_sealed(&mut self, blob: &SealedBlob) -> Result<(), Fault> {
        self.attach(&blob.staged);
        let kept = seal::keep_key(self.session, blob.sealed.subject, &blob.key);
        if let Err(fault) = &kept {
            self.spoiled.get_or_insert_with(|| fault.clone());
        }
        kept
    }

    /// Appends an event to the ledger and projects it. Gives its ledger position.
    pub fn record(&mut self, event: impl Into<Event>) -> Result<u64, Fault> {
        let done = self.enter(event.into());
        if let Err(fault) = &done {
            self.spoiled.get_or_insert_with(|| fault.clone());
        }
        done
    }

    /// Records what a decider gave, in order.
    pub fn record_all(&mut self, events: impl IntoIterator<Item = Event>) -> Result<(), Fault> {
        events.into_iter().try_for_each(|event| self.record(event).map(|_| ()))
    }

    fn enter(&mut self, event: Event) -> Result<u64, Fault> {
        if let Some(fault) = &self.spoiled {
            return Err(fault.clone());
        }
        scope::touched(self.scope(), self.documents, &event)?;
        for digest in event.blobs() {
            let known = self.attached.contains_key(&digest)
                || self.session.number(HAS_BLOB, values![digest.as_bytes()])? > 0;
            if !known {
                return Err(Fault::BlobMissing { digest });
            }
        }
        if let Event::SubjectErased(erased) = &event {
            seal::destroy_key(self.session, erased.subject)?;
        }
        let projector = Projector { session: self.session, documents: self.documents };
        ledger::append(self.session, self.head, self.op, event, |entered| {
            projector.enter(entered, &self.attached)
        })
    }

    /// Ends the change: the positions it spans and its instant, or the fault that spoiled it.
    pub(crate) fn close(self) -> Result<(u64, u64, Instant), Fault> {
        if let Some(fault) = self.spoiled {
            return Err(fault);
        }
        let after = self.head.size();
        let at = if after > self.first { self.head.last } else { self.op.at };
        Ok((self.first, after, at))
    }
}
