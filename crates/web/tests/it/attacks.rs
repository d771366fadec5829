//! Attacks on accounts, sessions and signatures over HTTP, each test named after what is tried.

use crate::{
    house::{Answer, House, apart},
    people::{
        PASSWORD, added, api, cookies, form, invited, joined, look, mark, narrow, open, quality,
    },
    signer::{Signer, digest, later, other_digest, password, signer},
};
use aftercare_desk::{SESSION_IDLE_MICROS, SESSION_WHOLE_MICROS};
use aftercare_domain::{access::Right, role::RoleName};
use aftercare_web::{Seat, State, router};
use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use serde_json::json;
use std::net::SocketAddr;
use tower::ServiceExt as _;

const SECOND: i64 = 1_000_000;
/// Where the page that shows a seed sends its code.
const CONFIRM: &str = "/account/generator/confirm";
const LEAD: &str = "product_security_lead";

/// Somebody in a browser.
struct Browser<'a> {
    house: &'a House,
    cookie: String,
}

impl<'a> Browser<'a> {
    /// A new account, in its first session.
    async fn new(house: &'a House, login: &str) -> (Self, String) {
        let person = added(house, login, "Nora New").await;
        let cookie = joined(house, login, &invited(house, &person).await).await;
        (Self { house, cookie }, person)
    }

    async fn get(&self, path: &str) -> Answer {
        open(self.house, &self.cookie, path).await
    }

    async fn mark(&self) -> String {
        mark(&self.get("/account").await.text())
    }

    /// Sends a form with the mark of this session.
    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mark = self.mark().await;
        let all = [fields, &[("mark", mark.as_str())]].concat();
        form(self.house, &self.cookie, path, &all).await
    }

    async fn is_in(&self) -> bool {
        self.get("/account").await.status == StatusCode::OK
    }
}

/// The value of the session among cookies.
fn session(cookies: &str) -> String {
    let found = cookies.split("; ").find(|one| one.contains("aftercare-session"));
    found.expect("a session").split_once('=').expect("a pair").1.to_owned()
}

/// Tries to sign in, from a network and with the cookies of a browser.
async fn tried(house: &House, from: [u8; 4], cookie: &str, login: &str, password: &str) -> Answer {
    let body = format!("login={login}&password={}", aftercare_web::link::encoded(password));
    let mut request = Request::post("/sign-in")
        .header("host", "127.0.0.1:8080")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(ConnectInfo(SocketAddr::from((from, 4711))));
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    house.send_as_it_is(request.body(Body::from(body)).expect("a request")).await
}

const HOME: [u8; 4] = [192, 0, 2, 1];

/// The ticket of the second step.
async fn ticket(house: &House, login: &str) -> String {
    let page = tried(house, HOME, "", login, password()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let text = page.text();
    let (_, rest) = text.split_once("name=\"ticket\" value=\"").expect("a ticket");
    rest.split('"').next().expect("a value").to_owned()
}

async fn second(house: &House, ticket: &str, code: &str) -> Answer {
    form(house, "", "/sign-in/code", &[("ticket", ticket), ("code", code)]).await
}

/// What a page says in words, without identifiers and what differs by request.
fn said(answer: &Answer, login: &str) -> (StatusCode, String) {
    (answer.status, answer.text().replace(login, "LOGIN"))
}

async fn router_of(state: &State, request: Request<Body>) -> Answer {
    let response = router(state.clone()).oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

fn formed(path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header("host", "127.0.0.1:8080")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .expect("a request")
}

async fn signed_in(house: &House, login: &str) -> String {
    let answer = tried(house, HOME, "", login, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    cookies(&answer)
}

#[tokio::test]
async fn a_session_planted_before_signing_in() {
    let house = House::built().await;
    let (own, _) = Browser::new(&house, "nora").await;
    let planted = format!("aftercare-session={}", "A".repeat(43));
    let answer = tried(&house, HOME, &planted, "nora", PASSWORD).await;
    let (given, before) = (session(&cookies(&answer)), session(&own.cookie));
    assert!(given != "A".repeat(43) && given != before, "a secret was kept over signing in");
    assert_eq!(open(&house, &planted, "/account").await.status, StatusCode::SEE_OTHER);
    // The session of another does not become one's own either.
    let (other, _) = Browser::new(&house, "olga").await;
    let over = tried(&house, HOME, &other.cookie, "nora", PASSWORD).await;
    assert_ne!(session(&cookies(&over)), session(&other.cookie));
    assert!(other.get("/account").await.text().contains("olga"), "the session changed its person");
}

#[tokio::test]
async fn a_cookie_read_by_a_script_or_sent_over_an_open_line() {
    let house = House::built().await;
    let _ = Browser::new(&house, "nora").await;
    let plain = tried(&house, HOME, "", "nora", PASSWORD).await;
    let body = format!("login=nora&password={}", aftercare_web::link::encoded(PASSWORD));
    let behind = house.state.clone().reached_at("https://aftercare.maker.example");
    let encrypted = router_of(&behind, formed("/sign-in", &body)).await;
    for (answer, secure) in [(&plain, false), (&encrypted, true)] {
        let all: Vec<&str> =
            answer.headers.get_all("set-cookie").iter().map(|one| one.to_str().unwrap()).collect();
        assert_eq!(all.len(), 2, "{all:?}");
        for cookie in all {
            for flag in ["; HttpOnly", "; SameSite=Lax", "; Path=/"] {
                assert!(cookie.contains(flag), "{cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
            assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
            assert_eq!(cookie.starts_with("__Host-"), secure, "{cookie}");
        }
    }
    // A cookie of the open line is none behind encryption.
    let request = Request::get("/account")
        .header("host", "127.0.0.1:8080")
        .header("cookie", cookies(&plain))
        .body(Body::empty())
        .expect("a request");
    assert_eq!(router_of(&behind, request).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_twin_behind_encryption_whose_cookies_travel_in_the_open() {
    let house = House::built().await;
    let _ = Browser::new(&house, "nora").await;
    let front = house.front();
    let main = Seat::workspace(&"main".parse().expect("a name"));
    assert!(front.mount(
        &main,
        house.state.clone().reached_at("https://aftercare.maker.example").unfollowed()
    ));
    let send = |request: Request<Body>| front.clone().oneshot(request);
    let fork = Request::post("/api/v1/twins")
        .header("host", "127.0.0.1:8080")
        .header("authorization", house.bearer())
        .header("content-type", "application/json")
        .body(Body::from(r#"{"name":"drill","reason":"Exercise"}"#));
    let made = send(fork.expect("a request")).await.expect("an answer");
    assert_eq!(made.status(), StatusCode::CREATED);
    let body = format!("login=nora&password={}", aftercare_web::link::encoded(PASSWORD));
    let signed = send(formed("/t/drill/sign-in", &body)).await.expect("an answer");
    assert_eq!(signed.status(), StatusCode::SEE_OTHER);
    let mut its = String::new();
    for cookie in signed.headers().get_all("set-cookie") {
        let cookie = cookie.to_str().expect("text");
        assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
        its.push_str(cookie.split(';').next().expect("a pair"));
        its.push_str("; ");
    }
    // What signs in there signs in nowhere else.
    let asked = |path: &str, cookie: &str| {
        let request = Request::get(path).header("host", "127.0.0.1:8080").header("cookie", cookie);
        send(request.body(Body::empty()).expect("a request"))
    };
    let renamed = its.replace("session_t_drill", "session");
    for (path, cookie, status) in [
        ("/t/drill/account", its.as_str(), StatusCode::OK),
        ("/account", its.as_str(), StatusCode::SEE_OTHER),
        ("/account", renamed.as_str(), StatusCode::SEE_OTHER),
    ] {
        assert_eq!(asked(path, cookie).await.expect("an answer").status(), status, "{path}");
    }
}

#[tokio::test]
async fn a_session_used_after_its_time() {
    let house = House::built().await;
    let (nora, _) = Browser::new(&house, "nora").await;
    later(&house, SESSION_IDLE_MICROS / SECOND - 1);
    let secret = session(&nora.cookie);
    apart(|| house.desk.session_used(&secret, &house.begin()).expect("noted"));
    assert!(nora.is_in().await);
    later(&house, SESSION_IDLE_MICROS / SECOND);
    assert!(!nora.is_in().await, "an idle session went on");
    let nora = Browser { house: &house, cookie: signed_in(&house, "nora").await };
    let secret = session(&nora.cookie);
    let step = SESSION_IDLE_MICROS / SECOND / 2;
    let whole = SESSION_WHOLE_MICROS / SECOND / step;
    for _ in 1..whole {
        later(&house, step);
        apart(|| house.desk.session_used(&secret, &house.begin()).expect("noted"));
        assert!(nora.is_in().await);
    }
    later(&house, step);
    assert!(!nora.is_in().await, "a session went on for ever because it was used");
}

#[tokio::test]
async fn a_session_used_after_it_was_ended() {
    let house = House::built().await;
    let (first, person) = Browser::new(&house, "nora").await;
    let second = Browser { house: &house, cookie: signed_in(&house, "nora").await };
    let third = Browser { house: &house, cookie: signed_in(&house, "nora").await };
    assert_eq!(second.send("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!second.is_in().await, "signed out, and still in");
    let fields = [("key", "k"), ("password", PASSWORD), ("fresh", password())];
    let changed = first.send("/account/password", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text());
    assert!(!third.is_in().await, "the password changed, and another session went on");
    assert!(first.is_in().await, "one's own session goes on");
    let _ = invited(&house, &person).await;
    assert!(!first.is_in().await, "an invitation left a session");
}

#[tokio::test]
async fn the_session_credential_and_token_of_somebody_else() {
    let house = House::built().await;
    let (nora, _) = Browser::new(&house, "nora").await;
    let (olga, _) = Browser::new(&house, "olga").await;
    let account = nora.get("/api/v1/account").await.json();
    let of = |part: &str| account[part][0]["id"].as_str().expect("an id").to_owned();
    let entries = house.entries();
    let (session, credential) = (of("sessions"), of("credentials"));
    let ended = olga.send(&format!("/account/sessions/{session}/end"), &[("key", "k")]).await;
    assert_eq!(ended.status, StatusCode::NOT_FOUND, "{}", ended.text());
    let path = format!("/account/credentials/{credential}/end");
    let ended = olga.send(&path, &[("key", "k"), ("password", PASSWORD)]).await;
    assert_eq!(ended.status, StatusCode::NOT_FOUND, "{}", ended.text());
    let token = look(&house, &house.worker.token, "/api/v1/account").await.json();
    let token = token["tokens"][0]["id"].as_str().expect("an id").to_owned();
    let ended = olga.send(&format!("/account/tokens/{token}/revoke"), &[("key", "k")]).await;
    assert_eq!(ended.status, StatusCode::NOT_FOUND, "{}", ended.text());
    assert_eq!(house.entries(), entries, "something of another was changed");
    assert!(nora.is_in().await);
}

#[tokio::test]
async fn a_form_or_a_call_sent_by_another_site() {
    let house = House::built().await;
    let (nora, _) = Browser::new(&house, "nora").await;
    let (olga, _) = Browser::new(&house, "olga").await;
    let (own, foreign) = (nora.mark().await, olga.mark().await);
    let entries = house.entries();
    for path in ["/account/generator", "/account/password", "/sign-out", "/decisions", "/people"] {
        for wrong in [None, Some(foreign.as_str()), Some(""), Some("x")] {
            let fields: Vec<(&str, &str)> = wrong.map(|mark| ("mark", mark)).into_iter().collect();
            let sent = form(&house, &nora.cookie, path, &fields).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path} {wrong:?}: {}", sent.text());
        }
    }
    let body = format!("mark={}&key=k", aftercare_web::link::encoded(&own));
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
    ] {
        for path in ["/account/generator", "/sign-in", "/sign-out", "/join", "/set-up"] {
            let mut request = formed(path, &body);
            request.headers_mut().insert("cookie", nora.cookie.parse().expect("a header"));
            request.headers_mut().insert(name, value.parse().expect("a header"));
            let sent = house.send_as_it_is(request).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path} {name}: {value}");
        }
    }
    let wish = r#"{"name":"T","scope":["see_record"],"days":9}"#;
    for mark in [None, Some(foreign.as_str())] {
        for (method, path) in [("POST", "/api/v1/account/tokens"), ("PUT", "/api/v1/people")] {
            let mut headers =
                vec![("cookie", nora.cookie.as_str()), ("content-type", "application/json")];
            headers.extend(mark.map(|mark| ("aftercare-mark", mark)));
            let sent = house.sent(method, path, &headers, wish).await;
            assert_eq!(sent.json()["code"], "cross_site", "{method} {path}");
        }
    }
    assert_eq!(house.entries(), entries, "another site changed something");
    assert!(nora.is_in().await);
}

#[tokio::test]
async fn a_token_in_the_address() {
    let house = House::built().await;
    let token = &house.worker.token;
    for path in ["/products", "/", "/api/v1/products", "/api/v1/account", "/nowhere"] {
        for name in ["token", "access_token", "q"] {
            let request = Request::get(format!("{path}?{name}={token}"))
                .header("host", "127.0.0.1:8080")
                .body(Body::empty())
                .expect("a request");
            let answer = house.send_as_it_is(request).await;
            assert!(!answer.status.is_success(), "{path}?{name}: a token in the address let in");
            let place = answer.headers.get("location").map(|to| to.to_str().expect("text"));
            assert!(!place.is_some_and(|to| to.contains(token)), "{place:?}");
            assert!(!answer.text().contains(token), "{path}: the token was repeated");
        }
    }
}

#[tokio::test]
async fn two_authorizations_or_one_that_is_none() {
    let house = House::built().await;
    let token = &house.worker.token;
    let asked = |values: Vec<String>| {
        let mut request = Request::get("/api/v1/account").header("host", "127.0.0.1:8080");
        for value in values {
            request = request.header("authorization", value);
        }
        house.send_as_it_is(request.body(Body::empty()).expect("a request"))
    };
    let good = format!("Bearer {token}");
    assert_eq!(asked(vec![good.clone()]).await.status, StatusCode::OK);
    let other = format!("Bearer {}", house.administrator.token);
    for values in [
        vec![good.clone(), other.clone()],
        vec![good.clone(), good.clone()],
        vec![format!("{good}, {other}")],
        vec!["Bearer".to_owned()],
        vec!["Bearer ".to_owned()],
        vec![format!("Basic {token}")],
        vec![token.clone()],
        vec![format!("Bearer {}", "a".repeat(100_000))],
        vec![format!("Bearer {}", token.to_uppercase())],
        vec![format!("Bearer {}", &token[..token.len() - 1])],
    ] {
        let shown: Vec<&str> = values.iter().map(|one| one.get(..12).unwrap_or(one)).collect();
        let shown = format!("{shown:?}");
        assert_eq!(asked(values).await.status, StatusCode::UNAUTHORIZED, "{shown}");
    }
}

#[tokio::test]
async fn a_way_out_to_another_place_after_signing_in() {
    let house = House::built().await;
    let (nora, _) = Browser::new(&house, "nora").await;
    for to in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\u{85}/evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        " //evil.example",
        "/../w/other/",
        "/./w/other/",
        "/products/../w/other/",
        "/products/%2e%2E/w/other/",
        "/w/other/products",
        "/t/drill/products",
        "/x\r\nset-cookie: a=b",
    ] {
        let path = format!("/sign-in?to={}", aftercare_web::link::encoded(to));
        let answer = nora.get(&path).await;
        assert_eq!(answer.headers["location"], "/", "{to:?}");
        let body = format!(
            "login=nora&password={}&to={}",
            aftercare_web::link::encoded(PASSWORD),
            aftercare_web::link::encoded(to)
        );
        let answer = house.send_as_it_is(formed("/sign-in", &body)).await;
        assert_eq!(answer.headers["location"], "/", "{to:?}");
    }
    let good = nora.get("/sign-in?to=%2Fproducts%3Fonly%3Dwithout_sbom").await;
    assert_eq!(good.headers["location"], "/products?only=without_sbom");
}

#[tokio::test]
async fn a_code_of_a_generator_used_again() {
    let house = House::built().await;
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    later(&house, 31);
    let code = anna.code(&house);
    let (one, two) = (ticket(&house, "anna").await, ticket(&house, "anna").await);
    let (first, other) = tokio::join!(second(&house, &one, &code), second(&house, &two, &code));
    let mut both = [first.status, other.status];
    both.sort_unstable();
    assert_eq!(both[0], StatusCode::SEE_OTHER, "{} {}", first.text(), other.text());
    assert_ne!(both[1], StatusCode::SEE_OTHER, "two came in by one code at once");
    let third = ticket(&house, "anna").await;
    assert_ne!(second(&house, &third, &code).await.status, StatusCode::SEE_OTHER);
    assert_ne!(second(&house, &one, &code).await.status, StatusCode::SEE_OTHER, "the step again");
    // What signed in does not sign.
    let id = proposed(&house, &anna).await;
    let body = signing(&house, &anna, &id, LEAD, &code).await;
    let path = format!("/api/v1/decisions/{id}/signatures");
    let replayed = anna.post(&house, &path, &body).await;
    assert_eq!(replayed.json()["code"], "code_used", "{}", replayed.text());
}

async fn proposed(house: &House, by: &Signer) -> String {
    let wish = json!({
        "kind": "closure", "about": "CVE-2021-44906", "title": "Close it", "statement": "The fix is out.",
        "families": null, "circumstances": {
            "harm": null, "essential_performance": null, "uncontrolled": null, "product_class": null,
            "rests_on_reachability": null, "lowers_computed": false
        }
    });
    let made = by.post(house, "/api/v1/decisions", &wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn signing(
    house: &House,
    by: &Signer,
    id: &str,
    role: &str,
    code: &str,
) -> serde_json::Value {
    let of = digest(&by.get(house, &format!("/api/v1/decisions/{id}")).await);
    json!({"role": role, "digest": of, "password": password(), "code": code, "reason": null})
}

#[tokio::test]
async fn two_signatures_at_once_by_one_code() {
    let house = House::built().await;
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    let (one, two) = (proposed(&house, &anna).await, proposed(&house, &anna).await);
    later(&house, 31);
    let code = anna.code(&house);
    let (body, other) = (
        signing(&house, &anna, &one, LEAD, &code).await,
        signing(&house, &anna, &two, LEAD, &code).await,
    );
    let (one, two) = (
        format!("/api/v1/decisions/{one}/signatures"),
        format!("/api/v1/decisions/{two}/signatures"),
    );
    let (one, two) = tokio::join!(anna.post(&house, &one, &body), anna.post(&house, &two, &other));
    let signed = [&one, &two].iter().filter(|one| one.status == StatusCode::CREATED).count();
    assert_eq!(signed, 1, "{} {}", one.text(), two.text());
}

#[tokio::test]
async fn a_code_guessed_while_the_password_alone_washes_the_count_away() {
    let house = House::built().await;
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    let id = proposed(&house, &anna).await;
    let of = digest(&anna.get(&house, &format!("/api/v1/decisions/{id}")).await);
    let path = format!("/api/v1/decisions/{id}/signatures");
    let body = |code: &str| json!({"role": LEAD, "digest": of, "password": password(), "code": code, "reason": null});
    let mut waits = false;
    for _ in 0..3 {
        for _ in 0..6 {
            let guess = anna.post(&house, &path, &body("000000")).await;
            waits |= guess.json()["code"] == "too_many_attempts";
        }
        let washed = anna.post(&house, &path, &body("")).await;
        assert_ne!(washed.status, StatusCode::CREATED);
    }
    assert!(waits, "codes could be guessed without end");
}

#[tokio::test]
async fn a_recovery_code_used_twice() {
    let house = House::built().await;
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    later(&house, 31);
    let step = ticket(&house, "anna").await;
    let browser = Browser {
        house: &house,
        cookie: cookies(&second(&house, &step, &anna.code(&house)).await),
    };
    let sheet =
        browser.send("/account/recovery", &[("key", "k"), ("password", password())]).await.text();
    let code = sheet.split("<code>").nth(1).and_then(|rest| rest.split('<').next());
    let code = code.expect("a code").to_owned();
    let step = ticket(&house, "anna").await;
    let first = second(&house, &step, &code).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    let step = ticket(&house, "anna").await;
    assert_ne!(second(&house, &step, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_guesser_who_locks_the_owner_out() {
    let house = House::built().await;
    let (nora, person) = Browser::new(&house, "nora").await;
    let mut waited = false;
    for _ in 0..8 {
        let guess = tried(&house, [203, 0, 113, 9], "", "nora", "not the password 1").await;
        waited |= guess.text().contains("has to wait");
        assert_ne!(guess.status, StatusCode::SEE_OTHER);
    }
    assert!(waited, "guessing went on without a wait");
    let own = tried(&house, [203, 0, 113, 9], &nora.cookie, "nora", PASSWORD).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER, "the owner's browser was kept out");
    let elsewhere = tried(&house, HOME, "", "nora", PASSWORD).await;
    assert_eq!(elsewhere.status, StatusCode::SEE_OTHER, "another network was kept out");
    // So often that a password alone counts no more: an invitation still leads in.
    for network in 0..101 {
        let guess = tried(&house, [10, 0, 0, network], "", "nora", "x").await;
        assert_ne!(guess.status, StatusCode::SEE_OTHER);
    }
    let guarded = tried(&house, [10, 1, 0, 1], "", "nora", PASSWORD).await;
    assert_ne!(guarded.status, StatusCode::SEE_OTHER, "a guessed password let in");
    let code = invited(&house, &person).await;
    let fields = [("login", "nora"), ("code", code.as_str()), ("password", PASSWORD)];
    let back = form(&house, "", "/join", &fields).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "locked out for good: {}", back.text());
}

#[tokio::test]
async fn a_login_found_out_by_its_answer() {
    let house = House::built().await;
    let _ = Browser::new(&house, "nora").await;
    let known = tried(&house, HOME, "", "nora", "not the password 1").await;
    let unknown = tried(&house, HOME, "", "nobody", "not the password 1").await;
    assert_eq!(said(&known, "nora"), said(&unknown, "nobody"));
    // Nor by what an invitation says of a password like the name, nor by a set-up code.
    for password in [PASSWORD, "nora new", "short", "Nora New Nora New 1"] {
        let of = |login: &'static str| {
            let house = &house;
            async move {
                let fields = [("login", login), ("code", "wrong"), ("password", password)];
                form(house, "", "/join", &fields).await
            }
        };
        let (known, unknown) = (of("nora").await, of("nobody").await);
        assert_eq!(said(&known, "nora"), said(&unknown, "nobody"), "{password}");
        assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_set_up_that_is_raced_or_begun_with_another_code() {
    let house = House::built().await;
    let (state, desk, _folder) = house.empty();
    let code = apart(|| desk.set_up_code(&house.begin()).expect("reads").expect("nobody is there"));
    let body = |code: &str, login: &str| {
        format!(
            "code={code}&login={login}&name=First&password={}",
            aftercare_web::link::encoded(PASSWORD)
        )
    };
    let wrong = router_of(&state, formed("/set-up", &body("wrong", "eve"))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (one, two) = tokio::join!(
        router_of(&state, formed("/set-up", &body(&code, "anna"))),
        router_of(&state, formed("/set-up", &body(&code, "berta")))
    );
    let won = [&one, &two].iter().filter(|one| one.status == StatusCode::SEE_OTHER).count();
    assert_eq!(won, 1, "{} {}", one.text(), two.text());
    let late = router_of(&state, formed("/set-up", &body(&code, "carla"))).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "set up twice");
}

#[tokio::test]
async fn an_invitation_of_somebody_else_or_of_somebody_suspended() {
    let house = House::built().await;
    let (nora, olga) = (added(&house, "nora", "Nora").await, added(&house, "olga", "Olga").await);
    let code = invited(&house, &nora).await;
    let _ = invited(&house, &olga).await;
    let join = |login: &'static str, code: String| {
        let house = &house;
        async move {
            let fields = [("login", login), ("code", code.as_str()), ("password", PASSWORD)];
            form(house, "", "/join", &fields).await.status
        }
    };
    assert_eq!(join("olga", code.clone()).await, StatusCode::UNPROCESSABLE_ENTITY);
    let admin = house.administrator.token.clone();
    let call = |what: &'static str| {
        let (house, path) = (&house, format!("/api/v1/people/{nora}/{what}"));
        let admin = admin.clone();
        async move { api(house, &admin, "POST", &path, &json!({"reason": "Left"})).await.status }
    };
    assert_eq!(call("suspension").await, StatusCode::OK);
    assert_eq!(join("nora", code.clone()).await, StatusCode::UNPROCESSABLE_ENTITY);
    let path = format!("/api/v1/people/{nora}/reinstatement");
    assert_eq!(api(&house, &admin, "POST", &path, &json!({})).await.status, StatusCode::OK);
    let old = join("nora", code).await;
    assert_eq!(old, StatusCode::UNPROCESSABLE_ENTITY, "an invitation outlived a suspension");
    // Two at once with one code: one of them.
    let code = invited(&house, &nora).await;
    let (one, two) = tokio::join!(join("nora", code.clone()), join("nora", code.clone()));
    assert_eq!([one, two].iter().filter(|one| **one == StatusCode::SEE_OTHER).count(), 1);
    // And after its three days none.
    let code = invited(&house, &olga).await;
    later(&house, 3 * 24 * 60 * 60);
    assert_eq!(join("olga", code).await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_role_that_was_taken_in_the_midst_of_a_session() {
    let house = House::built().await;
    let (nora, person) = Browser::new(&house, "nora").await;
    let admin = &house.administrator.token;
    let wish = json!({ "role": "quality", "standing": "holder", "families": null });
    let roles = format!("/api/v1/people/{person}/roles");
    let grant = api(&house, admin, "POST", &roles, &wish).await.json();
    let grant = grant["id"].as_str().expect("an id").to_owned();
    assert_eq!(nora.get("/products").await.status, StatusCode::OK);
    let body = [("key", "k"), ("name", "T"), ("days", "9"), ("right_see_record", "yes")];
    let page = nora.send("/account/tokens", &body).await.text();
    let token = page.find("aftercare_").map(|at| page[at..at + 86].to_owned()).expect("a token");
    assert_eq!(look(&house, &token, "/api/v1/products").await.status, StatusCode::OK);
    let taken = api(&house, admin, "DELETE", &format!("{roles}/{grant}"), &json!({})).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
    assert_eq!(nora.get("/products").await.status, StatusCode::FORBIDDEN);
    assert_eq!(look(&house, &token, "/api/v1/products").await.status, StatusCode::FORBIDDEN);
    // What was true then does not give the right back.
    for path in ["/products?as_of=entry:14", "/api/v1/products?as_of=entry:14"] {
        assert_eq!(nora.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_token_that_reaches_for_the_account_of_its_person() {
    let house = House::built().await;
    let greta = quality(&house);
    let person = greta.person.to_string();
    let cookie = joined(&house, &greta.login, &invited(&house, &person).await).await;
    let browser = Browser { house: &house, cookie };
    let token = narrow(&house, &greta, &[Right::SeePeople]);
    assert_eq!(
        browser.send("/account/generator", &[("key", "k")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(browser.get("/account").await.text().contains(CONFIRM), "no seed for its person");
    let page = look(&house, &token, "/account").await;
    assert!(!page.text().contains(CONFIRM), "a token read the seed of a code generator");
    let account = browser.get("/api/v1/account").await.json();
    let of = |part: &str| account[part][0]["id"].as_str().expect("an id").to_owned();
    let entries = house.entries();
    let bearer = format!("Bearer {token}");
    for path in [
        "/account/password".to_owned(),
        "/account/generator".to_owned(),
        "/account/generator/confirm".to_owned(),
        "/account/recovery".to_owned(),
        format!("/account/credentials/{}/end", of("credentials")),
        format!("/account/sessions/{}/end", of("sessions")),
    ] {
        let mut request = formed(&path, "key=k");
        request.headers_mut().insert("authorization", bearer.parse().expect("a header"));
        let answer = house.send_as_it_is(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.text());
    }
    for path in [
        format!("/api/v1/account/sessions/{}", of("sessions")),
        // Another token of the same person.
        format!("/api/v1/account/tokens/{}", of("tokens")),
    ] {
        let answer = api(&house, &token, "DELETE", &path, &json!({})).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.text());
    }
    assert_eq!(house.entries(), entries, "a token changed its person's account");
    assert!(browser.is_in().await);
}

#[tokio::test]
async fn a_seed_begun_in_a_session_that_was_ended() {
    let house = House::built().await;
    let (thief, person) = Browser::new(&house, "nora").await;
    thief.send("/account/generator", &[("key", "k")]).await;
    assert!(thief.get("/account").await.text().contains(CONFIRM), "not begun");
    let cookie = joined(&house, "nora", &invited(&house, &person).await).await;
    let owner = Browser { house: &house, cookie };
    let page = owner.get("/account").await.text();
    assert!(!page.contains(CONFIRM), "the owner is shown a seed that somebody else knows");
}

#[tokio::test]
async fn half_a_sign_in_by_a_password_that_was_changed() {
    let house = House::built().await;
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    later(&house, 31);
    let step = ticket(&house, "anna").await;
    let thief = ticket(&house, "anna").await;
    let cookie = cookies(&second(&house, &step, &anna.code(&house)).await);
    let owner = Browser { house: &house, cookie };
    let fields = [("key", "k"), ("password", password()), ("fresh", PASSWORD)];
    let changed = owner.send("/account/password", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text());
    later(&house, 31);
    let late = second(&house, &thief, &anna.code(&house)).await;
    assert_ne!(late.status, StatusCode::SEE_OTHER, "the old password still led in");
}

#[tokio::test]
async fn a_known_browser_s_secret_that_was_stolen_before() {
    let house = House::built().await;
    let (first, _) = Browser::new(&house, "nora").await;
    let next = tried(&house, HOME, &first.cookie, "nora", PASSWORD).await;
    assert_eq!(next.status, StatusCode::SEE_OTHER);
    for _ in 0..8 {
        tried(&house, [203, 0, 113, 9], "", "nora", "x").await;
    }
    let stolen = tried(&house, [203, 0, 113, 9], &first.cookie, "nora", "x").await;
    assert!(stolen.text().contains("has to wait"), "a secret given out anew stayed good");
    let known = tried(&house, [203, 0, 113, 9], &cookies(&next), "nora", PASSWORD).await;
    assert_eq!(known.status, StatusCode::SEE_OTHER, "{}", known.text());
}

/// A family beside that of the house, and somebody who leads its security alone.
async fn beside(house: &House) -> (String, Signer) {
    let made = house.post("/api/v1/families", r#"{"name":"Imaging"}"#).await;
    let family = made.json()["id"].as_str().expect("an id").to_owned();
    let outsider = signer(house, ("ida", "Ida Image"), &[RoleName::Developer]);
    let roles = format!("/api/v1/people/{}", outsider.person);
    let admin = house.administrator.token.clone();
    let sheet = look(house, &admin, &roles).await.json();
    let grant = sheet["row"]["roles"][0]["id"].as_str().expect("a role").to_owned();
    let wish = json!({"role": LEAD, "standing": "holder", "families": [family.clone()]});
    let given = api(house, &admin, "POST", &format!("{roles}/roles"), &wish).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    let taken = api(house, &admin, "DELETE", &format!("{roles}/roles/{grant}"), &json!({})).await;
    assert_eq!(taken.status, StatusCode::OK);
    let token = apart(|| {
        let member = aftercare_testkit::people::Member {
            person: outsider.person,
            login: "ida".to_owned(),
            token: String::new(),
        };
        narrow(house, &member, &[Right::SeeRecord, Right::SeeDecisions, Right::TakePart])
    });
    (family, Signer { token, ..outsider })
}

#[tokio::test]
async fn a_part_of_the_record_never_passes_for_the_whole() {
    let house = House::built().await;
    let (_, ida) = beside(&house).await;
    let lead = signer(&house, ("lena", "Lena Lead"), &[RoleName::Developer]);
    for path in ["/", "/products", "/?q=CVE-2021-44228"] {
        let part = ida.get(&house, path).await;
        assert_eq!(part.status, StatusCode::OK, "{path}: {}", part.text());
        assert!(part.text().contains("You see a part of the record."), "{path}: {}", part.text());
        let whole = lead.get(&house, path).await;
        assert!(!whole.text().contains("You see a part of the record."), "{path}");
    }
}

#[tokio::test]
async fn a_decision_of_another_family_by_its_identifier() {
    let house = House::built().await;
    let (_, ida) = beside(&house).await;
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    let wish = json!({
        "kind": "closure", "about": "CVE-2021-44906", "title": "Secret of Infusion", "statement": "It is so.",
        "families": [house.family], "circumstances": {
            "harm": null, "essential_performance": null, "uncontrolled": null, "product_class": null,
            "rests_on_reachability": null, "lowers_computed": false
        }
    });
    let made = anna.post(&house, "/api/v1/decisions", &wish).await;
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    later(&house, 31);
    let of = digest(&anna.get(&house, &format!("/api/v1/decisions/{id}")).await);
    let entries = house.entries();
    for path in ["", "/revise"] {
        let page = ida.get(&house, &format!("/decisions/{id}{path}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.text().contains("Secret of Infusion"));
    }
    for list in [
        "/decisions?only=all",
        "/api/v1/decisions?only=all",
        "/api/v1/decisions?about=CVE-2021-44906",
    ] {
        let page = ida.get(&house, list).await;
        assert!(!page.text().contains("Secret of Infusion"), "{list}");
    }
    let sign = json!({"role": LEAD, "digest": of, "password": password(), "code": ida.code(&house), "reason": "No"});
    for (what, body) in [
        ("signatures", &sign),
        ("refusals", &sign),
        ("versions", &wish),
        ("withdrawal", &json!({"reason": "x"})),
    ] {
        let path = format!("/api/v1/decisions/{id}/{what}");
        let answer = ida.post(&house, &path, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}: {}", answer.text());
    }
    for what in ["sign", "refuse", "withdraw"] {
        let body = format!("key=k{what}&reason=x");
        let body = if what == "withdraw" {
            body
        } else {
            format!("{body}&role={LEAD}&of={of}{}", ida.proofs(&house))
        };
        let answer = ida.form(&house, &format!("/decisions/{id}/{what}"), &body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}: {}", answer.text());
    }
    assert_eq!(house.entries(), entries, "a decision out of sight was changed");
    // And none is made for families out of sight.
    for families in [json!(null), json!([house.family])] {
        let mut wish = wish.clone();
        wish["families"] = families;
        let answer = ida.post(&house, "/api/v1/decisions", &wish).await;
        assert!(answer.status.is_client_error(), "{}", answer.text());
    }
    assert_eq!(house.entries(), entries);
}

#[tokio::test]
async fn a_decision_carried_off_to_another_family_by_a_new_version() {
    let house = House::built().await;
    let (family, ida) = beside(&house).await;
    // She sees the family of the house too, and has nothing to decide there.
    let roles = format!("/api/v1/people/{}/roles", ida.person);
    let wish = json!({"role": "field_service", "standing": "holder", "families": [house.family]});
    let given = api(&house, &house.administrator.token, "POST", &roles, &wish).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    let mut wish = json!({
        "kind": "closure", "about": "CVE-2021-44906", "title": "Of Infusion", "statement": "It is so.",
        "families": [house.family], "circumstances": {
            "harm": null, "essential_performance": null, "uncontrolled": null, "product_class": null,
            "rests_on_reachability": null, "lowers_computed": false
        }
    });
    let made = anna.post(&house, "/api/v1/decisions", &wish).await;
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/decisions/{id}/versions");
    wish["families"] = json!([family]);
    let carried = ida.post(&house, &path, &wish).await;
    assert_eq!(carried.json()["code"], "may_not_propose", "{}", carried.text());
    wish["families"] = json!([house.family, "fam_00000000000000000000000000"]);
    let strange = anna.post(&house, &path, &wish).await;
    assert_eq!(strange.json()["code"], "unknown_id", "{}", strange.text());
}

#[tokio::test]
async fn an_administrator_who_decides_or_gives_himself_the_power() {
    let house = House::built().await;
    let admin = house.administrator.token.clone();
    let entries = house.entries();
    let id = house.decision.clone();
    for (method, path, body) in [
        ("POST", "/api/v1/decisions".to_owned(), json!({})),
        ("POST", format!("/api/v1/decisions/{id}/signatures"), json!({})),
        ("POST", format!("/api/v1/decisions/{id}/refusals"), json!({})),
        ("POST", format!("/api/v1/decisions/{id}/versions"), json!({})),
        ("POST", format!("/api/v1/decisions/{id}/withdrawal"), json!({})),
        ("POST", "/api/v1/delegations".to_owned(), json!({})),
        ("POST", "/api/v1/rights/dry-run".to_owned(), json!({})),
        ("POST", format!("/api/v1/people/{}/overrides", house.worker.person), json!({})),
    ] {
        let answer = api(&house, &admin, method, &path, &body).await;
        assert_eq!(answer.json()["code"], "right_missing", "{path}: {}", answer.text());
    }
    for path in ["/decisions/new", "/rights/closure", "/delegations/new", "/products", "/ledger"] {
        assert_eq!(look(&house, &admin, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let own = format!("/api/v1/people/{}", house.administrator.person);
    let role = json!({"role": LEAD, "standing": "holder", "families": null});
    let given = api(&house, &admin, "POST", &format!("{own}/roles"), &role).await;
    assert_eq!(given.json()["code"], "own_role");
    let trained = json!({"role": "quality", "subject": "C", "on": "2026-11-20", "until": "2027-11-20", "evidence": null});
    let trained = api(&house, &admin, "POST", &format!("{own}/trainings"), &trained).await;
    assert_eq!(trained.json()["code"], "own_training");
    let gone =
        api(&house, &admin, "POST", &format!("{own}/suspension"), &json!({"reason": "x"})).await;
    assert_eq!(gone.json()["code"], "own_account");
    assert_eq!(house.entries(), entries);
}

#[tokio::test]
async fn two_invented_signers_who_vouch_for_each_other() {
    let house = House::built().await;
    let admin = house.administrator.token.clone();
    let quality = signer(&house, ("greta", "Greta Quell"), &[RoleName::Quality]);
    let mut invented = Vec::new();
    for login in ["fake.one", "fake.two"] {
        let (browser, person) = Browser::new(&house, login).await;
        let role = json!({"role": "executive", "standing": "holder", "families": null});
        let given =
            api(&house, &admin, "POST", &format!("/api/v1/people/{person}/roles"), &role).await;
        assert_eq!(given.status, StatusCode::CREATED);
        invented.push((browser, person));
    }
    let how = [("key", "k"), ("how", "I know them")];
    let each = invented[0].0.send(&format!("/people/{}/identity", invented[1].1), &how).await;
    assert_eq!(each.status, StatusCode::UNPROCESSABLE_ENTITY, "an invented person vouched");
    assert!(each.text().contains("Greta Quell"), "{}", each.text());
    let path = format!("/api/v1/people/{}/identity", invented[1].1);
    let creator = api(&house, &admin, "POST", &path, &json!({"how": "I made them"})).await;
    assert_eq!(creator.json()["code"], "identity_by_creator", "{}", creator.text());
    let vouched = quality.post(&house, &path, &json!({"how": "Pass shown"})).await;
    assert_eq!(vouched.status, StatusCode::OK, "{}", vouched.text());
}

#[tokio::test]
async fn one_person_in_two_places_and_a_role_handed_round() {
    let house = House::built().await;
    let both = [RoleName::ProductSecurityLead, RoleName::Quality];
    let anna = signer(&house, ("anna", "Anna Berg"), &both);
    let delegate = {
        let siri = signer(&house, ("siri", "Siri Dahl"), &[RoleName::SafetyRiskManager]);
        apart(|| crate::signer::train(&house, siri.person, RoleName::ProductSecurityLead));
        siri
    };
    let id = proposed(&house, &anna).await;
    assert_eq!(anna.sign(&house, &id, "quality").await.status, StatusCode::CREATED);
    let twice = anna.sign(&house, &id, LEAD).await;
    assert_eq!(twice.json()["code"], "signed_already", "{}", twice.text());
    // Another digest than that of the newest version is signed by nobody.
    later(&house, 31);
    let body = json!({"role": LEAD, "digest": other_digest(), "password": password(), "code": delegate.code(&house), "reason": null});
    let other = delegate.post(&house, &format!("/api/v1/decisions/{id}/signatures"), &body).await;
    assert_eq!(other.json()["code"], "another_version", "{}", other.text());
    // What was handed over is not handed on, nor back.
    let held = apart(|| house.desk.own_roles(anna.person).expect("reads"));
    let lead = held.iter().find(|one| one.code == LEAD).expect("held").id;
    later(&house, 31);
    let body = format!("key=d1&grant={lead}&to={}&days=9{}", delegate.person, anna.proofs(&house));
    assert_eq!(anna.form(&house, "/delegations", &body).await.status, StatusCode::SEE_OTHER);
    later(&house, 31);
    let wish = json!({
        "to": anna.person.to_string(), "role": LEAD, "families": null,
        "begins": house.begin().at.to_string(),
        "ends": house.begin().at.plus_micros(86_400 * SECOND).to_string(),
        "password": password(), "code": delegate.code(&house)
    });
    let back = delegate.post(&house, "/api/v1/delegations", &wish).await;
    assert_eq!(back.json()["code"], "not_holder", "{}", back.text());
}

#[tokio::test]
async fn the_present_read_as_if_it_were_the_past() {
    let house = House::built().await;
    let before = house.entries();
    later(&house, 60);
    let (nora, person) = Browser::new(&house, "nora").await;
    let admin = &house.administrator.token;
    let sign = format!("as_of=entry:{before}");
    for path in ["/api/v1/people", "/people", "/api/v1/people.csv", "/security", "/api/v1/security"]
    {
        let then = look(&house, admin, &format!("{path}?{sign}")).await;
        assert_eq!(then.status, StatusCode::OK, "{path}");
        assert!(!then.text().contains("nora"), "{path} tells of later");
    }
    for path in [format!("/people/{person}"), format!("/api/v1/people/{person}")] {
        let then = look(&house, admin, &format!("{path}?{sign}")).await;
        assert_eq!(then.status, StatusCode::NOT_FOUND, "{path}");
    }
    let entries = house.entries();
    for path in ["/sign-in", "/sign-out", "/account/generator", "/people"] {
        let sent = nora.send(&format!("{path}?{sign}"), &[]).await;
        assert!(sent.status.is_client_error(), "{path}");
    }
    assert_eq!(house.entries(), entries);
    assert!(nora.is_in().await);
}

#[tokio::test]
async fn a_ledger_filled_by_failures() {
    let house = House::built().await;
    let _ = Browser::new(&house, "nora").await;
    let entries = house.entries();
    // Longer than any password: it fails without the work of comparing.
    let long = "x".repeat(3_000);
    let mut refused = 0;
    for number in 0..400_u32 {
        let from = [10, 0, (number / 4) as u8, 1];
        let login = if number % 2 == 0 { "nora" } else { "nobody" };
        let answer = tried(&house, from, "", login, &long).await;
        refused += u32::from(!answer.text().contains("has to wait"));
    }
    assert_eq!(refused, 400);
    assert_eq!(house.entries() - entries, 2, "one for the account and one for all unknown logins");
    later(&house, 60);
    tried(&house, [10, 0, 0, 1], "", "nora", &long).await;
    assert_eq!(house.entries() - entries, 3);
    let told = look(&house, &house.administrator.token, "/api/v1/security").await.json();
    let newest = told["items"][0]["what"].as_str().expect("a sentence").to_owned();
    assert!(newest.contains("200"), "{newest}");
    assert!(!told.to_string().contains("xxx"), "what was typed was kept");
}

#[tokio::test]
async fn hostile_text_in_the_fields_of_people_and_accounts() {
    let house = House::built().await;
    let admin = house.administrator.token.clone();
    for login in
        ["a\u{0}b", "a\u{202e}b", "a/b", "a\nb", "<b>", "=cmd", "\u{0430}nna", &"a".repeat(65)]
    {
        let body = json!({"login": login, "name": "X"});
        let answer = api(&house, &admin, "POST", "/api/v1/people", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{login:?}: {}", answer.text());
    }
    for name in ["a\u{0}b", "a\u{2067}b", "a\nb", &"a".repeat(121)] {
        let body = json!({"login": "x.y", "name": name});
        let answer = api(&house, &admin, "POST", "/api/v1/people", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}: {}", answer.text());
    }
    for login in ["%00", "a%00b", "%E2%80%AEanna", &"a".repeat(70_000)] {
        let answer =
            house.send_as_it_is(formed("/sign-in", &format!("login={login}&password=x"))).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
    }
    let huge =
        house.send_as_it_is(formed("/sign-in", &format!("login={}", "a".repeat(2 << 20)))).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let (nora, person) = Browser::new(&house, "nora").await;
    let role = json!({"role": "quality", "standing": "holder", "families": null});
    api(&house, &admin, "POST", &format!("/api/v1/people/{person}/roles"), &role).await;
    let tag = "=<script>alert(1)</script>\"'";
    let worker = house.worker.token.clone();
    let one = format!("/api/v1/people/{person}");
    for (who, what, body) in [
        (
            &admin,
            "trainings",
            json!({"role": "quality", "subject": tag, "on": "2026-11-20", "until": "2027-11-20", "evidence": tag}),
        ),
        (&worker, "identity", json!({"how": tag})),
        (&worker, "overrides", json!({"role": "quality", "until": "2026-12-01", "reason": tag})),
    ] {
        let answer = api(&house, who, "POST", &format!("{one}/{what}"), &body).await;
        assert!(answer.status.is_success(), "{what}: {}", answer.text());
    }
    let body = [("key", "k"), ("name", tag), ("days", "9"), ("right_see_record", "yes")];
    assert_eq!(nora.send("/account/tokens", &body).await.status, StatusCode::OK);
    let mut request = formed(
        "/sign-in",
        &format!("login=nora&password={}", aftercare_web::link::encoded(PASSWORD)),
    );
    let agent = "<script>alert(1)</script>\u{202e}evil".as_bytes();
    request
        .headers_mut()
        .insert("user-agent", axum::http::HeaderValue::from_bytes(agent).expect("a header"));
    assert_eq!(house.send_as_it_is(request).await.status, StatusCode::SEE_OTHER);
    for path in [
        "/account".to_owned(),
        format!("/people/{person}"),
        "/security".to_owned(),
        "/people".to_owned(),
    ] {
        let page = nora.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let text = page.text();
        assert!(!text.contains("<script>alert"), "{path}: text became markup");
        assert!(!text.contains('\u{202e}'), "{path}: text turns its line");
    }
    assert!(nora.get("/account").await.text().contains("&lt;script&gt;alert(1)"));
    let sheet = look(&house, &admin, "/api/v1/people.csv").await.text();
    assert!(
        !sheet.lines().any(|line| line.split(',').any(|cell| cell.starts_with('='))),
        "{sheet}"
    );
}

#[tokio::test]
async fn a_change_asked_for_by_another_method() {
    let house = House::built().await;
    let (nora, _) = Browser::new(&house, "nora").await;
    let entries = house.entries();
    for method in ["HEAD", "OPTIONS", "PUT", "TRACE", "GET"] {
        for path in [
            "/sign-out",
            "/account/generator",
            "/account/tokens",
            "/api/v1/account/tokens",
            "/people/x/suspension",
        ] {
            for header in [("x-http-method-override", "POST"), ("x-method-override", "DELETE")] {
                let headers = [("cookie", nora.cookie.as_str()), header];
                let answer =
                    house.sent(method, &format!("{path}?_method=POST"), &headers, "").await;
                assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
            }
        }
    }
    assert_eq!(house.entries(), entries);
    assert!(nora.is_in().await);
    // HEAD tells what GET tells of who may come in, and no more.
    for (path, cookie) in [("/account", ""), ("/products", nora.cookie.as_str())] {
        let of = |method| {
            let headers = [("cookie", cookie)];
            let house = &house;
            async move { house.sent(method, path, &headers, "").await.status }
        };
        assert_eq!(of("HEAD").await, of("GET").await, "{path}");
    }
}

#[tokio::test]
async fn pages_for_signing_in_framed_or_kept_by_a_cache() {
    let house = House::built().await;
    let (nora, _) = Browser::new(&house, "nora").await;
    let wrong = tried(&house, HOME, "", "nora", "x").await;
    let right = tried(&house, HOME, "", "nora", PASSWORD).await;
    for answer in [
        open(&house, "", "/sign-in").await,
        open(&house, "", "/join").await,
        open(&house, "", "/set-up").await,
        open(&house, "", "/products").await,
        nora.get("/account").await,
        nora.get("/api/v1/account").await,
        wrong,
        right,
    ] {
        let headers = &answer.headers;
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        let policy = headers["content-security-policy"].to_str().expect("text");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
