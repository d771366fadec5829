use crate::house::{House, MONDAY, covered, verdict};
use aftercare_domain::{
    finding::DependsOn,
    sbom::Standing,
    unit::{Installed, WhyUnknown},
    version::Life,
};
use aftercare_register::{Fault, Page, read::fleet::Units};
use aftercare_vocab::{instant::Instant, verdict::Answer};

#[test]
fn an_earlier_position_shows_what_was_recorded_then() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let consignee = house.consignee("Clinic").expect("added");
    let site = house.site(consignee, "North").expect("added");
    let unit = house
        .units(product, site, &[("A", Installed::Unknown(WhyUnknown::NotTold))])
        .expect("ok")[0];
    let old = house.sbom(version, &[("minimist", "1.2.0")], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    let said = vec![covered(0, DependsOn::Component, vec![verdict("CVE-1", Answer::Affected, 50)])];
    house.assess(old, edition, said).expect("assessed");
    let then = house.register.reader().expect("reads").head().expect("head");

    house.install(unit, Installed::Version(version)).expect("told");
    house.sbom(version, &[("minimist", "1.2.6")], Standing::Instead).expect("replaced");
    let life = Life { released: "2026-01-15".parse().ok(), ..Life::default() };
    house.change_life(version, life.clone()).expect("changed");

    let now = house.register.reader().expect("reads");
    let past = house.register.reader_at(then.size).expect("reads");
    assert!(past.is_past() && !now.is_past());
    assert_eq!(past.head().expect("recomputed"), then);

    let state = |reader: &aftercare_register::Reader| {
        let detail = reader.version(version).expect("reads").expect("known");
        let unit = reader.unit(unit).expect("reads").expect("known");
        let reach = reader.reach("CVE-1").expect("reads");
        let unknown = reader.units(Units::Unknown(product, None), &Page::first(9)).expect("reads");
        (
            detail.row.units,
            detail.row.life,
            detail.sboms.len(),
            unit.installed,
            reach.versions.len(),
            unknown.items.len(),
        )
    };
    let unknown = Installed::Unknown(WhyUnknown::NotTold);
    assert_eq!(state(&past), (0, Life::default(), 1, unknown, 1, 1));
    assert_eq!(state(&now), (1, life, 1, Installed::Version(version), 0, 0));
    assert_eq!(past.sboms(version).expect("reads")[0].digest, old.sbom);
    assert_ne!(now.sboms(version).expect("reads")[0].digest, old.sbom);

    let empty = house.register.reader_at(0).expect("reads");
    assert!(empty.families(&Page::first(9)).expect("reads").items.is_empty());
    assert!(empty.version(version).expect("reads").is_none());
    let future = house.register.reader_at(10_000).map(|_| ());
    assert!(matches!(future, Err(Fault::NoSuchPosition { asked: 10_000, .. })));
}

#[test]
fn an_instant_opens_the_register_as_it_was_recorded_then() {
    let house = House::new();
    for name in ["a", "b", "c"] {
        house.family(name).expect("added"); // at second 0, 1, 2
    }
    let seen = |micros| {
        let reader = house.register.reader_as_of(Instant::from_micros(micros)).expect("reads");
        reader.families(&Page::first(9)).expect("reads").items.len()
    };
    assert_eq!(seen(MONDAY - 1), 0);
    assert_eq!(seen(MONDAY), 1);
    assert_eq!(seen(MONDAY + 1_500_000), 2);
    assert_eq!(seen(i64::MAX), 3);
}

#[test]
fn a_reader_keeps_its_moment_while_others_write() {
    let house = House::new();
    house.family("a").expect("added");
    let reader = house.register.reader().expect("reads");
    house.family("b").expect("added");
    assert_eq!(reader.families(&Page::first(9)).expect("reads").items.len(), 1);
    let entry = reader.entry(1).expect("reads").expect("there");
    assert_eq!((entry.event.kind(), entry.actor.as_str()), ("family_added", "person:anna"));
    assert!(reader.entry(2).expect("reads").is_none());
    let newer = house.register.reader().expect("reads");
    assert_eq!(newer.entries_after(1, 9).expect("reads").len(), 1);
    assert_eq!(newer.entries(&Page::first(1)).expect("reads").items[0].seq, 2);
    let history = newer.history(&entry.event.entity(), &Page::first(9)).expect("reads");
    assert_eq!(history.items, [entry]);
}
