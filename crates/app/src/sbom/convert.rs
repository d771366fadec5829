//! `aftercare sbom convert`: an SBOM in another format, or with what is added to it.

use super::{addition, columns::ColumnArgs, document, refused};
use crate::{
    check::table::counted,
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation, paper,
};
use aftercare_formats::sbom::{
    read_as,
    write::{Target, Tool, Writing, received},
};
use std::path::PathBuf;

/// Most warnings of the reader that are told.
const NOTICED: usize = 20;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare sbom convert pump.spdx.json --to cyclonedx-1.6 > pump.cdx.json
  aftercare sbom convert pump.cdx.json --to cyclonedx-1.6 --add support.csv --output pump-submitted.cdx.json
  aftercare sbom convert soup-list.xlsx --columns 'name=B,version=C' --to cyclonedx-1.6

A document that is in the format's family already stays as it is, but for what is added. What the format
cannot hold is told on standard error; the received document stays the record. Of a list, `aftercare sbom
preview` shows what is read.

The file of --add is CSV with a heading. The column `component` names a component by its reference, package
URL, place or name@version; `supplier`, `support_level` and `end_of_support` (a date) are added where the
document says nothing.

{EXIT_CODES}"))]
pub struct Args {
    /// The SBOM or list, also packed with gzip or Zstandard; `-` is standard input
    file: PathBuf,
    /// The format: cyclonedx-1.6 or spdx-2.3
    #[arg(long, value_name = "FORMAT")]
    to: Target,
    /// What to add to components, as CSV
    #[arg(long, value_name = "FILE")]
    add: Option<PathBuf>,
    #[command(flatten)]
    columns: ColumnArgs,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let file = args.file.to_string_lossy();
    let refused = |problems: Vec<_>| refused(&file, &problems);
    let bytes = document(&args.file, settings).map_err(refused)?;
    let read = read_as(&bytes, args.columns.chosen().as_ref(), &settings.sbom).map_err(refused)?;
    let additions = match &args.add {
        None => Vec::new(),
        Some(path) => addition::read(path, &read.value)?,
    };
    let writing = Writing {
        target: args.to,
        tool: Tool { name: "aftercare", version: env!("CARGO_PKG_VERSION") },
        at: operation::now(),
        additions: &additions,
    };
    let written = received(&bytes, &read.value, &writing);
    match &args.output {
        Some(path) => paper::save(path, written.text.as_bytes())?,
        None => paper::print(written.text.as_bytes())?,
    }
    let noticed = read.problems.len();
    for problem in read.problems.iter().take(NOTICED).chain(&written.problems) {
        paper::tell(&format!("{file}: {problem}"));
    }
    if noticed > NOTICED {
        let further = counted((noticed - NOTICED) as u64, "warning", "warnings");
        let next = "`aftercare sbom lint --format json` names all.";
        paper::tell(&format!("{file}: {further} more of the reader; {next}"));
    }
    Ok(Ending::Done)
}
