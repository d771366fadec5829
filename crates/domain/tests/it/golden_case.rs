//! Everything that entries of signals and cases can hold, as bytes: a file for each kind of fact, one for
//! matters of decisions, one for the codes of the lists. A file here is never removed, nor a line of it edited; a
//! new kind of fact brings a new file, a new field of a kind a new line, and a new code is added to its line.

use aftercare_domain::{
    Event, Sight, case,
    case::{
        ActsIn, Answer, Answered, Applicability, Applies, AttachedFile, Attested, CaseFactRecorded,
        CaseOpened, Changed, ControlState, Controlled, CustomersTold, Described, Embargo, End,
        Exploited, Exposed, Fact, Finding, Happened, Harmed, Interviewed, Justification, LinkKind,
        Linked, Matter, MitigationKind, Planned, Question, Rated, Rejection, Reopening,
        ReporterTold, Selected, TestKind, Tested, Told, Train,
    },
    decision::{DecisionProposed, Wish},
    harm::{Answer as RubricAnswer, Epss, Exploit, Exploitability, Exposure, Severity},
    reporting::NoticePart,
    rights::{Circumstances, DecisionKind},
    signal::{
        Dismissal, HarmScreen, Item, Reporter, Settlement, SignalChannel, SignalKind,
        SignalReceived, SignalSettled,
    },
    subject::Sealed,
};
use aftercare_vocab::{
    digest::Digest,
    id::{Id, Kind},
    instant::Instant,
};
use serde::Serialize;
use std::{collections::BTreeSet, path::PathBuf};

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden_case").join(name)
}

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn received() -> SignalReceived {
    SignalReceived {
        signal: id(70),
        kind: SignalKind::Researcher,
        channel: SignalChannel::Form,
        source: "Universität Köln, \"IoT lab\"".into(),
        title: "Firmware of the pump is loaded without a check".into(),
        received_at: at("2026-03-02T09:00:00Z"),
        aware_at: at("2026-03-02T09:12:00.000001Z"),
        vulnerabilities: vec!["CVE-2026-0001".into()],
        families: Sight::of([id(1)]),
        harm: HarmScreen::Unknown,
        complaint: Some("C-2026-17".into()),
        item: Item::Sealed(Sealed { subject: id(9), blob: Digest::of(b"report") }),
        file: None,
        reporter: Reporter::Thread(Digest::of(b"receipt")),
    }
}

/// One of each kind of event, with every field filled.
pub fn events() -> Vec<Event> {
    vec![
        received().into(),
        SignalSettled { signal: id(70), settlement: Settlement::Joined(id(71)), by: id(40) }.into(),
        CaseOpened {
            case: id(71),
            number: "PMC-2026-0042".into(),
            title: "Firmware of the pump is loaded without a check".into(),
            vulnerabilities: vec!["CVE-2026-0001".into(), "GHSA-aaaa-bbbb-cccc".into()],
            families: Sight::of([id(1)]),
            matched_at: Some(at("2026-03-02T08:00:00Z")),
            by: id(40),
        }
        .into(),
        CaseFactRecorded {
            case: id(71),
            by: Some(id(40)),
            fact: Fact::Noted("Two lines.\nThe second.".into()),
        }
        .into(),
    ]
}

fn file(name: &str) -> AttachedFile {
    AttachedFile::new(name, "application/pdf", 70_000).expect("fits")
}

/// Each kind of fact, those with several shapes in each, every field filled once.
fn facts() -> Vec<Fact> {
    let applicability = |applies| {
        Fact::Applicability(Applicability {
            versions: [(id(3), Some(Digest::of(b"sbom"))), (id(4), None)].into(),
            applies,
            statement: "The linker drops it; see the map file.".into(),
        })
    };
    vec![
        Fact::Owner(id(40)),
        Fact::HarmScreened(HarmScreen::Yes, Some("C-2026-17".into())),
        Fact::HarmScreened(HarmScreen::No, None),
        Fact::Families(Sight::of([id(1), id(2)])),
        Fact::Families(Sight::All),
        Fact::Weakness("CWE-345 in the loader".into()),
        Fact::Credible("Reproduced on the bench.".into()),
        applicability(Applies::Affected),
        applicability(Applies::NotAffected(Justification::VulnerableCodeNotInExecutePath)),
        applicability(Applies::UnderInvestigation),
        Fact::Exposed(Exposed {
            versions: [id(3)].into(),
            environment: "ward".into(),
            from: Exposure::Adjacent,
            interfaces: "Wi-Fi".into(),
            privileges: "none".into(),
            measures: "WPA3".into(),
            reachable: Some(true),
            evidence: "Call graph of 2026-03-02.".into(),
            premises: std::collections::BTreeMap::default(),
        }),
        Fact::Exploited(Exploited {
            vector: Some("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H".into()),
            in_kev: Some(false),
            exploit: Some(Exploit::ProofOfConcept),
            epss: Some(Epss { probability: 412, percentile: Some(7_310) }),
            instead: Some(Exploitability::High),
            reasons: "A student did it in an afternoon.".into(),
            interview: None,
        }),
        Fact::Exploited(Exploited {
            vector: None,
            in_kev: None,
            exploit: None,
            epss: None,
            instead: None,
            reasons: "The interview goes on tomorrow.".into(),
            interview: Some(Interviewed {
                rubric: "mitre:cvss-medical-rubric 0.12.04".into(),
                answers: [
                    ("XAVN".into(), RubricAnswer::Yes),
                    ("XAVT".into(), RubricAnswer::No),
                    ("XIT".into(), RubricAnswer::High),
                    ("XUI".into(), RubricAnswer::Unknown),
                ]
                .into(),
            }),
        }),
        Fact::Selected(Selected {
            table: "supplier".into(),
            given: [("E".into(), "P".into()), ("T".into(), "T".into())].into(),
        }),
        Fact::Harmed(Harmed {
            versions: [id(3)].into(),
            severity: Severity::Critical,
            essential_performance: true,
            hazards: vec!["HAZ-12".into()],
            reasoning: "Over-infusion of opioids.".into(),
            premises: std::collections::BTreeMap::default(),
        }),
        Fact::Controls("Dose limits in hardware.".into()),
        Fact::Rated(Rated {
            version: id(3),
            exploitability: Exploitability::Medium,
            severity: Severity::Serious,
        }),
        Fact::Carried(id(3), id(4)),
        Fact::Described(Described {
            mitigation: id(72),
            kind: MitigationKind::Network,
            acts_in: ActsIn::External,
            title: "Own network for pumps".into(),
            versions: [id(3)].into(),
            who_applies: "hospital IT".into(),
            skill: "VLANs".into(),
            exploitability_after: Some(Exploitability::Low),
            clinical_effect: "None.".into(),
            new_risks: "Drug libraries are updated by hand.".into(),
            adds_risk: Some(false),
            verification: "Tried at two sites.".into(),
            expires: "2026-12-31".parse().ok(),
            residual_risk: "An attacker in the ward.".into(),
        }),
        Fact::Planned(Planned {
            chosen: [id(72)].into(),
            alternatives: "Replacing the radio was compared.".into(),
            interim: "Own network.".into(),
            train: Train::OutOfCycle,
            target: "2026-04-30".parse().expect("a day"),
            rationale: "Sixty days of the guidance.".into(),
        }),
        Fact::Controlled(Controlled {
            mitigation: id(72),
            site: id(6),
            state: ControlState::Declined,
            statement: "No staff until May.".into(),
        }),
        Fact::Changed(Changed { version: id(4), statement: "Baseline 3.2.2, change 4711.".into() }),
        Fact::Tested(Tested {
            kind: TestKind::Regression,
            version: id(4),
            passed: false,
            statement: "Alarm 12 is 0.2 s late.".into(),
            deviation: Some("Within the limit of the standard.".into()),
            attachment: Some(Digest::of(b"test report")),
            file: None,
        }),
        Fact::Tested(Tested {
            kind: TestKind::SecurityAfter,
            version: id(4),
            passed: true,
            statement: "The loader refuses the image.".into(),
            deviation: None,
            attachment: Some(Digest::of(b"test report")),
            file: Some(file("Prüfbericht 7.pdf")),
        }),
        Fact::ReporterTold(ReporterTold { told: Told::Outcome, via: "thread".into() }),
        Fact::CustomersTold(CustomersTold {
            parts: [
                NoticePart::Description,
                NoticePart::WorkUnderWay,
                NoticePart::Controls,
                NoticePart::FixToCome,
            ]
            .into(),
            consignees: 12,
            exceptions: Some("One closed in 2025.".into()),
            document: Some(Digest::of(b"notice")),
        }),
        Fact::Answered(Answered {
            question: Question::IsaoMember,
            yes: true,
            since: Some(at("2020-01-01T00:00:00Z")),
            statement: "Certificate of membership.".into(),
        }),
        Fact::Happened(Happened {
            what: "correction_initiated".into(),
            at: at("2026-03-10T12:00:00Z"),
            statement: "Letter to all consignees.".into(),
        }),
        Fact::Linked(Linked {
            kind: LinkKind::ChangeRequest,
            label: "CR-4711".into(),
            url: Some("https://changes.example/4711".into()),
        }),
        Fact::Attested(Attested {
            guard: "variants_checked".into(),
            statement: "Pump 2 and the gateway.".into(),
            url: Some("https://wiki.example/variants".into()),
            attachment: Some(Digest::of(b"list")),
            file: None,
        }),
        Fact::Attested(Attested {
            guard: "variants_checked".into(),
            statement: "Pump 2 and the gateway.".into(),
            url: None,
            attachment: Some(Digest::of(b"list")),
            file: Some(file("list.csv")),
        }),
        Fact::Skipped("change_requested".into()),
        Fact::Ended(End::Duplicate(id(73))),
        Fact::Ended(End::Rejected(Rejection::OutOfScope)),
        Fact::Ended(End::Transferred { to: "CERT/CC".into(), accepted: true }),
        Fact::Seconded,
        Fact::Reopened(Reopening::FailedFix),
        Fact::Embargo(Some(Embargo { until: "2026-06-01".parse().ok(), people: [id(40)].into() })),
        Fact::Embargo(None),
        Fact::Noted("Two lines.\nThe second.".into()),
    ]
}

fn matters() -> Vec<Matter> {
    let answers = [
        None,
        Some(Answer::Controlled),
        Some(Answer::Uncontrolled),
        Some(Answer::NotAffected(Justification::ComponentNotPresent)),
        Some(Answer::Train(Train::RegularCycle)),
        Some(Answer::Reportable(false)),
    ];
    let of = |answer| Matter {
        case: Some(id(71)),
        findings: vec![Finding {
            vulnerability: "CVE-2026-0001".into(),
            versions: [id(3), id(4)].into(),
        }],
        answer,
        until: "2026-09-30".parse().ok(),
        mitigation: Some(id(72)),
        basis: Some(Digest::of(b"what it rests on")),
        document: None,
        risk_matrix: None,
    };
    let without = Matter { case: None, until: None, mitigation: None, basis: None, ..of(None) };
    answers.map(of).into_iter().chain([without]).collect()
}

fn lines<T: Serialize>(of: impl IntoIterator<Item = T>) -> String {
    let line = |one: T| aftercare_domain::canonical::bytes(&one).expect("canonical");
    of.into_iter().map(|one| String::from_utf8(line(one)).expect("text") + "\n").collect()
}

fn kept(name: &str) -> String {
    std::fs::read_to_string(golden(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn every_kind_of_fact_is_written_as_its_golden_file_and_read_back_from_it() {
    for code in Fact::CODES {
        let name = format!("fact_{code}.jsonl");
        let of_it: Vec<Fact> = facts().into_iter().filter(|fact| fact.code() == *code).collect();
        assert!(!of_it.is_empty(), "no fact of the kind {code} is shown");
        let kept = kept(&name);
        assert_eq!(lines(&of_it), kept, "{name}");
        let read: Vec<Fact> =
            kept.lines().map(|line| serde_json::from_str(line).expect("a fact")).collect();
        assert_eq!(read, of_it, "{name}");
        for line in kept.lines() {
            let tag = line.trim_start_matches(['{', '"']).split('"').next();
            assert_eq!(tag, Some(*code), "the code is the tag in entries");
        }
    }
}

#[test]
fn every_golden_file_has_its_kind() {
    let mut wanted: BTreeSet<String> =
        Fact::CODES.iter().map(|code| format!("fact_{code}.jsonl")).collect();
    wanted.extend(["matter.jsonl", "signal.jsonl", "codes.jsonl"].map(str::to_owned));
    let files: BTreeSet<String> = std::fs::read_dir(golden(""))
        .expect("the folder")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(files, wanted);
}

#[test]
fn matters_are_written_as_their_golden_file_and_stand_in_a_wish_that_may_have_none() {
    let kept = kept("matter.jsonl");
    assert_eq!(lines(matters()), kept);
    for (line, matter) in kept.lines().zip(matters()) {
        assert_eq!(serde_json::from_str::<Matter>(line).expect("a matter"), matter);
        let wish = Wish {
            kind: DecisionKind::Controlled,
            about: "PMC-2026-0042".into(),
            title: "Uncontrolled".into(),
            statement: "Harm up to death.".into(),
            circumstances: Circumstances::default(),
            families: Sight::All,
            matrix: None,
            rules: None,
            matter: Some(matter),
        };
        let event: Event =
            DecisionProposed { decision: id(56), rights: 1, by: id(40), wish }.into();
        let body = event.body().expect("canonical");
        assert!(String::from_utf8_lossy(&body).contains(line), "word for word in the entry");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(Event::read("decision_proposed", 1, body), Ok(event));
    }
}

#[test]
fn the_shapes_of_signals_are_written_as_their_golden_file() {
    let plain = SignalReceived {
        item: Item::Plain(Digest::of(b"advisory")),
        reporter: Reporter::None,
        families: Sight::All,
        complaint: None,
        ..received()
    };
    let outside = SignalReceived { reporter: Reporter::Outside, ..plain.clone() };
    let dismissed = Settlement::Dismissed(Dismissal::NotOurs);
    let signals = [received(), plain, outside];
    let settled = [Settlement::Joined(id(71)), dismissed].map(|settlement| SignalSettled {
        signal: id(70),
        settlement,
        by: id(40),
    });
    let kept = kept("signal.jsonl");
    assert_eq!(lines(&signals) + &lines(&settled), kept);
    let read = |line: &str| serde_json::from_str::<SignalReceived>(line).expect("a signal");
    assert_eq!(kept.lines().take(3).map(read).collect::<Vec<_>>(), signals);
    let read = |line: &str| serde_json::from_str::<SignalSettled>(line).expect("a settlement");
    assert_eq!(kept.lines().skip(3).map(read).collect::<Vec<_>>(), settled);
}

/// The codes of a list, as entries hold them; each is the code that is shown and read.
macro_rules! codes {
    ($($of:ty),+ $(,)?) => {
        vec![$((stringify!($of), <$of>::ALL.iter().map(|one| {
            let kept = serde_json::to_value(one).expect("JSON");
            assert_eq!(kept, one.code(), "{}", stringify!($of));
            assert_eq!(<$of>::of(one.code()), Some(*one));
            assert_eq!(serde_json::from_value::<$of>(kept).ok(), Some(*one));
            one.code()
        }).collect::<Vec<&str>>())),+]
    };
}

#[test]
fn codes_stay_as_they_are() {
    let lists = codes![
        SignalKind,
        SignalChannel,
        HarmScreen,
        Dismissal,
        Justification,
        MitigationKind,
        ActsIn,
        Train,
        ControlState,
        TestKind,
        Told,
        Question,
        LinkKind,
        Rejection,
        Reopening,
        DecisionKind,
        case::Stage,
    ];
    let lines: Vec<String> = lists
        .iter()
        .map(|(list, codes)| serde_json::json!({ *list: codes }).to_string() + "\n")
        .collect();
    let written = lines.concat();
    assert_eq!(written, kept("codes.jsonl"));
}
