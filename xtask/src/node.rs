//! Folders of JavaScript with a lock of their packages: what runs them, and what they need.

use crate::process::{self, Log};
use crate::tools::{self, Missing, Toolbox};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders that have one.
pub const FOLDERS: &[&str] = &["e2e", "fixtures/oidc", "fixtures/csaf"];

/// Node's path, after the packages in the folder's lock were installed.
pub fn with_packages_of(
    folder: &Path,
    toolbox: &Toolbox,
    log: &mut Log,
) -> Result<Result<PathBuf, Missing>> {
    let node = match toolbox.ensure(&tools::NODE, log)? {
        Ok(node) => node,
        Err(missing) => return Ok(Err(missing)),
    };
    let npm = match toolbox.ensure(&tools::NPM, log)? {
        Ok(npm) => npm,
        Err(missing) => return Ok(Err(missing)),
    };
    if let Some(missing) = too_old(&node)? {
        return Ok(Err(missing));
    }
    if !is_installed(folder) {
        let mut install = Command::new(npm);
        install.current_dir(folder);
        install.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        if process::live(install, log, |_| true)? != 0 {
            let name = folder.file_name().context("a folder has a name")?.to_string_lossy();
            return Ok(Err(Missing(format!("packages were not installed; in {name}/: npm ci"))));
        }
    }
    Ok(Ok(node))
}

/// The oldest major version of Node that the packages run on (`engines` in their locks).
const OLDEST_NODE: u32 = 20;

fn too_old(node: &Path) -> Result<Option<Missing>> {
    let mut command = Command::new(node);
    command.arg("--version");
    let version = process::captured(command)?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    if major.and_then(|text| text.parse().ok()).is_some_and(|major: u32| major >= OLDEST_NODE) {
        return Ok(None);
    }
    let found = version.trim();
    Ok(Some(Missing(format!("Node {OLDEST_NODE} or newer is needed, {found} is installed"))))
}

/// npm leaves its own lock beside the packages; an older one than ours is out of date.
fn is_installed(folder: &Path) -> bool {
    let changed = |path: &str| folder.join(path).metadata().and_then(|found| found.modified());
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Ok(installed), Ok(wanted)) => installed >= wanted,
        _ => false,
    }
}
