//! Risk files, environments of use and cycles: stating them, and what rests on them.

use crate::{
    cases_guards::planning,
    casework::{Work, described, exposed, harmed, old, planned},
    town::{Town, code, id},
};
use aftercare_domain::{
    Event, Operation, Refusal, Sight,
    case::{Answer, Exposed, Fact, Harmed, Train},
    grant::Standing,
    harm::{Exposure, Outcome, Severity},
    rights::DecisionKind,
    role::RoleName,
    roster::Roster,
    usage::{
        self, CycleStated, EnvironmentEnded, EnvironmentStated, Given, RiskFile, RiskFileAdopted,
        Scale, Usages,
    },
};
use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, ProductId},
};
use std::{collections::BTreeMap, sync::Arc};

fn product() -> ProductId {
    id(2)
}

fn given(id: &str, severity: &str, touched: &str) -> Given {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Given {
        place: format!("row of {id}"),
        id: id.to_owned(),
        hazard: some("Wrong dose"),
        severity: some(severity),
        essential_performance: some(touched),
        ..Given::default()
    }
}

fn file(rows: &[(&str, &str, &str)]) -> RiskFile {
    let rows: Vec<Given> = rows.iter().map(|(id, s, e)| given(id, s, e)).collect();
    RiskFile::of(&rows, &Scale::default()).expect("a risk file").0
}

#[test]
fn a_word_of_a_scale_means_what_somebody_said_and_a_number_means_nothing() {
    let scale = Scale::read("S1 = negligible, s5=catastrophic;Mild=minor").expect("a scale");
    assert_eq!(scale.severity("s1"), Some(Severity::Negligible));
    assert_eq!(scale.severity("MILD "), Some(Severity::Minor));
    assert_eq!(scale.severity("Serious"), Some(Severity::Serious), "a term means itself");
    for none in ["5", "S2", "", "severe"] {
        assert_eq!(scale.severity(none), None, "{none}");
    }
    for bad in ["S1", "S1=bad", "minor=serious", "a=minor,A=serious", "=minor"] {
        assert!(Scale::read(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_a_risk_file_leaves_open_is_unknown_and_the_gravest_row_counts() {
    let rows = [
        given("H-1", "minor", "no"),
        given("H-1", "critical", "yes"),
        given("H-2", "serious", "no"),
        given("H-2", "4", ""),
        given("H-3", "negligible", "perhaps"),
        given("H-4", "minor", "no"),
    ];
    let (file, unclear) = RiskFile::of(&rows, &Scale::default()).expect("a risk file");
    let words: Vec<_> = unclear.iter().map(|one| (one.field, one.word.as_str())).collect();
    assert_eq!(words, [("severity", "4"), ("essential performance", "perhaps")]);
    assert_eq!(unclear[0].place, "row of H-2");
    let known =
        |id| file.known(id).map(|one| (one.severity, one.at_least, one.essential_performance));
    let (minor, serious) = (Some(Severity::Minor), Some(Severity::Serious));
    let critical = Some(Severity::Critical);
    assert_eq!(known("H-1"), Some((critical, critical, Some(true))));
    assert_eq!(known("H-2"), Some((None, serious, None)), "one row does not say it");
    assert_eq!(known("H-3").map(|one| one.2), Some(None), "an unclear word is no no");
    assert_eq!(known("H-4"), Some((minor, minor, Some(false))));
    assert_eq!(known("h-1"), None);
    assert_eq!(file.ids(), ["H-1", "H-2", "H-3", "H-4"]);
    assert_eq!(file.rows[3].severity_said.as_deref(), Some("4"), "the word is kept");
}

#[test]
fn a_file_without_rows_or_with_too_many_is_refused() {
    let too_many = vec![given("H", "minor", ""); usage::ROWS_LIMIT + 1];
    for rows in [&[][..], &too_many[..]] {
        let refused = RiskFile::of(rows, &Scale::default()).expect_err("refused");
        assert_eq!(refused.code, "risk_file_rows");
    }
    let long = [given(&"x".repeat(500), "minor", "")];
    let refused = RiskFile::of(&long, &Scale::default()).expect_err("refused");
    assert!(refused.what.starts_with("row of x"), "{}", refused.what);
}

/// A town with its use of products.
struct Stating {
    town: Town,
    usages: Usages,
}

impl Stating {
    fn new() -> Self {
        let mut town = Town::new();
        for (login, role) in [
            ("siri", RoleName::SafetyRiskManager),
            ("dan", RoleName::Developer),
            ("au", RoleName::Auditor),
        ] {
            town.person(login);
            town.grant(login, role, Sight::All, Standing::Holder);
        }
        Self { town, usages: Usages::default() }
    }

    fn does(
        &mut self,
        login: &str,
        reason: Option<&str>,
        act: impl FnOnce(
            &Roster,
            Option<&usage::UsageEntries>,
            &Operation,
        ) -> Result<Vec<Event>, Refusal>,
    ) -> Result<(), Refusal> {
        let known = self.usages.get(product()).cloned();
        let from = self.town.entries.len();
        let done = self.town.does(login, |roster, op| {
            let mut op = op.clone();
            op.reason = reason.map(str::to_owned);
            act(roster, known.as_ref(), &op)
        });
        for entry in &self.town.entries[from..] {
            self.usages.enter(entry);
        }
        done
    }

    fn cycle(&mut self, login: &str, days: u32, reason: Option<&str>) -> Result<(), Refusal> {
        self.does(login, reason, |roster, before, op| {
            let (justification, by) = ("Quarterly, with service visits.".into(), nobody());
            let wish = CycleStated { product: product(), days, justification, by };
            usage::state_cycle(roster, true, before, wish, op)
        })
    }

    fn environment(
        &mut self,
        name: &str,
        network: &str,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        self.does("siri", reason, |roster, before, op| {
            let wish = EnvironmentStated {
                product: product(),
                environment: name.into(),
                description: "Nurses".into(),
                network: network.into(),
                measures: String::new(),
                by: nobody(),
            };
            usage::state_environment(roster, true, before, wish, op)
        })
    }

    fn end(&mut self, name: &str, reason: Option<&str>) -> Result<(), Refusal> {
        self.does("siri", reason, |roster, before, op| {
            let wish =
                EnvironmentEnded { product: product(), environment: name.into(), by: nobody() };
            usage::end_environment(roster, true, before, wish, op)
        })
    }

    fn adopt(&mut self, file: &RiskFile, reason: Option<&str>) -> Result<(), Refusal> {
        let items = Digest::of(&file.bytes().expect("bytes"));
        self.does("siri", reason, |roster, before, op| {
            let wish = RiskFileAdopted {
                product: product(),
                edition: 0,
                items,
                rows: 1,
                received: Digest::of(b"file"),
                size: 4,
                file_name: "rmf.xlsx".into(),
                scale: BTreeMap::new(),
                by: nobody(),
            };
            usage::adopt_risk_file(roster, true, before, wish, op)
        })
    }
}

/// Overwritten by the decider with who asks.
fn nobody() -> PersonId {
    id(77)
}

#[test]
fn the_use_of_a_product_is_stated_by_whoever_keeps_it_and_changed_with_a_reason() {
    let mut it = Stating::new();
    for login in ["dan", "au"] {
        assert_eq!(code(&it.cycle(login, 90, None)), "right_missing", "{login}");
    }
    for days in [0, usage::CYCLE_DAYS_LIMIT + 1] {
        assert_eq!(code(&it.cycle("siri", days, None)), "cycle_days");
    }
    it.cycle("siri", 90, None).expect("stated");
    assert_eq!(code(&it.cycle("siri", 90, None)), "nothing_changed");
    assert_eq!(code(&it.cycle("siri", 60, None)), "reason_missing");
    it.cycle("siri", 60, Some("More visits.")).expect("stated anew");

    it.environment("ward", "Hospital network", None).expect("stated");
    assert_eq!(code(&it.environment("Ward", "Hospital network", None)), "name_taken");
    assert_eq!(code(&it.environment("ward", "Hospital network", None)), "nothing_changed");
    assert_eq!(code(&it.environment("ward", "Internet", None)), "reason_missing");
    it.environment("ward", "Internet", Some("Telemetry.")).expect("stated anew");
    assert_eq!(code(&it.end("home", Some("Gone."))), "environment_unknown");
    assert_eq!(code(&it.end("ward", None)), "reason_missing");
    it.end("ward", Some("Not sold there.")).expect("ended");
    assert_eq!(code(&it.end("ward", Some("Again."))), "environment_unknown");

    it.adopt(&file(&[("H-1", "minor", "no")]), None).expect("edition 1");
    assert_eq!(code(&it.adopt(&file(&[("H-1", "minor", "no")]), None)), "nothing_changed");
    assert_eq!(code(&it.adopt(&file(&[("H-1", "serious", "no")]), None)), "reason_missing");
    it.adopt(&file(&[("H-1", "serious", "no")]), Some("A complaint.")).expect("edition 2");

    let stated = it.usages.get(product()).expect("stated");
    assert_eq!(stated.cycles.iter().map(|one| one.value.days).collect::<Vec<_>>(), [90, 60]);
    assert_eq!(stated.cycle().expect("one").value.by, it.town.is("siri"));
    assert_eq!(stated.risk_file().expect("one").value.edition, 2);
    assert_eq!(stated.in_force().count(), 0);
    let refused = it.does("siri", None, |roster, before, op| {
        let (justification, by) = ("x".into(), nobody());
        let wish = CycleStated { product: id(9), days: 9, justification, by };
        usage::state_cycle(roster, false, before, wish, op)
    });
    assert_eq!(code(&refused), "unknown_id");
}

/// A case in planning whose product has this risk file.
fn with_file(rows: &[(&str, &str, &str)]) -> Work {
    let mut work = planning(Severity::Serious, Answer::Uncontrolled);
    set_file(&mut work, 1, rows);
    work
}

fn set_file(work: &mut Work, edition: u64, rows: &[(&str, &str, &str)]) {
    let usage = work.around.usages.entry(product()).or_default();
    usage.risk_file = Some((edition, Arc::new(file(rows))));
}

fn harm(severity: Severity, touched: bool, hazards: &[&str]) -> Fact {
    let Fact::Harmed(said) = harmed(&[old()], severity) else { unreachable!() };
    let hazards = hazards.iter().map(|one| (*one).to_owned()).collect();
    Fact::Harmed(Harmed { essential_performance: touched, hazards, ..said })
}

#[test]
fn harm_names_hazards_that_the_risk_file_knows_and_says_no_less_without_a_reason() {
    let mut work = with_file(&[("H-1", "critical", "yes"), ("H-2", "minor", "no")]);
    let mut refused = |fact| code(&work.try_fact("siri", fact)).to_owned();
    assert_eq!(refused(harm(Severity::Critical, true, &["H-9"])), "hazard_missing");
    assert_eq!(refused(harm(Severity::Negligible, false, &[])), "hazard_missing");
    assert_eq!(refused(harm(Severity::Critical, true, &["H-1", "H-9"])), "hazard_unknown");
    let not_touched = harm(Severity::Critical, false, &["H-1"]);
    assert_eq!(refused(not_touched), "essential_performance_touched");
    work.fact("siri", harm(Severity::Critical, true, &["H-1"]));
    work.fact("siri", harm(Severity::Minor, false, &["H-2"]));
    // The same, without a reason.
    let roster = work.town.roster.clone();
    let lower = harm(Severity::Serious, true, &["H-1"]);
    let op = work.town.op("siri");
    let done = aftercare_domain::case::record(
        &roster,
        &work.cases,
        &work.around,
        (work.case, lower.clone()),
        &op,
    );
    assert_eq!(code(&done), "reason_missing");
    work.fact("siri", lower);
}

#[test]
fn what_was_said_of_harm_lapses_with_what_the_risk_file_says_and_with_nothing_else() {
    let mut work = with_file(&[("H-1", "serious", "yes"), ("H-2", "minor", "no")]);
    work.fact("siri", harm(Severity::Serious, true, &["H-1"]));
    let decided = Work::about(DecisionKind::Controlled, &[old()], Some(Answer::Uncontrolled));
    let decision = work.try_decide(decided).expect("decided");
    let lapsed = |work: &Work| {
        work.one().decisions[&decision].lapsed(work.one(), &work.around, work.town.now)
    };
    assert_eq!(lapsed(&work), None);
    // Another row of the file is not what it rests on.
    set_file(&mut work, 2, &[("H-1", "serious", "yes"), ("H-2", "critical", "no")]);
    assert_eq!(lapsed(&work), None);
    assert_eq!(
        work.one().risk(old(), &work.around, work.town.now).severity,
        Some(Severity::Serious)
    );
    for rows in [
        &[("H-1", "catastrophic", "yes")][..],
        &[("H-1", "minor", "yes")],
        &[("H-2", "minor", "no")],
    ] {
        let mut work = work.clone();
        set_file(&mut work, 3, rows);
        let risk = work.one().risk(old(), &work.around, work.town.now);
        assert_eq!((risk.severity, risk.determination.outcome), (None, Outcome::Undetermined));
        assert_eq!(
            lapsed(&work).as_deref(),
            Some(
                "The risk file says something else of the hazards that were named for Infusia 3.2.1."
            )
        );
    }
}

fn exposed_in(environment: &str, from: Exposure) -> Fact {
    let Fact::Exposed(said) = exposed(&[old()], from) else { unreachable!() };
    Fact::Exposed(Exposed { environment: environment.into(), ..said })
}

#[test]
fn exposure_is_known_when_it_is_known_in_every_environment_that_is_stated() {
    let mut it = Stating::new();
    it.environment("ward", "Hospital network", None).expect("stated");
    it.environment("home", "The patient's own", None).expect("stated");
    let mut work = planning(Severity::Minor, Answer::Controlled);
    let usage = |it: &Stating| it.usages.get(product()).expect("stated").usage(None);
    work.around.usages.insert(product(), usage(&it));
    let exposure = |work: &Work| work.one().exposure(old(), &work.around);
    let open = |work: &Work| work.one().environments_open(old(), &work.around);
    // What was said before anything was stated holds, and does not speak for the other environment.
    assert_eq!((exposure(&work), open(&work)), (None, vec!["home".to_owned()]));
    assert_eq!(
        code(&work.try_fact("ole", exposed_in("Ward", Exposure::Local))),
        "environment_unknown"
    );
    work.fact("ole", exposed_in("ward", Exposure::Physical));
    work.fact("ole", exposed_in("home", Exposure::Local));
    assert_eq!((exposure(&work), open(&work)), (Some(Exposure::Local), vec![]));
    // Stated anew, what was said of it does not hold any more: unknown, not the narrower one.
    it.environment("home", "Internet", Some("Telemetry.")).expect("stated anew");
    work.around.usages.insert(product(), usage(&it));
    assert_eq!((exposure(&work), open(&work)), (None, vec!["home".to_owned()]));
    // Where it ended, nobody uses the device there.
    it.end("home", Some("Withdrawn from that market.")).expect("ended");
    work.around.usages.insert(product(), usage(&it));
    assert_eq!((exposure(&work), open(&work)), (Some(Exposure::Physical), vec![]));
}

#[test]
fn an_update_comes_with_the_regular_cycle_only_where_there_is_one() {
    let mut work = planning(Severity::Minor, Answer::Controlled);
    work.fact("anna", Fact::Described(described()));
    work.around.usages.clear();
    let regular = || Fact::Planned(planned(Train::RegularCycle));
    assert_eq!(code(&work.try_fact("pia", regular())), "cycle_unknown");
    work.fact("pia", Fact::Planned(planned(Train::OutOfCycle)));
    work.around.usages.entry(product()).or_default().cycle = Some(90);
    work.fact("pia", regular());
}

#[test]
fn harm_that_was_said_before_there_was_a_risk_file_holds_until_there_is_one() {
    let mut work = planning(Severity::Minor, Answer::Controlled);
    assert_eq!(work.one().risk(old(), &work.around, work.town.now).severity, Some(Severity::Minor));
    set_file(&mut work, 1, &[("HAZ-1", "catastrophic", "yes")]);
    let risk = work.one().risk(old(), &work.around, work.town.now);
    assert_eq!((risk.severity, risk.determination.outcome), (None, Outcome::Undetermined));
    assert_eq!(work.one().decided(old(), &work.around, work.town.now), None);
}

#[test]
fn what_the_file_leaves_open_is_not_said_without_a_reason() {
    let mut work = with_file(&[("H-1", "5", "no"), ("H-1", "minor", "no")]);
    let say = |work: &mut Work, reason: Option<&str>, severity| {
        let mut op = work.town.op("siri");
        op.reason = reason.map(str::to_owned);
        let fact = (work.case, harm(severity, true, &["H-1"]));
        let roster = work.town.roster.clone();
        aftercare_domain::case::record(&roster, &work.cases, &work.around, fact, &op).map(|_| ())
    };
    assert_eq!(code(&say(&mut work, None, Severity::Minor)), "reason_missing");
    say(&mut work, Some("By analogy."), Severity::Minor).expect("with a reason");
    say(&mut work, None, Severity::Catastrophic).expect("the gravest needs none");
}

#[test]
fn a_decision_lapses_with_an_environment_that_nobody_looked_at() {
    let mut it = Stating::new();
    it.environment("ward", "Hospital network", None).expect("stated");
    let mut work = planning(Severity::Minor, Answer::Controlled);
    let usage = |it: &Stating| it.usages.get(product()).expect("stated").usage(None);
    work.around.usages.insert(product(), usage(&it));
    let decided = |work: &Work| work.one().decided(old(), &work.around, work.town.now);
    assert!(decided(&work).is_some(), "what was said of the ward before it was stated holds");
    it.environment("home", "Internet", None).expect("stated");
    work.around.usages.insert(product(), usage(&it));
    assert_eq!(decided(&work), None);
    // What was said before the first statement does not outlive the second.
    it.end("home", Some("Gone.")).expect("ended");
    it.environment("ward", "Internet", Some("Telemetry.")).expect("stated anew");
    work.around.usages.insert(product(), usage(&it));
    assert_eq!(work.one().environments_open(old(), &work.around), ["ward"]);
}

#[test]
fn nothing_is_carried_to_a_version_of_another_product() {
    let mut work = planning(Severity::Minor, Answer::Controlled);
    let other = crate::casework::older();
    work.fact("ole", Fact::Carried(old(), other));
    assert!(work.one().harm_of(other, &work.around).is_some());
    work.around.versions.get_mut(&other).expect("one").product = id(3);
    assert!(work.one().harm_of(other, &work.around).is_none());
    assert_eq!(work.one().exposure(other, &work.around), None);
    assert_eq!(code(&work.try_fact("ole", Fact::Carried(old(), other))), "product_differs");
}
