//! Deciders in tables: facts, command, expected code.

use aftercare_domain::{
    Actor, Channel, Event, Operation, Role,
    consignee::{self, AddConsignee, ConsigneeFacts},
    edition::{self, AdoptEdition, EditionFacts, SOURCES_LIMIT, Source, SourceList},
    finding::{self, AssessFindings, Assessment, AssessmentFacts, ComponentAssessment, DependsOn},
    sbom::{self, ReceiveSbom, SbomFacts, Standing},
    site::{self, AddSite, SiteFacts},
    unit::{
        self, ChangeUnitVersion, Installed, RecordUnits, UnitBatch, UnitFacts, UnitRow, UnitsFacts,
        WhyUnknown,
    },
    version::{self, AddVersion, ChangeVersion, Life, VersionFacts},
};
use aftercare_vocab::{
    digest::Digest,
    id::{Id, IdSource, Kind},
    instant::Instant,
    inventory::{Format, Inventory},
    verdict::{Answer, NotCovered, Verdict},
};
use std::collections::{BTreeMap, BTreeSet};

fn op() -> Operation {
    let at = Instant::from_micros(0);
    let actor = Actor::system("test");
    Operation::new(at, actor, Role::system(), Channel::Job, IdSource::new(at, 1))
}

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

fn code<T>(decided: Result<T, aftercare_domain::Refusal>) -> &'static str {
    decided.map_or_else(|refusal| refusal.code, |_| "ok")
}

#[test]
fn predecessors_stay_within_the_product_and_never_close_a_circle() {
    let follows = |n: u8| Life { predecessor: Some(id(n)), ..Life::default() };
    let facts = VersionFacts {
        product: Some(id(1)),
        same_label: None,
        versions: BTreeMap::from([
            (id(10), Life::default()),
            (id(11), follows(10)),
            (id(12), follows(11)),
        ]),
    };
    let change = |version: u8, life: Life| {
        code(version::change(&facts, ChangeVersion { version: id(version), life }, &op()))
    };
    assert_eq!(change(12, follows(10)), "ok");
    assert_eq!(change(12, follows(11)), "nothing_changed");
    assert_eq!(change(10, follows(12)), "predecessor_cycle");
    assert_eq!(change(10, follows(10)), "predecessor_cycle");
    assert_eq!(change(10, follows(99)), "predecessor_elsewhere");
    assert_eq!(change(99, follows(10)), "unknown_id");
    let reversed = Life {
        released: "2026-01-02".parse().ok(),
        end_of_support: "2026-01-01".parse().ok(),
        ..Life::default()
    };
    assert_eq!(change(10, reversed), "dates_reversed");
    let add = |product: u8, life| {
        let add = AddVersion { version: id(13), product: id(product), label: "4".into(), life };
        code(version::add(&facts, add, &op()))
    };
    assert_eq!(add(1, follows(12)), "ok");
    assert_eq!(add(1, follows(13)), "predecessor_cycle");
    assert_eq!(add(2, Life::default()), "unknown_id");
}

#[test]
fn countries_and_time_zones_have_a_shape() {
    let add = |country: &str| {
        let country = Some(country.to_owned());
        let add = AddConsignee { consignee: id(1), name: "C".into(), country };
        consignee::add(&ConsigneeFacts::default(), add, &op())
    };
    let Ok(events) = add(" de ") else { panic!("two letters") };
    assert!(matches!(&events[0], Event::ConsigneeAdded(e) if e.country.as_deref() == Some("DE")));
    for bad in ["DEU", "D1", "ÖÖ", "D"] {
        assert_eq!(code(add(bad)), "country_unreadable", "{bad}");
    }
    let facts = SiteFacts { consignee: Some(id(1)), same_name: None };
    for (zone, expected) in [
        ("Europe/Berlin", "ok"),
        ("UTC", "ok"),
        ("", "ok"),
        ("CET", "time_zone_unreadable"),
        ("Europe/Berlin; rm", "time_zone_unreadable"),
    ] {
        let add = AddSite {
            site: id(2),
            consignee: id(1),
            name: "S".into(),
            country: None,
            city: None,
            time_zone: Some(zone.to_owned()),
        };
        assert_eq!(code(site::add(&facts, add, &op())), expected, "{zone}");
    }
}

fn row(n: u8, serial: &str, installed: Installed) -> UnitRow {
    UnitRow {
        unit: id(n),
        product: id(1),
        installed,
        site: id(5),
        udi_di: None,
        serial: serial.into(),
        delivered: None,
    }
}

#[test]
fn a_batch_of_units_stands_or_falls_together_and_names_the_row() {
    let facts = UnitsFacts {
        products: BTreeSet::from([id(1)]),
        versions: BTreeMap::from([(id(2), id(1)), (id(3), id(9))]),
        sites: BTreeSet::from([id(5)]),
        taken: BTreeMap::new(),
        same_batch: None,
    };
    let unknown = || Installed::Unknown(WhyUnknown::NotTold);
    let record = |facts: &UnitsFacts, units: Vec<UnitRow>| {
        let batch = UnitBatch { units }.checked()?;
        let record = RecordUnits { batch: &batch, blob: Digest::of(b"batch") };
        unit::record(facts, &record, &op())
    };
    let good = vec![row(1, "A", Installed::Version(id(2))), row(2, "B", unknown())];
    let Ok(events) = record(&facts, good.clone()) else { panic!("good") };
    assert!(matches!(&events[0], Event::UnitsRecorded(e) if (e.units, e.unknown) == (2, 1)));
    let cases = [
        (vec![], "batch_size"),
        (vec![row(1, " ", unknown())], "text_missing"),
        (vec![row(1, "A", unknown()), row(2, " A", unknown())], "serial_taken"),
        (vec![row(1, "A", Installed::Version(id(3)))], "version_elsewhere"),
        (vec![row(1, "A", Installed::Version(id(4)))], "unknown_id"),
        (vec![UnitRow { site: id(6), ..row(1, "A", unknown()) }], "unknown_id"),
        (vec![UnitRow { product: id(6), ..row(1, "A", unknown()) }], "unknown_id"),
    ];
    for (units, expected) in cases {
        assert_eq!(code(record(&facts, units.clone())), expected, "{units:?}");
    }
    let taken = UnitsFacts { taken: BTreeMap::from([(1, id(77))]), ..facts.clone() };
    let refusal = record(&taken, good.clone()).expect_err("B is there");
    assert!(refusal.what.contains("rows 2") && refusal.what.contains("serial B"), "{refusal}");
    let again = UnitsFacts { same_batch: Some(Digest::of(b"batch")), ..facts };
    assert_eq!(code(record(&again, good)), "already_recorded");
}

#[test]
fn a_units_version_may_become_unknown_but_not_another_products() {
    let facts =
        UnitFacts { unit: Some((id(1), Installed::Version(id(2)))), version_of: Some(id(1)) };
    let change = |facts: &UnitFacts, installed| {
        let change = ChangeUnitVersion { unit: id(7), installed, effective: None };
        code(unit::change_version(facts, change, &op()))
    };
    let contradictory = |label: &str| {
        Installed::Unknown(WhyUnknown::Contradictory { reported: vec![label.to_owned()] })
    };
    assert_eq!(change(&facts, contradictory("2.0")), "ok", "before any reason was demanded");
    assert_eq!(change(&facts, contradictory("")), "text_missing");
    assert_eq!(change(&facts, Installed::Version(id(3))), "ok");
    assert_eq!(change(&facts, Installed::Version(id(2))), "nothing_changed");
    let elsewhere = UnitFacts { version_of: Some(id(9)), ..facts.clone() };
    assert_eq!(change(&elsewhere, Installed::Version(id(3))), "version_elsewhere");
    assert_eq!(change(&UnitFacts::default(), contradictory("2.0")), "unknown_id");
}

fn inventory() -> Inventory {
    Inventory {
        format: Format::SpdxJson,
        spec_version: "SPDX-2.3".into(),
        serial: None,
        name: None,
        created: None,
        authors: Vec::new(),
        tools: Vec::new(),
        root: None,
        components: Vec::new(),
        dependencies: Vec::new(),
        graph_has_holes: false,
    }
}

#[test]
fn a_new_sbom_replaces_all_current_ones_or_stands_beside_them() {
    let (old, new) = (Digest::of(b"old"), Digest::of(b"new"));
    let facts = SbomFacts { version: Some(id(1)), current: vec![old], released: None };
    let inventory = inventory();
    let receive = |version: u8, sbom, standing| {
        let receive = ReceiveSbom {
            version: id(version),
            sbom,
            size: 3,
            inventory: &inventory,
            inventory_blob: Digest::of(b"inventory"),
            reader: "r 1".into(),
            warnings: 0,
            received_from: None,
            standing,
        };
        sbom::receive(&facts, &receive, &op())
    };
    let replaces = |standing| match receive(1, new, standing).as_deref() {
        Ok([Event::SbomReceived(e)]) => e.replaces.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(replaces(Standing::Instead), [old]);
    assert_eq!(replaces(Standing::Beside), []);
    assert_eq!(code(receive(1, old, Standing::Beside)), "already_attached");
    assert_eq!(code(receive(2, new, Standing::Instead)), "unknown_id");
}

#[test]
fn the_edition_in_force_is_not_adopted_twice_in_a_row() {
    let [one, two] = [Digest::of(b"1"), Digest::of(b"2")];
    let adopt = |newest, edition| {
        let (list, blob) = (&SourceList::default(), Digest::of(b"list"));
        let adopt = AdoptEdition { edition, records: 1, list, blob };
        code(edition::adopt(&EditionFacts { newest }, &adopt, &op()))
    };
    assert_eq!(adopt(None, one), "ok");
    assert_eq!(adopt(Some(one), one), "already_adopted");
    assert_eq!(adopt(Some(two), one), "ok", "going back to an earlier one is a decision");
}

#[test]
fn the_sources_of_an_edition_are_made_normal_and_are_not_too_many() {
    let source = Source { name: " osv npm ".into(), records: 1, as_of: Some("  ".into()) };
    let list = |count| SourceList { sources: vec![source.clone(); count] };
    let checked = list(SOURCES_LIMIT).checked().expect("as many as may be");
    assert_eq!(checked.sources.len(), SOURCES_LIMIT);
    assert_eq!((checked.sources[0].name.as_str(), &checked.sources[0].as_of), ("osv npm", &None));
    let refused = list(SOURCES_LIMIT + 1).checked().expect_err("one too many");
    assert_eq!(refused.code, "too_many_sources");
}

#[test]
fn an_assessment_fits_its_sbom_and_the_edition_in_force() {
    let edition = Digest::of(b"edition");
    let facts =
        AssessmentFacts { components: Some(3), newest_edition: Some(edition), assessed: None };
    let verdict = |id: &str| Verdict {
        id: id.into(),
        aliases: Vec::new().into(),
        answer: Answer::Undetermined,
        because: Vec::new(),
        disagreement: false,
        score_tenths: None,
        vector: None,
        summary: "".into(),
        fixed_in: Vec::new(),
        kev_since: None,
        epss: None,
        epss_percentile: None,
    };
    let said = |index, verdicts: Vec<Verdict>| ComponentAssessment {
        index,
        not_covered: None,
        verdicts,
        depends_on: DependsOn::Component,
    };
    let blank = |index| said(index, Vec::new());
    let uncovered = |verdicts| ComponentAssessment {
        not_covered: Some(NotCovered { code: "no_version".into(), why: "No version.".into() }),
        ..said(0, verdicts)
    };
    let assess = |facts: &AssessmentFacts, edition, components: Vec<ComponentAssessment>| {
        let assessment = Assessment {
            edition,
            engine: "matching 1".into(),
            sbom: Digest::of(b"sbom"),
            inventory: Digest::of(b"inventory"),
            components,
        };
        let assess = AssessFindings { assessment: &assessment, blob: Digest::of(b"blob") };
        code(finding::assess(facts, &assess, &op()))
    };
    for (components, expected) in [
        (vec![blank(0), said(2, vec![verdict("CVE-1"), verdict("CVE-2")])], "ok"),
        (vec![], "ok"),
        (vec![uncovered(Vec::new())], "ok"),
        (vec![blank(1), blank(0)], "assessment_misfit"),
        (vec![blank(1), blank(1)], "assessment_misfit"),
        (vec![blank(3)], "assessment_misfit"),
        // Looked up in thin data only: what was found counts, the reason stays beside it.
        (vec![uncovered(vec![verdict("CVE-1")])], "ok"),
        (vec![said(0, vec![verdict("CVE-1"), verdict("CVE-1")])], "assessment_misfit"),
    ] {
        assert_eq!(assess(&facts, edition, components.clone()), expected, "{components:?}");
    }
    assert_eq!(assess(&facts, Digest::of(b"other"), vec![]), "edition_not_in_force");
    let again = AssessmentFacts { assessed: Some((edition, "matching 1".into())), ..facts.clone() };
    assert_eq!(assess(&again, edition, vec![]), "already_assessed");
    let unknown = AssessmentFacts { components: None, ..facts };
    assert_eq!(assess(&unknown, edition, vec![]), "unknown_id");
}

#[test]
fn a_change_that_needs_a_reason_is_refused_without_one_from_its_day_on() {
    let op = |at: &str, reason: &str| {
        let at: Instant = at.parse().expect("an instant");
        let ids = IdSource::new(at, 1);
        Operation::new(at, Actor::system("test"), Role::system(), Channel::Job, ids)
            .because(reason)
            .expect("a reason")
    };
    let life = |released: &str| Life { released: released.parse().ok(), ..Life::default() };
    let change = |released: &str, op: &Operation| {
        let facts = VersionFacts {
            product: Some(id(1)),
            same_label: None,
            versions: BTreeMap::from([(id(10), life(released))]),
        };
        let life = Life { end_of_support: "2031-01-01".parse().ok(), ..life(released) };
        code(version::change(&facts, ChangeVersion { version: id(10), life }, op))
    };
    let (eve, day) = ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z");
    for (released, at, reason, expected) in [
        ("2025-01-01", eve, "", "ok"),
        ("2025-01-01", day, "", "reason_missing"),
        ("2025-01-01", day, " \n", "reason_missing"),
        ("2025-01-01", day, "As announced", "ok"),
        ("2026-01-01", day, "", "reason_missing"),
        ("2026-01-02", day, "", "ok"),
        ("not known", day, "", "ok"),
    ] {
        assert_eq!(change(released, &op(at, reason)), expected, "{released} {at} {reason:?}");
    }
    let installed = |before, after, reason: &str| {
        let facts = UnitFacts { unit: Some((id(1), before)), version_of: Some(id(1)) };
        let change = ChangeUnitVersion { unit: id(7), installed: after, effective: None };
        code(unit::change_version(&facts, change, &op(day, reason)))
    };
    let known = || Installed::Version(id(2));
    let unknown = |reported: &str| {
        Installed::Unknown(WhyUnknown::NotRegistered { reported: reported.into() })
    };
    assert_eq!(installed(known(), unknown("1"), ""), "reason_missing");
    assert_eq!(installed(known(), unknown("1"), "Label worn off"), "ok");
    assert_eq!(installed(unknown("1"), unknown("2"), ""), "ok");
    assert_eq!(installed(unknown("1"), known(), ""), "ok");
    let inventory = inventory();
    let receive = |current: Vec<Digest>, released: &str, standing, reason: &str| {
        let facts = SbomFacts { version: Some(id(1)), current, released: released.parse().ok() };
        let receive = ReceiveSbom {
            version: id(1),
            sbom: Digest::of(b"new"),
            size: 3,
            inventory: &inventory,
            inventory_blob: Digest::of(b"inventory"),
            reader: "r 1".into(),
            warnings: 0,
            received_from: None,
            standing,
        };
        code(sbom::receive(&facts, &receive, &op(day, reason)))
    };
    let old = || vec![Digest::of(b"old")];
    assert_eq!(receive(old(), "2025-01-01", Standing::Instead, ""), "reason_missing");
    assert_eq!(receive(old(), "2025-01-01", Standing::Instead, "Rebuilt"), "ok");
    assert_eq!(receive(old(), "2025-01-01", Standing::Beside, ""), "ok", "nothing is replaced");
    assert_eq!(receive(Vec::new(), "2025-01-01", Standing::Instead, ""), "ok");
    assert_eq!(receive(old(), "not known", Standing::Instead, ""), "ok");
}
