//! Twins of the record.

use super::{because, json, sending::Change, sent};
use crate::{
    form::optional,
    moment::At,
    query::Asked,
    state::State,
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_desk::answers;
use aftercare_domain::{When, twin::TwinName};
use axum::{
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The twins of the record: copies for exercises and for trying policies. A twin has none.
#[utoipa::path(get, path = "/api/v1/twins", tag = "twins",
    responses((status = 200, body = Vec<answers::Twin>)))]
pub(crate) async fn twins(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    json(StatusCode::OK, &state.ask(|desk| desk.twins()).await?)
}

/// A twin to fork.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTwin {
    /// Its name: lower-case letters, digits and single hyphens.
    name: String,
    /// The moment: a day (its end in UTC), an instant or `entry:N`; null or absent = the present.
    as_of: Option<String>,
    /// Why. No names of persons: it stays in both ledgers.
    reason: Option<String>,
}

/// Forks the record as of a moment into a twin, which is served at once under `/t/NAME/` of this record.
/// Answers of a twin carry the header `Aftercare-Twin`.
#[utoipa::path(post, path = "/api/v1/twins", tag = "twins", request_body = NewTwin,
    responses((status = 201, body = answers::Twin), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn fork(change: Change) -> Answered {
    let fork = |state: State, op, new: NewTwin| async move {
        let NewTwin { name, as_of, reason } = new;
        let name: TwinName = name.parse().map_err(refused)?;
        let as_of: Option<When> = as_of.map(|text| text.parse()).transpose().map_err(
            |problem: aftercare_vocab::problem::Problem| {
                Wrong::new(StatusCode::BAD_REQUEST, "moment_unreadable", problem.to_string())
            },
        )?;
        let twin = state.fork_twin(because(op, reason)?, name, as_of).await?;
        let location = state.links.twin(&twin.name);
        sent(StatusCode::CREATED, Some(location), &twin)
    };
    change.json(fork).await
}

/// Throws a twin away for ever, with everything that was done in it. The ledger keeps that it was.
#[utoipa::path(delete, path = "/api/v1/twins/{name}", tag = "twins",
    params(("name" = String, Path, description = "Its name"), ("reason" = Option<String>, Query, description = "Why; it stays in the ledger")),
    responses((status = 200, body = super::Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(crate) async fn discard(Path(name): Path<String>, change: Change) -> Answered {
    let reason = optional(change.question(&["reason"])?.text("reason"));
    let discard = move |state: State, op| async move {
        let name: TwinName = name.parse().map_err(refused)?;
        state.discard_twin(because(op, reason)?, name.clone()).await?;
        sent(StatusCode::OK, None, &super::Made { id: name.to_string() })
    };
    change.bare(discard).await
}

fn refused(refusal: aftercare_domain::Refusal) -> Failure {
    Failure::Trouble(refusal.into())
}
