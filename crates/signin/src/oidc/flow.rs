//! The two steps of a sign-in: to the provider, and back.

use super::{
    Fetch, Identity, Keys, LONGEST_STAY, Provider, Refused, Request, Settings, claims,
    provider::{asked, parsed},
    shown,
};
use crate::secret::SecretText;
use aftercare_vocab::{digest::Digest, instant::Instant};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};
use std::fmt;
use subtle::ConstantTimeEq as _;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

/// Random bytes of a sign-in: for `state`, `nonce` and the verifier of PKCE.
pub const RANDOM: usize = 3 * 32;

/// Whether the person has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// A session at the provider is enough: an ordinary sign-in.
    Any,
    /// The person proves themselves at the provider now: before an electronic signature.
    Now,
}

/// A sign-in under way. Kept by the server for the browser that began it (under its visit or session, never
/// in the address), taken away when the browser comes back, whatever comes of it. Secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    issuer: String,
    state: String,
    nonce: String,
    verifier: String,
    redirect_uri: String,
    begun: Instant,
    presence: Presence,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pending(at {}, begun {}, secrets not shown)", self.issuer, self.begun)
    }
}

/// A sign-in that was begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser is sent.
    pub address: String,
    /// What is kept for it.
    pub pending: Pending,
}

/// What the browser brings back in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Back {
    /// The sign-in it answers.
    pub state: Option<String>,
    /// What the token is fetched with.
    pub code: Option<SecretCode>,
    /// The provider that answers (RFC 9207).
    pub iss: Option<String>,
    /// Why the provider refused, as a code.
    pub error: Option<String>,
    /// The same in words.
    pub error_description: Option<String>,
}

/// A code that buys a token, once.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct SecretCode(pub String);

impl fmt::Debug for SecretCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretCode(not shown)")
    }
}

/// Begins a sign-in.
pub fn begin(
    provider: &Provider,
    settings: &Settings,
    random: &[u8; RANDOM],
    presence: Presence,
    now: Instant,
) -> Result<Begun, Refused> {
    let [state, nonce, verifier] =
        [0, 1, 2].map(|n| BASE64URL_NOPAD.encode(&random[n * 32..(n + 1) * 32]));
    let challenge = BASE64URL_NOPAD.encode(Digest::of(verifier.as_bytes()).as_bytes());
    let scope = std::iter::once("openid")
        .chain(settings.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid"))
        .collect::<Vec<_>>()
        .join(" ");
    let mut address = Url::parse(&provider.authorization_endpoint)
        .map_err(|_| Refused::Settings("the provider's address is none".to_owned()))?;
    {
        let mut query = address.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", &settings.redirect_uri)
            .append_pair("scope", &scope)
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if presence == Presence::Now {
            query.append_pair("prompt", "login").append_pair("max_age", "0");
        }
    }
    let pending = Pending {
        issuer: provider.issuer.clone(),
        state,
        nonce,
        verifier,
        redirect_uri: settings.redirect_uri.clone(),
        begun: now,
        presence,
    };
    Ok(Begun { address: address.into(), pending })
}

/// Finishes a sign-in with what the browser brought back. `pending` is used up.
pub fn finish(
    provider: &Provider,
    settings: &Settings,
    keys: &mut Keys,
    pending: Pending,
    back: &Back,
    fetch: &dyn Fetch,
    now: Instant,
) -> Result<Identity, Refused> {
    let state = back.state.as_deref().unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(pending.state.as_bytes())) {
        return Err(Refused::State);
    }
    if now > pending.begun.plus_micros(LONGEST_STAY) {
        return Err(Refused::Late);
    }
    // Before anything is sent: a code of one provider must not reach the other.
    let names_itself = provider.authorization_response_iss_parameter_supported;
    match back.iss.as_deref() {
        Some(iss) if iss != pending.issuer => return Err(Refused::OtherProvider),
        None if names_itself => return Err(Refused::OtherProvider),
        _ if provider.issuer != pending.issuer => return Err(Refused::OtherProvider),
        _ => {}
    }
    if let Some(error) = &back.error {
        let words = back.error_description.as_deref().unwrap_or_default();
        return Err(Refused::Provider(shown(format!("{error} {words}").trim_end())));
    }
    let code = back.code.as_ref().ok_or_else(|| Refused::Document {
        what: "its answer",
        why: "neither code nor error".to_owned(),
    })?;
    let bought = buy(provider, settings, &pending, code, fetch)?;
    let token = keys.opened(&bought.id_token, provider, fetch, now)?;
    claims::weigh(
        &token,
        &claims::Expected {
            issuer: &pending.issuer,
            client_id: &settings.client_id,
            nonce: &pending.nonce,
            begun: pending.begun,
            presence: pending.presence,
            access_token: bought.access_token.as_deref().map(String::as_str),
        },
        now,
    )
}

#[derive(Deserialize)]
struct Bought {
    id_token: Zeroizing<String>,
    access_token: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
struct NotBought {
    error: String,
    error_description: Option<String>,
}

/// Buys the tokens for the code (OpenID Connect Core section 3.1.3).
fn buy(
    provider: &Provider,
    settings: &Settings,
    pending: &Pending,
    code: &SecretCode,
    fetch: &dyn Fetch,
) -> Result<Bought, Refused> {
    const WHAT: &str = "its token";
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", &code.0)
        .append_pair("redirect_uri", &pending.redirect_uri)
        .append_pair("code_verifier", &pending.verifier);
    let mut authorization = None;
    match &settings.client_secret {
        Some(secret) if provider.wants_secret_in_form() => {
            form.append_pair("client_id", &settings.client_id)
                .append_pair("client_secret", secret.expose());
        }
        Some(secret) => {
            authorization = Some(basic(&settings.client_id, secret));
        }
        None => {
            form.append_pair("client_id", &settings.client_id);
        }
    }
    let url = &provider.token_endpoint;
    let request = Request::Post { url, form: SecretText::new(form.finish()), authorization };
    let response = asked(fetch, request, url)?;
    if response.status == 200 {
        return parsed(&response.body, WHAT);
    }
    // RFC 6749 section 5.2.
    match parsed::<NotBought>(&response.body, WHAT) {
        Ok(NotBought { error, error_description }) => {
            let words = error_description.unwrap_or_default();
            Err(Refused::Provider(shown(format!("{error} {words}").trim_end())))
        }
        Err(_) => Err(Refused::Document {
            what: WHAT,
            why: format!("status {} instead of 200", response.status),
        }),
    }
}

/// RFC 6749 section 2.3.1: both halves are encoded like a form before they are joined.
fn basic(id: &str, secret: &SecretText) -> SecretText {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let both = Zeroizing::new(format!("{}:{}", encoded(id), encoded(secret.expose())));
    SecretText::new(format!("Basic {}", BASE64.encode(both.as_bytes())))
}
