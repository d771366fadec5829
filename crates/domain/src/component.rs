//! Components across SBOMs: when are two of them the same, and by which words are they found?

use crate::text::folded;
use aftercare_vocab::{digest::Digest, inventory::Component, purl::Purl};

/// Most words of a name that start a search key.
const WORDS: usize = 4;

/// By what a component is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// Its name from the first word on, folded: `log4j-core`.
    Name,
    /// Its name from a later word on: `core`.
    Word,
    /// A package URL without version, qualifiers and subpath, folded.
    Purl,
    /// A CPE's `vendor:product`.
    Cpe,
}

impl KeyKind {
    /// The code name: `purl`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Word => "word",
            Self::Purl => "purl",
            Self::Cpe => "cpe",
        }
    }
}

/// The component reduced to what its verdict may depend on: place, reference, licences, scope and
/// support statements fall away. Supplier and hashes stay, as a supplier's statement, a mapping or a guess
/// by name can rest on them. Two components with the same identity are the same component in two places.
pub fn identity(component: &Component) -> Component {
    Component {
        kind: component.kind.clone(),
        group: component.group.clone(),
        name: component.name.clone(),
        version: component.version.clone(),
        version_range: component.version_range.clone(),
        purls: component.purls.clone(),
        cpes: component.cpes.clone(),
        other_identities: component.other_identities.clone(),
        hashes: component.hashes.clone(),
        supplier: component.supplier.clone(),
        patched: component.patched.clone(),
        source_package: component.source_package.clone(),
        ..Component::default()
    }
}

/// The digest of an [`identity`], with the JSON text it is taken over.
pub fn identity_document(component: &Component) -> Result<(Digest, String), serde_json::Error> {
    let text = serde_json::to_string(&identity(component))?;
    Ok((Digest::of(text.as_bytes()), text))
}

/// The keys a component is found by, sorted, without repeats.
pub fn keys(component: &Component) -> Vec<(KeyKind, String)> {
    let mut keys = Vec::with_capacity(4);
    for (n, word) in words(&component.name).into_iter().enumerate() {
        keys.push((if n == 0 { KeyKind::Name } else { KeyKind::Word }, word));
    }
    keys.extend(component.purls.iter().map(|purl| (KeyKind::Purl, purl_key(purl))));
    keys.extend(component.cpes.iter().filter_map(|cpe| cpe.key()).map(|key| (KeyKind::Cpe, key)));
    keys.sort();
    keys.dedup();
    keys
}

/// The key of a package URL: `pkg:npm/minimist`, without version, qualifiers and subpath.
pub fn purl_key(purl: &Purl) -> String {
    match purl.namespace() {
        Some(namespace) => folded(&format!("pkg:{}/{namespace}/{}", purl.ty(), purl.name())),
        None => folded(&format!("pkg:{}/{}", purl.ty(), purl.name())),
    }
}

/// The folded name from each of its first words on: `log4j-core` gives `log4j-core` and `core`.
/// Always at least one (the whole name).
pub fn words(name: &str) -> Vec<String> {
    let name = folded(name);
    let mut starts = vec![0];
    let mut inside = false;
    for (at, c) in name.char_indices() {
        let letter = c.is_alphanumeric();
        if letter && !inside && at > 0 && starts.len() < WORDS {
            starts.push(at);
        }
        inside = letter;
    }
    starts.into_iter().map(|at| name[at..].to_owned()).collect()
}
