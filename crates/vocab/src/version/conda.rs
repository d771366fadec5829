//! conda (`conda.models.version.VersionOrder`): numbers and words in turn, `post` above and `dev` below all.
//!
//! A missing part counts as 0 and a word is below a number, so `1.1.1k` is below `1.1.1`. An epoch stands
//! before `!`, a local version behind `+`.

use super::number;
use std::cmp::Ordering;

/// One run of a part. The order of the variants is conda's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Run {
    Dev,
    Word(String),
    /// Without zeros in front, the shorter first.
    Number(usize, String),
    Post,
}

impl Run {
    fn number(digits: &str) -> Self {
        let digits = digits.trim_start_matches('0');
        Self::Number(digits.len(), digits.to_owned())
    }
}

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    let (_, rest) = epoch_of(version);
    let is_sign =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+');
    if !rest.bytes().all(is_sign) || !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err("it holds a sign that no version of conda has".to_owned());
    }
    if !rest.bytes().any(|byte| byte.is_ascii_digit()) || super::text::is_short_hash(rest) {
        return Err("it has no number, or is a commit hash".to_owned());
    }
    Ok(())
}

fn epoch_of(version: &str) -> (&str, &str) {
    match version.split_once('!') {
        Some((epoch, rest)) if number::is(epoch) => (epoch, rest),
        _ => ("0", version),
    }
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let ((a_epoch, a), (b_epoch, b)) = (epoch_of(a), epoch_of(b));
    let (a, a_local) = a.split_once('+').unwrap_or((a, ""));
    let (b, b_local) = b.split_once('+').unwrap_or((b, ""));
    number::order(a_epoch, b_epoch)
        .then_with(|| order_parts(&parts(a), &parts(b)))
        .then_with(|| order_parts(&parts(a_local), &parts(b_local)))
}

fn parts(version: &str) -> Vec<Vec<Run>> {
    let lower = version.to_ascii_lowercase();
    let words = lower.split(['.', '_', '-']).filter(|part| !part.is_empty());
    let mut parts: Vec<Vec<Run>> = words.map(runs).collect();
    if let Some(last) = parts.last_mut().filter(|_| lower.ends_with('_')) {
        last.push(Run::Word("_".to_owned())); // OpenSSL's `1.0.1_` stands before `1.0.1a`
    }
    parts
}

fn runs(mut part: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    if !part.starts_with(|c: char| c.is_ascii_digit()) {
        runs.push(Run::number("0")); // keeps numbers and words in phase
    }
    while !part.is_empty() {
        let (digits, after) = number::leading(part);
        let end = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
        part = if digits.is_empty() {
            runs.push(match &part[..end] {
                "post" => Run::Post,
                "dev" => Run::Dev,
                word => Run::Word(word.to_owned()),
            });
            &part[end..]
        } else {
            runs.push(Run::number(digits));
            after
        };
    }
    runs
}

fn order_parts(a: &[Vec<Run>], b: &[Vec<Run>]) -> Ordering {
    let zero = Run::number("0");
    let none = Vec::new();
    for at in 0..a.len().max(b.len()) {
        let (left, right) = (a.get(at).unwrap_or(&none), b.get(at).unwrap_or(&none));
        for run in 0..left.len().max(right.len()) {
            let found = left.get(run).unwrap_or(&zero).cmp(right.get(run).unwrap_or(&zero));
            if found.is_ne() {
                return found;
            }
        }
    }
    Ordering::Equal
}
