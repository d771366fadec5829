//! What stands where in an OpenVEX document.

use crate::samples::{at, full, small, standing};
use aftercare_documents::{
    Advisory,
    advisory::{Identifiers, Status},
    openvex,
};
use serde_json::{Value, json};

fn written(advisory: &Advisory) -> Value {
    let document = openvex::write(advisory).expect("written");
    serde_json::from_slice(&document.bytes).expect("JSON")
}

#[test]
fn a_statement_says_what_of_which_product_and_what_to_do() {
    let value = written(&small());
    assert_eq!(value["@context"], "https://openvex.dev/ns/v0.2.0");
    assert_eq!(value["@id"], "https://device.example/csaf/white/2026/mx-2026-001.openvex.json");
    assert_eq!(
        (&value["version"], &value["timestamp"]),
        (&json!(1), &json!("2026-11-23T14:05:00Z"))
    );
    let affected = &value["statements"][0];
    assert_eq!(affected["vulnerability"]["name"], "CVE-2026-12345");
    assert_eq!(affected["status"], "affected");
    assert_eq!(affected["timestamp"], "2026-11-20T08:00:00Z");
    assert_eq!(affected["action_statement"], "Fix: Keep the monitor in a network of its own.");
    assert_eq!(affected["products"][0]["@id"], "pkg:generic/device/monitor@4.2.1");
    assert_eq!(affected["products"][0]["hashes"]["sha-256"], "ab".repeat(32));
    let fixed = &value["statements"][1];
    assert_eq!((&fixed["status"], fixed.get("action_statement")), (&json!("fixed"), None));
}

#[test]
fn versions_of_which_different_things_are_said_have_statements_of_their_own() {
    let value = written(&full());
    let statuses: Vec<&str> = value["statements"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|statement| statement["status"].as_str().expect("a status"))
        .collect();
    let not = "not_affected";
    assert_eq!(statuses, ["affected", "fixed", "affected", not, not, not, "under_investigation"]);
    assert_eq!(value["statements"][3]["justification"], "component_not_present");
    assert_eq!(value["statements"][5]["impact_statement"], "Sie hat keine Alarme.");
    assert_eq!(value["statements"][6]["vulnerability"]["name"], "GHSA-aaaa-bbbb-cccc");
}

#[test]
fn a_statement_keeps_its_own_time() {
    let mut advisory = small();
    advisory.families[0].products[0].versions.push(crate::samples::version("ver_3", "4.4"));
    let mut later = standing("ver_3", Status::Fixed);
    later.since = at("2026-11-22T00:00:00Z");
    advisory.vulnerabilities[0].standings.push(later);
    let value = written(&advisory);
    let times: Vec<&Value> =
        value["statements"].as_array().expect("a list").iter().map(|s| &s["timestamp"]).collect();
    assert_eq!(times, ["2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z", "2026-11-22T00:00:00Z"]);
}

#[test]
fn a_product_without_a_package_url_has_an_address_of_the_publisher() {
    let mut advisory = small();
    advisory.families[0].products[0].versions[0].identifiers = Identifiers::default();
    let value = written(&advisory);
    let product = &value["statements"][0]["products"][0];
    assert_eq!(*product, json!({"@id": "https://device.example#ver_1"}));
}

#[test]
fn what_is_affected_without_an_action_is_refused() {
    let mut advisory = small();
    advisory.vulnerabilities[0].remediations.clear();
    assert!(openvex::write(&advisory).expect_err("refused").has("affected_without_action"));
}
