//! Any sequence of facts, decisions, ends and openings, by whoever may, while the world around changes:
//! what must hold of a case holds after each step.

use crate::{
    casework::{
        EASY, Work, answered, applies, around, changed, control, described, exploited, exposed,
        fixed, happened, harmed, linked, notice, old, older, planned, sbom, ssvc, tested, told,
    },
    town::DAY,
};
use aftercare_domain::{
    Sight,
    case::{
        Answer, Applies, Case, Cases, Disposition, Embargo, End, Fact, Found, Justification,
        LinkKind, Question, Rated, Rejection, Reopening, Stage, TestKind, Told, Train, Workflow,
        clocks,
    },
    harm::{Exploit, Exploitability, Exposure, Outcome, Risk, Severity},
    rights::DecisionKind,
    signal::{HarmScreen, Settlement},
};
use aftercare_vocab::{id::VersionId, instant::Instant};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One step: which, and three draws that it makes of what it needs.
type Draw = (u8, u8, u8, u8);

const STEPS: u8 = 40;

fn one_of<T: Copy>(all: &[T], draw: u8) -> T {
    all[usize::from(draw) % all.len()]
}

const VERSIONS: fn() -> [VersionId; 3] = || [old(), older(), fixed()];

fn label(version: VersionId) -> &'static str {
    match version {
        one if one == old() => "Infusia 3.2.1",
        one if one == older() => "Infusia 3.2.0",
        _ => "Infusia 3.2.2",
    }
}

/// Takes a step, as far as the rules let it.
fn take(work: &mut Work, (step, a, b, c): Draw) {
    let version = one_of(&VERSIONS(), a);
    let decides = |kind, versions: &[VersionId], answer| Work::about(kind, versions, answer);
    let refused = match step % STEPS {
        0 => {
            let harm = one_of(HarmScreen::ALL, a);
            let back = i64::from(b) * DAY / 16;
            let signal = work.report(work.town.now.plus_micros(-back), harm);
            work.settle(signal, Settlement::Joined(work.case))
        }
        1 => {
            let complaint = (b % 2 == 0).then(|| "C-1".to_owned());
            work.try_fact("kim", Fact::HarmScreened(one_of(HarmScreen::ALL, a), complaint))
        }
        2 => {
            let owner = work.town.is(one_of(&["ole", "anna", "pia"], a));
            work.try_fact("ida", Fact::Owner(owner))
        }
        3 => work.try_fact("ida", told(one_of(Told::ALL, a))),
        4 => work.try_fact("ole", Fact::Families(Sight::of([crate::casework::family()]))),
        5 => work.try_fact("ole", Fact::Credible("Reproduced.".into())),
        6 => work.try_fact("ole", Fact::Weakness("CWE-502".into())),
        7 | 8 => {
            let not = Applies::NotAffected(one_of(Justification::ALL, c));
            let value = one_of(
                &[Applies::Affected, Applies::Affected, not, Applies::UnderInvestigation],
                b,
            );
            work.try_fact("ole", applies(&[(version, label(version))], value))
        }
        9 => {
            let from = one_of(&[Exposure::Physical, Exposure::Adjacent, Exposure::Network], b);
            work.try_fact("ole", exposed(&[version], from))
        }
        10 => {
            let exploit = one_of(
                &[None, Some(Exploit::NoneFound), Some(Exploit::Public), Some(Exploit::Active)],
                a,
            );
            work.try_fact("ole", Fact::Exploited(exploited(EASY, exploit)))
        }
        11 => work.try_fact("ole", ssvc(one_of(&["N", "P", "A"], a), one_of(&["M", "S"], b))),
        12 => work.try_fact("siri", harmed(&[version], one_of(&Severity::ALL, b))),
        13 => work.try_fact("ole", Fact::Controls("None.".into())),
        14 => {
            let rated = Rated {
                version,
                exploitability: one_of(&Exploitability::ALL, b),
                severity: one_of(&Severity::ALL, c),
            };
            work.try_fact(one_of(&["ole", "olga", "siri"], c), Fact::Rated(rated))
        }
        15 => work.try_fact("ole", Fact::Carried(version, one_of(&VERSIONS(), b))),
        16 => work.try_fact("ole", Fact::Described(described())),
        17 => work.try_fact("pia", Fact::Planned(planned(one_of(Train::ALL, a)))),
        18 => {
            work.around
                .versions
                .entry(fixed())
                .or_insert_with(|| around(label(fixed()), Found::Nothing));
            work.try_fact("dan", changed(fixed()))
        }
        19 | 20 => {
            let kind = one_of(TestKind::ALL, a);
            let version = if kind == TestKind::SecurityBefore { old() } else { fixed() };
            let passed = (kind == TestKind::SecurityBefore) == (b % 8 == 0);
            work.try_fact("vera", tested(kind, version, passed))
        }
        21 => work.try_fact("cora", notice()),
        22 => work.try_fact("rolf", answered(one_of(Question::ALL, a), b % 2 == 0)),
        23 => {
            let names =
                ["fix_available", "fix_distributed", "report_806_filed", "correction_initiated"];
            let at = work.town.now.plus_micros(-i64::from(b) * DAY / 8);
            work.try_fact("rolf", happened(one_of(&names, a), at))
        }
        24 => {
            work.try_fact("dan", linked(one_of(&[LinkKind::RiskFile, LinkKind::ChangeRequest], a)))
        }
        25..=28 => {
            let ways = &Workflow::shipped().transitions;
            let all: Vec<&str> = ways
                .iter()
                .flat_map(|way| &way.guards)
                .filter(|guard| guard.attested_by.is_some())
                .map(|guard| guard.id.as_str())
                .collect();
            work.attest(one_of(&all, a));
            Ok(())
        }
        29 => {
            let guard = one_of(&["change_requested", "controls_listed", "not_spam"], a);
            work.try_fact(one_of(&["anna", "eva"], b), Fact::Skipped(guard.into()))
        }
        30 => {
            let transfer = End::Transferred { to: "CERT/CC".into(), accepted: b % 2 == 0 };
            let end = if a % 2 == 0 { End::Rejected(one_of(Rejection::ALL, b)) } else { transfer };
            work.try_fact("ole", Fact::Ended(end))
        }
        31 => work.try_fact(one_of(&["ole", "anna"], a), Fact::Seconded),
        32 => work.try_fact("ole", Fact::Reopened(one_of(Reopening::ALL, a))),
        33 => {
            let why = work.one().applies(version, &work.around);
            let answer = match why {
                Some(Applies::NotAffected(why)) => Answer::NotAffected(why),
                _ => Answer::NotAffected(Justification::ComponentNotPresent),
            };
            work.try_decide(decides(DecisionKind::NotAffected, &[version], Some(answer)))
                .map(|_| ())
        }
        34 | 35 => {
            let answer = if b % 2 == 0 { Answer::Controlled } else { Answer::Uncontrolled };
            work.try_decide(decides(DecisionKind::Controlled, &[version], Some(answer))).map(|_| ())
        }
        36 => {
            let kinds = [
                decides(DecisionKind::Priority, &[], Some(Answer::Train(one_of(Train::ALL, b)))),
                decides(DecisionKind::Release, &[], None),
                decides(DecisionKind::Closure, &[], None),
                decides(DecisionKind::Reportability, &[], Some(Answer::Reportable(b % 2 == 0))),
            ];
            work.try_decide(kinds[usize::from(a) % kinds.len()].clone()).map(|_| ())
        }
        37 => {
            let mut about = if b % 2 == 0 {
                decides(DecisionKind::RiskAcceptance, &[version], None)
            } else {
                decides(DecisionKind::CompensatingControl, &[version], None)
            };
            about.until = "2026-12-31".parse().ok();
            about.mitigation = Some(control());
            work.try_decide(about).map(|_| ())
        }
        38 => {
            // The world around changes.
            if let Some(one) = work.around.versions.get_mut(&version) {
                match b % 4 {
                    0 => one.sboms = vec![sbom(label(version)), sbom(&format!("sbom {c}"))],
                    1 => one.components = [format!("log4j 2.{}", c % 3)].into(),
                    2 => one.found = one_of(&[Found::Affected, Found::Nothing, Found::Unknown], c),
                    _ => one.units += 1,
                }
            }
            Ok(())
        }
        _ => {
            work.tick(i64::from(a) * DAY / 32);
            let note = Fact::Noted(format!("Remark {b}."));
            let embargo = Embargo { until: None, people: [].into() };
            let fact = if c % 8 == 0 { Fact::Embargo(Some(embargo)) } else { note };
            work.try_fact("anna", fact)
        }
    };
    // Whatever is refused says so in words, and is one of the rules' own refusals.
    if let Err(refusal) = refused {
        assert!(!refusal.what.is_empty() && !refusal.code.is_empty());
    }
}

/// What is seen of a case after a step.
struct Seen {
    case: Case,
    entries: usize,
    aware: Option<Instant>,
    dues: BTreeMap<String, Instant>,
}

fn place(stage: Stage) -> usize {
    Stage::WAY.iter().position(|one| *one == stage).unwrap_or(0)
}

/// No stage without its conditions, looked at without the workflow.
fn earned(work: &Work) {
    let (case, around, now) = (work.one(), &work.around, work.town.now);
    let progress = work.progress();
    let stage = progress.stage;
    let left_out: Vec<&str> = progress
        .todos
        .iter()
        .filter(|one| one.due.is_some())
        .map(|one| one.guard.as_str())
        .collect();
    let beyond = |other: Stage| stage != Stage::Closed && place(stage) > place(other);
    if beyond(Stage::New) {
        assert!(case.aware_at.is_some() && case.owner.is_some() && !case.signals.is_empty());
    }
    if beyond(Stage::Triage) {
        for version in case.in_question(around) {
            assert!(case.applies(version, around).is_some(), "a value for each version");
            assert!(case.rests_on_current_sbom(version, around));
        }
        assert!(!around.versions.is_empty());
    }
    if beyond(Stage::RiskAssessment) {
        assert!(left_out.contains(&"controls_listed") || case.controls.is_some());
        for version in case.affected(around) {
            let risk = case.risk(version, around, now);
            assert!(risk.exploitability.is_some() && risk.severity.is_some());
        }
    }
    if beyond(Stage::Determination) {
        for version in case.affected(around) {
            assert!(
                case.decided(version, around, now).is_some(),
                "signed for each affected version"
            );
        }
        assert!(!case.affected(around).is_empty());
        assert!(case.outcome(around, now) != Outcome::Undetermined);
    }
    if beyond(Stage::Remediation) && stage != Stage::ClosureReview {
        assert!(!case.changed.is_empty());
    }
    if beyond(Stage::ReleaseApproval) && stage != Stage::ClosureReview {
        let released = case
            .decisions
            .values()
            .any(|one| one.kind == DecisionKind::Release && one.counts(case, around, now));
        assert!(released, "nothing is deployed without its release");
    }
    match stage {
        Stage::Closed => assert!(case.closed().is_some()),
        Stage::NotAffected => {
            for version in around.versions.keys() {
                let disposition = case.disposition(*version, around, now);
                assert!(matches!(disposition, Disposition::NotAffected(_)), "{disposition:?}");
            }
        }
        Stage::Rejected => assert!(case.seconded.is_some() && case.has_ended()),
        Stage::Transferred | Stage::Duplicate => assert!(case.has_ended()),
        _ => {}
    }
    if stage.is_end() {
        assert!(progress.todos.iter().all(|one| one.due.is_some()));
    }
}

/// What is not known is neither controlled nor not affected.
fn never_safe(work: &Work) {
    let (case, around, now) = (work.one(), &work.around, work.town.now);
    for version in around.versions.keys() {
        let risk = case.risk(*version, around, now);
        if risk.exploitability.is_none() || risk.severity.is_none() {
            assert!(risk.determination.outcome == Outcome::Undetermined);
            assert!(
                case.decided(*version, around, now) != Some(Risk::Controlled),
                "nor decided so"
            );
        }
        if let Disposition::NotAffected(why) = case.disposition(*version, around, now) {
            assert_eq!(case.applies(*version, around), Some(Applies::NotAffected(why)));
            assert!(case.rests_on_current_sbom(*version, around));
            assert!(!around.versions[version].sboms.is_empty());
        }
    }
    if case.outcome(around, now) == Outcome::Controlled {
        assert!(!case.affected(around).is_empty());
        for version in case.in_question(around) {
            match case.applies(version, around) {
                Some(Applies::Affected) => {
                    let decided = case.decided(version, around, now).map(Outcome::from);
                    let computed = case.risk(version, around, now).determination.outcome;
                    assert_eq!(decided.unwrap_or(computed), Outcome::Controlled);
                }
                Some(Applies::NotAffected(_)) => {}
                open => panic!("controlled while a version is {open:?}"),
            }
        }
    }
}

/// Nothing is lost, and no clock of the law starts later or gives more time.
fn monotone(work: &Work, before: &mut Seen) {
    let case = work.one();
    let about = work.entries().len() - before.entries;
    assert!(case.facts >= before.case.facts && case.facts - before.case.facts <= about);
    assert!(case.newest >= before.case.newest);
    assert!(case.notes.starts_with(&before.case.notes));
    assert!(case.happened.starts_with(&before.case.happened));
    assert!(case.reporter_told.starts_with(&before.case.reporter_told));
    assert!(case.customers_told.starts_with(&before.case.customers_told));
    assert!(case.links.starts_with(&before.case.links));
    assert!(case.reopened.starts_with(&before.case.reopened));
    assert!(case.signals.starts_with(&before.case.signals));
    assert!(before.case.decisions.keys().all(|one| case.decisions.contains_key(one)));
    assert!(before.case.mitigations.keys().all(|one| case.mitigations.contains_key(one)));
    if case.reopened.len() == before.case.reopened.len() {
        assert!(case.tests.starts_with(&before.case.tests));
        assert!(case.changed.starts_with(&before.case.changed));
    }
    assert!(
        before.aware.is_none() || case.aware_at <= before.aware,
        "awareness moves earlier only"
    );
    for clock in clocks(case, &work.around, work.town.now) {
        let Some(due) = clock.due() else { continue };
        if clock.rule.id == "cvd_reporter_update" {
            continue; // each word to the reporter starts it anew
        }
        let known = before.dues.entry(clock.rule.id.clone()).or_insert(due);
        assert!(due <= *known, "{} gives more time than before", clock.rule.id);
        *known = due;
    }
    before.aware = case.aware_at;
    before.entries = work.entries().len();
    before.case = case.clone();
}

fn walked(draws: &[Draw]) {
    let mut work = Work::new();
    let mut seen = Seen {
        case: work.one().clone(),
        entries: work.entries().len(),
        aware: None,
        dues: BTreeMap::new(),
    };
    let mut then: Vec<(usize, Case)> = Vec::new();
    for draw in draws {
        take(&mut work, *draw);
        earned(&work);
        never_safe(&work);
        monotone(&work, &mut seen);
        assert_eq!(work.progress(), work.progress());
        then.push((work.entries().len(), work.one().clone()));
    }
    // Folded at once it is what it was entry by entry, now and at each earlier position.
    let mut again = Cases::default();
    let mut positions = then.iter().peekable();
    for (n, entry) in work.entries().iter().enumerate() {
        again.enter(entry);
        while let Some((_, case)) = positions.next_if(|(position, _)| *position == n + 1) {
            assert_eq!(again.get(work.case), Some(case), "as of entry {}", n + 1);
        }
    }
    assert!(positions.peek().is_none());
    // What was decided counts, or does not, exactly as before.
    let now = work.town.now;
    let folded = again.get(work.case).expect("a case");
    for (id, one) in &work.one().decisions {
        let replayed = &folded.decisions[id];
        assert_eq!(replayed, one);
        assert_eq!(
            replayed.lapsed(folded, &work.around, now),
            one.lapsed(work.one(), &work.around, now)
        );
        if let Some(basis) = one.matter.basis
            && one.counts(work.one(), &work.around, now)
        {
            let versions = one.matter.versions();
            assert_eq!(
                folded.basis(
                    one.kind,
                    &versions,
                    &work.around,
                    aftercare_domain::harm::Matrix::shipped()
                ),
                Some(basis)
            );
        }
    }
}

/// Draws that lead far: the steps of a way in their order, with others between.
fn far() -> impl Strategy<Value = Vec<Draw>> {
    let any = (0..STEPS, any::<u8>(), any::<u8>(), any::<u8>());
    proptest::collection::vec(any, 1..60)
}

/// The way to a determined risk, so that what follows begins where decisions are.
const BEGUN: &[Draw] = &[
    (0, 1, 0, 0),
    (1, 1, 1, 0),
    (2, 0, 0, 0),
    (3, 0, 0, 0),
    (4, 0, 0, 0),
    (5, 0, 0, 0),
    (6, 0, 0, 0),
    (7, 0, 0, 0),
    (7, 1, 0, 0),
    (9, 0, 2, 0),
    (9, 1, 2, 0),
    (10, 2, 0, 0),
    (11, 1, 1, 0),
    (12, 0, 3, 0),
    (12, 1, 1, 0),
    (13, 0, 0, 0),
    (24, 0, 0, 0),
    (22, 0, 1, 0),
    (22, 3, 0, 0),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_to_a_case_what_must_hold_of_it_holds(draws in far(), begun: bool) {
        let start = if begun { BEGUN } else { &[] };
        walked(&[start, &draws].concat());
    }
}

#[test]
fn the_model_gets_as_far_as_decisions() {
    let mut work = Work::new();
    for draw in BEGUN {
        take(&mut work, *draw);
    }
    for guard in ["not_spam", "variants_checked"] {
        work.attest(guard);
    }
    assert_eq!(work.stage(), Stage::Determination, "{:?}", work.open_guards());
    take(&mut work, (34, 0, 1, 0));
    take(&mut work, (34, 1, 0, 0));
    assert_eq!(work.stage(), Stage::MitigationPlanning, "{:?}", work.open_guards());
}
