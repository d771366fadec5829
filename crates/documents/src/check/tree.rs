//! The tree of products.

use super::Found;
use crate::{
    advisory::{Advisory, Identifiers, Version, Vulnerability},
    cpe, crosswalk,
};
use aftercare_vocab::problem::quoted;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(found: &mut Found, advisory: &Advisory) {
    if advisory.families.is_empty() {
        let what = "There is no product (CSAF test 6.1.27.4).";
        found.refuse("products_missing", "families", what, "Say which products it is about.");
    }
    shared_names(found, advisory);
    let mut ids = BTreeSet::new();
    for (f, family) in advisory.families.iter().enumerate() {
        let place = format!("families[{f}]");
        found.line(&format!("{place}.name"), &family.name);
        if family.products.is_empty() {
            empty(found, format!("{place}.products"), &family.name);
        }
        for (p, product) in family.products.iter().enumerate() {
            let place = format!("{place}.products[{p}]");
            found.line(&format!("{place}.name"), &product.name);
            if product.versions.is_empty() {
                empty(found, format!("{place}.versions"), &product.name);
            }
            for (v, one) in product.versions.iter().enumerate() {
                let place = format!("{place}.versions[{v}]");
                if !ids.insert(one.id.as_str()) {
                    let what =
                        format!("{} is the id of two versions (CSAF test 6.1.2).", quoted(&one.id));
                    found.refuse(
                        "version_id_twice",
                        format!("{place}.id"),
                        what,
                        "Give each its own.",
                    );
                }
                version(found, &place, one);
                spoken_of(found, &place, one, advisory);
            }
        }
    }
}

/// Whoever looks for a version by a name that two of them share would find the other's standing too.
fn shared_names(found: &mut Found, advisory: &Advisory) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for (f, family) in advisory.families.iter().enumerate() {
        for (p, product) in family.products.iter().enumerate() {
            for (v, version) in product.versions.iter().enumerate() {
                let Identifiers { purl, cpe, .. } = &version.identifiers;
                let purl = purl.as_ref().map(|purl| ("purl", purl.to_string()));
                let cpe = cpe.as_ref().map(|cpe| ("cpe", cpe.to_string()));
                for (part, name) in purl.into_iter().chain(cpe) {
                    let other = *known.entry(name.clone()).or_insert(&version.id);
                    if stand_apart(advisory, other, &version.id) {
                        let place =
                            format!("families[{f}].products[{p}].versions[{v}].identifiers.{part}");
                        let what = format!(
                            "{} names two versions that stand differently, {} and {}.",
                            quoted(&name),
                            quoted(other),
                            quoted(&version.id)
                        );
                        let next = "Give each a name with its version.";
                        found.refuse("identifier_shared", place, what, next);
                    }
                }
            }
        }
    }
}

/// Whether something else is said of one version than of the other.
fn stand_apart(advisory: &Advisory, one: &str, other: &str) -> bool {
    let word =
        |v: &Vulnerability, id: &str| v.standing_of(id).map(|s| crosswalk::status(&s.status).csaf);
    one != other && advisory.vulnerabilities.iter().any(|v| word(v, one) != word(v, other))
}

fn empty(found: &mut Found, place: String, name: &str) {
    let what = format!("{} has nothing below it.", quoted(name));
    found.refuse("products_missing", place, what, "Name the versions, or leave it out.");
}

fn version(found: &mut Found, place: &str, version: &Version) {
    found.line(&format!("{place}.id"), &version.id);
    found.line(&format!("{place}.name"), &version.name);
    if is_a_range(&version.name) {
        let what = format!("{} reads like a range (CSAF test 6.1.31).", quoted(&version.name));
        found.refuse("version_is_a_range", format!("{place}.name"), what, "Name each version.");
    }
    identifiers(found, &format!("{place}.identifiers"), &version.identifiers);
}

/// The words and signs of test 6.1.31.
fn is_a_range(name: &str) -> bool {
    const WORDS: [&str; 7] = ["after", "all", "before", "earlier", "later", "prior", "versions"];
    name.contains(['<', '>'])
        || name.to_lowercase().split_whitespace().any(|word| WORDS.contains(&word))
}

fn identifiers(found: &mut Found, place: &str, identifiers: &Identifiers) {
    if identifiers.is_empty() {
        let what = "Lists of assets cannot recognise this version (CSAF test 6.2.16).";
        found.warn(
            "identifiers_missing",
            place,
            what,
            "Add a package URL, a CPE, a model or order number.",
        );
    }
    if let Some(name) = identifiers.cpe.as_ref().filter(|name| !cpe::fits(name)) {
        let what = format!("CSAF has no place for the CPE name {}.", quoted(name.as_str()));
        let next = "Use ASCII letters, and a language like `en-us` if any.";
        found.refuse("cpe_unwritable", format!("{place}.cpe"), what, next);
    }
    for (part, list) in [
        ("model_numbers", &identifiers.model_numbers),
        ("skus", &identifiers.skus),
        ("udi_dis", &identifiers.udi_dis),
        ("sbom_urls", &identifiers.sbom_urls),
    ] {
        found.once(&format!("{place}.{part}"), list.iter().map(String::as_str));
        for (at, text) in list.iter().enumerate() {
            let place = format!("{place}.{part}[{at}]");
            if part == "sbom_urls" { found.web(&place, text) } else { found.line(&place, text) }
        }
    }
    for (at, file) in identifiers.hashes.iter().enumerate() {
        let place = format!("{place}.hashes[{at}]");
        found.line(&format!("{place}.file"), &file.file);
        if file.digests.is_empty() {
            let what = format!("{} has no digest.", quoted(&file.file));
            found.refuse(
                "digests_missing",
                format!("{place}.digests"),
                what,
                "Add one, or leave it out.",
            );
        }
        let mut algorithms = BTreeSet::new();
        for (nth, (algorithm, digest)) in file.digests.iter().enumerate() {
            let place = format!("{place}.digests[{nth}]");
            if !algorithms.insert(*algorithm) {
                let what = format!("{algorithm:?} stands twice (CSAF test 6.1.25).");
                found.refuse(
                    "digest_twice",
                    place.clone(),
                    what,
                    "Give one digest of each algorithm.",
                );
            }
            let digits = digest.bytes().all(|b| b.is_ascii_hexdigit());
            if !digits || digest.len() != 2 * algorithm.bytes() {
                let what = format!(
                    "{} is not a digest of {algorithm:?}: that has {} hexadecimal digits.",
                    quoted(digest),
                    2 * algorithm.bytes()
                );
                found.refuse("digest_unreadable", place, what, "Copy it again.");
            }
        }
    }
}

fn spoken_of(found: &mut Found, place: &str, version: &Version, advisory: &Advisory) {
    let said = advisory.vulnerabilities.iter().any(|v| v.standing_of(&version.id).is_some());
    if !said {
        let what = format!(
            "Nothing is said of version {} (CSAF test 6.2.1); readers could take that for good news.",
            quoted(&version.name)
        );
        found.warn("version_unspoken", place, what, "Say how it stands, or leave it out.");
    }
}
