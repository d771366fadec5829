//! Putting an edition of public knowledge in force.

use crate::{Desk, Trouble};
use aftercare_domain::{
    Operation,
    edition::{self as rules, AdoptEdition, SOURCES_LIMIT, Source, SourceList},
};
use aftercare_vocab::digest::Digest;

impl Desk {
    /// Puts an edition of the corpus in force. Says whether it was in force already.
    pub fn adopt_edition(&self, op: &Operation, id: &Digest) -> Result<bool, Trouble> {
        let edition = self.edition(id)?;
        let manifest = edition.manifest();
        let mut sources: Vec<Source> = manifest
            .sources
            .iter()
            .filter(|source| source.used.values().sum::<u64>() > 0)
            .map(|source| Source {
                name: source.name.clone(),
                records: source.used.values().sum(),
                as_of: source.published.clone(),
            })
            .collect();
        if sources.len() > SOURCES_LIMIT {
            let rest = sources.split_off(SOURCES_LIMIT - 1);
            sources.push(Source {
                name: format!("{} more sources, listed in the edition", rest.len()),
                records: rest.iter().map(|source| source.records).sum(),
                as_of: None,
            });
        }
        let list = SourceList { sources }.checked()?;
        let staged = self.pen()?.stage_sources(&list)?;
        let (records, list, blob) = (manifest.record_count(), &list, staged.digest());
        let command = AdoptEdition { edition: *id, records, list, blob };
        let outcome = self.transact(op, |pen| -> Result<(), Trouble> {
            let events = rules::adopt(&pen.facts().edition()?, &command, op)?;
            pen.attach(&staged);
            Ok(pen.record_all(events)?)
        });
        match outcome {
            Ok(_) => Ok(false),
            Err(Trouble::Refusal(refusal)) if refusal.code == "already_adopted" => Ok(true),
            Err(trouble) => Err(trouble),
        }
    }

    /// Adopts the edition that the corpus names as the one in use, if it is another than the one in
    /// force. Says whether anything changed; a corpus without edition changes nothing.
    pub fn follow_corpus(&self, operation: impl FnOnce() -> Operation) -> Result<bool, Trouble> {
        use aftercare_corpus::store::StoreError;
        if self.twin().is_some() {
            return Ok(false); // an exercise keeps the knowledge of its moment, until it adopts another
        }
        match self.corpus.current() {
            Ok(id) => {
                let in_force = self.reader()?.newest_edition()?.map(|row| row.digest);
                if in_force == Some(id) {
                    Ok(false)
                } else {
                    self.adopt_edition(&operation(), &id).map(|known| !known)
                }
            }
            Err(StoreError::NoEdition(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
