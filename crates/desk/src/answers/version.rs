//! One product version: its identity, SBOMs, findings, components and units.

use super::{ConsigneeRef, EndOfSupport, FindingCounts, ProductRef, SbomState, VersionRef};
use aftercare_vocab::{
    digest::Digest,
    id::{SiteId, VersionId},
    instant::Instant,
    verdict::{Answer, Confidence},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A product version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VersionSheet {
    /// The version's identifier.
    #[schema(value_type = String)]
    pub id: VersionId,
    /// How many ledger entries there are about it: what a change of it names as seen (`If-Match`).
    pub entity_version: u64,
    /// The product it is a version of.
    pub product: ProductRef,
    /// The version as the manufacturer writes it.
    pub version: String,
    /// The device identifier (UDI-DI), if recorded.
    pub udi_di: Option<String>,
    /// The version it replaces, if recorded.
    pub predecessor: Option<VersionRef>,
    /// Release date, if recorded.
    pub released_on: Option<String>,
    /// End-of-life date (no longer sold), if recorded.
    pub end_of_life: Option<String>,
    /// How long updates are promised.
    pub end_of_support: EndOfSupport,
    /// Support has ended and units still run it.
    pub unsupported_but_fielded: bool,
    /// The SBOMs attached, the current one first.
    pub sboms: Vec<AttachedSbom>,
    /// What the current SBOM tells.
    pub sbom: SbomState,
    /// Where its units are.
    pub units: UnitSummary,
}

/// An SBOM attached to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttachedSbom {
    /// SHA-256 of the bytes as received.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// Whether findings rest on this one.
    pub current: bool,
    /// Format: `CycloneDX JSON`.
    pub format: String,
    /// Specification version as written: `1.6`.
    pub spec_version: String,
    /// Tools that made it, as written; empty when it names none.
    pub tools: Vec<String>,
    /// Creation time as written, if any.
    pub created: Option<String>,
    /// File name as sent, if any.
    pub file_name: Option<String>,
    /// Size in bytes.
    pub bytes: u64,
    /// How many components it lists.
    pub components: u64,
    /// When it was received.
    #[schema(value_type = String)]
    pub received_at: Instant,
    /// Who sent it.
    pub received_by: String,
    /// What was not readable in it; the first ones.
    pub warnings: Vec<Warning>,
    /// How many warnings there are in all.
    pub warnings_total: u64,
}

/// Something in a received document that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Warning {
    /// Stable code: `purl_unreadable`.
    pub code: String,
    /// Where: `components[41].purl`. Empty when the whole document is meant.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do next; empty where nothing needs doing.
    pub next: String,
}

impl From<aftercare_vocab::problem::Problem> for Warning {
    fn from(problem: aftercare_vocab::problem::Problem) -> Self {
        Self {
            code: problem.code.to_owned(),
            place: problem.place,
            what: problem.what,
            next: problem.next,
        }
    }
}

/// How many units run a version, and how well that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitSummary {
    /// Units known to run this version.
    pub on_version: u64,
    /// Of those, units whose site is unknown.
    pub site_unknown: u64,
    /// Sites with at least one of those units.
    pub sites: u64,
    /// Units of the same product whose installed version is unknown: they may run this one too.
    pub of_product_version_unknown: u64,
}

/// The units of a version at one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SiteUnits {
    /// The site.
    #[schema(value_type = String)]
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// Whose site it is; none when not recorded.
    pub consignee: Option<ConsigneeRef>,
    /// Units known to run this version there.
    pub units: u64,
}

/// A component as findings name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComponentRef {
    /// Its position among the components of the SBOM, from 0; used in addresses.
    pub index: u32,
    /// Name as written, with its group where it has one.
    pub name: String,
    /// Version as written; none when the SBOM gives none.
    pub version: Option<String>,
    /// Package URL, else CPE; none when the SBOM gives neither.
    pub identity: Option<String>,
    /// Where it stands in the document: `components[3]`.
    pub place: String,
}

/// A finding in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingRow {
    /// The vulnerability's shown identifier.
    pub vulnerability: String,
    /// Other identifiers of the same flaw.
    pub aliases: Vec<String>,
    /// The component.
    pub component: ComponentRef,
    /// The answer.
    #[schema(value_type = String)]
    pub answer: Answer,
    /// The deciding reason in one line: the range, or what is missing.
    pub because: String,
    /// How sure the deciding reason's identity is; none when there is no reason.
    #[schema(value_type = Option<String>)]
    pub confidence: Option<Confidence>,
    /// Whether the sources disagree.
    pub disagreement: bool,
    /// Highest score in tenths (98 = 9.8); none = not scored.
    pub score_tenths: Option<u8>,
    /// One line that says what it is.
    pub summary: String,
    /// Versions named as repaired.
    pub fixed_in: Vec<String>,
    /// Listed as known exploited since this date.
    pub kev_since: Option<String>,
    /// EPSS probability in hundred-thousandths, if scored.
    pub epss: Option<u32>,
}

/// A component in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComponentRow {
    /// The component.
    pub component: ComponentRef,
    /// Type as written: `library`, `firmware`.
    pub kind: Option<String>,
    /// Supplier as written.
    pub supplier: Option<String>,
    /// Licences as written.
    pub licences: Vec<String>,
    /// Whether it could be looked up, and with what outcome.
    pub coverage: Coverage,
}

/// Whether a component could be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Coverage {
    /// It was looked up; findings by answer.
    Covered {
        /// Findings by answer; all zero means nothing is recorded in this edition.
        findings: FindingCounts,
    },
    /// It could not be looked up at all.
    NotCovered {
        /// Stable code: `no_identity`.
        code: String,
        /// One sentence with the next step.
        why: String,
        /// What was found all the same, where the data are only thin; says nothing about the rest.
        findings: FindingCounts,
    },
    /// Matching was not done yet.
    NotYetMatched,
}

/// What is returned when an SBOM was received and attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SbomReceipt {
    /// The version it is attached to.
    pub version: VersionRef,
    /// SHA-256 of the bytes as received.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// The same bytes were already attached; nothing was changed.
    pub already_attached: bool,
    /// Format: `CycloneDX JSON`.
    pub format: String,
    /// Specification version as written.
    pub spec_version: String,
    /// Size in bytes.
    pub bytes: u64,
    /// How many components it lists.
    pub components: u64,
    /// How many dependency arrows it lists.
    pub dependencies: u64,
    /// What was not readable in it; the first ones.
    pub warnings: Vec<Warning>,
    /// How many warnings there are in all.
    pub warnings_total: u64,
    /// Its state of matching: never `missing`.
    pub sbom: SbomState,
    /// Once it is matched: how many components could not be looked up, by reason, most first.
    #[serde(default)]
    pub not_covered: Vec<GapCount>,
}

/// How many components could not be looked up for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GapCount {
    /// Stable code: `no_identity`, `ecosystem_without_data`, `thin_data`, `product_never_named`.
    pub code: String,
    /// How many components.
    pub components: u64,
}
