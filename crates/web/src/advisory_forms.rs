//! Advisories: the pages of those who work on them, and where their forms are sent. What everybody may see
//! is in [`crate::public_advisories`].

use crate::{
    api::because,
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::{
        advisory,
        advisory_form::{self, Written},
        frame::Frame,
    },
    query::Asked,
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{
    AdvisoryDraft, AdvisoryKey, CaseKey, Drafted, Trouble, answers::AdvisoryTexts,
};
use aftercare_domain::{advisory::Audience, session::Taking};
use aftercare_vocab::{id::AdvisoryId, problem::quoted};
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/cases/{case}/advisories/new", get(new))
        .route("/cases/{case}/advisories", post(draft))
        .route("/advisory-drafts/{advisory}", get(sheet))
        .route("/advisory-drafts/{advisory}/versions", get(new_version).post(draft_version))
        .route("/advisory-drafts/{advisory}/files/{number}/{name}", get(file))
        .route("/advisory-drafts/{advisory}/propose", post(propose))
        .route("/advisory-drafts/{advisory}/publish", post(publish))
        .route("/advisory-drafts/{advisory}/withdraw", post(withdraw))
}

type Answered = Result<Response, Response>;

/// The fields of the form.
const FIELDS: &[&str] = &[
    "key", "step", "audience", "change", "title", "summary", "impact", "action", "controls", "fix",
];

/// Who is told, by the word in the address or the form.
pub(crate) fn audience(text: &str) -> Result<Audience, Failure> {
    Audience::of(text).ok_or_else(|| {
        let detail = format!("{} is no audience: it is `public` or `customers`.", quoted(text));
        Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into()
    })
}

async fn new(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(case): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["audience"])?;
        let audience = match asked.text("audience").as_str() {
            "" => Audience::Public,
            given => self::audience(given)?,
        };
        let what = Drafted::New(CaseKey::read(&case), audience);
        begun(&state, &request, what, state.links.case_named(&case)).await
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn new_version(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let what = Drafted::VersionOf(AdvisoryKey::read(&advisory));
        begun(&state, &request, what, state.links.advisory_named(&advisory)).await
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn begun(
    state: &State,
    request: &RequestId,
    what: Drafted,
    back: String,
) -> Result<Response, Failure> {
    let (viewer, now, asked) = (state.person()?, state.now_shown(), what.clone());
    let texts = state.ask(move |desk| desk.advisory_begun(&asked, &viewer, now)).await?;
    let written = Written { what: &what, texts: &texts, change: "", back: &back };
    let draw = |frame: &Frame<'_>| advisory_form::page(frame, &written, None, &[], &request.0);
    Ok(state.page(StatusCode::OK, "", draw).await)
}

async fn draft(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(case): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).case_named(&case);
    let work = async {
        let (form, op) = sent_form(&state, &request, &headers, sent, FIELDS).await?;
        let audience = audience(&form.text("audience"))?;
        let what = Drafted::New(CaseKey::read(&case), audience);
        drafted(&state, &request, (form, op), what, &back).await
    };
    state.led(work.await, &back, &request).await
}

async fn draft_version(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).advisory_named(&advisory);
    let work = async {
        let (form, op) = sent_form(&state, &request, &headers, sent, FIELDS).await?;
        let what = Drafted::VersionOf(AdvisoryKey::read(&advisory));
        drafted(&state, &request, (form, op), what, &back).await
    };
    state.led(work.await, &back, &request).await
}

/// Looks at a draft first (`step=look`), or keeps it. What would be invalid is shown with its places above the
/// form, which keeps what was typed.
async fn drafted(
    state: &State,
    request: &RequestId,
    (form, op): (Asked, aftercare_domain::Operation),
    what: Drafted,
    back: &str,
) -> Result<Response, Failure> {
    let texts = AdvisoryTexts {
        title: form.text("title"),
        summary: form.text("summary"),
        impact: form.text("impact"),
        action: form.text("action"),
        controls: form.text("controls"),
        fix: form.text("fix"),
    };
    let change = form.text("change");
    let draft = AdvisoryDraft { what: what.clone(), texts: texts.clone(), change: change.clone() };
    let written = Written { what: &what, texts: &texts, change: &change, back };
    let done = if form.text("step") == "look" {
        let (viewer, now) = (state.person()?, state.now_shown());
        let found = state.ask(move |desk| desk.preview_advisory(draft, &viewer, now)).await;
        match found {
            Ok(preview) => {
                let draw = |frame: &Frame<'_>| {
                    let warnings = &preview.warnings;
                    let content = Some(&preview.content);
                    advisory_form::page(frame, &written, content, warnings, &request.0)
                };
                return Ok(state.page(StatusCode::OK, "", draw).await);
            }
            Err(failure) => Err(failure),
        }
    } else {
        state.ask(move |desk| desk.draft_advisory(&op, draft)).await
    };
    match done {
        Ok(made) => Ok(Redirect::to(&state.links.at(None).advisory(made)).into_response()),
        Err(Failure::Trouble(Trouble::Problems(problems))) => {
            let problems: Vec<_> = problems.into_iter().map(Into::into).collect();
            let draw = |frame: &Frame<'_>| {
                advisory_form::page(frame, &written, None, &problems, &request.0)
            };
            Ok(state.page(StatusCode::UNPROCESSABLE_ENTITY, "", draw).await)
        }
        Err(failure) => Err(failure),
    }
}

async fn sheet(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        let version = crate::api::version_asked(&uri)?;
        let (key, viewer) = (AdvisoryKey::read(&advisory), state.viewer.clone());
        let sheet = state.ask(move |desk| desk.advisory(&key, version, viewer.as_deref())).await?;
        let draw = |frame: &Frame<'_>| advisory::page(frame, &sheet, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.cases(), &request).await
}

/// A document as it would go out. The security record keeps who took it.
async fn file(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((advisory, number, name)): Path<(String, String, String)>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let version: u64 = number.parse().map_err(|_| {
            Wrong::new(StatusCode::NOT_FOUND, "not_found", "There is no such version.")
        })?;
        let (key, viewer) = (AdvisoryKey::read(&advisory), state.viewer.clone());
        let document = state
            .ask(move |desk| desk.advisory_document(&key, (version, &name), viewer.as_deref()))
            .await?;
        let what = format!("/advisory-drafts/{advisory}/files/{version}/{}", document.name);
        state.taken(&request, aftercare_domain::Channel::Ui, (Taking::Exported, what)).await?;
        let attached = format!("attachment; filename=\"{}\"", document.name);
        let headers =
            [(header::CONTENT_TYPE, document.media_type), (header::CONTENT_DISPOSITION, attached)];
        Ok((headers, document.text).into_response())
    };
    state.led(work.await, &state.links.cases(), &request).await
}

/// The version that a form is about.
pub(crate) fn version(form: &Asked) -> Result<u64, Failure> {
    form.text("version").parse().map_err(|_| {
        let detail = "The version is a whole number from 1 on.";
        Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into()
    })
}

async fn propose(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).advisory_named(&advisory);
    let work = async {
        let known = ["key", "version"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let (key, version) = (AdvisoryKey::read(&advisory), version(&form)?);
        let made = state.ask(move |desk| desk.propose_publication(&op, &key, version)).await?;
        Ok(Redirect::to(&state.links.at(None).decision(made)).into_response())
    };
    state.led(work.await, &back, &request).await
}

async fn publish(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).advisory_named(&advisory);
    let work = async {
        let known = ["key", "version"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let (key, version) = (AdvisoryKey::read(&advisory), version(&form)?);
        let made: AdvisoryId =
            state.ask(move |desk| desk.publish_advisory(&op, &key, version)).await?;
        Ok(Redirect::to(&state.links.at(None).advisory(made)).into_response())
    };
    state.led(work.await, &back, &request).await
}

async fn withdraw(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(advisory): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).advisory_named(&advisory);
    let work = async {
        let known = ["key", "reason"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let op = because(op, optional(form.text("reason")))?;
        let key = AdvisoryKey::read(&advisory);
        state.ask(move |desk| desk.withdraw_advisory(&op, &key)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    state.led(work.await, &back, &request).await
}
