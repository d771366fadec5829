//! Proving who somebody is: comparing what they typed with what is kept, weighing how often it was tried,
//! and recording what failed.

use crate::{Desk, PasskeyAnswer, Trouble, viewer::key_of};
use aftercare_domain::{
    Operation, Refusal,
    credential::Factor,
    session::{Attempt, AttemptsFailed},
};
use aftercare_register::{Credential, Fault, Pen};
use aftercare_signin::{
    password::{Cost, Hash, Password, Verified, verify},
    recovery,
    throttle::{Decision, Key, Throttle, weigh_code},
    totp,
};
use aftercare_vocab::{
    digest::Digest,
    id::{CredentialId, PersonId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

/// What is kept of a guess is kept for two days.
const KEPT_MICROS: i64 = 2 * 24 * 60 * 60 * 1_000_000;
/// Failures are summed for a minute before they make another entry.
const SUM_MICROS: i64 = 60 * 1_000_000;

/// What somebody gives to prove who they are. Shows nothing of it.
#[derive(Clone, Default)]
pub struct Proofs {
    /// The password; empty = none.
    pub password: String,
    /// A code of the code generator, or a recovery code; empty = none.
    pub code: String,
    /// The answer of a passkey, which stands for both.
    pub passkey: Option<PasskeyAnswer>,
}

impl std::fmt::Debug for Proofs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proofs(..)")
    }
}

/// The seed of a code generator as it is kept, with the step that was used last.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptTotp {
    pub secret: Vec<u8>,
    pub last: Option<u64>,
}

impl KeptTotp {
    pub fn generator(&self) -> Result<totp::Secret, Fault> {
        let bytes: [u8; totp::SECRET] =
            self.secret.as_slice().try_into().map_err(|_| {
                Fault::shape("the seed of a code generator", "it has another length")
            })?;
        Ok(totp::Secret::from_bytes(bytes))
    }

    pub fn text(&self) -> Result<String, Fault> {
        serde_json::to_string(self).map_err(|e| Fault::shape("the seed of a code generator", e))
    }

    pub fn read(text: &str) -> Result<Self, Fault> {
        serde_json::from_str(text).map_err(|e| Fault::shape("the seed of a code generator", e))
    }
}

/// Compares a password with the one kept; the same work is done where none is. Nothing is recorded.
pub(crate) fn is_password(kept: Option<&Credential>, typed: &str) -> Result<bool, Trouble> {
    let Ok(password) = Password::typed(typed) else { return Ok(false) };
    let decoy = || Hash::decoy(Cost::OWASP).map_err(hashing);
    let hash = match kept {
        None => decoy()?,
        Some(kept) => match kept.secret.parse::<Hash>() {
            Ok(hash) => hash,
            Err(why) => return Err(hashing(why).into()),
        },
    };
    let verified = verify(&password, &hash, Cost::OWASP).map_err(hashing)?;
    Ok(kept.is_some() && matches!(verified, Verified::Right { .. }))
}

impl Desk {
    /// The proofs that hold, for a signature or another change that asks for them again. A failure is
    /// recorded, and weighed so that nobody guesses.
    pub(crate) fn proven(
        &self,
        op: &Operation,
        person: PersonId,
        proofs: &Proofs,
    ) -> Result<Vec<Factor>, Trouble> {
        let credentials = self.register().reader()?.credentials(person)?;
        let password = credentials.iter().find(|one| one.factor == Factor::Password);
        let mut factors = Vec::new();
        if let Some(given) = &proofs.passkey {
            if let Err(refusal) = self.passkey_holds(op, person, given)? {
                self.failed(op, Some(person), Attempt::Signature)?;
                return Err(refusal.into());
            }
            factors.push(Factor::Passkey);
        }
        if !proofs.password.is_empty() {
            self.weighed(op, person, Tried::Password)?;
            if !is_password(password, &proofs.password)? {
                self.failed(op, Some(person), Attempt::Signature)?;
                return Err(wrong_proof().into());
            }
            self.beside(op, |pen| forget(pen, person, Tried::Password))?;
            factors.push(Factor::Password);
        }
        if !proofs.code.trim().is_empty() {
            self.weighed(op, person, Tried::Code)?;
            let used = self.beside(op, |pen| {
                let found = use_code(pen, person, &proofs.code, op.at)?;
                if found.is_ok() {
                    forget(pen, person, Tried::Code)?;
                }
                Ok(found)
            })?;
            match used {
                Ok(factor) => factors.push(factor),
                Err(refusal) => {
                    self.failed(op, Some(person), Attempt::Signature)?;
                    return Err(refusal.into());
                }
            }
        }
        Ok(factors)
    }

    /// Counts a try to prove oneself, or says from when on the next may be.
    fn weighed(&self, op: &Operation, person: PersonId, what: Tried) -> Result<(), Trouble> {
        let place = what.place(person);
        self.beside(op, |pen| {
            let state: Throttle = kept(pen, &place)?;
            // The person is signed in, so their browser is a known one.
            match weigh_code(&state, true, op.at) {
                Decision::Wait(until) => Err(wait_until(until).into()),
                Decision::Allowed(counted) => keep(pen, &place, &counted, op.at),
            }
        })
    }

    /// Records that something failed: at once, then at most once a minute for each account.
    pub(crate) fn failed(
        &self,
        op: &Operation,
        person: Option<PersonId>,
        attempt: Attempt,
    ) -> Result<(), Trouble> {
        self.beside(op, |pen| note_failure(pen, person, attempt, op.at))
    }

    /// Changes tables beside the ledger, or records what happened by itself: no idempotency key.
    pub(crate) fn beside<T>(
        &self,
        op: &Operation,
        change: impl FnOnce(&mut Pen<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        Ok(self.transact(op, change)?.value)
    }
}

/// Takes a code of the person's generator, or one of the recovery codes, for this one use.
pub(crate) fn use_code(
    pen: &mut Pen<'_>,
    person: PersonId,
    typed: &str,
    at: Instant,
) -> Result<Result<Factor, Refusal>, Trouble> {
    let credentials = pen.credentials(person)?;
    let digits = typed.chars().filter(|c| !c.is_whitespace()).count();
    let mut refused = wrong_proof();
    if digits <= 8 {
        for one in credentials.iter().filter(|one| one.factor == Factor::Totp) {
            let mut kept = KeptTotp::read(&one.secret)?;
            match kept.generator()?.accept(typed, at, kept.last.map(totp::Step)) {
                Ok(step) => {
                    kept.last = Some(step.0);
                    pen.use_credential(one.id, &kept.text()?, at)?;
                    return Ok(Ok(Factor::Totp));
                }
                Err(totp::Refused::Used) => {
                    refused = Refusal::new(
                        "code_used",
                        totp::Refused::Used.to_string(),
                        "Each code counts once.",
                    );
                }
                Err(_) => {}
            }
        }
        return Ok(Err(refused));
    }
    let Ok(code) = recovery::Code::typed(typed) else { return Ok(Err(refused)) };
    let sheet: Vec<(CredentialId, Digest)> = credentials
        .iter()
        .filter(|one| one.factor == Factor::Recovery)
        .filter_map(|one| Some((one.id, one.secret.parse().ok()?)))
        .collect();
    let digests: Vec<Digest> = sheet.iter().map(|(_, digest)| *digest).collect();
    let Some(found) = code.find(&digests) else { return Ok(Err(refused)) };
    if let Some((id, _)) = sheet.iter().find(|(_, digest)| *digest == found) {
        pen.drop_credential(*id)?;
        pen.record(aftercare_domain::credential::CredentialEnded {
            credential: *id,
            person,
            occasion: aftercare_domain::credential::Occasion::Replaced,
        })?;
    }
    Ok(Ok(Factor::Recovery))
}

/// What somebody signed in tries to prove themselves by. Each is counted for itself: else whoever has the
/// password would wash away their guesses at the code with it.
#[derive(Clone, Copy)]
enum Tried {
    Password,
    Code,
}

impl Tried {
    fn place(self, person: PersonId) -> Digest {
        let what = match self {
            Self::Password => Factor::Password,
            Self::Code => Factor::Totp,
        };
        Key::Code(&format!("{person} {}", what.code())).digest()
    }
}

fn forget(pen: &mut Pen<'_>, person: PersonId, what: Tried) -> Result<(), Trouble> {
    pen.take_waiting(&what.place(person))?;
    flush_failures(pen, Some(person), Attempt::Signature)
}

/// Failures that are not in the ledger yet.
#[derive(Serialize, Deserialize)]
struct Failures {
    /// How many are not recorded.
    unrecorded: u64,
    /// The first of them.
    first: Instant,
    /// The last.
    last: Instant,
    /// When the last entry was made.
    entry: Instant,
}

fn failures_of(person: Option<PersonId>, attempt: Attempt) -> Digest {
    let whose = person.map_or_else(|| "nobody".to_owned(), |person| person.to_string());
    key_of(attempt.title(), &whose)
}

/// Counts a failure and records it, unless an entry about the account was made within a minute.
pub(crate) fn note_failure(
    pen: &mut Pen<'_>,
    person: Option<PersonId>,
    attempt: Attempt,
    at: Instant,
) -> Result<(), Trouble> {
    let place = failures_of(person, attempt);
    let before: Option<Failures> =
        pen.waiting(&place)?.and_then(|text| serde_json::from_str(&text).ok());
    let (count, first, entry) = match &before {
        Some(sum) if sum.unrecorded > 0 => (sum.unrecorded + 1, sum.first, Some(sum.entry)),
        Some(sum) => (1, at, Some(sum.entry)),
        None => (1, at, None),
    };
    let due = entry.is_none_or(|entry| entry.plus_micros(SUM_MICROS) <= at);
    let sum = if due {
        pen.record(AttemptsFailed { person, attempt, count, first, last: at })?;
        Failures { unrecorded: 0, first: at, last: at, entry: at }
    } else {
        Failures { unrecorded: count, first, last: at, entry: entry.unwrap_or(at) }
    };
    keep(pen, &place, &sum, at)
}

/// Records the failures of an account that are not in the ledger yet: somebody came in after all.
pub(crate) fn flush_failures(
    pen: &mut Pen<'_>,
    person: Option<PersonId>,
    attempt: Attempt,
) -> Result<(), Trouble> {
    let Some(text) = pen.take_waiting(&failures_of(person, attempt))? else { return Ok(()) };
    if let Ok(sum) = serde_json::from_str::<Failures>(&text)
        && sum.unrecorded > 0
    {
        let (count, first, last) = (sum.unrecorded, sum.first, sum.last);
        pen.record(AttemptsFailed { person, attempt, count, first, last })?;
    }
    Ok(())
}

/// A small state that is kept for two days.
pub(crate) fn kept<T: Default + for<'de> Deserialize<'de>>(
    pen: &Pen<'_>,
    place: &Digest,
) -> Result<T, Trouble> {
    Ok(pen.waiting(place)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

pub(crate) fn keep<T: Serialize>(
    pen: &mut Pen<'_>,
    place: &Digest,
    state: &T,
    at: Instant,
) -> Result<(), Trouble> {
    let text = serde_json::to_string(state).map_err(|e| Fault::shape("a count of guesses", e))?;
    Ok(pen.wait(place, &text, at.plus_micros(KEPT_MICROS))?)
}

/// Says no without saying what was wrong.
pub(crate) fn wrong_proof() -> Refusal {
    Refusal::new(
        "wrong_proof",
        "Password or code do not fit.",
        "Type them again; a code changes every 30 seconds and counts once.",
    )
}

pub(crate) fn wait_until(until: Instant) -> Refusal {
    Refusal::new(
        "too_many_attempts",
        "There were too many failed attempts, so the next one has to wait.",
        format!("Try again after {}.", until.shown()),
    )
}

pub(crate) fn hashing(why: impl std::fmt::Display) -> Fault {
    Fault::shape("the hash of a password", why)
}
