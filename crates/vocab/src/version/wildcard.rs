//! Versions that stand for many: `4.x`, `2.1.*`, `v3.X.X`.
//!
//! Such a text names all versions with that beginning. It has no place in the order of versions (below
//! `4.0`? above `4.9`?), so as one version it is refused; a version is below it, in it, or above it.

use super::{Scheme, Unreadable, compare, generic, number};
use std::cmp::Ordering;

/// All versions with the same beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard<'a> {
    numbers: Vec<&'a str>,
}

impl<'a> Wildcard<'a> {
    /// Reads `4.x`, `4.*`, `4.X.X`, `v4.x` and the same with an escaped star; `None` if the text is none
    /// of these.
    pub fn of(text: &'a str) -> Option<Self> {
        let mut numbers = Vec::new();
        let mut is_open = false;
        for part in generic::plain(text.trim()).split('.') {
            if stands_for_any(part) {
                is_open = true;
            } else if is_open || !number::is(part) {
                return None;
            } else {
                numbers.push(part);
            }
        }
        (is_open && !numbers.is_empty()).then_some(Self { numbers })
    }

    /// Where a version stands to those that are meant: below them all, one of them (`Equal`), or above.
    /// A wildcard within the same beginning is one of them, too.
    pub fn place_of(&self, scheme: Scheme, version: &str) -> Result<Ordering, Unreadable> {
        if let Some(other) = Wildcard::of(version)
            && let Some(begins) = other.numbers.get(..self.numbers.len())
            && self.order(begins.iter().copied()).is_eq()
        {
            return Ok(Ordering::Equal);
        }
        compare(scheme, version, version)?;
        let plain = generic::plain(version.trim());
        let end = plain.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(plain.len());
        let (numbers, rest) = plain.split_at(end);
        if numbers.is_empty() || rest.starts_with([':', '!']) {
            return Err(Unreadable {
                scheme: scheme.name(),
                version: version.to_owned(),
                why: "it does not begin with plain numbers".to_owned(),
            });
        }
        Ok(self.order(numbers.split('.')))
    }

    /// Order of a version's numbers and the beginning, missing ones being zero.
    fn order<'b>(&self, mut numbers: impl Iterator<Item = &'b str>) -> Ordering {
        let each = self.numbers.iter().map(|own| number::order(numbers.next().unwrap_or(""), own));
        each.fold(Ordering::Equal, Ordering::then)
    }
}

/// Where a version stands to a stated one, or to all that the stated one means (`4.x`): below, equal or
/// in, above.
pub fn place(scheme: Scheme, version: &str, stated: &str) -> Result<Ordering, Unreadable> {
    match Wildcard::of(stated) {
        Some(wildcard) => wildcard.place_of(scheme, version),
        None => compare(scheme, version, stated),
    }
}

fn stands_for_any(part: &str) -> bool {
    part == "*"
        || part == "\\*"
        || (!part.is_empty() && part.bytes().all(|b| matches!(b, b'x' | b'X')))
}

/// Whether the text stands for many versions: a wildcard, with or without a word behind (`1.x-dev`).
/// Drupal's `7.x-1.3` is one version, of a module for 7.
pub(super) fn is_in(text: &str) -> bool {
    let mut parts = text.split(['-', '+', '_']).peekable();
    let mut is_first = true;
    while let Some(part) = parts.next() {
        let before_a_version = is_first
            && parts.peek().is_some_and(|next| {
                next.contains('.') && next.starts_with(|c: char| c.is_ascii_digit())
            });
        if !before_a_version && Wildcard::of(part).is_some() {
            return true;
        }
        is_first = false;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{Equal, Greater, Less};

    #[test]
    fn a_wildcard_means_all_versions_with_its_beginning() {
        for (wild, version, place) in [
            ("4.x", "4.0", Equal),
            ("4.x", "4", Equal),
            ("4.x", "4.5.1", Equal),
            ("4.x", "v4.5-rc1", Equal),
            ("4.x", "3.9", Less),
            ("4.x", "5.0", Greater),
            ("4.x", "40.1", Greater),
            ("2.*", "2.5", Equal),
            ("2.\\*", "2.5", Equal),
            ("V4.X.X", "4.1", Equal),
            ("2.1.x", "2.10.0", Greater),
            ("2.1.x", "2", Less),
            ("2.0.x", "2", Equal),
            ("2.x", "2.x", Equal),
            ("2.x", "2.1.x", Equal),
            ("01.x", "1.0", Equal),
        ] {
            let read = Wildcard::of(wild).expect(wild);
            assert_eq!(read.place_of(Scheme::Generic, version), Ok(place), "{version} in {wild}");
        }
        let read = Wildcard::of("2.1.x").expect("a wildcard");
        for version in ["2.x", "latest", "1:2.1"] {
            assert!(read.place_of(Scheme::Generic, version).is_err(), "{version}");
        }
        for text in ["1.2", "x", "*", "1.x.3", "1.2x", "linux", "", "1.x-dev", "7.x-1.3"] {
            assert_eq!(Wildcard::of(text), None, "{text}");
        }
    }

    #[test]
    fn what_stands_for_many_versions_has_no_order() {
        for text in ["1.x", "1.2.*", "v1.x", "1.x-dev", "7.x-1.x-dev", "1.x.x"] {
            assert!(compare(Scheme::Generic, text, "1.2").is_err(), "{text}");
            assert!(compare(Scheme::Semver, "1.2.0", text).is_err(), "{text}");
        }
        assert_eq!(compare(Scheme::Generic, "7.x-1.3", "7.x-1.10"), Ok(Less));
        assert_eq!(compare(Scheme::Generic, "2.9.x86", "2.9.x86"), Ok(Equal));
    }
}
