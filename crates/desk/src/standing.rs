//! Where record and knowledge stand.

use crate::{
    Desk, Moment, Trouble,
    answers::{EditionStanding, LedgerStanding, MatchingStanding, SourceStanding, Standing},
};
use aftercare_corpus::{Edition, Manifest};
use aftercare_register::{PAGE_LIMIT, read::edition::EditionRow};
use aftercare_vocab::instant::Instant;

/// Microseconds in a day.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

impl Desk {
    /// What every answer rests on. `at` is the instant now; a desk of the past reckons ages from its
    /// own moment.
    pub fn standing(&self, at: Instant) -> Result<Standing, Trouble> {
        let reader = self.reader()?;
        let (as_of, shown, engine) = match self.moment() {
            Moment::Present => (None, at, Some(self.engine()?)),
            // Whatever engine of then has matched it: today's came later.
            Moment::AsOf(as_of) => (Some(as_of), as_of.at, None),
        };
        let row = reader.newest_edition()?;
        let (edition, matching) = match &row {
            None => (None, MatchingStanding::NoEdition),
            Some(row) => {
                let waiting =
                    reader.sboms_to_assess(row.digest, engine.as_deref(), PAGE_LIMIT)?.len() as u64;
                let matching = match waiting {
                    0 => MatchingStanding::CaughtUp,
                    versions_waiting => MatchingStanding::Behind { versions_waiting },
                };
                // A damaged or missing edition must not keep every page from showing: its own page says so.
                let opened = self.edition(&row.digest).ok();
                (Some(standing_of(row, opened.as_deref(), shown)), matching)
            }
        };
        Ok(Standing {
            manufacturer: self.manufacturer().to_owned(),
            as_of,
            ledger: LedgerStanding { entries: reader.position(), last_at: reader.last()? },
            edition,
            matching,
            software_version: env!("CARGO_PKG_VERSION").to_owned(),
            at,
        })
    }
}

fn standing_of(row: &EditionRow, edition: Option<&Edition>, at: Instant) -> EditionStanding {
    let sources = edition.map(|edition| sources(edition.manifest())).unwrap_or_default();
    let newest = sources.iter().filter_map(|source| source.newest_at).max();
    EditionStanding {
        id: row.digest,
        made_at: row.adopted_at,
        records: row.records,
        newest_source_age_days: newest
            .map(|newest| ((at.micros() - newest.micros()) / DAY).max(0) as u64),
        sources,
    }
}

fn sources(manifest: &Manifest) -> Vec<SourceStanding> {
    let mut sources: Vec<SourceStanding> = manifest
        .records
        .iter()
        .map(|(code, records)| SourceStanding {
            name: code.clone(),
            records: *records,
            newest_at: manifest.newest.get(code).and_then(|text| instant(text)),
        })
        .collect();
    for (name, facts) in [("kev", &manifest.kev), ("epss", &manifest.epss)] {
        sources.extend(facts.as_ref().map(|facts| SourceStanding {
            name: name.to_owned(),
            records: facts.count,
            newest_at: instant(&facts.version),
        }));
    }
    sources
}

/// A publisher's time as written: with a zone, without one (NVD means UTC), a date, or KEV's dotted date.
pub(crate) fn instant(text: &str) -> Option<Instant> {
    let dashed = text.replace('.', "-");
    let date = |text: &str| format!("{}T00:00:00Z", text.get(..10).unwrap_or(text));
    text.parse()
        .or_else(|_| format!("{text}Z").parse())
        .or_else(|_| date(text).parse())
        .or_else(|_| date(&dashed).parse())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishers_write_time_in_several_ways() {
        for (text, wanted) in [
            ("2026-08-21T06:28:40Z", "2026-08-21T06:28:40Z"),
            ("2026-08-21T03:55:23.242", "2026-08-21T03:55:23.242Z"),
            ("2026.01.29", "2026-01-29T00:00:00Z"),
            ("2026-01-30T12:55:00+0000", "2026-01-30T12:55:00Z"),
        ] {
            assert_eq!(instant(text).map(|at| at.to_string()).as_deref(), Some(wanted), "{text}");
        }
        assert_eq!(instant("soon"), None);
    }
}
