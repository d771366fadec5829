//! Changes. Each is one operation in the ledger, or none.

use super::{Made, asked, kept, once, operation};
use crate::{
    guard::{BODY_BYTES, RequestId, UNITS_BYTES, body},
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_desk::{Desk, Trouble, answers};
use aftercare_domain::{
    Date, Operation,
    consignee::AddConsignee,
    family::AddFamily,
    product::AddProduct,
    site::AddSite,
    supplier::AddSupplier,
    unit::{ChangeUnitVersion, Installed, UnitBatch, UnitRow, WhyUnknown},
    version::{AddVersion, ChangeVersion, Life},
};
use aftercare_vocab::id::{ConsigneeId, FamilyId, ProductId, SiteId, VersionId};
use axum::{
    Extension,
    body::Body,
    extract::{Path, State as Held},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// Reads a JSON body, with the place of what does not fit.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        let detail = format!("The body cannot be read: {}. Nothing was changed.", error.inner());
        let place = if place == "." { String::new() } else { place };
        Wrong { place, ..Wrong::new(StatusCode::BAD_REQUEST, "body_unreadable", detail) }.into()
    })
}

/// A change that makes something: reads the body, changes once, answers 201 with the identifier.
async fn make<T, K>(
    state: &State,
    request: &RequestId,
    headers: &HeaderMap,
    path: &'static str,
    sent: Body,
    change: impl FnOnce(&Desk, &Operation, T) -> Result<K, Trouble> + Send + 'static,
    location: Option<fn(&str) -> String>,
) -> Answered
where
    T: DeserializeOwned + Send + 'static,
    K: ToString + Send + 'static,
{
    let bytes = body(sent, BODY_BYTES).await?;
    let digest = asked(&Method::POST, path, &bytes);
    once(state, headers, digest, async {
        let command: T = read(&bytes)?;
        let op = operation(state, request);
        let made = state.ask(move |desk| change(desk, &op, command)).await?.to_string();
        kept(
            StatusCode::CREATED,
            location.map(|location| location(&made)),
            &Made { id: made.clone() },
        )
    })
    .await
}

/// A product family to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFamily {
    /// Its name.
    name: String,
    /// What it is, for people.
    description: Option<String>,
}

/// Adds a product family.
#[utoipa::path(post, path = "/api/v1/families", tag = "inventory", request_body = NewFamily,
    responses((status = 201, body = Made), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn add_family(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewFamily| {
        desk.add_family(
            op,
            AddFamily { family: op.new_id(), name: new.name, description: new.description },
        )
    };
    make(&state, &request, &headers, "/api/v1/families", sent, change, None).await
}

/// A product to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProduct {
    /// Its family.
    #[schema(value_type = String)]
    family: FamilyId,
    /// Its name.
    name: String,
    /// Model or device identifier as on the label.
    model: Option<String>,
    /// What it is, for people.
    description: Option<String>,
}

/// Adds a product to a family.
#[utoipa::path(post, path = "/api/v1/products", tag = "inventory", request_body = NewProduct,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(crate) async fn add_product(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewProduct| {
        let NewProduct { family, name, model, description } = new;
        desk.add_product(op, AddProduct { product: op.new_id(), family, name, model, description })
    };
    make(&state, &request, &headers, "/api/v1/products", sent, change, None).await
}

/// Predecessor and dates of a version, all as they shall be from now on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifeWish {
    /// The version it followed.
    #[schema(value_type = Option<String>)]
    predecessor: Option<VersionId>,
    /// `YYYY-MM-DD`.
    #[schema(value_type = Option<String>)]
    released: Option<Date>,
    /// Updates are promised until this day.
    #[schema(value_type = Option<String>)]
    supported_until: Option<Date>,
    /// End of support as announced.
    #[schema(value_type = Option<String>)]
    end_of_support: Option<Date>,
}

impl From<LifeWish> for Life {
    fn from(wish: LifeWish) -> Self {
        let LifeWish { predecessor, released, supported_until, end_of_support } = wish;
        Self { predecessor, released, supported_until, end_of_support }
    }
}

/// A version to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewVersion {
    /// Its product.
    #[schema(value_type = String)]
    product: ProductId,
    /// Its label as on the device.
    label: String,
    /// Predecessor and dates.
    #[serde(default)]
    life: LifeWish,
}

/// Adds a version to a product.
#[utoipa::path(post, path = "/api/v1/versions", tag = "inventory", request_body = NewVersion,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(crate) async fn add_version(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewVersion| {
        let NewVersion { product, label, life } = new;
        desk.add_version(op, AddVersion { version: op.new_id(), product, label, life: life.into() })
    };
    let location = |id: &str| format!("/api/v1/versions/{id}");
    make(&state, &request, &headers, "/api/v1/versions", sent, change, Some(location)).await
}

/// Changes predecessor and dates of a version.
#[utoipa::path(patch, path = "/api/v1/versions/{version}", tag = "inventory", params(("version" = String, Path, description = "Identifier")), request_body = LifeWish,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(crate) async fn change_version(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    Path(version): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let version: VersionId = id(&version)?;
    let bytes = body(sent, BODY_BYTES).await?;
    let digest = asked(&Method::PATCH, uri.path(), &bytes);
    once(&state, &headers, digest, async {
        let life: LifeWish = read(&bytes)?;
        let op = operation(&state, &request);
        state
            .ask(move |desk| desk.change_version(&op, ChangeVersion { version, life: life.into() }))
            .await?;
        kept(StatusCode::OK, None, &Made { id: version.to_string() })
    })
    .await
}

/// A supplier to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSupplier {
    /// Its name.
    name: String,
}

/// Adds a supplier of components.
#[utoipa::path(post, path = "/api/v1/suppliers", tag = "inventory", request_body = NewSupplier,
    responses((status = 201, body = Made), (status = 409, body = ProblemDetails)))]
pub(crate) async fn add_supplier(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewSupplier| {
        desk.add_supplier(op, AddSupplier { supplier: op.new_id(), name: new.name })
    };
    make(&state, &request, &headers, "/api/v1/suppliers", sent, change, None).await
}

/// A consignee to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConsignee {
    /// Its name.
    name: String,
    /// ISO 3166-1 alpha-2 code.
    country: Option<String>,
}

/// Adds a consignee.
#[utoipa::path(post, path = "/api/v1/consignees", tag = "inventory", request_body = NewConsignee,
    responses((status = 201, body = Made), (status = 409, body = ProblemDetails)))]
pub(crate) async fn add_consignee(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewConsignee| {
        desk.add_consignee(
            op,
            AddConsignee { consignee: op.new_id(), name: new.name, country: new.country },
        )
    };
    let location = |id: &str| format!("/api/v1/consignees/{id}");
    make(&state, &request, &headers, "/api/v1/consignees", sent, change, Some(location)).await
}

/// A site to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSite {
    /// Whose site it is.
    #[schema(value_type = String)]
    consignee: ConsigneeId,
    /// Its name.
    name: String,
    /// ISO 3166-1 alpha-2 code.
    country: Option<String>,
    /// City.
    city: Option<String>,
    /// Name in the time zone database.
    time_zone: Option<String>,
}

/// Adds a site of a consignee.
#[utoipa::path(post, path = "/api/v1/sites", tag = "inventory", request_body = NewSite,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(crate) async fn add_site(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewSite| {
        let NewSite { consignee, name, country, city, time_zone } = new;
        desk.add_site(op, AddSite { site: op.new_id(), consignee, name, country, city, time_zone })
    };
    let location = |id: &str| format!("/api/v1/sites/{id}");
    make(&state, &request, &headers, "/api/v1/sites", sent, change, Some(location)).await
}

/// Units to record, all or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUnits {
    /// The units.
    units: Vec<NewUnit>,
}

/// A unit to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUnit {
    /// Its product.
    #[schema(value_type = String)]
    product: ProductId,
    /// The installed version; null or absent = unknown.
    #[schema(value_type = Option<String>)]
    version: Option<VersionId>,
    /// Where it stands.
    #[schema(value_type = String)]
    site: SiteId,
    /// Device identifier part of the UDI.
    udi_di: Option<String>,
    /// Serial number.
    serial: String,
    /// `YYYY-MM-DD`.
    #[schema(value_type = Option<String>)]
    delivered: Option<Date>,
}

/// How many units were recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recorded {
    /// Units.
    units: u64,
}

/// Records units.
#[utoipa::path(post, path = "/api/v1/units", tag = "inventory", request_body = NewUnits,
    responses((status = 201, body = Recorded), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 413, body = ProblemDetails)))]
pub(crate) async fn record_units(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let bytes = body(sent, UNITS_BYTES).await?;
    let digest = asked(&Method::POST, uri.path(), &bytes);
    once(&state, &headers, digest, async {
        let new: NewUnits = read(&bytes)?;
        let op = operation(&state, &request);
        let units = new.units.into_iter().map(|unit| UnitRow {
            unit: op.new_id(),
            product: unit.product,
            installed: unit
                .version
                .map_or(Installed::Unknown(WhyUnknown::NotTold), Installed::Version),
            site: unit.site,
            udi_di: unit.udi_di,
            serial: unit.serial,
            delivered: unit.delivered,
        });
        let batch = UnitBatch { units: units.collect() };
        let units = state.ask(move |desk| desk.record_units(&op, batch)).await?;
        kept(StatusCode::CREATED, None, &Recorded { units })
    })
    .await
}

/// What is installed on a unit from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstalledWish {
    /// The version; null = unknown.
    #[schema(value_type = Option<String>)]
    version: Option<VersionId>,
    /// Since when, `YYYY-MM-DD`, as told.
    #[schema(value_type = Option<String>)]
    effective: Option<Date>,
}

/// Changes what is installed on a unit.
#[utoipa::path(patch, path = "/api/v1/units/{unit}", tag = "inventory", params(("unit" = String, Path, description = "Identifier")), request_body = InstalledWish,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(crate) async fn change_unit(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    Path(unit): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let unit: aftercare_vocab::id::UnitId = id(&unit)?;
    let bytes = body(sent, BODY_BYTES).await?;
    let digest = asked(&Method::PATCH, uri.path(), &bytes);
    once(&state, &headers, digest, async {
        let wish: InstalledWish = read(&bytes)?;
        let installed =
            wish.version.map_or(Installed::Unknown(WhyUnknown::NotTold), Installed::Version);
        let op = operation(&state, &request);
        let change = ChangeUnitVersion { unit, installed, effective: wish.effective };
        state.ask(move |desk| desk.change_unit(&op, change)).await?;
        kept(StatusCode::OK, None, &Made { id: unit.to_string() })
    })
    .await
}

/// Attaches an SBOM to a version, in place of the one it has. The body is the document itself.
#[utoipa::path(post, path = "/api/v1/versions/{version}/sboms", tag = "findings",
    params(("version" = String, Path, description = "Identifier"), ("file_name" = Option<String>, Query, description = "Name of the file, kept for people")),
    request_body(content = String, content_type = "application/octet-stream", description = "CycloneDX or SPDX JSON, plain or as gzip or Zstandard"),
    responses((status = 201, body = answers::SbomReceipt), (status = 200, description = "The same bytes were attached before", body = answers::SbomReceipt),
        (status = 404, body = ProblemDetails), (status = 413, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn receive_sbom(
    Held(state): Held<State>,
    Extension(request): Extension<RequestId>,
    Path(version): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let name =
        Some(Asked::of(&uri, &["file_name"])?.text("file_name")).filter(|name| !name.is_empty());
    let version: VersionId = id(&version)?;
    let bytes = body(sent, state.desk.limits().bytes).await?;
    let digest = asked(&Method::POST, uri.path(), &bytes);
    once(&state, &headers, digest, async {
        let op = operation(&state, &request);
        let receipt = state.ask(move |desk| desk.receive_sbom(&op, version, name, &bytes)).await?;
        state.news.notify_one();
        let status = if receipt.already_attached { StatusCode::OK } else { StatusCode::CREATED };
        kept(status, Some(format!("/api/v1/versions/{version}")), &receipt)
    })
    .await
}
