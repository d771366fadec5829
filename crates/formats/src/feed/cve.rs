//! CVE list records (record format 5.x), with the containers of authorised data publishers.

use super::{
    APPLICABILITY, CveEnd, CveEntry, CveRule, Record, Rule, Severity, Source, Ssvc, State,
    Statement, Status, Text, cpe_key, nvd, product_key,
    prose::{self, End},
    summary_of,
};
use aftercare_vocab::{
    cvss::base_score_tenths, ecosystem::PackageKey, problem::Problem, purl::Purl,
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow)]
    cve_metadata: Metadata<'a>,
    #[serde(borrow)]
    containers: Containers<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow)]
    cve_id: Text<'a>,
    #[serde(default, borrow)]
    state: Text<'a>,
    #[serde(default, borrow)]
    date_updated: Option<Text<'a>>,
    #[serde(default, borrow)]
    date_published: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Containers<'a> {
    #[serde(borrow)]
    cna: Container<'a>,
    #[serde(default, borrow)]
    adp: Vec<Container<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Container<'a> {
    #[serde(default, borrow)]
    title: Option<Text<'a>>,
    #[serde(default, borrow)]
    descriptions: Vec<nvd::Description<'a>>,
    #[serde(default, borrow)]
    affected: Vec<Affected<'a>>,
    #[serde(default, borrow)]
    metrics: Vec<BTreeMap<Text<'a>, Metric<'a>>>,
    #[serde(default, borrow)]
    cpe_applicability: Vec<nvd::Configuration<'a>>,
    #[serde(default, borrow)]
    provider_metadata: Option<Provider<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider<'a> {
    #[serde(default, borrow)]
    short_name: Text<'a>,
    #[serde(default, borrow)]
    date_updated: Option<Text<'a>>,
}

/// A value of `metrics[k]`: a CVSS object, `other`, or the words `format` and `scenarios`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Metric<'a> {
    Other {
        #[serde(rename = "type", borrow)]
        kind: Text<'a>,
        #[serde(default, borrow)]
        content: Option<Content<'a>>,
    },
    Cvss {
        #[serde(rename = "vectorString", borrow)]
        vector: Text<'a>,
    },
    Word(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    #[serde(default, borrow)]
    options: Vec<BTreeMap<Text<'a>, serde_json::Value>>,
    #[serde(default, borrow)]
    date_added: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Affected<'a> {
    #[serde(default, borrow)]
    vendor: Option<Text<'a>>,
    #[serde(default, borrow)]
    product: Option<Text<'a>>,
    #[serde(rename = "collectionURL", default, borrow)]
    collection: Option<Text<'a>>,
    #[serde(default, borrow)]
    package_name: Option<Text<'a>>,
    #[serde(rename = "packageURL", default, borrow)]
    package_url: Option<Text<'a>>,
    #[serde(default, borrow)]
    cpes: Vec<Text<'a>>,
    #[serde(default, borrow)]
    platforms: Vec<Text<'a>>,
    #[serde(default, borrow)]
    versions: Vec<Version<'a>>,
    #[serde(default, borrow)]
    default_status: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version<'a> {
    #[serde(rename = "version", default, borrow)]
    at: Text<'a>,
    #[serde(default, borrow)]
    status: Text<'a>,
    #[serde(rename = "versionType", default, borrow)]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    less_than: Option<Text<'a>>,
    #[serde(borrow)]
    less_than_or_equal: Option<Text<'a>>,
    #[serde(default, borrow)]
    changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(default, borrow)]
    at: Text<'a>,
    #[serde(default, borrow)]
    status: Text<'a>,
}

/// Reads one CVE record.
pub fn read(json: &str) -> Result<Record<'_>, Problem> {
    let document: Document<'_> = serde_json::from_str(json).map_err(|error| {
        Problem::refusal(
            "cve_unreadable",
            "",
            format!("Not a readable CVE record: {error}."),
            "The record is left out and counted.",
        )
    })?;
    let Document { cve_metadata: meta, containers: Containers { cna, adp } } = document;
    let summary = match &cna.title {
        Some(title) if !title.is_empty() => summary_of(title),
        _ => nvd::english(&cna.descriptions),
    };
    let mut record = Record {
        source: Source::Cve,
        id: meta.cve_id,
        aliases: Vec::new(),
        upstream: Vec::new(),
        modified: meta.date_updated.unwrap_or_default(),
        published: meta.date_published.unwrap_or_default(),
        state: if meta.state.eq_ignore_ascii_case("rejected") {
            State::Withdrawn
        } else {
            State::Published
        },
        summary,
        severities: Vec::new(),
        statements: Vec::new(),
        ssvc: None,
        kev_since: None,
    };
    container(&mut record, cna, Text::from("cna"));
    for (index, adp) in adp.into_iter().enumerate() {
        container(&mut record, adp, Text::from(format!("adp[{index}]")));
    }
    Ok(record)
}

fn container<'a>(record: &mut Record<'a>, container: Container<'a>, name: Text<'a>) {
    let asserter = match container.provider_metadata {
        Some(provider) => {
            if let Some(updated) = provider.date_updated.filter(|at| **at > *record.modified) {
                record.modified = updated; // an ADP may speak after the CNA's last word
            }
            provider.short_name
        }
        None => Text::default(),
    };
    for metric in container.metrics.into_iter().flat_map(BTreeMap::into_values) {
        match metric {
            Metric::Cvss { vector } => {
                let score_tenths = base_score_tenths(&vector);
                record.severities.push(Severity {
                    asserter: asserter.clone(),
                    vector,
                    score_tenths,
                });
            }
            Metric::Other { kind, content: Some(content) } if &*kind == "ssvc" => {
                record.ssvc = Some(ssvc(&content));
            }
            Metric::Other { kind, content: Some(content) } if &*kind == "kev" => {
                record.kev_since = content.date_added;
            }
            Metric::Other { .. } | Metric::Word(_) => {}
        }
    }
    for (index, affected) in container.affected.into_iter().enumerate() {
        record.statements.extend(product(affected, name.clone(), index as u16));
    }
    for (index, configuration) in container.cpe_applicability.into_iter().enumerate() {
        record.statements.extend(nvd::statement(configuration, index as u16 | APPLICABILITY));
    }
}

fn ssvc(content: &Content<'_>) -> Ssvc {
    let option = |wanted: &str| {
        content
            .options
            .iter()
            .flat_map(|option| option.iter())
            .find(|(key, _)| key.eq_ignore_ascii_case(wanted))
            .and_then(|(_, value)| value.as_str())
            .map(str::to_lowercase)
    };
    Ssvc {
        exploitation: option("Exploitation").and_then(|value| match value.as_str() {
            "none" => Some(0),
            "poc" | "public poc" => Some(1),
            "active" => Some(2),
            _ => None,
        }),
        automatable: option("Automatable").map(|value| value == "yes"),
        total_impact: option("Technical Impact").map(|value| value == "total"),
    }
}

fn product<'a>(affected: Affected<'a>, container: Text<'a>, index: u16) -> Option<Statement<'a>> {
    let mut keys = Vec::new();
    if let Some(key) = package(&affected) {
        // The record names a package of an ecosystem: its CPEs then name the platform (Red Hat does
        // this), so they would accuse the operating system.
        keys.push(key);
    } else {
        keys.extend(affected.cpes.iter().filter_map(|cpe| cpe_key(cpe)));
        if let (Some(vendor), Some(product)) = (&affected.vendor, &affected.product) {
            keys.extend(product_key(vendor, product));
        }
        keys.sort();
        keys.dedup();
    }
    let default = match affected.default_status.as_deref() {
        Some(text) => status(text),
        None => Status::Unknown,
    };
    (!keys.is_empty()).then(|| Statement {
        keys,
        rule: Rule::Cve(CveRule {
            container,
            index,
            vendor: affected.vendor.unwrap_or_default(),
            product: affected.product.unwrap_or_default(),
            default,
            entries: affected.versions.into_iter().map(entry).collect(),
            platforms: affected.platforms,
        }),
    })
}

/// The package that an entry names by `packageURL`, or by `collectionURL` and `packageName`.
fn package(affected: &Affected<'_>) -> Option<String> {
    if let Some(purl) = affected.package_url.as_ref().and_then(|text| text.parse::<Purl>().ok()) {
        return PackageKey::of_purl(&purl).map(|key| key.text());
    }
    let (collection, name) = (affected.collection.as_ref()?, affected.package_name.as_ref()?);
    let ecosystem = COLLECTIONS
        .iter()
        .find(|(part, _)| collection.contains(part))
        .map(|(_, ecosystem)| *ecosystem)?;
    Some(PackageKey::of_osv(ecosystem, name).text())
}

/// What the addresses in `collectionURL` stand for: a part that names the collection, and the
/// ecosystem in OSV's words.
const COLLECTIONS: &[(&str, &str)] = &[
    ("npmjs", "npm"),
    ("pypi", "PyPI"),
    ("maven", "Maven"),
    ("pkg.go.dev", "Go"),
    ("crates.io", "crates.io"),
    ("rubygems", "RubyGems"),
    ("nuget", "NuGet"),
    ("packagist", "Packagist"),
    ("hex.pm", "Hex"),
    ("pub.dev", "Pub"),
    ("access.redhat.com/downloads", "Red Hat"),
];

fn status(text: &str) -> Status {
    match text {
        "affected" => Status::Affected,
        "unaffected" => Status::Unaffected,
        _ => Status::Unknown,
    }
}

/// One entry as the schema means it; and the ranges that many CNAs write as words in `version`:
/// `< 2.3.1`, `>= 1.0, < 1.5`, `2.3.1 and prior`.
fn entry(version: Version<'_>) -> CveEntry<'_> {
    let kind = version.kind.unwrap_or_default();
    let end = match (version.less_than, version.less_than_or_equal) {
        (Some(end), _) => CveEnd::Before(end),
        (None, Some(end)) => CveEnd::UpTo(end),
        (None, None) => CveEnd::Single,
    };
    let status = status(&version.status);
    let changes = version
        .changes
        .into_iter()
        .map(|change| (change.at, self::status(&change.status)))
        .collect();
    if matches!(end, CveEnd::Single)
        && let Some((start, end)) = comparators(&version.at).or_else(|| in_words(&version.at))
    {
        return CveEntry { version: start.into(), status, kind, end, changes };
    }
    CveEntry { version: version.at, status, kind, end, changes }
}

/// `>= 1.0, < 1.5` as a start and an end. `None` when the text is no such list, or holds a part that
/// a range with an included start cannot say.
fn comparators(text: &str) -> Option<(String, CveEnd<'static>)> {
    let text = prose::after_leads(text.trim_start());
    if !text.trim_start().starts_with(['<', '>', '=']) {
        return None;
    }
    let (mut start, mut end) = (String::from("0"), None);
    for part in text.split(',') {
        let part = part.trim();
        if let Some(bound) = part.strip_prefix("<=") {
            end = Some(CveEnd::UpTo(bound.trim().to_owned().into()));
        } else if let Some(bound) = part.strip_prefix('<') {
            end = Some(CveEnd::Before(bound.trim().to_owned().into()));
        } else if let Some(bound) = part.strip_prefix(">=") {
            bound.trim().clone_into(&mut start);
        } else if let Some(bound) = part.strip_prefix('=') {
            let bound = bound.trim_start_matches('=').trim();
            return (!text.contains(',')).then(|| (bound.to_owned(), CveEnd::Single));
        } else {
            return None;
        }
    }
    let bare = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
    match end {
        Some(CveEnd::Before(bound) | CveEnd::UpTo(bound)) if !bare(&bound) => None,
        Some(end) if bare(&start) => Some((start, end)),
        // no upper end: everything from the start on
        None if bare(&start) => Some((start, CveEnd::UpTo("*".to_owned().into()))),
        _ => None,
    }
}

/// A plain range in words as a start and an end.
fn in_words(text: &str) -> Option<(String, CveEnd<'static>)> {
    let stretch = prose::stretch(text)?;
    let end = match stretch.end {
        End::Before(end) => CveEnd::Before(end.to_owned().into()),
        End::With(end) => CveEnd::UpTo(end.to_owned().into()),
        End::OfBranch(branch) => return Some((format!("{branch}.x"), CveEnd::Single)),
        End::Open => CveEnd::UpTo("*".to_owned().into()),
    };
    Some((stretch.start.unwrap_or("0").to_owned(), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(affected: &str) -> (Vec<String>, CveRule<'static>) {
        let json = format!(
            r#"{{"dataType":"CVE_RECORD","cveMetadata":{{"cveId":"CVE-2026-0004","state":"PUBLISHED","dateUpdated":"2026-01-01T00:00:00Z"}},
               "containers":{{"cna":{{"title":"A title","affected":[{affected}]}},"adp":[{{"providerMetadata":{{"shortName":"CISA-ADP","dateUpdated":"2026-03-01T00:00:00Z"}},
               "metrics":[{{"other":{{"type":"ssvc","content":{{"options":[{{"Exploitation":"active"}},{{"Automatable":"yes"}},{{"Technical Impact":"total"}}]}}}}}},
               {{"other":{{"type":"kev","content":{{"dateAdded":"2026-02-02"}}}}}}]}}]}}}}"#
        );
        let json: &'static str = Box::leak(json.into_boxed_str());
        let mut record = read(json).expect("readable");
        assert_eq!(record.modified, Text::from("2026-03-01T00:00:00Z"), "the latest word counts");
        assert_eq!(record.kev_since, Some(Text::from("2026-02-02")));
        assert_eq!(
            record.ssvc,
            Some(Ssvc { exploitation: Some(2), automatable: Some(true), total_impact: Some(true) })
        );
        let statement = record.statements.remove(0);
        match statement.rule {
            Rule::Cve(rule) => (statement.keys, rule),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_package_is_filed_under_its_ecosystem_and_not_under_its_platform() {
        let (keys, _) = rule(
            r#"{"vendor":"Red Hat","product":"Red Hat Enterprise Linux 8","collectionURL":"https://access.redhat.com/downloads/content/package-browser/",
               "packageName":"kernel","cpes":["cpe:/o:redhat:enterprise_linux:8"],"versions":[],"defaultStatus":"affected"}"#,
        );
        assert_eq!(keys, ["rpm/redhat:kernel"]);
    }

    #[test]
    fn comparators_in_the_version_text_become_a_range() {
        let (keys, rule) = rule(
            r#"{"vendor":"Acme Corp","product":"Pump Link","versions":[{"version":">= 1.0, < 1.5","status":"affected"}]}"#,
        );
        assert_eq!(keys, ["cpe:acme_corp:pump_link"]);
        assert_eq!(rule.entries[0].version, Text::from("1.0"));
        assert_eq!(rule.entries[0].end, CveEnd::Before(Text::from("1.5")));
        assert_eq!(rule.default, Status::Unknown);
        assert_eq!(
            comparators("> 1.0"),
            None,
            "an excluded start cannot be said, so it stays text"
        );
        assert_eq!(comparators("1.x"), None);
        let below = Some(("0".into(), CveEnd::Before("4.2".into())));
        assert_eq!(comparators("All versions < 4.2"), below);
        assert_eq!(in_words("2.3.1 and prior"), Some(("0".into(), CveEnd::UpTo("2.3.1".into()))));
        assert_eq!(in_words("version 2.0.*"), Some(("2.0.x".into(), CveEnd::Single)));
        assert_eq!(in_words("2.3.1"), None);
        assert_eq!(comparators("= 2.0"), Some(("2.0".into(), CveEnd::Single)));
        assert_eq!(comparators(">= 3"), Some(("3".into(), CveEnd::UpTo("*".to_owned().into()))));
    }

    #[test]
    fn changes_and_types_are_kept() {
        let (_, rule) = rule(
            r#"{"vendor":"A","product":"B","versions":[{"version":"1","lessThanOrEqual":"2","status":"affected","versionType":"custom",
               "changes":[{"at":"1.5","status":"unaffected"}]}],"defaultStatus":"unaffected"}"#,
        );
        assert_eq!(rule.entries[0].changes, [(Text::from("1.5"), Status::Unaffected)]);
        assert_eq!(rule.entries[0].end, CveEnd::UpTo(Text::from("2")));
        assert_eq!(rule.default, Status::Unaffected);
    }
}
