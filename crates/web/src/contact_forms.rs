//! The forms about contacts: add, change, erase. Each leads back to the page of the consignee.

use crate::{
    api,
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_domain::contact::Person;
use aftercare_vocab::{
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
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let site = optional(form.text("site"));
        let site: Option<SiteId> = site.map(|site| id(&site)).transpose()?;
        let person = person(&form);
        state.ask(move |desk| desk.add_contact(&op, consignee, site, person)).await?;
        Ok(there(&back))
    };
    state.led(work.await, &back, &request).await
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
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        back = page(&state, &form.text("consignee"));
        let (seen, person) = (seen(&form)?, person(&form));
        state.ask(move |desk| desk.change_contact(&op, seen, contact, person)).await?;
        Ok(there(&back))
    };
    let done = work.await;
    state.led(done, &back, &request).await
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
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        back = page(&state, &form.text("consignee"));
        let seen = seen(&form)?;
        let op = api::because(op, optional(form.text("reason")))?;
        state.ask(move |desk| desk.erase_contact(&op, seen, contact)).await?;
        Ok(there(&back))
    };
    let done = work.await;
    state.led(done, &back, &request).await
}

/// The page of a consignee, if that is what the text names.
fn page(state: &State, consignee: &str) -> String {
    let to = &state.links;
    id::<Consignee>(consignee).map_or_else(|_| to.products(), |id| to.consignee(id))
}

/// To the contacts of the page.
fn there(page: &str) -> Response {
    Redirect::to(&format!("{page}#contacts")).into_response()
}

fn person(form: &Asked) -> Person {
    Person {
        name: form.text("name"),
        function: optional(form.text("function")),
        email: optional(form.text("email")),
        phone: optional(form.text("phone")),
    }
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
