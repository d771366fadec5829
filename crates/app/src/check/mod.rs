//! `aftercare check`: SBOMs against an edition, without server and without record.

pub mod csv;
mod sarif;
pub mod table;

use crate::{
    config::Settings,
    edition,
    ending::{EXIT_CODES, Ending, Failure},
    mapping::MappingArgs,
    paper,
    progress::Progress,
    sbom::columns::ColumnArgs,
};
use aftercare_desk::check::{Check, Report, Threshold};
use aftercare_vocab::problem::Problem;
use clap::ValueEnum;
use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    path::{Path, PathBuf},
};

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare check pump.cdx.json
  aftercare check --format sarif --output found.sarif --fail-on critical *.spdx.json
  generate-sbom | aftercare check --format json -
  aftercare check --columns 'name=B,version=C' soup-list.xlsx

{EXIT_CODES}"))]
pub struct Args {
    /// SBOMs: CycloneDX (JSON, XML) or SPDX (JSON, YAML, tag-value, RDF/XML, JSON-LD); package lists,
    /// manifests of Yocto and Buildroot, SOUP lists (CSV, XLSX); also packed with gzip or Zstandard; `-` is
    /// standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to write the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// From which finding on to end with exit code 1
    #[arg(long, value_enum, value_name = "THRESHOLD", default_value_t)]
    fail_on: FailOn,
    /// The edition to ask: the first digits of its digest, or an .edition file [default: the one in use]
    #[arg(long, value_name = "EDITION")]
    corpus: Option<String>,
    /// In tables, give every reason of a finding, not only the deciding one
    #[arg(long)]
    all_reasons: bool,
    #[command(flatten)]
    columns: ColumnArgs,
    #[command(flatten)]
    mappings: MappingArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Table,
    /// Everything, for programs
    Json,
    /// SARIF 2.1.0, for code hosting services
    Sarif,
    /// One line for each finding and gap, for spreadsheets
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum FailOn {
    /// Never
    #[default]
    Never,
    /// An affected component, listed as known exploited
    KnownExploited,
    /// An affected component with a score of 9.0 or more, or without any score
    Critical,
    /// An affected component with a score of 7.0 or more, or without any score
    High,
    /// An affected component with a score of 4.0 or more, or without any score
    Medium,
    /// Any affected component
    Affected,
    /// Any affected or undetermined component
    Undetermined,
    /// Any of these, or a component that is not covered, or a document without all parts of its product
    NotCovered,
}

impl From<FailOn> for Threshold {
    fn from(wanted: FailOn) -> Self {
        match wanted {
            FailOn::Never => Self::Never,
            FailOn::KnownExploited => Self::KnownExploited,
            FailOn::Critical => Self::Critical,
            FailOn::High => Self::High,
            FailOn::Medium => Self::Medium,
            FailOn::Affected => Self::Affected,
            FailOn::Undetermined => Self::Undetermined,
            FailOn::NotCovered => Self::NotCovered,
        }
    }
}

/// Checks, reports, and ends with the code the caller asked for.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let edition = edition::open(args.corpus.as_deref(), settings)?;
    let mut check = Check::new(&edition, settings.sbom);
    if let Some(columns) = args.columns.chosen() {
        check = check.of_lists(columns);
    }
    if let Some(mappings) = args.mappings.table()? {
        check = check.with_mappings(mappings);
    }
    let mut progress = Progress::of_things(settings.quiet);
    let mut seen: Vec<&Path> = Vec::new();
    for path in &args.files {
        if seen.contains(&path.as_path()) {
            continue; // the same file twice would count its findings twice
        }
        seen.push(path);
        let file = path.to_string_lossy();
        match received(path, settings.sbom.bytes) {
            Ok(bytes) => check.document(&file, bytes, &mut |done, total| {
                progress.show(&file, done, total);
            })?,
            Err(problem) => check.unreadable(&file, problem),
        }
    }
    drop(progress);
    let report = check.finish();
    write(&report, args, settings)?;
    Ok(if report.summary.refused > 0 {
        Ending::Wrong
    } else if report.reaches(args.fail_on.into()) {
        Ending::Found
    } else {
        Ending::Done
    })
}

fn write(report: &Report, args: &Args, settings: &Settings) -> Result<(), Failure> {
    let mut look = paper::look(settings.no_colour);
    if args.output.is_some() {
        look = crate::sheet::Look { width: None, colour: false };
    }
    let text = |out: &mut dyn Write| match args.format {
        Format::Table => out.write_all(table::report(report, look, args.all_reasons).as_bytes()),
        Format::Json => paper::write_json(out, report),
        Format::Sarif => sarif::write(out, report),
        Format::Csv => csv::write(out, report),
    };
    match &args.output {
        Some(path) => paper::save_with(path, text)?,
        None => paper::print_with(text)?,
    }
    // whoever does not see the report must still see what is missing from it
    let seen = args.format == Format::Table && args.output.is_none() && io::stdout().is_terminal();
    if !seen {
        for refused in &report.refused {
            for problem in &refused.problems {
                paper::tell(&format!("{}: {problem}", refused.file));
            }
        }
    }
    Ok(())
}

/// The bytes of a file or of standard input, at most one more than are allowed.
pub fn received(path: &Path, limit: usize) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: io::Error| {
        let (what, next) = match error.kind() {
            io::ErrorKind::NotFound => {
                ("There is no such file.".to_owned(), "Check the name and the working directory.")
            }
            io::ErrorKind::IsADirectory => {
                ("This is a directory.".to_owned(), "Name the SBOM files in it.")
            }
            _ => (
                format!("The file cannot be read ({error})."),
                "Check that this account may read it.",
            ),
        };
        Problem::refusal("unreadable", "", what, next)
    };
    let mut bytes = Vec::new();
    if path == Path::new(STANDARD_INPUT) {
        let input = io::stdin().lock();
        input.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        return Ok(bytes);
    }
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > limit as u64 {
        return Err(Problem::refusal(
            "too_large",
            "",
            format!("The file has {size} bytes; at most {limit} are read."),
            "Send one document per product, or raise `limits.sbom_bytes` in the configuration.",
        ));
    }
    bytes.reserve(usize::try_from(size).unwrap_or_default() + 1);
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
