//! Product versions: the unit of every assessment.

use crate::{
    Date,
    event::Event,
    operation::Operation,
    reason::{self, Change},
    refusal::Refusal,
    text::{self, LABEL_LIMIT},
};
use aftercare_vocab::id::{ProductId, VersionId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What may change about a version during its life.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    /// The version it followed.
    pub predecessor: Option<VersionId>,
    /// When it was released; `None` = not known here.
    pub released: Option<Date>,
    /// Updates are promised until this day; `None` = not known here.
    pub supported_until: Option<Date>,
    /// End of support as announced; `None` = not known here.
    pub end_of_support: Option<Date>,
}

/// A version of a product was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionAdded {
    /// The new version.
    pub version: VersionId,
    /// Its product.
    pub product: ProductId,
    /// Its label as on the device: `3.2.1`.
    pub label: String,
    /// Predecessor and dates.
    pub life: Life,
}

/// Predecessor, release or support dates of a version were changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionChanged {
    /// The version.
    pub version: VersionId,
    /// All of them as they are from now on.
    pub life: Life,
}

/// Add a version to a product.
#[derive(Debug, Clone)]
pub struct AddVersion {
    /// The new identifier.
    pub version: VersionId,
    /// Its product.
    pub product: ProductId,
    /// Its label as on the device.
    pub label: String,
    /// Predecessor and dates.
    pub life: Life,
}

/// Change predecessor or dates of a version.
#[derive(Debug, Clone)]
pub struct ChangeVersion {
    /// The version.
    pub version: VersionId,
    /// All of them as they shall be.
    pub life: Life,
}

/// What matters for the versions of one product.
#[derive(Debug, Clone, Default)]
pub struct VersionFacts {
    /// The product, if the register knows it (and the version asked for, when one is changed).
    pub product: Option<ProductId>,
    /// The version of the product that has this label already.
    pub same_label: Option<VersionId>,
    /// Every version of the product, with predecessor and dates.
    pub versions: BTreeMap<VersionId, Life>,
}

/// Adds a version to a known product, unless another of it has the label.
pub fn add(facts: &VersionFacts, add: AddVersion, _: &Operation) -> Result<Vec<Event>, Refusal> {
    let label = text::line("version label", &add.label, LABEL_LIMIT)?;
    if facts.product != Some(add.product) {
        return Err(Refusal::unknown("product", add.product));
    }
    if let Some(other) = facts.same_label {
        return Err(Refusal::new(
            "label_taken",
            format!("The product has a version {label} already ({other})."),
            "Use that version, or choose another label.",
        ));
    }
    check(facts, add.version, &add.life)?;
    let (version, product, life) = (add.version, add.product, add.life);
    Ok(vec![VersionAdded { version, product, label, life }.into()])
}

/// Changes predecessor or dates of a known version. Nothing to change is refused; a released version
/// needs a reason.
pub fn change(
    facts: &VersionFacts,
    change: ChangeVersion,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let Some(before) = facts.versions.get(&change.version) else {
        return Err(Refusal::unknown("product version", change.version));
    };
    if *before == change.life {
        return Err(Refusal::new(
            "nothing_changed",
            "Predecessor and dates are already as asked.",
            "Nothing needs doing.",
        ));
    }
    check(facts, change.version, &change.life)?;
    if reason::released(before.released, op) {
        reason::given(Change::ReleasedVersion, op)?;
    }
    Ok(vec![VersionChanged { version: change.version, life: change.life }.into()])
}

fn check(facts: &VersionFacts, version: VersionId, life: &Life) -> Result<(), Refusal> {
    if let (Some(released), Some(end)) = (life.released, life.end_of_support)
        && end < released
    {
        return Err(Refusal::new(
            "dates_reversed",
            format!("Support would end on {end}, before the release on {released}."),
            "Correct one of the two dates.",
        ));
    }
    let Some(predecessor) = life.predecessor else { return Ok(()) };
    if predecessor != version && !facts.versions.contains_key(&predecessor) {
        return Err(Refusal::new(
            "predecessor_elsewhere",
            format!("The predecessor {predecessor} is not a version of the same product."),
            "Choose a version of this product, or none.",
        ));
    }
    let mut seen = BTreeSet::from([version]);
    let mut next = Some(predecessor);
    while let Some(ancestor) = next {
        if !seen.insert(ancestor) {
            return Err(Refusal::new(
                "predecessor_cycle",
                format!("With the predecessor {predecessor}, the version would follow itself."),
                "Choose an earlier version, or none.",
            ));
        }
        next = facts.versions.get(&ancestor).and_then(|life| life.predecessor);
    }
    Ok(())
}
