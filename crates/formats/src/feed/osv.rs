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
    repo: Option<Text<'a>>,
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
        let (keys, rule) = statement(affected, index);
        if !keys.is_empty() {
            statements.push(Statement { keys, rule: Rule::Osv(rule) });
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

/// The keys and the rule of `affected[index]`. Source code that is in no ecosystem is filed under its
/// repository (`github:openssl/openssl`, `git:git.savannah.gnu.org/lwip`); without any key nobody can be
/// found by it.
fn statement(affected: Affected<'_>, index: usize) -> (Vec<String>, OsvRule<'_>) {
    const IN_NO_ECOSYSTEM: &str = "OSS-Fuzz";
    let ranges = affected.ranges.unwrap_or_default();
    let (mut keys, mut release) = (Vec::new(), None);
    let is_source = affected.package.as_ref().is_none_or(|of| &*of.ecosystem == IN_NO_ECOSYSTEM);
    if let Some(package) = affected.package {
        let key = PackageKey::of_osv(&package.ecosystem, &package.name);
        keys.push(key.text());
        release = key.release.map(Text::from);
    }
    if is_source {
        let repositories = ranges.iter().filter_map(|range| range.repo.as_deref());
        keys.extend(repositories.filter_map(PackageKey::of_repository).map(|key| key.text()));
        keys.sort();
        keys.dedup();
    }
    let rule = OsvRule {
        index: index as u16,
        release,
        ranges: ranges.into_iter().map(range).collect(),
        versions: affected.versions.unwrap_or_default(),
    };
    (keys, rule)
}

/// Who is affected, by a record that may hold nothing else: what [`read`] asks for and an evaluation
/// does not need (identifier, dates) may be missing.
#[derive(Debug)]
pub struct Claims<'a> {
    /// The publisher took the record back.
    pub withdrawn: bool,
    /// Keys and rule of each statement that names a package or a repository.
    pub rules: Vec<(Vec<String>, OsvRule<'a>)>,
}

/// Reads only who is affected. What holds neither `affected` nor what every record must have (`id`,
/// `modified`) is no OSV record and refused.
pub fn claims(json: &str) -> Result<Claims<'_>, Problem> {
    #[derive(Deserialize)]
    struct Claiming<'a> {
        #[serde(borrow)]
        id: Option<Text<'a>>,
        #[serde(borrow)]
        modified: Option<Text<'a>>,
        #[serde(borrow)]
        withdrawn: Option<Text<'a>>,
        #[serde(borrow)]
        affected: Option<Vec<Affected<'a>>>,
    }
    let document: Claiming<'_> = serde_json::from_str(json).map_err(|error| {
        Problem::refusal("osv_unreadable", "", format!("Not a readable OSV record: {error}."), "")
    })?;
    if document.affected.is_none() && (document.id.is_none() || document.modified.is_none()) {
        return Err(Problem::refusal(
            "osv_unreadable",
            "",
            "Not an OSV record: it has no `affected`, and not both `id` and `modified`.",
            "Give a record in the OSV format; `nvd eval` takes those of the NVD.",
        ));
    }
    let affected = document.affected.unwrap_or_default().into_iter().enumerate();
    let rules = affected.map(|(index, affected)| statement(affected, index));
    Ok(Claims {
        withdrawn: document.withdrawn.is_some(),
        rules: rules.filter(|(keys, _)| !keys.is_empty()).collect(),
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
        let [(keys, rule)] = &read.rules[..] else { panic!("one package: {read:?}") };
        assert_eq!((keys[0].as_str(), rule.index, rule.versions.len()), ("npm:x", 1, 1));
    }

    #[test]
    fn claims_of_another_format_are_refused() {
        for json in [
            "{}",
            r#"{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2026-0001"},"containers":{}}"#,
        ] {
            assert!(
                claims(json).expect_err("refused").what.contains("Not an OSV record"),
                "{json}"
            );
        }
        assert!(
            claims(r#"{"id":"X-1","modified":"m","withdrawn":"2026-01-01T00:00:00Z"}"#).is_ok()
        );
    }

    #[test]
    fn source_code_without_an_ecosystem_is_filed_under_its_repository() {
        let range = r#""ranges":[{"type":"GIT","repo":"https://github.com/OpenSSL/openssl.git","events":[{"introduced":"0"}]}]"#;
        let json = format!(
            r#"{{"affected":[{{{range}}},{{"package":{{"ecosystem":"OSS-Fuzz","name":"openssl"}},{range}}},
               {{"package":{{"ecosystem":"PyPI","name":"x"}},{range}}},
               {{"ranges":[{{"type":"GIT","repo":"https://gitlab.com/a/b"}}]}},
               {{"ranges":[{{"type":"GIT","repo":"git://git.savannah.gnu.org/lwip.git"}}]}}]}}"#
        );
        let read = claims(&json).expect("readable");
        let keys: Vec<_> = read.rules.iter().map(|(keys, _)| keys.join(" ")).collect();
        assert_eq!(
            keys,
            [
                "github:openssl/openssl",
                "github:openssl/openssl oss-fuzz:openssl",
                "pypi:x",
                "gitlab:a/b",
                "git:git.savannah.gnu.org/lwip",
            ]
        );
    }

    #[test]
    fn a_record_without_id_is_refused() {
        assert!(read(r#"{"modified":"m"}"#).is_err());
    }
}
