//! Conformance of the vocabulary with the public test suites in the shared data folder.

// Clippy's leave for tests covers only the test functions themselves, not what they share.
#![allow(clippy::expect_used, clippy::print_stderr, clippy::print_stdout)]

mod cpe;
mod cvss;
mod purl;
mod ranges;
mod shared;
mod tables;
mod versions;
