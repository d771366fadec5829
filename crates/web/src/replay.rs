//! Idempotency keys of requests under way: of two requests with one key at the same time only the
//! first runs. Answers of finished changes are kept by the register, with the change.

use crate::trouble::{Failure, Wrong};
use aftercare_vocab::digest::Digest;
use axum::http::StatusCode;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

/// The keys of requests under way.
#[derive(Debug, Default)]
pub(crate) struct Underway(Mutex<BTreeSet<Digest>>);

/// A request under way. Dropped, it frees its key.
#[derive(Debug)]
pub(crate) struct Place {
    underway: Arc<Underway>,
    key: Digest,
}

impl Underway {
    /// Takes a key, unless a request with it is under way.
    pub fn begin(self: &Arc<Self>, key: Digest) -> Result<Place, Failure> {
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
            return Ok(Place { underway: Arc::clone(self), key });
        }
        let detail = "The first request with this idempotency key is still under way. Ask again in a moment.";
        Err(Wrong::new(StatusCode::CONFLICT, "idempotency_key_in_use", detail).into())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.underway.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_while_its_request_runs_and_free_again_after_it() {
        let underway = Arc::<Underway>::default();
        let (key, other) = (Digest::of(b"k"), Digest::of(b"l"));
        let first = underway.begin(key).expect("free");
        assert!(underway.begin(key).is_err(), "still under way");
        assert!(underway.begin(other).is_ok(), "another key is free");
        drop(first);
        assert!(underway.begin(key).is_ok());
    }
}
