//! What a store of buckets can say or do wrong, told apart by what is to be done about it.

use super::bucket::BucketWaits;
use object_store::client::{HttpError, HttpErrorKind};
use std::{error::Error, fmt};

/// Why a bucket could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BucketTrouble {
    /// Nobody can be spoken to at its address.
    Unreachable {
        /// What the system says.
        why: String,
    },
    /// It accepted a request and did not answer it in time.
    Silent {
        /// How long was waited, and how often.
        waits: BucketWaits,
    },
    /// It does not let this account do that.
    Denied {
        /// Its own word for it.
        code: String,
    },
    /// There is no bucket of this name.
    NoBucket,
    /// The bucket is elsewhere.
    Elsewhere,
    /// The store itself fails, or is overloaded.
    Failing {
        /// Its status and its own word for it.
        code: String,
    },
    /// Anything else.
    Other {
        /// What it said.
        why: String,
    },
}

/// What the client says before the status and the answer of a store. It tells them apart in no other
/// way; the tests against a server see that it still says so.
const STATUS: &str = "Server returned non-2xx status code: ";
/// The same before a failure that came as a success.
const FAILURE: &str = "Server returned error response: ";
/// The same about a redirection that does not say whereto.
const REDIRECTION: &str = "Received redirect without LOCATION";
/// Most bytes shown of what a store says that is not understood.
const SHOWN: usize = 200;

impl BucketTrouble {
    /// What it is, from an error of the client.
    pub(super) fn of(error: &object_store::Error, waits: BucketWaits) -> Self {
        let mut at: &(dyn Error + 'static) = error;
        loop {
            if let Some(broken) = at.downcast_ref::<HttpError>() {
                return Self::of_line(broken, waits);
            }
            let Some(deeper) = at.source() else { return Self::of_answer(&at.to_string()) };
            at = deeper;
        }
    }

    fn of_answer(text: &str) -> Self {
        let word = word(text);
        if text.starts_with(REDIRECTION) {
            return Self::Elsewhere;
        }
        if text.starts_with(FAILURE) {
            return Self::Failing { code: word.unwrap_or("no reason given").to_owned() };
        }
        let status = text.strip_prefix(STATUS).and_then(|rest| rest.get(..3)?.parse::<u16>().ok());
        let Some(status) = status else {
            return Self::Other { why: text.chars().take(SHOWN).collect() };
        };
        let code = word.map_or(status.to_string(), |word| format!("{status} {word}"));
        match (status, word) {
            (_, Some("NoSuchBucket")) => Self::NoBucket,
            (_, Some("AuthorizationHeaderMalformed" | "PermanentRedirect")) | (300..=399, _) => {
                Self::Elsewhere
            }
            (401 | 403, _) => Self::Denied { code },
            (429 | 500..=599, _) => Self::Failing { code },
            _ => Self::Other { why: format!("the store answers {code}") },
        }
    }

    fn of_line(broken: &HttpError, waits: BucketWaits) -> Self {
        match broken.kind() {
            HttpErrorKind::Timeout => Self::Silent { waits },
            _ => Self::Unreachable { why: root(broken) },
        }
    }

    /// Whether asking the store for anything else now makes sense.
    pub(super) const fn still_answers(&self) -> bool {
        !matches!(self, Self::Unreachable { .. } | Self::Silent { .. })
    }

    /// What is to be done.
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "See that the store runs, that its address is right and that its certificate is \
                 one this system trusts; then try again."
            }
            Self::Silent { .. } => {
                "Try again; if it stays so, look at the store and at the network between."
            }
            Self::Denied { .. } => {
                "See that access key, secret key, region and the clock of this machine are right, \
                 and that the account may list the bucket and read, write and delete in it."
            }
            Self::NoBucket => "Make the bucket, or correct its name.",
            Self::Elsewhere => "Correct the region or the address of the store.",
            Self::Failing { .. } => "Try again; if it stays so, ask those who run the store.",
            Self::Other { .. } => {
                "See that the address is one of an S3-compatible store; then ask those who run it."
            }
        }
    }
}

impl fmt::Display for BucketTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { why } => write!(f, "the store cannot be reached ({why})"),
            Self::Silent { waits } => {
                let (answer, tries) = (waits.answer, waits.retries + 1);
                write!(f, "the store did not answer ({tries} tries of up to {answer:?} each)")
            }
            Self::Denied { code } => write!(f, "the store does not allow it ({code})"),
            Self::NoBucket => f.write_str("there is no such bucket"),
            Self::Elsewhere => f.write_str("the bucket is in another region or place"),
            Self::Failing { code } => write!(f, "the store itself fails ({code})"),
            Self::Other { why } => f.write_str(why),
        }
    }
}

/// The store's own word for what is wrong, from its answer in XML.
fn word(answer: &str) -> Option<&str> {
    let (_, rest) = answer.split_once("<Code>")?;
    let (word, _) = rest.split_once("</Code>")?;
    // shown in messages: nothing but what such a word consists of
    word.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(word)
}

/// The innermost cause, which names what the system said.
fn root(error: &dyn Error) -> String {
    let mut at = error;
    while let Some(deeper) = at.source() {
        at = deeper;
    }
    at.to_string()
}
