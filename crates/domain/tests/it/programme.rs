//! The rules of the programme: proposed, signed, in force from a day on, and never for what was before.

use crate::{
    casework::{
        EASY, Work, applies, at, control, described, exploited, exposed, harmed, old, older,
        planned,
    },
    town::{DAY, Town, code, id, wish},
};
use aftercare_domain::{
    Refusal,
    case::{
        Answer, Applies, Attested, Fact, Priority, Progress, Running, Stage, Train, Workflow,
        clocks,
    },
    clock::{CalendarDays, Escalation, Hours, Minutes, RuleBook, Span, WorkingDays},
    decision::Wish,
    harm::{Exploit, Exploitability, Exposure, Outcome, Risk, Severity},
    rights::{DecisionKind, Matrix},
    role::RoleName,
    rules::{
        ADDED_LIMIT, AHEAD_DAYS, Added, Change, ClockRules, LeftOut, MatrixRules, RuleKind, Rules,
        STEPS_LIMIT, WorkflowRules, unlike,
    },
    signal::HarmScreen,
};
use aftercare_vocab::{id::DecisionId, instant::Instant};

const KIND: DecisionKind = DecisionKind::ProgrammeRules;

fn days(count: u32) -> Span {
    Span::CalendarDays(CalendarDays(count))
}

fn worked(count: u32) -> Span {
    Span::WorkingDays(WorkingDays(count))
}

fn targets(targets: &[(&str, Span)]) -> ClockRules {
    let targets = targets.iter().map(|(id, span)| ((*id).to_owned(), *span)).collect();
    ClockRules { targets, ..ClockRules::of_product() }
}

fn change(from: &str, replaces: u64, rules: impl Into<Rules>) -> Change {
    Change { from: from.parse().expect("a day"), replaces, rules: rules.into() }
}

fn wished(change: Change) -> Wish {
    Wish { about: "rules".into(), rules: Some(change), ..wish(KIND) }
}

fn signed(town: &mut Town, id: DecisionId) -> Result<(), Refusal> {
    town.sign("siri", id, RoleName::SafetyRiskManager)?;
    town.sign("kim", id, RoleName::Quality)?;
    town.sign("eva", id, RoleName::Executive)
}

fn adopted(town: &mut Town, change: Change) {
    let id = town.propose("anna", wished(change)).expect("a lead may propose");
    signed(town, id).expect("signed");
}

fn adopted_in(work: &mut Work, change: Change) {
    let id = work.town.propose("anna", wished(change)).expect("a lead may propose");
    work.sign_all(id).expect("signed");
}

fn rule<'a>(work: &'a Work, rule: &str) -> Option<Running<'a>> {
    let all = clocks(work.one(), &work.around, work.town.now);
    all.into_iter().find(|one| one.rule.id == rule)
}

fn day(text: &str) -> Instant {
    at(&format!("{text}T00:00:00Z"))
}

#[test]
fn an_edition_holds_from_its_day_on_and_the_newest_that_has_begun_counts() {
    let mut town = Town::staffed();
    adopted(&mut town, change("2026-03-10", 1, targets(&[("cvd_ack", worked(2))])));
    adopted(&mut town, change("2026-06-01", 2, targets(&[("cvd_ack", worked(1))])));
    // Decided later, and holding sooner: the one that waited never comes into force.
    adopted(&mut town, change("2026-05-01", 3, targets(&[("cvd_ack", worked(4))])));
    let clocks = &town.roster.programme().clocks;
    let ack = |when: Instant| {
        let edition = clocks.at(when);
        (edition.number, edition.rules.rule("cvd_ack").map(|rule| rule.term.to_string()))
    };
    let told = |number, words: &str| (number, Some(words.to_owned()));
    assert_eq!(ack(day("2020-01-01")), told(1, "3 working days"));
    assert_eq!(ack(day("2026-03-10").plus_micros(-1)), told(1, "3 working days"));
    assert_eq!(ack(day("2026-03-10")), told(2, "2 working days"));
    assert_eq!(ack(day("2026-05-01")), told(4, "4 working days"));
    assert_eq!(ack(day("2026-06-01")), told(4, "4 working days"), "not the one decided before");
    assert_eq!(clocks.all().count(), 4);
    let shipped = RuleBook::shipped();
    assert_eq!(clocks.at(day("2020-01-01")).rules, *shipped, "what the product brought");
}

#[test]
fn on_the_day_of_the_decision_an_edition_holds_from_the_last_signature_on() {
    let mut town = Town::staffed();
    let today = town.now.to_string()[..10].to_owned();
    adopted(&mut town, change(&today, 1, targets(&[("cvd_ack", worked(2))])));
    let last = town.entries.last().expect("entries").at;
    let clocks = &town.roster.programme().clocks;
    assert_eq!(clocks.at(last.plus_micros(-1)).number, 1, "nothing holds before it was decided");
    assert_eq!(clocks.at(last).number, 2);
}

#[test]
fn what_has_passed_cannot_get_other_rules_and_nothing_is_undone_unseen() {
    let mut town = Town::staffed();
    let wish_from = |from: &str, replaces| wished(change(from, replaces, targets(&[])));
    assert_eq!(code(&town.propose("anna", wish_from("2026-03-01", 1))), "in_the_past");
    assert_eq!(code(&town.propose("anna", wish_from("2029-03-01", 1))), "too_far_ahead");
    const { assert!(AHEAD_DAYS < 3 * 365) };
    assert_eq!(code(&town.propose("anna", wish_from("2026-04-01", 2))), "rules_changed");
    let slow = town.propose("anna", wish_from("2026-03-20", 1)).expect("proposed");
    let late = town.propose("anna", wish_from("2026-03-03", 1)).expect("proposed");
    adopted(&mut town, change("2026-03-10", 1, targets(&[("cvd_ack", worked(2))])));
    assert_eq!(code(&signed(&mut town, slow)), "rules_changed");
    let mut other = Town::staffed();
    let waits = other.propose("anna", wish_from("2026-03-03", 1)).expect("proposed");
    other.tick(3 * DAY);
    assert_eq!(code(&signed(&mut other, waits)), "in_the_past");
    assert_ne!(late, slow);
}

#[test]
fn who_changes_the_rules_is_named_by_the_matrix_also_by_one_from_before_there_was_a_row() {
    let mut town = Town::staffed();
    let rules = || wished(change("2026-04-01", 1, targets(&[])));
    assert_eq!(code(&town.propose("ole", rules())), "may_not_propose");
    let elsewhere = Wish { rules: rules().rules, ..wish(DecisionKind::Closure) };
    assert_eq!(code(&town.propose("ole", elsewhere)), "rules_misplaced");
    assert_eq!(code(&town.propose("anna", Wish { rules: None, ..rules() })), "rules_misplaced");
    let mut matrix = Matrix::proposed();
    matrix.rows.retain(|row| row.kind != KIND);
    let matrix = matrix.checked().expect("as matrices were before");
    assert_eq!(matrix.row(KIND), Matrix::proposed().row(KIND));
    assert_eq!(matrix.needed(KIND, &rules().circumstances).people(), 3);
    let mut alone = Matrix::proposed();
    let row = alone.rows.iter_mut().find(|row| row.kind == KIND).expect("a row");
    row.cosigns.clear();
    assert_eq!(code(&alone.checked()), "matrix_unsound");
}

#[test]
fn what_the_law_gives_is_never_longer_and_a_shorter_target_runs_beside_it() {
    let of = |id: &str, span: Span| {
        let mut town = Town::staffed();
        town.propose("anna", wished(change("2026-04-01", 1, targets(&[(id, span)]))))
    };
    for (id, span, names) in [
        ("fda_806_report", worked(11), "21 CFR 806.10(b) gives 10 working days at most"),
        ("fda_806_report", days(9), "21 CFR 806.10(b) gives 10 working days at most"),
        ("fda_fix_60d", days(61), "section VII.B gives 60 calendar days at most"),
        ("eu_nis2_early", Span::Hours(Hours(25)), "Art. 23(4) gives 24 hours at most"),
        ("eu_mdr_fsca", days(1), "Art. 87(8) gives before the action"),
    ] {
        let refused = of(id, span).expect_err(id);
        assert_eq!(refused.code, "legal_limit", "{id}");
        assert!(refused.what.contains(names), "{}", refused.what);
    }
    assert_eq!(code(&of("eu_mdr_87a_proposal", days(5))), "not_in_force");
    assert_eq!(code(&of("cvd_ak", days(5))), "unknown_clock");
    assert_eq!(code(&of("cvd_ack", days(0))), "no_time");
    assert_eq!(code(&of("cvd_ack", days(10_001))), "span_too_long");
    let book = targets(&[("fda_fix_60d", days(45)), ("fda_806_report", worked(11))]).book(2);
    let term = |id: &str| book.rule(id).map(|rule| rule.term.to_string());
    assert_eq!(term("fda_fix_60d").as_deref(), Some("60 calendar days"), "the law as it is");
    assert_eq!(term("fda_fix_60d_target").as_deref(), Some("45 calendar days"));
    assert_eq!(term("fda_806_report_target"), None, "beyond the law nothing has an effect");
}

#[test]
fn what_is_more_urgent_never_gets_more_time() {
    let of = |all: &[(&str, Span)]| {
        let mut town = Town::staffed();
        code(&town.propose("anna", wished(change("2026-04-01", 1, targets(all)))))
    };
    assert_eq!(of(&[("fix_immediate", days(61))]), "less_for_more");
    assert_eq!(of(&[("fix_out_of_cycle", days(13))]), "less_for_more");
    assert_eq!(of(&[("deploy_safety_critical", worked(70))]), "less_for_more", "about 98 days");
    assert_eq!(of(&[("severity_1_page", Span::Minutes(Minutes(240)))]), "ok");
    assert_eq!(of(&[("severity_1_page", Span::Minutes(Minutes(241)))]), "less_for_more");
    assert_eq!(of(&[("fix_immediate", days(30)), ("fix_out_of_cycle", worked(30))]), "ok");
    assert_eq!(
        of(&[("fix_immediate", days(31)), ("fix_out_of_cycle", worked(30))]),
        "less_for_more"
    );
}

#[test]
fn escalations_rise_and_go_to_somebody() {
    let of = |steps: &[(u8, &str)]| {
        let steps =
            steps.iter().map(|(percent, to)| Escalation { percent: *percent, to: (*to).into() });
        let rules = ClockRules { escalations: steps.collect(), ..targets(&[]) };
        let mut town = Town::staffed();
        code(&town.propose("anna", wished(change("2026-04-01", 1, rules))))
    };
    assert_eq!(of(&[(40, "owner"), (80, "quality"), (100, "executive")]), "ok");
    assert_eq!(of(&[]), "escalations_unfit", "somebody is always told");
    assert_eq!(of(&[(80, "owner"), (40, "quality")]), "escalations_unfit");
    assert_eq!(of(&[(0, "owner")]), "escalations_unfit");
    assert_eq!(of(&[(101, "owner")]), "escalations_unfit");
    assert_eq!(of(&[(1, "owner"); STEPS_LIMIT + 1]), "escalations_unfit");
    assert_eq!(of(&[(50, "boss")]), "unknown_role");
    assert_eq!(of(&[(50, "auditor")]), "unknown_role");
}

#[test]
fn a_clock_runs_by_the_edition_of_its_start_and_no_later_one_moves_it() {
    let mut work = Work::new();
    let received = work.town.now;
    let signal = work.report(received, HarmScreen::No);
    work.join(signal);
    let before = rule(&work, "cvd_ack").expect("runs").due();
    let steps = |work: &Work| {
        let of =
            |one: Running<'_>| one.escalated(&work.around, work.town.now).map(|one| one.percent);
        rule(work, "cvd_ack").and_then(of)
    };
    let rules = ClockRules {
        escalations: vec![Escalation { percent: 10, to: "owner".into() }],
        ..targets(&[("cvd_ack", worked(1)), ("fda_communicate_30d", days(20))])
    };
    adopted_in(&mut work, change("2026-03-03", 1, rules));
    work.tick(DAY);
    let running = rule(&work, "cvd_ack").expect("runs");
    assert_eq!((running.due(), running.edition.number), (before, 1));
    assert_eq!(steps(&work), None, "its steps are those of its edition too");
    assert_eq!(rule(&work, "fda_communicate_30d_target"), None);
    // What comes in now runs by the new one.
    let mut work = Work::idle();
    let rules = targets(&[("cvd_ack", worked(1)), ("triage", days(2))]);
    adopted_in(&mut work, change("2026-03-03", 1, rules));
    work.tick(DAY);
    let received = work.town.now;
    let signal = work.report(received, HarmScreen::No);
    another(&mut work, vec![signal]);
    let running = rule(&work, "cvd_ack").expect("runs");
    assert_eq!(running.edition.number, 2);
    assert_eq!(
        running.due().map(|due| due.to_string()[..10].to_owned()).as_deref(),
        Some("2026-03-04")
    );
    assert_eq!(rule(&work, "triage").expect("runs").edition.number, 2);
}

#[test]
fn two_editions_are_told_apart_line_by_line() {
    let (one, other) = (
        Rules::from(targets(&[("cvd_ack", worked(2))])),
        Rules::from(ClockRules {
            escalations: vec![Escalation { percent: 50, to: "quality".into() }],
            ..targets(&[("fda_fix_60d", days(45))])
        }),
    );
    let told: Vec<String> = unlike(&one.lines(), &other.lines())
        .into_iter()
        .map(|one| format!("{}: {:?} -> {:?}", one.place, one.before, one.after))
        .collect();
    assert_eq!(
        told,
        [
            "cvd_ack: Some(\"2 working days\") -> Some(\"3 working days\")",
            "fda_fix_60d_target: None -> Some(\"45 calendar days\")",
            "escalation_50: Some(\"owner\") -> Some(\"Quality\")",
            "escalation_75: Some(\"Product security lead\") -> None",
            "escalation_90: Some(\"Executive\") -> None",
        ]
    );
    assert_eq!(unlike(&one.lines(), &one.lines()), []);
    assert_eq!(one.kind(), RuleKind::Clocks);
}

fn another(work: &mut Work, signals: Vec<aftercare_vocab::id::SignalId>) {
    let opening = aftercare_domain::case::Opening {
        title: "Another".into(),
        vulnerabilities: Vec::new(),
        families: aftercare_domain::Sight::none(),
        signals,
        matched_at: None,
    };
    work.open(opening).expect("opened");
}

/// The product's matrix with one cell otherwise.
fn cell(exploitability: Exploitability, severity: Severity, risk: Risk) -> MatrixRules {
    let mut rules = MatrixRules::of_product();
    rules.cells.get_mut(&exploitability).expect("a row").insert(severity, risk);
    rules
}

fn medium_critical(risk: Risk) -> MatrixRules {
    cell(Exploitability::Medium, Severity::Critical, risk)
}

#[test]
fn a_matrix_is_whole_rises_and_never_lets_the_gravest_pass() {
    let of = |rules: MatrixRules| code(&Rules::from(rules).checked());
    assert_eq!(of(MatrixRules::of_product()), "ok");
    assert_eq!(of(medium_critical(Risk::Controlled)), "ok");
    let mut gap = MatrixRules::of_product();
    gap.cells.get_mut(&Exploitability::Low).expect("a row").remove(&Severity::Minor);
    assert_eq!(of(gap), "matrix_unfit");
    let falls = cell(Exploitability::Low, Severity::Negligible, Risk::Uncontrolled);
    assert_eq!(of(falls), "matrix_unfit");
    let mut all = MatrixRules::of_product();
    for row in all.cells.values_mut() {
        for risk in row.values_mut() {
            *risk = Risk::Controlled;
        }
    }
    assert_eq!(of(all.clone()), "matrix_unfit", "nothing would ever be uncontrolled");
    for row in all.cells.values_mut() {
        for risk in row.values_mut() {
            *risk = Risk::Uncontrolled;
        }
    }
    assert_eq!(of(all), "ok", "the careful one is the maker's to choose");
    let least = |of: &dyn Fn(Exploitability, Severity) -> Priority| {
        let row = |one| Severity::ALL.map(|other| (other, of(one, other))).into();
        let cells = Exploitability::ALL.map(|one| (one, row(one))).into();
        MatrixRules { at_least: Some(cells), ..MatrixRules::of_product() }
    };
    assert_eq!(of(least(&|_, _| Priority::OutOfCycle)), "ok");
    assert_eq!(of(least(&|_, _| Priority::Scheduled)), "matrix_unfit", "uncontrolled could wait");
    let falls = least(&|one, _| match one {
        Exploitability::Low => Priority::Immediate,
        _ => Priority::OutOfCycle,
    });
    assert_eq!(of(falls), "matrix_unfit");
}

/// Two affected versions of medium exploitability and critical harm.
fn critical() -> Work {
    let mut work = Work::new();
    let both = [old(), older()];
    let named = [(old(), "Infusia 3.2.1"), (older(), "Infusia 3.2.0")];
    work.fact("ida", Fact::Families(aftercare_domain::Sight::All));
    work.fact("ole", applies(&named, Applies::Affected));
    work.fact("ole", exposed(&both, Exposure::Network));
    work.fact("ole", Fact::Exploited(exploited(EASY, Some(Exploit::NoneFound))));
    work.fact("siri", harmed(&both, Severity::Critical));
    work
}

#[test]
fn a_decided_risk_keeps_its_matrix_and_an_open_one_follows_the_one_in_force() {
    let mut work = critical();
    work.decide(DecisionKind::Controlled, &[old()], Some(Answer::Uncontrolled));
    work.fact("anna", Fact::Described(described()));
    work.fact("pia", Fact::Planned(planned(Train::OutOfCycle)));
    let priority = work.decide(DecisionKind::Priority, &[], Some(Answer::Train(Train::OutOfCycle)));
    assert_eq!(described().mitigation, control());
    let before = work.town.now;
    adopted_in(&mut work, change("2026-03-03", 1, medium_critical(Risk::Controlled)));
    work.tick(DAY);
    let risk = |work: &Work, version, at| {
        let risk = work.one().risk(version, &work.around, at);
        (risk.determination.outcome, risk.determination.matrix)
    };
    let first = || (Outcome::Uncontrolled, "aftercare:fda-2016-matrix 1.0.0".to_owned());
    let second = || (Outcome::Controlled, "programme:risk-matrix 2".to_owned());
    let now = work.town.now;
    assert_eq!(risk(&work, old(), now), first(), "decided under it");
    assert_eq!(risk(&work, older(), now), second(), "not decided yet");
    assert_eq!(risk(&work, older(), before), first(), "the past is as it was");
    let counts = |work: &Work, id| work.one().decisions[&id].counts(work.one(), &work.around, now);
    assert!(counts(&work, priority), "what it rests on is computed by its own edition");
    assert_eq!(work.one().outcome(&work.around, now), Outcome::Uncontrolled);
    // What is decided now says under which edition, and that is what holds after the next.
    let now_decided = work.decide(DecisionKind::Controlled, &[older()], Some(Answer::Controlled));
    let matter = &work.one().decisions[&now_decided].matter;
    assert_eq!(matter.risk_matrix, Some(2));
    adopted_in(&mut work, change("2026-03-05", 2, medium_critical(Risk::Uncontrolled)));
    work.tick(3 * DAY);
    let now = work.town.now;
    assert_eq!(risk(&work, older(), now), second());
    assert_eq!(risk(&work, old(), now), first());
}

#[test]
fn a_missing_input_stays_undetermined_under_every_matrix() {
    let mut work = Work::new();
    let mut all = MatrixRules::of_product();
    for row in all.cells.values_mut() {
        for risk in row.values_mut() {
            *risk = Risk::Uncontrolled;
        }
    }
    adopted_in(&mut work, change("2026-03-03", 1, all));
    work.tick(DAY);
    work.fact("ole", applies(&[(old(), "Infusia 3.2.1")], Applies::Affected));
    let risk = work.one().risk(old(), &work.around, work.town.now).determination;
    assert_eq!((risk.outcome, risk.missing.len()), (Outcome::Undetermined, 2));
}

#[test]
fn a_cell_says_how_urgent_its_risk_is_at_least() {
    let mut work = critical();
    let priority = |work: &Work| work.one().priority(&work.around, work.town.now);
    assert_eq!(priority(&work), Some(Priority::OutOfCycle));
    let row = |one| {
        let of = |other| match (one, other) {
            (Exploitability::High, _) | (_, Severity::Critical | Severity::Catastrophic) => {
                Priority::Immediate
            }
            _ => Priority::Defer,
        };
        Severity::ALL.map(|other| (other, of(other))).into()
    };
    let at_least = Some(Exploitability::ALL.map(|one| (one, row(one))).into());
    let rules = MatrixRules { at_least, ..MatrixRules::of_product() };
    adopted_in(&mut work, change("2026-03-03", 1, rules));
    work.tick(DAY);
    assert_eq!(priority(&work), Some(Priority::Immediate));
    // That people decided otherwise than the cell counts before it.
    let both = [old(), older()];
    work.decide(DecisionKind::Controlled, &both, Some(Answer::Controlled));
    assert_eq!(priority(&work), None, "controlled, and nothing says more");
}

fn added(id: &str, from: Stage, to: Stage) -> Added {
    Added {
        from,
        to,
        id: id.into(),
        says: "A clinician looked at it".into(),
        attested_by: vec![RoleName::SafetyRiskManager],
        since_change: false,
    }
}

fn out(from: Stage, to: Stage, guard: &str) -> LeftOut {
    LeftOut { from, to, guard: guard.into() }
}

const REVIEW: &str = "own_clinical_review";

#[test]
fn conditions_of_law_and_safety_stay_and_own_ones_are_told_apart() {
    use Stage::{Acknowledged, Closed, ClosureReview, New, Triage, Validating};
    let of = |rules: WorkflowRules| Rules::from(rules).checked();
    let leaving = |one| WorkflowRules { left_out: [one].into(), added: Vec::new() };
    let adding = |one| WorkflowRules { added: vec![one], ..WorkflowRules::default() };
    assert_eq!(code(&of(leaving(out(ClosureReview, Closed, "lessons_learned")))), "ok");
    let refused = of(leaving(out(New, Acknowledged, "aware_set"))).expect_err("stays");
    assert_eq!(refused.code, "never_left_out");
    assert!(refused.what.contains("law: the clocks of FDA"), "{}", refused.what);
    assert_eq!(code(&of(leaving(out(New, Acknowledged, "lessons_learned")))), "unknown_condition");
    assert_eq!(code(&of(leaving(out(New, Closed, "lessons_learned")))), "no_such_way");
    assert_eq!(code(&of(leaving(out(Closed, Triage, "reopen_reasoned")))), "no_such_way");
    assert_eq!(code(&of(adding(added(REVIEW, Acknowledged, Validating)))), "ok");
    for id in ["clinical_review", "own_", "own_Clinical", "own_x y"] {
        assert_eq!(
            code(&of(adding(added(id, Acknowledged, Validating)))),
            "identifier_unfit",
            "{id}"
        );
    }
    let nobody = Added { attested_by: Vec::new(), ..added(REVIEW, Acknowledged, Validating) };
    assert_eq!(code(&of(adding(nobody))), "nobody_vouches");
    let auditor =
        Added { attested_by: vec![RoleName::Auditor], ..added(REVIEW, Acknowledged, Validating) };
    assert_eq!(code(&of(adding(auditor))), "role_unfit");
    let twice = vec![added(REVIEW, Acknowledged, Validating); 2];
    assert_eq!(
        code(&of(WorkflowRules { added: twice, ..WorkflowRules::default() })),
        "condition_twice"
    );
    let many = vec![added(REVIEW, Acknowledged, Validating); ADDED_LIMIT + 1];
    let many = WorkflowRules { added: many, ..WorkflowRules::default() };
    assert_eq!(code(&of(many)), "too_many_conditions");
    // Also where somebody wrote it past the rules, it has no effect.
    let past = leaving(out(New, Acknowledged, "aware_set")).workflow(2);
    assert!(past.guard("aware_set").is_some());
}

#[test]
fn a_case_goes_by_the_workflow_of_its_opening() {
    use Stage::{Acknowledged, Validating};
    let mut work = Work::new();
    let rules = WorkflowRules {
        left_out: [out(Acknowledged, Validating, "not_spam")].into(),
        added: vec![added(REVIEW, Acknowledged, Validating)],
    };
    adopted_in(&mut work, change("2026-03-03", 1, rules));
    work.tick(DAY);
    let begin = |work: &mut Work| {
        let received = work.town.now;
        let signal = work.report(received, HarmScreen::No);
        work.join(signal);
        work.fact("ida", Fact::Owner(work.town.is("ole")));
        work.fact("ida", Fact::Families(aftercare_domain::Sight::All));
        work.fact("cora", crate::casework::told(aftercare_domain::case::Told::Acknowledged));
    };
    begin(&mut work);
    let now: Progress = work.progress();
    assert_eq!((now.stage, now.workflow.as_str()), (Acknowledged, "aftercare:case-workflow 1.0.0"));
    assert_eq!(work.open_guards(), ["not_spam"], "it was opened before");
    let stands = || {
        let (statement, url) = ("Looked at with Dr. Moe.".to_owned(), None);
        Fact::Attested(Attested {
            guard: REVIEW.into(),
            statement,
            url,
            attachment: None,
            file: None,
        })
    };
    assert_eq!(code(&work.try_fact("siri", stands())), "not_attested");
    another(&mut work, Vec::new());
    begin(&mut work);
    assert_eq!(work.progress().workflow, "programme:workflow 2");
    assert_eq!(work.open_guards(), [REVIEW]);
    assert_eq!(code(&work.try_fact("ole", stands())), "role_missing");
    work.fact("siri", stands());
    assert_eq!(work.stage(), Validating);
}

#[test]
fn the_rules_are_changed_for_all_families_or_not_at_all() {
    let mut town = Town::staffed();
    let of_one = Wish {
        families: aftercare_domain::Sight::of([id(7)]),
        ..wished(change("2026-06-01", 1, targets(&[("cvd_ack", worked(2))])))
    };
    assert_eq!(code(&town.propose("anna", of_one)), "of_all_families");
}

#[test]
fn a_running_clock_of_fda_is_not_stopped_by_another_matrix_but_by_a_decision() {
    let mut work = critical();
    let signal = work.report(work.town.now, HarmScreen::Unknown);
    work.join(signal);
    assert!(rule(&work, "fda_fix_60d").is_some_and(|one| one.certain));
    adopted_in(&mut work, change("2026-03-03", 1, medium_critical(Risk::Controlled)));
    work.tick(DAY);
    assert_eq!(work.one().outcome(&work.around, work.town.now), Outcome::Controlled);
    assert!(rule(&work, "fda_fix_60d").is_some_and(|one| !one.certain), "open until it is decided");
    let both = [old(), older()];
    work.decide(DecisionKind::Controlled, &both, Some(Answer::Controlled));
    assert!(rule(&work, "fda_fix_60d").is_none());
}

#[test]
fn deciding_graver_than_the_cell_makes_nothing_less_urgent() {
    let mut work = critical();
    let all = |one| Exploitability::ALL.map(|at| (at, Severity::ALL.map(|of| (of, one)).into()));
    let at_least = Some(all(Priority::Immediate).into());
    let cells = medium_critical(Risk::Controlled);
    adopted_in(&mut work, change("2026-03-03", 1, MatrixRules { at_least, ..cells }));
    work.tick(DAY);
    let priority = |work: &Work| work.one().priority(&work.around, work.town.now);
    assert_eq!(priority(&work), Some(Priority::Immediate), "controlled, without answers to SSVC");
    work.decide(DecisionKind::Controlled, &[old(), older()], Some(Answer::Uncontrolled));
    assert_eq!(priority(&work), Some(Priority::Immediate));
}

#[test]
fn a_condition_of_ones_own_keeps_its_words_and_what_the_record_needs_stays() {
    let mut town = Town::staffed();
    let one = added(REVIEW, Stage::Triage, Stage::RiskAssessment);
    let rules = |added| WorkflowRules { added: vec![added], ..WorkflowRules::default() };
    adopted(&mut town, change("2026-03-10", 1, rules(one.clone())));
    let other = Added { says: "Nobody looked at it".into(), ..one.clone() };
    let reworded = wished(change("2026-04-10", 2, rules(other)));
    assert_eq!(code(&town.propose("anna", reworded)), "condition_reworded");
    let same = Added { since_change: true, ..one };
    town.propose("anna", wished(change("2026-04-10", 2, rules(same)))).expect("the same words");
    for id in ["notes_approved", "threat_model_updated", "trace_complete", "package_signed"] {
        let (way, guard) = Workflow::shipped().guard(id).expect("a condition");
        assert!(guard.fixed.is_some(), "{id}");
        let left_out = [out(way.from, way.to, id)].into();
        let rules = WorkflowRules { left_out, ..WorkflowRules::default() };
        let dropped = wished(change("2026-04-10", 2, rules));
        assert_eq!(code(&town.propose("anna", dropped)), "never_left_out", "{id}");
    }
}

#[test]
fn out_of_the_cycle_is_never_given_more_time_than_scheduled() {
    let mut town = Town::staffed();
    let slow = change("2026-06-01", 1, targets(&[("fix_scheduled", days(30))]));
    assert_eq!(code(&town.propose("anna", wished(slow))), "less_for_more");
}
