//! `aftercare corpus import`: local files and folders into a new edition.

use crate::{
    check::table::{counted, grouped},
    config::Settings,
    edition,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    progress::Progress,
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_corpus::{import::Imported, manifest::SourceEntry};
use serde_json::json;
use std::{collections::BTreeMap, path::PathBuf};

/// Sources listed in the table; the rest are summed.
const SOURCES_SHOWN: usize = 40;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Read are OSV records and all.zip, CVE list 5.x, NVD 2.0, the KEV catalogue, EPSS scores, and suppliers'
advisories and VEX (CSAF 2.0 and 2.1, OpenVEX, CycloneDX): loose, or in zip, gzip, Zstandard and tar. What a file is follows from its content, never from its name.

Examples:
  aftercare corpus import downloads/
  aftercare corpus import --onto 3f2a91 osv/npm/all.zip epss_scores-current.csv.gz

{EXIT_CODES}"))]
pub struct Args {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Build upon this edition: what the files do not replace is kept
    #[arg(long, value_name = "EDITION")]
    onto: Option<String>,
    /// A label that is shown wherever the edition is named
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// Leave the edition in use as it is
    #[arg(long)]
    no_use: bool,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Imports and says what became of everything that was read.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let base = match &args.onto {
        Some(wanted) => Some(edition::open(Some(wanted), settings)?),
        None => None,
    };
    let store = settings.corpus();
    let mut progress = Progress::of_bytes(settings.quiet);
    let imported = aftercare_corpus::import(
        store.folder(),
        &args.paths,
        base.as_ref(),
        args.label.clone(),
        &settings.import,
        &mut |at| {
            let message = format!("{} records", grouped(at.records));
            progress.show(&message, at.read_bytes, at.total_bytes);
        },
    )?;
    drop(progress);
    if !args.no_use {
        store.use_edition(&imported.id)?;
    }
    match args.format {
        Format::Json => paper::print_json(&json!({
            "edition": imported.id,
            "known_before": imported.known_before,
            "in_use": !args.no_use,
            "manifest": imported.manifest,
        }))?,
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            account(&mut sheet, &imported, !args.no_use);
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

fn account(sheet: &mut Sheet, imported: &Imported, in_use: bool) {
    let manifest = &imported.manifest;
    let mut grid = Grid::new([
        Column::elastic("Source", 20),
        Column::elastic("Used", 16),
        Column::right("Not used"),
        Column::left("Published"),
    ]);
    for source in manifest.sources.iter().take(SOURCES_SHOWN) {
        let unused: u64 = source.unused.values().map(|unused| unused.count).sum();
        grid.row([
            source.name.as_str(),
            &used(source),
            &grouped(unused),
            source.published.as_deref().unwrap_or_default(),
        ]);
    }
    sheet.grid(0, &grid);
    if manifest.sources.len() > SOURCES_SHOWN {
        let rest = manifest.sources.len() - SOURCES_SHOWN;
        sheet.say(
            0,
            Paint::Dim,
            &format!("and {rest} more sources; `--format json` lists them all"),
        );
    }
    let mut reasons: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for (reason, unused) in manifest.sources.iter().flat_map(|source| &source.unused) {
        reasons.entry(reason).or_insert((0, &unused.example)).0 += unused.count;
    }
    if !reasons.is_empty() {
        sheet.blank();
        let mut grid = Grid::new([
            Column::elastic("Not used because", 20),
            Column::right("Count"),
            Column::elastic("The first one", 20),
        ]);
        for (reason, (count, example)) in reasons {
            grid.row([reason, &grouped(count), example]);
        }
        sheet.grid(0, &grid);
    }
    sheet.blank();
    sheet.title(&format!(
        "Edition {}{}{}: {}, {}.",
        imported.id.short(),
        manifest.label.as_deref().map(|label| format!(" ({label})")).unwrap_or_default(),
        if imported.known_before { ", the same as before" } else { "" },
        counted(manifest.record_count(), "record", "records"),
        if in_use { "in use now" } else { "not in use" },
    ));
    sheet.say(0, Paint::None, &imported.id.to_string());
}

fn used(source: &SourceEntry) -> String {
    let kinds: Vec<String> =
        source.used.iter().map(|(kind, count)| format!("{} {kind}", grouped(*count))).collect();
    if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(", ") }
}
