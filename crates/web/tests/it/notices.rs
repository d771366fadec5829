//! Notices by pages and API: who is concerned, what goes by hand and by mail, and what customers acknowledge.

use crate::{
    advisories::{Desk, code, desk, texts},
    house::{Answer, House, apart},
};
use aftercare_desk::{MailServer, Mailbox, Mailing, Posted, Protection};
use aftercare_domain::Channel;
use aftercare_vocab::{digest::Digest, instant::Instant};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc};

/// An advisory for customers that is out.
async fn out(desk: &Desk) -> String {
    let id = desk.drafted("customers", &texts()).await;
    approve(desk, &id, 1).await;
    id
}

async fn approve(desk: &Desk, id: &str, version: u64) {
    let made = desk.step(&desk.carl, id, "decision", version).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let decision = made.json()["id"].as_str().expect("an id").to_owned();
    for (who, role) in [(&desk.anna, "product_security_lead"), (&desk.rita, "regulatory_affairs")] {
        let signed = who.sign(&desk.house, &decision, role).await;
        assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text());
    }
    let done = desk.step(&desk.carl, id, "publication", version).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
}

impl Desk {
    async fn notices(&self, id: &str) -> Value {
        let answer = self.ole.get(&self.house, &format!("/api/v1/advisories/{id}/notices")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    async fn issue(&self, id: &str, version: u64) -> Answer {
        let place = format!("/api/v1/advisories/{id}/notices");
        self.carl.post(&self.house, &place, &json!({"version": version})).await
    }

    async fn told(&self, id: &str, exceptions: Option<&str>) -> Answer {
        let place = format!("/api/v1/advisories/{id}/told");
        self.carl.post(&self.house, &place, &json!({"exceptions": exceptions})).await
    }

    async fn letter(&self, notice: &str) -> String {
        let place = format!("/api/v1/notices/{notice}/letter");
        let answer = self.carl.get(&self.house, &place).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.text()
    }

    async fn outside_form(&self, path: &str) -> Answer {
        let request = Request::post(path)
            .header("host", "127.0.0.1:8080")
            .header("origin", "http://127.0.0.1:8080")
            .header("content-type", "application/x-www-form-urlencoded");
        self.house.send_as_it_is(request.body(Body::empty()).expect("a request")).await
    }
}

fn first(sheet: &Value) -> &Value {
    &sheet["customers"]["items"][0]
}

fn id_of(sheet: &Value) -> String {
    first(sheet)["notices"][0]["id"].as_str().expect("a notice").to_owned()
}

/// Why each device of the first customer is concerned, and whether a notice names it.
fn concerns(sheet: &Value) -> Vec<(&str, bool)> {
    let devices = first(sheet)["devices"].as_array().expect("devices").iter();
    devices
        .map(|one| {
            let concern = one["concern"].as_str().expect("said");
            (concern, one["in_notice"].as_bool().expect("said"))
        })
        .collect()
}

/// The path of the address in a letter.
fn link(letter: &str) -> String {
    let line = letter.lines().find(|line| line.contains("/notices/")).expect("an address");
    line.trim().strip_prefix("https://device.example").expect("the origin").to_owned()
}

#[tokio::test]
async fn a_letter_goes_by_hand_and_is_acknowledged_by_its_address_once() {
    let desk = desk().await;
    let id = out(&desk).await;
    let sheet = desk.notices(&id).await;
    assert_eq!(
        sheet["totals"],
        json!({"concerned": 1, "not_told": 1, "waiting": 0, "unknown": 0, "told": 0, "acknowledged": 0})
    );
    // A unit whose version nobody knows is named, never left out.
    assert_eq!(concerns(&sheet), [("version_unknown", false), ("stated", false)]);
    assert_eq!(code(&desk.told(&id, None).await), "nobody_told");

    let place = format!("/api/v1/advisories/{id}/notices");
    let body = json!({"version": 1});
    let issued = desk.ole.post_keyed(&desk.house, &place, &body, Some("once")).await;
    assert_eq!(issued.status, StatusCode::CREATED, "an analyst keeps advisories too");
    let entries = desk.house.entries();
    let again = desk.ole.post_keyed(&desk.house, &place, &body, Some("once")).await;
    assert_eq!((again.status, again.bytes), (issued.status, issued.bytes), "once for its key");
    assert_eq!(desk.house.entries(), entries);
    let refused = desk.rita.post(&desk.house, &place, &json!({"version": 1})).await;
    assert!(matches!(refused.status, StatusCode::FORBIDDEN | StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(code(&desk.issue(&id, 1).await), "nobody_chosen", "everybody was issued one");
    let sheet = desk.notices(&id).await;
    let notice = id_of(&sheet);
    assert_eq!((&first(&sheet)["reach"], &sheet["by_mail"]), (&json!("waiting"), &json!(false)));
    assert_eq!(code(&desk.told(&id, None).await), "nobody_told", "it waits to go");

    let letter = desk.letter(&notice).await;
    for words in [
        "To: St. Brigid's Hospital",
        "Pump <b> 1.0: 1 device, at Ward 9",
        "Pump <b>, software version not known to us: please check: 1 device, at Ward 9",
        "Whoever reaches port 9100 can stop it.",
        "An infusion may stop.",
        "Keep it in a network of its own.",
        "A fix is being made; we write again.",
        "We will write to you again when this changes.",
        "psirt@device.example",
    ] {
        let unwrapped = letter.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(words), "no `{words}` in {letter}");
    }
    // The secret of the address is nowhere in the record as it is.
    let link = link(&letter);
    let secret = link.rsplit('/').next().expect("a secret");
    assert_eq!(desk.house.holding(secret.as_bytes()), Vec::<String>::new());
    assert_eq!(
        desk.house.holding(b"Whoever reaches port 9100 can stop it.\n\nAn"),
        Vec::<String>::new()
    );

    let step = format!("/api/v1/notices/{notice}/step");
    let gone = desk.carl.post(&desk.house, &step, &json!({"step": "handed_over"})).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text());
    let gone = desk.carl.post(&desk.house, &step, &json!({"step": "handed_over"})).await;
    assert_eq!(code(&gone), "step_impossible");
    let other = desk.carl.post(&desk.house, &step, &json!({"step": "trying"})).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert_eq!(first(&desk.notices(&id).await)["reach"], "told");

    let seen = desk.outside(&link).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text());
    assert!(seen.text().contains("We have read this notice"), "{}", seen.text());
    assert!(seen.text().contains("An infusion may stop."), "{}", seen.text());
    assert!(!seen.text().contains("PMC-") && !seen.text().contains("Ole Moe"), "{}", seen.text());
    assert_eq!(first(&desk.notices(&id).await)["reach"], "told", "looking confirms nothing");
    let done = desk.outside_form(&link).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let entries = desk.house.entries();
    assert_eq!(desk.outside_form(&link).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.house.entries(), entries, "once");
    assert!(desk.outside(&link).await.text().contains("Confirmed."));
    let wrong = format!("/notices/{}", "A".repeat(43));
    for path in [wrong.as_str(), "/notices/short"] {
        let missing = desk.outside(path).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(missing.text().contains("no notice under this address"), "{}", missing.text());
        assert_eq!(desk.outside_form(path).await.status, StatusCode::NOT_FOUND);
    }

    let told = desk.told(&id, None).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let case = desk.ole.get(&desk.house, &format!("/cases/{}", desk.case)).await.text();
    assert!(case.contains("1 consignee"), "the case knows it: {case}");
    let page = desk.ole.get(&desk.house, &format!("/advisory-drafts/{id}/notices")).await.text();
    assert!(
        page.contains("Acknowledged") && page.contains("by the address in the letter"),
        "{page}"
    );
    assert!(!page.contains("Saoirse"), "contacts are for those who may see them");
    let verified = apart(|| desk.house.desk.register().verify().expect("verifies"));
    assert!(verified.holds(), "{:?}", verified.differences);
}

#[tokio::test]
async fn a_new_version_is_told_anew_and_an_embargo_or_another_maker_is_told_nothing() {
    let desk = desk().await;
    let id = out(&desk).await;
    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 1}));
    let notice = id_of(&desk.notices(&id).await);
    let place = format!("/api/v1/notices/{notice}/acknowledgement");
    let kept = desk.carl.post(&desk.house, &place, &json!({"reason": "By telephone."})).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text());
    let row = first(&desk.notices(&id).await)["notices"][0].clone();
    assert_eq!(
        (&row["acknowledged_by"], &row["acknowledged_how"]),
        (&json!("Carl Lie"), &json!("By telephone."))
    );
    let old = link(&desk.letter(&notice).await);

    let mut other = texts();
    other["action"] = json!("Unplug it.");
    let place = format!("/api/v1/advisories/{id}/versions");
    let body = json!({"change": "Unplug.", "texts": other});
    assert_eq!(desk.ole.post(&desk.house, &place, &body).await.status, StatusCode::CREATED);
    assert_eq!(first(&desk.notices(&id).await)["reach"], "acknowledged", "version 1 is out");
    approve(&desk, &id, 2).await;
    assert_eq!(first(&desk.notices(&id).await)["reach"], "not_told", "of version 2 nobody knows");
    assert_eq!(code(&desk.issue(&id, 1).await), "not_out");
    assert_eq!(desk.issue(&id, 2).await.json(), json!({"issued": 1}));
    assert!(desk.outside(&old).await.text().contains("not the newest any more"));

    let nobody = aftercare_vocab::id::ConsigneeId::from_bytes([9; 16]).to_string();
    let place = format!("/api/v1/advisories/{id}/notices");
    let body = json!({"version": 2, "consignees": [nobody]});
    assert_eq!(code(&desk.carl.post(&desk.house, &place, &body).await), "not_concerned");

    let embargo = json!({"embargo": {"until": null, "people": [desk.ole.person]}});
    desk.fact(&desk.anna, &embargo).await;
    for path in [
        format!("/api/v1/advisories/{id}/notices"),
        format!("/advisory-drafts/{id}/notices"),
        format!("/api/v1/notices/{notice}/letter"),
        format!("/notice-letters/{notice}"),
    ] {
        let hidden = desk.carl.get(&desk.house, &path).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path}: {}", hidden.text());
    }
    assert_eq!(code(&desk.ole.post(&desk.house, &place, &json!({"version": 2})).await), "not_out");
}

#[tokio::test]
async fn a_device_that_came_after_the_advisory_is_never_left_out_nor_taken_for_told() {
    let desk = desk().await;
    let id = out(&desk).await;
    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 1}));
    let early = id_of(&desk.notices(&id).await);
    let gone = json!({"step": "handed_over"});
    let step = |notice: String| format!("/api/v1/notices/{notice}/step");
    let answer = desk.carl.post(&desk.house, &step(early), &gone).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(desk.told(&id, None).await.status, StatusCode::OK);

    // A version that the advisory cannot speak of, since it did not exist.
    let House { product, site, .. } = &desk.house;
    let later = desk
        .house
        .made("/api/v1/versions", &json!({"product": product, "label": "2.0"}).to_string())
        .await;
    let unit =
        json!({"units": [{"product": product, "version": later, "site": site, "serial": "S3"}]});
    let made = desk.house.post("/api/v1/units", &unit.to_string()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let sheet = desk.notices(&id).await;
    assert_eq!(
        concerns(&sheet),
        [("version_unknown", true), ("stated", true), ("not_stated", false)]
    );
    assert_eq!(first(&sheet)["reach"], "not_told", "not of all of its devices");
    assert_eq!(code(&desk.told(&id, None).await), "nobody_told");
    let page = desk.ole.get(&desk.house, &format!("/advisory-drafts/{id}/notices")).await.text();
    for words in ["May be concerned: the advisory does not say.", "In no notice yet."] {
        assert!(page.contains(words), "no `{words}` in {page}");
    }

    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 1}), "another letter");
    assert_eq!(code(&desk.issue(&id, 1).await), "nobody_chosen");
    let sheet = desk.notices(&id).await;
    assert_eq!((first(&sheet)["reach"].as_str(), concerns(&sheet)[2].1), (Some("waiting"), true));
    let notice = id_of(&sheet);
    let letter = desk.letter(&notice).await.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = "Pump <b> 2.0, of which this advisory does not say yet whether it is concerned: 1 device, at Ward 9";
    assert!(letter.contains(words), "{letter}");
    let answer = desk.carl.post(&desk.house, &step(notice), &gone).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(first(&desk.notices(&id).await)["reach"], "told");

    // Once it is decided that it is not affected, nobody is told of it.
    let why = json!({"not_affected": "component_not_present"});
    let clean = br#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}"#;
    let sboms = format!("/api/v1/versions/{later}/sboms");
    let uploaded = desk.house.post(&sboms, str::from_utf8(clean).expect("text")).await;
    assert_eq!(uploaded.status, StatusCode::CREATED, "{}", uploaded.text());
    let versions = json!({&later: Digest::of(clean)});
    let fact =
        json!({"applicability": {"versions": versions, "applies": why, "statement": "Rewritten."}});
    desk.fact(&desk.ole, &fact).await;
    assert_eq!(concerns(&desk.notices(&id).await).len(), 3, "said, and not decided: still open");
    let decide = format!("/api/v1/cases/{}/decisions", desk.case);
    let wish = json!({"kind": "not_affected", "versions": [later],
        "answer": "not_affected:component_not_present", "until": null, "mitigation": null,
        "title": "Pump 2.0 is not affected", "statement": "It was rewritten."});
    let made = desk.ole.post(&desk.house, &decide, &wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let decision = made.json()["id"].as_str().expect("an id").to_owned();
    let signed = desk.anna.sign(&desk.house, &decision, "product_security_lead").await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text());
    assert_eq!(concerns(&desk.notices(&id).await), [("version_unknown", true), ("stated", true)]);
}

struct Server {
    port: u16,
    boxes: PathBuf,
}

/// Says so where there is no server.
#[allow(clippy::disallowed_methods, clippy::print_stderr, reason = "the surroundings of a test")]
fn server() -> Option<Server> {
    let Ok(told) = std::env::var("AFTERCARE_TEST_SMTP") else {
        eprintln!("NOT RUN: no mail server (AFTERCARE_TEST_SMTP tells of none)");
        return None;
    };
    let told: Value = serde_json::from_str(&told).expect("JSON");
    Some(Server {
        port: told["plain"].as_u64().and_then(|port| port.try_into().ok()).expect("a port"),
        boxes: PathBuf::from(told["boxes"].as_str().expect("a path")),
    })
}

fn mailing(port: u16) -> Mailing {
    let server = MailServer {
        host: "127.0.0.1".into(),
        port,
        protection: Protection::None,
        authorities: Vec::new(),
        account: None,
        greets_as: "device.example".into(),
    };
    let from = Mailbox { name: Some("Maker".into()), address: "psirt@device.example".into() };
    Mailing::new(server, from, None).expect("a way")
}

/// A desk whose notices go by mail, with further contacts beside the one of the house.
async fn mailed(port: u16, addresses: &[&str]) -> Desk {
    let mut desk = desk().await;
    for address in addresses {
        let place = format!("/api/v1/consignees/{}/contacts", desk.house.consignee);
        let body = json!({"name": "Zoë", "email": address}).to_string();
        assert_eq!(desk.house.post(&place, &body).await.status, StatusCode::CREATED);
    }
    let with = aftercare_desk::Desk::clone(&desk.house.desk).with_mailing(Some(mailing(port)));
    desk.house = desk.house.served(Arc::new(with));
    desk
}

impl Desk {
    fn posts(&self) -> Posted {
        let operation = || (self.house.rim().operation)(Channel::Job, "post");
        let now = (self.house.rim().now)();
        apart(|| self.house.desk.post_next(&operation, now).expect("posted"))
    }

    fn posts_all(&self) {
        while let Posted::Moved(_) = self.posts() {}
    }

    async fn reaches(&self, id: &str) -> Vec<(String, Option<String>)> {
        let sheet = self.notices(id).await;
        let rows = first(&sheet)["notices"].as_array().expect("notices").clone();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let mut all: Vec<_> = rows
            .iter()
            .map(|row| (text(&row["reach"]).expect("said"), text(&row["why"])))
            .collect();
        all.sort();
        all
    }
}

#[tokio::test]
async fn each_contact_gets_a_mail_and_what_became_of_it_is_what_the_server_said() {
    let Some(server) = server() else { return };
    let desk = mailed(
        server.port,
        &["nobody@brigid.example", "later@brigid.example", "SAOIRSE.testwell@brigid.example"],
    )
    .await;
    let id = out(&desk).await;
    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 3}), "one for each address");
    desk.posts_all();
    let said = |reach: &str, why: Option<&str>| (reach.to_owned(), why.map(str::to_owned));
    assert_eq!(
        desk.reaches(&id).await,
        [
            said("not_told", Some("recipient")),
            said("told", None),
            said("waiting", Some("temporary"))
        ]
    );
    let mail = std::fs::read_to_string(server.boxes.join("saoirse.testwell@brigid.example.eml"))
        .expect("it is there");
    for words in ["Subject: Security notice PSA-2026-0002", "/notices/", "An infusion may stop."] {
        assert!(mail.contains(words), "no `{words}` in {mail}");
    }
    // Neither names nor addresses of people come into the ledger.
    for words in ["saoirse.testwell", "nobody@brigid"] {
        assert_eq!(desk.house.holding(words.as_bytes()), Vec::<String>::new(), "{words}");
    }
    let sheet = desk.notices(&id).await;
    let due = first(&sheet)["notices"]
        .as_array()
        .expect("notices")
        .iter()
        .find_map(|row| row["due"].as_str())
        .expect("tried again")
        .to_owned();
    assert!(matches!(desk.posts(), Posted::Idle(Some(_))), "not before its time");
    desk.house.set_clock(&due);
    assert!(matches!(desk.posts(), Posted::Moved(_)));
    let told = desk.told(&id, None).await;
    assert_eq!(
        told.status,
        StatusCode::OK,
        "one contact of the customer was reached: {}",
        told.text()
    );
}

#[tokio::test]
async fn a_mail_of_which_nobody_knows_whether_it_went_does_not_count_and_does_not_go_twice() {
    // Nobody listens there, and the process is taken for killed after it said that it tries.
    let desk = mailed(1, &[]).await;
    let id = out(&desk).await;
    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 1}));
    let moved = |step| {
        let notice = apart(|| {
            let notices = desk.house.desk.register().reader().expect("reads").notices();
            notices.expect("folded").all().last().expect("one").id()
        });
        let event = aftercare_domain::notice::NoticeMoved { notice, step, why: None, by: None };
        let op = desk.house.begin();
        apart(|| {
            let done =
                desk.house.desk.register().transact(&op, |pen| pen.record_all(vec![event.into()]));
            done.map(|_| ()).expect("recorded");
        });
    };
    moved(aftercare_domain::notice::Step::Trying);
    assert_eq!(desk.reaches(&id).await[0].0, "unknown");
    assert_eq!(code(&desk.told(&id, None).await), "nobody_told");
    desk.posts_all();
    assert_eq!(
        desk.reaches(&id).await,
        [("unknown".to_owned(), Some("interrupted".to_owned()))],
        "it was not sent again by itself"
    );
    let notice = id_of(&desk.notices(&id).await);
    let place = format!("/notice-letters/{notice}/step");
    let again = desk.carl.form(&desk.house, &place, "key=k&step=again").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
    let at: Instant = "2027-01-01T00:00:00Z".parse().expect("an instant");
    desk.house.set_clock(&at.to_string());
    desk.posts_all();
    assert_eq!(
        desk.reaches(&id).await,
        [("waiting".to_owned(), Some("unreachable".to_owned()))],
        "and when somebody asks, it is tried"
    );
}

#[tokio::test]
async fn what_was_withdrawn_before_it_went_does_not_go() {
    let desk = mailed(1, &[]).await;
    let id = out(&desk).await;
    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 1}));
    let place = format!("/api/v1/advisories/{id}/withdrawal");
    let done = desk.anna.post(&desk.house, &place, &json!({"reason": "It was wrong."})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    desk.posts_all();
    assert_eq!(desk.reaches(&id).await, [("not_told".to_owned(), Some("not_out".to_owned()))]);
}

#[tokio::test]
async fn what_is_wrong_with_the_server_is_tried_once_and_the_others_wait() {
    // Nobody listens there.
    let desk = mailed(1, &["b@brigid.example", "c@brigid.example"]).await;
    let id = out(&desk).await;
    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 3}));
    desk.posts_all();
    let tries = |sheet: &Value| {
        let rows = first(sheet)["notices"].as_array().expect("notices").iter();
        let mut all: Vec<_> = rows.map(|row| row["tries"].as_u64().expect("a number")).collect();
        all.sort_unstable();
        all
    };
    let sheet = desk.notices(&id).await;
    assert_eq!(tries(&sheet), [0, 0, 1]);
    let Posted::Idle(Some(until)) = desk.posts() else { panic!("it rests") };
    desk.house.set_clock(&until.to_string());
    desk.posts_all();
    assert_eq!(tries(&desk.notices(&id).await), [0, 1, 1], "one more, and it rests again");
}

#[tokio::test]
async fn a_contact_that_came_later_is_written_to_and_nobody_twice() {
    let desk = mailed(1, &[]).await;
    let id = out(&desk).await;
    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 1}));
    assert_eq!(first(&desk.notices(&id).await)["unwritten"], 0);
    let place = format!("/api/v1/consignees/{}/contacts", desk.house.consignee);
    // More than are read at a time.
    for n in 0..101 {
        let body = json!({"name": "Zoë", "email": format!("zoe.{n}@brigid.example")}).to_string();
        assert_eq!(desk.house.post(&place, &body).await.status, StatusCode::CREATED);
    }
    let sheet = desk.notices(&id).await;
    assert_eq!(
        (&first(&sheet)["unwritten"], &first(&sheet)["with_mail"]),
        (&json!(101), &json!(102))
    );
    assert_eq!(code(&desk.issue(&id, 1).await), "nobody_chosen", "the customer was issued one");
    let chosen = json!({"version": 1, "consignees": [desk.house.consignee]});
    let place = format!("/api/v1/advisories/{id}/notices");
    let issued = desk.carl.post(&desk.house, &place, &chosen).await;
    assert_eq!(issued.json(), json!({"issued": 101}));
    let again = desk.carl.post(&desk.house, &place, &chosen).await;
    assert_eq!(code(&again), "issued_already");
}

#[tokio::test]
async fn a_letter_that_is_lost_stops_no_other_mail() {
    let desk = mailed(1, &["b@brigid.example"]).await;
    let id = out(&desk).await;
    assert_eq!(desk.issue(&id, 1).await.json(), json!({"issued": 2}));
    let letter = apart(|| {
        let notices = desk.house.desk.register().reader().expect("reads").notices();
        let notices = notices.expect("folded");
        let first = notices.pending().min_by_key(|one| (one.due(), one.id())).expect("one").clone();
        first.issued.letter.blob
    });
    desk.house.lose(&letter);
    desk.posts_all();
    let said = |reach: &str, why: &str| (reach.to_owned(), Some(why.to_owned()));
    assert_eq!(
        desk.reaches(&id).await,
        [said("not_told", "unreadable"), said("waiting", "unreachable")]
    );
}
