use crate::house::House;
use aftercare_domain::edition::{EditionAdopted, SOURCES_LIMIT, Source, SourceList};
use aftercare_register::Page;
use aftercare_vocab::digest::Digest;

/// As many sources as may be, each with texts as long as may be.
fn longest() -> SourceList {
    let source = |n: usize| Source {
        name: format!("{n:03} {}", "ß".repeat(196)),
        records: n as u64,
        as_of: Some("2".repeat(100)),
    };
    let list = SourceList { sources: (0..SOURCES_LIMIT).map(source).collect() };
    let checked = list.clone().checked().expect("within every limit");
    assert_eq!(checked, list, "in normal form already");
    list
}

#[test]
fn an_edition_may_name_more_sources_than_fit_into_one_entry() {
    let house = House::new();
    let list = longest();
    assert!(list.bytes().expect("JSON").len() > 65_535);
    let edition = house.edition_of("new", &list).expect("adopted");
    let told = house.register.reader().expect("reads").newest_edition().expect("reads");
    let told = told.expect("one is in force");
    assert_eq!((told.digest, &told.sources), (edition, &list.sources));
    house.register.rebuild().expect("rebuilt");
    let again = house.register.reader().expect("reads").newest_edition().expect("reads");
    assert_eq!(again.expect("in force").sources, list.sources);
    let found = house.register.verify().expect("verified");
    assert!(found.holds(), "{:?}", found.differences);
    assert_eq!(found.blobs, 1, "the list is evidence like any other");
}

#[test]
fn an_entry_of_an_earlier_release_reads_as_one_of_this_release() {
    let house = House::new();
    let sources = longest().sources.split_off(SOURCES_LIMIT - 20);
    let (before, records) = (Digest::of(b"before"), 3);
    let op = house.op();
    house
        .change(&op, |pen| {
            let sources = sources.clone();
            Ok(pen.record(EditionAdopted { edition: before, records, sources })?)
        })
        .expect("as an earlier release wrote it");
    let list = SourceList { sources: sources.clone() };
    let after = house.edition_of("after", &list).expect("adopted");
    let check = || {
        let reader = house.register.reader().expect("reads");
        let editions = reader.editions(&Page::first(10)).expect("reads").items;
        let told: Vec<_> = editions.iter().map(|e| (e.digest, e.records, &e.sources)).collect();
        assert_eq!(told, [(after, records, &sources), (before, records, &sources)]);
    };
    check();
    house.register.rebuild().expect("rebuilt");
    check();
    assert!(house.register.verify().expect("verified").holds());
}
