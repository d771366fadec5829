//! Signing in: the first person of a record, invitations, password and second factor, signing out.

use crate::{
    Desk, Trouble,
    proof::{
        Proofs, flush_failures, hashing, is_password, keep, kept, note_failure, use_code,
        wait_until,
    },
    viewer::key_of,
};
use aftercare_domain::{
    Event, Operation, Refusal,
    credential::{CredentialEnded, CredentialSet, Factor, Occasion},
    person::{self, PersonInvited},
    session::{Attempt, SessionEnd, SessionEnded, SignedIn},
    text, token,
};
use aftercare_register::{Credential, Pen, Session};
use aftercare_signin::{
    password::{Cost, Password, Proof, Rules, hash},
    throttle::{self, Key, Source, Verdict, weigh},
    token::{Bearer, Purpose},
};
use aftercare_vocab::{
    digest::Digest,
    id::{CredentialId, PersonId, SessionId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How long the second step of signing in may take: five minutes.
const SECOND_STEP_MICROS: i64 = 5 * 60 * 1_000_000;
/// How long an invitation waits: three days.
pub const INVITATION_MICROS: i64 = 3 * 24 * 60 * 60 * 1_000_000;
/// How long a set-up code waits: a day after the server printed it.
const SET_UP_MICROS: i64 = 24 * 60 * 60 * 1_000_000;
/// How long a browser is known after signing in: 90 days.
const DEVICE_MICROS: i64 = 90 * 24 * 60 * 60 * 1_000_000;
/// Longest name of a program that is kept, in characters.
const AGENT_LIMIT: usize = 120;

/// From where somebody signs in.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The address of the other end, if it is known.
    pub address: Option<IpAddr>,
    /// Which program, as it names itself.
    pub agent: String,
    /// The secret of a browser in which somebody signed in before.
    pub device: Option<String>,
}

/// How signing in went on.
#[derive(Clone)]
pub enum SignInStep {
    /// Signed in.
    Done(SignedInAs),
    /// A code is asked for; this text stands for the first step.
    Second(String),
}

/// Somebody is signed in now. Shows nothing of the secrets.
#[derive(Clone)]
pub struct SignedInAs {
    /// The secret of the session, for a cookie.
    pub session: String,
    /// The secret of the browser, for a cookie that outlives the session.
    pub device: String,
    /// Who.
    pub person: PersonId,
}

impl std::fmt::Debug for SignInStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Done(_) => "Done(..)",
            Self::Second(_) => "Second(..)",
        })
    }
}

impl std::fmt::Debug for SignedInAs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedInAs({})", self.person)
    }
}

#[derive(Serialize, Deserialize)]
struct SecondStep {
    person: PersonId,
    /// The password, or the link to a provider, that the first step was taken by: it must still be the person's at the second.
    by: CredentialId,
    factors: Vec<Factor>,
}

/// The places at which an attempt is counted.
struct Places {
    device: Option<Digest>,
    pair: Digest,
    source: Digest,
    account: Digest,
}

impl Places {
    fn of(login: &str, origin: &Origin, device: Option<Digest>) -> Self {
        let address = origin.address.unwrap_or(IpAddr::from([0, 0, 0, 0]));
        let source = Source::from(address);
        Self {
            device: device.map(|device| Key::Device(device).digest()),
            pair: Key::Pair(login, source).digest(),
            source: Key::Source(source).digest(),
            account: Key::Account(login).digest(),
        }
    }

    fn attempt(&self, pen: &Pen<'_>) -> Result<throttle::Attempt, Trouble> {
        Ok(match &self.device {
            Some(device) => throttle::Attempt::Known { device: kept(pen, device)? },
            None => throttle::Attempt::Unknown {
                pair: kept(pen, &self.pair)?,
                source: kept(pen, &self.source)?,
                account: kept(pen, &self.account)?,
            },
        })
    }

    fn keep(
        &self,
        pen: &mut Pen<'_>,
        state: throttle::Attempt,
        at: Instant,
    ) -> Result<(), Trouble> {
        match (state, &self.device) {
            (throttle::Attempt::Known { device }, Some(place)) => keep(pen, place, &device, at),
            (throttle::Attempt::Known { .. }, None) => Ok(()),
            (throttle::Attempt::Unknown { pair, source, account }, _) => {
                keep(pen, &self.pair, &pair, at)?;
                keep(pen, &self.source, &source, at)?;
                keep(pen, &self.account, &account, at)
            }
        }
    }
}

impl Desk {
    /// Whether nobody can sign in yet because nobody was added.
    pub fn wants_set_up(&self) -> Result<bool, Trouble> {
        Ok(self.register().reader()?.roster()?.persons().next().is_none())
    }

    /// A new set-up code, which replaces the one before; none when the record is set up. Whoever runs the
    /// server reads it there, so that nobody else sets the record up first.
    pub fn set_up_code(&self, op: &Operation) -> Result<Option<String>, Trouble> {
        if !self.wants_set_up()? {
            return Ok(None);
        }
        let code = Bearer::from_bytes(secret(op)?).text().expose().to_owned();
        let kept = key_of("set-up code", &code).to_string();
        let until = op.at.plus_micros(SET_UP_MICROS);
        self.beside(op, |pen| Ok(pen.wait(&set_up_place(), &kept, until)?))?;
        Ok(Some(code))
    }

    /// Adds the first person, who keeps the accounts. Once, by whoever has the code.
    pub fn set_up(
        &self,
        op: &Operation,
        code: &str,
        (login, name): (&str, &str),
        password: &str,
        origin: &Origin,
    ) -> Result<PersonId, Trouble> {
        let login = person::login(login)?;
        let (person, grant) = (op.new_id(), op.new_id());
        let given = key_of("set-up code", code.trim()).to_string();
        let decided = |pen: &Pen<'_>| -> Result<Vec<Event>, Trouble> {
            let roster = pen.facts().roster()?;
            let events = person::set_up(&roster, (person, grant), &login, name, op)?;
            if pen.waiting(&set_up_place())?.as_deref() != Some(given.as_str()) {
                return Err(Refusal::new(
                    "set_up_code",
                    "The set-up code does not fit, or it is older than a day.",
                    "Take the one that the server printed last when it began.",
                )
                .into());
            }
            Ok(events)
        };
        // Before the costly part, so that nobody without a code has it done; and again in the midst.
        self.by_code(op, &Places::of("set-up", origin, None), None, |pen| decided(pen))?;
        let hashed = self.new_password(op, password, &[&login, name])?;
        self.beside(op, |pen| {
            let events = decided(pen)?;
            pen.take_waiting(&set_up_place())?;
            forgive(pen, &login)?;
            pen.record_all(events)?;
            set_password(pen, op, person, hashed, Occasion::Own)?;
            Ok(person)
        })
    }

    /// A code with which a person sets their password: the first one, or another after it was lost. Ends
    /// all sessions, credentials, API tokens and invitations from before. An administrator hands it over; it
    /// never makes the administrator the person, because using it is told to all.
    pub fn invite(&self, op: &Operation, person: PersonId) -> Result<String, Trouble> {
        let code = Bearer::from_bytes(secret(op)?).text().expose().to_owned();
        let until = op.at.plus_micros(INVITATION_MICROS);
        self.beside(op, |pen| {
            let roster = pen.facts().roster()?;
            roster.active(person)?;
            for one in pen.credentials(person)? {
                pen.drop_credential(one.id)?;
                pen.record(CredentialEnded {
                    credential: one.id,
                    person,
                    occasion: Occasion::Reset,
                })?;
            }
            end_sessions(pen, person, None, SessionEnd::ByAdministrator)?;
            pen.record_all(token::revoke_all(&roster, person, op))?;
            pen.record(PersonInvited { person, until })?;
            // One place for each person: the invitation before does not work any more.
            let kept = key_of("invitation", &code).to_string();
            Ok(pen.wait(&invitation_place(person), &kept, until)?)
        })?;
        Ok(code)
    }

    /// Sets the password by an invitation.
    pub fn join(
        &self,
        op: &Operation,
        login: &str,
        code: &str,
        password: &str,
        origin: &Origin,
    ) -> Result<PersonId, Trouble> {
        let login = person::login(login)?;
        let given = key_of("invitation", code.trim()).to_string();
        let invited = |pen: &Pen<'_>| -> Result<(PersonId, String), Trouble> {
            let roster = pen.facts().roster()?;
            let known = roster.person_of_login(&login).filter(|known| known.active());
            let waits = match known {
                Some(known) => pen.waiting(&invitation_place(known.id))?,
                None => None,
            };
            match known.filter(|_| waits.as_ref() == Some(&given)) {
                Some(known) => Ok((known.id, known.name.clone())),
                None => Err(Refusal::new(
                    "invitation",
                    "Login and invitation do not fit, or the invitation is over.",
                    "Ask an administrator for another one.",
                )
                .into()),
            }
        };
        // Before the password is looked at, whose refusal would tell the name of whoever has the login,
        // and before the costly part; and again in the midst.
        let whose = self.register().reader()?.roster()?.person_of_login(&login).map(|one| one.id);
        let places = Places::of(&format!("invitation of {login}"), origin, None);
        let (_, name) = self.by_code(op, &places, whose, |pen| invited(pen))?;
        let hashed = self.new_password(op, password, &[&login, &name])?;
        self.beside(op, |pen| {
            let (person, _) = invited(pen)?;
            pen.take_waiting(&invitation_place(person))?;
            forgive(pen, &login)?;
            set_password(pen, op, person, hashed, Occasion::Own)?;
            Ok(person)
        })
    }

    /// Counts a try, or says from when on the next may be; gives whether a right password alone suffices.
    fn counted(&self, op: &Operation, places: &Places) -> Result<bool, Trouble> {
        self.beside(op, |pen| match weigh(&places.attempt(pen)?, op.at) {
            Verdict::Wait(until) => Err(wait_until(until).into()),
            Verdict::Try { counted, password_suffices } => {
                places.keep(pen, counted.0, op.at)?;
                Ok(password_suffices)
            }
        })
    }

    /// Tries a code that was handed over. A wrong one is counted and recorded; whoever has the right one
    /// guesses nothing, so theirs is given back.
    fn by_code<T>(
        &self,
        op: &Operation,
        places: &Places,
        whose: Option<PersonId>,
        look: impl FnOnce(&Pen<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        self.counted(op, places)?;
        let found = self.beside(op, |pen| {
            let found = look(pen)?;
            let succeeded = throttle::Counted(places.attempt(pen)?).succeeded();
            places.keep(pen, succeeded, op.at)?;
            Ok(found)
        });
        if let Err(Trouble::Refusal(_)) = found {
            self.failed(op, whose, Attempt::SignIn)?;
        }
        found
    }

    /// The first step: login and password.
    pub fn sign_in(
        &self,
        op: &Operation,
        login: &str,
        password: &str,
        origin: &Origin,
    ) -> Result<SignInStep, Trouble> {
        let login = login.trim().to_lowercase();
        let reader = self.register().reader()?;
        let roster = reader.roster()?;
        let person = roster.person_of_login(&login).map(|known| known.id);
        let credentials = match person {
            Some(person) => reader.credentials(person)?,
            None => Vec::new(),
        };
        drop(reader);
        let device = self.known_device(op, person, origin)?;
        let places = Places::of(&login, origin, device);
        let suffices = self.counted(op, &places)?;
        let password_of = credentials.iter().find(|one| one.factor == Factor::Password);
        let right = is_password(password_of, password)?;
        let active = person.is_some_and(|person| roster.active(person).is_ok());
        let second = credentials.iter().any(|one| one.factor == Factor::Totp);
        let proven = right && active && (second || suffices);
        let Some((person, by)) = person.zip(password_of.map(|one| one.id)).filter(|_| proven)
        else {
            self.failed(op, person, Attempt::SignIn)?;
            return Err(not_signed_in().into());
        };
        if second {
            let factors = vec![Factor::Password];
            return self
                .beside(op, |pen| second_step(pen, op, person, (by, factors)))
                .map(SignInStep::Second);
        }
        self.beside(op, |pen| {
            still_theirs(pen, person, by)?;
            let succeeded = throttle::Counted(places.attempt(pen)?).succeeded();
            places.keep(pen, succeeded, op.at)?;
            begin(pen, op, person, vec![Factor::Password], origin)
        })
        .map(SignInStep::Done)
    }

    /// The second step: a code.
    pub fn sign_in_second(
        &self,
        op: &Operation,
        ticket: &str,
        code: &str,
        origin: &Origin,
    ) -> Result<SignedInAs, Trouble> {
        let place = key_of("second step", ticket.trim());
        let known = self.beside(op, |pen| {
            Ok(pen.waiting(&place)?.and_then(|text| serde_json::from_str::<SecondStep>(&text).ok()))
        })?;
        let Some(SecondStep { person, by, factors }) = known else {
            return Err(second_step_over().into());
        };
        let device = self.known_device(op, Some(person), origin)?;
        let login = self.register().reader()?.roster()?.person(person)?.login.clone();
        let counting = match device {
            Some(device) => Key::Device(device).digest(),
            None => Key::Code(&login).digest(),
        };
        let outcome = self.beside(op, |pen| {
            // The step may have been taken, or the password changed, while this one waited.
            if pen.waiting(&place)?.is_none() {
                return Err(second_step_over().into());
            }
            still_theirs(pen, person, by)?;
            let state: throttle::Throttle = kept(pen, &counting)?;
            match throttle::weigh_code(&state, device.is_some(), op.at) {
                throttle::Decision::Wait(until) => return Err(wait_until(until).into()),
                throttle::Decision::Allowed(counted) => keep(pen, &counting, &counted, op.at)?,
            }
            match use_code(pen, person, code, op.at)? {
                Ok(factor) => {
                    pen.take_waiting(&place)?;
                    pen.take_waiting(&counting)?;
                    let places = Places::of(&login, origin, device);
                    let succeeded = throttle::Counted(places.attempt(pen)?).succeeded();
                    places.keep(pen, succeeded, op.at)?;
                    let factors = factors.into_iter().chain([factor]).collect();
                    begin(pen, op, person, factors, origin).map(Ok)
                }
                Err(refusal) => {
                    note_failure(pen, Some(person), Attempt::SignIn, op.at)?;
                    Ok(Err(refusal))
                }
            }
        })?;
        Ok(outcome?)
    }

    /// Ends the session of a secret.
    pub fn sign_out(&self, op: &Operation, secret: &str) -> Result<(), Trouble> {
        let Ok(bearer) = Bearer::read(secret) else { return Ok(()) };
        let digest = bearer.digest(Purpose::Session);
        let Some(session) = self.register().session_of(&digest)? else { return Ok(()) };
        self.beside(op, |pen| {
            pen.end_session(session.id)?;
            pen.record(SessionEnded {
                session: session.id,
                person: session.person,
                why: SessionEnd::SignedOut,
            })?;
            Ok(())
        })
    }

    /// A new password, hashed, if it meets the rules. `known`: words that others connect with the account.
    pub(crate) fn new_password(
        &self,
        op: &Operation,
        typed: &str,
        known: &[&str],
    ) -> Result<String, Trouble> {
        let unfit = |what: String| Refusal::new("password_unfit", what, "Choose another password.");
        let password = Password::typed(typed).map_err(|why| unfit(why.to_string()))?;
        let mut words = known.to_vec();
        words.push(self.manufacturer());
        words.push("aftercare");
        let objections = Rules::default().objections(&password, &words, Proof::Alone);
        if let Some(first) = objections.first() {
            return Err(unfit(first.to_string()).into());
        }
        let mut salt = [0; 16];
        salt.copy_from_slice(&secret(op)?[..16]);
        Ok(hash(&password, &salt, Cost::OWASP).map_err(hashing)?.as_str().to_owned())
    }

    /// The digest of a browser's secret, if this person signed in there before.
    fn known_device(
        &self,
        op: &Operation,
        person: Option<PersonId>,
        origin: &Origin,
    ) -> Result<Option<Digest>, Trouble> {
        let (Some(person), Some(text)) = (person, &origin.device) else { return Ok(None) };
        let Ok(bearer) = Bearer::read(text) else { return Ok(None) };
        let digest = bearer.digest(Purpose::Device);
        let place = device_place(&digest, person);
        self.beside(op, |pen| Ok(pen.waiting(&place)?.map(|_| digest)))
    }
}

fn device_place(device: &Digest, person: PersonId) -> Digest {
    key_of("known browser", &format!("{device} {person}"))
}

/// Refuses to go on with signing in by a password that was replaced meanwhile, or by somebody suspended.
fn still_theirs(pen: &Pen<'_>, person: PersonId, by: CredentialId) -> Result<(), Trouble> {
    pen.facts().roster()?.active(person)?;
    if pen.credentials(person)?.iter().any(|one| one.id == by) {
        return Ok(());
    }
    Err(second_step_over().into())
}

fn second_step_over() -> Refusal {
    Refusal::new(
        "second_step_over",
        "This step of signing in is over.",
        "Begin again with login and password.",
    )
}

/// Takes back that a password alone does not suffice: whoever proved more than a guesser can is let in,
/// whatever was guessed before.
fn forgive(pen: &mut Pen<'_>, login: &str) -> Result<(), Trouble> {
    pen.take_waiting(&Key::Account(login).digest())?;
    Ok(())
}

/// The invitation of a person does not work any more.
pub(crate) fn drop_invitation(pen: &mut Pen<'_>, person: PersonId) -> Result<(), Trouble> {
    pen.take_waiting(&invitation_place(person))?;
    Ok(())
}

fn invitation_place(person: PersonId) -> Digest {
    key_of("invitation of", &person.to_string())
}

fn set_up_place() -> Digest {
    key_of("set-up", "")
}

/// Lets a second step wait for its code; gives the ticket that stands for the first.
pub(crate) fn second_step(
    pen: &mut Pen<'_>,
    op: &Operation,
    person: PersonId,
    (by, factors): (CredentialId, Vec<Factor>),
) -> Result<String, Trouble> {
    let ticket = Bearer::from_bytes(secret(op)?).text().expose().to_owned();
    let text = serde_json::to_string(&SecondStep { person, by, factors })
        .map_err(|e| aftercare_register::Fault::shape("a step of signing in", e))?;
    let until = op.at.plus_micros(SECOND_STEP_MICROS);
    pen.wait(&key_of("second step", &ticket), &text, until)?;
    Ok(ticket)
}

/// Begins a session of a person who proved who they are.
pub(crate) fn begin(
    pen: &mut Pen<'_>,
    op: &Operation,
    person: PersonId,
    factors: Vec<Factor>,
    origin: &Origin,
) -> Result<SignedInAs, Trouble> {
    let bearer = Bearer::from_bytes(secret(op)?);
    let id: SessionId = op.new_id();
    let shown = |c: &char| !c.is_control() && !text::turns(*c);
    let agent = origin.agent.chars().filter(shown).take(AGENT_LIMIT).collect();
    let session = Session { id, person, factors: factors.clone(), agent, made: op.at, seen: op.at };
    pen.open_session(&bearer.digest(Purpose::Session), &session)?;
    if let Some(old) = origin.device.as_ref().and_then(|text| Bearer::read(text).ok()) {
        pen.take_waiting(&device_place(&old.digest(Purpose::Device), person))?;
    }
    flush_failures(pen, Some(person), Attempt::SignIn)?;
    pen.record(SignedIn { session: id, person, factors })?;
    // A new secret each time: one that was stolen before does not stay good.
    let device = Bearer::from_bytes(secret(op)?);
    let place = device_place(&device.digest(Purpose::Device), person);
    pen.wait(&place, "known", op.at.plus_micros(DEVICE_MICROS))?;
    Ok(SignedInAs {
        session: bearer.text().expose().to_owned(),
        device: device.text().expose().to_owned(),
        person,
    })
}

/// Ends the sessions of a person but one.
pub(crate) fn end_sessions(
    pen: &mut Pen<'_>,
    person: PersonId,
    but: Option<SessionId>,
    why: SessionEnd,
) -> Result<(), Trouble> {
    for session in pen.sessions(person)?.into_iter().filter(|one| Some(one.id) != but) {
        pen.end_session(session.id)?;
        pen.record(SessionEnded { session: session.id, person, why })?;
    }
    Ok(())
}

/// Keeps a hashed password in place of the one before.
pub(crate) fn set_password(
    pen: &mut Pen<'_>,
    op: &Operation,
    person: PersonId,
    hashed: String,
    occasion: Occasion,
) -> Result<(), Trouble> {
    let before: Vec<Credential> = pen.credentials(person)?;
    for one in before.into_iter().filter(|one| one.factor == Factor::Password) {
        pen.drop_credential(one.id)?;
        pen.record(CredentialEnded { credential: one.id, person, occasion: Occasion::Replaced })?;
    }
    let (secret, name) = (hashed, Factor::Password.title().to_owned());
    keep_credential(pen, op, (person, Factor::Password), (secret, name), occasion)
}

/// Keeps a credential and records that it was set.
pub(crate) fn keep_credential(
    pen: &mut Pen<'_>,
    op: &Operation,
    (person, factor): (PersonId, Factor),
    (secret, name): (String, String),
    occasion: Occasion,
) -> Result<(), Trouble> {
    let id = op.new_id();
    pen.keep_credential(&Credential { id, person, factor, secret, name, made: op.at, used: None })?;
    pen.record(Event::from(CredentialSet { credential: id, person, factor, occasion }))?;
    Ok(())
}

pub(crate) fn secret(op: &Operation) -> Result<[u8; 32], Trouble> {
    Ok(op.secret().ok_or(aftercare_register::Fault::NoChance)?)
}

/// Says no without saying whether there is such an account.
fn not_signed_in() -> Refusal {
    Refusal::new(
        "not_signed_in",
        "Login and password do not fit.",
        "Type them again. If you forgot the password, ask an administrator for an invitation.",
    )
}

impl Desk {
    /// Checks proofs of somebody signed in, for a change of their own credentials.
    pub(crate) fn proven_once(
        &self,
        op: &Operation,
        person: PersonId,
        proofs: &Proofs,
    ) -> Result<Vec<Factor>, Trouble> {
        let factors = self.proven(op, person, proofs)?;
        if factors.contains(&Factor::Password) {
            return Ok(factors);
        }
        Err(crate::proof::wrong_proof().into())
    }
}
