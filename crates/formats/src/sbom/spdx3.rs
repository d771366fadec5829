//! SPDX 3.0 as JSON-LD. Packages (software, AI, data sets) are components; other elements are only
//! known by name, so that relations to them are no holes.
//!
//! The context of SPDX 3 fixes the names of all terms, so that the JSON can be read without looking
//! anything up; terms are also taken with their profile written otherwise (`software:name`).

mod collect;
mod relation;

use super::{
    document::Shape,
    draft::{Arrow, Draft, Name, join},
    graph::{Node, Object},
    item::Item,
    licence,
    spdx::{asserted, created_at, relation::settle_root},
    text::Stop,
};
use aftercare_vocab::{
    inventory::{Inventory, PatchKind},
    problem::{Problem, Read, quoted},
};
use collect::{Collected, Whole};
use relation::{Meaning, is_no_element, meaning};
use serde::{Deserializer, de};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

/// `primaryPurpose` of SPDX 3.0.1, in the spelling of SPDX 2.
const PURPOSES: [&str; 29] = [
    "application",
    "archive",
    "bom",
    "configuration",
    "container",
    "data",
    "device",
    "device-driver",
    "disk-image",
    "documentation",
    "evidence",
    "executable",
    "file",
    "filesystem-image",
    "firmware",
    "framework",
    "install",
    "library",
    "manifest",
    "model",
    "module",
    "operating-system",
    "other",
    "patch",
    "platform",
    "requirement",
    "source",
    "specification",
    "test",
];

/// Most elements that a chain of `rootElement` is followed through.
const ROOTS: usize = 10_000;

/// SPDX 3.
#[derive(Debug)]
pub(super) struct Spdx3;

impl Shape for Spdx3 {
    fn walk<'de, D: Deserializer<'de>>(draft: &mut Draft<'de>, from: D) -> Result<(), D::Error> {
        let mut collected = Collected::default();
        from.deserialize_map(Whole { draft: &mut *draft, collected: &mut collected })?;
        Reading {
            draft,
            collected: &collected,
            licences: HashMap::new(),
            vulnerabilities: HashMap::new(),
        }
        .all()
        .map_err(de::Error::custom)
    }

    fn finish(draft: Draft<'_>) -> Result<Read<Inventory>, Vec<Problem>> {
        draft.finish(|arrow, depending| match (depending, arrow.part) {
            (false, Some(part)) => format!("@graph[{}].to[{part}]", arrow.entry),
            _ => format!("@graph[{}].from", arrow.entry),
        })
    }
}

struct Reading<'r, 'de> {
    draft: &'r mut Draft<'de>,
    collected: &'r Collected<'de>,
    /// Licences that relationships give a package, by the number of its name: concluded, declared.
    licences: HashMap<u32, [Vec<(String, String)>; 2]>,
    /// What relationships say of a package's vulnerabilities, by the number of its name.
    vulnerabilities: HashMap<u32, Vec<Said>>,
}

/// A vulnerability that is repaired in a package, or open.
struct Said {
    id: String,
    is_fixed: bool,
    place: String,
}

impl<'r, 'de> Reading<'r, 'de> {
    fn all(mut self) -> Result<(), Stop> {
        let nodes = &self.collected.graph.nodes;
        for (index, earlier) in &self.collected.repeated {
            self.repeated(*index, *earlier);
        }
        let document = self.document()?;
        let mut packages = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            match node.kind.as_ref() {
                "Package" | "AIPackage" | "DatasetPackage" => {
                    let own = self.draft.reserve(&self.collected.place(index), 0, None)?;
                    packages.push((index, own));
                    self.name(node, Name::Component(own));
                }
                "ExternalMap" => {
                    if let Some(id) = node.text("externalSpdxId") {
                        let number = self.draft.number(id);
                        self.draft.mean(number, Name::OtherDocument);
                    }
                }
                _ => self.name(node, Name::Elsewhere),
            }
        }
        let mut described = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            if is_relation(node) {
                self.relate(index, node, &mut described)?;
            }
        }
        for (index, own) in packages {
            if let Some(node) = nodes.get(index) {
                self.package(index, own, node)?;
            }
        }
        self.root(document, &described);
        Ok(())
    }

    /// Two elements of one name. Between relationships, which nothing refers to, that harms nothing.
    fn repeated(&mut self, index: usize, earlier: usize) {
        let graph = &self.collected.graph;
        let (Some(node), Some(first)) = (graph.at(index), graph.at(earlier)) else { return };
        let place = join(&self.collected.place(index), "spdxId");
        let what = format!(
            "{} is already the id of {}, so relations to it cannot be told apart.",
            quoted(&node.name),
            self.collected.place(earlier)
        );
        let next = "Ask the supplier for a document with one id for each element.";
        if is_relation(node) && is_relation(first) {
            self.draft.warn("spdx_id_repeated", place, what, next);
        } else {
            self.draft.refuse("spdx_id_repeated", place, what, next);
        }
    }

    fn name(&mut self, node: &'r Node<'de>, name: Name) {
        if !node.name.is_empty() {
            let number = self.draft.number(node.name.clone());
            self.draft.mean(number, name);
        }
    }

    /// The document and what it says about itself.
    fn document(&mut self) -> Result<Option<&'r Node<'de>>, Stop> {
        let nodes = &self.collected.graph.nodes;
        let of = |kind: &str| nodes.iter().find(|node| node.kind == kind);
        let document = of("SpdxDocument");
        if document.is_none() {
            self.draft.warn(
                "spdx_document_missing",
                "@graph",
                "There is no element of the type `SpdxDocument`, which SPDX 3 requires.",
                "Ask the supplier for a complete document.",
            );
        }
        if let Some(document) = document {
            if let Some(name) = document.text("name") {
                self.draft.name = Some(self.draft.clean(&name, "", "name", true));
            }
            let serial = self.draft.clean(&document.name, "", "spdxId", false);
            self.draft.serial = Some(serial).filter(|serial| !serial.is_empty());
        }
        let described = document.or_else(|| of("Sbom")).or_else(|| of("Bom"));
        let info = described
            .and_then(|node| self.first(node, "creationInfo"))
            .or_else(|| of("CreationInfo"));
        let version = info.and_then(|info| info.text("specVersion"));
        match version.as_deref() {
            Some(version) if version == "3.0" || version.starts_with("3.0.") => {
                version.clone_into(&mut self.draft.spec_version);
            }
            Some(version) => self.draft.refuse(
                "spec_version_unknown",
                "@graph",
                format!("{} is not a version of SPDX that is read as JSON-LD; 3.0 is.", quoted(version)),
                "Export the SBOM again as SPDX 3.0 or 2.3.",
            ),
            None => self.draft.refuse(
                "spdx_version_missing",
                "@graph",
                "The document does not state its version of SPDX (`specVersion` of `CreationInfo`).",
                "Export the SBOM again as SPDX 3.0 or 2.3.",
            ),
        }
        if let Some(info) = info {
            if let Some(time) = info.text("created") {
                created_at(self.draft, &time);
            }
            for (term, is_tool) in [("createdBy", false), ("createdUsing", true)] {
                for object in info.all(term) {
                    let Some(shown) = self.shown(object) else { continue };
                    self.draft.item("creationInfo")?;
                    let shown = self.draft.clean(&shown, "creationInfo", term, false);
                    let list =
                        if is_tool { &mut self.draft.tools } else { &mut self.draft.authors };
                    list.push(shown);
                }
            }
        }
        Ok(document)
    }

    /// The name of a person, organisation or tool, else its address.
    fn shown(&self, object: &Object<'de>) -> Option<Cow<'de, str>> {
        let node = self.collected.graph.node(object);
        let name = node.and_then(|node| node.text("name")).filter(|name| asserted(name).is_some());
        let address = || match object {
            Object::Name(address) | Object::Text(address) => Some(address.clone()),
            Object::Node(_) => node.map(|node| node.name.clone()),
        };
        name.or_else(address).filter(|text| !text.is_empty() && !is_no_element(text))
    }

    fn first(&self, node: &'r Node<'de>, term: &'static str) -> Option<&'r Node<'de>> {
        node.all(term).find_map(|object| self.collected.graph.node(object))
    }

    /// The number of the name that a value stands for; a package without a name gets one of its own.
    fn number(&mut self, object: &Object<'de>) -> Option<u32> {
        let name = match object {
            Object::Name(name) | Object::Text(name) => name.clone(),
            Object::Node(index) => self.collected.graph.at(*index)?.name.clone(),
        };
        if name.is_empty() {
            return None;
        }
        let elsewhere = is_no_element(&name) || name.starts_with("https://spdx.org/licenses/");
        let number = self.draft.number(name);
        if elsewhere && self.draft.meaning(number) == Name::Unknown {
            self.draft.mean(number, Name::Elsewhere);
        }
        Some(number)
    }

    fn relate(
        &mut self,
        index: usize,
        node: &'r Node<'de>,
        described: &mut Vec<(u32, u32)>,
    ) -> Result<(), Stop> {
        let place = self.collected.place(index);
        self.draft.relation(&place)?;
        let from = node.all("from").next().and_then(|from| self.number(from));
        let kind = node.text("relationshipType");
        let (Some(from), Some(kind), true) = (from, kind, node.all("to").next().is_some()) else {
            let what = "The relationship lacks an end or its type.";
            self.draft.warn("relationship_incomplete", place, what, "");
            return Ok(());
        };
        let means = meaning(&kind, node.text("scope").as_deref()).unwrap_or_else(|| {
            self.draft.warn(
                "relationship_type_unknown",
                join(&place, "relationshipType"),
                format!("{} is not a relationship type of SPDX 3.", quoted(&kind)),
                "It is left out of the dependency graph.",
            );
            Meaning::Beside
        });
        for (part, object) in node.all("to").enumerate() {
            if matches!(means, Meaning::Declared | Meaning::Concluded) {
                self.licence(from, means, object, &place);
                continue;
            }
            self.draft.relation(&place)?;
            let Some(to) = self.number(object) else {
                let what = "An end of the relationship has no name.";
                self.draft.warn("relationship_incomplete", &place, what, "");
                continue;
            };
            let (from, to, kind) = match means {
                Meaning::Forward(kind) => (from, to, Some(kind)),
                Meaning::Backward(kind) => (to, from, Some(kind)),
                _ => (from, to, None),
            };
            if matches!(means, Meaning::Fixed | Meaning::Open)
                && let Some(id) = node.all("from").next().and_then(|from| self.vulnerability(from))
            {
                let (is_fixed, place) = (means == Meaning::Fixed, place.clone());
                self.vulnerabilities.entry(to).or_default().push(Said { id, is_fixed, place });
            }
            if means == Meaning::Describes && described.len() < ROOTS {
                described.push((from, to));
            }
            let entry = u32::try_from(node.at).unwrap_or(u32::MAX);
            let part = u32::try_from(part).ok();
            self.draft.arrow(Arrow { from, to: Some(to), kind, entry, part });
        }
        Ok(())
    }

    /// The identifier of a vulnerability: its CVE identifier, else its name.
    fn vulnerability(&self, object: &Object<'de>) -> Option<String> {
        let node = self.collected.graph.node(object)?;
        let identifiers = node.all("externalIdentifier");
        let cve = identifiers.filter_map(|of| self.collected.graph.node(of)).find_map(|of| {
            let is_cve = of.text("externalIdentifierType").is_some_and(|kind| kind == "cve");
            of.text("identifier").filter(|_| is_cve)
        });
        cve.or_else(|| node.text("name")).map(Cow::into_owned)
    }

    fn licence(&mut self, of: u32, means: Meaning, object: &Object<'de>, place: &str) {
        let Some(text) = licence::expression(&self.collected.graph, object) else {
            self.draft.warn(
                "licence_malformed",
                place,
                "The licence that the relationship names cannot be told from its element.",
                "",
            );
            return;
        };
        if asserted(&text).is_some() {
            let [concluded, declared] = self.licences.entry(of).or_default();
            let list = if means == Meaning::Concluded { concluded } else { declared };
            list.push((text, place.to_owned()));
        }
    }

    fn package(&mut self, index: usize, own: u32, node: &'r Node<'de>) -> Result<(), Stop> {
        let mut item = Item::new(self.collected.place(index));
        let place = item.place().to_owned();
        match node.text("name") {
            Some(name) => item.component.name = self.draft.clean(&name, &place, "name", true),
            None => self.draft.refuse(
                "component_name_missing",
                &place,
                "The package has no name, which SPDX requires.",
                "Name the package, or ask the supplier for a document that does.",
            ),
        }
        if node.name.is_empty() {
            self.draft.refuse(
                "spdx_id_missing",
                &place,
                "The package has no `spdxId`, which SPDX requires.",
                "Ask the supplier for a document with one id for each element.",
            );
        }
        item.component.reference = self.draft.clean(&node.name, &place, "spdxId", false);
        let text = |term| node.text(term).filter(|text| asserted(text).is_some());
        item.component.version = text("packageVersion")
            .and_then(|version| item.text(self.draft, "packageVersion", &version, true));
        if let Some(purpose) = text("primaryPurpose") {
            let kind = kebab(&purpose);
            if !PURPOSES.contains(&kind.as_str()) {
                let what = format!("{} is not a purpose of SPDX 3.", quoted(&purpose));
                self.draft.warn("component_type_unknown", join(&place, "primaryPurpose"), what, "");
            }
            item.component.kind = item.text(self.draft, "primaryPurpose", &kind, false);
        }
        item.component.supplier = ["suppliedBy", "originatedBy"].into_iter().find_map(|term| {
            let shown = node.all(term).find_map(|object| self.shown(object))?;
            item.text(self.draft, term, &shown, false)
        });
        item.component.end_of_support = text("validUntilTime")
            .and_then(|date| item.text(self.draft, "validUntilTime", &date, false));
        let levels: Vec<_> = node
            .all("supportLevel")
            .filter_map(|level| match level {
                Object::Text(level) if level != "noAssertion" => Some(level.as_ref()),
                _ => None,
            })
            .collect();
        item.component.support_level =
            item.text(self.draft, "supportLevel", &levels.join(", "), false);
        self.identities(&mut item, node)?;
        let number = self.draft.number(node.name.clone());
        for (text, place) in self.licences.remove(&number).into_iter().flatten().flatten() {
            item.licence(self.draft, &format!("licence of {place}"), &text)?;
        }
        let said = self.vulnerabilities.remove(&number).unwrap_or_default();
        let open: HashSet<_> =
            said.iter().filter(|said| !said.is_fixed).map(|said| &said.id).collect();
        for fixed in said.iter().filter(|said| said.is_fixed) {
            // of contradicting statements the graver counts
            if !open.contains(&fixed.id) {
                item.patched(self.draft, &fixed.place, PatchKind::Applied, &fixed.id)?;
            }
        }
        let component = item.finish(self.draft);
        self.draft.put(own, component);
        Ok(())
    }

    fn identities(&mut self, item: &mut Item, node: &'r Node<'de>) -> Result<(), Stop> {
        let collected = self.collected;
        let inner = |term| node.all(term).map(|object| collected.graph.node(object)).enumerate();
        if let Some(purl) = node.text("packageUrl") {
            item.purl(self.draft, "packageUrl", &purl)?;
        }
        for (at, inner) in inner("externalIdentifier") {
            let field = format!("externalIdentifier[{at}].identifier");
            let (Some(kind), Some(text)) = (
                inner.and_then(|inner| inner.text("externalIdentifierType")),
                inner.and_then(|inner| inner.text("identifier")),
            ) else {
                let place = join(item.place(), &format!("externalIdentifier[{at}]"));
                let what = "The identifier has no type or no text.";
                self.draft.warn("reference_incomplete", place, what, "");
                continue;
            };
            match kind.as_ref() {
                "packageUrl" => item.purl(self.draft, &field, &text)?,
                "cpe22" | "cpe23" => item.cpe(self.draft, &field, &text)?,
                "swhid" | "gitoid" | "swid" => item.other(self.draft, &field, &kind, &text)?,
                // addresses of people and advisories identify no software
                _ => {}
            }
        }
        for (at, inner) in inner("contentIdentifier") {
            let Some(inner) = inner else { continue };
            let field = format!("contentIdentifier[{at}]");
            if let (Some(kind), Some(text)) =
                (inner.text("contentIdentifierType"), inner.text("contentIdentifierValue"))
            {
                item.other(self.draft, &field, &kind, &text)?;
            }
        }
        for (at, inner) in inner("externalRef") {
            let Some(inner) = inner else { continue };
            let kind = inner.text("externalRefType");
            let kind = match kind.as_deref() {
                Some("mavenCentral") => "maven-central",
                Some(kind @ ("npm" | "nuget" | "bower")) => kind,
                _ => continue,
            };
            for object in inner.all("locator") {
                if let Object::Text(locator) = object {
                    item.other(self.draft, &format!("externalRef[{at}].locator"), kind, locator)?;
                }
            }
        }
        for (at, inner) in inner("verifiedUsing") {
            // a verification code is the hash of no file
            let Some(hash) = inner.filter(|inner| inner.kind == "Hash") else { continue };
            let (algorithm, value) = (hash.text("algorithm"), hash.text("hashValue"));
            item.hash(
                self.draft,
                &format!("verifiedUsing[{at}]"),
                &algorithm.unwrap_or_default(),
                &value.unwrap_or_default(),
            )?;
        }
        Ok(())
    }

    /// The root is the first package among the document's root elements; a bill of materials among
    /// them stands for its own.
    fn root(&mut self, document: Option<&'r Node<'de>>, described: &[(u32, u32)]) {
        let graph = &self.collected.graph;
        let starts: Vec<&Node<'de>> = match document {
            Some(document) => vec![document],
            None => graph.nodes.iter().filter(|node| is_bill(node)).take(ROOTS).collect(),
        };
        let (mut numbers, mut left) = (Vec::new(), ROOTS);
        let mut waiting: Vec<(&Node<'de>, &Object<'de>)> = Vec::new();
        let mut seen: Vec<u32> = Vec::new();
        for node in starts {
            seen.extend(self.number(&Object::Name(node.name.clone())));
            waiting.extend(node.all("rootElement").map(|object| (node, object)));
        }
        waiting.reverse();
        while let Some((_, object)) = waiting.pop() {
            let Some(number) = self.number(object) else { continue };
            left -= 1;
            if left == 0 {
                break;
            }
            match graph.node(object) {
                Some(bill) if is_bill(bill) => {
                    if !seen.contains(&number) {
                        seen.push(number);
                        let inner: Vec<_> =
                            bill.all("rootElement").map(|object| (bill, object)).collect();
                        waiting.extend(inner.into_iter().rev());
                    }
                }
                _ => numbers.push(number),
            }
        }
        let by_relation =
            described.iter().filter(|(by, _)| seen.contains(by)).map(|(_, what)| *what);
        let all: Vec<u32> = numbers.into_iter().chain(by_relation).collect();
        settle_root(self.draft, all.into_iter(), "rootElement");
    }
}

fn is_relation(node: &Node<'_>) -> bool {
    node.kind.ends_with("Relationship")
}

fn is_bill(node: &Node<'_>) -> bool {
    matches!(node.kind.as_ref(), "Sbom" | "Bom" | "Bundle" | "ElementCollection" | "SpdxDocument")
}

/// `operatingSystem` is `operating-system` in the other formats.
fn kebab(word: &str) -> String {
    let mut spelled = String::with_capacity(word.len() + 2);
    for c in word.chars() {
        if c.is_ascii_uppercase() {
            spelled.push('-');
        }
        spelled.push(c.to_ascii_lowercase());
    }
    spelled
}
