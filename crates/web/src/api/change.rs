//! Changes of families, products, versions, suppliers, consignees and sites. Each is one entry in the
//! ledger, or none.

use super::{Made, asked, because, once, operation, parsed, said, sent, tags::seen};
use crate::{
    guard::{BODY_BYTES, RequestId, body, must_be_json},
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::{Desk, Trouble};
use aftercare_domain::{
    Date, Operation,
    consignee::AddConsignee,
    family::AddFamily,
    product::AddProduct,
    site::AddSite,
    supplier::AddSupplier,
    version::{AddVersion, ChangeVersion, Life},
};
use aftercare_vocab::id::{ConsigneeId, FamilyId, ProductId, VersionId};
use axum::{
    Extension,
    body::Body,
    extract::Path,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// A change that makes something: reads the body, changes once, answers 201 with the identifier.
/// `location` is the plural noun of what was made, where it has an address of its own.
async fn make<T, K>(
    state: &State,
    request: &RequestId,
    headers: &HeaderMap,
    uri: &Uri,
    body_sent: Body,
    change: impl FnOnce(&Desk, &Operation, T) -> Result<K, Trouble> + Send + 'static,
    location: Option<&'static str>,
) -> Answered
where
    T: DeserializeOwned + Send + 'static,
    K: ToString + Send + 'static,
{
    must_be_json(headers)?;
    let bytes = body(body_sent, BODY_BYTES).await?;
    let digest = asked(&Method::POST, uri, &bytes);
    let (state, op) = (state.clone(), operation(state, request, headers, &digest)?);
    once(&state.clone(), &op.clone(), async move {
        let command: T = parsed(&bytes)?;
        let made = state.ask(move |desk| change(desk, &op, command)).await?.to_string();
        sent(
            StatusCode::CREATED,
            location.map(|kind| state.links.api_thing(kind, &made)),
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
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewFamily| {
        desk.add_family(
            op,
            AddFamily { family: op.new_id(), name: new.name, description: new.description },
        )
    };
    make(&state, &request, &headers, &uri, body_sent, change, None).await
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
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewProduct| {
        let NewProduct { family, name, model, description } = new;
        desk.add_product(op, AddProduct { product: op.new_id(), family, name, model, description })
    };
    make(&state, &request, &headers, &uri, body_sent, change, None).await
}

/// Predecessor and dates of a new version; what is left out is not known.
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

/// Predecessor and dates of a version, all as they shall be from now on. Each must be there; null
/// says that it is not known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLife {
    /// The version it followed.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>, required)]
    predecessor: Option<VersionId>,
    /// `YYYY-MM-DD`.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>, required)]
    released: Option<Date>,
    /// Updates are promised until this day.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>, required)]
    supported_until: Option<Date>,
    /// End of support as announced.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>, required)]
    end_of_support: Option<Date>,
    /// Why. Needed when the version is released already. No names of persons: it stays in the ledger.
    reason: Option<String>,
}

impl From<NewLife> for Life {
    fn from(new: NewLife) -> Self {
        let NewLife { predecessor, released, supported_until, end_of_support, .. } = new;
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
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewVersion| {
        let NewVersion { product, label, life } = new;
        desk.add_version(op, AddVersion { version: op.new_id(), product, label, life: life.into() })
    };
    make(&state, &request, &headers, &uri, body_sent, change, Some("versions")).await
}

/// Changes predecessor and dates of a version: all four are given as they shall be.
#[utoipa::path(patch, path = "/api/v1/versions/{version}", tag = "inventory", params(("version" = String, Path, description = "Identifier")), request_body = NewLife,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 412, body = ProblemDetails)))]
pub(crate) async fn change_version(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(version): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let version: VersionId = id(&version)?;
    must_be_json(&headers)?;
    let seen = seen(&headers)?;
    let bytes = body(body_sent, BODY_BYTES).await?;
    let digest = asked(&Method::PATCH, &uri, &bytes);
    let op = operation(&state, &request, &headers, &digest)?;
    once(&state.clone(), &op.clone(), async move {
        let mut new: NewLife = parsed(&bytes)?;
        let op = because(op, new.reason.take())?;
        let change = ChangeVersion { version, life: new.into() };
        state.ask(move |desk| desk.change_version(&op, seen, change)).await?;
        sent(StatusCode::OK, None, &Made { id: version.to_string() })
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
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewSupplier| {
        desk.add_supplier(op, AddSupplier { supplier: op.new_id(), name: new.name })
    };
    make(&state, &request, &headers, &uri, body_sent, change, None).await
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
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewConsignee| {
        desk.add_consignee(
            op,
            AddConsignee { consignee: op.new_id(), name: new.name, country: new.country },
        )
    };
    make(&state, &request, &headers, &uri, body_sent, change, Some("consignees")).await
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
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    let change = |desk: &Desk, op: &Operation, new: NewSite| {
        let NewSite { consignee, name, country, city, time_zone } = new;
        desk.add_site(op, AddSite { site: op.new_id(), consignee, name, country, city, time_zone })
    };
    make(&state, &request, &headers, &uri, body_sent, change, Some("sites")).await
}
