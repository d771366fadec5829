//! One's own account, its API tokens and its sessions.

use super::{Made, json, sending::Change, sent};
use crate::{
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_desk::answers;
use aftercare_domain::access::Right;
use aftercare_vocab::{
    id::{SessionId, TokenId},
    problem::quoted,
};
use axum::{
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// One's own account: roles, rights, credentials, sessions, tokens.
#[utoipa::path(get, path = "/api/v1/account", tag = "account", responses((status = 200, body = answers::Account)))]
pub(crate) async fn account(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (viewer, now) = (state.person()?, (state.rim.now)());
    json(StatusCode::OK, &state.ask(move |desk| desk.account(&viewer, now)).await?)
}

/// A token to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What it is for.
    name: String,
    /// The rights it may use, by code name: `see_record`. They lie within one's own.
    scope: Vec<String>,
    /// Days until it ends, 1 to 366.
    days: u16,
}

/// Issues an API token, by a session and not by another token. The answer is not kept, so no idempotency
/// key is taken.
#[utoipa::path(post, path = "/api/v1/account/tokens", tag = "account", request_body = NewToken,
    responses((status = 201, body = answers::TokenMade), (status = 400, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn issue_token(change: Change) -> Answered {
    change.unkeyed()?;
    let issue = |state: State, op, new: NewToken| async move {
        let NewToken { name, scope, days } = new;
        let scope = scope.iter().map(|code| right(code)).collect::<Result<BTreeSet<_>, _>>()?;
        let viewer = state.person()?;
        let made =
            state.ask(move |desk| desk.issue_token(&op, &viewer, &name, scope, days)).await?;
        sent(StatusCode::CREATED, None, &made)
    };
    change.json(issue).await
}

/// Revokes a token of one's own; whoever keeps accounts revokes those of others.
#[utoipa::path(delete, path = "/api/v1/account/tokens/{token}", tag = "account", params(("token" = String, Path, description = "Identifier")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails)))]
pub(crate) async fn revoke_token(Path(token): Path<String>, change: Change) -> Answered {
    let token: TokenId = id(&token)?;
    change.question(&[])?;
    let revoke = move |state: State, op| async move {
        let viewer = state.person()?;
        state.ask(move |desk| desk.revoke_token(&op, &viewer, token)).await?;
        sent(StatusCode::OK, None, &Made { id: token.to_string() })
    };
    change.bare(revoke).await
}

/// Ends a session of one's own.
#[utoipa::path(delete, path = "/api/v1/account/sessions/{session}", tag = "account", params(("session" = String, Path, description = "Identifier")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails)))]
pub(crate) async fn end_session(Path(session): Path<String>, change: Change) -> Answered {
    let session: SessionId = id(&session)?;
    change.question(&[])?;
    let end = move |state: State, op| async move {
        let viewer = state.person()?;
        state.ask(move |desk| desk.end_own_session(&op, &viewer, session)).await?;
        sent(StatusCode::OK, None, &Made { id: session.to_string() })
    };
    change.bare(end).await
}

fn right(code: &str) -> Result<Right, Failure> {
    Right::of(code).ok_or_else(|| {
        let known: Vec<&str> = Right::ALL.iter().map(|right| right.code()).collect();
        let detail = format!("There is no right {}. Known: {}.", quoted(code), known.join(", "));
        Wrong::new(StatusCode::BAD_REQUEST, "right_unknown", detail).into()
    })
}
