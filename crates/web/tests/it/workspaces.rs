//! Several records behind one front: what is asked under one prefix reaches one record and no other.

use crate::{
    house::{Answer, House, apart, opened},
    markup::tags,
    server::{KEYLESS, PAGES, PROVEN, address, example, operations},
};
use aftercare_web::{Front, Kind, Seat, State, link::Links};
use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    http::{Request, StatusCode},
};
use http_body::Frame;
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::sync::{mpsc, oneshot};
use tower::{Service as _, ServiceExt as _};

/// The names of the workspaces, the mark of each one's content and the seed of its identifiers.
const ALL: [(&str, &str, u64); 3] =
    [("main", "Quokka ", 1_000), ("north", "Zebrafish ", 2_000), ("south", "Axolotl ", 3_000)];

/// Three makers in one installation.
struct Estate {
    front: Front,
    houses: Vec<House>,
}

fn seat(name: &str) -> Seat {
    Seat::workspace(&name.parse().expect("a name"))
}

fn prefix(number: usize) -> String {
    seat(ALL[number].0).prefix().to_owned()
}

impl Estate {
    async fn built() -> Self {
        let mut houses = Vec::new();
        for (_, mark, seed) in ALL {
            houses.push(House::marked(mark, seed).await);
        }
        let front = houses[0].front();
        for ((name, _, _), house) in ALL.iter().zip(&houses) {
            assert!(front.mount(&seat(name), house.state.clone().unfollowed()));
        }
        Self { front, houses }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.front.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "127.0.0.1:8080");
        }
        // One token that every workspace takes: that none is reached from another is not for want of it.
        request = request.header("authorization", self.houses[0].bearer());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], String::new()).await
    }

    fn entries(&self) -> Vec<u64> {
        self.houses.iter().map(House::entries).collect()
    }

    /// The identifiers of one house, and the mark of all its names.
    fn secrets(&self, number: usize) -> Vec<String> {
        let house = &self.houses[number];
        let ids = [
            &house.version,
            &house.unit,
            &house.site,
            &house.consignee,
            &house.contact,
            &house.family,
            &house.product,
            &house.used,
            &house.mapping,
            &house.decision,
            &house.call,
            &house.case,
            &house.signal,
            &house.advisory,
            &house.notice,
            &house.policy,
        ];
        let mut secrets: Vec<String> = ids.map(Clone::clone).to_vec();
        secrets.push(house.worker.person.to_string());
        secrets.push(ALL[number].1.trim().to_owned());
        secrets
    }

    /// Nothing of any house but this one is in the answer.
    fn holds_only(&self, number: usize, asked: &str, answer: &Answer) {
        let text = answer.text();
        for other in (0..ALL.len()).filter(|other| *other != number) {
            for secret in self.secrets(other) {
                assert!(!text.contains(&secret), "{asked} shows {secret}: {text}");
            }
        }
    }

    /// All questions of the description and all pages, with the identifiers of a house.
    fn questions(&self, number: usize) -> Vec<String> {
        let house = &self.houses[number];
        let described = operations().into_iter().filter(|(method, _)| method == "get");
        let api = described.map(|(_, path)| house.question(&path));
        let pages = PAGES.iter().map(|(path, _)| house.filled(path));
        api.chain(pages).collect()
    }
}

#[tokio::test]
async fn the_houses_of_these_tests_have_nothing_in_common() {
    let estate = Estate::built().await;
    for (number, (_, mark, _)) in ALL.iter().enumerate() {
        for path in estate.questions(number) {
            let answer = estate.get(&format!("{}{path}", prefix(number))).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            estate.holds_only(number, &path, &answer);
        }
        let products = estate.get(&format!("{}/products", prefix(number))).await.text();
        assert!(products.contains(mark), "{products}");
    }
}

#[tokio::test]
async fn no_question_reaches_another_workspace_whatever_identifiers_it_names() {
    let estate = Estate::built().await;
    for house in &estate.houses {
        house.set_clock("2026-11-24T09:00:00Z");
    }
    for at in 0..ALL.len() {
        for of in (0..ALL.len()).filter(|of| *of != at) {
            for path in estate.questions(of) {
                for moment in ["", "2026-11-23"] {
                    let sign = if path.contains('?') { '&' } else { '?' };
                    let moment = if moment.is_empty() {
                        String::new()
                    } else {
                        format!("{sign}as_of={moment}")
                    };
                    if path == "/api/v1/account" && !moment.is_empty() {
                        continue; // one's own account has no past
                    }
                    let asked = format!("{}{path}{moment}", prefix(at));
                    let answer = estate.get(&asked).await;
                    let names = path.starts_with("/api/v1/blobs/") // named by what is in them
                        || estate.secrets(of).iter().any(|secret| path.contains(secret));
                    if names {
                        let refused = answer.status == StatusCode::NOT_FOUND;
                        assert!(refused, "{asked}: {}", answer.text());
                        // A refusal may repeat what was asked, and nothing more.
                        let mark = ALL[of].1.trim();
                        assert!(!answer.text().contains(mark), "{asked}: {}", answer.text());
                    } else {
                        assert_eq!(answer.status, StatusCode::OK, "{asked}: {}", answer.text());
                        estate.holds_only(at, &asked, &answer);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn no_change_reaches_another_workspace_and_none_moves_its_ledger() {
    let estate = Estate::built().await;
    let unbound = [
        "/api/v1/families",
        "/api/v1/suppliers",
        "/api/v1/consignees",
        "/api/v1/twins",
        "/api/v1/cases",
        "/api/v1/signals",
        "/api/v1/decisions",
        "/api/v1/mappings",
        "/api/v1/policies",
    ];
    let changes: Vec<(String, String)> =
        operations().into_iter().filter(|(method, _)| method != "get").collect();
    for at in 0..ALL.len() {
        for of in (0..ALL.len()).filter(|of| *of != at) {
            let before = estate.entries();
            for (method, path) in &changes {
                let keyless = KEYLESS.iter().any(|(keyless, _)| keyless == path);
                let proven = path == "/api/v1/delegations"; // needs a password first
                if unbound.contains(&path.as_str()) || keyless || proven {
                    continue; // they name nothing that is there already
                }
                let other = &estate.houses[of];
                let asked = format!("{}{}", prefix(at), address(other, path));
                let body = example(other, method, path);
                let answer = estate.ask(&method.to_uppercase(), &asked, &[], body).await;
                // Rows of the queue are named by vulnerability, which is the same everywhere, and are
                // refused all together.
                let chosen = path == "/api/v1/signals/triage"
                    && answer.status == StatusCode::UNPROCESSABLE_ENTITY;
                let refused = answer.status == StatusCode::NOT_FOUND || chosen;
                assert!(refused, "{method} {asked}: {} {}", answer.status, answer.text());
            }
            let other = &estate.houses[of];
            for form in [
                format!("/consignees/{}/contacts", other.consignee),
                format!("/contacts/{}", other.contact),
                format!("/contacts/{}/erasure", other.contact),
            ] {
                let kind = [("content-type", "application/x-www-form-urlencoded")];
                let fields = "name=Mallory".to_owned();
                let fields = match form.split('/').count() {
                    3 => format!("{fields}&entity_version=1&consignee={}", other.consignee),
                    _ if form.ends_with("erasure") => {
                        format!("reason=Why&entity_version=1&consignee={}", other.consignee)
                    }
                    _ => fields,
                };
                let asked = format!("{}{form}", prefix(at));
                let answer = estate.ask("POST", &asked, &kind, fields).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{asked}: {}", answer.text());
            }
            assert_eq!(estate.entries(), before, "a ledger moved");
        }
    }
    for (number, path) in unbound.iter().enumerate() {
        let at = number % ALL.len();
        let before = estate.entries();
        let body = example(&estate.houses[at], "post", path);
        let asked = format!("{}{}", prefix(at), address(&estate.houses[at], path));
        let answer = estate.ask("POST", &asked, &[], body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.text());
        let moved: Vec<u64> =
            estate.entries().iter().zip(&before).map(|(now, then)| now - then).collect();
        let wanted: Vec<u64> = (0..ALL.len()).map(|number| u64::from(number == at)).collect();
        assert_eq!(moved, wanted, "exactly the ledger of the workspace that was asked");
    }
}

#[tokio::test]
async fn no_trick_with_the_address_leads_from_one_workspace_to_another() {
    let estate = Estate::built().await;
    // Each is asked for something that `north` would answer with its mark.
    for (asked, of) in [
        ("/w/south/../north/products", 2),
        ("/w/south/%2e%2e/north/products", 2),
        ("/w/south/..%2fnorth/products", 2),
        ("/w/south/..%5cnorth/products", 2),
        ("/w/south//w/north/products", 2),
        ("/w/south/w/north/products", 2),
        ("/w/south/./w/north/products", 2),
        ("/w/south%2f..%2fnorth/products", 0),
        ("/w/south%00/../north/products", 0),
        ("/w/south;/../north/products", 0),
        ("/w/north%2fproducts", 0),
        ("/w/%6eorth/products", 0),
        ("/w%2fnorth/products", 0),
        ("/%77/north/products", 0),
        ("/W/north/products", 0),
        ("/w/North/products", 0),
        ("/w/NORTH/products", 0),
        ("/w//north/products", 0),
        ("//w/north/products", 0),
        ("//north/products", 0),
        ("/./w/north/products", 0),
        ("/x/../w/north/products", 0),
        ("/w/./north/products", 0),
        ("/w/north./products", 0),
        ("/w/northx/products", 0),
        ("/w/nort/products", 0),
        ("/w/main/products", 0),
        ("/w//products", 0),
        ("/w/", 0),
        ("/w", 0),
        ("/t/north/products", 0),
        ("/w/south/t/north/products", 2),
        ("/api/v1/../../w/north/products", 0),
        ("/w/south/api/v1/../../../north/api/v1/products", 2),
    ] {
        let answer = estate.get(asked).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{asked}: {}", answer.text());
        estate.holds_only(of, asked, &answer);
    }
    // What belongs to no workspace is not shown in the frame of one.
    for asked in ["/w/west/", "/w/main/", "/t/drill/", "/w"] {
        let answer = estate.get(asked).await;
        for (_, mark, _) in ALL {
            assert!(!answer.text().contains(mark.trim()), "{asked}: {}", answer.text());
        }
        assert!(answer.text().contains("There is no record at this address"), "{}", answer.text());
    }
    let json = estate.get("/w/west/api/v1/products").await;
    assert_eq!(json.headers["content-type"], "application/problem+json");
    assert_eq!(json.json()["code"], "not_found");
    let slash = estate.get("/w/north?as_of=2026-11-23").await;
    assert_eq!(slash.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(slash.headers["location"], "/w/north/?as_of=2026-11-23");
}

#[tokio::test]
async fn no_header_leads_from_one_workspace_to_another() {
    let estate = Estate::built().await;
    for (name, value) in [
        ("x-forwarded-prefix", "/w/north"),
        ("x-forwarded-host", "north.example"),
        ("x-original-url", "/w/north/products"),
        ("x-rewrite-url", "/w/north/products"),
        ("forwarded", "host=north;path=/w/north"),
        ("referer", "http://127.0.0.1:8080/w/north/products"),
        ("host", "localhost/w/north"),
        ("host", "north"),
        ("host", "north.localhost"),
    ] {
        for at in [0, 2] {
            let asked = format!("{}/products", prefix(at));
            let answer = estate.ask("GET", &asked, &[(name, value)], String::new()).await;
            if name == "host" {
                assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{name}: {value}");
            } else {
                assert_eq!(answer.status, StatusCode::OK, "{name}: {value}");
            }
            estate.holds_only(at, &format!("{asked} with {name}: {value}"), &answer);
        }
    }
    for asked in ["/workspaces", "/w/west/", "/w/north/"] {
        let answer = estate.ask("GET", asked, &[("host", "evil.example")], String::new()).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{asked}");
        assert!(!answer.text().contains("Zebrafish"), "{asked}");
    }
    let absolute = estate.get("http://127.0.0.1:8080/w/south/products").await;
    assert_eq!(absolute.status, StatusCode::OK);
    estate.holds_only(2, "an address with its host", &absolute);
}

#[tokio::test]
async fn everything_a_workspace_answers_leads_back_to_itself() {
    let estate = Estate::built().await;
    for (number, house) in estate.houses.iter().enumerate().skip(1) {
        let prefix = prefix(number);
        let mine = format!("{prefix}/");
        let common = |to: &str| to.starts_with("/assets/") || to == "/workspaces";
        for (path, _) in PAGES {
            for moment in ["", "entry:15"] {
                let sign = if path.contains('?') { '&' } else { '?' };
                let asked = match moment {
                    "" => format!("{prefix}{}", house.filled(path)),
                    moment => format!("{prefix}{}{sign}as_of={moment}", house.filled(path)),
                };
                let html = estate.get(&asked).await.text();
                for tag in tags(&html) {
                    for name in ["href", "action", "src", "formaction"] {
                        let Some(to) = tag.get(name).filter(|to| to.starts_with('/')) else {
                            continue;
                        };
                        assert!(to.starts_with(&mine) || common(to), "{asked} leads to {to}");
                    }
                }
            }
        }
        let index = estate.get(&format!("{mine}api/v1")).await.json();
        for (name, to) in index.as_object().expect("links") {
            assert!(to.as_str().expect("a link").starts_with(&mine), "{name} leads to {to}");
        }
        let description = estate.get(&format!("{mine}api/v1/openapi.json")).await.json();
        assert_eq!(description["servers"][0]["url"], prefix);
        let nothing = estate.get(&format!("{mine}api/v1/sites/nothing")).await.json();
        assert_eq!(nothing["instance"], format!("{mine}api/v1/sites/nothing"));
        let nowhere = estate.get(&format!("{mine}nowhere")).await.text();
        assert!(nowhere.contains(&format!("{mine}nowhere")), "{nowhere}");
        for (method, path) in operations().into_iter().filter(|(method, _)| method == "post") {
            if PROVEN.contains(&path.as_str()) {
                continue; // the worker has no password to sign with
            }
            let asked = format!("{prefix}{}", address(house, &path));
            let answer = estate.ask("POST", &asked, &[], example(house, &method, &path)).await;
            assert!(answer.status.is_success(), "{path}: {}", answer.text());
            if let Some(location) = answer.headers.get("location") {
                let location = location.to_str().expect("text");
                assert!(location.starts_with(&mine), "{path} is made at {location}");
                assert_eq!(estate.get(location).await.status, StatusCode::OK, "{location}");
            }
        }
        let form = format!("{mine}consignees/{}/contacts", house.consignee);
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let sent = estate.ask("POST", &form, &kind, "name=Ada&key=k".to_owned()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        assert!(sent.headers["location"].to_str().expect("text").starts_with(&mine));
    }
}

#[tokio::test]
async fn an_idempotency_key_means_something_in_its_own_workspace_only() {
    let estate = Estate::built().await;
    let key = [("idempotency-key", "the same key")];
    let body = |name: &str| format!(r#"{{"name":"{name}"}}"#);
    let mut made = Vec::new();
    for (number, (_, mark, _)) in ALL.iter().enumerate() {
        let path = format!("{}/api/v1/families", prefix(number));
        let answer = estate.ask("POST", &path, &key, body(mark)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.text());
        made.push(answer.json()["id"].clone());
    }
    for (number, id) in made.iter().enumerate() {
        let path = format!("{}/api/v1/families", prefix(number));
        let again = estate.ask("POST", &path, &key, body(ALL[number].1)).await;
        assert_eq!(again.json()["id"], *id, "each workspace gives its own answer again");
    }
    made.sort_by_key(ToString::to_string);
    made.dedup();
    assert_eq!(made.len(), ALL.len());
}

#[tokio::test]
async fn the_list_names_workspaces_and_their_standing_and_nothing_of_their_content() {
    let estate = Estate::built().await;
    let west = seat("west");
    assert!(estate.front.close(&west, "its record could not be opened."));
    let page = estate.get("/workspaces").await;
    assert_eq!(page.status, StatusCode::OK);
    let (html, list) = (page.text(), estate.get("/api/v1/workspaces").await);
    for (name, mark, _) in ALL {
        let item = list.json()["items"]
            .as_array()
            .expect("a list")
            .clone()
            .into_iter()
            .find(|item| item["name"] == name);
        let item = item.expect(name);
        assert_eq!(item["manufacturer"], format!("{mark}Maker & Söhne"));
        assert_eq!((&item["available"], &item["why"]), (&true.into(), &serde_json::Value::Null));
        assert!(item["ledger"]["entries"].as_u64() > Some(5), "{item}");
        assert!(html.contains(&format!("{mark}Maker &amp; Söhne")), "{html}");
        let home = Links::under(seat(name).prefix()).home();
        assert!(html.contains(&format!("href=\"{home}\"")), "{html}");
    }
    for answer in [&html, &list.text()] {
        for content in ["Infusion", "Brigid", "Ward 9", "minimist", "CVE-", "Saoirse"] {
            assert!(!answer.contains(content), "{content}: {answer}");
        }
    }
    assert!(html.contains("Not available"), "{html}");
    let closed = &list.json()["items"][3];
    assert_eq!((&closed["name"], &closed["available"]), (&"west".into(), &false.into()));

    let asked = estate.get("/w/west/products").await;
    assert_eq!(asked.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(asked.text().contains("its record could not be opened"), "{}", asked.text());
    let asked = estate.get("/w/west/api/v1/products").await;
    assert_eq!(asked.json()["code"], "workspace_unavailable");
    assert_eq!(estate.get("/w/north/products").await.status, StatusCode::OK);
    assert!(estate.get("/w/north/products").await.text().contains("href=\"/workspaces\""));
}

#[tokio::test]
async fn with_one_workspace_nothing_is_seen_of_there_being_more() {
    let house = House::built().await;
    let front = house.front();
    assert!(front.mount(&seat("main"), house.state.clone().unfollowed()));
    let twin = Seat::twin(&"main".parse().expect("a name"), "drill");
    assert!(front.mount(&twin, house.state.clone().unfollowed()), "a twin is no workspace");
    let estate = Estate { front, houses: vec![house] };
    for path in ["/workspaces", "/api/v1/workspaces"] {
        assert_eq!(estate.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = estate.get("/products").await.text();
    assert!(!page.contains("/workspaces"), "{page}");
    let kinds: Vec<Kind> = estate.front.list().iter().map(|one| one.seat.kind()).collect();
    assert_eq!(kinds, [Kind::Workspace, Kind::Twin]);
    assert_eq!(estate.get("/t/drill/products").await.status, StatusCode::OK);
    assert_eq!(estate.get("/").await.text(), estate.houses[0].get("/").await.text());
}

#[tokio::test]
async fn a_record_that_is_unmounted_is_let_go_of_and_can_be_opened_by_another() {
    let (state, folder) = House::built().await.parts();
    let main = House::built().await;
    let front = main.front();
    assert!(front.mount(&seat("main"), main.state.clone().unfollowed()));
    assert!(front.mount(&seat("north"), state)); // with its follower, which must stop
    assert!(!front.mount(&seat("north"), main.state.clone()), "the seat is taken");
    assert!(front.unmount(&seat("north")).await);
    assert!(!front.unmount(&seat("north")).await, "nothing stands there any more");
    let again = opened(folder.path(), "");
    let estate = Estate { front, houses: vec![main] };
    assert_eq!(estate.get("/w/north/products").await.status, StatusCode::NOT_FOUND);
    assert_eq!(estate.get("/products").await.status, StatusCode::OK);
    assert!(apart(|| again.ledger_head()).expect("a head").size > 5);
}

/// A body that arrives when the test says so.
struct Late(oneshot::Receiver<Bytes>);

impl HttpBody for Late {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0.is_terminated() {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.0)
            .poll(context)
            .map(|sent| sent.ok().map(|bytes| Ok(Frame::data(bytes))))
    }
}

#[tokio::test]
async fn unmounting_waits_for_the_request_under_way() {
    let house = House::built().await;
    let front = house.front();
    assert!(front.mount(&seat("north"), house.state.clone().unfollowed()));
    let before = house.entries();
    let (send, late) = oneshot::channel();
    let request = Request::post("/w/north/api/v1/families")
        .header("host", "localhost")
        .header("authorization", house.bearer())
        .body(Body::new(Late(late)))
        .expect("a request");
    let (done, mut order) = mpsc::unbounded_channel();
    let (begun, asked) = oneshot::channel();
    let request = {
        let (mut front, done) = (front.clone(), done.clone());
        tokio::spawn(async move {
            let answer = front.call(request); // it is with its record from here on
            tokio::pin!(answer);
            tokio::select! {
                biased;
                _ = &mut answer => panic!("it has no body yet"),
                () = std::future::ready(()) => {}
            }
            begun.send(()).expect("somebody waits");
            let answer = answer.await.expect("an answer");
            let _ = done.send("answered");
            answer.status()
        })
    };
    asked.await.expect("begun");
    let leave = tokio::spawn(async move {
        front.unmount(&seat("north")).await;
        let _ = done.send("unmounted");
    });
    send.send(Bytes::from_static(br#"{"name":"Late"}"#)).expect("somebody reads");
    assert_eq!(request.await.expect("no panic"), StatusCode::CREATED);
    leave.await.expect("no panic");
    assert_eq!(order.recv().await, Some("answered"));
    assert_eq!(order.recv().await, Some("unmounted"));
    assert_eq!(house.entries(), before + 1);
}

/// Only the state is handed in; that it is one of many is nothing it can know.
#[tokio::test]
async fn the_seat_decides_the_addresses_whatever_the_state_was_made_with() {
    let house = House::built().await;
    let state: State = house.state.clone().unfollowed();
    let front = house.front();
    assert!(front.mount(&seat("a-1"), state.clone()));
    assert!(front.mount(&seat("a"), state));
    let estate = Estate { front, houses: vec![house] };
    for prefix in ["/w/a", "/w/a-1"] {
        let html = estate.get(&format!("{prefix}/products")).await.text();
        assert!(html.contains(&format!("href=\"{prefix}/versions/")), "{html}");
    }
    assert_eq!(estate.get("/products").await.status, StatusCode::NOT_FOUND, "no default workspace");
}
