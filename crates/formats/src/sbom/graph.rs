//! Documents that are graphs: nodes with facts, which refer to each other by name in any order.

use std::{
    borrow::Cow,
    collections::{HashMap, hash_map::Entry},
};

/// What a document says.
#[derive(Debug, Default)]
pub(super) struct Graph<'de> {
    pub(super) nodes: Vec<Node<'de>>,
    named: HashMap<Cow<'de, str>, usize>,
}

/// A subject with what is told of it.
#[derive(Debug, Default)]
pub(super) struct Node<'de> {
    /// Its address; empty for one that has none.
    pub(super) name: Cow<'de, str>,
    /// The SPDX term of its type; empty when it has none of these.
    pub(super) kind: Cow<'de, str>,
    /// SPDX terms with their values, in document order.
    pub(super) facts: Vec<(Cow<'de, str>, Object<'de>)>,
    /// Where it is told of: a line (RDF/XML), or an index in `@graph` (JSON-LD).
    pub(super) at: usize,
}

#[derive(Debug)]
pub(super) enum Object<'de> {
    Text(Cow<'de, str>),
    /// The node at this index.
    Node(usize),
    /// The node with this name, if the document holds it.
    Name(Cow<'de, str>),
}

impl<'de> Graph<'de> {
    pub(super) fn at(&self, index: usize) -> Option<&Node<'de>> {
        self.nodes.get(index)
    }

    /// The index of the node with this name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.named.get(name).copied()
    }

    /// The node that is the value of a fact.
    pub(super) fn node(&self, object: &Object<'de>) -> Option<&Node<'de>> {
        match object {
            Object::Text(_) => None,
            Object::Node(index) => self.at(*index),
            Object::Name(name) => self.at(self.find(name)?),
        }
    }

    /// The node with this name, made if there is none yet.
    pub(super) fn named(&mut self, name: Cow<'de, str>, at: usize) -> usize {
        let next = self.nodes.len();
        let index = *self.named.entry(name.clone()).or_insert(next);
        if index == next {
            self.nodes.push(Node { name, at, ..Node::default() });
        }
        index
    }

    /// Takes a whole node; gives its index, and that of an earlier one with its name.
    pub(super) fn push(&mut self, node: Node<'de>) -> (usize, Option<usize>) {
        let index = self.nodes.len();
        let mut earlier = None;
        if !node.name.is_empty() {
            match self.named.entry(node.name.clone()) {
                Entry::Occupied(slot) => earlier = Some(*slot.get()),
                Entry::Vacant(slot) => {
                    slot.insert(index);
                }
            }
        }
        self.nodes.push(node);
        (index, earlier)
    }
}

impl<'de> Node<'de> {
    /// The values under a term.
    pub(super) fn all<'n>(
        &'n self,
        term: &'static str,
    ) -> impl Iterator<Item = &'n Object<'de>> + use<'n, 'de> {
        self.facts.iter().filter(move |(known, _)| known == term).map(|(_, object)| object)
    }

    /// The first text under a term.
    pub(super) fn text(&self, term: &'static str) -> Option<Cow<'de, str>> {
        self.all(term).find_map(|object| match object {
            Object::Text(text) => Some(text.clone()),
            Object::Node(_) | Object::Name(_) => None,
        })
    }
}

/// What stands after a beginning.
pub(super) fn after<'de>(text: &Cow<'de, str>, beginning: &str) -> Option<Cow<'de, str>> {
    match text {
        Cow::Borrowed(text) => text.strip_prefix(beginning).map(Cow::Borrowed),
        Cow::Owned(text) => text.strip_prefix(beginning).map(|rest| Cow::Owned(rest.to_owned())),
    }
}
