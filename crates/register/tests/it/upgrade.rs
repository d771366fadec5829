//! Registers that earlier releases wrote are opened, brought up to date, and still say the same.
//!
//! Each folder of `tests/fixtures/` is a register of an earlier layout of the lasting tables, with
//! what it must say. A new migration wants a new one (README.md there says how it is made).

use aftercare_register::{Access, Options, Page, Register};
use serde_json::Value;
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

#[test]
fn a_register_of_every_earlier_layout_is_brought_up_to_date_and_says_what_it_said() {
    let mut seen = 0;
    for entry in fs::read_dir(fixtures()).expect("lists") {
        let from = entry.expect("an entry").path();
        if !from.is_dir() {
            continue;
        }
        seen += 1;
        let name = from.display();
        let expected = fs::read(from.join("expected.json")).expect("what it must say");
        let expected: Value = serde_json::from_slice(&expected).expect("reads");
        let dir = tempfile::tempdir().expect("a directory");
        copy(&from, dir.path());
        let register = Register::open(dir.path(), Options::default()).expect("opens");
        let report = register.verify().expect("verifies");
        assert!(report.holds(), "{name}: {:?}", report.differences);
        assert_eq!(expected["entries"], report.entries, "{name}");
        assert_eq!(expected["root"], report.root.to_string(), "{name}");
        let reader = register.reader().expect("reads");
        let suppliers = reader.suppliers(&Page::first(100)).expect("reads").items;
        let suppliers: Vec<&str> = suppliers.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(expected["suppliers"], Value::from(suppliers), "{name}");
        let consignees = reader.consignees(&Page::first(100)).expect("reads").items;
        let consignees: Vec<&str> = consignees.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(expected["consignees"], Value::from(consignees), "{name}");
        drop((reader, register));
        let options = Options { access: Access::Read, ..Options::default() };
        Register::open(dir.path(), options).expect("is of this release now");
    }
    assert!(seen > 0);
}
