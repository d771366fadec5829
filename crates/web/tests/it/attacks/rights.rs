//! Rights taken or stretched: other families, other roles, other people.

use super::{Browser, LEAD, SECOND, proposed};
use crate::{
    house::{Answer, House, apart},
    people::{api, look, narrow, open},
    server::{description, operations},
    signer::{Signer, digest, later, other_digest, password, signer},
};
use aftercare_domain::{access::Right, role::RoleName};
use axum::http::StatusCode;
use serde_json::json;

/// A family beside that of the house, and somebody who leads its security alone.
async fn beside(house: &House) -> (String, Signer) {
    let made = house.post("/api/v1/families", r#"{"name":"Imaging"}"#).await;
    let family = made.json()["id"].as_str().expect("an id").to_owned();
    let outsider = signer(house, ("ida", "Ida Image"), &[RoleName::Developer]);
    let roles = format!("/api/v1/people/{}", outsider.person);
    let admin = house.administrator.token.clone();
    let sheet = look(house, &admin, &roles).await.json();
    let grant = sheet["row"]["roles"][0]["id"].as_str().expect("a role").to_owned();
    let wish = json!({"role": LEAD, "standing": "holder", "families": [family.clone()]});
    let given = api(house, &admin, "POST", &format!("{roles}/roles"), &wish).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    let taken = api(house, &admin, "DELETE", &format!("{roles}/roles/{grant}"), &json!({})).await;
    assert_eq!(taken.status, StatusCode::OK);
    let token = apart(|| {
        let member = aftercare_testkit::people::Member {
            person: outsider.person,
            login: "ida".to_owned(),
            token: String::new(),
        };
        narrow(house, &member, &[Right::SeeRecord, Right::SeeDecisions, Right::TakePart])
    });
    (family, Signer { token, ..outsider })
}

#[tokio::test]
async fn a_part_of_the_record_never_passes_for_the_whole() {
    let house = House::built().await;
    let (_, ida) = beside(&house).await;
    let lead = signer(&house, ("lena", "Lena Lead"), &[RoleName::Developer]);
    for path in ["/", "/products", "/?q=CVE-2021-44228"] {
        let part = ida.get(&house, path).await;
        assert_eq!(part.status, StatusCode::OK, "{path}: {}", part.text());
        assert!(part.text().contains("You see a part of the record."), "{path}: {}", part.text());
        let whole = lead.get(&house, path).await;
        assert!(!whole.text().contains("You see a part of the record."), "{path}");
    }
}

#[tokio::test]
async fn an_answer_of_the_api_about_a_part_never_passes_for_the_whole() {
    let house = House::built().await;
    let (_, ida) = beside(&house).await;
    let lead = signer(&house, ("lena", "Lena Lead"), &[RoleName::ProductSecurityLead]);
    let seen = |answer: &Answer| {
        let sight = answer.headers.get("aftercare-sight");
        sight.map(|sight| sight.to_str().expect("text").to_owned())
    };
    let part = Some("part".to_owned());
    let described = description();
    let mut asked = 0;
    for (method, path) in operations() {
        let answers = described["paths"][&path][&method]["responses"].as_object().expect("answers");
        for (status, answer) in answers {
            let header = &answer["headers"]["Aftercare-Sight"];
            assert!(header.is_object(), "{method} {path} {status}: the description is silent");
        }
        if method == "get" {
            // Whatever it is: an answer, a refusal, or that nothing of the name is in sight.
            let address = house.question(&path);
            assert_eq!(seen(&ida.get(&house, &address).await), part, "{path}");
            let whole = lead.get(&house, &address).await;
            assert_eq!(seen(&whole), None, "{path}: {}", whole.status);
            asked += 1;
        }
    }
    assert!(asked > 30, "{asked} questions");
    let made = ida.post(&house, "/api/v1/rights/dry-run", &json!({})).await;
    assert_eq!(seen(&made), part, "{}", made.status);
    assert_eq!(seen(&ida.get(&house, "/api/v1/nowhere").await), part);
    assert_eq!(seen(&open(&house, "", "/api/v1").await), None, "nobody asks");
}

#[tokio::test]
async fn a_decision_of_another_family_by_its_identifier() {
    let house = House::built().await;
    let (_, ida) = beside(&house).await;
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    let wish = json!({
        "kind": "closure", "about": "CVE-2021-44906", "title": "Secret of Infusion", "statement": "It is so.",
        "families": [house.family], "circumstances": {
            "harm": null, "essential_performance": null, "uncontrolled": null, "product_class": null,
            "rests_on_reachability": null, "lowers_computed": false
        }
    });
    let made = anna.post(&house, "/api/v1/decisions", &wish).await;
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    later(&house, 31);
    let of = digest(&anna.get(&house, &format!("/api/v1/decisions/{id}")).await);
    let entries = house.entries();
    for path in ["", "/revise"] {
        let page = ida.get(&house, &format!("/decisions/{id}{path}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.text().contains("Secret of Infusion"));
    }
    for list in [
        "/decisions?only=all",
        "/api/v1/decisions?only=all",
        "/api/v1/decisions?about=CVE-2021-44906",
    ] {
        let page = ida.get(&house, list).await;
        assert!(!page.text().contains("Secret of Infusion"), "{list}");
    }
    let sign = json!({"role": LEAD, "digest": of, "password": password(), "code": ida.code(&house), "reason": "No"});
    for (what, body) in [
        ("signatures", &sign),
        ("refusals", &sign),
        ("versions", &wish),
        ("withdrawal", &json!({"reason": "x"})),
    ] {
        let path = format!("/api/v1/decisions/{id}/{what}");
        let answer = ida.post(&house, &path, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}: {}", answer.text());
    }
    for what in ["sign", "refuse", "withdraw"] {
        let body = format!("key=k{what}&reason=x");
        let body = if what == "withdraw" {
            body
        } else {
            format!("{body}&role={LEAD}&of={of}{}", ida.proofs(&house))
        };
        let answer = ida.form(&house, &format!("/decisions/{id}/{what}"), &body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}: {}", answer.text());
    }
    assert_eq!(house.entries(), entries, "a decision out of sight was changed");
    // And none is made for families out of sight.
    for families in [json!(null), json!([house.family])] {
        let mut wish = wish.clone();
        wish["families"] = families;
        let answer = ida.post(&house, "/api/v1/decisions", &wish).await;
        assert!(answer.status.is_client_error(), "{}", answer.text());
    }
    assert_eq!(house.entries(), entries);
}

#[tokio::test]
async fn a_decision_carried_off_to_another_family_by_a_new_version() {
    let house = House::built().await;
    let (family, ida) = beside(&house).await;
    // She sees the family of the house too, and has nothing to decide there.
    let roles = format!("/api/v1/people/{}/roles", ida.person);
    let wish = json!({"role": "field_service", "standing": "holder", "families": [house.family]});
    let given = api(&house, &house.administrator.token, "POST", &roles, &wish).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    let anna = signer(&house, ("anna", "Anna Berg"), &[RoleName::ProductSecurityLead]);
    let mut wish = json!({
        "kind": "closure", "about": "CVE-2021-44906", "title": "Of Infusion", "statement": "It is so.",
        "families": [house.family], "circumstances": {
            "harm": null, "essential_performance": null, "uncontrolled": null, "product_class": null,
            "rests_on_reachability": null, "lowers_computed": false
        }
    });
    let made = anna.post(&house, "/api/v1/decisions", &wish).await;
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/decisions/{id}/versions");
    wish["families"] = json!([family]);
    let carried = ida.post(&house, &path, &wish).await;
    assert_eq!(carried.json()["code"], "may_not_propose", "{}", carried.text());
    wish["families"] = json!([house.family, "fam_00000000000000000000000000"]);
    let strange = anna.post(&house, &path, &wish).await;
    assert_eq!(strange.json()["code"], "unknown_id", "{}", strange.text());
}

#[tokio::test]
async fn an_administrator_who_decides_or_gives_himself_the_power() {
    let house = House::built().await;
    let admin = house.administrator.token.clone();
    let entries = house.entries();
    let id = house.decision.clone();
    for (method, path, body) in [
        ("POST", "/api/v1/decisions".to_owned(), json!({})),
        ("POST", format!("/api/v1/decisions/{id}/signatures"), json!({})),
        ("POST", format!("/api/v1/decisions/{id}/refusals"), json!({})),
        ("POST", format!("/api/v1/decisions/{id}/versions"), json!({})),
        ("POST", format!("/api/v1/decisions/{id}/withdrawal"), json!({})),
        ("POST", "/api/v1/delegations".to_owned(), json!({})),
        ("POST", "/api/v1/rights/dry-run".to_owned(), json!({})),
        ("POST", format!("/api/v1/people/{}/overrides", house.worker.person), json!({})),
    ] {
        let answer = api(&house, &admin, method, &path, &body).await;
        assert_eq!(answer.json()["code"], "right_missing", "{path}: {}", answer.text());
    }
    for path in ["/decisions/new", "/rights/closure", "/delegations/new", "/products", "/ledger"] {
        assert_eq!(look(&house, &admin, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let own = format!("/api/v1/people/{}", house.administrator.person);
    let role = json!({"role": LEAD, "standing": "holder", "families": null});
    let given = api(&house, &admin, "POST", &format!("{own}/roles"), &role).await;
    assert_eq!(given.json()["code"], "own_role");
    let trained = json!({"role": "quality", "subject": "C", "on": "2026-11-20", "until": "2027-11-20", "evidence": null});
    let trained = api(&house, &admin, "POST", &format!("{own}/trainings"), &trained).await;
    assert_eq!(trained.json()["code"], "own_training");
    let gone =
        api(&house, &admin, "POST", &format!("{own}/suspension"), &json!({"reason": "x"})).await;
    assert_eq!(gone.json()["code"], "own_account");
    assert_eq!(house.entries(), entries);
}

#[tokio::test]
async fn two_invented_signers_who_vouch_for_each_other() {
    let house = House::built().await;
    let admin = house.administrator.token.clone();
    let quality = signer(&house, ("greta", "Greta Quell"), &[RoleName::Quality]);
    let mut invented = Vec::new();
    for login in ["fake.one", "fake.two"] {
        let (browser, person) = Browser::new(&house, login).await;
        let role = json!({"role": "executive", "standing": "holder", "families": null});
        let given =
            api(&house, &admin, "POST", &format!("/api/v1/people/{person}/roles"), &role).await;
        assert_eq!(given.status, StatusCode::CREATED);
        invented.push((browser, person));
    }
    let how = [("key", "k"), ("how", "I know them")];
    let each = invented[0].0.send(&format!("/people/{}/identity", invented[1].1), &how).await;
    assert_eq!(each.status, StatusCode::UNPROCESSABLE_ENTITY, "an invented person vouched");
    assert!(each.text().contains("Greta Quell"), "{}", each.text());
    let path = format!("/api/v1/people/{}/identity", invented[1].1);
    let creator = api(&house, &admin, "POST", &path, &json!({"how": "I made them"})).await;
    assert_eq!(creator.json()["code"], "identity_by_creator", "{}", creator.text());
    let vouched = quality.post(&house, &path, &json!({"how": "Pass shown"})).await;
    assert_eq!(vouched.status, StatusCode::OK, "{}", vouched.text());
}

#[tokio::test]
async fn one_person_in_two_places_and_a_role_handed_round() {
    let house = House::built().await;
    let both = [RoleName::ProductSecurityLead, RoleName::Quality];
    let anna = signer(&house, ("anna", "Anna Berg"), &both);
    let delegate = {
        let siri = signer(&house, ("siri", "Siri Dahl"), &[RoleName::SafetyRiskManager]);
        apart(|| crate::signer::train(&house, siri.person, RoleName::ProductSecurityLead));
        siri
    };
    let id = proposed(&house, &anna).await;
    assert_eq!(anna.sign(&house, &id, "quality").await.status, StatusCode::CREATED);
    let twice = anna.sign(&house, &id, LEAD).await;
    assert_eq!(twice.json()["code"], "signed_already", "{}", twice.text());
    // Another digest than that of the newest version is signed by nobody.
    later(&house, 31);
    let body = json!({"role": LEAD, "digest": other_digest(), "password": password(), "code": delegate.code(&house), "reason": null});
    let other = delegate.post(&house, &format!("/api/v1/decisions/{id}/signatures"), &body).await;
    assert_eq!(other.json()["code"], "another_version", "{}", other.text());
    // What was handed over is not handed on, nor back.
    let held = apart(|| house.desk.own_roles(anna.person).expect("reads"));
    let lead = held.iter().find(|one| one.code == LEAD).expect("held").id;
    later(&house, 31);
    let body = format!("key=d1&grant={lead}&to={}&days=9{}", delegate.person, anna.proofs(&house));
    assert_eq!(anna.form(&house, "/delegations", &body).await.status, StatusCode::SEE_OTHER);
    later(&house, 31);
    let wish = json!({
        "to": anna.person.to_string(), "role": LEAD, "families": null,
        "begins": house.begin().at.to_string(),
        "ends": house.begin().at.plus_micros(86_400 * SECOND).to_string(),
        "password": password(), "code": delegate.code(&house)
    });
    let back = delegate.post(&house, "/api/v1/delegations", &wish).await;
    assert_eq!(back.json()["code"], "not_holder", "{}", back.text());
}
