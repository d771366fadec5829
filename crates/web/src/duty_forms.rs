//! Duty: the pages of chains and calls, and where their forms are sent.

use crate::{
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::{
        call,
        duty::{self, ChainDraft, DutyQuery},
        frame::Frame,
    },
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{CallsOnly, Trouble, answers::Page, role_named};
use aftercare_domain::{
    Refusal,
    access::Right,
    duty::{CallWish, ChainAdopted, STEPS_LIMIT, Severity, Step},
};
use aftercare_vocab::{
    id::{CallId, FamilyId},
    problem::quoted,
};
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/duty", get(page))
        .route("/duty/chain", get(chain).post(adopt))
        .route("/calls", post(raise))
        .route("/calls/{call}", get(call_page))
        .route("/calls/{call}/answer", post(answer))
}

type Answered = Result<Response, Response>;

/// Which calls a list holds, by the word in the address.
pub(crate) fn only(asked: &Asked) -> Result<CallsOnly, Failure> {
    let all = [
        ("open", CallsOnly::Open),
        ("answered", CallsOnly::Answered),
        ("tests", CallsOnly::TestsAnswered),
        ("all", CallsOnly::All),
    ];
    Ok(asked.one("only", &all)?.unwrap_or_default())
}

/// A severity by its code.
pub(crate) fn severity(code: &str) -> Result<Severity, Failure> {
    Severity::of(code).ok_or_else(|| {
        let detail = format!("{} is not a severity. Known: one, lower.", quoted(code));
        Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, "severity_unknown", detail).into()
    })
}

async fn page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["only", "after"])?;
        let (only, after) = (only(&asked)?, asked.text("after"));
        let word = optional(asked.text("only")).unwrap_or_else(|| "open".to_owned());
        let (viewer, now, from) = (state.person()?, state.now_shown(), after.clone());
        let (sheet, calls) = state
            .ask(move |desk| {
                let sheet = desk.duty(Some(&viewer), now)?;
                let calls = if viewer.may(Right::SeeDecisions) {
                    desk.calls(only, &from, Some(&viewer), now)?
                } else {
                    Page::whole(Vec::new())
                };
                Ok((sheet, calls))
            })
            .await?;
        let query = DutyQuery { only: &word, after: &after };
        let draw = |frame: &Frame<'_>| duty::page(frame, &sheet, &calls, query, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.home(), &request).await
}

async fn chain(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let family = family_of(&Asked::of(&uri, &["family"])?.text("family"))?;
        let (viewer, now) = (state.person()?, state.now_shown());
        let sheet = state.ask(move |desk| desk.duty(Some(&viewer), now)).await?;
        let of = |chain: &&aftercare_desk::answers::ChainSheet| {
            chain.family.as_ref().map(|family| family.id) == family
        };
        let chain = sheet.chains.iter().find(of);
        let chain = chain.ok_or_else(|| Trouble::not_found("family", "of that identifier"))?;
        let steps = chain.steps.iter().map(|one| (one.role_code.clone(), one.minutes.to_string()));
        let draft = ChainDraft { family, steps: steps.collect() };
        drawn(&state, &draft, None, StatusCode::OK, &request).await
    };
    state.led(work.await, &state.links.duty(), &request).await
}

async fn drawn(
    state: &State,
    draft: &ChainDraft,
    why: Option<&str>,
    status: StatusCode,
    request: &RequestId,
) -> Result<Response, Failure> {
    let families = state.ask(|desk| desk.family_refs()).await?;
    let name = families.iter().find(|one| Some(one.id) == draft.family).map(|one| &one.name);
    let name = name.map(String::as_str);
    let draw = |frame: &Frame<'_>| duty::chain_form(frame, draft, name, why, &request.0);
    Ok(state.page(status, "", draw).await)
}

async fn adopt(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let rows = 0..STEPS_LIMIT;
        let rows: Vec<[String; 2]> =
            rows.map(|row| [format!("role{row}"), format!("minutes{row}")]).collect();
        let fields = rows.iter().flatten().map(String::as_str);
        let known: Vec<&str> = ["key", "family", "reason"].into_iter().chain(fields).collect();
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let op = crate::api::because(op, optional(form.text("reason")))?;
        let family = family_of(&form.text("family"))?;
        let typed = rows.iter().map(|[role, minutes]| (form.text(role), form.text(minutes)));
        let steps: Vec<(String, String)> = typed.filter(|(role, _)| !role.is_empty()).collect();
        let draft = ChainDraft { family, steps };
        let done = match steps_of(&draft) {
            Err(refusal) => Err(Failure::Trouble(refusal.into())),
            Ok(steps) => {
                let wish = ChainAdopted { family, steps };
                state.ask(move |desk| desk.adopt_chain(&op, wish)).await
            }
        };
        match done {
            Ok(()) => Ok(Redirect::to(&state.links.duty()).into_response()),
            Err(Failure::Trouble(Trouble::Refusal(refusal)))
                if !matches!(refusal.code, "unknown_id" | "right_missing") =>
            {
                let (why, status) = (refusal.to_string(), StatusCode::UNPROCESSABLE_ENTITY);
                drawn(&state, &draft, Some(&why), status, &request).await
            }
            Err(failure) => Err(failure),
        }
    };
    state.led(work.await, &state.links.duty(), &request).await
}

fn steps_of(draft: &ChainDraft) -> Result<Vec<Step>, Refusal> {
    draft
        .steps
        .iter()
        .map(|(role, minutes)| {
            let role = role_named(role)?;
            let minutes = minutes.trim().parse().map_err(|_| {
                Refusal::new(
                    "chain_minutes",
                    format!("{role}: {} is not a number of minutes.", quoted(minutes)),
                    "Write a whole number.",
                )
            })?;
            Ok(Step { role, minutes })
        })
        .collect()
}

fn family_of(text: &str) -> Result<Option<FamilyId>, Failure> {
    if text.is_empty() { Ok(None) } else { id(text).map(Some) }
}

async fn raise(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let known = ["key", "family", "about", "why", "severity", "test"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let wish = CallWish {
            family: family_of(&form.text("family"))?,
            about: form.text("about"),
            why: form.text("why"),
            test: form.text("test") == "yes",
            severity: severity(&form.text("severity"))?,
        };
        let call = state.ask(move |desk| desk.raise_call(&op, &wish)).await?;
        Ok(Redirect::to(&state.links.call(call)).into_response())
    };
    state.led(work.await, &state.links.duty(), &request).await
}

async fn call_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(call): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let (call, viewer, now) = (id(&call)?, state.viewer.clone(), state.now_shown());
        let sheet = state.ask(move |desk| desk.call(call, viewer.as_deref(), now)).await?;
        let draw = |frame: &Frame<'_>| call::page(frame, &sheet, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.duty(), &request).await
}

async fn answer(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(call): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = id(&call).map_or_else(|_| state.links.duty(), |call| state.links.call(call));
    let work = async {
        let call: CallId = id(&call)?;
        let (form, op) = sent_form(&state, &request, &headers, sent, &["key", "words"]).await?;
        let words = form.text("words");
        state.ask(move |desk| desk.answer_call(&op, call, &words)).await?;
        Ok(Redirect::to(&state.links.call(call)).into_response())
    };
    state.led(work.await, &back, &request).await
}
