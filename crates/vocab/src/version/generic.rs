//! Versions of unknown kind: runs of digits and of letters, separators do not count.
//!
//! Zeros at the end of a run of numbers do not count (`1.0` is `1`). Words for pre-releases come
//! before nothing, other words after nothing (`1.0.2` < `1.0.2k`), numbers after words. This is a
//! convention of ours, not a specification: matching treats its answers with less confidence.

use super::{number, text};
use std::cmp::Ordering;

const PRE_WORDS: &[&str] = &[
    "dev",
    "snapshot",
    "nightly",
    "alpha",
    "a",
    "beta",
    "b",
    "milestone",
    "m",
    "preview",
    "pre",
    "rc",
    "cr",
];
/// Pre-release letters count as such only with a number after them: `1.0b2`, but not `1.0b`.
const LETTERS: &[&str] = &["a", "b", "m"];
/// Words for the release itself.
const RELEASE_WORDS: &[&str] = &["final", "ga", "release"];
/// Words that may stand before the numbers.
const LEADING_WORDS: &[&str] = &["v", "ver", "version", "r", "rel", "release", "rev"];

/// Drops `v`, `release-` and the like before the numbers.
pub(super) fn plain(version: &str) -> &str {
    let (word, rest) = number::leading_letters(version);
    let rest = rest.trim_start_matches(['.', '-', '_', ':']);
    let leads = LEADING_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    if leads && rest.starts_with(|c: char| c.is_ascii_digit()) { rest } else { version }
}

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    if text::is_short_hash(version) {
        return Err("it is a commit hash; hashes have no order".to_owned());
    }
    if plain(version).starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err("it does not begin with a number".to_owned())
}

#[derive(Clone, Copy)]
enum Run<'a> {
    /// Rank of the word among the pre-releases.
    Pre(usize),
    End,
    Word(&'a str),
    Number(&'a str),
}

impl Run<'_> {
    const fn rank(&self) -> u8 {
        match self {
            Self::Pre(_) => 0,
            Self::End => 1,
            Self::Word(_) => 2,
            Self::Number(_) => 3,
        }
    }
}

fn next<'a>(rest: &mut &'a str) -> Run<'a> {
    loop {
        let Some(first) = rest.bytes().next() else { return Run::End };
        if first.is_ascii_digit() {
            let (digits, after) = number::leading(rest);
            *rest = after;
            if number::is_zero(digits) && no_number_before_a_word(after) {
                continue;
            }
            return Run::Number(digits);
        }
        let (word, after) = number::leading_letters(rest);
        if word.is_empty() {
            *rest = &rest[rest.chars().next().map_or(1, char::len_utf8)..];
            continue;
        }
        *rest = after;
        let is_in =
            |words: &[&str]| words.iter().position(|known| known.eq_ignore_ascii_case(word));
        if is_in(RELEASE_WORDS).is_some() {
            continue;
        }
        let numbered = after.trim_start_matches(['.', '-', '_']);
        let numbered = numbered.starts_with(|c: char| c.is_ascii_digit());
        return match is_in(PRE_WORDS) {
            Some(rank) if numbered || is_in(LETTERS).is_none() => Run::Pre(rank),
            _ => Run::Word(word),
        };
    }
}

/// Whether only zeros stand before the next word or the end.
fn no_number_before_a_word(rest: &str) -> bool {
    let decides = |b: &u8| matches!(b, b'1'..=b'9') || b.is_ascii_alphabetic();
    rest.bytes().find(decides).is_none_or(|b| b.is_ascii_alphabetic())
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (plain(a), plain(b));
    loop {
        let found = match (next(&mut a), next(&mut b)) {
            (Run::End, Run::End) => return Ordering::Equal,
            (Run::Pre(a), Run::Pre(b)) => synonym(a).cmp(&synonym(b)),
            (Run::Word(a), Run::Word(b)) => {
                let lower = |byte: u8| byte.to_ascii_lowercase();
                a.bytes().map(lower).cmp(b.bytes().map(lower))
            }
            (Run::Number(a), Run::Number(b)) => number::order(a, b),
            (left, right) => left.rank().cmp(&right.rank()),
        };
        if found.is_ne() {
            return found;
        }
    }
}

/// One rank for words that mean the same: the longer of two neighbours in [`PRE_WORDS`].
fn synonym(rank: usize) -> usize {
    match PRE_WORDS.get(rank) {
        Some(&("a" | "b" | "m" | "pre" | "cr")) => rank - 1,
        _ => rank,
    }
}
