//! Credentials: the ways in which a person shows who they are. What is secret about them is never
//! here; the ledger says that one was set or ended, by whom and when (21 CFR 11.300(b), (c)).

use aftercare_vocab::id::{CredentialId, PersonId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of proof it is. Two different kinds make two components (21 CFR 11.200(a)(1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// A password: something known.
    Password,
    /// A code of the moment from a generator (RFC 6238): something held.
    Totp,
    /// A passkey (W3C WebAuthn): something held, with the holder verified by the device.
    Passkey,
    /// One of the codes kept for the loss of the others; each works once.
    Recovery,
    /// The word of an identity provider (OpenID Connect).
    Provider,
}

impl Factor {
    /// The code name: `totp`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::Recovery => "recovery",
            Self::Provider => "provider",
        }
    }

    /// As words on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "code generator",
            Self::Passkey => "passkey",
            Self::Recovery => "recovery code",
            Self::Provider => "identity provider",
        }
    }

    /// How many of the two components of a signature it stands for. A passkey is two: the device is
    /// held, and it verifies its holder before it answers.
    pub const fn components(self) -> usize {
        match self {
            Self::Passkey => 2,
            Self::Password | Self::Totp | Self::Recovery | Self::Provider => 1,
        }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// Why a credential was set or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The person did it.
    Own,
    /// An administrator did it, so that the person can begin or come back.
    Reset,
    /// It was used up or replaced.
    Replaced,
}

/// A credential was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialSet {
    /// The credential.
    pub credential: CredentialId,
    /// Whose.
    pub person: PersonId,
    /// What kind of proof.
    pub factor: Factor,
    /// On which occasion.
    pub occasion: Occasion,
}

/// A credential does not count any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialEnded {
    /// The credential.
    pub credential: CredentialId,
    /// Whose.
    pub person: PersonId,
    /// On which occasion.
    pub occasion: Occasion,
}
