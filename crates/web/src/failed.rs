//! The last word on a request that failed: problem details for programs, a page for people, and one
//! line in the log when the trouble is ours. Every failed answer passes here, whoever made it.

use crate::{
    guard::RequestId,
    moment::{self, Visit},
    pages::problem,
    routes::frame,
    state::State,
    trouble::{Failure, Ours, ProblemDetails, Wrong},
    viewer::{self, Admitted},
};
use axum::{
    extract::{Request, State as Held},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The longest address that is repeated in an answer, in bytes; a longer one is left out.
const INSTANCE_BYTES: usize = 1_000;

/// Who asked, on the way back to the page about a failure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admission(pub Admitted);

/// Gives a failed answer its request id and, for a page's address, the form of a page.
pub(crate) async fn complete(Held(state): Held<State>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let mut response = next.run(request).await;
    let admitted = response.extensions_mut().remove::<Admission>();
    let visit = response.extensions_mut().remove::<Visit>().unwrap_or_else(|| {
        let Admission(admitted) = admitted.unwrap_or_default();
        Visit::present(&state, &method, &uri, admitted)
    });
    let status = response.status();
    if let Some(Ours(what)) = response.extensions_mut().remove::<Ours>() {
        let record = state.links.whole("/");
        tracing::error!(record, request = %id, status = status.as_u16(), "{what}");
    }
    let known = response.extensions_mut().remove::<ProblemDetails>();
    let Some(mut details) = known.or_else(|| bare(&response, &path)) else { return response };
    let program = path == "/api" || path.starts_with("/api/");
    // To a host that is not ours nothing of the record is shown, so no page either.
    if program || status == StatusCode::MISDIRECTED_REQUEST {
        details.instance = (path.len() <= INSTANCE_BYTES).then_some(state.links.whole(&path));
        details.request = Some(id);
        let mut answer = details.into_response();
        // That nothing was found holds for the moment and the part that were looked at.
        for name in [moment::HEADER, viewer::SIGHT] {
            if let Some(value) = response.headers_mut().remove(&name) {
                answer.headers_mut().insert(name, value);
            }
        }
        return answer;
    }
    let state = visit.of(&state);
    let standing = if state.viewer.is_some() { state.standing().await } else { None };
    let frame = frame(&state, standing.as_ref(), "");
    let page = match status {
        StatusCode::NOT_FOUND => problem::not_found(&frame, &state.links.whole(&path), None),
        _ if status.is_server_error() => problem::fault(&frame, &id),
        _ => {
            let next: Vec<String> = details.next.into_iter().collect();
            let who = details.who.as_deref();
            problem::refused(&frame, &details.detail, who, &next, &state.links.home())
        }
    };
    (status, page).into_response()
}

/// Details for a failure that the framework answered by itself, such as an address that holds bytes
/// which are no text.
fn bare(response: &Response, path: &str) -> Option<ProblemDetails> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let plain = kind.is_none_or(|kind| kind.starts_with("text/plain"));
    if !plain || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let wrong = if status == StatusCode::NOT_FOUND && path.starts_with("/assets/") {
        Wrong::new(status, "not_found", "There is no such file. Load the page again.")
    } else if status.is_client_error() {
        let detail = "The address cannot be read: a percent escape in it is not UTF-8 text.";
        Wrong::new(status, "address_unreadable", detail)
    } else {
        Wrong::new(status, "broken", "Something broke on our side.")
    };
    Some(Failure::Wrong(wrong).details().1)
}
