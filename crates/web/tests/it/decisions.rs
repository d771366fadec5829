//! Decisions through pages and API: proposed, signed by people with two components, refused, delegated.

use crate::{
    house::{Answer, House, apart},
    signer::{Five, digest, five, later, op, other_digest, password, train},
};
use aftercare_domain::role::RoleName;
use axum::http::StatusCode;
use serde_json::{Value, json};

const LEAD: &str = "product_security_lead";

fn closure() -> Value {
    json!({
        "kind": "closure", "about": "CVE-2021-44906", "title": "Close the case of minimist",
        "statement": "Nothing is left to do.\n\nThe fix is out.", "families": null,
        "circumstances": {
            "harm": null, "essential_performance": null, "uncontrolled": null, "product_class": null,
            "rests_on_reachability": null, "lowers_computed": false
        }
    })
}

/// A closure with one field otherwise.
fn with(field: &str, value: Value) -> Value {
    let mut wish = closure();
    wish[field] = value;
    wish
}

async fn proposed(house: &House, five: &Five, wish: &Value) -> String {
    let made = five.ole.post(house, "/api/v1/decisions", wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn sheet(house: &House, five: &Five, id: &str) -> Value {
    five.ole.get(house, &format!("/api/v1/decisions/{id}")).await.json()
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.headers["location"].to_str().expect("an address").to_owned()
}

fn told(page: &Answer, words: &[&str]) {
    let text = page.text();
    for word in words {
        assert!(text.contains(word), "no `{word}` in: {text}");
    }
}

#[tokio::test]
async fn a_decision_goes_from_the_form_over_its_signatures_to_taken_and_the_api_tells_the_same() {
    let house = House::built().await;
    let five = five(&house);
    let typed = "kind=closure&about=CVE-2021-44906&title=Close+it&statement=Nothing+is+left.&family_all=yes\
                 &harm=unknown&essential_performance=unknown&uncontrolled=no&product_class=ii\
                 &rests_on_reachability=unknown&lowers_computed=no";
    let entries = house.entries();
    let look = five.ole.form(&house, "/decisions", &format!("key=k1&step=look&{typed}")).await;
    assert_eq!(look.status, StatusCode::OK);
    told(
        &look,
        &["Who will have to sign", "Product security lead", "Anna Berg", "Nothing is left."],
    );
    assert_eq!(house.entries(), entries, "to look changes nothing");

    let done = five.ole.form(&house, "/decisions", &format!("key=k1&{typed}")).await;
    let place = location(&done);
    let id = place.rsplit('/').next().expect("an id").to_owned();
    told(
        &five.ole.get(&house, &place).await,
        &["Still missing", "Quality", "Kim &quot;Q&quot; O'Dell", "Harm to a patient: not known"],
    );

    // Kim reads the page and signs by its form.
    let page = five.kim.get(&house, &place).await;
    told(&page, &["It waits for your signature", "review: you looked at it", "1 signature is"]);
    let of = digest(&five.kim.get(&house, &format!("/api/v1/decisions/{id}")).await);
    told(&page, &[&of]);
    told(&five.kim.get(&house, "/decisions").await, &["wait for you", "Close it"]);
    later(&house, 31);
    let body = format!("key=k2&role=quality&of={of}{}", five.kim.proofs(&house));
    let signed = five.kim.form(&house, &format!("{place}/sign"), &body).await;
    assert_eq!(location(&signed), format!("{place}#signatures"));
    let entries = house.entries();
    let again = five.kim.form(&house, &format!("{place}/sign"), &body).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "the same form is one signature");
    assert_eq!(house.entries(), entries);
    let waiting = five.kim.get(&house, "/api/v1/decisions?only=waiting").await.text();
    assert!(!waiting.contains(&id), "{waiting}");

    // Anna signs through the API.
    let waiting = five.anna.get(&house, "/api/v1/decisions?only=waiting").await.json();
    assert_eq!(waiting["items"][0]["id"], id.as_str());
    let before = house.entries();
    let signed = five.anna.sign(&house, &id, LEAD).await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text());
    let sheet = sheet(&house, &five, &id).await;
    assert_eq!(sheet["row"]["stage"], "taken");
    let names: Vec<&Value> =
        sheet["signatures"].as_array().expect("some").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Kim \"Q\" O'Dell", "Anna Berg"]);
    assert!(
        sheet["signatures"].as_array().expect("some").iter().all(|one| one["of"] == of.as_str())
    );
    let page = five.ole.get(&house, &place).await;
    told(
        &page,
        &[
            "Kim &quot;Q&quot; O'Dell",
            "Anna Berg",
            "approval",
            "review",
            "password and code generator",
            "UTC",
            &of,
            "Taken",
            sheet["signatures"][1]["id"].as_str().expect("an id"),
        ],
    );
    assert!(!page.text().contains("Still missing"));

    // As of the moment before Anna signed it was open.
    let then = format!("/api/v1/decisions/{id}?as_of=entry:{before}");
    let then = five.ole.get(&house, &then).await.json();
    assert_eq!(
        (&then["row"]["stage"], then["signatures"].as_array().map(Vec::len)),
        (&json!("open"), Some(1))
    );
    let ended = five.ole.get(&house, "/api/v1/decisions?only=ended").await.json();
    assert_eq!(ended["items"][0]["id"], id.as_str());

    // Everything stands in the ledger, lawful by what it says itself.
    let verified = apart(|| house.desk.register().verify().expect("verifies"));
    assert_eq!((verified.signatures, verified.holds()), (2, true), "{:?}", verified.differences);
}

#[tokio::test]
async fn whoever_may_not_sign_is_told_who_could_and_what_was_not_read_is_not_signed() {
    let house = House::built().await;
    let five = five(&house);
    let id = proposed(&house, &five, &closure()).await;
    let refused = five.ole.sign(&house, &id, LEAD).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let told_why = refused.json();
    assert_eq!(
        (&told_why["code"], &told_why["who"]),
        (&json!("right_missing"), &json!("Anna Berg"))
    );
    told(
        &five.ole.get(&house, &format!("/decisions/{id}")).await,
        &["You cannot sign it", "Anna Berg"],
    );

    later(&house, 31);
    let body = json!({"role": LEAD, "digest": other_digest(), "password": password(), "code": five.anna.code(&house), "reason": null});
    let path = format!("/api/v1/decisions/{id}/signatures");
    let other = five.anna.post(&house, &path, &body).await;
    assert_eq!(other.json()["code"], "another_version");
    assert_eq!(sheet(&house, &five, &id).await["signatures"], json!([]));
    let by_nobody = house.sent("GET", &format!("/decisions/{id}"), &[("cookie", "x=y")], "").await;
    assert_eq!(by_nobody.status, StatusCode::SEE_OTHER, "nobody signed in sees it");
}

#[tokio::test]
async fn a_wrong_or_replayed_proof_signs_nothing_and_stands_in_the_security_record() {
    let house = House::built().await;
    let five = five(&house);
    let id = proposed(&house, &five, &closure()).await;
    let path = format!("/api/v1/decisions/{id}/signatures");
    let of = digest(&five.kim.get(&house, &format!("/api/v1/decisions/{id}")).await);
    later(&house, 31);
    let body = |password: &str, code: &str| json!({"role": "quality", "digest": of, "password": password, "code": code, "reason": null});
    let code = five.kim.code(&house);
    let wrong = five.kim.post(&house, &path, &body("not the password at all", &code)).await;
    assert_eq!(wrong.json()["code"], "wrong_proof", "{}", wrong.text());
    let half = five.kim.post(&house, &path, &body(password(), "")).await;
    assert_eq!(half.json()["code"], "components_missing", "{}", half.text());
    let record = apart(|| house.desk.security("").expect("reads"));
    assert!(record.items.iter().any(|row| row.kind == "attempts_failed"), "{record:?}");

    later(&house, 31);
    let code = five.kim.code(&house);
    let signed = five.kim.post(&house, &path, &body(password(), &code)).await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text());
    let second = proposed(&house, &five, &with("title", json!("Another"))).await;
    let of = digest(&five.kim.get(&house, &format!("/api/v1/decisions/{second}")).await);
    let body = json!({"role": "quality", "digest": of, "password": password(), "code": code, "reason": null});
    let replayed =
        five.kim.post(&house, &format!("/api/v1/decisions/{second}/signatures"), &body).await;
    assert_eq!(replayed.json()["code"], "code_used", "{}", replayed.text());
    assert_eq!(sheet(&house, &five, &second).await["signatures"], json!([]));
}

#[tokio::test]
async fn a_signature_asked_for_twice_with_one_key_is_one() {
    let house = House::built().await;
    let five = five(&house);
    let id = proposed(&house, &five, &closure()).await;
    let of = digest(&five.kim.get(&house, &format!("/api/v1/decisions/{id}")).await);
    later(&house, 31);
    let path = format!("/api/v1/decisions/{id}/signatures");
    let body = json!({"role": "quality", "digest": of, "password": password(), "code": five.kim.code(&house), "reason": null});
    let first = five.kim.post_keyed(&house, &path, &body, Some("sign-1")).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let entries = house.entries();
    let again = five.kim.post_keyed(&house, &path, &body, Some("sign-1")).await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    assert_eq!(house.entries(), entries);
}

#[tokio::test]
async fn a_new_version_has_no_signatures_and_the_old_ones_stay_to_be_read() {
    let house = House::built().await;
    let five = five(&house);
    let id = proposed(&house, &five, &closure()).await;
    assert_eq!(five.kim.sign(&house, &id, "quality").await.status, StatusCode::CREATED);
    let changed = with("statement", json!("Two things are left."));
    let versions = format!("/api/v1/decisions/{id}/versions");
    let revised = five.ole.post(&house, &versions, &changed).await;
    assert_eq!(revised.status, StatusCode::OK, "{}", revised.text());
    let now = sheet(&house, &five, &id).await;
    assert_eq!(
        (&now["row"]["version"], &now["signatures"][0]["current"]),
        (&json!(2), &json!(false))
    );
    assert_eq!(now["places"].as_array().map(Vec::len), Some(2));
    told(
        &five.ole.get(&house, &format!("/decisions/{id}")).await,
        &[
            "Two things are left.",
            "Nobody has signed this version",
            "1 signature",
            "under earlier versions",
            "Earlier versions",
            "Nothing is left to do.",
        ],
    );
    let form = five.ole.get(&house, &format!("/decisions/{id}/revise")).await;
    told(&form, &["Two things are left.", "Save as a new version"]);
}

#[tokio::test]
async fn a_delegate_signs_in_their_own_name_until_the_delegation_ends() {
    let house = House::built().await;
    let five = five(&house);
    apart(|| train(&house, five.siri.person, RoleName::ProductSecurityLead));
    let page = five.anna.get(&house, "/delegations/new").await;
    told(&page, &["Product security lead", "Siri Dahl", "Hand a role over"]);
    let text = page.text();
    let grant =
        text.split("value=\"grt_").nth(1).or_else(|| text.split("<select id=\"grant\"").nth(1));
    assert!(grant.is_some(), "{text}");
    let held = apart(|| house.desk.own_roles(five.anna.person).expect("reads"));
    later(&house, 31);
    let body = format!(
        "key=d1&grant={}&to={}&days=14{}",
        held[0].id,
        five.siri.person,
        five.anna.proofs(&house)
    );
    let given = five.anna.form(&house, "/delegations", &body).await;
    assert_eq!(location(&given), "/delegations/new");

    let id = proposed(&house, &five, &closure()).await;
    let signed = five.siri.sign(&house, &id, LEAD).await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text());
    let now = sheet(&house, &five, &id).await;
    let one = &now["signatures"][0];
    assert_eq!(
        (&one["name"], &one["by"], &one["delegated_by"]),
        (&json!("Siri Dahl"), &json!("delegate"), &json!("Anna Berg"))
    );
    told(
        &five.ole.get(&house, &format!("/decisions/{id}")).await,
        &["Siri Dahl", "By delegation of"],
    );

    let rows = five.siri.get(&house, "/api/v1/delegations").await.json();
    let delegation = rows[0]["id"].as_str().expect("an id");
    let end = format!("/delegations/{delegation}/end");
    let stranger = five.ole.form(&house, &end, "key=e0").await;
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&stranger, &["Anna Berg"]);
    assert_eq!(five.siri.form(&house, &end, "key=e1").await.status, StatusCode::SEE_OTHER);
    let second = proposed(&house, &five, &with("title", json!("Another"))).await;
    let late = five.siri.sign(&house, &second, LEAD).await;
    assert_eq!(late.json()["code"], "right_missing");
    let verified = apart(|| house.desk.register().verify().expect("verifies"));
    assert_eq!((verified.signatures, verified.holds()), (2, true), "{:?}", verified.differences);
}

#[tokio::test]
async fn a_refusal_needs_a_reason_and_ends_the_version() {
    let house = House::built().await;
    let five = five(&house);
    let id = proposed(&house, &five, &closure()).await;
    let silent = five.kim.give(&house, &id, "quality", "refusals", None).await;
    assert_eq!(silent.json()["code"], "reason_missing", "{}", silent.text());
    let of = digest(&five.kim.get(&house, &format!("/api/v1/decisions/{id}")).await);
    later(&house, 31);
    let body = format!(
        "key=r1&role=quality&of={of}&reason=The+fix+is+not+out.{}",
        five.kim.proofs(&house)
    );
    let refused = five.kim.form(&house, &format!("/decisions/{id}/refuse"), &body).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text());
    let now = sheet(&house, &five, &id).await;
    assert_eq!(now["row"]["stage"], "refused");
    assert_eq!(now["signatures"][0]["meaning"], "refusal");
    told(
        &five.ole.get(&house, &format!("/decisions/{id}")).await,
        &["Refused", "The fix is not out.", "Write a new version"],
    );
    let late = five.anna.sign(&house, &id, LEAD).await;
    assert_eq!(late.json()["code"], "decision_refused");
}

#[tokio::test]
async fn the_rights_are_changed_by_a_row_and_two_signatures_and_hold_for_what_follows() {
    let house = House::built().await;
    let five = five(&house);
    told(
        &five.ole.get(&house, "/rights").await,
        &["Version 1 is in force", "approved by nobody yet"],
    );
    let closed = proposed(&house, &five, &closure()).await;
    assert_eq!(five.kim.sign(&house, &closed, "quality").await.status, StatusCode::CREATED);
    assert_eq!(five.anna.sign(&house, &closed, LEAD).await.status, StatusCode::CREATED);

    let form = five.anna.get(&house, "/rights/closure").await;
    told(&form, &["Change the rights: Case closure", "Safety risk manager"]);
    let unsound = "key=m0&statement=Less.&proposes_security_analyst=yes";
    let refused = five.anna.form(&house, "/rights/closure", unsound).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&refused, &["nobody decides it", "Less."]);
    let row = format!(
        "key=m1&statement=Safety+looks+too.&proposes_security_analyst=yes&decides_{LEAD}=yes\
         &cosigns0_quality=always&cosigns0_safety_risk_manager=always&informs_product_owner=yes"
    );
    let place = location(&five.anna.form(&house, "/rights/closure", &row).await);
    let id = place.rsplit('/').next().expect("an id");
    told(
        &five.eva.get(&house, &place).await,
        &[
            "1 decision",
            "would have needed other signatures",
            "Close the case of minimist",
            "Would have needed Safety risk manager",
        ],
    );
    assert_eq!(five.kim.sign(&house, id, "quality").await.status, StatusCode::CREATED);
    assert_eq!(sheet(&house, &five, id).await["row"]["stage"], "open");
    assert_eq!(five.eva.sign(&house, id, "executive").await.status, StatusCode::CREATED);

    let rights = five.ole.get(&house, "/api/v1/rights").await.json();
    assert_eq!(
        (&rights["version"], &rights["proposed"], &rights["decision"]),
        (&json!(2), &json!(false), &json!(id))
    );
    told(&five.ole.get(&house, "/rights").await, &["Version 2 is in force", "How it was decided"]);
    let needed = json!({
        "kind": "closure", "families": null, "circumstances": closure()["circumstances"]
    });
    let needed = five.ole.post(&house, "/api/v1/rights/needed", &needed).await.json();
    assert_eq!(needed["places"].as_array().map(Vec::len), Some(3), "{needed}");
    let tried =
        five.ole.post(&house, "/api/v1/rights/dry-run", &json!({"matrix": rights["matrix"]})).await;
    assert_eq!(tried.json()[0]["id"], closed.as_str(), "{}", tried.text());
    let old = sheet(&house, &five, &closed).await;
    assert_eq!((&old["row"]["stage"], &old["versions"][0]["rights"]), (&json!("taken"), &json!(1)));
}

#[tokio::test]
async fn the_clocks_are_changed_by_a_form_and_three_signatures_from_a_day_on() {
    let house = House::built().await;
    let five = five(&house);
    told(
        &five.ole.get(&house, "/rules").await,
        &["As the product proposes them", "mitre:cvss-medical-rubric", "ssvc:"],
    );
    let today = op(&house).at.to_string()[..10].to_owned();
    let typed = |fields: &str| {
        format!(
            "key=c1&title=Sooner&statement=Finders+wait.&from={today}&share_0=50&to_0=owner&{fields}"
        )
    };
    let form = "/rules/clocks/change";
    told(
        &five.anna.get(&house, form).await,
        &["acknowledge to the reporter", "working days", "806.10(b)"],
    );
    let law = typed("time_fda_806_report=11&unit_fda_806_report=working_days");
    let refused = five.anna.form(&house, form, &law).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(
        &refused,
        &["21 CFR 806.10(b) gives 10 working days at most", "Finders wait.", "value=\"11\""],
    );
    let change = typed("time_cvd_ack=2&unit_cvd_ack=working_days");
    let looked = five.anna.form(&house, form, &format!("{change}&step=look")).await;
    assert_eq!(looked.status, StatusCode::OK, "{}", looked.text());
    told(&looked, &["3 working days", "2 working days", "open case"]);
    let place = location(&five.anna.form(&house, form, &change).await);
    told(
        &five.eva.get(&house, &place).await,
        &["The rules that it proposes", "cvd_ack", "3 working days", "2 working days", "looked at"],
    );
    let id = place.rsplit('/').next().expect("an id");
    let before = five.ole.get(&house, "/api/v1/rules").await.json();
    assert_eq!(before["kinds"][0]["in_force"], 1, "{before}");
    for (who, role) in
        [(&five.siri, "safety_risk_manager"), (&five.kim, "quality"), (&five.eva, "executive")]
    {
        let signed = who.sign(&house, id, role).await;
        assert_eq!(signed.status, StatusCode::CREATED, "{role}: {}", signed.text());
    }
    let after = five.ole.get(&house, "/api/v1/rules").await.json();
    let clocks = &after["kinds"][0];
    assert_eq!((&clocks["in_force"], &clocks["editions"][0]["decision"]), (&json!(2), &json!(id)));
    let edition = five.ole.get(&house, "/api/v1/rules/clocks/2").await.json();
    assert_eq!(edition["against"], 1);
    let places: Vec<&str> = edition["differences"]
        .as_array()
        .expect("differences")
        .iter()
        .filter_map(|one| one["place"].as_str())
        .collect();
    assert_eq!(places, ["cvd_ack", "escalation_75", "escalation_90"], "{edition}");
    told(
        &five.ole.get(&house, "/rules/clocks/1?against=2").await,
        &["Beside edition 2", "Replaced", "escalation_90"],
    );
    told(&five.anna.get(&house, form).await, &["value=\"2\""]);
    // What is sent through the API as JSON is the same.
    let tried = json!({"rules": edition["rules"]});
    let tried = five.ole.post(&house, "/api/v1/rules/dry-run", &tried).await.json();
    assert_eq!((&tried["replaces"], &tried["differences"]), (&json!(2), &json!([])));
    for (path, status) in [
        ("/rules/clocks/3", StatusCode::NOT_FOUND),
        ("/rules/clokcs/1", StatusCode::NOT_FOUND),
        ("/rules/clocks/x", StatusCode::BAD_REQUEST),
        ("/rules/clocks/2?against=7", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(five.ole.get(&house, path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn matrix_and_workflow_are_written_in_forms_that_refuse_what_cannot_hold() {
    let house = House::built().await;
    let five = five(&house);
    let today = op(&house).at.to_string()[..10].to_owned();
    let head = format!("key=w1&title=Ours&statement=As+agreed.&from={today}");
    let severities = ["negligible", "minor", "serious", "critical", "catastrophic"];
    let cells = |risk: &dyn Fn(&str, &str) -> &'static str| {
        let of = |one: &'static str| {
            severities.map(|other| format!("&risk_{one}_{other}={}", risk(one, other)))
        };
        ["low", "medium", "high"].map(|one| of(one).concat()).concat()
    };
    let matrix = "/rules/risk_matrix/change";
    let all = cells(&|_, _| "controlled");
    let refused = five.siri.form(&house, matrix, &format!("{head}{all}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&refused, &["may kill is uncontrolled", "As agreed."]);
    let careful = cells(&|_, _| "uncontrolled");
    let looked = five.siri.form(&house, matrix, &format!("{head}{careful}&step=look")).await;
    told(&looked, &["low_negligible", "uncontrolled"]);
    let place = location(&five.siri.form(&house, matrix, &format!("{head}{careful}")).await);
    let id = place.rsplit('/').next().expect("an id");
    told(&five.kim.get(&house, &place).await, &["Risk matrix", "low_negligible"]);
    // A new version is written as JSON, in the form of every decision.
    told(
        &five.siri.get(&house, &format!("{place}/revise")).await,
        &["Rules of the programme, as JSON", "risk_matrix"],
    );

    let workflow = "/rules/workflow/change";
    told(&five.anna.get(&house, workflow).await, &["left_out", "added"]);
    let law = "&json=%7B%22left_out%22%3A%5B%7B%22from%22%3A%22new%22%2C%22to%22%3A%22acknowledged%22%2C%22guard%22%3A%22aware_set%22%7D%5D%7D";
    let refused = five.anna.form(&house, workflow, &format!("{head}{law}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&refused, &["stays: law"]);
    let broken = five.anna.form(&house, workflow, &format!("{head}&json=%7B")).await;
    told(&broken, &["The rules cannot be read"]);
    let own = json!({
        "kind": "programme_rules", "about": "rules", "title": "A clinician looks", "families": null,
        "statement": "Always.", "circumstances": closure()["circumstances"],
        "rules": {"from": today, "replaces": 1, "rules": {"workflow": {"added": [{
            "from": "risk_assessment", "to": "determination", "id": "own_clinical_review",
            "says": "A clinician looked at it", "attested_by": ["safety_risk_manager"]
        }]}}}
    });
    let made = five.anna.post(&house, "/api/v1/decisions", &own).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json()["id"].as_str().expect("an id").to_owned();
    for (who, role) in
        [(&five.siri, "safety_risk_manager"), (&five.kim, "quality"), (&five.eva, "executive")]
    {
        let signed = who.sign(&house, &made, role).await;
        assert_eq!(signed.status, StatusCode::CREATED, "{role}: {}", signed.text());
    }
    let edition = five.ole.get(&house, "/api/v1/rules/workflow/2").await.json();
    assert_eq!(
        edition["differences"],
        json!([{
            "place": "risk_assessment/determination/own_clinical_review", "what": "A clinician looked at it",
            "before": null, "after": "vouched for by Safety risk manager"
        }])
    );
    // The case that is under way keeps the workflow of its opening, and says that another is in force.
    let case = house.get(&house.filled("/api/v1/cases/{case}")).await.json();
    let of_case =
        case["rules"].as_array().expect("rules").iter().find(|one| one["kind"] == "workflow");
    let of_case = of_case.expect("the workflow");
    assert_eq!((&of_case["editions"], &of_case["in_force"]), (&json!([1]), &json!(2)));
    told(&house.get(&house.filled("/cases/{case}")).await, &["Rules it goes by", "is in force"]);
    assert_eq!(sheet(&house, &five, id).await["row"]["stage"], "open");
}

#[tokio::test]
async fn what_is_typed_stays_in_the_form_when_it_is_refused_and_harms_no_page() {
    let house = House::built().await;
    let five = five(&house);
    let hostile = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%3Dcmd%7C%27%20%2FC%20calc%27%21A0";
    let typed = format!(
        "key=h1&kind=closure&about={hostile}&title={hostile}&statement={hostile}\
         &harm=unknown&essential_performance=unknown&uncontrolled=unknown&product_class=unknown\
         &rests_on_reachability=unknown&lowers_computed=no"
    );
    let refused = five.ole.form(&house, "/decisions", &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&refused, &["No product family is named", "&lt;script&gt;alert(1)"]);
    let left_out = typed.replace("&harm=unknown", "") + "&family_all=yes";
    let refused = five.ole.form(&house, "/decisions", &left_out).await;
    told(&refused, &["is not a value of"]);
    let place = location(&five.ole.form(&house, "/decisions", &(typed + "&family_all=yes")).await);
    for path in [place.as_str(), "/decisions", "/decisions?only=all", &format!("{place}/revise")] {
        let page = five.kim.get(&house, path).await;
        let page = if path.ends_with("revise") { five.ole.get(&house, path).await } else { page };
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text().contains("<script>alert"), "{path}");
        told(&page, &["&lt;script&gt;alert(1)"]);
    }
    let nowhere = five.ole.get(&house, "/decisions/dec_00000000000000000000000000").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let strange = with("families", json!(["fam_00000000000000000000000000"]));
    let strange = five.ole.post(&house, "/api/v1/decisions", &strange).await;
    assert_eq!(strange.json()["code"], "unknown_id", "{}", strange.text());
}
