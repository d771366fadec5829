//! Persons to be told at a consignee.

use super::{Made, because, json, said, sending::Change, sent, versioned};
use crate::{
    guard::RequestId,
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::answers;
use aftercare_domain::{Channel, contact::Person};
use aftercare_vocab::id::{ConsigneeId, ContactId, SiteId};
use axum::{
    Extension,
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The contacts of a consignee and its sites, erased ones too.
#[utoipa::path(get, path = "/api/v1/consignees/{consignee}/contacts", tag = "contacts",
    params(("consignee" = String, Path, description = "Identifier"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Page<answers::Contact>), (status = 404, body = ProblemDetails)))]
pub(crate) async fn contacts(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(consignee): Path<String>,
    uri: Uri,
) -> Answered {
    let after = Asked::of(&uri, &["after"])?.text("after");
    let consignee = id(&consignee)?;
    let page = state.ask(move |desk| desk.contacts(consignee, &after)).await?;
    state.contacts_read(&request, Channel::Api, &page.items).await?;
    json(StatusCode::OK, &page)
}

/// One contact.
#[utoipa::path(get, path = "/api/v1/contacts/{contact}", tag = "contacts", params(("contact" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::Contact), (status = 404, body = ProblemDetails)))]
pub(crate) async fn contact(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(contact): Path<String>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let contact = id(&contact)?;
    let found = state.ask(move |desk| desk.contact(contact)).await?;
    state.contacts_read(&request, Channel::Api, std::slice::from_ref(&found)).await?;
    versioned(&found, found.entity_version)
}

/// A person to be told. Kept encrypted, and can be erased.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewContact {
    /// The site they are for; null or absent = the whole consignee.
    #[schema(value_type = Option<String>)]
    site: Option<SiteId>,
    /// Name.
    name: String,
    /// What they do.
    function: Option<String>,
    /// Mail address.
    email: Option<String>,
    /// Telephone number.
    phone: Option<String>,
}

/// Adds a person to be told.
#[utoipa::path(post, path = "/api/v1/consignees/{consignee}/contacts", tag = "contacts", params(("consignee" = String, Path, description = "Identifier")), request_body = NewContact,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn add_contact(Path(consignee): Path<String>, change: Change) -> Answered {
    let consignee: ConsigneeId = id(&consignee)?;
    let add = move |state: State, op, new: NewContact| async move {
        let NewContact { site, name, function, email, phone } = new;
        let person = Person { name, function, email, phone };
        let made = state.ask(move |desk| desk.add_contact(&op, consignee, site, person)).await?;
        let location = state.links.api_thing("contacts", &made.to_string());
        sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
    };
    change.json(add).await
}

/// Who a contact is from now on. Each field must be there; null says that it is not known.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedContact {
    /// Name.
    name: String,
    /// What they do.
    #[serde(deserialize_with = "said")]
    #[schema(required)]
    function: Option<String>,
    /// Mail address.
    #[serde(deserialize_with = "said")]
    #[schema(required)]
    email: Option<String>,
    /// Telephone number.
    #[serde(deserialize_with = "said")]
    #[schema(required)]
    phone: Option<String>,
}

/// Changes who a contact is: all of it, as it shall be.
#[utoipa::path(patch, path = "/api/v1/contacts/{contact}", tag = "contacts", params(("contact" = String, Path, description = "Identifier")), request_body = ChangedContact,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 412, body = ProblemDetails)))]
pub(crate) async fn change_contact(Path(contact): Path<String>, change: Change) -> Answered {
    let (contact, seen): (ContactId, _) = (id(&contact)?, change.seen()?);
    let alter = move |state: State, op, wish: ChangedContact| async move {
        let ChangedContact { name, function, email, phone } = wish;
        let person = Person { name, function, email, phone };
        state.ask(move |desk| desk.change_contact(&op, seen, contact, person)).await?;
        sent(StatusCode::OK, None, &Made { id: contact.to_string() })
    };
    change.json(alter).await
}

/// Why a person's data are erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasureWish {
    /// The ground. No names of persons: it stays in the ledger.
    pub(super) reason: Option<String>,
}

/// Erases for ever who a contact is. The entries stay provable; what they said cannot be brought back.
#[utoipa::path(post, path = "/api/v1/contacts/{contact}/erasure", tag = "contacts",
    params(("contact" = String, Path, description = "Identifier"), ("If-Match" = Option<String>, Header, description = "The `ETag` of the contact as you read it, or its `entity_version` in quotes")),
    request_body = ErasureWish,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn erase_contact(Path(contact): Path<String>, change: Change) -> Answered {
    let (contact, seen): (ContactId, _) = (id(&contact)?, change.seen()?);
    let erase = move |state: State, op, wish: ErasureWish| async move {
        let op = because(op, wish.reason)?;
        state.ask(move |desk| desk.erase_contact(&op, seen, contact)).await?;
        sent(StatusCode::OK, None, &Made { id: contact.to_string() })
    };
    change.json(erase).await
}
