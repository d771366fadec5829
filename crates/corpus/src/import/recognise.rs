//! Recognising: what a document is follows from its content, never from its name.

use aftercare_formats::feed::Source;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

/// The top-level keys that tell documents apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Probe<'a> {
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    pub(super) modified: Option<IgnoredAny>,
    pub(super) source_identifier: Option<IgnoredAny>,
    pub(super) cve_metadata: Option<IgnoredAny>,
    #[serde(borrow)]
    pub(super) vulnerabilities: Option<&'a RawValue>,
    pub(super) catalog_version: Option<IgnoredAny>,
    pub(super) results_per_page: Option<IgnoredAny>,
    pub(super) timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) cve: Option<&'a RawValue>,
    pub(super) products: Option<&'a RawValue>,
    pub(super) match_strings: Option<&'a RawValue>,
    pub(super) sources: Option<&'a RawValue>,
    pub(super) cve_changes: Option<&'a RawValue>,
    #[serde(rename = "CVE_Items")]
    pub(super) cve_items: Option<IgnoredAny>,
    pub(super) bom_format: Option<IgnoredAny>,
    pub(super) spdx_version: Option<IgnoredAny>,
    #[serde(borrow)]
    pub(super) document: Option<&'a RawValue>,
    #[serde(rename = "@context", borrow)]
    pub(super) context: Option<&'a RawValue>,
    pub(super) statements: Option<IgnoredAny>,
    pub(super) feed: Option<IgnoredAny>,
    pub(super) canonical_url: Option<IgnoredAny>,
    #[serde(rename = "$schema")]
    pub(super) schema: Option<IgnoredAny>,
}

impl Probe<'_> {
    /// Which supplier's document it is, if it is one.
    pub(super) fn supplier(&self) -> Option<Source> {
        #[derive(Deserialize)]
        struct Meta {
            csaf_version: Option<IgnoredAny>,
        }
        #[derive(Deserialize)]
        struct Vulnerability {
            analysis: Option<IgnoredAny>,
        }
        if let Some(document) = self.document {
            let meta = serde_json::from_str::<Meta>(document.get()).ok()?;
            return meta.csaf_version.map(|_| Source::Csaf);
        }
        if let (Some(context), Some(_)) = (self.context, &self.statements) {
            return context.get().contains("openvex").then_some(Source::Openvex);
        }
        let listed = self.vulnerabilities.filter(|_| self.bom_format.is_some())?;
        let listed: Vec<Vulnerability> = serde_json::from_str(listed.get()).ok()?;
        let is_vex = listed.iter().any(|one| one.analysis.is_some());
        is_vex.then_some(Source::Cyclonedx)
    }
}

/// Why a JSON object is not used.
pub(super) fn other_kind(probe: &Probe<'_>) -> &'static str {
    if probe.bom_format.is_some() {
        "CycloneDX SBOM: not vulnerability knowledge"
    } else if probe.spdx_version.is_some() {
        "SPDX SBOM: not vulnerability knowledge"
    } else if probe.document.is_some() {
        "JSON with a document that is not CSAF 2: not a known feed"
    } else if probe.feed.is_some() {
        "feed or directory of advisories (ROLIE): the documents themselves are read"
    } else if probe.canonical_url.is_some() {
        "metadata of a provider of advisories: the documents themselves are read"
    } else if probe.cve_items.is_some() {
        "NVD feed 1.1, retired by its publisher: import the 2.0 feed"
    } else if probe.context.is_some() {
        "JSON-LD document (SPDX 3 or other): not vulnerability knowledge"
    } else if probe.schema.is_some() {
        "JSON schema or configuration: not vulnerability knowledge"
    } else {
        "JSON of unknown kind: not a known feed"
    }
}

/// What a text is that is neither JSON nor a table of scores.
pub(super) fn other_text(start: &str) -> &'static str {
    match start.as_bytes().first() {
        Some(b'[') => "JSON list: not a known feed",
        Some(b'<') => "XML document: not a known feed",
        _ if start.starts_with("-----BEGIN PGP SIGNATURE-----") => {
            "OpenPGP signature beside a document: not checked"
        }
        _ if is_checksum(start) => "checksum beside a document: not compared",
        _ if is_list_of_documents(start) => {
            "list of documents (index, changes): the documents themselves are read"
        }
        _ => "text or table of unknown kind: not a known feed",
    }
}

/// One line that begins with a digest in hexadecimal, as publishers lay beside a document.
fn is_checksum(text: &str) -> bool {
    let digest = text.split_whitespace().next().unwrap_or_default();
    let is_digest = matches!(digest.len(), 64 | 96 | 128);
    text.lines().count() == 1 && is_digest && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Paths of JSON documents, one a line, with or without their times (CSAF 2.0, 7.1.12 and 7.1.13).
fn is_list_of_documents(text: &str) -> bool {
    text.lines().filter(|line| !line.trim().is_empty()).all(|line| {
        let path = line.split(',').next().unwrap_or_default();
        let path = std::path::Path::new(path.trim().trim_matches('"'));
        path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
    })
}

/// A document that begins like a feed but cannot be read must not be passed over.
pub(super) fn looks_like_feed(start: &str) -> bool {
    let head: String = start.chars().take(400).collect();
    [
        "\"NVD_CVE\"",
        "\"catalogVersion\"",
        "\"CVE_RECORD\"",
        "\"cveMetadata\"",
        "\"csaf_version\"",
        "openvex.dev/ns",
    ]
    .iter()
    .any(|mark| head.contains(mark))
}

/// Whether the first line is JSON by itself.
pub(super) fn one_line_is_json(text: &str) -> bool {
    text.lines().next().is_some_and(|line| serde_json::from_str::<IgnoredAny>(line).is_ok())
}
