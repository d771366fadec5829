//! What the findings say to the queue of signals, at each moment and to each sight.

use crate::house::{Attached, House, covered, verdict};
use aftercare_domain::{Sight, finding::DependsOn, sbom::Standing};
use aftercare_register::{Reader, read::signal::Matches};
use aftercare_vocab::{
    digest::Digest,
    id::{FamilyId, VersionId},
    verdict::{Answer, Verdict},
};

const MINIMIST: (&str, &str) = ("minimist", "1.2.0");
const LODASH: (&str, &str) = ("lodash", "4.17.20");

fn version(house: &House, family: FamilyId, product: &str) -> VersionId {
    let product = house.product(family, product).expect("added");
    house.version(product, "1").expect("added")
}

fn told(house: &House, of: Attached, edition: Digest, each: &[(u32, Verdict)]) {
    let components = each
        .iter()
        .map(|(index, verdict)| covered(*index, DependsOn::Component, vec![verdict.clone()]))
        .collect();
    house.assess(of, edition, components).expect("assessed");
}

/// Identifier, version and answer, in the order of the queue.
fn lines(matches: &Matches) -> Vec<(&str, VersionId, Answer)> {
    fn line(row: &aftercare_register::read::signal::MatchRow) -> &str {
        row.vulnerability.as_str()
    }
    matches.rows.iter().map(|row| (line(row), row.version, row.answer)).collect()
}

fn now(house: &House) -> Reader {
    house.register.reader().expect("reads")
}

#[test]
fn each_vulnerability_stands_once_for_each_version_the_gravest_first() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let (one, two) = (version(&house, family, "Pump"), version(&house, family, "Lamp"));
    let first = house.sbom(one, &[MINIMIST, LODASH], Standing::Instead).expect("attached");
    house.sbom(two, &[LODASH], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    assert_eq!(
        now(&house).matches().expect("reads"),
        Matches::default(),
        "nothing is compared yet"
    );
    told(
        &house,
        first,
        edition,
        &[
            (0, verdict("CVE-1", Answer::Affected, 56)),
            (1, verdict("CVE-2", Answer::Undetermined, 72)),
        ],
    );
    let matches = now(&house).matches().expect("reads");
    assert!(!matches.cut);
    // lodash is the same component in both versions: its answer holds in both.
    assert_eq!(
        lines(&matches),
        [
            ("CVE-1", one, Answer::Affected),
            ("CVE-2", one, Answer::Undetermined),
            ("CVE-2", two, Answer::Undetermined),
        ]
    );
    let row = &matches.rows[0];
    assert_eq!((row.family, row.score_tenths, row.epss), (family, Some(56), Some(1_151)));
    assert_eq!(matches.names[&row.key], ["cve-1", "ghsa-of-cve-1"]);
    let entry = now(&house).entry(now(&house).position()).expect("reads").expect("there");
    assert_eq!(matches.first_found[&row.key], entry.at, "when it was assessed");
}

#[test]
fn what_is_not_affected_or_not_listed_any_more_is_gone_and_the_first_time_stays() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let one = version(&house, family, "Pump");
    let with = house.sbom(one, &[MINIMIST], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    told(&house, with, edition, &[(0, verdict("CVE-1", Answer::Affected, 56))]);
    let before = now(&house).position();
    let first = now(&house).matches().expect("reads").first_found;

    let without = house.sbom(one, &[LODASH], Standing::Instead).expect("attached");
    told(&house, without, edition, &[(0, verdict("CVE-1", Answer::NotAffected, 56))]);
    assert!(now(&house).matches().expect("reads").rows.is_empty());
    let again = house.sbom(one, &[MINIMIST, LODASH], Standing::Instead).expect("attached");
    let next = house.edition("e2").expect("adopted");
    told(&house, again, next, &[(0, verdict("CVE-1", Answer::Affected, 99))]);
    let matches = now(&house).matches().expect("reads");
    assert_eq!(lines(&matches), [("CVE-1", one, Answer::Affected)]);
    assert_eq!(matches.first_found, first, "it was known then, and aware is aware");

    let past = house.register.reader_at(before).expect("reads").matches().expect("reads");
    assert_eq!(past.rows[0].score_tenths, Some(56), "as it was said then");
}

#[test]
fn a_premise_is_as_new_as_the_newest_component_that_is_found_in_the_version() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let one = version(&house, family, "Pump");
    let with = house.sbom(one, &[MINIMIST], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    told(&house, with, edition, &[(0, verdict("CVE-1", Answer::Affected, 56))]);
    let premise = || {
        let reader = now(&house);
        let key = reader.matches().expect("reads").rows[0].key;
        reader.premises(key).expect("reads")[&one]
    };
    let first = premise();
    // The same component in another SBOM, and another score, change nothing that a decision rests on.
    let again = house.sbom(one, &[MINIMIST, ("left-pad", "1")], Standing::Instead).expect("ok");
    let next = house.edition("e2").expect("adopted");
    told(&house, again, next, &[(0, verdict("CVE-1", Answer::Affected, 99))]);
    assert_eq!(premise(), first);
    // Another component that is affected by the same does.
    let more = house.sbom(one, &[MINIMIST, LODASH], Standing::Instead).expect("attached");
    let listed = now(&house).entry(now(&house).position()).expect("reads").expect("there").at;
    let affected = || verdict("CVE-1", Answer::Affected, 99);
    told(&house, more, next, &[(0, affected()), (1, affected())]);
    assert!(premise() > listed && listed > first, "known since it was assessed");
}

#[test]
fn who_sees_one_family_is_told_of_no_other() {
    let house = House::new();
    let (pumps, lamps) =
        (house.family("Pumps").expect("added"), house.family("Lamps").expect("added"));
    let (pump, lamp) = (version(&house, pumps, "Pump"), version(&house, lamps, "Lamp"));
    let of_pump = house.sbom(pump, &[MINIMIST], Standing::Instead).expect("attached");
    let of_lamp = house.sbom(lamp, &[LODASH], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    told(&house, of_pump, edition, &[(0, verdict("CVE-1", Answer::Affected, 56))]);
    told(&house, of_lamp, edition, &[(0, verdict("CVE-2", Answer::Affected, 99))]);
    for (family, version, id) in [(pumps, pump, "CVE-1"), (lamps, lamp, "CVE-2")] {
        let reader = house.register.reader_seeing(&Sight::of([family])).expect("reads");
        let matches = reader.matches().expect("reads");
        assert_eq!(lines(&matches), [(id, version, Answer::Affected)]);
        assert_eq!((matches.names.len(), matches.first_found.len()), (1, 1));
        let premises = reader.premises(matches.rows[0].key).expect("reads");
        assert_eq!(premises.into_keys().collect::<Vec<_>>(), [version]);
    }
    assert!(
        house
            .register
            .reader_seeing(&Sight::none())
            .expect("reads")
            .matches()
            .expect("reads")
            .rows
            .is_empty()
    );
    assert_eq!(now(&house).matches().expect("reads").rows.len(), 2);
}
