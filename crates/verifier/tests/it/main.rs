//! What a ledger says is weighed, beside its bytes.

#![allow(clippy::expect_used, reason = "helpers of tests stand outside #[test] functions")]

mod signatures;
#[path = "../../../domain/tests/it/town.rs"]
#[allow(dead_code, reason = "the town is that of the rules' own tests, which use more of it")]
mod town;
