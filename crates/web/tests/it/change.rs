//! Changes through the API: what they leave behind, and what sending them again does.

use crate::house::{House, SBOM};
use axum::http::StatusCode;
use std::task::Poll;

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn what_was_made_is_found_where_the_answer_says() {
    let house = House::built().await;
    let name = "Müller's <Praxis> & Söhne";
    let body = serde_json::json!({ "name": name, "country": "de" }).to_string();
    let made = house.post("/api/v1/consignees", &body).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let place = made.headers["location"].to_str().expect("text").to_owned();
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(place, format!("/api/v1/consignees/{id}"));
    assert_eq!(house.get(&place).await.json()["name"], name);
    let page = house.get(&format!("/consignees/{id}")).await;
    assert!(page.text().contains("Müller's &lt;Praxis&gt; &amp; Söhne"), "{}", page.text());
    let version = format!(r#"{{"product":"{}","label":"2.0"}}"#, house.product);
    let made = house.post("/api/v1/versions", &version).await;
    let sheet = house.get(made.headers["location"].to_str().expect("text")).await.json();
    assert_eq!(sheet["version"], "2.0");
    assert_eq!(sheet["sbom"]["state"], "missing");
}

#[tokio::test]
async fn a_sheet_of_units_is_recorded_whole_or_not_at_all() {
    let house = House::built().await;
    let (product, version, site) = (&house.product, &house.version, &house.site);
    let sheet = [("content-type", "text/csv; charset=utf-8")];
    let head = "product,version,site,udi_di,serial,delivered\n";
    let before = house.entries();
    let wrong =
        format!("{head}{product},{version},{site},,A1,\n{product},{version},nowhere,,A2,\n");
    let answer = house.sent("POST", "/api/v1/units", &sheet, wrong).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["problems"][0]["place"], "line 3, site");
    assert_eq!(house.entries(), before);
    let right =
        format!("{head}{product},{version},{site},0401,A1,2024-03-01\n{product},,{site},,A2,\n");
    let answer = house.sent("POST", "/api/v1/units", &sheet, right).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.json()["units"], 2);
    assert_eq!(house.entries(), before + 1);
    let units = house.get(&format!("/api/v1/sites/{site}")).await.json();
    assert_eq!(units["units"]["total"], 4);
    assert_eq!(units["units_version_unknown"], 2);
}

#[tokio::test]
async fn a_key_that_cannot_protect_is_refused() {
    let house = House::built().await;
    let before = house.entries();
    let long = "k".repeat(201);
    for key in ["", long.as_str(), "schlüssel"] {
        let headers = [JSON, ("idempotency-key", key)];
        let answer = house.sent("POST", "/api/v1/suppliers", &headers, r#"{"name":"A"}"#).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key}");
        assert_eq!(answer.json()["code"], "idempotency_key");
    }
    let twice = [JSON, ("idempotency-key", "a"), ("idempotency-key", "b")];
    let answer = house.sent("POST", "/api/v1/suppliers", &twice, r#"{"name":"A"}"#).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(house.entries(), before);
}

#[tokio::test]
async fn a_refused_change_frees_its_key_and_another_address_with_it_is_refused() {
    let house = House::built().await;
    let headers = [JSON, ("idempotency-key", "one")];
    let taken = house.sent("POST", "/api/v1/families", &headers, r#"{"name":"infusion"}"#).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let made = house.sent("POST", "/api/v1/families", &headers, r#"{"name":"Monitoring"}"#).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let other = house.sent("POST", "/api/v1/suppliers", &headers, r#"{"name":"Monitoring"}"#).await;
    assert_eq!(other.json()["code"], "idempotency_key_reused");
}

#[tokio::test]
async fn a_change_whose_client_went_away_is_found_under_its_key() {
    let house = House::built().await;
    let before = house.entries();
    let headers = [JSON, ("idempotency-key", "gone")];
    let send = || house.sent("POST", "/api/v1/suppliers", &headers, r#"{"name":"Gone"}"#);
    // The client has sent everything, and hangs up before the answer is there.
    let mut first = Box::pin(send());
    let begun = std::future::poll_fn(|at| Poll::Ready(first.as_mut().poll(at))).await;
    assert!(begun.is_pending(), "it was answered at once, so nobody could go away");
    drop(first);
    let answer = loop {
        let answer = send().await;
        if answer.status != StatusCode::CONFLICT {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(house.entries(), before + 1, "it was done once");
}

#[tokio::test]
async fn the_bytes_come_back_as_they_were_received_and_never_as_a_page() {
    let house = House::built().await;
    let digest = aftercare_vocab::digest::Digest::of(SBOM.as_bytes());
    let path = format!("/api/v1/blobs/{digest}");
    let answer = house.get(&path).await;
    assert_eq!(answer.bytes, SBOM.as_bytes());
    assert_eq!(answer.headers["content-type"], "application/octet-stream");
    let shown = answer.headers["content-disposition"].to_str().expect("text");
    assert!(shown.starts_with("attachment"), "{shown}");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    for path in [path.as_str(), "/api/v1/products", "/products"] {
        let (get, head) = (house.get(path).await, house.head(path).await);
        assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0), "{path}");
        assert_eq!(head.headers.get("etag"), get.headers.get("etag"), "{path}");
    }
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again_whatever_its_packing() {
    let house = House::built().await;
    let path = format!("/api/v1/versions/{}", house.version);
    let plain = house.get(&path).await;
    let packed = house.sent("GET", &path, &[("accept-encoding", "gzip")], "").await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert_eq!(packed.headers["etag"], plain.headers["etag"]);
    let tag = plain.headers["etag"].to_str().expect("text");
    for known in [tag, &format!("\"x\", {tag}"), tag.trim_start_matches("W/"), "*"] {
        let answer = house.sent("GET", &path, &[("if-none-match", known)], "").await;
        assert_eq!((answer.status, answer.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
        assert!(answer.headers.contains_key("content-security-policy"));
    }
    let life = r#"{"predecessor":null,"released":null,"supported_until":null,"end_of_support":"2031-01-01"}"#;
    assert_eq!(house.sent("PATCH", &path, &[JSON], life).await.status, StatusCode::OK);
    let changed = house.sent("GET", &path, &[("if-none-match", tag)], "").await;
    assert_eq!(changed.status, StatusCode::OK, "a change gives another tag");
}

#[tokio::test]
async fn the_second_page_of_findings_follows_the_first() {
    let house = House::built().await;
    let component = |at: u32| {
        format!(
            r#"{{"type":"library","bom-ref":"c{at}","name":"minimist","version":"1.0.{at}","purl":"pkg:npm/minimist@1.0.{at}"}}"#
        )
    };
    let components: Vec<String> = (0..60).map(component).collect();
    let sbom = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#,
        components.join(",")
    );
    let path = format!("/api/v1/versions/{}", house.version);
    let sent = house.post(&format!("{path}/sboms"), &sbom).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
    house.matched();
    let first = house.get(&format!("{path}/findings?sort=component")).await.json();
    let next = first["next"].as_str().expect("a second page");
    let second = house.get(&format!("{path}/findings?sort=component&after={next}")).await.json();
    let places = |page: &serde_json::Value| -> Vec<u64> {
        let rows = page["items"].as_array().expect("rows");
        rows.iter().map(|row| row["component"]["index"].as_u64().expect("an index")).collect()
    };
    let mut all = places(&first);
    assert_eq!((all.len(), &first["total"]), (50, &60.into()));
    assert_eq!(second["next"], serde_json::Value::Null);
    all.extend(places(&second));
    all.sort_unstable();
    assert_eq!(all, (0..60).collect::<Vec<u64>>(), "each finding stands on one page");
    let tab = format!("/versions/{}?tab=findings&sort=component&after={next}", house.version);
    let page = house.get(&tab).await;
    assert!(page.text().contains("Showing 10 of 60 findings"), "{}", page.text());
    let ledger = house.get("/api/v1/ledger").await.json();
    assert_eq!(ledger["total"], house.entries());
    assert_eq!(ledger["items"][0]["seq"], house.entries());
}

#[tokio::test]
async fn a_narrowed_list_without_a_match_does_not_say_that_nothing_is_recorded() {
    let house = House::built().await;
    let page = house.get("/products?only=without_sbom").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text().contains("No product is recorded yet"), "{}", page.text());
    assert!(page.text().contains("matches what you asked for"), "{}", page.text());
}
