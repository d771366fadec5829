//! Signals: the pages of the queue and of one signal, and where their forms are sent.

use crate::{
    api::because,
    form::{Attached, optional, sent_form, sent_parts},
    guard::RequestId,
    moment::At,
    pages::{
        frame::Frame,
        signal, signal_form,
        signals::{self, SignalsQuery},
    },
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{
    FILE_BYTES, Letter, LetterFile, NewSignal, PAGE_ROWS_LIMIT, QueueOnly, QueueWish, Settling,
    Telling, Triage, TriageDone, Trouble,
};
use aftercare_domain::{
    Channel, Sight,
    case::{Justification, Told},
    signal::{Dismissal, HarmScreen, SignalChannel, SignalKind},
};
use aftercare_vocab::{
    id::{FamilyId, PersonId, SignalId},
    instant::Instant,
    problem::quoted,
};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use std::collections::{BTreeMap, BTreeSet};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/signals", get(queue).post(enter))
        .route("/signals/new", get(new))
        .route("/signals/triage", post(triage))
        .route("/signals/{signal}", get(sheet))
        .route("/signals/{signal}/settlement", post(settle))
        .route("/signals/{signal}/owner", post(own))
        .route("/signals/{signal}/messages", post(write))
        .route("/signals/{signal}/erasure", post(erase))
}

type Answered = Result<Response, Response>;

/// A value that is none of those known.
pub(crate) fn coded(wanted: &str, given: &str) -> Failure {
    let detail = format!("{} is not {wanted}.", quoted(given));
    Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into()
}

/// Which rows of the queue are wanted, by the parameters of the address.
pub(crate) fn wish(uri: &Uri) -> Result<QueueWish, Failure> {
    let asked = Asked::of(uri, &["only", "kind", "answer", "family", "q", "rows", "after"])?;
    let only = [
        ("waiting", QueueOnly::Waiting),
        ("proposed", QueueOnly::Proposed),
        ("settled", QueueOnly::Settled),
    ];
    let kinds: Vec<(&str, SignalKind)> =
        SignalKind::ALL.iter().map(|kind| (kind.code(), *kind)).collect();
    let (rows, family) = (asked.text("rows"), asked.text("family"));
    let wrong = |_| coded(&format!("a number of rows from 1 to {PAGE_ROWS_LIMIT}"), &rows);
    Ok(QueueWish {
        only: asked.one("only", &only)?.unwrap_or_default(),
        kind: asked.one("kind", &kinds)?,
        answer: asked.answer()?,
        family: if family.is_empty() { None } else { Some(id(&family)?) },
        text: asked.text("q"),
        rows: if rows.is_empty() { None } else { Some(rows.parse().map_err(wrong)?) },
        after: asked.text("after"),
    })
}

async fn queue(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async { drawn(&state, &uri, None, StatusCode::OK, &request).await };
    state.led(work.await, &state.links.home(), &request).await
}

async fn drawn(
    state: &State,
    uri: &Uri,
    why: Option<&str>,
    status: StatusCode,
    request: &RequestId,
) -> Result<Response, Failure> {
    let wish = wish(uri)?;
    let (asked, viewer) = (wish.clone(), state.viewer.clone());
    let (found, families) = state
        .ask(move |desk| Ok((desk.queue(&asked, viewer.as_deref())?, desk.family_refs()?)))
        .await?;
    let query = SignalsQuery { wish: &wish, families: &families, why, key: &request.0 };
    let draw = |frame: &Frame<'_>| signals::page(frame, &found, query);
    Ok(state.page(status, "", draw).await)
}

async fn triage(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).signals();
    let work = async {
        let boxes: Vec<String> = (0..PAGE_ROWS_LIMIT).map(|n| format!("row{n}")).collect();
        let fields = [
            "key",
            "do",
            "justification",
            "title",
            "statement",
            "case_title",
            "dismissal",
            "reason",
        ];
        let known: Vec<&str> = fields.into_iter().chain(boxes.iter().map(String::as_str)).collect();
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let rows: BTreeSet<String> =
            boxes.iter().filter_map(|name| optional(form.text(name))).collect();
        let (triage, op) = match form.text("do").as_str() {
            "not_affected" => {
                let code = form.text("justification");
                let because =
                    Justification::of(&code).ok_or_else(|| coded("a justification", &code))?;
                let (title, statement) = (form.text("title"), form.text("statement"));
                (Triage::NotAffected { because, title, statement }, op)
            }
            "open" => (Triage::Open { title: form.text("case_title") }, op),
            "dismiss" => {
                let op = because(op, optional(form.text("reason")))?;
                (Triage::Dismiss(dismissal(&form.text("dismissal"))?), op)
            }
            other => return Err(coded("something to do with the chosen rows", other)),
        };
        let viewer = state.viewer.clone();
        let done =
            state.ask(move |desk| desk.triage(&op, &rows, triage, viewer.as_deref())).await?;
        let to = match done {
            TriageDone::Proposed(decision) => state.links.decision(decision),
            TriageDone::Opened(case) => state.links.case(case),
            TriageDone::Dismissed(_) => back.clone(),
        };
        Ok(Redirect::to(&to).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

fn dismissal(code: &str) -> Result<Dismissal, Failure> {
    Dismissal::of(code).ok_or_else(|| coded("a ground of dismissal", code))
}

async fn new(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        written(&state, &BTreeMap::new(), None, StatusCode::OK, &request).await
    };
    state.led(work.await, &state.links.signals(), &request).await
}

async fn written(
    state: &State,
    typed: &BTreeMap<String, String>,
    why: Option<&str>,
    status: StatusCode,
    request: &RequestId,
) -> Result<Response, Failure> {
    let families = state.ask(|desk| desk.family_refs()).await?;
    let now = state.now_shown();
    let draw =
        |frame: &Frame<'_>| signal_form::page(frame, typed, &families, why, (now, &request.0));
    Ok(state.page(status, "", draw).await)
}

async fn enter(At(state): At, Extension(request): Extension<RequestId>, sent: Request) -> Answered {
    let work = async {
        let (form, file, op) = sent_parts(&state, &request, sent, FILE_BYTES).await?;
        let done = match entered(&form, file) {
            Ok(new) => state.ask(move |desk| desk.enter_signal(&op, new)).await,
            Err(failure) => Err(failure),
        };
        match done {
            Ok(made) => Ok(Redirect::to(&state.links.at(None).signal(made)).into_response()),
            // Nothing that was typed is lost.
            Err(Failure::Trouble(Trouble::Refusal(refusal))) if refusal.code != "right_missing" => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                written(&state, &form, Some(&refusal.to_string()), status, &request).await
            }
            Err(failure) => Err(failure),
        }
    };
    state.led(work.await, &state.links.signals(), &request).await
}

fn entered(form: &BTreeMap<String, String>, file: Option<Attached>) -> Result<NewSignal, Failure> {
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let yes = |name: &str| field(name) == "yes";
    let code = |name: &str| field(name);
    let families: Result<BTreeSet<FamilyId>, Failure> = form
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, _)| name.strip_prefix("family_"))
        .map(id)
        .collect();
    let file = file.map(|file| LetterFile::new(&file.name, &file.bytes)).transpose();
    Ok(NewSignal {
        kind: SignalKind::of(&code("kind"))
            .ok_or_else(|| coded("a kind of signal", &code("kind")))?,
        channel: SignalChannel::of(&code("channel"))
            .ok_or_else(|| coded("a door", &code("channel")))?,
        source: field("source"),
        title: field("title"),
        received_at: instant(&field("received_at"))?,
        aware_at: instant(&field("aware_at"))?,
        vulnerabilities: field("vulnerabilities")
            .split([',', ';', ' ', '\n', '\r', '\t'])
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect(),
        families: if yes("all_families") { Sight::All } else { Sight::Families(families?) },
        harm: HarmScreen::of(&code("harm")).ok_or_else(|| coded("an answer", &code("harm")))?,
        complaint: optional(field("complaint")),
        letter: Letter {
            what: field("text"),
            name: optional(field("name")),
            contact: optional(field("contact")),
            file: file.map_err(Trouble::from)?,
            ..Letter::default()
        },
        names_person: yes("names_person"),
        awaits_answer: yes("awaits_answer"),
    })
}

/// An instant as the date control of a browser writes it, in UTC; nothing = none.
fn instant(text: &str) -> Result<Option<Instant>, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let seconds = if text.len() == "2026-11-25T14:05".len() { ":00" } else { "" };
    let zone = if text.ends_with('Z') { "" } else { "Z" };
    let read = format!("{text}{seconds}{zone}").parse();
    read.map(Some).map_err(|_| coded("a moment like 2026-11-25T14:05 in UTC", text))
}

async fn sheet(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let (key, viewer) = (id::<_>(&key)?, state.viewer.clone());
        let sheet = state.ask(move |desk| desk.signal(key, viewer.as_deref())).await?;
        state.signal_read(&request, Channel::Ui, &sheet).await?;
        let draw = |frame: &Frame<'_>| signal::page(frame, &sheet, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.signals(), &request).await
}

async fn settle(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = back_to(&state, &key);
    let work = async {
        let signal: SignalId = id(&key)?;
        let known = ["key", "do", "case", "dismissal", "reason"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let op = because(op, optional(form.text("reason")))?;
        let settling = match form.text("do").as_str() {
            "join" => Settling::Join(id::<aftercare_vocab::id::Case>(&form.text("case"))?),
            _ => Settling::Dismiss(dismissal(&form.text("dismissal"))?),
        };
        let viewer = state.viewer.clone();
        state
            .ask(move |desk| desk.settle_signal(&op, signal, &settling, viewer.as_deref()))
            .await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

async fn own(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = back_to(&state, &key);
    let work = async {
        let signal: SignalId = id(&key)?;
        let (form, op) = sent_form(&state, &request, &headers, sent, &["key", "person"]).await?;
        let person: PersonId = id(&form.text("person"))?;
        state.ask(move |desk| desk.assign_signal(&op, signal, person)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

async fn write(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = format!("{}#thread", back_to(&state, &key));
    let work = async {
        let signal: SignalId = id(&key)?;
        let known = ["key", "told", "text"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let code = form.text("told");
        let told = Told::of(&code).ok_or_else(|| coded("something that is told", &code))?;
        let (words, viewer) = (form.text("text"), state.viewer.clone());
        state
            .ask(move |desk| {
                desk.write_to_reporter(&op, signal, Telling(told), &words, viewer.as_deref())
            })
            .await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

async fn erase(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = back_to(&state, &key);
    let work = async {
        let signal: SignalId = id(&key)?;
        let (form, op) = sent_form(&state, &request, &headers, sent, &["key", "reason"]).await?;
        let op = because(op, optional(form.text("reason")))?;
        state.ask(move |desk| desk.erase_signal(&op, signal)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

fn back_to(state: &State, key: &str) -> String {
    let to = state.links.at(None);
    key.parse().map_or_else(|_| to.signals(), |signal| to.signal(signal))
}
