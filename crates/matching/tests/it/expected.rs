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
        let mut answers = Vec::new();
        for component in
            inventory.components.iter().filter(|component| component.name == text("component"))
        {
            for verdict in matcher.explain(component, text("vulnerability")).expect("explained") {
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
        if answers.is_empty() || answers.iter().any(|(answer, _)| *answer != text("answer")) {
            wrong.push(format!(
                "{} {} {}: expected {}, found {answers:?}",
                text("version"),
                text("component"),
                text("vulnerability"),
                text("answer")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), triples.len(), wrong.join("\n"));
}
