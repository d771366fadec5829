//! What everybody may see of advisories: the list, their pages, their documents byte for byte as they were
//! approved. Always of the present, whatever moment is asked for; a twin shows nothing.

use crate::{
    guard::RequestId,
    moment::At,
    pages::{
        frame::{Banner, Frame},
        public_advisories as pages,
    },
    routes::frame,
    state::State,
    trouble::Failure,
};
use aftercare_desk::Trouble;
use aftercare_vocab::digest::Digest;
use axum::{
    Extension, Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::Markup;

/// The pages and documents.
pub(crate) fn routes() -> Router<State> {
    Router::new().route("/advisories", get(list)).route("/advisories/{name}", get(one))
}

async fn list(At(state): At, Extension(request): Extension<RequestId>) -> Response {
    match state.ask(|desk| desk.public_advisories()).await {
        Ok(rows) => {
            let maker = state.desk.manufacturer();
            shown(&state, |frame| pages::list(frame, maker, &rows)).into_response()
        }
        Err(failure) => not_shown(&state, &failure, &request),
    }
}

/// The page of a number, or the document of a file name.
async fn one(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(name): Path<String>,
) -> Response {
    let asked = name.clone();
    if name.contains('.') {
        return match state.ask(move |desk| desk.public_document(&asked)).await {
            Ok(document) => {
                let tag = format!("\"{}\"", Digest::of(document.text.as_bytes()).hex());
                let headers = [(header::CONTENT_TYPE, document.media_type), (header::ETAG, tag)];
                (headers, document.text).into_response()
            }
            Err(failure) => not_shown(&state, &failure, &request),
        };
    }
    match state.ask(move |desk| desk.public_advisory(&asked)).await {
        Ok(sheet) => {
            let maker = state.desk.manufacturer();
            shown(&state, |frame| pages::page(frame, maker, &sheet)).into_response()
        }
        Err(failure) => not_shown(&state, &failure, &request),
    }
}

/// A page as anybody sees it, signed in or not: of the present, without the standing of the record, marked
/// where it is a twin's.
fn shown(state: &State, draw: impl FnOnce(&Frame<'_>) -> Markup) -> Markup {
    let to = state.links.at(None);
    let mut frame = Frame { to: &to, viewer: None, ..frame(state, None, "") };
    frame.banners.retain(|banner| matches!(banner, Banner::Twin { .. }));
    draw(&frame)
}

/// Told to whoever is not signed in: nothing of the record.
fn not_shown(state: &State, failure: &Failure, request: &RequestId) -> Response {
    let status = match failure {
        Failure::Trouble(Trouble::NotFound { .. }) => StatusCode::NOT_FOUND,
        other => {
            let record = state.links.whole("/");
            tracing::error!(record, request = %request.0, "a public page was not shown: {}", other.text());
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let missing = status == StatusCode::NOT_FOUND;
    let page = shown(state, |frame| pages::not_shown(frame, missing, &request.0));
    (status, page).into_response()
}
