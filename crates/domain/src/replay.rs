//! Idempotency keys: a change that is asked for again with its key is not made a second time; the
//! first answer is given again.

use crate::{operation::Actor, refusal::Refusal};
use aftercare_vocab::digest::{Digest, Hasher};

/// The longest key, in characters.
pub const KEY_LIMIT: usize = 200;

/// An idempotency key with what is asked under it. A key belongs to the actor who uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    key: Digest,
    asked: Digest,
}

impl Keyed {
    /// `key` as the caller chose it; `asked` is the digest of everything the caller sent.
    pub fn new(actor: &Actor, key: &str, asked: &Digest) -> Result<Self, Refusal> {
        let readable = (1..=KEY_LIMIT).contains(&key.len())
            && key.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
        if !readable {
            return Err(Refusal::new(
                "idempotency_key",
                format!("An idempotency key has 1 to {KEY_LIMIT} visible ASCII characters."),
                "Choose a key like a UUID, new for every change.",
            ));
        }
        let digest = |parts: [&[u8]; 3]| {
            let mut all = Hasher::default();
            for part in parts {
                all.update(part);
                all.update(&[0]);
            }
            all.finish()
        };
        Ok(Self {
            key: digest([b"key", actor.as_str().as_bytes(), key.as_bytes()]),
            // Salted with the key, which is not kept: a kept digest of a short request alone could be
            // guessed, and requests may hold personal data.
            asked: digest([b"asked", key.as_bytes(), asked.as_bytes()]),
        })
    }

    /// Digest of actor and key: what the answer is kept under.
    pub const fn key(&self) -> &Digest {
        &self.key
    }

    /// Digest of what is asked.
    pub const fn asked(&self) -> &Digest {
        &self.asked
    }
}

/// The refusal of a key that was used for something else.
pub fn reused() -> Refusal {
    Refusal::new(
        "idempotency_key_reused",
        "This idempotency key was used for another request.",
        "Use a new key for a new change.",
    )
}
