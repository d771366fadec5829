//! The API for programs: resources by noun under `/api/v1`, described in OpenAPI by its very routes.
//!
//! Errors are problem details ([`ProblemDetails`]). Lists come in pages with an opaque cursor. Answers
//! to GET carry an `ETag` and can be asked for as of an earlier moment. Changes take an `Idempotency-Key`.

mod change;
mod description;
mod read;
mod sbom;
mod unit;

pub(crate) use description::completed;
pub(crate) use read::position;
pub use sbom::MATCH_WAIT;

use crate::{
    guard::RequestId,
    replay::{Begun, Kept},
    state::State,
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_vocab::digest::Digest;
use axum::{
    body::HttpBody as _,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The largest answer that gets an `ETag` from its bytes; a larger one goes out without.
const TAGGED_BYTES: u64 = 64 << 20;

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
        .routes(routes!(read::changes))
        .routes(routes!(read::ledger))
        .routes(routes!(read::ledger_head))
        .routes(routes!(sbom::receive_sbom))
        .routes(routes!(change::add_family))
        .routes(routes!(change::add_version))
        .routes(routes!(change::add_supplier))
        .routes(routes!(change::add_consignee))
        .routes(routes!(change::add_site))
        .routes(routes!(unit::record_units))
        .routes(routes!(unit::change_unit))
}

/// An answer as JSON.
fn json<T: Serialize>(status: StatusCode, answer: &T) -> Result<Response, Failure> {
    let body = serde_json::to_vec(answer).map_err(|error| Failure::Broken(error.to_string()))?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Gives answers to GET an entity tag, and "not modified" to whoever has them already. A handler that
/// knows the tag of its answer sets it.
pub(crate) async fn tagged(request: Request, next: Next) -> Response {
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if !asks || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, mut body) = response.into_parts();
    if !parts.headers.contains_key(header::ETAG)
        && body.size_hint().exact().is_some_and(|size| size <= TAGGED_BYTES)
    {
        let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
            return Failure::Broken("an answer could not be tagged".to_owned()).into_response();
        };
        if let Ok(value) = HeaderValue::from_str(&tag(&Digest::of(&bytes))) {
            parts.headers.insert(header::ETAG, value);
        }
        body = bytes.into();
    }
    let same = match (&known, parts.headers.get(header::ETAG)) {
        (Some(known), Some(tag)) => matches(known, tag),
        _ => false,
    };
    if same {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_DISPOSITION);
        return (parts, axum::body::Body::empty()).into_response();
    }
    (parts, body).into_response()
}

/// The entity tag of bytes with this digest. Weak, because the bytes may go out compressed.
fn tag(digest: &Digest) -> String {
    format!("W/\"{}\"", &digest.hex()[..32])
}

/// The weak comparison of RFC 9110 section 8.8.3.2, with any tag of the list.
fn matches(known: &HeaderValue, tag: &HeaderValue) -> bool {
    fn opaque(text: &str) -> &str {
        let text = text.trim();
        text.strip_prefix("W/").unwrap_or(text)
    }
    match (known.to_str(), tag.to_str()) {
        (Ok(known), Ok(tag)) => {
            known.split(',').any(|one| one.trim() == "*" || opaque(one) == opaque(tag))
        }
        _ => false,
    }
}

/// What a change gives: the identifier of what was made, and where it is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Made {
    /// The identifier.
    pub id: String,
}

/// Runs a change once for its idempotency key. The change runs to its end even when the client goes
/// away meanwhile: it then finds the answer under its key.
async fn once(
    state: &State,
    headers: &HeaderMap,
    asked: Digest,
    work: impl Future<Output = Result<Kept, Failure>> + Send + 'static,
) -> Result<Response, Failure> {
    let place = match key(headers)? {
        None => None,
        Some(key) => match state.replays.begin(key, asked)? {
            Begun::Before(kept) => return Ok(again(kept)),
            Begun::Now(place) => Some(place),
        },
    };
    let done = tokio::spawn(async move {
        let kept = work.await?;
        if let Some(place) = place {
            place.keep(kept.clone());
        }
        Ok(kept)
    });
    done.await.map_err(|error| Failure::Broken(error.to_string()))?.map(again)
}

/// The key of a request. One that cannot be read is refused: it would not protect.
fn key(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let first = keys.next().map(|key| key.to_str());
    match (first, keys.next()) {
        (None, _) => Ok(None),
        (Some(Ok(key)), None) => Ok(Some(key)),
        _ => {
            let detail = "Send one Idempotency-Key, of visible ASCII characters.";
            Err(Wrong::new(StatusCode::BAD_REQUEST, "idempotency_key", detail).into())
        }
    }
}

/// A kept answer as it goes out.
fn again(kept: Kept) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response =
        (status, [(header::CONTENT_TYPE, "application/json")], kept.body).into_response();
    if let Some(value) = kept.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// What a request asks, for comparing a replayed key: method, address with its query, body.
fn asked(method: &Method, uri: &axum::http::Uri, body: &[u8]) -> Digest {
    let mut all = aftercare_vocab::digest::Hasher::default();
    all.update(format!("{method} {uri}\n").as_bytes());
    all.update(body);
    all.finish()
}

/// Reads a JSON body whole, with the place of what does not fit.
fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let wrong = |place: String, why: &serde_json::Error| {
        let detail = format!("The body cannot be read: {why}. Nothing was changed.");
        let place = if place == "." { String::new() } else { place };
        Wrong { place, ..Wrong::new(StatusCode::BAD_REQUEST, "body_unreadable", detail) }
    };
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| wrong(error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| wrong(String::new(), &error))?;
    Ok(value)
}

/// A value that must be there; null says "none". So that a field left out by mistake erases nothing.
fn said<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from)
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
