//! What no scheme can order, and the schemes that order plain text: instants and bytes.

use super::{Scheme, wildcard};
use std::cmp::Ordering;

/// Longest version that is read, in bytes. Maven's own limit is 256 characters.
const LONGEST: usize = 256;

/// Words that stand where a version should, in lower case.
pub(super) const NOT_VERSIONS: &[&str] = &[
    "latest",
    "noassertion",
    "none",
    "unknown",
    "unspecified",
    "undefined",
    "null",
    "n/a",
    "na",
    "any",
    "all",
    "head",
    "master",
    "main",
    "trunk",
    "stable",
    "devel",
    "(devel)",
    "dev",
    "nightly",
    "snapshot",
    "*",
    "-",
    "x",
    "tbd",
    "?",
    "current",
    "default",
    "version",
    "vendor",
    "invalid",
];

/// Refuses what has no order under any scheme.
pub(super) fn has_an_order(scheme: Scheme, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    if scheme == Scheme::Lexicographic {
        return Ok(());
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("it has white space inside".to_owned());
    }
    let range_sign = |c: char| matches!(c, '<' | '>' | '=' | '~' | '^' | '!' | '[' | '(');
    if NOT_VERSIONS.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Err("it is a word, not a version".to_owned());
    }
    if text.starts_with(range_sign) || text.contains([',', '|', '<', '>']) {
        return Err("it is a range, not one version".to_owned());
    }
    // These order such texts: branches of Composer (`1.x-dev`), any word of Maven and Conan.
    let orders_words = matches!(scheme, Scheme::Composer | Scheme::Maven | Scheme::Conan);
    if !orders_words && wildcard::is_in(text) {
        return Err("it stands for many versions, not for one".to_owned());
    }
    if is_long_hash(text) {
        return Err("it is a commit hash; hashes have no order".to_owned());
    }
    Ok(())
}

/// A SHA-1 or SHA-256 in hexadecimal. A number of that length would have no letter.
fn is_long_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|b| b.is_ascii_hexdigit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A short commit hash: hexadecimal, seven digits at least, digits and letters mixed throughout.
pub(super) fn is_short_hash(text: &str) -> bool {
    const SHORTEST: usize = 7;
    const CHANGES: usize = 3;
    let bytes = text.as_bytes();
    let changes =
        bytes.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
    bytes.len() >= SHORTEST && changes >= CHANGES && bytes.iter().all(u8::is_ascii_hexdigit)
}

/// An RFC 3339 instant, with a zone.
pub(super) fn check_instant(text: &str) -> Result<(), String> {
    match text.parse::<jiff::Timestamp>() {
        Ok(_) => Ok(()),
        Err(_) => Err("it is not an instant such as 2024-01-01T00:00:00Z".to_owned()),
    }
}

/// Instants in time order.
pub(super) fn order_instants(a: &str, b: &str) -> Ordering {
    a.parse::<jiff::Timestamp>().ok().cmp(&b.parse::<jiff::Timestamp>().ok())
}
