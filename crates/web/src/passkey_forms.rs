//! Passkeys: what the script of a page asks for and sends back.
//!
//! A button of a page asks here for a challenge, has the browser's authenticator answer it, and sends the form it
//! stands in with the answer in two hidden fields. Challenges are made when somebody asks for one, never by
//! looking at a page.

use crate::{
    form::{marked, optional, plain_form, sent_form},
    guard::RequestId,
    moment::At,
    query::Asked,
    state::State,
    trouble::Failure,
};
use aftercare_desk::{PasskeyAnswer, PasskeyAsked, PasskeySite, Proofs};
use aftercare_domain::Channel;
use axum::{
    Extension, Json, Router,
    body::Body,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};

/// The hidden fields that a script fills: they name the ceremony and hold the browser's answer.
pub(crate) const FIELDS: [&str; 2] = ["passkey_ticket", "passkey_answer"];

/// Where scripts ask and the account's form is sent.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/account/passkeys", post(register))
        .route("/account/passkeys/challenge", post(to_register))
        .route("/account/passkeys/proof", post(to_prove))
}

type Answered = Result<Response, Response>;

impl State {
    /// The address under which browsers know this installation, for passkeys.
    pub(crate) fn passkey_site(&self, headers: &HeaderMap) -> Result<PasskeySite, Failure> {
        PasskeySite::of(&self.origin_of(headers)).map_err(|why| Failure::Trouble(why.into()))
    }

    /// Whether whoever asks has a passkey to prove themselves with.
    pub(crate) async fn offers_passkey(&self) -> Result<bool, Failure> {
        let Some(viewer) = self.viewer.clone() else { return Ok(false) };
        self.ask(move |desk| desk.has_passkey(viewer.person)).await
    }
}

/// What a form says to prove who sends it: password and code, or a passkey.
pub(crate) fn proofs(state: &State, headers: &HeaderMap, form: &Asked) -> Result<Proofs, Failure> {
    Ok(Proofs {
        password: form.text("password"),
        code: form.text("code"),
        passkey: answer(state, headers, form)?,
    })
}

/// The answer of a passkey in a form, where there is one.
pub(crate) fn answer(
    state: &State,
    headers: &HeaderMap,
    form: &Asked,
) -> Result<Option<PasskeyAnswer>, Failure> {
    let [ticket, answer] = FIELDS.map(|field| form.text(field));
    let Some(answer) = optional(answer) else { return Ok(None) };
    Ok(Some(PasskeyAnswer { site: state.passkey_site(headers)?, ticket, answer }))
}

/// The same where there must be one.
pub(crate) fn wanted(
    state: &State,
    headers: &HeaderMap,
    form: &Asked,
) -> Result<PasskeyAnswer, Failure> {
    answer(state, headers, form)?.ok_or_else(|| {
        let refusal = aftercare_domain::Refusal::new(
            "passkey_missing",
            "No passkey answered.",
            "Passkeys need a browser that knows them, with scripts switched on.",
        );
        Failure::Trouble(refusal.into())
    })
}

/// A challenge, as the script reads it.
pub(crate) fn asked(asked: &PasskeyAsked) -> Response {
    Json(serde_json::json!({ "ticket": asked.ticket, "options": asked.options })).into_response()
}

async fn to_register(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let form = plain_form(&headers, sent, &[crate::form::MARK]).await?;
        marked(&state, &form.text(crate::form::MARK))?;
        let (site, viewer) = (state.passkey_site(&headers)?, state.person()?);
        let op = state.operation(Channel::Ui, &request);
        let begun =
            state.ask(move |desk| desk.ask_to_register_passkey(&op, &viewer, &site)).await?;
        Ok(asked(&begun))
    };
    work.await.map_err(told)
}

async fn to_prove(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let form = plain_form(&headers, sent, &[crate::form::MARK]).await?;
        marked(&state, &form.text(crate::form::MARK))?;
        let (site, viewer) = (state.passkey_site(&headers)?, state.person()?);
        let op = state.operation(Channel::Ui, &request);
        let begun = state.ask(move |desk| desk.ask_for_passkey(&op, viewer.person, &site)).await?;
        Ok(asked(&begun))
    };
    work.await.map_err(told)
}

/// To the script in plain words: it shows them beside the button.
pub(crate) fn told(failure: Failure) -> Response {
    let (status, details) = failure.details();
    let next = details.next.unwrap_or_default();
    let said = if details.detail.contains(&next) {
        details.detail
    } else {
        format!("{} {next}", details.detail)
    };
    (status, Json(serde_json::json!({ "said": said }))).into_response()
}

async fn register(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let back = state.links.account("");
    let work = async {
        let known = ["key", "password", "name", FIELDS[0], FIELDS[1]];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let (viewer, given) = (state.person()?, wanted(&state, &headers, &form)?);
        let proofs = Proofs { password: form.text("password"), ..Proofs::default() };
        let name = form.text("name");
        state.ask(move |desk| desk.register_passkey(&op, &viewer, &proofs, &name, &given)).await?;
        Ok(Redirect::to(&format!("{back}#passkeys")).into_response())
    };
    state.led(work.await, &back, &request).await
}
