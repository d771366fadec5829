//! A provider of OpenID Connect for tests: `fixtures/oidc/`, on a free port of the own machine.

use crate::node;
use crate::process::Log;
use crate::tools::{Missing, Toolbox};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running provider. It ends with this, or when this program is killed: its input is then closed.
#[derive(Debug)]
pub struct Provider {
    child: Child,
    /// Kept open: a program whose output is closed may end over its next word.
    output: BufReader<ChildStdout>,
    address: String,
}

impl Provider {
    /// Installs what is missing and starts it.
    pub fn start(
        workspace: &Workspace,
        toolbox: &Toolbox,
        log: &mut Log,
    ) -> Result<Result<Self, Missing>> {
        let folder = workspace.root.join("fixtures/oidc");
        let node = match node::with_packages_of(&folder, toolbox, log)? {
            Ok(node) => node,
            Err(missing) => return Ok(Err(missing)),
        };
        let said = File::options().append(true).open(&log.path).context("opening the log")?;
        let mut command = Command::new(node);
        command.current_dir(&folder).arg("server.mjs");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(said);
        let mut child = command.spawn().context("starting fixtures/oidc/server.mjs")?;
        let output = child.stdout.take().context("its output")?;
        let mut provider = Self { child, output: BufReader::new(output), address: String::new() };
        let mut line = String::new();
        while provider.output.read_line(&mut line).context("reading what the provider says")? > 0 {
            if let Some(address) = line.strip_prefix("listening ") {
                address.trim_end().clone_into(&mut provider.address);
                return Ok(Ok(provider));
            }
            line.clear();
        }
        bail!("fixtures/oidc/server.mjs ended before it listened; see {}", log.path.display())
    }

    /// The address that tests are given.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
