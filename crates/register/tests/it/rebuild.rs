use crate::{
    house::{Attached, House, covered, not_covered, verdict},
    intruder::Intruder,
};
use aftercare_domain::{
    contact::Person,
    finding::DependsOn,
    sbom::Standing,
    unit::{Installed, WhyUnknown},
    version::Life,
};
use aftercare_register::{Access, Register};
use aftercare_testkit::engine::options;
use aftercare_vocab::{
    digest::Digest,
    id::{ConsigneeId, ContactId, FamilyId, ProductId, SiteId, SubjectId, UnitId, VersionId},
    verdict::Answer,
};
use proptest::{prelude::*, sample::Index, strategy::ValueTree};
use std::{collections::BTreeMap, path::Path};

/// One step of a random life of a register. Indexes pick among what is there by then.
#[derive(Debug, Clone)]
enum Step {
    Family(u8),
    Supplier(u8),
    Product(Index, u8),
    Version(Index, u8),
    Follow(Index, Index),
    Consignee(u8),
    Site(Index, u8),
    Units(Index, Index, Option<Index>, u8),
    Install(Index, Option<Index>),
    Sbom(Index, Vec<u8>, bool),
    Contact(Index, Option<Index>, u8),
    ChangeContact(Index, u8),
    Erase(Index),
    Edition(u8),
    Assess(Index, Vec<(u8, bool)>),
}

fn step() -> impl Strategy<Value = Step> {
    let i = any::<Index>;
    prop_oneof![
        1 => (0..6_u8).prop_map(Step::Family),
        1 => (0..3_u8).prop_map(Step::Supplier),
        1 => (i(), 0..6_u8).prop_map(|(f, n)| Step::Product(f, n)),
        2 => (i(), 0..9_u8).prop_map(|(p, n)| Step::Version(p, n)),
        1 => (i(), i()).prop_map(|(v, p)| Step::Follow(v, p)),
        1 => (0..6_u8).prop_map(Step::Consignee),
        1 => (i(), 0..6_u8).prop_map(|(c, n)| Step::Site(c, n)),
        2 => (i(), i(), proptest::option::of(i()), 0..200_u8)
            .prop_map(|(p, s, v, n)| Step::Units(p, s, v, n)),
        3 => (i(), proptest::option::of(i())).prop_map(|(u, v)| Step::Install(u, v)),
        3 => (i(), proptest::collection::vec(0..8_u8, 0..6), any::<bool>())
            .prop_map(|(v, c, b)| Step::Sbom(v, c, b)),
        2 => (i(), proptest::option::of(i()), 0..9_u8).prop_map(|(c, s, n)| Step::Contact(c, s, n)),
        2 => (i(), 0..9_u8).prop_map(|(c, n)| Step::ChangeContact(c, n)),
        1 => i().prop_map(Step::Erase),
        1 => (0..4_u8).prop_map(Step::Edition),
        4 => (i(), proptest::collection::vec((0..12_u8, any::<bool>()), 0..6))
            .prop_map(|(s, v)| Step::Assess(s, v)),
    ]
}

/// What the steps so far made.
#[derive(Default)]
struct Made {
    families: Vec<FamilyId>,
    products: Vec<ProductId>,
    versions: Vec<VersionId>,
    consignees: Vec<ConsigneeId>,
    sites: Vec<SiteId>,
    units: Vec<UnitId>,
    contacts: Vec<(ContactId, SubjectId)>,
    sboms: Vec<(Attached, usize)>,
    edition: Option<Digest>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "steps hold their indexes")]
fn pick<T: Clone>(from: &[T], index: &Index) -> Option<T> {
    if from.is_empty() { None } else { Some(index.get(from).clone()) }
}

fn person(n: u8) -> Person {
    Person { name: format!("Person {n}"), function: None, email: None, phone: None }
}

/// Takes a step; what the rules refuse changes nothing, which is part of the test.
fn take(house: &House, made: &mut Made, step: &Step) -> Option<()> {
    let installed = |version: Option<VersionId>| match version {
        Some(version) => Installed::Version(version),
        None => Installed::Unknown(WhyUnknown::NotTold),
    };
    match step {
        Step::Family(n) => made.families.push(house.family(&format!("Family {n}")).ok()?),
        Step::Supplier(n) => house.supplier(&format!("Supplier {n}")).ok()?,
        Step::Product(family, n) => {
            let family = pick(&made.families, family)?;
            made.products.push(house.product(family, &format!("Product {n}")).ok()?);
        }
        Step::Version(product, n) => {
            let product = pick(&made.products, product)?;
            made.versions.push(house.version(product, &format!("{n}.0")).ok()?);
        }
        Step::Follow(version, predecessor) => {
            let predecessor = pick(&made.versions, predecessor);
            let life = Life { predecessor, released: "2026-02-01".parse().ok(), ..Life::default() };
            house.change_life(pick(&made.versions, version)?, life).ok()?;
        }
        Step::Consignee(n) => {
            made.consignees.push(house.consignee(&format!("Clinic {n}")).ok()?);
        }
        Step::Site(consignee, n) => {
            let consignee = pick(&made.consignees, consignee)?;
            made.sites.push(house.site(consignee, &format!("Site {n}")).ok()?);
        }
        Step::Units(product, site, version, n) => {
            let version = version.as_ref().and_then(|v| pick(&made.versions, v));
            let serials = [format!("S{n}"), format!("T{n}")];
            let units =
                [(serials[0].as_str(), installed(version)), (serials[1].as_str(), installed(None))];
            let (product, site) = (pick(&made.products, product)?, pick(&made.sites, site)?);
            made.units.extend(house.units(product, site, &units).ok()?);
        }
        Step::Install(unit, version) => {
            let version = version.as_ref().and_then(|v| pick(&made.versions, v));
            house.install(pick(&made.units, unit)?, installed(version)).ok()?;
        }
        Step::Sbom(version, parts, beside) => {
            let names: Vec<String> = parts.iter().map(|n| format!("part-{n}")).collect();
            let parts: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "1.0.0")).collect();
            let standing = if *beside { Standing::Beside } else { Standing::Instead };
            let attached = house.sbom(pick(&made.versions, version)?, &parts, standing).ok()?;
            made.sboms.push((attached, parts.len()));
        }
        Step::Contact(consignee, site, n) => {
            let site = site.as_ref().and_then(|site| pick(&made.sites, site));
            let consignee = pick(&made.consignees, consignee)?;
            made.contacts.push(house.contact(consignee, site, &person(*n)).ok()?);
        }
        Step::ChangeContact(contact, n) => {
            let (contact, subject) = pick(&made.contacts, contact)?;
            house.change_contact(contact, subject, &person(*n)).ok()?;
        }
        Step::Erase(contact) => house.erase(pick(&made.contacts, contact)?.1).ok()?,
        Step::Edition(n) => made.edition = Some(house.edition(&format!("edition {n}")).ok()?),
        Step::Assess(sbom, verdicts) => {
            let (attached, size) = pick(&made.sboms, sbom)?;
            let said = verdicts.iter().take(size).enumerate().map(|(index, (what, alone))| {
                let depends_on = if *alone { DependsOn::Sbom } else { DependsOn::Component };
                let answer = [Answer::Affected, Answer::Undetermined, Answer::NotAffected]
                    [usize::from(what % 3)];
                match what {
                    0 => not_covered(index as u32),
                    1 => covered(index as u32, depends_on, Vec::new()),
                    _ => covered(
                        index as u32,
                        depends_on,
                        vec![verdict(&format!("CVE-{}", what / 3), answer, *what)],
                    ),
                }
            });
            house.assess(attached, made.edition?, said.collect()).ok()?;
        }
    }
    Some(())
}

/// Every row of every table.
fn dump(dir: &Path) -> BTreeMap<String, Vec<String>> {
    Intruder::at(dir).dump()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_rebuild_gives_every_table_back_byte_for_byte(
        steps in proptest::collection::vec(step(), 30..90),
    ) {
        let house = House::new();
        let mut made = Made::default();
        for step in &steps {
            let _ = take(&house, &mut made, step);
        }
        let before = dump(house.dir.path());
        let report = house.register.verify().expect("verifies");
        prop_assert!(report.holds(), "{:?}", report.differences);
        house.register.rebuild().expect("rebuilds");
        prop_assert_eq!(dump(house.dir.path()), before);
    }
}

#[test]
fn a_long_life_touches_every_projected_table() {
    // Guards the property above against lives so poor that they prove nothing.
    let house = House::new();
    let mut made = Made::default();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..600 {
        let step = step().new_tree(&mut runner).expect("a step").current();
        let _ = take(&house, &mut made, &step);
    }
    house.checkpoint();
    let tables = dump(house.dir.path());
    let beside = [
        // No projections: they follow from no event.
        "credential",
        "replay",
        "session",
        "waiting",
        // About twins, whose tests verify them (`twin.rs`): no record has both.
        "twin",
        "twin_mark",
        // About calls, whose tests verify them (`duty.rs`).
        "duty_call",
        // About decisions of people, whose tests verify them (`unlawful.rs`).
        "decision",
        "decision_family",
        "decision_text",
    ];
    let empty: Vec<_> = tables
        .iter()
        .filter(|(name, rows)| rows.is_empty() && !beside.contains(&name.as_str()))
        .map(|table| table.0)
        .collect();
    assert!(empty.is_empty(), "{empty:?}");
    assert!(tables.len() > 20);
}

#[test]
fn projections_of_another_layout_are_replayed_when_the_register_opens() {
    let house = House::new();
    house.family("Pumps").expect("added");
    let before = dump(house.dir.path());
    let House { dir, register, .. } = house;
    drop(register);
    let edit = "UPDATE store SET projection = 0; DELETE FROM family";
    Intruder::at(dir.path()).run(edit).expect("edits");
    let again = Register::open(dir.path(), options(dir.path(), Access::Write)).expect("opens");
    assert!(again.verify().expect("verifies").holds());
    assert_eq!(dump(dir.path()), before);
}
