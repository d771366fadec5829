//! Governing documents: issuing, reading, acknowledging.
//!
//! An acknowledgement is a signature: its two components come in the very request ([`Change::proven`]).

use super::{Made, because, json, sending::Change, sent, versioned};
use crate::{
    guard::RequestId,
    moment::At,
    policy_forms::{audience, dated, kind},
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_desk::{
    Issuing, NewPolicy, Proofs,
    answers::{self, Page},
};
use aftercare_domain::{policy::DOCUMENT_BYTES, session::Taking};
use aftercare_vocab::{digest::Digest, id::PolicyId};
use axum::{
    Extension,
    body::Bytes,
    extract::Path,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// Governing documents: those that wait for your acknowledgement first, withdrawn ones last.
#[utoipa::path(get, path = "/api/v1/policies", tag = "people",
    responses((status = 200, body = Page<answers::PolicyRow>)))]
pub(crate) async fn policies(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let viewer = state.viewer.clone();
    json(StatusCode::OK, &state.ask(move |desk| desk.policies(viewer.as_deref())).await?)
}

/// One governing document: its versions, who acknowledged one of them, and who must and has not.
#[utoipa::path(get, path = "/api/v1/policies/{policy}", tag = "people",
    params(("policy" = String, Path, description = "Identifier"),
        ("version" = Option<u64>, Query, description = "The version whose acknowledgements are given; the newest by default")),
    responses((status = 200, body = answers::PolicySheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn policy(At(state): At, Path(policy): Path<String>, uri: Uri) -> Answered {
    let version = version_asked(&uri)?;
    let (policy, viewer) = (id::<_>(&policy)?, state.viewer.clone());
    let sheet = state.ask(move |desk| desk.policy(policy, version, viewer.as_deref())).await?;
    versioned(&sheet, sheet.entity_version)
}

/// The document itself, as it came. The security record keeps who took it.
#[utoipa::path(get, path = "/api/v1/policies/{policy}/document", tag = "people",
    params(("policy" = String, Path, description = "Identifier"),
        ("version" = Option<u64>, Query, description = "Which version; the newest by default")),
    responses((status = 200, description = "The bytes", body = String, content_type = "application/octet-stream"), (status = 404, body = ProblemDetails)))]
pub(crate) async fn document(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(policy): Path<String>,
    uri: Uri,
) -> Answered {
    let version = version_asked(&uri)?;
    let policy: PolicyId = id(&policy)?;
    let (version, digest, bytes) =
        state.ask(move |desk| desk.policy_document(policy, version)).await?;
    let what = format!("/policies/{policy}/document?version={version}");
    state.taken(&request, aftercare_domain::Channel::Api, (Taking::Exported, what)).await?;
    // Never shown in the browser: a document is text from outside, whatever its name says.
    let name = format!("attachment; filename=\"{policy}-v{version}.bin\"");
    Ok((
        [
            (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
            (header::CONTENT_DISPOSITION, name),
            (header::ETAG, super::tags::weak(&digest)),
        ],
        bytes,
    )
        .into_response())
}

/// The version that an address asks for; none = the newest.
pub(crate) fn version_asked(uri: &Uri) -> Result<Option<u64>, Failure> {
    let text = Asked::of(uri, &["version"])?.text("version");
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| {
        let detail = "The version is a whole number from 1 on.";
        Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail)
    };
    Ok(Some(text.parse().map_err(wrong)?))
}

const DRAFT: &[&str] = &["title", "dated", "audience", "file_name", "reason"];

/// Issues a governing document. The body is the document itself, whatever its media type.
#[utoipa::path(post, path = "/api/v1/policies", tag = "people",
    params(("kind" = String, Query, description = "`policy`, `procedure` or `certification`"),
        ("title" = String, Query, description = "Its title"), ("dated" = String, Query, description = "The day that stands on it: `2026-11-24`"),
        ("audience" = String, Query, description = "Who must acknowledge it: `everybody`, `nobody`, or code names of roles with commas between them"),
        ("file_name" = String, Query, description = "Name of the file"), ("reason" = Option<String>, Query, description = "Why, for the ledger")),
    request_body(content = String, content_type = "application/octet-stream", description = "The document, at most 10 MiB"),
    responses((status = 201, body = Made), (status = 413, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn issue(change: Change) -> Answered {
    let known: Vec<&str> = DRAFT.iter().copied().chain(["kind"]).collect();
    let wished = change.question(&known)?;
    let issuing = Issuing::New(kind(&wished.text("kind"))?);
    issued(issuing, &wished, change).await
}

/// Gives a governing document a new version, which nobody has acknowledged yet. The body is the document.
#[utoipa::path(post, path = "/api/v1/policies/{policy}/versions", tag = "people",
    params(("policy" = String, Path, description = "Identifier"),
        ("title" = String, Query, description = "Its title"), ("dated" = String, Query, description = "The day that stands on it: `2026-11-24`"),
        ("audience" = String, Query, description = "Who must acknowledge it: `everybody`, `nobody`, or code names of roles with commas between them"),
        ("file_name" = String, Query, description = "Name of the file"), ("reason" = Option<String>, Query, description = "Why, for the ledger")),
    request_body(content = String, content_type = "application/octet-stream", description = "The document, at most 10 MiB"),
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 413, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn issue_version(Path(policy): Path<String>, change: Change) -> Answered {
    let wished = change.question(DRAFT)?;
    let issuing = Issuing::VersionOf(id(&policy)?);
    issued(issuing, &wished, change).await
}

async fn issued(issuing: Issuing, wished: &Asked, change: Change) -> Answered {
    let new = NewPolicy {
        issuing,
        title: wished.text("title"),
        dated: dated(&wished.text("dated"))?,
        file_name: wished.text("file_name"),
        audience: audience(&wished.text("audience"))?,
    };
    let reason = Some(wished.text("reason")).filter(|reason| !reason.is_empty());
    let issue = |state: State, op, bytes: Bytes| async move {
        let op = because(op, reason)?;
        let made = state.ask(move |desk| desk.issue_policy(&op, new, &bytes)).await?.to_string();
        let location = state.links.api_thing("policies", &made);
        sent(StatusCode::CREATED, Some(location), &Made { id: made })
    };
    change.run(DOCUMENT_BYTES, issue).await
}

/// An acknowledgement, with the two components that show who gives it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAcknowledgement {
    /// The `digest` of the version that you read. Another one is not signed.
    digest: String,
    /// Your password.
    password: String,
    /// The code that your code generator shows now, or a recovery code.
    code: String,
}

/// Acknowledges the version whose digest is given: you sign that you are responsible for what you do under
/// it.
#[utoipa::path(post, path = "/api/v1/policies/{policy}/acknowledgements", tag = "people",
    params(("policy" = String, Path, description = "Identifier")), request_body = NewAcknowledgement,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn acknowledge(Path(policy): Path<String>, change: Change) -> Answered {
    let policy: PolicyId = id(&policy)?;
    let acknowledge = move |state: State, op, wish: NewAcknowledgement| async move {
        let NewAcknowledgement { digest, password, code } = wish;
        let of = read_digest(&digest)?;
        let (viewer, proofs) = (state.person()?, Proofs { password, code, ..Proofs::default() });
        let made = state
            .ask(move |desk| desk.acknowledge_policy(&op, &viewer, (policy, of), &proofs))
            .await?;
        let location = state.links.api_thing("policies", &policy.to_string());
        sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
    };
    change.proven(|wish: &NewAcknowledgement| wish.digest.clone(), acknowledge).await
}

/// The digest of the version that somebody read.
pub(crate) fn read_digest(text: &str) -> Result<Digest, Failure> {
    text.parse().map_err(|_: aftercare_vocab::digest::NotADigest| {
        let detail = "The digest is not `sha256:` and 64 hexadecimal digits. Send the one of the version that you read.";
        Wrong::new(StatusCode::BAD_REQUEST, "digest_unreadable", detail).into()
    })
}

/// Why a governing document is taken out of force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyWithdrawal {
    /// Why, for the ledger.
    reason: String,
}

/// Takes a governing document out of force. Its versions and acknowledgements stay.
#[utoipa::path(post, path = "/api/v1/policies/{policy}/withdrawal", tag = "people",
    params(("policy" = String, Path, description = "Identifier")), request_body = PolicyWithdrawal,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn withdraw(Path(policy): Path<String>, change: Change) -> Answered {
    let policy: PolicyId = id(&policy)?;
    let withdraw = move |state: State, op, wish: PolicyWithdrawal| async move {
        let op = because(op, Some(wish.reason))?;
        state.ask(move |desk| desk.withdraw_policy(&op, policy)).await?;
        sent(StatusCode::OK, None, &Made { id: policy.to_string() })
    };
    change.json(withdraw).await
}
