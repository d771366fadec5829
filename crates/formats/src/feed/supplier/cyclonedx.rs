//! VEX in CycloneDX 1.4 to 1.7: `vulnerabilities[]` that carry an `analysis`.

use super::{
    Document, Gathering, Head, Product, State, Stated, Text, Versions, With, bom_key, instant,
    named_key, short, unreadable, versions_of,
};
use crate::feed::{Severity, Source, summary_of};
use aftercare_vocab::{cvss::base_score_tenths, digest::Digest, problem::Problem};
use serde::Deserialize;
use std::collections::{HashMap, hash_map::Entry};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'a> {
    #[serde(default, borrow)]
    serial_number: Text<'a>,
    #[serde(default)]
    version: u64,
    #[serde(default, borrow)]
    metadata: Metadata<'a>,
    #[serde(default, borrow)]
    components: Vec<Component<'a>>,
    #[serde(default, borrow)]
    vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Deserialize, Default)]
struct Metadata<'a> {
    #[serde(default, borrow)]
    timestamp: Text<'a>,
    #[serde(borrow)]
    supplier: Option<Party<'a>>,
    #[serde(alias = "manufacture", borrow)]
    manufacturer: Option<Party<'a>>,
    #[serde(borrow)]
    component: Option<Component<'a>>,
}

#[derive(Deserialize)]
struct Party<'a> {
    #[serde(default, borrow)]
    name: Text<'a>,
}

#[derive(Deserialize)]
struct Component<'a> {
    #[serde(rename = "bom-ref", default, borrow)]
    reference: Text<'a>,
    #[serde(default, borrow)]
    group: Text<'a>,
    #[serde(default, borrow)]
    name: Text<'a>,
    #[serde(default, borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    purl: Option<Text<'a>>,
    #[serde(borrow)]
    cpe: Option<Text<'a>>,
    #[serde(borrow)]
    supplier: Option<Party<'a>>,
    #[serde(default, borrow)]
    hashes: Vec<Hash<'a>>,
    #[serde(default, borrow)]
    components: Vec<Component<'a>>,
}

#[derive(Deserialize)]
struct Hash<'a> {
    #[serde(default, borrow)]
    alg: Text<'a>,
    #[serde(default, borrow)]
    content: Text<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(default, borrow)]
    id: Text<'a>,
    #[serde(default, borrow)]
    references: Vec<Reference<'a>>,
    #[serde(default, borrow)]
    ratings: Vec<Rating<'a>>,
    #[serde(default, borrow)]
    description: Text<'a>,
    #[serde(default, borrow)]
    recommendation: Text<'a>,
    #[serde(default, borrow)]
    workaround: Text<'a>,
    #[serde(borrow)]
    analysis: Option<Analysis<'a>>,
    #[serde(default, borrow)]
    affects: Vec<Affects<'a>>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(default, borrow)]
    id: Text<'a>,
}

#[derive(Deserialize)]
struct Rating<'a> {
    #[serde(default, borrow)]
    vector: Text<'a>,
}

#[derive(Deserialize)]
struct Analysis<'a> {
    #[serde(default, borrow)]
    state: Text<'a>,
    #[serde(default, borrow)]
    justification: Text<'a>,
    #[serde(default, borrow)]
    detail: Text<'a>,
}

#[derive(Deserialize)]
struct Affects<'a> {
    #[serde(rename = "ref", default, borrow)]
    reference: Text<'a>,
    #[serde(default, borrow)]
    versions: Vec<Version<'a>>,
}

#[derive(Deserialize)]
struct Version<'a> {
    #[serde(rename = "version", borrow)]
    one: Option<Text<'a>>,
    #[serde(borrow)]
    range: Option<Text<'a>>,
    #[serde(default, borrow)]
    status: Text<'a>,
}

/// Reads one document.
pub fn read(json: &str) -> Result<Document<'_>, Problem> {
    let bom: Bom<'_> = serde_json::from_str(json)
        .map_err(|error| unreadable("cyclonedx_unreadable", "CycloneDX", &error))?;
    let id = if bom.serial_number.is_empty() {
        format!("cyclonedx:{}", Digest::of(json.as_bytes()).hex()).into()
    } else {
        bom.serial_number.clone()
    };
    let key = id.to_string();
    let released = instant(&bom.metadata.timestamp);
    let parties = [&bom.metadata.supplier, &bom.metadata.manufacturer];
    let makers = parties.into_iter().flatten().map(|party| summary_of(&party.name));
    let mut gathering = Gathering::new(Head {
        source: Source::Cyclonedx,
        modified: released.clone(),
        published: released.clone(),
        state: State::Published,
        title: String::new(),
        edition: format!("version {}", bom.version),
        is_draft: false,
        makers: makers.filter(|name| !name.is_empty()).collect(),
        id,
    });
    let order = format!("{}{released}", super::order_of(&bom.version.to_string()));
    let mut components = HashMap::new();
    let roots = bom.metadata.component.into_iter().chain(bom.components);
    roots.for_each(|component| gather(component, &bom.serial_number, &mut components));
    for (index, vulnerability) in bom.vulnerabilities.into_iter().enumerate() {
        let place = format!("vulnerabilities[{index}]");
        let Some(analysis) = &vulnerability.analysis else {
            gathering
                .leave("CycloneDX vulnerability without an analysis: not a VEX statement", &place);
            continue;
        };
        let aliases: Vec<Text<'_>> = std::iter::once(&vulnerability.id)
            .chain(vulnerability.references.iter().map(|other| &other.id))
            .filter(|id| **id == vulnerability.id || super::names_a_flaw(id))
            .filter(|id| !id.is_empty())
            .cloned()
            .collect();
        let record = gathering.record(&vulnerability.id, aliases, &place);
        let summary = summary_of(&vulnerability.description);
        if !summary.is_empty() {
            gathering.records[record].summary = summary;
        }
        for Rating { vector } in &vulnerability.ratings {
            let severities = &mut gathering.records[record].severities;
            if !vector.is_empty() && severities.iter().all(|known| known.vector != *vector) {
                let score_tenths = base_score_tenths(vector);
                let asserter = Text::default();
                severities.push(Severity { asserter, vector: vector.clone(), score_tenths });
            }
        }
        let stated = stated(analysis);
        let why = [&analysis.justification, &analysis.detail]
            .into_iter()
            .find(|why| !why.trim().is_empty());
        // a false positive says by itself that the component is not there
        let absent = (&*analysis.state == "false_positive").then(|| Text::from("false_positive"));
        let because = why.map(short).or(absent);
        let remedy = [&vulnerability.recommendation, &vulnerability.workaround]
            .into_iter()
            .map(|text| summary_of(text))
            .find(|text| !text.is_empty());
        if vulnerability.affects.is_empty() {
            gathering.leave("CycloneDX analysis that names no component", &place);
        }
        for (at, affects) in vulnerability.affects.into_iter().enumerate() {
            let place = format!("{place}.affects[{at}]");
            let known = components.get(&*affects.reference).cloned();
            let product = known.unwrap_or_else(|| {
                let name = affects.reference.clone();
                let mut product = Product { id: name.clone(), name, ..Product::default() };
                product.address(&affects.reference);
                product
            });
            let with =
                || With { because: because.clone(), remedy: remedy.clone(), ..With::default() };
            if affects.versions.is_empty() {
                gathering.state(record, &product, stated, place, with())?;
                continue;
            }
            for (at, version) in affects.versions.into_iter().enumerate() {
                let place = format!("{place}.versions[{at}]");
                let of = match (&version.one, &version.range) {
                    (Some(one), _) => versions_of(one, false),
                    (None, Some(range)) => versions_of(range, true),
                    (None, None) => Versions::Unstated,
                };
                let stated = by_version(stated, &version.status);
                let product = Product { versions: Some(of), ..product.clone() };
                gathering.state(record, &product, stated, place, with())?;
            }
        }
    }
    Ok(gathering.finish(key, order))
}

/// The status that an analysis gives (`tables/vex-mapping.json` of the reference). A perimeter that
/// protects is not part of the product, so the product stays affected.
fn stated(analysis: &Analysis<'_>) -> Stated {
    match (&*analysis.state, &*analysis.justification) {
        ("exploitable", _) | ("not_affected", "protected_at_perimeter") => Stated::KnownAffected,
        ("not_affected" | "false_positive", _) => Stated::KnownNotAffected,
        ("resolved" | "resolved_with_pedigree", _) => Stated::Fixed,
        ("in_triage", _) => Stated::UnderInvestigation,
        _ => Stated::Unknown,
    }
}

/// What holds for one of the versions. `status` says whether the version holds the flaw, the analysis
/// whether it can be used there: versions that are not affected are clear of both, and what is unknown
/// stays so.
fn by_version(stated: Stated, status: &str) -> Stated {
    match status {
        "" | "affected" => stated,
        "unaffected" => Stated::Fixed,
        _ => Stated::Unknown,
    }
}

fn gather<'a>(
    component: Component<'a>,
    serial: &Text<'a>,
    into: &mut HashMap<String, Product<'a>>,
) {
    let called = [&*component.group, &*component.name, &*component.version];
    let called: Vec<&str> = called.into_iter().filter(|part| !part.is_empty()).collect();
    let id = component.reference.clone();
    let mut product =
        Product { id, name: summary_of(&called.join(" ")).into(), ..Product::default() };
    if !component.version.is_empty() {
        product.versions = Some(Versions::Exactly(component.version.clone()));
    }
    if let Some(purl) = &component.purl {
        product.purl(purl);
    }
    if let Some(cpe) = component.cpe {
        product.cpe(cpe);
    }
    for hash in &component.hashes {
        product.hash(&hash.alg, &hash.content);
    }
    let own = component.supplier.and_then(|supplier| named_key(&supplier.name, &component.name));
    own.into_iter().chain(bom_key(serial, &component.reference)).for_each(|key| product.key(key));
    if !component.reference.is_empty() {
        match into.entry(component.reference.to_string()) {
            Entry::Vacant(free) => drop(free.insert(product)),
            // which of two is meant is not known: nobody is found by it
            Entry::Occupied(mut known) => known.get_mut().keys.clear(),
        }
    }
    for inner in component.components {
        gather(inner, serial, into);
    }
}
