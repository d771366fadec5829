//! Matching against real snapshots, the sample manufacturer and hand-made tables.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail by panicking")]
#![allow(clippy::print_stderr, reason = "a test that could not run says so")]

mod build;
mod cve_words;
mod doubts;
mod expected;
mod names;
mod osv;
mod patch;
mod rules;
mod supplier;
mod truth;
