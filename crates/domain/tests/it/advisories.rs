//! Advisories: where versions stand, who may let what out, and the events as they are kept.

use crate::casework::{
    Work, applies, around, changed, control, described, family, fixed, happened, old, older,
    planned, tested,
};
use crate::town::{code, id};
use aftercare_domain::{
    Event, Operation, Refusal, Sight,
    advisory::{
        self, Advisories, AdvisoryDrafted, AdvisoryPublished, AdvisoryWithdrawn, Audience, Bundle,
        Drafting, Offer, Stage, Stated, Status, Texts, Written, standings,
    },
    case::{
        Applies, Case, Disposition, Embargo, Fact, Found, Justification, Opening, TestKind, Train,
    },
    rights::DecisionKind,
};
use aftercare_vocab::{digest::Digest, id::AdvisoryId};

/// One of each, with every field filled.
pub fn events() -> Vec<Event> {
    let at = "2026-03-02T09:00:00.123456Z".parse().expect("an instant");
    vec![
        AdvisoryDrafted {
            advisory: id(80),
            case: id(81),
            number: "PSA-2026-0007".into(),
            version: 3,
            revision: 2,
            audience: Audience::Customers,
            title: "Alarms of the \"Überwachung\" can be stopped".into(),
            change: "A fix is there.".into(),
            dated: at,
            bundle: Digest::of(b"bundle"),
            by: id(40),
        }
        .into(),
        AdvisoryPublished { advisory: id(80), version: 3, decision: id(82), by: id(41) }.into(),
        AdvisoryWithdrawn { advisory: id(80), by: id(41) }.into(),
    ]
}

fn case() -> Work {
    let mut work = Work::idle();
    work.around.versions.insert(fixed(), around("Infusia 3.2.2", Found::Nothing));
    work.open(Opening {
        title: "Log4Shell in the gateway".into(),
        vulnerabilities: vec!["CVE-2021-44228".into()],
        families: Sight::of([family()]),
        signals: Vec::new(),
        matched_at: None,
    })
    .expect("opened");
    work
}

fn said(value: Applies) -> Fact {
    applies(&[(old(), "Infusia 3.2.1")], value)
}

#[test]
fn what_nobody_decided_is_under_investigation_and_never_safe() {
    let mut work = case();
    let stands = |work: &Work| {
        let all = standings(work.one(), &work.around, work.town.now);
        (all[&old()].status, all[&older()].status, all[&fixed()].status)
    };
    let open = Status::UnderInvestigation;
    assert_eq!(stands(&work), (open, open, open), "nobody said anything");
    work.fact("ole", said(Applies::NotAffected(Justification::ComponentNotPresent)));
    assert_eq!(stands(&work).0, open, "said, and decided by nobody");
    work.fact("ole", said(Applies::Affected));
    assert_eq!(stands(&work), (Status::Affected, open, open));
    let all = standings(work.one(), &work.around, work.town.now);
    assert_eq!(all[&old()].offer, Offer::Nothing);
}

#[test]
fn a_control_outside_of_the_device_a_plan_or_an_accepted_risk_leaves_a_version_affected() {
    let mut work = case();
    work.fact("ole", said(Applies::Affected));
    work.fact("ole", Fact::Described(described()));
    let mut about = Work::about(DecisionKind::CompensatingControl, &[old()], None);
    about.mitigation = Some(control());
    work.try_decide(about).expect("decided");
    let now = |work: &Work| standings(work.one(), &work.around, work.town.now)[&old()];
    assert_eq!(work.one().disposition(old(), &work.around, work.town.now), Disposition::Mitigated);
    assert_eq!((now(&work).status, now(&work).offer), (Status::Affected, Offer::Nothing));
    let mut planned_only = case();
    planned_only.fact("ole", said(Applies::Affected));
    planned_only.fact("ole", Fact::Described(described()));
    planned_only.fact("pia", Fact::Planned(planned(Train::RegularCycle)));
    let day = planned(Train::RegularCycle).target;
    assert_eq!(now(&planned_only).offer, Offer::Planned(day));
    assert_eq!(now(&planned_only).status, Status::Affected);
}

#[test]
fn a_version_counts_as_fixed_when_it_is_out_and_its_sbom_shows_that() {
    let mut work = case();
    work.fact("ole", said(Applies::Affected));
    work.fact("dan", changed(fixed()));
    let of = |work: &Work| {
        let all = standings(work.one(), &work.around, work.town.now);
        (all[&old()].offer, all[&fixed()].status)
    };
    assert_eq!(of(&work), (Offer::Nothing, Status::UnderInvestigation), "not out yet");
    work.fact("rolf", happened("fix_available", work.town.now));
    assert_eq!(of(&work), (Offer::Nothing, Status::UnderInvestigation), "no test shows it");
    work.fact("vera", tested(TestKind::SecurityAfter, fixed(), false));
    assert_eq!(of(&work), (Offer::Nothing, Status::UnderInvestigation), "the test failed");
    work.fact("vera", tested(TestKind::SecurityAfter, fixed(), true));
    assert_eq!(of(&work), (Offer::Update(fixed()), Status::Fixed));
    assert_eq!(standings(work.one(), &work.around, work.town.now)[&old()].status, Status::Affected);
    work.around.versions.insert(fixed(), around("Infusia 3.2.2", Found::Affected));
    assert_eq!(of(&work).1, Status::UnderInvestigation, "its SBOM shows the vulnerability");
}

fn texts() -> Texts {
    let text = || "Words.".to_owned();
    Texts {
        title: text(),
        summary: text(),
        impact: text(),
        action: text(),
        controls: String::new(),
        fix: text(),
    }
}

fn bundle(work: &Work, version: u64) -> Bundle {
    let stands = standings(work.one(), &work.around, work.town.now);
    Bundle {
        number: "PSA-2026-0001".into(),
        version,
        revision: 1,
        audience: Audience::Public,
        case: work.case,
        vulnerabilities: vec!["CVE-2021-44228".into()],
        vector: None,
        dated: work.town.now,
        change: "First published.".into(),
        texts: texts(),
        versions: stands
            .into_iter()
            .map(|(version, stands)| Stated {
                version,
                family: "Infusion".into(),
                product: "Infusia".into(),
                label: work.around.label(version),
                stands,
            })
            .collect(),
        documents: vec![Written {
            name: "psa-2026-0001.txt".into(),
            media_type: "text/plain".into(),
            text: "Words.".into(),
        }],
    }
}

fn folded(work: &Work) -> Advisories {
    let mut all = Advisories::default();
    for entry in work.entries() {
        all.enter(entry);
    }
    all
}

fn drafts(work: &mut Work, login: &str, bundle: &Bundle) -> Result<(), Refusal> {
    let (all, case) = (folded(work), work.one().clone());
    let digest = Digest::of(&bundle.bytes().expect("written"));
    let drafting = Drafting { advisory: id(80), bundle, digest };
    work.town.does(login, |roster, op| advisory::draft(roster, &all, &case, drafting, op))
}

fn publishes(work: &mut Work, version: u64, bundle: &Bundle) -> Result<(), Refusal> {
    let (all, case, around) = (folded(work), work.one().clone(), work.around.clone());
    let state = all.get(id(80)).expect("drafted").clone();
    work.town.does("cora", |roster, op: &Operation| {
        advisory::publish(roster, &state, (&case, &around), bundle, version, op)
    })
}

fn stage(work: &Work, case: &Case) -> Stage {
    let all = folded(work);
    let state = all.get(id::<aftercare_vocab::id::Advisory>(80)).expect("drafted").clone();
    state.stage(state.newest(), Some(case))
}

#[test]
fn a_bundle_reads_back_and_every_byte_counts_for_its_digest() {
    let work = case();
    let one = bundle(&work, 1);
    let bytes = one.bytes().expect("written");
    assert_eq!(Bundle::read(&bytes).expect("read"), one);
    let mut other = one.clone();
    other.documents[0].text.push(' ');
    assert_ne!(Digest::of(&bytes), Digest::of(&other.bytes().expect("written")));
    let id: AdvisoryId = id(80);
    assert!(id.to_string().starts_with("adv_"));
}

#[test]
fn a_draft_is_refused_to_whom_it_does_not_belong_and_goes_out_only_when_approved() {
    let mut work = case();
    work.fact("ole", said(Applies::Affected));
    let one = bundle(&work, 1);
    assert_eq!(code(&drafts(&mut work, "vera", &one)), "right_missing");
    let wrong = Bundle { version: 2, ..one.clone() };
    assert_eq!(code(&drafts(&mut work, "ole", &wrong)), "drafted_meanwhile");
    assert_eq!(code(&drafts(&mut work, "ole", &one)), "ok");
    assert_eq!(stage(&work, work.one()), Stage::Draft);
    assert_eq!(code(&publishes(&mut work, 2, &one)), "another_version");
    assert_eq!(code(&publishes(&mut work, 1, &one)), "approval_missing");
    let other = Bundle { audience: Audience::Customers, version: 2, ..one.clone() };
    assert_eq!(code(&drafts(&mut work, "ole", &other)), "audience_fixed");
    work.fact("anna", Fact::Embargo(Some(Embargo { until: None, people: [].into() })));
    assert_eq!(code(&publishes(&mut work, 1, &one)), "embargo");
}

#[test]
fn texts_say_something_and_hold_nothing_unseen() {
    assert_eq!(texts().checked(), Ok(texts()));
    let with = |change: fn(&mut Texts)| {
        let mut some = texts();
        change(&mut some);
        code(&some.checked())
    };
    for (change, wanted) in [
        ((|t| t.title.clear()) as fn(&mut Texts), "text_missing"),
        (|t| t.impact = "  ".into(), "text_missing"),
        (|t| t.fix.clear(), "text_missing"),
        (|t| t.title = "a\nb".into(), "text_unprintable"),
        (|t| t.summary = "a\u{202e}b".into(), "text_unprintable"),
        (|t| t.action = "x".repeat(4_001), "text_too_long"),
        (|t| t.controls.clear(), "ok"),
    ] {
        assert_eq!(with(change), wanted);
    }
}
