//! Perl distributions (`version.pm`): decimal numbers (`1.10` is 1.100) and dotted ones (`v1.10`, `1.2.3`).
//!
//! A decimal number stands for a dotted one, three digits of the fraction for each part: `1.002003` is
//! `v1.2.3`. Underscores mark developers' releases and do not count.

use super::number;
use std::cmp::Ordering;

/// Digits of a decimal fraction that make one part.
const DIGITS: usize = 3;

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    let plain = number::without_v(version).replace('_', "");
    if plain.split('.').all(number::is) {
        return Ok(());
    }
    Err("it is neither a decimal number nor numbers with dots between them".to_owned())
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    number::order_dotted(&dotted(a), &dotted(b))
}

/// `1.10` is `1.100`, `v1.10` stays `1.10`.
fn dotted(version: &str) -> String {
    let plain = version.replace('_', "");
    let is_decimal = !plain.starts_with(['v', 'V']) && plain.matches('.').count() < 2;
    let plain = number::without_v(&plain);
    let Some((whole, fraction)) = plain.split_once('.').filter(|_| is_decimal) else {
        return plain.to_owned();
    };
    let mut dotted = whole.to_owned();
    for part in fraction.as_bytes().chunks(DIGITS) {
        dotted.push('.');
        dotted.extend(part.iter().copied().map(char::from));
        dotted.extend(std::iter::repeat_n('0', DIGITS - part.len()));
    }
    dotted
}
