//! People over HTTP: adding, inviting, joining, roles, suspending; who is refused and told whom to ask.

use crate::{
    house::{Answer, House, apart},
    server::{everything, is_about_people},
};
use aftercare_desk::{By, Viewer};
use aftercare_domain::{Sight, access::Right, role::RoleName};
use aftercare_testkit::people::{Member, member};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

pub const PASSWORD: &str = "violet kettle under seven maps";

pub async fn api(house: &House, who: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:8080")
        .header("authorization", format!("Bearer {who}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    house.send_as_it_is(request).await
}

pub async fn look(house: &House, who: &str, path: &str) -> Answer {
    let request = Request::get(path)
        .header("host", "127.0.0.1:8080")
        .header("authorization", format!("Bearer {who}"))
        .body(Body::empty())
        .expect("a request");
    house.send_as_it_is(request).await
}

/// Sends a form as a browser does, with or without a cookie.
pub async fn form(house: &House, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", aftercare_web::link::encoded(value)))
        .collect();
    let mut request = Request::post(path)
        .header("host", "127.0.0.1:8080")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    house.send_as_it_is(request.body(Body::from(body.join("&"))).expect("a request")).await
}

pub async fn open(house: &House, cookie: &str, path: &str) -> Answer {
    let request = Request::get(path).header("host", "127.0.0.1:8080").header("cookie", cookie);
    house.send_as_it_is(request.body(Body::empty()).expect("a request")).await
}

pub fn cookies(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie").iter();
    let pairs: Vec<&str> =
        all.filter_map(|one| one.to_str().ok()).filter_map(|one| one.split(';').next()).collect();
    pairs.join("; ")
}

/// The mark that forms of a page carry.
pub fn mark(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"mark\" value=\"").expect("a form with a mark");
    rest.split('"').next().expect("a value").to_owned()
}

pub async fn added(house: &House, login: &str, name: &str) -> String {
    let new = json!({ "login": login, "name": name });
    let answer = api(house, &house.administrator.token, "POST", "/api/v1/people", &new).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["id"].as_str().expect("an id").to_owned()
}

pub async fn invited(house: &House, person: &str) -> String {
    let path = format!("/api/v1/people/{person}/invitation");
    let answer = api(house, &house.administrator.token, "POST", &path, &json!({})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["code"].as_str().expect("a code").to_owned()
}

/// Sets the password by the form; gives the cookies of the new session.
pub async fn joined(house: &House, login: &str, code: &str) -> String {
    let fields = [("login", login), ("code", code), ("password", PASSWORD)];
    let answer = form(house, "", "/join", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    cookies(&answer)
}

pub fn quality(house: &House) -> Member {
    apart(|| {
        let roles = [RoleName::Quality];
        member(&house.desk, || house.begin(), ("greta.q", "Greta Quell"), &roles, &Sight::All)
            .expect("a member")
    })
}

/// A token of somebody with no more than some of their rights.
pub fn narrow(house: &House, of: &Member, scope: &[Right]) -> String {
    apart(|| {
        let viewer = Viewer {
            person: of.person,
            login: of.login.clone(),
            name: String::new(),
            rights: scope.iter().copied().collect(),
            sight: Sight::All,
            by: By::Session(house.begin().new_id(), Vec::new()),
            role: "none".to_owned(),
        };
        let scope = scope.iter().copied().collect();
        house.desk.issue_token(&house.begin(), &viewer, "Narrow", scope, 30).expect("a token").token
    })
}

#[tokio::test]
async fn somebody_is_added_invited_and_joins_by_the_form() {
    let house = House::built().await;
    let person = added(&house, "nora.new", "Nora O'Neill").await;
    let first = invited(&house, &person).await;
    let second = invited(&house, &person).await;
    let fields = [("login", "nora.new"), ("code", first.as_str()), ("password", PASSWORD)];
    let late = form(&house, "", "/join", &fields).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "the invitation before still worked");
    let cookie = joined(&house, "nora.new", &second).await;
    let account = open(&house, &cookie, "/account").await;
    assert_eq!(account.status, StatusCode::OK);
    assert!(account.text().contains("Nora O'Neill"), "{}", account.text());
    // Without a role there is nothing of the record to see.
    assert_eq!(open(&house, &cookie, "/products").await.status, StatusCode::FORBIDDEN);
    let fields = [("login", "nora.new"), ("code", second.as_str()), ("password", PASSWORD)];
    let again = form(&house, "", "/join", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the invitation worked twice");
}

#[tokio::test]
async fn the_pages_do_the_same_by_their_forms() {
    let house = House::built().await;
    // An administrator in a browser: the first password by an invitation of the other one.
    let keeper = added(&house, "kim.keeper", "Kim Keeper").await;
    let role = json!({ "role": "administrator", "standing": "holder", "families": null });
    let roles = format!("/api/v1/people/{keeper}/roles");
    let given = api(&house, &house.administrator.token, "POST", &roles, &role).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    let cookie = joined(&house, "kim.keeper", &invited(&house, &keeper).await).await;

    let list = open(&house, &cookie, "/people").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text().contains("Adam O'Keeper") && list.text().contains("Add a person"));
    let mark = mark(&list.text());
    let fields = [("key", "k1"), ("login", "pat.new"), ("name", "Pat D'Arcy")];
    let forged = form(&house, &cookie, "/people", &fields).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "a form without the mark of the session");
    let with = [&fields[..], &[("mark", mark.as_str())]].concat();
    let made = form(&house, &cookie, "/people", &with).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    let sheet = made.headers["location"].to_str().expect("text").to_owned();
    let twice = form(&house, &cookie, "/people", &with).await;
    assert_eq!(twice.headers["location"], made.headers["location"], "sent twice, done once");

    let send = |to: &str, fields: &[(&str, &str)]| {
        let path = format!("{sheet}/{to}");
        let fields: Vec<(String, String)> = fields
            .iter()
            .chain(&[("key", "k2"), ("mark", mark.as_str())])
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let (house, cookie) = (&house, &cookie);
        async move {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            form(house, cookie, &path, &fields).await
        }
    };
    let family = format!("family_{}", house.family);
    let both = [("role", "quality"), ("standing", "holder"), ("families", "all"), (&family, "yes")];
    assert_eq!(send("roles", &both).await.status, StatusCode::BAD_REQUEST, "all, and one");
    let one = [("role", "quality"), ("standing", "deputy"), ("families", "some"), (&family, "yes")];
    assert_eq!(send("roles", &one).await.status, StatusCode::SEE_OTHER);
    let trained = [
        ("role", "quality"),
        ("subject", "Course 3"),
        ("on", "2026-11-20"),
        ("until", "2027-11-20"),
    ];
    assert_eq!(send("trainings", &trained).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        send("absences", &[("from", "2026-11-23"), ("until", "2026-11-24")]).await.status,
        StatusCode::SEE_OTHER
    );
    let own = send("identity", &[("how", "Staff pass shown")]).await;
    assert_eq!(
        own.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "whoever made the account vouched for it"
    );
    let page = open(&house, &cookie, &sheet).await.text();
    for part in
        ["Pat D'Arcy", "Quality", "Deputy", "Infusion", "Course 3", "Absent", "2026-11-25 00:00"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let wrong = send("suspension", &[("again", "somebody"), ("reason", "Left")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "suspended without confirmation");
    let done = send("suspension", &[("again", "pat.new"), ("reason", "Left")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = open(&house, &cookie, &sheet).await.text();
    assert!(page.contains("Suspended since") && page.contains("Let them sign in again"), "{page}");
    assert!(!page.contains("Make an invitation"), "a suspended person could be invited");

    let code = send("invitation", &[]).await;
    assert_eq!(code.status, StatusCode::UNPROCESSABLE_ENTITY, "suspended");
    assert_eq!(send("reinstatement", &[("again", "pat.new")]).await.status, StatusCode::SEE_OTHER);
    let code = send("invitation", &[]).await;
    assert_eq!(code.status, StatusCode::OK);
    assert!(code.text().contains("shown this once"), "{}", code.text());

    // What was is shown without any form.
    let past = open(&house, &cookie, &format!("{sheet}?as_of=2026-11-23T14:05:00Z")).await;
    assert_eq!(past.status, StatusCode::OK);
    assert!(
        !past.text().contains("Give a role") && !past.text().contains("Suspend"),
        "forms of the past"
    );
}

#[tokio::test]
async fn whoever_lacks_a_right_is_told_who_has_it() {
    let house = House::built().await;
    let before = house.entries();
    let new = json!({ "login": "x.y", "name": "X" });
    let answer = api(&house, &house.worker.token, "POST", "/api/v1/people", &new).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let told = answer.json();
    assert_eq!(told["code"], "right_missing");
    assert_eq!(told["who"], "Adam O'Keeper");
    let page =
        look(&house, &house.worker.token, &format!("/people/{}", house.administrator.person)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text().contains("Give a role") && !page.text().contains("Suspend"), "not theirs");
    assert_eq!(house.entries(), before, "a refusal changed the record");
}

#[tokio::test]
async fn duties_stay_apart() {
    let house = House::built().await;
    let admin = house.administrator.token.clone();
    let other = added(&house, "ada.admin", "Ada Admin").await;
    let give = |person: String, role: &'static str| {
        let (house, admin) = (&house, admin.clone());
        async move {
            let wish = json!({ "role": role, "standing": "holder", "families": null });
            let path = format!("/api/v1/people/{person}/roles");
            let answer = api(house, &admin, "POST", &path, &wish).await;
            (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
        }
    };
    let myself = house.administrator.person.to_string();
    assert_eq!(give(other.clone(), "administrator").await.0, StatusCode::CREATED);
    assert_eq!(give(other.clone(), "quality").await.1, "roles_apart");
    assert_eq!(give(other.clone(), "auditor").await.1, "roles_apart");
    assert_eq!(give(myself, "quality").await.1, "own_role");
    assert_eq!(give(other.clone(), "emperor").await.1, "role_unknown");
    // Left out is not "for all".
    let path = format!("/api/v1/people/{other}/roles");
    let silent = json!({ "role": "administrator", "standing": "holder" });
    assert_eq!(api(&house, &admin, "POST", &path, &silent).await.status, StatusCode::BAD_REQUEST);
    // A right to vouch does not reach one's own identity.
    let own = format!("/api/v1/people/{}/identity", house.administrator.person);
    let vouched = api(&house, &admin, "POST", &own, &json!({ "how": "It is me" })).await;
    assert_eq!(vouched.json()["code"], "own_identity");
}

#[tokio::test]
async fn a_suspended_person_is_out_at_once() {
    let house = House::built().await;
    let greta = quality(&house);
    let person = greta.person.to_string();
    let cookie = joined(&house, &greta.login, &invited(&house, &person).await).await;
    let token = narrow(&house, &greta, &[Right::SeeRecord]);
    let greta = Member { token, ..greta };
    assert_eq!(open(&house, &cookie, "/products").await.status, StatusCode::OK);
    assert_eq!(look(&house, &greta.token, "/api/v1/products").await.status, StatusCode::OK);
    let suspend = format!("/api/v1/people/{person}/suspension");
    let why = json!({ "reason": "Left the company" });
    let done = api(&house, &house.administrator.token, "POST", &suspend, &why).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let gone = open(&house, &cookie, "/products").await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "to the page for signing in");
    let gone = look(&house, &greta.token, "/api/v1/products").await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    let again = format!("/api/v1/people/{person}/reinstatement");
    let back = api(&house, &house.administrator.token, "POST", &again, &json!({})).await;
    assert_eq!(back.status, StatusCode::OK);
    let session = open(&house, &cookie, "/products").await;
    assert_eq!(session.status, StatusCode::SEE_OTHER, "a session that ended stays ended");
    assert_eq!(look(&house, &greta.token, "/api/v1/products").await.status, StatusCode::OK);
}

#[tokio::test]
async fn hostile_names_do_no_harm() {
    let house = House::built().await;
    let admin = &house.administrator.token;
    let tag = "<script>alert(1)</script>";
    let formula = "=cmd|' /C calc'!A0";
    let hebrew = "דנה כהן";
    added(&house, "h.one", tag).await;
    added(&house, "h.two", formula).await;
    let third = added(&house, "h.three", hebrew).await;
    let turned = json!({ "login": "h.four", "name": "nna\u{202e}x" });
    let refused = api(&house, admin, "POST", "/api/v1/people", &turned).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a name that turns the line");
    for path in ["/people".to_owned(), format!("/people/{third}"), "/security".to_owned()] {
        let page = look(&house, admin, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text().contains(tag), "{path}: a name became markup");
    }
    let list = look(&house, admin, "/people").await.text();
    assert!(
        list.contains("&lt;script&gt;") && list.contains(&format!("<bdi>{hebrew}</bdi>")),
        "{list}"
    );
    let sheet = look(&house, admin, "/api/v1/people.csv").await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(sheet.headers["content-type"], "text/csv; charset=utf-8; header=present");
    let text = sheet.text();
    assert!(text.contains(",'=cmd|' /C calc'!A0,"), "{text}");
    assert!(!text.contains(",=cmd"), "a formula went out: {text}");
    assert!(text.contains("adam.keeper,Adam O'Keeper,,no,no,administrator,holder,all,"), "{text}");
}

#[tokio::test]
async fn a_long_list_has_a_second_page() {
    let house = House::built().await;
    apart(|| {
        for number in 0..60 {
            let (login, name) = (format!("p{number}"), format!("Person {number:02}"));
            house.desk.add_person(&house.begin(), &login, &name).expect("added");
        }
    });
    let admin = &house.administrator.token;
    let first = look(&house, admin, "/api/v1/people").await.json();
    assert_eq!(first["items"].as_array().expect("items").len(), 50);
    assert_eq!(first["total"], 62);
    let next = first["next"].as_str().expect("a cursor");
    let second = look(&house, admin, &format!("/api/v1/people?after={next}")).await.json();
    assert_eq!(second["items"].as_array().expect("items").len(), 12);
    assert!(second["next"].is_null());
    let page = look(&house, admin, &format!("/people?after={next}")).await.text();
    assert!(page.contains("Showing 12 of 62 people") && page.contains("First page"), "{page}");
    let bad = look(&house, admin, "/api/v1/people?after=per_nobody").await;
    assert_eq!(
        (bad.status, bad.json()["code"].as_str()),
        (StatusCode::BAD_REQUEST, Some("cursor"))
    );
}

#[tokio::test]
async fn what_is_of_somebody_else_cannot_be_reached_through_another() {
    let house = House::built().await;
    let (admin, worker) = (house.administrator.token.clone(), house.worker.clone());
    let sheet = look(&house, &admin, &format!("/api/v1/people/{}", worker.person)).await.json();
    let grant = sheet["row"]["roles"][0]["id"].as_str().expect("a role").to_owned();
    let through = format!("/api/v1/people/{}/roles/{grant}", house.administrator.person);
    let strange = api(&house, &admin, "DELETE", &through, &json!({})).await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
    let absences = format!("/api/v1/people/{}/absences", worker.person);
    let own = api(&house, &worker.token, "POST", &absences, &json!({})).await;
    assert_eq!(own.status, StatusCode::CREATED, "{}", own.text());
    let absence = own.json()["id"].as_str().expect("an id").to_owned();
    let greta = quality(&house);
    let others =
        api(&house, &greta.token, "DELETE", &format!("{absences}/{absence}"), &json!({})).await;
    assert_eq!(others.status, StatusCode::FORBIDDEN, "{}", others.text());
    let through = format!("/api/v1/people/{}/absences/{absence}", greta.person);
    assert_eq!(
        api(&house, &admin, "DELETE", &through, &json!({})).await.status,
        StatusCode::NOT_FOUND
    );
    let looking = narrow(&house, &worker, &[Right::SeePeople]);
    let moved = api(&house, &looking, "POST", &absences, &json!({})).await;
    assert_eq!(moved.status, StatusCode::FORBIDDEN, "a token that may only look moved rights");
    let ended =
        api(&house, &worker.token, "DELETE", &format!("{absences}/{absence}"), &json!({})).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.text());
}

#[tokio::test]
async fn a_name_changed_meanwhile_is_not_overwritten() {
    let house = House::built().await;
    let admin = house.administrator.token.clone();
    let person = added(&house, "lena.s", "Lena Schmidt").await;
    let path = format!("/api/v1/people/{person}");
    let tag = look(&house, &admin, &path).await.headers["etag"].to_str().expect("text").to_owned();
    let rename = |name: &'static str| {
        let request = Request::patch(&path)
            .header("host", "127.0.0.1:8080")
            .header("authorization", format!("Bearer {admin}"))
            .header("content-type", "application/json")
            .header("if-match", &tag)
            .body(Body::from(json!({ "name": name }).to_string()))
            .expect("a request");
        house.send_as_it_is(request)
    };
    assert_eq!(rename("Lena Schmidt-O'Hara").await.status, StatusCode::OK);
    assert_eq!(rename("Lena Other").await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(look(&house, &admin, &path).await.json()["row"]["name"], "Lena Schmidt-O'Hara");
}

#[tokio::test]
async fn a_token_issues_no_token_and_a_secret_takes_no_key() {
    let house = House::built().await;
    let worker = &house.worker.token;
    let wish = json!({ "name": "Another", "scope": ["see_record"], "days": 300 });
    let refused = api(&house, worker, "POST", "/api/v1/account/tokens", &wish).await;
    assert_eq!(refused.json()["code"], "token_by_token");
    let account = look(&house, worker, "/api/v1/account").await.json();
    assert_eq!(account["person"]["login"], "wanda.work");
    let token = account["tokens"][0]["id"].as_str().expect("a token").to_owned();
    let person = added(&house, "t.one", "T One").await;
    let keyed = Request::post(format!("/api/v1/people/{person}/invitation"))
        .header("host", "127.0.0.1:8080")
        .header("authorization", format!("Bearer {}", house.administrator.token))
        .header("content-type", "application/json")
        .header("idempotency-key", "k")
        .body(Body::from("{}"))
        .expect("a request");
    assert_eq!(house.send_as_it_is(keyed).await.status, StatusCode::BAD_REQUEST);
    // Another person's token is not there for them, one's own ends at once.
    let greta = quality(&house);
    let path = format!("/api/v1/account/tokens/{token}");
    assert_eq!(
        api(&house, &greta.token, "DELETE", &path, &json!({})).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(api(&house, worker, "DELETE", &path, &json!({})).await.status, StatusCode::OK);
    assert_eq!(look(&house, worker, "/api/v1/account").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn reading_contacts_and_taking_bytes_is_recorded_once_an_hour() {
    let house = House::built().await;
    let worker = house.worker.token.clone();
    let contacts = format!("/api/v1/consignees/{}/contacts", house.consignee);
    let page = format!("/consignees/{}", house.consignee);
    let before = house.entries();
    for path in [&contacts, &page, &contacts] {
        assert_eq!(look(&house, &worker, path).await.status, StatusCode::OK);
    }
    assert_eq!(house.entries(), before + 1, "the same customer, read three times");
    let greta = quality(&house);
    let between = house.entries();
    assert_eq!(look(&house, &greta.token, &contacts).await.status, StatusCode::OK);
    assert_eq!(house.entries(), between + 1, "another person");
    let tile = house.filled("/api/v1/ledger/tile/{path}");
    for _ in 0..2 {
        assert_eq!(look(&house, &worker, &tile).await.status, StatusCode::OK);
        let blob = house.filled("/api/v1/blobs/{digest}");
        assert_eq!(look(&house, &worker, &blob).await.status, StatusCode::OK);
    }
    assert_eq!(house.entries(), between + 3, "the ledger, and one document");
    house.set_clock("2026-11-23T15:05:00Z");
    assert_eq!(look(&house, &worker, &contacts).await.status, StatusCode::OK);
    assert_eq!(house.entries(), between + 4, "an hour later");

    let told = look(&house, &greta.token, "/api/v1/security").await.json();
    let newest = &told["items"][0];
    assert_eq!(newest["kind"], "record_taken");
    assert_eq!(newest["actor"], "person:wanda.work");
    let what = newest["what"].as_str().expect("a sentence");
    assert!(what.contains(&contacts.replace("/api/v1", "")), "{what}");
    // Of somebody erased there is nothing to read.
    let erase = format!("/api/v1/contacts/{}/erasure", house.contact);
    let erased = api(&house, &greta.token, "POST", &erase, &json!({ "reason": "Asked to" })).await;
    assert_eq!(erased.status, StatusCode::OK, "{}", erased.text());
    house.set_clock("2026-11-23T18:05:00Z");
    let then = house.entries();
    assert_eq!(look(&house, &worker, &contacts).await.status, StatusCode::OK);
    assert_eq!(house.entries(), then, "an erased person was recorded as read");
}

#[tokio::test]
async fn the_security_record_and_the_table_of_roles_are_there_for_those_who_may() {
    let house = House::built().await;
    let greta = quality(&house);
    let record = look(&house, &greta.token, "/security").await;
    assert_eq!(record.status, StatusCode::OK);
    assert!(
        record.text().contains("Greta Quell became holder") && record.text().contains("/ledger/"),
        "{}",
        record.text()
    );
    let admin = look(&house, &house.administrator.token, "/security").await.text();
    assert!(
        admin.contains("Security record") && !admin.contains("href=\"/ledger"),
        "an entry they may not open"
    );
    let roles = look(&house, &greta.token, "/roles").await.text();
    assert!(
        roles.contains("Proposed")
            && roles.contains("21 CFR 11.10(d)")
            && roles.contains("Release approver")
    );
    let table = look(&house, &greta.token, "/api/v1/roles").await.json();
    assert_eq!(table["rights"].as_array().expect("rights").len(), Right::ALL.len());
    assert_eq!(table["roles"].as_array().expect("roles").len(), RoleName::ALL.len());
    let developer = apart(|| {
        let roles = [RoleName::Developer];
        let seed = || house.begin();
        member(&house.desk, seed, ("dev", "Dev"), &roles, &Sight::All).expect("a member")
    });
    let refused = look(&house, &developer.token, "/api/v1/security").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let page = look(&house, &developer.token, "/people").await.text();
    assert!(page.contains("href=\"/people\"") && !page.contains("href=\"/security\""), "{page}");
}

/// Sends a change with further headers: whose it is, the key.
async fn change(
    house: &House,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder()
        .method(method.to_uppercase().as_str())
        .uri(path)
        .header("host", "127.0.0.1:8080")
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send_as_it_is(request.body(Body::from(body.to_owned())).expect("a request")).await
}

/// Method, address, body, headers, and what is expected.
type Step<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

#[tokio::test]
async fn every_described_change_of_people_is_made_once_for_its_key_and_never_in_the_past() {
    const ONE: &str = "/api/v1/people/{person}";
    let house = House::built().await;
    house.set_clock("2026-11-24T09:00:00Z");
    let (admin, worker) =
        (format!("Bearer {}", house.administrator.token), format!("Bearer {}", house.worker.token));
    let (admin, worker) =
        ([("authorization", admin.as_str())], [("authorization", worker.as_str())]);
    // What was made so far, by the name that stands for it in an address.
    let mut made: Vec<(&str, String)> = Vec::new();
    let mut asked: Vec<(String, String)> = Vec::new();
    let training = r#"{"role":"quality","subject":"Course 3","on":"2026-11-20","until":"2027-11-20","evidence":null}"#;
    let steps: &[Step<'_>] = &[
        ("post", "/api/v1/people", r#"{"login":"z.one","name":"Z One"}"#, &admin, "{person}"),
        ("patch", ONE, r#"{"name":"Z O'Ne"}"#, &admin, ""),
        (
            "post",
            &format!("{ONE}/roles"),
            r#"{"role":"quality","standing":"holder","families":null}"#,
            &admin,
            "{grant}",
        ),
        ("post", &format!("{ONE}/identity"), r#"{"how":"Staff pass shown"}"#, &worker, ""),
        ("post", &format!("{ONE}/trainings"), training, &worker, ""),
        (
            "post",
            &format!("{ONE}/overrides"),
            r#"{"role":"quality","until":"2026-12-01","reason":"Course is full"}"#,
            &worker,
            "",
        ),
        ("post", &format!("{ONE}/absences"), "{}", &admin, "{absence}"),
        ("delete", &format!("{ONE}/absences/{{absence}}"), "", &admin, ""),
        ("post", &format!("{ONE}/suspension"), r#"{"reason":"On leave"}"#, &admin, ""),
        ("post", &format!("{ONE}/reinstatement"), "{}", &admin, ""),
        ("post", &format!("{ONE}/invitation"), "{}", &admin, "code"),
        (
            "post",
            "/api/v1/account/tokens",
            r#"{"name":"T","scope":["see_record"],"days":9}"#,
            &[],
            "{token}",
        ),
        ("delete", "/api/v1/account/tokens/{token}", "", &[], ""),
        ("delete", "/api/v1/account/sessions/{session}", "", &[], ""),
        ("delete", &format!("{ONE}/roles/{{grant}}"), "", &admin, ""),
    ];
    let mut browser: Vec<(String, String)> = Vec::new();
    for (method, path, body, whose, makes) in steps {
        if whose.is_empty() && browser.is_empty() {
            let code = made.iter().find(|(name, _)| *name == "code").expect("an invitation");
            let cookie = joined(&house, "z.one", &code.1).await;
            let page = open(&house, &cookie, "/account").await.text();
            let account = open(&house, &cookie, "/api/v1/account").await.json();
            let session = account["sessions"][0]["id"].as_str().expect("a session").to_owned();
            made.push(("{session}", session));
            browser.push(("aftercare-mark".to_owned(), mark(&page)));
            browser.push(("cookie".to_owned(), cookie));
        }
        let mut headers: Vec<(&str, &str)> = whose.to_vec();
        if whose.is_empty() {
            headers.extend(browser.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        }
        let mut address = (*path).to_owned();
        for (name, id) in &made {
            address = address.replace(name, id);
        }
        let before = house.entries();
        let past =
            change(&house, (method, &format!("{address}?as_of=2026-11-23")), &headers, body).await;
        assert_eq!(past.json()["code"], "past_is_read_only", "{method} {path}");
        assert_eq!(house.entries(), before, "{method} {path} changed the past");
        let keyless = path.ends_with("/invitation") || path.ends_with("/tokens");
        let key = format!("key {method} {path}");
        if !keyless {
            headers.push(("idempotency-key", &key));
        }
        let first = change(&house, (method, &address), &headers, body).await;
        assert!(first.status.is_success(), "{method} {path}: {}", first.text());
        let after = house.entries();
        assert_eq!(after - before, 1, "{method} {path}");
        if !keyless && !path.contains("sessions") {
            let again = change(&house, (method, &address), &headers, body).await;
            assert_eq!(
                (again.status, &again.bytes),
                (first.status, &first.bytes),
                "{method} {path}"
            );
            assert_eq!(house.entries(), after, "{method} {path} changed twice");
        }
        if !makes.is_empty() {
            let field = if *makes == "code" { "code" } else { "id" };
            made.push((makes, first.json()[field].as_str().expect("text").to_owned()));
        }
        asked.push(((*method).to_owned(), (*path).to_owned()));
    }
    let mut described = everything();
    described.retain(|(method, path)| method != "get" && is_about_people(path));
    described.sort();
    asked.sort();
    assert_eq!(asked, described, "every change of people has its step here");
}
