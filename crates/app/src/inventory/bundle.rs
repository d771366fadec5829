//! A folder with a manufacturer's inventory, read and checked as a whole before anything is recorded.
//! The shape is described in `docs/inventory.md`.

use crate::ending::Failure;
use aftercare_desk::document::unpack;
use aftercare_domain::Date;
use aftercare_formats::sbom::{self, Limits};
use aftercare_vocab::problem::quoted;
use include_dir::Dir;
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

/// Problems told one by one; more are counted.
const TOLD: usize = 20;

/// Where the files are.
#[derive(Debug, Clone)]
pub enum Place {
    /// On disk.
    Folder(PathBuf),
    /// Inside this program.
    Embedded(&'static Dir<'static>),
}

/// `manufacturer.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// The manufacturer.
    pub manufacturer: Maker,
    /// Product families.
    pub families: Vec<Family>,
    /// Products.
    pub products: Vec<Product>,
    /// Product versions.
    pub versions: Vec<Version>,
    /// Suppliers of components.
    #[serde(default)]
    pub suppliers: Vec<Supplier>,
    /// Parties that received devices.
    #[serde(default)]
    pub consignees: Vec<Consignee>,
    /// Places where devices stand.
    #[serde(default)]
    pub sites: Vec<Site>,
}

/// The manufacturer. Only its name is kept so far.
#[derive(Debug, Clone, Deserialize)]
pub struct Maker {
    /// Its name.
    pub name: String,
}

/// A product family.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// How other entries name it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
}

/// A product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// How other entries name it.
    pub key: String,
    /// Key of its family.
    pub family: String,
    /// Its name.
    pub name: String,
    /// Its model mark or UDI device identifier.
    pub udi_di: Option<String>,
    /// What it is.
    pub description: Option<String>,
}

/// A product version.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// How other entries name it.
    pub key: String,
    /// Key of its product.
    pub product: String,
    /// Its label.
    pub label: String,
    /// Key of the version before it.
    pub predecessor: Option<String>,
    /// Day of release.
    pub released: Option<Date>,
    /// Until when updates are promised.
    pub supported_until: Option<Date>,
    /// Announced end of support.
    pub end_of_support: Option<Date>,
    /// Path of its SBOM in the folder.
    pub sbom: Option<String>,
}

/// A supplier. Its country is read and not kept yet.
#[derive(Debug, Clone, Deserialize)]
pub struct Supplier {
    /// How other entries name it.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// A consignee. Its kind is read and not kept yet.
#[derive(Debug, Clone, Deserialize)]
pub struct Consignee {
    /// How other entries name it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Two-letter country code.
    pub country: Option<String>,
}

/// A site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// How other entries name it.
    pub key: String,
    /// Key of its consignee.
    pub consignee: String,
    /// Its name.
    pub name: String,
    /// Town.
    pub city: Option<String>,
    /// Two-letter country code.
    pub country: Option<String>,
    /// Time zone, such as `Europe/Dublin`.
    pub zone: Option<String>,
}

/// A line of `units.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct Unit {
    /// Key of its product.
    pub product: String,
    /// Key of the installed version; empty = not known.
    #[serde(default)]
    pub version: String,
    /// Key of its site.
    pub site: String,
    /// UDI device identifier.
    pub udi_di: Option<String>,
    /// Serial number.
    pub serial: String,
    /// Day of delivery.
    pub delivered: Option<Date>,
}

/// The whole folder, checked.
#[derive(Debug)]
pub struct Bundle {
    /// The entries, versions after their predecessors.
    pub outline: Outline,
    /// The units.
    pub units: Vec<Unit>,
    /// The SBOM of each version that has one, by key: file name and bytes.
    pub sboms: BTreeMap<String, (String, Vec<u8>)>,
}

impl Place {
    fn read(&self, name: &str) -> Result<Cow<'static, [u8]>, String> {
        match self {
            Self::Embedded(dir) => {
                let file = dir.get_file(name).ok_or_else(|| "there is no such file".to_owned())?;
                Ok(file.contents().into())
            }
            Self::Folder(folder) => {
                let inside =
                    Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
                if !inside {
                    return Err("the path leads out of the folder".to_owned());
                }
                std::fs::read(folder.join(name)).map(Cow::Owned).map_err(|error| error.to_string())
            }
        }
    }
}

impl Bundle {
    /// Reads everything, or names all problems.
    pub fn read(place: &Place, limits: &Limits) -> Result<Self, Failure> {
        let mut problems = Vec::new();
        let outline: Option<Outline> = document(place, "manufacturer.json", &mut problems);
        let units = units(place, &mut problems);
        let Some(mut outline) = outline else { return Err(refused(&problems)) };
        keys(&outline, &units, &mut problems);
        predecessors_first(&mut outline.versions, &mut problems);
        let mut sboms = BTreeMap::new();
        for version in &outline.versions {
            let Some(name) = &version.sbom else { continue };
            match place.read(name) {
                Err(why) => {
                    problems.push(format!("{name} (version {}): {why}.", quoted(&version.key)));
                }
                Ok(bytes) => {
                    let read = unpack(&bytes, limits).and_then(|plain| sbom::read(&plain, limits));
                    if let Err(found) = read {
                        problems.extend(found.iter().map(|problem| format!("{name}: {problem}")));
                    }
                    let file = name.rsplit('/').next().unwrap_or(name).to_owned();
                    sboms.insert(version.key.clone(), (file, bytes.into_owned()));
                }
            }
        }
        if problems.is_empty() {
            Ok(Self { outline, units, sboms })
        } else {
            Err(refused(&problems))
        }
    }
}

fn refused(problems: &[String]) -> Failure {
    let mut lines: Vec<String> = problems.iter().take(TOLD).cloned().collect();
    if problems.len() > TOLD {
        lines.push(format!("and {} more problems", problems.len() - TOLD));
    }
    lines.push("Nothing was recorded. Correct the folder and load it again.".to_owned());
    Failure::Wrong(lines.join("\n"))
}

fn document<T: DeserializeOwned>(
    place: &Place,
    name: &str,
    problems: &mut Vec<String>,
) -> Option<T> {
    let read = place.read(name).and_then(|bytes| {
        serde_json::from_slice(&bytes).map_err(|error| format!("it cannot be read: {error}"))
    });
    read.map_err(|why| problems.push(format!("{name}: {why}."))).ok()
}

fn units(place: &Place, problems: &mut Vec<String>) -> Vec<Unit> {
    const NAME: &str = "units.csv";
    let bytes = match place.read(NAME) {
        Ok(bytes) => bytes,
        Err(why) => {
            problems.push(format!(
                "{NAME}: {why}. A file with the heading line alone means: no units."
            ));
            return Vec::new();
        }
    };
    let mut units = Vec::new();
    for line in csv::Reader::from_reader(&*bytes).deserialize() {
        match line {
            Ok(unit) => units.push(unit),
            Err(error) => problems.push(format!("{NAME}: {error}.")),
        }
    }
    units
}

/// Every key is there once, and every key that is named is there.
fn keys(outline: &Outline, units: &[Unit], problems: &mut Vec<String>) {
    let families = unique("family", outline.families.iter().map(|it| &it.key), problems);
    let products = unique("product", outline.products.iter().map(|it| &it.key), problems);
    let versions = unique("version", outline.versions.iter().map(|it| &it.key), problems);
    unique("supplier", outline.suppliers.iter().map(|it| &it.key), problems);
    let consignees = unique("consignee", outline.consignees.iter().map(|it| &it.key), problems);
    let sites = unique("site", outline.sites.iter().map(|it| &it.key), problems);
    let mut named = |known: &BTreeSet<&str>, what: &str, key: &str, by: &dyn Fn() -> String| {
        if !known.contains(key) {
            problems.push(format!(
                "{} names the {what} {}, which is not there.",
                by(),
                quoted(key)
            ));
        }
    };
    for product in &outline.products {
        named(&families, "family", &product.family, &|| {
            format!("product {}", quoted(&product.key))
        });
    }
    for version in &outline.versions {
        let by = || format!("version {}", quoted(&version.key));
        named(&products, "product", &version.product, &by);
        if let Some(before) = &version.predecessor {
            named(&versions, "version", before, &by);
        }
    }
    for site in &outline.sites {
        named(&consignees, "consignee", &site.consignee, &|| format!("site {}", quoted(&site.key)));
    }
    for (line, unit) in (2..).zip(units) {
        let by = || format!("units.csv line {line}");
        named(&products, "product", &unit.product, &by);
        named(&sites, "site", &unit.site, &by);
        if !unit.version.is_empty() {
            named(&versions, "version", &unit.version, &by);
        }
    }
}

fn unique<'a>(
    what: &str,
    keys: impl Iterator<Item = &'a String>,
    problems: &mut Vec<String>,
) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key.as_str()) {
            problems
                .push(format!("manufacturer.json: the {what} key {} is there twice.", quoted(key)));
        }
    }
    seen
}

/// Orders versions so that each follows the one before it.
fn predecessors_first(versions: &mut Vec<Version>, problems: &mut Vec<String>) {
    let known: BTreeSet<String> = versions.iter().map(|version| version.key.clone()).collect();
    let mut placed: BTreeSet<String> = BTreeSet::new();
    let mut waiting = std::mem::take(versions);
    while !waiting.is_empty() {
        let (ready, rest): (Vec<Version>, Vec<Version>) =
            waiting.into_iter().partition(|version| {
                version
                    .predecessor
                    .as_ref()
                    .is_none_or(|before| placed.contains(before) || !known.contains(before))
            });
        if ready.is_empty() {
            let keys: Vec<String> = rest.iter().map(|version| quoted(&version.key)).collect();
            problems.push(format!(
                "manufacturer.json: the predecessors of {} go in a circle.",
                keys.join(", ")
            ));
            return;
        }
        placed.extend(ready.iter().map(|version| version.key.clone()));
        versions.extend(ready);
        waiting = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(key: &str, predecessor: Option<&str>) -> Version {
        serde_json::from_value(serde_json::json!({
            "key": key, "product": "p", "label": key, "predecessor": predecessor,
        }))
        .expect("a version")
    }

    #[test]
    fn versions_follow_their_predecessors_and_circles_are_named() {
        let mut versions =
            vec![version("3", Some("2")), version("2", Some("1")), version("1", None)];
        let mut problems = Vec::new();
        predecessors_first(&mut versions, &mut problems);
        let keys: Vec<&str> = versions.iter().map(|version| version.key.as_str()).collect();
        assert_eq!((keys, problems.len()), (vec!["1", "2", "3"], 0));
        let mut circle = vec![version("a", Some("b")), version("b", Some("a"))];
        predecessors_first(&mut circle, &mut problems);
        assert!(problems[0].contains("circle"), "{problems:?}");
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let place = Place::Folder(PathBuf::from("/srv"));
        for name in ["../etc/passwd", "/etc/passwd", "a/../../b"] {
            assert_eq!(place.read(name).expect_err(name), "the path leads out of the folder");
        }
    }
}
