//! Passkeys and security keys: W3C Web Authentication Level 3, the server's part (sections 7.1 and 7.2).
//!
//! A ceremony has two steps. [`Site::register`] or [`Site::ask`] gives options for the browser
//! (`PublicKeyCredential.parseCreationOptionsFromJSON` and its sister) and a [`Pending`] that the server keeps;
//! [`Site::registered`] or [`Site::proven`] takes what the browser's `toJSON()` gave. Three algorithms are
//! offered: ES256, EdDSA with Ed25519, RS256; the signatures themselves are ring's work.
//!
//! Which make of key somebody uses is not asked (attestation `none`), so whatever an authenticator
//! says of itself is passed over. Extensions are not used.

mod authenticator;
mod cbor;
mod client;
mod key;
mod site;

pub use site::{
    Account, Asked, Assertion, CHALLENGE, Credential, LONGEST_STAY, Pending, Proven, Registration,
    Site, Verification,
};

/// Why a ceremony came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A setting of ours cannot be used.
    #[error("passkeys are not set up rightly: {0}")]
    Settings(String),
    /// What the browser sent is not of the form of the specification.
    #[error("the browser's answer cannot be read ({0}); try again, or use another browser or key")]
    Form(&'static str),
    /// The answer is to another ceremony: an old one, another person's, or one of the other kind.
    #[error("this answer belongs to another request; begin again")]
    Ceremony,
    /// It took longer than [`LONGEST_STAY`].
    #[error("the request is too old; begin again")]
    Late,
    /// The page that asked for it is none of ours.
    #[error(
        "the key was used on another site (`{0}`), not here. If you were sent there, somebody may be after your account: tell your administrator"
    )]
    Origin(String),
    /// The key signed for another site.
    #[error("the key belongs to another site")]
    Site,
    /// Nobody touched the key.
    #[error("the key was not touched; begin again and touch it when it asks")]
    Presence,
    /// The key did not ask who holds it, where that is demanded.
    #[error(
        "the key did not check its PIN, finger or face, which is needed here; set one up for it"
    )]
    Verification,
    /// The key uses an algorithm that was not offered.
    #[error("the key uses an algorithm that is not taken here; use another key")]
    Algorithm,
    /// It is registered already.
    #[error("this key is registered already")]
    Known,
    /// The credential is not the one that was asked for, or another person's.
    #[error("this key is not registered for this account")]
    Other,
    /// The signature does not hold.
    #[error("the key's signature does not hold")]
    Signature,
    /// The counter went back: there may be a copy of the key (section 6.1.1).
    #[error(
        "the key's counter went back from {kept} to {shown}: there may be a copy of it. Remove the key and tell your administrator"
    )]
    Counter {
        /// The counter that was seen last.
        kept: u32,
        /// The one that the key shows now.
        shown: u32,
    },
}
