//! The signing key: a file beside the register, never in the database and never in the ledger.
//!
//! `keys/log.key` is in force. `keys/log.next` is there only while one key takes the place of
//! another: from before its adoption is recorded until a checkpoint bears both signatures.

use super::files;
use crate::fault::Fault;
use aftercare_evidence::Signer;
use aftercare_vocab::digest::Digest;
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// 32 secret random bytes, drawn at the rim.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub [u8; 32]);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(secret)")
    }
}

/// What every log of this product is named with.
const ORIGIN: &str = "aftercare/";
/// Hex digits of the first key's hash in the name: 128 bits, so that nobody finds a second key of
/// the same name.
const ORIGIN_DIGITS: usize = 32;

/// The keys of one register.
#[derive(Debug)]
pub(crate) struct Keys {
    dir: PathBuf,
    pub current: Option<Signer>,
    pub next: Option<Signer>,
}

impl Keys {
    /// Reads the key files below `dir`.
    pub(crate) fn read(dir: PathBuf) -> Result<Self, Fault> {
        let current = key(&dir.join("log.key"))?;
        let next = key(&dir.join("log.next"))?;
        Ok(Self { dir, current, next })
    }

    /// Reads the files again: another server of the same record may have changed the key.
    pub(crate) fn refresh(&mut self) -> Result<(), Fault> {
        *self = Self::read(self.dir.clone())?;
        Ok(())
    }

    /// Makes the first key. The log's name is made from it: whoever knows the name can tell the key.
    pub(crate) fn make(&mut self, seed: Seed) -> Result<(), Fault> {
        let unnamed = signer(ORIGIN, seed)?;
        let name = Digest::of(unnamed.verifier().public_key()).hex();
        let first = signer(&format!("{ORIGIN}{}", &name[..ORIGIN_DIGITS]), seed)?;
        let drawn = files::new_secret(&self.dir, "log.key", &first.to_secret())?;
        // Another server of the same record may have been quicker: then its key is the one.
        self.current = if drawn { Some(first) } else { key(&self.dir.join("log.key"))? };
        Ok(())
    }

    /// Prepares the key that takes the place of the current one. Gives its verifier key.
    pub(crate) fn prepare(&mut self, log: &str, seed: Seed) -> Result<String, Fault> {
        let next = signer(log, seed)?;
        files::secret(&self.dir, "log.next", &next.to_secret())?;
        let key = next.verifier().to_string();
        self.next = Some(next);
        Ok(key)
    }

    /// Puts the prepared key in the place of the current one, which is forgotten.
    pub(crate) fn promote(&mut self) -> Result<(), Fault> {
        if self.next.is_none() {
            return Ok(());
        }
        let renamed = files::rename(&self.dir.join("log.next"), &self.dir.join("log.key"));
        self.refresh()?;
        // Gone means that another server finished the same rotation.
        if self.next.is_some() { renamed } else { Ok(()) }
    }

    /// Forgets a prepared key that was never put in force.
    pub(crate) fn discard(&mut self) -> Result<(), Fault> {
        self.next = None;
        let place = self.dir.join("log.next");
        match fs::remove_file(&place) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Fault::io("removing", &place, &e)),
            _ => Ok(()),
        }
    }
}

fn signer(name: &str, seed: Seed) -> Result<Signer, Fault> {
    Signer::from_seed(name, &seed.0).ok_or_else(|| Fault::shape("a key's name", name))
}

fn key(place: &Path) -> Result<Option<Signer>, Fault> {
    match fs::read_to_string(place) {
        Ok(text) => Signer::from_secret(&text).map(Some).map_err(|why| Fault::KeyUnreadable {
            place: place.display().to_string(),
            why: why.to_string(),
        }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Fault::io("reading", place, &e)),
    }
}
