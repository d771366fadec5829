//! How far one vulnerability reaches: versions, components, consignees, sites, units.

use super::{ComponentRef, EditionRef, EndOfSupport, Page, ProductRef, VersionRef};
use aftercare_vocab::{
    digest::Digest,
    id::{ConsigneeId, SiteId},
    instant::Instant,
    verdict::Answer,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The reach of one vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlastRadius {
    /// The vulnerability.
    pub vulnerability: VulnerabilitySheet,
    /// The edition it was read from.
    pub edition: EditionRef,
    /// Sums over everything, whatever page or filter is shown.
    pub totals: Totals,
    /// Products with a version that is affected, undetermined or unknown; those first.
    pub products: Page<ProductReach>,
    /// Consignees with units that are affected, undetermined or unknown; most concerned first.
    pub consignees: Page<ConsigneeReach>,
    /// Units that belong to no recorded consignee.
    pub units_without_consignee: UnitsByAnswer,
}

/// What the edition says about a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VulnerabilitySheet {
    /// The shown identifier: CVE before GHSA before the ecosystem's own.
    pub id: String,
    /// Other identifiers of the same flaw.
    pub aliases: Vec<String>,
    /// One line that says what it is; empty when no source says.
    pub summary: String,
    /// Highest score in tenths (98 = 9.8); none = not scored.
    pub score_tenths: Option<u8>,
    /// The CVSS vector of that score.
    pub vector: Option<String>,
    /// Listed as known exploited since this date.
    pub kev_since: Option<String>,
    /// EPSS probability in hundred-thousandths, if scored.
    pub epss: Option<u32>,
    /// Whether the edition holds the catalogue of known exploited vulnerabilities; without it, nothing is known.
    pub kev_held: bool,
    /// Whether the edition holds EPSS.
    pub epss_held: bool,
    /// EPSS percentile in hundred-thousandths.
    pub epss_percentile: Option<u32>,
    /// Standing of the record with its publishers.
    pub state: RecordState,
    /// The records of this flaw in the edition.
    pub sources: Vec<SourceRecord>,
}

/// Standing of a vulnerability record with its publishers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Published.
    Published,
    /// Every source has withdrawn or rejected it.
    Withdrawn,
    /// Marked as disputed.
    Disputed,
}

/// One source's record of a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceRecord {
    /// The source: `osv`, `cve`, `nvd`, `csaf`, `openvex`, `cyclonedx_vex`.
    pub source: String,
    /// The record's own identifier.
    pub record: String,
    /// SHA-256 of the bytes as received.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// When its publisher last changed it, if it says.
    #[schema(value_type = Option<String>)]
    pub modified_at: Option<Instant>,
    /// The publisher withdrew or rejected this record.
    pub withdrawn: bool,
}

/// What is known about a version, and so about the units that run it, for one vulnerability.
/// A version stands under the first that fits, in this order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum UnitAnswer {
    /// A component is affected.
    Affected,
    /// A component may be affected; it could not be decided.
    Undetermined,
    /// Unknown: the unit's installed version is not recorded. Only for units.
    VersionUnknown,
    /// Unknown: no SBOM is attached to the version.
    WithoutSbom,
    /// Unknown: the SBOM was not matched against this edition yet.
    NotYetMatched,
    /// Unknown: no finding, but some components could not be looked up.
    NotCovered,
    /// Every component was looked up, and none is affected or undetermined.
    NoAffectedComponent,
}

impl UnitAnswer {
    /// All, in the order of precedence.
    pub const ALL: [Self; 7] = [
        Self::Affected,
        Self::Undetermined,
        Self::VersionUnknown,
        Self::WithoutSbom,
        Self::NotYetMatched,
        Self::NotCovered,
        Self::NoAffectedComponent,
    ];

    /// The code name, as in the API and in addresses: `version_unknown`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Undetermined => "undetermined",
            Self::VersionUnknown => "version_unknown",
            Self::WithoutSbom => "without_sbom",
            Self::NotYetMatched => "not_yet_matched",
            Self::NotCovered => "not_covered",
            Self::NoAffectedComponent => "no_affected_component",
        }
    }

    /// The words on screen.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Affected => "Affected",
            Self::Undetermined => "Undetermined",
            Self::VersionUnknown => "Unknown: version not recorded",
            Self::WithoutSbom => "Unknown: no SBOM",
            Self::NotYetMatched => "Unknown: not matched yet",
            Self::NotCovered => "Unknown: components not covered",
            Self::NoAffectedComponent => "No affected component found",
        }
    }

    /// The one with this code name.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.code() == code)
    }

    /// Whether nothing can be said (as against an answer, even an open one).
    pub const fn is_unknown(self) -> bool {
        matches!(
            self,
            Self::VersionUnknown | Self::WithoutSbom | Self::NotYetMatched | Self::NotCovered
        )
    }
}

/// How many units stand under each answer. Every unit counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct UnitsByAnswer {
    /// On versions with an affected component.
    pub affected: u64,
    /// On versions with an undetermined component and none affected.
    pub undetermined: u64,
    /// Installed version not recorded, of products that have a version not cleared.
    pub version_unknown: u64,
    /// On versions without SBOM.
    pub without_sbom: u64,
    /// On versions whose SBOM was not matched yet.
    pub not_yet_matched: u64,
    /// On versions without finding whose SBOM has components that could not be looked up.
    pub not_covered: u64,
    /// On versions of which every component was looked up, none affected or undetermined.
    pub no_affected_component: u64,
}

impl UnitsByAnswer {
    /// The count under one answer.
    pub const fn of(&self, answer: UnitAnswer) -> u64 {
        match answer {
            UnitAnswer::Affected => self.affected,
            UnitAnswer::Undetermined => self.undetermined,
            UnitAnswer::VersionUnknown => self.version_unknown,
            UnitAnswer::WithoutSbom => self.without_sbom,
            UnitAnswer::NotYetMatched => self.not_yet_matched,
            UnitAnswer::NotCovered => self.not_covered,
            UnitAnswer::NoAffectedComponent => self.no_affected_component,
        }
    }

    /// Counts `units` more under `answer`.
    pub const fn add(&mut self, answer: UnitAnswer, units: u64) {
        match answer {
            UnitAnswer::Affected => self.affected += units,
            UnitAnswer::Undetermined => self.undetermined += units,
            UnitAnswer::VersionUnknown => self.version_unknown += units,
            UnitAnswer::WithoutSbom => self.without_sbom += units,
            UnitAnswer::NotYetMatched => self.not_yet_matched += units,
            UnitAnswer::NotCovered => self.not_covered += units,
            UnitAnswer::NoAffectedComponent => self.no_affected_component += units,
        }
    }

    /// Units about which nothing can be said.
    pub const fn unknown(&self) -> u64 {
        self.version_unknown + self.without_sbom + self.not_yet_matched + self.not_covered
    }

    /// All units.
    pub const fn total(&self) -> u64 {
        self.affected + self.undetermined + self.unknown() + self.no_affected_component
    }
}

/// How many versions stand under each answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct VersionsByAnswer {
    /// With an affected component.
    pub affected: u64,
    /// With an undetermined component and none affected.
    pub undetermined: u64,
    /// Without SBOM, not matched yet, or with components that could not be looked up.
    pub unknown: u64,
    /// Every component was looked up, none affected or undetermined.
    pub no_affected_component: u64,
}

/// Sums over everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// Versions by answer.
    pub versions: VersionsByAnswer,
    /// Units by answer.
    pub units: UnitsByAnswer,
    /// Consignees with at least one affected or undetermined unit.
    pub consignees_concerned: u64,
    /// Sites with at least one affected or undetermined unit.
    pub sites_concerned: u64,
}

/// One product's part of the reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductReach {
    /// The product.
    pub product: ProductRef,
    /// Units of this product whose installed version is not recorded.
    pub units_version_unknown: u64,
    /// Its versions, those concerned first.
    pub versions: Vec<VersionReach>,
}

/// One version's part of the reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionReach {
    /// The version.
    pub version: VersionRef,
    /// What is known.
    pub answer: UnitAnswer,
    /// Units known to run it.
    pub units: u64,
    /// How long updates are promised.
    pub end_of_support: EndOfSupport,
    /// Support has ended and units still run it.
    pub unsupported_but_fielded: bool,
    /// The first components that were compared; those concerned first.
    pub components: Vec<ComponentReach>,
    /// How many components were compared in all.
    pub components_total: u64,
}

/// One component's part of the reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComponentReach {
    /// The component.
    pub component: ComponentRef,
    /// The answer.
    #[schema(value_type = String)]
    pub answer: Answer,
    /// The deciding reason in one line.
    pub because: String,
    /// Versions named as repaired.
    pub fixed_in: Vec<String>,
}

/// A consignee as other answers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsigneeRef {
    /// The consignee.
    #[schema(value_type = String)]
    pub id: ConsigneeId,
    /// Its name.
    pub name: String,
}

/// One consignee's part of the reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsigneeReach {
    /// The consignee.
    pub consignee: ConsigneeRef,
    /// Its units by answer, over all its sites.
    pub units: UnitsByAnswer,
    /// The first of its sites; those concerned first.
    pub sites: Vec<SiteReach>,
    /// How many sites it has in all.
    pub sites_total: u64,
}

/// One site's part of the reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteReach {
    /// The site.
    #[schema(value_type = String)]
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// Town or country, as recorded.
    pub located: Option<String>,
    /// Its units by answer.
    pub units: UnitsByAnswer,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_counts_once_and_unknown_is_not_lost() {
        let mut units = UnitsByAnswer::default();
        for (count, answer) in (1..).zip(UnitAnswer::ALL) {
            units.add(answer, count);
            assert_eq!(units.of(answer), count);
            assert_eq!(UnitAnswer::of_code(answer.code()), Some(answer));
            assert_eq!(answer.is_unknown(), answer.shown().starts_with("Unknown"));
        }
        assert_eq!((units.total(), units.unknown()), (28, 3 + 4 + 5 + 6));
    }
}
