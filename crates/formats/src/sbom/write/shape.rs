//! What both formats need to know of an inventory before it is written: additions put in, unique
//! references, the forest of components inside components.

use super::{Addition, Found, Writing};
use aftercare_vocab::{
    instant::Instant,
    inventory::{Component, Dependency, DependencyKind, Inventory},
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

/// Deepest nesting that is written; real documents nest six deep, and readers give up at some depth.
const NESTING: u32 = 20;

/// A component with what is added to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Full<'a> {
    pub(super) component: &'a Component,
    addition: Option<&'a Addition>,
}

impl<'a> Full<'a> {
    pub(super) fn supplier(&self) -> Option<&'a str> {
        let added = || self.addition.and_then(|added| added.supplier.as_deref());
        self.component.supplier.as_deref().or_else(added)
    }

    pub(super) fn support_level(&self) -> Option<&'a str> {
        let added = || self.addition.and_then(|added| added.support_level.as_deref());
        self.component.support_level.as_deref().or_else(added)
    }

    pub(super) fn end_of_support(&self) -> Option<&'a str> {
        let added = || self.addition.and_then(|added| added.end_of_support.as_deref());
        self.component.end_of_support.as_deref().or_else(added)
    }

    pub(super) fn found(&self) -> &'a [Found] {
        self.addition.map_or(&[], |added| &added.found)
    }

    /// The source package, unless the reader would find it in a package URL again.
    pub(super) fn source_package_beside_purls(&self) -> Option<&'a str> {
        let text = self.component.source_package.as_deref()?;
        let upstream = self.component.purls.iter().find_map(|purl| purl.qualifier("upstream"));
        let again = upstream.filter(|text| !text.is_empty()).map(super::super::item::source_of_rpm);
        (again.as_deref() != Some(text)).then_some(text)
    }
}

/// The components with the additions at hand, by index.
pub(super) fn full<'a>(inventory: &'a Inventory, writing: &Writing<'a>) -> Vec<Full<'a>> {
    let by_index: HashMap<u32, &Addition> =
        writing.additions.iter().map(|added| (added.component, added)).collect();
    let with = |(index, component)| Full { component, addition: by_index.get(&index).copied() };
    (0..).zip(&inventory.components).map(with).collect()
}

/// One reference for each component, unique and of the form that the format takes. Gives also the
/// indexes of those that were made up in the place of another one.
pub(super) fn references<'a>(
    components: &'a [Component],
    fits: impl Fn(&str) -> bool,
    made_up: impl Fn(usize, usize) -> String,
) -> (Vec<Cow<'a, str>>, Vec<usize>) {
    let mut used: HashSet<Cow<'a, str>> = HashSet::with_capacity(components.len());
    let mut kept: Vec<Option<Cow<'a, str>>> = Vec::with_capacity(components.len());
    // received references first, so that none made up takes their place
    for component in components {
        let reference = Cow::Borrowed(component.reference.as_str());
        let keeps = fits(&reference) && used.insert(reference.clone());
        kept.push(keeps.then_some(reference));
    }
    let mut changed = Vec::new();
    let all = kept.into_iter().enumerate().map(|(index, reference)| {
        reference.unwrap_or_else(|| {
            changed.push(index);
            let mut attempt = 0;
            loop {
                let text: Cow<'a, str> = Cow::Owned(made_up(index, attempt));
                if used.insert(text.clone()) {
                    return text;
                }
                attempt += 1;
            }
        })
    });
    (all.collect(), changed)
}

/// Which component stands inside which, and the arrows that nesting does not express.
#[derive(Debug)]
pub(super) struct Forest {
    /// By index: the components inside, in the order of the arrows.
    pub(super) inside: Vec<Vec<u32>>,
    /// By index: whether it stands inside another one.
    pub(super) is_inside: Vec<bool>,
    /// The other arrows.
    pub(super) arrows: Vec<Dependency>,
}

/// Nests each component in the first one that contains it. What the product itself contains stands
/// beside it: at the top of a CycloneDX document is what the product is made of.
pub(super) fn forest(inventory: &Inventory) -> Forest {
    let count = inventory.components.len();
    let mut parent: Vec<Option<u32>> = vec![None; count];
    let mut height: Vec<u32> = vec![0; count];
    let mut forest = Forest {
        inside: vec![Vec::new(); count],
        is_inside: vec![false; count],
        arrows: Vec::new(),
    };
    let is_there = |index: u32| (index as usize) < count;
    for arrow in inventory.dependencies.iter().filter(|a| is_there(a.from) && is_there(a.to)) {
        let nests = arrow.kind == DependencyKind::Contains
            && inventory.root != Some(arrow.from)
            && inventory.root != Some(arrow.to)
            && parent.get(arrow.to as usize) == Some(&None)
            && may_stand_inside(arrow, &parent, &height);
        if !nests {
            forest.arrows.push(*arrow);
            continue;
        }
        if let (Some(slot), Some(inside), Some(flag)) = (
            parent.get_mut(arrow.to as usize),
            forest.inside.get_mut(arrow.from as usize),
            forest.is_inside.get_mut(arrow.to as usize),
        ) {
            *slot = Some(arrow.from);
            inside.push(arrow.to);
            *flag = true;
        }
        raise(arrow, &parent, &mut height);
    }
    forest
}

/// No circle, and not too deep.
fn may_stand_inside(arrow: &Dependency, parent: &[Option<u32>], height: &[u32]) -> bool {
    let (mut above, mut depth) = (Some(arrow.from), 0);
    while let Some(at) = above {
        depth += 1;
        if at == arrow.to || depth > NESTING {
            return false;
        }
        above = parent.get(at as usize).copied().flatten();
    }
    depth + height.get(arrow.to as usize).copied().unwrap_or_default() <= NESTING
}

fn raise(arrow: &Dependency, parent: &[Option<u32>], height: &mut [u32]) {
    let mut at = arrow.to;
    while let Some(above) = parent.get(at as usize).copied().flatten() {
        let wanted = height.get(at as usize).copied().unwrap_or_default() + 1;
        match height.get_mut(above as usize) {
            Some(known) if *known < wanted => *known = wanted,
            _ => return,
        }
        at = above;
    }
}

/// Whether the text is a calendar date: `2027-01-31`.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10 && format!("{text}T00:00:00Z").parse::<Instant>().is_ok()
}
