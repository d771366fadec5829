//! Components that carry several identities, or none: none of them may hide what another says.

use crate::build::{answer, assess, component, edition, inventory};
use aftercare_matching::Matcher;
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

#[test]
fn a_record_about_a_part_beside_the_product_is_a_question_for_the_product() {
    let record = |id: &str, text: &str, cpe: &str| {
        format!(
            r#"{{"id":"{id}","sourceIdentifier":"n","lastModified":"2026-01-02T00:00:00.000","vulnStatus":"Analyzed","descriptions":[{{"lang":"en","value":"{text}"}}],
               "configurations":[{{"nodes":[{{"operator":"OR","cpeMatch":[{{"vulnerable":true,"criteria":"{cpe}","versionEndExcluding":"1.3"}}]}}]}}]}}"#
        )
    };
    let zlib = "cpe:2.3:a:zlib:zlib:*:*:*:*:*:*:*:*";
    let kernel = "cpe:2.3:o:amazon:freertos:*:*:*:*:*:*:*:*";
    let made = edition(&[
        &record("CVE-2026-0001", "MiniZip in zlib has an overflow.", zlib),
        &record("CVE-2026-0002", "zlib has an overflow in inflate, not in minizipper.", zlib),
        &record("CVE-2026-0003", "FreeRTOS up to 1.2 (with FreeRTOS+TCP) reads too far.", kernel),
    ]);
    let says = |component, id| answer(&made.edition, component, id).map(|verdict| verdict.answer);
    let by = |identity: &str| component("x", "1.2", &[identity]);
    for identity in ["cpe:2.3:a:zlib:zlib:1.2:*:*:*:*:*:*:*", "pkg:conan/zlib@1.2"] {
        assert_eq!(says(by(identity), "CVE-2026-0001"), Some(Answer::Undetermined), "{identity}");
        assert_eq!(says(by(identity), "CVE-2026-0002"), Some(Answer::Affected), "{identity}");
    }
    let newer = component("x", "1.3", &["cpe:2.3:a:zlib:zlib:1.3:*:*:*:*:*:*:*"]);
    assert_eq!(says(newer, "CVE-2026-0001"), Some(Answer::NotAffected));
    // the kernel alone; what is called FreeRTOS may hold the stack
    let kernel = by("pkg:github/freertos/freertos-kernel@1.2");
    assert_eq!(says(kernel, "CVE-2026-0003"), Some(Answer::Undetermined));
    let system = by("cpe:2.3:o:amazon:freertos:1.2:*:*:*:*:*:*:*");
    assert_eq!(says(system, "CVE-2026-0003"), Some(Answer::Affected));
}

#[test]
fn a_flaw_filed_under_a_part_of_a_system_is_a_question_for_the_system() {
    let part = "cpe:2.3:a:microsoft:server_message_block:1.0:*:*:*:*:*:*:*";
    let on = |system: &str| {
        format!(
            r#"{{"id":"CVE-2026-0001","sourceIdentifier":"n","lastModified":"2026-01-01","configurations":[{{"operator":"AND","nodes":[
               {{"operator":"OR","cpeMatch":[{{"vulnerable":true,"criteria":"{part}"}}]}},
               {{"operator":"OR","cpeMatch":[{{"vulnerable":false,"criteria":"cpe:2.3:o:microsoft:{system}:-:sp1:*:*:*:*:*:*"}}]}}]}}]}}"#
        )
    };
    let alone = r#"{"id":"CVE-2026-0002","sourceIdentifier":"n","lastModified":"2026-01-01","configurations":[{"nodes":[
        {"operator":"OR","cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:microsoft:internet_explorer:11:*:*:*:*:*:*:*"}]}]}]}"#;
    let made = edition(&[&on("windows_7"), alone]);
    let by = |cpe: &str| component("Windows", "", &[cpe]);
    let seven = || by("cpe:2.3:o:microsoft:windows_7:-:sp1:*:*:*:*:*:*");
    let found = assess(&made.edition, seven());
    let [judged] = found.verdicts.as_slice() else { panic!("{:?}", found.verdicts) };
    assert_eq!(
        (&*judged.verdict.id, judged.verdict.answer),
        ("CVE-2026-0001", Answer::Undetermined)
    );
    assert!(!judged.context_free);
    let why = &judged.verdict.because[0];
    assert!(why.note.contains("cpe:microsoft:server_message_block"), "{why:?}");
    // another system, and an application of the maker
    for other in [
        "cpe:2.3:o:microsoft:windows_10:-:sp1:*:*:*:*:*:*",
        "cpe:2.3:a:microsoft:windows_7:-:sp1:*:*:*:*:*:*",
    ] {
        let found = assess(&made.edition, by(other)).verdicts;
        assert!(found.iter().all(|of| of.verdict.id != "CVE-2026-0001"), "{other}: {found:?}");
    }
    // where the inventory names the part, the part answers and the system is no question
    let inventory = inventory(vec![seven(), component("SMB", "", &[part])]);
    let matcher = Matcher::new(&made.edition, &inventory);
    let of = |at: usize| matcher.assess(at as u32, &inventory.components[at]).expect("assessed");
    assert_eq!(of(0).verdicts, []);
    assert_eq!(of(1).verdicts[0].verdict.answer, Answer::Affected);
}
