//! Blobs as files of a directory: flushed, renamed into place, their directory flushed.

use super::{
    name::Name,
    spool::{Half, entries, is_older},
};
use crate::fault::Fault;
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// The shelves below one directory.
#[derive(Debug)]
pub(super) struct Directory {
    dir: PathBuf,
}

impl Directory {
    pub(super) const fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(super) fn put(&self, half: Half, file: File, name: &Name) -> Result<(), Fault> {
        file.sync_all().map_err(|e| Fault::io("writing", half.path(), &e))?;
        let place = self.place(name);
        let shelf = place.parent().unwrap_or(&self.dir);
        if !shelf.exists() {
            fs::create_dir_all(shelf).map_err(|e| Fault::io("making", shelf, &e))?;
            flush_dir(&self.dir)?;
        }
        // Renamed even when the blob is there already: its new date keeps a sweep away from it.
        half.move_to(&place).map_err(|e| Fault::io("placing", &place, &e))?;
        flush_dir(shelf)
    }

    /// A second name for a blob of another directory; not where the file system cannot, or it is not there.
    pub(super) fn link_from(&self, other: &Self, name: &Name) -> Result<bool, Fault> {
        let (from, to) = (other.place(name), self.place(name));
        let shelf = to.parent().unwrap_or(&self.dir);
        fs::create_dir_all(shelf).map_err(|e| Fault::io("making", shelf, &e))?;
        Ok(fs::hard_link(from, to).is_ok()) // the caller copies, and that tells the trouble
    }

    pub(super) fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Fault> {
        let place = self.place(name);
        match fs::read(&place) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Fault::io("reading", &place, &e)),
        }
    }

    pub(super) fn sweep(
        &self,
        before: Instant,
        keep: impl Fn(&Digest) -> Result<bool, Fault>,
    ) -> Result<u64, Fault> {
        let mut removed = 0;
        for shelf in entries(&self.dir)? {
            for name in names(&shelf)? {
                let place = self.place(&name);
                if is_older(&place, before)? && !keep(&name.digest)? {
                    fs::remove_file(&place).map_err(|e| Fault::io("removing", &place, &e))?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn place(&self, name: &Name) -> PathBuf {
        self.dir.join(name.to_string())
    }
}

/// The blobs of one shelf.
fn names(shelf: &Path) -> Result<Vec<Name>, Fault> {
    let text = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
    let Some(first) = text(shelf).filter(|_| shelf.is_dir()) else { return Ok(Vec::new()) };
    let found = entries(shelf)?.into_iter();
    Ok(found.filter_map(|place| Name::read(&format!("{first}/{}", text(&place)?))).collect())
}

fn flush_dir(dir: &Path) -> Result<(), Fault> {
    File::open(dir).and_then(|d| d.sync_all()).map_err(|e| Fault::io("flushing", dir, &e))
}
