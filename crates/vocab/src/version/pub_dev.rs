//! Dart's pub_semver: Semantic Versioning, except that build metadata counts and raises a version.

use super::semver;
use std::cmp::Ordering;

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (Ok(left), Ok(right)) = (semver::read(a), semver::read(b)) else { return a.cmp(b) };
    semver::order_parts(&left, &right).then_with(|| match (left.build, right.build) {
        ("", "") => Ordering::Equal,
        ("", _) => Ordering::Less,
        (_, "") => Ordering::Greater,
        (left, right) => semver::order_identifiers(left, right),
    })
}
