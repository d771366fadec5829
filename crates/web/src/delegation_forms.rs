//! Handing a role over: the page and its forms.

use crate::{
    form::sent_form,
    guard::RequestId,
    moment::At,
    pages::{
        delegations::{self, Delegations},
        frame::Frame,
    },
    passkey_forms,
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{DelegationWish, Trouble, role_named};
use aftercare_domain::Sight;
use aftercare_vocab::id::{DelegationId, GrantId, PersonId};
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// The page and its forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/delegations/new", get(page))
        .route("/delegations", post(give))
        .route("/delegations/{delegation}/end", post(end))
}

type Answered = Result<Response, Response>;

async fn page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let (viewer, now) = (state.person()?, state.now_shown());
        let (rows, roles, people) = state
            .ask(move |desk| {
                Ok((
                    desk.delegations(viewer.person, now)?,
                    desk.own_roles(viewer.person)?,
                    desk.possible_delegates(viewer.person)?,
                ))
            })
            .await?;
        let passkey = state.offers_passkey().await?;
        let draw = |frame: &Frame<'_>| {
            let frame = Frame { passkey, ..frame.clone() };
            let of = Delegations { rows: &rows, roles: &roles, people: &people };
            delegations::page(&frame, of, &request.0)
        };
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.decisions(), &request).await
}

async fn give(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.new_delegation();
    let work = async {
        let [ticket, answer] = passkey_forms::FIELDS;
        let known = ["key", "grant", "to", "days", "password", "code", ticket, answer];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let (grant, to): (GrantId, PersonId) = (id(&form.text("grant"))?, id(&form.text("to"))?);
        let days: i64 =
            form.text("days").trim().parse().ok().filter(|days| *days > 0).ok_or_else(|| {
                let detail = "The number of days is not a whole number from 1 on.";
                Wrong::new(StatusCode::BAD_REQUEST, "form_unreadable", detail)
            })?;
        let (viewer, now) = (state.person()?, (state.rim.now)());
        let proofs = passkey_forms::proofs(&state, &headers, &form)?;
        state
            .ask(move |desk| {
                let roles = desk.own_roles(viewer.person)?;
                let held = roles.iter().find(|role| role.id == grant);
                let held = held.ok_or_else(|| Trouble::not_found("role given", grant))?;
                let families = match &held.families {
                    None => Sight::All,
                    Some(some) => Sight::of(some.iter().map(|family| family.id)),
                };
                let ends = now.plus_micros(days.saturating_mul(DAY_MICROS));
                let role = role_named(&held.code)?;
                let wish = DelegationWish { to, role, families, begins: now, ends };
                desk.delegate(&op, &viewer, wish, &proofs)
            })
            .await?;
        Ok(Redirect::to(&back).into_response())
    };
    state.led(work.await, &back, &request).await
}

async fn end(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(delegation): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.new_delegation();
    let work = async {
        let delegation: DelegationId = id(&delegation)?;
        let (_, op) = sent_form(&state, &request, &headers, sent, &["key"]).await?;
        state.ask(move |desk| desk.end_delegation(&op, delegation)).await?;
        Ok::<_, Failure>(Redirect::to(&back).into_response())
    };
    state.led(work.await, &back, &request).await
}
