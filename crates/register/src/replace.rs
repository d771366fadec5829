//! One record in the place of another, so that a kill at any moment leaves the one or the other.
//!
//! The new record is made beside the place and finished there: `register.next` is only ever the name
//! of a whole, checked, flushed directory. Then the old directory moves aside and the new one takes
//! its name. Killed between the two, the next opening takes the second step. What else must follow
//! (a schema takes the name of another, files go beside the register) stands in a note inside the
//! directory, and each step of it can be taken twice.

use crate::{
    backup::{BESIDE, flush_dir_of},
    fault::Fault,
    lock::Lock,
    sql::{Place, Session, Use},
    store::Store,
};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The note of what remains to be done once the directory has its name.
const NOTE: &str = "placing.json";
/// What stands behind the name of a directory that is whole and waits for its place.
const NEXT: &str = ".next";
/// The lock that a whole copy or a restore holds among servers.
const WRITERS: &str = "writers";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    /// Schemas that change their names, where the tables are on a server.
    schema: Option<Schemas>,
}

/// Three names of schemas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schemas {
    /// The one to be replaced.
    pub place: String,
    /// The one that takes its name.
    pub fresh: String,
    /// The name that the replaced one gets.
    pub aside: String,
}

/// The writer's place of a register, taken so that nobody writes: no server has it open for writing,
/// and none can open it, until this is dropped or its process ends.
#[derive(Debug)]
pub struct Hold {
    _file: Option<Lock>,
    _session: Option<Session>,
}

impl Hold {
    /// Takes the writer's place of the register in `dir` and `store`, whether or not there is one.
    /// Fails with [`Fault::InUse`] while somebody has it open for writing.
    pub fn take(dir: &Path, store: &Store) -> Result<Self, Fault> {
        match store {
            Store::Sqlite => {
                let file = if dir.exists() { Some(Lock::take(dir)?) } else { None };
                Ok(Self { _file: file, _session: None })
            }
            Store::Postgres(server) => {
                let session = Session::open(&Place::Server(server.clone()), Use::Read)?;
                if session.try_hold(WRITERS)? {
                    return Ok(Self { _file: None, _session: Some(session) });
                }
                Err(Fault::InUse { place: server.to_string() })
            }
        }
    }
}

/// The directory beside `dir` whose name has this end.
pub(crate) fn sibling(dir: &Path, end: &str) -> PathBuf {
    let mut name: OsString = dir.file_name().unwrap_or_default().to_owned();
    name.push(end);
    dir.with_file_name(name)
}

/// Puts the finished directory `fresh` in the place of `dir`, which becomes `aside`.
pub(crate) fn replace(
    fresh: &Path,
    dir: &Path,
    aside: &Path,
    store: &Store,
    schema: Option<Schemas>,
) -> Result<(), Fault> {
    let note = serde_json::to_vec(&Note { schema }).map_err(|e| Fault::shape(NOTE, e))?;
    let place = fresh.join(NOTE);
    let mut file = File::create(&place).map_err(|e| Fault::io("writing", &place, &e))?;
    let written = file.write_all(&note).and_then(|()| file.sync_all());
    written.map_err(|e| Fault::io("writing", &place, &e))?;
    flush_tree(fresh)?;
    let next = sibling(dir, NEXT);
    remove_dir(&next)?;
    rename(fresh, &next)?;
    if dir.exists() {
        rename(dir, aside)?;
    }
    finish_restore(dir, store)
}

/// Takes the steps that remain of a restore that was killed in the midst. Every opening of a register
/// calls it; to be called as well before asking whether there is one.
pub fn finish_restore(dir: &Path, store: &Store) -> Result<(), Fault> {
    let next = sibling(dir, NEXT);
    if !dir.exists() && next.exists() {
        rename(&next, dir)?;
    }
    let place = dir.join(NOTE);
    let note: Note = match fs::read(&place) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| Fault::shape(NOTE, e))?,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(());
        }
        Err(e) => return Err(Fault::io("reading", &place, &e)),
    };
    match (note.schema, store) {
        (None, Store::Sqlite) => {}
        (Some(schemas), Store::Postgres(server)) if server.schema() == schemas.place => {
            server.replace_schema(&schemas.fresh, &schemas.aside)?;
        }
        (schemas, _) => {
            let where_to = schemas.map_or_else(
                || "the file in the data directory".to_owned(),
                |schemas| format!("the schema {} of a database server", schemas.place),
            );
            return Err(Fault::Storage {
                doing: "finishing a restore that was broken off".to_owned(),
                place: dir.display().to_string(),
                why: format!(
                    "the record was restored to {where_to}, but the configuration names another store"
                ),
            });
        }
    }
    let outside = dir.parent().unwrap_or(Path::new("."));
    put_beside(&dir.join(BESIDE), outside)?;
    remove_dir(&dir.join(BESIDE))?;
    fs::remove_file(&place).map_err(|e| Fault::io("removing", &place, &e))?;
    flush_dir_of(&place)
}

/// Moves files below `from` to the same names below `to`.
fn put_beside(from: &Path, to: &Path) -> Result<(), Fault> {
    for entry in list(from)? {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).map_err(|e| Fault::io("making", &target, &e))?;
            put_beside(&entry.path(), &target)?;
        } else {
            rename(&entry.path(), &target)?;
        }
    }
    Ok(())
}

fn list(dir: &Path) -> Result<Vec<fs::DirEntry>, Fault> {
    let found = match fs::read_dir(dir) {
        Ok(found) => found.collect::<io::Result<Vec<_>>>(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e),
    };
    found.map_err(|e| Fault::io("listing", dir, &e))
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Fault> {
    fs::rename(from, to).map_err(|e| Fault::io("placing", to, &e))?;
    flush_dir_of(to)
}

/// Removes a directory with everything in it. None there is fine.
pub(crate) fn remove_dir(dir: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Fault::io("removing", dir, &e)),
        _ => Ok(()),
    }
}

/// Flushes every file and directory.
pub(crate) fn flush_tree(dir: &Path) -> Result<(), Fault> {
    for entry in list(dir)? {
        let place = entry.path();
        if place.is_dir() {
            flush_tree(&place)?;
        } else {
            let flushed = File::open(&place).and_then(|file| file.sync_all());
            flushed.map_err(|e| Fault::io("flushing", &place, &e))?;
        }
    }
    File::open(dir).and_then(|d| d.sync_all()).map_err(|e| Fault::io("flushing", dir, &e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// A directory of one file, and a finished one beside it.
    fn two() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let room = tempfile::tempdir().expect("a directory");
        let (dir, fresh) = (room.path().join("register"), room.path().join("register.restoring"));
        for (at, content) in [(&dir, "old"), (&fresh, "new")] {
            fs::create_dir_all(at.join(BESIDE)).expect("makes");
            fs::write(at.join("record"), content).expect("writes");
        }
        fs::remove_dir(dir.join(BESIDE)).expect("removes");
        fs::write(fresh.join(BESIDE).join("name.json"), "new name").expect("writes");
        fs::write(room.path().join("name.json"), "old name").expect("writes");
        (room, dir, fresh)
    }

    fn files(dir: &Path) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for entry in list(dir).expect("lists") {
            if entry.path().is_file() {
                let name = entry.file_name().to_string_lossy().into_owned();
                found.insert(name, fs::read_to_string(entry.path()).expect("reads"));
            }
        }
        found
    }

    #[test]
    fn the_new_takes_the_place_of_the_old_which_is_kept_aside() {
        let (room, dir, fresh) = two();
        let aside = room.path().join("aside");
        replace(&fresh, &dir, &aside, &Store::Sqlite, None).expect("replaces");
        assert_eq!(files(&dir), BTreeMap::from([("record".into(), "new".into())]));
        assert_eq!(files(&aside), BTreeMap::from([("record".into(), "old".into())]));
        assert_eq!(files(room.path()), BTreeMap::from([("name.json".into(), "new name".into())]));
        assert!(!fresh.exists() && !sibling(&dir, NEXT).exists());
    }

    #[test]
    fn killed_before_the_old_moved_aside_the_old_stays_whole() {
        let (room, dir, fresh) = two();
        fs::write(fresh.join(NOTE), r#"{"schema":null}"#).expect("writes");
        fs::rename(&fresh, sibling(&dir, NEXT)).expect("renames");
        finish_restore(&dir, &Store::Sqlite).expect("nothing to finish");
        assert_eq!(files(&dir)["record"], "old");
        assert_eq!(files(room.path())["name.json"], "old name");
    }

    #[test]
    fn killed_at_any_step_after_that_the_new_is_whole_at_the_next_opening() {
        for step in 0..4 {
            let (room, dir, fresh) = two();
            fs::write(fresh.join(NOTE), r#"{"schema":null}"#).expect("writes");
            fs::rename(&dir, room.path().join("aside")).expect("renames");
            let next = sibling(&dir, NEXT);
            fs::rename(&fresh, &next).expect("renames");
            if step >= 1 {
                fs::rename(&next, &dir).expect("renames");
            }
            if step >= 2 {
                let name = "name.json";
                fs::rename(dir.join(BESIDE).join(name), room.path().join(name)).expect("renames");
            }
            if step >= 3 {
                fs::remove_dir(dir.join(BESIDE)).expect("removes");
            }
            finish_restore(&dir, &Store::Sqlite).expect("finishes");
            finish_restore(&dir, &Store::Sqlite).expect("nothing is left to do");
            let whole = BTreeMap::from([("record".to_owned(), "new".to_owned())]);
            assert_eq!(files(&dir), whole, "step {step}");
            assert_eq!(files(room.path())["name.json"], "new name", "step {step}");
        }
    }

    #[test]
    fn a_half_finished_restore_is_not_opened_with_another_store() {
        let (_room, dir, _) = two();
        let note = r#"{"schema":{"place":"a","fresh":"b","aside":"c"}}"#;
        fs::write(dir.join(NOTE), note).expect("writes");
        let fault = finish_restore(&dir, &Store::Sqlite).expect_err("another store");
        assert!(fault.to_string().contains("the schema a of a database server"), "{fault}");
    }
}
