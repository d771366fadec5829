//! Calls through pages and API: raised, moved on by the follower, answered, and kept from others.

use crate::{
    house::{Answer, House, apart},
    signer::{Five, Signer, five, later, signer},
};
use aftercare_desk::GrantWish;
use aftercare_domain::{Sight, grant::Standing, role::RoleName};
use axum::http::StatusCode;
use serde_json::{Value, json};

fn wish(test: bool) -> Value {
    json!({"family": null, "about": "CVE-2021-44906 <on> our pump", "why": "Exploited at a customer.",
           "test": test, "severity": "one"})
}

async fn raised(house: &House, by: &Signer, wish: &Value) -> String {
    let made = by.post(house, "/api/v1/calls", wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn sheet(house: &House, five: &Five, call: &str) -> Value {
    five.kim.get(house, &format!("/api/v1/calls/{call}")).await.json()
}

/// What the server's follower does at the house's clock; gives how many calls moved.
fn followed(house: &House) -> usize {
    apart(|| house.desk.follow_calls(|| house.begin(), house.begin().at).expect("follows"))
}

/// Answers the call the house was built with, so that it is in nobody's way.
async fn quiet(house: &House, five: &Five) {
    let place = format!("/api/v1/calls/{}/answer", house.call);
    let done = five.siri.post(house, &place, &json!({"words": "Seen."})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
}

fn names(of: &Value) -> Vec<&str> {
    of.as_array().expect("a list").iter().map(|one| one["name"].as_str().expect("a name")).collect()
}

fn told(page: &Answer, words: &[&str]) {
    let text = page.text();
    for word in words {
        assert!(text.contains(word), "no `{word}` in: {text}");
    }
}

fn deputy(house: &House, person: &Signer, role: RoleName) {
    let (sight, standing) = (Sight::All, Standing::Deputy);
    let wish = GrantWish { person: person.person, role, sight, standing };
    apart(|| house.desk.give_role(&house.begin(), wish).expect("given"));
}

#[tokio::test]
async fn a_test_call_is_raised_on_the_page_answered_and_stands_as_evidence_with_its_time() {
    let house = House::built().await;
    let five = five(&house);
    quiet(&house, &five).await;
    let before = five.kim.get(&house, "/duty").await;
    told(
        &before,
        &[
            "Not shown yet",
            "Proposed by the product",
            "Ole Moe",
            "nothing leaves this installation",
        ],
    );
    assert_eq!(five.kim.get(&house, "/api/v1/duty").await.json()["proof"], Value::Null);

    let typed = "key=k1&about=Drill&why=Does+it+work%3F&family=&severity=lower&test=yes";
    let made = five.kim.form(&house, "/calls", typed).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    let place = made.headers["location"].to_str().expect("an address").to_owned();
    let entries = house.entries();
    five.kim.form(&house, "/calls", typed).await;
    assert_eq!(house.entries(), entries, "the same form sent twice is one call");

    // Ole is called on every page; Kim, who raised it, and Anna, whose step it is not yet, are not.
    told(&five.ole.get(&house, "/products").await, &["1 call waits for you", &place, "Drill"]);
    for other in [&five.kim, &five.anna] {
        assert!(!other.get(&house, "/products").await.text().contains("waits for you: "));
    }
    later(&house, 245);
    let own = five.kim.form(&house, &format!("{place}/answer"), "key=k2&words=Mine").await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&own, &["somebody else must answer it", "Ole Moe"]);
    let done = five.ole.form(&house, &format!("{place}/answer"), "key=k3&words=I+have+it.").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());

    told(
        &five.kim.get(&house, &place).await,
        &[
            "raised by",
            "answered by <strong>",
            "Ole Moe",
            "4 minutes 5 seconds",
            "I have it.",
            "evidence for day 30",
        ],
    );
    let proof = five.kim.get(&house, "/api/v1/duty").await.json()["proof"].clone();
    assert_eq!(
        (&proof["answered_by"], &proof["answered_after_seconds"], &proof["test"]),
        (&json!("Ole Moe"), &json!(245), &json!(true))
    );
    told(&five.kim.get(&house, "/duty").await, &["evidence for day 30", "4 minutes 5 seconds"]);
    assert!(!five.ole.get(&house, "/products").await.text().contains("waits for you: "));
    let again = five.anna.form(&house, &format!("{place}/answer"), "key=k4&words=Me+too").await;
    told(&again, &["Ole Moe answered this call"]);

    // As of the moment before the answer it was open, and nobody can answer it there.
    let then = format!("{place}?as_of=entry:{entries}");
    let then = five.ole.get(&house, &then).await;
    told(&then, &["Waiting for an answer"]);
    assert!(!then.text().contains("What you do now"));
    let listed = format!("/api/v1/calls?as_of=entry:{entries}");
    let listed = five.kim.get(&house, &listed).await.json();
    assert_eq!((&listed["total"], &listed["items"][0]["stage"]), (&json!(1), &json!("open")));
    let now = five.kim.get(&house, "/api/v1/calls?only=tests").await.json();
    assert_eq!((&now["total"], &now["items"][0]["proves"]), (&json!(1), &json!(true)));
}

#[tokio::test]
async fn nobody_answers_and_the_call_climbs_the_chain_and_stays_with_everybody() {
    let house = House::built().await;
    let five = five(&house);
    quiet(&house, &five).await;
    let call = raised(&house, &five.kim, &wish(false)).await;
    let place = format!("/calls/{call}");
    told(
        &five.kim.get(&house, &place).await,
        &["CVE-2021-44906 &lt;on&gt;", "A crisis meeting is due by"],
    );
    later(&house, 15 * 60 - 1);
    assert_eq!(followed(&house), 0, "a second is left");
    later(&house, 1);
    assert_eq!((followed(&house), followed(&house)), (1, 0), "once, however often it is looked at");
    let state = sheet(&house, &five, &call).await;
    assert_eq!(state["moves"][1]["because"], "not_answered");
    assert!(names(&state["moves"][1]["to"]).contains(&"Anna Berg"), "{state}");
    told(&five.anna.get(&house, "/").await, &["1 call waits for you"]);
    later(&house, 15 * 60);
    assert_eq!(followed(&house), 1);
    later(&house, 15 * 60);
    assert_eq!(followed(&house), 0, "it stays where it is");
    let state = sheet(&house, &five, &call).await;
    assert_eq!((&state["row"]["stage"], &state["row"]["step"]), (&json!("overdue"), &json!(3)));
    told(
        &five.eva.get(&house, &place).await,
        &["Nobody has answered", "Step 3 of 3", "Waits for you"],
    );
    // Whoever it did not come to can answer too, and it shows; it proves nothing.
    let answer = format!("/api/v1/calls/{call}/answer");
    let done = five.siri.post(&house, &answer, &json!({"words": "On it."})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let state = sheet(&house, &five, &call).await;
    assert_eq!(
        (&state["answer"]["called"], &state["row"]["proves"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(state["row"]["answered_after_seconds"], 45 * 60);
    told(&five.kim.get(&house, &place).await, &["whom it had not come to"]);
}

#[tokio::test]
async fn an_absent_owner_s_deputy_is_called_and_the_page_says_who_is_away() {
    let house = House::built().await;
    let five = five(&house);
    quiet(&house, &five).await;
    let dag = signer(&house, ("dag", "Dag Dep"), &[RoleName::Developer]);
    deputy(&house, &dag, RoleName::SecurityAnalyst);
    let call = raised(&house, &five.kim, &wish(true)).await;
    assert_eq!(names(&sheet(&house, &five, &call).await["moves"][0]["to"]), ["Ole Moe"]);

    // Ole goes away before answering: the follower takes it to the deputy at once.
    let away = format!("/api/v1/people/{}/absences", five.ole.person);
    let gone = five.ole.post(&house, &away, &json!({})).await;
    assert_eq!(gone.status, StatusCode::CREATED, "{}", gone.text());
    later(&house, 60);
    assert_eq!(followed(&house), 1);
    let state = sheet(&house, &five, &call).await;
    let moved = &state["moves"][1];
    assert_eq!((names(&moved["to"]), &moved["because"]), (vec!["Dag Dep"], &json!("went_away")));
    assert_eq!((&moved["to"][0]["by"], &moved["absent"][0]), (&json!("deputy"), &json!("Ole Moe")));
    told(
        &five.kim.get(&house, &format!("/calls/{call}")).await,
        &["Absent: ", "Ole Moe", "Deputy"],
    );
    let duty = five.kim.get(&house, "/duty").await;
    told(&duty, &["</bdi> is absent", "Dag Dep", "Deputies: "]);
    told(&dag.get(&house, "/products").await, &["1 call waits for you", "test: "]);

    // A new call goes to the deputy from the beginning; with the deputy away too it leaps to the lead.
    let next = raised(&house, &five.kim, &wish(true)).await;
    assert_eq!(names(&sheet(&house, &five, &next).await["moves"][0]["to"]), ["Dag Dep"]);
    let away = format!("/api/v1/people/{}/absences", dag.person);
    assert_eq!(dag.post(&house, &away, &json!({})).await.status, StatusCode::CREATED);
    let next = raised(&house, &five.kim, &wish(true)).await;
    let state = sheet(&house, &five, &next).await;
    assert_eq!(
        (&state["moves"][0]["step"], &state["moves"][0]["because"]),
        (&json!(2), &json!("nobody_there"))
    );
}

#[tokio::test]
async fn a_chain_is_adopted_by_its_form_and_who_may_not_is_told_who_could() {
    let house = House::built().await;
    let five = five(&house);
    let family = &house.family;
    told(
        &five.anna.get(&house, &format!("/duty/chain?family={family}")).await,
        &["Chain of Infusion"],
    );
    let typed = format!(
        "key=k1&family={family}&role0=quality&minutes0=5&role1=executive&minutes1=20&role2=&minutes2=15"
    );
    let refused = five.ole.form(&house, "/duty/chain", &typed).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    told(&refused, &["do not have the right to keep duty chains", "Anna Berg"]);
    let wrong = typed.replace("minutes0=5", "minutes0=0");
    let wrong = five.anna.form(&house, "/duty/chain", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    told(&wrong, &["0 minutes to answer", "value=\"quality\" selected"]);
    let done = five.anna.form(&house, "/duty/chain", &typed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());

    let chains = five.kim.get(&house, "/api/v1/duty").await.json()["chains"].clone();
    assert_eq!((&chains[0]["origin"], &chains[1]["origin"]), (&json!("proposed"), &json!("own")));
    assert_eq!(
        (&chains[1]["adopted_by"], &chains[1]["steps"][0]["minutes"]),
        (&json!("Anna Berg"), &json!(5))
    );
    let mut about = wish(false);
    about["family"] = json!(family);
    let call = raised(&house, &five.siri, &about).await;
    let state = sheet(&house, &five, &call).await;
    assert_eq!(
        (&state["moves"][0]["role"], &state["row"]["steps"]),
        (&json!("Quality"), &json!(2))
    );

    let entries = house.entries();
    for (body, code) in [
        (json!({"family": null, "steps": []}), "chain_length"),
        (json!({"family": null, "steps": [{"role": "auditor", "minutes": 5}]}), "chain_role"),
        (
            json!({"family": "fam_00000000000000000000000000", "steps": [{"role": "quality", "minutes": 5}]}),
            "unknown_id",
        ),
    ] {
        let refused = five.anna.post(&house, "/api/v1/duty/chains", &body).await;
        assert_eq!(refused.json()["code"], code, "{}", refused.text());
    }
    assert_eq!(house.entries(), entries);
}

#[tokio::test]
async fn who_sees_another_family_neither_sees_nor_answers_a_call_and_an_auditor_only_looks() {
    let house = House::built().await;
    let five = five(&house);
    let mut about = wish(false);
    about["family"] = json!(house.family);
    let call = raised(&house, &five.kim, &about).await;
    let other = house.post("/api/v1/families", r#"{"name":"Lamps"}"#).await.json();
    let other = other["id"].as_str().expect("an id").parse().expect("a family");
    let narrow = apart(|| {
        let roles = [RoleName::Quality];
        aftercare_testkit::people::member(
            &house.desk,
            || house.begin(),
            ("lars", "Lars Lamp"),
            &roles,
            &Sight::of([other]),
        )
        .expect("a member")
    });
    let auditor = apart(|| {
        let roles = [RoleName::Auditor];
        aftercare_testkit::people::member(
            &house.desk,
            || house.begin(),
            ("aud", "Aud It"),
            &roles,
            &Sight::All,
        )
        .expect("a member")
    });
    let ask = async |token: &str, method: &str, path: &str, body: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        house.sent(method, path, &headers, body.to_owned()).await
    };
    let (place, words) = (format!("/api/v1/calls/{call}"), r#"{"words":"Mine"}"#);
    let entries = house.entries();
    assert_eq!(ask(&narrow.token, "GET", &place, "").await.status, StatusCode::NOT_FOUND);
    let answered = ask(&narrow.token, "POST", &format!("{place}/answer"), words).await;
    assert_eq!(answered.status, StatusCode::NOT_FOUND, "{}", answered.text());
    let raised = ask(&narrow.token, "POST", "/api/v1/calls", &about.to_string()).await;
    assert_eq!(raised.json()["code"], "unknown_id", "{}", raised.text());
    let all = ask(&narrow.token, "GET", "/api/v1/calls", "").await.json();
    assert_eq!(all["total"], 1, "the one about all families: {all}");
    let duty = ask(&narrow.token, "GET", "/api/v1/duty", "").await.text();
    assert!(!duty.contains(&house.family) && duty.contains("Lamps"), "{duty}");

    assert_eq!(ask(&auditor.token, "GET", &place, "").await.status, StatusCode::OK);
    let answered = ask(&auditor.token, "POST", &format!("{place}/answer"), words).await;
    assert_eq!(answered.status, StatusCode::FORBIDDEN);
    assert!(
        answered.json()["who"].as_str().is_some_and(|who| who.contains("Ole Moe")),
        "{}",
        answered.text()
    );
    assert_eq!(house.entries(), entries);
}

#[tokio::test]
async fn a_call_in_a_twin_calls_nobody_in_the_original() {
    let house = House::built().await;
    let five = five(&house);
    quiet(&house, &five).await;
    let call = raised(&house, &five.kim, &wish(false)).await;
    let made = house.post("/api/v1/twins", r#"{"name":"drill"}"#).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let before = house.entries();
    later(&house, 15 * 60);
    let moved = apart(|| {
        let twin = house.desk.open_twin(&"drill".parse().expect("a name")).expect("opens");
        twin.follow_calls(|| house.begin(), house.begin().at).expect("follows")
    });
    assert_eq!((moved, house.entries()), (1, before), "the twin's copy of the call alone");
    let state = sheet(&house, &five, &call).await;
    assert_eq!(state["moves"].as_array().map(Vec::len), Some(1));
}
