//! Sites and consignees with their units.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{
        ConsigneeRef, ConsigneeSheet, ConsigneeSite, Page, ProductRef, SbomState, SiteSheet,
        UnitRow, VersionRef,
    },
    product::{product_ref, sbom_state, version_ref},
};
use aftercare_register::{
    Page as Part, Reader,
    read::fleet::{UnitRow as Read, Units},
};
use aftercare_vocab::id::{ConsigneeId, SiteId, UnitId, VersionId};
use std::collections::HashMap;

impl Desk {
    /// A site with its units.
    pub fn site(&self, id: SiteId, after: &str) -> Result<SiteSheet, Trouble> {
        let reader = self.reader()?;
        let site = reader.site(id)?.ok_or_else(|| Trouble::not_found("site", id))?;
        let found = reader.units(Units::AtSite(id), &part(after)?)?;
        let mut known = HashMap::new();
        let mut items = Vec::with_capacity(found.items.len());
        for unit in found.items {
            items.push(unit_row(&reader, unit, &mut known)?);
        }
        let next = found.next.map(|cursor| cursor.to_string());
        Ok(SiteSheet {
            id,
            name: site.name,
            located: located(site.city.as_deref(), site.country.as_deref()),
            consignee: Some(ConsigneeRef { id: site.consignee.id, name: site.consignee.name }),
            units_version_unknown: site.units_unknown,
            units: Page { items, next, total: site.units },
        })
    }

    /// One unit.
    pub fn unit(&self, id: UnitId) -> Result<UnitRow, Trouble> {
        let reader = self.reader()?;
        let unit = reader.unit(id)?.ok_or_else(|| Trouble::not_found("unit", id))?;
        unit_row(&reader, unit, &mut HashMap::new())
    }

    /// A consignee with its sites.
    pub fn consignee(&self, id: ConsigneeId, after: &str) -> Result<ConsigneeSheet, Trouble> {
        let reader = self.reader()?;
        let consignee = reader.consignee(id)?.ok_or_else(|| Trouble::not_found("consignee", id))?;
        let found = reader.sites(Some(id), &part(after)?)?;
        let items = found.items.into_iter().map(|site| ConsigneeSite {
            id: site.id,
            name: site.name,
            located: located(site.city.as_deref(), site.country.as_deref()),
            units: site.units,
            units_version_unknown: site.units_unknown,
        });
        Ok(ConsigneeSheet {
            id,
            name: consignee.name,
            units: consignee.units,
            units_version_unknown: consignee.units_unknown,
            sites: Page {
                items: items.collect(),
                next: found.next.map(|cursor| cursor.to_string()),
                total: consignee.sites,
            },
        })
    }
}

fn part(after: &str) -> Result<Part, Trouble> {
    Ok(match after {
        "" => Part::first(PAGE_ROWS),
        after => Part::after(after.parse()?, PAGE_ROWS),
    })
}

/// `Galway, IE`.
pub(crate) fn located(city: Option<&str>, country: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = city.into_iter().chain(country).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// An installed version, and what its SBOM tells; `None` if the register lost sight of it.
type Installed = Option<(ProductRef, VersionRef, SbomState)>;

fn unit_row(
    reader: &Reader,
    unit: Read,
    known: &mut HashMap<VersionId, Installed>,
) -> Result<UnitRow, Trouble> {
    let installed = match unit.installed.version() {
        None => None,
        Some(version) => match known.get(&version) {
            Some(installed) => installed.clone(),
            None => known.entry(version).or_insert(installed(reader, version)?).clone(),
        },
    };
    let product = if let Some((product, ..)) = &installed {
        product.clone()
    } else {
        let family = reader.product(unit.product.id)?.map(|product| product.family.name);
        ProductRef {
            id: unit.product.id,
            name: unit.product.name,
            family: family.unwrap_or_default(),
        }
    };
    let (installed, sbom) = installed.map(|(_, version, sbom)| (version, sbom)).unzip();
    Ok(UnitRow {
        id: unit.id,
        entity_version: reader.entity_version(&unit.id.to_string())?,
        serial: Some(unit.serial),
        udi: unit.udi_di,
        product,
        installed,
        sbom,
    })
}

fn installed(reader: &Reader, version: VersionId) -> Result<Installed, Trouble> {
    Ok(reader.version(version)?.map(|detail| {
        let state = sbom_state(&detail.row.tally, detail.sboms.last());
        (product_ref(&detail.row.version), version_ref(&detail.row.version), state)
    }))
}
