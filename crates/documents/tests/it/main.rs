//! Advisories in every form, judged by the published schemas, by a validator that others wrote, and by
//! what people must find in them.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "helpers of tests stand outside #[test] functions"
)]

mod chance;
mod crosswalk;
mod csaf;
mod cyclonedx;
mod library;
mod notice;
mod openvex;
mod printed;
mod refusals;
mod samples;
mod schema;
mod security_txt;
