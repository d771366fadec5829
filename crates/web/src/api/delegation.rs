//! Handing a role over for a time.

use super::{Made, decision::sight, json, said, sending::Change, sent};
use crate::{
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::{DelegationWish, Proofs, answers, role_named};
use aftercare_vocab::{
    id::{DelegationId, FamilyId, PersonId},
    instant::Instant,
};
use axum::{
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The delegations from and to you that are not over.
#[utoipa::path(get, path = "/api/v1/delegations", tag = "decisions",
    responses((status = 200, body = Vec<answers::DelegationRow>)))]
pub(crate) async fn delegations(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (viewer, now) = (state.person()?, state.now_shown());
    let rows = state.ask(move |desk| desk.delegations(viewer.person, now)).await?;
    json(StatusCode::OK, &rows)
}

/// A role of yours to be handed over, signed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDelegation {
    /// To whom.
    #[schema(value_type = String)]
    to: PersonId,
    /// Which role: the code name.
    role: String,
    /// For which product families; null = all.
    #[serde(deserialize_with = "said")]
    #[schema(required, value_type = Option<Vec<String>>)]
    families: Option<Vec<FamilyId>>,
    /// From when on; an instant that is over counts as now.
    #[schema(value_type = String)]
    begins: Instant,
    /// Until before when.
    #[schema(value_type = String)]
    ends: Instant,
    /// Your password.
    password: String,
    /// The code that your code generator shows now, or a recovery code.
    code: String,
}

/// Hands a role of yours over for a time. Whoever gets it signs in their own name.
#[utoipa::path(post, path = "/api/v1/delegations", tag = "decisions", request_body = NewDelegation,
    responses((status = 201, body = Made), (status = 422, body = ProblemDetails)))]
pub(crate) async fn delegate(change: Change) -> Answered {
    let asks = |wish: &NewDelegation| {
        let NewDelegation { to, role, families, begins, ends, .. } = wish;
        format!("{to}\n{role}\n{families:?}\n{begins}\n{ends}")
    };
    let delegate = |state: State, op, wish: NewDelegation| async move {
        let NewDelegation { to, role, families, begins, ends, password, code } = wish;
        let role = role_named(&role).map_err(|refusal| Failure::Trouble(refusal.into()))?;
        let (viewer, proofs) = (state.person()?, Proofs { password, code, passkey: None });
        let wish = DelegationWish { to, role, families: sight(families), begins, ends };
        let made = state.ask(move |desk| desk.delegate(&op, &viewer, wish, &proofs)).await?;
        sent(StatusCode::CREATED, None, &Made { id: made.to_string() })
    };
    change.proven(asks, delegate).await
}

/// Ends a delegation: whoever gave it, or whoever got it.
#[utoipa::path(delete, path = "/api/v1/delegations/{delegation}", tag = "decisions",
    params(("delegation" = String, Path, description = "Identifier")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn end(Path(delegation): Path<String>, change: Change) -> Answered {
    change.question(&[])?;
    let delegation: DelegationId = id(&delegation)?;
    let end = move |state: State, op| async move {
        state.ask(move |desk| desk.end_delegation(&op, delegation)).await?;
        sent(StatusCode::OK, None, &Made { id: delegation.to_string() })
    };
    change.bare(end).await
}
