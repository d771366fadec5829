//! Where things are: a component over all SBOMs, the units of a site, the sites of a consignee.

use super::{ComponentRef, ConsigneeRef, Coverage, Page, ProductRef, SbomState, VersionRef};
use aftercare_vocab::id::{ConsigneeId, SiteId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All places of a component over the current SBOMs of all versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComponentPlaces {
    /// What was looked for: a name, package URL or CPE.
    pub query: String,
    /// The places.
    pub places: Page<ComponentPlace>,
    /// Versions without SBOM: they may contain it too.
    pub versions_without_sbom: u64,
}

/// A component in the current SBOM of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComponentPlace {
    /// The version.
    pub version: VersionRef,
    /// The component.
    pub component: ComponentRef,
    /// Whether it could be looked up, and with what outcome.
    pub coverage: Coverage,
    /// Units known to run the version.
    pub units: u64,
}

/// A site with its units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteSheet {
    /// The site.
    #[schema(value_type = String)]
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// Town or country, as recorded.
    pub located: Option<String>,
    /// Whose site it is; none when not recorded.
    pub consignee: Option<ConsigneeRef>,
    /// Units there whose installed version is not recorded.
    pub units_version_unknown: u64,
    /// Its units.
    pub units: Page<UnitRow>,
}

/// A unit in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitRow {
    /// The unit.
    #[schema(value_type = String)]
    pub id: UnitId,
    /// How many ledger entries there are about this unit alone (0 = none since it was recorded with
    /// others): what a change of it names as seen (`If-Match`).
    pub entity_version: u64,
    /// Its serial number, if recorded.
    pub serial: Option<String>,
    /// Its UDI, if recorded.
    pub udi: Option<String>,
    /// The product.
    pub product: ProductRef,
    /// The installed version; none when not recorded.
    pub installed: Option<VersionRef>,
    /// What the SBOM of the installed version tells; none when the version is not recorded.
    pub sbom: Option<SbomState>,
}

/// A consignee with its sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsigneeSheet {
    /// The consignee.
    #[schema(value_type = String)]
    pub id: ConsigneeId,
    /// Its name.
    pub name: String,
    /// All its units.
    pub units: u64,
    /// Of those, units whose installed version is not recorded.
    pub units_version_unknown: u64,
    /// Its sites.
    pub sites: Page<ConsigneeSite>,
}

/// A site of a consignee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsigneeSite {
    /// The site.
    #[schema(value_type = String)]
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// Town or country, as recorded.
    pub located: Option<String>,
    /// Its units.
    pub units: u64,
    /// Of those, units whose installed version is not recorded.
    pub units_version_unknown: u64,
}
