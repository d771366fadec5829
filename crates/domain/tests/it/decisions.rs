//! Decisions as stories: who proposes, who signs by what right, what stands in the way and who could.

use crate::{
    rights::any_row,
    town::{BOTH, DAY, SECOND, Town, code, id, wish},
};
use aftercare_domain::{
    Refusal, Sight,
    credential::Factor,
    decision::{self, Part, Stage, Wish, dry_run},
    delegation::{self, Handing},
    event::Event,
    grant::Standing,
    rights::{Circumstances, Cosigner, DecisionKind, Harm, Matrix, When},
    role::RoleName,
    signature::{ByRight, Meaning},
    training::{self, CompetenceOverridden},
};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, DelegationId, FamilyId},
};
use proptest::prelude::*;

const LEAD: RoleName = RoleName::ProductSecurityLead;
const SAFETY: RoleName = RoleName::SafetyRiskManager;

/// Signed by the lead, with quality beside.
const CLOSURE: DecisionKind = DecisionKind::Closure;

fn refusal<T: std::fmt::Debug>(done: Result<T, Refusal>) -> Refusal {
    done.expect_err("it is refused")
}

/// The lead hands their role over to somebody who is trained for it, for two weeks.
fn delegate(town: &mut Town, from: &str, to: &str) -> Result<DelegationId, Refusal> {
    town.train(to, LEAD, "2026-01-01", "2026-12-31");
    let delegation = id(77);
    let handing = Handing {
        delegation,
        from: town.is(from),
        to: town.is(to),
        role: LEAD,
        families: Sight::All,
        begins: town.now,
        ends: town.now.plus_micros(14 * DAY),
    };
    town.does(from, |roster, op| delegation::give(roster, handing, (id(78), BOTH.to_vec()), op))?;
    Ok(delegation)
}

#[test]
fn a_decision_is_taken_when_everybody_whom_the_matrix_names_has_signed() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("ole may propose");
    assert_eq!(town.state(id).missing(&town.roster).len(), 2);
    town.sign("kim", id, RoleName::Quality).expect("quality co-signs");
    assert_eq!(town.state(id).stage, Stage::Open);
    town.sign("anna", id, LEAD).expect("the lead decides");
    let state = town.state(id);
    assert!(matches!(state.stage, Stage::Taken(_)));
    let signed: Vec<_> = state
        .signatures()
        .map(|one| (one.part, one.signature.name.as_str(), one.signature.meaning))
        .collect();
    assert_eq!(
        signed,
        [(Part::Cosign, "Kim", Meaning::Reviewer), (Part::Decide, "Anna", Meaning::Approver)]
    );
    assert!(state.signatures().all(|one| one.signature.of == state.newest().digest));
    assert_eq!(code(&town.sign("eva", id, RoleName::Executive)), "decision_ended");
}

#[test]
fn what_is_not_known_asks_for_whoever_could_be_needed() {
    let mut town = Town::staffed();
    let unknown = town.propose("ole", wish(DecisionKind::Severity)).expect("proposed");
    let harmless = Wish {
        circumstances: Circumstances {
            harm: Some(Harm::Negligible),
            essential_performance: Some(false),
            ..Circumstances::default()
        },
        ..wish(DecisionKind::Severity)
    };
    let known = town.propose("ole", harmless).expect("proposed");
    let people = |id| town.state(id).needed(&town.roster).people();
    assert_eq!((people(unknown), people(known)), (2, 1));
}

#[test]
fn only_whom_the_matrix_names_proposes_and_the_refusal_says_who() {
    let mut town = Town::staffed();
    let refused = refusal(town.propose("siri", wish(CLOSURE)));
    assert_eq!(refused.code, "may_not_propose");
    assert_eq!(refused.who.as_deref(), Some("Anna or Ole"));
    assert_eq!(code(&town.propose("nobody", wish(CLOSURE))), "not_a_person");
}

#[test]
fn a_person_signs_one_place_only() {
    let mut town = Town::staffed();
    town.grant("anna", RoleName::Quality, Sight::All, Standing::Holder);
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    town.sign("anna", id, LEAD).expect("the lead decides");
    let refused = refusal(town.sign("anna", id, RoleName::Quality));
    assert_eq!(refused.code, "signed_already");
    assert_eq!(refused.who.as_deref(), Some("Kim"), "and not Anna herself");
    town.sign("kim", id, RoleName::Quality).expect("another person co-signs");
    assert!(matches!(town.state(id).stage, Stage::Taken(_)));
}

#[test]
fn whoever_wrote_a_decision_is_never_the_only_one_to_approve_it() {
    let mut town = Town::staffed();
    town.person("bo");
    town.grant("bo", LEAD, Sight::All, Standing::Holder);
    let alone = Wish {
        circumstances: Circumstances {
            harm: Some(Harm::Negligible),
            essential_performance: Some(false),
            ..Circumstances::default()
        },
        ..wish(DecisionKind::Severity)
    };
    let own = town.propose("anna", alone.clone()).expect("a lead may propose");
    let refused = refusal(town.sign("anna", own, LEAD));
    assert_eq!((refused.code, refused.who.as_deref()), ("sole_approver", Some("Bo")));

    // That somebody else touched it since makes it no less her own.
    let touched = Wish { title: "The same, with a comma".into(), ..alone };
    town.revise("ole", own, touched).expect("an analyst may revise");
    assert_eq!(code(&town.sign("anna", own, LEAD)), "sole_approver");
    town.sign("bo", own, LEAD).expect("another lead approves");
}

#[test]
fn a_deputy_signs_only_while_every_holder_is_away_and_the_signature_says_so() {
    let mut town = Town::staffed();
    for login in ["bo", "cleo"] {
        town.person(login);
    }
    town.grant("bo", LEAD, Sight::All, Standing::Holder);
    town.grant("cleo", LEAD, Sight::All, Standing::Deputy);
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let refused = refusal(town.sign("cleo", id, LEAD));
    assert_eq!((refused.code, refused.who.as_deref()), ("right_missing", Some("Anna or Bo")));
    town.away("anna");
    assert_eq!(code(&town.sign("cleo", id, LEAD)), "right_missing", "one holder is there");
    let bo = town.away("bo");
    let tried = town.signing(id, LEAD);
    let state = town.state(id);
    town.back(bo);
    let op = town.op("cleo");
    let late = decision::sign(&town.roster, &state, tried, &op);
    assert_eq!(code(&late), "right_missing", "a holder is back");
    town.away("bo");
    town.sign("cleo", id, LEAD).expect("nobody else is there");
    let state = town.state(id);
    let signed = state.signatures().next().expect("signed");
    assert_eq!((signed.signature.by, signed.signature.name.as_str()), (ByRight::Deputy, "Cleo"));
}

#[test]
fn a_delegate_signs_in_their_own_name_and_by_whose_delegation() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let delegation = delegate(&mut town, "anna", "siri").expect("anna may");
    town.sign("siri", id, LEAD).expect("a delegate");
    let state = town.state(id);
    let signed = &state.signatures().next().expect("signed").signature;
    assert_eq!((signed.name.as_str(), signed.by), ("Siri", ByRight::Delegate(delegation)));
    let given = town.entries.iter().find_map(|entry| match &entry.event {
        Event::DelegationGiven(given) => Some(given.clone()),
        _ => None,
    });
    let given = given.expect("in the ledger");
    assert_eq!(given.signature.name, "Anna");
    assert_eq!(Ok(given.signature.of), given.handing.digest());
    assert_eq!(given.signature.meaning, Meaning::Responsible);
}

#[test]
fn a_delegation_lapses_with_its_end_or_the_role_of_whoever_gave_it_and_is_never_passed_on() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let given = delegate(&mut town, "anna", "siri").expect("anna may");
    let on = refusal(delegate(&mut town, "siri", "kim"));
    assert_eq!((on.code, on.who.as_deref()), ("not_holder", Some("Anna")));

    let grant = town.roster.grants_of(town.is("anna")).next().expect("a role").grant;
    let (state, signing) = (town.state(id), town.signing(id, LEAD));
    let op = town.op("siri");
    let sign = |town: &Town, op| decision::sign(&town.roster, &state, signing.clone(), op);
    assert_eq!(code(&sign(&town, &op)), "ok");
    town.take(grant);
    assert_eq!(code(&sign(&town, &op)), "right_missing", "the giver has no role any more");
    town.grant("anna", LEAD, Sight::All, Standing::Holder);
    assert_eq!(code(&sign(&town, &op)), "ok");

    let mut late = town.op("siri");
    late.at = late.at.plus_micros(14 * DAY);
    assert_eq!(code(&sign(&town, &late)), "right_missing", "it is over");
    assert_eq!(code(&town.does("ole", |r, op| delegation::end(r, given, op))), "not_yours");
    town.does("siri", |roster, op| delegation::end(roster, given, op)).expect("whoever got it may");
    let op = town.op("siri");
    assert_eq!(code(&sign(&town, &op)), "right_missing", "it was ended");
}

#[test]
fn a_delegate_who_comes_to_keep_accounts_signs_nothing() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    delegate(&mut town, "anna", "siri").expect("anna may");
    let own = town.roster.grants_of(town.is("siri")).next().expect("a role").grant;
    town.take(own);
    town.untrained("siri", RoleName::Administrator, Sight::All, Standing::Holder);
    assert_eq!(code(&town.sign("siri", id, LEAD)), "right_missing");
}

#[test]
fn what_cannot_be_handed_over_is_refused() {
    let mut town = Town::staffed();
    town.person("adam");
    town.untrained("adam", RoleName::Administrator, Sight::All, Standing::Holder);
    town.person("finn");
    town.grant("finn", RoleName::Developer, Sight::of([id::<_>(1)]), Standing::Holder);
    let (now, anna) = (town.now, town.is("anna"));
    let handing = Handing {
        delegation: id(77),
        from: anna,
        to: town.is("siri"),
        role: LEAD,
        families: Sight::All,
        begins: now,
        ends: now.plus_micros(DAY),
    };
    let cases: Vec<(&str, &str, Handing)> = vec![
        ("ole", "not_yours", handing.clone()),
        ("anna", "to_yourself", Handing { to: anna, ..handing.clone() }),
        ("anna", "right_missing", Handing { role: RoleName::Quality, ..handing.clone() }),
        ("anna", "roles_apart", Handing { to: town.is("adam"), ..handing.clone() }),
        ("anna", "delegate_outside", Handing { to: town.is("finn"), ..handing.clone() }),
        ("anna", "delegation_time", Handing { ends: now, ..handing.clone() }),
        (
            "anna",
            "delegation_time",
            Handing { begins: now.plus_micros(-SECOND), ..handing.clone() },
        ),
        ("anna", "delegation_too_long", Handing { ends: now.plus_micros(91 * DAY), ..handing }),
    ];
    for (by, expected, handing) in cases {
        let op = town.op(by);
        let given = delegation::give(&town.roster, handing, (id(78), BOTH.to_vec()), &op);
        assert_eq!(code(&given), expected, "{by}");
    }
    let adam = town.is("adam");
    let own = Handing {
        delegation: id(77),
        from: adam,
        to: anna,
        role: RoleName::Administrator,
        families: Sight::All,
        begins: now,
        ends: now.plus_micros(DAY),
    };
    let op = town.op("adam");
    let given = delegation::give(&town.roster, own, (id(78), BOTH.to_vec()), &op);
    assert_eq!(code(&given), "role_signs_nothing");
}

#[test]
fn a_revision_drops_the_signatures_and_the_old_ones_stay_where_they_are() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    town.sign("kim", id, RoleName::Quality).expect("signs");
    let old = town.state(id).newest().digest;
    let signing = town.signing(id, LEAD);
    assert_eq!(code(&town.revise("ole", id, wish(CLOSURE))), "nothing_changed");
    let changed = Wish { statement: "Something else.".into(), ..wish(CLOSURE) };
    town.revise("ole", id, changed).expect("revised");

    let state = town.state(id);
    assert_eq!((state.signatures().count(), state.signed.len()), (0, 1));
    assert_eq!((state.signed[0].version, state.signed[0].signature.of), (1, old));
    let op = town.op("anna");
    let stale = decision::sign(&town.roster, &state, signing, &op);
    assert_eq!(code(&stale), "another_version", "she read another text");
    town.sign("anna", id, LEAD).expect("the new one");
    assert_eq!(town.state(id).stage, Stage::Open, "quality has not signed the new one");
    assert_eq!(code(&town.revise("ole", id, wish(DecisionKind::Severity))), "kind_fixed");
}

#[test]
fn a_signature_needs_two_components_over_exactly_what_was_read() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let (state, signing) = (town.state(id), town.signing(id, LEAD));
    let op = town.op("anna");
    let with = |of: Digest, factors: &[Factor]| {
        let wish = decision::SignWish { of, factors: factors.to_vec(), ..signing.clone() };
        code(&decision::sign(&town.roster, &state, wish, &op))
    };
    let digest = state.newest().digest;
    assert_eq!(with(digest, &[Factor::Password, Factor::Totp]), "ok");
    assert_eq!(with(digest, &[Factor::Passkey]), "ok");
    assert_eq!(with(digest, &[Factor::Password]), "components_missing");
    assert_eq!(with(digest, &[Factor::Password, Factor::Password]), "components_missing");
    assert_eq!(with(digest, &[]), "components_missing");
    assert_eq!(with(Digest::of(b"another"), BOTH), "another_version");
}

#[test]
fn a_refusal_has_a_reason_a_signature_and_ends_the_version() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    town.sign("anna", id, LEAD).expect("the lead decides");
    let (state, signing) = (town.state(id), town.signing(id, RoleName::Quality));
    let op = town.op("kim");
    let silent = decision::refuse(&town.roster, &state, signing, &op);
    assert_eq!(code(&silent), "reason_missing");
    assert_eq!(code(&town.refuse("ole", id, RoleName::Quality)), "right_missing");
    town.refuse("kim", id, RoleName::Quality).expect("refuses");
    let state = town.state(id);
    assert!(matches!(state.stage, Stage::Refused(_)));
    let refused = state.signed.last().expect("signed");
    assert_eq!(refused.signature.meaning, Meaning::Refuser, "it is no approval");
    assert_eq!(refused.reason.as_deref(), Some("as agreed"));
    assert_eq!(code(&town.sign("kim", id, RoleName::Quality)), "decision_refused");
    let changed = Wish { statement: "As quality wants it.".into(), ..wish(CLOSURE) };
    town.revise("ole", id, changed).expect("revised");
    assert_eq!(town.state(id).stage, Stage::Open);
}

#[test]
fn whoever_wrote_it_takes_it_back_and_nobody_else() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let state = town.state(id);
    let refused = refusal(town.does("anna", |r, op| decision::withdraw(r, &state, op)));
    assert_eq!((refused.code, refused.who.as_deref()), ("not_yours", Some("Ole")));
    town.does("ole", |r, op| decision::withdraw(r, &state, op)).expect("his own");
    assert_eq!(code(&town.sign("anna", id, LEAD)), "decision_ended");
}

#[test]
fn lapsed_training_stops_a_signature_until_renewed_or_overridden_by_somebody_else() {
    let mut town = Town::staffed();
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    town.tick(310 * DAY);
    let refused = refusal(town.sign("anna", id, LEAD));
    assert_eq!(refused.code, "training_lapsed");
    assert!(refused.what.contains("2026-12-31"), "{refused}");
    assert_eq!(refused.who, None, "nobody else could either");
    let until = "2027-01-20".parse().expect("a day");
    let wish = |town: &Town| CompetenceOverridden { person: town.is("anna"), role: LEAD, until };
    let own = wish(&town);
    assert_eq!(
        code(&town.does("anna", |r, op| training::override_competence(r, own, op))),
        "own_competence"
    );
    let other = wish(&town);
    town.does("kim", |r, op| training::override_competence(r, other, op)).expect("overridden");
    town.sign("anna", id, LEAD).expect("for the time being");
    town.train("kim", RoleName::Quality, "2027-01-02", "2028-01-01");
    town.sign("kim", id, RoleName::Quality).expect("renewed");
}

#[test]
fn several_untrained_holders_are_refused_and_named_to_nobody() {
    let mut town = Town::staffed();
    town.person("bo");
    town.untrained("bo", LEAD, Sight::All, Standing::Holder);
    town.person("cleo");
    town.untrained("cleo", LEAD, Sight::All, Standing::Holder);
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let refused = refusal(town.sign("bo", id, LEAD));
    assert_eq!((refused.code, refused.who.as_deref()), ("training_lapsed", Some("Anna")));
    town.tick(310 * DAY);
    assert_eq!(refusal(town.sign("bo", id, LEAD)).who, None);
}

#[test]
fn nobody_signs_before_somebody_made_sure_who_they_are_or_while_suspended() {
    let mut town = Town::staffed();
    town.stranger("bo");
    town.grant("bo", LEAD, Sight::All, Standing::Holder);
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let refused = refusal(town.sign("bo", id, LEAD));
    assert_eq!(refused.code, "identity_unverified");
    assert_eq!(refused.who.as_deref(), Some("Anna"));
    assert!(refused.next.contains("Kim or Eva") || refused.next.contains("Eva"), "{refused}");
    let bo = town.is("bo");
    town.does("eva", |roster, op| {
        aftercare_domain::person::verify_identity(roster, bo, "pass shown", op)
    })
    .expect("vouched for");
    town.person("adam");
    town.untrained("adam", RoleName::Administrator, Sight::All, Standing::Holder);
    town.does("adam", |roster, op| aftercare_domain::person::suspend(roster, bo, op))
        .expect("suspended");
    assert_eq!(code(&town.sign("bo", id, LEAD)), "person_suspended");
}

#[test]
fn roles_hold_for_their_product_families_only() {
    let (pumps, monitors): (FamilyId, FamilyId) = (id(1), id(2));
    let mut town = Town::staffed();
    town.person("paul");
    town.grant("paul", LEAD, Sight::of([pumps]), Standing::Holder);
    let of = |families: Sight| Wish { families, ..wish(CLOSURE) };
    assert_eq!(code(&town.propose("paul", of(Sight::of([monitors])))), "may_not_propose");
    assert_eq!(code(&town.propose("paul", of(Sight::of([pumps, monitors])))), "may_not_propose");
    assert_eq!(code(&town.propose("paul", of(Sight::of([])))), "no_family");
    let id = town.propose("ole", of(Sight::of([monitors]))).expect("proposed");
    let refused = refusal(town.sign("paul", id, LEAD));
    assert_eq!((refused.code, refused.who.as_deref()), ("right_missing", Some("Anna")));
    let id = town.propose("paul", of(Sight::of([pumps]))).expect("his own family");
    town.sign("kim", id, RoleName::Quality).expect("signs");
    town.sign("paul", id, LEAD).expect("his own family");
}

/// The proposed matrix, where safety too always signs a closure.
fn stricter() -> Matrix {
    let mut matrix = Matrix::proposed();
    let row = matrix.rows.iter_mut().find(|row| row.kind == CLOSURE).expect("a row");
    row.cosigns.push(Cosigner { role: SAFETY, when: When::Always });
    matrix
}

fn change(matrix: Matrix) -> Wish {
    Wish { about: "rights".into(), matrix: Some(matrix), ..wish(DecisionKind::RightsMatrix) }
}

fn adopted(town: &mut Town, matrix: Matrix) -> DecisionId {
    let id = town.propose("anna", change(matrix)).expect("a lead may propose");
    town.sign("kim", id, RoleName::Quality).expect("quality co-signs");
    town.sign("eva", id, RoleName::Executive).expect("the executive decides");
    id
}

#[test]
fn a_change_of_the_rights_is_decided_and_holds_for_what_is_proposed_after_it() {
    let mut town = Town::staffed();
    let before = town.propose("ole", wish(CLOSURE)).expect("proposed");
    adopted(&mut town, stricter());
    assert_eq!(town.roster.rights_version(), 2);
    let after = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let people = |id| town.state(id).needed(&town.roster).people();
    assert_eq!((people(before), people(after)), (2, 3));
    let unsound = Matrix { rows: Vec::new(), ..Matrix::proposed() };
    assert_eq!(code(&town.propose("anna", change(unsound))), "matrix_unsound");
    assert_eq!(
        code(&town.propose("anna", Wish { matrix: None, ..change(stricter()) })),
        "matrix_misplaced"
    );
    let elsewhere = Wish { matrix: Some(stricter()), ..wish(CLOSURE) };
    assert_eq!(code(&town.propose("ole", elsewhere)), "matrix_misplaced");
}

#[test]
fn a_change_of_the_rights_never_undoes_one_that_was_decided_meanwhile() {
    let mut town = Town::staffed();
    let slow = town.propose("anna", change(Matrix::proposed())).expect("proposed");
    town.sign("kim", slow, RoleName::Quality).expect("signs");
    adopted(&mut town, stricter());
    assert_eq!(code(&town.sign("eva", slow, RoleName::Executive)), "rights_changed");
    assert_eq!(town.roster.rights_version(), 2);
    town.revise("anna", slow, change(Matrix::proposed())).expect("from the rights in force");
    town.sign("kim", slow, RoleName::Quality).expect("signs");
    town.sign("eva", slow, RoleName::Executive).expect("signs");
    assert_eq!(town.roster.rights_version(), 3);
}

#[test]
fn a_dry_run_names_what_would_have_been_decided_otherwise() {
    let mut town = Town::staffed();
    let closed = town.propose("ole", wish(CLOSURE)).expect("proposed");
    town.sign("kim", closed, RoleName::Quality).expect("signs");
    town.sign("anna", closed, LEAD).expect("signs");
    let open = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let states = [town.state(closed), town.state(open)];
    assert_eq!(dry_run(&states, &Matrix::proposed()), []);
    let found = dry_run(&states, &stricter());
    assert_eq!(found.len(), 1, "what is open is decided anew");
    assert_eq!((found[0].decision, &found[0].missing[..]), (closed, &[SAFETY][..]));
    let mut other = Matrix::proposed();
    let row = other.rows.iter_mut().find(|row| row.kind == CLOSURE).expect("a row");
    row.decides = vec![RoleName::Executive];
    row.cosigns.clear();
    let found = dry_run(&states, &other);
    assert_eq!(found[0].missing, [RoleName::Executive]);
    assert_eq!(found[0].spared, [LEAD, RoleName::Quality]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]
    /// Whatever the matrix says and whoever tries: nobody signs two places of one version, the author is
    /// never the only one, and what is taken has every signature that the matrix asks for.
    #[test]
    fn no_order_of_signing_gets_around_the_matrix(
        row in any_row(DecisionKind::Severity),
        grants in prop::collection::vec((0_usize..5, 0_usize..13), 1..12),
        author in 0_usize..5,
        tries in prop::collection::vec((0_usize..5, 0_usize..13), 1..30),
    ) {
        const LOGINS: [&str; 5] = ["ann", "bob", "cem", "dan", "eli"];
        let mut matrix = Matrix::proposed();
        matrix.rows.retain(|other| other.kind != DecisionKind::Severity);
        matrix.rows.push(row);
        let Ok(matrix) = matrix.checked() else { return Ok(()) };
        let mut town = Town::staffed();
        adopted(&mut town, matrix);
        for login in LOGINS {
            town.person(login);
        }
        for (person, role) in grants {
            town.grant(LOGINS[person], RoleName::ALL[role], Sight::All, Standing::Holder);
        }
        let Ok(id) = town.propose(LOGINS[author], wish(DecisionKind::Severity)) else {
            return Ok(());
        };
        for (person, role) in tries {
            let _ = town.sign(LOGINS[person], id, RoleName::ALL[role]);
        }
        let state = town.state(id);
        let mut signers: Vec<_> = state.signatures().map(|one| one.signature.person).collect();
        let signatures = signers.len();
        signers.sort();
        signers.dedup();
        prop_assert_eq!(signers.len(), signatures, "one place each");
        if matches!(state.stage, Stage::Taken(_)) {
            prop_assert!(signers.iter().any(|person| *person != state.newest().by));
            prop_assert_eq!(signatures, state.needed(&town.roster).people());
            prop_assert!(state.missing(&town.roster).is_empty());
        }
    }
}
