//! What the browser says (WebAuthn sections 5.1 and 5.8.1), as JSON.

use super::Refused;
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;

/// Largest answer of a browser, in bytes.
const LARGEST: usize = 64 << 10;

/// Bytes as text in JSON.
pub(super) mod base64url {
    use data_encoding::BASE64URL_NOPAD;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(in super::super) fn serialize<S: Serializer>(
        bytes: &[u8],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64URL_NOPAD.encode(bytes))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        BASE64URL_NOPAD.decode(text.as_bytes()).map_err(D::Error::custom)
    }
}

/// `RegistrationResponseJSON`.
#[derive(Deserialize)]
pub(super) struct Registered {
    #[serde(rename = "rawId", with = "base64url")]
    pub(super) id: Vec<u8>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) response: RegisteredResponse,
}

#[derive(Deserialize)]
pub(super) struct RegisteredResponse {
    #[serde(rename = "clientDataJSON", with = "base64url")]
    pub(super) client: Vec<u8>,
    #[serde(rename = "attestationObject", with = "base64url")]
    pub(super) attestation: Vec<u8>,
    #[serde(default)]
    pub(super) transports: Vec<String>,
}

/// `AuthenticationResponseJSON`.
#[derive(Deserialize)]
pub(super) struct Signed {
    #[serde(rename = "rawId", with = "base64url")]
    pub(super) id: Vec<u8>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) response: SignedResponse,
}

#[derive(Deserialize)]
pub(super) struct SignedResponse {
    #[serde(rename = "clientDataJSON", with = "base64url")]
    pub(super) client: Vec<u8>,
    #[serde(rename = "authenticatorData", with = "base64url")]
    pub(super) authenticator: Vec<u8>,
    #[serde(with = "base64url")]
    pub(super) signature: Vec<u8>,
    #[serde(rename = "userHandle")]
    user: Option<String>,
}

impl SignedResponse {
    /// The account's handle, where the key keeps it.
    pub(super) fn user(&self) -> Result<Option<Vec<u8>>, Refused> {
        let decoded = |text: &String| BASE64URL_NOPAD.decode(text.as_bytes());
        self.user.as_ref().map(decoded).transpose().map_err(|_| Refused::Form("user handle"))
    }
}

pub(super) fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Refused> {
    if json.len() > LARGEST {
        return Err(Refused::Form("larger than 64 KiB"));
    }
    serde_json::from_str(json).map_err(|_| Refused::Form("not the expected JSON"))
}

/// `CollectedClientData`: what the browser says of the page that asked. Signed by the key.
#[derive(Deserialize)]
pub(super) struct Page {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(with = "base64url")]
    pub(super) challenge: Vec<u8>,
    pub(super) origin: String,
    #[serde(rename = "crossOrigin", default)]
    pub(super) framed: bool,
}

impl Page {
    pub(super) fn read(json: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(json).map_err(|_| Refused::Form("client data"))
    }
}
