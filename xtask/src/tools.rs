//! Programs that come from the system's package manager, installed when they are missing.

use crate::process::{self, Log};
use anyhow::Result;
use std::cell::Cell;
use std::path::PathBuf;
use std::process::Command;

/// A program we call and the packages it comes in.
#[derive(Debug)]
pub struct Tool {
    /// The names it goes by; the first found is taken.
    pub programs: &'static [&'static str],
    /// Names of Debian packages.
    pub packages: &'static [&'static str],
}

pub const CHROMIUM: Tool = Tool {
    programs: &["chromium", "chromium-browser", "google-chrome"],
    packages: &["chromium", "chromium-driver"],
};
pub const NODE: Tool = Tool { programs: &["node"], packages: &["nodejs"] };
pub const NPM: Tool = Tool { programs: &["npm"], packages: &["npm"] };
/// The server, for the tests of the record on it. (The client's program is a sign of the package.)
pub const POSTGRES: Tool =
    Tool { programs: &["pg_ctlcluster", "initdb"], packages: &["postgresql"] };
/// The authority in the tests of time stamps, and the maker of certificates in those of TLS.
pub const OPENSSL: Tool = Tool { programs: &["openssl"], packages: &["openssl"] };
/// What the mail server of the tests is written in.
pub const PYTHON: Tool = Tool { programs: &["python3"], packages: &["python3"] };
/// What Python makes environments with. It has no program of its own.
pub const PYTHON_VENV: Tool = Tool { programs: &["python3"], packages: &["python3-venv"] };
/// GNU time: tells the peak memory of a program.
pub const TIME: Tool = Tool { programs: &["time"], packages: &["time"] };

/// A tool that is missing and could not be installed: one line that says what to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing(pub String);

impl Tool {
    /// What to install when it is missing.
    pub fn missing(&self) -> Missing {
        let packages = self.packages.join(" ");
        Missing(format!("{packages} is missing; as root: apt-get install {packages}"))
    }
}

/// Finds tools and installs what is missing; asks the package manager for its lists only once.
#[derive(Debug, Default)]
pub struct Toolbox {
    lists_are_fresh: Cell<bool>,
}

impl Toolbox {
    /// The path of the tool. `Ok(Err(_))` when a person has to install it.
    pub fn ensure(&self, tool: &Tool, log: &mut Log) -> Result<Result<PathBuf, Missing>> {
        if let Some(path) = find(tool.programs) {
            return Ok(Ok(path));
        }
        if find(&["apt-get"]).is_none() || !is_root() {
            return Ok(Err(tool.missing()));
        }
        let code = self.install(tool, log)?;
        Ok(find(tool.programs).ok_or_else(|| {
            let Missing(advice) = tool.missing();
            Missing(format!("{advice} (tried: exit code {code}, see {})", log.path.display()))
        }))
    }

    /// Asks the package manager for a tool's packages; its exit code, 1 where it may not be asked.
    pub fn install(&self, tool: &Tool, log: &mut Log) -> Result<i32> {
        if find(&["apt-get"]).is_none() || !is_root() {
            return Ok(1);
        }
        if !self.lists_are_fresh.get() {
            process::live(apt_get(&["update"]), log, |_| false)?;
            self.lists_are_fresh.set(true);
        }
        let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
        arguments.extend(tool.packages);
        process::live(apt_get(&arguments), log, |_| false)
    }
}

/// The first of these programs on the search path.
pub fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    programs
        .iter()
        .flat_map(|program| std::env::split_paths(&path).map(move |folder| folder.join(program)))
        .find(|candidate| candidate.is_file())
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Whether this runs as root.
pub fn is_root() -> bool {
    let mut command = Command::new("id");
    command.arg("-u");
    process::captured(command).is_ok_and(|answer| answer.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_any_of_its_names() {
        assert!(find(&["no-such-program-here", "sh"]).is_some_and(|path| path.ends_with("sh")));
        assert_eq!(find(&["no-such-program-here"]), None);
    }
}
