//! Verify: does the register say what its ledger says?

use crate::{
    documents::Documents,
    fault::Fault,
    ledger::{self, Head},
    log::live::{self, Seen},
    project::Projector,
    schema::{self, TABLES, Table},
    sql::{Session, Use},
};
use aftercare_verifier::{
    Finding, Place, Signatures,
    timestamp::{Roots, kept::Stamped},
};
use aftercare_vocab::digest::Digest;
use std::{collections::BTreeMap, fs, path::Path};

/// Differences told one by one; more are only counted.
pub const TOLD: usize = 100;

/// How much is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// The ledger, its signatures, every projected row and every blob.
    #[default]
    Whole,
    /// The ledger and its signatures: what was decided and when. Whether the tables for reading and
    /// the blobs agree with it is not looked at.
    Ledger,
}

/// What verify found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// What was looked at. At [`Depth::Ledger`] the counts of rows and blobs are 0 because none was
    /// looked at.
    pub depth: Depth,
    /// Number of ledger entries.
    pub entries: u64,
    /// The Merkle root over them, recomputed. To be compared with a root kept outside.
    pub root: Digest,
    /// Projected rows compared.
    pub rows: u64,
    /// Blobs read and checked.
    pub blobs: u64,
    /// Kept checkpoints read, in the table and in files.
    pub checkpoints: u64,
    /// How many entries a believed signature covers; `None` = nothing is signed yet.
    pub signed: Option<u64>,
    /// Signatures of people that were weighed.
    pub signatures: u64,
    /// Checkpoints that an authority stamped with its time.
    pub stamps: Vec<Stamped>,
    /// The first differences found, at most [`TOLD`].
    pub differences: Vec<Difference>,
    /// How many there are in all.
    pub count: u64,
}

impl Verification {
    /// Whether nothing differs.
    pub const fn holds(&self) -> bool {
        self.count == 0
    }
}

/// One thing that is not as the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A ledger entry was altered, removed, inserted or moved.
    Entry {
        /// Its position.
        seq: u64,
        /// What does not fit.
        what: String,
    },
    /// The signed log and the ledger do not agree.
    Log(Finding),
    /// The stored head does not agree with the entries.
    Head {
        /// What does not fit.
        what: String,
    },
    /// The file of the tables is damaged.
    File {
        /// What the engine says.
        what: String,
    },
    /// A projected row is not what the replay gives.
    Row {
        /// The table.
        table: &'static str,
        /// The row that stands there; `None` = it is missing.
        found: Option<String>,
        /// The row the replay gives; `None` = it should not be there.
        expected: Option<String>,
    },
    /// The ledger cannot be replayed beyond this point.
    Replay {
        /// Why not.
        what: String,
    },
    /// A blob that the ledger cites is missing or damaged.
    Blob {
        /// The blob.
        digest: Digest,
        /// What does not fit.
        what: String,
    },
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry { seq, what } => write!(f, "ledger entry {seq}: {what}"),
            Self::Log(finding) => finding.fmt(f),
            Self::File { what } => write!(f, "the file of the tables is damaged: {what}"),
            Self::Head { what } => write!(f, "ledger head: {what}"),
            Self::Row { table, found: Some(found), expected: Some(expected) } => {
                write!(f, "table {table}: a row reads {found}; the ledger says {expected}")
            }
            Self::Row { table, found: Some(found), expected: None } => {
                write!(f, "table {table}: the row {found} has no ground in the ledger")
            }
            Self::Row { table, expected, .. } => {
                let row = expected.as_deref().unwrap_or_default();
                write!(f, "table {table}: the row {row} is missing")
            }
            Self::Replay { what } => write!(f, "the ledger cannot be replayed: {what}"),
            Self::Blob { digest, what } => write!(f, "blob {digest}: {what}"),
        }
    }
}

pub(crate) fn verify(
    session: &Session,
    dir: &Path,
    documents: &Documents,
    seen: Seen,
    roots: Option<&Roots>,
    depth: Depth,
) -> Result<Verification, Fault> {
    session.begin_reading()?; // one snapshot for everything that follows
    let done = verify_snapshot(session, dir, documents, seen, roots, depth);
    session.roll_back()?;
    done
}

fn verify_snapshot(
    session: &Session,
    dir: &Path,
    documents: &Documents,
    seen: Seen,
    roots: Option<&Roots>,
    depth: Depth,
) -> Result<Verification, Fault> {
    let mut found = Found::default();
    if depth == Depth::Whole {
        for what in session.damage()? {
            found.tell(Difference::File { what });
        }
    }
    let mut signatures = Signatures::default();
    let chain = ledger::audit(session, Some(&mut signatures), |seq, what| {
        found.tell(Difference::Entry { seq, what });
    })?;
    let frontier = chain.frontier();
    let (log, stamps) = live::check(session, seen, &chain, roots)?;
    let untold = log.findings.count - log.findings.told.len() as u64;
    for finding in log.findings.told {
        found.tell(match finding.place {
            Place::Entry(seq) => Difference::Entry { seq, what: finding.what },
            _ => Difference::Log(finding),
        });
    }
    found.count += untold;
    match Head::load(session) {
        Ok(head) if head.frontier == *frontier => {}
        Ok(_) => found.tell(Difference::Head {
            what: "its root is not the root over the entries".to_owned(),
        }),
        Err(fault) => found.tell(Difference::Head { what: fault.to_string() }),
    }
    let (rows, blobs) = match depth {
        Depth::Ledger => (0, 0),
        Depth::Whole => {
            let place = dir.join("verify.scratch.db");
            remove(&place)?;
            let compared = compare(session, &place, documents, &mut found);
            remove(&place)?;
            compared?
        }
    };
    Ok(Verification {
        depth,
        entries: frontier.size(),
        root: frontier.root(),
        rows,
        blobs,
        checkpoints: log.checkpoints,
        signed: log.signed,
        signatures: signatures.checked(),
        stamps,
        differences: found.told,
        count: found.count,
    })
}

fn compare(
    session: &Session,
    place: &Path,
    documents: &Documents,
    found: &mut Found,
) -> Result<(u64, u64), Fault> {
    let scratch = Session::file(place, Use::Scratch)?;
    schema::scratch(&scratch)?;
    let sizes = BTreeMap::new();
    let projector = Projector { session: &scratch, documents };
    scratch.begin_reading()?;
    let mut cited = Vec::new();
    let replayed = ledger::replay(session, |entered| {
        cited.extend(entered.event().blobs());
        projector.enter(entered, &sizes)
    });
    scratch.commit()?;
    match replayed {
        Ok(()) => {}
        // A store that cannot be asked says nothing about the record.
        Err(fault @ Fault::Bucket { .. }) => return Err(fault),
        Err(fault) => {
            found.tell(Difference::Replay { what: fault.to_string() });
            return Ok((0, check_blobs(session, documents, found)?));
        }
    }
    let mut rows = 0;
    for table in TABLES {
        rows += compare_table(session, &scratch, table, found)?;
    }
    cited.iter().try_for_each(|digest| check_blob(digest, documents, found))?;
    Ok((rows, cited.len() as u64))
}

/// Rows of one table that stand in memory together while it is compared.
const CHUNK: usize = 20_000;

/// Walks the live table and the replayed one side by side, in the order of their keys.
fn compare_table(
    session: &Session,
    scratch: &Session,
    table: &'static Table,
    found: &mut Found,
) -> Result<u64, Fault> {
    let mut live = fingerprint(session, table)?;
    let expected = fingerprint(scratch, table)?;
    if live == expected {
        return Ok(live.rows);
    }
    // They differ somewhere: read both in full to say where.
    live.rows = live.rows.max(expected.rows);
    let mut standing = BTreeMap::new();
    session.each(table.rows, &[], |row| {
        *standing.entry(row.shown(table.columns)?).or_insert(0_i64) += 1;
        Ok(())
    })?;
    scratch.each(table.rows, &[], |row| {
        *standing.entry(row.shown(table.columns)?).or_insert(0) -= 1;
        Ok(())
    })?;
    let differing: Vec<_> = standing.into_iter().filter(|(_, n)| *n != 0).take(CHUNK).collect();
    let (mut extra, mut missing) = (Vec::new(), Vec::new());
    for (row, n) in differing {
        if n > 0 { extra.push(row) } else { missing.push(row) }
    }
    let pairs = extra.len().max(missing.len());
    let (mut extra, mut missing) = (extra.into_iter(), missing.into_iter());
    for _ in 0..pairs {
        let (found_row, expected_row) = (extra.next(), missing.next());
        found.tell(Difference::Row { table: table.name, found: found_row, expected: expected_row });
    }
    Ok(live.rows)
}

/// A table's content as one digest, so that equal tables are compared without holding them.
#[derive(PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub rows: u64,
    pub digest: Digest,
}

pub(crate) fn fingerprint(session: &Session, table: &Table) -> Result<Fingerprint, Fault> {
    let mut rows = 0;
    let mut hash = aftercare_vocab::digest::Hasher::default();
    session.each(table.rows, &[], |row| {
        rows += 1;
        hash.update(row.shown(table.columns)?.as_bytes());
        hash.update(b"\n");
        Ok(())
    })?;
    Ok(Fingerprint { rows, digest: hash.finish() })
}

/// Every blob that a ledger cites which cannot be replayed to its end.
fn check_blobs(session: &Session, documents: &Documents, found: &mut Found) -> Result<u64, Fault> {
    let mut blobs = 0;
    let mut after = 0;
    loop {
        let step = ledger::stored(session, after, i64::MAX as u64, 500)?;
        let Some(last) = step.last() else { return Ok(blobs) };
        after = last.seq;
        for stored in &step {
            // One that cannot be read is told by the replay.
            let Ok(entry) = ledger::read(stored.seq, &stored.bytes) else { continue };
            for digest in entry.event.blobs() {
                blobs += 1;
                check_blob(&digest, documents, found)?;
            }
        }
    }
}

fn check_blob(digest: &Digest, documents: &Documents, found: &mut Found) -> Result<(), Fault> {
    match documents.blobs.read(digest) {
        Ok(_) => {}
        // A store that cannot be asked says nothing about the record.
        Err(fault @ Fault::Bucket { .. }) => return Err(fault),
        Err(fault) => {
            found.tell(Difference::Blob { digest: *digest, what: fault.to_string() });
        }
    }
    Ok(())
}

#[derive(Default)]
struct Found {
    told: Vec<Difference>,
    count: u64,
}

impl Found {
    fn tell(&mut self, difference: Difference) {
        self.count += 1;
        if self.told.len() < TOLD {
            self.told.push(difference);
        }
    }
}

fn remove(place: &Path) -> Result<(), Fault> {
    match fs::remove_file(place) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Fault::io("removing", place, &e)),
    }
}
