//! The use of products as their entries say.

use super::{CycleStated, EnvironmentStated, RiskFile, RiskFileAdopted};
use crate::{
    canonical,
    entry::Entry,
    event::Event,
    stated::{Ended, Stated},
};
use aftercare_vocab::{digest::Digest, id::ProductId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// An environment of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// As it was stated last.
    pub stated: Stated<EnvironmentStated>,
    /// Whether it ended.
    pub ended: Option<Ended>,
    /// Whether it was stated anew, or ended, since it was stated first.
    pub is_restated: bool,
}

impl Environment {
    /// SHA-256 of what is stated: what an exposure in it rests on.
    pub fn premise(&self) -> Option<Digest> {
        let EnvironmentStated { description, network, measures, .. } = &self.stated.value;
        canonical::bytes(&(description, network, measures)).ok().map(|bytes| Digest::of(&bytes))
    }
}

/// What the entries say of one product.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsageEntries {
    /// Every edition of its risk file, the newest last.
    pub risk_files: Vec<Stated<RiskFileAdopted>>,
    /// Its environments, by name.
    pub environments: BTreeMap<String, Environment>,
    /// Its cycle as it was stated, the newest last.
    pub cycles: Vec<Stated<CycleStated>>,
}

/// What is in force for one product, with the rows of its risk file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// The edition of the risk file with its rows.
    pub risk_file: Option<(u64, Arc<RiskFile>)>,
    /// What exposures in each environment rest on, by its name.
    pub environments: BTreeMap<String, Option<Digest>>,
    /// The environments that were stated more than once, or ended: what was said of them before the first statement
    /// does not hold.
    pub restated: BTreeSet<String>,
    /// Days of its regular cycle.
    pub cycle: Option<u32>,
}

impl UsageEntries {
    /// The risk file in force.
    pub fn risk_file(&self) -> Option<&Stated<RiskFileAdopted>> {
        self.risk_files.last()
    }

    /// The cycle in force.
    pub fn cycle(&self) -> Option<&Stated<CycleStated>> {
        self.cycles.last()
    }

    /// The environments in force.
    pub fn in_force(&self) -> impl Iterator<Item = &Environment> {
        self.environments.values().filter(|one| one.ended.is_none())
    }

    /// What is in force; the rows of the risk file are handed in.
    pub fn usage(&self, rows: Option<Arc<RiskFile>>) -> Usage {
        let edition = self.risk_file().map(|one| one.value.edition);
        let premise = |one: &Environment| (one.stated.value.environment.clone(), one.premise());
        Usage {
            risk_file: edition.zip(rows),
            environments: self.in_force().map(premise).collect(),
            restated: self
                .environments
                .iter()
                .filter(|(_, one)| one.is_restated)
                .map(|(name, _)| name.clone())
                .collect(),
            cycle: self.cycle().map(|one| one.value.days),
        }
    }
}

/// The use of every product at one point of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Usages {
    products: BTreeMap<ProductId, UsageEntries>,
    position: u64,
}

impl Usages {
    /// Takes in the next entry.
    pub fn enter(&mut self, entry: &Entry) {
        self.position = entry.seq;
        macro_rules! stated {
            ($value:expr) => {
                Stated {
                    value: $value.clone(),
                    at: entry.at,
                    reason: entry.reason.clone(),
                    entry: entry.seq,
                }
            };
        }
        match &entry.event {
            Event::RiskFileAdopted(e) => self.of_product(e.product).risk_files.push(stated!(e)),
            Event::CycleStated(e) => self.of_product(e.product).cycles.push(stated!(e)),
            Event::EnvironmentStated(e) => {
                let known = &mut self.of_product(e.product).environments;
                let is_restated = known.contains_key(&e.environment);
                let environment = Environment { stated: stated!(e), ended: None, is_restated };
                known.insert(e.environment.clone(), environment);
            }
            Event::EnvironmentEnded(e) => {
                let known = &mut self.of_product(e.product).environments;
                if let Some(one) = known.get_mut(&e.environment) {
                    let reason = entry.reason.clone();
                    one.ended = Some(Ended { at: entry.at, by: e.by, reason, entry: entry.seq });
                    one.is_restated = true;
                }
            }
            _ => {}
        }
    }

    fn of_product(&mut self, product: ProductId) -> &mut UsageEntries {
        self.products.entry(product).or_default()
    }

    /// What the entries say of a product; none = nothing was stated.
    pub fn get(&self, product: ProductId) -> Option<&UsageEntries> {
        self.products.get(&product)
    }

    /// The number of the last entry that was taken in; 0 before the first.
    pub const fn position(&self) -> u64 {
        self.position
    }
}
