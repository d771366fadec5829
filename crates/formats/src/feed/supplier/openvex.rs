//! OpenVEX 0.2.0.

use super::{
    Document, Gathering, Head, MAX_IDENTITIES, Product, State, Stated, Text, Versions, With,
    instant, short, unreadable,
};
use crate::feed::{Source, summary_of};
use aftercare_vocab::{digest::Digest, problem::Problem};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

#[derive(Deserialize)]
struct Openvex<'a> {
    #[serde(rename = "@id", default, borrow)]
    id: Text<'a>,
    #[serde(default, borrow)]
    author: Text<'a>,
    #[serde(default, borrow)]
    timestamp: Text<'a>,
    #[serde(default, borrow)]
    last_updated: Option<Text<'a>>,
    #[serde(default)]
    version: serde_json::Value,
    #[serde(borrow)]
    statements: Vec<Said<'a>>,
}

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(default, borrow)]
    vulnerability: Flaw<'a>,
    #[serde(default, borrow)]
    products: Vec<Item<'a>>,
    #[serde(default, borrow)]
    status: Text<'a>,
    #[serde(default, borrow)]
    supplier: Text<'a>,
    #[serde(default, borrow)]
    justification: Text<'a>,
    #[serde(default, borrow)]
    impact_statement: Text<'a>,
    #[serde(default, borrow)]
    action_statement: Text<'a>,
    #[serde(default, borrow)]
    timestamp: Option<Text<'a>>,
    #[serde(default, borrow)]
    last_updated: Option<Text<'a>>,
}

/// An object; a bare name in version 0.0 of the form.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flaw<'a> {
    Object {
        #[serde(default, borrow)]
        name: Text<'a>,
        #[serde(rename = "@id", default, borrow)]
        id: Text<'a>,
        #[serde(default, borrow)]
        aliases: Vec<Text<'a>>,
    },
    Name(#[serde(borrow)] Text<'a>),
}

impl Default for Flaw<'_> {
    fn default() -> Self {
        Self::Name(Text::default())
    }
}

/// An object; a bare address in version 0.0 of the form.
#[derive(Deserialize)]
#[serde(untagged)]
enum Item<'a> {
    Object(#[serde(borrow)] Described<'a>),
    Address(#[serde(borrow)] Text<'a>),
}

#[derive(Deserialize)]
struct Described<'a> {
    #[serde(rename = "@id", default, borrow)]
    id: Text<'a>,
    #[serde(default, borrow)]
    identifiers: BTreeMap<Text<'a>, Text<'a>>,
    #[serde(default, borrow)]
    hashes: BTreeMap<Text<'a>, Text<'a>>,
    #[serde(default, borrow)]
    subcomponents: Vec<Item<'a>>,
}

/// Reads one document.
pub fn read(json: &str) -> Result<Document<'_>, Problem> {
    let document: Openvex<'_> = serde_json::from_str(json)
        .map_err(|error| unreadable("openvex_unreadable", "OpenVEX", &error))?;
    let version = match &document.version {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::from("0"),
    };
    let released = instant(document.last_updated.as_ref().unwrap_or(&document.timestamp));
    let id = if document.id.is_empty() {
        // without a name of its own it is named by its bytes
        format!("openvex:{}", Digest::of(json.as_bytes()).hex()).into()
    } else {
        document.id
    };
    let key = id.to_string();
    // `0004.2.1` and so on: the version is one number
    let order = format!("{}{released}", super::order_of(&version));
    let mut gathering = Gathering::new(Head {
        source: Source::Openvex,
        modified: released.clone(),
        published: instant(&document.timestamp),
        state: State::Published,
        title: String::new(),
        edition: summary_of(&format!("version {version}, {}", document.author)),
        is_draft: false,
        makers: Vec::new(),
        id,
    });
    let said = latest(document.statements, &document.timestamp, &mut gathering)?;
    for Latest { at, mut said, product, within } in said {
        let (name, aliases) = names(std::mem::take(&mut said.vulnerability));
        let record = gathering.record(&name, aliases, &format!("statements[{at}]"));
        let supplier = if said.supplier.is_empty() { &document.author } else { &said.supplier };
        let because = [&said.justification, &said.impact_statement]
            .into_iter()
            .find(|why| !why.trim().is_empty())
            .map(short);
        let action = summary_of(&said.action_statement);
        let with = With {
            within: within.as_ref().map(Product::as_within),
            because,
            remedy: (!action.is_empty()).then_some(action),
            repaired: Vec::new(),
            makers: vec![summary_of(without_address(supplier))],
        };
        let stated = match &*said.status {
            "affected" => Stated::KnownAffected,
            "not_affected" => Stated::KnownNotAffected,
            "fixed" => Stated::Fixed,
            "under_investigation" => Stated::UnderInvestigation,
            _ => Stated::Unknown,
        };
        let place = format!("statements[{at}]");
        gathering.state(record, &product, stated, place, with)?;
    }
    Ok(gathering.finish(key, order))
}

/// A statement about one product that no later one takes the place of.
struct Latest<'a> {
    at: usize,
    said: Said<'a>,
    product: Product<'a>,
    within: Option<Product<'a>>,
}

/// The statements taken apart by product, without those that a later one about the same vulnerability
/// and product supersedes (OpenVEX, "Statements"): those are counted.
fn latest<'a>(
    statements: Vec<Said<'a>>,
    issued: &Text<'a>,
    gathering: &mut Gathering<'a>,
) -> Result<Vec<Latest<'a>>, Problem> {
    let mut newest: HashMap<(String, String, String), (String, usize)> = HashMap::new();
    let mut all: Vec<Option<Latest<'a>>> = Vec::new();
    for (at, mut said) in statements.into_iter().enumerate() {
        let place = format!("statements[{at}]");
        if let Flaw::Object { aliases, .. } = &mut said.vulnerability {
            aliases.truncate(MAX_IDENTITIES); // they are kept for each product
        }
        let name = match &said.vulnerability {
            Flaw::Object { name, id, .. } if name.is_empty() => id.to_uppercase(),
            Flaw::Object { name, .. } | Flaw::Name(name) => name.to_uppercase(),
        };
        let time = said.last_updated.as_ref().or(said.timestamp.as_ref()).unwrap_or(issued);
        let time = instant(time);
        let products = std::mem::take(&mut said.products);
        if products.is_empty() {
            gathering.leave("OpenVEX statement that names no product", &place);
        }
        for item in products {
            let (product, parts) = product(item);
            let pairs: Vec<(Product<'a>, Option<Product<'a>>)> = if parts.is_empty() {
                vec![(product, None)]
            } else {
                let parts =
                    parts.into_iter().map(|part| (self::product(part).0, Some(product.clone())));
                parts.collect()
            };
            for (product, within) in pairs {
                gathering.count(1)?;
                let whole = within.as_ref().map(|within| within.id.to_string()).unwrap_or_default();
                let about = (name.clone(), product.id.to_string(), whole);
                if let Some((known, index)) = newest.get(&about) {
                    gathering.leave("OpenVEX statement that a later one supersedes", &place);
                    if *known > time {
                        continue;
                    }
                    all[*index] = None;
                }
                newest.insert(about, (time.clone(), all.len()));
                let said = said.clone_without_products();
                all.push(Some(Latest { at, said, product, within }));
            }
        }
    }
    Ok(all.into_iter().flatten().collect())
}

impl Said<'_> {
    fn clone_without_products(&self) -> Self {
        let vulnerability = match &self.vulnerability {
            Flaw::Object { name, id, aliases } => {
                Flaw::Object { name: name.clone(), id: id.clone(), aliases: aliases.clone() }
            }
            Flaw::Name(name) => Flaw::Name(name.clone()),
        };
        Self {
            vulnerability,
            products: Vec::new(),
            status: short(&self.status),
            supplier: short(&self.supplier),
            justification: short(&self.justification),
            impact_statement: short(&self.impact_statement),
            action_statement: short(&self.action_statement),
            timestamp: None,
            last_updated: None,
        }
    }
}

fn names(flaw: Flaw<'_>) -> (String, Vec<Text<'_>>) {
    let (name, aliases) = match flaw {
        Flaw::Object { name, id, aliases } if name.is_empty() => (id, aliases),
        Flaw::Object { name, aliases, .. } => (name, aliases),
        Flaw::Name(name) => (name, Vec::new()),
    };
    // an address that ends in the name, as older documents write it
    let plain = name.rsplit('/').next().unwrap_or_default().to_owned();
    let aliases = aliases.into_iter().filter(|alias| super::names_a_flaw(alias));
    let own = (!plain.is_empty()).then(|| Text::from(plain.clone()));
    (plain, own.into_iter().chain(aliases).collect())
}

fn product(item: Item<'_>) -> (Product<'_>, Vec<Item<'_>>) {
    let described = match item {
        Item::Object(described) => described,
        Item::Address(id) => Described {
            id,
            identifiers: BTreeMap::new(),
            hashes: BTreeMap::new(),
            subcomponents: Vec::new(),
        },
    };
    let Described { id, identifiers, hashes, subcomponents } = described;
    let mut product = Product { name: id.clone(), ..Product::default() };
    product.address(&id);
    for (kind, text) in identifiers {
        match &*kind {
            "purl" => drop(product.purl(&text)),
            "cpe22" | "cpe23" => drop(product.cpe(text)),
            _ => {}
        }
    }
    for (algorithm, digest) in hashes {
        product.hash(&algorithm, &digest);
    }
    // A package URL without a version is the package in every version (OpenVEX, "Product").
    if product.versions.is_none() && !product.keys.is_empty() {
        product.versions = Some(Versions::Every);
    }
    product.id = if id.is_empty() { product.keys.join(" ").into() } else { id };
    (product, subcomponents)
}

/// `The Project <mail@example.org>` is the project.
fn without_address(author: &str) -> &str {
    author.split('<').next().unwrap_or_default().trim()
}
