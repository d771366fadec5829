//! Composer: `Composer\Semver` normalisation and PHP's `version_compare`.
//!
//! `v` and build metadata are dropped, missing numbers are zero (Composer pads to four), and what
//! follows ranks: other words < dev < alpha < beta < RC < nothing < numbers < patch. Names of
//! branches (`dev-main`, `2.x-dev`) move and have no order.

use super::{number, semver};
use std::cmp::Ordering;

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    let lower = version.to_ascii_lowercase();
    if lower.starts_with("dev-") || lower.ends_with("x-dev") {
        return Err("it names a branch, which moves".to_owned());
    }
    if number::without_v(version).starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err("it does not begin with a number".to_owned())
}

/// A part of a version, in the order of `version_compare`.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// A word that PHP does not know; all of them are equal.
    Word,
    Dev,
    Alpha,
    Beta,
    Candidate,
    /// Nothing more follows, or `stable`.
    End,
    Number(&'a str),
    Patch,
}

impl Part<'_> {
    const fn rank(&self) -> u8 {
        match self {
            Self::Word => 0,
            Self::Dev => 1,
            Self::Alpha => 2,
            Self::Beta => 3,
            Self::Candidate => 4,
            Self::End => 5,
            Self::Number(_) => 6,
            Self::Patch => 7,
        }
    }
}

/// A version without `v` and build metadata: its numbers and what follows them.
fn split(version: &str) -> (&str, Parts<'_>) {
    let version = number::without_v(version);
    let version = version.split_once('+').map_or(version, |(version, _)| version);
    let numbers = semver::core_of(version);
    (numbers, Parts(&version[numbers.len()..]))
}

/// What follows the numbers, one part at a time.
struct Parts<'a>(&'a str);

impl<'a> Parts<'a> {
    fn next(&mut self) -> Part<'a> {
        loop {
            let Some(first) = self.0.chars().next() else { return Part::End };
            if first.is_ascii_digit() {
                let (digits, after) = number::leading(self.0);
                self.0 = after;
                return Part::Number(digits);
            }
            let (word, after) = number::leading_letters(self.0);
            if word.is_empty() {
                self.0 = &self.0[first.len_utf8()..];
                continue;
            }
            self.0 = after;
            if !word.eq_ignore_ascii_case("stable") {
                return known(word);
            }
        }
    }
}

/// PHP looks only at how a word begins.
fn known(word: &str) -> Part<'static> {
    const KNOWN: &[(&str, Part<'static>)] = &[
        ("dev", Part::Dev),
        ("a", Part::Alpha),
        ("b", Part::Beta),
        ("rc", Part::Candidate),
        ("p", Part::Patch),
    ];
    let begins = |with: &str| word.get(..with.len()).is_some_and(|w| w.eq_ignore_ascii_case(with));
    KNOWN.iter().find(|(with, _)| begins(with)).map_or(Part::Word, |(_, part)| *part)
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let ((numbers_a, mut a), (numbers_b, mut b)) = (split(a), split(b));
    let mut found = number::order_dotted(numbers_a, numbers_b);
    while found.is_eq() {
        found = match (a.next(), b.next()) {
            (Part::End, Part::End) => return Ordering::Equal,
            (Part::Number(left), Part::Number(right)) => number::order(left, right),
            (left, right) => left.rank().cmp(&right.rank()),
        };
    }
    found
}
