//! Every score of every version against the vectors of the CVSS reference data.

use crate::shared;
use aftercare_vocab::cvss::{Score, Vector, Version};
use serde_json::Value;
use std::path::Path;

fn lines(file: &Path) -> Vec<Value> {
    shared::text(file)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect()
}

fn text(case: &Value) -> &str {
    case["vector"].as_str().expect("a vector")
}

/// Runs `wrong` over every vector of a file; it says what is wrong with the answer.
fn check(file: &str, wrong: impl Fn(&Value, &Vector) -> Option<String>) {
    let Some(folder) = shared::conformance() else { return };
    let cases = lines(&folder.join("cvss").join(file));
    assert!(!cases.is_empty(), "{file}: nothing to check");
    let mut found = Vec::new();
    for case in &cases {
        let said = match text(case).parse::<Vector>() {
            Ok(vector) => wrong(case, &vector),
            Err(refused) => Some(refused.to_string()),
        };
        found.extend(said.map(|said| format!("{case}: got {said}")));
    }
    assert!(
        found.is_empty(),
        "{file}: {} of {} wrong:\n{}",
        found.len(),
        cases.len(),
        found.join("\n")
    );
}

fn tenths(score: &Value) -> Option<u8> {
    score.as_f64().map(|score| (score * 10.0).round() as u8)
}

fn three_scores(case: &Value, vector: &Vector) -> Option<String> {
    let scores = vector.scores();
    let got = [Some(scores.base), scores.temporal, scores.environmental];
    let wanted = ["base", "temporal", "environmental"].map(|name| tenths(&case[name]));
    (got.map(|score| score.map(Score::tenths)) != wanted).then(|| format!("{got:?}"))
}

fn one_score(case: &Value, vector: &Vector) -> Option<String> {
    let score = vector.scores().overall;
    let rating = Version::V4_0.rating(score).shown();
    let is_rated = case["severity"].as_str().is_none_or(|it| it.eq_ignore_ascii_case(rating));
    let same = tenths(&case["score"]) == Some(score.tenths());
    (!(same && is_rated)).then(|| format!("{score} {rating}"))
}

#[test]
fn scores_of_2_0() {
    check("cvss-v2.0.jsonl", three_scores);
}

#[test]
fn scores_of_3_0() {
    check("cvss-v3.0.jsonl", three_scores);
}

#[test]
fn scores_of_3_1() {
    check("cvss-v3.1.jsonl", three_scores);
}

#[test]
fn scores_of_4_0() {
    check("cvss-v4.0.jsonl", one_score);
}

/// Scores published by somebody that the reference calculator does not give either.
#[test]
fn disputed_scores_are_not_ours() {
    check("disputed-v4.0.jsonl", |case, vector| {
        one_score(case, vector).is_none().then(|| "the disputed score".to_owned())
    });
}

#[test]
fn invalid_vectors_are_refused_for_the_reason_they_are_invalid() {
    let Some(folder) = shared::conformance() else { return };
    for case in lines(&folder.join("cvss/invalid.jsonl")) {
        let refused = text(&case).parse::<Vector>().expect_err(&case.to_string());
        let code = refused.fault.code();
        let reason = case["reason"].as_str().expect("a reason");
        let fits = match reason {
            "missing mandatory metric" => code == "missing",
            "unknown metric" | "lower-case metric" => code == "unknown_metric",
            "unknown metric value" => code == "unknown_value",
            "trailing slash" => code == "empty_part" && refused.at == text(&case).len(),
            "duplicate metric" => code == "given_twice",
            "unknown version" => code == "unknown_version",
            // read as 2.0, it stumbles over the first thing that 2.0 does not know
            "missing prefix" => matches!(code, "unknown_metric" | "unknown_value"),
            _ => false,
        };
        assert!(fits, "{case}: {refused}");
    }
}

#[test]
fn the_vectors_of_the_reference_tables() {
    // copied into the tree: small, and each result confirmed by two computations
    let table: Value = serde_json::from_str(include_str!("cvss-reference.json")).expect("JSON");
    let rows = |version: &str| table[version].as_array().expect("rows").clone();
    assert_eq!(["v2", "v3", "v4"].map(|version| rows(version).len()), [18, 54, 87]);
    for case in rows("v2").iter().chain(&rows("v3")) {
        let vector: Vector = text(case).parse().expect("a vector");
        let scores = vector.scores();
        let got = [Some(scores.base), scores.temporal, scores.environmental];
        assert_eq!(three_scores(case, &vector), None, "{case}");
        if let Some(ratings) = case["severities"].as_array() {
            for (score, rating) in got.iter().zip(ratings) {
                assert_eq!(score.map(|s| vector.version().rating(s).shown()), rating.as_str());
            }
        }
    }
    for case in &rows("v4") {
        let vector: Vector = text(case).parse().expect("a vector");
        assert_eq!(one_score(case, &vector), None, "{case}");
        assert_eq!(vector.nomenclature(), case["nomenclature"].as_str(), "{case}");
        let place = vector.macro_vector().map(|place| place.to_string());
        assert_eq!(place.as_deref(), case["macrovector"].as_str(), "{case}");
    }
}
