//! The rules in tables, and the events that must be readable for ever.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "helpers of tests stand outside #[test] functions"
)]

mod cases_guards;
mod casework;
mod clock;
mod data;
mod decisions;
mod duty;
mod golden;
mod golden_case;
mod golden_signal;
mod harm;
mod people;
mod policies;
mod reporting;
mod rights;
mod rules;
mod ssvc;
mod texts;
mod town;
