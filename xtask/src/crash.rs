//! The crash harness: a writing process is killed again and again, on both engines, and what it left
//! is looked at (`crates/testkit/src/crash.rs`).

use crate::cluster::Cluster;
use crate::process::{self, Log};
use crate::product;
use crate::tally::{Outcome, Tally};
use crate::tools::{Missing, Toolbox};
use crate::workspace::Workspace;
use anyhow::{Context, Result};

/// Lives on each engine when all groups run.
pub const RUNS: u64 = 60;

/// What the caller asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish {
    /// Lives on each engine.
    runs: u64,
    /// What the lots are drawn from; the moments of the kills vary all the same.
    seed: u64,
}

impl Wish {
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut wish = Self { runs: RUNS, seed: u64::from(std::process::id()) };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut number = || arguments.next().and_then(|text| text.parse().ok());
            match argument.as_str() {
                "--runs" => {
                    wish.runs =
                        number().filter(|&n| n > 0).ok_or("`--runs` needs a number above 0")?;
                }
                "--seed" => wish.seed = number().ok_or("`--seed` needs a number")?,
                other => return Err(format!("`{other}` is not known to `crash`")),
            }
        }
        Ok(wish)
    }
}

/// Runs it by itself.
pub fn run(workspace: &Workspace, wish: &Wish) -> Result<bool> {
    let mut log = Log::create(&workspace.scratch("logs")?, "crash")?;
    match check(workspace, &Toolbox::default(), &mut log, wish)? {
        Outcome::Ran(tally) => {
            println!("\n{} passed, {} failed", tally.passed, tally.failed);
            Ok(tally.failed == 0)
        }
        Outcome::NotRun(why) => {
            println!("NOT RUN: {why}");
            Ok(false)
        }
    }
}

/// As a group: few lives.
pub fn group(workspace: &Workspace, toolbox: &Toolbox, log: &mut Log) -> Result<Outcome> {
    check(workspace, toolbox, log, &Wish::parse(&[]).map_err(anyhow::Error::msg)?)
}

fn check(workspace: &Workspace, toolbox: &Toolbox, log: &mut Log, wish: &Wish) -> Result<Outcome> {
    let harness = product::built(workspace, log)?.with_file_name("crash");
    let cluster = match Cluster::start(toolbox, log)? {
        Ok(cluster) => cluster,
        Err(Missing(what)) => return Ok(Outcome::NotRun(what)),
    };
    let mut tally = Tally::default();
    for engine in ["sqlite", "postgres"] {
        let folder = workspace.fresh_scratch(&format!("crash-{engine}"))?;
        let mut command = product::command(workspace, &harness);
        command.arg("run").arg(&folder).args([wish.runs.to_string(), wish.seed.to_string()]);
        command.env("AFTERCARE_TEST_ENGINE", engine);
        command.env("AFTERCARE_TEST_POSTGRES", cluster.address());
        let mut said = String::new();
        let code = process::live(command, log, |line| {
            line.clone_into(&mut said);
            true
        })?;
        tally.count(code == 0);
        tally = tally.note(format!("{engine}: {said}"));
        if code == 0 {
            std::fs::remove_dir_all(&folder).context("removing what the harness wrote")?;
        }
    }
    Ok(Outcome::Ran(tally))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_seed_are_numbers() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let wish = Wish::parse(&words("--runs 10000 --seed 3")).unwrap();
        assert_eq!(wish, Wish { runs: 10_000, seed: 3 });
        for line in ["--runs 0", "--runs many", "--seed", "--rnus 3"] {
            assert!(Wish::parse(&words(line)).is_err(), "{line}");
        }
    }
}
