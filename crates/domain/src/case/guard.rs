//! The conditions of the workflow, one by one: what holds, or what is missing for it.

use super::{
    Answer, Applies, Case, Cases, End, LinkKind, Question, Rejection, Surroundings, TestKind, Told,
    Workflow, assess::Disposition, evidence, progress::seconds,
};
use crate::{
    harm::{Outcome, Risk},
    rights::DecisionKind,
    sight::Sight,
    signal::{HarmScreen, Reporter},
};
use aftercare_vocab::{id::VersionId, instant::Instant};

/// What conditions are looked at with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bench<'a> {
    pub case: &'a Case,
    pub cases: &'a Cases,
    pub around: &'a Surroundings,
    pub at: Instant,
}

type Held = Result<(), String>;

/// A condition, and the words for what is missing.
fn when(holds: bool, missing: impl Into<String>) -> Held {
    if holds { Ok(()) } else { Err(missing.into()) }
}

/// Whether a condition holds, or what is missing.
pub(super) fn holds(guard: &str, bench: &Bench<'_>) -> Held {
    let Bench { case, cases, around, at } = *bench;
    match guard {
        "item_recorded" => when(
            !case.signals.is_empty() || case.opened.matched_at.is_some(),
            "No signal belongs to this case.",
        ),
        "aware_set" => when(case.aware_at.is_some(), "Nobody is said to have become aware."),
        "harm_screened" => bench.harm_screened(),
        "owner_assigned" => when(case.owner.is_some(), "Nobody owns it."),
        "acknowledgement_sent" => {
            when(!bench.waits_outside() || bench.told(Told::Acknowledged), "The reporter waits.")
        }
        "scope_named" => when(
            !matches!(&case.families, Sight::Families(some) if some.is_empty()),
            "No product family is named.",
        ),
        "primary_linked" => match case.ended.as_ref().map(|end| &end.value) {
            Some(End::Duplicate(of)) if cases.get(*of).is_some() => Ok(()),
            _ => Err("The other case is not named.".to_owned()),
        },
        "reporter_informed_duplicate" | "reporter_informed_rejection" | "reporter_informed" => {
            when(!bench.waits_outside() || bench.told(Told::Outcome), "The reporter was not told.")
        }
        "earliest_aware_kept" => match case.ended.as_ref().map(|end| &end.value) {
            Some(End::Duplicate(of)) => {
                let primary = cases.get(*of).and_then(|one| one.aware_at);
                when(
                    case.aware_at.is_none() || primary.is_some_and(|at| Some(at) <= case.aware_at),
                    "The other case has a later instant.",
                )
            }
            _ => Err("The other case is not named.".to_owned()),
        },
        "credible" => when(
            case.credible.is_some() || bench.published(),
            "It is neither published nor reproduced, and its source is not said to be credible.",
        ),
        "weakness_named" => when(
            case.weakness.is_some() || !case.opened.vulnerabilities.is_empty(),
            "Neither a vulnerability nor a weakness is named.",
        ),
        "rejection_coded" => when(
            matches!(case.ended.as_ref().map(|end| &end.value), Some(End::Rejected(code)) if Rejection::ALL.contains(code)),
            "No reason is given.",
        ),
        "rejection_seconded" => when(
            case.ended.as_ref().and_then(|end| seconds(end, case.seconded.as_ref())).is_some(),
            "Nobody else has agreed.",
        ),
        "recipient_reached" => match &case.ended {
            Some(end) => match &end.value {
                End::Transferred { accepted: true, .. } => Ok(()),
                End::Transferred { accepted: false, .. } => {
                    when(end.reason.is_some(), "Neither taken over nor are attempts recorded.")
                }
                _ => Err("No recipient is named.".to_owned()),
            },
            None => Err("No recipient is named.".to_owned()),
        },
        "applicability_complete" => {
            bench.each_version(|one| case.applies(one).is_some(), "No value for")
        }
        "sbom_current" => bench.each_version(
            |one| bench.rests_on_current_sbom(one),
            "Its SBOM changed, or it has none, since the value was given for",
        ),
        "exposure_filled" => {
            bench.each_affected(|one| case.exposure(one).is_some(), "No exposure for")
        }
        "all_not_affected" => {
            when(!around.versions.is_empty(), "No product version is in question.")?;
            bench.each_version(
                |one| matches!(case.disposition(one, around, at), Disposition::NotAffected(_)),
                "Not decided for",
            )
        }
        "scored" => when(
            case.exploited.as_ref().is_some_and(|one| one.value.vector.is_some()),
            "No vector is recorded.",
        ),
        "ssvc_selected" => {
            when(case.ssvc_outcome().is_some(), "The answers lead to no outcome yet.")
        }
        "exploitability_reasoned" => {
            when(case.exploited.is_some(), "Exploitability is not recorded.")?;
            bench.each_affected(
                |one| case.risk(one).exploitability.is_some(),
                "Exploitability is still open for",
            )
        }
        "harm_assessed" => {
            bench.each_affected(|one| case.risk(one).severity.is_some(), "No severity of harm for")
        }
        "controls_listed" => when(case.controls.is_some(), "The controls are not listed."),
        "determined" => {
            when(
                !case.affected(around).is_empty() || bench.all_decided(),
                "No version is said to be affected, and not all are decided not to be.",
            )?;
            bench.each_affected(
                |one| case.decided(one, around, at).is_some(),
                "Not decided, or lapsed, for",
            )
        }
        "risk_file_linked" => bench.linked(LinkKind::RiskFile),
        "uncontrolled_started" => match case.outcome(around, at) {
            Outcome::Controlled => Ok(()),
            Outcome::Undetermined => Err("The risk is undetermined.".to_owned()),
            Outcome::Uncontrolled => {
                let looked = |question| case.answered.contains_key(&question);
                when(
                    looked(Question::HarmKnown) && looked(Question::IsaoMember),
                    "It is not recorded whether harm is known and whether the maker is in an ISAO.",
                )
            }
        },
        "path_chosen" => when(
            case.plan.as_ref().is_some_and(|plan| !plan.value.chosen.is_empty()),
            "No mitigation is chosen.",
        ),
        "target_set" => when(case.plan.is_some(), "There is no plan with a day and its reason."),
        "interim_decided" => when(case.plan.is_some(), "What holds meanwhile is not recorded."),
        "train_chosen" => {
            let decided = case.decisions.values().any(|one| {
                one.kind == DecisionKind::Priority
                    && one.counts(case, around, at)
                    && matches!(one.matter.answer, Some(Answer::Train(train)) if case.plan.as_ref().is_some_and(|plan| plan.value.train == train))
            });
            when(decided, "Cycle and date are not decided, or the plan changed since.")
        }
        "change_requested" => bench.linked(LinkKind::ChangeRequest),
        "controlled_only" => bench.each_affected(
            |one| case.decided(one, around, at) == Some(Risk::Controlled),
            "Not decided to be controlled:",
        ),
        "long_term_answer" => bench.each_affected(
            |one| {
                case.settled_for(DecisionKind::RiskAcceptance, one, around, at).is_some()
                    || case.is_controlled_outside(one, around, at)
            },
            "Neither accepted nor controlled for good:",
        ),
        "change_implemented" => bench.change_implemented(),
        "sbom_regenerated" => {
            let fixed = case.changed.last().and_then(|one| around.versions.get(&one.value.version));
            when(
                fixed.is_some_and(|one| !one.sboms.is_empty()),
                "The version with the change has no SBOM.",
            )
        }
        "test_failed" => when(bench.failed_since_change(), "No test failed since the change."),
        "security_test_passed" => {
            bench.tested(
                TestKind::SecurityBefore,
                |passed, _| !passed,
                "No security test failed before the change.",
            )?;
            bench.tested(
                TestKind::SecurityAfter,
                |passed, _| passed,
                "No security test passed after the change.",
            )
        }
        "regression_passed" => bench.tested(
            TestKind::Regression,
            |passed, deviation| passed || deviation,
            "Regression is not recorded, or failed without a deviation.",
        ),
        "safety_evaluated" => bench.tested(
            TestKind::SafetyImpact,
            |passed, deviation| passed || deviation,
            "The impact on safety is not evaluated, or is one.",
        ),
        "update_tested" => {
            bench.tested(
                TestKind::Update,
                |passed, deviation| passed || deviation,
                "The update is not tested.",
            )?;
            bench.tested(
                TestKind::Rollback,
                |passed, deviation| passed || deviation,
                "Going back is not tested.",
            )
        }
        "tester_independent" => bench.independent(),
        "release_approved" => when(
            case.decisions
                .values()
                .any(|one| one.kind == DecisionKind::Release && one.counts(case, around, at)),
            "The release is not decided, or something was changed or tested since.",
        ),
        "sbom_matches_build" => {
            let fixed = case.changed.last().and_then(|one| around.versions.get(&one.value.version));
            when(
                fixed.is_some_and(super::Around::shows_fix),
                "The SBOM of the version with the change still shows the vulnerability, or cannot tell.",
            )
        }
        "consignees_notified" => when(
            case.customers_told
                .iter()
                .any(|one| one.value.consignees > 0 || one.value.exceptions.is_some()),
            "No consignee was told.",
        ),
        "evidence_complete" => {
            let lacking: Vec<&str> = evidence(case, around)
                .into_iter()
                .filter(|one| !one.there)
                .map(|one| one.title)
                .collect();
            when(lacking.is_empty(), format!("Missing: {}.", lacking.join(", ")))
        }
        "regulatory_finished" => bench.regulatory_finished(),
        "dates_complete" => {
            let lacking: Vec<&str> = ["aware", "triage_done", "determined"]
                .into_iter()
                .filter(|what| case.moment_of(what).is_none())
                .collect();
            when(lacking.is_empty(), format!("Not recorded: {}.", lacking.join(", ")))
        }
        "closure_approved" => when(case.closed().is_some(), "Closing is not decided."),
        "reopen_reasoned" | "premise_changed" | "information_new" => {
            when(!case.reopened.is_empty(), "No reason is recorded.")
        }
        _ => bench.attested(guard),
    }
}

impl Bench<'_> {
    /// Conditions that somebody stands for. One that the workflow does not know never holds.
    fn attested(&self, guard: &str) -> Held {
        let known =
            Workflow::shipped().guard(guard).is_some_and(|(_, one)| one.attested_by.is_some());
        when(known && self.case.attested.contains_key(guard), "Nobody has recorded it.")
    }

    fn harm_screened(&self) -> Held {
        let said = match &self.case.harm {
            Some(said) => Some((said.value.0, said.value.1.clone())),
            // The gravest answer of its signals.
            None => self
                .case
                .signals
                .iter()
                .filter_map(|id| self.cases.signal(*id))
                .map(|one| (one.received.harm, one.received.complaint.clone()))
                .min_by_key(|(harm, _)| match harm {
                    HarmScreen::Yes => 0,
                    HarmScreen::Unknown => 1,
                    HarmScreen::No => 2,
                }),
        };
        match said {
            Some((HarmScreen::No, _) | (HarmScreen::Yes, Some(_))) => Ok(()),
            Some((HarmScreen::Yes, None)) => Err("The complaint record is not named.".to_owned()),
            Some((HarmScreen::Unknown, _)) | None => Err("Nobody has asked.".to_owned()),
        }
    }

    /// Whether somebody outside waits to hear of it.
    fn waits_outside(&self) -> bool {
        self.case
            .signals
            .iter()
            .filter_map(|id| self.cases.signal(*id))
            .any(|one| matches!(one.received.reporter, Reporter::Thread(_) | Reporter::Outside))
    }

    fn told(&self, what: Told) -> bool {
        let since = match what {
            Told::Outcome => self.case.reopened.last().map(|one| one.at),
            Told::Acknowledged | Told::Progress => None,
        };
        self.case
            .reporter_told
            .iter()
            .any(|one| one.value.told == what && since.is_none_or(|since| one.at > since))
    }

    fn published(&self) -> bool {
        let known = ["CVE-", "GHSA-"];
        self.case
            .opened
            .vulnerabilities
            .iter()
            .any(|id| known.iter().any(|start| id.starts_with(start)))
    }

    fn each(
        &self,
        of: impl Iterator<Item = VersionId>,
        holds: impl Fn(VersionId) -> bool,
        missing: &str,
    ) -> Held {
        let lacking: Vec<String> =
            of.filter(|one| !holds(*one)).map(|one| self.around.label(one)).collect();
        when(lacking.is_empty(), format!("{missing} {}.", some_of(&lacking)))
    }

    fn each_version(&self, holds: impl Fn(VersionId) -> bool, missing: &str) -> Held {
        self.each(self.around.versions.keys().copied(), holds, missing)
    }

    fn each_affected(&self, holds: impl Fn(VersionId) -> bool, missing: &str) -> Held {
        self.each(self.case.affected(self.around).into_iter(), holds, missing)
    }

    fn all_decided(&self) -> bool {
        self.around
            .versions
            .keys()
            .all(|one| matches!(self.case.applies(*one), Some(Applies::NotAffected(_))))
    }

    fn rests_on_current_sbom(&self, version: VersionId) -> bool {
        let Some(said) = self.case.assessed(version).and_then(|one| one.applicability.as_ref())
        else {
            return true; // that there is no value is told by another condition
        };
        let current = self.around.versions.get(&version).map_or(&[][..], |one| &one.sboms[..]);
        let carried = self.case.versions.get(&version).is_some_and(|one| one.carried.is_some());
        match said.value.versions.get(&version) {
            Some(Some(sbom)) => current.contains(sbom),
            Some(None) => current.is_empty(),
            None => carried,
        }
    }

    fn linked(&self, kind: LinkKind) -> Held {
        when(
            self.case.links.iter().any(|one| one.value.kind == kind),
            format!("{} is not linked.", kind.title()),
        )
    }

    /// When the change was made that the tests are about.
    fn changed_at(&self) -> Option<Instant> {
        self.case.changed.last().map(|one| one.at)
    }

    fn failed_since_change(&self) -> bool {
        let Some(changed) = self.changed_at() else { return false };
        self.case.tests.iter().any(|one| {
            one.at > changed
                && one.value.kind != TestKind::SecurityBefore
                && !one.value.passed
                && one.value.deviation.is_none()
                && !self.repeated(one.value.kind, one.at)
        })
    }

    /// Whether a test of the kind passed, or was accepted, later.
    fn repeated(&self, kind: TestKind, after: Instant) -> bool {
        self.case.tests.iter().any(|one| {
            one.at > after
                && one.value.kind == kind
                && (one.value.passed || one.value.deviation.is_some())
        })
    }

    fn change_implemented(&self) -> Held {
        when(self.changed_at().is_some(), "No change is recorded.")?;
        when(
            !self.failed_since_change(),
            "A test failed after the last change: it needs another one.",
        )
    }

    /// The newest test of a kind; those after the change only count since it.
    fn tested(&self, kind: TestKind, holds: impl Fn(bool, bool) -> bool, missing: &str) -> Held {
        let since = match kind {
            TestKind::SecurityBefore => None,
            _ => self.changed_at(),
        };
        let of_it = |one: &&super::Said<super::Tested>| {
            one.value.kind == kind && since.is_none_or(|since| one.at >= since)
        };
        let newest = self.case.tests.iter().rfind(of_it);
        when(
            newest.is_some_and(|one| holds(one.value.passed, one.value.deviation.is_some())),
            missing,
        )
    }

    fn independent(&self) -> Held {
        let developers: Vec<_> = self.case.changed.iter().filter_map(|one| one.by).collect();
        let after = |one: &&super::Said<super::Tested>| one.value.kind != TestKind::SecurityBefore;
        let mut tests = self.case.tests.iter().filter(after).peekable();
        when(tests.peek().is_some(), "Nothing is tested yet.")?;
        when(
            tests.all(|one| one.by.is_some_and(|by| !developers.contains(&by))),
            "Somebody tested a change of their own.",
        )
    }

    fn regulatory_finished(&self) -> Held {
        let (case, around, at) = (self.case, self.around, self.at);
        let decided = case
            .decisions
            .values()
            .find(|one| one.kind == DecisionKind::Reportability && one.counts(case, around, at));
        match (case.outcome(around, at), decided.and_then(|one| one.matter.answer)) {
            (_, Some(Answer::Reportable(true))) => when(
                case.moment_of("report_806_filed").is_some()
                    || case.moment_of("mdr_filed").is_some(),
                "It is to be reported, and no report is recorded.",
            ),
            (_, Some(Answer::Reportable(false))) | (Outcome::Controlled, _) => Ok(()),
            _ if self.all_decided() => Ok(()),
            _ => Err("Whether it is to be reported is not decided.".to_owned()),
        }
    }
}

/// At most three, and how many more.
fn some_of(labels: &[String]) -> String {
    match labels {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        few => few.join(", "),
    }
}
