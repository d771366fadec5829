//! The ledger as people and programs read it.

use crate::{Desk, PAGE_ROWS, Trouble, answers::Page};
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
            let kept = entry.bytes().map_err(|error| error.to_string()).and_then(|bytes| {
                serde_json::from_slice(&bytes).map_err(|error| error.to_string())
            });
            items.push(kept.map_err(|why| Fault::Storage {
                doing: "showing an entry".to_owned(),
                place: format!("entry {}", entry.seq),
                why,
            })?);
        }
        Ok(Page {
            items,
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.position(),
        })
    }
}
