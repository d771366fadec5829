//! Signals, usual and hostile. The pages of the portal stand outside of the workbench and its rules.

use super::HOSTILE;
use aftercare_desk::{QueueOnly, QueueWish, answers::*};
use aftercare_vocab::{
    id::{Id, Kind},
    instant::Instant,
};
use aftercare_web::pages::{
    frame::Frame,
    signal, signal_form,
    signals::{self, SignalsQuery},
};
use maud::Markup;
use std::collections::BTreeMap;

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn at(n: i64) -> Instant {
    Instant::from_micros(1_795_442_700_000_000 + n * 60_000_000)
}

fn family(text: &str) -> FamilyRef {
    FamilyRef { id: id(1), name: text.into() }
}

fn person(text: &str) -> PersonName {
    PersonName { id: id(5), name: text.into() }
}

/// A finding alone (`n` = 1), one with signals (2), a report alone (3).
fn row(n: u8, text: &str) -> QueueRow {
    let found = n < 3;
    QueueRow {
        key: format!("CVE-2021-44228~{n}"),
        title: text.into(),
        vulnerabilities: if found { vec![text.into(); usize::from(n) * 2] } else { Vec::new() },
        kinds: vec!["sbom_match".into()],
        kind_titles: vec!["SBOM match".into()],
        signals: if n > 1 { vec![id(7), id(8)] } else { Vec::new() },
        source: (n > 1).then(|| text.into()),
        received_at: at(1),
        aware_at: at(i64::from(n)),
        harm: if n == 3 { "yes" } else { "unknown" }.into(),
        answer: found.then(|| if n == 1 { "affected" } else { "undetermined" }.into()),
        score_tenths: (n == 1).then_some(98),
        kev_since: (n == 1).then(|| "2021-12-10".into()),
        epss: (n == 1).then_some(94_000),
        versions: u64::from(n == 1) * 3,
        families: if n == 2 { Vec::new() } else { vec![family(text)] },
        all_families: false,
        owner: (n == 3).then(|| person(text)),
        state: if n == 2 { "proposed" } else { "waiting" }.into(),
        decision: (n == 2).then(|| id(4)),
        lapsed: (n == 1).then(|| text.into()),
        settled: (n == 2).then(|| text.into()),
        case: (n == 2).then(|| id(6)),
    }
}

fn queue(text: &str) -> SignalQueue {
    SignalQueue {
        items: (1..=3).map(|n| row(n, text)).collect(),
        next: Some("50".into()),
        total: 812,
        waiting: 812,
        proposed: 1,
        settled: 9,
        cut: true,
    }
}

fn letter(text: &str) -> LetterText {
    let said = || Some(text.to_owned());
    LetterText {
        what: format!("{text}\n{text}"),
        product: said(),
        version: said(),
        how: said(),
        harm: said(),
        name: said(),
        contact: said(),
        file_name: said(),
        file_bytes: 48_213,
    }
}

fn message(from: &str, text: &str) -> MessageRow {
    let by = (from == "maker").then(|| person(text));
    MessageRow { from: from.into(), by, at: at(9), text: Some(text.into()), entry: 77 }
}

fn sheet(text: &str, state: &str) -> SignalSheet {
    let case = || CaseName { id: id(6), number: "PMC-2026-0001".into(), title: text.into() };
    let waits = state == "waiting";
    SignalSheet {
        id: id(7),
        entity_version: 1,
        kind: "researcher".into(),
        kind_title: "Report of a finder".into(),
        channel: "Public form".into(),
        source: text.into(),
        title: text.into(),
        received_at: at(1),
        aware_at: at(1),
        recorded_at: at(1),
        entry: 70,
        vulnerabilities: vec![text.into()],
        families: vec![family(text)],
        all_families: false,
        harm: "yes".into(),
        harm_title: "Yes or possibly".into(),
        complaint: Some(text.into()),
        letter: match state {
            "dismissed" => {
                LetterSheet::Erased(Erased { at: at(20), by: text.into(), role: "quality".into() })
            }
            _ => LetterSheet::Text(Box::new(letter(text))),
        },
        sealed: true,
        digest: "sha256:00".into(),
        reporter: "thread".into(),
        thread: vec![message("maker", text), message("reporter", text)],
        owner: waits.then(|| person(text)),
        owners: vec![person(text)],
        state: state.into(),
        case: (state == "joined").then(case),
        dismissed: (state == "dismissed").then(|| "spam".into()),
        dismissed_title: (state == "dismissed").then(|| "Spam".into()),
        reason: (state == "dismissed").then(|| text.into()),
        settled_by: (!waits).then(|| text.into()),
        about: vec![case()],
        cases: vec![case()],
        key: waits.then(|| "CVE-2021-44228~7".to_owned()),
    }
}

fn drawn(frame: &Frame<'_>, names: [&'static str; 6], text: &str) -> Vec<(&'static str, Markup)> {
    let everything = frame.viewer.map(super::people::allowed);
    let may = &Frame { viewer: everything.as_ref(), ..frame.clone() };
    let families = [family(text)];
    let wish = QueueWish { text: text.into(), after: "50".into(), ..QueueWish::default() };
    let query = |wish| SignalsQuery { wish, families: &families, why: Some(text), key: "k" };
    let typed: BTreeMap<String, String> = ["source", "title", "text", "name", "what", "product"]
        .map(|name| (name.to_owned(), text.to_owned()))
        .into();
    let pages = [
        signals::page(may, &queue(text), query(&wish)),
        signals::page(frame, &queue(text), query(&wish)),
        signal::page(may, &sheet(text, "waiting"), "k"),
        signal::page(may, &sheet(text, "joined"), "k"),
        signal::page(may, &sheet(text, "dismissed"), "k"),
        signal_form::page(may, &typed, &families, Some(text), (at(3), "k")),
    ];
    names.into_iter().zip(pages).collect()
}

pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let names =
        ["signals", "signals-look", "signal", "signal-joined", "signal-dismissed", "signal-form"];
    let mut pages = drawn(frame, names, "Unsafe default of the service port");
    let nothing = SignalQueue {
        items: Vec::new(),
        next: None,
        total: 0,
        waiting: 0,
        proposed: 0,
        settled: 0,
        cut: false,
    };
    for (name, only) in [
        ("empty-signals", QueueOnly::Waiting),
        ("empty-signals-proposed", QueueOnly::Proposed),
        ("empty-signals-settled", QueueOnly::Settled),
    ] {
        let wish = QueueWish { only, ..QueueWish::default() };
        let query = SignalsQuery { wish: &wish, families: &[], why: None, key: "k" };
        pages.push((name, signals::page(frame, &nothing, query)));
    }
    pages
}

pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let first = [
        "hostile-signals",
        "hostile-signals-look",
        "hostile-signal",
        "hostile-signal-joined",
        "hostile-signal-dismissed",
        "hostile-signal-form",
    ];
    let second = [
        "turned-signals",
        "turned-signals-look",
        "turned-signal",
        "turned-signal-joined",
        "turned-signal-dismissed",
        "turned-signal-form",
    ];
    let mut pages = drawn(frame, first, HOSTILE[0]);
    pages.extend(drawn(frame, second, HOSTILE[1]));
    pages
}
