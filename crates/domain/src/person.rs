//! Persons: those who can sign in.
//!
//! Printed name and login stand in the clear in the ledger, because a signature must show them for as
//! long as the signed record is kept (21 CFR 11.50(a), 11.70). A login is never given again
//! (11.100(a)), and an account is never deleted but suspended. Whoever must not be named that way, a
//! reporter or a person at a customer, is a contact or a thread, not a person here.

use crate::{
    event::Event,
    operation::{Actor, Operation},
    refusal::Refusal,
    role::RoleName,
    roster::Roster,
    sight::Sight,
    text,
};
use aftercare_vocab::{
    id::{GrantId, PersonId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

/// Longest login name, in characters.
pub const LOGIN_LIMIT: usize = 64;
/// Longest printed name, in characters.
pub const PRINTED_LIMIT: usize = 120;
/// Most persons of one record.
pub const PERSONS_LIMIT: usize = 5_000;

/// A person was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonAdded {
    /// The new person.
    pub person: PersonId,
    /// What they sign in with; never given to anybody else.
    pub login: String,
    /// The name that stands under signatures.
    pub name: String,
}

/// A person's printed name changed; signatures made before keep the old one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonRenamed {
    /// The person.
    pub person: PersonId,
    /// The name from now on.
    pub name: String,
}

/// A person may not sign in any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonSuspended {
    /// The person.
    pub person: PersonId,
}

/// A person may sign in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonReinstated {
    /// The person.
    pub person: PersonId,
}

/// Somebody made sure who a person is, before that person signs anything (21 CFR 11.100(b)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityVerified {
    /// The person.
    pub person: PersonId,
    /// How: `Works in the same office; staff pass shown`.
    pub how: String,
}

/// A code was made by which a person sets their password; it is handed over and never stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonInvited {
    /// The person.
    pub person: PersonId,
    /// Until when it waits.
    pub until: Instant,
}

/// A login in its normal form: lower-case letters, digits, and `.`, `-`, `_`, `@`, `+` between them.
pub fn login(given: &str) -> Result<String, Refusal> {
    let login = text::line("login", given, LOGIN_LIMIT)?.to_lowercase();
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@+".contains(c);
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (first, last) = (login.chars().next(), login.chars().last());
    if login.chars().all(good) && ends(first) && ends(last) {
        return Ok(login);
    }
    Err(Refusal::new(
        "login_unreadable",
        "A login is made of letters a to z, digits, and the signs . - _ @ + between them.",
        "Choose one like `anna.berg`.",
    ))
}

/// Adds a person under a login that nobody had before.
pub fn add(
    roster: &Roster,
    person: PersonId,
    wanted: &str,
    name: &str,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let login = login(wanted)?;
    if let Some(taken) = roster.person_of_login(&login) {
        let of = if taken.active() { "somebody else" } else { "somebody who is suspended" };
        return Err(Refusal::new(
            "login_taken",
            format!("The login {login} belongs to {of}; a login is never given twice."),
            "Choose another login.",
        ));
    }
    if roster.persons().count() >= PERSONS_LIMIT {
        return Err(Refusal::new(
            "too_many_persons",
            format!("The record holds {PERSONS_LIMIT} persons already, suspended ones too."),
            "Ask whoever runs this installation to raise the limit.",
        ));
    }
    let name = text::line("printed name", name, PRINTED_LIMIT)?;
    Ok(vec![PersonAdded { person, login, name }.into()])
}

/// The first person of a record, who keeps its accounts. Only while there is nobody.
pub fn set_up(
    roster: &Roster,
    (person, grant): (PersonId, GrantId),
    login: &str,
    name: &str,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if roster.persons().next().is_some() {
        return Err(Refusal::new(
            "already_set_up",
            "This record has been set up already.",
            "Sign in, or ask an administrator for an account.",
        ));
    }
    let mut events = add(roster, person, login, name, op)?;
    events.push(
        crate::grant::RoleGiven {
            grant,
            person,
            role: RoleName::Administrator,
            sight: Sight::All,
            standing: crate::grant::Standing::Holder,
        }
        .into(),
    );
    Ok(events)
}

/// Changes the printed name.
pub fn rename(
    roster: &Roster,
    person: PersonId,
    name: &str,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let known = roster.person(person)?;
    let name = text::line("printed name", name, PRINTED_LIMIT)?;
    if known.name == name {
        return Ok(Vec::new());
    }
    Ok(vec![PersonRenamed { person, name }.into()])
}

/// Suspends a person. Nobody suspends themselves, and one administrator must remain.
pub fn suspend(roster: &Roster, person: PersonId, op: &Operation) -> Result<Vec<Event>, Refusal> {
    let known = roster.person(person)?;
    if !known.active() {
        return Ok(Vec::new());
    }
    if Actor::person(&known.login)? == op.actor {
        return Err(Refusal::new(
            "own_account",
            "Nobody suspends their own account.",
            "Ask another administrator.",
        ));
    }
    if roster.is_last_administrator(person) {
        return Err(last_administrator());
    }
    Ok(vec![PersonSuspended { person }.into()])
}

/// Lets a suspended person sign in again.
pub fn reinstate(roster: &Roster, person: PersonId, _: &Operation) -> Result<Vec<Event>, Refusal> {
    let known = roster.person(person)?;
    Ok(if known.active() { Vec::new() } else { vec![PersonReinstated { person }.into()] })
}

/// Records that somebody made sure who a person is. Not oneself; nobody for whom nobody has vouched,
/// but the one who was there first; and not whoever made the account, unless nobody else could. So one
/// person alone cannot invent a signer, nor two accounts that vouch for each other (21 CFR 11.200(a)(3)).
pub fn verify_identity(
    roster: &Roster,
    person: PersonId,
    how: &str,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let known = roster.person(person)?;
    let by = roster.acting(&op.actor);
    if by == Some(person) {
        return Err(Refusal::new(
            "own_identity",
            "Nobody vouches for themselves.",
            "Ask somebody else who may verify identities.",
        ));
    }
    let mut others = roster.who_may(crate::access::Right::VerifyIdentity, op.at);
    others.retain(|one| roster.person(*one).is_ok_and(vouches));
    let another = others.iter().any(|one| Some(*one) != by && *one != person);
    if by.is_some_and(|by| !roster.person(by).is_ok_and(vouches)) {
        return Err(Refusal::new(
            "voucher_unverified",
            "Nobody has made sure yet who you are, so you cannot vouch for somebody else.",
            "Ask another person who may verify identities.",
        )
        .could(roster.names(others.into_iter().filter(|one| *one != person))));
    }
    if by.is_some() && by == known.added_by && another {
        return Err(Refusal::new(
            "identity_by_creator",
            format!("You made the account of {}, so somebody else must vouch for it.", known.name),
            "Ask another person who may verify identities.",
        )
        .could(roster.names(others.into_iter().filter(|one| Some(*one) != by && *one != person))));
    }
    let how = text::line("way in which the identity was verified", how, text::NAME_LIMIT)?;
    Ok(vec![IdentityVerified { person, how }.into()])
}

/// Whether somebody's word on who another is counts: they were vouched for themselves, or no person made
/// their account.
fn vouches(person: &crate::roster::Person) -> bool {
    person.identity.is_some() || person.added_by.is_none()
}

pub(crate) fn last_administrator() -> Refusal {
    Refusal::new(
        "last_administrator",
        "This is the last administrator; without one nobody could keep the accounts.",
        "Make somebody else an administrator first.",
    )
}
