//! The forms about contacts: add, change, erase. Each leads back to the page of the consignee.

use crate::{
    api,
    guard::{BODY_BYTES, RequestId, body, media_type},
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_domain::{Channel, Operation, contact::Person};
use aftercare_vocab::{
    digest::Digest,
    id::{Consignee, ConsigneeId, ContactId, SiteId},
    problem::quoted,
};
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};

/// Where the forms are sent.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/consignees/{consignee}/contacts", post(add))
        .route("/contacts/{contact}", post(change))
        .route("/contacts/{contact}/erasure", post(erase))
}

type Answered = Result<Response, Response>;

async fn add(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(consignee): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = page(&state, &consignee);
    let work = async {
        let consignee: ConsigneeId = id(&consignee)?;
        let known = ["key", "name", "function", "email", "phone", "site"];
        let (form, op) = read(&state, &request, &headers, sent, &known).await?;
        let site = optional(form.text("site"));
        let site: Option<SiteId> = site.map(|site| id(&site)).transpose()?;
        let person = person(&form);
        state.ask(move |desk| desk.add_contact(&op, consignee, site, person)).await.map(|_| ())
    };
    led_back(&state, work.await, &back, &request).await
}

async fn change(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(contact): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let mut back = state.links.products();
    let work = async {
        let contact: ContactId = id(&contact)?;
        let known = ["key", "consignee", "entity_version", "name", "function", "email", "phone"];
        let (form, op) = read(&state, &request, &headers, sent, &known).await?;
        back = page(&state, &form.text("consignee"));
        let (seen, person) = (seen(&form)?, person(&form));
        state.ask(move |desk| desk.change_contact(&op, seen, contact, person)).await
    };
    let done = work.await;
    led_back(&state, done, &back, &request).await
}

async fn erase(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(contact): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let mut back = state.links.products();
    let work = async {
        let contact: ContactId = id(&contact)?;
        let known = ["key", "consignee", "entity_version", "reason"];
        let (form, op) = read(&state, &request, &headers, sent, &known).await?;
        back = page(&state, &form.text("consignee"));
        let seen = seen(&form)?;
        let op = api::because(op, optional(form.text("reason")))?;
        state.ask(move |desk| desk.erase_contact(&op, seen, contact)).await
    };
    let done = work.await;
    led_back(&state, done, &back, &request).await
}

/// The page of a consignee, if that is what the text names.
fn page(state: &State, consignee: &str) -> String {
    let to = &state.links;
    id::<Consignee>(consignee).map_or_else(|_| to.products(), |id| to.consignee(id))
}

async fn led_back(
    state: &State,
    done: Result<(), Failure>,
    back: &str,
    request: &RequestId,
) -> Answered {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{back}#contacts")).into_response()),
        Err(failure) => Err(state.failed(failure, back, back, request).await),
    }
}

/// Reads a form and makes the operation it asks for. The same form sent twice from the same drawing
/// of a page is one change; corrected and sent again it is another.
async fn read(
    state: &State,
    request: &RequestId,
    headers: &HeaderMap,
    sent: Body,
    known: &[&str],
) -> Result<(Asked, Operation), Failure> {
    if media_type(headers).as_deref() != Some("application/x-www-form-urlencoded") {
        let detail = "The form did not arrive as one. Load the page again and send it from there.";
        return Err(Wrong::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail).into());
    }
    let bytes = body(sent, BODY_BYTES).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Wrong::new(StatusCode::BAD_REQUEST, "form_unreadable", "The form is not UTF-8 text.")
    })?;
    let form = Asked::read(text, known)?;
    let mut op = (state.rim.operation)(Channel::Ui, &request.0);
    if let Some(key) = optional(form.text("key")) {
        let asked = Digest::of(&bytes);
        let once = op.once(&format!("{key} {}", asked.hex()), &asked);
        op = once.map_err(|refusal| {
            Wrong::new(StatusCode::BAD_REQUEST, refusal.code, refusal.to_string())
        })?;
    }
    Ok((form, op))
}

fn person(form: &Asked) -> Person {
    Person {
        name: form.text("name"),
        function: optional(form.text("function")),
        email: optional(form.text("email")),
        phone: optional(form.text("phone")),
    }
}

fn optional(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

fn seen(form: &Asked) -> Result<aftercare_desk::Seen, Failure> {
    let text = form.text("entity_version");
    if let Ok(version) = text.parse() {
        return Ok(Some(version));
    }
    let detail = format!(
        "{} is not the version of a contact. Load the page again and send the form from there.",
        quoted(&text)
    );
    Err(Wrong::new(StatusCode::BAD_REQUEST, "form_unreadable", detail).into())
}
