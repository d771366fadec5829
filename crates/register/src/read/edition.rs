//! Editions of public knowledge that were put in force.

use super::{Cursor, Page, Paged, Reader};
use crate::{
    fault::Fault,
    sql::{Row, statements, values},
};
use aftercare_domain::edition::Source;
use aftercare_vocab::{digest::Digest, instant::Instant};
use serde::Serialize;

statements! {
    EDITIONS = "SELECT e.no, e.digest, e.records, e.sources, g.at, g.actor FROM edition e
        JOIN ledger g ON g.seq = e.since
        WHERE e.since <= $1 AND e.no < $2 ORDER BY e.no DESC LIMIT $3";
}

/// An edition that was put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditionRow {
    /// The edition's id.
    pub digest: Digest,
    /// Number of records.
    pub records: u64,
    /// Where they came from.
    pub sources: Vec<Source>,
    /// When it was put in force.
    pub adopted_at: Instant,
    /// By whom.
    pub adopted_by: String,
}

impl Reader {
    /// The edition in force; `None` = none was ever adopted, so nothing can be assessed.
    pub fn newest_edition(&self) -> Result<Option<EditionRow>, Fault> {
        let asked = values![self.position, i64::MAX, 1_i64];
        Ok(self.session()?.first(EDITIONS, asked, edition)?.map(|(_, row)| row))
    }

    /// Editions, newest first.
    pub fn editions(&self, page: &Page) -> Result<Paged<EditionRow>, Fault> {
        let [after] = page.numbers()?;
        let before = if page.after.is_none() { i64::MAX } else { after };
        let asked = values![self.position, before, page.ask()];
        Ok(Paged::of(self.session()?.query(EDITIONS, asked, edition)?, page))
    }
}

fn edition(row: &Row<'_>) -> Result<(Cursor, EditionRow), Fault> {
    let edition = EditionRow {
        digest: Digest::from_bytes(row.fixed(1)?),
        records: row.count(2)?,
        sources: serde_json::from_str(&row.text(3)?)
            .map_err(|e| Fault::shape("the sources of an edition", e))?,
        adopted_at: Instant::from_micros(row.int(4)?),
        adopted_by: row.text(5)?,
    };
    Ok((Cursor::numbers([row.int(0)?]), edition))
}
