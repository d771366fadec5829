//! Cases through pages and API: facts, decisions signed about them, what lapses, who may know.

use crate::{
    house::{Answer, House, apart},
    signer::{Five, Signer, five, later, other_digest, password, signer},
};
use aftercare_domain::{Sight, role::RoleName};
use aftercare_testkit::people;
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn fact(house: &House, by: &Signer, case: &str, fact: &Value) -> Answer {
    because(house, by, case, fact, None).await
}

async fn because(
    house: &House,
    by: &Signer,
    case: &str,
    fact: &Value,
    reason: Option<&str>,
) -> Answer {
    let body = json!({ "fact": fact, "reason": reason });
    by.post(house, &format!("/api/v1/cases/{case}/facts"), &body).await
}

async fn recorded(house: &House, by: &Signer, case: &str, what: &Value) {
    let answer = fact(house, by, case, what).await;
    assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text());
}

async fn sheet(house: &House, by: &Signer, case: &str) -> Value {
    let answer = by.get(house, &format!("/api/v1/cases/{case}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

fn open_guards(sheet: &Value) -> Vec<&str> {
    let todos = sheet["todos"].as_array().expect("to-dos");
    todos.iter().map(|todo| todo["guard"].as_str().expect("a code")).collect()
}

/// The house's case as far as determination, recorded by whoever may.
async fn assessed(house: &House, five: &Five) -> String {
    let (case, version) = (house.case.clone(), house.version.as_str());
    let (ole, siri) = (&five.ole, &five.siri);
    recorded(house, ole, &case, &json!({ "owner": five.anna.person })).await;
    recorded(house, ole, &case, &json!({ "harm_screened": ["no", null] })).await;
    let vouched = |guard: &str| json!({ "attested": { "guard": guard, "statement": "Looked at.", "url": null, "attachment": null } });
    recorded(house, ole, &case, &vouched("not_spam")).await;
    recorded(house, ole, &case, &vouched("variants_checked")).await;
    let value = json!({ "applicability": {
        "versions": { version: null }, "applies": "affected", "statement": "minimist 1.2.0 is in it." } });
    recorded(house, ole, &case, &value).await;
    recorded(house, ole, &case, &exposed(version, "network")).await;
    let exploited = json!({ "exploited": {
        "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "in_kev": true, "exploit": "active",
        "epss": null, "instead": null, "reasons": "Exploited in the wild." } });
    recorded(house, ole, &case, &exploited).await;
    let ssvc = json!({ "selected": { "table": "supplier", "given": { "E": "A", "U": "S", "TI": "T", "PSI": "S" } } });
    recorded(house, ole, &case, &ssvc).await;
    let harmed = json!({ "harmed": {
        "versions": [version], "severity": "critical", "essential_performance": true, "hazards": ["HZ-1"],
        "reasoning": "A wrong rate harms the patient." } });
    recorded(house, siri, &case, &harmed).await;
    recorded(house, ole, &case, &json!({ "controls": "None." })).await;
    let link = json!({ "linked": { "kind": "risk_file", "label": "RMF-7", "url": "https://qms.example/RMF-7" } });
    recorded(house, ole, &case, &link).await;
    case
}

fn exposed(version: &str, from: &str) -> Value {
    json!({ "exposed": {
        "versions": [version], "environment": "ward", "from": from, "interfaces": "HTTP", "privileges": "none",
        "measures": "", "reachable": null, "evidence": "" } })
}

#[tokio::test]
async fn a_determination_is_signed_by_two_moves_the_case_on_and_lapses_with_what_it_rested_on() {
    let house = House::built().await;
    let five = five(&house);
    let case = assessed(&house, &five).await;
    let before = sheet(&house, &five.ole, &case).await;
    assert_eq!(before["row"]["stage"], "determination");
    assert_eq!(before["row"]["outcome"], "uncontrolled");
    assert_eq!(open_guards(&before), ["determined", "uncontrolled_started"]);
    let clocks = before["clocks"].as_array().expect("clocks");
    let running = |id: &str| clocks.iter().any(|clock| clock["rule"] == id);
    assert!(running("fda_communicate_30d") && running("fda_fix_60d"), "{clocks:?}");

    let decide = format!("/api/v1/cases/{case}/decisions");
    let wish = |answer: &str, versions: Value| {
        json!({
            "kind": "controlled", "versions": versions, "answer": answer, "until": null,
            "mitigation": null, "title": "Uncontrolled on Pump 1.0", "statement": "Exploited, and critical harm." })
    };
    let unsaid = five.ole.post(&house, &decide, &wish("", json!([house.version]))).await;
    assert_eq!(unsaid.json()["code"], "answer_missing");
    let made = five.ole.post(&house, &decide, &wish("uncontrolled", json!([house.version]))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let decision = made.json()["id"].as_str().expect("an id").to_owned();
    let shown = five.anna.get(&house, &format!("/api/v1/decisions/{decision}")).await.json();
    let said = &shown["versions"][0]["circumstances"];
    assert_eq!((&said["harm"], &said["uncontrolled"]), (&json!("critical"), &json!(true)));

    assert!(five.anna.sign(&house, &decision, "product_security_lead").await.status.is_success());
    let half = sheet(&house, &five.ole, &case).await;
    assert_eq!(half["decisions"][0]["state"], "open", "one signature decides nothing");
    assert!(five.siri.sign(&house, &decision, "safety_risk_manager").await.status.is_success());
    let after = sheet(&house, &five.ole, &case).await;
    assert_eq!(after["decisions"][0]["state"], "taken");
    assert_eq!(after["versions"][0]["decided"], "uncontrolled");
    assert_eq!(open_guards(&after), ["uncontrolled_started"]);
    for question in ["harm_known", "isao_member"] {
        let answer = json!({ "answered": { "question": question, "yes": false, "since": null, "statement": "Asked." } });
        recorded(&house, &five.kim, &case, &answer).await;
    }
    let planning = sheet(&house, &five.ole, &case).await;
    assert_eq!(planning["row"]["stage"], "mitigation_planning");
    assert_eq!(planning["regulatory"]["part_806"], "due", "no ISAO, so no discretion");

    // What it rested on changes: the decision is there, and does not count.
    recorded(&house, &five.ole, &case, &exposed(&house.version, "internet")).await;
    let lapsed = sheet(&house, &five.ole, &case).await;
    assert_eq!(lapsed["decisions"][0]["state"], "lapsed");
    assert_eq!(lapsed["row"]["stage"], "determination");
    assert!(lapsed["versions"][0]["decided"].is_null());
    let page = five.ole.get(&house, &format!("/cases/{case}")).await.text();
    assert!(page.contains("The exposure changed for"), "the page says why it lapsed");
    // And then it stood as it stood.
    let past = format!("/api/v1/cases/{case}?as_of=entry:{}", planning_entry(&planning));
    let then = five.ole.get(&house, &past).await.json();
    assert_eq!(then["row"]["stage"], "mitigation_planning");
    assert_eq!(then["decisions"][0]["state"], "taken");
}

fn planning_entry(sheet: &Value) -> u64 {
    sheet["timeline"][0]["entry"].as_u64().expect("an entry")
}

#[tokio::test]
async fn calling_uncontrolled_what_is_computed_so_needs_two_and_calling_it_controlled_more() {
    let house = House::built().await;
    let five = five(&house);
    let case = assessed(&house, &five).await;
    let decide = format!("/api/v1/cases/{case}/decisions");
    let wish = json!({
        "kind": "controlled", "versions": [house.version], "answer": "controlled", "until": null,
        "mitigation": null, "title": "Controlled after all", "statement": "We say so." });
    let made = five.ole.post(&house, &decide, &wish).await;
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let shown = five.anna.get(&house, &format!("/api/v1/decisions/{id}")).await.json();
    assert_eq!(shown["versions"][0]["circumstances"]["lowers_computed"], true);
    let roles: Vec<&Value> = shown["places"]
        .as_array()
        .expect("places")
        .iter()
        .map(|one| &one["role_codes"][0])
        .collect();
    assert!(roles.contains(&&json!("executive")), "lowering asks for more people: {roles:?}");
    // What it settles is no matter of words: a revision keeps it.
    let words = json!({
        "kind": "controlled", "about": "something else", "title": "Controlled, better said",
        "statement": "Because.", "families": null,
        "circumstances": { "harm": "negligible", "essential_performance": false, "uncontrolled": false,
            "product_class": "i", "rests_on_reachability": false, "lowers_computed": false } });
    let revised = five.ole.post(&house, &format!("/api/v1/decisions/{id}/versions"), &words).await;
    assert_eq!(revised.status, StatusCode::OK, "{}", revised.text());
    let shown = five.anna.get(&house, &format!("/api/v1/decisions/{id}")).await.json();
    assert_eq!(shown["versions"][1]["circumstances"]["lowers_computed"], true);
    assert_eq!(shown["row"]["about"], "PMC-2026-0001");
}

#[tokio::test]
async fn nothing_undetermined_is_decided_and_no_uncontrolled_risk_accepted() {
    let house = House::built().await;
    let five = five(&house);
    let decide = format!("/api/v1/cases/{}/decisions", house.case);
    let wish = |kind: &str, answer: &str, until: Value| {
        json!({ "kind": kind, "versions": [house.version], "answer": answer, "until": until,
            "mitigation": null, "title": "Try", "statement": "Try." })
    };
    let open = five.ole.post(&house, &decide, &wish("controlled", "controlled", Value::Null)).await;
    assert_eq!(open.json()["code"], "risk_undetermined");
    let clean = wish("not_affected", "not_affected:component_not_present", Value::Null);
    assert_eq!(five.ole.post(&house, &decide, &clean).await.json()["code"], "value_missing");
    assessed(&house, &five).await;
    let accepted = wish("risk_acceptance", "", json!("2026-12-01"));
    assert_eq!(five.anna.post(&house, &decide, &accepted).await.json()["code"], "uncontrolled");
    let for_ever = wish("risk_acceptance", "", Value::Null);
    assert_eq!(five.anna.post(&house, &decide, &for_ever).await.json()["code"], "expiry_missing");
    let closing = wish("closure", "", Value::Null);
    assert_eq!(five.anna.post(&house, &decide, &closing).await.json()["code"], "too_early");
    let release = wish("release", "", Value::Null);
    assert_eq!(five.anna.post(&house, &decide, &release).await.json()["code"], "too_early");
}

#[tokio::test]
async fn each_fact_is_recorded_by_the_roles_of_its_kind_and_the_refusal_names_who_could() {
    let house = House::built().await;
    let five = five(&house);
    let entries = house.entries();
    let change = json!({ "changed": { "version": house.version, "statement": "Baseline 7" } });
    let refused = fact(&house, &five.ole, &house.case, &change).await;
    assert_eq!(refused.json()["code"], "role_missing");
    let dev = signer(&house, ("dora", "Dora Dev"), &[RoleName::Developer]);
    let refused = fact(&house, &five.ole, &house.case, &change).await.json();
    assert_eq!(refused["who"], "Dora Dev");
    recorded(&house, &dev, &house.case, &change).await;
    // Whoever made the change does not test it, whatever else they may.
    let test = json!({ "tested": { "kind": "security_after", "version": house.version, "passed": true,
        "statement": "Passes.", "deviation": null, "attachment": null } });
    assert_eq!(fact(&house, &dev, &house.case, &test).await.json()["code"], "role_missing");
    let unknown = json!({ "noted": "x", "owner": five.anna.person });
    assert_eq!(
        fact(&house, &five.ole, &house.case, &unknown).await.status,
        StatusCode::BAD_REQUEST
    );
    let script =
        json!({ "linked": { "kind": "tracker", "label": "T-1", "url": "javascript:alert(1)" } });
    assert_eq!(
        fact(&house, &five.ole, &house.case, &script).await.json()["code"],
        "address_unusable"
    );
    let past = format!("/api/v1/cases/{}/facts?as_of=2026-01-01", house.case);
    let answer =
        five.ole.post(&house, &past, &json!({ "fact": { "noted": "x" }, "reason": null })).await;
    assert!(answer.status.is_client_error());
    let people = 9; // Dora: person, identity, role, training, credentials, token
    assert!(house.entries() <= entries + people + 1, "a refusal left an entry");
}

#[tokio::test]
async fn an_embargoed_case_is_there_for_whoever_needs_to_know_and_for_nobody_else() {
    let house = House::built().await;
    let five = five(&house);
    let case = assessed(&house, &five).await;
    let wish =
        json!({ "kind": "disclosure", "title": "Tell it in May", "statement": "With the finder." });
    let made = five.anna.post(&house, &format!("/api/v1/cases/{case}/decisions"), &wish).await;
    let decision = made.json()["id"].as_str().expect("an id").to_owned();
    let embargo = json!({ "embargo": { "until": "2026-12-24", "people": [five.siri.person] } });
    recorded(&house, &five.anna, &case, &embargo).await;
    let secret = "kit again";
    for knows in [&five.anna, &five.siri] {
        let list = knows.get(&house, "/cases").await.text();
        assert!(list.contains(secret) && list.contains("Embargo"), "{list}");
        assert_eq!(knows.get(&house, &format!("/decisions/{decision}")).await.status, 200);
    }
    let decisions = five.anna.get(&house, "/api/v1/decisions?only=all").await.json();
    for path in [
        "/cases?only=all".to_owned(),
        "/cases?only=all&q=kit".to_owned(),
        "/clocks".to_owned(),
        "/api/v1/cases?only=all".to_owned(),
        "/api/v1/clocks".to_owned(),
        "/api/v1/decisions?only=all".to_owned(),
        "/decisions?only=all".to_owned(),
    ] {
        let answer = five.ole.get(&house, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let text = answer.text();
        assert!(!text.contains(secret) && !text.contains("Tell it in May"), "{path}: {text}");
    }
    let fewer = five.ole.get(&house, "/api/v1/decisions?only=all").await.json();
    assert_eq!(fewer["total"].as_u64(), decisions["total"].as_u64().map(|all| all - 1));
    for path in [
        format!("/cases/{case}"),
        "/cases/PMC-2026-0001".to_owned(),
        format!("/cases/{case}/evidence"),
        format!("/cases/{case}/record/noted"),
        format!("/cases/{case}/rubric"),
        format!("/cases/{case}/decide/closure"),
        format!("/api/v1/cases/{case}"),
        format!("/api/v1/cases/{case}/evidence"),
        format!("/decisions/{decision}"),
        format!("/api/v1/decisions/{decision}"),
    ] {
        let answer = five.ole.get(&house, &path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text());
    }
    // The ledger keeps their places and tells nothing of them to an auditor who need not know.
    let olga = signer(&house, ("olga", "Olga Reyne"), &[RoleName::Auditor]);
    let entries = async |who: &Signer| {
        let (mut all, mut withheld, mut after) = (String::new(), Vec::new(), String::new());
        loop {
            let page = who.get(&house, &format!("/api/v1/ledger{after}")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text());
            let text = who.get(&house, &format!("/ledger{after}")).await.text();
            all += &format!("{} {text}", page.text());
            let items = page.json()["items"].as_array().expect("entries").clone();
            let hidden = items.iter().filter(|one| one.get("withheld").is_some());
            withheld.extend(hidden.filter_map(|one| one["seq"].as_u64()));
            match page.json()["next"].as_str() {
                Some(next) => after = format!("?after={next}"),
                None => return (all, withheld),
            }
        }
    };
    // That somebody took its evidence is an entry about it too, and that another case is its duplicate.
    let taken = five.anna.get(&house, &format!("/cases/{case}/evidence")).await;
    assert_eq!(taken.status, StatusCode::OK);
    let (seen, withheld) = entries(&five.anna).await;
    assert!(seen.contains(&format!("/cases/{case}/evidence")) && withheld.is_empty());
    let (seen, withheld) = entries(&olga).await;
    for words in [secret, "Tell it in May", case.as_str(), decision.as_str()] {
        assert!(!seen.contains(words), "the ledger tells {words}: {seen}");
    }
    assert!(withheld.len() > 10, "{withheld:?}");
    for number in withheld {
        let one = olga.get(&house, &format!("/ledger/{number}")).await.text();
        assert!(one.contains("under embargo"), "{one}");
        for words in [secret, "Tell it in May", case.as_str(), "minimist 1.2.0 is in it"] {
            assert!(!one.contains(words), "entry {number} tells {words}: {one}");
        }
    }
    let (seen, withheld) = entries(&five.anna).await;
    assert!(seen.contains(secret) && withheld.is_empty(), "{withheld:?}");
    let noted = fact(&house, &five.ole, &case, &json!({ "noted": "I know" })).await;
    assert_eq!(noted.status, StatusCode::NOT_FOUND);
    let signature = json!({ "role": "quality", "digest": other_digest(), "password": password(),
        "code": five.kim.code(&house), "reason": null });
    let place = format!("/api/v1/decisions/{decision}/signatures");
    let signed = five.kim.post(&house, &place, &signature).await;
    assert_eq!(signed.status, StatusCode::NOT_FOUND);
    recorded(&house, &five.anna, &case, &json!({ "embargo": null })).await;
    assert!(five.ole.get(&house, "/cases").await.text().contains(secret));
}

#[tokio::test]
async fn a_case_of_another_family_is_not_there() {
    let house = House::built().await;
    let elsewhere = house.post("/api/v1/families", r#"{"name":"Monitors"}"#).await.json();
    let other = elsewhere["id"].as_str().expect("an id").parse().expect("an id");
    let narrow = apart(|| {
        let mut drawn = 200;
        let op = || {
            drawn += 1;
            house.begin().with_chance([drawn; 32])
        };
        people::member(
            &house.desk,
            op,
            ("nina", "Nina Narrow"),
            &[RoleName::SecurityAnalyst],
            &Sight::of([other]),
        )
        .expect("a member")
    });
    let bearer = format!("Bearer {}", narrow.token);
    let get = async |path: &str| house.sent("GET", path, &[("authorization", &bearer)], "").await;
    let case = format!("/api/v1/cases/{}", house.case);
    assert_eq!(get(&case).await.status, StatusCode::NOT_FOUND);
    let list = get("/api/v1/cases?only=all").await.json();
    assert_eq!(list["total"], 0);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = r#"{"fact":{"noted":"x"},"reason":null}"#;
    let noted = house.sent("POST", &format!("{case}/facts"), &headers, body.to_owned()).await;
    assert_eq!(noted.status, StatusCode::NOT_FOUND);
    let own = json!({ "title": "Ours", "families": [other.to_string()] }).to_string();
    let made = house.sent("POST", "/api/v1/cases", &headers, own).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let all = r#"{"title":"Of all","families":null}"#;
    let refused = house.sent("POST", "/api/v1/cases", &headers, all.to_owned()).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
}

#[tokio::test]
async fn what_is_typed_into_a_form_is_recorded_once_and_shown_as_text() {
    let house = House::built().await;
    let five = five(&house);
    let place = format!("/cases/{}/record/noted", house.case);
    let typed = "key=k1&words=%3Cb%3EO%27Brien%3C%2Fb%3E+%26+%3DSUM%281%29&reason=";
    let (first, entries) = (five.ole.form(&house, &place, typed).await, house.entries());
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    five.ole.form(&house, &place, typed).await;
    assert_eq!(house.entries(), entries, "the same form twice is one change");
    let page = five.ole.get(&house, &format!("/cases/{}", house.case)).await.text();
    assert!(
        page.contains("&lt;b&gt;O'Brien&lt;/b&gt; &amp; =SUM(1)") && !page.contains("<b>O'Brien"),
        "{page}"
    );
    let empty = five.ole.form(&house, &place, "key=k2&words=+&reason=").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text().contains("Nothing was recorded"), "{}", empty.text());
    later(&house, 60);
    let form = format!("/cases/{}/record/exposed", house.case);
    let boxes = format!(
        "key=k3&versions_{}=yes&environment=ward&from=network&interfaces=HTTP&privileges=none&measures=none&reachable=&evidence=none&reason=",
        house.version
    );
    let done = five.ole.form(&house, &form, &boxes).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let shown = sheet(&house, &five.ole, &house.case).await;
    assert_eq!(shown["versions"][0]["exposures"][0]["environment"], "ward");
    let opened = five
        .ole
        .form(
            &house,
            "/cases",
            "key=k4&title=By+hand&vulnerabilities=cve-2024-1+CVE-2024-1&family_all=yes&reason=",
        )
        .await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
    let listed = five.ole.get(&house, "/api/v1/cases?q=by+hand").await.json();
    assert_eq!(listed["items"][0]["vulnerabilities"], json!(["CVE-2024-1"]));
    let again = five
        .ole
        .form(
            &house,
            "/cases",
            "key=k5&title=Again&vulnerabilities=CVE-2024-1&family_all=yes&reason=",
        )
        .await;
    assert!(again.text().contains("is about it already"), "{}", again.text());
}

#[tokio::test]
async fn analysts_rate_blind_and_see_each_other_only_when_they_have_rated() {
    let house = House::built().await;
    let five = five(&house);
    let case = assessed(&house, &five).await;
    let version = house.version.as_str();
    let rates = |exploitability: &str| json!({ "rated": { "version": version, "exploitability": exploitability, "severity": "critical" } });
    let seen = async |who: &Signer| {
        let sheet = sheet(&house, who, &case).await;
        let one = &sheet["versions"][0];
        let ratings = one["ratings"].as_array().expect("ratings").len();
        (one["analysts"].as_u64().expect("a count"), one["agree"].as_bool(), ratings)
    };
    recorded(&house, &five.ole, &case, &rates("high")).await;
    assert_eq!(seen(&five.ole).await, (1, None, 1), "their own");
    assert_eq!(seen(&five.anna).await, (1, None, 0), "nobody is led");
    recorded(&house, &five.anna, &case, &rates("medium")).await;
    assert_eq!(seen(&five.anna).await, (2, Some(false), 2));
    assert_eq!(seen(&five.ole).await, (2, Some(false), 2));
    assert_eq!(
        seen(&five.kim).await,
        (2, Some(false), 0),
        "who has not rated sees that they differ"
    );
    let page = five.ole.get(&house, &format!("/cases/{case}")).await.text();
    assert!(page.contains("exploitability medium, harm critical"), "{page}");
    assert!(page.contains("2 analysts differ"), "{page}");
}
