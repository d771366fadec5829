//! Twins of a register, on whichever engine the tests run.

use crate::{
    backup::{fill, quiet},
    house::House,
    intruder::Intruder,
};
use aftercare_domain::{
    Actor, Event, Operation, Refusal,
    contact::Person,
    twin::{self as rules, TwinFacts, TwinMade, TwinName},
};
use aftercare_register::{
    Access, BlobPlace, BlobsTo, Denied, Fault, Fork, Options, Page, Register, Seed, Store, Twins,
    read::contact::Unsealed,
};
use aftercare_testkit::{bucket, engine};
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::{
    collections::BTreeMap,
    fs,
    sync::atomic::{AtomicBool, Ordering},
};

fn name(text: &str) -> TwinName {
    text.parse().expect("a name")
}

/// The twins of a house: below its own directory, so that no other test has them.
fn twins(house: &House) -> Twins {
    let dir = house.dir.path();
    Twins::of(&dir.join("register"), &engine::store(dir))
}

fn size(register: &Register) -> u64 {
    register.reader().expect("reads").position()
}

fn fork(house: &House, op: &Operation, text: &str, upto: u64) -> Result<(), Denied> {
    let fork = Fork { name: name(text), manufacturer: "Maker", upto, seed: Seed([8; 32]) };
    house.register.fork(op, &twins(house), fork, &mut quiet()).map(|_| ())
}

fn open(house: &House, text: &str, access: Access) -> Register {
    let twins = twins(house);
    let store = twins.store(&name(text)).expect("a store");
    let options = Options { access, store, ..Options::default() };
    Register::open(&twins.register(&name(text)), options).expect("opens")
}

/// The twin's register with the tools of the house.
fn families(register: &Register) -> usize {
    register.reader().expect("reads").families(&Page::first(99)).expect("reads").items.len()
}

type Dump = BTreeMap<String, Vec<String>>;

/// What a twin shares with its original: no account of the place, no keys, nothing that was signed.
fn shared(mut dump: Dump) -> Dump {
    for own in ["migration", "store", "head", "replay", "checkpoint", "subject_key", "twin_mark"] {
        dump.remove(own);
    }
    dump
}

fn dump(house: &House, twin: Option<&str>) -> Dump {
    let dir = house.dir.path();
    let intruder = match (engine::engine(), twin) {
        (_, None) => Intruder::at(dir),
        (None, Some(twin)) => Intruder::in_file(&twins(house).register(&name(twin))),
        (Some(address), Some(twin)) => {
            let schema = format!("{}_t_{}", engine::schema(dir), twin.replace('-', "__"));
            Intruder::on_server(&address, &schema)
        }
    };
    intruder.dump()
}

#[test]
fn a_twin_begins_as_the_original_was_then_and_adds_that_it_is_one() {
    let house = House::new();
    fill(&house);
    house.checkpoint();
    let (then, before) = (size(&house.register), shared(dump(&house, None)));
    house.family("Later").expect("added");
    let now = size(&house.register);
    let op = house.op().because("an exercise").expect("a reason");
    fork(&house, &op, "then", then).expect("forks");
    fork(&house, &house.op(), "now", now).expect("forks");

    let mut twin = shared(dump(&house, Some("then")));
    let entries = twin.get_mut("ledger").expect("a ledger");
    assert_eq!(entries.len() as u64, then + 2, "it adds that it is a twin, and its key");
    entries.retain(|row| !row.contains("twin_forked") && !row.contains("log_key_adopted"));
    let listed = twin.get_mut("listed").expect("entries by what they are about");
    assert_eq!(listed.len(), 2, "its own key belongs to the security record");
    listed.retain(|row| !row.contains(&(then + 2).to_string()));
    let mut before = before;
    before.get_mut("ledger").expect("a ledger").retain(|row| !row.contains("log_key_adopted"));
    assert_eq!(twin, before);

    for (twin, upto, families) in [("then", then, 1), ("now", now, 2)] {
        let twin = open(&house, twin, Access::Write);
        let mark = twin.twin_mark().expect("reads").expect("a twin");
        assert_eq!((mark.position, mark.manufacturer.as_str()), (upto, "Maker"));
        assert_eq!(
            mark.root,
            house.register.reader_at(upto).expect("reads").head().expect("root").root
        );
        assert_eq!(mark.by.as_str(), "person:anna");
        assert_eq!(self::families(&twin), families);
        let found = twin.verify().expect("verifies");
        assert!(found.holds(), "{:?}", found.differences);
    }
    let mark = open(&house, "then", Access::Read).twin_mark().expect("reads").expect("a twin");
    assert_eq!(mark.reason.as_deref(), Some("an exercise"));
    let key = &house.register.log_keys().expect("reads")[0];
    assert!(key.starts_with(&mark.of.expect("named")), "the mark names the original's log");
}

#[test]
fn neither_moves_the_other_and_a_discarded_twin_leaves_the_original_untouched() {
    let house = House::new();
    fill(&house);
    fork(&house, &house.op(), "a", size(&house.register)).expect("forks");
    let before = dump(&house, None);
    let twin = House::over(open(&house, "a", Access::Write), 100);
    twin.family("Only in the twin").expect("added");
    let uncited =
        |house: &House| house.register.sweep(Instant::from_micros(i64::MAX)).expect("sweeps");
    twin.register.stage(b"uncited").expect("stages");
    assert_eq!(uncited(&twin), 1);
    assert_eq!(dump(&house, None), before);
    let twin_before = dump(&house, Some("a"));
    house.family("Only in the original").expect("added");
    assert_eq!(uncited(&house), 0);
    assert_eq!(dump(&house, Some("a")), twin_before);
    assert!(twin.register.verify().expect("verifies").holds());

    let place = twins(&house).register(&name("a"));
    let discard = || twins(&house).discard(&name("a"), || Ok::<(), Fault>(()));
    assert!(discard().is_err(), "somebody has it open");
    assert!(place.exists());
    drop(twin);
    discard().expect("discards");
    assert!(!place.exists() && twins(&house).names().expect("lists").is_empty());
    assert!(
        !twins(&house).store(&name("a")).expect("a store").holds_register(&place).expect("looks")
    );
    assert!(house.register.verify().expect("verifies").holds());
    fork(&house, &house.op(), "a", size(&house.register)).expect("the name is free again");
}

#[test]
fn the_original_names_its_twins_as_of_any_moment_and_a_replay_gives_the_same() {
    let house = House::new();
    let made = |text: &str| TwinMade {
        name: name(text),
        log: None,
        position: 0,
        root: Digest::of(b""),
        at: Instant::from_micros(crate::house::MONDAY),
        by: Actor::system("test"),
    };
    let change = |decide: &dyn Fn(&TwinFacts) -> Result<Vec<Event>, Refusal>| {
        let op = house.op().because("trying").expect("a reason");
        let done = house.register.transact::<_, Denied>(&op, |pen| {
            let events = decide(&pen.facts().twins()?)?;
            Ok(pen.record_all(events)?)
        });
        done.map(|receipt| receipt.after)
    };
    let first = change(&|facts| rules::make(facts, made("a"))).expect("made");
    change(&|facts| rules::make(facts, made("a"))).expect_err("the name is taken");
    change(&|facts| rules::discard(facts, name("a"))).expect("discarded");
    change(&|facts| rules::make(facts, made("b"))).expect("made");
    change(&|facts| rules::make(facts, made("a"))).expect("made again");
    let named = |at: u64| -> Vec<String> {
        let rows = house.register.reader_at(at).expect("reads").twins().expect("reads");
        assert!(rows.iter().all(|row| row.reason.as_deref() == Some("trying")));
        rows.into_iter().map(|row| row.made.name.to_string()).collect()
    };
    let found: Vec<_> = (0..=first + 3).map(named).collect();
    assert_eq!(found, [vec![], vec!["a"], vec![], vec!["b"], vec!["a", "b"]]);
    assert!(house.register.verify().expect("verifies").holds());
}

#[test]
fn a_twin_signs_with_its_own_key_and_never_as_the_original() {
    let house = House::new();
    fill(&house);
    house.checkpoint();
    fork(&house, &house.op(), "a", size(&house.register)).expect("forks");
    let (ours, second) =
        (house.register.log_keys().expect("reads"), tempfile::tempdir().expect("a place"));
    let twins = twins(&house);
    let options = Options {
        store: twins.store(&name("a")).expect("a store"),
        seed: Some(Seed([7; 32])), // the chance of the original's own key, given to the twin
        copy_to: Some(second.path().to_owned()),
        ..Options::default()
    };
    let twin = Register::open(&twins.register(&name("a")), options).expect("opens");
    let signed = twin.checkpoint(&house.op()).expect("signs");
    let keys = twin.log_keys().expect("reads");
    assert_eq!(keys.len(), 1);
    assert!(!ours.contains(&keys[0]));
    let origin = ours[0].split('+').next().expect("a name");
    assert!(!signed.note.contains(origin), "{}", signed.note);
    assert_eq!(fs::read_dir(second.path()).expect("lists").count(), 0, "nothing left the twin");
    assert!(twin.outward("Mail").is_err() && house.register.outward("Mail").is_ok());
    assert!(twin.verify().expect("verifies").holds());

    // Chance that gives the original's key gives no twin.
    let fork = Fork { name: name("b"), manufacturer: "Maker", upto: 3, seed: Seed([7; 32]) };
    let forged = house.register.fork(&house.op(), &twins, fork, &mut quiet());
    assert!(forged.is_err() && !twins.is_anything(&name("b")), "{forged:?}");
}

#[test]
fn what_is_known_about_persons_stays_with_the_original() {
    let house = House::new();
    let clinic = house.consignee("Clinic").expect("added");
    let (contact, subject) = house.contact(clinic, None, &crate::privacy::person()).expect("added");
    fork(&house, &house.op(), "a", size(&house.register)).expect("forks");
    assert!(!dump(&house, None)["subject_key"].is_empty());
    assert!(dump(&house, Some("a"))["subject_key"].is_empty());
    let twin = House::over(open(&house, "a", Access::Write), 100);
    let shown = |twin: &House| {
        let reader = twin.register.reader().expect("reads");
        reader.contact(contact).expect("reads").expect("there").person
    };
    assert_eq!(shown(&twin), Unsealed::NotInTwin);
    let made_up = Person { name: "Exercise Player".into(), ..crate::privacy::person() };
    twin.change_contact(contact, subject, &made_up).expect("changed");
    assert_eq!(shown(&twin), Unsealed::Text(made_up));
    assert!(twin.register.verify().expect("verifies").holds());
    let reader = house.register.reader().expect("reads");
    let person = reader.contact(contact).expect("reads").expect("there").person;
    assert_eq!(person, Unsealed::Text(crate::privacy::person()));
}

#[test]
fn a_twin_is_made_while_somebody_writes() {
    let house = House::new();
    fill(&house);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = 0;
            while !stop.load(Ordering::SeqCst) {
                house.family(&format!("Family {written}")).expect("added");
                written += 1;
            }
            written
        });
        for round in 0..3 {
            let upto = size(&house.register);
            // A later instant than any of the writer's.
            let op = House::op_at(Instant::from_micros(crate::house::MONDAY * 2), round);
            fork(&house, &op, &format!("t{round}"), upto).expect("forks");
            let twin = open(&house, &format!("t{round}"), Access::Read);
            assert_eq!(twin.twin_mark().expect("reads").expect("a twin").position, upto);
            assert!(twin.verify().expect("verifies").holds());
        }
        stop.store(true, Ordering::SeqCst);
        assert!(writer.join().expect("no panic") > 0, "it wrote meanwhile");
    });
    assert!(house.register.verify().expect("verifies").holds());
}

#[test]
fn documents_in_a_bucket_come_into_the_twins_own_directory() {
    let server = bucket::Server::start().expect("starts");
    let house = House::with_blobs(BlobPlace::Bucket(server.bucket()));
    fill(&house);
    let before = server.files().expect("lists");
    fork(&house, &house.op(), "a", size(&house.register)).expect("forks");
    assert!(!server.requests().is_empty(), "they were fetched");
    let twin = open(&house, "a", Access::Write);
    assert!(twin.verify().expect("verifies").holds());
    assert_eq!(server.requests(), Vec::<String>::new(), "the twin never speaks to the bucket");
    assert_eq!(server.files().expect("lists"), before);
}

#[test]
fn what_a_kill_left_of_a_twin_is_shown_nowhere_and_cleared_away() {
    let house = House::new();
    fill(&house);
    let (twins, size) = (twins(&house), size(&house.register));
    fork(&house, &house.op(), "a", size).expect("forks");
    let dir = twins.place(&name("a"));
    let nothing = || Ok::<(), Fault>(());
    for end in [".making", ".leaving"] {
        let half = dir.with_file_name(format!("a{end}"));
        fs::rename(&dir, &half).expect("as if killed");
        assert!(twins.names().expect("lists").is_empty(), "{end}");
        assert!(twins.is_anything(&name("a")));
        twins.discard(&name("a"), nothing).expect("discards");
        assert!(!half.exists() && !twins.is_anything(&name("a")));
        fork(&house, &house.op(), "a", size).expect("forks");
        fs::rename(&dir, &half).expect("as if killed");
        fork(&house, &house.op(), "a", size).expect("and forks over it");
        assert!(open(&house, "a", Access::Write).verify().expect("verifies").holds());
    }
    let taken = fork(&house, &house.op(), "a", size).expect_err("it is there");
    assert!(
        matches!(&taken, Denied::Refusal(refusal) if refusal.code == "twin_name_taken"),
        "{taken}"
    );
}

#[test]
fn a_twin_in_the_place_of_a_record_is_still_marked_and_has_no_twins() {
    let house = House::new();
    fill(&house);
    fork(&house, &house.op(), "a", size(&house.register)).expect("forks");
    let elsewhere = tempfile::tempdir().expect("a directory");
    let twin = open(&house, "a", Access::Read);
    let moved = elsewhere.path().join("register");
    twin.copy_to(&moved, &Store::Sqlite, BlobsTo::Copy, None, &mut quiet()).expect("copies");
    let moved = House::over(Register::open(&moved, House::file_options()).expect("opens"), 100);
    assert_eq!(moved.register.twin_mark().expect("reads").expect("marked").name, name("a"));
    let again = Twins::of(&elsewhere.path().join("register"), &Store::Sqlite);
    let fork = Fork { name: name("b"), manufacturer: "Maker", upto: 3, seed: Seed([9; 32]) };
    let refused = moved.register.fork(&moved.op(), &again, fork, &mut quiet()).map(|_| ());
    assert!(matches!(&refused, Err(Denied::Refusal(r)) if r.code == "twin_of_twin"), "{refused:?}");
}
