//! Chains and calls, usual and hostile.

use super::HOSTILE;
use aftercare_desk::answers::*;
use aftercare_vocab::{
    id::{Id, Kind},
    instant::Instant,
};
use aftercare_web::pages::{
    call,
    duty::{self, ChainDraft, DutyQuery},
    frame::{Banner, Frame},
};
use maud::Markup;

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn at(n: i64) -> Instant {
    Instant::from_micros(1_795_442_700_000_000 + n * 60_000_000)
}

fn called(name: &str, by: &str) -> CalledRow {
    CalledRow { person: id(5), name: name.into(), by: by.into() }
}

fn row(n: u8, text: &str, stage: &str) -> CallRow {
    let answered = stage == "answered";
    CallRow {
        id: id(n),
        family: (n > 1).then(|| FamilyRef { id: id(3), name: text.into() }),
        about: text.into(),
        severity: if n == 1 { "one" } else { "lower" }.into(),
        test: answered,
        raised_by: text.into(),
        raised_at: at(0),
        stage: stage.into(),
        step: 2,
        steps: 3,
        called: if n == 1 { Vec::new() } else { vec![text.into(), "Eva Lind".into()] },
        answered_by: answered.then(|| text.into()),
        answered_at: answered.then(|| at(4)),
        answered_after_seconds: answered.then_some(3_845),
        waits_for_you: !answered,
        proves: answered,
    }
}

fn sheet(text: &str, stage: &str) -> CallSheet {
    let row = row(2, text, stage);
    let moved = |step, to, because: &str| CallMoveRow {
        step,
        role: "Security analyst".into(),
        to,
        absent: vec![text.into()],
        because: because.into(),
        at: at(1),
        due: at(16),
        entry: 41,
    };
    CallSheet {
        why: format!("{text}\n\nSeen today."),
        entry: 40,
        entity_version: 4,
        meeting_due: Some(at(240)),
        overdue_since: (stage == "overdue").then(|| at(46)),
        moves: vec![
            moved(1, vec![called(text, "deputy")], "begun"),
            moved(2, vec![called(text, "delegate"), called("Eva Lind", "holder")], "not_answered"),
            moved(3, Vec::new(), "nobody_there"),
        ],
        answer: (stage == "answered").then(|| CallAnswerRow {
            person: id(5),
            name: text.into(),
            called: false,
            words: format!("{text}\nI have it."),
            at: at(4),
            entry: 43,
        }),
        row,
    }
}

fn chains(frame: &Frame<'_>, text: &str) -> Markup {
    let step = |n: u32, reaches, absent: Vec<String>| ChainStep {
        step: n,
        role: "Product security lead".into(),
        role_code: "product_security_lead".into(),
        minutes: 15,
        reaches,
        deputies: absent.clone(),
        absent,
    };
    let chain = |family: Option<FamilyRef>, origin: &str| ChainSheet {
        family,
        origin: origin.into(),
        adopted_by: (origin == "own").then(|| text.into()),
        adopted_at: (origin == "own").then(|| at(0)),
        steps: vec![
            step(1, vec![called(text, "deputy")], vec![text.into()]),
            step(2, Vec::new(), Vec::new()),
        ],
    };
    let family = |n, name: &str| Some(FamilyRef { id: id(n), name: name.into() });
    let sheet = DutySheet {
        chains: vec![
            chain(None, "proposed"),
            chain(family(3, text), "own"),
            chain(family(4, "Lamps"), "general"),
        ],
        proof: Some(row(2, text, "answered")),
    };
    let items = vec![row(1, text, "open"), row(2, text, "overdue"), row(3, text, "answered")];
    let calls = Page { total: 9, next: Some("x".into()), items };
    let banners = vec![Banner::Calls(vec![row(1, text, "open"); 4])];
    let frame = Frame { banners: [banners, frame.banners.clone()].concat(), ..frame.clone() };
    duty::page(&frame, &sheet, &calls, DutyQuery { only: "all", after: "y" }, "k")
}

fn form(frame: &Frame<'_>, text: &str) -> Markup {
    let steps = vec![("quality".to_owned(), text.to_owned())];
    let draft = ChainDraft { family: Some(id(3)), steps };
    duty::chain_form(frame, &draft, Some(text), Some(text), "k")
}

pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = "Infusion pumps";
    vec![
        ("duty", chains(frame, words)),
        ("duty-chain", form(frame, words)),
        ("call-waiting", call::page(frame, &sheet(words, "open"), "k")),
        ("call-overdue", call::page(frame, &sheet(words, "overdue"), "k")),
        ("call-answered", call::page(frame, &sheet(words, "answered"), "k")),
    ]
}

pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = HOSTILE.concat();
    vec![
        ("hostile-duty", chains(frame, &words)),
        ("hostile-duty-chain", form(frame, &words)),
        ("hostile-call", call::page(frame, &sheet(&words, "answered"), "k")),
    ]
}
