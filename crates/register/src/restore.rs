//! Restore: a backup is proved in full beside the place before anything there is touched.
//!
//! Proved means: every byte of the file is as it was written; the ledger in it is opened (and brought
//! up to date, when an earlier release made it), replayed, and each leaf hash, the root, each row and
//! each document are checked; size and root are those of the manifest. Only then the record takes the
//! place of the other, which is kept aside.

use crate::{
    archive::{Broken, Member, Unpacker},
    backup::{
        BESIDE, BLOBS, DATABASE, FORMAT, KEYS, LOG, MANIFEST, MANIFEST_DIGEST, MARK, Manifest,
        digest_line, private,
    },
    blob::BlobPlace,
    copy::{BlobsTo, Hear},
    fault::Fault,
    lock::Lock,
    open::{Access, Options, Register},
    replace::{self, Hold, Schemas, finish_restore, sibling},
    store::Store,
};
use aftercare_vocab::instant::Instant;
use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

/// Most bytes of a manifest: about three million documents.
const MANIFEST_LIMIT: u64 = 512 << 20;
/// Most bytes of the other small files in a backup that are read into memory.
const NOTE_LIMIT: u64 = 1 << 10;
/// What stands behind the name of the schema in which a record is restored.
const FRESH: &str = "_restored";

/// A finished restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was restored.
    pub manifest: Manifest,
    /// Where the record that stood there is kept; none when there was none, or it was discarded.
    pub aside: Option<String>,
}

/// Proves a backup without restoring it. Works in a directory beside `dir`, which is gone afterwards
/// and needs about as much room as the restored record.
pub fn check_backup(file: &Path, dir: &Path, hear: Hear<'_>) -> Result<Manifest, Fault> {
    Workshop::beside(dir, ".checking")?.prove(file, hear)
}

/// Puts the record of a backup in the place of the one in `dir` and `store`, where there is one, and
/// its blobs in `blobs`. `at` dates the name under which that one is kept. Fails with [`Fault::InUse`] while a server has it.
pub fn restore(
    file: &Path,
    dir: &Path,
    store: &Store,
    blobs: &BlobPlace,
    at: Instant,
    discard_old: bool,
    hear: Hear<'_>,
) -> Result<Restored, Fault> {
    finish_restore(dir, store)?;
    let hold = Hold::take(dir, store)?;
    let work = Workshop::beside(dir, ".restoring")?;
    let manifest = work.prove(file, hear)?;
    let dated: String = at.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let aside = free(dir, &format!(".replaced-{dated}"));
    if let BlobPlace::Bucket(_) = blobs {
        // By their digests, so nothing that lies there is in the way.
        let proved =
            Register::open(&work.dir, Options { access: Access::Read, ..Options::default() })?;
        proved.copy_blobs_to(blobs, &work.dir, hear)?;
    }
    let (schema, old_tables) = match store {
        Store::Sqlite => (None, None),
        Store::Postgres(server) => {
            server.may_replace_schema()?;
            let fresh = store.named(FRESH)?;
            fresh.remove(dir)?; // left behind by a restore that was killed
            let proved =
                Register::open(&work.dir, Options { access: Access::Read, ..Options::default() })?;
            proved.copy_to(&work.dir, &fresh, BlobsTo::Share, None, hear)?;
            drop(proved);
            Store::Sqlite.remove(&work.dir)?;
            let old = store.named(&format!("_{}", dated.to_lowercase()))?;
            let (Store::Postgres(fresh), Store::Postgres(old_server)) = (&fresh, &old) else {
                return Err(Fault::shape("the store", "it changed its kind"));
            };
            let schemas = Schemas {
                place: server.schema().to_owned(),
                fresh: fresh.schema().to_owned(),
                aside: old_server.schema().to_owned(),
            };
            let stood = store.holds_register(dir)?;
            (Some(schemas), stood.then_some(old))
        }
    };
    hear("Putting it in its place", 0, 0);
    let stood = dir.exists();
    replace::replace(&work.dir, dir, &aside, store, schema)?;
    drop(hold);
    if discard_old {
        replace::remove_dir(&aside)?;
        if let Some(old) = old_tables {
            old.remove(&aside)?;
        }
        return Ok(Restored { manifest, aside: None });
    }
    let kept = [
        stood.then(|| aside.display().to_string()),
        old_tables.map(|old| old.place(&aside).to_string()),
    ];
    let kept: Vec<String> = kept.into_iter().flatten().collect();
    Ok(Restored { manifest, aside: (!kept.is_empty()).then(|| kept.join(" and ")) })
}

/// A name that nobody has.
fn free(dir: &Path, end: &str) -> PathBuf {
    let mut found = sibling(dir, end);
    let mut number = 2;
    while found.exists() {
        found = sibling(dir, &format!("{end}-{number}"));
        number += 1;
    }
    found
}

/// A directory beside a register in which a backup is unpacked and proved. Gone when dropped.
struct Workshop {
    dir: PathBuf,
    lock: Lock,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // Left behind on failure, the next restore clears it.
        let _ = replace::remove_dir(&self.dir);
        self.lock.remove();
    }
}

impl Workshop {
    fn beside(dir: &Path, end: &str) -> Result<Self, Fault> {
        let work = sibling(dir, end);
        if let Some(parent) = work.parent() {
            fs::create_dir_all(parent).map_err(|e| Fault::io("making", parent, &e))?;
        }
        let lock = Lock::at(&sibling(dir, &format!("{end}.lock")), &work)?;
        replace::remove_dir(&work)?;
        fs::create_dir(&work).map_err(|e| Fault::io("making the directory", &work, &e))?;
        Ok(Self { dir: work, lock })
    }

    /// Unpacks a backup, opens it as a register and proves that it is what it says.
    fn prove(&self, file: &Path, hear: Hear<'_>) -> Result<Manifest, Fault> {
        let refuse = |why: String| Fault::Backup { place: file.display().to_string(), why };
        let manifest = unpack(file, &self.dir, hear)?;
        hear("Replaying the ledger", 0, 0);
        let register =
            Register::open(&self.dir, Options::default()).map_err(|fault| match fault {
                Fault::Corrupt { why, .. } | Fault::BlobDamaged { why, .. } => refuse(why),
                Fault::BlobMissing { digest } => {
                    refuse(format!("the document {digest} is not in it"))
                }
                other => other,
            })?;
        hear("Checking every row and document", 0, 0);
        let found = register.verify()?;
        if let Some(difference) = found.differences.first() {
            return Err(refuse(format!("the record in it does not hold together: {difference}")));
        }
        if (found.entries, found.root) != (manifest.entries, manifest.root) {
            return Err(refuse(format!(
                "it has {} entries with the root {}, its manifest says {} with {}",
                found.entries, found.root, manifest.entries, manifest.root
            )));
        }
        Ok(manifest)
    }
}

/// Unpacks a backup into an empty directory and checks every byte of it.
fn unpack(file: &Path, into: &Path, hear: Hear<'_>) -> Result<Manifest, Fault> {
    let place = file.display().to_string();
    let refuse = |why: String| Fault::Backup { place: place.clone(), why };
    let broken = |e: Broken| match e {
        Broken::Shape(why) => refuse(why),
        Broken::Io(e) => Fault::io("reading the backup", file, &e),
    };
    let opened = File::open(file).map_err(|e| Fault::io("opening the backup", file, &e))?;
    let total = opened.metadata().map_or(0, |m| m.len());
    let mut unpacker = Unpacker::new(BufReader::with_capacity(1 << 20, opened));
    match unpacker.next() {
        Ok(Some((name, size))) if name == MARK && size <= NOTE_LIMIT => {
            let mut mark = Vec::new();
            unpacker.content(size, &mut mark).map_err(broken)?;
            let text = String::from_utf8(mark).unwrap_or_default();
            match text.strip_suffix('\n').and_then(|number| number.parse::<u64>().ok()) {
                Some(FORMAT) => {}
                Some(found) if found > FORMAT => {
                    return Err(Fault::NewerBackup { place, found, known: FORMAT });
                }
                _ => return Err(refuse("its mark is damaged".to_owned())),
            }
        }
        Err(Broken::Io(e)) => return Err(broken(Broken::Io(e))),
        _ => {
            return Err(refuse(
                "it is not a backup of this program, or its beginning is damaged".to_owned(),
            ));
        }
    }
    let mark = format!("{FORMAT}\n");
    let mut members = vec![Member {
        name: MARK.to_owned(),
        size: mark.len() as u64,
        sha256: aftercare_vocab::digest::Digest::of(mark.as_bytes()),
    }];
    let mut done = 0;
    let text = loop {
        let Some((name, size)) = unpacker.next().map_err(broken)? else {
            return Err(refuse("it has no manifest".to_owned()));
        };
        if name == MANIFEST {
            break read_small(&mut unpacker, size, MANIFEST_LIMIT).map_err(broken)?;
        }
        if !is_ours(&name) {
            return Err(refuse(format!("`{name}` does not belong into it")));
        }
        let target = into.join(&name);
        let folder = target.parent().unwrap_or(into);
        fs::create_dir_all(folder).map_err(|e| Fault::io("making", folder, &e))?;
        let mut out = private().open(&target).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => refuse(format!("`{name}` is in it twice")),
            _ => Fault::io("writing", &target, &e),
        })?;
        let sha256 = unpacker.content(size, &mut out).map_err(|e| match e {
            // reading and writing are told apart by what a full or read-only disk says
            Broken::Io(e) => Fault::io("unpacking to", &target, &e),
            shape @ Broken::Shape(_) => broken(shape),
        })?;
        done += size;
        hear("Unpacking", done, total);
        members.push(Member { name, size, sha256 });
    };
    let line = match unpacker.next().map_err(broken)? {
        Some((name, size)) if name == MANIFEST_DIGEST => {
            read_small(&mut unpacker, size, NOTE_LIMIT).map_err(broken)?
        }
        _ => return Err(refuse("the digest of its manifest is missing".to_owned())),
    };
    if line != digest_line(&text).as_bytes() {
        return Err(refuse(
            "its manifest does not have the digest that stands beside it".to_owned(),
        ));
    }
    if unpacker.next().map_err(broken)?.is_some() {
        return Err(refuse("something follows its manifest".to_owned()));
    }
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|e| refuse(format!("its manifest cannot be read: {e}")))?;
    for (found, told) in members.iter().zip(&manifest.members) {
        if found != told {
            return Err(refuse(format!("`{}` is not what its manifest says", found.name)));
        }
    }
    if members.len() != manifest.members.len() {
        return Err(refuse("it has not the files that its manifest lists".to_owned()));
    }
    if members.iter().all(|member| member.name != DATABASE) {
        return Err(refuse(format!("there is no {DATABASE} in it")));
    }
    Ok(manifest)
}

/// Whether a file of a backup has a place in a register's directory.
fn is_ours(name: &str) -> bool {
    let folder = name.split_once('/').map(|(folder, _)| folder);
    name == DATABASE || folder.is_some_and(|folder| [BLOBS, BESIDE, KEYS, LOG].contains(&folder))
}

fn read_small<R: Read>(
    unpacker: &mut Unpacker<R>,
    size: u64,
    limit: u64,
) -> Result<Vec<u8>, Broken> {
    if size > limit {
        return Err(Broken::Shape(format!("its manifest is longer than {limit} bytes")));
    }
    let mut bytes = Vec::new();
    unpacker.content(size, &mut bytes)?;
    Ok(bytes)
}
