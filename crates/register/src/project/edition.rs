//! Editions of public knowledge in force.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{statements, values},
};
use aftercare_domain::edition::{EditionAdopted, EditionAdoptedV2, Source};
use aftercare_vocab::digest::Digest;

statements! {
    ADD_EDITION = "INSERT INTO edition (no, since, digest, records, sources) VALUES ($1, $2, $3, $4, $5)";
}

impl Projector<'_> {
    pub(super) fn edition_adopted(&self, seq: i64, e: &EditionAdopted) -> Result<(), Fault> {
        self.add_edition(seq, &e.edition, e.records, &e.sources)
    }

    pub(super) fn edition_adopted_v2(&self, seq: i64, e: &EditionAdoptedV2) -> Result<(), Fault> {
        self.add_edition(seq, &e.edition, e.records, &self.documents.sources(&e.list)?.sources)
    }

    fn add_edition(
        &self,
        seq: i64,
        edition: &Digest,
        records: u64,
        sources: &[Source],
    ) -> Result<(), Fault> {
        let sources = serde_json::to_string(sources).map_err(|e| Fault::shape("sources", e))?;
        self.session
            .execute(ADD_EDITION, values![seq, seq, edition.as_bytes(), records, &sources])
            .map(|_| ())
    }
}
