//! Where each product version stands, in the four words of VEX: from what the case decided, never from what
//! somebody writes into an advisory.

use crate::{
    Date,
    case::{Applies, Case, Disposition, Justification, Surroundings},
};
use aftercare_vocab::{id::VersionId, instant::Instant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The four words of VEX. A risk that is accepted, controlled, or mitigated outside of the device stays
/// affected; what nobody decided stays under investigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is affected.
    Affected,
    /// It was mended in this version; its SBOM and the test of it show that.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
    /// It is decided that it is not affected, and why.
    NotAffected(Justification),
}

impl Status {
    /// Whether whoever has such devices is to be told: it is affected, or nobody knows.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Affected | Self::UnderInvestigation)
    }

    /// The code name: `under_investigation`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
            Self::NotAffected(_) => "not_affected",
        }
    }
}

/// What is offered for a version that is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// Nothing is needed, or nothing is known to be.
    None,
    /// An update to this version.
    Update(VersionId),
    /// An update by that day.
    Planned(Date),
    /// No fix will come: the risk is accepted.
    NoFix,
    /// No fix is planned yet.
    Nothing,
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// In one of four words.
    pub status: Status,
    /// What is offered.
    pub offer: Offer,
    /// Since when that is said of it.
    pub since: Instant,
}

impl Standing {
    /// Whether both say the same, whenever it was said.
    pub fn agrees(&self, other: &Self) -> bool {
        self.status == other.status && self.offer == other.offer
    }
}

/// Where each version around a case stands at an instant.
pub fn standings(case: &Case, around: &Surroundings, at: Instant) -> BTreeMap<VersionId, Standing> {
    let each = around.versions.keys().map(|version| (*version, of(case, *version, around, at)));
    each.collect()
}

fn of(case: &Case, version: VersionId, around: &Surroundings, at: Instant) -> Standing {
    let said = case.assessed(version, around).and_then(|one| one.applicability.as_ref());
    let since = said.map_or(case.opened_at, |one| one.at);
    let affected = case.applies(version, around) == Some(Applies::Affected);
    let (status, offer) = match case.disposition(version, around, at) {
        Disposition::NotAffected(why) => (Status::NotAffected(why), Offer::None),
        Disposition::Patched(by) if by == version && mends(case, version, around) => {
            (Status::Fixed, Offer::None)
        }
        // Whatever else is decided, nobody said that it is affected: it is not known.
        _ if !affected => (Status::UnderInvestigation, Offer::None),
        Disposition::Patched(by) if by != version && mends(case, by, around) => {
            (Status::Affected, Offer::Update(by))
        }
        Disposition::PatchPlanned(day) => (Status::Affected, Offer::Planned(day)),
        Disposition::Accepted(_) => (Status::Affected, Offer::NoFix),
        Disposition::Mitigated
        | Disposition::Affected
        | Disposition::Patched(_)
        | Disposition::UnderInvestigation => (Status::Affected, Offer::Nothing),
    };
    Standing { status, offer, since }
}

/// Whether a version that holds the change counts as mended: not where somebody says that it is affected, or
/// that it is not known, and only with a security test that passed on it.
fn mends(case: &Case, version: VersionId, around: &Surroundings) -> bool {
    matches!(case.applies(version, around), None | Some(Applies::NotAffected(_)))
        && case.changed.iter().any(|one| one.value.version == version)
        && case.shows_fix(version, around)
        && case.passed_security(version)
}
