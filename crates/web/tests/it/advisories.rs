//! Advisories by pages and API: drafted from a case, approved to the byte, published, seen by everybody.

use crate::{
    house::{Answer, House, apart},
    signer::{Signer, signer},
};
use aftercare_desk::Publisher;
use aftercare_domain::{access::Right, role::RoleName};
use aftercare_vocab::digest::Digest;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

/// A house with people who publish, and a case about its version.
pub struct Desk {
    pub house: House,
    pub anna: Signer,
    pub carl: Signer,
    pub rita: Signer,
    pub ole: Signer,
    pub case: String,
}

pub async fn desk() -> Desk {
    let house = House::built().await;
    let one = |login, name, role| signer(&house, (login, name), &[role]);
    let anna = one("anna", "Anna Berg", RoleName::ProductSecurityLead);
    let carl = one("carl", "Carl Lie", RoleName::Communications);
    let rita = one("rita", "Rita Moe", RoleName::RegulatoryAffairs);
    let ole = one("ole", "Ole Moe", RoleName::SecurityAnalyst);
    let case = house.case.clone();
    let desk = Desk { house, anna, carl, rita, ole, case };
    let mut versions = json!({});
    versions[&desk.house.version] = Value::Null;
    desk.fact(&desk.ole, &json!({"applicability": {"versions": versions, "applies": "affected", "statement": "It is in there."}}))
        .await;
    desk
}

pub fn texts() -> Value {
    json!({"title": "A remote user can stop the pump", "summary": "Whoever reaches port 9100 can stop it.",
        "impact": "An infusion may stop.", "action": "Keep it in a network of its own.", "controls": "",
        "fix": "A fix is being made; we write again."})
}

impl Desk {
    pub async fn fact(&self, who: &Signer, fact: &Value) {
        let place = format!("/api/v1/cases/{}/facts", self.case);
        let body = json!({"fact": fact, "reason": "as seen"});
        let answer = who.post(&self.house, &place, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }

    pub async fn drafted(&self, audience: &str, texts: &Value) -> String {
        let place = format!("/api/v1/cases/{}/advisories", self.case);
        let body = json!({"audience": audience, "texts": texts});
        let answer = self.ole.post(&self.house, &place, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    async fn sheet(&self, id: &str) -> Value {
        let answer = self.ole.get(&self.house, &format!("/api/v1/advisories/{id}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    pub async fn step(&self, who: &Signer, id: &str, what: &str, version: u64) -> Answer {
        let place = format!("/api/v1/advisories/{id}/{what}");
        who.post(&self.house, &place, &json!({"version": version})).await
    }

    /// Proposes a version and has everybody sign.
    async fn approved(&self, id: &str, version: u64) -> String {
        let made = self.step(&self.anna, id, "decision", version).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let decision = made.json()["id"].as_str().expect("an id").to_owned();
        self.signed(&decision).await;
        decision
    }

    async fn signed(&self, decision: &str) {
        for (who, role) in [
            (&self.carl, "communications"),
            (&self.rita, "regulatory_affairs"),
            (&self.anna, "product_security_lead"),
        ] {
            let signed = who.sign(&self.house, decision, role).await;
            assert_eq!(signed.status, StatusCode::CREATED, "{role}: {}", signed.text());
        }
    }

    /// As somebody without an account.
    pub async fn outside(&self, path: &str) -> Answer {
        let request = Request::get(path).header("host", "127.0.0.1:8080");
        self.house.send_as_it_is(request.body(Body::empty()).expect("a request")).await
    }

    async fn nothing_outside(&self, number: &str) {
        let list = self.outside("/advisories").await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(!list.text().contains("PSA-2026-0002"), "{}", list.text());
        let file = number.to_lowercase();
        for path in [number.to_owned(), format!("{file}.json"), format!("{file}.openvex.json")] {
            let answer = self.outside(&format!("/advisories/{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.text().contains("pump"), "{}", answer.text());
        }
    }
}

pub fn code(answer: &Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_goes_out_is_what_was_signed_and_nothing_goes_out_before() {
    let desk = desk().await;
    let id = desk.drafted("public", &texts()).await;
    let sheet = desk.sheet(&id).await;
    assert_eq!(
        (&sheet["row"]["number"], &sheet["row"]["stage"]),
        (&json!("PSA-2026-0002"), &json!("draft"))
    );
    assert_eq!(sheet["shown"]["standings"][0]["status"], "affected");
    let names: Vec<&str> = sheet["shown"]["documents"]
        .as_array()
        .expect("documents")
        .iter()
        .map(|one| one["name"].as_str().expect("a name"))
        .collect();
    let cdx = format!("psa-2026-0002.{}.cdx.json", desk.house.version.to_lowercase());
    assert_eq!(
        names,
        ["psa-2026-0002.txt", "psa-2026-0002.json", "psa-2026-0002.openvex.json", cdx.as_str()]
    );
    desk.nothing_outside("PSA-2026-0002").await;
    assert_eq!(code(&desk.step(&desk.anna, &id, "publication", 1).await), "approval_missing");

    let made = desk.step(&desk.anna, &id, "decision", 1).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(code(&desk.step(&desk.anna, &id, "decision", 1).await), "proposed_already");
    assert_eq!(code(&desk.step(&desk.anna, &id, "publication", 1).await), "approval_open");
    assert_eq!(desk.sheet(&id).await["row"]["stage"], "in_review");
    let decision = made.json()["id"].as_str().expect("an id").to_owned();
    desk.signed(&decision).await;
    assert_eq!(desk.sheet(&id).await["row"]["stage"], "approved");
    desk.nothing_outside("PSA-2026-0002").await;

    // Whatever is changed after that needs its own approval.
    let mut other = texts();
    other["action"] = json!("Unplug it.");
    let place = format!("/api/v1/advisories/{id}/versions");
    let body = json!({"change": "Unplug.", "texts": other});
    let again = desk.ole.post(&desk.house, &place, &body).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.text());
    assert_eq!(code(&desk.step(&desk.anna, &id, "publication", 1).await), "another_version");
    assert_eq!(code(&desk.step(&desk.anna, &id, "publication", 2).await), "altered_since");
    desk.nothing_outside("PSA-2026-0002").await;

    let decision = desk.approved(&id, 2).await;
    let done = desk.step(&desk.carl, &id, "publication", 2).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert_eq!(code(&desk.step(&desk.carl, &id, "publication", 2).await), "published_already");
    let list = desk.outside("/advisories").await.text();
    assert!(list.contains("PSA-2026-0002") && list.contains("psa-2026-0002.json"), "{list}");
    let page = desk.outside("/advisories/psa-2026-0002").await.text();
    for words in ["Unplug it.", "An infusion may stop.", "Affected", "Revision 1", "CVE-2021-44906"]
    {
        assert!(page.contains(words), "no `{words}` in {page}");
    }
    assert!(!page.contains("Ole Moe") && !page.contains("PMC-"), "nothing of the record: {page}");

    // Each document is served as the decision names it.
    let statement =
        desk.anna.get(&desk.house, &format!("/api/v1/decisions/{decision}")).await.json();
    let statement = statement["versions"][0]["statement"].as_str().expect("words").to_owned();
    for name in names {
        let served = desk.outside(&format!("/advisories/{name}")).await;
        assert_eq!(served.status, StatusCode::OK, "{name}");
        let digest = Digest::of(&served.bytes);
        assert!(statement.contains(&format!("{name}: {digest}")), "{name} in {statement}");
    }
    let csaf = desk.outside("/advisories/psa-2026-0002.json").await;
    assert_eq!(csaf.headers["content-type"], "application/json");
    assert_eq!(csaf.json()["document"]["tracking"]["version"], "1");
    valid(&csaf.json());

    let page = desk.ole.get(&desk.house, &format!("/cases/{}", desk.case)).await.text();
    assert!(page.contains("PSA-2026-0002") && page.contains("Published"), "{page}");
    let verified = apart(|| desk.house.desk.register().verify().expect("verifies"));
    assert!(verified.holds(), "{:?}", verified.differences);
}

#[tokio::test]
async fn the_page_of_a_decision_names_the_document_that_it_lets_out() {
    let desk = desk().await;
    let id = desk.drafted("public", &texts()).await;
    let made = desk.step(&desk.anna, &id, "decision", 1).await;
    let decision = made.json()["id"].as_str().expect("an id").to_owned();
    let shown = desk.rita.get(&desk.house, &format!("/api/v1/decisions/{decision}")).await.json();
    let document = &shown["versions"][0]["document"];
    assert_eq!(
        document["advisory"],
        json!({"id": id, "number": "PSA-2026-0002", "version": 1, "title": texts()["title"]})
    );
    let page = desk.rita.get(&desk.house, &format!("/decisions/{decision}")).await.text();
    let digest = document["digest"].as_str().expect("a digest");
    for words in [digest, "What it lets out", &format!("/advisory-drafts/{id}?version=1")] {
        assert!(page.contains(words), "no `{words}` in {page}");
    }
    let other = desk.house.decision.clone();
    let plain = desk.rita.get(&desk.house, &format!("/decisions/{other}")).await.text();
    assert!(!plain.contains("What it lets out"), "{plain}");
}

#[tokio::test]
async fn publishing_to_everybody_discloses_once_and_telling_customers_discloses_nothing() {
    for (audience, wanted) in [("public", 1), ("customers", 0)] {
        let desk = desk().await;
        let id = desk.drafted(audience, &texts()).await;
        let disclosed = async || {
            let sheet = desk.ole.get(&desk.house, &format!("/api/v1/cases/{}", desk.case)).await;
            let sheet = sheet.json();
            let said = sheet["said"].as_array().expect("facts").clone();
            said.into_iter().filter(|one| one[0] == "disclosed").collect::<Vec<_>>()
        };
        // Of those who sign for the public, some sign for customers.
        let approve = async |version| {
            let proposer = if audience == "public" { &desk.anna } else { &desk.carl };
            let made = desk.step(proposer, &id, "decision", version).await;
            assert_eq!(made.status, StatusCode::CREATED, "{audience}: {}", made.text());
            let decision = made.json()["id"].as_str().expect("an id").to_owned();
            desk.carl.sign(&desk.house, &decision, "communications").await;
            desk.rita.sign(&desk.house, &decision, "regulatory_affairs").await;
            desk.anna.sign(&desk.house, &decision, "product_security_lead").await;
        };
        approve(1).await;
        assert!(disclosed().await.is_empty(), "approved is not published");
        let done = desk.step(&desk.carl, &id, "publication", 1).await;
        assert_eq!(done.status, StatusCode::OK, "{audience}: {}", done.text());
        let said = disclosed().await;
        assert_eq!(said.len(), wanted, "{audience}: {said:?}");
        if let Some(one) = said.first() {
            assert_eq!(one[1]["by"], "Carl Lie");
            assert!(one[1]["details"].to_string().contains("PSA-2026-0002, version 1"), "{one}");
        }
        let place = format!("/api/v1/advisories/{id}/versions");
        let mut other = texts();
        other["action"] = json!("Unplug it.");
        let body = json!({"change": "Unplug.", "texts": other});
        let drafted = desk.ole.post(&desk.house, &place, &body).await;
        assert_eq!(drafted.status, StatusCode::CREATED, "{audience}: {}", drafted.text());
        approve(2).await;
        let done = desk.step(&desk.carl, &id, "publication", 2).await;
        assert_eq!(done.status, StatusCode::OK, "{audience}: {}", done.text());
        assert_eq!(disclosed().await.len(), wanted, "a second version discloses nothing anew");
    }
}

#[tokio::test]
async fn a_decision_leads_to_its_advisory_for_those_alone_who_may_see_the_case() {
    let desk = desk().await;
    let id = desk.drafted("customers", &texts()).await;
    let made = desk.step(&desk.carl, &id, "decision", 1).await;
    let decision = made.json()["id"].as_str().expect("an id").to_owned();
    let narrow = desk.rita.narrowed(&desk.house, &[Right::SeeDecisions]);
    for (who, sees) in [(&desk.rita, true), (&narrow, false)] {
        let sheet = who.get(&desk.house, &format!("/api/v1/decisions/{decision}")).await.json();
        let document = &sheet["versions"][0]["document"];
        assert!(document["digest"].is_string(), "{sheet}");
        assert_eq!(document["advisory"].is_object(), sees, "{document}");
        let text = sheet.to_string();
        assert_eq!(text.contains(&id), sees, "{text}");
    }
}

#[tokio::test]
async fn an_embargo_and_a_withdrawal_take_it_from_the_public_and_a_change_of_the_case_stops_it() {
    let desk = desk().await;
    let id = desk.drafted("public", &texts()).await;
    desk.approved(&id, 1).await;
    let embargo =
        json!({"embargo": {"until": null, "people": [desk.ole.person, desk.carl.person]}});
    desk.fact(&desk.anna, &embargo).await;
    assert_eq!(code(&desk.step(&desk.anna, &id, "publication", 1).await), "embargo");
    let hidden = desk.rita.get(&desk.house, &format!("/api/v1/advisories/{id}")).await;
    assert_eq!(
        hidden.status,
        StatusCode::NOT_FOUND,
        "under embargo only who needs to know sees it"
    );
    desk.fact(&desk.anna, &json!({"embargo": null})).await;

    // What the case says of a version changed after the draft was approved.
    let mut versions = json!({});
    versions[&desk.house.version] = Value::Null;
    let say = |applies: &str| json!({"applicability": {"versions": versions, "applies": applies, "statement": "Looked again."}});
    desk.fact(&desk.ole, &say("under_investigation")).await;
    assert_eq!(code(&desk.step(&desk.anna, &id, "publication", 1).await), "standing_changed");
    desk.fact(&desk.ole, &say("affected")).await;
    let done = desk.step(&desk.anna, &id, "publication", 1).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert_eq!(desk.outside("/advisories/PSA-2026-0002").await.status, StatusCode::OK);

    desk.fact(&desk.anna, &embargo).await;
    desk.nothing_outside("PSA-2026-0002").await;
    desk.fact(&desk.anna, &json!({"embargo": null})).await;
    assert_eq!(desk.outside("/advisories/psa-2026-0002.json").await.status, StatusCode::OK);
    // A question about the past shows nothing that is not public now.
    let past = desk.outside("/advisories?as_of=entry:5").await;
    assert!(past.text().contains("PSA-2026-0002"));

    let place = format!("/api/v1/advisories/{id}/withdrawal");
    let done = desk.anna.post(&desk.house, &place, &json!({"reason": "It was wrong."})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    desk.nothing_outside("PSA-2026-0002").await;
    assert_eq!(code(&desk.step(&desk.anna, &id, "publication", 1).await), "advisory_withdrawn");
}

#[tokio::test]
async fn what_is_for_customers_is_never_public_and_is_approved_as_a_notification() {
    let desk = desk().await;
    let id = desk.drafted("customers", &texts()).await;
    let made = desk.step(&desk.carl, &id, "decision", 1).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let decision = made.json()["id"].as_str().expect("an id").to_owned();
    let kind = desk.anna.get(&desk.house, &format!("/api/v1/decisions/{decision}")).await.json();
    assert_eq!(kind["row"]["kind"], "notification");
    for (who, role) in [(&desk.anna, "product_security_lead"), (&desk.rita, "regulatory_affairs")] {
        let signed = who.sign(&desk.house, &decision, role).await;
        assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text());
    }
    let done = desk.step(&desk.carl, &id, "publication", 1).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    desk.nothing_outside("PSA-2026-0002").await;
}

#[tokio::test]
async fn the_form_shows_what_is_wrong_with_its_places_and_every_text_is_only_text() {
    let desk = desk().await;
    let place = format!("/cases/{}/advisories", desk.case);
    let begun = desk.ole.get(&desk.house, &format!("{place}/new?audience=public")).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    assert!(begun.text().contains("kit again"), "prefilled: {}", begun.text());
    let hostile = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%26";
    let fields = |step: &str, text: &str| {
        format!(
            "key=k&step={step}&audience=public&title={text}&summary={text}&impact={text}&action={text}&controls={text}&fix={text}"
        )
    };
    let entries = desk.house.entries();
    let look = desk.ole.form(&desk.house, &place, &fields("look", hostile)).await;
    assert_eq!(look.status, StatusCode::OK, "{}", look.text());
    assert!(look.text().contains("As it would go out") && !look.text().contains("<script>alert"));
    assert_eq!(desk.house.entries(), entries, "to look keeps nothing");
    let turned = desk.ole.form(&desk.house, &place, &fields("keep", "a%E2%80%AEb")).await;
    assert_eq!(turned.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", turned.text());
    let missing = desk.ole.form(&desk.house, &place, &fields("keep", "")).await;
    assert!(missing.text().contains("is empty"), "{}", missing.text());
    // U+2028 passes the record's own rules for texts, and no document can hold it.
    let unseen = desk.ole.form(&desk.house, &place, &fields("keep", "a%E2%80%A8b")).await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unseen.text());
    assert!(unseen.text().contains("It cannot go out like this"), "{}", unseen.text());
    assert!(unseen.text().contains("summary"), "with its place: {}", unseen.text());
    assert_eq!(desk.house.entries(), entries);

    let kept = desk.ole.form(&desk.house, &place, &fields("keep", hostile)).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let sheet = kept.headers["location"].to_str().expect("an address").to_owned();
    let id = sheet.rsplit('/').next().expect("an id").to_owned();
    desk.approved(&id, 1).await;
    let done = desk.carl.form(&desk.house, &format!("{sheet}/publish"), "key=k&version=1").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let file = format!("{sheet}/files/1/psa-2026-0002.json");
    let taken = desk.ole.get(&desk.house, &file).await;
    assert!(taken.headers["content-disposition"].to_str().expect("text").starts_with("attachment"));
    let public = desk.outside("/advisories/PSA-2026-0002").await;
    let inside = desk.ole.get(&desk.house, &sheet).await;
    let list = desk.outside("/advisories").await;
    for page in [public, inside, list] {
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text().contains("<script>alert"), "{}", page.text());
        assert!(page.text().contains("&lt;script&gt;alert"), "{}", page.text());
    }
    let csaf = desk.outside("/advisories/psa-2026-0002.json").await;
    assert_eq!(csaf.bytes, taken.bytes);
    assert_eq!(csaf.json()["document"]["title"], "<script>alert(1)</script>\"'&");
    valid(&csaf.json());
}

#[tokio::test]
async fn without_a_publisher_nothing_is_drafted_and_the_next_step_is_told() {
    let desk = desk().await;
    let house = desk.house.publishing(Publisher::default());
    let place = format!("/api/v1/cases/{}/advisories", desk.case);
    let body = json!({"audience": "public", "texts": texts()});
    let refused = desk.ole.post(&house, &place, &body).await;
    assert_eq!(code(&refused), "publisher_missing", "{}", refused.text());
    assert!(refused.text().contains("publisher.namespace"));
}

/// Against the published schema, where ../shared is there.
fn valid(csaf: &Value) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/conformance/schemas/csaf-2.0");
    if !folder.is_dir() {
        #[allow(clippy::print_stderr, reason = "a test that is left out says so")]
        {
            eprintln!("NOT RUN: ../shared/data is not there");
        }
        return;
    }
    let read = |path: String| -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(path)).expect("a schema")).expect("JSON")
    };
    let mut registry = jsonschema::Registry::new();
    for version in ["2.0", "3.0", "3.1"] {
        let file = format!("cvss-v{version}.json");
        let schema = read(format!("referenced_schema/first/{file}"));
        registry =
            registry.add(format!("https://www.first.org/cvss/{file}"), schema).expect("an address");
    }
    let registry = registry.prepare().expect("schemas");
    let schema = read("json_schema/csaf_json_schema.json".to_owned());
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .with_registry(&registry)
        .build(&schema)
        .expect("a schema");
    let wrong: Vec<String> = validator
        .iter_errors(csaf)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}
