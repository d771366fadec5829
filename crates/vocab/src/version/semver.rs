//! Semantic Versioning 2.0, section 11; used by npm, Cargo, Hex, Swift and others.
//!
//! Lenient: any count of numbers (missing ones are zero), leading zeros, `v`, and the pre-release
//! glued to the numbers (`1.0rc1`) where its word leaves no doubt. A suffix such as the `k` of `1.1.1k`
//! is refused: as a pre-release it would sort on the wrong side.

use super::number;
use std::cmp::Ordering;

/// A version taken apart.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    /// Dotted numbers.
    pub(super) core: &'a str,
    /// Pre-release identifiers; empty if none.
    pub(super) pre: &'a str,
    /// Build metadata; empty if none.
    pub(super) build: &'a str,
}

const PRE_WORDS: &[&str] = &[
    "alpha",
    "beta",
    "rc",
    "cr",
    "pre",
    "preview",
    "dev",
    "snapshot",
    "milestone",
    "canary",
    "next",
    "nightly",
    "insiders",
    "unstable",
];
/// Pre-release letters only with a number after them: `1.0b2`, but not `1.0b`.
const PRE_LETTERS: &[&str] = &["a", "b", "c", "m"];
/// Words for the release itself.
const RELEASE_WORDS: &[&str] = &["final", "ga", "release"];

/// Takes a version apart.
pub(super) fn read(text: &str) -> Result<Parts<'_>, String> {
    let text = number::without_v(text);
    let core = core_of(text);
    if core.is_empty() {
        return Err("it does not begin with a number".to_owned());
    }
    let (rest, build) = text[core.len()..].split_once('+').unwrap_or((&text[core.len()..], ""));
    let pre = match rest.as_bytes() {
        [] => "",
        [b'-'] => return Err("nothing follows its dash".to_owned()),
        [b'-', ..] => &rest[1..],
        _ => glued_pre_release(rest)?,
    };
    Ok(Parts { core, pre, build })
}

/// The dotted numbers that `text` begins with.
pub(super) fn core_of(text: &str) -> &str {
    let mut end = 0;
    loop {
        let from = if end == 0 { 0 } else { end + 1 };
        let digits = number::leading(&text[from..]).0.len();
        if digits == 0 {
            return &text[..end];
        }
        end = from + digits;
        if text.as_bytes().get(end) != Some(&b'.') {
            return &text[..end];
        }
    }
}

fn glued_pre_release(rest: &str) -> Result<&str, String> {
    let label = rest.strip_prefix(['.', '_']).unwrap_or(rest);
    let (word, after) = number::leading_letters(label);
    let is_in = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    if is_in(RELEASE_WORDS) && after.is_empty() {
        return Ok("");
    }
    if is_in(PRE_WORDS) || (is_in(PRE_LETTERS) && after.starts_with(|c: char| c.is_ascii_digit())) {
        return Ok(label);
    }
    Err(format!("`{rest}` after the numbers is neither a pre-release nor build metadata"))
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    match (read(a), read(b)) {
        (Ok(a), Ok(b)) => order_parts(&a, &b),
        _ => a.cmp(b),
    }
}

/// Numbers, then pre-release; build metadata does not count.
pub(super) fn order_parts(a: &Parts<'_>, b: &Parts<'_>) -> Ordering {
    number::order_dotted(a.core, b.core).then_with(|| match (a.pre, b.pre) {
        ("", "") => Ordering::Equal,
        ("", _) => Ordering::Greater,
        (_, "") => Ordering::Less,
        (a, b) => order_identifiers(a, b),
    })
}

/// Dotted identifiers: numbers by value and before words, words by ASCII, more identifiers win.
pub(super) fn order_identifiers(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let found = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (number::is(left), number::is(right)) {
                (true, true) => number::order(left, right),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => left.cmp(right),
            },
        };
        if found.is_ne() {
            return found;
        }
    }
}
