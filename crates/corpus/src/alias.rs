//! Alias groups: which records are about one flaw, and under which identifiers each is found.

use crate::{build::Entry, table::put_varint};
use aftercare_formats::feed::supplier::document_of;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A group for each record: records about one flaw share the number of the group's first record.
///
/// Identifiers are joined over aliases, and over `upstream` where a record is about exactly one
/// flaw. Two sets that each hold a different CVE identifier are never joined: then the record keeps
/// to the set of its own identifier, and its other identifiers still find it.
pub(crate) fn groups(entries: &[Entry]) -> Vec<u32> {
    let mut sets = Sets::default();
    for entry in entries.iter().filter(|entry| entry.live) {
        let own = sets.of(&entry.id);
        let aliases: Vec<&str> =
            entry.others.iter().filter(|(_, alias)| *alias).map(|(id, _)| id.as_str()).collect();
        let upstream: Vec<&str> =
            entry.others.iter().filter(|(_, alias)| !alias).map(|(id, _)| id.as_str()).collect();
        let about_one = if upstream.len() == 1 { upstream } else { Vec::new() };
        let cves: BTreeSet<String> = aliases
            .iter()
            .chain(&about_one)
            .filter(|id| is_cve(id))
            .map(|id| id.to_uppercase())
            .collect();
        for id in aliases.iter().chain(&about_one) {
            if cves.len() > 1 && is_cve(id) {
                continue; // one record about several CVEs joins none of them
            }
            let other = sets.of(id);
            sets.join(own, other);
        }
    }
    let mut first: HashMap<usize, u32> = HashMap::new();
    let numbers = entries.iter().enumerate().map(|(record, entry)| {
        if entry.live {
            let own = sets.of(&entry.id);
            let root = sets.root(own);
            *first.entry(root).or_insert(record as u32)
        } else {
            record as u32
        }
    });
    numbers.collect()
}

fn is_cve(id: &str) -> bool {
    // a supplier's record may be named after a document that is named after a CVE
    id.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("CVE-")) && !id.contains('#')
}

/// Disjoint sets of identifiers, at most one CVE identifier in each.
#[derive(Default)]
struct Sets {
    numbers: HashMap<String, usize>,
    parent: Vec<usize>,
    cve: Vec<Option<usize>>,
}

impl Sets {
    fn of(&mut self, id: &str) -> usize {
        let upper = id.to_uppercase();
        if let Some(number) = self.numbers.get(&upper) {
            return *number;
        }
        let number = self.parent.len();
        self.cve.push(is_cve(&upper).then_some(number));
        self.numbers.insert(upper, number);
        self.parent.push(number);
        number
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let cve = match (self.cve[a], self.cve[b]) {
            (Some(one), Some(other)) if one != other => return,
            (one, other) => one.or(other),
        };
        self.parent[b] = a;
        self.cve[a] = cve;
    }
}

/// Every identifier with the records that carry it.
pub(crate) fn identifiers(entries: &[Entry], groups: &[u32]) -> BTreeMap<String, Vec<u8>> {
    let mut ids: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (record, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.live) {
        let own = std::iter::once((entry.id.as_str(), 0));
        let others =
            entry.others.iter().map(|(id, alias)| (id.as_str(), if *alias { 1 } else { 2 }));
        let within = entry.source.is_supplier().then(|| (document_of(&entry.id), 3));
        for (id, relation) in own.chain(others).chain(within).filter(|(id, _)| !id.is_empty()) {
            let value = ids.entry(id.to_uppercase()).or_default();
            put_varint(value, record as u64);
            put_varint(value, u64::from(groups[record]));
            value.push(relation);
            value.extend_from_slice(&entry.digest.as_bytes()[..8]);
        }
    }
    ids
}
