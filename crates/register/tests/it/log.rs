//! The log as its readers meet it: checkpoints, keys, places, proofs, copies.

use crate::house::House;
use aftercare_evidence::{Checkpoint, Note, Verifier, inclusion, leaf};
use aftercare_register::{Access, Depth, Fault, Options, Register, Seed, Wish, verify_copy};
use std::{fs, path::Path};

fn key(house: &House) -> Verifier {
    house.register.log_keys().expect("reads").last().expect("a key").parse().expect("reads")
}

fn read(place: &Path) -> String {
    fs::read_to_string(place).expect("reads")
}

fn families(house: &House, first: usize, upto: usize) {
    for n in first..upto {
        house.family(&format!("family {n}")).expect("added");
    }
}

#[test]
fn a_checkpoint_is_signed_over_the_head_and_kept_in_table_and_folder() {
    let house = House::new();
    house.family("Pumps").expect("added");
    let signed = house.checkpoint();
    let head = house.register.reader().expect("reads").head().expect("head");
    assert_eq!((signed.size, signed.root), (head.size, head.root));
    assert_eq!(head.size, 2, "the first checkpoint also records its key");
    let note = Note::read(signed.note.as_bytes()).expect("a note");
    let keys = [key(&house)];
    assert_eq!(note.signers(&keys).expect("signed"), [&keys[0]]);
    let said = Checkpoint::read(note.text()).expect("a checkpoint");
    assert_eq!((said.size, said.root), (head.size, head.root));
    assert!(said.origin.starts_with("aftercare/") && said.origin == keys[0].name());
    let log = house.dir.path().join("log");
    assert_eq!(read(&log.join("checkpoint")), signed.note);
    assert_eq!(read(&log.join("checkpoints/2")), signed.note);
    assert_eq!(house.register.newest_checkpoint().expect("reads"), Some(signed.clone()));
    assert_eq!(house.checkpoint(), signed, "nothing new, nothing signed");
    assert!(house.register.verify().expect("verifies").holds());
}

#[test]
fn every_entry_can_be_proved_from_tiles_also_beyond_one_tile() {
    let house = House::new();
    for upto in [3, 254, 255, 256, 300, 530] {
        let have = house.register.reader().expect("reads").position() as usize;
        families(&house, have, upto);
        let signed = house.checkpoint();
        for seq in [1, signed.size / 2 + 1, signed.size] {
            let proof = house.register.prove(seq).expect("proves");
            assert_eq!(leaf(&proof.entry), proof.leaf);
            let holds =
                inclusion::holds(&proof.path, &proof.leaf, seq - 1, signed.size, &signed.root);
            assert!(holds, "entry {seq} of {}", signed.size);
        }
    }
    let tiles = house.dir.path().join("log/tile");
    assert!(tiles.join("0/000").exists() && !tiles.join("0/000.p").exists());
    assert!(tiles.join("1/000.p/2").exists());
    house.family("newer").expect("added");
    let asked = house.register.reader().expect("reads").position();
    let fault = house.register.prove(asked).map(|_| ()).expect_err("not signed yet");
    assert!(matches!(fault, Fault::NotSigned { .. }), "{fault}");
    let report = house.register.verify().expect("verifies");
    assert!(report.holds(), "{:?}", report.differences);
    assert_eq!(report.signed, Some(asked - 1));
}

#[test]
fn the_key_is_a_file_of_its_owner_alone_and_nowhere_else() {
    let house = House::new();
    house.checkpoint();
    let place = house.dir.path().join("keys/log.key");
    let secret = read(&place);
    assert!(secret.starts_with("PRIVATE+KEY+aftercare/"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&place).expect("there").permissions().mode() & 0o777, 0o600);
    }
    let secret = secret.trim_end().rsplit('+').next().expect("a part").as_bytes().to_vec();
    for file in ["register.db", "register.db-wal", "log/checkpoint"] {
        let bytes = fs::read(house.dir.path().join(file)).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{file}");
    }
}

#[test]
fn a_rotation_is_signed_by_both_keys_and_whoever_pinned_the_first_can_follow() {
    let house = House::new();
    house.family("Pumps").expect("added");
    house.checkpoint();
    let first = key(&house);
    let signed = house.register.rotate_log_key(&house.op(), Seed([8; 32])).expect("rotates");
    let second = key(&house);
    assert_ne!(first, second);
    let note = Note::read(signed.note.as_bytes()).expect("a note");
    assert_eq!(note.signers(&[first.clone(), second.clone()]).expect("signed").len(), 2);
    house.family("Monitors").expect("added");
    let third = house.register.rotate_log_key(&house.op(), Seed([9; 32])).expect("rotates");
    let note = Note::read(third.note.as_bytes()).expect("a note");
    assert!(note.signers(std::slice::from_ref(&first)).is_err(), "the first signs no more");
    house.family("Ventilators").expect("added");
    house.checkpoint();
    let copy = house.dir.path().join("copy");
    house.register.export(&house.op(), &copy, Wish { blobs: true }).expect("exports");
    for pinned in [vec![first], vec![second], vec![key(&house)], Vec::new()] {
        let report = verify_copy(&copy, &pinned, None).expect("checks");
        assert!(report.holds(), "{pinned:?}: {:?}", report.findings);
        assert_eq!(report.keys.len(), 3);
        let live = house.register.verify_with(&pinned, None, Depth::Whole).expect("verifies");
        assert!(live.holds(), "{pinned:?}: {:?}", live.differences);
    }
    let stranger = aftercare_evidence::Signer::from_seed("aftercare/x", &[1; 32]).expect("a name");
    let report = verify_copy(&copy, &[stranger.verifier()], None).expect("checks");
    assert!(!report.holds() && report.signed.is_none());
}

#[test]
fn a_rotation_killed_half_way_is_finished_or_forgotten() {
    let house = House::new();
    house.checkpoint();
    let (keys, first) = (house.dir.path().join("keys"), key(&house));
    let old = read(&keys.join("log.key"));
    house.register.rotate_log_key(&house.op(), Seed([8; 32])).expect("rotates");
    let (new, second) = (read(&keys.join("log.key")), key(&house));
    // Killed after the signature, before the new key took the place of the old one.
    fs::write(keys.join("log.key"), &old).expect("writes");
    fs::write(keys.join("log.next"), &new).expect("writes");
    let house = house.again();
    house.family("Pumps").expect("added");
    let signed = house.checkpoint();
    let note = Note::read(signed.note.as_bytes()).expect("a note");
    assert_eq!(note.signers(&[first, second]).expect("signed").len(), 2);
    assert_eq!(read(&keys.join("log.key")), new);
    assert!(!keys.join("log.next").exists());
    // Killed before the ledger knew of the new key.
    let never = aftercare_evidence::Signer::from_seed(key(&house).name(), &[3; 32]).expect("named");
    fs::write(keys.join("log.next"), never.to_secret()).expect("writes");
    let house = house.again();
    assert!(!keys.join("log.next").exists());
    assert!(house.register.verify().expect("verifies").holds());
}

#[test]
fn beside_a_writer_a_copy_is_written_under_a_checkpoint_over_everything_or_not_at_all() {
    let house = House::new();
    house.family("Pumps").expect("added");
    house.checkpoint();
    house.family("Monitors").expect("added");
    let reading = Options { access: Access::Read, ..House::options(house.dir.path()) };
    let beside = Register::open(house.dir.path(), reading).expect("opens");
    let copy = house.dir.path().join("copy");
    let refused = beside.export_signed(&copy, Wish { blobs: true }).map(|_| ());
    assert_eq!(refused, Err(Fault::NotAllSigned { signed: 2, size: 3 }));
    assert!(!copy.exists() && !copy.with_extension("half").exists());
    let signed = house.checkpoint();
    let done = beside.export_signed(&copy, Wish { blobs: true }).expect("exports");
    assert_eq!(done.checkpoint, signed);
    let report = verify_copy(&copy, &[key(&house)], None).expect("checks");
    assert!(report.holds(), "{:?}", report.findings);
}

#[test]
fn a_lost_key_stops_signing_only_and_its_successor_must_be_pinned_anew() {
    let house = House::new();
    house.family("Pumps").expect("added");
    house.checkpoint();
    let first = key(&house);
    fs::remove_file(house.dir.path().join("keys/log.key")).expect("removes");
    let house = house.again();
    house.family("Monitors").expect("the record goes on");
    let fault = house.register.checkpoint(&house.op()).map(|_| ());
    assert_eq!(fault, Err(Fault::NoSigningKey));
    house.register.rotate_log_key(&house.op(), Seed([8; 32])).expect("a new key");
    let second = key(&house);
    assert_eq!(first.name(), second.name());
    let copy = house.dir.path().join("copy");
    house.register.export(&house.op(), &copy, Wish { blobs: false }).expect("exports");
    let report = verify_copy(&copy, &[first], None).expect("checks");
    assert!(!report.holds(), "nobody vouched for the new key");
    assert_eq!(report.signed, Some(2));
    assert!(verify_copy(&copy, &[second], None).expect("checks").holds());
}

#[test]
fn a_second_place_gets_everything_and_catches_up_after_it_was_away() {
    let place = tempfile::tempdir().expect("a directory");
    let second = place.path().join("copy");
    let house = House::new();
    families(&house, 0, 300);
    house.checkpoint();
    let copy_to = Some(second.clone());
    let options = Options { copy_to, ..House::options(house.dir.path()) };
    let house = house.reopened(options).expect("opens");
    assert_eq!(read(&second.join("checkpoint")), read(&house.dir.path().join("log/checkpoint")));
    fs::remove_dir_all(&second).expect("removes");
    fs::write(&second, b"in the way").expect("writes");
    families(&house, 300, 310);
    let signed = house.checkpoint();
    assert_eq!(signed.size, 311, "trouble there does not stop us here");
    fs::remove_file(&second).expect("removes");
    families(&house, 310, 311);
    let signed = house.checkpoint();
    assert_eq!(read(&second.join("checkpoint")), signed.note);
    assert!(second.join("checkpoints/301").exists() && second.join("tile/0/000").exists());
    assert!(house.register.verify().expect("verifies").holds());
}

#[test]
fn whatever_was_missing_after_a_kill_is_there_after_the_next_opening() {
    for lost in ["log", "log/checkpoint", "log/checkpoints", "log/tile", "log/tile/0/000"] {
        let house = House::new();
        families(&house, 0, 299);
        house.checkpoint();
        families(&house, 299, 305);
        let signed = house.checkpoint();
        let place = house.dir.path().join(lost);
        if place.is_dir() {
            fs::remove_dir_all(&place).expect("removes");
        } else {
            fs::remove_file(&place).expect("removes");
        }
        let house = house.again();
        let log = house.dir.path().join("log");
        assert_eq!(read(&log.join("checkpoint")), signed.note, "{lost}");
        assert!(house.register.verify().expect("verifies").holds(), "{lost}");
        house.family("one more").expect("added");
        house.checkpoint();
        let report = house.register.verify().expect("verifies");
        assert!(report.holds(), "{lost}: {:?}", report.differences);
    }
}

#[test]
fn an_entry_that_no_bundle_could_hold_is_refused_and_nothing_of_it_stays() {
    let house = House::new();
    let op = house.op();
    let event = aftercare_domain::family::FamilyAdded {
        family: op.new_id(),
        name: "x".repeat(66_000),
        description: None,
    };
    let refused = house.register.transact::<_, Fault>(&op, |pen| pen.record(event)).map(|_| ());
    let Err(fault @ Fault::EntryTooLarge { limit: 65_535, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert!(fault.to_string().contains("Nothing was kept"), "{fault}");
    assert_eq!(house.register.reader().expect("reads").position(), 0);
}

#[test]
fn a_copy_is_whole_or_not_there_and_never_over_something_else() {
    let house = House::new();
    house.family("Pumps").expect("added");
    let place = tempfile::tempdir().expect("a directory");
    let taken = place.path().join("taken");
    fs::create_dir(&taken).expect("makes");
    fs::write(taken.join("mine"), b"keep").expect("writes");
    let refused = house.register.export(&house.op(), &taken, Wish { blobs: true }).map(|_| ());
    assert!(matches!(refused, Err(Fault::ExportPlace { .. })), "{refused:?}");
    assert_eq!(read(&taken.join("mine")), "keep");
    let empty = place.path().join("empty");
    fs::create_dir(&empty).expect("makes");
    let done = house.register.export(&house.op(), &empty, Wish { blobs: true }).expect("exports");
    assert_eq!(read(&empty.join("checkpoint")), done.checkpoint.note);
    let names: Vec<String> = fs::read_dir(place.path())
        .expect("lists")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().all(|name| name == "taken" || name == "empty"), "{names:?}");
    let fault = verify_copy(&taken, &[], None).map(|_| ()).expect_err("no copy");
    assert!(matches!(fault, Fault::NotACopy { .. }), "{fault}");
    let beside = Options { access: Access::Read, ..House::options(house.dir.path()) };
    let beside = Register::open(house.dir.path(), beside).expect("opens");
    assert_eq!(beside.checkpoint(&house.op()).map(|_| ()), Err(Fault::OpenedForReading));
}
