//! Cases: the pages, and where their forms are sent.

use crate::{
    api::because,
    fact_form::{self, Form, Kind},
    form::{MARK, optional, sent_form, sent_parts},
    guard::RequestId,
    link::NO_ANSWERS,
    moment::At,
    pages::{
        case, case_decide, case_evidence, case_open,
        case_record::{self, Published},
        case_rubric,
        cases::{self, CasesQuery},
        clocks,
        frame::Frame,
    },
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{
    CaseKey, CasesOnly, CasesWish, NewAttachment, Trouble,
    answers::{CaseSheet, percent},
};
use aftercare_domain::{
    Sight,
    case::{ATTACHMENT_BYTES, About, Answer, Fact, Justification, Opening, Train},
    harm::{Interview, Rubric},
    rights::DecisionKind,
};
use aftercare_vocab::{id::VersionId, problem::quoted};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use std::collections::{BTreeMap, BTreeSet};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/cases", get(list).post(open))
        .route("/cases/new", get(new))
        .route("/cases/{case}", get(page))
        .route("/cases/{case}/evidence", get(evidence))
        .route("/cases/{case}/rubric", get(rubric))
        .route("/cases/{case}/record/{form}", get(form).post(record))
        .route("/cases/{case}/decide/{kind}", get(deciding).post(decide))
        .route("/clocks", get(wall))
}

type Answered = Result<Response, Response>;

/// Which cases a list holds, by the word in the address.
pub(crate) fn only(asked: &Asked) -> Result<CasesOnly, Failure> {
    let all = [CasesOnly::Open, CasesOnly::Yours, CasesOnly::Ended, CasesOnly::All];
    Ok(asked.one("only", &all.map(|one| (one.code(), one)))?.unwrap_or_default())
}

async fn list(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["only", "q", "after"])?;
        let wish =
            CasesWish { only: only(&asked)?, q: asked.text("q"), after: asked.text("after") };
        let (viewer, now, asked_for) = (state.viewer.clone(), state.now_shown(), wish.clone());
        let rows = state.ask(move |desk| desk.cases(&asked_for, viewer.as_deref(), now)).await?;
        let query = CasesQuery { only: wish.only.code(), q: &wish.q, after: &wish.after };
        let draw = |frame: &Frame<'_>| cases::page(frame, &rows, query);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.home(), &request).await
}

async fn wall(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let after = Asked::of(&uri, &["after"])?.text("after");
        let (viewer, now, from) = (state.viewer.clone(), state.now_shown(), after.clone());
        let rows = state.ask(move |desk| desk.clock_wall(&from, viewer.as_deref(), now)).await?;
        let draw = |frame: &Frame<'_>| clocks::page(frame, &rows, &after, now);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.home(), &request).await
}

async fn sheet(state: &State, key: &str) -> Result<CaseSheet, Failure> {
    let (key, viewer, now) = (CaseKey::read(key), state.viewer.clone(), state.now_shown());
    state.ask(move |desk| desk.case(&key, viewer.as_deref(), now)).await
}

async fn page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let sheet = sheet(&state, &key).await?;
        Ok(state.page(StatusCode::OK, "", |frame| case::page(frame, &sheet)).await)
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn evidence(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let sheet = sheet(&state, &key).await?;
        let what = format!("/cases/{}/evidence", sheet.row.id);
        let taking = (aftercare_domain::session::Taking::Exported, what);
        state.taken(&request, aftercare_domain::Channel::Ui, taking).await?;
        Ok(state.page(StatusCode::OK, "", |frame| case_evidence::page(frame, &sheet)).await)
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn new(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["title", "vulnerability"])?;
        let families = state.ask(|desk| desk.family_refs()).await?;
        let draft = case_open::Draft {
            title: asked.text("title"),
            vulnerabilities: asked.text("vulnerability"),
        };
        let draw = |frame: &Frame<'_>| case_open::page(frame, &draft, &families, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn open(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.at(None).cases();
    let work = async {
        let families = state.ask(|desk| desk.family_refs()).await?;
        let boxes: Vec<String> = families.iter().map(|one| format!("family_{}", one.id)).collect();
        let known: Vec<&str> = ["key", "title", "vulnerabilities", "family_all", "reason"]
            .into_iter()
            .chain(boxes.iter().map(String::as_str))
            .collect();
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let op = op.because(&form.text("reason")).map_err(Trouble::from)?;
        let chosen =
            families.iter().filter(|one| !form.text(&format!("family_{}", one.id)).is_empty());
        let families = match form.text("family_all").as_str() {
            "" => Sight::of(chosen.map(|one| one.id)),
            _ => Sight::All,
        };
        let opening = Opening {
            title: form.text("title"),
            vulnerabilities: identifiers(&form.text("vulnerabilities")),
            families,
            signals: Vec::new(),
            matched_at: None,
        };
        let made = state.ask(move |desk| desk.open_case(&op, opening)).await?;
        Ok(Redirect::to(&state.links.at(None).case(made)).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

/// Identifiers with commas, white space or line ends between them.
pub(crate) fn identifiers(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn known_form(name: &str) -> Result<&'static Form, Failure> {
    fact_form::form(name).ok_or_else(|| {
        let detail = format!("There is no form {}.", quoted(name));
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
    })
}

async fn form(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((key, name)): Path<(String, String)>,
    uri: Uri,
) -> Answered {
    let work = async {
        let form = known_form(&name)?;
        let interviews = form.fields.iter().any(|field| field.kind == Kind::Interview);
        let asked = Asked::of(&uri, if interviews { &["interview"] } else { &["guard"] })?;
        let guard = asked.text("guard");
        let sheet = sheet(&state, &key).await?;
        let families = state.ask(|desk| desk.family_refs()).await?;
        let values = values(form, &sheet, &asked.text("interview"))?;
        let published = if form.fact == "exploited" {
            let ids = sheet.row.vulnerabilities.clone();
            let said = state.ask(move |desk| desk.published(&ids)).await?;
            said.map_or(Published::NoEdition, Published::Says)
        } else {
            Published::NotAsked
        };
        let beside = case_record::Beside {
            guard: &guard,
            families: &families,
            key: &request.0,
            values: &values,
            published: &published,
        };
        let draw = |frame: &Frame<'_>| case_record::page(frame, &sheet, form, &beside);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.cases(), &request).await
}

/// What a form begins with: what was said of exploiting it before, with the vector of an interview.
fn values(
    form: &Form,
    sheet: &CaseSheet,
    answers: &str,
) -> Result<BTreeMap<&'static str, String>, Failure> {
    let mut values = BTreeMap::new();
    if form.fact != "exploited" {
        return Ok(values);
    }
    if let Some(said) = &sheet.exploited {
        let known = said.in_kev.map(|yes| if yes { "yes" } else { "no" });
        values.insert("vector", said.vector.clone().unwrap_or_default());
        values.insert("in_kev", known.unwrap_or_default().to_owned());
        values.insert("exploit", said.exploit.clone().unwrap_or_default());
        let epss = said.epss.map(|one| percent(one.probability));
        let percentile = said.epss.and_then(|one| one.percentile).map(percent);
        values.insert("epss", epss.unwrap_or_default());
        values.insert("epss_percentile", percentile.unwrap_or_default());
        values.insert("instead", said.instead.clone().unwrap_or_default());
        values.insert("reasons", said.reasons.clone());
    }
    if !answers.is_empty() {
        let interview = Interview::read(Rubric::shipped(), answers).map_err(Trouble::from)?;
        let vector = interview.vector().map(|vector| vector.to_string());
        values.insert("vector", vector.unwrap_or_default());
        values.insert("interview", interview.to_string());
    }
    Ok(values)
}

async fn rubric(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(key): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["answers", "question", "answer", "at"])?;
        let sheet = sheet(&state, &key).await?;
        let kept = sheet.exploited.as_ref().and_then(|said| said.interview.as_ref());
        let rubric = Rubric::shipped();
        let begun = asked.has("answers") || asked.has("question");
        let answers = match kept {
            Some(kept) if !begun && kept.rubric == rubric.name() => kept.answers.clone(),
            _ => Some(asked.text("answers")).filter(|line| line != NO_ANSWERS).unwrap_or_default(),
        };
        let mut interview = Interview::read(rubric, &answers).map_err(Trouble::from)?;
        let (question, answer) = (asked.text("question"), asked.text("answer"));
        let unanswered = !question.is_empty() && answer.is_empty();
        if !question.is_empty() && !unanswered {
            interview.answer(&question, &answer).map_err(Trouble::from)?;
        }
        let at = if unanswered { question.clone() } else { asked.text("at") };
        let step =
            case_rubric::Step { interview: &interview, after: &question, at: &at, unanswered };
        let draw = |frame: &Frame<'_>| case_rubric::page(frame, &sheet, &step);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.cases(), &request).await
}

/// The names of the boxes that a field of a form has.
fn boxes(form: &Form, sheet: &CaseSheet, families: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for field in &form.fields {
        let start = field.name;
        match field.kind {
            Kind::Versions => {
                all.extend(sheet.versions.iter().map(|one| format!("{start}_{}", one.id)));
            }
            Kind::Mitigations => {
                all.extend(sheet.mitigations.iter().map(|one| format!("{start}_{}", one.id)));
            }
            Kind::Families => all.extend(families.iter().map(|one| format!("{start}_{one}"))),
            Kind::Some => {
                all.extend(field.choices.iter().map(|(code, _)| format!("{start}_{code}")));
            }
            Kind::File => {}
            _ => all.push(start.to_owned()),
        }
    }
    all
}

async fn record(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((key, name)): Path<(String, String)>,
    sent: Request,
) -> Answered {
    let mut back = state.links.at(None).cases();
    let work = async {
        let form = known_form(&name)?;
        let sheet = sheet(&state, &key).await?;
        let case = sheet.row.id;
        back = state.links.at(None).case(case);
        let families = state.ask(|desk| desk.family_refs()).await?;
        let families: Vec<String> = families.iter().map(|one| one.id.to_string()).collect();
        let boxes = boxes(form, &sheet, &families);
        let known: Vec<&str> =
            ["key", "reason"].into_iter().chain(boxes.iter().map(String::as_str)).collect();
        let (sent, file, op) = if form.takes_file() {
            let (fields, file, op) = sent_parts(&state, &request, sent, ATTACHMENT_BYTES).await?;
            let known: Vec<&str> = known.iter().copied().chain([MARK]).collect();
            (Asked::of_parts(fields, &known)?, file, op)
        } else {
            let (parts, body) = sent.into_parts();
            let (sent, op) = sent_form(&state, &request, &parts.headers, body, &known).await?;
            (sent, None, op)
        };
        let op = because(op, optional(sent.text("reason")))?;
        let other = match form.fields.iter().find(|field| field.kind == Kind::Case) {
            Some(field) => other_case(&state, &sent.text(field.name)).await,
            None => None,
        };
        let mut fact = fact_form::read(form, &sent, |_| other.clone())?;
        if let Fact::Described(described) = &mut fact {
            described.mitigation = op.new_id();
        }
        let file = file
            .map(|one| NewAttachment::new(&one.name, &one.media_type, one.bytes.to_vec()))
            .transpose()
            .map_err(Trouble::from)?;
        let key = CaseKey::Id(case);
        state.ask(move |desk| desk.record_fact_with(&op, &key, None, fact, file)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

/// The identifier of another case, by its number or identifier.
async fn other_case(state: &State, text: &str) -> Option<String> {
    sheet(state, text).await.ok().map(|sheet| sheet.row.id.to_string())
}

fn known_kind(code: &str) -> Result<DecisionKind, Failure> {
    DecisionKind::of(code).filter(|kind| !kind.is_of_programme()).ok_or_else(|| {
        let detail = format!("{} is no kind of decision about a case.", quoted(code));
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
    })
}

async fn deciding(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((key, kind)): Path<(String, String)>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let kind = known_kind(&kind)?;
        let sheet = sheet(&state, &key).await?;
        let draw = |frame: &Frame<'_>| case_decide::page(frame, &sheet, kind, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.cases(), &request).await
}

async fn decide(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((key, kind)): Path<(String, String)>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let mut back = state.links.at(None).cases();
    let work = async {
        let kind = known_kind(&kind)?;
        let sheet = sheet(&state, &key).await?;
        let case = sheet.row.id;
        back = state.links.at(None).case(case);
        let boxes: Vec<String> =
            sheet.versions.iter().map(|one| format!("version_{}", one.id)).collect();
        let known: Vec<&str> = ["key", "answer", "until", "mitigation", "title", "statement"]
            .into_iter()
            .chain(boxes.iter().map(String::as_str))
            .collect();
        let (sent, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let chosen = sheet
            .versions
            .iter()
            .map(|one| one.id)
            .filter(|id| !sent.text(&format!("version_{id}")).is_empty());
        let versions: BTreeSet<VersionId> = chosen.collect();
        let until = optional(sent.text("until"));
        let about = About {
            kind,
            versions,
            answer: answer(&sent.text("answer"))?,
            until: until.map(|day| crate::policy_forms::dated(&day)).transpose()?,
            mitigation: optional(sent.text("mitigation")).map(|text| id(&text)).transpose()?,
            title: sent.text("title"),
            statement: sent.text("statement"),
        };
        let key = CaseKey::Id(case);
        let made = state.ask(move |desk| desk.propose_about(&op, &key, about)).await?;
        Ok(Redirect::to(&state.links.at(None).decision(made)).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

/// The answer of a decision by its code: `not_affected:component_not_present`; empty = none.
pub(crate) fn answer(code: &str) -> Result<Option<Answer>, Failure> {
    let found = match code {
        "" => return Ok(None),
        "controlled" => Some(Answer::Controlled),
        "uncontrolled" => Some(Answer::Uncontrolled),
        "reportable" => Some(Answer::Reportable(true)),
        "not_reportable" => Some(Answer::Reportable(false)),
        other => match other.split_once(':') {
            Some(("not_affected", why)) => Justification::of(why).map(Answer::NotAffected),
            None => Train::of(other).map(Answer::Train),
            _ => None,
        },
    };
    found.map(Some).ok_or_else(|| {
        let detail = format!("{} is no answer of a decision.", quoted(code));
        Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into()
    })
}
