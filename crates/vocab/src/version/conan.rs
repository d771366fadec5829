//! Conan 2: dotted items, a pre-release after `-`, build metadata after `+` that counts.
//!
//! Zeros at the end do not count. A word is above a number; Conan compares the two as text, which for
//! words that begin with a letter is the same and for others would not be a total order.

use super::number;
use std::cmp::Ordering;

struct Parts<'a> {
    items: &'a str,
    pre: Option<&'a str>,
    build: Option<&'a str>,
}

fn split(version: &str) -> Parts<'_> {
    let version = number::without_v(version);
    let (rest, build) = match version.rsplit_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (version, None),
    };
    let (items, pre) = match rest.rsplit_once('-') {
        Some((items, pre)) => (items, Some(pre)),
        None => (rest, None),
    };
    Parts { items, pre, build }
}

/// Whether the version can be ordered: it must hold a number (a recipe may be named `cci.20200101`).
pub(super) fn check(version: &str) -> Result<(), String> {
    if version.bytes().any(|b| b.is_ascii_digit()) && !super::text::is_short_hash(version) {
        return Ok(());
    }
    Err("it has no number".to_owned())
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    order_items(a.items, b.items)
        .then_with(|| match (a.pre, b.pre) {
            (Some(a), Some(b)) => order_items(a, b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        })
        .then_with(|| match (a.build, b.build) {
            (Some(a), Some(b)) => order_items(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
}

fn order_items(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (without_zeros(a).split('.'), without_zeros(b).split('.'));
    loop {
        let found = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (number::is(left), number::is(right)) {
                (true, true) => number::order(left, right),
                (false, false) => left.to_lowercase().cmp(&right.to_lowercase()),
                // a word is above a number
                (left, right) => right.cmp(&left),
            },
        };
        if found.is_ne() {
            return found;
        }
    }
}

fn without_zeros(mut items: &str) -> &str {
    while let Some((rest, last)) = items.rsplit_once('.') {
        if !number::is(last) || !number::is_zero(last) {
            break;
        }
        items = rest;
    }
    items
}
