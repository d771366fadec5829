//! The seven worked examples of the guidance, and the conditions one by one.

use aftercare_domain::{
    clock::Zone,
    harm::{Exploitability, Inputs, Matrix, Outcome, Severity},
    reporting::{
        Condition, Discretion, Facts, Membership, Notice, NoticePart, Report, Standing, discretion,
        reports,
    },
};
use aftercare_vocab::instant::Instant;

const AWARE: &str = "2026-03-01T09:00:00Z";

/// The given day after becoming aware, at noon.
fn day(day: i64) -> Instant {
    let noon: Instant = "2026-03-01T12:00:00Z".parse().expect("an instant");
    noon.plus_micros(day * 86_400_000_000)
}

fn whole_notice(sent: i64) -> Notice {
    use NoticePart::{Controls, Description, FixToCome, WorkUnderWay};
    Notice { at: day(sent), parts: vec![Description, WorkUnderWay, Controls, FixToCome] }
}

/// Everything done as the guidance asks.
fn exemplary() -> Facts {
    Facts {
        harm_known: Some(false),
        notice: Some(whole_notice(20)),
        controls_named: Some(day(15)),
        plan_made: Some(day(18)),
        controls_add_risk: Some(false),
        fix_validated: Some(day(50)),
        fix_distributed: Some(day(58)),
        residual_acceptable: Some(true),
        isao: Some(Membership::Since(day(-900))),
        isao_told: Some(day(20)),
    }
}

fn judged(facts: &Facts, at: i64) -> Discretion {
    let aware = AWARE.parse().expect("an instant");
    discretion(facts, aware, day(at), &Zone::UTC).expect("judged")
}

fn determined(exploitability: Exploitability, severity: Severity) -> Outcome {
    let inputs = Inputs { exploitability: Some(exploitability), severity: Some(severity) };
    Matrix::shipped().determine(inputs).outcome
}

/// Section VII of the guidance, retold in a line each.
#[test]
fn the_seven_worked_examples() {
    use Exploitability::{High, Low, Medium};
    use Outcome::{Controlled, Uncontrolled};
    use Report::{Due, NotDue};
    use Severity::{Catastrophic, Critical, Negligible, Serious};
    let no_isao = Facts { isao: Some(Membership::None), isao_told: None, ..exemplary() };
    let death = Facts { harm_known: Some(true), ..exemplary() };
    for (example, exploitability, severity, facts, event, outcome, part_806, part_803) in [
        (
            "malware, data and performance intact",
            High,
            Negligible,
            exemplary(),
            false,
            Controlled,
            NotDue,
            NotDue,
        ),
        (
            "database exposes health data, read only",
            High,
            Negligible,
            exemplary(),
            false,
            Controlled,
            NotDue,
            NotDue,
        ),
        (
            "open port, firmware load blocked by design",
            Low,
            Serious,
            exemplary(),
            false,
            Controlled,
            NotDue,
            NotDue,
        ),
        (
            "the same port, firmware load possible",
            High,
            Serious,
            exemplary(),
            false,
            Uncontrolled,
            NotDue,
            NotDue,
        ),
        (
            "implant with hard-coded password, no ISAO",
            Medium,
            Catastrophic,
            no_isao,
            false,
            Uncontrolled,
            Due,
            NotDue,
        ),
        (
            "shipped with it, disconnected in 30, patched in 60",
            High,
            Critical,
            exemplary(),
            false,
            Uncontrolled,
            NotDue,
            NotDue,
        ),
        (
            "the exploit contributed to a death",
            High,
            Catastrophic,
            death,
            true,
            Uncontrolled,
            Due,
            Due,
        ),
    ] {
        assert_eq!(determined(exploitability, severity), outcome, "{example}");
        let discretion = (outcome == Uncontrolled).then(|| judged(&facts, 61));
        let told = reports(outcome, discretion.as_ref(), Some(event));
        assert_eq!((told.part_806, told.part_803), (part_806, part_803), "{example}: {told:?}");
    }
}

#[test]
fn the_clocks_of_the_examples_end_after_30_and_60_days() {
    let due: Vec<Option<String>> = judged(&exemplary(), 0)
        .conditions
        .iter()
        .map(|judged| judged.due.map(Instant::shown))
        .collect();
    let told = Some("2026-03-31 23:59 UTC".to_owned());
    assert_eq!(due, [None, told.clone(), Some("2026-04-30 23:59 UTC".to_owned()), told]);
}

#[test]
fn each_condition_is_lost_by_each_of_its_parts() {
    use Condition::{ActiveInIsao, FixedIn60Days, NoHarmKnown, ToldIn30Days};
    let with = |change: &dyn Fn(&mut Facts)| {
        let mut facts = exemplary();
        change(&mut facts);
        facts
    };
    let cases: [(Condition, Facts); 13] = [
        (NoHarmKnown, with(&|f| f.harm_known = Some(true))),
        (ToldIn30Days, with(&|f| f.notice = None)),
        (ToldIn30Days, with(&|f| f.notice = Some(whole_notice(31)))),
        (ToldIn30Days, with(&|f| f.notice.iter_mut().for_each(|n| n.parts.truncate(3)))),
        (ToldIn30Days, with(&|f| f.controls_named = None)),
        (ToldIn30Days, with(&|f| f.plan_made = Some(day(40)))),
        (ToldIn30Days, with(&|f| f.controls_add_risk = Some(true))),
        (FixedIn60Days, with(&|f| f.fix_validated = None)),
        (FixedIn60Days, with(&|f| f.fix_distributed = Some(day(61)))),
        (FixedIn60Days, with(&|f| f.residual_acceptable = Some(false))),
        (ActiveInIsao, with(&|f| f.isao = Some(Membership::None))),
        (ActiveInIsao, with(&|f| f.isao = Some(Membership::Until(day(10))))),
        (ActiveInIsao, with(&|f| f.isao_told = None)),
    ];
    for (condition, facts) in cases {
        let discretion = judged(&facts, 62);
        for judged in &discretion.conditions {
            let wanted =
                if judged.condition == condition { Standing::NotMet } else { Standing::Met };
            assert_eq!(judged.standing, wanted, "{judged:?}");
            assert!(!judged.reasons.is_empty());
        }
        assert_eq!(discretion.standing(), Standing::NotMet);
        let told = reports(Outcome::Uncontrolled, Some(&discretion), Some(false));
        assert_eq!(told.part_806, Report::Due);
    }
    assert_eq!(judged(&exemplary(), 62).standing(), Standing::Met);
}

#[test]
fn what_is_not_recorded_is_unknown_until_its_day_and_then_lost() {
    let standings =
        |at: i64| judged(&Facts::default(), at).conditions.map(|judged| judged.standing);
    use Standing::{NotMet, Unknown};
    assert_eq!(standings(29), [Unknown, Unknown, Unknown, Unknown]);
    assert_eq!(standings(31), [Unknown, NotMet, Unknown, NotMet]);
    assert_eq!(standings(61), [Unknown, NotMet, NotMet, NotMet]);
    // harm has no day; as long as nobody looked, discretion is not had
    let unlooked = Facts { harm_known: None, ..exemplary() };
    assert_eq!(judged(&unlooked, 90).standing(), Unknown);
    let told = reports(Outcome::Uncontrolled, Some(&judged(&unlooked, 90)), None);
    assert_eq!((told.part_806, told.part_803), (Report::Unknown, Report::Unknown));
    assert_eq!(reports(Outcome::Uncontrolled, None, None).part_806, Report::Unknown);
    assert_eq!(reports(Outcome::Undetermined, None, None).part_806, Report::Unknown);
}

#[test]
fn what_happens_later_does_not_count_yet_and_does_not_heal() {
    let told = |at: i64| judged(&exemplary(), at).conditions[1].standing;
    assert_eq!((told(19), told(21)), (Standing::Unknown, Standing::Met));
    let late = Facts { notice: Some(whole_notice(35)), ..exemplary() };
    for at in [31, 36, 300] {
        assert_eq!(judged(&late, at).conditions[1].standing, Standing::NotMet, "day {at}");
    }
}
