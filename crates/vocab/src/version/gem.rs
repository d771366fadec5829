//! RubyGems: `Gem::Version`.
//!
//! Segments are runs of digits and of letters; a dash means `.pre.`; zeros at the end of the leading
//! numbers and at the end of the whole do not count; a letter makes a pre-release.

use super::number;
use std::cmp::Ordering;

/// Whether the version can be ordered. Build metadata after `+` is not part of it.
pub(super) fn check(version: &str) -> Result<(), String> {
    let version = plain(version);
    if !version.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("it does not begin with a number".to_owned());
    }
    if version.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        return Ok(());
    }
    Err("a gem version has only letters, digits, dots and dashes".to_owned())
}

fn plain(version: &str) -> &str {
    let version = number::without_v(version);
    version.split_once('+').map_or(version, |(version, _)| version)
}

/// The segments that count.
fn segments(version: &str) -> Vec<&str> {
    let mut rest = plain(version);
    let mut found = Vec::with_capacity(8);
    let mut in_numbers = true;
    while let Some(first) = rest.bytes().next() {
        let segment = match first {
            b'0'..=b'9' => number::leading(rest).0,
            b'a'..=b'z' | b'A'..=b'Z' => number::leading_letters(rest).0,
            b'-' => "pre",
            _ => "",
        };
        rest = &rest[if segment.is_empty() || first == b'-' { 1 } else { segment.len() }..];
        if segment.is_empty() {
            continue;
        }
        if in_numbers && !number::is(segment) {
            drop_zeros(&mut found);
            in_numbers = false;
        }
        found.push(segment);
    }
    drop_zeros(&mut found);
    found
}

fn drop_zeros(segments: &mut Vec<&str>) {
    while segments.last().is_some_and(|last| number::is_zero(last)) {
        segments.pop();
    }
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (segments(a), segments(b));
    for at in 0..a.len().max(b.len()) {
        let (left, right) = (a.get(at).unwrap_or(&"0"), b.get(at).unwrap_or(&"0"));
        let found = match (number::is(left), number::is(right)) {
            (true, true) => number::order(left, right),
            (false, false) => left.cmp(right),
            // a word is below a number
            (left, right) => left.cmp(&right),
        };
        if found.is_ne() {
            return found;
        }
    }
    Ordering::Equal
}
