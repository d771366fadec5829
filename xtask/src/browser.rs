//! The browser suite in `e2e/`: what it needs, and how it is called.

use crate::node;
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
    let chromium = match toolbox.ensure(&tools::CHROMIUM, log)? {
        Ok(chromium) => chromium,
        Err(missing) => return Ok(Err(missing)),
    };
    let mut node = node::with_packages_of(&workspace.root.join("e2e"), toolbox, log)?;
    if node.is_ok() {
        // The suite signs in at a provider of its own.
        node = node::with_packages_of(&workspace.root.join("fixtures/oidc"), toolbox, log)?;
    }
    Ok(node.map(|node| Kit { node, chromium }))
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
