//! The door, tried from both sides: what it lets through, and what it keeps from going out.

#![allow(clippy::expect_used, reason = "helpers of tests stand outside #[test] functions")]

mod door;
mod reach;
