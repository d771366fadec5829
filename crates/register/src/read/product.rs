//! Families, products and suppliers.

use super::{
    Cursor, Named, Page, Paged, Reader,
    version::{Tally, tally},
};
use crate::{
    facts::id_of,
    fault::Fault,
    sql::{Row, statements, values},
};
use aftercare_vocab::id::{Family, FamilyId, ProductId, SupplierId};
use serde::Serialize;

statements! {
    FAMILY_NO = "SELECT no FROM family WHERE since <= $1 AND id = $2";
    FAMILIES = "SELECT f.no, f.folded, f.id, f.name, f.description,
          (SELECT count(*) FROM product p WHERE p.family = f.no AND p.since <= $1)
        FROM family f WHERE f.since <= $1 AND (f.folded, f.no) > ($2, $3)
        ORDER BY f.folded, f.no LIMIT $4";
    FAMILY = "SELECT f.no, f.folded, f.id, f.name, f.description,
          (SELECT count(*) FROM product p WHERE p.family = f.no AND p.since <= $1)
        FROM family f WHERE f.since <= $1 AND f.id = $2";
    PRODUCTS = "SELECT p.no, p.folded, p.id, p.name, p.model, p.description, f.id, f.name,
          (SELECT count(*) FROM product_version v WHERE v.product = p.no AND v.since <= $1)
        FROM product p JOIN family f ON f.no = p.family
        WHERE p.since <= $1 AND (p.folded, p.no) > ($2, $3)
        ORDER BY p.folded, p.no LIMIT $4";
    PRODUCTS_OF_FAMILY = "SELECT p.no, p.folded, p.id, p.name, p.model, p.description, f.id, f.name,
          (SELECT count(*) FROM product_version v WHERE v.product = p.no AND v.since <= $1)
        FROM product p JOIN family f ON f.no = p.family
        WHERE p.since <= $1 AND p.family = $2 AND (p.folded, p.no) > ($3, $4)
        ORDER BY p.folded, p.no LIMIT $5";
    PRODUCT = "SELECT p.no, p.folded, p.id, p.name, p.model, p.description, f.id, f.name,
          (SELECT count(*) FROM product_version v WHERE v.product = p.no AND v.since <= $1)
        FROM product p JOIN family f ON f.no = p.family
        WHERE p.since <= $1 AND p.id = $2";
    UNITS_OF_PRODUCT = "SELECT coalesce(CAST(sum(c.units) AS BIGINT), 0),
          coalesce(CAST(sum(CASE c.version WHEN 0 THEN c.units ELSE 0 END) AS BIGINT), 0)
        FROM (SELECT f.version, CASE WHEN f.counted <= $1 THEN f.units
          ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
            AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END AS units
          FROM fleet f WHERE f.since <= $1 AND f.product = $2) AS c";
    TALLY_OF_PRODUCT = "SELECT count(*), coalesce(CAST(sum(s.components) AS BIGINT), 0), count(m.no),
          coalesce(CAST(sum(m.affected) AS BIGINT), 0), coalesce(CAST(sum(m.undetermined) AS BIGINT), 0),
          coalesce(CAST(sum(m.not_affected) AS BIGINT), 0),
          coalesce(CAST(sum(m.not_covered) AS BIGINT), 0),
          coalesce(CAST(sum(m.not_assessed) AS BIGINT), 0),
          coalesce(CAST(sum(m.known_exploited) AS BIGINT), 0),
          coalesce(CAST(sum(m.critical) AS BIGINT), 0)
        FROM product_version v
        JOIN attached a ON a.version = v.no AND a.since <= $1 AND (a.until IS NULL OR a.until > $1)
        JOIN sbom s ON s.no = a.sbom
        LEFT JOIN assessment m ON m.sbom = s.no AND m.since <= $1 AND (m.until IS NULL OR m.until > $1)
        WHERE v.product = $2";
    SUPPLIERS = "SELECT no, folded, id, name FROM supplier
        WHERE since <= $1 AND (folded, no) > ($2, $3) ORDER BY folded, no LIMIT $4";
}

/// A product family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FamilyRow {
    /// Its identifier.
    pub id: FamilyId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Number of products in it.
    pub products: u64,
}

/// A product with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductRow {
    /// Its identifier.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Model or reference number.
    pub model: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its family.
    pub family: Named<Family>,
    /// Number of versions.
    pub versions: u64,
    /// Number of units, whatever is installed.
    pub units: u64,
    /// How many of them without a known installed version.
    pub units_unknown: u64,
    /// Findings over the current SBOMs of all versions.
    pub tally: Tally,
}

/// A supplier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SupplierRow {
    /// Its identifier.
    pub id: SupplierId,
    /// Its name.
    pub name: String,
}

impl Reader {
    /// Families by name.
    pub fn families(&self, page: &Page) -> Result<Paged<FamilyRow>, Fault> {
        let (name, no) = page.name()?;
        let found = self.session()?.query(
            FAMILIES,
            values![self.position, name, no, page.ask()],
            family,
        )?;
        Ok(Paged::of(found, page))
    }

    /// One family.
    pub fn family(&self, id: FamilyId) -> Result<Option<FamilyRow>, Fault> {
        let asked = values![self.position, id.as_bytes()];
        Ok(self.session()?.first(FAMILY, asked, family)?.map(|(_, family)| family))
    }

    /// Products by name, of one family or of all.
    pub fn products(
        &self,
        family: Option<FamilyId>,
        page: &Page,
    ) -> Result<Paged<ProductRow>, Fault> {
        let (name, no) = page.name()?;
        let session = self.session()?;
        let found = match family {
            None => {
                session.query(PRODUCTS, values![self.position, name, no, page.ask()], product)?
            }
            Some(family) => match self.no(FAMILY_NO, family)? {
                None => Vec::new(),
                Some(family) => session.query(
                    PRODUCTS_OF_FAMILY,
                    values![self.position, family, name, no, page.ask()],
                    product,
                )?,
            },
        };
        let mut rows = Vec::with_capacity(found.len());
        for (cursor, no, row) in found {
            rows.push((cursor, self.counted(no, row)?));
        }
        Ok(Paged::of(rows, page))
    }

    /// One product.
    pub fn product(&self, id: ProductId) -> Result<Option<ProductRow>, Fault> {
        let asked = values![self.position, id.as_bytes()];
        match self.session()?.first(PRODUCT, asked, product)? {
            None => Ok(None),
            Some((_, no, row)) => self.counted(no, row).map(Some),
        }
    }

    /// Suppliers by name.
    pub fn suppliers(&self, page: &Page) -> Result<Paged<SupplierRow>, Fault> {
        let (name, no) = page.name()?;
        let asked = values![self.position, name, no, page.ask()];
        let found = self.session()?.query(SUPPLIERS, asked, |row| {
            let cursor = Cursor::name(row.text(1)?, row.int(0)?);
            Ok((cursor, SupplierRow { id: id_of(row, 2)?, name: row.text(3)? }))
        })?;
        Ok(Paged::of(found, page))
    }

    fn counted(&self, no: i64, mut product: ProductRow) -> Result<ProductRow, Fault> {
        let session = self.session()?;
        let asked = values![self.position, no];
        (product.units, product.units_unknown) = session
            .first(UNITS_OF_PRODUCT, asked, |row| Ok((row.count(0)?, row.count(1)?)))?
            .unwrap_or_default();
        product.tally = session.first(TALLY_OF_PRODUCT, asked, tally)?.unwrap_or_default();
        Ok(product)
    }
}

fn family(row: &Row<'_>) -> Result<(Cursor, FamilyRow), Fault> {
    let family = FamilyRow {
        id: id_of(row, 2)?,
        name: row.text(3)?,
        description: row.text_or_null(4)?,
        products: row.count(5)?,
    };
    Ok((Cursor::name(row.text(1)?, row.int(0)?), family))
}

fn product(row: &Row<'_>) -> Result<(Cursor, i64, ProductRow), Fault> {
    let product = ProductRow {
        id: id_of(row, 2)?,
        name: row.text(3)?,
        model: row.text_or_null(4)?,
        description: row.text_or_null(5)?,
        family: Named { id: id_of(row, 6)?, name: row.text(7)? },
        versions: row.count(8)?,
        units: 0,
        units_unknown: 0,
        tally: Tally::default(),
    };
    Ok((Cursor::name(row.text(1)?, row.int(0)?), row.int(0)?, product))
}
