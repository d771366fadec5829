//! SBOMs, large ones, in every form: reading beside bare parsing, matching, checking, storing. The documents are
//! made from the components of a real one.

use super::{Bench, Line};
use crate::product;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The real document whose components stand in the large ones.
const SOURCE: &str = "sbom/large/merged-16267.cdx.json.zst";

/// Components of the documents in each form: those of the largest real document met so far.
const COMPONENTS: usize = 56_600;

/// Files of the forms, as `aftercare_testkit::forms` names them.
const FORMS: [&str; 12] = [
    "large.cdx.json",
    "large.cdx.xml",
    "large.spdx.json",
    "large.spdx.yaml",
    "large.spdx",
    "large.spdx.rdf",
    "large.spdx3.json",
    "large.csv",
    "large.xlsx",
    "status",
    "installed",
    "rpm.txt",
];

/// Documents that are checked as wholes, with their components. The last says nothing but what is matched, so that
/// of its size it gives the most components and findings.
const CHECKED: [(&str, usize); 3] =
    [("large.cdx.json", COMPONENTS), ("larger.cdx.json", 296_000), ("bare.cdx.json", 1_060_000)];

/// Reading, matching, checking and storing.
pub fn sbom(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let data = bench.data()?;
    let edition = bench.edition()?;
    let folder = bench.workspace.scratch("bench")?.join("sbom");
    std::fs::create_dir_all(&folder)?;
    let mut lines = Vec::new();
    for form in FORMS {
        let file = written(bench, &folder, form, COMPONENTS)?;
        let said = bench.inside(&["read".as_ref(), file.as_os_str()])?;
        lines.push(reading(&said));
    }
    let file = written(bench, &folder, CHECKED[0].0, CHECKED[0].1)?;
    let said = bench.inside(&["match".as_ref(), edition.as_os_str(), file.as_os_str()])?;
    let (components, seconds) = (figure(&said, "components"), figure(&said, "seconds"));
    lines.push(Line {
        subject: "matching alone, one core".into(),
        input: format!("{components} components, {} verdicts", said["verdicts"]),
        cost: None,
        result: format!("{:.0} components/s", components / seconds),
    });
    for (name, count) in CHECKED {
        let file = written(bench, &folder, name, count)?;
        let size = std::fs::metadata(&file)?.len() as f64 / 1e6;
        let report = folder.join("report.json");
        let (binary, workspace) = (bench.binary.clone(), bench.workspace);
        let cost = bench.stopwatch.measure(&[0], || {
            let mut command = product::command(workspace, &binary);
            command.arg("--data").arg(&data).args(["check", "--format", "json", "--output"]);
            command.arg(&report).arg(&file);
            command
        })?;
        let findings = counted(&report)?;
        lines.push(Line {
            subject: "aftercare check".into(),
            input: format!("{size:.0} MB, {count} components"),
            cost: Some(cost),
            result: format!("{findings} findings"),
        });
    }
    let digest = edition.file_stem().context("the edition's name")?.to_owned();
    let place = bench.workspace.fresh_scratch("bench-store")?;
    let corpus = data.join("corpus");
    let words: [&OsStr; 5] =
        ["store".as_ref(), corpus.as_ref(), digest.as_ref(), file.as_ref(), place.as_ref()];
    let said = bench.inside(&words);
    let _gone = std::fs::remove_dir_all(&place);
    let said = said?;
    lines.push(Line {
        subject: "received, matched and stored (SQLite)".into(),
        input: format!("the same {} components", said["components"]),
        cost: None,
        result: format!(
            "{:.1} s, {:.1} s of a processor; of these received in {:.1} s ({:.1} s)",
            figure(&said, "whole_s"),
            figure(&said, "whole_processor_s"),
            figure(&said, "received_s"),
            figure(&said, "received_processor_s"),
        ),
    });
    Ok(lines)
}

/// The document of this name, made if it is not there yet.
fn written(bench: &mut Bench<'_>, folder: &Path, name: &str, count: usize) -> Result<PathBuf> {
    let file = folder.join(name);
    if !file.is_file() {
        let source = bench.workspace.shared_data().join(SOURCE);
        let count = count.to_string();
        bench.inside(&["write".as_ref(), source.as_os_str(), count.as_ref(), file.as_os_str()])?;
    }
    Ok(file)
}

fn figure(said: &Value, name: &str) -> f64 {
    said[name].as_f64().unwrap_or(f64::NAN)
}

fn reading(said: &Value) -> Line {
    let (bytes, seconds, bare) =
        (figure(said, "bytes"), figure(said, "seconds"), figure(said, "bare_seconds"));
    Line {
        subject: format!("reading {}", said["format"].as_str().unwrap_or_default()),
        input: format!("{:.1} MB, {} components", bytes / 1e6, said["components"]),
        cost: None,
        result: format!(
            "{:.0} MB/s, {:.0} components/s; {}: {:.0} MB/s, {:.1} times as fast",
            bytes / 1e6 / seconds,
            figure(said, "components") / seconds,
            said["bare"].as_str().unwrap_or_default(),
            bytes / 1e6 / bare,
            seconds / bare,
        ),
    }
}

/// The findings that a report counts. It may be larger than what should be held here as a tree.
fn counted(report: &Path) -> Result<u64> {
    #[derive(serde::Deserialize)]
    struct Report {
        summary: Summary,
    }
    #[derive(serde::Deserialize)]
    struct Summary {
        affected: u64,
        undetermined: u64,
    }
    let file = std::io::BufReader::new(std::fs::File::open(report)?);
    let report: Report = serde_json::from_reader(file).context("reading the report")?;
    Ok(report.summary.affected + report.summary.undetermined)
}
