//! Every form against its published JSON schema, from `../shared/data`.

use crate::{chance, samples};
use aftercare_documents::{
    Advisory, Document, check,
    csaf::{self, Profile},
    cyclonedx, openvex,
};
use aftercare_vocab::cpe::Cpe;
use jsonschema::{Registry, Validator};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use serde_json::Value;
use std::path::PathBuf;

/// Says so where the folder is not there.
fn shared(path: &str) -> Option<Value> {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/conformance"));
    if !folder.is_dir() {
        eprintln!("NOT RUN: ../shared/data is not there");
        return None;
    }
    let text = std::fs::read(folder.join(path)).expect("a schema");
    Some(serde_json::from_slice(&text).expect("JSON"))
}

/// The schema with those it names, found by their own addresses.
fn validator(path: &str, others: &[(&str, &str)]) -> Option<Validator> {
    let schema = shared(path)?;
    let mut registry = Registry::new();
    for (address, path) in others {
        registry = registry.add(*address, shared(path)?).expect("an address");
    }
    let registry = registry.prepare().expect("schemas");
    let options = jsonschema::options().should_validate_formats(true).with_registry(&registry);
    Some(options.build(&schema).expect("a schema"))
}

fn csaf_2_0() -> Option<Validator> {
    let folder = "schemas/csaf-2.0/referenced_schema/first";
    let named = ["2.0", "3.0", "3.1"].map(|version| {
        let file = format!("cvss-v{version}.json");
        (format!("https://www.first.org/cvss/{file}"), format!("{folder}/{file}"))
    });
    let named = named.each_ref().map(|(address, path)| (address.as_str(), path.as_str()));
    validator("schemas/csaf-2.0/json_schema/csaf_json_schema.json", &named)
}

fn wrong(validator: &Validator, document: &Value) -> Vec<String> {
    validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn assert_valid(validator: &Validator, name: &str, document: &Document) {
    let value: Value = serde_json::from_slice(&document.bytes).expect("JSON");
    assert_eq!(wrong(validator, &value), Vec::<String>::new(), "{name}: {}", document.name);
}

#[test]
fn csaf_documents_are_those_of_the_schema() {
    let Some(validator) = csaf_2_0() else { return };
    for (name, advisory) in samples::all() {
        for profile in [Profile::SecurityAdvisory, Profile::Vex] {
            let document = csaf::write(&advisory, profile).expect("written");
            assert_valid(&validator, name, &document);
        }
    }
    let document = csaf::write(&samples::small(), Profile::Vex).expect("written");
    let mut value: Value = serde_json::from_slice(&document.bytes).expect("JSON");
    value["vulnerabilities"][0]["scores"][0]["cvss_v3"]["baseSeverity"] = "High".into();
    assert_eq!(wrong(&validator, &value).len(), 1, "the schema looks at scores");
    value = serde_json::from_slice(&document.bytes).expect("JSON");
    value["document"]["publisher"]["namespace"] = "no address".into();
    assert_eq!(wrong(&validator, &value).len(), 1, "the schema looks at addresses");
}

#[test]
fn openvex_documents_are_those_of_the_schema() {
    let Some(validator) = validator("openvex/spec/openvex_json_schema.json", &[]) else { return };
    for (name, advisory) in samples::all() {
        assert_valid(&validator, name, &openvex::write(&advisory).expect("written"));
    }
    let document = openvex::write(&samples::small()).expect("written");
    let mut value: Value = serde_json::from_slice(&document.bytes).expect("JSON");
    value["statements"][0].as_object_mut().expect("an object").remove("action_statement");
    assert_eq!(wrong(&validator, &value).len(), 1, "the schema asks for actions");
}

#[test]
fn cyclonedx_documents_are_those_of_the_schema() {
    let others = [
        ("http://cyclonedx.org/schema/spdx.schema.json", "schemas/cyclonedx/spdx.schema.json"),
        (
            "http://cyclonedx.org/schema/jsf-0.82.schema.json",
            "schemas/cyclonedx/jsf-0.82.schema.json",
        ),
    ];
    let Some(validator) = validator("schemas/cyclonedx/bom-1.6.schema.json", &others) else {
        return;
    };
    let link = cyclonedx::BomLink {
        serial: "3e671687-395b-41f5-a30f-a58921a69b79".into(),
        version: 3,
        bom_ref: "pkg:generic/device/größe@1#x y".into(),
    };
    for (name, advisory) in samples::all() {
        for version in versions_spoken_of(&advisory) {
            for sbom in [None, Some(&link)] {
                let document = cyclonedx::write(&advisory, &version, sbom).expect("written");
                assert_valid(&validator, name, &document);
            }
        }
    }
    let document = cyclonedx::write(&samples::small(), "ver_1", None).expect("written");
    let mut value: Value = serde_json::from_slice(&document.bytes).expect("JSON");
    value["vulnerabilities"][0]["analysis"]["state"] = "affected".into();
    assert_eq!(wrong(&validator, &value).len(), 1, "the schema knows the states");
}

#[test]
fn cpe_names_are_refused_just_where_the_schema_refuses_them() {
    let Some(schema) = shared("schemas/csaf-2.0/json_schema/csaf_json_schema.json") else { return };
    let helper =
        &schema["$defs"]["full_product_name_t"]["properties"]["product_identification_helper"];
    let pattern = jsonschema::validator_for(&helper["properties"]["cpe"]).expect("a schema");
    let mut runner = TestRunner::deterministic();
    let mut tried = [0; 2];
    for _ in 0..1_200 {
        let fields = chance::cpe_fields().new_tree(&mut runner).expect("a value").current();
        let Ok(name) = format!("cpe:2.3:a:v:p:{fields}").parse::<Cpe>() else { continue };
        let fits = pattern.is_valid(&name.as_str().into());
        tried[usize::from(fits)] += 1;
        let mut advisory = samples::small();
        let text = name.to_string();
        advisory.families[0].products[0].versions[0].identifiers.cpe = Some(name);
        let refused =
            check::problems(&advisory).iter().any(|problem| problem.code == "cpe_unwritable");
        assert_eq!(refused, !fits, "{text}");
    }
    assert!(tried.into_iter().all(|count| count > 100), "{tried:?}");
}

/// At most twenty of them.
fn versions_spoken_of(advisory: &Advisory) -> Vec<String> {
    let spoken = |id: &str| advisory.vulnerabilities.iter().any(|v| v.standing_of(id).is_some());
    let ids = advisory.versions().map(|(.., version)| version.id.clone());
    ids.filter(|id| spoken(id)).take(20).collect()
}
