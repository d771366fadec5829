//! Notices: the list of those who work on them, its forms, and the page that customers acknowledge on.

use crate::{
    api::because,
    form::{optional, plain_form, sent_form},
    guard::RequestId,
    moment::At,
    pages::{
        frame::Frame,
        notices::{self, NoticesQuery},
        portal::{self, Outside},
    },
    query::{self, Asked},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{AdvisoryKey, Chosen, NoticesWish, PAGE_ROWS_LIMIT, Trouble};
use aftercare_domain::{Channel, notice::Step, session::Taking};
use aftercare_vocab::{id::NoticeId, problem::quoted};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request, State as Held},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/advisory-drafts/{advisory}/notices", get(list).post(issue))
        .route("/advisory-drafts/{advisory}/told", post(told))
        .route("/notice-letters/{notice}", get(letter))
        .route("/notice-letters/{notice}/step", post(step))
        .route("/notice-letters/{notice}/acknowledgement", post(acknowledge))
        .route("/notices/{key}", get(outside).post(confirm))
}

type Answered = Result<Response, Response>;

/// How far customers were told, by the word in the address.
pub(crate) fn reach(asked: &Asked) -> Result<Option<String>, Failure> {
    let known = ["not_told", "waiting", "unknown", "told", "acknowledged"];
    let choices: Vec<(&str, &str)> = known.iter().map(|one| (*one, *one)).collect();
    Ok(asked.one("reach", &choices)?.map(str::to_owned))
}

/// A step that somebody records, by its word.
pub(crate) fn step_named(word: &str) -> Result<Step, Failure> {
    if let Some(step @ (Step::HandedOver | Step::Again)) = Step::of(word) {
        return Ok(step);
    }
    let detail = format!("{} is no step: it is `handed_over` or `again`.", quoted(word));
    Err(Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into())
}

async fn list(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["reach", "q", "after"])?;
        let wish = NoticesWish {
            reach: reach(&asked)?,
            text: asked.text("q"),
            after: asked.text("after"),
        };
        let (key, viewer, now) =
            (AdvisoryKey::read(&advisory), state.viewer.clone(), state.now_shown());
        let wanted = wish.clone();
        let sheet =
            state.ask(move |desk| desk.notices(&key, &wanted, viewer.as_deref(), now)).await?;
        let query = NoticesQuery { wish: &wish, key: &request.0 };
        let draw = |frame: &Frame<'_>| notices::page(frame, &sheet, query);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn issue(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).advisory_notices_named(&advisory);
    let work = async {
        let boxes: Vec<String> = (0..PAGE_ROWS_LIMIT).map(|n| format!("row{n}")).collect();
        let known: Vec<&str> =
            ["key", "version", "who"].into_iter().chain(boxes.iter().map(String::as_str)).collect();
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let version = crate::advisory_forms::version(&form)?;
        let chosen = if form.text("who") == "all" {
            Chosen::All
        } else {
            let ticked = boxes.iter().filter_map(|name| optional(form.text(name)));
            Chosen::These(ticked.map(|text| query::id(&text)).collect::<Result<_, _>>()?)
        };
        let key = AdvisoryKey::read(&advisory);
        state.ask(move |desk| desk.issue_notices(&op, &key, version, &chosen)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    state.led(work.await, &back, &request).await
}

async fn told(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).advisory_notices_named(&advisory);
    let work = async {
        let known = ["key", "exceptions"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let (key, exceptions) = (AdvisoryKey::read(&advisory), optional(form.text("exceptions")));
        let case = state.ask(move |desk| desk.tell_case(&op, &key, exceptions)).await?;
        Ok(Redirect::to(&state.links.at(None).case(case)).into_response())
    };
    state.led(work.await, &back, &request).await
}

fn notice_id(text: &str) -> Result<NoticeId, Failure> {
    query::id(text)
}

/// The letter as plain text. The security record keeps who took it: it holds the address by which it is
/// acknowledged.
async fn letter(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(notice): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let (id, viewer) = (notice_id(&notice)?, state.viewer.clone());
        let text = state.ask(move |desk| desk.notice_text(id, viewer.as_deref())).await?;
        let what = format!("/notice-letters/{id}");
        state.taken(&request, Channel::Ui, (Taking::Exported, what)).await?;
        let attached = format!("attachment; filename=\"{id}.txt\"");
        let headers = [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, attached),
        ];
        Ok((headers, text).into_response())
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn step(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(notice): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let (form, op) = sent_form(&state, &request, &headers, sent, &["key", "step"]).await?;
        let (id, step, viewer) =
            (notice_id(&notice)?, step_named(&form.text("step"))?, state.viewer.clone());
        let key = state
            .ask(move |desk| {
                desk.move_notice(&op, id, step, viewer.as_deref())?;
                desk.advisory_of_notice(id, viewer.as_deref())
            })
            .await?;
        Ok(Redirect::to(&state.links.at(None).notices_of(&key)).into_response())
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn acknowledge(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(notice): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let (form, op) = sent_form(&state, &request, &headers, sent, &["key", "reason"]).await?;
        let op = because(op, optional(form.text("reason")))?;
        let (id, viewer) = (notice_id(&notice)?, state.viewer.clone());
        let key = state
            .ask(move |desk| {
                desk.acknowledge_notice(&op, id, viewer.as_deref())?;
                desk.advisory_of_notice(id, viewer.as_deref())
            })
            .await?;
        Ok(Redirect::to(&state.links.at(None).notices_of(&key)).into_response())
    };
    state.led(work.await, &state.links.cases(), &request).await
}

/// A notice as whoever has its address sees it.
async fn outside(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
) -> Response {
    shown_outside(&state, key)
        .await
        .unwrap_or_else(|failure| told_outside(&state, &failure, &request))
}

async fn shown_outside(state: &State, key: String) -> Result<Response, Failure> {
    let link = state.links.notice_outside(&key);
    let notice = state.ask(move |desk| desk.notice_outside(&key)).await?;
    Ok(drawn(state, StatusCode::OK, |outside| portal::notice(outside, &notice, &link)))
}

/// Acknowledges it. Looking at the page does not: programs that follow links in mails confirm nothing.
async fn confirm(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    sent: Request,
) -> Response {
    let work = async {
        let (parts, body) = sent.into_parts();
        plain_form(&parts.headers, body, &[]).await?;
        let op = (state.rim.operation)(Channel::Ui, &request.0);
        let asked = key.clone();
        state.ask(move |desk| desk.acknowledge_outside(&op, &asked)).await?;
        Ok(Redirect::to(&state.links.notice_outside(&key)).into_response())
    };
    work.await.unwrap_or_else(|failure: Failure| told_outside(&state, &failure, &request))
}

fn drawn(
    state: &State,
    status: StatusCode,
    draw: impl FnOnce(&Outside<'_>) -> maud::Markup,
) -> Response {
    let maker = state.desk.manufacturer();
    let outside = Outside { assets: &state.assets, to: &state.links, maker };
    (status, draw(&outside)).into_response()
}

fn told_outside(state: &State, failure: &Failure, request: &RequestId) -> Response {
    let missing =
        matches!(failure, Failure::Trouble(Trouble::NotFound { .. } | Trouble::Refusal(_)));
    let (status, details) = failure.details();
    let status = if missing { StatusCode::NOT_FOUND } else { status };
    if status.is_server_error() {
        let record = state.links.whole("/");
        tracing::error!(record, request = %request.0, code = %details.code, "{}", failure.text());
    }
    let (said, next) = if missing {
        (
            "There is no notice under this address.".to_owned(),
            Some(
                "Check that the whole address was copied, or answer the mail that it stands in."
                    .to_owned(),
            ),
        )
    } else {
        (details.detail, details.next)
    };
    drawn(state, status, |outside| portal::failed(outside, &said, next.as_deref(), &request.0))
}
