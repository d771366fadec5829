//! Numbers of any length, compared as text: versions hold dates and hashes that fit no integer.

use std::cmp::Ordering;

/// Order of two runs of digits; leading zeros do not count, an empty run is zero.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Whether the run is a number: one digit at least and nothing else.
pub(super) fn is(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the number is zero (or empty).
pub(super) fn is_zero(text: &str) -> bool {
    text.bytes().all(|b| b == b'0')
}

/// The digits that `text` begins with, and the rest.
pub(super) fn leading(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// The ASCII letters that `text` begins with, and the rest.
pub(super) fn leading_letters(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_alphabetic()).unwrap_or(text.len());
    text.split_at(end)
}

/// `v1.2` without its `v`; text that has no digit after the letter stays.
pub(super) fn without_v(text: &str) -> &str {
    match text.as_bytes() {
        [b'v' | b'V', digit, ..] if digit.is_ascii_digit() => &text[1..],
        _ => text,
    }
}

/// Order of dotted numbers; a missing number is zero.
pub(super) fn order_dotted(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (left, right) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (left, right) => (left.unwrap_or_default(), right.unwrap_or_default()),
        };
        let found = order(left, right);
        if found.is_ne() {
            return found;
        }
    }
}
