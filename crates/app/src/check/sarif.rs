//! The report as SARIF 2.1.0 (OASIS), for code hosting services and editors.
//!
//! One rule for each vulnerability; a result for each finding. Affected and undetermined weigh the
//! same: `error` from 7.0 on, for what is exploited and for what has no score; else `warning`. What is
//! not covered is a `note`. All results are of kind `fail`, since any other kind forbids a level
//! (section 3.27.10).

use super::table::{because, edition, rating, score};
use crate::paper;
use aftercare_desk::check::{Finding, Gap, Named, Report};
use aftercare_vocab::{digest::Digest, verdict::Verdict};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// From this score (in tenths) on a finding is an error.
const ERROR_FROM: u8 = 70;

/// The log, its keys in the order of the alphabet.
#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [Run<'a>; 1],
    version: &'static str,
}

#[derive(Serialize)]
struct Run<'a> {
    invocations: Value,
    properties: Value,
    results: Results<'a>,
    tool: Value,
}

/// Results are made when they are written: of a million findings they would take gigabytes.
struct Results<'a> {
    report: &'a Report,
    index: BTreeMap<&'a str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let findings = self.report.findings.iter().map(|of| finding(of, &self.index));
        to.collect_seq(
            findings.chain(self.report.not_covered.iter().map(|of| gap(of, &self.index))),
        )
    }
}

/// Writes the SARIF log.
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    for finding in &report.findings {
        if !rules.contains_key(&*finding.verdict.id) {
            rules.insert(finding.verdict.id.to_string(), rule(&finding.verdict));
        }
    }
    for gap in &report.not_covered {
        rules.entry(gap_rule(gap)).or_insert_with(|| {
            json!({
                "id": gap_rule(gap),
                "shortDescription": {"text": "Component not covered: nothing is known about it"},
                "defaultConfiguration": {"level": "note"},
            })
        });
    }
    let index: BTreeMap<&str, usize> =
        rules.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let notifications: Vec<Value> = report
        .refused
        .iter()
        .flat_map(|refused| {
            refused.problems.iter().map(|problem| {
                json!({
                    "level": "error",
                    "message": {"text": problem.to_string()},
                    "descriptor": {"id": problem.code},
                    "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(&refused.file)}}}],
                })
            })
        })
        .collect();
    let run = Run {
        invocations: json!([{
            "executionSuccessful": report.refused.is_empty(),
            "toolExecutionNotifications": notifications,
        }]),
        properties: json!({
            "engine": report.engine,
            "edition": report.edition.id,
            "editionNote": edition(&report.edition),
        }),
        results: Results { report, index },
        tool: json!({"driver": {
            "name": "Aftercare",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.values().collect::<Vec<_>>(),
        }}),
    };
    paper::write_json(out, &Log { schema: SCHEMA, runs: [run], version: "2.1.0" })
}

fn rule(verdict: &Verdict) -> Value {
    let text = if verdict.summary.is_empty() { &verdict.id } else { &verdict.summary };
    let mut properties = json!({"tags": ["security"], "aliases": verdict.aliases});
    if let Some(tenths) = verdict.score_tenths {
        properties["security-severity"] = score(tenths).into();
    }
    json!({
        "id": verdict.id,
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": level(verdict)},
        "properties": properties,
    })
}

fn level(verdict: &Verdict) -> &'static str {
    let grave = verdict.score_tenths.is_none_or(|tenths| tenths >= ERROR_FROM);
    if grave || verdict.kev_since.is_some() { "error" } else { "warning" }
}

fn finding(finding: &Finding, index: &BTreeMap<&str, usize>) -> Value {
    let verdict = &finding.verdict;
    let (score, severity) = rating(verdict);
    let reason = verdict.because.first().map(|reason| because(reason, false)).unwrap_or_default();
    let repaired = match verdict.fixed_in.as_slice() {
        [] => String::new(),
        fixed => format!(" Fixed in {}.", fixed.join(", ")),
    };
    let message = format!(
        "{}: {} by {} ({score} {severity}). {reason}.{repaired}",
        finding.component.shown(),
        verdict.answer.shown().to_lowercase(),
        verdict.id,
    );
    json!({
        "ruleId": verdict.id,
        "ruleIndex": index.get(&*verdict.id),
        "level": level(verdict),
        "message": {"text": message},
        "locations": [location(&finding.file, &finding.component)],
        "partialFingerprints": {"component/v1": fingerprint(&verdict.id, &finding.component)},
        "properties": {
            "answer": verdict.answer,
            "knownExploitedSince": verdict.kev_since,
            "epss": verdict.epss.map(|part| f64::from(part) / 100_000.0),
        },
    })
}

fn gap_rule(gap: &Gap) -> String {
    format!("not-covered/{}", gap.why.code)
}

fn gap(gap: &Gap, index: &BTreeMap<&str, usize>) -> Value {
    let rule = gap_rule(gap);
    json!({
        "ruleId": rule,
        "ruleIndex": index.get(rule.as_str()),
        "level": "note",
        "message": {"text": format!("{}: not covered. {}", gap.component.shown(), gap.why.why)},
        "locations": [location(&gap.file, &gap.component)],
        "partialFingerprints": {"component/v1": fingerprint(&rule, &gap.component)},
    })
}

fn location(file: &str, component: &Named) -> Value {
    json!({
        "physicalLocation": {"artifactLocation": {"uri": uri(file)}},
        "logicalLocations": [{
            "name": component.shown(),
            "fullyQualifiedName": component.place,
            "kind": "object",
        }],
    })
}

/// The same while rule, component and version stay the same, wherever in the document they stand.
fn fingerprint(rule: &str, component: &Named) -> String {
    let version = component.version.as_deref().unwrap_or_default();
    let identity = component.identity.as_deref().unwrap_or_default();
    Digest::of([rule, &component.name, version, identity].join("\n").as_bytes()).hex()
}

/// A file name as a URI reference (RFC 3986): everything but unreserved characters and slashes is
/// percent-encoded.
fn uri(file: &str) -> String {
    let mut out = String::from(if file.starts_with('/') { "file://" } else { "" });
    for byte in if file == "-" { "stdin" } else { file }.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_become_uri_references() {
        assert_eq!(uri("sboms/pump a.json"), "sboms/pump%20a.json");
        assert_eq!(uri("/srv/é:x"), "file:///srv/%C3%A9%3Ax");
        assert_eq!(uri("-"), "stdin");
    }
}
