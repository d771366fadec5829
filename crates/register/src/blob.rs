//! Blobs: bytes received or issued, kept as files named by their SHA-256.
//!
//! A blob is *staged* (written, hashed on the way, flushed, renamed into place, its directory
//! flushed) before the transaction whose event cites it. So a ledger entry without its blob cannot
//! be, and a blob without ledger entry is harmless garbage that [`Blobs::sweep`] takes away.
//!
//! Received bytes are stored as they are; documents of our own are compressed at rest (`.zst`).
//! A digest is always over the uncompressed bytes and is checked whenever a blob is read.

use crate::fault::Fault;
use aftercare_vocab::{
    digest::{Digest, Hasher},
    instant::Instant,
};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, UNIX_EPOCH},
};

/// Compression level of our own documents: speed before size.
const LEVEL: i32 = 3;
const COMPRESSED: &str = "zst";
/// The directory of what is being written.
const HALF: &str = "half";

/// The store of blobs below one directory.
#[derive(Debug)]
pub struct Blobs {
    dir: PathBuf,
    next: AtomicU64,
}

/// Who writes new blobs below a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Staging {
    /// Nobody here: blobs are only read.
    None,
    /// This process alone: what an earlier one left half-written is cleared away.
    Alone,
    /// Other processes too: what one left half-written is cleared away by a sweep, when it is old.
    Shared,
}

/// The bytes of a blob as they lie in a store.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Whether they are compressed.
    pub packed: bool,
    /// The bytes.
    pub bytes: Vec<u8>,
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

impl Blobs {
    /// The store below `dir`.
    pub(crate) fn open(dir: PathBuf, staging: Staging) -> Result<Self, Fault> {
        let half = dir.join(HALF);
        if staging == Staging::Alone && half.exists() {
            fs::remove_dir_all(&half).map_err(|e| Fault::io("clearing", &half, &e))?;
        }
        if staging != Staging::None {
            fs::create_dir_all(&half).map_err(|e| Fault::io("making the directory", &half, &e))?;
        }
        Ok(Self { dir, next: AtomicU64::new(0) })
    }

    /// Begins a blob that arrives piece by piece, of at most `limit` bytes.
    pub fn begin(&self, limit: u64) -> Result<BlobWriter<'_>, Fault> {
        self.writer(limit, false)
    }

    /// Stages received bytes.
    pub fn stage(&self, bytes: &[u8]) -> Result<StagedBlob, Fault> {
        let mut writer = self.writer(u64::MAX, false)?;
        writer.push(bytes)?;
        writer.finish()
    }

    /// Stages a document of our own, compressed at rest.
    pub(crate) fn stage_document(&self, bytes: &[u8]) -> Result<StagedBlob, Fault> {
        let mut writer = self.writer(u64::MAX, true)?;
        writer.push(bytes)?;
        writer.finish()
    }

    fn writer(&self, limit: u64, compress: bool) -> Result<BlobWriter<'_>, Fault> {
        let (place, file) = self.half()?;
        let to = if compress {
            let packer = zstd::Encoder::new(file, LEVEL);
            Target::Packed(Box::new(packer.map_err(|e| Fault::io("packing", &place, &e))?))
        } else {
            Target::Plain(io::BufWriter::with_capacity(1 << 16, file))
        };
        Ok(BlobWriter { blobs: self, place, to: Some(to), hash: Hasher::default(), size: 0, limit })
    }

    /// A file of a name that nobody else has, also not another process.
    fn half(&self) -> Result<(PathBuf, File), Fault> {
        loop {
            let name = self.next.fetch_add(1, Ordering::Relaxed).to_string();
            let place = self.dir.join(HALF).join(name);
            match File::options().write(true).create_new(true).open(&place) {
                Ok(file) => return Ok((place, file)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Fault::io("writing", &place, &e)),
            }
        }
    }

    fn place(&self, digest: &Digest, compressed: bool) -> PathBuf {
        let hex = digest.hex();
        let mut place = self.dir.join(&hex[..2]).join(&hex[2..]);
        if compressed {
            place.set_extension(COMPRESSED);
        }
        place
    }

    /// The bytes of a blob, checked against its digest.
    pub fn read(&self, digest: &Digest) -> Result<Vec<u8>, Fault> {
        let damaged = |why: String| Fault::BlobDamaged { digest: *digest, why };
        let plain = self.place(digest, false);
        let bytes = match fs::read(&plain) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let packed = self.place(digest, true);
                match File::open(&packed) {
                    Ok(file) => {
                        let mut bytes = Vec::new();
                        zstd::Decoder::new(file)
                            .and_then(|mut unpacker| unpacker.read_to_end(&mut bytes))
                            .map_err(|e| damaged(e.to_string()))?;
                        bytes
                    }
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {
                        return Err(Fault::BlobMissing { digest: *digest });
                    }
                    Err(e) => return Err(Fault::io("reading", &packed, &e)),
                }
            }
            Err(e) => return Err(Fault::io("reading", &plain, &e)),
        };
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(damaged("its bytes have another digest".to_owned()))
        }
    }

    /// A blob as it is kept, checked against its digest.
    pub(crate) fn kept(&self, digest: &Digest) -> Result<Kept, Fault> {
        self.read(digest)?;
        for packed in [false, true] {
            let place = self.place(digest, packed);
            match fs::read(&place) {
                Ok(bytes) => return Ok(Kept { packed, bytes }),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(Fault::io("reading", &place, &e)),
            }
        }
        Err(Fault::BlobMissing { digest: *digest })
    }

    /// Keeps a blob as another store kept it.
    pub(crate) fn keep(&self, digest: &Digest, kept: &Kept) -> Result<(), Fault> {
        let (half, mut file) = self.half()?;
        let written = file.write_all(&kept.bytes).and_then(|()| file.sync_all());
        written.map_err(|e| Fault::io("writing", &half, &e))?;
        self.settle(&half, digest, kept.packed)
    }

    /// Gives a finished file its place, durably.
    fn settle(&self, half: &Path, digest: &Digest, packed: bool) -> Result<(), Fault> {
        let place = self.place(digest, packed);
        let shelf = place.parent().unwrap_or(&self.dir);
        if !shelf.exists() {
            fs::create_dir_all(shelf).map_err(|e| Fault::io("making", shelf, &e))?;
            flush_dir(&self.dir)?;
        }
        // Renamed even when the blob is there already: its new date keeps a sweep away from it.
        fs::rename(half, &place).map_err(|e| Fault::io("placing", &place, &e))?;
        flush_dir(shelf)
    }

    /// Removes blobs last staged before `before` that `keep` does not know, and what was begun before
    /// it and never finished. Gives the number of blobs.
    pub(crate) fn sweep(
        &self,
        before: Instant,
        keep: impl Fn(&Digest) -> Result<bool, Fault>,
    ) -> Result<u64, Fault> {
        let limit = UNIX_EPOCH + Duration::from_micros(before.micros().max(0) as u64);
        let older = |place: &Path| {
            let staged = fs::metadata(place).and_then(|m| m.modified());
            staged.map(|at| at < limit).map_err(|e| Fault::io("looking at", place, &e))
        };
        let remove =
            |place: &Path| fs::remove_file(place).map_err(|e| Fault::io("removing", place, &e));
        let mut removed = 0;
        for (digest, place) in self.list()? {
            if older(&place)? && !keep(&digest)? {
                remove(&place)?;
                removed += 1;
            }
        }
        for place in entries(&self.dir.join(HALF))? {
            if older(&place)? {
                remove(&place)?;
            }
        }
        Ok(removed)
    }

    fn list(&self) -> Result<Vec<(Digest, PathBuf)>, Fault> {
        let mut found = Vec::new();
        for shelf in entries(&self.dir)? {
            let Some(first) = shelf.file_name().and_then(|n| n.to_str()) else { continue };
            if first.len() != 2 {
                continue;
            }
            for place in entries(&shelf)? {
                let rest = place.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
                if let Ok(digest) = format!("{first}{rest}").parse() {
                    found.push((digest, place));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, Fault> {
    let list = fs::read_dir(dir).map_err(|e| Fault::io("listing", dir, &e))?;
    list.map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<_>>()
        .map_err(|e| Fault::io("listing", dir, &e))
}

enum Target {
    Plain(io::BufWriter<File>),
    Packed(Box<zstd::Encoder<'static, File>>),
}

/// A blob that arrives piece by piece. Dropped unfinished, nothing of it stays.
pub struct BlobWriter<'a> {
    blobs: &'a Blobs,
    place: PathBuf,
    to: Option<Target>,
    hash: Hasher,
    size: u64,
    limit: u64,
}

impl std::fmt::Debug for BlobWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlobWriter({} bytes at {})", self.size, self.place.display())
    }
}

impl BlobWriter<'_> {
    /// Adds the next piece.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Fault> {
        self.size += piece.len() as u64;
        if self.size > self.limit {
            return Err(Fault::TooLarge { limit: self.limit });
        }
        self.hash.update(piece);
        let written = match &mut self.to {
            Some(Target::Plain(file)) => file.write_all(piece),
            Some(Target::Packed(packer)) => packer.write_all(piece),
            None => Ok(()),
        };
        written.map_err(|e| Fault::io("writing", &self.place, &e))
    }

    /// The number of bytes so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Makes the blob durable under its digest.
    pub fn finish(mut self) -> Result<StagedBlob, Fault> {
        let (file, packed) = match self.to.take() {
            Some(Target::Plain(buffer)) => (buffer.into_inner().map_err(|e| e.into_error()), false),
            Some(Target::Packed(packer)) => (packer.finish(), true),
            None => (Err(io::Error::other("the blob was finished before")), false),
        };
        let trouble = |e: io::Error| Fault::io("writing", &self.place, &e);
        file.and_then(|file| file.sync_all()).map_err(trouble)?;
        let digest = std::mem::take(&mut self.hash).finish();
        self.blobs.settle(&self.place, &digest, packed)?;
        Ok(StagedBlob { digest, size: self.size })
    }
}

impl Drop for BlobWriter<'_> {
    fn drop(&mut self) {
        if self.place.exists() {
            // Left behind on failure, the next opening for writing clears it.
            let _ = fs::remove_file(&self.place);
        }
    }
}

fn flush_dir(dir: &Path) -> Result<(), Fault> {
    File::open(dir).and_then(|d| d.sync_all()).map_err(|e| Fault::io("flushing", dir, &e))
}
