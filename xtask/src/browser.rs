//! The browser suite in `e2e/`: what it needs, and how it is called.

use crate::process::{self, Log};
use crate::product;
use crate::tally::{Outcome, Tally};
use crate::tools::{self, Missing, Toolbox};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the suite is run with.
struct Kit {
    node: PathBuf,
    chromium: PathBuf,
}

/// The suite's own tests, then every page of the product.
pub fn check(workspace: &Workspace, toolbox: &Toolbox, log: &mut Log) -> Result<Outcome> {
    let kit = match prepare(workspace, toolbox, log)? {
        Ok(kit) => kit,
        Err(Missing(what)) => return Ok(Outcome::NotRun(what)),
    };
    let mut tally = suite(workspace, &kit, log, "selftest.mjs", &[])?;
    let binary = product::built(workspace, log)?;
    tally.add(suite(workspace, &kit, log, "run.mjs", &[Path::new("--binary"), &binary])?);
    Ok(Outcome::Ran(tally.note("pictures: target/screenshots/")))
}

/// Takes the pictures that documents show.
pub fn screenshots(workspace: &Workspace) -> Result<bool> {
    let mut log = Log::create(&workspace.scratch("logs")?, "screenshots")?;
    let kit = match prepare(workspace, &Toolbox::default(), &mut log)? {
        Ok(kit) => kit,
        Err(Missing(what)) => bail!(what),
    };
    let binary = product::built(workspace, &mut log)?;
    let arguments = [Path::new("--binary"), &binary, Path::new("--pictures")];
    Ok(suite(workspace, &kit, &mut log, "run.mjs", &arguments)?.failed == 0)
}

fn prepare(
    workspace: &Workspace,
    toolbox: &Toolbox,
    log: &mut Log,
) -> Result<Result<Kit, Missing>> {
    let mut paths = Vec::new();
    for tool in [&tools::NODE, &tools::NPM, &tools::CHROMIUM] {
        match toolbox.ensure(tool, log)? {
            Ok(path) => paths.push(path),
            Err(missing) => return Ok(Err(missing)),
        }
    }
    if let Some(missing) = too_old(&paths[0])? {
        return Ok(Err(missing));
    }
    let [node, npm, chromium] = <[PathBuf; 3]>::try_from(paths)
        .map_err(|_| anyhow::anyhow!("three tools were asked for"))?;
    if !is_installed(&workspace.root.join("e2e")) {
        let mut install = Command::new(npm);
        install.current_dir(workspace.root.join("e2e"));
        install.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        if process::live(install, log, |_| true)? != 0 {
            return Ok(Err(Missing(
                "the suite's packages were not installed; in e2e/: npm ci".into(),
            )));
        }
    }
    Ok(Ok(Kit { node, chromium }))
}

/// The oldest major version of Node that the suite's packages run on (`engines` in their lock).
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
fn is_installed(e2e: &Path) -> bool {
    let changed = |path: &str| e2e.join(path).metadata().and_then(|found| found.modified());
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Ok(installed), Ok(wanted)) => installed >= wanted,
        _ => false,
    }
}

fn suite(
    workspace: &Workspace,
    kit: &Kit,
    log: &mut Log,
    script: &str,
    arguments: &[&Path],
) -> Result<Tally> {
    let mut command = Command::new(&kit.node);
    command.current_dir(&workspace.root).arg(Path::new("e2e").join(script)).args(arguments);
    command.arg("--chromium").arg(&kit.chromium);
    command.arg("--target").arg(&workspace.target);
    let mut closing = None;
    let code = process::live(command, log, |line| {
        let found = Tally::from_closing_line(line);
        // The plain closing line belongs to the whole run; ours stays in the log.
        let show = found.is_none();
        closing = found.or(closing.take());
        show
    })?;
    let mut tally = closing.with_context(|| {
        format!("e2e/{script} broke off without its closing line (exit code {code})")
    })?;
    if code != 0 && tally.failed == 0 {
        tally = Tally { failed: 1, ..tally }.note(format!("e2e/{script} ended with code {code}"));
    }
    if tally.passed + tally.failed == 0 {
        bail!("e2e/{script} checked nothing");
    }
    Ok(tally)
}
