//! Calls in the record: listed while nobody has answered, seen by whom they concern, replayed alike.

use crate::house::House;
use aftercare_domain::{
    Event, Sight,
    duty::{Because, CallAnswered, CallMoved, CallRaised, ChainAdopted, Severity, Step, proposed},
    role::RoleName,
};
use aftercare_register::{CallsOnly, Denied, Page};
use aftercare_vocab::id::{CallId, FamilyId};
use std::collections::BTreeSet;

fn recorded(house: &House, events: Vec<Event>) {
    let op = house.op();
    let done = house.register.transact(&op, |pen| -> Result<(), Denied> {
        pen.record_all(events).map_err(Denied::from)
    });
    done.expect("recorded");
}

fn raised(house: &House, family: Option<FamilyId>, test: bool) -> CallId {
    let call: CallId = house.op().new_id();
    let to = Vec::new();
    recorded(
        house,
        vec![
            CallRaised {
                call,
                family,
                about: "CVE-1".into(),
                why: "Now".into(),
                test,
                severity: Severity::Lower,
                steps: proposed(),
            }
            .into(),
            CallMoved { call, step: 3, to, absent: BTreeSet::new(), because: Because::NobodyThere }
                .into(),
        ],
    );
    call
}

fn answered(house: &House, call: CallId) {
    let by = house.op().new_id();
    recorded(house, vec![CallAnswered { call, by, words: "I have it.".into() }.into()]);
}

#[test]
fn calls_are_listed_by_what_became_of_them_at_each_moment_and_verified_again() {
    let house = House::new();
    let (first, second) = (raised(&house, None, true), raised(&house, None, false));
    let before = house.register.reader().expect("reads").position();
    answered(&house, first);
    let steps = vec![Step { role: RoleName::Quality, minutes: 5 }];
    recorded(&house, vec![ChainAdopted { family: None, steps: steps.clone() }.into()]);

    let reader = house.register.reader().expect("reads");
    let listed = |only| reader.calls(only, &Page::first(10)).expect("lists").items;
    assert_eq!(listed(CallsOnly::All), [second, first]);
    assert_eq!(listed(CallsOnly::Open), [second]);
    assert_eq!(listed(CallsOnly::Answered), [first]);
    assert_eq!(listed(CallsOnly::TestsAnswered), [first]);
    assert_eq!(reader.call_count(CallsOnly::All).expect("counts"), 2);
    assert_eq!(reader.open_calls(10).expect("lists"), [second]);
    assert_eq!(reader.chains().expect("folds").steps(None), steps);
    assert_eq!(reader.call(first).expect("reads").expect("there").moves.len(), 1);

    let past = house.register.reader_at(before).expect("reads");
    let open = past.calls(CallsOnly::Open, &Page::first(10)).expect("lists").items;
    assert_eq!(open, [second, first], "nobody had answered then");
    assert_eq!(past.chains().expect("folds").steps(None), proposed());
    assert!(past.call(first).expect("reads").expect("there").answer.is_none());

    // The projections are worked out again from the ledger and compared.
    let verified = house.register.verify().expect("verifies");
    assert!(verified.holds(), "{:?}", verified.differences);
}

#[test]
fn a_call_about_another_family_is_not_there() {
    let house = House::new();
    let (pumps, lamps) =
        (house.family("Pumps").expect("added"), house.family("Lamps").expect("added"));
    let (pump, all) = (raised(&house, Some(pumps), false), raised(&house, None, false));
    for (family, sees) in [(pumps, vec![all, pump]), (lamps, vec![all])] {
        let reader = house.register.reader_seeing(&Sight::of([family])).expect("reads");
        assert_eq!(reader.calls(CallsOnly::All, &Page::first(10)).expect("lists").items, sees);
        assert_eq!(reader.call_count(CallsOnly::Open).expect("counts"), sees.len() as u64);
        assert_eq!(reader.open_calls(10).expect("lists").len(), sees.len());
        assert_eq!(reader.sees_call(pump).expect("asks"), family == pumps);
    }
    // Neither answered nor moved by somebody who sees the lamps alone.
    let by = house.op().new_id();
    let op = house.op().seeing(&Sight::of([lamps]));
    let answer = CallAnswered { call: pump, by, words: "Mine".into() };
    let done = house.register.transact(&op, |pen| -> Result<(), Denied> {
        pen.record_all(vec![answer.into()]).map_err(Denied::from)
    });
    assert!(done.is_err());
    assert_eq!(house.register.reader().expect("reads").open_calls(10).expect("lists").len(), 2);
}
