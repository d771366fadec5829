//! An inventory: what a software bill of materials says, whatever format it came in.
//!
//! Every identity a component carries is kept as received *and*, where it parses, in normal form.
//! Nothing is dropped: what cannot be understood stays as text, with a warning beside it.

use crate::{cpe::Cpe, purl::Purl};
use serde::{Deserialize, Serialize};

/// The document format an inventory was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// CycloneDX as JSON.
    CyclonedxJson,
    /// CycloneDX as XML.
    CyclonedxXml,
    /// SPDX 2.x as JSON.
    SpdxJson,
    /// SPDX 2.x as tag-value text.
    SpdxTagValue,
    /// SPDX 2.x as YAML.
    SpdxYaml,
    /// SPDX 2.x as RDF/XML.
    SpdxRdf,
    /// SPDX 3.x as JSON-LD.
    Spdx3JsonLd,
    /// A list of software items (SOUP) as delimited text.
    SoupCsv,
    /// A list of software items (SOUP) as a workbook.
    SoupXlsx,
    /// `/var/lib/dpkg/status` of Debian and its kin.
    DpkgStatus,
    /// What `rpm -qa` prints.
    RpmList,
    /// `/lib/apk/db/installed` of Alpine and its kin.
    ApkInstalled,
    /// `/usr/lib/opkg/status` of OpenWrt, older Yocto images and their kin.
    OpkgStatus,
    /// Yocto's `license.manifest`.
    YoctoLicences,
    /// Yocto's manifest of an image: package, architecture, version.
    YoctoImage,
    /// The JSON report of Yocto's `cve-check` and `vex` classes.
    YoctoCveCheck,
    /// `manifest.csv` of Buildroot's `legal-info`.
    BuildrootManifest,
    /// JSON of Buildroot's `show-info`.
    BuildrootInfo,
}

impl Format {
    /// The name people read: `CycloneDX JSON`.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::CyclonedxJson => "CycloneDX JSON",
            Self::CyclonedxXml => "CycloneDX XML",
            Self::SpdxJson => "SPDX JSON",
            Self::SpdxTagValue => "SPDX tag-value",
            Self::SpdxYaml => "SPDX YAML",
            Self::SpdxRdf => "SPDX RDF/XML",
            Self::Spdx3JsonLd => "SPDX 3 JSON-LD",
            Self::SoupCsv => "SOUP list (CSV)",
            Self::SoupXlsx => "SOUP list (XLSX)",
            Self::DpkgStatus => "dpkg package list",
            Self::RpmList => "RPM package list",
            Self::ApkInstalled => "apk package list",
            Self::OpkgStatus => "opkg package list",
            Self::YoctoLicences => "Yocto licence manifest",
            Self::YoctoImage => "Yocto image manifest",
            Self::YoctoCveCheck => "Yocto CVE report",
            Self::BuildrootManifest => "Buildroot licence manifest",
            Self::BuildrootInfo => "Buildroot package information",
        }
    }
}

impl Format {
    /// The name with the version of its specification: `CycloneDX JSON 1.6`. Lists have no version.
    pub fn with_version(self, spec_version: &str) -> String {
        let shown = format!("{} {spec_version}", self.shown());
        shown.trim_end().to_owned()
    }
}

/// The content of one SBOM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The format it was received in.
    pub format: Format,
    /// The specification version as written: `1.6`, `SPDX-2.3`.
    pub spec_version: String,
    /// CycloneDX serial number or SPDX document namespace.
    pub serial: Option<String>,
    /// Document name (SPDX) or root component name.
    pub name: Option<String>,
    /// Creation time as written.
    pub created: Option<String>,
    /// Who made the document, as written (people, organisations).
    pub authors: Vec<String>,
    /// The tools that made it, as written: `syft 1.2.0`.
    pub tools: Vec<String>,
    /// Index of the root component in `components`: the product the document describes.
    pub root: Option<u32>,
    /// All components, nested ones flattened, in document order; the root too.
    pub components: Vec<Component>,
    /// `from` depends on (or contains) `to`, indexes into `components`, in document order, unique.
    pub dependencies: Vec<Dependency>,
    /// The graph has holes: dangling references were met and warned about, or the document says that
    /// dependencies are missing from it (CycloneDX `compositions`, SPDX `DEPENDS_ON NOASSERTION`).
    pub graph_has_holes: bool,
}

/// What a document says of itself and of gaps in it, beside its inventory: needed to judge the document,
/// not to match components.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    /// When in the life of the software it was made (CycloneDX `metadata.lifecycles`): `build`. `None`
    /// where it was not looked for, because the format has no field for it or is not looked into.
    pub contexts: Option<Vec<String>>,
    /// Whether it lists vulnerabilities; `None` as above.
    pub lists_vulnerabilities: Option<bool>,
    /// Reasons given for missing facts about support (`cdx:fda:justification`): place of the component,
    /// and the property that is missing.
    pub justified: Vec<(String, String)>,
}

/// One arrow of the dependency graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dependency {
    /// The component that depends.
    pub from: u32,
    /// The component depended on.
    pub to: u32,
    /// How they are joined.
    pub kind: DependencyKind,
}

/// How two components are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DependencyKind {
    /// Needed at run time, or not said otherwise.
    DependsOn,
    /// Contained in it (nested component, SPDX CONTAINS).
    Contains,
    /// Only for building, development or tests.
    BuildOnly,
    /// Optional dependency.
    Optional,
}

/// A software item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Component {
    /// `bom-ref` or SPDXID as written; empty when the document gives none.
    pub reference: String,
    /// Where it stands in the document: `components[3].components[0]`, `packages[12]`.
    pub place: String,
    /// Type as written, lower case: `library`, `operating-system`, `firmware`, SPDX purpose.
    pub kind: Option<String>,
    /// CycloneDX group (Maven groupId, npm scope).
    pub group: Option<String>,
    /// Name as written.
    pub name: String,
    /// Version as written. `None` when absent, empty or `NOASSERTION`.
    pub version: Option<String>,
    /// CycloneDX 1.7 `versionRange`: several versions are possible, so none is certain.
    pub version_range: Option<String>,
    /// Package URLs that parse, in document order, without repeats.
    pub purls: Vec<Purl>,
    /// CPE names that parse (2.2 URIs turned into 2.3), in document order, without repeats.
    pub cpes: Vec<Cpe>,
    /// Identities that do not parse or have no reader yet, as received: (kind, text).
    pub other_identities: Vec<(String, String)>,
    /// Cryptographic hashes as written: (algorithm in lower case without dashes, hex in lower case).
    pub hashes: Vec<(String, String)>,
    /// Supplier, else manufacturer, else publisher, else originator; `None` when not asserted.
    pub supplier: Option<String>,
    /// Licence expressions or names as written.
    pub licences: Vec<String>,
    /// Whether it is there at run time.
    pub scope: Scope,
    /// The patches its pedigree declares: identifiers of issues resolved (CVE ids and the like).
    pub patched: Vec<String>,
    /// The upstream (source) package where the document names one, as a package URL's
    /// `upstream` qualifier or a tool property: `openssl`, `glibc@2.31-13`.
    pub source_package: Option<String>,
    /// Declared level of support and end of support, as written, if any.
    pub support_level: Option<String>,
    /// End-of-support date as written.
    pub end_of_support: Option<String>,
}

/// Whether a component is there at run time (CycloneDX `scope`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Needed at run time; also when nothing is said.
    #[default]
    Required,
    /// May be absent.
    Optional,
    /// Declared as not reachable at run time (test, build).
    Excluded,
}
