//! One's own account: password, code generator, recovery codes, sessions, API tokens.

use crate::{
    Desk, Moment, Trouble,
    answers::{Account, CredentialRow, RecoverySheet, SessionRow, TokenMade, TokenRow, TotpBegun},
    proof::{KeptTotp, Proofs},
    sign_in::{end_sessions, keep_credential, secret, set_password},
    viewer::{By, Viewer, key_of, own_session},
};
use aftercare_domain::{
    Operation, Refusal,
    access::Right,
    access_review::{Ageing, days_between},
    credential::{CredentialEnded, Factor, Occasion},
    session::{SessionEnd, SessionEnded},
    token::{self, TokenIssued},
};
use aftercare_register::Credential;
use aftercare_signin::{recovery, token::ApiToken, totp};
use aftercare_vocab::{
    id::{CredentialId, SessionId, TokenId},
    instant::Instant,
};
use std::collections::BTreeSet;

/// How long a code generator may take to be confirmed: fifteen minutes.
const TOTP_MICROS: i64 = 15 * 60 * 1_000_000;
const DAY_MICROS: i64 = 86_400_000_000;

impl Desk {
    /// Somebody's own account, as it is now: what is kept of credentials and sessions beside the ledger has
    /// no past, and the present must not pass for it.
    pub fn account(&self, viewer: &Viewer, now: Instant) -> Result<Account, Trouble> {
        if let Moment::AsOf(as_of) = self.moment() {
            return Err(no_past(&as_of.asked.to_string()).into());
        }
        let reader = self.register().reader()?;
        let roster = reader.roster()?;
        let own = |id: SessionId| matches!(&viewer.by, By::Session(session, _) if *session == id);
        let credentials = reader.credentials(viewer.person)?;
        let recovery_left = credentials.iter().filter(|one| one.factor == Factor::Recovery).count();
        let shown = credentials.iter().filter(|one| one.factor != Factor::Recovery);
        Ok(Account {
            person: self.person_row(&roster, roster.person(viewer.person)?, now)?,
            may_sign: credentials.iter().any(|one| one.factor == Factor::Password)
                && credentials.iter().any(|one| one.factor == Factor::Totp)
                || credentials.iter().any(|one| one.factor == Factor::Passkey),
            credentials: shown
                .map(|one| CredentialRow {
                    id: one.id,
                    factor: one.factor.code().to_owned(),
                    what: one.factor.title().to_owned(),
                    name: one.name.clone(),
                    set_at: one.made,
                    used_at: one.used,
                    days: days_between(one.made, now) as u64,
                    due: is_due(one, &self.programme.ageing, now),
                })
                .collect(),
            recovery_left: recovery_left as u64,
            sessions: reader
                .sessions(viewer.person)?
                .into_iter()
                .map(|session| SessionRow {
                    id: session.id,
                    this: own(session.id),
                    agent: session.agent,
                    by: session.factors.iter().map(|one| one.title().to_owned()).collect(),
                    began_at: session.made,
                    seen_at: session.seen,
                })
                .collect(),
            tokens: roster
                .tokens_of(viewer.person)
                .map(|one| TokenRow {
                    id: one.id,
                    name: one.name.clone(),
                    scope: one.scope.iter().map(|right| right.code().to_owned()).collect(),
                    issued_at: one.issued,
                    until: one.until,
                    over: one.until <= now,
                })
                .collect(),
            rights: viewer.rights.iter().map(|right| right.code().to_owned()).collect(),
        })
    }

    /// Changes the password; all other sessions and all API tokens end.
    pub fn change_password(
        &self,
        op: &Operation,
        viewer: &Viewer,
        proofs: &Proofs,
        password: &str,
    ) -> Result<(), Trouble> {
        own_session(viewer)?;
        self.proven_once(op, viewer.person, proofs)?;
        let hashed = self.new_password(op, password, &[&viewer.login, &viewer.name])?;
        self.beside(op, |pen| {
            set_password(pen, op, viewer.person, hashed, Occasion::Own)?;
            end_sessions(
                pen,
                viewer.person,
                Some(own_session(viewer)?),
                SessionEnd::CredentialChanged,
            )?;
            let roster = pen.facts().roster()?;
            Ok(pen.record_all(token::revoke_all(&roster, viewer.person, op))?)
        })
    }

    /// Begins to set up a code generator: a seed that counts once a code of it was typed.
    pub fn begin_totp(&self, op: &Operation, viewer: &Viewer) -> Result<TotpBegun, Trouble> {
        own_session(viewer)?;
        let mut seed = [0; totp::SECRET];
        seed.copy_from_slice(&secret(op)?[..totp::SECRET]);
        let kept = KeptTotp { secret: seed.to_vec(), last: None };
        let generator = totp::Secret::from_bytes(seed);
        let text = kept.text()?;
        let until = op.at.plus_micros(TOTP_MICROS);
        self.beside(op, |pen| Ok(pen.wait(&totp_place(viewer)?, &text, until)?))?;
        Ok(shown(self, &generator, viewer))
    }

    /// The seed that waits to be confirmed; none where it was not begun or is over.
    pub fn begun_totp(
        &self,
        op: &Operation,
        viewer: &Viewer,
    ) -> Result<Option<TotpBegun>, Trouble> {
        // A token is shown none: whoever has the seed has the code generator.
        let Ok(place) = totp_place(viewer) else { return Ok(None) };
        let text = self.beside(op, |pen| Ok(pen.waiting(&place)?))?;
        let Some(text) = text else { return Ok(None) };
        Ok(Some(shown(self, &KeptTotp::read(&text)?.generator()?, viewer)))
    }

    /// Confirms a code generator by a code of it, and the change by the password. Takes the place of the
    /// one before; other sessions end.
    pub fn confirm_totp(
        &self,
        op: &Operation,
        viewer: &Viewer,
        proofs: &Proofs,
    ) -> Result<(), Trouble> {
        own_session(viewer)?;
        let password = Proofs { password: proofs.password.clone(), ..Proofs::default() };
        self.proven_once(op, viewer.person, &password)?;
        self.beside(op, |pen| {
            let Some(text) = pen.waiting(&totp_place(viewer)?)? else {
                return Err(Refusal::new(
                    "totp_not_begun",
                    "No code generator waits to be confirmed, or it took longer than 15 minutes.",
                    "Begin again.",
                )
                .into());
            };
            let mut kept = KeptTotp::read(&text)?;
            let step = kept.generator()?.accept(&proofs.code, op.at, None).map_err(|why| {
                Refusal::new("code_unfit", why.to_string(), "Type the code that is shown now.")
            })?;
            kept.last = Some(step.0);
            pen.take_waiting(&totp_place(viewer)?)?;
            for one in pen.credentials(viewer.person)? {
                if one.factor == Factor::Totp {
                    pen.drop_credential(one.id)?;
                    pen.record(CredentialEnded {
                        credential: one.id,
                        person: viewer.person,
                        occasion: Occasion::Replaced,
                    })?;
                }
            }
            let kept = (kept.text()?, Factor::Totp.title().to_owned());
            keep_credential(pen, op, (viewer.person, Factor::Totp), kept, Occasion::Own)?;
            end_sessions(
                pen,
                viewer.person,
                Some(own_session(viewer)?),
                SessionEnd::CredentialChanged,
            )
        })
    }

    /// New recovery codes, shown this once; those before do not count any more.
    pub fn new_recovery_codes(
        &self,
        op: &Operation,
        viewer: &Viewer,
        proofs: &Proofs,
    ) -> Result<RecoverySheet, Trouble> {
        own_session(viewer)?;
        self.proven_once(op, viewer.person, proofs)?;
        let mut random = [0; recovery::RANDOM];
        for part in random.chunks_mut(32) {
            part.copy_from_slice(&secret(op)?[..part.len()]);
        }
        let sheet = recovery::sheet(&random);
        self.beside(op, |pen| {
            for one in pen.credentials(viewer.person)? {
                if one.factor == Factor::Recovery {
                    pen.drop_credential(one.id)?;
                    pen.record(CredentialEnded {
                        credential: one.id,
                        person: viewer.person,
                        occasion: Occasion::Replaced,
                    })?;
                }
            }
            for code in &sheet {
                let kept = (code.digest().to_string(), Factor::Recovery.title().to_owned());
                keep_credential(pen, op, (viewer.person, Factor::Recovery), kept, Occasion::Own)?;
            }
            Ok(())
        })?;
        Ok(RecoverySheet {
            codes: sheet.iter().map(|code| code.shown().expose().to_owned()).collect(),
        })
    }

    /// Removes a credential of one's own but the password: a lost code generator, a lost passkey.
    pub fn end_credential(
        &self,
        op: &Operation,
        viewer: &Viewer,
        proofs: &Proofs,
        credential: CredentialId,
    ) -> Result<(), Trouble> {
        own_session(viewer)?;
        self.proven_once(op, viewer.person, proofs)?;
        self.beside(op, |pen| {
            let own = pen.credentials(viewer.person)?;
            let Some(one) = own.iter().find(|one| one.id == credential) else {
                return Err(Trouble::not_found("credential", credential));
            };
            if one.factor == Factor::Password {
                return Err(Refusal::new(
                    "password_stays",
                    "The password is changed, not removed.",
                    "Set another one.",
                )
                .into());
            }
            pen.drop_credential(one.id)?;
            pen.record(CredentialEnded {
                credential,
                person: viewer.person,
                occasion: Occasion::Own,
            })?;
            end_sessions(
                pen,
                viewer.person,
                Some(own_session(viewer)?),
                SessionEnd::CredentialChanged,
            )
        })
    }

    /// Ends a session of one's own.
    pub fn end_own_session(
        &self,
        op: &Operation,
        viewer: &Viewer,
        session: SessionId,
    ) -> Result<(), Trouble> {
        own_session(viewer)?;
        self.once(op, |pen| {
            let own = pen.sessions(viewer.person)?;
            if !own.iter().any(|one| one.id == session) {
                return Err(Trouble::not_found("session", session));
            }
            pen.end_session(session)?;
            let (person, why) = (viewer.person, SessionEnd::Revoked);
            pen.record(SessionEnded { session, person, why })?;
            Ok(())
        })
    }

    /// Issues an API token, shown this once. Its text is not kept under an idempotency key. By a session
    /// only: a token cannot reach beyond its own scope and end by issuing another.
    pub fn issue_token(
        &self,
        op: &Operation,
        viewer: &Viewer,
        name: &str,
        scope: BTreeSet<Right>,
        days: u16,
    ) -> Result<TokenMade, Trouble> {
        if matches!(viewer.by, By::Token(_)) {
            return Err(Refusal::new(
                "token_by_token",
                "A token issues no other token.",
                "Sign in on the page and issue it there.",
            )
            .into());
        }
        let mut random = [0; aftercare_signin::token::API_RANDOM];
        for part in random.chunks_mut(32) {
            part.copy_from_slice(&secret(op)?[..part.len()]);
        }
        let made = ApiToken::from_bytes(&random);
        let token: TokenId = op.new_id();
        let until = op.at.plus_micros(i64::from(days) * DAY_MICROS);
        self.beside(op, |pen| {
            let wish = TokenIssued {
                token,
                person: viewer.person,
                name: name.to_owned(),
                scope,
                until,
                digest: made.digest(),
            };
            let events = token::issue(&*pen.facts().roster()?, wish, op)?;
            Ok(pen.record_all(events)?)
        })?;
        Ok(TokenMade { id: token, token: made.text().expose().to_owned(), until })
    }

    /// Revokes a token of one's own, by a session or that token itself; whoever keeps accounts revokes those of others.
    pub fn revoke_token(
        &self,
        op: &Operation,
        viewer: &Viewer,
        token: TokenId,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let roster = pen.facts().roster()?;
            let own = roster.token(token).is_some_and(|one| one.person == viewer.person);
            if !own && !viewer.may(Right::KeepPeople) {
                return Err(Trouble::not_found("token", token));
            }
            let itself = viewer.by == By::Token(token);
            if !itself && !viewer.may(Right::KeepPeople) {
                own_session(viewer)?;
            }
            Ok(token::revoke(&roster, token, op)?)
        })
    }
}

/// Whether a password is old, or a code generator or passkey was not used for so long that it is to be tested.
fn is_due(one: &Credential, ageing: &Ageing, now: Instant) -> bool {
    match one.factor {
        Factor::Password => days_between(one.made, now) >= ageing.password_days,
        Factor::Totp | Factor::Passkey => {
            days_between(one.used.unwrap_or(one.made), now) >= ageing.test_days
        }
        Factor::Recovery | Factor::Provider => false,
    }
}

fn no_past(asked: &str) -> Refusal {
    Refusal::new(
        "account_has_no_past",
        format!(
            "Your account is shown as it is now, not as of {asked}: what is kept of credentials and sessions has no past."
        ),
        "Ask without `as_of`. What became of credentials, sessions and tokens stands in the security record.",
    )
}

fn shown(desk: &Desk, generator: &totp::Secret, viewer: &Viewer) -> TotpBegun {
    let uri = generator.uri(&format!("Aftercare {}", desk.manufacturer()), &viewer.login);
    TotpBegun {
        seed: generator.typed().expose().to_owned(),
        picture: totp::picture(&uri, "QR code for a code generator")
            .map(|picture| picture.expose().to_owned()),
        address: uri.expose().to_owned(),
    }
}

/// Where a seed waits: for this session alone, so that nobody confirms what another session began.
fn totp_place(viewer: &Viewer) -> Result<aftercare_vocab::digest::Digest, Refusal> {
    let session = own_session(viewer)?;
    Ok(key_of("code generator", &format!("{} {session}", viewer.person)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercare_domain::access_review::AGEING;

    fn credential(factor: Factor, used: Option<i64>) -> Credential {
        let used = used.map(|days| Instant::from_micros(days * DAY_MICROS));
        let (id, person) = (CredentialId::from_bytes([1; 16]), [2; 16]);
        let person = aftercare_vocab::id::PersonId::from_bytes(person);
        let (secret, name, made) = (String::new(), String::new(), Instant::from_micros(0));
        Credential { id, person, factor, secret, name, made, used }
    }

    #[test]
    fn a_code_generator_that_was_not_used_for_a_year_is_to_be_tested() {
        let day = |days: i64| Instant::from_micros(days * DAY_MICROS);
        for factor in [Factor::Totp, Factor::Passkey] {
            assert!(!is_due(&credential(factor, None), &AGEING, day(364)));
            assert!(
                is_due(&credential(factor, None), &AGEING, day(365)),
                "never used since it was set"
            );
            assert!(!is_due(&credential(factor, Some(300)), &AGEING, day(400)), "used since");
            assert!(is_due(&credential(factor, Some(300)), &AGEING, day(665)));
        }
        assert!(
            is_due(&credential(Factor::Password, Some(364)), &AGEING, day(365)),
            "age, not use"
        );
        assert!(!is_due(&credential(Factor::Recovery, None), &AGEING, day(9_999)));
    }
}
