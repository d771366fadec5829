//! The sample manufacturer's expected answers, worked out by hand from public facts.

use crate::build::{edition_of, root};
use aftercare_formats::sbom;
use aftercare_matching::Matcher;
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn every_expected_answer_of_the_sample_comes_out() {
    let sample = root().join("fixtures/sample");
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(sample.join(name)).expect("readable")).expect("JSON")
    };
    let made = edition_of(&[sample.join("corpus")]);
    let manufacturer = read("manufacturer.json");
    let versions = manufacturer["versions"].as_array().expect("versions");
    let sboms: BTreeMap<&str, &str> = versions
        .iter()
        .filter_map(|version| Some((version["key"].as_str()?, version["sbom"].as_str()?)))
        .collect();
    let expected = read("expected.json");
    let triples = expected["triples"].as_array().expect("triples");
    assert!(triples.len() >= 70);
    let mut wrong = Vec::new();
    for triple in triples {
        let text = |key: &str| triple[key].as_str().expect("text");
        let file = sample.join(sboms[text("version")]);
        let inventory =
            sbom::read(&std::fs::read(file).expect("readable"), &sbom::Limits::default())
                .expect("an SBOM")
                .value;
        let matcher = Matcher::new(&made.edition, &inventory);
        if text("answer") == "not_covered" {
            let at = inventory
                .components
                .iter()
                .position(|component| component.name == text("component"));
            let at = at.expect("the component");
            let assessed = matcher.assess(at as u32, &inventory.components[at]).expect("assessed");
            if assessed.not_covered.is_none() || !assessed.verdicts.is_empty() {
                wrong.push(format!("{} {}: {assessed:?}", text("version"), text("component")));
            }
            continue;
        }
        let mut answers = Vec::new();
        for (index, component) in (0..)
            .zip(&inventory.components)
            .filter(|(_, component)| component.name == text("component"))
        {
            let Some(vulnerability) = triple["vulnerability"].as_str() else {
                let assessed = matcher.assess(index, component).expect("assessed");
                let gap = assessed.not_covered.map_or("covered", |_| "not_covered");
                answers.push((gap, Vec::new()));
                continue;
            };
            for verdict in matcher.explain(component, vulnerability).expect("explained") {
                let reasons: Vec<_> = verdict
                    .because
                    .iter()
                    .map(|reason| {
                        format!(
                            "{} {} {} [{}] {}",
                            reason.source,
                            reason.answer.code(),
                            reason.rule,
                            reason.range,
                            reason.note
                        )
                    })
                    .collect();
                answers.push((verdict.answer.code(), reasons));
            }
        }
        // For a withdrawn or rejected record "not affected" means that no source speaks at all.
        let silent = answers.is_empty() && text("answer") == "not_affected";
        if !silent && answers.is_empty()
            || answers.iter().any(|(answer, _)| *answer != text("answer"))
        {
            wrong.push(format!(
                "{} {} {}: expected {}, found {answers:?}",
                text("version"),
                text("component"),
                triple["vulnerability"],
                text("answer")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), triples.len(), wrong.join("\n"));
}
