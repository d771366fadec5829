//! Sessions: planted, stolen, used too long, of somebody else.

use super::{
    Browser, CONFIRM, HOME, SECOND, formed, router_of, second, session, signed_in, ticket, tried,
};
use crate::{
    house::{House, apart},
    people::{PASSWORD, api, cookies, invited, joined, look, open},
    signer::{later, password, signer},
};
use aftercare_desk::{SESSION_IDLE_MICROS, SESSION_WHOLE_MICROS};
use aftercare_domain::role::RoleName;
use aftercare_web::Seat;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;
use tower::ServiceExt as _;

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
