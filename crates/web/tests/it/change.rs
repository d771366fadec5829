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
    let tag = plain.headers["etag"].to_str().expect("text");
    let other = packed.headers["etag"].to_str().expect("text");
    assert!(tag.starts_with('"') && other.starts_with('"') && tag != other, "{tag} {other}");
    for known in [tag, other, &format!("\"x\", {tag}"), &format!("W/{tag}"), "*"] {
        let answer = house.sent("GET", &path, &[("if-none-match", known)], "").await;
        assert_eq!((answer.status, answer.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
        assert!(answer.headers.contains_key("content-security-policy"));
    }
    let life = r#"{"predecessor":null,"released":null,"supported_until":null,"end_of_support":"2031-01-01","reason":"As announced"}"#;
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
    let sent = house.post(&format!("{path}/sboms?reason=Rebuilt"), &sbom).await;
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

const LIFE: &str = r#"{"predecessor":null,"released":"2024-02-29","supported_until":null,"end_of_support":"2031-01-01","reason":"As announced"}"#;

#[tokio::test]
async fn whoever_changes_what_another_changed_meanwhile_is_told_who_and_changes_nothing() {
    let house = House::built().await;
    for (path, first, second) in [
        (
            format!("/api/v1/versions/{}", house.version),
            LIFE.to_owned(),
            LIFE.replace("2031", "2032"),
        ),
        (
            format!("/api/v1/units/{}", house.unit),
            r#"{"version":null,"reason":"Label worn off"}"#.to_owned(),
            format!(r#"{{"version":"{}"}}"#, house.version),
        ),
    ] {
        for packing in ["identity", "gzip"] {
            let read = house.sent("GET", &path, &[("accept-encoding", packing)], "").await;
            let tag = read.headers["etag"].to_str().expect("text").to_owned();
            let seen = house.get(&path).await.json()["entity_version"].as_u64().expect("a version");
            assert!(tag.starts_with(&format!("\"{seen}.")), "{tag}");
            let headers = [JSON, ("if-match", tag.as_str())];
            let (one, two) = if packing == "gzip" { (&second, &first) } else { (&first, &second) };
            let changed = house.sent("PATCH", &path, &headers, one.clone()).await;
            assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
            let before = house.entries();
            let late = house.sent("PATCH", &path, &headers, two.clone()).await;
            assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text());
            let said = late.json();
            assert_eq!(said["code"], "changed_meanwhile");
            assert_eq!(
                (said["changed"]["seen"].as_u64(), said["changed"]["now"].as_u64()),
                (Some(seen), Some(seen + 1))
            );
            assert_eq!(said["changed"]["by"], "person:wanda.work");
            assert_eq!(said["changed"]["role"], "product_security_lead");
            assert_eq!(said["changed"]["at"], "2026-11-23T14:05:00Z");
            assert!(said["next"].as_str().is_some_and(|next| next.contains("Load it again")));
            assert_eq!(house.entries(), before);
        }
    }
    let path = format!("/api/v1/versions/{}", house.version);
    for weak in ["W/\"1.00\"", "1", "\"1\", \"2\""] {
        let refused = house.sent("PATCH", &path, &[JSON, ("if-match", weak)], LIFE).await;
        assert_eq!(refused.json()["code"], "if_match_unreadable", "{weak}");
    }
}

#[tokio::test]
async fn an_sbom_does_not_take_the_place_of_one_its_sender_never_saw() {
    let house = House::built().await;
    let path = format!("/api/v1/versions/{}", house.version);
    let page = house.get(&format!("/versions/{}?tab=sbom", house.version)).await.text();
    let seen = house.get(&path).await.json()["entity_version"].to_string();
    assert!(page.contains(&format!(r#"name="entity_version" value="{seen}""#)), "{page}");
    let sboms = format!("{path}/sboms?reason=Rebuilt");
    let tag = format!("\"{seen}\"");
    let other = SBOM.replace("1.2.0", "1.2.1");
    let first = house.sent("POST", &sboms, &[("if-match", &tag)], other.clone()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let form = |file: &str| {
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"entity_version\"\r\n\r\n{seen}\r\n\
             --x\r\nContent-Disposition: form-data; name=\"reason\"\r\n\r\nRebuilt\r\n\
             --x\r\nContent-Disposition: form-data; name=\"sbom\"; filename=\"a.json\"\r\n\r\n{file}\r\n--x--\r\n"
        )
    };
    let kind = [("content-type", "multipart/form-data; boundary=x")];
    let before = house.entries();
    for place in [format!("{path}/sboms"), format!("/versions/{}/sboms", house.version)] {
        let late = house.sent("POST", &place, &kind, form(&SBOM.replace("1.2.0", "1.2.2"))).await;
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text());
        assert!(late.text().contains("changed after you looked at it"), "{}", late.text());
        // The very bytes that are attached: nothing to lose, whatever was seen.
        let same = house.sent("POST", &place, &kind, form(&other)).await;
        assert_eq!(same.status, StatusCode::OK, "{}", same.text());
    }
    assert_eq!(house.entries(), before);
}

#[tokio::test]
async fn a_change_that_needs_a_reason_is_refused_without_one_and_keeps_the_one_it_gets() {
    let house = House::built().await;
    let before = house.entries();
    let version = format!("/api/v1/versions/{}", house.version);
    let bare = LIFE.replace(r#","reason":"As announced""#, "");
    let other = SBOM.replace("1.2.0", "1.2.1");
    for answer in [
        house.sent("PATCH", &version, &[JSON], bare).await,
        house
            .sent(
                "PATCH",
                &format!("/api/v1/units/{}", house.unit),
                &[JSON],
                r#"{"version":null,"reason":" "}"#,
            )
            .await,
        house.post(&format!("{version}/sboms"), &other).await,
    ] {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
        assert_eq!(answer.json()["code"], "reason_missing");
        assert!(answer.json()["next"].as_str().is_some_and(|next| next.contains("Say why")));
    }
    assert_eq!(house.entries(), before);
    assert_eq!(house.sent("PATCH", &version, &[JSON], LIFE).await.status, StatusCode::OK);
    assert_eq!(house.get("/api/v1/ledger").await.json()["items"][0]["reason"], "As announced");
    let sent = house.post(&format!("{version}/sboms?reason=Rebuilt%20%C3%BC"), &other).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
    assert_eq!(house.get("/api/v1/ledger").await.json()["items"][0]["reason"], "Rebuilt ü");
}
