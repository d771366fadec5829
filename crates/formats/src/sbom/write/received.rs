//! A received document of the target's own family: its text stays, and only what is added or must be
//! raised to the target's version is written into it.

use super::{
    Addition, Writing, Written,
    cyclonedx::{
        self,
        model::{Evidence, Party, ToolPiece},
    },
    edit::{Edits, Object, Value, items, text},
    spdx::{self, Notes},
};
use crate::sbom::own::Own;
use aftercare_vocab::{
    digest::Digest,
    instant::Instant,
    inventory::{Component, Inventory},
    problem::Problem,
};
use serde::Serialize;
use std::collections::HashMap;

/// The additions that say something new, by the place of their component.
struct News<'a>(HashMap<&'a str, (&'a Component, &'a Addition)>);

impl<'a> News<'a> {
    fn of(inventory: &'a Inventory, writing: &Writing<'a>) -> Self {
        let new = |added: &'a Addition| {
            let component = inventory.components.get(added.component as usize)?;
            let says_something = component.supplier.is_none() && added.supplier.is_some()
                || component.support_level.is_none() && added.support_level.is_some()
                || component.end_of_support.is_none() && added.end_of_support.is_some()
                || !added.found.is_empty();
            says_something.then_some((component.place.as_str(), (component, added)))
        };
        Self(writing.additions.iter().filter_map(new).collect())
    }

    fn supplier(&self, place: &str) -> Option<&'a str> {
        let (component, added) = self.0.get(place)?;
        added.supplier.as_deref().filter(|_| component.supplier.is_none())
    }

    fn support_level(&self, place: &str) -> Option<&'a str> {
        let (component, added) = self.0.get(place)?;
        added.support_level.as_deref().filter(|_| component.support_level.is_none())
    }

    fn end_of_support(&self, place: &str) -> Option<&'a str> {
        let (component, added) = self.0.get(place)?;
        added.end_of_support.as_deref().filter(|_| component.end_of_support.is_none())
    }
}

fn same(text: &str) -> Written {
    Written { text: text.to_owned(), problems: Vec::new() }
}

/// `signature` of JSF signs every byte of its object: after a change it would only look like one.
fn signature_left_out(place: &str) -> Problem {
    Problem::warning(
        "signature_left_out",
        place,
        "The signature holds for the received text only and is left out of the changed one.",
        "Keep the received document, or sign the new one.",
    )
}

/// CycloneDX JSON 1.2 to 1.6 as 1.6.
pub(super) fn cyclonedx(received: &str, inventory: &Inventory, writing: &Writing<'_>) -> Written {
    let Some(top) = Object::of(received) else { return same(received) };
    let mut edits = Edits::of(received);
    let mut problems = Vec::new();
    if inventory.spec_version != cyclonedx::VERSION {
        if let Some(version) = top.get("specVersion") {
            edits.replace(version, &cyclonedx::VERSION);
        }
        if let Some(schema) = top.get("$schema") {
            edits.replace(schema, &cyclonedx::SCHEMA);
        }
        raise_licences(received, &mut edits);
    }
    let news = News::of(inventory, writing);
    let metadata = top.get("metadata").and_then(Object::of);
    if !news.0.is_empty() {
        if let Some(product) = metadata.as_ref().and_then(|about| about.get("component")) {
            component(product, "metadata.component", &news, &mut edits, &mut problems);
        }
        if let Some(list) = top.get("components") {
            components(list, "components", &news, &mut edits, &mut problems);
        }
        // a changed document under the same serial number is another version of it
        match top.get("version").map(|number| (number, number.parse::<i64>())) {
            Some((number, Ok(version))) => edits.replace(number, &version.saturating_add(1)),
            Some((null, Err(_))) => edits.replace(null, &2),
            None => edits.add(&top, "version", &2),
        }
    }
    if edits.is_empty() {
        return same(received);
    }
    name_tool(&top, metadata.as_ref(), writing, &mut edits);
    if top.get("signature").is_some() {
        edits.remove(&top, "signature");
        problems.push(signature_left_out("signature"));
    }
    Written { text: edits.finish(), problems }
}

#[derive(Serialize)]
struct Licence<'a> {
    license: Party<'a>,
}

/// Up to version 1.4 an expression could stand in a list of several licences; later it must stand
/// alone, so that in such lists it becomes a licence named so.
fn raise_licences<'t>(value: Value<'t>, edits: &mut Edits<'t>) {
    let Some(object) = Object::of(value) else {
        return items(value).into_iter().for_each(|entry| raise_licences(entry, edits));
    };
    for key in ["metadata", "component", "components", "services"] {
        if let Some(inside) = object.get(key) {
            raise_licences(inside, edits);
        }
    }
    let licences = object.get("licenses").map(items).unwrap_or_default();
    if licences.len() < 2 {
        return;
    }
    for entry in licences {
        let expression = Object::of(entry).and_then(|entry| entry.get("expression"));
        if let Some(name) = expression.and_then(text) {
            edits.replace(entry, &Licence { license: Party { name: &name } });
        }
    }
}

#[derive(Serialize)]
struct List<T> {
    components: [T; 1],
}

#[derive(Serialize)]
struct About<T> {
    tools: List<T>,
}

#[derive(Serialize)]
struct LegacyTool<'a> {
    name: &'a str,
    version: &'a str,
}

/// Names the program among the tools, in the form that the document has for them.
fn name_tool<'t>(
    top: &Object<'t>,
    metadata: Option<&Object<'t>>,
    writing: &Writing<'_>,
    edits: &mut Edits<'t>,
) {
    let (name, version) = (writing.tool.name, writing.tool.version);
    let list = || List { components: [ToolPiece::of(name, version)] };
    let Some(metadata) = metadata else {
        return set(top, "metadata", &About { tools: list() }, edits);
    };
    let tools = metadata.get("tools");
    match tools.map(|tools| (tools, Object::of(tools))) {
        Some((_, Some(tools))) => match tools.get("components") {
            Some(components) if components.starts_with('[') => {
                edits.push(components, &ToolPiece::of(name, version));
            }
            _ => set(&tools, "components", &list().components, edits),
        },
        Some((tools, None)) if tools.starts_with('[') => {
            edits.push(tools, &LegacyTool { name, version });
        }
        _ => set(metadata, "tools", &list(), edits),
    }
}

/// Sets a key that is absent or says nothing.
fn set<'t>(object: &Object<'t>, key: &str, value: &impl Serialize, edits: &mut Edits<'t>) {
    match object.get(key) {
        Some(empty) => edits.replace(empty, value),
        None => edits.add(object, key, value),
    }
}

fn components<'t>(
    list: Value<'t>,
    place: &str,
    news: &News<'_>,
    edits: &mut Edits<'t>,
    problems: &mut Vec<Problem>,
) {
    for (index, value) in items(list).into_iter().enumerate() {
        component(value, &format!("{place}[{index}]"), news, edits, problems);
    }
}

fn component<'t>(
    value: Value<'t>,
    place: &str,
    news: &News<'_>,
    edits: &mut Edits<'t>,
    problems: &mut Vec<Problem>,
) {
    let Some(object) = Object::of(value) else { return };
    if let Some(inside) = object.get("components") {
        components(inside, &format!("{place}.components"), news, edits, problems);
    }
    let Some((component, added)) = news.0.get(place) else { return };
    if let Some(name) = news.supplier(place) {
        match object.get("supplier").and_then(Object::of) {
            // an entry without a usable name
            Some(supplier) => set(&supplier, "name", &name, edits),
            None => set(&object, "supplier", &Party { name }, edits),
        }
    }
    let properties: Vec<_> = [
        news.support_level(place).map(cyclonedx::support_level),
        news.end_of_support(place).map(cyclonedx::end_of_support),
    ]
    .into_iter()
    .flatten()
    .collect();
    append(&object, "properties", &properties, edits);
    let found: Vec<_> = cyclonedx::found(component, &added.found).into_iter().collect();
    if !found.is_empty() {
        let evidence = object.get("evidence").and_then(Object::of);
        match evidence.as_ref().map(|evidence| (evidence, evidence.get("identity"))) {
            Some((evidence, None)) => edits.add(evidence, "identity", &found),
            Some((_, Some(list))) if list.starts_with('[') => {
                for identity in &found {
                    edits.push(list, identity);
                }
            }
            // version 1.5 had one identity without a list
            Some((_, Some(one))) if one.starts_with('{') => edits.wrap(one, &found),
            Some((evidence, Some(_))) => set(evidence, "identity", &found, edits),
            None => set(&object, "evidence", &Evidence { identity: found }, edits),
        }
    }
    if object.get("signature").is_some() {
        edits.remove(&object, "signature");
        problems.push(signature_left_out(&format!("{place}.signature")));
    }
}

/// Appends to a list that may be absent or null.
fn append<'t, T: Serialize>(object: &Object<'t>, key: &str, new: &[T], edits: &mut Edits<'t>) {
    match object.get(key) {
        _ if new.is_empty() => {}
        Some(list) if list.starts_with('[') => {
            for value in new {
                edits.push(list, value);
            }
        }
        _ => set(object, key, &new, edits),
    }
}

/// SPDX JSON 2.2 and 2.3 as 2.3.
pub(super) fn spdx(received: &str, inventory: &Inventory, writing: &Writing<'_>) -> Written {
    let Some(top) = Object::of(received) else { return same(received) };
    let mut edits = Edits::of(received);
    let is_older = inventory.spec_version != spdx::VERSION;
    if let Some(version) = top.get("spdxVersion").filter(|_| is_older) {
        edits.replace(version, &spdx::VERSION);
    }
    let news = News::of(inventory, writing);
    let created = inventory.created.as_deref().and_then(|text| text.parse::<Instant>().ok());
    let notes = Notes::of(writing.tool, &spdx::instant(created.unwrap_or(writing.at)));
    if is_older || !news.0.is_empty() {
        let packages = top.get("packages").map(items).unwrap_or_default();
        for (index, value) in packages.into_iter().enumerate() {
            let Some(package) = Object::of(value) else { continue };
            if is_older {
                raise_categories(&package, &mut edits);
            }
            add_to_package(&package, &format!("packages[{index}]"), &news, &notes, &mut edits);
        }
    }
    if edits.is_empty() {
        return same(received);
    }
    if let Some(namespace) = top.get("documentNamespace").filter(|_| !news.0.is_empty())
        && let Some(uri) = text(namespace)
    {
        // a changed document needs a namespace of its own (clause 6.5)
        let hex = Digest::of(received.as_bytes()).hex();
        let part = hex.get(..16).unwrap_or_default();
        edits.replace(namespace, &format!("{uri}-aftercare-{part}"));
    }
    if let Some(about) = top.get("creationInfo").and_then(Object::of) {
        append(&about, "creators", &[spdx::tool(writing.tool)], &mut edits);
    }
    Written { text: edits.finish(), problems: Vec::new() }
}

/// Version 2.2 wrote `PACKAGE_MANAGER` where 2.3 writes `PACKAGE-MANAGER`.
fn raise_categories<'t>(package: &Object<'t>, edits: &mut Edits<'t>) {
    for reference in package.get("externalRefs").map(items).unwrap_or_default() {
        let category = Object::of(reference).and_then(|entry| entry.get("referenceCategory"));
        match category.map(|value| (value, text(value))) {
            Some((value, Some(text))) if text == "PACKAGE_MANAGER" => {
                edits.replace(value, &"PACKAGE-MANAGER");
            }
            Some((value, Some(text))) if text == "PERSISTENT_ID" => {
                edits.replace(value, &"PERSISTENT-ID");
            }
            _ => {}
        }
    }
}

fn add_to_package<'t>(
    package: &Object<'t>,
    place: &str,
    news: &News<'_>,
    notes: &Notes,
    edits: &mut Edits<'t>,
) {
    let Some((_, added)) = news.0.get(place) else { return };
    if let Some(name) = news.supplier(place) {
        set(package, "supplier", &spdx::supplier(name), edits);
    }
    let mut annotations = Vec::new();
    if let Some(level) = news.support_level(place) {
        annotations.push(notes.own(Own::SupportLevel, level));
    }
    if let Some(end) = news.end_of_support(place) {
        let until = spdx::valid_until(end);
        if until.as_deref() != Some(end) {
            annotations.push(notes.own(Own::EndOfSupport, end));
        }
        if let Some(until) = until {
            set(package, "validUntilDate", &until, edits);
        }
    }
    annotations.extend(added.found.iter().map(|found| notes.found(found)));
    append(package, "annotations", &annotations, edits);
}
