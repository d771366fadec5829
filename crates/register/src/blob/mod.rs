//! Blobs: bytes received or issued, kept under the name of their SHA-256.
//!
//! They lie in a directory, or in a bucket of an S3-compatible store ([`BlobPlace`]), with the same
//! promises and under the same names, so that one can be copied into the other.
//!
//! A blob is *staged* (spooled to a file and hashed on the way, then made durable under its digest)
//! before the transaction whose event cites it. So a ledger entry without its blob cannot be, and a
//! blob without ledger entry is harmless garbage that [`Blobs::sweep`] takes away.
//!
//! Received bytes are stored as they are; documents of our own are compressed at rest (`.zst`).
//! A digest is always over the uncompressed bytes and is checked whenever a blob is read.

mod bucket;
mod client;
mod directory;
mod name;
mod spool;
mod trouble;

pub use bucket::{Bucket, BucketAccount, BucketAddress, BucketWaits};
pub use spool::BlobWriter;
pub use trouble::BucketTrouble;

use crate::fault::Fault;
use aftercare_vocab::{digest::Digest, instant::Instant};
use client::Client;
use directory::Directory;
use name::Name;
use spool::{Half, Spool};
use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

/// Where the blobs of a register are.
#[derive(Debug, Clone, Default)]
pub enum BlobPlace {
    /// In the directory `blobs` of the register's own.
    #[default]
    Directory,
    /// In a bucket of an S3-compatible store.
    Bucket(Bucket),
}

/// Who writes new blobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Staging {
    /// Nobody here: blobs are only read.
    None,
    /// This process alone: what an earlier one left half-written is cleared away.
    Alone,
    /// Other processes too: what one left half-written is cleared away by a sweep, when it is old.
    Shared,
}

/// Proof that a blob is durable. Only the store can make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StagedBlob {
    digest: Digest,
    size: u64,
}

impl StagedBlob {
    /// The digest of its bytes.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The number of its bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }
}

/// The bytes of a blob as they lie in a store.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Whether they are compressed.
    pub packed: bool,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The store of blobs.
#[derive(Debug)]
pub struct Blobs {
    spool: Spool,
    shelves: Shelves,
}

#[derive(Debug)]
enum Shelves {
    Directory(Directory),
    Bucket(Box<Client>),
}

impl Blobs {
    /// The store of the register in `dir`. A bucket is spoken to once if blobs are to be staged, so
    /// that a wrong address is told now and not with the first change.
    pub(crate) fn open(dir: &Path, place: &BlobPlace, staging: Staging) -> Result<Self, Fault> {
        let dir: PathBuf = dir.join("blobs");
        let spool = Spool::open(&dir, staging)?;
        let shelves = match place {
            BlobPlace::Directory => Shelves::Directory(Directory::new(dir)),
            BlobPlace::Bucket(bucket) => {
                let client = Client::new(bucket)?;
                if staging != Staging::None {
                    client.greet()?;
                }
                Shelves::Bucket(Box::new(client))
            }
        };
        Ok(Self { spool, shelves })
    }

    /// Begins a blob that arrives piece by piece, of at most `limit` bytes.
    pub fn begin(&self, limit: u64) -> Result<BlobWriter<'_>, Fault> {
        self.spool.begin(self, limit, false)
    }

    /// Stages received bytes.
    pub fn stage(&self, bytes: &[u8]) -> Result<StagedBlob, Fault> {
        let mut writer = self.spool.begin(self, u64::MAX, false)?;
        writer.push(bytes)?;
        writer.finish()
    }

    /// Stages a document of our own, compressed at rest.
    pub(crate) fn stage_document(&self, bytes: &[u8]) -> Result<StagedBlob, Fault> {
        let mut writer = self.spool.begin(self, u64::MAX, true)?;
        writer.push(bytes)?;
        writer.finish()
    }

    /// Makes a finished file durable under its name.
    fn keep(&self, half: Half, file: File, name: &Name) -> Result<(), Fault> {
        match &self.shelves {
            Shelves::Directory(directory) => directory.put(half, file, name),
            Shelves::Bucket(client) => client.put(&half, file, name),
        }
    }

    /// The bytes of a blob as they were received, checked against its digest.
    pub fn read(&self, digest: &Digest) -> Result<Vec<u8>, Fault> {
        self.read_either(Name::received(*digest), Name::document(*digest))
    }

    /// The bytes of a document of our own, checked against its digest.
    pub(crate) fn read_document(&self, digest: &Digest) -> Result<Vec<u8>, Fault> {
        self.read_either(Name::document(*digest), Name::received(*digest))
    }

    /// A blob can lie there in either form; asking for the likely one first saves a round.
    fn read_either(&self, first: Name, second: Name) -> Result<Vec<u8>, Fault> {
        for name in [&first, &second] {
            if let Some(bytes) = self.get(name)? {
                return checked(name, bytes);
            }
        }
        Err(Fault::BlobMissing { digest: first.digest })
    }

    fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Fault> {
        match &self.shelves {
            Shelves::Directory(directory) => directory.get(name),
            Shelves::Bucket(client) => client.get(name),
        }
    }

    /// A blob as it lies on the shelf, checked against its digest.
    pub(crate) fn kept(&self, digest: &Digest) -> Result<Kept, Fault> {
        for name in [Name::received(*digest), Name::document(*digest)] {
            if let Some(bytes) = self.get(&name)? {
                let kept = Kept { packed: name.packed, bytes };
                checked(&name, kept.bytes.clone())?;
                return Ok(kept);
            }
        }
        Err(Fault::BlobMissing { digest: *digest })
    }

    /// Keeps a blob as another store kept it.
    pub(crate) fn keep_as(&self, digest: &Digest, kept: &Kept) -> Result<(), Fault> {
        let (half, file) = self.spool.filled(&kept.bytes)?;
        self.keep(half, file, &Name { digest: *digest, packed: kept.packed })
    }

    /// Gives a blob of another store a second name here, where both lie in directories of one file
    /// system. Says whether it could.
    pub(crate) fn link_from(&self, other: &Self, digest: &Digest) -> Result<bool, Fault> {
        let (Shelves::Directory(here), Shelves::Directory(there)) = (&self.shelves, &other.shelves)
        else {
            return Ok(false);
        };
        for name in [Name::received(*digest), Name::document(*digest)] {
            if here.link_from(there, &name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes blobs last staged before `before` that `keep` does not know, and what was begun before
    /// it and never finished. Gives the number of blobs.
    ///
    /// Another process could stage one of them anew in the very moment of its removal. It must have
    /// lain about uncited until `before` for that; so `before` is well in the past.
    pub(crate) fn sweep(
        &self,
        before: Instant,
        keep: impl Fn(&Digest) -> Result<bool, Fault>,
    ) -> Result<u64, Fault> {
        let removed = match &self.shelves {
            Shelves::Directory(directory) => directory.sweep(before, keep)?,
            Shelves::Bucket(client) => client.sweep(before, keep)?,
        };
        self.spool.sweep(before)?;
        Ok(removed)
    }
}

/// What lay on the shelf, unpacked if it is packed, if it has the digest of its name.
fn checked(name: &Name, kept: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let damaged = |why: String| Fault::BlobDamaged { digest: name.digest, why };
    let bytes = if name.packed {
        let mut bytes = Vec::new();
        zstd::Decoder::new(&*kept)
            .and_then(|mut unpacker| unpacker.read_to_end(&mut bytes))
            .map_err(|e| damaged(e.to_string()))?;
        bytes
    } else {
        kept
    };
    if Digest::of(&bytes) == name.digest {
        Ok(bytes)
    } else {
        Err(damaged("its bytes have another digest".to_owned()))
    }
}
