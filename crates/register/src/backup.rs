//! Backup: the record in one file, taken in one moment while a server may be writing.
//!
//! The file is a tar file ([`archive`](crate::archive)) of, in this order:
//! - `aftercare-backup`: the number of the format;
//! - `log/..`, `keys/..`: the files of those folders of the register's directory, where there are any;
//! - `register.db`: an SQLite file of the lasting tables, whichever engine holds them;
//! - `blobs/..`: the documents that the entries cite, as they are kept;
//! - `beside/..`: files that lie beside the register and belong to it, such as the manufacturer's name;
//! - `manifest.json`: size, root and instant of the record, and digest and size of every member;
//! - `manifest.sha256`: the digest of the manifest, as `sha256sum` writes it.
//!
//! It is written beside its place, flushed and renamed: it is there whole, or not at all. A register
//! that does not hold together is not backed up but told, since nothing could be restored from it.

use crate::{
    archive::{Broken, Packer},
    copy::{self, Hear, Whose},
    fault::Fault,
    ledger::{self, Head},
    lock::Lock,
    open::Register,
    schema,
    sql::{Session, Use},
};
use aftercare_domain::Event;
use aftercare_vocab::{digest::Digest, instant::Instant};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

pub use crate::archive::Member;

/// The format of backups made by this release.
pub(crate) const FORMAT: u64 = 1;
pub(crate) const MARK: &str = "aftercare-backup";
pub(crate) const DATABASE: &str = "register.db";
pub(crate) const BLOBS: &str = "blobs";
pub(crate) const BESIDE: &str = "beside";
pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const MANIFEST_DIGEST: &str = "manifest.sha256";
/// The folder of the register's secret keys.
pub(crate) const KEYS: &str = "keys";
/// The folder of what was published of the ledger.
pub(crate) const LOG: &str = "log";
/// Attempts to read a file that was replaced while it was read.
const ATTEMPTS: usize = 5;

/// What a backup is to be.
#[derive(Debug, Clone)]
pub struct Backup<'a> {
    /// The file to write.
    pub to: &'a Path,
    /// Whether a file that is there already is replaced.
    pub force: bool,
    /// The instant it is made, for the manifest.
    pub at: Instant,
    /// Files beside the register that belong to it, by their names. Those that are not there are left out.
    pub beside: &'a [(&'a str, PathBuf)],
    /// The folder of editions, where those that the ledger adopted shall go along.
    pub editions: Option<&'a Path>,
}

/// What stands in `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of the backup.
    pub format: u64,
    /// The release that made it.
    pub made_by: String,
    /// When it was made.
    pub made_at: Instant,
    /// The engine that held the tables.
    pub engine: String,
    /// The number of the newest migration of its tables.
    pub schema: i64,
    /// Number of ledger entries.
    pub entries: u64,
    /// Merkle root over them (RFC 6962).
    pub root: Digest,
    /// Instant of the last entry; none without entries.
    pub last_at: Option<Instant>,
    /// Adopted editions that were to go along and were not there any more.
    pub editions_missing: Vec<Digest>,
    /// Tables that stay behind, with the reasons.
    pub left_out: Vec<Left>,
    /// Every file of the backup but the manifest and its digest.
    pub members: Vec<Member>,
}

/// A table that stays behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// Its name.
    pub table: String,
    /// Why.
    pub why: String,
}

/// A finished backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it holds.
    pub manifest: Manifest,
    /// The number of bytes of the file.
    pub bytes: u64,
}

impl Register {
    /// Writes a backup. Others may write to the register meanwhile.
    pub fn backup(&self, wish: &Backup<'_>, hear: Hear<'_>) -> Result<Made, Fault> {
        if !wish.force && wish.to.exists() {
            return Err(Fault::Taken { place: wish.to.display().to_string() });
        }
        let part = Part::begin(wish.to)?;
        let manifest = self.pack(wish, &part, hear)?;
        part.keep(wish.to).map(|bytes| Made { manifest, bytes })
    }

    /// What may run ahead of the ledger is read before it: the files of the log speak of entries that
    /// stand by then, and a key is there before the entry that puts it in force.
    fn pack(&self, wish: &Backup<'_>, part: &Part, hear: Hear<'_>) -> Result<Manifest, Fault> {
        let mut packer = Packer::new(BufWriter::with_capacity(1 << 20, &part.file));
        packer.add_bytes(MARK, format!("{FORMAT}\n").as_bytes()).map_err(|e| part.fault(e))?;
        for (name, place) in self.files(LOG)? {
            hear("Packing the log", 0, 0);
            add_file(&mut packer, &name, &place).map_err(|e| part.fault(e))?;
        }
        let keys = self.keys()?;
        let (head, engine, copied) = self.moment(part, hear)?;
        if self.keys()? != keys {
            return Err(Fault::Storage {
                doing: "the backup".to_owned(),
                place: self.dir().join(KEYS).display().to_string(),
                why: "a key was changed meanwhile; take the backup again".to_owned(),
            });
        }
        for (name, bytes) in &keys {
            packer.add_bytes(name, bytes).map_err(|e| part.fault(e))?;
        }
        let size = head.size();
        let mut manifest = Manifest {
            format: FORMAT,
            made_by: format!("aftercare {}", env!("CARGO_PKG_VERSION")),
            made_at: wish.at,
            engine: engine.to_owned(),
            schema: schema::known(),
            entries: size,
            root: head.frontier.root(),
            last_at: (size > 0).then_some(head.last),
            editions_missing: Vec::new(),
            left_out: copy::left_behind()
                .map(|(table, why)| Left { table: table.into(), why: why.into() })
                .collect(),
            members: Vec::new(),
        };
        add_file(&mut packer, DATABASE, &part.database).map_err(|e| part.fault(e))?;
        let cited = copy::cited(&copied, size)?;
        for (number, digest) in cited.iter().enumerate() {
            hear("Packing documents", number as u64, cited.len() as u64);
            let kept = self.documents().blobs.kept(digest)?;
            let hex = digest.hex();
            let end = if kept.packed { ".zst" } else { "" };
            let name = format!("{BLOBS}/{}/{}{end}", &hex[..2], &hex[2..]);
            packer.add_bytes(&name, &kept.bytes).map_err(|e| part.fault(e))?;
        }
        for (name, place) in wish.beside.iter().filter(|(_, place)| place.exists()) {
            let name = format!("{BESIDE}/{name}");
            add_file(&mut packer, &name, place).map_err(|e| part.fault(e))?;
        }
        if let Some(folder) = wish.editions {
            for digest in editions(&copied, size)? {
                let file = format!("{}.edition", digest.hex());
                let place = folder.join(&file);
                if place.exists() {
                    hear("Packing editions", 0, 0);
                    let name = format!("{BESIDE}/corpus/{file}");
                    add_file(&mut packer, &name, &place).map_err(|e| part.fault(e))?;
                } else {
                    manifest.editions_missing.push(digest);
                }
            }
        }
        manifest.members = packer.members().to_vec();
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|e| Fault::shape("the manifest of the backup", e))?;
        let mut end = || -> Result<(), Broken> {
            packer.add_bytes(MANIFEST, &text)?;
            packer.add_bytes(MANIFEST_DIGEST, digest_line(&text).as_bytes())
        };
        end().map_err(|e| part.fault(e))?;
        packer.finish().map_err(|e| part.fault(e))?;
        Ok(manifest)
    }

    /// Copies the lasting tables as they are at one moment.
    fn moment(&self, part: &Part, hear: Hear<'_>) -> Result<(Head, &'static str, Session), Fault> {
        let from = Session::open(self.place(), Use::Read)?;
        from.begin_reading()?;
        let head = copy::sound(&from)?;
        let copied = part.database()?;
        schema::migrate(&copied)?;
        copied.begin_writing()?;
        copy::lasting(&from, &copied, head.size(), Whose::Same, hear)?;
        copied.commit()?;
        let engine = if from.is_shared() { "postgresql" } else { "sqlite" };
        Ok((head, engine, copied))
    }

    /// The files of a folder of the register, with their names in the backup.
    fn files(&self, folder: &str) -> Result<Vec<(String, PathBuf)>, Fault> {
        let mut found = Vec::new();
        walk(&self.dir().join(folder), folder, &mut found)?;
        Ok(found)
    }

    fn keys(&self) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        let read = |(name, place): (String, PathBuf)| match fs::read(&place) {
            Ok(bytes) => Ok((name, bytes)),
            Err(e) => Err(Fault::io("reading", &place, &e)),
        };
        self.files(KEYS)?.into_iter().map(read).collect()
    }
}

/// As `sha256sum` writes it, so that `sha256sum -c manifest.sha256` checks it.
pub(crate) fn digest_line(manifest: &[u8]) -> String {
    format!("{}  {MANIFEST}\n", Digest::of(manifest).hex())
}

/// Files of one folder and those below, in the order of their names.
fn walk(folder: &Path, name: &str, found: &mut Vec<(String, PathBuf)>) -> Result<(), Fault> {
    let list = match fs::read_dir(folder) {
        Ok(list) => list.collect::<io::Result<Vec<_>>>(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => Err(e),
    };
    let mut list = list.map_err(|e| Fault::io("listing", folder, &e))?;
    list.sort_by_key(fs::DirEntry::file_name);
    for entry in list {
        let place = entry.path();
        let inner = format!("{name}/{}", entry.file_name().to_string_lossy());
        if place.is_dir() {
            walk(&place, &inner, found)?;
        } else if place.extension().is_none_or(|end| end != "half") {
            found.push((inner, place)); // what is being written becomes a file of another name
        }
    }
    Ok(())
}

/// Adds a file that may be replaced meanwhile: it is read from one opening of it.
fn add_file<W: Write>(packer: &mut Packer<W>, name: &str, place: &Path) -> Result<(), Broken> {
    let mut attempt = 0;
    let mut file = loop {
        match File::open(place) {
            Ok(file) => break file,
            // between its removal and its replacement
            Err(e) if e.kind() == io::ErrorKind::NotFound && attempt < ATTEMPTS => attempt += 1,
            Err(e) => return Err(Broken::Io(e)),
        }
    };
    let size = file.metadata()?.len();
    packer.add(name, size, &mut file)
}

/// The editions that the ledger adopted.
fn editions(session: &Session, upto: u64) -> Result<BTreeSet<Digest>, Fault> {
    let mut found = BTreeSet::new();
    let mut after = 0;
    loop {
        let step = ledger::stored(session, after, upto, 500)?;
        let Some(last) = step.last() else { return Ok(found) };
        after = last.seq;
        for stored in &step {
            match ledger::read(stored.seq, &stored.bytes)?.event {
                Event::EditionAdopted(adopted) => _ = found.insert(adopted.edition),
                Event::EditionAdoptedV2(adopted) => _ = found.insert(adopted.edition),
                _ => {}
            }
        }
    }
}

/// A backup that is being written: two files beside its place, gone when it is dropped.
#[derive(Debug)]
struct Part {
    place: PathBuf,
    file: File,
    database: PathBuf,
    lock: Lock,
}

impl Part {
    /// What an earlier backup to the same place left behind is written over.
    fn begin(to: &Path) -> Result<Self, Fault> {
        let Some(name) = to.file_name() else {
            return Err(Fault::Storage {
                doing: "writing a backup".to_owned(),
                place: to.display().to_string(),
                why: "it names no file".to_owned(),
            });
        };
        let beside = |end: &str| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(end);
            to.with_file_name(hidden)
        };
        let (place, database) = (beside(".part"), beside(".part.db"));
        let lock = Lock::at(&beside(".part.lock"), to)?;
        for old in [&place, &database] {
            remove(old)?;
        }
        let file = private().open(&place).map_err(|e| Fault::io("writing", &place, &e))?;
        Ok(Self { place, file, database, lock })
    }

    /// A new file of tables, which only its owner may read.
    fn database(&self) -> Result<Session, Fault> {
        private().open(&self.database).map_err(|e| Fault::io("writing", &self.database, &e))?;
        Session::file(&self.database, Use::Scratch)
    }

    fn fault(&self, broken: Broken) -> Fault {
        match broken {
            Broken::Io(e) => Fault::io("writing the backup", &self.place, &e),
            Broken::Shape(why) => Fault::Backup { place: self.place.display().to_string(), why },
        }
    }

    /// Makes it durable under its own name; gives the number of bytes.
    fn keep(self, to: &Path) -> Result<u64, Fault> {
        let trouble = |e: io::Error| Fault::io("writing the backup", to, &e);
        self.file.sync_all().map_err(trouble)?;
        let bytes = self.file.metadata().map_err(trouble)?.len();
        fs::rename(&self.place, to).map_err(trouble)?;
        flush_dir_of(to)?;
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Left behind on failure, the next backup to the same place clears them.
        let _ = remove(&self.place);
        let _ = remove(&self.database);
        self.lock.remove();
    }
}

/// How to open a new file that only its owner may read: a backup holds keys.
pub(crate) fn private() -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn remove(place: &Path) -> Result<(), Fault> {
    match fs::remove_file(place) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Fault::io("removing", place, &e)),
        _ => Ok(()),
    }
}

/// Flushes the directory in which a file lies.
pub(crate) fn flush_dir_of(place: &Path) -> Result<(), Fault> {
    let dir = match place.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    File::open(dir).and_then(|d| d.sync_all()).map_err(|e| Fault::io("flushing", dir, &e))
}
