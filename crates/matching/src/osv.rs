//! OSV ranges (OSV schema 1.7.5, "Evaluation"): a version is affected if it is listed, or if it lies
//! inside a range.

use crate::{
    mapping::version_of_tag,
    outcome::{Detail, Outcome},
    subject::Identity,
};
use aftercare_formats::feed::{OsvEvent, OsvRange, OsvRangeKind, OsvRule, Text};
use aftercare_vocab::{
    problem::quoted,
    release::{self, Relation},
    verdict::Answer,
    version::{Scheme, Unreadable, compare},
};
use std::{borrow::Cow, cmp::Ordering};

/// What the statement says about the identity; `None` if it speaks of another distribution release.
pub fn evaluate(rule: &OsvRule<'_>, identity: &Identity<'_>, detail: Detail) -> Option<Outcome> {
    let Some(stated) = rule.release.as_deref() else {
        return Some(versions(rule, identity, detail));
    };
    let package = identity.package.as_ref();
    let own = package.and_then(|package| Some((&package.kind, package.release.as_deref()?)));
    match own.map(|(kind, own)| (release::relation(kind, stated, own), own)) {
        Some((Relation::Other, _)) => None,
        Some((Relation::Same, _)) => Some(versions(rule, identity, detail)),
        Some((Relation::Unclear, own)) => {
            let note = format!(
                "The record speaks of release {stated}; whether the inventory's {} is that release is not known.",
                quoted(own)
            );
            Some(perhaps_of_another(
                versions(rule, identity, detail),
                "release_not_understood",
                note,
            ))
        }
        None => {
            let note = format!(
                "The record speaks of release {stated}; the inventory does not say which release the package comes from."
            );
            Some(perhaps_of_another(versions(rule, identity, detail), "release_not_stated", note))
        }
    }
}

/// What is said of a release that may not be the component's: decided only if it cannot matter.
fn perhaps_of_another(outcome: Outcome, rule: &'static str, note: String) -> Outcome {
    let outcome = Outcome { other_release: true, ..outcome };
    if outcome.answer == Answer::NotAffected {
        return outcome;
    }
    Outcome { answer: Answer::Undetermined, rule, ..outcome }.noting(note)
}

fn versions(rule: &OsvRule<'_>, identity: &Identity<'_>, detail: Detail) -> Outcome {
    let place = || format!("affected[{}]", rule.index);
    let scheme = identity.scheme;
    let Some(version) = identity.version.as_deref() else {
        return Outcome::new(
            Answer::Undetermined,
            "no_version",
            words_of_all(rule),
            place(),
            scheme.name(),
        )
        .noting("The inventory gives no version for this component.");
    };
    if let Some(at) = rule.versions.iter().position(|listed| **listed == *version) {
        let place = format!("{}.versions[{at}]", place());
        let mut outcome = Outcome::new(
            Answer::Affected,
            "listed",
            format!("versions lists {version}"),
            place,
            scheme.name(),
        );
        outcome.fixed =
            rule.ranges.iter().flat_map(|range| fixed_after(range, version, scheme)).collect();
        return outcome;
    }
    if let Some(outcome) = commit(rule, version) {
        return outcome;
    }
    if is_unordered(version, scheme) {
        let note =
            format!("`{version}` is no PEP 440 version; its place among the others is not known.");
        return Outcome::new(
            Answer::Undetermined,
            "version_unreadable",
            words_of_all(rule),
            place(),
            scheme.name(),
        )
        .noting(note);
    }
    let mut comparable = false;
    let mut unreadable = None;
    for (index, range) in rule.ranges.iter().enumerate() {
        let ordering = match range.kind {
            OsvRangeKind::Git => continue,
            OsvRangeKind::Semver if scheme == Scheme::Golang => Scheme::Golang,
            OsvRangeKind::Semver => Scheme::Semver,
            OsvRangeKind::Ecosystem => scheme,
        };
        let place = || format!("{}.ranges[{index}]", place());
        if range.events.iter().all(|(event, _)| *event == OsvEvent::Limit) {
            let (code, words) = ("no_versions_stated", words_of(range));
            let note = "The range names no version at which it begins or ends.";
            unreadable = Some(
                Outcome::new(Answer::Undetermined, code, words, place(), ordering.name())
                    .noting(note),
            );
            continue;
        }
        match inside(range, version, ordering) {
            Ok(Some(words)) => {
                let mut outcome =
                    Outcome::new(Answer::Affected, "in_range", words, place(), ordering.name());
                outcome.fixed = fixed_after(range, version, ordering);
                return outcome;
            }
            Ok(None) if starts_nowhere(range, version, ordering) => {
                let words = words_of(range);
                let code = "no_start_stated";
                let note = "The range says where it ends and not where it begins.";
                unreadable = Some(
                    Outcome::new(Answer::Undetermined, code, words, place(), ordering.name())
                        .noting(note),
                );
            }
            Ok(None) => comparable = true,
            Err(error) => {
                unreadable = Some(
                    Outcome::new(
                        Answer::Undetermined,
                        "version_unreadable",
                        words_of(range),
                        place(),
                        ordering.name(),
                    )
                    .noting(format!("{error}.")),
                );
            }
        }
    }
    let is_source = identity.package.as_ref().is_some_and(|of| IN_TAGS.contains(&of.kind.as_str()));
    let plain = spelled(version, is_source);
    // Versions that mean the same are listed in another spelling, or as the tag of a release?
    let is_it = |listed: &str| {
        let listed = spelled(listed, is_source);
        may_be_equal(&listed, &plain) && compare(scheme, &listed, &plain) == Ok(Ordering::Equal)
    };
    if let Some(at) = rule.versions.iter().position(|listed| is_it(listed)) {
        let place = format!("{}.versions[{at}]", place());
        let words = format!("versions lists {}", rule.versions[at]);
        return Outcome::new(Answer::Affected, "listed", words, place, scheme.name());
    }
    if let Some(outcome) = unreadable {
        return outcome;
    }
    if !comparable {
        if rule.versions.is_empty() {
            let (code, note) = if rule.ranges.is_empty() {
                ("no_versions_stated", "The record names the package but no versions.")
            } else {
                (
                    "commits_only",
                    "The record gives commits only; whether this version holds them is not known.",
                )
            };
            let words = words_of_all(rule);
            return Outcome::new(Answer::Undetermined, code, words, place(), scheme.name())
                .noting(note);
        }
        // Not in the list: that clears a version, but not what is none (`latest`, a branch).
        if let Err(error) = compare(scheme, &plain, &plain) {
            let words = words_of_all(rule);
            let code = "version_unreadable";
            return Outcome::new(Answer::Undetermined, code, words, place(), scheme.name())
                .noting(format!("{error}."));
        }
        // The list is of the record's day. It clears what came before; not what came later, if nothing
        // says where the flaw ends.
        let is_before = |listed: &Text<'_>| {
            compare(scheme, &spelled(listed, is_source), &plain) == Ok(Ordering::Greater)
        };
        if rule.ranges.iter().any(is_endless) && !rule.versions.iter().all(is_before) {
            let note = "The versions listed are those of the record's day, and its range of commits has no end.";
            let words = words_of_all(rule);
            let code = "no_end_stated";
            return Outcome::new(Answer::Undetermined, code, words, place(), scheme.name())
                .noting(note);
        }
    }
    let (words, place) =
        if detail == Detail::Full { (words_of_all(rule), place()) } else { Default::default() };
    Outcome::new(Answer::NotAffected, "outside_all_ranges", words, place, scheme.name())
}

/// Kinds whose versions are tags of a repository.
const IN_TAGS: &[&str] = &["github", "gitlab", "bitbucket", "git"];

/// A version as it is compared: of source code, what its tag stands for.
fn spelled(text: &str, is_source: bool) -> Cow<'_, str> {
    if is_source { Cow::Owned(version_of_tag(text)) } else { Cow::Borrowed(text) }
}

/// Whether two versions could be equal, told by their first number: spares reading lists of hundreds.
/// Where an epoch may be left out, everything could.
fn may_be_equal(a: &str, b: &str) -> bool {
    fn first(text: &str) -> &str {
        let text = text.trim_start_matches(|c: char| !c.is_ascii_digit()).trim_start_matches('0');
        &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
    }
    first(a) == first(b) || a.contains(['!', ':']) || b.contains(['!', ':'])
}

/// A range of commits that states no end.
fn is_endless(range: &OsvRange<'_>) -> bool {
    range.kind == OsvRangeKind::Git
        && range.events.iter().all(|(event, _)| *event == OsvEvent::Introduced)
}

/// What a range of commits says of a component whose version is one of its very events.
fn commit(rule: &OsvRule<'_>, version: &str) -> Option<Outcome> {
    let git = rule.ranges.iter().enumerate().filter(|(_, range)| range.kind == OsvRangeKind::Git);
    let is_hash =
        version.len() >= SHORTEST_COMMIT && version.bytes().all(|b| b.is_ascii_hexdigit());
    let (index, range, event) = git.filter(|_| is_hash).find_map(|(index, range)| {
        let named = |at: &str| at.eq_ignore_ascii_case(version);
        let (event, _) = range.events.iter().find(|(_, at)| named(at))?;
        Some((index, range, *event))
    })?;
    let (answer, code) = match event {
        OsvEvent::Introduced | OsvEvent::LastAffected => (Answer::Affected, "in_range"),
        OsvEvent::Fixed | OsvEvent::Limit => (Answer::NotAffected, "outside_all_ranges"),
    };
    let place = format!("affected[{}].ranges[{index}]", rule.index);
    Some(Outcome::new(answer, code, words_of(range), place, "commits"))
}

/// A whole SHA-1: shorter texts may be something else.
const SHORTEST_COMMIT: usize = 40;

/// The version is no PEP 440 version. The scheme orders such texts below all others, as pip once did,
/// so that old records can be read; for a component that order would clear what nobody knows.
pub(crate) fn is_unordered(version: &str, scheme: Scheme) -> bool {
    const LOWEST: &str = "0.dev0";
    scheme == Scheme::Pypi && compare(scheme, version, LOWEST) == Ok(Ordering::Less)
}

/// The words of the interval that holds `version`; `None` if the range does not hold it.
fn inside(
    range: &OsvRange<'_>,
    version: &str,
    scheme: Scheme,
) -> Result<Option<String>, Unreadable> {
    let mut limits = range.events.iter().filter(|(event, _)| *event == OsvEvent::Limit).peekable();
    if limits.peek().is_some() {
        let mut below = false;
        for (_, limit) in limits {
            below |= &**limit == "*" || compare(scheme, version, limit)? == Ordering::Less;
        }
        if !below {
            return Ok(None);
        }
    }
    let events = sorted(range, scheme)?;
    let mut open: Option<&Text<'_>> = None;
    let mut held = None;
    for (position, (event, at)) in events.iter().enumerate() {
        match event {
            OsvEvent::Introduced
                if is_zero(at) || compare(scheme, version, at)? != Ordering::Less =>
            {
                open = Some(at);
                held = Some(position);
            }
            OsvEvent::Fixed if compare(scheme, version, at)? != Ordering::Less => {
                (open, held) = (None, None);
            }
            OsvEvent::LastAffected if compare(scheme, version, at)? == Ordering::Greater => {
                (open, held) = (None, None);
            }
            _ => {}
        }
    }
    let (Some(start), Some(position)) = (open, held) else { return Ok(None) };
    let end = events[position..]
        .iter()
        .find(|(event, _)| matches!(event, OsvEvent::Fixed | OsvEvent::LastAffected));
    Ok(Some(interval(start, end.map(|(event, at)| (*event, &***at)))))
}

/// The range has an end above the version and no beginning, which the schema does not allow.
fn starts_nowhere(range: &OsvRange<'_>, version: &str, scheme: Scheme) -> bool {
    let begins = range.events.iter().any(|(event, _)| *event == OsvEvent::Introduced);
    let ends_later = |(event, at): &(OsvEvent, Text<'_>)| match event {
        OsvEvent::Fixed => compare(scheme, version, at) == Ok(Ordering::Less),
        OsvEvent::LastAffected => compare(scheme, version, at).is_ok_and(Ordering::is_le),
        _ => false,
    };
    !begins && range.events.iter().any(ends_later)
}

/// Events in version order; at one version "introduced" comes after "fixed" only if written so.
fn sorted<'a, 'b>(
    range: &'a OsvRange<'b>,
    scheme: Scheme,
) -> Result<Vec<(OsvEvent, &'a Text<'b>)>, Unreadable> {
    let mut events: Vec<(OsvEvent, &Text<'_>)> = range
        .events
        .iter()
        .filter(|(event, _)| *event != OsvEvent::Limit)
        .map(|(event, at)| (*event, at))
        .collect();
    let mut trouble = None;
    events.sort_by(|(_, a), (_, b)| match (is_zero(a), is_zero(b)) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => compare(scheme, a, b).unwrap_or_else(|error| {
            trouble = Some(error);
            Ordering::Equal
        }),
    });
    match trouble {
        Some(error) => Err(error),
        None => Ok(events),
    }
}

fn is_zero(at: &str) -> bool {
    at == "0"
}

fn interval(start: &str, end: Option<(OsvEvent, &str)>) -> String {
    let mut words =
        if is_zero(start) { String::from("all versions") } else { format!(">= {start}") };
    match end {
        Some((OsvEvent::LastAffected, at)) => words += &format!(", <= {at}"),
        Some((_, at)) => words += &format!(", < {at}"),
        None if !is_zero(start) => words += ", no end stated",
        None => {}
    }
    words.replace("all versions, ", "")
}

/// A range in words, for outcomes that no single interval decided.
fn words_of(range: &OsvRange<'_>) -> String {
    let words: Vec<String> = range
        .events
        .iter()
        .map(|(event, at)| match event {
            OsvEvent::Introduced => format!("introduced {at}"),
            OsvEvent::Fixed => format!("fixed {at}"),
            OsvEvent::LastAffected => format!("last affected {at}"),
            OsvEvent::Limit => format!("limit {at}"),
        })
        .collect();
    words.join(", ")
}

/// How many listed versions are shown before "and N more".
const LISTED_SHOWN: usize = 5;

fn words_of_all(rule: &OsvRule<'_>) -> String {
    let mut parts: Vec<String> = rule.ranges.iter().map(words_of).collect();
    if !rule.versions.is_empty() {
        let shown: Vec<&str> =
            rule.versions.iter().take(LISTED_SHOWN).map(|version| &**version).collect();
        let more = rule.versions.len().saturating_sub(LISTED_SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!("versions lists {}{more}", shown.join(", ")));
    }
    parts.join("; ")
}

/// The first repaired version after `version`.
fn fixed_after(range: &OsvRange<'_>, version: &str, scheme: Scheme) -> Vec<String> {
    let mut after: Vec<&str> = range
        .events
        .iter()
        .filter(|(event, at)| {
            *event == OsvEvent::Fixed && compare(scheme, version, at) == Ok(Ordering::Less)
        })
        .map(|(_, at)| &**at)
        .collect();
    after.sort_by(|a, b| compare(scheme, a, b).unwrap_or(Ordering::Equal));
    after.into_iter().take(1).map(str::to_owned).collect()
}
