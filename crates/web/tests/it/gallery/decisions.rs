//! Decisions, rights and delegations, usual and hostile.

use super::{HOSTILE, rules};
use aftercare_desk::answers::*;
use aftercare_domain::{role::RoleName, signature::Meaning};
use aftercare_vocab::{
    digest::Digest,
    id::{Id, Kind, PersonId},
    instant::Instant,
};
use aftercare_web::pages::{
    decision,
    decision_form::{self, Beside, Draft},
    decisions::{self, DecisionsQuery},
    delegations::{self, Delegations},
    frame::Frame,
    rights::{self, RoleInRow},
};
use maud::Markup;

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn at(n: i64) -> Instant {
    Instant::from_micros(1_795_442_700_000_000 + n * 60_000_000)
}

fn row(n: u8, title: &str, stage: &str) -> DecisionRow {
    DecisionRow {
        id: id(n),
        kind: "closure".into(),
        kind_title: "Case closure".into(),
        title: title.into(),
        about: title.into(),
        stage: stage.into(),
        stage_at: at(3),
        proposed_by: title.into(),
        proposed_at: at(1),
        version: 2,
        waits_for: if stage == "open" { vec!["Quality".into()] } else { Vec::new() },
        waits_for_you: stage == "open",
    }
}

fn matrix() -> MatrixSheet {
    let row = |title: &str| MatrixRow {
        kind: "closure".into(),
        title: title.into(),
        proposes: vec!["Security analyst".into()],
        decides: vec!["Product security lead".into(), "Executive".into()],
        cosigns: vec!["Quality, always".into()],
        informs: Vec::new(),
    };
    MatrixSheet {
        version: 1,
        proposed: true,
        decision: None,
        rows: vec![row("Case closure")],
        trained: vec!["Quality".into()],
        matrix: serde_json::json!({}),
    }
}

fn version(number: u64, text: &str) -> DecisionVersion {
    DecisionVersion {
        number,
        by: text.into(),
        at: at(1),
        entry: 40 + number,
        digest: Digest::of(text.as_bytes()),
        rights: 1,
        title: text.into(),
        statement: format!("{text}\n\n{text}"),
        families: Some(vec![FamilyRef { id: id(1), name: text.into() }]),
        circumstances: Circumstances {
            harm: Some("serious".into()),
            essential_performance: None,
            uncontrolled: Some(true),
            product_class: Some("ii".into()),
            rests_on_reachability: Some(false),
            lowers_computed: false,
        },
        matrix: (number == 2).then(matrix),
        rules: (number == 2).then(|| rules::proposed(text)),
        findings: vec![SettledFinding {
            vulnerability: text.into(),
            versions: vec![VersionRef { id: id(3), product: text.into(), version: text.into() }],
            out_of_sight: 2,
        }],
        answer: Some(text.into()),
        document: Some(DecidedDocument {
            digest: Digest::of(text.as_bytes()),
            advisory: (number == 2).then(|| DecidedAdvisory {
                id: id(8),
                number: "PSA-2026-0001".into(),
                version: 1,
                title: text.into(),
            }),
        }),
    }
}

fn signature(n: u8, text: &str) -> SignatureRow {
    let current = n > 1;
    SignatureRow {
        id: id(n),
        version: u64::from(current) + 1,
        current,
        refused: n == 3,
        reason: (n == 3).then(|| text.into()),
        part: "cosign".into(),
        name: text.into(),
        person: id(5),
        role: RoleName::Quality.title().into(),
        by: "delegate".into(),
        delegated_by: Some(text.into()),
        meaning: Meaning::Reviewer.title().into(),
        factors: vec!["password".into(), "code generator".into()],
        of: Digest::of(text.as_bytes()),
        at: at(2),
        entry: 44,
    }
}

fn place(part: &str, could: &[&str], yours: bool) -> PlaceRow {
    PlaceRow {
        part: part.into(),
        roles: vec!["Product security lead".into(), "Executive".into()],
        role_codes: vec!["product_security_lead".into(), "executive".into()],
        could: could.iter().map(|name| (*name).to_owned()).collect(),
        yours: yours.then(|| "executive".into()),
        why_not: (!yours).then(|| "You do not have the right to sign. Anna could.".into()),
    }
}

fn sheet(text: &str, stage: &str, yours: bool) -> DecisionSheet {
    DecisionSheet {
        row: row(9, text, stage),
        entity_version: 4,
        versions: vec![version(1, text), version(2, text)],
        signatures: (1..4).map(|n| signature(n, text)).collect(),
        places: if stage == "open" {
            vec![place("decide", &[text, "Anna"], yours), place("cosign", &[], false)]
        } else {
            Vec::new()
        },
        informs: vec!["Product owner".into()],
        trial: Some(rules::trial(text)),
        otherwise: vec![OtherwiseRow {
            id: id(8),
            title: text.into(),
            missing: vec!["Quality".into()],
            spared: vec!["Executive".into()],
        }],
    }
}

fn draft(text: &str) -> Draft {
    Draft {
        kind: "rights_matrix".into(),
        about: text.into(),
        title: text.into(),
        statement: text.into(),
        matrix: text.into(),
        lowers_computed: "no".into(),
        ..Draft::default()
    }
}

fn written(frame: &Frame<'_>, text: &str) -> Markup {
    let families = [FamilyRef { id: id(1), name: text.into() }];
    let needed = NeededSheet {
        rights: 1,
        places: vec![place("decide", &[text], false)],
        informs: vec!["Executive".into()],
    };
    let beside =
        Beside { of: None, families: &families, needed: Some(&needed), why: Some(text), key: "k" };
    decision_form::page(frame, &draft(text), beside)
}

fn handed(frame: &Frame<'_>, text: &str) -> Markup {
    let row = DelegationRow {
        id: id(3),
        from: id(5),
        from_name: text.into(),
        to: id(6),
        to_name: text.into(),
        role: "Quality".into(),
        families: Some(vec![FamilyRef { id: id(1), name: text.into() }]),
        begins: at(0),
        ends: at(900),
    };
    let role = GrantRow {
        id: id(2),
        code: "quality".into(),
        role: "Quality".into(),
        standing: "holder".into(),
        families: Some(vec![FamilyRef { id: id(1), name: text.into() }]),
        wants_training: true,
        trained_until: None,
        trained: false,
    };
    let people: [(PersonId, String); 1] = [(id(6), text.to_owned())];
    delegations::page(frame, Delegations { rows: &[row], roles: &[role], people: &people }, "k")
}

fn listed(frame: &Frame<'_>, text: &str) -> Markup {
    let rows = vec![row(1, text, "open"), row(2, text, "taken"), row(3, text, "withdrawn")];
    let page = Page { total: 9, next: Some("x".into()), items: rows.clone() };
    let query = DecisionsQuery { only: "all", about: text, after: "y" };
    decisions::page(frame, &page, &rows[..1], query)
}

pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = "Close the case of Log4Shell";
    let roles = [RoleInRow {
        role: RoleName::Quality,
        parts: [true, false, true],
        cosigns: vec!["always".into()],
    }];
    let kind = aftercare_domain::rights::DecisionKind::Closure;
    vec![
        ("decisions", listed(frame, words)),
        ("decision-to-sign", decision::page(frame, &sheet(words, "open", true), "k")),
        ("decision-waiting", decision::page(frame, &sheet(words, "open", false), "k")),
        ("decision-taken", decision::page(frame, &sheet(words, "taken", false), "k")),
        ("decision-form", written(frame, words)),
        ("rights", rights::page(frame, &matrix())),
        ("rights-row", rights::row_form(frame, kind, &roles, (words, Some(words)), "k")),
        ("delegations", handed(frame, words)),
    ]
}

pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = HOSTILE.concat();
    vec![
        ("hostile-decisions", listed(frame, &words)),
        ("hostile-decision", decision::page(frame, &sheet(&words, "open", true), "k")),
        ("hostile-decision-form", written(frame, &words)),
        ("hostile-delegations", handed(frame, &words)),
    ]
}
