//! The pages of the portal, and where its forms are sent. Nobody is signed in; the door has refused forms of
//! other sites, and the portal counts what comes from each network.

use crate::{
    form::{optional, plain_form, plain_parts},
    guard::RequestId,
    pages::portal::{self, Outside},
    portal::Portal,
    state::State,
    trouble::{Failure, Wrong},
    viewer::address,
};
use aftercare_desk::{FILE_BYTES, Letter, LetterFile, Trouble, reporter_key};
use aftercare_domain::{Channel, signal::HarmScreen};
use axum::{
    Extension, Router,
    extract::{Path, Request, State as Held},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use maud::Markup;
use std::{collections::BTreeMap, sync::Arc};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/report", get(form).post(report))
        .route("/report/{key}", get(thread).post(write))
        .route("/security-policy", get(policy))
        .route("/.well-known/security.txt", get(security_txt))
}

/// The portal, unless there is none: then there is no such address.
fn open(state: &State) -> Result<Arc<Portal>, Failure> {
    let portal = state.portal.clone().filter(|_| state.desk.twin().is_none());
    portal.ok_or_else(|| {
        let detail = "Nothing is open here to people outside.";
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
    })
}

fn drawn(state: &State, status: StatusCode, draw: impl FnOnce(&Outside<'_>) -> Markup) -> Response {
    let maker = state.desk.manufacturer();
    let outside = Outside { assets: &state.assets, to: &state.links, maker };
    (status, draw(&outside)).into_response()
}

/// A failure as a page of the portal: in the words for people outside, and without the workbench around it.
fn told(state: &State, failure: &Failure, request: &RequestId) -> Response {
    let (status, details) = failure.details();
    if status.is_server_error() {
        let record = state.links.whole("/");
        tracing::error!(record, request = %request.0, code = %details.code, "{}", failure.text());
    }
    drawn(state, status, |outside| {
        portal::failed(outside, &details.detail, details.next.as_deref(), &request.0)
    })
}

async fn form(Held(state): Held<State>, Extension(request): Extension<RequestId>) -> Response {
    let work = async {
        let portal = open(&state)?;
        let key = drawn_key(&state, &request)?;
        Ok(drawn(&state, StatusCode::OK, |outside| {
            portal::form(outside, &portal, &BTreeMap::new(), None, &key)
        }))
    };
    work.await.unwrap_or_else(|failure: Failure| told(&state, &failure, &request))
}

/// A key for the thread of a report that is yet to be written.
fn drawn_key(state: &State, request: &RequestId) -> Result<String, Failure> {
    let op = (state.rim.operation)(Channel::Ui, &request.0);
    reporter_key(&op).ok_or_else(|| Failure::Broken("no chance was drawn".to_owned()))
}

async fn report(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    sent: Request,
) -> Response {
    let work = async {
        let portal = open(&state)?;
        portal.let_in(address(sent.extensions()), (state.rim.now)())?;
        let (fields, file) = plain_parts(sent, FILE_BYTES).await?;
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let key = field("thread");
        let harm = HarmScreen::of(&field("harm")).unwrap_or(HarmScreen::Unknown);
        let file = file.map(|file| LetterFile::new(&file.name, &file.bytes)).transpose();
        let done = match file {
            Err(refusal) => Err(Failure::Trouble(refusal.into())),
            Ok(file) => {
                let letter = Letter {
                    what: field("what"),
                    product: optional(field("product")),
                    version: optional(field("version")),
                    how: optional(field("how")),
                    harm: optional(field("harm_words")),
                    name: optional(field("name")),
                    contact: optional(field("contact")),
                    file,
                    ..Letter::default()
                };
                let op = (state.rim.operation)(Channel::Ui, &request.0);
                let thread = key.clone();
                state.ask(move |desk| desk.report(&op, &thread, letter, harm)).await
            }
        };
        match done {
            Ok(()) => Ok(Redirect::to(&state.links.report_thread(&key)).into_response()),
            // Nothing that was typed is lost.
            Err(Failure::Trouble(Trouble::Refusal(refusal))) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let key = if refusal.code == "thread_unknown" {
                    drawn_key(&state, &request)?
                } else {
                    key
                };
                let why = refusal.to_string();
                Ok(drawn(&state, status, |outside| {
                    portal::form(outside, &portal, &fields, Some(&why), &key)
                }))
            }
            Err(failure) => Err(failure),
        }
    };
    work.await.unwrap_or_else(|failure: Failure| told(&state, &failure, &request))
}

async fn thread(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
) -> Response {
    let work = async {
        open(&state)?;
        shown(&state, &key, None, StatusCode::OK, &request).await
    };
    work.await.unwrap_or_else(|failure: Failure| told(&state, &unknown(failure), &request))
}

async fn shown(
    state: &State,
    key: &str,
    why: Option<&str>,
    status: StatusCode,
    request: &RequestId,
) -> Result<Response, Failure> {
    let asked = key.to_owned();
    let thread = state.ask(move |desk| desk.thread(&asked)).await?;
    let link = state.links.report_thread(key);
    Ok(drawn(state, status, |outside| portal::thread(outside, &thread, &link, why, &request.0)))
}

async fn write(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    sent: Request,
) -> Response {
    let work = async {
        let portal = open(&state)?;
        portal.let_in(address(sent.extensions()), (state.rim.now)())?;
        let (parts, body) = sent.into_parts();
        let form = plain_form(&parts.headers, body, &["key", "text"]).await?;
        let (words, thread, drawing) = (form.text("text"), key.clone(), form.text("key"));
        let mut op = (state.rim.operation)(Channel::Ui, &request.0);
        if let Some(drawing) = optional(drawing) {
            // The same message sent twice from the same drawing of the page is one.
            let asked = aftercare_vocab::digest::Digest::of(format!("{key}\n{words}").as_bytes());
            let once = op.once(&format!("{drawing} {}", asked.hex()), &asked);
            op = once.map_err(|refusal| {
                Wrong::new(StatusCode::BAD_REQUEST, refusal.code, refusal.to_string())
            })?;
        }
        let done = state.ask(move |desk| desk.write_outside(&op, &thread, &words)).await;
        match done {
            Ok(()) => Ok(Redirect::to(&state.links.report_thread(&key)).into_response()),
            Err(Failure::Trouble(Trouble::Refusal(refusal)))
                if refusal.code != "thread_unknown" =>
            {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                shown(&state, &key, Some(&refusal.to_string()), status, &request).await
            }
            Err(failure) => Err(failure),
        }
    };
    work.await.unwrap_or_else(|failure: Failure| told(&state, &unknown(failure), &request))
}

/// A thread that nobody knows is not found, however it is asked for.
fn unknown(failure: Failure) -> Failure {
    match failure {
        Failure::Trouble(Trouble::Refusal(refusal)) if refusal.code == "thread_unknown" => {
            let detail = format!("{} {}", refusal.what, refusal.next);
            Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
        }
        other => other,
    }
}

async fn policy(Held(state): Held<State>, Extension(request): Extension<RequestId>) -> Response {
    match open(&state) {
        Ok(portal) => drawn(&state, StatusCode::OK, |outside| portal::policy(outside, &portal)),
        Err(failure) => told(&state, &failure, &request),
    }
}

async fn security_txt(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    // It speaks for a host, so it stands at its root alone (RFC 9116 section 3).
    let text = open(&state).and_then(|portal| {
        if !state.links.whole("").is_empty() {
            let detail = "This file stands at the root of the server.";
            return Err(Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into());
        }
        Ok(portal.security_txt(&state.origin_of(&headers), (state.rim.today)()))
    });
    match text {
        Ok(Some(text)) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            (kind, text).into_response()
        }
        Ok(None) => {
            let detail = "The day until which it was to hold is over.";
            let failure = Wrong::new(StatusCode::NOT_FOUND, "expired", detail).into();
            tracing::error!("security.txt is not served: the day `portal.expires` is over");
            told(&state, &failure, &request)
        }
        Err(failure) => told(&state, &failure, &request),
    }
}
