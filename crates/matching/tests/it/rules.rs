//! The rules, one table each, through editions of a few records.

use crate::build::{answer, assess, component, edition, inventory};
use aftercare_formats::feed::{Rule, cve};
use aftercare_matching::{
    Context, Matcher,
    cpe::Truth,
    cve::evaluate as evaluate_cve,
    mapping::{self, Mappings},
    outcome::Detail,
    subject::{Subject, upstream_version},
};
use aftercare_vocab::verdict::{Answer, Confidence};
use proptest::prelude::*;

#[test]
fn cve_entries_changes_and_defaults() {
    let of = |versions: &str, default: &str| {
        format!(
            r#"{{"cveMetadata":{{"cveId":"CVE-2026-0001","state":"PUBLISHED"}},"containers":{{"cna":{{"affected":[
               {{"vendor":"acme","product":"pump","versions":[{versions}],"defaultStatus":"{default}"}}]}}}}}}"#
        )
    };
    let range = r#"{"version":"1.0","lessThan":"2.0","status":"affected","versionType":"custom"}"#;
    let through =
        r#"{"version":"0","lessThanOrEqual":"2.0","status":"affected","versionType":"custom"}"#;
    let changed = r#"{"version":"1.0","lessThan":"*","status":"affected","versionType":"custom","changes":[{"at":"1.5","status":"unaffected"},{"at":"1.7","status":"affected"}]}"#;
    let all = r#"{"version":"*","status":"affected"}"#;
    let no_version = r#"{"version":"n/a","status":"affected"}"#;
    let open = r#"{"version":"1.0","status":"unknown"}"#;
    for (versions, default, version, expected, rule) in [
        (range, "unaffected", "0.9", Answer::NotAffected, "outside_all_ranges"),
        (range, "unaffected", "1.0", Answer::Affected, "in_range"),
        (range, "unaffected", "2.0", Answer::NotAffected, "outside_all_ranges"),
        (range, "unknown", "2.0", Answer::Undetermined, "status_not_stated"),
        (range, "affected", "2.0", Answer::Affected, "default_status"),
        (range, "unaffected", "", Answer::Undetermined, "no_version"),
        (range, "unaffected", "latest", Answer::Undetermined, "version_unreadable"),
        (through, "unaffected", "2.0", Answer::Affected, "in_range"),
        (through, "unaffected", "2.0.1", Answer::NotAffected, "outside_all_ranges"),
        (changed, "unaffected", "1.4", Answer::Affected, "in_range"),
        (changed, "unaffected", "1.6", Answer::NotAffected, "stated_unaffected"),
        (changed, "unaffected", "1.7", Answer::Affected, "in_range"),
        (all, "unaffected", "7", Answer::Affected, "in_range"),
        (no_version, "unaffected", "7", Answer::Undetermined, "version_unreadable"),
        (open, "unaffected", "1.0", Answer::Undetermined, "stated_unknown"),
    ] {
        let json = of(versions, default);
        let record = cve::read(&json).expect("readable");
        let component = component("pump", version, &["cpe:2.3:a:acme:pump:*:*:*:*:*:*:*:*"]);
        let subject = Subject::of(&component);
        let Rule::Cve(statement) = &record.statements[0].rule else { panic!("a CVE rule") };
        let outcome = evaluate_cve(statement, &subject.identities[0], Detail::Full);
        assert_eq!(
            (outcome.answer, outcome.rule),
            (expected, rule),
            "{version} in {versions}, default {default}"
        );
        let short = evaluate_cve(statement, &subject.identities[0], Detail::Open);
        assert_eq!((short.answer, short.rule), (expected, rule));
        if expected == Answer::NotAffected {
            assert!(!outcome.range.is_empty() && !outcome.place.is_empty());
        }
    }
}

fn nvd(id: &str, configurations: &str) -> String {
    format!(
        r#"{{"id":"{id}","sourceIdentifier":"n","lastModified":"2026-01-01","configurations":[{configurations}]}}"#
    )
}

fn node(criteria: &str) -> String {
    format!(r#"{{"nodes":[{{"operator":"OR","cpeMatch":[{criteria}]}}]}}"#)
}

#[test]
fn cpe_criteria_attribute_by_attribute() {
    let found = |name: &str, bounds: &str| {
        node(&format!(r#"{{"vulnerable":true,"criteria":"cpe:2.3:{name}"{bounds}}}"#))
    };
    let records = [
        nvd(
            "CVE-2026-0001",
            &found(
                "a:v:p:*:*:*:*:*:*:*:*",
                r#","versionStartIncluding":"1.0","versionEndExcluding":"2.0""#,
            ),
        ),
        nvd("CVE-2026-0002", &found("a:v:p:1.5:*:*:*:*:*:*:*", "")),
        nvd("CVE-2026-0003", &found("a:v:p:1.5:rc1:*:*:*:*:*:*", "")),
        nvd(
            "CVE-2026-0004",
            &found("a:v:p:*:*:*:*:*:windows:*:*", r#","versionEndIncluding":"2.0""#),
        ),
        nvd("CVE-2026-0005", &found("a:v:p:-:*:*:*:*:*:*:*", "")),
        nvd("CVE-2026-0006", &found("o:v:p:*:*:*:*:*:*:*:*", "")),
        nvd("CVE-2026-0007", &found("a:v:p:1.5:a:*:*:*:*:*:*", "")),
    ];
    let made = edition(&records.iter().map(String::as_str).collect::<Vec<_>>());
    use Answer::{Affected as Yes, NotAffected as No, Undetermined as Open};
    for (cpe, expected) in [
        ("a:v:p:1.5:*:*:*:*:*:*:*", [Yes, Yes, No, Open, Open, Open, Open]),
        ("a:v:p:1.5:rc1:*:*:*:*:*:*", [Yes, Yes, Yes, Open, Open, Open, No]),
        ("a:v:p:1.5.0:*:*:*:*:*:*:*", [Yes, Yes, No, Open, Open, Open, Open]),
        ("a:v:p:1.5a:*:*:*:*:*:*:*", [Yes, No, No, Open, Open, Open, Yes]),
        ("a:v:p:2.0:*:*:*:*:windows:*:*", [No, No, No, Yes, Open, Open, No]),
        ("a:v:p:2.0:*:*:*:*:linux:*:*", [No, No, No, No, Open, Open, No]),
        ("a:v:p:2.0.1:*:*:*:*:*:*:*", [No, No, No, No, Open, Open, No]),
        ("a:v:p:*:*:*:*:*:*:*:*", [Open, Open, Open, Open, Open, Open, Open]),
        ("o:v:p:1.5:*:*:*:*:*:*:*", [Open, Open, No, Open, Open, Yes, Open]),
        ("a:v:p:-:*:*:*:*:*:*:*", [Open, Open, Open, Open, Yes, Open, Open]),
    ] {
        for (number, expected) in (1..).zip(expected) {
            let subject = component("p", "", &[&format!("cpe:2.3:{cpe}")]);
            let verdict =
                answer(&made.edition, subject, &format!("CVE-2026-000{number}")).expect("joined");
            assert_eq!(
                verdict.answer, expected,
                "{cpe} and CVE-2026-000{number}: {:?}",
                verdict.because
            );
        }
    }
}

#[test]
fn a_platform_of_which_nothing_is_said_leaves_it_open() {
    let json = nvd(
        "CVE-2026-0001",
        r#"{"operator":"AND","nodes":[
            {"operator":"OR","cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:o:acme:pump_firmware:*:*:*:*:*:*:*:*","versionEndExcluding":"2.0"}]},
            {"operator":"OR","cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:h:acme:pump:2:*:*:*:*:*:*:*"}]}]}"#,
    );
    let made = edition(&[&json]);
    let firmware = || component("fw", "1.0", &["cpe:2.3:o:acme:pump_firmware:1.0:*:*:*:*:*:*:*"]);
    let check = |others: &[&str]| {
        let mut all = vec![firmware()];
        all.extend(others.iter().map(|cpe| component("hw", "", &[cpe])));
        let inventory = inventory(all);
        let mut assessed = Matcher::new(&made.edition, &inventory)
            .assess(0, &inventory.components[0])
            .expect("assessed");
        assessed.verdicts.pop().map(|judged| {
            (judged.verdict.answer, judged.verdict.because[0].rule.to_string(), judged.context_free)
        })
    };
    assert_eq!(check(&[]), Some((Answer::Undetermined, "platform_unknown".into(), false)));
    assert_eq!(
        check(&["cpe:2.3:h:acme:pump:2:*:*:*:*:*:*:*"]),
        Some((Answer::Affected, "in_range".into(), false))
    );
    assert_eq!(check(&["cpe:2.3:h:acme:pump:1:*:*:*:*:*:*:*"]), None, "another revision is named");
    // Platforms themselves are never accused.
    let hardware = component("hw", "", &["cpe:2.3:h:acme:pump:2:*:*:*:*:*:*:*"]);
    assert_eq!(assess(&made.edition, hardware).verdicts, []);
    let inventory = inventory(vec![firmware()]);
    assert!(
        !Context::of(&inventory).is_complete() && Context::of(&inventory).complete().is_complete()
    );
}

#[test]
fn truth_has_three_values() {
    let unknown = || Truth::Unknown("u", "u".into());
    let all = || [Truth::False, unknown(), Truth::True];
    for (a, one) in all().into_iter().enumerate() {
        for (b, other) in all().into_iter().enumerate() {
            let pair = || [one.clone(), other.clone()];
            assert_eq!(Truth::joined(true, pair()), all()[a.min(b)], "AND");
            assert_eq!(Truth::joined(false, pair()), all()[a.max(b)], "OR");
        }
        assert_eq!(one.negated(), all()[2 - a]);
    }
    assert_eq!((Truth::joined(true, []), Truth::joined(false, [])), (Truth::True, Truth::False));
}

fn npm(id: &str, aliases: &str, fixed: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2026-01-01","aliases":[{aliases}],"affected":[{{"package":{{"ecosystem":"npm","name":"x"}},
           "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

#[test]
fn sources_of_one_flaw_give_one_verdict_and_show_disagreement() {
    let made = edition(&[
        &npm("GHSA-aaaa-bbbb-cccc", r#""CVE-2026-0001""#, "1.2.0"),
        &nvd(
            "CVE-2026-0001",
            &node(
                r#"{"vulnerable":true,"criteria":"cpe:2.3:a:v:x:*:*:*:*:*:*:*:*","versionEndExcluding":"2.0.0"}"#,
            ),
        ),
    ]);
    let both = |version: &str| {
        component("x", version, &[&format!("pkg:npm/x@{version}"), "cpe:2.3:a:v:x:*:*:*:*:*:*:*:*"])
    };
    let verdict = answer(&made.edition, both("1.0.0"), "ghsa-AAAA-bbbb-cccc").expect("joined");
    assert_eq!(
        (&*verdict.id, verdict.answer, verdict.disagreement),
        ("CVE-2026-0001", Answer::Affected, false)
    );
    assert_eq!(verdict.aliases, ["GHSA-aaaa-bbbb-cccc"]);
    assert_eq!(verdict.because.len(), 2);
    assert_eq!(verdict.because[0].confidence, Confidence::Exact);
    assert_eq!(verdict.fixed_in, ["1.2.0"]);
    // npm says repaired, the CPE guess says not: the guess alone never accuses.
    let verdict = answer(&made.edition, both("1.5.0"), "CVE-2026-0001").expect("joined");
    assert_eq!(verdict.answer, Answer::NotAffected);
    // The same two records, and the component carries the CPE alone: nothing speaks against it.
    let alone = component("x", "1.5.0", &["cpe:2.3:a:v:x:1.5.0:*:*:*:*:*:*:*"]);
    assert_eq!(
        answer(&made.edition, alone, "CVE-2026-0001").expect("joined").answer,
        Answer::Affected
    );
    // Two ecosystem records that disagree: affected wins and the disagreement is shown.
    let made = edition(&[
        &npm("GHSA-aaaa-bbbb-cccc", r#""CVE-2026-0001""#, "1.2.0"),
        &npm("OTHER-1", r#""CVE-2026-0001""#, "1.6.0"),
    ]);
    let verdict = answer(&made.edition, component("x", "", &["pkg:npm/x@1.5.0"]), "CVE-2026-0001")
        .expect("joined");
    assert_eq!((verdict.answer, verdict.disagreement), (Answer::Affected, true));
    assert_eq!(
        verdict.because.iter().map(|reason| reason.answer).collect::<Vec<_>>(),
        [Answer::Affected, Answer::NotAffected]
    );
    assert!(
        verdict.because.iter().all(|reason| !reason.range.is_empty() && !reason.place.is_empty())
    );
}

#[test]
fn firmware_that_shares_its_name_with_the_hardware_is_not_cleared_by_itself() {
    let configuration = r#"{"operator":"AND","nodes":[
        {"operator":"OR","cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:o:acme:pump:1.1:*:*:*:*:*:*:*"}]},
        {"operator":"OR","cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:h:acme:pump:-:*:*:*:*:*:*:*"}]}]}"#;
    let made = edition(&[&nvd("CVE-2026-0001", configuration)]);
    let firmware = || component("pump", "1.1", &["cpe:2.3:o:acme:pump:1.1:*:*:*:*:*:*:*"]);
    let verdict = answer(&made.edition, firmware(), "CVE-2026-0001").expect("spoken");
    assert_eq!(
        (verdict.answer, &*verdict.because[0].rule),
        (Answer::Undetermined, "platform_unknown")
    );
    let hardware = component("pump", "", &["cpe:2.3:h:acme:pump:-:*:*:*:*:*:*:*"]);
    let both = inventory(vec![firmware(), hardware]);
    let matcher = Matcher::new(&made.edition, &both);
    let verdicts = matcher.explain(&both.components[0], "CVE-2026-0001").expect("explained");
    assert_eq!(verdicts[0].answer, Answer::Affected);
}

#[test]
fn a_branch_that_is_repaired_to_its_end_is_cleared() {
    // as the CNA of the Linux kernel writes it
    let record = r#"{"cveMetadata":{"cveId":"CVE-2026-0001","state":"PUBLISHED"},"containers":{"cna":{"affected":[
      {"vendor":"Linux","product":"Linux","defaultStatus":"unaffected","versions":[
        {"version":"1da177e4c3f4","lessThan":"0d0b8b4c1f5e","status":"affected","versionType":"git"}]},
      {"vendor":"Linux","product":"Linux","defaultStatus":"affected","versions":[
        {"version":"5.4","status":"affected"},
        {"version":"0","lessThan":"5.4","status":"unaffected","versionType":"semver"},
        {"version":"5.10.209","lessThanOrEqual":"5.10.*","status":"unaffected","versionType":"semver"},
        {"version":"6.8","lessThanOrEqual":"*","status":"unaffected","versionType":"original_commit_for_fix"}]}]}}}"#;
    let made = edition(&[record]);
    for (version, expected) in [
        ("5.3.9", Answer::NotAffected),
        ("5.4", Answer::Affected),
        ("5.10.208", Answer::Affected),
        ("5.10.209", Answer::NotAffected),
        ("5.10.300", Answer::NotAffected),
        ("5.11.1", Answer::Affected),
        ("6.8", Answer::NotAffected),
        ("6.9.2", Answer::NotAffected),
    ] {
        let kernel = component("linux", version, &["cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*"]);
        let verdict = answer(&made.edition, kernel, "CVE-2026-0001").expect("spoken");
        assert_eq!(verdict.answer, expected, "{version}: {:?}", verdict.because);
    }
}

#[test]
fn commits_alone_clear_no_version() {
    let record = r#"{"cveMetadata":{"cveId":"CVE-2026-0001","state":"PUBLISHED"},"containers":{"cna":{"affected":[
      {"vendor":"acme","product":"pump","defaultStatus":"unaffected","versions":[
        {"version":"1da177e4c3f4","lessThan":"0d0b8b4c1f5e","status":"affected","versionType":"git"}]}]}}}"#;
    let made = edition(&[record]);
    let pump = component("pump", "2.0", &["cpe:2.3:a:acme:pump:2.0"]);
    let verdict = answer(&made.edition, pump, "CVE-2026-0001").expect("spoken");
    assert_eq!((verdict.answer, &*verdict.because[0].rule), (Answer::Undetermined, "commits_only"));
}

#[test]
fn a_pattern_of_versions_is_compared_as_a_pattern() {
    let made = edition(&[&nvd(
        "CVE-2026-0001",
        &node(r#"{"vulnerable":true,"criteria":"cpe:2.3:a:acme:pump:8.*:*:*:*:*:*:*:*"}"#),
    )]);
    for (version, expected) in
        [("8.0.1", Answer::Affected), ("18.0", Answer::NotAffected), ("9", Answer::NotAffected)]
    {
        let pump = component("pump", version, &["cpe:2.3:a:acme:pump:*"]);
        let verdict = answer(&made.edition, pump, "CVE-2026-0001").expect("spoken");
        assert_eq!(verdict.answer, expected, "{version}");
    }
}

#[test]
fn what_was_not_looked_up_says_so() {
    let made = edition(&[&npm("GHSA-aaaa-bbbb-cccc", "", "1.2.0")]);
    for (subject, code) in [
        (component("x", "1", &[]), "no_identity"),
        (component("x", "1", &["pkg:generic/x@1"]), "no_identity"),
        (component("y", "1", &["pkg:pypi/y@1"]), "ecosystem_without_data"),
        (
            component("y", "1", &["pkg:deb/debian/y@1", "cpe:2.3:a:y:y:1:*:*:*:*:*:*:*"]),
            "ecosystem_without_data",
        ),
        (component("y", "1", &["pkg:npm/y@1"]), "thin_data"),
    ] {
        let gap = assess(&made.edition, subject).not_covered.expect("a gap");
        assert_eq!(gap.code, code, "{}", gap.why);
    }
    let hint = assess(&made.edition, component("X", "1", &[])).not_covered.expect("a gap");
    assert!(hint.why.contains("npm:x"), "{}", hint.why);
}

#[test]
fn the_upstream_part_of_a_distributions_version() {
    for (kind, version, upstream) in [
        ("deb/debian", "1:1.1.1n-0+deb11u3", Some("1.1.1n")),
        ("deb/debian", "2.4.57+dfsg-3", Some("2.4.57")),
        ("deb/ubuntu", "2.0+really1.9-1", Some("1.9")),
        ("deb/debian", "1.0", None),
        ("rpm/redhat", "1:1.1.1k-6.el8", Some("1.1.1k")),
        ("apk/alpine", "3.0.7-r2", Some("3.0.7")),
        ("apk/alpine", "3.0.7-rc2", None),
        ("npm", "1.0.0-r1", None),
    ] {
        assert_eq!(upstream_version(kind, version), upstream, "{version}");
    }
}

fn version() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{1,2}(\\.[0-9]{1,2}){0,3}", "[0-9]\\.[0-9](rc1|b2|-r1|a)?", "latest|main|\\*"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Who knows less never hears "not affected" where the one who knew more did not.
    #[test]
    fn less_knowledge_never_clears(version in version(), platform in any::<bool>(), start in version(), end in version()) {
        let plain = format!(r#"{{"vulnerable":true,"criteria":"cpe:2.3:o:v:fw:*:*:*:*:*:*:*:*","versionStartIncluding":"{start}","versionEndExcluding":"{end}"}}"#);
        let conditional = format!(
            r#"{{"operator":"AND","nodes":[{{"operator":"OR","cpeMatch":[{plain}]}},
               {{"operator":"OR","cpeMatch":[{{"vulnerable":false,"criteria":"cpe:2.3:h:v:hw:-:*:*:*:*:*:*:*"}}]}}]}}"#
        );
        let made = edition(&[&nvd("CVE-2026-0001", &node(&plain)), &nvd("CVE-2026-0002", &conditional)]);
        let answers = |version: &str, platform: bool| {
            let mut all = vec![component("fw", version, &["cpe:2.3:o:v:fw:*:*:*:*:*:*:*:*"])];
            all.extend(platform.then(|| component("hw", "", &["cpe:2.3:h:v:hw:-:*:*:*:*:*:*:*"])));
            let inventory = inventory(all);
            let matcher = Matcher::new(&made.edition, &inventory);
            ["CVE-2026-0001", "CVE-2026-0002"].map(|id| matcher.explain(&inventory.components[0], id).expect("explained")[0].answer)
        };
        let known = answers(&version, platform);
        for (less, more) in answers("", platform).iter().zip(&known).chain(answers(&version, false).iter().zip(&known)) {
            prop_assert!(*less != Answer::NotAffected || *more == Answer::NotAffected);
        }
    }
}

#[test]
fn a_product_is_found_under_its_other_names_and_the_reason_says_so() {
    let made = edition(&[
        &nvd(
            "CVE-2026-0001",
            &node(
                r#"{"vulnerable":true,"criteria":"cpe:2.3:a:haxx:curl:*:*:*:*:*:*:*:*","versionEndExcluding":"7.88.2"}"#,
            ),
        ),
        &nvd(
            "CVE-2026-0002",
            &node(
                r#"{"vulnerable":true,"criteria":"cpe:2.3:o:amazon:freertos:*:*:*:*:*:*:*:*","versionEndExcluding":"10.5"}"#,
            ),
        ),
    ]);
    for (name, version, identities, id, expected, confidence) in [
        (
            "curl",
            "",
            &["pkg:conan/curl@7.88.1"][..],
            "CVE-2026-0001",
            Answer::Affected,
            Confidence::Name,
        ),
        (
            "curl",
            "",
            &["pkg:github/curl/curl@curl-7_88_1"],
            "CVE-2026-0001",
            Answer::Affected,
            Confidence::Name,
        ),
        (
            "curl",
            "",
            &["pkg:generic/libcurl@7.88.2"],
            "CVE-2026-0001",
            Answer::NotAffected,
            Confidence::Name,
        ),
        ("curl", "", &["pkg:yocto/curl"], "CVE-2026-0001", Answer::Undetermined, Confidence::Name),
        (
            "curl",
            "",
            &["cpe:2.3:a:curl:curl:7.88.1"],
            "CVE-2026-0001",
            Answer::Affected,
            Confidence::Cpe,
        ),
        (
            "FreeRTOS Kernel",
            "V10.4.1",
            &[],
            "CVE-2026-0002",
            Answer::Undetermined,
            Confidence::Possible,
        ),
    ] {
        let verdict = answer(&made.edition, component(name, version, identities), id);
        let verdict = verdict.unwrap_or_else(|| panic!("{name} {identities:?} is not found"));
        let reason = &verdict.because[0];
        assert_eq!(
            (verdict.answer, reason.confidence),
            (expected, confidence),
            "{name} {identities:?}"
        );
        assert!(reason.identity.contains("known as cpe:"), "{}", reason.identity);
    }
    // A record that accuses one of the names accuses the product, whatever it says of another name.
    let part = r#"{"vulnerable":true,"criteria":"cpe:2.3:a:haxx:libcurl:*:*:*:*:*:*:*:*","versionEndExcluding":"7.9"},
                  {"vulnerable":true,"criteria":"cpe:2.3:a:haxx:curl:*:*:*:*:*:*:*:*","versionEndExcluding":"7.5"}"#;
    let parts = edition(&[&nvd("CVE-2026-0003", &node(part))]);
    for (identity, expected) in [
        ("pkg:conan/curl@7.8", Answer::Affected),
        ("pkg:conan/curl@7.9", Answer::NotAffected),
        ("cpe:2.3:a:haxx:curl:7.8", Answer::NotAffected),
    ] {
        let verdict = answer(&parts.edition, component("curl", "", &[identity]), "CVE-2026-0003");
        assert_eq!(verdict.expect("spoken").answer, expected, "{identity}");
    }
    // What the table does not know as one product stays apart.
    let other = component("curl", "", &["pkg:npm/curl@7.88.1"]);
    assert_eq!(answer(&made.edition, other, "CVE-2026-0001"), None);
}

#[test]
fn a_component_known_by_its_name_alone_is_never_covered() {
    let made = edition(&[&nvd(
        "CVE-2026-0001",
        &node(
            r#"{"vulnerable":true,"criteria":"cpe:2.3:o:windriver:vxworks:*:*:*:*:*:*:*:*","versionEndExcluding":"6.9"}"#,
        ),
    )]);
    let assessed = assess(&made.edition, component("VxWorks", "7.0", &[]));
    assert!(assessed.verdicts.is_empty());
    assert_eq!(assessed.not_covered.expect("a gap").code, "no_identity");
    let mapped = assess(&made.edition, component("VxWorks", "7.0", &["pkg:generic/vxworks@7.0"]));
    assert_eq!(mapped.not_covered.expect("a gap").code, "thin_data", "looked up, in few records");
}

#[test]
fn a_name_raises_a_question_only_where_more_than_the_name_fits() {
    let criterion = |name: &str| {
        node(&format!(
            r#"{{"vulnerable":true,"criteria":"cpe:2.3:{name}","versionEndExcluding":"2.0"}}"#
        ))
    };
    let made = edition(&[
        &nvd("CVE-2026-0001", &criterion("a:docker:docker:*:*:*:*:*:*:*:*")),
        &nvd("CVE-2026-0002", &criterion("a:acme:docker:*:*:*:*:*:ruby:*:*")),
        &nvd("CVE-2026-0003", &criterion("a:netpack_project:netpack:*:*:*:*:*:*:*:*")),
        &nvd("CVE-2026-0004", &criterion("a:wind_tools:probe:*:*:*:*:*:*:*:*")),
        &nvd("CVE-2026-0005", &criterion("a:other:probe:*:*:*:*:*:*:*:*")),
    ]);
    let mut probe = component("Probe", "1.0", &[]);
    probe.supplier = Some("Wind Tools, Inc.".to_owned());
    let mut system = component("netpack", "1.0", &[]);
    system.kind = Some("operating-system".to_owned());
    let gem = || component("docker", "", &["pkg:gem/docker@1.0"]);
    let unnamed = || component("netpack", "1.0", &[]);
    for (subject, id, found) in [
        (gem(), "CVE-2026-0001", false),
        (gem(), "CVE-2026-0002", true),
        (unnamed(), "CVE-2026-0003", true),
        (component("netpack", "2.0", &[]), "CVE-2026-0003", false),
        (system, "CVE-2026-0003", false),
        (probe.clone(), "CVE-2026-0004", true),
        (probe, "CVE-2026-0005", false),
    ] {
        let verdict = answer(&made.edition, subject.clone(), id);
        assert_eq!(verdict.is_some(), found, "{} {id}", subject.name);
        if let Some(verdict) = verdict {
            assert_eq!(verdict.answer, Answer::Undetermined);
            assert_eq!(verdict.because[0].confidence, Confidence::Possible);
        }
        let gap = assess(&made.edition, subject).not_covered;
        assert!(gap.is_some(), "a guess is no look-up");
    }
}

#[test]
fn a_table_of_ones_own_is_obeyed() {
    let made = edition(&[&nvd(
        "CVE-2026-0001",
        &node(
            r#"{"vulnerable":true,"criteria":"cpe:2.3:a:acme:stack:*:*:*:*:*:*:*:*","versionEndExcluding":"2.0"}"#,
        ),
    )]);
    let rows =
        "our stack,recipe:netstack,SOUP list line 4\nour stack,cpe:acme:stack,SOUP list line 4\n";
    let own = Mappings::built_in().clone().with(mapping::read(rows, "N. Vane").expect("rows"));
    let inventory = inventory(vec![component("netstack", "", &["pkg:generic/netstack@1.4"])]);
    let matcher = Matcher::with_mappings(&made.edition, &inventory, &own);
    let verdicts = matcher.explain(&inventory.components[0], "CVE-2026-0001").expect("explained");
    assert_eq!(verdicts[0].answer, Answer::Affected);
    let identity = &verdicts[0].because[0].identity;
    assert!(identity.contains("our stack, N. Vane table, SOUP list line 4"), "{identity}");
    assert_eq!(verdicts[0].because[0].confidence, Confidence::Name);
    // A SWID tag and the digest of a delivered file are identities as well.
    let digest = "d41d8cd98f00b204e9800998ecf8427e";
    let rows = format!("x,swid:Acme.Stack,s\nx,hash:MD5:{digest},s\nx,cpe:acme:stack,s\n");
    let own = Mappings::default().with(mapping::read(&rows, "N. Vane").expect("rows"));
    let mut tagged = component("binary", "1.4", &[]);
    tagged.other_identities.push(("swid".to_owned(), "Acme.Stack".to_owned()));
    let mut hashed = component("binary", "1.4", &[]);
    hashed.hashes.push(("md5".to_owned(), digest.to_owned()));
    for subject in [tagged, hashed] {
        let inventory = crate::build::inventory(vec![subject]);
        let matcher = Matcher::with_mappings(&made.edition, &inventory, &own);
        let verdicts =
            matcher.explain(&inventory.components[0], "CVE-2026-0001").expect("explained");
        assert_eq!(verdicts[0].answer, Answer::Affected);
    }
}

#[test]
fn who_vouches_for_a_name_is_believed_where_a_curated_name_only_asks() {
    let osv = |id: &str, ecosystem: &str, name: &str| {
        format!(
            r#"{{"id":"{id}","modified":"m","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}},
               "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"2.0"}}]}}]}}]}}"#
        )
    };
    let made = edition(&[
        &nvd(
            "CVE-2026-0001",
            &node(
                r#"{"vulnerable":true,"criteria":"cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*","versionEndExcluding":"2.0"}"#,
            ),
        ),
        &osv("PYSEC-2026-2", "PyPI", "acme-core"),
        &osv("DSA-2026-3", "Debian:12", "acme"),
    ]);
    let asked = |rows: &str, component: aftercare_vocab::inventory::Component, id: &str| {
        let own = Mappings::built_in().clone().with(mapping::read(rows, "own").expect("rows"));
        let inventory = inventory(vec![component]);
        let matcher = Matcher::with_mappings(&made.edition, &inventory, &own);
        let subject = &inventory.components[0];
        let gap = matcher.assess(0, subject).expect("assessed").not_covered.map(|gap| gap.code);
        let verdict = matcher.explain(subject, id).expect("explained").into_iter().next();
        let verdict = verdict.map(|verdict| {
            let reason = &verdict.because[0];
            (verdict.answer, reason.confidence, reason.identity.clone())
        });
        (verdict, gap)
    };
    let plain = |version: &str| component("Crypto Lib", version, &[]);
    // An own name that leads to a curated product goes the whole way, and says so.
    let rows = "crypto,name:crypto lib,s1\ncrypto,recipe:openssl,s1\n";
    let (verdict, gap) = asked(rows, plain("1.0"), "CVE-2026-0001");
    let (answer, confidence, identity) = verdict.expect("looked up");
    assert_eq!((answer, confidence), (Answer::Affected, Confidence::Name));
    assert!(
        identity.contains("recipe:openssl (crypto, own table, s1), known as cpe:openssl:openssl"),
        "{identity}"
    );
    assert_eq!(gap.as_deref(), Some("thin_data"), "looked up, in few records");
    // Without the row the name says nothing.
    assert_eq!(asked("", plain("1.0"), "CVE-2026-0001"), (None, Some("no_identity".to_owned())));
    // The same name of another supplier is not meant.
    let rows = "crypto,supplier:Acme Inc.:crypto lib,s1\ncrypto,cpe:openssl:openssl,s1\n";
    let of = |supplier: &str| {
        let mut component = plain("1.0");
        component.supplier = Some(supplier.to_owned());
        asked(rows, component, "CVE-2026-0001").0.map(|found| found.0)
    };
    assert_eq!(of("ACME"), Some(Answer::Affected));
    assert_eq!(of("Other"), None);
    // A package of an ecosystem is asked by that ecosystem's ordering.
    let rows = "core,name:crypto lib,s1\ncore,pkg:pypi/Acme_Core,s1\n";
    let of = |version: &str| asked(rows, plain(version), "PYSEC-2026-2").0.expect("looked up").0;
    assert_eq!(of("2.0rc1"), Answer::Affected);
    assert_eq!(of("2.0"), Answer::NotAffected);
    // A distribution's package lends its versions to nobody,
    let rows = "acme,name:crypto lib,s1\nacme,pkg:deb/debian/acme,s1\n";
    assert_eq!(asked(rows, plain("1.0"), "DSA-2026-3"), (None, Some("no_identity".to_owned())));
    // and what upstream says of one is a question.
    let rows = "acme,pkg:deb/acme/crypto,s1\nacme,cpe:openssl:openssl,s1\n";
    let package = component("crypto", "", &["pkg:deb/acme/crypto@1:1.0-3"]);
    let (answer, confidence, _) = asked(rows, package, "CVE-2026-0001").0.expect("looked up");
    assert_eq!((answer, confidence), (Answer::Undetermined, Confidence::Possible));
}

#[test]
fn source_code_is_found_by_the_tags_and_commits_of_its_repository() {
    let (bad, good) =
        ("0123456789abcdef0123456789abcdef01234567", "89abcdef0123456789abcdef0123456789abcdef");
    let record = format!(
        r#"{{"id":"CVE-2026-0001","modified":"m","affected":[{{"ranges":[{{"type":"GIT","repo":"https://github.com/lwip-tcpip/lwip",
           "events":[{{"introduced":"{bad}"}},{{"fixed":"{good}"}}]}}],"versions":["STABLE-2_1_2_RELEASE","STABLE-2_1_3_RELEASE"]}}]}}"#
    );
    let made = edition(&[&record]);
    for (purl, expected) in [
        ("pkg:github/lwip-tcpip/lwip@STABLE-2_1_3_RELEASE", Answer::Affected),
        ("pkg:github/lwip-tcpip/lwip@2.1.3", Answer::Affected),
        ("pkg:generic/lwip@2.1.2", Answer::Affected),
        ("pkg:generic/lwip@2.2.0", Answer::NotAffected),
        ("pkg:generic/lwip@main", Answer::Undetermined),
        (&format!("pkg:github/lwip-tcpip/lwip@{bad}"), Answer::Affected),
        (&format!("pkg:github/lwip-tcpip/lwip@{good}"), Answer::NotAffected),
        (
            "pkg:github/lwip-tcpip/lwip@fedcba9876543210fedcba9876543210fedcba98",
            Answer::Undetermined,
        ),
    ] {
        let verdict = answer(&made.edition, component("lwip", "", &[purl]), "CVE-2026-0001");
        assert_eq!(verdict.expect("spoken").answer, expected, "{purl}");
    }
}
