//! An inventory as a new SPDX 2.3 JSON document.

#![allow(clippy::struct_field_names, reason = "the format's own words")]

use super::{
    super::own::{self, Own},
    Target, Tool, Writing, Written,
    licence::{ExtractedLicence, Licences},
    loss::{Fact, Losses},
    shape::{self, Full},
};
use aftercare_vocab::{
    digest::Digest,
    instant::Instant,
    inventory::{Component, DependencyKind, Format, Inventory, Scope},
};
use serde::Serialize;
use std::borrow::Cow;

pub(super) const VERSION: &str = "SPDX-2.3";
const DOCUMENT: &str = "SPDXRef-DOCUMENT";
pub(super) const UNKNOWN: &str = "NOASSERTION";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(rename = "SPDXID")]
    id: &'static str,
    spdx_version: &'static str,
    data_license: &'static str,
    name: &'a str,
    document_namespace: Cow<'a, str>,
    creation_info: CreationInfo<'a>,
    packages: Vec<Package<'a>>,
    relationships: Vec<Relationship<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    has_extracted_licensing_infos: Vec<ExtractedLicence<'a>>,
}

#[derive(Serialize)]
struct CreationInfo<'a> {
    created: Cow<'a, str>,
    creators: Vec<Cow<'a, str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    #[serde(rename = "SPDXID")]
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<&'a str>,
    supplier: Cow<'static, str>,
    download_location: &'static str,
    files_analyzed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<Checksum<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_concluded: Option<Cow<'a, str>>,
    license_declared: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_package_purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_refs: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Annotation>,
}

#[derive(Serialize)]
struct Checksum<'a> {
    algorithm: &'static str,
    #[serde(rename = "checksumValue")]
    value: &'a str,
}

#[derive(Serialize)]
struct Reference<'a> {
    #[serde(rename = "referenceCategory")]
    category: &'static str,
    #[serde(rename = "referenceType")]
    kind: &'a str,
    #[serde(rename = "referenceLocator")]
    locator: Cow<'a, str>,
}

/// What a tool notes about a package.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Annotation {
    annotation_date: String,
    annotation_type: &'static str,
    annotator: String,
    comment: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Relationship<'a> {
    spdx_element_id: &'a str,
    relationship_type: &'static str,
    related_spdx_element: &'a str,
}

pub(super) fn write(inventory: &Inventory, writing: &Writing<'_>) -> Written {
    let mut losses = Losses::default();
    let components = shape::full(inventory, writing);
    let (references, changed) = shape::references(
        &inventory.components,
        |text| is_element_id(text) && text != DOCUMENT,
        |index, attempt| match attempt {
            0 => format!("SPDXRef-Package-{}", index + 1),
            attempt => format!("SPDXRef-Package-{}-{attempt}", index + 1),
        },
    );
    for component in changed.iter().filter_map(|index| inventory.components.get(*index)) {
        if !component.reference.is_empty() {
            losses.tell(Fact::Reference, &component.place, &component.reference);
        }
    }
    let created = created(inventory, writing, &mut losses);
    let mut pen = Pen {
        format: inventory.format,
        notes: Notes::of(writing.tool, &created),
        licences: Licences::default(),
    };
    let packages: Vec<Package<'_>> = components
        .iter()
        .zip(&references)
        .map(|(full, id)| pen.package(full, id, &mut losses))
        .collect();
    let product = inventory.root.and_then(|root| inventory.components.get(root as usize));
    let name = inventory.name.as_deref().or(product.map(|product| product.name.as_str()));
    let document = Document {
        id: DOCUMENT,
        spdx_version: VERSION,
        data_license: "CC0-1.0",
        name: name.filter(|name| !name.is_empty()).unwrap_or("unnamed"),
        document_namespace: namespace(inventory, &packages, &mut losses),
        creation_info: CreationInfo {
            created: created.into(),
            creators: creators(inventory, writing.tool, &mut losses),
        },
        relationships: relationships(inventory, &references),
        packages,
        has_extracted_licensing_infos: pen.licences.extracted(),
    };
    // structs of texts and numbers: writing them into memory cannot fail
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    Written { text, problems: losses.into_problems(Target::Spdx23) }
}

/// `SPDXRef-` and letters, digits, `.` and `-` (SPDX 2.3, clause 7.2).
fn is_element_id(text: &str) -> bool {
    text.strip_prefix("SPDXRef-").is_some_and(|rest| {
        !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
    })
}

/// An instant as SPDX wants it: UTC, whole seconds (clause 6.9).
pub(super) fn instant(at: Instant) -> String {
    const SECOND: i64 = 1_000_000;
    Instant::from_micros(at.micros().div_euclid(SECOND) * SECOND).to_string()
}

fn created(inventory: &Inventory, writing: &Writing<'_>, losses: &mut Losses) -> String {
    let Some(text) = inventory.created.as_deref() else { return instant(writing.at) };
    if let Ok(at) = text.parse::<Instant>() {
        let whole = instant(at);
        if whole.parse() != Ok(at) {
            losses.tell(Fact::SecondsOnly, "", text);
        }
        whole
    } else {
        losses.tell(Fact::Created, "", text);
        instant(writing.at)
    }
}

fn creators<'a>(
    inventory: &'a Inventory,
    tool: Tool<'_>,
    losses: &mut Losses,
) -> Vec<Cow<'a, str>> {
    let mut creators: Vec<Cow<'a, str>> = Vec::new();
    for author in &inventory.authors {
        if author.starts_with("Person: ") || author.starts_with("Organization: ") {
            creators.push(author.into());
        } else {
            losses.tell(Fact::AuthorRole, "", author);
            creators.push(format!("Organization: {author}").into());
        }
    }
    creators.extend(inventory.tools.iter().map(|tool| format!("Tool: {tool}").into()));
    let own = self::tool(tool);
    if !creators.iter().any(|creator| *creator == own) {
        creators.push(own.into());
    }
    creators
}

/// A tool as a creator: `Tool: aftercare-0.1.0`.
pub(super) fn tool(tool: Tool<'_>) -> String {
    format!("Tool: {}-{}", tool.name, tool.version)
}

/// The serial number, which is a URI in both families; without one, a name made of the content.
fn namespace<'a>(
    inventory: &'a Inventory,
    packages: &[Package<'_>],
    losses: &mut Losses,
) -> Cow<'a, str> {
    match inventory.serial.as_deref() {
        Some(serial) if is_uri(serial) => return serial.into(),
        Some(serial) => losses.tell(Fact::Serial, "", serial),
        None => {}
    }
    let bytes = serde_json::to_vec(packages).unwrap_or_default();
    let hex = Digest::of(&bytes).hex();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    // a UUID of version 8 (RFC 9562, section 5.8) out of the digest
    let (a, b, c) = (part(0, 8), part(8, 12), part(13, 16));
    format!("urn:uuid:{a}-{b}-8{c}-8{}-{}", part(17, 20), part(20, 32)).into()
}

fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

fn relationships<'a>(
    inventory: &Inventory,
    references: &'a [Cow<'a, str>],
) -> Vec<Relationship<'a>> {
    let relation = |from: &'a str, kind, to: &'a str| Relationship {
        spdx_element_id: from,
        relationship_type: kind,
        related_spdx_element: to,
    };
    let id = |index: u32| references.get(index as usize).map_or(UNKNOWN, AsRef::as_ref);
    let mut all = Vec::with_capacity(inventory.dependencies.len() + 1);
    if let Some(root) = inventory.root {
        all.push(relation(DOCUMENT, "DESCRIBES", id(root)));
    }
    for arrow in &inventory.dependencies {
        let (from, to) = (id(arrow.from), id(arrow.to));
        all.push(match arrow.kind {
            DependencyKind::DependsOn => relation(from, "DEPENDS_ON", to),
            DependencyKind::Contains => relation(from, "CONTAINS", to),
            DependencyKind::BuildOnly => relation(to, "BUILD_DEPENDENCY_OF", from),
            DependencyKind::Optional => relation(to, "OPTIONAL_DEPENDENCY_OF", from),
        });
    }
    if inventory.graph_has_holes {
        // something that is not known is missing (clause 11.1, NOASSERTION)
        let from = inventory.root.map_or(DOCUMENT, id);
        all.push(relation(from, "DEPENDS_ON", UNKNOWN));
    }
    all
}

/// Who notes something, and when: SPDX wants both of each annotation.
#[derive(Debug)]
pub(super) struct Notes {
    annotator: String,
    date: String,
}

impl Notes {
    pub(super) fn of(tool: Tool<'_>, date: &str) -> Self {
        Self { annotator: self::tool(tool), date: date.to_owned() }
    }

    pub(super) fn comment(&self, comment: String) -> Annotation {
        Annotation {
            annotation_date: self.date.clone(),
            annotation_type: "OTHER",
            annotator: self.annotator.clone(),
            comment,
        }
    }

    pub(super) fn own(&self, own: Own, value: &str) -> Annotation {
        self.comment(format!("{}={value}", own.name()))
    }

    /// By which evidence a component was found.
    pub(super) fn found(&self, found: &super::Found) -> Annotation {
        let (technique, certainty) = (found.technique.name(), found.certainty.min(100));
        self.comment(format!("Found by {technique}, {certainty} % sure: {}", found.what))
    }
}

/// What is at hand while packages are written.
struct Pen {
    format: Format,
    notes: Notes,
    licences: Licences,
}

impl Pen {
    fn package<'a>(&mut self, full: &Full<'a>, id: &'a str, losses: &mut Losses) -> Package<'a> {
        let component = full.component;
        let mut annotations = Vec::new();
        let mut own = |fact: Own, value: &str| annotations.push(self.notes.own(fact, value));
        let purpose = component.kind.as_deref().map(|kind| {
            if crate::sbom::spdx::is_purpose(kind) {
                kind.to_uppercase().replace('-', "_")
            } else {
                own(Own::Kind, kind);
                "OTHER".to_owned()
            }
        });
        if let Some(group) = &component.group {
            own(Own::Group, group);
        }
        if let Some(range) = &component.version_range {
            own(Own::VersionRange, range);
        }
        match component.scope {
            Scope::Required => {}
            Scope::Optional => own(Own::Scope, "optional"),
            Scope::Excluded => own(Own::Scope, "excluded"),
        }
        for patch in &component.patched {
            own(Own::Patched, &own::of_patch(patch));
        }
        if let Some(source) = full.source_package_beside_purls() {
            own(Own::SourcePackage, source);
        }
        if let Some(level) = full.support_level() {
            own(Own::SupportLevel, level);
        }
        let valid_until = full.end_of_support().and_then(|text| {
            let until = valid_until(text);
            if until.as_deref() != Some(text) {
                own(Own::EndOfSupport, text);
            }
            until
        });
        let (concluded, declared, is_whole) = self.licences.of(component, self.format);
        if !is_whole {
            for text in &component.licences {
                own(Own::Licence, text);
            }
        }
        annotations.extend(full.found().iter().map(|found| self.notes.found(found)));
        Package {
            id,
            name: &component.name,
            version_info: component.version.as_deref(),
            supplier: full.supplier().map_or(UNKNOWN.into(), |name| supplier(name).into()),
            download_location: UNKNOWN,
            files_analyzed: false,
            checksums: checksums(component, losses),
            license_concluded: concluded,
            license_declared: declared,
            primary_package_purpose: purpose,
            valid_until_date: valid_until,
            external_refs: external_references(component, losses),
            annotations,
        }
    }
}

/// A supplier in SPDX's words.
pub(super) fn supplier(name: &str) -> String {
    format!("Organization: {name}")
}

/// The instant until which a support that ends on this day, or at this instant, lasts.
pub(super) fn valid_until(text: &str) -> Option<String> {
    if shape::is_date(text) {
        return Some(format!("{text}T23:59:59Z"));
    }
    text.parse().ok().map(instant)
}

fn checksums<'a>(component: &'a Component, losses: &mut Losses) -> Vec<Checksum<'a>> {
    let checksum = |(algorithm, value): &'a (String, String)| {
        let written = match algorithm.as_str() {
            "md2" => "MD2",
            "md4" => "MD4",
            "md5" => "MD5",
            "md6" => "MD6",
            "sha1" => "SHA1",
            "sha224" => "SHA224",
            "sha256" => "SHA256",
            "sha384" => "SHA384",
            "sha512" => "SHA512",
            "sha3256" => "SHA3-256",
            "sha3384" => "SHA3-384",
            "sha3512" => "SHA3-512",
            "blake2b256" => "BLAKE2b-256",
            "blake2b384" => "BLAKE2b-384",
            "blake2b512" => "BLAKE2b-512",
            "blake3" => "BLAKE3",
            "adler32" => "ADLER32",
            _ => {
                losses.tell(Fact::Hash, &component.place, algorithm);
                return None;
            }
        };
        Some(Checksum { algorithm: written, value })
    };
    component.hashes.iter().filter_map(checksum).collect()
}

fn external_references<'a>(component: &'a Component, losses: &mut Losses) -> Vec<Reference<'a>> {
    let reference = |category, kind: &'a str, locator| Reference { category, kind, locator };
    let mut all = Vec::new();
    for cpe in &component.cpes {
        all.push(reference("SECURITY", "cpe23Type", cpe.to_string().into()));
    }
    for purl in &component.purls {
        all.push(reference("PACKAGE-MANAGER", "purl", purl.to_string().into()));
    }
    for (kind, text) in &component.other_identities {
        let (category, kind) = match kind.as_str() {
            "purl" => ("PACKAGE-MANAGER", "purl"),
            "cpe" => ("SECURITY", "cpe23Type"),
            "swid" => ("SECURITY", "swid"),
            "swhid" => ("PERSISTENT-ID", "swh"),
            "gitoid" | "omniborid" => ("PERSISTENT-ID", "gitoid"),
            kind @ ("maven-central" | "npm" | "nuget" | "bower") => ("PACKAGE-MANAGER", kind),
            kind => {
                let fact = if kind.starts_with("hash:") { Fact::Hash } else { Fact::Identity };
                losses.tell(fact, &component.place, &format!("{kind} {text}"));
                continue;
            }
        };
        all.push(reference(category, kind, text.into()));
    }
    all
}
