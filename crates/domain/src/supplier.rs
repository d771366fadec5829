//! Suppliers of components and of SBOMs.

use crate::{
    event::Event,
    operation::Operation,
    refusal::Refusal,
    text::{self, NAME_LIMIT},
};
use aftercare_vocab::id::SupplierId;
use serde::{Deserialize, Serialize};

/// A supplier was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplierAdded {
    /// The new supplier.
    pub supplier: SupplierId,
    /// Its name.
    pub name: String,
}

/// Add a supplier.
#[derive(Debug, Clone)]
pub struct AddSupplier {
    /// The new identifier.
    pub supplier: SupplierId,
    /// Its name.
    pub name: String,
}

/// What matters for adding a supplier.
#[derive(Debug, Clone, Default)]
pub struct SupplierFacts {
    /// The supplier that has this name already.
    pub same_name: Option<SupplierId>,
}

/// Adds a supplier, unless another has the name.
pub fn add(facts: &SupplierFacts, add: AddSupplier, _: &Operation) -> Result<Vec<Event>, Refusal> {
    let name = text::line("supplier name", &add.name, NAME_LIMIT)?;
    if let Some(other) = facts.same_name {
        return Err(Refusal::new(
            "name_taken",
            format!("A supplier named {name} exists already ({other})."),
            "Use that supplier, or choose another name.",
        ));
    }
    Ok(vec![SupplierAdded { supplier: add.supplier, name }.into()])
}
