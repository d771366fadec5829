//! What a run of a program costs: wall time, processor time, peak memory.
//!
//! Wall time is taken around the bare program. Processor time comes from bash (milliseconds) and
//! peak memory from GNU time, in runs of their own, so that the wall time holds neither of them.

use crate::process::Log;
use crate::tools::{self, Missing, Toolbox};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Medians over all counted runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    pub wall: Duration,
    pub fastest: Duration,
    pub slowest: Duration,
    /// User and system time together.
    pub processor: Duration,
    /// Peak resident memory in KiB.
    pub memory_kib: u64,
}

/// Measures programs, each the same number of times.
#[derive(Debug)]
pub struct Stopwatch {
    time: PathBuf,
    scratch: PathBuf,
    runs: usize,
}

impl Stopwatch {
    pub fn ready(toolbox: &Toolbox, scratch: &Path, runs: usize, log: &mut Log) -> Result<Self> {
        match toolbox.ensure(&tools::TIME, log)? {
            Ok(time) => Ok(Self { time, scratch: scratch.to_owned(), runs }),
            Err(Missing(what)) => bail!(what),
        }
    }

    /// Runs a program once to warm the caches, then the counted times. `accepted`: the exit codes
    /// that mean the work was done.
    pub fn measure(&self, accepted: &[i32], command: impl Fn() -> Command) -> Result<Cost> {
        bare(command(), accepted)?;
        let mut walls = Vec::new();
        let mut processors = Vec::new();
        let mut memories = Vec::new();
        for _ in 0..self.runs {
            walls.push(bare(command(), accepted)?);
            let (processor, memory) = self.accounted(&command(), accepted)?;
            processors.push(processor);
            memories.push(memory);
        }
        Ok(Cost {
            fastest: walls.iter().copied().min().unwrap_or_default(),
            slowest: walls.iter().copied().max().unwrap_or_default(),
            wall: median(walls),
            processor: median(processors),
            memory_kib: median(memories),
        })
    }

    fn accounted(&self, command: &Command, accepted: &[i32]) -> Result<(Duration, u64)> {
        const SCRIPT: &str = "TIMEFORMAT='%3U %3S'\n\
            time \"$0\" --quiet --format=%M --output=\"$ACCOUNT\" \"$@\" >/dev/null 2>/dev/null";
        let account = self.scratch.join("account");
        let mut bash = Command::new("bash");
        bash.arg("-c").arg(SCRIPT).arg(&self.time);
        bash.arg(command.get_program()).args(command.get_args());
        bash.env("ACCOUNT", &account).env("LC_ALL", "C");
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => bash.env(name, value),
                None => bash.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            bash.current_dir(folder);
        }
        let output = bash.stdin(Stdio::null()).output().context("starting bash")?;
        accept(output.status.code(), accepted, command)?;
        let said = String::from_utf8_lossy(&output.stderr);
        let seconds: Vec<f64> =
            said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [user, system] = seconds[..] else {
            bail!("bash told no processor time, but `{}`", said.trim());
        };
        let text = std::fs::read_to_string(&account).context("reading the account of GNU time")?;
        let memory = text.trim().parse().with_context(|| format!("GNU time said `{text}`"))?;
        Ok((Duration::from_secs_f64(user + system), memory))
    }
}

fn bare(mut command: Command, accepted: &[i32]) -> Result<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status().with_context(|| format!("starting {command:?}"))?;
    let took = started.elapsed();
    accept(status.code(), accepted, &command)?;
    Ok(took)
}

fn accept(code: Option<i32>, accepted: &[i32], command: &Command) -> Result<()> {
    match code {
        Some(code) if accepted.contains(&code) => Ok(()),
        Some(code) => bail!("{command:?} ended with code {code}; its time means nothing"),
        None => bail!("{command:?} was ended by a signal"),
    }
}

/// The middle value; of two middle values the lower.
fn median<T: Ord + Default + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_value_that_was_measured() {
        assert_eq!(median(vec![9, 1, 5]), 5);
        assert_eq!(median(vec![9, 1, 5, 7]), 5);
        assert_eq!(median(Vec::<u64>::new()), 0);
    }

    #[test]
    fn a_program_that_fails_is_not_measured() {
        let fails = || {
            let mut command = Command::new("sh");
            command.args(["-c", "exit 2"]);
            command
        };
        assert!(bare(fails(), &[0, 1]).is_err());
        assert!(bare(fails(), &[2]).is_ok());
    }

    #[test]
    fn processor_time_and_memory_are_those_of_the_program() {
        let Some(time) = tools::find(tools::TIME.programs) else {
            eprintln!("NOT RUN: GNU time is not installed");
            return;
        };
        let scratch = std::env::temp_dir().join(format!("xtask-account-{}", std::process::id()));
        std::fs::create_dir_all(&scratch).unwrap();
        let stopwatch = Stopwatch { time, scratch: scratch.clone(), runs: 1 };
        let cost = stopwatch
            .measure(&[3], || {
                let mut command = Command::new("bash");
                command.args(["-c", "for ((i = 0; i < 20000; i++)); do :; done; exit 3"]);
                command
            })
            .unwrap();
        assert!(cost.processor > Duration::ZERO && cost.memory_kib > 500, "{cost:?}");
        assert!(cost.fastest <= cost.wall && cost.wall <= cost.slowest, "{cost:?}");
        std::fs::remove_dir_all(scratch).unwrap();
    }
}
