//! The tree against published vectors, against itself, and against forgers.

#![allow(clippy::expect_used, reason = "helpers of tests stand outside #[test] functions")]

mod forgeries;
mod notes;
mod tiles;
mod vectors;

use aftercare_evidence::leaf;
use aftercare_vocab::digest::Digest;

/// `n` distinct leaf hashes.
fn leaves(n: usize) -> Vec<Digest> {
    (0..n).map(|i| leaf(format!("entry {i}").as_bytes())).collect()
}
