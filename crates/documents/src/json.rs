//! JSON that is the same every time: members in the order of their names (CSAF 2.0 test 6.2.13).

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// An object under construction. What is absent or empty is left out.
#[derive(Debug, Default)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    pub(crate) fn maybe(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub(crate) fn list<V: Into<Value>>(
        self,
        key: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        if values.is_empty() { self } else { self.with(key, values) }
    }

    /// None when nothing stands in it.
    pub(crate) fn unless_empty(self) -> Option<Self> {
        (!self.0.is_empty()).then_some(self)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

/// The bytes: two blanks of indent, a line end at the end.
pub(crate) fn bytes(value: impl Into<Value>) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(&Sorted(&value.into()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Whether serde_json keeps the order of insertion depends on what else is built with it; this does not.
struct Sorted<'a>(&'a Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_unstable_by_key(|(key, _)| *key);
                to.collect_map(members.into_iter().map(|(key, value)| (key, Sorted(value))))
            }
            Value::Array(values) => to.collect_seq(values.iter().map(Sorted)),
            other => other.serialize(to),
        }
    }
}
