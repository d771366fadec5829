//! The two ceremonies.

use super::{
    Refused,
    authenticator::Said,
    cbor::{self, Item},
    client::{self, Page, Registered, Signed},
    key::{Key, OFFERED},
};
use aftercare_vocab::{digest::Digest, instant::Instant};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use url::Url;

/// Random bytes of a challenge (section 13.4.3 asks for 16 at least).
pub const CHALLENGE: usize = 32;
/// How long a person may take, in microseconds: five minutes.
pub const LONGEST_STAY: i64 = 300_000_000;
/// Most transports that are kept of a credential.
const MOST_TRANSPORTS: usize = 8;
/// Longest handle of an account (section 5.4.3), in bytes.
const LONGEST_HANDLE: usize = 64;

/// Our site, as keys know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    id: String,
    name: String,
    origins: Vec<String>,
}

/// Whose key it becomes.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Names the account to keys: 1 to 64 bytes that say nothing about the person.
    pub handle: &'a [u8],
    /// The login, shown by the browser.
    pub login: &'a str,
    /// The person's name, shown by the browser.
    pub name: &'a str,
}

/// Whether the key has to check who holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// By PIN, finger or face: the key alone then stands for two factors.
    Demanded,
    /// If it can: the key is the second factor beside a password.
    Preferred,
}

/// A ceremony under way. Kept by the server for the browser that began it, and taken away when it
/// answers, whatever comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    kind: Kind,
    #[serde(with = "client::base64url")]
    challenge: Vec<u8>,
    verification: Verification,
    begun: Instant,
    /// The account's handle: whose key it becomes, or whose is asked for.
    account: Option<String>,
    /// Identifiers: those that are known already, or those that are asked for; none where anybody's will do.
    credentials: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Registration,
    Assertion,
}

/// A registration that was begun.
#[derive(Debug)]
pub struct Registration {
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON`.
    pub options: Value,
    /// What is kept for it.
    pub pending: Pending,
}

/// A proof that was asked for.
#[derive(Debug)]
pub struct Assertion {
    /// For `PublicKeyCredential.parseRequestOptionsFromJSON`.
    pub options: Value,
    /// What is kept for it.
    pub pending: Pending,
}

/// A registered key, as plain text to keep. No secret: it only checks signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its identifier, in base64url: unique among all accounts.
    pub id: String,
    /// The handle of its account, in base64url.
    pub account: String,
    key: Key,
    counter: u32,
    /// Whether its owner's other devices may have it too.
    pub may_be_copied: bool,
    /// How it is reached: `usb`, `internal`, `hybrid`.
    pub transports: Vec<String>,
}

/// Whose key is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// Any that the browser has for this site: the key says whose it is.
    Anybody,
    /// One of this account's; where it has none, no key will do.
    Account(&'a [Credential]),
}

/// A proof that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The credential to keep instead, with its new counter.
    pub credential: Credential,
    /// Whether the key checked who holds it: then it stands for two factors.
    pub verified: bool,
    /// Whether its owner's other devices have it too.
    pub is_copied: bool,
}

impl Site {
    /// A site under `id` (a host name) with the origins its pages have: `https://aftercare.example.org`.
    pub fn new(id: &str, name: &str, origins: &[&str]) -> Result<Self, Refused> {
        let wrong = |origin: &str, why| Err(Refused::Settings(format!("origin `{origin}` {why}")));
        if origins.is_empty() {
            return Err(Refused::Settings("no origin is named".to_owned()));
        }
        for origin in origins {
            let Ok(url) = Url::parse(origin) else { return wrong(origin, "is no address") };
            if url.origin().ascii_serialization() != *origin {
                return wrong(
                    origin,
                    "must be scheme, host and port alone, without a slash behind",
                );
            }
            // Section 5.1.3: the id is the origin's host or stands behind a dot of it.
            let host = url.host_str().unwrap_or_default();
            if host != id && !host.strip_suffix(id).is_some_and(|rest| rest.ends_with('.')) {
                return wrong(origin, "does not lie under the site's id");
            }
            if url.scheme() != "https" && host != "localhost" {
                return wrong(origin, "must begin with https://");
            }
        }
        let origins = origins.iter().map(|&origin| origin.to_owned()).collect();
        Ok(Self { id: id.to_owned(), name: name.to_owned(), origins })
    }

    /// Begins to register a key. `known`: those that the account has already.
    pub fn register(
        &self,
        account: &Account<'_>,
        known: &[Credential],
        verification: Verification,
        challenge: &[u8; CHALLENGE],
        now: Instant,
    ) -> Result<Registration, Refused> {
        if account.handle.is_empty() || account.handle.len() > LONGEST_HANDLE {
            return Err(Refused::Settings("an account's handle has 1 to 64 bytes".to_owned()));
        }
        let handle = BASE64URL_NOPAD.encode(account.handle);
        let algorithms: Vec<Value> =
            OFFERED.iter().map(|alg| json!({"type": "public-key", "alg": alg})).collect();
        let options = json!({
            "rp": {"id": self.id, "name": self.name},
            "user": {"id": handle, "name": account.login, "displayName": account.name},
            "challenge": BASE64URL_NOPAD.encode(challenge),
            "pubKeyCredParams": algorithms,
            "timeout": LONGEST_STAY / 1_000,
            "excludeCredentials": described(known),
            "authenticatorSelection": {
                "residentKey": "preferred", "userVerification": word(verification),
            },
            "attestation": "none",
        });
        let pending = Pending {
            kind: Kind::Registration,
            challenge: challenge.to_vec(),
            verification,
            begun: now,
            account: Some(handle),
            credentials: Some(identifiers(known)),
        };
        Ok(Registration { options, pending })
    }

    /// Finishes it with the browser's answer. The caller keeps the credential, and refuses one whose
    /// `id` any account has.
    pub fn registered(
        &self,
        pending: Pending,
        answer: &str,
        now: Instant,
    ) -> Result<Credential, Refused> {
        let answer: Registered = client::read(answer)?;
        if answer.kind != "public-key" {
            return Err(Refused::Form("another kind of credential"));
        }
        let response = &answer.response;
        self.is_of(&pending, Kind::Registration, &response.client, now)?;
        // Not asked for, so not weighed: `fmt` and `attStmt`.
        let authenticator = match cbor::read(&response.attestation) {
            Some((object, [])) => object.named("authData").and_then(Item::bytes),
            _ => None,
        };
        let said = Said::read(authenticator.ok_or(Refused::Form("attestation object"))?)?;
        self.is_said_to_us(&said, &pending)?;
        let may_be_copied = said.may_be_copied();
        let counter = said.counter;
        let made = said.made.ok_or(Refused::Form("no new credential"))?;
        if made.id != answer.id {
            return Err(Refused::Form("two identifiers"));
        }
        let id = BASE64URL_NOPAD.encode(made.id);
        if pending.credentials.is_some_and(|known| known.contains(&id)) {
            return Err(Refused::Known);
        }
        let account = pending.account.ok_or(Refused::Ceremony)?;
        let word = |text: &String| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        };
        let transports = response
            .transports
            .iter()
            .filter(|text| text.len() < 32 && word(text))
            .take(MOST_TRANSPORTS)
            .cloned()
            .collect();
        Ok(Credential { id, account, key: made.key, counter, may_be_copied, transports })
    }

    /// Asks for a proof: to sign in, or for a signature.
    pub fn ask(
        &self,
        asked: Asked<'_>,
        verification: Verification,
        challenge: &[u8; CHALLENGE],
        now: Instant,
    ) -> Assertion {
        let (credentials, only) = match asked {
            Asked::Anybody => (&[][..], None),
            Asked::Account(credentials) => (credentials, Some(identifiers(credentials))),
        };
        let options = json!({
            "rpId": self.id,
            "challenge": BASE64URL_NOPAD.encode(challenge),
            "timeout": LONGEST_STAY / 1_000,
            "allowCredentials": described(credentials),
            "userVerification": word(verification),
        });
        let pending = Pending {
            kind: Kind::Assertion,
            challenge: challenge.to_vec(),
            verification,
            begun: now,
            account: credentials.first().map(|credential| credential.account.clone()),
            credentials: only,
        };
        Assertion { options, pending }
    }

    /// The identifier of the credential that an answer is about, to look it up. Nothing is
    /// believed yet.
    pub fn credential_of(answer: &str) -> Result<String, Refused> {
        let answer: Signed = client::read(answer)?;
        Ok(BASE64URL_NOPAD.encode(&answer.id))
    }

    /// The handle of the account that an answer is about, where the key keeps it, to look it up. Nothing
    /// is believed yet.
    pub fn account_of(answer: &str) -> Result<Option<Vec<u8>>, Refused> {
        let answer: Signed = client::read(answer)?;
        answer.response.user()
    }

    /// Weighs the browser's answer with the credential that is kept under its identifier.
    pub fn proven(
        &self,
        pending: Pending,
        answer: &str,
        credential: &Credential,
        now: Instant,
    ) -> Result<Proven, Refused> {
        let answer: Signed = client::read(answer)?;
        if answer.kind != "public-key" {
            return Err(Refused::Form("another kind of credential"));
        }
        let response = &answer.response;
        self.is_of(&pending, Kind::Assertion, &response.client, now)?;
        is_the_one(&pending, credential, &answer)?;
        let said = Said::read(&response.authenticator)?;
        self.is_said_to_us(&said, &pending)?;
        if said.may_be_copied() != credential.may_be_copied {
            return Err(Refused::Form("a key that became another"));
        }
        let page = Digest::of(&response.client);
        let message = [response.authenticator.as_slice(), page.as_bytes()].concat();
        if !credential.key.accepts(&message, &response.signature) {
            return Err(Refused::Signature);
        }
        // Last, so that only the key itself can raise the alarm (section 6.1.1).
        let (kept, shown) = (credential.counter, said.counter);
        if (kept, shown) != (0, 0) && shown <= kept {
            return Err(Refused::Counter { kept, shown });
        }
        Ok(Proven {
            credential: Credential { counter: shown, ..credential.clone() },
            verified: said.is_verified(),
            is_copied: said.is_copied(),
        })
    }

    /// Whether an answer is to this ceremony, from a page of ours, in time.
    fn is_of(
        &self,
        pending: &Pending,
        kind: Kind,
        client: &[u8],
        now: Instant,
    ) -> Result<(), Refused> {
        let page = Page::read(client)?;
        let named = match kind {
            Kind::Registration => "webauthn.create",
            Kind::Assertion => "webauthn.get",
        };
        let same = bool::from(page.challenge.ct_eq(&pending.challenge));
        if pending.kind != kind || page.kind != named || !same {
            return Err(Refused::Ceremony);
        }
        if now > pending.begun.plus_micros(LONGEST_STAY) {
            return Err(Refused::Late);
        }
        if page.framed || !self.origins.contains(&page.origin) {
            let shown = page.origin.chars().filter(|c| !c.is_control()).take(100).collect();
            return Err(Refused::Origin(shown));
        }
        Ok(())
    }

    /// Whether the authenticator speaks to our site, with a person there.
    fn is_said_to_us(&self, said: &Said<'_>, pending: &Pending) -> Result<(), Refused> {
        if said.site != Digest::of(self.id.as_bytes()).as_bytes() {
            return Err(Refused::Site);
        }
        if !said.is_present() {
            return Err(Refused::Presence);
        }
        if pending.verification == Verification::Demanded && !said.is_verified() {
            return Err(Refused::Verification);
        }
        Ok(())
    }
}

/// Whether the credential is the one in the answer, and one that was asked for.
fn is_the_one(pending: &Pending, credential: &Credential, answer: &Signed) -> Result<(), Refused> {
    let named = BASE64URL_NOPAD.encode(&answer.id) == credential.id;
    let asked_for = pending.credentials.as_ref().is_none_or(|only| only.contains(&credential.id));
    let owner = pending.account.as_ref().is_none_or(|account| *account == credential.account);
    let user = answer.response.user()?.map(|handle| BASE64URL_NOPAD.encode(&handle));
    let holder = match &user {
        Some(user) => *user == credential.account,
        // Section 7.2 step 6: where nobody was asked for, the key must say whose it is.
        None => pending.credentials.is_some(),
    };
    if named && asked_for && owner && holder { Ok(()) } else { Err(Refused::Other) }
}

fn identifiers(credentials: &[Credential]) -> Vec<String> {
    credentials.iter().map(|credential| credential.id.clone()).collect()
}

fn described(credentials: &[Credential]) -> Vec<Value> {
    credentials
        .iter()
        .map(|one| json!({"type": "public-key", "id": one.id, "transports": one.transports}))
        .collect()
}

fn word(verification: Verification) -> &'static str {
    match verification {
        Verification::Demanded => "required",
        Verification::Preferred => "preferred",
    }
}
