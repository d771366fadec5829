//! The ledger and its signed log: what an auditor or a witness fetches.
//!
//! `checkpoint` and `tile/...` are the files of C2SP tlog-tiles, so that any client of such logs can
//! follow this one below `/api/v1/ledger`.

use super::json;
use crate::{
    guard::RequestId,
    moment::At,
    query::Asked,
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_desk::{LedgerKeys, LedgerProof};
use aftercare_domain::{Channel, session::Taking};
use aftercare_vocab::problem::quoted;
use axum::{
    Extension,
    extract::Path,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

type Answered = Result<Response, Failure>;

/// The newest signed checkpoint (C2SP tlog-checkpoint).
#[utoipa::path(get, path = "/api/v1/ledger/checkpoint", tag = "record",
    responses((status = 200, description = "The signed note", content_type = "text/plain", body = String),
        (status = 404, description = "Nothing was signed yet", body = ProblemDetails)))]
pub(crate) async fn checkpoint(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let newest = state.ask(aftercare_desk::Desk::newest_checkpoint).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], newest.note).into_response())
}

/// Signs the ledger as it stands. Over the same entries the same checkpoint is given, so sending it again is
/// harmless and needs no key.
#[utoipa::path(post, path = "/api/v1/ledger/checkpoint", tag = "record",
    responses((status = 200, description = "The signed note (C2SP tlog-checkpoint)", content_type = "text/plain", body = String)))]
pub(crate) async fn sign(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let op = state.operation(Channel::Api, &request);
    let signed = state.ask(move |desk| desk.checkpoint(&op)).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], signed.note).into_response())
}

/// A file of the log: hashes (`0/000`), or entries (`entries/000`), as C2SP tlog-tiles lays them out.
#[utoipa::path(get, path = "/api/v1/ledger/tile/{*path}", tag = "record",
    params(("path" = String, Path, description = "Level and number: `0/000`, `0/x001/067.p/5`, `entries/000`")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"), (status = 404, body = ProblemDetails)))]
pub(crate) async fn tile(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(path): Path<String>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let bytes = state.ask(move |desk| desk.ledger_tile(&format!("tile/{path}"))).await?;
    // One thing, however many files it has.
    let what = (Taking::Exported, "/ledger/tile".to_owned());
    state.taken(&request, Channel::Api, what).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// The proof that an entry is under the newest checkpoint.
#[utoipa::path(get, path = "/api/v1/ledger/entries/{seq}/proof", tag = "record", params(("seq" = u64, Path, description = "Position of the entry, from 1")),
    responses((status = 200, body = LedgerProof), (status = 404, description = "There is no such entry, or it is not under a checkpoint yet", body = ProblemDetails)))]
pub(crate) async fn proof(At(state): At, Path(seq): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let seq = seq.parse().map_err(|_| {
        let detail = format!("{} is not the position of a ledger entry.", quoted(&seq));
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail)
    })?;
    json(StatusCode::OK, &state.ask(move |desk| desk.ledger_proof(seq)).await?)
}

/// The keys of the log, oldest first.
#[utoipa::path(get, path = "/api/v1/ledger/keys", tag = "record", responses((status = 200, body = LedgerKeys)))]
pub(crate) async fn keys(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    json(StatusCode::OK, &state.ask(aftercare_desk::Desk::ledger_keys).await?)
}
