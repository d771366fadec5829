//! Decisions: proposed, signed by those whom the matrix names, refused or withdrawn.
//!
//! What is signed is one exact version: the canonical body of the entry that proposed or revised it. A
//! revision makes a new version without signatures; those of the old version stay where they are and
//! count for nothing new. The stage of a decision follows from its entries ([`State::enter`]), never
//! from a stored choice.

mod decide;
mod dry_run;
mod state;

pub use decide::{SignWish, propose, refuse, revise, sign, withdraw};
pub use dry_run::{Otherwise, dry_run};
pub use state::{Place, Signed, Stage, State, Version};

use crate::{
    case::Matter,
    rights::{Circumstances, DecisionKind, Matrix},
    rules::Change,
    sight::Sight,
    signature::{Meaning, Signature},
};
use aftercare_vocab::id::{DecisionId, PersonId};
use serde::{Deserialize, Serialize};

/// Longest title, in characters.
pub const TITLE_LIMIT: usize = 200;
/// Longest statement, in characters.
pub const STATEMENT_LIMIT: usize = 20_000;
/// Most revisions of one decision.
pub const VERSIONS_LIMIT: u64 = 200;

/// What is to be decided: one version of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// The kind.
    pub kind: DecisionKind,
    /// What it is about: `CVE-2021-44228`, an identifier, `rights`.
    pub about: String,
    /// In one line.
    pub title: String,
    /// What is decided, and why.
    pub statement: String,
    /// What matters for who must sign.
    pub circumstances: Circumstances,
    /// The product families it touches.
    pub families: Sight,
    /// The matrix that is proposed, if that is what it is about.
    pub matrix: Option<Matrix>,
    /// The rules of the programme that are proposed, if that is what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Change>,
    /// What of a case, or of findings, it settles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<Matter>,
}

/// A decision was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionProposed {
    /// The decision.
    pub decision: DecisionId,
    /// The version of the matrix in force, which says who must sign.
    pub rights: u64,
    /// Who proposed it.
    pub by: PersonId,
    /// What is to be decided.
    pub wish: Wish,
}

/// A decision got a new version, which nobody has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRevised {
    /// The decision.
    pub decision: DecisionId,
    /// Its new version, from 2.
    pub version: u64,
    /// The version of the matrix in force.
    pub rights: u64,
    /// Who revised it.
    pub by: PersonId,
    /// What is to be decided now.
    pub wish: Wish,
}

/// The part that a signer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Decides.
    Decide,
    /// Signs beside.
    Cosign,
}

impl Part {
    /// The code name: `cosign`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Cosign => "cosign",
        }
    }

    /// What the signature of whoever takes it means.
    pub const fn meaning(self) -> Meaning {
        match self {
            Self::Decide => Meaning::Approver,
            Self::Cosign => Meaning::Reviewer,
        }
    }
}

/// A version was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionSigned {
    /// The decision.
    pub decision: DecisionId,
    /// Which version.
    pub version: u64,
    /// The part that the signer takes.
    pub part: Part,
    /// The signature.
    pub signature: Signature,
}

/// A version was refused by somebody who could have signed it. The reason stands in the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRefused {
    /// The decision.
    pub decision: DecisionId,
    /// Which version.
    pub version: u64,
    /// The part that the signer could have taken.
    pub part: Part,
    /// The signature under the refusal.
    pub signature: Signature,
}

/// Everybody who must sign has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionTaken {
    /// The decision.
    pub decision: DecisionId,
    /// Which version.
    pub version: u64,
}

/// Whoever proposed it took it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionWithdrawn {
    /// The decision.
    pub decision: DecisionId,
}

/// A matrix was put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightsAdopted {
    /// Its version; the proposed one that every record begins with is 1.
    pub version: u64,
    /// The decision it rests on.
    pub decision: DecisionId,
    /// The matrix.
    pub matrix: Matrix,
}
