//! Elements as the objects and lists of the JSON form.

use super::{
    super::super::markup::{Attribute, Space, Tag, trimmed},
    Element, Fault, Plain, Source, dependency, is_repeated, key, text_key,
};
use serde::{
    de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};
use std::borrow::Cow;

/// An element as an object: what the JSON form has besides, attributes, elements, text.
pub(super) struct ElementMap<'s, 'de> {
    source: &'s mut Source<'de>,
    name: &'de str,
    /// What the JSON form says in keys of its own.
    given: Vec<(&'static str, String)>,
    attributes: std::vec::IntoIter<Attribute<'de>>,
    text: Cow<'de, str>,
    ended: bool,
    value: Option<Value<'de>>,
}

enum Value<'de> {
    Given(String),
    Plain(Cow<'de, str>),
    Element(Tag<'de>),
}

impl<'s, 'de> ElementMap<'s, 'de> {
    pub(super) fn new(source: &'s mut Source<'de>, tag: Tag<'de>, root: Option<String>) -> Self {
        let given = match root {
            None => Vec::new(),
            Some(version) => {
                vec![("specVersion", version), ("bomFormat", "CycloneDX".to_owned())]
            }
        };
        let (name, attributes) = (tag.name, tag.attributes.into_iter());
        Self { source, name, given, attributes, text: Cow::Borrowed(""), ended: false, value: None }
    }
}

impl<'de> MapAccess<'de> for ElementMap<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        if let Some((name, value)) = self.given.pop() {
            self.value = Some(Value::Given(value));
            return seed.deserialize(key(name)).map(Some);
        }
        // `xsi:schemaLocation` and the like say nothing about the content
        if let Some(attribute) = self.attributes.find(|attribute| attribute.space == Space::NONE) {
            self.value = Some(Value::Plain(attribute.value));
            return seed.deserialize(key(attribute.name)).map(Some);
        }
        if self.ended {
            return Ok(None);
        }
        let text_key = text_key(self.name);
        let text = text_key.is_some().then_some(&mut self.text);
        if let Some(tag) = self.source.child(text)? {
            let name = match (self.name, tag.name) {
                ("dependency", "dependency") => "dependsOn",
                (_, name) => name,
            };
            self.value = Some(Value::Element(tag));
            return seed.deserialize(key(name)).map(Some);
        }
        self.ended = true;
        let Some(name) = text_key else { return Ok(None) };
        self.value = Some(Value::Plain(trimmed(std::mem::take(&mut self.text))));
        seed.deserialize(key(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        match self.value.take() {
            Some(Value::Given(text)) => seed.deserialize(Plain(Cow::Owned(text))),
            Some(Value::Plain(text)) => seed.deserialize(Plain(text)),
            Some(Value::Element(tag)) if self.name == "dependency" && tag.name == "dependency" => {
                self.ended = true;
                seed.deserialize(dependency::DependsOn { source: self.source, first: tag })
            }
            Some(Value::Element(tag)) if is_repeated(self.name, tag.name) => {
                seed.deserialize(Repeated { source: self.source, first: tag })
            }
            Some(Value::Element(tag)) => {
                seed.deserialize(Element { source: self.source, tag, root: None })
            }
            None => Err(serde::de::Error::custom("a value was asked for before its key")),
        }
    }
}

/// The elements inside one that only holds a list.
pub(super) struct Entries<'s, 'de> {
    pub(super) source: &'s mut Source<'de>,
    pub(super) list: &'de str,
    pub(super) done: bool,
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        if !self.done {
            if let Some(tag) = self.source.child(None)? {
                return match self.list {
                    "licenses" => seed.deserialize(Choice { source: self.source, tag }),
                    _ => seed.deserialize(Element { source: self.source, tag, root: None }),
                }
                .map(Some);
            }
            self.done = true;
        }
        if self.list != "dependencies" {
            return Ok(None);
        }
        match self.source.deferred.pop() {
            Some(entry) => seed.deserialize(entry).map(Some),
            None => Ok(None),
        }
    }
}

/// An entry of `licenses`: an object whose only key is the element's name.
struct Choice<'s, 'de> {
    source: &'s mut Source<'de>,
    tag: Tag<'de>,
}

impl<'de> Deserializer<'de> for Choice<'_, 'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let around = self.source.markup.depth() - 1;
        let value = visitor.visit_map(ChoiceMap {
            source: &mut *self.source,
            name: self.tag.name,
            tag: Some(self.tag),
        })?;
        self.source.markup.close_to(around)?;
        Ok(value)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct ChoiceMap<'s, 'de> {
    source: &'s mut Source<'de>,
    name: &'de str,
    tag: Option<Tag<'de>>,
}

impl<'de> MapAccess<'de> for ChoiceMap<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        if self.tag.is_none() {
            return Ok(None);
        }
        let name = if self.name == "expression-detailed" { "expression" } else { self.name };
        seed.deserialize(key(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some(tag) = self.tag.take() else {
            return Err(serde::de::Error::custom("a value was asked for before its key"));
        };
        if tag.name != "expression-detailed" {
            return seed.deserialize(Element { source: self.source, tag, root: None });
        }
        let expression =
            tag.attributes.into_iter().find(|attribute| attribute.name == "expression");
        seed.deserialize(Plain(expression.map_or(Cow::Borrowed(""), |attribute| attribute.value)))
    }
}

/// Elements of one name beside each other, as a list.
pub(super) struct Repeated<'s, 'de> {
    pub(super) source: &'s mut Source<'de>,
    pub(super) first: Tag<'de>,
}

impl<'de> Deserializer<'de> for Repeated<'_, 'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let (source, name) = (self.source, self.first.name);
        visitor.visit_seq(RepeatedEntries { source, name, first: Some(self.first) })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        Element { source: self.source, tag: self.first, root: None }
            .deserialize_ignored_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

struct RepeatedEntries<'s, 'de> {
    source: &'s mut Source<'de>,
    name: &'de str,
    first: Option<Tag<'de>>,
}

impl<'de> SeqAccess<'de> for RepeatedEntries<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let tag = match self.first.take() {
            Some(tag) => tag,
            None if self.source.peek_child()? != Some(self.name) => return Ok(None),
            None => match self.source.child(None)? {
                Some(tag) => tag,
                None => return Ok(None),
            },
        };
        seed.deserialize(Element { source: self.source, tag, root: None }).map(Some)
    }
}
