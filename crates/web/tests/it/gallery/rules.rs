//! The rules of the programme, usual and hostile.

use super::HOSTILE;
use aftercare_desk::answers::*;
use aftercare_domain::rules::RuleKind;
use aftercare_vocab::{
    id::{Id, Kind},
    instant::Instant,
};
use aftercare_web::pages::{
    frame::Frame,
    rules,
    rules_form::{self, Written},
};
use maud::Markup;

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn at(n: i64) -> Instant {
    Instant::from_micros(1_795_442_700_000_000 + n * 60_000_000)
}

pub fn proposed(text: &str) -> ProposedRules {
    ProposedRules {
        kind: "clocks".into(),
        title: "Clocks".into(),
        from: "2026-04-01".into(),
        replaces: 1,
        differences: differences(text),
        change: serde_json::json!({}),
    }
}

fn differences(text: &str) -> Vec<RulesDifference> {
    vec![RulesDifference {
        place: text.into(),
        what: text.into(),
        before: Some(text.into()),
        after: None,
    }]
}

pub fn trial(text: &str) -> RulesTrial {
    RulesTrial {
        kind: "clocks".into(),
        title: "Clocks".into(),
        replaces: 1,
        differences: differences(text),
        open_cases: 3,
        effects: vec![CaseEffect {
            case: id(7),
            number: "PMC-2026-0001".into(),
            title: text.into(),
            says: vec![text.into()],
        }],
    }
}

fn edition_row(edition: u64, standing: &str) -> EditionRow {
    let adopted = edition > 1;
    EditionRow {
        edition,
        standing: standing.into(),
        begins: adopted.then(|| at(3)),
        decision: adopted.then(|| id(2)),
        adopted_at: adopted.then(|| at(2)),
    }
}

fn editions() -> Vec<EditionRow> {
    [(4, "to_come"), (3, "in_force"), (2, "never_held"), (1, "replaced")]
        .map(|(edition, standing)| edition_row(edition, standing))
        .into()
}

fn all_rules() -> RulesOverview {
    let kind = |in_force| RulesOfKind {
        kind: "clocks".into(),
        title: "Clocks".into(),
        in_force,
        editions: editions(),
    };
    let fixed = FixedRules {
        title: "SSVC".into(),
        edition: "ssvc:DT_SP:1.0.0".into(),
        why: "It is that of CERT/CC.".into(),
    };
    RulesOverview { kinds: vec![kind(3)], fixed: vec![fixed] }
}

fn edition(text: &str) -> EditionSheet {
    EditionSheet {
        kind: "clocks".into(),
        title: "Clocks".into(),
        row: edition_row(3, "in_force"),
        lines: vec![RulesLine { place: text.into(), what: text.into(), says: text.into() }],
        against: Some(1),
        differences: differences(text),
        rules: serde_json::json!({}),
    }
}

fn written(frame: &Frame<'_>, kind: RuleKind, text: &str) -> Markup {
    let typed =
        rules_form::fields(kind).into_iter().map(|field| (field, text.to_owned())).collect();
    let written = Written { kind, typed: &typed, trial: Some(&trial(text)), why: Some(text) };
    rules_form::page(frame, written, "k")
}

pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = "Acknowledge within two days";
    vec![
        ("rules", rules::page(frame, &all_rules())),
        ("rules-edition", rules::edition(frame, &edition(words), &editions())),
        ("rules-clocks", written(frame, RuleKind::Clocks, words)),
        ("rules-matrix", written(frame, RuleKind::RiskMatrix, words)),
        ("rules-workflow", written(frame, RuleKind::Workflow, words)),
    ]
}

pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = HOSTILE.concat();
    vec![
        ("hostile-rules-edition", rules::edition(frame, &edition(&words), &editions())),
        ("hostile-rules-clocks", written(frame, RuleKind::Clocks, &words)),
        ("hostile-rules-workflow", written(frame, RuleKind::Workflow, &words)),
    ]
}
