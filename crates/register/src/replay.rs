//! Answers to changes that came with an idempotency key.
//!
//! Kept in the transaction of the change itself, so that after a crash, or in another server
//! process, a key is either answered and its change recorded, or neither. Not part of the record:
//! swept after [`REPLAY_KEPT_MICROS`].

use crate::{
    fault::Fault,
    open::Register,
    sql::{Session, statements, values},
};
use aftercare_domain::replay::Keyed;
use aftercare_vocab::{digest::Digest, instant::Instant};

/// How long an answer is kept: seven days.
pub const REPLAY_KEPT_MICROS: i64 = 7 * 24 * 60 * 60 * 1_000_000;

statements! {
    ANSWER_OF = "SELECT asked, answer FROM replay WHERE key = $1";
    KEEP_ANSWER = "INSERT INTO replay (key, asked, at, answer) VALUES ($1, $2, $3, $4)";
    OLD_ANSWERS = "SELECT count(*) FROM replay WHERE at < $1";
    SWEEP_ANSWERS = "DELETE FROM replay WHERE at < $1";
}

/// What a key was used for before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing, or the operation has no key: the change is to be made.
    Nothing,
    /// The same request: its answer, as it was kept.
    Answered(Vec<u8>),
    /// Another request.
    Another,
}

pub(crate) fn earlier(session: &Session, keyed: Option<&Keyed>) -> Result<Earlier, Fault> {
    let Some(keyed) = keyed else { return Ok(Earlier::Nothing) };
    let kept = session.first(ANSWER_OF, values![keyed.key().as_bytes()], |row| {
        Ok((Digest::from_bytes(row.fixed(0)?), row.bytes(1)?))
    })?;
    Ok(match kept {
        None => Earlier::Nothing,
        Some((asked, answer)) if asked == *keyed.asked() => Earlier::Answered(answer),
        Some(_) => Earlier::Another,
    })
}

pub(crate) fn keep(
    session: &Session,
    keyed: &Keyed,
    at: Instant,
    answer: &[u8],
) -> Result<(), Fault> {
    let (key, asked) = (keyed.key().as_bytes(), keyed.asked().as_bytes());
    session.execute(KEEP_ANSWER, values![key, asked, at.micros(), answer]).map(|_| ())
}

impl Register {
    /// What a key was used for before, as far as it is durable: spares the work of a change that was
    /// made already. The pen asks again ([`Pen::earlier`](crate::Pen::earlier)).
    pub fn earlier(&self, keyed: Option<&Keyed>) -> Result<Earlier, Fault> {
        if keyed.is_none() {
            return Ok(Earlier::Nothing);
        }
        let session = self.session()?;
        let found = earlier(&session, keyed);
        self.let_go(session);
        found
    }

    /// Removes answers older than [`REPLAY_KEPT_MICROS`] at `now`. Gives their number.
    pub fn sweep_answers(&self, now: Instant) -> Result<u64, Fault> {
        let before = now.plus_micros(-REPLAY_KEPT_MICROS).micros();
        let session = self.session()?;
        let old = session.number(OLD_ANSWERS, values![before]);
        self.let_go(session);
        if old? == 0 {
            return Ok(0); // the usual case takes no lock
        }
        self.writer()?.alone(|desk| desk.session.execute(SWEEP_ANSWERS, values![before]))
    }
}
