use crate::house::{House, covered, not_covered, verdict};
use aftercare_domain::{
    finding::DependsOn,
    sbom::Standing,
    unit::{Installed, WhyUnknown},
};
use aftercare_register::{
    Page,
    read::component::{
        ComponentFilter, ComponentKey, ComponentQuery, ComponentState, ComponentsOnly,
    },
};
use aftercare_vocab::verdict::Answer;

const MINIMIST: (&str, &str) = ("minimist", "1.2.0");
const LODASH: (&str, &str) = ("lodash", "4.17.20");
const BLOB: (&str, &str) = ("vendor-blob", "7");

#[test]
fn a_vulnerability_reaches_versions_sites_and_consignees_and_unknown_units_stay_unknown() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let [one, two] = ["1", "2"].map(|label| house.version(product, label).expect("added"));
    let consignee = house.consignee("Clinic").expect("added");
    let [north, south] = ["North", "South"].map(|n| house.site(consignee, n).expect("added"));
    let unknown = Installed::Unknown(WhyUnknown::NotTold);
    let at = |site, units: &[(&str, Installed)]| house.units(product, site, units).expect("ok");
    at(north, &[("A", Installed::Version(one)), ("B", Installed::Version(one))]);
    at(south, &[("C", Installed::Version(two)), ("D", unknown)]);
    let first = house.sbom(one, &[MINIMIST, LODASH], Standing::Instead).expect("attached");
    house.sbom(two, &[LODASH, BLOB], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    house
        .assess(
            first,
            edition,
            vec![
                covered(
                    0,
                    DependsOn::Component,
                    vec![verdict("CVE-2020-7598", Answer::Affected, 56)],
                ),
                covered(
                    1,
                    DependsOn::Component,
                    vec![verdict("CVE-2021-23337", Answer::Undetermined, 72)],
                ),
            ],
        )
        .expect("assessed");

    let reader = house.register.reader().expect("reads");
    let reach = reader.reach("ghsa-OF-cve-2020-7598").expect("by alias, in any case");
    assert_eq!(reach.versions.len(), 1);
    assert_eq!(reach.versions[0].version.id, one);
    assert_eq!((reach.versions[0].units, reach.versions[0].sites), (2, 1));
    assert_eq!((reach.units_affected, reach.units_undetermined, reach.units_unknown), (2, 0, 1));
    assert_eq!(reach.unknown[0].units, 1);
    assert_eq!(reach.consignees.len(), 1);
    let sites: Vec<_> = reach.consignees[0]
        .sites
        .iter()
        .map(|s| (s.site.name.as_str(), s.affected, s.unknown))
        .collect();
    assert_eq!(sites, [("North", 2, 0), ("South", 0, 1)]);

    // lodash is the same component in both versions: its answer holds in both.
    let places = reader
        .findings_of_vulnerability("CVE-2021-23337", None, &Page::first(10))
        .expect("reads")
        .items;
    let versions: Vec<_> = places.iter().map(|p| p.version.id).collect();
    assert_eq!(versions, [one, two]);
    assert!(reader.reach("CVE-1999-0001").expect("reads").versions.is_empty());
    assert!(reader.vulnerabilities("CVE-1999-0001").expect("reads").is_empty());
}

#[test]
fn findings_come_affected_first_each_with_its_reason_and_every_component_has_a_state() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let parts = [MINIMIST, LODASH, BLOB, ("left-pad", "1.0.0"), MINIMIST];
    let attached = house.sbom(version, &parts, Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    let reader = house.register.reader().expect("reads");
    let waiting = reader.sboms_to_assess(edition, Some("matching 0.1.0"), 10).expect("reads");
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].sbom, waiting[0].inventory), (attached.sbom, attached.inventory));
    assert_eq!(reader.components_not_assessed(ComponentKey(0), 10).expect("reads").len(), 4);
    let tally = reader.version(version).expect("reads").expect("known").row.tally;
    assert_eq!((tally.sboms, tally.sboms_not_assessed, tally.affected), (1, 1, 0));
    drop(reader);

    let affected = |id, score| verdict(id, Answer::Affected, score);
    house
        .assess(
            attached,
            edition,
            vec![
                covered(
                    0,
                    DependsOn::Component,
                    vec![affected("CVE-2020-7598", 56), affected("CVE-2021-44906", 98)],
                ),
                covered(1, DependsOn::Component, vec![verdict("CVE-1", Answer::NotAffected, 99)]),
                not_covered(2),
            ],
        )
        .expect("assessed");

    let reader = house.register.reader().expect("reads");
    let found = reader.findings(version, None, &Page::first(2)).expect("reads");
    let shown: Vec<_> = found.items.iter().map(|f| f.vulnerability.as_str()).collect();
    assert_eq!(shown, ["CVE-2021-44906", "CVE-2020-7598"]);
    let rest = reader.findings(version, None, &Page::after(found.next.expect("more"), 2));
    assert_eq!(rest.expect("reads").items[0].answer, Answer::NotAffected);
    let only = reader.findings(version, Some(Answer::Undetermined), &Page::first(9));
    assert!(only.expect("reads").items.is_empty());

    let why = reader.explain(&found.items[0]).expect("reads").expect("kept");
    assert_eq!(why.verdict.because[0].range, "< 1.2.6");
    assert_eq!(why.edition, edition);
    assert_eq!(why.component.expect("there").place, "components[0]");

    let detail = reader.version(version).expect("reads").expect("known");
    let tally = detail.row.tally;
    assert_eq!((tally.affected, tally.not_affected, tally.sboms_not_assessed), (2, 1, 0));
    assert_eq!((tally.not_covered, tally.not_assessed), (1, 1), "left-pad was left out");
    let looked_up: Vec<String> =
        reader.components_looked_up(version).expect("reads").into_iter().collect();
    assert_eq!(looked_up, ["lodash", "minimist"], "the others are not covered, or nobody looked");
    let key = detail.sboms[0].key;
    let all = reader.components(key, &ComponentFilter::default(), &Page::first(9)).expect("reads");
    let states: Vec<_> = all.items.iter().map(|c| (c.repeat, c.state.clone())).collect();
    assert!(matches!(states[0], (0, ComponentState::Assessed { affected: 2, .. })));
    assert!(
        matches!(&states[2].1, ComponentState::NotCovered { gap, .. } if gap.code == "no_identity")
    );
    assert_eq!(states[3].1, ComponentState::NotAssessed);
    assert_eq!(states[4].0, 1, "minimist stands there a second time");
    let filter = ComponentFilter { text: "LODA".into(), only: ComponentsOnly::All };
    assert_eq!(reader.components(key, &filter, &Page::first(9)).expect("reads").items.len(), 1);
    let filter = ComponentFilter { text: "%".into(), only: ComponentsOnly::All };
    assert!(reader.components(key, &filter, &Page::first(9)).expect("reads").items.is_empty());
    assert!(reader.sboms_to_assess(edition, Some("matching 0.1.0"), 10).expect("reads").is_empty());
}

#[test]
fn an_answer_that_depends_on_the_sbom_holds_in_that_sbom_only() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let [one, two] = ["1", "2"].map(|label| house.version(product, label).expect("added"));
    let first = house.sbom(one, &[MINIMIST], Standing::Instead).expect("attached");
    let second = house.sbom(two, &[MINIMIST, LODASH], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    let said =
        |answer, depends_on| vec![covered(0, depends_on, vec![verdict("CVE-1", answer, 50)])];
    house.assess(first, edition, said(Answer::Affected, DependsOn::Component)).expect("assessed");
    house.assess(second, edition, said(Answer::NotAffected, DependsOn::Sbom)).expect("assessed");
    let answer_in = |version| {
        let reader = house.register.reader().expect("reads");
        let found = reader.findings(version, None, &Page::first(9)).expect("reads").items;
        found.into_iter().map(|f| f.answer).collect::<Vec<_>>()
    };
    assert_eq!(answer_in(one), [Answer::Affected]);
    assert_eq!(answer_in(two), [Answer::NotAffected]);
    let reach = house.register.reader().expect("reads").reach("CVE-1").expect("reads");
    let answers: Vec<_> = reach.versions.iter().map(|v| (v.version.id, v.answer)).collect();
    assert_eq!(answers, [(one, Answer::Affected), (two, Answer::NotAffected)]);

    let newer = house.edition("e2").expect("adopted");
    let stale = house.assess(first, edition, said(Answer::Affected, DependsOn::Component));
    assert_eq!(stale.expect_err("not in force").code, "edition_not_in_force");
    house.assess(second, newer, said(Answer::Affected, DependsOn::Component)).expect("assessed");
    assert_eq!(answer_in(two), [Answer::Affected], "the answer of its own is gone");
}

#[test]
fn components_are_found_by_name_word_and_package_in_one_version_or_any() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let [one, two] = ["1", "2"].map(|label| house.version(product, label).expect("added"));
    house.sbom(one, &[("log4j-core", "2.14.1")], Standing::Instead).expect("attached");
    house.sbom(two, &[("log4j-core", "2.17.1")], Standing::Instead).expect("attached");
    let reader = house.register.reader().expect("reads");
    let versions = |text: &str| {
        let query = ComponentQuery::understand(text);
        let found = reader.versions_with(&query, &Page::first(9)).expect("reads").items;
        found.into_iter().map(|v| v.version.id).collect::<Vec<_>>()
    };
    assert_eq!(versions("log4j"), [one, two]);
    assert_eq!(versions("Core"), [one, two]);
    assert_eq!(versions("pkg:npm/log4j-core"), [one, two]);
    assert_eq!(versions("pkg:npm/log4j-core@2.14.1"), [one]);
    assert!(versions("og4j").is_empty());
    let query = ComponentQuery::understand("log4j");
    let page = reader.components_matching(&query, &Page::first(1)).expect("reads");
    assert!(page.next.is_some());
}
