//! The conditions of the workflow, one by one: what holds, or what is missing for it.

use super::{
    Answer, Case, Cases, Changed, End, Guard, LinkKind, Question, Rejection, Said, Surroundings,
    TestKind, Told, assess::Disposition, evidence, progress::Found, progress::seconds,
};
use crate::{
    harm::{Outcome, Risk},
    reporting::Report,
    rights::DecisionKind,
    sight::Sight,
    signal::{HarmScreen, Reporter},
};
use aftercare_vocab::{
    id::{PersonId, VersionId},
    instant::Instant,
};
use std::collections::{BTreeMap, BTreeSet};

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
pub(super) fn holds(guard: &Guard, bench: &Bench<'_>) -> Held {
    let Bench { case, cases, around, at } = *bench;
    match guard.id.as_str() {
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
            bench.some_version()?;
            bench.each_version(
                |one| case.carried_in_vain(one, around).is_none(),
                "What was carried does not hold any more for",
            )?;
            bench.each_version(|one| case.applies(one, around).is_some(), "No value for")
        }
        "sbom_current" => bench.each_version(
            |one| {
                // That there is no value is told by another condition.
                case.applies(one, around).is_none() || case.rests_on_current_sbom(one, around)
            },
            "Its SBOM changed, or it has none, since the value was given for",
        ),
        "exposure_filled" => {
            bench.each_affected(|one| case.exposure(one, around).is_some(), "No exposure for")
        }
        "all_not_affected" => {
            bench.some_version()?;
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
                |one| case.risk(one, around, at).exploitability.is_some(),
                "Exploitability is still open for",
            )
        }
        "harm_assessed" => bench.each_affected(
            |one| case.risk(one, around, at).severity.is_some(),
            "No severity of harm for",
        ),
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
            Outcome::Undetermined => {
                Err("The risk is undetermined, or it is open whether a version is affected."
                    .to_owned())
            }
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
        "sbom_regenerated" => bench.each_changed(
            |one| around.versions.get(&one).is_some_and(|one| !one.sboms.is_empty()),
            "There is no SBOM of",
        ),
        "test_failed" => when(bench.failed_since_change(), "No test failed since the change."),
        "security_test_passed" => {
            when(
                bench.failed_before(),
                "No security test failed on an affected version before the change.",
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
        "release_approved" => bench.released(),
        "sbom_matches_build" => {
            let unseen = |one| around.versions.get(&one).map(|one| one.found);
            bench.each_changed(
                |one| case.shows_fix(one, around) || unseen(one) == Some(Found::NotCovered),
                "The SBOM is missing, not looked up, or still shows the vulnerability for",
            )?;
            bench.each_changed(
                |one| case.shows_fix(one, around),
                "What holds the vulnerability could not be looked up in the SBOM; say why it is not affected of",
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
            when(lacking.is_empty(), format!("Missing: {}.", lacking.join(", ")))?;
            bench.each_version(
                |one| case.disposition(one, around, at).is_settled(),
                "Something is left to be done about",
            )
        }
        "regulatory_finished" => bench.regulatory_finished(),
        "dates_complete" => {
            // What the measures of FDA count: from identification to fix, and from fix to the field.
            let of_fix = if case.changed.is_empty() {
                &[][..]
            } else {
                &["fix_available", "fix_distributed"][..]
            };
            let lacking: Vec<&str> = ["aware", "triage_done", "determined"]
                .into_iter()
                .chain(of_fix.iter().copied())
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

impl<'a> Bench<'a> {
    /// Conditions that somebody stands for. One that nobody can stand for never holds.
    fn attested(&self, guard: &Guard) -> Held {
        let said = self.case.attested.get(&guard.id).filter(|_| guard.attested_by.is_some());
        when(said.is_some(), "Nobody has recorded it.")?;
        let changed = self.case.changed.last().filter(|_| guard.since_change);
        when(
            said.is_some_and(|said| changed.is_none_or(|changed| said.entry > changed.entry)),
            "It was recorded before the newest change.",
        )
    }

    fn harm_screened(&self) -> Held {
        let screened = self.case.harm.as_ref();
        let since = screened.map_or(0, |said| said.entry);
        // The gravest answer: that of the case, and those of signals that joined it later.
        let said = self
            .case
            .joined
            .iter()
            .filter(|(_, joined)| **joined > since)
            .filter_map(|(id, _)| self.cases.signal(*id))
            .map(|one| (one.received.harm, one.received.complaint.clone()))
            .chain(screened.map(|said| said.value.clone()))
            .min_by_key(|(harm, complaint)| match harm {
                HarmScreen::Yes => (0, complaint.is_some()),
                HarmScreen::Unknown => (1, false),
                HarmScreen::No => (2, false),
            });
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

    /// The versions that need a value.
    fn each_version(&self, holds: impl Fn(VersionId) -> bool, missing: &str) -> Held {
        self.each(self.case.in_question(self.around).into_iter(), holds, missing)
    }

    fn some_version(&self) -> Held {
        when(!self.case.in_question(self.around).is_empty(), "No product version is in question.")
    }

    fn each_affected(&self, holds: impl Fn(VersionId) -> bool, missing: &str) -> Held {
        self.each(self.case.affected(self.around).into_iter(), holds, missing)
    }

    /// Whether it is decided of every version that it is not affected.
    fn all_decided(&self) -> bool {
        let versions = self.case.in_question(self.around);
        let not_affected = |one: &VersionId| {
            let disposition = self.case.disposition(*one, self.around, self.at);
            matches!(disposition, Disposition::NotAffected(_))
        };
        !versions.is_empty() && versions.iter().all(not_affected)
    }

    fn linked(&self, kind: LinkKind) -> Held {
        when(
            self.case.links.iter().any(|one| one.value.kind == kind),
            format!("{} is not linked.", kind.title()),
        )
    }

    /// The newest change of each version that holds one.
    fn changes(&self) -> BTreeMap<VersionId, &'a Said<Changed>> {
        self.case.changed.iter().map(|one| (one.value.version, one)).collect()
    }

    fn each_changed(&self, holds: impl Fn(VersionId) -> bool, missing: &str) -> Held {
        when(!self.case.changed.is_empty(), "No change is recorded.")?;
        self.each(self.changes().into_keys(), holds, missing)
    }

    /// Whether the newest test of some kind failed on a changed version, without a deviation.
    fn failed_since_change(&self) -> bool {
        self.changes().into_values().any(|changed| {
            let mut newest = BTreeMap::new();
            for one in self.case.tests_of(changed) {
                newest.insert(one.value.kind, one.value.passed || one.value.deviation.is_some());
            }
            newest.values().any(|held| !held)
        })
    }

    fn change_implemented(&self) -> Held {
        when(!self.case.changed.is_empty(), "No change is recorded.")?;
        when(
            !self.failed_since_change(),
            "A test failed after the last change: it needs another one.",
        )
    }

    /// The newest test of a kind on every changed version, since its change.
    fn tested(&self, kind: TestKind, holds: impl Fn(bool, bool) -> bool, missing: &str) -> Held {
        when(!self.case.changed.is_empty(), missing)?;
        let lacking = self.changes().into_iter().find(|(_, changed)| {
            let newest = self.case.tests_of(changed).rfind(|one| one.value.kind == kind);
            !newest.is_some_and(|one| holds(one.value.passed, one.value.deviation.is_some()))
        });
        when(
            lacking.is_none(),
            lacking.map_or_else(String::new, |(version, _)| {
                format!("{missing} Version: {}.", self.around.label(version))
            }),
        )
    }

    /// Whether the newest security test of an affected version failed, as it must before the change.
    fn failed_before(&self) -> bool {
        let affected = self.case.affected(self.around);
        let newest = self.case.tests.iter().rfind(|one| {
            one.value.kind == TestKind::SecurityBefore && affected.contains(&one.value.version)
        });
        newest.is_some_and(|one| !one.value.passed)
    }

    fn developers(&self) -> BTreeSet<PersonId> {
        self.case.changed.iter().filter_map(|one| one.by).collect()
    }

    /// Whether the newest test of each kind, on every changed version, is by somebody who made none of the
    /// changes.
    fn independent(&self) -> Held {
        let developers = self.developers();
        let mut newest = BTreeMap::new();
        for (version, changed) in self.changes() {
            for one in self.case.tests_of(changed) {
                newest.insert((version, one.value.kind), one.by);
            }
        }
        when(!newest.is_empty(), "Nothing is tested yet.")?;
        when(
            newest.values().all(|by| by.is_some_and(|by| !developers.contains(&by))),
            "Somebody tested a change of their own.",
        )
    }

    fn released(&self) -> Held {
        let Bench { case, around, at, .. } = *self;
        let counts = |one: &&super::Settled| {
            one.kind == DecisionKind::Release && one.counts(case, around, at)
        };
        let mut taken = case.decisions.values().filter(counts).peekable();
        when(
            taken.peek().is_some(),
            "The release is not decided, or something was changed or tested since.",
        )?;
        let developers = self.developers();
        when(
            taken.any(|one| one.signed.is_disjoint(&developers)),
            "Whoever made the change signed its release.",
        )
    }

    fn regulatory_finished(&self) -> Held {
        let (case, around, at) = (self.case, self.around, self.at);
        let reports = case.reports(around, at).map_err(|refusal| refusal.what)?;
        let filed = |what| case.moment_of(what).is_some_and(|filed| filed <= at);
        if reports.part_803 == Report::Due && !filed("mdr_filed") {
            return Err(
                "A medical device report is due (21 CFR 803), and none is recorded.".to_owned()
            );
        }
        if reports.part_806 == Report::Due && !filed("report_806_filed") {
            return Err(
                "A report of the correction is due (21 CFR 806), and none is recorded.".to_owned()
            );
        }
        let counts = |one: &&super::Settled| {
            one.kind == DecisionKind::Reportability && one.counts(case, around, at)
        };
        let decided = case.decisions.values().filter(counts).max_by_key(|one| one.entry);
        match decided.and_then(|one| one.matter.answer) {
            Some(Answer::Reportable(true)) => when(
                filed("report_806_filed") || filed("mdr_filed"),
                "It is to be reported, and no report is recorded.",
            ),
            Some(Answer::Reportable(false)) => when(
                reports.part_806 != Report::Unknown && reports.part_803 != Report::Unknown,
                format!(
                    "It is still open whether it is to be reported. {}",
                    reports.reasons.join(" ")
                ),
            ),
            _ if self.all_decided() => Ok(()),
            _ => when(
                reports.part_806 == Report::NotDue
                    && reports.part_803 == Report::NotDue
                    && case.outcome(around, at) == Outcome::Controlled,
                "Whether it is to be reported is not decided.",
            ),
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
