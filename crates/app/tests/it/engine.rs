//! The engine's parts as commands: `version`, `purl`, `cpe`, `osv`, `nvd`.

use crate::bench::{Bench, Ran};
use serde_json::{Value, json};

/// Runs a command on lines and gives its answers.
fn answers(bench: &Bench, args: &[&str], lines: &[&str]) -> Vec<Value> {
    let mut all = args.to_vec();
    all.push("--json-lines");
    let ran = bench.fed(&all, lines.join("\n").as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
    ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn refused(ran: &Ran, part: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains(part), "{}", ran.err);
}

#[test]
fn two_versions_are_ordered_for_people_programs_and_line_by_line() {
    let bench = Bench::new();
    let ran = bench.run(&["version", "compare", "deb", "1.0~rc1", "1.0"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "1.0~rc1 < 1.0 (1.0~rc1 is below 1.0)\n"));
    let ran = bench.run(&["version", "compare", "alpine", "1.2-r1", "1.2-r0", "--format", "json"]);
    assert_eq!(ran.json(), json!({"order": ">"}));
    refused(
        &bench.run(&["version", "compare", "npm", "latest", "1.0.0"]),
        "it is a word, not a version",
    );
    refused(&bench.run(&["version", "compare", "cobol", "1", "2"]), "There are: semver, npm");
    let said = answers(
        &bench,
        &["version", "compare"],
        &[
            r#"{"scheme":"deb","a":"1.0~rc1","b":"1.0"}"#,
            r#"{"scheme":"pypi","a":"1.0","b":"1.0.0"}"#,
            r#"{"scheme":"npm","a":"latest","b":"1.0.0"}"#,
            "nonsense",
            "",
            r#"{"scheme":"rpm","a":"2:1","b":"1:9"}"#,
        ],
    );
    assert_eq!(said.len(), 6);
    for (at, order) in [(0, "<"), (1, "="), (5, ">")] {
        assert_eq!(said[at], json!({"order": order}));
    }
    for unread in &said[2..5] {
        let error = unread["error"].as_str().expect("an error");
        assert!(!error.is_empty() && unread.as_object().expect("an object").len() == 1);
    }
}

#[test]
fn a_range_is_asked_in_vers_and_in_an_ecosystems_own_words() {
    let bench = Bench::new();
    let ran = bench.run(&["version", "in", "gem", "2.0.9", "~> 2.0.8"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "2.0.9 lies in ~> 2.0.8\n"));
    let ran =
        bench.run(&["version", "in", "maven", "2.15.0", "[2.0-beta9,2.15.0)", "--format", "json"]);
    assert_eq!((ran.code, ran.json()), (0, json!({"in": false})));
    refused(&bench.run(&["version", "in", "npm", "1.0.0", "vers:deb/<2"]), "it is one of deb");
    let said = answers(
        &bench,
        &["version", "in"],
        &[
            r#"{"scheme":"npm","version":"1.5.0","range":"vers:npm/>=1.0.0|<2.0.0"}"#,
            r#"{"scheme":"deb","version":"1:1.0-2","range":"<< 1:1.0-2"}"#,
            r#"{"scheme":"npm","version":"1.5.0","range":">=latest"}"#,
        ],
    );
    assert_eq!(said[..2], [json!({"in": true}), json!({"in": false})]);
    assert!(said[2]["error"].is_string());
}

#[test]
fn a_package_url_is_shown_in_its_normal_form_with_its_parts() {
    let bench = Bench::new();
    let ran = bench.run(&["purl", "pkg:NPM/@angular/core@17.0.0"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "pkg:npm/%40angular/core@17.0.0\n"));
    refused(&bench.run(&["purl", "pkg:npm/%zz"]), "bad percent escape");
    let said = answers(
        &bench,
        &["purl"],
        &[r#"{"purl":"pkg:deb/Debian/curl@7.1+b1?Arch=i386"}"#, r#"{"purl":"x"}"#],
    );
    assert_eq!(
        said[0],
        json!({
            "purl": "pkg:deb/debian/curl@7.1%2Bb1?arch=i386", "type": "deb", "namespace": "debian",
            "name": "curl", "version": "7.1+b1", "qualifiers": {"arch": "i386"}, "subpath": null,
        })
    );
    assert!(said[1]["error"].is_string());
}

#[test]
fn a_criterion_relates_to_a_name_as_nistir_7696_says() {
    let bench = Bench::new();
    let (all, one) = ("cpe:2.3:a:openssl:openssl:*", "cpe:/a:openssl:openssl:1.0.2k");
    let ran = bench.run(&["cpe", "match", all, one]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.starts_with("superset: "), "{}", ran.out);
    let ask = |source: &str, target: &str| json!({"source": source, "target": target}).to_string();
    let lines = [
        ask(all, one),
        ask(one, all),
        ask(one, one),
        ask(one, "cpe:/a:openssl:openssl:1.0.2l"),
        ask(one, "cpe:2.3:a:openssl:openssl:1.*"),
        ask("openssl", one),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let said = answers(&bench, &["cpe", "match"], &lines);
    let relations: Vec<_> = said[..5].iter().map(|said| said["relation"].as_str()).collect();
    let wanted = ["superset", "subset", "equal", "disjoint", "undefined"].map(Some);
    assert_eq!(relations, wanted);
    assert!(said[5]["error"].as_str().is_some_and(|error| error.contains("openssl")));
}

#[test]
fn an_osv_record_is_evaluated_and_what_it_leaves_open_is_null() {
    let bench = Bench::new();
    let record = json!({
        "id": "X-1", "modified": "2026-01-01T00:00:00Z",
        "affected": [
            {"package": {"ecosystem": "npm", "name": "x"},
             "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": "1.2.0"}]}]},
            {"package": {"ecosystem": "PyPI", "name": "y"},
             "ranges": [{"type": "GIT", "repo": "https://example.org/y", "events": [{"introduced": "0"}]}]},
        ],
    });
    let file = bench.file("x.json", record.to_string());
    let ran = bench.run(&["osv", "eval", &file, "npm", "x", "1.1.0"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Affected: in range: >= 1.0.0, < 1.2.0 [affected[0].ranges[0]]\n")
    );
    let ran = bench.run(&["osv", "eval", &file, "npm", "x", "1.2.0", "--format", "json"]);
    assert_eq!((ran.code, &ran.json()["affected"]), (0, &json!(false)));
    refused(&bench.run(&["osv", "eval", "missing.json", "npm", "x", "1"]), "There is no such file");
    let ask = |ecosystem: &str, name: &str, version: &str| {
        json!({"record": record, "ecosystem": ecosystem, "name": name, "version": version})
            .to_string()
    };
    let lines = [
        ask("npm", "x", "1.1.0"),
        ask("npm", "x", "0.9.0"),
        ask("npm", "x", "latest"),
        ask("pypi", "Y", "1.0"),
        ask("npm", "z", "1.0.0"),
        r#"{"record":[],"ecosystem":"npm","name":"x","version":"1"}"#.to_owned(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let said = answers(&bench, &["osv", "eval"], &lines);
    let affected: Vec<&Value> = said[..5].iter().map(|said| &said["affected"]).collect();
    assert_eq!(affected, [&json!(true), &json!(false), &Value::Null, &Value::Null, &json!(false)]);
    assert!(said[..5].iter().all(|said| said["why"].as_str().is_some_and(|why| !why.is_empty())));
    assert!(said[5]["error"].is_string());
}

#[test]
fn an_nvd_record_needs_its_platform_and_an_unnamed_one_may_be_unknown() {
    let bench = Bench::new();
    let configurations = json!([{"operator": "AND", "nodes": [
        {"operator": "OR", "cpeMatch": [{"vulnerable": true,
            "criteria": "cpe:2.3:o:acme:pump_firmware:*:*:*:*:*:*:*:*", "versionEndExcluding": "2.1"}]},
        {"operator": "OR", "cpeMatch": [{"vulnerable": false,
            "criteria": "cpe:2.3:h:acme:pump:-:*:*:*:*:*:*:*"}]},
    ]}]);
    let record = json!({"cve": {"id": "CVE-2099-0001", "configurations": configurations}});
    let file = bench.file("x.json", record.to_string());
    let (firmware, hardware) = ("cpe:2.3:o:acme:pump_firmware:2.0", "cpe:2.3:h:acme:pump:-");
    let ran = bench.run(&["nvd", "eval", &file, firmware, hardware]);
    assert!(ran.out.starts_with("Affected: "), "{}{}", ran.out, ran.err);
    let ran = bench.run(&["nvd", "eval", &file, firmware, "--format", "json"]);
    assert_eq!(ran.json()["affected"], json!(false));
    assert_eq!(ran.json()["rule"], json!("condition_not_met"));
    let ran = bench.run(&["nvd", "eval", &file, firmware, "--partial", "--format", "json"]);
    assert_eq!(ran.json()["affected"], Value::Null);
    let lines = [
        json!({"configurations": configurations, "cpes": [firmware, hardware]}),
        json!({"record": record, "cpes": ["cpe:2.3:o:acme:pump_firmware:2.1", hardware]}),
        json!({"record": record, "cpes": [firmware], "partial": true}),
        json!({"record": record, "cpes": ["cpe:2.3:o:acme:pump_firmware", hardware]}),
        json!({"record": {"id": "CVE-2099-0002"}, "cpes": [firmware]}),
        json!({"record": record, "cpes": ["acme"]}),
        json!({"cpes": [firmware]}),
    ]
    .map(|line| line.to_string());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let said = answers(&bench, &["nvd", "eval"], &lines);
    let affected: Vec<&Value> = said[..5].iter().map(|said| &said["affected"]).collect();
    let unknown = &Value::Null;
    assert_eq!(affected, [&json!(true), &json!(false), unknown, unknown, unknown]);
    assert!(said[5]["error"].is_string() && said[6]["error"].is_string());
}

#[test]
fn what_is_missing_on_the_command_line_is_said_and_nothing_is_read() {
    let bench = Bench::new();
    for args in [
        &["version", "compare", "deb", "1"][..],
        &["version", "in"],
        &["purl"],
        &["cpe", "match", "x"],
        &["osv", "eval", "x.json"],
        &["nvd", "eval", "x.json"],
        &["purl", "--json-lines", "--format", "json"],
    ] {
        let ran = bench.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
    }
}
