//! Single sign-on: the code flow of OpenID Connect Core 1.0 with PKCE (RFC 7636), `state`, `nonce`, and
//! `iss` against the mixing up of providers (RFC 9207), as RFC 9700 asks.
//!
//! One sign-in: [`Provider::discover`] reads what the provider says of itself (kept by the caller for a
//! day or so), [`begin`] gives the address to send the browser to and a [`Pending`] to keep for it,
//! [`finish`] takes what the browser brings back and answers an [`Identity`], or says why not. Documents are
//! fetched through the caller's [`Fetch`]; keys are kept in [`Keys`].
//!
//! Not here: user info, refresh and logout. A session of ours ends by our own limits.

mod claims;
mod flow;
mod jws;
mod keys;
mod provider;

pub use claims::Identity;
pub use flow::{Back, Begun, Pending, Presence, RANDOM, SecretCode, begin, finish};
pub use keys::Keys;
pub use provider::{Provider, Settings};

use crate::secret::SecretText;
use aftercare_vocab::instant::Instant;

/// How far two clocks may be apart, in microseconds: two minutes.
pub const SKEW: i64 = 120_000_000;
/// How long a sign-in may take at the provider, in microseconds: ten minutes.
pub const LONGEST_STAY: i64 = 600_000_000;
/// Largest document that is read, in bytes.
pub const LARGEST_DOCUMENT: usize = 256 << 10;

/// What is to be fetched.
#[derive(Debug)]
pub enum Request<'a> {
    /// A document.
    Get {
        /// Its address.
        url: &'a str,
    },
    /// A form, answered with JSON.
    Post {
        /// Where it goes.
        url: &'a str,
        /// The form in the form of `application/x-www-form-urlencoded`. Secret.
        form: SecretText,
        /// The value of the header `Authorization`, where there is one. Secret.
        authorization: Option<SecretText>,
    },
}

/// What came back. No redirect is followed: its status is answered like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most [`LARGEST_DOCUMENT`] bytes.
    pub body: Vec<u8>,
}

/// The way out. It blocks; whoever implements it limits size and time.
pub trait Fetch {
    /// Fetches, or says in a sentence why not.
    fn fetch(&self, request: Request<'_>) -> Result<Response, String>;
}

/// Why nobody was signed in. Texts of the provider are shown cut and without control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A setting of ours cannot be used.
    #[error("single sign-on is not set up rightly: {0}")]
    Settings(String),
    /// The provider could not be asked.
    #[error(
        "the sign-in provider could not be asked ({url}): {why}; try again, or sign in with a password"
    )]
    Unreachable {
        /// What was asked.
        url: String,
        /// What went wrong.
        why: String,
    },
    /// A document of the provider is not what it must be.
    #[error(
        "the sign-in provider answered something unusable ({what}): {why}; tell its administrator"
    )]
    Document {
        /// Which document.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The browser brought back a `state` that was not given to it: an answer to somebody else's sign-in.
    #[error("this sign-in was not begun in this browser; begin it here again")]
    State,
    /// The sign-in took longer than [`LONGEST_STAY`].
    #[error("the sign-in took too long; begin it again")]
    Late,
    /// The answer comes from another provider than the one that was asked (RFC 9207).
    #[error(
        "the answer comes from another sign-in provider than the one that was asked; begin again"
    )]
    OtherProvider,
    /// The provider says no.
    #[error("the sign-in provider refused: {0}")]
    Provider(String),
    /// The token's signature does not hold.
    #[error("the sign-in provider's token is not signed as it must be: {0}")]
    Signature(&'static str),
    /// The token is signed with a key that the provider does not publish, though it was asked again.
    #[error(
        "the sign-in provider's token is signed with a key that it does not publish; tell its administrator"
    )]
    UnknownKey,
    /// What the token says does not fit.
    #[error("the sign-in provider's token does not fit: {0}")]
    Claim(&'static str),
    /// The token is expired, or from the future.
    #[error(
        "the sign-in provider's token is {what} by our clock (issued {issued}, expires {expires}, now {now}); if this \
         stays so, compare the clocks"
    )]
    Time {
        /// `expired`, `from the future`, `too old`.
        what: &'static str,
        /// When it was issued.
        issued: Instant,
        /// When it expires.
        expires: Instant,
        /// Our clock.
        now: Instant,
    },
}

/// Text of the provider, for a message.
fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}
