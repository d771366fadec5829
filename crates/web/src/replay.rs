//! Idempotency keys: a request that is sent again with its key gets the first answer again, and
//! changes nothing a second time. The keys live as long as the process; keys that outlive it come
//! with the next step of the register.

use crate::trouble::{Failure, Wrong};
use aftercare_vocab::digest::Digest;
use axum::http::StatusCode;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// How many answers are kept; the oldest goes first.
pub const REPLAYS_KEPT: usize = 10_000;

/// The longest key.
const KEY_BYTES: usize = 200;

/// An answer that is kept: status, media type, location, body.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub status: u16,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

#[derive(Debug, Default)]
struct Inside {
    kept: HashMap<String, (Digest, Option<Kept>)>,
    order: VecDeque<String>,
}

/// The answers that are kept.
#[derive(Debug, Default)]
pub(crate) struct Replays(Mutex<Inside>);

impl Replays {
    /// The answer to an earlier request with this key, or a place for the answer to this one. `body`
    /// is the digest of what is asked (method, path and body).
    pub fn begin(&self, key: &str, asked: Digest) -> Result<Option<Kept>, Failure> {
        if key.is_empty() || key.len() > KEY_BYTES {
            let detail = format!("An Idempotency-Key has 1 to {KEY_BYTES} bytes.");
            return Err(Wrong::new(StatusCode::BAD_REQUEST, "idempotency_key", detail).into());
        }
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match inside.kept.get(key) {
            Some((known, _)) if *known != asked => {
                let detail = "This Idempotency-Key was used for another request. Use a new one.";
                Err(Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
                    .into())
            }
            Some((_, Some(kept))) => Ok(Some(kept.clone())),
            Some((_, None)) => {
                let detail = "The first request with this Idempotency-Key is still under way. Ask again in a moment.";
                Err(Wrong::new(StatusCode::CONFLICT, "idempotency_key_in_use", detail).into())
            }
            None => {
                inside.kept.insert(key.to_owned(), (asked, None));
                inside.order.push_back(key.to_owned());
                if inside.order.len() > REPLAYS_KEPT
                    && let Some(oldest) = inside.order.pop_front()
                {
                    inside.kept.remove(&oldest);
                }
                Ok(None)
            }
        }
    }

    /// Keeps the answer, or frees the key when the request failed.
    pub fn end(&self, key: &str, answer: Option<Kept>) {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answer {
            if let Some(entry) = inside.kept.get_mut(key) {
                entry.1 = Some(answer);
            }
        } else {
            inside.kept.remove(key);
            inside.order.retain(|known| known != key);
        }
    }
}
