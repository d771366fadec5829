use super::*;
use aftercare_vocab::inventory::{Component, Dependency, DependencyKind, Format};

fn component(place: &str) -> Component {
    Component {
        place: place.to_owned(),
        name: "zlib".to_owned(),
        version: Some("1.2.11".to_owned()),
        purls: vec!["pkg:generic/zlib@1.2.11".parse().expect("a purl")],
        hashes: vec![("sha256".to_owned(), "a".repeat(64))],
        supplier: Some("zlib project".to_owned()),
        licences: vec!["Zlib".to_owned()],
        support_level: Some("actively maintained".to_owned()),
        end_of_support: Some("2030-12-31".to_owned()),
        ..Component::default()
    }
}

/// A document with everything that any profile asks for.
fn whole() -> (Inventory, Beside) {
    let arrow = |from, to, kind| Dependency { from, to, kind };
    let inventory = Inventory {
        format: Format::CyclonedxJson,
        spec_version: "1.6".to_owned(),
        serial: None,
        name: Some("pump".to_owned()),
        created: Some("2026-11-23T14:05:00Z".to_owned()),
        authors: vec!["Acme".to_owned()],
        tools: vec!["syft 1.2.0".to_owned()],
        root: Some(0),
        components: ["metadata.component", "components[0]", "components[1]"].map(component).into(),
        dependencies: vec![
            arrow(0, 1, DependencyKind::Contains),
            arrow(1, 2, DependencyKind::DependsOn),
        ],
        graph_has_holes: false,
    };
    let beside = Beside {
        contexts: Some(vec!["build".to_owned()]),
        lists_vulnerabilities: Some(true),
        justified: Vec::new(),
    };
    (inventory, beside)
}

fn profile(name: &str) -> &'static Profile {
    profiles().iter().find(|profile| profile.name == name).expect("a profile")
}

fn scores(inventory: &Inventory, beside: &Beside) -> Vec<(&'static str, Option<u8>, u64)> {
    let report = |profile| evaluate(profile, inventory, beside);
    profiles().iter().map(report).map(|r| (r.profile, r.score, r.gaps())).collect()
}

/// What one check finds: the places and words of its gaps.
fn found(check: Check, inventory: &Inventory, beside: &Beside) -> Vec<String> {
    let outcome = check::look(check, inventory, beside);
    outcome.gaps().iter().map(|gap| format!("{}: {}", gap.place, gap.what)).collect()
}

#[test]
fn a_whole_document_has_every_element_of_every_profile() {
    let (inventory, beside) = whole();
    assert_eq!(
        scores(&inventory, &beside),
        ["ntia-2021", "cisa-2025", "cisa-2026", "fda"].map(|name| (name, Some(100), 0))
    );
}

#[test]
fn each_profile_asks_for_what_its_source_lists() {
    use Check::{
        Author, Context, EndOfSupport, Hash, Identifier, Licence, Name, Producer, Relationship,
        SupportLevel, Timestamp, Tool, Version, Vulnerabilities,
    };
    let asks = |name| {
        let mut checks: Vec<_> = profile(name).elements.iter().map(|asked| asked.check).collect();
        checks.sort_by_key(|check| *check as u8);
        checks
    };
    let ntia = [Producer, Name, Version, Identifier, Relationship, Author, Timestamp];
    assert_eq!(asks("ntia-2021"), ntia);
    assert_eq!(asks("cisa-2026"), asks("cisa-2025"));
    assert_eq!(
        asks("cisa-2025"),
        [
            Producer,
            Name,
            Version,
            Identifier,
            Hash,
            Licence,
            Relationship,
            Author,
            Timestamp,
            Tool,
            Context
        ]
    );
    assert_eq!(
        asks("fda"),
        [
            Producer,
            Name,
            Version,
            Identifier,
            Hash,
            Relationship,
            SupportLevel,
            EndOfSupport,
            Author,
            Timestamp,
            Vulnerabilities
        ]
    );
    for profile in profiles() {
        assert!(!profile.source.is_empty() && !profile.status.is_empty(), "{}", profile.name);
        assert!(profile.dated <= profiles_as_of(), "{}", profile.name);
    }
}

#[test]
fn each_missing_fact_is_a_gap_in_its_place() {
    type Spoil = fn(&mut Inventory);
    let cases: [(Check, Spoil, &str); 14] = [
        (Check::Producer, |i| i.components[1].supplier = None, "components[0]: no supplier"),
        (
            Check::Producer,
            |i| i.components[1].supplier = Some("NOASSERTION".to_owned()),
            "components[0]: the supplier is said to be unknown",
        ),
        (Check::Name, |i| i.components[2].name = " ".to_owned(), "components[1]: no name"),
        (Check::Version, |i| i.components[1].version = None, "components[0]: no version"),
        (
            Check::Version,
            |i| {
                i.components[1].version = None;
                i.components[1].version_range = Some("vers:npm/>=1".to_owned());
            },
            "components[0]: a range of versions, so none is certain",
        ),
        (Check::Identifier, |i| i.components[2].purls.clear(), "components[1]: no identifier"),
        (
            Check::Identifier,
            |i| {
                i.components[2].purls.clear();
                i.components[2].other_identities = vec![("cpe".to_owned(), "?".to_owned())];
            },
            "components[1]: an identifier that cannot be read",
        ),
        (Check::Hash, |i| i.components[0].hashes.clear(), "metadata.component: no hash"),
        (
            Check::Licence,
            |i| i.components[1].licences = vec!["NOASSERTION".to_owned()],
            "components[0]: no licence",
        ),
        (
            Check::SupportLevel,
            |i| i.components[1].support_level = Some("unknown".to_owned()),
            "components[0]: no level of support",
        ),
        (
            Check::EndOfSupport,
            |i| i.components[1].end_of_support = Some("next summer".to_owned()),
            "components[0]: an end of support that is not a date",
        ),
        (Check::Author, |i| i.authors.clear(), "metadata: no author"),
        (
            Check::Timestamp,
            |i| i.created = Some("yesterday".to_owned()),
            "metadata: no time of creation that can be read",
        ),
        (Check::Tool, |i| i.tools.clear(), "metadata: no tool"),
    ];
    for (check, spoil, wanted) in cases {
        let (mut inventory, beside) = whole();
        assert_eq!(found(check, &inventory, &beside), [""; 0], "{check:?}");
        spoil(&mut inventory);
        assert_eq!(found(check, &inventory, &beside), [wanted], "{check:?}");
    }
}

#[test]
fn a_component_must_be_reached_from_the_product() {
    let (mut inventory, beside) = whole();
    inventory.dependencies.remove(0);
    assert_eq!(
        found(Check::Relationship, &inventory, &beside),
        [
            "components[0]: no relation leads to it from the product",
            "components[1]: no relation leads to it from the product"
        ]
    );
    inventory.root = None;
    assert_eq!(
        found(Check::Relationship, &inventory, &beside),
        ["metadata: no product that the components could belong to"]
    );
    let (mut inventory, beside) = whole();
    inventory.graph_has_holes = true;
    assert_eq!(
        found(Check::Relationship, &inventory, &beside),
        ["metadata: dependencies are missing from the document"]
    );
    let report = evaluate(profile("ntia-2021"), &inventory, &beside);
    assert_eq!(report.score, Some(99), "not whole while something is missing");
}

#[test]
fn a_reason_for_a_missing_fact_about_support_is_an_answer() {
    let (mut inventory, mut beside) = whole();
    inventory.components[1].end_of_support = None;
    inventory.components[2].end_of_support = None;
    beside.justified = vec![("components[0]".to_owned(), "cdx:fda:end-of-support-date".to_owned())];
    assert_eq!(
        found(Check::EndOfSupport, &inventory, &beside),
        ["components[1]: no end of support"]
    );
    inventory.components[1].support_level = None;
    assert_eq!(
        found(Check::SupportLevel, &inventory, &beside),
        ["components[0]: no level of support"],
        "a reason counts for the fact that it names"
    );
}

#[test]
fn what_the_document_cannot_show_is_neither_there_nor_missing() {
    let (inventory, _) = whole();
    let beside = Beside::default();
    for (check, name) in [(Check::Context, "cisa-2025"), (Check::Vulnerabilities, "fda")] {
        assert!(matches!(check::look(check, &inventory, &beside), Outcome::NotAssessed { .. }));
        assert_eq!(evaluate(profile(name), &inventory, &beside).score, Some(100));
    }
}

#[test]
fn the_score_is_the_mean_share_and_an_empty_document_does_not_pass() {
    let (mut inventory, beside) = whole();
    inventory.components[1].supplier = None; // 2 of 3 in one of 7 elements: 95.2 %
    assert_eq!(evaluate(profile("ntia-2021"), &inventory, &beside).score, Some(95));
    inventory.components.clear();
    inventory.dependencies.clear();
    inventory.root = None;
    let report = evaluate(profile("ntia-2021"), &inventory, &beside);
    assert_eq!((report.score, report.gaps()), (Some(28), 5), "author and time of 7 elements");
}
