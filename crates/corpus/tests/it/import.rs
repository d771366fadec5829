//! What an import takes, and what it refuses.

use crate::{House, osv, zipped};
use aftercare_corpus::{Limits, edition::Relation, import as run};

const KEV: &str = r#"{"catalogVersion":"2026.01.01","vulnerabilities":[{"cveID":"CVE-2026-0001","dateAdded":"2026-01-01"}]}"#;
const EPSS: &str = "#model_version:v1,score_date:2026-01-30T00:00:00Z\ncve,epss,percentile\nCVE-2026-0001,0.5,0.9\n";

#[test]
fn the_same_files_give_the_same_edition_whatever_wraps_them() {
    let (one, two) =
        (osv("X-1", "1", &[], "npm/a", "1.0.0"), osv("X-2", "1", &[], "npm/b", "1.0.0"));
    let house = House::new();
    let plain = [house.put("1.json", one.as_bytes()), house.put("2.json", two.as_bytes())];
    let first = house.import(&plain).expect("imported");
    let again = run(&house.editions(), &plain, None, None, &Limits::default(), &mut |_| {})
        .expect("imported");
    assert!(again.known_before && again.id == first.id(), "the same again is the same");
    assert_eq!(house.left().len(), 1, "{:?}", house.left());
    let wrapped = House::new();
    let zip = wrapped.put("anything.bin", &zipped(&[("a.json", &one), ("b.json", &two)]));
    let packed =
        zstd::encode_all(std::fs::read(&zip).expect("read").as_slice(), 1).expect("packed");
    let edition = wrapped.import(&[wrapped.put("packed", &packed)]).expect("imported");
    for id in ["x-1", "X-2"] {
        let head = |edition: &aftercare_corpus::Edition| {
            let found = edition.find(id).expect("looked up");
            edition.head(found[0].record).expect("a head").digest
        };
        assert_eq!(head(&edition), head(&first), "{id}");
    }
    assert!(edition.verify().expect("read"));
}

#[test]
fn the_newest_copy_counts_and_every_other_is_accounted_for() {
    let house = House::new();
    let old = house.put("a.json", osv("X-1", "2026-01-01", &[], "npm/a", "1.0.0").as_bytes());
    let new = house.put("b.json", osv("X-1", "2026-02-01", &[], "npm/a", "2.0.0").as_bytes());
    let twin = house.put("c.json", osv("X-1", "2026-02-01", &[], "npm/a", "2.0.0").as_bytes());
    let text = house.put("readme.txt", b"hello");
    for order in
        [vec![old.clone(), new.clone(), twin.clone(), text.clone()], vec![text, twin, new, old]]
    {
        let edition = house.import(&order).expect("imported");
        let mut fixed = Vec::new();
        edition
            .rules("npm:a", |posting| fixed.push(format!("{:?}", posting.rule)))
            .expect("looked up");
        assert_eq!(fixed.len(), 1, "{fixed:?}");
        assert!(fixed[0].contains("2.0.0"));
        let manifest = edition.manifest();
        let used: u64 = manifest.sources.iter().flat_map(|source| source.used.values()).sum();
        let unused: u64 = manifest.unused().values().sum();
        assert_eq!(used + unused, 4, "{manifest:?}");
        assert_eq!(manifest.record_count(), 1);
    }
}

#[test]
fn a_delta_onto_an_edition_equals_both_at_once() {
    let house = House::new();
    let base = [
        house.put("1.json", osv("X-1", "1", &[], "npm/a", "1.0.0").as_bytes()),
        house.put("kev.json", KEV.as_bytes()),
    ];
    let delta = [
        house.put("2.json", osv("X-1", "2", &["CVE-2026-0001"], "npm/a", "1.5.0").as_bytes()),
        house.put("3.json", osv("X-3", "1", &[], "npm/c", "1.0.0").as_bytes()),
        house.put("epss.csv", EPSS.as_bytes()),
    ];
    let first = house.import(&base).expect("imported");
    let onto = house.import_onto(&delta, Some(&first)).expect("imported");
    let together = house.import(&[&base[..], &delta[..]].concat()).expect("imported");
    for edition in [&onto, &together] {
        assert_eq!(edition.manifest().record_count(), 2);
        assert_eq!(
            edition.kev("cve-2026-0001").expect("looked up").expect("listed").added,
            "2026-01-01"
        );
        assert_eq!(
            edition.epss("CVE-2026-0001").expect("looked up").expect("scored").probability,
            50_000
        );
        assert_eq!(edition.find("CVE-2026-0001").expect("looked up").len(), 1);
        assert!(edition.has_key("npm:c").expect("looked up"));
    }
}

#[test]
fn aliases_join_records_but_never_two_cves() {
    let house = House::new();
    let records = [
        osv("GHSA-aaaa-aaaa-aaaa", "1", &["CVE-2026-0001"], "PyPI/a", "1.0.0"),
        osv("PYSEC-2026-1", "1", &["CVE-2026-0001"], "PyPI/a", "1.0.0"),
        osv("GO-2026-1", "1", &["CVE-2026-0001", "CVE-2026-0002"], "Go/b", "1.0.0"),
        osv("GHSA-bbbb-bbbb-bbbb", "1", &["CVE-2026-0002"], "Go/b", "1.0.0"),
    ];
    let paths: Vec<_> = records
        .iter()
        .enumerate()
        .map(|(n, text)| house.put(&format!("{n}.json"), text.as_bytes()))
        .collect();
    let edition = house.import(&paths).expect("imported");
    let group = |id: &str| {
        let found = edition.find(id).expect("looked up");
        found.iter().find(|found| found.relation == Relation::Own).expect("its own record").group
    };
    assert_eq!(group("GHSA-aaaa-aaaa-aaaa"), group("pysec-2026-1"));
    assert_ne!(group("GHSA-aaaa-aaaa-aaaa"), group("GHSA-bbbb-bbbb-bbbb"));
    assert_ne!(
        group("GO-2026-1"),
        group("GHSA-aaaa-aaaa-aaaa"),
        "one record about two flaws joins neither"
    );
    assert_eq!(edition.find("cve-2026-0002").expect("looked up").len(), 2, "it is found by both");
    assert_eq!(edition.keys_named("a").expect("looked up"), ["pypi:a"]);
}

#[test]
fn what_cannot_be_imported_gives_one_message_and_leaves_nothing() {
    let page =
        r#"{"resultsPerPage":1,"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2026-0001"#;
    let sbom = r#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#;
    let bomb = zipped(&[("all.json", &" ".repeat(300 << 20))]);
    let cut = zipped(&[("a.json", "{}")]);
    for (name, bytes, words) in [
        ("page.json", page.as_bytes(), "cannot be read to its end"),
        ("sbom.json", sbom.as_bytes(), "aftercare check"),
        ("bomb.zip", bomb.as_slice(), "compression bomb"),
        ("cut.zip", &cut[..cut.len() - 12], "damaged or cut short"),
        ("empty.json", b"".as_slice(), "empty file"),
        ("deep.json", "[".repeat(1 << 20).as_bytes(), "JSON list"),
    ] {
        let house = House::new();
        let path = house.put(name, bytes);
        let good = house.put("good.json", b"");
        let refused = house.import(&[good, path]).expect_err(name).to_string();
        assert!(refused.contains(words), "{name}: {refused}");
        assert!(refused.contains("Nothing was imported"), "{name}: {refused}");
        assert_eq!(house.left(), Vec::<String>::new(), "{name} left something");
    }
    let house = House::new();
    std::fs::create_dir_all(house.folder.path().join("in")).expect("made");
    assert!(
        house
            .import(&[house.folder.path().join("in")])
            .expect_err("nothing")
            .to_string()
            .contains("no files")
    );
    assert!(
        house
            .import(&[house.folder.path().join("absent")])
            .expect_err("absent")
            .to_string()
            .contains("absent")
    );
}
