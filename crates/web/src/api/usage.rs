//! What is stated of the use of a product: risk file, environments, cycle of updates.

use super::{Sent, because, json, sending::Change, sent, versioned};
use crate::{
    guard::RequestId,
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails, Wrong},
    usage_forms::{edition, place},
};
use aftercare_desk::{NewRiskFile, answers, preview_risk_file};
use aftercare_domain::{session::Taking, usage::RISK_FILE_BYTES};
use aftercare_vocab::{digest::Digest, id::ProductId};
use axum::{
    Extension,
    body::Bytes,
    extract::Path,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// What is stated of the use of a product: editions of its risk file, environments of use, regular cycle of updates.
#[utoipa::path(get, path = "/api/v1/products/{product}/use", tag = "products",
    params(("product" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::UsageSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn usage(At(state): At, Path(product): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let product: ProductId = id(&product)?;
    let sheet = state.ask(move |desk| desk.usage(product)).await?;
    versioned(&sheet, sheet.entity_version)
}

/// Rows of a product's risk file.
#[utoipa::path(get, path = "/api/v1/products/{product}/hazards", tag = "products",
    params(("product" = String, Path, description = "Identifier"),
        ("words" = Option<String>, Query, description = "Words that all stand in a row"),
        ("edition" = Option<u64>, Query, description = "Which edition; the one in force by default"),
        ("after" = Option<String>, Query, description = "The `next` of the page before")),
    responses((status = 200, body = answers::Hazards), (status = 404, body = ProblemDetails)))]
pub(crate) async fn hazards(At(state): At, Path(product): Path<String>, uri: Uri) -> Answered {
    let product: ProductId = id(&product)?;
    let asked = Asked::of(&uri, &["words", "edition", "after"])?;
    let (words, edition, after) =
        (asked.text("words"), edition(&asked)?, place(&asked.text("after"))?);
    let found = state.ask(move |desk| desk.hazards(product, edition, &words, after)).await?;
    json(StatusCode::OK, &found)
}

/// The risk file itself, as it came. The security record keeps who took it.
#[utoipa::path(get, path = "/api/v1/products/{product}/risk-file", tag = "products",
    params(("product" = String, Path, description = "Identifier"),
        ("edition" = Option<u64>, Query, description = "Which edition; the one in force by default")),
    responses((status = 200, description = "The bytes", body = String, content_type = "application/octet-stream"), (status = 404, body = ProblemDetails)))]
pub(crate) async fn risk_file(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(product): Path<String>,
    uri: Uri,
) -> Answered {
    let product: ProductId = id(&product)?;
    let edition = edition(&Asked::of(&uri, &["edition"])?)?;
    let (edition, _, bytes) =
        state.ask(move |desk| desk.risk_file_received(product, edition)).await?;
    let what = format!("/products/{product}/risk-file?edition={edition}");
    state.taken(&request, aftercare_domain::Channel::Api, (Taking::Exported, what)).await?;
    let name = format!("attachment; filename=\"risk-file-{product}-{edition}.bin\"");
    Ok((
        [
            (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
            (header::CONTENT_DISPOSITION, name),
            (header::ETAG, super::tags::weak(&Digest::of(&bytes))),
        ],
        bytes,
    )
        .into_response())
}

/// The edition that is in force now.
#[derive(Serialize, ToSchema)]
pub(crate) struct RiskFileInForce {
    /// Its number, from 1.
    edition: u64,
}

/// Puts a risk file in force for a product. The body is the file itself, CSV or XLSX; with `preview=true` nothing is
/// recorded, and the answer says what would be read. Assessments of harm that name hazards of which it says something
/// else lapse.
#[utoipa::path(post, path = "/api/v1/products/{product}/risk-file", tag = "products",
    params(("product" = String, Path, description = "Identifier"),
        ("file_name" = String, Query, description = "Name of the file"),
        ("columns" = Option<String>, Query, description = "Which columns are what: `id=A,hazard=B,severity=E`; guessed by default"),
        ("scale" = Option<String>, Query, description = "What the words of its scale mean: `S1=negligible,S2=minor`"),
        ("preview" = Option<bool>, Query, description = "Only say what would be read"),
        ("reason" = Option<String>, Query, description = "Why; needed for another edition"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the use of the product as you read it")),
    request_body(content = String, content_type = "application/octet-stream", description = "The file, at most 20 MiB"),
    responses((status = 200, description = "What would be read", body = answers::RiskFileRead), (status = 201, body = RiskFileInForce), (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 413, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn adopt_risk_file(Path(product): Path<String>, change: Change) -> Answered {
    let product: ProductId = id(&product)?;
    let wished = change.question(&["file_name", "columns", "scale", "preview", "reason"])?;
    let seen = change.seen()?;
    let new = NewRiskFile {
        file_name: wished.text("file_name"),
        columns: wished.text("columns"),
        scale: wished.text("scale"),
    };
    let preview = match wished.text("preview").as_str() {
        "" | "false" => false,
        "true" => true,
        _ => {
            let detail = "`preview` is true or false.";
            return Err(Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into());
        }
    };
    let reason = Some(wished.text("reason")).filter(|reason| !reason.is_empty());
    let work = move |state: State, op, bytes: Bytes| async move {
        if preview {
            let read = state
                .ask(move |desk| {
                    desk.usage(product)?;
                    preview_risk_file(&new, &bytes)
                })
                .await?;
            return sent(StatusCode::OK, None, &read);
        }
        let op = because(op, reason)?;
        let edition =
            state.ask(move |desk| desk.adopt_risk_file(&op, seen, product, &new, &bytes)).await?;
        sent(StatusCode::CREATED, None, &RiskFileInForce { edition })
    };
    change.run(RISK_FILE_BYTES, work).await
}

/// An environment in which a product is used.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEnvironment {
    /// Its name, by which exposures name it.
    environment: String,
    /// Who uses the product there, and for what.
    description: String,
    /// How it is connected there.
    network: String,
    /// Measures that the maker foresees.
    measures: Option<String>,
    /// Why; needed to state one anew.
    reason: Option<String>,
}

/// That something was stated.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stated {
    /// The product.
    #[schema(value_type = String)]
    product: ProductId,
}

fn stated(product: ProductId) -> Result<Sent, Failure> {
    sent(StatusCode::OK, None, &Stated { product })
}

/// States an environment of use, or states it anew. Exposures that were said in it lapse with what they rested on.
#[utoipa::path(post, path = "/api/v1/products/{product}/environments", tag = "products",
    params(("product" = String, Path, description = "Identifier"), ("If-Match" = Option<String>, Header, description = "The `ETag` of the use of the product as you read it")),
    request_body = NewEnvironment,
    responses((status = 200, body = Stated), (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn state_environment(Path(product): Path<String>, change: Change) -> Answered {
    let (product, seen): (ProductId, _) = (id(&product)?, change.seen()?);
    let work = move |state: State, op, wish: NewEnvironment| async move {
        let NewEnvironment { environment, description, network, measures, reason } = wish;
        let op = because(op, reason)?;
        let said = [environment, description, network, measures.unwrap_or_default()];
        state.ask(move |desk| desk.state_environment(&op, seen, product, said)).await?;
        stated(product)
    };
    change.json(work).await
}

/// That a product is not used in an environment any more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndedEnvironment {
    /// Its name.
    environment: String,
    /// Why.
    reason: String,
}

/// Ends an environment of use. Exposures in it do not count any more.
#[utoipa::path(post, path = "/api/v1/products/{product}/environments/end", tag = "products",
    params(("product" = String, Path, description = "Identifier"), ("If-Match" = Option<String>, Header, description = "The `ETag` of the use of the product as you read it")),
    request_body = EndedEnvironment,
    responses((status = 200, body = Stated), (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn end_environment(Path(product): Path<String>, change: Change) -> Answered {
    let (product, seen): (ProductId, _) = (id(&product)?, change.seen()?);
    let work = move |state: State, op, wish: EndedEnvironment| async move {
        let op = because(op, Some(wish.reason))?;
        state.ask(move |desk| desk.end_environment(&op, seen, product, wish.environment)).await?;
        stated(product)
    };
    change.json(work).await
}

/// A regular cycle of updates.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCycle {
    /// Days from one regular update to the next, at most.
    days: u32,
    /// Why this length is justified for the device.
    justification: String,
    /// Why it changes; needed to state it anew.
    reason: Option<String>,
}

/// States the regular cycle of a product's updates. Until then no fix can be planned for it.
#[utoipa::path(post, path = "/api/v1/products/{product}/cycle", tag = "products",
    params(("product" = String, Path, description = "Identifier"), ("If-Match" = Option<String>, Header, description = "The `ETag` of the use of the product as you read it")),
    request_body = NewCycle,
    responses((status = 200, body = Stated), (status = 404, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn state_cycle(Path(product): Path<String>, change: Change) -> Answered {
    let (product, seen): (ProductId, _) = (id(&product)?, change.seen()?);
    let work = move |state: State, op, wish: NewCycle| async move {
        let NewCycle { days, justification, reason } = wish;
        let op = because(op, reason)?;
        state.ask(move |desk| desk.state_cycle(&op, seen, product, days, justification)).await?;
        stated(product)
    };
    change.json(work).await
}
