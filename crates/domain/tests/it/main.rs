//! The rules in tables, and the events that must be readable for ever.

#![allow(clippy::expect_used, reason = "helpers of tests stand outside #[test] functions")]

mod decisions;
mod golden;
mod people;
mod rights;
mod rules;
mod texts;
mod town;
