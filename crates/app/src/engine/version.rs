//! `aftercare version`: how a scheme orders two versions, and whether a range holds one.

use super::{Ways, lines};
use crate::ending::{EXIT_CODES, Ending, Failure};
use aftercare_vocab::{
    ecosystem::PackageKey,
    version::{Scheme, compare, range::Range},
};
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, cmp::Ordering};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say which of two versions is the higher one
    #[command(after_help = format!("\
Examples:
  aftercare version compare deb 1.0~rc1 1.0
  aftercare version compare --json-lines < questions.jsonl

With --json-lines: {{\"scheme\":\"deb\",\"a\":\"1.0~rc1\",\"b\":\"1.0\"}} gives {{\"order\":\"<\"}}.
{SCHEMES}

{EXIT_CODES}"))]
    Compare {
        /// How versions are ordered: a purl type, semver, generic, ...
        #[arg(required_unless_present = "json_lines")]
        scheme: Option<String>,
        /// The one version
        #[arg(required_unless_present = "json_lines")]
        a: Option<String>,
        /// The other
        #[arg(required_unless_present = "json_lines")]
        b: Option<String>,
        #[command(flatten)]
        ways: Ways,
    },
    /// Say whether a range holds a version
    #[command(after_help = format!("\
Examples:
  aftercare version in npm 1.5.0 'vers:npm/>=1.0.0|<2.0.0'
  aftercare version in maven 2.14.1 '[2.0-beta9,2.15.0)'
  aftercare version in gem 2.0.9 '~> 2.0.8'

A range is in vers notation, or in the form that the ecosystem writes itself. Pre-releases count.
With --json-lines: {{\"scheme\":\"npm\",\"version\":\"1.5.0\",\"range\":\"<2.0.0\"}} gives {{\"in\":true}}.
{SCHEMES}

{EXIT_CODES}"))]
    In {
        /// How versions are ordered: a purl type, semver, generic, ...
        #[arg(required_unless_present = "json_lines")]
        scheme: Option<String>,
        /// The version
        // `version` is the name of clap's own flag
        #[arg(id = "asked", value_name = "VERSION", required_unless_present = "json_lines")]
        version: Option<String>,
        /// The range
        #[arg(required_unless_present = "json_lines")]
        range: Option<String>,
        #[command(flatten)]
        ways: Ways,
    },
}

const SCHEMES: &str = "\
Schemes: semver npm cargo golang pypi maven gem nuget composer deb rpm apk alpm cran openssl hackage
pub conan conda cpan gentoo nginx lexicographic datetime generic, other purl types, the ecosystems of OSV.";

#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow)]
    scheme: Cow<'a, str>,
    #[serde(borrow)]
    a: Cow<'a, str>,
    #[serde(borrow)]
    b: Cow<'a, str>,
}

#[derive(Serialize)]
struct Order {
    order: &'static str,
}

#[derive(Deserialize)]
struct Placed<'a> {
    #[serde(borrow)]
    scheme: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(borrow)]
    range: Cow<'a, str>,
}

#[derive(Serialize)]
struct Inside {
    r#in: bool,
}

/// Carries a command out.
pub fn run(command: &Command) -> Result<Ending, Failure> {
    match command {
        Command::Compare { scheme: Some(scheme), a: Some(a), b: Some(b), ways } => {
            let found = order(scheme, a, b).map_err(Failure::Wrong)?;
            let words = match found {
                "<" => "below",
                ">" => "above",
                _ => "equal to",
            };
            ways.answer(&Order { order: found }, &format!("{a} {found} {b} ({a} is {words} {b})"))
        }
        Command::Compare { .. } => lines::answer(|line, out| {
            let Pair { scheme, a, b } = lines::question(line)?;
            lines::reply(out, &Order { order: order(&scheme, &a, &b)? })
        }),
        Command::In { scheme: Some(scheme), version: Some(version), range: Some(range), ways } => {
            let inside = holds(scheme, version, range).map_err(Failure::Wrong)?;
            let words = if inside { "lies in" } else { "lies outside of" };
            ways.answer(&Inside { r#in: inside }, &format!("{version} {words} {range}"))
        }
        Command::In { .. } => lines::answer(|line, out| {
            let Placed { scheme, version, range } = lines::question(line)?;
            lines::reply(out, &Inside { r#in: holds(&scheme, &version, &range)? })
        }),
    }
}

/// A scheme by its name, a purl type, or OSV's name of an ecosystem.
fn named(scheme: &str) -> Result<Scheme, String> {
    Scheme::named(scheme).or_else(|why| {
        let ecosystem = PackageKey::of_named(scheme, "");
        ecosystem.map(|package| package.scheme()).ok_or(why)
    })
}

fn order(scheme: &str, a: &str, b: &str) -> Result<&'static str, String> {
    let order = compare(named(scheme)?, a, b).map_err(|error| format!("{error}."))?;
    Ok(match order {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    })
}

fn holds(scheme: &str, version: &str, range: &str) -> Result<bool, String> {
    let range = Range::parse(named(scheme)?, range).map_err(|error| format!("{error}."))?;
    range.contains(version).map_err(|error| format!("{error}."))
}
