//! The log: what the register tells the world about its ledger, signed.
//!
//! A checkpoint says how many entries there are and which root they have. It is kept in three
//! places: the table `checkpoint`, the folder `log/` beside the register, and, where one is named, a
//! second place. Whoever rewrites the ledger afterwards would have to rewrite all of them, and has no
//! key. At each opening for writing the newest checkpoint of each place is compared with the ledger.
//!
//! The order of a checkpoint is: tiles, row of the table, files of the folder, second place. Killed
//! between any two, the next opening goes on from there.

mod copy;
mod export;
mod files;
mod folder;
mod guard;
mod keys;
pub(crate) mod live;
mod proof;
mod stamp;
pub(crate) mod table;

pub use copy::{CopyVerification, verify_copy};
pub use export::{Exported, Wish};
pub use keys::Seed;
pub use proof::Proof;
pub use stamp::{StampKept, StampRequest};

pub(crate) use folder::Folder;

use crate::{
    facts::Facts,
    fault::{Denied, Fault},
    ledger::Head,
    open::Register,
    sql::Session,
    twin::Outward,
    writer::Desk,
};
use aftercare_domain::{
    Operation,
    log_key::{self, AdoptLogKey, LogKeyAdopted, LogKeyFacts},
};
use aftercare_evidence::{Checkpoint, Note, Signer};
use aftercare_vocab::{digest::Digest, instant::Instant};
use keys::Keys;
use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Every statement of the log, for the test that prepares them.
#[cfg(test)]
pub(crate) fn statements() -> Vec<crate::sql::Statement> {
    [table::ALL, export::ALL].concat()
}

/// A checkpoint that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Number of entries it covers.
    pub size: u64,
    /// Root over them.
    pub root: Digest,
    /// When it was signed.
    pub at: Instant,
    /// The signed note (C2SP tlog-checkpoint).
    pub note: String,
}

impl From<table::Row> for Signed {
    fn from(row: table::Row) -> Self {
        Self { size: row.size, root: row.root, at: row.at, note: row.note }
    }
}

/// The signing side of a register that is open for writing.
#[derive(Debug)]
pub(crate) struct Log {
    keys: Mutex<Keys>,
    home: Folder,
    second: Option<Folder>,
}

/// The log's own folder of a register.
pub(crate) fn home(register: &Path) -> Folder {
    Folder::at(register.join("log"))
}

fn keys_of(register: &Path) -> Result<Keys, Fault> {
    Keys::read(register.join("keys"))
}

/// The ledger while nobody else can write to it.
pub(crate) struct Ledger<'a> {
    session: &'a Session,
    head: &'a Head,
}

/// Runs something while no process can append. What it writes to tables stays when it succeeds.
fn held<T>(desk: &Desk, run: impl FnOnce(&Ledger<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
    let session = &desk.session;
    session.begin_writing()?;
    let done = Head::load(session).and_then(|head| run(&Ledger { session, head: &head }));
    match done {
        Ok(value) => session.commit().map(|()| value),
        Err(fault) => {
            if !session.is_idle() {
                // The fault is the one to tell; the next transaction tells if this fails too.
                let _ = session.roll_back();
            }
            Err(fault)
        }
    }
}

impl Log {
    /// Opens the log of the register in `dir`: makes its key when it has none yet, compares the kept
    /// checkpoints with the ledger, and finishes what a killed process left half-done.
    pub(crate) fn open(
        desk: &Desk,
        dir: &Path,
        seed: Option<Seed>,
        second: Option<(&Outward, &Path)>,
    ) -> Result<Self, Fault> {
        let (home, second) = (home(dir), second.map(|(_, place)| Folder::at(place.to_owned())));
        let keys = held(desk, |ledger| {
            let session = ledger.session;
            let mut keys = keys_of(dir)?;
            let newest = table::newest(session)?;
            if let (None, None, None, Some(seed)) = (&keys.current, &keys.next, &newest, seed)
                && home.newest()?.is_none()
            {
                keys.make(seed)?;
            }
            guard::compare(ledger, &keys, newest, &home, second.as_ref())?;
            if let Some(next) = &keys.next {
                let adopted = table::keys(session, next.name())?;
                if !adopted.iter().any(|key| key.key == next.verifier().to_string()) {
                    keys.discard()?;
                }
            }
            home.catch_up(session)?;
            home.mend(session)?;
            Ok(keys)
        })?;
        let log = Self { keys: Mutex::new(keys), home, second };
        log.copy(desk);
        Ok(log)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the second place up to date. Its trouble is told and does not stop us: what it lacks it
    /// gets with the next checkpoint.
    fn copy(&self, desk: &Desk) {
        if let Some(second) = &self.second
            && let Err(fault) = second
                .catch_up(&desk.session)
                .and_then(|()| second.copy_stamps(&self.home, &desk.session))
        {
            tracing::warn!(
                "the second place of the log, {}, did not get the newest checkpoint: {fault}",
                second.dir().display()
            );
        }
    }

    /// Signs the present head, unless that was done already.
    fn sign(&self, ledger: &Ledger<'_>, at: Instant, signers: &[&Signer]) -> Result<Signed, Fault> {
        let (size, root) = (ledger.head.size(), ledger.head.frontier.root());
        let place = "the table of checkpoints".to_owned();
        match table::newest(ledger.session)? {
            Some(row) if row.size > size => {
                Err(Fault::LedgerShorter { place, signed: row.size, found: size })
            }
            Some(row) if row.size == size && row.root != root => {
                Err(Fault::LedgerDiffers { place, signed: size })
            }
            Some(row) if row.size == size => Ok(row.into()),
            _ => {
                let origin = signers.first().map_or_else(String::new, |s| s.name().to_owned());
                self.home.extend(ledger.session, size, root)?;
                let text = Checkpoint { origin, size, root }.text();
                let note = Note::sign(&text, signers).map_err(|e| Fault::shape("a note", e))?;
                let row = table::Row { size, root, at, note: note.to_string() };
                table::add(ledger.session, &row)?;
                Ok(row.into())
            }
        }
    }
}

impl Facts<'_> {
    /// The keys that the log of this name put in force, oldest first.
    pub fn log_keys(&self, log: &str) -> Result<Vec<LogKeyAdopted>, Fault> {
        table::keys(self.session, log)
    }
}

impl Register {
    /// Signs the ledger as it stands, keeps the checkpoint in all places and gives it. The first one
    /// also records which key signs. Where nothing was recorded since the newest, that one is given.
    pub fn checkpoint(&self, op: &Operation) -> Result<Signed, Fault> {
        self.checkpoint_then(op, Ok)
    }

    /// The same, with something done before any further change.
    pub(crate) fn checkpoint_then<T>(
        &self,
        op: &Operation,
        then: impl FnOnce(Signed) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let log = self.log()?;
        let mut keys = log.keys();
        keys.refresh()?;
        let signer = keys.next.as_ref().or(keys.current.as_ref()).ok_or(Fault::NoSigningKey)?;
        self.adopt(op, signer)?;
        let signers: Vec<&Signer> = keys.current.iter().chain(&keys.next).collect();
        let done = self.writer()?.alone(|desk| {
            let done = held(desk, |ledger| then(log.sign(ledger, op.at, &signers)?))?;
            log.home.catch_up(&desk.session)?;
            log.copy(desk);
            Ok(done)
        })?;
        keys.promote()?;
        Ok(done)
    }

    /// Puts a new key in force: recorded in the ledger, under a checkpoint that bears both signatures.
    /// When the old key is lost, the new one signs alone, and whoever trusted the old one must be told.
    pub fn rotate_log_key(&self, op: &Operation, seed: Seed) -> Result<Signed, Fault> {
        let log = self.log()?;
        let name = {
            let keys = log.keys();
            match &keys.current {
                Some(signer) => signer.name().to_owned(),
                None => self.log_name()?.ok_or(Fault::NoSigningKey)?,
            }
        };
        if log.keys().current.is_some() {
            self.checkpoint(op)?; // a key that was never used is put in force before it is replaced
        }
        let key = log.keys().prepare(&name, seed)?;
        let signed = self.checkpoint(op)?;
        if self.log_keys()?.last() == Some(&key) {
            return Ok(signed);
        }
        Err(Fault::Storage {
            doing: "putting a new key in force".to_owned(),
            place: "the file keys/log.next".to_owned(),
            why: "another server of this record was opened at that moment; try again".to_owned(),
        })
    }

    /// The newest kept checkpoint; `None` = none was signed yet.
    pub fn newest_checkpoint(&self) -> Result<Option<Signed>, Fault> {
        self.newest_checkpoint_upto(u64::MAX)
    }

    /// The newest checkpoint over at most `size` entries.
    pub fn newest_checkpoint_upto(&self, size: u64) -> Result<Option<Signed>, Fault> {
        let session = self.borrow()?;
        table::newest_upto(&session, size).map(|row| row.map(Signed::from))
    }

    /// The verifier keys that the log put in force, oldest first; the last one signs now.
    pub fn log_keys(&self) -> Result<Vec<String>, Fault> {
        self.log_keys_upto(u64::MAX)
    }

    /// Those it had put in force by entry `upto`.
    pub fn log_keys_upto(&self, upto: u64) -> Result<Vec<String>, Fault> {
        let Some(name) = self.log_name()? else { return Ok(Vec::new()) };
        let session = self.borrow()?;
        Ok(table::keys_upto(&session, &name, upto)?.into_iter().map(|key| key.key).collect())
    }

    /// The name of the log, from its key or its newest checkpoint.
    pub(crate) fn log_name(&self) -> Result<Option<String>, Fault> {
        if let Some(signer) = keys_of(self.dir())?.current {
            return Ok(Some(signer.name().to_owned()));
        }
        let Some(newest) = self.newest_checkpoint()? else { return Ok(None) };
        let place = Path::new("the table of checkpoints");
        folder::checkpoint_in(place, newest.note.as_bytes()).map(|said| Some(said.origin))
    }

    /// Records that a key is in force, unless it stands there.
    fn adopt(&self, op: &Operation, signer: &Signer) -> Result<(), Fault> {
        let (log, key) = (signer.name().to_owned(), signer.verifier().to_string());
        let adopted = self.transact::<_, Denied>(op, |pen| {
            let adopted: Vec<String> =
                pen.facts().log_keys(&log)?.into_iter().map(|key| key.key).collect();
            if adopted.contains(&key) {
                return Ok(());
            }
            let events = log_key::adopt(&LogKeyFacts { adopted }, AdoptLogKey { log, key }, op)?;
            Ok(pen.record_all(events)?)
        });
        match adopted {
            Ok(_) => Ok(()),
            Err(Denied::Fault(fault)) => Err(fault),
            Err(denied) => Err(Fault::shape("the log's keys", denied)),
        }
    }
}
