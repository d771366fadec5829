//! When clocks end, and where they stand on the way.

use aftercare_domain::clock::{
    Calendar, CalendarDays, Clock, Hours, Kind, Months, Rule, RuleBook, Span, State, Term,
    WorkingDays, Years, Zone,
};
use aftercare_vocab::instant::Instant;
use jiff::civil::Date;
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn zone(name: &str) -> Zone {
    Zone::named(name).expect("a zone")
}

fn calendar(id: &str) -> &'static Calendar {
    Calendar::named(id).expect("a calendar")
}

fn rule(id: &str) -> &'static Rule {
    RuleBook::shipped().rule(id).unwrap_or_else(|| panic!("{id}"))
}

fn end(span: Span, start: &str, in_zone: &str) -> String {
    let end = span.end(at(start), &zone(in_zone), calendar("us-federal")).expect("told");
    end.plus_micros(1).to_string()
}

#[test]
fn days_end_with_the_last_day_in_the_zone_of_the_manufacturer() {
    let days = |count| Span::CalendarDays(CalendarDays(count));
    // the given instants are the first that are too late
    for (span, start, in_zone, too_late) in [
        (days(30), "2026-03-01T00:00:00Z", "UTC", "2026-04-01T00:00:00Z"),
        (days(30), "2026-03-01T23:59:59Z", "UTC", "2026-04-01T00:00:00Z"),
        // another day in the zone of the manufacturer
        (days(1), "2026-03-02T03:00:00Z", "America/New_York", "2026-03-03T05:00:00Z"),
        (days(1), "2026-03-02T06:00:00Z", "America/New_York", "2026-03-04T05:00:00Z"),
        // summer time begins on 8 March in New York, on 29 March in Berlin, and ends again
        (days(30), "2026-02-20T12:00:00Z", "America/New_York", "2026-03-23T04:00:00Z"),
        (days(1), "2026-03-28T12:00:00+01:00", "Europe/Berlin", "2026-03-29T22:00:00Z"),
        (days(30), "2026-10-01T12:00:00+02:00", "Europe/Berlin", "2026-10-31T23:00:00Z"),
        // in Beirut the clock was moved at midnight: 26 March 2022 ended at 22:00 UTC all the same
        (days(1), "2022-03-25T12:00:00Z", "Asia/Beirut", "2022-03-26T22:00:00Z"),
        // the leap day counts, year ends do not matter
        (days(30), "2028-02-10T12:00:00Z", "UTC", "2028-03-12T00:00:00Z"),
        (days(30), "2027-02-10T12:00:00Z", "UTC", "2027-03-13T00:00:00Z"),
        (days(60), "2026-12-15T12:00:00Z", "UTC", "2027-02-14T00:00:00Z"),
        (Span::Years(Years(1)), "2028-02-29T12:00:00Z", "UTC", "2029-03-01T00:00:00Z"),
        (Span::Months(Months(1)), "2026-01-31T12:00:00Z", "UTC", "2026-03-01T00:00:00Z"),
        (Span::Months(Months(1)), "2028-01-31T12:00:00Z", "UTC", "2028-03-01T00:00:00Z"),
    ] {
        assert_eq!(end(span, start, in_zone), too_late, "{span} from {start} in {in_zone}");
    }
}

#[test]
fn hours_run_by_the_physical_clock_also_over_a_change_of_summer_time() {
    let hours = Span::Hours(Hours(24));
    let end = hours.end(at("2026-10-24T12:00:00+02:00"), &zone("Europe/Berlin"), calendar("de"));
    assert_eq!(end.expect("told"), at("2026-10-25T11:00:00+01:00"));
}

#[test]
fn working_days_leave_out_weekends_and_holidays() {
    for (count, start, of, last) in [
        // a Friday; Monday 25 May 2026 is Memorial Day in the US and Whit Monday in Germany
        (1, "2026-05-22", "us-federal", "2026-05-26"),
        (1, "2026-05-22", "de", "2026-05-26"),
        (1, "2026-05-22", "eu-target", "2026-05-25"),
        // a start on a weekend or holiday: the next worked day is the first
        (1, "2026-05-23", "us-federal", "2026-05-26"),
        (10, "2026-11-25", "us-federal", "2026-12-10"), // Thanksgiving
        (10, "2026-11-25", "de", "2026-12-09"),
        (5, "2026-12-23", "us-federal", "2026-12-31"),
        (6, "2026-12-23", "us-federal", "2027-01-04"),
        (5, "2026-12-23", "de", "2026-12-31"), // 26 December is a Saturday
        (3, "2026-04-02", "de", "2026-04-09"), // Good Friday and Easter Monday
        (3, "2026-04-02", "us-federal", "2026-04-07"),
        // New Year's Day 2022 was a Saturday and kept on 31 December 2021
        (1, "2021-12-30", "us-federal", "2022-01-03"),
        // Independence Day 2026 is a Saturday and kept on Friday 3 July
        (1, "2026-07-02", "us-federal", "2026-07-06"),
        (1, "2028-02-28", "us-federal", "2028-02-29"),
    ] {
        let span = Span::WorkingDays(WorkingDays(count));
        let end = span.end(at(&format!("{start}T12:00:00Z")), &Zone::UTC, calendar(of));
        let day = Zone::UTC.day_of(end.expect("told")).expect("a day");
        assert_eq!(day.to_string(), last, "{count} from {start} by {of}");
    }
}

#[test]
fn the_holidays_of_2026_and_2027() {
    for (of, year, days) in [
        ("us-federal", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
        (
            "us-federal",
            2027,
            "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
        ),
        ("de", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"),
        ("de", 2027, "01-01 03-26 03-29 05-01 05-06 05-17 10-03 12-25 12-26"),
        ("eu-target", 2027, "01-01 03-26 03-29 05-01 12-25 12-26"),
    ] {
        let mut day = Date::new(year, 1, 1).expect("a day");
        let mut found = Vec::new();
        while day.year() == year {
            if calendar(of).holiday(day).is_some() {
                found.push(day.strftime("%m-%d").to_string());
            }
            day = day.tomorrow().expect("a day");
        }
        assert_eq!(found.join(" "), days, "{of} {year}");
    }
}

#[test]
fn beyond_the_years_of_a_calendar_nothing_is_told() {
    let span = Span::WorkingDays(WorkingDays(10));
    let refused = span.end(at("2040-12-20T12:00:00Z"), &Zone::UTC, calendar("us-federal"));
    assert_eq!(refused.expect_err("refused").code, "calendar_ends");
    let clock = Clock {
        rule: rule("fda_806_report"),
        start: Some(at("2040-12-20T12:00:00Z")),
        met: None,
        zone: &Zone::UTC,
        calendar: calendar("us-federal"),
    };
    assert!(matches!(clock.state(at("2041-06-01T00:00:00Z")), State::Undetermined(_)));
    let end = Instant::from_micros(i64::MAX);
    let days = Span::CalendarDays(CalendarDays(1));
    assert_eq!(days.end(end, &Zone::UTC, calendar("de")).expect_err("refused").code, "beyond_time");
    assert_eq!(Zone::named("Europe/Atlantis").expect_err("refused").code, "unknown_zone");
}

/// Every rule of the book with what it gives, so that no edit of the data goes unseen.
#[test]
fn the_rules_of_the_book() {
    let wanted = "\
fda_communicate_30d guidance 30 calendar days
fda_fix_60d guidance 60 calendar days
fda_806_report statutory 10 working days
fda_806_amend statutory 10 working days
fda_803_30d statutory 30 calendar days
fda_803_5wd statutory 5 working days
fda_803_supplement statutory 30 calendar days
fda_pma_periodic statutory 1 year
fda_524b_regular_cycle statutory OnCycle
fda_524b_out_of_cycle statutory AsSoonAsPossible
eu_mdr_87_serious statutory 15 calendar days
eu_mdr_87_death statutory 10 calendar days
eu_mdr_87_public_health statutory 2 calendar days
eu_mdr_fsca statutory BeforeUndertaking
eu_mdr_87a_proposal proposal 30 calendar days
eu_nis2_early statutory 24 hours
eu_nis2_notification statutory 72 hours
eu_nis2_final statutory 1 month
eu_cra_24h statutory 24 hours
eu_cra_72h statutory 72 hours
eu_cra_14d statutory 14 calendar days
ca_mdr_10d statutory 10 calendar days
ca_mdr_30d statutory 30 calendar days
hipaa_breach_60d statutory 60 calendar days
cvd_ack policy 3 working days
triage policy 5 working days
decide policy 10 working days
cvd_reporter_update policy 14 calendar days
cvd_disclosure_default policy 90 calendar days
guidance_immediate policy 3 calendar days
guidance_out_of_cycle policy 30 calendar days
fix_immediate policy 14 calendar days
fix_out_of_cycle policy 60 calendar days
fix_scheduled policy OnCycle
deploy policy 90 calendar days
deploy_safety_critical policy 30 calendar days
emergency_guard policy 5 working days
severity_1_page policy 15 minutes
severity_1_meeting policy 4 hours
cna_record_own_disclosure programme 72 hours
cna_record_other_disclosure programme 72 hours
cna_first_refusal programme 72 hours
";
    let mut found = String::new();
    for rule in &RuleBook::shipped().rules {
        let term = match rule.term {
            Term::Within(span) => span.to_string(),
            other => format!("{other:?}"),
        };
        let kind = format!("{:?}", rule.kind).to_lowercase();
        found.push_str(&format!("{} {kind} {term}\n", rule.id));
        for text in
            [&rule.text_ref, &rule.provenance, &rule.start, &rule.satisfied_by, &rule.action]
        {
            assert!(!text.is_empty(), "{}", rule.id);
        }
    }
    assert_eq!(found, wanted);
}

static UTC: Zone = Zone::UTC;

fn fix_clock(start: Option<&str>, met: Option<&str>) -> Clock<'static> {
    Clock {
        rule: rule("fda_fix_60d"),
        start: start.map(at),
        met: met.map(at),
        zone: &UTC,
        calendar: calendar("us-federal"),
    }
}

#[test]
fn a_clock_runs_is_met_or_missed_at_its_due_instant() {
    let due = at("2026-03-03T00:00:00Z").plus_micros(-1);
    let start = Some("2026-01-01T00:00:00Z");
    let state = |met, now: &str| fix_clock(start, met).state(at(now));
    assert_eq!(fix_clock(None, None).state(at("2026-05-01T00:00:00Z")), State::NotStarted);
    assert_eq!(state(None, "2025-12-31T00:00:00Z"), State::NotStarted, "the start lies ahead");
    assert_eq!(state(None, "2026-01-31T12:00:00Z"), State::Running { due, percent: 50 });
    assert_eq!(fix_clock(start, None).state(due), State::Running { due, percent: 100 });
    // found much later: the due instant is recorded, not the day of the finding
    assert_eq!(state(None, "2026-07-01T00:00:00Z"), State::Missed { due, met_late: None });
    let in_time = Some("2026-03-02T23:59:59Z");
    let met = State::Met { at: at("2026-03-02T23:59:59Z"), due: Some(due) };
    assert_eq!(state(in_time, "2026-07-01T00:00:00Z"), met);
    assert_eq!(state(in_time, "2026-03-01T00:00:00Z"), State::Running { due, percent: 96 });
    let late = Some("2026-03-03T00:00:00Z");
    let met_late = Some(at("2026-03-03T00:00:00Z"));
    assert_eq!(state(late, "2026-07-01T00:00:00Z"), State::Missed { due, met_late });
}

#[test]
fn a_rule_holds_from_its_first_day_and_a_proposal_never() {
    let state = |id: &str, start: &str| {
        let clock = Clock { rule: rule(id), ..fix_clock(Some(start), None) };
        clock.state(at("2026-12-01T00:00:00Z"))
    };
    assert_eq!(state("eu_cra_24h", "2026-09-10T23:59:59Z"), State::NotInForce);
    assert!(matches!(state("eu_cra_24h", "2026-09-11T00:00:00Z"), State::Missed { .. }));
    assert_eq!(state("eu_mdr_87a_proposal", "2026-11-30T00:00:00Z"), State::NotInForce);
    let open = state("fda_524b_out_of_cycle", "2026-11-30T00:00:00Z");
    assert_eq!(open, State::Open(Term::AsSoonAsPossible));
}

#[test]
fn escalations_have_their_instants() {
    let clock = fix_clock(Some("2026-01-01T00:00:00Z"), None);
    let steps = clock.escalations(&RuleBook::shipped().escalations).expect("told");
    let told: Vec<(u8, &str, String)> =
        steps.iter().map(|(step, at)| (step.percent, step.to.as_str(), at.shown())).collect();
    assert_eq!(told[0], (50, "owner", "2026-01-31 12:00 UTC".to_owned()));
    assert_eq!((told[1].0, told[1].1), (75, "product_security_lead"));
    assert_eq!((told[2].0, told[2].1), (90, "executive"));
    for (step, at) in steps {
        let share = |at: Instant| match clock.state(at) {
            State::Running { percent, .. } => percent,
            other => panic!("{other:?}"),
        };
        assert_eq!((share(at), share(at.plus_micros(-1))), (step.percent, step.percent - 1));
    }
}

#[test]
fn checkpoints_end_with_their_days() {
    let book = RuleBook::shipped();
    let told = |clock: Clock<'_>| -> Vec<String> {
        let points = clock.checkpoints(book).expect("told");
        points.iter().map(|(point, at)| format!("{} {}", point.what, at.shown())).collect()
    };
    let fix = fix_clock(Some("2026-01-01T00:00:00Z"), None);
    assert_eq!(
        told(fix),
        [
            "forecast of the fix 2026-02-15 23:59 UTC",
            "go or no-go for the 806 report 2026-02-25 23:59 UTC"
        ]
    );
    let tell = Clock { rule: rule("fda_communicate_30d"), ..fix };
    assert_eq!(told(tell).len(), 2);
    assert!(told(Clock { rule: rule("triage"), ..fix }).is_empty());
    assert!(told(fix_clock(None, None)).is_empty());
}

#[test]
fn what_law_gives_can_be_shortened_in_its_unit_and_never_prolonged() {
    let law = rule("fda_806_report");
    let days = |count| Span::WorkingDays(WorkingDays(count));
    assert_eq!(law.with_span(days(5)).expect("shorter").term, Term::Within(days(5)));
    for span in [days(11), Span::CalendarDays(CalendarDays(1)), Span::Hours(Hours(1))] {
        let refused = law.with_span(span).expect_err("refused");
        assert_eq!(refused.code, "legal_limit");
        assert!(refused.what.contains("21 CFR 806.10(b) gives 10 working days"), "{refused}");
    }
    assert!(rule("fda_524b_regular_cycle").with_span(days(1)).is_err());
    assert!(rule("triage").with_span(days(7)).is_ok(), "our own policy");
    assert!(rule("triage").with_span(days(10_001)).is_err());
    for rule in &RuleBook::shipped().rules {
        if let (true, Term::Within(span)) = (rule.kind.is_binding(), rule.term) {
            assert!(rule.with_span(span).is_ok(), "{}", rule.id);
        }
        assert_eq!(rule.kind == Kind::Policy, rule.jurisdiction == "programme", "{}", rule.id);
    }
}

#[test]
fn a_book_that_does_not_fit_itself_is_refused() {
    let sound = include_str!("../../data/clocks.json");
    for (from, to) in [
        (r#""id": "fda_fix_60d""#, r#""id": "fda_communicate_30d""#),
        (r#"{"calendar_days": 60}"#, r#"{"calendar_days": 0}"#),
        (r#"{"calendar_days": 60}"#, r#"{"moons": 2}"#),
        (r#""percent": 75"#, r#""percent": 50"#),
        (r#""percent": 90"#, r#""percent": 101"#),
        (r#"{"rule": "fda_fix_60d""#, r#"{"rule": "fda_fix_61d""#),
    ] {
        let book = sound.replacen(from, to, 1);
        assert_ne!(book, sound, "{from}");
        assert_eq!(RuleBook::read(&book).expect_err(to).code, "rule_book_unfit");
    }
}

fn any_span() -> impl Strategy<Value = Span> {
    prop_oneof![
        (0..200_u32).prop_map(|count| Span::Hours(Hours(count))),
        (0..200_u32).prop_map(|count| Span::CalendarDays(CalendarDays(count))),
        (0..200_u32).prop_map(|count| Span::WorkingDays(WorkingDays(count))),
        (0..30_u32).prop_map(|count| Span::Months(Months(count))),
    ]
}

/// From 2021 to 2035.
fn any_start() -> impl Strategy<Value = Instant> {
    (1_609_459_200_000_000..2_082_758_400_000_000_i64).prop_map(Instant::from_micros)
}

proptest! {
    #[test]
    fn a_later_start_never_ends_earlier(span in any_span(), start in any_start(), later in 0..10_000_000_000_000_i64) {
        let (zone, calendar) = (zone("America/New_York"), calendar("us-federal"));
        let end = span.end(start, &zone, calendar).expect("told");
        prop_assert!(end >= start);
        prop_assert!(span.end(start.plus_micros(later), &zone, calendar).expect("told") >= end);
    }

    #[test]
    fn working_days_end_on_a_worked_day_and_never_before_as_many_calendar_days(
        count in 1..100_u32, start in any_start()
    ) {
        let (zone, calendar) = (zone("Europe/Berlin"), calendar("de"));
        let worked = Span::WorkingDays(WorkingDays(count)).end(start, &zone, calendar).expect("told");
        let days = Span::CalendarDays(CalendarDays(count)).end(start, &zone, calendar).expect("told");
        prop_assert!(worked >= days);
        prop_assert!(calendar.is_worked(zone.day_of(worked).expect("a day")).expect("known"));
    }

    #[test]
    fn a_clock_never_runs_back(
        number in 0..42_usize, start in any_start(),
        met in proptest::option::of(0..20_000_000_000_000_i64),
        earlier in 0..20_000_000_000_000_i64, later in 0..20_000_000_000_000_i64,
    ) {
        let clock = Clock {
            rule: &RuleBook::shipped().rules[number],
            start: Some(start),
            met: met.map(|after| start.plus_micros(after)),
            zone: &Zone::UTC,
            calendar: calendar("us-federal"),
        };
        let stage = |state: State| match state {
            State::NotStarted | State::NotInForce | State::Undetermined(_) => (0, 0),
            State::Open(_) => (1, 0),
            State::Running { percent, .. } => (1, percent),
            State::Missed { met_late: None, .. } => (2, 0),
            State::Met { .. } | State::Missed { met_late: Some(_), .. } => (3, 0),
        };
        let first = start.plus_micros(earlier);
        let then = first.plus_micros(later);
        prop_assert!(stage(clock.state(first)) <= stage(clock.state(then)));
        prop_assert_eq!(clock.state(first), clock.state(first));
    }
}
