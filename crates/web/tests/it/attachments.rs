//! Files beside the facts of a case: sent by form and API, given out to whoever may know of the case.

use crate::{
    house::{Answer, House, apart},
    signer::{Five, Signer, five, later},
};
use aftercare_domain::{Sight, role::RoleName};
use aftercare_testkit::people;
use aftercare_vocab::digest::Digest;
use axum::http::StatusCode;
use data_encoding::BASE64;
use serde_json::{Value, json};

const REPORT: &[u8] = b"<script>alert('report')</script>";

fn vouched() -> Value {
    json!({ "attested": { "guard": "variants_checked", "statement": "Looked at.", "url": null, "attachment": null } })
}

async fn sent(house: &House, by: &Signer, fact: &Value, file: Option<(&str, &[u8])>) -> Answer {
    let file = file.map(|(name, bytes)| {
        json!({ "name": name, "media_type": "application/pdf", "base64": BASE64.encode(bytes) })
    });
    let body = json!({ "fact": fact, "reason": null, "file": file });
    by.post(house, &format!("/api/v1/cases/{}/facts", house.case), &body).await
}

/// A file that Ole sent with what he stands for; its address.
async fn attached(house: &House, five: &Five) -> String {
    let done = sent(house, &five.ole, &vouched(), Some(("list.pdf", REPORT))).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    format!("/api/v1/cases/{}/attachments/{}", house.case, Digest::of(REPORT))
}

fn code(answer: &Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_file_sent_with_a_form_is_kept_as_it_came_and_only_ever_downloaded() {
    let house = House::built().await;
    let five = five(&house);
    let place = format!("/cases/{}/record/attested", house.case);
    let form = five.ole.get(&house, &place).await.text();
    assert!(form.contains("multipart/form-data") && form.contains("at most 10 MiB"), "{form}");
    let mut body = String::new();
    for (name, value) in [
        ("key", "k1"),
        ("guard", "variants_checked"),
        ("statement", "Looked at."),
        ("url", ""),
        ("reason", ""),
    ] {
        body.push_str(&format!(
            "--XX\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str("--XX\r\ncontent-disposition: form-data; name=\"document\"; filename=\"../Prüfung <1>.html\"\r\ncontent-type: text/html\r\n\r\n");
    body.push_str(std::str::from_utf8(REPORT).expect("text"));
    body.push_str("\r\n--XX--\r\n");
    let bearer = format!("Bearer {}", five.ole.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "multipart/form-data; boundary=XX"),
        ("sec-fetch-site", "same-origin"),
    ];
    let done = house.sent("POST", &place, &headers, body.clone()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let entries = house.entries();
    house.sent("POST", &place, &headers, body).await;
    assert_eq!(house.entries(), entries, "the same form twice is one change");

    let digest = Digest::of(REPORT).to_string();
    let address = format!("/api/v1/cases/{}/attachments/{digest}", house.case);
    let page = five.anna.get(&house, &format!("/cases/{}", house.case)).await.text();
    assert!(page.contains("Prüfung &lt;1&gt;.html") && page.contains(&address), "{page}");
    let evidence = format!("/cases/{}/evidence", house.case);
    let paper = five.anna.get(&house, &evidence).await.text();
    for words in ["Prüfung &lt;1&gt;.html", "text/html", &digest, ">32<"] {
        assert!(paper.contains(words), "no `{words}` in {paper}");
    }
    let file = five.anna.get(&house, &format!("/api/v1{evidence}")).await.json();
    let attached = file["attachments"].as_array().expect("files").last().expect("one");
    assert_eq!(
        attached["attachment"],
        json!({ "digest": digest, "name": "Prüfung <1>.html", "media_type": "text/html", "size": 32 })
    );

    let got = five.anna.get(&house, &address).await;
    assert_eq!((got.status, got.bytes.as_slice()), (StatusCode::OK, REPORT));
    let header = |name: &str| got.headers[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("content-disposition"), "attachment; filename=\"Pr_fung__1_.html\"");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let verified = apart(|| house.desk.register().verify().expect("verifies"));
    assert!(verified.holds(), "{:?}", verified.differences);
}

#[tokio::test]
async fn the_api_takes_a_file_up_to_its_limit_and_says_what_is_wrong_with_others() {
    let house = House::built().await;
    let five = five(&house);
    let large = vec![b'x'; aftercare_domain::case::ATTACHMENT_BYTES];
    let done = sent(&house, &five.ole, &vouched(), Some(("large.bin", &large))).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    later(&house, 60);
    let over = [large.as_slice(), b"x"].concat();
    let refused = sent(&house, &five.ole, &vouched(), Some(("over.bin", &over))).await;
    assert_eq!(code(&refused), "file_size", "{}", refused.text());
    assert!(refused.text().contains("1 to 10485760 bytes"), "{}", refused.text());

    let empty = sent(&house, &five.ole, &vouched(), Some(("none", b""))).await;
    assert_eq!(code(&empty), "file_size");
    let noted = sent(&house, &five.ole, &json!({ "noted": "x" }), Some(("a", REPORT))).await;
    assert_eq!(code(&noted), "takes_no_file");
    let mut named = vouched();
    named["attested"]["attachment"] = json!(Digest::of(b"other").to_string());
    let differs = sent(&house, &five.ole, &named, Some(("a", REPORT))).await;
    assert_eq!(code(&differs), "attachment_differs");
    let nowhere = sent(&house, &five.ole, &named, None).await;
    assert_eq!(code(&nowhere), "unknown_id", "{}", nowhere.text());
    let mut told = vouched();
    told["attested"]["attachment"] = json!(Digest::of(&large).to_string());
    told["attested"]["file"] =
        json!({ "name": "other.txt", "media_type": "text/plain", "size": 1 });
    let told = sent(&house, &five.ole, &told, None).await;
    assert_eq!(code(&told), "file_not_sent", "{}", told.text());
    let body =
        json!({ "fact": vouched(), "reason": null, "file": { "name": "a", "base64": "%%" } });
    let place = format!("/api/v1/cases/{}/facts", house.case);
    assert_eq!(code(&five.ole.post(&house, &place, &body).await), "file_unreadable");
}

#[tokio::test]
async fn a_file_of_an_earlier_fact_stays_and_is_named_again_by_its_digest() {
    let house = House::built().await;
    let five = five(&house);
    let address = attached(&house, &five).await;
    later(&house, 60);
    let mut again = vouched();
    again["attested"]["attachment"] = json!(Digest::of(REPORT).to_string());
    let done = sent(&house, &five.ole, &again, None).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    later(&house, 60);
    let without = sent(&house, &five.ole, &vouched(), None).await;
    assert_eq!(without.status, StatusCode::OK, "{}", without.text());
    let sheet = five.ole.get(&house, &format!("/api/v1/cases/{}", house.case)).await.json();
    let names: Vec<&Value> = sheet["attachments"]
        .as_array()
        .expect("files")
        .iter()
        .map(|one| &one["attachment"]["name"])
        .filter(|name| !name.is_null())
        .collect();
    assert_eq!(names, ["list.pdf", "list.pdf"]);
    assert_eq!(five.ole.get(&house, &address).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_may_not_know_of_the_case_gets_no_file_of_it_by_any_address() {
    let house = House::built().await;
    let five = five(&house);
    let address = attached(&house, &five).await;
    let blob = format!("/api/v1/blobs/{}", Digest::of(REPORT));
    for path in [&address, &blob] {
        assert_eq!(five.kim.get(&house, path).await.status, StatusCode::OK, "{path}");
    }
    let elsewhere = house.post("/api/v1/families", r#"{"name":"Monitors"}"#).await.json();
    let other = elsewhere["id"].as_str().expect("an id").parse().expect("an id");
    let narrow = apart(|| {
        let mut drawn = 200;
        let op = || {
            drawn += 1;
            house.begin().with_chance([drawn; 32])
        };
        let (who, roles) = (("nina", "Nina Narrow"), &[RoleName::SecurityAnalyst]);
        people::member(&house.desk, op, who, roles, &Sight::of([other])).expect("a member")
    });
    let bearer = format!("Bearer {}", narrow.token);
    for path in [&address, &blob] {
        let answer = house.sent("GET", path, &[("authorization", &bearer)], "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }

    let embargo = json!({ "embargo": { "until": null, "people": [five.siri.person] } });
    let place = format!("/api/v1/cases/{}/facts", house.case);
    let body = json!({ "fact": embargo, "reason": null });
    assert_eq!(five.anna.post(&house, &place, &body).await.status, StatusCode::OK);
    let nowhere = five.ole.get(&house, &format!("/api/v1/cases/{}", house.case)).await;
    for path in [&address, &blob] {
        let answer = five.ole.get(&house, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(five.siri.get(&house, path).await.status, StatusCode::OK, "{path}");
    }
    let refused = five.ole.get(&house, &address).await;
    assert_eq!(refused.json()["detail"], nowhere.json()["detail"], "as if there were no case");

    // Nor does a case of one's own lead to it.
    let own = json!({ "title": "Ours", "families": null, "vulnerabilities": [] });
    let made = five.ole.post(&house, "/api/v1/cases", &own).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let mut cited = vouched();
    cited["attested"]["attachment"] = json!(Digest::of(REPORT).to_string());
    let place = format!("/api/v1/cases/{}/facts", made.json()["id"].as_str().expect("an id"));
    let cites = five.ole.post(&house, &place, &json!({ "fact": cited, "reason": null })).await;
    assert_eq!(code(&cites), "unknown_id", "{}", cites.text());
}
