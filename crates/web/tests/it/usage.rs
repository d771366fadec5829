//! The use of products by API and page: risk files, environments, cycles; and what cases say that rest on them.

use crate::{
    house::{Answer, House, apart},
    signer::{Five, Signer, five},
};
use aftercare_domain::{role::RoleName, sight::Sight};
use aftercare_testkit::people;
use axum::http::StatusCode;
use serde_json::{Value, json};

const FILE: &str = "Hazard ID,Hazard,Hazardous situation,Severity,Essential performance\n\
    HZ-1,Wrong <b>rate</b>,Somebody else changes it,S4,yes\n\
    HZ-2,Loss of display,Nobody sees the trend,minor,no\n\
    HZ-3,Heat,The case is hot,4,perhaps\n";

fn place(house: &House, what: &str) -> String {
    format!("/api/v1/products/{}/{what}", house.product)
}

async fn sent_file(house: &House, who: &Signer, question: &str, file: &str) -> Answer {
    let bearer = format!("Bearer {}", who.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/csv")];
    let path = format!("{}?file_name=rmf.csv&{question}", place(house, "risk-file"));
    house.sent("POST", &path, &headers, file.to_owned()).await
}

async fn usage(house: &House, who: &Signer) -> Value {
    who.get(house, &place(house, "use")).await.json()
}

async fn fact(house: &House, who: &Signer, fact: &Value) -> Answer {
    let body = json!({ "fact": fact, "reason": null });
    who.post(house, &format!("/api/v1/cases/{}/facts", house.case), &body).await
}

fn harmed(house: &House, hazard: &str, severity: &str) -> Value {
    json!({ "harmed": {
        "versions": [house.version], "severity": severity, "essential_performance": true,
        "hazards": [hazard], "reasoning": "A wrong rate harms." } })
}

fn exposed(house: &House, environment: &str, from: &str) -> Value {
    json!({ "exposed": {
        "versions": [house.version], "environment": environment, "from": from, "interfaces": "HTTP",
        "privileges": "", "measures": "", "reachable": null, "evidence": "" } })
}

async fn version(house: &House, who: &Signer) -> Value {
    let case = who.get(house, &format!("/api/v1/cases/{}", house.case)).await.json();
    case["versions"][0].clone()
}

async fn affected(house: &House, five: &Five) {
    let value = json!({ "applicability": {
        "versions": { house.version.as_str(): null }, "applies": "affected", "statement": "In it." } });
    let answer = fact(house, &five.ole, &value).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

#[tokio::test]
async fn a_risk_file_is_shown_before_it_is_in_force_and_kept_as_it_came() {
    let house = House::built().await;
    let five = five(&house);
    assert_eq!(usage(&house, &five.ole).await["risk_files"], json!([]));
    let path = place(&house, "hazards");
    assert_eq!(five.ole.get(&house, &path).await.status, StatusCode::NOT_FOUND);
    let entries = house.entries();
    let shown = sent_file(&house, &five.siri, "preview=true&scale=S4%3Dcritical", FILE).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    let shown = shown.json();
    assert_eq!(
        (&shown["read"], &shown["severity_unknown"], &shown["essential_performance_unknown"]),
        (&json!(3), &json!(1), &json!(1))
    );
    assert_eq!(shown["rows"][0]["severity"], "critical");
    let noticed: Vec<&str> = shown["problems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["code"].as_str().expect("a code"))
        .collect();
    assert_eq!(noticed, ["word_unclear", "word_unclear"]);
    assert_eq!(shown["problems"][0]["place"], "line 4");
    assert_eq!(house.entries(), entries, "a preview records nothing");

    // Who may not, what cannot be read, and what was changed meanwhile.
    let refused = sent_file(&house, &five.ole, "", FILE).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    for (question, file, code) in [
        ("columns=dose%3DA", FILE, "columns_unreadable"),
        ("scale=S4", FILE, "scale_unreadable"),
        ("", "a,b\n1,2\n", "no_headings"),
        ("", "", "document_size"),
    ] {
        let refused = sent_file(&house, &five.siri, question, file).await;
        assert!(refused.status.is_client_error(), "{code}: {}", refused.text());
        assert!(refused.text().contains(code), "{code}: {}", refused.text());
    }
    // A row without identifier could say more of the hazard above it.
    let lost =
        sent_file(&house, &five.siri, "", &format!("{FILE},,Continued,catastrophic,yes\n")).await;
    assert_eq!(lost.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", lost.text());
    assert!(
        lost.text().contains("row_skipped") && lost.text().contains("line 5"),
        "{}",
        lost.text()
    );
    assert_eq!(house.entries(), entries);

    let made = sent_file(&house, &five.siri, "scale=S4%3Dcritical", FILE).await;
    assert_eq!((made.status, &made.json()["edition"]), (StatusCode::CREATED, &json!(1)));
    let again = sent_file(&house, &five.siri, "scale=S4%3Dcritical", FILE).await;
    assert_eq!(again.json()["code"], "nothing_changed");
    let unexplained = sent_file(&house, &five.siri, "scale=S4%3Dserious", FILE).await;
    assert_eq!(unexplained.json()["code"], "reason_missing");
    let second =
        sent_file(&house, &five.siri, "scale=S4%3Dserious&reason=Wrong%20scale", FILE).await;
    assert_eq!(second.json()["edition"], 2);
    let sheet = usage(&house, &five.ole).await;
    assert_eq!(sheet["risk_files"][0]["reason"], "Wrong scale");
    assert_eq!(sheet["risk_files"][1]["scale"], json!([["s4", "critical"]]));
    let found = five.ole.get(&house, &format!("{path}?words=TREND%20loss")).await.json();
    assert_eq!((&found["total"], &found["items"][0]["id"]), (&json!(1), &json!("HZ-2")));
    let old = five.ole.get(&house, &format!("{path}?edition=1")).await.json();
    assert_eq!(old["items"][0]["severity"], "critical");
    let bytes = five.ole.get(&house, &format!("{}?edition=1", place(&house, "risk-file"))).await;
    assert_eq!(bytes.text(), FILE);

    let page = five.ole.get(&house, &format!("/products/{}/use", house.product)).await.text();
    assert!(page.contains("Wrong &lt;b&gt;rate&lt;/b&gt;") && !page.contains("replaced"), "{page}");
    assert!(!page.contains("Put another edition in force"), "who may not is offered nothing");
    let page = five.siri.get(&house, &format!("/products/{}/use", house.product)).await.text();
    assert!(page.contains("Put another edition in force"), "{page}");
}

#[tokio::test]
async fn harm_rests_on_the_risk_file_and_lapses_with_it() {
    let house = House::built().await;
    let five = five(&house);
    affected(&house, &five).await;
    sent_file(&house, &five.siri, "scale=S4%3Dcritical", FILE).await;
    for (hazard, severity, code) in
        [("HZ-9", "critical", "hazard_missing"), ("HZ-1", "minor", "reason_missing")]
    {
        let refused = fact(&house, &five.siri, &harmed(&house, hazard, severity)).await;
        assert_eq!(refused.json()["code"], code, "{}", refused.text());
    }
    let said = fact(&house, &five.siri, &harmed(&house, "HZ-1", "critical")).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text());
    let one = version(&house, &five.ole).await;
    assert_eq!((&one["severity"], &one["harm_lapsed"]), (&json!("critical"), &json!(false)));
    assert_eq!(one["hazards"][0]["words"], "Somebody else changes it");
    assert_eq!(
        (&one["hazards"][0]["severity"], &one["risk_file"]),
        (&json!("critical"), &json!(1))
    );
    let newer = FILE.replace("HZ-1,", "HZ-1a,");
    let second = sent_file(&house, &five.siri, "scale=S4%3Dcritical&reason=Split", &newer).await;
    assert_eq!(second.status, StatusCode::CREATED, "{}", second.text());
    let one = version(&house, &five.ole).await;
    assert_eq!((&one["severity"], &one["harm_lapsed"]), (&json!(null), &json!(true)));
    assert_eq!(one["computed"], "undetermined");
    let page = five.ole.get(&house, &format!("/cases/{}", house.case)).await.text();
    assert!(page.contains("What was said lapsed"), "{page}");
}

#[tokio::test]
async fn an_exposure_is_open_until_every_stated_environment_is_described() {
    let house = House::built().await;
    let five = five(&house);
    affected(&house, &five).await;
    let state = async |name: &str, network: &str, reason: Value| {
        let wish = json!({ "environment": name, "description": "Nurses", "network": network,
            "measures": null, "reason": reason });
        five.siri.post(&house, &place(&house, "environments"), &wish).await
    };
    assert_eq!(state("ward", "Hospital", json!(null)).await.status, StatusCode::OK);
    assert_eq!(state("home", "The patient's", json!(null)).await.status, StatusCode::OK);
    let elsewhere = fact(&house, &five.ole, &exposed(&house, "ambulance", "local")).await;
    assert_eq!(elsewhere.json()["code"], "environment_unknown", "{}", elsewhere.text());
    assert!(elsewhere.text().contains("home or ward"), "{}", elsewhere.text());
    fact(&house, &five.ole, &exposed(&house, "ward", "physical")).await;
    let one = version(&house, &five.ole).await;
    assert_eq!(one["environments_open"], json!(["home"]));
    fact(&house, &five.ole, &exposed(&house, "home", "local")).await;
    assert_eq!(version(&house, &five.ole).await["environments_open"], json!([]));
    let anew = state("home", "Internet", json!("Telemetry")).await;
    assert_eq!(anew.status, StatusCode::OK, "{}", anew.text());
    let one = version(&house, &five.ole).await;
    assert_eq!(one["environments_open"], json!(["home"]), "what was said there lapsed");
    let form = five.ole.get(&house, &format!("/cases/{}/record/exposed", house.case)).await;
    assert!(form.text().contains("<option value=\"home\">"), "{}", form.text());
    let end = json!({ "environment": "home", "reason": "Not sold there" });
    let ended = five.siri.post(&house, &place(&house, "environments/end"), &end).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.text());
    assert_eq!(version(&house, &five.ole).await["environments_open"], json!([]));
    let page = five.ole.get(&house, &format!("/products/{}/use", house.product)).await.text();
    assert!(page.contains("(ended)"), "{page}");
}

#[tokio::test]
async fn the_page_takes_what_the_api_takes_and_compares_what_was_seen() {
    let house = House::built().await;
    let five = five(&house);
    let page = format!("/products/{}/use", house.product);
    let cycle = format!("/products/{}/cycle", house.product);
    let empty = five.siri.get(&house, &page).await.text();
    assert!(empty.contains("No regular cycle is stated."), "{empty}");
    let form = |key: &str, seen: u64, days: &str, reason: &str| {
        format!("key={key}&entity_version={seen}&days={days}&justification=Visits&reason={reason}")
    };
    let wrong = five.siri.form(&house, &cycle, &form("a", 0, "many", "")).await;
    assert!(wrong.text().contains("Take 1 to 731 days"), "{}", wrong.text());
    let done = five.siri.form(&house, &cycle, &form("b", 0, "90", "")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let stale = five.siri.form(&house, &cycle, &form("c", 0, "60", "Faster")).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text());
    let done = five.siri.form(&house, &cycle, &form("d", 1, "60", "Faster")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let sheet = usage(&house, &five.ole).await;
    assert_eq!(
        (&sheet["cycles"][0]["days"], &sheet["cycles"][1]["days"]),
        (&json!(60), &json!(90))
    );
    let shown = five.ole.get(&house, &page).await.text();
    assert!(shown.contains("60 days") && shown.contains("Earlier cycles"), "{shown}");
    let stated = five.siri.get(&house, &format!("{page}?words=x&after=abc")).await;
    assert_eq!(stated.status, StatusCode::BAD_REQUEST, "{}", stated.text());
    let past = five.siri.get(&house, &format!("{page}?as_of=2026-11-01")).await;
    assert!(!past.text().contains("60 days"), "{}", past.text());
}

#[tokio::test]
async fn the_use_of_a_product_of_another_family_is_not_there() {
    let house = House::built().await;
    let five = five(&house);
    sent_file(&house, &five.siri, "", FILE).await;
    let elsewhere = house.post("/api/v1/families", r#"{"name":"Monitors"}"#).await.json();
    let other = elsewhere["id"].as_str().expect("an id").parse().expect("an id");
    let narrow = apart(|| {
        let mut drawn = 200;
        let op = || {
            drawn += 1;
            house.begin().with_chance([drawn; 32])
        };
        let roles = [RoleName::SafetyRiskManager];
        people::member(&house.desk, op, ("nina", "Nina Narrow"), &roles, &Sight::of([other]))
            .expect("a member")
    });
    let own = house.family.parse().expect("an id");
    let owner = apart(|| {
        let mut drawn = 230;
        let op = || {
            drawn += 1;
            house.begin().with_chance([drawn; 32])
        };
        let roles = [RoleName::SafetyRiskManager];
        people::member(&house.desk, op, ("oda", "Oda Own"), &roles, &Sight::of([own]))
            .expect("a member")
    });
    let bearer = format!("Bearer {}", owner.token);
    let cycle = json!({ "days": 30, "justification": "Visits" }).to_string();
    for (seen, status) in [("\"7\"", StatusCode::PRECONDITION_FAILED), ("\"1\"", StatusCode::OK)] {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("if-match", seen),
        ];
        let done = house.sent("POST", &place(&house, "cycle"), &headers, cycle.clone()).await;
        assert_eq!(done.status, status, "what is stated of one's own family: {}", done.text());
    }
    let bearer = format!("Bearer {}", narrow.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for path in ["use", "hazards", "risk-file"] {
        let found = house.sent("GET", &place(&house, path), &headers, "").await;
        assert_eq!(found.status, StatusCode::NOT_FOUND, "{path}: {}", found.text());
    }
    for (path, body) in [
        ("cycle", json!({ "days": 9, "justification": "x", "reason": "x" })),
        (
            "environments",
            json!({ "environment": "e", "description": "d", "network": "n", "reason": null }),
        ),
        ("environments/end", json!({ "environment": "e", "reason": "x" })),
    ] {
        let done = house.sent("POST", &place(&house, path), &headers, body.to_string()).await;
        assert!(done.status.is_client_error(), "{path}");
        assert_eq!(done.json()["code"], "unknown_id", "{path}: {}", done.text());
    }
    let file = format!("{}?file_name=x.csv", place(&house, "risk-file"));
    let sent = house.sent("POST", &file, &headers, FILE.to_owned()).await;
    assert_eq!(sent.json()["code"], "unknown_id", "{}", sent.text());
}
