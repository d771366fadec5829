//! Maven: `ComparableVersion` of the current line (version order specification of the POM reference).
//!
//! Items split at dots, dashes and changes between digits and letters; a dash or such a change opens
//! a nested list. Known qualifiers rank alpha < beta < milestone < rc < snapshot < release < sp <
//! other words < numbers; zeros and release words at the end of a list do not count.

use super::number;
use std::{borrow::Cow, cmp::Ordering};

enum Item<'a> {
    Number(&'a str),
    Word(&'a str),
    /// A word and the number right after it: `rc1`, `alpha-2`.
    Numbered(&'a str, &'a str),
    List(Vec<Item<'a>>),
}

use Item::{List, Number, Numbered, Word};

/// Order of two versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (lower(a), lower(b));
    order_lists(&read(&a), &read(&b))
}

fn lower(version: &str) -> Cow<'_, str> {
    if version.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
        return Cow::Owned(version.to_lowercase());
    }
    Cow::Borrowed(version)
}

/// The items of a version in lower case, normalised.
fn read(version: &str) -> Vec<Item<'_>> {
    let mut lists: Vec<Vec<Item<'_>>> = vec![Vec::with_capacity(4)];
    // begin of the item under way; whether it is of digits; whether it is a word and its number
    let (mut from, mut digits, mut numbered) = (0, false, false);
    for (at, byte) in version.bytes().enumerate() {
        match byte {
            b'.' => {
                push(&mut lists, item(&version[from..at], digits, numbered));
                (from, numbered) = (at + 1, false);
            }
            b'-' => {
                let number_follows = version.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
                if at > from && !digits && number_follows {
                    // `rc-1` is `rc1`
                    numbered = true;
                    continue;
                }
                push(&mut lists, item(&version[from..at], digits, numbered));
                open(&mut lists);
                (from, numbered) = (at + 1, false);
            }
            b'0'..=b'9' => {
                if !digits && at > from {
                    numbered = true;
                    open(&mut lists);
                }
                digits = true;
            }
            _ => {
                if digits && at > from {
                    push(&mut lists, item(&version[from..at], true, numbered));
                    open(&mut lists);
                    (from, numbered) = (at, false);
                }
                digits = false;
            }
        }
    }
    if from < version.len() {
        if !digits {
            open(&mut lists);
        }
        push(&mut lists, item(&version[from..], digits, numbered));
    }
    closed(lists)
}

fn push<'a>(lists: &mut [Vec<Item<'a>>], item: Item<'a>) {
    if let Some(list) = lists.last_mut() {
        list.push(item);
    }
}

/// Opens a nested list, unless the current one is still empty.
fn open(lists: &mut Vec<Vec<Item<'_>>>) {
    if lists.last().is_some_and(|list| !list.is_empty()) {
        lists.push(Vec::new());
    }
}

fn item(text: &str, digits: bool, numbered: bool) -> Item<'_> {
    if text.is_empty() {
        return Number("0");
    }
    if !numbered {
        return if digits { Number(text) } else { Word(alias(text)) };
    }
    let end = text.bytes().position(|b| b.is_ascii_digit()).unwrap_or(text.len());
    let word = match text[..end].trim_end_matches('-') {
        "a" => "alpha",
        "b" => "beta",
        "m" => "milestone",
        word => alias(word),
    };
    Numbered(word, &text[end..])
}

fn alias(word: &str) -> &str {
    if word == "cr" { "rc" } else { word }
}

/// Puts each list into the one that opened it, normalised from the innermost out.
fn closed(mut lists: Vec<Vec<Item<'_>>>) -> Vec<Item<'_>> {
    let mut inner = lists.pop().unwrap_or_default();
    normalise(&mut inner);
    while let Some(mut outer) = lists.pop() {
        outer.push(List(inner));
        normalise(&mut outer);
        inner = outer;
    }
    inner
}

/// Drops what counts as nothing at the end and before qualifiers.
fn normalise(list: &mut Vec<Item<'_>>) {
    for at in (0..list.len()).rev() {
        let is_nothing = match &list[at] {
            Number(digits) => number::is_zero(digits),
            Word(word) => word.is_empty(),
            Numbered(..) => false,
            List(items) => items.is_empty(),
        };
        let goes = match list.get(at + 1) {
            None | Some(Word(_)) => true,
            Some(List(items)) => matches!(items.first(), Some(Word(_) | Numbered(..))),
            Some(_) => false,
        };
        if is_nothing && goes {
            list.remove(at);
        }
    }
    // dropping a zero must not leave a list that holds nothing but a list
    if let [List(_)] = list.as_slice()
        && let Some(List(only)) = list.pop()
    {
        *list = only;
    }
}

/// Rank of a qualifier; words that Maven does not know come last, by text.
fn rank(word: &str) -> (u8, &str) {
    match word {
        "alpha" => (0, ""),
        "beta" => (1, ""),
        "milestone" => (2, ""),
        "rc" => (3, ""),
        "snapshot" => (4, ""),
        "" | "ga" | "final" | "release" => (5, ""),
        "sp" => (6, ""),
        word => (7, word),
    }
}

fn order_words(a: &str, b: &str) -> Ordering {
    rank(a).cmp(&rank(b))
}

/// An item against nothing.
fn order_to_none(item: &Item<'_>) -> Ordering {
    match item {
        Number(digits) => number::order(digits, ""),
        Word(word) => order_words(word, ""),
        Numbered(word, digits) => order_words(word, "").then_with(|| number::order(digits, "")),
        List(items) => {
            items.iter().map(order_to_none).find(|found| found.is_ne()).unwrap_or(Ordering::Equal)
        }
    }
}

fn order_items(a: &Item<'_>, b: &Item<'_>) -> Ordering {
    match (a, b) {
        (Number(a), Number(b)) => number::order(a, b),
        (Number(_), _) => Ordering::Greater,
        (_, Number(_)) => Ordering::Less,
        (Word(a), Word(b)) => order_words(a, b),
        (Numbered(word_a, a), Numbered(word_b, b)) => {
            order_words(word_a, word_b).then_with(|| number::order(a, b))
        }
        (Word(a), Numbered(word, digits)) => {
            order_words(a, word).then_with(|| word_to_numbered(a, digits))
        }
        (Numbered(word, digits), Word(b)) => {
            order_words(word, b).then_with(|| word_to_numbered(b, digits).reverse())
        }
        (List(a), List(b)) => order_lists(a, b),
        (List(list), scalar) => list_to_scalar(list, scalar),
        (scalar, List(list)) => list_to_scalar(list, scalar).reverse(),
    }
}

/// A word against itself with a number: below it, but a release word with zero is the release.
fn word_to_numbered(word: &str, digits: &str) -> Ordering {
    if order_words(word, "").is_eq() { number::order("", digits) } else { Ordering::Less }
}

fn list_to_scalar(list: &[Item<'_>], scalar: &Item<'_>) -> Ordering {
    let Some((first, others)) = list.split_first() else { return order_to_none(scalar).reverse() };
    let found = order_items(first, scalar);
    others.iter().fold(found, |found, item| found.then_with(|| order_to_none(item)))
}

fn order_lists(a: &[Item<'_>], b: &[Item<'_>]) -> Ordering {
    for at in 0..a.len().max(b.len()) {
        let found = match (a.get(at), b.get(at)) {
            (Some(a), Some(b)) => order_items(a, b),
            (Some(a), None) => order_to_none(a),
            (None, Some(b)) => order_to_none(b).reverse(),
            (None, None) => Ordering::Equal,
        };
        if found.is_ne() {
            return found;
        }
    }
    Ordering::Equal
}
