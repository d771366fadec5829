//! NVD records (API 2.0, one `cve` object).

use super::{
    CpeCriterion, CpeNode, CpeRule, Record, Rule, Severity, Source, State, Statement, Text,
    cpe_key, summary_of,
};
use aftercare_vocab::{cvss::base_score_tenths, problem::Problem};
use serde::{Deserialize, de::IgnoredAny};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(default, borrow)]
    published: Text<'a>,
    #[serde(default, borrow)]
    last_modified: Text<'a>,
    #[serde(default, borrow)]
    vuln_status: Option<Text<'a>>,
    #[serde(default, borrow)]
    descriptions: Vec<Description<'a>>,
    #[serde(default, borrow)]
    metrics: BTreeMap<Text<'a>, Vec<Metric<'a>>>,
    #[serde(default, borrow)]
    configurations: Vec<Configuration<'a>>,
    #[serde(default, borrow)]
    cisa_exploit_add: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Description<'a> {
    #[serde(default, borrow)]
    pub lang: Text<'a>,
    #[serde(default, borrow)]
    pub value: Text<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric<'a> {
    #[serde(default, borrow)]
    source: Text<'a>,
    #[serde(borrow)]
    cvss_data: Option<CvssData<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CvssData<'a> {
    #[serde(default, borrow)]
    pub vector_string: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct Configuration<'a> {
    #[serde(default, borrow)]
    operator: Option<Text<'a>>,
    #[serde(default)]
    negate: Option<bool>,
    #[serde(default, borrow)]
    nodes: Vec<Node<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node<'a> {
    #[serde(default, borrow)]
    operator: Option<Text<'a>>,
    #[serde(default)]
    negate: Option<bool>,
    #[serde(default, borrow)]
    cpe_match: Vec<Match<'a>>,
    #[serde(default)]
    children: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Match<'a> {
    #[serde(default)]
    vulnerable: bool,
    #[serde(default, borrow)]
    criteria: Text<'a>,
    #[serde(borrow)]
    version_start_including: Option<Text<'a>>,
    #[serde(borrow)]
    version_start_excluding: Option<Text<'a>>,
    #[serde(borrow)]
    version_end_including: Option<Text<'a>>,
    #[serde(borrow)]
    version_end_excluding: Option<Text<'a>>,
}

/// Reads one `cve` object.
pub fn read(json: &str) -> Result<Record<'_>, Problem> {
    let document: Document<'_> = serde_json::from_str(json).map_err(|error| {
        Problem::refusal(
            "nvd_unreadable",
            "",
            format!("Not a readable NVD record: {error}."),
            "The record is left out and counted.",
        )
    })?;
    let rejected = document
        .vuln_status
        .as_deref()
        .is_some_and(|status| status.eq_ignore_ascii_case("rejected"));
    let mut severities = Vec::new();
    for metric in document.metrics.into_values().flatten() {
        if let Some(data) = metric.cvss_data {
            let score_tenths = base_score_tenths(&data.vector_string);
            severities.push(Severity {
                asserter: metric.source,
                vector: data.vector_string,
                score_tenths,
            });
        }
    }
    let mut statements = Vec::new();
    for (index, configuration) in document.configurations.into_iter().enumerate() {
        statements.extend(statement(configuration, index as u16));
    }
    Ok(Record {
        source: Source::Nvd,
        id: document.id,
        aliases: Vec::new(),
        upstream: Vec::new(),
        modified: document.last_modified,
        published: document.published,
        state: if rejected { State::Withdrawn } else { State::Published },
        summary: english(&document.descriptions),
        severities,
        statements,
        ssvc: None,
        kev_since: document.cisa_exploit_add,
    })
}

/// The English description (or the first), as one line.
pub(super) fn english(descriptions: &[Description<'_>]) -> String {
    descriptions
        .iter()
        .find(|text| text.lang.starts_with("en"))
        .or(descriptions.first())
        .map(|text| summary_of(&text.value))
        .unwrap_or_default()
}

/// The statement of one configuration, filed under every product that it can accuse. `None` when it
/// accuses none (only platforms, or unreadable names).
pub(super) fn statement(configuration: Configuration<'_>, index: u16) -> Option<Statement<'_>> {
    let rule = rule(configuration, index);
    let criteria = rule.nodes.iter().flat_map(|node| &node.criteria);
    let mut keys: Vec<String> =
        criteria.filter(|found| found.vulnerable).filter_map(|found| cpe_key(&found.cpe)).collect();
    keys.sort();
    keys.dedup();
    (!keys.is_empty()).then_some(Statement { keys, rule: Rule::Cpe(rule) })
}

fn rule(configuration: Configuration<'_>, index: u16) -> CpeRule<'_> {
    let is_and =
        |operator: Option<Text<'_>>| operator.is_some_and(|text| text.eq_ignore_ascii_case("and"));
    let mut nodes = Vec::with_capacity(configuration.nodes.len());
    for (n, node) in configuration.nodes.into_iter().enumerate() {
        let mut criteria = Vec::with_capacity(node.cpe_match.len());
        for (m, found) in node.cpe_match.into_iter().enumerate() {
            let bound = |including: Option<Text<'_>>, excluding: Option<Text<'_>>| match (
                including, excluding,
            ) {
                (Some(at), _) => Some((Text::from(at.0.into_owned()), true)),
                (None, Some(at)) => Some((Text::from(at.0.into_owned()), false)),
                (None, None) => None,
            };
            criteria.push(CpeCriterion {
                at: (n as u16, m as u16),
                vulnerable: found.vulnerable,
                cpe: found.criteria,
                start: bound(found.version_start_including, found.version_start_excluding),
                end: bound(found.version_end_including, found.version_end_excluding),
            });
        }
        nodes.push(CpeNode {
            all: is_and(node.operator),
            negate: node.negate.unwrap_or(false),
            criteria,
            has_children: !node.children.is_empty(),
        });
    }
    CpeRule {
        index,
        all: is_and(configuration.operator),
        negate: configuration.negate.unwrap_or(false),
        nodes,
    }
}

/// Which products are affected, by a record that may hold nothing else.
#[derive(Debug)]
pub struct Claims<'a> {
    /// The record is rejected.
    pub rejected: bool,
    /// Every configuration, also those that accuse no product that can be named.
    pub rules: Vec<CpeRule<'a>>,
}

/// Reads only the configurations: of a `cve` object, of the object that holds one, of a page of the
/// API that holds one, or of a bare list.
pub fn claims(json: &str) -> Result<Claims<'_>, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Claiming<'a> {
        #[serde(borrow)]
        vuln_status: Option<Text<'a>>,
        #[serde(borrow)]
        configurations: Option<Vec<Configuration<'a>>>,
        #[serde(borrow)]
        cve: Option<Box<Claiming<'a>>>,
        #[serde(borrow)]
        vulnerabilities: Option<Vec<Claiming<'a>>>,
    }
    let refused = |what: String| Problem::refusal("nvd_unreadable", "", what, "");
    let unreadable = |error| refused(format!("Not a readable NVD record: {error}."));
    let (mut rejected, mut configurations) = (false, Vec::new());
    if json.trim_start().starts_with('[') {
        configurations = serde_json::from_str(json).map_err(unreadable)?;
    } else {
        let mut at: Claiming<'_> = serde_json::from_str(json).map_err(unreadable)?;
        if let Some(mut page) = at.vulnerabilities.take() {
            at = match (page.pop(), page.len()) {
                (Some(only), 0) => only,
                (_, more) => {
                    let count = if more == 0 { 0 } else { more + 1 };
                    return Err(refused(format!("The page holds {count} records, not one.")));
                }
            };
        }
        if let Some(cve) = at.cve.take() {
            at = *cve;
        }
        rejected = at.vuln_status.is_some_and(|status| status.eq_ignore_ascii_case("rejected"));
        configurations.extend(at.configurations.into_iter().flatten());
    }
    let numbered = configurations.into_iter().enumerate();
    let rules = numbered.map(|(index, one)| rule(one, index as u16)).collect();
    Ok(Claims { rejected, rules })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONDITIONAL: &str = r#"{"id":"CVE-2026-0002","lastModified":"2026-01-02T00:00:00.000","vulnStatus":"Analyzed",
      "descriptions":[{"lang":"es","value":"uno"},{"lang":"en","value":"one"}],
      "metrics":{"cvssMetricV31":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},
      "configurations":[{"operator":"AND","nodes":[
        {"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:o:acme:pump_firmware:*:*:*:*:*:*:*:*","versionEndExcluding":"2.1"}]},
        {"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:h:acme:pump:-:*:*:*:*:*:*:*"}]}]}]}"#;

    #[test]
    fn an_and_configuration_is_conditional_and_filed_under_the_accused_product_only() {
        let record = read(CONDITIONAL).expect("readable");
        assert_eq!(record.summary, "one");
        assert_eq!(record.statements.len(), 1);
        assert_eq!(record.statements[0].keys, ["cpe:acme:pump_firmware"]);
        let Rule::Cpe(rule) = &record.statements[0].rule else { panic!("a CPE rule") };
        assert!(rule.is_conditional());
        assert_eq!(rule.nodes[0].criteria[0].end, Some((Text::from("2.1"), false)));
    }

    #[test]
    fn claims_are_read_in_every_wrapping() {
        let list = r#"[{"nodes":[{"operator":"OR","cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:v:p"}]}]}]"#;
        let cve = format!(r#"{{"vulnStatus":"Rejected","configurations":{list}}}"#);
        for (json, rejected) in [
            (list.to_owned(), false),
            (format!(r#"{{"cve":{cve}}}"#), true),
            (format!(r#"{{"vulnerabilities":[{{"cve":{cve}}}]}}"#), true),
            (cve, true),
        ] {
            let read = claims(&json).expect("readable");
            assert_eq!((read.rejected, read.rules.len()), (rejected, 1), "{json}");
        }
        assert!(
            claims(r#"{"vulnerabilities":[]}"#).is_err(),
            "no record is not a record that clears"
        );
    }

    #[test]
    fn a_rejected_record_is_withdrawn() {
        let record = read(r#"{"id":"CVE-2026-0003","vulnStatus":"Rejected"}"#).expect("readable");
        assert_eq!(record.state, State::Withdrawn);
    }
}
