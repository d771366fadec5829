//! Killed between any two steps of a checkpoint or of a change of keys: the next opening goes on from there.
//!
//! Each state that a kill can leave is put together from the state before and the state after, part by part,
//! in the order in which the parts are written (`register/src/log/mod.rs`).

use crate::house::{House, MONDAY};
use aftercare_domain::{Operation, family::FamilyAdded};
use aftercare_evidence::Verifier;
use aftercare_register::{Denied, Options, Register, Seed, Wish, verify_copy};
use aftercare_vocab::instant::Instant;
use std::{fs, path::Path};
use tempfile::TempDir;

/// The parts of the log's folder, in the order in which they are written.
const FOLDER: [&str; 3] = ["tile", "checkpoints", "checkpoint"];

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("makes");
        for entry in fs::read_dir(from).expect("lists") {
            let name = entry.expect("an entry").file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        fs::create_dir_all(to.parent().expect("a folder")).expect("makes");
        fs::copy(from, to).expect("copies");
    }
}

/// Empties the write-ahead log of a closed register, so that one file holds its tables.
fn settled(dir: &Path) {
    let file = rusqlite::Connection::open(dir.join("register.db")).expect("opens");
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("emptied");
}

fn copied(from: &Path) -> TempDir {
    settled(from);
    let dir = tempfile::tempdir().expect("a directory");
    copy(from, dir.path());
    dir
}

fn open(dir: &Path) -> Register {
    let options = Options { copy_to: Some(dir.join("second")), ..House::file_options() };
    Register::open(dir, options).expect("opens")
}

fn op(number: i64) -> Operation {
    House::op_at(Instant::from_micros(MONDAY + number * 1_000_000), number)
}

fn family(register: &Register, number: i64) {
    let op = op(number);
    let name = format!("family {number}");
    let event = FamilyAdded { family: op.new_id(), name, description: None };
    register.transact::<_, Denied>(&op, |pen| Ok(pen.record(event)?)).expect("added");
}

/// A register with a signed log and a few entries after it, closed.
fn before() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    let register = open(dir.path());
    (0..20).for_each(|number| family(&register, number));
    register.checkpoint(&op(20)).expect("signs");
    (21..30).for_each(|number| family(&register, number));
    drop(register);
    dir
}

/// Whatever was left behind: it opens, signs, verifies, and whoever pinned the first key can follow.
fn goes_on(dir: &Path, first: &Verifier, left: &str) {
    let register = open(dir);
    family(&register, 300);
    let signed = register.checkpoint(&op(301)).unwrap_or_else(|fault| panic!("{left}: {fault}"));
    let report = register.verify().expect("verifies");
    assert!(report.holds(), "{left}: {:?}", report.differences);
    assert_eq!(report.signed, Some(signed.size), "{left}");
    for place in ["log", "second"] {
        let note = fs::read_to_string(dir.join(place).join("checkpoint")).expect("kept");
        assert_eq!(note, signed.note, "{left}: {place}");
    }
    assert!(!dir.join("keys/log.next").exists(), "{left}: a key was left in between");
    register.rotate_log_key(&op(302), Seed([12; 32])).expect("keys can still be changed");
    let place = dir.join("copy");
    register.export(&op(303), &place, Wish { blobs: true }).expect("exports");
    let report = verify_copy(&place, std::slice::from_ref(first), None).expect("checks");
    assert!(report.holds(), "{left}: {:?}", report.findings);
}

fn first_key(dir: &Path) -> Verifier {
    let keys = open(dir).log_keys().expect("reads");
    keys.first().expect("a key").parse().expect("reads")
}

#[test]
fn a_checkpoint_killed_after_any_of_its_steps_is_whole_after_the_next_opening() {
    let before = before();
    let first = first_key(before.path());
    let after = copied(before.path());
    open(after.path()).checkpoint(&op(280)).expect("signs");
    settled(after.path());
    let mut parts = vec!["log/tile".to_owned(), "register.db".to_owned()];
    parts.extend(FOLDER[1..].iter().map(|part| format!("log/{part}")));
    parts.extend(FOLDER.iter().map(|part| format!("second/{part}")));
    for done in 0..=parts.len() {
        let dir = copied(before.path());
        for part in &parts[..done] {
            copy(&after.path().join(part), &dir.path().join(part));
        }
        goes_on(dir.path(), &first, &format!("{done} steps done"));
    }
}

#[test]
fn a_change_of_keys_killed_after_any_of_its_steps_is_finished_or_forgotten() {
    let before = before();
    let first = first_key(before.path());
    open(before.path()).checkpoint(&op(280)).expect("signs"); // as a change of keys begins
    let after = copied(before.path());
    open(after.path()).rotate_log_key(&op(281), Seed([11; 32])).expect("rotates");
    // The entry that puts the key in force is committed before the checkpoint over it.
    let entered = copied(after.path());
    let file = rusqlite::Connection::open(entered.path().join("register.db")).expect("opens");
    let gone =
        file.execute("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)", []);
    assert_eq!(gone, Ok(1));
    drop(file);
    settled(entered.path());
    let step = |from: &TempDir, part: &str, to: &str| (from.path().join(part), to.to_owned());
    let mut steps = vec![
        step(&after, "keys/log.key", "keys/log.next"),
        step(&entered, "register.db", "register.db"),
        step(&after, "log/tile", "log/tile"),
        step(&after, "register.db", "register.db"),
    ];
    for folder in ["log", "second"] {
        for part in FOLDER {
            let part = format!("{folder}/{part}");
            steps.push(step(&after, &part, &part));
        }
    }
    for done in 0..=steps.len() {
        let dir = copied(before.path());
        for (from, to) in &steps[..done] {
            copy(from, &dir.path().join(to));
        }
        goes_on(dir.path(), &first, &format!("{done} steps done"));
    }
    goes_on(after.path(), &first, "all done");
}
