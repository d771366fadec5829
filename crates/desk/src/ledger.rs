//! The ledger as people and programs read it.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{LedgerRow, LedgerSheet, Page},
};
use aftercare_domain::{Channel, Entry, Event, unit::Installed};
use aftercare_register::{Fault, Page as Part};
use aftercare_vocab::{digest::Digest, instant::Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// The ledger at its newest position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerHead {
    /// Number of entries.
    pub size: u64,
    /// Merkle root over them (RFC 6962).
    #[schema(value_type = String)]
    pub root: Digest,
    /// The instant of the last entry; none while the ledger is empty.
    #[schema(value_type = Option<String>)]
    pub last_at: Option<Instant>,
}

impl Desk {
    /// Size, root and last instant.
    pub fn ledger_head(&self) -> Result<LedgerHead, Trouble> {
        let head = self.reader()?.head()?;
        Ok(LedgerHead { size: head.size, root: head.root, last_at: head.last })
    }

    /// Entries, newest first, each as it is kept and hashed.
    pub fn ledger(&self, after: &str) -> Result<Page<serde_json::Value>, Trouble> {
        let reader = self.reader()?;
        let page = match after {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let found = reader.entries(&page)?;
        let mut items = Vec::with_capacity(found.items.len());
        for entry in found.items {
            items.push(kept(&entry)?);
        }
        Ok(Page {
            items,
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.position(),
        })
    }

    /// Entries, newest first, for people.
    pub fn ledger_rows(&self, after: &str) -> Result<Page<LedgerRow>, Trouble> {
        let reader = self.reader()?;
        let page = match after {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let found = reader.entries(&page)?;
        Ok(Page {
            items: found.items.iter().map(row).collect(),
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.position(),
        })
    }

    /// One entry whole.
    pub fn ledger_entry(&self, number: u64) -> Result<LedgerSheet, Trouble> {
        let reader = self.reader()?;
        let missing = || Trouble::not_found("entry", number);
        let entry = reader.entry(number)?.ok_or_else(missing)?;
        let text = kept(&entry).and_then(|kept| {
            serde_json::to_string_pretty(&kept)
                .map_err(|error| unreadable(number, error.to_string()))
        })?;
        Ok(LedgerSheet { row: row(&entry), text, more: reader.position() > number })
    }
}

/// An entry as it is kept and hashed.
fn kept(entry: &Entry) -> Result<serde_json::Value, Fault> {
    let bytes = entry.bytes().map_err(|error| unreadable(entry.seq, error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| unreadable(entry.seq, error.to_string()))
}

fn unreadable(number: u64, why: String) -> Fault {
    Fault::Storage { doing: "showing an entry".to_owned(), place: format!("entry {number}"), why }
}

fn row(entry: &Entry) -> LedgerRow {
    LedgerRow {
        entry: entry.seq,
        at: entry.at,
        actor: entry.actor.to_string(),
        role: entry.role.as_str().to_owned(),
        channel: match entry.channel {
            Channel::Ui => "a page",
            Channel::Api => "the API",
            Channel::Cli => "the command line",
            Channel::Import => "an import",
            Channel::Job => "a job of the product",
        }
        .to_owned(),
        kind: entry.event.kind().to_owned(),
        what: sentence(&entry.event),
        entity: entry.event.entity(),
        entity_version: entry.entity_version,
    }
}

/// What happened, in a sentence.
fn sentence(event: &Event) -> String {
    match event {
        Event::FamilyAdded(e) => format!("Family {} was added.", e.name),
        Event::ProductAdded(e) => format!("Product {} was added.", e.name),
        Event::VersionAdded(e) => format!("Version {} was added to a product.", e.label),
        Event::VersionChanged(_) => "Predecessor or dates of a version were changed.".to_owned(),
        Event::SupplierAdded(e) => format!("Supplier {} was added.", e.name),
        Event::ConsigneeAdded(e) => format!("Consignee {} was added.", e.name),
        Event::SiteAdded(e) => format!("Site {} was added.", e.name),
        Event::UnitsRecorded(e) => {
            format!("Units were recorded: {}, {} of unknown installed version.", e.units, e.unknown)
        }
        Event::UnitVersionChanged(e) => match e.installed {
            Installed::Version(_) => "Another version was installed on a unit.".to_owned(),
            Installed::Unknown(_) => "What is installed on a unit became unknown.".to_owned(),
        },
        Event::SbomReceived(e) => format!(
            "An SBOM was received for a version: {} {}, {} components.",
            e.format.shown(),
            e.spec_version,
            e.components
        ),
        Event::TwinForked(e) => format!(
            "This record was forked after entry {} of the original and is the twin {} from here on.",
            e.position, e.name
        ),
        Event::TwinMade(e) => {
            format!("The twin {} was forked from this record after entry {}.", e.name, e.position)
        }
        Event::TwinDiscarded(e) => format!("The twin {} was thrown away.", e.name),
        Event::EditionAdopted(e) => {
            format!("Edition {} of {} records was put in force.", e.edition.short(), e.records)
        }
        Event::EditionAdoptedV2(e) => format!(
            "Edition {} of {} records from {} sources was put in force.",
            e.edition.short(),
            e.records,
            e.sources
        ),
        Event::FindingsAssessed(e) => {
            format!("The components of an SBOM were assessed by edition {}.", e.edition.short())
        }
        // Never who it is: that is for those who may open the sealed text.
        Event::ContactAdded(_) => "A person to be told was added to a consignee.".to_owned(),
        Event::ContactChanged(_) => {
            "What is known about a person to be told was changed.".to_owned()
        }
        Event::SubjectErased(_) => {
            "Every text about a person was erased, and its key destroyed.".to_owned()
        }
        Event::LogKeyAdopted(e) => match e.previous {
            None => "The first key that signs the ledger was put in force.".to_owned(),
            Some(_) => "A new key that signs the ledger was put in force.".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn every_kind_of_event_ever_shipped_has_a_sentence_of_its_own() {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/golden");
        let mut sentences = BTreeSet::new();
        for (kind, version) in Event::KINDS {
            let place = golden.join(format!("{kind}.v{version}.json"));
            let bytes = fs::read(&place).unwrap_or_else(|e| panic!("{}: {e}", place.display()));
            let body: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
            let event = Event::read(kind, *version, body).expect("an event");
            let said = sentence(&event);
            assert!(said.ends_with('.') && said.contains(' '), "{kind}: {said}");
            assert!(!said.contains(kind) && sentences.insert(said.clone()), "{kind}: {said}");
        }
        assert_eq!(sentences.len(), Event::KINDS.len());
    }
}
