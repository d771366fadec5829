//! Attacks on accounts, sessions and signatures over HTTP, each test named after what is tried.

mod guessing;
mod requests;
mod rights;
mod sessions;
mod tokens;

use crate::{
    house::{Answer, House},
    people::{PASSWORD, added, cookies, form, invited, joined, mark, open},
    signer::{Signer, digest, password},
};
use aftercare_web::{State, router};
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
pub async fn ticket(house: &House, login: &str) -> String {
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
