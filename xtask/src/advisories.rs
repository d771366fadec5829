//! Known vulnerabilities in what we build with, found by our own product.
//!
//! The locked crates become a CycloneDX document; the built `aftercare` imports the public
//! snapshot of the crate ecosystem and checks the document against it. What we accept for a while
//! stands in `xtask/advisories.toml`, with a reason and a last day.

use crate::calendar;
use crate::process::{self, Log};
use crate::product;
use crate::tally::{Outcome, Tally};
use crate::workspace::{Metadata, Workspace};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const EXCEPTIONS: &str = "xtask/advisories.toml";

/// What the product's `check` answers with; other codes are trouble. See its `--help`.
const NOTHING_FOUND: i32 = 0;
const FOUND: i32 = 1;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    #[serde(default)]
    accepted: Vec<Accepted>,
}

/// A finding we live with until a day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    id: String,
    reason: String,
    /// The last day, `YYYY-MM-DD`.
    until: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    id: String,
    answer: String,
    component: Component,
}

#[derive(Debug, Deserialize)]
struct Component {
    name: String,
    version: Option<String>,
}

pub fn check(workspace: &Workspace, log: &mut Log) -> Result<Outcome> {
    let snapshot = workspace.shared_data().join("osv/crates.io/all.zip");
    if !snapshot.is_file() {
        return Ok(Outcome::NotRun(
            "no snapshot of advisories: ../shared/data/osv/crates.io/all.zip is absent".into(),
        ));
    }
    let exceptions = read_exceptions(workspace)?;
    let binary = product::built(workspace, log)?;
    let folder = workspace.fresh_scratch("advisories")?;
    let document = folder.join("aftercare.cdx.json");
    let bill = bill_of_materials(&workspace.resolved()?);
    std::fs::write(&document, serde_json::to_vec_pretty(&bill)?).context("writing the document")?;

    let data = folder.join("data");
    let mut import = product::command(workspace, &binary);
    import.arg("--data").arg(&data).args(["corpus", "import"]).arg(&snapshot);
    if process::live(import, log, |_| true)? != 0 {
        bail!("the snapshot of advisories was not imported");
    }
    let mut check = product::command(workspace, &binary);
    check.arg("--data").arg(&data).arg("check").arg(&document);
    check.args(["--format", "json", "--fail-on", "affected"]);
    log.say(&format!("$ {}", process::line_of(&check)))?;
    let output = check.output().context("starting the product")?;
    let code = output.status.code().unwrap_or(128);
    if code != NOTHING_FOUND && code != FOUND {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`aftercare check` ended with code {code}: {}", process::tail(&said, 12));
    }
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .context("reading the answer of `aftercare check`")?;
    let affected = answer.findings.iter().any(|finding| finding.answer == "affected");
    if affected != (code == FOUND) {
        bail!("`aftercare check` ended with code {code}, but its findings say otherwise");
    }
    let problems = judge(&answer.findings, &exceptions.accepted, &calendar::today());
    for problem in &problems {
        log.say(problem)?;
    }
    let components = bill["components"].as_array().map_or(0, Vec::len);
    let passed = u64::from(problems.is_empty());
    let tally = Tally { passed, failed: problems.len() as u64, notes: vec![] };
    Ok(Outcome::Ran(
        tally.note(format!(
            "{components} crates, {} accepted for a while",
            exceptions.accepted.len()
        )),
    ))
}

fn read_exceptions(workspace: &Workspace) -> Result<Exceptions> {
    let path = workspace.root.join(EXCEPTIONS);
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {EXCEPTIONS}"))?;
    toml::from_str(&text).with_context(|| format!("reading {EXCEPTIONS}"))
}

/// What must be acted on. An answer that is not known is a finding too: unknown is not safe.
fn judge(findings: &[Finding], accepted: &[Accepted], today: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut met = BTreeSet::new();
    for finding in findings.iter().filter(|finding| finding.answer != "not_affected") {
        if accepted.iter().any(|exception| exception.id == finding.id) {
            met.insert(finding.id.as_str());
            continue;
        }
        problems.push(format!(
            "{} {}: {} by {}; update the crate, or accept it with a reason in {EXCEPTIONS}",
            finding.component.name,
            finding.component.version.as_deref().unwrap_or("(no version)"),
            finding.answer,
            finding.id,
        ));
    }
    for exception in accepted {
        let Accepted { id, reason, until } = exception;
        if reason.trim().is_empty() {
            problems.push(format!("{EXCEPTIONS}: {id} has no reason"));
        }
        if !calendar::is_date(until) {
            problems.push(format!("{EXCEPTIONS}: {id}: `{until}` is not a date like 2026-11-23"));
        } else if until.as_str() < today {
            problems.push(format!("{EXCEPTIONS}: {id} was accepted until {until}; decide again"));
        }
        if !met.contains(id.as_str()) {
            problems.push(format!("{EXCEPTIONS}: {id} is no longer found; remove it"));
        }
    }
    problems
}

/// The locked foreign crates as CycloneDX 1.6 (ECMA-424).
fn bill_of_materials(metadata: &Metadata) -> Value {
    let foreign: Vec<_> = metadata.packages.iter().filter(|p| p.source.is_some()).collect();
    let purl =
        |name: &str, version: &str| format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"));
    let reference = |id: &str| {
        let package = foreign.iter().find(|package| package.id == id)?;
        Some(purl(&package.name, &package.version))
    };
    let components: Vec<Value> = foreign
        .iter()
        .map(|package| {
            let purl = purl(&package.name, &package.version);
            json!({
                "type": "library",
                "bom-ref": purl,
                "name": package.name,
                "version": package.version,
                "purl": purl,
                "licenses": package.license.iter()
                    .map(|text| json!({ "expression": text.replace('/', " OR ") }))
                    .collect::<Vec<_>>(),
            })
        })
        .collect();
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let dependencies: Vec<Value> = nodes
        .filter_map(|node| {
            let to: Vec<String> =
                node.deps.iter().filter_map(|edge| reference(&edge.pkg)).collect();
            Some(json!({ "ref": reference(&node.id)?, "dependsOn": to }))
        })
        .collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": {
            "type": "application", "bom-ref": "aftercare", "name": "aftercare",
        } },
        "components": components,
        "dependencies": dependencies,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(id: &str, answer: &str) -> Finding {
        let component = Component { name: "smallvec".into(), version: Some("1.6.0".into()) };
        Finding { id: id.into(), answer: answer.into(), component }
    }

    fn accepted(id: &str, until: &str) -> Accepted {
        Accepted { id: id.into(), reason: "not reachable".into(), until: until.into() }
    }

    #[test]
    fn affected_and_unknown_are_findings_not_affected_is_none() {
        let findings = [
            finding("A-1", "affected"),
            finding("A-2", "undetermined"),
            finding("A-3", "not_affected"),
        ];
        let problems = judge(&findings, &[], "2026-11-23");
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("smallvec 1.6.0") && problems[0].contains("A-1"));
        assert!(problems[1].contains("undetermined"));
    }

    #[test]
    fn an_accepted_finding_passes_through_its_last_day() {
        let findings = [finding("A-1", "affected")];
        let until = [accepted("A-1", "2026-11-23")];
        assert_eq!(judge(&findings, &until, "2026-11-23"), Vec::<String>::new());
        assert_eq!(judge(&findings, &until, "2026-11-24").len(), 1);
    }

    #[test]
    fn a_stale_or_careless_exception_fails() {
        assert_eq!(judge(&[], &[accepted("A-1", "2027-01-01")], "2026-11-23").len(), 1);
        let findings = [finding("A-1", "affected")];
        assert_eq!(judge(&findings, &[accepted("A-1", "later")], "2026-11-23").len(), 1);
        let mut careless = accepted("A-1", "2027-01-01");
        careless.reason = " ".into();
        assert_eq!(judge(&findings, &[careless], "2026-11-23").len(), 1);
    }

    #[test]
    fn the_document_names_foreign_crates_only_and_their_edges() {
        let metadata: Metadata = serde_json::from_value(json!({
            "workspace_root": "/r", "target_directory": "/t",
            "packages": [
                { "id": "own", "name": "own", "version": "0.1.0", "manifest_path": "/r/Cargo.toml" },
                { "id": "a", "name": "a", "version": "1.0.0+x", "source": "registry", "license": "MIT/ISC",
                  "manifest_path": "/a" },
                { "id": "b", "name": "b", "version": "2.0.0", "source": "registry", "manifest_path": "/b" },
            ],
            "resolve": { "nodes": [
                { "id": "own", "deps": [{ "pkg": "a", "dep_kinds": [{ "kind": null }] }] },
                { "id": "a", "deps": [{ "pkg": "b", "dep_kinds": [{ "kind": null }] }] },
            ] },
        }))
        .unwrap();
        let bill = bill_of_materials(&metadata);
        assert_eq!(bill["components"].as_array().unwrap().len(), 2);
        assert_eq!(bill["components"][0]["purl"], "pkg:cargo/a@1.0.0%2Bx");
        assert_eq!(bill["components"][0]["licenses"][0]["expression"], "MIT OR ISC");
        assert_eq!(
            bill["dependencies"],
            json!([{ "ref": "pkg:cargo/a@1.0.0%2Bx", "dependsOn": ["pkg:cargo/b@2.0.0"] }])
        );
    }
}
