//! Governing documents: the pages and their forms.

use crate::{
    api::{because, read_digest, version_asked},
    form::{optional, sent_file, sent_form},
    guard::RequestId,
    moment::At,
    pages::{frame::Frame, policies, policy},
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{Issuing, NewPolicy, Proofs, Trouble};
use aftercare_domain::{
    Date,
    policy::{Audience, DOCUMENT_BYTES, PolicyKind},
    role::RoleName,
};
use aftercare_vocab::{id::PolicyId, problem::quoted};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/policies", get(list).post(issue))
        .route("/policies/{policy}", get(sheet))
        .route("/policies/{policy}/versions", post(issue_version))
        .route("/policies/{policy}/acknowledge", post(acknowledge))
        .route("/policies/{policy}/withdraw", post(withdraw))
}

type Answered = Result<Response, Response>;

async fn list(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let viewer = state.viewer.clone();
        let found = state.ask(move |desk| desk.policies(viewer.as_deref())).await?;
        let draw = |frame: &Frame<'_>| policies::page(frame, &found, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.home(), &request).await
}

async fn sheet(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(policy): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        let version = version_asked(&uri)?;
        let (policy, viewer) = (id(&policy)?, state.viewer.clone());
        let sheet = state.ask(move |desk| desk.policy(policy, version, viewer.as_deref())).await?;
        let draw = |frame: &Frame<'_>| policy::page(frame, &sheet, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.policies(), &request).await
}

async fn issue(At(state): At, Extension(request): Extension<RequestId>, sent: Request) -> Answered {
    let back = state.links.at(None).policies();
    let work = issued(&state, &request, None, sent).await;
    state.led(work, &back, &request).await
}

async fn issue_version(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(policy): Path<String>,
    sent: Request,
) -> Answered {
    let back = state.links.at(None).policies();
    let work = match id::<aftercare_vocab::id::Policy>(&policy) {
        Ok(policy) => issued(&state, &request, Some(policy), sent).await,
        Err(failure) => Err(failure),
    };
    state.led(work, &back, &request).await
}

async fn issued(
    state: &State,
    request: &RequestId,
    of: Option<PolicyId>,
    sent: Request,
) -> Result<Response, Failure> {
    let (form, file, op) = sent_file(state, request, sent, DOCUMENT_BYTES).await?;
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let issuing = match of {
        Some(policy) => Issuing::VersionOf(policy),
        None => Issuing::New(kind(&field("kind"))?),
    };
    let chosen = |role: &&RoleName| form.contains_key(&format!("role_{}", role.code()));
    let who = match field("audience").as_str() {
        "roles" => Audience::Roles(RoleName::ALL.iter().filter(chosen).copied().collect()),
        other => audience(other)?,
    };
    let new = NewPolicy {
        issuing,
        title: field("title"),
        dated: dated(&field("dated"))?,
        file_name: file.name,
        audience: who,
    };
    let op = op.because(&field("reason")).map_err(Trouble::from)?;
    let bytes = file.bytes;
    let made = state.ask(move |desk| desk.issue_policy(&op, new, &bytes)).await?;
    Ok(Redirect::to(&state.links.at(None).policy(made)).into_response())
}

async fn acknowledge(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(policy): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let mut back = state.links.at(None).policies();
    let work = async {
        let policy: PolicyId = id(&policy)?;
        back = state.links.at(None).policy(policy);
        let known = ["key", "of", "password", "code"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let (of, viewer) = (read_digest(&form.text("of"))?, state.person()?);
        let proofs = Proofs {
            password: form.text("password"),
            code: form.text("code"),
            ..Proofs::default()
        };
        state.ask(move |desk| desk.acknowledge_policy(&op, &viewer, (policy, of), &proofs)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

async fn withdraw(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(policy): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let mut back = state.links.at(None).policies();
    let work = async {
        let policy: PolicyId = id(&policy)?;
        back = state.links.at(None).policy(policy);
        let known = ["key", "reason"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let op = because(op, optional(form.text("reason")))?;
        state.ask(move |desk| desk.withdraw_policy(&op, policy)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

/// The kind of this code name.
pub(crate) fn kind(code: &str) -> Result<PolicyKind, Failure> {
    PolicyKind::of(code).ok_or_else(|| {
        let known: Vec<&str> = PolicyKind::ALL.iter().map(|kind| kind.code()).collect();
        unreadable("kind", code, &format!("It is one of {}.", known.join(", ")))
    })
}

/// The day that stands on a document.
pub(crate) fn dated(text: &str) -> Result<Date, Failure> {
    text.trim().parse().map_err(|_| unreadable("dated", text, "Write a day like 2026-11-24."))
}

/// Who must acknowledge: `everybody`, `nobody`, or code names of roles with commas between them.
pub(crate) fn audience(text: &str) -> Result<Audience, Failure> {
    match text.trim() {
        "everybody" => Ok(Audience::Everybody),
        "nobody" => Ok(Audience::Nobody),
        roles => {
            let next =
                "It is `everybody`, `nobody`, or code names of roles with commas between them.";
            let role = |code: &str| {
                RoleName::of(code.trim()).ok_or_else(|| unreadable("audience", code, next))
            };
            Ok(Audience::Roles(roles.split(',').map(role).collect::<Result<_, _>>()?))
        }
    }
}

fn unreadable(field: &str, text: &str, next: &str) -> Failure {
    let detail = format!("{} is not a value of `{field}`. {next}", quoted(text));
    Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into()
}
