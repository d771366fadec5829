//! Where the shared real documents are, and how a test reads one.

#![allow(clippy::expect_used, clippy::print_stderr, reason = "helpers of tests")]

use std::{io::Read as _, path::PathBuf};

/// The folder of shared data, or `None` after saying so.
pub fn folder(name: &str) -> Option<PathBuf> {
    let path =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(name);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("NOT RUN: shared data absent ({name})");
    None
}

/// The bytes of a file, decompressed when it ends in `.zst`.
pub fn bytes(path: &std::path::Path) -> Vec<u8> {
    let raw = std::fs::read(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    if path.extension().is_none_or(|end| end != "zst") {
        return raw;
    }
    let mut frames = zstd::Decoder::new(raw.as_slice()).expect("a Zstandard file");
    frames.window_log_max(27).expect("a window of 128 MiB");
    let mut out = Vec::new();
    frames.read_to_end(&mut out).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    out
}
