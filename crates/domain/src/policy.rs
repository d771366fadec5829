//! Governing documents: policies, procedures, and the letter that certifies electronic signatures.
//!
//! 21 CFR 11.10(j) asks for written policies that hold people accountable for what they do under their
//! signatures: whoever must acknowledge one signs it, over one exact version. 11.10(k) asks for control of
//! documents with a time-sequenced history: a version is never changed, a new one is another entry and
//! needs acknowledging again. 11.100(c): the letter to the authority is kept with its day.
//!
//! How a document stands follows from its entries ([`State::enter`]), never from a stored choice.

mod decide;
mod state;

pub use decide::{AcknowledgeWish, Draft, acknowledge, acting, issue, must_acknowledge, withdraw};
pub use state::{Acknowledged, Policies, State, Version, Withdrawn};

use crate::{Date, role::RoleName, signature::Signature};
use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, PolicyId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest title, in characters.
pub const TITLE_LIMIT: usize = 200;
/// Largest document, in bytes: 10 MiB.
pub const DOCUMENT_BYTES: usize = 10 << 20;
/// Most governing documents of one record, withdrawn ones too.
pub const POLICIES_LIMIT: usize = 500;
/// Most versions of one of them.
pub const VERSIONS_LIMIT: u64 = 200;

/// The events that governing documents are folded from.
pub const KINDS: &[&str] = &["policy_issued", "policy_acknowledged", "policy_withdrawn"];

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// Says what people answer for.
    Policy,
    /// Says how something is done.
    Procedure,
    /// Tells the authority that electronic signatures are meant to bind (21 CFR 11.100(c)).
    Certification,
}

impl PolicyKind {
    /// Every kind, in the order of lists.
    pub const ALL: &'static [Self] = &[Self::Policy, Self::Procedure, Self::Certification];

    /// The code name: `certification`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Procedure => "procedure",
            Self::Certification => "certification",
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Policy => "Policy",
            Self::Procedure => "Procedure",
            Self::Certification => "Certification letter",
        }
    }

    /// The kind of this code name.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// Who must acknowledge a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody who works with the record; people outside never do.
    Everybody,
    /// Whoever has one of these roles.
    Roles(BTreeSet<RoleName>),
    /// Nobody: a letter.
    Nobody,
}

/// A version of a governing document was issued. What an acknowledgement binds to is the canonical body of
/// this very event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyIssued {
    /// The document.
    pub policy: PolicyId,
    /// Its version, from 1.
    pub version: u64,
    /// What it is.
    pub kind: PolicyKind,
    /// Its title.
    pub title: String,
    /// The day that stands on it.
    pub dated: Date,
    /// The document's bytes.
    pub document: Digest,
    /// How many they are.
    pub size: u64,
    /// The name of the file, as it came.
    pub file_name: String,
    /// Who must acknowledge this version.
    pub audience: Audience,
    /// Who issued it.
    pub by: PersonId,
}

/// Somebody acknowledged a version: they are responsible for what they do under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyAcknowledged {
    /// The document.
    pub policy: PolicyId,
    /// Which version.
    pub version: u64,
    /// The signature.
    pub signature: Signature,
}

/// A governing document is not in force any more. The reason stands in the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyWithdrawn {
    /// The document.
    pub policy: PolicyId,
}
