//! RPM: `[epoch:]version[-release]` by `rpmvercmp`, and pacman's older form of it for Arch Linux.
//!
//! A release that is missing sorts before any release. Pacman instead ignores the release unless both
//! sides have one; there `1.0-1` and `1.0-2` are both equal to `1.0`.

use super::number;
use std::cmp::Ordering;

struct Parts<'a> {
    epoch: &'a str,
    version: &'a str,
    release: Option<&'a str>,
}

/// A part before the colon that is no number is not an epoch but belongs to the version.
fn split(text: &str) -> Parts<'_> {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|b| b.is_ascii_digit()) => (epoch, rest),
        _ => ("", text),
    };
    match rest.rsplit_once('-') {
        Some((version, release)) => Parts { epoch, version, release: Some(release) },
        None => Parts { epoch, version: rest, release: None },
    }
}

/// Order of two RPM versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    number::order(a.epoch, b.epoch).then_with(|| rpmvercmp(a.version, b.version)).then_with(|| {
        match (a.release, b.release) {
            (Some(a), Some(b)) => rpmvercmp(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    })
}

/// Order of two Arch Linux versions.
pub(super) fn order_alpm(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    number::order(a.epoch, b.epoch).then_with(|| alpm_part(a.version, b.version)).then_with(|| {
        match (a.release, b.release) {
            (Some(a), Some(b)) => alpm_part(a, b),
            _ => Ordering::Equal,
        }
    })
}

fn first(text: &str) -> Option<u8> {
    text.bytes().next()
}

/// Runs of digits or letters; `~` before the end, `^` after the end but before anything else.
fn rpmvercmp(mut a: &str, mut b: &str) -> Ordering {
    let separator = |c: char| !c.is_ascii_alphanumeric() && c != '~' && c != '^';
    loop {
        (a, b) = (a.trim_start_matches(separator), b.trim_start_matches(separator));
        match (first(a), first(b)) {
            (Some(left @ (b'~' | b'^')), Some(right)) if left == right => {
                (a, b) = (&a[1..], &b[1..]);
                continue;
            }
            (Some(b'~'), _) => return Ordering::Less,
            (_, Some(b'~')) => return Ordering::Greater,
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(b'^'), _) => return Ordering::Less,
            (_, Some(b'^')) => return Ordering::Greater,
            _ => {}
        }
        let found = take_runs(&mut a, &mut b);
        if found.is_ne() {
            return found;
        }
    }
}

/// Compares the runs that both begin with and takes them off; a number is above a word.
fn take_runs(a: &mut &str, b: &mut &str) -> Ordering {
    let digit = |text: &str| first(text).is_some_and(|byte| byte.is_ascii_digit());
    let run = match (digit(a), digit(b)) {
        (true, true) => number::leading,
        (false, false) => number::leading_letters,
        (left, right) => return left.cmp(&right),
    };
    let ((run_a, rest_a), (run_b, rest_b)) = (run(a), run(b));
    let found = if digit(a) { number::order(run_a, run_b) } else { run_a.cmp(run_b) };
    (*a, *b) = (rest_a, rest_b);
    found
}

/// pacman's rpmvercmp: the count of separators matters, and a word at the end is below the end.
fn alpm_part(mut a: &str, mut b: &str) -> Ordering {
    let separator = |c: char| !c.is_ascii_alphanumeric();
    let letter = |text: &str| first(text).is_some_and(|byte| byte.is_ascii_alphabetic());
    while !a.is_empty() && !b.is_empty() {
        let (next_a, next_b) = (a.trim_start_matches(separator), b.trim_start_matches(separator));
        let gaps = (a.len() - next_a.len()).cmp(&(b.len() - next_b.len()));
        (a, b) = (next_a, next_b);
        if a.is_empty() || b.is_empty() {
            break;
        }
        let found = gaps.then_with(|| take_runs(&mut a, &mut b));
        if found.is_ne() {
            return found;
        }
    }
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) if !letter(b) => Ordering::Less,
        _ if letter(a) => Ordering::Less,
        _ => Ordering::Greater,
    }
}
