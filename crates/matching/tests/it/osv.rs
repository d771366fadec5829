//! OSV: ranges, lists of versions, and releases of distributions.

use crate::build::{answer, assess, component, edition, inventory};
use aftercare_formats::feed::{Rule, osv};
use aftercare_matching::{
    Matcher,
    coverage::{Depth, depth},
    osv::evaluate as evaluate_osv,
    outcome::{Detail, Outcome},
    single::{by_nvd, by_osv},
    subject::Subject,
};
use aftercare_vocab::{ecosystem::PackageKey, verdict::Answer};

fn osv_outcome(affected: &str, purl: &str) -> Option<Outcome> {
    let record = format!(r#"{{"id":"X-1","modified":"m","affected":[{affected}]}}"#);
    let record = osv::read(&record).expect("readable");
    let component = component("x", "", &[purl]);
    let subject = Subject::of(&component);
    let Rule::Osv(rule) = &record.statements[0].rule else { panic!("an OSV rule") };
    assert_eq!(record.statements[0].keys[0], subject.identities[0].key);
    let outcome = evaluate_osv(rule, &subject.identities[0], Detail::Full);
    let short = evaluate_osv(rule, &subject.identities[0], Detail::Open);
    assert_eq!(outcome.as_ref().map(|said| said.answer), short.map(|said| said.answer));
    outcome
}

#[test]
fn osv_events_are_walked_in_version_order() {
    let range = |events: &str| {
        format!(
            r#"{{"package":{{"ecosystem":"npm","name":"x"}},"ranges":[{{"type":"SEMVER","events":[{events}]}}]}}"#
        )
    };
    let usual =
        range(r#"{"introduced":"0"},{"fixed":"1.2.0"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}"#);
    let unsorted =
        range(r#"{"fixed":"2.1.0"},{"introduced":"2.0.0"},{"fixed":"1.2.0"},{"introduced":"0"}"#);
    let last = range(r#"{"introduced":"1.0.0"},{"last_affected":"1.5.0"}"#);
    let limited = range(r#"{"introduced":"0"},{"limit":"1.5.0"}"#);
    let no_limit = range(r#"{"introduced":"0"},{"limit":"*"}"#);
    for (affected, version, yes) in [
        (&usual, "0.0.1", true),
        (&usual, "1.1.9", true),
        (&usual, "1.2.0", false),
        (&usual, "1.9.0", false),
        (&usual, "2.0.0-rc1", false),
        (&usual, "2.0.0", true),
        (&usual, "2.1.0", false),
        (&unsorted, "1.1.9", true),
        (&unsorted, "1.2.0", false),
        (&unsorted, "2.0.5", true),
        (&unsorted, "2.1.0", false),
        (&last, "0.9.0", false),
        (&last, "1.5.0", true),
        (&last, "1.5.1", false),
        (&limited, "1.4.9", true),
        (&limited, "1.5.0", false),
        (&no_limit, "99.0.0", true),
    ] {
        let outcome = osv_outcome(affected, &format!("pkg:npm/x@{version}")).expect("spoken");
        assert_eq!(outcome.answer == Answer::Affected, yes, "{version} in {affected}: {outcome:?}");
        assert_ne!(outcome.answer, Answer::Undetermined);
    }
    let outcome = osv_outcome(&usual, "pkg:npm/x@2.0.5").expect("spoken");
    assert_eq!((&*outcome.range, &*outcome.place), (">= 2.0.0, < 2.1.0", "affected[0].ranges[0]"));
    assert_eq!(outcome.fixed, ["2.1.0"]);
}

#[test]
fn what_osv_leaves_unsaid_is_undetermined() {
    let of = |rest: &str| format!(r#"{{"package":{{"ecosystem":"npm","name":"x"}}{rest}}}"#);
    let git = of(r#","ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]"#);
    let semver =
        of(r#","ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]"#);
    let listed = of(r#","versions":["1.0.0","1.1.0"]"#);
    let endless = of(r#","ranges":[{"type":"SEMVER","events":[{"fixed":"2.0.0"}]}]"#);
    let no_events = of(r#","ranges":[{"type":"SEMVER","events":[]}]"#);
    let only_limit = of(r#","ranges":[{"type":"SEMVER","events":[{"limit":"2.0.0"}]}]"#);
    let commits = |events: &str| {
        of(&format!(
            r#","ranges":[{{"type":"GIT","repo":"r","events":[{events}]}}],"versions":["1.0.0","1.1.0"]"#
        ))
    };
    let open_commits = commits(r#"{"introduced":"aa"}"#);
    let ended_commits = commits(r#"{"introduced":"aa"},{"fixed":"bb"}"#);
    let beside = of(
        r#","ranges":[{"type":"SEMVER","events":[{"introduced":"2.0.0"},{"fixed":"3.0.0"}]}],"versions":["1.0.0"]"#,
    );
    let listed_and_empty = of(r#","ranges":[{"type":"SEMVER","events":[]}],"versions":["1.0.0"]"#);
    for (affected, version, answer, rule) in [
        (&of(""), "@1.0.0", Answer::Undetermined, "no_versions_stated"),
        (&git, "@1.0.0", Answer::Undetermined, "commits_only"),
        (&semver, "", Answer::Undetermined, "no_version"),
        (&semver, "@latest", Answer::Undetermined, "version_unreadable"),
        (&listed, "@1.1.0", Answer::Affected, "listed"),
        (&listed, "@v1.1.0", Answer::Affected, "listed"),
        (&listed, "@1.2.0", Answer::NotAffected, "outside_all_ranges"),
        (&listed, "@latest", Answer::Undetermined, "version_unreadable"),
        (&endless, "@1.0.0", Answer::Undetermined, "no_start_stated"),
        (&endless, "@2.0.0", Answer::NotAffected, "outside_all_ranges"),
        (&no_events, "@1.0.0", Answer::Undetermined, "no_versions_stated"),
        (&only_limit, "@1.0.0", Answer::Undetermined, "no_versions_stated"),
        (&open_commits, "@1.1.0", Answer::Affected, "listed"),
        (&open_commits, "@1.2.0", Answer::Undetermined, "no_end_stated"),
        (&open_commits, "@1.0.5", Answer::Undetermined, "no_end_stated"),
        (&open_commits, "@0.9.0", Answer::NotAffected, "outside_all_ranges"),
        (&ended_commits, "@1.2.0", Answer::NotAffected, "outside_all_ranges"),
        (&beside, "@v1.0.0", Answer::Affected, "listed"),
        (&beside, "@1.0.1", Answer::NotAffected, "outside_all_ranges"),
        (&beside, "@2.5.0", Answer::Affected, "in_range"),
        (&listed_and_empty, "@v1.0.0", Answer::Affected, "listed"),
    ] {
        let outcome = osv_outcome(affected, &format!("pkg:npm/x{version}")).expect("spoken");
        assert_eq!((outcome.answer, outcome.rule), (answer, rule), "{version} in {affected}");
    }
}

#[test]
fn a_distribution_record_speaks_of_its_release() {
    let debian = r#"{"package":{"ecosystem":"Debian:12","name":"x"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0-2"}]}]}"#;
    let alpine = r#"{"package":{"ecosystem":"Alpine:v3.1","name":"x"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0-r2"}]}]}"#;
    for (affected, purl, expected) in [
        (debian, "pkg:deb/debian/x@1.0-1?distro=debian-12", Some(Answer::Affected)),
        (debian, "pkg:deb/debian/x@1.0-1?distro=debian-12.4", Some(Answer::Affected)),
        (debian, "pkg:deb/debian/x@1.0-2?distro=debian-12", Some(Answer::NotAffected)),
        (debian, "pkg:deb/debian/x@1.0-1?distro=debian-11", None),
        (debian, "pkg:deb/debian/x@1.0-1", Some(Answer::Undetermined)),
        (debian, "pkg:deb/debian/x@1.0-2", Some(Answer::NotAffected)),
        (alpine, "pkg:apk/alpine/x@1.0-r1?distro=alpine-3.1.4", Some(Answer::Affected)),
        (alpine, "pkg:apk/alpine/x@1.0-r1?distro=alpine-3.19", None),
    ] {
        assert_eq!(osv_outcome(affected, purl).map(|said| said.answer), expected, "{purl}");
    }
}

#[test]
fn a_release_that_cannot_be_mapped_is_a_question_and_never_another_release() {
    let of = |release: &str| {
        format!(
            r#"{{"package":{{"ecosystem":"{release}","name":"x"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"1.0-2"}}]}}]}}"#
        )
    };
    use Answer::{Affected as Yes, NotAffected as No, Undetermined as Open};
    for (release, purl, expected) in [
        ("Debian:12", "pkg:deb/debian/x@1.0-1?distro=bookworm", Some((Yes, "in_range"))),
        ("Debian:12", "pkg:deb/debian/x@1.0-1?distro=bullseye", None),
        ("Debian:12", "pkg:deb/debian/x@1.0-1?distro=sid", Some((Open, "release_not_understood"))),
        ("Debian:12", "pkg:deb/debian/x@1.0-1?distro=debian", Some((Open, "release_not_stated"))),
        ("Debian:12", "pkg:deb/debian/x@1.0-2?distro=debian", Some((No, "outside_all_ranges"))),
        (
            "Alpine:v3.18",
            "pkg:apk/alpine/x@1.0-1?distro=alpine",
            Some((Open, "release_not_stated")),
        ),
        (
            "Ubuntu:Pro:18.04:LTS",
            "pkg:deb/ubuntu/x@1.0-1?distro=bionic",
            Some((Open, "release_not_understood")),
        ),
        (
            "Red Hat:enterprise_linux:8::baseos",
            "pkg:rpm/redhat/x@1.0-1?distro=rhel-8.6",
            Some((Yes, "in_range")),
        ),
        ("Red Hat:enterprise_linux:9::baseos", "pkg:rpm/redhat/x@1.0-1?distro=rhel-8.6", None),
        (
            "SUSE:Linux Enterprise Server 15 SP4",
            "pkg:rpm/suse/x@1.0-1?distro=sles-15.4",
            Some((Yes, "in_range")),
        ),
        (
            "openSUSE:Leap 15.4",
            "pkg:rpm/opensuse/x@1.0-1?distro=opensuse-leap-15.4",
            Some((Yes, "in_range")),
        ),
        (
            "openEuler:22.03-LTS-SP1",
            "pkg:rpm/openeuler/x@1.0-1?distro=openeuler-22.03-LTS-SP1",
            Some((Yes, "in_range")),
        ),
    ] {
        let said = osv_outcome(&of(release), purl).map(|said| (said.answer, said.rule));
        assert_eq!(said, expected, "{release} and {purl}");
    }
}

#[test]
fn what_is_said_of_the_components_release_outweighs_what_may_be_anothers() {
    let record = |id: &str, release: &str, fixed: &str| {
        format!(
            r#"{{"id":"{id}","modified":"m","aliases":["CVE-2026-0001"],"affected":[{{"package":{{"ecosystem":"{release}","name":"x"}},
               "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
        )
    };
    let made = edition(&[
        &record("DLA-1-1", "Debian:11", "1.0-2+deb11u1"),
        &record("DSA-1-1", "Debian:12", "1.1-2+deb12u1"),
    ]);
    let ubuntu = edition(&[
        &record("USN-1-1", "Ubuntu:18.04:LTS", "1.0-2"),
        &record("USN-1-2", "Ubuntu:Pro:FIPS:18.04:LTS", "1.0-2.fips.1"),
    ]);
    for (made, purl, expected) in [
        (&made, "pkg:deb/debian/x@1.0-3?distro=debian-11", Answer::NotAffected),
        (&made, "pkg:deb/debian/x@1.0-3?distro=debian-12", Answer::Affected),
        // one release is repaired, the other is not, and nothing says which it is
        (&made, "pkg:deb/debian/x@1.0-3?distro=debian", Answer::Undetermined),
        (&made, "pkg:deb/debian/x@1.0-3", Answer::Undetermined),
        (&made, "pkg:deb/debian/x@1.2-1", Answer::NotAffected),
        (&ubuntu, "pkg:deb/ubuntu/x@1.0-2?distro=bionic", Answer::NotAffected),
        (&ubuntu, "pkg:deb/ubuntu/x@1.0-1?distro=bionic", Answer::Affected),
    ] {
        let verdict = answer(&made.edition, component("x", "", &[purl]), "CVE-2026-0001");
        let verdict = verdict.expect("spoken");
        assert_eq!(verdict.answer, expected, "{purl}: {:?}", verdict.because);
    }
}

#[test]
fn source_code_off_github_is_found_by_its_address() {
    let record = |id: &str, repo: &str| {
        format!(
            r#"{{"id":"{id}","modified":"m","affected":[{{"ranges":[{{"type":"GIT","repo":"{repo}","events":[{{"introduced":"0"}},{{"fixed":"aa"}}]}}],
               "versions":["v1.0.0"]}}]}}"#
        )
    };
    let made = edition(&[
        &record("OSV-2026-1", "https://gitlab.com/Foo/bar.git"),
        &record("OSV-2026-2", "https://git.savannah.gnu.org/git/lwip.git"),
        &record("OSV-2026-3", "https://bitbucket.org/foo/bar"),
        &record("OSV-2026-4", "https://github.com/foo/bar"),
    ]);
    use Answer::{Affected as Yes, NotAffected as No, Undetermined as Open};
    for (purl, id, expected) in [
        ("pkg:gitlab/foo/bar@1.0.0", "OSV-2026-1", Some(Yes)),
        ("pkg:gitlab/foo/bar@v1.1.0", "OSV-2026-1", Some(No)),
        ("pkg:bitbucket/foo/bar@v1.0.0", "OSV-2026-3", Some(Yes)),
        (
            "pkg:generic/lwip@1.0.0?vcs_url=git%2Bhttps://git.savannah.gnu.org/git/lwip.git",
            "OSV-2026-2",
            Some(Yes),
        ),
        (
            "pkg:generic/bar?vcs_url=git%2Bhttps://github.com/foo/bar%40v1.0.0",
            "OSV-2026-4",
            Some(Yes),
        ),
        // a package of an ecosystem: a question at most, and nothing is cleared
        ("pkg:npm/bar@1.0.0?vcs_url=https://github.com/foo/bar", "OSV-2026-4", Some(Open)),
        ("pkg:npm/bar@1.1.0?vcs_url=https://github.com/foo/bar", "OSV-2026-4", None),
        // where a distribution packages it is not where it comes from
        ("pkg:deb/debian/bar@1.0.0?vcs_url=https://gitlab.com/foo/bar", "OSV-2026-1", None),
    ] {
        let verdict = answer(&made.edition, component("x", "", &[purl]), id);
        assert_eq!(verdict.map(|verdict| verdict.answer), expected, "{purl}");
    }
    let gap = assess(&made.edition, component("x", "", &["pkg:gitlab/other/thing@1"]));
    assert_eq!(gap.not_covered.expect("a gap").code, "thin_data", "a few records cover no host");
}

#[test]
fn a_few_records_cover_no_ecosystem() {
    let record = |ecosystem: &str, id: &str| {
        format!(
            r#"{{"id":"{id}","modified":"m","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"x"}},"versions":["1"]}}]}}"#
        )
    };
    let records: Vec<String> = [
        "Hex",
        "Pub",
        "CRAN",
        "SwiftURL",
        "Bitnami",
        "openSUSE:Leap 15.4",
        "OSS-Fuzz",
        "Julia",
        "Some New",
    ]
    .iter()
    .enumerate()
    .map(|(number, ecosystem)| record(ecosystem, &format!("X-{number}")))
    .collect();
    let made = edition(&records.iter().map(String::as_str).collect::<Vec<_>>());
    for kind in made.edition.manifest().coverage.keys() {
        assert_eq!(depth(&made.edition, kind), Depth::Thin(1), "{kind}");
    }
    assert_eq!(made.edition.manifest().coverage.len(), records.len());
}

#[test]
fn a_record_that_was_taken_back_says_nothing_and_a_repository_is_asked_by_its_address() {
    let affected = r#""affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/foo/bar","events":[{"introduced":"0"},{"fixed":"aa"}]}],"versions":["v1.0.0"]}]"#;
    let package = PackageKey::of_named("GIT", "https://github.com/foo/bar").expect("a repository");
    for (record, version, expected) in [
        (format!("{{{affected}}}"), "v1.0.0", (Answer::Affected, "listed")),
        (format!("{{{affected}}}"), "v1.1.0", (Answer::NotAffected, "outside_all_ranges")),
        (
            format!(r#"{{"withdrawn":"2026-01-01T00:00:00Z",{affected}}}"#),
            "v1.0.0",
            (Answer::Undetermined, "withdrawn"),
        ),
    ] {
        let said = by_osv(&record, &package, version).expect("an OSV record");
        assert_eq!((said.answer, said.rule), expected, "{version} in {record}");
    }
    assert!(by_osv("{}", &package, "1").is_err());
    let rejected = by_nvd(r#"{"vulnStatus":"Rejected","configurations":[]}"#, &[], true);
    let rejected = rejected.expect("an NVD record");
    assert_eq!((rejected.answer, rejected.rule), (Answer::Undetermined, "rejected"));
}

#[test]
fn what_was_taken_back_or_is_about_another_release_is_told_as_such() {
    let affected = |ecosystem: &str| {
        format!(
            r#""affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"x"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}}]}}]}}]"#
        )
    };
    let npm = affected("npm");
    let records = [
        format!(r#"{{"id":"GHSA-aaaa-bbbb-cccc","modified":"m","aliases":["CVE-2026-0001"],"withdrawn":"2026-02-03T00:00:00Z",{npm}}}"#),
        format!(r#"{{"id":"GHSA-aaaa-bbbb-dddd","modified":"m","aliases":["CVE-2026-0002"],{npm}}}"#),
        r#"{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2026-0002","state":"REJECTED","dateUpdated":"2026-03-05T00:00:00Z","dateRejected":"2026-03-04T00:00:00Z"},
           "containers":{"cna":{"rejectedReasons":[{"lang":"en","value":"none"}]}}}"#
            .to_owned(),
        format!(r#"{{"id":"DSA-1-1","modified":"m","aliases":["CVE-2026-0003"],{}}}"#, affected("Debian:12")),
    ];
    let made = edition(&records.iter().map(String::as_str).collect::<Vec<_>>());
    let silence = |purl: &str, id: &str| {
        let inventory = inventory(vec![component("x", "", &[purl])]);
        let matcher = Matcher::new(&made.edition, &inventory);
        assert_eq!(matcher.explain(&inventory.components[0], id).expect("explained"), []);
        matcher.silence(&inventory.components[0], id).expect("asked").join(" ")
    };
    assert_eq!(
        silence("pkg:npm/x@1.0.0", "CVE-2026-0001"),
        "OSV GHSA-aaaa-bbbb-cccc was withdrawn on 2026-02-03T00:00:00Z."
    );
    assert_eq!(
        silence("pkg:deb/debian/x@1?distro=debian-11", "CVE-2026-0003"),
        "DSA-1-1 names deb/debian:x for other releases (12) than the inventory's 11."
    );
    assert_eq!(silence("pkg:npm/y@1.0.0", "CVE-2026-0003"), "");
    // Rejected in the CVE list and standing elsewhere: affected, with the mark and the reason.
    let verdict = answer(&made.edition, component("x", "", &["pkg:npm/x@1.0.0"]), "CVE-2026-0002");
    let verdict = verdict.expect("spoken");
    assert_eq!((verdict.answer, verdict.disagreement), (Answer::Affected, true));
    let said: Vec<_> = verdict.because.iter().map(|of| (&*of.rule, &*of.note)).collect();
    let rejected = "The CVE list rejected CVE-2026-0002 on 2026-03-04T00:00:00Z.";
    assert_eq!(said, [("in_range", ""), ("rejected", rejected)]);
}
