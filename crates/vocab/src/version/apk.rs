//! Alpine's apk-tools: `digits{.digits}{letter}{_suffix{digits}}{~hash}{-r digits}`.
//!
//! The commit hash does not count. Numbers after the first that begin with zero compare as decimals
//! (`1.06` < `1.1`). What is left over at the end, which apk would refuse, sorts below nothing.

use super::number;
use std::cmp::Ordering;

/// Suffixes in their order; those before [`NONE`] come before the version itself.
const SUFFIXES: &[(&str, i8)] = &[
    ("alpha", -4),
    ("beta", -3),
    ("pre", -2),
    ("rc", -1),
    ("cvs", 1),
    ("svn", 2),
    ("git", 3),
    ("hg", 4),
    ("p", 5),
];
/// The rank of no suffix.
const NONE: i8 = 0;

struct Parts<'a> {
    numbers: &'a str,
    letter: Option<u8>,
    /// From the first `_` to the end of the last suffix.
    suffixes: &'a str,
    build: Option<&'a str>,
    left: &'a str,
    /// What is left follows a build number.
    after_build: bool,
}

fn split(version: &str) -> Parts<'_> {
    let end = version.bytes().position(|b| !b.is_ascii_digit() && b != b'.');
    let (numbers, mut rest) = version.split_at(end.unwrap_or(version.len()));
    let letter = rest.bytes().next().filter(u8::is_ascii_lowercase);
    rest = &rest[usize::from(letter.is_some())..];
    let from = rest;
    while let Some((_, _, after)) = suffix(rest) {
        rest = after;
    }
    let suffixes = &from[..from.len() - rest.len()];
    if let Some(hash) = rest.strip_prefix('~') {
        rest = hash.trim_start_matches(|c: char| matches!(c, '0'..='9' | 'a'..='f'));
    }
    let (build, left) = match rest.strip_prefix("-r").map(number::leading) {
        Some((build, left)) => (Some(build), left),
        None => (None, rest),
    };
    Parts { numbers, letter, suffixes, build, left, after_build: build.is_some() }
}

/// The suffix that `text` begins with: its rank, its number and the rest.
fn suffix(text: &str) -> Option<(i8, &str, &str)> {
    let (word, rest) = number::leading_letters(text.strip_prefix('_')?);
    let rank = SUFFIXES.iter().find(|(name, _)| *name == word)?.1;
    let (digits, rest) = number::leading(rest);
    Some((rank, digits, rest))
}

/// Order of two versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    order_numbers(a.numbers, b.numbers)
        .then_with(|| a.letter.cmp(&b.letter))
        .then_with(|| order_suffixes(a.suffixes, b.suffixes))
        .then_with(|| number::order(a.build.unwrap_or_default(), b.build.unwrap_or_default()))
        .then_with(|| order_left(&a, &b))
        .then_with(|| a.build.is_some().cmp(&b.build.is_some()))
}

/// More numbers win; the first compares by value, the others as decimals if one begins with zero.
fn order_numbers(a: &str, b: &str) -> Ordering {
    let plain = |numbers: &'_ str| numbers.trim_end_matches('.').len();
    let (mut left, mut right) = (a[..plain(a)].split('.'), b[..plain(b)].split('.'));
    let mut is_first = true;
    loop {
        let found = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) if !is_first && (a.starts_with('0') || b.starts_with('0')) => {
                a.cmp(b)
            }
            (Some(a), Some(b)) => number::order(a, b),
        };
        if found.is_ne() {
            return found;
        }
        is_first = false;
    }
}

fn order_suffixes(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (rank_a, digits_a, rest_a) = suffix(a).unwrap_or((NONE, "", ""));
        let (rank_b, digits_b, rest_b) = suffix(b).unwrap_or((NONE, "", ""));
        let found = rank_a.cmp(&rank_b).then_with(|| number::order(digits_a, digits_b));
        if found.is_ne() {
            return found;
        }
        (a, b) = (rest_a, rest_b);
    }
    Ordering::Equal
}

/// Nothing left is highest; then what follows a build number, all the same; then the rest by text.
fn order_left(a: &Parts<'_>, b: &Parts<'_>) -> Ordering {
    match (a.left, b.left) {
        ("", "") => Ordering::Equal,
        ("", _) => Ordering::Greater,
        (_, "") => Ordering::Less,
        (left, right) => match (a.after_build, b.after_build) {
            (true, true) => Ordering::Equal,
            (false, false) => left.cmp(right),
            (a, b) => a.cmp(&b),
        },
    }
}
