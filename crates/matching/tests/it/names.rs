//! Components that carry several identities, or none: none of them may hide what another says.

use crate::build::{answer, assess, component, edition};
use aftercare_vocab::verdict::Answer;

fn nvd(id: &str, criterion: &str) -> String {
    format!(
        r#"{{"id":"{id}","sourceIdentifier":"n","lastModified":"2026-01-01","configurations":[
           {{"nodes":[{{"operator":"OR","cpeMatch":[{{"vulnerable":true,{criterion}}}]}}]}}]}}"#
    )
}

/// A record about some repository, so that the edition holds data filed by repositories.
const REPOSITORY: &str = r#"{"id":"CVE-2026-0009","modified":"m","affected":[{"ranges":[{"type":"GIT",
    "repo":"https://github.com/some/project","events":[{"introduced":"0"}]}],"versions":["1.0"]}]}"#;

#[test]
fn a_repository_known_for_a_product_does_not_hide_the_product() {
    let before =
        r#""criteria":"cpe:2.3:a:busybox:busybox:*:*:*:*:*:*:*:*","versionEndExcluding":"1.30.0""#;
    let own = r#""criteria":"cpe:2.3:a:maker:part:*:*:*:*:*:*:*:*","versionEndExcluding":"2.0""#;
    let made = edition(&[&nvd("CVE-2026-0001", before), &nvd("CVE-2026-0002", own), REPOSITORY]);
    let busybox = "cpe:2.3:a:busybox:busybox:1.29.3:*:*:*:*:*:*:*";
    let part = "cpe:2.3:a:maker:part:1.0:*:*:*:*:*:*:*";
    for (name, identities, id, expected) in [
        ("busybox", &[busybox][..], "CVE-2026-0001", Answer::Affected),
        ("busybox", &["pkg:generic/busybox@1.29.3", busybox], "CVE-2026-0001", Answer::Affected),
        ("BusyBox", &[], "CVE-2026-0001", Answer::Undetermined),
        ("part", &["pkg:github/maker/part@v1.0", part], "CVE-2026-0002", Answer::Undetermined),
    ] {
        let subject =
            component(name, if identities.is_empty() { "1.29.3" } else { "" }, identities);
        let verdict = answer(&made.edition, subject, id);
        assert_eq!(verdict.expect("spoken").answer, expected, "{name} {identities:?}");
    }
}

#[test]
fn a_repository_that_no_table_knows_is_not_covered_by_a_handful_of_records() {
    let made = edition(&[REPOSITORY]);
    let unknown = component("part", "", &["pkg:github/maker/part@v1.0"]);
    let gap = assess(&made.edition, unknown).not_covered.expect("a gap");
    assert_eq!(gap.code, "thin_data");
}

#[test]
fn a_candidate_or_patch_written_into_the_version_is_the_one_that_a_record_names_apart() {
    let named = |version: &str, update: &str| {
        format!(r#""criteria":"cpe:2.3:a:maker:part:{version}:{update}:*:*:*:*:*:*""#)
    };
    let made = edition(&[
        &nvd("CVE-2026-0001", &named("2021.04", "rc1")),
        &nvd("CVE-2026-0002", &named("1.9.5", "patch1")),
        &nvd("CVE-2026-0003", &named("1.0", "b")),
        &nvd("CVE-2026-0004", &named("1.1", "2")),
    ]);
    for (version, id, expected) in [
        ("2021.04-rc1", "CVE-2026-0001", Answer::Affected),
        ("2021.04rc1", "CVE-2026-0001", Answer::Affected),
        ("2021.04~rc1", "CVE-2026-0001", Answer::Affected),
        ("2021.04-RC1", "CVE-2026-0001", Answer::Affected),
        ("2021.04-rc11", "CVE-2026-0001", Answer::NotAffected),
        ("2021.04-rc2", "CVE-2026-0001", Answer::NotAffected),
        ("2021.04", "CVE-2026-0001", Answer::NotAffected),
        ("1.9.5p1", "CVE-2026-0002", Answer::Affected),
        ("1.9.5-patch1", "CVE-2026-0002", Answer::Affected),
        ("1.9.5p2", "CVE-2026-0002", Answer::NotAffected),
        ("1.0b", "CVE-2026-0003", Answer::Affected),
        ("1.0.1b", "CVE-2026-0003", Answer::NotAffected),
        ("1.12", "CVE-2026-0004", Answer::NotAffected),
    ] {
        let cpe = "cpe:2.3:a:maker:part:*:*:*:*:*:*:*:*";
        let verdict = answer(&made.edition, component("part", version, &[cpe]), id);
        assert_eq!(verdict.expect("spoken").answer, expected, "{version} {id}");
    }
}
