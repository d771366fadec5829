//! What can go wrong at the desk, in the three kinds that every face tells apart.

use aftercare_corpus::{store::StoreError, table::Damage};
use aftercare_domain::{Conflict, Refusal};
use aftercare_register::Fault;
use aftercare_vocab::{digest::Digest, problem::Problem};

/// Why something was not done or not answered. In every case nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// What was sent is not readable.
    #[error("{}", shown(.0))]
    Problems(Vec<Problem>),
    /// It is readable, but the rules say no.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// Somebody else changed it after it was looked at.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// There is no such thing in the record.
    #[error("There is no {noun} {id} in the record. Check the identifier, or search by name.")]
    NotFound {
        /// What was looked for.
        noun: &'static str,
        /// Its identifier as given.
        id: String,
    },
    /// The record could not be read or written.
    #[error(transparent)]
    Fault(Fault),
    /// The corpus could not be read.
    #[error(transparent)]
    Corpus(#[from] StoreError),
    /// The file of an edition that the record names is gone.
    #[error(
        "The file of edition {edition} is not on this machine, and no other edition is asked in its place, so this is \
         not answered. What was found with it is kept in the record: the pages of products, versions and findings \
         still show it. To have it back, put the file `{}.edition` into the corpus folder from a backup, or import \
         the same sources again.",
        edition.hex()
    )]
    EditionMissing {
        /// Its digest.
        edition: Digest,
    },
    /// An edition is damaged.
    #[error(
        "the edition of public knowledge is damaged: {0}. Nothing was answered from it. Import the sources again."
    )]
    Edition(#[from] Damage),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::OutOfSight(refusal) => Self::Refusal(refusal),
            fault => Self::Fault(fault),
        }
    }
}

impl Trouble {
    /// Something that is not in the record.
    pub fn not_found(noun: &'static str, id: impl std::fmt::Display) -> Self {
        Self::NotFound { noun, id: id.to_string() }
    }

    /// The cursor of a list was not one of ours: the caller's mistake, not our trouble.
    pub fn is_cursor(&self) -> bool {
        matches!(self, Self::Fault(Fault::Cursor { .. }))
    }
}

fn shown(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
