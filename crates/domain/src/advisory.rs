//! Advisories: what the maker tells the world, or its customers, about a case.
//!
//! An advisory is drafted from its case: texts that people write, and where each product version stands, which
//! nobody writes ([`standings`]). Each draft is rendered at once into everything that will be served; all of it
//! lies in one [`Bundle`], a blob. A decision about the case approves the digest of the bundle, so that the very
//! bytes are signed that go out. Whatever is changed makes a new version with a new digest, which nobody has
//! approved yet.
//!
//! How far an advisory is follows from its entries and from the decisions of its case ([`State::stage`]).

mod bundle;
mod decide;
mod standing;
mod state;

pub use bundle::{Bundle, Stated, Texts, Written};
pub use decide::{Drafting, approval, draft, number, publish, withdraw};
pub use standing::{Offer, Standing, Status, standings};
pub use state::{Advisories, Published, Stage, State, Version};

use crate::{rights::DecisionKind, signal::coded};
use aftercare_vocab::{
    digest::Digest,
    id::{AdvisoryId, CaseId, DecisionId, PersonId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

/// Most versions of one advisory.
pub const VERSIONS_LIMIT: u64 = 500;
/// Most advisories of one record.
pub const ADVISORIES_LIMIT: usize = 100_000;
/// Longest title, in characters.
pub const TITLE_LIMIT: usize = 200;

/// The events that advisories are folded from.
pub const KINDS: &[&str] = &["advisory_drafted", "advisory_published", "advisory_withdrawn"];

coded! {
    /// Who is told.
    Audience {
        /// Everybody.
        Public = "public", "The public";
        /// Customers with devices concerned.
        Customers = "customers", "Customers concerned";
    }
}

impl Audience {
    /// The kind of decision that approves what is told to them.
    pub const fn decided_by(self) -> DecisionKind {
        match self {
            Self::Public => DecisionKind::Disclosure,
            Self::Customers => DecisionKind::Notification,
        }
    }
}

/// A version of an advisory was drafted, and rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryDrafted {
    /// The advisory.
    pub advisory: AdvisoryId,
    /// The case that it is about.
    pub case: CaseId,
    /// The number that people say: `PSA-2026-0007`.
    pub number: String,
    /// The version of the draft, from 1.
    pub version: u64,
    /// The number that the published documents bear, from 1: only what was published counts.
    pub revision: u64,
    /// Who is told.
    pub audience: Audience,
    /// In one line.
    pub title: String,
    /// What changed since the revision before.
    pub change: String,
    /// The instant that the documents bear.
    pub dated: Instant,
    /// The [`Bundle`]: texts, standings and every document, byte for byte.
    pub bundle: Digest,
    /// Who drafted it.
    pub by: PersonId,
}

/// A version of an advisory went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryPublished {
    /// The advisory.
    pub advisory: AdvisoryId,
    /// Which version of the draft.
    pub version: u64,
    /// The decision that approved it.
    pub decision: DecisionId,
    /// Who let it out.
    pub by: PersonId,
}

/// An advisory is not served any more. The reason stands in the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryWithdrawn {
    /// The advisory.
    pub advisory: AdvisoryId,
    /// Who took it back.
    pub by: PersonId,
}
