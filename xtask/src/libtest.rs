//! Reading what Rust's test harness prints, line by line.
//!
//! Tests run with `--show-output`, so that a test which could not look (its data lie outside the
//! project) can say `NOT RUN: reason`; such a test counts neither as passed nor as failed.

use crate::tally::Tally;
use std::collections::BTreeMap;

/// What a test prints when it could not do its work.
pub const NOT_RUN: &str = "NOT RUN:";

#[derive(Debug, Default)]
pub struct Reader {
    part: Part,
    /// The test whose kept output is being read, and whether it already said `NOT RUN`.
    current: Option<bool>,
    passed: u64,
    failed: u64,
    ignored: u64,
    /// Reason -> how many tests.
    not_run: BTreeMap<String, u64>,
}

#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
enum Part {
    #[default]
    Running,
    /// Kept output of tests that passed.
    Successes,
    Failures,
}

impl Reader {
    /// Takes the next line; answers whether a person wants to see it.
    pub fn line(&mut self, line: &str) -> bool {
        match line {
            "successes:" => (self.part, self.current) = (Part::Successes, None),
            "failures:" => (self.part, self.current) = (Part::Failures, None),
            _ if line.starts_with("test result: ") => {
                (self.part, self.current) = (Part::Running, None);
                self.passed += number_before(line, " passed");
                self.failed += number_before(line, " failed");
                self.ignored += number_before(line, " ignored");
            }
            _ if line.starts_with("---- ") && line.ends_with(" stdout ----") => {
                self.current = Some(false);
            }
            _ => {
                if let (Part::Successes, Some(reason)) = (self.part, line.strip_prefix(NOT_RUN)) {
                    if self.current == Some(false) {
                        *self.not_run.entry(reason.trim().to_owned()).or_default() += 1;
                        self.current = Some(true);
                    }
                    return true;
                }
            }
        }
        self.part != Part::Successes
    }

    /// The counts, given how cargo ended.
    pub fn tally(self, exit_code: i32) -> Tally {
        let not_run: u64 = self.not_run.values().sum();
        let mut tally = Tally {
            passed: self.passed.saturating_sub(not_run),
            failed: self.failed,
            notes: vec![],
        };
        if exit_code != 0 && self.failed == 0 {
            tally.failed += 1;
            tally = tally.note("did not build, or a test program broke off");
        }
        if exit_code == 0 && self.passed == 0 {
            tally.failed += 1;
            tally = tally.note("no test ran");
        }
        if self.ignored > 0 {
            tally = tally.note(format!("{} ignored", self.ignored));
        }
        for (reason, count) in self.not_run {
            tally = tally.note(format!("{count} test(s) not run: {reason}"));
        }
        tally
    }
}

/// `12` in `...; 12 passed; ...`.
fn number_before(line: &str, word: &str) -> u64 {
    line.find(word)
        .and_then(|end| line[..end].rsplit(' ').next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(text: &str, exit_code: i32) -> Tally {
        let mut reader = Reader::default();
        for line in text.lines() {
            reader.line(line);
        }
        reader.tally(exit_code)
    }

    const TWO_PROGRAMS: &str = "\
running 3 tests
test a ... ok

successes:

---- a stdout ----
NOT RUN: shared data absent
NOT RUN: shared data absent

---- b stdout ----
NOT RUN: shared data absent

successes:
    a
    b

test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
running 2 tests
failures:
    c
test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";

    #[test]
    fn counts_are_summed_and_tests_that_did_not_look_are_not_passed() {
        let found = tally(TWO_PROGRAMS, 101);
        assert_eq!((found.passed, found.failed), (2, 1));
        assert_eq!(found.notes, ["2 test(s) not run: shared data absent"]);
    }

    #[test]
    fn a_broken_build_and_an_empty_run_are_failures() {
        assert_eq!(tally("error: could not compile", 101).failed, 1);
        assert_eq!(tally("", 0).failed, 1);
    }

    #[test]
    fn output_of_passed_tests_stays_in_the_log_only() {
        let mut reader = Reader::default();
        let shown: Vec<bool> =
            ["test a ... ok", "successes:", "---- a stdout ----", "noise", "NOT RUN: no data"]
                .map(|line| reader.line(line))
                .into();
        assert_eq!(shown, [true, false, false, false, true]);
    }
}
