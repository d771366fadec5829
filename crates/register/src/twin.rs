//! Twins: making one, knowing one, throwing one away; and what must never leave one.
//!
//! A twin is a copy of the record as far as some entry, in a directory of its own (on a server, in a
//! schema of its own), with documents and a signing key of its own. What does not go along: the keys of
//! personal texts, so that an erasure in the original reaches every twin; checkpoints, which speak for
//! another log; answers to repeated requests.
//!
//! It is made beside its place and gets its name when it is whole. A kill leaves something that no list
//! shows and that the next twin of the name, or a discard, clears away.

use crate::{
    blob::BlobPlace,
    copy::{BlobsTo, Hear, Whose},
    facts::Facts,
    fault::{Denied, Fault},
    lock::Lock,
    log::Seed,
    open::{Access, Options, Register},
    read::twin::{TwinMark, mark, standing},
    replace::{self, Hold},
    sight::scope::Scope,
    sql::Session,
    store::Store,
};
use aftercare_domain::{
    Operation, Sight,
    twin::{self, TwinFacts, TwinForked, TwinMade, TwinName},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The register's directory within a twin's.
const REGISTER: &str = "register";
/// What stands behind the name of a twin that is being made.
const MAKING: &str = ".making";
/// What stands behind the name of a twin that is being thrown away.
const LEAVING: &str = ".leaving";
/// Only one twin is made or thrown away at a time.
const LOCK: &str = ".lock";

/// Proof that something may leave this record. A twin gives none: whatever sends, publishes or writes
/// to a place outside takes one as an argument.
#[derive(Debug)]
pub struct Outward(());

/// The leave to go outward, unless the record is a twin.
pub(crate) fn outward(session: &Session) -> Result<Option<Outward>, Fault> {
    Ok(if mark(session)?.is_none() { Some(Outward(())) } else { None })
}

impl Facts<'_> {
    /// For the deciders of [`twin`].
    pub fn twins(&self) -> Result<TwinFacts, Fault> {
        Ok(TwinFacts {
            itself: mark(self.session)?.map(|mark| mark.name),
            standing: standing(self.session, i64::MAX)?
                .into_iter()
                .map(|row| row.made.name)
                .collect(),
        })
    }
}

/// Where the twins of a record are: their directories below one, their tables beside the record's.
#[derive(Debug, Clone)]
pub struct Twins {
    dir: PathBuf,
    store: Store,
}

impl Twins {
    /// Of the register in `register` and `store`: beside its directory.
    pub fn of(register: &Path, store: &Store) -> Self {
        let dir = register.parent().unwrap_or(Path::new(".")).join("twins");
        Self { dir, store: store.clone() }
    }

    /// The register's directory of a twin.
    pub fn register(&self, name: &TwinName) -> PathBuf {
        self.place(name).join(REGISTER)
    }

    /// Where the tables of a twin are. A hyphen becomes two underscores, so that no name reads like another
    /// one with something behind it.
    pub fn store(&self, name: &TwinName) -> Result<Store, Fault> {
        self.store.named(&format!("_t_{}", name.as_str().replace('-', "__")))
    }

    /// The directory of a twin, whether or not there is one.
    pub fn place(&self, name: &TwinName) -> PathBuf {
        self.dir.join(name.as_str())
    }

    /// The directory of a twin that is not there yet or no longer.
    fn half(&self, name: &TwinName, end: &str) -> PathBuf {
        self.dir.join(format!("{name}{end}"))
    }

    /// Whether there is a whole twin of this name.
    pub fn stands(&self, name: &TwinName) -> bool {
        self.place(name).is_dir()
    }

    /// Whether there is a whole twin of this name, or what was half made or half thrown away.
    pub fn is_anything(&self, name: &TwinName) -> bool {
        self.stands(name) || self.half(name, LEAVING).exists() || self.half(name, MAKING).exists()
    }

    /// The names of the whole twins that are there, in order.
    pub fn names(&self) -> Result<Vec<TwinName>, Fault> {
        let trouble = |e| Fault::io("listing", &self.dir, &e);
        let list = match fs::read_dir(&self.dir) {
            Ok(list) => list,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(trouble(e)),
        };
        let mut names = Vec::new();
        for entry in list {
            let name = entry.map_err(trouble)?.file_name();
            names.extend(name.to_str().and_then(|name| name.parse::<TwinName>().ok()));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Throws a twin away, also one that was half made or half thrown away. `noted` runs once it is out
    /// of sight and before anything is removed. Fails with [`Fault::InUse`] while somebody has it open for
    /// writing.
    pub fn discard<E: From<Fault>>(
        &self,
        name: &TwinName,
        noted: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let (store, leaving) = (self.store(name)?, self.half(name, LEAVING));
        let _lock = self.lock()?;
        if self.stands(name) {
            let hold = Hold::take(&self.register(name), &store)?;
            replace::remove_dir(&leaving)?;
            replace::rename(&self.place(name), &leaving)?;
            drop(hold);
        }
        noted()?;
        Ok(self.clear(name, &store)?)
    }

    /// Removes what was half made or half thrown away.
    fn clear(&self, name: &TwinName, store: &Store) -> Result<(), Fault> {
        if let Store::Postgres(_) = store {
            store.remove(&self.register(name))?;
        }
        replace::remove_dir(&self.half(name, LEAVING))?;
        replace::remove_dir(&self.half(name, MAKING))
    }

    fn lock(&self) -> Result<Lock, Fault> {
        fs::create_dir_all(&self.dir).map_err(|e| Fault::io("making", &self.dir, &e))?;
        Lock::at(&self.dir.join(LOCK), &self.dir)
    }
}

/// What twin is wanted.
#[derive(Debug)]
pub struct Fork<'a> {
    /// Its name.
    pub name: TwinName,
    /// Whose record it is.
    pub manufacturer: &'a str,
    /// As far as this entry.
    pub upto: u64,
    /// Chance for its own signing key.
    pub seed: Seed,
}

impl Register {
    /// What the deciders of [`twin`] want to know, at this moment; the pen looks again.
    pub fn twin_facts(&self) -> Result<TwinFacts, Fault> {
        let session = self.borrow()?;
        let scope = Scope { session: &session, sight: &Sight::All };
        Facts { session: &session, documents: self.documents(), scope }.twins()
    }

    /// The mark of this record, if it is a twin.
    pub fn twin_mark(&self) -> Result<Option<TwinMark>, Fault> {
        mark(&*self.borrow()?)
    }

    /// The leave to send, publish or write outside; refused by a twin. `what` is about to be done.
    pub fn outward(&self, what: &str) -> Result<Outward, Denied> {
        match self.twin_mark()? {
            None => Ok(Outward(())),
            Some(mark) => Err(twin::nothing_leaves(&mark.name, what).into()),
        }
    }

    /// Makes a twin of this record, while others may write to it. It is whole when this returns, and
    /// nothing is there when it fails.
    pub fn fork(
        &self,
        op: &Operation,
        twins: &Twins,
        fork: Fork<'_>,
        hear: Hear<'_>,
    ) -> Result<TwinMade, Denied> {
        let (name, store) = (&fork.name, twins.store(&fork.name)?);
        twin::may_make(&self.twin_facts()?, name)?;
        let _lock = twins.lock()?;
        if twins.stands(name) {
            return Err(twin::taken(name).into());
        }
        twins.clear(name, &store)?; // of one that was killed
        let made = self.fork_to(op, &twins.half(name, MAKING).join(REGISTER), &store, &fork, hear);
        let placed = made.and_then(|made| {
            let (making, place) = (twins.half(name, MAKING), twins.place(name));
            replace::flush_tree(&making)?;
            replace::rename(&making, &place)?;
            Ok(made)
        });
        if placed.is_err() {
            let _ = twins.clear(name, &store); // the first trouble is the one to tell
        }
        placed
    }

    fn fork_to(
        &self,
        op: &Operation,
        dir: &Path,
        store: &Store,
        fork: &Fork<'_>,
        hear: Hear<'_>,
    ) -> Result<TwinMade, Denied> {
        let copied =
            self.copy(dir, store, BlobsTo::Link, Some(fork.upto), Whose::Twin, &mut *hear)?;
        hear("Marking the twin", 0, 0);
        let options = Options {
            access: Access::Write,
            store: store.clone(),
            blobs: BlobPlace::Directory,
            seed: Some(fork.seed),
            copy_to: None,
        };
        let forked = TwinForked {
            name: fork.name.clone(),
            manufacturer: fork.manufacturer.to_owned(),
            of: self.log_name()?,
            position: copied.entries,
            root: copied.root,
            as_of: copied.last,
        };
        let copy = Self::open(dir, options)?;
        copy.transact::<_, Denied>(op, |pen| {
            let events = twin::fork(&pen.facts().twins()?, forked)?;
            Ok(pen.record_all(events)?)
        })?;
        if copy.log_name()? == self.log_name()? {
            return Err(Fault::shape("chance", "it gave the twin the key of the original").into());
        }
        copy.checkpoint(op)?; // puts its own key in force
        Ok(TwinMade {
            name: fork.name.clone(),
            log: copy.log_name()?,
            position: copied.entries,
            root: copied.root,
            at: op.at,
            by: op.actor.clone(),
        })
    }
}
