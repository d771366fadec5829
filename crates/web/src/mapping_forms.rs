//! Mappings of identities: the pages and their forms.

use crate::{
    api::because,
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::{
        frame::Frame,
        mappings::{self, Part, Typed},
    },
    query::{Asked, id},
    state::State,
    trouble::Failure,
    usage_forms::{place, seen},
};
use aftercare_desk::MAPPINGS_A_PAGE;
use aftercare_domain::{Operation, mapping::Wish};
use aftercare_vocab::id::{Mapping, MappingId};
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/mappings", get(list).post(state_new))
        .route("/mappings/{mapping}", get(sheet).post(state_anew))
        .route("/mappings/{mapping}/withdraw", post(withdraw))
}

type Answered = Result<Response, Response>;

/// What a form of a mapping holds.
const FIELDS: &[&str] = &["key", "entity_version", "product", "identities", "reason", "act"];

async fn list(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["product", "identity", "words", "after"])?;
        let (words, after) = (asked.text("words"), place(&asked.text("after"))?);
        let typed = Typed {
            product: asked.text("product"),
            identities: asked.text("identity"),
            ..Typed::default()
        };
        let part = Part { words: words.clone(), after };
        let found = state.ask(move |desk| desk.mappings(&words, after, MAPPINGS_A_PAGE)).await?;
        let draw = |frame: &Frame<'_>| mappings::page(frame, &found, &part, &typed, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.products(), &request).await
}

async fn sheet(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(mapping): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let mapping: MappingId = id(&mapping)?;
        let row = state.ask(move |desk| desk.mapping(mapping)).await?;
        let draw = |frame: &Frame<'_>| mappings::one(frame, &row, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.mappings(), &request).await
}

async fn state_new(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = stated(&state, &request, None, &headers, sent).await;
    state.led(work, &state.links.at(None).mappings(), &request).await
}

async fn state_anew(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(mapping): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).mappings();
    let work = match id::<Mapping>(&mapping) {
        Ok(mapping) => stated(&state, &request, Some(mapping), &headers, sent).await,
        Err(failure) => Err(failure),
    };
    state.led(work, &back, &request).await
}

async fn stated(
    state: &State,
    request: &RequestId,
    known: Option<MappingId>,
    headers: &HeaderMap,
    sent: Body,
) -> Result<Response, Failure> {
    let (form, op) = sent_form(state, request, headers, sent, FIELDS).await?;
    let wish = wish(&form, known, &op);
    let seen = seen(&form.text("entity_version"))?;
    if form.text("act") == "try" {
        let typed = Typed {
            product: form.text("product"),
            identities: form.text("identities"),
            reason: form.text("reason"),
            seen,
        };
        let (trial, row) = state
            .ask(move |desk| {
                let row = known.map(|mapping| desk.mapping(mapping)).transpose()?;
                Ok((desk.try_mapping(&wish)?, row))
            })
            .await?;
        let draw =
            |frame: &Frame<'_>| mappings::tried(frame, &trial, row.as_ref(), &typed, &request.0);
        return Ok(state.page(StatusCode::OK, "", draw).await);
    }
    let op = because(op, optional(form.text("reason")))?;
    let mapping =
        state.ask(move |desk| desk.state_mapping(&op, seen, &wish, known.is_some())).await?;
    Ok(Redirect::to(&state.links.at(None).mapping(mapping)).into_response())
}

fn wish(form: &Asked, known: Option<MappingId>, op: &Operation) -> Wish {
    Wish {
        mapping: known.unwrap_or_else(|| op.new_id()),
        product: form.text("product"),
        identities: form.text("identities").lines().map(str::to_owned).collect(),
    }
}

async fn withdraw(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(mapping): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let mut back = state.links.at(None).mappings();
    let work = async {
        let mapping: MappingId = id(&mapping)?;
        back = state.links.at(None).mapping(mapping);
        let known = ["key", "entity_version", "reason"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let seen = seen(&form.text("entity_version"))?;
        let op = because(op, optional(form.text("reason")))?;
        state.ask(move |desk| desk.withdraw_mapping(&op, seen, mapping)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}
