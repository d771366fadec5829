//! Base scores against vectors of the CVSS reference data.

use crate::shared;
use aftercare_vocab::cvss::base_score_tenths;
use serde_json::Value;
use std::path::Path;

fn lines(file: &Path) -> Vec<Value> {
    shared::text(file)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect()
}

fn check(file: &str, wanted: impl Fn(&Value) -> Option<Option<u8>>) {
    let Some(folder) = shared::conformance() else { return };
    let (mut run, mut wrong) = (0, Vec::new());
    for case in lines(&folder.join("cvss").join(file)) {
        let Some(wanted) = wanted(&case) else { continue };
        run += 1;
        let got = base_score_tenths(case["vector"].as_str().expect("a vector"));
        if got != wanted {
            wrong.push(format!("{case}: got {got:?}"));
        }
    }
    assert!(run > 0, "{file}: nothing to check");
    assert!(wrong.is_empty(), "{file}: {} of {run} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn tenths(score: &Value) -> Option<u8> {
    score.as_f64().map(|score| (score * 10.0).round() as u8)
}

#[test]
fn base_scores_of_2_0() {
    check("cvss-v2.0.jsonl", |case| Some(tenths(&case["base"])));
}

#[test]
fn base_scores_of_3_0() {
    check("cvss-v3.0.jsonl", |case| Some(tenths(&case["base"])));
}

#[test]
fn base_scores_of_3_1() {
    check("cvss-v3.1.jsonl", |case| Some(tenths(&case["base"])));
}

/// The file's score counts threat and environmental metrics, so only vectors without them apply.
#[test]
fn base_scores_of_4_0() {
    const BASE: [&str; 12] =
        ["CVSS", "AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];
    const SUPPLEMENTAL: [&str; 6] = ["S", "AU", "R", "V", "RE", "U"];
    check("cvss-v4.0.jsonl", |case| {
        let vector = case["vector"].as_str().expect("a vector");
        let counts = |metric: &str| {
            let (name, value) = metric.split_once(':').expect("a metric");
            !BASE.contains(&name) && !SUPPLEMENTAL.contains(&name) && value != "X"
        };
        (!vector.split('/').any(counts)).then(|| tenths(&case["score"]))
    });
}

#[test]
fn invalid_vectors_have_no_score() {
    check("invalid.jsonl", |_| Some(None));
}
