//! What is stated of the use of a product: the page and its forms.

use crate::{
    api::because,
    form::{optional, sent_file, sent_form},
    guard::RequestId,
    moment::At,
    pages::{
        frame::Frame,
        usage::{self, Part},
    },
    query::{Asked, id},
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{NewRiskFile, Seen, preview_risk_file};
use aftercare_domain::usage::RISK_FILE_BYTES;
use aftercare_vocab::{id::ProductId, problem::quoted};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The page and its forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/products/{product}/use", get(sheet))
        .route("/products/{product}/risk-file", post(risk_file))
        .route("/products/{product}/environments", post(environment))
        .route("/products/{product}/environments/end", post(end_environment))
        .route("/products/{product}/cycle", post(cycle))
}

type Answered = Result<Response, Response>;

async fn sheet(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(product): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        let product: ProductId = id(&product)?;
        let asked = Asked::of(&uri, &["words", "after", "edition"])?;
        let (words, after) = (asked.text("words"), place(&asked.text("after"))?);
        let edition = edition(&asked)?;
        let (sheet, rows) = state
            .ask(move |desk| {
                let sheet = desk.usage(product)?;
                let rows = if sheet.risk_files.is_empty() {
                    None
                } else {
                    Some(desk.hazards(product, edition, &words, after)?)
                };
                Ok((sheet, rows.map(|rows| Part { rows, words, after })))
            })
            .await?;
        let draw = |frame: &Frame<'_>| usage::page(frame, &sheet, rows.as_ref(), &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.products(), &request).await
}

async fn risk_file(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(product): Path<String>,
    sent: Request,
) -> Answered {
    let mut back = state.links.at(None).products();
    let work = async {
        let product: ProductId = id(&product)?;
        back = state.links.at(None).usage(product);
        let (form, file, op) = sent_file(&state, &request, sent, RISK_FILE_BYTES).await?;
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let new =
            NewRiskFile { file_name: file.name, columns: field("columns"), scale: field("scale") };
        let bytes = file.bytes;
        if field("act") == "preview" {
            let (sheet, read) = state
                .ask({
                    let new = new.clone();
                    move |desk| Ok((desk.usage(product)?, preview_risk_file(&new, &bytes)?))
                })
                .await?;
            let draw = |frame: &Frame<'_>| usage::preview(frame, &sheet, &new, &read, &request.0);
            return Ok(state.page(StatusCode::OK, "", draw).await);
        }
        let seen = seen(&field("entity_version"))?;
        let op = because(op, optional(field("reason")))?;
        state.ask(move |desk| desk.adopt_risk_file(&op, seen, product, &new, &bytes)).await?;
        Ok(Redirect::to(&back).into_response())
    };
    let work = work.await;
    state.led(work, &back, &request).await
}

/// Reads a form of the page and carries out what it asks for.
macro_rules! stated {
    ($name:ident, $known:expr, |$desk:ident, $op:ident, $seen:ident, $product:ident, $form:ident| $work:expr) => {
        async fn $name(
            At(state): At,
            Extension(request): Extension<RequestId>,
            Path(product): Path<String>,
            headers: HeaderMap,
            sent: Body,
        ) -> Answered {
            let mut back = state.links.at(None).products();
            let work = async {
                let $product: ProductId = id(&product)?;
                back = state.links.at(None).usage($product);
                let known: &[&str] = &$known;
                let known = [&["key", "entity_version", "reason"], known].concat();
                let ($form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
                let $seen = seen(&$form.text("entity_version"))?;
                let $op = because(op, optional($form.text("reason")))?;
                state.ask(move |$desk| $work).await?;
                Ok(Redirect::to(&back).into_response())
            };
            let work = work.await;
            state.led(work, &back, &request).await
        }
    };
}

stated!(
    environment,
    ["environment", "description", "network", "measures"],
    |desk, op, seen, product, form| {
        let said =
            ["environment", "description", "network", "measures"].map(|name| form.text(name));
        desk.state_environment(&op, seen, product, said)
    }
);

stated!(end_environment, ["environment"], |desk, op, seen, product, form| {
    desk.end_environment(&op, seen, product, form.text("environment"))
});

stated!(cycle, ["days", "justification"], |desk, op, seen, product, form| {
    // What is no number is none that the rules allow, and they say which are.
    let days = form.text("days").trim().parse().unwrap_or_default();
    desk.state_cycle(&op, seen, product, days, form.text("justification"))
});

/// The state of an entity that a form was drawn from; none = the form does not say.
pub(crate) fn seen(text: &str) -> Result<Seen, Failure> {
    optional(text.to_owned()).map(|text| number(&text, "entity_version")).transpose()
}

fn number(text: &str, field: &str) -> Result<u64, Failure> {
    text.trim().parse().map_err(|_| {
        let detail = format!("{} is not a value of `{field}`: it is a whole number.", quoted(text));
        Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into()
    })
}

/// Which edition of a risk file is asked for; none = the one in force.
pub(crate) fn edition(asked: &Asked) -> Result<Option<u64>, Failure> {
    optional(asked.text("edition")).map(|text| number(&text, "edition")).transpose()
}

/// How many rows to pass over.
pub(crate) fn place(text: &str) -> Result<usize, Failure> {
    optional(text.to_owned())
        .map(|text| number(&text, "after"))
        .transpose()
        .map(|found| usize::try_from(found.unwrap_or_default()).unwrap_or(usize::MAX))
}
