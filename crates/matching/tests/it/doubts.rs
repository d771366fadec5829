//! What an inventory or a record states in words that fit no rule: a question, never a clearance.

use crate::build::{Made, answer, assess, component, edition, inventory};
use aftercare_matching::{Matcher, single::by_nvd};
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
    let bounded = |bound: &str| nvd(&[("a:acme:pump:*", &format!(",{bound}"))]);
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
        ("[{}]".to_owned(), "nothing_stated"),
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

const OPENSSL: &str = "cpe:2.3:a:openssl:openssl";

/// A record of NVD about OpenSSL before 2.0.
fn openssl() -> String {
    nvd(&[("a:openssl:openssl:*", r#","versionEndExcluding":"2.0""#)])
}

#[test]
fn versions_that_disagree_clear_nothing() {
    use Answer::{Affected as Yes, NotAffected as No, Undetermined as Open};
    let cpe = |version: &str| format!("{OPENSSL}:{version}");
    let (old, new) = (cpe("1.1.1k"), cpe("3.9.0"));
    for (version, identities, expected) in [
        ("3.9.0", &["pkg:generic/openssl@1.1.1k", &new][..], Open),
        ("1.1.1k", &["pkg:generic/openssl@3.9.0", &old], Open),
        ("1.1.1k", &[&new], Open),
        ("3.9.0", &[&old], Open),
        ("", &[&old, &new], Open),
        ("", &["pkg:conan/openssl@1.1.1k", &new], Open),
        ("1.1.1l", &[&old], Yes),
        ("3.9.1", &[&new], No),
        ("v3.9.0", &[&new], No),
        ("latest", &[&old], Yes),
    ] {
        let verdict = verdict(&[&openssl()], component("openssl", version, identities));
        assert_eq!(verdict.answer, expected, "{version} {identities:?}: {:?}", verdict.because);
        if expected == Open {
            let reason = &verdict.because[0];
            assert_eq!(reason.rule, "versions_disagree");
            let both = reason.note.contains("1.1.1k: affected")
                && reason.note.contains("3.9.0: not affected");
            assert!(both, "{}", reason.note);
        }
    }
    let package = r#"{"id":"CVE-2026-0001","modified":"2026-01-01","affected":[{"package":{"ecosystem":"npm","name":"x"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"3.0.0"}]}]}]}"#;
    let x = |version: &str, purl: &str| said(&[package], component("x", version, &[purl]));
    assert_eq!(x("2.2.0", "pkg:npm/x@5.2.0"), (Open, "versions_disagree".to_owned()));
    assert_eq!(x("5.2.0", "pkg:npm/x@2.2.0"), (Open, "versions_disagree".to_owned()));
    assert_eq!(x("2.2.0", "pkg:npm/x@2.1.0").0, Yes, "both versions are affected");
}

/// An edition whose data on NuGet packages count as whole, with these records.
fn with_nuget(records: &[&str]) -> Made {
    let package = |n: usize| {
        format!(
            r#"{{"id":"GHSA-{n}","modified":"2026-01-01","affected":[{{"package":{{"ecosystem":"NuGet","name":"p{n}"}},"versions":["1"]}}]}}"#
        )
    };
    let many: Vec<String> = (0..300).map(package).collect();
    let all: Vec<&str> = many.iter().map(String::as_str).chain(records.iter().copied()).collect();
    edition(&all)
}

#[test]
fn a_product_that_a_package_carries_is_a_question_and_a_guessed_one_is_set_aside() {
    let made = with_nuget(&[&openssl()]);
    let cpe = format!("{OPENSSL}:1.1.1k");
    let wheel = || component("w", "", &["pkg:nuget/openssl-wheel@1.1.1k", &cpe]);
    let found = answer(&made.edition, wheel(), CVE).expect("the CPE is looked up");
    assert_eq!(found.answer, Answer::Undetermined);
    assert!(found.because[0].note.contains("another name"), "{}", found.because[0].note);
    let same = || component("openssl", "", &["pkg:nuget/openssl@1.1.1k", &cpe]);
    assert_eq!(answer(&made.edition, same(), CVE), None);
    let set_aside = |component: Component| {
        let inventory = inventory(vec![component]);
        let matcher = Matcher::new(&made.edition, &inventory);
        let found = matcher.set_aside(&inventory.components[0]).expect("read");
        found.into_iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(set_aside(same()), [format!("{OPENSSL}:1.1.1k:*:*:*:*:*:*:*")]);
    assert_eq!(set_aside(wheel()), [] as [String; 0]);
}

#[test]
fn a_product_that_no_record_names_is_not_covered() {
    let record = |n: usize, product: &str| {
        format!(
            r#"{{"cve":{{"id":"CVE-2026-{n}","sourceIdentifier":"n","lastModified":"2026-01-01","configurations":[{{"nodes":[{{"operator":"OR","cpeMatch":[
               {{"vulnerable":true,"criteria":"cpe:2.3:a:{product}:1.0:*:*:*:*:*:*:*"}}]}}]}}]}}}}"#
        )
    };
    let many: Vec<String> = (10_000..20_000).map(|n| record(n, &format!("v:p{n}"))).collect();
    let page = format!(
        r#"{{"resultsPerPage":1,"startIndex":0,"totalResults":1,"format":"NVD_CVE","version":"2.0","vulnerabilities":[{},{}]}}"#,
        record(9_999, "openssl:openssl"),
        many.join(",")
    );
    let made = edition(&[&page]);
    let gap = |identities: &[&str]| {
        assess(&made.edition, component("c", "1.1.1k", identities)).not_covered
    };
    assert_eq!(gap(&["cpe:2.3:a:openssl:openssl:1.1.1k"]), None);
    let misspelt = gap(&["cpe:2.3:a:opensssl:openssl:1.1.1k"]).expect("a gap");
    assert_eq!(misspelt.code, "product_never_named");
    assert!(misspelt.why.contains("cpe:openssl:openssl"), "{}", misspelt.why);
    assert_eq!(
        gap(&["cpe:2.3:a:opensssl:openssl:1.1.1k", "cpe:2.3:a:openssl:openssl:1.1.1k"]),
        None,
        "one of its names is known"
    );
    // A CPE that leaves the vendor open asks for the products of that name; without product it asks nothing.
    let open = gap(&["cpe:2.3:a:*:openssl:1.0"]).expect("a gap");
    assert_eq!(open.code, "no_identity");
    assert!(open.why.contains("its vendor is left open"), "{}", open.why);
    let open = gap(&["cpe:2.3:a:openssl:*:1.0"]).expect("a gap");
    assert!(open.why.contains("its product is left open"), "{}", open.why);
    let asked = component("c", "", &["cpe:2.3:a:*:openssl:1.0"]);
    let found = answer(&made.edition, asked, "CVE-2026-9999").expect("asked");
    assert_eq!(found.answer, Answer::Undetermined);
    let elsewhere = component("c", "", &["cpe:2.3:a:*:openssl:2.0"]);
    assert_eq!(answer(&made.edition, elsewhere, "CVE-2026-9999"), None, "it clears nothing");
}

#[test]
fn no_spelling_of_a_version_hides_that_versions_disagree() {
    let below = |bound: &str| nvd(&[("a:acme:pump:*", &format!(",{bound}"))]);
    let osv = r#"{"id":"GHSA-aaaa-bbbb-cccc","modified":"m","aliases":["CVE-2026-0001"],"affected":[{"package":{"ecosystem":"npm","name":"pump"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}"#;
    for (record, version, identity) in [
        // an update that the CPE keeps beside its version
        (below(r#""versionEndExcluding":"1.5""#), "1.0", "cpe:2.3:a:acme:pump:2.0:sp1:*:*:*:*:*:*"),
        (
            below(r#""versionStartIncluding":"1.9""#),
            "1.10.0",
            "cpe:2.3:a:acme:pump:1.1:update1:*:*:*:*:*:*",
        ),
        // a candidate is no build of the version
        (osv.to_owned(), "2.0.0-rc.1", "pkg:npm/pump@2.0.0"),
    ] {
        let found = said(&[&record], component("pump", version, &[identity]));
        assert_eq!(found.0, Answer::Undetermined, "{version} {identity}: {}", found.1);
    }
}

#[test]
fn another_record_of_the_same_source_clears_nothing_where_versions_disagree() {
    let one = r#"{"id":"GHSA-aaaa-bbbb-cccc","modified":"m","aliases":["CVE-2026-0001"],"affected":[{"package":{"ecosystem":"PyPI","name":"pump"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"5.0"},{"fixed":"5.2.1"}]}]}]}"#;
    let other = r#"{"id":"PYSEC-2026-1","modified":"m","aliases":["CVE-2026-0001"],"affected":[{"package":{"ecosystem":"PyPI","name":"pump"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"5.0"},{"fixed":"5.1"}]}]}]}"#;
    let subject = component("pump", "2.2.0", &["pkg:pypi/pump@5.2.0"]);
    let (answer, rule) = said(&[one, other], subject);
    assert_eq!((answer, rule.as_str()), (Answer::Undetermined, "versions_disagree"));
}

#[test]
fn a_statement_without_a_part_does_not_silence_a_question_about_the_part() {
    let record = format!(
        r#"{{"cveMetadata":{{"cveId":"{CVE}","state":"PUBLISHED"}},"containers":{{"cna":{{
           "affected":[{{"vendor":"acme","product":"pump","versions":[{{"version":"1.0","status":"affected"}}],"defaultStatus":"unaffected"}}],
           "cpeApplicability":[{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{{"vulnerable":true,
             "criteria":"cpe:2.3:o:acme:pump:*:*:*:*:*:*:*:*","versionEndExcluding":"2.0"}}]}}]}}]}}}}}}"#
    );
    let subject = component("pump", "1.5", &["cpe:2.3:a:acme:pump:1.5:*:*:*:*:*:*:*"]);
    let (answer, rule) = said(&[&record], subject);
    assert_eq!((answer, rule.as_str()), (Answer::Undetermined, "other_part"));
}
