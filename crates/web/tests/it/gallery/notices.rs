//! Who is told about an advisory: every state, nobody, hostile; and the page that customers confirm on.

use super::HOSTILE;
use crate::gallery::samples::at;
use aftercare_desk::{
    NoticesWish,
    answers::{
        AdvisoryRow, NoticeCustomer, NoticeDevices, NoticeOutside, NoticeRow, NoticeTotals,
        NoticesSheet, Page,
    },
};
use aftercare_vocab::id::Id;
use aftercare_web::pages::{
    frame::Frame,
    notices::{self, NoticesQuery},
    portal::{self, Outside},
};
use maud::Markup;

fn advisory(words: &str) -> AdvisoryRow {
    AdvisoryRow {
        id: Id::from_bytes([1; 16]),
        case: Id::from_bytes([2; 16]),
        number: "PSA-2026-0004".into(),
        title: words.into(),
        audience: "customers".into(),
        audience_title: "Customers concerned".into(),
        version: 2,
        stage: "published".into(),
        stage_title: "Published".into(),
        decision: None,
        out: Some(2),
        out_at: Some(at("2026-11-20T10:00:00Z")),
        withdrawn: None,
    }
}

fn notice(n: u8, way: &str, reach: &str, why: Option<&str>) -> NoticeRow {
    let acknowledged = reach == "acknowledged";
    NoticeRow {
        id: Id::from_bytes([n; 16]),
        version: 2,
        way: way.into(),
        way_title: if way == "mail" { "By mail" } else { "By hand" }.into(),
        contact: None,
        issued_at: at("2026-11-20T11:00:00Z"),
        issued_by: "Sofía Reyes".into(),
        reach: reach.into(),
        reach_title: reach.replace('_', " "),
        step_at: Some(at("2026-11-20T11:02:00Z")),
        why: why.map(|_| "recipient".into()),
        why_title: why.map(str::to_owned),
        tries: 2,
        due: why.map(|_| at("2026-11-20T11:12:00Z")),
        acknowledged_at: acknowledged.then(|| at("2026-11-21T08:00:00Z")),
        acknowledged_by: acknowledged.then(|| "Nora O'Neill".into()),
        acknowledged_how: acknowledged.then(|| "By telephone".into()),
    }
}

fn customer(n: u8, name: &str, reach: &str, notices: Vec<NoticeRow>) -> NoticeCustomer {
    NoticeCustomer {
        id: Id::from_bytes([n; 16]),
        name: name.into(),
        country: Some("IE".into()),
        reach: reach.into(),
        reach_title: reach.replace('_', " "),
        devices: (0..u64::from(n % 9))
            .map(|at| NoticeDevices {
                site: format!("Ward {at}"),
                label: name.into(),
                concern: if at % 2 == 0 { "stated" } else { "not_stated" }.into(),
                concern_title: (at % 2 == 1).then(|| "May be concerned".into()),
                in_notice: at % 3 == 0,
                units: at + 1,
            })
            .collect(),
        with_mail: u64::from(n % 3),
        unwritten: u64::from(n % 2),
        notices,
    }
}

fn sheet(words: &str) -> NoticesSheet {
    let items = vec![
        customer(21, words, "not_told", Vec::new()),
        customer(22, words, "not_told", vec![notice(31, "mail", "not_told", Some(words))]),
        customer(23, words, "waiting", vec![notice(32, "hand", "waiting", None)]),
        customer(24, words, "unknown", vec![notice(33, "mail", "unknown", Some(words))]),
        customer(25, words, "told", vec![notice(34, "mail", "told", None)]),
        customer(27, words, "acknowledged", vec![notice(35, "hand", "acknowledged", None)]),
    ];
    NoticesSheet {
        advisory: advisory(words),
        case_number: "PMC-2026-0007".into(),
        version: Some(2),
        blocked: None,
        by_mail: true,
        with_link: false,
        totals: NoticeTotals {
            concerned: 1_204,
            not_told: 1_199,
            waiting: 1,
            unknown: 1,
            told: 1,
            acknowledged: 2,
        },
        customers: Page { items, next: Some("50".into()), total: 1_204 },
    }
}

fn listed(frame: &Frame<'_>, sheet: &NoticesSheet, text: &str) -> Markup {
    let wish = NoticesWish {
        reach: (!text.is_empty()).then(|| "not_told".to_owned()),
        text: text.into(),
        after: text.into(),
    };
    notices::page(frame, sheet, NoticesQuery { wish: &wish, key: "k" })
}

fn outside(frame: &Frame<'_>, words: &str, confirmed: bool) -> Markup {
    let outside = Outside { assets: frame.assets, to: frame.to, maker: words };
    let one = NoticeOutside {
        subject: words.into(),
        text: format!("{words}\n\nKeep it apart."),
        acknowledged_at: confirmed.then(|| at("2026-11-21T08:00:00Z")),
        outdated: confirmed,
    };
    portal::notice(&outside, &one, &frame.to.notice_outside("AAAA"))
}

pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let usual = sheet("St. Brigid's Hospital");
    let blocked = NoticesSheet {
        version: None,
        blocked: Some("No version is out: what customers are told is approved first.".into()),
        by_mail: false,
        totals: NoticeTotals::default(),
        customers: Page::whole(Vec::new()),
        ..sheet("Nothing is out")
    };
    let nobody = NoticesSheet { blocked: None, version: Some(1), ..blocked.clone() };
    vec![
        ("notices", listed(frame, &usual, "")),
        ("notices-narrowed", listed(frame, &usual, "O'Neill")),
        ("empty-notices-blocked", listed(frame, &blocked, "")),
        ("empty-notices", listed(frame, &nobody, "")),
        ("outside-notice", outside(frame, "Vannmoor Medical Devices", false)),
        ("outside-notice-confirmed", outside(frame, "Vannmoor Medical Devices", true)),
    ]
}

pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = HOSTILE.concat();
    vec![
        ("hostile-notices", listed(frame, &sheet(&words), &words)),
        ("hostile-outside-notice", outside(frame, &words, false)),
    ]
}
