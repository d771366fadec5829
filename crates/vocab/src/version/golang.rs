//! Go modules (golang.org/x/mod/semver): Semantic Versioning with a `v`.
//!
//! Pseudo-versions (`v1.2.4-0.20191109021931-daa7c04131f5`) are pre-releases and `+incompatible` is
//! build metadata, so they need no rule of their own. The standard library's `go1.21.3` is read too.

use super::semver;
use std::cmp::Ordering;

fn without_go(text: &str) -> &str {
    match text.strip_prefix("go") {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    }
}

/// Whether the version can be read.
pub(super) fn check(text: &str) -> Result<(), String> {
    semver::read(without_go(text)).map(drop)
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    semver::order(without_go(a), without_go(b))
}
