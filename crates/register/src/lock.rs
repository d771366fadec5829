//! A place belongs to one process.

use crate::fault::Fault;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

/// Held as long as a register is open for writing, or a file is being made; the system lets go of it
/// when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    place: PathBuf,
    _file: File,
}

impl Lock {
    /// The lock of a register's directory.
    pub(crate) fn take(dir: &Path) -> Result<Self, Fault> {
        Self::at(&dir.join("register.lock"), dir)
    }

    /// The lock at `place`, which guards `what`.
    pub(crate) fn at(place: &Path, what: &Path) -> Result<Self, Fault> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(place)
            .map_err(|e| Fault::io("opening the lock", place, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { place: place.to_owned(), _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(Fault::InUse { place: what.display().to_string() })
            }
            Err(TryLockError::Error(e)) => Err(Fault::io("locking", place, &e)),
        }
    }

    /// Removes the file of a lock that nobody waits for. Left behind, it does no harm.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_file(&self.place);
    }
}
