//! What is different between two SBOMs: components added, removed, changed.
//!
//! A component is the same one in both documents if its identity without version is the same: package
//! URL, else CPE vendor and product, else group and name; else if group, name and version are; else if
//! group and name are and one of the two has lost its identity. Several versions of one component stand
//! beside each other; those that stand in both documents are the same, and only one that is left on
//! each side is a change of version. Pure.

use aftercare_vocab::{
    inventory::{Component, Inventory, Scope},
    version::{Scheme, Uncertain, compare},
};
use serde::Serialize;
use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    hash::Hash,
};

/// What is different in the later document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Difference {
    /// Only in the later document: indexes into it, in its order.
    pub added: Vec<u32>,
    /// Only in the earlier one: indexes into it, in its order.
    pub removed: Vec<u32>,
    /// In both and not the same, in the order of the later one.
    pub changed: Vec<Changed>,
    /// In both, with the same facts: (earlier, later).
    #[serde(skip)]
    pub same: Vec<(u32, u32)>,
}

/// A component that stands in both documents with other facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Index in the earlier document.
    pub before: u32,
    /// Index in the later document.
    pub after: u32,
    /// What became of the version; none = it is the same.
    pub version: Option<Step>,
    /// Which other facts are not the same.
    pub facts: Vec<&'static str>,
}

/// What became of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// To a later one, by the order of the component's ecosystem.
    Upgraded,
    /// To an earlier one.
    Downgraded,
    /// Written in another way; equal by the order of the ecosystem.
    Respelled,
    /// To one that cannot be compared, or from or to none.
    Incomparable,
}

impl Difference {
    /// Compares two documents. Time grows with their components as sorting does.
    pub fn of(before: &Inventory, after: &Inventory) -> Self {
        let mut difference = Self::default();
        let mut left = Left {
            before: (0..).zip(&before.components).collect(),
            after: (0..).zip(&after.components).collect(),
        };
        // equal facts first, so that a copy with other facts does not take the place
        let any = |_: &Component, _: &Component| true;
        for (before, after) in
            left.pairs(|component| (key(component), content(component)), false, any)
        {
            difference.join(before, after);
        }
        for (before, after) in
            left.pairs(|component| (key(component), component.version.clone()), false, any)
        {
            difference.join(before, after);
        }
        for (before, after) in left.pairs(key, true, any) {
            difference.join(before, after);
        }
        // the same thing under another identity, or one that has lost or gained its identity
        for (before, after) in left.pairs(
            |component| (name(component), stated_version(component).map(str::to_owned)),
            false,
            |a, b| stated_version(a).is_some() || !(is_identified(a) && is_identified(b)),
        ) {
            difference.join(before, after);
        }
        for (before, after) in
            left.pairs(name, true, |a, b| !(is_identified(a) && is_identified(b)))
        {
            difference.join(before, after);
        }
        // the two products are the same thing, whatever they are called
        let product = |inventory: &Inventory, left: &mut Vec<Indexed<'_>>| {
            let at = left.iter().position(|(index, _)| Some(*index) == inventory.root);
            at.map(|at| left.remove(at).0)
        };
        if left.has_both(before.root, after.root)
            && let (Some(old), Some(new)) =
                (product(before, &mut left.before), product(after, &mut left.after))
            && let (Some(a), Some(b)) =
                (before.components.get(old as usize), after.components.get(new as usize))
        {
            difference.join((old, a), (new, b));
        }
        difference.removed = left.before.into_iter().map(|(index, _)| index).collect();
        difference.added = left.after.into_iter().map(|(index, _)| index).collect();
        difference.changed.sort_by_key(|changed| changed.after);
        difference.same.sort_unstable();
        difference
    }

    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// Components that stand in both documents: earlier index to later index.
    pub fn pairs(&self) -> HashMap<u32, u32> {
        let changed = self.changed.iter().map(|changed| (changed.before, changed.after));
        changed.chain(self.same.iter().copied()).collect()
    }

    fn join(&mut self, (before, a): Indexed<'_>, (after, b): Indexed<'_>) {
        let (version, facts) = (step(a, b), facts(a, b));
        if version.is_none() && facts.is_empty() {
            self.same.push((before, after));
        } else {
            self.changed.push(Changed { before, after, version, facts });
        }
    }
}

/// A component with its index.
type Indexed<'a> = (u32, &'a Component);

/// The components that have not found each other yet, in document order.
struct Left<'a> {
    before: Vec<Indexed<'a>>,
    after: Vec<Indexed<'a>>,
}

impl<'a> Left<'a> {
    /// Takes out those with the same key that fit each other, the first with the first and so on; with
    /// `only_alone` just where one is left on each side.
    fn pairs<K: Eq + Hash>(
        &mut self,
        key: impl Fn(&Component) -> K,
        only_alone: bool,
        fits: impl Fn(&Component, &Component) -> bool,
    ) -> Vec<(Indexed<'a>, Indexed<'a>)> {
        let mut by_key: HashMap<K, [Vec<Indexed<'a>>; 2]> = HashMap::new();
        for (side, list) in [&self.before, &self.after].into_iter().enumerate() {
            for one in list {
                if let Some(found) = by_key.entry(key(one.1)).or_default().get_mut(side) {
                    found.push(*one);
                }
            }
        }
        let mut pairs = Vec::new();
        for [before, after] in by_key.into_values() {
            if !only_alone || (before.len(), after.len()) == (1, 1) {
                pairs.extend(before.into_iter().zip(after).filter(|(a, b)| fits(a.1, b.1)));
            }
        }
        pairs.sort_unstable_by_key(|((index, _), _)| *index);
        let taken: [HashSet<u32>; 2] = [
            pairs.iter().map(|((index, _), _)| *index).collect(),
            pairs.iter().map(|(_, (index, _))| *index).collect(),
        ];
        self.before.retain(|(index, _)| !taken[0].contains(index));
        self.after.retain(|(index, _)| !taken[1].contains(index));
        pairs
    }

    fn has_both(&self, before: Option<u32>, after: Option<u32>) -> bool {
        let has = |list: &[Indexed<'_>], wanted: Option<u32>| {
            list.iter().any(|(index, _)| Some(*index) == wanted)
        };
        has(&self.before, before) && has(&self.after, after)
    }
}

/// Everything a document says of a component but where and under which reference.
fn content(component: &Component) -> String {
    let bare = Component { reference: String::new(), place: String::new(), ..component.clone() };
    format!("{bare:?}")
}

/// The identity of a component without its version.
fn key(component: &Component) -> String {
    if let Some(purl) = component.purls.first() {
        let namespace = purl.namespace().unwrap_or_default();
        return format!("purl:{}/{namespace}/{}", purl.ty(), purl.name()).to_lowercase();
    }
    if let Some(cpe) = component.cpes.first() {
        // part, vendor and product of the formatted string
        let name: Vec<String> = cpe.to_string().splitn(6, ':').map(str::to_owned).collect();
        return name.get(2..5).unwrap_or_default().join(":");
    }
    name(component)
}

/// Group and name, by which what has no identity is known.
fn name(component: &Component) -> String {
    let group = component.group.as_deref().unwrap_or_default();
    format!("name:{group}/{}", component.name).to_lowercase()
}

fn is_identified(component: &Component) -> bool {
    !component.purls.is_empty() || !component.cpes.is_empty()
}

/// The version that the document states, else that of the package URL.
pub fn stated_version(component: &Component) -> Option<&str> {
    component.version.as_deref().or_else(|| component.purls.iter().find_map(|purl| purl.version()))
}

/// The fact that the versions in the package URLs differ where the stated versions are the same.
pub const VERSION_IN_PURL: &str = "version in the package URL";

/// By the order of the ecosystem that the package URL names; the plain order without one.
fn step(a: &Component, b: &Component) -> Option<Step> {
    if a.version == b.version {
        return None;
    }
    let (Some(old), Some(new)) = (&a.version, &b.version) else { return Some(Step::Incomparable) };
    if Uncertain::of(old).is_some() || Uncertain::of(new).is_some() {
        return Some(Step::Incomparable);
    }
    let scheme = b.purls.first().map_or(Scheme::Generic, |purl| Scheme::of_purl_type(purl.ty()));
    Some(match compare(scheme, old, new) {
        Ok(Ordering::Less) => Step::Upgraded,
        Ok(Ordering::Greater) => Step::Downgraded,
        Ok(Ordering::Equal) => Step::Respelled,
        Err(_) => Step::Incomparable,
    })
}

/// The facts beside the version that are not the same; reference and place may differ.
pub fn facts(a: &Component, b: &Component) -> Vec<&'static str> {
    let without_version = |component: &Component| -> Vec<String> {
        let kept = |purl: &aftercare_vocab::purl::Purl| {
            let qualifiers: Vec<String> =
                purl.qualifiers().map(|(key, value)| format!("{key}={value}")).collect();
            format!(
                "{}/{:?}/{}?{}#{:?}",
                purl.ty(),
                purl.namespace(),
                purl.name(),
                qualifiers.join("&"),
                purl.subpath()
            )
        };
        component.purls.iter().map(kept).collect()
    };
    let versions = |component: &Component| -> Vec<String> {
        component.purls.iter().filter_map(|purl| purl.version().map(str::to_owned)).collect()
    };
    let (old, new) = (versions(a), versions(b));
    // a package URL that is gone says no other version
    let says_another = !old.is_empty() && !new.is_empty() && old != new;
    let is_other_version = a.version != b.version;
    let scope = |component: &Component| match component.scope {
        Scope::Required => "required",
        Scope::Optional => "optional",
        Scope::Excluded => "excluded",
    };
    [
        ("name", a.name != b.name || a.group != b.group),
        ("type", a.kind != b.kind),
        ("range of versions", a.version_range != b.version_range),
        ("package URL", without_version(a) != without_version(b)),
        (VERSION_IN_PURL, !is_other_version && says_another),
        // these follow the version
        ("CPE name", !is_other_version && a.cpes != b.cpes),
        ("other identities", !is_other_version && a.other_identities != b.other_identities),
        ("hashes", !is_other_version && a.hashes != b.hashes),
        ("source package", !is_other_version && a.source_package != b.source_package),
        ("supplier", a.supplier != b.supplier),
        ("licences", a.licences != b.licences),
        ("scope", scope(a) != scope(b)),
        ("patched issues", a.patched != b.patched),
        ("level of support", a.support_level != b.support_level),
        ("end of support", a.end_of_support != b.end_of_support),
    ]
    .into_iter()
    .filter_map(|(name, is_other)| is_other.then_some(name))
    .collect()
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;
    use aftercare_vocab::inventory::Format;

    fn component(purl: &str) -> Component {
        let purl: aftercare_vocab::purl::Purl = purl.parse().expect("a purl");
        Component {
            name: purl.name().to_owned(),
            version: purl.version().map(str::to_owned),
            purls: vec![purl],
            ..Component::default()
        }
    }

    fn named(name: &str, version: &str) -> Component {
        let version = (!version.is_empty()).then(|| version.to_owned());
        Component { name: name.to_owned(), version, ..Component::default() }
    }

    fn inventory(components: Vec<Component>, root: Option<u32>) -> Inventory {
        Inventory {
            format: Format::CyclonedxJson,
            spec_version: "1.6".to_owned(),
            serial: None,
            name: None,
            created: None,
            authors: Vec::new(),
            tools: Vec::new(),
            root,
            components,
            dependencies: Vec::new(),
            graph_has_holes: false,
        }
    }

    fn steps(before: Vec<Component>, after: Vec<Component>) -> Vec<(u32, u32, Option<Step>)> {
        let difference = Difference::of(&inventory(before, None), &inventory(after, None));
        assert_eq!((difference.added.len(), difference.removed.len()), (0, 0), "{difference:?}");
        difference.changed.into_iter().map(|c| (c.before, c.after, c.version)).collect()
    }

    #[test]
    fn versions_are_compared_in_the_order_of_their_ecosystem() {
        for (before, after, wanted) in [
            ("pkg:npm/a@1.9.0", "pkg:npm/a@1.10.0", Some(Step::Upgraded)),
            ("pkg:deb/debian/a@1.0", "pkg:deb/debian/a@1.0~rc1", Some(Step::Downgraded)),
            ("pkg:deb/debian/a@1.0", "pkg:deb/debian/a@0:1.0", Some(Step::Respelled)),
            ("pkg:npm/a@1.0.0", "pkg:npm/a@nonsense", Some(Step::Incomparable)),
            ("pkg:npm/a@1.0.0", "pkg:npm/a", Some(Step::Incomparable)),
            ("pkg:pypi/a@0.12", "pkg:pypi/a@1.x", Some(Step::Incomparable)),
        ] {
            assert_eq!(
                steps(vec![component(before)], vec![component(after)]),
                [(0, 0, wanted)],
                "{before} {after}"
            );
        }
        assert_eq!(
            steps(vec![named("RTOS", "4.2")], vec![named("rtos", "4.10")]),
            [(0, 0, Some(Step::Upgraded))]
        );
    }

    #[test]
    fn what_stands_on_one_side_only_is_added_or_removed() {
        let before = inventory(vec![component("pkg:npm/a@1"), component("pkg:npm/b@1")], None);
        let after = inventory(vec![component("pkg:npm/b@1"), component("pkg:pypi/a@2")], None);
        let difference = Difference::of(&before, &after);
        assert_eq!((&difference.added, &difference.removed), (&vec![1], &vec![0]));
        assert_eq!(difference.changed, []);
        assert_eq!(difference.pairs(), HashMap::from([(1, 0)]));
        assert!(Difference::of(&after, &after).is_empty());
    }

    #[test]
    fn what_lost_or_changed_its_identity_is_still_there() {
        let pairs = |before: Vec<Component>, after: Vec<Component>| {
            let difference = Difference::of(&inventory(before, None), &inventory(after, None));
            let changed = difference.changed.iter();
            let changed: Vec<_> = changed.map(|c| (c.before, c.after, c.facts.clone())).collect();
            (changed, difference.removed, difference.added)
        };
        let purl = vec!["package URL"];
        let flask = || component("pkg:pypi/flask@0.12");
        // lost, lost together with the version, and gained
        assert_eq!(
            pairs(vec![flask()], vec![named("flask", "0.12")]),
            (vec![(0, 0, purl.clone())], vec![], vec![])
        );
        assert_eq!(
            pairs(vec![flask()], vec![named("flask", "")]),
            (vec![(0, 0, purl.clone())], vec![], vec![])
        );
        assert_eq!(
            pairs(vec![named("flask", "0.12")], vec![flask()]),
            (vec![(0, 0, purl.clone())], vec![], vec![])
        );
        // another one
        assert_eq!(
            pairs(
                vec![component("pkg:generic/zlib@1.2.11")],
                vec![component("pkg:conan/zlib@1.2.11")]
            ),
            (vec![(0, 0, purl)], vec![], vec![])
        );
        // two of one name, of which one has lost its version: which is which cannot be told
        assert_eq!(
            pairs(vec![flask(), component("pkg:pypi/flask@0.13")], vec![named("flask", "")]),
            (vec![], vec![0, 1], vec![0])
        );
        // the package URL says another version than before, the document does not
        let contradicted =
            Component { version: Some("0.12".to_owned()), ..component("pkg:pypi/flask@5.2.0") };
        assert_eq!(
            pairs(vec![flask()], vec![contradicted]),
            (vec![(0, 0, vec![VERSION_IN_PURL])], vec![], vec![])
        );
    }

    #[test]
    fn several_versions_of_one_component_are_told_apart() {
        let of = |versions: &[&str]| {
            let all = versions.iter().map(|v| component(&format!("pkg:npm/a@{v}")));
            inventory(all.collect(), None)
        };
        // one is left on each side
        let difference = Difference::of(&of(&["1.0.0", "2.0.0"]), &of(&["2.0.0", "1.5.0"]));
        assert_eq!(difference.changed.len(), 1);
        assert_eq!(difference.changed[0].version, Some(Step::Upgraded));
        assert_eq!((difference.changed[0].before, difference.changed[0].after), (0, 1));
        // two are left on one side: which became which cannot be told
        let difference = Difference::of(&of(&["1.0.0", "2.0.0"]), &of(&["3.0.0"]));
        assert_eq!((difference.added, difference.removed), (vec![0], vec![0, 1]));
        // copies
        let difference = Difference::of(&of(&["1.0.0", "1.0.0"]), &of(&["1.0.0"]));
        assert_eq!((difference.added, difference.removed), (vec![], vec![1]));
    }

    #[test]
    fn other_facts_are_named_and_the_products_are_one() {
        let mut after = component("pkg:npm/a@1.0.0?repository_url=x");
        after.supplier = Some("Acme".to_owned());
        after.hashes = vec![("md5".to_owned(), "0".repeat(32))];
        let difference = Difference::of(
            &inventory(vec![named("pump mk1", "4"), component("pkg:npm/a@1.0.0")], Some(0)),
            &inventory(vec![after, named("pump mk2", "5")], Some(1)),
        );
        assert_eq!((difference.added, difference.removed), (vec![], vec![]));
        let [a, pump] = difference.changed.as_slice() else { panic!("{:?}", difference.changed) };
        assert_eq!(a.facts, ["package URL", "hashes", "supplier"]);
        assert_eq!(a.version, None);
        assert_eq!(
            (pump.facts.as_slice(), pump.version),
            (["name"].as_slice(), Some(Step::Upgraded))
        );
    }
}
