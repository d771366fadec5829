//! What an inventory or a record states in words that fit no rule: a question, never a clearance.

use crate::build::{answer, component, edition};
use aftercare_matching::single::by_nvd;
use aftercare_vocab::{
    cpe::Cpe,
    inventory::Component,
    verdict::{Answer, Verdict},
};

const CVE: &str = "CVE-2026-0001";

/// A record of the CVE list about `acme:pump` with these entries; all others are unaffected.
fn cve(versions: &str) -> String {
    format!(
        r#"{{"cveMetadata":{{"cveId":"{CVE}","state":"PUBLISHED"}},"containers":{{"cna":{{"affected":[
           {{"vendor":"acme","product":"pump","versions":[{versions}],"defaultStatus":"unaffected"}}]}}}}}}"#
    )
}

/// A record of NVD with these criteria: `a:v:p:1.0` and further members.
fn nvd(criteria: &[(&str, &str)]) -> String {
    let criteria: Vec<String> = criteria
        .iter()
        .map(|(name, more)| {
            format!(r#"{{"vulnerable":true,"criteria":"cpe:2.3:{name}:*:*:*:*:*:*:*"{more}}}"#)
        })
        .collect();
    let criteria = criteria.join(",");
    format!(
        r#"{{"id":"{CVE}","sourceIdentifier":"n","lastModified":"2026-01-01","configurations":[{{"nodes":[{{"operator":"OR","cpeMatch":[{criteria}]}}]}}]}}"#
    )
}

fn said(records: &[&str], component: Component) -> (Answer, String) {
    let verdict = verdict(records, component);
    (verdict.answer, verdict.because[0].rule.clone().into_owned())
}

fn verdict(records: &[&str], component: Component) -> Verdict {
    answer(&edition(records).edition, component, CVE).expect("the record names the component")
}

fn pump(version: &str) -> Component {
    component("pump", version, &["cpe:2.3:a:acme:pump:*"])
}

#[test]
fn a_wildcard_as_affected_version_means_all_versions_with_that_beginning() {
    let single = |stated: &str| cve(&format!(r#"{{"version":"{stated}","status":"affected"}}"#));
    let range = |start: &str, end: &str| {
        cve(&format!(
            r#"{{"version":"{start}","{end},"status":"affected","versionType":"custom"}}"#
        ))
    };
    let listed = |stated: &str| nvd(&[(&format!("a:acme:pump:{stated}"), "")]);
    let bounded = |bound: &str| nvd(&[("a:acme:pump:*", &format!(r#",{bound}"#))]);
    use Answer::{Affected as Yes, NotAffected as No, Undetermined as Open};
    for (record, version, expected) in [
        (single("4.x"), "4.5.1", Yes),
        (single("4.x"), "4.0", Yes),
        (single("4.*"), "4.5.1", Yes),
        (single("4.x"), "3.9", No),
        (single("4.x"), "5.0", No),
        (single("4.x"), "4.x", Yes),
        (single("4.x"), "latest", Open),
        (single("4.5"), "4.x", Open),
        (range("4.x", r#"lessThan":"6.1""#), "4.0", Yes),
        (range("4.x", r#"lessThan":"6.1""#), "3.9", No),
        (range("0", r#"lessThanOrEqual":"4.x""#), "4.9", Yes),
        (range("0", r#"lessThanOrEqual":"4.x""#), "5.0", No),
        (range("0", r#"lessThan":"4.x""#), "3.9", Yes),
        (range("0", r#"lessThan":"4.x""#), "4.2", Open),
        (range("0", r#"lessThan":"4.x""#), "5.0", No),
        (listed("4.x"), "4.5.1", Yes),
        (listed("4.x"), "5.1", No),
        (listed("4.5"), "4.x", Open),
        (listed("4.\\\\*"), "4.5.1", Yes),
        (bounded(r#""versionEndIncluding":"4.x""#), "4.9", Yes),
        (bounded(r#""versionEndIncluding":"4.x""#), "5.0", No),
        (bounded(r#""versionEndExcluding":"4.x""#), "4.2", Open),
        (bounded(r#""versionEndExcluding":"4.x""#), "3.2", Yes),
        (bounded(r#""versionStartIncluding":"4.x""#), "4.2", Yes),
    ] {
        let verdict = verdict(&[&record], pump(version));
        assert_eq!(verdict.answer, expected, "{version}: {record}");
    }
}

#[test]
fn a_range_from_nowhere_to_nowhere_says_nothing() {
    for (start, end, version, expected) in [
        ("unspecified", "unspecified", "1.0", Answer::Undetermined),
        ("n/a", "unspecified", "1.0", Answer::Undetermined),
        ("1.0", "unspecified", "1.0", Answer::Affected),
        ("1.0", "unspecified", "0.9", Answer::NotAffected),
        ("unspecified", "2.0", "1.0", Answer::Affected),
        ("unspecified", "2.0", "2.0", Answer::NotAffected),
    ] {
        let record = cve(&format!(
            r#"{{"version":"{start}","lessThan":"{end}","status":"affected","versionType":"custom"}}"#
        ));
        assert_eq!(verdict(&[&record], pump(version)).answer, expected, "{start} {end} {version}");
    }
}

#[test]
fn another_part_of_a_cpe_is_a_question_unless_the_record_marks_both() {
    let only_o = nvd(&[("o:linux:linux_kernel:*", r#","versionEndExcluding":"5.13""#)]);
    let only_h = nvd(&[("h:linux:linux_kernel:-", "")]);
    let listed = nvd(&[("o:linux:linux_kernel:5.10.1", "")]);
    let both = nvd(&[
        ("o:linux:linux_kernel:*", r#","versionEndExcluding":"5.13""#),
        ("a:linux:linux_kernel:1.0", ""),
    ]);
    let on_hardware = format!(
        r#"{{"id":"{CVE}","sourceIdentifier":"n","lastModified":"2026-01-01","configurations":[{{"operator":"AND","nodes":[
           {{"operator":"OR","cpeMatch":[{{"vulnerable":true,"criteria":"cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*","versionEndExcluding":"5.13"}}]}},
           {{"operator":"OR","cpeMatch":[{{"vulnerable":false,"criteria":"cpe:2.3:h:linux:linux_kernel:-:*:*:*:*:*:*:*"}}]}}]}}]}}"#
    );
    use Answer::{NotAffected as No, Undetermined as Open};
    for (record, part, version, expected, rule) in [
        (&only_o, "a", "5.10.1", Open, "other_part"),
        (&only_o, "h", "5.10.1", Open, "other_part"),
        (&only_o, "a", "5.13", No, "outside_all_ranges"),
        (&only_o, "*", "5.13", No, "outside_all_ranges"),
        (&only_h, "o", "5.10.1", Open, "other_part"),
        (&listed, "a", "5.10.1", Open, "other_part"),
        (&listed, "a", "5.10.2", No, "outside_all_ranges"),
        (&both, "a", "5.10.1", No, "outside_all_ranges"),
        (&both, "h", "5.10.1", Open, "other_part"),
        (&on_hardware, "a", "5.10.1", Open, "other_part"),
        (&on_hardware, "h", "5.10.1", No, "other_part_meant"),
    ] {
        let kernel = component("k", "", &[&format!("cpe:2.3:{part}:linux:linux_kernel:{version}")]);
        assert_eq!(
            said(&[record], kernel),
            (expected, rule.to_owned()),
            "{part} {version} {record}"
        );
    }
    let kernel = component("k", "", &["cpe:2.3:a:linux:linux_kernel:5.10.1"]);
    let note = &verdict(&[&only_o], kernel).because[0].note;
    assert!(note.contains("an application") && note.contains("an operating system"), "{note}");
    // Another configuration of the record that speaks of the very part and clears it decides.
    let apart = format!(
        r#"{{"id":"{CVE}","sourceIdentifier":"n","lastModified":"2026-01-01","configurations":[
           {{"nodes":[{{"operator":"OR","cpeMatch":[{{"vulnerable":true,"criteria":"cpe:2.3:o:v:p:*:*:*:*:*:*:*:*"}}]}}]}},
           {{"nodes":[{{"operator":"OR","cpeMatch":[{{"vulnerable":true,"criteria":"cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*"}}]}}]}}]}}"#
    );
    let own = |version: &str| component("p", "", &[&format!("cpe:2.3:a:v:p:{version}")]);
    assert_eq!(said(&[&apart], own("2.0")).0, Answer::NotAffected);
    assert_eq!(said(&[&apart], own("1.0")).0, Answer::Affected);
    let neither = component("p", "", &["cpe:2.3:h:v:p:2.0"]);
    assert_eq!(
        said(&[&apart], neither).0,
        Answer::Undetermined,
        "neither configuration is about it"
    );
}

#[test]
fn a_configuration_that_was_not_understood_clears_nothing() {
    let name: Cpe = "cpe:2.3:a:v:p:2.0".parse().expect("a name");
    let found = r#"{"operator":"OR","cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*"}]}"#;
    for (configurations, expected) in [
        (r#"[{"nodes":[]}]"#.to_owned(), "nothing_stated"),
        (r#"[{}]"#.to_owned(), "nothing_stated"),
        (r#"[{"nodes":[{"operator":"OR","cpeMatch":[]}]}]"#.to_owned(), "nothing_stated"),
        (format!(r#"[{{"nodes":[{found},{{"operator":"OR"}}]}}]"#), "nothing_stated"),
        (
            format!(r#"[{{"nodes":[{{"operator":"AND","children":[{found}],"cpeMatch":[]}}]}}]"#),
            "older_form",
        ),
        (format!(r#"[{{"nodes":[{found}]}}]"#), "outside_all_ranges"),
    ] {
        let said = by_nvd(&configurations, std::slice::from_ref(&name), true).expect("readable");
        let open = expected != "outside_all_ranges";
        let answer = if open { Answer::Undetermined } else { Answer::NotAffected };
        assert_eq!((said.answer, said.rule), (answer, expected), "{configurations}");
    }
}

#[test]
fn the_evaluation_of_one_record_names_the_part_that_it_means() {
    let record = nvd(&[("o:v:p:*", "")]);
    let name = |text: &str| vec![text.parse::<Cpe>().expect("a name")];
    let said = by_nvd(&record, &name("cpe:2.3:a:v:p:2.0"), true).expect("readable");
    assert_eq!((said.answer, said.rule), (Answer::NotAffected, "other_part_meant"), "{}", said.why);
    assert!(said.why.contains("an operating system"), "{}", said.why);
}
