//! The red team: somebody with the disk but without the key. Every edit must be found at its place.

use crate::house::{House, covered, verdict};
use aftercare_domain::{Entry, finding::DependsOn, sbom::Standing, unit::Installed};
use aftercare_evidence::{Checkpoint, Frontier, Note, Signer, leaf};
use aftercare_register::{Difference, Fault, Options, Verification};
use aftercare_vocab::{digest::Digest, verdict::Answer};
use rusqlite::{Connection, params};
use std::fs;

/// A small register with a row in every table that matters, signed at 4 and at 10 entries, and one
/// entry more.
pub fn house() -> House {
    let house = House::in_a_file();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    house.checkpoint(); // entry 4: the key
    let consignee = house.consignee("Clinic").expect("added");
    let site = house.site(consignee, "North").expect("added");
    house.units(product, site, &[("A", Installed::Version(version))]).expect("recorded");
    let sbom = house.sbom(version, &[("minimist", "1.2.0")], Standing::Instead).expect("attached");
    let edition = house.edition("e1").expect("adopted");
    let said = vec![covered(0, DependsOn::Component, vec![verdict("CVE-1", Answer::Affected, 50)])];
    house.assess(sbom, edition, said).expect("assessed");
    house.checkpoint();
    house.supplier("RTOS Inc.").expect("added");
    house
}

/// The database with its guards taken down.
struct Intruder(Connection);

impl Intruder {
    fn at(house: &House) -> Self {
        let file = Connection::open(house.dir.path().join("register.db")).expect("opens");
        file.execute_batch(
            "PRAGMA foreign_keys = OFF; DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete;",
        )
        .expect("the file is not guarded");
        Self(file)
    }

    fn run(&self, sql: &str) {
        assert!(self.0.execute(sql, []).expect(sql) > 0, "{sql} touched nothing");
    }

    fn entry(&self, seq: u64) -> Vec<u8> {
        let row = |row: &rusqlite::Row<'_>| row.get(0);
        self.0
            .query_row("SELECT entry FROM ledger WHERE seq = ?1", [seq as i64], row)
            .expect("reads")
    }

    /// Writes an entry's bytes with their leaf hash and all look-up copies in order.
    fn put(&self, seq: u64, bytes: &[u8]) {
        let entry = Entry::read(bytes).expect("an entry");
        self.0.execute("DELETE FROM ledger WHERE seq = ?1", [seq as i64]).expect("deletes");
        self.0
            .execute(
                "INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    seq as i64,
                    entry.at.micros(),
                    entry.operation.as_bytes(),
                    entry.actor.as_str(),
                    entry.role.as_str(),
                    entry.channel.code(),
                    entry.event.kind(),
                    entry.event.version(),
                    entry.event.entity(),
                    entry.entity_version as i64,
                    bytes,
                    leaf(bytes).as_bytes(),
                ],
            )
            .expect("writes");
    }

    /// Moves the entries from `first` on by `by` places, renumbered as if they had always stood there.
    fn shift(&self, first: u64, by: i64) {
        let last: i64 =
            self.0.query_row("SELECT max(seq) FROM ledger", [], |row| row.get(0)).expect("reads");
        let mut moved: Vec<(u64, Vec<u8>)> =
            (first..=last as u64).map(|seq| (seq, self.entry(seq))).collect();
        self.0.execute("DELETE FROM ledger WHERE seq >= ?1", [first as i64]).expect("deletes");
        for (seq, bytes) in &mut moved {
            *seq = seq.checked_add_signed(by).expect("a place");
            let entry = Entry { seq: *seq, ..Entry::read(bytes).expect("an entry") };
            self.put(*seq, &entry.bytes().expect("canonical"));
        }
    }

    fn leaves(&self) -> Vec<Digest> {
        let mut rows = self.0.prepare("SELECT leaf FROM ledger ORDER BY seq").expect("prepares");
        let rows = rows.query_map([], |row| row.get::<_, [u8; 32]>(0)).expect("reads");
        rows.map(|leaf| Digest::from_bytes(leaf.expect("a hash"))).collect()
    }

    /// Makes the head that the entries have now.
    fn fix_head(&self) {
        let mut frontier = Frontier::default();
        self.leaves().into_iter().for_each(|leaf| frontier.append(leaf));
        self.0
            .execute(
                "UPDATE head SET size = ?1, frontier = ?2, root = ?3",
                params![frontier.size() as i64, frontier.to_bytes(), frontier.root().as_bytes()],
            )
            .expect("writes");
    }

    /// Makes checkpoint rows that say what the entries come to now, signed by somebody.
    fn fix_checkpoints(&self, signer: Option<&Signer>) {
        let leaves = self.leaves();
        let mut rows = self.0.prepare("SELECT size, note FROM checkpoint").expect("prepares");
        let rows: Vec<(i64, String)> = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("reads")
            .map(|row| row.expect("a row"))
            .collect();
        for (size, note) in rows {
            let size = (size as u64).min(leaves.len() as u64);
            let root = aftercare_evidence::root(&leaves[..size as usize]);
            let old = Note::read(note.as_bytes()).expect("a note");
            let said = Checkpoint::read(old.text()).expect("a checkpoint");
            let text = Checkpoint { size, root, ..said }.text();
            let note = match signer {
                Some(signer) => Note::sign(&text, &[signer]).expect("signs").to_string(),
                None => note.replace(old.text(), &text), // the old signature under a new text
            };
            self.0
                .execute(
                    "INSERT OR REPLACE INTO checkpoint VALUES (?1, ?2, 0, ?3)",
                    params![size as i64, root.as_bytes(), note],
                )
                .expect("writes");
        }
    }
}

fn forged(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    assert!(text.contains(from), "{text}");
    text.replace(from, to).into_bytes()
}

fn verified(house: &House) -> Verification {
    house.register.verify().expect("verifies")
}

fn told(report: &Verification) -> Vec<String> {
    report.differences.iter().map(ToString::to_string).collect()
}

/// Whether a line begins so.
fn says(report: &Verification, begin: &str) -> bool {
    told(report).iter().any(|line| line.starts_with(begin))
}

/// What the intruder does, and what must be told. Each fixes leaf hashes, look-up columns and head.
type Attack = (&'static str, fn(&Intruder), &'static [&'static str]);

const ATTACKS: &[Attack] = &[
    (
        "an old entry altered",
        |i| i.put(1, &forged(&i.entry(1), "Pumps", "Bumps")),
        &["ledger entry 1: it was altered"],
    ),
    (
        "an entry altered between two checkpoints",
        |i| i.put(5, &forged(&i.entry(5), "Clinic", "Klinik")),
        &["ledger entry 5: it was altered"],
    ),
    (
        "the actor changed",
        |i| i.put(6, &forged(&i.entry(6), "person:anna", "person:eve")),
        &["ledger entry 6: it was altered"],
    ),
    (
        "an entry dated elsewhere",
        |i| i.put(6, &forged(&i.entry(6), "2026-03-02T09:00:0", "2026-03-02T09:01:0")),
        &["ledger entry 6: it was altered"],
    ),
    (
        "the last signed entry removed, and what follows",
        |i| i.run("DELETE FROM ledger WHERE seq >= 10"),
        &["ledger entry 10: it was removed"],
    ),
    (
        "an entry in the middle removed, a gap left",
        |i| i.run("DELETE FROM ledger WHERE seq = 6"),
        &["ledger entry 6: it was removed"],
    ),
    (
        "an entry in the middle removed and the rest renumbered",
        |i| {
            i.run("DELETE FROM ledger WHERE seq = 6");
            i.shift(7, -1);
        },
        &["ledger entry 6: it was removed", "ledger entry 7: it was renumbered and stands at 6"],
    ),
    (
        "an entry inserted and the rest renumbered",
        |i| {
            i.shift(6, 1);
            let made = forged(&i.entry(5), "Clinic", "Ghosts");
            let mut entry = Entry { seq: 6, ..Entry::read(&made).expect("an entry") };
            entry.entity_version = 2;
            i.put(6, &entry.bytes().expect("canonical"));
        },
        &["ledger entry 6: it was inserted", "ledger entry 10: it was renumbered and stands at 11"],
    ),
    (
        "two entries swapped, numbers and all",
        |i| {
            let (a, b) = (i.entry(5), i.entry(6));
            i.run("DELETE FROM ledger WHERE seq IN (5, 6)");
            for (seq, bytes) in [(5, b), (6, a)] {
                let entry = Entry { seq, ..Entry::read(&bytes).expect("an entry") };
                i.put(seq, &entry.bytes().expect("canonical"));
            }
        },
        &["ledger entry 5: it was"],
    ),
    (
        "everything from the start replaced",
        |i| {
            for seq in 1..=3 {
                i.put(seq, &forged(&i.entry(seq), "person:anna", "person:eve"));
            }
        },
        &[
            "ledger entry 1: it was altered",
            "ledger entry 2: it was altered",
            "ledger entry 3: it was altered",
        ],
    ),
];

#[test]
fn an_entry_changed_with_all_hashes_put_right_is_named() {
    for (name, attack, lines) in ATTACKS {
        let house = house();
        let intruder = Intruder::at(&house);
        attack(&intruder);
        intruder.fix_head();
        let report = verified(&house);
        for line in *lines {
            assert!(says(&report, line), "{name}: `{line}` is not in {:#?}", told(&report));
        }
    }
}

#[test]
fn it_is_named_also_when_the_checkpoint_rows_are_rewritten_without_the_key() {
    let stranger = |house: &House| {
        let name = house.register.log_keys().expect("reads")[0].clone();
        Signer::from_seed(name.split('+').next().expect("a name"), &[66; 32]).expect("a name")
    };
    for (name, attack, lines) in ATTACKS {
        for with_another_key in [false, true] {
            let house = house();
            let signer = with_another_key.then(|| stranger(&house));
            let intruder = Intruder::at(&house);
            attack(&intruder);
            intruder.fix_head();
            intruder.fix_checkpoints(signer.as_ref());
            let report = verified(&house);
            for line in *lines {
                assert!(says(&report, line), "{name}: `{line}` is not in {:#?}", told(&report));
            }
            assert!(says(&report, "checkpoint row of size"), "{name}: {:#?}", told(&report));
        }
    }
}

#[test]
fn with_the_tiles_rewritten_too_the_kept_checkpoints_still_bound_the_place() {
    let house = house();
    let intruder = Intruder::at(&house);
    intruder.put(6, &forged(&intruder.entry(6), "North", "South"));
    intruder.fix_head();
    let tile = house.dir.path().join("log/tile/0/000.p/10");
    let hashes: Vec<u8> =
        intruder.leaves().iter().take(10).flat_map(|leaf| *leaf.as_bytes()).collect();
    fs::write(tile, hashes).expect("writes");
    let report = verified(&house);
    let line = "ledger entries 5 to 10: at least one of them was altered";
    assert!(says(&report, line), "{:#?}", told(&report));
    assert!(says(&report, "table site"), "the row betrays it too: {:#?}", told(&report));
}

#[test]
fn a_second_place_names_the_entry_when_everything_here_was_rewritten() {
    let place = tempfile::tempdir().expect("a directory");
    let options = Options { copy_to: Some(place.path().join("log")), ..House::file_options() };
    let house = house().reopened(options).expect("opens");
    let intruder = Intruder::at(&house);
    intruder.put(6, &forged(&intruder.entry(6), "North", "South"));
    intruder.fix_head();
    intruder.0.execute("DELETE FROM checkpoint", []).expect("deletes");
    fs::remove_dir_all(house.dir.path().join("log")).expect("removes");
    let report = verified(&house);
    assert!(says(&report, "ledger entry 6: it was altered"), "{:#?}", told(&report));
}

#[test]
fn edits_of_the_log_s_own_table_and_files_are_named() {
    type Edit = (&'static str, fn(&House), &'static str);
    let log = |house: &House, name: &str| house.dir.path().join("log").join(name);
    let edits: &[Edit] = &[
        (
            "a checkpoint row removed",
            |h| Intruder::at(h).run("DELETE FROM checkpoint WHERE size = 4"),
            "checkpoint row of size 4 in the table: it is missing",
        ),
        (
            "a checkpoint row's root edited",
            |h| Intruder::at(h).run("UPDATE checkpoint SET root = zeroblob(32) WHERE size = 4"),
            "checkpoint row of size 4 in the table: its columns",
        ),
        (
            "a checkpoint row's note edited",
            |h| Intruder::at(h).run("UPDATE checkpoint SET note = replace(note, '10', '11')"),
            "checkpoint row of size 10 in the table: ",
        ),
        (
            "the head's root edited",
            |h| Intruder::at(h).run("UPDATE head SET root = zeroblob(32)"),
            "",
        ),
    ];
    for (name, edit, line) in edits {
        let house = house();
        edit(&house);
        let report = verified(&house);
        assert!(line.is_empty() || says(&report, line), "{name}: {:#?}", told(&report));
    }
    for (file, line) in [
        ("checkpoint", "the signature of"),
        ("checkpoints/4", "the signature of"),
        ("tile/0/000.p/10", "its hash of entry 1 is not"),
    ] {
        let house = house();
        let place = log(&house, file);
        let mut bytes = fs::read(&place).expect("reads");
        if file.starts_with("tile") {
            bytes[3] ^= 1;
        } else {
            let text = String::from_utf8(bytes).expect("text");
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines[2] = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";
            bytes = lines.join("\n").into_bytes();
        }
        fs::write(&place, bytes).expect("writes");
        let report = verified(&house);
        assert!(told(&report).iter().any(|told| told.contains(line)), "{file}: {report:#?}");
    }
}

#[test]
fn a_ledger_that_lost_signed_entries_opens_for_nobody_who_would_write() {
    let house = house();
    let intruder = Intruder::at(&house);
    intruder.run("DELETE FROM ledger WHERE seq > 7");
    intruder.fix_head();
    drop(intruder);
    let (dir, fault) = house.reopened(House::file_options()).map(|_| ()).expect_err("refused");
    assert!(matches!(fault, Fault::LedgerShorter { signed: 10, found: 7, .. }), "{fault}");
    for part in ["lost or removed", "can still be read", "restore a backup"] {
        assert!(fault.to_string().contains(part), "{fault}");
    }
    let reading = Options { access: aftercare_register::Access::Read, ..Options::default() };
    aftercare_register::Register::open(dir.path(), reading).expect("reading is allowed");
}

#[test]
fn a_rewritten_ledger_or_a_checkpoint_of_another_key_stops_writing_too() {
    let rewritten = house();
    let intruder = Intruder::at(&rewritten);
    intruder.put(6, &forged(&intruder.entry(6), "North", "South"));
    intruder.fix_head();
    drop(intruder);
    let (_dir, fault) = rewritten.reopened(House::file_options()).map(|_| ()).expect_err("refused");
    assert!(matches!(fault, Fault::LedgerDiffers { .. }), "{fault}");

    let resigned = house();
    let intruder = Intruder::at(&resigned);
    let name = resigned.register.log_keys().expect("reads")[0].clone();
    let name = name.split('+').next().expect("a name");
    intruder.fix_checkpoints(Some(&Signer::from_seed(name, &[66; 32]).expect("a name")));
    drop(intruder);
    let (_dir, fault) = resigned.reopened(House::file_options()).map(|_| ()).expect_err("refused");
    assert!(matches!(fault, Fault::CheckpointForged { .. }), "{fault}");
    assert!(fault.to_string().contains("no known key signed it"), "{fault}");

    let foreign = tempfile::tempdir().expect("a directory");
    let options = |seed: u8| Options {
        seed: Some(aftercare_register::Seed([seed; 32])),
        copy_to: Some(foreign.path().to_owned()),
        ..Options::default()
    };
    let first = House::in_a_file().reopened(options(7)).expect("opens");
    first.checkpoint();
    let dir = tempfile::tempdir().expect("a directory");
    let fault = aftercare_register::Register::open(dir.path(), options(8)).map(|_| ());
    let Err(fault @ Fault::CheckpointForged { .. }) = fault else { panic!("{fault:?}") };
    assert!(fault.to_string().contains("log.copy_to"), "{fault}");
}

#[test]
fn a_swapped_blob_is_named() {
    let house = house();
    let entry = house.register.reader().expect("reads").entry(8).expect("reads").expect("there");
    let digest = entry.event.blobs()[0];
    let hex = digest.hex();
    fs::write(house.dir.path().join("blobs").join(&hex[..2]).join(&hex[2..]), b"another SBOM")
        .expect("writes");
    let report = verified(&house);
    let named = |d: &Difference| matches!(d, Difference::Blob { digest: d, .. } if *d == digest);
    assert!(report.differences.iter().any(named), "{:#?}", told(&report));
}
