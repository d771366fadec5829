//! The provider: what we are told of it, and what it says of itself (OpenID Connect Discovery 1.0).

use super::{Fetch, LARGEST_DOCUMENT, Refused, Request, Response};
use crate::secret::SecretText;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// What the operator sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider, exactly as it names itself: `https://sso.example.org/realms/main`.
    pub issuer: String,
    /// The name under which the provider knows us.
    pub client_id: String,
    /// What proves us to the provider; none for a public client, which PKCE protects alone.
    pub client_secret: Option<SecretText>,
    /// Where the provider sends the browser back to: an address of ours.
    pub redirect_uri: String,
    /// What is asked for beside `openid`: `profile`, `email`.
    pub scopes: Vec<String>,
}

/// A provider as it describes itself. Serialisable, to be kept for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    /// Whether every answer names its provider (RFC 9207).
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
    /// OpenID Connect Discovery section 3: absent means `client_secret_basic`.
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

const DOCUMENT: &str = "its description";

impl Provider {
    /// Asks the provider to describe itself.
    pub fn discover(settings: &Settings, fetch: &dyn Fetch) -> Result<Self, Refused> {
        address(&settings.issuer)
            .map_err(|why| Refused::Settings(format!("issuer `{}`: {why}", settings.issuer)))?;
        let url = format!(
            "{}/.well-known/openid-configuration",
            settings.issuer.strip_suffix('/').unwrap_or(&settings.issuer)
        );
        let provider: Self = document(fetch, Request::Get { url: &url }, &url, DOCUMENT)?;
        // Section 4.3: else somebody could describe another's provider, with addresses of the own.
        if provider.issuer != settings.issuer {
            let named = super::shown(&provider.issuer);
            return Err(Refused::Settings(format!(
                "the provider calls itself `{named}`, the setting says `{}`; they must be equal to the letter",
                settings.issuer
            )));
        }
        for place in
            [&provider.authorization_endpoint, &provider.token_endpoint, &provider.jwks_uri]
        {
            address(place).map_err(|why| Refused::Document {
                what: DOCUMENT,
                why: format!("address `{}`: {why}", super::shown(place)),
            })?;
        }
        Ok(provider)
    }

    /// How we prove ourselves at the token endpoint: in the form, or (the default) in a header.
    pub(super) fn wants_secret_in_form(&self) -> bool {
        self.token_endpoint_auth_methods_supported.as_ref().is_some_and(|methods| {
            let has = |name: &str| methods.iter().any(|method| method == name);
            has("client_secret_post") && !has("client_secret_basic")
        })
    }
}

/// An address with TLS; on the own machine also without.
fn address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no address")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds an account");
    }
    if url.fragment().is_some() {
        return Err("has a part behind `#`");
    }
    let own_machine = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("names no host"),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if own_machine => Ok(url),
        _ => Err("must begin with https://"),
    }
}

/// Fetches a document that must be there.
pub(super) fn document<T: for<'a> Deserialize<'a>>(
    fetch: &dyn Fetch,
    request: Request<'_>,
    url: &str,
    what: &'static str,
) -> Result<T, Refused> {
    let response = asked(fetch, request, url)?;
    if response.status != 200 {
        let why = format!("status {} instead of 200", response.status);
        return Err(Refused::Document { what, why });
    }
    parsed(&response.body, what)
}

pub(super) fn asked(
    fetch: &dyn Fetch,
    request: Request<'_>,
    url: &str,
) -> Result<Response, Refused> {
    fetch.fetch(request).map_err(|why| Refused::Unreachable { url: url.to_owned(), why })
}

pub(super) fn parsed<T: for<'a> Deserialize<'a>>(
    body: &[u8],
    what: &'static str,
) -> Result<T, Refused> {
    if body.len() > LARGEST_DOCUMENT {
        let why = format!("more than {LARGEST_DOCUMENT} bytes");
        return Err(Refused::Document { what, why });
    }
    serde_json::from_slice(body).map_err(|error| {
        // Where, and not what: the body may hold a token.
        let why =
            format!("not the expected JSON at line {}, column {}", error.line(), error.column());
        Refused::Document { what, why }
    })
}
