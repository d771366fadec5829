//! SPDX JSON 2.2 and 2.3 (ISO/IEC 5962). Packages are components; files and snippets are only known
//! by name, so that relations to them are no holes.

mod package;
pub(super) mod rdf;
pub(super) mod relation;
pub(super) mod tag_value;

use super::{
    document::Shape,
    draft::{Draft, Name},
    text::{Each, Once, Stop, Text, each, first_time, once, seeds},
};
use aftercare_vocab::{
    instant::Instant,
    inventory::{Format, Inventory},
    problem::{Problem, Read, quoted},
};
use package::Packages;
pub(super) use package::is_purpose;
use relation::{Described, Relation, find_root, named, relate};
use serde::{
    Deserialize,
    de::{self, Deserializer, IgnoredAny, MapAccess, Visitor},
};
use std::{borrow::Cow, fmt, str::FromStr};

/// Whether the version is read in this format: JSON and YAML begin with 2.2.
pub(super) fn is_read(version: &str, format: Format) -> bool {
    match version {
        "SPDX-2.2" | "SPDX-2.3" => true,
        "SPDX-2.1" => matches!(format, Format::SpdxTagValue | Format::SpdxRdf),
        _ => false,
    }
}

/// SPDX 2.
#[derive(Debug)]
pub(super) struct Spdx;

impl Shape for Spdx {
    fn walk<'de, D: Deserializer<'de>>(draft: &mut Draft<'de>, from: D) -> Result<(), D::Error> {
        from.deserialize_map(Document(draft))
    }

    fn finish(draft: Draft<'_>) -> Result<Read<Inventory>, Vec<Problem>> {
        draft.finish(|arrow, _| format!("relationships[{}]", arrow.entry))
    }
}

/// Why a version is not read in this format, and what to do.
pub(super) fn unread_version(version: &str, format: Format) -> (String, &'static str) {
    let what = match version {
        "SPDX-1.0" | "SPDX-1.1" | "SPDX-1.2" | "SPDX-2.0" | "SPDX-2.1"
            if matches!(format, Format::SpdxJson | Format::SpdxYaml) =>
        {
            format!("{version} has no JSON or YAML form; they begin with SPDX-2.2.")
        }
        _ => format!(
            "{} is not a version of SPDX that is read as {}; SPDX-2.2 and SPDX-2.3 are.",
            quoted(version),
            format.shown()
        ),
    };
    (what, "Export the SBOM again as SPDX 2.3 JSON.")
}

/// What SPDX says when nothing is known (`NOASSERTION`) or there is nothing (`NONE`).
pub(super) fn asserted(text: &str) -> Option<&str> {
    let text = text.trim();
    (!matches!(text, "" | "NOASSERTION" | "NONE")).then_some(text)
}

seeds!(CreationInfo);

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
        Some(text) if is_read(text.as_str(), draft.format) => {
            text.as_str().clone_into(&mut draft.spec_version);
        }
        Some(text) => {
            let (what, next) = unread_version(text.as_str(), draft.format);
            draft.refuse("spec_version_unknown", "spdxVersion", what, next);
        }
        None => draft.refuse(
            "spdx_version_missing",
            "",
            "The document does not state its version of SPDX (`spdxVersion`).",
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
                        creator(draft, text.as_str())
                    }))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some(time) = created.value() {
            created_at(draft, time.as_str());
        }
        Ok(())
    }
}

/// A creator: a tool, a person or an organisation.
fn creator(draft: &mut Draft<'_>, text: &str) -> Result<(), Stop> {
    draft.item("creationInfo.creators")?;
    let text = draft.clean(text, "creationInfo", "creators", false);
    match text.strip_prefix("Tool:") {
        Some(tool) => draft.tools.push(tool.trim().to_owned()),
        None => draft.authors.push(text),
    }
    Ok(())
}

/// When the document was made.
pub(super) fn created_at(draft: &mut Draft<'_>, time: &str) {
    if Instant::from_str(time).is_err() {
        draft.warn(
            "time_unreadable",
            "creationInfo.created",
            format!("{} is not a point in time such as 2026-11-23T14:05:00Z.", quoted(time)),
            "The document's age is unknown.",
        );
    }
    draft.created = Some(draft.clean(time, "creationInfo", "created", false));
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
        known(draft, list, index, element.id.map(|id| id.0))
    })
}

/// A file or snippet, which relations may name.
fn known<'de>(
    draft: &mut Draft<'de>,
    list: &'static str,
    index: usize,
    id: Option<Cow<'de, str>>,
) -> Result<(), Stop> {
    let Some(id) = id else {
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
}
