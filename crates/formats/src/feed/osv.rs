//! OSV records (Open Source Vulnerability format, schema 1.7.5).

use super::{
    OsvEvent, OsvRange, OsvRangeKind, OsvRule, Record, Rule, Severity, Source, State, Statement,
    Text, summary_of,
};
use aftercare_vocab::{cvss::base_score_tenths, ecosystem::PackageKey, problem::Problem};
use serde::Deserialize;

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    modified: Text<'a>,
    #[serde(default, borrow)]
    published: Text<'a>,
    #[serde(borrow)]
    withdrawn: Option<Text<'a>>,
    #[serde(default, borrow)]
    aliases: Option<Vec<Text<'a>>>,
    #[serde(default, borrow)]
    upstream: Option<Vec<Text<'a>>>,
    #[serde(default, borrow)]
    summary: Option<Text<'a>>,
    #[serde(default, borrow)]
    details: Option<Text<'a>>,
    #[serde(default, borrow)]
    severity: Option<Vec<Score<'a>>>,
    #[serde(default, borrow)]
    affected: Option<Vec<Affected<'a>>>,
}

#[derive(Deserialize)]
struct Score<'a> {
    #[serde(default, borrow)]
    score: Text<'a>,
}

#[derive(Deserialize)]
struct Affected<'a> {
    #[serde(borrow)]
    package: Option<Package<'a>>,
    #[serde(default, borrow)]
    severity: Option<Vec<Score<'a>>>,
    #[serde(default, borrow)]
    ranges: Option<Vec<Range<'a>>>,
    #[serde(default, borrow)]
    versions: Option<Vec<Text<'a>>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    ecosystem: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Deserialize)]
struct Range<'a> {
    #[serde(rename = "type")]
    kind: RangeType,
    #[serde(default, borrow)]
    events: Vec<Event<'a>>,
}

#[derive(Deserialize, Clone, Copy)]
enum RangeType {
    #[serde(rename = "SEMVER")]
    Semver,
    #[serde(rename = "ECOSYSTEM")]
    Ecosystem,
    #[serde(rename = "GIT")]
    Git,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    introduced: Option<Text<'a>>,
    #[serde(borrow)]
    fixed: Option<Text<'a>>,
    #[serde(borrow)]
    last_affected: Option<Text<'a>>,
    #[serde(borrow)]
    limit: Option<Text<'a>>,
}

/// Reads one OSV record.
pub fn read(json: &str) -> Result<Record<'_>, Problem> {
    let document: Document<'_> = serde_json::from_str(json).map_err(|error| {
        Problem::refusal(
            "osv_unreadable",
            "",
            format!("Not a readable OSV record: {error}."),
            "The record is left out and counted.",
        )
    })?;
    let summary = match (&document.summary, &document.details) {
        (Some(summary), _) if !summary.is_empty() => summary_of(summary),
        (_, Some(details)) => summary_of(details),
        _ => String::new(),
    };
    let mut severities = Vec::new();
    let mut statements = Vec::new();
    scores(&mut severities, document.severity.unwrap_or_default());
    for (index, mut affected) in document.affected.unwrap_or_default().into_iter().enumerate() {
        scores(&mut severities, affected.severity.take().unwrap_or_default());
        if let Some((key, rule)) = statement(affected, index) {
            statements.push(Statement { keys: vec![key], rule: Rule::Osv(rule) });
        }
    }
    Ok(Record {
        source: Source::Osv,
        id: document.id,
        aliases: document.aliases.unwrap_or_default(),
        upstream: document.upstream.unwrap_or_default(),
        modified: document.modified,
        published: document.published,
        state: if document.withdrawn.is_some() { State::Withdrawn } else { State::Published },
        summary,
        severities,
        statements,
        ssvc: None,
        kev_since: None,
    })
}

/// The key and the rule of `affected[index]`; `None` if it names no package.
fn statement(affected: Affected<'_>, index: usize) -> Option<(String, OsvRule<'_>)> {
    let package = affected.package?;
    let key = PackageKey::of_osv(&package.ecosystem, &package.name);
    let text = key.text();
    let rule = OsvRule {
        index: index as u16,
        release: key.release.map(Text::from),
        ranges: affected.ranges.unwrap_or_default().into_iter().map(range).collect(),
        versions: affected.versions.unwrap_or_default(),
    };
    Some((text, rule))
}

/// Who is affected, by a record that may hold nothing else: what [`read`] asks for and an evaluation
/// does not need (identifier, dates) may be missing.
#[derive(Debug)]
pub struct Claims<'a> {
    /// The publisher took the record back.
    pub withdrawn: bool,
    /// Package key and rule of each statement that names a package.
    pub rules: Vec<(String, OsvRule<'a>)>,
}

/// Reads only who is affected.
pub fn claims(json: &str) -> Result<Claims<'_>, Problem> {
    #[derive(Deserialize)]
    struct Claiming<'a> {
        #[serde(borrow)]
        withdrawn: Option<Text<'a>>,
        #[serde(borrow)]
        affected: Option<Vec<Affected<'a>>>,
    }
    let document: Claiming<'_> = serde_json::from_str(json).map_err(|error| {
        Problem::refusal("osv_unreadable", "", format!("Not a readable OSV record: {error}."), "")
    })?;
    let affected = document.affected.unwrap_or_default().into_iter().enumerate();
    Ok(Claims {
        withdrawn: document.withdrawn.is_some(),
        rules: affected.filter_map(|(index, affected)| statement(affected, index)).collect(),
    })
}

fn scores<'a>(into: &mut Vec<Severity<'a>>, scores: Vec<Score<'a>>) {
    for score in scores {
        if into.iter().all(|known| known.vector != score.score) {
            let score_tenths = base_score_tenths(&score.score);
            into.push(Severity { asserter: Text::default(), vector: score.score, score_tenths });
        }
    }
}

fn range(range: Range<'_>) -> OsvRange<'_> {
    let kind = match range.kind {
        RangeType::Semver => OsvRangeKind::Semver,
        RangeType::Ecosystem => OsvRangeKind::Ecosystem,
        RangeType::Git => OsvRangeKind::Git,
    };
    let mut events = Vec::with_capacity(range.events.len());
    for event in range.events {
        // One key per object by the schema; some publishers put two, which then both count.
        events.extend(event.introduced.map(|at| (OsvEvent::Introduced, at)));
        events.extend(event.fixed.map(|at| (OsvEvent::Fixed, at)));
        events.extend(event.last_affected.map(|at| (OsvEvent::LastAffected, at)));
        events.extend(event.limit.map(|at| (OsvEvent::Limit, at)));
    }
    OsvRange { kind, events }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_gives_keys_ranges_and_aliases() {
        let record = read(
            r#"{"id":"GHSA-aaaa-bbbb-cccc","modified":"2026-01-02T00:00:00Z","aliases":["CVE-2026-0001"],
               "summary":"A flaw\nin two lines","affected":[{"package":{"ecosystem":"Debian:12","name":"OpenSSL"},
               "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.11-1"}]}],"versions":["3.0.9-1"]}]}"#,
        )
        .expect("readable");
        assert_eq!(record.summary, "A flaw in two lines");
        assert_eq!(record.statements[0].keys, ["deb/debian:openssl"]);
        let Rule::Osv(rule) = &record.statements[0].rule else { panic!("an OSV rule") };
        assert_eq!(rule.release.as_deref(), Some("12"));
        assert_eq!(rule.ranges[0].events[1], (OsvEvent::Fixed, Text::from("3.0.11-1")));
    }

    #[test]
    fn a_withdrawn_record_says_so_and_nulls_are_absent() {
        let record = read(r#"{"id":"X-1","modified":"m","withdrawn":"2026-01-01T00:00:00Z","aliases":null,"affected":null}"#).expect("readable");
        assert_eq!(record.state, State::Withdrawn);
        assert!(record.statements.is_empty());
    }

    #[test]
    fn claims_are_read_from_a_record_that_holds_nothing_else() {
        let read = claims(
            r#"{"affected":[{"ranges":[]},{"package":{"ecosystem":"npm","name":"x"},"versions":["1.0.0"]}]}"#,
        )
        .expect("readable");
        assert!(!read.withdrawn);
        let [(key, rule)] = &read.rules[..] else { panic!("one package: {read:?}") };
        assert_eq!((key.as_str(), rule.index, rule.versions.len()), ("npm:x", 1, 1));
    }

    #[test]
    fn a_record_without_id_is_refused() {
        assert!(read(r#"{"modified":"m"}"#).is_err());
    }
}
