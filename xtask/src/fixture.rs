//! Servers that others wrote, for tests: on free ports of the own machine, from `fixtures/`.

use crate::node;
use crate::process::{self, Log};
use crate::tools::{self, Missing, Toolbox};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running server. It ends with this, or when this program is killed: its input is then closed.
#[derive(Debug)]
pub struct Fixture {
    child: Child,
    /// Kept open: a program whose output is closed may end over its next word.
    output: BufReader<ChildStdout>,
    place: String,
}

impl Fixture {
    /// A provider of OpenID Connect: `fixtures/oidc/`. Installs what is missing.
    pub fn provider(
        workspace: &Workspace,
        toolbox: &Toolbox,
        log: &mut Log,
    ) -> Result<Result<Self, Missing>> {
        let folder = workspace.root.join("fixtures/oidc");
        let node = match node::with_packages_of(&folder, toolbox, log)? {
            Ok(node) => node,
            Err(missing) => return Ok(Err(missing)),
        };
        let mut command = Command::new(node);
        command.current_dir(&folder).arg("server.mjs");
        Self::start(command, log).map(Ok)
    }

    /// A mail server: `fixtures/smtp/`. Installs what is missing.
    pub fn mail_server(
        workspace: &Workspace,
        toolbox: &Toolbox,
        log: &mut Log,
    ) -> Result<Result<Self, Missing>> {
        if let Err(missing) = toolbox.ensure(&tools::OPENSSL, log)? {
            return Ok(Err(missing));
        }
        let folder = workspace.root.join("fixtures/smtp");
        let python = match python_with(&folder, workspace, toolbox, log)? {
            Ok(python) => python,
            Err(missing) => return Ok(Err(missing)),
        };
        let mut command = Command::new(python);
        command.current_dir(&folder).arg("server.py");
        Self::start(command, log).map(Ok)
    }

    /// Starts it and waits until it says `listening` and where.
    fn start(mut command: Command, log: &mut Log) -> Result<Self> {
        let shown = process::line_of(&command);
        let said = File::options().append(true).open(&log.path).context("opening the log")?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(said);
        let mut child = command.spawn().with_context(|| format!("starting `{shown}`"))?;
        let output = child.stdout.take().context("its output")?;
        let mut fixture = Self { child, output: BufReader::new(output), place: String::new() };
        let mut line = String::new();
        while fixture.output.read_line(&mut line).context("reading what a server says")? > 0 {
            if let Some(place) = line.strip_prefix("listening ") {
                place.trim_end().clone_into(&mut fixture.place);
                return Ok(fixture);
            }
            line.clear();
        }
        bail!("`{shown}` ended before it listened; see {}", log.path.display())
    }

    /// Where it listens, in its own words: what tests are given.
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // With its input closed it ends by itself and removes what it made.
        drop(self.child.stdin.take());
        for _ in 0..50 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Python with the packages that the folder's `requirements.txt` names, by their hashes.
fn python_with(
    folder: &Path,
    workspace: &Workspace,
    toolbox: &Toolbox,
    log: &mut Log,
) -> Result<Result<PathBuf, Missing>> {
    let python = match toolbox.ensure(&tools::PYTHON, log)? {
        Ok(python) => python,
        Err(missing) => return Ok(Err(missing)),
    };
    let wanted = folder.join("requirements.txt");
    let place = workspace.scratch("python")?;
    let own = place.join("bin/python");
    let installed = place.join("requirements.txt");
    let both = std::fs::read(&wanted).ok().zip(std::fs::read(&installed).ok());
    if own.exists() && both.is_some_and(|(wanted, installed)| wanted == installed) {
        return Ok(Ok(own));
    }
    let environment = || {
        let mut command = Command::new(&python);
        command.args(["-m", "venv", "--clear"]).arg(&place);
        command
    };
    // Debian keeps a part of Python's own library in a package apart.
    if process::live(environment(), log, |_| false)? != 0 {
        toolbox.install(&tools::PYTHON_VENV, log)?;
        if process::live(environment(), log, |_| true)? != 0 {
            return Ok(Err(tools::PYTHON_VENV.missing()));
        }
    }
    let mut install = Command::new(&own);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]);
    install.args(["--only-binary", ":all:", "--requirement"]).arg(&wanted);
    if process::live(install, log, |_| true)? != 0 {
        let what = "packages were not installed: pip install -r fixtures/smtp/requirements.txt";
        return Ok(Err(Missing(what.into())));
    }
    std::fs::copy(&wanted, &installed).context("noting what was installed")?;
    Ok(Ok(own))
}
