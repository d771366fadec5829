//! Two small deserialising parts: borrowed text, and lists taken one entry at a time.

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use std::{borrow::Cow, fmt, marker::PhantomData};

/// A JSON text, borrowed from the document unless it holds escapes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Text<'de>(pub(super) Cow<'de, str>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> Visitor<'de> for Reads {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }
        from.deserialize_str(Reads)
    }
}

/// A text, or `None` for any other JSON value: for places where a wrong type is no reason to refuse
/// the document.
#[derive(Debug, Default)]
pub(super) struct Loose<'de>(pub(super) Option<Cow<'de, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> Visitor<'de> for Reads {
            type Value = Loose<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(value.to_string()))))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(value.to_string()))))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(value.to_string()))))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(value.to_string()))))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Loose(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose(None))
            }
        }
        from.deserialize_any(Reads)
    }
}

/// Takes a list one entry at a time, so that a list of a million entries costs no more memory than
/// what is kept of it. `null` counts as the empty list.
pub(super) struct Each<T, F> {
    /// What the list should be, for the message: `a list of hashes`.
    expected: &'static str,
    take: F,
    entry: PhantomData<T>,
}

/// Each entry of type `T`, handed to `take` with its index.
pub(super) fn each<T, F>(expected: &'static str, take: F) -> Each<T, F> {
    Each { expected, take, entry: PhantomData }
}

impl<'de, T, F> DeserializeSeed<'de> for Each<T, F>
where
    T: Deserialize<'de>,
    F: FnMut(usize, T) -> Result<(), Stop>,
{
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T, F> Visitor<'de> for Each<T, F>
where
    T: Deserialize<'de>,
    F: FnMut(usize, T) -> Result<(), Stop>,
{
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(entry) = list.next_element()? {
            (self.take)(index, entry).map_err(de::Error::custom)?;
            index += 1;
        }
        Ok(())
    }
}

/// The reading must end here; the draft holds the problem that says why.
#[derive(Debug)]
pub(super) struct Stop;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list is longer than the reader takes")
    }
}

/// The value of a key that may stand once in its object.
#[derive(Debug)]
pub(super) struct Once<T> {
    met: bool,
    value: Option<T>,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self { met: false, value: None }
    }
}

impl<T> Once<T> {
    /// Takes the value of the first time; `false` when one stands there already.
    pub(super) fn set(&mut self, value: T) -> bool {
        let first = !std::mem::replace(&mut self.met, true);
        if first {
            self.value = Some(value);
        }
        first
    }

    /// The value; `None` when the key did not stand there or was `null`.
    pub(super) fn value(self) -> Option<T> {
        self.value
    }
}

/// Reads the value of `key` into `slot`; a key that stands twice is an error, since JSON leaves it
/// open which of the two counts.
pub(super) fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Once<T>,
    key: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    first_time(&mut slot.met, key)?;
    slot.value = map.next_value()?;
    Ok(())
}

/// Like [`once`] for values that a seed reads: checks and remembers that `key` was met.
pub(super) fn first_time<E: de::Error>(met: &mut bool, key: &'static str) -> Result<(), E> {
    if std::mem::replace(met, true) { Err(E::duplicate_field(key)) } else { Ok(()) }
}

/// Most entries of a short list inside a list entry.
const FEW: usize = 10_000;

/// A list kept whole while its owner is read; `null` counts as the empty list.
#[derive(Debug)]
pub(super) struct Few<T>(pub(super) Vec<T>);

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut kept = Vec::new();
        each("a list", |index, entry: T| {
            kept.push(entry);
            if index < FEW { Ok(()) } else { Err(Stop) }
        })
        .deserialize(from)?;
        Ok(Self(kept))
    }
}

/// Lets visitors be handed to a list or object as the seed of a value of any JSON type.
macro_rules! seeds {
    ($($name:ident),+) => {$(
        impl<'de> serde::de::DeserializeSeed<'de> for $name<'_, 'de> {
            type Value = <Self as serde::de::Visitor<'de>>::Value;
            fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
                from.deserialize_any(self)
            }
        }
    )+};
}
pub(super) use seeds;
