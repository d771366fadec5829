//! Single sign-on over HTTP, with a provider in memory that signs what a test wants.

use crate::{
    house::{Answer, House},
    signer::{later, signer},
};
use aftercare_desk::{LinkBy, ProviderSettings, SignInProvider};
use aftercare_domain::role::RoleName;
use aftercare_signin::oidc::{Fetch, Request as Asked, Response};
use aftercare_web::{State, router};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use data_encoding::BASE64URL_NOPAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

const ISSUER: &str = "https://sso.example.org";

/// The provider: the claims of the next token, and what it was asked.
struct Provider {
    pair: Ed25519KeyPair,
    claims: Mutex<Value>,
    asked: Mutex<Vec<String>>,
}

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

impl Fetch for Provider {
    fn fetch(&self, request: Asked<'_>) -> Result<Response, String> {
        let url = match &request {
            Asked::Get { url } | Asked::Post { url, .. } => (*url).to_owned(),
        };
        let body = if url.ends_with("/.well-known/openid-configuration") {
            json!({
                "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"),
                "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/keys"),
            })
        } else if url.ends_with("/keys") {
            let x = text(self.pair.public_key().as_ref());
            json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "1", "x": x}]})
        } else {
            let header = json!({"alg": "EdDSA", "kid": "1"}).to_string();
            let claims = self.claims.lock().expect("claims").to_string();
            let said = format!("{}.{}", text(header.as_bytes()), text(claims.as_bytes()));
            let signature = text(self.pair.sign(said.as_bytes()).as_ref());
            json!({"id_token": format!("{said}.{signature}"), "token_type": "Bearer"})
        };
        self.asked.lock().expect("asked").push(url);
        Ok(Response { status: 200, body: body.to_string().into_bytes() })
    }
}

struct Place {
    house: House,
    router: Router,
    provider: Arc<Provider>,
}

async fn place(link: LinkBy) -> Place {
    let house = House::built().await;
    let pair = Ed25519KeyPair::from_seed_unchecked(&[3; 32]).expect("a key");
    let provider = Arc::new(Provider { pair, claims: Mutex::default(), asked: Mutex::default() });
    let settings = ProviderSettings {
        issuer: ISSUER.to_owned(),
        client_id: "aftercare".to_owned(),
        client_secret: "hidden".to_owned(),
        name: "Maker SSO".to_owned(),
        link,
    };
    let fetch: Arc<dyn Fetch + Send + Sync> = provider.clone();
    let state: State = house.state.clone();
    let router = router(state.by_provider(SignInProvider::through(settings, fetch)));
    Place { house, router, provider }
}

impl Place {
    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header("host", "localhost:8080").header("cookie", cookie);
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    async fn form(&self, path: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .header("host", "localhost:8080")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    /// Begins; gives the cookie, and what the provider is told: `state` and `nonce`.
    async fn begins(&self) -> (String, String, String) {
        let begun = self.form("/sign-in/provider", "to=/account").await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
        let away = begun.headers["refresh"].to_str().expect("text").to_owned();
        assert!(away.contains(&format!("url={ISSUER}/authorize?")), "{away}");
        assert!(away.contains("code_challenge_method=S256"), "{away}");
        assert!(away.contains("localhost%3A8080%2Fsign-in%2Fprovider%2Fback"), "{away}");
        let of = |name: &str| {
            let (_, rest) = away.split_once(&format!("&{name}=")).expect("there");
            rest.split('&').next().expect("a value").to_owned()
        };
        (cookie(&begun), of("state"), of("nonce"))
    }

    /// The provider will say this.
    fn says(&self, nonce: &str, subject: &str, more: &Value) {
        let now = self.house.begin().at.micros() / 1_000_000;
        let mut claims = json!({
            "iss": ISSUER, "sub": subject, "aud": "aftercare", "iat": now, "exp": now + 300,
            "nonce": nonce,
        });
        let all = claims.as_object_mut().expect("claims");
        all.extend(more.as_object().expect("claims").clone());
        *self.provider.claims.lock().expect("claims") = claims;
    }

    /// The whole way for somebody.
    async fn signs_in(&self, subject: &str, more: &Value) -> Answer {
        let (cookie, state, nonce) = self.begins().await;
        self.says(&nonce, subject, more);
        self.get(&format!("/sign-in/provider/back?code=c&state={state}&session_state=x"), &cookie)
            .await
    }

    fn asked(&self) -> usize {
        self.provider.asked.lock().expect("asked").len()
    }
}

fn cookie(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie").iter();
    let pairs: Vec<&str> =
        all.filter_map(|one| one.to_str().ok()).filter_map(|one| one.split(';').next()).collect();
    pairs.join("; ")
}

fn nobody(answer: &Answer, words: &str) {
    let text = answer.text();
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    assert!(text.contains(words), "not `{words}` in {text}");
    assert!(answer.headers.get("set-cookie").is_none(), "nobody is signed in");
    assert!(!text.contains("Infusion"), "nothing of the record");
}

/// Somebody without a code generator, who was added by an administrator.
fn added(place: &Place, login: &str, name: &str) {
    let house = &place.house;
    crate::house::apart(|| house.desk.add_person(&house.begin(), login, name).expect("added"));
}

#[tokio::test]
async fn somebody_who_was_added_is_linked_once_and_known_by_the_link_from_then_on() {
    let place = place(LinkBy::Email).await;
    added(&place, "nora@example.org", "Nora O'Neill");
    let page = place.get("/sign-in", "").await.text();
    assert!(page.contains("Sign in with Maker SSO"), "{page}");
    let verified = json!({"email": "Nora@example.org", "email_verified": true});
    let signed = place.signs_in("n-1", &verified).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());
    assert_eq!(signed.headers["location"], "/account");
    let account = place.get("/account", &cookie(&signed)).await.text();
    assert!(account.contains("Nora O&#39;Neill") || account.contains("Nora O'Neill"), "{account}");
    assert!(account.contains("identity provider"), "by what: {account}");
    // The address may change: the link stays.
    let again = place.signs_in("n-1", &json!({})).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
    // Another account there with her address is not her.
    nobody(&place.signs_in("n-2", &verified).await, "nobody was added here");
}

#[tokio::test]
async fn nobody_comes_in_who_was_not_added_or_whose_address_is_not_verified() {
    let place = place(LinkBy::Email).await;
    added(&place, "nora@example.org", "Nora");
    let claims = [
        json!({"email": "other@example.org", "email_verified": true}),
        json!({"email": "nora@example.org", "email_verified": false}),
        json!({"email": "nora@example.org"}),
        json!({"preferred_username": "nora@example.org"}),
    ];
    for claims in claims {
        nobody(&place.signs_in("n-1", &claims).await, "nobody was added here");
    }
}

#[tokio::test]
async fn whoever_has_a_code_generator_here_gives_its_code_as_well() {
    let place = place(LinkBy::Username).await;
    let house = &place.house;
    let siri = signer(house, ("siri", "Siri Dahl"), &[RoleName::SafetyRiskManager]);
    let first = place.signs_in("s-1", &json!({"preferred_username": "siri"})).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert!(first.headers.get("set-cookie").is_none(), "not signed in yet");
    let page = first.text();
    let (_, rest) = page.split_once("name=\"ticket\" value=\"").expect("a second step");
    let ticket = rest.split('"').next().expect("a value");
    later(house, 31);
    let body = format!("ticket={ticket}&code={}&to=/account", siri.code(house));
    let second = place.form("/sign-in/code", &body).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text());
}

#[tokio::test]
async fn an_answer_of_another_browser_an_old_one_and_a_refusal_end_on_the_sign_in_page() {
    let place = place(LinkBy::Email).await;
    added(&place, "nora@example.org", "Nora");
    let verified = json!({"email": "nora@example.org", "email_verified": true});
    let (own, state, nonce) = place.begins().await;
    place.says(&nonce, "n-1", &verified);
    let path = format!("/sign-in/provider/back?code=c&state={state}");
    let before = place.asked();
    nobody(&place.get(&path, "").await, "not begun in this browser");
    let (other, _, _) = place.begins().await;
    nobody(&place.get(&path, &other).await, "not begun in this browser");
    assert_eq!(place.asked(), before, "no code was sent on");
    assert_eq!(place.get(&path, &own).await.status, StatusCode::SEE_OTHER);
    nobody(&place.get(&path, &own).await, "not begun in this browser");

    let (own, state, _) = place.begins().await;
    place.says("another nonce", "n-1", &verified);
    let path = format!("/sign-in/provider/back?code=c&state={state}");
    nobody(&place.get(&path, &own).await, "does not fit");

    let (own, state, _) = place.begins().await;
    let path = format!(
        "/sign-in/provider/back?error=access_denied&error_description=%3Cb%3E&state={state}"
    );
    let refused = place.get(&path, &own).await;
    nobody(&refused, "access_denied");
    assert!(!refused.text().contains("<b>"), "no markup of theirs");

    let (own, state, nonce) = place.begins().await;
    place.says(&nonce, "n-1", &verified);
    later(&place.house, 601);
    nobody(
        &place.get(&format!("/sign-in/provider/back?code=c&state={state}"), &own).await,
        "begun",
    );
}

#[tokio::test]
async fn without_a_provider_nobody_is_asked() {
    let house = House::built().await;
    let request = Request::get("/sign-in").header("host", "localhost:8080");
    let page = house.send_as_it_is(request.body(Body::empty()).expect("a request")).await.text();
    assert!(
        page.contains("Sign in with a passkey") && !page.contains("/sign-in/provider"),
        "{page}"
    );
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let answer = house.sent("POST", "/sign-in/provider", &headers, "to=").await;
    nobody(&answer, "No sign-in provider");
}
