//! Products, versions, suppliers, consignees, sites and units: adding them, and changing what is
//! installed on a unit.

use crate::{Desk, Trouble, change::Seen};
use aftercare_domain::{
    Operation,
    consignee::{self, AddConsignee},
    family::{self, AddFamily},
    product::{self, AddProduct},
    site::{self, AddSite},
    supplier::{self, AddSupplier},
    unit::{self, ChangeUnitVersion, RecordUnits, UnitBatch},
    version::{self, AddVersion, ChangeVersion},
};
use aftercare_vocab::id::{ConsigneeId, FamilyId, ProductId, SiteId, SupplierId, VersionId};
use std::sync::Arc;

impl Desk {
    /// Adds a product family.
    pub fn add_family(&self, op: &Operation, add: AddFamily) -> Result<FamilyId, Trouble> {
        let id = add.family;
        self.decided(op, id, |pen| Ok(family::add(&pen.facts().family(&add)?, add, op)?))
    }

    /// Adds a product to a family.
    pub fn add_product(&self, op: &Operation, add: AddProduct) -> Result<ProductId, Trouble> {
        let id = add.product;
        self.decided(op, id, |pen| Ok(product::add(&pen.facts().product(&add)?, add, op)?))
    }

    /// Adds a version to a product.
    pub fn add_version(&self, op: &Operation, add: AddVersion) -> Result<VersionId, Trouble> {
        let id = add.version;
        self.decided(op, id, |pen| {
            Ok(version::add(&pen.facts().versions(add.product, &add.label)?, add, op)?)
        })
    }

    /// Changes predecessor or dates of a version.
    pub fn change_version(
        &self,
        op: &Operation,
        seen: Seen,
        change: ChangeVersion,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            pen.expect::<Trouble>(&change.version.to_string(), seen)?;
            Ok(version::change(&pen.facts().versions_beside(change.version)?, change, op)?)
        })
    }

    /// Adds a supplier of components.
    pub fn add_supplier(&self, op: &Operation, add: AddSupplier) -> Result<SupplierId, Trouble> {
        let id = add.supplier;
        self.decided(op, id, |pen| Ok(supplier::add(&pen.facts().supplier(&add)?, add, op)?))
    }

    /// Adds a consignee.
    pub fn add_consignee(&self, op: &Operation, add: AddConsignee) -> Result<ConsigneeId, Trouble> {
        let id = add.consignee;
        self.decided(op, id, |pen| Ok(consignee::add(&pen.facts().consignee(&add)?, add, op)?))
    }

    /// Adds a site of a consignee.
    pub fn add_site(&self, op: &Operation, add: AddSite) -> Result<SiteId, Trouble> {
        let id = add.site;
        self.decided(op, id, |pen| Ok(site::add(&pen.facts().site(&add)?, add, op)?))
    }

    /// Records units: all of the batch, or none. Gives their number.
    pub fn record_units(&self, op: &Operation, batch: UnitBatch) -> Result<u64, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let batch = Arc::new(batch.checked()?);
        let staged = self.pen()?.stage_units(&batch)?;
        self.decided(op, batch.units.len() as u64, |pen| {
            let command = RecordUnits { batch: &batch, blob: staged.digest() };
            let events = unit::record(&pen.facts().units(&command)?, &command, op)?;
            pen.attach(&staged);
            Ok(events)
        })
    }

    /// Changes what is installed on a unit, or says that it is unknown.
    pub fn change_unit(
        &self,
        op: &Operation,
        seen: Seen,
        change: ChangeUnitVersion,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            pen.expect::<Trouble>(&change.unit.to_string(), seen)?;
            Ok(unit::change_version(
                &pen.facts().unit(change.unit, &change.installed)?,
                change,
                op,
            )?)
        })
    }
}
