//! The chains in force, as their entries say.

use super::{Step, proposed};
use crate::{entry::Entry, event::Event, operation::Actor};
use aftercare_vocab::{id::FamilyId, instant::Instant};
use std::collections::BTreeMap;

/// The events that the chains are folded from.
pub const CHAIN_KINDS: &[&str] = &["chain_adopted"];

/// A chain that was put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Its steps.
    pub steps: Vec<Step>,
    /// Who put it in force.
    pub by: Actor,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// Every chain in force, by its family; `None` = every family without a chain of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chains(BTreeMap<Option<FamilyId>, Adopted>);

impl Chains {
    /// Reads the chains from their entries, in their order; others change nothing.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut chains = BTreeMap::new();
        for entry in entries {
            if let Event::ChainAdopted(e) = &entry.event {
                let (steps, by) = (e.steps.clone(), entry.actor.clone());
                chains.insert(e.family, Adopted { steps, by, at: entry.at, entry: entry.seq });
            }
        }
        Self(chains)
    }

    /// The chain that was adopted for exactly this family, or (`None`) for the others.
    pub fn own(&self, family: Option<FamilyId>) -> Option<&Adopted> {
        self.0.get(&family)
    }

    /// The steps that a call about a family, or (`None`) about all of them, follows.
    pub fn steps(&self, family: Option<FamilyId>) -> Vec<Step> {
        let adopted = self.own(family).or_else(|| self.own(None));
        adopted.map_or_else(proposed, |one| one.steps.clone())
    }
}
