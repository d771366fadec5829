//! How many units stood where at every moment of a random history, beside a count by hand.

use crate::house::House;
use aftercare_domain::{
    Sight,
    unit::{Installed, WhyUnknown},
};
use aftercare_register::{Page, Reader};
use aftercare_vocab::{
    id::{ConsigneeId, FamilyId, ProductId, SiteId, UnitId, VersionId},
    verdict::Answer,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One step: units arrive, or something else is installed on one. Numbers pick among what is there, round and round.
#[derive(Debug, Clone)]
enum Step {
    Arrive { product: usize, site: usize, version: Option<usize>, units: u8 },
    Install { unit: usize, version: Option<usize> },
}

fn step() -> impl Strategy<Value = Step> {
    let i = any::<usize>;
    prop_oneof![
        1 => (i(), i(), proptest::option::of(i()), 1..4_u8).prop_map(
            |(product, site, version, units)| Step::Arrive { product, site, version, units }
        ),
        // Few units and many changes: a place is emptied and filled again.
        4 => (i(), proptest::option::of(i()))
            .prop_map(|(unit, version)| Step::Install { unit, version }),
    ]
}

/// A product and its versions.
#[derive(Debug, Clone)]
struct Device {
    family: FamilyId,
    product: ProductId,
    versions: Vec<VersionId>,
}

/// Which product a unit is of, what is installed, and where it stands.
type Unit = (usize, Option<VersionId>, SiteId);

/// What stood where after an entry, and where units of which product ever stood.
#[derive(Debug, Clone, Default)]
struct Moment {
    position: u64,
    units: BTreeMap<UnitId, Unit>,
    stood: BTreeSet<(usize, SiteId)>,
}

struct Story {
    house: House,
    devices: Vec<Device>,
    sites: Vec<(SiteId, ConsigneeId)>,
    moments: Vec<Moment>,
}

/// Two families, three products with two versions each, four sites of two consignees.
fn begin() -> Story {
    let house = House::new();
    let families = ["Pumps", "Scanners"].map(|name| house.family(name).expect("added"));
    let devices = [families[0], families[0], families[1]].into_iter().enumerate();
    let devices: Vec<Device> = devices
        .map(|(n, family)| {
            let product = house.product(family, &format!("Device {n}")).expect("added");
            let versions = ["1", "2"].map(|label| house.version(product, label).expect("added"));
            Device { family, product, versions: versions.to_vec() }
        })
        .collect();
    let mut sites = Vec::new();
    for name in ["North", "South"] {
        let consignee = house.consignee(name).expect("added");
        for ward in ["A", "B"] {
            sites.push((house.site(consignee, ward).expect("added"), consignee));
        }
    }
    let position = house.register.reader().expect("reads").position();
    Story { house, devices, sites, moments: vec![Moment { position, ..Moment::default() }] }
}

fn installed(version: Option<VersionId>) -> Installed {
    version.map_or(Installed::Unknown(WhyUnknown::NotTold), Installed::Version)
}

impl Story {
    /// Takes a step; what the rules refuse changes nothing.
    fn take(&mut self, step: &Step) {
        let Some(mut moment) = self.moments.last().cloned() else { return };
        let of = |device: usize, version: Option<usize>| {
            let versions: &[VersionId] = &self.devices[device].versions;
            version.map(|version| versions[version % versions.len()])
        };
        match *step {
            Step::Arrive { product, site, version, units } => {
                let device = product % self.devices.len();
                let (site, version) = (self.sites[site % self.sites.len()].0, of(device, version));
                let serials: Vec<String> =
                    (0..units).map(|n| format!("{}-{n}", moment.position)).collect();
                let rows: Vec<(&str, Installed)> =
                    serials.iter().map(|serial| (serial.as_str(), installed(version))).collect();
                let product = self.devices[device].product;
                let ids = self.house.units(product, site, &rows).expect("recorded");
                moment.units.extend(ids.into_iter().map(|id| (id, (device, version, site))));
                moment.stood.insert((device, site));
            }
            Step::Install { unit, version } => {
                let units: Vec<UnitId> = moment.units.keys().copied().collect();
                if units.is_empty() {
                    return;
                }
                let unit = units[unit % units.len()];
                let Some(there) = moment.units.get_mut(&unit) else { return };
                let version = of(there.0, version);
                if self.house.install(unit, installed(version)).is_err() {
                    return;
                }
                there.1 = version;
            }
        }
        moment.position = self.house.register.reader().expect("reads").position();
        self.moments.push(moment);
    }

    /// What a reader must be told of a moment, if it sees these products.
    fn counted(&self, moment: &Moment, seen: &[usize]) -> Vec<String> {
        let units: Vec<Unit> =
            moment.units.values().filter(|unit| seen.contains(&unit.0)).copied().collect();
        let count = |which: &dyn Fn(&Unit) -> bool| units.iter().filter(|unit| which(unit)).count();
        let places = |which: &dyn Fn(&Unit) -> bool| {
            let there = units.iter().filter(|unit| which(unit)).map(|unit| unit.2);
            there.collect::<BTreeSet<_>>().len()
        };
        let mut told = Vec::new();
        for (device, known) in self.devices.iter().enumerate().filter(|(d, _)| seen.contains(d)) {
            let unknown = count(&|unit| unit.0 == device && unit.1.is_none());
            let all = count(&|unit| unit.0 == device);
            told.push(format!("product {}: {all} units, {unknown} unknown", known.product));
            for version in &known.versions {
                let here = |unit: &Unit| unit.1 == Some(*version);
                let (units, sites) = (count(&here), places(&here));
                told.push(format!("version {version}: {units} at {sites} sites, {unknown} maybe"));
                let either = |unit: &Unit| here(unit) || (unit.0 == device && unit.1.is_none());
                let sites = places(&either);
                told.push(format!("reach of {version}: {units} and {unknown} at {sites} sites"));
            }
        }
        let wide = seen.len() == self.devices.len();
        let in_sight = |site: &SiteId| {
            wide || moment
                .stood
                .iter()
                .any(|(device, stood)| stood == site && seen.contains(device))
        };
        for (site, _) in self.sites.iter().filter(|(site, _)| in_sight(site)) {
            let units = count(&|unit| unit.2 == *site);
            let unknown = count(&|unit| unit.2 == *site && unit.1.is_none());
            told.push(format!("site {site}: {units} units, {unknown} unknown"));
        }
        let consignees: BTreeSet<ConsigneeId> =
            self.sites.iter().filter(|(site, _)| in_sight(site)).map(|(_, owner)| *owner).collect();
        for consignee in consignees {
            let owns = |site: &SiteId| self.sites.contains(&(*site, consignee));
            let units = count(&|unit| owns(&unit.2));
            let unknown = count(&|unit| owns(&unit.2) && unit.1.is_none());
            told.push(format!("consignee {consignee}: {units} units, {unknown} unknown"));
        }
        let mut cells: BTreeMap<(String, SiteId), usize> = BTreeMap::new();
        for (_, version, site) in &units {
            let version = version.map_or("unknown".to_owned(), |version| version.to_string());
            *cells.entry((version, *site)).or_default() += 1;
        }
        told.extend(cells.into_iter().map(|((version, site), n)| cell(&version, site, n as u64)));
        told.sort();
        told
    }

    /// What a reader tells.
    fn told(&self, reader: &Reader, seen: &[usize]) -> Vec<String> {
        let page = Page::first(99);
        let mut told = Vec::new();
        for row in reader.products(None, &page).expect("reads").items {
            let (units, unknown) = (row.units, row.units_unknown);
            told.push(format!("product {}: {units} units, {unknown} unknown", row.id));
        }
        for version in seen.iter().flat_map(|device| &self.devices[*device].versions) {
            let found = reader.version(*version).expect("reads").expect("is known");
            let (units, sites, maybe) = (found.row.units, found.row.sites, found.units_unknown);
            told.push(format!("version {version}: {units} at {sites} sites, {maybe} maybe"));
            let reach = reader.reach_of(&[(*version, Answer::Affected)]).expect("reads");
            assert_eq!((reach.versions[0].units, reach.versions[0].sites), (units, sites));
            let (units, unknown) = (reach.units_affected, reach.units_unknown);
            let sites = reach.sites;
            told.push(format!("reach of {version}: {units} and {unknown} at {sites} sites"));
        }
        for row in reader.sites(None, &page).expect("reads").items {
            let (units, unknown) = (row.units, row.units_unknown);
            told.push(format!("site {}: {units} units, {unknown} unknown", row.id));
            assert_eq!(reader.site(row.id).expect("reads"), Some(row));
        }
        for row in reader.consignees(&page).expect("reads").items {
            let (units, unknown) = (row.units, row.units_unknown);
            told.push(format!("consignee {}: {units} units, {unknown} unknown", row.id));
            let mut of = reader.sites(Some(row.id), &page).expect("reads").items;
            of.retain(|site| site.units > 0);
            assert_eq!(of.iter().map(|site| site.units).sum::<u64>(), units);
            assert_eq!(reader.consignee(row.id).expect("reads"), Some(row));
        }
        let states = reader.version_states().expect("reads");
        let field = reader.field(&states).expect("reads");
        let mut cells: BTreeMap<(String, SiteId), u64> = BTreeMap::new();
        for found in &field.cells {
            assert!(found.units > 0, "nobody is told of a place where nothing stands");
            let version = found.version.map(|at| states[at].version.id.to_string());
            let site = field.sites[&found.site].site.id;
            *cells.entry((version.unwrap_or("unknown".to_owned()), site)).or_default() +=
                found.units;
        }
        for state in &states {
            let id = state.version.id.to_string();
            let there = cells.iter().filter(|((version, _), _)| *version == id);
            assert_eq!(there.map(|(_, units)| units).sum::<u64>(), state.units);
        }
        told.extend(cells.into_iter().map(|((version, site), n)| cell(&version, site, n)));
        told.sort();
        told
    }
}

fn cell(version: &str, site: SiteId, units: u64) -> String {
    format!("{units} of {version} at {site}")
}

/// Asks at every moment, with every eye.
fn compare(story: &Story) {
    let newest = story.moments.len() - 1;
    for (n, moment) in story.moments.iter().enumerate() {
        let register = &story.house.register;
        let wide: Vec<usize> = (0..story.devices.len()).collect();
        let at = |sight: &Sight| register.reader_at_seeing(moment.position, sight).expect("reads");
        let expected = story.counted(moment, &wide);
        assert_eq!(story.told(&at(&Sight::All), &wide), expected, "at {}", moment.position);
        if n == newest {
            assert_eq!(story.told(&register.reader().expect("reads"), &wide), expected);
        }
        let families: BTreeSet<FamilyId> = story.devices.iter().map(|d| d.family).collect();
        for family in families {
            let seen: Vec<usize> =
                wide.iter().copied().filter(|d| story.devices[*d].family == family).collect();
            let told = story.told(&at(&Sight::of([family])), &seen);
            assert_eq!(told, story.counted(moment, &seen), "at {}, one family", moment.position);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_moment_tells_what_stood_where_then(
        steps in proptest::collection::vec(step(), 10..50),
    ) {
        let mut story = begin();
        for step in &steps {
            story.take(step);
        }
        compare(&story);
        story.house.register.rebuild().expect("rebuilds");
        compare(&story);
        let report = story.house.register.verify().expect("verifies");
        prop_assert!(report.holds(), "{:?}", report.differences);
    }
}

#[test]
fn a_place_that_was_emptied_and_filled_again_is_told_as_it_was_each_time() {
    let mut story = begin();
    let arrive = Step::Arrive { product: 0, site: 0, version: Some(0), units: 1 };
    let turn = |version| Step::Install { unit: 0, version };
    let steps = [arrive, turn(None), turn(Some(0)), turn(None), turn(Some(0))];
    for step in &steps {
        story.take(step);
    }
    assert_eq!(story.moments.len(), steps.len() + 1, "every step changes something");
    compare(&story);
    let version = story.devices[0].versions[0];
    let units = story.moments.iter().map(|moment| {
        let reader = story.house.register.reader_at(moment.position).expect("reads");
        reader.version(version).expect("reads").expect("is known").row.units
    });
    assert_eq!(units.collect::<Vec<_>>(), [0, 1, 0, 1, 0, 1]);
}
