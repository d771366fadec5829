//! One writer, handed round: group commit.
//!
//! Whoever wants to change something takes the gate, does it in a savepoint of the open batch and
//! hands the gate on. The last in the queue (or the one that fills the batch) commits for all; the
//! others wait for that. So a burst of changes costs one flush to disk, a lone change waits for
//! nobody, and nothing is acknowledged before it is durable. A change that fails rolls back its own
//! savepoint only.

use crate::{
    documents::Documents,
    fault::Fault,
    ledger::Head,
    pen::{Pen, Receipt},
    schema,
    sql::Session,
};
use aftercare_domain::Operation;
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Most changes committed together.
pub const GROUP_LIMIT: usize = 100;

/// Changes that are committed together, and what came of that. Whoever has a change in it holds it
/// until he has read the outcome, however long he sleeps meanwhile.
#[derive(Debug, Default)]
struct Batch {
    outcome: OnceLock<Result<(), Fault>>,
}

/// The gate to the writing connection.
#[derive(Debug)]
pub(crate) struct Writer {
    gate: Mutex<Desk>,
    queued: AtomicUsize,
    committed: Condvar,
}

/// What lies behind the gate.
#[derive(Debug)]
pub(crate) struct Desk {
    pub session: Session,
    pub head: Head,
    /// The open batch.
    batch: Arc<Batch>,
    /// Changes in it so far.
    changes: usize,
    /// The head must be read again before the next batch.
    stale: bool,
    /// What took the open batch's transaction down.
    broken: Option<Fault>,
}

impl Writer {
    pub(crate) fn new(session: Session, head: Head) -> Self {
        let desk =
            Desk { session, head, batch: Arc::default(), changes: 0, stale: false, broken: None };
        Self { gate: Mutex::new(desk), queued: AtomicUsize::new(0), committed: Condvar::new() }
    }

    /// Whether other processes write too.
    pub(crate) fn is_shared(&self) -> bool {
        self.lock().session.is_shared()
    }

    /// Makes one change; returns when it is durable, or was rolled back.
    pub(crate) fn transact<T, E: From<Fault>>(
        &self,
        documents: &Documents,
        op: &Operation,
        change: impl FnOnce(&mut Pen<'_>) -> Result<T, E>,
    ) -> Result<Receipt<T>, E> {
        self.queued.fetch_add(1, Ordering::SeqCst);
        let mut desk = self.lock();
        self.queued.fetch_sub(1, Ordering::SeqCst);

        let batch = Arc::clone(&desk.batch);
        let done = catch_unwind(AssertUnwindSafe(|| desk.change(documents, op, change)));
        desk.changes += 1;
        let outcome = self.wait_for(desk, &batch);
        match done {
            Err(panic) => resume_unwind(panic),
            Ok(Err(denied)) => Err(denied),
            Ok(Ok(receipt)) => outcome.map(|()| receipt).map_err(E::from),
        }
    }

    /// Runs something that needs the writing connection for itself, with no batch open.
    pub(crate) fn alone<T>(
        &self,
        run: impl FnOnce(&mut Desk) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut desk = self.lock();
        if desk.changes > 0 {
            desk.commit();
            self.committed.notify_all();
        }
        run(&mut desk)
    }

    fn lock(&self) -> MutexGuard<'_, Desk> {
        // A panic inside a change is caught and rolled back, so the state behind the gate is sound.
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits if nobody is left to join, else waits until somebody else has.
    fn wait_for(&self, mut desk: MutexGuard<'_, Desk>, batch: &Batch) -> Result<(), Fault> {
        loop {
            if let Some(outcome) = batch.outcome.get() {
                return outcome.clone();
            }
            if self.queued.load(Ordering::SeqCst) == 0 || desk.changes >= GROUP_LIMIT {
                desk.commit();
                self.committed.notify_all();
            } else {
                desk = self.committed.wait(desk).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Desk {
    fn change<T, E: From<Fault>>(
        &mut self,
        documents: &Documents,
        op: &Operation,
        change: impl FnOnce(&mut Pen<'_>) -> Result<T, E>,
    ) -> Result<Receipt<T>, E> {
        if let Some(fault) = &self.broken {
            // An earlier change of this batch took the whole transaction down with it.
            return Err(fault.clone().into());
        }
        if self.session.is_idle() {
            self.begin()?;
        }
        self.session.script("SAVEPOINT change")?;
        let before = self.head.clone();
        let Self { session, head, .. } = self;
        let mut pen = Pen::new(session, documents, head, op);
        let done = catch_unwind(AssertUnwindSafe(|| change(&mut pen)));
        let closed = pen.close();
        let failure = match (done, closed) {
            (Ok(Ok(value)), Ok((first, after, at))) => {
                match self.session.script("RELEASE change") {
                    Ok(()) => return Ok(Receipt { value, before: first, after, at }),
                    Err(fault) => Ok(E::from(fault)),
                }
            }
            (Ok(Ok(_)), Err(fault)) => Ok(E::from(fault)),
            (Ok(Err(denied)), _) => Ok(denied),
            (Err(panic), _) => Err(panic),
        };
        self.head = before;
        self.roll_back();
        match failure {
            Ok(denied) => Err(denied),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Undoes the current change. If the engine gave up the whole batch (a full disk does that),
    /// everybody in it is told.
    fn roll_back(&mut self) {
        let undone = if self.session.is_idle() {
            Err(Fault::Storage {
                doing: "a change of the same batch".to_owned(),
                place: "the register".to_owned(),
                why: "the database gave up the transaction".to_owned(),
            })
        } else {
            self.session.script("ROLLBACK TO change; RELEASE change")
        };
        if let Err(fault) = undone {
            self.fail(fault);
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.broken.get_or_insert(fault);
        if !self.session.is_idle() {
            // Nothing more can be done if this fails too: the next BEGIN will tell.
            let _ = self.session.roll_back();
        }
        // The head counts what was rolled back; the next batch begins with what stands there.
        self.stale = true;
    }

    /// Opens the batch's transaction. Where other processes write too, the head is what they left.
    fn begin(&mut self) -> Result<(), Fault> {
        self.session.begin_writing()?;
        let shared = self.session.is_shared();
        if !shared && !self.stale {
            return Ok(());
        }
        let ours = if shared { schema::still_ours(&self.session) } else { Ok(()) };
        match ours.and_then(|()| Head::load(&self.session)) {
            Ok(head) => (self.head, self.stale) = (head, false),
            Err(fault) => {
                let _ = self.session.roll_back();
                return Err(fault);
            }
        }
        Ok(())
    }

    fn commit(&mut self) {
        if !self.session.is_idle() {
            let saved = self.head.save(&self.session);
            let done = saved.and_then(|()| match self.session.commit() {
                Err(Fault::ConnectionLost { place, why }) => self.ask_outcome(place, why),
                other => other,
            });
            if let Err(fault) = done {
                self.fail(fault);
            }
        }
        let outcome = self.broken.take().map_or(Ok(()), Err);
        let batch = std::mem::take(&mut self.batch);
        let _ = batch.outcome.set(outcome); // an open batch has none yet
        self.changes = 0;
    }

    /// After a connection was lost during COMMIT: does our newest entry stand there?
    fn ask_outcome(&self, place: String, why: String) -> Result<(), Fault> {
        // The server may still be at it: looked at too early, what it keeps would be told as lost.
        let asked =
            self.session.begin_after_writers().and_then(|()| self.head.stands(&self.session));
        if !self.session.is_idle() {
            let _ = self.session.roll_back();
        }
        match asked {
            Ok(true) => Ok(()),
            Ok(false) => Err(Fault::ConnectionLost { place, why }),
            Err(_) => Err(Fault::OutcomeUnknown { place, why }),
        }
    }
}
