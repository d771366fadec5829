//! Differences between editions, and what gives way to something newer, in whatever order it comes.

use crate::{House, osv};
use aftercare_corpus::{Change, ChangeKind};
use aftercare_formats::feed::{Source, State};

fn change(id: &str, source: Source, kind: ChangeKind) -> Change {
    Change { id: id.to_owned(), source, kind }
}

#[test]
fn changes_are_added_changed_and_removed() {
    let house = House::new();
    let one = house.put("1/a.json", osv("X-1", "2026-01-01", &[], "npm/x", "1.0.0").as_bytes());
    let kept = house.put("1/b.json", osv("X-2", "2026-01-01", &[], "npm/x", "1.0.0").as_bytes());
    let two = house.put("2/a.json", osv("X-1", "2026-02-01", &[], "npm/x", "1.1.0").as_bytes());
    let more = house.put("2/c.json", osv("X-3", "2026-02-01", &[], "npm/x", "1.0.0").as_bytes());
    let base = house.import(&[one.clone(), kept.clone()]).expect("imported");
    let onto = house.import_onto(&[two.clone(), more.clone()], Some(&base)).expect("imported");
    let both = house.import(&[more, one, two, kept]).expect("imported");
    use ChangeKind::{Added, Changed, Removed};
    assert_eq!(
        onto.changes_since(&base).expect("compared"),
        [change("X-1", Source::Osv, Changed), change("X-3", Source::Osv, Added)]
    );
    assert_eq!(
        base.changes_since(&onto).expect("compared"),
        [change("X-1", Source::Osv, Changed), change("X-3", Source::Osv, Removed)]
    );
    assert_eq!(both.changes_since(&onto).expect("compared"), []);
    assert_eq!(base.changes_since(&base).expect("compared"), []);
}

#[test]
fn one_identifier_from_two_sources_changes_apart() {
    let house = House::new();
    let nvd = r#"{"id":"CVE-2026-0001","sourceIdentifier":"n","lastModified":"2026-01-01"}"#;
    let nvd = house.put("nvd.json", nvd.as_bytes());
    let cve = |title: &str| {
        let json = format!(
            r#"{{"dataType":"CVE_RECORD","cveMetadata":{{"cveId":"CVE-2026-0001","state":"PUBLISHED"}},"containers":{{"cna":{{"title":"{title}"}}}}}}"#
        );
        house.put(&format!("{title}.json"), json.as_bytes())
    };
    let alone = house.import(std::slice::from_ref(&nvd)).expect("imported");
    let first = house.import(&[nvd.clone(), cve("one")]).expect("imported");
    let second = house.import(&[nvd, cve("two")]).expect("imported");
    let only = |kind| [change("CVE-2026-0001", Source::Cve, kind)];
    assert_eq!(first.changes_since(&alone).expect("compared"), only(ChangeKind::Added));
    assert_eq!(second.changes_since(&first).expect("compared"), only(ChangeKind::Changed));
    assert_eq!(alone.changes_since(&second).expect("compared"), only(ChangeKind::Removed));
}

#[test]
fn the_newest_counts_as_used_and_the_order_does_not_matter() {
    let house = House::new();
    let kev = |version: &str, cve: &str| {
        format!(
            r#"{{"catalogVersion":"{version}","vulnerabilities":[{{"cveID":"{cve}","dateAdded":"2026-01-01"}}]}}"#
        )
    };
    let epss = |date: &str, score: &str| {
        format!(
            "#model_version:v1,score_date:{date}\ncve,epss,percentile\nCVE-2026-0001,{score},0.5\n"
        )
    };
    let mut paths = vec![
        house.put("a/old.json", osv("X-1", "2026-01-01", &[], "npm/old", "1.0.0").as_bytes()),
        house.put("b/new.json", osv("x-1", "2026-03-01", &[], "npm/new", "1.0.0").as_bytes()),
        house.put("c/kev.json", kev("2025.08.25", "CVE-2025-0001").as_bytes()),
        house.put("d/kev.json", kev("2026.01.29", "CVE-2026-0001").as_bytes()),
        house.put("e/epss.csv", epss("2026-01-01", "0.1").as_bytes()),
        house.put("f/epss.csv", epss("2026-01-30", "0.9").as_bytes()),
    ];
    let edition = house.import(&paths).expect("imported");
    paths.reverse();
    assert_eq!(house.import(&paths).expect("imported").id(), edition.id());
    assert!(
        edition.has_key("npm:new").expect("read") && !edition.has_key("npm:old").expect("read")
    );
    assert!(edition.kev("cve-2026-0001").expect("read").is_some());
    assert_eq!(edition.kev("CVE-2025-0001").expect("read"), None);
    let score = edition.epss("CVE-2026-0001").expect("read").expect("scored");
    assert_eq!(score.probability, 90_000);
    let manifest = edition.manifest();
    let used: u64 = manifest.sources.iter().flat_map(|source| source.used.values()).sum();
    assert_eq!((used, manifest.unused().values().sum()), (3, 3_u64), "each old one is unused");
}

#[test]
fn withdrawn_records_are_found_and_accuse_nobody() {
    let house = House::new();
    let withdrawn = osv("X-1", "2026-01-01", &[], "npm/gone", "1.0.0");
    let withdrawn = withdrawn.replacen('{', r#"{"withdrawn":"2026-01-05T00:00:00Z","#, 1);
    let rejected = r#"{"id":"CVE-2026-0003","sourceIdentifier":"n","vulnStatus":"Rejected"}"#;
    let paths =
        [house.put("a.json", withdrawn.as_bytes()), house.put("b.json", rejected.as_bytes())];
    let edition = house.import(&paths).expect("imported");
    for id in ["x-1", "CVE-2026-0003"] {
        let found = edition.find(id).expect("looked up");
        assert_eq!(edition.head(found[0].record).expect("head").body.state, State::Withdrawn);
    }
    assert_eq!(edition.key_count(), 0);
}

#[test]
fn the_edition_does_not_depend_on_the_number_of_threads() {
    let house = House::new();
    let records: Vec<String> = (0..6000)
        .map(|n| format!(r#"{{"cve":{{"id":"CVE-2025-{n:05}","lastModified":"2026-01-01"}}}}"#))
        .collect();
    let page = format!(r#"{{"resultsPerPage":6000,"vulnerabilities":[{}]}}"#, records.join(","));
    let path = [house.put("page.json", page.as_bytes())];
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| house.import(&path)).expect("imported").id()
    };
    assert_eq!(with(1), with(4));
}
