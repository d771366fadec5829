//! Plain numbers where more numbers win: R's `package_version` (dots or dashes) and Haskell packages.

use super::number;
use std::cmp::Ordering;

const SEPARATORS: [char; 2] = ['.', '-'];

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    if number::without_v(version).split(SEPARATORS).all(number::is) {
        return Ok(());
    }
    Err("it is not numbers with dots or dashes between them".to_owned())
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let mut a = number::without_v(a).split(SEPARATORS);
    let mut b = number::without_v(b).split(SEPARATORS);
    loop {
        let found = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => number::order(left, right),
        };
        if found.is_ne() {
            return found;
        }
    }
}
