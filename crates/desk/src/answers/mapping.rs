//! Identities that the maker says mean one product.

use super::{Page, VersionRef};
use aftercare_vocab::{id::MappingId, instant::Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// The mappings of the programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingSheet {
    /// Those that hold, and then those that were withdrawn; each the newest first.
    pub page: Page<MappingRow>,
    /// How many hold.
    pub in_force: u64,
    /// How many products the curated table of this release knows, on top of which they stand.
    pub curated: u64,
    /// The matching engine with the mappings that hold; an SBOM that was matched by another one waits.
    pub engine: String,
}

/// A mapping with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingRow {
    /// The mapping.
    #[schema(value_type = String)]
    pub id: MappingId,
    /// How often something was said of it; what a change is compared with.
    pub entity_version: u64,
    /// Whether it holds.
    pub is_in_force: bool,
    /// What the product is called in explanations.
    pub product: String,
    /// The identities that mean it, as canonical keys without versions.
    pub identities: Vec<String>,
    /// What was said of it, the newest first.
    pub history: Vec<MappingStep>,
}

/// Something that was said of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingStep {
    /// `stated` or `withdrawn`.
    pub what: String,
    /// The product's name as it was said then; none where it was withdrawn.
    pub product: Option<String>,
    /// The identities as they were said then; none where it was withdrawn.
    pub identities: Vec<String>,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// The ledger entry.
    pub entry: u64,
}

/// What a mapping would change; nothing is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingTrial {
    /// What the product would be called.
    pub product: String,
    /// The identities as canonical keys, as they would be kept.
    pub identities: Vec<String>,
    /// Product versions whose SBOMs were looked at.
    pub versions: u64,
    /// Product versions that were not, as there are too many.
    pub versions_left_out: u64,
    /// Components that the mapping speaks of, the most changed first; not more than the limit.
    pub components: Vec<MappingEffect>,
    /// Components that it speaks of beyond those listed.
    pub components_left_out: u64,
}

/// What a mapping would change about one component of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingEffect {
    /// The product version.
    pub version: VersionRef,
    /// The component, `name version`.
    pub component: String,
    /// Where it stands in the SBOM.
    pub place: String,
    /// Why it is not covered now; none = it is covered.
    pub not_covered_before: Option<String>,
    /// Why it would not be covered.
    pub not_covered_after: Option<String>,
    /// Vulnerabilities that would be found newly, with the answer: `CVE-2026-0001: affected`.
    pub found: Vec<String>,
    /// Vulnerabilities that would not be found any more.
    pub gone: Vec<String>,
    /// Vulnerabilities whose answer would be another: `CVE-2026-0001: affected, now undetermined`.
    pub changed: Vec<String>,
}
