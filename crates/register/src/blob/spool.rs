//! What is being written: files below `half` until their digest, and so their name, is known.

use super::{Blobs, StagedBlob, Staging, name::Name};
use crate::fault::Fault;
use aftercare_vocab::{digest::Hasher, instant::Instant};
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, UNIX_EPOCH},
};

/// Compression level of our own documents: speed before size.
const LEVEL: i32 = 3;
/// The directory of what is being written.
const HALF: &str = "half";

/// Makes files of names that nobody else has.
#[derive(Debug)]
pub(super) struct Spool {
    half: PathBuf,
    next: AtomicU64,
}

impl Spool {
    pub(super) fn open(dir: &Path, staging: Staging) -> Result<Self, Fault> {
        let half = dir.join(HALF);
        if staging == Staging::Alone && half.exists() {
            fs::remove_dir_all(&half).map_err(|e| Fault::io("clearing", &half, &e))?;
        }
        if staging != Staging::None {
            fs::create_dir_all(&half).map_err(|e| Fault::io("making the directory", &half, &e))?;
        }
        Ok(Self { half, next: AtomicU64::new(0) })
    }

    /// Begins a blob of at most `limit` bytes.
    pub(super) fn begin<'a>(
        &self,
        blobs: &'a Blobs,
        limit: u64,
        packed: bool,
    ) -> Result<BlobWriter<'a>, Fault> {
        let (half, file) = self.file()?;
        let to = if packed {
            let packer = zstd::Encoder::new(file, LEVEL);
            Target::Packed(Box::new(packer.map_err(|e| Fault::io("packing", half.path(), &e))?))
        } else {
            Target::Plain(io::BufWriter::with_capacity(1 << 16, file))
        };
        Ok(BlobWriter { blobs, half, to, hash: Hasher::default(), size: 0, limit })
    }

    /// A file with these bytes.
    pub(super) fn filled(&self, bytes: &[u8]) -> Result<(Half, File), Fault> {
        let (half, mut file) = self.file()?;
        file.write_all(bytes).map_err(|e| Fault::io("writing", half.path(), &e))?;
        Ok((half, file))
    }

    fn file(&self) -> Result<(Half, File), Fault> {
        loop {
            let place = self.half.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
            match File::options().read(true).write(true).create_new(true).open(&place) {
                Ok(file) => return Ok((Half { place, moved: false }, file)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {} // of another process
                Err(e) => return Err(Fault::io("writing", &place, &e)),
            }
        }
    }

    /// Removes what was begun before an instant and never finished.
    pub(super) fn sweep(&self, before: Instant) -> Result<(), Fault> {
        for place in entries(&self.half)? {
            if is_older(&place, before)? {
                fs::remove_file(&place).map_err(|e| Fault::io("removing", &place, &e))?;
            }
        }
        Ok(())
    }
}

/// A name below `half`. Its file is gone when this is dropped, unless it was moved away before.
#[derive(Debug)]
pub(super) struct Half {
    place: PathBuf,
    /// The name is free again: by now another process may be writing under it.
    moved: bool,
}

impl Half {
    pub(super) fn path(&self) -> &Path {
        &self.place
    }

    pub(super) fn move_to(mut self, place: &Path) -> io::Result<()> {
        fs::rename(&self.place, place)?;
        self.moved = true;
        Ok(())
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        if !self.moved {
            // Left behind on failure, the next opening for writing or a sweep clears it.
            let _ = fs::remove_file(&self.place);
        }
    }
}

enum Target {
    Plain(io::BufWriter<File>),
    Packed(Box<zstd::Encoder<'static, File>>),
}

/// A blob that arrives piece by piece. Dropped unfinished, nothing of it stays.
pub struct BlobWriter<'a> {
    blobs: &'a Blobs,
    half: Half,
    to: Target,
    hash: Hasher,
    size: u64,
    limit: u64,
}

impl std::fmt::Debug for BlobWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlobWriter({} bytes at {})", self.size, self.half.place.display())
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
            Target::Plain(file) => file.write_all(piece),
            Target::Packed(packer) => packer.write_all(piece),
        };
        written.map_err(|e| Fault::io("writing", self.half.path(), &e))
    }

    /// The number of bytes so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Makes the blob durable under its digest.
    pub fn finish(self) -> Result<StagedBlob, Fault> {
        let Self { blobs, half, to, hash, size, .. } = self;
        let (file, packed) = match to {
            Target::Plain(buffer) => (buffer.into_inner().map_err(|e| e.into_error()), false),
            Target::Packed(packer) => (packer.finish(), true),
        };
        let file = file.map_err(|e| Fault::io("writing", half.path(), &e))?;
        let digest = hash.finish();
        blobs.keep(half, file, &Name { digest, packed })?;
        Ok(StagedBlob { digest, size })
    }
}

/// Whether a file was last written before an instant.
pub(super) fn is_older(place: &Path, before: Instant) -> Result<bool, Fault> {
    let limit = UNIX_EPOCH + Duration::from_micros(before.micros().max(0) as u64);
    let staged = fs::metadata(place).and_then(|m| m.modified());
    staged.map(|at| at < limit).map_err(|e| Fault::io("looking at", place, &e))
}

/// What is in a directory.
pub(super) fn entries(dir: &Path) -> Result<Vec<PathBuf>, Fault> {
    let list = fs::read_dir(dir).map_err(|e| Fault::io("listing", dir, &e))?;
    list.map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<_>>()
        .map_err(|e| Fault::io("listing", dir, &e))
}
