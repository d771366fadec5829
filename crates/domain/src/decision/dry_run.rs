//! What another matrix would have meant for decisions that were taken.

use super::{Part, Stage, State};
use crate::{rights::Matrix, role::RoleName};
use aftercare_vocab::id::DecisionId;
use std::collections::BTreeSet;

/// How a decision that was taken would fare under another matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// The decision.
    pub decision: DecisionId,
    /// Roles that would have to sign and did not.
    pub missing: Vec<RoleName>,
    /// Roles that signed and would not have to.
    pub spared: Vec<RoleName>,
}

/// Which decisions that were taken would have been decided otherwise under `other`.
pub fn dry_run<'a>(taken: impl IntoIterator<Item = &'a State>, other: &Matrix) -> Vec<Otherwise> {
    let mut found = Vec::new();
    for state in taken {
        if !matches!(state.stage, Stage::Taken(_)) {
            continue;
        }
        let wish = &state.newest().wish;
        let needed = other.needed(wish.kind, &wish.circumstances);
        let signed = |part: Part| {
            state.signatures().filter(move |one| one.part == part).map(|one| one.signature.role)
        };
        let cosigned: BTreeSet<RoleName> = signed(Part::Cosign).collect();
        let mut missing: Vec<RoleName> = needed.cosigns.difference(&cosigned).copied().collect();
        let mut spared: Vec<RoleName> = cosigned.difference(&needed.cosigns).copied().collect();
        if !signed(Part::Decide).any(|role| needed.decides.contains(&role)) {
            missing.splice(0..0, needed.decides.iter().copied());
            spared.splice(0..0, signed(Part::Decide));
        }
        if !missing.is_empty() || !spared.is_empty() {
            found.push(Otherwise { decision: state.id, missing, spared });
        }
    }
    found
}
