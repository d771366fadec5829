//! The matrix of decision rights: in force, asked, and tried.

use super::{
    decision::{WishedCircumstances, sight},
    json, said,
    sending::Change,
};
use crate::{
    moment::At,
    query::Asked,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::answers;
use aftercare_domain::rights::{DecisionKind, Matrix};
use aftercare_vocab::id::FamilyId;
use axum::{
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The decision rights in force. Version 1 is the product's proposal, which nobody has approved.
#[utoipa::path(get, path = "/api/v1/rights", tag = "decisions",
    responses((status = 200, body = answers::MatrixSheet)))]
pub(crate) async fn rights(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    json(StatusCode::OK, &state.ask(|desk| desk.matrix()).await?)
}

/// What is asked of the decision rights.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NeededWish {
    /// The kind: `risk_acceptance`.
    #[schema(value_type = String)]
    kind: DecisionKind,
    /// The product families it touches; null = all.
    #[serde(deserialize_with = "said")]
    #[schema(required, value_type = Option<Vec<String>>)]
    families: Option<Vec<FamilyId>>,
    /// What matters for who must sign.
    circumstances: WishedCircumstances,
}

/// Who would have to sign a decision, and who could now. Changes nothing.
#[utoipa::path(post, path = "/api/v1/rights/needed", tag = "decisions", request_body = NeededWish,
    responses((status = 200, body = answers::NeededSheet), (status = 422, body = ProblemDetails)))]
pub(crate) async fn needed(change: Change) -> Answered {
    let (state, NeededWish { kind, families, circumstances }) = change.wish().await?;
    let (families, circumstances) = (sight(families), circumstances.into());
    let now = state.now_shown();
    let sheet = state.ask(move |desk| desk.needed(kind, &circumstances, &families, now)).await?;
    json(StatusCode::OK, &sheet)
}

/// Decision rights to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DryRun {
    /// In the form of `matrix` of `/api/v1/rights`.
    #[schema(value_type = Object)]
    matrix: Matrix,
}

/// Which decisions that were taken would have needed other signatures under these rights. Changes nothing.
#[utoipa::path(post, path = "/api/v1/rights/dry-run", tag = "decisions", request_body = DryRun,
    responses((status = 200, body = Vec<answers::OtherwiseRow>), (status = 422, body = ProblemDetails)))]
pub(crate) async fn dry_run(change: Change) -> Answered {
    let (state, DryRun { matrix }) = change.wish().await?;
    let found = state.ask(move |desk| desk.dry_run(&matrix.checked()?)).await?;
    json(StatusCode::OK, &found)
}
