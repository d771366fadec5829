//! The product tree of CSAF (2.0, section 3.2.2; 2.1 with `product_paths`): branches, names and
//! relationships, as products with identities.

use super::{Product, Text, Versions, named_key, versions_of};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many relationships may stand on one another.
const MAX_RELATIONS: usize = 16;

#[derive(Deserialize, Default)]
pub(super) struct Tree<'a> {
    #[serde(default, borrow)]
    branches: Vec<Branch<'a>>,
    #[serde(default, borrow)]
    full_product_names: Vec<FullName<'a>>,
    #[serde(default, borrow)]
    relationships: Vec<Relationship<'a>>,
    #[serde(default, borrow)]
    product_paths: Vec<Path<'a>>,
    #[serde(default, borrow)]
    product_groups: Vec<Group<'a>>,
}

/// Nested as deeply as the JSON reader allows (128).
#[derive(Deserialize)]
struct Branch<'a> {
    #[serde(default, borrow)]
    category: Text<'a>,
    #[serde(default, borrow)]
    name: Text<'a>,
    #[serde(default, borrow)]
    branches: Vec<Branch<'a>>,
    #[serde(borrow)]
    product: Option<FullName<'a>>,
}

#[derive(Deserialize)]
struct FullName<'a> {
    #[serde(borrow)]
    product_id: Text<'a>,
    #[serde(default, borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    product_identification_helper: Option<Helper<'a>>,
}

#[derive(Deserialize)]
struct Helper<'a> {
    #[serde(borrow)]
    purl: Option<Text<'a>>,
    #[serde(default, borrow)]
    purls: Vec<Text<'a>>,
    #[serde(borrow)]
    cpe: Option<Text<'a>>,
    #[serde(default, borrow)]
    hashes: Vec<Hashes<'a>>,
    #[serde(default, borrow)]
    sbom_urls: Vec<Text<'a>>,
    #[serde(default, borrow)]
    x_generic_uris: Vec<Uri<'a>>,
}

#[derive(Deserialize)]
struct Hashes<'a> {
    #[serde(default, borrow)]
    file_hashes: Vec<FileHash<'a>>,
}

#[derive(Deserialize)]
struct FileHash<'a> {
    #[serde(default, borrow)]
    algorithm: Text<'a>,
    #[serde(default, borrow)]
    value: Text<'a>,
}

#[derive(Deserialize)]
struct Uri<'a> {
    #[serde(default, borrow)]
    uri: Text<'a>,
}

#[derive(Deserialize)]
struct Relationship<'a> {
    #[serde(default, borrow)]
    product_reference: Text<'a>,
    #[serde(default, borrow)]
    relates_to_product_reference: Text<'a>,
    #[serde(borrow)]
    full_product_name: FullName<'a>,
}

/// CSAF 2.1: a beginning, and what it is part of or installed on, step by step.
#[derive(Deserialize)]
struct Path<'a> {
    #[serde(default, borrow)]
    beginning_product_reference: Text<'a>,
    #[serde(default, borrow)]
    subpaths: Vec<Step<'a>>,
    #[serde(borrow)]
    full_product_name: FullName<'a>,
}

#[derive(Deserialize)]
struct Step<'a> {
    #[serde(default, borrow)]
    next_product_reference: Text<'a>,
}

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(default, borrow)]
    group_id: Text<'a>,
    #[serde(default, borrow)]
    product_ids: Vec<Text<'a>>,
}

/// A product made of two: the one that the statement is about, and what it is part of.
struct Relation<'a> {
    about: Text<'a>,
    within: Text<'a>,
    own: Product<'a>,
}

/// The products by their identifiers.
#[derive(Default)]
pub(super) struct Products<'a> {
    plain: HashMap<Text<'a>, Vec<Product<'a>>>,
    related: HashMap<Text<'a>, Vec<Relation<'a>>>,
    groups: HashMap<Text<'a>, Vec<Text<'a>>>,
}

/// What an identifier stands for.
pub(super) enum Meant<'p, 'a> {
    /// Products, with the one that each must be part of.
    Products(Vec<(std::borrow::Cow<'p, Product<'a>>, Option<&'p Product<'a>>)>),
    /// The document does not define it.
    Undefined,
    /// It is defined by itself.
    Circular,
}

impl<'a> Products<'a> {
    pub(super) fn of(tree: Tree<'a>) -> Self {
        let mut products = Self::default();
        let mut path = Vec::new();
        for branch in tree.branches {
            products.branch(branch, &mut path);
        }
        for name in tree.full_product_names {
            let product = product(name, &[]);
            products.plain.entry(product.id.clone()).or_default().push(product);
        }
        for relation in tree.relationships {
            products.relate(
                relation.product_reference,
                relation.relates_to_product_reference,
                relation.full_product_name,
            );
        }
        for mut path in tree.product_paths {
            // the last one is the whole that the others are in
            let within = path.subpaths.pop().map(|step| step.next_product_reference);
            let within = within.unwrap_or_default();
            products.relate(path.beginning_product_reference, within, path.full_product_name);
        }
        for group in tree.product_groups {
            products.groups.entry(group.group_id).or_default().extend(group.product_ids);
        }
        products
    }

    fn relate(&mut self, about: Text<'a>, within: Text<'a>, name: FullName<'a>) {
        let own = product(name, &[]);
        self.related.entry(own.id.clone()).or_default().push(Relation { about, within, own });
    }

    fn branch(&mut self, branch: Branch<'a>, path: &mut Vec<(Text<'a>, Text<'a>)>) {
        path.push((branch.category, branch.name));
        if let Some(name) = branch.product {
            let product = product(name, path);
            self.plain.entry(product.id.clone()).or_default().push(product);
        }
        for inner in branch.branches {
            self.branch(inner, path);
        }
        path.pop();
    }

    /// The products of a group.
    pub(super) fn group(&self, id: &Text<'a>) -> &[Text<'a>] {
        self.groups.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether the identifier is defined more than once, so that it is not known which one is meant.
    pub(super) fn is_ambiguous(&self, id: &Text<'a>) -> bool {
        let plain = self.plain.get(id).map_or(0, Vec::len);
        plain + self.related.get(id).map_or(0, Vec::len) > 1
    }

    /// What the identifier stands for.
    pub(super) fn meant<'p>(&'p self, id: &Text<'a>) -> Meant<'p, 'a> {
        let mut found = Vec::new();
        for product in self.plain.get(id).into_iter().flatten() {
            found.push((std::borrow::Cow::Borrowed(product), None));
        }
        let related = self.related.get(id).into_iter().flatten();
        for relation in related {
            let Some((about, between)) = self.root(&relation.about) else { return Meant::Circular };
            let Some((within, _)) = self.root(&relation.within) else { return Meant::Circular };
            let within = self.plain.get(within).and_then(|all| all.first());
            let mut product = relation.own.clone();
            if let Some(part) = self.plain.get(about).and_then(|all| all.first()) {
                if product.keys.is_empty() {
                    product = Product { id: product.id, name: product.name, ..part.clone() };
                } else {
                    part.keys.iter().for_each(|key| product.key(key.clone()));
                    product.versions = product.versions.or_else(|| part.versions.clone());
                }
            }
            let parts = between.into_iter().map(|whole| format!("part of {}", self.called(whole)));
            product.limits.extend(parts);
            found.push((std::borrow::Cow::Owned(product), within));
        }
        if found.is_empty() { Meant::Undefined } else { Meant::Products(found) }
    }

    /// The name of a product as written, shortened.
    fn called(&self, id: &Text<'a>) -> String {
        let name = self.plain.get(id).and_then(|all| all.first()).map(|product| &product.name);
        super::summary_of(name.unwrap_or(id))
    }

    /// The plain product at the beginning of relationships that stand on one another, and what they say
    /// that it is part of on the way; `None` if they go round, or on for too long.
    fn root<'p>(&'p self, id: &'p Text<'a>) -> Option<(&'p Text<'a>, Vec<&'p Text<'a>>)> {
        let (mut at, mut seen, mut between) = (id, HashSet::new(), Vec::new());
        while let Some(relation) = self.related.get(at).and_then(|all| all.first()) {
            if !seen.insert(at) || seen.len() > MAX_RELATIONS {
                return None;
            }
            between.push(&relation.within);
            at = &relation.about;
        }
        Some((at, between))
    }

    /// Versions that are named as repaired, by the key of their product.
    pub(super) fn repaired<'i>(
        &self,
        ids: impl Iterator<Item = &'i Text<'a>>,
    ) -> BTreeMap<String, Vec<Text<'a>>>
    where
        'a: 'i,
    {
        /// More of one product are not shown.
        const SHOWN: usize = 4;
        let mut repaired: BTreeMap<String, Vec<Text<'a>>> = BTreeMap::new();
        for product in ids.filter_map(|id| self.plain.get(id)).flatten() {
            let (Some(key), Some(Versions::Exactly(version))) =
                (product.keys.first(), &product.versions)
            else {
                continue;
            };
            let known = repaired.entry(key.clone()).or_default();
            if known.len() < SHOWN && !known.contains(version) {
                known.push(version.clone());
            }
        }
        repaired
    }
}

fn product<'a>(name: FullName<'a>, path: &[(Text<'a>, Text<'a>)]) -> Product<'a> {
    let mut product = Product { id: name.product_id, name: name.name, ..Product::default() };
    if let Some(helper) = name.product_identification_helper {
        for purl in helper.purl.iter().chain(&helper.purls) {
            product.purl(purl);
        }
        if let Some(cpe) = helper.cpe {
            product.cpe(cpe);
        }
        for hash in helper.hashes.iter().flat_map(|hashes| &hashes.file_hashes) {
            product.hash(&hash.algorithm, &hash.value);
        }
        let uris = helper.x_generic_uris.iter().map(|uri| &uri.uri);
        for uri in uris.chain(&helper.sbom_urls) {
            product.address(uri);
        }
    }
    let (mut vendor, mut called) = (None, None);
    for (category, name) in path {
        match &**category {
            "vendor" => vendor = Some(name),
            "product_name" => called = Some(name),
            // a family is the name where no other is given
            "product_family" => called = called.or(Some(name)),
            "product_version" if product.versions.is_none() => {
                product.versions = Some(versions_of(name, false));
            }
            "product_version_range" if product.versions.is_none() => {
                product.versions = Some(versions_of(name, true));
            }
            "product_version" | "product_version_range" => {}
            "architecture" => {
                let limit = format!("architecture {name}");
                if !product.limits.contains(&limit) {
                    product.limits.push(limit);
                }
            }
            "" | "removed" => {}
            other => product
                .limits
                .push(super::summary_of(&format!("{} {name}", other.replace('_', " ")))),
        }
    }
    if let (Some(vendor), Some(called)) = (vendor, called)
        && let Some(key) = named_key(vendor, called)
    {
        product.key(key);
    }
    product
}
