//! What rests on a premise lapses with it, and says why; what nobody knows never counts as good.

use crate::{
    cases_guards::{planning, up_to},
    casework::{
        EASY, Work, answered, applies, around, changed, control, described, exploited, exposed,
        fixed, harmed, old, older, planned, sbom, ssvc, tested,
    },
    town::{DAY, id},
};
use aftercare_domain::{
    Sight,
    case::{
        Agreement, Answer, Applies, Described, Disposition, Exploited, Fact, Found, Justification,
        Opening, Priority, Question, Rated, Stage, TestKind, Tested, Train,
    },
    harm::{Exploit, Exploitability, Exposure, Outcome, Severity},
    rights::DecisionKind,
    role::RoleName,
    signal::HarmScreen,
};
use aftercare_vocab::id::DecisionId;

/// Why a decision does not count any more.
fn lapsed(work: &Work, decision: DecisionId) -> Option<String> {
    work.one().decisions[&decision].lapsed(work.one(), &work.around, work.town.now)
}

/// The decision of a kind that was taken last.
fn newest(work: &Work, kind: DecisionKind) -> DecisionId {
    let of_it = work.one().decisions.values().filter(|one| one.kind == kind);
    of_it.max_by_key(|one| one.entry).expect("a decision").decision
}

#[test]
fn a_determination_lapses_with_each_of_its_premises_and_says_which() {
    type Change = fn(&mut Work);
    let changes: &[(&str, Change)] = &[
        ("The exposure changed for Infusia 3.2.1 after it was written.", |work| {
            work.fact("ole", exposed(&[old()], Exposure::Physical));
        }),
        ("The severity of harm changed for Infusia 3.2.1 after it was written.", |work| {
            work.fact("siri", harmed(&[old()], Severity::Negligible));
        }),
        ("Whether it is affected changed for Infusia 3.2.1 after it was written.", |work| {
            let now = Applies::UnderInvestigation;
            work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], now));
        }),
        ("What is known of exploits changed after it was written.", |work| {
            work.fact("ole", Fact::Exploited(exploited(EASY, Some(Exploit::Active))));
        }),
        ("SBOM or findings changed after it was written.", |work| {
            work.around.versions.get_mut(&old()).expect("one").sboms.push(sbom("another"));
        }),
        ("SBOM or findings changed after it was written.", |work| {
            work.around.versions.get_mut(&old()).expect("one").components =
                ["log4j 2.17".into()].into();
        }),
        ("SBOM or findings changed after it was written.", |work| {
            work.around.versions.get_mut(&old()).expect("one").found = Found::Undetermined;
        }),
    ];
    let work = planning(Severity::Minor, Answer::Controlled);
    let decision = newest(&work, DecisionKind::Controlled);
    assert_eq!(lapsed(&work, decision), None);
    for (says, change) in changes {
        let mut work = work.clone();
        change(&mut work);
        assert_eq!(lapsed(&work, decision).as_deref(), Some(*says));
        assert_eq!(work.one().decided(old(), &work.around, work.town.now), None, "{says}");
        assert!(work.stage() != Stage::MitigationPlanning, "{says}");
    }
    // The same words again are the same premise: the decision stands as it was signed.
    let mut same = work.clone();
    same.fact("ole", exposed(&[old(), older()], Exposure::Network));
    assert_eq!(lapsed(&same, decision), None);
}

#[test]
fn an_acceptance_ends_with_its_day_and_with_the_control_of_the_risk() {
    let mut work = planning(Severity::Minor, Answer::Controlled);
    let accept = |until: &str| {
        let mut about = Work::about(DecisionKind::RiskAcceptance, &[old(), older()], None);
        about.until = until.parse().ok();
        about
    };
    for day in ["2026-03-02", "2027-03-03", "2030-01-01"] {
        let refused = work.propose(accept(day)).map_err(|e| e.code);
        assert_eq!(refused, Err("expiry_missing"), "{day}: within twelve months from tomorrow on");
    }
    let decision = work.try_decide(accept("2026-06-30")).expect("decided");
    assert_eq!(work.stage(), Stage::ClosureReview);
    let disposition = |work: &Work| work.one().disposition(old(), &work.around, work.town.now);
    assert_eq!(disposition(&work), Disposition::Accepted("2026-06-30".parse().expect("a day")));
    let mut over = work.clone();
    over.town.now = crate::casework::at("2026-06-30T21:59:59.999999Z");
    assert_eq!((over.stage(), lapsed(&over, decision)), (Stage::ClosureReview, None), "its last");
    over.tick(1);
    assert_eq!(lapsed(&over, decision).as_deref(), Some("It held until 2026-06-30."));
    assert_eq!(over.stage(), Stage::MitigationPlanning);
    // An uncontrolled risk is never accepted: not when it is decided, and not when that changes later.
    work.decide(DecisionKind::Controlled, &[old()], Some(Answer::Uncontrolled));
    assert!(lapsed(&work, decision).is_some_and(|why| why.contains("controlled")));
    assert_eq!(disposition(&work), Disposition::Affected);
    let refused = work.propose(accept("2026-06-30")).map_err(|e| e.code);
    assert_eq!(refused, Err("uncontrolled"));
}

#[test]
fn a_control_for_good_ends_with_its_day_and_is_assessed_first() {
    let mut work = planning(Severity::Minor, Answer::Controlled);
    let mut about = Work::about(DecisionKind::CompensatingControl, &[old(), older()], None);
    assert_eq!(work.propose(about.clone()).map_err(|e| e.code), Err("mitigation_missing"));
    about.mitigation = Some(control());
    let both = Described { versions: [old(), older()].into(), ..described() };
    let lacking = [
        Described { adds_risk: None, ..both.clone() },
        Described { adds_risk: Some(true), ..both.clone() },
        Described { exploitability_after: None, ..both.clone() },
        Described { verification: String::new(), ..both.clone() },
    ];
    for control in lacking {
        work.fact("ole", Fact::Described(control));
        assert_eq!(work.propose(about.clone()).map_err(|e| e.code), Err("control_not_assessed"));
    }
    let expires = "2026-06-30".parse().ok();
    work.fact("ole", Fact::Described(Described { expires, ..both }));
    let decision = work.try_decide(about).expect("decided");
    assert_eq!(work.stage(), Stage::ClosureReview);
    let mut over = work.clone();
    over.town.now = crate::casework::at("2026-06-29T21:59:59.999999Z");
    assert_eq!(over.stage(), Stage::ClosureReview);
    over.tick(1);
    assert_eq!(over.stage(), Stage::MitigationPlanning, "the day from which it does not count");
    let disposition = over.one().disposition(old(), &over.around, over.town.now);
    assert_eq!(disposition, Disposition::Affected);
    work.fact("ole", Fact::Described(Described { title: "Otherwise".into(), ..described() }));
    assert_eq!(
        lapsed(&work, decision).as_deref(),
        Some("A mitigation changed after it was written.")
    );
}

/// A case of two alike versions: the first assessed, the second carried.
fn carried() -> Work {
    let mut work = up_to(Stage::Triage);
    work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], Applies::Affected));
    work.fact("ole", exposed(&[old()], Exposure::Network));
    work.attest("variants_checked");
    work.fact("ole", Fact::Carried(old(), older()));
    assert_eq!(work.stage(), Stage::RiskAssessment);
    work
}

#[test]
fn an_assessment_is_carried_while_the_versions_hold_the_same_components() {
    let work = carried();
    assert_eq!(work.one().applies(older(), &work.around), Some(Applies::Affected));
    assert_eq!(work.one().exposure(older(), &work.around), Some(Exposure::Network));
    type Change = fn(&mut Work);
    let changes: [(&str, Change); 4] = [
        ("the component was updated", |work| {
            work.around.versions.get_mut(&older()).expect("one").components =
                ["log4j 2.17".into()].into();
        }),
        ("the range was corrected", |work| {
            work.around.versions.get_mut(&older()).expect("one").found = Found::Nothing;
        }),
        ("nobody knows any more what it holds", |work| {
            work.around.versions.get_mut(&older()).expect("one").found = Found::Unknown;
            work.around.versions.get_mut(&old()).expect("one").found = Found::Unknown;
        }),
        ("the first version is not there any more", |work| {
            work.around.versions.remove(&old());
        }),
    ];
    for (what, change) in changes {
        let mut work = work.clone();
        change(&mut work);
        assert_eq!(work.one().applies(older(), &work.around), None, "{what}");
        assert_eq!(work.one().carried_in_vain(older(), &work.around), Some(old()), "{what}");
        assert_eq!(work.stage(), Stage::Triage, "{what}");
        let todo =
            work.progress().todos.into_iter().find(|one| one.guard == "applicability_complete");
        let missing = todo.expect("told").missing;
        let wanted = "What was carried does not hold any more for Infusia 3.2.0.";
        assert_eq!(missing, wanted, "{what}");
    }
    // A new SBOM of the first, with the same components: the value is looked at again, for both.
    let mut renewed = work.clone();
    renewed.around.versions.get_mut(&old()).expect("one").sboms = vec![sbom("again")];
    let todo = renewed.progress().todos.into_iter().find(|one| one.guard == "sbom_current");
    assert!(todo.expect("told").missing.contains("Infusia 3.2.1, Infusia 3.2.0"));
}

#[test]
fn what_was_decided_on_a_carried_assessment_lapses_with_it() {
    let mut work = carried();
    work.fact("ole", Fact::Exploited(exploited(EASY, Some(Exploit::NoneFound))));
    work.fact("siri", harmed(&[old()], Severity::Minor));
    work.decide(DecisionKind::Controlled, &[old(), older()], Some(Answer::Controlled));
    let decision = newest(&work, DecisionKind::Controlled);
    assert_eq!(lapsed(&work, decision), None);
    work.around.versions.get_mut(&older()).expect("one").components = ["log4j 2.17".into()].into();
    assert_eq!(
        lapsed(&work, decision).as_deref(),
        Some("What was carried to Infusia 3.2.0 does not hold there any more.")
    );
    assert_eq!(work.one().outcome(&work.around, work.town.now), Outcome::Undetermined);
}

#[test]
fn nothing_is_carried_that_is_not_known_to_hold_there() {
    let mut work = up_to(Stage::Triage);
    let code = |work: &mut Work, from, to| {
        work.try_fact("ole", Fact::Carried(from, to)).map_err(|e| e.code)
    };
    assert_eq!(code(&mut work, old(), older()), Err("nothing_to_carry"));
    work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], Applies::Affected));
    assert_eq!(code(&mut work, old(), old()), Err("same_version"));
    for found in [Found::Unknown, Found::Nothing, Found::Undetermined] {
        work.around.versions.get_mut(&older()).expect("one").found = found;
        assert_eq!(code(&mut work, old(), older()), Err("premise_differs"), "{found:?}");
    }
    // That nobody looked at either is no likeness.
    for version in [old(), older()] {
        let version = work.around.versions.get_mut(&version).expect("one");
        (version.found, version.components) = (Found::Unknown, [].into());
    }
    assert_eq!(code(&mut work, old(), older()), Err("premise_differs"));
    let mut work = carried();
    assert_eq!(
        code(&mut work, older(), old()),
        Err("nothing_to_carry"),
        "what was carried is no source"
    );
}

#[test]
fn without_a_current_sbom_nothing_is_not_affected() {
    let mut work = up_to(Stage::Triage);
    let why = Justification::ComponentNotPresent;
    let not = Applies::NotAffected(why);
    let foreign = work.try_fact("ole", applies(&[(old(), "Infusia 9")], not));
    assert_eq!(foreign.map_err(|e| e.code), Err("sbom_not_current"));
    let without = |applies| {
        Fact::Applicability(aftercare_domain::case::Applicability {
            versions: [(old(), None)].into(),
            applies,
            statement: "We think so.".into(),
        })
    };
    assert_eq!(work.try_fact("ole", without(not)).map_err(|e| e.code), Err("sbom_not_current"));
    work.around.versions.get_mut(&old()).expect("one").sboms.clear();
    assert_eq!(work.try_fact("ole", without(not)).map_err(|e| e.code), Err("sbom_not_current"));
    work.fact("ole", without(Applies::Affected));
    // A value that rested on an SBOM which was replaced is not decided on, nor does a decision on it hold.
    let mut work = up_to(Stage::Triage);
    work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], not));
    let about = || Work::about(DecisionKind::NotAffected, &[old()], Some(Answer::NotAffected(why)));
    work.around.versions.get_mut(&old()).expect("one").sboms = vec![sbom("new")];
    assert_eq!(work.propose(about()).map_err(|e| e.code), Err("sbom_changed"));
    let none = Fact::Applicability(aftercare_domain::case::Applicability {
        versions: [].into(),
        applies: not,
        statement: "Of nothing.".into(),
    });
    assert_eq!(work.try_fact("ole", none).map_err(|e| e.code), Err("no_version"));
}

#[test]
fn a_case_without_versions_or_without_decisions_gets_nowhere() {
    let mut work = up_to(Stage::Triage);
    work.around.versions.clear();
    work.attest("variants_checked");
    work.attest("vex_drafted");
    assert_eq!(work.stage(), Stage::Triage);
    assert_eq!(work.one().outcome(&work.around, work.town.now), Outcome::Undetermined);
    // All are said not to be affected, and nobody decided it.
    let mut work = up_to(Stage::Triage);
    let both = [(old(), "Infusia 3.2.1"), (older(), "Infusia 3.2.0")];
    let not = Applies::NotAffected(Justification::ComponentNotPresent);
    work.fact("ole", applies(&both, not));
    work.attest("variants_checked");
    work.fact("ole", Fact::Exploited(exploited(EASY, Some(Exploit::NoneFound))));
    work.fact("ole", ssvc("N", "M"));
    work.fact("ole", Fact::Controls("None.".into()));
    assert_eq!(work.stage(), Stage::Determination);
    assert!(work.open_guards().contains(&"determined".to_owned()));
}

#[test]
fn a_signal_of_harm_that_joins_later_asks_again() {
    let mut work = up_to(Stage::Triage);
    let signal = work.report(work.town.now, HarmScreen::Yes);
    work.join(signal);
    assert_eq!(work.stage(), Stage::New);
    let harmed: Vec<String> = work.progress().todos.into_iter().map(|todo| todo.missing).collect();
    assert_eq!(harmed, ["The complaint record is not named."]);
    work.fact("kim", Fact::HarmScreened(HarmScreen::Yes, Some("C-2026-17".into())));
    assert_eq!(work.stage(), Stage::Triage);
}

#[test]
fn a_change_is_tested_on_each_version_that_holds_one_and_stood_for_anew() {
    let mut work = up_to(Stage::ReleaseApproval);
    // The tests of another version are none of this one.
    let elsewhere = work.as_if(|entry| {
        if let aftercare_domain::Event::CaseFactRecorded(e) = &mut entry.event
            && let Fact::Tested(Tested { kind: TestKind::Regression, version, .. }) = &mut e.fact
        {
            *version = old();
        }
    });
    assert_eq!(elsewhere.stage(), Stage::Verification);
    // A second version with a change needs all of it too.
    let second = id(13);
    work.around.versions.insert(second, around("Infusia Link 1.1", Found::Nothing));
    work.fact("dan", changed(second));
    assert_eq!(work.stage(), Stage::Remediation);
    assert_eq!(
        work.open_guards(),
        ["threat_model_updated"],
        "it was written for the change before"
    );
    work.attest("threat_model_updated");
    let wanted = [
        "security_test_passed",
        "regression_passed",
        "safety_evaluated",
        "update_tested",
        "trace_complete",
    ];
    assert_eq!(work.open_guards(), wanted);
    for kind in [
        TestKind::SecurityAfter,
        TestKind::Regression,
        TestKind::SafetyImpact,
        TestKind::Update,
        TestKind::Rollback,
    ] {
        work.fact("vera", tested(kind, second, true));
    }
    work.attest("trace_complete");
    assert_eq!(work.stage(), Stage::ReleaseApproval);
    // Its SBOM counts as that of the first.
    work.around.versions.get_mut(&second).expect("one").sboms.clear();
    assert_eq!(work.stage(), Stage::Remediation);
}

#[test]
fn a_release_lapses_with_a_test_after_it() {
    let mut work = up_to(Stage::Deployment);
    let decision = newest(&work, DecisionKind::Release);
    work.fact("vera", tested(TestKind::Rollback, fixed(), false));
    assert_eq!(
        lapsed(&work, decision).as_deref(),
        Some("Change or tests changed after it was written.")
    );
    assert_eq!(work.stage(), Stage::Remediation);
}

#[test]
fn what_is_not_to_be_reported_is_decided_anew_when_the_risk_changes() {
    let mut work = planning(Severity::Minor, Answer::Controlled);
    let decision = work.decide(DecisionKind::Reportability, &[], Some(Answer::Reportable(false)));
    assert_eq!(lapsed(&work, decision), None);
    let mut harm = work.clone();
    harm.fact("rolf", answered(Question::HarmKnown, true));
    assert!(lapsed(&harm, decision).is_some());
    work.fact("siri", harmed(&[old()], Severity::Catastrophic));
    assert!(lapsed(&work, decision).is_some());
}

#[test]
fn whoever_lowers_what_was_computed_needs_the_executive_too() {
    let signers = |work: &Work, decision: DecisionId| -> Vec<RoleName> {
        let places = work.town.state(decision).missing(&work.town.roster);
        places.into_iter().flat_map(|place| place.roles).collect()
    };
    // A class of exploitability below the computed one makes a critical harm controlled.
    let mut work = planning(Severity::Critical, Answer::Uncontrolled);
    let lower = Exploited {
        instead: Some(Exploitability::Low),
        ..exploited(EASY, Some(Exploit::NoneFound))
    };
    work.fact("ole", Fact::Exploited(lower));
    assert!(work.one().is_lowered(old(), &work.around));
    let controlled = Work::about(DecisionKind::Controlled, &[old()], Some(Answer::Controlled));
    let decision = work.propose(controlled).expect("proposed");
    assert!(signers(&work, decision).contains(&RoleName::Executive));
    // A regular cycle while it is urgent.
    let mut work = planning(Severity::Critical, Answer::Uncontrolled);
    work.fact("ole", Fact::Described(described()));
    for (train, executive) in [(Train::RegularCycle, true), (Train::OutOfCycle, false)] {
        work.fact("pia", Fact::Planned(planned(train)));
        let about = Work::about(DecisionKind::Priority, &[], Some(Answer::Train(train)));
        let decision = work.propose(about).expect("proposed");
        assert_eq!(signers(&work, decision).contains(&RoleName::Executive), executive, "{train:?}");
        let other = if executive { Train::OutOfCycle } else { Train::RegularCycle };
        let about = Work::about(DecisionKind::Priority, &[], Some(Answer::Train(other)));
        assert_eq!(work.propose(about).map_err(|e| e.code), Err("plan_missing"), "not the plan's");
    }
    // Without an answer, or with one of another kind, nothing is decided.
    for (kind, answer, code) in [
        (DecisionKind::Priority, None, "answer_missing"),
        (DecisionKind::Controlled, None, "answer_missing"),
        (DecisionKind::Closure, Some(Answer::Controlled), "answer_unfit"),
        (DecisionKind::Priority, Some(Answer::Reportable(false)), "answer_unfit"),
    ] {
        let refused = work.propose(Work::about(kind, &[old()], answer)).map_err(|e| e.code);
        assert_eq!(refused, Err(code), "{}", kind.code());
    }
}

#[test]
fn what_is_attacked_already_does_not_wait_for_the_regular_cycle() {
    let mut work = planning(Severity::Negligible, Answer::Controlled);
    let priority = |work: &Work| work.one().priority(&work.around, work.town.now);
    assert_eq!(priority(&work), Some(Priority::Defer));
    let listed = Exploited { in_kev: Some(true), ..exploited(EASY, Some(Exploit::NoneFound)) };
    work.fact("ole", Fact::Exploited(listed));
    assert_eq!(priority(&work), Some(Priority::OutOfCycle));
    work.fact("ole", Fact::Exploited(exploited(EASY, Some(Exploit::Active))));
    assert_eq!(priority(&work), Some(Priority::OutOfCycle));
}

#[test]
fn a_closed_case_stays_closed_and_shows_what_lapsed() {
    let mut work = up_to(Stage::Closed);
    assert_eq!(work.progress().lapsed, []);
    work.around.versions.insert(id(14), around("Infusia 3.3.0", Found::Affected));
    let now = work.progress();
    assert_eq!((now.stage, now.todos.len()), (Stage::Closed, 0));
    let lapsed: Vec<&str> = now.lapsed.iter().map(|one| one.guard.as_str()).collect();
    assert_eq!(lapsed, ["applicability_complete"]);
    assert_eq!(now.lapsed[0].missing, "No value for Infusia 3.3.0.");
    work.fact("ole", Fact::Reopened(aftercare_domain::case::Reopening::NewVersion));
    assert_eq!(work.stage(), Stage::Triage);
}

#[test]
fn a_closure_does_not_close_over_what_was_recorded_after_it_was_written() {
    let mut work = up_to(Stage::Closed);
    let closure = newest(&work, DecisionKind::Closure);
    // As if the test had been recorded between its proposal and its signatures.
    let proposed = work.one().decisions[&closure].entry;
    work = work.as_if(|entry| {
        if entry.event.kind() == "decision_signed" && entry.seq == proposed + 1 {
            let mut other = entry.clone();
            other.event = aftercare_domain::case::CaseFactRecorded {
                case: crate::town::id(0),
                by: None,
                fact: Fact::Weakness("Another.".into()),
            }
            .into();
            *entry = other;
        }
    });
    let case = work.case;
    work = work.as_if(|entry| {
        if let aftercare_domain::Event::CaseFactRecorded(e) = &mut entry.event
            && e.case == crate::town::id(0)
        {
            e.case = case;
        }
    });
    assert!(work.one().decisions[&closure].taken_at.is_some());
    assert!(work.one().closed().is_none());
    assert_eq!(work.stage(), Stage::ClosureReview);
    let why = lapsed(&work, closure);
    assert_eq!(why.as_deref(), Some("Something was recorded about the case after it was written."));
}

fn rated(exploitability: Exploitability) -> Fact {
    Fact::Rated(Rated { version: old(), exploitability, severity: Severity::Serious })
}

#[test]
fn ratings_are_blind_until_one_has_rated() {
    let mut work = up_to(Stage::RiskAssessment);
    let people = ["ole", "olga", "siri", "kim"].map(|login| work.town.is(login));
    let seen = |work: &Work| people.map(|one| work.one().ratings_seen_by(one).len());
    work.fact("ole", rated(Exploitability::High));
    assert_eq!(seen(&work), [1, 0, 0, 0]);
    assert!(!work.one().may_see(people[1], &rated(Exploitability::High)));
    assert!(work.one().may_see(people[1], &Fact::Noted("Open to all.".into())));
    // Alone, a rating may be corrected.
    work.fact("ole", rated(Exploitability::Medium));
    assert_eq!(work.one().agreement(old()), Agreement::Open(1));
    work.fact("olga", rated(Exploitability::High));
    assert_eq!(seen(&work), [2, 2, 0, 0]);
    assert_eq!(work.one().agreement(old()), Agreement::Differ(2));
    // Not after having seen the other one.
    for login in ["ole", "olga"] {
        let again = work.try_fact(login, rated(Exploitability::Low)).map_err(|e| e.code);
        assert_eq!(again, Err("rated_already"), "{login}");
    }
    assert!(work.one().may_see(people[0], &rated(Exploitability::High)));
    // Of another version nothing is seen.
    let other =
        Rated { version: older(), exploitability: Exploitability::Low, severity: Severity::Minor };
    work.fact("siri", Fact::Rated(other));
    assert_eq!(seen(&work), [2, 2, 1, 0]);
}

#[test]
fn findings_do_not_become_known_later_than_now_and_one_case_is_about_one_vulnerability() {
    let mut work = Work::idle();
    let opening = |matched_at| Opening {
        title: "Log4Shell".into(),
        vulnerabilities: vec!["cve-2021-44228".into(), "CVE-2021-44228".into()],
        families: Sight::of([crate::casework::family()]),
        signals: Vec::new(),
        matched_at,
    };
    let later = Some(work.town.now.plus_micros(DAY));
    assert_eq!(work.open(opening(later)).map_err(|e| e.code), Err("in_the_future"));
    work.open(opening(Some(work.town.now))).expect("opened");
    assert_eq!(work.one().opened.number, "PMC-2026-0001");
    assert_eq!(work.one().opened.vulnerabilities, ["CVE-2021-44228"]);
    let now = Some(work.town.now);
    assert_eq!(work.open(opening(now)).map_err(|e| e.code), Err("case_there"));
    let elsewhere = Opening { families: Sight::of([id(9)]), ..opening(now) };
    work.open(elsewhere).expect("another family");
    assert_eq!(work.one().opened.number, "PMC-2026-0002");
}
