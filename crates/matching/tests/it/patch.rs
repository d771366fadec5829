//! Patches that an inventory declares, through editions of a few records.

use crate::build::{Made, assess, component, edition, inventory};
use aftercare_matching::{Judged, Matcher};
use aftercare_vocab::{
    inventory::{Component, Patch, PatchKind},
    verdict::Answer,
};

const CVE: &str = "CVE-2026-0001";

/// OSV: below 2.0.0 is affected.
const OSV: &str = r#"{"id":"GHSA-aaaa-bbbb-cccc","modified":"m","aliases":["CVE-2026-0001"],"affected":[
    {"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}"#;

/// The CVE list: no version of the product is named.
const UNCLEAR: &str = r#"{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2026-0001","state":"PUBLISHED"},
    "containers":{"cna":{"affected":[{"vendor":"acme","product":"link","versions":[{"version":"unspecified","status":"affected"}]}]}}}"#;

fn patched(component: Component, patches: &[(&str, PatchKind)]) -> Component {
    let patch = |(at, (resolves, kind)): (usize, &(&str, PatchKind))| Patch {
        resolves: (*resolves).to_owned(),
        kind: *kind,
        place: format!("pedigree.patches[{at}].resolves[0]"),
    };
    Component { patched: patches.iter().enumerate().map(patch).collect(), ..component }
}

fn x(version: &str) -> Component {
    component("x", "", &[&format!("pkg:npm/x@{version}")])
}

fn only(made: &Made, component: Component) -> Option<Judged> {
    let mut verdicts = assess(&made.edition, component).verdicts;
    assert!(verdicts.len() <= 1, "{verdicts:?}");
    verdicts.pop()
}

fn answer(made: &Made, patches: &[(&str, PatchKind)]) -> Answer {
    only(made, patched(x("1.0.0"), patches)).expect("in sight").verdict.answer
}

#[test]
fn a_patch_for_exactly_this_vulnerability_clears_in_sight() {
    let made = edition(&[OSV]);
    let bare = only(&made, x("1.0.0")).expect("found");
    assert_eq!((bare.verdict.answer, bare.is_set_aside), (Answer::Affected, false));
    for kind in [PatchKind::Backport, PatchKind::CherryPick, PatchKind::Applied] {
        for id in [CVE, "cve-2026-0001", "GHSA-aaaa-bbbb-cccc"] {
            let judged = only(&made, patched(x("1.0.0"), &[(id, kind)])).expect("in sight");
            let verdict = &judged.verdict;
            assert_eq!(verdict.answer, Answer::NotAffected, "{id} {kind:?}");
            assert!(judged.is_set_aside && judged.context_free && verdict.disagreement);
            let why = &verdict.because[0];
            assert_eq!((&*why.source, &*why.rule), ("sbom", "patch_declared"));
            assert_eq!(why.record, id);
            assert_eq!(why.place, "pedigree.patches[0].resolves[0]");
            assert_eq!(*why.range, format!("a patch of the kind {} for {id}", kind.code()));
            assert!(why.note.starts_with("A patch is declared"), "{}", why.note);
            assert_eq!(verdict.because[1].answer, Answer::Affected, "the other side is shown");
        }
    }
}

#[test]
fn a_patch_for_something_else_or_for_nothing_clears_nothing() {
    let made = edition(&[OSV]);
    for other in ["CVE-2026-0002", "CVE-2026-00011", "", "a defect", "CVE-2026-0001 and others"] {
        assert_eq!(answer(&made, &[(other, PatchKind::Backport)]), Answer::Affected, "{other}");
    }
    let other = component("y", "", &["pkg:npm/y@1.0.0"]);
    let components = inventory(vec![patched(other, &[(CVE, PatchKind::Backport)]), x("1.0.0")]);
    let matcher = Matcher::new(&made.edition, &components);
    let found = matcher.assess(1, &components.components[1]).expect("assessed");
    assert_eq!(found.verdicts[0].verdict.answer, Answer::Affected, "another component's patch");
    // what no source records is no finding, patched or not
    assert_eq!(only(&made, patched(x("2.0.0"), &[(CVE, PatchKind::Backport)])), None);
    let unknown = component("z", "", &["pkg:npm/z@1.0.0"]);
    assert_eq!(only(&made, patched(unknown, &[(CVE, PatchKind::Backport)])), None);
}

#[test]
fn a_patch_of_a_kind_that_may_repair_by_half_leaves_it_to_a_person() {
    let made = edition(&[OSV]);
    for kind in [PatchKind::Unofficial, PatchKind::Monkey, PatchKind::Unstated] {
        let judged = only(&made, patched(x("1.0.0"), &[(CVE, kind)])).expect("in sight");
        assert_eq!(judged.verdict.answer, Answer::Undetermined, "{kind:?}");
        assert_eq!(judged.verdict.because[0].rule, "patch_in_doubt");
        assert_eq!(judged.verdict.because[1].answer, Answer::Affected);
    }
    let both = [(CVE, PatchKind::Unofficial), (CVE, PatchKind::Backport)];
    assert_eq!(answer(&made, &both), Answer::NotAffected, "the stronger one counts");
    // nor does it raise a question where the version is clear
    assert_eq!(only(&made, patched(x("2.0.0"), &[(CVE, PatchKind::Unofficial)])), None);
}

#[test]
fn a_patch_answers_what_a_record_leaves_open_and_stays_in_sight() {
    let made = edition(&[UNCLEAR]);
    let link = || component("link", "", &["cpe:2.3:a:acme:link:1.0:*:*:*:*:*:*:*"]);
    assert_eq!(only(&made, link()).expect("open").verdict.answer, Answer::Undetermined);
    let judged = only(&made, patched(link(), &[(CVE, PatchKind::Backport)])).expect("in sight");
    assert_eq!(judged.verdict.answer, Answer::NotAffected);
    assert!(judged.is_set_aside && judged.verdict.disagreement, "lists keep it by this mark");
    let doubt = only(&made, patched(link(), &[(CVE, PatchKind::Monkey)])).expect("open");
    assert_eq!(doubt.verdict.answer, Answer::Undetermined);
}

#[test]
fn a_record_about_several_vulnerabilities_needs_a_patch_for_each() {
    let both = OSV.replace(r#"["CVE-2026-0001"]"#, r#"["CVE-2026-0001","CVE-2026-0002"]"#);
    let made = edition(&[&both]);
    let second = "CVE-2026-0002";
    assert_eq!(answer(&made, &[(CVE, PatchKind::Backport)]), Answer::Affected);
    let each = [(CVE, PatchKind::Backport), (second, PatchKind::Applied)];
    assert_eq!(answer(&made, &each), Answer::NotAffected);
    let weak = [(CVE, PatchKind::Backport), (second, PatchKind::Unofficial)];
    assert_eq!(answer(&made, &weak), Answer::Undetermined);
}

#[test]
fn a_suppliers_statement_against_the_patch_stands() {
    let vex = |status: &str| {
        format!(
            r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://acme.example/vex-1","author":"Acme","timestamp":"2026-02-01T00:00:00Z","version":1,
               "statements":[{{"vulnerability":{{"name":"{CVE}"}},"products":[{{"@id":"pkg:npm/x@1.0.0"}}],"status":"{status}"}}]}}"#
        )
    };
    let patch = [(CVE, PatchKind::Backport)];
    assert_eq!(answer(&edition(&[OSV, &vex("affected")]), &patch), Answer::Affected);
    let open = edition(&[OSV, &vex("under_investigation")]);
    assert_eq!(answer(&open, &patch), Answer::Undetermined);
    assert_eq!(answer(&open, &[]), Answer::Affected);
    assert_eq!(answer(&edition(&[OSV, &vex("fixed")]), &patch), Answer::NotAffected);
}
