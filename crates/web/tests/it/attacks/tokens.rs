//! API tokens: in the wrong place, beyond their reach, after their end.

use super::{Browser, CONFIRM, formed};
use crate::{
    house::House,
    people::{PASSWORD, api, invited, joined, look, narrow, quality},
    signer::password,
};
use aftercare_domain::access::Right;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

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
async fn a_token_that_reaches_for_the_account_of_its_person() {
    let house = House::built().await;
    let greta = quality(&house);
    let person = greta.person.to_string();
    let cookie = joined(&house, &greta.login, &invited(&house, &person).await).await;
    let browser = Browser { house: &house, cookie };
    let _another = narrow(&house, &greta, &[Right::SeePeople]);
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
async fn a_token_that_outlives_the_credentials_of_its_person() {
    let house = House::built().await;
    let (nora, person) = Browser::new(&house, "nora").await;
    let role = json!({"role": "quality", "standing": "holder", "families": null});
    let roles = format!("/api/v1/people/{person}/roles");
    api(&house, &house.administrator.token, "POST", &roles, &role).await;
    let issued = async |browser: &Browser<'_>| {
        let body = [("key", "k"), ("name", "T"), ("days", "9"), ("right_see_record", "yes")];
        let page = browser.send("/account/tokens", &body).await.text();
        let token = page.find("aftercare_").map(|at| page[at..at + 86].to_owned());
        token.expect("a token")
    };
    let works = async |token: &str| look(&house, token, "/api/v1/products").await.status;
    // A thief who issued one before the owner changed the password keeps nothing.
    let stolen = issued(&nora).await;
    assert_eq!(works(&stolen).await, StatusCode::OK);
    let fields = [("key", "k"), ("password", PASSWORD), ("fresh", password())];
    let changed = nora.send("/account/password", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text());
    assert_eq!(works(&stolen).await, StatusCode::UNAUTHORIZED, "it outlived the password");
    let stolen = issued(&nora).await;
    let other = house.worker.token.clone();
    let _ = invited(&house, &person).await;
    assert_eq!(works(&stolen).await, StatusCode::UNAUTHORIZED, "it outlived a reset");
    assert_eq!(works(&other).await, StatusCode::OK, "that of somebody else ended");
    let told = look(&house, &house.administrator.token, "/api/v1/security").await.text();
    assert_eq!(told.matches("was revoked").count(), 2, "{told}");
}
