//! Advisories: drafting, proposing and publishing; what is public needs no account and lies at `/advisories`.

use super::{Made, json, sending::Change, sent, versioned};
use crate::{
    advisory_forms::audience,
    moment::At,
    query::Asked,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::{
    AdvisoryDraft, AdvisoryKey, CaseKey, Drafted,
    answers::{self, AdvisoryTexts},
};
use axum::{
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The advisories of a case, the oldest first.
#[utoipa::path(get, path = "/api/v1/cases/{case}/advisories", tag = "cases",
    params(("case" = String, Path, description = "Identifier or number")),
    responses((status = 200, body = Vec<answers::AdvisoryRow>), (status = 404, body = ProblemDetails)))]
pub(crate) async fn advisories(At(state): At, Path(case): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (key, viewer) = (CaseKey::read(&case), state.viewer.clone());
    json(StatusCode::OK, &state.ask(move |desk| desk.advisories_of(&key, viewer.as_deref())).await?)
}

/// One advisory by identifier or number: its versions, and all that one of them says.
#[utoipa::path(get, path = "/api/v1/advisories/{advisory}", tag = "cases",
    params(("advisory" = String, Path, description = "Identifier or number: `PSA-2026-0007`"),
        ("version" = Option<u64>, Query, description = "The version that is shown; the newest by default")),
    responses((status = 200, body = answers::AdvisorySheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn advisory(At(state): At, Path(advisory): Path<String>, uri: Uri) -> Answered {
    let version = super::version_asked(&uri)?;
    let (key, viewer) = (AdvisoryKey::read(&advisory), state.viewer.clone());
    let sheet = state.ask(move |desk| desk.advisory(&key, version, viewer.as_deref())).await?;
    versioned(&sheet, sheet.entity_version)
}

/// An advisory to be drafted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedAdvisory {
    /// `public` or `customers`.
    audience: String,
    /// What it says.
    texts: AdvisoryTexts,
    /// Why, for the ledger.
    reason: Option<String>,
}

/// Drafts an advisory about a case. Where each product version stands follows from the case. What would be
/// invalid is refused with its places.
#[utoipa::path(post, path = "/api/v1/cases/{case}/advisories", tag = "cases", request_body = WishedAdvisory,
    params(("case" = String, Path, description = "Identifier or number")),
    responses((status = 201, body = Made), (status = 400, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn draft(Path(case): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: WishedAdvisory| async move {
            let op = super::because(op, wish.reason)?;
            let what = Drafted::New(CaseKey::read(&case), audience(&wish.audience)?);
            let draft = AdvisoryDraft { what, texts: wish.texts, change: String::new() };
            let made = state.ask(move |desk| desk.draft_advisory(&op, draft)).await?;
            let location = state.links.api_thing("advisories", &made.to_string());
            sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
        })
        .await
}

/// A new version of an advisory.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedVersion {
    /// What changed.
    change: String,
    /// What it says.
    texts: AdvisoryTexts,
}

/// Drafts a new version of an advisory, which nobody has approved yet.
#[utoipa::path(post, path = "/api/v1/advisories/{advisory}/versions", tag = "cases", request_body = WishedVersion,
    params(("advisory" = String, Path, description = "Identifier or number")),
    responses((status = 201, body = Made), (status = 400, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn draft_version(Path(advisory): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: WishedVersion| async move {
            let what = Drafted::VersionOf(AdvisoryKey::read(&advisory));
            let draft = AdvisoryDraft { what, texts: wish.texts, change: wish.change };
            let made = state.ask(move |desk| desk.draft_advisory(&op, draft)).await?;
            let location = state.links.api_thing("advisories", &made.to_string());
            sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
        })
        .await
}

/// The version that a step is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfVersion {
    /// The version that was looked at: the newest.
    version: u64,
}

/// Proposes the decision that lets the newest version out. It counts for exactly the documents of that version.
#[utoipa::path(post, path = "/api/v1/advisories/{advisory}/decision", tag = "cases", request_body = OfVersion,
    params(("advisory" = String, Path, description = "Identifier or number")),
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn propose(Path(advisory): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: OfVersion| async move {
            let key = AdvisoryKey::read(&advisory);
            let made =
                state.ask(move |desk| desk.propose_publication(&op, &key, wish.version)).await?;
            let location = state.links.api_thing("decisions", &made.to_string());
            sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
        })
        .await
}

/// Publishes the newest version, once its decision is taken.
#[utoipa::path(post, path = "/api/v1/advisories/{advisory}/publication", tag = "cases", request_body = OfVersion,
    params(("advisory" = String, Path, description = "Identifier or number")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn publish(Path(advisory): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: OfVersion| async move {
            let key = AdvisoryKey::read(&advisory);
            let made =
                state.ask(move |desk| desk.publish_advisory(&op, &key, wish.version)).await?;
            sent(StatusCode::OK, None, &Made { id: made.to_string() })
        })
        .await
}

/// Why an advisory is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdvisoryWithdrawal {
    /// Why, for the ledger.
    reason: String,
}

/// Takes an advisory back: it is not served any more. Its versions and decisions stay.
#[utoipa::path(post, path = "/api/v1/advisories/{advisory}/withdrawal", tag = "cases", request_body = AdvisoryWithdrawal,
    params(("advisory" = String, Path, description = "Identifier or number")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn withdraw(Path(advisory): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: AdvisoryWithdrawal| async move {
            let op = super::because(op, Some(wish.reason))?;
            let (key, id) = (AdvisoryKey::read(&advisory), advisory.clone());
            state.ask(move |desk| desk.withdraw_advisory(&op, &key)).await?;
            sent(StatusCode::OK, None, &Made { id })
        })
        .await
}
