//! What changed between two ledger positions, net.

use crate::house::{House, covered, not_covered, verdict};
use aftercare_domain::{
    contact::Person,
    finding::DependsOn,
    sbom::Standing,
    unit::{Installed, WhyUnknown},
    version::Life,
};
use aftercare_register::{
    Fault, Page, Reader,
    read::change::{ChangeKind, ChangeRow, Changed, Side, Unknown},
};
use aftercare_vocab::verdict::Answer;

fn all(reader: &Reader, from: u64, only: Option<ChangeKind>, limit: u32) -> Vec<ChangeRow> {
    let mut rows = Vec::new();
    let mut page = Page::first(limit);
    loop {
        let found = reader.changes(from, only, &page).expect("reads");
        rows.extend(found.items);
        let Some(next) = found.next else { return rows };
        let text = next.to_string();
        page = Page::after(text.parse().expect("a cursor reads back"), limit);
    }
}

fn counted(reader: &Reader, from: u64) -> Vec<(ChangeKind, u64)> {
    let counts = reader.count_changes(from).expect("counts");
    counts.into_iter().filter(|(_, number)| *number > 0).collect()
}

fn sides(rows: &[ChangeRow]) -> Vec<(String, Side, Side)> {
    rows.iter()
        .filter_map(|row| match &row.changed {
            Changed::Finding(found) => {
                Some((found.vulnerability.clone(), found.before, found.after))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn each_change_is_told_once_whatever_the_size_of_the_page_and_counted_alike() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let from = house.register.reader().expect("reads").position();
    let product = house.product(family, "Pump").expect("added");
    for label in ["1", "2", "3"] {
        let version = house.version(product, label).expect("added");
        house.sbom(version, &[("minimist", label)], Standing::Instead).expect("attached");
    }
    let consignee = house.consignee("Clinic").expect("added");
    let site = house.site(consignee, "North").expect("added");
    let unknown = Installed::Unknown(WhyUnknown::NotTold);
    let units: Vec<(&str, Installed)> =
        ["A", "B", "C", "D", "E"].map(|serial| (serial, unknown.clone())).to_vec();
    house.units(product, site, &units).expect("recorded");
    house.supplier("Parts").expect("added");

    let reader = house.register.reader().expect("reads");
    let whole = all(&reader, from, None, 100);
    assert_eq!(whole.len(), 1 + 3 + 3 + 1 + 1 + 5 + 1);
    for limit in [1, 2, 3, 7] {
        assert_eq!(all(&reader, from, None, limit), whole, "pages of {limit}");
    }
    for (kind, number) in reader.count_changes(from).expect("counts") {
        let of_kind = all(&reader, from, Some(kind), 2);
        assert_eq!(of_kind.len() as u64, number, "{kind:?}");
        assert!(of_kind.iter().all(|row| row.kind == kind));
    }
    assert!(whole.iter().all(|row| row.entry > from && row.entry <= reader.position()));
    assert!(all(&reader, reader.position(), None, 9).is_empty(), "nothing since now");
    let past = house.register.reader_at(from).expect("reads");
    assert!(all(&past, 0, None, 9).len() == 1 && counted(&past, 0).len() == 1, "the family alone");
    assert!(matches!(
        past.changes(from + 1, None, &Page::first(1)),
        Err(Fault::NoSuchPosition { .. })
    ));
    assert!(
        "7.7~nonsense"
            .parse()
            .is_ok_and(|cursor| { reader.changes(from, None, &Page::after(cursor, 1)).is_err() })
    );
}

#[test]
fn what_came_back_to_what_it_was_is_no_change() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let consignee = house.consignee("Clinic").expect("added");
    let site = house.site(consignee, "North").expect("added");
    let unit = house.units(product, site, &[("A", Installed::Version(version))]).expect("ok")[0];
    house.sbom(version, &[("minimist", "1")], Standing::Instead).expect("attached");
    let from = house.register.reader().expect("reads").position();

    let life = Life { released: "2026-01-15".parse().ok(), ..Life::default() };
    house.change_life(version, life.clone()).expect("changed");
    house.install(unit, Installed::Unknown(WhyUnknown::NotTold)).expect("changed");
    let there = house.register.reader().expect("reads");
    assert_eq!(
        counted(&there, from),
        [(ChangeKind::VersionChanged, 1), (ChangeKind::UnitChanged, 1)]
    );
    let Changed::Life { before, after, .. } = &all(&there, from, None, 9)[0].changed else {
        panic!("the dates first")
    };
    assert_eq!((before, after), (&Life::default(), &life));

    house.change_life(version, Life::default()).expect("changed back");
    house.install(unit, Installed::Version(version)).expect("changed back");
    house.sbom(version, &[("minimist", "2")], Standing::Instead).expect("replaced");
    house.sbom(version, &[("minimist", "1")], Standing::Instead).expect("the first again");
    let back = house.register.reader().expect("reads");
    assert_eq!(counted(&back, from), [], "{:?}", all(&back, from, None, 9));
    assert!(all(&back, from, None, 9).is_empty());
}

#[test]
fn what_stands_in_the_place_of_a_finding_tells_nothing_found_from_nothing_known() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let empty = house.register.reader().expect("reads").position();
    let parts = [("left", "1"), ("right", "1")];
    let old = house.sbom(version, &parts, Standing::Instead).expect("attached");
    let attached = house.register.reader().expect("reads").position();
    let edition = house.edition("e1").expect("adopted");
    let found = |answer| vec![verdict("CVE-1", answer, 50)];
    let both = vec![
        covered(0, DependsOn::Component, found(Answer::Affected)),
        covered(1, DependsOn::Component, Vec::new()),
    ];
    house.assess(old, edition, both).expect("assessed");
    let first = house.register.reader().expect("reads").position();
    let reader = || house.register.reader().expect("reads");
    let id = || "CVE-1".to_owned();
    let affected = Side::Found(Answer::Affected);
    let no_sbom = Side::Unknown(Unknown::NoSbom);
    assert_eq!(sides(&all(&reader(), empty, None, 9)), [(id(), no_sbom, affected)]);
    let not_matched = Side::Unknown(Unknown::NotMatched);
    assert_eq!(sides(&all(&reader(), attached, None, 9)), [(id(), not_matched, affected)]);

    // another edition: the first is no longer covered, the second is now undetermined
    let edition = house.edition("e2").expect("adopted");
    let other = vec![not_covered(0), covered(1, DependsOn::Component, found(Answer::Undetermined))];
    house.assess(old, edition, other).expect("assessed");
    let second = reader().position();
    let undetermined = Side::Found(Answer::Undetermined);
    assert_eq!(
        sides(&all(&reader(), first, None, 9)),
        [
            (id(), Side::NothingFound, undetermined),
            (id(), affected, Side::Unknown(Unknown::NotCovered)),
        ]
    );

    // another SBOM that waits: nothing is known of it; after that, the component is gone
    let new = house.sbom(version, &[("left", "2")], Standing::Instead).expect("replaced");
    assert_eq!(sides(&all(&reader(), second, None, 9)), [(id(), undetermined, not_matched)]);
    let clean = vec![covered(0, DependsOn::Component, Vec::new())];
    house.assess(new, edition, clean).expect("assessed");
    let gone = all(&reader(), second, Some(ChangeKind::FindingDisappeared), 9);
    assert_eq!(sides(&gone), [(id(), undetermined, Side::ComponentAbsent)]);
    assert_eq!(gone[0].entry, second + 1, "the entry that took the SBOM away");
}

#[test]
fn who_is_to_be_told_is_compared_by_place_and_never_by_name() {
    let house = House::new();
    let consignee = house.consignee("Clinic").expect("added");
    let site = house.site(consignee, "North").expect("added");
    let who = |name: &str| {
        let (name, function, email, phone) = (name.to_owned(), None, None, None);
        Person { name, function, email, phone }
    };
    let (changed, of_changed) =
        house.contact(consignee, Some(site), &who("Ida Secret")).expect("added");
    let (_, erased) = house.contact(consignee, None, &who("Ole Secret")).expect("added");
    let from = house.register.reader().expect("reads").position();
    house.contact(consignee, None, &who("Eva Secret")).expect("added");
    house.change_contact(changed, of_changed, &who("Ida Secret-Else")).expect("changed");
    house.erase(erased).expect("erased");
    let (_, came_and_went) = house.contact(consignee, None, &who("Max Secret")).expect("added");
    house.erase(came_and_went).expect("erased");

    let reader = house.register.reader().expect("reads");
    let rows = all(&reader, from, None, 2);
    let told: Vec<(ChangeKind, Option<&str>)> = rows
        .iter()
        .map(|row| match &row.changed {
            Changed::Contact { name, site, .. } => {
                assert_eq!(name, "Clinic");
                (row.kind, site.as_deref())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let wanted = [
        (ChangeKind::ContactAdded, None),
        (ChangeKind::ContactChanged, Some("North")),
        (ChangeKind::ContactErased, None),
    ];
    assert_eq!(told, wanted);
    assert_eq!(counted(&reader, from), wanted.map(|(kind, _)| (kind, 1)));
    assert!(!format!("{rows:?}").contains("Secret"), "{rows:?}");
}
