//! The real snapshots.

use crate::{House, shared};

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
