//! Public keys of authenticators: read from COSE (RFC 9052, RFC 9053), kept as text.

use super::{Refused, cbor::Item};
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

/// Names of the algorithms in COSE, in the order in which they are offered.
pub(super) const OFFERED: [i64; 3] = [ES256, EDDSA, RS256];
const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Shortest and longest modulus of RSA, in bytes.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alg")]
pub(super) enum Key {
    #[serde(rename = "ES256")]
    Es256 {
        #[serde(with = "super::client::base64url")]
        point: Vec<u8>,
    },
    #[serde(rename = "EdDSA")]
    EdDsa {
        #[serde(with = "super::client::base64url")]
        point: Vec<u8>,
    },
    #[serde(rename = "RS256")]
    Rs256 {
        #[serde(with = "super::client::base64url")]
        n: Vec<u8>,
        #[serde(with = "super::client::base64url")]
        e: Vec<u8>,
    },
}

impl Key {
    pub(super) fn from_cose(item: &Item<'_>) -> Result<Self, Refused> {
        let number = |label| item.numbered(label).and_then(Item::number);
        let bytes = |label| item.numbered(label).and_then(Item::bytes).map(<[u8]>::to_vec);
        let (kind, algorithm, curve) = (number(1), number(3), number(-1));
        match (kind, algorithm) {
            (Some(2), Some(ES256)) if curve == Some(1) => {
                let (x, y) = (bytes(-2), bytes(-3));
                match (x, y) {
                    (Some(x), Some(y)) if x.len() == 32 && y.len() == 32 => {
                        Ok(Self::Es256 { point: [vec![4], x, y].concat() })
                    }
                    _ => Err(Refused::Form("public key")),
                }
            }
            (Some(1), Some(EDDSA)) if curve == Some(6) => match bytes(-2) {
                Some(point) if point.len() == 32 => Ok(Self::EdDsa { point }),
                _ => Err(Refused::Form("public key")),
            },
            (Some(3), Some(RS256)) => match (bytes(-1), bytes(-2)) {
                (Some(n), Some(e)) if MODULUS.contains(&n.len()) && e.len() <= 8 => {
                    Ok(Self::Rs256 { n, e })
                }
                _ => Err(Refused::Form("public key")),
            },
            _ => Err(Refused::Algorithm),
        }
    }

    /// Whether the signature is one of this key (WebAuthn section 6.5.5: that of ECDSA is in DER).
    pub(super) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Es256 { point } => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point)
                    .verify(message, signature)
            }
            Self::EdDsa { point } => {
                UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)
            }
            Self::Rs256 { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &signature::RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
        };
        verified.is_ok()
    }
}
