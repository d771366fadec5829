//! `aftercare osv`: what one OSV record says of one package version.

use super::{Evaluated, Ways, lines, record, sentence};
use crate::ending::{EXIT_CODES, Ending, Failure};
use aftercare_matching::single::{Said, by_osv};
use aftercare_vocab::ecosystem::PackageKey;
use clap::Subcommand;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, path::PathBuf};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say whether a record affects a package version, and by which of its ranges
    #[command(after_help = format!("\
Examples:
  aftercare osv eval GHSA-jfh8-c2jp-5v3q.json Maven org.apache.logging.log4j:log4j-core 2.14.1
  aftercare osv eval - Debian:12 openssl 3.0.11-1 < DSA-5764-1.json

With --json-lines: {{\"record\":{{...}},\"ecosystem\":\"npm\",\"name\":\"x\",\"version\":\"1.0.0\"}} gives
{{\"affected\":true,\"why\":...}}; `affected` is null where the record does not let it be said.

{EXIT_CODES}"))]
    Eval {
        /// The record's file; `-` is standard input
        #[arg(required_unless_present = "json_lines")]
        record: Option<PathBuf>,
        /// The ecosystem in OSV's words, with a release where it counts: `npm`, `Debian:12`
        #[arg(required_unless_present = "json_lines")]
        ecosystem: Option<String>,
        /// The package's name in it
        #[arg(required_unless_present = "json_lines")]
        name: Option<String>,
        /// Its version
        // `version` is the name of clap's own flag
        #[arg(id = "asked", value_name = "VERSION", required_unless_present = "json_lines")]
        version: Option<String>,
        #[command(flatten)]
        ways: Ways,
    },
}

#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    record: &'a RawValue,
    #[serde(borrow)]
    ecosystem: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
}

/// Carries a command out.
pub fn run(command: &Command) -> Result<Ending, Failure> {
    let Command::Eval { record: path, ecosystem, name, version, ways } = command;
    let (Some(path), Some(ecosystem), Some(name), Some(version)) = (path, ecosystem, name, version)
    else {
        return lines::answer(|line, out| {
            let Asked { record, ecosystem, name, version } = lines::question(line)?;
            let said = evaluated(record.get(), &ecosystem, &name, &version)?;
            lines::reply(out, &Evaluated::from(&said))
        });
    };
    let said = evaluated(&record(path)?, ecosystem, name, version).map_err(Failure::Wrong)?;
    ways.answer(&Evaluated::from(&said), &sentence(&said))
}

fn evaluated(record: &str, ecosystem: &str, name: &str, version: &str) -> Result<Said, String> {
    let package = PackageKey::of_named(ecosystem, name)
        .unwrap_or_else(|| PackageKey::of_osv(ecosystem, name));
    by_osv(record, &package, version).map_err(|problem| problem.to_string())
}
