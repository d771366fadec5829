//! `cargo xtask bench`: measures the release build, prints a table, writes `docs/benchmarks.md`.
//!
//! Measurements are not tests: nothing here passes or fails by a time. A figure stands beside a
//! known other program (a peer) in the same run, on the same machine and the same input.

mod engine;
mod measure;
mod peers;
mod record;
mod report;
mod sbom;
mod signin;
mod subjects;

use crate::process::Log;
use crate::product;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use measure::{Cost, Stopwatch};
use std::path::PathBuf;

/// One subject of measurement.
pub struct Benchmark {
    pub name: &'static str,
    /// What is measured and why, for the report.
    pub what: &'static str,
    run: fn(&mut Bench<'_>) -> Result<Vec<Line>>,
}

/// Every benchmark. To add one: a row, and a function that answers its lines.
pub const BENCHMARKS: &[Benchmark] = &[
    Benchmark {
        name: "start",
        what: "Starting the process and doing nothing: the floor under every other figure.",
        run: start,
    },
    Benchmark {
        name: "check",
        what: "Checking an SBOM against an edition of every source of the snapshot. The peer looks into one \
               ecosystem; we look into all of them. Wanted: 1,000 components under 35 ms and 64 MB, 56,000 \
               under 1 s and 500 MB.",
        run: subjects::check,
    },
    Benchmark {
        name: "lookups",
        what: "Opening an edition and looking things up. Wanted: open under 10 ms, 500,000 look-ups/s.",
        run: subjects::lookups,
    },
    Benchmark {
        name: "import",
        what: "Building an edition from every source of the snapshot, beside bare parsing. Wanted: under 60 s \
               and 1 GB.",
        run: subjects::import,
    },
    Benchmark {
        name: "engine",
        what: "The engine's parts as commands, a question a line, beside parsing the same lines with serde_json \
               and keeping nothing. Wanted: 100,000 lines/s.",
        run: engine::engine,
    },
    Benchmark {
        name: "sbom",
        what: "Large SBOMs. Reading in every form, beside the bare parser of its syntax over the same bytes, on one \
               core: times are of the thread's own share of a processor. Then matching alone, `check` with its report \
               as JSON, and receiving for a version until everything is stored. Wanted: 46 MB with 56,600 components \
               stored in 5 s; 256 MB in 20 s and 2 GB.",
        run: sbom::sbom,
    },
    Benchmark {
        name: "ledger",
        what: "Small decisions appended to the ledger, each on disk before it is acknowledged; proving the \
               record, reading its past, rebuilding its tables. Wanted for a million entries: 2,000/s on SQLite \
               and 1,000/s on PostgreSQL, verify under 10 s, a first page as of any moment under 500 ms (p95), \
               rebuild under 60 s.",
        run: record::ledger,
    },
    Benchmark {
        name: "idle",
        what: "Memory of a server at rest. Wanted: under 150 MB.",
        run: record::idle,
    },
    Benchmark {
        name: "signin",
        what: "Comparing a password with its hash, as every sign-in does. Dear on purpose: a thief of the tables pays \
               it for each guess. Memory is that of the hash, for as long as it takes.",
        run: signin::signin,
    },
    Benchmark {
        name: "reach",
        what: "From one vulnerability to versions, customers, sites and units. Wanted at 100x: under 300 ms.",
        run: subjects::reach,
    },
];

/// Benchmarks whose part of the report is written by a run of them alone, too: the others' parts hold remarks.
const ALONE: [&str; 2] = ["engine", "sbom"];

/// What a benchmark works with.
pub struct Bench<'a> {
    pub workspace: &'a Workspace,
    /// The release build of the product.
    pub binary: PathBuf,
    pub stopwatch: Stopwatch,
    pub log: Log,
    /// Also the sizes that take tens of minutes to fill.
    pub full: bool,
}

/// One line of a benchmark's table.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The program or the variant.
    pub subject: String,
    /// What it was given, with counts.
    pub input: String,
    /// Cost of the whole process; none for a figure that a program reports about itself.
    pub cost: Option<Cost>,
    /// What came out, or a figure such as a rate with its unit.
    pub result: String,
}

/// What the caller asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish {
    /// Empty: all.
    only: Vec<String>,
    runs: usize,
    /// Also the sizes that take tens of minutes to fill.
    full: bool,
}

/// Counted runs of each program, after one that is not counted.
const RUNS: usize = 11;

impl Wish {
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut wish = Self { only: Vec::new(), runs: RUNS, full: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--only" => {
                    let name = arguments.next().ok_or("`--only` needs the name of a benchmark")?;
                    if !BENCHMARKS.iter().any(|benchmark| benchmark.name == name) {
                        let known: Vec<&str> = BENCHMARKS.iter().map(|b| b.name).collect();
                        return Err(format!(
                            "no benchmark `{name}`; there are: {}",
                            known.join(", ")
                        ));
                    }
                    wish.only.push(name.clone());
                }
                "--full" => wish.full = true,
                "--runs" => {
                    let count = arguments.next().and_then(|text| text.parse().ok());
                    wish.runs =
                        count.filter(|&n| n > 0).ok_or("`--runs` needs a number above 0")?;
                }
                other => return Err(format!("`{other}` is not known to `bench`")),
            }
        }
        Ok(wish)
    }
}

/// Measures and prints; the whole report is written only when everything was measured.
pub fn run(workspace: &Workspace, wish: &Wish) -> Result<bool> {
    let mut log = Log::create(&workspace.scratch("logs")?, "bench")?;
    let stopwatch = Stopwatch::ready(
        &Toolbox::default(),
        &workspace.fresh_scratch("bench")?,
        wish.runs,
        &mut log,
    )?;
    let binary = product::built_for_release(workspace, &mut log)?;
    let mut bench = Bench { workspace, binary, stopwatch, log, full: wish.full };
    let mut results = Vec::new();
    for benchmark in BENCHMARKS {
        if !wish.only.is_empty() && !wish.only.iter().any(|name| name == benchmark.name) {
            continue;
        }
        println!("\n== {}: {}\n", benchmark.name, benchmark.what);
        let lines =
            (benchmark.run)(&mut bench).with_context(|| format!("benchmark {}", benchmark.name))?;
        print!("{}", report::table(&lines));
        results.push((benchmark, lines));
    }
    if wish.only.is_empty() {
        let circumstances = report::Circumstances::look(workspace, wish.runs)?;
        let path = workspace.root.join("docs/benchmarks.md");
        std::fs::write(&path, report::markdown(&circumstances, &results))
            .context("writing docs/benchmarks.md")?;
        println!("\nwrote docs/benchmarks.md");
    } else {
        let path = workspace.root.join("docs/benchmarks.md");
        let mut text = std::fs::read_to_string(&path).context("reading docs/benchmarks.md")?;
        for (benchmark, lines) in results.iter().filter(|(of, _)| ALONE.contains(&of.name)) {
            let circumstances = report::Circumstances::look(workspace, wish.runs)?;
            text = report::with_part(&text, &circumstances, benchmark, lines);
            println!("\nits part of docs/benchmarks.md is written anew");
        }
        std::fs::write(&path, text).context("writing docs/benchmarks.md")?;
    }
    Ok(true)
}

fn start(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let peer = peers::cargo_audit(bench.workspace, &mut bench.log)?;
    let mut lines = Vec::new();
    for (subject, program) in [("aftercare", &bench.binary), ("cargo-audit", &peer)] {
        let cost = bench.stopwatch.measure(&[0], || {
            let mut command = product::command(bench.workspace, program);
            command.arg("--version");
            command
        })?;
        lines.push(Line {
            subject: subject.into(),
            input: "--version".into(),
            cost: Some(cost),
            result: String::new(),
        });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_unknown_ones_refused() {
        let parse = |line: &str| {
            Wish::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(parse("").unwrap(), Wish { only: vec![], runs: RUNS, full: false });
        let wish = parse("--only start --runs 3").unwrap();
        assert_eq!((wish.only, wish.runs), (vec!["start".to_owned()], 3));
        for bad in ["--only", "--only strat", "--runs 0", "--runs many", "--fast"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
