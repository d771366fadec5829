//! A key in memory that does what a test tells it to, and the browser around it.

use aftercare_signin::passkey::{Assertion, Registration};
use data_encoding::BASE64URL_NOPAD;
use ring::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

pub(super) const SITE: &str = "aftercare.example.org";
pub(super) const ORIGIN: &str = "https://aftercare.example.org";

/// What is said and signed; a test changes it.
pub(super) struct Twist {
    pub(super) kind: Option<&'static str>,
    pub(super) origin: &'static str,
    pub(super) framed: bool,
    /// The challenge to answer instead of the one that was given.
    pub(super) challenge: Option<Value>,
    pub(super) site: &'static str,
    pub(super) flags: u8,
    pub(super) user: Option<Vec<u8>>,
    pub(super) behind: Vec<u8>,
    pub(super) counted: bool,
}

pub(super) const PRESENT: u8 = 1;
pub(super) const VERIFIED: u8 = 4;
pub(super) const MAY_BE_COPIED: u8 = 8;
pub(super) const IS_COPIED: u8 = 16;
const MADE: u8 = 64;

impl Twist {
    pub(super) fn none() -> Self {
        Self {
            kind: None,
            origin: ORIGIN,
            framed: false,
            challenge: None,
            site: SITE,
            flags: PRESENT | VERIFIED,
            user: None,
            behind: vec![],
            counted: true,
        }
    }
}

pub(super) struct Key {
    pair: Ed25519KeyPair,
    pub(super) id: Vec<u8>,
    pub(super) counter: u32,
}

impl Key {
    pub(super) fn new(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key");
        Self { pair, id: vec![seed; 20], counter: 0 }
    }

    pub(super) fn makes(&mut self, registration: &Registration) -> String {
        self.makes_with(registration, &Twist::none(), &self.cose())
    }

    pub(super) fn makes_with(
        &mut self,
        registration: &Registration,
        twist: &Twist,
        key: &[u8],
    ) -> String {
        let client = client(&registration.options, "webauthn.create", twist);
        let mut said = self.said(twist, MADE);
        said.extend([0; 16]); // the make
        said.extend((self.id.len() as u16).to_be_bytes());
        said.extend(&self.id);
        said.extend(key);
        said.extend(&twist.behind);
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend((said.len() as u16).to_be_bytes());
        object.extend(&said);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": text(&client), "attestationObject": text(&object),
                "transports": ["usb", "<script>", "nfc"],
            },
        })
        .to_string()
    }

    pub(super) fn proves(&mut self, asked: &Assertion) -> String {
        self.proves_with(asked, &Twist::none())
    }

    pub(super) fn proves_with(&mut self, asked: &Assertion, twist: &Twist) -> String {
        let client = client(&asked.options, "webauthn.get", twist);
        let mut said = self.said(twist, 0);
        said.extend(&twist.behind);
        let page = digest(&SHA256, &client);
        let signature = self.pair.sign(&[said.as_slice(), page.as_ref()].concat());
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": text(&client), "authenticatorData": text(&said),
                "signature": text(signature.as_ref()),
                "userHandle": twist.user.as_deref().map(text),
            },
        })
        .to_string()
    }

    fn said(&mut self, twist: &Twist, more: u8) -> Vec<u8> {
        self.counter += 1;
        let mut said = digest(&SHA256, twist.site.as_bytes()).as_ref().to_vec();
        said.push(twist.flags | more);
        let counter = if twist.counted { self.counter } else { 0 };
        said.extend(counter.to_be_bytes());
        said
    }

    /// The public key in COSE: `{1: 1, 3: -8, -1: 6, -2: point}`.
    pub(super) fn cose(&self) -> Vec<u8> {
        let mut key = vec![0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
        key.extend(self.pair.public_key().as_ref());
        key
    }
}

fn client(options: &Value, kind: &str, twist: &Twist) -> Vec<u8> {
    let challenge = twist.challenge.as_ref().unwrap_or(&options["challenge"]);
    json!({
        "type": twist.kind.unwrap_or(kind), "challenge": challenge, "origin": twist.origin,
        "crossOrigin": twist.framed, "other_keys_can_be_added_here": "and are passed over",
    })
    .to_string()
    .into_bytes()
}

pub(super) fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}
