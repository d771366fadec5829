//! Editions of public knowledge in force.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{statements, values},
};
use aftercare_domain::edition::EditionAdopted;

statements! {
    ADD_EDITION = "INSERT INTO edition (no, since, digest, records, sources) VALUES ($1, $2, $3, $4, $5)";
}

impl Projector<'_> {
    pub(super) fn edition_adopted(&self, seq: i64, e: &EditionAdopted) -> Result<(), Fault> {
        let sources = serde_json::to_string(&e.sources).map_err(|e| Fault::shape("sources", e))?;
        self.session
            .execute(ADD_EDITION, values![seq, seq, e.edition.as_bytes(), e.records, &sources])
            .map(|_| ())
    }
}
