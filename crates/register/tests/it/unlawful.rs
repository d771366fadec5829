//! Somebody who holds the installation and its key, and writes a decision that the rules do not give: every
//! byte is hashed and signed as it should be, and it is found all the same.

use crate::{
    backup::{quiet, wish},
    house::House,
};
use aftercare_domain::{
    Actor, Event, Operation, Role, Sight,
    credential::Factor,
    decision::{self, DecisionSigned, DecisionTaken, Part, SignWish, State, Wish},
    grant::{RoleGiven, Standing},
    person::{IdentityVerified, PersonAdded},
    rights::{Circumstances, DecisionKind},
    role::RoleName,
    signature::{ByRight, Signature},
    training::TrainingRecorded,
};
use aftercare_register::{Denied, Difference, Wish as Copied, verify_copy};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, PersonId},
};

const LEAD: RoleName = RoleName::ProductSecurityLead;

fn recorded(house: &House, op: &Operation, events: Vec<Event>) {
    let done = house
        .register
        .transact(op, |pen| -> Result<(), Denied> { pen.record_all(events).map_err(Denied::from) });
    done.expect("recorded");
}

fn by(house: &House, login: &str, role: RoleName) -> Operation {
    let mut op = house.op();
    op.actor = Actor::person(login).expect("a login");
    op.role = Role::new(role.code()).expect("a role");
    op
}

fn joined(house: &House, login: &str, roles: &[RoleName]) -> PersonId {
    let op = house.op();
    let person = op.new_id();
    let day = |text: &str| text.parse().expect("a day");
    let mut events: Vec<Event> = vec![
        PersonAdded { person, login: login.into(), name: login.into() }.into(),
        IdentityVerified { person, how: "pass shown".into() }.into(),
    ];
    for role in roles {
        let (grant, sight, standing) = (op.new_id(), Sight::All, Standing::Holder);
        events.push(RoleGiven { grant, person, role: *role, sight, standing }.into());
        let (on, until) = (day("2026-01-01"), day("2026-12-31"));
        let (subject, evidence) = ("course".into(), None);
        events.push(TrainingRecorded { person, role: *role, subject, on, until, evidence }.into());
    }
    recorded(house, &op, events);
    person
}

/// Anna leads and is quality too, Ole analyses; Ole proposed to close a case.
fn proposed(house: &House) -> (PersonId, DecisionId, Digest) {
    let anna = joined(house, "anna", &[LEAD, RoleName::Quality]);
    joined(house, "ole", &[RoleName::SecurityAnalyst]);
    joined(house, "kim", &[RoleName::Quality]);
    let op = by(house, "ole", RoleName::SecurityAnalyst);
    let decision: DecisionId = op.new_id();
    let wish = Wish {
        kind: DecisionKind::Closure,
        about: "CVE-1".into(),
        title: "Close it".into(),
        statement: "Nothing is left.".into(),
        circumstances: Circumstances::default(),
        families: Sight::All,
        matrix: None,
        rules: None,
        matter: None,
    };
    let roster = house.register.reader().expect("reads").roster().expect("folds");
    recorded(house, &op, decision::propose(&roster, decision, wish, &op).expect("lawful"));
    (anna, decision, state(house, decision).newest().digest)
}

fn state(house: &House, decision: DecisionId) -> State {
    house.register.reader().expect("reads").decision(decision).expect("reads").expect("there")
}

fn lawfully(house: &House, login: &str, role: RoleName, decision: DecisionId) {
    let op = by(house, login, role);
    let state = state(house, decision);
    let factors = vec![Factor::Password, Factor::Totp];
    let wish = SignWish { id: op.new_id(), role, of: state.newest().digest, factors };
    let roster = house.register.reader().expect("reads").roster().expect("folds");
    recorded(house, &op, decision::sign(&roster, &state, wish, &op).expect("lawful"));
}

/// A signature of Anna's as the rules would write it, but that they were not asked.
fn forged(op: &Operation, anna: PersonId, role: RoleName, part: Part, of: Digest) -> Signature {
    Signature {
        id: op.new_id(),
        person: anna,
        name: "anna".into(),
        role,
        by: ByRight::Holder,
        meaning: part.meaning(),
        factors: vec![Factor::Password, Factor::Totp],
        of,
    }
}

/// What is told of the record and of an exported copy of it, and how many signatures were weighed.
fn told(house: &House) -> (Vec<String>, Vec<String>, [u64; 2]) {
    house.checkpoint();
    let found = house.register.verify().expect("verifies");
    let all_of_entries =
        found.differences.iter().all(|one| matches!(one, Difference::Entry { .. }));
    assert!(all_of_entries, "nothing but entries is told: {:?}", found.differences);
    let dir = tempfile::tempdir().expect("a directory");
    let place = dir.path().join("copy");
    house.register.export(&house.op(), &place, Copied { blobs: true }).expect("exports");
    let copy = verify_copy(&place, &[], None).expect("checks");
    let shown = |all: &mut dyn Iterator<Item = String>| all.collect::<Vec<String>>();
    (
        shown(&mut found.differences.iter().map(ToString::to_string)),
        shown(&mut copy.findings.told.iter().map(ToString::to_string)),
        [found.signatures, copy.signatures],
    )
}

fn entries(house: &House) -> u64 {
    house.register.reader().expect("reads").position()
}

#[test]
fn a_lawful_decision_holds_in_the_record_and_in_a_copy() {
    let house = House::new();
    let (_, decision, _) = proposed(&house);
    lawfully(&house, "kim", RoleName::Quality, decision);
    lawfully(&house, "anna", LEAD, decision);
    assert_eq!(told(&house), (Vec::new(), Vec::new(), [2, 2]));
}

#[test]
fn one_person_who_signs_both_places_is_found_in_the_record_and_in_a_copy() {
    let house = House::new();
    let (anna, decision, of) = proposed(&house);
    lawfully(&house, "anna", LEAD, decision);
    let op = by(&house, "anna", RoleName::Quality);
    let signature = forged(&op, anna, RoleName::Quality, Part::Cosign, of);
    let signed = DecisionSigned { decision, version: 1, part: Part::Cosign, signature };
    recorded(&house, &op, vec![signed.into(), DecisionTaken { decision, version: 1 }.into()]);
    let place = entries(&house) - 1;
    let (record, copy, _) = told(&house);
    let says =
        format!("ledger entry {place}: the rules refuse it: \"You signed this version as Product");
    assert!(record[0].starts_with(&says), "{record:#?}");
    assert!(record[1].contains("no signature that completes it"), "{record:#?}");
    assert_eq!(record, copy);
}

#[test]
fn a_signature_over_another_text_is_found_in_the_record_and_in_a_copy() {
    let house = House::new();
    let (anna, decision, _) = proposed(&house);
    lawfully(&house, "kim", RoleName::Quality, decision);
    let op = by(&house, "anna", LEAD);
    let signature = forged(&op, anna, LEAD, Part::Decide, Digest::of(b"what she was shown"));
    let signed = DecisionSigned { decision, version: 1, part: Part::Decide, signature };
    recorded(&house, &op, vec![signed.into(), DecisionTaken { decision, version: 1 }.into()]);
    let place = entries(&house) - 1;
    let (record, copy, weighed) = told(&house);
    let says = format!("ledger entry {place}: the signature is over sha256:");
    assert!(record[0].starts_with(&says), "{record:#?}");
    assert_eq!((record, weighed), (copy, [2, 2]));
}

#[test]
fn a_ledger_with_an_unlawful_signature_can_still_be_backed_up() {
    let house = House::new();
    let (anna, decision, of) = proposed(&house);
    let op = by(&house, "anna", LEAD);
    let signature = forged(&op, anna, LEAD, Part::Cosign, of);
    let signed = DecisionSigned { decision, version: 1, part: Part::Cosign, signature };
    recorded(&house, &op, vec![signed.into()]);
    assert_eq!(told(&house).0.len(), 1);
    let dir = tempfile::tempdir().expect("a directory");
    let to = dir.path().join("backup.tar");
    let made = house.register.backup(&wish(&to), &mut quiet());
    assert!(made.is_ok(), "{made:?}");
}
