//! Families, products, versions, suppliers, consignees, sites.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{Value, statements, values},
};
use aftercare_domain::{
    consignee::ConsigneeAdded,
    family::FamilyAdded,
    product::ProductAdded,
    site::SiteAdded,
    supplier::SupplierAdded,
    text::folded,
    version::{Life, VersionAdded, VersionChanged},
};

statements! {
    ADD_FAMILY = "INSERT INTO family (no, id, since, name, folded, description)
        VALUES ($1, $2, $3, $4, $5, $6)";
    FAMILY_NO = "SELECT no FROM family WHERE id = $1";
    ADD_PRODUCT = "INSERT INTO product (no, id, since, family, name, folded, model, description)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    PRODUCT_NO = "SELECT no FROM product WHERE id = $1";
    ADD_VERSION = "INSERT INTO product_version (no, id, since, product, label, folded)
        VALUES ($1, $2, $3, $4, $5, $6)";
    VERSION_NO = "SELECT no FROM product_version WHERE id = $1";
    ADD_LIFE = "INSERT INTO version_life (version, since, until, predecessor, released,
        supported_until, end_of_support) VALUES ($1, $2, NULL, $3, $4, $5, $6)";
    END_LIFE = "UPDATE version_life SET until = $1 WHERE version = $2 AND until IS NULL";
    ADD_SUPPLIER = "INSERT INTO supplier (no, id, since, name, folded) VALUES ($1, $2, $3, $4, $5)";
    ADD_CONSIGNEE = "INSERT INTO consignee (no, id, since, name, folded, country)
        VALUES ($1, $2, $3, $4, $5, $6)";
    CONSIGNEE_NO = "SELECT no FROM consignee WHERE id = $1";
    ADD_SITE = "INSERT INTO site (no, id, since, consignee, name, folded, country, city, time_zone)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SITE_NO = "SELECT no FROM site WHERE id = $1";
}

impl Projector<'_> {
    pub(super) fn family_added(&self, seq: i64, e: &FamilyAdded) -> Result<(), Fault> {
        self.session.execute(
            ADD_FAMILY,
            values![
                seq,
                e.family.as_bytes(),
                seq,
                &e.name,
                &folded(&e.name),
                e.description.as_ref()
            ],
        )?;
        self.word("family", seq, &e.name)
    }

    pub(super) fn product_added(&self, seq: i64, e: &ProductAdded) -> Result<(), Fault> {
        let family = self.number_of(FAMILY_NO, e.family.as_bytes())?;
        self.session.execute(
            ADD_PRODUCT,
            values![
                seq,
                e.product.as_bytes(),
                seq,
                family,
                &e.name,
                &folded(&e.name),
                e.model.as_ref(),
                e.description.as_ref()
            ],
        )?;
        self.word("product", seq, &e.name)?;
        e.model.as_ref().map_or(Ok(()), |model| self.word("product", seq, model))
    }

    pub(super) fn product_no(&self, id: &[u8; 16]) -> Result<i64, Fault> {
        self.number_of(PRODUCT_NO, id)
    }

    pub(super) fn version_added(&self, seq: i64, e: &VersionAdded) -> Result<(), Fault> {
        let product = self.product_no(e.product.as_bytes())?;
        self.session.execute(
            ADD_VERSION,
            values![seq, e.version.as_bytes(), seq, product, &e.label, &folded(&e.label)],
        )?;
        self.add_life(seq, seq, &e.life)?;
        self.word("version", seq, &e.label)
    }

    pub(super) fn version_no(&self, id: &[u8; 16]) -> Result<i64, Fault> {
        self.number_of(VERSION_NO, id)
    }

    pub(super) fn version_changed(&self, seq: i64, e: &VersionChanged) -> Result<(), Fault> {
        let version = self.version_no(e.version.as_bytes())?;
        self.session.execute(END_LIFE, values![seq, version])?;
        self.add_life(version, seq, &e.life)
    }

    fn add_life(&self, version: i64, seq: i64, life: &Life) -> Result<(), Fault> {
        let text = |date: Option<aftercare_domain::Date>| date.map(|d| d.to_string());
        let (released, supported, end) =
            (text(life.released), text(life.supported_until), text(life.end_of_support));
        let predecessor = life.predecessor.as_ref().map_or(Value::Null, |p| p.as_bytes().into());
        self.session
            .execute(
                ADD_LIFE,
                &[
                    version.into(),
                    seq.into(),
                    predecessor,
                    released.as_ref().into(),
                    supported.as_ref().into(),
                    end.as_ref().into(),
                ],
            )
            .map(|_| ())
    }

    pub(super) fn supplier_added(&self, seq: i64, e: &SupplierAdded) -> Result<(), Fault> {
        self.session.execute(
            ADD_SUPPLIER,
            values![seq, e.supplier.as_bytes(), seq, &e.name, &folded(&e.name)],
        )?;
        self.word("supplier", seq, &e.name)
    }

    pub(super) fn consignee_added(&self, seq: i64, e: &ConsigneeAdded) -> Result<(), Fault> {
        self.session.execute(
            ADD_CONSIGNEE,
            values![
                seq,
                e.consignee.as_bytes(),
                seq,
                &e.name,
                &folded(&e.name),
                e.country.as_ref()
            ],
        )?;
        self.word("consignee", seq, &e.name)
    }

    pub(super) fn site_added(&self, seq: i64, e: &SiteAdded) -> Result<(), Fault> {
        let consignee = self.number_of(CONSIGNEE_NO, e.consignee.as_bytes())?;
        self.session.execute(
            ADD_SITE,
            values![
                seq,
                e.site.as_bytes(),
                seq,
                consignee,
                &e.name,
                &folded(&e.name),
                e.country.as_ref(),
                e.city.as_ref(),
                e.time_zone.as_ref()
            ],
        )?;
        self.word("site", seq, &e.name)?;
        e.city.as_ref().map_or(Ok(()), |city| self.word("site", seq, city))
    }

    pub(super) fn site_no(&self, id: &[u8; 16]) -> Result<i64, Fault> {
        self.number_of(SITE_NO, id)
    }
}
