//! Persons to be told: through the forms and the API, with nothing of them in any file, and erased.

use crate::house::{House, apart};
use axum::http::StatusCode;

const FORM: [(&str, &str); 2] =
    [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
const WORDS: [&str; 5] =
    ["Malley-Testwell", "saoirse.testwell", "910 0001", "Medical physics", "Quillfeather"];

fn hidden<'a>(page: &'a str, form: &str, name: &str) -> &'a str {
    let from =
        page.find(&format!("action=\"{form}\"")).unwrap_or_else(|| panic!("no {form}: {page}"));
    let mark = format!("name=\"{name}\" value=\"");
    let at = from + page[from..].find(&mark).expect("the field") + mark.len();
    &page[at..at + page[at..].find('"').expect("its end")]
}

#[tokio::test]
async fn the_forms_add_change_and_erase_a_contact_and_the_page_says_when_and_by_whom() {
    let house = House::built().await;
    let path = format!("/consignees/{}", house.consignee);
    let page = house.get(&path).await.text();
    assert!(page.contains("Saoirse O'Malley-Testwell"), "{page}");
    let add = format!("{path}/contacts");
    let key = hidden(&page, &add, "key");
    let body = format!(
        "key={key}&name=Tom%C3%A1s+Quillfeather&function=&email=&phone=&site={}",
        house.site
    );
    let before = house.entries();
    for _ in 0..2 {
        let done = house.sent("POST", &add, &FORM, body.clone()).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(
            done.headers["location"].to_str().ok(),
            Some(format!("{path}#contacts").as_str())
        );
    }
    assert_eq!(house.entries(), before + 1, "a form sent twice is one change");
    let corrected =
        house.sent("POST", &add, &FORM, body.replace("&email=", "&email=no-mail")).await;
    assert_eq!(corrected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(corrected.text().contains("box@host") && !corrected.text().contains("no-mail"));
    let page = house.get(&path).await.text();
    assert!(page.contains("Tomás Quillfeather"), "{page}");

    let change = format!("/contacts/{}", house.contact);
    let seen = hidden(&page, &change, "entity_version").to_owned();
    let body = |name: &str| {
        format!(
            "key=k&consignee={}&entity_version={seen}&name={name}&function=&email=&phone=",
            house.consignee
        )
    };
    let done = house.sent("POST", &change, &FORM, body("Saoirse+Married")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let late = house.sent("POST", &change, &FORM, body("Overwritten")).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert!(late.text().contains("changed after you looked at it"), "{}", late.text());

    let erase = format!("{change}/erasure");
    let page = house.get(&path).await.text();
    assert!(page.contains("Saoirse Married") && !page.contains("Overwritten"), "{page}");
    let seen = hidden(&page, &erase, "entity_version");
    let body = |reason: &str| {
        format!("key=e&consignee={}&entity_version={seen}&reason={reason}", house.consignee)
    };
    let bare = house.sent("POST", &erase, &FORM, body("")).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text().contains("A reason is needed"), "{}", bare.text());
    let done = house.sent("POST", &erase, &FORM, body("Asked")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = house.get(&path).await.text();
    assert!(!page.contains("Saoirse"), "{page}");
    assert!(page.contains("on 2026-11-23 14:05 UTC by "), "{page}");
    assert!(page.contains("person:wanda.work") && page.contains("Tomás Quillfeather"), "{page}");
    let foreign = [FORM[0], ("sec-fetch-site", "cross-site")];
    let kept_out = house.sent("POST", &add, &foreign, "name=Mallory").await;
    assert_eq!(kept_out.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nothing_personal_stands_in_a_file_in_the_ledger_or_in_the_search() {
    let house = House::built().await;
    let contacts = format!("/api/v1/consignees/{}/contacts", house.consignee);
    let made = house.post(&contacts, r#"{"name":"Tomás Quillfeather"}"#).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let contact = format!("/api/v1/contacts/{}", house.contact);
    assert_eq!(house.get(&contact).await.json()["who"]["name"], "Saoirse O'Malley-Testwell");
    assert_eq!(house.get(&contacts).await.json()["total"], 2);
    let nowhere = async |when: &str| {
        for word in WORDS {
            assert_eq!(house.holding(word.as_bytes()), Vec::<String>::new(), "{word} {when}");
            let asked = house.get(&format!("/api/v1/ask?q={}", word.replace(' ', "%20"))).await;
            assert_eq!(asked.json()["groups"], serde_json::json!([]), "{word} {when}");
        }
        let ledger = house.get("/api/v1/ledger").await.text();
        assert!(WORDS.iter().all(|word| !ledger.contains(word)), "{when}: {ledger}");
    };
    nowhere("before erasure").await;
    let reason = r#"{"reason":"Asked to be forgotten"}"#;
    let tag = [("if-match", "\"7\"")];
    let erasure = format!("{contact}/erasure");
    let stale = house.sent("POST", &erasure, &tag, reason).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let done = house.sent("POST", &erasure, &[("if-match", "\"1\"")], reason).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let who = house.get(&contact).await.json()["who"].clone();
    assert_eq!((&who["state"], &who["by"]), (&"erased".into(), &"person:wanda.work".into()));
    assert_eq!(who["at"], "2026-11-23T14:05:00Z");
    nowhere("after erasure").await;
    let again = house.post(&erasure, reason).await;
    assert_eq!(again.json()["code"], "already_erased");
    let back = r#"{"name":"Back","function":null,"email":null,"phone":null}"#;
    assert_eq!(house.sent("PATCH", &contact, &[], back).await.json()["code"], "already_erased");
    assert!(apart(|| house.desk.register().verify().expect("verifies").holds()));
    // Another server over the same record finds it erased too.
    let house = house.reopened();
    assert_eq!(house.get(&contact).await.json()["who"]["state"], "erased");
}

#[tokio::test]
async fn a_contact_that_cannot_be_is_refused_without_repeating_who_it_was() {
    let house = House::built().await;
    let before = (house.entries(), house.blobs());
    let contacts = format!("/api/v1/consignees/{}/contacts", house.consignee);
    let long = "Quillfeather".repeat(20);
    for (name, code) in [
        ("Quill\\u202efeather", "text_unprintable"),
        (long.as_str(), "text_too_long"),
        (" ", "text_missing"),
    ] {
        let answer = house.post(&contacts, &format!(r#"{{"name":"{name}"}}"#)).await;
        assert_eq!(answer.json()["code"], code, "{}", answer.text());
        assert!(!answer.text().contains("Quill"), "{}", answer.text());
    }
    let absent = "/api/v1/consignees/csg_00000000000000000000000000/contacts";
    assert_eq!(house.post(absent, r#"{"name":"A"}"#).await.status, StatusCode::NOT_FOUND);
    let site = r#"{"name":"A","site":"sit_00000000000000000000000000"}"#;
    assert_eq!(house.post(&contacts, site).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.entries(), before.0);
}
