//! The real snapshots.

use crate::{House, shared};
use aftercare_corpus::edition::Relation;

#[test]
fn every_document_of_the_snapshot_is_used_or_accounted_for() {
    let Some(root) = shared("osv") else { return };
    let paths = [
        root,
        shared("kev").expect("beside it"),
        shared("sbom").expect("beside it"),
        shared("conformance/cvss").expect("beside it"),
    ];
    let house = House::new();
    let edition = house.import(&paths).expect("imported");
    let manifest = edition.manifest();
    assert!(manifest.record_count() > 8_000, "{:?}", manifest.records);
    for source in &manifest.sources {
        let all: u64 = source.used.values().sum::<u64>()
            + source.unused.values().map(|unused| unused.count).sum::<u64>();
        assert!(all > 0 || source.bytes == 0, "nothing is said of {}", source.name);
    }
    for (reason, count) in manifest.unused() {
        assert!(!reason.is_empty() && count > 0);
        assert!(
            !reason.contains("readable OSV"),
            "{count} real records could not be read: {reason}"
        );
    }
    assert_eq!(manifest.kev.as_ref().expect("a catalogue").version, "2026.01.29");
    let rust = edition.find("RUSTSEC-2021-0003").expect("looked up");
    let head = edition.head(rust[0].record).expect("a head");
    assert!(edition.received(&head).expect("as received").contains("smallvec"));
}

#[test]
fn every_advisory_of_the_snapshot_takes_part_and_nothing_is_left_without_a_reason() {
    let Some(root) = shared("csaf") else { return };
    let paths = [
        root,
        shared("conformance/csaf").expect("beside it"),
        shared("conformance/openvex").expect("beside it"),
        shared("conformance/vex-fixtures").expect("beside it"),
        shared("conformance/cyclonedx-vex").expect("beside it"),
    ];
    let house = House::new();
    let edition = house.import(&paths).expect("imported");
    let manifest = edition.manifest();
    assert_eq!(manifest.format, 2);
    let advisories =
        manifest.sources.iter().find(|source| source.name.ends_with("cisa-csaf.tar.zst"));
    let advisories = advisories.expect("the archive");
    // 2,383 advisories; those of the folder beside the archive are the same ones
    assert_eq!(advisories.used.get("csaf"), Some(&2_383));
    let reasons: Vec<(&str, u64)> =
        advisories.unused.iter().map(|(reason, unused)| (reason.as_str(), unused.count)).collect();
    let expected = [
        ("OpenPGP signature beside a document: not checked", 2_383),
        ("checksum beside a document: not compared", 2_383),
        ("feed or directory of advisories (ROLIE): the documents themselves are read", 2),
        ("list of documents (index, changes): the documents themselves are read", 4),
        ("text or table of unknown kind: not a known feed", 1), // its README
    ];
    assert_eq!(reasons, expected);
    let unused = manifest.unused();
    assert_eq!(unused.get("the same record stands in another file"), Some(&144), "the folder's");
    let unreadable: Vec<_> =
        unused.keys().filter(|reason| reason.contains("Not a readable")).collect();
    assert!(unreadable.is_empty(), "{unreadable:?}");
    assert!(manifest.records["csaf"] > 7_000, "{:?}", manifest.records);
    for source in ["openvex", "cyclonedx_vex"] {
        assert!(manifest.records[source] > 0, "{source}");
    }
    assert!(!manifest.coverage.contains_key("product"), "{:?}", manifest.coverage);
    let found = edition.find("icsma-17-017-02").expect("looked up");
    assert!(found.iter().all(|found| found.relation == Relation::Within), "{found:?}");
    let head = edition.head(found[0].record).expect("a head");
    assert!(edition.received(&head).expect("as received").contains("ICSMA-17-017-02"));
}
