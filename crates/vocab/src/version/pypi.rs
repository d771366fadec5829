//! Python packages: PEP 440 as the `packaging` library orders it.
//!
//! Texts that are no PEP 440 version (`0.9-foo`, `2004d`) keep the order that `packaging` gave them
//! before release 22: below every PEP 440 version.

use super::{number, text};
use std::cmp::Ordering;

struct Pep440<'a> {
    epoch: &'a str,
    release: &'a str,
    /// Letter `a`, `b` or `c` and number.
    pre: Option<(u8, &'a str)>,
    post: Option<&'a str>,
    dev: Option<&'a str>,
    local: Option<&'a str>,
}

const PRE: &[(&str, u8)] = &[
    ("alpha", b'a'),
    ("a", b'a'),
    ("beta", b'b'),
    ("b", b'b'),
    ("preview", b'c'),
    ("pre", b'c'),
    ("c", b'c'),
    ("rc", b'c'),
];
const POST: &[(&str, u8)] = &[("post", 0), ("rev", 0), ("r", 0)];
const DEV: &[(&str, u8)] = &[("dev", 0)];

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    if read(version).is_some() {
        return Ok(());
    }
    if !version.contains(|c: char| c.is_ascii_digit() || c == '.') || text::is_short_hash(version) {
        return Err("it is no PEP 440 version and has no numbers to order".to_owned());
    }
    Ok(())
}

fn read(version: &str) -> Option<Pep440<'_>> {
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let (first, rest) = number::leading(version);
    let (epoch, rest) = match rest.strip_prefix('!') {
        Some(rest) if !first.is_empty() => (first, rest),
        _ => ("", version),
    };
    let release = super::semver::core_of(rest);
    if release.is_empty() {
        return None;
    }
    let mut rest = &rest[release.len()..];
    let pre = labelled(&mut rest, PRE);
    let post = match implicit_post(&mut rest) {
        Some(number) => Some(number),
        None => labelled(&mut rest, POST).map(|(_, number)| number),
    };
    let dev = labelled(&mut rest, DEV).map(|(_, number)| number);
    let local = match rest.strip_prefix('+') {
        Some(local) if is_local(local) => Some(local),
        Some(_) => return None,
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(Pep440 { epoch, release, pre, post, dev, local })
}

/// `[-_.]? label [-_.]? number?`, any case; takes what it reads off `rest`.
fn labelled<'a>(rest: &mut &'a str, labels: &[(&str, u8)]) -> Option<(u8, &'a str)> {
    let separators = ['-', '_', '.'];
    let text = rest.strip_prefix(separators).unwrap_or(rest);
    let (label, letter) = labels.iter().find(|(label, _)| {
        text.get(..label.len()).is_some_and(|head| head.eq_ignore_ascii_case(label))
    })?;
    let text = &text[label.len()..];
    let text = text.strip_prefix(separators).unwrap_or(text);
    let (digits, after) = number::leading(text);
    *rest = after;
    Some((*letter, digits))
}

/// `1.0-1` means `1.0.post1`.
fn implicit_post<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let (digits, after) = number::leading(rest.strip_prefix('-')?);
    if digits.is_empty() {
        return None;
    }
    *rest = after;
    Some(digits)
}

fn is_local(local: &str) -> bool {
    local
        .split(['-', '_', '.'])
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

impl Pep440<'_> {
    /// Where the pre-release stands: a bare development release before all of them, none after.
    fn pre_rank(&self) -> (u8, u8, &str) {
        match self.pre {
            Some((letter, number)) => (1, letter, number),
            None if self.post.is_none() && self.dev.is_some() => (0, 0, ""),
            None => (2, 0, ""),
        }
    }
}

/// Whether the version is an alpha, beta, candidate or development release.
pub(super) fn is_pre_release(version: &str) -> bool {
    read(version).is_some_and(|version| version.pre.is_some() || version.dev.is_some())
}

/// Whether `version` is a post-release of `base`, which is none itself: PEP 440 leaves it out of
/// `>base`.
pub(super) fn is_post_release_of(version: &str, base: &str) -> bool {
    let (Some(version), Some(base)) = (read(version), read(base)) else { return false };
    base.post.is_none()
        && version.post.is_some()
        && number::order(version.epoch, base.epoch).is_eq()
        && number::order_dotted(version.release, base.release).is_eq()
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    match (read(a), read(b)) {
        (Some(a), Some(b)) => order_pep440(&a, &b),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => legacy_key(a).cmp(&legacy_key(b)),
    }
}

fn order_pep440(a: &Pep440<'_>, b: &Pep440<'_>) -> Ordering {
    let (pre_a, pre_b) = (a.pre_rank(), b.pre_rank());
    number::order(a.epoch, b.epoch)
        .then_with(|| number::order_dotted(a.release, b.release))
        .then_with(|| (pre_a.0, pre_a.1).cmp(&(pre_b.0, pre_b.1)))
        .then_with(|| number::order(pre_a.2, pre_b.2))
        .then_with(|| match (a.post, b.post) {
            (Some(a), Some(b)) => number::order(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
        .then_with(|| match (a.dev, b.dev) {
            (Some(a), Some(b)) => number::order(a, b),
            // a development release comes before its version
            (a, b) => b.is_some().cmp(&a.is_some()),
        })
        .then_with(|| match (a.local, b.local) {
            (Some(a), Some(b)) => order_local(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
}

/// Numbers above words; more parts win.
fn order_local(a: &str, b: &str) -> Ordering {
    let separators = ['-', '_', '.'];
    let (mut a, mut b) = (a.split(separators), b.split(separators));
    loop {
        let found = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (left, right) if left.is_none() || right.is_none() => {
                left.is_some().cmp(&right.is_some())
            }
            (left, right) => {
                let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
                match (number::is(left), number::is(right)) {
                    (true, true) => number::order(left, right),
                    (false, false) => order_folded(left, right),
                    (left, right) => left.cmp(&right),
                }
            }
        };
        if found.is_ne() {
            return found;
        }
    }
}

fn order_folded(a: &str, b: &str) -> Ordering {
    let lower = |text: &str| text.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>();
    lower(a).cmp(&lower(b))
}

/// The key of `packaging`'s former LegacyVersion: runs of digits padded with zeros, words marked with
/// `*`, trailing zeros and dashes dropped before a pre-release.
fn legacy_key(version: &str) -> Vec<String> {
    const WIDTH: usize = 8;
    let lower = version.to_lowercase();
    let mut parts: Vec<String> = Vec::new();
    let mut push = |part: String| {
        if part.starts_with('*') {
            if part.as_str() < "*final" {
                while parts.last().is_some_and(|last| last == "*final-") {
                    parts.pop();
                }
            }
            while parts.last().is_some_and(|last| last.bytes().all(|b| b == b'0')) {
                parts.pop();
            }
        }
        parts.push(part);
    };
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '0'..='9' => number::leading(rest).0.len(),
            'a'..='z' => number::leading_letters(rest).0.len(),
            '.' | '-' => 1,
            _ => {
                let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
                rest.find(known).unwrap_or(rest.len())
            }
        };
        let (part, after) = rest.split_at(end);
        rest = after;
        match part {
            "." => {}
            "-" => push("*final-".to_owned()),
            "pre" | "preview" | "rc" => push("*c".to_owned()),
            "dev" => push("*@".to_owned()),
            _ if first.is_ascii_digit() => push(format!("{part:0>WIDTH$}")),
            _ => push(format!("*{part}")),
        }
    }
    push("*final".to_owned());
    parts
}
