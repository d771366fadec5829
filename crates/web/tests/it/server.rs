//! Pages and API over a real record.

use crate::house::{ADVISORY, CALL, DECISION, House, POLICY, SBOM, apart};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::Value;

/// The pages, with a text that must be on each.
pub const PAGES: &[(&str, &str)] = &[
    ("/", "Ask"),
    ("/?q=cve-2021-44906", "CVE-2021-44906"),
    ("/?q=O%27Brien", "O'Brien's kit"),
    ("/products", "Pump &lt;b&gt;"),
    ("/versions/{version}", "minimist"),
    ("/versions/{version}?tab=components&only=not_covered", "Not covered"),
    ("/versions/{version}?tab=sbom", "CycloneDX JSON"),
    ("/versions/{version}?tab=units", "Ward 9"),
    ("/versions/{version}/findings/1/CVE-2021-44906", "introduced"),
    ("/vulnerabilities/CVE-2021-44906", "St. Brigid"),
    ("/components?q=minimist", "1.2.0"),
    ("/sites/{site}", "S2"),
    ("/consignees/{consignee}", "Ward 9"),
    ("/changes", "No moment is chosen yet"),
    ("/changes?from=entry:11&to=entry:15", "Versions added"),
    ("/decisions", "O'Brien's kit is closed"),
    ("/decisions/{decision}", "The fix is out."),
    ("/decisions/{decision}/revise", "Write a new version"),
    ("/decisions/new", "Propose a decision"),
    ("/rights", "approved by nobody yet"),
    ("/rights/closure", "Change the rights: Case closure"),
    ("/mappings", "Own mappings of identities"),
    ("/mappings/{mapping}", "What was said of it"),
    ("/rules", "No one of yours has said that they are right"),
    ("/rules/clocks/1", "Came with the product"),
    ("/rules/clocks/change", "It becomes a proposed decision"),
    ("/rules/risk_matrix/change", "It becomes a proposed decision"),
    ("/rules/workflow/change", "It becomes a proposed decision"),
    ("/rules/workflow/1", "stays: law"),
    ("/delegations/new", "signs in their own name"),
    ("/duty", "Product security lead"),
    ("/duty/chain", "Chain of all families"),
    ("/calls/{call}", "It answers strangers."),
    ("/cases", "kit again"),
    ("/cases/new", "Open a case"),
    ("/cases/{case}", "PMC-2026-0001"),
    ("/cases/{case}/record/exposed", "Describe the exposure"),
    ("/cases/{case}/rubric", "Interview for the CVSS vector"),
    ("/cases/{case}/decide/controlled", "Who must sign follows from the case"),
    ("/cases/{case}/evidence", "Evidence of PMC-2026-0001"),
    ("/cases/{case}/advisories/new", "Where each product version stands follows"),
    ("/advisory-drafts/{advisory}", "PSA-2026-0001"),
    ("/advisory-drafts/{advisory}/versions", "Draft a new version"),
    ("/clocks", "none can be set, paused or stopped by hand"),
    ("/twins", "There is no twin of this record"),
    ("/ledger", "Family Infusion was added."),
    ("/ledger/12", "family_added"),
    ("/people", "Adam O'Keeper"),
    ("/people/{person}", "Wanda Work"),
    ("/roles", "Proposed"),
    ("/policies", "Waits for you"),
    ("/policies/{policy}", "Accountability"),
    ("/access-review", "Adam O"),
    ("/security", "Wanda Work was added as a person"),
];

pub fn description() -> Value {
    serde_json::from_str(&aftercare_web::openapi().expect("written")).expect("JSON")
}

/// Changes of people and accounts need people of their own: `people.rs` asks each of them.
pub fn is_about_people(path: &str) -> bool {
    path.starts_with("/api/v1/people") || path.starts_with("/api/v1/account")
}

/// Every described operation but the changes of people and accounts.
pub fn operations() -> Vec<(String, String)> {
    let mut all = everything();
    all.retain(|(method, path)| method == "get" || !is_about_people(path));
    all
}

/// Every described operation.
pub fn everything() -> Vec<(String, String)> {
    let description = description();
    let paths = description["paths"].as_object().expect("paths").clone();
    let mut found: Vec<(String, String)> = paths
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .expect("methods")
                .keys()
                .map(|method| (method.clone(), path.clone()))
        })
        .collect();
    found.sort_by_key(|(method, path)| (method == "delete", method.clone(), path.clone()));
    found // what is made first can be removed last
}

#[tokio::test]
async fn every_described_question_is_answered_and_moves_nothing() {
    let house = House::built().await;
    assert!(description()["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    asked_before(&house).await;
    let before = house.entries();
    for (method, path) in operations().into_iter().filter(|(method, _)| method == "get") {
        let address = house.question(&path);
        let answer = house.get(&address).await;
        assert_eq!(answer.status, StatusCode::OK, "{method} {path}: {}", answer.text());
        assert!(answer.headers.contains_key("etag"), "{path}");
        let tag = answer.headers["etag"].clone();
        let again = Request::get(&address)
            .header("host", "localhost")
            .header("if-none-match", tag)
            .body(Body::empty());
        assert_eq!(
            house.send(again.expect("a request")).await.status,
            StatusCode::NOT_MODIFIED,
            "{path}"
        );
        let unknown =
            format!("{address}{}surprise=1", if address.contains('?') { "&" } else { "?" });
        assert_eq!(house.get(&unknown).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    assert_eq!(house.entries(), before, "a question moved the ledger");
}

/// Asks everything once. Who reads contacts or takes bytes away leaves one entry an hour in the security
/// record (`people.rs` looks at that); after this nothing is left to record within the hour.
pub async fn asked_before(house: &House) {
    for (_, path) in operations().into_iter().filter(|(method, _)| method == "get") {
        let answer = house.get(&house.question(&path)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    }
}

/// What a change of the description sends, with what the house holds.
pub fn example(house: &House, method: &str, path: &str) -> String {
    match (method, path) {
            ("post", "/api/v1/families") => r#"{"name":"Another"}"#.to_owned(),
            ("post", "/api/v1/products") => {
                format!(r#"{{"family":"{}","name":"Ännother"}}"#, house.family)
            }
            ("post", "/api/v1/versions") => {
                format!(r#"{{"product":"{}","label":"2.0"}}"#, house.product)
            }
            ("patch", "/api/v1/versions/{version}") => {
                r#"{"predecessor":null,"released":null,"supported_until":"2030-01-01","end_of_support":null,"reason":"Longer promise"}"#.to_owned()
            }
            ("post", "/api/v1/suppliers") => r#"{"name":"Supplier"}"#.to_owned(),
            ("post", "/api/v1/consignees") => r#"{"name":"Clinic"}"#.to_owned(),
            ("post", "/api/v1/sites") => {
                format!(r#"{{"consignee":"{}","name":"Annex"}}"#, house.consignee)
            }
            ("post", "/api/v1/units") => {
                format!(
                    r#"{{"units":[{{"product":"{}","site":"{}","serial":"S3"}}]}}"#,
                    house.product, house.site
                )
            }
            ("post", "/api/v1/consignees/{consignee}/contacts") => {
                format!(r#"{{"name":"Tomás Quill","site":"{}"}}"#, house.site)
            }
            ("patch", "/api/v1/contacts/{contact}") => {
                r#"{"name":"Saoirse Testwell","function":null,"email":null,"phone":null}"#.to_owned()
            }
            ("post", "/api/v1/contacts/{contact}/erasure") => {
                r#"{"reason":"Asked to be forgotten"}"#.to_owned()
            }
            ("patch", "/api/v1/units/{unit}") => r#"{"version":null,"reason":"Label worn off"}"#.to_owned(),
            ("post", "/api/v1/versions/{version}/sboms") => SBOM.replace("1.2.0", "1.2.1"),
            ("post", "/api/v1/ledger/checkpoint") => String::new(),
            ("post", "/api/v1/twins") => r#"{"name":"drill","as_of":"entry:15","reason":"Exercise"}"#.to_owned(),
            ("post", "/api/v1/rights/needed") => {
                r#"{"kind":"closure","families":null,"circumstances":{"harm":null,"essential_performance":null,"uncontrolled":null,"product_class":null,"rests_on_reachability":null,"lowers_computed":false}}"#.to_owned()
            }
            ("post", "/api/v1/rights/dry-run") => {
                let matrix = serde_json::to_string(&aftercare_domain::rights::Matrix::proposed());
                format!(r#"{{"matrix":{}}}"#, matrix.expect("written"))
            }
            ("post", "/api/v1/rules/dry-run") => {
                r#"{"rules":{"clocks":{"targets":{"cvd_ack":{"working_days":2}},"escalations":[{"percent":50,"to":"owner"}]}}}"#.to_owned()
            }
            ("post", "/api/v1/cases") => r#"{"title":"Something else","families":null}"#.to_owned(),
            ("post", "/api/v1/cases/{case}/facts") => r#"{"fact":{"noted":"Looked at."}}"#.to_owned(),
            ("post", "/api/v1/cases/{case}/decisions") => {
                r#"{"kind":"disclosure","title":"We tell it","statement":"On Monday."}"#.to_owned()
            }
            ("post", "/api/v1/cases/{case}/advisories") => ADVISORY.to_owned(),
            ("post", "/api/v1/advisories/{advisory}/versions") => {
                ADVISORY.replace(r#""audience":"customers""#, r#""change":"Said otherwise.""#)
            }
            ("post", "/api/v1/advisories/{advisory}/decision" | "/api/v1/advisories/{advisory}/publication") => {
                r#"{"version":1}"#.to_owned()
            }
            ("post", "/api/v1/advisories/{advisory}/withdrawal") => r#"{"reason":"Too early"}"#.to_owned(),
            ("post", "/api/v1/advisories/{advisory}/notices") => r#"{"version":1}"#.to_owned(),
            ("post", "/api/v1/advisories/{advisory}/told") => r#"{"exceptions":"Nobody asked"}"#.to_owned(),
            ("post", "/api/v1/notices/{notice}/step") => r#"{"step":"handed_over"}"#.to_owned(),
            ("post", "/api/v1/notices/{notice}/acknowledgement") => r#"{"reason":"By telephone"}"#.to_owned(),
            ("post", "/api/v1/decisions") => DECISION.to_owned(),
            ("post", "/api/v1/decisions/{decision}/versions") => DECISION.replace("is out", "is in the field"),
            ("post", "/api/v1/decisions/{decision}/withdrawal") => r#"{"reason":"Too early"}"#.to_owned(),
            // With a password that nobody has: it comes as far as the decision is seen.
            ("post", "/api/v1/decisions/{decision}/signatures" | "/api/v1/decisions/{decision}/refusals") => format!(
                r#"{{"role":"quality","digest":"{}","password":"x","code":"1","reason":"y"}}"#,
                aftercare_vocab::digest::Digest::of(b"x")
            ),
            ("post", "/api/v1/signals") => crate::house::SIGNAL.to_owned(),
            ("post", "/api/v1/signals/{signal}/settlement") => {
                r#"{"case":null,"dismiss":"not_ours","reason":"Another maker's kit"}"#.to_owned()
            }
            ("post", "/api/v1/signals/{signal}/owner") => {
                format!(r#"{{"person":"{}"}}"#, house.worker.person)
            }
            ("post", "/api/v1/signals/{signal}/messages") => r#"{"told":"progress","text":"x"}"#.to_owned(),
            ("post", "/api/v1/signals/{signal}/erasure") => r#"{"reason":"Asked"}"#.to_owned(),
            ("post", "/api/v1/signals/triage") => r#"{"rows":[],"open":"Nothing"}"#.to_owned(),
            ("post", "/api/v1/products/{product}/risk-file") => {
                "Hazard ID,Hazard,Severity\nH-2,Cold,serious\n".to_owned()
            }
            ("post", "/api/v1/products/{product}/environments") => {
                r#"{"environment":"home","description":"Patients","network":"Their own"}"#.to_owned()
            }
            ("post", "/api/v1/products/{product}/environments/end") => {
                r#"{"environment":"ward","reason":"Not sold there"}"#.to_owned()
            }
            ("post", "/api/v1/products/{product}/cycle") => {
                r#"{"days":60,"justification":"Visits.","reason":"More visits"}"#.to_owned()
            }
            ("post", "/api/v1/mappings") => {
                r#"{"product":"Kit","identities":["name:kit 8","cpe:example:kit"],"reason":"Letter."}"#.to_owned()
            }
            ("post", "/api/v1/mappings/dry-run") => {
                r#"{"product":"Kit","identities":["name:kit 9","cpe:example:kit"]}"#.to_owned()
            }
            ("post", "/api/v1/mappings/{mapping}") => {
                r#"{"product":"Kit","identities":["name:kit 9","cpe:example:kit"],"reason":"Letter."}"#.to_owned()
            }
            ("post", "/api/v1/mappings/{mapping}/withdraw") => r#"{"reason":"Another kit."}"#.to_owned(),
            ("post", "/api/v1/policies") => "How we do it.".to_owned(),
            ("post", "/api/v1/policies/{policy}/versions") => "You answer for it, always.".to_owned(),
            ("post", "/api/v1/policies/{policy}/withdrawal") => r#"{"reason":"Replaced"}"#.to_owned(),
            ("post", "/api/v1/policies/{policy}/acknowledgements") => format!(
                r#"{{"digest":"{}","password":"x","code":"1"}}"#,
                aftercare_vocab::digest::Digest::of(b"x")
            ),
            ("delete", "/api/v1/delegations/{delegation}") => String::new(),
            ("post", "/api/v1/access-review") => {
                let of = house.administrator.person;
                let grant = apart(|| {
                    let roster = house.desk.roster().expect("reads");
                    roster.grants_of(of).next().expect("a role").grant
                });
                format!(r#"{{"reviewed":[{{"grant":"{grant}","outcome":"keep"}}]}}"#)
            }
            ("post", "/api/v1/duty/chains") => {
                format!(
                    r#"{{"family":"{}","steps":[{{"role":"quality","minutes":5}}],"reason":"Fewer people"}}"#,
                    house.family
                )
            }
            ("post", "/api/v1/calls") => CALL.replace("null", &format!("\"{}\"", house.family)),
            ("post", "/api/v1/calls/{call}/answer") => r#"{"words":"I have it."}"#.to_owned(),
            ("delete", "/api/v1/twins/{name}") => String::new(), // the one just forked
            other => panic!("{other:?} has no example here: every change needs one"),
        }
}

/// Where a change is sent, with the reason that some demand beside the body.
pub fn address(house: &House, path: &str) -> String {
    let query = match path {
        "/api/v1/policies" => format!("?{POLICY}&kind=procedure&title=Handling"),
        "/api/v1/policies/{policy}/versions" => format!("?{POLICY}&title=Accountability"),
        "/api/v1/products/{product}/risk-file" => "?file_name=b.csv&reason=Newer".to_owned(),
        path if path.ends_with("/sboms") => "?reason=Rebuilt".to_owned(),
        _ => String::new(),
    };
    house.filled(path) + &query
}

/// Changes without an idempotency key, and why they need none.
pub const KEYLESS: &[(&str, &str)] = &[
    ("/api/v1/ledger/checkpoint", "over the same entries the same checkpoint is given"),
    ("/api/v1/rights/needed", "it changes nothing"),
    ("/api/v1/rights/dry-run", "it changes nothing"),
    ("/api/v1/rules/dry-run", "it changes nothing"),
    ("/api/v1/mappings/dry-run", "it changes nothing"),
];

/// Changes that ask for a password and a code each time, or follow on one that does: `decisions` tells their
/// stories, with their keys. Those about signals need one that came by the portal, names a person, or rows of the
/// queue: `portal` and `signals` tell theirs; who tells customers is told by `notices`.
pub const PROVEN: &[&str] = &[
    "/api/v1/signals/{signal}/messages",
    "/api/v1/signals/{signal}/erasure",
    "/api/v1/signals/triage",
    "/api/v1/decisions/{decision}/signatures",
    "/api/v1/decisions/{decision}/refusals",
    "/api/v1/delegations",
    "/api/v1/delegations/{delegation}",
    "/api/v1/policies/{policy}/acknowledgements",
    "/api/v1/advisories/{advisory}/publication",
    "/api/v1/advisories/{advisory}/notices",
    "/api/v1/advisories/{advisory}/told",
];

#[tokio::test]
async fn a_checkpoint_is_signed_while_the_server_runs_and_the_same_one_is_given_again() {
    let house = House::built().await;
    let place = "/api/v1/ledger/checkpoint";
    house.post("/api/v1/families", r#"{"name":"Not signed"}"#).await;
    let after = house.entries();
    let first = house.post(place, "").await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert_eq!(first.text().lines().nth(1), Some(after.to_string().as_str()));
    for _ in 0..2 {
        let again = house.post(place, "").await;
        assert_eq!((again.status, &again.bytes), (StatusCode::OK, &first.bytes));
    }
    assert_eq!(house.entries(), after);
    assert_eq!(house.get(place).await.bytes, first.bytes);
    let page = house.get("/ledger").await.text();
    assert!(page.contains("The newest checkpoint covers") && !page.contains("Sign now"), "{page}");

    house.post("/api/v1/families", r#"{"name":"Later"}"#).await;
    assert!(house.get("/ledger").await.text().contains("Sign now"));
    let past = format!("/ledger?as_of=entry%3A{after}");
    assert!(!house.get(&past).await.text().contains("Sign now"));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let signed = house.sent("POST", "/ledger/checkpoint", &form, "key=once").await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER);
    assert!(!house.get("/ledger").await.text().contains("Sign now"));
}

#[tokio::test]
async fn every_described_change_moves_the_ledger_once_for_its_key() {
    let house = House::built().await;
    let mut sent = Vec::new();
    for (method, path) in operations().into_iter().filter(|(method, _)| method != "get") {
        if KEYLESS.iter().any(|(keyless, _)| *keyless == path) || PROVEN.contains(&path.as_str()) {
            continue;
        }
        let body = example(&house, &method, &path);
        let before = house.entries();
        let send = |body: String| {
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(address(&house, &path))
                .header("host", "localhost:1")
                .header("idempotency-key", format!("key {method} {path}"));
            house.send(request.body(Body::from(body)).expect("a request"))
        };
        let first = send(body.clone()).await;
        assert!(first.status.is_success(), "{method} {path}: {}", first.text());
        // A call comes to somebody at once.
        let once = if path == "/api/v1/calls" { 2 } else { 1 };
        assert_eq!(house.entries(), before + once, "{method} {path}");
        let again = send(body.clone()).await;
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{method} {path}");
        assert_eq!(
            send(body.clone() + " ").await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{method} {path}"
        );
        assert_eq!(house.entries(), before + once, "{method} {path} changed twice");
        sent.push((method, path, body, first));
    }
    // Another server over the same record knows the keys too.
    let house = house.reopened();
    let before = house.entries();
    for (method, path, body, first) in sent {
        let (key, address) = (format!("key {method} {path}"), address(&house, &path));
        let (verb, headers) = (method.to_uppercase(), [("idempotency-key", key.as_str())]);
        let send = |body: String| house.sent(&verb, &address, &headers, body);
        let again = send(body.clone()).await;
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{method} {path}");
        assert_eq!(again.headers.get("location"), first.headers.get("location"), "{path}");
        let other = send(body + " ").await;
        assert_eq!(other.json()["code"], "idempotency_key_reused", "{method} {path}");
    }
    assert_eq!(house.entries(), before, "a key was forgotten");
}

#[tokio::test]
async fn every_page_shows_its_content_with_one_heading_and_the_guards_headers() {
    let house = House::built().await;
    for (path, content) in PAGES {
        let answer = house.get(&house.filled(path)).await;
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(text.contains(content), "{path} lacks {content}: {text}");
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
        for header in
            ["content-security-policy", "x-content-type-options", "x-frame-options", "x-request-id"]
        {
            assert!(answer.headers.contains_key(header), "{path}: {header}");
        }
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    }
    assert_eq!(house.get("/nope").await.status, StatusCode::NOT_FOUND);
    let unknown = house.get("/vulnerabilities/CVE-2099-1").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(
        unknown.text().contains("does not mean"),
        "an unknown vulnerability must not look harmless"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_place_and_leaves_nothing() {
    let house = House::built().await;
    let (before, blobs) = (house.entries(), house.blobs());
    let sboms = format!("/api/v1/versions/{}/sboms", house.version);
    let broken = house
        .post(&sboms, r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":{}}"#)
        .await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(broken.headers["content-type"], "application/problem+json");
    assert!(
        broken.json()["problems"][0]["place"]
            .as_str()
            .is_some_and(|place| place.contains("components")),
        "{}",
        broken.text()
    );
    let large = format!("{SBOM}{}", " ".repeat(200_000));
    assert_eq!(house.post(&sboms, &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let place = house.post("/api/v1/products", r#"{"family":"nonsense","name":"x"}"#).await;
    assert_eq!(place.status, StatusCode::BAD_REQUEST);
    assert_eq!(place.json()["problems"][0]["place"], "family");
    let taken = house.post("/api/v1/families", r#"{"name":"infusion"}"#).await;
    assert_eq!(
        (taken.status, taken.json()["code"].clone()),
        (StatusCode::CONFLICT, "name_taken".into())
    );
    let nul = house.post("/api/v1/families", r#"{"name":"a\u0000b"}"#).await;
    assert_eq!(nul.status, StatusCode::UNPROCESSABLE_ENTITY);
    let absent = "/api/v1/versions/ver_00000000000000000000000000/sboms";
    assert_eq!(house.post(absent, SBOM).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.entries(), before, "a refused change moved the ledger");
    let sent_again = house.post(&sboms, SBOM).await;
    assert_eq!(
        (sent_again.status, sent_again.json()["already_attached"].clone()),
        (StatusCode::OK, true.into())
    );
    assert!(house.blobs() <= blobs + 2, "refused bytes stayed behind");
}

#[tokio::test]
async fn hostile_addresses_get_a_plain_no() {
    let house = House::built().await;
    let long = "x".repeat(10_000);
    for id in [
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "%ff",
        "ver_%F0%9F%92%89",
        "'%20OR%201=1--",
        long.as_str(),
        "..",
        "%2e%2e",
    ] {
        for path in [
            "/versions/",
            "/sites/",
            "/consignees/",
            "/vulnerabilities/",
            "/api/v1/versions/",
            "/api/v1/blobs/",
            "/assets/",
        ] {
            let status = house.get(&format!("{path}{id}")).await.status;
            assert!(status.is_client_error(), "{path}{id}: {status}");
        }
    }
    assert!(
        house.get(&format!("/?q={}", "%22%3E%3Cscript%3E")).await.text().contains("&lt;script&gt;")
    );
}

#[tokio::test]
async fn other_sites_and_other_hosts_are_kept_out() {
    let house = House::built().await;
    let before = house.entries();
    let send = |headers: &[(&str, &str)]| {
        let mut request = Request::post("/api/v1/suppliers");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        house.send(request.body(Body::from(r#"{"name":"Mallory"}"#)).expect("a request"))
    };
    for headers in [
        &[("host", "127.0.0.1"), ("origin", "https://evil.example")][..],
        &[("host", "127.0.0.1"), ("origin", "null")],
        &[("host", "127.0.0.1"), ("sec-fetch-site", "cross-site")],
        &[("host", "127.0.0.1"), ("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1")],
    ] {
        assert_eq!(send(headers).await.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    assert_eq!(send(&[("host", "evil.example")]).await.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(
        send(&[("host", "evil.example:127.0.0.1")]).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
    assert_eq!(house.entries(), before);
    let own = [("host", "127.0.0.1:8080"), ("sec-fetch-site", "same-origin"), ("origin", "null")];
    assert_eq!(send(&own).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_unknown_installed_version_is_counted_as_unknown_everywhere() {
    let house = House::built().await;
    let reach = house.get("/api/v1/vulnerabilities/ghsa-xvch-5gv4-984h").await.json();
    assert_eq!(reach["totals"]["units"]["affected"], 1);
    assert_eq!(reach["totals"]["units"]["version_unknown"], 1);
    assert_eq!(reach["totals"]["units"]["no_affected_component"], 0);
    let other = house.get("/api/v1/ask?q=CVE-2099-1").await.json();
    assert!(
        other["nothing"]["means"].as_str().is_some_and(|means| means.contains("does not mean"))
    );
}
