//! OpenSSL: until 1.1.1 letters name the patch (`1.1.1z` < `1.1.1za`), from 3.0 Semantic Versioning.
//!
//! Pre-releases (`-pre9`, `-beta2`) come before the version; vendor words such as `-fips` do not
//! count, as they name a build and not a later source.

use super::{number, semver};
use std::cmp::Ordering;

const PRE_WORDS: &[&str] = &["dev", "alpha", "beta", "pre", "rc"];

struct Parts<'a> {
    core: &'a str,
    letters: &'a str,
    /// Rank of the word and its number; `None` for the version itself.
    pre: Option<(usize, &'a str)>,
}

fn read(version: &str) -> Option<Parts<'_>> {
    let version = number::without_v(version);
    let version = version.split_once('+').map_or(version, |(version, _)| version);
    let core = semver::core_of(version);
    if core.is_empty() {
        return None;
    }
    let (letters, rest) = number::leading_letters(&version[core.len()..]);
    let Some(label) = rest.strip_prefix('-') else {
        return rest.is_empty().then_some(Parts { core, letters, pre: None });
    };
    let (word, after) = number::leading_letters(label);
    let rank = PRE_WORDS.iter().position(|known| known.eq_ignore_ascii_case(word));
    match (rank, number::leading(after.trim_start_matches(['.', '-']))) {
        (Some(rank), (digits, "")) => Some(Parts { core, letters, pre: Some((rank, digits)) }),
        (None, _) if word.eq_ignore_ascii_case("fips") && after.is_empty() => {
            Some(Parts { core, letters, pre: None })
        }
        _ => None,
    }
}

/// Whether the version can be ordered.
pub(super) fn check(version: &str) -> Result<(), String> {
    match read(version) {
        Some(_) => Ok(()),
        None => Err("it is neither `1.1.1k` nor `3.0.7` nor a pre-release of one".to_owned()),
    }
}

/// Order of two checked versions.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (Some(left), Some(right)) = (read(a), read(b)) else { return a.cmp(b) };
    number::order_dotted(left.core, right.core)
        .then_with(|| order_letters(left.letters, right.letters))
        .then_with(|| match (left.pre, right.pre) {
            (Some(a), Some(b)) => a.0.cmp(&b.0).then_with(|| number::order(a.1, b.1)),
            (a, b) => a.is_none().cmp(&b.is_none()),
        })
}

fn order_letters(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}
