//! Admission: who asks, by a cookie or a token, and whether they may.
//!
//! Every request passes here before any handler sees it. What an address asks stands in
//! [`access::TABLE`](crate::access::TABLE).

use crate::{
    access::{Need, is_known, need},
    failed::Admission,
    guard::RequestId,
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::Viewer;
use aftercare_domain::{Channel, access::Right};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State as Held},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// The header in which a script of a page says of which session it is.
const MARK: &str = "aftercare-mark";
/// Longest secret in a cookie or header, in bytes.
const SECRET_BYTES: usize = 200;
/// How long a browser keeps the cookie by which it is known: 90 days, in seconds.
const DEVICE_SECONDS: u64 = 90 * 24 * 60 * 60;

/// Whoever asks, as they were admitted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admitted {
    pub viewer: Option<Arc<Viewer>>,
    /// The secret of the session, if a cookie brought it.
    pub secret: Option<Secret>,
}

/// The secret of a session. Shows nothing of it.
#[derive(Clone)]
pub(crate) struct Secret(pub Arc<str>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The header of every answer of the API to somebody who sees a part of the record, with [`PART`].
pub(crate) const SIGHT: HeaderName = HeaderName::from_static("aftercare-sight");
const PART: HeaderValue = HeaderValue::from_static("part");

/// Lets a request in, or says what is missing. A program whose person sees a part of the record is told so with
/// every answer: what is not in it may be there all the same.
pub(crate) async fn admit(state: Held<State>, request: Request, next: Next) -> Response {
    let program = request.uri().path().starts_with("/api/");
    let mut response = admitted(state, request, next).await;
    let viewer = response.extensions().get::<Admission>().and_then(|of| of.0.viewer.as_ref());
    if program && viewer.is_some_and(|viewer| !viewer.sight.is_all()) {
        response.headers_mut().insert(SIGHT, PART);
    }
    response
}

async fn admitted(Held(state): Held<State>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    if token_in(request.uri()) {
        let detail = "The address holds an API token. Addresses are kept in histories and logs, so no token is taken from there, and this one is known to others now: revoke it, and send the next one as `Authorization: Bearer`.";
        return Failure::from(Wrong::new(StatusCode::BAD_REQUEST, "token_in_address", detail))
            .into_response();
    }
    let admitted = match recognised(&state, request.headers()).await {
        Ok(admitted) => admitted,
        Err(failure) => return failure.into_response(),
    };
    let need = match path.as_deref() {
        // Another method: that it takes none such is told to whoever is signed in.
        Some(path) => need(request.method(), path).or_else(|| {
            is_known(path).then_some(Need::SignedIn).filter(|_| wrong_method(&request, path))
        }),
        None => Some(Need::SignedIn), // there is nothing here: that is told to whoever is signed in
    };
    let right = match need {
        Some(Need::Anyone) => None,
        Some(Need::SignedIn) => {
            if admitted.viewer.is_none() {
                return sign_in(&state, &request);
            }
            None
        }
        Some(Need::Holds(right)) => Some(right),
        None => {
            let detail = "This address takes no such request from anybody.";
            return told(&admitted, Wrong::new(StatusCode::FORBIDDEN, "closed", detail).into());
        }
    };
    let mut admitted = admitted;
    if let Some(right) = right {
        let Some(viewer) = admitted.viewer.clone() else { return sign_in(&state, &request) };
        match entitled(&state, viewer, right).await {
            Ok(viewer) => admitted.viewer = Some(viewer),
            Err(failure) => return told(&admitted, failure),
        }
    }
    if changes_by_browser(&request)
        && let Some(secret) = admitted.secret.take()
    {
        let mark = request.headers().get(MARK).and_then(|mark| mark.to_str().ok());
        if !mark.is_some_and(|mark| aftercare_desk::mark_belongs(mark, &secret.0)) {
            let detail = "A change through the API with the cookie of a browser needs the header `Aftercare-Mark` with what forms of the page carry. Programs send a token in its place.";
            return told(&admitted, Wrong::new(StatusCode::FORBIDDEN, "cross_site", detail).into());
        }
    }
    if let Some(secret) = &admitted.secret {
        in_use(&state, secret, &request);
    }
    request.extensions_mut().insert(admitted.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(Admission(admitted));
    response
}

/// Whether a parameter of the address is an API token, whatever its name.
fn token_in(uri: &Uri) -> bool {
    let values = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    values
        .filter_map(|(_, value)| crate::query::decoded(value).ok())
        .any(|value| aftercare_desk::is_token(&value))
}

/// Whether the address is routed for other methods alone: no handler is behind this one.
fn wrong_method(request: &Request, path: &str) -> bool {
    let other = |method: &Method| need(method, path).is_some();
    let all = [Method::GET, Method::POST, Method::PATCH, Method::DELETE];
    all.iter().any(|method| method != request.method() && other(method))
}

/// Whether it is a change through the API, whose body says nothing about the session it comes from.
fn changes_by_browser(request: &Request) -> bool {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    !looks && request.uri().path().starts_with("/api/")
}

/// A failure, with who asked, so that the page about it can be theirs.
fn told(admitted: &Admitted, failure: Failure) -> Response {
    let mut response = failure.into_response();
    response.extensions_mut().insert(Admission(admitted.clone()));
    response
}

/// Whoever asks: by the token of a program, else by the cookie of a browser.
pub(crate) async fn recognised(state: &State, headers: &HeaderMap) -> Result<Admitted, Failure> {
    let now = (state.rim.now)();
    if let Some(token) = bearer(headers)? {
        let found = state.ask(move |desk| desk.viewer_of_token(&token, now)).await?;
        return match found {
            Some(viewer) => Ok(Admitted { viewer: Some(Arc::new(viewer)), secret: None }),
            None => {
                Err(unauthorised("The token is not known here, has ended or was revoked.").into())
            }
        };
    }
    let Some(secret) = cookie(headers, &session_cookie(state)) else {
        return Ok(Admitted::default());
    };
    let asked = secret.clone();
    let viewer = state.ask(move |desk| desk.viewer_of_session(&asked, now)).await?;
    Ok(match viewer {
        None => Admitted::default(),
        Some(viewer) => {
            Admitted { viewer: Some(Arc::new(viewer)), secret: Some(Secret(secret.into())) }
        }
    })
}

async fn entitled(
    state: &State,
    viewer: Arc<Viewer>,
    right: Right,
) -> Result<Arc<Viewer>, Failure> {
    let now = (state.rim.now)();
    if !viewer.may(right) {
        let lacks =
            move |desk: &aftercare_desk::Desk| -> Result<(), _> { Err(desk.lacks(right, now)) };
        state.ask(lacks).await?;
    }
    let person = viewer.person;
    let role = state.ask(move |desk| desk.role_for(person, right)).await?;
    let role = role.unwrap_or_else(|| viewer.role.clone());
    Ok(Arc::new(Viewer { role, ..Viewer::clone(&viewer) }))
}

/// Notes that the session is in use, without letting the request wait.
fn in_use(state: &State, secret: &Secret, request: &Request) {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let (state, secret) = (state.clone(), secret.0.to_string());
    tokio::spawn(async move {
        let op = (state.rim.operation)(Channel::Job, &id);
        // A minute later it is tried again.
        let _ = state.ask(move |desk| desk.session_used(&secret, &op)).await;
    });
}

/// To the page for signing in; programs are told.
fn sign_in(state: &State, request: &Request) -> Response {
    let program = request.uri().path().starts_with("/api/");
    if program || !matches!(*request.method(), Method::GET | Method::HEAD) {
        let detail = "Nobody is signed in. Programs send `Authorization: Bearer` with an API token; people sign in on the page.";
        return Failure::from(unauthorised(detail)).into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::to(&state.links.sign_in(&state.links.whole(path))).into_response()
}

fn unauthorised(detail: &str) -> Wrong {
    Wrong::new(StatusCode::UNAUTHORIZED, "not_signed_in", detail)
}

fn bearer(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = sent.next() else { return Ok(None) };
    if sent.next().is_some() {
        // Whatever stands in between may have looked at the other one.
        return Err(unauthorised("The request has more than one `Authorization`. Send one.").into());
    }
    let text = value.to_str().unwrap_or_default();
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            let token = token.trim();
            if token.len() > SECRET_BYTES {
                return Err(unauthorised("The token is longer than tokens are.").into());
            }
            Ok(Some(token.to_owned()))
        }
        _ => Err(unauthorised("Send `Authorization: Bearer` with an API token.").into()),
    }
}

/// A cookie's value.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, value)| *known == name && value.len() <= SECRET_BYTES)
        .map(|(_, value)| value.to_owned())
}

/// The name of the cookie with the secret of a session. Records in one installation have one each,
/// because all lie at one host.
pub(crate) fn session_cookie(state: &State) -> String {
    named(state, "session")
}

/// The name of the cookie by which a browser is known.
pub(crate) fn device_cookie(state: &State) -> String {
    named(state, "device")
}

/// The name of the cookie that binds a sign-in at the provider to the browser that began it.
pub(crate) fn provider_cookie(state: &State) -> String {
    named(state, "provider")
}

/// Sets it for the ten minutes that signing in at the provider may take.
pub(crate) fn set_provider_cookie(state: &State, response: &mut Response, browser: &str) {
    let secure = if state.secure { "; Secure" } else { "" };
    let name = provider_cookie(state);
    let text = format!("{name}={browser}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age=600");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn named(state: &State, what: &str) -> String {
    let host = if state.secure { "__Host-" } else { "" };
    let seat: String = state
        .links
        .whole("")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    format!("{host}aftercare-{what}{seat}")
}

/// Sets both cookies. `Lax`, so that a link in a mail leads to the page; forms carry a mark beside.
pub(crate) fn set_cookies(state: &State, response: &mut Response, session: &str, device: &str) {
    let secure = if state.secure { "; Secure" } else { "" };
    let common = format!("Path=/; HttpOnly; SameSite=Lax{secure}");
    let cookies = [
        format!("{}={session}; {common}", session_cookie(state)),
        format!("{}={device}; {common}; Max-Age={DEVICE_SECONDS}", device_cookie(state)),
    ];
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// Takes the cookie of the session away.
pub(crate) fn drop_cookie(state: &State, response: &mut Response) {
    let secure = if state.secure { "; Secure" } else { "" };
    let gone =
        format!("{}=; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age=0", session_cookie(state));
    if let Ok(value) = HeaderValue::from_str(&gone) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The address at the other end of the connection.
pub(crate) fn address(request: &axum::http::Extensions) -> Option<IpAddr> {
    request.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}
