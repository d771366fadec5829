//! Products: marketed device models or software.

use crate::{
    event::Event,
    operation::Operation,
    refusal::Refusal,
    text::{self, MARK_LIMIT, NAME_LIMIT, NOTE_LIMIT},
};
use aftercare_vocab::id::{FamilyId, ProductId};
use serde::{Deserialize, Serialize};

/// A product was added to a family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductAdded {
    /// The new product.
    pub product: ProductId,
    /// Its family.
    pub family: FamilyId,
    /// Its name.
    pub name: String,
    /// Model or reference number as on the label.
    pub model: Option<String>,
    /// What it is, for people.
    pub description: Option<String>,
}

/// Add a product.
#[derive(Debug, Clone)]
pub struct AddProduct {
    /// The new identifier.
    pub product: ProductId,
    /// Its family.
    pub family: FamilyId,
    /// Its name.
    pub name: String,
    /// Model or reference number as on the label.
    pub model: Option<String>,
    /// What it is, for people.
    pub description: Option<String>,
}

/// What matters for adding a product.
#[derive(Debug, Clone, Default)]
pub struct ProductFacts {
    /// The family, if the register knows it.
    pub family: Option<FamilyId>,
    /// The product of that family that has this name already.
    pub same_name: Option<ProductId>,
}

/// Adds a product to a known family, unless another of it has the name.
pub fn add(facts: &ProductFacts, add: AddProduct, _: &Operation) -> Result<Vec<Event>, Refusal> {
    let name = text::line("product name", &add.name, NAME_LIMIT)?;
    let model = text::optional_line("model number", add.model.as_deref(), MARK_LIMIT)?;
    let description = text::note("description", add.description.as_deref(), NOTE_LIMIT)?;
    if facts.family != Some(add.family) {
        return Err(Refusal::unknown("product family", add.family));
    }
    if let Some(other) = facts.same_name {
        return Err(Refusal::new(
            "name_taken",
            format!("The family has a product named {name} already ({other})."),
            "Use that product, or choose another name.",
        ));
    }
    let (product, family) = (add.product, add.family);
    Ok(vec![ProductAdded { product, family, name, model, description }.into()])
}
