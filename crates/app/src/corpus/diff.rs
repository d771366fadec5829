//! `aftercare corpus diff`: which records one edition has, lacks or has in another form.

use crate::{
    check::table::{edition as edition_line, grouped},
    config::Settings,
    edition,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_corpus::Edition;
use aftercare_desk::check::EditionNote;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Identifiers shown of each kind in the table.
const SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("Example:\n  aftercare corpus diff 3f2a91 c07d55\n\n{EXIT_CODES}"))]
pub struct Args {
    /// The earlier edition: the first digits of its digest, or an .edition file
    before: String,
    /// The later edition
    after: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What differs, by the records' own identifiers.
#[derive(Debug, Default, Serialize)]
struct Changes {
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
}

/// Compares two editions.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let before = edition::open(Some(&args.before), settings)?;
    let after = edition::open(Some(&args.after), settings)?;
    let changes = changes(&before, &after)?;
    let notes = [EditionNote::of(&before), EditionNote::of(&after)];
    match args.format {
        Format::Json => paper::print_json(&serde_json::json!({
            "before": notes[0],
            "after": notes[1],
            "changes": changes,
        }))?,
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            sheet.say(0, Paint::None, &format!("From {}", edition_line(&notes[0])));
            sheet.say(0, Paint::None, &format!("To {}", edition_line(&notes[1])));
            sheet.blank();
            let mut grid = Grid::new([
                Column::left("Records"),
                Column::right("Count"),
                Column::elastic("The first ones", 20),
            ]);
            for (what, ids) in [
                ("added", &changes.added),
                ("changed", &changes.changed),
                ("removed", &changes.removed),
            ] {
                let mut first = ids.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
                if ids.len() > SHOWN {
                    first += ", ...";
                }
                grid.row([what, &grouped(ids.len() as u64), &first]);
            }
            sheet.grid(0, &grid);
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

fn changes(before: &Edition, after: &Edition) -> Result<Changes, Failure> {
    let mut old = records(before)?;
    let mut changes = Changes::default();
    for (id, records) in records(after)? {
        let written = spelled(after, &records)?;
        match old.remove(&id) {
            None => changes.added.push(written),
            Some(known) if known.digests != records.digests => changes.changed.push(written),
            Some(_) => {}
        }
    }
    changes.removed =
        old.values().map(|records| spelled(before, records)).collect::<Result<_, _>>()?;
    Ok(changes)
}

/// The records under one identifier: several sources may use the same one.
#[derive(Default)]
struct Records {
    first: u32,
    digests: BTreeSet<[u8; 8]>,
}

/// The records by identifier; an edition keeps identifiers in upper case.
fn records(edition: &Edition) -> Result<BTreeMap<String, Records>, Failure> {
    let mut records: BTreeMap<String, Records> = BTreeMap::new();
    edition.each_own(|id, found| {
        let records = records.entry(id.to_owned()).or_default();
        records.first = found.record;
        records.digests.insert(found.digest8);
    })?;
    Ok(records)
}

/// The identifier as its publisher writes it.
fn spelled(edition: &Edition, records: &Records) -> Result<String, Failure> {
    Ok(edition.head(records.first)?.body.id.to_string())
}
