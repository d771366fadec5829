//! The review of access over HTTP: the page, its form, the interface; and the age of credentials.

use crate::{
    attacks::ticket,
    house::{House, apart},
    people::{PASSWORD, added, api, form, invited, joined, look, mark, open},
    signer::{later, signer},
};
use aftercare_desk::{By, Programme, Viewer};
use aftercare_domain::{
    Sight,
    access_review::{AGEING, Ageing},
    role::RoleName,
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

const DAY: i64 = 86_400;

/// Nora is quality, in a browser.
async fn nora(house: &House) -> String {
    let person = added(house, "nora", "Nora O'Neill").await;
    let role = json!({"role": "quality", "standing": "holder", "families": null});
    let roles = format!("/api/v1/people/{person}/roles");
    let given = api(house, &house.administrator.token, "POST", &roles, &role).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    joined(house, "nora", &invited(house, &person).await).await
}

#[tokio::test]
async fn a_review_by_the_page_is_an_entry_and_makes_what_it_looked_at_current() {
    let house = House::built().await;
    nora(&house).await;
    later(&house, AGEING.review_days * DAY);
    let fields = [("login", "nora"), ("password", PASSWORD)];
    let again = form(&house, "", "/sign-in", &fields).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
    let cookie = crate::people::cookies(&again);
    let page = open(&house, &cookie, "/access-review").await.text();
    assert!(page.contains("Adam O&#39;Keeper") || page.contains("Adam O'Keeper"), "{page}");
    assert!(page.contains("Due") && page.contains("password, 183 days"), "{page}");
    assert!(page.contains("Yours: another reviewer says it"), "one's own role");
    let of = house.administrator.person;
    let grant =
        apart(|| house.desk.roster().expect("reads").grants_of(of).next().expect("a role").grant);
    let (entries, mark) = (house.entries(), mark(&page));
    let field = format!("grant_{grant}");
    let take = [("key", "k"), ("mark", &mark), (&field, "take")];
    let silent = form(&house, &cookie, "/access-review", &take).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "without a reason");
    assert_eq!(house.entries(), entries);
    let keep = [("key", "k2"), ("mark", &mark), (&field, "keep"), ("reason", "Half-year review")];
    let kept = form(&house, &cookie, "/access-review", &keep).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    assert_eq!(house.entries(), entries + 1, "the session seen in use is none of the record's");
    let sheet = open(&house, &cookie, "/api/v1/access-review").await.json();
    let rows = sheet["roles"]["items"].as_array().expect("rows");
    let own = rows.iter().find(|row| row["role"]["id"] == grant.to_string()).expect("the role");
    assert_eq!((&own["due"], &own["outcome"]), (&json!(false), &json!("keep")));
    assert_eq!(own["reviewed_by"], "Nora O'Neill");
    assert_eq!(sheet["status"], "proposed");
    assert_eq!(sheet["due"], rows.len() - 1, "{sheet}");
    let told = look(&house, &house.worker.token, "/api/v1/security").await.text();
    assert!(told.contains("reviewed 1 roles") && told.contains("Half-year review"), "{told}");
    // As of before, it was due.
    let then = format!("/api/v1/access-review?as_of=entry:{entries}");
    let then = look(&house, &house.worker.token, &then).await.json();
    let before = then["roles"]["items"].as_array().expect("rows");
    assert!(before.iter().all(|row| row["reviewed_at"].is_null()), "{then}");
    assert!(
        !open(&house, &cookie, "/access-review?as_of=2026-11-24").await.text().contains("<select")
    );
}

#[tokio::test]
async fn whoever_may_only_look_is_given_no_form_and_changes_nothing() {
    let house = House::built().await;
    let admin = house.administrator.token.clone();
    let page = look(&house, &admin, "/access-review").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text().contains("Record the review"));
    let wish = json!({"reviewed": [], "reason": null});
    let refused = api(&house, &admin, "POST", "/api/v1/access-review", &wish).await;
    assert_eq!(refused.json()["code"], "right_missing", "{}", refused.text());
}

#[tokio::test]
async fn an_old_password_is_told_to_its_owner_and_shuts_nobody_out() {
    let house = House::built().await;
    let cookie = nora(&house).await;
    let young = open(&house, &cookie, "/api/v1/account").await.json();
    assert_eq!(
        (&young["credentials"][0]["days"], &young["credentials"][0]["due"]),
        (&json!(0), &json!(false))
    );
    later(&house, AGEING.password_days * DAY);
    let fields = [("login", "nora"), ("password", PASSWORD)];
    let signed = form(&house, "", "/sign-in", &fields).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "age alone shuts nobody out");
    let cookie = crate::people::cookies(&signed);
    let page = open(&house, &cookie, "/account").await.text();
    assert!(page.contains("365 days ago") && page.contains("That is long"), "{page}");
    let old = open(&house, &cookie, "/api/v1/account").await.json();
    assert_eq!(old["credentials"][0]["due"], json!(true));
}

#[tokio::test]
async fn a_code_generator_that_was_not_used_for_a_year_is_to_be_tested() {
    let house = House::built().await;
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    let viewer = Viewer {
        person: anna.person,
        login: "anna".to_owned(),
        name: "Anna Berg".to_owned(),
        rights: BTreeSet::new(),
        sight: Sight::All,
        by: By::Session(house.begin().new_id(), Vec::new()),
        role: "none".to_owned(),
    };
    let due = || {
        let account = apart(|| house.desk.account(&viewer, house.begin().at).expect("reads"));
        let one = account.credentials.into_iter().find(|one| one.factor == "totp");
        one.expect("a generator").due
    };
    later(&house, (AGEING.test_days - 1) * DAY);
    assert!(!due());
    later(&house, DAY);
    assert!(due());
    // Whoever signs in with it has tested it.
    let step = ticket(&house, "anna").await;
    let fields = [("ticket", step.as_str()), ("code", &anna.code(&house))];
    let signed = form(&house, "", "/sign-in/code", &fields).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());
    assert!(!due());
}

#[tokio::test]
async fn the_spans_are_the_makers_where_it_set_them() {
    let house = House::built().await;
    let ageing = Ageing { review_days: 30, ..AGEING };
    let programme = Programme { ageing, ..Programme::default() };
    let with = aftercare_desk::Desk::clone(&house.desk).with_programme(programme);
    let house = house.served(Arc::new(with.expect("sound")));
    let sheet = async || look(&house, &house.worker.token, "/api/v1/access-review").await.json();
    let fresh = sheet().await;
    assert_eq!((&fresh["status"], &fresh["valid_from"]), (&json!("configured"), &Value::Null));
    assert_eq!((&fresh["review_days"], &fresh["due"]), (&json!(30), &json!(0)));
    later(&house, 30 * DAY);
    assert!(sheet().await["due"].as_u64() > Some(0));
    let page = look(&house, &house.worker.token, "/access-review").await.text();
    assert!(page.contains("As the maker has configured") && page.contains("30 days"), "{page}");
}
