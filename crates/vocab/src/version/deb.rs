//! Debian: `[epoch:]upstream[-revision]` as dpkg compares it (deb-version(7)); also opam.

use super::number;
use std::cmp::Ordering;

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    if let Some((epoch, _)) = version.split_once(':')
        && !number::is(epoch)
    {
        return Err(format!("the epoch `{epoch}` is not a number"));
    }
    if !version.bytes().any(|b| b.is_ascii_digit()) {
        return Err("it has no number".to_owned());
    }
    Ok(())
}

/// Epoch, upstream version and revision; missing ones are empty, which counts as zero.
fn split(version: &str) -> (&str, &str, &str) {
    let (epoch, rest) = version.split_once(':').unwrap_or(("", version));
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch, upstream, revision)
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    number::order(a.0, b.0).then_with(|| order_part(a.1, b.1)).then_with(|| order_part(a.2, b.2))
}

/// Runs of other characters and of digits in turn.
fn order_part(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (text_a, rest_a) = leading_other(a);
        let (text_b, rest_b) = leading_other(b);
        let (digits_a, after_a) = number::leading(rest_a);
        let (digits_b, after_b) = number::leading(rest_b);
        let found = order_text(text_a, text_b).then_with(|| number::order(digits_a, digits_b));
        if found.is_ne() {
            return found;
        }
        (a, b) = (after_a, after_b);
    }
    Ordering::Equal
}

fn leading_other(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// `~` before the end, letters before other characters.
fn order_text(a: &str, b: &str) -> Ordering {
    let rank = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let (a, b) = (a.as_bytes(), b.as_bytes());
    (0..a.len().max(b.len()))
        .map(|at| rank(a.get(at)).cmp(&rank(b.get(at))))
        .find(|found| found.is_ne())
        .unwrap_or(Ordering::Equal)
}
