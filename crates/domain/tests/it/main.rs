//! The rules in tables, and the events that must be readable for ever.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "helpers of tests stand outside #[test] functions"
)]

mod access_review;
mod advisories;
mod cases_clocks;
mod cases_examples;
mod cases_guards;
mod cases_lapse;
mod cases_model;
mod cases_ways;
mod casework;
mod clock;
mod data;
mod decisions;
mod duty;
mod golden;
mod golden_case;
mod golden_signal;
mod harm;
mod mapping;
mod notices;
mod people;
mod policies;
mod programme;
mod reporting;
mod rights;
mod rules;
mod ssvc;
mod texts;
mod town;
mod usage;
