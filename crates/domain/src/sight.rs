//! Sight: which part of the record somebody may see, all of it or what belongs to some product families.
//!
//! It says nothing about what may be done there. Whoever sees a part is told of the rest exactly what
//! would be told of something that does not exist.

use crate::refusal::Refusal;
use aftercare_vocab::id::FamilyId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What may be seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// The whole record.
    #[default]
    All,
    /// What belongs to these product families, and what belongs to none. Without any: no device at all.
    Families(BTreeSet<FamilyId>),
}

impl Sight {
    /// The sight of these families.
    pub fn of(families: impl IntoIterator<Item = FamilyId>) -> Self {
        Self::Families(families.into_iter().collect())
    }

    /// Whether the whole record is seen.
    pub const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Whether a family is seen.
    pub fn sees(&self, family: FamilyId) -> bool {
        match self {
            Self::All => true,
            Self::Families(families) => families.contains(&family),
        }
    }

    /// What both see: narrowing never widens.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, sight) | (sight, Self::All) => sight.clone(),
            (Self::Families(one), Self::Families(two)) => {
                Self::Families(one.intersection(two).copied().collect())
            }
        }
    }
}

/// The refusal of something that is about the record as a whole, to somebody who sees a part. `what`
/// begins the sentence: `The ledger`.
pub fn whole_record(what: &str) -> Refusal {
    Refusal::new(
        "whole_record_needed",
        format!("{what} is about the whole record, and your role is given for some product families only."),
        "Ask somebody whose role is given for all families.",
    )
    .could("Somebody whose role is given for all families")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercare_vocab::id::Id;

    fn family(n: u8) -> FamilyId {
        Id::from_bytes([n; 16])
    }

    #[test]
    fn narrowing_never_widens() {
        let (one, both) = (Sight::of([family(1)]), Sight::of([family(1), family(2)]));
        assert_eq!(Sight::All.and(&one), one);
        assert_eq!(one.and(&Sight::All), one);
        assert_eq!(both.and(&one), one);
        assert_eq!(one.and(&Sight::of([family(2)])), Sight::of([]));
        assert_eq!(Sight::All.and(&Sight::All), Sight::All);
        assert!(one.sees(family(1)) && !one.sees(family(2)) && Sight::All.sees(family(2)));
        assert!(!Sight::of([]).sees(family(1)));
    }

    #[test]
    fn it_is_kept_and_read_back() {
        for sight in [Sight::All, Sight::of([family(7)])] {
            let kept = serde_json::to_string(&sight).expect("JSON");
            assert_eq!(serde_json::from_str::<Sight>(&kept).expect("a sight"), sight);
        }
    }
}
