//! Idempotency keys: a request that is sent again with its key gets the first answer again, and
//! changes nothing a second time.
//!
//! Limits: the keys live as long as the process (keys that outlive it need the register), the newest
//! [`REPLAYS_KEPT`] of them within [`REPLAY_BYTES`] of answers. A request that failed frees its key.

use crate::trouble::{Failure, Wrong};
use aftercare_vocab::digest::Digest;
use axum::http::StatusCode;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many answers are kept; the oldest goes first.
pub const REPLAYS_KEPT: usize = 10_000;

/// How many bytes of answers are kept together; the oldest goes first.
pub const REPLAY_BYTES: usize = 32 << 20;

/// The longest key.
const KEY_BYTES: usize = 200;

/// An answer that is kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub status: u16,
    pub location: Option<String>,
    /// JSON.
    pub body: Vec<u8>,
}

#[derive(Debug, Default)]
struct Inside {
    /// What each key was used for, and the answer once there is one.
    kept: HashMap<String, (Digest, Option<Kept>)>,
    /// Answered keys, oldest first.
    order: VecDeque<String>,
    /// Bytes of the bodies kept.
    bytes: usize,
}

/// The answers that are kept.
#[derive(Debug, Default)]
pub(crate) struct Replays(Mutex<Inside>);

/// What there is for a key.
#[derive(Debug)]
pub(crate) enum Begun {
    /// The answer to an earlier request.
    Before(Kept),
    /// Nothing yet: the place for the answer to this one.
    Now(Place),
}

/// The place for an answer. Dropped without an answer (the request failed or broke), it frees its key.
#[derive(Debug)]
pub(crate) struct Place {
    replays: Arc<Replays>,
    key: String,
}

impl Replays {
    /// Looks a key up. `asked` is the digest of what is asked (method, address and body).
    pub fn begin(self: &Arc<Self>, key: &str, asked: Digest) -> Result<Begun, Failure> {
        if key.is_empty() || key.len() > KEY_BYTES {
            let detail = format!("An Idempotency-Key has 1 to {KEY_BYTES} bytes.");
            return Err(Wrong::new(StatusCode::BAD_REQUEST, "idempotency_key", detail).into());
        }
        let mut inside = self.inside();
        match inside.kept.get(key) {
            Some((known, _)) if *known != asked => {
                let detail = "This Idempotency-Key was used for another request. Use a new one.";
                Err(Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
                    .into())
            }
            Some((_, Some(kept))) => Ok(Begun::Before(kept.clone())),
            Some((_, None)) => {
                let detail = "The first request with this Idempotency-Key is still under way. Ask again in a moment.";
                Err(Wrong::new(StatusCode::CONFLICT, "idempotency_key_in_use", detail).into())
            }
            None => {
                inside.kept.insert(key.to_owned(), (asked, None));
                Ok(Begun::Now(Place { replays: Arc::clone(self), key: key.to_owned() }))
            }
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Keeps the answer.
    pub fn keep(self, answer: Kept) {
        let mut inside = self.replays.inside();
        inside.bytes += answer.body.len();
        inside.order.push_back(self.key.clone());
        if let Some(entry) = inside.kept.get_mut(&self.key) {
            entry.1 = Some(answer);
        }
        while inside.order.len() > REPLAYS_KEPT || inside.bytes > REPLAY_BYTES {
            let Some(oldest) = inside.order.pop_front() else { break };
            if let Some((_, Some(gone))) = inside.kept.remove(&oldest) {
                inside.bytes -= gone.body.len();
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.replays.inside();
        if inside.kept.get(&self.key).is_some_and(|(_, answer)| answer.is_none()) {
            inside.kept.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize) -> Kept {
        Kept { status: 201, location: None, body: vec![b'x'; bytes] }
    }

    fn place(replays: &Arc<Replays>, key: &str) -> Place {
        match replays.begin(key, Digest::of(b"asked")) {
            Ok(Begun::Now(place)) => place,
            other => panic!("{key} is not free: {other:?}"),
        }
    }

    #[test]
    fn a_key_is_taken_while_its_request_runs_and_free_again_when_it_failed() {
        let replays = Arc::<Replays>::default();
        let first = place(&replays, "k");
        assert!(replays.begin("k", Digest::of(b"asked")).is_err(), "still under way");
        drop(first);
        place(&replays, "k").keep(answer(1));
        assert!(matches!(replays.begin("k", Digest::of(b"asked")), Ok(Begun::Before(_))));
        assert!(replays.begin("k", Digest::of(b"other")).is_err(), "another request");
    }

    #[test]
    fn the_oldest_answers_go_when_there_are_too_many_or_too_large_ones() {
        let replays = Arc::<Replays>::default();
        for number in 0..=REPLAYS_KEPT {
            place(&replays, &number.to_string()).keep(answer(1));
        }
        assert_eq!(replays.inside().kept.len(), REPLAYS_KEPT);
        drop(place(&replays, "0"));
        place(&replays, "large").keep(answer(REPLAY_BYTES));
        let inside = replays.inside();
        assert_eq!((inside.kept.len(), inside.bytes), (1, REPLAY_BYTES));
    }
}
