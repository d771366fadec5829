//! `aftercare cpe`: how two CPE names relate.

use super::{Ways, lines};
use crate::ending::{EXIT_CODES, Ending, Failure};
use aftercare_vocab::{
    cpe::{Cpe, Relation},
    problem::quoted,
};
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say how a criterion relates to a name (NISTIR 7696): superset, subset, equal, disjoint, undefined
    #[command(after_help = format!("\
Examples:
  aftercare cpe match 'cpe:2.3:a:openssl:openssl:*' cpe:/a:openssl:openssl:1.0.2k

A criterion means the thing named if it is a superset of it or equal.
With --json-lines: {{\"source\":\"cpe:2.3:a:v:p:*\",\"target\":\"cpe:2.3:a:v:p:1\"}} gives {{\"relation\":\"superset\"}}.

{EXIT_CODES}"))]
    Match {
        /// The criterion, as a record states it
        #[arg(required_unless_present = "json_lines")]
        source: Option<String>,
        /// The name of the thing asked about
        #[arg(required_unless_present = "json_lines")]
        target: Option<String>,
        #[command(flatten)]
        ways: Ways,
    },
}

#[derive(Deserialize)]
struct Names<'a> {
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow)]
    target: Cow<'a, str>,
}

#[derive(Serialize)]
struct Related {
    relation: &'static str,
}

/// Carries a command out.
pub fn run(command: &Command) -> Result<Ending, Failure> {
    let Command::Match { source, target, ways } = command;
    let (Some(source), Some(target)) = (source, target) else {
        return lines::answer(|line, out| {
            let Names { source, target } = lines::question(line)?;
            let (relation, _) = related(&source, &target)?;
            lines::reply(out, &Related { relation })
        });
    };
    let (relation, words) = related(source, target).map_err(Failure::Wrong)?;
    ways.answer(&Related { relation }, &format!("{relation}: {words}"))
}

fn related(source: &str, target: &str) -> Result<(&'static str, &'static str), String> {
    Ok(match name(source)?.relation_to(&name(target)?) {
        Relation::Superset => {
            ("superset", "the source contains the target, so the criterion means it")
        }
        Relation::Equal => ("equal", "both name the same, so the criterion means it"),
        Relation::Subset => ("subset", "the source is only a part of the target"),
        Relation::Disjoint => ("disjoint", "the two have nothing in common"),
        Relation::Undefined => ("undefined", "the rules give no answer, so a person has to look"),
    })
}

/// Reads a CPE name, or says which text is none.
pub(super) fn name(text: &str) -> Result<Cpe, String> {
    text.parse().map_err(|error| format!("{} is not a CPE name: {error}.", quoted(text)))
}
