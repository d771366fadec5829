//! What stands where in a CycloneDX VEX document.

use crate::samples::{full, small, vex};
use aftercare_documents::{
    Advisory,
    cyclonedx::{self, BomLink},
};
use serde_json::{Value, json};

fn written(advisory: &Advisory, version: &str) -> Value {
    let document = cyclonedx::write(advisory, version, None).expect("written");
    serde_json::from_slice(&document.bytes).expect("JSON")
}

fn analysis(advisory: &Advisory, version: &str) -> Value {
    let mut analysis = written(advisory, version)["vulnerabilities"][0]["analysis"].clone();
    analysis.as_object_mut().expect("an object").remove("firstIssued");
    analysis
}

#[test]
fn an_analysis_says_the_same_in_the_words_of_cyclonedx() {
    let (full, vex) = (full(), vex());
    for (advisory, version, expected) in [
        (
            &full,
            "ver_1",
            json!({"state": "exploitable", "response": ["update", "workaround_available"]}),
        ),
        (&full, "ver_2", json!({"state": "resolved", "response": ["update"]})),
        (&full, "ver_5", json!({"state": "not_affected", "justification": "code_not_reachable"})),
        (&vex, "ver_1.0", json!({"state": "false_positive"})),
        (&vex, "ver_1.1", json!({"state": "not_affected", "justification": "code_not_present"})),
        (
            &vex,
            "ver_1.3",
            json!({"state": "not_affected", "justification": "requires_environment"}),
        ),
        (
            &vex,
            "ver_1.4",
            json!({"state": "not_affected", "justification": "protected_by_mitigating_control"}),
        ),
        (&vex, "ver_1.5", json!({"state": "exploitable", "response": ["will_not_fix"]})),
        (&vex, "ver_1.6", json!({"state": "exploitable", "response": ["workaround_available"]})),
        (&vex, "ver_1.7", json!({"state": "exploitable"})),
    ] {
        assert_eq!(analysis(advisory, version), expected, "{version}");
    }
}

#[test]
fn each_version_has_its_document_of_what_is_said_about_it() {
    let advisory = full();
    let first = written(&advisory, "ver_1");
    assert_eq!(first["version"], 2);
    assert_eq!(first["metadata"]["component"]["version"], "4.2.1");
    let names: Vec<&Value> =
        first["vulnerabilities"].as_array().expect("a list").iter().map(|v| &v["id"]).collect();
    assert_eq!(names, ["CVE-2026-12345", "GHSA-aaaa-bbbb-cccc"]);
    assert_eq!(
        first["vulnerabilities"][1]["affects"],
        json!([{"ref": "ver_1", "versions": [{"version": "4.2.1", "status": "unknown"}]}])
    );
    let second = written(&advisory, "ver_2");
    assert_eq!(second["vulnerabilities"].as_array().map(Vec::len), Some(1));
    assert_ne!(first["serialNumber"], second["serialNumber"]);
    let mut earlier = advisory.clone();
    earlier.revisions.truncate(1);
    assert_eq!(written(&earlier, "ver_1")["serialNumber"], first["serialNumber"]);
    let document = cyclonedx::write(&advisory, "pumpe ü/1", None).expect("written");
    assert_eq!(document.name, "gr_e_2026_07_a_.pumpe_1.cdx.json");
}

#[test]
fn scores_of_every_version_of_the_standard_are_ratings() {
    let value = written(&full(), "ver_1");
    let ratings = value["vulnerabilities"][0]["ratings"].as_array().expect("a list");
    let methods: Vec<&Value> = ratings.iter().map(|rating| &rating["method"]).collect();
    assert_eq!(methods, ["CVSSv31", "CVSSv4", "CVSSv2"]);
    assert_eq!((&ratings[0]["score"], &ratings[0]["severity"]), (&json!(8.1), &json!("high")));
    let other = written(&full(), "ver_3");
    assert_eq!(other["vulnerabilities"][0]["ratings"][1]["method"], "CVSSv3");
}

#[test]
fn a_known_sbom_is_linked_to() {
    let mut link = BomLink {
        serial: "3e671687-395b-41f5-a30f-a58921a69b79".into(),
        version: 2,
        bom_ref: "device 1".into(),
    };
    let document = cyclonedx::write(&small(), "ver_1", Some(&link)).expect("written");
    let value: Value = serde_json::from_slice(&document.bytes).expect("JSON");
    let target = &value["vulnerabilities"][0]["affects"][0]["ref"];
    assert_eq!(target, "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#device%201");
    link.serial = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79".into();
    link.version = 0;
    let refused = cyclonedx::write(&small(), "ver_1", Some(&link)).expect_err("refused");
    assert!(refused.has("serial_unreadable") && refused.has("sbom_version_zero"), "{refused}");
}

#[test]
fn a_version_of_which_nothing_is_said_gets_no_clean_document() {
    let mut advisory = small();
    advisory.vulnerabilities[0].standings.pop();
    let refused = cyclonedx::write(&advisory, "ver_2", None).expect_err("refused");
    assert!(refused.has("version_unspoken_of"), "{refused}");
    assert!(
        cyclonedx::write(&advisory, "ver_9", None).expect_err("refused").has("version_unknown")
    );
}
