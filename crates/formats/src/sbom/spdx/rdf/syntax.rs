//! The syntax of RDF/XML (W3C 2014), read into a graph: the whole syntax of node and property elements, without
//! reified statements, which SPDX does not use.
//!
//! Nodes may stand inside each other to any depth or beside each other in any order; what is told
//! of one name in several places comes together here.

use super::super::super::{
    draft::Draft,
    graph::{Graph, Node, Object, after},
    lines::{Lines, Offset},
    markup::{Attribute, Fault, Markup, Part, Space, Tag, append, trimmed},
    text::Stop,
};
use std::{borrow::Cow, rc::Rc};

/// Deepest nesting of elements: four levels for each package that stands inside another.
const DEPTH: usize = 10_000;

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// The terms of SPDX 2.
pub(super) const TERMS: &str = "http://spdx.org/rdf/terms#";

/// Why the graph could not be read.
pub(super) enum Ended {
    /// The draft says which limit.
    Limit,
    Fault(Fault),
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Stop> for Ended {
    fn from(Stop: Stop) -> Self {
        Self::Limit
    }
}

/// An element that is open.
enum Open<'de> {
    /// `rdf:RDF`.
    Top,
    /// A node, with its index.
    Node(usize),
    /// A property, with its subject, its term unless it is foreign, and its text so far. `done`
    /// when a node was its value.
    Property { subject: usize, term: Option<Cow<'de, str>>, text: Cow<'de, str>, done: bool },
}

/// Reads a document. `draft` counts the nodes.
pub(super) fn read<'de>(
    text: &'de str,
    at: &Offset,
    draft: &mut Draft<'de>,
) -> Result<Graph<'de>, Ended> {
    let mut reading = Reading { graph: Graph::default() };
    let mut markup = Markup::new(text, Rc::clone(at), DEPTH);
    let mut lines = Lines::new(text, Rc::clone(at));
    let here = |lines: &mut Lines<'_>| lines.line().unwrap_or_default() as usize;
    let mut open: Vec<Open<'de>> = Vec::new();
    loop {
        match markup.next()? {
            Part::Open(tag) => {
                let element = match open.last() {
                    None if Names { markup: &markup }.rdf(tag.space) && tag.name == "RDF" => {
                        Open::Top
                    }
                    None | Some(Open::Top | Open::Property { .. }) => {
                        let node = reading.node(&markup, tag, here(&mut lines));
                        draft.relation("")?;
                        reading.value_of(open.last_mut(), node);
                        Open::Node(node)
                    }
                    Some(Open::Node(subject)) => {
                        let subject = *subject;
                        reading.property(&markup, subject, tag, here(&mut lines))
                    }
                };
                open.push(element);
            }
            Part::Close => {
                if let Some(Open::Property { subject, term: Some(term), text, done: false }) =
                    open.pop()
                {
                    reading.tell(subject, term, Object::Text(trimmed(text)));
                }
            }
            Part::Text(piece) => {
                if let Some(Open::Property { text, .. }) = open.last_mut() {
                    append(text, piece);
                }
            }
            Part::End => return Ok(reading.graph),
        }
    }
}

struct Reading<'de> {
    graph: Graph<'de>,
}

impl<'de> Reading<'de> {
    fn unnamed(&mut self, line: usize) -> usize {
        self.graph.push(Node { at: line, ..Node::default() }).0
    }

    fn tell(&mut self, subject: usize, term: Cow<'de, str>, object: Object<'de>) {
        let Some(node) = self.graph.nodes.get_mut(subject) else { return };
        match object {
            Object::Text(_) | Object::Name(_) => node.facts.push((term, object)),
            // what a writer states twice of one node is one fact
            Object::Node(value) => {
                let known = node.facts.iter().rev().take(100).any(|(known, object)| {
                    *known == term && matches!(object, Object::Node(v) if *v == value)
                });
                if !known {
                    node.facts.push((term, Object::Node(value)));
                }
            }
        }
    }

    /// `node` stands inside a property and is its value.
    fn value_of(&mut self, around: Option<&mut Open<'de>>, node: usize) {
        if let Some(Open::Property { subject, term, done, .. }) = around {
            *done = true;
            if let Some(term) = term.clone() {
                self.tell(*subject, term, Object::Node(node));
            }
        }
    }

    /// A node element.
    fn node(&mut self, markup: &Markup<'de>, tag: Tag<'de>, line: usize) -> usize {
        let names = Names { markup };
        let index = match names.name_in(&tag.attributes) {
            Some(name) => self.graph.named(name, line),
            None => self.unnamed(line),
        };
        if names.spdx(tag.space)
            && let Some(node) = self.graph.nodes.get_mut(index)
        {
            // the first place that says what it is counts as its place
            if node.kind.is_empty() {
                node.kind = Cow::Borrowed(tag.name);
                node.at = line;
            }
        }
        for attribute in tag.attributes {
            if names.spdx(attribute.space) {
                self.tell(index, Cow::Borrowed(attribute.name), Object::Text(attribute.value));
            }
        }
        index
    }

    /// A property element inside the node `subject`.
    fn property(
        &mut self,
        markup: &Markup<'de>,
        subject: usize,
        tag: Tag<'de>,
        line: usize,
    ) -> Open<'de> {
        let names = Names { markup };
        let is_type = names.rdf(tag.space) && tag.name == "type";
        let term = names.spdx(tag.space).then_some(Cow::Borrowed(tag.name));
        let mut value = None;
        for attribute in tag.attributes.into_iter().filter(|a| names.rdf(a.space)) {
            match attribute.name {
                "resource" if is_type => {
                    if let Some(kind) = after(&attribute.value, TERMS)
                        && let Some(node) = self.graph.nodes.get_mut(subject)
                        && node.kind.is_empty()
                    {
                        node.kind = kind;
                    }
                    value = Some(subject);
                }
                "resource" => value = Some(self.graph.named(attribute.value, line)),
                "nodeID" => value = Some(self.graph.named(blank(&attribute.value), line)),
                "parseType" if attribute.value == "Resource" => {
                    let inner = self.unnamed(line);
                    if let Some(term) = term {
                        self.tell(subject, term, Object::Node(inner));
                    }
                    return Open::Node(inner);
                }
                _ => {}
            }
        }
        let done = value.is_some();
        if let (Some(term), Some(value)) = (term.clone(), value.filter(|_| !is_type)) {
            self.tell(subject, term, Object::Node(value));
        }
        Open::Property { subject, term, text: Cow::Borrowed(""), done }
    }
}

/// Which namespace a name belongs to.
struct Names<'m, 'de> {
    markup: &'m Markup<'de>,
}

impl<'de> Names<'_, 'de> {
    fn rdf(&self, space: Space) -> bool {
        self.markup.address(space) == RDF
    }

    fn spdx(&self, space: Space) -> bool {
        self.markup.address(space) == TERMS
    }

    /// The name that the attributes give a node.
    fn name_in(&self, attributes: &[Attribute<'de>]) -> Option<Cow<'de, str>> {
        attributes.iter().filter(|attribute| self.rdf(attribute.space)).find_map(|attribute| {
            match attribute.name {
                "about" => Some(attribute.value.clone()),
                "ID" => Some(Cow::Owned(format!("#{}", attribute.value))),
                "nodeID" => Some(blank(&attribute.value)),
                _ => None,
            }
        })
    }
}

/// The name of a node that has one in this document only.
fn blank<'de>(id: &str) -> Cow<'de, str> {
    Cow::Owned(format!("_:{id}"))
}
