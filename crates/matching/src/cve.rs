//! CVE product statements (CVE record format 5.1.1, `affected[]`): the first entry that holds the
//! version gives its status, later `changes` adjust it, and `defaultStatus` speaks for the rest.

use crate::{
    osv::is_unordered,
    outcome::{Detail, Outcome},
    subject::Identity,
};
use aftercare_formats::feed::{CveEnd, CveEntry, CveRule, Status};
use aftercare_vocab::{
    verdict::Answer,
    version::{Scheme, Wildcard, compare, place},
};
use std::cmp::Ordering;

/// What the statement says about the identity.
pub fn evaluate(rule: &CveRule<'_>, identity: &Identity<'_>, detail: Detail) -> Outcome {
    let place = || format!("containers.{}.affected[{}]", rule.container, rule.index);
    let cleared = |code: &'static str,
                   words: &dyn Fn() -> String,
                   place: &dyn Fn() -> String,
                   scheme: Scheme| {
        let (words, place) =
            if detail == Detail::Full { (words(), place()) } else { Default::default() };
        Outcome::new(Answer::NotAffected, code, words, place, scheme.name())
    };
    let Some(version) = identity.version.as_deref() else {
        let scheme = identity.scheme.name();
        return Outcome::new(
            Answer::Undetermined,
            "no_version",
            words_of_all(rule),
            place(),
            scheme,
        )
        .noting("The inventory gives no version for this component.");
    };
    let mut unsure: Option<Outcome> = None;
    let is_commit = |entry: &CveEntry<'_>| entry.kind.eq_ignore_ascii_case("git");
    for (index, entry) in rule.entries.iter().enumerate() {
        if is_commit(entry) {
            continue; // a version number cannot stand among commits
        }
        let scheme = scheme_of(entry, version, identity);
        let place = || format!("{}.versions[{index}]", place());
        match holds(entry, version, scheme) {
            Held::Yes => {
                let (status, at) = changed(entry, version, scheme);
                let words = || match at {
                    Some(at) => format!("{}; changed at {at}", words_of(entry)),
                    None => words_of(entry),
                };
                if status == Status::Unaffected {
                    return cleared("stated_unaffected", &words, &place, scheme);
                }
                return said(status, words(), place(), scheme, rule, version);
            }
            Held::No => {}
            Held::Unknown(note) if entry.status != Status::Unaffected && unsure.is_none() => {
                unsure = Some(
                    Outcome::new(
                        Answer::Undetermined,
                        "version_unreadable",
                        words_of(entry),
                        place(),
                        scheme.name(),
                    )
                    .noting(note),
                );
            }
            Held::Unknown(_) => {}
        }
    }
    if let Some(outcome) = unsure {
        return outcome;
    }
    let scheme = identity.scheme;
    if rule.default == Status::Unaffected
        && !rule.entries.is_empty()
        && rule.entries.iter().all(is_commit)
    {
        // "All others are unaffected" is said of commits, so of no version number.
        let mut outcome = Outcome::new(
            Answer::Undetermined,
            "commits_only",
            words_of_all(rule),
            place(),
            scheme.name(),
        )
        .noting("The publisher gives commits only; whether this version holds them is not known.");
        outcome.left_open = true;
        return outcome;
    }
    match rule.default {
        Status::Affected => Outcome::new(
            Answer::Affected,
            "default_status",
            "defaultStatus affected".into(),
            place(),
            scheme.name(),
        ),
        Status::Unaffected => cleared("outside_all_ranges", &|| words_of_all(rule), &place, scheme),
        Status::Unknown => {
            let mut outcome = Outcome::new(
                Answer::Undetermined,
                "status_not_stated",
                words_of_all(rule),
                place(),
                scheme.name(),
            )
            .noting("The publisher states the status of other versions only.");
            outcome.left_open = true;
            outcome
        }
    }
}

fn said(
    status: Status,
    words: String,
    place: String,
    scheme: Scheme,
    rule: &CveRule<'_>,
    version: &str,
) -> Outcome {
    match status {
        Status::Affected => {
            let mut outcome =
                Outcome::new(Answer::Affected, "in_range", words, place, scheme.name());
            outcome.fixed = ends_after(rule, version, scheme);
            if !rule.platforms.is_empty() {
                let platforms: Vec<&str> =
                    rule.platforms.iter().map(|platform| &**platform).collect();
                return outcome
                    .noting(format!("Stated for the platforms {}.", platforms.join(", ")));
            }
            outcome
        }
        Status::Unaffected | Status::Unknown => {
            let mut outcome =
                Outcome::new(Answer::Undetermined, "stated_unknown", words, place, scheme.name())
                    .noting("The publisher states that it does not know.");
            outcome.left_open = true;
            outcome
        }
    }
}

/// How the entry's versions are ordered: as it declares, but by the product's own ordering where that is
/// known and the declared one cannot read what is compared (`semver` for 1.0.2zf).
fn scheme_of(entry: &CveEntry<'_>, version: &str, identity: &Identity<'_>) -> Scheme {
    if identity.package.is_some() {
        return identity.scheme;
    }
    let declared = declared_scheme(&entry.kind, identity);
    if declared == identity.scheme || identity.scheme == Scheme::Generic {
        return declared;
    }
    let end = match &entry.end {
        CveEnd::Single => None,
        CveEnd::Before(end) | CveEnd::UpTo(end) => Some(&**end),
    };
    let start = Some(&*entry.version).filter(|start| !is_open_start(start));
    let end = end.filter(|end| !is_open_end(end) && !end.ends_with(".*"));
    let compared = start
        .into_iter()
        .chain(end)
        .chain(entry.changes.iter().map(|(at, _)| &**at))
        .chain(std::iter::once(version));
    let is_read = |scheme| compared.clone().all(|text| compare(scheme, text, text).is_ok());
    if !is_read(declared) && is_read(identity.scheme) { identity.scheme } else { declared }
}

fn declared_scheme(kind: &str, identity: &Identity<'_>) -> Scheme {
    match kind.to_ascii_lowercase().as_str() {
        // the CNA of the Linux kernel: the first release of the main line that holds the repair
        "semver" | "original_commit_for_fix" => Scheme::Semver,
        "maven" => Scheme::Maven,
        "python" => Scheme::Pypi,
        "rpm" => Scheme::Rpm,
        "dpkg" | "deb" => Scheme::Deb,
        _ => identity.scheme,
    }
}

enum Held {
    Yes,
    No,
    Unknown(String),
}

/// Words that stand for "from the beginning".
fn is_open_start(text: &str) -> bool {
    matches!(text, "0" | "*" | "" | "-" | "n/a" | "unspecified" | "all" | "any")
}

/// Words that make a text more than the name of one version.
const RANGE_WORDS: &[&str] = &[
    "-", "–", "above", "after", "all", "and", "any", "before", "below", "earlier", "from",
    "higher", "later", "lower", "newer", "older", "or", "previous", "prior", "since", "through",
    "thru", "to", "until", "up", "upto",
];

/// Whether a text that stands where one version should is a list, a wildcard or words about a range: it is
/// not compared, as it would look like another version.
fn is_words(text: &str) -> bool {
    let is_range_word = |word: &str| RANGE_WORDS.iter().any(|of| of.eq_ignore_ascii_case(word));
    text.contains(['<', '>', '=', ',', ';', '*'])
        || text.strip_suffix(".x").is_some()
        || text.split_whitespace().count() > 1
            && text.split(|c: char| c.is_whitespace() || c == ':').any(is_range_word)
}

/// Words that stand where a publisher names no version.
fn names_nothing(text: &str) -> bool {
    matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "unspecified" | "n/a" | "unknown" | "" | "-"
    )
}

fn is_open_end(text: &str) -> bool {
    text == "*" || names_nothing(text)
}

fn holds(entry: &CveEntry<'_>, version: &str, scheme: Scheme) -> Held {
    if is_unordered(version, scheme) && *entry.version != *version {
        return Held::Unknown(format!("`{version}` is no PEP 440 version."));
    }
    let placed = |stated: &str| {
        place(scheme, version, stated).map_err(|error| Held::Unknown(format!("{error}.")))
    };
    let start = &*entry.version;
    let outcome = match &entry.end {
        CveEnd::Single => match start.to_ascii_lowercase().as_str() {
            "*" | "all" | "all versions" => Ok(true),
            "n/a" | "unspecified" | "-" | "" | "unknown" | "0" | "any" => {
                Err(Held::Unknown("The publisher names the product but no version.".into()))
            }
            _ if start == version => Ok(true),
            _ if Wildcard::of(start).is_none() && is_words(start) => {
                Err(Held::Unknown(format!("The publisher gives the versions in words: `{start}`.")))
            }
            _ => placed(start).map(Ordering::is_eq),
        },
        // A range from a version "until before unspecified" goes on; from nowhere to nowhere it says nothing.
        CveEnd::Before(end) | CveEnd::UpTo(end) if names_nothing(start) && names_nothing(end) => {
            Err(Held::Unknown("The publisher names the product but no version.".into()))
        }
        CveEnd::Before(end) | CveEnd::UpTo(end) => {
            let from =
                if is_open_start(start) { Ok(true) } else { placed(start).map(Ordering::is_ge) };
            match from {
                Ok(true) if is_open_end(end) => Ok(true),
                Ok(true) if end.ends_with(".*") => is_on_branch(version, end, scheme),
                Ok(true) => match (placed(end), &entry.end) {
                    (Ok(Ordering::Equal), CveEnd::Before(_)) if Wildcard::of(end).is_some() => {
                        Err(Held::Unknown(format!(
                            "Whether \"before {end}\" holds the versions of {end} is not said."
                        )))
                    }
                    (place, CveEnd::Before(_)) => place.map(Ordering::is_lt),
                    (place, _) => place.map(Ordering::is_le),
                },
                other => other,
            }
        }
    };
    match outcome {
        Ok(true) => Held::Yes,
        Ok(false) => Held::No,
        Err(unknown) => unknown,
    }
}

/// Whether the version is on the branch that `end` names (`5.10.*`), or below it.
fn is_on_branch(version: &str, end: &str, scheme: Scheme) -> Result<bool, Held> {
    let branch = end.trim_end_matches(".*");
    let order =
        compare(scheme, version, branch).map_err(|error| Held::Unknown(format!("{error}.")))?;
    let rest = version.strip_prefix('v').unwrap_or(version).strip_prefix(branch);
    let goes_on = rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    Ok(order.is_le() || goes_on)
}

/// The status at `version` after the entry's changes, and the change that gave it. A change whose
/// version cannot be compared makes the status unknown.
fn changed<'a>(
    entry: &'a CveEntry<'_>,
    version: &str,
    scheme: Scheme,
) -> (Status, Option<&'a str>) {
    let (mut status, mut last) = (entry.status, None::<&str>);
    for (at, to) in &entry.changes {
        match compare(scheme, version, at) {
            Ok(Ordering::Less) => {}
            Ok(_) => {
                if last.is_none_or(|last| compare(scheme, at, last) != Ok(Ordering::Less)) {
                    (status, last) = (*to, Some(&**at));
                }
            }
            Err(_) => return (Status::Unknown, Some(at)),
        }
    }
    (status, last)
}

fn ends_after(rule: &CveRule<'_>, version: &str, scheme: Scheme) -> Vec<String> {
    let ends =
        rule.entries.iter().filter(|entry| entry.status == Status::Affected).flat_map(|entry| {
            let before = match &entry.end {
                CveEnd::Before(end) if &**end != "*" => Some(&**end),
                _ => None,
            };
            let repaired = entry
                .changes
                .iter()
                .filter(|(_, to)| *to == Status::Unaffected)
                .map(|(at, _)| &**at);
            before.into_iter().chain(repaired)
        });
    let mut after: Vec<&str> =
        ends.filter(|end| compare(scheme, version, end) == Ok(Ordering::Less)).collect();
    after.sort_by(|a, b| compare(scheme, a, b).unwrap_or(Ordering::Equal));
    after.into_iter().take(1).map(str::to_owned).collect()
}

fn words_of(entry: &CveEntry<'_>) -> String {
    let status = match entry.status {
        Status::Affected => "affected",
        Status::Unaffected => "unaffected",
        Status::Unknown => "unknown",
    };
    let range = match &entry.end {
        CveEnd::Single => entry.version.to_string(),
        CveEnd::Before(end) => format!("{} until before {end}", entry.version),
        CveEnd::UpTo(end) => format!("{} through {end}", entry.version),
    };
    format!("{status}: {range}")
}

/// How many entries are shown before "and N more".
const ENTRIES_SHOWN: usize = 6;

fn words_of_all(rule: &CveRule<'_>) -> String {
    let shown: Vec<String> = rule.entries.iter().take(ENTRIES_SHOWN).map(words_of).collect();
    match rule.entries.len().saturating_sub(ENTRIES_SHOWN) {
        0 => shown.join("; "),
        more => format!("{} and {more} more", shown.join("; ")),
    }
}
