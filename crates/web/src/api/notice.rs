//! Notices to customers: who is concerned, issuing, and what became of each.

use super::{Made, json, sending::Change, sent};
use crate::{
    moment::At,
    notice_forms::{reach, step_named},
    query::{self, Asked},
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::{AdvisoryKey, Chosen, NoticesWish, answers};
use aftercare_domain::{Channel, session::Taking};
use aftercare_vocab::id::NoticeId;
use axum::{
    Extension,
    extract::Path,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The customers concerned by an advisory for customers, and how far each was told; those that need somebody
/// first.
#[utoipa::path(get, path = "/api/v1/advisories/{advisory}/notices", tag = "cases",
    params(("advisory" = String, Path, description = "Identifier or number"),
        ("reach" = Option<String>, Query, description = "`not_told`, `waiting`, `unknown`, `told` or `acknowledged`"),
        ("q" = Option<String>, Query, description = "A part of the customer's name"),
        ("after" = Option<String>, Query, description = "Cursor of the next page")),
    responses((status = 200, body = answers::NoticesSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn notices(At(state): At, Path(advisory): Path<String>, uri: Uri) -> Answered {
    let asked = Asked::of(&uri, &["reach", "q", "after"])?;
    let wish =
        NoticesWish { reach: reach(&asked)?, text: asked.text("q"), after: asked.text("after") };
    let (key, viewer, now) =
        (AdvisoryKey::read(&advisory), state.viewer.clone(), state.now_shown());
    let sheet = state.ask(move |desk| desk.notices(&key, &wish, viewer.as_deref(), now)).await?;
    json(StatusCode::OK, &sheet)
}

/// Whom to tell.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedNotices {
    /// The version that is out.
    version: u64,
    /// The customers; left out: all concerned who were issued no notice about that version.
    consignees: Option<Vec<String>>,
}

/// How many notices were issued.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticesIssued {
    /// Letters: one for each contact with a mail address, or one that goes by hand.
    issued: u64,
}

/// Issues notices. They go by mail where a mail server is configured and the customer has a contact with an
/// address; otherwise by hand.
#[utoipa::path(post, path = "/api/v1/advisories/{advisory}/notices", tag = "cases", request_body = WishedNotices,
    params(("advisory" = String, Path, description = "Identifier or number")),
    responses((status = 201, body = NoticesIssued), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn issue(Path(advisory): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: WishedNotices| async move {
            let chosen = match wish.consignees {
                None => Chosen::All,
                Some(some) => Chosen::These(
                    some.iter().map(|text| query::id(text)).collect::<Result<_, Failure>>()?,
                ),
            };
            let key = AdvisoryKey::read(&advisory);
            let issued =
                state.ask(move |desk| desk.issue_notices(&op, &key, wish.version, &chosen)).await?;
            sent(StatusCode::CREATED, None, &NoticesIssued { issued })
        })
        .await
}

/// Why the others were not told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldWish {
    /// Needed where not all customers concerned were told.
    exceptions: Option<String>,
}

/// Records in the case that customers were told: as many as a notice reached.
#[utoipa::path(post, path = "/api/v1/advisories/{advisory}/told", tag = "cases", request_body = ToldWish,
    params(("advisory" = String, Path, description = "Identifier or number")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn told(Path(advisory): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: ToldWish| async move {
            let key = AdvisoryKey::read(&advisory);
            let case = state.ask(move |desk| desk.tell_case(&op, &key, wish.exceptions)).await?;
            sent(StatusCode::OK, None, &Made { id: case.to_string() })
        })
        .await
}

/// The letter of a notice, as it goes. It holds the address by which it is acknowledged, so the security record
/// keeps who took it.
#[utoipa::path(get, path = "/api/v1/notices/{notice}/letter", tag = "cases",
    params(("notice" = String, Path, description = "Identifier")),
    responses((status = 200, content_type = "text/plain", body = String), (status = 404, body = ProblemDetails)))]
pub(crate) async fn letter(
    At(state): At,
    Extension(request): Extension<crate::guard::RequestId>,
    Path(notice): Path<String>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let (id, viewer) = (query::id::<aftercare_vocab::id::Notice>(&notice)?, state.viewer.clone());
    let text = state.ask(move |desk| desk.notice_text(id, viewer.as_deref())).await?;
    let what = format!("/api/v1/notices/{id}/letter");
    state.taken(&request, Channel::Api, (Taking::Exported, what)).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// A step of a notice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedStep {
    /// `handed_over` (it went by hand) or `again` (a mail that did not go, or of which nobody knows).
    step: String,
}

/// Records a step of a notice.
#[utoipa::path(post, path = "/api/v1/notices/{notice}/step", tag = "cases", request_body = WishedStep,
    params(("notice" = String, Path, description = "Identifier")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn step(Path(notice): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: WishedStep| async move {
            let id: NoticeId = query::id(&notice)?;
            let (step, viewer) = (step_named(&wish.step)?, state.viewer.clone());
            state.ask(move |desk| desk.move_notice(&op, id, step, viewer.as_deref())).await?;
            sent(StatusCode::OK, None, &Made { id: id.to_string() })
        })
        .await
}

/// How a notice was acknowledged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedAcknowledgement {
    /// How, without names of persons: by telephone, in a letter.
    reason: String,
}

/// Records that a notice was acknowledged otherwise than by the address in it.
#[utoipa::path(post, path = "/api/v1/notices/{notice}/acknowledgement", tag = "cases", request_body = WishedAcknowledgement,
    params(("notice" = String, Path, description = "Identifier")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn acknowledge(Path(notice): Path<String>, change: Change) -> Answered {
    change
        .json(move |state, op, wish: WishedAcknowledgement| async move {
            let op = super::because(op, Some(wish.reason))?;
            let (id, viewer) =
                (query::id::<aftercare_vocab::id::Notice>(&notice)?, state.viewer.clone());
            state.ask(move |desk| desk.acknowledge_notice(&op, id, viewer.as_deref())).await?;
            sent(StatusCode::OK, None, &Made { id: id.to_string() })
        })
        .await
}
