//! `cargo xtask accuracy`: measures how right the product's answers are, prints the figures, writes
//! `docs/accuracy.md`.
//!
//! The product is asked as a user asks it: the snapshot's sources are imported, the labelled inventories
//! are checked, and what is printed is compared with the labels. The labels and how to count them are
//! described in the README of the folder `matching` of the snapshot; those for device software are the
//! project's own (`xtask/data`). No rule may be made for one label.

mod devices;
mod findings;
mod labels;
mod queries;
mod report;

use crate::process::{self, Log};
use crate::product;
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of the snapshot that hold vulnerability knowledge.
const SOURCES: [&str; 5] = ["nvd", "osv", "kev", "epss", "ssvc"];

/// The product with an edition of the snapshot.
struct Asked<'a> {
    workspace: &'a Workspace,
    binary: PathBuf,
    data: PathBuf,
    labels: PathBuf,
}

/// Measures, prints and writes the report.
pub fn run(workspace: &Workspace) -> Result<bool> {
    let mut log = Log::create(&workspace.scratch("logs")?, "accuracy")?;
    let labels = workspace.shared_data().join("matching");
    if !labels.is_dir() {
        bail!("there is no {}: nothing to compare with", labels.display());
    }
    let scratch = workspace.fresh_scratch("accuracy")?;
    let binary = product::built_for_release(workspace, &mut log)?;
    let asked = Asked { workspace, binary, data: scratch.join("data"), labels };
    asked.import(&mut log)?;
    let strata = labels::measure(&asked)?;
    let ecosystems = queries::measure(&asked, &scratch)?;
    let vectors = queries::vectors(&asked, &scratch)?;
    let devices = devices::measure(&asked, &scratch)?;
    let text = report::markdown(&strata, &ecosystems, &vectors, &devices);
    println!("\n{text}");
    std::fs::write(workspace.root.join("docs/accuracy.md"), &text)?;
    let all = scratch.join("disagreements.csv");
    std::fs::write(&all, report::disagreements(&strata))?;
    println!(
        "wrote docs/accuracy.md, and every disagreement to {}",
        workspace.relative(&all).display()
    );
    Ok(true)
}

impl Asked<'_> {
    fn product(&self) -> Command {
        let mut command = product::command(self.workspace, &self.binary);
        command.arg("--quiet").arg("--data").arg(&self.data);
        command
    }

    fn import(&self, log: &mut Log) -> Result<()> {
        let mut command = self.product();
        command.args(["corpus", "import"]);
        command.args(SOURCES.map(|name| self.workspace.shared_data().join(name)));
        if process::live(command, log, |_| false)? != 0 {
            bail!("the snapshot was not imported; see {}", log.path.display());
        }
        Ok(())
    }

    /// What `check` finds in these SBOMs.
    fn check(&self, files: &[PathBuf]) -> Result<findings::Checked> {
        let mut command = self.product();
        command.arg("check").args(files).args(["--format", "json"]);
        findings::read(&process::captured(command)?)
    }

    /// The lines of a file of JSON lines, packed by gzip or not.
    fn lines(&self, name: &str) -> Result<Vec<serde_json::Value>> {
        let path = self.labels.join(name);
        let text = if Path::new(name).extension().is_some_and(|end| end == "gz") {
            let mut gzip = Command::new("gzip");
            gzip.arg("-dc").arg(&path);
            process::captured(gzip)?
        } else {
            std::fs::read_to_string(&path)?
        };
        text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}

/// A share as a figure of two decimals; a dash where there is nothing to divide by.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "-".into() } else { format!("{:.2}", part as f64 / whole as f64) }
}

/// Right and wrong reports, and what was missed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Score {
    fn precision(self) -> String {
        share(self.right, self.right + self.wrong)
    }

    fn recall(self) -> String {
        share(self.right, self.right + self.missed)
    }

    /// The harmonic mean of precision and recall.
    fn f1(self) -> String {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_their_definitions() {
        let score = Score { right: 3, wrong: 1, missed: 2 };
        assert_eq!(
            (score.precision().as_str(), score.recall().as_str(), score.f1().as_str()),
            ("0.75", "0.60", "0.67")
        );
        assert_eq!(Score::default().precision(), "-", "nothing reported is not wholly right");
    }
}
