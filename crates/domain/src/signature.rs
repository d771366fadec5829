//! Electronic signatures (21 CFR 11.50, 11.70, 11.200).
//!
//! A signature is part of a ledger entry: who (printed name), in which role and standing, with which
//! meaning, by which components, over the digest of the exact version that was signed. The entry's
//! instant is its time. The log's checkpoint covers the entry, so a signature cannot be cut out, put
//! under something else, or made later without breaking the log; anybody can check it offline from the
//! ledger alone (crate `verifier`).

use crate::{credential::Factor, grant::Standing, role::RoleName};
use aftercare_vocab::{
    digest::Digest,
    id::{DelegationId, PersonId, SignatureId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a signature means (21 CFR 11.50(a)(3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Wrote it and stands for it.
    Author,
    /// Looked at it and agrees within their duty.
    Reviewer,
    /// Decides it.
    Approver,
    /// Is responsible for what follows.
    Responsible,
    /// Does not agree, and says why in the entry.
    Refuser,
}

impl Meaning {
    /// The code name: `approver`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Reviewer => "reviewer",
            Self::Approver => "approver",
            Self::Responsible => "responsible",
            Self::Refuser => "refuser",
        }
    }

    /// As a word under a signature: `approval`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Author => "authorship",
            Self::Reviewer => "review",
            Self::Approver => "approval",
            Self::Responsible => "responsibility",
            Self::Refuser => "refusal",
        }
    }
}

/// By what right somebody signs in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByRight {
    /// Holds the role.
    Holder,
    /// Is deputy, and every holder is absent.
    Deputy,
    /// A holder handed it over for a time.
    Delegate(DelegationId),
}

impl From<Standing> for ByRight {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Holder => Self::Holder,
            Standing::Deputy => Self::Deputy,
        }
    }
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The signature.
    pub id: SignatureId,
    /// Who signed.
    pub person: PersonId,
    /// Their printed name on that day.
    pub name: String,
    /// In which role.
    pub role: RoleName,
    /// By what right in that role.
    pub by: ByRight,
    /// With which meaning.
    pub meaning: Meaning,
    /// By which components they showed who they are, for this very signature.
    pub factors: Vec<Factor>,
    /// SHA-256 of what was signed: the canonical body of its entry.
    pub of: Digest,
}

/// Components that every signature needs: two, each time (21 CFR 11.200(a)(1), in its stricter form).
pub const COMPONENTS: usize = 2;

/// How many components a set of proofs stands for; the same kind twice is one.
pub fn components(factors: &[Factor]) -> usize {
    let kinds: BTreeSet<Factor> = factors.iter().copied().collect();
    kinds.into_iter().map(Factor::components).sum()
}
