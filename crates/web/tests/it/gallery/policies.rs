//! Governing documents, usual and hostile.

use super::HOSTILE;
use aftercare_desk::answers::*;
use aftercare_vocab::{
    digest::Digest,
    id::{Id, Kind},
    instant::Instant,
};
use aftercare_web::pages::{frame::Frame, policies, policy};
use maud::Markup;

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn at(n: i64) -> Instant {
    Instant::from_micros(1_795_442_700_000_000 + n * 60_000_000)
}

fn row(n: u8, title: &str, missing: u64) -> PolicyRow {
    PolicyRow {
        id: id(n),
        kind: "policy".into(),
        kind_title: "Policy".into(),
        title: title.into(),
        version: 2,
        dated: "2026-02-27".into(),
        issued_at: at(1),
        withdrawn_at: (n == 3).then(|| at(5)),
        must: if n == 3 { 0 } else { 7 },
        missing,
        waits_for_you: missing > 0,
    }
}

fn version(number: u64, text: &str) -> PolicyVersion {
    PolicyVersion {
        number,
        title: text.into(),
        dated: "2026-02-27".into(),
        audience: if number == 1 { "everybody" } else { "roles" }.into(),
        roles: vec!["Quality".into(), "Executive".into()],
        file_name: text.into(),
        size: 48_213,
        document: Digest::of(b"document"),
        digest: Digest::of(text.as_bytes()),
        issued_by: text.into(),
        issued_at: at(1),
        reason: Some(text.into()),
        entry: 40 + number,
        acknowledged: 1,
    }
}

fn sheet(n: u8, text: &str, shown: u64) -> PolicySheet {
    let signature = AcknowledgementRow {
        id: id(4),
        person: id(5),
        name: text.into(),
        role: "Quality".into(),
        meaning: "responsibility".into(),
        factors: vec!["password".into(), "code generator".into()],
        of: Digest::of(text.as_bytes()),
        at: at(2),
        entry: 44,
    };
    PolicySheet {
        row: row(n, text, u64::from(n != 3)),
        entity_version: 4,
        withdrawn_reason: (n == 3).then(|| text.into()),
        versions: vec![version(1, text), version(2, text)],
        shown,
        acknowledgements: vec![signature],
        missing_people: vec![MissingPerson { person: id(6), name: text.into() }],
        yours: (n != 3).then(|| "quality".into()),
    }
}

fn listed(frame: &Frame<'_>, text: &str) -> Markup {
    let rows = vec![row(1, text, 3), row(2, text, 0), row(3, text, 0)];
    policies::page(frame, &Page::whole(rows), "k")
}

/// As they mostly look.
pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = "Accountability for signatures";
    vec![
        ("policies", listed(frame, words)),
        ("policies-none", policies::page(frame, &Page::whole(Vec::new()), "k")),
        ("policy-to-acknowledge", policy::page(frame, &sheet(1, words, 2), "k")),
        ("policy-earlier", policy::page(frame, &sheet(1, words, 1), "k")),
        ("policy-withdrawn", policy::page(frame, &sheet(3, words, 2), "k")),
    ]
}

/// With hostile text in every place.
pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = HOSTILE.concat();
    vec![
        ("hostile-policies", listed(frame, &words)),
        ("hostile-policy", policy::page(frame, &sheet(1, &words, 2), "k")),
        ("hostile-policy-withdrawn", policy::page(frame, &sheet(3, &words, 2), "k")),
    ]
}
