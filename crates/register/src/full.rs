//! A disk that fills up in the midst of writing, played by SQLite's own page limit.

use crate::{Denied, Fault, Options, Page, Register};
use aftercare_domain::{Actor, Channel, Operation, Role, supplier::SupplierAdded};
use aftercare_vocab::{id::IdSource, instant::Instant};
use std::sync::Mutex;

fn add(register: &Register, n: u64) -> Result<(), Denied> {
    let at = Instant::from_micros(1_000_000 * n as i64);
    let ids = IdSource::new(at, n);
    let op = Operation::new(at, Actor::system("test"), Role::system(), Channel::Job, ids);
    let name = format!("{n} {}", "long name ".repeat(15));
    register
        .transact(&op, |pen| {
            pen.record(SupplierAdded { supplier: op.new_id(), name })?;
            Ok::<(), Denied>(())
        })
        .map(|_| ())
}

fn suppliers(register: &Register) -> Vec<String> {
    let mut names = Vec::new();
    let mut page = Page::first(500);
    let reader = register.reader().expect("reads");
    loop {
        let found = reader.suppliers(&page).expect("reads");
        names.extend(found.items.into_iter().map(|s| s.name));
        let Some(next) = found.next else { return names };
        page = Page::after(next, 500);
    }
}

#[test]
fn a_full_disk_keeps_every_acknowledged_change_and_nothing_else_and_writing_goes_on_after() {
    let dir = tempfile::tempdir().expect("a directory");
    let register = Register::open(dir.path(), Options::default()).expect("opens");
    let pages = |text: &'static str| {
        register.writer().expect("writes").alone(|desk| desk.session.script(text)).expect("set");
    };
    pages("PRAGMA max_page_count = 150");
    // Several at once, so that a batch with more than one change meets the end of the disk.
    let (kept, faults) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (register, kept, faults) = (&register, &kept, &faults);
            scope.spawn(move || {
                for n in 0..150 {
                    let n = 1 + n * 4 + thread;
                    match add(register, n) {
                        Ok(()) => kept.lock().expect("sound").push(n),
                        Err(denied) => faults.lock().expect("sound").push(denied),
                    }
                }
            });
        }
    });
    let mut kept = kept.into_inner().expect("sound");
    let faults = faults.into_inner().expect("sound");
    assert!(kept.len() > 10 && !faults.is_empty(), "{} kept, {} not", kept.len(), faults.len());
    assert!(
        faults.iter().any(|d| matches!(d, Denied::Fault(Fault::DiskFull { .. }))),
        "{:?}",
        faults[0]
    );
    pages("PRAGMA max_page_count = 100000");
    add(&register, 10_000).expect("writing goes on");
    kept.push(10_000);
    let number = |name: &String| name.split(' ').next().and_then(|n| n.parse::<u64>().ok());
    let mut found: Vec<u64> = suppliers(&register).iter().filter_map(number).collect();
    found.sort_unstable();
    kept.sort_unstable();
    assert_eq!(found, kept);
    let report = register.verify().expect("verifies");
    assert!(report.holds(), "{:?}", report.differences);
}
