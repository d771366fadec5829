//! Licences of everything we build and test with, against a list of what we may pass on.

use crate::node;
use crate::spdx::Expression;
use crate::tally::Tally;
use crate::workspace::{Metadata, Package, Workspace};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The generated list of what goes into the binary.
pub const THIRD_PARTY: &str = "THIRD-PARTY.md";

/// Licences that ask for no more than naming the authors.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// A licence outside [`ALLOWED`] that one package may have, and why that is right.
struct Exception {
    package: &'static str,
    licence: &'static str,
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        package: "axe-core",
        licence: "MPL-2.0",
        reason: "a tool of the browser suite, unchanged and never shipped",
    },
    Exception {
        package: "libbz2-rs-sys",
        licence: "bzip2-1.0.6",
        reason: "a licence of its own that asks for no more than naming the author and marking changes",
    },
];

/// A package with its licence text, wherever it comes from.
struct Licensed {
    name: String,
    version: String,
    licence: Option<String>,
}

/// Prints what is wrong; true when nothing is.
pub fn report(workspace: &Workspace) -> Result<bool> {
    let tally = check(workspace, &mut |line| println!("{line}"))?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// One check per package; `say` hears of each that fails.
pub fn check(workspace: &Workspace, say: &mut dyn FnMut(&str)) -> Result<Tally> {
    let mut packages: Vec<Licensed> = workspace
        .resolved()?
        .packages
        .into_iter()
        .map(|package| Licensed {
            licence: package.license.clone(),
            name: package.name,
            version: package.version,
        })
        .collect();
    for folder in node::FOLDERS {
        packages.extend(of_a_node_folder(workspace, folder)?);
    }
    let mut tally = Tally::default();
    for problem in judge(&packages, EXCEPTIONS) {
        say(&problem);
        tally.failed += 1;
    }
    tally.passed = (packages.len() as u64).saturating_sub(tally.failed);
    Ok(tally.note(format!("{} packages", packages.len())))
}

fn judge(packages: &[Licensed], exceptions: &[Exception]) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut problems = Vec::new();
    for package in packages {
        let place = format!("{} {}", package.name, package.version);
        let Some(text) = &package.licence else {
            problems.push(format!("{place}: names no licence; look into its sources, and choose another crate or ask for a licence field"));
            continue;
        };
        let excepted = exceptions.iter().find(|exception| exception.package == package.name);
        let verdict = Expression::parse(text).and_then(|expression| {
            let choice = expression.choose(&|licence| {
                ALLOWED.contains(&licence)
                    || excepted.is_some_and(|exception| exception.licence == licence)
            });
            choice.map_err(|licence| {
                format!("`{licence}` is not on the list of xtask/src/licences.rs")
            })
        });
        match verdict {
            Ok(chosen) => {
                if excepted.is_some_and(|exception| chosen.iter().any(|c| c == exception.licence)) {
                    used.insert(package.name.clone());
                }
            }
            Err(why) => problems.push(format!("{place}: licence `{text}`: {why}")),
        }
    }
    for exception in exceptions.iter().filter(|exception| !used.contains(exception.package)) {
        problems.push(format!(
            "{}: the exception for {} ({}) is no longer needed; remove it",
            exception.package, exception.licence, exception.reason
        ));
    }
    problems
}

#[derive(Deserialize)]
struct NodeLock {
    packages: BTreeMap<String, NodePackage>,
}

#[derive(Deserialize)]
struct NodePackage {
    version: Option<String>,
    license: Option<String>,
}

fn of_a_node_folder(workspace: &Workspace, folder: &str) -> Result<Vec<Licensed>> {
    let path = workspace.root.join(folder).join("package-lock.json");
    let place = || format!("reading {folder}/package-lock.json");
    let text = std::fs::read_to_string(&path).with_context(place)?;
    let lock: NodeLock = serde_json::from_str(&text).with_context(place)?;
    Ok(lock
        .packages
        .into_iter()
        .filter_map(|(path, package)| {
            // The entry with the empty path is the folder itself.
            let name = path.rsplit_once("node_modules/")?.1.to_owned();
            let version = package.version.unwrap_or_default();
            Some(Licensed { name, version, licence: package.license })
        })
        .collect())
}

/// The text of `THIRD-PARTY.md`: every crate that goes into the binary, on any platform.
pub fn third_party(workspace: &Workspace) -> Result<String> {
    let metadata = workspace.resolved()?;
    let mut rows: Vec<&Package> = linked_into(&metadata, "aftercare")?;
    rows.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    let mut text = String::from(
        "# Third-party software\n\n\
         The crates that go into the binary `aftercare`, on any platform, with the licence each\n\
         names. Written by `cargo xtask licences --write`; do not edit.\n\n\
         | crate | version | licence |\n| --- | --- | --- |\n",
    );
    for package in rows {
        let licence = package.license.as_deref().unwrap_or("not named");
        let _ = writeln!(text, "| {} | {} | {licence} |", package.name, package.version);
    }
    Ok(text)
}

/// The foreign packages reached from a package over normal dependencies.
pub fn linked_into<'a>(metadata: &'a Metadata, package: &str) -> Result<Vec<&'a Package>> {
    let resolve = metadata.resolve.as_ref().context("cargo metadata gave no resolution")?;
    let edges: BTreeMap<&str, Vec<&str>> = resolve
        .nodes
        .iter()
        .map(|node| {
            let normal = node
                .deps
                .iter()
                .filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none()))
                .map(|edge| edge.pkg.as_str());
            (node.id.as_str(), normal.collect())
        })
        .collect();
    let start = metadata
        .packages
        .iter()
        .find(|candidate| candidate.source.is_none() && candidate.name == package)
        .with_context(|| format!("there is no crate `{package}`"))?;
    let mut seen = BTreeSet::from([start.id.as_str()]);
    let mut open = vec![start.id.as_str()];
    while let Some(id) = open.pop() {
        for &next in edges.get(id).into_iter().flatten() {
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    Ok(metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some() && seen.contains(package.id.as_str()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, licence: Option<&str>) -> Licensed {
        Licensed { name: name.into(), version: "1.0.0".into(), licence: licence.map(Into::into) }
    }

    const MPL: Exception =
        Exception { package: "weak", licence: "MPL-2.0", reason: "used unchanged" };

    #[test]
    fn allowed_licences_and_used_exceptions_pass() {
        let packages =
            [package("a", Some("MIT OR GPL-3.0-only")), package("weak", Some("MPL-2.0"))];
        assert_eq!(judge(&packages, &[MPL]), Vec::<String>::new());
    }

    #[test]
    fn the_crate_is_named_when_its_licence_is_not_allowed_or_not_known() {
        let packages = [
            package("copyleft", Some("GPL-3.0-only")),
            package("silent", None),
            package("other", Some("MPL-2.0")),
        ];
        let problems = judge(&packages, &[]);
        assert_eq!(problems.len(), 3, "{problems:?}");
        for (problem, name) in problems.iter().zip(["copyleft", "silent", "other"]) {
            assert!(problem.starts_with(name), "{problem}");
        }
    }

    #[test]
    fn an_exception_nobody_needs_is_a_problem() {
        let problems = judge(&[package("weak", Some("MIT OR MPL-2.0"))], &[MPL]);
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}
