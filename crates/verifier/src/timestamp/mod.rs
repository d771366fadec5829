//! Trusted time from outside (RFC 3161): an authority says, signed, that the bytes of a checkpoint were
//! there at an instant of its own clock.
//!
//! [`request`] makes what is carried to the authority, [`check`] weighs its reply. Both sides are kept as
//! files, so that anybody can weigh them again, with this program or with `openssl ts -verify`.
//!
//! What it is not: it fetches nothing, and it asks nobody whether a certificate was revoked. Replies that are
//! not in DER are refused.

pub mod kept;
mod message;
mod signature;

pub use signature::Roots;

use aftercare_vocab::{digest::Digest, instant::Instant};
use der::{Decode as _, Encode as _, asn1::Int, oid::ObjectIdentifier};
use message::{Imprint, Reply, Request, TokenInfo};

/// Bytes read of a reply, of a request and of a file of certificates at most: 1 MiB.
pub const LIMIT: u64 = 1 << 20;

/// An authority's clock may go behind ours by this much before it is told: five minutes.
pub const CLOCK_TOLERANCE_MICROS: i64 = 5 * 60 * 1_000_000;

const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const TOKEN_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// What an authority attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The authority's instant (`genTime`).
    pub at: Instant,
    /// How far its clock may be off either way, if it says so, in microseconds.
    pub accuracy_micros: Option<i64>,
    /// The subject of the certificate that signed.
    pub authority: String,
    /// The policy under which it was given, an object identifier.
    pub policy: String,
    /// Whether that certificate was followed to a root the caller gave. If not, the signature shows that
    /// nothing was changed, and not who signed.
    pub rooted: bool,
}

/// Why a reply proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The request is none of ours.
    #[error("the request cannot be read ({0})")]
    Request(String),
    /// The reply cannot be read.
    #[error("it is no reply of a time-stamping authority in DER ({0})")]
    Reply(String),
    /// The authority did not grant it.
    #[error("the authority did not grant the time stamp (status {status}{said})")]
    NotGranted {
        /// PKIStatus of RFC 3161 section 2.4.2.
        status: u8,
        /// What the authority says, behind a colon; may be empty.
        said: String,
    },
    /// It is about other bytes.
    #[error(
        "it is about other bytes than this checkpoint: its imprint is {found}, the checkpoint's {expected}"
    )]
    Imprint {
        /// SHA-256 in the reply, or what stands there instead.
        found: String,
        /// SHA-256 of the checkpoint.
        expected: Digest,
    },
    /// It answers another request.
    #[error(
        "its nonce is not the one of the kept request: it answers another one, or an old one again"
    )]
    Nonce,
    /// The signature does not hold.
    #[error("its signature does not hold: {0}")]
    Signature(String),
    /// The certificate may not stamp time, or leads to no given root.
    #[error("the certificate of `{authority}` is not one to believe: {why}")]
    Authority {
        /// Its subject.
        authority: String,
        /// Why not.
        why: String,
    },
}

/// The DER bytes of a request for a time stamp over `note`, with the authority's certificates wanted in the
/// reply. `nonce` comes from the rim.
pub fn request(note: &[u8], nonce: u64) -> Result<Vec<u8>, Wrong> {
    let wrong = |error: der::Error| Wrong::Request(error.to_string());
    let imprint = Imprint::sha256(Digest::of(note)).map_err(wrong)?;
    Request::new(imprint, nonce).to_der().map_err(wrong)
}

/// Whether a kept request is one over `note`.
pub fn asks_about(request: &[u8], note: &[u8]) -> Result<bool, Wrong> {
    let request = read_request(request)?;
    Ok(request.imprint.digest() == Some(Digest::of(note)))
}

/// Weighs a reply to `request` over `note`: granted, about these bytes, to this request, signed by a
/// certificate whose only and critical purpose is stamping time. With `roots` that certificate must also
/// lead to one of them at the attested instant.
pub fn check(
    note: &[u8],
    request: &[u8],
    reply: &[u8],
    roots: Option<&Roots>,
) -> Result<Stamp, Wrong> {
    let request = read_request(request)?;
    let expected = Digest::of(note);
    let other = |imprint: &Imprint| Wrong::Imprint { found: imprint.shown(), expected };
    if request.imprint.digest() != Some(expected) {
        return Err(other(&request.imprint));
    }
    let unread = |error: der::Error| Wrong::Reply(error.to_string());
    let reply = Reply::from_der(reply).map_err(unread)?;
    if !reply.status.is_granted() {
        return Err(Wrong::NotGranted { status: reply.status.code, said: reply.status.said() });
    }
    let token = reply.token.ok_or_else(|| Wrong::Reply("there is no token in it".to_owned()))?;
    let signed = signature::signed(&token)?;
    let info = TokenInfo::from_der(&signed.content).map_err(unread)?;
    if info.imprint.digest() != Some(expected) {
        return Err(other(&info.imprint));
    }
    let nonce = request.nonce.to_der().and_then(|der| Int::from_der(&der)).map_err(unread)?;
    if info.nonce != Some(nonce) {
        return Err(Wrong::Nonce);
    }
    let at = info.at().ok_or_else(|| Wrong::Reply("its genTime is no UTC instant".to_owned()))?;
    let authority = signed.verify(at, roots)?;
    Ok(Stamp {
        at,
        accuracy_micros: info.accuracy.map(|accuracy| accuracy.micros()),
        authority,
        policy: info.policy.to_string(),
        rooted: roots.is_some(),
    })
}

impl Stamp {
    /// What is odd about the attested instant, seen from the instant at which the last covered entry was
    /// recorded by our own clock: bytes cannot be attested before they were there.
    pub fn before(&self, recorded: Instant) -> Option<String> {
        // genTime has whole seconds at many authorities.
        let latest = self.at.plus_micros(
            self.accuracy_micros
                .unwrap_or_default()
                .saturating_add(1_000_000 + CLOCK_TOLERANCE_MICROS),
        );
        (latest < recorded).then(|| {
            format!(
                "the authority attests {}, but the last entry under the checkpoint is dated {}: the clock \
                 of the server ran ahead, or that of the authority behind",
                self.at.shown(),
                recorded.shown()
            )
        })
    }
}

fn read_request(bytes: &[u8]) -> Result<Request, Wrong> {
    Request::from_der(bytes).map_err(|error| Wrong::Request(error.to_string()))
}
