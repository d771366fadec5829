//! The four questions of one version, brought together: exploitability and harm through the matrix, priority,
//! and what a version's disposition is. What is missing keeps the answer open, never low.

use super::{
    ActsIn, Answer, Applies, Assessed, Case, Changed, Exposed, Found, Harmed, Justification, Said,
    Settled, Surroundings, TestKind, Tested,
};
use crate::{
    Date,
    harm::{
        self, Determination, Exploitability, ExploitabilityInputs, Exposure, Inputs, Matrix,
        Outcome, Proposal, Severity,
    },
    rights::DecisionKind,
    rules::Edition,
    ssvc::Table,
};
use aftercare_vocab::{
    cvss::Vector,
    id::{PersonId, ProductId, VersionId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Every one, the least urgent first.
    pub const ALL: &'static [Self] =
        &[Self::Defer, Self::Scheduled, Self::OutOfCycle, Self::Immediate];

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

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How urgent a risk is at least by the cell of a matrix, where all of it is known.
fn least(matrix: &Matrix, risk: &Risk) -> Option<Priority> {
    matrix.least(risk.exploitability?, risk.severity?)
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

/// The gravest of some outcomes; of none, undetermined.
fn worst(all: &[Outcome]) -> Outcome {
    if all.contains(&Outcome::Uncontrolled) {
        Outcome::Uncontrolled
    } else if all.contains(&Outcome::Undetermined) || all.is_empty() {
        Outcome::Undetermined
    } else {
        Outcome::Controlled
    }
}

impl Case {
    /// What is said of a version, by itself or carried from another. What was carried lapses when the two
    /// do not hold the same components any more.
    pub fn assessed(&self, version: VersionId, around: &Surroundings) -> Option<&Assessed> {
        let own = self.versions.get(&version)?;
        match &own.carried {
            Some(from) if around.are_alike(from.value, version) => {
                self.versions.get(&from.value).filter(|one| one.carried.is_none())
            }
            Some(_) => None,
            None => Some(own),
        }
    }

    /// The version whose assessment was carried to this one and does not hold here any more.
    pub fn carried_in_vain(&self, version: VersionId, around: &Surroundings) -> Option<VersionId> {
        let from = self.versions.get(&version)?.carried.as_ref()?.value;
        self.assessed(version, around).is_none().then_some(from)
    }

    /// The versions that need a value: all around, but those that hold the change and have none of their
    /// own. Whether the change fixes them is shown by tests and SBOM.
    pub fn in_question(&self, around: &Surroundings) -> BTreeSet<VersionId> {
        let fixes = |one: &VersionId| {
            self.changed.iter().any(|changed| changed.value.version == *one)
                && !self.versions.contains_key(one)
        };
        around.versions.keys().copied().filter(|one| !fixes(one)).collect()
    }

    /// Whether the value of a version rests on an SBOM that it has now. One without any can be affected, and
    /// never be said not to be.
    pub fn rests_on_current_sbom(&self, version: VersionId, around: &Surroundings) -> bool {
        let said = self.assessed(version, around).and_then(|one| one.applicability.as_ref());
        let Some(said) = said else { return false };
        let carried = self.versions.get(&version).and_then(|one| one.carried.as_ref());
        let of = carried.map_or(version, |from| from.value);
        let current = around.versions.get(&of).map_or(&[][..], |one| &one.sboms[..]);
        match said.value.versions.get(&of) {
            Some(Some(sbom)) => current.contains(sbom),
            Some(None) => {
                current.is_empty() && !matches!(said.value.applies, Applies::NotAffected(_))
            }
            None => false,
        }
    }

    /// Whether a version is affected, as it was said; none = nobody said, or what was said lapsed.
    pub fn applies(&self, version: VersionId, around: &Surroundings) -> Option<Applies> {
        Some(self.assessed(version, around)?.applicability.as_ref()?.value.applies)
    }

    /// The versions that are said to be affected.
    pub fn affected(&self, around: &Surroundings) -> BTreeSet<VersionId> {
        let all = around.versions.keys().copied();
        all.filter(|one| self.applies(*one, around) == Some(Applies::Affected)).collect()
    }

    /// What was said of harm for a version; none = nobody said, or its premise changed: the risk file says
    /// something else of the hazards that it names, or came after it was said.
    pub fn harm_of(&self, version: VersionId, around: &Surroundings) -> Option<&Said<Harmed>> {
        let said = self.assessed(version, around)?.harmed.as_ref()?;
        let product = self.product_of(version, around)?;
        let file = around.usages.get(&product).and_then(|usage| usage.risk_file.as_ref());
        let now = file.and_then(|(_, file)| file.premise(&said.value.hazards));
        // Where there is no file now, nothing may have been compared with one either.
        (now.as_ref() == said.value.premises.get(&product)).then_some(said)
    }

    /// What was said of exposure for a version, by environment, as far as its premises hold: what is stated of the
    /// environment is what was stated then, and the environment has not ended.
    pub fn exposures_of<'a>(
        &'a self,
        version: VersionId,
        around: &'a Surroundings,
    ) -> impl Iterator<Item = &'a Said<Exposed>> {
        let product = self.product_of(version, around);
        let stated = product.and_then(|one| around.usages.get(&one));
        let said = self.assessed(version, around).map(|one| &one.exposed);
        said.into_iter().flat_map(BTreeMap::values).filter(move |one| {
            let Some(product) = product else { return false };
            let environment = &one.value.environment;
            match one.value.premises.get(&product) {
                Some(premise) => {
                    let now = stated.and_then(|usage| usage.environments.get(environment));
                    now.and_then(Option::as_ref) == Some(premise)
                }
                // Said before anything was stated of it: until that is stated anew, or ends.
                None => !stated.is_some_and(|usage| usage.restated.contains(environment)),
            }
        })
    }

    /// The environments of use stated for a version's product in which nobody said from where it can be attacked,
    /// or what was said does not hold any more.
    pub fn environments_open(&self, version: VersionId, around: &Surroundings) -> Vec<String> {
        let Some(usage) = around.usage(version) else { return Vec::new() };
        let known: BTreeSet<&str> =
            self.exposures_of(version, around).map(|one| one.value.environment.as_str()).collect();
        let open = usage.environments.keys().filter(|one| !known.contains(one.as_str()));
        open.cloned().collect()
    }

    /// The product of a version; none where its assessment was carried from another product, of which other things
    /// are stated.
    fn product_of(&self, version: VersionId, around: &Surroundings) -> Option<ProductId> {
        let product = around.versions.get(&version)?.product;
        let carried = self.versions.get(&version).and_then(|own| own.carried.as_ref());
        let origin = carried
            .map_or(Some(product), |from| around.versions.get(&from.value).map(|one| one.product));
        (origin == Some(product)).then_some(product)
    }

    /// The widest exposure of a version over its environments; none = nothing was said, or not of every environment
    /// that is stated for its product.
    pub fn exposure(&self, version: VersionId, around: &Surroundings) -> Option<Exposure> {
        if !self.environments_open(version, around).is_empty() {
            return None;
        }
        self.exposures_of(version, around).map(|one| one.value.from).max()
    }

    /// The computed proposal for the exploitability on a version.
    pub fn proposal(&self, version: VersionId, around: &Surroundings) -> Proposal {
        let said = self.exploited.as_ref().map(|one| &one.value);
        let vector = said.and_then(|one| one.vector.as_ref()?.parse::<Vector>().ok());
        harm::propose(&ExploitabilityInputs {
            vector,
            in_kev: said.and_then(|one| one.in_kev),
            exploit: said.and_then(|one| one.exploit),
            epss: said.and_then(|one| one.epss),
            exposure: self.exposure(version, around),
        })
    }

    /// The edition of the risk matrix that a version is judged by: the one that its decision was written under;
    /// while nothing that counts is decided, the one in force, and of a case that ended the one of its end.
    pub fn judged_by<'a>(
        &self,
        version: VersionId,
        around: &'a Surroundings,
        at: Instant,
    ) -> &'a Edition<Matrix> {
        let editions = &around.programme.risk_matrix;
        match self.settled_for(DecisionKind::Controlled, version, around, at) {
            Some(settled) => editions.get_or_first(settled.matter.risk_matrix),
            None => editions.at(self.over_at().map_or(at, |over| over.min(at))),
        }
    }

    /// The risk of a version.
    pub fn risk(&self, version: VersionId, around: &Surroundings, at: Instant) -> Risk {
        self.risk_by(version, around, &self.judged_by(version, around, at).rules)
    }

    /// The risk of a version by a matrix.
    pub fn risk_by(&self, version: VersionId, around: &Surroundings, matrix: &Matrix) -> Risk {
        let proposal = self.proposal(version, around);
        let instead = self.exploited.as_ref().and_then(|one| one.value.instead);
        let exploitability = instead.or(proposal.class);
        let severity = self.harm_of(version, around).map(|one| one.value.severity);
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
        self.decisions.values().filter(of_it).max_by_key(|one| (one.taken_at, one.entry))
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

    /// Whether a version that is affected and not decided about was not controlled by an edition of the risk matrix
    /// that held since an instant: a clock that ran by it is not stopped by another edition.
    pub fn was_open(&self, around: &Surroundings, since: Instant, at: Instant) -> bool {
        let editions = &around.programme.risk_matrix;
        let first = editions.at(since).number;
        let held: Vec<&Edition<Matrix>> = editions
            .all()
            .filter(|one| one.number == first || (one.begins >= since && one.begins <= at))
            .collect();
        self.affected(around).into_iter().any(|version| {
            self.decided(version, around, at).is_none()
                && held.iter().any(|one| {
                    let risk = self.risk_by(version, around, &one.rules);
                    risk.determination.outcome != Outcome::Controlled
                })
        })
    }

    /// The risk of the case as a whole: uncontrolled as soon as one affected version is, undetermined while
    /// one is or it is open whether one is affected. What is decided counts before what is computed; none
    /// affected is undetermined too, because nothing was determined.
    pub fn outcome(&self, around: &Surroundings, at: Instant) -> Outcome {
        let of = |one: VersionId| match self.applies(one, around) {
            Some(Applies::Affected) => {
                let decided = self.decided(one, around, at).map(Outcome::from);
                Some(decided.unwrap_or_else(|| self.risk(one, around, at).determination.outcome))
            }
            Some(Applies::NotAffected(_)) if self.rests_on_current_sbom(one, around) => None,
            _ => Some(Outcome::Undetermined),
        };
        let all: Vec<Outcome> = self.in_question(around).into_iter().filter_map(of).collect();
        worst(&all)
    }

    /// How urgent it is: what SSVC says, and at least out of the cycle while the risk is uncontrolled or an
    /// affected version is attacked already. None while nothing of this says it.
    pub fn priority(&self, around: &Surroundings, at: Instant) -> Option<Priority> {
        let outcome = self.outcome(around, at);
        let affected = self.affected(around);
        let of = |one: &VersionId| {
            let edition = self.judged_by(*one, around, at);
            let risk = self.risk_by(*one, around, &edition.rules);
            // What people decided against the cell counts before what the cell says.
            let decided = self.decided(*one, around, at).map(Outcome::from);
            let agrees = decided.is_none_or(|decided| {
                decided == risk.determination.outcome || decided == Outcome::Uncontrolled
            });
            least(&edition.rules, &risk).filter(|_| agrees)
        };
        let least = affected.iter().filter_map(of).max();
        self.urgency(outcome, !affected.is_empty(), least)
    }

    /// The same by what a matrix computes alone, so that it does not hang on an instant.
    pub(super) fn computed_priority(
        &self,
        around: &Surroundings,
        matrix: &Matrix,
    ) -> Option<Priority> {
        let affected = self.affected(around);
        let risks: Vec<Risk> =
            affected.iter().map(|one| self.risk_by(*one, around, matrix)).collect();
        let outcomes: Vec<Outcome> = risks.iter().map(|one| one.determination.outcome).collect();
        let least = risks.iter().filter_map(|one| least(matrix, one)).max();
        self.urgency(worst(&outcomes), !affected.is_empty(), least)
    }

    fn urgency(
        &self,
        outcome: Outcome,
        affected: bool,
        least: Option<Priority>,
    ) -> Option<Priority> {
        let said = self.ssvc_outcome();
        let known = self.exploited.as_ref().map(|one| &one.value);
        let attacked = affected
            && known.is_some_and(|one| {
                one.in_kev == Some(true) || one.exploit == Some(harm::Exploit::Active)
            });
        match (outcome, said) {
            (Outcome::Uncontrolled, said) => said.max(Some(Priority::OutOfCycle)).max(least),
            (_, said) if attacked => said.max(Some(Priority::OutOfCycle)).max(least),
            (Outcome::Controlled, Some(said)) => Some(said).max(least),
            // Nothing that is still open can make it less urgent than this.
            (Outcome::Undetermined, said) => {
                said.max(least).filter(|one| *one == Priority::Immediate)
            }
            // What the matrix asks for at least does not wait for the answers to SSVC.
            (Outcome::Controlled, None) => least.filter(|one| *one >= Priority::OutOfCycle),
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
            && self.rests_on_current_sbom(version, around)
        {
            return Disposition::NotAffected(why);
        }
        let changes = self.in_question(around).contains(&version);
        if changes && self.applies(version, around) != Some(Applies::Affected) {
            return Disposition::UnderInvestigation;
        }
        let product = around.versions.get(&version).map(|one| one.product);
        let fixed = self.changed.iter().rev().find(|one| {
            let fixes = around.versions.get(&one.value.version);
            fixes.is_some_and(|fix| Some(fix.product) == product)
                && self.shows_fix(one.value.version, around)
                && self.fix_available().is_some()
        });
        if let Some(fixed) = fixed {
            return Disposition::Patched(fixed.value.version);
        }
        if !changes {
            return Disposition::UnderInvestigation;
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

    /// Whether a version's SBOM shows the fix. Where the vulnerability has no identifier that could be looked
    /// up, that there is an SBOM is all it can show; the security test says the rest. Where the SBOM cannot
    /// tell, somebody has said of this very version why it is not affected.
    pub fn shows_fix(&self, version: VersionId, around: &Surroundings) -> bool {
        let Some(one) = around.versions.get(&version).filter(|one| !one.sboms.is_empty()) else {
            return false;
        };
        let said = self.versions.get(&version).and_then(|one| one.applicability.as_ref());
        let stated = said.is_some_and(|said| matches!(said.value.applies, Applies::NotAffected(_)))
            && self.rests_on_current_sbom(version, around);
        self.opened.vulnerabilities.is_empty()
            || around.is_clean(version)
            || (one.found == Found::NotCovered && stated)
    }

    /// Whether the newest security test of a version with its newest change passed.
    pub fn passed_security(&self, version: VersionId) -> bool {
        let Some(changed) = self.changed.iter().rfind(|one| one.value.version == version) else {
            return false;
        };
        let newest = self.tests_of(changed).rfind(|one| one.value.kind == TestKind::SecurityAfter);
        newest.is_some_and(|one| one.value.passed)
    }

    /// The tests of a version with the change, since its newest change, in their order.
    pub(super) fn tests_of(
        &self,
        changed: &Said<Changed>,
    ) -> impl DoubleEndedIterator<Item = &Said<Tested>> {
        let (version, since) = (changed.value.version, changed.entry);
        self.tests.iter().filter(move |one| {
            one.value.kind != TestKind::SecurityBefore
                && one.value.version == version
                && one.entry > since
        })
    }

    /// When the newest fix became available: not before the newest change.
    fn fix_available(&self) -> Option<Instant> {
        let changed = self.changed.last()?;
        let of_it = |one: &&Said<super::Happened>| {
            one.value.what == "fix_available" && one.entry > changed.entry
        };
        self.happened.iter().filter(of_it).map(|one| one.value.at).min()
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
                && one.is_about(version)
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

    /// The ratings that a person may see: their own, and of a version that they rated those of the others
    /// too. Whoever has not rated sees none, so that nobody is led.
    pub fn ratings_seen_by(&self, person: PersonId) -> Vec<&Said<super::Rated>> {
        let seen = |one: &&Said<super::Rated>| self.sees_ratings_of(person, one.value.version);
        self.ratings.iter().filter(seen).collect()
    }

    /// Whether a person rated a version, and so may see what the others said of it.
    pub fn sees_ratings_of(&self, person: PersonId, version: VersionId) -> bool {
        self.ratings.iter().any(|one| one.by == Some(person) && one.value.version == version)
    }

    /// Whether a person may see what a fact of this case says. Ratings are blind; all else is open to
    /// whoever may know of the case.
    pub fn may_see(&self, person: PersonId, fact: &super::Fact) -> bool {
        match fact {
            super::Fact::Rated(one) => self.sees_ratings_of(person, one.version),
            _ => true,
        }
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
