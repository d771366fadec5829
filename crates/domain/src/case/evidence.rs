//! What a closed case must hold: the seven pieces of evidence that a repeatable programme leaves.

use super::{Case, Surroundings, assess::Disposition};
use crate::rights::DecisionKind;

/// A piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// The code name: `intake`.
    pub code: &'static str,
    /// The name on screen.
    pub title: &'static str,
    /// Whether it is there.
    pub there: bool,
}

/// The pieces, each with whether it is there. A case without a fix needs no results of tests and no release
/// notes; one that affects nobody needs no remedy.
pub fn evidence(case: &Case, around: &Surroundings) -> Vec<Piece> {
    let taken =
        |kind| case.decisions.values().any(|one| one.kind == kind && one.taken_at.is_some());
    let affected = !case.affected(around).is_empty();
    let fix = !case.changed.is_empty();
    let piece = |code, title, there| Piece { code, title, there };
    vec![
        piece("intake", "intake records", case.received_at.is_some() && case.aware_at.is_some()),
        piece(
            "triage",
            "triage decisions",
            case.in_question(around).into_iter().all(|one| case.applies(one, around).is_some()),
        ),
        piece(
            "rationale",
            "risk rationale",
            !affected || (taken(DecisionKind::Controlled) && case.exploited.is_some()),
        ),
        piece(
            "mitigation",
            "mitigation actions",
            !affected || !case.mitigations.is_empty() || taken(DecisionKind::RiskAcceptance),
        ),
        piece("verification", "results of verification", !fix || !case.tests.is_empty()),
        piece("release", "release notes", !fix || case.attested.contains_key("notes_approved")),
        piece("communication", "customer communications", !affected || told(case)),
    ]
}

/// Customers were told, or it is decided that they need not be.
fn told(case: &Case) -> bool {
    let decided =
        |one: &super::Settled| one.kind == DecisionKind::Notification && one.taken_at.is_some();
    !case.customers_told.is_empty() || case.decisions.values().any(decided)
}

impl Disposition {
    /// Whether nothing is left to be done about the version.
    pub const fn is_settled(&self) -> bool {
        matches!(
            self,
            Self::NotAffected(_) | Self::Mitigated | Self::Patched(_) | Self::Accepted(_)
        )
    }
}
