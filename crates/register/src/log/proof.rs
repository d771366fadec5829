//! Proofs for one entry, and the files of the log as others may fetch them.

use super::{Signed, home, table};
use crate::{fault::Fault, ledger, open::Register};
use aftercare_evidence::{
    leaf,
    tile::{Level, Tile, bundle_to_bytes},
};
use aftercare_vocab::digest::Digest;

/// That an entry is in the log: hash it, climb with `path`, and the root is the checkpoint's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The position of the entry, from 1. Its index in the tree is one less.
    pub seq: u64,
    /// The canonical bytes of the entry.
    pub entry: Vec<u8>,
    /// `SHA-256(0x00 || entry)`.
    pub leaf: Digest,
    /// The audit path (RFC 6962 section 2.1.1), lowest sibling first.
    pub path: Vec<Digest>,
    /// The checkpoint it leads to.
    pub checkpoint: Signed,
}

impl Register {
    /// The proof that entry `seq` is under the newest checkpoint.
    pub fn prove(&self, seq: u64) -> Result<Proof, Fault> {
        self.prove_upto(seq, self.reader()?.position())
    }

    /// The same with the ledger of `size` entries, as it once was: under the newest checkpoint of then.
    pub fn prove_upto(&self, seq: u64, size: u64) -> Result<Proof, Fault> {
        let session = self.borrow()?;
        let newest = table::newest_upto(&session, size)?;
        let newest = newest.ok_or(Fault::NotSigned { asked: seq, signed: 0 })?;
        if seq == 0 || seq > size {
            return Err(Fault::NoSuchPosition { asked: seq, size });
        }
        if seq > newest.size {
            return Err(Fault::NotSigned { asked: seq, signed: newest.size });
        }
        let stored = ledger::stored(&session, seq - 1, seq, 1)?;
        let stored = stored.first().ok_or(Fault::NoSuchPosition { asked: seq, size })?;
        let path = home(self.dir()).tree(newest.size).prove_inclusion(seq - 1)?;
        Ok(Proof {
            seq,
            entry: stored.bytes.clone(),
            leaf: leaf(&stored.bytes),
            path: path.unwrap_or_default(),
            checkpoint: newest.into(),
        })
    }

    /// A file of the log by its path: a tile of hashes or a bundle of entries. `None` = there is no such
    /// file under the newest checkpoint.
    pub fn log_tile(&self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(tile) = Tile::read(path) else { return Ok(None) };
        if let Level::Hashes(_) = tile.level {
            return home(self.dir()).tile(&tile);
        }
        let session = self.borrow()?;
        let signed = table::newest(&session)?.map_or(0, |newest| newest.size);
        bundle(&session, &tile, signed)
    }
}

/// A bundle of entries, of the first `size`.
pub(super) fn bundle(
    session: &crate::sql::Session,
    tile: &Tile,
    size: u64,
) -> Result<Option<Vec<u8>>, Fault> {
    let first = tile.index.saturating_mul(aftercare_evidence::tile::WIDTH);
    let last = first.saturating_add(tile.width);
    if last > size {
        return Ok(None);
    }
    let entries = ledger::stored(session, first, last, tile.width)?;
    let bytes = bundle_to_bytes(entries.iter().map(|entry| entry.bytes.as_slice()));
    bytes
        .map(Some)
        .ok_or_else(|| Fault::shape("the ledger", "an entry is longer than a bundle holds"))
}
