//! The product list: families, products, versions, and what is known of each.

use aftercare_vocab::{
    digest::Digest,
    id::{FamilyId, ProductId, VersionId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Families with their products and versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProductList {
    /// The families of this page; a family may continue on the next page.
    pub families: Vec<FamilyRow>,
    /// Sums over the whole list, not this page.
    pub totals: ProductTotals,
    /// The cursor of the next page; none on the last.
    pub next: Option<String>,
}

/// Sums over all products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProductTotals {
    /// Products.
    pub products: u64,
    /// Product versions.
    pub versions: u64,
    /// Versions to which no SBOM is attached: nothing can be said about them.
    pub versions_without_sbom: u64,
    /// Versions whose support has ended while units still run them.
    pub versions_unsupported_but_fielded: u64,
    /// All units, whatever is installed.
    pub units: u64,
    /// Units whose installed version is unknown.
    pub units_version_unknown: u64,
}

/// A product family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FamilyRow {
    /// The family.
    #[schema(value_type = String)]
    pub id: FamilyId,
    /// Its name.
    pub name: String,
    /// Its products.
    pub products: Vec<ProductRow>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProductRow {
    /// The product.
    #[schema(value_type = String)]
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Units of this product whose installed version is unknown.
    pub units_version_unknown: u64,
    /// Its versions, newest first.
    pub versions: Vec<VersionRow>,
}

/// A version in the product list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VersionRow {
    /// The version's identifier.
    #[schema(value_type = String)]
    pub id: VersionId,
    /// The version as the manufacturer writes it: `4.2.1`.
    pub version: String,
    /// Release date, if recorded.
    pub released_on: Option<String>,
    /// How long updates are promised.
    pub end_of_support: EndOfSupport,
    /// Units known to run this version.
    pub units: u64,
    /// Support has ended and units still run it.
    pub unsupported_but_fielded: bool,
    /// What its SBOM tells, if there is one.
    pub sbom: SbomState,
}

/// How long updates are promised for a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EndOfSupport {
    /// Nothing is recorded.
    NotStated,
    /// Supported until this date.
    Until {
        /// `2029-12-31`
        date: String,
    },
    /// Support ended on this date.
    Ended {
        /// `2024-06-30`
        date: String,
    },
}

/// What is known from a version's current SBOM. Counts exist only where matching was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SbomState {
    /// No SBOM is attached: nothing is known.
    Missing,
    /// Attached, and not matched against the edition in use: findings are not known yet.
    NotYetMatched {
        /// The SBOM.
        #[schema(value_type = String)]
        digest: Digest,
        /// How many components it lists.
        components: u64,
    },
    /// Attached and matched.
    Matched {
        /// The SBOM.
        #[schema(value_type = String)]
        digest: Digest,
        /// How many components it lists.
        components: u64,
        /// How many of them could not be looked up at all.
        not_covered: u64,
        /// Findings by answer.
        findings: FindingCounts,
    },
}

/// Findings by answer, and two cuts through those that are affected or undetermined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FindingCounts {
    /// Findings with the answer affected.
    pub affected: u64,
    /// Findings with the answer undetermined.
    pub undetermined: u64,
    /// Candidates that were compared and are not affected.
    pub not_affected: u64,
    /// Of affected and undetermined: listed as known exploited.
    pub known_exploited: u64,
    /// Of affected and undetermined: highest score 9.0 or more.
    pub critical: u64,
}

impl FindingCounts {
    /// All findings, whatever the answer.
    pub const fn total(&self) -> u64 {
        self.affected + self.undetermined + self.not_affected
    }
}

/// A product as other answers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductRef {
    /// The product.
    #[schema(value_type = String)]
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// The name of its family.
    pub family: String,
}

/// A product version as other answers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionRef {
    /// The version's identifier.
    #[schema(value_type = String)]
    pub id: VersionId,
    /// The product's name.
    pub product: String,
    /// The version as the manufacturer writes it.
    pub version: String,
}
