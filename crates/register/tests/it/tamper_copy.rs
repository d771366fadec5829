//! The red team on an exported copy: checked offline, with nothing but the folder and perhaps a key.

use crate::{house::House, tamper_log::house};
use aftercare_domain::Entry;
use aftercare_evidence::{Checkpoint, Note, Signer, Verifier, leaf, root, tile};
use aftercare_register::{Wish, log::CopyVerification, verify_copy};
use aftercare_verifier::Trust;
use std::{
    fs,
    path::{Path, PathBuf},
};

struct Copied {
    _dir: tempfile::TempDir,
    place: PathBuf,
    key: Verifier,
}

fn copied(blobs: bool) -> Copied {
    let house: House = house();
    let dir = tempfile::tempdir().expect("a directory");
    let place = dir.path().join("copy");
    house.register.export(&house.op(), &place, Wish { blobs }).expect("exports");
    let key = house.register.log_keys().expect("reads")[0].parse().expect("a key");
    Copied { _dir: dir, place, key }
}

impl Copied {
    fn entries(&self) -> Vec<Vec<u8>> {
        let bytes = fs::read(self.bundle()).expect("reads");
        let entries = tile::bundle_from_bytes(&bytes, 11).expect("a bundle");
        entries.into_iter().map(<[u8]>::to_vec).collect()
    }

    fn bundle(&self) -> PathBuf {
        self.place.join("tile/entries/000.p/11")
    }

    fn put(&self, entries: &[Vec<u8>]) {
        let bytes = tile::bundle_to_bytes(entries.iter().map(Vec::as_slice)).expect("fits");
        fs::write(self.bundle(), bytes).expect("writes");
    }

    /// Tiles and checkpoints that fit the entries, the checkpoints signed by a stranger.
    fn put_all_right(&self) {
        let entries = fs::read(self.bundle()).expect("reads");
        let entries = tile::bundle_from_bytes(&entries, 11).expect("a bundle");
        let leaves: Vec<_> = entries.iter().map(|entry| leaf(entry)).collect();
        fs::write(self.place.join("tile/0/000.p/11"), tile::hashes_to_bytes(&leaves))
            .expect("writes");
        let stranger = Signer::from_seed(self.key.name(), &[66; 32]).expect("a name");
        for (name, size) in [
            ("checkpoint", 11),
            ("checkpoints/4", 4),
            ("checkpoints/10", 10),
            ("checkpoints/11", 11),
        ] {
            let origin = self.key.name().to_owned();
            let text = Checkpoint { origin, size, root: root(&leaves[..size as usize]) }.text();
            let note = Note::sign(&text, &[&stranger]).expect("signs").to_string();
            fs::write(self.place.join(name), note).expect("writes");
        }
    }

    fn pinned(&self) -> CopyVerification {
        verify_copy(&self.place, std::slice::from_ref(&self.key), None).expect("checks")
    }
}

fn told(report: &CopyVerification) -> Vec<String> {
    report.findings.told.iter().map(ToString::to_string).collect()
}

fn says(report: &CopyVerification, begin: &str) -> bool {
    told(report).iter().any(|line| line.starts_with(begin))
}

fn renumbered(entries: &mut [Vec<u8>]) {
    for (place, bytes) in entries.iter_mut().enumerate() {
        let entry = Entry { seq: place as u64 + 1, ..Entry::read(bytes).expect("an entry") };
        *bytes = entry.bytes().expect("canonical");
    }
}

fn forge(entries: &mut [Vec<u8>], at: usize, from: &str, to: &str) {
    let text = String::from_utf8(entries[at].clone()).expect("text");
    assert!(text.contains(from), "{text}");
    entries[at] = text.replace(from, to).into_bytes();
}

#[test]
fn an_untouched_copy_holds_and_says_what_its_trust_rests_on() {
    let copied = copied(true);
    let report = copied.pinned();
    assert!(report.holds(), "{:#?}", told(&report));
    assert_eq!((report.entries, report.signed, report.blobs), (11, Some(11), 5));
    assert_eq!(report.trust, Trust::Pinned);
    assert!(report.rows.expect("compared") > 10);
    let alone = verify_copy(&copied.place, &[], None).expect("checks");
    assert!(alone.holds());
    assert_eq!(alone.trust, Trust::FirstUse(copied.key.to_string()));
}

#[test]
fn a_copy_without_blobs_says_that_rows_were_not_compared() {
    let report = copied(false).pinned();
    assert!(report.holds(), "{:#?}", told(&report));
    assert_eq!(report.blobs, 0);
    assert!(report.rows.expect_err("not compared").contains("without the cited blobs"));
}

#[test]
fn every_kind_of_edit_of_the_entries_is_named() {
    type Edit = (&'static str, fn(&mut Vec<Vec<u8>>), &'static [&'static str]);
    let edits: &[Edit] = &[
        (
            "altered",
            |e| forge(e, 4, "Clinic", "Klinik"),
            &["ledger entry 5: it was altered: its bytes are not those that were signed"],
        ),
        ("removed", |e| drop(e.remove(5)), &["ledger entry 6: it was removed"]),
        (
            "cut off",
            |e| e.truncate(9),
            &["ledger entry 10: it was removed", "ledger entry 11: it was"],
        ),
        (
            "removed and renumbered",
            |e| {
                e.remove(5);
                renumbered(e);
            },
            &[
                "ledger entry 6: it was removed",
                "ledger entry 7: it was renumbered and stands at 6",
            ],
        ),
        (
            "inserted",
            |e| {
                e.insert(5, e[4].clone());
                forge(e, 5, "Clinic", "Ghosts");
            },
            &["ledger entry 6: it was inserted"],
        ),
        ("doubled", |e| e.insert(5, e[4].clone()), &["ledger entry 6: it was inserted"]),
        ("swapped", |e| e.swap(4, 5), &["ledger entry 6: it was moved to position 5"]),
    ];
    for (name, edit, lines) in edits {
        let copied = copied(true);
        let mut entries = copied.entries();
        edit(&mut entries);
        copied.put(&entries);
        let report = copied.pinned();
        for line in *lines {
            assert!(says(&report, line), "{name}: `{line}` is not in {:#?}", told(&report));
        }
        let unpinned = verify_copy(&copied.place, &[], None).expect("checks");
        assert!(!unpinned.holds(), "{name}: found without a pinned key too");
    }
}

#[test]
fn a_copy_rewritten_whole_by_somebody_without_the_key_is_not_believed() {
    let copied = copied(true);
    let mut entries = copied.entries();
    forge(&mut entries, 4, "Clinic", "Klinik");
    copied.put(&entries);
    copied.put_all_right();
    for report in [copied.pinned(), verify_copy(&copied.place, &[], None).expect("checks")] {
        assert!(!report.holds());
        assert_eq!(report.signed, None);
        assert!(says(&report, "checkpoint checkpoint: no known key signed it"), "{report:#?}");
        assert!(says(&report, "projections.json, table consignee"), "{:#?}", told(&report));
    }
}

#[test]
fn with_one_old_checkpoint_left_the_stretch_is_named() {
    let copied = copied(true);
    let mut entries = copied.entries();
    forge(&mut entries, 1, "Pump", "Bump");
    copied.put(&entries);
    let old = fs::read(copied.place.join("checkpoints/4")).expect("reads");
    copied.put_all_right();
    fs::write(copied.place.join("checkpoints/4"), old).expect("writes");
    let report = copied.pinned();
    assert!(says(&report, "ledger entries 1 to 4: at least one"), "{:#?}", told(&report));
}

#[test]
fn edits_of_blobs_projections_tiles_and_files_are_named() {
    type Edit = (&'static str, fn(&Path), &'static str);
    let edits: &[Edit] = &[
        (
            "a blob swapped",
            |place| {
                let shelf = fs::read_dir(place.join("blobs")).expect("lists").next();
                let shelf = shelf.expect("one").expect("a folder").path();
                let blob =
                    fs::read_dir(shelf).expect("lists").next().expect("one").expect("a file");
                fs::write(blob.path(), b"another").expect("writes");
            },
            "blob sha256:",
        ),
        (
            "the blobs removed",
            |place| fs::remove_dir_all(place.join("blobs")).expect("removes"),
            "blob sha256:",
        ),
        (
            "a row of the projections changed",
            |place| {
                let file = place.join("projections.json");
                let mut json: serde_json::Value =
                    serde_json::from_slice(&fs::read(&file).expect("reads")).expect("JSON");
                json["tables"][1]["rows"] = 2.into();
                fs::write(file, json.to_string()).expect("writes");
            },
            "projections.json, table family: it held 2 rows",
        ),
        (
            "the projections removed",
            |place| fs::remove_file(place.join("projections.json")).expect("removes"),
            "projections.json: ",
        ),
        (
            "a tile changed",
            |place| {
                let tile = place.join("tile/0/000.p/11");
                let mut bytes = fs::read(&tile).expect("reads");
                bytes[5 * 32] ^= 1;
                fs::write(tile, bytes).expect("writes");
            },
            "tile/0/000.p/11: its hash of entry 6",
        ),
        (
            "a tile removed",
            |place| fs::remove_file(place.join("tile/0/000.p/11")).expect("removes"),
            "tile/0/000.p/11: the file is missing",
        ),
        (
            "the entries removed",
            |place| fs::remove_file(place.join("tile/entries/000.p/11")).expect("removes"),
            "tile/entries/000.p/11: the file is missing",
        ),
        (
            "an older checkpoint replaced by noise",
            |place| fs::write(place.join("checkpoints/4"), b"noise").expect("writes"),
            "checkpoint checkpoints/4: this is no signed note",
        ),
    ];
    for (name, edit, line) in edits {
        let copied = copied(true);
        edit(&copied.place);
        let report = copied.pinned();
        assert!(!report.holds(), "{name} went unseen");
        assert!(says(&report, line), "{name}: {:#?}", told(&report));
    }
}
