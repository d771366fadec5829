//! Sample answers about moments: what changed, and the ledger.

use super::samples::*;
use aftercare_desk::{ChangeKind, answers::*};
use aftercare_vocab::instant::Instant;

fn end(asked: Option<&str>, at: Instant, entry: u64) -> ChangeEnd {
    ChangeEnd { asked: asked.map(|text| text.parse().expect("a sample moment")), at, entry }
}

fn change(kind: ChangeKind, what: &str, before: Option<&str>, after: Option<&str>) -> Change {
    Change {
        kind,
        what: what.to_owned(),
        target: Some(Target::Products),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        finding: None,
        entry: 2_391,
        at: Some(at("2026-11-21T10:12:00Z")),
    }
}

pub fn changes() -> Changes {
    let counts = ChangeKind::ALL.map(|(kind, _)| ChangeCount {
        kind,
        count: match kind {
            ChangeKind::FindingAppeared => 2,
            ChangeKind::UnitChanged | ChangeKind::VersionChanged => 1,
            _ => 0,
        },
    });
    let found = |text: &str, before: &str, after: &str| {
        change(ChangeKind::FindingAppeared, text, Some(before), Some(after))
    };
    let items = vec![
        found(
            "CVE-2026-1234 in openssl 1.1.1k of Cairn gateway 3.2.0",
            "nothing found",
            "affected",
        ),
        found(
            "CVE-2026-1235 in zlib of Cairn gateway 3.2.0",
            "unknown: component not covered",
            "undetermined",
        ),
        change(
            ChangeKind::VersionChanged,
            "Cairn gateway 3.2.0",
            Some("end of support 2026-12-31"),
            Some("end of support 2027-06-30"),
        ),
        Change {
            target: None,
            ..change(
                ChangeKind::UnitChanged,
                "Cairn gateway, serial CG-0042, at Main building",
                Some("3.1.0"),
                Some("unknown: nobody told us"),
            )
        },
        change(ChangeKind::SupplierAdded, "Parts and Sons", None, None),
    ];
    Changes {
        from: end(Some("2026-10-31"), at("2026-10-31T23:59:59.999999Z"), 2_100),
        to: end(Some("2026-11-22T12:00:00Z"), at("2026-11-22T12:00:00Z"), 2_400),
        counts: counts.to_vec(),
        changes: Page { total: 104, next: Some("7.1~finding_appeared".into()), items },
    }
}

pub fn no_changes() -> Changes {
    Changes {
        from: end(Some("entry:7"), at("2026-11-22T12:00:00Z"), 7),
        to: end(None, at("2026-11-23T14:05:00Z"), 7),
        counts: Vec::new(),
        changes: Page::whole(Vec::new()),
    }
}

fn row(entry: u64, what: &str) -> LedgerRow {
    LedgerRow {
        entry,
        at: at("2026-11-21T10:12:00Z"),
        actor: "person:anna.berg".into(),
        role: "security_lead".into(),
        channel: "a page".into(),
        kind: "version_changed".into(),
        what: what.into(),
        entity: id::<aftercare_vocab::id::ProductVersion>(9).to_string(),
        entity_version: 3,
    }
}

pub fn ledger() -> Page<LedgerRow> {
    let items = vec![
        row(2_417, "Predecessor or dates of a version were changed."),
        row(2_416, "An SBOM was received for a version: CycloneDX JSON 1.6, 214 components."),
    ];
    Page { total: 2_417, next: Some("2416".into()), items }
}

pub fn checkpoint() -> aftercare_desk::LedgerCheckpoint {
    aftercare_desk::LedgerCheckpoint {
        size: 2_410,
        root: aftercare_vocab::digest::Digest::of(b"root"),
        at: at("2026-11-21T03:00:00Z"),
        note: String::new(),
    }
}

pub fn entry() -> LedgerSheet {
    LedgerSheet {
        row: row(2_416, "Predecessor or dates of a version were changed."),
        text: "{\n  \"seq\": 2416,\n  \"reason\": null\n}".into(),
        more: true,
    }
}
