//! Figures for a terminal and for `docs/benchmarks.md`.

use super::measure::Cost;
use super::{Benchmark, Line};
use crate::calendar;
use crate::process;
use crate::workspace::Workspace;
use anyhow::Result;
use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

/// Where and on what the figures were taken.
#[derive(Debug)]
pub struct Circumstances {
    pub date: String,
    pub processor: String,
    pub cores: usize,
    pub memory_gib: u64,
    pub system: String,
    pub compiler: String,
    pub commit: String,
    pub runs: usize,
    /// Threads that wanted a processor in the last minute, on average.
    pub load: String,
}

impl Circumstances {
    pub fn look(workspace: &Workspace, runs: usize) -> Result<Self> {
        let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let ask = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.current_dir(&workspace.root).args(arguments);
            process::captured(command).map(|answer| answer.trim().to_owned())
        };
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let not_told = || "not told".to_owned();
        let mut commit =
            ask("git", &["rev-parse", "--short=12", "HEAD"]).unwrap_or_else(|_| not_told());
        if ask("git", &["status", "--porcelain"]).is_ok_and(|changes| !changes.is_empty()) {
            commit.push_str(", with changes that are not committed");
        }
        Ok(Self {
            date: calendar::today(),
            processor: field(&processor, "model name").unwrap_or_else(not_told),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gib: field(&memory, "MemTotal")
                .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
                .unwrap_or(0)
                .div_ceil(1024 * 1024),
            system: ask("uname", &["-sr"]).unwrap_or_else(|_| not_told()),
            compiler: ask("rustc", &["--version"])?,
            commit,
            runs,
            load: load.split(' ').next().unwrap_or_default().to_owned(),
        })
    }
}

/// The value of `name : value` in a file of `/proc`.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

const COLUMNS: [&str; 7] =
    ["program", "input", "wall time", "fastest to slowest", "processor", "peak memory", "result"];

fn cells(line: &Line) -> [String; 7] {
    let cost = |show: fn(&Cost) -> String| line.cost.as_ref().map_or("-".into(), show);
    [
        line.subject.clone(),
        line.input.clone(),
        cost(|cost| time(cost.wall)),
        cost(|cost| format!("{} to {}", time(cost.fastest), time(cost.slowest))),
        cost(|cost| time(cost.processor)),
        cost(|cost| memory(cost.memory_kib)),
        line.result.clone(),
    ]
}

/// A table with aligned columns.
pub fn table(lines: &[Line]) -> String {
    let rows: Vec<[String; 7]> =
        std::iter::once(COLUMNS.map(str::to_owned)).chain(lines.iter().map(cells)).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
            let _ = write!(line, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The whole of `docs/benchmarks.md`.
pub fn markdown(on: &Circumstances, results: &[(&Benchmark, Vec<Line>)]) -> String {
    let mut text = format!(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`; do not edit. Each program runs once to warm the caches,\n\
         then {} times; the figures are medians. Wall time is that of the whole process, processor\n\
         time is user and system together, memory is the peak of resident memory.\n\n\
         | circumstance | value |\n| --- | --- |\n\
         | date | {} |\n| commit | {} |\n| processor | {}, {} cores used |\n\
         | memory | {} GiB |\n| system | {} |\n| compiler | {} |\n",
        on.runs, on.date, on.commit, on.processor, on.cores, on.memory_gib, on.system, on.compiler,
    );
    for (benchmark, lines) in results {
        text += "\n";
        text += &part(benchmark, "", lines);
    }
    text
}

/// The report with the part of one benchmark written anew, or added at its end.
pub fn with_part(
    report: &str,
    on: &Circumstances,
    benchmark: &Benchmark,
    lines: &[Line],
) -> String {
    let measured = format!(
        " Measured on {} with the code of commit {}, {} runs, on {} cores with a load of {} (of the last minute).",
        on.date, on.commit, on.runs, on.cores, on.load
    );
    let part = part(benchmark, &measured, lines);
    let head = format!("## {}\n", benchmark.name);
    let Some(begin) = report.find(&head) else { return format!("{report}\n{part}") };
    let rest = &report[begin + head.len()..];
    match rest.find("\n## ") {
        Some(end) => format!("{}{part}{}", &report[..begin], &rest[end..]),
        None => format!("{}{part}", &report[..begin]),
    }
}

fn part(benchmark: &Benchmark, measured: &str, lines: &[Line]) -> String {
    let mut text = format!("## {}\n\n{}{measured}\n\n", benchmark.name, benchmark.what);
    let _ = writeln!(text, "| {} |", COLUMNS.join(" | "));
    let _ = writeln!(text, "|{}", " --- |".repeat(COLUMNS.len()));
    for line in lines {
        let _ = writeln!(text, "| {} |", cells(line).join(" | "));
    }
    text
}

/// Three digits are more than a measurement can promise, two too few to compare.
fn time(span: Duration) -> String {
    let seconds = span.as_secs_f64();
    match seconds {
        s if s >= 100.0 => format!("{s:.0} s"),
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 0.1 => format!("{:.0} ms", s * 1e3),
        s if s >= 0.001 => format!("{:.1} ms", s * 1e3),
        s => format!("{:.0} \u{b5}s", s * 1e6),
    }
}

fn memory(kib: u64) -> String {
    let mib = kib as f64 / 1024.0;
    if mib >= 1024.0 { format!("{:.2} GiB", mib / 1024.0) } else { format!("{mib:.1} MiB") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_their_unit() {
        for (micros, text) in
            [(90, "90 \u{b5}s"), (5_240, "5.2 ms"), (340_000, "340 ms"), (2_340_000, "2.34 s")]
        {
            assert_eq!(time(Duration::from_micros(micros)), text);
        }
        assert_eq!(memory(17 * 1024), "17.0 MiB");
        assert_eq!(memory(3 * 1024 * 1024), "3.00 GiB");
    }

    #[test]
    fn a_line_without_cost_shows_so_and_columns_are_aligned() {
        let line = |subject: &str| Line {
            subject: subject.into(),
            input: "1,000 components".into(),
            cost: None,
            result: "500,000 look-ups/s".into(),
        };
        let text = table(&[line("a"), line("longer name")]);
        let starts: Vec<_> =
            text.lines().map(|row| row.find("1,000").or(row.find("input"))).collect();
        assert_eq!(starts, vec![Some(13); 3], "{text}");
        assert!(text.lines().nth(1).is_some_and(|row| row.contains(" - ")), "{text}");
    }

    #[test]
    fn a_part_of_the_report_is_written_anew_or_added_and_the_rest_stays() {
        let on = Circumstances {
            date: "2026-01-01".into(),
            processor: String::new(),
            cores: 2,
            memory_gib: 1,
            system: String::new(),
            compiler: String::new(),
            commit: "abc".into(),
            runs: 1,
            load: "0.50".into(),
        };
        let benchmark = &super::super::BENCHMARKS[1];
        let name = benchmark.name;
        let report = format!("# Benchmarks\n\n## {name}\n\nold\n\n## zz\n\na remark\n");
        let anew = with_part(&report, &on, benchmark, &[]);
        assert!(!anew.contains("old") && anew.ends_with("|\n\n## zz\n\na remark\n"), "{anew}");
        assert_eq!(with_part(&anew, &on, benchmark, &[]), anew);
        let added = with_part("# Benchmarks\n", &on, benchmark, &[]);
        assert!(added.starts_with(&format!("# Benchmarks\n\n## {name}\n")), "{added}");
    }

    #[test]
    fn fields_of_proc_are_read_by_name() {
        let text = "model name\t: A processor\nMemTotal:       1024 kB\n";
        assert_eq!(field(text, "model name").as_deref(), Some("A processor"));
        assert_eq!(field(text, "MemTotal").as_deref(), Some("1024 kB"));
        assert_eq!(field(text, "flags"), None);
    }
}
