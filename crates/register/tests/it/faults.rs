use crate::house::House;
use aftercare_domain::{Event, sbom::SbomReceived};
use aftercare_register::{Access, CLOCK_TOLERANCE_MICROS, Denied, Fault, Options, Page, Register};
use aftercare_testkit::engine::options;
use aftercare_vocab::{digest::Digest, instant::Instant, inventory::Format};
use rusqlite::Connection;

fn reading() -> Options {
    Options { access: Access::Read, ..Options::default() }
}

#[test]
fn a_second_writer_is_turned_away_from_a_file_and_a_reader_is_not() {
    let house = House::in_a_file();
    house.family("a").expect("added");
    let second = Register::open(house.dir.path(), Options::default()).map(|_| ());
    let Err(fault @ Fault::InUse { .. }) = second else { panic!("{second:?}") };
    assert!(fault.to_string().contains("in use by another process"));
    let beside = Register::open(house.dir.path(), reading()).expect("reads");
    let families = beside.reader().expect("reads").families(&Page::first(9)).expect("reads");
    assert_eq!(families.items.len(), 1);
    let refused = beside.transact::<(), Denied>(&house.op(), |_| Ok(()));
    assert_eq!(refused.map(|_| ()), Err(Denied::Fault(Fault::OpenedForReading)));
    assert_eq!(beside.stage(b"x").map(|_| ()), Err(Fault::OpenedForReading));
}

#[test]
fn closing_lets_the_next_process_in_and_everything_is_there() {
    let house = House::new();
    house.family("a").expect("added");
    let before = house.register.reader().expect("reads").head().expect("head");
    let House { dir, register, .. } = house;
    drop(register);
    let again = Register::open(dir.path(), options(dir.path(), Access::Write)).expect("opens");
    assert_eq!(again.reader().expect("reads").head().expect("head"), before);
}

#[test]
fn a_clock_set_back_stops_writing_and_small_disorder_does_not() {
    let house = House::new();
    let now = Instant::from_micros(9_000_000_000_000);
    let family = |at: Instant, name: &str| {
        let op = House::op_at(at, at.micros());
        let added = aftercare_domain::family::FamilyAdded {
            family: op.new_id(),
            name: name.into(),
            description: None,
        };
        house.register.transact::<_, Denied>(&op, |pen| Ok(pen.record(added)?))
    };
    family(now, "a").expect("the first");
    let late = family(now.plus_micros(-CLOCK_TOLERANCE_MICROS), "b").expect("a little late");
    assert_eq!(late.at, now, "instants never go backwards");
    let back = family(now.plus_micros(-CLOCK_TOLERANCE_MICROS - 1), "c");
    assert!(matches!(back, Err(Denied::Fault(Fault::ClockBack { .. }))), "{back:?}");
    family(now.plus_micros(1), "d").expect("writing goes on");
}

#[test]
fn a_clock_set_back_while_the_server_was_down_stops_writing_and_says_so() {
    let house = House::new();
    let at = |days: i64| Instant::from_micros(9_000_000_000_000 + days * 86_400_000_000);
    let add = |house: &House, at: Instant, name: &str| {
        let op = House::op_at(at, at.micros());
        let event = aftercare_domain::family::FamilyAdded {
            family: op.new_id(),
            name: name.into(),
            description: None,
        };
        house.register.transact::<_, Denied>(&op, |pen| Ok(pen.record(event)?)).map(|_| ())
    };
    add(&house, at(2), "a").expect("the first");
    let house = house.again();
    let refused = add(&house, at(1), "b").expect_err("a day back");
    assert!(matches!(refused, Denied::Fault(Fault::ClockBack { .. })), "{refused}");
    assert!(refused.to_string().contains("clock"), "{refused}");
    let reader = house.register.reader().expect("everything can be read");
    assert_eq!(reader.families(&Page::first(9)).expect("reads").items.len(), 1);
    assert!(house.register.verify().expect("verifies").holds());
    let house = house.again();
    add(&house, at(3), "c").expect("the clock is right again");
}

#[test]
fn an_entry_without_its_blob_cannot_be() {
    let house = House::new();
    let missing = Digest::of(b"never staged");
    let event: Event = SbomReceived {
        version: house.op().new_id(),
        sbom: missing,
        size: 1,
        format: Format::SpdxJson,
        spec_version: "2.3".into(),
        inventory: missing,
        reader: "r".into(),
        components: 0,
        dependencies: 0,
        warnings: 0,
        received_from: None,
        replaces: Vec::new(),
    }
    .into();
    let refused = house.register.transact::<_, Denied>(&house.op(), |pen| Ok(pen.record(event)?));
    let fault = Denied::Fault(Fault::BlobMissing { digest: missing });
    assert_eq!(refused.map(|_| ()), Err(fault));
    assert_eq!(house.register.reader().expect("reads").head().expect("head").size, 0);
}

#[test]
fn a_file_that_is_no_register_or_of_a_newer_release_is_refused_untouched() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("register.db");
    let noise = b"this is no database at all, but long enough to have a header of one".repeat(20);
    std::fs::write(&file, &noise).expect("writes");
    let opened = Register::open(dir.path(), Options::default()).map(|_| ());
    assert!(matches!(opened, Err(Fault::Corrupt { .. })), "{opened:?}");
    assert_eq!(std::fs::read(&file).expect("reads"), noise);

    let House { dir, register, .. } = House::in_a_file();
    drop(register);
    let newer = Connection::open(dir.path().join("register.db")).expect("opens");
    newer.execute("INSERT INTO migration VALUES (99, 'from the future')", []).expect("writes");
    let opened = Register::open(dir.path(), Options::default()).map(|_| ());
    assert_eq!(opened, Err(Fault::NewerSchema { found: 99, known: 4 }));
}

#[test]
fn a_directory_that_cannot_be_made_is_one_clear_message() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("taken");
    std::fs::write(&file, b"a file stands here").expect("writes");
    let opened = Register::open(&file.join("data"), Options::default());
    let fault = opened.map(|_| ()).expect_err("no directory below a file");
    assert!(fault.to_string().contains("taken"), "{fault}");
    let missing = Register::open(&dir.path().join("none"), reading());
    assert!(matches!(missing.map(|_| ()), Err(Fault::ReadOnly { .. })));
}
