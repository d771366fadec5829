//! Twins as they are served: marked wherever they are looked at, apart from their original, and gone
//! when they are discarded.

use crate::{
    house::{Answer, House, apart},
    server::{PAGES, PROVEN, address, example, operations},
};
use aftercare_web::{Front, Seat};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use tower::ServiceExt as _;

/// A house behind a front, where its twins can be served.
struct Estate {
    front: Front,
    house: House,
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

impl Estate {
    async fn built() -> Self {
        let house = House::built().await;
        let front = house.front();
        let main = Seat::workspace(&"main".parse().expect("a name"));
        assert!(front.mount(&main, house.state.clone().unfollowed()));
        Self { front, house }
    }

    async fn send(&self, method: &str, path: &str, kind: (&str, &str), body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:8080")
            .header("authorization", self.house.bearer())
            .header(kind.0, kind.1)
            .body(Body::from(body.to_owned()));
        let answer = self.front.clone().oneshot(request.expect("a request")).await;
        let (parts, body) = answer.expect("an answer").into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, JSON, "").await
    }

    async fn forked(&self) {
        let wish = r#"{"name":"drill","reason":"Exercise"}"#;
        let made = self.send("POST", "/api/v1/twins", JSON, wish).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        assert_eq!(made.headers["location"], "/t/drill/");
        assert_eq!(made.json()["reason"], "Exercise");
    }
}

#[tokio::test]
async fn every_answer_of_a_twin_is_marked_and_none_of_its_original() {
    let estate = Estate::built().await;
    estate.forked().await;
    let described = operations().into_iter().filter(|(method, _)| method == "get");
    let mut paths: Vec<String> = described.map(|(_, path)| estate.house.question(&path)).collect();
    let pages: Vec<String> = PAGES.iter().map(|(path, _)| estate.house.filled(path)).collect();
    paths.extend(pages.iter().cloned());
    paths.extend(["/nowhere", "/api/v1/nowhere", "/versions/nonsense"].map(str::to_owned));
    for path in &paths {
        for moment in ["", "as_of=entry:16"] {
            let sign = if path.contains('?') { '&' } else { '?' };
            let path =
                if moment.is_empty() { path.clone() } else { format!("{path}{sign}{moment}") };
            let (its, ours) =
                (estate.get(&format!("/t/drill{path}")).await, estate.get(&path).await);
            assert_eq!(its.headers["aftercare-twin"], "drill", "{path}");
            assert!(!ours.headers.contains_key("aftercare-twin"), "{path}");
        }
    }
    for page in &pages {
        let (its, ours) = (estate.get(&format!("/t/drill{page}")).await, estate.get(page).await);
        let text = its.text();
        assert_eq!(its.status, StatusCode::OK, "{page}: {text}");
        assert!(text.contains("<title>Twin drill: "), "{page}");
        assert!(text.contains("nothing here changes the original"), "{page}");
        assert!(text.contains("Reason: <bdi>Exercise</bdi>"), "{page}");
        assert!(text.contains("class=\"twin\""), "{page}");
        assert!(!ours.text().contains("nothing here changes the original"), "{page}");
        assert!(!text.contains("href=\"/products"), "{page} leads out of the twin");
    }
    for (method, path) in operations().into_iter().filter(|(method, _)| method != "get") {
        if PROVEN.contains(&path.as_str()) {
            continue; // the worker has no password to sign with
        }
        let address = format!("/t/drill{}", address(&estate.house, &path));
        let body = example(&estate.house, &method, &path);
        let changed = estate.send(&method.to_uppercase(), &address, JSON, &body).await;
        assert_eq!(changed.headers["aftercare-twin"], "drill", "{method} {path}");
        let of_twins = path.starts_with("/api/v1/twins");
        assert_eq!(changed.status.is_success(), !of_twins, "{method} {path}: {}", changed.text());
    }
}

#[tokio::test]
async fn what_is_done_in_a_twin_stays_there_and_persons_are_not_in_it() {
    let estate = Estate::built().await;
    estate.forked().await;
    let before = estate.house.entries();
    let family = r#"{"name":"Only an exercise"}"#;
    let made = estate.send("POST", "/t/drill/api/v1/families", JSON, family).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(estate.house.entries(), before);
    assert!(estate.get("/t/drill/ledger").await.text().contains("Only an exercise"));
    assert!(!estate.get("/ledger").await.text().contains("Only an exercise"));
    let consignee = format!("/consignees/{}", estate.house.consignee);
    assert!(estate.get(&consignee).await.text().contains("Testwell"));
    let its = estate.get(&format!("/t/drill{consignee}")).await.text();
    assert!(its.contains("Not in this twin") && !its.contains("Testwell"), "{its}");
    let contact = estate.get(&format!("/t/drill/api/v1/contacts/{}", estate.house.contact)).await;
    assert_eq!(contact.json()["who"]["state"], "not_in_twin");
}

#[tokio::test]
async fn a_twin_is_forked_found_and_discarded_on_the_page() {
    let estate = Estate::built().await;
    let form = "key=k&name=autumn&as_of_day=&as_of_hour=&reason=Exercise";
    let forked = estate.send("POST", "/twins", FORM, form).await;
    assert_eq!(forked.status, StatusCode::SEE_OTHER, "{}", forked.text());
    assert_eq!(forked.headers["location"], "/twins");
    let page = estate.get("/twins").await.text();
    assert!(page.contains("href=\"/t/autumn/\"") && page.contains("Exercise"), "{page}");
    let again = estate.send("POST", "/twins", FORM, "name=autumn").await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
    let inside = estate.get("/t/autumn/twins").await.text();
    assert!(inside.contains("This is a twin itself"), "{inside}");
    let deeper = estate.send("POST", "/t/autumn/twins", FORM, "name=deeper").await;
    assert!(deeper.text().contains("no twin is made of a twin"), "{}", deeper.text());

    let discard = "/twins/autumn/discard";
    let unsure = estate.send("POST", discard, FORM, "again=spring").await;
    assert_eq!(unsure.status, StatusCode::BAD_REQUEST);
    assert_eq!(estate.get("/t/autumn/").await.status, StatusCode::OK);
    let gone = estate.send("POST", discard, FORM, "again=autumn&reason=Over").await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text());
    assert_eq!(estate.get("/t/autumn/").await.status, StatusCode::NOT_FOUND);
    assert!(estate.get("/twins").await.text().contains("There is no twin of this record"));
    let ledger = estate.get("/ledger").await.text();
    assert!(ledger.contains("The twin autumn was thrown away."), "{ledger}");
    let past = estate.send("POST", "/twins", FORM, "name=late&as_of_day=2999-01-01").await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", past.text());
}

#[tokio::test]
async fn a_twin_follows_no_new_edition_lets_nothing_out_and_adopts_what_it_is_told_to() {
    let house = House::built().await;
    let wish = r#"{"name":"drill","as_of":"entry:0"}"#;
    let made = house.post("/api/v1/twins", wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let (adopted, followed, original) = apart(|| {
        let name = "drill".parse().expect("a name");
        let twin = house.desk.open_twin(&name).expect("opens");
        let refused = twin.outward("Mail").expect_err("nothing leaves").to_string();
        assert!(refused.contains("nothing leaves a twin"), "{refused}");
        house.desk.outward("Mail").expect("the original may");
        let begin = || house.begin();
        let followed = twin.follow_corpus(begin).expect("looks");
        assert!(twin.edition_in_force().expect("reads").is_none());
        let edition = house.desk.edition_in_force().expect("reads").expect("one is in force");
        twin.adopt_edition(&begin(), &edition.id()).expect("adopts");
        let adopted = twin.edition_in_force().expect("reads").is_some();
        (adopted, followed, house.desk.twin().is_none())
    });
    assert_eq!((adopted, followed, original), (true, false, true));
}

#[tokio::test]
async fn a_twin_stands_under_its_own_workspace_and_no_other() {
    let (main, north) = (Estate::built().await, House::marked("Zebrafish ", 2_000).await);
    let seat = |name: &str| Seat::workspace(&name.parse().expect("a name"));
    assert!(main.front.mount(&seat("north"), north.state.clone().unfollowed()));
    assert!(main.front.mount(&seat("south"), House::built().await.state.clone().unfollowed()));
    let made = main.send("POST", "/w/north/api/v1/twins", JSON, r#"{"name":"drill"}"#).await;
    assert_eq!(made.headers["location"], "/w/north/t/drill/", "{}", made.text());
    let page = main.get("/w/north/t/drill/products").await;
    assert!(page.text().contains("Zebrafish") && page.headers["aftercare-twin"] == "drill");
    for other in ["/t/drill/", "/w/south/t/drill/", "/w/nort/t/drill/"] {
        assert_eq!(main.get(other).await.status, StatusCode::NOT_FOUND, "{other}");
    }
    let gone = main.send("DELETE", "/w/south/api/v1/twins/drill", JSON, "").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{}", gone.text());
    assert_eq!(main.get("/w/north/t/drill/").await.status, StatusCode::OK);
    let gone = main.send("DELETE", "/w/north/api/v1/twins/drill", JSON, "").await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text());
    assert_eq!(main.get("/w/north/t/drill/").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_twin_that_somebody_made_beside_the_server_is_noted_and_served() {
    let estate = Estate::built().await;
    estate.forked().await;
    let front = estate.house.front();
    let main = Seat::workspace(&"main".parse().expect("a name"));
    estate.front.unmount(&Seat::twin(&"main".parse().expect("a name"), "drill")).await;
    assert_eq!(estate.get("/t/drill/").await.status, StatusCode::NOT_FOUND);
    // A server that follows the record finds it.
    estate.front.unmount(&main).await;
    assert!(front.mount(&main, estate.house.state.clone()));
    let found = async {
        while !front.list().iter().any(|one| one.seat.name() == "drill") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), found).await.expect("is served");
}
