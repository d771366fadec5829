//! Personal text: sealed while it is there, gone when it is erased, and the proof stays.

use crate::house::House;
use aftercare_domain::contact::Person;
use aftercare_register::{
    Fault, Options, Page, Register, Wish, read::contact::Unsealed, verify_copy,
};
use aftercare_vocab::id::{ContactId, SubjectId};
use rusqlite::Connection;
use std::{fs, path::Path};

/// Words that occur nowhere else.
const NAME: &str = "Zdislava Quarfordt-Unheard";
const MAIL: &str = "z.quarfordt@nowhere.example";
const PHONE: &str = "+999 555 0137 0137";
const DUTY: &str = "Keeper of the unlikely pumps";

pub fn person() -> Person {
    Person {
        name: NAME.into(),
        function: Some(DUTY.into()),
        email: Some(MAIL.into()),
        phone: Some(PHONE.into()),
    }
}

/// The files below `dir` that hold these bytes.
fn holding(dir: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("lists") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
        } else if fs::read(&path).expect("reads").windows(bytes.len()).any(|part| part == bytes) {
            found.push(path.file_name().expect("a name").to_string_lossy().into_owned());
        }
    }
    found
}

fn keys(house: &House) -> Vec<(Vec<u8>, Vec<u8>)> {
    let file = Connection::open(house.dir.path().join("register.db")).expect("opens");
    let mut all = file.prepare("SELECT subject, key FROM subject_key").expect("prepares");
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("reads");
    rows.map(|row| row.expect("a row")).collect()
}

fn shown(house: &House, contact: ContactId) -> Unsealed<Person> {
    let reader = house.register.reader().expect("reads");
    reader.contact(contact).expect("reads").expect("there").person
}

#[test]
fn what_is_personal_stands_in_no_file_before_erasure_and_its_key_in_none_after_it() {
    let house = House::in_a_file();
    let consignee = house.consignee("Clinic").expect("added");
    // Enough others that the table of keys spans pages which split and merge.
    let mut others = Vec::new();
    for number in 0..120 {
        let who = Person { name: format!("Other {number}"), ..person() };
        others.push(house.contact(consignee, None, &who).expect("added"));
    }
    let (contact, subject) = house.contact(consignee, None, &person()).expect("added");
    for number in 120..240 {
        let who = Person { name: format!("Other {number}"), ..person() };
        others.push(house.contact(consignee, None, &who).expect("added"));
    }
    let who = Person { phone: None, ..person() };
    house.change_contact(contact, subject, &who).expect("changed");
    assert_eq!(shown(&house, contact), Unsealed::Text(Person { phone: None, ..person() }));
    let words = [NAME, MAIL, PHONE, DUTY, "Other 17"];
    for word in words {
        assert_eq!(holding(house.dir.path(), word.as_bytes()), Vec::<String>::new(), "{word}");
    }
    let of = |subject: SubjectId| {
        let found = keys(&house).into_iter().find(|(id, _)| id == subject.as_bytes());
        found.expect("a key").1
    };
    let (key, neighbour) = (of(subject), of(others[17].1));
    assert!(!holding(house.dir.path(), &key).is_empty(), "the search for keys finds none at all");
    // Half of the others go first, so that pages merge while the key is still needed.
    for (_, other) in others.iter().step_by(2) {
        house.erase(*other).expect("erased");
    }
    house.erase(subject).expect("erased");
    assert_eq!(holding(house.dir.path(), &key), Vec::<String>::new(), "the key is still somewhere");
    assert!(!holding(house.dir.path(), &neighbour).is_empty(), "another's key went with it");
    assert_eq!(keys(&house).len(), 120);
    let Unsealed::Erased(erasure) = shown(&house, contact) else { panic!("it is still readable") };
    assert_eq!((erasure.by.as_str(), erasure.role.as_str()), ("person:anna", "security_lead"));
    assert!(matches!(shown(&house, others[17].0), Unsealed::Text(_)));
    for word in words {
        assert_eq!(holding(house.dir.path(), word.as_bytes()), Vec::<String>::new(), "{word}");
    }
    // The proof stays: every entry, every blob, every projected row.
    let report = house.register.verify().expect("verifies");
    assert!(report.holds(), "{:?}", report.differences);
    house.register.rebuild().expect("rebuilds");
    assert!(house.register.verify().expect("verifies").holds());
    assert!(matches!(shown(&house, contact), Unsealed::Erased(_)));
}

#[test]
fn an_exported_copy_and_the_log_hold_no_personal_words_sealed_or_erased_and_no_key() {
    let house = House::in_a_file();
    let consignee = house.consignee("Clinic").expect("added");
    house.contact(consignee, None, &person()).expect("added");
    let gone = Person { name: "Gone Forever-Unheard".into(), ..person() };
    let (_, subject) = house.contact(consignee, None, &gone).expect("added");
    let sealing: Vec<Vec<u8>> = keys(&house).into_iter().map(|(_, key)| key).collect();
    house.erase(subject).expect("erased");
    let place = tempfile::tempdir().expect("a directory");
    let copy = place.path().join("copy");
    let done = house.register.export(&house.op(), &copy, Wish { blobs: true }).expect("exports");
    assert!(done.blobs >= 2, "the sealed texts are in it");
    assert!(!holding(&copy, b"Clinic").is_empty(), "the search finds what is not personal");
    for word in [NAME, MAIL, PHONE, DUTY, "Gone Forever-Unheard"] {
        assert_eq!(holding(&copy, word.as_bytes()), Vec::<String>::new(), "{word}");
    }
    for key in sealing {
        assert_eq!(holding(&copy, &key), Vec::<String>::new(), "a key");
    }
    let report = verify_copy(&copy, &[], None).expect("checks");
    assert!(report.holds(), "{:?}", report.findings);
}

#[test]
fn an_erased_person_is_erased_on_every_day_and_cannot_be_changed_or_erased_again() {
    let house = House::in_a_file();
    let consignee = house.consignee("Clinic").expect("added");
    let (contact, subject) = house.contact(consignee, None, &person()).expect("added");
    let before = house.register.reader().expect("reads").position();
    house.erase(subject).expect("erased");
    let past = house.register.reader_at(before).expect("reads");
    let row = &past.contacts(consignee, &Page::first(10)).expect("reads").items[0];
    assert!(matches!(row.person, Unsealed::Erased(_)), "the past brings it back");
    let again = house.erase(subject).expect_err("refused");
    assert_eq!(again.code, "already_erased");
    let changed = house.change_contact(contact, subject, &person()).expect_err("refused");
    assert_eq!(changed.code, "already_erased");
    assert!(keys(&house).is_empty(), "a refused change left a new key");
}

#[test]
fn a_key_that_came_back_with_an_old_table_is_destroyed_when_the_register_opens() {
    let house = House::in_a_file();
    let consignee = house.consignee("Clinic").expect("added");
    let (contact, subject) = house.contact(consignee, None, &person()).expect("added");
    let kept = keys(&house);
    house.erase(subject).expect("erased");
    let House { dir, register, .. } = house;
    drop(register);
    let file = Connection::open(dir.path().join("register.db")).expect("opens");
    let (id, key) = &kept[0];
    file.execute("INSERT INTO subject_key VALUES (?1, ?2)", (id, key)).expect("put back");
    drop(file);
    let register = Register::open(dir.path(), Options::default()).expect("opens");
    assert_eq!(holding(dir.path(), key), Vec::<String>::new());
    let row = register.reader().expect("reads").contact(contact).expect("reads").expect("there");
    assert!(matches!(row.person, Unsealed::Erased(_)));
}

#[test]
fn a_key_that_is_missing_without_an_entry_is_a_fault_and_no_erasure() {
    let house = House::in_a_file();
    let consignee = house.consignee("Clinic").expect("added");
    let (contact, _) = house.contact(consignee, None, &person()).expect("added");
    let file = Connection::open(house.dir.path().join("register.db")).expect("opens");
    file.execute("DELETE FROM subject_key", []).expect("the file is not guarded");
    let found = house.register.reader().expect("reads").contact(contact);
    assert!(matches!(found, Err(Fault::KeyMissing { .. })), "{found:?}");
}

#[test]
fn without_randomness_nothing_is_sealed() {
    let house = House::new();
    let op = house.op();
    let sealed = house.register.seal(&op, op.new_id(), b"x");
    assert_eq!(sealed.map(|_| ()), Err(Fault::NoChance));
}
