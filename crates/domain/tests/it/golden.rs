//! Every event ever shipped, as bytes. A file here is never edited or removed: a new meaning is a
//! new version with a new file.

use crate::{advisories, golden_case, golden_signal, notices, people};
use aftercare_domain::{
    Actor, Channel, Entry, Event, Operation, Role,
    consignee::ConsigneeAdded,
    contact::{ContactAdded, ContactChanged},
    edition::{EditionAdopted, EditionAdoptedV2, Source},
    event::Unreadable,
    family::FamilyAdded,
    finding::{Counts, FindingsAssessed},
    harm::Severity,
    log_key::LogKeyAdopted,
    mapping::{MappingStated, MappingWithdrawn},
    product::ProductAdded,
    sbom::SbomReceived,
    site::SiteAdded,
    subject::{Sealed, SubjectErased},
    supplier::SupplierAdded,
    twin::{TwinDiscarded, TwinForked, TwinMade},
    unit::{Installed, UnitVersionChanged, UnitsRecorded, WhyUnknown},
    usage::{CycleStated, EnvironmentEnded, EnvironmentStated, RiskFileAdopted},
    version::{Life, VersionAdded, VersionChanged},
};
use aftercare_vocab::{
    digest::Digest,
    id::{Id, IdSource, Kind},
    instant::Instant,
    inventory::Format,
};
use std::path::PathBuf;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

/// One of each kind, with every field filled.
fn events() -> Vec<Event> {
    things()
        .into_iter()
        .chain(people::events())
        .chain(golden_case::events())
        .chain(advisories::events())
        .chain(golden_signal::events())
        .chain(notices::events())
        .collect()
}

fn things() -> Vec<Event> {
    let life = Life {
        predecessor: Some(id(30)),
        released: "2025-06-30".parse().ok(),
        supported_until: "2030-06-30".parse().ok(),
        end_of_support: "2031-12-31".parse().ok(),
    };
    let unknown = |reported: &str| {
        Installed::Unknown(WhyUnknown::NotRegistered { reported: reported.to_owned() })
    };
    let sbom = Digest::of(b"sbom");
    let inventory = Digest::of(b"inventory");
    let edition = Digest::of(b"edition");
    vec![
        FamilyAdded {
            family: id(1),
            name: "Infusion \"Öl & Wasser\" d'Été 輸液".into(),
            description: Some("Two lines.\n\tThe second.".into()),
        }
        .into(),
        ProductAdded {
            product: id(2),
            family: id(1),
            name: "Pump 3".into(),
            model: Some("P3-00".into()),
            description: None,
        }
        .into(),
        RiskFileAdopted {
            product: id(2),
            edition: 2,
            items: Digest::of(b"items"),
            rows: 140,
            received: Digest::of(b"received"),
            size: 48_213,
            file_name: "RMF \"C\" é.xlsx".into(),
            scale: [("s5".to_owned(), Severity::Catastrophic)].into(),
            by: id(40),
        }
        .into(),
        EnvironmentStated {
            product: id(2),
            environment: "Intensive care".into(),
            description: "Nurses, day and night.".into(),
            network: "Network of the hospital".into(),
            measures: "Own VLAN".into(),
            by: id(40),
        }
        .into(),
        EnvironmentEnded { product: id(2), environment: "Home".into(), by: id(40) }.into(),
        CycleStated {
            product: id(2),
            days: 90,
            justification: "With the visits of service.".into(),
            by: id(40),
        }
        .into(),
        MappingStated {
            mapping: id(70),
            product: "Acme \"TCP\" stack é".into(),
            identities: vec!["cpe:acme:tcp_stack".into(), "name:acme tcp".into()],
            by: id(40),
        }
        .into(),
        MappingWithdrawn { mapping: id(70), by: id(40) }.into(),
        VersionAdded { version: id(3), product: id(2), label: "3.2.1".into(), life: life.clone() }
            .into(),
        VersionChanged { version: id(3), life: Life { predecessor: None, ..life } }.into(),
        SupplierAdded { supplier: id(4), name: "RTOS Inc.".into() }.into(),
        ConsigneeAdded { consignee: id(5), name: "St. Mary's".into(), country: Some("IE".into()) }
            .into(),
        SiteAdded {
            site: id(6),
            consignee: id(5),
            name: "Ward 4".into(),
            country: Some("IE".into()),
            city: Some("Dún Laoghaire".into()),
            time_zone: Some("Europe/Dublin".into()),
        }
        .into(),
        ContactAdded {
            contact: id(8),
            consignee: id(5),
            site: Some(id(6)),
            person: Sealed { subject: id(9), blob: Digest::of(b"sealed") },
        }
        .into(),
        ContactChanged {
            contact: id(8),
            person: Sealed { subject: id(9), blob: Digest::of(b"sealed again") },
        }
        .into(),
        SubjectErased { subject: id(9) }.into(),
        UnitsRecorded { batch: Digest::of(b"batch"), units: 2_000, unknown: 17 }.into(),
        UnitVersionChanged {
            unit: id(7),
            before: unknown("3.2b"),
            installed: Installed::Version(id(3)),
            effective: "2026-01-15".parse().ok(),
        }
        .into(),
        SbomReceived {
            version: id(3),
            sbom,
            size: 123_456,
            format: Format::CyclonedxJson,
            spec_version: "1.6".into(),
            inventory,
            reader: "formats 0.1.0".into(),
            components: 912,
            dependencies: 1_801,
            warnings: 3,
            received_from: Some("build server".into()),
            replaces: vec![Digest::of(b"older")],
        }
        .into(),
        EditionAdopted {
            edition,
            records: 130_000,
            sources: vec![Source {
                name: "osv npm".into(),
                records: 5,
                as_of: Some("2026-03-01T00:00:00Z".into()),
            }],
        }
        .into(),
        EditionAdoptedV2 { edition, records: 130_000, sources: 212, list: Digest::of(b"list") }
            .into(),
        FindingsAssessed {
            sbom,
            inventory,
            edition,
            engine: "matching 0.1.0".into(),
            assessment: Digest::of(b"assessment"),
            counts: Counts {
                components: 912,
                not_covered: 40,
                affected: 12,
                undetermined: 3,
                not_affected: 200,
            },
        }
        .into(),
        LogKeyAdopted {
            log: "aftercare/0011".into(),
            key: "aftercare/0011+2d6e776b+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4".into(),
            previous: Some("aftercare/0011+00000000+AQ".into()),
        }
        .into(),
        TwinForked {
            name: "autumn-exercise".parse().expect("a name"),
            manufacturer: "Ärzte & Söhne".into(),
            of: Some("aftercare/0011".into()),
            position: 12,
            root: Digest::of(b"root"),
            as_of: Some(Instant::from_micros(1_767_225_600_000_000)),
        }
        .into(),
        TwinMade {
            name: "autumn-exercise".parse().expect("a name"),
            log: Some("aftercare/0022".into()),
            position: 12,
            root: Digest::of(b"root"),
            at: Instant::from_micros(1_767_225_600_000_000),
            by: Actor::system("operator"),
        }
        .into(),
        TwinDiscarded { name: "autumn-exercise".parse().expect("a name") }.into(),
    ]
}

#[test]
fn every_event_is_written_as_its_golden_file_and_read_back_from_it() {
    for event in events() {
        let name = format!("{}.v{}.json", event.kind(), event.version());
        let kept = std::fs::read(golden(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let written = event.body().expect("canonical");
        assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&kept), "{name}");
        let body: serde_json::Value = serde_json::from_slice(&kept).expect("JSON");
        assert_eq!(Event::read(event.kind(), event.version(), body), Ok(event), "{name}");
    }
}

#[test]
fn every_kind_ever_shipped_has_a_golden_file_and_every_file_a_kind() {
    let mut kinds: Vec<String> =
        Event::KINDS.iter().map(|(kind, version)| format!("{kind}.v{version}.json")).collect();
    kinds.push("entry.v1.json".to_owned());
    kinds.sort();
    let mut files: Vec<String> = std::fs::read_dir(golden(""))
        .expect("the folder")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, kinds);
}

fn entry() -> Entry {
    let at: Instant = "2026-03-02T09:00:00.123456Z".parse().expect("an instant");
    let actor = Actor::person("anna.berg").expect("a name");
    let role = Role::new("security_lead").expect("a role");
    let op = Operation::new(at, actor, role, Channel::Api, IdSource::new(at, 7))
        .on_behalf_of(Actor::system("demo"))
        .because("first load")
        .and_then(|op| op.requested_as("req-1"))
        .expect("fits");
    let event = SupplierAdded { supplier: id(4), name: "RTOS Inc.".into() };
    Entry::new(12, at, &op, 1, event.into())
}

#[test]
fn an_entry_is_written_as_its_golden_file_and_read_back_from_it() {
    let kept = std::fs::read(golden("entry.v1.json")).expect("the file");
    let written = entry().bytes().expect("canonical");
    assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&kept));
    assert_eq!(Entry::read(&kept), Ok(entry()));
}

#[test]
fn an_altered_or_newer_entry_is_told_apart() {
    let kept = String::from_utf8(entry().bytes().expect("canonical")).expect("text");
    let read = |text: &str| Entry::read(text.as_bytes());
    let newer = read(&kept.replace("supplier_added", "supplier_merged"));
    assert!(matches!(newer, Err(Unreadable::NewerKind { .. })), "{newer:?}");
    let newer = read(&kept.replace("\"version\":1", "\"version\":2"));
    assert!(matches!(newer, Err(Unreadable::NewerKind { version: 2, .. })), "{newer:?}");
    for (from, to) in [
        ("\"name\":", "\"nickname\":"),
        ("\"reason\":", "\"motive\":"),
        ("\"entity\":\"sup_", "\"entity\":\"sit_"),
        ("}", ""),
    ] {
        let damaged = read(&kept.replacen(from, to, 1));
        assert!(matches!(damaged, Err(Unreadable::Damaged { .. })), "{from}: {damaged:?}");
    }
}
