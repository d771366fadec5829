//! The directory belongs to one writing process.

use crate::fault::Fault;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

/// Held as long as the register is open for writing; the system lets go of it when the process
/// ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    pub(crate) fn take(dir: &Path) -> Result<Self, Fault> {
        let place = dir.join("register.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&place)
            .map_err(|e| Fault::io("opening the lock", &place, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Fault::InUse { place: dir.display().to_string() }),
            Err(TryLockError::Error(e)) => Err(Fault::io("locking", &place, &e)),
        }
    }
}
