//! Suppliers' documents that mean harm or are only odd.

use aftercare_formats::feed::{
    Rule,
    supplier::{
        Document, MAX_IDENTITIES, MAX_STATEMENTS, Stated, SupplierRule, Versions, csaf, cyclonedx,
        openvex,
    },
};

fn document(tree: &str, vulnerabilities: &str) -> String {
    format!(
        r#"{{"document":{{"category":"csaf_vex","csaf_version":"2.0","title":"T","publisher":{{"category":"vendor","name":"Acme","namespace":"https://acme.example"}},
           "tracking":{{"id":"A-1","status":"final","version":"1","current_release_date":"2026-01-01T01:00:00+01:00"}}}},
           "product_tree":{{{tree}}},"vulnerabilities":[{vulnerabilities}]}}"#
    )
}

fn rules<'r, 'a>(document: &'r Document<'a>) -> Vec<&'r SupplierRule<'a>> {
    let statements = document.records.iter().flat_map(|record| &record.statements);
    let rules = statements.map(|statement| match &statement.rule {
        Rule::Supplier(rule) => &**rule,
        other => panic!("{other:?}"),
    });
    rules.collect()
}

fn reasons(document: &Document<'_>) -> Vec<(&'static str, u64)> {
    document.unused.iter().map(|(reason, (count, _))| (*reason, *count)).collect()
}

const X: &str =
    r#"{"product_id":"X","name":"x","product_identification_helper":{"purl":"pkg:npm/x@1"}}"#;

#[test]
fn relationships_that_go_round_are_counted_and_end() {
    let relation = |id: &str, about: &str, within: &str| {
        format!(
            r#"{{"category":"installed_on","product_reference":"{about}","relates_to_product_reference":"{within}","full_product_name":{{"product_id":"{id}","name":"n"}}}}"#
        )
    };
    let mut relations = vec![
        relation("A", "B", "X"),
        relation("B", "A", "X"),
        relation("S", "S", "S"),
        relation("L", "X", "A"),
    ];
    // and one that stands on a thousand others
    relations.extend((0..1000).map(|n| relation(&format!("R{n}"), &format!("R{}", n + 1), "X")));
    let tree = format!(r#""full_product_names":[{X}],"relationships":[{}]"#, relations.join(","));
    let json = document(
        &tree,
        r#"{"cve":"CVE-2026-1","product_status":{"known_affected":["A","S","L","R0","nowhere","X"]}}"#,
    );
    let read = csaf::read(&json).expect("readable");
    assert_eq!(rules(&read).len(), 1);
    assert_eq!(
        reasons(&read),
        [
            ("CSAF statement about a product that is defined by itself", 4),
            ("CSAF statement about a product that it does not define", 1),
        ]
    );
}

#[test]
fn a_part_of_a_part_keeps_every_condition() {
    let whole = |id: &str| {
        format!(
            r#"{{"product_id":"{id}","name":"{id}","product_identification_helper":{{"cpe":"cpe:2.3:a:acme:{id}:1"}}}}"#
        )
    };
    let relation = |id: &str, about: &str, within: &str| {
        format!(
            r#"{{"category":"installed_on","product_reference":"{about}","relates_to_product_reference":"{within}","full_product_name":{{"product_id":"{id}","name":"n"}}}}"#
        )
    };
    let tree = format!(
        r#""full_product_names":[{X},{},{}],"relationships":[{},{}]"#,
        whole("b"),
        whole("c"),
        relation("XB", "X", "b"),
        relation("XBC", "XB", "c")
    );
    let json = document(&tree, r#"{"cve":"CVE-2026-1","product_status":{"fixed":["XBC"]}}"#);
    let read = csaf::read(&json).expect("readable");
    let rule = rules(&read)[0];
    assert_eq!(rule.within.as_ref().map(|within| &*within.name), Some("c"));
    assert_eq!(rule.limits, ["part of b"]);
}

#[test]
fn a_million_branches_are_refused_and_not_followed() {
    let deep = format!(
        r#""branches":[{}{}]"#,
        r#"{"category":"product_family","name":"f","branches":["#.repeat(1_000_000),
        "]}".repeat(1_000_000)
    );
    let problem = csaf::read(&document(&deep, "")).expect_err("refused");
    assert!(problem.what.contains("Not a readable CSAF document"), "{problem:?}");
    let wide: Vec<String> = (0..20_000)
        .map(|n| {
            format!(r#"{{"category":"product_name","name":"n","product":{{"product_id":"P{n}","name":"n"}}}}"#)
        })
        .collect();
    let wide = format!(
        r#""branches":[{{"category":"vendor","name":"v","branches":[{}]}}]"#,
        wide.join(",")
    );
    let status = r#"{"cve":"CVE-2026-1","product_status":{"known_affected":["P19999"]}}"#;
    let json = document(&wide, status);
    assert_eq!(rules(&csaf::read(&json).expect("readable")).len(), 1);
}

#[test]
fn what_multiplies_is_bounded() {
    // a group of many products, named by many flags
    let ids = vec![r#""X""#; 1_000].join(",");
    let flag = r#"{"label":"component_not_present","group_ids":["G"]}"#;
    let tree = format!(
        r#""full_product_names":[{X}],"product_groups":[{{"group_id":"G","product_ids":[{ids}]}}]"#
    );
    let flags = vec![flag; MAX_STATEMENTS / 1_000 + 1].join(",");
    let one = format!(
        r#"{{"cve":"CVE-2026-1","product_status":{{"known_not_affected":["X"]}},"flags":[{flags}]}}"#
    );
    let problem = csaf::read(&document(&tree, &one)).expect_err("refused");
    assert_eq!(problem.code, "supplier_too_large");
    let hash = |n: usize| {
        format!(r#"{{"filename":"f","file_hashes":[{{"algorithm":"sha256","value":"{n:064x}"}}]}}"#)
    };
    let hashes: Vec<String> = (0..1_000).map(hash).collect();
    let tree = format!(
        r#""full_product_names":[{{"product_id":"X","name":"{}","product_identification_helper":{{"hashes":[{}]}}}}]"#,
        "long ".repeat(10_000),
        hashes.join(",")
    );
    let json = document(&tree, r#"{"cve":"CVE-2026-1","product_status":{"fixed":["X"]}}"#);
    let read = csaf::read(&json).expect("readable");
    assert_eq!(read.records[0].statements[0].keys.len(), MAX_IDENTITIES);
    assert!(rules(&read)[0].name.len() < 1_000, "shortened");
}

#[test]
fn two_meanings_of_one_id_clear_nothing() {
    let tree = format!(r#""full_product_names":[{X},{}]"#, X.replace("npm/x", "npm/y"));
    let status = r#"{"cve":"CVE-2026-1","product_status":{"known_not_affected":["X"],"known_affected":["X"]}}"#;
    let json = document(&tree, status);
    let read = csaf::read(&json).expect("readable");
    let stated: Vec<Stated> = rules(&read).iter().map(|rule| rule.stated).collect();
    assert_eq!(stated.iter().filter(|stated| **stated == Stated::KnownAffected).count(), 2);
    assert_eq!(stated.iter().filter(|stated| **stated == Stated::Unknown).count(), 2);
    let bom = r#"{"bomFormat":"CycloneDX","version":1,"components":[{"bom-ref":"x","name":"x","purl":"pkg:npm/x@1"},{"bom-ref":"x","name":"y","purl":"pkg:npm/y@1"}],
        "vulnerabilities":[{"id":"CVE-2026-1","analysis":{"state":"not_affected","justification":"code_not_present"},"affects":[{"ref":"x"}]}]}"#;
    assert!(cyclonedx::read(bom).expect("readable").records.is_empty());
}

#[test]
fn a_document_cut_anywhere_is_refused_and_never_half_read() {
    let whole = document(
        &format!(r#""full_product_names":[{X}]"#),
        r#"{"cve":"CVE-2026-1","product_status":{"known_affected":["X"]}}"#,
    );
    assert!(csaf::read(&whole).is_ok());
    for at in 0..whole.len() {
        assert!(csaf::read(&whole[..at]).is_err(), "cut at {at}");
        assert!(openvex::read(&whole[..at]).is_err(), "cut at {at}");
        assert!(cyclonedx::read(&whole[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn every_helper_is_an_identity_and_the_2_1_forms_are_read() {
    let helper = r#"{"product_id":"X","name":"x","product_identification_helper":{"purls":["pkg:npm/x@1"],"cpe":"cpe:/a:acme:x:1",
        "hashes":[{"filename":"f","file_hashes":[{"algorithm":"sha256","value":"00000000000000000000000000000000000000000000000000000000000000aa"}]}],
        "sbom_urls":["urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#x"],"x_generic_uris":[{"namespace":"https://a","uri":"pkg:generic/x@1"}],
        "model_numbers":["M-1"],"serial_numbers":["S-1"]}}"#;
    let path = r#"{"beginning_product_reference":"X","subpaths":[{"category":"installed_on","next_product_reference":"W"}],"full_product_name":{"product_id":"P","name":"x on w"}}"#;
    let whole = r#"{"product_id":"W","name":"w","product_identification_helper":{"cpe":"cpe:2.3:h:acme:w:2"}}"#;
    let tree = format!(r#""full_product_names":[{helper},{whole}],"product_paths":[{path}]"#);
    let json = document(
        &tree,
        r#"{"cve":"CVE-2026-1","ids":[{"system_name":"tracker","text":"12345"},{"system_name":"v","text":"VDE-2026-001"}],
           "product_status":{"unknown":["X"],"known_affected":["P"]},
           "metrics":[{"products":["X"],"content":{"cvss_v3":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}}]}"#,
    );
    let read = csaf::read(&json).expect("readable");
    let record = &read.records[0];
    assert_eq!(&*record.id, "A-1#CVE-2026-1");
    assert_eq!(&*record.modified, "2026-01-01T00:00:00Z", "in UTC, so that it sorts");
    let aliases: Vec<&str> = record.aliases.iter().map(|alias| &**alias).collect();
    assert_eq!(aliases, ["CVE-2026-1", "VDE-2026-001"], "a bare number is nobody's name");
    assert_eq!(record.severities[0].score_tenths, Some(98));
    let mut keys = record.statements[0].keys.clone();
    keys.sort();
    let digest = "hash:sha256:00000000000000000000000000000000000000000000000000000000000000aa";
    let wanted = [
        "bom:3e671687-395b-41f5-a30f-a58921a69b79#x",
        "cpe:acme:x",
        digest,
        "npm:x",
        "purl:generic/x",
    ];
    assert_eq!(keys, wanted);
    let within = rules(&read).into_iter().find_map(|rule| rule.within.as_ref()).expect("a part");
    assert_eq!(within.keys, ["cpe:acme:w"]);
    assert_eq!(within.versions, Versions::Exactly("2".into()));
}

#[test]
fn a_withdrawn_document_says_so() {
    use aftercare_formats::feed::State;
    let tree = format!(r#""full_product_names":[{X}]"#);
    let status = r#"{"cve":"CVE-2026-1","product_status":{"known_affected":["X"]}}"#;
    let plain = document(&tree, status);
    for (json, state) in [
        (plain.clone(), State::Published),
        (plain.replace(r#""title":"T""#, r#""title":"WITHDRAWN: T""#), State::Withdrawn),
        (plain.replace("csaf_vex", "csaf_withdrawn"), State::Withdrawn),
    ] {
        assert_eq!(csaf::read(&json).expect("readable").records[0].state, state);
    }
}
