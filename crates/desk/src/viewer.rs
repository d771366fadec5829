//! Who asks: the person behind a session or a token, with what they may do and see.

use crate::{Desk, Trouble};
use aftercare_domain::{
    Actor, Operation, Refusal, Role, Sight,
    access::{self, Right},
    credential::Factor,
    roster::Roster,
};
use aftercare_signin::token::{ApiToken, Bearer, Purpose, csrf};
use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, SessionId, TokenId},
    instant::Instant,
};
use std::{collections::BTreeSet, sync::Arc};

/// A session ends when it was not used for so long: one hour (NIST SP 800-63B-4 section 2.2.3, AAL2).
pub const SESSION_IDLE_MICROS: i64 = 60 * 60 * 1_000_000;
/// A session ends so long after it began: twelve hours, a shift.
pub const SESSION_WHOLE_MICROS: i64 = 12 * 60 * 60 * 1_000_000;
/// How exactly the last use of a session is kept: to a minute.
pub(crate) const SEEN_STEP_MICROS: i64 = 60 * 1_000_000;

/// By what somebody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A session, with the proofs it began with.
    Session(SessionId, Vec<Factor>),
    /// An API token.
    Token(TokenId),
}

/// Whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The person.
    pub person: PersonId,
    /// Their login.
    pub login: String,
    /// Their printed name.
    pub name: String,
    /// What they may do; with a token, within its scope.
    pub rights: BTreeSet<Right>,
    /// The product families they see.
    pub sight: Sight,
    /// By what they are known.
    pub by: By,
    /// The role they act in with what they ask for; of the first of their roles while it is not known.
    pub role: String,
}

impl Viewer {
    fn of(roster: &Roster, person: PersonId, by: By) -> Option<Self> {
        let known = roster.person(person).ok().filter(|known| known.active())?;
        let mut roles: Vec<_> = roster.grants_of(person).map(|grant| grant.role).collect();
        roles.sort_unstable();
        Some(Self {
            person,
            login: known.login.clone(),
            name: known.name.clone(),
            rights: roster.rights(person),
            sight: roster.sight(person),
            by,
            role: roles.first().map_or_else(|| "none".to_owned(), |role| role.code().to_owned()),
        })
    }

    /// Whether they have a right.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// The operation as theirs: who acts, in which role, seeing what.
    #[must_use]
    pub fn acting(&self, mut op: Operation) -> Operation {
        if let (Ok(actor), Ok(role)) = (Actor::person(&self.login), Role::new(&self.role)) {
            (op.actor, op.role) = (actor, role);
        }
        op.seeing(&self.sight)
    }
}

impl Desk {
    /// Who there is and who may what, at this desk's moment.
    pub fn roster(&self) -> Result<Arc<Roster>, Trouble> {
        Ok(self.whole_reader()?.roster()?)
    }

    /// The person behind the secret of a session; none where it has ended. Asks the present.
    pub fn viewer_of_session(&self, secret: &str, now: Instant) -> Result<Option<Viewer>, Trouble> {
        let Ok(bearer) = Bearer::read(secret) else { return Ok(None) };
        let digest = bearer.digest(Purpose::Session);
        let Some(session) = self.register().session_of(&digest)? else { return Ok(None) };
        let idle = session.seen.plus_micros(SESSION_IDLE_MICROS) <= now;
        if idle || session.made.plus_micros(SESSION_WHOLE_MICROS) <= now {
            return Ok(None);
        }
        let roster = self.register().reader()?.roster()?;
        Ok(Viewer::of(&roster, session.person, By::Session(session.id, session.factors)))
    }

    /// Notes that a session is in use, at most once a minute.
    pub fn session_used(&self, secret: &str, op: &Operation) -> Result<(), Trouble> {
        let Ok(bearer) = Bearer::read(secret) else { return Ok(()) };
        let digest = bearer.digest(Purpose::Session);
        let before = op.at.plus_micros(-SEEN_STEP_MICROS);
        match self.register().session_of(&digest)? {
            Some(session) if session.seen < before => {
                self.beside(op, |pen| Ok(pen.see_session(&digest, op.at, before)?))
            }
            _ => Ok(()),
        }
    }

    /// The person for whom a token acts; none where it is unknown, has ended or was revoked.
    pub fn viewer_of_token(&self, text: &str, now: Instant) -> Result<Option<Viewer>, Trouble> {
        let Ok(token) = ApiToken::read(text) else { return Ok(None) };
        let roster = self.register().reader()?.roster()?;
        let Some(known) = roster.token_of(&token.digest()) else { return Ok(None) };
        if known.revoked || known.until <= now {
            return Ok(None);
        }
        let viewer = Viewer::of(&roster, known.person, By::Token(known.id));
        Ok(viewer.map(|mut viewer| {
            viewer.rights.retain(|right| known.scope.contains(right));
            viewer
        }))
    }

    /// What a viewer is told who lacks a right.
    pub fn lacks(&self, right: Right, now: Instant) -> Trouble {
        match self.register().reader().and_then(|reader| reader.roster()) {
            Ok(roster) => access::missing(&roster, right, now).into(),
            Err(fault) => fault.into(),
        }
    }

    /// The role in which a person uses a right.
    pub fn role_for(&self, person: PersonId, right: Right) -> Result<Option<String>, Trouble> {
        let roster = self.register().reader()?.roster()?;
        Ok(roster.role_for(person, right).map(|role| role.code().to_owned()))
    }
}

/// The text that forms carry against other sites, for the secret of a session; another each time.
pub fn form_mark(secret: &str, pad: &[u8; 32]) -> Option<String> {
    let bearer = Bearer::read(secret).ok()?;
    Some(csrf::text(&bearer, pad).expose().to_owned())
}

/// Whether a form's text belongs to the secret of a session.
pub fn mark_belongs(text: &str, secret: &str) -> bool {
    Bearer::read(secret).is_ok_and(|bearer| csrf::belongs(text, &bearer))
}

/// Whether a text has the form of an API token.
pub fn is_token(text: &str) -> bool {
    ApiToken::read(text.trim()).is_ok()
}

/// The digest that a table keeps of a text: a setting-up code, an invitation.
pub(crate) fn key_of(purpose: &str, text: &str) -> Digest {
    let mut hash = aftercare_vocab::digest::Hasher::default();
    hash.update(purpose.as_bytes());
    hash.update(&[0]);
    hash.update(text.as_bytes());
    hash.finish()
}

/// The session that asks. A token is for what its scope names; the account of its person is none of that.
pub(crate) fn own_session(viewer: &Viewer) -> Result<SessionId, Refusal> {
    match &viewer.by {
        By::Session(session, _) => Ok(*session),
        By::Token(_) => Err(access::by_token()),
    }
}
