//! The register as a whole: opening, changing, reading, rebuilding.

use crate::{
    blob::{BlobPlace, BlobWriter, Blobs, StagedBlob, Staging},
    documents::Documents,
    fault::Fault,
    ledger::{self, Head},
    lock::Lock,
    log::{Log, Seed, live},
    pen::{Pen, Receipt},
    project::Projector,
    read::Reader,
    replace::finish_restore,
    schema::{self, Layout},
    seal,
    sql::{Place, Session, Use, statements, values},
    store::Store,
    twin,
    verify::{self, Depth, Verification},
    writer::Writer,
};
use aftercare_domain::{
    Operation, edition::SourceList, finding::Assessment, sight::Sight, unit::UnitBatch,
    usage::RiskFile,
};
use aftercare_evidence::Verifier;
use aftercare_verifier::timestamp::Roots;
use aftercare_vocab::{digest::Digest, id::FamilyId, instant::Instant, inventory::Inventory};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

/// Idle reading connections kept for the next reader.
const IDLE_READERS: usize = 8;

statements! {
    CITES_BLOB = "SELECT count(*) FROM blob WHERE digest = $1";
}

/// For what a register is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// For reading and writing; only one process can.
    #[default]
    Write,
    /// For reading only, beside a process that writes.
    Read,
}

/// How a register is opened.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Reading and writing, or reading only.
    pub access: Access,
    /// Where the tables are.
    pub store: Store,
    /// Where the blobs are.
    pub blobs: BlobPlace,
    /// Chance for the key that signs checkpoints, used when the log has none yet.
    pub seed: Option<Seed>,
    /// A second place for checkpoints and tiles, best on another machine. A twin has none.
    pub copy_to: Option<PathBuf>,
}

impl From<Access> for Options {
    fn from(access: Access) -> Self {
        Self { access, ..Self::default() }
    }
}

/// The private record of one manufacturer, in one directory.
#[derive(Debug)]
pub struct Register {
    dir: PathBuf,
    place: Place,
    documents: Arc<Documents>,
    writer: Option<Writer>,
    idle: Arc<Mutex<Vec<Session>>>,
    /// Those that see only what is in sight.
    narrow: Arc<Mutex<Vec<Session>>>,
    /// The log may still hold a destroyed key.
    pub(crate) scrub_due: AtomicBool,
    log: Option<Log>,
    copy_to: Option<PathBuf>,
    _lock: Option<Lock>,
}

impl Register {
    /// Opens the register whose blobs are in `dir` and whose tables are in the store (SQLite: a file
    /// in `dir`), making it when it is not there and writing is asked for. Projections of another
    /// release are replayed.
    pub fn open(dir: &Path, options: Options) -> Result<Self, Fault> {
        finish_restore(dir, &options.store)?;
        let place = options.store.place(dir);
        match options.access {
            Access::Write => Self::open_for_writing(dir, place, options),
            Access::Read => Self::open_for_reading(dir, place, options),
        }
    }

    fn open_for_reading(dir: &Path, place: Place, options: Options) -> Result<Self, Fault> {
        let session = Session::open(&place, Use::Read)?;
        if schema::check(&session)? == Layout::Stale {
            return Err(Fault::Storage {
                doing: "reading".to_owned(),
                place: place.to_string(),
                why: "it was written by an earlier release, or is empty; open it for writing once"
                    .to_owned(),
            });
        }
        let blobs = Blobs::open(dir, &options.blobs, Staging::None)?;
        let outward = twin::outward(&session)?;
        Ok(Self {
            dir: dir.to_owned(),
            place,
            documents: Arc::new(Documents::new(blobs)),
            writer: None,
            idle: Arc::new(Mutex::new(vec![session])),
            narrow: Arc::default(),
            scrub_due: AtomicBool::new(false),
            log: None,
            copy_to: options.copy_to.filter(|_| outward.is_some()),
            _lock: None,
        })
    }

    fn open_for_writing(dir: &Path, place: Place, options: Options) -> Result<Self, Fault> {
        fs::create_dir_all(dir).map_err(|e| Fault::io("making the directory", dir, &e))?;
        // On a server the tables are locked for each change; a file belongs to one process.
        let (lock, staging) = match place {
            Place::File(_) => (Some(Lock::take(dir)?), Staging::Alone),
            Place::Server(_) => (None, Staging::Shared),
        };
        let blobs = Blobs::open(dir, &options.blobs, staging)?;
        let session = Session::open(&place, Use::Write)?;
        let layout = schema::migrate(&session)?;
        let head = Head::standing(&session)?;
        let mut register = Self {
            dir: dir.to_owned(),
            place,
            documents: Arc::new(Documents::new(blobs)),
            writer: Some(Writer::new(session, head)),
            idle: Arc::default(),
            narrow: Arc::default(),
            scrub_due: AtomicBool::new(false),
            log: None,
            copy_to: None,
            _lock: lock,
        };
        if layout == Layout::Stale {
            register.replay(schema::is_stale)?;
        }
        let outward = register.writer()?.alone(|desk| twin::outward(&desk.session))?;
        register.copy_to = options.copy_to.filter(|_| outward.is_some());
        let second = outward.as_ref().zip(register.copy_to.as_deref());
        let opened = register.writer()?.alone(|desk| Log::open(desk, dir, options.seed, second))?;
        register.log = Some(opened);
        register.writer()?.alone(|desk| seal::destroy_erased(&desk.session))?;
        match register.scrub() {
            Err(Fault::LogHeld { .. }) => {} // still due: the follower tries again
            other => other?,
        }
        Ok(register)
    }

    /// Makes one change: all that `change` records becomes durable together, or nothing does.
    /// Returns after it is flushed to disk (changes that arrive together share a flush). If
    /// `change` gives an error, or overlooked a fault, nothing stays. `change` must not call
    /// `transact` again.
    pub fn transact<T, E: From<Fault>>(
        &self,
        op: &Operation,
        change: impl FnOnce(&mut Pen<'_>) -> Result<T, E>,
    ) -> Result<Receipt<T>, E> {
        self.writer()?.transact(&self.documents, op, change)
    }

    /// A reader of the newest state.
    pub fn reader(&self) -> Result<Reader, Fault> {
        Reader::open(self.session()?, Arc::clone(&self.idle), Arc::clone(&self.documents))
    }

    /// A reader of the state after ledger entry `seq` (0 = the empty register).
    pub fn reader_at(&self, seq: u64) -> Result<Reader, Fault> {
        self.reader()?.at_position(seq)
    }

    /// A reader of the state as it was recorded at an instant.
    pub fn reader_as_of(&self, at: Instant) -> Result<Reader, Fault> {
        self.reader()?.on(at)
    }

    /// A reader of the newest state that sees no more than this.
    pub fn reader_seeing(&self, sight: &Sight) -> Result<Reader, Fault> {
        match sight {
            Sight::All => self.reader(),
            Sight::Families(families) => self.narrow_reader(families, None),
        }
    }

    /// The same of the state after ledger entry `seq`.
    pub fn reader_at_seeing(&self, seq: u64, sight: &Sight) -> Result<Reader, Fault> {
        match sight {
            Sight::All => self.reader_at(seq),
            Sight::Families(families) => self.narrow_reader(families, Some(seq)),
        }
    }

    /// The tables may have been made anew since a session's views were, on a server by another process: what
    /// an idle session cannot do, a fresh one can.
    fn narrow_reader(
        &self,
        families: &BTreeSet<FamilyId>,
        seq: Option<u64>,
    ) -> Result<Reader, Fault> {
        let open = |session| {
            let reader =
                Reader::open(session, Arc::clone(&self.narrow), Arc::clone(&self.documents))?;
            let reader = match seq {
                Some(seq) => reader.at_position(seq)?,
                None => reader,
            };
            reader.narrowed(families)
        };
        let idle = self.narrow.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle.map(open) {
            Some(Ok(reader)) => Ok(reader),
            Some(Err(fault @ Fault::NoSuchPosition { .. })) => Err(fault),
            _ => open(Session::open(&self.place, Use::Sight)?),
        }
    }

    /// Begins a blob of received bytes that arrives piece by piece, of at most `limit` bytes.
    pub fn begin_blob(&self, limit: u64) -> Result<BlobWriter<'_>, Fault> {
        self.writer()?;
        self.documents.blobs.begin(limit)
    }

    /// Stages received bytes.
    pub fn stage(&self, bytes: &[u8]) -> Result<StagedBlob, Fault> {
        self.writer()?;
        self.documents.blobs.stage(bytes)
    }

    /// Stages what was read from an SBOM.
    pub fn stage_inventory(&self, inventory: &Arc<Inventory>) -> Result<StagedBlob, Fault> {
        self.writer()?;
        self.documents.stage_inventory(inventory)
    }

    /// Stages the verdicts on an SBOM's components.
    pub fn stage_assessment(&self, assessment: &Arc<Assessment>) -> Result<StagedBlob, Fault> {
        self.writer()?;
        self.documents.stage_assessment(assessment)
    }

    /// Stages a list of units.
    pub fn stage_units(&self, batch: &Arc<UnitBatch>) -> Result<StagedBlob, Fault> {
        self.writer()?;
        self.documents.stage_units(batch)
    }

    /// Stages the rows of a risk file.
    pub fn stage_risk_file(&self, rows: &Arc<RiskFile>) -> Result<StagedBlob, Fault> {
        self.writer()?;
        self.documents.stage_risk_file(rows)
    }

    /// Stages the sources of an edition.
    pub fn stage_sources(&self, list: &SourceList) -> Result<StagedBlob, Fault> {
        self.writer()?;
        self.documents.stage_sources(list)
    }

    /// Throws the projections away and replays the ledger. Readers see the old tables until it is
    /// done, then the new ones; both have the same content.
    pub fn rebuild(&self) -> Result<(), Fault> {
        self.replay(|_| Ok(true))
    }

    /// Replays if that is `wanted`, asked while no other server can do it too.
    fn replay(&self, wanted: impl Fn(&Session) -> Result<bool, Fault>) -> Result<(), Fault> {
        self.writer()?.alone(|desk| {
            let session = &desk.session;
            session.fill(|| {
                if !wanted(session)? {
                    return Ok(());
                }
                self.documents.let_go();
                let sizes = BTreeMap::new();
                schema::project_anew(session, |to| {
                    let projector = Projector { session: to, documents: &self.documents };
                    ledger::replay(session, |entered| projector.enter(entered, &sizes))
                })
            })
        })
    }

    /// Proves the register against itself: recomputes every leaf hash and the root, replays the
    /// ledger into a scratch store beside it and compares every projected row, reads every blob.
    pub fn verify(&self) -> Result<Verification, Fault> {
        self.verify_with(&[], None, Depth::Whole)
    }

    /// The same, believing these keys of the log instead of the one that this installation signs with, and
    /// time stamps only of authorities that lead to these roots.
    pub fn verify_with(
        &self,
        pinned: &[Verifier],
        roots: Option<&Roots>,
        depth: Depth,
    ) -> Result<Verification, Fault> {
        self.documents.let_go();
        let seen = live::look(&self.dir, self.copy_to.as_ref(), pinned);
        verify::verify(&self.session()?, &self.dir, &self.documents, seen, roots, depth)
    }

    /// Removes blobs staged before `before` that no ledger entry cites. Gives their number. Choose
    /// `before` well in the past (a day), so that nothing just staged is meant.
    pub fn sweep(&self, before: Instant) -> Result<u64, Fault> {
        self.writer()?.alone(|desk| {
            self.documents.blobs.sweep(before, |digest: &Digest| {
                Ok(desk.session.number(CITES_BLOB, values![digest.as_bytes()])? > 0)
            })
        })
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn second_place(&self) -> Option<&Path> {
        self.copy_to.as_deref()
    }

    pub(crate) const fn documents(&self) -> &Arc<Documents> {
        &self.documents
    }

    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn writer(&self) -> Result<&Writer, Fault> {
        self.writer.as_ref().ok_or(Fault::OpenedForReading)
    }

    pub(crate) fn log(&self) -> Result<&Log, Fault> {
        self.log.as_ref().ok_or(Fault::OpenedForReading)
    }

    /// A reading connection, given back when it is dropped.
    pub(crate) fn borrow(&self) -> Result<Borrowed<'_>, Fault> {
        Ok(Borrowed { session: Some(self.session()?), idle: &self.idle })
    }

    pub(crate) fn session(&self) -> Result<Session, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| Session::open(&self.place, Use::Read), Ok)
    }

    /// Gives a session back that [`Register::session`] gave.
    pub(crate) fn let_go(&self, session: Session) {
        Self::give_back(&self.idle, session);
    }

    pub(crate) fn give_back(idle: &Mutex<Vec<Session>>, session: Session) {
        let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(session);
        }
    }
}

/// A reading connection on loan.
#[derive(Debug)]
pub(crate) struct Borrowed<'a> {
    session: Option<Session>,
    idle: &'a Mutex<Vec<Session>>,
}

impl std::ops::Deref for Borrowed<'_> {
    type Target = Session;

    #[allow(clippy::expect_used, reason = "the session is taken out by drop alone")]
    fn deref(&self) -> &Session {
        self.session.as_ref().expect("on loan")
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        // A connection with an open transaction would show the next reader an old state.
        if let Some(session) = self.session.take().filter(Session::is_idle) {
            Register::give_back(self.idle, session);
        }
    }
}
