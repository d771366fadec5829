//! Receiving an SBOM.

use super::{asked, because, once, operation, sent, tags::seen};
use crate::{
    form,
    guard::{RequestId, body, media_type},
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::answers::{MatchingStanding, SbomReceipt, SbomState};
use aftercare_vocab::id::VersionId;
use axum::{
    Extension,
    body::Body,
    extract::{Path, Request},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::Response,
};
use std::time::Duration;

/// The longest wait for the matcher with `?wait=true`.
pub const MATCH_WAIT: Duration = Duration::from_mins(1);

/// Attaches an SBOM to a version, in place of the one it has. The body is the document itself, or a
/// form with the document in the field `sbom`.
#[utoipa::path(post, path = "/api/v1/versions/{version}/sboms", tag = "findings",
    params(("version" = String, Path, description = "Identifier"), ("file_name" = Option<String>, Query, description = "Name of the file, kept for people"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version as you read it, or its `entity_version` in quotes; in a form the field `entity_version`. If somebody changed it since, nothing is changed and 412 says who, when and in which role"),
        ("reason" = Option<String>, Query, description = "Why. Needed when it takes the place of the SBOM of a released version. No names of persons: it stays in the ledger"),
        ("wait" = Option<bool>, Query, description = "Answer only when the SBOM is matched, at most after 60 seconds; `sbom` in the answer says how far it is")),
    request_body(content = String, content_type = "application/octet-stream", description = "CycloneDX (JSON, XML), SPDX (JSON, YAML, tag-value, RDF/XML, JSON-LD), a package list, a manifest of Yocto or Buildroot, or a list of software items (CSV, XLSX), plain or as gzip or Zstandard; whatever its media type. `multipart/form-data` is read as a form"),
    responses((status = 201, body = SbomReceipt), (status = 200, description = "The same bytes were attached before", body = SbomReceipt),
        (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 413, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn receive_sbom(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(version): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Result<Response, Failure> {
    let wishes = Asked::of(&uri, &["file_name", "reason", "wait"])?;
    let (named, wait) = (wishes.text("file_name"), wishes.yes("wait")?);
    let named = Some(named).filter(|name| !name.is_empty());
    let version: VersionId = id(&version)?;
    let mut seen = seen(&headers)?;
    let mut reason = Some(wishes.text("reason")).filter(|reason| !reason.is_empty());
    let limit = state.desk.limits().bytes;
    let is_form = media_type(&headers).is_some_and(|kind| kind == "multipart/form-data");
    let bytes = body(body_sent, if is_form { limit + form::FRAME_BYTES } else { limit }).await?;
    let digest = asked(&Method::POST, &uri, &bytes);
    let (name, bytes) = if is_form {
        let mut form = Request::new(Body::from(bytes));
        if let Some(kind) = headers.get(header::CONTENT_TYPE) {
            form.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
        }
        let form = form::sbom(&state, form).await?;
        (seen, reason) = (seen.or(form.seen), reason.or(form.reason));
        (named.or(form.name), form.bytes)
    } else {
        (named, bytes)
    };
    let op = because(operation(&state, &request, &headers, &digest)?, reason)?;
    once(&state.clone(), &op.clone(), async move {
        let mut receipt =
            state.ask(move |desk| desk.receive_sbom(&op, version, seen, name, &bytes)).await?;
        state.news.notify_one();
        if wait {
            receipt = matched(&state, version, receipt, MATCH_WAIT).await?;
        }
        let status = if receipt.already_attached { StatusCode::OK } else { StatusCode::CREATED };
        sent(status, Some(state.links.api_thing("versions", &version.to_string())), &receipt)
    })
    .await
}

/// How often to look by oneself while waiting.
const GLANCE: Duration = Duration::from_millis(500);

/// Waits until the SBOM of a version is matched, at most as long as is given; the receipt with the state it is
/// in then.
pub(crate) async fn matched(
    state: &State,
    version: VersionId,
    mut receipt: SbomReceipt,
    longest: Duration,
) -> Result<SbomReceipt, Failure> {
    let end = tokio::time::sleep(longest);
    tokio::pin!(end);
    while matches!(receipt.sbom, SbomState::NotYetMatched { .. }) {
        let rung = state.matched.notified();
        tokio::pin!(rung);
        // Listen before looking, so that no ring is missed between the two.
        rung.as_mut().enable();
        let at = (state.rim.now)();
        let (now, standing) = state
            .ask(move |desk| {
                Ok((desk.matched_since(version, receipt)?, desk.standing(at)?.matching))
            })
            .await?;
        receipt = now;
        // Without an edition there is nothing to wait for.
        if standing == MatchingStanding::NoEdition
            || !matches!(receipt.sbom, SbomState::NotYetMatched { .. })
        {
            break;
        }
        tokio::select! {
            () = rung => {}
            () = tokio::time::sleep(GLANCE) => {} // another server may have matched it
            () = &mut end => break,
        }
    }
    Ok(receipt)
}
