//! Recorded answers of the OSV service, and the exact vectors of CPE criteria.

use super::{Asked, Score};
use crate::process;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

/// Ecosystems that are complete in the snapshot: only there is a miss a miss.
const COMPLETE: [&str; 3] = ["Go", "PyPI", "crates.io"];

/// OSV's name of an ecosystem and the beginning of its package URLs.
const PURLS: [(&str, &str); 9] = [
    ("Go", "pkg:golang/"),
    ("PyPI", "pkg:pypi/"),
    ("crates.io", "pkg:cargo/"),
    ("npm", "pkg:npm/"),
    ("Maven", "pkg:maven/"),
    ("RubyGems", "pkg:gem/"),
    ("NuGet", "pkg:nuget/"),
    ("Packagist", "pkg:composer/"),
    ("Hackage", "pkg:hackage/"),
];

/// The answers for one ecosystem.
#[derive(Debug, Default)]
pub struct Ecosystem {
    pub queries: usize,
    pub score: Score,
    pub undetermined: usize,
    pub is_complete: bool,
}

/// Figures by ecosystem of the recorded answers.
pub fn measure(asked: &Asked<'_>, scratch: &Path) -> Result<BTreeMap<String, Ecosystem>> {
    let rows = asked.lines("osv-querybatch.jsonl")?;
    let mut components = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        // The name carries the row's number, by which its findings are found again.
        let mut component =
            json!({"type": "library", "name": format!("row {index}"), "version": text("version")});
        if let Some(purl) = purl(text("ecosystem"), text("name"), text("version")) {
            component["purl"] = json!(purl);
        }
        components.push(component);
    }
    let bill = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components});
    let file = scratch.join("queries.cdx.json");
    std::fs::write(&file, bill.to_string())?;
    let mut found: BTreeMap<String, Vec<(BTreeSet<String>, bool)>> = BTreeMap::new();
    for finding in asked.check(&[file])?.findings {
        found.entry(finding.name).or_default().push((finding.ids, finding.is_affected));
    }
    let mut ecosystems: BTreeMap<String, Ecosystem> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let full = row["ecosystem"].as_str().unwrap_or_default();
        let name = full.split(':').next().unwrap_or(full);
        let ids = |key: &str| -> Vec<&str> {
            row[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let (expected, in_snapshot) = (ids("expected_ids"), ids("expected_in_snapshot"));
        let reported = found.get(&format!("row {index}")).map_or(&[][..], Vec::as_slice);
        let entry = ecosystems.entry(name.to_owned()).or_default();
        entry.is_complete = COMPLETE.contains(&name);
        entry.queries += 1;
        entry.undetermined += reported.iter().filter(|(_, is_affected)| !is_affected).count();
        let affected = || reported.iter().filter(|(_, is_affected)| *is_affected);
        for id in in_snapshot {
            if affected().any(|(ids, _)| ids.contains(id)) {
                entry.score.right += 1;
            } else {
                entry.score.missed += 1;
            }
        }
        if row["paged"] == json!(false) {
            let unexpected = |ids: &BTreeSet<String>| expected.iter().all(|id| !ids.contains(*id));
            entry.score.wrong += affected().filter(|(ids, _)| unexpected(ids)).count();
        }
    }
    Ok(ecosystems)
}

fn purl(ecosystem: &str, name: &str, version: &str) -> Option<String> {
    if let Some((base, release)) = ecosystem.split_once(':') {
        let (ty, space) = match base {
            "Debian" => ("deb", "debian"),
            "Ubuntu" => ("deb", "ubuntu"),
            "Alpine" => ("apk", "alpine"),
            _ => return None,
        };
        let (name, version) = (escaped(name), escaped(version));
        let release = release.trim_start_matches('v');
        return Some(format!("pkg:{ty}/{space}/{name}@{version}?distro={space}-{release}"));
    }
    let (_, lead) = PURLS.iter().find(|(known, _)| *known == ecosystem)?;
    let path = name.replace(':', "/").split('/').map(escaped).collect::<Vec<_>>().join("/");
    Some(format!("{lead}{path}@{}", escaped(version)))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                out.push(char::from(byte));
            }
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

/// A set of vectors of which every row must be right.
#[derive(Debug)]
pub struct Vectors {
    pub name: &'static str,
    pub rows: usize,
    pub wrong: usize,
}

/// The CPE vectors, through `aftercare nvd eval --json-lines`.
pub fn vectors(asked: &Asked<'_>, scratch: &Path) -> Result<Vec<Vectors>> {
    let mut all = Vec::new();
    for (name, file) in [
        ("CPE criteria with a range", "cpe-range-vectors.jsonl.gz"),
        ("CPE configurations", "cpe-configuration-vectors.jsonl.gz"),
    ] {
        let rows = asked.lines(file)?;
        let questions: Vec<String> = rows.iter().map(|row| question(row).to_string()).collect();
        let path = scratch.join("questions.jsonl");
        std::fs::File::create(&path)?.write_all(questions.join("\n").as_bytes())?;
        let mut command = asked.product();
        command.args(["nvd", "eval", "--json-lines"]);
        command.stdin(Stdio::from(std::fs::File::open(&path)?));
        let said = process::captured_fed(command).context("asking `nvd eval`")?;
        let answers =
            said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_default());
        let right =
            rows.iter().zip(answers).filter(|(row, said)| said["affected"] == row["expected"]);
        all.push(Vectors { name, rows: rows.len(), wrong: rows.len() - right.count() });
    }
    Ok(all)
}

fn question(row: &Value) -> Value {
    if row["configurations"].is_array() {
        return json!({"configurations": row["configurations"], "cpes": row["inventory"]});
    }
    let mut criterion = row.clone();
    criterion["vulnerable"] = json!(true);
    let (criteria, version) = (row["criteria"].as_str(), row["version"].as_str());
    let cpe = criteria.unwrap_or_default().replacen(
        ":*:",
        &format!(":{}:", version.unwrap_or_default()),
        1,
    );
    json!({"configurations": [{"nodes": [{"operator": "OR", "cpeMatch": [criterion]}]}], "cpes": [cpe]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_asked_by_package_url() {
        for (ecosystem, name, version, wanted) in [
            ("npm", "@angular/core", "1.0.0", Some("pkg:npm/%40angular/core@1.0.0")),
            ("Maven", "org.x:y", "1+b", Some("pkg:maven/org.x/y@1%2Bb")),
            ("Debian:12", "curl", "7-1", Some("pkg:deb/debian/curl@7-1?distro=debian-12")),
            ("Alpine:v3.19", "musl", "1", Some("pkg:apk/alpine/musl@1?distro=alpine-3.19")),
            ("openSUSE:Leap 15.5", "x", "1", None),
        ] {
            assert_eq!(purl(ecosystem, name, version).as_deref(), wanted);
        }
    }
}
