//! An authenticator in memory, and the browser around it: it answers what a page of the server asks.

use data_encoding::BASE64URL_NOPAD;
use ring::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

pub const ORIGIN: &str = "http://localhost:8080";

/// One key, which counts its uses.
pub struct Key {
    pair: Ed25519KeyPair,
    id: Vec<u8>,
    /// The account it was made for, as the server named it.
    account: String,
    pub counter: u32,
}

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn client(options: &Value, kind: &str, origin: &str) -> Vec<u8> {
    let challenge = &options["challenge"];
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
        .to_string()
        .into_bytes()
}

impl Key {
    pub fn new(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key");
        Self { pair, id: vec![seed; 20], account: String::new(), counter: 0 }
    }

    /// Makes itself for the options of a registration.
    pub fn made(&mut self, options: &Value) -> String {
        options["user"]["id"].as_str().expect("a handle").clone_into(&mut self.account);
        let client = client(options, "webauthn.create", ORIGIN);
        let mut said = self.said("localhost", 0b100_0101); // made, verified, present
        said.extend([0; 16]);
        said.extend((self.id.len() as u16).to_be_bytes());
        said.extend(&self.id);
        // The public key in COSE: {1: 1, 3: -8, -1: 6, -2: point}.
        said.extend([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]);
        said.extend(self.pair.public_key().as_ref());
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend((said.len() as u16).to_be_bytes());
        object.extend(&said);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "response": {
                "clientDataJSON": text(&client), "attestationObject": text(&object),
                "transports": ["internal"],
            },
        })
        .to_string()
    }

    /// Answers the options of a proof, asked by a page of an origin.
    pub fn proves(&mut self, options: &Value, origin: &str) -> String {
        let client = client(options, "webauthn.get", origin);
        let said = self.said("localhost", 0b101);
        let page = digest(&SHA256, &client);
        let signature = self.pair.sign(&[said.as_slice(), page.as_ref()].concat());
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "response": {
                "clientDataJSON": text(&client), "authenticatorData": text(&said),
                "signature": text(signature.as_ref()), "userHandle": self.account,
            },
        })
        .to_string()
    }

    fn said(&mut self, site: &str, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let mut said = digest(&SHA256, site.as_bytes()).as_ref().to_vec();
        said.push(flags);
        said.extend(self.counter.to_be_bytes());
        said
    }
}
