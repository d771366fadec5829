//! Suppliers' documents in an edition: what replaces what, and what is found by which name.

use crate::{House, osv};
use aftercare_corpus::{Edition, ImportError, edition::Relation};

const CVE: &str = "CVE-2026-0001";

fn csaf(version: &str, statuses: &[(&str, &str)]) -> String {
    of("https://acme.example", version, statuses)
}

/// A document `A-1`: for each (CVE, status) a vulnerability about `pkg:npm/a@1.0.0`.
fn of(namespace: &str, version: &str, statuses: &[(&str, &str)]) -> String {
    let vulnerabilities: Vec<String> = statuses
        .iter()
        .map(|(cve, status)| format!(r#"{{"cve":"{cve}","product_status":{{"{status}":["P"]}}}}"#))
        .collect();
    format!(
        r#"{{"document":{{"category":"csaf_security_advisory","csaf_version":"2.0","title":"T","publisher":{{"category":"vendor","name":"Acme","namespace":"{namespace}"}},
           "tracking":{{"id":"A-1","status":"final","version":"{version}","current_release_date":"2026-01-01T00:00:00Z"}}}},
           "product_tree":{{"full_product_names":[{{"product_id":"P","name":"a","product_identification_helper":{{"purl":"pkg:npm/a@1.0.0"}}}}]}},
           "vulnerabilities":[{}]}}"#,
        vulnerabilities.join(",")
    )
}

fn records(edition: &Edition) -> Vec<String> {
    let mut ids = Vec::new();
    edition.each_own(|id, _| ids.push(id.to_owned())).expect("read");
    ids
}

/// Used and unused documents, over all sources.
fn account(edition: &Edition) -> (u64, u64) {
    let manifest = edition.manifest();
    let used = manifest.sources.iter().flat_map(|source| source.used.values()).sum();
    (used, manifest.unused().values().sum())
}

#[test]
fn a_newer_version_takes_the_place_of_the_whole_document() {
    let first = csaf("1", &[(CVE, "known_affected"), ("CVE-2026-0002", "known_affected")]);
    let second = csaf("2", &[(CVE, "fixed")]);
    let tenth = csaf("10", &[("CVE-2026-0003", "fixed")]);
    for order in [[&first, &second, &tenth], [&tenth, &first, &second], [&second, &tenth, &first]] {
        let house = House::new();
        let paths: Vec<_> = order
            .iter()
            .enumerate()
            .map(|(at, text)| house.put(&format!("{at}.json"), text.as_bytes()))
            .collect();
        let edition = house.import(&paths).expect("imported");
        assert_eq!(records(&edition), ["A-1#CVE-2026-0003"], "10 is more than 2");
        assert_eq!(account(&edition), (1, 2), "{:?}", edition.manifest());
        assert_eq!(edition.manifest().records["csaf"], 1);
    }
    let house = House::new();
    let old = house.import(&[house.put("1.json", first.as_bytes())]).expect("imported");
    let new = house.put("2.json", second.as_bytes());
    let onto = house.import_onto(&[new], Some(&old)).expect("imported");
    assert_eq!(records(&onto), ["A-1#CVE-2026-0001"], "also onto an edition");
    let again = house.put("1.json", first.as_bytes());
    let back = house.import_onto(&[again], Some(&onto)).expect("imported");
    assert_eq!(records(&back), ["A-1#CVE-2026-0001"], "and never back");
    let head = back.head(back.find(CVE).expect("found")[0].record).expect("a head");
    assert_eq!(back.received(&head).expect("as received"), second);
}

#[test]
fn a_document_that_became_silent_takes_back_what_it_said() {
    let house = House::new();
    let kept = house.put("osv.json", osv("X-1", "1", &[], "npm/a", "2.0.0").as_bytes());
    let said = house.put("a.json", csaf("1", &[(CVE, "known_affected")]).as_bytes());
    let silent = house.put("b.json", csaf("2", &[]).as_bytes());
    let edition = house.import(&[kept, said, silent]).expect("imported");
    assert_eq!(records(&edition), ["X-1"]);
    assert_eq!(edition.manifest().format, 1, "nothing in it needs more");
    assert!(edition.find("A-1").expect("looked up").is_empty());
}

#[test]
fn two_publishers_may_use_one_number() {
    let house = House::new();
    let one = house.put("1.json", csaf("1", &[(CVE, "known_affected")]).as_bytes());
    let other = of("https://other.example", "2", &[(CVE, "fixed")]);
    let other = house.put("2.json", other.as_bytes());
    let edition = house.import(&[one, other]).expect("imported");
    assert_eq!(edition.find("A-1").expect("looked up").len(), 2);
    assert_eq!(account(&edition), (2, 0));
}

#[test]
fn records_of_a_document_share_its_bytes_and_join_their_flaws() {
    let house = House::new();
    let text = csaf("1", &[(CVE, "known_affected"), ("CVE-2026-0002", "known_affected")]);
    let paths = [
        house.put("a.json", text.as_bytes()),
        house.put("b.json", osv("X-1", "1", &[CVE], "npm/a", "2.0.0").as_bytes()),
    ];
    let edition = house.import(&paths).expect("imported");
    let found = edition.find("a-1").expect("looked up");
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|found| found.relation == Relation::Within));
    assert_ne!(found[0].group, found[1].group, "one document joins no flaws");
    for found in &found {
        let head = edition.head(found.record).expect("a head");
        assert_eq!(edition.received(&head).expect("as received"), text);
    }
    assert_eq!(edition.find("X-1").expect("looked up")[0].group, found[0].group);
    let manifest = edition.manifest();
    assert_eq!((manifest.format, manifest.records["csaf"]), (2, 2));
    assert_eq!(manifest.coverage["npm"], 1, "a supplier's word is no coverage");
    assert!(edition.verify().expect("read"));
}

#[test]
fn a_document_named_after_its_flaw_joins_it() {
    let house = House::new();
    let text = csaf("1", &[(CVE, "known_affected")]).replace("\"A-1\"", "\"CVE-2026-0009\"");
    let paths = [
        house.put("a.json", text.as_bytes()),
        house.put("b.json", osv("X-1", "1", &[CVE], "npm/a", "2.0.0").as_bytes()),
    ];
    let edition = house.import(&paths).expect("imported");
    let own = edition.find("CVE-2026-0009#CVE-2026-0001").expect("looked up")[0].group;
    assert_eq!(edition.find("X-1").expect("looked up")[0].group, own);
}

#[test]
fn a_document_that_is_cut_short_refuses_the_import() {
    let house = House::new();
    let text = csaf("1", &[(CVE, "known_affected")]);
    let kept = house.put("osv.json", osv("X-1", "1", &[], "npm/a", "2.0.0").as_bytes());
    let cut = house.put("a.json", &text.as_bytes()[..text.len() - 10]);
    let refused = house.import(&[kept.clone(), cut]).expect_err("refused");
    assert!(matches!(refused, ImportError::Refused { .. }), "{refused}");
    let wrong = house.put("b.json", text.replace(r#"["P"]"#, "7").as_bytes());
    let edition = house.import(&[kept, wrong]).expect("imported");
    let unused = edition.manifest().unused();
    assert!(
        unused.keys().any(|reason| reason.starts_with("Not a readable CSAF document")),
        "whole but not CSAF: counted with its reason: {unused:?}"
    );
}
