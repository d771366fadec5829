//! CVSS 3.0 (FIRST, June 2015) and 3.1 (June 2019): metrics of sections 2 to 4, equations of
//! section 8 (3.0) and section 7 (3.1).
//!
//! The two differ in rounding and in the modified impact where the scope is changed. The latter lets
//! the environmental score of a 3.1 vector differ from its base score although nothing is modified.

use super::{
    Scores, Version,
    fixed::Fixed,
    metric::{
        Chosen,
        Group::{Base, Environmental, Temporal},
        Metric,
    },
};

const AV: usize = 0;
const AC: usize = 1;
const PR: usize = 2;
const UI: usize = 3;
const S: usize = 4;
/// Confidentiality, integrity and availability stand in this order from here on.
const IMPACTS: usize = 5;
const E: usize = 8;
const RL: usize = 9;
const RC: usize = 10;
/// The requirements of the three impacts stand in their order from here on.
const REQUIREMENTS: usize = 11;
const MAV: usize = 14;
const MAC: usize = 15;
const MPR: usize = 16;
const MUI: usize = 17;
const MS: usize = 18;
const MODIFIED_IMPACTS: usize = 19;

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Metric::new("AV", "Attack Vector", Base, &[("N", "Network"), ("A", "Adjacent"), ("L", "Local"), ("P", "Physical")]),
    Metric::new("AC", "Attack Complexity", Base, &[("L", "Low"), ("H", "High")]),
    Metric::new("PR", "Privileges Required", Base, &[("N", "None"), ("L", "Low"), ("H", "High")]),
    Metric::new("UI", "User Interaction", Base, &[("N", "None"), ("R", "Required")]),
    Metric::new("S", "Scope", Base, &[("C", "Changed"), ("U", "Unchanged")]),
    Metric::new("C", "Confidentiality", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("I", "Integrity", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("A", "Availability", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("E", "Exploit Code Maturity", Temporal, &[("H", "High"), ("F", "Functional"), ("P", "Proof-of-Concept"), ("U", "Unproven")]),
    Metric::new("RL", "Remediation Level", Temporal, &[("U", "Unavailable"), ("W", "Workaround"), ("T", "Temporary Fix"), ("O", "Official Fix")]),
    Metric::new("RC", "Report Confidence", Temporal, &[("C", "Confirmed"), ("R", "Reasonable"), ("U", "Unknown")]),
    Metric::new("CR", "Confidentiality Requirement", Environmental, &[("H", "High"), ("M", "Medium"), ("L", "Low")]),
    Metric::new("IR", "Integrity Requirement", Environmental, &[("H", "High"), ("M", "Medium"), ("L", "Low")]),
    Metric::new("AR", "Availability Requirement", Environmental, &[("H", "High"), ("M", "Medium"), ("L", "Low")]),
    Metric::new("MAV", "Modified Attack Vector", Environmental, &[("N", "Network"), ("A", "Adjacent"), ("L", "Local"), ("P", "Physical")]),
    Metric::new("MAC", "Modified Attack Complexity", Environmental, &[("L", "Low"), ("H", "High")]),
    Metric::new("MPR", "Modified Privileges Required", Environmental, &[("N", "None"), ("L", "Low"), ("H", "High")]),
    Metric::new("MUI", "Modified User Interaction", Environmental, &[("N", "None"), ("R", "Required")]),
    Metric::new("MS", "Modified Scope", Environmental, &[("C", "Changed"), ("U", "Unchanged")]),
    Metric::new("MC", "Modified Confidentiality", Environmental, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("MI", "Modified Integrity", Environmental, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("MA", "Modified Availability", Environmental, &[("H", "High"), ("L", "Low"), ("N", "None")]),
];

/// Weights in ten-thousandths, in the order of the values.
const AV_WEIGHT: [i32; 4] = [8_500, 6_200, 5_500, 2_000];
const AC_WEIGHT: [i32; 2] = [7_700, 4_400];
const PR_WEIGHT: [i32; 3] = [8_500, 6_200, 2_700];
const PR_WEIGHT_CHANGED: [i32; 3] = [8_500, 6_800, 5_000];
const UI_WEIGHT: [i32; 2] = [8_500, 6_200];
const IMPACT_WEIGHT: [i32; 3] = [5_600, 2_200, 0];
const E_WEIGHT: [i32; 4] = [10_000, 9_700, 9_400, 9_100];
const RL_WEIGHT: [i32; 4] = [10_000, 9_700, 9_600, 9_500];
const RC_WEIGHT: [i32; 3] = [10_000, 9_600, 9_200];
const REQUIREMENT_WEIGHT: [i32; 3] = [15_000, 10_000, 5_000];
/// `S:C` is the first value of its metric.
const CHANGED: usize = 0;

/// The four metrics that say how hard an attack is, and whether the scope is changed, as places of
/// values: of the base metrics, of the modified ones, or of a reading from outside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attack {
    pub(super) vector: usize,
    pub(super) complexity: usize,
    pub(super) privileges: usize,
    pub(super) interaction: usize,
    pub(super) changes_scope: bool,
}

impl Attack {
    pub(super) const fn of(chosen: &Chosen) -> Self {
        Self {
            vector: chosen.base(AV),
            complexity: chosen.base(AC),
            privileges: chosen.base(PR),
            interaction: chosen.base(UI),
            changes_scope: chosen.base(S) == CHANGED,
        }
    }

    const fn modified(chosen: &Chosen) -> Self {
        Self {
            vector: chosen.modified(MAV, AV),
            complexity: chosen.modified(MAC, AC),
            privileges: chosen.modified(MPR, PR),
            interaction: chosen.modified(MUI, UI),
            changes_scope: chosen.modified(MS, S) == CHANGED,
        }
    }

    /// `8.22 * AV * AC * PR * UI`
    fn exploitability(self) -> Fixed {
        // what a privilege is worth depends on the scope, the modified one on the modified scope
        let privileges = if self.changes_scope { PR_WEIGHT_CHANGED } else { PR_WEIGHT };
        Fixed::of(82_200)
            * Fixed::of(AV_WEIGHT[self.vector])
            * Fixed::of(AC_WEIGHT[self.complexity])
            * Fixed::of(privileges[self.privileges])
            * Fixed::of(UI_WEIGHT[self.interaction])
    }

    /// The exploitability sub-score in tenths (0.1 to 3.9), rounded to the nearest as it is published.
    pub(super) fn exploitability_tenths(self) -> u8 {
        self.exploitability().rounded()
    }

    /// Impact and exploitability together, rounded up, at most 10.
    fn together(self, impact: Fixed, version: Version) -> u8 {
        if impact <= Fixed::ZERO {
            return 0;
        }
        let sum = impact + self.exploitability();
        let sum = if self.changes_scope { Fixed::of(10_800) * sum } else { sum };
        round_up(sum.min(Fixed::of(100_000)), version)
    }
}

/// All scores; metrics that are not defined count as the specification says.
pub(super) fn scores(chosen: &Chosen, version: Version) -> Scores {
    let attack = Attack::of(chosen);
    let base = attack.together(impact(chosen, attack.changes_scope), version);
    let temporal = temporal(chosen, base, version);
    let attack = Attack::modified(chosen);
    let impact = modified_impact(chosen, attack.changes_scope, version);
    // the same temporal metrics apply to the modified score
    let environmental = self::temporal(chosen, attack.together(impact, version), version);
    Scores::new(base, Some(temporal), Some(environmental))
}

fn round_up(number: Fixed, version: Version) -> u8 {
    if version == Version::V3_0 { number.ceiling() } else { number.roundup() }
}

fn impact(chosen: &Chosen, changes_scope: bool) -> Fixed {
    let spared = (0..3).fold(Fixed::ONE, |spared, of| {
        spared * (Fixed::ONE - Fixed::of(IMPACT_WEIGHT[chosen.base(IMPACTS + of)]))
    });
    let score = Fixed::ONE - spared;
    if changes_scope {
        Fixed::of(75_200) * (score - Fixed::of(290))
            - Fixed::of(32_500) * (score - Fixed::of(200)).power(15)
    } else {
        Fixed::of(64_200) * score
    }
}

fn modified_impact(chosen: &Chosen, changes_scope: bool, version: Version) -> Fixed {
    let spared = (0..3).fold(Fixed::ONE, |spared, of| {
        let impact = chosen.modified(MODIFIED_IMPACTS + of, IMPACTS + of);
        let requirement =
            chosen.get(REQUIREMENTS + of).map_or(10_000, |value| REQUIREMENT_WEIGHT[value]);
        spared * (Fixed::ONE - Fixed::of(requirement) * Fixed::of(IMPACT_WEIGHT[impact]))
    });
    let score = (Fixed::ONE - spared).min(Fixed::of(9_150));
    if !changes_scope {
        return Fixed::of(64_200) * score;
    }
    let power = if version == Version::V3_0 {
        (score - Fixed::of(200)).power(15)
    } else {
        (score * Fixed::of(9_731) - Fixed::of(200)).power(13)
    };
    Fixed::of(75_200) * (score - Fixed::of(290)) - Fixed::of(32_500) * power
}

fn temporal(chosen: &Chosen, base: u8, version: Version) -> u8 {
    let weight = |metric: usize, weights: &[i32]| {
        Fixed::of(chosen.get(metric).map_or(10_000, |value| weights[value]))
    };
    let score = Fixed::tenths(base)
        * weight(E, &E_WEIGHT)
        * weight(RL, &RL_WEIGHT)
        * weight(RC, &RC_WEIGHT);
    round_up(score, version)
}
