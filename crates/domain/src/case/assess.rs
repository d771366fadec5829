//! The four questions of one version, brought together: exploitability and harm through the matrix, priority,
//! and what a version's disposition is. What is missing keeps the answer open, never low.

use super::{ActsIn, Answer, Applies, Assessed, Case, Justification, Said, Settled, Surroundings};
use crate::{
    Date,
    harm::{
        self, Determination, Exploitability, ExploitabilityInputs, Exposure, Inputs, Matrix,
        Outcome, Proposal, Severity,
    },
    rights::DecisionKind,
    ssvc::Table,
};
use aftercare_vocab::{cvss::Vector, id::VersionId, instant::Instant};
use std::collections::BTreeSet;

/// The risk of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// The computed proposal for exploitability, with its reasons.
    pub proposal: Proposal,
    /// The class that holds: the one said instead, else the proposed one.
    pub exploitability: Option<Exploitability>,
    /// Severity of harm.
    pub severity: Option<Severity>,
    /// What the matrix says.
    pub determination: Determination,
    /// What it says with the chosen mitigations in place; none = none of them was assessed.
    pub with_mitigations: Option<Determination>,
}

/// How urgently a case is to be dealt with (the outcomes of the SSVC supplier table).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Later.
    Defer,
    /// With the regular cycle.
    Scheduled,
    /// As soon as possible, out of the cycle.
    OutOfCycle,
    /// Now.
    Immediate,
}

impl Priority {
    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Defer => "Defer",
            Self::Scheduled => "Scheduled",
            Self::OutOfCycle => "Out of cycle",
            Self::Immediate => "Immediate",
        }
    }

    /// The code name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Defer => "defer",
            Self::Scheduled => "scheduled",
            Self::OutOfCycle => "out_of_cycle",
            Self::Immediate => "immediate",
        }
    }
}

/// What becomes of a vulnerability in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// Nobody said yet, or it is being looked into.
    UnderInvestigation,
    /// It is decided that it is not affected.
    NotAffected(Justification),
    /// A compensating control is decided to be adequate.
    Mitigated,
    /// A fix is planned for that day.
    PatchPlanned(Date),
    /// A later version holds the fix, and its SBOM shows it.
    Patched(VersionId),
    /// The risk is accepted until that day.
    Accepted(Date),
    /// It is affected, and nothing is planned yet.
    Affected,
}

impl Disposition {
    /// The name on screen.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::UnderInvestigation => "Under investigation",
            Self::NotAffected(_) => "Not affected",
            Self::Mitigated => "Mitigated",
            Self::PatchPlanned(_) => "Fix planned",
            Self::Patched(_) => "Fixed",
            Self::Accepted(_) => "Risk accepted",
            Self::Affected => "Affected",
        }
    }

    /// The code name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnderInvestigation => "under_investigation",
            Self::NotAffected(_) => "not_affected",
            Self::Mitigated => "mitigated",
            Self::PatchPlanned(_) => "patch_planned",
            Self::Patched(_) => "patched",
            Self::Accepted(_) => "accepted",
            Self::Affected => "affected",
        }
    }
}

/// Whether analysts who rated by themselves agree about a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Fewer than two rated it.
    Open(usize),
    /// All said the same.
    Agreed(usize),
    /// They differ.
    Differ(usize),
}

impl Case {
    /// What is said of a version, by itself or carried from another.
    pub fn assessed(&self, version: VersionId) -> Option<&Assessed> {
        let own = self.versions.get(&version)?;
        match &own.carried {
            Some(from) => self.versions.get(&from.value).filter(|one| one.carried.is_none()),
            None => Some(own),
        }
    }

    /// Whether a version is affected, as it was said; none = nobody said.
    pub fn applies(&self, version: VersionId) -> Option<Applies> {
        Some(self.assessed(version)?.applicability.as_ref()?.value.applies)
    }

    /// The versions that are said to be affected.
    pub fn affected(&self, around: &Surroundings) -> BTreeSet<VersionId> {
        let all = around.versions.keys().copied();
        all.filter(|one| self.applies(*one) == Some(Applies::Affected)).collect()
    }

    /// The widest exposure of a version over its environments.
    pub fn exposure(&self, version: VersionId) -> Option<Exposure> {
        self.assessed(version)?.exposed.values().map(|one| one.value.from).max()
    }

    /// The computed proposal for the exploitability on a version.
    pub fn proposal(&self, version: VersionId) -> Proposal {
        let said = self.exploited.as_ref().map(|one| &one.value);
        let vector = said.and_then(|one| one.vector.as_ref()?.parse::<Vector>().ok());
        harm::propose(&ExploitabilityInputs {
            vector,
            in_kev: said.and_then(|one| one.in_kev),
            exploit: said.and_then(|one| one.exploit),
            epss: said.and_then(|one| one.epss),
            exposure: self.exposure(version),
        })
    }

    /// The risk of a version.
    pub fn risk(&self, version: VersionId) -> Risk {
        let proposal = self.proposal(version);
        let instead = self.exploited.as_ref().and_then(|one| one.value.instead);
        let exploitability = instead.or(proposal.class);
        let harmed = self.assessed(version).and_then(|one| one.harmed.as_ref());
        let severity = harmed.map(|one| one.value.severity);
        let matrix = Matrix::shipped();
        let determination = matrix.determine(Inputs { exploitability, severity });
        let after = self.chosen(version).filter_map(|one| one.value.exploitability_after).min();
        let with_mitigations =
            after.map(|after| matrix.determine(Inputs { exploitability: Some(after), severity }));
        Risk { proposal, exploitability, severity, determination, with_mitigations }
    }

    /// The mitigations of the plan for a version.
    pub fn chosen(&self, version: VersionId) -> impl Iterator<Item = &Said<super::Described>> {
        let chosen = self.plan.as_ref().map(|plan| &plan.value.chosen);
        self.mitigations.values().filter(move |one| {
            chosen.is_some_and(|chosen| chosen.contains(&one.value.mitigation))
                && one.value.versions.contains(&version)
        })
    }

    /// The newest decision of a kind about a version that counts.
    pub fn settled_for(
        &self,
        kind: DecisionKind,
        version: VersionId,
        around: &Surroundings,
        at: Instant,
    ) -> Option<&Settled> {
        let of_it = |one: &&Settled| {
            one.kind == kind
                && one.matter.findings.iter().any(|one| one.versions.contains(&version))
                && one.counts(self, around, at)
        };
        self.decisions.values().filter(of_it).max_by_key(|one| one.taken_at)
    }

    /// What is decided about a version: controlled or uncontrolled; none = nothing that counts.
    pub fn decided(
        &self,
        version: VersionId,
        around: &Surroundings,
        at: Instant,
    ) -> Option<harm::Risk> {
        let settled = self.settled_for(DecisionKind::Controlled, version, around, at)?;
        match settled.matter.answer? {
            Answer::Controlled => Some(harm::Risk::Controlled),
            Answer::Uncontrolled => Some(harm::Risk::Uncontrolled),
            _ => None,
        }
    }

    /// The risk of the case as a whole: uncontrolled as soon as one affected version is, undetermined while
    /// one is. What is decided counts before what is computed.
    pub fn outcome(&self, around: &Surroundings, at: Instant) -> Outcome {
        let affected = self.affected(around);
        let mut all = affected.iter().map(|one| {
            let decided = self.decided(*one, around, at).map(Outcome::from);
            decided.unwrap_or_else(|| self.risk(*one).determination.outcome)
        });
        let mut worst = None;
        for outcome in all.by_ref() {
            worst = Some(match (worst, outcome) {
                (Some(Outcome::Uncontrolled), _) | (_, Outcome::Uncontrolled) => {
                    Outcome::Uncontrolled
                }
                (Some(Outcome::Undetermined), _) | (_, Outcome::Undetermined) => {
                    Outcome::Undetermined
                }
                _ => Outcome::Controlled,
            });
        }
        worst.unwrap_or(Outcome::Undetermined)
    }

    /// How urgent it is: what SSVC says, and at least out of the cycle while the risk is uncontrolled. None
    /// while either is open.
    pub fn priority(&self, around: &Surroundings, at: Instant) -> Option<Priority> {
        let outcome = self.outcome(around, at);
        let said = self.ssvc_outcome();
        match (outcome, said) {
            (Outcome::Uncontrolled, said) => {
                Some(said.unwrap_or(Priority::OutOfCycle).max(Priority::OutOfCycle))
            }
            (Outcome::Controlled, Some(said)) => Some(said),
            (Outcome::Undetermined, Some(Priority::Immediate)) => Some(Priority::Immediate),
            _ => None,
        }
    }

    /// The outcome of the SSVC supplier table, once its answers lead to one.
    pub fn ssvc_outcome(&self) -> Option<Priority> {
        let said = &self.selected.get("supplier")?.value;
        let given: Vec<(&str, &str)> =
            said.given.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let found = Table::named(&said.table).ok()?.evaluate(&given).ok()?;
        match found.outcome()?.key() {
            "I" => Some(Priority::Immediate),
            "O" => Some(Priority::OutOfCycle),
            "S" => Some(Priority::Scheduled),
            "D" => Some(Priority::Defer),
            _ => None,
        }
    }

    /// What becomes of the vulnerability in a version.
    pub fn disposition(
        &self,
        version: VersionId,
        around: &Surroundings,
        at: Instant,
    ) -> Disposition {
        if let Some(Settled { matter, .. }) =
            self.settled_for(DecisionKind::NotAffected, version, around, at)
            && let Some(Answer::NotAffected(why)) = matter.answer
        {
            return Disposition::NotAffected(why);
        }
        if self.applies(version) != Some(Applies::Affected) {
            return Disposition::UnderInvestigation;
        }
        let product = around.versions.get(&version).map(|one| one.product);
        let fixed = self.changed.iter().rev().find(|one| {
            let fixes = around.versions.get(&one.value.version);
            fixes.is_some_and(|fix| Some(fix.product) == product && fix.shows_fix())
                && self.moment_of("fix_available").is_some()
        });
        if let Some(fixed) = fixed {
            return Disposition::Patched(fixed.value.version);
        }
        if let Some(settled) = self.settled_for(DecisionKind::RiskAcceptance, version, around, at)
            && let Some(until) = settled.matter.until
        {
            return Disposition::Accepted(until);
        }
        if self.is_controlled_outside(version, around, at) {
            return Disposition::Mitigated;
        }
        match &self.plan {
            Some(plan) => Disposition::PatchPlanned(plan.value.target),
            None => Disposition::Affected,
        }
    }

    /// Whether a compensating control for a version is decided to be adequate and has not expired.
    pub fn is_controlled_outside(
        &self,
        version: VersionId,
        around: &Surroundings,
        at: Instant,
    ) -> bool {
        let today = around.zone.day_of(at);
        self.decisions.values().any(|one| {
            let control = one.matter.mitigation.and_then(|one| self.mitigations.get(&one));
            one.kind == DecisionKind::CompensatingControl
                && one.counts(self, around, at)
                && control.is_some_and(|control| {
                    control.value.acts_in == ActsIn::External
                        && control.value.versions.contains(&version)
                        && control
                            .value
                            .expires
                            .is_none_or(|day| today.is_some_and(|today| today < day))
                })
        })
    }

    /// Whether the analysts who rated a version agree.
    pub fn agreement(&self, version: VersionId) -> Agreement {
        let mut all = self.ratings.iter().filter(|one| one.value.version == version);
        let Some(first) = all.next() else { return Agreement::Open(0) };
        let (mut count, mut same) = (1, true);
        for one in all {
            count += 1;
            same &= one.value.exploitability == first.value.exploitability
                && one.value.severity == first.value.severity;
        }
        match (count, same) {
            (1, _) => Agreement::Open(1),
            (_, true) => Agreement::Agreed(count),
            (_, false) => Agreement::Differ(count),
        }
    }
}
