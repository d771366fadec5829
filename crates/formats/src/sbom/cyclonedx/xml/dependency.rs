//! Dependencies: in XML an entry holds the elements it depends on, which may hold others in turn.

use super::{
    super::super::markup::{Part, Tag},
    Fault, Plain, Source, key,
};
use serde::{
    de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor, value::SeqDeserializer},
    forward_to_deserialize_any,
};
use std::borrow::Cow;

/// What a dependency says about those inside it; it becomes an entry of its own at the end of the
/// list.
#[derive(Debug)]
pub(super) struct Deferred<'de> {
    reference: Cow<'de, str>,
    targets: Vec<Cow<'de, str>>,
}

/// The value of `ref`; empty where it is missing, which then names nothing.
fn reference<'de>(tag: &Tag<'de>) -> Cow<'de, str> {
    tag.attributes
        .iter()
        .find(|attribute| attribute.name == "ref")
        .map_or(Cow::Borrowed(""), |attribute| attribute.value.clone())
}

/// The dependencies of an entry: all that is left of its element.
pub(super) struct DependsOn<'s, 'de> {
    pub(super) source: &'s mut Source<'de>,
    pub(super) first: Tag<'de>,
}

impl<'de> Deserializer<'de> for DependsOn<'_, 'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let around = self.source.markup.depth() - 2;
        let list = Targets { source: &mut *self.source, first: Some(self.first) };
        let value = visitor.visit_seq(list)?;
        self.source.markup.close_to(around)?;
        Ok(value)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Targets<'s, 'de> {
    source: &'s mut Source<'de>,
    first: Option<Tag<'de>>,
}

impl<'de> SeqAccess<'de> for Targets<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        loop {
            let tag = match self.first.take() {
                Some(tag) => tag,
                None => match self.source.child(None)? {
                    Some(tag) => tag,
                    None => return Ok(None),
                },
            };
            if tag.name == "dependency" {
                let value = seed.deserialize(Plain(reference(&tag)))?;
                self.source.defer_inside(&tag)?;
                return Ok(Some(value));
            }
            // `provides`
            let around = self.source.markup.depth() - 1;
            self.source.markup.close_to(around)?;
        }
    }
}

impl<'de> Source<'de> {
    /// Passes over the inside of an open dependency and keeps what it states.
    fn defer_inside(&mut self, tag: &Tag<'de>) -> Result<(), Fault> {
        let around = self.markup.depth() - 1;
        let mut open = vec![Deferred { reference: reference(tag), targets: Vec::new() }];
        while self.markup.depth() > around {
            match self.markup.next()? {
                Part::Open(tag) => {
                    let inside = Deferred { reference: reference(&tag), targets: Vec::new() };
                    if tag.name == "dependency"
                        && let Some(last) = open.last_mut()
                    {
                        last.targets.push(inside.reference.clone());
                    }
                    open.push(inside);
                }
                Part::Close => {
                    let closed = open.pop().filter(|entry| !entry.targets.is_empty());
                    self.deferred.extend(closed);
                }
                Part::Text(_) | Part::End => {}
            }
        }
        Ok(())
    }
}

impl<'de> Deserializer<'de> for Deferred<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let (reference, targets) = (Some(self.reference), Some(self.targets));
        visitor.visit_map(DeferredMap { reference, targets })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct DeferredMap<'de> {
    reference: Option<Cow<'de, str>>,
    targets: Option<Vec<Cow<'de, str>>>,
}

impl<'de> MapAccess<'de> for DeferredMap<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        match (&self.reference, &self.targets) {
            (Some(_), _) => seed.deserialize(key("ref")).map(Some),
            (None, Some(_)) => seed.deserialize(key("dependsOn")).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        if let Some(reference) = self.reference.take() {
            return seed.deserialize(Plain(reference));
        }
        let targets = self.targets.take().unwrap_or_default();
        seed.deserialize(SeqDeserializer::new(targets.into_iter().map(Plain)))
    }
}

impl<'de> serde::de::IntoDeserializer<'de, Fault> for Plain<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}
