//! The desk: everything a person or a follower can do, one function for each use.
//!
//! A [`Desk`] joins the register (what we decided and learned), the corpus (what the world published)
//! and the rules between them. Pages, API and command line call these functions and nothing below
//! them, so whatever one face can do the others can too. Answers are plain values ([`answers`]).
//!
//! All calls block; the asynchronous rim runs them on a blocking thread. Nothing here asks for the
//! time: a change arrives with its [`Operation`](aftercare_domain::Operation), a question that
//! depends on the day with that day.
//!
//! To add a use: one noun, one file here, its answer in `answers/`, its command or question in
//! `domain` and `register`.

pub mod answers;
mod ask;
mod blast_radius;
mod change;
pub mod check;
mod component;
mod contact;
pub mod document;
mod edition;
mod finding;
mod fleet;
pub mod inventory;
mod ledger;
mod log;
mod matcher;
mod product;
mod sbom;
mod standing;
mod trouble;
mod version;

pub use blast_radius::BlastWish;
pub use change::Seen;
pub use component::ComponentWish;
pub use finding::FindingWish;
pub use ledger::LedgerHead;
pub use log::{CHECKPOINT_EVERY_MICROS, LedgerCheckpoint, LedgerKeys, LedgerProof};
pub use matcher::Step;
pub use product::ProductsOnly;
pub use sbom::READER;
pub use trouble::Trouble;

use aftercare_corpus::Edition;
use aftercare_formats::sbom::Limits;
use aftercare_register::{Options, Register, Store};
use aftercare_vocab::digest::Digest;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// Rows on a page when nothing else is asked for.
pub const PAGE_ROWS: u32 = 50;

/// Most rows on a page.
pub const PAGE_ROWS_LIMIT: u32 = 500;

/// Where the desk finds its things.
#[derive(Debug, Clone)]
pub struct Places {
    /// The register's directory.
    pub register: PathBuf,
    /// The corpus's directory.
    pub corpus: PathBuf,
    /// Where the register's tables are.
    pub store: Store,
}

/// Everything a person or a follower can do.
#[derive(Debug)]
pub struct Desk {
    pub(crate) register: Register,
    pub(crate) corpus: aftercare_corpus::Store,
    pub(crate) limits: Limits,
    manufacturer: String,
    open: Mutex<Option<Arc<Edition>>>,
}

impl Desk {
    /// Opens register and corpus, for reading or writing ([`Access`](aftercare_register::Access)) or with
    /// more to say ([`Options`]). With `Access::Read` nothing can be changed, and another process
    /// may be writing.
    pub fn open(
        places: &Places,
        options: impl Into<Options>,
        manufacturer: String,
        limits: Limits,
    ) -> Result<Self, Trouble> {
        let options = Options { store: places.store.clone(), ..options.into() };
        let register = Register::open(&places.register, options)?;
        let corpus = aftercare_corpus::Store::at(&places.corpus);
        Ok(Self { register, corpus, limits, manufacturer, open: Mutex::default() })
    }

    /// The register, for proofs and statistics.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The bounds on received SBOMs.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The manufacturer whose record this is.
    pub fn manufacturer(&self) -> &str {
        &self.manufacturer
    }

    /// An edition by its digest; the last one opened is kept open.
    pub(crate) fn edition(&self, id: &Digest) -> Result<Arc<Edition>, Trouble> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(edition) = open.as_ref().filter(|edition| edition.id() == *id) {
            return Ok(Arc::clone(edition));
        }
        let edition = Arc::new(self.corpus.open(id)?);
        *open = Some(Arc::clone(&edition));
        Ok(edition)
    }

    /// The edition in force, if one was adopted.
    pub(crate) fn edition_in_force(&self) -> Result<Option<Arc<Edition>>, Trouble> {
        match self.register.reader()?.newest_edition()? {
            None => Ok(None),
            Some(row) => self.edition(&row.digest).map(Some),
        }
    }
}
