//! The guard at the door: who may send, how much, and what every answer carries.

use crate::{
    CONTENT_SECURITY_POLICY,
    state::{Rim, State},
    trouble::{Failure, Wrong},
};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State as Held},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::IpAddr, sync::Arc, time::Duration};

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

/// What the guard knows: nothing of any record.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub rim: Rim,
    /// Names beside those of the own machine that requests may be sent to, without port.
    pub hosts: Arc<Vec<String>>,
}

impl From<&State> for Gate {
    fn from(state: &State) -> Self {
        Self { rim: state.rim.clone(), hosts: Arc::clone(&state.hosts) }
    }
}

/// Gives a request its id, and its answer the headers that every answer has.
pub(crate) async fn seal(Held(gate): Held<Gate>, mut request: Request, next: Next) -> Response {
    let id = (gate.rim.request_id)();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
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

/// Checks a request before any handler sees it.
pub(crate) async fn door(Held(gate): Held<Gate>, request: Request, next: Next) -> Response {
    match allowed(&gate, &request) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

fn allowed(gate: &Gate, request: &Request) -> Result<(), Failure> {
    let host = host_of(request)?;
    let name = name_of(&host);
    if !ours(&gate.hosts, name) {
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

/// Whether a host name is this server's: `localhost`, a loopback address, or a configured one. A name
/// that only looks like an address (`127.0.0.1.evil.example`) is what a rebinding attack sends, so
/// addresses are parsed, never compared by their beginning. When all addresses of the machine are
/// configured (`0.0.0.0` or `::`), every literal address will do: no name was resolved for it.
fn ours(hosts: &[String], name: &str) -> bool {
    let literal = |text: &str| -> Option<IpAddr> {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        bare.parse().ok().map(|address: IpAddr| address.to_canonical())
    };
    match literal(name) {
        Some(address) => {
            let configured = |own: IpAddr| own == address || own.is_unspecified();
            address.is_loopback() || hosts.iter().filter_map(|host| literal(host)).any(configured)
        }
        None => {
            name.eq_ignore_ascii_case("localhost")
                || hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
        }
    }
}

/// The media type of a body in lower case without parameters; none if it is not said.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Refuses a body that says it is something else than JSON. A client that does not say is believed.
pub(crate) fn must_be_json(headers: &HeaderMap) -> Result<(), Failure> {
    match media_type(headers) {
        None => Ok(()),
        Some(kind) if kind == "application/json" || kind.ends_with("+json") => Ok(()),
        Some(kind) => Err(wrong_media_type(&kind, "`application/json`")),
    }
}

/// The refusal of a body of another media type than `wanted`.
pub(crate) fn wrong_media_type(kind: &str, wanted: &str) -> Failure {
    let detail = format!(
        "A body of type {} is not read here. Send it as {wanted}.",
        aftercare_vocab::problem::quoted(kind)
    );
    Wrong::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail).into()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn host_of(request: &Request) -> Result<String, Failure> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let first = named.next().map(|value| value.to_str().unwrap_or_default().to_owned());
    if named.next().is_some() {
        let detail = "The request names more than one host.";
        return Err(Wrong::new(StatusCode::BAD_REQUEST, "several_hosts", detail).into());
    }
    let authority = || request.uri().authority().map(ToString::to_string);
    Ok(first.or_else(authority).unwrap_or_default())
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
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large()); // its length was announced: none of it is taken
    }
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

    /// A body that says how long it is and never comes.
    struct Announced(u64);

    impl HttpBody for Announced {
        type Data = Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
            std::task::Poll::Ready(None)
        }
        fn size_hint(&self) -> http_body::SizeHint {
            http_body::SizeHint::with_exact(self.0)
        }
    }

    #[tokio::test]
    async fn a_body_is_refused_by_the_length_that_it_announces() {
        assert!(body(Body::new(Announced(1_000)), 1_000).await.is_ok());
        let refused = body(Body::new(Announced(1_001)), 1_000).await.expect_err("too large");
        assert!(format!("{refused:?}").contains("too_large"), "{refused:?}");
    }

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

    #[test]
    fn a_name_that_only_looks_like_our_address_is_not_ours() {
        let none: &[String] = &[];
        for own in
            ["localhost", "LocalHost", "127.0.0.1", "127.8.9.1", "[::1]", "[::ffff:127.0.0.1]"]
        {
            assert!(ours(none, own), "{own}");
        }
        for other in
            ["127.0.0.1.evil.example", "127.evil.example", "", "localhost.evil.example", "10.0.0.1"]
        {
            assert!(!ours(none, other), "{other}");
        }
        let named = ["pump.example".to_owned(), "10.0.0.1".to_owned(), "fd00::1".to_owned()];
        for own in ["Pump.example", "10.0.0.1", "[fd00::1]"] {
            assert!(ours(&named, own), "{own}");
        }
        assert!(!ours(&named, "10.0.0.2"));
        let everywhere = ["0.0.0.0".to_owned()];
        assert!(ours(&everywhere, "192.168.1.5"));
        assert!(!ours(&everywhere, "192.168.1.5.evil.example"));
    }
}
