//! `aftercare sbom`: lint, diff, convert.

use crate::bench::{Bench, bill, small_corpus};
use serde_json::{Value, json};

const LEFTISH: (&str, Option<&str>, Option<&str>) =
    ("leftish", Some("1.2.0"), Some("pkg:npm/leftish@1.2.0"));
const REPAIRED: (&str, Option<&str>, Option<&str>) =
    ("leftish", Some("1.2.6"), Some("pkg:npm/leftish@1.2.6"));
const RIGHTISH: (&str, Option<&str>, Option<&str>) =
    ("rightish", Some("1.0.0"), Some("pkg:npm/rightish@1.0.0"));
const UNKNOWN: (&str, Option<&str>, Option<&str>) = ("in-house blob", Some("7"), None);

/// A document that lacks nothing of the NTIA elements.
fn whole() -> String {
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {
            "timestamp": "2026-11-23T14:05:00Z",
            "authors": [{"name": "Acme"}],
            "component": {"type": "device", "bom-ref": "pump", "name": "pump", "version": "4.2",
                "supplier": {"name": "Acme"}, "purl": "pkg:generic/pump@4.2"},
        },
        "components": [{"type": "library", "bom-ref": "zlib", "name": "zlib", "version": "1.2.11",
            "supplier": {"name": "zlib project"}, "purl": "pkg:generic/zlib@1.2.11"}],
        "dependencies": [{"ref": "pump", "dependsOn": ["zlib"]}],
    })
    .to_string()
}

#[test]
fn lint_names_each_gap_with_its_place_and_what_to_do() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[LEFTISH, UNKNOWN]));
    let ran = bench.run(&["sbom", "lint", &file, "--profile", "ntia-2021"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for part in [
        "pump.json, Test pump",
        "NTIA minimum elements (ntia-2021): 33 of 100",
        "2021-07-12",
        "metadata.component (Test pump 1): no supplier",
        "components[1] (in-house blob 7): no identifier",
        "components[0] (leftish 1.2.0): no relation leads to it from the product",
        "metadata: no author",
        "Add a package URL, or a CPE name",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
}

#[test]
fn lint_ends_with_a_code_for_scores_and_another_for_what_cannot_be_read() {
    let bench = Bench::new();
    let (whole, poor) =
        (bench.file("whole.json", whole()), bench.file("poor.json", bill(&[UNKNOWN])));
    let broken = bench.file("broken.json", "{");
    let ended = |args: &[&str]| {
        let mut all = vec!["sbom", "lint"];
        all.extend(args);
        bench.run(&all).code
    };
    assert_eq!(ended(&[&whole, "--profile", "ntia-2021"]), 0);
    assert_eq!(ended(&[&whole, "--profile", "fda"]), 1);
    assert_eq!(ended(&[&whole, &poor, "--profile", "ntia-2021"]), 1);
    assert_eq!(ended(&[&poor, "--fail-below", "0"]), 0);
    assert_eq!(ended(&[&whole, &broken, "--profile", "ntia-2021"]), 2);
    assert_eq!(ended(&[&whole, "--profile", "iso"]), 2);
    let ran = bench.run(&["sbom", "lint", &broken]);
    assert!(ran.err.contains("broken.json: line 1 column"), "{}", ran.err);
}

#[test]
fn lint_as_json_gives_every_profile_with_scores_gaps_and_what_was_not_assessed() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[LEFTISH]));
    let answer = bench.run(&["sbom", "lint", &file, "--format", "json"]).json();
    let reports = answer["documents"][0]["reports"].as_array().expect("a list");
    let names: Vec<_> = reports.iter().map(|report| report["profile"].as_str()).collect();
    assert_eq!(names, [Some("ntia-2021"), Some("cisa-2025"), Some("cisa-2026"), Some("fda")]);
    let element = |report: usize, name: &str| {
        let elements = reports[report]["elements"].as_array().expect("a list");
        elements.iter().find(|element| element["check"] == name).expect(name).clone()
    };
    assert_eq!(
        element(0, "producer"),
        json!({
            "check": "producer", "name": "Supplier Name", "outcome": "assessed", "met": 0, "of": 2,
            "gaps": [
                {"component": 0, "place": "components[0]", "what": "no supplier"},
                {"component": 1, "place": "metadata.component", "what": "no supplier"},
            ],
            "next": element(0, "producer")["next"],
        })
    );
    assert_eq!(element(3, "vulnerabilities")["outcome"], "not_assessed");
    assert_eq!(element(3, "support_level")["met"], 0);
}

#[test]
fn what_is_added_by_convert_is_what_lint_asked_for() {
    let bench = Bench::new();
    let file = bench.file("pump.json", whole());
    let add = bench.file(
        "support.csv",
        "component,support_level,end_of_support\n\
         pump,actively maintained,2031-12-31\n\
         pkg:generic/zlib@1.2.11,no longer maintained,2027-01-31\n",
    );
    let out = "new.json";
    let ran = bench.run(&[
        "sbom",
        "convert",
        &file,
        "--to",
        "cyclonedx-1.6",
        "--add",
        &add,
        "--output",
        out,
    ]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let answer = bench.run(&["sbom", "lint", out, "--profile", "fda", "--format", "json"]).json();
    let missing: Vec<_> = answer["documents"][0]["reports"][0]["elements"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|element| element["gaps"].as_array().is_some_and(|gaps| !gaps.is_empty()))
        .map(|element| element["check"].clone())
        .collect();
    assert_eq!(missing, ["hash"]);
    let again = bench.run(&["sbom", "diff", "--no-findings", "--format", "json", &file, out]);
    assert_eq!(again.json()["changed"][1]["facts"], json!(["level of support", "end of support"]));
}

#[test]
fn an_addition_that_fits_nothing_is_refused_with_its_line() {
    let bench = Bench::new();
    let file = bench.file("pump.json", whole());
    for (rows, wanted) in [
        ("component,supplier\nzlib,A\nnosuch,B\n", "line 3: the SBOM has no component `nosuch`"),
        (
            "component,supplier\nzlib,A\nzlib@1.2.11,B\n",
            "line 3: `zlib@1.2.11` is also named by line 2",
        ),
        ("component,end_of_support\nzlib,soon\n", "line 2: `soon` is not a date"),
        ("component,suplier\nzlib,A\n", "suplier"),
    ] {
        let add = bench.file("add.csv", rows);
        let ran = bench.run(&["sbom", "convert", &file, "--to", "spdx-2.3", "--add", &add]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{rows}");
        assert!(ran.err.contains(wanted), "{wanted} is missing:\n{}", ran.err);
    }
}

#[test]
fn convert_writes_the_other_family_and_tells_what_is_not_held() {
    let bench = Bench::new();
    let file = bench.file("pump.json", whole());
    let ran = bench.run(&["sbom", "convert", &file, "--to", "spdx-2.3"]);
    assert_eq!(ran.code, 0);
    let document: Value = ran.json();
    assert_eq!(document["spdxVersion"], "SPDX-2.3");
    assert_eq!(document["packages"].as_array().map(Vec::len), Some(2));
    assert!(ran.err.contains("was written anew as SPDX 2.3"), "{}", ran.err);
    let same = bench.run(&["sbom", "convert", &file, "--to", "cyclonedx-1.6"]);
    assert_eq!((same.out.as_str(), same.err.as_str()), (whole().as_str(), ""));
    let unknown = bench.run(&["sbom", "convert", &file, "--to", "cyclonedx-1.5"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("use cyclonedx-1.6 or spdx-2.3"), "{}", unknown.err);
}

/// The findings part of a comparison against the small edition.
fn compared(bench: &Bench, args: &[&str]) -> (i32, Value) {
    let mut all = vec!["--data", small_corpus(), "sbom", "diff", "--format", "json"];
    all.extend(args);
    let ran = bench.run(&all);
    (ran.code, ran.json())
}

#[test]
fn diff_says_what_became_of_components_and_findings() {
    let bench = Bench::new();
    let before = bench.file("before.json", bill(&[LEFTISH, UNKNOWN]));
    let after = bench.file("after.json", bill(&[REPAIRED, RIGHTISH]));
    let (code, answer) = compared(&bench, &[&before, &after]);
    assert_eq!(code, 0);
    assert_eq!(answer["added"][0]["name"], "rightish");
    assert_eq!(answer["removed"][0]["name"], "in-house blob");
    assert_eq!(answer["changed"][0]["version"], "upgraded");
    assert_eq!(answer["unchanged"], 1, "the product");
    let findings = &answer["findings"];
    assert_eq!(findings["new"][0]["id"], "GHSA-dddd-eeee-ffff");
    assert_eq!(findings["gone"][0]["id"], "CVE-2099-0001");
    assert_eq!(findings["gone"][0]["now"], "not_affected");
    let why = findings["gone"][0]["why"].as_str().expect("a reason");
    assert!(why.starts_with("1.2.6: ") && why.len() > 10, "{why}");
    assert_eq!(findings["unchanged"], 0);
    let mut all = vec!["--data", small_corpus(), "sbom", "diff"];
    all.extend([before.as_str(), &after]);
    let ran = bench.run(&all);
    for part in [
        "Components: 1 added, 1 removed, 1 changed, 1 the same.",
        "upgraded",
        "Findings: 1 new, 0 with another answer, 1 gone, 0 the same.",
        "gone: not affected",
        "(tiny): 3 records",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
}

#[test]
fn a_finding_of_which_nothing_is_known_any_more_is_not_taken_for_repaired() {
    let bench = Bench::new();
    let before = bench.file("before.json", bill(&[LEFTISH]));
    for (after, now, worse) in [
        // the version is gone: the answer changes, nothing is gone
        (("leftish", None, Some("pkg:npm/leftish")), None, 0),
        (("in-house blob", Some("7"), None), Some("component_removed"), 0),
        (REPAIRED, Some("not_affected"), 0),
        (LEFTISH, None, 0),
    ] {
        let after = bench.file("after.json", bill(&[after]));
        let (code, answer) = compared(&bench, &[&before, &after, "--fail-on-new"]);
        assert_eq!(code, worse, "{answer:#}");
        assert_eq!(answer["findings"]["gone"][0]["now"].as_str(), now, "{answer:#}");
    }
    // the other way round a finding appears
    let repaired = bench.file("after.json", bill(&[REPAIRED]));
    assert_eq!(compared(&bench, &[&repaired, &before, "--fail-on-new"]).0, 1);
    let versionless = bench.file("after.json", bill(&[("leftish", None, Some("pkg:npm/leftish"))]));
    let (code, answer) = compared(&bench, &[&versionless, &before, "--fail-on-new"]);
    assert_eq!(code, 1, "undetermined became affected");
    assert_eq!(answer["findings"]["changed"][0]["before"], "undetermined");
}

#[test]
fn a_component_that_lost_or_changed_its_identity_is_no_component_removed() {
    let bench = Bench::new();
    let before = bench.file("before.json", bill(&[LEFTISH]));
    // no identity any more, and no version either
    for after in [("leftish", Some("1.2.0"), None), ("leftish", None, None)] {
        let later = bench.file("after.json", bill(&[after]));
        let (code, answer) = compared(&bench, &[&before, &later, "--fail-on-new"]);
        assert_eq!(answer["findings"]["gone"][0]["now"], "not_covered", "{after:?} {answer:#}");
        assert_eq!(code, 1, "{answer:#}");
        assert_eq!(answer["removed"].as_array().map(Vec::len), Some(0), "{answer:#}");
    }
}

#[test]
fn diff_without_an_edition_compares_components_and_says_so() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[LEFTISH]));
    let ran = bench.run(&["--data", "nowhere", "sbom", "diff", &file, &file]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.out.contains("Components: 0 added, 0 removed, 0 changed, 2 the same."),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("Findings are not compared"), "{}", ran.err);
    let ran = bench.run(&["--data", "nowhere", "sbom", "diff", "--fail-on-new", &file, &file]);
    assert_eq!(ran.code, 2, "what cannot be answered is no pass");
}
