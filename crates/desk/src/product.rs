//! The product list.

use crate::{
    Desk, Trouble,
    answers::{
        EndOfSupport, FamilyRow, FindingCounts, ProductList, ProductRef, ProductRow, ProductTotals,
        SbomState, VersionRef, VersionRow,
    },
};
use aftercare_domain::{Date, version::Life};
use aftercare_register::{
    Page, Reader,
    read::version::{SbomRow, Tally, VersionRef as Known, VersionRow as Read},
};

/// Products on one page of the product list.
const PRODUCTS_A_PAGE: u32 = 100;

/// Which versions of the product list are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProductsOnly {
    /// All.
    #[default]
    All,
    /// Versions without SBOM.
    WithoutSbom,
    /// Versions whose support has ended and that units still run.
    UnsupportedButFielded,
    /// Products with units whose installed version is unknown.
    VersionUnknown,
}

impl Desk {
    /// Families, products and versions with what is known of each, as of `today`.
    pub fn products(
        &self,
        today: Date,
        only: ProductsOnly,
        after: &str,
    ) -> Result<ProductList, Trouble> {
        let today = self.day(today);
        let reader = self.reader()?;
        let page = match after {
            "" => Page::first(PRODUCTS_A_PAGE),
            after => Page::after(after.parse()?, PRODUCTS_A_PAGE),
        };
        let found = reader.products(None, &page)?;
        let mut families: Vec<FamilyRow> = Vec::new();
        for product in found.items {
            let versions = all_versions(&reader, product.id)?;
            let mut rows = versions
                .into_iter()
                .map(|version| version_row(&reader, version, today))
                .collect::<Result<Vec<_>, Trouble>>()?;
            rows.retain(|row| match only {
                ProductsOnly::WithoutSbom => row.sbom == SbomState::Missing,
                ProductsOnly::UnsupportedButFielded => row.unsupported_but_fielded,
                ProductsOnly::All | ProductsOnly::VersionUnknown => true,
            });
            let wanted = match only {
                ProductsOnly::All => true,
                ProductsOnly::VersionUnknown => product.units_unknown > 0,
                ProductsOnly::WithoutSbom | ProductsOnly::UnsupportedButFielded => !rows.is_empty(),
            };
            if !wanted {
                continue;
            }
            let row = ProductRow {
                id: product.id,
                name: product.name,
                units_version_unknown: product.units_unknown,
                versions: rows,
            };
            match families.iter_mut().find(|family| family.id == product.family.id) {
                Some(family) => family.products.push(row),
                None => families.push(FamilyRow {
                    id: product.family.id,
                    name: product.family.name,
                    products: vec![row],
                }),
            }
        }
        families.sort_by(|a, b| a.name.cmp(&b.name));
        let next = found.next.map(|cursor| cursor.to_string());
        Ok(ProductList { totals: totals(&reader, today)?, families, next })
    }
}

/// Every version of a product, newest first.
pub(crate) fn all_versions(
    reader: &Reader,
    product: aftercare_vocab::id::ProductId,
) -> Result<Vec<Read>, Trouble> {
    let mut versions = Vec::new();
    let mut page = Page::first(aftercare_register::PAGE_LIMIT);
    loop {
        let found = reader.versions(product, &page)?;
        versions.extend(found.items);
        match found.next {
            Some(cursor) => page = Page::after(cursor, aftercare_register::PAGE_LIMIT),
            None => break,
        }
    }
    versions.reverse();
    Ok(versions)
}

fn version_row(reader: &Reader, read: Read, today: Date) -> Result<VersionRow, Trouble> {
    let sboms = reader.sboms(read.version.id)?;
    Ok(VersionRow {
        id: read.version.id,
        version: read.version.label,
        released_on: read.life.released.map(|date| date.to_string()),
        end_of_support: end_of_support(&read.life, today),
        units: read.units,
        unsupported_but_fielded: read.units > 0 && ended(&read.life, today),
        sbom: sbom_state(&read.tally, sboms.first()),
    })
}

fn totals(reader: &Reader, today: Date) -> Result<ProductTotals, Trouble> {
    let mut totals = ProductTotals {
        products: 0,
        versions: 0,
        versions_without_sbom: 0,
        versions_unsupported_but_fielded: 0,
        units: 0,
        units_version_unknown: 0,
    };
    for state in reader.version_states()? {
        totals.versions += 1;
        totals.versions_without_sbom += u64::from(state.sboms == 0);
        totals.versions_unsupported_but_fielded +=
            u64::from(state.units > 0 && ended(&state.life, today));
        totals.units += state.units;
    }
    let mut page = Page::first(aftercare_register::PAGE_LIMIT);
    loop {
        let found = reader.products(None, &page)?;
        for product in found.items {
            totals.products += 1;
            totals.units_version_unknown += product.units_unknown;
            totals.units += product.units_unknown;
        }
        match found.next {
            Some(cursor) => page = Page::after(cursor, aftercare_register::PAGE_LIMIT),
            None => return Ok(totals),
        }
    }
}

/// What is known from a version's SBOMs.
pub(crate) fn sbom_state(tally: &Tally, current: Option<&SbomRow>) -> SbomState {
    match current {
        None => SbomState::Missing,
        Some(sbom) if tally.sboms_not_assessed > 0 => {
            SbomState::NotYetMatched { digest: sbom.digest, components: tally.components }
        }
        Some(sbom) => SbomState::Matched {
            digest: sbom.digest,
            components: tally.components,
            not_covered: tally.not_covered,
            findings: counts(tally),
        },
    }
}

fn counts(tally: &Tally) -> FindingCounts {
    FindingCounts {
        affected: tally.affected,
        undetermined: tally.undetermined,
        not_affected: tally.not_affected,
        known_exploited: tally.known_exploited,
        critical: tally.critical,
    }
}

/// How long updates are promised, seen from `today`. The announced end counts where both are known.
pub(crate) fn end_of_support(life: &Life, today: Date) -> EndOfSupport {
    match life.end_of_support.or(life.supported_until) {
        None => EndOfSupport::NotStated,
        Some(date) if date < today => EndOfSupport::Ended { date: date.to_string() },
        Some(date) => EndOfSupport::Until { date: date.to_string() },
    }
}

/// Support has ended before `today`.
pub(crate) fn ended(life: &Life, today: Date) -> bool {
    matches!(end_of_support(life, today), EndOfSupport::Ended { .. })
}

/// A version as other answers name it.
pub(crate) fn version_ref(known: &Known) -> VersionRef {
    VersionRef { id: known.id, product: known.product.name.clone(), version: known.label.clone() }
}

/// A product as other answers name it.
pub(crate) fn product_ref(known: &Known) -> ProductRef {
    ProductRef {
        id: known.product.id,
        name: known.product.name.clone(),
        family: known.family.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_lasts_through_its_last_day() {
        let life = Life {
            end_of_support: Some("2028-02-29".parse().expect("a leap day")),
            ..Life::default()
        };
        let day = |text: &str| -> Date { text.parse().expect("a date") };
        assert!(!ended(&life, day("2028-02-29")));
        assert!(ended(&life, day("2028-03-01")));
        assert_eq!(end_of_support(&Life::default(), day("2028-03-01")), EndOfSupport::NotStated);
    }
}
