//! A copy of the ledger for somebody who does not trust this machine: a folder that can be checked
//! without the server, the register or us.

use super::{Folder, Signed, home, proof::bundle, stamp::side, table};
use crate::{
    fault::Fault,
    ledger,
    open::Register,
    schema::{PROJECTION, TABLES},
    sql::{Session, statements},
    verify::fingerprint,
};
use aftercare_domain::Operation;
use aftercare_evidence::tile::{new_bundles, new_tiles};
use aftercare_verifier::timestamp::kept::{self, Side};
use aftercare_vocab::digest::Digest;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

statements! {
    SIZE = "SELECT coalesce(max(seq), 0) FROM ledger";
}

const README: &str = include_str!("README.txt");
pub(super) const PROJECTIONS: &str = "projections.json";

/// What goes into a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The documents that entries cite: SBOMs, assessments, lists of units. Without them the projections
    /// cannot be compared.
    pub blobs: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The checkpoint it was written under.
    pub checkpoint: Signed,
    /// Number of cited blobs written.
    pub blobs: u64,
    /// The keys that the log put in force, oldest first.
    pub keys: Vec<String>,
}

/// `projections.json`: what the tables for reading held.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Projections {
    /// The layout of the tables; digests of another one say nothing.
    pub layout: i64,
    /// The ledger position.
    pub size: u64,
    /// Whether the cited blobs are in the copy.
    pub blobs: bool,
    /// Every table.
    pub tables: Vec<Projected>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Projected {
    pub name: String,
    pub rows: u64,
    /// SHA-256 over the rows in the order of their keys, each as verify shows it and a line feed.
    pub digest: Digest,
}

/// What the tables of a store hold.
pub(super) fn projected(session: &Session) -> Result<Vec<Projected>, Fault> {
    let tables = TABLES.iter().map(|table| {
        let print = fingerprint(session, table)?;
        Ok(Projected { name: table.name.to_owned(), rows: print.rows, digest: print.digest })
    });
    tables.collect()
}

impl Register {
    /// Signs a checkpoint and writes a copy of the ledger to `to`, which must be empty or not there.
    /// The copy is there whole or not at all.
    pub fn export(&self, op: &Operation, to: &Path, wish: Wish) -> Result<Exported, Fault> {
        let half = half(to)?;
        let (snapshot, checkpoint) = self.checkpoint_then(op, |signed| {
            // Nothing is written while the pen is held, so this snapshot is what was signed.
            let session = self.borrow()?;
            session.begin_reading()?;
            let size = session.number(SIZE, &[])? as u64;
            if size == signed.size {
                Ok((session, signed))
            } else {
                Err(Fault::LedgerDiffers { place: "the snapshot".to_owned(), signed: signed.size })
            }
        })?;
        let written = self.write_copy(&snapshot, &checkpoint, &half, wish);
        snapshot.roll_back()?;
        let placed = written.and_then(|blobs| {
            place(&half, to)?;
            Ok(Exported { checkpoint, blobs, keys: self.log_keys()? })
        });
        if placed.is_err() && half.exists() {
            // What is left of it would only be in the way; the first fault is the one to tell.
            let _ = fs::remove_dir_all(&half);
        }
        placed
    }

    /// Writes a copy under the newest checkpoint, signing nothing: beside a server that has the record open
    /// for writing. Refused when entries stand after that checkpoint, since what the tables hold now is then
    /// not what was signed.
    pub fn export_signed(&self, to: &Path, wish: Wish) -> Result<Exported, Fault> {
        let half = half(to)?;
        let session = self.session()?;
        session.begin_reading()?;
        let written = table::newest(&session).and_then(|newest| {
            let size = session.number(SIZE, &[])? as u64;
            let signed = newest.as_ref().map_or(0, |newest| newest.size);
            match newest {
                Some(newest) if signed == size => {
                    let checkpoint = Signed::from(newest);
                    let blobs = self.write_copy(&session, &checkpoint, &half, wish)?;
                    Ok((checkpoint, blobs))
                }
                _ => Err(Fault::NotAllSigned { signed, size }),
            }
        });
        session.roll_back()?;
        self.let_go(session);
        let placed = written.and_then(|(checkpoint, blobs)| {
            place(&half, to)?;
            Ok(Exported { checkpoint, blobs, keys: self.log_keys()? })
        });
        if placed.is_err() && half.exists() {
            // What is left of it would only be in the way; the first fault is the one to tell.
            let _ = fs::remove_dir_all(&half);
        }
        placed
    }

    fn write_copy(
        &self,
        session: &Session,
        checkpoint: &Signed,
        to: &Path,
        wish: Wish,
    ) -> Result<u64, Fault> {
        let log: Folder = home(self.dir());
        for tile in new_tiles(0, checkpoint.size) {
            let place = log.dir().join(tile.path()).display().to_string();
            let bytes = log.tile(&tile)?;
            let bytes = bytes.ok_or_else(|| Fault::shape(&place, "the tile is missing"))?;
            put(&to.join(tile.path()), &bytes)?;
        }
        let mut cited = BTreeSet::new();
        let mut after = 0;
        for tile in new_bundles(0, checkpoint.size) {
            let bytes = bundle(session, &tile, checkpoint.size)?;
            let bytes = bytes.ok_or_else(|| Fault::shape("the ledger", "an entry is missing"))?;
            put(&to.join(tile.path()), &bytes)?;
            if wish.blobs {
                for stored in ledger::stored(session, after, checkpoint.size, tile.width)? {
                    after = stored.seq;
                    cited.extend(ledger::read(stored.seq, &stored.bytes)?.event.blobs());
                }
            }
        }
        for digest in &cited {
            let (hex, bytes) = (digest.hex(), self.documents().blobs.read(digest)?);
            put(&to.join("blobs").join(&hex[..2]).join(&hex[2..]), &bytes)?;
        }
        let kept = table::after(session, 0)?.into_iter().map(Signed::from);
        // The newest one is not in the snapshot yet when it was signed just now.
        for signed in kept.filter(|kept| kept.size < checkpoint.size).chain([checkpoint.clone()]) {
            put(&to.join("checkpoints").join(signed.size.to_string()), signed.note.as_bytes())?;
        }
        put_stamps(&log, checkpoint.size, to)?;
        put(&to.join("checkpoint"), checkpoint.note.as_bytes())?;
        put(&to.join("keys.txt"), (self.log_keys()?.join("\n") + "\n").as_bytes())?;
        let projections = Projections {
            layout: PROJECTION,
            size: checkpoint.size,
            blobs: wish.blobs,
            tables: projected(session)?,
        };
        let text = serde_json::to_vec_pretty(&projections);
        put(&to.join(PROJECTIONS), &text.map_err(|e| Fault::shape(PROJECTIONS, e))?)?;
        put(&to.join("README.txt"), README.as_bytes())?;
        Ok(cited.len() as u64)
    }
}

/// The time stamps of checkpoints over at most `size` entries.
fn put_stamps(log: &Folder, size: u64, to: &Path) -> Result<(), Fault> {
    let stamped = kept::sizes(log.dir(), Side::Reply)
        .map_err(|e| Fault::io("listing", &log.dir().join(kept::FOLDER), &e))?;
    for size in stamped.into_iter().filter(|stamped| *stamped <= size) {
        for which in [Side::Request, Side::Reply] {
            if let Some(bytes) = side(log, size, which)? {
                put(&to.join(kept::path(size, which)), &bytes)?;
            }
        }
    }
    Ok(())
}

/// Where the copy grows until it is whole: beside its place, so that one rename puts it there.
fn half(to: &Path) -> Result<PathBuf, Fault> {
    let refuse =
        |why: &str| Fault::ExportPlace { place: to.display().to_string(), why: why.to_owned() };
    match fs::read_dir(to).map(Iterator::count) {
        Ok(1..) => return Err(refuse("it is not empty")),
        Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
            return Err(refuse("it is a file"));
        }
        _ => {}
    }
    let name = to.file_name().ok_or_else(|| refuse("it has no name of its own"))?;
    let mut half = name.to_owned();
    half.push(".half");
    let half = to.with_file_name(half);
    if half.exists() {
        fs::remove_dir_all(&half).map_err(|e| Fault::io("clearing", &half, &e))?;
    }
    fs::create_dir_all(&half).map_err(|e| Fault::io("making", &half, &e))?;
    Ok(half)
}

fn place(half: &Path, to: &Path) -> Result<(), Fault> {
    if to.exists() {
        fs::remove_dir(to).map_err(|e| Fault::io("replacing", to, &e))?;
    }
    super::files::rename(half, to)
}

fn put(place: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|e| Fault::io("making", folder, &e))?;
    File::create(place)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|e| Fault::io("writing", place, &e))
}
