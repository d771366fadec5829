//! The clocks that a case starts: each to the microsecond, none that can be paused or moved.

use crate::{
    casework::{
        EASY, Work, answered, applies, at, changed, exploited, exposed, family, fixed, happened,
        harmed, notice, old, older, ssvc, told,
    },
    town::DAY,
};
use aftercare_domain::{
    Sight,
    case::{
        Answer, Answered, Applies, CustomersTold, End, Fact, Opening, Question, Rejection,
        Reopening, Running, Told, clocks, moments,
    },
    clock::{Calendar, RuleBook, State, Term, Zone},
    harm::{Exploit, Exposure, Severity},
    rights::DecisionKind,
    signal::{HarmScreen, Settlement},
};
use aftercare_vocab::instant::Instant;

/// A Friday; summer time begins nine days later.
const START: &str = "2026-03-20T10:30:00Z";

/// When each clock that a case can start at [`START`] is due; none = no count of days is given.
const DUE: &[(&str, Option<&str>)] = &[
    ("fda_communicate_30d", Some("2026-04-19T21:59:59.999999Z")),
    ("fda_fix_60d", Some("2026-05-19T21:59:59.999999Z")),
    ("fda_806_report", Some("2026-04-03T21:59:59.999999Z")),
    ("fda_806_amend", Some("2026-04-03T21:59:59.999999Z")),
    ("fda_803_30d", Some("2026-04-19T21:59:59.999999Z")),
    ("fda_803_5wd", Some("2026-03-27T22:59:59.999999Z")),
    ("fda_803_supplement", Some("2026-04-19T21:59:59.999999Z")),
    ("fda_pma_periodic", Some("2027-03-20T22:59:59.999999Z")),
    ("fda_524b_regular_cycle", None),
    ("fda_524b_out_of_cycle", None),
    ("eu_mdr_87_serious", Some("2026-04-04T21:59:59.999999Z")),
    ("eu_mdr_87_death", Some("2026-03-30T21:59:59.999999Z")),
    ("eu_mdr_87_public_health", Some("2026-03-22T22:59:59.999999Z")),
    ("eu_mdr_fsca", None),
    ("eu_nis2_early", Some("2026-03-21T10:30:00Z")),
    ("eu_nis2_notification", Some("2026-03-23T10:30:00Z")),
    ("eu_nis2_final", Some("2026-04-20T21:59:59.999999Z")),
    ("ca_mdr_10d", Some("2026-03-30T21:59:59.999999Z")),
    ("ca_mdr_30d", Some("2026-04-19T21:59:59.999999Z")),
    ("hipaa_breach_60d", Some("2026-05-19T21:59:59.999999Z")),
    ("cvd_ack", Some("2026-03-25T22:59:59.999999Z")),
    ("triage", Some("2026-03-27T22:59:59.999999Z")),
    ("decide", Some("2026-04-03T21:59:59.999999Z")),
    ("cvd_reporter_update", Some("2026-04-03T21:59:59.999999Z")),
    ("cvd_disclosure_default", Some("2026-06-18T21:59:59.999999Z")),
    ("guidance_immediate", Some("2026-03-23T22:59:59.999999Z")),
    ("guidance_out_of_cycle", Some("2026-04-19T21:59:59.999999Z")),
    ("fix_immediate", Some("2026-04-03T21:59:59.999999Z")),
    ("fix_out_of_cycle", Some("2026-05-19T21:59:59.999999Z")),
    ("fix_scheduled", None),
    ("deploy", Some("2026-06-18T21:59:59.999999Z")),
    ("deploy_safety_critical", Some("2026-04-19T21:59:59.999999Z")),
    ("severity_1_page", Some("2026-03-20T10:45:00Z")),
    ("severity_1_meeting", Some("2026-03-20T14:30:00Z")),
    ("cna_record_own_disclosure", Some("2026-03-23T10:30:00Z")),
    ("cna_record_other_disclosure", Some("2026-03-23T10:30:00Z")),
    ("cna_first_refusal", Some("2026-03-23T10:30:00Z")),
];

/// Rules that no case starts at [`START`]: each stands with its condition, is only proposed, or was not in
/// force yet.
const NOT_HERE: &[&str] =
    &["emergency_guard", "eu_mdr_87a_proposal", "eu_cra_24h", "eu_cra_72h", "eu_cra_14d"];

/// A case of one version whose report came, and was known of, at an instant.
fn reported(start: Instant) -> Work {
    let mut work = Work::idle();
    work.around.versions.remove(&older());
    work.town.now = start;
    let opening = Opening {
        title: "Reported".into(),
        vulnerabilities: Vec::new(),
        families: Sight::of([family()]),
        signals: Vec::new(),
        matched_at: None,
    };
    work.open(opening).expect("opened");
    let signal = work.report(start, HarmScreen::No);
    work.join(signal);
    work
}

fn affected(start: Instant, severity: Severity, answer: Answer) -> Work {
    let mut work = reported(start);
    work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], Applies::Affected));
    work.fact("ole", exposed(&[old()], Exposure::Network));
    work.fact("ole", Fact::Exploited(exploited(EASY, Some(Exploit::NoneFound))));
    work.fact("siri", harmed(&[old()], severity));
    work.decide(DecisionKind::Controlled, &[old()], Some(answer));
    work
}

fn uncontrolled(start: Instant) -> Work {
    affected(start, Severity::Critical, Answer::Uncontrolled)
}

/// A case in which the clock of a rule starts at an instant.
fn started(rule: &str, start: Instant) -> Work {
    match rule {
        "fda_communicate_30d"
        | "fda_fix_60d"
        | "guidance_out_of_cycle"
        | "fix_out_of_cycle"
        | "fda_524b_out_of_cycle" => uncontrolled(start),
        "guidance_immediate" | "fix_immediate" => {
            let mut work = uncontrolled(start);
            let given = [("E", "A"), ("U", "S"), ("TI", "T"), ("PSI", "S")];
            let given = given.map(|(key, value)| (key.to_owned(), value.to_owned()));
            work.fact(
                "ole",
                Fact::Selected(aftercare_domain::case::Selected {
                    table: "supplier".into(),
                    given: given.into(),
                }),
            );
            work
        }
        "fix_scheduled" | "fda_524b_regular_cycle" => {
            let mut work = affected(start, Severity::Minor, Answer::Controlled);
            work.fact("ole", ssvc("P", "M"));
            work
        }
        "cvd_ack" | "cvd_disclosure_default" | "triage" => reported(start),
        "decide" => {
            let mut work = reported(start.plus_micros(-10_000_000));
            work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], Applies::Affected));
            work.town.now = start;
            work.attest("variants_checked");
            work
        }
        "cvd_reporter_update" => {
            let mut work = reported(start.plus_micros(-10_000_000));
            work.town.now = start;
            work.fact("ida", told(Told::Progress));
            work
        }
        "severity_1_page" | "severity_1_meeting" => {
            let mut work = reported(start);
            let (question, since) = (Question::SeverityOne, Some(start));
            let statement = "Seen on a pump.".into();
            work.fact("finn", Fact::Answered(Answered { question, yes: true, since, statement }));
            work
        }
        other => {
            let mut work = reported(start);
            if other == "deploy_safety_critical" {
                work.fact("rolf", answered(Question::SafetyCritical, true));
            }
            let what = &RuleBook::shipped().rule(other).expect("a rule").start;
            work.fact("rolf", happened(what, start));
            work
        }
    }
}

fn running<'a>(work: &'a Work, rule: &str, at: Instant) -> Option<Running<'a>> {
    clocks(work.one(), &work.around, at).into_iter().find(|one| one.rule.id == rule)
}

#[test]
fn each_clock_that_a_case_starts_is_due_to_the_microsecond() {
    let start = at(START);
    for (rule, due) in DUE {
        let work = started(rule, start);
        let Some(clock) = running(&work, rule, work.town.now) else {
            panic!("{rule} does not run")
        };
        assert!(clock.is_open(), "{rule}: {:?}", clock.state);
        assert_eq!(clock.due(), due.map(at), "{rule}");
        if let Some(due) = clock.due() {
            assert_eq!(clock.start, start, "{rule}");
            let state = |at| running(&work, rule, at).expect("it goes on").state;
            assert!(matches!(state(due), State::Running { percent: 100, .. }), "{rule} at its end");
            let late = state(due.plus_micros(1));
            assert_eq!(late, State::Missed { due, met_late: None }, "{rule} after it");
        } else {
            assert!(matches!(clock.state, State::Open(_)), "{rule}: {:?}", clock.state);
        }
    }
}

#[test]
fn no_rule_of_the_book_is_forgotten() {
    let mut all: Vec<&str> =
        DUE.iter().map(|(rule, _)| *rule).chain(NOT_HERE.iter().copied()).collect();
    let mut book: Vec<&str> = RuleBook::shipped().rules.iter().map(|one| one.id.as_str()).collect();
    all.sort_unstable();
    book.sort_unstable();
    assert_eq!(all, book);
    for rule in NOT_HERE.iter().filter(|rule| **rule != "emergency_guard") {
        let work = started(rule, at(START));
        assert_eq!(running(&work, rule, work.town.now), None, "{rule}");
    }
    // Since 11 September 2026 the Cyber Resilience Act asks for reports.
    let start = at("2026-09-11T10:30:00Z");
    for (rule, due) in [
        ("eu_cra_24h", "2026-09-12T10:30:00Z"),
        ("eu_cra_72h", "2026-09-14T10:30:00Z"),
        ("eu_cra_14d", "2026-09-25T21:59:59.999999Z"),
    ] {
        let work = started(rule, start);
        assert_eq!(running(&work, rule, start).and_then(|one| one.due()), Some(at(due)), "{rule}");
    }
}

#[test]
fn each_clock_is_met_by_its_fact_and_by_no_later_one() {
    let start = at(START);
    let by_hand = |rule: &str| !moments().contains(&rule);
    for (rule, due) in DUE {
        let Some(due) = due.map(at) else { continue };
        let known = RuleBook::shipped().rule(rule).expect("a rule");
        let mut work = started(rule, start);
        if !by_hand(&known.satisfied_by) {
            continue; // those are told by what is recorded of the case itself, below
        }
        work.town.now = due;
        let mut late = work.clone();
        work.fact("rolf", happened(&known.satisfied_by, due));
        let state = running(&work, rule, work.town.now).expect("it is told").state;
        assert_eq!(state, State::Met { at: due, due: Some(due) }, "{rule}");
        late.town.now = due.plus_micros(DAY);
        let when = due.plus_micros(1);
        late.fact("rolf", happened(&known.satisfied_by, when));
        let state = running(&late, rule, late.town.now).expect("it is told").state;
        assert_eq!(state, State::Missed { due, met_late: Some(when) }, "{rule}");
    }
    let mut work = reported(start);
    work.fact("ida", told(Told::Acknowledged));
    assert!(matches!(
        running(&work, "cvd_ack", work.town.now).expect("told").state,
        State::Met { .. }
    ));
    let mut work = uncontrolled(start);
    let told_nobody = |fact| match fact {
        Fact::CustomersTold(one) => Fact::CustomersTold(CustomersTold { consignees: 0, ..one }),
        other => other,
    };
    work.fact("cora", told_nobody(notice()));
    let state = |work: &Work| {
        let communicate = running(work, "fda_communicate_30d", work.town.now).expect("runs");
        (communicate.is_open(), communicate.state)
    };
    assert!(state(&work).0, "a notice to nobody tells nobody");
    work.fact("cora", notice());
    assert!(matches!(state(&work).1, State::Met { .. }));
    for rule in ["triage", "decide"] {
        let mut work = uncontrolled(start);
        work.attest("variants_checked");
        let state = running(&work, rule, work.town.now).map(|one| one.state);
        assert!(matches!(state, Some(State::Met { .. })), "{rule}: {state:?}");
    }
}

#[test]
fn half_three_quarters_and_nine_tenths_escalate() {
    let work = uncontrolled(at(START));
    let clock = running(&work, "fda_communicate_30d", work.town.now).expect("runs");
    let steps: Vec<(u8, &str, String)> = clock
        .escalations(&work.around)
        .expect("counted")
        .into_iter()
        .map(|(step, when)| (step.percent, step.to.as_str(), when.to_string()))
        .collect();
    assert_eq!(
        steps,
        [
            (50, "owner", "2026-04-04T16:15:00Z".to_owned()),
            (75, "product_security_lead", "2026-04-12T07:07:30Z".to_owned()),
            (90, "executive", "2026-04-16T20:51:00Z".to_owned()),
        ]
    );
    let reached = |text: &str| {
        let when = at(text);
        let clock = running(&work, "fda_communicate_30d", when).expect("runs");
        clock.escalated(&work.around, when).map(|step| step.percent)
    };
    assert_eq!(reached("2026-04-04T16:14:59.999999Z"), None);
    assert_eq!(reached("2026-04-04T16:15:00Z"), Some(50));
    assert_eq!(reached("2026-04-12T07:07:30Z"), Some(75));
    assert_eq!(reached("2026-04-16T20:50:59.999999Z"), Some(75));
    assert_eq!(reached("2026-04-16T20:51:00Z"), Some(90));
    assert_eq!(reached("2026-06-01T00:00:00Z"), Some(90), "missed, and still open");
    let mut met = work.clone();
    met.town.now = at("2026-04-17T00:00:00Z");
    met.fact("cora", notice());
    let clock = running(&met, "fda_communicate_30d", met.town.now).expect("told");
    assert_eq!(clock.escalated(&met.around, met.town.now), None, "nothing is left to be done");
    // Where no days are counted, nothing escalates.
    let open = running(&work, "fda_524b_out_of_cycle", work.town.now).expect("runs");
    assert_eq!(open.escalations(&work.around).expect("counted"), []);
    assert!(matches!(open.rule.term, Term::AsSoonAsPossible));
}

#[test]
fn days_are_those_of_the_maker_worked_and_leap() {
    let due = |zone: &str, calendar: &str, rule: &str, start: &str| {
        let from = at(start);
        let mut work = if rule == "fda_communicate_30d" {
            // Signatures need current training: what counts is the instant of the report.
            uncontrolled(at(START)).as_if(|entry| {
                if let aftercare_domain::Event::SignalReceived(e) = &mut entry.event {
                    e.aware_at = from;
                }
            })
        } else {
            started(rule, from)
        };
        work.around.zone = Zone::named(zone).expect("a zone");
        work.around.calendar = Calendar::named(calendar).expect("a calendar");
        running(&work, rule, at(start)).and_then(|one| one.due()).map(|due| due.to_string())
    };
    let told = "fda_communicate_30d";
    let correction = "fda_806_report";
    // 29 February counts as a day where there is one.
    assert_eq!(
        due("Europe/Berlin", "us-federal", told, "2028-02-14T12:00:00Z").as_deref(),
        Some("2028-03-15T22:59:59.999999Z")
    );
    assert_eq!(
        due("Europe/Berlin", "us-federal", told, "2027-02-14T12:00:00Z").as_deref(),
        Some("2027-03-16T22:59:59.999999Z")
    );
    // The same instant is another day elsewhere.
    let night = "2026-03-21T05:30:00Z";
    assert_eq!(
        due("Europe/Berlin", "us-federal", told, night).as_deref(),
        Some("2026-04-20T21:59:59.999999Z")
    );
    assert_eq!(
        due("America/Los_Angeles", "us-federal", told, night).as_deref(),
        Some("2026-04-20T06:59:59.999999Z")
    );
    // 4 July 2026 is a Saturday, kept on the Friday before.
    assert_eq!(
        due("America/New_York", "us-federal", correction, "2026-07-01T13:00:00Z").as_deref(),
        Some("2026-07-17T03:59:59.999999Z")
    );
    // Over the end of summer time.
    assert_eq!(
        due("Europe/Berlin", "us-federal", correction, "2026-10-19T09:00:00Z").as_deref(),
        Some("2026-11-02T22:59:59.999999Z")
    );
}

#[test]
fn a_legal_clock_is_not_paused_moved_or_hidden() {
    let start = at(START);
    let dues = |work: &Work, at: Instant| {
        ["fda_communicate_30d", "fda_fix_60d", "fda_806_report"]
            .map(|rule| running(work, rule, at).map(|one| (one.start, one.due(), one.is_open())))
    };
    let mut work = uncontrolled(start);
    work.fact("rolf", happened("correction_initiated", start));
    let wanted = dues(&work, work.town.now);
    assert!(wanted.iter().all(Option::is_some), "{wanted:?}");
    // Later words do not move it to a later day.
    work.tick(5 * DAY);
    let signal = work.report(start.plus_micros(3 * DAY), HarmScreen::No);
    work.settle(signal, Settlement::Joined(work.case)).expect("joined");
    work.fact("rolf", happened("correction_initiated", start.plus_micros(4 * DAY)));
    work.fact(
        "anna",
        Fact::Embargo(Some(aftercare_domain::case::Embargo { until: None, people: [].into() })),
    );
    work.fact("ole", Fact::Noted("Please stop the clock.".into()));
    assert_eq!(dues(&work, work.town.now), wanted);
    // What follows from the case itself, nobody records by hand.
    for what in moments() {
        let refused = work.try_fact("rolf", happened(what, start)).map_err(|e| e.code);
        assert_eq!(refused, Err("moment_unknown"), "{what}");
    }
    let future = happened("correction_extended", work.town.now.plus_micros(DAY));
    assert_eq!(work.try_fact("rolf", future).map_err(|e| e.code), Err("in_the_future"));
    // An end hides the programme's own clocks, and none of the law.
    let mut ended = work.clone();
    ended.fact("ole", Fact::Ended(End::Transferred { to: "CERT/CC".into(), accepted: true }));
    assert_eq!(dues(&ended, ended.town.now), wanted);
    assert_eq!(running(&ended, "fix_out_of_cycle", ended.town.now), None);
    // One that nobody has agreed to hides nothing.
    let mut half = work.clone();
    half.fact("ole", Fact::Ended(End::Rejected(Rejection::NoVulnerability)));
    assert!(running(&half, "fix_out_of_cycle", half.town.now).is_some());
    half.fact("anna", Fact::Seconded);
    assert_eq!(running(&half, "fix_out_of_cycle", half.town.now), None);
    half.fact("ole", Fact::Reopened(Reopening::NewInformation));
    assert_eq!(half.one().aware_at, Some(start), "opening again starts nothing anew");
    // An earlier instant that comes to light moves it, to the stricter side.
    let earlier = start.plus_micros(-2 * DAY);
    let signal = work.report(earlier, HarmScreen::No);
    work.settle(signal, Settlement::Joined(work.case)).expect("joined");
    let moved = running(&work, "fda_communicate_30d", work.town.now).expect("runs");
    assert_eq!(moved.due(), Some(at("2026-04-17T21:59:59.999999Z")));
}

#[test]
fn saying_again_that_it_is_severity_one_gives_no_more_time() {
    let mut work = started("severity_1_page", at(START));
    let due =
        |work: &Work| running(work, "severity_1_page", work.town.now).and_then(|one| one.due());
    let wanted = due(&work);
    work.tick(DAY);
    work.fact("finn", answered(Question::SeverityOne, true));
    assert_eq!(due(&work), wanted);
    work.fact("finn", answered(Question::SeverityOne, false));
    assert_eq!(due(&work), None, "it was none after all");
    work.fact("finn", answered(Question::SeverityOne, true));
    assert_eq!(due(&work), wanted, "and it was one all the time");
}

#[test]
fn while_the_risk_is_open_the_days_of_an_uncontrolled_one_run_as_a_warning() {
    let mut work = reported(at(START));
    assert_eq!(running(&work, "fda_fix_60d", work.town.now), None, "no version is affected yet");
    work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], Applies::Affected));
    let warned = running(&work, "fda_fix_60d", work.town.now).expect("runs");
    assert!(!warned.certain && warned.is_open());
    let work = affected(at(START), Severity::Minor, Answer::Controlled);
    assert_eq!(running(&work, "fda_fix_60d", work.town.now), None);
}

#[test]
fn a_fix_of_one_change_does_not_count_for_the_next() {
    let mut work = uncontrolled(at(START));
    let fix = crate::casework::around("Infusia 3.2.2", aftercare_domain::case::Found::Nothing);
    work.around.versions.insert(fixed(), fix);
    work.fact("dan", changed(fixed()));
    work.fact("rolf", happened("fix_available", work.town.now));
    let disposition = |work: &Work| work.one().disposition(old(), &work.around, work.town.now);
    assert_eq!(disposition(&work).code(), "patched");
    work.fact("dan", changed(fixed()));
    assert_eq!(disposition(&work).code(), "affected");
}
