//! What a group came to, and the table that closes a run.

use std::fmt::Write as _;
use std::time::Duration;

/// What one group came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Ran(Tally),
    /// The group could not do its work; the reason says what to do about it. It counts as one
    /// failure: a check that did not look has found nothing out.
    NotRun(String),
}

/// Counts of one group, with what a reader of the summary should know besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub notes: Vec<String>,
}

impl Tally {
    /// One yes or no.
    pub fn one(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed), notes: Vec::new() }
    }

    /// The counts of a program's closing line `N passed, N failed`.
    pub fn from_closing_line(line: &str) -> Option<Self> {
        let (passed, rest) = line.trim().split_once(" passed, ")?;
        let failed = rest.strip_suffix(" failed")?;
        Some(Self { passed: passed.parse().ok()?, failed: failed.parse().ok()?, notes: vec![] })
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.notes.extend(other.notes);
    }
}

/// One line of the summary.
#[derive(Debug)]
pub struct Row {
    pub group: &'static str,
    pub outcome: Outcome,
    pub took: Duration,
}

/// The counts over all groups.
pub fn total(rows: &[Row]) -> Tally {
    let mut sum = Tally::default();
    for row in rows {
        match &row.outcome {
            Outcome::Ran(tally) => {
                sum.passed += tally.passed;
                sum.failed += tally.failed;
            }
            Outcome::NotRun(_) => sum.failed += 1,
        }
    }
    sum
}

/// The closing table and, as its last line, `N passed, N failed`.
pub fn summary(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.group.len()).max().unwrap_or(0).max(5);
    let mut text =
        format!("{:width$}  {:>7}  {:>7}  {:>9}  remarks\n", "group", "passed", "failed", "time");
    for row in rows {
        let took = duration(row.took);
        let (passed, failed, notes) = match &row.outcome {
            Outcome::Ran(tally) => {
                (tally.passed.to_string(), tally.failed.to_string(), tally.notes.clone())
            }
            Outcome::NotRun(why) => ("-".into(), "-".into(), vec![format!("NOT RUN: {why}")]),
        };
        let mut notes = notes.iter().flat_map(|note| note.lines());
        let first = notes.next().unwrap_or_default();
        let line = format!("{:width$}  {passed:>7}  {failed:>7}  {took:>9}  {first}", row.group);
        let _ = writeln!(text, "{}", line.trim_end());
        for note in notes {
            let _ = writeln!(text, "{:indent$}{note}", "", indent = width + 31);
        }
    }
    let sum = total(rows);
    let not_run = rows.iter().filter(|row| matches!(row.outcome, Outcome::NotRun(_))).count();
    if not_run > 0 {
        let _ = writeln!(text, "\n{not_run} group(s) not run; each counts as one failure.");
    }
    let _ = write!(text, "\n{} passed, {} failed", sum.passed, sum.failed);
    text
}

fn duration(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = took.as_secs();
        format!("{} m {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(group: &'static str, outcome: Outcome) -> Row {
        Row { group, outcome, took: Duration::from_millis(61_500) }
    }

    #[test]
    fn a_group_that_did_not_run_counts_as_a_failure_and_says_why() {
        let rows = [
            row("tests", Outcome::Ran(Tally { passed: 12, failed: 0, notes: vec![] })),
            row("browser", Outcome::NotRun("no chromium".into())),
        ];
        let text = summary(&rows);
        assert_eq!(text.lines().last(), Some("12 passed, 1 failed"));
        assert!(text.contains("NOT RUN: no chromium"), "{text}");
        assert!(text.contains("1 m 01 s"), "{text}");
    }

    #[test]
    fn closing_lines_are_read_strictly() {
        let read = |line| Tally::from_closing_line(line).map(|tally| (tally.passed, tally.failed));
        assert_eq!(read("7 passed, 2 failed"), Some((7, 2)));
        for other in ["7 passed, 2 failed so far", "seven passed, 2 failed", "7 passed", ""] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
