//! Sample answers.

use aftercare_desk::{By, Viewer, answers::*};
use aftercare_domain::{Sight, When, access::Right, credential::Factor};
use aftercare_vocab::{
    digest::Digest,
    id::{Id, IdSource, Kind},
    instant::Instant,
    verdict::{Answer as VerdictAnswer, Confidence, Reason, Verdict},
};

pub fn at(text: &str) -> Instant {
    text.parse().expect("a sample instant")
}

/// An earlier moment: before the first entry for `entry:0`.
pub fn as_of(asked: When) -> AsOf {
    let nothing = asked == When::Entry(0);
    let entry_at = (!nothing).then(|| at("2026-02-27T16:40:10Z"));
    let last = asked.instant().unwrap_or_else(|| at("2026-02-27T16:40:10Z"));
    AsOf { asked, at: last, entry: if nothing { 0 } else { 1_204 }, entry_at }
}

pub fn edition() -> Digest {
    Digest::of(b"sample edition")
}

pub fn id<K: Kind>(seed: u64) -> Id<K> {
    IdSource::new(at("2026-01-05T08:00:00Z"), seed).issue()
}

pub fn edition_ref() -> EditionRef {
    EditionRef { id: edition(), made_at: at("2026-11-20T04:00:00Z") }
}

pub fn standing() -> Standing {
    let source = |name: &str, records, newest: Option<&str>| SourceStanding {
        name: name.into(),
        records,
        newest_at: newest.map(at),
    };
    Standing {
        manufacturer: "Meridian Medical Devices".into(),
        as_of: None,
        ledger: LedgerStanding { entries: 2_417, last_at: Some(at("2026-11-23T13:58:11Z")) },
        edition: Some(EditionStanding {
            id: edition(),
            made_at: at("2026-11-20T04:00:00Z"),
            records: 130_482,
            sources: vec![
                source("osv", 88_210, Some("2026-11-19T22:10:00Z")),
                source("cve", 41_870, Some("2026-11-19T20:00:00Z")),
                source("nvd", 402, None),
                source("kev", 1_450, Some("2026-11-18T00:00:00Z")),
                source("epss", 313_004, Some("2026-11-19T00:00:00Z")),
            ],
            newest_source_age_days: Some(3),
        }),
        matching: MatchingStanding::CaughtUp,
        software_version: "0.1.0".into(),
        at: at("2026-11-23T14:05:00Z"),
    }
}

pub fn counts(
    affected: u64,
    undetermined: u64,
    known_exploited: u64,
    critical: u64,
) -> FindingCounts {
    FindingCounts { affected, undetermined, not_affected: 40, known_exploited, critical }
}

pub fn matched(components: u64, not_covered: u64, findings: FindingCounts) -> SbomState {
    SbomState::Matched { digest: Digest::of(b"sbom"), components, not_covered, findings }
}

fn version_row(seed: u64, version: &str, units: u64, sbom: SbomState) -> VersionRow {
    VersionRow {
        id: id(seed),
        version: version.into(),
        released_on: Some("2025-02-14".into()),
        end_of_support: EndOfSupport::Until { date: "2029-12-31".into() },
        units,
        unsupported_but_fielded: false,
        sbom,
    }
}

pub fn products() -> ProductList {
    let old = VersionRow {
        end_of_support: EndOfSupport::Ended { date: "2024-06-30".into() },
        unsupported_but_fielded: true,
        ..version_row(3, "3.4.0", 97, SbomState::Missing)
    };
    let pump = ProductRow {
        id: id(20),
        name: "Corvus 500 infusion pump".into(),
        units_version_unknown: 38,
        versions: vec![
            version_row(1, "4.2.1", 412, matched(214, 9, counts(12, 4, 2, 3))),
            version_row(2, "4.1.0", 230, matched(201, 11, counts(31, 7, 4, 6))),
            old,
        ],
    };
    let fresh = version_row(
        4,
        "2.0.0-rc1",
        0,
        SbomState::NotYetMatched { digest: Digest::of(b"n"), components: 88 },
    );
    let quiet = VersionRow {
        end_of_support: EndOfSupport::NotStated,
        released_on: None,
        ..version_row(5, "1.9.3", 640, matched(88, 0, FindingCounts::default()))
    };
    let monitor = ProductRow {
        id: id(21),
        name: "Alauda bedside monitor".into(),
        units_version_unknown: 0,
        versions: vec![fresh, quiet],
    };
    let gateway = ProductRow {
        id: id(22),
        name: "Pica imaging gateway".into(),
        units_version_unknown: 0,
        versions: vec![],
    };
    ProductList {
        families: vec![
            FamilyRow { id: id(30), name: "Infusion".into(), products: vec![pump] },
            FamilyRow { id: id(31), name: "Monitoring".into(), products: vec![monitor] },
            FamilyRow { id: id(32), name: "Imaging".into(), products: vec![gateway] },
            FamilyRow { id: id(33), name: "Ventilation".into(), products: vec![] },
        ],
        totals: ProductTotals {
            products: 3,
            versions: 5,
            versions_without_sbom: 1,
            versions_unsupported_but_fielded: 1,
            units: 2_004,
            units_version_unknown: 38,
        },
        next: Some("prd_x".into()),
    }
}

pub fn no_products() -> ProductList {
    ProductList {
        families: vec![],
        totals: ProductTotals {
            products: 0,
            versions: 0,
            versions_without_sbom: 0,
            versions_unsupported_but_fielded: 0,
            units: 0,
            units_version_unknown: 0,
        },
        next: None,
    }
}

pub fn version_ref(seed: u64, version: &str) -> VersionRef {
    VersionRef { id: id(seed), product: "Corvus 500 infusion pump".into(), version: version.into() }
}

fn warning() -> Warning {
    Warning {
        code: "purl_unreadable".into(),
        place: "components[41].purl".into(),
        what: "`pkg:npm/%zz` is not a package URL: bad percent escape.".into(),
        next: "The component is matched by its other identities.".into(),
    }
}

pub fn problems() -> Vec<Warning> {
    vec![Warning {
        code: "not_json".into(),
        place: "line 1 column 1".into(),
        what: "The file is not JSON: it starts with `<?xml`.".into(),
        next: "Export the SBOM as CycloneDX JSON or SPDX JSON and send it again.".into(),
    }]
}

pub fn version() -> VersionSheet {
    let sbom = |name: &str, current, warnings_total| AttachedSbom {
        digest: Digest::of(name.as_bytes()),
        current,
        format: "CycloneDX JSON".into(),
        spec_version: "1.6".into(),
        tools: vec!["syft 1.18.0".into()],
        created: Some("2025-02-11T16:20:00Z".into()),
        file_name: Some(name.into()),
        bytes: 482_113,
        components: 214,
        received_at: at("2025-02-14T10:02:00Z"),
        received_by: "Ines Okafor".into(),
        warnings: if warnings_total == 0 { vec![] } else { vec![warning()] },
        warnings_total,
    };
    VersionSheet {
        entity_version: 2,
        id: id(1),
        product: ProductRef {
            id: id(20),
            name: "Corvus 500 infusion pump".into(),
            family: "Infusion".into(),
        },
        version: "4.2.1".into(),
        udi_di: Some("00844588003288".into()),
        predecessor: Some(version_ref(2, "4.1.0")),
        released_on: Some("2025-02-14".into()),
        end_of_life: None,
        end_of_support: EndOfSupport::Ended { date: "2026-06-30".into() },
        unsupported_but_fielded: true,
        sboms: vec![
            sbom("corvus-4.2.1.cdx.json", true, 3),
            sbom("corvus-4.2.1-draft.cdx.json", false, 0),
        ],
        sbom: matched(214, 9, counts(12, 4, 2, 3)),
        units: UnitSummary {
            on_version: 412,
            site_unknown: 6,
            sites: 31,
            of_product_version_unknown: 38,
        },
    }
}

pub fn component(index: u32, name: &str, version: Option<&str>) -> ComponentRef {
    ComponentRef {
        index,
        name: name.into(),
        version: version.map(Into::into),
        identity: version.map(|v| format!("pkg:maven/org.example/{name}@{v}")),
        place: format!("components[{index}]"),
    }
}

fn log4j() -> ComponentRef {
    ComponentRef {
        index: 41,
        name: "log4j-core".into(),
        version: Some("2.14.1".into()),
        identity: Some("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1".into()),
        place: "components[41]".into(),
    }
}

pub fn findings(rows: usize, total: u64) -> Page<FindingRow> {
    let first = FindingRow {
        vulnerability: "CVE-2021-44228".into(),
        aliases: vec!["GHSA-jfh8-c2jp-5v3q".into()],
        component: log4j(),
        answer: VerdictAnswer::Affected,
        because: ">= 2.13.0, < 2.15.0".into(),
        confidence: Some(Confidence::Exact),
        disagreement: false,
        score_tenths: Some(100),
        summary: "Look-ups in logged text let a remote sender run code.".into(),
        fixed_in: vec!["2.15.0".into(), "2.12.2".into()],
        kev_since: Some("2021-12-10".into()),
        epss: Some(94_358),
    };
    let second = FindingRow {
        vulnerability: "CVE-2020-11896".into(),
        component: component(7, "treck-tcpip", None),
        answer: VerdictAnswer::Undetermined,
        because: "The SBOM gives no version to compare with < 6.0.1.66.".into(),
        confidence: Some(Confidence::Possible),
        score_tenths: None,
        epss: None,
        kev_since: None,
        fixed_in: vec![],
        summary: "Tunnelled IPv4 fragments overrun memory.".into(),
        disagreement: true,
        aliases: vec![],
    };
    let third = FindingRow {
        vulnerability: "CVE-2023-4863".into(),
        component: component(12, "libwebp", Some("1.3.2")),
        answer: VerdictAnswer::NotAffected,
        because: "Outside < 1.3.2.".into(),
        score_tenths: Some(88),
        epss: Some(310),
        ..first.clone()
    };
    let items: Vec<_> = [first, second, third].into_iter().cycle().take(rows).collect();
    Page { next: (total > rows as u64).then(|| "c2Vjb25k".to_owned()), items, total }
}

pub fn components() -> Page<ComponentRow> {
    let row = |component, coverage| ComponentRow {
        component,
        kind: Some("library".into()),
        supplier: Some("The Apache Software Foundation".into()),
        licences: vec!["Apache-2.0".into()],
        coverage,
    };
    let items = vec![
        row(log4j(), Coverage::Covered { findings: counts(5, 1, 2, 2) }),
        row(component(12, "libwebp", Some("1.3.2")), Coverage::Covered { findings: FindingCounts::default() }),
        ComponentRow {
            kind: Some("firmware".into()),
            supplier: None,
            licences: vec![],
            ..row(
                component(8, "motor-control-firmware", None),
                Coverage::NotCovered {
                    code: "no_identity".into(),
                    why: "The SBOM gives no package URL or CPE. Ask the supplier for one, or watch the supplier's advisories by hand.".into(),
                    findings: FindingCounts::default(),
                },
            )
        },
        row(component(9, "zlib", Some("1.2.11")), Coverage::NotYetMatched),
    ];
    Page { total: 214, items, next: Some("bmV4dA".into()) }
}

pub fn no_components() -> Page<ComponentRow> {
    Page::whole(vec![])
}

pub fn consignee(n: u64) -> ConsigneeRef {
    let names = ["Northfield Health Trust", "Harbour Clinics", "Helse Vest", "Grupo Río"];
    ConsigneeRef { id: id(200 + n), name: names[n as usize % names.len()].into() }
}

fn reason(answer: VerdictAnswer, source: &str, record: &str) -> Reason {
    Reason {
        answer,
        rule: "in_range".into(),
        source: source.to_owned().into(),
        record: record.into(),
        record_digest: Digest::of(record.as_bytes()),
        identity: "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1".into(),
        confidence: Confidence::Exact,
        version: Some("2.14.1".into()),
        scheme: "maven".into(),
        range: ">= 2.13.0, < 2.15.0".into(),
        place: "affected[0].ranges[0]".into(),
        note: "".into(),
    }
}

const RECORD: &str = r#"{
  "id": "GHSA-jfh8-c2jp-5v3q",
  "aliases": ["CVE-2021-44228"],
  "affected": [
    {
      "package": { "ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core" },
      "ranges": [
        { "type": "ECOSYSTEM", "events": [ { "introduced": "2.13.0" }, { "fixed": "2.15.0" } ] }
      ]
    }
  ]
}"#;

pub fn finding() -> FindingSheet {
    let osv = reason(VerdictAnswer::Affected, "osv", "GHSA-jfh8-c2jp-5v3q");
    let nvd = Reason {
        identity: "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*".into(),
        confidence: Confidence::Cpe,
        place: "configurations[0].nodes[0].cpeMatch[3]".into(),
        ..reason(VerdictAnswer::Affected, "nvd", "CVE-2021-44228")
    };
    let kept = |reason: &Reason, content| ReceivedRecord {
        digest: reason.record_digest,
        source: reason.source.to_string(),
        record: reason.record.to_string(),
        content,
    };
    let records = vec![
        kept(&osv, RecordContent::Kept { text: RECORD.into(), bytes: 9_120, cut: true }),
        kept(&nvd, RecordContent::Absent {
            why: "The edition that holds this record was removed by policy. Import it again to read it.".into(),
        }),
    ];
    FindingSheet {
        version: version_ref(1, "4.2.1"),
        sbom: SbomRef {
            digest: Digest::of(b"sbom"),
            format: "CycloneDX JSON 1.6".into(),
            file_name: Some("corvus-4.2.1.cdx.json".into()),
            received_at: at("2025-02-14T10:02:00Z"),
        },
        component: ComponentSheet {
            component: log4j(),
            identities: vec![
                "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1".into(),
                "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*".into(),
            ],
            source_package: None,
            supplier: Some("The Apache Software Foundation".into()),
            scope: "required".into(),
            path: vec!["corvus-500".into(), "drug-library-service".into(), "log4j-core".into()],
            patched: vec![],
        },
        edition: edition_ref(),
        assessed_at: at("2026-11-20T04:12:00Z"),
        engine: "0.1.0".into(),
        verdict: Verdict {
            id: "CVE-2021-44228".into(),
            aliases: vec!["GHSA-jfh8-c2jp-5v3q".into()].into(),
            answer: VerdictAnswer::Affected,
            because: vec![osv, nvd],
            disagreement: false,
            score_tenths: Some(100),
            vector: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".into()),
            summary: "Look-ups in logged text let a remote sender run code.".into(),
            fixed_in: vec!["2.15.0".into()],
            kev_since: Some("2021-12-10".into()),
            epss: Some(94_358),
            epss_percentile: Some(99_960),
        },
        records,
        references: vec![
            Reference {
                kind: "advisory".into(),
                url: "https://logging.apache.org/security.html".into(),
            },
            Reference { kind: "web".into(), url: "javascript:alert(1)".into() },
        ],
    }
}

pub fn finding_undetermined() -> FindingSheet {
    let mut sheet = finding();
    sheet.verdict.answer = VerdictAnswer::Undetermined;
    sheet.verdict.disagreement = true;
    sheet.verdict.score_tenths = None;
    sheet.verdict.kev_since = None;
    sheet.verdict.epss = None;
    sheet.verdict.epss_percentile = None;
    sheet.component.component.version = None;
    sheet.component.path.clear();
    sheet.component.identities.clear();
    sheet.records.clear();
    for reason in &mut sheet.verdict.because {
        reason.answer = VerdictAnswer::Undetermined;
        reason.version = None;
        reason.note =
            "The SBOM gives no version for this component, so the range cannot be compared.".into();
    }
    sheet.verdict.because[1].answer = VerdictAnswer::NotAffected;
    sheet
}

fn units(affected: u64, undetermined: u64, without_sbom: u64, none: u64) -> UnitsByAnswer {
    UnitsByAnswer {
        affected,
        undetermined,
        without_sbom,
        no_affected_component: none,
        ..UnitsByAnswer::default()
    }
}

pub fn blast_radius() -> BlastRadius {
    let reach = |component, answer, because: &str| ComponentReach {
        component,
        answer,
        because: because.into(),
        fixed_in: vec!["2.15.0".into()],
    };
    let version = |seed, name: &str, answer, units, components: Vec<ComponentReach>| VersionReach {
        version: version_ref(seed, name),
        answer,
        units,
        end_of_support: EndOfSupport::Until { date: "2029-12-31".into() },
        unsupported_but_fielded: false,
        components_total: components.len() as u64,
        components,
    };
    let pump = ProductReach {
        product: ProductRef {
            id: id(20),
            name: "Corvus 500 infusion pump".into(),
            family: "Infusion".into(),
        },
        units_version_unknown: 38,
        versions: vec![
            VersionReach {
                components_total: 4,
                ..version(
                    1,
                    "4.2.1",
                    UnitAnswer::Affected,
                    412,
                    vec![
                        reach(log4j(), VerdictAnswer::Affected, ">= 2.13.0, < 2.15.0"),
                        reach(
                            component(44, "log4j-api", None),
                            VerdictAnswer::Undetermined,
                            "The SBOM gives no version.",
                        ),
                    ],
                )
            },
            version(
                2,
                "4.1.0",
                UnitAnswer::Undetermined,
                230,
                vec![reach(
                    component(3, "vendor-logging", Some("9-custom")),
                    VerdictAnswer::Undetermined,
                    "The version 9-custom cannot be put in order.",
                )],
            ),
            VersionReach {
                end_of_support: EndOfSupport::Ended { date: "2024-06-30".into() },
                unsupported_but_fielded: true,
                ..version(3, "3.4.0", UnitAnswer::WithoutSbom, 97, vec![])
            },
        ],
    };
    let monitor = ProductReach {
        product: ProductRef {
            id: id(21),
            name: "Alauda bedside monitor".into(),
            family: "Monitoring".into(),
        },
        units_version_unknown: 0,
        versions: vec![
            version(4, "2.0.0", UnitAnswer::NotCovered, 60, vec![]),
            version(
                5,
                "1.9.3",
                UnitAnswer::NoAffectedComponent,
                640,
                vec![reach(
                    component(9, "log4j-core", Some("2.17.1")),
                    VerdictAnswer::NotAffected,
                    "Outside >= 2.13.0, < 2.15.0.",
                )],
            ),
        ],
    };
    let site = |n: u64, name: &str, units| SiteReach {
        id: id(300 + n),
        name: name.into(),
        located: Some("Northfield, GB".into()),
        units,
    };
    BlastRadius {
        vulnerability: VulnerabilitySheet {
            id: "CVE-2021-44228".into(),
            aliases: vec!["GHSA-jfh8-c2jp-5v3q".into(), "BIT-log4j-2021-44228".into()],
            summary: "Look-ups in logged text let a remote sender run code with the rights of the logging process.".into(),
            score_tenths: Some(100),
            vector: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".into()),
            kev_since: Some("2021-12-10".into()),
            epss: Some(94_358),
            epss_percentile: Some(99_960),
            kev_held: true,
            epss_held: true,
            state: RecordState::Published,
            sources: vec![
                SourceRecord { source: "osv".into(), record: "GHSA-jfh8-c2jp-5v3q".into(), digest: Digest::of(b"1"), modified_at: Some(at("2025-05-09T13:13:00Z")), withdrawn: false },
                SourceRecord { source: "cve".into(), record: "CVE-2021-44228".into(), digest: Digest::of(b"2"), modified_at: None, withdrawn: false },
            ],
        },
        edition: edition_ref(),
        totals: Totals {
            versions: VersionsByAnswer { affected: 1, undetermined: 1, unknown: 2, no_affected_component: 1 },
            units: UnitsByAnswer { version_unknown: 38, not_covered: 60, ..units(412, 230, 97, 640) },
            consignees_concerned: 2,
            sites_concerned: 4,
        },
        products: Page::whole(vec![pump, monitor]),
        consignees: Page {
            items: vec![
                ConsigneeReach {
                    consignee: consignee(0),
                    units: units(300, 200, 97, 240),
                    sites: vec![
                        site(1, "Northfield General, ICU", units(220, 0, 97, 40)),
                        site(2, "Northfield General, theatre 2", units(80, 200, 0, 200)),
                    ],
                    sites_total: 9,
                },
                ConsigneeReach {
                    consignee: consignee(1),
                    units: units(112, 30, 0, 400),
                    sites: vec![site(3, "Harbour Clinic", units(112, 30, 0, 400))],
                    sites_total: 1,
                },
            ],
            next: Some("Y3Nn".into()),
            total: 40,
        },
        units_without_consignee: UnitsByAnswer { version_unknown: 11, ..UnitsByAnswer::default() },
    }
}

pub fn blast_radius_overfull() -> BlastRadius {
    let mut reach = blast_radius();
    let (product, consignee) = (reach.products.items[0].clone(), reach.consignees.items[0].clone());
    reach.products = Page { items: vec![product; 12], next: Some("p".into()), total: 10_000 };
    reach.consignees = Page { items: vec![consignee; 60], next: Some("c".into()), total: 41_233 };
    reach.totals.units =
        UnitsByAnswer { version_unknown: 3, ..units(1_234_567, 1, 98_765, 12_345_678) };
    reach
}

pub fn receipt() -> SbomReceipt {
    SbomReceipt {
        version: version_ref(1, "4.2.1"),
        digest: Digest::of(b"sbom"),
        already_attached: false,
        format: "CycloneDX JSON".into(),
        spec_version: "1.6".into(),
        bytes: 482_113,
        components: 214,
        dependencies: 391,
        warnings: vec![warning()],
        warnings_total: 3,
        sbom: matched(214, 9, counts(12, 4, 2, 3)),
        not_covered: vec![gap_count("no_identity", 7), gap_count("thin_data", 2)],
    }
}

fn gap_count(code: &str, components: u64) -> GapCount {
    GapCount { code: code.into(), components }
}

pub fn receipt_not_matched() -> SbomReceipt {
    let sbom = SbomState::NotYetMatched { digest: Digest::of(b"sbom"), components: 214 };
    SbomReceipt {
        already_attached: true,
        warnings: vec![],
        warnings_total: 0,
        sbom,
        not_covered: vec![],
        ..receipt()
    }
}

/// Somebody with every right.
pub fn viewer() -> Viewer {
    Viewer {
        person: Id::from_bytes([7; 16]),
        login: "brid.oneill".into(),
        name: "Bríd O'Neill".into(),
        rights: Right::ALL.iter().copied().collect(),
        sight: Sight::All,
        by: By::Session(Id::from_bytes([8; 16]), vec![Factor::Password, Factor::Totp]),
        role: "product_security_lead".into(),
    }
}
