//! Every address as every role, compared with the one table; and every described operation has its row.

use crate::{
    house::{House, apart},
    server::{address, everything},
};
use aftercare_domain::{Channel, Sight, access::Right, role::RoleName};
use aftercare_testkit::people::{Member, member};
use aftercare_web::{ACCESS, Need};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use std::collections::BTreeSet;

/// Somebody with one role, or with none.
fn somebody(house: &House, role: Option<RoleName>) -> Option<Member> {
    let roles: Vec<RoleName> = role.into_iter().collect();
    let login = role.map_or("no.role", RoleName::code).replace('_', ".");
    apart(|| {
        let begin = || house.begin();
        // A token must be able to do something; whoever may do nothing has none.
        member(&house.desk, begin, (&login, "Some Body"), &roles, &Sight::All).ok()
    })
}

async fn asked(
    house: &House,
    method: &str,
    path: &str,
    token: Option<&str>,
) -> (StatusCode, String) {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost")
        .header("content-type", "text/plain");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if method == "GET" { Body::empty() } else { Body::from("x") };
    let answer = house.send_as_it_is(request.body(body).expect("a request")).await;
    (answer.status, answer.text())
}

fn lacks_right(status: StatusCode, text: &str) -> bool {
    status == StatusCode::FORBIDDEN && text.contains("do not have the right to")
}

#[tokio::test]
async fn every_address_lets_in_exactly_the_roles_of_the_table() {
    let house = House::built().await;
    let mut asks = 0;
    let mut wrong = Vec::new();
    let rows = || {
        // What looks first, so that what it looks at is still there.
        let (looks, changes): (Vec<_>, Vec<_>) = ACCESS.iter().partition(|row| row.0 == "GET");
        looks.into_iter().chain(changes).copied()
    };
    for role in [None].into_iter().chain(RoleName::ALL.iter().copied().map(Some)) {
        let who = role.map_or("no role", RoleName::code);
        let Some(one) = somebody(&house, role) else {
            let none = |right: &&Right| role.is_some_and(|role| right.roles().contains(&role));
            assert_eq!(Right::ALL.iter().filter(none).count(), 0, "{who} has rights and no token");
            continue;
        };
        for (method, path, need) in rows() {
            let place = house.filled(&path.replace("{*path}", "{path}"));
            let (status, text) = asked(&house, method, &place, Some(&one.token)).await;
            asks += 1;
            let let_in = status != StatusCode::UNAUTHORIZED && !lacks_right(status, &text);
            let should = match need {
                Need::Anyone | Need::SignedIn => status != StatusCode::UNAUTHORIZED,
                Need::Holds(right) => {
                    let_in == role.is_some_and(|role| right.roles().contains(&role))
                }
            };
            if !should {
                wrong.push(format!("{who}: {method} {path}: {status}"));
            }
        }
    }
    for (method, path, need) in rows() {
        let place = house.filled(&path.replace("{*path}", "{path}"));
        let (status, _) = asked(&house, method, &place, None).await;
        asks += 1;
        let turned_away = status == StatusCode::UNAUTHORIZED || status == StatusCode::SEE_OTHER;
        let closed = need != Need::Anyone;
        if closed && !turned_away {
            wrong.push(format!("nobody: {method} {path}: {status}"));
        }
    }
    println!("{} addresses, {} roles, nobody: {asks} asked", ACCESS.len(), RoleName::ALL.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_described_operation_has_a_row_and_every_row_a_route() {
    let rows: BTreeSet<(String, String)> = ACCESS
        .iter()
        .map(|(method, path, _)| (method.to_lowercase(), path.replace("{*path}", "{path}")))
        .collect();
    assert_eq!(rows.len(), ACCESS.len(), "an address stands twice");
    let described: BTreeSet<(String, String)> = everything().into_iter().collect();
    let without: Vec<_> = described.difference(&rows).collect();
    assert!(without.is_empty(), "closed to everybody: {without:?}");
    let (all, api) = (rows.len(), rows.iter().filter(|(_, path)| path.starts_with("/api/")));
    let api: BTreeSet<_> = api.cloned().collect();
    assert_eq!(api, described, "rows of the API without an operation");
    println!(
        "{} operations of the API and {} addresses of pages have a row",
        api.len(),
        all - api.len()
    );

    // A page that is not routed is nowhere to whoever is signed in.
    let house = House::built().await;
    for (method, path) in rows.iter().filter(|(_, path)| !path.starts_with("/api/")) {
        if path.starts_with("/assets/") {
            continue;
        }
        let answer = house
            .sent(
                &method.to_uppercase(),
                &address(&house, path),
                &[("content-type", "text/plain")],
                "x",
            )
            .await;
        let nowhere = answer.status == StatusCode::NOT_FOUND
            && answer.text().contains("There is nothing at")
            && !path.contains('{');
        assert!(!nowhere, "{method} {path} is not routed");
    }
}

#[tokio::test]
async fn an_address_without_a_row_is_closed_and_says_nothing() {
    let house = House::built().await;
    for path in ["/nothing", "/api/v1/nothing", "/account/nothing"] {
        let (status, text) = asked(&house, "GET", path, None).await;
        assert!([StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED].contains(&status), "{path}");
        assert!(!text.contains("Infusion") && !text.contains("Maker"), "{text}");
        let token = house.worker.token.clone();
        let (status, _) = asked(&house, "GET", path, Some(&token)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    let op = house.begin();
    assert_eq!(op.channel, Channel::Job);
}
