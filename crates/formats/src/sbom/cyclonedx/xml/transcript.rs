//! CycloneDX XML as the text of the JSON form, with all that it says: whatever the reader keeps of a document is a part of
//! what is handed on.
//!
//! An element that holds elements is an object, one that holds only text is a text; this file lists what is otherwise: lists,
//! numbers, names that differ (CycloneDX 1.6, XSD beside JSON schema). Of parts that are not in these tables the element is
//! left out whole, and counted.

use super::{
    super::super::markup::{Fault, Markup, Part, Space, Tag, append, trimmed},
    Source,
};
use crate::sbom::{limits::Limits, lines::Offset};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A document in the JSON form.
#[derive(Debug)]
pub(in super::super::super) struct Transcript {
    pub(in super::super::super) text: String,
    /// How many elements were left out, and the first of them: `formulation`.
    pub(in super::super::super) left_out: Option<(usize, String)>,
}

/// Elements whose elements are the entries of a list.
const LISTS: &[&str] = &[
    "components",
    "services",
    "hashes",
    "licenses",
    "externalReferences",
    "properties",
    "tools",
    "authors",
    "lifecycles",
    "patches",
    "resolves",
    "commits",
    "notes",
    "aliases",
    "tags",
    "endpoints",
    "compositions",
    "vulnerabilities",
    "annotations",
    "ratings",
    "references",
    "cwes",
    "advisories",
    "affects",
    "versions",
    "responses",
    "organizations",
    "individuals",
    "supportingMaterial",
    "occurrences",
    "frames",
    "parameters",
    "methods",
    "ancestors",
    "descendants",
    "variants",
    "altIds",
    "licenseTypes",
    "source",
    "destination",
];

/// Lists of references alone, each the attribute `ref` of an element.
const REFERENCES: [&str; 3] = ["assemblies", "dependencies", "subjects"];
/// Elements that may be repeated without one around them, below their parent, and are a list in JSON.
const REPEATED: &[(&str, &str)] = &[
    ("component", "omniborId"),
    ("component", "swhid"),
    ("supplier", "url"),
    ("supplier", "contact"),
    ("manufacturer", "url"),
    ("manufacturer", "contact"),
    ("manufacture", "url"),
    ("manufacture", "contact"),
    ("provider", "url"),
    ("provider", "contact"),
    ("organization", "url"),
    ("organization", "contact"),
];
const NUMBERS: [&str; 8] =
    ["score", "cwe", "line", "offset", "column", "confidence", "tagVersion", "bomVersion"];
const TRUTHS: [&str; 5] = ["modified", "authenticated", "x-trust-boundary", "patch", "isExternal"];
/// What is not taken over: parts whose two forms differ in more than names.
const LEFT_OUT: [&str; 8] = [
    "formulation",
    "modelCard",
    "cryptoProperties",
    "declarations",
    "definitions",
    "data",
    "graphic",
    "signature",
];
const ATTRIBUTES: [&str; 13] = [
    "type",
    "mime-type",
    "bom-ref",
    "ref",
    "alg",
    "name",
    "content-type",
    "encoding",
    "tagId",
    "version",
    "tagVersion",
    "patch",
    "acknowledgement",
];
/// Elements that are objects also where nothing is in them.
const OBJECTS: [&str; 12] = [
    "metadata",
    "supplier",
    "manufacturer",
    "manufacture",
    "provider",
    "organization",
    "licensing",
    "pedigree",
    "evidence",
    "releaseNotes",
    "analysis",
    "credits",
];
/// Elements whose `text` is a document with a type and an encoding.
const WITH_TEXT: [&str; 4] = ["license", "diff", "swid", "note"];

/// The document in the JSON form; the version of the specification is the received one, or 1.2, the first that has a JSON
/// form.
pub(in super::super::super) fn transcript(
    text: &str,
    limits: &Limits,
) -> Result<Transcript, Fault> {
    let at = Offset::default();
    let markup = Markup::new(text, at, limits.depth.min(Limits::DEPTH));
    let mut source = Source { markup, ours: Vec::new(), deferred: Vec::new() };
    let tag = loop {
        if let Part::Open(tag) = source.markup.next()? {
            break tag;
        }
    };
    let version = source.take_root(&tag)?;
    let version = if matches!(version.as_str(), "1.0" | "1.1") { "1.2" } else { &version };
    let mut walk = Walk { source, left_out: None };
    let mut bom = Map::new();
    bom.insert("bomFormat".to_owned(), json!("CycloneDX"));
    bom.insert("specVersion".to_owned(), json!(version));
    for attribute in tag.attributes.iter().filter(|one| one.space == Space::NONE) {
        match attribute.name {
            "serialNumber" => {
                bom.insert("serialNumber".to_owned(), json!(attribute.value));
            }
            "version" => {
                bom.insert("version".to_owned(), number(&attribute.value));
            }
            name => walk.leave_out(name),
        }
    }
    bom.entry("version").or_insert(json!(1));
    while let Some(tag) = walk.child(None)? {
        walk.put("bom", tag, &mut bom)?;
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(bom)).unwrap_or_default();
    text.push('\n');
    Ok(Transcript { text, left_out: walk.left_out })
}

struct Walk<'de> {
    source: Source<'de>,
    left_out: Option<(usize, String)>,
}

impl<'de> Walk<'de> {
    fn leave_out(&mut self, name: &str) {
        self.left_out.get_or_insert_with(|| (0, name.to_owned())).0 += 1;
    }

    /// The next element of CycloneDX inside the open one. Others are counted.
    fn child(&mut self, text: Option<&mut Cow<'de, str>>) -> Result<Option<Tag<'de>>, Fault> {
        let mut kept = text;
        loop {
            match self.source.markup.next()? {
                Part::Open(tag) if self.source.is_ours(tag.space) => return Ok(Some(tag)),
                Part::Open(tag) => {
                    self.leave_out(tag.name);
                    let around = self.source.markup.depth() - 1;
                    self.source.markup.close_to(around)?;
                }
                Part::Close | Part::End => return Ok(None),
                Part::Text(piece) => {
                    if let Some(text) = &mut kept {
                        append(text, piece);
                    }
                }
            }
        }
    }

    /// Puts an element into the object of the one around it.
    fn put(
        &mut self,
        parent: &str,
        tag: Tag<'de>,
        object: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        let name = tag.name;
        if LEFT_OUT.contains(&name) {
            self.leave_out(name);
            let around = self.source.markup.depth() - 1;
            return self.source.markup.close_to(around);
        }
        let value = self.value(parent, tag)?;
        let key = if name == "responses" { "response" } else { name };
        if name == "identity" || REPEATED.contains(&(parent, name)) {
            match object.get_mut(key) {
                Some(Value::Array(list)) => list.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
                // one identity may stand alone, as before version 1.6
                None if name == "identity" => _ = object.insert(key.to_owned(), value),
                None => _ = object.insert(key.to_owned(), Value::Array(vec![value])),
            }
        } else {
            object.insert(key.to_owned(), value);
        }
        Ok(())
    }

    fn value(&mut self, parent: &str, tag: Tag<'de>) -> Result<Value, Fault> {
        let name = tag.name;
        match (parent, name) {
            ("bom", "dependencies") => return self.dependencies(),
            // of the composition: references alone
            (_, name) if REFERENCES.contains(&name) => return self.references(),
            ("composition", "vulnerabilities") => return self.references(),
            ("identity", "tools") => return self.references(),
            ("evidence", "copyright") => {
                let first = self.child(None)?;
                return self.entries("copyright-texts", first);
            }
            _ => {}
        }
        let mut text = Cow::Borrowed("");
        let first = self.child(Some(&mut text))?;
        let is_list = match (name, &first) {
            ("tools", Some(first)) => first.name == "tool",
            // those of a vulnerability or an issue are none of the lists of a flow of data
            ("source" | "destination", first) => {
                parent == "dataflow" && first.as_ref().is_some_and(|first| first.name == "url")
            }
            // a text in a pedigree
            ("notes", None) => false,
            _ => LISTS.contains(&name),
        };
        match first {
            first if is_list => self.entries(name, first),
            None => Ok(self.plain(parent, &tag, &trimmed(text))),
            Some(first) => {
                let mut object = self.attributes(name, &tag);
                let mut next = Some(first);
                while let Some(tag) = next {
                    self.put(name, tag, &mut object)?;
                    next = self.child(None)?;
                }
                Ok(Value::Object(object))
            }
        }
    }

    fn attributes(&mut self, name: &str, tag: &Tag<'de>) -> Map<String, Value> {
        let mut object = Map::new();
        for attribute in &tag.attributes {
            if attribute.space != Space::NONE {
                continue;
            }
            // others are allowed there and have no place in JSON
            if !ATTRIBUTES.contains(&attribute.name) {
                self.leave_out(attribute.name);
                continue;
            }
            let key = match attribute.name {
                "content-type" => "contentType",
                name => name,
            };
            object.insert(key.to_owned(), scalar(name, attribute.name, &attribute.value));
        }
        object
    }

    /// An element with text alone.
    fn plain(&mut self, parent: &str, tag: &Tag<'de>, text: &str) -> Value {
        let name = tag.name;
        let mut object = self.attributes(name, tag);
        let content = match (parent, name) {
            (_, "hash") => "content",
            (_, "property") => "value",
            (_, "expression") => "expression",
            ("copyright-texts", _) => "text",
            (_, "text") if WITH_TEXT.contains(&parent) => "content",
            (_, "attachment" | "buildDocument") => "content",
            _ if text.is_empty() && (!object.is_empty() || OBJECTS.contains(&name)) => {
                return Value::Object(object);
            }
            _ => {
                if !object.is_empty() {
                    self.leave_out(name);
                }
                return scalar(parent, name, text);
            }
        };
        object.insert(content.to_owned(), json!(text));
        Value::Object(object)
    }

    /// The entries of a list, of which the first may have been met.
    fn entries(&mut self, list: &str, first: Option<Tag<'de>>) -> Result<Value, Fault> {
        let mut entries = Vec::new();
        let mut next = first;
        while let Some(tag) = next {
            let is_licence = list == "licenses" && tag.name == "license";
            let value = self.value(list, tag)?;
            entries.push(if is_licence { json!({ "license": value }) } else { value });
            next = self.child(None)?;
        }
        Ok(Value::Array(entries))
    }

    fn references(&mut self) -> Result<Value, Fault> {
        let mut references = Vec::new();
        while let Some(tag) = self.child(None)? {
            let named = |one: &&super::super::super::markup::Attribute<'_>| {
                matches!(one.name, "ref" | "bom-ref")
            };
            match tag.attributes.iter().find(named) {
                Some(reference) => references.push(json!(reference.value)),
                None => self.leave_out(tag.name),
            }
            let around = self.source.markup.depth() - 1;
            self.source.markup.close_to(around)?;
        }
        Ok(Value::Array(references))
    }

    /// Dependencies, which may stand inside each other: then each is one of its own, too.
    fn dependencies(&mut self) -> Result<Value, Fault> {
        let mut entries = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        loop {
            match self.source.markup.next()? {
                Part::Open(tag) => {
                    let reference = tag.attributes.iter().find(|one| one.name == "ref");
                    let reference = reference.map(|one| one.value.to_string()).unwrap_or_default();
                    if let Some(around) = open.last() {
                        let key = if tag.name == "provides" { "provides" } else { "dependsOn" };
                        let list = entries.get_mut(*around).and_then(Value::as_object_mut);
                        let list = list.map(|entry| entry.entry(key).or_insert(json!([])));
                        if let Some(Value::Array(list)) = list {
                            list.push(json!(reference));
                        }
                    }
                    open.push(entries.len());
                    // most of those inside another one say nothing more
                    entries.push(json!({ "ref": reference, "inside": open.len() > 1 }));
                }
                Part::Close if open.is_empty() => break,
                Part::Close => _ = open.pop(),
                Part::Text(_) => {}
                Part::End => break,
            }
        }
        entries.retain_mut(|entry| {
            let Some(entry) = entry.as_object_mut() else { return false };
            let is_inside = entry.remove("inside") == Some(json!(true));
            !is_inside || entry.len() > 1
        });
        Ok(Value::Array(entries))
    }
}

/// A text, number or truth by its name.
fn scalar(parent: &str, name: &str, text: &str) -> Value {
    // a patch in a pedigree is no truth
    if TRUTHS.contains(&name) && (name != "patch" || parent == "swid") {
        match text.trim() {
            "true" | "1" => return Value::Bool(true),
            "false" | "0" => return Value::Bool(false),
            _ => {}
        }
    }
    if NUMBERS.contains(&name) { number(text) } else { json!(text) }
}

/// A number as it is written; what is none stays text, which the reader tells.
fn number(text: &str) -> Value {
    let text = text.trim();
    match text.parse::<i64>() {
        Ok(whole) => json!(whole),
        Err(_) => text.parse::<f64>().map_or(json!(text), |number| json!(number)),
    }
}
