//! Files that are there whole or not at all: written beside, flushed, renamed, the folder flushed.

use crate::fault::Fault;
use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

/// Writes a file below an existing or new folder.
pub(crate) fn write(place: &Path, bytes: &[u8]) -> Result<(), Fault> {
    put(place, bytes, false)
}

/// Writes a file that only its owner may read.
pub(crate) fn secret(dir: &Path, name: &str, text: &str) -> Result<(), Fault> {
    put(&dir.join(name), text.as_bytes(), true)
}

fn put(place: &Path, bytes: &[u8], secret: bool) -> Result<(), Fault> {
    let folder = place.parent().unwrap_or(Path::new("."));
    if !folder.is_dir() {
        make_folder(folder)?;
    }
    let mut half = place.as_os_str().to_owned();
    half.push(format!(".{}.half", std::process::id())); // two servers may share the folder
    let half = PathBuf::from(half);
    let trouble = |e| Fault::io("writing", &half, &e);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if secret {
        use std::os::unix::fs::OpenOptionsExt as _;
        match fs::remove_file(&half) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(trouble(e)),
            _ => {} // the mode below holds for a new file only
        }
        options.mode(0o600);
    }
    let mut file = options.open(&half).map_err(trouble)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(trouble)?;
    drop(file);
    rename(&half, place)
}

/// Writes a secret file unless one is there. Says whether it did.
pub(crate) fn new_secret(dir: &Path, name: &str, text: &str) -> Result<bool, Fault> {
    let drawn = format!("{name}.{}.new", std::process::id());
    secret(dir, &drawn, text)?;
    let (from, to) = (dir.join(&drawn), dir.join(name));
    let linked = match fs::hard_link(&from, &to) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(Fault::io("placing", &to, &e)),
    };
    fs::remove_file(&from).map_err(|e| Fault::io("removing", &from, &e))?;
    flush(dir)?;
    linked
}

/// Makes a folder durable in the one above it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder).map_err(|e| Fault::io("making", folder, &e))?;
    folder.parent().map_or(Ok(()), flush)
}

/// Renames a file and flushes its folder.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Fault> {
    fs::rename(from, to).map_err(|e| Fault::io("placing", to, &e))?;
    to.parent().map_or(Ok(()), flush)
}

fn flush(folder: &Path) -> Result<(), Fault> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Fault::io("flushing", folder, &e))
}
