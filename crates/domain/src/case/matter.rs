//! What a decision about a case settles, and the wish with which it is proposed.

use super::{Applies, Case, Justification, Progress, Stage, Surroundings, Train, state::Settled};
use crate::{
    Date, canonical,
    decision::Wish,
    harm::{Exploitability, Matrix, Outcome, Risk as Harmful},
    refusal::Refusal,
    rights::{Circumstances, DecisionKind},
    sight::Sight,
};
use aftercare_vocab::{
    digest::Digest,
    id::{CaseId, MitigationId, VersionId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest time for which a risk is accepted, in months (proposed).
pub const ACCEPTANCE_MONTHS: i32 = 12;

/// A vulnerability in some versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Its identifier; for a case the first of its own.
    pub vulnerability: String,
    /// The versions.
    pub versions: BTreeSet<VersionId>,
}

/// What is decided, where the kind of the decision leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The risk is controlled.
    Controlled,
    /// The risk is uncontrolled.
    Uncontrolled,
    /// Not affected, and why.
    NotAffected(Justification),
    /// With which updates the fix comes.
    Train(Train),
    /// To be reported to an authority, or not.
    Reportable(bool),
}

/// What a decision settles: without it, its words are all there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// The case; none = findings that have none.
    pub case: Option<CaseId>,
    /// What it is about.
    pub findings: Vec<Finding>,
    /// What is decided.
    pub answer: Option<Answer>,
    /// Until when it holds, or by when it is to be done.
    pub until: Option<Date>,
    /// The mitigation it is about.
    pub mitigation: Option<MitigationId>,
    /// SHA-256 of what it rests on; once that is otherwise, it does not count.
    pub basis: Option<Digest>,
    /// SHA-256 of the advisory that it lets out, with every document as it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
    /// The edition of the risk matrix that it was written under; none = the first, that of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_matrix: Option<u64>,
}

impl Matter {
    /// Every version it is about.
    pub fn versions(&self) -> BTreeSet<VersionId> {
        self.findings.iter().flat_map(|one| one.versions.iter().copied()).collect()
    }
}

/// What somebody wants decided about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The kind of decision.
    pub kind: DecisionKind,
    /// The versions; none = the case as a whole.
    pub versions: BTreeSet<VersionId>,
    /// What is decided.
    pub answer: Option<Answer>,
    /// Until when, or by when.
    pub until: Option<Date>,
    /// The mitigation.
    pub mitigation: Option<MitigationId>,
    /// In one line.
    pub title: String,
    /// What is decided, and why.
    pub statement: String,
}

impl Settled {
    /// Why it does not count any more although it was taken; none = it counts.
    pub fn lapsed(&self, case: &Case, around: &Surroundings, at: Instant) -> Option<String> {
        if let (Some(until), DecisionKind::RiskAcceptance) = (self.matter.until, self.kind)
            && around.zone.day_of(at).is_none_or(|today| today > until)
        {
            return Some(format!("It held until {until}."));
        }
        if case.reopened.last().is_some_and(|one| one.entry > self.entry) {
            return Some("The case was opened again after it was written.".to_owned());
        }
        if self.kind == DecisionKind::Closure && case.worked > self.entry {
            return Some("Something was recorded about the case after it was written.".to_owned());
        }
        let versions = self.matter.versions();
        let controlled =
            |one: &VersionId| case.decided(*one, around, at) == Some(Harmful::Controlled);
        if self.kind == DecisionKind::RiskAcceptance && !versions.iter().all(controlled) {
            return Some("It is not decided any more that the risk is controlled.".to_owned());
        }
        let basis = self.matter.basis?;
        let matrix = &around.programme.risk_matrix.get_or_first(self.matter.risk_matrix).rules;
        if case.basis(self.kind, &versions, around, matrix) == Some(basis) {
            return None;
        }
        Some(self.what_changed(case, around))
    }

    /// What of its basis is newer than it.
    fn what_changed(&self, case: &Case, around: &Surroundings) -> String {
        let of_case: [(&str, Option<u64>); 4] = [
            ("What is known of exploits", case.exploited.as_ref().map(|one| one.entry)),
            ("The plan", case.plan.as_ref().map(|one| one.entry)),
            ("A mitigation", case.mitigations.values().map(|one| one.entry).max()),
            (
                "Change or tests",
                case.tests
                    .iter()
                    .map(|one| one.entry)
                    .chain(case.changed.iter().map(|one| one.entry))
                    .max(),
            ),
        ];
        let rests: &[usize] = match self.kind {
            DecisionKind::Severity | DecisionKind::Controlled | DecisionKind::RiskAcceptance => {
                &[0]
            }
            DecisionKind::Reportability => &[0],
            DecisionKind::Priority => &[0, 1],
            DecisionKind::CompensatingControl => &[2],
            DecisionKind::Release => &[3],
            _ => &[],
        };
        let newer = |entry: Option<u64>| entry.is_some_and(|entry| entry > self.entry);
        let said = rests.iter().map(|one| of_case[*one]).find(|(_, entry)| newer(*entry));
        if let Some((what, _)) = said {
            return format!("{what} changed after it was written.");
        }
        for version in self.matter.versions() {
            let label = around.label(version);
            if case.carried_in_vain(version, around).is_some() {
                return format!("What was carried to {label} does not hold there any more.");
            }
            let Some(one) = case.assessed(version, around) else {
                return format!("Nothing is said of {label} any more.");
            };
            if one.harmed.is_some() && case.harm_of(version, around).is_none() {
                return format!(
                    "The risk file says something else of the hazards that were named for {label}."
                );
            }
            if !case.environments_open(version, around).is_empty()
                || case.exposures_of(version, around).count() < one.exposed.len()
            {
                return format!(
                    "The environments in which {label} is used are not what they were."
                );
            }
            let said = [
                ("Whether it is affected", one.applicability.as_ref().map(|one| one.entry)),
                ("The exposure", one.exposed.values().map(|one| one.entry).max()),
                ("The severity of harm", one.harmed.as_ref().map(|one| one.entry)),
            ];
            if let Some((what, _)) = said.into_iter().find(|(_, entry)| newer(*entry)) {
                return format!("{what} changed for {label} after it was written.");
            }
        }
        "SBOM or findings changed after it was written.".to_owned()
    }

    /// Whether it is about a version; one that names none is about the case as a whole.
    pub fn is_about(&self, version: VersionId) -> bool {
        let versions = self.matter.versions();
        versions.is_empty() || versions.contains(&version)
    }

    /// Whether it was taken and still counts.
    pub fn counts(&self, case: &Case, around: &Surroundings, at: Instant) -> bool {
        self.taken_at.is_some_and(|taken| taken <= at) && self.lapsed(case, around, at).is_none()
    }
}

impl Case {
    /// SHA-256 over what a decision of this kind about these versions rests on, by the risk matrix that it was
    /// written under; none = on nothing that can change under it.
    pub fn basis(
        &self,
        kind: DecisionKind,
        versions: &BTreeSet<VersionId>,
        around: &Surroundings,
        matrix: &Matrix,
    ) -> Option<Digest> {
        let assessed = |versions: &BTreeSet<VersionId>| {
            let each = versions.iter().map(|version| {
                let said = self.assessed(*version, around);
                let current = around.versions.get(version);
                (
                    version.to_string(),
                    said.and_then(|one| one.applicability.as_ref()).map(|one| one.value.applies),
                    current.map(|one| (&one.sboms, one.found.code(), &one.components)),
                    said.map(|_| {
                        self.exposures_of(*version, around)
                            .map(|one| {
                                (&one.value.environment, one.value.from, one.value.reachable)
                            })
                            .collect::<Vec<_>>()
                    }),
                    self.harm_of(*version, around)
                        .map(|one| (one.value.severity, one.value.essential_performance)),
                )
            });
            each.collect::<Vec<_>>()
        };
        // What is stated of the use of a product, where anything is: environments of which nothing is said, and what
        // was said rests on.
        let resting = |versions: &BTreeSet<VersionId>| {
            let each = versions.iter().filter_map(|version| {
                let open = self.environments_open(*version, around);
                let harm = self.harm_of(*version, around).map(|one| &one.value.premises);
                let exposed: Vec<_> =
                    self.exposures_of(*version, around).map(|one| &one.value.premises).collect();
                let said = harm.into_iter().chain(exposed.iter().copied());
                let is_stated = !open.is_empty() || said.flatten().next().is_some();
                is_stated.then(|| (version.to_string(), open, harm, exposed))
            });
            each.collect::<Vec<_>>()
        };
        // Nothing where nothing is stated, so that what was decided before keeps its basis.
        let and_use = |bytes: Result<Vec<u8>, canonical::NotCanonical>,
                       versions: &BTreeSet<VersionId>| {
            let resting = resting(versions);
            let mut bytes = bytes?;
            if !resting.is_empty() {
                bytes.extend(canonical::bytes(&resting)?);
            }
            Ok(bytes)
        };
        let exploited = self.exploited.as_ref().map(|one| &one.value);
        let plan = self.plan.as_ref().map(|one| &one.value);
        let bytes = match kind {
            DecisionKind::NotAffected => canonical::bytes(&assessed(versions)),
            DecisionKind::Severity | DecisionKind::Controlled | DecisionKind::RiskAcceptance => {
                and_use(canonical::bytes(&(assessed(versions), exploited)), versions)
            }
            DecisionKind::Priority => {
                let computed = self.computed_priority(around, matrix).map(super::Priority::code);
                canonical::bytes(&(plan, computed))
            }
            // What is to be reported hangs on all of the risk, and on what the law asks.
            DecisionKind::Reportability => {
                let answers: Vec<_> = self
                    .answered
                    .iter()
                    .map(|(question, said)| (question.code(), said.value.yes))
                    .collect();
                let affected = self.affected(around);
                and_use(canonical::bytes(&(assessed(&affected), exploited, answers)), &affected)
            }
            DecisionKind::CompensatingControl => {
                let each = self.mitigations.values().map(|one| &one.value);
                canonical::bytes(&each.collect::<Vec<_>>())
            }
            DecisionKind::Release => {
                let tests = self.tests.iter().map(|one| &one.value).collect::<Vec<_>>();
                let changes = self.changed.iter().map(|one| &one.value).collect::<Vec<_>>();
                canonical::bytes(&(tests, changes))
            }
            DecisionKind::Notification
            | DecisionKind::FieldAction
            | DecisionKind::Disclosure
            | DecisionKind::Closure
            | DecisionKind::RightsMatrix
            | DecisionKind::ProgrammeRules => return None,
        };
        bytes.ok().map(|bytes| Digest::of(&bytes))
    }

    /// What matters for who must sign about these versions, as the case says it; what it does not say is
    /// unknown, and then whoever could be needed is needed.
    pub fn circumstances(
        &self,
        about: &About,
        around: &Surroundings,
        matrix: &Matrix,
    ) -> Circumstances {
        let versions: BTreeSet<VersionId> =
            if about.versions.is_empty() { self.affected(around) } else { about.versions.clone() };
        let said = |version: &VersionId| self.harm_of(*version, around);
        let all: Option<Vec<_>> = versions.iter().map(said).collect();
        let known = all.filter(|all| !all.is_empty());
        let risks: Vec<Outcome> = versions
            .iter()
            .map(|one| self.risk_by(*one, around, matrix).determination.outcome)
            .collect();
        let uncontrolled = if risks.contains(&Outcome::Uncontrolled) {
            Some(true)
        } else if risks.contains(&Outcome::Undetermined) || risks.is_empty() {
            None
        } else {
            Some(false)
        };
        let lowers = match about.answer {
            // A class that somebody set below the computed one lowers too.
            Some(Answer::Controlled) => {
                uncontrolled != Some(false)
                    || versions.iter().any(|one| self.is_lowered(*one, around))
            }
            Some(Answer::NotAffected(_)) => versions
                .iter()
                .any(|one| around.versions.get(one).is_some_and(|one| one.found.is_hit())),
            Some(Answer::Train(Train::RegularCycle)) => self
                .computed_priority(around, matrix)
                .is_none_or(|one| one > super::Priority::Scheduled),
            None if about.kind == DecisionKind::Severity => {
                versions.iter().any(|one| self.is_lowered(*one, around))
            }
            _ => false,
        };
        Circumstances {
            harm: known.as_ref().and_then(|all| all.iter().map(|one| one.value.severity).max()),
            essential_performance: known
                .map(|all| all.iter().any(|one| one.value.essential_performance)),
            uncontrolled,
            product_class: None,
            rests_on_reachability: match about.answer {
                Some(Answer::NotAffected(why)) => Some(why.rests_on_reachability()),
                _ => Some(false),
            },
            lowers_computed: lowers && about.kind.is_computed(),
        }
    }
}

impl Case {
    /// Whether somebody set the class of exploitability of a version below what is computed, or below the
    /// least that what is known amounts to.
    pub fn is_lowered(&self, version: VersionId, around: &Surroundings) -> bool {
        let instead = self.exploited.as_ref().and_then(|one| one.value.instead);
        let proposal = self.proposal(version, around);
        instead.is_some_and(|instead| match proposal.class {
            Some(class) => instead < class,
            // Something unknown could make it the highest.
            None => instead < Exploitability::High,
        })
    }
}

/// The wish to decide something about a case, with what it rests on; or why it cannot be decided yet.
pub fn wish(
    case: &Case,
    around: &Surroundings,
    now: &Progress,
    about: About,
    at: Instant,
) -> Result<Wish, Refusal> {
    let edition = around.programme.risk_matrix.at(at);
    let matrix = &edition.rules;
    let ready = |stage: Stage, except: &str| -> Result<(), Refusal> {
        // What an emergency left out is made good before anything is signed that rests on it.
        let open: Vec<String> = now
            .todos
            .iter()
            .filter(|todo| todo.guard != except && (todo.blocks(stage) || todo.due.is_some()))
            .map(|todo| todo.says.clone())
            .collect();
        if now.stage == stage && open.is_empty() {
            return Ok(());
        }
        let missing = if open.is_empty() {
            format!("The case stands at {}.", now.stage.title().to_lowercase())
        } else {
            format!("Still missing: {}.", open.join("; "))
        };
        Err(Refusal::new("too_early", missing, "Record what is missing, then propose it."))
    };
    if !matches!(
        about.kind,
        DecisionKind::Notification
            | DecisionKind::FieldAction
            | DecisionKind::Reportability
            | DecisionKind::Disclosure
    ) {
        case.still_open()?;
    }
    if !fits(about.kind, about.answer) {
        return Err(Refusal::new(
            "answer_unfit",
            "What is decided does not fit this kind of decision.",
            "Choose one of the possible answers.",
        ));
    }
    for version in &about.versions {
        if !around.versions.contains_key(version) {
            return Err(Refusal::unknown("product version of this case", version));
        }
    }
    let each = |holds: &dyn Fn(VersionId) -> bool, code, what: &str, next: &str| match about
        .versions
        .iter()
        .find(|one| !holds(**one))
    {
        Some(version) => {
            Err(Refusal::new(code, format!("{what} {}.", around.label(*version)), next.to_owned()))
        }
        None => Ok(()),
    };
    let needs_versions = matches!(
        about.kind,
        DecisionKind::Severity
            | DecisionKind::Controlled
            | DecisionKind::NotAffected
            | DecisionKind::RiskAcceptance
    );
    if needs_versions && about.versions.is_empty() {
        return Err(Refusal::new(
            "no_version",
            "No product version is named.",
            "Name the versions that it is decided for.",
        ));
    }
    match (about.kind, about.answer) {
        // The graver answer never waits for what is missing.
        (DecisionKind::Controlled, Some(Answer::Uncontrolled)) => {}
        (DecisionKind::Controlled, Some(Answer::Controlled)) => each(
            &|one| case.risk_by(one, around, matrix).determination.outcome != Outcome::Undetermined,
            "risk_undetermined",
            "Exploitability or severity of harm is missing for",
            "Assess both first: what is not known is not controlled.",
        )?,
        (DecisionKind::NotAffected, Some(Answer::NotAffected(why))) => {
            each(
                &|one| case.applies(one, around) == Some(Applies::NotAffected(why)),
                "value_missing",
                "That it is not affected for this reason is not recorded for",
                "Record the value with its evidence first.",
            )?;
            each(
                &|one| case.rests_on_current_sbom(one, around),
                "sbom_changed",
                "The value does not rest on a current SBOM for",
                "Look at the current SBOM and record the value again; without an SBOM nothing is not affected.",
            )?;
        }
        (DecisionKind::Priority, Some(Answer::Train(train)))
            if case.plan.as_ref().is_none_or(|plan| plan.value.train != train) =>
        {
            return Err(Refusal::new(
                "plan_missing",
                "There is no plan with this train.",
                "Record the plan first.",
            ));
        }
        (DecisionKind::CompensatingControl, _) => {
            let control = about.mitigation.and_then(|one| case.mitigations.get(&one));
            let Some(control) = control.map(|one| &one.value) else {
                return Err(Refusal::new(
                    "mitigation_missing",
                    "No control of this case is named.",
                    "Name the compensating control.",
                ));
            };
            if control.adds_risk != Some(false)
                || control.exploitability_after.is_none()
                || control.verification.is_empty()
            {
                return Err(Refusal::new(
                    "control_not_assessed",
                    "It is not recorded how exploitable it is with the control, that the control adds no risk, or how it was verified.",
                    "Complete the record of the control first.",
                ));
            }
        }
        (DecisionKind::RiskAcceptance, _) => {
            let today = around.zone.day_of(at);
            let latest = today
                .and_then(|day| day.checked_add(jiff::Span::new().months(ACCEPTANCE_MONTHS)).ok());
            let fits = about.until.is_some_and(|until| {
                today.is_some_and(|day| until > day) && latest.is_some_and(|day| until <= day)
            });
            if !fits {
                return Err(Refusal::new(
                    "expiry_missing",
                    "A risk is accepted until a day.",
                    format!("Name a day within the next {ACCEPTANCE_MONTHS} months."),
                ));
            }
            each(
                &|one| case.decided(one, around, at) == Some(Harmful::Controlled),
                "uncontrolled",
                "It is not decided that the risk is controlled for",
                "An uncontrolled risk is remediated; it cannot be accepted.",
            )?;
        }
        (DecisionKind::Reportability, Some(Answer::Reportable(_)))
        | (
            DecisionKind::Severity
            | DecisionKind::Notification
            | DecisionKind::FieldAction
            | DecisionKind::Disclosure,
            _,
        )
        | (DecisionKind::Priority, Some(Answer::Train(_))) => {}
        (DecisionKind::Release, _) => ready(Stage::ReleaseApproval, "release_approved")?,
        (DecisionKind::Closure, _) => ready(Stage::ClosureReview, "closure_approved")?,
        (DecisionKind::RightsMatrix | DecisionKind::ProgrammeRules, _) => {
            return Err(Refusal::new(
                "not_of_a_case",
                "Decision rights and rules of the programme belong to no case.",
                "Change them on their own page.",
            ));
        }
        (
            DecisionKind::Controlled
            | DecisionKind::NotAffected
            | DecisionKind::Priority
            | DecisionKind::Reportability,
            _,
        ) => {
            return Err(Refusal::new(
                "answer_missing",
                "It is not said what is decided.",
                "Say which of the possible answers.",
            ));
        }
    }
    let basis = case.basis(about.kind, &about.versions, around, matrix);
    let circumstances = case.circumstances(&about, around, matrix);
    let vulnerability =
        case.opened.vulnerabilities.first().cloned().unwrap_or_else(|| case.opened.number.clone());
    let families = if about.versions.is_empty() {
        case.families.clone()
    } else {
        let named = about.versions.iter().filter_map(|one| around.versions.get(one));
        Sight::of(named.map(|one| one.family))
    };
    Ok(Wish {
        kind: about.kind,
        about: case.opened.number.clone(),
        title: about.title,
        statement: about.statement,
        circumstances,
        families: match families {
            Sight::Families(some) if some.is_empty() => Sight::All,
            families => families,
        },
        matrix: None,
        rules: None,
        matter: Some(Matter {
            case: Some(case.id()),
            findings: vec![Finding { vulnerability, versions: about.versions }],
            answer: about.answer,
            until: about.until,
            mitigation: about.mitigation,
            basis,
            document: None,
            risk_matrix: (edition.number > 1).then_some(edition.number),
        }),
    })
}

/// Whether an answer is one of those that a kind of decision leaves open.
const fn fits(kind: DecisionKind, answer: Option<Answer>) -> bool {
    matches!(
        (kind, answer),
        (_, None)
            | (DecisionKind::Controlled, Some(Answer::Controlled | Answer::Uncontrolled))
            | (DecisionKind::NotAffected, Some(Answer::NotAffected(_)))
            | (DecisionKind::Priority, Some(Answer::Train(_)))
            | (DecisionKind::Reportability, Some(Answer::Reportable(_)))
    )
}
