//! `aftercare check` and `aftercare explain`.

use crate::bench::{Bench, bill, small_corpus};
use std::{io::Read, process::Stdio};

const LEFTISH: (&str, Option<&str>, Option<&str>) =
    ("leftish", Some("1.2.0"), Some("pkg:npm/leftish@1.2.0"));
const RIGHTISH: (&str, Option<&str>, Option<&str>) =
    ("rightish", Some("1.0.0"), Some("pkg:npm/rightish@1.0.0"));
const REPAIRED: (&str, Option<&str>, Option<&str>) =
    ("leftish", Some("1.2.6"), Some("pkg:npm/leftish@1.2.6"));
const VERSIONLESS: (&str, Option<&str>, Option<&str>) = ("leftish", None, Some("pkg:npm/leftish"));
const NAMELESS: (&str, Option<&str>, Option<&str>) = ("in-house blob", Some("7"), None);

#[test]
fn the_table_names_what_was_found_what_was_not_looked_up_and_the_edition() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[LEFTISH, VERSIONLESS, NAMELESS]));
    let ran = bench.check(&[&file]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in [
        "pump.json, Test pump",
        "CycloneDX JSON 1.6, 4 components",
        "9.8",
        "CVE-2099-0001",
        "Affected",
        "Undetermined",
        "leftish 1.2.0",
        "1.2.6",
        "2099-01-02",
        "osv GHSA-aaaa-bbbb-cccc",
        "in-house blob 7",
        "It carries neither a package URL nor a CPE.",
        "1 affected (1 critical), 1 undetermined",
        "(tiny): 3 records",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    assert!(!ran.out.contains('\u{1b}'), "no colour outside a terminal");
    assert!(ran.out.lines().all(|line| line.trim_end() == line), "no blanks at the ends of lines");
}

#[test]
fn finding_nothing_is_said_without_promising_anything() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[REPAIRED, NAMELESS]));
    let ran = bench.check(&[&file]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("No recorded vulnerability for"), "{}", ran.out);
    assert!(ran.out.contains("not covered, nothing is known about"), "{}", ran.out);
    let lower = ran.out.to_lowercase();
    for word in ["safe", "clean", "secure", " ok"] {
        assert!(!lower.contains(word), "{word}:\n{}", ran.out);
    }
}

#[test]
fn a_product_without_parts_is_not_told_as_looked_up() {
    let bench = Bench::new();
    let root = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"component":{"type":"device","name":"pump","version":"1"}}}"#;
    let file = bench.file("root.json", root);
    let ran = bench.check(&[&file, "--fail-on", "not-covered"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("Nothing was looked up"), "{}", ran.out);
    assert!(ran.out.contains("no component besides the product itself"), "{}", ran.out);
    assert!(!ran.out.contains("was looked up. An SBOM"), "{}", ran.out);
    let report = bench.check(&[&file, "--format", "json"]).json();
    assert_eq!(report["documents"][0]["parts"], 0);
    assert_eq!(report["not_covered"][0]["code"], "no_identity");

    let elsewhere = bench.file("spdx.json", r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"x","dataLicense":"CC0-1.0","documentNamespace":"https://x/1","documentDescribes":["SPDXRef-a"],"creationInfo":{"created":"2024-01-01T00:00:00Z","creators":["Tool: x"]},
        "packages":[{"name":"leftish","SPDXID":"SPDXRef-a","versionInfo":"9.0.0","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/leftish@9.0.0"}]}],
        "relationships":[{"spdxElementId":"SPDXRef-a","relationshipType":"CONTAINS","relatedSpdxElement":"DocumentRef-os:SPDXRef-DOCUMENT"}]}"#);
    let ran = bench.check(&[&elsewhere, "--fail-on", "not-covered"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("relationships[0]: Parts of this product stand in another document (`DocumentRef-os:SPDXRef-DOCUMENT`) that was not read."), "{}", ran.out);
    assert_eq!(bench.check(&[&elsewhere, "--fail-on", "undetermined"]).code, 0);
    let report = bench.check(&[&elsewhere, "--format", "json"]).json();
    assert_eq!(report["documents"][0]["has_holes"], true);
}

#[test]
fn every_threshold_ends_with_its_code() {
    let bench = Bench::new();
    let ended = |components: &[(&str, Option<&str>, Option<&str>)], threshold: &str| {
        let file = bench.file("pump.json", bill(components));
        bench.check(&[&file, "--fail-on", threshold]).code
    };
    let middling = ("middling", Some("1.0.0"), Some("pkg:npm/middling@1.0.0"));
    for (components, threshold, code) in [
        (&[LEFTISH][..], "never", 0),
        (&[LEFTISH], "known-exploited", 1),
        (&[RIGHTISH], "known-exploited", 0),
        (&[LEFTISH], "critical", 1),
        (&[RIGHTISH], "critical", 0),
        (&[middling], "critical", 1), // what has no score is not taken for a low one
        (&[RIGHTISH], "medium", 1),
        (&[RIGHTISH], "affected", 1),
        (&[VERSIONLESS], "affected", 0),
        (&[VERSIONLESS], "undetermined", 1),
        (&[NAMELESS], "undetermined", 0),
        (&[NAMELESS], "not-covered", 1),
    ] {
        assert_eq!(ended(components, threshold), code, "{components:?} --fail-on {threshold}");
    }
}

#[test]
fn json_holds_identifier_answer_and_component_of_each_finding() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[LEFTISH, VERSIONLESS, NAMELESS]));
    let report = bench.check(&[&file, "--format", "json"]).json();
    let findings = report["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 2);
    assert_eq!(findings[0]["id"], "CVE-2099-0001");
    assert_eq!(findings[0]["answer"], "affected");
    assert_eq!(findings[0]["component"]["name"], "leftish");
    assert_eq!(findings[0]["component"]["version"], "1.2.0");
    assert_eq!(findings[0]["because"][0]["record"], "GHSA-aaaa-bbbb-cccc");
    assert_eq!(findings[1]["answer"], "undetermined");
    assert_eq!(findings[1]["component"]["version"], serde_json::Value::Null);
    assert_eq!(report["summary"]["affected"], 1);
    assert_eq!(report["edition"]["label"], "tiny");
    let gaps = report["not_covered"].as_array().expect("a list");
    assert!(
        gaps.iter()
            .any(|gap| gap["component"]["name"] == "in-house blob" && gap["code"] == "no_identity")
    );
}

#[test]
fn csv_has_a_line_for_each_finding_and_gap_and_no_cell_is_a_formula() {
    let bench = Bench::new();
    let formula = ("=HYPERLINK(\"x\",\"y\")", Some("+1"), None);
    let file = bench.file("pump.json", bill(&[LEFTISH, formula, ("-at", Some("@1"), None)]));
    let ran = bench.check(&[&file, "missing.json", "--format", "csv"]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("\r\n"), "RFC 4180 ends lines with CR LF");
    let mut reader = csv::Reader::from_reader(ran.out.as_bytes());
    let head = reader.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|head| head == name).expect(name);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let cell = |row: &csv::StringRecord, name: &str| row[column(name)].to_owned();
    let finding = rows.iter().find(|row| &row[column("row")] == "finding").expect("a finding");
    assert_eq!(cell(finding, "vulnerability"), "CVE-2099-0001");
    assert_eq!(cell(finding, "score"), "9.8");
    let names: Vec<String> = rows.iter().map(|row| cell(row, "component")).collect();
    assert!(names.contains(&"'=HYPERLINK(\"x\",\"y\")".to_owned()), "{names:?}");
    assert!(names.contains(&"'-at".to_owned()), "{names:?}");
    for row in &rows {
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
    }
    assert!(rows.iter().any(|row| &row[column("row")] == "not_read"), "the missing file is told");
}

#[test]
fn sarif_has_a_rule_for_each_vulnerability_and_a_place_for_each_result() {
    let bench = Bench::new();
    let file = bench.file("my pump.json", bill(&[LEFTISH, VERSIONLESS, RIGHTISH, NAMELESS]));
    let ran = bench.check(&[&file, "--format", "sarif"]);
    let log = ran.json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    for result in results {
        let rule = result["ruleIndex"].as_u64().expect("an index");
        assert_eq!(rules[rule as usize]["id"], result["ruleId"]);
        let place = &result["locations"][0];
        assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "my%20pump.json");
        assert!(place["logicalLocations"][0]["fullyQualifiedName"].is_string());
        assert!(result["partialFingerprints"].is_object());
    }
    let level = |rule: &str, place: &str| {
        let found = results.iter().find(|result| {
            result["ruleId"] == rule
                && result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == place
        });
        found.unwrap_or_else(|| panic!("{rule} at {place}: {}", ran.out))["level"].clone()
    };
    assert_eq!(level("CVE-2099-0001", "components[0]"), "error");
    assert_eq!(level("CVE-2099-0001", "components[1]"), "error", "undetermined weighs the same");
    assert_eq!(level("GHSA-dddd-eeee-ffff", "components[2]"), "warning");
    assert_eq!(level("not-covered/no_identity", "components[3]"), "note");
    assert_eq!(rules.iter().filter(|rule| rule["id"] == "CVE-2099-0001").count(), 1);
}

#[test]
fn standard_input_is_read_and_a_file_given_twice_counts_once() {
    let bench = Bench::new();
    let text = bill(&[LEFTISH]);
    let args = ["--data", small_corpus(), "check", "-", "--format", "json"];
    let report = bench.fed(&args, text.as_bytes()).json();
    assert_eq!(report["findings"][0]["file"], "-");
    let file = bench.file("pump.json", text);
    let report = bench.check(&[&file, &file, "--format", "json"]).json();
    assert_eq!(report["summary"]["affected"], 1);
}

#[test]
fn what_cannot_be_read_is_named_and_wins_over_what_was_found() {
    let bench = Bench::new();
    let sound = bench.file("pump.json", bill(&[LEFTISH]));
    let cut = bench.file("cut.json", &bill(&[LEFTISH])[..60]);
    let ran =
        bench.check(&[&sound, &cut, "gone.json", ".", "--fail-on", "critical", "--format", "json"]);
    assert_eq!(ran.code, 2);
    let report = ran.json();
    assert_eq!(
        (&report["summary"]["refused"], &report["summary"]["affected"]),
        (&3.into(), &1.into())
    );
    for part in ["cut.json: line 1", "gone.json: There is no such file.", ".: This is a directory."]
    {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let table = bench.check(&["gone.json"]);
    assert!(table.out.contains("gone.json: could not be read, nothing is known about it"));
}

#[test]
fn without_an_edition_nothing_is_compared_and_the_next_step_is_named() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[LEFTISH]));
    let ran = bench.run(&["check", &file]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("aftercare corpus import"), "{}", ran.err);
    let ran = bench.check(&[&file, "--corpus", "ffffffff"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("there is no edition `ffffffff`"), "{}", ran.err);
}

#[test]
fn foreign_names_cannot_steer_the_terminal() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[("\u{1b}[2Jblob\u{202e}", Some("1"), None)]));
    let ran = bench.check(&[&file]);
    assert!(ran.out.contains("\\u{1b}[2Jblob\\u{202e}"), "{}", ran.out);
    assert!(!ran.out.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn a_reader_that_goes_away_is_no_trouble() {
    let bench = Bench::new();
    // more than a pipe holds, so that the program is still writing when the reader goes
    let names: Vec<String> = (0..4000).map(|number| format!("blob-{number}")).collect();
    let components: Vec<_> = names.iter().map(|name| (name.as_str(), Some("1"), None)).collect();
    let file = bench.file("pump.json", bill(&components));
    let mut command = bench.command(&["--data", small_corpus(), "check", &file, "--format", "csv"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    let mut first = [0; 16];
    child.stdout.take().expect("piped").read_exact(&mut first).expect("some output");
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_report_file_is_written_whole() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[LEFTISH]));
    bench.file("report.json", "the report of yesterday");
    let ran = bench.check(&[&file, "--format", "json", "--output", "report.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    let text = std::fs::read(bench.path().join("report.json")).expect("written");
    let report: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    assert_eq!(report["summary"]["affected"], 1);
    let left: Vec<_> = std::fs::read_dir(bench.path()).expect("listed").collect();
    assert_eq!(left.len(), 2, "no temporary file stays: {left:?}");
    let ran = bench.check(&[&file, "--output", "no/such/folder/report.json"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn explain_gives_each_reason_and_says_what_silence_means() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[LEFTISH, RIGHTISH]));
    let explain = |component: &str, vulnerability: &str| {
        bench.run(&["--data", small_corpus(), "explain", &file, component, vulnerability])
    };
    for component in ["leftish", "pkg:npm/leftish", "components[0]"] {
        let ran = explain(component, "cve-2099-0001");
        assert_eq!(ran.code, 0, "{}", ran.err);
        for part in
            ["Affected by osv GHSA-aaaa-bbbb-cccc", "1.2.0 as", "affected[0].ranges[0]", "sha256:"]
        {
            assert!(ran.out.contains(part), "{component}: {part} is missing:\n{}", ran.out);
        }
    }
    let ran = explain("rightish", "CVE-2099-0001");
    assert!(ran.out.contains("not proof that it is not affected"), "{}", ran.out);
    let ran = explain("leftish", "CVE-2099-9999");
    assert!(ran.out.contains("is not in this edition"), "{}", ran.out);
    let ran = explain("left", "CVE-2099-0001");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("Did you mean `leftish`?"), "{}", ran.err);
}
