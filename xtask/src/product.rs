//! The built binary `aftercare`, as a person would call it.

use crate::process::{self, Log};
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Builds the binary in the development profile and answers its path.
///
/// With `--all-targets` over the whole workspace cargo chooses the same features as `cargo test
/// --workspace` does, so after the group `tests` nothing is built a second time.
pub fn built(workspace: &Workspace, log: &mut Log) -> Result<PathBuf> {
    build(workspace, log, &["build", "--workspace", "--all-targets"], "debug")
}

/// Builds the binary for release, as a user would, and answers its path.
pub fn built_for_release(workspace: &Workspace, log: &mut Log) -> Result<PathBuf> {
    build(workspace, log, &["build", "--release", "--package", "aftercare"], "release")
}

fn build(
    workspace: &Workspace,
    log: &mut Log,
    arguments: &[&str],
    profile: &str,
) -> Result<PathBuf> {
    let mut command = workspace.cargo();
    command.args(arguments);
    let code = process::live(command, log, |line| !line.trim_start().starts_with("Compiling"))?;
    let binary = workspace.target.join(profile).join("aftercare");
    match code {
        0 if binary.is_file() => Ok(binary),
        0 => bail!("the build passed, but there is no {}", binary.display()),
        _ => bail!("the product does not build; see {}", log.path.display()),
    }
}

/// A call of the product, away from the user's own data and settings.
pub fn command(workspace: &Workspace, binary: &std::path::Path) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(&workspace.root);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AFTERCARE_") {
            command.env_remove(name);
        }
    }
    command
}
