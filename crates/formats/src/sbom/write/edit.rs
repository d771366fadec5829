//! Small changes in the text of a JSON document: everything around them stays byte for byte.

use serde::{Deserialize, Serialize, de};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt, ops::Range};

/// A document's text with the changes to be made in it.
#[derive(Debug)]
pub(in crate::sbom) struct Edits<'t> {
    text: &'t str,
    changes: Vec<(Range<usize>, String)>,
}

/// The text of one JSON value inside the document.
pub(in crate::sbom) type Value<'t> = &'t str;

/// The entries of an object, in document order.
#[derive(Debug)]
pub(in crate::sbom) struct Object<'t> {
    value: Value<'t>,
    entries: Vec<(Cow<'t, str>, Value<'t>)>,
}

impl<'t> Edits<'t> {
    pub(in crate::sbom) fn of(text: &'t str) -> Self {
        Self { text, changes: Vec::new() }
    }

    pub(in crate::sbom) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Puts another value in the place of one.
    pub(in crate::sbom) fn replace(&mut self, value: Value<'t>, with: &impl Serialize) {
        let at = self.range(value);
        self.changes.push((at, json(with)));
    }

    /// Puts a value after the last entry of an object that has no such key.
    pub(in crate::sbom) fn add(&mut self, object: &Object<'t>, key: &str, value: &impl Serialize) {
        let entry = format!("{}: {}", json(&key), json(value));
        self.append(object.value, object.entries.last().map(|(_, last)| *last), &entry);
    }

    /// Puts a value at the end of a list.
    pub(in crate::sbom) fn push(&mut self, list: Value<'t>, value: &impl Serialize) {
        self.append(list, items(list).last().copied(), &json(value));
    }

    /// Makes a list of a value, with others after it.
    pub(in crate::sbom) fn wrap(&mut self, value: Value<'t>, others: &[impl Serialize]) {
        let at = self.range(value);
        self.changes.push((at.start..at.start, "[".to_owned()));
        for other in others {
            self.changes.push((at.end..at.end, format!(", {}", json(other))));
        }
        self.changes.push((at.end..at.end, "]".to_owned()));
    }

    fn append(&mut self, inside: Value<'t>, last: Option<Value<'t>>, new: &str) {
        let open = self.range(inside).start + 1;
        let (at, text) = match last {
            None => (open, new.to_owned()),
            Some(last) => {
                // with the white space that stands before the first entry
                let rest = self.text.get(open..).unwrap_or_default();
                let white = rest.len() - rest.trim_start().len();
                let white = rest.get(..white).unwrap_or_default();
                (self.range(last).end, format!(",{white}{new}"))
            }
        };
        self.changes.push((at..at, text));
    }

    /// Takes an entry out of an object.
    pub(in crate::sbom) fn remove(&mut self, object: &Object<'t>, key: &str) {
        let Some(at) = object.entries.iter().position(|(known, _)| known == key) else { return };
        let end = |index: usize| object.entries.get(index).map(|(_, value)| self.range(value).end);
        let own_end = end(at).unwrap_or_default();
        let range = if let Some(before) = at.checked_sub(1).and_then(end) {
            before..own_end
        } else {
            let rest = self.text.get(own_end..).unwrap_or_default();
            let comma = rest.find(',').filter(|_| object.entries.len() > 1).map(|at| at + 1);
            self.range(object.value).start + 1..own_end + comma.unwrap_or_default()
        };
        self.changes.push((range, String::new()));
    }

    /// The text with all changes.
    pub(in crate::sbom) fn finish(mut self) -> String {
        // those at one place in the order in which they were made
        self.changes.sort_by_key(|(range, _)| range.start);
        let added: usize = self.changes.iter().map(|(_, text)| text.len()).sum();
        let mut out = String::with_capacity(self.text.len() + added);
        let mut done = 0;
        for (range, text) in &self.changes {
            out.push_str(self.text.get(done..range.start).unwrap_or_default());
            out.push_str(text);
            done = done.max(range.end);
        }
        out.push_str(self.text.get(done..).unwrap_or_default());
        out
    }

    fn range(&self, value: Value<'t>) -> Range<usize> {
        let start = value.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        start..start + value.len()
    }
}

impl<'t> Object<'t> {
    /// The entries of a value that is an object.
    pub(in crate::sbom) fn of(value: Value<'t>) -> Option<Self> {
        let value = value.trim();
        let Entries(entries) = serde_json::from_str(value).ok()?;
        Some(Self { value, entries })
    }

    /// The value under a key; the first one, where a key stands twice.
    pub(in crate::sbom) fn get(&self, key: &str) -> Option<Value<'t>> {
        self.entries.iter().find(|(known, _)| known == key).map(|(_, value)| *value)
    }
}

/// The values of a list; none of anything else.
pub(in crate::sbom) fn items(list: Value<'_>) -> Vec<Value<'_>> {
    let raw: Vec<&RawValue> = serde_json::from_str(list).unwrap_or_default();
    raw.into_iter().map(RawValue::get).collect()
}

/// The text that a value is, if it is one.
pub(in crate::sbom) fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(value).ok().map(|Text(text)| text)
}

/// A value in compact JSON; texts and numbers in memory cannot fail to be written.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

struct Entries<'t>(Vec<(Cow<'t, str>, Value<'t>)>);

impl<'de: 't, 't> Deserialize<'de> for Entries<'t> {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> de::Visitor<'de> for Reads {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) =
                    map.next_entry::<super::super::text::Text<'de>, &'de RawValue>()?
                {
                    entries.push((key.0, value.get()));
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Reads)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    fn edited(text: &str, change: impl for<'t> Fn(&mut Edits<'t>, &Object<'t>)) -> String {
        let mut edits = Edits::of(text);
        change(&mut edits, &Object::of(text).expect("an object"));
        edits.finish()
    }

    #[test]
    fn what_is_added_takes_the_white_space_of_its_neighbours() {
        let text = "{\n  \"a\": 1.50,\n  \"l\": [\n    1\n  ]\n}\n";
        let after = edited(text, |edits, object| {
            edits.add(object, "b", &"x");
            edits.push(object.get("l").expect("a list"), &2);
        });
        assert_eq!(
            after,
            "{\n  \"a\": 1.50,\n  \"l\": [\n    1,\n    2\n  ],\n  \"b\": \"x\"\n}\n"
        );
        assert_eq!(edited("{}", |edits, object| edits.add(object, "b", &1)), "{\"b\": 1}");
        assert_eq!(
            edited("{\"l\":[]}", |edits, object| edits.push(object.get("l").expect("l"), &1)),
            "{\"l\":[1]}"
        );
    }

    #[test]
    fn an_entry_is_taken_out_with_its_comma() {
        for (text, key, wanted) in [
            ("{\"a\": 1, \"b\": 2, \"c\": 3}", "b", "{\"a\": 1, \"c\": 3}"),
            ("{\"a\": 1, \"b\": 2}", "a", "{ \"b\": 2}"),
            ("{\"a\": 1, \"b\": 2}", "b", "{\"a\": 1}"),
            ("{\"a\": [\",\"] }", "a", "{ }"),
            ("{\"a\": 1}", "z", "{\"a\": 1}"),
        ] {
            assert_eq!(edited(text, |edits, object| edits.remove(object, key)), wanted);
        }
    }

    #[test]
    fn a_value_is_replaced_and_the_rest_stays() {
        let text = "\u{20}{ \"é\\u00e9\" : 1e2 , \"v\":\"1.4\" }";
        let after = edited(text, |edits, object| {
            assert_eq!(object.get("éé"), Some("1e2"));
            edits.replace(object.get("v").expect("v"), &"1.6");
        });
        assert_eq!(after, "\u{20}{ \"é\\u00e9\" : 1e2 , \"v\":\"1.6\" }");
    }
}
