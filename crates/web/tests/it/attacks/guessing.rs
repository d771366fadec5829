//! Guessing, replaying and racing: passwords, codes, invitations.

use super::{
    Browser, HOME, LEAD, formed, proposed, router_of, said, second, signing, ticket, tried,
};
use crate::{
    house::{Answer, House, apart},
    people::{PASSWORD, added, api, cookies, form, invited, look},
    signer::{digest, later, password, signer},
};
use aftercare_domain::role::RoleName;
use axum::{extract::ConnectInfo, http::StatusCode};
use serde_json::json;
use std::net::SocketAddr;

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

/// Tries to use a code that was handed over, from a network.
async fn handed(house: &House, from: [u8; 4], path: &str, body: &str) -> Answer {
    let mut request =
        formed(path, &format!("{body}&password={}", aftercare_web::link::encoded(PASSWORD)));
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 4711))));
    house.send_as_it_is(request).await
}

#[tokio::test]
async fn an_invitation_guessed_without_end() {
    let house = House::built().await;
    let nora = added(&house, "nora", "Nora New").await;
    let code = invited(&house, &nora).await;
    let entries = house.entries();
    let mut waits = false;
    for login in ["nora", "nobody"] {
        for _ in 0..8 {
            let guess =
                handed(&house, [203, 0, 113, 9], "/join", &format!("login={login}&code=x")).await;
            assert_eq!(guess.status, StatusCode::UNPROCESSABLE_ENTITY);
            waits |= guess.text().contains("has to wait");
        }
        assert!(waits, "{login}: codes could be guessed without end");
        waits = false;
    }
    assert_eq!(house.entries() - entries, 2, "one for the account and one for all unknown logins");
    let right = format!("login=nora&code={code}");
    let kept_out = handed(&house, [203, 0, 113, 9], "/join", &right).await;
    assert!(kept_out.text().contains("has to wait"), "{}", kept_out.text());
    // A password that is not good enough is no guess, and another network is not kept out.
    for _ in 0..12 {
        let fields = [("login", "nora"), ("code", code.as_str()), ("password", "x")];
        let weak = form(&house, "", "/join", &fields).await.text();
        assert!(!weak.contains("has to wait"), "{weak}");
    }
    let joined = handed(&house, HOME, "/join", &right).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.text());
}

#[tokio::test]
async fn a_set_up_code_guessed_without_end() {
    let house = House::built().await;
    let (state, desk, _folder) = house.empty();
    let code = apart(|| desk.set_up_code(&house.begin()).expect("reads").expect("nobody is there"));
    let send = async |from: [u8; 4], code: &str| {
        let body = format!(
            "code={code}&login=anna&name=First&password={}",
            aftercare_web::link::encoded(PASSWORD)
        );
        let mut request = formed("/set-up", &body);
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 4711))));
        router_of(&state, request).await
    };
    let mut waits = false;
    for _ in 0..8 {
        waits |= send([203, 0, 113, 9], "wrong").await.text().contains("has to wait");
    }
    assert!(waits, "codes could be guessed without end");
    assert_eq!(send(HOME, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_invitation_that_leaves_no_trace() {
    let house = House::built().await;
    let nora = added(&house, "nora", "Nora New").await;
    let entries = house.entries();
    let code = invited(&house, &nora).await;
    assert_eq!(house.entries(), entries + 1, "a first invitation made no entry");
    let told = look(&house, &house.administrator.token, "/api/v1/security").await.json();
    let newest = told["items"][0]["what"].as_str().expect("a sentence");
    assert!(newest.contains("Nora New") && newest.contains("invit"), "{newest}");
    let entry = house.get(&format!("/ledger/{}", entries + 1)).await.text();
    assert!(!entry.contains(&code), "the code stands in the ledger");
}
