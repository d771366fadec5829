//! The security record: who signed in and out, what failed, what was read or taken away.
//!
//! Failed attempts are recorded in sums, at most one entry a minute for each account, so that nobody
//! can fill the ledger by guessing. What was typed is never recorded: people type passwords into the
//! wrong field.

use crate::credential::Factor;
use aftercare_vocab::{
    id::{PersonId, SessionId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

/// The kinds of entries that make up the security record, but for those about roles and rights
/// themselves, which are in the list of people too.
pub const KINDS: &[&str] = &[
    "signed_in",
    "session_ended",
    "attempts_failed",
    "record_taken",
    "credential_set",
    "credential_ended",
    "token_issued",
    "token_revoked",
    "person_added",
    "person_suspended",
    "person_reinstated",
    "person_invited",
    "identity_verified",
    "role_given",
    "role_taken",
    "access_reviewed",
    "delegation_given",
    "delegation_ended",
    "competence_overridden",
    "rights_adopted",
    "rules_adopted",
    "subject_erased",
    "log_key_adopted",
    "twin_made",
    "twin_discarded",
];

/// Somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// Who.
    pub person: PersonId,
    /// By what.
    pub factors: Vec<Factor>,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// The person signed out.
    SignedOut,
    /// The person ended it from another session.
    Revoked,
    /// An administrator ended it, or suspended the account.
    ByAdministrator,
    /// Password or second factor were changed.
    CredentialChanged,
}

/// A session ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionEnded {
    /// The session.
    pub session: SessionId,
    /// Whose.
    pub person: PersonId,
    /// Why.
    pub why: SessionEnd,
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    /// To sign in.
    SignIn,
    /// To sign something (21 CFR 11.300(d)).
    Signature,
}

/// Attempts failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptsFailed {
    /// Whose account; `None` = of no known login.
    pub person: Option<PersonId>,
    /// What was tried.
    pub attempt: Attempt,
    /// How often.
    pub count: u64,
    /// The first time.
    pub first: Instant,
    /// The last time.
    pub last: Instant,
}

/// Something was taken out of the record, or something sensitive was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordTaken {
    /// Who.
    pub person: PersonId,
    /// Whether it left as a file, or was read.
    pub way: Taking,
    /// What: the address, without its question.
    pub what: String,
}

/// In which way something was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taking {
    /// Exported.
    Exported,
    /// Read, although it is under embargo or personal.
    ReadSensitive,
}

impl Attempt {
    /// As words: `to sign in`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "to sign in",
            Self::Signature => "to sign",
        }
    }
}
