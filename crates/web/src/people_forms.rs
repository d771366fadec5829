//! The pages about people, and where their forms are sent.

use crate::{
    api,
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::{frame::Frame, people, person, roles, security},
    query::{Asked, id},
    state::State,
    trouble::Wrong,
};
use aftercare_desk::{
    Desk, GrantWish, INVITATION_MICROS, Trouble, Viewer, answers::FamilyRef, role_named,
};
use aftercare_domain::{
    Date, Operation, Sight, When,
    grant::Standing,
    moment::day_of,
    role::RoleName,
    training::{CompetenceOverridden, TrainingRecorded},
};
use aftercare_vocab::{
    id::{AbsenceId, GrantId, PersonId},
    instant::Instant,
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
        .route("/people", get(list).post(add))
        .route("/people/{person}", get(sheet))
        .route("/people/{person}/name", post(rename))
        .route("/people/{person}/suspension", post(suspend))
        .route("/people/{person}/reinstatement", post(reinstate))
        .route("/people/{person}/invitation", post(invite))
        .route("/people/{person}/identity", post(identity))
        .route("/people/{person}/roles", post(give))
        .route("/people/{person}/roles/{grant}/end", post(take))
        .route("/people/{person}/absences", post(record_absence))
        .route("/people/{person}/absences/{absence}/end", post(end_absence))
        .route("/people/{person}/trainings", post(train))
        .route("/people/{person}/overrides", post(excuse))
        .route("/roles", get(roles_page))
        .route("/security", get(security_page))
}

type Answered = Result<Response, Response>;

async fn list(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let back = state.links.home();
    let work = async {
        let (after, now) = (Asked::of(&uri, &["after"])?.text("after"), (state.rim.now)());
        let from = after.clone();
        let found = state.ask(move |desk| desk.people_page(now, &from)).await?;
        let draw = |frame: &Frame<'_>| people::page(frame, &found, &after, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &back, &request).await
}

async fn sheet(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(person): Path<String>,
    uri: Uri,
) -> Answered {
    let back = state.links.people();
    let work = async {
        Asked::of(&uri, &[])?;
        let (person, now): (PersonId, _) = (id(&person)?, (state.rim.now)());
        let (sheet, all) =
            state.ask(move |desk| Ok((desk.person(person, now)?, desk.family_refs()?))).await?;
        let draw = |frame: &Frame<'_>| person::page(frame, &sheet, &all, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &back, &request).await
}

async fn roles_page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let table = aftercare_desk::roles_sheet();
        Ok(state.page(StatusCode::OK, "", |frame| roles::page(frame, &table)).await)
    };
    state.led(work.await, &state.links.people(), &request).await
}

async fn security_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
) -> Answered {
    let work = async {
        let after = Asked::of(&uri, &["after"])?.text("after");
        let from = after.clone();
        let rows = state.ask(move |desk| desk.security(&from)).await?;
        Ok(state.page(StatusCode::OK, "", |frame| security::page(frame, &rows, &after)).await)
    };
    state.led(work.await, &state.links.people(), &request).await
}

async fn add(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.people();
    let work = async {
        let known = ["key", "login", "name"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let (login, name) = (form.text("login"), form.text("name"));
        let made = state.ask(move |desk| desk.add_person(&op, &login, &name)).await?;
        Ok(Redirect::to(&state.links.person(made)).into_response())
    };
    state.led(work.await, &back, &request).await
}

/// A form about a person.
struct Sent {
    state: State,
    request: RequestId,
    person: String,
    headers: HeaderMap,
    body: Body,
}

/// Reads a form about a person, does it, goes back to a part of their page.
async fn done(
    sent: Sent,
    (known, part): (&[&str], &str),
    work: impl FnOnce(&Desk, Operation, &Viewer, (PersonId, Asked)) -> Result<(), Failed>
    + Send
    + 'static,
) -> Answered {
    let Sent { state, request, person, headers, body } = sent;
    let back = page_of(&state, &person);
    let outcome = async {
        let person: PersonId = id(&person)?;
        let known: Vec<&str> = known.iter().copied().chain(["key"]).collect();
        let (form, op) = sent_form(&state, &request, &headers, body, &known).await?;
        let viewer = state.person()?;
        // What is wrong with a field comes out beside what the desk says.
        let asked = state
            .ask(move |desk| match work(desk, op, &viewer, (person, form)) {
                Ok(()) => Ok(None),
                Err(Failed::Desk(trouble)) => Err(trouble),
                Err(Failed::Field(wrong)) => Ok(Some(wrong)),
            })
            .await?;
        match asked {
            Some(wrong) => Err(wrong.into()),
            None => Ok(Redirect::to(&format!("{back}#{part}")).into_response()),
        }
    };
    state.led(outcome.await, &back, &request).await
}

/// Why a form was not done: a field cannot be read, or the desk says no.
enum Failed {
    Field(Wrong),
    Desk(Trouble),
}

impl<T: Into<Trouble>> From<T> for Failed {
    fn from(trouble: T) -> Self {
        Self::Desk(trouble.into())
    }
}

/// The page of a person, if that is what the text names.
fn page_of(state: &State, person: &str) -> String {
    let to = &state.links;
    id(person).map_or_else(|_| to.people(), |id| to.person(id))
}

/// A handler of a form about a person.
macro_rules! form {
    ($name:ident, $known:expr, $part:literal, $work:expr) => {
        async fn $name(
            At(state): At,
            Extension(request): Extension<RequestId>,
            Path(person): Path<String>,
            headers: HeaderMap,
            body: Body,
        ) -> Answered {
            done(Sent { state, request, person, headers, body }, (&$known, $part), $work).await
        }
    };
}

form!(rename, ["entity_version", "name"], "account", |desk, op, _, (person, form)| {
    let seen = form.text("entity_version").parse().map_err(|_| {
        field("The form does not say which version of the person it was made for. Load the page again and send it from there.")
    })?;
    Ok(desk.rename_person(&op, Some(seen), person, &form.text("name"))?)
});

form!(suspend, ["again", "reason"], "account", |desk, op, _, (person, form)| {
    confirmed(desk, &op, person, &form)?;
    Ok(desk.suspend_person(&reasoned(op, &form)?, person)?)
});

form!(reinstate, ["again", "reason"], "account", |desk, op, _, (person, form)| {
    confirmed(desk, &op, person, &form)?;
    Ok(desk.reinstate_person(&reasoned(op, &form)?, person)?)
});

form!(identity, ["how"], "identity", |desk, op, _, (person, form)| {
    Ok(desk.verify_identity(&op, person, &form.text("how"))?)
});

form!(
    train,
    ["role", "subject", "on", "until", "evidence"],
    "training",
    |desk, op, _, (person, form)| {
        let (on, until) = (needed_day(&form, "on")?, needed_day(&form, "until")?);
        let (role, subject) = (role(&form)?, form.text("subject"));
        let evidence = optional(form.text("evidence"));
        let wish = TrainingRecorded { person, role, subject, on, until, evidence };
        Ok(desk.record_training(&op, wish)?)
    }
);

form!(excuse, ["role", "until", "reason"], "training", |desk, op, _, (person, form)| {
    let (role, until) = (role(&form)?, needed_day(&form, "until")?);
    let wish = CompetenceOverridden { person, role, until };
    Ok(desk.override_competence(&reasoned(op, &form)?, wish)?)
});

form!(record_absence, ["from", "until"], "absences", |desk, op, viewer, (person, form)| {
    let from = match day(&form, "from")? {
        // A day that has begun: from now, since an absence never begins in the past.
        Some(from) if Some(from) == day_of(op.at) => op.at,
        Some(from) => begin_of(from)?,
        None => op.at,
    };
    let until = match day(&form, "until")? {
        Some(last) => Some(end_of(last)?),
        None => None,
    };
    Ok(desk.record_absence(&op, viewer, (person, from, until)).map(|_| ())?)
});

async fn give(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(person): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    let back = page_of(&state, &person);
    // Every family has a field of its own.
    let all = match state.ask(|desk| desk.family_refs()).await {
        Ok(all) => all,
        Err(failure) => return state.led(Err(failure), &back, &request).await,
    };
    let boxes: Vec<String> = all.iter().map(|family| format!("family_{}", family.id)).collect();
    let mut known = vec!["role", "standing", "families", "reason"];
    known.extend(boxes.iter().map(String::as_str));
    let sent = Sent { state, request, person, headers, body };
    done(sent, (&known, "roles"), move |desk, op, _, (person, form)| {
        let standing = match form.text("standing").as_str() {
            "holder" => Standing::Holder,
            "deputy" => Standing::Deputy,
            other => {
                return Err(field(&format!("{} is neither holder nor deputy.", quoted(other))));
            }
        };
        let (role, sight) = (role(&form)?, sight(&form, &all)?);
        let wish = GrantWish { person, role, sight, standing };
        Ok(desk.give_role(&reasoned(op, &form)?, wish).map(|_| ())?)
    })
    .await
}

async fn take(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((person, grant)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    let back = page_of(&state, &person);
    let grant: GrantId = match id(&grant) {
        Ok(grant) => grant,
        Err(failure) => return state.led(Err(failure), &back, &request).await,
    };
    let sent = Sent { state, request, person, headers, body };
    done(sent, (&["reason"], "roles"), move |desk, op, _, (person, form)| {
        Ok(desk.take_role(&reasoned(op, &form)?, person, grant)?)
    })
    .await
}

async fn end_absence(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((person, absence)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    let back = page_of(&state, &person);
    let absence: AbsenceId = match id(&absence) {
        Ok(absence) => absence,
        Err(failure) => return state.led(Err(failure), &back, &request).await,
    };
    let sent = Sent { state, request, person, headers, body };
    done(sent, (&[], "absences"), move |desk, op, viewer, (person, _)| {
        desk.absence_is_of(person, absence)?;
        Ok(desk.end_absence(&op, viewer, absence)?)
    })
    .await
}

/// The answer shows the code once; nothing leads back to it.
async fn invite(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(person): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    let back = page_of(&state, &person);
    let work = async {
        let person: PersonId = id(&person)?;
        let known = ["key", "reason"];
        let (form, op) = sent_form(&state, &request, &headers, body, &known).await?;
        let op = api::because(op, optional(form.text("reason")))?;
        let (at, until) = (op.at, op.at.plus_micros(INVITATION_MICROS));
        let (code, sheet) = state
            .ask(move |desk| Ok((desk.invite(&op, person)?, desk.person(person, at)?)))
            .await?;
        let draw = |frame: &Frame<'_>| person::invitation(frame, &sheet, &code, until);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &back, &request).await
}

fn field(detail: &str) -> Failed {
    Failed::Field(Wrong::new(StatusCode::BAD_REQUEST, "form_unreadable", detail))
}

fn role(form: &Asked) -> Result<RoleName, Failed> {
    Ok(role_named(&form.text("role"))?)
}

fn sight(form: &Asked, all: &[FamilyRef]) -> Result<Sight, Failed> {
    let chosen: std::collections::BTreeSet<_> = all
        .iter()
        .filter(|family| optional(form.text(&format!("family_{}", family.id))).is_some())
        .map(|family| family.id)
        .collect();
    match form.text("families").as_str() {
        // Two answers to one question: neither is taken, least of all the larger one.
        "all" if !chosen.is_empty() => {
            Err(field("Families are chosen one by one, and all of them too. Choose either."))
        }
        "all" => Ok(Sight::All),
        "some" => Ok(Sight::Families(chosen)),
        other => Err(field(&format!("{} is neither all families nor some.", quoted(other)))),
    }
}

fn reasoned(op: Operation, form: &Asked) -> Result<Operation, Failed> {
    match optional(form.text("reason")) {
        None => Ok(op),
        Some(reason) => Ok(op.because(&reason)?),
    }
}

/// Compares the login that was typed to confirm.
fn confirmed(desk: &Desk, op: &Operation, person: PersonId, form: &Asked) -> Result<(), Failed> {
    let login = desk.person(person, op.at)?.row.login;
    let again = form.text("again");
    if again.trim().eq_ignore_ascii_case(&login) {
        return Ok(());
    }
    let detail = format!(
        "{} is not the login of this person. Nothing was changed. Type the login to confirm.",
        quoted(&again)
    );
    Err(Failed::Field(Wrong::new(StatusCode::BAD_REQUEST, "not_confirmed", detail)))
}

/// A day of the form; none if it is empty.
fn day(form: &Asked, name: &str) -> Result<Option<Date>, Failed> {
    let Some(text) = optional(form.text(name)) else { return Ok(None) };
    let wrong = |_| field(&format!("{} is not a day like `2026-11-23`.", quoted(&text)));
    text.trim().parse().map(Some).map_err(wrong)
}

fn needed_day(form: &Asked, name: &str) -> Result<Date, Failed> {
    day(form, name)?.ok_or_else(|| field("A day is missing. Choose it and send the form again."))
}

fn begin_of(day: Date) -> Result<Instant, Failed> {
    let begin = When::on(day, "00:00").ok().and_then(When::instant);
    begin.ok_or_else(|| field(&format!("{day} lies beyond what can be recorded.")))
}

/// The first instant that no longer belongs to a day.
fn end_of(day: Date) -> Result<Instant, Failed> {
    let last = When::Day(day).instant();
    let last = last.ok_or_else(|| field(&format!("{day} lies beyond what can be recorded.")))?;
    Ok(last.plus_micros(1))
}
