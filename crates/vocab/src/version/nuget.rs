//! NuGet: `NuGet.Versioning.VersionComparer.VersionRelease`.
//!
//! Numbers (four in NuGet, any count here; missing ones are zero), then release labels as in Semantic
//! Versioning but without regard to case. Metadata does not count.

use super::number;
use super::semver;
use std::cmp::Ordering;

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    semver::read(version).map(drop)
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (Ok(left), Ok(right)) = (semver::read(a), semver::read(b)) else { return a.cmp(b) };
    number::order_dotted(left.core, right.core).then_with(|| match (left.pre, right.pre) {
        ("", "") => Ordering::Equal,
        ("", _) => Ordering::Greater,
        (_, "") => Ordering::Less,
        (left, right) => order_labels(left, right),
    })
}

fn order_labels(a: &str, b: &str) -> Ordering {
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
                (false, false) => {
                    let upper = |text: &'_ str| text.to_ascii_uppercase();
                    if left.eq_ignore_ascii_case(right) {
                        Ordering::Equal
                    } else {
                        upper(left).cmp(&upper(right))
                    }
                }
            },
        };
        if found.is_ne() {
            return found;
        }
    }
}
