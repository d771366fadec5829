//! Each condition of the workflow stops a case while it does not hold, and lets it go on once it does.

use crate::casework::{
    EASY, Work, answered, applies, around, changed, exploited, exposed, fixed, happened, harmed,
    linked, notice, old, older, planned, sbom, ssvc, tested, told,
};
use aftercare_domain::{
    Event, Sight,
    case::{
        Answer, Applies, Described, End, Fact, Found, Justification, LinkKind, Planned, Question,
        Rejection, Reopening, Stage, TestKind, Told, Train, Workflow, recordable,
    },
    grant::Standing,
    harm::{Exploit, Exposure, Severity},
    rights::DecisionKind,
    role::RoleName,
    signal::HarmScreen,
};
use std::collections::BTreeSet;

/// Something that somebody does, and the conditions that it makes hold.
struct Step {
    opens: &'static [&'static str],
    take: fn(&mut Work),
}

const fn step(opens: &'static [&'static str], take: fn(&mut Work)) -> Step {
    Step { opens, take }
}

macro_rules! attests {
    ($guard:literal) => {
        step(&[$guard], |work| work.attest($guard))
    };
}

/// A release or closure can only be proposed when all else holds.
fn decide_if_ready(work: &mut Work, kind: DecisionKind) {
    let about = Work::about(kind, &[], None);
    match work.try_decide(about) {
        Ok(_) => {}
        Err(refusal) => assert_eq!(refusal.code, "too_early", "{refusal}"),
    }
}

/// The way of a case with an uncontrolled risk that is fixed by an update, stage by stage.
fn way() -> Vec<(Stage, Vec<Step>)> {
    vec![
        (
            Stage::New,
            vec![
                step(&["item_recorded", "aware_set"], |work| {
                    let asked = work.one().harm.is_some();
                    let harm = if asked { HarmScreen::No } else { HarmScreen::Unknown };
                    let signal = work.report(work.town.now, harm);
                    work.join(signal);
                }),
                step(&["harm_screened"], |work| {
                    work.fact("ida", Fact::HarmScreened(HarmScreen::No, None));
                }),
                step(&["owner_assigned"], |work| {
                    let ole = work.town.is("ole");
                    work.fact("ida", Fact::Owner(ole));
                }),
                step(&["acknowledgement_sent"], |work| {
                    work.fact("ida", told(Told::Acknowledged));
                }),
            ],
        ),
        (
            Stage::Acknowledged,
            vec![
                attests!("not_spam"),
                step(&["scope_named"], |work| {
                    let families = Sight::of([crate::casework::family()]);
                    work.fact("ole", Fact::Families(families));
                }),
            ],
        ),
        (
            Stage::Validating,
            vec![
                step(&["credible"], |work| work.fact("ole", Fact::Credible("Reproduced.".into()))),
                step(&["weakness_named"], |work| {
                    work.fact("ole", Fact::Weakness("CWE-502".into()));
                }),
            ],
        ),
        (
            Stage::Triage,
            vec![
                step(&["applicability_complete"], |work| {
                    let affected = [(old(), "Infusia 3.2.1")];
                    work.fact("ole", applies(&affected, Applies::Affected));
                    let open = [(older(), "Infusia 3.2.0")];
                    work.fact("ole", applies(&open, Applies::UnderInvestigation));
                }),
                step(&["exposure_filled"], |work| {
                    work.fact("ole", exposed(&[old()], Exposure::Network));
                }),
                attests!("variants_checked"),
            ],
        ),
        (
            Stage::RiskAssessment,
            vec![
                step(&["scored", "exploitability_reasoned"], |work| {
                    let said = exploited(EASY, Some(Exploit::Public));
                    work.fact("ole", Fact::Exploited(said));
                }),
                step(&["ssvc_selected"], |work| work.fact("ole", ssvc("P", "S"))),
                step(&["harm_assessed"], |work| {
                    work.fact("siri", harmed(&[old()], Severity::Critical));
                }),
                step(&["controls_listed"], |work| {
                    work.fact("ole", Fact::Controls("None.".into()));
                }),
            ],
        ),
        (
            Stage::Determination,
            vec![
                step(&["determined"], |work| {
                    work.decide(DecisionKind::Controlled, &[old()], Some(Answer::Uncontrolled));
                }),
                step(&["risk_file_linked"], |work| work.fact("siri", linked(LinkKind::RiskFile))),
                step(&["uncontrolled_started"], |work| {
                    work.fact("rolf", answered(Question::HarmKnown, false));
                    work.fact("rolf", answered(Question::IsaoMember, true));
                }),
            ],
        ),
        (
            Stage::MitigationPlanning,
            vec![
                step(&[], |work| {
                    work.fact("ole", Fact::Described(crate::casework::described()));
                }),
                step(&["path_chosen", "target_set", "interim_decided"], |work| {
                    work.fact("pia", Fact::Planned(planned(Train::OutOfCycle)));
                }),
                step(&["train_chosen"], |work| {
                    let answer = Some(Answer::Train(Train::OutOfCycle));
                    let about = Work::about(DecisionKind::Priority, &[], answer);
                    match work.try_decide(about) {
                        Ok(_) => {}
                        Err(refusal) => assert_eq!(refusal.code, "plan_missing", "{refusal}"),
                    }
                }),
                attests!("communication_planned"),
                step(&["change_requested"], |work| {
                    work.fact("dan", linked(LinkKind::ChangeRequest));
                }),
            ],
        ),
        (
            Stage::Remediation,
            vec![
                step(&["change_implemented", "sbom_regenerated"], |work| {
                    let fix = around("Infusia 3.2.2", Found::Nothing);
                    work.around.versions.insert(fixed(), fix);
                    work.fact("dan", changed(fixed()));
                }),
                attests!("threat_model_updated"),
            ],
        ),
        (
            Stage::Verification,
            vec![
                step(&["security_test_passed"], |work| {
                    work.fact("vera", tested(TestKind::SecurityBefore, old(), false));
                    work.fact("vera", tested(TestKind::SecurityAfter, fixed(), true));
                }),
                step(&["regression_passed"], |work| {
                    work.fact("vera", tested(TestKind::Regression, fixed(), true));
                }),
                step(&["safety_evaluated"], |work| {
                    work.fact("vera", tested(TestKind::SafetyImpact, fixed(), true));
                }),
                step(&["update_tested"], |work| {
                    work.fact("vera", tested(TestKind::Update, fixed(), true));
                    work.fact("vera", tested(TestKind::Rollback, fixed(), true));
                }),
                attests!("trace_complete"),
            ],
        ),
        (
            Stage::ReleaseApproval,
            vec![
                attests!("submission_assessed"),
                attests!("notes_approved"),
                attests!("package_signed"),
                attests!("vex_fixed_ready"),
                step(&["release_approved"], |work| decide_if_ready(work, DecisionKind::Release)),
            ],
        ),
        (
            Stage::Deployment,
            vec![
                step(&["consignees_notified"], |work| work.fact("cora", notice())),
                attests!("rate_measured"),
                attests!("rest_followed_up"),
            ],
        ),
        (
            Stage::Effectiveness,
            vec![
                attests!("adoption_met"),
                attests!("no_related_complaints"),
                attests!("monitoring_in_place"),
            ],
        ),
        (
            Stage::ClosureReview,
            vec![
                step(&["evidence_complete"], |work| {
                    let why = Justification::VulnerableCodeNotPresent;
                    let not = Applies::NotAffected(why);
                    work.fact("ole", applies(&[(older(), "Infusia 3.2.0")], not));
                    let answer = Some(Answer::NotAffected(why));
                    work.decide(DecisionKind::NotAffected, &[older()], answer);
                }),
                step(&["reporter_informed"], |work| work.fact("ida", told(Told::Outcome))),
                step(&["regulatory_finished"], |work| {
                    work.fact("rolf", happened("report_806_filed", work.town.now));
                    let answer = Some(Answer::Reportable(true));
                    work.decide(DecisionKind::Reportability, &[], answer);
                }),
                attests!("advisory_final"),
                attests!("lessons_learned"),
                step(&["dates_complete"], |work| {
                    work.fact("rolf", happened("fix_available", work.town.now));
                    work.fact("rolf", happened("fix_distributed", work.town.now));
                }),
                step(&["closure_approved"], |work| decide_if_ready(work, DecisionKind::Closure)),
            ],
        ),
        (Stage::Closed, Vec::new()),
    ]
}

/// A case with all that it takes up to a stage, and nothing of what leads on.
pub fn up_to(stage: Stage) -> Work {
    let mut work = Work::new();
    for (at, steps) in way() {
        assert_eq!(work.stage(), at, "{:?}", work.progress().todos);
        if at == stage {
            return work;
        }
        for step in steps {
            (step.take)(&mut work);
        }
    }
    panic!("{stage:?} is not on the way");
}

#[test]
fn on_the_way_each_condition_stops_the_case_and_lets_it_go_on() {
    let way = way();
    for (n, (stage, steps)) in way.iter().enumerate() {
        let start = up_to(*stage);
        for (left, one) in steps.iter().enumerate() {
            if one.opens.is_empty() {
                continue;
            }
            let names = one.opens.join(", ");
            let mut work = start.clone();
            for (_, other) in steps.iter().enumerate().filter(|(at, _)| *at != left) {
                // A step may need the one that is left out: then it is taken after it.
                if other.opens.is_empty()
                    || work.open_guards().iter().any(|g| other.opens.contains(&g.as_str()))
                {
                    (other.take)(&mut work);
                }
            }
            assert_eq!(work.stage(), *stage, "without {names}");
            let open = work.open_guards();
            for guard in one.opens {
                assert!(open.iter().any(|one| one == guard), "{guard} is told: {open:?}");
            }
            (one.take)(&mut work);
            let open = work.open_guards();
            for guard in one.opens {
                assert!(work.stage() != *stage || !open.iter().any(|one| one == guard), "{guard}");
            }
            for other in steps {
                let open = work.open_guards();
                if work.stage() == *stage
                    && other.opens.iter().any(|guard| open.iter().any(|one| one == guard))
                {
                    (other.take)(&mut work);
                }
            }
            assert_eq!(work.stage(), way[n + 1].0, "with {names}: {:?}", work.open_guards());
        }
    }
}

type Test = fn();

/// The conditions that take a test of their own.
const APART: &[(&str, Test)] = &[
    ("sbom_current", a_value_on_an_sbom_that_was_replaced_stops_triage),
    ("tester_independent", who_made_the_change_does_not_test_it),
    ("sbom_matches_build", an_sbom_that_still_shows_the_vulnerability_stops_the_release),
    ("test_failed", a_test_that_failed_after_the_change_leads_back),
    ("primary_linked", a_duplicate_names_the_case_that_goes_on),
    ("reporter_informed_duplicate", the_reporter_of_a_duplicate_is_told),
    ("earliest_aware_kept", a_duplicate_leaves_its_instant_to_the_other_case),
    ("rejection_coded", a_rejection_has_a_code),
    ("rejection_seconded", a_rejection_is_agreed_by_a_second_person),
    ("reporter_informed_rejection", the_reporter_is_told_of_a_rejection),
    ("recipient_reached", a_transfer_needs_somebody_who_took_it_or_attempts),
    ("own_products_checked", a_transfer_needs_a_look_at_our_own_products),
    ("all_not_affected", not_affected_is_decided_for_every_version),
    ("vex_drafted", not_affected_needs_its_vex_statement),
    ("controlled_only", only_a_controlled_risk_is_closed_without_a_change),
    ("long_term_answer", a_controlled_risk_needs_an_answer_for_good),
    ("reopen_reasoned", a_closed_case_is_opened_again_for_a_reason),
    ("premise_changed", a_case_that_is_not_affected_goes_on_when_its_premise_changes),
    ("information_new", a_rejected_case_goes_on_with_new_information),
];

#[test]
fn no_condition_lacks_its_test() {
    let way = way();
    let mut tested: Vec<&str> = way
        .iter()
        .flat_map(|(_, steps)| steps.iter().flat_map(|step| step.opens))
        .copied()
        .collect();
    tested.extend(APART.iter().map(|(guard, _)| guard));
    let known: Vec<&str> = Workflow::shipped()
        .transitions
        .iter()
        .flat_map(|way| way.guards.iter().map(|guard| guard.id.as_str()))
        .collect();
    assert_eq!(known.len(), 71);
    assert_eq!(tested.len(), 71, "each once");
    let set = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(set(&tested), set(&known));
}

fn stopped_by(work: &Work, stage: Stage, guard: &str) {
    assert_eq!(work.stage(), stage);
    let open = work.open_guards();
    assert!(open.iter().any(|one| one == guard), "{guard}: {open:?}");
}

#[test]
fn a_value_on_an_sbom_that_was_replaced_stops_triage() {
    let mut work = up_to(Stage::RiskAssessment);
    let version = work.around.versions.get_mut(&old()).expect("a version");
    version.sboms = vec![crate::casework::sbom("Infusia 3.2.1 again")];
    stopped_by(&work, Stage::Triage, "sbom_current");
    assert!(!work.open_guards().contains(&"applicability_complete".to_owned()));
    let again = [(old(), "Infusia 3.2.1 again")];
    work.fact("ole", applies(&again, Applies::Affected));
    assert_eq!(work.stage(), Stage::RiskAssessment);
}

#[test]
fn who_made_the_change_does_not_test_it() {
    let mut work = up_to(Stage::Verification);
    work.town.grant("dan", RoleName::Verifier, Sight::All, Standing::Holder);
    work.fact("vera", tested(TestKind::SecurityBefore, old(), false));
    for kind in
        [TestKind::SecurityAfter, TestKind::Regression, TestKind::SafetyImpact, TestKind::Update]
    {
        work.fact("vera", tested(kind, fixed(), true));
    }
    work.fact("dan", tested(TestKind::Rollback, fixed(), true));
    work.attest("trace_complete");
    stopped_by(&work, Stage::Verification, "tester_independent");
    work.fact("vera", tested(TestKind::Rollback, fixed(), true));
    assert_eq!(work.stage(), Stage::ReleaseApproval);
}

#[test]
fn an_sbom_that_still_shows_the_vulnerability_stops_the_release() {
    let mut work = up_to(Stage::ReleaseApproval);
    for guard in ["submission_assessed", "notes_approved", "package_signed", "vex_fixed_ready"] {
        work.attest(guard);
    }
    // The same case about a vulnerability that has an identifier, so that SBOMs can show it.
    let mut work = work.as_if(|entry| {
        if let Event::CaseOpened(e) = &mut entry.event {
            e.vulnerabilities = vec!["CVE-2021-44228".into()];
        }
    });
    for found in [Found::Affected, Found::Undetermined, Found::Unknown] {
        work.around.versions.get_mut(&fixed()).expect("a version").found = found;
        stopped_by(&work, Stage::ReleaseApproval, "sbom_matches_build");
        let about = Work::about(DecisionKind::Release, &[], None);
        assert_eq!(work.propose(about).map_err(|e| e.code), Err("too_early"), "{found:?}");
    }
    work.around.versions.get_mut(&fixed()).expect("a version").found = Found::Nothing;
    work.decide(DecisionKind::Release, &[], None);
    assert_eq!(work.stage(), Stage::Deployment);
}

#[test]
fn what_could_not_be_looked_up_does_not_show_a_fix() {
    let mut work = up_to(Stage::ReleaseApproval);
    for guard in ["submission_assessed", "notes_approved", "package_signed", "vex_fixed_ready"] {
        work.attest(guard);
    }
    let mut work = work.as_if(|entry| {
        if let Event::CaseOpened(e) = &mut entry.event {
            e.vulnerabilities = vec!["CVE-2021-44228".into()];
        }
    });
    let release = || Work::about(DecisionKind::Release, &[], None);
    let lies = |work: &mut Work, found, looked_up: &[&str]| {
        let one = work.around.versions.get_mut(&fixed()).expect("a version");
        one.found = found;
        one.looked_up = looked_up.iter().map(|name| (*name).to_owned()).collect();
    };
    // It was not looked up, or it is there no more, or only under another name: nobody knows which.
    lies(&mut work, Found::NotCovered, &["zlib"]);
    stopped_by(&work, Stage::ReleaseApproval, "sbom_matches_build");
    assert_eq!(work.propose(release()).map_err(|e| e.code), Err("too_early"), "the very component");
    // Where the vulnerable component is known nowhere, any of those that were not looked up may be it.
    let found = work.around.versions.clone();
    for one in work.around.versions.values_mut() {
        one.names.clear();
    }
    lies(&mut work, Found::NotCovered, &["log4j"]);
    stopped_by(&work, Stage::ReleaseApproval, "sbom_matches_build");
    // A statement about this very version, with its reason, says what its SBOM cannot.
    let mut stated = work.clone();
    let absent = Applies::NotAffected(Justification::ComponentNotPresent);
    stated.fact("ole", applies(&[(fixed(), "Infusia 3.2.2")], absent));
    assert!(!stated.open_guards().contains(&"sbom_matches_build".to_owned()), "somebody said why");
    stated.around.versions.get_mut(&fixed()).expect("a version").sboms = vec![sbom("newer")];
    assert_eq!(stated.stage(), Stage::Triage, "of another SBOM it was not said");
    work.around.versions = found;
    lies(&mut work, Found::NotCovered, &["log4j"]);
    work.decide(DecisionKind::Release, &[], None);
    assert_eq!(work.stage(), Stage::Deployment, "another component does not matter");
}

#[test]
fn a_test_that_failed_after_the_change_leads_back() {
    let mut work = up_to(Stage::Verification);
    work.fact("vera", tested(TestKind::SecurityBefore, old(), false));
    assert_eq!(work.stage(), Stage::Verification, "before the change it must fail");
    work.fact("vera", tested(TestKind::Regression, fixed(), false));
    stopped_by(&work, Stage::Remediation, "change_implemented");
    work.fact("dan", changed(fixed()));
    work.attest("threat_model_updated");
    assert_eq!(work.stage(), Stage::Verification);
    let open = work.open_guards();
    assert!(open.contains(&"regression_passed".to_owned()), "the new change is tested anew");
}

#[test]
fn a_duplicate_names_the_case_that_goes_on() {
    let mut work = up_to(Stage::Acknowledged);
    let (primary, duplicate) = two(&mut work);
    work.fact("ida", told(Told::Outcome));
    assert_eq!(work.stage(), Stage::Acknowledged);
    let itself = work.try_fact("ole", Fact::Ended(End::Duplicate(duplicate)));
    assert_eq!(itself.map_err(|e| e.code), Err("duplicate_of_itself"));
    let nothing = work.try_fact("ole", Fact::Ended(End::Duplicate(crate::town::id(77))));
    assert_eq!(nothing.map_err(|e| e.code), Err("unknown_id"));
    work.fact("ole", Fact::Ended(End::Duplicate(primary)));
    assert_eq!(work.stage(), Stage::Duplicate);
}

/// Another case, acknowledged, beside the one that is there; the other one is worked on now.
fn two(work: &mut Work) -> (aftercare_vocab::id::CaseId, aftercare_vocab::id::CaseId) {
    let primary = work.case;
    let opening = aftercare_domain::case::Opening {
        title: "The same again".into(),
        vulnerabilities: Vec::new(),
        families: Sight::of([crate::casework::family()]),
        signals: Vec::new(),
        matched_at: None,
    };
    let duplicate = work.open(opening).expect("opened");
    way()[0].1.iter().for_each(|step| (step.take)(work));
    assert_eq!(work.stage(), Stage::Acknowledged);
    (primary, duplicate)
}

#[test]
fn the_reporter_of_a_duplicate_is_told() {
    let mut work = up_to(Stage::Acknowledged);
    let (primary, _) = two(&mut work);
    work.fact("ole", Fact::Ended(End::Duplicate(primary)));
    stopped_by(&work, Stage::Acknowledged, "reporter_informed_duplicate");
    work.fact("ida", told(Told::Outcome));
    assert_eq!(work.stage(), Stage::Duplicate);
}

#[test]
fn a_duplicate_leaves_its_instant_to_the_other_case() {
    let mut work = up_to(Stage::Acknowledged);
    let late = work.one().aware_at.expect("aware");
    let (primary, _) = two(&mut work);
    let early = late.plus_micros(-crate::town::DAY);
    let signal = work.report(early, HarmScreen::No);
    work.join(signal);
    work.fact("ida", told(Told::Outcome));
    work.fact("ole", Fact::Ended(End::Duplicate(primary)));
    assert_eq!(work.cases.get(primary).expect("a case").aware_at, Some(early));
    assert_eq!(work.stage(), Stage::Duplicate);
    // A record in which the other case does not keep it: the duplicate does not end.
    let elsewhere = work.as_if(|entry| {
        if let Event::CaseFactRecorded(e) = &mut entry.event
            && matches!(e.fact, Fact::Ended(_))
        {
            e.fact = Fact::Ended(End::Duplicate(crate::town::id(78)));
        }
    });
    assert_eq!(elsewhere.stage(), Stage::Acknowledged);
}

fn rejected(work: &mut Work) {
    work.fact("ole", Fact::Ended(End::Rejected(Rejection::NotReproducible)));
}

#[test]
fn a_rejection_has_a_code() {
    let mut work = up_to(Stage::Validating);
    work.fact("ida", told(Told::Outcome));
    let nothing = work.try_fact("anna", Fact::Seconded);
    assert_eq!(nothing.map_err(|e| e.code), Err("nothing_to_second"));
    assert_eq!(work.stage(), Stage::Validating);
    rejected(&mut work);
    work.fact("anna", Fact::Seconded);
    assert_eq!(work.stage(), Stage::Rejected);
}

#[test]
fn a_rejection_is_agreed_by_a_second_person() {
    let mut work = up_to(Stage::Validating);
    work.fact("ida", told(Told::Outcome));
    rejected(&mut work);
    stopped_by(&work, Stage::Validating, "rejection_seconded");
    let same = work.try_fact("ole", Fact::Seconded);
    assert_eq!(same.map_err(|e| e.code), Err("same_person"));
    work.fact("olga", Fact::Seconded);
    assert_eq!(work.stage(), Stage::Rejected);
}

#[test]
fn the_reporter_is_told_of_a_rejection() {
    let mut work = up_to(Stage::Validating);
    rejected(&mut work);
    work.fact("anna", Fact::Seconded);
    stopped_by(&work, Stage::Validating, "reporter_informed_rejection");
    work.fact("ida", told(Told::Outcome));
    assert_eq!(work.stage(), Stage::Rejected);
}

fn transferred(accepted: bool) -> Fact {
    Fact::Ended(End::Transferred { to: "CERT/CC".into(), accepted })
}

#[test]
fn a_transfer_needs_somebody_who_took_it_or_attempts() {
    let mut work = up_to(Stage::Validating);
    work.attest("own_products_checked");
    assert_eq!(work.stage(), Stage::Validating);
    // Ending has a reason by the rules; a record without one does not show attempts.
    let mut without = work.clone();
    without.fact("ole", transferred(false));
    assert_eq!(without.stage(), Stage::Transferred, "the attempts are the reason");
    let last = without.entries().len() as u64;
    let without = without.as_if(|entry| {
        if entry.seq == last {
            entry.reason = None;
        }
    });
    stopped_by(&without, Stage::Validating, "recipient_reached");
    work.fact("ole", transferred(true));
    assert_eq!(work.stage(), Stage::Transferred);
}

#[test]
fn a_transfer_needs_a_look_at_our_own_products() {
    let mut work = up_to(Stage::Validating);
    work.fact("ole", transferred(true));
    stopped_by(&work, Stage::Validating, "own_products_checked");
    work.attest("own_products_checked");
    assert_eq!(work.stage(), Stage::Transferred);
}

const WHY: Justification = Justification::VulnerableCodeNotPresent;

fn both_not_affected(work: &mut Work) {
    let both = [(old(), "Infusia 3.2.1"), (older(), "Infusia 3.2.0")];
    work.fact("ole", applies(&both, Applies::NotAffected(WHY)));
}

/// A case that ended because no version is affected.
pub fn not_affected() -> Work {
    let mut work = up_to(Stage::Triage);
    both_not_affected(&mut work);
    work.attest("vex_drafted");
    work.decide(DecisionKind::NotAffected, &[old(), older()], Some(Answer::NotAffected(WHY)));
    assert_eq!(work.stage(), Stage::NotAffected);
    work
}

#[test]
fn not_affected_is_decided_for_every_version() {
    let mut work = up_to(Stage::Triage);
    both_not_affected(&mut work);
    work.attest("vex_drafted");
    stopped_by(&work, Stage::Triage, "all_not_affected");
    work.decide(DecisionKind::NotAffected, &[old()], Some(Answer::NotAffected(WHY)));
    stopped_by(&work, Stage::Triage, "all_not_affected");
    work.decide(DecisionKind::NotAffected, &[older()], Some(Answer::NotAffected(WHY)));
    assert_eq!(work.stage(), Stage::NotAffected);
}

#[test]
fn not_affected_needs_its_vex_statement() {
    let mut work = up_to(Stage::Triage);
    both_not_affected(&mut work);
    work.decide(DecisionKind::NotAffected, &[old(), older()], Some(Answer::NotAffected(WHY)));
    stopped_by(&work, Stage::Triage, "vex_drafted");
    work.attest("vex_drafted");
    assert_eq!(work.stage(), Stage::NotAffected);
}

/// A case at planning, with a harm of this severity, decided as the matrix says.
pub fn planning(severity: Severity, answer: Answer) -> Work {
    let mut work = up_to(Stage::RiskAssessment);
    // Both versions are affected, or the one that is open keeps the case open.
    work.fact("ole", applies(&[(older(), "Infusia 3.2.0")], Applies::Affected));
    work.fact("ole", exposed(&[older()], Exposure::Network));
    work.fact("ole", Fact::Exploited(exploited(EASY, Some(Exploit::NoneFound))));
    work.fact("ole", ssvc("N", "M"));
    work.fact("siri", harmed(&[old(), older()], severity));
    work.fact("ole", Fact::Controls("None.".into()));
    work.fact("siri", linked(LinkKind::RiskFile));
    work.fact("rolf", answered(Question::HarmKnown, false));
    work.fact("rolf", answered(Question::IsaoMember, true));
    work.decide(DecisionKind::Controlled, &[old(), older()], Some(answer));
    assert_eq!(work.stage(), Stage::MitigationPlanning, "{:?}", work.open_guards());
    work
}

fn adequate(work: &mut Work) {
    let control = Described { versions: [old(), older()].into(), ..crate::casework::described() };
    work.fact("ole", Fact::Described(control));
    let mut about = Work::about(DecisionKind::CompensatingControl, &[old(), older()], None);
    about.mitigation = Some(crate::casework::control());
    work.try_decide(about).expect("decided");
}

#[test]
fn only_a_controlled_risk_is_closed_without_a_change() {
    let mut work = planning(Severity::Critical, Answer::Uncontrolled);
    adequate(&mut work);
    stopped_by(&work, Stage::MitigationPlanning, "controlled_only");
    let mut work = planning(Severity::Minor, Answer::Controlled);
    adequate(&mut work);
    assert_eq!(work.stage(), Stage::ClosureReview);
}

#[test]
fn a_controlled_risk_needs_an_answer_for_good() {
    let mut work = planning(Severity::Minor, Answer::Controlled);
    stopped_by(&work, Stage::MitigationPlanning, "long_term_answer");
    let mut accepted = work.clone();
    let mut about = Work::about(DecisionKind::RiskAcceptance, &[old(), older()], None);
    about.until = "2026-12-31".parse().ok();
    accepted.try_decide(about).expect("decided");
    assert_eq!(accepted.stage(), Stage::ClosureReview);
    adequate(&mut work);
    assert_eq!(work.stage(), Stage::ClosureReview);
}

#[test]
fn a_closed_case_is_opened_again_for_a_reason() {
    let mut work = up_to(Stage::Closed);
    let unfit = work.try_fact("ole", Fact::Reopened(Reopening::ChangedPremise));
    assert_eq!(unfit.map_err(|e| e.code), Err("reopening_unfit"));
    assert_eq!(work.stage(), Stage::Closed);
    for why in
        [Reopening::NewExploit, Reopening::NewVersion, Reopening::FailedFix, Reopening::ChangedUse]
    {
        let mut work = work.clone();
        work.fact("ole", Fact::Reopened(why));
        assert_eq!(work.stage(), Stage::Triage, "{why:?}");
    }
    work.tick(crate::town::DAY);
    assert_eq!(work.stage(), Stage::Closed);
}

#[test]
fn a_case_that_is_not_affected_goes_on_when_its_premise_changes() {
    let work = not_affected();
    // The SBOM.
    let mut changed = work.clone();
    changed.around.versions.get_mut(&old()).expect("one").sboms =
        vec![crate::casework::sbom("new")];
    stopped_by(&changed, Stage::Triage, "all_not_affected");
    // The range: what was found in it is otherwise now.
    let mut changed = work.clone();
    changed.around.versions.get_mut(&old()).expect("one").components = ["log4j 2.15".into()].into();
    stopped_by(&changed, Stage::Triage, "all_not_affected");
    // The justification.
    let mut changed = work.clone();
    let other = Justification::InlineMitigationsAlreadyExist;
    changed.fact("ole", applies(&[(old(), "Infusia 3.2.1")], Applies::NotAffected(other)));
    stopped_by(&changed, Stage::Triage, "all_not_affected");
    // Or somebody says so.
    let mut opened = work.clone();
    let unfit = opened.try_fact("ole", Fact::Reopened(Reopening::FailedFix));
    assert_eq!(unfit.map_err(|e| e.code), Err("reopening_unfit"));
    opened.fact("ole", Fact::Reopened(Reopening::ChangedPremise));
    stopped_by(&opened, Stage::Triage, "applicability_complete");
    assert_eq!(work.stage(), Stage::NotAffected);
}

#[test]
fn a_rejected_case_goes_on_with_new_information() {
    let mut work = up_to(Stage::Validating);
    rejected(&mut work);
    work.fact("anna", Fact::Seconded);
    work.fact("ida", told(Told::Outcome));
    let unfit = work.try_fact("ole", Fact::Reopened(Reopening::NewExploit));
    assert_eq!(unfit.map_err(|e| e.code), Err("reopening_unfit"));
    assert_eq!(work.stage(), Stage::Rejected);
    work.fact("ole", Fact::Reopened(Reopening::NewInformation));
    assert_eq!(work.stage(), Stage::Validating);
}

#[test]
fn conditions_that_share_a_fact_are_told_apart() {
    // A plan that chooses nothing has a day and a word on what holds meanwhile, and no path.
    let mut work = up_to(Stage::MitigationPlanning);
    let none = Planned { chosen: [].into(), ..planned(Train::OutOfCycle) };
    work.fact("pia", Fact::Planned(none));
    let open = work.open_guards();
    assert!(
        open.contains(&"path_chosen".into()) && !open.contains(&"target_set".into()),
        "{open:?}"
    );
    // A vector without a look for exploits scores, and leaves exploitability open.
    let mut work = up_to(Stage::RiskAssessment);
    work.fact("ole", Fact::Exploited(exploited(EASY, None)));
    let open = work.open_guards();
    assert!(!open.contains(&"scored".into()), "{open:?}");
    assert!(open.contains(&"exploitability_reasoned".into()), "{open:?}");
    // The change is there, and its version has no SBOM.
    let mut work = up_to(Stage::Remediation);
    let mut fix = around("Infusia 3.2.2", Found::Unknown);
    fix.sboms.clear();
    work.around.versions.insert(fixed(), fix);
    work.fact("dan", changed(fixed()));
    let open = work.open_guards();
    assert!(!open.contains(&"change_implemented".into()), "{open:?}");
    assert!(open.contains(&"sbom_regenerated".into()), "{open:?}");
    // Findings without a signal are an item with an instant.
    let mut work = Work::idle();
    let matched_at = Some(work.town.now);
    let opening = aftercare_domain::case::Opening {
        title: "From an SBOM".into(),
        vulnerabilities: vec!["CVE-2021-44228".into()],
        families: Sight::of([crate::casework::family()]),
        signals: Vec::new(),
        matched_at,
    };
    work.open(opening).expect("opened");
    assert_eq!(work.one().aware_at, matched_at);
    assert_eq!(work.open_guards(), ["harm_screened", "owner_assigned"]);
}

#[test]
fn whoever_records_some_tests_is_offered_the_form_for_tests() {
    let work = up_to(Stage::Verification);
    let offered = |login: &str| {
        let person = work.town.roster.person_of_login(login).expect("somebody").id;
        recordable(&work.town.roster, person, work.one(), work.town.now).contains(&"tested")
    };
    let all = ["ole", "dan", "vera", "eva", "pia"].map(offered);
    assert_eq!(
        all,
        [true, true, true, false, false],
        "analyst and developer show that it fails before"
    );
}
