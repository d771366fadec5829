//! The rules of the house, enforced: one implementation, called by `cargo xtask tidy` and by the
//! group `tidy` of `cargo xtask test`.
//!
//! A rule is a pure function from the tree to its breaches, so that its tests need no files. Rules
//! about crates are in [`arrows`], about source text in [`code`], about documents in [`prose`],
//! about what must not leak into the tree in [`traces`].

mod arrows;
mod code;
mod proofs;
mod prose;
mod traces;
mod view;

use crate::tally::Tally;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::path::Path;

/// Everything a rule may look at.
#[derive(Debug, Default)]
pub struct Tree {
    pub files: Vec<File>,
    /// Paths of the files that are not text.
    pub others: Vec<String>,
    pub crates: Vec<Crate>,
}

/// A text file of the tree.
#[derive(Debug)]
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

/// A crate of the workspace.
#[derive(Debug)]
pub struct Crate {
    pub name: String,
    pub licence: Option<String>,
    pub dependencies: Vec<Dependency>,
    /// Whether its manifest inherits the workspace's lints.
    pub inherits_lints: bool,
}

#[derive(Debug)]
pub struct Dependency {
    pub name: String,
    /// Only its tests use it.
    pub dev: bool,
}

/// One place where a rule does not hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Breach {
    /// File and line, or the name of a crate.
    pub place: String,
    /// What is there, and what to do.
    pub what: String,
}

/// A rule with its reason.
pub struct Rule {
    pub name: &'static str,
    pub why: &'static str,
    pub check: fn(&Tree) -> Vec<Breach>,
}

/// Every rule. To add one: a row, a function, and a test with a good and a bad case.
pub const RULES: &[Rule] = &[
    Rule {
        name: "arrows between crates",
        why: "a crate may call only what stands left of it in ARCHITECTURE.md",
        check: arrows::crates_call_leftwards,
    },
    Rule {
        name: "one crate per technology",
        why: "a database driver or web framework is named in one place, so that it can be changed",
        check: arrows::technologies_stay_in_their_crate,
    },
    Rule {
        name: "licence field",
        why: "whoever packages a crate must see its licence",
        check: arrows::licence_is_named,
    },
    Rule {
        name: "workspace lints",
        why: "a crate without them may use unsafe code or panic",
        check: arrows::lints_are_inherited,
    },
    Rule {
        name: "pure core",
        why: "the same facts must give the same answer, tomorrow and on another machine",
        check: code::core_is_pure,
    },
    Rule {
        name: "crate docs",
        why: "a crate says what it is before its first item",
        check: code::crates_explain_themselves,
    },
    Rule {
        name: "short files",
        why: "a file is one thing that fits in mind",
        check: code::files_are_short,
    },
    Rule {
        name: "finished code",
        why: "what is not done is not there; open work belongs in an issue",
        check: code::nothing_is_left_for_later,
    },
    Rule {
        name: "no ignored tests",
        why: "a test that never runs tells nothing and looks as if it did",
        check: code::no_test_is_ignored,
    },
    Rule {
        name: "nouns of the trade",
        why: "a file named after nothing collects everything",
        check: code::files_have_names,
    },
    Rule { name: "links", why: "a document leads to what it names", check: prose::links_resolve },
    Rule {
        name: "change log",
        why: "users read there what the next release brings",
        check: prose::change_log_is_open,
    },
    Rule {
        name: "walked through Part 11",
        why: "a row of the rule without a test that proves it is only said",
        check: proofs::part_11_is_walked,
    },
    Rule {
        name: "plain dashes",
        why: "a comma, colon or full stop says what a long dash leaves open",
        check: prose::dashes_are_plain,
    },
    Rule {
        name: "no machine paths",
        why: "a path of one machine is wrong on all others",
        check: traces::no_path_of_a_machine,
    },
    Rule {
        name: "no registry hosts",
        why: "where packages come from is the business of each machine's own settings",
        check: traces::no_registry_host,
    },
    Rule {
        name: "locks without addresses",
        why: "a lock names versions and hashes; an address ties it to one registry",
        check: traces::locks_name_no_address,
    },
];

/// Prints every breach; true when there is none.
pub fn report(workspace: &Workspace) -> Result<bool> {
    let tally = check(workspace, &mut |line| println!("{line}"))?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// One check per rule; `say` hears of each breach.
pub fn check(workspace: &Workspace, say: &mut dyn FnMut(&str)) -> Result<Tally> {
    let tree = Tree::read(workspace)?;
    let mut tally = Tally::default();
    for rule in RULES {
        let breaches = (rule.check)(&tree);
        tally.count(breaches.is_empty());
        if !breaches.is_empty() {
            say(&format!("{}: {}", rule.name, rule.why));
            for breach in breaches {
                say(&format!("  {}: {}", breach.place, breach.what));
            }
        }
    }
    Ok(tally)
}

/// Folders that hold nothing of ours.
const PASSED_OVER: &[&str] = &[".git", "target", "node_modules", "aftercare-data"];

/// Files that hold no text.
const NOT_READ: &[&str] = &["png", "ico", "gz", "zst", "zip", "woff2", "pdf", "db", "bin"];

impl Tree {
    fn read(workspace: &Workspace) -> Result<Self> {
        let mut tree = Self::default();
        tree.collect(&workspace.root, &workspace.root)?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        for package in &workspace.packages {
            let manifest = std::fs::read_to_string(&package.manifest_path)
                .with_context(|| format!("reading {}", package.manifest_path.display()))?;
            let manifest: toml::Table = toml::from_str(&manifest)
                .with_context(|| format!("reading {}", package.manifest_path.display()))?;
            tree.crates.push(Crate {
                name: package.name.clone(),
                licence: package.license.clone(),
                dependencies: package
                    .dependencies
                    .iter()
                    .map(|dependency| Dependency {
                        name: dependency.name.clone(),
                        dev: dependency.kind.as_deref() == Some("dev"),
                    })
                    .collect(),
                inherits_lints: manifest
                    .get("lints")
                    .and_then(|lints| lints.get("workspace"))
                    .and_then(toml::Value::as_bool)
                    .unwrap_or(false),
            });
        }
        Ok(tree)
    }

    fn collect(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let place = || format!("reading {}", folder.display());
        for entry in std::fs::read_dir(folder).with_context(place)? {
            let entry = entry.with_context(place)?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().with_context(place)?;
            if kind.is_dir() {
                if !PASSED_OVER.contains(&name.as_str()) {
                    self.collect(root, &path)?;
                }
                continue;
            }
            let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
            if !kind.is_file() {
                continue;
            }
            let relative =
                path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if NOT_READ.contains(&extension) {
                self.others.push(relative);
                continue;
            }
            let bytes =
                std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            self.files.push(File { path: relative, text });
        }
        Ok(())
    }

    /// Our own source text: what a person here writes and reads.
    fn sources(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| {
            ["rs", "mjs", "js", "css", "sh", "toml", "yml"].contains(&file.extension())
                && !file.is_vendored()
        })
    }

    fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.extension() == "rs")
    }

    fn markdown(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.extension() == "md" && !file.is_vendored())
    }
}

impl File {
    fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }

    /// Foreign text, kept as it came.
    fn is_vendored(&self) -> bool {
        self.path.contains("/vendor/")
    }

    /// Whether the whole file is a test.
    fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.contains("/benches/")
            || self.name() == "tests.rs"
            || self.name().contains("selftest")
    }

    /// The crate a source file belongs to: `vocab` of `crates/vocab/src/lib.rs`.
    fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    fn at(&self, line: usize, what: impl Into<String>) -> Breach {
        Breach { place: format!("{}:{line}", self.path), what: what.into() }
    }

    fn whole(&self, what: impl Into<String>) -> Breach {
        Breach { place: self.path.clone(), what: what.into() }
    }

    /// Every line with its number, counted from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// The breaches that a rule finds in files made for a test: `(path, text)`.
#[cfg(test)]
fn breaches(rule: fn(&Tree) -> Vec<Breach>, files: &[(&str, &str)]) -> Vec<Breach> {
    let files = files
        .iter()
        .map(|&(path, text)| File { path: path.to_owned(), text: text.to_owned() })
        .collect();
    rule(&Tree { files, ..Tree::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_their_own_names() {
        let names: std::collections::BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
    }

    #[test]
    fn this_very_tree_is_found_and_passed_over_where_it_is_not_ours() {
        let workspace = Workspace::open().unwrap();
        let tree = Tree::read(&workspace).unwrap();
        assert!(tree.files.iter().any(|file| file.path == "xtask/src/tidy/mod.rs"));
        assert!(!tree.files.iter().any(|file| file.path.contains("node_modules/")));
        assert!(tree.crates.iter().any(|found| found.name == "xtask" && found.inherits_lints));
    }
}
