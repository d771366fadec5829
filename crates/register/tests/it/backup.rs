//! Backup and restore, as an administrator meets them, on whichever engine the tests run.

use crate::{
    house::{House, covered, not_covered, verdict},
    intruder::Intruder,
};
use aftercare_domain::{
    contact::Person,
    finding::DependsOn,
    sbom::Standing,
    unit::{Installed, WhyUnknown},
};
use aftercare_register::{
    Access, Backup, BlobPlace, BlobsTo, Fault, Hold, Made, Options, Postgres, Register, Store,
    check_backup, read::contact::Unsealed, restore,
};
use aftercare_testkit::{bucket, engine};
use aftercare_vocab::{instant::Instant, verdict::Answer};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

const LATER: Instant = Instant::from_micros(1_772_500_000_000_000);

pub fn fill(house: &House) {
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump one").expect("added");
    let version = house.version(product, "1.0").expect("added");
    let clinic = house.consignee("Clinic").expect("added");
    let site = house.site(clinic, "House A").expect("added");
    let unknown = Installed::Unknown(WhyUnknown::NotTold);
    let units = [("S-1", Installed::Version(version)), ("S-2", unknown)];
    house.units(product, site, &units).expect("recorded");
    let parts = [("minimist", "1.2.0"), ("odd", "0.1.0")];
    let sbom = house.sbom(version, &parts, Standing::Instead).expect("received");
    let edition = house.edition("edition one").expect("adopted");
    let grave = verdict("CVE-2021-44906", Answer::Affected, 98);
    let found = vec![covered(0, DependsOn::Component, vec![grave]), not_covered(1)];
    house.assess(sbom, edition, found).expect("assessed");
}

pub fn quiet() -> impl FnMut(&'static str, u64, u64) {
    |_, _, _| {}
}

pub fn wish(to: &Path) -> Backup<'_> {
    Backup { to, force: false, at: LATER, beside: &[], editions: None }
}

fn back_up(register: &Register, to: &Path) -> Result<Made, Fault> {
    register.backup(&wish(to), &mut quiet())
}

/// A place for files and for a register, with a name of its own on a server.
struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("record.tar")
    }

    fn dir(&self) -> PathBuf {
        self.0.path().join("register")
    }

    fn restore(&self) -> Result<aftercare_register::Restored, Fault> {
        let dir = self.dir();
        restore(
            &self.file(),
            &dir,
            &engine::store(&dir),
            &BlobPlace::Directory,
            LATER,
            false,
            &mut quiet(),
        )
    }

    fn open(&self) -> Register {
        let dir = self.dir();
        Register::open(&dir, engine::options(&dir, Access::Write)).expect("opens")
    }

    /// What lies there: nothing half-done may stay.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .expect("lists")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

fn dump(dir: &Path) -> std::collections::BTreeMap<String, Vec<String>> {
    Intruder::at(dir).dump()
}

#[test]
fn a_restored_record_says_in_every_row_what_the_backed_up_one_said() {
    let house = House::new();
    fill(&house);
    let room = Room::new();
    let made = back_up(&house.register, &room.file()).expect("backs up");
    let report = house.register.verify().expect("verifies");
    assert_eq!((made.manifest.entries, made.manifest.root), (report.entries, report.root));
    assert_eq!(made.bytes, fs::metadata(room.file()).expect("is there").len());
    assert_eq!(room.names(), ["record.tar"], "nothing else stays");
    let restored = room.restore().expect("restores");
    assert_eq!((&restored.manifest, &restored.aside), (&made.manifest, &None));
    assert_eq!(room.names(), ["record.tar", "register"]);
    assert_eq!(dump(&room.dir()), dump(house.dir.path()));
    let again = room.open().verify().expect("verifies");
    assert!(again.holds(), "{:?}", again.differences);
    assert_eq!((again.root, again.rows, again.blobs), (report.root, report.rows, report.blobs));
}

#[test]
fn a_record_is_restored_with_its_blobs_in_a_bucket() {
    let house = House::new();
    fill(&house);
    let room = Room::new();
    back_up(&house.register, &room.file()).expect("backs up");
    let server = bucket::Server::start().expect("starts");
    let place = BlobPlace::Bucket(server.bucket());
    let (dir, at) = (room.dir(), LATER);
    let store = engine::store(&dir);
    restore(&room.file(), &dir, &store, &place, at, false, &mut quiet()).expect("restores");
    let options = Options { blobs: place, ..engine::options(&dir, Access::Write) };
    let restored = Register::open(&dir, options).expect("opens");
    let (found, before) =
        (restored.verify().expect("verifies"), house.register.verify().expect("verifies"));
    assert!(found.holds(), "{:?}", found.differences);
    assert_eq!((found.root, found.blobs), (before.root, before.blobs));
    let kept = server.files().expect("lists").len() as u64;
    assert!(kept > 0 && kept <= before.blobs, "{kept} objects");
}

#[test]
fn keys_and_the_published_log_go_along_and_what_is_half_written_does_not() {
    let (house, room) = (House::new(), Room::new());
    for (name, content) in
        [("keys/other.key", "secret"), ("log/other/000", "hashes"), ("log/checkpoint.half", "x")]
    {
        let place = house.dir.path().join(name);
        fs::create_dir_all(place.parent().expect("a folder")).expect("makes");
        fs::write(place, content).expect("writes");
    }
    back_up(&house.register, &room.file()).expect("backs up");
    room.restore().expect("restores");
    let read = |name: &str| fs::read_to_string(room.dir().join(name)).ok();
    assert_eq!(read("keys/other.key").as_deref(), Some("secret"));
    assert_eq!(read("log/other/000").as_deref(), Some("hashes"));
    assert_eq!(read("log/checkpoint.half"), None);
}

#[test]
fn personal_texts_are_readable_after_a_restore_and_erased_ones_stay_erased() {
    let (house, room) = (House::new(), Room::new());
    let clinic = house.consignee("Clinic").expect("added");
    let who = |name: &str| Person { name: name.into(), ..crate::privacy::person() };
    let (kept, _) = house.contact(clinic, None, &who("Mara Lind")).expect("added");
    let (gone, subject) = house.contact(clinic, None, &who("Jon Berg")).expect("added");
    house.erase(subject).expect("erased");
    back_up(&house.register, &room.file()).expect("backs up");
    room.restore().expect("restores");
    let reader = room.open().reader().expect("reads");
    let person = |contact| reader.contact(contact).expect("reads").expect("is there").person;
    assert_eq!(person(kept), Unsealed::Text(who("Mara Lind")));
    assert!(matches!(person(gone), Unsealed::Erased(_)));
}

#[test]
fn a_backup_of_the_first_format_is_restored_by_every_later_release() {
    let room = Room::new();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/backup-1.tar");
    fs::copy(kept, room.file()).expect("copies");
    let restored = room.restore().expect("restores");
    let expected = "sha256:267ecb24f998fdcd7c87cc4e01debdfd0f0acca890bd1433b464d838ea396cb9";
    assert_eq!(restored.manifest.root.to_string(), expected);
    assert_eq!((restored.manifest.format, restored.manifest.schema), (1, 1));
    let report = room.open().verify().expect("verifies");
    assert!(report.holds() && report.entries == 19, "{:?}", report.differences);
}

#[test]
fn an_empty_record_can_be_backed_up_and_restored_too() {
    let (house, room) = (House::new(), Room::new());
    back_up(&house.register, &room.file()).expect("backs up");
    assert_eq!(room.restore().expect("restores").manifest.entries, 0);
    assert!(room.open().verify().expect("verifies").holds());
}

#[test]
fn a_backup_while_others_write_is_of_one_moment() {
    let (house, room) = (House::new(), Room::new());
    fill(&house);
    let done = AtomicBool::new(false);
    let (before, made) = std::thread::scope(|scope| {
        let before = house.register.reader().expect("reads").position();
        scope.spawn(|| {
            for n in 0.. {
                house.supplier(&format!("supplier {n}")).expect("added");
                if done.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        let made = back_up(&house.register, &room.file());
        done.store(true, Ordering::SeqCst);
        (before, made.expect("backs up"))
    });
    assert!(made.manifest.entries >= before);
    room.restore().expect("restores");
    let restored = room.open();
    let report = restored.verify().expect("verifies");
    assert!(report.holds(), "{:?}", report.differences);
    assert_eq!((report.entries, report.root), (made.manifest.entries, made.manifest.root));
    let there = house.register.reader_at(made.manifest.entries).expect("reads").head();
    assert_eq!(there.expect("reads").root, report.root, "it is a beginning of the original");
}

#[test]
fn the_record_that_stood_there_is_kept_aside_and_the_new_one_can_be_written_to() {
    let (house, room) = (House::new(), Room::new());
    fill(&house);
    back_up(&house.register, &room.file()).expect("backs up");
    let old = room.open();
    let family = aftercare_domain::family::FamilyAdded {
        family: House::op_at(LATER, 1).new_id(),
        name: "Old".into(),
        description: None,
    };
    let op = House::op_at(LATER, 1);
    old.transact::<_, aftercare_register::Denied>(&op, |pen| Ok(pen.record(family)?))
        .expect("kept");
    let root = old.verify().expect("verifies").root;
    drop(old);
    let restored = room.restore().expect("restores");
    let aside = restored.aside.expect("kept");
    let name = "register.replaced-20260303T010640Z";
    assert!(aside.contains(name), "{aside}");
    assert_eq!(room.names(), ["record.tar", "register", name]);
    let store = match engine::store(&room.dir()) {
        Store::Sqlite => Store::Sqlite,
        server @ Store::Postgres(_) => server.named("_20260303t010640z").expect("a name"),
    };
    let options = Options { access: Access::Read, store, ..Options::default() };
    let old = Register::open(&room.0.path().join(name), options).expect("opens");
    assert_eq!(old.verify().expect("verifies").root, root);
    let new = room.open();
    assert!(new.verify().expect("verifies").entries > 1);
    let op = House::op_at(LATER, 2);
    let added =
        aftercare_domain::supplier::SupplierAdded { supplier: op.new_id(), name: "N".into() };
    new.transact::<_, aftercare_register::Denied>(&op, |pen| Ok(pen.record(added)?)).expect("kept");
}

#[test]
fn a_record_that_a_server_holds_is_not_replaced() {
    let (house, room) = (House::new(), Room::new());
    fill(&house);
    back_up(&house.register, &room.file()).expect("backs up");
    let held = room.open();
    let refused = room.restore().expect_err("held");
    assert!(matches!(refused, Fault::InUse { .. }), "{refused}");
    assert!(refused.to_string().contains("Stop the other"), "{refused}");
    assert!(held.verify().expect("verifies").holds());
    assert_eq!(room.names(), ["record.tar", "register"]);
    drop(held);
    room.restore().expect("restores");
}

#[test]
fn a_backup_never_replaces_a_file_unless_it_is_told_to() {
    let (house, room) = (House::new(), Room::new());
    fs::write(room.file(), "precious").expect("writes");
    let refused = back_up(&house.register, &room.file()).expect_err("taken");
    assert!(matches!(refused, Fault::Taken { .. }), "{refused}");
    assert_eq!(fs::read(room.file()).expect("reads"), b"precious");
    let to = room.file();
    let forced = Backup { force: true, ..wish(&to) };
    house.register.backup(&forced, &mut quiet()).expect("replaces");
    check_backup(&room.file(), &room.dir(), &mut quiet()).expect("a good backup");
    assert_eq!(room.names(), ["record.tar"], "a check leaves nothing behind");
}

#[test]
fn a_register_that_is_damaged_is_told_and_not_copied() {
    for (attack, part) in [
        ("UPDATE ledger SET actor = 'person:eve' WHERE seq = 4", "entry 4"),
        ("UPDATE head SET root = leaf, frontier = leaf FROM ledger WHERE seq = 1", "frontier"),
        ("DELETE FROM ledger WHERE seq = 9", "the head counts"),
    ] {
        let (house, room) = (House::in_a_file(), Room::new());
        fill(&house);
        let intruder = Intruder::in_file(house.dir.path());
        intruder.run("DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete; PRAGMA foreign_keys = OFF").expect("drops");
        intruder.edit(attack);
        let fault = back_up(&house.register, &room.file()).expect_err(attack);
        assert!(fault.to_string().contains(part), "{attack}: {fault}");
        assert!(room.names().is_empty(), "{attack}: {:?}", room.names());
    }
    let (house, room) = (House::new(), Room::new());
    fill(&house);
    let blob = first_blob(house.dir.path());
    fs::write(&blob, b"something else").expect("writes");
    let fault = back_up(&house.register, &room.file()).expect_err("damaged");
    assert!(matches!(fault, Fault::BlobDamaged { .. }), "{fault}");
    fs::remove_file(&blob).expect("removes");
    let fault = back_up(&house.register, &room.file()).expect_err("missing");
    assert!(matches!(fault, Fault::BlobMissing { .. }), "{fault}");
    assert!(room.names().is_empty());
}

fn first_blob(dir: &Path) -> PathBuf {
    let shelf = |dir: PathBuf| {
        let mut found: Vec<PathBuf> =
            fs::read_dir(dir).expect("lists").map(|e| e.expect("an entry").path()).collect();
        found.sort();
        found
    };
    let first = shelf(dir.join("blobs")).remove(0);
    shelf(first).remove(0)
}

#[test]
fn a_flipped_byte_anywhere_in_a_backup_is_refused_before_anything_is_touched() {
    let (house, room) = (House::new(), Room::new());
    fill(&house);
    back_up(&house.register, &room.file()).expect("backs up");
    let good = fs::read(room.file()).expect("reads");
    for at in (0..good.len()).step_by(good.len() / 211) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(room.file(), &bad).expect("writes");
        let told = room.restore().expect_err(&format!("byte {at}")).to_string();
        assert!(
            told.contains("record.tar") && told.contains("Nothing was changed"),
            "{at}: {told}"
        );
        assert_eq!(room.names(), ["record.tar"], "byte {at}");
    }
}

#[test]
fn a_shortened_backup_and_a_file_of_another_kind_are_refused() {
    let (house, room) = (House::new(), Room::new());
    fill(&house);
    back_up(&house.register, &room.file()).expect("backs up");
    let good = fs::read(room.file()).expect("reads");
    let refused = |bytes: &[u8]| {
        fs::write(room.file(), bytes).expect("writes");
        let fault = room.restore().expect_err("refused");
        assert!(matches!(fault, Fault::Backup { .. }), "{fault}");
        fault.to_string()
    };
    for at in (512..good.len()).step_by(good.len() / 53) {
        assert!(refused(&good[..at]).contains("ends in the midst"), "cut at {at}");
    }
    for other in [&b""[..], b"PK\x03\x04 a zip file", &[0; 4096], &good[1..]] {
        assert!(refused(other).contains("not a backup of this program"));
    }
    assert!(refused(&[&good[..], &good[..]].concat()).contains("behind its end"));
    fs::remove_file(room.file()).expect("removes");
    let missing = room.restore().expect_err("missing").to_string();
    assert!(missing.contains("opening the backup"), "{missing}");
}

#[test]
fn a_backup_of_a_later_release_is_refused_by_its_number() {
    let (house, room) = (House::new(), Room::new());
    back_up(&house.register, &room.file()).expect("backs up");
    let mut later = fs::read(room.file()).expect("reads");
    later[512] = b'2';
    fs::write(room.file(), later).expect("writes");
    let fault = room.restore().expect_err("later");
    assert!(matches!(fault, Fault::NewerBackup { found: 2, known: 1, .. }), "{fault}");
}

#[test]
fn a_backup_that_cannot_be_written_is_one_clear_message() {
    let (house, room) = (House::new(), Room::new());
    fs::write(room.file(), "a file").expect("writes");
    let below = room.file().join("record.tar");
    let fault = back_up(&house.register, &below).expect_err("no directory below a file");
    assert!(fault.to_string().contains("record.tar"), "{fault}");
}

/// A schema of the server for tests that is not that of any directory.
fn server(room: &Room, name: &str) -> Option<Store> {
    let schema = format!("{}_{name}", engine::schema(room.0.path()));
    let address = engine::server()?;
    Some(Store::Postgres(Postgres::new(&address, &schema).expect("an address")))
}

#[test]
fn a_record_moves_to_a_server_and_back_and_stays_the_same() {
    let room = Room::new();
    let Some(store) = server(&room, "moved") else { return };
    let House { dir, register, .. } = {
        let house = House::in_a_file();
        fill(&house);
        house
    };
    let expected = register.verify().expect("verifies");
    let there = register.copy_to(dir.path(), &store, BlobsTo::Share, None, &mut quiet());
    let there = there.expect("copies");
    assert_eq!((there.root, there.rows), (expected.root, Some(expected.rows)));
    let again = register.copy_to(dir.path(), &store, BlobsTo::Share, None, &mut quiet());
    assert!(matches!(again, Err(Fault::NotEmpty { .. })), "{again:?}");
    drop(register);
    let options = Options { access: Access::Write, store: store.clone(), ..Options::default() };
    let moved = Register::open(dir.path(), options).expect("opens");
    assert!(moved.verify().expect("verifies").holds());
    assert!(matches!(Hold::take(dir.path(), &store), Err(Fault::InUse { .. })), "it is open");
    let back = room.dir();
    let copied = moved.copy_to(&back, &Store::Sqlite, BlobsTo::Copy, None, &mut quiet());
    assert_eq!(copied.expect("copies").root, expected.root);
    drop(moved);
    let hold = Hold::take(dir.path(), &store).expect("nobody has it");
    let options = Options { access: Access::Write, store: store.clone(), ..Options::default() };
    assert!(matches!(Register::open(dir.path(), options), Err(Fault::InUse { .. })), "held");
    drop(hold);
    let back = Register::open(&back, Options::default()).expect("opens");
    let report = back.verify().expect("verifies");
    assert!(report.holds(), "{:?}", report.differences);
    assert_eq!((report.root, report.rows), (expected.root, expected.rows));
}

#[test]
fn killed_before_the_restored_schema_took_its_name_the_next_opening_finishes_it() {
    let room = Room::new();
    let Some(Store::Postgres(target)) = server(&room, "half") else { return };
    let name = target.schema().to_owned();
    let store = Store::Postgres(target);
    let house = House::in_a_file();
    fill(&house);
    let made = back_up(&house.register, &room.file()).expect("backs up");
    let dir = room.dir();
    restore(&room.file(), &dir, &store, &BlobPlace::Directory, LATER, false, &mut quiet())
        .expect("restores");
    let intruder = Intruder::on_server(&engine::server().expect("there is one"), "public");
    let back = format!("ALTER SCHEMA {name} RENAME TO {name}_restored; CREATE SCHEMA {name}");
    intruder.run(&back).expect("as it was before the last step");
    let note = format!(
        r#"{{"schema":{{"place":"{name}","fresh":"{name}_restored","aside":"{name}_old"}}}}"#
    );
    fs::write(dir.join("placing.json"), note).expect("writes");
    let wrong = Register::open(&dir, Options::default()).map(|_| ()).expect_err("another store");
    assert!(wrong.to_string().contains(&name), "{wrong}");
    let options = Options { store, ..Options::default() };
    let register = Register::open(&dir, options).expect("opens");
    assert_eq!(register.verify().expect("verifies").root, made.manifest.root);
    assert!(!dir.join("placing.json").exists());
    intruder.run(&format!("DROP SCHEMA {name}_old")).expect("the other is kept under its name");
}

#[test]
fn an_account_that_may_not_make_a_schema_is_told_what_it_lacks() {
    let room = Room::new();
    let Some(Store::Postgres(target)) = server(&room, "poor") else { return };
    let address = engine::server().expect("there is one");
    let account = target.schema();
    Intruder::on_server(&address, "public")
        .run(&format!("CREATE ROLE {account} LOGIN"))
        .expect("made");
    let (_, place) = address.split_once('@').expect("an account");
    let poor = Postgres::new(&format!("postgresql://{account}@{place}"), account).expect("reads");
    let store = Store::Postgres(poor);
    let house = House::in_a_file();
    fill(&house);
    let refused =
        house.register.copy_to(house.dir.path(), &store, BlobsTo::Share, None, &mut quiet());
    let told = refused.expect_err("not allowed").to_string();
    assert!(told.contains("GRANT CREATE ON DATABASE"), "{told}");
    back_up(&house.register, &room.file()).expect("backs up");
    let refused = restore(
        &room.file(),
        &room.dir(),
        &store,
        &BlobPlace::Directory,
        LATER,
        false,
        &mut quiet(),
    );
    let told = refused.expect_err("not allowed").to_string();
    assert!(told.contains("GRANT CREATE ON DATABASE"), "{told}");
    assert_eq!(room.names(), ["record.tar"]);
}

#[test]
fn a_copy_as_far_as_an_entry_is_the_record_as_it_was_then() {
    let (house, room) = (House::new(), Room::new());
    fill(&house);
    let root = house.register.reader_at(5).expect("reads").head().expect("reads").root;
    let copied =
        house.register.copy_to(&room.dir(), &Store::Sqlite, BlobsTo::Copy, Some(5), &mut quiet());
    let copied = copied.expect("copies");
    assert_eq!((copied.entries, copied.root, copied.rows), (5, root, None));
    let copy = Register::open(&room.dir(), Options::default()).expect("opens");
    let report = copy.verify().expect("verifies");
    assert!(report.holds() && report.root == root, "{:?}", report.differences);
    let beyond = house.register.copy_to(
        &room.0.path().join("other"),
        &Store::Sqlite,
        BlobsTo::Copy,
        Some(500),
        &mut quiet(),
    );
    assert!(matches!(beyond, Err(Fault::NoSuchPosition { asked: 500, .. })), "{beyond:?}");
}

#[test]
fn a_server_that_goes_away_in_the_midst_leaves_neither_a_backup_nor_half_a_copy() {
    let room = Room::new();
    let Some(Store::Postgres(target)) = server(&room, "gone") else { return };
    let proxy = crate::proxy::Proxy::to(&engine::server().expect("there is one"));
    let through = Postgres::new(&proxy.address(), target.schema()).expect("an address");
    let house = House::in_a_file();
    fill(&house);
    let dir = house.dir.path();
    let (store, direct) = (Store::Postgres(through), Store::Postgres(target));
    let mut cut = |doing: &'static str, _, _| {
        if doing == "Building the tables for reading" || doing == "Comparing both" {
            proxy.cut();
        }
    };
    let lost = house.register.copy_to(dir, &store, BlobsTo::Share, None, &mut cut);
    assert!(matches!(lost, Err(Fault::ConnectionLost { .. })), "{lost:?}");
    let whole = house.register.copy_to(dir, &direct, BlobsTo::Share, None, &mut quiet());
    whole.expect("nothing of the first stands there");
    let moved = Register::open(dir, Options { access: Access::Write, store, ..Options::default() })
        .expect("opens");
    let mut cut = |doing: &'static str, _, _| {
        if doing == "Copying the ledger" {
            proxy.cut();
        }
    };
    let lost = moved.backup(&wish(&room.file()), &mut cut);
    assert!(matches!(lost, Err(Fault::ConnectionLost { .. })), "{lost:?}");
    assert!(room.names().is_empty(), "{:?}", room.names());
    moved.backup(&wish(&room.file()), &mut quiet()).expect("backs up");
}
