//! Versions of CVE records that are written in words, or declare an ordering that does not read them.

use crate::build::component;
use aftercare_formats::feed::{CveEnd, CveEntry, CveRule, Rule, Status, cve};
use aftercare_matching::{
    cve::evaluate,
    outcome::{Detail, Outcome},
    subject::Subject,
};
use aftercare_vocab::verdict::Answer;

/// What the record says of `product` in `version`; of what it does not name, "unaffected".
fn said(product: &str, entry: &str, version: &str) -> Outcome {
    let json = format!(
        r#"{{"cveMetadata":{{"cveId":"CVE-2026-0001","state":"PUBLISHED"}},"containers":{{"cna":{{"affected":[
           {{"vendor":"{product}","product":"{product}","versions":[{{{entry},"status":"affected"}}],"defaultStatus":"unaffected"}}]}}}}}}"#
    );
    let record = cve::read(&json).expect("readable");
    let Rule::Cve(rule) = &record.statements[0].rule else { panic!("a CVE rule") };
    let cpe = format!("cpe:2.3:a:{product}:{product}:*:*:*:*:*:*:*:*");
    let component = component(product, version, &[&cpe]);
    evaluate(rule, &Subject::of(&component).identities[0], Detail::Full)
}

#[test]
fn plain_ranges_in_words_are_read_exactly() {
    for (words, inside, outside) in [
        ("< 2.3.1", "2.3.0", "2.3.1"),
        ("All versions < V2.3.1", "2.3.0", "2.3.1"),
        ("before 2.3.1", "2.3.0", "2.3.1"),
        ("versions prior to 2.3.1", "2.3.0", "2.3.1"),
        ("through 2.3.1", "2.3.1", "2.3.2"),
        ("2.3.1 and prior", "1.0", "2.3.2"),
        ("2.3.1 and later", "4", "2.3.0"),
        ("2.0 to 2.3", "2.3", "1.9"),
        ("2.0 to 2.3", "2.0", "2.4"),
        ("2.0.x", "2.0.7", "2.1"),
    ] {
        let entry = format!(r#""version":"{words}""#);
        assert_eq!(said("pump", &entry, inside).answer, Answer::Affected, "{inside}: {words}");
        assert_eq!(said("pump", &entry, outside).answer, Answer::NotAffected, "{outside}: {words}");
    }
    assert_eq!(said("pump", r#""version":"All versions""#, "9").answer, Answer::Affected);
}

#[test]
fn words_that_are_not_read_never_clear() {
    for words in [
        "up to 2.3",
        "2.3, 2.4",
        "10.3: 10.3.7.2 and below",
        "2.3.1 SP1 and prior",
        "2.3 to 2.0",
        "> 2.3",
        "1.0 <= 2.0",
        "2.3 or 2.4 with the add-on",
    ] {
        let outcome = said("pump", &format!(r#""version":"{words}""#), "2.3.5");
        assert_eq!(
            (outcome.answer, outcome.rule),
            (Answer::Undetermined, "version_unreadable"),
            "{words}"
        );
    }
    // an edition made before the words were read holds them as they stand
    let kept = CveEntry {
        version: "2.3.1 and prior".into(),
        status: Status::Affected,
        kind: "".into(),
        end: CveEnd::Single,
        changes: Vec::new(),
    };
    let json = r#"{"cveMetadata":{"cveId":"CVE-2026-0001","state":"PUBLISHED"},"containers":{"cna":{"affected":[
        {"vendor":"pump","product":"pump","versions":[],"defaultStatus":"unaffected"}]}}}"#;
    let record = cve::read(json).expect("readable");
    let Rule::Cve(rule) = &record.statements[0].rule else { panic!("a CVE rule") };
    let rule = CveRule { entries: vec![kept], ..rule.clone() };
    let pump = component("pump", "2.0", &["cpe:2.3:a:pump:pump:*:*:*:*:*:*:*:*"]);
    let outcome = evaluate(&rule, &Subject::of(&pump).identities[0], Detail::Full);
    assert_eq!(outcome.answer, Answer::Undetermined);
}

#[test]
fn a_products_own_ordering_reads_what_the_declared_one_cannot() {
    let letters = r#""version":"1.0.2","lessThan":"1.0.2zf","versionType":"semver""#;
    for (version, answer) in [
        ("1.0.2k", Answer::Affected),
        ("1.0.2ze", Answer::Affected),
        ("1.0.2", Answer::Affected),
        ("1.0.2zf", Answer::NotAffected),
        ("1.1.1k", Answer::NotAffected),
        ("3.0.1", Answer::NotAffected),
    ] {
        assert_eq!(said("openssl", letters, version).answer, answer, "{version}");
    }
    let numbers = r#""version":"3.0.0","lessThan":"3.0.15","versionType":"semver""#;
    assert_eq!(said("openssl", numbers, "1.1.1w").answer, Answer::NotAffected);
    assert_eq!(said("openssl", numbers, "3.0.14").answer, Answer::Affected);
    // of another product no ordering is known, so its letters stay a question
    assert_eq!(said("pump", numbers, "3.0.1k").answer, Answer::Undetermined);
    assert_eq!(said("openssl", letters, "latest").answer, Answer::Undetermined);
}
