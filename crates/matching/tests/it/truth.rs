//! Computed truth: every row of the shared vector files must come out right.

use crate::build::{component, inventory, lines, shared};
use aftercare_formats::feed::{
    CpeRule, OsvRangeKind, ProductCriterion, ProductRule, Rule, Statement, nvd, osv,
};
use aftercare_matching::{
    Context,
    cpe::{self, Product, Truth},
    osv::evaluate,
    outcome::Detail,
    single::{by_nvd, by_osv},
    subject::{Identity, Subject},
};
use aftercare_vocab::{cpe::Cpe, verdict::Answer};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn rules(configurations: &Value) -> Vec<CpeRule<'static>> {
    let record = json!({ "id": "CVE-2000-0001", "configurations": configurations }).to_string();
    let record: &'static str = Box::leak(record.into_boxed_str());
    let statements: Vec<Statement<'static>> = nvd::read(record).expect("readable").statements;
    let rule = |statement: Statement<'static>| match statement.rule {
        Rule::Cpe(rule) => rule,
        other => panic!("no configuration: {other:?}"),
    };
    statements.into_iter().map(rule).collect()
}

fn cpe_identity<'a>(subject: &'a Subject<'_>, key: &str) -> Option<&'a Identity<'a>> {
    subject.identities.iter().find(|identity| identity.key == key)
}

#[test]
fn every_range_of_the_cpe_vectors() {
    let Some(path) = shared("matching/cpe-range-vectors.jsonl.gz") else { return };
    let (mut wrong, mut rows) = (Vec::new(), 0);
    for row in lines(&path) {
        let mut found = row.clone();
        found["vulnerable"] = json!(true);
        let rule =
            rules(&json!([{ "nodes": [{ "operator": "OR", "cpeMatch": [found] }] }])).remove(0);
        let (key, filed): (String, ProductRule<'_>) =
            rule.by_product().into_iter().next().expect("filed");
        let version = row["version"].as_str().expect("version");
        let name = row["criteria"].as_str().expect("criteria");
        let component = component("x", version, &[name]);
        let subject = Subject::of(&component);
        let identity = cpe_identity(&subject, &key).expect("an identity");
        let product = Product::of_identity(identity).expect("a product");
        let truth = cpe::product_holds(&filed, &product);
        let expected = if row["expected"] == json!(true) { Truth::True } else { Truth::False };
        rows += 1;
        if truth != expected {
            wrong.push(format!("{row}: {truth:?}"));
        }
    }
    assert!(rows > 9000);
    assert!(
        wrong.is_empty(),
        "{} of {rows} wrong: {:#?}",
        wrong.len(),
        wrong.iter().take(5).collect::<Vec<_>>()
    );
}

#[test]
fn every_configuration_of_the_cpe_vectors() {
    let Some(path) = shared("matching/cpe-configuration-vectors.jsonl.gz") else { return };
    let (mut wrong, mut rows) = (Vec::new(), 0);
    for row in lines(&path) {
        let names: Vec<&str> =
            row["inventory"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        let inventory = inventory(names.iter().map(|name| component("x", "", &[name])).collect());
        // The vectors know the whole inventory: what is not named is absent.
        let complete = Context::of(&inventory).complete();
        let partial = Context::of(&inventory);
        let (mut any, mut ruled_out) = (false, true);
        for rule in rules(&row["configurations"]) {
            for (key, filed) in rule.by_product() {
                for component in &inventory.components {
                    let subject = Subject::of(component);
                    let Some(identity) = cpe_identity(&subject, &key) else { continue };
                    let product = Product::of_identity(identity).expect("a product");
                    if cpe::product_holds(&filed, &product) == Truth::False {
                        continue;
                    }
                    any |= cpe::configuration(&rule, &product, &complete) == Truth::True;
                    ruled_out &= cpe::configuration(&rule, &product, &partial) == Truth::False;
                }
            }
        }
        rows += 1;
        let expected = row["expected"] == json!(true);
        // An inventory that may lack something never rules out what a complete one finds.
        if any != expected || (expected && ruled_out) {
            wrong.push(row.to_string());
        }
    }
    assert!(rows > 1000);
    assert!(
        wrong.is_empty(),
        "{} of {rows} wrong: {:#?}",
        wrong.len(),
        wrong.iter().take(3).collect::<Vec<_>>()
    );
}

#[test]
fn every_version_of_the_osv_truth() {
    let sets = [("pypi", "PyPI", true), ("golang", "Go", false), ("cargo", "crates.io", false)];
    for (name, folder, ranges_only) in sets {
        let Some(path) = shared(&format!("matching/osv-range-truth-{name}.jsonl.gz")) else {
            return;
        };
        let Some(archive) = shared(&format!("osv/{folder}/all.zip")) else { return };
        let records = records(&archive);
        let (mut wrong, mut rows) = (Vec::new(), 0);
        for row in lines(&path) {
            let component = component("x", "", &[row["purl"].as_str().expect("a purl")]);
            let subject = Subject::of(&component);
            let identity = &subject.identities[0];
            let ids = |key: &str| -> BTreeSet<&str> {
                row[key].as_array().expect("a list").iter().filter_map(Value::as_str).collect()
            };
            let affected: BTreeSet<&str> = ids("considered")
                .into_iter()
                .filter(|id| is_affected(&records[*id], identity, ranges_only))
                .collect();
            // The evaluation of one record by itself, its list of versions with it, says the same.
            let package = identity.package.as_ref().expect("a package");
            let version = identity.version.as_deref().expect("a version");
            for id in ids("considered") {
                let said = by_osv(&records[id], package, version).expect("readable");
                let agrees = (said.answer == Answer::Affected) == ids("expected").contains(id);
                if !agrees {
                    wrong.push(format!("{} by {id} alone: {said:?}", row["purl"]));
                }
            }
            rows += 1;
            if affected != ids("expected") {
                wrong.push(format!(
                    "{}: expected {:?}, found {affected:?}",
                    row["purl"],
                    ids("expected")
                ));
            }
        }
        assert!(rows > 900);
        assert!(
            wrong.is_empty(),
            "{name}: {} of {rows} wrong: {:#?}",
            wrong.len(),
            wrong.iter().take(5).collect::<Vec<_>>()
        );
    }
}

fn records(archive: &std::path::Path) -> BTreeMap<String, String> {
    let mut archive =
        zip::ZipArchive::new(std::fs::File::open(archive).expect("readable")).expect("a ZIP");
    let mut records = BTreeMap::new();
    for index in 0..archive.len() {
        let text = std::io::read_to_string(archive.by_index(index).expect("entry")).expect("text");
        let id = osv::read(&text).expect("readable").id.to_string();
        records.insert(id, text);
    }
    records
}

/// Whether any statement about the identity's package accuses it. With `ranges_only` the enumerated
/// versions are left away where ranges can say it.
fn is_affected(record: &str, identity: &Identity<'_>, ranges_only: bool) -> bool {
    let record = osv::read(record).expect("readable");
    record.statements.into_iter().filter(|statement| statement.keys.contains(&identity.key)).any(
        |statement| {
            let Rule::Osv(mut rule) = statement.rule else { return false };
            if ranges_only && rule.ranges.iter().any(|range| range.kind != OsvRangeKind::Git) {
                rule.versions.clear();
            }
            evaluate(&rule, identity, Detail::Full)
                .is_some_and(|outcome| outcome.answer == Answer::Affected)
        },
    )
}

#[test]
fn a_criterion_taken_apart_says_what_its_name_said() {
    let rule = rules(&json!([{ "nodes": [{ "operator": "OR", "cpeMatch": [
        { "vulnerable": true, "criteria": "cpe:2.3:a:v:p:1.0:rc1:*:*:*:node.js:*:*" },
        { "vulnerable": true, "criteria": "cpe:2.3:a:v:p:2.0:*:*:*:*:*:*:*" },
        { "vulnerable": false, "criteria": "cpe:2.3:a:v:p:3.0:*:*:*:*:*:*:*" },
        { "vulnerable": true, "criteria": "cpe:2.3:a:v:*:4.0:*:*:*:*:*:*:*" }
    ] }] }]))
    .remove(0);
    let filed = rule.by_product();
    assert_eq!(filed.keys().collect::<Vec<_>>(), ["cpe:v:p"], "no one product, no key");
    let filed = &filed["cpe:v:p"];
    assert_eq!(
        filed.listed.iter().map(|listed| (listed.at, &*listed.version)).collect::<Vec<_>>(),
        [((0, 1), "2.0")]
    );
    let ProductCriterion { at, part, attributes, .. } = &filed.criteria[0];
    let attributes: Vec<_> =
        attributes.iter().map(|(index, value)| (*index, value.as_deref())).collect();
    assert_eq!((at, part), (&(0, 0), &'a'));
    assert_eq!(attributes, [(3, Some("1.0")), (4, Some("rc1")), (8, Some("node.js"))]);
}

#[test]
fn the_evaluation_of_one_record_says_the_same() {
    let (Some(ranges), Some(configurations)) = (
        shared("matching/cpe-range-vectors.jsonl.gz"),
        shared("matching/cpe-configuration-vectors.jsonl.gz"),
    ) else {
        return;
    };
    let name = |text: &str| -> Cpe { text.parse().expect("a name") };
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in lines(&ranges) {
        rows += 1;
        let mut found = row.clone();
        found["vulnerable"] = json!(true);
        let record = json!([{ "nodes": [{ "operator": "OR", "cpeMatch": [found] }] }]).to_string();
        let criteria = row["criteria"].as_str().expect("criteria");
        let version = row["version"].as_str().expect("version");
        let asked = name(&criteria.replacen(":*:", &format!(":{version}:"), 1));
        let said = by_nvd(&record, &[asked], true).expect("readable");
        if (said.answer == Answer::Affected) != (row["expected"] == json!(true))
            || said.answer == Answer::Undetermined
        {
            wrong.push(format!("{row}: {said:?}"));
        }
    }
    for row in lines(&configurations) {
        rows += 1;
        let record = row["configurations"].to_string();
        let names: Vec<Cpe> = row["inventory"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|text| name(text.as_str().expect("text")))
            .collect();
        let said = by_nvd(&record, &names, true).expect("readable");
        let expected = row["expected"] == json!(true);
        if (said.answer == Answer::Affected) != expected || said.answer == Answer::Undetermined {
            wrong.push(format!("{row}: {said:?}"));
        }
        // With names that may not be all, what a complete list finds is never ruled out.
        let partial = by_nvd(&record, &names[..1], false).expect("readable");
        if expected && partial.rule == "condition_not_met" {
            wrong.push(format!("ruled out with less knowledge: {row}: {partial:?}"));
        }
    }
    assert!(rows > 10_000);
    assert!(
        wrong.is_empty(),
        "{} of {rows} wrong: {:#?}",
        wrong.len(),
        wrong.iter().take(4).collect::<Vec<_>>()
    );
}

#[test]
fn odd_nvd_records_are_survived_and_never_clear_by_silence() {
    let Some(folder) = shared("conformance/nvd-edge-cases") else { return };
    let unknown: Cpe = "cpe:2.3:a:nobody:nothing:1".parse().expect("a name");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).expect("readable") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
        let Ok(said) = by_nvd(&text, std::slice::from_ref(&unknown), true) else { continue };
        read += 1;
        // Whoever is not named is cleared by a statement about others, never by the lack of one.
        if said.answer == Answer::NotAffected {
            assert!(text.contains("\"criteria\"") || said.rule == "rejected", "{said:?}");
        }
    }
    assert!(read > 30, "only {read} records could be read");
}
