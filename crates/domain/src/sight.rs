//! Sight: whose rows somebody sees. A role is given for all product families or for some.

use aftercare_vocab::id::FamilyId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The product families that somebody sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Every family, also those added later.
    All,
    /// These alone.
    Families(BTreeSet<FamilyId>),
}

impl Default for Sight {
    /// Nothing is seen unless it is said.
    fn default() -> Self {
        Self::Families(BTreeSet::new())
    }
}

impl Sight {
    /// Whether a family is seen.
    pub fn sees(&self, family: FamilyId) -> bool {
        match self {
            Self::All => true,
            Self::Families(some) => some.contains(&family),
        }
    }

    /// Whether everything that `other` sees is seen.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Families(_), Self::All) => false,
            (Self::Families(own), Self::Families(some)) => some.is_subset(own),
        }
    }

    /// What either sees.
    #[must_use]
    pub fn with(self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Families(mut own), Self::Families(some)) => {
                own.extend(some);
                Self::Families(own)
            }
        }
    }
}
