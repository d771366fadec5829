//! CycloneDX XML 1.0 to 1.7 as a deserialiser: elements and attributes under the names that the JSON
//! form gives them, so that one walk reads both.
//!
//! What differs between the forms stands in this file: `serialNumber` and `version` are attributes,
//! `specVersion` is the namespace, hashes and properties hold their value as text, dependencies
//! hold elements in the place of a list of references, and some lists have no element around them.
//! Elements of other namespaces are passed over, as the schema allows.

mod access;
mod dependency;
pub(in super::super) mod transcript;

use super::super::{
    document::{Medium, Shape, walk_tracked},
    draft::Draft,
    limits::Limits,
    lines::{Lines, Offset},
    markup::{Fault, Markup, Part, Space, Tag, append, trimmed},
};
use access::{ElementMap, Entries};
use aftercare_vocab::{
    inventory::Format,
    problem::{Problem, quoted},
};
use serde::{
    de::{self, Deserializer, Visitor, value::CowStrDeserializer},
    forward_to_deserialize_any,
};
use serde_path_to_error::Track;
use std::{borrow::Cow, rc::Rc};

/// The namespace of all versions, without the version.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// Dependencies before version 1.2 stand in a namespace of their own.
const DEPENDENCY_GRAPH: &str = "http://cyclonedx.org/schema/ext/dependency-graph/";

/// A CycloneDX document in XML.
#[derive(Debug)]
pub(in super::super) struct Xml<'t> {
    text: &'t str,
    limits: Limits,
    at: Offset,
}

impl<'t> Xml<'t> {
    pub(in super::super) fn new(text: &'t str, limits: Limits) -> Self {
        Self { text, limits, at: Offset::default() }
    }
}

impl<'de> Medium<'de> for Xml<'de> {
    type Fault = Fault;

    fn draft(&self) -> Draft<'de> {
        self.at.set(0);
        let lines = Lines::new(self.text, Rc::clone(&self.at));
        Draft::with_lines(Format::CyclonedxXml, self.limits, lines)
    }

    fn walk<S: Shape>(
        &self,
        draft: &mut Draft<'de>,
        track: Option<&mut Track>,
    ) -> Result<(), Self::Fault> {
        let deepest = self.limits.depth.min(Limits::DEPTH);
        let mut source = Source {
            markup: Markup::new(self.text, Rc::clone(&self.at), deepest),
            ours: Vec::new(),
            deferred: Vec::new(),
        };
        let tag = loop {
            match source.markup.next()? {
                Part::Open(tag) => break tag,
                // the reader tells a document without any element
                Part::Close | Part::Text(_) | Part::End => {}
            }
        };
        let version = source.take_root(&tag)?;
        let root = Element { source: &mut source, tag, root: Some(version) };
        walk_tracked::<S, _>(draft, track, root)?;
        source.markup.end()
    }

    fn explained(&self, fault: Self::Fault, path: &str) -> Problem {
        fault.explained(self.text, path, self.at.get())
    }
}

/// The parts of the document that belong to CycloneDX.
#[derive(Debug)]
struct Source<'de> {
    markup: Markup<'de>,
    ours: Vec<Space>,
    /// Dependencies that are stated inside others, until their list ends.
    deferred: Vec<dependency::Deferred<'de>>,
}

impl<'de> Source<'de> {
    /// The version that the root element's namespace names.
    fn take_root(&mut self, tag: &Tag<'de>) -> Result<String, Fault> {
        let address = self.markup.address(tag.space);
        let version = address.strip_prefix(NAMESPACE).map(|v| v.trim_end_matches('/').to_owned());
        match version.filter(|_| tag.name == "bom") {
            Some(version) if super::VERSIONS.contains(&version.as_str()) => {
                self.ours.push(tag.space);
                Ok(version)
            }
            Some(version) => Err(self.markup.told(
                "spec_version_unknown",
                &format!(
                    "CycloneDX version {} is not read; versions 1.0 to 1.7 are.",
                    quoted(&version)
                ),
                "Convert the document to CycloneDX 1.6, for example with `cyclonedx convert`.",
            )),
            None => Err(self.markup.told(
                "not_an_sbom",
                &format!(
                    "The root element is {} of the namespace {}, where `bom` of CycloneDX belongs.",
                    quoted(tag.name),
                    quoted(address)
                ),
                "Send the SBOM itself.",
            )),
        }
    }

    fn is_ours(&mut self, space: Space) -> bool {
        if self.ours.contains(&space) {
            return true;
        }
        let is_graph = self.markup.address(space).starts_with(DEPENDENCY_GRAPH);
        if is_graph {
            self.ours.push(space);
        }
        is_graph
    }

    /// The next element of CycloneDX inside the open one, or `None` after its end. Text goes to
    /// `text` where that is wanted.
    fn child(&mut self, mut text: Option<&mut Cow<'de, str>>) -> Result<Option<Tag<'de>>, Fault> {
        loop {
            match self.markup.next()? {
                Part::Open(tag) if self.is_ours(tag.space) => return Ok(Some(tag)),
                Part::Open(_) => {
                    let around = self.markup.depth() - 1;
                    self.markup.close_to(around)?;
                }
                Part::Close | Part::End => return Ok(None),
                Part::Text(piece) => {
                    if let Some(text) = &mut text {
                        append(text, piece);
                    }
                }
            }
        }
    }

    /// Looks past white space for the name of the next element inside the open one.
    fn peek_child(&mut self) -> Result<Option<&'de str>, Fault> {
        loop {
            let foreign = match self.markup.peek()? {
                Part::Open(tag) => {
                    let (space, name) = (tag.space, tag.name);
                    if self.is_ours(space) {
                        return Ok(Some(name));
                    }
                    true
                }
                Part::Close | Part::End => return Ok(None),
                Part::Text(_) => false,
            };
            let around = self.markup.depth();
            self.markup.next()?;
            if foreign {
                self.markup.close_to(around)?;
            }
        }
    }

    /// The text of the open element, which holds no others.
    fn text(&mut self, expected: &dyn de::Expected) -> Result<Cow<'de, str>, Fault> {
        let mut text = Cow::Borrowed("");
        match self.child(Some(&mut text))? {
            None => Ok(trimmed(text)),
            Some(_) => Err(de::Error::invalid_type(de::Unexpected::Map, expected)),
        }
    }
}

/// Where the text of an element that also has attributes belongs in the JSON form.
fn text_key(name: &str) -> Option<&'static str> {
    match name {
        "hash" => Some("content"),
        "property" => Some("value"),
        _ => None,
    }
}

/// Elements that only hold a list.
fn is_list(name: &str) -> bool {
    matches!(
        name,
        "components"
            | "services"
            | "dependencies"
            | "hashes"
            | "licenses"
            | "properties"
            | "patches"
            | "resolves"
            | "authors"
            | "ancestors"
            | "compositions"
            | "externalReferences"
            | "vulnerabilities"
    )
}

/// Lists without an element around them.
fn is_repeated(parent: &str, name: &str) -> bool {
    matches!((parent, name), ("component", "omniborId" | "swhid") | ("evidence", "identity"))
}

/// One open element as a value. It is closed when its value has been taken.
struct Element<'s, 'de> {
    source: &'s mut Source<'de>,
    tag: Tag<'de>,
    /// The specification's version, for the root.
    root: Option<String>,
}

impl<'de> Deserializer<'de> for Element<'_, 'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Element { source, tag, root } = self;
        let around = source.markup.depth() - 1;
        let holds_list =
            is_list(tag.name) || tag.name == "tools" && source.peek_child()? == Some("tool");
        let value = if holds_list {
            visitor.visit_seq(Entries { source: &mut *source, list: tag.name, done: false })
        } else {
            visitor.visit_map(ElementMap::new(&mut *source, tag, root))
        }?;
        source.markup.close_to(around)?;
        Ok(value)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.source.text(&visitor)? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let around = self.source.markup.depth() - 1;
        self.source.markup.close_to(around)?;
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let text = self.source.text(&visitor)?;
        Plain(text).deserialize_bool(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let text = self.source.text(&visitor)?;
        Plain(text).deserialize_i64(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

/// The value of an attribute, or the text of an element.
struct Plain<'de>(Cow<'de, str>);

impl<'de> Deserializer<'de> for Plain<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    /// As in XML Schema.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.trim() {
            "true" | "1" => visitor.visit_bool(true),
            "false" | "0" => visitor.visit_bool(false),
            text => Err(de::Error::invalid_type(de::Unexpected::Str(text), &"`true` or `false`")),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.trim().parse() {
            Ok(number) => visitor.visit_i64(number),
            Err(_) => Err(de::Error::invalid_type(de::Unexpected::Str(&self.0), &"a whole number")),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A key of the JSON form.
fn key(name: &str) -> CowStrDeserializer<'_, Fault> {
    CowStrDeserializer::new(Cow::Borrowed(name))
}
