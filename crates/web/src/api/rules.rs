//! The rules of the programme: in force, edition by edition, and tried. Changes of them are proposed as
//! decisions of the kind `programme_rules`.

use super::{json, sending::Change};
use crate::{
    moment::At,
    query::Asked,
    rules_forms::{edition_asked, kind_of, number},
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::answers;
use aftercare_domain::rules::Rules;
use axum::{
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The rules of the programme: of each kind the edition in force and every other.
#[utoipa::path(get, path = "/api/v1/rules", tag = "decisions",
    responses((status = 200, body = answers::RulesOverview)))]
pub(crate) async fn rules(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let now = state.now_shown();
    json(StatusCode::OK, &state.ask(move |desk| desk.rules(now)).await?)
}

/// One edition of the rules of a kind, and what it says otherwise than another: what `against` names, or the
/// edition before it.
#[utoipa::path(get, path = "/api/v1/rules/{kind}/{edition}", tag = "decisions",
    params(
        ("kind" = String, Path, description = "`clocks`"),
        ("edition" = u64, Path, description = "Its number; 1 = that of the product"),
        ("against" = Option<u64>, Query, description = "The edition that it is compared with"),
    ),
    responses((status = 200, body = answers::EditionSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn edition(
    At(state): At,
    Path((kind, edition)): Path<(String, String)>,
    uri: Uri,
) -> Answered {
    let (kind, edition) = (kind_of(&kind)?, number(&edition)?);
    let (against, now) = (edition_asked(&uri)?, state.now_shown());
    let sheet = state.ask(move |desk| desk.rules_edition(kind, edition, against, now)).await?;
    json(StatusCode::OK, &sheet)
}

/// Rules to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TriedRules {
    /// In the form of `rules` of an edition.
    #[schema(value_type = Object)]
    rules: Rules,
}

/// What rules would say otherwise than the newest edition, and which open cases would stand otherwise if they
/// had held from their beginning. Refused as a decision about them would be. Changes nothing.
#[utoipa::path(post, path = "/api/v1/rules/dry-run", tag = "decisions", request_body = TriedRules,
    responses((status = 200, body = answers::RulesTrial), (status = 422, body = ProblemDetails)))]
pub(crate) async fn dry_run(change: Change) -> Answered {
    let (state, TriedRules { rules }) = change.wish().await?;
    let (viewer, now) = (state.person()?, state.now_shown());
    let trial = state.ask(move |desk| desk.try_rules(&rules, Some(&viewer), now)).await?;
    json(StatusCode::OK, &trial)
}
