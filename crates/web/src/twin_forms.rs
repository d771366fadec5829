//! The page of twins and its forms: fork, discard.

use crate::{
    api,
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::{frame::Frame, twins},
    query::Asked,
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_domain::{When, twin::TwinName};
use aftercare_vocab::problem::quoted;
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The page, and where its forms are sent.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/twins", get(page).post(fork))
        .route("/twins/{name}/discard", post(discard))
}

type Answered = Result<Response, Response>;

async fn page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let back = state.links.home();
    let work = async {
        Asked::of(&uri, &[])?;
        let twins = state.ask(|desk| desk.twins()).await?;
        let draw = |frame: &Frame<'_>| twins::page(frame, &twins, &request.0);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &back, &request).await
}

async fn fork(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.twins();
    let work = async {
        let known = ["key", "name", "as_of_day", "as_of_hour", "reason"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let name: TwinName = form.text("name").trim().parse().map_err(refused)?;
        let as_of = moment(&form.text("as_of_day"), &form.text("as_of_hour"))?;
        let op = api::because(op, optional(form.text("reason")))?;
        state.fork_twin(op, name, as_of).await?;
        Ok(Redirect::to(&back).into_response())
    };
    state.led(work.await, &back, &request).await
}

async fn discard(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(name): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.twins();
    let work = async {
        let known = ["key", "again", "reason"];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let again = form.text("again");
        if again.trim() != name {
            let detail = format!(
                "{} is not the name of the twin {}. It was not discarded. Type its name to confirm.",
                quoted(&again),
                quoted(&name)
            );
            return Err(Wrong::new(StatusCode::BAD_REQUEST, "not_confirmed", detail).into());
        }
        let name: TwinName = name.parse().map_err(refused)?;
        let op = api::because(op, optional(form.text("reason")))?;
        state.discard_twin(op, name).await?;
        Ok(Redirect::to(&back).into_response())
    };
    state.led(work.await, &back, &request).await
}

fn refused(refusal: aftercare_domain::Refusal) -> Failure {
    Failure::Trouble(refusal.into())
}

/// The moment of the form: a day and, if not its end, a time of it; none = the present.
fn moment(day: &str, time: &str) -> Result<Option<When>, Failure> {
    let unreadable = |problem: aftercare_vocab::problem::Problem| {
        Wrong::new(StatusCode::BAD_REQUEST, "moment_unreadable", problem.to_string())
    };
    match (day.trim(), time.trim()) {
        ("", "") => Ok(None),
        ("", _) => {
            let detail = "A time of day was given without its day. Choose the day too.";
            Err(Wrong::new(StatusCode::BAD_REQUEST, "moment_unreadable", detail).into())
        }
        (day, "") => Ok(Some(day.parse().map_err(unreadable)?)),
        (day, time) => match day.parse().map_err(unreadable)? {
            When::Day(day) => Ok(Some(When::on(day, time).map_err(unreadable)?)),
            whole => Ok(Some(whole)),
        },
    }
}
