//! NVD records (API 2.0, one `cve` object).

use super::{
    CpeCriterion, CpeNode, CpeRule, Record, Rule, Severity, Source, State, Statement, Text,
    cpe_key, summary_of,
};
use aftercare_vocab::{cvss::base_score_tenths, problem::Problem};
use serde::Deserialize;
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
    let is_and =
        |operator: Option<Text<'_>>| operator.is_some_and(|text| text.eq_ignore_ascii_case("and"));
    let mut keys = Vec::new();
    let mut nodes = Vec::with_capacity(configuration.nodes.len());
    for (n, node) in configuration.nodes.into_iter().enumerate() {
        let mut criteria = Vec::with_capacity(node.cpe_match.len());
        for (m, found) in node.cpe_match.into_iter().enumerate() {
            if found.vulnerable {
                keys.extend(cpe_key(&found.criteria));
            }
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
        });
    }
    keys.sort();
    keys.dedup();
    (!keys.is_empty()).then(|| Statement {
        keys,
        rule: Rule::Cpe(CpeRule {
            index,
            all: is_and(configuration.operator),
            negate: configuration.negate.unwrap_or(false),
            nodes,
        }),
    })
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
    fn a_rejected_record_is_withdrawn() {
        let record = read(r#"{"id":"CVE-2026-0003","vulnStatus":"Rejected"}"#).expect("readable");
        assert_eq!(record.state, State::Withdrawn);
    }
}
