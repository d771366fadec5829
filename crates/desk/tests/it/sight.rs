//! A desk with a sight: every question a person can ask, of two families, by who sees one.

use aftercare_desk::{
    BlastWish, By, ChangeWish, ComponentWish, Desk, FindingWish, Places, ProductsOnly, Proofs,
    Signing, Trouble, Viewer,
};
use aftercare_domain::{
    Actor, Channel, Date, Event, Operation, Role, Sight, When,
    consignee::AddConsignee,
    contact::Person,
    decision::Wish,
    family::AddFamily,
    grant::{RoleGiven, Standing},
    person::{IdentityVerified, PersonAdded},
    product::AddProduct,
    rights::{Circumstances, DecisionKind},
    role::RoleName,
    site::AddSite,
    twin::TwinName,
    unit::{ChangeUnitVersion, Installed, UnitBatch, UnitRow, WhyUnknown},
    version::{AddVersion, ChangeVersion, Life},
};
use aftercare_formats::sbom::Limits;
use aftercare_register::{BlobPlace, DecisionsOnly, Denied, Options, Seed};
use aftercare_testkit::engine;
use aftercare_vocab::{
    digest::Digest,
    id::{ConsigneeId, ContactId, FamilyId, IdSource, ProductId, SiteId, UnitId, VersionId},
    instant::Instant,
};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    path::Path,
    sync::atomic::{AtomicI64, Ordering},
};

const TODAY: Date = Date::constant(2026, 3, 3);
/// 2026-03-02T09:00:00Z
const MONDAY: i64 = 1_772_442_000_000_000;
/// Long after everything in here.
const LATER: Instant = Instant::from_micros(MONDAY + 86_400_000_000);

struct House {
    desk: Desk,
    alpha: Lot,
    beta: Lot,
    shared: ConsigneeId,
    ticks: AtomicI64,
    _folder: tempfile::TempDir,
}

/// One family with what belongs to it; its name stands in every other.
#[derive(Debug, Clone)]
struct Lot {
    name: &'static str,
    family: FamilyId,
    product: ProductId,
    version: VersionId,
    site: SiteId,
    consignee: ConsigneeId,
    contact: ContactId,
    unit: UnitId,
    sbom: Digest,
    bytes: String,
    batch: Digest,
}

impl Lot {
    fn marks(&self) -> Vec<String> {
        let ids = [
            self.family.to_string(),
            self.product.to_string(),
            self.version.to_string(),
            self.site.to_string(),
            self.consignee.to_string(),
            self.contact.to_string(),
            self.unit.to_string(),
            self.sbom.to_string(),
        ];
        let names = [self.name.to_owned()];
        ids.into_iter().chain(names).map(|mark| mark.to_lowercase()).collect()
    }
}

fn osv(id: &str, package: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2026-01-01T00:00:00Z","summary":"Of a package","affected":[{{"package":{{"ecosystem":"npm","name":"{package}"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}]}}]}}"#
    )
}

impl House {
    fn built() -> Self {
        let folder = tempfile::tempdir().expect("scratch");
        let corpus = folder.path().join("corpus");
        let records: Vec<_> =
            [("GHSA-0001", "minimist"), ("GHSA-0002", "alpha-kit"), ("GHSA-0003", "beta-kit")]
                .map(|(id, package)| {
                    let place = folder.path().join(format!("{id}.json"));
                    std::fs::write(&place, osv(id, package)).expect("written");
                    place
                })
                .into();
        let limits = aftercare_corpus::Limits::default();
        let imported =
            aftercare_corpus::import(&corpus, &records, None, None, &limits, &mut |_| {})
                .expect("imported");
        aftercare_corpus::Store::at(&corpus).use_edition(&imported.id).expect("in use");
        let desk = opened(folder.path());
        let ticks = AtomicI64::new(0);
        desk.follow_corpus(|| op(&ticks)).expect("adopted");
        let shared = consignee(&desk, &ticks, "Shared clinic");
        let beta = lay(&desk, &ticks, "beta", shared);
        desk.match_all(|| op(&ticks), |_| {}).expect("matched");
        let alpha = lay(&desk, &ticks, "alpha", shared);
        desk.match_all(|| op(&ticks), |_| {}).expect("matched");
        desk.checkpoint(&op(&ticks)).expect("signed");
        Self { desk, alpha, beta, shared, ticks, _folder: folder }
    }

    fn op(&self) -> Operation {
        op(&self.ticks)
    }

    fn of(&self, lot: &Lot) -> Desk {
        self.desk.seen_by(&Sight::of([lot.family]))
    }

    fn entries(&self) -> u64 {
        self.desk.ledger_head().expect("reads").size
    }
}

fn opened(folder: &Path) -> Desk {
    let register = folder.join("register");
    let store = engine::store(&register);
    let places =
        Places { register, corpus: folder.join("corpus"), store, blobs: BlobPlace::Directory };
    let options = Options { seed: Some(Seed([7; 32])), ..Options::default() };
    Desk::open(&places, options, "Maker".into(), Limits::default()).expect("opens")
}

fn op(ticks: &AtomicI64) -> Operation {
    let tick = ticks.fetch_add(1, Ordering::SeqCst);
    let at = Instant::from_micros(MONDAY + tick * 1_000_000);
    let mut chance = [1; 32];
    chance[..8].copy_from_slice(&tick.to_be_bytes());
    Operation::new(
        at,
        Actor::system("test"),
        Role::system(),
        Channel::Job,
        IdSource::new(at, tick as u64),
    )
    .with_chance(chance)
    .because("As told")
    .expect("a reason")
}

fn consignee(desk: &Desk, ticks: &AtomicI64, name: &str) -> ConsigneeId {
    let op = op(ticks);
    let add = AddConsignee { consignee: op.new_id(), name: name.into(), country: None };
    desk.add_consignee(&op, add).expect("added")
}

fn site(desk: &Desk, ticks: &AtomicI64, consignee: ConsigneeId, name: &str) -> SiteId {
    let op = op(ticks);
    let site = op.new_id();
    let add =
        AddSite { site, consignee, name: name.into(), country: None, city: None, time_zone: None };
    desk.add_site(&op, add).expect("added")
}

fn person(name: &str) -> Person {
    Person { name: name.into(), function: None, email: None, phone: None }
}

fn lay(desk: &Desk, ticks: &AtomicI64, name: &'static str, shared: ConsigneeId) -> Lot {
    let begun = op(ticks);
    let family = begun.new_id();
    let add = AddFamily { family, name: format!("{name} family"), description: None };
    desk.add_family(&begun, add).expect("added");
    let product = begun.new_id();
    let add = AddProduct {
        product,
        family,
        name: format!("{name} pump"),
        model: None,
        description: None,
    };
    desk.add_product(&op(ticks), add).expect("added");
    let version = begun.new_id();
    let add = AddVersion { version, product, label: format!("{name}-1"), life: Life::default() };
    desk.add_version(&op(ticks), add).expect("added");
    let own = consignee(desk, ticks, &format!("{name} clinic"));
    let places = [
        site(desk, ticks, shared, &format!("{name} ward")),
        site(desk, ticks, own, &format!("{name} hall")),
    ];
    let (mut units, unit) = (Vec::new(), begun.new_id());
    for (number, site) in places.into_iter().chain(places).enumerate() {
        let installed = if number < 2 {
            Installed::Version(version)
        } else {
            Installed::Unknown(WhyUnknown::NotTold)
        };
        units.push(UnitRow {
            unit: if number == 0 { unit } else { begun.new_id() },
            product,
            installed,
            site,
            udi_di: None,
            serial: format!("{name}-s{number}"),
            delivered: None,
        });
    }
    let batch = UnitBatch { units };
    let kept = Digest::of(&batch.bytes().expect("JSON"));
    desk.record_units(&op(ticks), batch).expect("recorded");
    let contact = desk
        .add_contact(&op(ticks), shared, Some(places[0]), person(&format!("{name} person")))
        .expect("added");
    let bytes = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{{"component":{{"type":"firmware","name":"{name}"}}}},"components":[{{"type":"library","name":"minimist","version":"1.2.0","purl":"pkg:npm/minimist@1.2.0"}},{{"type":"library","name":"{name}-kit","version":"1.0.0","purl":"pkg:npm/{name}-kit@1.0.0"}}]}}"#
    );
    let receipt = desk
        .receive_sbom(&op(ticks), version, None, Some(format!("{name}.json")), bytes.as_bytes())
        .expect("received");
    Lot {
        name,
        family,
        product,
        version,
        site: places[0],
        consignee: own,
        contact,
        unit,
        sbom: receipt.digest,
        bytes,
        batch: kept,
    }
}

/// One question and its answer or trouble, as a face would write them.
type Told = Vec<(String, String)>;

fn say<T: Serialize>(told: &mut Told, what: impl Into<String>, answer: Result<T, Trouble>) {
    told.push((what.into(), said(answer)));
}

fn said<T: Serialize>(answer: Result<T, Trouble>) -> String {
    match answer {
        Ok(answer) => serde_json::to_string(&answer).expect("JSON"),
        Err(trouble) => format!("REFUSED {trouble}"),
    }
}

/// Every question of the desk that a part of the record can answer, about both lots.
fn asked(desk: &Desk, house: &House) -> Told {
    let mut told = Vec::new();
    say(&mut told, "products", desk.products(TODAY, ProductsOnly::All, ""));
    say(&mut told, "unknown", desk.products(TODAY, ProductsOnly::VersionUnknown, ""));
    say(&mut told, "standing", desk.standing(LATER));
    say(&mut told, "head", desk.ledger_head());
    say(&mut told, "checkpoint", desk.newest_checkpoint());
    say(&mut told, "keys", desk.ledger_keys());
    say(&mut told, "twins", desk.twins());
    let here =
        desk.twins_here().map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
    say(&mut told, "twins here", here);
    say(&mut told, "in force", desk.edition_in_force().map(|edition| edition.is_some()));
    let wish = ChangeWish { from: When::Entry(0), to: None, only: None, after: String::new() };
    say(&mut told, "changes", desk.changes(&wish, LATER));
    for id in ["GHSA-0001", "GHSA-0002", "GHSA-0003"] {
        say(&mut told, "published", desk.published(&[id.to_owned()]));
        let answer = desk.blast_radius(id, &BlastWish::default(), TODAY);
        say(
            &mut told,
            format!("reach of {id}"),
            answer.map(|found| found.map_err(|nothing| nothing.what)),
        );
    }
    for lot in [&house.alpha, &house.beta] {
        let about = |what: &str| format!("{what} of {}", lot.name.to_uppercase());
        let wish = ComponentWish::default();
        say(&mut told, about("version"), desk.version(lot.version, TODAY));
        say(&mut told, about("components"), desk.components(lot.version, &wish));
        say(&mut told, about("units"), desk.version_units(lot.version, ""));
        say(&mut told, about("findings"), desk.findings(lot.version, &FindingWish::default()));
        for (place, id) in [(0, "GHSA-0001"), (1, "GHSA-0002"), (1, "GHSA-0003"), (2, "GHSA-0003")]
        {
            say(&mut told, about("finding"), desk.finding(lot.version, place, id));
        }
        say(&mut told, about("site"), desk.site(lot.site, ""));
        say(&mut told, about("unit"), desk.unit(lot.unit));
        for consignee in [lot.consignee, house.shared] {
            say(&mut told, about("consignee"), desk.consignee(consignee, ""));
            say(&mut told, about("contacts"), desk.contacts(consignee, ""));
        }
        say(&mut told, about("contact"), desk.contact(lot.contact));
        let received = desk.blob(&lot.sbom, None);
        say(
            &mut told,
            about("blob"),
            received.map(|bytes| String::from_utf8(bytes).expect("text")),
        );
    }
    for text in [
        "a",
        "b",
        "min",
        "kit",
        "alpha",
        "beta",
        "ghsa",
        "s",
        "pkg:npm/beta-kit@1.0.0",
        "beta-s0",
        "alpha-s0",
        "GHSA-0003",
        "Shared",
    ] {
        let what = text.to_uppercase();
        let unasked = |answer: String| {
            let repeated =
                ["question", "query", "purl", "id"].map(|field| format!("\"{field}\":\"{text}\""));
            let answer = repeated
                .iter()
                .fold(answer, |answer, field| answer.replace(field, "\"as\":\"asked\""));
            answer.replace(&format!("`{text}`"), "`as asked`")
        };
        told.push((format!("ask {what}"), unasked(said(desk.ask(text, TODAY)))));
        told.push((format!("places {what}"), unasked(said(desk.component_places(text, "")))));
    }
    told
}

fn nothing_of(lot: &Lot, told: &Told) {
    for (what, answer) in told {
        if answer.starts_with("REFUSED") {
            assert!(answer.contains("There is no "), "{what}: {answer}");
            continue;
        }
        let answer = answer.to_lowercase();
        for mark in lot.marks() {
            assert!(!answer.contains(&mark), "{what} tells {mark} of {}: {answer}", lot.name);
        }
    }
}

#[test]
fn no_question_of_who_sees_one_family_is_answered_with_the_other() {
    let house = House::built();
    for (own, other) in [(&house.alpha, &house.beta), (&house.beta, &house.alpha)] {
        let desk = house.of(own);
        let told = asked(&desk, &house);
        nothing_of(other, &told);
        let all: String = told.iter().map(|(_, answer)| answer.to_lowercase()).collect();
        for mark in own.marks() {
            assert!(all.contains(&mark), "{mark}");
        }
        for entry in 0..=house.entries() {
            let past = desk.as_of(When::Entry(entry), LATER).expect("a moment");
            assert_eq!(past.sight(), desk.sight());
            nothing_of(other, &asked(&past, &house));
        }
        let instant = desk.as_of(When::Instant(LATER), LATER).expect("a moment");
        nothing_of(other, &asked(&instant, &house));
    }
}

#[test]
fn who_sees_every_family_reads_what_everybody_reads() {
    let house = House::built();
    let every = Sight::of([house.alpha.family, house.beta.family]);
    let (wide, narrow) = (asked(&house.desk, &house), asked(&house.desk.seen_by(&every), &house));
    assert!(wide.iter().filter(|(_, answer)| !answer.starts_with("REFUSED")).count() > 50);
    for (wide, narrow) in wide.iter().zip(&narrow) {
        assert_eq!(narrow, wide);
    }
    assert_eq!(asked(&house.desk.seen_by(&Sight::All), &house), wide);
    assert_eq!(house.desk.seen_by(&every).seen_by(&Sight::All).sight(), &every, "it stays narrow");
}

#[test]
fn what_is_about_the_whole_record_is_refused_to_who_sees_a_part() {
    let house = House::built();
    let desk = house.of(&house.alpha);
    let name: TwinName = "drill".parse().expect("a name");
    let asked: Vec<(&str, Result<(), Trouble>)> = vec![
        ("ledger", desk.ledger("", None).map(|_| ())),
        ("ledger_rows", desk.ledger_rows("", None).map(|_| ())),
        ("ledger_entry", desk.ledger_entry(1, None).map(|_| ())),
        ("ledger_proof", desk.ledger_proof(1).map(|_| ())),
        ("ledger_tile", desk.ledger_tile("tile/entries/000.p/3").map(|_| ())),
        ("fork_twin", desk.fork_twin(&house.op(), name.clone(), &mut |_, _, _| {}).map(|_| ())),
        ("discard_twin", desk.discard_twin(&house.op(), &name)),
        ("open_twin", desk.open_twin(&name).map(|_| ())),
        ("note_twins", desk.note_twins(|| house.op()).map(|_| ())),
    ];
    for (what, answer) in asked {
        let Err(Trouble::Refusal(refusal)) = answer else { panic!("{what}: {answer:?}") };
        assert_eq!(refusal.code, "whole_record_needed", "{what}");
    }
    for blob in [house.alpha.batch, house.beta.batch, house.beta.sbom] {
        let answer = desk.blob(&blob, None);
        assert!(matches!(answer, Err(Trouble::NotFound { .. })), "{answer:?}");
    }
    assert!(house.desk.blob(&house.beta.batch, None).is_ok(), "it is there");
}

#[test]
fn a_desk_changes_no_more_than_it_sees_whatever_the_operation_says() {
    let house = House::built();
    let desk = house.of(&house.alpha);
    let before = house.entries();
    let beta = &house.beta;
    let op = || house.op(); // sees all
    let product = AddProduct {
        product: op().new_id(),
        family: beta.family,
        name: "New".into(),
        model: None,
        description: None,
    };
    let version = AddVersion {
        version: op().new_id(),
        product: beta.product,
        label: "9".into(),
        life: Life::default(),
    };
    let site = AddSite {
        site: op().new_id(),
        consignee: beta.consignee,
        name: "New".into(),
        country: None,
        city: None,
        time_zone: None,
    };
    let family = AddFamily { family: op().new_id(), name: "New".into(), description: None };
    let consignee =
        AddConsignee { consignee: op().new_id(), name: "beta clinic".into(), country: None };
    let unit = UnitRow {
        unit: op().new_id(),
        product: beta.product,
        installed: Installed::Unknown(WhyUnknown::NotTold),
        site: house.alpha.site,
        udi_di: None,
        serial: "n".into(),
        delivered: None,
    };
    let install = ChangeUnitVersion {
        unit: beta.unit,
        installed: Installed::Unknown(WhyUnknown::NotTold),
        effective: None,
    };
    let life = ChangeVersion { version: beta.version, life: Life::default() };
    let tried: Vec<(&str, Result<(), Trouble>)> = vec![
        ("add_family", desk.add_family(&op(), family).map(|_| ())),
        ("add_product", desk.add_product(&op(), product).map(|_| ())),
        ("add_version", desk.add_version(&op(), version).map(|_| ())),
        ("change_version", desk.change_version(&op(), Some(7), life)),
        ("add_consignee", desk.add_consignee(&op(), consignee).map(|_| ())),
        ("add_site", desk.add_site(&op(), site).map(|_| ())),
        ("record_units", desk.record_units(&op(), UnitBatch { units: vec![unit] }).map(|_| ())),
        ("change_unit", desk.change_unit(&op(), Some(7), install)),
        ("add_contact", desk.add_contact(&op(), beta.consignee, None, person("x")).map(|_| ())),
        ("change_contact", desk.change_contact(&op(), None, beta.contact, person("x"))),
        ("erase_contact", desk.erase_contact(&op(), None, beta.contact)),
        (
            "receive_sbom",
            desk.receive_sbom(&op(), beta.version, None, None, house.alpha.bytes.as_bytes())
                .map(|_| ()),
        ),
    ];
    for (what, answer) in tried {
        match answer {
            Err(Trouble::NotFound { .. }) => {}
            Err(Trouble::Refusal(refusal)) => {
                assert!(
                    matches!(refusal.code, "unknown_id" | "whole_record_needed"),
                    "{what}: {refusal}"
                );
            }
            other => panic!("{what}: {other:?}"),
        }
    }
    assert_eq!(house.entries(), before, "nothing was recorded");
    let label = AddVersion {
        version: op().new_id(),
        product: house.alpha.product,
        label: "2".into(),
        life: Life::default(),
    };
    desk.add_version(&op(), label).expect("its own goes on");
    assert_eq!(house.entries(), before + 1);
}

/// What Ole does, who analyses for all families.
fn by_ole(house: &House) -> Operation {
    let mut op = house.op();
    op.actor = Actor::person("ole").expect("a login");
    op.role = Role::new(RoleName::SecurityAnalyst.code()).expect("a role");
    op
}

fn ole(house: &House) -> Viewer {
    let op = house.op();
    let (person, grant, role) = (op.new_id(), op.new_id(), RoleName::SecurityAnalyst);
    let (standing, sight) = (Standing::Holder, Sight::All);
    let events: Vec<Event> = vec![
        PersonAdded { person, login: "ole".into(), name: "Ole".into() }.into(),
        IdentityVerified { person, how: "pass shown".into() }.into(),
        RoleGiven { grant, person, role, sight, standing }.into(),
    ];
    let joined = house.desk.register().transact(&op, |pen| -> Result<(), Denied> {
        pen.record_all(events).map_err(Denied::from)
    });
    joined.expect("recorded");
    Viewer {
        person,
        login: "ole".into(),
        name: "Ole".into(),
        rights: BTreeSet::new(),
        sight: Sight::of([house.alpha.family]),
        by: By::Session(op.new_id(), Vec::new()),
        role: role.code().into(),
    }
}

#[test]
fn a_decision_about_a_family_out_of_sight_is_not_there() {
    let house = House::built();
    let viewer = ole(&house);
    let wish = || Wish {
        kind: DecisionKind::Closure,
        about: "GHSA-0003".into(),
        title: "Close it".into(),
        statement: "Nothing is left.".into(),
        circumstances: Circumstances::default(),
        families: Sight::of([house.beta.family]),
        matrix: None,
        rules: None,
        matter: None,
    };
    let id = house.desk.propose(&by_ole(&house), wish()).expect("proposed");
    let total = |desk: &Desk| {
        let listed = desk.decisions(DecisionsOnly::All, "", "", None, LATER).expect("reads");
        assert_eq!(listed.items.len() as u64, listed.total);
        listed.total
    };
    let seeing = house.of(&house.beta);
    let sheet = seeing.decision(id, None, LATER).expect("is there for who sees its family");
    assert_eq!(total(&seeing), 1);

    let desk = house.of(&house.alpha);
    let before = house.entries();
    let (role, of) = (RoleName::SecurityAnalyst, sheet.versions[0].digest);
    let signing = Signing { decision: id, role, of };
    let proofs = Proofs { password: "x".into(), ..Proofs::default() };
    let op = || by_ole(&house);
    let tried: Vec<(&str, Result<(), Trouble>)> = vec![
        ("decision", desk.decision(id, None, LATER).map(|_| ())),
        ("propose", desk.propose(&op(), wish()).map(|_| ())),
        ("revise", desk.revise(&op(), id, wish())),
        ("withdraw", desk.withdraw(&op(), id)),
        ("sign", desk.sign(&op(), &viewer, &signing, &proofs).map(|_| ())),
        ("refuse", desk.refuse(&op(), &viewer, &signing, &proofs).map(|_| ())),
    ];
    for (what, answer) in tried {
        match answer {
            Err(Trouble::NotFound { .. }) => {}
            Err(Trouble::Refusal(refusal)) => {
                assert_eq!(refusal.code, "unknown_id", "{what}: {refusal}");
            }
            other => panic!("{what}: {other:?}"),
        }
    }
    assert_eq!(total(&desk), 0);
    let matrix = desk.matrix_data().expect("reads");
    assert!(desk.dry_run(&matrix).expect("reads").is_empty());
    assert!(desk.waiting(&viewer, LATER).expect("reads").is_empty());
    assert_eq!(house.entries(), before, "nothing was recorded");
}

/// What each function of the desk has to do with sight.
const ASKED: &[&str] = &[
    "ask",
    "blast_radius",
    "blob",
    "changes",
    "component_places",
    "components",
    "consignee",
    "contact",
    "contacts",
    "decision",
    "decisions",
    "dry_run",
    "edition_in_force",
    "finding",
    "findings",
    "ledger_head",
    "ledger_keys",
    "newest_checkpoint",
    "products",
    "published",
    "site",
    "standing",
    "twins",
    "twins_here",
    "unit",
    "version",
    "version_units",
    "waiting",
];
const REFUSED: &[&str] = &[
    "discard_twin",
    "fork_twin",
    "ledger",
    "ledger_entry",
    "ledger_proof",
    "ledger_rows",
    "ledger_tile",
    "note_twins",
    "open_twin",
];
const CHANGES: &[&str] = &[
    "add_contact",
    "add_consignee",
    "add_family",
    "add_product",
    "add_site",
    "add_version",
    "change_contact",
    "change_unit",
    "change_version",
    "erase_contact",
    "propose",
    "matched_since", // of a receipt that receiving gave
    "receive_sbom",
    "record_units",
    "refuse",
    "revise",
    "sign",
    "withdraw",
];
/// About people, who belong to no family, and about who may what: for whom these are, the right to use them
/// says.
const PEOPLE: &[&str] = &[
    "access_review",
    "review_access",
    "absence_is_of",
    "account",
    "acknowledge_policy",
    "add_person",
    "ask_for_passkey",
    "ask_to_register_passkey",
    "ask_to_sign_in",
    "begin_by_provider",
    "begin_totp",
    "begun_totp",
    "change_password",
    "confirm_totp",
    "delegate",
    "delegations",
    "end_absence",
    "end_credential",
    "end_delegation",
    "end_own_session",
    "family_refs",
    "finish_by_provider",
    "give_role",
    "has_passkey",
    "invite",
    "issue_policy",
    "issue_token",
    "join",
    "lacks",
    "matrix",
    "matrix_data",
    "needed",
    "new_recovery_codes",
    "note_taken",
    "override_competence",
    "rules",
    "rules_change",
    "rules_edition",
    "rules_newest",
    "own_roles",
    "people",
    "people_page",
    "person",
    "policies",
    "policy",
    "policy_document",
    "possible_delegates",
    "record_absence",
    "record_training",
    "register_passkey",
    "reinstate_person",
    "rename_person",
    "revoke_token",
    "role_for",
    "roster",
    "security",
    "session_used",
    "set_up",
    "set_up_code",
    "sign_in",
    "sign_in_by_passkey",
    "sign_in_second",
    "sign_out",
    "suspend_person",
    "take_role",
    "verify_identity",
    "viewer_of_session",
    "viewer_of_token",
    "wants_set_up",
    "withdraw_policy",
];
/// Advisories: those of a case in sight alone, and told whole only to who sees all its families; what is public
/// is told to everybody.
const ADVISORIES: &[&str] = &[
    "advisories_of",
    "advisory",
    "advisory_begun",
    "advisory_document",
    "draft_advisory",
    "preview_advisory",
    "propose_publication",
    "public_advisories",
    "public_advisory",
    "public_document",
    "publish_advisory",
    "withdraw_advisory",
];
/// Calls to whoever is on duty: of one family or of all, and asked with a narrow sight in the register's own
/// tests of duty.
const DUTY: &[&str] = &[
    "adopt_chain",
    "answer_call",
    "call",
    "calls",
    "calls_for",
    "duty",
    "follow_calls",
    "raise_call",
];
/// Signals: of the families that they name, and asked with a narrow sight in the register's and the web's own
/// tests of signals; what comes from outside belongs to none.
const SIGNALS: &[&str] = &[
    "assign_signal",
    "enter_signal",
    "erase_signal",
    "queue",
    "report",
    "settle_signal",
    "signal",
    "signal_file",
    "thread",
    "triage",
    "write_outside",
    "write_to_reporter",
];
/// Cases: of the families that they name, and asked with a narrow sight and under an embargo in the tests of
/// cases in `web`.
const CASES: &[&str] = &[
    "case",
    "case_attachment",
    "cases",
    "cases_waiting",
    "clock_wall",
    "open_case",
    "propose_about",
    "try_rules",
    "record_fact",
    "record_fact_with",
];
/// Notices: for those who see all families of the case, as asked in the tests of notices in `web`; what comes from
/// outside belongs to none.
const NOTICES: &[&str] = &[
    "acknowledge_notice",
    "acknowledge_outside",
    "advisory_of_notice",
    "issue_notices",
    "move_notice",
    "notice_outside",
    "notice_text",
    "notices",
    "tell_case",
];
/// What is stated of the use of a product: asked and stated with a narrow sight in the tests of use in `web`.
const USAGE: &[&str] = &[
    "adopt_risk_file",
    "end_environment",
    "hazards",
    "risk_file_received",
    "state_cycle",
    "state_environment",
    "usage",
];
/// Mappings of identities are of the whole programme; who sees some families has no right to state or try one.
const MAPPINGS: &[&str] =
    &["mapping", "mapping_table", "mappings", "state_mapping", "try_mapping", "withdraw_mapping"];
/// A supplier is of no family; the others are for followers and the rim, or tell of no row.
const NO_MATTER: &[&str] = &[
    "add_supplier",
    "adopt_edition",
    "as_of",
    "checkpoint",
    "checkpoint_daily",
    "follow_corpus",
    "follows",
    "limits",
    "manufacturer",
    "match_all",
    "match_next",
    "moment",
    "open",
    "outward",
    "post_next",
    "posts",
    "register",
    "seen_by",
    "sends_mail",
    "sight",
    "tidy",
    "twin",
    "with_mailing",
    "with_programme",
    "with_publisher",
];

#[test]
fn every_function_of_the_desk_is_asked_here_or_classed() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(source).expect("lists") {
        let path = file.expect("an entry").path();
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("reads");
        for part in text.split("\nimpl Desk {").skip(1) {
            let body = part.split("\n}").next().unwrap_or_default();
            for line in body.lines() {
                let line = line
                    .strip_prefix("    pub const fn ")
                    .or_else(|| line.strip_prefix("    pub fn "));
                let name = line.and_then(|line| line.split(['(', '<']).next());
                found.extend(name.map(str::to_owned));
            }
        }
    }
    let classed: BTreeSet<String> = [
        ASKED, REFUSED, CHANGES, PEOPLE, ADVISORIES, SIGNALS, CASES, NOTICES, DUTY, USAGE,
        MAPPINGS, NO_MATTER,
    ]
    .concat()
    .into_iter()
    .map(str::to_owned)
    .collect();
    assert_eq!(found, classed);
}
