//! SPDX as tag-value, YAML and RDF/XML: what is particular to each form.

#![allow(clippy::expect_used, reason = "helpers of tests")]

use aftercare_formats::sbom::{Limits, read};
use aftercare_vocab::{
    inventory::{DependencyKind, Format, Inventory},
    problem::{Problem, Read},
};

fn sound(text: &str) -> Read<Inventory> {
    read(text.as_bytes(), &Limits::default())
        .unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

fn refusal(text: &str) -> Problem {
    read(text.as_bytes(), &Limits::default()).expect_err(text).swap_remove(0)
}

fn refused(text: &str) -> (&'static str, String) {
    let first = refusal(text);
    (first.code, first.place)
}

fn warned(read: &Read<Inventory>) -> Vec<(&str, &str)> {
    read.problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
}

/// The facts that all three documents below state.
fn check(read: &Read<Inventory>, format: Format) {
    let inventory = &read.value;
    // this form of it says that further dependencies are not known (`DEPENDS_ON NOASSERTION`)
    let is_open = format == Format::SpdxTagValue;
    let told: Vec<&str> = read.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(told, if is_open { vec!["parts_missing"] } else { vec![] }, "{format:?}");
    assert_eq!(inventory.graph_has_holes, is_open);
    assert_eq!(inventory.format, format);
    assert_eq!(inventory.spec_version, "SPDX-2.3");
    assert_eq!(inventory.name.as_deref(), Some("pump"));
    assert_eq!(inventory.serial.as_deref(), Some("https://example.org/pump"));
    assert_eq!(inventory.created.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(inventory.authors, ["Organization: Acme (a@example.org)"]);
    assert_eq!(inventory.tools, ["syft-1.2"]);
    let [pump, zlib] = inventory.components.as_slice() else {
        panic!("{:?}", inventory.components)
    };
    assert_eq!(inventory.root, Some(0));
    assert_eq!((pump.reference.as_str(), pump.kind.as_deref()), ("SPDXRef-P", Some("device")));
    assert_eq!((zlib.reference.as_str(), zlib.place.as_str()), ("SPDXRef-Z", "packages[1]"));
    assert_eq!((zlib.name.as_str(), zlib.version.as_deref()), ("zlib & co", Some("1.10")));
    assert_eq!(zlib.kind.as_deref(), Some("operating-system"));
    assert_eq!(zlib.supplier.as_deref(), Some("Mark (m@example.org)"));
    assert_eq!(zlib.purls[0].to_string(), "pkg:generic/zlib@1.10");
    assert_eq!(zlib.cpes[0].to_string(), "cpe:2.3:a:zlib:zlib:1.10:*:*:*:*:*:*:*");
    assert_eq!(zlib.other_identities, [("gitoid".to_owned(), "gitoid:blob:sha1:00".to_owned())]);
    assert_eq!(
        zlib.hashes,
        [
            ("md5".to_owned(), "3942447fac867ae5cdb3229b658f4d48".to_owned()),
            ("sha1".to_owned(), "e6b1000b94e835ffd37f4c6dcbdad43f4b48a02a".to_owned()),
        ]
    );
    assert_eq!(zlib.licences, ["Zlib OR (MIT AND LicenseRef-1)", "Zlib"]);
    assert_eq!(zlib.end_of_support.as_deref(), Some("2030-01-01T00:00:00Z"));
    let arrows: Vec<_> = inventory.dependencies.iter().map(|d| (d.from, d.to, d.kind)).collect();
    assert_eq!(arrows, [(0, 1, DependencyKind::DependsOn)]);
}

const TAG_VALUE: &str = "SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: pump
DocumentNamespace: https://example.org/pump
ExternalDocumentRef: DocumentRef-x https://example.org/x SHA1: 00
Creator: Tool: syft-1.2
Creator: Organization: Acme (a@example.org)
Created: 2026-01-02T03:04:05Z
# a comment

PackageName: Pump
SPDXID: SPDXRef-P
PackageVersion: 3
PrimaryPackagePurpose: DEVICE
PackageLicenseConcluded: NOASSERTION

FileName: ./main
SPDXID: SPDXRef-F
FileChecksum: SHA1: 00
PackageName: zlib & co
SPDXID: SPDXRef-Z
PackageVersion: 1.10
PrimaryPackagePurpose: OPERATING-SYSTEM
PackageSupplier: Person: Mark (m@example.org)
PackageOriginator: Organization: Other
PackageChecksum: MD5: 3942447fac867ae5cdb3229b658f4d48
PackageChecksum: SHA1: e6b1000b94e835ffd37f4c6dcbdad43f4b48a02a
PackageComment: <text>several
PackageName: lines</text>
PackageLicenseConcluded: <text>Zlib OR (MIT AND LicenseRef-1)</text>
PackageLicenseDeclared: Zlib
ValidUntilDate: 2030-01-01T00:00:00Z
ExternalRef: PACKAGE-MANAGER purl pkg:generic/zlib@1.10
ExternalRef: SECURITY cpe23Type cpe:2.3:a:zlib:zlib:1.10:*:*:*:*:*:*:*
ExternalRefComment: none
ExternalRef: PERSISTENT-ID gitoid gitoid:blob:sha1:00

SnippetSPDXID: SPDXRef-S
SnippetFromFileSPDXID: SPDXRef-F
LicenseID: LicenseRef-1
ExtractedText: <text>free</text>
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-P
Relationship: SPDXRef-P DEPENDS_ON SPDXRef-Z
RelationshipComment: yes
Relationship: SPDXRef-Z CONTAINS SPDXRef-F
Relationship: SPDXRef-Z OTHER DocumentRef-x:SPDXRef-A
Relationship: SPDXRef-P DEPENDS_ON NOASSERTION
";

#[test]
fn a_tag_value_document_keeps_everything() {
    check(&sound(TAG_VALUE), Format::SpdxTagValue);
    check(&sound(&TAG_VALUE.replace('\n', "\r\n")), Format::SpdxTagValue);
    check(&sound(&TAG_VALUE.replace('\n', "\r")), Format::SpdxTagValue);
}

#[test]
fn tag_value_problems_name_the_line() {
    let text = "SPDXVersion: SPDX-2.1
SPDXID: SPDXRef-DOCUMENT
PackageVersion: 1
PackageName: a
SPDXID: SPDXRef-A
PackageVersoin: 2
ExternalRef: SECURITY cpe23Type cpe:2.3:a:only:three
ExternalRef: SECURITY
just a line
Relationship: SPDXRef-A DEPENDS_ON SPDXRef-GONE
Relationship: SPDXRef-A DEPENDS_ON
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-A";
    let read = sound(text);
    assert_eq!(
        warned(&read),
        [
            ("components_missing", ""),
            ("tag_misplaced", "line 3"),
            ("tag_unknown", "line 6"),
            ("cpe_incomplete", "packages[0].externalRefs[0].referenceLocator, line 7"),
            ("reference_incomplete", "packages[0].externalRefs[1], line 8"),
            ("line_unreadable", "line 9"),
            ("relationship_incomplete", "relationships[1], line 11"),
            ("version_missing", "packages[0], line 4"),
            ("dangling_reference", "relationships[0], line 10"),
        ]
    );
    assert!(read.value.graph_has_holes);
}

#[test]
fn faults_of_tag_value_refuse_the_document_with_the_line() {
    let document =
        |lines: &str| format!("SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n{lines}");
    for (text, code, place) in [
        (
            document("PackageName: a\nSPDXID: SPDXRef-A\nPackageVersion: 1\nPackageVersion: 2"),
            "duplicate_key",
            "line 6",
        ),
        (
            document("PackageName: a\nSPDXID: SPDXRef-A\nSPDXID: SPDXRef-B"),
            "duplicate_key",
            "line 5",
        ),
        (document("SPDXID: SPDXRef-X"), "duplicate_key", "line 3"),
        (document("PackageName: a"), "spdx_id_missing", "packages[0], line 3"),
        (
            document("FileName: a\nFileName: b\nSPDXID: SPDXRef-B"),
            "spdx_id_missing",
            "files[0], line 3",
        ),
        (
            document("PackageName: a\nSPDXID: SPDXRef-A\nPackageName: b\nSPDXID: SPDXRef-A"),
            "spdx_id_repeated",
            "packages[1].SPDXID, line 5",
        ),
        (
            document("PackageName: a\nPackageComment: <text>never\nends"),
            "truncated",
            "line 4 column 1",
        ),
        (
            "SPDXVersion: SPDX-2.0\nSPDXID: SPDXRef-DOCUMENT".to_owned(),
            "spec_version_unknown",
            "spdxVersion",
        ),
        (
            "DataLicense: CC0-1.0\nDocumentName: x\nSPDXID: SPDXRef-DOCUMENT".to_owned(),
            "spdx_version_missing",
            "",
        ),
    ] {
        assert_eq!(refused(&text), (code, place.to_owned()), "{text}");
    }
}

const YAML: &str = r#"%YAML 1.2
---
# the version stands last
documentNamespace: https://example.org/pump
name: "pump"
dataLicense: CC0-1.0
SPDXID: 'SPDXRef-DOCUMENT'
creationInfo:
  created: 2026-01-02T03:04:05Z
  creators: ["Tool: syft-1.2", 'Organization: Acme (a@example.org)']
documentDescribes:
- SPDXRef-P
packages:
- SPDXID: SPDXRef-P
  name: Pump
  versionInfo: 3
  primaryPackagePurpose: DEVICE
  licenseConcluded: NOASSERTION
  supplier: ~
- name: &z "zlib & co"
  SPDXID: SPDXRef-Z
  versionInfo: 1.10
  primaryPackagePurpose: OPERATING-SYSTEM
  supplier: "Person: Mark (m@example.org)"
  checksums:
  - {algorithm: MD5, checksumValue: 3942447fac867ae5cdb3229b658f4d48}
  - algorithm: SHA1
    checksumValue: e6b1000b94e835ffd37f4c6dcbdad43f4b48a02a
  licenseConcluded: >-
    Zlib OR
    (MIT AND LicenseRef-1)
  licenseDeclared: Zlib
  validUntilDate: 2030-01-01T00:00:00Z
  comment: *z
  externalRefs:
  - referenceType: purl
    referenceLocator: pkg:generic/zlib@1.10
  - referenceType: cpe23Type
    referenceLocator: "cpe:2.3:a:zlib:zlib:1.10:*:*:*:*:*:*:*"
  - {referenceType: gitoid, referenceLocator: "gitoid:blob:sha1:00"}
files:
- SPDXID: SPDXRef-F
relationships:
- {spdxElementId: SPDXRef-P, relationshipType: DEPENDS_ON, relatedSpdxElement: SPDXRef-Z}
- {spdxElementId: SPDXRef-Z, relationshipType: CONTAINS, relatedSpdxElement: SPDXRef-F}
spdxVersion: SPDX-2.3
"#;

#[test]
fn a_yaml_document_keeps_everything() {
    check(&sound(YAML), Format::SpdxYaml);
    // keys in quotes, and a head that is longer than what is looked at first
    let quoted =
        YAML.replace("spdxVersion:", "\"spdxVersion\":").replace("dataLicense:", "'dataLicense':");
    check(&sound(&quoted), Format::SpdxYaml);
    let long =
        YAML.replace("# the version", &format!("{}# the version", "# comment\n".repeat(10_000)));
    let long = long.replace("documentNamespace:", "\"documentNamespace\":");
    check(&sound(&long), Format::SpdxYaml);
}

#[test]
fn yaml_scalars_are_the_text_that_stands_there() {
    for version in [
        "1.10",
        "0x10",
        "1e3",
        "010",
        "1_000",
        "2026-01-02",
        "true",
        "no",
        ".5",
        "+1",
        "12:30:45",
        "1.0.0-beta",
    ] {
        let text = format!(
            "spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\npackages:\n- SPDXID: SPDXRef-A\n  name: {version}\n  versionInfo: {version}\n"
        );
        let component = sound(&text).value.components.remove(0);
        assert_eq!(
            (component.name.as_str(), component.version.as_deref()),
            (version, Some(version))
        );
    }
}

#[test]
fn hostile_and_broken_yaml_is_refused() {
    let document = |rest: &str| format!("spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n{rest}");
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for n in 1..10 {
        let inner = vec![format!("*a{}", n - 1); 10].join(",");
        bomb.push_str(&format!("a{n}: &a{n} [{inner}]\n"));
    }
    let first = refusal(&document(&bomb));
    assert_eq!(first.code, "yaml_grows", "{first}");
    let first = refusal(&document(&format!("x: {}", "[".repeat(100_000))));
    assert_eq!(first.code, "too_deep", "{first}");
    let indented = |levels: usize| (0..levels).map(|n| " ".repeat(n) + "a:\n").collect::<String>();
    assert_eq!(refused(&document(&indented(3_000))).0, "too_deep");
    // the deepest that is allowed, also for the walk that finds the place of a fault
    let deepest = indented(29);
    assert_eq!(sound(&document(&deepest)).value.components.len(), 0);
    assert_eq!(refused(&document(&(deepest + "name: [x]\n"))).0, "wrong_type");
    for (rest, code, place) in [
        ("name: a\nname: b\n", "duplicate_key", "line 4"),
        ("packages:\n- name: a\n  SPDXID: SPDXRef-A\n  name: b\n", "duplicate_key", "packages[0]"),
        ("packages: {a: b}\n", "wrong_type", "packages"),
        ("packages: text\n", "wrong_type", "packages"),
        ("packages:\n- SPDXID: SPDXRef-A\n  name: [a]\n", "wrong_type", "packages[0].name"),
        (
            "packages:\n- SPDXID: SPDXRef-A\n  versionInfo: 1\n",
            "component_name_missing",
            "packages[0]",
        ),
        ("name: \"open\n", "not_yaml", "line "),
        ("name: *nowhere\n", "not_yaml", "line 3"),
        ("\tname: x\n", "not_yaml", "line "),
        ("---\nspdxVersion: SPDX-2.3\n", "several_documents", "line "),
        ("spdxVersion: SPDX-2.2\n", "duplicate_key", "line 3"),
    ] {
        let first = refusal(&document(rest));
        assert_eq!(first.code, code, "{rest}: {first}");
        assert!(first.place.starts_with(place), "{rest}: {first}");
    }
    assert_eq!(
        refused("spdxVersion: SPDX-2.1\nSPDXID: SPDXRef-DOCUMENT\n"),
        ("spec_version_unknown", "spdxVersion".to_owned())
    );
}

const RDF: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://spdx.org/rdf/terms#" xmlns:s="http://spdx.org/rdf/terms#" xmlns:doap="http://usefulinc.com/ns/doap#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">
  <SpdxDocument rdf:about="https://example.org/pump#SPDXRef-DOCUMENT">
    <specVersion>SPDX-2.3</specVersion>
    <name>pump</name>
    <dataLicense rdf:resource="http://spdx.org/licenses/CC0-1.0"/>
    <creationInfo>
      <CreationInfo>
        <creator>Tool: syft-1.2</creator><creator>Organization: Acme (a@example.org)</creator>
        <created>2026-01-02T03:04:05Z</created>
      </CreationInfo>
    </creationInfo>
    <relationship>
      <Relationship>
        <relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_describes"/>
        <relatedSpdxElement>
          <Package rdf:about="https://example.org/pump#SPDXRef-P" s:versionInfo="3">
            <name>Pump</name>
            <primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_device"/>
            <licenseConcluded rdf:resource="http://spdx.org/rdf/terms#noassertion"/>
            <doap:homepage>https://example.org</doap:homepage>
            <relationship>
              <Relationship rdf:nodeID="r1">
                <relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_dependsOn"/>
                <relatedSpdxElement>
                  <rdf:Description rdf:about="https://example.org/pump#SPDXRef-Z">
                    <rdf:type rdf:resource="http://spdx.org/rdf/terms#Package"/>
                    <name>zlib &amp; co</name>
                    <versionInfo>1.10</versionInfo>
                    <primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_operatingSystem"/>
                    <supplier>Person: Mark (m@example.org)</supplier>
                    <originator>Organization: Other</originator>
                    <checksum><Checksum>
                      <algorithm rdf:resource="http://spdx.org/rdf/terms#checksumAlgorithm_md5"/>
                      <checksumValue>3942447fac867ae5cdb3229b658f4d48</checksumValue>
                    </Checksum></checksum>
                    <checksum rdf:nodeID="sum"/>
                    <licenseDeclared rdf:resource="http://spdx.org/licenses/Zlib"/>
                    <licenseConcluded>
                      <DisjunctiveLicenseSet>
                        <member rdf:resource="http://spdx.org/licenses/Zlib"/>
                        <member><ConjunctiveLicenseSet>
                          <member><ListedLicense rdf:about="http://spdx.org/licenses/MIT"><licenseId>MIT</licenseId></ListedLicense></member>
                          <member><ExtractedLicensingInfo rdf:about="https://example.org/pump#LicenseRef-1"><licenseId>LicenseRef-1</licenseId><extractedText>free</extractedText></ExtractedLicensingInfo></member>
                        </ConjunctiveLicenseSet></member>
                      </DisjunctiveLicenseSet>
                    </licenseConcluded>
                    <validUntilDate>2030-01-01T00:00:00Z</validUntilDate>
                    <externalRef rdf:parseType="Resource">
                      <referenceType rdf:resource="http://spdx.org/rdf/references/purl"/>
                      <referenceLocator>pkg:generic/zlib@1.10</referenceLocator>
                    </externalRef>
                    <externalRef><ExternalRef>
                      <referenceType><ReferenceType rdf:about="http://spdx.org/rdf/references/cpe23Type"/></referenceType>
                      <referenceLocator>cpe:2.3:a:zlib:zlib:1.10:*:*:*:*:*:*:*</referenceLocator>
                    </ExternalRef></externalRef>
                    <externalRef><ExternalRef>
                      <referenceType rdf:resource="http://spdx.org/rdf/references/gitoid"/>
                      <referenceLocator>gitoid:blob:sha1:00</referenceLocator>
                    </ExternalRef></externalRef>
                  </rdf:Description>
                </relatedSpdxElement>
              </Relationship>
            </relationship>
          </Package>
        </relatedSpdxElement>
      </Relationship>
    </relationship>
  </SpdxDocument>
  <Checksum rdf:nodeID="sum">
    <algorithm rdf:resource="http://spdx.org/rdf/terms#checksumAlgorithm_sha1"/>
    <checksumValue>e6b1000b94e835ffd37f4c6dcbdad43f4b48a02a</checksumValue>
  </Checksum>
  <File rdf:about="https://example.org/pump#SPDXRef-F"/>
  <rdf:Description rdf:about="https://example.org/pump#SPDXRef-Z">
    <relationship><Relationship>
      <relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_contains"/>
      <relatedSpdxElement rdf:resource="https://example.org/pump#SPDXRef-F"/>
    </Relationship></relationship>
    <relationship><Relationship>
      <relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_other"/>
      <relatedSpdxElement rdf:resource="https://example.org/x#SPDXRef-A"/>
    </Relationship></relationship>
    <relationship><Relationship>
      <relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_dependsOn"/>
      <relatedSpdxElement rdf:resource="http://spdx.org/rdf/terms#none"/>
    </Relationship></relationship>
  </rdf:Description>
</rdf:RDF>
"#;

#[test]
fn an_rdf_document_keeps_everything_wherever_it_stands() {
    let read = sound(RDF);
    check(&read, Format::SpdxRdf);
}

/// An RDF document whose SPDX document holds `inside`, with `beside` after it.
fn rdf(inside: &str, beside: &str) -> String {
    format!(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://spdx.org/rdf/terms#'>
<SpdxDocument rdf:about='urn:d#SPDXRef-DOCUMENT'><specVersion>SPDX-2.3</specVersion>{inside}</SpdxDocument>
{beside}</rdf:RDF>"
    )
}

#[test]
fn packages_may_stand_thousands_deep_inside_each_other() {
    const DEPTH: usize = 2_000;
    let mut inside = String::new();
    for n in 0..DEPTH {
        inside.push_str(&format!("<relationship><Relationship><relationshipType rdf:resource='http://spdx.org/rdf/terms#relationshipType_contains'/><relatedSpdxElement><Package rdf:about='urn:d#SPDXRef-{n}'><name>{n}</name><versionInfo>1</versionInfo>"));
    }
    inside.push_str(&"</Package></relatedSpdxElement></Relationship></relationship>".repeat(DEPTH));
    let read = sound(&rdf(&inside, ""));
    assert_eq!(read.value.components.len(), DEPTH);
    assert_eq!(read.value.dependencies.len(), DEPTH - 1);
    assert_eq!(refused(&rdf(&"<name><x>".repeat(5_001), "")).0, "too_deep");
}

#[test]
fn licences_that_name_each_other_without_end_are_told() {
    // a circle, and a set that doubles at each step
    let mut beside = String::from(
        "<ConjunctiveLicenseSet rdf:about='urn:c'><member rdf:resource='urn:c'/></ConjunctiveLicenseSet>",
    );
    for n in 0..40 {
        let inner = if n == 0 {
            "http://spdx.org/licenses/MIT".to_owned()
        } else {
            format!("urn:{}", n - 1)
        };
        let member = format!(
            "<member><DisjunctiveLicenseSet><member rdf:resource='{inner}'/></DisjunctiveLicenseSet></member>"
        );
        beside.push_str(&format!(
            "<ConjunctiveLicenseSet rdf:about='urn:{n}'>{}</ConjunctiveLicenseSet>",
            member.repeat(2)
        ));
    }
    for licence in ["urn:c", "urn:39", "urn:14"] {
        let package = format!(
            "<Package rdf:about='urn:d#SPDXRef-A'><name>a</name><versionInfo>1</versionInfo><licenseDeclared rdf:resource='{licence}'/></Package>"
        );
        let read =
            sound(&rdf("<describesPackage rdf:resource='urn:d#SPDXRef-A'/>", &(package + &beside)));
        assert_eq!(
            warned(&read),
            [
                ("components_missing", ""),
                ("value_unreadable", "packages[0].licenseDeclared, line 3")
            ],
            "{licence}"
        );
        assert_eq!(read.value.components[0].licences, [""; 0]);
    }
}

#[test]
fn faults_of_rdf_refuse_the_document_with_the_line() {
    let package = "<Package rdf:about='urn:d#SPDXRef-A'><name>a</name></Package>\n";
    for (text, code, place) in [
        (
            rdf("", package).replace("<rdf:RDF", "<!DOCTYPE x []><rdf:RDF"),
            "dtd_refused",
            "line 1 column 1",
        ),
        (rdf("", package).replace("</rdf:RDF>", ""), "truncated", "line 4 column 1"),
        (rdf("", package).replace("</Package>", "</package>"), "not_xml", "line 3 column 52"),
        (rdf("", package).replace("SpdxDocument", "Spdx"), "spdx_document_missing", "line 1"),
        (
            rdf("", "<SpdxDocument rdf:about='urn:e#SPDXRef-DOCUMENT'/>"),
            "several_documents",
            "line 3",
        ),
        (
            rdf("", &package.replace("</name>", "</name><name>b</name>")),
            "duplicate_key",
            "packages[0].name, line 3",
        ),
        (
            rdf("", &package.replace("<name>a</name>", "")),
            "component_name_missing",
            "packages[0], line 3",
        ),
        (
            rdf("", &package.replace(" rdf:about='urn:d#SPDXRef-A'", "")),
            "spdx_id_missing",
            "packages[0], line 3",
        ),
        (rdf("", package).replace("SPDX-2.3", "SPDX-1.2"), "spec_version_unknown", "spdxVersion"),
    ] {
        let text = if text.contains("terms#") { text } else { panic!("{text}") };
        assert_eq!(refused(&text), (code, place.to_owned()), "{text}: {}", refusal(&text));
    }
}
