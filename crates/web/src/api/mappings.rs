//! Mappings of identities: which hold, stating and withdrawing them, and what one would change.

use super::{because, json, sending::Change, sent, versioned};
use crate::{
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails},
    usage_forms::place,
};
use aftercare_desk::{MAPPINGS_A_PAGE, answers};
use aftercare_domain::mapping::Wish;
use aftercare_vocab::id::MappingId;
use axum::{
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// Which identities of software the maker says mean one product, on top of the curated table; withdrawn mappings too.
#[utoipa::path(get, path = "/api/v1/mappings", tag = "components",
    params(("words" = Option<String>, Query, description = "Words that all stand in the product or its identities"),
        ("after" = Option<String>, Query, description = "The `next` of the page before")),
    responses((status = 200, body = answers::MappingSheet)))]
pub(crate) async fn mappings(At(state): At, uri: Uri) -> Answered {
    let asked = Asked::of(&uri, &["words", "after"])?;
    let (words, after) = (asked.text("words"), place(&asked.text("after"))?);
    let found = state.ask(move |desk| desk.mappings(&words, after, MAPPINGS_A_PAGE)).await?;
    json(StatusCode::OK, &found)
}

/// One mapping with its history.
#[utoipa::path(get, path = "/api/v1/mappings/{mapping}", tag = "components",
    params(("mapping" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::MappingRow), (status = 404, body = ProblemDetails)))]
pub(crate) async fn mapping(At(state): At, Path(mapping): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let mapping: MappingId = id(&mapping)?;
    let row = state.ask(move |desk| desk.mapping(mapping)).await?;
    versioned(&row, row.entity_version)
}

/// Identities that mean one product.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMapping {
    /// What the product is called in explanations.
    product: String,
    /// At least two identities: package URLs, CPE names, `cpe:vendor:product`, `github:owner/repository`,
    /// `recipe:name`, `swid:tag`, `hash:algorithm:digest`, `supplier:supplier:name`, `name:name`. Versions in them are
    /// left out.
    identities: Vec<String>,
    /// How it is known.
    reason: Option<String>,
}

/// That a mapping was stated.
#[derive(Serialize, ToSchema)]
pub(crate) struct MappingStated {
    /// The mapping.
    #[schema(value_type = String)]
    id: MappingId,
}

/// States that identities mean one product. Every SBOM is matched again.
#[utoipa::path(post, path = "/api/v1/mappings", tag = "components", request_body = NewMapping,
    responses((status = 201, body = MappingStated), (status = 422, body = ProblemDetails)))]
pub(crate) async fn state_mapping(change: Change) -> Answered {
    let work = move |state: State, op, wish: NewMapping| async move {
        let NewMapping { product, identities, reason } = wish;
        let op: aftercare_domain::Operation = because(op, reason)?;
        let wish = Wish { mapping: op.new_id(), product, identities };
        let mapping = state.ask(move |desk| desk.state_mapping(&op, None, &wish, false)).await?;
        sent(StatusCode::CREATED, None, &MappingStated { id: mapping })
    };
    change.json(work).await
}

/// States a mapping anew; a withdrawn one holds again. Every SBOM is matched again.
#[utoipa::path(post, path = "/api/v1/mappings/{mapping}", tag = "components",
    params(("mapping" = String, Path, description = "Identifier"), ("If-Match" = Option<String>, Header, description = "The `ETag` of the mapping as you read it")),
    request_body = NewMapping,
    responses((status = 200, body = MappingStated), (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn state_mapping_anew(Path(mapping): Path<String>, change: Change) -> Answered {
    let (mapping, seen): (MappingId, _) = (id(&mapping)?, change.seen()?);
    let work = move |state: State, op, wish: NewMapping| async move {
        let NewMapping { product, identities, reason } = wish;
        let op = because(op, reason)?;
        let wish = Wish { mapping, product, identities };
        let mapping = state.ask(move |desk| desk.state_mapping(&op, seen, &wish, true)).await?;
        sent(StatusCode::OK, None, &MappingStated { id: mapping })
    };
    change.json(work).await
}

/// Why a mapping does not hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawnMapping {
    /// Why.
    reason: String,
}

/// Withdraws a mapping. Every SBOM is matched again.
#[utoipa::path(post, path = "/api/v1/mappings/{mapping}/withdraw", tag = "components",
    params(("mapping" = String, Path, description = "Identifier"), ("If-Match" = Option<String>, Header, description = "The `ETag` of the mapping as you read it")),
    request_body = WithdrawnMapping,
    responses((status = 200, body = MappingStated), (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn withdraw_mapping(Path(mapping): Path<String>, change: Change) -> Answered {
    let (mapping, seen): (MappingId, _) = (id(&mapping)?, change.seen()?);
    let work = move |state: State, op, wish: WithdrawnMapping| async move {
        let op = because(op, Some(wish.reason))?;
        state.ask(move |desk| desk.withdraw_mapping(&op, seen, mapping)).await?;
        sent(StatusCode::OK, None, &MappingStated { id: mapping })
    };
    change.json(work).await
}

/// What a mapping would change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TriedMapping {
    /// The mapping that would be stated anew; none = a new one.
    #[schema(value_type = Option<String>)]
    mapping: Option<MappingId>,
    /// What the product would be called.
    product: String,
    /// The identities.
    identities: Vec<String>,
}

/// What a mapping would change about the components of the SBOMs that you see. Refused where its product or identities
/// could not be stated. Changes nothing.
#[utoipa::path(post, path = "/api/v1/mappings/dry-run", tag = "components", request_body = TriedMapping,
    responses((status = 200, body = answers::MappingTrial), (status = 422, body = ProblemDetails)))]
pub(crate) async fn dry_run(change: Change) -> Answered {
    let (state, TriedMapping { mapping, product, identities }) = change.wish().await?;
    let mapping = mapping.unwrap_or_else(|| MappingId::from_bytes([0; 16]));
    let wish = Wish { mapping, product, identities };
    json(StatusCode::OK, &state.ask(move |desk| desk.try_mapping(&wish)).await?)
}
