//! CSAF 2.0 and 2.1 (profiles with vulnerabilities: `csaf_security_advisory`, `csaf_vex` and others).

use super::{
    Document, Gathering, Head, Product, State, Stated, Text, With, instant, names_a_flaw, order_of,
    short,
    tree::{Meant, Products, Tree},
    unreadable,
};
use crate::feed::{Severity, Source, summary_of};
use aftercare_vocab::{cvss::base_score_tenths, problem::Problem};
use serde::Deserialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

#[derive(Deserialize)]
struct Csaf<'a> {
    #[serde(borrow)]
    document: Meta<'a>,
    #[serde(default, borrow)]
    product_tree: Tree<'a>,
    #[serde(default, borrow)]
    vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(default, borrow)]
    category: Text<'a>,
    #[serde(default, borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    publisher: Publisher<'a>,
    #[serde(borrow)]
    tracking: Tracking<'a>,
}

#[derive(Deserialize)]
struct Publisher<'a> {
    #[serde(default, borrow)]
    category: Text<'a>,
    #[serde(default, borrow)]
    name: Text<'a>,
    #[serde(default, borrow)]
    namespace: Text<'a>,
}

#[derive(Deserialize)]
struct Tracking<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(default, borrow)]
    status: Text<'a>,
    #[serde(default, borrow)]
    version: Text<'a>,
    #[serde(default, borrow)]
    current_release_date: Text<'a>,
    #[serde(default, borrow)]
    initial_release_date: Text<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    cve: Option<Text<'a>>,
    #[serde(default, borrow)]
    ids: Vec<Id<'a>>,
    #[serde(default, borrow)]
    title: Text<'a>,
    #[serde(default, borrow)]
    product_status: BTreeMap<Text<'a>, Vec<Text<'a>>>,
    #[serde(default, borrow)]
    flags: Vec<Said<'a>>,
    #[serde(default, borrow)]
    threats: Vec<Said<'a>>,
    #[serde(default, borrow)]
    remediations: Vec<Said<'a>>,
    #[serde(default, borrow)]
    scores: Vec<Score<'a>>,
    #[serde(default, borrow)]
    metrics: Vec<Metric<'a>>,
}

#[derive(Deserialize)]
struct Id<'a> {
    #[serde(default, borrow)]
    text: Text<'a>,
}

/// A flag, a threat or a remediation: something said of products.
#[derive(Deserialize)]
struct Said<'a> {
    #[serde(default, borrow)]
    label: Text<'a>,
    #[serde(default, borrow)]
    category: Text<'a>,
    #[serde(default, borrow)]
    details: Text<'a>,
    #[serde(default, borrow)]
    product_ids: Vec<Text<'a>>,
    #[serde(default, borrow)]
    group_ids: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct Score<'a> {
    #[serde(rename = "cvss_v2", borrow)]
    v2: Option<Cvss<'a>>,
    #[serde(rename = "cvss_v3", borrow)]
    v3: Option<Cvss<'a>>,
    #[serde(rename = "cvss_v4", borrow)]
    v4: Option<Cvss<'a>>,
}

#[derive(Deserialize)]
struct Metric<'a> {
    #[serde(borrow)]
    content: Option<Score<'a>>,
}

#[derive(Deserialize)]
struct Cvss<'a> {
    #[serde(rename = "vectorString", default, borrow)]
    vector: Text<'a>,
}

/// Reads one document.
pub fn read(json: &str) -> Result<Document<'_>, Problem> {
    let document: Csaf<'_> = serde_json::from_str(json)
        .map_err(|error| unreadable("csaf_unreadable", "CSAF", &error))?;
    let Csaf { document: meta, product_tree, vulnerabilities } = document;
    let Meta { category, title, publisher, tracking } = meta;
    let profile = category.to_ascii_lowercase();
    let is_withdrawn = profile.contains("withdrawn")
        || profile.contains("superseded")
        || title.trim_start().to_lowercase().starts_with("withdrawn");
    let modified = instant(&tracking.current_release_date);
    let key = format!("{} {}", publisher.namespace, tracking.id);
    let order = format!("{}{modified}", order_of(&tracking.version));
    let is_maker = publisher.category.eq_ignore_ascii_case("vendor");
    let mut gathering = Gathering::new(Head {
        source: Source::Csaf,
        modified,
        published: instant(&tracking.initial_release_date),
        state: if is_withdrawn { State::Withdrawn } else { State::Published },
        title: summary_of(&title),
        edition: summary_of(&format!("version {}, {}", tracking.version, tracking.status)),
        is_draft: tracking.status.eq_ignore_ascii_case("draft"),
        makers: if is_maker { vec![summary_of(&publisher.name)] } else { Vec::new() },
        id: tracking.id,
    });
    if vulnerabilities.is_empty() {
        gathering.leave("CSAF document that speaks of no vulnerability", "vulnerabilities");
    }
    let products = Products::of(product_tree);
    for (index, vulnerability) in vulnerabilities.into_iter().enumerate() {
        take(&mut gathering, &products, vulnerability, index)?;
    }
    Ok(gathering.finish(key, order))
}

fn take<'a>(
    gathering: &mut Gathering<'a>,
    products: &Products<'a>,
    vulnerability: Vulnerability<'a>,
    index: usize,
) -> Result<(), Problem> {
    let place = format!("vulnerabilities[{index}]");
    let aliases: Vec<Text<'a>> = match &vulnerability.cve {
        Some(cve) => {
            let others = vulnerability.ids.into_iter().map(|id| id.text);
            let is_cve = |id: &Text<'_>| id.to_ascii_uppercase().starts_with("CVE-");
            std::iter::once(cve.clone())
                .chain(others.filter(|id| names_a_flaw(id) && !is_cve(id)))
                .collect()
        }
        None => {
            vulnerability.ids.into_iter().map(|id| id.text).filter(|id| names_a_flaw(id)).collect()
        }
    };
    if vulnerability.product_status.is_empty() {
        gathering.leave("CSAF vulnerability without the status of any product", &place);
    }
    let name = aliases.first().map(ToString::to_string).unwrap_or_default();
    let record = gathering.record(&name, aliases, &place);
    let title = summary_of(&vulnerability.title);
    if !title.is_empty() {
        gathering.records[record].summary = title;
    }
    let metrics = vulnerability.metrics.into_iter().filter_map(|metric| metric.content);
    for score in vulnerability.scores.into_iter().chain(metrics) {
        for cvss in [score.v2, score.v3, score.v4].into_iter().flatten() {
            let severities = &mut gathering.records[record].severities;
            if severities.iter().all(|known| known.vector != cvss.vector) {
                let score_tenths = base_score_tenths(&cvss.vector);
                let asserter = Text::default();
                severities.push(Severity { asserter, vector: cvss.vector, score_tenths });
            }
        }
    }
    // Why not affected, and what to do, by product.
    let mut because: HashMap<Text<'a>, Text<'a>> = HashMap::new();
    let mut remedies: HashMap<Text<'a>, String> = HashMap::new();
    let threats = vulnerability.threats.into_iter().filter(|threat| &*threat.category == "impact");
    for said in vulnerability.flags.into_iter().chain(threats) {
        let why = if said.label.is_empty() { short(&said.details) } else { short(&said.label) };
        if why.trim().is_empty() {
            continue;
        }
        for id in of_products(&said, products) {
            gathering.count(1)?;
            because.entry(id.clone()).or_insert_with(|| why.clone());
        }
    }
    for said in vulnerability.remediations {
        let what = summary_of(&format!("{}: {}", said.category.replace('_', " "), said.details));
        for id in of_products(&said, products) {
            gathering.count(1)?;
            remedies.entry(id.clone()).or_insert_with(|| what.clone());
        }
    }
    let repairs = ["first_fixed", "fixed", "recommended"]
        .iter()
        .filter_map(|group| vulnerability.product_status.get(&Text::from(*group)))
        .flatten();
    let repaired = products.repaired(repairs);
    for (group, ids) in &vulnerability.product_status {
        let Some(stated) = stated(group) else { continue };
        for (at, id) in ids.iter().enumerate() {
            let place = format!("{place}.product_status.{}[{at}]", short(group));
            let found = match products.meant(id) {
                Meant::Products(found) => found,
                Meant::Undefined => {
                    gathering.count(1)?;
                    gathering
                        .leave("CSAF statement about a product that it does not define", &place);
                    continue;
                }
                Meant::Circular => {
                    gathering.count(1)?;
                    gathering
                        .leave("CSAF statement about a product that is defined by itself", &place);
                    continue;
                }
            };
            let stated = if products.is_ambiguous(id) && !stated.accuses() {
                gathering.leave(
                    "CSAF statement that clears a product id defined more than once: read as unknown",
                    &place,
                );
                Stated::Unknown
            } else {
                stated
            };
            for (product, within) in found {
                let (product, within) = host(product, within, stated);
                let key = product.keys.first();
                let with = With {
                    within: within.map(Product::as_within),
                    because: because.get(id).cloned(),
                    remedy: remedies.get(id).cloned(),
                    repaired: key.and_then(|key| repaired.get(key)).cloned().unwrap_or_default(),
                    makers: Vec::new(),
                };
                gathering.state(record, &product, stated, place.clone(), with)?;
            }
        }
    }
    Ok(())
}

/// A part that nobody can be found by accuses the product that it is in; it clears nothing.
fn host<'p, 'a>(
    product: Cow<'p, Product<'a>>,
    within: Option<&'p Product<'a>>,
    stated: Stated,
) -> (Cow<'p, Product<'a>>, Option<&'p Product<'a>>) {
    match within {
        Some(whole) if product.keys.is_empty() && !stated.clears() => {
            let named =
                Product { id: product.id.clone(), name: product.name.clone(), ..whole.clone() };
            (Cow::Owned(named), None)
        }
        within => (product, within),
    }
}

fn of_products<'s, 'a>(
    said: &'s Said<'a>,
    products: &'s Products<'a>,
) -> impl Iterator<Item = &'s Text<'a>> {
    let grouped = said.group_ids.iter().flat_map(|group| products.group(group));
    said.product_ids.iter().chain(grouped)
}

/// `None` for what says nothing of being affected (`recommended`).
fn stated(group: &str) -> Option<Stated> {
    Some(match group {
        "known_affected" => Stated::KnownAffected,
        "first_affected" => Stated::FirstAffected,
        "last_affected" => Stated::LastAffected,
        "known_not_affected" => Stated::KnownNotAffected,
        "first_fixed" => Stated::FirstFixed,
        "fixed" => Stated::Fixed,
        "under_investigation" => Stated::UnderInvestigation,
        "recommended" => return None,
        _ => Stated::Unknown,
    })
}
