use crate::house::House;
use aftercare_domain::{
    Refusal,
    family::{self, AddFamily, FamilyAdded},
};
use aftercare_register::{Denied, Fault, Page, Pen};
use std::sync::Barrier;

fn add(pen: &mut Pen<'_>, name: &str) -> Result<u64, Denied> {
    let op = pen.operation().clone();
    let add = AddFamily { family: op.new_id(), name: name.to_owned(), description: None };
    let facts = pen.facts().family(&add)?;
    pen.record_all(family::add(&facts, add, &op)?)?;
    Ok(0)
}

#[test]
fn one_failing_change_among_good_ones_takes_only_itself_back() {
    const CHANGES: usize = 40;
    let house = House::new();
    let ops: Vec<_> = (0..CHANGES).map(|_| house.op()).collect();
    let start = Barrier::new(CHANGES);
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = ops
            .iter()
            .enumerate()
            .map(|(i, op)| {
                let (register, start) = (&house.register, &start);
                scope.spawn(move || {
                    start.wait();
                    register.transact(op, |pen| {
                        add(pen, &format!("family {i}"))?;
                        match i % 10 {
                            3 => Err(Refusal::new("no", "No.", "Stop.").into()),
                            _ => Ok(()),
                        }
                    })
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().expect("no panic")).collect()
    });
    for (i, result) in results.iter().enumerate() {
        let refused = matches!(result, Err(Denied::Refusal(r)) if r.code == "no");
        assert_eq!(refused, i % 10 == 3, "change {i}: {result:?}");
    }
    let reader = house.register.reader().expect("reads");
    assert_eq!(reader.head().expect("head").size, 36);
    let families = reader.families(&Page::first(100)).expect("reads").items;
    assert_eq!(families.len(), 36);
    assert!(families.iter().all(|f| !f.name.ends_with('3')));
    assert!(house.register.verify().expect("verifies").holds());
}

#[test]
fn a_receipt_names_the_positions_and_recording_nothing_changes_nothing() {
    let house = House::new();
    let op = house.op();
    let receipt = house
        .register
        .transact::<_, Denied>(&op, |pen| {
            add(pen, "a")?;
            add(pen, "b")
        })
        .expect("kept");
    assert_eq!((receipt.before, receipt.after, receipt.at), (0, 2, op.at));
    let receipt =
        house.register.transact::<_, Denied>(&house.op(), |_| Ok("looked")).expect("kept");
    assert_eq!((receipt.value, receipt.before, receipt.after), ("looked", 2, 2));
}

#[test]
fn a_panic_in_a_change_leaves_nothing_and_the_next_change_works() {
    let house = House::new();
    let op = house.op();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        house.register.transact::<(), Denied>(&op, |pen| {
            add(pen, "half")?;
            panic!("on purpose")
        })
    }));
    assert!(panicked.is_err());
    house.family("whole").expect("added");
    let reader = house.register.reader().expect("reads");
    let names: Vec<_> = reader
        .families(&Page::first(9))
        .expect("reads")
        .items
        .into_iter()
        .map(|f| f.name)
        .collect();
    assert_eq!(names, ["whole"]);
}

#[test]
fn an_overlooked_fault_spoils_the_whole_change() {
    let house = House::new();
    let op = house.op();
    let result = house.register.transact::<(), Denied>(&op, |pen| {
        add(pen, "kept?")?;
        let family = FamilyAdded { family: op.new_id(), name: "kept?".into(), description: None };
        let _ = pen.record(family); // the table refuses a second family of that name
        Ok(())
    });
    assert!(matches!(result, Err(Denied::Fault(Fault::Storage { .. }))), "{result:?}");
    assert_eq!(house.register.reader().expect("reads").head().expect("head").size, 0);
}

#[test]
fn entities_count_the_events_about_them() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let life = aftercare_domain::version::Life {
        released: "2026-01-15".parse().ok(),
        ..Default::default()
    };
    house.change_life(version, life).expect("changed");
    let seen = house
        .register
        .transact::<_, Denied>(&house.op(), |pen| {
            Ok((pen.entity_version(&version.to_string())?, pen.entity_version("ver_0")?))
        })
        .expect("kept");
    assert_eq!(seen.value, (2, 0));
}
