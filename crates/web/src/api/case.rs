//! Cases: opening, recording facts, proposing decisions; lists, sheets and the clock wall.

use super::{Made, json, read::named_digest, sending::Change, sent, versioned};
use crate::{
    case_forms::{answer, only},
    guard::RequestId,
    moment::At,
    query::Asked,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::{
    ATTACHMENT_BODY_BYTES, CaseKey, CasesWish, NewAttachment, Trouble,
    answers::{self, Page},
};
use aftercare_domain::{
    Date, Sight,
    case::{About, Fact, Opening},
    rights::DecisionKind,
    session::Taking,
};
use aftercare_vocab::id::{FamilyId, MitigationId, SignalId, VersionId};
use axum::{
    Extension,
    extract::Path,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// Cases: those that wait for you first, then the next due.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases",
    params(
        ("only" = Option<String>, Query, description = "`open` (the default), `yours`, `ended` or `all`"),
        ("q" = Option<String>, Query, description = "Words of number, title or identifiers"),
        ("after" = Option<String>, Query, description = "Cursor from `next`"),
    ),
    responses((status = 200, body = Page<answers::CaseRow>)))]
pub(crate) async fn cases(At(state): At, uri: Uri) -> Answered {
    let asked = Asked::of(&uri, &["only", "q", "after"])?;
    let wish = CasesWish { only: only(&asked)?, q: asked.text("q"), after: asked.text("after") };
    let (viewer, now) = (state.viewer.clone(), state.now_shown());
    json(StatusCode::OK, &state.ask(move |desk| desk.cases(&wish, viewer.as_deref(), now)).await?)
}

/// One case whole, by identifier or number: what is to be done, the four questions of each version, decisions,
/// clocks, evidence, history.
#[utoipa::path(get, path = "/api/v1/cases/{case}", tag = "cases",
    params(("case" = String, Path, description = "Identifier or number: `PMC-2026-0042`")),
    responses((status = 200, body = answers::CaseSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn case(At(state): At, Path(case): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (key, viewer, now) = (CaseKey::read(&case), state.viewer.clone(), state.now_shown());
    let sheet = state.ask(move |desk| desk.case(&key, viewer.as_deref(), now)).await?;
    versioned(&sheet, sheet.entity_version)
}

/// The evidence of a case in one file. The security record keeps who took it.
#[utoipa::path(get, path = "/api/v1/cases/{case}/evidence", tag = "cases",
    params(("case" = String, Path, description = "Identifier or number")),
    responses((status = 200, body = answers::CaseSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn evidence(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(case): Path<String>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let (key, viewer, now) = (CaseKey::read(&case), state.viewer.clone(), state.now_shown());
    let sheet = state.ask(move |desk| desk.case(&key, viewer.as_deref(), now)).await?;
    let what = (Taking::Exported, format!("/cases/{}/evidence", sheet.row.id));
    state.taken(&request, aftercare_domain::Channel::Api, what).await?;
    versioned(&sheet, sheet.entity_version)
}

/// A file beside a fact of a case, byte for byte. Nobody looked into it: open it where it can do no harm. The
/// security record keeps who took it.
#[utoipa::path(get, path = "/api/v1/cases/{case}/attachments/{digest}", tag = "cases",
    params(("case" = String, Path, description = "Identifier or number"), ("digest" = String, Path, description = "`sha256:` and 64 hexadecimal digits, as in `attachments`")),
    responses((status = 200, description = "The bytes", body = String, content_type = "application/octet-stream"), (status = 404, body = ProblemDetails)))]
pub(crate) async fn attachment(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((case, digest)): Path<(String, String)>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let (key, digest) = (CaseKey::read(&case), named_digest(&digest)?);
    let (viewer, now) = (state.viewer.clone(), state.now_shown());
    let found =
        state.ask(move |desk| desk.case_attachment(&key, &digest, viewer.as_deref(), now)).await?;
    let what = (Taking::Exported, format!("/cases/{}/attachments/{digest}", found.case));
    state.taken(&request, aftercare_domain::Channel::Api, what).await?;
    // Never shown in the browser, whatever it is called: the letters of its name that cannot mean anything in a
    // header are kept.
    let name = found.name.unwrap_or_else(|| format!("{}.bin", digest.short()));
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::ETAG, super::tags::weak(&digest)),
    ];
    Ok((headers, found.bytes).into_response())
}

/// Every clock that runs or was missed, the next due first.
#[utoipa::path(get, path = "/api/v1/clocks", tag = "cases",
    params(("after" = Option<String>, Query, description = "Cursor from `next`")),
    responses((status = 200, body = Page<answers::WallRow>)))]
pub(crate) async fn clocks(At(state): At, uri: Uri) -> Answered {
    let after = Asked::of(&uri, &["after"])?.text("after");
    let (viewer, now) = (state.viewer.clone(), state.now_shown());
    let page = state.ask(move |desk| desk.clock_wall(&after, viewer.as_deref(), now)).await?;
    json(StatusCode::OK, &page)
}

/// A case to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedCase {
    /// In one line.
    title: String,
    /// Identifiers of the vulnerability.
    #[serde(default)]
    vulnerabilities: Vec<String>,
    /// Product families that could be concerned; `null` = all, an empty list = not known yet.
    #[schema(value_type = Option<Vec<String>>)]
    families: Option<Vec<FamilyId>>,
    /// Signals that wait.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    signals: Vec<SignalId>,
    /// Why, for the ledger.
    reason: Option<String>,
}

/// Opens a case.
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = WishedCase,
    responses((status = 201, body = Made), (status = 422, body = ProblemDetails)))]
pub(crate) async fn open(change: Change) -> Answered {
    change
        .json(|state, op, wish: WishedCase| async move {
            let op = super::because(op, wish.reason)?;
            let opening = Opening {
                title: wish.title,
                vulnerabilities: wish.vulnerabilities,
                families: wish.families.map_or(Sight::All, Sight::of),
                signals: wish.signals,
                matched_at: None,
            };
            let made = state.ask(move |desk| desk.open_case(&op, opening)).await?;
            let location = state.links.api_thing("cases", &made.to_string());
            sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
        })
        .await
}

/// A fact to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedFact {
    /// The fact, by its kind: `{"owner": "per_…"}`, `{"applicability": {"versions": {"ver_…": null}, "applies":
    /// "affected", "statement": "…"}}`. The kinds and their fields stand in docs/cases.md.
    #[schema(value_type = Object)]
    fact: Fact,
    /// Why, for the ledger.
    reason: Option<String>,
    /// A file beside it, of a fact of the kind `tested` or `attested`. The fact then holds its digest, name,
    /// media type and size.
    file: Option<SentFile>,
}

/// A file beside a fact, at most 10 MiB.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentFile {
    /// Its name.
    name: String,
    /// Its media type: `application/pdf`; absent = not said.
    media_type: Option<String>,
    /// Its bytes in base64.
    base64: String,
}

/// Records a fact about a case, in the first of your roles that records such facts.
#[utoipa::path(post, path = "/api/v1/cases/{case}/facts", tag = "cases", request_body = WishedFact,
    params(("case" = String, Path, description = "Identifier or number")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn record(Path(case): Path<String>, change: Change) -> Answered {
    let (key, seen) = (CaseKey::read(&case), change.seen()?);
    change
        .json_within(ATTACHMENT_BODY_BYTES, move |state, op, wish: WishedFact| async move {
            let op = super::because(op, wish.reason)?;
            let mut fact = wish.fact;
            if let Fact::Described(one) = &mut fact
                && *one.mitigation.as_bytes() == [0; 16]
            {
                one.mitigation = op.new_id();
            }
            let file = wish.file.map(|file| {
                let media_type = file.media_type.unwrap_or_default();
                NewAttachment::of_base64(&file.name, &media_type, &file.base64)
            });
            let file = file.transpose().map_err(Trouble::from)?;
            let case =
                state.ask(move |desk| desk.record_fact_with(&op, &key, seen, fact, file)).await?;
            sent(StatusCode::OK, None, &Made { id: case.to_string() })
        })
        .await
}

/// A decision to be proposed about a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedAbout {
    /// The kind of decision: `controlled`.
    #[schema(value_type = String)]
    kind: DecisionKind,
    /// The versions; none = the case as a whole.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    versions: Vec<VersionId>,
    /// `controlled`, `uncontrolled`, `not_affected:JUSTIFICATION`, `regular_cycle`, `out_of_cycle`, `reportable`,
    /// `not_reportable`.
    #[serde(default)]
    answer: String,
    /// Until when it holds, or by when it is to be done.
    #[schema(value_type = Option<String>)]
    until: Option<Date>,
    /// The mitigation it is about.
    #[schema(value_type = Option<String>)]
    mitigation: Option<MitigationId>,
    /// In one line.
    title: String,
    /// What is decided, and why.
    statement: String,
}

/// Proposes a decision about a case. It is signed like every other; what it rests on is kept with it.
#[utoipa::path(post, path = "/api/v1/cases/{case}/decisions", tag = "cases", request_body = WishedAbout,
    params(("case" = String, Path, description = "Identifier or number")),
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn decide(Path(case): Path<String>, change: Change) -> Answered {
    let key = CaseKey::read(&case);
    change
        .json(move |state, op, wish: WishedAbout| async move {
            let about = About {
                kind: wish.kind,
                versions: wish.versions.into_iter().collect(),
                answer: answer(&wish.answer)?,
                until: wish.until,
                mitigation: wish.mitigation,
                title: wish.title,
                statement: wish.statement,
            };
            let made = state.ask(move |desk| desk.propose_about(&op, &key, about)).await?;
            let location = state.links.api_thing("decisions", &made.to_string());
            sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
        })
        .await
}
