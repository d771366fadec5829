//! What is measured: one function for each row of [`super::BENCHMARKS`].

use super::peers;
use super::{Bench, Line};
use crate::process;
use crate::product;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Components of the two documents that `check` is timed on.
const SMALL: usize = 1_000;
const LARGE: usize = 56_000;

/// Versions, components in each and units of the generated fields: a hundredth, a tenth, and the
/// whole of the size that the product is built for.
const FIELDS: [(&str, usize, usize, usize); 3] = [
    ("1x", 100, 5_000, 10_000),
    ("10x", 1_000, 5_000, 100_000),
    ("100x", 10_000, 5_000, 1_000_000),
];

/// Folders of the snapshot that hold vulnerability knowledge.
const SOURCES: [&str; 6] = ["nvd", "osv", "kev", "epss", "ssvc", "csaf"];

impl Bench<'_> {
    fn sources(&self) -> Result<Vec<PathBuf>> {
        let data = self.workspace.shared_data();
        let sources: Vec<PathBuf> = SOURCES.iter().map(|name| data.join(name)).collect();
        match sources.iter().find(|path| !path.is_dir()) {
            Some(missing) => bail!("there is no {}: nothing to measure with", missing.display()),
            None => Ok(sources),
        }
    }

    /// The data folder with an edition of all sources; built once in a run.
    pub(super) fn data(&mut self) -> Result<PathBuf> {
        let folder = self.workspace.scratch("bench")?.join("data");
        if !folder.join("corpus/current").is_file() {
            let command = self.import(&folder)?;
            if process::live(command, &mut self.log, |_| false)? != 0 {
                bail!("the snapshot was not imported");
            }
        }
        Ok(folder)
    }

    fn import(&self, folder: &Path) -> Result<Command> {
        let mut command = product::command(self.workspace, &self.binary);
        command.arg("--data").arg(folder).args(["corpus", "import"]).args(self.sources()?);
        Ok(command)
    }

    pub(super) fn edition(&mut self) -> Result<PathBuf> {
        let corpus = self.data()?.join("corpus");
        let current = std::fs::read_to_string(corpus.join("current"))?;
        let digest = current.trim().trim_start_matches("sha256:");
        Ok(corpus.join(format!("{digest}.edition")))
    }

    /// The measuring program of the test kit, built for release, and what it says.
    pub(super) fn inside(&mut self, arguments: &[&std::ffi::OsStr]) -> Result<Value> {
        self.inside_with(arguments, &[])
    }

    /// The same with something in its surroundings.
    pub(super) fn inside_with(
        &mut self,
        arguments: &[&std::ffi::OsStr],
        surroundings: &[(&str, &str)],
    ) -> Result<Value> {
        let mut build = self.workspace.cargo();
        build.args(["build", "--release", "--package", "aftercare-testkit", "--bin", "measure"]);
        if process::live(build, &mut self.log, |line| line.contains("error"))? != 0 {
            bail!("the measuring program does not build");
        }
        let mut command = Command::new(self.workspace.target.join("release/measure"));
        command.args(arguments).envs(surroundings.iter().copied());
        let said = process::captured(command)?;
        serde_json::from_str(&said).with_context(|| format!("reading `{said}`"))
    }
}

/// `check` on an SBOM of the same crates as the peer's lock file, and on a very large one.
pub fn check(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let data = bench.data()?;
    let scratch = bench.workspace.scratch("bench")?;
    let audit = peers::cargo_audit(bench.workspace, &mut bench.log)?;
    let advisories = scratch.join("advisory-db");
    let known = peers::advisory_database(bench.workspace, &advisories)?;
    let packages = crates_with_versions(bench)?;
    let mut lines = Vec::new();
    for (wanted, runs_peer) in [(SMALL, true), (LARGE, false)] {
        let document = scratch.join(format!("{wanted}.cdx.json"));
        std::fs::write(&document, serde_json::to_vec(&document_of(&packages, wanted))?)?;
        let binary = bench.binary.clone();
        let workspace = bench.workspace;
        let cost = bench.stopwatch.measure(&[0], || {
            let mut command = product::command(workspace, &binary);
            command.arg("--data").arg(&data).arg("check").arg(&document).args(["--format", "json"]);
            command
        })?;
        lines.push(Line {
            subject: "aftercare check".into(),
            input: format!("{wanted} crates as CycloneDX, edition of all sources"),
            cost: Some(cost),
            result: String::new(),
        });
        if runs_peer {
            let lock = scratch.join("Cargo.lock");
            std::fs::write(&lock, lock_of(&packages, wanted))?;
            let cost = bench.stopwatch.measure(&[0, 1], || {
                let mut command = Command::new(&audit);
                command.args(["audit", "--no-fetch", "--stale", "--json", "--db"]).arg(&advisories);
                command.arg("--file").arg(&lock);
                command
            })?;
            lines.push(Line {
                subject: "cargo-audit".into(),
                input: format!("the same {wanted} crates as Cargo.lock, {known} advisories"),
                cost: Some(cost),
                result: String::new(),
            });
        }
    }
    Ok(lines)
}

/// Real crate names and versions: those of this workspace's lock file, then the names that the
/// advisories know, in several versions each, so that most look-ups find something to compare.
fn crates_with_versions(bench: &Bench<'_>) -> Result<Vec<(String, String)>> {
    let mut packages: Vec<(String, String)> = bench
        .workspace
        .resolved()?
        .packages
        .iter()
        .filter(|package| package.source.is_some())
        .map(|package| (package.name.clone(), package.version.clone()))
        .collect();
    let mut names: Vec<String> = packages.iter().map(|(name, _)| name.clone()).collect();
    names.sort();
    names.dedup();
    let mut number = 0;
    while packages.len() < LARGE {
        let name = &names[number % names.len()];
        let turn = number / names.len();
        packages.push((name.clone(), format!("{}.{}.{}", turn % 3, turn % 41, turn)));
        number += 1;
    }
    Ok(packages)
}

fn document_of(packages: &[(String, String)], count: usize) -> Value {
    let components: Vec<Value> = packages
        .iter()
        .take(count)
        .map(|(name, version)| {
            let purl = format!("pkg:cargo/{name}@{version}");
            json!({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
        })
        .collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components})
}

fn lock_of(packages: &[(String, String)], count: usize) -> String {
    let mut lock = String::from("version = 4\n");
    let mut sorted: Vec<_> = packages.iter().take(count).collect();
    sorted.sort();
    sorted.dedup();
    for (name, version) in sorted {
        lock += &format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
        );
    }
    lock
}

/// Building the edition from all sources, beside parsing the same documents and keeping nothing.
pub fn import(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let folder = bench.workspace.scratch("bench")?.join("import");
    let command = bench.import(&folder)?;
    let arguments: Vec<_> = command.get_args().map(std::ffi::OsStr::to_owned).collect();
    let (binary, workspace) = (bench.binary.clone(), bench.workspace);
    let cost = bench.stopwatch.measure(&[0], || {
        let _gone = std::fs::remove_dir_all(&folder);
        let mut command = product::command(workspace, &binary);
        command.args(&arguments);
        command
    })?;
    let sources = bench.sources()?;
    let mut words = vec![std::ffi::OsStr::new("parse")];
    words.extend(sources.iter().map(|path| path.as_os_str()));
    let bare = bench.inside(&words)?;
    let bytes = bare["bytes"].as_f64().unwrap_or_default();
    let rate = |seconds: f64| format!("{:.0} MB/s", bytes / 1e6 / seconds);
    Ok(vec![
        Line {
            subject: "aftercare corpus import".into(),
            input: format!("{:.0} MB of JSON unpacked, and EPSS", bytes / 1e6),
            result: rate(cost.wall.as_secs_f64()),
            cost: Some(cost),
        },
        Line {
            subject: "serde_json, values kept by nobody".into(),
            input: format!("the same {} documents, parsing only", bare["documents"]),
            cost: None,
            result: rate(bare["seconds"].as_f64().unwrap_or(f64::NAN)),
        },
    ])
}

/// Opening an edition and looking packages and products up in it.
pub fn lookups(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let edition = bench.edition()?;
    let said = bench.inside(&["lookups".as_ref(), edition.as_os_str()])?;
    let line = |what: &str, figure: String| Line {
        subject: "edition of all sources".into(),
        input: what.into(),
        cost: None,
        result: figure,
    };
    Ok(vec![
        line("opening", format!("{:.1} ms", said["open_ms"].as_f64().unwrap_or(f64::NAN))),
        line("look-ups of existing keys, one core", format!("{}/s", said["hits_per_s"])),
        line("look-ups of missing keys, one core", format!("{}/s", said["misses_per_s"])),
    ])
}

/// The reach of one vulnerability over a generated field at three sizes.
pub fn reach(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (name, versions, components, units) in FIELDS {
        if name != "1x" && !bench.full {
            lines.push(Line {
                subject: format!("reach of one vulnerability, {name}"),
                input: format!("{versions} versions of {components} components, {units} units"),
                cost: None,
                result: "not measured: run with `--full` (filling takes long)".into(),
            });
            continue;
        }
        let folder = bench.workspace.fresh_scratch("reach")?;
        let numbers = [versions, components, units].map(|number| number.to_string());
        let mut words = vec!["reach".as_ref(), folder.as_os_str()];
        words.extend(numbers.iter().map(|number| std::ffi::OsStr::new(number.as_str())));
        let said = bench.inside(&words)?;
        lines.push(Line {
            subject: format!("reach of one vulnerability, {name}"),
            input: format!(
                "{versions} versions, {} component instances, {units} units",
                said["instances"]
            ),
            cost: None,
            result: format!(
                "{:.0} ms (slowest {:.0} ms); filling took {} s",
                said["first_page_ms"].as_f64().unwrap_or(f64::NAN),
                said["slowest_ms"].as_f64().unwrap_or(f64::NAN),
                said["fill_s"],
            ),
        });
        let _gone = std::fs::remove_dir_all(&folder);
    }
    Ok(lines)
}

/// The first version after which a crate is repaired, by advisory, as the peer's format wants it.
pub(super) fn repaired(record: &Value) -> Option<(String, Vec<String>, Vec<String>)> {
    let affected = record["affected"].as_array()?.first()?;
    let name = affected["package"]["name"].as_str()?.to_owned();
    let (mut patched, mut unaffected) = (Vec::new(), Vec::new());
    let mut versions: BTreeMap<&str, &str> = BTreeMap::new();
    for range in affected["ranges"].as_array()? {
        for event in range["events"].as_array()? {
            for (kind, at) in event.as_object()? {
                versions.insert(kind, at.as_str()?);
            }
        }
    }
    if let Some(fixed) = versions.get("fixed") {
        patched.push(format!(">= {fixed}"));
    }
    if let Some(introduced) = versions.get("introduced").filter(|at| !at.starts_with("0.0.0-0")) {
        unaffected.push(format!("< {introduced}"));
    }
    Some((name, patched, unaffected))
}
