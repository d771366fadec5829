//! The register as its users meet it: one directory, one pen, readers of any day.

#![allow(clippy::expect_used, reason = "helpers of tests stand outside #[test] functions")]

mod backup;
mod blobs;
mod bucket;
mod changes;
mod duty;
mod editions;
mod faults;
mod findings;
mod fleet;
mod group;
mod house;
mod intruder;
mod log;
mod meanwhile;
mod past;
mod privacy;
mod proxy;
mod rebuild;
mod rules;
mod server;
mod sight;
mod signals;
mod steps;
mod tamper;
mod tamper_copy;
mod tamper_log;
mod torn;
mod twin;
mod unlawful;
mod upgrade;
