//! The doors, tried from both sides: what they let through, and what they keep from going out.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "helpers of tests stand outside #[test] functions"
)]

mod door;
mod mail;
mod mail_server;
mod mail_trouble;
mod reach;
