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
    /// The patches that the document declares on it, one for each issue that they resolve.
    pub patched: Vec<Patch>,
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

/// A patch that a document declares on a component, for one issue. Inventories kept before the type was
/// read have the issue alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeptPatch")]
pub struct Patch {
    /// Identifier of the issue that it resolves (CVE ids and the like), as written; empty where the
    /// document names none.
    pub resolves: String,
    /// What kind of patch it is.
    pub kind: PatchKind,
    /// Where the document says so, from the component on: `pedigree.patches[0].resolves[1]`.
    pub place: String,
}

/// The kinds of patches: those of CycloneDX (`pedigree.patches[].type`), and what others state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatchKind {
    /// The repair of a newer version, carried back.
    Backport,
    /// Changes picked from other versions or branches.
    CherryPick,
    /// The document says that the issue is repaired in this very component, not by which kind of patch
    /// (Yocto's `fix-file-included`, SPDX 3 `fixedIn`).
    Applied,
    /// Not by the makers of the software.
    Unofficial,
    /// Changes its behaviour at run time.
    Monkey,
    /// Not stated, or a word that the format does not have.
    Unstated,
}

impl PatchKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Backport,
        Self::CherryPick,
        Self::Applied,
        Self::Unofficial,
        Self::Monkey,
        Self::Unstated,
    ];

    /// The code name: `cherry-pick`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Backport => "backport",
            Self::CherryPick => "cherry-pick",
            Self::Applied => "applied",
            Self::Unofficial => "unofficial",
            Self::Monkey => "monkey",
            Self::Unstated => "unstated",
        }
    }

    /// The kind of this code name.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl std::fmt::Display for Patch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let issue = if self.resolves.is_empty() { "no issue named" } else { &self.resolves };
        write!(f, "{issue} ({})", self.kind.code())
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum KeptPatch {
    Issue(String),
    Patch { resolves: String, kind: PatchKind, place: String },
}

impl From<KeptPatch> for Patch {
    fn from(kept: KeptPatch) -> Self {
        match kept {
            KeptPatch::Issue(resolves) => {
                Self { resolves, kind: PatchKind::Unstated, place: "pedigree.patches".to_owned() }
            }
            KeptPatch::Patch { resolves, kind, place } => Self { resolves, kind, place },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_kept_by_its_issue_alone_is_of_no_known_kind() {
        let old: Patch = serde_json::from_str("\"CVE-2024-1\"").expect("read");
        assert_eq!((old.resolves.as_str(), old.kind), ("CVE-2024-1", PatchKind::Unstated));
        let kept = Patch { kind: PatchKind::CherryPick, ..old };
        let text = serde_json::to_string(&kept).expect("written");
        assert!(text.contains("cherry-pick"), "{text}");
        assert_eq!(serde_json::from_str::<Patch>(&text).expect("read"), kept);
        for kind in PatchKind::ALL {
            assert_eq!(PatchKind::of(kind.code()), Some(kind));
        }
    }
}
