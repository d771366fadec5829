//! People: accounts, roles, absences, training; and what the security record says.

use super::{Made, because, json, said, sending::Change, sent, versioned};
use crate::{
    form::optional,
    guard::RequestId,
    moment::At,
    people_table,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::{GrantWish, INVITATION_MICROS, Trouble, answers, role_named};
use aftercare_domain::{
    Channel, Date, Operation, Sight,
    grant::Standing,
    session::Taking,
    training::{CompetenceOverridden, TrainingRecorded},
};
use aftercare_vocab::{
    id::{AbsenceId, FamilyId, GrantId, PersonId},
    instant::Instant,
};
use axum::{
    Extension,
    extract::Path,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// Everybody who can sign in, suspended people last.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", params(("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Page<answers::PersonRow>), (status = 400, body = ProblemDetails)))]
pub(crate) async fn people(At(state): At, uri: Uri) -> Answered {
    let (after, now) = (Asked::of(&uri, &["after"])?.text("after"), (state.rim.now)());
    json(StatusCode::OK, &state.ask(move |desk| desk.people_page(now, &after)).await?)
}

/// Everybody with every role, as a sheet: a line for each role, one line for a person without any. Cells
/// that a spreadsheet would take for a formula begin with an apostrophe. The security record keeps who
/// took it.
#[utoipa::path(get, path = "/api/v1/people.csv", tag = "people",
    responses((status = 200, description = "RFC 4180", content_type = "text/csv", body = String)))]
pub(crate) async fn people_csv(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let now = (state.rim.now)();
    let people = state.ask(move |desk| desk.people(now)).await?;
    let bytes = people_table::written(&people).map_err(|why| Failure::Broken(why.to_string()))?;
    let what = (Taking::Exported, "/people.csv".to_owned());
    state.taken(&request, Channel::Api, what).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
        ],
        bytes,
    )
        .into_response())
}

/// One person.
#[utoipa::path(get, path = "/api/v1/people/{person}", tag = "people", params(("person" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::PersonSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn person(At(state): At, Path(person): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (person, now): (PersonId, _) = (id(&person)?, (state.rim.now)());
    let sheet = state.ask(move |desk| desk.person(person, now)).await?;
    versioned(&sheet, sheet.entity_version)
}

/// A person to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    /// What they sign in with; never given to anybody else.
    login: String,
    /// The printed name, as it stands under signatures.
    name: String,
}

/// Adds a person, who can do nothing before somebody gives them a role.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = NewPerson,
    responses((status = 201, body = Made), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn add_person(change: Change) -> Answered {
    let add = |state: State, op, new: NewPerson| async move {
        let made = state.ask(move |desk| desk.add_person(&op, &new.login, &new.name)).await?;
        let location = state.links.api_thing("people", &made.to_string());
        sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
    };
    change.json(add).await
}

/// What a person is called from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrintedName {
    /// The printed name. Signatures made before keep the old one.
    name: String,
}

/// Changes the printed name of a person.
#[utoipa::path(patch, path = "/api/v1/people/{person}", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = PrintedName,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn rename_person(Path(person): Path<String>, change: Change) -> Answered {
    let (person, seen): (PersonId, _) = (id(&person)?, change.seen()?);
    let rename = move |state: State, op, wish: PrintedName| async move {
        state.ask(move |desk| desk.rename_person(&op, seen, person, &wish.name)).await?;
        sent(StatusCode::OK, None, &Made { id: person.to_string() })
    };
    change.json(rename).await
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ground {
    /// The reason; it stays in the ledger.
    reason: Option<String>,
}

/// Suspends a person: their sessions end at once, their tokens do not work meanwhile.
#[utoipa::path(post, path = "/api/v1/people/{person}/suspension", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = Ground,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn suspend(Path(person): Path<String>, change: Change) -> Answered {
    let person: PersonId = id(&person)?;
    let suspend = move |state: State, op, ground: Ground| async move {
        let op = because(op, ground.reason)?;
        state.ask(move |desk| desk.suspend_person(&op, person)).await?;
        sent(StatusCode::OK, None, &Made { id: person.to_string() })
    };
    change.json(suspend).await
}

/// Lets a suspended person sign in again.
#[utoipa::path(post, path = "/api/v1/people/{person}/reinstatement", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = Ground,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails)))]
pub(crate) async fn reinstate(Path(person): Path<String>, change: Change) -> Answered {
    let person: PersonId = id(&person)?;
    let reinstate = move |state: State, op, ground: Ground| async move {
        let op = because(op, ground.reason)?;
        state.ask(move |desk| desk.reinstate_person(&op, person)).await?;
        sent(StatusCode::OK, None, &Made { id: person.to_string() })
    };
    change.json(reinstate).await
}

/// An invitation, shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct Invitation {
    /// The code with which the person sets their password. It is not kept.
    code: String,
    /// Until when it works.
    #[schema(value_type = String)]
    until: Instant,
}

/// Makes an invitation, with which a person sets a password. Their password, their other credentials,
/// their sessions and the invitation before end. The answer is not kept, so no idempotency key is taken.
#[utoipa::path(post, path = "/api/v1/people/{person}/invitation", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = Ground,
    responses((status = 201, body = Invitation), (status = 400, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn invite(Path(person): Path<String>, change: Change) -> Answered {
    let person: PersonId = id(&person)?;
    change.unkeyed()?;
    let invite = move |state: State, op: Operation, ground: Ground| async move {
        let op = because(op, ground.reason)?;
        let until = op.at.plus_micros(INVITATION_MICROS);
        let code = state.ask(move |desk| desk.invite(&op, person)).await?;
        sent(StatusCode::CREATED, None, &Invitation { code, until })
    };
    change.json(invite).await
}

/// How somebody made sure who a person is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vouching {
    /// How: `Staff pass shown in the office`.
    how: String,
}

/// Vouches for who a person is (21 CFR 11.100(b)); needed before they sign anything.
#[utoipa::path(post, path = "/api/v1/people/{person}/identity", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = Vouching,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn verify_identity(Path(person): Path<String>, change: Change) -> Answered {
    let person: PersonId = id(&person)?;
    let vouch = move |state: State, op, wish: Vouching| async move {
        state.ask(move |desk| desk.verify_identity(&op, person, &wish.how)).await?;
        sent(StatusCode::OK, None, &Made { id: person.to_string() })
    };
    change.json(vouch).await
}

/// A role to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// Its code name: `quality`.
    role: String,
    /// `holder`, or `deputy`, who steps in while every holder is absent.
    #[schema(value_type = String)]
    standing: Standing,
    /// The product families it is for; null = all. It must be there, so that nothing is given for all by
    /// mistake.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<Vec<String>>, required)]
    families: Option<Vec<FamilyId>>,
    /// The reason; it stays in the ledger.
    reason: Option<String>,
}

/// Gives a person a role. Nobody gives one to themselves; administrators and auditors have no other.
#[utoipa::path(post, path = "/api/v1/people/{person}/roles", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = NewRole,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn give_role(Path(person): Path<String>, change: Change) -> Answered {
    let person: PersonId = id(&person)?;
    let give = move |state: State, op, new: NewRole| async move {
        let NewRole { role, standing, families, reason } = new;
        let role = role_named(&role).map_err(Trouble::from)?;
        let sight = match families {
            None => Sight::All,
            Some(some) => Sight::Families(some.into_iter().collect()),
        };
        let op = because(op, reason)?;
        let wish = GrantWish { person, role, sight, standing };
        let made = state.ask(move |desk| desk.give_role(&op, wish)).await?;
        sent(StatusCode::CREATED, None, &Made { id: made.to_string() })
    };
    change.json(give).await
}

/// Takes a role away.
#[utoipa::path(delete, path = "/api/v1/people/{person}/roles/{grant}", tag = "people",
    params(("person" = String, Path, description = "Identifier"), ("grant" = String, Path, description = "Identifier of the role given"), ("reason" = Option<String>, Query, description = "Why; it stays in the ledger")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn take_role(
    Path((person, grant)): Path<(String, String)>,
    change: Change,
) -> Answered {
    let (person, grant): (PersonId, GrantId) = (id(&person)?, id(&grant)?);
    let reason = optional(change.question(&["reason"])?.text("reason"));
    let take = move |state: State, op| async move {
        let op = because(op, reason)?;
        state.ask(move |desk| desk.take_role(&op, person, grant)).await?;
        sent(StatusCode::OK, None, &Made { id: grant.to_string() })
    };
    change.bare(take).await
}

/// An absence to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAbsence {
    /// From when on; null or absent = from now.
    #[schema(value_type = Option<String>)]
    from: Option<Instant>,
    /// Until before when; null or absent = until it is ended.
    #[schema(value_type = Option<String>)]
    until: Option<Instant>,
}

/// Records that a person is absent, so that deputies may sign. One's own, or with the right to give roles
/// somebody else's; never in the past.
#[utoipa::path(post, path = "/api/v1/people/{person}/absences", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = NewAbsence,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn record_absence(Path(person): Path<String>, change: Change) -> Answered {
    let person: PersonId = id(&person)?;
    let record = move |state: State, op: Operation, new: NewAbsence| async move {
        let viewer = state.person()?;
        let wish = (person, new.from.unwrap_or(op.at), new.until);
        let made = state.ask(move |desk| desk.record_absence(&op, &viewer, wish)).await?;
        sent(StatusCode::CREATED, None, &Made { id: made.to_string() })
    };
    change.json(record).await
}

/// Ends an absence now, or takes one back that has not begun.
#[utoipa::path(delete, path = "/api/v1/people/{person}/absences/{absence}", tag = "people",
    params(("person" = String, Path, description = "Identifier"), ("absence" = String, Path, description = "Identifier")),
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn end_absence(
    Path((person, absence)): Path<(String, String)>,
    change: Change,
) -> Answered {
    let (person, absence): (PersonId, AbsenceId) = (id(&person)?, id(&absence)?);
    change.question(&[])?;
    let end = move |state: State, op| async move {
        let viewer = state.person()?;
        state
            .ask(move |desk| {
                desk.absence_is_of(person, absence)?;
                desk.end_absence(&op, &viewer, absence)
            })
            .await?;
        sent(StatusCode::OK, None, &Made { id: absence.to_string() })
    };
    change.bare(end).await
}

/// A training to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTraining {
    /// For which role, by its code name.
    role: String,
    /// What was taught.
    subject: String,
    /// On which day, `YYYY-MM-DD`.
    #[schema(value_type = String)]
    on: Date,
    /// The last day on which it counts, `YYYY-MM-DD`.
    #[schema(value_type = String)]
    until: Date,
    /// Where the proof is kept.
    evidence: Option<String>,
}

/// Records a training of a person; not one's own.
#[utoipa::path(post, path = "/api/v1/people/{person}/trainings", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = NewTraining,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn record_training(Path(person): Path<String>, change: Change) -> Answered {
    let person: PersonId = id(&person)?;
    let record = move |state: State, op, new: NewTraining| async move {
        let NewTraining { role, subject, on, until, evidence } = new;
        let role = role_named(&role).map_err(Trouble::from)?;
        let wish = TrainingRecorded { person, role, subject, on, until, evidence };
        state.ask(move |desk| desk.record_training(&op, wish)).await?;
        sent(StatusCode::CREATED, None, &Made { id: person.to_string() })
    };
    change.json(record).await
}

/// An override of missing training.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOverride {
    /// In which role, by its code name.
    role: String,
    /// The last day of it, `YYYY-MM-DD`, at most 30 days from today.
    #[schema(value_type = String)]
    until: Date,
    /// Why. Needed; it stays in the ledger.
    reason: String,
}

/// Lets a person sign in a role without current training, for a time; not oneself.
#[utoipa::path(post, path = "/api/v1/people/{person}/overrides", tag = "people", params(("person" = String, Path, description = "Identifier")), request_body = NewOverride,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn override_competence(Path(person): Path<String>, change: Change) -> Answered {
    let person: PersonId = id(&person)?;
    let record = move |state: State, op, new: NewOverride| async move {
        let NewOverride { role, until, reason } = new;
        let role = role_named(&role).map_err(Trouble::from)?;
        let op = because(op, Some(reason))?;
        let wish = CompetenceOverridden { person, role, until };
        state.ask(move |desk| desk.override_competence(&op, wish)).await?;
        sent(StatusCode::CREATED, None, &Made { id: person.to_string() })
    };
    change.json(record).await
}

/// The security record, newest first: sign-ins, failures, changes of rights and accounts, sensitive reads,
/// exports.
#[utoipa::path(get, path = "/api/v1/security", tag = "people", params(("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Page<answers::SecurityRow>), (status = 400, body = ProblemDetails)))]
pub(crate) async fn security(At(state): At, uri: Uri) -> Answered {
    let after = Asked::of(&uri, &["after"])?.text("after");
    json(StatusCode::OK, &state.ask(move |desk| desk.security(&after)).await?)
}

/// Which role may do what with the system. Who may *decide* stands in the decision rights.
#[utoipa::path(get, path = "/api/v1/roles", tag = "people", responses((status = 200, body = answers::RolesSheet)))]
pub(crate) async fn roles(uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    json(StatusCode::OK, &aftercare_desk::roles_sheet())
}
