//! Ways beside the way: emergencies, opening again, joining, and what is refused on them.

use crate::{
    cases_guards::{not_affected, up_to},
    casework::{Work, changed, exploited, fixed, happened, linked, old, planned, tested, told},
    town::DAY,
};
use aftercare_domain::{
    Event, Role, Sight,
    case::{
        Answer, End, Exploited, Fact, Interviewed, LinkKind, Progress, Reopening, Stage, TestKind,
        Told, Train,
    },
    grant::Standing,
    harm::{Interview, Rubric, Severity},
    rights::DecisionKind,
    role::RoleName,
    signal::{Dismissal, HarmScreen, Settlement},
};

fn skipped(guard: &str) -> Fact {
    Fact::Skipped(guard.into())
}

fn overdue(now: &Progress) -> Vec<(&str, String)> {
    let left =
        now.todos.iter().filter_map(|todo| Some((todo.guard.as_str(), todo.due?.to_string())));
    left.collect()
}

/// At planning, with all that leads on but the change request.
fn without_change_request() -> Work {
    let mut work = up_to(Stage::MitigationPlanning);
    work.fact("ole", Fact::Described(crate::casework::described()));
    work.fact("pia", Fact::Planned(planned(Train::OutOfCycle)));
    work.decide(DecisionKind::Priority, &[], Some(Answer::Train(Train::OutOfCycle)));
    work.attest("communication_planned");
    assert_eq!(work.open_guards().iter().filter(|one| *one == "change_requested").count(), 1);
    work
}

#[test]
fn in_an_emergency_lead_and_executive_leave_a_condition_out_for_five_working_days() {
    let mut work = without_change_request();
    work.fact("anna", skipped("change_requested"));
    assert_eq!(work.stage(), Stage::MitigationPlanning, "one is not enough");
    work.fact("anna", skipped("change_requested"));
    assert_eq!(work.stage(), Stage::MitigationPlanning, "the same one again neither");
    for login in ["ole", "pia", "kim"] {
        let refused = work.try_fact(login, skipped("change_requested")).map_err(|e| e.code);
        assert_eq!(refused, Err("role_missing"), "{login}");
    }
    work.fact("eva", skipped("change_requested"));
    assert_eq!(work.stage(), Stage::Remediation);
    // Monday 2 March; five working days end with Monday 9 March, in Berlin.
    let due = ("change_requested", "2026-03-09T22:59:59.999999Z".to_owned());
    assert_eq!(overdue(&work.progress()), std::slice::from_ref(&due));
    work.tick(30 * DAY);
    assert_eq!(overdue(&work.progress()), [due], "it stays, however late");
    work.fact("dan", linked(LinkKind::ChangeRequest));
    assert_eq!(work.stage(), Stage::Remediation);
    assert_eq!(overdue(&work.progress()), [], "made good");
}

#[test]
fn one_person_with_both_roles_is_one_person() {
    let mut work = without_change_request();
    work.town.grant("anna", RoleName::Executive, Sight::All, Standing::Holder);
    work.fact("anna", skipped("change_requested"));
    work.fact("anna", skipped("change_requested"));
    assert_eq!(work.stage(), Stage::MitigationPlanning);
    // Another lead takes the place of the lead; whoever has both roles speaks for the executive.
    let mut other = without_change_request();
    other.town.grant("anna", RoleName::Executive, Sight::All, Standing::Holder);
    other.town.grant("olga", RoleName::ProductSecurityLead, Sight::All, Standing::Holder);
    other.fact("olga", skipped("change_requested"));
    other.fact("anna", skipped("change_requested"));
    assert_eq!(other.stage(), Stage::Remediation);
}

#[test]
fn what_ends_a_case_or_lets_an_update_out_is_never_left_out() {
    let never = [
        "closure_approved",
        "evidence_complete",
        "regulatory_finished",
        "rejection_seconded",
        "all_not_affected",
        "primary_linked",
        "own_products_checked",
        "security_test_passed",
        "tester_independent",
        "release_approved",
    ];
    let mut work = up_to(Stage::Verification);
    for guard in never {
        let refused = work.try_fact("anna", skipped(guard)).map_err(|e| e.code);
        assert_eq!(refused, Err("never_left_out"), "{guard}");
    }
    assert_eq!(work.try_fact("anna", skipped("no_such")).map_err(|e| e.code), Err("unknown_id"));
    // Nor by entries that nobody could lawfully have made.
    work.fact("anna", skipped("change_requested"));
    work.fact("eva", skipped("change_requested"));
    for guard in ["security_test_passed", "regression_passed", "safety_evaluated"] {
        let forged = work.as_if(|entry| {
            if let Event::CaseFactRecorded(e) = &mut entry.event
                && matches!(e.fact, Fact::Skipped(_))
            {
                e.fact = skipped(guard);
            }
        });
        assert!(forged.open_guards().contains(&guard.to_owned()), "{guard}");
    }
}

#[test]
fn a_release_and_a_closure_wait_for_what_an_emergency_left_out() {
    let mut work = without_change_request();
    work.fact("anna", skipped("change_requested"));
    work.fact("eva", skipped("change_requested"));
    let fix = crate::casework::around("Infusia 3.2.2", aftercare_domain::case::Found::Nothing);
    work.around.versions.insert(fixed(), fix);
    work.fact("dan", changed(fixed()));
    work.attest("threat_model_updated");
    work.fact("vera", tested(TestKind::SecurityBefore, old(), false));
    for kind in [
        TestKind::SecurityAfter,
        TestKind::Regression,
        TestKind::SafetyImpact,
        TestKind::Update,
        TestKind::Rollback,
    ] {
        work.fact("vera", tested(kind, fixed(), true));
    }
    for guard in [
        "trace_complete",
        "submission_assessed",
        "notes_approved",
        "package_signed",
        "vex_fixed_ready",
    ] {
        work.attest(guard);
    }
    assert_eq!(work.stage(), Stage::ReleaseApproval);
    let release = || Work::about(DecisionKind::Release, &[], None);
    let early = work.propose(release()).expect_err("something is left out");
    assert_eq!(early.code, "too_early");
    assert!(early.what.contains("change request"), "{}", early.what);
    work.fact("dan", linked(LinkKind::ChangeRequest));
    work.try_decide(release()).expect("decided");
    assert_eq!(work.stage(), Stage::Deployment);
}

#[test]
fn what_was_decided_before_a_case_was_opened_again_does_not_come_back() {
    let mut work = up_to(Stage::Closed);
    let before = work.one().clone();
    work.fact("ole", Fact::Reopened(Reopening::FailedFix));
    // The very same facts again.
    let of_triage = before.versions.values().filter_map(|one| one.applicability.clone());
    let mut again: Vec<Fact> = of_triage.map(|one| Fact::Applicability(one.value)).collect();
    let exposed = before.versions[&old()].exposed.values().next().cloned().expect("exposed");
    again.push(Fact::Exposed(exposed.value));
    again.push(Fact::Exploited(before.exploited.clone().expect("said").value));
    again.push(Fact::Selected(before.selected["supplier"].value.clone()));
    again.push(Fact::Controls(before.controls.clone().expect("said").value));
    for fact in again {
        work.fact("ole", fact);
    }
    let harm = before.versions[&old()].harmed.clone().expect("said");
    work.fact("siri", Fact::Harmed(harm.value));
    // The version that was to be fixed is in question now, by its SBOM.
    let not = aftercare_domain::case::Justification::VulnerableCodeNotPresent;
    let value = aftercare_domain::case::Applies::NotAffected(not);
    work.fact("ole", crate::casework::applies(&[(fixed(), "Infusia 3.2.2")], value));
    work.attest("variants_checked");
    assert_eq!(work.stage(), Stage::Determination);
    let now = work.town.now;
    let counting =
        work.one().decisions.values().filter(|one| one.counts(work.one(), &work.around, now));
    assert_eq!(counting.count(), 0);
    for one in work.one().decisions.values() {
        let why = one.lapsed(work.one(), &work.around, now);
        assert_eq!(why.as_deref(), Some("The case was opened again after it was written."));
    }
    assert!(work.one().closed().is_none());
    work.fact("dan", linked(LinkKind::ChangeRequest));
    work.decide(DecisionKind::Controlled, &[old()], Some(Answer::Uncontrolled));
    assert_eq!(work.stage(), Stage::MitigationPlanning);
}

#[test]
fn every_end_is_opened_again_for_its_reasons_only() {
    let all = Reopening::ALL;
    let fits = |work: &Work| -> Vec<&str> {
        let fit = |why: &&Reopening| work.clone().try_fact("ole", Fact::Reopened(**why)).is_ok();
        all.iter().filter(fit).map(|why| why.code()).collect()
    };
    let closed = ["new_exploit", "new_version", "failed_fix", "changed_use"];
    assert_eq!(fits(&up_to(Stage::Closed)), closed);
    assert_eq!(fits(&not_affected()), ["new_version", "changed_premise"]);
    let mut transferred = up_to(Stage::Validating);
    transferred.attest("own_products_checked");
    transferred.fact("ole", Fact::Ended(End::Transferred { to: "CERT/CC".into(), accepted: true }));
    assert_eq!(transferred.stage(), Stage::Transferred);
    assert_eq!(fits(&transferred), ["new_information"]);
    transferred.fact("ole", Fact::Reopened(Reopening::NewInformation));
    assert_eq!(transferred.stage(), Stage::Validating);
    for stage in [Stage::New, Stage::Triage, Stage::Verification, Stage::ClosureReview] {
        let refused = up_to(stage).try_fact("ole", Fact::Reopened(Reopening::NewExploit));
        assert_eq!(refused.map_err(|e| e.code), Err("case_open"), "{stage:?}");
    }
}

#[test]
fn a_closed_case_takes_no_more_work_and_what_goes_on_beside_it() {
    let mut work = up_to(Stage::Closed);
    let refused = [
        ("ole", Fact::Weakness("Another.".into())),
        ("pia", Fact::Planned(planned(Train::RegularCycle))),
        ("vera", tested(TestKind::Regression, fixed(), false)),
        ("dan", changed(fixed())),
        ("anna", Fact::Skipped("change_requested".into())),
    ];
    for (login, fact) in refused {
        let code = fact.code();
        assert_eq!(work.try_fact(login, fact).map_err(|e| e.code), Err("case_ended"), "{code}");
    }
    for about in [
        Work::about(DecisionKind::Controlled, &[old()], Some(Answer::Controlled)),
        Work::about(DecisionKind::Closure, &[], None),
    ] {
        assert_eq!(work.propose(about).map_err(|e| e.code), Err("case_ended"));
    }
    let signal = work.report(work.town.now, HarmScreen::No);
    let joined = work.settle(signal, Settlement::Joined(work.case));
    assert_eq!(joined.map_err(|e| e.code), Err("case_ended"));
    work.fact("ole", Fact::Noted("Seen at a meeting.".into()));
    work.fact("ida", told(Told::Outcome));
    work.fact("rolf", happened("deployed", work.town.now));
    work.fact("dan", linked(LinkKind::Tracker));
    assert_eq!(work.stage(), Stage::Closed);
}

#[test]
fn signals_are_settled_once_and_dismissed_ones_may_still_join() {
    let mut work = up_to(Stage::Triage);
    let signal = work.report(work.town.now, HarmScreen::No);
    work.settle(signal, Settlement::Dismissed(Dismissal::Unintelligible)).expect("dismissed");
    let known = work.cases.signal(signal).expect("a signal").clone();
    assert_eq!(known.settled_by, Some(work.town.is("ida")));
    assert_eq!(known.reason.as_deref(), Some("as agreed"));
    let again = work.settle(signal, Settlement::Dismissed(Dismissal::Spam));
    assert_eq!(again.map_err(|e| e.code), Err("signal_settled"));
    work.settle(signal, Settlement::Joined(work.case)).expect("something was new");
    let again = work.settle(signal, Settlement::Joined(work.case));
    assert_eq!(again.map_err(|e| e.code), Err("signal_settled"));
}

#[test]
fn facts_are_recorded_by_their_roles_and_no_others() {
    let mut work = up_to(Stage::Remediation);
    let fix = crate::casework::around("Infusia 3.2.2", aftercare_domain::case::Found::Nothing);
    work.around.versions.insert(fixed(), fix);
    let facts: [(&str, Fact); 6] = [
        ("ole", changed(fixed())),
        ("dan", tested(TestKind::Regression, fixed(), true)),
        ("pia", Fact::Exploited(crate::casework::exploited(crate::casework::EASY, None))),
        ("ole", crate::casework::notice()),
        ("dan", Fact::Embargo(None)),
        ("ruth", crate::casework::harmed(&[old()], Severity::Minor)),
    ];
    for (login, fact) in facts {
        let code = fact.code();
        let refused = work.try_fact(login, fact).expect_err(code);
        assert_eq!(refused.code, "role_missing", "{login} records {code}");
    }
    // A condition that the product looks at itself, nobody stands for.
    let attest = |guard: &str| {
        Fact::Attested(aftercare_domain::case::Attested {
            guard: guard.into(),
            statement: "Done.".into(),
            url: None,
            attachment: None,
            file: None,
        })
    };
    for guard in ["determined", "release_approved", "no_such"] {
        let refused = work.try_fact("anna", attest(guard)).map_err(|e| e.code);
        assert_eq!(refused, Err("not_attested"), "{guard}");
    }
    assert_eq!(work.try_fact("dan", attest("not_spam")).map_err(|e| e.code), Err("role_missing"));
    // Who owns a case works on cases.
    let auditor = work.town.person("aud");
    work.town.grant("aud", RoleName::Auditor, Sight::All, Standing::Holder);
    let owned = work.try_fact("ole", Fact::Owner(auditor)).map_err(|e| e.code);
    assert_eq!(owned, Err("owner_unfit"));
}

#[test]
fn whoever_made_the_change_does_not_sign_its_release() {
    let mut work = up_to(Stage::Deployment);
    assert_eq!(work.stage(), Stage::Deployment);
    // As if the developer had signed in the place of the verifier.
    let (dan, vera) = (work.town.is("dan"), work.town.is("vera"));
    let forged = work.as_if(|entry| {
        if let Event::DecisionSigned(e) = &mut entry.event
            && e.signature.role == RoleName::Verifier
        {
            assert_eq!(e.signature.person, vera);
            e.signature.person = dan;
        }
    });
    assert_eq!(forged.stage(), Stage::ReleaseApproval);
    assert!(forged.open_guards().contains(&"release_approved".to_owned()));
    work.tick(DAY);
    assert_eq!(work.stage(), Stage::Deployment);
}

#[test]
fn a_role_in_an_entry_that_is_none_of_the_two_leaves_nothing_out() {
    let mut work = without_change_request();
    work.fact("anna", skipped("change_requested"));
    work.fact("eva", skipped("change_requested"));
    let other = work.as_if(|entry| {
        if entry.role.as_str() == "executive" {
            entry.role = Role::new("security_analyst").expect("a role");
        }
    });
    assert_eq!(other.stage(), Stage::MitigationPlanning);
    assert_eq!(work.stage(), Stage::Remediation);
}

#[test]
fn a_vector_is_the_one_that_the_interview_beside_it_leads_to() {
    let mut work = Work::new();
    let rubric = Rubric::shipped();
    let mut whole = Interview::new(rubric);
    while let Some(question) = whole.clone().open().next() {
        whole.answer(&question.id, "unknown").expect("every question takes it");
    }
    let worst = whole.vector().expect("whole").to_string();
    let begun = Interview::read(rubric, "XAVN:yes").expect("an answer");
    let said = |vector: Option<&str>, interview: Interviewed| {
        let plain = exploited("", None);
        let vector = vector.map(str::to_owned);
        Fact::Exploited(Exploited { vector, interview: Some(interview), ..plain })
    };
    let older = Interviewed { rubric: "mitre:cvss-medical-rubric 0.1".into(), ..(&whole).into() };
    for (fact, code) in [
        (said(Some(&worst), (&whole).into()), "ok"),
        (
            said(Some("CVSS:3.0/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N"), (&whole).into()),
            "vector_differs",
        ),
        (said(None, (&whole).into()), "vector_differs"),
        (said(None, (&begun).into()), "ok"),
        (said(Some(&worst), (&begun).into()), "vector_differs"),
        (said(Some(&worst), older), "unknown_rubric"),
    ] {
        let answer = work.try_fact("ole", fact.clone()).map_err(|refusal| refusal.code);
        assert_eq!(answer.err().unwrap_or("ok"), code, "{fact:?}");
    }
    let kept = work.one().exploited.as_ref().expect("recorded");
    assert_eq!(kept.value.interview, Some((&begun).into()));
}
