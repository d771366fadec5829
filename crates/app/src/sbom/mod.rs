//! `aftercare sbom`: documents and lists themselves, without server and record: generate, look at, judge,
//! compare, convert.

mod addition;
pub mod columns;
mod convert;
mod diff;
mod generate;
mod lint;
mod preview;

use crate::{
    check::received,
    config::Settings,
    ending::{Ending, Failure},
};
use aftercare_desk::document::unpack;
use aftercare_vocab::problem::Problem;
use clap::Subcommand;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an SBOM of what is found in a root file system, a source tree or an archive of either
    Generate(generate::Args),
    /// Show what would be read of a list of software items (CSV or XLSX), and as what
    Preview(preview::Args),
    /// Judge SBOMs by what published profiles ask for: NTIA, CISA, FDA
    Lint(lint::Args),
    /// Compare two SBOMs: components, and what that does to findings
    Diff(diff::Args),
    /// Write an SBOM as CycloneDX 1.6 or SPDX 2.3, with what you add to it
    Convert(convert::Args),
}

pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    match command {
        Command::Generate(args) => generate::run(args, settings),
        Command::Preview(args) => preview::run(args, settings),
        Command::Lint(args) => lint::run(args, settings),
        Command::Diff(args) => diff::run(args, settings),
        Command::Convert(args) => convert::run(args, settings),
    }
}

/// The bytes of a document, unpacked.
fn document(path: &Path, settings: &Settings) -> Result<Vec<u8>, Vec<Problem>> {
    let bytes = received(path, settings.sbom.bytes).map_err(|problem| vec![problem])?;
    Ok(unpack(&bytes, &settings.sbom)?.into_owned())
}

/// Why a command ends at a document that cannot be read.
fn refused(file: &str, problems: &[Problem]) -> Failure {
    let lines: Vec<String> = problems.iter().map(|problem| format!("{file}: {problem}")).collect();
    Failure::Wrong(lines.join("\n"))
}
