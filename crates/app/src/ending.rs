//! How a command ends: the exit codes, and the failures behind two of them.

use aftercare_corpus::{ImportError, OpenError, store::StoreError, table::Damage};
use aftercare_desk::Trouble;
use aftercare_domain::Refusal;
use aftercare_register::Fault;
use std::{fmt, io, path::Path, process::ExitCode};

/// Told at the foot of each `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done; with --fail-on: nothing at or above the threshold
  1  something was found (at or above --fail-on, or by a verify command)
  2  wrong use, or a file that cannot be read; wins over 1
  3  our own trouble: a damaged edition or record, a full disk";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Done.
    Done,
    /// Something was found that the caller asked to be told of.
    Found,
    /// Wrong use, or something that cannot be read.
    Wrong,
    /// Our own trouble.
    Trouble,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Done => 0,
            Ending::Found => 1,
            Ending::Wrong => 2,
            Ending::Trouble => 3,
        })
    }
}

/// Why a command was not carried out.
#[derive(Debug)]
pub enum Failure {
    /// What was asked cannot be done as asked; the caller can change that.
    Wrong(String),
    /// We could not do it.
    Trouble(String),
}

impl Failure {
    /// The ending it leads to.
    pub const fn ending(&self) -> Ending {
        match self {
            Self::Wrong(_) => Ending::Wrong,
            Self::Trouble(_) => Ending::Trouble,
        }
    }

    /// A file the caller named cannot be read or written.
    pub fn at(doing: &str, path: &Path, error: &io::Error) -> Self {
        let message = format!("{doing} `{}`: {error}", path.display());
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Trouble(message),
            _ => Self::Wrong(message),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(message) | Self::Trouble(message) => f.write_str(message),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Damaged { .. } => Self::Trouble(error.to_string()),
            _ => Self::Wrong(error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Open(error) => error.into(),
            StoreError::Io { .. } => Self::Trouble(error.to_string()),
            _ => Self::Wrong(error.to_string()),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let missing =
            |kind| matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied);
        match &error {
            ImportError::Io { error: cause, .. } if !missing(cause.kind()) => {
                Self::Trouble(error.to_string())
            }
            ImportError::Base(_) => Self::Trouble(error.to_string()),
            _ => Self::Wrong(error.to_string()),
        }
    }
}

impl From<Damage> for Failure {
    fn from(damage: Damage) -> Self {
        Trouble::Edition(damage).into()
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Wrong(refusal.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::InUse { .. }
            | Fault::TooLarge { .. }
            | Fault::Cursor { .. }
            | Fault::BucketAddress { .. }
            | Fault::Address { .. }
            | Fault::Taken { .. }
            | Fault::NotEmpty { .. }
            | Fault::Backup { .. }
            | Fault::NewerBackup { .. }
            | Fault::ExportPlace { .. }
            | Fault::NotACopy { .. }
            | Fault::TimeStamp { .. }
            | Fault::NotAllSigned { .. }
            | Fault::NotSigned { .. } => Self::Wrong(fault.to_string()),
            _ => Self::Trouble(fault.to_string()),
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Fault(fault) => fault.into(),
            Trouble::Corpus(error) => error.into(),
            Trouble::Edition(_) => Self::Trouble(trouble.to_string()),
            _ => Self::Wrong(trouble.to_string()),
        }
    }
}
