//! The API for programs: resources by noun under `/api/v1`, described in OpenAPI by its very routes.
//!
//! Errors are problem details ([`ProblemDetails`]). Lists come in pages with an opaque cursor. Answers
//! to GET carry an `ETag`. Changes take an `Idempotency-Key`.

mod change;
pub(crate) use read::position;
mod read;

use crate::{
    guard::RequestId,
    replay::Kept,
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_vocab::digest::Digest;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The largest answer that gets an `ETag`; larger ones go out as they come.
const TAGGED_BYTES: usize = 64 << 20;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Aftercare",
        description = "Postmarket vulnerability handling for medical devices: which products, versions, customers, sites and units does a vulnerability reach, and why do we say so. Missing knowledge is a value: counts that could not be made are absent or stand under a name of their own, never under zero.",
        license(name = "Apache-2.0")
    ),
    components(schemas(ProblemDetails))
)]
struct Described;

/// All routes with their description.
pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(read::index))
        .routes(routes!(read::openapi))
        .routes(routes!(read::standing))
        .routes(routes!(read::ask))
        .routes(routes!(read::products, change::add_product))
        .routes(routes!(read::version, change::change_version))
        .routes(routes!(read::findings))
        .routes(routes!(read::finding))
        .routes(routes!(read::version_components))
        .routes(routes!(read::version_units))
        .routes(routes!(read::vulnerability))
        .routes(routes!(read::components))
        .routes(routes!(read::site))
        .routes(routes!(read::consignee))
        .routes(routes!(read::blob))
        .routes(routes!(read::ledger))
        .routes(routes!(read::ledger_head))
        .routes(routes!(change::receive_sbom))
        .routes(routes!(change::add_family))
        .routes(routes!(change::add_version))
        .routes(routes!(change::add_supplier))
        .routes(routes!(change::add_consignee))
        .routes(routes!(change::add_site))
        .routes(routes!(change::record_units))
        .routes(routes!(change::change_unit))
}

/// An answer as JSON.
fn json<T: Serialize>(status: StatusCode, answer: &T) -> Result<Response, Failure> {
    let body = serde_json::to_vec(answer).map_err(|error| Failure::Broken(error.to_string()))?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Gives answers to GET an entity tag, and "not modified" to whoever has them already.
pub(crate) async fn tagged(request: Request, next: Next) -> Response {
    let get = *request.method() == Method::GET;
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if !get || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, TAGGED_BYTES).await else {
        let failure = Failure::Broken("an answer is larger than can be sent".to_owned());
        return failure.into_response();
    };
    let tag = format!("\"{}\"", &Digest::of(&bytes).hex()[..32]);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    let same = known.and_then(|known| {
        known.to_str().map(|text| text.split(',').any(|one| one.trim() == tag)).ok()
    });
    if same == Some(true) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return (parts, axum::body::Body::empty()).into_response();
    }
    (parts, bytes).into_response()
}

/// What a change gives: the identifier of what was made, and where it is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Made {
    /// The identifier.
    pub id: String,
}

/// Runs a change once for its idempotency key.
async fn once(
    state: &State,
    headers: &HeaderMap,
    asked: Digest,
    work: impl Future<Output = Result<Kept, Failure>>,
) -> Result<Response, Failure> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let kept = match key {
        None => work.await?,
        Some(key) => match state.replays.begin(key, asked)? {
            Some(kept) => kept,
            None => match work.await {
                Ok(kept) => {
                    state.replays.end(key, Some(kept.clone()));
                    kept
                }
                Err(failure) => {
                    state.replays.end(key, None);
                    return Err(failure);
                }
            },
        },
    };
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response =
        (status, [(header::CONTENT_TYPE, "application/json")], kept.body).into_response();
    if let Some(value) = kept.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}

/// What a request asks, for comparing a replayed key.
fn asked(method: &Method, path: &str, body: &[u8]) -> Digest {
    let mut all = format!("{method} {path}\n").into_bytes();
    all.extend_from_slice(body);
    Digest::of(&all)
}

/// A kept answer.
fn kept<T: Serialize>(
    status: StatusCode,
    location: Option<String>,
    answer: &T,
) -> Result<Kept, Failure> {
    let body = serde_json::to_vec(answer).map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(Kept { status: status.as_u16(), location, body })
}

/// The operation of a request.
fn operation(state: &State, id: &RequestId) -> aftercare_domain::Operation {
    (state.rim.operation)(aftercare_domain::Channel::Api, &id.0)
}
