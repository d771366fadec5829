//! Identities that the maker says mean one product: rows of its own on top of the curated table that
//! matching comes with.
//!
//! A mapping holds for the whole programme and for every version of the product. It can be stated anew and
//! withdrawn, each with a reason; nothing of its history is lost. SBOMs that were matched under other
//! mappings wait to be matched again.

use crate::{
    access::{self, Right},
    canonical,
    entry::Entry,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    roster::Roster,
    stated::{Ended, Stated},
    text::{self, NAME_LIMIT},
};
use aftercare_vocab::{
    digest::Digest,
    id::{MappingId, PersonId},
    identity,
    problem::quoted,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// Most identities of one mapping.
pub const IDENTITIES_LIMIT: usize = 50;
/// Most mappings of a programme, withdrawn ones too.
pub const MAPPINGS_LIMIT: usize = 5_000;

/// The events that they are folded from.
pub const KINDS: &[&str] = &["mapping_stated", "mapping_withdrawn"];

/// Identities were said to mean one product, or it was said anew. Why stands in the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingStated {
    /// The mapping.
    pub mapping: MappingId,
    /// What the product is called in explanations.
    pub product: String,
    /// The identities, each as its canonical key ([`identity`]), in order.
    pub identities: Vec<String>,
    /// Who says so.
    pub by: PersonId,
}

/// A mapping does not hold any more. Why stands in the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingWithdrawn {
    /// The mapping.
    pub mapping: MappingId,
    /// Who says so.
    pub by: PersonId,
}

/// A mapping with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingEntry {
    /// Each statement of it, the newest last; never none.
    pub stated: Vec<Stated<MappingStated>>,
    /// Each time that it was withdrawn.
    pub withdrawn: Vec<Ended>,
    /// Whether it holds.
    pub is_in_force: bool,
}

/// The mappings of a programme at one point of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Mappings {
    all: BTreeMap<MappingId, MappingEntry>,
    position: u64,
    /// Of what holds, once it was asked for.
    digest: OnceLock<Option<Digest>>,
}

impl Mappings {
    /// Takes in the next entry.
    pub fn enter(&mut self, entry: &Entry) {
        self.position = entry.seq;
        self.digest = OnceLock::new();
        let (at, reason) = (entry.at, entry.reason.clone());
        match &entry.event {
            Event::MappingStated(e) => {
                let stated = Stated { value: e.clone(), at, reason, entry: entry.seq };
                let new = || MappingEntry { stated: vec![], withdrawn: vec![], is_in_force: false };
                let one = self.all.entry(e.mapping).or_insert_with(new);
                one.stated.push(stated);
                one.is_in_force = true;
            }
            Event::MappingWithdrawn(e) => {
                if let Some(one) = self.all.get_mut(&e.mapping) {
                    one.withdrawn.push(Ended { at, by: e.by, reason, entry: entry.seq });
                    one.is_in_force = false;
                }
            }
            _ => {}
        }
    }

    /// One of them.
    pub fn get(&self, mapping: MappingId) -> Option<&MappingEntry> {
        self.all.get(&mapping)
    }

    /// All, withdrawn ones too, in the order in which they were first stated.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (MappingId, &MappingEntry)> {
        self.all.iter().map(|(id, one)| (*id, one))
    }

    /// What holds.
    pub fn in_force(&self) -> impl Iterator<Item = &Stated<MappingStated>> {
        self.all.values().filter(|one| one.is_in_force).filter_map(MappingEntry::newest)
    }

    /// SHA-256 of what holds: of the mappings with their products and identities. `None` if none does.
    pub fn digest(&self) -> Option<Digest> {
        *self.digest.get_or_init(|| {
            let holds: Vec<_> = self
                .in_force()
                .map(|one| (one.value.mapping, &one.value.product, &one.value.identities))
                .collect();
            let bytes = if holds.is_empty() { None } else { canonical::bytes(&holds).ok() };
            bytes.map(|bytes| Digest::of(&bytes))
        })
    }

    /// The number of the last entry that was taken in; 0 before the first.
    pub const fn position(&self) -> u64 {
        self.position
    }
}

impl MappingEntry {
    /// As it was stated last.
    pub fn newest(&self) -> Option<&Stated<MappingStated>> {
        self.stated.last()
    }
}

fn keeper(roster: &Roster, op: &Operation) -> Result<PersonId, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    if roster.rights(by).contains(&Right::KeepMappings) {
        Ok(by)
    } else {
        Err(access::missing(roster, Right::KeepMappings, op.at))
    }
}

fn reasoned(op: &Operation, why: &str) -> Result<(), Refusal> {
    match op.reason {
        Some(_) => Ok(()),
        None => Err(Refusal::new(
            "reason_missing",
            format!("A mapping needs a reason: {why}."),
            "Say in a sentence where it is known from, such as a letter of the supplier.",
        )),
    }
}

/// What somebody wishes to state of a mapping; the identities as people write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The mapping, new or known.
    pub mapping: MappingId,
    /// What the product is called.
    pub product: String,
    /// The identities, one each; empty ones are left out.
    pub identities: Vec<String>,
}

impl Wish {
    /// The name of the product and the canonical keys, if it can be stated at all.
    pub fn checked(&self) -> Result<(String, Vec<String>), Refusal> {
        let product = text::line("product", &self.product, NAME_LIMIT)?;
        let mut keys = BTreeSet::new();
        for given in self.identities.iter().map(|one| one.trim()).filter(|one| !one.is_empty()) {
            let key = identity::read(given).ok_or_else(|| {
                Refusal::new(
                    "identity_unreadable",
                    format!("{} is no identity.", quoted(given)),
                    format!("Write {}.", identity::KINDS),
                )
            })?;
            keys.insert(key);
        }
        match keys.len() {
            0 | 1 => Err(Refusal::new(
                "identities_too_few",
                "A mapping joins at least two identities.",
                "Give the one that your SBOMs have, and the one under which the sources know the product; a version \
                 in them does not count.",
            )),
            2..=IDENTITIES_LIMIT => Ok((product, keys.into_iter().collect())),
            many => Err(Refusal::new(
                "identities_too_many",
                format!("These are {many} identities."),
                format!("Give at most {IDENTITIES_LIMIT}."),
            )),
        }
    }
}

/// States that identities mean one product, or states a mapping anew; a withdrawn one holds again.
pub fn state(
    roster: &Roster,
    before: &Mappings,
    wish: &Wish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = keeper(roster, op)?;
    let (product, identities) = wish.checked()?;
    reasoned(op, "findings of every product rest on it")?;
    let known = before.get(wish.mapping);
    let same = |one: &&Stated<MappingStated>| {
        one.value.identities == identities
            && (one.value.mapping != wish.mapping || one.value.product == product)
    };
    if let Some(one) = before.in_force().find(same) {
        return Err(Refusal::new(
            "mapped_already",
            format!(
                "The mapping {} ({}) says that already.",
                quoted(&one.value.product),
                one.value.mapping
            ),
            "Nothing needs doing, or state that one anew.",
        ));
    }
    if known.is_none() && before.all.len() >= MAPPINGS_LIMIT {
        return Err(Refusal::new(
            "too_many_mappings",
            format!("There are {MAPPINGS_LIMIT} mappings, withdrawn ones too."),
            "State one of them anew.",
        ));
    }
    Ok(vec![MappingStated { mapping: wish.mapping, product, identities, by }.into()])
}

/// Withdraws a mapping.
pub fn withdraw(
    roster: &Roster,
    before: &Mappings,
    mapping: MappingId,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = keeper(roster, op)?;
    let known = before.get(mapping).ok_or_else(|| Refusal::unknown("mapping", mapping))?;
    if !known.is_in_force {
        return Err(Refusal::new(
            "withdrawn_already",
            "The mapping does not hold any more.",
            "Nothing needs doing.",
        ));
    }
    reasoned(op, "findings that rest on it go")?;
    Ok(vec![MappingWithdrawn { mapping, by }.into()])
}
