//! Pages of a case that ask or show something word by word: the interview, forms with a file, the evidence.

use super::HOSTILE;
use aftercare_desk::answers::*;
use aftercare_domain::harm::{Interview, Rubric};
use aftercare_vocab::{
    digest::Digest,
    id::{Id, Kind},
    instant::Instant,
};
use aftercare_web::{
    fact_form,
    pages::{
        case, case_evidence,
        case_record::{self, Beside, Published},
        case_rubric::{self, Step},
        frame::Frame,
    },
};
use maud::Markup;
use std::collections::BTreeMap;

/// The way to the wireless channel; the rest is open.
const BEGUN: &str = "XAVN:yes/XAVT:no/XIT:high/XAT:unknown";

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn at(n: i64) -> Instant {
    Instant::from_micros(1_795_442_700_000_000 + n * 60_000_000)
}

fn said(text: &str, entry: u64, file: Option<AttachmentRow>) -> SaidRow {
    SaidRow {
        text: text.into(),
        details: vec![("Statement".into(), text.into())],
        reason: Some(text.into()),
        at: at(2),
        by: text.into(),
        role: "security_analyst".into(),
        entry,
        attachment: file,
    }
}

fn file(text: &str, named: bool) -> AttachmentRow {
    AttachmentRow {
        digest: Digest::of(text.as_bytes()),
        name: named.then(|| text.into()),
        media_type: named.then(|| text.into()),
        size: named.then_some(70_000),
    }
}

fn row(text: &str) -> CaseRow {
    CaseRow {
        id: id(6),
        number: "PMC-2026-0042".into(),
        title: text.into(),
        vulnerabilities: vec![text.into()],
        stage: "risk_assessment".into(),
        stage_title: "Risk assessment".into(),
        ended: false,
        outcome: "undetermined".into(),
        priority: None,
        owner: Some(text.into()),
        aware_at: Some(at(0)),
        opened_at: at(1),
        versions: 0,
        affected: 0,
        todos: 1,
        waits_for_you: true,
        next_clock: None,
        embargo: false,
    }
}

/// A case with a test and a statement that have files, and an interview that goes on.
fn sheet(text: &str) -> CaseSheet {
    let files = [file(text, true), file(text, false)];
    let [named, bare] = &files;
    CaseSheet {
        row: row(text),
        entity_version: 7,
        workflow: "aftercare:case-workflow 1.0.0".into(),
        rules: vec![CaseRules {
            kind: "clocks".into(),
            title: "Clocks".into(),
            editions: vec![1, 2],
            in_force: 2,
            in_force_since: Some(at(3)),
        }],
        families: vec![FamilyRef { id: id(1), name: text.into() }],
        all_families: false,
        way: vec![StageRow {
            code: "risk_assessment".into(),
            title: "Risk assessment".into(),
            state: "now".into(),
        }],
        todos: vec![TodoRow {
            guard: "scored".into(),
            says: "It is scored".into(),
            missing: text.into(),
            leads_to: "Determination".into(),
            roles: vec!["Security analyst".into()],
            yours: true,
            attested: false,
            due: None,
            overdue: false,
        }],
        signals: Vec::new(),
        versions: Vec::new(),
        said: vec![("Exploitability".into(), said(text, 11, None))],
        exploited: Some(ExploitedRow {
            vector: Some(text.into()),
            in_kev: Some(false),
            exploit: Some("none_found".into()),
            epss: Some(EpssRow { probability: 9436, percentile: None }),
            instead: None,
            reasons: text.into(),
            interview: Some(InterviewRow { rubric: text.into(), answers: text.into() }),
        }),
        mitigations: Vec::new(),
        decisions: Vec::new(),
        tests: vec![said(text, 12, Some(named.clone()))],
        communication: Vec::new(),
        links: Vec::new(),
        attested: vec![said(text, 13, Some(bare.clone()))],
        attachments: files
            .iter()
            .zip(12..)
            .map(|(file, entry)| said(text, entry, Some(file.clone())))
            .collect(),
        clocks: Vec::new(),
        advisories: Vec::new(),
        regulatory: Regulatory {
            conditions: Vec::new(),
            part_806: "unknown".into(),
            part_803: "not_due".into(),
            reasons: vec!["No event is known.".into()],
        },
        evidence: vec![EvidenceRow { code: "tests".into(), title: "Tests".into(), there: true }],
        timeline: Vec::new(),
        may_record: ["exploited", "tested", "harmed"].map(str::to_owned).into(),
        owners: Vec::new(),
    }
}

/// An interview in which everything is answered alike.
fn whole() -> Interview<'static> {
    let rubric = Rubric::shipped();
    let mut interview = Interview::new(rubric);
    while let Some(question) = interview.clone().open().next() {
        let answer = question.answers().nth(1).expect("several");
        interview.answer(&question.id, answer.word()).expect("one of its answers");
    }
    interview
}

fn drawn(frame: &Frame<'_>, names: [&'static str; 8], text: &str) -> Vec<(&'static str, Markup)> {
    let everything = frame.viewer.map(super::people::allowed);
    let may = &Frame { viewer: everything.as_ref(), ..frame.clone() };
    let (sheet, rubric) = (sheet(text), Rubric::shipped());
    let begun = Interview::read(rubric, BEGUN).expect("answers");
    let (nothing, whole) = (Interview::new(rubric), whole());
    let step = |interview, at, unanswered| Step { interview, after: "", at, unanswered };
    let form = |name| fact_form::form(name).expect("a form");
    let values: BTreeMap<&'static str, String> = [
        ("vector", text.to_owned()),
        ("interview", BEGUN.to_owned()),
        ("in_kev", "no".to_owned()),
        ("reasons", text.to_owned()),
    ]
    .into();
    let none = BTreeMap::new();
    let published = Published::Says(vec![super::samples::blast_radius().vulnerability]);
    let beside =
        |values| Beside { guard: "", families: &[], key: "k", values, published: &published };
    let pages = [
        case_rubric::page(may, &sheet, &step(&nothing, "", true)),
        case_rubric::page(may, &sheet, &step(&begun, "XIT", false)),
        case_rubric::page(may, &sheet, &step(&whole, "", false)),
        case_record::page(may, &sheet, form("exploited"), &beside(&values)),
        case_record::page(may, &sheet, form("tested"), &beside(&none)),
        case::page(may, &sheet),
        case_evidence::page(may, &sheet),
        case_rubric::page(
            may,
            &CaseSheet { may_record: Vec::new(), ..sheet.clone() },
            &step(&begun, "", false),
        ),
    ];
    names.into_iter().zip(pages).collect()
}

pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let names = [
        "case-rubric",
        "case-rubric-begun",
        "case-rubric-whole",
        "case-record-exploited",
        "case-record-tested",
        "case-files",
        "case-evidence-files",
        "case-rubric-look",
    ];
    drawn(frame, names, "The loader takes an image without a check")
}

pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let names = [
        "hostile-case-rubric",
        "hostile-case-rubric-begun",
        "hostile-case-rubric-whole",
        "hostile-case-record-exploited",
        "hostile-case-record-tested",
        "hostile-case-files",
        "hostile-case-evidence-files",
        "hostile-case-rubric-look",
    ];
    let turned = [
        "turned-case-rubric",
        "turned-case-rubric-begun",
        "turned-case-rubric-whole",
        "turned-case-record-exploited",
        "turned-case-record-tested",
        "turned-case-files",
        "turned-case-evidence-files",
        "turned-case-rubric-look",
    ];
    let mut pages = drawn(frame, names, HOSTILE[0]);
    pages.extend(drawn(frame, turned, HOSTILE[1]));
    pages
}
