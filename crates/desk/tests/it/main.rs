//! The desk as its faces meet it.

#![allow(clippy::expect_used, reason = "helpers of tests stand outside #[test] functions")]

mod sight;
