//! Ranges of versions in words: the plain forms that publishers use, and nothing else.
//!
//! Read are `before 2.3.1`, `prior to 2.3.1`, `through 2.3.1`, `2.3.1 and earlier`, `2.3.1 or later`, `2.0 to
//! 2.3`, `from 2.0 before 2.3`, `2.x`, each with `version` and the like in front. A bound is one word that
//! begins with a number. `up to 2.3` does not say whether 2.3 is meant and is not read.

use aftercare_vocab::version::{Scheme, compare};
use std::cmp::Ordering;

/// Words in front that add nothing.
const LEADS: &[&str] =
    &["all versions", "all version", "versions", "version", "releases", "release", "ver."];

/// Words before an end that is left out.
const BEFORE: &[&str] = &["before", "prior to", "earlier than", "lower than", "below"];

/// Words before an end that is taken in.
const THROUGH: &[&str] = &["through", "thru", "up to and including"];

/// Words between two ends that are both taken in.
const BETWEEN: &[&str] = &["to", "through", "thru", "-", "–", "up to and including"];

/// What follows a version and all below it, or above it; before them stands `and` or `or`.
const DOWN: &[&str] = &["prior", "earlier", "below", "older", "lower", "previous"];
const UP: &[&str] = &["later", "newer", "above", "higher"];

/// Versions from a start, which is taken in, to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch<'t> {
    /// `None`: from the first version on.
    pub(crate) start: Option<&'t str>,
    pub(crate) end: End<'t>,
}

/// Where a stretch of versions ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End<'t> {
    /// Before this version.
    Before(&'t str),
    /// With this version.
    With(&'t str),
    /// With the last version of the branch of these numbers: `2` of `2.x`.
    OfBranch(&'t str),
    /// Never.
    Open,
}

/// The stretch that the words mean; `None` for every other text, a version alone among them.
pub(crate) fn stretch(text: &str) -> Option<Stretch<'_>> {
    let plain = after_leads(text.trim().trim_end_matches('.'));
    if let Some(end) = after_any(plain, BEFORE).and_then(bound) {
        return Some(Stretch { start: None, end: End::Before(end) });
    }
    if let Some(end) = after_any(plain, THROUGH).and_then(bound) {
        return Some(Stretch { start: None, end: End::With(end) });
    }
    let plain = after_any(plain, &["from"]).unwrap_or(plain);
    let (first, rest) = plain.split_once(char::is_whitespace).unwrap_or((plain, ""));
    if rest.is_empty() {
        let branch = first.strip_suffix(".x").or_else(|| first.strip_suffix(".*"))?;
        let start = bound(branch)?;
        return Some(Stretch { start: Some(start), end: End::OfBranch(start) });
    }
    let start = bound(first)?;
    let rest = rest.trim_start();
    if let Some(word) = after_any(rest, &["and", "or"]) {
        let word = ["versions", "version", "releases"]
            .iter()
            .find_map(|end| strip_end(word, end))
            .unwrap_or(word);
        let is_in = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        return match (is_in(DOWN), is_in(UP)) {
            (true, _) => Some(Stretch { start: None, end: End::With(start) }),
            (_, true) => Some(Stretch { start: Some(start), end: End::Open }),
            _ => None,
        };
    }
    let (end, included) = match after_any(rest, BETWEEN) {
        Some(end) => (bound(end)?, true),
        None => (bound(after_any(rest, BEFORE)?)?, false),
    };
    // what does not rise is something else: a date, a serial number
    let rises = compare(Scheme::Generic, start, end).is_ok_and(Ordering::is_le);
    let end = if included { End::With(end) } else { End::Before(end) };
    rises.then_some(Stretch { start: Some(start), end })
}

/// The text without the words in front that add nothing.
pub(crate) fn after_leads(mut text: &str) -> &str {
    while let Some(rest) = after_any(text, LEADS) {
        text = rest;
    }
    text
}

/// What follows one of the words, which must be whole.
fn after_any<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    words.iter().find_map(|word| {
        let (head, rest) = text.split_at_checked(word.len())?;
        let is_whole = word.ends_with('.') || rest.starts_with(char::is_whitespace);
        (is_whole && head.eq_ignore_ascii_case(word)).then(|| rest.trim_start())
    })
}

/// What stands before the last word.
fn strip_end<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (rest, last) = text.rsplit_once(char::is_whitespace)?;
    last.eq_ignore_ascii_case(word).then(|| rest.trim_end())
}

/// One version: a word that begins with a number, perhaps behind `v`, `version` and the like.
fn bound(text: &str) -> Option<&str> {
    let text = after_leads(text.trim());
    let plain = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let is_one_word = plain.starts_with(|c: char| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'));
    let is_branch = plain.strip_suffix(['x', 'X']).is_some_and(|rest| rest.ends_with('.'));
    (is_one_word && !is_branch && compare(Scheme::Generic, plain, plain).is_ok()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_are_read_exactly() {
        let read = |text| stretch(text).map(|of| (of.start, of.end));
        for (text, start, end) in [
            ("before 2.3.1", None, End::Before("2.3.1")),
            ("versions before 2.3.1", None, End::Before("2.3.1")),
            ("Before v2.3.1", None, End::Before("2.3.1")),
            ("before version 2.3.1", None, End::Before("2.3.1")),
            ("prior to 2.3.1", None, End::Before("2.3.1")),
            ("All versions prior to V2.3.1.", None, End::Before("2.3.1")),
            ("through 2.3.1", None, End::With("2.3.1")),
            ("up to and including 2.3.1", None, End::With("2.3.1")),
            ("2.3.1 and prior", None, End::With("2.3.1")),
            ("Ver.2.3.1 and earlier", None, End::With("2.3.1")),
            ("version 2.3.1 and earlier versions", None, End::With("2.3.1")),
            ("2.3.1 or below", None, End::With("2.3.1")),
            ("2.3.1 and later", Some("2.3.1"), End::Open),
            ("2.0 to 2.3", Some("2.0"), End::With("2.3")),
            ("2.0 - 2.3", Some("2.0"), End::With("2.3")),
            ("from 2.0 through 2.3", Some("2.0"), End::With("2.3")),
            ("from 2.0 before 2.3", Some("2.0"), End::Before("2.3")),
            ("2.0 prior to 2.3", Some("2.0"), End::Before("2.3")),
            ("2.x", Some("2"), End::OfBranch("2")),
            ("version 2.0.*", Some("2.0"), End::OfBranch("2.0")),
        ] {
            assert_eq!(read(text), Some((start, end)), "{text}");
        }
    }

    #[test]
    fn everything_else_stays_words() {
        for text in [
            "",
            "2.3.1",
            "version 2.3.1",
            "all versions",
            "before",
            "before the repair",
            "before 2.3.1 SP1",
            "before 2.x",
            "up to 2.3",
            "until 2.3",
            "2.3.1 and 2.3.2",
            "2.3.1 and maybe later",
            "2.3 to 2.0",
            "2.0, 2.1",
            "2.0 to",
            "serial number 1 and prior, and versions 2 and prior",
            "10.3: 10.3.7.2 and below",
            "2021-01-01 before today",
            "x",
            "é before 2",
        ] {
            assert_eq!(stretch(text), None, "{text}");
        }
    }
}
