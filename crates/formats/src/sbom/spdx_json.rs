//! SPDX JSON 2.2 and 2.3 (ISO/IEC 5962). Packages are components; files and snippets are only known
//! by name, so that relations to them are no holes.

mod relation;

use super::{
    document::Shape,
    draft::{Draft, Name, join},
    item::Item,
    text::{Each, Once, Stop, Text, each, first_time, once, seeds},
};
use aftercare_vocab::{
    instant::Instant,
    inventory::{Format, Inventory},
    problem::{Problem, Read, quoted},
};
use relation::{Described, Relation, find_root, named, relate};
use serde::{
    Deserialize,
    de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{fmt, str::FromStr};

/// The versions of the specification that are read as JSON.
pub(super) const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

/// `primaryPackagePurpose` of SPDX 2.3.
const PURPOSES: [&str; 12] = [
    "other",
    "install",
    "archive",
    "firmware",
    "application",
    "framework",
    "library",
    "container",
    "source",
    "device",
    "operating-system",
    "file",
];

/// SPDX JSON.
#[derive(Debug)]
pub(super) struct SpdxJson;

impl Shape for SpdxJson {
    fn walk<'de, D: Deserializer<'de>>(draft: &mut Draft<'de>, from: D) -> Result<(), D::Error> {
        from.deserialize_map(Document(draft))
    }

    fn finish(draft: Draft<'_>) -> Result<Read<Inventory>, Vec<Problem>> {
        draft.finish(Format::SpdxJson, |arrow, _| format!("relationships[{}]", arrow.entry))
    }
}

/// Why a version is not read, and what to do.
pub(super) fn unread_version(version: &str) -> (String, &'static str) {
    match version {
        "SPDX-1.0" | "SPDX-1.1" | "SPDX-1.2" | "SPDX-2.0" | "SPDX-2.1" => (
            format!("{version} has no JSON form; JSON begins with SPDX-2.2."),
            "Export the SBOM again as SPDX 2.3 JSON.",
        ),
        _ => (
            format!(
                "{} is not a version of SPDX that is read; SPDX-2.2 and SPDX-2.3 are.",
                quoted(version)
            ),
            "Export the SBOM as SPDX 2.3 JSON.",
        ),
    }
}

/// What SPDX says when nothing is known (`NOASSERTION`) or there is nothing (`NONE`).
fn asserted(text: &str) -> Option<&str> {
    let text = text.trim();
    (!matches!(text, "" | "NOASSERTION" | "NONE")).then_some(text)
}

seeds!(CreationInfo, Packages, Package);

// The document

struct Document<'d, 'de>(&'d mut Draft<'de>);

impl<'de> Visitor<'de> for Document<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let draft = self.0;
        let (mut id, mut version, mut name, mut namespace) =
            (Once::default(), Once::default(), Once::default(), Once::default());
        let mut met = [false; 6];
        let [creation, packages, files, snippets, relations, describes] = &mut met;
        let mut described = Described::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "SPDXID" => once(&mut id, "SPDXID", &mut map)?,
                "spdxVersion" => once(&mut version, "spdxVersion", &mut map)?,
                "name" => once(&mut name, "name", &mut map)?,
                "documentNamespace" => once(&mut namespace, "documentNamespace", &mut map)?,
                "creationInfo" => {
                    first_time(creation, "creationInfo")?;
                    map.next_value_seed(CreationInfo(draft))?;
                }
                "packages" => {
                    first_time(packages, "packages")?;
                    map.next_value_seed(Packages(draft))?;
                }
                "files" => {
                    first_time(files, "files")?;
                    map.next_value_seed(elements(draft, "files"))?;
                }
                "snippets" => {
                    first_time(snippets, "snippets")?;
                    map.next_value_seed(elements(draft, "snippets"))?;
                }
                "relationships" => {
                    first_time(relations, "relationships")?;
                    map.next_value_seed(each(
                        "a list of relationships",
                        |index, relation: Relation<'de>| {
                            relate(draft, &mut described, index, relation)
                        },
                    ))?;
                }
                "documentDescribes" => {
                    first_time(describes, "documentDescribes")?;
                    map.next_value_seed(each(
                        "a list of element ids",
                        |_, Text(element): Text<'de>| {
                            draft.relation("documentDescribes")?;
                            let number = named(draft, element);
                            described.listed(number);
                            Ok(())
                        },
                    ))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some(Text(name)) = name.value() {
            draft.name = Some(draft.clean(&name, "", "name", true));
        }
        draft.serial = namespace
            .value()
            .map(|text: Text<'de>| draft.clean(text.as_str(), "", "documentNamespace", false));
        let document = identity(draft, id.value(), version.value());
        find_root(draft, &described, document);
        Ok(())
    }
}

/// `spdxVersion` and the document's own `SPDXID`; gives the number of the latter.
fn identity<'de>(
    draft: &mut Draft<'de>,
    id: Option<Text<'de>>,
    version: Option<Text<'de>>,
) -> Option<u32> {
    match version {
        Some(text) if VERSIONS.contains(&text.as_str()) => {
            text.as_str().clone_into(&mut draft.spec_version);
        }
        Some(text) => {
            let (what, next) = unread_version(text.as_str());
            draft.refuse("spec_version_unknown", "spdxVersion", what, next);
        }
        None => draft.refuse(
            "spdx_version_missing",
            "",
            "The key `spdxVersion` is missing, so the version of SPDX is not known.",
            "Export the SBOM again as SPDX 2.3 JSON.",
        ),
    }
    let Some(Text(id)) = id.filter(|id| !id.as_str().is_empty()) else {
        draft.refuse(
            "spdx_id_missing",
            "",
            "The document has no `SPDXID`, which SPDX requires.",
            "Export the SBOM again; the document's id is `SPDXRef-DOCUMENT`.",
        );
        return None;
    };
    let shown = quoted(&id);
    let number = draft.number(id);
    // Relations between elements are still certain, so this is no reason to refuse.
    if draft.mean(number, Name::Elsewhere) != Name::Unknown {
        draft.warn(
            "document_id_repeated",
            "SPDXID",
            format!("The document and one of its elements have the same id {shown}."),
            "Ask the supplier for a document with one id for each element.",
        );
    }
    Some(number)
}

fn repeated(draft: &mut Draft<'_>, place: &str, shown: &str, first: &str) {
    draft.refuse(
        "spdx_id_repeated",
        place,
        format!("{shown} is already the id of {first}, so relations to it cannot be told apart."),
        "Ask the supplier for a document with one id for each element.",
    );
}

struct CreationInfo<'d, 'de>(&'d mut Draft<'de>);

impl<'de> Visitor<'de> for CreationInfo<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with creation information")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let draft = self.0;
        let (mut created, mut listed) = (Once::<Text<'de>>::default(), false);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "created" => once(&mut created, "created", &mut map)?,
                "creators" => {
                    first_time(&mut listed, "creators")?;
                    map.next_value_seed(each("a list of creators", |_, text: Text<'de>| {
                        draft.item("creationInfo.creators")?;
                        let text = draft.clean(text.as_str(), "creationInfo", "creators", false);
                        match text.strip_prefix("Tool:") {
                            Some(tool) => draft.tools.push(tool.trim().to_owned()),
                            None => draft.authors.push(text),
                        }
                        Ok(())
                    }))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some(time) = created.value() {
            if Instant::from_str(time.as_str()).is_err() {
                draft.warn(
                    "time_unreadable",
                    "creationInfo.created",
                    format!(
                        "{} is not a point in time such as 2026-11-23T14:05:00Z.",
                        quoted(time.as_str())
                    ),
                    "The document's age is unknown.",
                );
            }
            draft.created = Some(draft.clean(time.as_str(), "creationInfo", "created", false));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Element<'a> {
    #[serde(borrow, default, rename = "SPDXID")]
    id: Option<Text<'a>>,
}

/// Files and snippets: only their ids.
fn elements<'de>(
    draft: &mut Draft<'de>,
    list: &'static str,
) -> Each<Element<'de>, impl FnMut(usize, Element<'de>) -> Result<(), Stop>> {
    each("a list of elements", move |index, element: Element<'de>| {
        let Some(Text(id)) = element.id else {
            draft.refuse(
                "spdx_id_missing",
                format!("{list}[{index}]"),
                "The element has no `SPDXID`, which SPDX requires.",
                "Ask the supplier for a sound document.",
            );
            return Ok(());
        };
        draft.relation(list)?;
        let shown = id.clone();
        let number = draft.number(id);
        if draft.mean(number, Name::Elsewhere) != Name::Unknown {
            repeated(draft, &format!("{list}[{index}].SPDXID"), &quoted(&shown), "another element");
        }
        Ok(())
    })
}

// Packages

struct Packages<'d, 'de>(&'d mut Draft<'de>);

impl<'de> Visitor<'de> for Packages<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of packages")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while list.next_element_seed(Package { draft: &mut *self.0, index })?.is_some() {
            index += 1;
        }
        Ok(())
    }
}

struct Package<'d, 'de> {
    draft: &'d mut Draft<'de>,
    index: usize,
}

#[derive(Default)]
struct Texts<'de> {
    id: Once<Text<'de>>,
    name: Once<Text<'de>>,
    version: Once<Text<'de>>,
    supplier: Once<Text<'de>>,
    originator: Once<Text<'de>>,
    concluded: Once<Text<'de>>,
    declared: Once<Text<'de>>,
    purpose: Once<Text<'de>>,
    valid_until: Once<Text<'de>>,
}

impl<'de> Visitor<'de> for Package<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a package")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Package { draft, index } = self;
        let place = format!("packages[{index}]");
        let own = draft.reserve(&place, 0, None).map_err(de::Error::custom)?;
        let mut item = Item::new(place);
        let mut texts = Texts::default();
        let (mut references, mut checksums) = (false, false);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "SPDXID" => once(&mut texts.id, "SPDXID", &mut map)?,
                "name" => once(&mut texts.name, "name", &mut map)?,
                "versionInfo" => once(&mut texts.version, "versionInfo", &mut map)?,
                "supplier" => once(&mut texts.supplier, "supplier", &mut map)?,
                "originator" => once(&mut texts.originator, "originator", &mut map)?,
                "licenseConcluded" => once(&mut texts.concluded, "licenseConcluded", &mut map)?,
                "licenseDeclared" => once(&mut texts.declared, "licenseDeclared", &mut map)?,
                "primaryPackagePurpose" => {
                    once(&mut texts.purpose, "primaryPackagePurpose", &mut map)?;
                }
                "validUntilDate" => once(&mut texts.valid_until, "validUntilDate", &mut map)?,
                "externalRefs" => {
                    first_time(&mut references, "externalRefs")?;
                    map.next_value_seed(each(
                        "a list of references",
                        |at, reference: Reference<'de>| refer(draft, &mut item, at, &reference),
                    ))?;
                }
                "checksums" => {
                    first_time(&mut checksums, "checksums")?;
                    map.next_value_seed(each("a list of checksums", |at, sum: Checksum<'de>| {
                        let algorithm = sum.algorithm.as_ref().map_or("", Text::as_str);
                        let value = sum.value.as_ref().map_or("", Text::as_str);
                        item.hash(draft, &format!("checksums[{at}]"), algorithm, value)
                    }))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        describe(draft, &mut item, texts, own).map_err(de::Error::custom)?;
        let component = item.finish(draft);
        draft.put(own, component);
        Ok(())
    }
}

fn describe<'de>(
    draft: &mut Draft<'de>,
    item: &mut Item,
    texts: Texts<'de>,
    own: u32,
) -> Result<(), Stop> {
    let text = |slot: Once<Text<'de>>| {
        slot.value().filter(|text| asserted(text.as_str()).is_some()).map(|text| text.0)
    };
    let place = item.place().to_owned();
    match texts.name.value() {
        Some(name) => item.component.name = draft.clean(name.as_str(), &place, "name", true),
        None => draft.refuse(
            "component_name_missing",
            &place,
            "The package has no name, which SPDX requires.",
            "Name the package, or ask the supplier for a document that does.",
        ),
    }
    item.component.version =
        text(texts.version).and_then(|v| item.text(draft, "versionInfo", &v, true));
    if let Some(purpose) = text(texts.purpose) {
        let kind = purpose.to_lowercase().replace('_', "-");
        if !PURPOSES.contains(&kind.as_str()) {
            let what = format!("{} is not a package purpose of SPDX.", quoted(&purpose));
            draft.warn("component_type_unknown", join(&place, "primaryPackagePurpose"), what, "");
        }
        item.component.kind = item.text(draft, "primaryPackagePurpose", &kind, false);
    }
    let supplier = text(texts.supplier).map(|text| (text, "supplier"));
    let originator = text(texts.originator).map(|text| (text, "originator"));
    item.component.supplier = supplier
        .or(originator)
        .and_then(|(text, field)| item.text(draft, field, without_role(&text), false));
    for (licence, field) in
        [(text(texts.concluded), "licenseConcluded"), (text(texts.declared), "licenseDeclared")]
    {
        if let Some(licence) = licence {
            item.licence(draft, field, &licence)?;
        }
    }
    item.component.end_of_support =
        text(texts.valid_until).and_then(|date| item.text(draft, "validUntilDate", &date, false));

    let Some(Text(id)) = texts.id.value().filter(|id| !id.as_str().is_empty()) else {
        draft.refuse(
            "spdx_id_missing",
            &place,
            "The package has no `SPDXID`, which SPDX requires.",
            "Ask the supplier for a document with one id for each element.",
        );
        return Ok(());
    };
    item.component.reference = draft.clean(&id, &place, "SPDXID", false);
    let number = draft.number(id);
    let former = draft.mean(number, Name::Component(own));
    if former != Name::Unknown {
        let first = match former {
            Name::Component(first) | Name::Several(first) => {
                draft.component(first).map(|c| c.place.clone())
            }
            _ => None,
        };
        let first = first.unwrap_or_else(|| "another element".to_owned());
        let shown = quoted(&item.component.reference);
        repeated(draft, &join(&place, "SPDXID"), &shown, &first);
    }
    Ok(())
}

/// `Organization: Red Hat ()` is `Red Hat`: the role is SPDX's word, not the supplier's.
fn without_role(text: &str) -> &str {
    let text = ["Organization:", "Person:"]
        .iter()
        .find_map(|role| text.strip_prefix(role))
        .unwrap_or(text)
        .trim();
    text.strip_suffix("()").unwrap_or(text).trim_end()
}

#[derive(Deserialize)]
struct Checksum<'a> {
    #[serde(borrow, default)]
    algorithm: Option<Text<'a>>,
    #[serde(borrow, default, rename = "checksumValue")]
    value: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow, default, rename = "referenceType")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default, rename = "referenceLocator")]
    locator: Option<Text<'a>>,
}

/// An external reference. The category is not looked at: writers spell `PACKAGE-MANAGER` in two
/// ways and file package URLs under `SECURITY`; the type says what the locator is.
fn refer(
    draft: &mut Draft<'_>,
    item: &mut Item,
    at: usize,
    reference: &Reference<'_>,
) -> Result<(), Stop> {
    let (Some(kind), Some(locator)) = (&reference.kind, &reference.locator) else {
        let place = join(item.place(), &format!("externalRefs[{at}]"));
        draft.warn("reference_incomplete", place, "The reference has no type or no locator.", "");
        return Ok(());
    };
    // the full form of a type is an address: http://spdx.org/rdf/references/cpe23Type
    let kind = kind.as_str();
    let kind = kind.strip_prefix("http://spdx.org/rdf/references/").unwrap_or(kind);
    let field = || format!("externalRefs[{at}].referenceLocator");
    match kind {
        "purl" => item.purl(draft, &field(), locator.as_str()),
        "cpe22Type" | "cpe23Type" => item.cpe(draft, &field(), locator.as_str()),
        "swh" | "gitoid" | "swid" | "maven-central" | "npm" | "nuget" | "bower" => {
            let kind = if kind == "swh" { "swhid" } else { kind };
            item.other(draft, &field(), kind, locator.as_str())
        }
        // advisory, fix, url and the writers' own kinds identify nothing
        _ => Ok(()),
    }
}
