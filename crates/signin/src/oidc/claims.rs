//! What a token says, weighed against what must be said (OpenID Connect Core section 3.1.3.7).

use super::{
    LONGEST_STAY, Presence, Refused, SKEW,
    jws::{Algorithm, Opened},
    provider::parsed,
};
use aftercare_vocab::{digest::Digest, instant::Instant};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha512};
use subtle::ConstantTimeEq as _;

/// Longest name of a person at the provider (OpenID Connect Core section 2, `sub`), in bytes.
const LONGEST_SUBJECT: usize = 255;
/// Longest of the other texts that are taken over, in characters.
const LONGEST_TEXT: usize = 200;
/// Most ways of proving oneself that are taken over.
const MOST_METHODS: usize = 100;

/// Who signed in, as the provider knows them. Issuer and subject together are the person; everything
/// else may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Its name for the person, given to nobody else.
    pub subject: String,
    /// The login they use there; not unique, and they may choose it.
    pub login: Option<String>,
    /// The name for reading.
    pub name: Option<String>,
    /// The address, where the provider says that it was verified.
    pub email: Option<String>,
    /// When they last proved themselves there, where the provider says so.
    pub authenticated: Option<Instant>,
    /// How (RFC 8176): `pwd`, `otp`, `hwk`.
    pub methods: Vec<String>,
}

/// What must be said.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) begun: Instant,
    pub(super) presence: Presence,
    pub(super) access_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: Seconds,
    iat: Seconds,
    nbf: Option<Seconds>,
    auth_time: Option<Seconds>,
    nonce: Option<String>,
    at_hash: Option<String>,
    preferred_username: Option<String>,
    name: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    #[serde(default)]
    amr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// RFC 7519 section 2, NumericDate: seconds since 1970, perhaps with a fraction.
#[derive(Deserialize, Clone, Copy)]
struct Seconds(f64);

impl From<Seconds> for Instant {
    fn from(Seconds(seconds): Seconds) -> Self {
        Self::from_micros((seconds * 1e6) as i64) // held at the ends
    }
}

/// Weighs a token whose signature holds.
pub(super) fn weigh(
    token: &Opened,
    expected: &Expected<'_>,
    now: Instant,
) -> Result<Identity, Refused> {
    const WHAT: &str = "what its token says";
    let claims: Claims = parsed(&token.payload, WHAT)?;
    is_for_us(&claims, expected)?;
    is_of_now(&claims, expected, now)?;
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(Refused::Claim("it belongs to another sign-in (nonce)"));
    }
    if let (Some(hash), Some(access_token)) = (&claims.at_hash, expected.access_token)
        && *hash != half_hash(access_token, token.algorithm)
    {
        return Err(Refused::Claim("it belongs to another access token (at_hash)"));
    }
    let verified = claims.email_verified == Some(true);
    Ok(Identity {
        issuer: claims.iss,
        subject: claims.sub,
        login: claims.preferred_username.and_then(text),
        name: claims.name.and_then(text),
        email: claims.email.filter(|_| verified).and_then(text),
        authenticated: claims.auth_time.map(Instant::from),
        methods: claims.amr.into_iter().take(MOST_METHODS).filter_map(text).collect(),
    })
}

fn is_for_us(claims: &Claims, expected: &Expected<'_>) -> Result<(), Refused> {
    if claims.iss != expected.issuer {
        return Err(Refused::Claim("another provider issued it (iss)"));
    }
    let us = expected.client_id;
    let (named, others) = match &claims.aud {
        Audience::One(one) => (one == us, false),
        Audience::Several(all) => {
            (all.iter().any(|one| one == us), all.iter().any(|one| one != us))
        }
    };
    if !named {
        return Err(Refused::Claim("it is meant for another program (aud)"));
    }
    match claims.azp.as_deref() {
        Some(party) if party != us => {
            return Err(Refused::Claim("it was issued to another program (azp)"));
        }
        None if others => {
            return Err(Refused::Claim(
                "it is meant for others too and does not say to whom it was issued (azp)",
            ));
        }
        _ => {}
    }
    let is_subject = !claims.sub.is_empty()
        && claims.sub.len() <= LONGEST_SUBJECT
        && claims.sub.chars().all(|c| c.is_ascii() && !c.is_ascii_control());
    if is_subject { Ok(()) } else { Err(Refused::Claim("it names nobody (sub)")) }
}

fn is_of_now(claims: &Claims, expected: &Expected<'_>, now: Instant) -> Result<(), Refused> {
    let (issued, expires) = (Instant::from(claims.iat), Instant::from(claims.exp));
    let refused = |what| Err(Refused::Time { what, issued, expires, now });
    if now >= expires.plus_micros(SKEW) {
        return refused("expired");
    }
    let earliest = claims.nbf.map_or(issued, |from| issued.max(from.into()));
    if earliest > now.plus_micros(SKEW) {
        return refused("from the future");
    }
    if issued.plus_micros(SKEW + LONGEST_STAY) < now {
        return refused("too old");
    }
    if expected.presence == Presence::Now {
        // OpenID Connect Core section 3.1.2.1: with max_age the time of proof must be told.
        let proved = claims.auth_time.map(Instant::from);
        if proved.is_none_or(|at| at.plus_micros(SKEW) < expected.begun) {
            return Err(Refused::Claim("the person did not prove themselves just now (auth_time)"));
        }
    }
    Ok(())
}

/// OpenID Connect Core section 3.1.3.6: the left half of the hash that the algorithm goes with.
fn half_hash(access_token: &str, algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::Rs256 | Algorithm::Es256 => {
            BASE64URL_NOPAD.encode(&Digest::of(access_token.as_bytes()).as_bytes()[..16])
        }
        Algorithm::EdDsa => BASE64URL_NOPAD.encode(&Sha512::digest(access_token.as_bytes())[..32]),
    }
}

/// A text of the provider in one line of bearable length; else none.
fn text(text: String) -> Option<String> {
    let fits = !text.is_empty()
        && text.chars().count() <= LONGEST_TEXT
        && !text.chars().any(char::is_control);
    fits.then_some(text)
}
