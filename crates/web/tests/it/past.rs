//! The record as of an earlier moment: through the very same addresses, read-only, and never mixed with
//! the present.

use crate::{
    gallery,
    house::{House, SBOM},
    markup::{Tag, tags, text},
    server::{PAGES, asked_before, operations},
};
use aftercare_web::link::Links;
use axum::http::StatusCode;
use std::collections::BTreeMap;

/// The house was built on Monday 2026-11-23 at 14:05; from Tuesday on it changes.
const MONDAY: &str = "2026-11-23";

fn asked(address: &str, as_of: &str) -> String {
    format!("{address}{}as_of={as_of}", if address.contains('?') { "&" } else { "?" })
}

/// One's own account has no past: it refuses the moment.
const PRESENT: &str = "/api/v1/account";

fn questions() -> impl Iterator<Item = String> {
    let questions = operations().into_iter().filter(|(method, _)| method == "get");
    questions.map(|(_, path)| path).filter(|path| path != PRESENT)
}

/// Changes a bit of everything.
async fn changed(house: &House) {
    let life = r#"{"predecessor":null,"released":null,"supported_until":null,"end_of_support":"2031-01-01","reason":"Longer promise"}"#;
    let json = [("content-type", "application/json")];
    let version = format!("/api/v1/versions/{}", house.version);
    let unit = format!("/api/v1/units/{}", house.unit);
    for (method, path, body) in [
        ("POST", "/api/v1/families", r#"{"name":"Later"}"#.to_owned()),
        (
            "POST",
            "/api/v1/products",
            format!(r#"{{"family":"{}","name":"Later pump"}}"#, house.family),
        ),
        ("POST", "/api/v1/versions", format!(r#"{{"product":"{}","label":"9.0"}}"#, house.product)),
        (
            "POST",
            "/api/v1/sites",
            format!(r#"{{"consignee":"{}","name":"Later ward"}}"#, house.consignee),
        ),
        (
            "POST",
            "/api/v1/units",
            format!(
                r#"{{"units":[{{"product":"{}","site":"{}","serial":"S9"}}]}}"#,
                house.product, house.site
            ),
        ),
        ("PATCH", &unit, r#"{"version":null,"reason":"Label worn off"}"#.to_owned()),
        ("PATCH", &version, life.to_owned()),
        ("POST", &format!("{version}/sboms?reason=Rebuilt"), SBOM.replace("1.2.0", "1.2.8")),
    ] {
        let answer = house.sent(method, path, &json, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
    }
    house.matched();
}

#[tokio::test]
async fn every_question_takes_a_moment_and_answers_then_as_it_did_before_the_changes() {
    let house = House::built().await;
    let mut before = BTreeMap::new();
    house.set_clock("2026-11-23T23:30:00Z");
    asked_before(&house).await;
    house.set_clock("2026-11-24T00:00:00Z");
    for path in questions() {
        let answer = house.get(&house.question(&path)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        before.insert(path, answer.bytes);
    }
    house.set_clock("2026-11-24T09:00:00Z");
    changed(&house).await;
    house.set_clock("2026-11-25T09:00:00Z");
    let mut differ = 0;
    for (path, bytes) in &before {
        let address = house.question(path);
        let then = house.get(&asked(&address, MONDAY)).await;
        assert_eq!(then.status, StatusCode::OK, "{path}: {}", then.text());
        let shown = then.headers["aftercare-as-of"].to_str().expect("text").to_owned();
        assert!(shown.ends_with(", 2026-11-23T23:59:59.999999Z"), "{path}: {shown}");
        differ += usize::from(house.get(&address).await.bytes != *bytes);
        if path.ends_with("/standing") {
            let standing = then.json();
            assert_eq!(standing["as_of"]["asked"], MONDAY);
            assert_eq!(standing["ledger"]["entries"], standing["as_of"]["entry"]);
            assert_eq!(standing["matching"]["state"], "caught_up", "{standing}");
        } else {
            let (now, earlier) = (then.text(), String::from_utf8_lossy(bytes).into_owned());
            assert_eq!(now, earlier, "{path}");
        }
    }
    assert!(differ > 8, "the changes must be seen in the present: {differ}");
}

#[tokio::test]
async fn every_described_question_describes_the_moment_and_every_change_refuses_it() {
    let house = House::built().await;
    let before = house.entries();
    let description = crate::server::description();
    for (method, path) in operations() {
        let parameters = &description["paths"][&path][&method]["parameters"];
        let described = parameters
            .as_array()
            .is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "as_of"));
        assert_eq!(described, method == "get" && path != PRESENT, "{method} {path}");
        if method != "get" {
            let address = asked(&house.filled(&path), MONDAY);
            let refused = house.sent(&method.to_uppercase(), &address, &[], "{}").await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{method} {path}");
            let said = refused.json();
            assert_eq!(said["code"], "past_is_read_only", "{method} {path}");
            assert!(said["next"].as_str().is_some_and(|next| next.contains("present")), "{said}");
        }
    }
    let form = asked(&format!("/versions/{}/sboms", house.version), MONDAY);
    let refused = house.sent("POST", &form, &[], "x").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("it is read-only"), "{}", refused.text());
    assert_eq!(house.entries(), before);
}

#[tokio::test]
async fn a_moment_that_cannot_be_shown_is_refused_with_a_next_step() {
    let house = House::built().await;
    for (moment, status, said) in [
        ("2026-11-24", 422, "lies in the future"),
        ("2026-11-23", 422, "is not over yet in UTC"),
        ("2026-11-23T14:05:00.000001Z", 422, "lies in the future"),
        ("entry:999", 422, "There is no entry 999"),
        ("tomorrow", 400, "does not begin with a date"),
        ("2026-02-29", 400, "not in the calendar"),
        ("2026-11-23T10:00:00", 400, "does not say its zone"),
    ] {
        for path in ["/products", "/api/v1/products"] {
            let answer = house.get(&asked(path, moment)).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {moment}: {}", answer.text());
            assert!(answer.text().contains(said), "{path} {moment}: {}", answer.text());
        }
    }
    let twice = house.get("/products?as_of=2026-11-22&as_of=2026-11-21").await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn before_the_first_entry_the_record_is_empty_and_says_so() {
    let house = House::built().await;
    for moment in ["2026-11-22", "entry:0"] {
        let page = house.get(&asked("/products", moment)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let words = text(&page.text());
        assert!(words.contains("Nothing was recorded yet, so it is empty."), "{words}");
        assert!(words.contains("No product is recorded yet"), "{words}");
        assert!(words.contains("No public knowledge then."), "{words}");
        let list = house.get(&asked("/api/v1/products", moment)).await;
        assert_eq!(list.json()["totals"]["products"], 0);
        assert!(
            list.headers["aftercare-as-of"].to_str().is_ok_and(|text| text.starts_with("entry 0,"))
        );
        let version =
            house.get(&asked(&format!("/api/v1/versions/{}", house.version), moment)).await;
        assert_eq!(version.status, StatusCode::NOT_FOUND, "it was not recorded then");
        let digest = aftercare_vocab::digest::Digest::of(SBOM.as_bytes());
        let blob = house.get(&asked(&format!("/api/v1/blobs/{digest}"), moment)).await;
        assert_eq!(blob.status, StatusCode::NOT_FOUND, "nor were its bytes");
    }
}

#[tokio::test]
async fn every_page_of_the_past_says_so_and_every_link_on_it_stays_there() {
    let house = House::built().await;
    house.set_clock("2026-11-24T09:00:00Z");
    changed(&house).await;
    for (path, content) in PAGES {
        let page = house.get(&asked(&house.filled(path), MONDAY)).await;
        let html = page.text();
        assert_eq!(page.status, StatusCode::OK, "{path}: {html}");
        assert!(html.contains(content), "{path} lacks {content}");
        assert!(!html.contains("Later"), "{path} knows what came later");
        assert!(text(&html).contains("The record as of the end of 2026-11-23 (UTC)"), "{path}");
        stays(path, &html, "", "as_of=2026-11-23");
    }
    let nowhere = house.get(&asked("/sites/nowhere", MONDAY)).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    stays("not found", &nowhere.text(), "", "as_of=2026-11-23");
    let by_control = house.get("/products?as_of=2026-11-24&as_of_time=08:30").await;
    assert!(text(&by_control.text()).contains("The record as of 2026-11-24 08:30 UTC"));
    stays("control", &by_control.text(), "", "as_of=2026-11-24T08%3A30%3A00Z");
    let cleared = house.get("/products?as_of=&as_of_time=").await;
    assert_eq!(cleared.status, StatusCode::OK);
    assert!(!cleared.text().contains("Back to the present"));
}

#[test]
fn every_sample_page_keeps_its_prefix_and_its_moment() {
    let to = Links::under("/w/north").at("2026-03-01".parse().ok());
    // What people outside see is always of the present.
    let inside = |(name, _): &(&str, _)| !name.contains("outside-");
    for (name, page) in gallery::pages_under(&to).into_iter().filter(inside) {
        stays(name, &page.into_string(), "/w/north", "as_of=2026-03-01");
    }
    for (name, page) in gallery::pages_under(&Links::under("/w/north")) {
        if name != "version-filtered" {
            stays(name, &page.into_string(), "/w/north", "");
        }
    }
}

/// Every internal address stands under the prefix and keeps the moment; only the ways back to the
/// present, and the control that chooses a moment, do not. Forms that ask carry it as a field; forms
/// that change do not exist there.
fn stays(name: &str, html: &str, prefix: &str, moment: &str) {
    let tags = tags(html);
    let mut form: Option<(&Tag, bool)> = None;
    for tag in &tags {
        match tag.name.as_str() {
            "form" => form = Some((tag, false)),
            "input" if tag.get("name") == Some("as_of") => {
                form = form.map(|(form, _)| (form, true));
            }
            "/form" => {
                let (open, kept) = form.take().expect("an open form");
                let control = open.get("action").is_some_and(|to| !to.contains("as_of"));
                if !moment.is_empty() {
                    assert_eq!(open.get("method"), Some("get"), "{name}: a change in the past");
                    assert!(kept, "{name}: {open:?} forgets the moment");
                    assert!(open.get("role").is_none() || !control, "{name}: {open:?}");
                }
            }
            _ => {}
        }
        let address = tag.get("href").or_else(|| tag.get("action"));
        let Some(address) = address.filter(|to| to.starts_with('/')) else { continue };
        if address.starts_with("/assets/") || tag.name == "link" {
            continue;
        }
        assert!(address.starts_with(&format!("{prefix}/")), "{name}: {address}");
        let back = !moment.is_empty()
            && (html[tag.end..].starts_with("Back to the present")
                || tag.name == "form" && !address.contains("as_of")
                || address.ends_with("/account")); // one's own account is as it is now
        // What changed is looked at as it is at the later of the two moments; an entry leads to its own.
        let other = match name {
            "/changes?from=entry:11&to=entry:15" => "as_of=entry%3A15",
            "/ledger/12" => "as_of=entry%3A12",
            "changes" => "as_of=2026-11-22T12%3A00%3A00Z",
            "ledger-entry" => "as_of=entry%3A2416",
            _ => moment,
        };
        assert!(
            back || [moment, other].iter().any(|one| address.contains(one)),
            "{name}: {address}"
        );
    }
    if !moment.is_empty() {
        let backs = html.matches("Back to the present").count();
        // A sample page under the banner of an exercise has the control alone.
        assert!(backs >= 1, "{name}: no way back");
    }
}
