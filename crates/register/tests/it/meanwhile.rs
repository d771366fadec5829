//! Two who change the same thing, and one who asks for the same change twice.

use crate::house::House;
use aftercare_domain::{
    Conflict, Event, Operation,
    family::FamilyAdded,
    version::{self, ChangeVersion, Life},
};
use aftercare_register::{Access, Denied, Earlier, Fault, REPLAY_KEPT_MICROS, Receipt, Register};
use aftercare_testkit::engine::options;
use aftercare_vocab::{digest::Digest, id::VersionId};
use std::sync::Barrier;

fn support_until(
    register: &Register,
    op: &Operation,
    version: VersionId,
    seen: Option<u64>,
    day: &str,
) -> Result<Receipt<()>, Denied> {
    register.transact(op, |pen| {
        pen.expect::<Denied>(&version.to_string(), seen)?;
        let facts = pen.facts().versions_beside(version)?;
        let life = Life { end_of_support: day.parse().ok(), ..Life::default() };
        let events = version::change(&facts, ChangeVersion { version, life }, op)?;
        Ok(pen.record_all(events)?)
    })
}

#[test]
fn of_two_people_who_saw_the_same_version_one_wins_and_the_other_learns_who_it_was() {
    for round in 0..20 {
        let house = House::new();
        let family = house.family("Pumps").expect("added");
        let product = house.product(family, "Pump").expect("added");
        let version = house.version(product, "1").expect("added");
        let seen = house.register.reader().expect("reads").entity_version(&version.to_string());
        assert_eq!(seen, Ok(1));
        let ops = [house.op(), house.op()];
        let start = Barrier::new(2);
        let days = ["2030-01-01", "2031-01-01"];
        let results: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = ops
                .iter()
                .zip(days)
                .map(|(op, day)| {
                    let (register, start) = (&house.register, &start);
                    scope.spawn(move || {
                        start.wait();
                        support_until(register, op, version, Some(1), day)
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().expect("no panic")).collect()
        });
        let won = results.iter().position(Result::is_ok).expect("one of them wins");
        let Err(Denied::Conflict(conflict)) = &results[1 - won] else {
            panic!("round {round}: {results:?}");
        };
        let Conflict { entity, seen, now, last: Some(last) } = conflict else {
            panic!("{conflict:?}");
        };
        assert_eq!((entity.as_str(), *seen, *now), (version.to_string().as_str(), 1, 2));
        assert_eq!((last.by.as_str(), last.role.as_str()), ("person:anna", "security_lead"));
        assert_eq!(last.kind, "version_changed");
        let said = conflict.to_string();
        for part in ["person:anna", "security_lead", &last.at.shown(), "Load it again"] {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
        let reader = house.register.reader().expect("reads");
        let kept = reader.version(version).expect("reads").expect("there").row.life.end_of_support;
        assert_eq!(kept, days[won].parse().ok(), "the winner's date stands");
        assert_eq!(
            reader.entity_version(&version.to_string()),
            Ok(2),
            "nothing was lost or doubled"
        );
        // Whoever loads it again and sees version 2 may change it.
        let op = house.op();
        support_until(&house.register, &op, version, Some(2), "2032-01-01").expect("changed");
    }
}

#[test]
fn a_version_that_the_record_never_reached_is_told_as_such() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let op = house.op();
    let denied = support_until(&house.register, &op, version, Some(7), "2030-01-01");
    let said = denied.expect_err("refused").to_string();
    assert!(said.contains("has only reached version 1"), "{said}");
}

fn keyed(house: &House, key: &str, asked: &str) -> Operation {
    house.op().once(key, &Digest::of(asked.as_bytes())).expect("a key")
}

fn add(register: &Register, op: &Operation, name: &str, refuse: bool) -> Result<Vec<u8>, Denied> {
    let done = register.transact(op, |pen| match pen.earlier()? {
        Earlier::Answered(answer) => Ok(answer),
        Earlier::Another => Err(aftercare_domain::replay::reused().into()),
        Earlier::Nothing => {
            let event = FamilyAdded { family: op.new_id(), name: name.into(), description: None };
            let answer = event.family.to_string().into_bytes();
            pen.record(Event::from(event))?;
            pen.answer(&answer)?;
            if refuse {
                return Err(aftercare_domain::Refusal::new("no", "No.", "Stop.").into());
            }
            Ok::<_, Denied>(answer)
        }
    })?;
    Ok(done.value)
}

fn size(register: &Register) -> u64 {
    register.reader().expect("reads").head().expect("head").size
}

#[test]
fn a_key_gives_the_first_answer_again_after_the_register_was_opened_anew() {
    let house = House::new();
    let op = keyed(&house, "k", "a");
    assert!(
        matches!(add(&house.register, &op, "A", true), Err(Denied::Refusal(r)) if r.code == "no")
    );
    assert_eq!(
        house.register.earlier(op.keyed.as_ref()),
        Ok(Earlier::Nothing),
        "refused: not kept"
    );
    let first = add(&house.register, &keyed(&house, "k", "a"), "A", false).expect("added");
    let (again, other) = (keyed(&house, "k", "a"), keyed(&house, "k", "b"));
    let House { dir, register, .. } = house;
    drop(register);
    let register = Register::open(dir.path(), options(dir.path(), Access::Write)).expect("opens");
    let before = size(&register);
    assert_eq!(register.earlier(again.keyed.as_ref()), Ok(Earlier::Answered(first.clone())));
    assert_eq!(add(&register, &again, "A", false).expect("answered"), first);
    let reused = add(&register, &other, "B", false).expect_err("refused");
    assert!(
        matches!(&reused, Denied::Refusal(r) if r.code == "idempotency_key_reused"),
        "{reused}"
    );
    assert_eq!(size(&register), before, "nothing was made a second time");
    assert!(register.verify().expect("verifies").holds());
}

#[test]
fn of_many_at_once_with_one_key_one_makes_the_change_and_all_get_its_answer() {
    const CALLERS: usize = 16;
    let house = House::new();
    let ops: Vec<_> = (0..CALLERS).map(|_| keyed(&house, "k", "a")).collect();
    let start = Barrier::new(CALLERS);
    let answers: std::collections::BTreeSet<Vec<u8>> = std::thread::scope(|scope| {
        let threads: Vec<_> = ops
            .iter()
            .map(|op| {
                let (register, start) = (&house.register, &start);
                scope.spawn(move || {
                    start.wait();
                    add(register, op, "A", false).expect("answered")
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().expect("no panic")).collect()
    });
    assert_eq!((answers.len(), size(&house.register)), (1, 1));
}

#[test]
fn answers_are_kept_for_seven_days_and_no_longer() {
    let house = House::new();
    let op = keyed(&house, "k", "a");
    add(&house.register, &op, "A", false).expect("added");
    let last = op.at.plus_micros(REPLAY_KEPT_MICROS);
    assert_eq!(house.register.sweep_answers(last), Ok(0));
    assert!(matches!(house.register.earlier(op.keyed.as_ref()), Ok(Earlier::Answered(_))));
    assert_eq!(house.register.sweep_answers(last.plus_micros(1)), Ok(1));
    assert_eq!(house.register.earlier(op.keyed.as_ref()), Ok(Earlier::Nothing));
}

#[test]
fn a_key_belongs_to_the_actor_who_used_it() -> Result<(), Fault> {
    let house = House::new();
    let first = keyed(&house, "k", "a");
    add(&house.register, &first, "A", false).expect("added");
    let mut other = house.op();
    other.actor = aftercare_domain::Actor::person("berta").expect("a name");
    let other = other.once("k", &Digest::of(b"b")).expect("a key");
    assert_eq!(house.register.earlier(other.keyed.as_ref())?, Earlier::Nothing);
    Ok(())
}
