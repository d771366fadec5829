//! Failures: every one has the same shape, for programs and for people, and every answer its headers.

use crate::house::{House, SBOM};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};

/// Headers without which no answer leaves the house.
const HEADERS: [&str; 8] = [
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "x-request-id",
];

const NOBODY: &str = "00000000000000000000000000";

#[tokio::test]
async fn every_failure_of_the_api_is_problem_details_with_a_code_and_the_request() {
    let house = House::built().await;
    let (version, json) = (&house.version, [("content-type", "application/json")]);
    let sboms = format!("/api/v1/versions/{version}/sboms");
    let change = format!("/api/v1/versions/{version}");
    let unit = format!("/api/v1/units/{}", house.unit);
    let get = |path: String| ("GET", path, "");
    let family = |body| ("POST", "/api/v1/families".to_owned(), body);
    let cases: Vec<((&str, String, &str), u16, &str)> = vec![
        (get("/api".into()), 404, "not_found"),
        (get("/api/v1/nothing".into()), 404, "not_found"),
        (get(format!("/api/v1/versions/ver_{NOBODY}")), 404, "not_found"),
        (get(format!("/api/v1/versions/sit_{NOBODY}")), 404, "not_found"),
        (get(format!("/api/v1/versions/ver_{NOBODY}/findings")), 404, "not_found"),
        (get(format!("/api/v1/versions/ver_{NOBODY}/components")), 404, "not_found"),
        (get(format!("/api/v1/versions/ver_{NOBODY}/units")), 404, "not_found"),
        (get(format!("/api/v1/versions/{version}/findings/0/CVE-2099-1")), 404, "not_found"),
        (get(format!("/api/v1/versions/{version}/findings/-1/CVE-2021-44906")), 404, "not_found"),
        (get(format!("/api/v1/sites/sit_{NOBODY}")), 404, "not_found"),
        (get(format!("/api/v1/consignees/csg_{NOBODY}")), 404, "not_found"),
        (get(format!("/api/v1/blobs/sha256:{}", "0".repeat(64))), 404, "not_found"),
        (get("/api/v1/blobs/short".into()), 404, "not_found"),
        (get("/api/v1/ledger/entries/0/proof".into()), 404, "not_found"),
        (get("/api/v1/ledger/entries/99999/proof".into()), 404, "not_found"),
        (get("/api/v1/ledger/entries/x/proof".into()), 404, "not_found"),
        (get("/api/v1/ledger/tile/0/999".into()), 404, "not_found"),
        (get("/api/v1/ledger/tile/entries/000".into()), 404, "not_found"),
        (get("/api/v1/ledger/tile/0/..%2F..%2Fkeys/log.key".into()), 404, "not_found"),
        (get("/api/v1/vulnerabilities/CVE-2099-1".into()), 404, "not_in_edition"),
        (get("/api/v1/vulnerabilities/CVE-2021-44906?answer=perhaps".into()), 400, "unknown_value"),
        (get("/api/v1/versions/%ff".into()), 400, "address_unreadable"),
        (get("/api/v1/ask?q=%ff".into()), 400, "bad_escape"),
        (get("/api/v1/ask?q=a&q=b".into()), 400, "repeated_parameter"),
        (get("/api/v1/ask?question=a".into()), 400, "unknown_parameter"),
        (get("/api/v1/products?only=all".into()), 400, "unknown_value"),
        (get("/api/v1/products?after=zzz".into()), 400, "cursor"),
        (get("/api/v1/ledger?after=zzz".into()), 400, "cursor"),
        (get(format!("{change}/findings?sort=colour")), 400, "unknown_value"),
        (get(format!("{change}/findings?after=zzz")), 400, "cursor"),
        (get(format!("{change}/components?only=critical")), 400, "unknown_value"),
        (("DELETE", change.clone(), ""), 405, "method"),
        (family("{"), 400, "body_unreadable"),
        (family(r#"{"name":"a"} b"#), 400, "body_unreadable"),
        (family(r#"{"name":"a","colour":1}"#), 400, "body_unreadable"),
        (family(r#"{"name":" "}"#), 422, "text_missing"),
        (family(r#"{"name":"infusion"}"#), 409, "name_taken"),
        (("POST", "/api/v1/units".into(), r#"{"units":[]}"#), 422, "batch_size"),
        (("PATCH", change.clone(), r#"{"released":"2024-01-01"}"#), 400, "body_unreadable"),
        (
            ("PATCH", format!("/api/v1/units/unt_{NOBODY}"), r#"{"version":null}"#),
            404,
            "unknown_id",
        ),
        (("PATCH", unit.clone(), "{}"), 400, "body_unreadable"),
        (("POST", sboms.clone(), "{"), 422, "unreadable"),
        (("POST", format!("{sboms}?wait=perhaps"), "{}"), 400, "unknown_value"),
    ];
    let (entries, blobs) = (house.entries(), house.blobs());
    for ((method, path, body), status, code) in cases {
        let answer = house.sent(method, &path, &json, body.to_owned()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text());
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{method} {path}");
        let details = answer.json();
        assert_eq!(details["code"], code, "{method} {path}: {details}");
        assert_eq!(details["status"], status, "{method} {path}");
        assert_eq!(details["instance"], path.split('?').next().expect("a path"));
        assert_eq!(details["request"], answer.headers["x-request-id"].to_str().expect("text"));
        assert!(details["detail"].as_str().is_some_and(|text| text.len() > 10), "{details}");
        assert!(details["title"].is_string() && details["type"] == "about:blank", "{details}");
        for header in HEADERS {
            assert!(answer.headers.contains_key(header), "{method} {path}: {header}");
        }
    }
    assert_eq!((house.entries(), house.blobs()), (entries, blobs), "a failure left something");
}

#[tokio::test]
async fn an_unknown_vulnerability_says_that_nothing_follows_from_it() {
    let house = House::built().await;
    let details = house.get("/api/v1/vulnerabilities/CVE-2099-1").await.json();
    let text = details["detail"].as_str().expect("text");
    assert!(text.contains("does not mean"), "{text}");
    assert!(details["nothing"]["next"].as_array().is_some_and(|next| !next.is_empty()));
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let house = House::built().await;
    let changes = [
        ("POST", "/api/v1/families".to_owned()),
        ("POST", "/api/v1/units".to_owned()),
        ("PATCH", format!("/api/v1/versions/{}", house.version)),
        ("PATCH", format!("/api/v1/units/{}", house.unit)),
    ];
    for (method, path) in changes {
        for kind in ["text/plain", "application/x-www-form-urlencoded", "nonsense"] {
            let answer = house.sent(method, &path, &[("content-type", kind)], "name=a").await;
            assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{method} {path} {kind}");
            assert_eq!(answer.json()["code"], "media_type");
        }
    }
    let patched = [("content-type", "application/merge-patch+json; charset=utf-8")];
    let unit = format!("/api/v1/units/{}", house.unit);
    let answer =
        house.sent("PATCH", &unit, &patched, r#"{"version":null,"reason":"Label worn off"}"#).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let house = House::built().await;
    let large = " ".repeat(aftercare_web::BODY_BYTES + 1);
    let json = [("content-type", "application/json")];
    let answer = house.sent("POST", "/api/v1/families", &json, large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["code"], "too_large");
    let page = format!("/versions/{}/sboms", house.version);
    let form = [("content-type", "multipart/form-data; boundary=x")];
    let answer = house.sent("POST", &page, &form, " ".repeat(300_000)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("<h1"), "a person gets a page");
}

#[tokio::test]
async fn people_get_a_page_when_something_is_refused() {
    let house = House::built().await;
    let page = format!("/versions/{}/sboms", house.version);
    for (method, headers, status) in [
        ("GET", &[][..], StatusCode::METHOD_NOT_ALLOWED),
        ("POST", &[("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        ("POST", &[("content-type", "text/plain")], StatusCode::BAD_REQUEST),
    ] {
        let answer = house.sent(method, &page, headers, "x").await;
        assert_eq!(answer.status, status);
        assert!(answer.text().contains("<h1"), "{}", answer.text());
        assert!(answer.text().contains("Nothing in the record has changed"), "{}", answer.text());
    }
    let missing = house.get("/versions/%ff").await;
    assert_eq!(missing.status, StatusCode::BAD_REQUEST);
    assert!(missing.text().contains("<h1"));
}

#[tokio::test]
async fn a_strange_host_learns_nothing_of_the_record() {
    let house = House::built().await;
    for host in ["127.0.0.1.evil.example", "127.evil.example:8080", "evil.example", ""] {
        for path in ["/products", "/api/v1/products"] {
            let request = Request::get(path).header("host", host).body(Body::empty());
            let answer = house.send(request.expect("a request")).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
            assert_eq!(answer.headers["content-type"], "application/problem+json");
            assert!(!answer.text().contains("Söhne") && !answer.text().contains("Pump"));
        }
    }
    let two = Request::get("/").header("host", "127.0.0.1").header("host", "evil.example");
    let answer = house.send(two.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_form_attaches_an_sbom_and_shows_what_it_could_not_read() {
    let house = House::built().await;
    let (before, blobs) = (house.entries(), house.blobs());
    let page = format!("/versions/{}/sboms", house.version);
    let kind =
        [("content-type", "multipart/form-data; boundary=cut"), ("sec-fetch-site", "same-origin")];
    let form = |sbom: &str| {
        format!(
            "--cut\r\ncontent-disposition: form-data; name=\"reason\"\r\n\r\nRebuilt\r\n\
             --cut\r\ncontent-disposition: form-data; name=\"sbom\"; filename=\"Pumpe größer's.json\"\r\n\r\n{sbom}\r\n--cut--\r\n"
        )
    };
    let broken = house.sent("POST", &page, &kind, form("{\"bomFormat\":")).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(broken.text().contains("This could not be read"), "{}", broken.text());
    let none = house.sent("POST", &page, &kind, "--cut--\r\n").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    assert_eq!((house.entries(), house.blobs()), (before, blobs), "a refused form left something");
    let sbom = SBOM.replace("1.2.0", "1.2.2");
    let done = house.sent("POST", &page, &kind, form(&sbom)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert!(done.text().contains("SBOM attached"));
    assert_eq!(house.entries(), before + 1);
    let tab = house.get(&format!("/versions/{}?tab=sbom", house.version)).await.text();
    assert!(tab.contains("Pumpe größer's.json"), "{tab}");
    let api = format!("/api/v1/versions/{}/sboms", house.version);
    let again = house.sent("POST", &api, &kind, form(&sbom)).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["already_attached"], true);
}
