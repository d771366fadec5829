//! The folder that holds editions, and which of them is in use.

use crate::edition::{Edition, OpenError};
use aftercare_vocab::digest::Digest;
use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The file that names the edition in use.
const CURRENT: &str = "current";

/// A folder of editions.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// Why an edition was not found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none at all.
    #[error(
        "there is no corpus edition in `{0}`, so nothing can be compared. Make one with `aftercare corpus import FILE...`."
    )]
    NoEdition(PathBuf),
    /// The wanted one is not there.
    #[error(
        "there is no edition `{wanted}` in `{folder}`. `aftercare corpus status` lists those that are there."
    )]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// The folder.
        folder: PathBuf,
    },
    /// More than one begins like that.
    #[error("`{0}` is the beginning of more than one edition's digest: give more digits.")]
    Ambiguous(String),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The folder cannot be read or written.
    #[error("the corpus folder `{folder}`: {error}")]
    Io {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl Store {
    /// The store in `folder`, which need not exist yet.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn failed(&self) -> impl Fn(io::Error) -> StoreError + '_ {
        |error| StoreError::Io { folder: self.folder.clone(), error }
    }

    /// The digests of all editions, sorted.
    pub fn list(&self) -> Result<Vec<Digest>, StoreError> {
        let paths = editions(&self.folder).map_err(self.failed())?;
        Ok(paths.iter().filter_map(|path| path.file_stem()?.to_str()?.parse().ok()).collect())
    }

    /// The digest of the edition in use.
    pub fn current(&self) -> Result<Digest, StoreError> {
        match std::fs::read_to_string(self.folder.join(CURRENT)) {
            Ok(text) => text.trim().parse().map_err(|_| StoreError::Unknown {
                wanted: format!("named in `{CURRENT}`"),
                folder: self.folder.clone(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StoreError::NoEdition(self.folder.clone()))
            }
            Err(error) => Err(self.failed()(error)),
        }
    }

    /// Opens the edition in use.
    pub fn open_current(&self) -> Result<Edition, StoreError> {
        let id = self.current()?;
        self.open(&id)
    }

    /// Opens the edition with this digest.
    pub fn open(&self, id: &Digest) -> Result<Edition, StoreError> {
        let path = self.folder.join(format!("{}.edition", id.hex()));
        if !path.exists() {
            return Err(StoreError::Unknown {
                wanted: id.to_string(),
                folder: self.folder.clone(),
            });
        }
        Ok(Edition::open(&path)?)
    }

    /// The edition whose digest begins with `wanted` (with or without `sha256:`).
    pub fn resolve(&self, wanted: &str) -> Result<Digest, StoreError> {
        let prefix = wanted.strip_prefix("sha256:").unwrap_or(wanted).to_lowercase();
        let mut matching = self
            .list()?
            .into_iter()
            .filter(|id| !prefix.is_empty() && id.hex().starts_with(&prefix));
        match (matching.next(), matching.next()) {
            (Some(id), None) => Ok(id),
            (Some(_), Some(_)) => Err(StoreError::Ambiguous(wanted.to_owned())),
            (None, _) => {
                Err(StoreError::Unknown { wanted: wanted.to_owned(), folder: self.folder.clone() })
            }
        }
    }

    /// Makes an edition the one in use, atomically.
    pub fn use_edition(&self, id: &Digest) -> Result<(), StoreError> {
        let write = || {
            let temporary = self.folder.join(".current.new");
            let mut file = File::create(&temporary)?;
            writeln!(file, "{id}")?;
            file.sync_all()?;
            std::fs::rename(&temporary, self.folder.join(CURRENT))?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(self.failed())
    }
}

/// The edition files in a folder, sorted; none if the folder does not exist.
pub(crate) fn editions(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let path = entry?.path();
                if path.extension().is_some_and(|extension| extension == "edition") {
                    paths.push(path);
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    paths.sort();
    Ok(paths)
}
