//! Keys of a log: Ed25519 (RFC 8032), named and written as C2SP signed-note does.

use crate::base64;
use aftercare_vocab::digest::Hasher;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use std::{fmt, str::FromStr};

/// The signature type of plain Ed25519 (C2SP signed-note).
const ED25519: u8 = 0x01;
/// Before the name of a private key, as Go's `note` package writes it.
const PRIVATE: &str = "PRIVATE+KEY+";
/// Longest name of a key, in bytes.
pub const NAME_LIMIT: usize = 255;

/// A text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no {wanted}: {why}")]
pub struct NotAKey {
    /// What was expected, with its form.
    pub wanted: &'static str,
    /// What does not fit. A private key's text is never repeated.
    pub why: &'static str,
}

/// Whether a text may name a key or a log: not empty, no white space, no `+`, no control characters.
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= NAME_LIMIT
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// What checks signatures: `name+hash+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

impl Verifier {
    /// The name; by convention the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of `SHA-256(name || 0x0A || type || public key)`.
    pub fn id(&self) -> [u8; 4] {
        let mut hash = Hasher::default();
        hash.update(self.name.as_bytes());
        hash.update(&[b'\n', ED25519]);
        hash.update(self.key.as_bytes());
        let [a, b, c, d, ..] = *hash.finish().as_bytes();
        [a, b, c, d]
    }

    /// The 32 bytes of the public key.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether `signature` (64 bytes) is one of this key over `message`. Strict: a signature that
    /// two implementations could judge differently counts as none.
    pub fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut public = vec![ED25519];
        public.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex(self.id()), base64::encode(&public))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({self})")
    }
}

impl FromStr for Verifier {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let wrong = |why| NotAKey { wanted: "verifier key (`name+hash+base64`)", why };
        // Base64 may hold `+` too, so the text is split from the left.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(public)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong("it does not have three parts joined by `+`"));
        };
        if !is_name(name) {
            return Err(wrong("its name is empty, too long, or has white space"));
        }
        let public = base64::decode(public).ok_or_else(|| wrong("its last part is no base64"))?;
        let Some((&ED25519, public)) = public.split_first() else {
            return Err(wrong("it is not of the type Ed25519"));
        };
        let key = <&[u8; 32]>::try_from(public)
            .ok()
            .and_then(|public| VerifyingKey::from_bytes(public).ok())
            .filter(|key| !key.is_weak())
            .ok_or_else(|| wrong("its last part holds no Ed25519 public key"))?;
        let verifier = Self { name: name.to_owned(), key };
        if hex(verifier.id()) == id {
            Ok(verifier)
        } else {
            Err(wrong("its hash does not belong to its name and key; a character was changed"))
        }
    }
}

/// What makes signatures.
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl Signer {
    /// The key that 32 secret random bytes make, under a name. `None` when it is no name.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Option<Self> {
        is_name(name).then(|| Self { name: name.to_owned(), key: SigningKey::from_bytes(seed) })
    }

    /// Reads what [`Signer::to_secret`] wrote.
    pub fn from_secret(text: &str) -> Result<Self, NotAKey> {
        let wrong = |why| NotAKey { wanted: "private key (`PRIVATE+KEY+name+hash+base64`)", why };
        let rest = text.trim_end_matches('\n').strip_prefix(PRIVATE);
        let rest = rest.ok_or_else(|| wrong("it does not begin with `PRIVATE+KEY+`"))?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(secret)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong("it ends too early"));
        };
        let secret = base64::decode(secret).ok_or_else(|| wrong("its last part is no base64"))?;
        let Some((&ED25519, seed)) = secret.split_first() else {
            return Err(wrong("it is not of the type Ed25519"));
        };
        let signer = <&[u8; 32]>::try_from(seed)
            .ok()
            .and_then(|seed| Self::from_seed(name, seed))
            .ok_or_else(|| wrong("its name or length does not fit"))?;
        if hex(signer.verifier().id()) == id {
            Ok(signer)
        } else {
            Err(wrong("its hash does not belong to its name and key; it is damaged"))
        }
    }

    /// The key as text, in the form of Go's `note` package. Secret.
    pub fn to_secret(&self) -> String {
        let mut secret = vec![ED25519];
        secret.extend_from_slice(self.key.as_bytes());
        let id = hex(self.verifier().id());
        format!("{PRIVATE}{}+{id}+{}\n", self.name, base64::encode(&secret))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What checks its signatures.
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), key: self.key.verifying_key() }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer(of {})", self.verifier())
    }
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}
