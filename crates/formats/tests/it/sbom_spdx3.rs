//! SPDX 3.0 JSON-LD.

#![allow(clippy::expect_used, reason = "helpers of tests")]

use aftercare_formats::sbom::{Limits, read};
use aftercare_vocab::{
    inventory::{DependencyKind, Format, Inventory},
    problem::{Problem, Read},
};

const INFO: &str = r#"{"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2026-01-02T03:04:05Z","createdBy":["urn:acme"],"createdUsing":["urn:tool"]},
    {"type":"Organization","spdxId":"urn:acme","name":"Acme","creationInfo":"_:c"},
    {"type":"Tool","spdxId":"urn:tool","name":"syft 1.2","creationInfo":"_:c"}"#;
const DOCUMENT: &str = r#"{"type":"SpdxDocument","spdxId":"urn:doc","name":"pump","creationInfo":"_:c","rootElement":["urn:sbom"]},
    {"type":"software_Sbom","spdxId":"urn:sbom","creationInfo":"_:c","rootElement":["urn:p"]},
    {"type":"software_Package","spdxId":"urn:p","name":"Pump","software_packageVersion":"3","software_primaryPurpose":"device"}"#;

/// A document about a pump with these further elements, which begin at `@graph[6]`.
fn document(elements: &str) -> String {
    let comma = if elements.is_empty() { "" } else { "," };
    format!(
        r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{INFO},{DOCUMENT}{comma}{elements}]}}"#
    )
}

fn sound(text: &str) -> Read<Inventory> {
    read(text.as_bytes(), &Limits::default())
        .unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

fn refusal(text: &str) -> Problem {
    read(text.as_bytes(), &Limits::default()).expect_err(text).swap_remove(0)
}

fn warned(read: &Read<Inventory>) -> Vec<(&str, &str)> {
    read.problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
}

fn arrows(inventory: &Inventory) -> Vec<(&str, &str, DependencyKind)> {
    let name = |index: u32| inventory.components[index as usize].name.as_str();
    inventory.dependencies.iter().map(|d| (name(d.from), name(d.to), d.kind)).collect()
}

#[test]
fn a_package_keeps_everything_the_document_says_of_it() {
    let read = sound(&document(
        r#"{"type":"software_Package","spdxId":"urn:z","name":"zlib","software_packageVersion":"1.10","software_primaryPurpose":"operatingSystem",
            "suppliedBy":"urn:mark","originatedBy":["urn:acme"],"validUntilTime":"2030-01-01T00:00:00Z","supportLevel":["limitedSupport","endOfSupport"],
            "software_packageUrl":"pkg:generic/zlib@1.10",
            "externalIdentifier":[
                {"type":"ExternalIdentifier","externalIdentifierType":"packageUrl","identifier":"pkg:deb/debian/zlib1g@1.10"},
                {"type":"ExternalIdentifier","externalIdentifierType":"cpe23","identifier":"cpe:2.3:a:zlib:zlib:1.10:*:*:*:*:*:*:*"},
                {"type":"ExternalIdentifier","externalIdentifierType":"cpe22","identifier":"cpe:/a:gnu:zlib:1.10"},
                {"type":"ExternalIdentifier","externalIdentifierType":"swhid","identifier":"swh:1:cnt:2"},
                {"type":"ExternalIdentifier","externalIdentifierType":"email","identifier":"a@example.org"}],
            "software_contentIdentifier":[{"type":"software_ContentIdentifier","software_contentIdentifierType":"gitoid","software_contentIdentifierValue":"gitoid:1"}],
            "externalRef":[{"type":"ExternalRef","externalRefType":"npm","locator":["zlib@1.10"]},{"type":"ExternalRef","externalRefType":"support","locator":["x"]}],
            "verifiedUsing":[{"type":"Hash","algorithm":"sha1","hashValue":"E6B1000B94E835FFD37F4C6DCBDAD43F4B48A02A"},{"type":"PackageVerificationCode","algorithm":"sha1","hashValue":"00"}],
            "dataset_datasetSize":7,"comment":null},
        {"type":"Person","spdxId":"urn:mark","name":"Mark"},
        {"type":"simplelicensing_LicenseExpression","spdxId":"urn:l1","simplelicensing_licenseExpression":"Zlib OR MIT"},
        {"type":"expandedlicensing_DisjunctiveLicenseSet","spdxId":"urn:l2","expandedlicensing_member":["https://spdx.org/licenses/MIT","urn:l3"]},
        {"type":"expandedlicensing_ConjunctiveLicenseSet","spdxId":"urn:l3","expandedlicensing_member":["urn:l4","urn:l5"]},
        {"type":"expandedlicensing_OrLaterOperator","spdxId":"urn:l4","expandedlicensing_subjectLicense":"https://spdx.org/licenses/GPL-2.0"},
        {"type":"expandedlicensing_CustomLicense","spdxId":"urn:l5","name":"Own"},
        {"type":"Relationship","spdxId":"urn:r1","from":"urn:z","relationshipType":"hasDeclaredLicense","to":["urn:l1"]},
        {"type":"Relationship","spdxId":"urn:r2","from":"urn:z","relationshipType":"hasConcludedLicense","to":["urn:l2","NoAssertionElement"]},
        {"type":"Relationship","spdxId":"urn:r3","from":"urn:p","relationshipType":"dependsOn","to":["urn:z"]}"#,
    ));
    assert_eq!(warned(&read), []);
    let inventory = read.value;
    assert_eq!((inventory.format, inventory.spec_version.as_str()), (Format::Spdx3JsonLd, "3.0.1"));
    assert_eq!(
        (inventory.name.as_deref(), inventory.serial.as_deref()),
        (Some("pump"), Some("urn:doc"))
    );
    assert_eq!(inventory.created.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(
        (inventory.authors.as_slice(), inventory.tools.as_slice()),
        (["Acme".to_owned()].as_slice(), ["syft 1.2".to_owned()].as_slice())
    );
    assert_eq!(inventory.root, Some(0));
    assert_eq!(inventory.components[0].kind.as_deref(), Some("device"));
    let zlib = &inventory.components[1];
    assert_eq!((zlib.reference.as_str(), zlib.place.as_str()), ("urn:z", "@graph[6]"));
    assert_eq!((zlib.name.as_str(), zlib.version.as_deref()), ("zlib", Some("1.10")));
    assert_eq!(zlib.kind.as_deref(), Some("operating-system"));
    assert_eq!(zlib.supplier.as_deref(), Some("Mark"));
    assert_eq!(zlib.end_of_support.as_deref(), Some("2030-01-01T00:00:00Z"));
    assert_eq!(zlib.support_level.as_deref(), Some("limitedSupport, endOfSupport"));
    assert_eq!(zlib.purls.len(), 2);
    assert_eq!(zlib.cpes.len(), 2);
    let others: Vec<_> =
        zlib.other_identities.iter().map(|(k, t)| (k.as_str(), t.as_str())).collect();
    assert_eq!(others, [("swhid", "swh:1:cnt:2"), ("gitoid", "gitoid:1"), ("npm", "zlib@1.10")]);
    assert_eq!(
        zlib.hashes,
        [("sha1".to_owned(), "e6b1000b94e835ffd37f4c6dcbdad43f4b48a02a".to_owned())]
    );
    assert_eq!(zlib.licences, ["MIT OR (GPL-2.0+ AND Own)", "Zlib OR MIT"]);
    assert_eq!(arrows(&inventory), [("Pump", "zlib", DependencyKind::DependsOn)]);
}

#[test]
fn relationships_point_the_right_way() {
    use DependencyKind::{BuildOnly, Contains, DependsOn, Optional};
    for (kind, scope, arrow) in [
        ("dependsOn", "", Some(("Pump", "a", DependsOn))),
        ("dependsOn", "runtime", Some(("Pump", "a", DependsOn))),
        ("dependsOn", "build", Some(("Pump", "a", BuildOnly))),
        ("dependsOn", "test", Some(("Pump", "a", BuildOnly))),
        ("hasStaticLink", "", Some(("Pump", "a", DependsOn))),
        ("hasOptionalDependency", "", Some(("Pump", "a", Optional))),
        ("contains", "", Some(("Pump", "a", Contains))),
        ("packagedBy", "", Some(("a", "Pump", Contains))),
        ("usesTool", "build", Some(("Pump", "a", BuildOnly))),
        ("hasTest", "", Some(("Pump", "a", BuildOnly))),
        ("hasAssociatedVulnerability", "", None),
        ("ancestorOf", "", None),
    ] {
        let scope = if scope.is_empty() { String::new() } else { format!(r#","scope":"{scope}""#) };
        let read = sound(&document(&format!(
            r#"{{"type":"software_Package","spdxId":"urn:a","name":"a","software_packageVersion":"1"}},
            {{"type":"LifecycleScopedRelationship","spdxId":"urn:r","from":"urn:p","relationshipType":"{kind}","to":["urn:a"]{scope}}}"#
        )));
        assert_eq!(warned(&read), [], "{kind}");
        assert_eq!(arrows(&read.value), arrow.into_iter().collect::<Vec<_>>(), "{kind} {scope}");
    }
}

#[test]
fn elements_inside_others_count_like_those_beside_them() {
    let read = sound(&document(
        r#"{"type":"Relationship","spdxId":"urn:r","from":"urn:p","relationshipType":"dependsOn","creationInfo":{"type":"CreationInfo","specVersion":"3.0.1"},
            "to":[{"type":"software_Package","spdxId":"urn:in","name":"inner","software_packageVersion":"1","suppliedBy":{"type":"Agent","spdxId":"urn:ag","name":"Inner Ltd"},
            "verifiedUsing":[{"type":"Hash","algorithm":"md5","hashValue":"x"}]}]}"#,
    ));
    let inner = &read.value.components[1];
    assert_eq!((inner.name.as_str(), inner.place.as_str()), ("inner", "@graph[6].to[0]"));
    assert_eq!(inner.supplier.as_deref(), Some("Inner Ltd"));
    assert_eq!(arrows(&read.value), [("Pump", "inner", DependencyKind::DependsOn)]);
    assert_eq!(warned(&read), [("hash_malformed", "@graph[6].to[0].verifiedUsing[0]")]);
    // one element without `@graph`, terms and types with their profile written otherwise
    let single = r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@type":"https://spdx.org/rdf/3.0.1/terms/Software/Package","@id":"urn:x","name":"x","software:packageVersion":"2","creationInfo":{"@type":["CreationInfo"],"specVersion":"3.0.0"}}"#;
    let read = sound(single);
    assert_eq!(read.value.spec_version, "3.0.0");
    assert_eq!(
        (read.value.components[0].name.as_str(), read.value.components[0].version.as_deref()),
        ("x", Some("2"))
    );
    assert_eq!(
        warned(&read),
        [("spdx_document_missing", "@graph"), ("root_missing", "rootElement")]
    );
}

#[test]
fn what_is_odd_is_warned_about_in_its_place() {
    let read = sound(&document(
        r#"{"type":"software_Package","spdxId":"urn:a","name":"a","software_packageUrl":"nonsense","software_primaryPurpose":"magic","externalIdentifier":[{"type":"ExternalIdentifier","identifier":"x"}]},
        {"type":"Relationship","spdxId":"urn:r1","from":"urn:a","relationshipType":"dependsOn","to":["urn:a","urn:gone"]},
        {"type":"Relationship","spdxId":"urn:r1","from":"urn:a","relationshipType":"marries","to":["urn:p"]},
        {"type":"Relationship","spdxId":"urn:r3","relationshipType":"contains","to":["urn:p"]},
        {"type":"Relationship","spdxId":"urn:r4","from":"urn:a","relationshipType":"hasDeclaredLicense","to":["urn:set"]},
        {"type":"ConjunctiveLicenseSet","spdxId":"urn:set","member":["urn:set"]},
        {"type":"Relationship","spdxId":"urn:r5","from":"urn:a","relationshipType":"contains","to":["urn:elsewhere","NoneElement"]},
        {"type":"ExternalMap","externalSpdxId":"urn:elsewhere"}"#,
    ));
    assert_eq!(
        warned(&read),
        [
            ("parts_elsewhere", "@graph[12].to[0]"),
            ("spdx_id_repeated", "@graph[8].spdxId"),
            ("relationship_type_unknown", "@graph[8].relationshipType"),
            ("relationship_incomplete", "@graph[9]"),
            ("licence_malformed", "@graph[10]"),
            ("component_type_unknown", "@graph[6].primaryPurpose"),
            ("purl_unreadable", "@graph[6].packageUrl"),
            ("reference_incomplete", "@graph[6].externalIdentifier[0]"),
            ("version_missing", "@graph[6]"),
            ("dangling_reference", "@graph[7].to[1]"),
        ]
    );
    assert!(read.value.graph_has_holes);
}

#[test]
fn faults_refuse_the_document_in_their_place() {
    let package = |inside: &str| document(&format!(r#"{{"type":"software_Package",{inside}}}"#));
    for (text, code, place) in [
        (package(r#""spdxId":"urn:a""#), "component_name_missing", "@graph[6]"),
        (package(r#""name":"a""#), "spdx_id_missing", "@graph[6]"),
        (package(r#""spdxId":"urn:p","name":"a""#), "spdx_id_repeated", "@graph[6].spdxId"),
        (package(r#""spdxId":"urn:a","name":7"#), "wrong_type", "@graph[6].name"),
        (package(r#""spdxId":"urn:a","name":"a","name":"b""#), "duplicate_key", "@graph[6]"),
        (package(r#""spdxId":["urn:a"],"name":"a""#), "wrong_type", "@graph[6].spdxId"),
        (document("").replace("\"3.0.1\"", "\"3.1\""), "spec_version_unknown", "@graph"),
        (document("").replace("specVersion", "version"), "spdx_version_missing", "@graph"),
        (document("").trim_end_matches("]}").to_owned(), "truncated", "line 5 column 128"),
        (document(&format!(r#"{{"x":{}}}"#, "[".repeat(200))), "too_deep", "line 5 column 258"),
    ] {
        let first = refusal(&text);
        assert_eq!((first.code, first.place.as_str()), (code, place), "{text}: {first}");
    }
    let limits = Limits { components: 1, ..Limits::default() };
    let two = package(r#""spdxId":"urn:a","name":"a""#);
    assert_eq!(
        read(two.as_bytes(), &limits).expect_err("a refusal")[0].code,
        "too_many_components"
    );
    let limits = Limits { relations: 5, ..Limits::default() };
    assert_eq!(read(two.as_bytes(), &limits).expect_err("a refusal")[0].code, "too_many_relations");
}

#[test]
fn bills_that_name_each_other_as_root_end() {
    let text = document(r#"{"type":"Bom","spdxId":"urn:b","rootElement":["urn:sbom","urn:b"]}"#)
        .replace(r#""rootElement":["urn:p"]"#, r#""rootElement":["urn:b","urn:p"]"#);
    assert_eq!(sound(&text).value.root, Some(0));
}

#[test]
fn a_vulnerability_that_is_said_to_be_fixed_in_a_package_is_a_patch_of_it() {
    // as Yocto's `create-spdx` writes it
    let read = sound(&document(
        r#"{"type":"software_Package","spdxId":"urn:o","name":"openssl","software_packageVersion":"3.0.8","software_packageUrl":"pkg:generic/openssl@3.0.8"},
        {"type":"security_Vulnerability","spdxId":"urn:v1","externalIdentifier":[{"type":"ExternalIdentifier","externalIdentifierType":"cve","identifier":"CVE-2023-0001"}]},
        {"type":"security_Vulnerability","spdxId":"urn:v2","externalIdentifier":[{"type":"ExternalIdentifier","externalIdentifierType":"cve","identifier":"CVE-2023-0002"}]},
        {"type":"security_Vulnerability","spdxId":"urn:v3","externalIdentifier":[{"type":"ExternalIdentifier","externalIdentifierType":"cve","identifier":"CVE-2023-0003"}]},
        {"type":"security_VexFixedVulnAssessmentRelationship","spdxId":"urn:r1","from":"urn:v1","relationshipType":"fixedIn","to":["urn:o"]},
        {"type":"security_VexNotAffectedVulnAssessmentRelationship","spdxId":"urn:r2","from":"urn:v2","relationshipType":"doesNotAffect","to":["urn:o"]},
        {"type":"security_VexFixedVulnAssessmentRelationship","spdxId":"urn:r3","from":"urn:v3","relationshipType":"fixedIn","to":["urn:o"]},
        {"type":"security_VexAffectedVulnAssessmentRelationship","spdxId":"urn:r4","from":"urn:v3","relationshipType":"affects","to":["urn:o"]}"#,
    ));
    assert_eq!(warned(&read), []);
    let patched = read.value.components[1].patched.iter();
    let patched: Vec<String> = patched.map(|of| format!("{of} {}", of.place)).collect();
    assert_eq!(patched, ["CVE-2023-0001 (applied) @graph[10]"], "the third is contradicted");
    assert!(read.value.components[0].patched.is_empty());
}
