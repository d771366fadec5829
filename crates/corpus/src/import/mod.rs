//! Importing: local files and folders into a new edition.
//!
//! What a file is follows from its content, never from its name. Everything read is accounted for in
//! the manifest: used, or not used with a reason. Damage to a container (an archive cut short, a
//! compression bomb) refuses the whole import, since an edition that silently lacks a source would
//! make devices look safer than they are.

pub mod container;
pub mod intake;
mod recognise;

use crate::{build::Builder, edition::Edition, manifest::Manifest, table::Damage};
use aftercare_vocab::digest::Digest;
use container::Walk;
use intake::Intake;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Bounds on what is read. Each can be changed in the configuration; these are the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one unpacked document (default 1 GiB).
    pub document_bytes: u64,
    /// Entries of one archive (default 5,000,000).
    pub entries: u64,
    /// Archives inside archives (default 4).
    pub nesting: u8,
    /// How many times larger a file may become by unpacking (default 400; real feeds stay under 60).
    pub ratio: u64,
    /// Unpacked bytes that are always allowed, whatever the ratio (default 256 MiB).
    pub ratio_free_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 1 << 30,
            entries: 5_000_000,
            nesting: 4,
            ratio: 400,
            ratio_free_bytes: 256 << 20,
        }
    }
}

/// Why nothing was imported. In every case the corpus is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read, or the edition cannot be written.
    #[error("{place}: {error}. Nothing was imported.")]
    Io {
        /// The file (and the entry in it).
        place: String,
        /// What the system says.
        error: io::Error,
    },
    /// A container is damaged or larger than allowed.
    #[error("{place}: {what} Nothing was imported. {next}")]
    Refused {
        /// The file (and the entry in it).
        place: String,
        /// What is wrong.
        what: String,
        /// What to do.
        next: String,
    },
    /// Nothing in the files is a record or a catalogue.
    #[error(
        "none of these files holds vulnerability knowledge: {found}. Nothing was imported. Known sources: OSV records or all.zip, CVE list 5.x, NVD 2.0, KEV, EPSS, CSAF 2, OpenVEX, CycloneDX VEX.{hint}"
    )]
    NothingFound {
        /// What was found instead.
        found: String,
        /// What to do with it.
        hint: String,
    },
    /// The edition to build upon is damaged.
    #[error("the edition to build upon cannot be read: {0}. Nothing was imported.")]
    Base(#[from] Damage),
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the given files read so far.
    pub read_bytes: u64,
    /// Bytes of all given files.
    pub total_bytes: u64,
    /// Records used so far.
    pub records: u64,
}

/// A finished import.
#[derive(Debug)]
pub struct Imported {
    /// The new edition.
    pub id: Digest,
    /// Its file.
    pub path: PathBuf,
    /// Its account of what was read.
    pub manifest: Manifest,
    /// The same content was there already.
    pub known_before: bool,
}

/// Imports `paths` into a new edition in `folder`; with `base`, onto that edition's records.
pub fn import(
    folder: &Path,
    paths: &[PathBuf],
    base: Option<&Edition>,
    label: Option<String>,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress),
) -> Result<Imported, ImportError> {
    let failed =
        |place: &Path, error| ImportError::Io { place: place.display().to_string(), error };
    let builder = Builder::new(folder).map_err(|error| failed(folder, error))?;
    let mut intake = Intake::new(builder, label);
    if let Some(base) = base {
        intake.base(base)?;
    }
    let mut files = Vec::new();
    for path in paths {
        list(path, &mut files).map_err(|error| failed(path, error))?;
    }
    // The order in which the paths are given does not matter: the same files give the same edition.
    files.sort_by_cached_key(|(path, _)| (intake::short(path), path.clone()));
    let mut state =
        Progress { total_bytes: files.iter().map(|(_, size)| size).sum(), ..Progress::default() };
    for (path, size) in &files {
        intake.begin(path, *size);
        Walk::new(limits, &mut intake, *size).file(path)?;
        intake.end(path)?;
        state.read_bytes += size;
        state.records = intake.records();
        progress(state);
    }
    let (builder, manifest) = intake.finish()?;
    let before: Vec<PathBuf> = crate::store::editions(folder).unwrap_or_default();
    let id = builder.finish(folder, manifest).map_err(|error| failed(folder, error))?;
    let path = folder.join(format!("{}.edition", id.hex()));
    let edition = Edition::open(&path).map_err(|error| ImportError::Io {
        place: path.display().to_string(),
        error: io::Error::other(error),
    })?;
    Ok(Imported {
        id,
        known_before: before.contains(&path),
        manifest: edition.manifest().clone(),
        path,
    })
}

/// All files under `path`, in the order of their names, with their sizes.
fn list(path: &Path, into: &mut Vec<(PathBuf, u64)>) -> io::Result<()> {
    let kind = std::fs::metadata(path)?;
    if !kind.is_dir() {
        into.push((path.to_owned(), kind.len()));
        return Ok(());
    }
    let mut inside: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    inside.sort();
    for path in inside {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && (path.is_dir() || path.is_file()) {
            list(&path, into)?;
        }
    }
    Ok(())
}
