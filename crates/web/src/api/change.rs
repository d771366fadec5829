//! Changes of families, products, versions, suppliers, consignees and sites. Each is one entry in the
//! ledger, or none.

use super::{Made, because, said, sending::Change, sent};
use crate::{
    query::id,
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
use axum::{extract::Path, http::StatusCode, response::Response};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// A change that makes something, once: gives 201 with the identifier. `location` is the plural noun of
/// what was made, where it has an address of its own.
async fn make<T, K>(
    change: Change,
    add: impl FnOnce(&Desk, &Operation, T) -> Result<K, Trouble> + Send + 'static,
    location: Option<&'static str>,
) -> Answered
where
    T: DeserializeOwned + Send + 'static,
    K: ToString + Send + 'static,
{
    let make = move |state: State, op, wish: T| async move {
        let made = state.ask(move |desk| add(desk, &op, wish)).await?.to_string();
        let location = location.map(|kind| state.links.api_thing(kind, &made));
        sent(StatusCode::CREATED, location, &Made { id: made.clone() })
    };
    change.json(make).await
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
pub(crate) async fn add_family(change: Change) -> Answered {
    let add = |desk: &Desk, op: &Operation, new: NewFamily| {
        desk.add_family(
            op,
            AddFamily { family: op.new_id(), name: new.name, description: new.description },
        )
    };
    make(change, add, None).await
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
pub(crate) async fn add_product(change: Change) -> Answered {
    let add = |desk: &Desk, op: &Operation, new: NewProduct| {
        let NewProduct { family, name, model, description } = new;
        desk.add_product(op, AddProduct { product: op.new_id(), family, name, model, description })
    };
    make(change, add, None).await
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
pub(crate) async fn add_version(change: Change) -> Answered {
    let add = |desk: &Desk, op: &Operation, new: NewVersion| {
        let NewVersion { product, label, life } = new;
        desk.add_version(op, AddVersion { version: op.new_id(), product, label, life: life.into() })
    };
    make(change, add, Some("versions")).await
}

/// Changes predecessor and dates of a version: all four are given as they shall be.
#[utoipa::path(patch, path = "/api/v1/versions/{version}", tag = "inventory", params(("version" = String, Path, description = "Identifier")), request_body = NewLife,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 412, body = ProblemDetails)))]
pub(crate) async fn change_version(Path(version): Path<String>, change: Change) -> Answered {
    let (version, seen): (VersionId, _) = (id(&version)?, change.seen()?);
    let alter = move |state: State, op, mut new: NewLife| async move {
        let op = because(op, new.reason.take())?;
        let wish = ChangeVersion { version, life: new.into() };
        state.ask(move |desk| desk.change_version(&op, seen, wish)).await?;
        sent(StatusCode::OK, None, &Made { id: version.to_string() })
    };
    change.json(alter).await
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
pub(crate) async fn add_supplier(change: Change) -> Answered {
    let add = |desk: &Desk, op: &Operation, new: NewSupplier| {
        desk.add_supplier(op, AddSupplier { supplier: op.new_id(), name: new.name })
    };
    make(change, add, None).await
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
pub(crate) async fn add_consignee(change: Change) -> Answered {
    let add = |desk: &Desk, op: &Operation, new: NewConsignee| {
        desk.add_consignee(
            op,
            AddConsignee { consignee: op.new_id(), name: new.name, country: new.country },
        )
    };
    make(change, add, Some("consignees")).await
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
pub(crate) async fn add_site(change: Change) -> Answered {
    let add = |desk: &Desk, op: &Operation, new: NewSite| {
        let NewSite { consignee, name, country, city, time_zone } = new;
        desk.add_site(op, AddSite { site: op.new_id(), consignee, name, country, city, time_zone })
    };
    make(change, add, Some("sites")).await
}
