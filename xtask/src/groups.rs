//! The groups of `cargo xtask test`, in the order in which a mistake is found soonest.

use crate::cluster::Cluster;
use crate::fixture::Fixture;
use crate::process::{self, Log};
use crate::tally::{self, Outcome, Row, Tally};
use crate::tools::Toolbox;
use crate::tools::{Missing, OPENSSL};
use crate::workspace::Workspace;
use crate::{advisories, browser, crash, documents, libtest, licences, node, tidy};
use anyhow::Result;
use std::process::Command;
use std::time::Instant;

/// A kind of check that is run, counted and reported on its own.
pub struct Group {
    pub name: &'static str,
    pub what: &'static str,
    run: fn(&mut Shift<'_>) -> Result<Outcome>,
}

/// What a group works with.
pub struct Shift<'a> {
    pub workspace: &'a Workspace,
    pub toolbox: &'a Toolbox,
    pub log: Log,
}

/// Every group. To add one: a row.
pub const GROUPS: &[Group] = &[
    Group { name: "format", what: "cargo fmt --check", run: format },
    Group { name: "tidy", what: "the rules of the house (cargo xtask tidy)", run: tidy_rules },
    Group { name: "licences", what: "licences of all dependencies", run: licence_list },
    Group { name: "lints", what: "cargo clippy, warnings are errors", run: lints },
    Group { name: "tests", what: "cargo test --workspace", run: tests },
    Group {
        name: "tests on postgresql",
        what: "the record's tests again, its tables on PostgreSQL",
        run: tests_on_postgresql,
    },
    Group { name: "crash", what: "a writing process killed again and again", run: crash_harness },
    Group { name: "docs up to date", what: "generated files are those of this tree", run: docs },
    Group { name: "advisories", what: "known vulnerabilities of dependencies", run: advisory_list },
    Group { name: "browser", what: "every page in Chromium, phone and desktop", run: pages },
];

/// What the caller asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Empty: all.
    only: Vec<String>,
    list: bool,
}

impl Wish {
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut wish = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--list" => wish.list = true,
                "--only" => {
                    let name = arguments.next().ok_or("`--only` needs the name of a group")?;
                    if !GROUPS.iter().any(|group| group.name == name) {
                        let known: Vec<&str> = GROUPS.iter().map(|group| group.name).collect();
                        return Err(format!("no group `{name}`; there are: {}", known.join(", ")));
                    }
                    wish.only.push(name.clone());
                }
                other => return Err(format!("`{other}` is not known to `test`")),
            }
        }
        Ok(wish)
    }
}

/// Runs the groups and prints the summary; true when all passed.
pub fn run(workspace: &Workspace, wish: &Wish) -> Result<bool> {
    if wish.list {
        for group in GROUPS {
            println!("{:<16} {}", group.name, group.what);
        }
        return Ok(true);
    }
    let toolbox = Toolbox::default();
    let logs = workspace.scratch("logs")?;
    let mut rows = Vec::new();
    for group in GROUPS {
        if !wish.only.is_empty() && !wish.only.iter().any(|name| name == group.name) {
            continue;
        }
        println!("\n== {}: {}", group.name, group.what);
        let started = Instant::now();
        let log = Log::create(&logs, group.name)?;
        let mut shift = Shift { workspace, toolbox: &toolbox, log };
        let outcome = match (group.run)(&mut shift) {
            Ok(outcome) => outcome,
            Err(error) => {
                shift.log.say(&format!("{error:#}"))?;
                Outcome::Ran(Tally::one(false).note(first_line(&format!("{error:#}"))))
            }
        };
        rows.push(Row { group: group.name, outcome, took: started.elapsed() });
    }
    println!("\n== summary (kept output: {})\n", workspace.relative(&logs).display());
    println!("{}", tally::summary(&rows));
    Ok(tally::total(&rows).failed == 0)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// The terminal gets the places, the log also what would be written there.
fn format(shift: &mut Shift<'_>) -> Result<Outcome> {
    let mut command = shift.workspace.cargo();
    command.args(["fmt", "--all", "--", "--check", "--color", "never"]);
    let code = process::live(command, &mut shift.log, |line| {
        line.starts_with("Diff in ") || line.starts_with("error")
    })?;
    Ok(Outcome::Ran(Tally::one(code == 0)))
}

fn lints(shift: &mut Shift<'_>) -> Result<Outcome> {
    let mut command = shift.workspace.cargo();
    command.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    let code = process::live(command, &mut shift.log, is_not_progress)?;
    Ok(Outcome::Ran(Tally::one(code == 0)))
}

/// With a server for the tests that are about one (all others keep their tables in files), a provider for
/// those of single sign-on, a validator for those of advisories, and a mail server.
fn tests(shift: &mut Shift<'_>) -> Result<Outcome> {
    let mut command = shift.workspace.cargo();
    command.args(["test", "--workspace", "--no-fail-fast", "--", "--show-output"]);
    if let Err(Missing(what)) = shift.toolbox.ensure(&OPENSSL, &mut shift.log)? {
        return Ok(Outcome::NotRun(what));
    }
    let provider = match Fixture::provider(shift.workspace, shift.toolbox, &mut shift.log)? {
        Ok(provider) => provider,
        Err(Missing(what)) => return Ok(Outcome::NotRun(what)),
    };
    let mail = match Fixture::mail_server(shift.workspace, shift.toolbox, &mut shift.log)? {
        Ok(mail) => mail,
        Err(Missing(what)) => return Ok(Outcome::NotRun(what)),
    };
    let validator = shift.workspace.root.join("fixtures/csaf");
    let node = match node::with_packages_of(&validator, shift.toolbox, &mut shift.log)? {
        Ok(node) => node,
        Err(Missing(what)) => return Ok(Outcome::NotRun(what)),
    };
    match Cluster::start(shift.toolbox, &mut shift.log)? {
        Err(Missing(what)) => Ok(Outcome::NotRun(what)),
        Ok(cluster) => {
            command.env(SERVER, cluster.address()).env(PROVIDER, provider.place());
            command.env(VALIDATOR, node).env(MAIL, mail.place());
            run_tests(command, shift)
        }
    }
}

/// The crates whose tests keep a record.
const WITH_A_RECORD: [&str; 4] =
    ["aftercare-register", "aftercare-desk", "aftercare-web", "aftercare"];

fn tests_on_postgresql(shift: &mut Shift<'_>) -> Result<Outcome> {
    let mut command = shift.workspace.cargo();
    // With --workspace cargo chooses the same features as the group before: nothing is built again.
    command.args(["test", "--workspace", "--no-fail-fast"]);
    let others = shift.workspace.packages.iter().map(|package| package.name.as_str());
    for name in others.filter(|name| !WITH_A_RECORD.contains(name)) {
        command.args(["--exclude", name]);
    }
    command.args(["--", "--show-output"]);
    let mail = match Fixture::mail_server(shift.workspace, shift.toolbox, &mut shift.log)? {
        Ok(mail) => mail,
        Err(Missing(what)) => return Ok(Outcome::NotRun(what)),
    };
    match Cluster::start(shift.toolbox, &mut shift.log)? {
        Err(Missing(what)) => Ok(Outcome::NotRun(what)),
        Ok(cluster) => {
            command.env(SERVER, cluster.address()).env("AFTERCARE_TEST_ENGINE", "postgres");
            command.env(MAIL, mail.place());
            run_tests(command, shift)
        }
    }
}

/// Names the server to the tests (`testkit::engine`).
const SERVER: &str = "AFTERCARE_TEST_POSTGRES";
/// Names the provider of OpenID Connect to the tests of `signin`.
const PROVIDER: &str = "AFTERCARE_TEST_OIDC";
/// Tells the tests of `net` and `web` where the mail server listens and keeps what it got.
const MAIL: &str = "AFTERCARE_TEST_SMTP";
/// Names the Node that runs the validator of CSAF to the tests of `documents`.
const VALIDATOR: &str = "AFTERCARE_TEST_CSAF";

fn run_tests(command: Command, shift: &mut Shift<'_>) -> Result<Outcome> {
    let mut reader = libtest::Reader::default();
    let code =
        process::live(command, &mut shift.log, |line| reader.line(line) && is_not_progress(line))?;
    Ok(Outcome::Ran(reader.tally(code)))
}

/// Cargo's lines of progress fill a terminal and say little; the log has them.
fn is_not_progress(line: &str) -> bool {
    let line = line.trim_start();
    !["Compiling ", "Checking ", "Downloaded ", "Downloading "]
        .iter()
        .any(|word| line.starts_with(word))
}

fn tidy_rules(shift: &mut Shift<'_>) -> Result<Outcome> {
    let log = &mut shift.log;
    let tally = tidy::check(shift.workspace, &mut |line| {
        let _ = log.say(line);
    })?;
    Ok(Outcome::Ran(tally))
}

fn licence_list(shift: &mut Shift<'_>) -> Result<Outcome> {
    let log = &mut shift.log;
    let tally = licences::check(shift.workspace, &mut |line| {
        let _ = log.say(line);
    })?;
    Ok(Outcome::Ran(tally))
}

fn docs(shift: &mut Shift<'_>) -> Result<Outcome> {
    documents::check(shift.workspace, &mut shift.log).map(Outcome::Ran)
}

fn advisory_list(shift: &mut Shift<'_>) -> Result<Outcome> {
    advisories::check(shift.workspace, &mut shift.log)
}

fn crash_harness(shift: &mut Shift<'_>) -> Result<Outcome> {
    crash::group(shift.workspace, shift.toolbox, &mut shift.log)
}

fn pages(shift: &mut Shift<'_>) -> Result<Outcome> {
    browser::check(shift.workspace, shift.toolbox, &mut shift.log)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Wish, String> {
        Wish::parse(&line.split('|').filter(|w| !w.is_empty()).map(Into::into).collect::<Vec<_>>())
    }

    #[test]
    fn groups_are_chosen_by_their_name() {
        assert_eq!(parse("").unwrap(), Wish::default());
        let wish = parse("--only|tidy|--only|docs up to date").unwrap();
        assert_eq!(wish.only, ["tidy", "docs up to date"]);
    }

    #[test]
    fn an_unknown_group_is_refused_with_the_known_ones() {
        let error = parse("--only|brwoser").unwrap_err();
        assert!(error.contains("brwoser") && error.contains("browser"), "{error}");
        assert!(parse("--only").is_err());
    }

    #[test]
    fn every_group_has_its_own_name() {
        let names: std::collections::BTreeSet<_> = GROUPS.iter().map(|group| group.name).collect();
        assert_eq!(names.len(), GROUPS.len());
    }
}
