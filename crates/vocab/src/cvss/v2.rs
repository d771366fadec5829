//! CVSS 2.0 (FIRST, June 2007): metrics of section 2, equations of section 3.2.

use super::{
    Scores,
    fixed::Fixed,
    metric::{
        Chosen,
        Group::{Base, Environmental, Temporal},
        Metric,
    },
};

const AV: usize = 0;
const AC: usize = 1;
const AU: usize = 2;
/// Confidentiality, integrity and availability stand in this order from here on.
const IMPACTS: usize = 3;
const E: usize = 6;
const RL: usize = 7;
const RC: usize = 8;
const CDP: usize = 9;
const TD: usize = 10;
/// The requirements of the three impacts stand in their order from here on.
const REQUIREMENTS: usize = 11;

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Metric::new("AV", "Access Vector", Base, &[("L", "Local"), ("A", "Adjacent Network"), ("N", "Network")]),
    Metric::new("AC", "Access Complexity", Base, &[("H", "High"), ("M", "Medium"), ("L", "Low")]),
    Metric::new("Au", "Authentication", Base, &[("M", "Multiple"), ("S", "Single"), ("N", "None")]),
    Metric::new("C", "Confidentiality Impact", Base, &[("N", "None"), ("P", "Partial"), ("C", "Complete")]),
    Metric::new("I", "Integrity Impact", Base, &[("N", "None"), ("P", "Partial"), ("C", "Complete")]),
    Metric::new("A", "Availability Impact", Base, &[("N", "None"), ("P", "Partial"), ("C", "Complete")]),
    Metric::new("E", "Exploitability", Temporal, &[("U", "Unproven"), ("POC", "Proof-of-Concept"), ("F", "Functional"), ("H", "High")]),
    Metric::new("RL", "Remediation Level", Temporal, &[("OF", "Official Fix"), ("TF", "Temporary Fix"), ("W", "Workaround"), ("U", "Unavailable")]),
    Metric::new("RC", "Report Confidence", Temporal, &[("UC", "Unconfirmed"), ("UR", "Uncorroborated"), ("C", "Confirmed")]),
    Metric::new("CDP", "Collateral Damage Potential", Environmental, &[("N", "None"), ("L", "Low"), ("LM", "Low-Medium"), ("MH", "Medium-High"), ("H", "High")]),
    Metric::new("TD", "Target Distribution", Environmental, &[("N", "None"), ("L", "Low"), ("M", "Medium"), ("H", "High")]),
    Metric::new("CR", "Confidentiality Requirement", Environmental, &[("L", "Low"), ("M", "Medium"), ("H", "High")]),
    Metric::new("IR", "Integrity Requirement", Environmental, &[("L", "Low"), ("M", "Medium"), ("H", "High")]),
    Metric::new("AR", "Availability Requirement", Environmental, &[("L", "Low"), ("M", "Medium"), ("H", "High")]),
];

/// Weights in ten-thousandths, in the order of the values.
const AV_WEIGHT: [i32; 3] = [3_950, 6_460, 10_000];
const AC_WEIGHT: [i32; 3] = [3_500, 6_100, 7_100];
const AU_WEIGHT: [i32; 3] = [4_500, 5_600, 7_040];
const IMPACT_WEIGHT: [i32; 3] = [0, 2_750, 6_600];
const E_WEIGHT: [i32; 4] = [8_500, 9_000, 9_500, 10_000];
const RL_WEIGHT: [i32; 4] = [8_700, 9_000, 9_500, 10_000];
const RC_WEIGHT: [i32; 3] = [9_000, 9_500, 10_000];
const CDP_WEIGHT: [i32; 5] = [0, 1_000, 3_000, 4_000, 5_000];
const TD_WEIGHT: [i32; 4] = [0, 2_500, 7_500, 10_000];
const REQUIREMENT_WEIGHT: [i32; 3] = [5_000, 10_000, 15_100];

fn weight(chosen: &Chosen, metric: usize, weights: &[i32], undefined: i32) -> Fixed {
    Fixed::of(chosen.get(metric).map_or(undefined, |value| weights[value]))
}

/// All scores. Temporal and environmental scores exist where a metric of their group is defined.
pub(super) fn scores(chosen: &Chosen) -> Scores {
    let unadjusted = impact(chosen, |_| Fixed::ONE);
    let base = base(chosen, unadjusted);
    let is_temporal = (E..=RC).any(|metric| chosen.get(metric).is_some());
    let is_environmental = (CDP..METRICS.len()).any(|metric| chosen.get(metric).is_some());
    let temporal = is_temporal.then(|| temporal(chosen, base));
    let environmental = is_environmental.then(|| environmental(chosen));
    Scores::new(base, temporal, environmental)
}

/// `10.41 * (1 - (1 - C*CR) * (1 - I*IR) * (1 - A*AR))`
fn impact(chosen: &Chosen, requirement: impl Fn(usize) -> Fixed) -> Fixed {
    let spared = (0..3).fold(Fixed::ONE, |spared, of| {
        let impact = Fixed::of(IMPACT_WEIGHT[chosen.base(IMPACTS + of)]);
        spared * (Fixed::ONE - impact * requirement(of))
    });
    Fixed::of(104_100) * (Fixed::ONE - spared)
}

/// `((0.6 * impact) + (0.4 * exploitability) - 1.5) * f(impact)`
fn base(chosen: &Chosen, impact: Fixed) -> u8 {
    if impact == Fixed::ZERO {
        return 0;
    }
    let exploitability = Fixed::of(200_000)
        * Fixed::of(AV_WEIGHT[chosen.base(AV)])
        * Fixed::of(AC_WEIGHT[chosen.base(AC)])
        * Fixed::of(AU_WEIGHT[chosen.base(AU)]);
    let sum = Fixed::of(6_000) * impact + Fixed::of(4_000) * exploitability - Fixed::of(15_000);
    (sum * Fixed::of(11_760)).rounded()
}

fn temporal(chosen: &Chosen, base: u8) -> u8 {
    let weight = |metric, weights: &[i32]| weight(chosen, metric, weights, 10_000);
    (Fixed::tenths(base) * weight(E, &E_WEIGHT) * weight(RL, &RL_WEIGHT) * weight(RC, &RC_WEIGHT))
        .rounded()
}

fn environmental(chosen: &Chosen) -> u8 {
    let requirement = |of: usize| weight(chosen, REQUIREMENTS + of, &REQUIREMENT_WEIGHT, 10_000);
    let adjusted_impact = impact(chosen, requirement).min(Fixed::of(100_000));
    let adjusted = Fixed::tenths(temporal(chosen, base(chosen, adjusted_impact)));
    let damage = weight(chosen, CDP, &CDP_WEIGHT, 0);
    let targets = weight(chosen, TD, &TD_WEIGHT, 10_000);
    ((adjusted + (Fixed::of(100_000) - adjusted) * damage) * targets).rounded()
}

/// The places of AV, AC and Au.
pub(super) const fn attack(chosen: &Chosen) -> [usize; 3] {
    [chosen.base(AV), chosen.base(AC), chosen.base(AU)]
}
