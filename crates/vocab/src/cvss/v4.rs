//! CVSS 4.0 (FIRST, November 2023): metrics of sections 2 to 5, scoring of section 8.
//!
//! There is no formula. A vector falls into one of 270 macro vectors, whose scores were set by
//! experts; its score is that one less the mean share of the way to the next lower macro vectors.
//! Everything here is whole numbers and fractions of them; nothing is rounded before the end.

use super::{
    Scores,
    metric::{
        Chosen,
        Group::{Base, Environmental, Supplemental, Temporal},
        Metric,
    },
    v4_scores::{MacroVector, score},
};

const AV: usize = 0;
const AC: usize = 1;
const AT: usize = 2;
const PR: usize = 3;
const UI: usize = 4;
const VC: usize = 5;
const VI: usize = 6;
const VA: usize = 7;
const SC: usize = 8;
const SI: usize = 9;
const SA: usize = 10;
const E: usize = 11;
const CR: usize = 12;
const IR: usize = 13;
const AR: usize = 14;
/// The modified metrics stand in the order of the base metrics from here on.
const MODIFIED: usize = 15;
const SUPPLEMENTAL: usize = 26;

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Metric::new("AV", "Attack Vector", Base, &[("N", "Network"), ("A", "Adjacent"), ("L", "Local"), ("P", "Physical")]),
    Metric::new("AC", "Attack Complexity", Base, &[("L", "Low"), ("H", "High")]),
    Metric::new("AT", "Attack Requirements", Base, &[("N", "None"), ("P", "Present")]),
    Metric::new("PR", "Privileges Required", Base, &[("N", "None"), ("L", "Low"), ("H", "High")]),
    Metric::new("UI", "User Interaction", Base, &[("N", "None"), ("P", "Passive"), ("A", "Active")]),
    Metric::new("VC", "Vulnerable System Confidentiality", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("VI", "Vulnerable System Integrity", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("VA", "Vulnerable System Availability", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("SC", "Subsequent System Confidentiality", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("SI", "Subsequent System Integrity", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("SA", "Subsequent System Availability", Base, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("E", "Exploit Maturity", Temporal, &[("A", "Attacked"), ("P", "POC"), ("U", "Unreported")]),
    Metric::new("CR", "Confidentiality Requirement", Environmental, &[("H", "High"), ("M", "Medium"), ("L", "Low")]),
    Metric::new("IR", "Integrity Requirement", Environmental, &[("H", "High"), ("M", "Medium"), ("L", "Low")]),
    Metric::new("AR", "Availability Requirement", Environmental, &[("H", "High"), ("M", "Medium"), ("L", "Low")]),
    Metric::new("MAV", "Modified Attack Vector", Environmental, &[("N", "Network"), ("A", "Adjacent"), ("L", "Local"), ("P", "Physical")]),
    Metric::new("MAC", "Modified Attack Complexity", Environmental, &[("L", "Low"), ("H", "High")]),
    Metric::new("MAT", "Modified Attack Requirements", Environmental, &[("N", "None"), ("P", "Present")]),
    Metric::new("MPR", "Modified Privileges Required", Environmental, &[("N", "None"), ("L", "Low"), ("H", "High")]),
    Metric::new("MUI", "Modified User Interaction", Environmental, &[("N", "None"), ("P", "Passive"), ("A", "Active")]),
    Metric::new("MVC", "Modified Vulnerable System Confidentiality", Environmental, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("MVI", "Modified Vulnerable System Integrity", Environmental, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("MVA", "Modified Vulnerable System Availability", Environmental, &[("H", "High"), ("L", "Low"), ("N", "None")]),
    Metric::new("MSC", "Modified Subsequent System Confidentiality", Environmental, &[("H", "High"), ("L", "Low"), ("N", "Negligible")]),
    Metric::new("MSI", "Modified Subsequent System Integrity", Environmental, &[("S", "Safety"), ("H", "High"), ("L", "Low"), ("N", "Negligible")]),
    Metric::new("MSA", "Modified Subsequent System Availability", Environmental, &[("S", "Safety"), ("H", "High"), ("L", "Low"), ("N", "Negligible")]),
    Metric::new("S", "Safety", Supplemental, &[("N", "Negligible"), ("P", "Present")]),
    Metric::new("AU", "Automatable", Supplemental, &[("N", "No"), ("Y", "Yes")]),
    Metric::new("R", "Recovery", Supplemental, &[("A", "Automatic"), ("U", "User"), ("I", "Irrecoverable")]),
    Metric::new("V", "Value Density", Supplemental, &[("D", "Diffuse"), ("C", "Concentrated")]),
    Metric::new("RE", "Vulnerability Response Effort", Supplemental, &[("L", "Low"), ("M", "Moderate"), ("H", "High")]),
    Metric::new("U", "Provider Urgency", Supplemental, &[("Clear", "Clear"), ("Green", "Green"), ("Amber", "Amber"), ("Red", "Red")]),
];

/// Steps away from the gravest value, of every metric that counts (section 8.2).
#[derive(Debug, Clone, Copy)]
struct Steps {
    /// AV, PR, UI
    reach: [u8; 3],
    /// AC, AT
    hurdles: [u8; 2],
    /// VC, VI, VA, CR, IR, AR
    vulnerable: [u8; 6],
    /// SC, SI, SA, from S (safety) on
    subsequent: [u8; 3],
    /// E
    threat: u8,
}

impl Steps {
    fn of(chosen: &Chosen) -> Self {
        let value = |base: usize| chosen.modified(MODIFIED + base, base) as u8;
        // what is not defined counts as the gravest (table 24)
        let or_gravest = |metric: usize| chosen.get(metric).unwrap_or(0) as u8;
        // only the modified metrics know S, which lies one step above H
        let with_safety = |base: usize| match chosen.get(MODIFIED + base) {
            Some(value) => value as u8,
            None => chosen.base(base) as u8 + 1,
        };
        Self {
            reach: [value(AV), value(PR), value(UI)],
            hurdles: [value(AC), value(AT)],
            vulnerable: [
                value(VC),
                value(VI),
                value(VA),
                or_gravest(CR),
                or_gravest(IR),
                or_gravest(AR),
            ],
            subsequent: [value(SC) + 1, with_safety(SI), with_safety(SA)],
            threat: or_gravest(E),
        }
    }

    fn has_no_impact(&self) -> bool {
        self.vulnerable[..3] == [2, 2, 2] && self.subsequent == [3, 3, 3]
    }

    /// Tables 25 to 30.
    fn macro_vector(&self) -> MacroVector {
        let [av, pr, ui] = self.reach;
        let eq1 = match (av == 0, pr == 0, ui == 0) {
            (true, true, true) => 0,
            (false, false, false) => 2,
            _ if av == 3 => 2,
            _ => 1,
        };
        let eq2 = u8::from(self.hurdles != [0, 0]);
        let [vc, vi, va, cr, ir, ar] = self.vulnerable;
        let eq3 = match (vc == 0 && vi == 0, vc == 0 || vi == 0 || va == 0) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        let [sc, si, sa] = self.subsequent;
        let eq4 = if si == 0 || sa == 0 {
            0
        } else if sc == 1 || si == 1 || sa == 1 {
            1
        } else {
            2
        };
        let is_required = |impact: u8, requirement: u8| impact == 0 && requirement == 0;
        let eq6 = u8::from(!(is_required(vc, cr) || is_required(vi, ir) || is_required(va, ar)));
        MacroVector([eq1, eq2, eq3, eq4, self.threat, eq6])
    }
}

/// The gravest vectors of each level, as steps (table 31 and the published calculator).
const REACH: [&[[u8; 3]]; 3] =
    [&[[0, 0, 0]], &[[1, 0, 0], [0, 1, 0], [0, 0, 1]], &[[3, 0, 0], [1, 1, 1]]];
const HURDLES: [&[[u8; 2]]; 2] = [&[[0, 0]], &[[1, 0], [0, 1]]];
/// By EQ3, then EQ6; where EQ3 is 2, EQ6 is 1.
const VULNERABLE: [[&[[u8; 6]]; 2]; 3] = [
    [&[[0, 0, 0, 0, 0, 0]], &[[0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]]],
    [
        &[[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]],
        &[
            [1, 0, 1, 0, 1, 0],
            [1, 0, 0, 0, 1, 1],
            [0, 1, 0, 1, 0, 1],
            [0, 1, 1, 1, 0, 0],
            [1, 1, 0, 0, 0, 1],
        ],
    ],
    [&[], &[[1, 1, 1, 0, 0, 0]]],
];
const SUBSEQUENT: [&[[u8; 3]]; 3] = [&[[1, 0, 0]], &[[1, 1, 1]], &[[2, 2, 2]]];

/// Steps from the gravest to the least grave vector of each level (section 8.2, "depth").
const REACH_DEPTH: [u32; 3] = [1, 4, 5];
const HURDLES_DEPTH: [u32; 2] = [1, 2];
const VULNERABLE_DEPTH: [[u32; 2]; 3] = [[7, 6], [8, 8], [10, 10]];
const SUBSEQUENT_DEPTH: [u32; 3] = [6, 5, 4];

/// A multiple of every depth.
const SHARE: u32 = 840;

/// Steps below the first of the gravest vectors that lies nowhere below.
fn distance<const N: usize>(steps: [u8; N], gravest: &[[u8; N]]) -> u32 {
    let total = |steps: &[u8]| steps.iter().map(|step| u32::from(*step)).sum::<u32>();
    let above = gravest.iter().find(|gravest| gravest.iter().zip(steps).all(|(g, s)| s >= *g));
    above.map_or(0, |above| total(&steps) - total(above))
}

/// The score in tenths (section 8.2).
fn overall(steps: &Steps) -> u8 {
    if steps.has_no_impact() {
        return 0;
    }
    let place = steps.macro_vector();
    let Some(highest) = score(place) else { return 0 };
    let MacroVector([eq1, eq2, eq3, eq4, _, eq6]) = place;
    let [eq1, eq2, eq3, eq4, eq6] = [eq1, eq2, eq3, eq4, eq6].map(usize::from);
    // EQ3 and EQ6 share metrics and are walked as one: to the higher of the next lower ones
    let lower_of_both = match (eq3, eq6) {
        (0, 0) => score(place.lower(5)).max(score(place.lower(2))),
        (1, 0) => score(place.lower(5)),
        _ => score(place.lower(2)),
    };
    let ways = [
        (score(place.lower(0)), distance(steps.reach, REACH[eq1]), REACH_DEPTH[eq1]),
        (score(place.lower(1)), distance(steps.hurdles, HURDLES[eq2]), HURDLES_DEPTH[eq2]),
        (
            lower_of_both,
            distance(steps.vulnerable, VULNERABLE[eq3][eq6]),
            VULNERABLE_DEPTH[eq3][eq6],
        ),
        (score(place.lower(3)), distance(steps.subsequent, SUBSEQUENT[eq4]), SUBSEQUENT_DEPTH[eq4]),
        // one metric, one value a level: nothing to walk, but the way counts in the mean
        (score(place.lower(4)), 0, 1),
    ];
    let (mut count, mut sum) = (0, 0);
    for (lower, distance, depth) in ways {
        if let Some(lower) = lower {
            count += 1;
            sum += u32::from(highest - lower) * distance * (SHARE / depth);
        }
    }
    if count == 0 {
        return highest;
    }
    let whole = SHARE * count;
    let exact = u32::from(highest) * whole - sum;
    ((2 * exact + whole) / (2 * whole)) as u8 // halves upwards
}

/// The macro vector. Without any impact it says nothing: the score is then 0.0 without look-up.
pub(super) fn macro_vector(chosen: &Chosen) -> MacroVector {
    Steps::of(chosen).macro_vector()
}

/// `CVSS-B`, `CVSS-BT`, `CVSS-BE` or `CVSS-BTE`: which groups went into the score (section 1.3).
pub(super) fn nomenclature(chosen: &Chosen) -> &'static str {
    let is_environmental = (CR..SUPPLEMENTAL).any(|metric| chosen.get(metric).is_some());
    match (chosen.get(E).is_some(), is_environmental) {
        (false, false) => "CVSS-B",
        (true, false) => "CVSS-BT",
        (false, true) => "CVSS-BE",
        (true, true) => "CVSS-BTE",
    }
}

/// The score of the base metrics, and the one of everything given.
pub(super) fn scores(chosen: &Chosen) -> Scores {
    let mut bare = Chosen::nothing();
    for metric in AV..=SA {
        bare.set(metric, chosen.base(metric));
    }
    let base = overall(&Steps::of(&bare));
    let all = if *chosen == bare { base } else { overall(&Steps::of(chosen)) };
    Scores { overall: super::Score(all), ..Scores::new(base, None, None) }
}

/// The places of AV, AC, AT, PR and UI.
pub(super) const fn attack(chosen: &Chosen) -> [usize; 5] {
    [chosen.base(AV), chosen.base(AC), chosen.base(AT), chosen.base(PR), chosen.base(UI)]
}
