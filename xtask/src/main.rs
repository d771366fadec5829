//! The project's workshop: every check, every generated file and every measurement has one
//! command here, so that a machine and a person do the same thing.
//!
//! It is not part of the product: nothing in `crates/` may depend on it, and it knows the product
//! only through its command line and the browser.
//!
//! ```text
//! cargo xtask test                  all groups, a summary, and `N passed, N failed`
//! cargo xtask test --only tidy      one group
//! cargo xtask docs                  write the generated files again
//! ```
//!
//! To add a group: one row in [`groups::GROUPS`]. To add a generated file: one row in
//! [`documents::DOCUMENTS`]. To add a rule of the house: one row in [`tidy::RULES`]. To add a
//! measurement: one row in [`bench::BENCHMARKS`].

// The workshop talks to a terminal, reads the clock and the environment: that is its trade.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]

mod accuracy;
mod advisories;
mod bench;
mod browser;
mod calendar;
mod cluster;
mod crash;
mod documents;
mod fixture;
mod groups;
mod libtest;
mod licences;
mod node;
mod process;
mod product;
mod spdx;
mod tally;
mod tidy;
mod tools;
mod workspace;

use anyhow::{Result, bail};
use std::process::ExitCode;
use workspace::Workspace;

const USAGE: &str = "\
The workshop of Aftercare

Usage: cargo xtask COMMAND

Commands:
  test [--only GROUP]... [--list]   run every group (or the named ones) and print a summary
  tidy                              the rules of the house, on this tree
  licences [--write]                licences of everything we build with; --write: THIRD-PARTY.md
  docs [--check]                    write (or compare) every generated file
  screenshots                       take the picture of the README from the demo
  crash [--runs N] [--seed N]       kill a writing process N times on each engine, and look
  bench [--only NAME] [--runs N]    build for release, measure, write docs/benchmarks.md
  accuracy                          compare answers with labels, write docs/accuracy.md
  help                              this text

Exit codes: 0 all passed; 1 something failed or was not run; 2 the command was not understood.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) if error.is::<NotUnderstood>() => {
            eprintln!("error: {error}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// `Ok(true)` when everything that ran passed.
fn dispatch(arguments: &[String]) -> Result<bool> {
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", arguments),
    };
    match command {
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(true)
        }
        "test" => {
            let wish = groups::Wish::parse(rest).map_err(NotUnderstood)?;
            groups::run(&Workspace::open()?, &wish)
        }
        "tidy" => {
            switches(rest, &[])?;
            tidy::report(&Workspace::open()?)
        }
        "licences" => {
            let write = switches(rest, &["--write"])?;
            let workspace = Workspace::open()?;
            if write {
                documents::write(&workspace, &[licences::THIRD_PARTY])?;
            }
            licences::report(&workspace)
        }
        "docs" => {
            let check = switches(rest, &["--check"])?;
            let workspace = Workspace::open()?;
            if check {
                documents::report(&workspace)
            } else {
                documents::write(&workspace, &[])?;
                Ok(true)
            }
        }
        "screenshots" => {
            switches(rest, &[])?;
            browser::screenshots(&Workspace::open()?)
        }
        "crash" => {
            let wish = crash::Wish::parse(rest).map_err(NotUnderstood)?;
            crash::run(&Workspace::open()?, &wish)
        }
        "bench" => {
            let wish = bench::Wish::parse(rest).map_err(NotUnderstood)?;
            bench::run(&Workspace::open()?, &wish)
        }
        "accuracy" => {
            switches(rest, &[])?;
            accuracy::run(&Workspace::open()?)
        }
        other => bail!(NotUnderstood(format!("there is no command `{other}`"))),
    }
}

/// Whether the one allowed switch was given; anything else is refused.
fn switches(rest: &[String], allowed: &[&str]) -> Result<bool> {
    if let Some(unknown) = rest.iter().find(|argument| !allowed.contains(&argument.as_str())) {
        bail!(NotUnderstood(format!("`{unknown}` is not known here")));
    }
    Ok(!rest.is_empty())
}

#[derive(Debug)]
struct NotUnderstood(String);

impl std::fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotUnderstood {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_or_switch_is_refused_by_name() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for line in ["tset", "docs --chekc", "tidy now", "test --only", "test --only nothing"] {
            let error = dispatch(&words(line)).unwrap_err();
            assert!(error.is::<NotUnderstood>(), "{line}: {error}");
        }
    }
}
