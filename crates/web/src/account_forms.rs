//! One's own account: the page, and where its forms are sent.

use crate::{
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::account,
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{Desk, Proofs, Trouble, Viewer};
use aftercare_domain::{Channel, Operation, access::Right};
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use std::{collections::BTreeSet, sync::Arc};

/// The page and its forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/account", get(page))
        .route("/account/password", post(password))
        .route("/account/generator", post(begin_generator))
        .route("/account/generator/confirm", post(confirm_generator))
        .route("/account/recovery", post(recovery))
        .route("/account/credentials/{credential}/end", post(end_credential))
        .route("/account/sessions/{session}/end", post(end_session))
        .route("/account/tokens", post(issue_token))
        .route("/account/tokens/{token}/revoke", post(revoke_token))
}

type Answered = Result<Response, Response>;

impl State {
    /// Whoever asks; the address lets nobody else in.
    pub(crate) fn person(&self) -> Result<Arc<Viewer>, Failure> {
        self.viewer.clone().ok_or_else(|| {
            Wrong::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Nobody is signed in.").into()
        })
    }
}

async fn page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let (viewer, now) = (state.person()?, (state.rim.now)());
        let op = state.operation(Channel::Ui, &request);
        let (shown, begun) = state
            .ask(move |desk| Ok((desk.account(&viewer, now)?, desk.begun_totp(&op, &viewer)?)))
            .await?;
        let draw = |frame: &crate::pages::frame::Frame<'_>| {
            account::page(frame, &shown, begun.as_ref(), &request.0)
        };
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.account(""), &request).await
}

/// A form of the account: reads it, does it, goes back to a part of the page.
async fn done(
    state: State,
    request: RequestId,
    (headers, sent): (HeaderMap, Body),
    (known, part): (&[&str], &str),
    work: impl FnOnce(&Desk, &Operation, &Viewer, &Asked) -> Result<(), Trouble> + Send + 'static,
) -> Answered {
    let back = format!("{}#{part}", state.links.account(""));
    let outcome = async {
        let (form, op) = sent_form(&state, &request, &headers, sent, known).await?;
        let viewer = state.person()?;
        state.ask(move |desk| work(desk, &op, &viewer, &form)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    state.led(outcome.await, &state.links.account(""), &request).await
}

fn proofs(form: &Asked) -> Proofs {
    Proofs { password: form.text("password"), code: form.text("code"), passkey: None }
}

async fn password(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let known: &[&str] = &["key", "password", "fresh"];
    done(state, request, (headers, sent), (known, "password"), |desk, op, viewer, form| {
        desk.change_password(op, viewer, &proofs(form), &form.text("fresh"))
    })
    .await
}

async fn begin_generator(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    done(state, request, (headers, sent), (&["key"], "generator"), |desk, op, viewer, _| {
        desk.begin_totp(op, viewer).map(|_| ())
    })
    .await
}

async fn confirm_generator(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let known: &[&str] = &["key", "password", "code"];
    done(state, request, (headers, sent), (known, "generator"), |desk, op, viewer, form| {
        desk.confirm_totp(op, viewer, &proofs(form))
    })
    .await
}

async fn end_credential(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(credential): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let credential = match id(&credential) {
        Ok(credential) => credential,
        Err(failure) => return state.led(Err(failure), &state.links.account(""), &request).await,
    };
    let known: &[&str] = &["key", "password"];
    done(state, request, (headers, sent), (known, "generator"), move |desk, op, viewer, form| {
        desk.end_credential(op, viewer, &proofs(form), credential)
    })
    .await
}

async fn end_session(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(session): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let session = match id(&session) {
        Ok(session) => session,
        Err(failure) => return state.led(Err(failure), &state.links.account(""), &request).await,
    };
    done(state, request, (headers, sent), (&["key"], "sessions"), move |desk, op, viewer, _| {
        desk.end_own_session(op, viewer, session)
    })
    .await
}

async fn revoke_token(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(token): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let token = match id(&token) {
        Ok(token) => token,
        Err(failure) => return state.led(Err(failure), &state.links.account(""), &request).await,
    };
    done(state, request, (headers, sent), (&["key"], "tokens"), move |desk, op, viewer, _| {
        desk.revoke_token(op, viewer, token)
    })
    .await
}

async fn recovery(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let (form, op) = sent_form(&state, &request, &headers, sent, &["key", "password"]).await?;
        let viewer = state.person()?;
        let sheet =
            state.ask(move |desk| desk.new_recovery_codes(&op, &viewer, &proofs(&form))).await?;
        Ok(state.page(StatusCode::OK, "", |frame| account::codes(frame, &sheet)).await)
    };
    state.led(work.await, &state.links.account(""), &request).await
}

async fn issue_token(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let rights: Vec<String> =
            Right::ALL.iter().map(|right| format!("right_{}", right.code())).collect();
        let mut known = vec!["key", "name", "days"];
        known.extend(rights.iter().map(String::as_str));
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let chosen =
            |right: &&Right| optional(form.text(&format!("right_{}", right.code()))).is_some();
        let scope: BTreeSet<Right> = Right::ALL.iter().filter(chosen).copied().collect();
        let days = form.text("days").trim().parse().map_err(|_| {
            let detail = "The number of days is not a whole number from 1 to 366.";
            Wrong::new(StatusCode::BAD_REQUEST, "form_unreadable", detail)
        })?;
        let (viewer, name) = (state.person()?, form.text("name"));
        let made =
            state.ask(move |desk| desk.issue_token(&op, &viewer, &name, scope, days)).await?;
        Ok(state.page(StatusCode::OK, "", |frame| account::token(frame, &made)).await)
    };
    state.led(work.await, &state.links.account(""), &request).await
}
