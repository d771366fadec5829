//! Duty: chains, calls and their answers.

use super::{Made, because, json, said, sending::Change, sent, versioned};
use crate::{
    duty_forms::only,
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::answers::{self, Page};
use aftercare_domain::{
    duty::{CallWish, ChainAdopted, Severity, Step},
    role::RoleName,
};
use aftercare_vocab::id::{CallId, FamilyId};
use axum::{
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The chains of duty with whom each step would reach, and the newest test that shows one works.
#[utoipa::path(get, path = "/api/v1/duty", tag = "duty",
    responses((status = 200, body = answers::DutySheet)))]
pub(crate) async fn duty(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (viewer, now) = (state.viewer.clone(), state.now_shown());
    let sheet = state.ask(move |desk| desk.duty(viewer.as_deref(), now)).await?;
    json(StatusCode::OK, &sheet)
}

/// Calls, the newest first.
#[utoipa::path(get, path = "/api/v1/calls", tag = "duty",
    params(
        ("only" = Option<String>, Query, description = "`open` (the default), `answered`, `tests` (answered tests) or `all`"),
        ("after" = Option<String>, Query, description = "Cursor from `next`"),
    ),
    responses((status = 200, body = Page<answers::CallRow>)))]
pub(crate) async fn calls(At(state): At, uri: Uri) -> Answered {
    let asked = Asked::of(&uri, &["only", "after"])?;
    let (only, after) = (only(&asked)?, asked.text("after"));
    let (viewer, now) = (state.viewer.clone(), state.now_shown());
    let page = state.ask(move |desk| desk.calls(only, &after, viewer.as_deref(), now)).await?;
    json(StatusCode::OK, &page)
}

/// One call: whom it came to and why, who answered and after how long.
#[utoipa::path(get, path = "/api/v1/calls/{call}", tag = "duty",
    params(("call" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::CallSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn call(At(state): At, Path(call): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (call, viewer, now) = (id::<_>(&call)?, state.viewer.clone(), state.now_shown());
    let sheet = state.ask(move |desk| desk.call(call, viewer.as_deref(), now)).await?;
    versioned(&sheet, sheet.entity_version)
}

/// A step of a chain.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedStep {
    /// The role that is called: `security_analyst`.
    #[schema(value_type = String)]
    role: RoleName,
    /// Minutes to answer, 1 to 1440.
    minutes: u32,
}

/// A chain to be put in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedChain {
    /// The family; null = calls about all families, and every family without a chain of its own.
    #[serde(deserialize_with = "said")]
    #[schema(required, value_type = Option<String>)]
    family: Option<FamilyId>,
    /// Its steps, 1 to 10.
    steps: Vec<WishedStep>,
    /// Why, for the ledger.
    reason: Option<String>,
}

/// What somebody calls about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedCall {
    /// The family it is about; null = all of them.
    #[serde(deserialize_with = "said")]
    #[schema(required, value_type = Option<String>)]
    family: Option<FamilyId>,
    /// What it is about.
    about: String,
    /// Why it cannot wait.
    why: String,
    /// Whether only the chain is tested.
    test: bool,
    /// `one` (harm observed, or a device actively exploited) or `lower`.
    #[schema(value_type = String)]
    severity: Severity,
}

/// The answer to a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenAnswer {
    /// What you do now.
    words: String,
}

/// Puts a chain in force. A call under way keeps the chain it began with.
#[utoipa::path(post, path = "/api/v1/duty/chains", tag = "duty", request_body = WishedChain,
    responses((status = 200, body = Made), (status = 422, body = ProblemDetails)))]
pub(crate) async fn adopt(change: Change) -> Answered {
    let adopt = |state: State, op, wish: WishedChain| async move {
        let WishedChain { family, steps, reason } = wish;
        let op = because(op, reason)?;
        let steps = steps.iter().map(|one| Step { role: one.role, minutes: one.minutes }).collect();
        let wish = ChainAdopted { family, steps };
        state.ask(move |desk| desk.adopt_chain(&op, wish)).await?;
        let made = aftercare_domain::duty::chain_entity(family);
        sent(StatusCode::OK, None, &Made { id: made })
    };
    change.json(adopt).await
}

/// Calls whoever is on duty.
#[utoipa::path(post, path = "/api/v1/calls", tag = "duty", request_body = WishedCall,
    responses((status = 201, body = Made), (status = 422, body = ProblemDetails)))]
pub(crate) async fn raise(change: Change) -> Answered {
    let raise = |state: State, op, wish: WishedCall| async move {
        let WishedCall { family, about, why, test, severity } = wish;
        let wish = CallWish { family, about, why, test, severity };
        let made = state.ask(move |desk| desk.raise_call(&op, &wish)).await?.to_string();
        let location = state.links.api_thing("calls", &made);
        sent(StatusCode::CREATED, Some(location), &Made { id: made })
    };
    change.json(raise).await
}

/// Answers a call: whoever it came to, or anybody else who may call; whoever raised it only if it came to
/// them.
#[utoipa::path(post, path = "/api/v1/calls/{call}/answer", tag = "duty",
    params(("call" = String, Path, description = "Identifier")), request_body = GivenAnswer,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn answer(Path(call): Path<String>, change: Change) -> Answered {
    let call: CallId = id(&call)?;
    let answer = move |state: State, op, wish: GivenAnswer| async move {
        state.ask(move |desk| desk.answer_call(&op, call, &wish.words)).await?;
        sent(StatusCode::OK, None, &Made { id: call.to_string() })
    };
    change.json(answer).await
}
