//! Signals through pages and API: the queue without doubles, entering, settling, triage of several rows.

use crate::{
    house::{Answer, House},
    signer::{Signer, five, later},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

const CVE: &str = "CVE-2021-44906";

fn told(page: &Answer, words: &[&str]) {
    let text = page.text();
    for word in words {
        assert!(text.contains(word), "no `{word}` in: {text}");
    }
}

/// Another family that lists the vulnerable component too; the case of the house is not about it.
async fn lamps(house: &House) -> String {
    let made = async |path: &str, body: Value| {
        let made = house.post(path, &body.to_string()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{path}: {}", made.text());
        made.json()["id"].as_str().map(str::to_owned).unwrap_or_default()
    };
    let family = made("/api/v1/families", json!({"name": "Lamps"})).await;
    let product = made("/api/v1/products", json!({"family": family, "name": "Lamp <b>"})).await;
    let version = json!({"product": product, "label": "2.0", "life": {}});
    let version = made("/api/v1/versions", version).await;
    let sbom = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "firmware", "name": "Lamp"}},
        "components": [{"type": "library", "name": "minimist", "version": "1.2.0", "purl": "pkg:npm/minimist@1.2.0"}]});
    made(&format!("/api/v1/versions/{version}/sboms"), sbom).await;
    house.matched();
    family
}

fn wish(family: &str) -> Value {
    json!({"kind": "supplier", "channel": "mail", "source": "Minimist Ltd", "title": "=cmd|'1' <b>advisory</b>",
        "vulnerabilities": ["cve-2021-44906"], "families": [family], "harm": "no", "text": "Update to 1.2.6.\nAt once.",
        "names_person": false, "awaits_answer": false})
}

async fn entered(house: &House, by: &Signer, wish: &Value) -> String {
    let made = by.post(house, "/api/v1/signals", wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn queue(house: &House, by: &Signer, question: &str) -> Value {
    by.get(house, &format!("/api/v1/signals{question}")).await.json()
}

fn key(queue: &Value) -> String {
    queue["items"][0]["key"].as_str().expect("a key").to_owned()
}

#[tokio::test]
async fn a_finding_waits_without_an_entry_since_it_was_recorded() {
    let house = House::built().await;
    let five = five(&house);
    let covered = queue(&house, &five.ole, "?kind=sbom_match").await;
    assert_eq!(covered["total"], 0, "a case is about it for this family: {covered}");
    let family = lamps(&house).await;
    let found = queue(&house, &five.ole, "?kind=sbom_match").await;
    assert_eq!((&found["total"], &found["waiting"]), (&json!(1), &json!(2)), "{found}");
    let row = &found["items"][0];
    assert_eq!(row["vulnerabilities"], json!([CVE, "GHSA-xvch-5gv4-984h"]));
    assert_eq!(
        (&row["kinds"], &row["answer"], &row["versions"], &row["signals"]),
        (&json!(["sbom_match"]), &json!("affected"), &json!(1), &json!([]))
    );
    assert_eq!(row["aware_at"], "2026-11-23T14:05:00Z");
    assert_eq!(row["families"][0]["name"], "Lamps");
    let page = five.ole.get(&house, "/signals").await;
    told(&page, &["Signals", CVE, "SBOM match", "1 version", "Lamps", "Prototype pollution"]);
    // Narrowed by each filter, to it and away from it.
    for (question, total) in [
        ("?kind=sbom_match", 1),
        ("?kind=customer", 0),
        ("?answer=affected", 1),
        ("?answer=undetermined", 0),
        ("?q=ghsa-XVCH", 1),
        ("?q=prototype", 1),
        ("?q=nothing", 0),
        ("?only=proposed", 0),
        ("?only=settled", 0),
    ] {
        assert_eq!(queue(&house, &five.ole, question).await["total"], total, "{question}");
    }
    let family = format!("?family={family}");
    // One that is about all families is about this one too.
    assert_eq!(queue(&house, &five.ole, &family).await["total"], 2);
    told(&five.ole.get(&house, "/signals?only=settled").await, &["Nothing was settled yet."]);
    let wrong = five.ole.get(&house, "/api/v1/signals?kind=rumour").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text());
    // Before the SBOM was compared nothing waited.
    let past = queue(&house, &five.ole, "?as_of=entry:1").await;
    assert_eq!(past["total"], 0);
}

#[tokio::test]
async fn what_is_about_the_same_is_one_row_that_keeps_the_earliest_moment_and_becomes_one_case() {
    let house = House::built().await;
    let five = five(&house);
    let family = lamps(&house).await;
    later(&house, 3_600);
    let mut early = wish(&family);
    early["received_at"] = json!("2026-11-20T08:00:00Z");
    early["aware_at"] = json!("2026-11-20T09:30:00Z");
    let first = entered(&house, &five.ole, &early).await;
    let second = entered(&house, &five.anna, &wish(&family)).await;
    let found = queue(&house, &five.ole, "?kind=supplier").await;
    assert_eq!(found["total"], 1, "{found}");
    let row = &found["items"][0];
    assert_eq!(row["signals"], json!([first, second]));
    assert_eq!(row["aware_at"], "2026-11-20T09:30:00Z");
    assert_eq!(row["received_at"], "2026-11-20T08:00:00Z");
    assert_eq!(row["kinds"], json!(["sbom_match", "supplier"]));
    // Foreign text is text, on the page and in its forms.
    let page = five.ole.get(&house, "/signals").await;
    told(&page, &["=cmd|'1' &lt;b&gt;advisory&lt;/b&gt;", "2 signals", "Minimist Ltd"]);

    let body = json!({"rows": [key(&found)], "open": "Prototype pollution in the pump"});
    let done = five.ole.post(&house, "/api/v1/signals/triage", &body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let case = done.json()["case"].as_str().expect("a case").to_owned();
    let left = queue(&house, &five.ole, "?kind=sbom_match").await;
    assert_eq!(left["total"], 0, "the finding is the case's now");
    let settled = queue(&house, &five.ole, "?only=settled").await;
    assert_eq!((&settled["total"], &settled["items"][0]["case"]), (&json!(2), &json!(case)));
    let sheet = five.ole.get(&house, &format!("/api/v1/signals/{first}")).await.json();
    assert_eq!(
        (&sheet["state"], &sheet["case"]["number"]),
        (&json!("joined"), &json!("PMC-2026-0002"))
    );
    assert_eq!(sheet["settled_by"], "Ole Moe");
    let case = five.ole.get(&house, &format!("/api/v1/cases/{case}")).await;
    told(&case, &["2026-11-20T09:30:00Z", CVE]);
    // The same again with what was seen before: nobody decides about what is not there.
    let again = five.ole.post(&house, "/api/v1/signals/triage", &body).await;
    assert_eq!(again.json()["code"], "queue_changed", "{}", again.text());
}

#[tokio::test]
async fn a_signal_is_entered_by_the_form_owned_dismissed_with_a_reason_and_taken_up_again() {
    let house = House::built().await;
    let five = five(&house);
    let page = five.ole.get(&house, "/signals/new").await;
    told(&page, &["What came", "No names of persons", "multipart/form-data"]);
    let parts = |text: &str| {
        let fields = [
            ("key", "k1"),
            ("kind", "customer"),
            ("channel", "phone"),
            ("source", "St. Brigid's"),
            ("title", "The pump restarts"),
            ("text", text),
            ("harm", "yes"),
            ("complaint", "C-7"),
            ("name", "Saoirse Secret"),
            ("contact", "saoirse@brigid.example"),
            ("awaits_answer", "yes"),
        ];
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!(
                "--XX\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str("--XX\r\ncontent-disposition: form-data; name=\"document\"; filename=\"../../log <1>.txt\"\r\ncontent-type: text/html\r\n\r\n<script>alert(1)</script>\r\n--XX--\r\n");
        body
    };
    let send = |body: String| {
        let bearer = format!("Bearer {}", five.ole.token);
        let headers = [
            ("authorization", bearer),
            ("content-type", "multipart/form-data; boundary=XX".to_owned()),
        ];
        let house = &house;
        async move {
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            house.sent("POST", "/signals", &headers, body).await
        }
    };
    let refused = send(parts(" ")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&refused, &["The description is empty", "The pump restarts", "Saoirse Secret"]);
    let made = send(parts("It restarts at night.")).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    let place = made.headers["location"].to_str().expect("an address").to_owned();
    let entries = house.entries();
    send(parts("It restarts at night.")).await;
    assert_eq!(house.entries(), entries, "the same form sent twice is one signal");

    let page = five.anna.get(&house, &place).await;
    told(
        &page,
        &[
            "It restarts at night.",
            "Saoirse Secret",
            "Harm to a patient is possible",
            "log &lt;1&gt;.txt",
            "25 bytes",
        ],
    );
    // Who may not look at cases is told nothing of it; that it was read stands in the security record.
    let file = five.anna.get(&house, &format!("/api/v1{place}/file")).await;
    assert_eq!(file.bytes, b"<script>alert(1)</script>");
    let disposition = file.headers["content-disposition"].to_str().expect("text");
    assert!(disposition.starts_with("attachment; filename=\"sgn_"), "{disposition}");
    assert_eq!(file.headers["content-type"], "application/octet-stream");
    // The ledger holds nothing of who wrote.
    let ledger = house.get("/api/v1/ledger").await.text();
    assert!(!ledger.contains("Saoirse Secret") && !ledger.contains("restarts at night"));

    let own = format!("key=k2&person={}", five.anna.person);
    let done = five.ole.form(&house, &format!("{place}/owner"), &own).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let found = queue(&house, &five.ole, "?kind=customer").await;
    assert_eq!(found["items"][0]["owner"]["name"], "Anna Berg");
    assert_eq!(found["items"][0]["harm"], "yes");

    let settle = format!("{place}/settlement");
    let bare =
        five.ole.form(&house, &settle, "key=k3&do=dismiss&dismissal=no_security&reason=").await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    let dismissed = five
        .ole
        .form(&house, &settle, "key=k4&do=dismiss&dismissal=no_security&reason=A+weak+battery")
        .await;
    assert_eq!(dismissed.status, StatusCode::SEE_OTHER, "{}", dismissed.text());
    told(
        &five.anna.get(&house, &place).await,
        &["Not about security", "A weak battery", "Ole Moe"],
    );
    assert_eq!(queue(&house, &five.ole, "?kind=customer").await["total"], 0);

    // Something new came: it joins a case after all.
    let open = json!({"title": "Restarts", "vulnerabilities": [], "families": [house.family]});
    let case = five.ole.post(&house, "/api/v1/cases", &open).await;
    assert_eq!(case.status, StatusCode::CREATED, "{}", case.text());
    let case = case.json()["id"].as_str().expect("an id").to_owned();
    told(&five.ole.get(&house, &place).await, &["Take it up after all", "PMC-2026-0002"]);
    let joined = five.ole.form(&house, &settle, &format!("key=k5&do=join&case={case}")).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.text());
    told(&five.ole.get(&house, &place).await, &["Belongs to", "PMC-2026-0002"]);

    // Erased, nobody reads it any more; that it was there stays.
    let id = place.rsplit('/').next().expect("an id");
    let ground = json!({"reason": "Asked for it"});
    let erased = five.kim.post(&house, &format!("/api/v1/signals/{id}/erasure"), &ground).await;
    assert_eq!(erased.status, StatusCode::OK, "{}", erased.text());
    let page = five.anna.get(&house, &place).await;
    told(&page, &["It was erased.", "The pump restarts"]);
    assert!(!page.text().contains("Saoirse Secret"));
}

#[tokio::test]
async fn findings_are_proposed_as_not_affected_together_and_leave_the_queue_when_it_is_signed() {
    let house = House::built().await;
    let five = five(&house);
    lamps(&house).await;
    let found = queue(&house, &five.ole, "?kind=sbom_match").await;
    let rows = [key(&found)];
    let wish = |code: &str| {
        json!({"rows": rows, "not_affected": {"justification": code,
        "title": "Never called", "statement": "The pump does not parse arguments."}})
    };
    let wrong = five.ole.post(&house, "/api/v1/signals/triage", &wish("because")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let done =
        five.ole.post(&house, "/api/v1/signals/triage", &wish("component_not_present")).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let decision = done.json()["decision"].as_str().expect("a decision").to_owned();
    let now = queue(&house, &five.ole, "").await;
    assert_eq!((&now["waiting"], &now["proposed"]), (&json!(1), &json!(1)), "{now}");
    let proposed = queue(&house, &five.ole, "?only=proposed").await;
    assert_eq!(proposed["items"][0]["decision"], json!(decision));
    // Whoever signs reads what it is about.
    let place = format!("/decisions/{decision}");
    told(
        &five.anna.get(&house, &place).await,
        &[CVE, "Lamp &lt;b&gt;", "Not affected: the component is not there."],
    );

    // The lead decides, and Safety signs beside because it lowers what was computed.
    for (who, role) in [(&five.anna, "product_security_lead"), (&five.siri, "safety_risk_manager")]
    {
        let signed = who.sign(&house, &decision, role).await;
        assert_eq!(signed.status, StatusCode::CREATED, "{role}: {}", signed.text());
    }
    let now = queue(&house, &five.ole, "").await;
    assert_eq!((&now["waiting"], &now["proposed"]), (&json!(1), &json!(0)), "{now}");
}

#[tokio::test]
async fn nobody_triages_without_the_right_or_what_somebody_told_of_as_a_finding() {
    let house = House::built().await;
    let five = five(&house);
    let family = lamps(&house).await;
    entered(&house, &five.ole, &wish(&family)).await;
    let found = queue(&house, &five.ole, "?kind=supplier").await;
    let body = json!({"rows": [key(&found)], "not_affected": {"justification": "component_not_present",
        "title": "No", "statement": "No."}});
    let told_of = five.ole.post(&house, "/api/v1/signals/triage", &body).await;
    assert_eq!(told_of.json()["code"], "signal_told", "{}", told_of.text());
    let none = five
        .ole
        .post(&house, "/api/v1/signals/triage", &json!({"rows": [], "open": "Nothing"}))
        .await;
    assert_eq!(none.json()["code"], "nothing_chosen", "{}", none.text());
    let two = json!({"rows": [key(&found)], "open": "One", "dismiss": "spam"});
    assert_eq!(
        five.ole.post(&house, "/api/v1/signals/triage", &two).await.status,
        StatusCode::BAD_REQUEST
    );
    let bare = json!({"rows": [key(&found)], "dismiss": "spam"});
    let refused = five.ole.post(&house, "/api/v1/signals/triage", &bare).await;
    assert_eq!(refused.json()["code"], "reason_missing", "{}", refused.text());
    let match_by_hand = json!({"kind": "sbom_match", "channel": "mail", "source": "x", "title": "y",
        "families": [], "harm": "no", "text": "z", "names_person": false, "awaits_answer": false});
    let refused = five.ole.post(&house, "/api/v1/signals", &match_by_hand).await;
    assert_eq!(refused.json()["code"], "signal_follows");
    let entries = house.entries();
    let done = five
        .ole
        .post(
            &house,
            "/api/v1/signals/triage",
            &json!({"rows": [key(&found)], "dismiss": "spam", "reason": "An advert"}),
        )
        .await;
    assert_eq!(done.json()["dismissed"], 1, "{}", done.text());
    assert_eq!(house.entries(), entries + 1);
    // The finding stays: it is not dismissed with what was said about it.
    let left = queue(&house, &five.ole, "?kind=sbom_match").await;
    assert_eq!((&left["total"], &left["items"][0]["kinds"]), (&json!(1), &json!(["sbom_match"])));
    let finding = json!({"rows": [key(&left)], "dismiss": "spam", "reason": "No"});
    let refused = five.ole.post(&house, "/api/v1/signals/triage", &finding).await;
    assert_eq!(refused.json()["code"], "finding_not_dismissed", "{}", refused.text());
}
