//! Decide on Monday, change on Wednesday, ask as of Tuesday: on the command line, through the API and on
//! the page.

use crate::{
    bench::{Bench, Ran, bill},
    served::{Server, aftercare},
};
use aftercare_corpus::{Limits, import};
use aftercare_desk::{Desk, Places};
use aftercare_domain::{
    Actor, Channel, Date, Operation, Role,
    consignee::AddConsignee,
    family::AddFamily,
    product::AddProduct,
    site::AddSite,
    unit::{ChangeUnitVersion, Installed, UnitBatch, UnitRow, WhyUnknown},
    version::{AddVersion, ChangeVersion, Life},
};
use aftercare_register::Access;
use aftercare_testkit::engine;
use aftercare_vocab::{
    digest::Digest,
    id::{IdSource, VersionId},
    instant::Instant,
};
use serde_json::{Value, json};

const MONDAY: &str = "2024-03-04T09:00:00Z";
const TUESDAY: &str = "2024-03-05";
const WEDNESDAY: &str = "2024-03-06T15:30:00Z";

/// Known from Monday on.
const OLD: &str = "GHSA-aaaa-bbbb-cccc";
/// Published with the edition of Wednesday.
const NEW: &str = "GHSA-dddd-eeee-ffff";

/// What a test needs to know of the record.
struct Story {
    bench: Bench,
    version: VersionId,
    old_edition: Digest,
    new_edition: Digest,
}

fn record(id: &str, package: &str, fixed: &str) -> String {
    json!({
        "schema_version": "1.6.0", "id": id, "modified": "2024-01-01T00:00:00Z",
        "summary": format!("A flaw in {package}"),
        "affected": [{
            "package": {"ecosystem": "npm", "name": package},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    })
    .to_string()
}

fn sbom(left: &str, right: &str) -> String {
    let (lefts, rights) = (format!("pkg:npm/leftish@{left}"), format!("pkg:npm/rightish@{right}"));
    bill(&[("leftish", Some(left), Some(&lefts)), ("rightish", Some(right), Some(&rights))])
}

/// A clock that a story sets: it makes operations one second apart.
struct Clock(Instant, u64);

impl Clock {
    fn at(text: &str) -> Self {
        Self(text.parse().expect("an instant"), 0)
    }

    fn operation(&mut self) -> Operation {
        self.1 += 1;
        let at = self.0.plus_micros(self.1 as i64 * 1_000_000);
        let ids = IdSource::new(at, self.1);
        Operation::new(at, Actor::system("story"), Role::system(), Channel::Job, ids)
    }
}

fn because(op: Operation) -> Operation {
    op.because("Told by the site").expect("a reason")
}

/// Monday: one unit runs a version whose SBOM holds a flawed component. Wednesday: a new edition knows
/// of another flaw, a repaired SBOM replaces the first, support is prolonged, and the site no longer
/// knows what its unit runs.
fn told() -> Story {
    let bench = Bench::new();
    let old = bench.path().join(bench.file("old.json", record(OLD, "leftish", "1.2.6")));
    let new = bench.path().join(bench.file("new.json", record(NEW, "rightish", "2.0.0")));
    let corpus = bench.path().join("data/corpus");
    let made = |files: &[std::path::PathBuf]| {
        import(&corpus, files, None, None, &Limits::default(), &mut |_| {}).expect("imported").id
    };
    let old_edition = made(std::slice::from_ref(&old));
    let new_edition = made(&[old, new]);
    aftercare_corpus::Store::at(&corpus).use_edition(&new_edition).expect("in use");
    let places = Places {
        register: bench.path().join("data/register"),
        corpus,
        store: engine::store(&bench.path().join("data")),
        blobs: aftercare_register::BlobPlace::Directory,
    };
    let limits = aftercare_formats::sbom::Limits::default();
    let desk = Desk::open(&places, Access::Write, "Hollin Devices".into(), limits).expect("opened");

    let mut clock = Clock::at(MONDAY);
    desk.adopt_edition(&clock.operation(), &old_edition).expect("adopted");
    let op = clock.operation();
    let family = AddFamily { family: op.new_id(), name: "Pumps".into(), description: None };
    let family = desk.add_family(&op, family).expect("added");
    let op = clock.operation();
    let product = AddProduct {
        product: op.new_id(),
        family,
        name: "Pump".into(),
        model: None,
        description: None,
    };
    let product = desk.add_product(&op, product).expect("added");
    let op = clock.operation();
    let life = Life { end_of_support: Some(Date::constant(2024, 3, 5)), ..Life::default() };
    let add = AddVersion { version: op.new_id(), product, label: "1.0".into(), life };
    let version = desk.add_version(&op, add).expect("added");
    let op = clock.operation();
    let add = AddConsignee { consignee: op.new_id(), name: "Ward Hospital".into(), country: None };
    let consignee = desk.add_consignee(&op, add).expect("added");
    let op = clock.operation();
    let site = AddSite {
        site: op.new_id(),
        consignee,
        name: "Main".into(),
        country: None,
        city: None,
        time_zone: None,
    };
    let site = desk.add_site(&op, site).expect("added");
    let op = clock.operation();
    let unit = UnitRow {
        unit: op.new_id(),
        product,
        installed: Installed::Version(version),
        site,
        udi_di: None,
        serial: "A-1".into(),
        delivered: None,
    };
    let unit_id = unit.unit;
    desk.record_units(&op, UnitBatch { units: vec![unit] }).expect("recorded");
    let received = sbom("1.2.0", "1.0.0");
    desk.receive_sbom(&because(clock.operation()), version, None, None, received.as_bytes())
        .expect("received");
    desk.match_all(|| clock.operation(), |_| {}).expect("matched");

    let mut clock = Clock::at(WEDNESDAY);
    desk.adopt_edition(&clock.operation(), &new_edition).expect("adopted");
    let received = sbom("1.3.0", "1.0.0");
    desk.receive_sbom(&because(clock.operation()), version, None, None, received.as_bytes())
        .expect("received");
    desk.match_all(|| clock.operation(), |_| {}).expect("matched");
    let life = Life { end_of_support: Some(Date::constant(2099, 1, 1)), ..Life::default() };
    desk.change_version(&because(clock.operation()), None, ChangeVersion { version, life })
        .expect("changed");
    let installed = Installed::Unknown(WhyUnknown::NotTold);
    let change = ChangeUnitVersion { unit: unit_id, installed, effective: None };
    desk.change_unit(&because(clock.operation()), None, change).expect("changed");
    drop(desk);
    Story { bench, version, old_edition, new_edition }
}

impl Story {
    fn ask(&self, args: &[&str]) -> Ran {
        let mut command = aftercare(&self.bench.path().join("data"));
        command.current_dir(self.bench.path()).args(args).output().expect("started").into()
    }
}

fn units(reach: &Value) -> [u64; 3] {
    let units = &reach["totals"]["units"];
    ["affected", "no_affected_component", "version_unknown"]
        .map(|answer| units[answer].as_u64().expect("a count"))
}

#[test]
fn decided_on_monday_changed_on_wednesday_asked_as_of_tuesday() {
    let story = told();

    // the command line
    let asked = |id: &str, moment: &[&str]| {
        let ran = story.ask(&[&["affected", id, "--format", "json"], moment].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.json()
    };
    let tuesday = ["--as-of", TUESDAY];
    let then = asked(OLD, &tuesday);
    assert_eq!(units(&then["reach"][0]), [1, 0, 0], "one unit was affected");
    assert_eq!(then["reach"][0]["edition"]["id"], story.old_edition.to_string());
    assert_eq!(then["as_of"]["asked"], TUESDAY);
    let now = asked(OLD, &[]);
    assert_eq!(units(&now["reach"][0]), [0, 0, 1], "now nobody knows what the unit runs");
    assert_eq!(now["reach"][0]["edition"]["id"], story.new_edition.to_string());
    assert_eq!(now["as_of"], Value::Null);
    assert_eq!(asked(NEW, &tuesday)["reach"], json!([]), "nobody knew of it on Tuesday");
    assert_eq!(asked(NEW, &[])["reach"].as_array().map(Vec::len), Some(1));
    let table = story.ask(&["affected", OLD, "--as-of", TUESDAY]);
    assert!(
        table.out.contains("The record as of the end of 2024-03-05 (UTC), after entry"),
        "{}",
        table.out
    );
    let bill = story.bench.file("bill.json", sbom("1.2.0", "1.0.0"));
    let why = story.ask(&["explain", &bill, "rightish", NEW, "--as-of", TUESDAY]);
    assert!(why.out.contains("is not in this edition"), "{}{}", why.out, why.err);
    let why = story.ask(&["explain", &bill, "rightish", NEW, "--as-of", "2024-03-06"]);
    assert!(why.out.contains("Affected"), "{}{}", why.out, why.err);

    // the API
    let server = Server::start(&story.bench.path().join("data"));
    let reach =
        |id: &str, moment: &str| server.json(&format!("/api/v1/vulnerabilities/{id}{moment}"));
    let moment = format!("?as_of={TUESDAY}");
    assert_eq!(units(&reach(OLD, &moment)), [1, 0, 0]);
    assert_eq!(units(&reach(OLD, "")), [0, 0, 1]);
    assert_eq!(server.get(&format!("/api/v1/vulnerabilities/{NEW}{moment}")).0, 404);
    let sheet = |moment: &str| server.json(&format!("/api/v1/versions/{}{moment}", story.version));
    let (then, now) = (sheet(&moment), sheet(""));
    assert_eq!(then["end_of_support"], json!({"state": "until", "date": "2024-03-05"}));
    assert_eq!(now["end_of_support"], json!({"state": "until", "date": "2099-01-01"}));
    assert_eq!(then["sboms"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        sheet("?as_of=2024-03-06T12:00:00Z")["end_of_support"],
        json!({"state": "ended", "date": "2024-03-05"}),
        "support ended on Tuesday, and was prolonged on Wednesday afternoon"
    );

    // the page
    let page = |path: &str| {
        let (status, body) = server.get(path);
        (status, String::from_utf8_lossy(&body).into_owned())
    };
    let (status, html) = page(&format!("/vulnerabilities/{OLD}{moment}"));
    assert_eq!(status, 200, "{html}");
    assert!(html.contains("for reading only"), "{html}");
    assert!(html.contains("Ward Hospital") && html.contains("1 version affected"), "{html}");
    assert!(html.contains(&format!("/versions/{}?as_of={TUESDAY}", story.version)), "{html}");
    let (_, html) = page(&format!("/versions/{}{moment}", story.version));
    assert!(html.contains(OLD) && html.contains("1.2.0"), "{html}");
    assert!(html.contains("Until 2024-03-05"), "{html}");
    let (_, html) = page(&format!("/versions/{}", story.version));
    assert!(
        !html.contains(OLD) && html.contains(NEW) && html.contains("Until 2099-01-01"),
        "{html}"
    );
    server.kill();
}

#[test]
fn what_changed_between_tuesday_and_thursday_is_told_alike_on_every_face() {
    let story = told();
    let span = ["changes", "--from", TUESDAY, "--to", "2024-03-07"];
    let ran = story.ask(&[&span[..], &["--format", "json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let told = ran.json();
    let counted: Vec<(String, u64)> = told["counts"]
        .as_array()
        .expect("counts")
        .iter()
        .map(|one| {
            (
                one["kind"].as_str().expect("a kind").to_owned(),
                one["count"].as_u64().expect("a number"),
            )
        })
        .filter(|(_, number)| *number > 0)
        .collect();
    let wanted = [
        "edition_adopted",
        "finding_appeared",
        "finding_disappeared",
        "version_changed",
        "sbom_attached",
        "sbom_detached",
        "sbom_assessed",
        "unit_changed",
    ];
    assert_eq!(counted, wanted.map(|kind| (kind.to_owned(), 1)));
    let of = |kind: &str| -> Value {
        let all = told["changes"]["items"].as_array().expect("changes").clone();
        all.into_iter().find(|change| change["kind"] == kind).expect(kind)
    };
    let appeared = of("finding_appeared");
    assert_eq!(appeared["finding"]["vulnerability"], NEW);
    assert_eq!(appeared["finding"]["before"], "unknown", "so small an edition covers nothing");
    assert_eq!(appeared["finding"]["after"], "affected");
    assert_eq!(appeared["finding"]["component"]["name"], "rightish");
    let gone = of("finding_disappeared");
    assert_eq!(
        (&gone["finding"]["vulnerability"], &gone["before"]),
        (&OLD.into(), &"affected".into())
    );
    assert_eq!(gone["after"], "component not in the SBOM", "gone is not the same as repaired");
    let support = of("version_changed");
    assert_eq!(support["before"], "end of support 2024-03-05");
    assert_eq!(support["after"], "end of support 2099-01-01");
    let unit = of("unit_changed");
    assert_eq!(
        (&unit["before"], &unit["after"]),
        (&"1.0".into(), &"unknown: nobody told us".into())
    );
    assert!(unit["at"].as_str().is_some_and(|at| at.starts_with("2024-03-06T15:30:")), "{unit}");

    let table = story.ask(&span);
    assert!(table.out.contains("Findings no longer there: 1 change"), "{}", table.out);
    let csv = story.ask(&[&span[..], &["--format", "csv", "--kind", "unit_changed"]].concat());
    assert_eq!(csv.out.lines().count(), 2, "{}", csv.out);
    assert!(
        csv.out.contains("unit_changed,\"Pump, serial A-1, at Main\",1.0,unknown"),
        "{}",
        csv.out
    );
    let wrong = story.ask(&["changes", "--from", "2024-03-07", "--to", TUESDAY]);
    assert!(wrong.code == 2 && wrong.err.contains("lies after"), "{}", wrong.err);
    let none = story.ask(&["changes", "--from", TUESDAY, "--to", "2024-03-06T15:00:00Z"]);
    assert!(none.out.contains("Nothing is different between these moments."), "{}", none.out);

    let server = Server::start(&story.bench.path().join("data"));
    let query = format!("changes?from={TUESDAY}&to=2024-03-07");
    assert_eq!(server.json(&format!("/api/v1/{query}")), told);
    let only = server.json(&format!("/api/v1/{query}&kind=sbom_attached"));
    assert_eq!((&only["changes"]["total"], &only["counts"]), (&1.into(), &told["counts"]));
    let (status, page) = server.get(&format!("/{query}"));
    let page = String::from_utf8_lossy(&page).into_owned();
    assert_eq!(status, 200, "{page}");
    for part in ["8 changes", OLD, NEW, "component not in the SBOM", "2099-01-01", "nobody told us"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    server.kill();
}

#[test]
fn an_edition_whose_file_is_gone_is_named_and_no_other_is_asked_in_its_place() {
    let story = told();
    let file = format!("data/corpus/{}.edition", story.old_edition.hex());
    std::fs::remove_file(story.bench.path().join(&file)).expect("removed");
    let ran = story.ask(&["affected", OLD, "--as-of", TUESDAY]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    for part in [
        story.old_edition.to_string().as_str(),
        "no other edition",
        "import the same sources again",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert_eq!(story.ask(&["affected", OLD]).code, 0, "the present is not concerned");
    let server = Server::start(&story.bench.path().join("data"));
    let (status, body) = server.get(&format!("/api/v1/vulnerabilities/{OLD}?as_of={TUESDAY}"));
    let body = String::from_utf8_lossy(&body).into_owned();
    assert_eq!(status, 410, "{body}");
    assert!(body.contains("edition_missing") && body.contains(&story.old_edition.hex()), "{body}");
    let (status, page) = server.get(&format!("/vulnerabilities/{OLD}?as_of={TUESDAY}"));
    let page = String::from_utf8_lossy(&page).into_owned();
    assert!(status == 410 && page.contains(&story.old_edition.hex()), "{page}");
    // what was found with it is kept
    let findings = format!("/api/v1/versions/{}/findings?as_of={TUESDAY}", story.version);
    assert_eq!(server.json(&findings)["items"][0]["vulnerability"], OLD);
    server.kill();
}

#[test]
fn a_moment_that_cannot_be_read_is_refused_before_anything_is_asked() {
    let story = told();
    for (moment, said) in [
        ("yesterday", "does not begin with a date"),
        ("2024-02-30", "not in the calendar"),
        ("2999-01-01", "lies in the future"),
        ("entry:9999", "There is no entry 9999"),
    ] {
        let ran = story.ask(&["affected", OLD, "--as-of", moment]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{moment}");
        assert!(ran.err.contains(said), "{moment}: {}", ran.err);
    }
    let empty = story.ask(&["affected", "Pump", "--as-of", "2024-03-03"]);
    assert_eq!(empty.code, 0, "{}", empty.err);
    assert!(empty.out.contains("before the first entry: it is empty"), "{}", empty.out);
    let bill = story.bench.file("bill.json", sbom("1.2.0", "1.0.0"));
    let both =
        story.ask(&["explain", &bill, "leftish", OLD, "--as-of", TUESDAY, "--corpus", "sha256:0"]);
    assert!(both.code == 2 && both.err.contains("Give one of them"), "{}", both.err);
}
