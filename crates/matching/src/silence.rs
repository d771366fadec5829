//! Why no record speaks: what was taken back, and what is about another release.

use crate::{Matcher, subject::Subject};
use aftercare_corpus::{Edition, Head, table::Damage};
use aftercare_formats::feed::{Rule, Source, State, taken_back_on};
use aftercare_vocab::inventory::Component;
use std::collections::{BTreeMap, BTreeSet};

/// What a record that its publisher took back says of itself, in one sentence; `None`: it stands.
pub fn taken_back(edition: &Edition, head: &Head) -> Result<Option<String>, Damage> {
    if head.body.state != State::Withdrawn {
        return Ok(None);
    }
    let (id, source) = (&head.body.id, head.body.source);
    let when = taken_back_on(&edition.received(head)?);
    let when = match when {
        Some(day) => format!(" on {day}"),
        None if head.body.modified.is_empty() => String::new(),
        None => format!("; its record last changed on {}", &*head.body.modified),
    };
    Ok(Some(match source {
        Source::Cve => format!("The CVE list rejected {id}{when}."),
        Source::Nvd => format!("The NVD holds {id} as rejected{when}."),
        source => format!("{} {id} was withdrawn{when}.", source.shown()),
    }))
}

impl Matcher<'_> {
    /// Why [`Matcher::explain`] is silent about a component and a vulnerability that the edition knows: records
    /// that were withdrawn or rejected, and records that name the package for other releases. Empty: no
    /// record names the component.
    pub fn silence(
        &self,
        component: &Component,
        vulnerability: &str,
    ) -> Result<Vec<String>, Damage> {
        let mut why = Vec::new();
        let mut names: BTreeMap<u32, String> = BTreeMap::new();
        for found in self.edition.find(vulnerability)? {
            for record in self.edition.group(found.group)? {
                if names.contains_key(&record) {
                    continue;
                }
                let head = self.edition.head(record)?;
                why.extend(taken_back(self.edition, &head)?);
                names.insert(record, head.body.id.to_string());
            }
        }
        let subject: Subject<'_> = self.subject(component)?;
        for identity in &subject.identities {
            let Some(own) = identity.package.as_ref().and_then(|of| of.release.as_deref()) else {
                continue;
            };
            let mut releases: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
            let named = |record| names.contains_key(&record);
            self.edition.rules_of(&identity.key, named, |posting| {
                if let Rule::Osv(rule) = &posting.rule
                    && let Some(release) = &rule.release
                {
                    releases.entry(posting.record).or_default().insert(release.to_string());
                }
            })?;
            why.extend(releases.into_iter().map(|(record, releases)| {
                let releases: Vec<String> = releases.into_iter().collect();
                format!(
                    "{} names {} for other releases ({}) than the inventory's {own}.",
                    names[&record],
                    identity.key,
                    releases.join(", ")
                )
            }));
        }
        why.dedup();
        Ok(why)
    }
}
