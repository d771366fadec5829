//! Suppliers' documents through the program: import, check, explain.

use crate::bench::{Bench, bill};
use serde_json::{Value, json};

const CVE: &str = "CVE-2099-0007";

fn advisory(status: &str, more: &Value) -> String {
    let mut vulnerability = json!({"cve": CVE, "product_status": {status: ["LEFT-12"]}});
    for (name, value) in more.as_object().expect("an object") {
        vulnerability[name] = value.clone();
    }
    json!({
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "title": "Left pads too far",
            "publisher": {"category": "vendor", "name": "Left Corp.", "namespace": "https://left.example"},
            "tracking": {"id": "LEFT-2099-1", "status": "final", "version": "3",
                "current_release_date": "2099-01-02T00:00:00Z", "initial_release_date": "2099-01-01T00:00:00Z"},
        },
        "product_tree": {"full_product_names": [{"product_id": "LEFT-12", "name": "Leftish 1.2.0",
            "product_identification_helper": {"purl": "pkg:npm/leftish@1.2.0"}}]},
        "vulnerabilities": [vulnerability],
    })
    .to_string()
}

#[test]
fn a_suppliers_word_is_imported_checked_and_explained() {
    let bench = Bench::new();
    let leftish = ("leftish", Some("1.2.0"), Some("pkg:npm/leftish@1.2.0"));
    let newer = ("leftish", Some("1.3.0"), Some("pkg:npm/leftish@1.3.0"));
    let file = bench.file("pump.json", bill(&[leftish, newer]));
    let fix = json!({"remediations": [{"category": "vendor_fix", "details": "Install 1.2.7.", "product_ids": ["LEFT-12"]}]});
    let affected = bench.file("affected.json", advisory("known_affected", &fix));
    let ran = bench.run(&["--data", "data", "corpus", "import", &affected]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = bench.run(&["--data", "data", "check", &file]);
    for part in [
        "csaf LEFT-2099-1#CVE-2099-0007",
        "Affected",
        "Undetermined",
        "1 affected",
        "1 undetermined",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    let ran = bench.run(&["--data", "data", "explain", &file, "pkg:npm/leftish@1.2.0", CVE]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "Affected by csaf LEFT-2099-1#CVE-2099-0007",
        "known_affected: LEFT-12 (Leftish 1.2.0), version 1.2.0; document version 3, final",
        "vulnerabilities[0].product_status.known_affected[0]",
        "vendor fix: Install 1.2.7.",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }

    // The same supplier clears what OSV accuses: in sight, with both words.
    let osv = json!({
        "id": "GHSA-llll-eeee-ffff", "modified": "2099-01-01T00:00:00Z", "aliases": [CVE], "summary": "Left",
        "affected": [{"package": {"ecosystem": "npm", "name": "leftish"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.7"}]}]}],
    });
    let osv = bench.file("osv.json", osv.to_string());
    let flag =
        json!({"flags": [{"label": "vulnerable_code_not_present", "product_ids": ["LEFT-12"]}]});
    let cleared = bench.file("cleared.json", advisory("known_not_affected", &flag));
    let ran = bench.run(&["--data", "other", "corpus", "import", &cleared, &osv]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let bill_of = |supplier: &str| {
        let mut bill: Value = serde_json::from_str(&bill(&[leftish])).expect("JSON");
        bill["components"][0]["supplier"] = json!({"name": supplier});
        bench.file("left.json", bill.to_string())
    };
    let judged = |supplier: &str| {
        let file = bill_of(supplier);
        let report = bench.run(&["--data", "other", "check", &file, "--format", "json"]).json();
        let findings = report["findings"].as_array().expect("a list").clone();
        assert_eq!(findings.len(), 1, "{report}");
        let verdict = &findings[0];
        assert_eq!(verdict["disagreement"], json!(true), "{report}");
        assert_eq!(verdict["because"].as_array().map(Vec::len), Some(2), "{report}");
        verdict["answer"].clone()
    };
    assert_eq!(judged("Left Corp."), json!("not_affected"));
    assert_eq!(judged("Somebody else"), json!("affected"));
}
