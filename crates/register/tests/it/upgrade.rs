//! Registers that earlier releases wrote are opened, brought up to date, and still say the same.
//!
//! Each folder of `tests/fixtures/` is a register of an earlier layout of the lasting tables, with
//! what it must say. A new migration wants one of the layout before it (README.md there).

use crate::{
    backup::{quiet, wish},
    house::{House, covered, not_covered, verdict},
};
use aftercare_domain::{
    finding::DependsOn,
    sbom::Standing,
    unit::{Installed, WhyUnknown},
    version::Life,
};
use aftercare_register::{Access, Backup, Options, Page, Register};
use aftercare_vocab::verdict::Answer;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("makes");
    for entry in fs::read_dir(from).expect("lists") {
        let (place, target) = {
            let entry = entry.expect("an entry");
            (entry.path(), to.join(entry.file_name()))
        };
        if place.is_dir() {
            copy(&place, &target);
        } else {
            fs::copy(&place, &target).expect("copies");
        }
    }
}

/// The story that every fixture tells: a row in every projected table.
fn tell(house: &House) {
    let family = house.family("Infusion pumps").expect("added");
    house.supplier("Quarz Elektronik").expect("added");
    let product = house.product(family, "Pump one").expect("added");
    let old = house.version(product, "1.0").expect("added");
    let new = house.version(product, "1.1").expect("added");
    let released = "2026-02-01".parse().ok();
    let life = Life { predecessor: Some(old), released, ..Life::default() };
    house.change_life(new, life).expect("changed");
    let clinic = house.consignee("Clinic am Ring").expect("added");
    let site = house.site(clinic, "House A").expect("added");
    let units = [
        ("S-1", Installed::Version(old)),
        ("S-2", Installed::Unknown(WhyUnknown::NotTold)),
        ("S-3", Installed::Version(new)),
    ];
    let units = house.units(product, site, &units).expect("recorded");
    house.install(units[0], Installed::Version(new)).expect("changed");
    let first = [("minimist", "1.2.0"), ("left", "1.0.0")];
    let first = house.sbom(old, &first, Standing::Instead).expect("received");
    let second = [("minimist", "1.2.0"), ("right", "2.0.0"), ("odd", "0.1.0")];
    let second = house.sbom(new, &second, Standing::Instead).expect("received");
    let beside = house.sbom(new, &[("right", "2.0.0")], Standing::Beside).expect("received");
    let edition = house.edition("edition one").expect("adopted");
    let grave = |answer| verdict("CVE-2021-44906", answer, 98);
    let harmless = || verdict("CVE-2026-0001", Answer::NotAffected, 50);
    let of = |index, verdicts| covered(index, DependsOn::Component, verdicts);
    let affected = || grave(Answer::Affected);
    house.assess(first, edition, vec![of(0, vec![affected()]), of(1, vec![])]).expect("assessed");
    let found = vec![of(0, vec![affected()]), of(1, vec![harmless()]), not_covered(2)];
    house.assess(second, edition, found).expect("assessed");
    house.assess(beside, edition, vec![of(0, vec![harmless()])]).expect("assessed");
    let next = house.edition("edition two").expect("adopted");
    let found = vec![of(0, vec![grave(Answer::Undetermined)]), of(1, vec![])];
    house.assess(first, next, found).expect("assessed");
}

/// What a register says, to be compared with `expected.json`.
fn said(register: &Register) -> Value {
    let report = register.verify().expect("verifies");
    assert!(report.holds(), "{:?}", report.differences);
    let reader = register.reader().expect("reads");
    let all = Page::first(100);
    let suppliers = reader.suppliers(&all).expect("reads").items;
    let consignees = reader.consignees(&all).expect("reads").items;
    let edition = reader.newest_edition().expect("reads").expect("one was adopted");
    json!({
        "entries": report.entries,
        "root": report.root,
        "blobs": report.blobs,
        "suppliers": suppliers.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(),
        "consignees": consignees.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        "edition": edition.digest,
    })
}

#[test]
fn a_register_that_got_a_later_migration_without_an_earlier_one_gets_the_earlier_one() {
    let house = House::in_a_file();
    house.family("Pumps").expect("added");
    let House { dir, register, .. } = house;
    drop(register);
    let file = rusqlite::Connection::open(dir.path().join("register.db")).expect("opens");
    file.execute_batch("DROP TABLE checkpoint; DELETE FROM migration WHERE number = 2;")
        .expect("as a release of another line left it");
    drop(file);
    let beside = Options { access: Access::Read, ..Options::default() };
    assert!(Register::open(dir.path(), beside.clone()).is_err(), "it is not as it should be yet");
    let register = Register::open(dir.path(), House::file_options()).expect("opens");
    let op = House::op_at(aftercare_vocab::instant::Instant::from_micros(crate::house::MONDAY), 77);
    register.checkpoint(&op).expect("there is a table for it now");
    assert!(register.verify().expect("verifies").holds());
    Register::open(dir.path(), beside).expect("is of this release now");
}

#[test]
fn a_register_of_every_earlier_layout_is_brought_up_to_date_and_says_what_it_said() {
    let mut seen = 0;
    for entry in fs::read_dir(fixtures()).expect("lists") {
        let from = entry.expect("an entry").path();
        if !from.is_dir() {
            continue;
        }
        seen += 1;
        let expected = fs::read(from.join("expected.json")).expect("what it must say");
        let expected: Value = serde_json::from_slice(&expected).expect("reads");
        let dir = tempfile::tempdir().expect("a directory");
        copy(&from, dir.path());
        let register = Register::open(dir.path(), Options::default()).expect("opens");
        assert_eq!(said(&register), expected, "{}", from.display());
        drop(register);
        let options = Options { access: Access::Read, ..Options::default() };
        Register::open(dir.path(), options).expect("is of this release now");
    }
    assert!(seen > 0);
}

/// Leaves the register and a backup of it with the output of tests, ready to become the next fixtures.
#[test]
fn the_same_story_told_today_says_what_the_register_of_the_first_layout_says() {
    let house = House::in_a_file();
    tell(&house);
    let today = said(&house.register);
    let first = fs::read(fixtures().join("schema-1/expected.json")).expect("reads");
    let mut first: Value = serde_json::from_slice(&first).expect("reads");
    first["root"] = today["root"].clone(); // later releases may write entries with more in them
    // and keep the sources of its two editions in blobs
    first["blobs"] = (first["blobs"].as_u64().expect("a number") + 2).into();
    assert_eq!(today, first);
    let backup = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture.tar");
    let wish = Backup { force: true, ..wish(&backup) };
    house.register.backup(&wish, &mut quiet()).expect("backs up");
    let House { dir, register, .. } = house;
    drop(register);
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture");
    if made.exists() {
        fs::remove_dir_all(&made).expect("removes");
    }
    copy(dir.path(), &made);
    let text = serde_json::to_vec_pretty(&today).expect("writes");
    fs::write(made.join("expected.json"), text).expect("writes");
}
