//! `aftercare changes`: what is different between two moments of the record.

use crate::{
    check::{
        csv::neutral,
        table::{counted, grouped, score},
    },
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    moment::{MomentArgs, when},
    paper,
    remote::{Place, ServerArgs},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_desk::{
    ChangeKind, ChangeWish,
    answers::{Change, ChangeEnd, Changes, changes_shown},
};
use aftercare_domain::When;
use clap::ValueEnum;
use csv::{Terminator, WriterBuilder};

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare changes --from 2026-03-01 --to 2026-03-31
  aftercare changes --from 2026-03-03T09:00:00Z --kind finding_appeared
  aftercare changes --from entry:120 --format csv > changes.csv

It reads the record and may run beside a server; with `--server` it asks there. What came and went between the two
moments is not listed.

{EXIT_CODES}"))]
pub struct Args {
    /// The earlier moment: 2026-11-24 (its end in UTC), 2026-11-24T14:05:00Z, or entry:123
    #[arg(long, value_name = "WHEN", value_parser = when)]
    from: When,
    /// The later moment, written alike [default: now]
    #[arg(long, value_name = "WHEN", value_parser = when)]
    to: Option<When>,
    /// Only changes of one kind, such as `finding_appeared` or `unit_changed`
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<ChangeKind>,
    #[command(flatten)]
    pub server: ServerArgs,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How changes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

fn kind(text: &str) -> Result<ChangeKind, String> {
    ChangeKind::of_code(text).ok_or_else(|| {
        let known: Vec<&str> = ChangeKind::ALL.iter().map(|(_, code)| *code).collect();
        format!("Known kinds: {}.", known.join(", "))
    })
}

/// Compares, and shows what differs.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let place = Place::open(settings, &MomentArgs::default())?;
    let changes = whole(&place, args)?;
    match args.format {
        Format::Json => paper::print_json(&changes)?,
        Format::Csv => paper::print(&rows(&changes)?)?,
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            tell(&mut sheet, &changes);
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

/// The comparison with all pages of its list.
fn whole(place: &Place, args: &Args) -> Result<Changes, Failure> {
    let mut wish =
        ChangeWish { from: args.from, to: args.to, only: args.kind, after: String::new() };
    let mut changes = place.changes(&wish)?;
    while let Some(after) = changes.changes.next.take() {
        wish.after = after;
        let next = place.changes(&wish)?.changes;
        changes.changes.items.extend(next.items);
        changes.changes.next = next.next;
    }
    Ok(changes)
}

fn tell(sheet: &mut Sheet, changes: &Changes) {
    sheet.title(&format!("From {} to {}", end(&changes.from), end(&changes.to)));
    for of_kind in changes.changes.items.chunk_by(|a, b| a.kind == b.kind) {
        sheet.blank();
        let number = counted(of_kind.len() as u64, "change", "changes");
        sheet.say(0, Paint::Bold, &format!("{}: {number}", changes_shown(of_kind[0].kind)));
        let mut grid = Grid::new([
            Column::elastic("What", 24),
            Column::elastic("Before", 16),
            Column::elastic("After", 16),
            Column::right("Entry"),
        ]);
        for change in of_kind {
            let (before, after) = (change.before.as_deref(), change.after.as_deref());
            let added = if before.is_none() { "added" } else { "not there" };
            grid.row([
                change.what.as_str(),
                before.unwrap_or_default(),
                after.unwrap_or(added),
                &grouped(change.entry),
            ]);
        }
        sheet.grid(2, &grid);
    }
    if changes.changes.items.is_empty() {
        sheet.say(0, Paint::None, "Nothing is different between these moments.");
    }
}

fn end(end: &ChangeEnd) -> String {
    match end.asked {
        None => format!("now ({})", end.at.shown()),
        Some(When::Day(day)) => format!("the end of {day} (UTC)"),
        Some(When::Instant(at)) => at.shown(),
        Some(When::Entry(number)) => format!("entry {number}"),
    }
}

const HEAD: [&str; 13] = [
    "kind",
    "what",
    "before",
    "after",
    "entry",
    "at",
    "version_id",
    "component",
    "component_version",
    "vulnerability",
    "score",
    "known_exploited_before",
    "known_exploited_after",
];

/// RFC 4180, one line a change.
fn rows(changes: &Changes) -> Result<Vec<u8>, Failure> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let mut write = || -> csv::Result<()> {
        writer.write_record(HEAD)?;
        for change in &changes.changes.items {
            writer.write_record(row(change).iter().map(|cell| neutral(cell).into_owned()))?;
        }
        writer.flush()?;
        Ok(())
    };
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Trouble(format!("The changes cannot be written as CSV: {error}"))
    };
    write().map_err(|error| failed(&error))?;
    writer.into_inner().map_err(|error| failed(&error))
}

fn row(change: &Change) -> [String; HEAD.len()] {
    let finding = change.finding.as_ref();
    let kev = |pick: fn(&aftercare_desk::answers::ChangedFinding) -> Option<String>| {
        finding.and_then(pick).unwrap_or_default()
    };
    [
        change.kind.code().to_owned(),
        change.what.clone(),
        change.before.clone().unwrap_or_default(),
        change.after.clone().unwrap_or_default(),
        change.entry.to_string(),
        change.at.map(|at| at.to_string()).unwrap_or_default(),
        finding.map(|found| found.version.id.to_string()).unwrap_or_default(),
        finding.map(|found| found.component.name.clone()).unwrap_or_default(),
        finding.and_then(|found| found.component.version.clone()).unwrap_or_default(),
        finding.map(|found| found.vulnerability.clone()).unwrap_or_default(),
        finding.and_then(|found| found.score_tenths).map(score).unwrap_or_default(),
        kev(|found| found.known_exploited_before.clone()),
        kev(|found| found.known_exploited_after.clone()),
    ]
}
