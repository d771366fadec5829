//! Signed tokens (RFC 7515, compact form) and the keys that check them (RFC 7517), for three algorithms:
//! RS256, ES256 (RFC 7518) and EdDSA with Ed25519 (RFC 8037). The signatures themselves are ring's work.
//!
//! There is no other algorithm here that a token could ask for: neither `none` nor one with a shared
//! key. The key decides which of the three it is for.

use super::Refused;
use data_encoding::BASE64URL_NOPAD;
use ring::signature;
use serde::Deserialize;

/// Longest token, in bytes.
const LONGEST: usize = 64 << 10;

/// An algorithm that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            // RFC 9864 gives EdDSA with Ed25519 a name of its own.
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// A public key as the provider publishes it. Members that we do not need are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Jwk {
    kty: String,
    pub(super) kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    for_what: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// A token taken apart; nothing of it is believed yet.
#[derive(Debug)]
pub(super) struct Sealed<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    /// What is signed: header and payload as they came.
    signed: &'a [u8],
    payload: &'a str,
    signature: Vec<u8>,
}

/// The payload of a token whose signature holds.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) algorithm: Algorithm,
    pub(super) payload: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

impl<'a> Sealed<'a> {
    pub(super) fn read(token: &'a str) -> Result<Self, Refused> {
        let wrong = Refused::Signature;
        if token.len() > LONGEST {
            return Err(wrong("it is longer than 64 KiB"));
        }
        let (signed, signature) =
            token.rsplit_once('.').ok_or(wrong("it does not have three parts"))?;
        let (header, payload) =
            signed.split_once('.').ok_or(wrong("it does not have three parts"))?;
        let decoded = |part: &str| {
            BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| wrong("a part is no base64url"))
        };
        let header: Header = serde_json::from_slice(&decoded(header)?)
            .map_err(|_| wrong("its header is not the expected JSON"))?;
        // RFC 7515 section 4.1.11: what is critical must be understood, and we understand none.
        if header.crit.is_some() {
            return Err(wrong("it asks for an extension that we do not have"));
        }
        let algorithm = Algorithm::named(&header.alg)
            .ok_or(wrong("its algorithm is none of RS256, ES256 and EdDSA"))?;
        let signature = decoded(signature)?;
        Ok(Self { algorithm, kid: header.kid, signed: signed.as_bytes(), payload, signature })
    }

    /// Whether a key may be the one: by its name, where the token gives one, and by its kind.
    pub(super) fn may_be_of(&self, key: &Jwk) -> bool {
        (self.kid.is_none() || self.kid == key.kid) && key.algorithm() == Some(self.algorithm)
    }

    /// Checks the signature.
    pub(super) fn opened(&self, key: &Jwk) -> Result<Opened, Refused> {
        if key.algorithm() != Some(self.algorithm) || !key.accepts(self.signed, &self.signature) {
            return Err(Refused::Signature("the signature does not belong to it"));
        }
        let payload = BASE64URL_NOPAD
            .decode(self.payload.as_bytes())
            .map_err(|_| Refused::Signature("a part is no base64url"))?;
        Ok(Opened { algorithm: self.algorithm, payload })
    }
}

impl Jwk {
    /// What the key is for; `None` when it is for nothing that we take.
    fn algorithm(&self) -> Option<Algorithm> {
        let algorithm = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => Algorithm::Rs256,
            ("EC", Some("P-256")) => Algorithm::Es256,
            ("OKP", Some("Ed25519")) => Algorithm::EdDsa,
            _ => return None,
        };
        let named = self.alg.as_deref().is_none_or(|alg| Algorithm::named(alg) == Some(algorithm));
        let signs = self.for_what.as_deref().is_none_or(|what| what == "sig");
        (named && signs).then_some(algorithm)
    }

    fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        let part = |text: &Option<String>| BASE64URL_NOPAD.decode(text.as_ref()?.as_bytes()).ok();
        match self.algorithm() {
            Some(Algorithm::Rs256) => {
                let (Some(n), Some(e)) = (part(&self.n), part(&self.e)) else { return false };
                // ring refuses keys below 2048 bits.
                let key = signature::RsaPublicKeyComponents { n, e };
                key.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Some(Algorithm::Es256) => {
                let (Some(x), Some(y)) = (part(&self.x), part(&self.y)) else { return false };
                if x.len() != 32 || y.len() != 32 {
                    return false;
                }
                let point = [&[4][..], &x, &y].concat(); // SEC 1 section 2.3.3, not compressed
                let how = &signature::ECDSA_P256_SHA256_FIXED;
                signature::UnparsedPublicKey::new(how, point).verify(message, signature).is_ok()
            }
            Some(Algorithm::EdDsa) => {
                let Some(x) = part(&self.x) else { return false };
                let how = &signature::ED25519;
                signature::UnparsedPublicKey::new(how, x).verify(message, signature).is_ok()
            }
            None => false,
        }
    }
}
