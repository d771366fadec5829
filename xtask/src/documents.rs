//! Generated files that are kept in the tree, each with the command that makes it.

use crate::process::{self, Log};
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{licences, product};
use anyhow::{Context, Result, bail};
use std::cell::OnceCell;
use std::path::PathBuf;

/// A file in the tree that a program writes.
#[derive(Debug)]
pub struct Document {
    pub path: &'static str,
    pub maker: Maker,
}

/// Who writes a file.
#[derive(Debug)]
pub enum Maker {
    /// The standard output of the product, called with these arguments.
    Product(&'static [&'static str]),
    Workshop(fn(&Workspace) -> Result<String>),
}

/// Every generated file. To add one: a row.
pub const DOCUMENTS: &[Document] = &[
    Document { path: "docs/openapi.json", maker: Maker::Product(&["openapi"]) },
    Document { path: licences::THIRD_PARTY, maker: Maker::Workshop(licences::third_party) },
];

/// Prints what is out of date; true when nothing is.
pub fn report(workspace: &Workspace) -> Result<bool> {
    let mut log = Log::create(&workspace.scratch("logs")?, "docs up to date")?;
    let tally = check(workspace, &mut log)?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// Compares every generated file with what its maker says now.
pub fn check(workspace: &Workspace, log: &mut Log) -> Result<Tally> {
    let workbench = Workbench { workspace, binary: OnceCell::new() };
    let mut tally = Tally::default();
    for document in DOCUMENTS {
        let verdict = workbench.make(document, log).and_then(|fresh| {
            let kept = std::fs::read_to_string(workspace.root.join(document.path))
                .context("is not there")?;
            match first_difference(&kept, &fresh) {
                None => Ok(()),
                Some(line) => bail!("is out of date from line {line} on"),
            }
        });
        tally.count(verdict.is_ok());
        if let Err(error) = verdict {
            log.say(&format!("{}: {error:#}; run `cargo xtask docs`", document.path))?;
        }
    }
    Ok(tally)
}

/// Writes the named files again, or all when none is named.
pub fn write(workspace: &Workspace, only: &[&str]) -> Result<()> {
    let mut log = Log::create(&workspace.scratch("logs")?, "docs")?;
    let workbench = Workbench { workspace, binary: OnceCell::new() };
    for document in DOCUMENTS.iter().filter(|d| only.is_empty() || only.contains(&d.path)) {
        let text = workbench.make(document, &mut log)?;
        let path = workspace.root.join(document.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text).with_context(|| format!("writing {}", document.path))?;
        log.say(&format!("wrote {}", document.path))?;
    }
    Ok(())
}

/// Makes documents; builds the product at most once, and only when a document needs it.
struct Workbench<'a> {
    workspace: &'a Workspace,
    binary: OnceCell<PathBuf>,
}

impl Workbench<'_> {
    fn make(&self, document: &Document, log: &mut Log) -> Result<String> {
        match document.maker {
            Maker::Workshop(make) => make(self.workspace),
            Maker::Product(arguments) => {
                let binary = if let Some(binary) = self.binary.get() {
                    binary
                } else {
                    let built = product::built(self.workspace, log)?;
                    self.binary.get_or_init(|| built)
                };
                let mut command = product::command(self.workspace, binary);
                command.args(arguments);
                process::captured(command)
            }
        }
    }
}

/// The number of the first line that differs, counted from 1.
fn first_difference(kept: &str, fresh: &str) -> Option<usize> {
    if kept == fresh {
        return None;
    }
    let same = kept.lines().zip(fresh.lines()).take_while(|(a, b)| a == b).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_differing_line_is_told() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("a", "a\n"), Some(2));
    }
}
