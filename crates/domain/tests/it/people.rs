//! The events about people, rights and decisions, one of each kind, with every field filled.

use aftercare_domain::{
    Event, Sight,
    absence::{AbsenceEnded, AbsenceRecorded},
    access::Right,
    access_review::{AccessReviewed, Outcome, Reviewed},
    clock::{CalendarDays, Escalation, Span, WorkingDays},
    credential::{CredentialEnded, CredentialSet, Factor, Occasion},
    decision::{
        DecisionProposed, DecisionRefused, DecisionRevised, DecisionSigned, DecisionTaken,
        DecisionWithdrawn, Part, RightsAdopted, Wish,
    },
    delegation::{DelegationEnded, DelegationGiven, Handing},
    duty::{Because, CallAnswered, CallMoved, CallRaised, Called, ChainAdopted, Severity, Step},
    grant::{RoleGiven, RoleTaken, Standing},
    person::{
        IdentityVerified, PersonAdded, PersonInvited, PersonReinstated, PersonRenamed,
        PersonSuspended,
    },
    policy::{Audience, PolicyAcknowledged, PolicyIssued, PolicyKind, PolicyWithdrawn},
    rights::{Circumstances, DecisionKind, Harm, Matrix, ProductClass},
    role::RoleName,
    rules::{Change, ClockRules, Rules, RulesAdopted},
    session::{Attempt, AttemptsFailed, RecordTaken, SessionEnd, SessionEnded, SignedIn, Taking},
    signature::{ByRight, Meaning, Signature},
    token::{TokenIssued, TokenRevoked},
    training::{CompetenceOverridden, TrainingRecorded},
};
use aftercare_vocab::{
    digest::Digest,
    id::{Id, Kind},
    instant::Instant,
};

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn signature(by: ByRight, meaning: Meaning) -> Signature {
    Signature {
        id: id(60),
        person: id(40),
        name: "Anna Berg".into(),
        role: RoleName::ProductSecurityLead,
        by,
        meaning,
        factors: vec![Factor::Password, Factor::Totp],
        of: Digest::of(b"the canonical body"),
    }
}

/// The matrix that records began with before the rules of the programme could be changed.
fn first_matrix() -> Matrix {
    let mut matrix = Matrix::proposed();
    matrix.rows.retain(|row| row.kind != DecisionKind::ProgrammeRules);
    matrix
}

fn clocks() -> Change {
    let targets = [
        ("cvd_ack".to_owned(), Span::WorkingDays(WorkingDays(2))),
        ("fda_fix_60d".to_owned(), Span::CalendarDays(CalendarDays(45))),
    ];
    let escalations = vec![Escalation { percent: 60, to: "owner".into() }];
    Change {
        from: "2026-04-01".parse().expect("a day"),
        replaces: 1,
        rules: Rules::Clocks(ClockRules { targets: targets.into(), escalations }),
    }
}

fn wish(matrix: Option<Matrix>) -> Wish {
    Wish {
        kind: if matrix.is_some() { DecisionKind::RightsMatrix } else { DecisionKind::Severity },
        about: "CVE-2021-44228".into(),
        title: "Severity of \"Log4Shell\" on the pump's gateway".into(),
        statement: "Serious.\n\nThe gateway's log is reachable from the ward network.".into(),
        circumstances: Circumstances {
            harm: Some(Harm::Serious),
            essential_performance: Some(false),
            uncontrolled: Some(true),
            product_class: Some(ProductClass::Ii),
            rests_on_reachability: None,
            lowers_computed: true,
        },
        families: Sight::of([id(1), id(2)]),
        matrix,
        rules: None,
        matter: None,
    }
}

fn steps() -> Vec<Step> {
    vec![
        Step { role: RoleName::SecurityAnalyst, minutes: 15 },
        Step { role: RoleName::Executive, minutes: 30 },
    ]
}

/// One of each kind.
pub fn events() -> Vec<Event> {
    let handing = Handing {
        delegation: id(52),
        from: id(40),
        to: id(41),
        role: RoleName::ProductSecurityLead,
        families: Sight::of([id(1)]),
        begins: at("2026-03-02T09:00:00Z"),
        ends: at("2026-03-16T00:00:00Z"),
    };
    vec![
        PersonAdded { person: id(40), login: "anna.berg".into(), name: "Anna Berg".into() }.into(),
        PersonRenamed { person: id(40), name: "Anna Moe".into() }.into(),
        PersonSuspended { person: id(40) }.into(),
        PersonReinstated { person: id(40) }.into(),
        PersonInvited { person: id(40), until: at("2026-03-05T09:00:00Z") }.into(),
        IdentityVerified { person: id(40), how: "Staff pass shown".into() }.into(),
        RoleGiven {
            grant: id(50),
            person: id(40),
            role: RoleName::ProductSecurityLead,
            sight: Sight::of([id(1)]),
            standing: Standing::Deputy,
        }
        .into(),
        RoleTaken { grant: id(50) }.into(),
        AccessReviewed {
            by: id(41),
            reviewed: vec![
                Reviewed { grant: id(50), outcome: Outcome::Keep },
                Reviewed { grant: id(51), outcome: Outcome::Take },
            ],
        }
        .into(),
        AbsenceRecorded {
            absence: id(51),
            person: id(40),
            from: at("2026-03-02T09:00:00Z"),
            until: Some(at("2026-03-16T00:00:00Z")),
        }
        .into(),
        AbsenceEnded { absence: id(51) }.into(),
        DelegationGiven { handing, signature: signature(ByRight::Holder, Meaning::Responsible) }
            .into(),
        DelegationEnded { delegation: id(52) }.into(),
        TrainingRecorded {
            person: id(40),
            role: RoleName::Quality,
            subject: "Vulnerability handling, course 3".into(),
            on: "2026-01-15".parse().expect("a day"),
            until: "2027-01-14".parse().expect("a day"),
            evidence: Some("LMS record 4711".into()),
        }
        .into(),
        CompetenceOverridden {
            person: id(40),
            role: RoleName::Quality,
            until: "2026-04-01".parse().expect("a day"),
        }
        .into(),
        CredentialSet {
            credential: id(53),
            person: id(40),
            factor: Factor::Totp,
            occasion: Occasion::Own,
        }
        .into(),
        CredentialEnded { credential: id(53), person: id(40), occasion: Occasion::Replaced }.into(),
        TokenIssued {
            token: id(54),
            person: id(40),
            name: "Nightly SBOM upload".into(),
            scope: [Right::SeeRecord, Right::ReceiveSbom].into(),
            until: at("2026-12-31T00:00:00Z"),
            digest: Digest::of(b"token"),
        }
        .into(),
        TokenRevoked { token: id(54) }.into(),
        SignedIn {
            session: id(55),
            person: id(40),
            factors: vec![Factor::Password, Factor::Recovery],
        }
        .into(),
        SessionEnded { session: id(55), person: id(40), why: SessionEnd::CredentialChanged }.into(),
        AttemptsFailed {
            person: Some(id(40)),
            attempt: Attempt::Signature,
            count: 3,
            first: at("2026-03-02T09:00:00Z"),
            last: at("2026-03-02T09:00:59Z"),
        }
        .into(),
        RecordTaken {
            person: id(40),
            way: Taking::Exported,
            what: "/api/v1/vulnerabilities/CVE-2021-44228".into(),
        }
        .into(),
        DecisionProposed { decision: id(56), rights: 1, by: id(40), wish: wish(None) }.into(),
        DecisionRevised {
            decision: id(56),
            version: 2,
            rights: 2,
            by: id(41),
            wish: wish(Some(first_matrix())),
        }
        .into(),
        DecisionSigned {
            decision: id(56),
            version: 2,
            part: Part::Cosign,
            signature: signature(ByRight::Delegate(id(52)), Meaning::Reviewer),
        }
        .into(),
        DecisionRefused {
            decision: id(56),
            version: 2,
            part: Part::Decide,
            signature: signature(ByRight::Deputy, Meaning::Refuser),
        }
        .into(),
        DecisionTaken { decision: id(56), version: 2 }.into(),
        DecisionWithdrawn { decision: id(56) }.into(),
        RightsAdopted { version: 3, decision: id(56), matrix: first_matrix() }.into(),
        RulesAdopted { edition: 2, decision: id(56), change: clocks() }.into(),
        ChainAdopted { family: Some(id(1)), steps: steps() }.into(),
        CallRaised {
            call: id(57),
            family: Some(id(1)),
            about: "CVE-2021-44228".into(),
            why: "Exploited on a pump\u{2019}s gateway at a customer.\nSeen today.".into(),
            test: true,
            severity: Severity::One,
            steps: steps(),
        }
        .into(),
        CallMoved {
            call: id(57),
            step: 2,
            to: vec![
                Called { person: id(40), by: ByRight::Deputy },
                Called { person: id(42), by: ByRight::Delegate(id(52)) },
            ],
            absent: [id(41)].into(),
            because: Because::NotAnswered,
        }
        .into(),
        CallAnswered { call: id(57), by: id(40), words: "I have it.".into() }.into(),
        PolicyIssued {
            policy: id(57),
            version: 2,
            kind: PolicyKind::Certification,
            title: "Letter on \"electronic\" signatures".into(),
            dated: "2026-02-27".parse().expect("a day"),
            document: Digest::of(b"letter"),
            size: 48_213,
            file_name: "letter é.pdf".into(),
            audience: Audience::Roles([RoleName::Quality, RoleName::Executive].into()),
            by: id(40),
        }
        .into(),
        PolicyAcknowledged {
            policy: id(57),
            version: 2,
            signature: signature(ByRight::Holder, Meaning::Responsible),
        }
        .into(),
        PolicyWithdrawn { policy: id(57) }.into(),
    ]
}
