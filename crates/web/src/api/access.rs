//! The review of access.

use super::{Made, because, json, sending::Change, sent};
use crate::{
    moment::At,
    query::Asked,
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::answers;
use aftercare_domain::access_review::{Outcome, Reviewed};
use aftercare_vocab::id::GrantId;
use axum::{
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// Who has which role since when, who reviewed it last, and how old their credentials are; what is due first.
#[utoipa::path(get, path = "/api/v1/access-review", tag = "people", params(("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::AccessSheet)))]
pub(crate) async fn access_review(At(state): At, uri: Uri) -> Answered {
    let (after, now) = (Asked::of(&uri, &["after"])?.text("after"), (state.rim.now)());
    json(StatusCode::OK, &state.ask(move |desk| desk.access_review(now, &after)).await?)
}

/// What a review came to for one role given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewedRole {
    /// The role given: `role.id` of the question.
    #[schema(value_type = String)]
    grant: GrantId,
    /// `keep` or `take`.
    #[schema(value_type = String)]
    outcome: Outcome,
}

/// A review of roles.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReview {
    /// The roles that were looked at, at most 500; not your own.
    reviewed: Vec<ReviewedRole>,
    /// Why; needed where a role is to be taken away.
    reason: Option<String>,
}

/// Records a review of roles. It takes none away: whoever gives roles does.
#[utoipa::path(post, path = "/api/v1/access-review", tag = "people", request_body = NewReview,
    responses((status = 201, body = Made), (status = 422, body = ProblemDetails)))]
pub(crate) async fn review_access(change: Change) -> Answered {
    let review = |state: State, op, wish: NewReview| async move {
        let op = because(op, wish.reason)?;
        let all = wish.reviewed.into_iter();
        let reviewed =
            all.map(|ReviewedRole { grant, outcome }| Reviewed { grant, outcome }).collect();
        state.ask(move |desk| desk.review_access(&op, reviewed)).await?;
        sent(StatusCode::CREATED, None, &Made { id: "access_review".to_owned() })
    };
    change.json(review).await
}
