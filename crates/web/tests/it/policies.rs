//! Governing documents by API and pages: issued, read, acknowledged by a signature, issued again, withdrawn.

use crate::{
    house::House,
    signer::{Signer, five, later, other_digest, password, signer},
};
use aftercare_domain::role::RoleName;
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn sheet(house: &House, who: &Signer, policy: &str) -> Value {
    let answer = who.get(house, &format!("/api/v1/policies/{policy}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

fn newest(sheet: &Value) -> Value {
    sheet["versions"].as_array().expect("versions").last().expect("one").clone()
}

fn missing(sheet: &Value) -> Vec<String> {
    let rows = sheet["missing_people"].as_array().expect("people").iter();
    rows.map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
}

async fn issued(house: &House, who: &Signer, place: &str, text: &str) -> String {
    let bearer = format!("Bearer {}", who.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    let answer = house.sent("POST", place, &headers, text.to_owned()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["id"].as_str().expect("an id").to_owned()
}

/// Acknowledges what stands in the API's answer, half a minute later.
async fn acknowledged(house: &House, who: &Signer, policy: &str) -> crate::house::Answer {
    later(house, 31);
    let digest = newest(&sheet(house, who, policy).await)["digest"].clone();
    let body = json!({"digest": digest, "password": password(), "code": who.code(house)});
    who.post(house, &format!("/api/v1/policies/{policy}/acknowledgements"), &body).await
}

#[tokio::test]
async fn a_document_is_issued_acknowledged_and_issued_again_and_old_signatures_stay() {
    let house = House::built().await;
    let people = five(&house);
    let place = "/api/v1/policies?kind=policy&audience=quality,executive&dated=2026-02-27&file_name=%3Cb%3E.pdf&title=Rules%20%3Cb%3E";
    let policy = issued(&house, &people.kim, place, "%PDF-1.7 first").await;
    let before = sheet(&house, &people.kim, &policy).await;
    assert_eq!((&before["version"], &before["must"]), (&json!(1), &before["missing"]));
    assert!(before["waits_for_you"].as_bool().expect("said"));
    assert_eq!(before["yours"], "quality");
    assert!(missing(&before).contains(&"Eva Lind".to_owned()));
    assert!(!missing(&before).contains(&"Ole Moe".to_owned()), "his roles need not");

    let signed = acknowledged(&house, &people.kim, &policy).await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text());
    let after = sheet(&house, &people.kim, &policy).await;
    let first = &after["acknowledgements"][0];
    assert_eq!(
        (first["name"].as_str(), first["meaning"].as_str()),
        (Some("Kim \"Q\" O'Dell"), Some("responsibility"))
    );
    assert_eq!(first["factors"].as_array().expect("factors").len(), 2);
    assert_eq!(first["of"], newest(&after)["digest"]);
    assert!(!after["waits_for_you"].as_bool().expect("said") && after["yours"].is_null());
    assert_eq!(
        acknowledged(&house, &people.kim, &policy).await.json()["code"],
        "acknowledged_already"
    );

    // A new version waits for everybody again; what was signed stays with the first.
    let place = format!(
        "/api/v1/policies/{policy}/versions?audience=everybody&dated=2026-03-01&file_name=b.pdf&title=Rules"
    );
    issued(&house, &people.eva, &place, "%PDF-1.7 second").await;
    let again = sheet(&house, &people.kim, &policy).await;
    assert_eq!((&again["version"], &again["waits_for_you"]), (&json!(2), &json!(true)));
    assert!(
        missing(&again).contains(&"Ole Moe".to_owned()) && again["acknowledgements"] == json!([])
    );
    let old = people.ole.get(&house, &format!("/api/v1/policies/{policy}?version=1")).await.json();
    assert_eq!(old["acknowledgements"][0]["of"], first["of"]);
    assert_eq!(old["missing_people"], json!([]), "of an earlier version nobody is missing");
    let digest = first["of"].clone();
    later(&house, 31);
    let body = json!({"digest": digest, "password": password(), "code": people.eva.code(&house)});
    let place = format!("/api/v1/policies/{policy}/acknowledgements");
    let stale = people.eva.post(&house, &place, &body).await;
    assert_eq!(stale.json()["code"], "another_version");

    // The bytes come back as they were, never to be shown in the browser.
    for (version, text) in [("?version=1", "%PDF-1.7 first"), ("", "%PDF-1.7 second")] {
        let place = format!("/api/v1/policies/{policy}/document{version}");
        let bytes = people.ole.get(&house, &place).await;
        assert_eq!(bytes.text(), text);
        assert_eq!(bytes.headers["content-type"], "application/octet-stream");
        let how = bytes.headers["content-disposition"].to_str().expect("text");
        assert!(how.starts_with("attachment;") && !how.contains("<b>"), "{how}");
    }
    for wrong in ["version=3", "version=0"] {
        let answer = people.ole.get(&house, &format!("/api/v1/policies/{policy}?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let page = people.ole.get(&house, &format!("/policies/{policy}?version=1")).await.text();
    assert!(
        page.contains("Rules &lt;b&gt;") && page.contains("Kim &quot;Q&quot; O'Dell"),
        "{page}"
    );
    assert!(page.contains("replaced by version 2") && !page.contains("Sign that I"), "{page}");
}

#[tokio::test]
async fn the_page_shows_the_form_and_signing_there_is_the_same() {
    let house = House::built().await;
    let people = five(&house);
    let path = format!("/policies/{}", house.policy);
    let list = people.ole.get(&house, "/policies").await.text();
    assert!(list.contains("Waits for you") && !list.contains("Issue a document"), "{list}");
    assert!(people.kim.get(&house, "/policies").await.text().contains("Issue a document"));
    let page = people.ole.get(&house, &path).await.text();
    assert!(
        page.contains("Security analyst") && page.contains("Sign that I acknowledge it"),
        "{page}"
    );

    later(&house, 31);
    let of = newest(&sheet(&house, &people.ole, &house.policy).await)["digest"].clone();
    let of = of.as_str().expect("a digest");
    let form = |of: &str, proofs: &str| format!("key=k&of={of}{proofs}");
    let sign = format!("{path}/acknowledge");
    let alone = form(of, &format!("&password={}&code=", password()));
    let alone = people.ole.form(&house, &sign, &alone).await;
    assert!(alone.text().contains("needs 2 components"), "{}", alone.text());
    let wrong = people.ole.form(&house, &sign, &form(of, "&password=wrong-word&code=123456")).await;
    assert!(wrong.text().contains("do not fit"), "{}", wrong.text());
    let other = form(&other_digest(), &people.ole.proofs(&house));
    let other = people.ole.form(&house, &sign, &other).await;
    assert!(other.text().contains("got another version"), "{}", other.text());
    assert_eq!(sheet(&house, &people.ole, &house.policy).await["acknowledgements"], json!([]));
    later(&house, 31);
    let done = people.ole.form(&house, &sign, &form(of, &people.ole.proofs(&house))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = people.ole.get(&house, &path).await.text();
    assert!(page.contains("meaning <strong>responsibility</strong>"), "{page}");
    assert!(!page.contains("Sign that I acknowledge it"), "{page}");
}

#[tokio::test]
async fn a_document_comes_by_the_form_with_its_roles_and_is_withdrawn_with_a_reason() {
    let house = House::built().await;
    let people = five(&house);
    let field = |name: &str, value: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = [
        field("key", "once"),
        field("kind", "certification"),
        field("title", "Letter"),
        field("dated", "2026-02-27"),
        field("audience", "roles"),
        field("role_executive", "yes"),
        field("reason", ""),
        "--x\r\ncontent-disposition: form-data; name=\"document\"; filename=\"letter.pdf\"\r\n\r\nDear\r\n--x--\r\n".to_owned(),
    ]
    .concat();
    let bearer = format!("Bearer {}", people.kim.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "multipart/form-data; boundary=x"),
        ("sec-fetch-site", "same-origin"),
    ];
    let send = || house.sent("POST", "/policies", &headers, body.clone());
    let before = house.entries();
    let first = send().await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    let again = send().await;
    assert_eq!(again.headers["location"], first.headers["location"], "sent twice is one document");
    assert_eq!(house.entries(), before + 1);
    let place = first.headers["location"].to_str().expect("text").to_owned();
    let policy = place.trim_start_matches("/policies/").to_owned();
    let sheet_now = sheet(&house, &people.eva, &policy).await;
    assert_eq!(sheet_now["kind"], "certification");
    assert_eq!(newest(&sheet_now)["roles"], json!(["Executive"]));

    let withdraw = format!("{place}/withdraw");
    let unsaid = people.kim.form(&house, &withdraw, "key=a&reason=").await;
    assert!(unsaid.text().contains("needs a reason"), "{}", unsaid.text());
    let ole = people.ole.form(&house, &withdraw, "key=a&reason=x").await;
    assert_eq!(ole.status, StatusCode::FORBIDDEN);
    let done = people.kim.form(&house, &withdraw, "key=a&reason=Sent+again").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = people.eva.get(&house, &place).await.text();
    assert!(page.contains("Withdrawn on") && page.contains("Sent again"), "{page}");
    assert!(!page.contains("Sign that I acknowledge it"), "{page}");
    let sheet_now = sheet(&house, &people.eva, &policy).await;
    assert_eq!((&sheet_now["must"], &sheet_now["waits_for_you"]), (&json!(0), &json!(false)));
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_words_and_leaves_nothing() {
    let house = House::built().await;
    let kim = signer(&house, ("kim", "Kim"), &[RoleName::Quality]);
    let before = house.entries();
    let bearer = format!("Bearer {}", kim.token);
    let good = "dated=2026-02-27&file_name=a.txt&title=T";
    let large = "x".repeat((10 << 20) + 1);
    for (query, text, code) in [
        (format!("kind=law&audience=everybody&{good}"), "x", "unknown_value"),
        (format!("kind=policy&audience=kings&{good}"), "x", "unknown_value"),
        (format!("kind=policy&audience=customer&{good}"), "x", "role_outside"),
        (format!("kind=policy&audience=everybody&{good}"), "", "document_size"),
        (format!("kind=policy&audience=everybody&{good}"), large.as_str(), "too_large"),
        (
            "kind=policy&audience=nobody&dated=soon&file_name=a&title=T".to_owned(),
            "x",
            "unknown_value",
        ),
        (
            "kind=policy&audience=nobody&dated=2026-01-01&file_name=a&title=".to_owned(),
            "x",
            "text_missing",
        ),
    ] {
        let place = format!("/api/v1/policies?{query}");
        let headers = [("authorization", bearer.as_str())];
        let answer = house.sent("POST", &place, &headers, text.to_owned()).await;
        assert!(answer.status.is_client_error(), "{query}: {}", answer.status);
        assert_eq!(answer.json()["code"], code, "{query}: {}", answer.text());
    }
    let unknown = kim.get(&house, "/api/v1/policies/pol_00000000000000000000000000").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(house.entries(), before);
}
