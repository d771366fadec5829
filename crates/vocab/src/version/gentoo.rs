//! Gentoo ebuilds: Package Manager Specification, section 3.3 (version comparison).

use super::number;
use std::cmp::Ordering;

/// Suffixes in their order; `None` stands before `p`.
const SUFFIXES: &[(&str, u8)] = &[("alpha", 0), ("beta", 1), ("pre", 2), ("rc", 3), ("p", 5)];
const NONE: u8 = 4;

struct Parts<'a> {
    numbers: &'a str,
    letter: &'a str,
    suffixes: &'a str,
    revision: &'a str,
}

fn read(version: &str) -> Option<Parts<'_>> {
    let numbers = super::semver::core_of(version);
    let rest = &version[numbers.len()..];
    let letter = &rest[..usize::from(rest.starts_with(|c: char| c.is_ascii_lowercase()))];
    let from = &rest[letter.len()..];
    let mut rest = from;
    while let Some((_, _, after)) = suffix(rest) {
        rest = after;
    }
    let suffixes = &from[..from.len() - rest.len()];
    let revision = match rest.strip_prefix("-r") {
        Some(revision) if number::is(revision) => revision,
        Some(_) => return None,
        None if rest.is_empty() => "",
        None => return None,
    };
    (!numbers.is_empty()).then_some(Parts { numbers, letter, suffixes, revision })
}

fn suffix(text: &str) -> Option<(u8, &str, &str)> {
    let (word, rest) = number::leading_letters(text.strip_prefix('_')?);
    let rank = SUFFIXES.iter().find(|(name, _)| *name == word)?.1;
    let (digits, rest) = number::leading(rest);
    Some((rank, digits, rest))
}

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    match read(version) {
        Some(_) => Ok(()),
        None => Err("it is not numbers, a letter, `_` suffixes and `-r` revision".to_owned()),
    }
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (Some(left), Some(right)) = (read(a), read(b)) else { return a.cmp(b) };
    order_numbers(left.numbers, right.numbers)
        .then_with(|| left.letter.cmp(right.letter))
        .then_with(|| order_suffixes(left.suffixes, right.suffixes))
        .then_with(|| number::order(left.revision, right.revision))
}

/// Numbers after the first that begin with zero compare as decimals; more numbers win.
fn order_numbers(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    let mut is_first = true;
    loop {
        let found = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) if !is_first && (a.starts_with('0') || b.starts_with('0')) => {
                a.trim_end_matches('0').cmp(b.trim_end_matches('0'))
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
