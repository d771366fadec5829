//! Known other programs that we are measured beside.

use super::subjects::repaired;
use crate::process::{self, Log};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `cargo-audit`, installed under `target/peers` when it is not there yet.
pub fn cargo_audit(workspace: &Workspace, log: &mut Log) -> Result<PathBuf> {
    installed(workspace, "cargo-audit", log)
}

fn installed(workspace: &Workspace, name: &str, log: &mut Log) -> Result<PathBuf> {
    let root = workspace.target.join("peers");
    let binary = root.join("bin").join(name);
    if binary.is_file() {
        return Ok(binary);
    }
    let mut command = workspace.cargo();
    command.args(["install", name, "--locked", "--root"]).arg(&root);
    // Its objects go into its own folder, so that they do not mix with ours.
    command.arg("--target-dir").arg(root.join("build"));
    if process::live(command, log, |line| line.contains("error"))? != 0 || !binary.is_file() {
        bail!("{name} could not be installed; see {}", log.path.display());
    }
    Ok(binary)
}

/// Writes the advisories of the crate ecosystem as the peer reads them: a git repository with one
/// file an advisory. Gives their number.
pub fn advisory_database(workspace: &Workspace, folder: &Path) -> Result<usize> {
    let archive = workspace.shared_data().join("osv/crates.io/all.zip");
    let unpacked = folder.with_extension("osv");
    for old in [folder, &unpacked] {
        if old.exists() {
            std::fs::remove_dir_all(old)?;
        }
        std::fs::create_dir_all(old)?;
    }
    let mut unzip = Command::new("python3");
    unzip.args(["-m", "zipfile", "-e"]).arg(&archive).arg(&unpacked);
    process::captured(unzip).context("unpacking the advisories")?;
    let mut known = 0;
    for entry in std::fs::read_dir(&unpacked)? {
        let record: serde_json::Value = serde_json::from_slice(&std::fs::read(entry?.path())?)?;
        let id = record["id"].as_str().unwrap_or_default();
        let live = id.starts_with("RUSTSEC-") && record["withdrawn"].is_null();
        let Some((name, patched, unaffected)) = repaired(&record).filter(|_| live) else {
            continue;
        };
        let date =
            record["published"].as_str().and_then(|text| text.get(..10)).unwrap_or("2020-01-01");
        let advisory = format!(
            "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{name}\"\ndate = \"{date}\"\n\n[versions]\npatched = \
             {patched:?}\nunaffected = {unaffected:?}\n```\n\n# {id}\n\nFrom the snapshot.\n"
        );
        let place = folder.join("crates").join(&name);
        std::fs::create_dir_all(&place)?;
        std::fs::write(place.join(format!("{id}.md")), advisory)?;
        known += 1;
    }
    for words in [
        &["init", "--quiet"][..],
        &["add", "--all"],
        &[
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@localhost",
            "commit",
            "--quiet",
            "-m",
            "snapshot",
        ],
    ] {
        let mut git = Command::new("git");
        git.current_dir(folder).args(words);
        process::captured(git).context("making the peer's database")?;
    }
    Ok(known)
}
