//! The ledger as people and programs read it. Whoever sees a part of the record reads its length and root,
//! not its entries.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{LedgerRow, LedgerSheet, Page},
    told::told,
    viewer::Viewer,
    withheld::{WITHHELD, Withheld},
};
use aftercare_domain::{Channel, Entry};
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

    /// Entries, newest first, each as it is kept and hashed. Of one about a case under an embargo that whoever asks
    /// need not know, its number alone.
    pub fn ledger(
        &self,
        after: &str,
        viewer: Option<&Viewer>,
    ) -> Result<Page<serde_json::Value>, Trouble> {
        self.whole("The ledger")?;
        let withheld = self.withheld(viewer)?;
        let reader = self.reader()?;
        let page = match after {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let found = reader.entries(&page)?;
        let mut items = Vec::with_capacity(found.items.len());
        for entry in found.items {
            items.push(seen(&entry, &withheld)?);
        }
        Ok(Page {
            items,
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.position(),
        })
    }

    /// Entries, newest first, for people.
    pub fn ledger_rows(
        &self,
        after: &str,
        viewer: Option<&Viewer>,
    ) -> Result<Page<LedgerRow>, Trouble> {
        self.whole("The ledger")?;
        let withheld = self.withheld(viewer)?;
        let reader = self.reader()?;
        let page = match after {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let found = reader.entries(&page)?;
        Ok(Page {
            items: found.items.iter().map(|entry| row(entry, &withheld)).collect(),
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.position(),
        })
    }

    /// One entry whole.
    pub fn ledger_entry(
        &self,
        number: u64,
        viewer: Option<&Viewer>,
    ) -> Result<LedgerSheet, Trouble> {
        self.whole("The ledger")?;
        let withheld = self.withheld(viewer)?;
        let reader = self.reader()?;
        let missing = || Trouble::not_found("entry", number);
        let entry = reader.entry(number)?.ok_or_else(missing)?;
        let text = seen(&entry, &withheld).and_then(|kept| {
            serde_json::to_string_pretty(&kept)
                .map_err(|error| unreadable(number, error.to_string()))
        })?;
        Ok(LedgerSheet { row: row(&entry, &withheld), text, more: reader.position() > number })
    }
}

/// An entry as it is kept and hashed.
fn kept(entry: &Entry) -> Result<serde_json::Value, Fault> {
    let bytes = entry.bytes().map_err(|error| unreadable(entry.seq, error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| unreadable(entry.seq, error.to_string()))
}

/// The same, unless it is withheld.
fn seen(entry: &Entry, withheld: &Withheld) -> Result<serde_json::Value, Fault> {
    if withheld.holds(entry) {
        return Ok(serde_json::json!({ "seq": entry.seq, "withheld": WITHHELD }));
    }
    kept(entry)
}

fn unreadable(number: u64, why: String) -> Fault {
    Fault::Storage { doing: "showing an entry".to_owned(), place: format!("entry {number}"), why }
}

fn row(entry: &Entry, withheld: &Withheld) -> LedgerRow {
    if withheld.holds(entry) {
        return LedgerRow {
            entry: entry.seq,
            at: entry.at,
            actor: String::new(),
            role: String::new(),
            channel: String::new(),
            kind: String::new(),
            what: WITHHELD.to_owned(),
            entity: String::new(),
            entity_version: 0,
        };
    }
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
        what: told(&entry.event, None),
        entity: entry.event.entity(),
        entity_version: entry.entity_version,
    }
}
