//! Who sees some product families sees nothing of the others, whatever is asked or changed.

use crate::house::{Attached, House, covered, verdict};
use aftercare_domain::{
    Event, Refusal, Sight,
    contact::Person,
    finding::DependsOn,
    product::ProductAdded,
    sbom::Standing,
    unit::{Installed, WhyUnknown},
    version::Life,
};
use aftercare_register::{
    Cursor, Denied, Fault, Page, Paged, Reader, Register,
    read::{
        component::{ComponentFilter, ComponentKey, ComponentQuery},
        fleet::Units,
        version::SbomKey,
    },
};
use aftercare_vocab::{
    digest::Digest,
    id::{ConsigneeId, ContactId, FamilyId, ProductId, SiteId, SubjectId, UnitId, VersionId},
    verdict::Answer,
};
use std::{collections::BTreeSet, fmt::Debug};

/// One family with all that belongs to it. `name` stands in every name.
#[derive(Debug, Clone)]
struct Lot {
    name: &'static str,
    family: FamilyId,
    product: ProductId,
    version: VersionId,
    site: SiteId,
    consignee: ConsigneeId,
    unit: UnitId,
    contacts: Vec<(ContactId, SubjectId)>,
    sbom: Attached,
}

impl Lot {
    /// Texts that give the lot away.
    fn marks(&self) -> Vec<String> {
        let mut marks = vec![
            self.name.to_lowercase(),
            self.family.to_string(),
            self.product.to_string(),
            self.version.to_string(),
            self.site.to_string(),
            self.unit.to_string(),
            self.sbom.sbom.to_string(),
            self.sbom.inventory.to_string(),
        ];
        marks.extend(self.contacts.iter().map(|(contact, _)| contact.to_string()));
        marks.into_iter().map(|mark| mark.to_lowercase()).collect()
    }
}

fn person(name: &str) -> Person {
    Person {
        name: name.into(),
        function: None,
        email: Some(format!("{name}@example.org")),
        phone: None,
    }
}

/// A family with a version, its SBOM of a shared and an own component, units at an own site of the shared
/// consignee and at an own consignee, and contacts at all of them.
fn lay(house: &House, name: &'static str, shared: ConsigneeId) -> Lot {
    let family = house.family(&format!("{name} family")).expect("added");
    let product = house.product(family, &format!("{name} device")).expect("added");
    let version = house.version(product, &format!("{name}-1")).expect("added");
    let site = house.site(shared, &format!("{name} ward")).expect("added");
    let own = house.consignee(&format!("{name} clinic")).expect("added");
    let far = house.site(own, &format!("{name} hall")).expect("added");
    let serials = [format!("{name}-s1"), format!("{name}-s2")];
    let units = house
        .units(
            product,
            site,
            &[
                (&serials[0], Installed::Version(version)),
                (&serials[1], Installed::Unknown(WhyUnknown::NotTold)),
            ],
        )
        .expect("recorded");
    let serial = format!("{name}-s3");
    house.units(product, far, &[(&serial, Installed::Version(version))]).expect("recorded");
    let component = format!("{name}-library");
    let sbom = house
        .sbom(version, &[("minimist", "1.2.0"), (&component, "1.0.0")], Standing::Instead)
        .expect("attached");
    let contacts = [(shared, Some(site)), (own, None)].map(|(consignee, site)| {
        house.contact(consignee, site, &person(&format!("{name}.person"))).expect("added")
    });
    Lot {
        name,
        family,
        product,
        version,
        site,
        consignee: own,
        unit: units[0],
        contacts: contacts.to_vec(),
        sbom,
    }
}

/// Assesses the SBOM of a lot: the shared component by the same words in each.
fn assess(house: &House, lot: &Lot, edition: Digest) {
    let own = verdict(&format!("CVE-2026-{}", lot.name), Answer::Affected, 90);
    let said = vec![
        covered(0, DependsOn::Component, vec![verdict("CVE-2026-1", Answer::Affected, 50)]),
        covered(1, DependsOn::Component, vec![own]),
    ];
    house.assess(lot.sbom, edition, said).expect("assessed");
}

/// Two families with a consignee in common. The second is laid and assessed first, so that what they share
/// was brought and reasoned by it.
struct Both {
    house: House,
    alpha: Lot,
    beta: Lot,
    shared: ConsigneeId,
    /// The entry after which only the second was there.
    before: u64,
    /// The entry after which both were there.
    then: u64,
}

fn both() -> Both {
    let house = House::new();
    let edition = house.edition("e").expect("adopted");
    let shared = house.consignee("Shared clinic").expect("added");
    let beta = lay(&house, "Beta", shared);
    assess(&house, &beta, edition);
    let before = size(&house.register);
    let alpha = lay(&house, "Alpha", shared);
    assess(&house, &alpha, edition);
    house.contact(shared, None, &person("shared.person")).expect("added");
    let then = size(&house.register);
    for lot in [&beta, &alpha] {
        let life = Life { released: "2026-01-15".parse().ok(), ..Life::default() };
        house.change_life(lot.version, life).expect("changed");
        house.install(lot.unit, Installed::Unknown(WhyUnknown::NotTold)).expect("told");
        house.version(lot.product, &format!("{}-2", lot.name)).expect("added");
    }
    Both { house, alpha, beta, shared, before, then }
}

fn size(register: &Register) -> u64 {
    register.reader().expect("reads").position()
}

/// Every page of a list.
fn whole<T>(mut ask: impl FnMut(&Page) -> Result<Paged<T>, Fault>) -> Vec<T> {
    let mut all = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = Page { after: after.take(), limit: 3 };
        let found = ask(&page).expect("reads");
        all.extend(found.items);
        match found.next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}

/// What a reader tells when it is asked everything, about both lots by name and number.
fn told(reader: &Reader, both: &Both) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> = Vec::new();
    let mut say = |what: String, answer: &dyn Debug| told.push((what, format!("{answer:?}")));
    say("families".into(), &whole(|page| reader.families(page)));
    say("products".into(), &whole(|page| reader.products(None, page)));
    say("suppliers".into(), &whole(|page| reader.suppliers(page)));
    say("consignees".into(), &whole(|page| reader.consignees(page)));
    say("sites".into(), &whole(|page| reader.sites(None, page)));
    say("units".into(), &whole(|page| reader.units(Units::All, page)));
    say("editions".into(), &whole(|page| reader.editions(page)));
    say("twins".into(), &reader.twins().expect("reads"));
    say("head".into(), &reader.head().expect("reads"));
    say("last".into(), &reader.last().expect("reads"));
    let edition = Digest::of(b"another");
    say("to assess".into(), &reader.sboms_to_assess(edition, None, 9).expect("reads"));
    let none = ComponentKey(0);
    say("not assessed".into(), &reader.components_not_assessed(none, 9).expect("reads"));
    let states = reader.version_states().expect("reads");
    say("states".into(), &states);
    let mut field = reader.field(&states).expect("reads");
    field.cells.sort_by_key(|cell| (cell.site, cell.product, cell.version)); // in no promised order
    let sites: std::collections::BTreeMap<_, _> = field.sites.iter().collect();
    say("field".into(), &(&field.cells, sites));
    for from in [0, both.before.min(reader.position()), both.then.min(reader.position())] {
        say(format!("changes from {from}"), &whole(|page| reader.changes(from, None, page)));
        say(format!("count from {from}"), &reader.count_changes(from).expect("reads"));
    }
    for id in ["CVE-2026-1", "CVE-2026-Alpha", "CVE-2026-Beta", "GHSA-of-CVE-2026-Beta"] {
        say(format!("known {id}"), &reader.vulnerabilities(id).expect("reads"));
        say(format!("reach {id}"), &reader.reach(id).expect("reads"));
        let answers = reader.answers_by_version(id, &states).expect("reads");
        say(format!("answers {id}"), &answers);
        let places = whole(|page| reader.findings_of_vulnerability(id, None, page));
        for place in &places {
            let why = reader.explain(&place.finding).expect("reads").expect("is reasoned");
            assert_eq!(*why.verdict.id, *place.finding.vulnerability);
            say(format!("why {id}"), &why);
        }
        say(format!("places {id}"), &places);
    }
    for text in
        ["a", "b", "alpha", "beta", "beta-l", "min", "cve", "ghsa", "shared", "k", "pkg:npm/"]
    {
        say(format!("search {text}"), &reader.search(text, 9).expect("reads"));
        let query = ComponentQuery::understand(text);
        say(format!("matching {text}"), &whole(|page| reader.components_matching(&query, page)));
        say(format!("with {text}"), &whole(|page| reader.versions_with(&query, page)));
        let counted = reader.count_versions_with(&query).expect("reads");
        say(format!("count with {text}"), &counted);
    }
    for lot in [&both.alpha, &both.beta] {
        let about = |what: &str| format!("{what} of {}", lot.name);
        say(about("family"), &reader.family(lot.family).expect("reads"));
        say(about("products"), &whole(|page| reader.products(Some(lot.family), page)));
        say(about("product"), &reader.product(lot.product).expect("reads"));
        say(about("versions"), &whole(|page| reader.versions(lot.product, page)));
        say(about("version"), &reader.version(lot.version).expect("reads"));
        say(about("sboms"), &reader.sboms(lot.version).expect("reads"));
        say(about("key"), &reader.sbom_key(lot.version, lot.sbom.sbom).expect("reads"));
        say(about("findings"), &whole(|page| reader.findings(lot.version, None, page)));
        say(about("shared"), &reader.findings_in(lot.version, "CVE-2026-1").expect("reads"));
        say(about("reach"), &reader.reach_of(&[(lot.version, Answer::Affected)]).expect("reads"));
        for digest in [lot.sbom.sbom, lot.sbom.inventory] {
            say(about("cited"), &reader.cites(&digest).expect("reads"));
        }
        let units = [
            Units::WithVersion(lot.version, None),
            Units::WithVersion(lot.version, Some(lot.site)),
            Units::Unknown(lot.product, None),
            Units::AtSite(lot.site),
        ];
        for wanted in units {
            say(about("units"), &whole(|page| reader.units(wanted, page)));
        }
        say(about("unit"), &reader.unit(lot.unit).expect("reads"));
        let serial = format!("{}-s1", lot.name);
        say(about("serial"), &reader.units_with_serial(&serial, 9).expect("reads"));
        say(about("site"), &reader.site(lot.site).expect("reads"));
        for consignee in [lot.consignee, both.shared] {
            say(about("consignee"), &reader.consignee(consignee).expect("reads"));
            say(about("its sites"), &whole(|page| reader.sites(Some(consignee), page)));
            say(about("contacts"), &whole(|page| reader.contacts(consignee, page)));
            say(about("contact count"), &reader.contact_count(consignee).expect("reads"));
        }
        for (contact, _) in &lot.contacts {
            say(about("contact"), &reader.contact(*contact).expect("reads"));
        }
    }
    // By number, as a link may name it, or somebody may guess.
    for number in 0..=reader.position() {
        let sbom = SbomKey(number);
        say(format!("inventory {number}"), &reader.inventory(sbom).expect("reads"));
        let filter = ComponentFilter::default();
        say(format!("components {number}"), &whole(|p| reader.components(sbom, &filter, p)));
        say(format!("at {number}"), &reader.component_at(sbom, 1).expect("reads"));
        let component = ComponentKey(number);
        say(format!("component {number}"), &reader.component(component).expect("reads"));
        let state = reader.component_state(sbom, component).expect("reads");
        say(format!("state {number}"), &state);
    }
    told
}

fn nothing_of(lot: &Lot, told: &[(String, String)]) {
    let marks = lot.marks();
    for (what, answer) in told {
        let answer = answer.to_lowercase();
        let found = marks.iter().find(|mark| answer.contains(*mark));
        assert_eq!(found, None, "{what} tells of {}: {answer}", lot.name);
    }
}

fn of(lot: &Lot) -> Sight {
    Sight::of([lot.family])
}

#[test]
fn who_sees_one_family_is_told_nothing_of_the_other() {
    let both = both();
    let register = &both.house.register;
    for (own, other) in [(&both.alpha, &both.beta), (&both.beta, &both.alpha)] {
        let now = told(&register.reader_seeing(&of(own)).expect("reads"), &both);
        nothing_of(other, &now);
        let all: String = now.iter().map(|(_, answer)| answer.to_lowercase()).collect();
        for mark in own.marks() {
            assert!(all.contains(&mark), "{mark} of {} is in sight", own.name);
        }
        for entry in [0, both.before, both.then] {
            let past = register.reader_at_seeing(entry, &of(own)).expect("reads");
            assert_eq!(past.position(), entry);
            nothing_of(other, &told(&past, &both));
        }
    }
}

#[test]
fn who_sees_no_family_is_told_of_no_device() {
    let both = both();
    let told = told(&both.house.register.reader_seeing(&Sight::of([])).expect("reads"), &both);
    for lot in [&both.alpha, &both.beta] {
        nothing_of(lot, &told);
    }
    let all: String = told.iter().map(|(_, answer)| answer.to_lowercase()).collect();
    for mark in ["shared clinic", "minimist", "cve-2026-1"] {
        assert!(!all.contains(mark), "{mark}");
    }
}

#[test]
fn who_sees_every_family_is_told_what_everybody_is_told_to_the_letter() {
    let both = both();
    let register = &both.house.register;
    let every = Sight::of([both.alpha.family, both.beta.family]);
    for entry in [both.before, both.then, size(register)] {
        let wide = told(&register.reader_at(entry).expect("reads"), &both);
        let narrow = told(&register.reader_at_seeing(entry, &every).expect("reads"), &both);
        assert!(wide.len() > 200, "{}", wide.len());
        for (wide, narrow) in wide.iter().zip(&narrow) {
            assert_eq!(narrow, wide, "as of entry {entry}");
        }
        assert_eq!(narrow.len(), wide.len());
    }
    let all = register.reader_seeing(&Sight::All).expect("reads");
    assert_eq!(told(&all, &both), told(&register.reader().expect("reads"), &both));
}

/// Everything that is counted.
fn counts(reader: &Reader, lot: &Lot, shared: ConsigneeId) -> Vec<(&'static str, String)> {
    let show = |answer: &dyn Debug| format!("{answer:?}");
    let product = reader.product(lot.product).expect("reads").expect("known");
    let version = reader.version(lot.version).expect("reads").expect("known");
    let consignee = reader.consignee(shared).expect("reads").expect("known");
    let states = reader.version_states().expect("reads");
    let field = reader.field(&states).expect("reads");
    let reach = reader.reach("CVE-2026-1").expect("reads");
    let counted = reader.count_changes(0).expect("reads");
    let mut per_kind: Vec<_> = counted.into_iter().map(|(k, n)| (k.code(), n)).collect();
    per_kind.retain(|(kind, _)| *kind != "consignee_added"); // the other's own is not in this record
    vec![
        ("families", show(&whole(|page| reader.families(page)).len())),
        ("products", show(&whole(|page| reader.products(None, page)).len())),
        ("consignees", show(&whole(|page| reader.consignees(page)).len())),
        ("sites", show(&whole(|page| reader.sites(None, page)).len())),
        ("units", show(&whole(|page| reader.units(Units::All, page)).len())),
        ("tally", show(&(product.units, product.units_unknown, product.versions, product.tally))),
        ("version", show(&(version.row.units, version.row.sites, version.row.tally))),
        ("consignee", show(&(consignee.sites, consignee.units, consignee.units_unknown))),
        ("contacts", show(&reader.contact_count(shared).expect("reads"))),
        ("cells", show(&field.cells.iter().map(|cell| cell.units).sum::<u64>())),
        (
            "states",
            show(&states.iter().map(|s| (s.sboms, s.assessed, s.units)).collect::<Vec<_>>()),
        ),
        (
            "reach",
            show(&(reach.versions.len(), reach.units_affected, reach.units_unknown, reach.sites)),
        ),
        ("changes", show(&per_kind)),
        ("cves", show(&reader.search("cve", 99).expect("reads").vulnerabilities.len())),
        ("names", show(&reader.search("a", 99).expect("reads").nouns.len())),
        ("components", show(&reader.search("pkg:npm/", 99).expect("reads").components.len())),
    ]
}

#[test]
fn counts_are_those_of_a_record_that_holds_the_family_alone() {
    let both = both();
    let house = House::new();
    let edition = house.edition("e").expect("adopted");
    let shared = house.consignee("Shared clinic").expect("added");
    let alone = lay(&house, "Alpha", shared);
    assess(&house, &alone, edition);
    house.contact(shared, None, &person("shared.person")).expect("added");
    let wanted = counts(&house.register.reader().expect("reads"), &alone, shared);
    let seen = both.house.register.reader_at_seeing(both.then, &of(&both.alpha)).expect("reads");
    assert_eq!(counts(&seen, &both.alpha, both.shared), wanted);
}

#[test]
fn the_past_shows_nothing_that_came_into_sight_later() {
    let both = both();
    let house = &both.house;
    let sight = of(&both.alpha);
    let at = |entry| told(&house.register.reader_at_seeing(entry, &sight).expect("reads"), &both);
    let (early, then) = (at(both.before), at(both.then));
    // What was the other's alone comes into sight: its site, its component, its SBOM.
    let serial = "Alpha-late";
    house
        .units(
            both.alpha.product,
            both.beta.site,
            &[(serial, Installed::Version(both.alpha.version))],
        )
        .expect("recorded");
    house
        .sbom(
            both.alpha.version,
            &[("minimist", "1.2.0"), ("Beta-library", "1.0.0")],
            Standing::Beside,
        )
        .expect("attached");
    assert_eq!(at(both.before), early);
    assert_eq!(at(both.then), then);
    let now = house.register.reader_seeing(&sight).expect("reads");
    assert!(
        now.site(both.beta.site).expect("reads").is_some(),
        "a unit of the family stands there"
    );
    assert_eq!(
        now.vulnerabilities("CVE-2026-Beta").expect("reads").len(),
        1,
        "it is in an own SBOM"
    );
}

#[test]
fn what_the_ledger_says_is_for_who_sees_all() {
    let both = both();
    let reader = both.house.register.reader_seeing(&of(&both.alpha)).expect("reads");
    let about = both.alpha.version.to_string();
    let asked: [Result<(), Fault>; 4] = [
        reader.entry(1).map(|_| ()),
        reader.entries(&Page::first(9)).map(|_| ()),
        reader.entries_after(0, 9).map(|_| ()),
        reader.history(&about, &Page::first(9)).map(|_| ()),
    ];
    for answer in asked {
        let Err(Fault::OutOfSight(refusal)) = answer else { panic!("{answer:?}") };
        assert_eq!(refusal.code, "whole_record_needed");
    }
    assert_eq!(reader.entity_version(&about).expect("reads"), 3, "its own version is told");
}

#[test]
fn one_reader_leaves_nothing_in_sight_of_the_next() {
    let both = both();
    let register = &both.house.register;
    let families = |sight: &Sight| -> Vec<FamilyId> {
        let reader = register.reader_seeing(sight).expect("reads");
        whole(|page| reader.families(page)).into_iter().map(|row| row.id).collect()
    };
    for _ in 0..3 {
        assert_eq!(families(&of(&both.alpha)), [both.alpha.family]);
        assert_eq!(families(&of(&both.beta)), [both.beta.family]);
        assert_eq!(families(&Sight::of([])), []);
        assert_eq!(families(&Sight::All).len(), 2);
    }
    let (one, other) = (
        register.reader_seeing(&of(&both.alpha)).expect("reads"),
        register.reader_seeing(&of(&both.beta)).expect("reads"),
    );
    assert_eq!(whole(|page| one.families(page))[0].id, both.alpha.family);
    assert_eq!(whole(|page| other.families(page))[0].id, both.beta.family);
}

#[test]
fn a_rebuilt_record_is_seen_as_before() {
    let both = both();
    let register = &both.house.register;
    let sight = of(&both.alpha);
    let before = told(&register.reader_seeing(&sight).expect("reads"), &both);
    register.rebuild().expect("replays");
    assert_eq!(told(&register.reader_seeing(&sight).expect("reads"), &both), before);
    assert!(register.verify().expect("verifies").holds());
}

/// Attempts at what belongs to a lot. Each must be refused to who does not see it.
fn attempts(house: &House, lot: &Lot, own: &Lot) -> Vec<(&'static str, Result<(), Refusal>)> {
    let unknown = Installed::Unknown(WhyUnknown::NotTold);
    vec![
        ("product", house.product(lot.family, "New").map(|_| ())),
        ("version", house.version(lot.product, "9").map(|_| ())),
        ("taken label", house.version(lot.product, &format!("{}-1", lot.name)).map(|_| ())),
        ("life", house.change_life(lot.version, Life::default())),
        ("site", house.site(lot.consignee, "New").map(|_| ())),
        ("taken site", house.site(lot.consignee, &format!("{} hall", lot.name)).map(|_| ())),
        ("contact", house.contact(lot.consignee, None, &person("x")).map(|_| ())),
        ("change", house.change_contact(lot.contacts[0].0, lot.contacts[0].1, &person("x"))),
        ("units", house.units(lot.product, own.site, &[("n", unknown.clone())]).map(|_| ())),
        ("place", house.units(own.product, lot.site, &[("n", unknown.clone())]).map(|_| ())),
        ("taken", house.units(lot.product, own.site, &[("Beta-s1", unknown.clone())]).map(|_| ())),
        ("unit", house.install(lot.unit, unknown)),
        ("sbom", house.sbom(lot.version, &[("x", "1")], Standing::Instead).map(|_| ())),
    ]
}

#[test]
fn what_is_not_in_sight_is_refused_in_the_words_for_what_does_not_exist() {
    let both = both();
    // Identifiers that nothing has, in the place of the other's.
    let mut nowhere = both.beta.clone();
    let op = both.house.op();
    (nowhere.family, nowhere.product, nowhere.version) = (op.new_id(), op.new_id(), op.new_id());
    (nowhere.site, nowhere.consignee, nowhere.unit) = (op.new_id(), op.new_id(), op.new_id());
    nowhere.contacts = vec![(op.new_id(), op.new_id())];
    let before = size(&both.house.register);
    both.house.sees(of(&both.alpha));
    let hidden = attempts(&both.house, &both.beta, &both.alpha);
    let missing = attempts(&both.house, &nowhere, &both.alpha);
    let said = |text: String, lot: &Lot| {
        let ids = [
            lot.family.to_string(),
            lot.product.to_string(),
            lot.version.to_string(),
            lot.site.to_string(),
            lot.consignee.to_string(),
            lot.unit.to_string(),
            lot.contacts[0].0.to_string(),
        ];
        ids.iter().fold(text, |text, id| text.replace(id, "ID"))
    };
    for ((what, hidden), (_, missing)) in hidden.into_iter().zip(missing) {
        let (hidden, missing) = (hidden.expect_err(what), missing.expect_err(what));
        assert_eq!(hidden.code, "unknown_id", "{what}: {hidden}");
        assert_eq!(
            said(hidden.to_string(), &both.beta),
            said(missing.to_string(), &nowhere),
            "{what}"
        );
    }
    let erase = both.house.register.transact(&both.house.reasoned(), |pen| -> Result<(), Denied> {
        let subject = both.beta.contacts[0].1;
        let facts = pen.facts().subject(subject)?;
        let events = aftercare_domain::subject::erase(&facts, subject, &both.house.reasoned())?;
        Ok(pen.record_all(events)?)
    });
    assert!(matches!(erase, Err(Denied::Refusal(ref r)) if r.code == "unknown_id"), "{erase:?}");
    for whole in [
        both.house.family("New").map(|_| ()),
        both.house.family("Beta family").map(|_| ()),
        both.house.consignee("Beta clinic").map(|_| ()),
        both.house.edition("f").map(|_| ()),
    ] {
        assert_eq!(whole.expect_err("refused").code, "whole_record_needed");
    }
    assert_eq!(size(&both.house.register), before, "nothing was recorded");
    assert!(both.house.register.verify().expect("verifies").holds());
}

#[test]
fn a_version_that_is_named_as_seen_tells_nothing_of_who_changed_it_last() {
    let both = both();
    both.house.sees(of(&both.alpha));
    for entity in
        [both.beta.version.to_string(), both.beta.unit.to_string(), both.beta.sbom.sbom.to_string()]
    {
        let told = both.house.register.transact(&both.house.op(), |pen| -> Result<(), Denied> {
            pen.expect(&entity, Some(99))
        });
        assert!(matches!(told, Err(Denied::Refusal(_))), "{entity}: {told:?}");
    }
}

#[test]
fn who_sees_a_family_changes_it_as_before() {
    let both = both();
    let (house, alpha) = (&both.house, &both.alpha);
    house.sees(of(alpha));
    house.product(alpha.family, "Alpha second").expect("added");
    house.version(alpha.product, "3").expect("added");
    house.change_life(alpha.version, Life::default()).expect("changed");
    let site = house.site(both.shared, "Alpha annex").expect("added");
    let unknown = Installed::Unknown(WhyUnknown::NotTold);
    house.units(alpha.product, site, &[("Alpha-s9", unknown)]).expect("nobody stands there yet");
    house.install(alpha.unit, Installed::Version(alpha.version)).expect("told");
    house.sbom(alpha.version, &[("x", "1")], Standing::Instead).expect("attached");
    house.contact(both.shared, Some(site), &person("new")).expect("added");
    house
        .change_contact(alpha.contacts[0].0, alpha.contacts[0].1, &person("other"))
        .expect("changed");
    house.erase(alpha.contacts[0].1).expect("erased");
    house.supplier("Maker of parts").expect("added");
    assert!(house.register.verify().expect("verifies").holds());
}

/// Of no product family: who may record these, their deciders look at.
const OF_NO_FAMILY: [&str; 32] = [
    "absence_ended",
    "absence_recorded",
    "access_reviewed",
    "attempts_failed",
    "chain_adopted",
    "competence_overridden",
    "credential_ended",
    "credential_set",
    "decision_proposed",
    "delegation_ended",
    "delegation_given",
    "identity_verified",
    "mapping_stated",
    "mapping_withdrawn",
    "person_added",
    "person_invited",
    "person_reinstated",
    "person_renamed",
    "person_suspended",
    "policy_acknowledged",
    "policy_withdrawn",
    "record_taken",
    "rights_adopted",
    "rules_adopted",
    "role_given",
    "role_taken",
    "session_ended",
    "signed_in",
    "supplier_added",
    "token_issued",
    "token_revoked",
    "training_recorded",
];

/// Every kind of event ever shipped, about things that nobody sees.
#[test]
fn every_kind_of_event_about_a_product_family_is_refused_to_who_sees_nothing() {
    let both = both();
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/golden");
    let before = size(&both.house.register);
    both.house.sees(Sight::of([]));
    let mut let_through = BTreeSet::new();
    for (kind, version) in Event::KINDS {
        let bytes = std::fs::read(golden.join(format!("{kind}.v{version}.json"))).expect("golden");
        let body: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        let event = Event::read(kind, *version, body).expect("an event");
        let denied = both.house.register.transact(&both.house.op(), |pen| -> Result<(), Denied> {
            pen.record(event)?;
            Err(Refusal::new("recorded", "It was let through.", "Look why.").into())
        });
        match denied {
            Err(Denied::Refusal(refusal)) if refusal.code == "recorded" => {
                let_through.insert(*kind);
            }
            // A list of units is looked into; a document of the maker is of no family.
            Err(Denied::Fault(Fault::BlobMissing { .. })) => {
                assert!(["units_recorded", "policy_issued"].contains(kind), "{kind}");
            }
            Err(Denied::Refusal(_)) => {}
            other => panic!("{kind}: {other:?}"),
        }
    }
    assert_eq!(let_through, BTreeSet::from(OF_NO_FAMILY));
    assert_eq!(size(&both.house.register), before);
}

/// The pen itself refuses, whatever facts its user looked at.
#[test]
fn an_event_that_was_decided_with_other_eyes_is_refused_too() {
    let both = both();
    both.house.sees(of(&both.alpha));
    let op = both.house.op();
    let event = ProductAdded {
        product: op.new_id(),
        family: both.beta.family,
        name: "Slipped in".into(),
        model: None,
        description: None,
    };
    let denied = both.house.register.transact(&op, |pen| -> Result<(), Denied> {
        pen.record(event)?;
        Ok(())
    });
    let Err(Denied::Refusal(refusal)) = denied else { panic!("{denied:?}") };
    assert_eq!(refusal, Refusal::unknown("product family", both.beta.family));
}
