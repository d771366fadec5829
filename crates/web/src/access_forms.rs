//! The review of access: the page, and where its form is sent.

use crate::{
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::access_review,
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_domain::access_review::{Outcome, Reviewed};
use axum::{
    Extension, Router,
    body::Body,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

/// The page and its form.
pub(crate) fn routes() -> Router<State> {
    Router::new().route("/access-review", get(page).post(review))
}

type Answered = Result<Response, Response>;

async fn page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let (after, now) = (Asked::of(&uri, &["after"])?.text("after"), (state.rim.now)());
        let from = after.clone();
        let sheet = state.ask(move |desk| desk.access_review(now, &from)).await?;
        let draw = |frame: &crate::pages::frame::Frame<'_>| {
            access_review::page(frame, &sheet, &after, &request.0)
        };
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.people(), &request).await
}

async fn review(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.access_review();
    let work = async {
        // Which fields there are, the roles say that there are.
        let grants = state.ask(|desk| desk.roster()).await?;
        let names: Vec<String> =
            grants.grants().map(|grant| format!("grant_{}", grant.grant)).collect();
        let known: Vec<&str> =
            ["key", "reason"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let op = crate::api::because(op, optional(form.text("reason")))?;
        let mut reviewed = Vec::new();
        for name in &names {
            let Some(outcome) = optional(form.text(name)) else { continue };
            let grant = id(name.trim_start_matches("grant_"))?;
            reviewed.push(Reviewed { grant, outcome: outcome_named(&outcome)? });
        }
        state.ask(move |desk| desk.review_access(&op, reviewed)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    state.led(work.await, &back, &request).await
}

fn outcome_named(code: &str) -> Result<Outcome, Failure> {
    let all = [Outcome::Keep, Outcome::Take];
    all.into_iter().find(|one| one.code() == code).ok_or_else(|| {
        let detail = "A role stays (`keep`) or is to be taken away (`take`).";
        Wrong::new(StatusCode::BAD_REQUEST, "form_unreadable", detail).into()
    })
}
