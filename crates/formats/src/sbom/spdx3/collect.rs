//! The elements of an SPDX 3 document, which may stand beside each other in `@graph` or inside each
//! other, as one graph.

use super::super::{
    draft::Draft,
    graph::{Graph, Node, Object},
    text::{Text, seeds},
};
use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use std::{borrow::Cow, collections::HashMap, fmt};

/// Terms whose values are used, without the profile before them (`software_packageVersion`).
const TERMS: [&str; 43] = [
    "algorithm",
    "contentIdentifier",
    "contentIdentifierType",
    "contentIdentifierValue",
    "created",
    "createdBy",
    "createdUsing",
    "creationInfo",
    "element",
    "externalIdentifier",
    "externalIdentifierType",
    "externalRef",
    "externalRefType",
    "externalSpdxId",
    "from",
    "hashValue",
    "identifier",
    "import",
    "licenseExpression",
    "licenseId",
    "locator",
    "member",
    "name",
    "originatedBy",
    "packageUrl",
    "packageVersion",
    "primaryPurpose",
    "relationshipType",
    "rootElement",
    "scope",
    "specVersion",
    "subjectAddition",
    "subjectExtendableLicense",
    "subjectLicense",
    "suppliedBy",
    "supportLevel",
    "to",
    "validUntilTime",
    "verifiedUsing",
    "@context",
    "@graph",
    "@id",
    "@type",
];

/// Terms whose texts name elements.
const NAMING: [&str; 16] = [
    "createdBy",
    "createdUsing",
    "creationInfo",
    "element",
    "externalIdentifier",
    "externalRef",
    "from",
    "import",
    "member",
    "originatedBy",
    "rootElement",
    "subjectAddition",
    "subjectExtendableLicense",
    "subjectLicense",
    "suppliedBy",
    "to",
];

/// Types without a name that are kept.
const INNER: [&str; 6] = [
    "CreationInfo",
    "Hash",
    "ExternalIdentifier",
    "ExternalRef",
    "ContentIdentifier",
    "ExternalMap",
];

/// A term or type without its profile: `software_Package`, `Software/Package` and the full address
/// are `Package`.
fn short(name: Cow<'_, str>) -> Cow<'_, str> {
    let from = name.rfind(['_', '/', '#', ':']).map_or(0, |at| at + 1);
    match name {
        // `@id` and the like, and blank nodes
        name if name.starts_with('@') => name,
        Cow::Borrowed(name) => Cow::Borrowed(name.get(from..).unwrap_or_default()),
        Cow::Owned(name) => Cow::Owned(name.get(from..).unwrap_or_default().to_owned()),
    }
}

/// Takes the whole document.
#[derive(Debug, Default)]
pub(super) struct Collected<'de> {
    pub(super) graph: Graph<'de>,
    /// Places of nodes that stand inside others; those in `@graph` are known by index.
    pub(super) places: HashMap<usize, String>,
    /// Nodes with the name of an earlier one: (the later, the earlier).
    pub(super) repeated: Vec<(usize, usize)>,
    /// Where the walk is.
    path: Vec<Step>,
    entry: usize,
}

/// One step into the document.
#[derive(Debug, Clone)]
enum Step {
    Term(&'static str),
    Index(usize),
}

impl Collected<'_> {
    /// Drops the nodes from `first` on where they are no more than hashes and the like.
    fn forget(&mut self, first: usize) {
        let nodes = &mut self.graph.nodes;
        let mut newest = nodes.get(first..).unwrap_or_default().iter();
        if newest.all(|node| node.name.is_empty() && INNER.contains(&node.kind.as_ref())) {
            nodes.truncate(first);
        }
    }

    /// The place of a node.
    pub(super) fn place(&self, node: usize) -> String {
        match self.places.get(&node) {
            Some(place) => place.clone(),
            None => format!("@graph[{}]", self.graph.at(node).map_or(0, |node| node.at)),
        }
    }

    fn path(&self) -> String {
        let mut shown = String::new();
        for step in &self.path {
            match step {
                Step::Term(term) if shown.is_empty() => shown.push_str(term),
                Step::Term(term) => shown = format!("{shown}.{term}"),
                Step::Index(index) => shown = format!("{shown}[{index}]"),
            }
        }
        shown
    }
}

/// The document: an object with `@graph`, or with the properties of a single element.
pub(super) struct Whole<'c, 'de> {
    pub(super) draft: &'c mut Draft<'de>,
    pub(super) collected: &'c mut Collected<'de>,
}

/// An object: an element, or a part of one.
struct Element<'c, 'de> {
    draft: &'c mut Draft<'de>,
    collected: &'c mut Collected<'de>,
}

/// The value of a term.
struct Value<'c, 'de> {
    draft: &'c mut Draft<'de>,
    collected: &'c mut Collected<'de>,
    /// The term where its value is used.
    term: Option<&'static str>,
    facts: &'c mut Vec<(Cow<'de, str>, Object<'de>)>,
}

seeds!(Whole, Element, Value);

impl<'de> Visitor<'de> for Whole<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX document")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Element { draft: self.draft, collected: self.collected }.visit_map(map).map(|_| ())
    }
}

impl<'de> Visitor<'de> for Element<'_, 'de> {
    type Value = Option<Object<'de>>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with an element")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Element { draft, collected } = self;
        let first = collected.graph.nodes.len();
        let mut node = Node { at: collected.entry, ..Node::default() };
        let (mut named, mut typed) = (false, false);
        let mut met = [false; TERMS.len()];
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            let term = match key.as_ref() {
                "spdxId" | "@id" => {
                    super::super::text::first_time(&mut named, "spdxId")?;
                    node.name = map.next_value::<Text<'de>>()?.0;
                    continue;
                }
                "type" | "@type" => {
                    super::super::text::first_time(&mut typed, "type")?;
                    node.kind = map.next_value_seed(Type)?;
                    continue;
                }
                "@context" => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                _ => {
                    let key = short(key);
                    TERMS.iter().zip(&mut met).find(|(term, _)| **term == key).map(|(term, met)| {
                        super::super::text::first_time(met, term).map(|()| *term)
                    })
                }
            }
            .transpose()?;
            collected.path.push(Step::Term(term.unwrap_or("…")));
            map.next_value_seed(Value {
                draft: &mut *draft,
                collected: &mut *collected,
                term,
                facts: &mut node.facts,
            })?;
            collected.path.pop();
        }
        let inner = INNER.contains(&node.kind.as_ref());
        if node.name.is_empty() && !inner && node.kind.is_empty() {
            return Ok(None);
        }
        if matches!(node.kind.as_ref(), "File" | "Snippet" | "Annotation") {
            node.facts = Vec::new();
            collected.forget(first);
        }
        draft.relation("@graph").map_err(de::Error::custom)?;
        // the members of `@graph` are known by their index, and hashes by their package
        let inside = collected.path.len() != 2 && !INNER.contains(&node.kind.as_ref());
        let place = inside.then(|| collected.path());
        let (index, earlier) = collected.graph.push(node);
        collected.places.extend(place.map(|place| (index, place)));
        collected.repeated.extend(earlier.map(|earlier| (index, earlier)));
        Ok(Some(Object::Node(index)))
    }
}

impl<'de> Visitor<'de> for Value<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or an element")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.no_text(Unexpected::Bool(value))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.no_text(Unexpected::Signed(value))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.no_text(Unexpected::Unsigned(value))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.no_text(Unexpected::Float(value))
    }
    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<(), E> {
        self.told(Cow::Borrowed(text));
        Ok(())
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.told(Cow::Owned(text.to_owned()));
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let object = Element { draft: self.draft, collected: self.collected }.visit_map(map)?;
        if let (Some(term), Some(object)) = (self.term, object) {
            self.facts.push((Cow::Borrowed(term), object));
        }
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Value { draft, collected, term, facts } = self;
        let mut index = 0;
        loop {
            if collected.path.len() == 1 && term == Some("@graph") {
                collected.entry = index;
            }
            collected.path.push(Step::Index(index));
            let seed = Value {
                draft: &mut *draft,
                collected: &mut *collected,
                term: if term == Some("@graph") { None } else { term },
                facts: &mut *facts,
            };
            let more = list.next_element_seed(seed)?.is_some();
            collected.path.pop();
            if !more {
                return Ok(());
            }
            index += 1;
        }
    }
}

impl<'de> Value<'_, 'de> {
    fn told(self, text: Cow<'de, str>) {
        let Some(term) = self.term else { return };
        let object = if NAMING.contains(&term) { Object::Name(text) } else { Object::Text(text) };
        self.facts.push((Cow::Borrowed(term), object));
    }

    /// A number or truth value: no fault where it is not used.
    fn no_text<E: de::Error>(self, found: Unexpected<'_>) -> Result<(), E> {
        match self.term {
            Some(_) => Err(E::invalid_type(found, &self)),
            None => Ok(()),
        }
    }
}

/// A type, or a list of them whose first counts.
struct Type;

impl<'de> DeserializeSeed<'de> for Type {
    type Value = Cow<'de, str>;
    fn deserialize<D: de::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Type {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a type")
    }
    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(short(Cow::Borrowed(text)))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(short(Cow::Owned(text.to_owned())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let first = list.next_element_seed(Type)?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.unwrap_or_default())
    }
}
