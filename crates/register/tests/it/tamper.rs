use crate::house::{House, covered, verdict};
use aftercare_domain::{finding::DependsOn, sbom::Standing, unit::Installed};
use aftercare_register::{Depth, Difference};
use aftercare_vocab::verdict::Answer;
use rusqlite::Connection;

/// A small register with a row in every table that matters.
fn house() -> House {
    let house = House::in_a_file();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let consignee = house.consignee("Clinic").expect("added");
    let site = house.site(consignee, "North").expect("added");
    house.units(product, site, &[("A", Installed::Version(version))]).expect("recorded");
    let sbom = house.sbom(version, &[("minimist", "1.2.0")], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    let said = vec![covered(0, DependsOn::Component, vec![verdict("CVE-1", Answer::Affected, 50)])];
    house.assess(sbom, edition, said).expect("assessed");
    house
}

fn intruder(house: &House) -> Connection {
    Connection::open(house.dir.path().join("register.db")).expect("opens")
}

#[test]
fn the_ledger_refuses_update_and_delete() {
    let house = house();
    for attack in ["UPDATE ledger SET actor = 'nobody'", "DELETE FROM ledger WHERE seq = 3"] {
        let refused = intruder(&house).execute(attack, []).expect_err("refused");
        assert!(refused.to_string().contains("only ever appended"), "{refused}");
    }
    let report = house.register.verify().expect("verifies");
    assert!(report.holds(), "{:?}", report.differences);
    assert_eq!((report.entries, report.blobs), (9, 5));
    assert_eq!(report.root, house.register.reader().expect("reads").head().expect("head").root);
}

#[test]
fn an_edited_row_of_any_projection_is_found() {
    for attack in [
        "UPDATE family SET name = 'Bumps'",
        "UPDATE product SET since = 1",
        "DELETE FROM product_version",
        "UPDATE version_life SET released = '2020-01-01'",
        "UPDATE site SET city = 'Bonn'",
        "UPDATE unit SET serial = 'B'",
        "UPDATE unit_state SET version = 0",
        "UPDATE fleet SET units = 7",
        "UPDATE attached SET until = 9",
        "DELETE FROM instance",
        "UPDATE assessed SET not_covered = 'no_identity'",
        "UPDATE verdict SET answer = 'not_affected'",
        "UPDATE vulnerability_alias SET alias = 'cve-2' WHERE alias = 'cve-1'",
        "UPDATE edition SET records = 4",
        "INSERT INTO consignee VALUES (2, x'00112233445566778899aabbccddeeff', 2, 'Ghost', 'ghost', NULL)",
    ] {
        let house = house();
        let changed = intruder(&house).execute(attack, []).expect("the file is not guarded");
        assert!(changed > 0, "{attack} touched nothing");
        let report = house.register.verify().expect("verifies");
        assert!(!report.holds(), "{attack} went unseen");
        let table = attack.split(' ').find(|w| w.chars().all(|c| c.is_lowercase() || c == '_'));
        assert!(
            report
                .differences
                .iter()
                .all(|d| matches!(d, Difference::Row { table: t, .. } if Some(*t) == table)),
            "{attack}: {:?}",
            report.differences
        );
        house.register.rebuild().expect("rebuilds");
        assert!(house.register.verify().expect("verifies").holds(), "a rebuild heals {attack}");
    }
}

#[test]
fn a_ledger_edited_behind_its_guards_is_found_at_the_very_entry() {
    let edit_actor = "UPDATE ledger SET actor = 'person:eve' WHERE seq = 4";
    let edit_bytes = "UPDATE ledger SET entry = CAST(replace(CAST(entry AS TEXT), 'Clinic', 'Klinik') \
                      AS BLOB) WHERE seq = 4";
    let edit_at = "UPDATE ledger SET at = at + 1 WHERE seq = 4";
    let last = "DELETE FROM ledger WHERE seq = 9";
    let middle = "DELETE FROM ledger WHERE seq = 4";
    for attack in [edit_actor, edit_bytes, edit_at, last, middle] {
        let house = house();
        let intruder = intruder(&house);
        intruder
            .execute_batch("DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete;")
            .expect("the file is not guarded");
        intruder.execute_batch("PRAGMA foreign_keys = OFF").expect("set");
        assert_eq!(intruder.execute(attack, []).expect("edits"), 1, "{attack}");
        let report = house.register.verify().expect("verifies");
        let entry = report.differences.iter().find_map(|d| match d {
            Difference::Entry { seq, .. } => Some(*seq),
            _ => None,
        });
        match attack {
            a if a == last => {
                let head = matches!(report.differences[0], Difference::Head { .. });
                assert!(head, "{:?}", report.differences);
            }
            // The gap shows at the entry that stands where the removed one should.
            a if a == middle => assert_eq!(entry, Some(5)),
            _ => assert_eq!(entry, Some(4), "{attack}: {:?}", report.differences),
        }
    }
}

#[test]
fn a_row_edited_together_with_its_leaf_hash_is_betrayed_by_the_root() {
    let house = house();
    let before = house.register.verify().expect("verifies").root;
    let intruder = intruder(&house);
    let entry: Vec<u8> = intruder
        .query_row("SELECT entry FROM ledger WHERE seq = 1", [], |r| r.get(0))
        .expect("reads");
    let forged = String::from_utf8(entry).expect("text").replace("Pumps", "Bumps").into_bytes();
    let leaf = aftercare_evidence::leaf(&forged);
    intruder.execute_batch("DROP TRIGGER ledger_no_update").expect("the file is not guarded");
    intruder
        .execute(
            "UPDATE ledger SET entry = ?1, leaf = ?2 WHERE seq = 1",
            rusqlite::params![forged, leaf.as_bytes()],
        )
        .expect("edits");
    let report = house.register.verify().expect("verifies");
    assert_ne!(report.root, before);
    assert!(report.differences.iter().any(|d| matches!(d, Difference::Head { .. })));
    assert!(
        report.differences.iter().any(|d| matches!(d, Difference::Row { table: "family", .. }))
    );
}

#[test]
fn the_ledger_alone_is_checked_where_that_is_asked_and_only_that_is_claimed() {
    let house = house();
    intruder(&house).execute("UPDATE family SET name = 'Bumps'", []).expect("edits");
    let ledger = house.register.verify_with(&[], None, Depth::Ledger).expect("verifies");
    assert!(ledger.holds(), "{:?}", ledger.differences);
    assert_eq!((ledger.depth, ledger.rows, ledger.blobs), (Depth::Ledger, 0, 0));
    assert!(!house.register.verify().expect("verifies").holds(), "the whole sees the table");
    let intruder = intruder(&house);
    intruder.execute_batch("DROP TRIGGER ledger_no_update").expect("the file is not guarded");
    intruder.execute("UPDATE ledger SET at = at + 1 WHERE seq = 4", []).expect("edits");
    let told = house.register.verify_with(&[], None, Depth::Ledger).expect("verifies").differences;
    assert!(matches!(told[..], [Difference::Entry { seq: 4, .. }]), "{told:?}");
}
