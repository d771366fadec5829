//! How two names relate as sets of products (NISTIR 7696 sections 6 and 7).
//!
//! The source is the question (an NVD criterion), the target the thing asked about (a component).
//! A hit is [`Relation::Superset`] or [`Relation::Equal`].

use super::{ATTRIBUTES, Attribute, Cpe, Part, read, unescaped};

/// Relation of a source (criterion) to a target (component), NISTIR 7696 table 6-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Nothing in common.
    Disjoint,
    /// The same set.
    Equal,
    /// The source is contained in the target.
    Subset,
    /// The source contains the target.
    Superset,
    /// The rules give no answer: a person looks.
    Undefined,
}

use Relation::{Disjoint, Equal, Subset, Superset, Undefined};

impl Attribute {
    /// Relation of this value (source) to `target`: the first rule that fits, NISTIR 7696 table 6-2
    /// in the order of the reference implementation.
    pub fn relation_to(&self, target: &Self) -> Relation {
        if target.has_wildcard() {
            return Undefined;
        }
        match (self, target) {
            _ if self == target => Equal,
            (Self::Any, _) => Superset,
            (_, Self::Any) => Subset,
            (Self::NotApplicable, _) | (_, Self::NotApplicable) => Disjoint,
            (Self::Value(source), Self::Value(target)) => {
                if self.has_wildcard() && covers(source, target) { Superset } else { Disjoint }
            }
        }
    }
}

/// Whether the pattern covers the value. Each `?` stands for one character or none, `*` for any.
fn covers(pattern: &str, value: &str) -> bool {
    let wild = read::core_of(pattern);
    let (core, value) = (unescaped(wild.core), unescaped(value));
    let room =
        |text: &str, most: Option<usize>| most.is_none_or(|most| text.chars().count() <= most);
    let mut from = 0;
    while let Some(at) = value.get(from..).and_then(|rest| rest.find(&core)).map(|at| from + at) {
        if !room(&value[..at], wild.before) {
            return false;
        }
        if room(&value[at + core.len()..], wild.after) {
            return true;
        }
        let Some(next) = value[at..].chars().next() else { return false };
        from = at + next.len_utf8();
    }
    false
}

impl Part {
    fn relation_to(self, target: Self) -> Relation {
        match (self, target) {
            _ if self == target => Equal,
            (Self::Any, _) => Superset,
            (_, Self::Any) => Subset,
            _ => Disjoint,
        }
    }
}

impl Cpe {
    /// Name comparison, self = source (NISTIR 7696 table 6-4).
    pub fn relation_to(&self, target: &Self) -> Relation {
        let (mut subset, mut superset, mut undefined) = (false, false, false);
        for relation in self.each_relation(target) {
            match relation {
                Disjoint => return Disjoint,
                Undefined => undefined = true,
                Subset => subset = true,
                Superset => superset = true,
                Equal => {}
            }
        }
        match (undefined, subset, superset) {
            (true, ..) | (false, true, true) => Undefined,
            (false, false, false) => Equal,
            (false, true, false) => Subset,
            (false, false, true) => Superset,
        }
    }

    /// Relation of each attribute to the target's, part first, then as [`Cpe::attribute`] counts.
    pub fn attribute_relations(&self, target: &Self) -> [Relation; ATTRIBUTES + 1] {
        let mut all = [Equal; ATTRIBUTES + 1];
        for (slot, relation) in all.iter_mut().zip(self.each_relation(target)) {
            *slot = relation;
        }
        all
    }

    /// Part first; attributes that both leave out are equal and not given.
    fn each_relation<'a>(&'a self, target: &'a Self) -> impl Iterator<Item = Relation> + 'a {
        let last = self.attributes.len().max(target.attributes.len());
        std::iter::once(self.part.relation_to(target.part)).chain(
            (1..=last).map(|index| self.attribute(index).relation_to(target.attribute(index))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_what_they_say() {
        for (pattern, value, yes) in [
            ("8.*", "8.0.1", true),
            ("8.*", "18.0", false),
            ("*8", "18", true),
            ("mac*", "mac", true),
            ("sp?", "sp", true),
            ("sp?", "sp1", true),
            ("sp?", "sp12", false),
            ("??x", "aax", true),
            ("?x", "aax", false),
            ("*a?", "banana1", true),
            ("a\\*b*", "a\\*bc", true),
        ] {
            assert_eq!(covers(pattern, value), yes, "{pattern} {value}");
        }
    }

    #[test]
    fn a_criterion_hits_a_component_it_contains() {
        let name = |text: &str| text.parse::<Cpe>().expect("a name");
        let all = name("cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*");
        let one = name("cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*");
        assert_eq!(all.relation_to(&one), Superset);
        assert_eq!(one.relation_to(&all), Subset);
        assert_eq!(one.relation_to(&one), Equal);
        assert_eq!(one.relation_to(&name("cpe:/a:openssl:openssl:1.0.2l")), Disjoint);
        assert_eq!(name("cpe:/a:openssl:openssl::-").relation_to(&one), Undefined);
    }
}
