//! `aftercare sbom lint`: what published profiles ask for, and where it is missing.

use super::{columns::ColumnArgs, document};
use crate::{
    check::table::{counted, grouped},
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_domain::{
    Date,
    quality::{Element, Gap, Outcome, Profile, Report, evaluate, profiles, profiles_as_of},
};
use aftercare_formats::sbom::{beside, read_as, soup::Columns};
use aftercare_vocab::{inventory::Inventory, problem::Problem};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Places named for one element in a table; the rest are counted.
const EXAMPLES: usize = 3;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare sbom lint pump.cdx.json
  aftercare sbom lint --profile fda --format json pump.cdx.json
  aftercare sbom lint --fail-below 80 *.spdx.json

The score is the mean share of an element's places where it stands; what a document cannot show is not
counted. 100 means that nothing is missing.

{EXIT_CODES}"))]
pub struct Args {
    /// SBOMs or lists, also packed with gzip or Zstandard; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Judge by this profile only; may be given several times [default: all]
    #[arg(long = "profile", value_name = "PROFILE", value_parser = profile)]
    profiles: Vec<&'static Profile>,
    /// End with exit code 1 when a score is below this
    #[arg(long, value_name = "SCORE", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    fail_below: u8,
    /// In tables, name every place, not only the first ones
    #[arg(long)]
    all_places: bool,
    #[command(flatten)]
    columns: ColumnArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn profile(name: &str) -> Result<&'static Profile, String> {
    let found = profiles().iter().find(|profile| profile.name == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = profiles().iter().map(|profile| profile.name.as_str()).collect();
        format!("there is no such profile; use one of {}", known.join(", "))
    })
}

/// What is printed for programs.
#[derive(Serialize)]
struct Answer {
    /// When the profiles were last compared with their sources.
    profiles_as_of: Date,
    documents: Vec<Judged>,
    refused: Vec<Refused>,
}

/// A document that was read.
#[derive(Serialize)]
struct Judged {
    file: String,
    format: &'static str,
    spec_version: String,
    name: Option<String>,
    components: u64,
    reports: Vec<Report>,
    /// What in it could not be used.
    warnings: Vec<Problem>,
    #[serde(skip)]
    inventory: Inventory,
}

/// A document that could not be read.
#[derive(Serialize)]
struct Refused {
    file: String,
    problems: Vec<Problem>,
}

pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let wanted: Vec<&'static Profile> = match args.profiles.as_slice() {
        [] => profiles().iter().collect(),
        some => some.to_vec(),
    };
    let mut answer =
        Answer { profiles_as_of: profiles_as_of(), documents: Vec::new(), refused: Vec::new() };
    let columns = args.columns.chosen();
    for path in &args.files {
        match judge(path, &wanted, columns.as_ref(), settings) {
            Ok(judged) => answer.documents.push(judged),
            Err(problems) => {
                let file = path.to_string_lossy().into_owned();
                for problem in &problems {
                    paper::tell(&format!("{file}: {problem}"));
                }
                answer.refused.push(Refused { file, problems });
            }
        }
    }
    match args.format {
        Format::Json => paper::print_json(&answer)?,
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            for judged in &answer.documents {
                show(&mut sheet, judged, args.all_places);
            }
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    let is_low = |report: &Report| report.score.is_none_or(|score| score < args.fail_below);
    let mut reports = answer.documents.iter().flat_map(|judged| &judged.reports);
    Ok(if !answer.refused.is_empty() {
        Ending::Wrong
    } else if reports.any(is_low) {
        Ending::Found
    } else {
        Ending::Done
    })
}

fn judge(
    path: &Path,
    wanted: &[&'static Profile],
    columns: Option<&Columns>,
    settings: &Settings,
) -> Result<Judged, Vec<Problem>> {
    let bytes = document(path, settings)?;
    let read = read_as(&bytes, columns, &settings.sbom)?;
    let inventory = read.value;
    let beside = beside(&bytes, &inventory);
    let reports = wanted.iter().map(|profile| evaluate(profile, &inventory, &beside)).collect();
    Ok(Judged {
        file: path.to_string_lossy().into_owned(),
        format: inventory.format.shown(),
        spec_version: inventory.spec_version.clone(),
        name: inventory.name.clone(),
        components: inventory.components.len() as u64,
        reports,
        warnings: read.problems,
        inventory,
    })
}

fn show(sheet: &mut Sheet, judged: &Judged, all_places: bool) {
    let name = judged.name.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    sheet.title(&format!("{}{name}", judged.file));
    let components = counted(judged.components, "component", "components");
    let version = judged.spec_version.trim_start_matches("SPDX-");
    sheet.say(2, Paint::Dim, &format!("{} {version}, {components}", judged.format));
    if !judged.warnings.is_empty() {
        let count = counted(judged.warnings.len() as u64, "warning", "warnings");
        let first = judged.warnings.first().map(ToString::to_string).unwrap_or_default();
        sheet.say(
            2,
            Paint::None,
            &format!("{count} of the reader (all with `--format json`): {first}"),
        );
    }
    for report in &judged.reports {
        let score =
            report.score.map_or("not assessed".to_owned(), |score| format!("{score} of 100"));
        sheet.title(&format!("  {} ({}): {score}", report.title, report.profile));
        sheet.say(
            4,
            Paint::Dim,
            &format!("{}, {}. {}", report.source, report.dated, report.status),
        );
        let mut grid =
            Grid::new([Column::left("Element"), Column::right("There"), Column::right("Of")]);
        for element in &report.elements {
            row(&mut grid, element, &judged.inventory, all_places);
        }
        sheet.grid(4, &grid);
    }
    sheet.blank();
}

fn row(grid: &mut Grid, element: &Element, inventory: &Inventory, all_places: bool) {
    match &element.outcome {
        Outcome::NotAssessed { why } => {
            grid.row([element.name, "-", "-"]);
            grid.note(Paint::Dim, format!("Not assessed. {why}"));
        }
        Outcome::Assessed { met, of, gaps, next } => {
            let paint = if gaps.is_empty() { Paint::None } else { Paint::Magenta };
            grid.painted([
                (element.name.to_owned(), paint),
                (grouped(*met), Paint::None),
                (grouped(*of), Paint::None),
            ]);
            let shown = if all_places { gaps.len() } else { EXAMPLES };
            for gap in gaps.iter().take(shown) {
                grid.note(Paint::None, line(gap, inventory));
            }
            if gaps.len() > shown {
                let further = grouped((gaps.len() - shown) as u64);
                grid.note(Paint::None, format!("and {further} more places"));
            }
            if !gaps.is_empty() {
                grid.note(Paint::Dim, (*next).to_owned());
            }
        }
    }
}

fn line(gap: &Gap, inventory: &Inventory) -> String {
    let component = gap.component.and_then(|index| inventory.components.get(index as usize));
    match component {
        Some(component) => {
            let version = component.version.as_deref().unwrap_or("(no version)");
            format!("{} ({} {version}): {}", gap.place, component.name, gap.what)
        }
        None if gap.place.is_empty() => gap.what.clone(),
        None => format!("{}: {}", gap.place, gap.what),
    }
}
