//! Products, versions, suppliers, consignees, sites and units: adding them, and changing what is
//! installed on a unit.

use crate::{Desk, Trouble};
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
        self.change(op, |pen| Ok(family::add(&pen.facts().family(&add)?, add, op)?))?;
        Ok(id)
    }

    /// Adds a product to a family.
    pub fn add_product(&self, op: &Operation, add: AddProduct) -> Result<ProductId, Trouble> {
        let id = add.product;
        self.change(op, |pen| Ok(product::add(&pen.facts().product(&add)?, add, op)?))?;
        Ok(id)
    }

    /// Adds a version to a product.
    pub fn add_version(&self, op: &Operation, add: AddVersion) -> Result<VersionId, Trouble> {
        let id = add.version;
        self.change(op, |pen| {
            Ok(version::add(&pen.facts().versions(add.product, &add.label)?, add, op)?)
        })?;
        Ok(id)
    }

    /// Changes predecessor or dates of a version.
    pub fn change_version(&self, op: &Operation, change: ChangeVersion) -> Result<(), Trouble> {
        self.change(op, |pen| {
            Ok(version::change(&pen.facts().versions_beside(change.version)?, change, op)?)
        })
    }

    /// Adds a supplier of components.
    pub fn add_supplier(&self, op: &Operation, add: AddSupplier) -> Result<SupplierId, Trouble> {
        let id = add.supplier;
        self.change(op, |pen| Ok(supplier::add(&pen.facts().supplier(&add)?, add, op)?))?;
        Ok(id)
    }

    /// Adds a consignee.
    pub fn add_consignee(&self, op: &Operation, add: AddConsignee) -> Result<ConsigneeId, Trouble> {
        let id = add.consignee;
        self.change(op, |pen| Ok(consignee::add(&pen.facts().consignee(&add)?, add, op)?))?;
        Ok(id)
    }

    /// Adds a site of a consignee.
    pub fn add_site(&self, op: &Operation, add: AddSite) -> Result<SiteId, Trouble> {
        let id = add.site;
        self.change(op, |pen| Ok(site::add(&pen.facts().site(&add)?, add, op)?))?;
        Ok(id)
    }

    /// Records units: all of the batch, or none. Gives their number.
    pub fn record_units(&self, op: &Operation, batch: UnitBatch) -> Result<u64, Trouble> {
        let batch = Arc::new(batch.checked()?);
        let staged = self.pen()?.stage_units(&batch)?;
        self.change(op, |pen| {
            let command = RecordUnits { batch: &batch, blob: staged.digest() };
            let events = unit::record(&pen.facts().units(&command)?, &command, op)?;
            pen.attach(&staged);
            Ok(events)
        })?;
        Ok(batch.units.len() as u64)
    }

    /// Changes what is installed on a unit, or says that it is unknown.
    pub fn change_unit(&self, op: &Operation, change: ChangeUnitVersion) -> Result<(), Trouble> {
        self.change(op, |pen| {
            Ok(unit::change_version(
                &pen.facts().unit(change.unit, &change.installed)?,
                change,
                op,
            )?)
        })
    }

    /// Decides and records in one transaction.
    fn change(
        &self,
        op: &Operation,
        decide: impl FnOnce(
            &mut aftercare_register::Pen<'_>,
        ) -> Result<Vec<aftercare_domain::Event>, Trouble>,
    ) -> Result<(), Trouble> {
        self.pen()?.transact(op, |pen| -> Result<(), Trouble> {
            let events = decide(pen)?;
            Ok(pen.record_all(events)?)
        })?;
        Ok(())
    }
}
