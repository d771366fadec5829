//! Signing in and out, setting up, using an invitation: the pages and where their forms are sent.

use crate::{
    form::{marked, optional, plain_form},
    guard::RequestId,
    moment::At,
    pages::sign_in::{self, Again},
    passkey_forms,
    query::Asked,
    seat::is_of_a_seat,
    state::State,
    trouble::Failure,
    viewer::{address, cookie, device_cookie, drop_cookie, set_cookies},
};
use aftercare_desk::{Origin, SignInStep, SignedInAs};
use aftercare_domain::Channel;
use axum::{
    Extension, Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/sign-in", get(page).post(first))
        .route("/sign-in/code", post(second))
        .route("/sign-in/passkey", post(by_passkey))
        .route("/sign-in/passkey/challenge", post(challenge))
        .route("/sign-out", post(out))
        .route("/set-up", get(set_up_page).post(set_up))
        .route("/join", get(join_page).post(join))
}

pub(crate) type Answered = Result<Response, Response>;

async fn page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let to = Asked::of(&uri, &["to"])?.text("to");
        if state.viewer.is_some() {
            return Ok(Redirect::to(&within(&state, &to)).into_response());
        }
        if state.ask(|desk| desk.wants_set_up()).await? {
            return Ok(Redirect::to(&state.links.set_up()).into_response());
        }
        let again = Again { to: &to, ..Again::default() };
        Ok(shown(&state, StatusCode::OK, |frame, of| sign_in::page(frame, &again, of)))
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

async fn first(At(state): At, Extension(request): Extension<RequestId>, sent: Request) -> Answered {
    let work = async {
        let (parts, body) = sent.into_parts();
        let form = plain_form(&parts.headers, body, &["login", "password", "to"]).await?;
        let (login, to) = (form.text("login"), form.text("to"));
        let (origin, op) = (origin(&state, &parts), state.operation(Channel::Ui, &request));
        let (typed, password) = (login.clone(), form.text("password"));
        let done = state.ask(move |desk| desk.sign_in(&op, &typed, &password, &origin)).await;
        match done {
            Ok(SignInStep::Done(signed)) => Ok(signed_in(&state, &signed, &to)),
            Ok(SignInStep::Second(ticket)) => {
                let again = Again { to: &to, ..Again::default() };
                Ok(shown(&state, StatusCode::OK, |frame, _| sign_in::code(frame, &again, &ticket)))
            }
            Err(failure) => {
                let (status, why) = said(failure)?;
                let again = Again { why: Some(&why), login: &login, to: &to, ..Again::default() };
                Ok(shown(&state, status, |frame, of| sign_in::page(frame, &again, of)))
            }
        }
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

async fn second(
    At(state): At,
    Extension(request): Extension<RequestId>,
    sent: Request,
) -> Answered {
    let work = async {
        let (parts, body) = sent.into_parts();
        let form = plain_form(&parts.headers, body, &["ticket", "code", "to"]).await?;
        let (ticket, code, to) = (form.text("ticket"), form.text("code"), form.text("to"));
        let (origin, op) = (origin(&state, &parts), state.operation(Channel::Ui, &request));
        let step = ticket.clone();
        let done = state.ask(move |desk| desk.sign_in_second(&op, &step, &code, &origin)).await;
        match done {
            Ok(signed) => Ok(signed_in(&state, &signed, &to)),
            Err(failure) => {
                let (status, why) = said(failure)?;
                let again = Again { why: Some(&why), to: &to, ..Again::default() };
                Ok(shown(&state, status, |frame, _| sign_in::code(frame, &again, &ticket)))
            }
        }
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

/// What a passkey is to answer.
async fn challenge(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        plain_form(&headers, sent, &[]).await?;
        let (site, op) = (state.passkey_site(&headers)?, state.operation(Channel::Ui, &request));
        let begun = state.ask(move |desk| desk.ask_to_sign_in(&op, &site)).await?;
        Ok(passkey_forms::asked(&begun))
    };
    work.await.map_err(passkey_forms::told)
}

async fn by_passkey(
    At(state): At,
    Extension(request): Extension<RequestId>,
    sent: Request,
) -> Answered {
    let work = async {
        let (parts, body) = sent.into_parts();
        let [ticket, answer] = passkey_forms::FIELDS;
        let form = plain_form(&parts.headers, body, &["to", ticket, answer]).await?;
        let (to, origin) = (form.text("to"), origin(&state, &parts));
        let op = state.operation(Channel::Ui, &request);
        let done = match passkey_forms::wanted(&state, &parts.headers, &form) {
            Ok(given) => state.ask(move |desk| desk.sign_in_by_passkey(&op, &given, &origin)).await,
            Err(failure) => Err(failure),
        };
        match done {
            Ok(signed) => Ok(signed_in(&state, &signed, &to)),
            Err(failure) => {
                let (status, why) = said(failure)?;
                let again = Again { why: Some(&why), to: &to, ..Again::default() };
                Ok(shown(&state, status, |frame, of| sign_in::page(frame, &again, of)))
            }
        }
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

async fn out(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let form = plain_form(&headers, sent, &[crate::form::MARK]).await?;
        marked(&state, &form.text(crate::form::MARK))?;
        if let Some(secret) = &state.secret {
            let (secret, op) = (secret.0.to_string(), state.operation(Channel::Ui, &request));
            state.ask(move |desk| desk.sign_out(&op, &secret)).await?;
        }
        let mut response = Redirect::to(&state.links.sign_in("")).into_response();
        drop_cookie(&state, &mut response);
        Ok(response)
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

async fn set_up_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        if !state.ask(|desk| desk.wants_set_up()).await? {
            return Ok(Redirect::to(&state.links.sign_in("")).into_response());
        }
        let again = Again::default();
        Ok(shown(&state, StatusCode::OK, |frame, of| sign_in::set_up(frame, &again, of)))
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

async fn set_up(
    At(state): At,
    Extension(request): Extension<RequestId>,
    sent: Request,
) -> Answered {
    let work = async {
        let (parts, body) = sent.into_parts();
        let form = plain_form(&parts.headers, body, &["code", "login", "name", "password"]).await?;
        let (login, name) = (form.text("login"), form.text("name"));
        let op = state.operation(Channel::Ui, &request);
        let (code, password) = (form.text("code"), form.text("password"));
        let (typed, printed) = (login.clone(), name.clone());
        let origin = origin(&state, &parts);
        let done = state
            .ask(move |desk| {
                desk.set_up(&op, &code, (&typed, &printed), &password, &origin)?;
                desk.sign_in(&op, &typed, &password, &origin)
            })
            .await;
        match done {
            Ok(SignInStep::Done(signed)) => {
                Ok(signed_in(&state, &signed, &state.links.account("")))
            }
            Ok(SignInStep::Second(_)) => Ok(Redirect::to(&state.links.sign_in("")).into_response()),
            Err(failure) => {
                let (status, why) = said(failure)?;
                let again = Again { why: Some(&why), login: &login, name: &name, to: "" };
                Ok(shown(&state, status, |frame, of| sign_in::set_up(frame, &again, of)))
            }
        }
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

async fn join_page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let again = Again::default();
        Ok(shown(&state, StatusCode::OK, |frame, _| sign_in::join(frame, &again)))
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

async fn join(At(state): At, Extension(request): Extension<RequestId>, sent: Request) -> Answered {
    let work = async {
        let (parts, body) = sent.into_parts();
        let form = plain_form(&parts.headers, body, &["login", "code", "password"]).await?;
        let login = form.text("login");
        let op = state.operation(Channel::Ui, &request);
        let (typed, code, password) = (login.clone(), form.text("code"), form.text("password"));
        let origin = origin(&state, &parts);
        let done = state
            .ask(move |desk| {
                desk.join(&op, &typed, &code, &password, &origin)?;
                desk.sign_in(&op, &typed, &password, &origin)
            })
            .await;
        match done {
            Ok(SignInStep::Done(signed)) => {
                Ok(signed_in(&state, &signed, &state.links.account("")))
            }
            Ok(SignInStep::Second(_)) => Ok(Redirect::to(&state.links.sign_in("")).into_response()),
            Err(failure) => {
                let (status, why) = said(failure)?;
                let again = Again { why: Some(&why), login: &login, ..Again::default() };
                Ok(shown(&state, status, |frame, _| sign_in::join(frame, &again)))
            }
        }
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

/// A page before anybody is signed in: nothing of the record is on it.
pub(crate) fn shown(
    state: &State,
    status: StatusCode,
    draw: impl FnOnce(&crate::pages::frame::Frame<'_>, &str) -> maud::Markup,
) -> Response {
    let frame = crate::routes::frame(state, None, "");
    (status, draw(&frame, state.desk.manufacturer())).into_response()
}

/// What a refusal says on the form that is shown again; other trouble is a page of its own.
pub(crate) fn said(failure: Failure) -> Result<(StatusCode, String), Failure> {
    let (status, details) = failure.details();
    if !status.is_client_error() {
        return Err(failure);
    }
    let next = optional(details.next.unwrap_or_default());
    let why = match next {
        Some(next) if !details.detail.contains(&next) => format!("{} {next}", details.detail),
        _ => details.detail,
    };
    Ok((status, why))
}

pub(crate) fn signed_in(state: &State, signed: &SignedInAs, to: &str) -> Response {
    let mut response = Redirect::to(&within(state, to)).into_response();
    set_cookies(state, &mut response, &signed.session, &signed.device);
    response
}

/// Where to go after signing in: an address of this record, or its first page. An address with a host, or
/// one that a browser could take for one, is not followed, nor one that leads to another record.
fn within(state: &State, to: &str) -> String {
    let prefix = state.links.whole("/");
    let path = to.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    // Browsers take a dot for a dot, escaped or not, before they ask.
    let dots = |part: &str| matches!(part.replace("%2e", ".").as_str(), "." | "..");
    let rest = to.strip_prefix(prefix.trim_end_matches('/'));
    let plain = rest.is_some_and(|rest| rest.starts_with('/') && !is_of_a_seat(rest))
        && !to.starts_with("//")
        && !to.chars().any(|c| c == '\\' || c.is_control())
        && !path.split('/').any(dots);
    if plain { to.to_owned() } else { state.links.home() }
}

pub(crate) fn origin(state: &State, parts: &Parts) -> Origin {
    let agent = parts.headers.get(header::USER_AGENT);
    Origin {
        address: address(&parts.extensions),
        agent: agent
            .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned())
            .unwrap_or_default(),
        device: cookie(&parts.headers, &device_cookie(state)),
    }
}
