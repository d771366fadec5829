//! Documents made to hurt: each ends quickly in a refusal or a reading, never in a panic, an
//! overflow or a hang.

use aftercare_formats::sbom::{Limits, read, recognise};
use proptest::prelude::*;
use std::fmt::Write as _;

const HEAD: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1"#;

/// The code of the first refusal, or `read`.
fn outcome(text: &str, limits: &Limits) -> &'static str {
    match read(text.as_bytes(), limits) {
        Ok(_) => "read",
        Err(problems) => problems[0].code,
    }
}

#[test]
fn deep_nesting_is_refused_wherever_it_stands() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for text in [
        format!(r#"{HEAD},"x":{}}}"#, deep(100_000)),
        format!(r#"{HEAD},"components":{}}}"#, deep(100_000)),
        format!(r#"{{"x":{}}}"#, "{\"x\":".repeat(100_000)),
        format!(r#"{HEAD},"components":[{{"name":"a","x":{}}}]}}"#, deep(100_000)),
    ] {
        assert_eq!(outcome(&text, &Limits::default()), "too_deep");
    }
    assert_eq!(outcome(&deep(100_000), &Limits::default()), "not_an_sbom");
    // 200 MB of brackets are left at the 128th
    assert_eq!(
        outcome(&format!("{{\"x\":{}", "[".repeat(200_000_000)), &Limits::default()),
        "too_deep"
    );
    // the deepest that is allowed, and one more
    assert_eq!(outcome(&format!(r#"{HEAD},"x":{}}}"#, deep(126)), &Limits::default()), "read");
    assert_eq!(outcome(&format!(r#"{HEAD},"x":{}}}"#, deep(127)), &Limits::default()), "too_deep");
}

fn nested(levels: usize) -> String {
    let mut text = format!(r#"{HEAD},"components":["#);
    for _ in 0..levels {
        text.push_str(r#"{"type":"library","name":"n","version":"1","components":["#);
    }
    text.push_str(&"]}".repeat(levels));
    text + "]}"
}

#[test]
fn components_nest_to_the_limit_and_no_deeper() {
    assert_eq!(outcome(&nested(51), &Limits::default()), "read");
    // the slower walk that finds the place of a fault has room, too
    let fault = nested(51).replacen("[]", "[7]", 1);
    let problem = read(fault.as_bytes(), &Limits::default()).expect_err("a refusal").swap_remove(0);
    assert_eq!(problem.code, "wrong_type");
    assert_eq!(problem.place.matches("components").count(), 52, "{problem}");
    assert_eq!(outcome(&nested(52), &Limits::default()), "too_deep");
    assert_eq!(outcome(&nested(3_000), &Limits::default()), "too_deep");
    assert_eq!(outcome(&nested(3), &Limits { nesting: 1, ..Limits::default() }), "too_deep");
}

#[test]
fn each_limit_ends_the_reading_with_its_name() {
    let limits = Limits {
        bytes: 4_000,
        depth: 12,
        nesting: 2,
        components: 3,
        relations: 4,
        items: 5,
        alike: 3,
        text: 100,
        warnings: 2,
    };
    let components = |count: usize| {
        let list: Vec<String> = (0..count)
            .map(|n| format!(r#"{{"type":"library","name":"{n}","version":"1"}}"#))
            .collect();
        format!(r#"{HEAD},"components":[{}]}}"#, list.join(","))
    };
    assert_eq!(outcome(&components(3), &limits), "read");
    assert_eq!(outcome(&components(4), &limits), "too_many_components");
    assert_eq!(outcome(&" ".repeat(4_001), &limits), "too_large");

    let hashes = |count: usize| {
        let list =
            vec![r#"{"alg":"MD5","content":"3942447fac867ae5cdb3229b658f4d48"}"#; count].join(",");
        format!(
            r#"{HEAD},"components":[{{"type":"library","name":"a","version":"1","hashes":[{list}]}}]}}"#
        )
    };
    assert_eq!(outcome(&hashes(5), &limits), "read");
    assert_eq!(outcome(&hashes(6), &limits), "too_many_entries");

    let identities = |count: usize| {
        let list: Vec<String> = (0..count)
            .map(|n| format!(r#"{{"field":"purl","concludedValue":"pkg:npm/a{n}"}}"#))
            .collect();
        format!(
            r#"{HEAD},"components":[{{"type":"library","name":"a","version":"1","evidence":{{"identity":[{}]}}}}]}}"#,
            list.join(",")
        )
    };
    assert_eq!(outcome(&identities(3), &limits), "read");
    assert_eq!(outcome(&identities(4), &limits), "too_many_entries");

    for field in ["name", "purl", "cpe", "version"] {
        let text = |length: usize| {
            let other = if field == "name" { "x" } else { "name" };
            let long = "a".repeat(length);
            format!(
                r#"{HEAD},"components":[{{"type":"library","{other}":"b","{field}":"{long}"}}]}}"#
            )
        };
        assert_eq!(outcome(&text(100), &limits), "read", "{field}");
        assert_eq!(outcome(&text(101), &limits), "text_too_long", "{field}");
    }

    let depends = |count: usize| {
        format!(
            r#"{HEAD},"dependencies":[{{"ref":"a","dependsOn":[{}]}}]}}"#,
            vec!["\"a\""; count].join(",")
        )
    };
    assert_eq!(outcome(&depends(3), &limits), "read");
    assert_eq!(outcome(&depends(4), &limits), "too_many_relations");

    let warnings = format!(r#"{HEAD},"components":[{{"name":"a"}},{{"name":"b"}}]}}"#);
    let problems = read(warnings.as_bytes(), &limits).expect("a reading").problems;
    assert_eq!(problems.len(), 3);
    assert_eq!(problems[2].code, "warnings_left_out");
    // two types, two versions and the product are missing: five, of which two are told
    assert!(problems[2].what.starts_with("3 further"), "{}", problems[2]);
}

#[test]
fn long_texts_and_long_lists_are_read() {
    let long = "x".repeat(2_000_000);
    let text = format!(
        r#"{HEAD},"components":[{{"type":"library","name":"{long}","version":"1","purl":"{long}"}}]}}"#
    );
    let read = read(text.as_bytes(), &Limits::default()).expect("a reading");
    assert_eq!(read.value.components[0].name.len(), 2_000_000);
    assert_eq!(read.value.components[0].other_identities[0].1.len(), 2_000_000);
    // messages stay short
    assert!(
        read.problems.iter().all(|problem| problem.what.len() < 1_000),
        "{:?}",
        read.problems.len()
    );
}

#[test]
fn cycles_and_dense_graphs_end() {
    let mut text = format!(r#"{HEAD},"components":["#);
    for n in 0..300 {
        let _ = write!(
            text,
            r#"{}{{"type":"library","name":"c{n}","version":"1","bom-ref":"{n}"}}"#,
            if n == 0 { "" } else { "," }
        );
    }
    text.push_str(r#"],"dependencies":["#);
    let all: Vec<String> = (0..300).map(|n| format!("\"{n}\"")).collect();
    for n in 0..300 {
        let _ = write!(
            text,
            r#"{}{{"ref":"{n}","dependsOn":[{}]}}"#,
            if n == 0 { "" } else { "," },
            all.join(",")
        );
    }
    text.push_str("]}");
    let read = read(text.as_bytes(), &Limits::default()).expect("a reading");
    assert_eq!(read.value.dependencies.len(), 300 * 300);
    assert!(!read.value.graph_has_holes);
}

#[test]
fn many_dangling_references_give_a_bounded_answer() {
    let all: Vec<String> = (0..200_000).map(|n| format!("\"gone-{n}\"")).collect();
    let text =
        format!(r#"{HEAD},"dependencies":[{{"ref":"a","dependsOn":[{}]}}]}}"#, all.join(","));
    let read = read(text.as_bytes(), &Limits::default()).expect("a reading");
    assert_eq!(read.problems.len(), Limits::WARNINGS + 1);
    assert!(read.value.graph_has_holes);
}

pub const SEEDS: [&str; 7] = [
    r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","metadata":{"timestamp":"2026-01-02T03:04:05Z","tools":[{"name":"t"}],"component":{"type":"device","name":"P","bom-ref":"p"}},"components":[{"type":"library","bom-ref":"a","name":"x\u0000\"","version":"1","purl":"pkg:npm/%40a/x@1?upstream=y","cpe":"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*","hashes":[{"alg":"MD5","content":"00"}],"licenses":[{"license":{"id":"MIT"}}],"evidence":{"identity":{"field":"cpe","concludedValue":"cpe:/a:b:c"}},"pedigree":{"patches":[{"type":"backport","resolves":[{"type":"security","id":"CVE-1"}]}]},"components":[{"type":"file","name":"é漢"}]}],"services":[{"bom-ref":"s"}],"dependencies":[{"ref":"p","dependsOn":["a","s","z"]}]}"#,
    r#"{"SPDXID":"SPDXRef-DOCUMENT","spdxVersion":"SPDX-2.3","name":"d","documentNamespace":"n","creationInfo":{"created":"2026-01-02T03:04:05Z","creators":["Tool: t","Person: J"]},"documentDescribes":["SPDXRef-A"],"packages":[{"SPDXID":"SPDXRef-A","name":"a","versionInfo":"NOASSERTION","supplier":"Organization: é","checksums":[{"algorithm":"SHA1","checksumValue":"00"}],"externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"},{"referenceType":"cpe22Type","referenceLocator":"cpe:/a:b"}]}],"files":[{"SPDXID":"SPDXRef-F"}],"relationships":[{"spdxElementId":"SPDXRef-A","relationshipType":"DEPENDENCY_OF","relatedSpdxElement":"SPDXRef-F"}]}"#,
    "<?xml version='1.0'?>\n<bom xmlns='http://cyclonedx.org/schema/bom/1.6' version='1'><metadata><tools><tool><name>t</name></tool></tools><component type='device' bom-ref='p'><name>P</name></component></metadata><components><component type='library' bom-ref='a'><supplier><name>é</name></supplier><name><![CDATA[x]]></name><version>1</version><hashes><hash alg='MD5'>00</hash></hashes><licenses><license><id>MIT</id></license><expression>A &amp; B</expression></licenses><purl>pkg:npm/a@1</purl><swhid>s</swhid><swhid>t</swhid><properties><property name='n'>v</property></properties><components><component type='file'><name>漢</name></component></components><evidence><identity><field>cpe</field></identity></evidence></component></components><dependencies><dependency ref='p'><dependency ref='a'><dependency ref='z'/></dependency></dependency></dependencies></bom>",
    "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: é\nCreator: Tool: t\nPackageName: a\nSPDXID: SPDXRef-A\nPackageChecksum: SHA1: 00\nExternalRef: SECURITY purl pkg:npm/a@1\nPackageComment: <text>a\nb</text>\nFileName: f\nSPDXID: SPDXRef-F\nSnippetSPDXID: SPDXRef-S\nRelationship: SPDXRef-A CONTAINS SPDXRef-F\n",
    "spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nname: &n \"é\"\npackages:\n- SPDXID: SPDXRef-A\n  name: *n\n  versionInfo: 1.10\n  checksums: [{algorithm: SHA1, checksumValue: 00}]\n  comment: |\n    a\n    b\nrelationships:\n- {spdxElementId: SPDXRef-A, relationshipType: OTHER, relatedSpdxElement: NONE}\n",
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://spdx.org/rdf/terms#'><SpdxDocument rdf:about='urn:d#SPDXRef-DOCUMENT'><specVersion>SPDX-2.3</specVersion><relationship><Relationship><relationshipType rdf:resource='http://spdx.org/rdf/terms#relationshipType_describes'/><relatedSpdxElement><Package rdf:about='urn:d#SPDXRef-A'><name>é</name><licenseDeclared><ConjunctiveLicenseSet><member rdf:resource='http://spdx.org/licenses/MIT'/><member rdf:nodeID='x'/></ConjunctiveLicenseSet></licenseDeclared><checksum rdf:parseType='Resource'><checksumValue>00</checksumValue></checksum></Package></relatedSpdxElement></Relationship></relationship></SpdxDocument></rdf:RDF>",
    r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2026-01-02T03:04:05Z","createdBy":["urn:a"]},{"type":"SpdxDocument","spdxId":"urn:d","creationInfo":"_:c","rootElement":["urn:p"]},{"type":"software_Package","spdxId":"urn:p","name":"é","suppliedBy":{"type":"Agent","spdxId":"urn:a","name":"A"},"verifiedUsing":[{"type":"Hash","algorithm":"md5","hashValue":"00"}]},{"type":"Relationship","spdxId":"urn:r","from":"urn:p","relationshipType":"dependsOn","to":["urn:p","urn:z"]}]}"#,
];

/// One change of a document: at a place (in thousandths of its length), of a kind.
type Change = (u32, u8, Vec<u8>);

fn mutated(seed: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for (at, kind, text) in changes {
        let at = bytes.len() * (*at as usize) / 1_000;
        match kind % 5 {
            // overwrite, insert, cut out, cut off, double
            0 => {
                for (slot, byte) in bytes.iter_mut().skip(at).zip(text) {
                    *slot = *byte;
                }
            }
            1 => {
                bytes.splice(at..at, text.iter().copied());
            }
            2 => {
                let end = (at + text.len() * 3).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => bytes.truncate(at.max(1)),
            _ => {
                let end = (at + text.len() * 8).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_document_makes_reading_panic(
        seed in 0..SEEDS.len(),
        changes in prop::collection::vec(
            (0u32..1_000, any::<u8>(), prop::collection::vec(prop::sample::select(br#"{}[]",:\u0019a-null% <>&;/=*!?'"#.iter().copied().chain([0xc3, 0xa9, 0xff, 0]).collect::<Vec<u8>>()), 1..6)),
            1..5,
        ),
    ) {
        let bytes = mutated(SEEDS[seed], &changes);
        recognise(&bytes);
        match read(&bytes, &Limits::default()) {
            Ok(read) => {
                let count = read.value.components.len();
                for dependency in &read.value.dependencies {
                    prop_assert!((dependency.from as usize) < count && (dependency.to as usize) < count);
                }
                prop_assert!(read.value.components.iter().all(|component| !component.name.contains('\0')));
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|problem| !problem.what.is_empty() && !problem.next.is_empty()));
            }
        }
    }

    #[test]
    fn any_bytes_are_recognised_as_something(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        recognise(&bytes);
        prop_assert!(read(&bytes, &Limits::default()).is_err());
    }
}
