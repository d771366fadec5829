//! A torn file: the write-ahead log cut anywhere, a page of the tables overwritten.
//!
//! What opens is a prefix of whole changes, or it does not open; and what is damaged is told, never
//! "nothing differs".

use crate::house::House;
use aftercare_register::{Access, Fault, Options, Page, Register};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const PAGE: usize = 4096;
const FAMILIES: usize = 12;

/// What an engine may find where nothing sensible was written.
fn garbage(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..length).map(|_| next()).collect()
}

fn families(register: &Register) -> usize {
    let reader = register.reader().expect("reads");
    reader.families(&Page::first(100)).expect("reads").items.len()
}

/// The directory of a register as a crash of the machine leaves it: the file, and a log beside it.
struct Left {
    file: Vec<u8>,
    wal: Vec<u8>,
}

impl Left {
    fn by(house: &House) -> Self {
        let read = |name: &str| fs::read(house.dir.path().join(name)).expect("reads");
        Self { file: read("register.db"), wal: read("register.db-wal") }
    }

    fn with_log_cut_at(&self, cut: usize, tail: usize) -> TempDir {
        let dir = tempfile::tempdir().expect("a directory");
        fs::write(dir.path().join("register.db"), &self.file).expect("writes");
        let mut wal = self.wal[..cut].to_vec();
        wal.extend(garbage(tail.min(self.wal.len() - cut)));
        fs::write(dir.path().join("register.db-wal"), wal).expect("writes");
        dir
    }
}

#[test]
fn a_write_ahead_log_torn_anywhere_gives_whole_changes_only() {
    let house = House::in_a_file();
    for n in 0..FAMILIES {
        house.family(&format!("family {n}")).expect("added");
    }
    let left = Left::by(&house);
    assert!(left.wal.len() > 20 * PAGE, "the log was emptied: nothing to tear");
    let (mut seen, mut tried) = (std::collections::BTreeSet::new(), 0);
    // Beside the frames' bounds and not on them, through the whole log.
    for cut in (0..left.wal.len()).step_by(left.wal.len() / 60 + 7) {
        for tail in [0, 3 * PAGE] {
            tried += 1;
            let dir = left.with_log_cut_at(cut, tail);
            let register = Register::open(dir.path(), House::file_options())
                .unwrap_or_else(|fault| panic!("cut at {cut}: {fault}"));
            let size = register.reader().expect("reads").head().expect("head").size;
            let there = families(&register);
            assert_eq!(
                there as u64, size,
                "cut at {cut}: an entry without its row, or the reverse"
            );
            assert!(there <= FAMILIES);
            let report = register.verify().expect("verifies");
            assert!(report.holds(), "cut at {cut}: {:?}", report.differences);
            seen.insert(there);
        }
    }
    assert!(tried > 100 && seen.len() > FAMILIES / 2, "{seen:?}");
}

#[test]
fn a_log_torn_below_what_was_signed_opens_for_reading_only_and_says_what_is_missing() {
    let house = House::in_a_file();
    for n in 0..FAMILIES {
        house.family(&format!("family {n}")).expect("added");
    }
    house.checkpoint();
    let left = Left::by(&house);
    let dir = left.with_log_cut_at(left.wal.len() / 2, PAGE);
    for folder in ["log", "log/checkpoints", "keys"] {
        fs::create_dir_all(dir.path().join(folder)).expect("makes");
    }
    for name in ["log/checkpoint", "log/checkpoints/13", "keys/log.key"] {
        fs::copy(house.dir.path().join(name), dir.path().join(name)).expect(name);
    }
    let opened = Register::open(dir.path(), House::file_options()).map(|_| ());
    let fault = opened.expect_err("entries that were signed are not there");
    assert!(matches!(fault, Fault::LedgerShorter { signed: 13, .. }), "{fault}");
    let reading = Options { access: Access::Read, ..Options::default() };
    let register = Register::open(dir.path(), reading).expect("reads");
    assert!(!register.verify().expect("verifies").holds());
}

/// Closes a register and gives its file, with nothing left in a log.
fn closed(house: House) -> (TempDir, PathBuf) {
    let House { dir, register, .. } = house;
    drop(register);
    let file = dir.path().join("register.db");
    let shut = rusqlite::Connection::open(&file).expect("opens");
    shut.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("emptied");
    drop(shut);
    (dir, file)
}

/// What was found, in words; `None` when a register says that all is fine.
fn told(dir: &Path) -> Option<String> {
    let reading = Options { access: Access::Read, ..Options::default() };
    match Register::open(dir, reading).and_then(|register| register.verify()) {
        Err(fault) => Some(fault.to_string()),
        Ok(report) if report.holds() => None,
        Ok(report) => Some(report.differences[0].to_string()),
    }
}

#[test]
fn every_overwritten_page_of_the_tables_is_told() {
    let house = House::in_a_file();
    for n in 0..FAMILIES {
        house.family(&format!("family {n}")).expect("added");
    }
    let (dir, file) = closed(house);
    assert_eq!(told(dir.path()), None, "whole before");
    let whole = fs::read(&file).expect("reads");
    let pages = whole.len() / PAGE;
    assert!(pages > 30);
    let asked = rusqlite::Connection::open(&file).expect("opens");
    let free: u32 = asked.query_row("PRAGMA freelist_count", [], |row| row.get(0)).expect("asks");
    drop(asked);
    let mut unnoticed = 0;
    for page in 0..pages {
        let mut torn = whole.clone();
        // Half a page, as a write that was cut by the power leaves it.
        let from = page * PAGE + if page == 0 { 100 } else { 0 };
        torn[from..page * PAGE + PAGE / 2].copy_from_slice(&garbage(page * PAGE + PAGE / 2 - from));
        fs::write(&file, &torn).expect("writes");
        match told(dir.path()) {
            None => unnoticed += 1,
            Some(what) => {
                assert!(
                    what.contains("damaged") || what.contains("malformed"),
                    "page {page}: {what}"
                );
            }
        }
    }
    // Pages that hold nothing may hold anything.
    assert!(unnoticed <= free, "{unnoticed} pages unnoticed, {free} free");
}
