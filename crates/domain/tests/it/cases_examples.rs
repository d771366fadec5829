//! The worked examples of FDA's postmarket guidance (2016, sections VIII and IX), each as a whole case: facts
//! in; risk, reports, enforcement discretion and clocks out.

use crate::{
    casework::{
        Work, answered, applies, around, changed, control, described, exploited, exposed, family,
        fixed, happened, harmed, notice, old, older, planned,
    },
    town::DAY,
};
use aftercare_domain::{
    Sight,
    case::{
        Answer, Answered, Applies, Disposition, Exploited, Fact, Found, Interviewed, Justification,
        Opening, Question, Train, clocks,
    },
    clock::State,
    harm::{Exploit, Exposure, Interview, Outcome, Rubric, Severity},
    reporting::{Condition, Report, Reports, Standing},
    rights::DecisionKind,
    signal::HarmScreen,
};
use aftercare_vocab::instant::Instant;

/// What an example says about its device.
struct Example {
    vector: &'static str,
    exploit: Exploit,
    from: Exposure,
    severity: Severity,
    decided: Answer,
}

/// A case of one affected version, assessed and decided as the example says.
fn assessed(example: &Example) -> Work {
    let mut work = Work::idle();
    work.around.versions.remove(&older());
    let opening = Opening {
        title: "From the guidance".into(),
        vulnerabilities: Vec::new(),
        families: Sight::of([family()]),
        signals: Vec::new(),
        matched_at: None,
    };
    work.open(opening).expect("opened");
    let signal = work.report(work.town.now, HarmScreen::No);
    work.join(signal);
    work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], Applies::Affected));
    work.fact("ole", exposed(&[old()], example.from));
    work.fact("ole", Fact::Exploited(exploited(example.vector, Some(example.exploit))));
    work.fact("siri", harmed(&[old()], example.severity));
    work.decide(DecisionKind::Controlled, &[old()], Some(example.decided));
    work
}

fn outcome(work: &Work) -> (Outcome, Outcome) {
    let computed = work.one().risk(old(), &work.around, work.town.now).determination.outcome;
    (computed, work.one().outcome(&work.around, work.town.now))
}

fn reports(work: &Work) -> (Report, Report) {
    let now = work.town.now;
    let Reports { part_806, part_803, .. } =
        work.one().reports(&work.around, now).expect("days can be counted");
    (part_806, part_803)
}

/// The 30 and 60 days of the guidance, where they run; each as `rule: state`.
fn guidance(work: &Work) -> Vec<String> {
    let running = clocks(work.one(), &work.around, work.town.now);
    let fda = ["fda_communicate_30d", "fda_fix_60d"];
    fda.into_iter()
        .filter_map(|rule| running.iter().find(|one| one.rule.id == rule))
        .map(|one| {
            assert!(one.certain, "the risk is decided");
            let state = match &one.state {
                State::Running { .. } => "running",
                State::Met { .. } => "met",
                State::Missed { .. } => "missed",
                other => panic!("{other:?}"),
            };
            format!("{}: {state}", one.rule.id)
        })
        .collect()
}

fn standing(work: &Work) -> Option<(Standing, [Standing; 4])> {
    let judged = work.one().discretion(&work.around, work.town.now).expect("days can be counted");
    judged.map(|one| (one.standing(), one.conditions.map(|each| each.standing)))
}

fn days(work: &mut Work, days: i64) {
    let aware = work.one().aware_at.expect("aware");
    work.town.now = aware.plus_micros(days * DAY);
}

/// By day 20: customers told, controls named, plan made, the ISAO told.
fn told_in_time(work: &mut Work, isao: bool) {
    days(work, 20);
    let since = Some(Instant::from_micros(0)).filter(|_| isao);
    work.fact("ole", Fact::Described(described()));
    work.fact("pia", Fact::Planned(planned(Train::OutOfCycle)));
    work.fact("cora", notice());
    work.fact("rolf", answered(Question::ControlsAddRisk, false));
    work.fact(
        "rolf",
        Fact::Answered(Answered {
            question: Question::IsaoMember,
            yes: isao,
            since,
            statement: "As the list of members says.".into(),
        }),
    );
    if isao {
        work.fact("rolf", happened("isao_told", work.town.now));
    }
}

/// By day 50: fixed, validated, distributed.
fn fixed_in_time(work: &mut Work) {
    days(work, 50);
    work.around.versions.insert(fixed(), around("Infusia 3.2.2", Found::Nothing));
    work.fact("dan", changed(fixed()));
    for what in ["fix_validated", "fix_available", "fix_distributed"] {
        work.fact("rolf", happened(what, work.town.now));
    }
    work.fact("rolf", answered(Question::ResidualAcceptable, true));
}

#[test]
fn one_malware_that_leaves_data_and_performance_alone_is_controlled_and_its_removal_an_enhancement()
{
    let mut work = assessed(&Example {
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:L",
        exploit: Exploit::Active,
        from: Exposure::Network,
        severity: Severity::Minor,
        decided: Answer::Controlled,
    });
    assert_eq!(outcome(&work), (Outcome::Controlled, Outcome::Controlled));
    assert_eq!(reports(&work), (Report::NotDue, Report::NotDue));
    assert_eq!((standing(&work), guidance(&work)), (None, vec![]));
    days(&mut work, 400);
    assert_eq!(
        reports(&work),
        (Report::NotDue, Report::NotDue),
        "an enhancement, whenever it comes"
    );
}

#[test]
fn two_a_database_that_shows_records_to_read_is_controlled() {
    let work = assessed(&Example {
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
        exploit: Exploit::Public,
        from: Exposure::Network,
        // Confidentiality alone is not patient harm.
        severity: Severity::Negligible,
        decided: Answer::Controlled,
    });
    assert_eq!(outcome(&work), (Outcome::Controlled, Outcome::Controlled));
    assert_eq!(reports(&work), (Report::NotDue, Report::NotDue));
    assert_eq!((standing(&work), guidance(&work)), (None, vec![]));
}

/// An open port that nothing uses; what can be done through it the examples say.
fn port(severity: Severity, exploit: Exploit, decided: Answer) -> Work {
    assessed(&Example {
        vector: "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H",
        exploit,
        from: Exposure::Physical,
        severity,
        decided,
    })
}

#[test]
fn three_an_open_port_without_loading_of_firmware_is_controlled() {
    // Loading is blocked by design, and somebody would have to stand at the device.
    let work = port(Severity::Serious, Exploit::NoneFound, Answer::Controlled);
    assert_eq!(outcome(&work), (Outcome::Controlled, Outcome::Controlled));
    assert_eq!(reports(&work), (Report::NotDue, Report::NotDue));
    assert_eq!((standing(&work), guidance(&work)), (None, vec![]));
}

#[test]
fn four_the_same_port_with_loading_of_firmware_is_uncontrolled_without_report_in_an_isao() {
    let mut work = port(Severity::Critical, Exploit::ProofOfConcept, Answer::Uncontrolled);
    work.fact("rolf", answered(Question::HarmKnown, false));
    assert_eq!(outcome(&work), (Outcome::Uncontrolled, Outcome::Uncontrolled));
    assert_eq!(guidance(&work), ["fda_communicate_30d: running", "fda_fix_60d: running"]);
    assert_eq!(reports(&work), (Report::Unknown, Report::NotDue), "open until the days are over");
    told_in_time(&mut work, true);
    assert_eq!(guidance(&work), ["fda_communicate_30d: met", "fda_fix_60d: running"]);
    assert_eq!(reports(&work), (Report::Unknown, Report::NotDue));
    let mut late = work.clone();
    fixed_in_time(&mut work);
    assert_eq!(guidance(&work), ["fda_communicate_30d: met", "fda_fix_60d: met"]);
    assert_eq!(standing(&work), Some((Standing::Met, [Standing::Met; 4])));
    assert_eq!(reports(&work), (Report::NotDue, Report::NotDue), "no report under 806");
    days(&mut work, 400);
    assert_eq!(reports(&work), (Report::NotDue, Report::NotDue), "what was met stays met");
    // Without a fix the discretion is lost the day after the sixtieth, and a report is due at once.
    days(&mut late, 60);
    assert_eq!(reports(&late), (Report::Unknown, Report::NotDue));
    days(&mut late, 61);
    assert_eq!(guidance(&late), ["fda_communicate_30d: met", "fda_fix_60d: missed"]);
    assert_eq!(reports(&late), (Report::Due, Report::NotDue));
}

#[test]
fn five_an_implant_with_a_fixed_password_is_reported_where_the_maker_is_in_no_isao() {
    let mut work = assessed(&Example {
        vector: "CVSS:3.1/AV:A/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",
        exploit: Exploit::ProofOfConcept,
        from: Exposure::Adjacent,
        severity: Severity::Catastrophic,
        decided: Answer::Uncontrolled,
    });
    let risk = work.one().risk(old(), &work.around, work.town.now);
    assert_eq!(risk.exploitability.map(|one| one.to_string()).as_deref(), Some("medium"));
    work.fact("rolf", answered(Question::HarmKnown, false));
    assert_eq!(outcome(&work), (Outcome::Uncontrolled, Outcome::Uncontrolled));
    told_in_time(&mut work, false);
    assert_eq!(reports(&work), (Report::Due, Report::NotDue), "no member, so nothing else counts");
    fixed_in_time(&mut work);
    assert_eq!(guidance(&work), ["fda_communicate_30d: met", "fda_fix_60d: met"]);
    let (all, each) = standing(&work).expect("uncontrolled");
    assert_eq!(all, Standing::NotMet);
    assert_eq!(each, [Standing::Met, Standing::Met, Standing::Met, Standing::NotMet]);
    assert_eq!(reports(&work), (Report::Due, Report::NotDue), "patched in 60 days, and reported");
}

#[test]
fn six_a_vulnerability_that_shipped_is_disconnected_in_30_days_and_patched_in_60() {
    let mut work = assessed(&Example {
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H",
        exploit: Exploit::ProofOfConcept,
        from: Exposure::Network,
        severity: Severity::Critical,
        decided: Answer::Uncontrolled,
    });
    let harm = work.one().assessed(old(), &work.around).and_then(|one| one.harmed.as_ref());
    assert!(harm.is_some_and(|one| one.value.essential_performance));
    work.fact("rolf", answered(Question::HarmKnown, false));
    told_in_time(&mut work, true);
    // Taking the device off the network is a control meanwhile: it does not end the uncontrolled risk.
    let mut about = Work::about(DecisionKind::CompensatingControl, &[old()], None);
    about.mitigation = Some(control());
    work.try_decide(about).expect("decided");
    assert_eq!(work.one().outcome(&work.around, work.town.now), Outcome::Uncontrolled);
    let disposition = work.one().disposition(old(), &work.around, work.town.now);
    assert_eq!(disposition, Disposition::Mitigated);
    assert_eq!(guidance(&work), ["fda_communicate_30d: met", "fda_fix_60d: running"]);
    fixed_in_time(&mut work);
    assert_eq!(guidance(&work), ["fda_communicate_30d: met", "fda_fix_60d: met"]);
    assert_eq!(standing(&work), Some((Standing::Met, [Standing::Met; 4])));
    assert_eq!(reports(&work), (Report::NotDue, Report::NotDue));
    let disposition = work.one().disposition(old(), &work.around, work.town.now);
    assert_eq!(disposition, Disposition::Patched(fixed()));
}

#[test]
fn seven_an_exploit_that_contributed_to_a_death_is_reported_under_803_and_806() {
    let mut work = assessed(&Example {
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H",
        exploit: Exploit::Active,
        from: Exposure::Network,
        severity: Severity::Catastrophic,
        decided: Answer::Uncontrolled,
    });
    work.fact("kim", Fact::HarmScreened(HarmScreen::Yes, Some("C-2026-17".into())));
    work.fact("rolf", answered(Question::HarmKnown, true));
    let aware = work.town.now;
    work.fact("rolf", happened("mdr_event_aware", aware));
    assert_eq!(outcome(&work), (Outcome::Uncontrolled, Outcome::Uncontrolled));
    assert_eq!(reports(&work), (Report::Due, Report::Due), "at once");
    // Whatever is done in time: discretion is impossible.
    told_in_time(&mut work, true);
    fixed_in_time(&mut work);
    let discretion = work.one().discretion(&work.around, work.town.now).expect("counted");
    let discretion = discretion.expect("uncontrolled");
    assert_eq!(discretion.standing(), Standing::NotMet);
    let lost: Vec<Condition> = discretion
        .conditions
        .iter()
        .filter(|one| one.standing != Standing::Met)
        .map(|one| one.condition)
        .collect();
    assert_eq!(lost, [Condition::NoHarmKnown]);
    assert_eq!(reports(&work), (Report::Due, Report::Due));
    let mdr = clocks(work.one(), &work.around, work.town.now);
    let mdr = mdr.iter().find(|one| one.rule.id == "fda_803_30d").expect("runs");
    assert_eq!(mdr.start, aware);
    assert!(matches!(mdr.state, State::Missed { met_late: None, .. }), "{:?}", mdr.state);
}

#[test]
fn what_is_missing_is_neither_controlled_nor_not_affected_nor_not_reportable() {
    let full = Example {
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L",
        exploit: Exploit::NoneFound,
        from: Exposure::Network,
        severity: Severity::Minor,
        decided: Answer::Controlled,
    };
    let work = assessed(&full);
    let lacking: [(&str, Fact); 4] = [
        ("a look for exploits", {
            let vector = Some(full.vector.to_owned());
            Fact::Exploited(Exploited { exploit: None, vector, ..exploited("", None) })
        }),
        ("a vector", {
            Fact::Exploited(Exploited { vector: None, ..exploited("", Some(Exploit::NoneFound)) })
        }),
        ("an end of the interview", {
            let begun = Interview::read(Rubric::shipped(), "XAVN:no/XAVP:yes").expect("answers");
            let interview = Some(Interviewed::from(&begun));
            let open = exploited("", Some(Exploit::NoneFound));
            Fact::Exploited(Exploited { vector: None, interview, ..open })
        }),
        ("whether it is affected", {
            applies(&[(old(), "Infusia 3.2.1")], Applies::UnderInvestigation)
        }),
    ];
    for (what, fact) in lacking {
        let mut work = work.clone();
        work.fact("ole", fact);
        assert_eq!(
            work.one().outcome(&work.around, work.town.now),
            Outcome::Undetermined,
            "{what}"
        );
        assert_eq!(
            work.one().decided(old(), &work.around, work.town.now),
            None,
            "{what} lapses it"
        );
        assert_eq!(reports(&work).0, Report::Unknown, "{what}");
        let again = Work::about(DecisionKind::Controlled, &[old()], Some(Answer::Controlled));
        if what != "whether it is affected" {
            assert_eq!(work.propose(again).map_err(|e| e.code), Err("risk_undetermined"), "{what}");
        }
        let why = Justification::ComponentNotPresent;
        let not = Work::about(DecisionKind::NotAffected, &[old()], Some(Answer::NotAffected(why)));
        assert_eq!(work.propose(not).map_err(|e| e.code), Err("value_missing"), "{what}");
    }
    // A version beside it of which nobody knows keeps the whole case open.
    let mut beside = work.clone();
    beside.around.versions.insert(older(), around("Infusia 3.2.0", Found::Unknown));
    assert_eq!(beside.one().outcome(&beside.around, beside.town.now), Outcome::Undetermined);
    // The graver answer never waits.
    let mut grave = work.clone();
    let none = Exploited { exploit: None, ..exploited(full.vector, None) };
    grave.fact("ole", Fact::Exploited(none));
    grave.decide(DecisionKind::Controlled, &[old()], Some(Answer::Uncontrolled));
    assert_eq!(grave.one().outcome(&grave.around, grave.town.now), Outcome::Uncontrolled);
}
