//! What stands where in a CSAF document.

use crate::samples::{NASTY, full, large, small};
use aftercare_documents::{
    Advisory,
    csaf::{self, Profile},
};
use serde_json::{Value, json};

fn written(advisory: &Advisory, profile: Profile) -> Value {
    let document = csaf::write(advisory, profile).expect("written");
    serde_json::from_slice(&document.bytes).expect("JSON")
}

#[test]
fn the_same_advisory_gives_the_same_bytes_with_members_in_order() {
    for advisory in [small(), full(), large()] {
        let first = csaf::write(&advisory, Profile::Vex).expect("written");
        let again = csaf::write(&advisory.clone(), Profile::Vex).expect("written");
        assert_eq!(first, again);
    }
    let document = csaf::write(&small(), Profile::SecurityAdvisory).expect("written");
    assert_eq!(document.name, "mx-2026-001.json");
    assert!(document.warnings.is_empty(), "{:?}", document.warnings);
    let text = document.text();
    let members = ["\"document\"", "\"product_tree\"", "\"vulnerabilities\""];
    let places = members.map(|member| text.find(member).expect("a member"));
    assert!(places.is_sorted(), "{text}");
    assert!(text.ends_with("}\n"));
}

#[test]
fn head_and_history_say_who_when_and_for_whom() {
    let value = written(&full(), Profile::SecurityAdvisory);
    let document = &value["document"];
    assert_eq!(document["category"], "csaf_security_advisory");
    assert_eq!(document["title"], NASTY);
    assert_eq!(document["distribution"]["tlp"]["label"], "AMBER");
    let tracking = &document["tracking"];
    assert_eq!(tracking["id"], "Größe #2026/07 'A'");
    assert_eq!(tracking["version"], "2");
    assert_eq!(tracking["initial_release_date"], "2026-11-23T14:05:00Z");
    assert_eq!(tracking["current_release_date"], "2026-11-24T09:30:00.123456Z");
    let numbers = tracking["revision_history"].as_array().expect("a list");
    assert_eq!(numbers.iter().map(|r| &r["number"]).collect::<Vec<_>>(), ["1", "2"]);
    let own = &document["references"][0];
    assert_eq!(own["category"], "self");
    assert_eq!(own["url"], "https://device.example/csaf/white/2026/gr_e_2026_07_a_.json");
}

#[test]
fn status_flags_and_impact_follow_from_the_standings() {
    let value = written(&full(), Profile::Vex);
    let this = &value["vulnerabilities"][0];
    assert_eq!(
        this["product_status"],
        json!({
            "fixed": ["ver_2"],
            "known_affected": ["ver_1", "ver_3"],
            "known_not_affected": ["ver_4", "ver_5", "pumpe ü/1"],
        })
    );
    assert_eq!(
        this["flags"],
        json!([
            {"label": "component_not_present", "product_ids": ["ver_4"]},
            {"label": "vulnerable_code_not_in_execute_path", "product_ids": ["ver_5"]},
        ])
    );
    let impacts: Vec<&Value> = this["threats"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|threat| threat["category"] == "impact")
        .map(|threat| &threat["product_ids"])
        .collect();
    assert_eq!(impacts, [&json!(["ver_4"]), &json!(["pumpe ü/1"]), &json!(["ver_1", "ver_3"])]);
}

#[test]
fn scores_are_computed_and_4_0_stands_in_a_note() {
    let value = written(&full(), Profile::SecurityAdvisory);
    let this = &value["vulnerabilities"][0];
    let v3 = &this["scores"][0]["cvss_v3"];
    assert_eq!(v3["vectorString"], "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H");
    assert_eq!((&v3["baseScore"], &v3["baseSeverity"]), (&json!(8.1), &json!("HIGH")));
    assert_eq!(v3.get("temporalScore"), None, "no temporal metric is defined");
    let v30 = &this["scores"][1]["cvss_v3"];
    assert_eq!(v30["version"], "3.0");
    assert_eq!(v30["temporalScore"], json!(7.3), "8.1 * 0.94 * 0.95, rounded up");
    assert!(v30.get("environmentalScore").is_some());
    assert!(this["scores"][2]["cvss_v2"].get("baseSeverity").is_none());
    assert_eq!(this["scores"].as_array().map(Vec::len), Some(3), "4.0 is none of them");
    let note = this["notes"].as_array().expect("a list").last().expect("a note");
    let text = note["text"].as_str().expect("a text");
    assert!(text.contains("CVSS:4.0/AV:A/") && text.contains("Monitor X 4.1.0"), "{text}");
}

#[test]
fn a_planned_fix_is_not_there_yet_and_says_when() {
    let value = written(&full(), Profile::Vex);
    let remedies = value["vulnerabilities"][0]["remediations"].as_array().expect("a list").clone();
    assert_eq!(remedies[0]["category"], "vendor_fix");
    assert_eq!(remedies[0]["date"], "2026-11-22T00:00:00Z");
    assert_eq!(remedies[0]["restart_required"]["category"], "machine");
    assert_eq!(remedies[2]["category"], "none_available");
    assert_eq!(remedies[2].get("date"), None);
    let details = remedies[2]["details"].as_str().expect("a text");
    assert!(details.ends_with("Expected: 2027-02-01."), "{details}");
}

#[test]
fn products_stand_under_vendor_and_family_with_what_identifies_them() {
    let value = written(&small(), Profile::Vex);
    let vendor = &value["product_tree"]["branches"][0];
    assert_eq!(
        (&vendor["category"], &vendor["name"]),
        (&json!("vendor"), &json!("Device Example"))
    );
    let leaf = &vendor["branches"][0]["branches"][0]["branches"][0];
    assert_eq!(leaf["product"]["name"], "Device Example Monitor X 4.2.1");
    assert_eq!(leaf["product"]["product_id"], "ver_1");
    let helper = &leaf["product"]["product_identification_helper"];
    assert_eq!(helper["cpe"], "cpe:2.3:o:device:monitor_firmware:4.2.1:*:*:*:*:*:*:*");
    assert_eq!(helper["purl"], "pkg:generic/device/monitor@4.2.1");
    assert_eq!(helper["hashes"][0]["file_hashes"][0]["value"], "ab".repeat(32));
    let udi = helper["x_generic_uris"][0]["uri"].as_str().expect("a text");
    assert!(udi.ends_with("#%2801%2900844588003288"), "{udi}");
}
