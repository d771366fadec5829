//! Findings of many files put together: each component once, with all that speaks for it.

use crate::{
    evidence::{Evidence, Method},
    piece::Pieces,
};
use aftercare_vocab::inventory::{Component, Scope};
use std::collections::HashMap;

/// Most evidences kept of one component; the rest are not told, since they add nothing.
const EVIDENCES: usize = 20;

/// Components, each once, with all that speaks for them.
#[derive(Debug)]
pub(crate) struct Merged {
    limit: usize,
    pub(crate) components: Vec<(Component, Vec<Evidence>)>,
    by_identity: HashMap<String, usize>,
    /// How many did not fit.
    pub(crate) left_out: usize,
}

impl Merged {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, components: Vec::new(), by_identity: HashMap::new(), left_out: 0 }
    }

    /// Whether a component has this name, or comes from a source package of it.
    pub(crate) fn has(&self, name: &str) -> bool {
        let is_source = |source: &String| source.split('@').next() == Some(name);
        self.components.iter().any(|(component, _)| {
            component.name == name || component.source_package.as_ref().is_some_and(is_source)
        })
    }

    pub(crate) fn add(&mut self, path: &str, method: Method, pieces: Pieces) {
        for piece in pieces.found {
            let evidence = Evidence { file: path.to_owned(), place: piece.place, method };
            let key = identity(&piece.component);
            match self.by_identity.get(&key).copied() {
                Some(at) => {
                    if let Some((known, reasons)) = self.components.get_mut(at) {
                        join(known, piece.component);
                        if reasons.len() < EVIDENCES && !reasons.contains(&evidence) {
                            reasons.push(evidence);
                        }
                    }
                }
                None if self.components.len() >= self.limit => self.left_out += 1,
                None => {
                    self.by_identity.insert(key, self.components.len());
                    self.components.push((piece.component, vec![evidence]));
                }
            }
        }
    }
}

/// What two findings of the same component have in common.
fn identity(component: &Component) -> String {
    match component.purls.first() {
        Some(purl) => purl.to_string(),
        None => format!(
            "{} {} {}",
            component.group.as_deref().unwrap_or_default(),
            component.name,
            component.version.as_deref().unwrap_or_default()
        ),
    }
}

/// One place where it is needed at run time outweighs all where it is not.
fn join(known: &mut Component, other: Component) {
    if other.scope == Scope::Required {
        known.scope = Scope::Required;
    }
    for licence in other.licences {
        if !known.licences.contains(&licence) {
            known.licences.push(licence);
        }
    }
    for hash in other.hashes {
        if !known.hashes.contains(&hash) {
            known.hashes.push(hash);
        }
    }
    for cpe in other.cpes {
        if !known.cpes.contains(&cpe) {
            known.cpes.push(cpe);
        }
    }
}
