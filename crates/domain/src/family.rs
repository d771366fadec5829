//! Product families: devices that share a design.

use crate::{
    event::Event,
    operation::Operation,
    refusal::Refusal,
    text::{self, NAME_LIMIT, NOTE_LIMIT},
};
use aftercare_vocab::id::FamilyId;
use serde::{Deserialize, Serialize};

/// A product family was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyAdded {
    /// The new family.
    pub family: FamilyId,
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub description: Option<String>,
}

/// Add a family.
#[derive(Debug, Clone)]
pub struct AddFamily {
    /// The new identifier.
    pub family: FamilyId,
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub description: Option<String>,
}

/// What matters for adding a family.
#[derive(Debug, Clone, Default)]
pub struct FamilyFacts {
    /// The family that has this name already.
    pub same_name: Option<FamilyId>,
}

/// Adds a family, unless another has the name.
pub fn add(facts: &FamilyFacts, add: AddFamily, _: &Operation) -> Result<Vec<Event>, Refusal> {
    let name = text::line("family name", &add.name, NAME_LIMIT)?;
    if let Some(other) = facts.same_name {
        return Err(Refusal::new(
            "name_taken",
            format!("A family named {name} exists already ({other})."),
            "Use that family, or choose another name.",
        ));
    }
    let description = text::note("description", add.description.as_deref(), NOTE_LIMIT)?;
    Ok(vec![FamilyAdded { family: add.family, name, description }.into()])
}
