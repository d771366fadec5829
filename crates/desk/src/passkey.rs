//! Passkeys: registering one, signing in with it, and proving oneself for a signature.
//!
//! Every ceremony has a ticket, which names the challenge that waits for one answer alone: whatever comes of
//! it, it is used up. A key always checks who holds it (PIN, finger, face), because it stands for both
//! components of a signature.

use crate::{
    Desk, Origin, SignedInAs, Trouble,
    proof::{Proofs, note_failure},
    sign_in::{begin, end_sessions, keep_credential, secret},
    viewer::{Viewer, key_of, own_session},
};
use aftercare_domain::{
    Operation, Refusal,
    credential::{Factor, Occasion},
    session::{Attempt, SessionEnd},
};
use aftercare_register::{Credential, Fault, Pen};
use aftercare_signin::{
    passkey::{self, Account, Asked, Pending, Refused, Site, Verification},
    token::Bearer,
};
use aftercare_vocab::{digest::Digest, id::PersonId};
use std::net::IpAddr;

/// What the installation is called by keys and browsers.
const SITE_NAME: &str = "Aftercare";
/// Most passkeys of one person.
pub const PASSKEYS_LIMIT: usize = 20;
/// Longest name of a passkey, in characters.
const NAME_LIMIT: usize = 100;

/// The address under which browsers know the installation: a passkey belongs to it alone.
#[derive(Debug, Clone)]
pub struct PasskeySite(Site);

impl PasskeySite {
    /// Of an address without a path: `https://aftercare.maker.example`, `http://localhost:8080`.
    ///
    /// Refused where browsers know no passkeys: under the number of a machine, and unencrypted except
    /// under `localhost` (W3C Web Authentication Level 3, sections 5.1.3 and 5.1.4).
    pub fn of(origin: &str) -> Result<Self, Refusal> {
        let refused = |why: String| {
            Refusal::new(
                "passkey_address",
                format!("Passkeys do not work under {origin}: {why}."),
                "Open Aftercare by its name and encrypted, or on the own machine as `localhost`; whoever runs the server sets `origin`.",
            )
        };
        let host = origin.split_once("://").map_or("", |(_, authority)| authority);
        let host = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => host,
        };
        if host.starts_with('[') || host.parse::<IpAddr>().is_ok() {
            return Err(refused("browsers keep them for names, not for numbers".to_owned()));
        }
        Site::new(host, SITE_NAME, &[origin]).map(Self).map_err(|why| refused(why.to_string()))
    }
}

/// A ceremony that was begun.
#[derive(Debug, Clone)]
pub struct PasskeyAsked {
    /// Names it; sent back with the answer.
    pub ticket: String,
    /// For the browser, as JSON.
    pub options: serde_json::Value,
}

/// What a browser answered.
#[derive(Clone)]
pub struct PasskeyAnswer {
    /// The address it was asked under.
    pub site: PasskeySite,
    /// The ticket of the ceremony.
    pub ticket: String,
    /// What the browser's `toJSON()` gave.
    pub answer: String,
}

impl std::fmt::Debug for PasskeyAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasskeyAnswer(..)")
    }
}

/// What a ceremony is for. An answer to one is none to another.
#[derive(Clone, Copy)]
enum For {
    Registering(PersonId),
    Proving(PersonId),
    SigningIn,
}

impl For {
    fn place(self, ticket: &str) -> Digest {
        let ticket = ticket.trim();
        match self {
            Self::Registering(person) => {
                key_of("passkey to register", &format!("{ticket} {person}"))
            }
            Self::Proving(person) => key_of("passkey to prove", &format!("{ticket} {person}")),
            Self::SigningIn => key_of("passkey to sign in", ticket),
        }
    }
}

impl Desk {
    /// Begins to register a passkey.
    pub fn ask_to_register_passkey(
        &self,
        op: &Operation,
        viewer: &Viewer,
        site: &PasskeySite,
    ) -> Result<PasskeyAsked, Trouble> {
        let known = self.passkeys_of(viewer.person)?;
        if known.len() >= PASSKEYS_LIMIT {
            return Err(too_many().into());
        }
        let known: Vec<passkey::Credential> = known.into_iter().map(|(_, kept)| kept).collect();
        let account =
            Account { handle: viewer.person.as_bytes(), login: &viewer.login, name: &viewer.name };
        let begun = site
            .0
            .register(&account, &known, Verification::Demanded, &secret(op)?, op.at)
            .map_err(refused)?;
        self.begun(op, For::Registering(viewer.person), begun.options, &begun.pending)
    }

    /// Registers the passkey that was made, and the change by the password; other sessions end.
    pub fn register_passkey(
        &self,
        op: &Operation,
        viewer: &Viewer,
        proofs: &Proofs,
        name: &str,
        given: &PasskeyAnswer,
    ) -> Result<(), Trouble> {
        self.proven_once(op, viewer.person, proofs)?;
        let name: String =
            name.trim().chars().filter(|c| !c.is_control()).take(NAME_LIMIT).collect();
        let name = if name.is_empty() { Factor::Passkey.title().to_owned() } else { name };
        let done = self.beside(op, |pen| {
            let Some(pending) = taken(pen, For::Registering(viewer.person), given)? else {
                return Ok(Err(over()));
            };
            let made = match given.site.0.registered(pending, &given.answer, op.at) {
                Ok(made) => made,
                Err(why) => return Ok(Err(refused(why))),
            };
            let all = pen.credentials_by(Factor::Passkey)?;
            if all.iter().filter(|one| one.person == viewer.person).count() >= PASSKEYS_LIMIT {
                return Ok(Err(too_many()));
            }
            for one in &all {
                if kept(one)?.id == made.id {
                    return Ok(Err(refused(Refused::Known)));
                }
            }
            let text = written(&made)?;
            let of = (viewer.person, Factor::Passkey);
            keep_credential(pen, op, of, (text, name), Occasion::Own)?;
            let why = SessionEnd::CredentialChanged;
            end_sessions(pen, viewer.person, Some(own_session(viewer)?), why)?;
            Ok(Ok(()))
        })?;
        Ok(done?)
    }

    /// Whether somebody has a passkey.
    pub fn has_passkey(&self, person: PersonId) -> Result<bool, Trouble> {
        let credentials = self.register().reader()?.credentials(person)?;
        Ok(credentials.iter().any(|one| one.factor == Factor::Passkey))
    }

    /// Asks whoever is signed in for a proof by one of their passkeys.
    pub fn ask_for_passkey(
        &self,
        op: &Operation,
        person: PersonId,
        site: &PasskeySite,
    ) -> Result<PasskeyAsked, Trouble> {
        let known: Vec<passkey::Credential> =
            self.passkeys_of(person)?.into_iter().map(|(_, kept)| kept).collect();
        if known.is_empty() {
            return Err(Refusal::new(
                "no_passkey",
                "You have no passkey.",
                "Register one on the page of your account, or prove yourself by password and code.",
            )
            .into());
        }
        let asked = Asked::Account(&known);
        let begun = site.0.ask(asked, Verification::Demanded, &secret(op)?, op.at);
        self.begun(op, For::Proving(person), begun.options, &begun.pending)
    }

    /// Asks for any passkey of this installation, to sign in.
    pub fn ask_to_sign_in(
        &self,
        op: &Operation,
        site: &PasskeySite,
    ) -> Result<PasskeyAsked, Trouble> {
        let begun = site.0.ask(Asked::Anybody, Verification::Demanded, &secret(op)?, op.at);
        self.begun(op, For::SigningIn, begun.options, &begun.pending)
    }

    /// Signs in whoever the passkey belongs to.
    pub fn sign_in_by_passkey(
        &self,
        op: &Operation,
        given: &PasskeyAnswer,
        origin: &Origin,
    ) -> Result<SignedInAs, Trouble> {
        // Nothing of this is believed yet: it only says where to look.
        let person = holder(&given.answer);
        let done = self.beside(op, |pen| {
            let Some(pending) = taken(pen, For::SigningIn, given)? else {
                return Ok(Err(over()));
            };
            let roster = pen.facts().roster()?;
            let known = person.filter(|person| roster.active(*person).is_ok());
            let Some(person) = known else {
                note_failure(pen, None, Attempt::SignIn, op.at)?;
                return Ok(Err(unknown_key()));
            };
            match accepted(pen, op, person, pending, given)? {
                Ok(()) => begin(pen, op, person, vec![Factor::Passkey], origin).map(Ok),
                Err(refusal) => {
                    note_failure(pen, Some(person), Attempt::SignIn, op.at)?;
                    Ok(Err(refusal))
                }
            }
        })?;
        Ok(done?)
    }

    /// Whether the answer proves this person, for a signature or another change. Uses the challenge up.
    pub(crate) fn passkey_holds(
        &self,
        op: &Operation,
        person: PersonId,
        given: &PasskeyAnswer,
    ) -> Result<Result<(), Refusal>, Trouble> {
        self.beside(op, |pen| match taken(pen, For::Proving(person), given)? {
            None => Ok(Err(over())),
            Some(pending) => accepted(pen, op, person, pending, given),
        })
    }

    fn passkeys_of(
        &self,
        person: PersonId,
    ) -> Result<Vec<(Credential, passkey::Credential)>, Trouble> {
        let all = self.register().reader()?.credentials(person)?;
        all.into_iter()
            .filter(|one| one.factor == Factor::Passkey)
            .map(|one| kept(&one).map(|key| (one, key)))
            .collect()
    }

    fn begun(
        &self,
        op: &Operation,
        what: For,
        options: serde_json::Value,
        pending: &Pending,
    ) -> Result<PasskeyAsked, Trouble> {
        let ticket = Bearer::from_bytes(secret(op)?).text().expose().to_owned();
        let text = serde_json::to_string(pending).map_err(|e| Fault::shape("a ceremony", e))?;
        let until = op.at.plus_micros(passkey::LONGEST_STAY);
        self.beside(op, |pen| Ok(pen.wait(&what.place(&ticket), &text, until)?))?;
        Ok(PasskeyAsked { ticket, options })
    }
}

/// Takes the ceremony that an answer is to. It is used up, whatever comes of it.
fn taken(pen: &mut Pen<'_>, what: For, given: &PasskeyAnswer) -> Result<Option<Pending>, Trouble> {
    let text = pen.take_waiting(&what.place(&given.ticket))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Whether an answer proves this person; keeps the key's new counter.
fn accepted(
    pen: &mut Pen<'_>,
    op: &Operation,
    person: PersonId,
    pending: Pending,
    given: &PasskeyAnswer,
) -> Result<Result<(), Refusal>, Trouble> {
    let id = match Site::credential_of(&given.answer) {
        Ok(id) => id,
        Err(why) => return Ok(Err(refused(why))),
    };
    for one in pen.credentials(person)? {
        if one.factor != Factor::Passkey {
            continue;
        }
        let key = kept(&one)?;
        if key.id != id {
            continue;
        }
        return match given.site.0.proven(pending, &given.answer, &key, op.at) {
            Ok(proven) => {
                pen.use_credential(one.id, &written(&proven.credential)?, op.at)?;
                Ok(Ok(()))
            }
            Err(why) => Ok(Err(refused(why))),
        };
    }
    Ok(Err(unknown_key()))
}

/// The account that an answer names.
fn holder(answer: &str) -> Option<PersonId> {
    let handle = Site::account_of(answer).ok()??;
    Some(PersonId::from_bytes(handle.try_into().ok()?))
}

fn kept(one: &Credential) -> Result<passkey::Credential, Trouble> {
    Ok(serde_json::from_str(&one.secret).map_err(|e| Fault::shape("a passkey", e))?)
}

fn written(key: &passkey::Credential) -> Result<String, Trouble> {
    Ok(serde_json::to_string(key).map_err(|e| Fault::shape("a passkey", e))?)
}

fn too_many() -> Refusal {
    Refusal::new(
        "too_many_passkeys",
        format!("You have {PASSKEYS_LIMIT} passkeys, which is the most."),
        "Remove one that you do not use.",
    )
}

fn over() -> Refusal {
    Refusal::new(
        "passkey_over",
        "This request for a passkey is over, or it was answered already.",
        "Begin again; it waits for five minutes.",
    )
}

fn unknown_key() -> Refusal {
    Refusal::new(
        "passkey_refused",
        "This passkey is not registered here.",
        "Use another one, or login and password.",
    )
}

fn refused(why: Refused) -> Refusal {
    Refusal::new(
        "passkey_refused",
        format!("The passkey was not accepted: {why}."),
        "Begin again, or prove yourself by password and code.",
    )
}
