//! What is added to components of an SBOM, from a CSV file.

use crate::ending::Failure;
use aftercare_domain::Date;
use aftercare_formats::sbom::write::Addition;
use aftercare_vocab::{
    instant::Instant,
    inventory::{Component, Inventory},
    problem::quoted,
    purl::Purl,
};
use serde::Deserialize;
use std::{
    collections::{HashMap, hash_map::Entry},
    fs,
    path::Path,
};

/// A line of the file; empty cells say nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    component: String,
    #[serde(default)]
    supplier: Option<String>,
    #[serde(default)]
    support_level: Option<String>,
    #[serde(default)]
    end_of_support: Option<String>,
}

/// The additions, in the order of the components. A line that names no component, a component named
/// by two lines, or an end of support that is no date refuses the file with the line.
pub fn read(path: &Path, inventory: &Inventory) -> Result<Vec<Addition>, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::at("Reading", path, &error))?;
    let wrong =
        |line: u64, what: String| Failure::Wrong(format!("{} line {line}: {what}", path.display()));
    let names = Names::of(inventory);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
    reader.headers().map_err(|error| wrong(1, format!("{error}.")))?; // the first row is line 2
    let mut all: HashMap<u32, (u64, Addition)> = HashMap::new();
    let mut rows = reader.deserialize::<Row>();
    loop {
        let line = rows.reader().position().line();
        let row = match rows.next() {
            None => break,
            Some(row) => row.map_err(|error| wrong(line, format!("{error}.")))?,
        };
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (supplier, support_level, end_of_support) =
            (said(row.supplier), said(row.support_level), said(row.end_of_support));
        if let Some(text) = &end_of_support
            && text.parse::<Date>().is_err()
            && text.parse::<Instant>().is_err()
        {
            let what = format!("{} is not a date such as 2027-01-31.", quoted(text));
            return Err(wrong(line, what));
        }
        let found = names.find(&row.component);
        if found.is_empty() {
            let what = format!(
                "the SBOM has no component {}. Name it by its reference, package URL, place or \
                 name@version.",
                quoted(&row.component)
            );
            return Err(wrong(line, what));
        }
        for component in found {
            let (supplier, support_level, end_of_support) =
                (supplier.clone(), support_level.clone(), end_of_support.clone());
            let addition =
                Addition { component, supplier, support_level, end_of_support, found: Vec::new() };
            match all.entry(component) {
                Entry::Vacant(slot) => {
                    slot.insert((line, addition));
                }
                Entry::Occupied(slot) => {
                    let (first, _) = slot.get();
                    let shown = quoted(&row.component);
                    let what = format!("{shown} is also named by line {first}. Keep one of them.");
                    return Err(wrong(line, what));
                }
            }
        }
    }
    let mut all: Vec<Addition> = all.into_values().map(|(_, addition)| addition).collect();
    all.sort_by_key(|addition| addition.component);
    Ok(all)
}

/// Components by all the texts that name them.
struct Names(HashMap<String, Vec<u32>>);

impl Names {
    fn of(inventory: &Inventory) -> Self {
        let mut names: HashMap<String, Vec<u32>> = HashMap::new();
        for (index, component) in (0..).zip(&inventory.components) {
            for name in texts(component) {
                let known = names.entry(name).or_default();
                if known.last() != Some(&index) {
                    known.push(index);
                }
            }
        }
        Self(names)
    }

    fn find(&self, text: &str) -> Vec<u32> {
        let normal = || text.parse::<Purl>().ok().map(|purl| purl.to_string());
        let found = self.0.get(text).or_else(|| self.0.get(&normal()?));
        found.cloned().unwrap_or_default()
    }
}

fn texts(component: &Component) -> Vec<String> {
    let mut all = vec![component.reference.clone(), component.place.clone()];
    all.extend(component.purls.iter().map(ToString::to_string));
    if let Some(version) = &component.version {
        all.push(format!("{}@{version}", component.name));
        all.extend(
            component.group.iter().map(|group| format!("{group}/{}@{version}", component.name)),
        );
    }
    all.retain(|text| !text.is_empty());
    all
}
