//! Notices: who may issue and move them, when a mail is due, and that nobody counts as told who may not be.

use crate::{
    casework::{Work, old},
    town::{code, id},
};
use aftercare_domain::{
    Event, Refusal,
    advisory::{
        Advisories, AdvisoryDrafted, AdvisoryPublished, AdvisoryWithdrawn, Audience, State,
    },
    case::{Embargo, Fact},
    notice::{
        self, Concerned, Issue, Notice, NoticeAcknowledged, NoticeIssued, NoticeMoved, Notices,
        Reach, Step, TRIES_LIMIT, Way,
    },
    subject::Sealed,
};
use aftercare_vocab::{digest::Digest, id::NoticeId, instant::Instant};

const MINUTE: i64 = 60 * 1_000_000;

/// One of each, with every field filled.
pub fn events() -> Vec<Event> {
    vec![
        NoticeIssued {
            notice: id(90),
            advisory: id(80),
            version: 2,
            consignee: id(91),
            contact: Some(id(92)),
            devices: vec![
                Concerned { site: id(93), product: id(2), version: Some(id(10)), units: 12 },
                Concerned { site: id(93), product: id(2), version: None, units: 1 },
            ],
            letter: Sealed { subject: id(94), blob: Digest::of(b"letter") },
            key: Digest::of(b"key"),
            by: id(41),
        }
        .into(),
        NoticeMoved {
            notice: id(90),
            step: Step::Refused,
            why: Some("recipient".into()),
            by: Some(id(41)),
        }
        .into(),
        NoticeAcknowledged { notice: id(90), by: Some(id(41)) }.into(),
    ]
}

/// A case with an advisory of which version 1 is out.
fn told(audience: Audience) -> Work {
    let mut work = Work::new();
    let drafted = |version| AdvisoryDrafted {
        advisory: id(80),
        case: work.case,
        number: "PSA-2026-0001".into(),
        version,
        revision: version,
        audience,
        title: "Words".into(),
        change: "Words.".into(),
        dated: work.town.now,
        bundle: Digest::of(b"bundle"),
        by: id(41),
    };
    let out = AdvisoryPublished { advisory: id(80), version: 1, decision: id(81), by: id(41) };
    let events = vec![drafted(1).into(), out.into()];
    enter(&mut work, events);
    work
}

fn enter(work: &mut Work, events: Vec<Event>) {
    let op = work.town.op("cora");
    work.town.enter(&op, events);
}

fn state(work: &Work) -> State {
    let mut all = Advisories::default();
    work.entries().iter().for_each(|entry| all.enter(entry));
    all.get(id(80)).expect("drafted").clone()
}

fn notices(work: &Work) -> Notices {
    let mut all = Notices::default();
    work.entries().iter().for_each(|entry| all.enter(entry));
    all
}

fn one(work: &Work, number: u8) -> Notice {
    notices(work).get(id(number)).expect("issued").clone()
}

fn issue(number: u8, contact: Option<u8>) -> Issue {
    Issue {
        notice: id(number),
        consignee: id(91),
        contact: contact.map(id),
        devices: vec![Concerned { site: id(93), product: id(2), version: Some(old()), units: 3 }],
        letter: Sealed { subject: id(94), blob: Digest::of(b"letter") },
        key: Digest::of(&[number]),
    }
}

fn issues(work: &mut Work, login: &str, version: u64, issues: Vec<Issue>) -> Result<(), Refusal> {
    let (all, state, case) = (notices(work), state(work), work.one().clone());
    work.town
        .does(login, |roster, op| notice::issue(roster, &all, &state, &case, version, issues, op))
}

fn moves(work: &mut Work, number: u8, step: Step) {
    let notice: NoticeId = id(number);
    enter(work, vec![NoticeMoved { notice, step, why: None, by: None }.into()]);
}

fn steps(work: &mut Work, number: u8, step: Step) -> Result<(), Refusal> {
    let notice = one(work, number);
    work.town.does("cora", |roster, op| notice::step(roster, &notice, step, op))
}

#[test]
fn a_notice_goes_out_about_what_customers_were_approved_to_be_told_and_once() {
    let mut work = told(Audience::Public);
    let refused = issues(&mut work, "cora", 1, vec![issue(90, None)]);
    assert_eq!(code(&refused), "not_for_customers");
    let mut work = told(Audience::Customers);
    assert_eq!(code(&issues(&mut work, "vera", 1, vec![issue(90, None)])), "right_missing");
    assert_eq!(code(&issues(&mut work, "cora", 2, vec![issue(90, None)])), "not_out");
    assert_eq!(code(&issues(&mut work, "cora", 1, Vec::new())), "nobody_chosen");
    let many = (0..=notice::ISSUED_AT_ONCE).map(|_| issue(90, None)).collect();
    assert_eq!(code(&issues(&mut work, "cora", 1, many)), "too_many_notices");
    assert_eq!(code(&issues(&mut work, "cora", 1, vec![issue(90, None)])), "ok");
    assert_eq!(code(&issues(&mut work, "cora", 1, vec![issue(95, None)])), "issued_already");
    assert_eq!(code(&issues(&mut work, "cora", 1, vec![issue(95, Some(92))])), "ok");
    assert_eq!(notices(&work).of_key(&Digest::of(&[95])).map(Notice::id), Some(id(95)));
    work.fact("anna", Fact::Embargo(Some(Embargo { until: None, people: [].into() })));
    assert_eq!(code(&issues(&mut work, "cora", 1, vec![issue(96, Some(97))])), "embargo");
    let mut work = told(Audience::Customers);
    enter(&mut work, vec![AdvisoryWithdrawn { advisory: id(80), by: id(41) }.into()]);
    assert_eq!(code(&issues(&mut work, "cora", 1, vec![issue(90, None)])), "not_out");
}

#[test]
fn nobody_counts_as_told_who_may_not_be() {
    let mut work = told(Audience::Customers);
    issues(&mut work, "cora", 1, vec![issue(90, Some(92))]).expect("issued");
    let reach = |work: &Work| one(work, 90).reach();
    assert_eq!((reach(&work), one(&work, 90).way()), (Reach::Waiting, Way::Mail));
    moves(&mut work, 90, Step::Trying);
    assert_eq!(reach(&work), Reach::Unknown, "killed here, nobody knows");
    assert!(one(&work, 90).is_broken_off() && one(&work, 90).due().is_none());
    moves(&mut work, 90, Step::InDoubt);
    assert_eq!(reach(&work), Reach::Unknown);
    assert_eq!(code(&steps(&mut work, 90, Step::HandedOver)), "step_impossible", "not by hand");
    assert_eq!(code(&steps(&mut work, 90, Step::Again)), "ok");
    assert_eq!(reach(&work), Reach::Waiting);
    moves(&mut work, 90, Step::Trying);
    moves(&mut work, 90, Step::Refused);
    assert_eq!(reach(&work), Reach::Not);
    assert!(!Reach::Unknown.is_told() && !Reach::Waiting.is_told() && !Reach::Not.is_told());
    moves(&mut work, 90, Step::HandedOver);
    assert_eq!(reach(&work), Reach::Told);
    assert_eq!(code(&steps(&mut work, 90, Step::Again)), "step_impossible", "it went");
}

#[test]
fn what_may_pass_is_tried_again_later_and_later_and_then_no_more() {
    let mut work = told(Audience::Customers);
    issues(&mut work, "cora", 1, vec![issue(90, Some(92))]).expect("issued");
    assert_eq!(one(&work, 90).due(), Some(one(&work, 90).at));
    for tries in 1..=TRIES_LIMIT {
        assert_eq!(notices(&work).pending().count(), 1);
        moves(&mut work, 90, Step::Trying);
        moves(&mut work, 90, Step::Later);
        let notice = one(&work, 90);
        let (_, at, _) = notice.step.clone().expect("a step");
        let wait = Instant::from_micros(at.micros() + ((5 * MINUTE) << (tries - 1)));
        assert_eq!(notice.due(), (tries < TRIES_LIMIT).then_some(wait), "after {tries}");
    }
    assert_eq!((one(&work, 90).reach(), notices(&work).pending().count()), (Reach::Not, 0));
    assert_eq!(code(&steps(&mut work, 90, Step::Again)), "ok");
    assert_eq!((one(&work, 90).reach(), one(&work, 90).tries), (Reach::Waiting, 0));
}

#[test]
fn by_hand_somebody_says_when_it_went_and_the_first_acknowledgement_stands() {
    let mut work = told(Audience::Customers);
    issues(&mut work, "cora", 1, vec![issue(90, None)]).expect("issued");
    assert_eq!((one(&work, 90).way(), one(&work, 90).due()), (Way::Hand, None));
    assert_eq!(code(&steps(&mut work, 90, Step::Again)), "step_impossible");
    assert_eq!(code(&steps(&mut work, 90, Step::HandedOver)), "ok");
    assert_eq!(one(&work, 90).reach(), Reach::Told);
    let notice = one(&work, 90);
    let op = work.town.op("cora");
    let without = notice::acknowledge(&work.town.roster, &notice, &op);
    assert_eq!(code(&without), "reason_missing");
    enter(&mut work, notice::acknowledge_outside(&notice));
    let first = one(&work, 90).acknowledged.expect("acknowledged");
    assert_eq!((first.by, one(&work, 90).reach()), (None, Reach::Acknowledged));
    assert!(notice::acknowledge_outside(&one(&work, 90)).is_empty(), "once");
    let notice = one(&work, 90);
    let again = work.town.does("cora", |roster, op| {
        notice::acknowledge(roster, &notice, &op.clone().because("By telephone.").expect("said"))
    });
    assert_eq!(code(&again), "acknowledged_already");
}

#[test]
fn a_device_that_no_notice_names_keeps_its_consignee_from_being_told() {
    let mut work = told(Audience::Customers);
    let named = |version| Concerned { site: id(93), product: id(2), version, units: 1 };
    let (old, unknown) = (named(Some(old())), named(None));
    let more = Concerned { units: 900, ..old.clone() };
    let elsewhere = Concerned { site: id(98), ..old.clone() };
    let reach = |work: &Work, devices: &[&Concerned]| {
        let devices: Vec<Concerned> = devices.iter().map(|one| (*one).clone()).collect();
        notices(work).reach((id(80), 1), id(91), &devices)
    };
    assert_eq!(reach(&work, &[&old]), Reach::Not);
    issues(&mut work, "cora", 1, vec![issue(90, None)]).expect("issued");
    assert_eq!(reach(&work, &[&old]), Reach::Waiting);
    assert_eq!(code(&steps(&mut work, 90, Step::HandedOver)), "ok");
    assert_eq!(reach(&work, &[&old]), Reach::Told);
    assert_eq!(reach(&work, &[&more]), Reach::Told, "how many there are does not matter");
    assert_eq!(reach(&work, &[&old, &unknown]), Reach::Not);
    assert_eq!(reach(&work, &[&elsewhere]), Reach::Not);
    assert_eq!(reach(&work, &[]), Reach::Told, "it has none any more, and was told");
    assert_eq!(notices(&work).reach((id(80), 2), id(91), std::slice::from_ref(&old)), Reach::Not);

    // What the first does not name is told by another; both count.
    let second = Issue { devices: vec![old.clone(), unknown.clone()], ..issue(95, None) };
    assert_eq!(code(&issues(&mut work, "cora", 1, vec![second])), "ok");
    assert_eq!(reach(&work, &[&old, &unknown]), Reach::Waiting);
    assert_eq!(reach(&work, &[&old]), Reach::Told);
    let third = Issue { devices: vec![unknown.clone()], ..issue(96, None) };
    assert_eq!(code(&issues(&mut work, "cora", 1, vec![third])), "issued_already");
}
