//! Questions.

use super::{json, versioned};
use crate::{
    guard::RequestId,
    moment::At,
    query::{Asked, id},
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_desk::{ChangeWish, LedgerHead, answers};
use aftercare_domain::{Channel, session::Taking};
use aftercare_vocab::digest::Digest;
use axum::{
    Extension,
    extract::Path,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

type Answered = Result<Response, Failure>;

/// What there is.
#[utoipa::path(get, path = "/api/v1", tag = "standing", responses((status = 200, description = "Links to the resources", body = Object)))]
pub(crate) async fn index(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let to = |path: &str| state.links.whole(path);
    json(
        StatusCode::OK,
        &serde_json::json!({
            "openapi": to("/api/v1/openapi.json"),
            "standing": to("/api/v1/standing"),
            "ask": to("/api/v1/ask?q="),
            "products": to("/api/v1/products"),
            "versions": to("/api/v1/versions/{version}"),
            "vulnerabilities": to("/api/v1/vulnerabilities/{id}"),
            "components": to("/api/v1/components?q="),
            "sites": to("/api/v1/sites/{site}"),
            "units": to("/api/v1/units/{unit}"),
            "consignees": to("/api/v1/consignees/{consignee}"),
            "contacts": to("/api/v1/consignees/{consignee}/contacts"),
            "blobs": to("/api/v1/blobs/{digest}"),
            "decisions": to("/api/v1/decisions"),
            "policies": to("/api/v1/policies"),
            "rights": to("/api/v1/rights"),
            "rules": to("/api/v1/rules"),
            "delegations": to("/api/v1/delegations"),
            "changes": to("/api/v1/changes?from="),
            "ledger": to("/api/v1/ledger"),
            "ledger_head": to("/api/v1/ledger/head"),
            "ledger_checkpoint": to("/api/v1/ledger/checkpoint"),
            "ledger_proof": to("/api/v1/ledger/entries/{seq}/proof"),
            "ledger_keys": to("/api/v1/ledger/keys"),
            "people": to("/api/v1/people"),
            "roles": to("/api/v1/roles"),
            "security": to("/api/v1/security"),
            "account": to("/api/v1/account"),
        }),
    )
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "standing", responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub(crate) async fn openapi(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let text = crate::openapi_under(&state.links.whole(""))
        .map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// What every answer rests on: record, edition, matching.
#[utoipa::path(get, path = "/api/v1/standing", tag = "standing", responses((status = 200, body = answers::Standing)))]
pub(crate) async fn standing(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let now = (state.rim.now)();
    json(StatusCode::OK, &state.ask(move |desk| desk.standing(now)).await?)
}

/// One question: an identifier of a vulnerability, a package URL, a CPE, a name, a serial number.
#[utoipa::path(get, path = "/api/v1/ask", tag = "questions", params(("q" = String, Query, description = "The question")), responses((status = 200, body = answers::Answer)))]
pub(crate) async fn ask(At(state): At, uri: Uri) -> Answered {
    let (question, today) = (Asked::of(&uri, &["q"])?.text("q"), (state.rim.today)());
    json(StatusCode::OK, &state.ask(move |desk| desk.ask(&question, today)).await?)
}

/// Families, products and versions with what is known of each.
#[utoipa::path(get, path = "/api/v1/products", tag = "inventory",
    params(("only" = Option<String>, Query, description = "`without_sbom`, `unsupported_but_fielded`, `version_unknown`"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::ProductList), (status = 400, body = ProblemDetails)))]
pub(crate) async fn products(At(state): At, uri: Uri) -> Answered {
    let asked = Asked::of(&uri, &["only", "after"])?;
    let (only, after, today) = (asked.products()?, asked.text("after"), (state.rim.today)());
    json(StatusCode::OK, &state.ask(move |desk| desk.products(today, only, &after)).await?)
}

/// One product version.
#[utoipa::path(get, path = "/api/v1/versions/{version}", tag = "inventory", params(("version" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::VersionSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn version(At(state): At, Path(version): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (version, today) = (id(&version)?, (state.rim.today)());
    let sheet = state.ask(move |desk| desk.version(version, today)).await?;
    versioned(&sheet, sheet.entity_version)
}

/// The findings of a version.
#[utoipa::path(get, path = "/api/v1/versions/{version}/findings", tag = "findings",
    params(("version" = String, Path, description = "Identifier"), ("answer" = Option<String>, Query, description = "`affected`, `undetermined`, `not_affected`; absent = the first two"),
        ("only" = Option<String>, Query, description = "`known_exploited`, `critical`"), ("q" = Option<String>, Query, description = "Text in identifiers, components, summary"),
        ("sort" = Option<String>, Query, description = "`score`, `epss`, `component`, `vulnerability`; absent = gravest first"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Page<answers::FindingRow>), (status = 404, body = ProblemDetails)))]
pub(crate) async fn findings(At(state): At, Path(version): Path<String>, uri: Uri) -> Answered {
    let wish = Asked::of(&uri, &["answer", "only", "q", "sort", "after"])?.findings()?;
    let version = id(&version)?;
    json(StatusCode::OK, &state.ask(move |desk| desk.findings(version, &wish)).await?)
}

/// One finding with its reasons and the source records as received.
#[utoipa::path(get, path = "/api/v1/versions/{version}/findings/{component}/{vulnerability}", tag = "findings",
    params(("version" = String, Path, description = "Identifier"), ("component" = u32, Path, description = "Position in the SBOM, from 0"), ("vulnerability" = String, Path, description = "Any of its identifiers")),
    responses((status = 200, body = answers::FindingSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn finding(
    At(state): At,
    Path((version, component, vulnerability)): Path<(String, String, String)>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let (version, component) = (id(&version)?, position(&component)?);
    json(
        StatusCode::OK,
        &state.ask(move |desk| desk.finding(version, component, &vulnerability)).await?,
    )
}

/// A position in an SBOM from a path.
pub(crate) fn position(text: &str) -> Result<u32, Failure> {
    text.parse().map_err(|_| {
        let detail = format!(
            "{} is not the position of a component.",
            aftercare_vocab::problem::quoted(text)
        );
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
    })
}

/// The components of a version's current SBOM.
#[utoipa::path(get, path = "/api/v1/versions/{version}/components", tag = "inventory",
    params(("version" = String, Path, description = "Identifier"), ("q" = Option<String>, Query, description = "Text in name or package URL"),
        ("only" = Option<String>, Query, description = "`not_covered`"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Page<answers::ComponentRow>), (status = 404, body = ProblemDetails)))]
pub(crate) async fn version_components(
    At(state): At,
    Path(version): Path<String>,
    uri: Uri,
) -> Answered {
    let wish = Asked::of(&uri, &["q", "only", "after"])?.components()?;
    let version = id(&version)?;
    json(StatusCode::OK, &state.ask(move |desk| desk.components(version, &wish)).await?)
}

/// The units of a version by site.
#[utoipa::path(get, path = "/api/v1/versions/{version}/units", tag = "inventory",
    params(("version" = String, Path, description = "Identifier"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Page<answers::SiteUnits>), (status = 404, body = ProblemDetails)))]
pub(crate) async fn version_units(
    At(state): At,
    Path(version): Path<String>,
    uri: Uri,
) -> Answered {
    let after = Asked::of(&uri, &["after"])?.text("after");
    let version = id(&version)?;
    json(StatusCode::OK, &state.ask(move |desk| desk.version_units(version, &after)).await?)
}

/// A vulnerability and everything it reaches.
#[utoipa::path(get, path = "/api/v1/vulnerabilities/{id}", tag = "questions",
    params(("id" = String, Path, description = "Any of its identifiers, in any letter case"), ("answer" = Option<String>, Query, description = "Only versions under this answer"),
        ("products_after" = Option<String>, Query, description = "Cursor of the products"), ("consignees_after" = Option<String>, Query, description = "Cursor of the consignees")),
    responses((status = 200, body = answers::BlastRadius), (status = 404, description = "Not in the edition in force, which does not mean that nothing is affected: `nothing` says more", body = ProblemDetails)))]
pub(crate) async fn vulnerability(
    At(state): At,
    Path(vulnerability): Path<String>,
    uri: Uri,
) -> Answered {
    let wish = Asked::of(&uri, &["answer", "products_after", "consignees_after"])?.reach()?;
    let today = (state.rim.today)();
    match state.ask(move |desk| desk.blast_radius(&vulnerability, &wish, today)).await? {
        Ok(reach) => json(StatusCode::OK, &reach),
        Err(nothing) => Err(Failure::NotInEdition(nothing)),
    }
}

/// All places of a component over the current SBOMs of all versions.
#[utoipa::path(get, path = "/api/v1/components", tag = "questions",
    params(("q" = String, Query, description = "A name, package URL or CPE"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::ComponentPlaces)))]
pub(crate) async fn components(At(state): At, uri: Uri) -> Answered {
    let asked = Asked::of(&uri, &["q", "after"])?;
    let (query, after) = (asked.text("q"), asked.text("after"));
    json(StatusCode::OK, &state.ask(move |desk| desk.component_places(&query, &after)).await?)
}

/// One unit.
#[utoipa::path(get, path = "/api/v1/units/{unit}", tag = "inventory", params(("unit" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::UnitRow), (status = 404, body = ProblemDetails)))]
pub(crate) async fn unit(At(state): At, Path(unit): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let unit = id(&unit)?;
    let row = state.ask(move |desk| desk.unit(unit)).await?;
    versioned(&row, row.entity_version)
}

/// A site with its units.
#[utoipa::path(get, path = "/api/v1/sites/{site}", tag = "inventory",
    params(("site" = String, Path, description = "Identifier"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::SiteSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn site(At(state): At, Path(site): Path<String>, uri: Uri) -> Answered {
    let after = Asked::of(&uri, &["after"])?.text("after");
    let site = id(&site)?;
    json(StatusCode::OK, &state.ask(move |desk| desk.site(site, &after)).await?)
}

/// A consignee with its sites.
#[utoipa::path(get, path = "/api/v1/consignees/{consignee}", tag = "inventory",
    params(("consignee" = String, Path, description = "Identifier"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::ConsigneeSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn consignee(At(state): At, Path(consignee): Path<String>, uri: Uri) -> Answered {
    let after = Asked::of(&uri, &["after"])?.text("after");
    let consignee = id(&consignee)?;
    json(StatusCode::OK, &state.ask(move |desk| desk.consignee(consignee, &after)).await?)
}

/// Bytes as received, by their SHA-256.
#[utoipa::path(get, path = "/api/v1/blobs/{digest}", tag = "record", params(("digest" = String, Path, description = "`sha256:` and 64 hexadecimal digits")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"), (status = 404, body = ProblemDetails)))]
pub(crate) async fn blob(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(digest): Path<String>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let digest = named_digest(&digest)?;
    let viewer = state.viewer.clone();
    let bytes = state.ask(move |desk| desk.blob(&digest, viewer.as_deref())).await?;
    let what = (Taking::Exported, format!("/blobs/{digest}"));
    state.taken(&request, Channel::Api, what).await?;
    let name = format!("attachment; filename=\"{}.bin\"", digest.short());
    Ok((
        [
            (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
            (header::CONTENT_DISPOSITION, name),
            (header::ETAG, super::tags::weak(&digest)),
        ],
        bytes,
    )
        .into_response())
}

/// The digest in an address; what is none is not there.
pub(crate) fn named_digest(text: &str) -> Result<Digest, Failure> {
    text.parse().map_err(|_: aftercare_vocab::digest::NotADigest| {
        let detail = format!(
            "{} is not a digest: `sha256:` and 64 hexadecimal digits.",
            aftercare_vocab::problem::quoted(text)
        );
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
    })
}

/// What changed between two moments, net: counts by kind, and the changes kind by kind.
#[utoipa::path(get, path = "/api/v1/changes", tag = "record",
    params(("from" = String, Query, description = "The earlier moment: `2026-11-24` (the end of that day in UTC), `2026-11-24T14:05:00Z`, `entry:123`"),
        ("to" = Option<String>, Query, description = "The later moment, written alike; absent = the moment of `as_of`, else the present"),
        ("kind" = Option<String>, Query, description = "Only changes of this kind, as named in `counts`"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Changes), (status = 400, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn changes(At(state): At, uri: Uri) -> Answered {
    let asked = Asked::of(&uri, &["from", "to", "kind", "after"])?;
    let Some(from) = asked.when("from")? else {
        let detail = "Say with which moment to compare: `from=2026-11-24`.";
        return Err(Wrong::new(StatusCode::BAD_REQUEST, "parameter_missing", detail).into());
    };
    let wish =
        ChangeWish { from, to: asked.when("to")?, only: asked.kind()?, after: asked.text("after") };
    let now = (state.rim.now)();
    json(StatusCode::OK, &state.ask(move |desk| desk.changes(&wish, now)).await?)
}

/// The ledger, newest entry first.
#[utoipa::path(get, path = "/api/v1/ledger", tag = "record", params(("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Page<Object>)))]
pub(crate) async fn ledger(At(state): At, uri: Uri) -> Answered {
    let after = Asked::of(&uri, &["after"])?.text("after");
    let viewer = state.viewer.clone();
    json(StatusCode::OK, &state.ask(move |desk| desk.ledger(&after, viewer.as_deref())).await?)
}

/// Size and Merkle root of the ledger.
#[utoipa::path(get, path = "/api/v1/ledger/head", tag = "record", responses((status = 200, body = LedgerHead)))]
pub(crate) async fn ledger_head(At(state): At, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    json(StatusCode::OK, &state.ask(aftercare_desk::Desk::ledger_head).await?)
}
