//! `aftercare corpus status`: the editions, and how far the one in use reaches.

use crate::{
    check::table::{counted, edition as edition_line, grouped},
    config::Settings,
    ending::{Ending, Failure},
    paper::{self, Format},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_corpus::{Edition, Manifest, store::StoreError};
use aftercare_desk::check::EditionNote;
use aftercare_matching::coverage::{Depth, THIN_BELOW, depth};
use aftercare_vocab::digest::Digest;
use serde::Serialize;
use std::collections::BTreeSet;

/// An edition as this command tells it.
#[derive(Debug, Serialize)]
struct Row {
    id: Digest,
    in_use: bool,
    /// Why it cannot be opened, if it cannot.
    unusable: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<EditionNote>,
    coverage: Vec<Coverage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Manifest>,
}

/// How much an edition holds for one kind of key.
#[derive(Debug, Serialize)]
struct Coverage {
    kind: String,
    records: u64,
    /// `covered`, `thin` or `none`.
    depth: &'static str,
}

/// Lists the editions.
pub fn run(format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let store = settings.corpus();
    let in_use = match store.current() {
        Ok(id) => Some(id),
        Err(StoreError::NoEdition(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let mut rows = Vec::new();
    for id in store.list()? {
        let in_use = in_use == Some(id);
        rows.push(match store.open(&id) {
            Ok(edition) => Row {
                id,
                in_use,
                unusable: None,
                note: Some(EditionNote::of(&edition)),
                coverage: coverage(&edition),
                manifest: Some(edition.manifest().clone()),
            },
            Err(error) => Row {
                id,
                in_use,
                unusable: Some(error.to_string()),
                note: None,
                coverage: Vec::new(),
                manifest: None,
            },
        });
    }
    if format == Format::Json {
        paper::print_json(&rows)?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    if rows.is_empty() {
        sheet.say(
            0,
            Paint::None,
            &format!(
                "There is no edition in `{}`, so nothing can be compared. Make one with `aftercare corpus import PATH...`.",
                store.folder().display()
            ),
        );
    } else {
        table(&mut sheet, &rows);
    }
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

fn coverage(edition: &Edition) -> Vec<Coverage> {
    let held = edition.manifest().coverage.keys().map(String::as_str);
    let kinds: BTreeSet<&str> = held.chain(THIN_BELOW.iter().map(|(kind, _)| *kind)).collect();
    kinds
        .into_iter()
        .map(|kind| {
            let (records, depth) = match depth(edition, kind) {
                Depth::None => (0, "none"),
                Depth::Thin(count) => (count, "thin"),
                Depth::Covered(count) => (count, "covered"),
            };
            Coverage { kind: kind.to_owned(), records, depth }
        })
        .collect()
}

fn table(sheet: &mut Sheet, rows: &[Row]) {
    let mut grid = Grid::new([
        Column::left("Edition"),
        Column::left("In use"),
        Column::elastic("Label", 8),
        Column::right("Records"),
        Column::right("Sources"),
        Column::left("Newest source"),
    ]);
    for row in rows {
        let note = row.note.as_ref();
        grid.row([
            row.id.short(),
            if row.in_use { "yes" } else { "" }.to_owned(),
            note.and_then(|note| note.label.clone()).unwrap_or_default(),
            note.map(|note| grouped(note.records)).unwrap_or_default(),
            row.manifest
                .as_ref()
                .map(|manifest| manifest.sources.len().to_string())
                .unwrap_or_default(),
            note.and_then(|note| note.newest_source.clone()).unwrap_or_default(),
        ]);
        if let Some(why) = &row.unusable {
            grid.note(Paint::Magenta, why.clone());
        }
    }
    sheet.grid(0, &grid);
    sheet.blank();
    let Some(row) = rows.iter().find(|row| row.in_use) else {
        sheet.title("No edition is in use. Choose one with `aftercare corpus use EDITION`.");
        return;
    };
    let (Some(note), Some(manifest)) = (&row.note, &row.manifest) else { return };
    sheet.title("In use");
    sheet.say(0, Paint::None, &edition_line(note));
    for (name, facts) in
        [("Known exploited (KEV)", &manifest.kev), ("Exploit prediction (EPSS)", &manifest.epss)]
    {
        let line = match facts {
            Some(facts) => {
                format!("{name}: {} of {}", counted(facts.count, "entry", "entries"), facts.version)
            }
            None => format!("{name}: none imported, so nothing is known about it"),
        };
        sheet.say(0, Paint::None, &line);
    }
    sheet.blank();
    let mut grid = Grid::new([Column::left("Covers"), Column::right("Records"), Column::left("")]);
    for coverage in &row.coverage {
        let kind = if coverage.kind == "cpe" { "products by CPE" } else { &coverage.kind };
        let mark = match coverage.depth {
            "thin" => ("thin: finding nothing says little", Paint::Magenta),
            "none" => ("none: components are not covered", Paint::Magenta),
            _ => ("", Paint::None),
        };
        grid.painted([(kind, Paint::None), (&grouped(coverage.records), Paint::None), mark]);
    }
    sheet.grid(0, &grid);
}
