//! Requests: of other sites, to other places, with other methods, with hostile text.

use super::{Browser, HOME, formed, tried};
use crate::{
    house::House,
    people::{PASSWORD, api, form, look, open},
    signer::later,
};
use axum::http::StatusCode;
use serde_json::json;

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
    // Credentials and sessions are kept as they are now: no page says that they were so then.
    let issued = house.entries();
    for path in ["/account", "/api/v1/account"] {
        for asked in [sign.clone(), format!("as_of=entry:{issued}")] {
            let then = nora.get(&format!("{path}?{asked}")).await;
            assert_eq!(then.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}?{asked}");
            assert!(then.text().contains("as it is now"), "{path}: {}", then.text());
        }
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
