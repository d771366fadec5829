//! A provider in memory that does what a test tells it to, and checks what a provider must check.

use crate::noon_plus;
use aftercare_signin::{
    oidc::{
        Back, Begun, Fetch, Identity, Keys, Pending, Presence, Provider, Refused, Request,
        Response, Settings, begin, finish,
    },
    secret::SecretText,
};
use aftercare_vocab::{digest::Digest, instant::Instant};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

pub(super) const ISSUER: &str = "https://sso.example.org/realms/main";
pub(super) const CLIENT: &str = "aftercare";
pub(super) const SECRET: &str = "s3cret/with+signs";
const CODE: &str = "the-code";

/// A signing key of the provider.
pub(super) enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Key {
    pub(super) fn es256() -> Self {
        let random = SystemRandom::new();
        let how = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(how, &random).expect("a key");
        Self::Es256(EcdsaKeyPair::from_pkcs8(how, document.as_ref(), &random).expect("a key"))
    }

    pub(super) fn eddsa(seed: u8) -> Self {
        Self::EdDsa(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key"))
    }

    pub(super) fn alg(&self) -> &'static str {
        match self {
            Self::Es256(_) => "ES256",
            Self::EdDsa(_) => "EdDSA",
        }
    }

    pub(super) fn jwk(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        match self {
            Self::Es256(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig",
                       "x": text(&point[1..33]), "y": text(&point[33..])})
            }
            Self::EdDsa(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "alg": "EdDSA",
                       "x": text(pair.public_key().as_ref())})
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(pair) => {
                pair.sign(&SystemRandom::new(), message).expect("signed").as_ref().to_vec()
            }
            Self::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

/// A token in compact form.
pub(super) fn signed(header: &Value, claims: &Value, key: &Key) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = BASE64URL_NOPAD.encode(&key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// What the test changes of a token.
pub(super) type Twist = Box<dyn Fn(&mut Value)>;

pub(super) struct Fake {
    pub(super) description: RefCell<Value>,
    pub(super) key: RefCell<Key>,
    pub(super) kid: RefCell<String>,
    /// What is published; usually the key that signs.
    pub(super) published: RefCell<Vec<Value>>,
    pub(super) header: RefCell<Twist>,
    pub(super) claims: RefCell<Twist>,
    /// A token to hand out instead of one made for the sign-in.
    pub(super) instead: RefCell<Option<String>>,
    /// A token answer to give instead of any token.
    pub(super) answer: RefCell<Option<Response>>,
    pub(super) last_token: RefCell<String>,
    pub(super) now: Cell<Instant>,
    pub(super) times_asked_for_keys: Cell<u32>,
    pub(super) posts: RefCell<Vec<(String, Option<String>)>>,
    /// What the browser was sent here with.
    asked: RefCell<HashMap<String, String>>,
}

impl Fake {
    pub(super) fn new() -> Self {
        let key = Key::es256();
        let published = vec![key.jwk("key-1")];
        Self {
            description: RefCell::new(json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/auth?tenant=7"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
                "authorization_response_iss_parameter_supported": true,
                "response_types_supported": ["code"],
            })),
            key: RefCell::new(key),
            kid: RefCell::new("key-1".into()),
            published: RefCell::new(published),
            header: RefCell::new(Box::new(|_| ())),
            claims: RefCell::new(Box::new(|_| ())),
            instead: RefCell::new(None),
            answer: RefCell::new(None),
            last_token: RefCell::default(),
            now: Cell::new(noon_plus(60)),
            times_asked_for_keys: Cell::new(0),
            posts: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    pub(super) fn with_claims(twist: impl Fn(&mut Value) + 'static) -> Self {
        let fake = Self::new();
        *fake.claims.borrow_mut() = Box::new(twist);
        fake
    }

    pub(super) fn with_header(twist: impl Fn(&mut Value) + 'static) -> Self {
        let fake = Self::new();
        *fake.header.borrow_mut() = Box::new(twist);
        fake
    }

    /// The browser is sent here; the person agrees and is sent back.
    pub(super) fn visited(&self, address: &str) -> Back {
        let url = url::Url::parse(address).expect("an address");
        *self.asked.borrow_mut() = url.query_pairs().into_owned().collect();
        Back {
            state: self.asked.borrow().get("state").cloned(),
            code: Some(aftercare_signin::oidc::SecretCode(CODE.into())),
            iss: Some(ISSUER.into()),
            ..Back::default()
        }
    }

    fn token(&self) -> String {
        let asked = self.asked.borrow();
        let seconds = self.now.get().micros() / 1_000_000;
        let mut header = json!({"alg": self.key.borrow().alg(), "kid": *self.kid.borrow()});
        let mut claims = json!({
            "iss": ISSUER, "sub": "248289761001", "aud": CLIENT, "nonce": asked.get("nonce"),
            "iat": seconds, "exp": seconds + 300, "auth_time": seconds,
            "preferred_username": "anna.berg", "name": "Anna Berg",
            "email": "anna@example.org", "email_verified": true, "amr": ["pwd", "otp"],
            "groups": ["security", "staff"],
        });
        (self.header.borrow())(&mut header);
        (self.claims.borrow())(&mut claims);
        signed(&header, &claims, &self.key.borrow())
    }

    fn sells(&self, form: &str, authorization: Option<&str>) -> Response {
        let fields: HashMap<String, String> =
            url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let asked = self.asked.borrow();
        // RFC 6749 section 2.3.1: both halves are encoded like a form.
        let basic = format!("Basic {}", BASE64.encode(b"aftercare:s3cret%2Fwith%2Bsigns"));
        let known = authorization == Some(&basic)
            || (field("client_id") == CLIENT && field("client_secret") == SECRET);
        let challenge = Digest::of(field("code_verifier").as_bytes());
        let proves = asked.get("code_challenge")
            == Some(&BASE64URL_NOPAD.encode(challenge.as_bytes()))
            && asked.get("code_challenge_method").is_some_and(|method| method == "S256");
        let fits = field("code") == CODE
            && field("grant_type") == "authorization_code"
            && Some(field("redirect_uri")) == asked.get("redirect_uri").map(String::as_str);
        if !known {
            return response(401, &json!({"error": "invalid_client"}));
        }
        if !proves || !fits {
            let words = "the code was not\u{7} given to you";
            return response(400, &json!({"error": "invalid_grant", "error_description": words}));
        }
        let token = self.instead.borrow().clone().unwrap_or_else(|| self.token());
        self.last_token.borrow_mut().clone_from(&token);
        let access = "an-access-token";
        response(200, &json!({"id_token": token, "access_token": access, "token_type": "Bearer"}))
    }
}

fn response(status: u16, body: &Value) -> Response {
    Response { status, body: body.to_string().into_bytes() }
}

impl Fetch for Fake {
    fn fetch(&self, request: Request<'_>) -> Result<Response, String> {
        match request {
            Request::Get { url } if url.ends_with("/.well-known/openid-configuration") => {
                Ok(response(200, &self.description.borrow()))
            }
            Request::Get { url } if url.ends_with("/keys") => {
                self.times_asked_for_keys.update(|times| times + 1);
                Ok(response(200, &json!({"keys": *self.published.borrow()})))
            }
            Request::Get { url } => Err(format!("there is nothing at {url}")),
            Request::Post { form, authorization, .. } => {
                let authorization = authorization.map(|text| text.expose().to_owned());
                self.posts.borrow_mut().push((form.expose().to_owned(), authorization.clone()));
                if let Some(answer) = &*self.answer.borrow() {
                    return Ok(answer.clone());
                }
                Ok(self.sells(form.expose(), authorization.as_deref()))
            }
        }
    }
}

pub(super) fn settings() -> Settings {
    Settings {
        issuer: ISSUER.into(),
        client_id: CLIENT.into(),
        client_secret: Some(SecretText::new(SECRET)),
        redirect_uri: "https://aftercare.example.org/signin/back".into(),
        scopes: vec!["profile".into(), "openid".into(), "email".into()],
    }
}

pub(super) fn random(seed: u8) -> [u8; aftercare_signin::oidc::RANDOM] {
    std::array::from_fn(|n| (n as u8).wrapping_mul(37) ^ seed)
}

/// A sign-in that was begun at noon.
pub(super) fn begun(fake: &Fake) -> (Provider, Begun) {
    begun_with(fake, Presence::Any, 1)
}

pub(super) fn begun_with(fake: &Fake, presence: Presence, seed: u8) -> (Provider, Begun) {
    let provider = Provider::discover(&settings(), fake).expect("discovered");
    let begun = begin(&provider, &settings(), &random(seed), presence, noon_plus(0));
    (provider, begun.expect("begun"))
}

/// The rest of it, a minute later.
pub(super) fn finished(
    fake: &Fake,
    provider: &Provider,
    pending: Pending,
    back: &Back,
) -> Result<Identity, Refused> {
    let mut keys = Keys::default();
    finish(provider, &settings(), &mut keys, pending, back, fake, noon_plus(60))
}

/// The whole of it.
pub(super) fn signed_in(fake: &Fake) -> Result<Identity, Refused> {
    let (provider, begun) = begun(fake);
    let back = fake.visited(&begun.address);
    finished(fake, &provider, begun.pending, &back)
}
