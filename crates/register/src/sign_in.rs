//! Secrets of credentials, sessions, and what waits for an answer: the tables beside the ledger that
//! signing in needs. What happened stands in the ledger; what is secret or passing stands here.

use crate::{
    copy::Hear,
    facts::id_of,
    fault::Fault,
    open::Register,
    pen::Pen,
    read::Reader,
    sql::{Row, Session as Sql, Value, statements, values},
};
use aftercare_domain::credential::Factor;
use aftercare_vocab::{
    digest::Digest,
    id::{CredentialId, PersonId, SessionId},
    instant::Instant,
};

statements! {
    KEEP_CREDENTIAL = "INSERT INTO credential (id, person, factor, secret, name, made, used)
        VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    USE_CREDENTIAL = "UPDATE credential SET secret = $1, used = $2 WHERE id = $3";
    DROP_CREDENTIAL = "DELETE FROM credential WHERE id = $1";
    CREDENTIALS_OF = "SELECT id, person, factor, secret, name, made, used FROM credential
        WHERE person = $1 ORDER BY made, id";
    CREDENTIALS_BY = "SELECT id, person, factor, secret, name, made, used FROM credential
        WHERE factor = $1 ORDER BY id";
    ALL_CREDENTIALS = "SELECT id, person, factor, secret, name, made, used FROM credential ORDER BY id";
    COPY_CREDENTIAL = "INSERT INTO credential (id, person, factor, secret, name, made, used)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OPEN_SESSION = "INSERT INTO session (digest, id, person, factors, agent, made, seen)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    SESSION_OF = "SELECT id, person, factors, agent, made, seen FROM session WHERE digest = $1";
    SESSIONS_OF = "SELECT id, person, factors, agent, made, seen FROM session WHERE person = $1
        ORDER BY seen DESC, id";
    SEE_SESSION = "UPDATE session SET seen = $1 WHERE digest = $2 AND seen < $3";
    END_SESSION = "DELETE FROM session WHERE id = $1";
    SWEEP_SESSIONS = "DELETE FROM session WHERE seen < $1 OR made < $2";
    WAITING = "SELECT state, until FROM waiting WHERE key = $1";
    WAIT = "INSERT INTO waiting (key, state, until) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET state = excluded.state, until = excluded.until";
    TAKE = "DELETE FROM waiting WHERE key = $1";
    SWEEP_WAITING = "DELETE FROM waiting WHERE until < $1";
}

/// A credential with its secret. Shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The credential.
    pub id: CredentialId,
    /// Whose.
    pub person: PersonId,
    /// What kind of proof.
    pub factor: Factor,
    /// The secret, as the crate that checks it wrote it.
    pub secret: String,
    /// What its person calls it.
    pub name: String,
    /// When it was set.
    pub made: Instant,
    /// When it was last used.
    pub used: Option<Instant>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credential({} {})", self.factor.code(), self.id)
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// Who.
    pub person: PersonId,
    /// By what.
    pub factors: Vec<Factor>,
    /// Which program, as it named itself, shortened.
    pub agent: String,
    /// When it began.
    pub made: Instant,
    /// When it was last used, to a minute.
    pub seen: Instant,
}

impl Pen<'_> {
    /// Keeps a credential.
    pub fn keep_credential(&mut self, credential: &Credential) -> Result<(), Fault> {
        let Credential { id, person, factor, secret, name, made, .. } = credential;
        self.beside(
            KEEP_CREDENTIAL,
            values![
                id.as_bytes(),
                person.as_bytes(),
                factor.code(),
                secret.as_str(),
                name.as_str(),
                made.micros()
            ],
        )
    }

    /// Keeps what a credential's secret became by its use.
    pub fn use_credential(
        &mut self,
        id: CredentialId,
        secret: &str,
        at: Instant,
    ) -> Result<(), Fault> {
        self.beside(USE_CREDENTIAL, values![secret, at.micros(), id.as_bytes()])
    }

    /// Destroys a credential.
    pub fn drop_credential(&mut self, id: CredentialId) -> Result<(), Fault> {
        self.beside(DROP_CREDENTIAL, values![id.as_bytes()])
    }

    /// The credentials of a person, as of this very moment.
    pub fn credentials(&self, person: PersonId) -> Result<Vec<Credential>, Fault> {
        self.session().query(CREDENTIALS_OF, values![person.as_bytes()], credential)
    }

    /// The credentials of one kind of all persons, as of this very moment.
    pub fn credentials_by(&self, factor: Factor) -> Result<Vec<Credential>, Fault> {
        self.session().query(CREDENTIALS_BY, values![factor.code()], credential)
    }

    /// Opens a session under the digest of its secret.
    pub fn open_session(&mut self, digest: &Digest, session: &Session) -> Result<(), Fault> {
        let factors: Vec<&str> = session.factors.iter().map(|factor| factor.code()).collect();
        self.beside(
            OPEN_SESSION,
            values![
                digest.as_bytes(),
                session.id.as_bytes(),
                session.person.as_bytes(),
                factors.join(" ").as_str(),
                session.agent.as_str(),
                session.made.micros(),
                session.seen.micros()
            ],
        )
    }

    /// The sessions of a person, as of this very moment.
    pub fn sessions(&self, person: PersonId) -> Result<Vec<Session>, Fault> {
        self.session().query(SESSIONS_OF, values![person.as_bytes()], |row| session(row, 0))
    }

    /// Ends a session.
    pub fn end_session(&mut self, id: SessionId) -> Result<(), Fault> {
        self.beside(END_SESSION, values![id.as_bytes()])
    }

    /// Notes that a session was used, if it was not noted since `before`.
    pub fn see_session(
        &mut self,
        digest: &Digest,
        at: Instant,
        before: Instant,
    ) -> Result<(), Fault> {
        self.beside(SEE_SESSION, values![at.micros(), digest.as_bytes(), before.micros()])
    }

    /// What waits under a key, if its time is not over at the operation's instant.
    pub fn waiting(&self, key: &Digest) -> Result<Option<String>, Fault> {
        let found = self.session().first(WAITING, values![key.as_bytes()], |row| {
            Ok((row.text(0)?, Instant::from_micros(row.int(1)?)))
        })?;
        Ok(found.filter(|(_, until)| self.operation().at < *until).map(|(state, _)| state))
    }

    /// Lets something wait under a key, until an instant.
    pub fn wait(&mut self, key: &Digest, state: &str, until: Instant) -> Result<(), Fault> {
        self.beside(WAIT, values![key.as_bytes(), state, until.micros()])
    }

    /// Takes what waits under a key: it is there for one answer alone.
    pub fn take_waiting(&mut self, key: &Digest) -> Result<Option<String>, Fault> {
        let found = self.waiting(key)?;
        self.beside(TAKE, values![key.as_bytes()])?;
        Ok(found)
    }

    /// Removes sessions not used since `seen` or begun before `made`, and what waited in vain.
    pub fn sweep_sign_in(&mut self, seen: Instant, made: Instant) -> Result<(), Fault> {
        let now = self.operation().at.micros();
        self.beside(SWEEP_SESSIONS, values![seen.micros(), made.micros()])?;
        self.beside(SWEEP_WAITING, values![now])
    }
}

impl Reader {
    /// The credentials of a person.
    pub fn credentials(&self, person: PersonId) -> Result<Vec<Credential>, Fault> {
        self.session()?.query(CREDENTIALS_OF, values![person.as_bytes()], credential)
    }

    /// The sessions of a person, the one used last first.
    pub fn sessions(&self, person: PersonId) -> Result<Vec<Session>, Fault> {
        self.session()?.query(SESSIONS_OF, values![person.as_bytes()], |row| session(row, 0))
    }
}

impl Register {
    /// The session whose secret has this digest.
    pub fn session_of(&self, digest: &Digest) -> Result<Option<Session>, Fault> {
        let sql = self.borrow()?;
        sql.first(SESSION_OF, values![digest.as_bytes()], |row| session(row, 0))
    }
}

/// Copies the credentials of a register to another.
pub(crate) fn copy(from: &Sql, to: &Sql, _: u64, _: Hear<'_>) -> Result<(), Fault> {
    let all = from.query(ALL_CREDENTIALS, &[], credential)?;
    let rows = all.iter().map(|one| {
        *values![
            one.id.as_bytes(),
            one.person.as_bytes(),
            one.factor.code(),
            one.secret.as_str(),
            one.name.as_str(),
            one.made.micros(),
            one.used.map_or(Value::Null, |used| used.micros().into()),
        ]
    });
    to.bulk(COPY_CREDENTIAL, rows)
}

fn credential(row: &Row<'_>) -> Result<Credential, Fault> {
    Ok(Credential {
        id: id_of(row, 0)?,
        person: id_of(row, 1)?,
        factor: factor(&row.text(2)?)?,
        secret: row.text(3)?,
        name: row.text(4)?,
        made: Instant::from_micros(row.int(5)?),
        used: row.int_or_null(6)?.map(Instant::from_micros),
    })
}

fn session(row: &Row<'_>, first: usize) -> Result<Session, Fault> {
    Ok(Session {
        id: id_of(row, first)?,
        person: id_of(row, first + 1)?,
        factors: row.text(first + 2)?.split_whitespace().map(factor).collect::<Result<_, _>>()?,
        agent: row.text(first + 3)?,
        made: Instant::from_micros(row.int(first + 4)?),
        seen: Instant::from_micros(row.int(first + 5)?),
    })
}

fn factor(code: &str) -> Result<Factor, Fault> {
    let all = [Factor::Password, Factor::Totp, Factor::Passkey, Factor::Recovery, Factor::Provider];
    all.into_iter()
        .find(|factor| factor.code() == code)
        .ok_or_else(|| Fault::shape("a factor", format!("`{code}` is none")))
}
