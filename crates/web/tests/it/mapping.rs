//! Identities that the maker says mean one product, by API and page: what they would change, what they do change,
//! and how they are undone.

use crate::{
    house::House,
    signer::{Signer, five},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

const KIT: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"firmware","name":"Pump"}},
  "components":[{"type":"library","name":"Argument kit","version":"1.2.0"},
    {"type":"library","name":"Argument kit","version":"1.2.0","supplier":{"name":"Acme, Inc."}},
    {"type":"library","name":"Argument kit","version":"1.2.0","supplier":{"name":"Other"}}]}"#;

/// A second version with three kits, matched.
async fn with_kits(house: &House) -> String {
    let version = format!(r#"{{"product":"{}","label":"2.0"}}"#, house.product);
    let version = house.made("/api/v1/versions", &version).await;
    let sent = house.post(&format!("/api/v1/versions/{version}/sboms"), KIT).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
    house.matched();
    version
}

/// Suppliers of the components that have findings, and how many have no identity that is known.
async fn kits(house: &House, version: &str, more: &str) -> (Vec<String>, usize) {
    let path = format!("/api/v1/versions/{version}/components?{more}");
    let rows = house.get(&path).await.json();
    let rows = rows["items"].as_array().expect("components");
    let kits: Vec<&Value> =
        rows.iter().filter(|row| row["component"]["name"] == "Argument kit").collect();
    let supplier = |row: &&&Value| row["supplier"].as_str().unwrap_or("nobody").to_owned();
    let found = |row: &&&Value| row["coverage"]["findings"]["affected"] == 1;
    let open = kits.iter().filter(|row| row["coverage"]["code"] == "no_identity").count();
    (kits.iter().filter(found).map(|row| supplier(&row)).collect(), open)
}

fn wish(identities: &[&str], reason: &str) -> Value {
    json!({ "product": "Kit <b>", "identities": identities, "reason": reason })
}

async fn stands(house: &House) -> String {
    let standing = house.get("/api/v1/standing").await.json();
    standing["matching"]["state"].as_str().expect("a state").to_owned()
}

async fn row(house: &House, who: &Signer, id: &str) -> Value {
    who.get(house, &format!("/api/v1/mappings/{id}")).await.json()
}

#[tokio::test]
async fn a_mapping_is_tried_stated_and_withdrawn_and_findings_follow() {
    let house = House::built().await;
    let (people, version) = (five(&house), with_kits(&house).await);
    let before = house.entries();
    let (found, open) = kits(&house, &version, "").await;
    assert!(found.is_empty() && open == 3, "{found:?} {open}");

    // Tried: nothing is recorded, and only the kit of the one supplier is meant.
    let acme = ["supplier:ACME Inc:argument  kit", "pkg:npm/minimist@9"];
    let tried = json!({ "mapping": null, "product": "Kit", "identities": acme });
    let trial = people.ole.post(&house, "/api/v1/mappings/dry-run", &tried).await;
    assert_eq!(trial.status, StatusCode::OK, "{}", trial.text());
    let trial = trial.json();
    assert_eq!(trial["identities"], json!(["pkg:npm/minimist", "supplier:acme:argument kit"]));
    let touched = trial["components"].as_array().expect("components");
    let kit: Vec<&Value> =
        touched.iter().filter(|one| one["component"] == "Argument kit 1.2.0").collect();
    assert_eq!(kit.len(), 1, "{trial}");
    assert_eq!(kit[0]["found"], json!(["CVE-2021-44906: affected"]));
    assert_eq!(house.entries(), before, "a trial records nothing");

    // Who may not, and what cannot be stated.
    let wished = wish(&acme, "Letter of Acme.");
    let refused = people.siri.post(&house, "/api/v1/mappings", &wished).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    for (identities, reason, code) in [
        (&acme[..], "", "reason_missing"),
        (&["Argument kit", "pkg:npm/minimist"], "x", "identity_unreadable"),
        (&["pkg:npm/minimist@1", "pkg:npm/minimist@2"], "x", "identities_too_few"),
    ] {
        let refused = people.ole.post(&house, "/api/v1/mappings", &wish(identities, reason)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
        assert_eq!(refused.json()["code"], code);
    }
    assert_eq!(house.entries(), before);

    // Stated: SBOMs wait, and then the kit is affected and says by whose word.
    let made = people.ole.post(&house, "/api/v1/mappings", &wished).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(stands(&house).await, "behind");
    house.matched();
    assert_eq!(stands(&house).await, "caught_up");
    let (found, open) = kits(&house, &version, "").await;
    assert_eq!((found, open), (vec!["Acme, Inc.".to_owned()], 2), "the others are not meant");
    let findings = house.get(&format!("/api/v1/versions/{version}/findings")).await.text();
    assert!(findings.contains("CVE-2021-44906"), "{findings}");
    let page = house.get(&format!("/versions/{version}?tab=findings")).await.text();
    let start = page.find("/findings/").expect("a link to the finding");
    let address = page[..start].rfind('"').map(|quote| &page[quote + 1..]).expect("an address");
    let address = &address[..address.find('"').expect("its end")];
    let page = house.get(&address.replace("&amp;", "&")).await.text();
    assert!(page.contains(&format!("/mappings/{id}")), "{page}");
    // What was known then is not what is known now.
    let (found, open) = kits(&house, &version, &format!("as_of=entry:{before}")).await;
    assert!(found.is_empty() && open == 3, "{found:?} {open}");

    // Stated anew by somebody who did not see the newest.
    let one = row(&house, &people.ole, &id).await;
    assert_eq!((&one["entity_version"], &one["is_in_force"]), (&json!(1), &json!(true)));
    assert_eq!(one["history"][0]["reason"], "Letter of Acme.");
    let path = format!("/api/v1/mappings/{id}");
    let wider = wish(&["name:argument kit", acme[0], acme[1]], "Also without supplier.");
    let bearer = format!("Bearer {}", people.anna.token);
    let headers = |seen: &'static str| {
        [
            ("authorization", bearer.clone()),
            ("content-type", "application/json".to_owned()),
            ("if-match", seen.to_owned()),
        ]
    };
    for (seen, status) in [("\"7\"", StatusCode::PRECONDITION_FAILED), ("\"1\"", StatusCode::OK)] {
        let headers = headers(seen);
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = house.sent("POST", &path, &headers, wider.to_string()).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    house.matched();
    let (found, open) = kits(&house, &version, "").await;
    assert_eq!((found.len(), open), (3, 0), "a name counts where there is neither purl nor CPE");

    // Withdrawn: what it found is unknown again, not safe.
    let path = format!("{path}/withdraw");
    let refused = people.ole.post(&house, &path, &json!({ "reason": "" })).await;
    assert_eq!(refused.json()["code"], "reason_missing", "{}", refused.text());
    let gone = people.ole.post(&house, &path, &json!({ "reason": "It is another kit." })).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text());
    house.matched();
    let (found, open) = kits(&house, &version, "").await;
    assert!(found.is_empty() && open == 3, "{found:?} {open}");
    let one = row(&house, &people.ole, &id).await;
    let steps: Vec<&Value> =
        one["history"].as_array().expect("steps").iter().map(|step| &step["what"]).collect();
    assert_eq!(steps, ["withdrawn", "stated", "stated"]);
}

#[tokio::test]
async fn the_pages_show_try_and_keep_mappings() {
    let house = House::built().await;
    let (people, version) = (five(&house), with_kits(&house).await);
    let page = people.ole.get(&house, "/mappings").await.text();
    assert!(page.contains("Say what a component is"), "{page}");
    assert!(!people.siri.get(&house, "/mappings").await.text().contains("Say what a component is"));
    // Whoever may, is led there from a component that nobody knows, with the form filled in.
    let components = format!("/versions/{version}?tab=components");
    let link = "/mappings?product=Argument+kit&amp;identity=name%3Aargument+kit#state";
    let page = people.ole.get(&house, &components).await.text();
    assert!(page.contains(link) || page.contains(&link.replace('+', "%20")), "{page}");
    assert!(!people.siri.get(&house, &components).await.text().contains("Say what it is"));
    let page = people.ole.get(&house, "/mappings?product=Kit&identity=name%3AArgument%20kit").await;
    assert!(page.text().contains(">name:Argument kit</textarea>"), "{}", page.text());

    let made = people
        .ole
        .post(
            &house,
            "/api/v1/mappings",
            &wish(&["name:argument kit", "pkg:npm/minimist"], "It's <i> so"),
        )
        .await;
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    for path in ["/mappings".to_owned(), format!("/mappings/{id}")] {
        let page = people.ole.get(&house, &path).await.text();
        assert!(page.contains("Kit &lt;b&gt;") && page.contains("It's &lt;i&gt; so"), "{page}");
        let past =
            people.ole.get(&house, &format!("{path}?as_of=2026-03-02T23:00:00Z")).await.text();
        assert!(!past.contains("<textarea"), "nothing is stated in the past: {past}");
    }
    let nobody = people.ole.get(&house, "/mappings/map_00000000000000000000000000").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_product_alone_stays_unknown_where_another_sbom_lists_its_parts() {
    let house = House::built().await;
    let alone = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"firmware","name":"Box","version":"1"}}}"#;
    let whole = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"firmware","name":"Box","version":"1"}},
      "components":[{"type":"library","name":"minimist","version":"1.2.0","purl":"pkg:npm/minimist@1.2.0"}]}"#;
    let mut versions = Vec::new();
    for (label, sbom) in [("7", alone), ("8", whole)] {
        let version = format!(r#"{{"product":"{}","label":"{label}"}}"#, house.product);
        let version = house.made("/api/v1/versions", &version).await;
        let sent = house.post(&format!("/api/v1/versions/{version}/sboms"), sbom).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
        house.matched();
        versions.push(version);
    }
    let rows = house.get(&format!("/api/v1/versions/{}/components", versions[0])).await.json();
    assert_eq!(rows["items"][0]["coverage"]["state"], "not_covered", "{rows}");
}

#[tokio::test]
async fn showing_what_it_would_change_keeps_what_the_sender_had_seen() {
    let house = House::built().await;
    let form =
        [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let path = format!("/mappings/{}", house.mapping);
    let anew = json!({ "product": "Kit", "identities": ["name:kit 9", "cpe:example:kit"], "reason": "Letter." });
    let stated = house.post(&format!("/api/v1{path}"), &anew.to_string()).await;
    assert_eq!(stated.status, StatusCode::OK, "{}", stated.text());
    let body = |act: &str| {
        format!(
            "key=k{act}&entity_version=1&product=Old&identities=name%3Akit+7%0Acpe%3Aexample%3Akit&reason=Old&act={act}"
        )
    };
    let shown = house.sent("POST", &path, &form, body("try")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    assert!(shown.text().contains("name=\"entity_version\" value=\"1\""), "{}", shown.text());
    let late = house.sent("POST", &path, &form, body("state")).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text());
}

#[tokio::test]
async fn a_trial_follows_a_mapping_that_stands_already() {
    let house = House::built().await;
    let people = five(&house);
    with_kits(&house).await;
    let one = wish(&["name:argument kit", "recipe:argument-kit"], "Build.");
    let made = people.ole.post(&house, "/api/v1/mappings", &one).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let next = json!({ "mapping": null, "product": "Kit", "identities": ["recipe:argument-kit", "pkg:npm/minimist"] });
    let trial = people.ole.post(&house, "/api/v1/mappings/dry-run", &next).await.json();
    let touched = trial["components"].as_array().expect("components");
    let kits = touched.iter().filter(|one| one["component"] == "Argument kit 1.2.0");
    let found: Vec<&Value> = kits.map(|one| &one["found"]).collect();
    assert_eq!(found, [&json!(["CVE-2021-44906: affected"]); 3], "{trial}");
}
