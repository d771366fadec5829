//! `aftercare nvd`: what one NVD record says of products named by CPE.

use super::{Evaluated, Ways, cpe, lines, record, sentence};
use crate::ending::{EXIT_CODES, Ending, Failure};
use aftercare_matching::single::{Said, by_nvd};
use clap::Subcommand;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, path::PathBuf};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say whether a record's configurations hold for the products named
    #[command(after_help = format!("\
Examples:
  aftercare nvd eval CVE-2021-22681.json cpe:2.3:o:acme:pump_firmware:2.0 cpe:2.3:h:acme:pump:-

The names together are what is there: one that is left out is taken to be absent. With --partial
it is unknown instead, as in an SBOM, and what depends on it is undetermined.
With --json-lines: {{\"record\":{{...}},\"cpes\":[...]}}, or {{\"configurations\":[...],\"cpes\":[...]}}, each
with \"partial\":true where it applies, gives {{\"affected\":true,\"why\":...}}; `affected` is null where
it cannot be said.

{EXIT_CODES}"))]
    Eval {
        /// The record's file, as the API of the NVD gives it; `-` is standard input
        #[arg(required_unless_present = "json_lines")]
        record: Option<PathBuf>,
        /// What is there, as CPE names
        #[arg(required_unless_present = "json_lines", value_name = "CPE")]
        cpes: Vec<String>,
        /// What is not named may be there as well
        #[arg(long)]
        partial: bool,
        #[command(flatten)]
        ways: Ways,
    },
}

#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    record: Option<&'a RawValue>,
    #[serde(borrow)]
    configurations: Option<&'a RawValue>,
    #[serde(borrow)]
    cpes: Vec<Cow<'a, str>>,
    #[serde(default)]
    partial: bool,
}

/// Carries a command out.
pub fn run(command: &Command) -> Result<Ending, Failure> {
    let Command::Eval { record: path, cpes, partial, ways } = command;
    let Some(path) = path else {
        return lines::answer(|line, out| {
            let asked: Asked<'_> = lines::question(line)?;
            let Some(record) = asked.record.or(asked.configurations) else {
                return Err("The line has neither `record` nor `configurations`.".to_owned());
            };
            let said = evaluated(record.get(), &asked.cpes, asked.partial || *partial)?;
            lines::reply(out, &Evaluated::from(&said))
        });
    };
    let said = evaluated(&record(path)?, cpes, *partial).map_err(Failure::Wrong)?;
    ways.answer(&Evaluated::from(&said), &sentence(&said))
}

fn evaluated(record: &str, names: &[impl AsRef<str>], partial: bool) -> Result<Said, String> {
    let names = names.iter().map(|text| cpe::name(text.as_ref())).collect::<Result<Vec<_>, _>>()?;
    by_nvd(record, &names, !partial).map_err(|problem| problem.to_string())
}
