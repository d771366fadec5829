//! The portal: anybody outside reports, reads and writes again; what they send does no harm.

use crate::{
    house::{Answer, House, apart},
    signer::{Signer, five, later},
};
use aftercare_web::{Portal, PortalSettings, SENT_BY_ONE, router};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc};

const HOST: &str = "127.0.0.1:8080";

fn portal() -> Arc<Portal> {
    let settings = PortalSettings {
        contact: "mailto:psirt@maker.example, tel:+1-201-555-0123".into(),
        languages: "en, de".into(),
        expires: String::new(),
    };
    Arc::new(Portal::new(&settings).expect("fits"))
}

async fn house() -> House {
    let mut house = House::built().await;
    house.router = router(house.state.clone().with_portal(portal()));
    house
}

async fn look(house: &House, path: &str) -> Answer {
    let request = Request::get(path).header("host", HOST);
    house.send_as_it_is(request.body(Body::empty()).expect("a request")).await
}

/// The key of the thread that a drawing of the form carries.
fn drawn(page: &Answer) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("name=\"thread\" value=\"").expect("a key");
    rest.split('"').next().expect("a value").to_owned()
}

struct Part<'a> {
    name: &'a str,
    file: Option<&'a str>,
    bytes: &'a [u8],
}

const fn text<'a>(name: &'a str, value: &'a str) -> Part<'a> {
    Part { name, file: None, bytes: value.as_bytes() }
}

async fn sent(
    house: &House,
    from: [u8; 4],
    headers: &[(&str, &str)],
    parts: &[Part<'_>],
) -> Answer {
    let mut body = Vec::new();
    for part in parts {
        let file = part.file.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        let head =
            format!("--XX\r\ncontent-disposition: form-data; name=\"{}\"{file}\r\n\r\n", part.name);
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XX--\r\n");
    let mut request = Request::post("/report")
        .header("host", HOST)
        .header("content-type", "multipart/form-data; boundary=XX")
        .extension(ConnectInfo(SocketAddr::from((from, 4711))));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send_as_it_is(request.body(Body::from(body)).expect("a request")).await
}

const HOME: [u8; 4] = [192, 0, 2, 1];

async fn reported(house: &House, what: &str) -> String {
    let key = drawn(&look(house, "/report").await);
    let parts = [text("thread", &key), text("what", what), text("harm", "no")];
    let done = sent(house, HOME, &[("sec-fetch-site", "same-origin")], &parts).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(done.headers["location"], format!("/report/{key}"));
    key
}

async fn wrote(house: &House, key: &str, words: &str) -> Answer {
    let request = Request::post(format!("/report/{key}"))
        .header("host", HOST)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = format!("key=k&text={}", aftercare_web::link::encoded(words));
    house.send_as_it_is(request.body(Body::from(body)).expect("a request")).await
}

fn told(page: &Answer, words: &[&str]) {
    let text = page.text();
    for word in words {
        assert!(text.contains(word), "no `{word}` in: {text}");
    }
}

async fn newest(house: &House, by: &Signer) -> Value {
    let queue = by.get(house, "/api/v1/signals?kind=researcher").await.json();
    let id = queue["items"][0]["signals"][0].as_str().expect("a signal").to_owned();
    by.get(house, &format!("/api/v1/signals/{id}")).await.json()
}

#[tokio::test]
async fn a_report_comes_in_is_answered_and_becomes_a_case_that_knows_what_was_told() {
    let house = house().await;
    let five = five(&house);
    let form = look(&house, "/report").await;
    assert_eq!(form.status, StatusCode::OK);
    told(&form, &["Report a vulnerability", "You need no account", "Maker &amp; Söhne", "5 MiB"]);
    assert!(!form.text().contains("<script"), "it works without");
    let csp = form.headers["content-security-policy"].to_str().expect("text");
    assert!(csp.starts_with("default-src 'none'"), "{csp}");
    for inside in ["Products", "Decisions", "Sign in"] {
        assert!(!form.text().contains(inside), "{inside} is of the workbench");
    }

    let key = drawn(&form);
    let parts = [
        text("thread", &key),
        text("what", "=2+5 <script>alert(1)</script>\nPort 23 stands ajar."),
        text("product", "Pump \"X\""),
        text("harm", "yes"),
        text("name", "Grace Finder"),
        text("contact", "grace@finder.example"),
        Part { name: "document", file: Some("../../poc.py"), bytes: b"\x00print(1)" },
    ];
    let entries = house.entries();
    let done = sent(&house, HOME, &[("sec-fetch-site", "same-origin")], &parts).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(house.entries(), entries + 1);
    sent(&house, HOME, &[("sec-fetch-site", "same-origin")], &parts).await;
    assert_eq!(house.entries(), entries + 1, "the same form sent twice is one report");

    let place = format!("/report/{key}");
    let receipt = look(&house, &place).await;
    told(
        &receipt,
        &["Keep the address", "&lt;script&gt;", "Grace Finder", "poc.py", "It waits for somebody"],
    );
    assert!(!receipt.text().contains("../"), "a name of a file leads nowhere");
    // The ledger holds neither the words nor the key.
    let ledger = house.get("/api/v1/ledger").await.text();
    for secret in [key.as_str(), "Grace", "ajar", "poc.py"] {
        assert!(!ledger.contains(secret), "{secret}");
    }

    let signal = newest(&house, &five.ole).await;
    let id = signal["id"].as_str().expect("an id").to_owned();
    assert_eq!((&signal["reporter"], &signal["harm"]), (&json!("thread"), &json!("yes")));
    let queue = five.ole.get(&house, "/signals").await;
    told(
        &queue,
        &[
            "=2+5 &lt;script&gt;alert(1)&lt;/script&gt; Port 23 stands ajar.",
            "Harm to a patient possible",
        ],
    );
    let file = five.ole.get(&house, &format!("/api/v1/signals/{id}/file")).await;
    assert_eq!(file.bytes, b"\x00print(1)");

    // An answer before there is a case counts for the case that comes.
    later(&house, 60);
    let page = format!("/signals/{id}");
    let answer = five
        .ole
        .form(
            &house,
            &format!("{page}/messages"),
            "key=k1&told=acknowledged&text=Thank+you%21+%3Cb%3E",
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    told(&look(&house, &place).await, &["Thank you! &lt;b&gt;", "Maker &amp; Söhne"]);
    assert!(!look(&house, &place).await.text().contains("Ole Moe"), "who of us writes is not told");
    let again = wrote(&house, &key, "It is the =port 23.").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
    told(
        &five.ole.get(&house, &page).await,
        &["It is the =port 23.", "Thank you! &lt;b&gt;", "Ole Moe"],
    );

    let key_of_row =
        five.ole.get(&house, &format!("/api/v1/signals/{id}")).await.json()["key"].clone();
    let open = json!({"rows": [key_of_row], "open": "Telnet on the pump"});
    let opened = five.ole.post(&house, "/api/v1/signals/triage", &open).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    let case = format!("/api/v1/cases/{}", opened.json()["case"].as_str().expect("a case"));
    let sheet = five.ole.get(&house, &case).await.text();
    assert!(sheet.contains("Reporter: acknowledgement"), "what was told before counts: {sheet}");
    told(&look(&house, &place).await, &["We work on it", "PMC-2026-0002"]);
    later(&house, 60);
    let progress = five
        .ole
        .form(&house, &format!("{page}/messages"), "key=k2&told=progress&text=A+fix+is+made.")
        .await;
    assert_eq!(progress.status, StatusCode::SEE_OTHER, "{}", progress.text());
    let sheet = five.ole.get(&house, &case).await.text();
    assert!(sheet.contains("Reporter: progress"), "the case keeps what was told: {sheet}");
}

#[tokio::test]
async fn who_has_not_the_address_reads_nothing_and_an_erased_report_is_gone_for_who_has() {
    let house = house().await;
    let five = five(&house);
    let key = reported(&house, "The pump answers strangers.").await;
    let first = if key.starts_with('A') { 'B' } else { 'A' };
    let other = format!("{first}{}", &key[1..]);
    for wrong in [other.as_str(), "x", "..%2F..%2Fetc", "%00", &"A".repeat(5_000)] {
        let page = look(&house, &format!("/report/{wrong}")).await;
        assert!(page.status.is_client_error(), "{wrong}: {}", page.status);
        assert!(!page.text().contains("strangers"), "{wrong}");
    }
    assert_eq!(wrote(&house, &other, "Hello").await.status, StatusCode::NOT_FOUND);
    assert_eq!(wrote(&house, &key, " ").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let signal = newest(&house, &five.ole).await;
    let id = signal["id"].as_str().expect("an id");
    let ground = json!({"reason": "Asked for it"});
    let erased = five.kim.post(&house, &format!("/api/v1/signals/{id}/erasure"), &ground).await;
    assert_eq!(erased.status, StatusCode::OK, "{}", erased.text());
    let page = look(&house, &format!("/report/{key}")).await;
    told(&page, &["It was erased."]);
    assert!(!page.text().contains("strangers"));
    assert_eq!(wrote(&house, &key, "Hello").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_too_large_too_much_or_of_another_site_is_refused_and_leaves_nothing() {
    let house = house().await;
    let (entries, blobs) = (house.entries(), house.blobs());
    let key = drawn(&look(&house, "/report").await);
    let own = [("sec-fetch-site", "same-origin")];
    let report = [text("thread", &key), text("what", "x")];
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "same-site"),
    ] {
        let refused = sent(&house, HOME, &[foreign], &report).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{foreign:?}");
    }
    let file = |bytes| {
        [
            text("thread", &key),
            text("what", "Kept?"),
            Part { name: "document", file: Some("a.bin"), bytes },
        ]
    };
    let large = vec![b'x'; (5 << 20) + 1];
    let refused = sent(&house, HOME, &own, &file(&large)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&refused, &["5242881 bytes", "Kept?"]);
    let larger = vec![b'x'; 7 << 20];
    let refused = sent(&house, HOME, &own, &file(&larger)).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let long = "x".repeat(20_001);
    let refused = sent(&house, HOME, &own, &[text("thread", &key), text("what", &long)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let forged =
        sent(&house, HOME, &own, &[text("thread", "guessed"), text("what", "Typed")]).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&forged, &["Typed"]);
    assert_ne!(drawn(&forged), "guessed", "the form comes back with a key that fits");
    assert_eq!((house.entries(), house.blobs()), (entries, blobs), "nothing was kept");

    // Whoever sends more is asked to wait; others are not kept from it.
    for _ in 0..SENT_BY_ONE {
        sent(&house, [198, 51, 100, 7], &own, &report[..1]).await;
    }
    let refused = sent(&house, [198, 51, 100, 7], &own, &report).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    told(&refused, &["Try again in an hour", "security policy"]);
    let other = sent(&house, [198, 51, 100, 8], &own, &report).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "{}", other.text());
    later(&house, 3_601);
    let key = drawn(&look(&house, "/report").await);
    let after =
        sent(&house, [198, 51, 100, 7], &own, &[text("thread", &key), text("what", "y")]).await;
    assert_eq!(after.status, StatusCode::SEE_OTHER, "{}", after.text());
}

#[tokio::test]
async fn the_file_of_rfc_9116_and_the_policy_are_there_for_everybody() {
    let mut house = house().await;
    let file = look(&house, "/.well-known/security.txt").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(
        file.text(),
        "Contact: mailto:psirt@maker.example\nContact: tel:+1-201-555-0123\nExpires: 2027-05-22T23:59:59Z\nPreferred-Languages: en, de\n"
    );
    let policy = look(&house, "/security-policy").await;
    told(
        &policy,
        &["Security policy", "mailto:psirt@maker.example", "3 working days", "in clinical use"],
    );
    let reached =
        house.state.clone().with_portal(portal()).reached_at("https://care.maker.example");
    house.router = router(reached);
    let file = look(&house, "/.well-known/security.txt").await.text();
    for line in [
        "Canonical: https://care.maker.example/.well-known/security.txt",
        "Policy: https://care.maker.example/security-policy",
    ] {
        assert!(file.lines().any(|one| one == line), "{file}");
    }
}

#[tokio::test]
async fn without_a_portal_and_in_a_twin_there_is_no_such_page() {
    let closed = House::built().await;
    let all = ["/report", "/report/x", "/security-policy", "/.well-known/security.txt"];
    for path in all {
        assert_eq!(look(&closed, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut house = house().await;
    let key = reported(&house, "Before the twin").await;
    let desk = apart(|| {
        let op = house.begin().because("Exercise").expect("a reason");
        let name = "drill".parse().expect("a name");
        house.desk.fork_twin(&op, name, &mut |_, _, _| ()).expect("forked");
        house.desk.open_twin(&"drill".parse().expect("a name")).expect("opens")
    });
    let twin =
        aftercare_web::State::new(Arc::new(desk), house.rim(), Vec::new()).with_portal(portal());
    house.router = router(twin);
    for path in
        ["/report", "/security-policy", "/.well-known/security.txt", &format!("/report/{key}")]
    {
        assert_eq!(look(&house, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let refused = sent(&house, HOME, &[], &[text("thread", &key), text("what", "x")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}
