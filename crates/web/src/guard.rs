//! The guard at the door: who may send, how much, and what every answer carries.

use crate::{
    CONTENT_SECURITY_POLICY,
    state::State,
    trouble::{Failure, Wrong},
};
use axum::{
    body::{Body, Bytes},
    extract::{Request, State as Held},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// Most bytes of a JSON body.
pub const BODY_BYTES: usize = 1 << 20;

/// Most bytes of a list of units.
pub const UNITS_BYTES: usize = 64 << 20;

/// The longest wait for a body to arrive.
pub const BODY_WAIT: Duration = Duration::from_mins(2);

/// Headers of every answer.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
];

/// The identifier of a request, in answers and in the ledger.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub String);

/// Checks a request before any handler sees it, and completes its answer.
pub(crate) async fn guard(Held(state): Held<State>, mut request: Request, next: Next) -> Response {
    let id = (state.rim.request_id)();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = match allowed(&state, &request) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

fn allowed(state: &State, request: &Request) -> Result<(), Failure> {
    let host = host_of(request);
    let name = name_of(&host);
    let own = matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.starts_with("127.");
    if !own && !state.hosts.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        let detail = format!(
            "This server does not answer for the host {}. Ask it by the address it printed.",
            aftercare_vocab::problem::quoted(name)
        );
        return Err(Wrong::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", detail).into());
    }
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    // A browser says where a request comes from; other clients send neither header.
    let headers = request.headers();
    let foreign = match (text(headers, "sec-fetch-site"), text(headers, "origin")) {
        (Some(site), _) => site != "same-origin" && site != "none",
        (None, Some(origin)) => {
            origin.split_once("://").is_none_or(|(_, authority)| authority != host)
        }
        (None, None) => false,
    };
    if foreign {
        let detail = "This change was asked for by a page of another site. Open Aftercare itself and try there.";
        return Err(Wrong::new(StatusCode::FORBIDDEN, "cross_site", detail).into());
    }
    Ok(())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn host_of(request: &Request) -> String {
    let named = text(request.headers(), "host").map(str::to_owned);
    named.or_else(|| request.uri().authority().map(ToString::to_string)).unwrap_or_default()
}

/// The host without its port.
fn name_of(host: &str) -> &str {
    match host.rfind(':') {
        Some(colon) if !host[colon..].contains(']') => &host[..colon],
        _ => host,
    }
}

/// Reads a body whole, within `limit` bytes and [`BODY_WAIT`].
pub(crate) async fn body(body: Body, limit: usize) -> Result<Bytes, Failure> {
    let too_large = || {
        let detail = format!("The body is larger than {limit} bytes. Nothing of it was kept.");
        Failure::from(Wrong::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail))
    };
    match tokio::time::timeout(BODY_WAIT, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => {
            let mut cause: Option<&dyn std::error::Error> = Some(&error);
            while let Some(reason) = cause {
                if reason.to_string().contains("length limit") {
                    return Err(too_large());
                }
                cause = reason.source();
            }
            let detail = "The body did not arrive whole. Nothing of it was kept.";
            Err(Wrong::new(StatusCode::BAD_REQUEST, "body_cut", detail).into())
        }
        Err(_) => {
            let detail = format!(
                "The body did not arrive within {} seconds. Nothing of it was kept.",
                BODY_WAIT.as_secs()
            );
            Err(Wrong::new(StatusCode::REQUEST_TIMEOUT, "body_late", detail).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_not_part_of_the_host_name() {
        for (host, name) in [
            ("localhost:8080", "localhost"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
            ("a.b", "a.b"),
        ] {
            assert_eq!(name_of(host), name);
        }
    }
}
