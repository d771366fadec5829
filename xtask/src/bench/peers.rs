//! Known other programs that we are measured beside.

use crate::process::{self, Log};
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::path::PathBuf;

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
