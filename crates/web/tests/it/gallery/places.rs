//! Sample answers of the ask box, and of where components and units are.

use super::samples::*;
use aftercare_desk::answers::*;
use aftercare_vocab::{digest::Digest, verdict::Answer as VerdictAnswer};
use aftercare_web::pages::{contacts::Contacts, form::Sending};

pub fn sites(rows: usize) -> Page<SiteUnits> {
    let names = [
        "Northfield General, ICU",
        "Northfield General, theatre 2",
        "Harbour Clinic",
        "Sankt Olav, Bygg 4",
        "Clínica del Río",
    ];
    let items = (0..rows)
        .map(|n| SiteUnits {
            site: id(100 + n as u64),
            name: names[n % names.len()].into(),
            consignee: (n != 2).then(|| consignee(n as u64)),
            units: 12 * (n as u64 + 1),
        })
        .collect();
    Page::whole(items)
}

pub fn answer() -> Answer {
    let hit = |target, title: &str, detail: &str, answer, units| Hit {
        target,
        title: title.into(),
        detail: detail.into(),
        answer,
        units,
    };
    let group = |kind, total, hits| HitGroup { kind, hits, total };
    Answer {
        question: "log4j-core 2.14.1".into(),
        understood: vec![
            Understood::Component { name: "log4j-core".into(), version: Some("2.14.1".into()) },
            Understood::Name { text: "log4j-core 2.14.1".into() },
        ],
        groups: vec![
            group(
                HitKind::Vulnerability,
                5,
                vec![hit(
                    Target::Vulnerability { id: "CVE-2021-44228".into() },
                    "CVE-2021-44228",
                    "Score 10.0, known exploited since 2021-12-10. Look-ups in logged text let a remote sender run code.",
                    Some(VerdictAnswer::Affected),
                    Some(412),
                )],
            ),
            group(
                HitKind::Version,
                2,
                vec![
                    hit(
                        Target::Version { id: id(1) },
                        "Corvus 500 infusion pump 4.2.1",
                        "log4j-core 2.14.1 at components[41]",
                        Some(VerdictAnswer::Affected),
                        Some(412),
                    ),
                    hit(
                        Target::Version { id: id(2) },
                        "Corvus 500 infusion pump 4.1.0",
                        "log4j-core without version at components[3]",
                        Some(VerdictAnswer::Undetermined),
                        Some(230),
                    ),
                ],
            ),
            group(
                HitKind::Component,
                14,
                vec![hit(
                    Target::Components {
                        query: "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1".into(),
                    },
                    "log4j-core 2.14.1",
                    "In 1 product version",
                    None,
                    None,
                )],
            ),
            group(
                HitKind::Unit,
                1,
                vec![hit(
                    Target::Unit { id: id(9), site: None },
                    "Serial 4411-0097",
                    "Corvus 500 infusion pump, installed version unknown",
                    None,
                    None,
                )],
            ),
        ],
        nothing: None,
        edition: Some(edition_ref()),
    }
}

pub fn answer_unknown_vulnerability() -> Answer {
    Answer {
        question: "CVE-2026-99999".into(),
        understood: vec![Understood::Vulnerability { id: "CVE-2026-99999".into() }],
        groups: vec![],
        nothing: Some(NothingFound::vulnerability_not_in_edition("CVE-2026-99999", &edition_ref())),
        edition: Some(edition_ref()),
    }
}

pub fn answer_without_hits() -> Answer {
    Answer {
        question: "ward 9".into(),
        understood: vec![],
        groups: vec![],
        nothing: None,
        edition: None,
    }
}

pub fn component_places() -> ComponentPlaces {
    let places = components()
        .items
        .into_iter()
        .map(|row| ComponentPlace {
            version: version_ref(1, "4.2.1"),
            component: row.component,
            coverage: row.coverage,
            units: 412,
        })
        .collect();
    ComponentPlaces {
        query: "log4j".into(),
        places: Page { items: places, next: Some("n".into()), total: 31 },
        versions_without_sbom: 1,
    }
}

pub fn no_component_places(query: &str) -> ComponentPlaces {
    ComponentPlaces { query: query.into(), places: Page::whole(vec![]), versions_without_sbom: 0 }
}

pub fn site() -> SiteSheet {
    let unit = |n: u64, installed: Option<VersionRef>, sbom| UnitRow {
        entity_version: 0,
        id: id(400 + n),
        serial: (n != 3).then(|| format!("4411-00{n}")),
        udi: (n == 1).then(|| "(01)00844588003288(21)4411-001".into()),
        product: version().product,
        installed,
        sbom,
    };
    let digest = Digest::of(b"n");
    SiteSheet {
        id: id(301),
        name: "Northfield General, ICU".into(),
        located: Some("Northfield, GB".into()),
        consignee: Some(consignee(0)),
        units_version_unknown: 1,
        units: Page::whole(vec![
            unit(1, Some(version_ref(1, "4.2.1")), Some(matched(214, 9, counts(12, 4, 2, 3)))),
            unit(2, Some(version_ref(3, "3.4.0")), Some(SbomState::Missing)),
            unit(3, None, None),
            unit(
                4,
                Some(version_ref(4, "5.0")),
                Some(SbomState::NotYetMatched { digest, components: 3 }),
            ),
        ]),
    }
}

pub fn empty_site() -> SiteSheet {
    SiteSheet {
        units: Page::whole(vec![]),
        consignee: None,
        located: None,
        units_version_unknown: 0,
        ..site()
    }
}

pub fn consignee_sheet(rows: u64) -> ConsigneeSheet {
    let site = |n| ConsigneeSite {
        id: id(500 + n),
        name: format!("Ward {n}"),
        located: (n != 1).then(|| "Northfield, GB".into()),
        units: 12 * n,
        units_version_unknown: n,
    };
    ConsigneeSheet {
        id: id(200),
        name: "Northfield Health Trust".into(),
        units: 120,
        units_version_unknown: 6,
        sites: Page::whole((0..rows).map(site).collect()),
    }
}

/// Two persons, one with everything and one with only a name, and one who was erased.
pub fn people() -> Page<Contact> {
    let person = |n: u64, name: &str, full: bool| Contact {
        id: id(700 + n),
        entity_version: n,
        consignee: consignee(0),
        site: full.then(|| ContactSite { id: id(501), name: "Ward 1".into() }),
        who: Who::Person {
            name: name.into(),
            function: full.then(|| "Medical physics, on call".into()),
            email: full.then(|| "nora.vane@northfield.example".into()),
            phone: full.then(|| "+44 20 7946 0000".into()),
        },
        since: at("2026-03-01T09:30:00Z"),
    };
    let erased = Erased {
        at: at("2026-04-01T10:00:00Z"),
        by: "person:privacy.officer".into(),
        role: "privacy_officer".into(),
    };
    let gone = Contact { who: Who::Erased(erased), ..person(3, "", false) };
    Page::whole(vec![person(1, "Nora Vane", true), person(2, "Ned Brook", false), gone])
}

pub fn contacts(page: &Page<Contact>) -> Contacts<'_> {
    Contacts { page, after: "", key: Sending { key: "req_1", mark: "mark_1" } }
}
