//! The review of access: who looks at whose roles, what is due, and what age is told.

use crate::town::{DAY, Town, code};
use aftercare_domain::{
    Event, Refusal, Sight,
    access_review::{self, AGEING, Outcome, Reviewed},
    credential::{CredentialEnded, CredentialSet, Factor, Occasion},
    grant::Standing,
    role::RoleName,
};
use aftercare_vocab::id::GrantId;

fn grant(town: &Town, login: &str) -> GrantId {
    let person = town.is(login);
    town.roster.grants_of(person).next().expect("a role").grant
}

fn reviews(town: &mut Town, by: &str, what: &[(&str, Outcome)], why: &str) -> Result<(), Refusal> {
    let reviewed = what
        .iter()
        .map(|(login, outcome)| Reviewed { grant: grant(town, login), outcome: *outcome });
    let reviewed: Vec<Reviewed> = reviewed.collect();
    let op = town.op(by);
    let op = if why.is_empty() { op } else { op.because(why)? };
    let events = access_review::review(&town.roster, reviewed, &op)?;
    town.enter(&op, events);
    Ok(())
}

#[test]
fn a_role_is_due_after_half_a_year_and_not_after_it_was_looked_at() {
    let mut town = Town::staffed();
    let ole = grant(&town, "ole");
    let due = |town: &Town| town.roster.access(ole).expect("given").is_due(&AGEING, town.now);
    town.tick((AGEING.review_days - 1) * DAY);
    assert!(!due(&town), "not yet");
    town.tick(DAY);
    assert!(due(&town));
    reviews(
        &mut town,
        "kim",
        &[("ole", Outcome::Keep), ("siri", Outcome::Take)],
        "Siri left safety",
    )
    .expect("quality reviews");
    assert!(!due(&town));
    let review = town.roster.access(ole).and_then(|access| access.review).expect("reviewed");
    assert_eq!((review.by, review.outcome), (town.is("kim"), Outcome::Keep));
    let siri = town.roster.access(grant(&town, "siri")).expect("it takes nothing away by itself");
    assert_eq!(siri.review.map(|review| review.outcome), Some(Outcome::Take));
    town.tick(AGEING.review_days * DAY);
    assert!(due(&town), "again and again");
}

#[test]
fn nobody_reviews_their_own_roles_nor_without_the_right_nor_says_two_things() {
    let mut town = Town::staffed();
    let own = reviews(&mut town, "kim", &[("kim", Outcome::Keep)], "").expect_err("refused");
    assert_eq!((own.code, own.who.as_deref()), ("own_access", Some("Anna")));
    reviews(&mut town, "anna", &[("kim", Outcome::Keep)], "").expect("the other reviewer");
    for who in ["ole", "siri", "eva"] {
        assert_eq!(code(&reviews(&mut town, who, &[("anna", Outcome::Keep)], "")), "right_missing");
    }
    let twice = [("ole", Outcome::Keep), ("ole", Outcome::Take)];
    assert_eq!(code(&reviews(&mut town, "kim", &twice, "x")), "reviewed_twice");
    assert_eq!(code(&reviews(&mut town, "kim", &[("ole", Outcome::Take)], "")), "reason_missing");
    assert_eq!(code(&reviews(&mut town, "kim", &[], "")), "nothing_reviewed");
    let gone = grant(&town, "ole");
    town.take(gone);
    let late = town.op("kim");
    let late = access_review::review(
        &town.roster,
        vec![Reviewed { grant: gone, outcome: Outcome::Keep }],
        &late,
    );
    assert_eq!(code(&late), "unknown_id");
}

#[test]
fn a_role_given_anew_was_not_reviewed_and_a_role_for_a_part_reviews_nothing() {
    let mut town = Town::staffed();
    reviews(&mut town, "kim", &[("ole", Outcome::Take)], "Left").expect("reviewed");
    let gone = grant(&town, "ole");
    town.take(gone);
    assert!(town.roster.access(gone).is_none());
    town.grant("ole", RoleName::Quality, Sight::of([crate::town::id(9)]), Standing::Holder);
    let anew = grant(&town, "ole");
    assert_eq!(town.roster.access(anew).expect("given").review, None);
    assert_eq!(code(&reviews(&mut town, "ole", &[("anna", Outcome::Keep)], "")), "right_missing");
}

#[test]
fn the_age_of_a_credential_counts_from_its_setting_and_ends_with_it() {
    let mut town = Town::staffed();
    let (person, credential) = (town.is("ole"), crate::town::id(91));
    let op = town.op("ole");
    let (set_at, factor, occasion) = (op.at, Factor::Password, Occasion::Own);
    town.enter(&op, vec![Event::from(CredentialSet { credential, person, factor, occasion })]);
    let own = town.roster.credentials_of(person);
    assert_eq!(own.iter().map(|one| (one.factor, one.at)).collect::<Vec<_>>(), [(factor, set_at)]);
    assert!(town.roster.credentials_of(town.is("kim")).is_empty());
    let op = town.op("ole");
    let occasion = Occasion::Replaced;
    town.enter(&op, vec![Event::from(CredentialEnded { credential, person, occasion })]);
    assert!(town.roster.credentials_of(person).is_empty());
    let later = set_at.plus_micros(3 * DAY + DAY / 2);
    assert_eq!(access_review::days_between(set_at, later), 3);
    assert_eq!(access_review::days_between(later, set_at), 0, "a clock set back makes nothing old");
}
