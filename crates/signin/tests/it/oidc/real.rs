//! Single sign-on against a provider that others wrote: `fixtures/oidc/`, named by
//! `AFTERCARE_TEST_OIDC`. The browser is played by a plain client with a jar for cookies.

use super::provider::random;
use aftercare_net::{Door, Limits, Reach};
use aftercare_signin::{
    oidc::{
        Back, Fetch, Identity, Keys, Presence, Provider, Refused, Request, Response, SecretCode,
        Settings, begin, finish,
    },
    secret::SecretText,
};
use aftercare_vocab::instant::Instant;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use url::Url;

const BACK: &str = "https://aftercare.example.org/signin/back";

/// There is one provider for all tests, and one of them changes its keys: one after the other.
static TURN: Mutex<()> = Mutex::new(());

/// The provider, for one test alone.
struct Turn {
    issuer: String,
    _guard: MutexGuard<'static, ()>,
}

/// Waits for its turn; says so where there is no provider.
#[allow(clippy::disallowed_methods, reason = "the surroundings of a test")]
fn turn() -> Option<Turn> {
    let Ok(issuer) = std::env::var("AFTERCARE_TEST_OIDC") else {
        eprintln!("NOT RUN: no OpenID Connect provider (AFTERCARE_TEST_OIDC names none)");
        return None;
    };
    let guard = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    Some(Turn { issuer, _guard: guard })
}

/// The provider lives by the clock, so this test does.
#[allow(clippy::disallowed_methods, reason = "the other side asks for the time too")]
fn now() -> Instant {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Instant::from_micros(now.expect("after 1970").as_micros() as i64)
}

struct Through(Door);

impl Fetch for Through {
    fn fetch(&self, request: Request<'_>) -> Result<Response, String> {
        let request = match request {
            Request::Get { url } => aftercare_net::Request::get(url),
            Request::Post { url, form, authorization } => {
                let request = aftercare_net::Request::form(url, form.expose());
                match authorization {
                    Some(value) => request.with("authorization", value.expose()),
                    None => request,
                }
            }
        };
        let response = self.0.fetch(&request).map_err(|refused| refused.to_string())?;
        Ok(Response { status: response.status, body: response.body })
    }
}

fn door() -> Through {
    Through(Door::new(Reach::OwnMachine, Limits::default()).expect("a door"))
}

/// A browser: follows redirects, keeps cookies by path and name, fills in the forms of the provider.
struct Browser {
    door: Door,
    cookies: BTreeMap<(String, String), String>,
    /// How often it was asked for login and password.
    asked: u32,
}

impl Browser {
    fn new() -> Self {
        Self { door: door().0, cookies: BTreeMap::new(), asked: 0 }
    }

    /// Goes to an address and on, until it is sent back to us.
    fn goes_to(&mut self, address: &str, login: &str) -> Back {
        let mut url = Url::parse(address).expect("an address");
        let mut form = None;
        for _ in 0..20 {
            let response = self.asks(&url, form.take().as_deref());
            if let Some(location) = response.header("location").next() {
                url = url.join(location).expect("an address");
                if url.as_str().starts_with(BACK) {
                    return back(&url);
                }
                continue;
            }
            let page = String::from_utf8_lossy(&response.body).into_owned();
            assert_eq!(response.status, 200, "{url}: {page}");
            form = Some(if page.contains("name=\"prompt\" value=\"login\"") {
                self.asked += 1;
                format!("prompt=login&login={login}&password=anything")
            } else {
                assert!(page.contains("name=\"prompt\" value=\"consent\""), "{url}: {page}");
                "prompt=consent".to_owned()
            });
        }
        panic!("the provider sends the browser round and round: {url}")
    }

    fn asks(&mut self, url: &Url, form: Option<&str>) -> aftercare_net::Response {
        let sent: Vec<String> = self
            .cookies
            .iter()
            .filter(|((path, _), _)| url.path().starts_with(path.as_str()))
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let request = match form {
            Some(form) => aftercare_net::Request::form(url.as_str(), form),
            None => aftercare_net::Request::get(url.as_str()),
        };
        let request = request.with("cookie", &sent.join("; "));
        let response = self.door.fetch(&request).expect("answered");
        for cookie in response.header("set-cookie") {
            let mut parts = cookie.split("; ");
            let (name, value) = parts.next().and_then(|p| p.split_once('=')).expect("a cookie");
            let path = parts.find_map(|part| part.strip_prefix("path=")).unwrap_or("/");
            self.cookies.insert((path.to_owned(), name.to_owned()), value.to_owned());
        }
        response
    }
}

fn back(url: &Url) -> Back {
    let mut fields: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    Back {
        state: fields.remove("state"),
        code: fields.remove("code").map(SecretCode),
        iss: fields.remove("iss"),
        error: fields.remove("error"),
        error_description: fields.remove("error_description"),
    }
}

fn settings(issuer: &str, algorithm: &str) -> Settings {
    Settings {
        issuer: issuer.to_owned(),
        client_id: format!("aftercare-{algorithm}"),
        client_secret: Some(SecretText::new("a secret/with+signs")),
        redirect_uri: BACK.to_owned(),
        scopes: vec!["profile".into(), "email".into()],
    }
}

fn signs_in(
    browser: &mut Browser,
    keys: &mut Keys,
    settings: &Settings,
    login: &str,
    presence: Presence,
) -> Result<Identity, Refused> {
    let provider = Provider::discover(settings, &door())?;
    let begun = begin(&provider, settings, &random(login.len() as u8), presence, now())?;
    let back = browser.goes_to(&begun.address, login);
    finish(&provider, settings, keys, begun.pending, &back, &door(), now())
}

#[test]
fn a_person_signs_in_at_a_real_provider_with_each_algorithm_and_across_a_change_of_its_keys() {
    let Some(turn) = turn() else { return };
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let (settings, mut keys) = (settings(&turn.issuer, algorithm), Keys::default());
        let sign_in = |keys: &mut Keys, login: &str| {
            signs_in(&mut Browser::new(), keys, &settings, login, Presence::Any)
        };
        let anna = sign_in(&mut keys, "anna").expect("signed in");
        assert_eq!((anna.issuer.as_str(), anna.subject.as_str()), (turn.issuer.as_str(), "anna"));
        assert_eq!(anna.name.as_deref(), Some("Person anna"));
        assert_eq!(anna.email.as_deref(), Some("anna@example.org"));
        assert_eq!(sign_in(&mut keys, "bernd").expect("signed in").subject, "bernd");

        let rotate = aftercare_net::Request::form(&format!("{}/fixture/rotate", turn.issuer), "");
        assert_eq!(door().0.fetch(&rotate).expect("answered").status, 204);
        // The keys were fetched a moment ago, so the new one is not asked for yet.
        assert_eq!(sign_in(&mut keys, "anna"), Err(Refused::UnknownKey));
        // Whoever kept the old keys for a while comes in with the new one.
        let mut older = keys.clone();
        older.forget();
        assert!(sign_in(&mut older, "anna").is_ok());
    }
}

#[test]
fn a_real_provider_asks_again_before_a_signature_and_not_before() {
    let Some(turn) = turn() else { return };
    let (settings, mut keys) = (settings(&turn.issuer, "ES256"), Keys::default());
    let mut browser = Browser::new();
    let mut sign_in = |browser: &mut Browser, presence| {
        signs_in(browser, &mut keys, &settings, "anna", presence).expect("signed in")
    };
    sign_in(&mut browser, Presence::Any);
    assert_eq!(browser.asked, 1);
    sign_in(&mut browser, Presence::Any);
    assert_eq!(browser.asked, 1, "the session at the provider is enough");
    let signer = sign_in(&mut browser, Presence::Now);
    assert_eq!(browser.asked, 2, "asked again");
    assert!(signer.authenticated.is_some());
}

#[test]
fn a_real_provider_sells_a_code_once_and_only_to_whom_began() {
    let Some(turn) = turn() else { return };
    let settings = settings(&turn.issuer, "RS256");
    let provider = Provider::discover(&settings, &door()).expect("discovered");
    let begin =
        |seed| begin(&provider, &settings, &random(seed), Presence::Any, now()).expect("begun");
    let finish = |pending, back: &Back| {
        finish(&provider, &settings, &mut Keys::default(), pending, back, &door(), now())
    };
    let (own, other) = (begin(1), begin(2));
    let back = Browser::new().goes_to(&own.address, "anna");
    // A thief has the code and the state of the own sign-in, but not the verifier.
    let stolen = Back {
        state: serde_json::to_value(&other.pending).expect("text")["state"]
            .as_str()
            .map(Into::into),
        ..back.clone()
    };
    assert!(matches!(finish(other.pending, &stolen), Err(Refused::Provider(_))));
    let back = Browser::new().goes_to(&own.address, "anna");
    assert!(finish(own.pending.clone(), &back).is_ok());
    assert!(matches!(finish(own.pending, &back), Err(Refused::Provider(_))), "used up");
}

#[test]
fn a_wrong_client_secret_is_told() {
    let Some(turn) = turn() else { return };
    let settings = Settings {
        client_secret: Some(SecretText::new("wrong")),
        ..settings(&turn.issuer, "RS256")
    };
    let refused =
        signs_in(&mut Browser::new(), &mut Keys::default(), &settings, "anna", Presence::Any);
    let told = refused.expect_err("refused").to_string();
    assert!(told.contains("invalid_client"), "{told}");
}
