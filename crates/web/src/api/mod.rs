//! The API for programs: resources by noun under `/api/v1`, described in OpenAPI by its very routes.
//!
//! Errors are problem details ([`ProblemDetails`]). Lists come in pages with an opaque cursor. Answers
//! to GET carry an `ETag` ([`tags`]) and can be asked for as of an earlier moment. Changes take an
//! `Idempotency-Key`; changes of a thing that is there already take `If-Match`.

mod access;
mod account;
mod advisory;
mod case;
mod change;
mod contact;
mod decision;
mod delegation;
mod description;
mod duty;
mod ledger;
mod mappings;
mod notice;
mod person;
mod policy;
mod read;
mod rights;
mod rules;
mod sbom;
mod sending;
mod signal;
mod tags;
mod twin;
mod unit;
mod usage;

pub(crate) use description::completed;
pub(crate) use policy::{read_digest, version_asked};
pub(crate) use read::position;
pub use sbom::MATCH_WAIT;
pub(crate) use sbom::matched;
pub(crate) use tags::{packed, tagged};

use crate::{
    guard::RequestId,
    state::State,
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_domain::{Channel, Operation};
use aftercare_vocab::digest::Digest;
use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Aftercare",
        description = "Postmarket vulnerability handling for medical devices: which products, versions, customers, sites and units does a vulnerability reach, and why do we say so. Missing knowledge is a value: counts that could not be made are absent or stand under a name of their own, never under zero. Where an installation holds several workspaces, each has this API under its own prefix (`/w/NAME/api/v1`), and `/api/v1/workspaces` at the root lists them.",
        license(name = "Apache-2.0")
    ),
    components(schemas(ProblemDetails))
)]
struct Described;

/// All routes with their description.
pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(read::index))
        .routes(routes!(read::openapi))
        .routes(routes!(read::standing))
        .routes(routes!(read::ask))
        .routes(routes!(read::products, change::add_product))
        .routes(routes!(read::version, change::change_version))
        .routes(routes!(read::findings))
        .routes(routes!(read::finding))
        .routes(routes!(read::version_components))
        .routes(routes!(read::version_units))
        .routes(routes!(read::vulnerability))
        .routes(routes!(read::components))
        .routes(routes!(read::site))
        .routes(routes!(read::consignee))
        .routes(routes!(read::blob))
        .routes(routes!(read::changes))
        .routes(routes!(read::ledger))
        .routes(routes!(read::ledger_head))
        .routes(routes!(ledger::checkpoint, ledger::sign))
        .routes(routes!(ledger::tile))
        .routes(routes!(ledger::proof))
        .routes(routes!(ledger::keys))
        .routes(routes!(sbom::receive_sbom))
        .routes(routes!(change::add_family))
        .routes(routes!(change::add_version))
        .routes(routes!(change::add_supplier))
        .routes(routes!(change::add_consignee))
        .routes(routes!(change::add_site))
        .routes(routes!(contact::contacts, contact::add_contact))
        .routes(routes!(contact::contact, contact::change_contact))
        .routes(routes!(contact::erase_contact))
        .routes(routes!(case::cases, case::open))
        .routes(routes!(case::case))
        .routes(routes!(case::record))
        .routes(routes!(case::decide))
        .routes(routes!(case::evidence))
        .routes(routes!(case::attachment))
        .routes(routes!(case::clocks))
        .routes(routes!(advisory::advisories, advisory::draft))
        .routes(routes!(advisory::advisory))
        .routes(routes!(advisory::draft_version))
        .routes(routes!(advisory::propose))
        .routes(routes!(advisory::publish))
        .routes(routes!(advisory::withdraw))
        .routes(routes!(notice::notices, notice::issue))
        .routes(routes!(notice::told))
        .routes(routes!(notice::letter))
        .routes(routes!(notice::step))
        .routes(routes!(notice::acknowledge))
        .routes(routes!(decision::decisions, decision::propose))
        .routes(routes!(decision::decision))
        .routes(routes!(decision::revise))
        .routes(routes!(decision::sign))
        .routes(routes!(decision::refuse))
        .routes(routes!(decision::withdraw))
        .routes(routes!(rights::rights))
        .routes(routes!(rights::needed))
        .routes(routes!(rights::dry_run))
        .routes(routes!(mappings::mappings, mappings::state_mapping))
        .routes(routes!(mappings::dry_run))
        .routes(routes!(mappings::mapping, mappings::state_mapping_anew))
        .routes(routes!(mappings::withdraw_mapping))
        .routes(routes!(rules::rules))
        .routes(routes!(rules::edition))
        .routes(routes!(rules::dry_run))
        .routes(routes!(delegation::delegations, delegation::delegate))
        .routes(routes!(delegation::end))
        .routes(routes!(duty::duty))
        .routes(routes!(duty::adopt))
        .routes(routes!(duty::calls, duty::raise))
        .routes(routes!(duty::call))
        .routes(routes!(duty::answer))
        .routes(routes!(signal::signals, signal::enter))
        .routes(routes!(signal::signal))
        .routes(routes!(signal::file))
        .routes(routes!(signal::settle))
        .routes(routes!(signal::own))
        .routes(routes!(signal::write))
        .routes(routes!(signal::erase))
        .routes(routes!(signal::triage))
        .routes(routes!(twin::twins, twin::fork))
        .routes(routes!(twin::discard))
        .routes(routes!(unit::record_units))
        .routes(routes!(read::unit, unit::change_unit))
        .routes(routes!(person::people, person::add_person))
        .routes(routes!(person::people_csv))
        .routes(routes!(person::person, person::rename_person))
        .routes(routes!(person::suspend))
        .routes(routes!(person::reinstate))
        .routes(routes!(person::invite))
        .routes(routes!(person::verify_identity))
        .routes(routes!(person::give_role))
        .routes(routes!(person::take_role))
        .routes(routes!(person::record_absence))
        .routes(routes!(person::end_absence))
        .routes(routes!(person::record_training))
        .routes(routes!(person::override_competence))
        .routes(routes!(person::security))
        .routes(routes!(access::access_review, access::review_access))
        .routes(routes!(person::roles))
        .routes(routes!(usage::usage))
        .routes(routes!(usage::hazards))
        .routes(routes!(usage::risk_file, usage::adopt_risk_file))
        .routes(routes!(usage::state_environment))
        .routes(routes!(usage::end_environment))
        .routes(routes!(usage::state_cycle))
        .routes(routes!(policy::policies, policy::issue))
        .routes(routes!(policy::policy))
        .routes(routes!(policy::document))
        .routes(routes!(policy::issue_version))
        .routes(routes!(policy::acknowledge))
        .routes(routes!(policy::withdraw))
        .routes(routes!(account::account))
        .routes(routes!(account::issue_token))
        .routes(routes!(account::revoke_token))
        .routes(routes!(account::end_session))
}

/// An answer about one thing that can be changed, with the strong tag of its version.
fn versioned<T: Serialize>(answer: &T, version: u64) -> Result<Response, Failure> {
    let mut response = json(StatusCode::OK, answer)?;
    let body = serde_json::to_vec(answer).map_err(|error| Failure::Broken(error.to_string()))?;
    if let Ok(tag) = HeaderValue::from_str(&tags::strong(version, &body)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// An answer as JSON.
fn json<T: Serialize>(status: StatusCode, answer: &T) -> Result<Response, Failure> {
    let body = serde_json::to_vec(answer).map_err(|error| Failure::Broken(error.to_string()))?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// What a change gives: the identifier of what was made, and where it is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Made {
    /// The identifier.
    pub id: String,
}

/// Runs a change to its end, even when the client goes away meanwhile: it then finds the answer under
/// its idempotency key, which the desk keeps with the change. Two requests with one key at the same
/// time do not run beside each other: the second is told that the first is under way.
async fn once(
    state: &State,
    op: &Operation,
    work: impl Future<Output = Result<Sent, Failure>> + Send + 'static,
) -> Result<Response, Failure> {
    let place = match &op.keyed {
        None => None,
        Some(keyed) => Some(state.underway.begin(*keyed.key())?),
    };
    let done = tokio::spawn(async move {
        let sent = work.await;
        drop(place);
        sent
    });
    done.await.map_err(|error| Failure::Broken(error.to_string()))?.map(out)
}

/// The key of a request. One that cannot be read is refused: it would not protect.
fn key(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let first = keys.next().map(|key| key.to_str());
    match (first, keys.next()) {
        (None, _) => Ok(None),
        (Some(Ok(key)), None) => Ok(Some(key)),
        _ => {
            let detail = "Send one Idempotency-Key, of visible ASCII characters.";
            Err(Wrong::new(StatusCode::BAD_REQUEST, "idempotency_key", detail).into())
        }
    }
}

/// The answer to a change: a function of what the desk gave, so that the same is given again for the
/// same key.
struct Sent {
    status: StatusCode,
    location: Option<String>,
    /// JSON.
    body: Vec<u8>,
}

fn out(sent: Sent) -> Response {
    let mut response =
        (sent.status, [(header::CONTENT_TYPE, "application/json")], sent.body).into_response();
    if let Some(value) = sent.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// What a request asks, for comparing a replayed key: method, address with its query, body.
fn asked(method: &Method, uri: &axum::http::Uri, body: &[u8]) -> Digest {
    let mut all = aftercare_vocab::digest::Hasher::default();
    all.update(format!("{method} {uri}\n").as_bytes());
    all.update(body);
    all.finish()
}

/// Reads a JSON body whole, with the place of what does not fit.
fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let wrong = |place: String, why: &serde_json::Error| {
        let detail = format!("The body cannot be read: {why}. Nothing was changed.");
        let place = if place == "." { String::new() } else { place };
        Wrong { place, ..Wrong::new(StatusCode::BAD_REQUEST, "body_unreadable", detail) }
    };
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| wrong(error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| wrong(String::new(), &error))?;
    Ok(value)
}

/// A value that must be there; null says "none". So that a field left out by mistake erases nothing.
fn said<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from)
}

/// The answer to a change.
fn sent<T: Serialize>(
    status: StatusCode,
    location: Option<String>,
    answer: &T,
) -> Result<Sent, Failure> {
    let body = serde_json::to_vec(answer).map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(Sent { status, location, body })
}

/// The operation of a change, with the idempotency key of the request if it has one. `asked` is the
/// digest of what is asked.
fn operation(
    state: &State,
    id: &RequestId,
    headers: &HeaderMap,
    asked: &Digest,
) -> Result<Operation, Failure> {
    let op = state.operation(Channel::Api, id);
    match key(headers)? {
        None => Ok(op),
        Some(key) => op.once(key, asked).map_err(|refusal| {
            Wrong::new(StatusCode::BAD_REQUEST, refusal.code, refusal.to_string()).into()
        }),
    }
}

/// The operation with the reason that came with the request, if one did.
pub(crate) fn because(op: Operation, reason: Option<String>) -> Result<Operation, Failure> {
    match reason {
        None => Ok(op),
        Some(reason) => op.because(&reason).map_err(|refusal| Failure::Trouble(refusal.into())),
    }
}
