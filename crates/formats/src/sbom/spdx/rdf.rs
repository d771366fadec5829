//! SPDX 2.1 to 2.3 as RDF/XML (annex on RDF of SPDX 2.3): packages are nodes of the type `Package`,
//! wherever they stand.

mod syntax;

use super::{
    super::{
        document::Shape,
        draft::Draft,
        graph::{Graph, Node, Object, after},
        licence,
        limits::Limits,
        lines::{Lines, Offset, Spot},
        text::{Stop, Text},
    },
    Spdx, created_at, creator, identity, known,
    package::Making,
    relation::{Described, Relation, find_root, named, relate},
};
use aftercare_vocab::{
    inventory::{Format, Inventory},
    problem::{Problem, Read, quoted},
};
use std::{borrow::Cow, rc::Rc};
use syntax::{Ended, TERMS};

/// Reads a document.
pub(in super::super) fn read(text: &str, limits: Limits) -> Result<Read<Inventory>, Vec<Problem>> {
    let at = Offset::default();
    let lines = Lines::new(text, Rc::clone(&at));
    let mut draft = Draft::with_lines(Format::SpdxRdf, limits, lines);
    let graph = match syntax::read(text, &at, &mut draft) {
        Ok(graph) => graph,
        Err(Ended::Limit) => return Err(draft.into_refusals()),
        Err(Ended::Fault(fault)) => return Err(vec![fault.explained(text, "", at.get())]),
    };
    at.set(0);
    let mut reading = Reading { draft, graph: &graph, namespace: "" };
    match reading.walk() {
        Ok(()) => Spdx::finish(reading.draft),
        Err(Stop) => Err(reading.draft.into_refusals()),
    }
}

struct Reading<'g, 'de> {
    draft: Draft<'de>,
    graph: &'g Graph<'de>,
    /// What the document's own addresses begin with.
    namespace: &'g str,
}

impl<'g, 'de> Reading<'g, 'de> {
    fn walk(&mut self) -> Result<(), Stop> {
        let mut documents = self.graph.nodes.iter().filter(|node| node.kind == "SpdxDocument");
        let Some(document) = documents.next() else {
            self.draft.refuse(
                "spdx_document_missing",
                "",
                "There is no node of the type `SpdxDocument`, so the document does not say what it is.",
                "Export the SBOM again as SPDX 2.3 JSON.",
            );
            return Ok(());
        };
        if let Some(further) = documents.next() {
            self.stand(further);
            self.draft.refuse(
                "several_documents",
                "",
                "A second SPDX document begins here, and it is open which one is meant.",
                "Send one document in each file.",
            );
        }
        self.namespace = document.name.split('#').next().unwrap_or_default();
        self.packages()?;
        for (kind, list) in [("File", "files"), ("Snippet", "snippets")] {
            for (index, node) in self.of_kind(kind).enumerate() {
                self.stand(node);
                let id = self.id(node);
                known(&mut self.draft, list, index, id)?;
            }
        }
        self.creation(document)?;
        let described = self.relations(document)?;
        self.draft.stand(Spot::Nowhere);
        if let Some(name) = document.text("name") {
            self.draft.name = Some(self.draft.clean(&name, "", "name", true));
        }
        if !self.namespace.is_empty() {
            self.draft.serial =
                Some(self.draft.clean(self.namespace, "", "documentNamespace", false));
        }
        let id = self.id(document).map(Text);
        let version = document.text("specVersion").map(Text);
        let number = identity(&mut self.draft, id, version);
        find_root(&mut self.draft, &described, number);
        Ok(())
    }

    /// Problems stand where the node is told of.
    fn stand(&mut self, node: &Node<'de>) {
        self.draft.stand(Spot::Line(u32::try_from(node.at).unwrap_or(u32::MAX)));
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &'g Node<'de>> + use<'g, 'de> {
        self.graph.nodes.iter().filter(move |node| node.kind == kind)
    }

    fn creation(&mut self, document: &'g Node<'de>) -> Result<(), Stop> {
        let Some(info) = self.inner(document, "creationInfo") else { return Ok(()) };
        self.stand(info);
        for (term, object) in &info.facts {
            if let ("creator", Object::Text(text)) = (term.as_ref(), object) {
                creator(&mut self.draft, text)?;
            }
        }
        if let Some(time) = info.text("created") {
            created_at(&mut self.draft, &time);
        }
        Ok(())
    }

    fn packages(&mut self) -> Result<(), Stop> {
        for (index, node) in self.of_kind("Package").enumerate() {
            self.stand(node);
            let mut package = Making::begin(&mut self.draft, index)?;
            if let (Some(id), Some((_, slot))) = (self.id(node), package.text("SPDXID")) {
                slot.set(Text(id));
            }
            for (term, object) in &node.facts {
                match (term.as_ref(), object) {
                    ("checksum", Object::Node(sum)) => {
                        if let Some(sum) = self.graph.at(*sum) {
                            let algorithm = self.word(sum, "algorithm", "checksumAlgorithm_");
                            let value = sum.text("checksumValue");
                            package.checksum(
                                &mut self.draft,
                                &algorithm.unwrap_or_default(),
                                &value.unwrap_or_default(),
                            )?;
                        }
                    }
                    ("externalRef", Object::Node(reference)) => {
                        if let Some(reference) = self.graph.at(*reference) {
                            let kind = self.word(reference, "referenceType", "");
                            let locator = reference.text("referenceLocator");
                            package.reference(
                                &mut self.draft,
                                kind.as_deref(),
                                locator.as_deref(),
                            )?;
                        }
                    }
                    _ => self.told(&mut package, index, term, object),
                }
            }
            package.end(&mut self.draft)?;
        }
        Ok(())
    }

    /// A fact of a package that is a text in the JSON form.
    fn told(&mut self, package: &mut Making<'de>, index: usize, term: &str, object: &Object<'de>) {
        let Some((key, slot)) = package.text(term) else { return };
        let text = match (key, object) {
            ("licenseConcluded" | "licenseDeclared", object) => {
                licence::expression(self.graph, object).map(Cow::Owned)
            }
            (_, Object::Text(text)) => Some(text.clone()),
            (_, object) => self.graph.node(object).and_then(|value| meant(value, "purpose_")),
        };
        let place = || format!("packages[{index}].{key}");
        match text {
            Some(text) => {
                if !slot.set(Text(text)) {
                    self.draft.refuse(
                        "duplicate_key",
                        place(),
                        format!("The property {} stands twice where one counts.", quoted(key)),
                        "Ask the supplier for a sound document.",
                    );
                }
            }
            None => self.draft.warn(
                "value_unreadable",
                place(),
                format!("The value of {} cannot be told from its node.", quoted(key)),
                "Ask the supplier for a sound document.",
            ),
        }
    }

    fn relations(&mut self, document: &'g Node<'de>) -> Result<Described, Stop> {
        let mut described = Described::default();
        let mut index = 0;
        for node in &self.graph.nodes {
            let facts = node.facts.iter().filter(|(term, _)| term == "relationship");
            for (_, object) in facts {
                let Object::Node(relation) = object else { continue };
                let Some(relation) = self.graph.at(*relation) else { continue };
                self.stand(relation);
                let to = relation.all("relatedSpdxElement").next().and_then(|to| match to {
                    Object::Text(text) => Some(text.clone()),
                    to => self.graph.node(to).and_then(|to| self.id(to)),
                });
                let relation = Relation {
                    from: self.id(node).map(Text),
                    kind: self.word(relation, "relationshipType", "relationshipType_").map(Text),
                    to: to.map(Text),
                };
                relate(&mut self.draft, &mut described, index, relation)?;
                index += 1;
            }
        }
        for object in document.all("describesPackage") {
            let Object::Node(package) = object else { continue };
            let Some(id) = self.graph.at(*package).and_then(|package| self.id(package)) else {
                continue;
            };
            self.draft.relation("documentDescribes")?;
            let number = named(&mut self.draft, id);
            described.listed(number);
        }
        Ok(described)
    }

    /// The id of an element: what stands after `#` in its address. An address of another document
    /// is a reference to that document.
    fn id(&self, node: &Node<'de>) -> Option<Cow<'de, str>> {
        if node.name.is_empty() || node.name.starts_with("_:") {
            return None;
        }
        if let Some(word) = after(&node.name, TERMS) {
            return Some(Cow::Owned(word.to_uppercase()));
        }
        let own = after(&node.name, self.namespace).and_then(|rest| after(&rest, "#"));
        Some(match own {
            Some(id) => id,
            None if node.kind.is_empty() && node.facts.is_empty() && node.name.contains('#') => {
                Cow::Owned(format!("DocumentRef-{}", node.name))
            }
            None => node.name.clone(),
        })
    }

    /// The first node under a term.
    fn inner(&self, node: &'g Node<'de>, term: &'static str) -> Option<&'g Node<'de>> {
        node.all(term).find_map(|object| self.graph.node(object))
    }

    /// The word of a list of words of SPDX, as the other forms spell it; or the text itself.
    fn word(
        &self,
        node: &'g Node<'de>,
        term: &'static str,
        before: &'static str,
    ) -> Option<Cow<'de, str>> {
        match self.inner(node, term) {
            Some(value) => meant(value, before),
            None => node.text(term),
        }
    }
}

/// The word that a node stands for: a term of SPDX, else its address.
fn meant<'de>(value: &Node<'de>, before: &str) -> Option<Cow<'de, str>> {
    match after(&value.name, TERMS) {
        Some(word) => Some(Cow::Owned(spelled(word.strip_prefix(before).unwrap_or(&word)))),
        None if value.name.is_empty() => None,
        None => Some(value.name.clone()),
    }
}

/// `dependencyOf` is `DEPENDENCY_OF` in the other forms.
fn spelled(word: &str) -> String {
    let mut spelled = String::with_capacity(word.len() + 4);
    for c in word.chars() {
        if c.is_ascii_uppercase() {
            spelled.push('_');
        }
        spelled.push(c.to_ascii_uppercase());
    }
    spelled
}
