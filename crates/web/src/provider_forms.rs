//! Signing in by an identity provider: to it, and back.

use crate::{
    form::plain_form,
    guard::RequestId,
    moment::At,
    pages::sign_in::{self, Again},
    query::Asked,
    sign_in_forms::{Answered, origin, said, shown, signed_in},
    state::State,
    trouble::Failure,
    viewer::{cookie, provider_cookie, set_provider_cookie},
};
use aftercare_desk::{ProviderBack, SignInProvider, SignInStep};
use aftercare_domain::{Channel, Refusal};
use axum::{
    Extension, Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::Response,
    routing::{get, post},
};

/// To the provider, and back.
pub(crate) fn routes() -> Router<State> {
    Router::new().route("/sign-in/provider", post(to)).route("/sign-in/provider/back", get(back))
}

const REFRESH: HeaderName = HeaderName::from_static("refresh");

fn provider(state: &State) -> Result<SignInProvider, Failure> {
    state.provider.clone().ok_or_else(|| {
        let refusal = Refusal::new(
            "no_provider",
            "No sign-in provider is set up here.",
            "Sign in with login and password, or with a passkey.",
        );
        Failure::Trouble(refusal.into())
    })
}

/// Sends the browser to the provider. By a page that refreshes itself, because the policy of our pages lets no
/// form end at another site, not even by a redirect.
async fn to(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let form = plain_form(&headers, sent, &["to"]).await?;
        let to = form.text("to");
        let provider = match provider(&state) {
            Ok(provider) => provider,
            Err(failure) => return again(&state, failure, &to),
        };
        let redirect =
            format!("{}{}", state.origin_of(&headers), state.links.whole("/sign-in/provider/back"));
        let op = state.operation(Channel::Ui, &request);
        let (asked, then) = (provider.clone(), to.clone());
        let begun =
            state.ask(move |desk| desk.begin_by_provider(&op, &asked, &redirect, &then)).await;
        match begun {
            Ok(begun) => {
                let mut response = shown(&state, StatusCode::OK, |frame, _| {
                    sign_in::away(frame, provider.name(), &begun.address)
                });
                let value = HeaderValue::from_str(&format!("0; url={}", begun.address))
                    .map_err(|error| Failure::Broken(error.to_string()))?;
                response.headers_mut().insert(REFRESH, value);
                set_provider_cookie(&state, &mut response, &begun.browser);
                Ok(response)
            }
            Err(failure) => again(&state, failure, &to),
        }
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

/// Providers add parameters of their own, which say nothing to us.
const KNOWN: [&str; 10] = [
    "state",
    "code",
    "iss",
    "error",
    "error_description",
    "error_uri",
    "session_state",
    "scope",
    "authuser",
    "prompt",
];

async fn back(At(state): At, Extension(request): Extension<RequestId>, sent: Request) -> Answered {
    let work = async {
        let (parts, _) = sent.into_parts();
        let asked = Asked::of(&parts.uri, &KNOWN)?;
        let one = |name: &str| crate::form::optional(asked.text(name));
        let back = ProviderBack {
            state: one("state"),
            code: one("code"),
            iss: one("iss"),
            error: one("error"),
            error_description: one("error_description"),
        };
        let browser = cookie(&parts.headers, &provider_cookie(&state)).unwrap_or_default();
        let provider = match provider(&state) {
            Ok(provider) => provider,
            Err(failure) => return again(&state, failure, ""),
        };
        let origin = origin(&state, &parts);
        let op = state.operation(Channel::Ui, &request);
        let done = state
            .ask(move |desk| desk.finish_by_provider(&op, &provider, &browser, back, &origin))
            .await;
        match done {
            Ok((SignInStep::Done(signed), to)) => Ok(signed_in(&state, &signed, &to)),
            Ok((SignInStep::Second(ticket), to)) => {
                let again = Again { to: &to, ..Again::default() };
                Ok(shown(&state, StatusCode::OK, |frame, _| sign_in::code(frame, &again, &ticket)))
            }
            Err(failure) => again(&state, failure, ""),
        }
    };
    state.led(work.await, &state.links.sign_in(""), &request).await
}

/// The sign-in page with the reason.
fn again(state: &State, failure: Failure, to: &str) -> Result<Response, Failure> {
    let (status, why) = said(failure)?;
    let again = Again { why: Some(&why), to, ..Again::default() };
    Ok(shown(state, status, |frame, of| sign_in::page(frame, &again, of)))
}
