//! The interview for the CVSS vector, on its page and into the record.

use crate::{
    house::House,
    signer::{Signer, five, later},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

const PROTOCOL: &str = "XAVN:yes/XAVT:yes";
/// Every question that matters, answered.
const WHOLE: &str = "XAVN:yes/XAVT:yes/XACL:yes/XPRL:no/XUI:no/XS:no/XCP:no/XIP:none/XAP:none/XCD:none/XID:none/XAD:none/XCT:none/XIT:high/XAT:unknown/XCW:none/XIW:none/XAW:none/XCS:none/XIS:none/XAS:none/XCO:none/XIO:none/XAO:none";
const VECTOR: &str = "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H";

fn encoded(text: &str) -> String {
    text.replace(':', "%3A").replace('/', "%2F")
}

async fn page(house: &House, who: &Signer, question: &str) -> String {
    let answer = who.get(house, &format!("/cases/{}/rubric{question}", house.case)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.text()
}

async fn recorded(house: &House, who: &Signer) -> Value {
    let answer = who.get(house, &format!("/api/v1/cases/{}", house.case)).await;
    answer.json()["exploited"].clone()
}

fn holds(page: &str, all: &[&str]) {
    for words in all {
        assert!(page.contains(words), "no `{words}` in {page}");
    }
}

#[tokio::test]
async fn the_interview_asks_one_question_after_the_other_and_shows_what_answers_do() {
    let house = House::built().await;
    let five = five(&house);
    let first = page(&house, &five.ole, "").await;
    holds(&first, &["Question XAVN", "No vector yet", "AV: open → N", "Then asks XAVT"]);
    let next = page(&house, &five.ole, "?answers=&question=XAVN&answer=yes").await;
    holds(&next, &["Question XAVT", "AV: open → N", "Then asks XAVW"]);
    let after = page(&house, &five.ole, &format!("?answers={}", encoded(PROTOCOL))).await;
    holds(&after, &["Question XACL", "<strong>N</strong>", "Record the answers so far"]);

    // Left open it stays open, and the next one is asked.
    let skipped = page(&house, &five.ole, &format!("?answers={}&at=XPRL", encoded(PROTOCOL))).await;
    holds(&skipped, &["Question XPRL", "No vector yet"]);
    let sent = format!("?answers={}&question=XACL", encoded(PROTOCOL));
    let unanswered = page(&house, &five.ole, &sent).await;
    holds(&unanswered, &["Question XACL", "No answer was chosen", "role=\"alert\""]);

    let whole = page(&house, &five.ole, &format!("?answers={}", encoded(WHOLE))).await;
    holds(
        &whole,
        &[
            "Every question is answered",
            VECTOR,
            "Take the vector over",
            "the worst is assumed: XAT",
            "Assess harm to a patient",
        ],
    );
    for wrong in ["?answers=XYZ:yes", "?answers=&question=XAVN&answer=high"] {
        let place = format!("/cases/{}/rubric{wrong}", house.case);
        let answer = five.ole.get(&house, &place).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let none = page(&house, &five.kim, "").await;
    holds(&none, &["You have no role that records exploitability"]);
}

#[tokio::test]
async fn the_vector_goes_into_the_record_with_its_answers_and_an_open_interview_goes_without() {
    let house = House::built().await;
    let five = five(&house);
    let place = format!("/cases/{}/record/exploited", house.case);
    let form = five.ole.get(&house, &format!("{place}?interview={}", encoded(WHOLE))).await.text();
    holds(&form, &[&format!("value=\"{VECTOR}\""), "readonly", "recorded with it"]);
    let body = |key: &str, vector: &str, answers: &str| {
        let (vector, answers) = (encoded(vector), encoded(answers));
        format!(
            "key={key}&vector={vector}&interview={answers}&in_kev=no&exploit=none_found&instead=&reasons=By+the+rubric&reason="
        )
    };
    let other = "CVSS:3.0/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N";
    let differs = five.ole.form(&house, &place, &body("k1", other, WHOLE)).await;
    assert_eq!(differs.status, StatusCode::UNPROCESSABLE_ENTITY);
    holds(&differs.text(), &["lead to", VECTOR]);
    let done = five.ole.form(&house, &place, &body("k2", VECTOR, WHOLE)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let said = recorded(&house, &five.ole).await;
    assert_eq!(said["vector"], VECTOR);
    assert_eq!(
        said["interview"],
        json!({ "rubric": "mitre:cvss-medical-rubric 0.12.04", "answers": WHOLE })
    );
    let shown = five.ole.get(&house, &format!("/cases/{}", house.case)).await.text();
    holds(&shown, &["mitre:cvss-medical-rubric 0.12.04", "XIT:high"]);
    holds(&page(&house, &five.ole, "").await, &["Every question is answered", VECTOR]);

    later(&house, 60);
    let form =
        five.ole.get(&house, &format!("{place}?interview={}", encoded(PROTOCOL))).await.text();
    holds(
        &form,
        &[
            "there is no vector yet and the class stays open",
            "takes the place of the vector",
            VECTOR,
            "By the rubric",
        ],
    );
    let open = five.ole.form(&house, &place, &body("k3", VECTOR, PROTOCOL)).await;
    assert_eq!(open.status, StatusCode::UNPROCESSABLE_ENTITY, "an open interview has no vector");
    let done = five.ole.form(&house, &place, &body("k4", "", PROTOCOL)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let said = recorded(&house, &five.ole).await;
    assert_eq!((&said["vector"], &said["interview"]["answers"]), (&Value::Null, &json!(PROTOCOL)));
    holds(&page(&house, &five.ole, "").await, &["Question XACL", "No vector yet"]);
    holds(&page(&house, &five.ole, "?answers=").await, &["Question XAVN"]);
}

#[tokio::test]
async fn a_form_keeps_the_epss_that_was_known_and_takes_another() {
    let house = House::built().await;
    let five = five(&house);
    let facts = format!("/api/v1/cases/{}/facts", house.case);
    let fact = json!({"exploited": {"vector": VECTOR, "in_kev": false, "exploit": "none_found",
        "epss": {"probability": 9436, "percentile": 9996}, "instead": null, "reasons": "Looked up."}});
    let done = five.ole.post(&house, &facts, &json!({"fact": fact, "reason": null})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let place = format!("/cases/{}/record/exploited", house.case);
    for path in [place.clone(), format!("{place}?interview={}", encoded(WHOLE))] {
        let form = five.ole.get(&house, &path).await.text();
        holds(&form, &["value=\"94.36\"", "value=\"99.96\"", "What the edition in force says"]);
    }
    let body = |epss: &str, rank: &str| {
        let vector = encoded(VECTOR);
        format!(
            "key={epss}&vector={vector}&interview=&in_kev=no&exploit=none_found&epss={epss}&epss_percentile={rank}&instead=&reasons=Again&reason="
        )
    };
    for wrong in ["100.01", "-1", "94.365", "half"] {
        let refused = five.ole.form(&house, &place, &body(wrong, "")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        holds(&refused.text(), &["from 0 to 100"]);
    }
    let refused = five.ole.form(&house, &place, &body("", "99.96")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a percentile of nothing");
    let done = five.ole.form(&house, &place, &body("0.5", "71")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let epss = recorded(&house, &five.ole).await["epss"].clone();
    assert_eq!(epss, json!({"probability": 50, "percentile": 7100}));
    let shown = five.ole.get(&house, &format!("/cases/{}", house.case)).await.text();
    holds(&shown, &["0.50 %, percentile 71.00"]);
}
