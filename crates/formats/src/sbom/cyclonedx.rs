//! CycloneDX 1.0 to 1.7 (ECMA-424), in the words of its JSON form; XML is read through the same walk
//! (see [`xml`]). Only what an inventory needs is read: formulation and the like are passed over; what else
//! speaks of parts or of vulnerabilities is told (see [`unread`]).
//!
//! Read leniently: a fault inside one component is a warning, unless the schema makes the document
//! unreadable by it (wrong types, a component without name, a bad serial number).

mod component;
mod graph;
mod unread;
pub(super) mod xml;

use super::{
    document::Shape,
    draft::Draft,
    lines::Spot,
    text::{Once, Stop, Text, each, first_time, once, seeds},
};
use aftercare_vocab::{
    instant::Instant,
    inventory::{Format, Inventory},
    problem::{Problem, Read, quoted},
};
pub(super) use component::is_type;
use component::{Component, Components, PRODUCT};
use graph::{Dependencies, Services};
use serde::{
    Deserialize,
    de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt, str::FromStr};
use unread::{Compositions, Statements};

/// The versions of the specification. The first two have no JSON form.
const VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// Whether the version is read in this format.
pub(super) fn is_read(version: &str, format: Format) -> bool {
    VERSIONS.contains(&version)
        && (format == Format::CyclonedxXml || !matches!(version, "1.0" | "1.1"))
}

/// CycloneDX.
#[derive(Debug)]
pub(super) struct Cyclonedx;

impl Shape for Cyclonedx {
    fn walk<'de, D: Deserializer<'de>>(draft: &mut Draft<'de>, from: D) -> Result<(), D::Error> {
        from.deserialize_map(Document(draft))
    }

    fn finish(draft: Draft<'_>) -> Result<Read<Inventory>, Vec<Problem>> {
        draft.finish(|arrow, depending| match (depending, arrow.part) {
            (false, Some(part)) => format!("dependencies[{}].dependsOn[{part}]", arrow.entry),
            _ => format!("dependencies[{}].ref", arrow.entry),
        })
    }
}

seeds!(Metadata, Tools);

// The document

struct Document<'d, 'de>(&'d mut Draft<'de>);

impl<'de> Visitor<'de> for Document<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CycloneDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let draft = self.0;
        let beginning = draft.here();
        let (mut format, mut spec, mut serial, mut version) =
            (Once::default(), Once::default(), Once::default(), Once::default());
        let (mut metadata, mut components, mut services, mut dependencies) =
            (false, false, false, false);
        let mut compositions = false;
        let (mut about, mut statements) = (About::default(), Statements::default());
        let (mut vulnerabilities, mut services_met) = (false, 0);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "bomFormat" => once(&mut format, "bomFormat", &mut map)?,
                "specVersion" => once(&mut spec, "specVersion", &mut map)?,
                "serialNumber" => once(&mut serial, "serialNumber", &mut map)?,
                "version" => once(&mut version, "version", &mut map)?,
                "metadata" => {
                    first_time(&mut metadata, "metadata")?;
                    map.next_value_seed(Metadata { draft, about: &mut about })?;
                }
                "components" => {
                    first_time(&mut components, "components")?;
                    map.next_value_seed(Components {
                        draft,
                        place: "components",
                        nesting: 0,
                        inside: None,
                    })?;
                }
                "services" => {
                    first_time(&mut services, "services")?;
                    map.next_value_seed(Services { draft, count: &mut services_met })?;
                }
                "dependencies" => {
                    first_time(&mut dependencies, "dependencies")?;
                    map.next_value_seed(Dependencies(draft))?;
                }
                "compositions" => {
                    first_time(&mut compositions, "compositions")?;
                    map.next_value_seed(Compositions(draft))?;
                }
                "vulnerabilities" => {
                    first_time(&mut vulnerabilities, "vulnerabilities")?;
                    map.next_value_seed(each("a list of vulnerabilities", |index, stated| {
                        statements.take(index, &stated);
                        Ok(())
                    }))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        draft.stand(beginning);
        let spec = spec.value();
        identity(draft, format.value(), spec.as_ref(), serial.value());
        document_version(draft, version.value(), spec.as_ref().map_or("", Text::as_str));
        about.complete_root(draft);
        statements.tell(draft);
        unread::tell_services(draft, services_met);
        if vulnerabilities && draft.has_product_only() {
            draft.warn(
                "components_missing",
                "components",
                "The document states vulnerabilities and lists no component besides the product.",
                "It seems to be a VEX: send the SBOM that lists the product's components, too.",
            );
        }
        if draft.root.is_none() && draft.has_components() {
            draft.warn(
                "root_missing",
                "metadata.component",
                "The document does not say which product it describes.",
                "Name the product in `metadata.component`.",
            );
        }
        Ok(())
    }
}

/// `bomFormat`, `specVersion` and `serialNumber`.
fn identity<'de>(
    draft: &mut Draft<'de>,
    format: Option<Text<'de>>,
    spec: Option<&Text<'de>>,
    serial: Option<Text<'de>>,
) {
    match format {
        Some(text) if text.as_str() == "CycloneDX" => {}
        Some(text) => draft.refuse(
            "bom_format_wrong",
            "bomFormat",
            format!("{} is not `CycloneDX`.", quoted(text.as_str())),
            "Export the SBOM again as CycloneDX JSON.",
        ),
        None => draft.refuse(
            "bom_format_missing",
            "",
            "The key `bomFormat` is missing, so the document does not say that it is CycloneDX.",
            "Export the SBOM again, or add `\"bomFormat\": \"CycloneDX\"` if that is what it is.",
        ),
    }
    match spec {
        Some(text) if is_read(text.as_str(), draft.format) => {
            text.as_str().clone_into(&mut draft.spec_version);
        }
        Some(text) => {
            let (what, next) = unread_version(text.as_str());
            draft.refuse("spec_version_unknown", "specVersion", what, next);
        }
        None => draft.refuse(
            "spec_version_missing",
            "",
            "The key `specVersion` is missing, so the version of CycloneDX is not known.",
            "Export the SBOM again; versions 1.2 to 1.7 are read.",
        ),
    }
    let Some(serial) = serial else { return };
    match serial_fits(serial.as_str()) {
        Fits::Yes => {}
        Fits::ButForCase => draft.warn(
            "serial_number_upper_case",
            "serialNumber",
            format!(
                "{} has upper-case letters where the format wants lower case.",
                quoted(serial.as_str())
            ),
            "",
        ),
        Fits::No => draft.refuse(
            "serial_number_malformed",
            "serialNumber",
            format!(
                "{} is not of the form urn:uuid:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.",
                quoted(serial.as_str())
            ),
            "Give the document a serial number of that form, or none.",
        ),
    }
    draft.serial = Some(serial.0.into_owned());
}

/// Why a version is not read, and what to do.
pub(super) fn unread_version(version: &str) -> (String, &'static str) {
    match version {
        // only asked about JSON: as XML they are read
        "1.0" | "1.1" => (
            format!("CycloneDX {version} has no JSON form; JSON begins with version 1.2."),
            "Export the SBOM again as CycloneDX JSON 1.2 to 1.7.",
        ),
        _ => (
            format!("CycloneDX version {} is not read; versions 1.2 to 1.7 are.", quoted(version)),
            "Convert the document to CycloneDX 1.6, for example with `cyclonedx convert`.",
        ),
    }
}

enum Fits {
    Yes,
    ButForCase,
    No,
}

/// The schema's pattern of `serialNumber`.
fn serial_fits(serial: &str) -> Fits {
    let Some(uuid) = serial.strip_prefix("urn:uuid:") else { return Fits::No };
    let shaped = uuid.len() == 36
        && uuid.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        });
    match (shaped, uuid.bytes().any(|b| b.is_ascii_uppercase())) {
        (true, false) => Fits::Yes,
        (true, true) => Fits::ButForCase,
        (false, _) => Fits::No,
    }
}

/// A serial number as the schema wants it; `None` for what is none.
pub(super) fn canonical_serial(serial: &str) -> Option<String> {
    (!matches!(serial_fits(serial), Fits::No)).then(|| serial.to_ascii_lowercase())
}

/// The document's own `version`: at least 1, required up to 1.4.
fn document_version(draft: &mut Draft<'_>, version: Option<i64>, spec: &str) {
    match version {
        Some(number) if number < 1 => draft.refuse(
            "document_version_below_one",
            "version",
            format!("The document's version is {number}, but versions count from 1."),
            "Give the document the version 1 or higher.",
        ),
        // in XML it may be left out
        None if draft.format == Format::CyclonedxJson && matches!(spec, "1.2" | "1.3" | "1.4") => {
            draft.warn(
                "document_version_missing",
                "",
                format!(
                    "The key `version` is missing, which CycloneDX {spec} requires; 1 is assumed."
                ),
                "",
            );
        }
        _ => {}
    }
}

// Metadata

/// What the metadata says about the product; it completes the root component.
#[derive(Debug, Default)]
struct About {
    supplier: Option<String>,
    manufacturer: Option<String>,
}

impl About {
    fn complete_root(self, draft: &mut Draft<'_>) {
        let About { supplier, manufacturer } = self;
        if let Some(root) = draft.root_component() {
            if root.supplier.is_none() {
                root.supplier = supplier.or(manufacturer);
            }
            let name = root.name.clone();
            draft.name = Some(name);
        }
    }
}

#[derive(Deserialize)]
struct Party<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    email: Option<Text<'a>>,
}

impl<'a> Party<'a> {
    fn shown(self) -> Option<Cow<'a, str>> {
        [self.name, self.email]
            .into_iter()
            .flatten()
            .map(|text| text.0)
            .find(|text| !text.is_empty())
    }
}

struct Metadata<'m, 'de> {
    draft: &'m mut Draft<'de>,
    about: &'m mut About,
}

impl<'de> Visitor<'de> for Metadata<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with metadata")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Metadata { draft, about } = self;
        let beginning = draft.here();
        let (mut time, mut supplier, mut made_by, mut made_before) =
            (Once::default(), Once::default(), Once::default(), Once::default());
        let (mut component, mut authors, mut tools) = (false, false, false);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "timestamp" => once::<Text<'_>, _>(&mut time, "timestamp", &mut map)?,
                "supplier" => once(&mut supplier, "supplier", &mut map)?,
                "manufacturer" => once(&mut made_by, "manufacturer", &mut map)?,
                "manufacture" => once(&mut made_before, "manufacture", &mut map)?,
                "component" => {
                    first_time(&mut component, "component")?;
                    let root = map.next_value_seed(Component {
                        draft: &mut *draft,
                        place: PRODUCT.to_owned(),
                        nesting: 0,
                        inside: None,
                    })?;
                    draft.root = root;
                }
                "authors" => {
                    first_time(&mut authors, "authors")?;
                    map.next_value_seed(each("a list of authors", |_, party: Party<'_>| {
                        author(draft, party)
                    }))?;
                }
                "tools" => {
                    first_time(&mut tools, "tools")?;
                    map.next_value_seed(Tools(draft))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        draft.stand(beginning);
        if let Some(time) = time.value() {
            if Instant::from_str(time.as_str()).is_err() {
                draft.warn(
                    "time_unreadable",
                    "metadata.timestamp",
                    format!(
                        "{} is not a point in time such as 2026-11-23T14:05:00Z.",
                        quoted(time.as_str())
                    ),
                    "The document's age is unknown.",
                );
            }
            draft.created = Some(draft.clean(time.as_str(), "metadata", "timestamp", false));
        }
        let mut shown = |party: Once<Party<'de>>, field| {
            party
                .value()
                .and_then(Party::shown)
                .map(|name| draft.clean(&name, "metadata", field, false))
        };
        about.supplier = shown(supplier, "supplier");
        about.manufacturer = shown(made_before, "manufacture");
        // from 1.6 on this is the organisation that made the document
        if let Some(name) = shown(made_by, "manufacturer") {
            draft.authors.push(name);
        }
        draft.stand(Spot::Here);
        Ok(())
    }
}

fn author(draft: &mut Draft<'_>, party: Party<'_>) -> Result<(), Stop> {
    if let Some(name) = party.shown() {
        draft.item("metadata.authors")?;
        let name = draft.clean(&name, "metadata", "authors", false);
        draft.authors.push(name);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Tool<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    version: Option<Text<'a>>,
}

fn tool(draft: &mut Draft<'_>, tool: Tool<'_>) -> Result<(), Stop> {
    let words: Vec<Cow<'_, str>> = [tool.name, tool.version]
        .into_iter()
        .flatten()
        .map(|text| text.0)
        .filter(|t| !t.is_empty())
        .collect();
    if !words.is_empty() {
        draft.item("metadata.tools")?;
        let shown = draft.clean(&words.join(" "), "metadata", "tools", false);
        draft.tools.push(shown);
    }
    Ok(())
}

/// A list of tools (up to 1.4, later deprecated), or an object with components and services.
struct Tools<'d, 'de>(&'d mut Draft<'de>);

impl<'de> Visitor<'de> for Tools<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of tools, or an object with components and services")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element::<Tool<'de>>()? {
            tool(self.0, entry).map_err(de::Error::custom)?;
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let draft = self.0;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if matches!(key.as_str(), "components" | "services") {
                map.next_value_seed(each("a list of tools", |_, entry: Tool<'_>| {
                    tool(draft, entry)
                }))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
