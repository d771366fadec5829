//! One product version.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{AttachedSbom, ConsigneeRef, Page, SiteUnits, UnitSummary, VersionSheet, Warning},
    product::{end_of_support, ended, product_ref, sbom_state, version_ref},
};
use aftercare_domain::Date;
use aftercare_formats::sbom;
use aftercare_register::{Reader, read::version::SbomRow};
use aftercare_vocab::{id::VersionId, verdict::Answer};

/// Warnings shown with an SBOM; the rest are counted.
const WARNINGS_SHOWN: usize = 50;

impl Desk {
    /// Everything about a version but its long lists, as of `today`.
    pub fn version(&self, id: VersionId, today: Date) -> Result<VersionSheet, Trouble> {
        let today = self.day(today);
        let reader = self.reader()?;
        let detail =
            reader.version(id)?.ok_or_else(|| Trouble::not_found("product version", id))?;
        let row = &detail.row;
        let product = reader.product(row.version.product.id)?;
        let predecessor = match row.life.predecessor {
            Some(before) => reader.version(before)?.map(|before| version_ref(&before.row.version)),
            None => None,
        };
        let mut sboms = Vec::new();
        for (index, sbom) in detail.sboms.iter().rev().enumerate() {
            sboms.push(self.attached(&reader, sbom, index == 0)?);
        }
        Ok(VersionSheet {
            id,
            entity_version: reader.entity_version(&id.to_string())?,
            product: product_ref(&row.version),
            version: row.version.label.clone(),
            udi_di: product.and_then(|product| product.model),
            predecessor,
            released_on: row.life.released.map(|date| date.to_string()),
            end_of_life: None,
            end_of_support: end_of_support(&row.life, today),
            unsupported_but_fielded: row.units > 0 && ended(&row.life, today),
            sboms,
            sbom: sbom_state(&row.tally, detail.sboms.last()),
            units: UnitSummary {
                on_version: row.units,
                site_unknown: 0,
                sites: row.sites,
                of_product_version_unknown: detail.units_unknown,
            },
        })
    }

    /// Units of a version by site, most units first.
    pub fn version_units(&self, id: VersionId, after: &str) -> Result<Page<SiteUnits>, Trouble> {
        let reader = self.reader()?;
        if reader.version(id)?.is_none() {
            return Err(Trouble::not_found("product version", id));
        }
        let reach = reader.reach_of(&[(id, Answer::Affected)])?;
        let mut sites: Vec<SiteUnits> = Vec::new();
        for consignee in reach.consignees {
            let owner = ConsigneeRef { id: consignee.consignee.id, name: consignee.consignee.name };
            for site in consignee.sites.into_iter().filter(|site| site.affected > 0) {
                sites.push(SiteUnits {
                    site: site.site.id,
                    name: site.site.name,
                    consignee: Some(owner.clone()),
                    units: site.affected,
                });
            }
        }
        sites.sort_by(|a, b| b.units.cmp(&a.units).then_with(|| a.name.cmp(&b.name)));
        paged(sites, after, PAGE_ROWS)
    }

    /// An attached SBOM, read again for its warnings.
    fn attached(
        &self,
        reader: &Reader,
        row: &SbomRow,
        current: bool,
    ) -> Result<AttachedSbom, Trouble> {
        let (tools, warnings) = if row.warnings > 0 {
            let bytes = reader.blob(&row.digest)?;
            let read = crate::document::unpack(&bytes, &self.limits)
                .and_then(|plain| sbom::read(&plain, &self.limits));
            match read {
                Ok(read) => (read.value.tools, read.problems),
                Err(problems) => (Vec::new(), problems),
            }
        } else {
            (
                reader
                    .inventory(row.key)?
                    .map(|inventory| inventory.tools.clone())
                    .unwrap_or_default(),
                Vec::new(),
            )
        };
        Ok(AttachedSbom {
            digest: row.digest,
            current,
            format: row.format.shown().to_owned(),
            spec_version: row.spec_version.clone(),
            tools,
            created: row.created.clone(),
            file_name: row.received_from.clone(),
            bytes: row.size,
            components: row.components,
            received_at: row.received_at,
            received_by: row.received_by.clone(),
            warnings: warnings.into_iter().take(WARNINGS_SHOWN).map(Warning::from).collect(),
            warnings_total: row.warnings,
        })
    }
}

/// One page of a list that is held whole; the cursor is the number of rows before it.
pub(crate) fn paged<T>(rows: Vec<T>, after: &str, size: u32) -> Result<Page<T>, Trouble> {
    let total = rows.len();
    let from = match after {
        "" => 0,
        text => text
            .parse::<usize>()
            .map_err(|_| aftercare_register::Fault::Cursor { text: text.to_owned() })?,
    };
    let size = size as usize;
    let items: Vec<T> = rows.into_iter().skip(from).take(size).collect();
    let next =
        (from + items.len() < total && !items.is_empty()).then(|| (from + items.len()).to_string());
    Ok(Page { items, next, total: total as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_page_follows_the_first_and_the_last_has_no_next() {
        let first = paged((0..5).collect(), "", 2).expect("a page");
        assert_eq!((first.items, first.next.as_deref(), first.total), (vec![0, 1], Some("2"), 5));
        let last = paged((0..5).collect(), "4", 2).expect("a page");
        assert_eq!((last.items, last.next), (vec![4], None));
        assert!(paged(vec![1], "x", 2).is_err());
        assert_eq!(paged(vec![1], "99", 2).expect("past the end").items, Vec::<i32>::new());
    }
}
