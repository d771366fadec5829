//! Persons to be told at a consignee.

use super::{
    Made, asked, because, json, once, operation, parsed, said, sent, tags::seen, versioned,
};
use crate::{
    guard::{BODY_BYTES, RequestId, body, must_be_json},
    moment::At,
    query::{Asked, id},
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::answers;
use aftercare_domain::contact::Person;
use aftercare_vocab::id::{ConsigneeId, ContactId, SiteId};
use axum::{
    Extension,
    body::Body,
    extract::Path,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The contacts of a consignee and its sites, erased ones too.
#[utoipa::path(get, path = "/api/v1/consignees/{consignee}/contacts", tag = "contacts",
    params(("consignee" = String, Path, description = "Identifier"), ("after" = Option<String>, Query, description = "Cursor")),
    responses((status = 200, body = answers::Page<answers::Contact>), (status = 404, body = ProblemDetails)))]
pub(crate) async fn contacts(At(state): At, Path(consignee): Path<String>, uri: Uri) -> Answered {
    let after = Asked::of(&uri, &["after"])?.text("after");
    let consignee = id(&consignee)?;
    json(StatusCode::OK, &state.ask(move |desk| desk.contacts(consignee, &after)).await?)
}

/// One contact.
#[utoipa::path(get, path = "/api/v1/contacts/{contact}", tag = "contacts", params(("contact" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::Contact), (status = 404, body = ProblemDetails)))]
pub(crate) async fn contact(At(state): At, Path(contact): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let contact = id(&contact)?;
    let found = state.ask(move |desk| desk.contact(contact)).await?;
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
pub(crate) async fn add_contact(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(consignee): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    must_be_json(&headers)?;
    let consignee: ConsigneeId = id(&consignee)?;
    let bytes = body(body_sent, BODY_BYTES).await?;
    let digest = asked(&Method::POST, &uri, &bytes);
    let op = operation(&state, &request, &headers, &digest)?;
    once(&state.clone(), &op.clone(), async move {
        let NewContact { site, name, function, email, phone } = parsed(&bytes)?;
        let person = Person { name, function, email, phone };
        let made = state.ask(move |desk| desk.add_contact(&op, consignee, site, person)).await?;
        let location = state.links.api_thing("contacts", &made.to_string());
        sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
    })
    .await
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
pub(crate) async fn change_contact(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(contact): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    must_be_json(&headers)?;
    let (contact, seen): (ContactId, _) = (id(&contact)?, seen(&headers)?);
    let bytes = body(body_sent, BODY_BYTES).await?;
    let digest = asked(&Method::PATCH, &uri, &bytes);
    let op = operation(&state, &request, &headers, &digest)?;
    once(&state.clone(), &op.clone(), async move {
        let ChangedContact { name, function, email, phone } = parsed(&bytes)?;
        let person = Person { name, function, email, phone };
        state.ask(move |desk| desk.change_contact(&op, seen, contact, person)).await?;
        sent(StatusCode::OK, None, &Made { id: contact.to_string() })
    })
    .await
}

/// Why a person's data are erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasureWish {
    /// The ground. No names of persons: it stays in the ledger.
    reason: Option<String>,
}

/// Erases for ever who a contact is. The entries stay provable; what they said cannot be brought back.
#[utoipa::path(post, path = "/api/v1/contacts/{contact}/erasure", tag = "contacts",
    params(("contact" = String, Path, description = "Identifier"), ("If-Match" = Option<String>, Header, description = "The `ETag` of the contact as you read it, or its `entity_version` in quotes")),
    request_body = ErasureWish,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 412, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn erase_contact(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(contact): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body_sent: Body,
) -> Answered {
    Asked::of(&uri, &[])?;
    must_be_json(&headers)?;
    let (contact, seen): (ContactId, _) = (id(&contact)?, seen(&headers)?);
    let bytes = body(body_sent, BODY_BYTES).await?;
    let digest = asked(&Method::POST, &uri, &bytes);
    let op = operation(&state, &request, &headers, &digest)?;
    once(&state.clone(), &op.clone(), async move {
        let wish: ErasureWish = parsed(&bytes)?;
        let op = because(op, wish.reason)?;
        state.ask(move |desk| desk.erase_contact(&op, seen, contact)).await?;
        sent(StatusCode::OK, None, &Made { id: contact.to_string() })
    })
    .await
}
