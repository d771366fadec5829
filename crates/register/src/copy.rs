//! Copies of a register: the lasting tables row by row, everything else made anew from them.
//!
//! A copy is taken in one moment of the source, while others may write to it, and trusts nothing
//! there: every leaf hash and the root are computed again, and a source that does not hold together
//! is not copied but told. It stands on either engine, and is whole or not there at all. Backup and
//! the move between engines are made of it.
//!
//! Each lasting table is classed in [`LASTING`]; a test compares the list with the schema, so that a
//! later migration cannot forget its table.

use crate::{
    blob::{BlobPlace, Blobs, Staging},
    documents::Documents,
    fault::Fault,
    ledger::{self, Head},
    log,
    open::Register,
    project::Projector,
    schema::{self, TABLES},
    sign_in,
    sql::{Session, Use, statements, values},
    store::Store,
    verify::fingerprint,
};
use aftercare_evidence::leaf;
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

/// Hears how far a long piece of work has come: what is done, how much of it, of how much.
pub type Hear<'a> = &'a mut dyn FnMut(&'static str, u64, u64);

/// Entries that stand in memory together.
const STEP: u64 = 500;

/// A table that outlives every release, and what a copy does with it.
pub(crate) struct Lasting {
    pub name: &'static str,
    pub carry: Carry,
}

/// What a copy does with a table.
pub(crate) enum Carry {
    /// Its rows go along, as far as they belong to the first so many entries.
    Rows(fn(&Session, &Session, u64, Hear<'_>) -> Result<(), Fault>),
    /// The same, but not to a twin.
    NotToTwin(fn(&Session, &Session, u64, Hear<'_>) -> Result<(), Fault>),
    /// Its rows stay behind: the reason.
    Not(&'static str),
}

/// Every lasting table.
pub(crate) const LASTING: &[Lasting] = &[
    Lasting {
        name: "migration",
        carry: Carry::Not("the copy keeps its own account of its layout"),
    },
    Lasting { name: "store", carry: Carry::Not("the copy's tables for reading are made anew") },
    Lasting { name: "ledger", carry: Carry::Rows(entries) },
    // A twin signs with a key of its own, and these speak for the log of the original.
    Lasting { name: "checkpoint", carry: Carry::NotToTwin(checkpoints) },
    // So an erasure in the original is one in every twin.
    Lasting { name: "subject_key", carry: Carry::NotToTwin(subject_keys) },
    Lasting {
        name: "replay",
        carry: Carry::Not("answers for requests that are sent again: harmless to lose"),
    },
    // Also to a twin, so that people sign in there as they do here.
    Lasting { name: "credential", carry: Carry::Rows(sign_in::copy) },
    Lasting { name: "session", carry: Carry::Not("whoever uses the copy signs in there") },
    Lasting { name: "waiting", carry: Carry::Not("what waits for an answer can be begun again") },
    Lasting { name: "head", carry: Carry::Not("computed again from the copied entries") },
];

statements! {
    ENTRIES = "SELECT seq, at, operation, actor, role, channel, kind, version, entity,
        entity_version, entry, leaf FROM ledger WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
    SUBJECT_KEYS = "SELECT subject, key FROM subject_key ORDER BY subject";
    KEEP_SUBJECT_KEY = "INSERT INTO subject_key (subject, key) VALUES ($1, $2)";
    ENTER = "INSERT INTO ledger (seq, at, operation, actor, role, channel, kind, version, entity,
        entity_version, entry, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
}

/// What a copy does with the blobs that the copied entries cite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobsTo {
    /// The copy has the directory of the original, and shares them.
    Share,
    /// They are copied into the copy's directory.
    Copy,
    /// The same; files of a directory as a second name of the same bytes, where the file system can.
    /// No blob is ever written in place, and removing one name leaves the other.
    Link,
}

/// Whose record a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The same record in another place.
    Same,
    /// A record of its own that begins like this one.
    Twin,
}

/// A finished copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Its number of entries.
    pub entries: u64,
    /// The Merkle root over them, computed again.
    pub root: Digest,
    /// The instant of its last entry; none without entries.
    pub last: Option<Instant>,
    /// Projected rows that were compared with the original's, when the copy is whole.
    pub rows: Option<u64>,
}

impl Register {
    /// Copies this register, as far as entry `upto` (`None`: whole), to the directory `dir` and the
    /// tables of `store`, where no entries may stand yet.
    ///
    /// Others may write meanwhile; the copy is of the moment at which it began. A whole copy is
    /// compared with the original, table by table. Fails with [`Fault::Unsound`] when the original's
    /// ledger does not hold together. On any failure the target is left without entries.
    pub fn copy_to(
        &self,
        dir: &Path,
        store: &Store,
        blobs: BlobsTo,
        upto: Option<u64>,
        hear: Hear<'_>,
    ) -> Result<Copied, Fault> {
        self.copy(dir, store, blobs, upto, Whose::Same, hear)
    }

    pub(crate) fn copy(
        &self,
        dir: &Path,
        store: &Store,
        blobs: BlobsTo,
        upto: Option<u64>,
        whose: Whose,
        hear: Hear<'_>,
    ) -> Result<Copied, Fault> {
        let from = Session::open(self.place(), Use::Read)?;
        from.begin_reading()?; // one moment for everything that follows
        let head = sound(&from)?;
        let upto = upto.unwrap_or(head.size());
        if upto > head.size() {
            return Err(Fault::NoSuchPosition { asked: upto, size: head.size() });
        }
        fs::create_dir_all(dir).map_err(|e| Fault::io("making the directory", dir, &e))?;
        let target = store.place(dir);
        let to = Session::open(&target, Use::Write)?;
        schema::migrate(&to)?;
        if blobs != BlobsTo::Share {
            let kept = Blobs::open(dir, &BlobPlace::Directory, Staging::Alone)?;
            let cited = cited(&from, upto)?;
            for (number, digest) in cited.iter().enumerate() {
                hear("Copying documents", number as u64, cited.len() as u64);
                let original = &self.documents().blobs;
                if blobs == BlobsTo::Copy || !kept.link_from(original, digest)? {
                    kept.keep_as(digest, &original.kept(digest)?)?;
                }
            }
        }
        let documents = match blobs {
            BlobsTo::Share => Arc::clone(self.documents()),
            BlobsTo::Copy | BlobsTo::Link => {
                Arc::new(Documents::new(Blobs::open(dir, &BlobPlace::Directory, Staging::None)?))
            }
        };
        to.begin_writing()?;
        let filled = fill(&from, &to, upto, whose, &documents, hear).and_then(|(head, rows)| {
            to.commit()?;
            Ok(Copied {
                entries: head.size(),
                root: head.frontier.root(),
                last: (head.size() > 0).then_some(head.last),
                rows,
            })
        });
        if filled.is_err() && !to.is_idle() {
            let _ = to.roll_back(); // the first trouble is the one to tell
        }
        filled.map_err(|fault| match fault {
            Fault::CopyDiffers { table, .. } => {
                Fault::CopyDiffers { table, place: target.to_string() }
            }
            other => other,
        })
    }
}

impl Register {
    /// Copies every blob that the ledger cites to another place of blobs. `dir` is where they are
    /// spooled on the way.
    pub fn copy_blobs_to(
        &self,
        place: &BlobPlace,
        dir: &Path,
        hear: Hear<'_>,
    ) -> Result<(), Fault> {
        let from = Session::open(self.place(), Use::Read)?;
        from.begin_reading()?;
        let kept = Blobs::open(dir, place, Staging::Shared)?;
        let cited = cited(&from, Head::load(&from)?.size())?;
        for (number, digest) in cited.iter().enumerate() {
            hear("Copying documents", number as u64, cited.len() as u64);
            kept.keep_as(digest, &self.documents().blobs.kept(digest)?)?;
        }
        Ok(())
    }
}

/// Fills empty tables and proves that they say the same.
fn fill(
    from: &Session,
    to: &Session,
    upto: u64,
    whose: Whose,
    documents: &Documents,
    hear: Hear<'_>,
) -> Result<(Head, Option<u64>), Fault> {
    let whole = Head::load(from)?.size() == upto;
    lasting(from, to, upto, whose, hear)?;
    let sizes = BTreeMap::new();
    schema::project_anew(to, |session| {
        let projector = Projector { session, documents };
        ledger::replay(to, |entered| {
            if entered.seq() % STEP as i64 == 0 {
                hear("Building the tables for reading", entered.seq() as u64, upto);
            }
            projector.enter(entered, &sizes)
        })
    })?;
    let rows = if whole { Some(compare(from, to, hear)?) } else { None };
    Ok((Head::load(to)?, rows))
}

/// Copies the lasting tables into an open transaction of tables without entries.
pub(crate) fn lasting(
    from: &Session,
    to: &Session,
    upto: u64,
    whose: Whose,
    hear: Hear<'_>,
) -> Result<(), Fault> {
    for table in LASTING {
        match (&table.carry, whose) {
            (Carry::Rows(copy), _) | (Carry::NotToTwin(copy), Whose::Same) => {
                copy(from, to, upto, hear)?;
            }
            (Carry::NotToTwin(_), Whose::Twin) | (Carry::Not(_), _) => {}
        }
    }
    Ok(())
}

/// The tables whose rows stay behind, with the reasons.
pub(crate) fn left_behind() -> impl Iterator<Item = (&'static str, &'static str)> {
    LASTING.iter().filter_map(|table| match table.carry {
        Carry::Rows(_) | Carry::NotToTwin(_) => None,
        Carry::Not(why) => Some((table.name, why)),
    })
}

fn checkpoints(from: &Session, to: &Session, upto: u64, _: Hear<'_>) -> Result<(), Fault> {
    log::table::upto(from, upto)?.iter().try_for_each(|row| log::table::add(to, row))
}

/// The head of a ledger that holds together; the first thing that does not fit otherwise.
pub(crate) fn sound(session: &Session) -> Result<Head, Fault> {
    let mut first = None;
    let mut count = 0_u64;
    // Whether people's signatures were lawful does not hinder a copy: it would hinder the rescue of the rest.
    let chain = ledger::audit(session, None, |seq, what| {
        count += 1;
        first.get_or_insert_with(|| format!("entry {seq}: {what}"));
    })?;
    if let Some(first) = first {
        return Err(Fault::Unsound { count, first });
    }
    let head = Head::load(session)?;
    if head.frontier == *chain.frontier() {
        return Ok(head);
    }
    let first = "the root of its head is not the root over the entries".to_owned();
    Err(Fault::Unsound { count: 1, first })
}

/// One row of the ledger on its way.
struct Entry {
    seq: u64,
    at: i64,
    operation: [u8; 16],
    /// Actor, role, channel, kind.
    words: [String; 4],
    version: i64,
    entity: String,
    entity_version: u64,
    bytes: Vec<u8>,
    leaf: Digest,
}

/// Copies entries and computes the head of the copy.
fn entries(from: &Session, to: &Session, upto: u64, hear: Hear<'_>) -> Result<(), Fault> {
    let mut head = Head::load(to)?;
    if head.size() > 0 {
        return Err(Fault::NotEmpty { entries: head.size() });
    }
    loop {
        let done = head.size();
        hear("Copying the ledger", done, upto);
        let step = from.query(ENTRIES, values![done, upto, STEP], |row| {
            Ok(Entry {
                seq: row.count(0)?,
                at: row.int(1)?,
                operation: row.fixed(2)?,
                words: [row.text(3)?, row.text(4)?, row.text(5)?, row.text(6)?],
                version: row.int(7)?,
                entity: row.text(8)?,
                entity_version: row.count(9)?,
                bytes: row.bytes(10)?,
                leaf: Digest::from_bytes(row.fixed(11)?),
            })
        })?;
        for entry in &step {
            let hash = leaf(&entry.bytes);
            if entry.seq != head.size() + 1 || entry.leaf != hash {
                let first = format!("entry {}: its place or leaf hash does not fit", entry.seq);
                return Err(Fault::Unsound { count: 1, first });
            }
            head.frontier.append(hash);
            head.last = Instant::from_micros(entry.at);
        }
        let rows = step.iter().map(|entry| {
            let [actor, role, channel, kind] = &entry.words;
            *values![
                entry.seq,
                entry.at,
                &entry.operation,
                actor,
                role,
                channel,
                kind,
                entry.version,
                &entry.entity,
                entry.entity_version,
                entry.bytes.as_slice(),
                entry.leaf.as_bytes(),
            ]
        });
        to.bulk(ENTER, rows)?;
        if step.is_empty() {
            return head.save(to);
        }
    }
}

/// Copies the keys of personal texts, also into a copy that ends earlier: a key without its text opens
/// nothing.
fn subject_keys(from: &Session, to: &Session, _: u64, _: Hear<'_>) -> Result<(), Fault> {
    let keys =
        from.query(SUBJECT_KEYS, &[], |row| Ok((row.fixed::<16>(0)?, row.fixed::<32>(1)?)))?;
    let rows = keys.iter().map(|(subject, key)| *values![subject, key]);
    to.bulk(KEEP_SUBJECT_KEY, rows)
}

/// The digests of all blobs that the first `upto` entries cite. Held in memory together: 32 bytes for
/// each, a tenth of what its entry and its row take.
pub(crate) fn cited(session: &Session, upto: u64) -> Result<BTreeSet<Digest>, Fault> {
    let mut found = BTreeSet::new();
    let mut after = 0;
    loop {
        let step = ledger::stored(session, after, upto, STEP)?;
        let Some(last) = step.last() else { return Ok(found) };
        after = last.seq;
        for stored in &step {
            found.extend(ledger::read(stored.seq, &stored.bytes)?.event.blobs());
        }
    }
}

/// Compares all projections; gives the number of rows.
fn compare(from: &Session, to: &Session, hear: Hear<'_>) -> Result<u64, Fault> {
    let mut rows = 0;
    for (number, table) in TABLES.iter().enumerate() {
        hear("Comparing both", number as u64, TABLES.len() as u64);
        let found = fingerprint(to, table)?;
        if found != fingerprint(from, table)? {
            return Err(Fault::CopyDiffers { table: table.name, place: String::new() });
        }
        rows += found.rows;
    }
    Ok(rows)
}
