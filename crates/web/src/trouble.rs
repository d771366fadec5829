//! What goes wrong, as programs are told it: problem details (RFC 9457) with stable codes.

use aftercare_desk::{
    Trouble,
    answers::{NothingFound, Warning},
};
use aftercare_domain::{Conflict, Refusal};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not answered.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The desk says no.
    Trouble(Trouble),
    /// The request itself is wrong.
    Wrong(Wrong),
    /// The edition in force does not know it, which says nothing about products.
    NotInEdition(NothingFound),
    /// A thread broke.
    Broken(String),
}

/// What goes into the log, beside an answer that does not say it: our trouble may name files.
#[derive(Debug, Clone)]
pub(crate) struct Ours(pub String);

/// A request that is wrong before the desk is asked.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    pub status: StatusCode,
    pub code: &'static str,
    pub detail: String,
    /// Where in the body, if it is about the body.
    pub place: String,
}

impl Wrong {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), place: String::new() }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

/// Problem details (RFC 9457), media type `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// `about:blank`: the status says what kind it is, `code` exactly which.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code for programs: `label_taken`.
    pub code: String,
    /// What happened and what to do next.
    pub detail: String,
    /// Who could do it, where somebody else could.
    pub who: Option<String>,
    /// What to do next, where the rules say no.
    pub next: Option<String>,
    /// Each thing in a sent document that could not be read, with its place.
    pub problems: Vec<Warning>,
    /// Who changed the thing meanwhile, where that stands in the way.
    pub changed: Option<Changed>,
    /// What it means that the edition in force does not know a vulnerability.
    pub nothing: Option<NothingFound>,
    /// The address that was asked.
    pub instance: Option<String>,
    /// The request id, as in the header `X-Request-Id`, in the ledger and in the log of the server.
    pub request: Option<String>,
}

/// A change that came between reading a thing and changing it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Changed {
    /// The thing.
    pub entity: String,
    /// The version the caller saw.
    pub seen: u64,
    /// The version it has.
    pub now: u64,
    /// Who changed it last.
    pub by: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// When (RFC 3339).
    pub at: Option<String>,
    /// The kind of the ledger entry.
    pub kind: Option<String>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

impl From<&Conflict> for Changed {
    fn from(conflict: &Conflict) -> Self {
        let last = conflict.last.as_ref();
        Self {
            entity: conflict.entity.clone(),
            seen: conflict.seen,
            now: conflict.now,
            by: last.map(|last| last.by.to_string()),
            role: last.map(|last| last.role.as_str().to_owned()),
            at: last.map(|last| last.at.to_string()),
            kind: last.map(|last| last.kind.to_owned()),
            reason: last.and_then(|last| last.reason.clone()),
        }
    }
}

impl Failure {
    /// Status and details.
    pub fn details(&self) -> (StatusCode, ProblemDetails) {
        let plain = |status: StatusCode, code: &str, detail: String| {
            let title = status.canonical_reason().unwrap_or_default().to_owned();
            let details = ProblemDetails {
                kind: "about:blank",
                title,
                status: status.as_u16(),
                code: code.to_owned(),
                detail,
                who: None,
                next: None,
                problems: Vec::new(),
                changed: None,
                nothing: None,
                instance: None,
                request: None,
            };
            (status, details)
        };
        match self {
            Self::Wrong(wrong) => {
                let (status, mut details) = plain(wrong.status, wrong.code, wrong.detail.clone());
                if !wrong.place.is_empty() {
                    details.problems.push(Warning {
                        code: wrong.code.to_owned(),
                        place: wrong.place.clone(),
                        what: wrong.detail.clone(),
                        next: String::new(),
                    });
                }
                (status, details)
            }
            Self::Trouble(Trouble::Problems(problems)) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                let too_large = problems.iter().any(|problem| problem.code == "too_large");
                let status = if too_large {
                    StatusCode::PAYLOAD_TOO_LARGE
                } else {
                    StatusCode::UNPROCESSABLE_ENTITY
                };
                let (status, details) = plain(status, "unreadable", first);
                let problems = problems.iter().cloned().map(Warning::from).collect();
                (status, ProblemDetails { problems, ..details })
            }
            Self::Trouble(Trouble::Refusal(refusal)) => refused(refusal, plain),
            Self::Trouble(Trouble::Conflict(conflict)) => {
                let (status, details) =
                    plain(StatusCode::PRECONDITION_FAILED, "changed_meanwhile", conflict.what());
                let next = Some(Conflict::NEXT.to_owned());
                (status, ProblemDetails { next, changed: Some(conflict.into()), ..details })
            }
            Self::Trouble(Trouble::NotFound { .. }) => {
                plain(StatusCode::NOT_FOUND, "not_found", self.text())
            }
            Self::Trouble(Trouble::EditionMissing { .. }) => {
                plain(StatusCode::GONE, "edition_missing", self.text())
            }
            Self::Trouble(trouble) if trouble.is_cursor() => {
                plain(StatusCode::BAD_REQUEST, "cursor", self.text())
            }
            Self::NotInEdition(nothing) => {
                let detail = format!("{} {}", nothing.what, nothing.means);
                let (status, details) = plain(StatusCode::NOT_FOUND, "not_in_edition", detail);
                (status, ProblemDetails { nothing: Some(nothing.clone()), ..details })
            }
            // The words of our own trouble name files and statements: they go to the log.
            Self::Trouble(Trouble::Fault(_) | Trouble::Corpus(_) | Trouble::Edition(_)) => {
                plain(StatusCode::INTERNAL_SERVER_ERROR, "fault", OURS.to_owned())
            }
            Self::Broken(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "broken", OURS.to_owned()),
        }
    }

    /// What to tell.
    pub fn text(&self) -> String {
        match self {
            Self::Trouble(trouble) => trouble.to_string(),
            Self::Wrong(wrong) => wrong.detail.clone(),
            Self::NotInEdition(nothing) => nothing.what.clone(),
            Self::Broken(what) => what.clone(),
        }
    }

    /// It is our trouble, to be logged.
    pub fn is_ours(&self) -> bool {
        self.details().0.is_server_error()
    }
}

fn refused(
    refusal: &Refusal,
    plain: impl Fn(StatusCode, &str, String) -> (StatusCode, ProblemDetails),
) -> (StatusCode, ProblemDetails) {
    let status = match refusal.code {
        "unknown_id" => StatusCode::NOT_FOUND,
        "right_missing" => StatusCode::FORBIDDEN,
        code if code.ends_with("_taken")
            || code.starts_with("already")
            || matches!(code, "nothing_changed" | "past_is_read_only") =>
        {
            StatusCode::CONFLICT
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let (status, details) = plain(status, refusal.code, refusal.what.clone());
    (
        status,
        ProblemDetails { who: refusal.who.clone(), next: Some(refusal.next.clone()), ..details },
    )
}

/// What is told when the trouble is ours.
const OURS: &str = "Something failed on our side. A change that was not confirmed to you was not made. Try again in a \
     minute; if it fails again, give the request id to whoever runs this server: the log says more.";

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (_, details) = self.details();
        let mut response = details.into_response();
        if self.is_ours() {
            response.extensions_mut().insert(Ours(self.text()));
        }
        response
    }
}

impl IntoResponse for ProblemDetails {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kind, body).into_response();
        response.extensions_mut().insert(self);
        response
    }
}
