//! What cargo knows about this tree: where it is, which crates it has, what they depend on.

use crate::process;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tree the workshop works on.
#[derive(Debug)]
pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's target folder; everything the workshop writes for itself goes under it.
    pub target: PathBuf,
    /// Only our own crates.
    pub packages: Vec<Package>,
}

/// The part of `cargo metadata` that is used here.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub workspace_root: PathBuf,
    pub target_directory: PathBuf,
    pub packages: Vec<Package>,
    pub resolve: Option<Resolve>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    pub id: String,
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    /// `None` for a crate of this tree.
    pub source: Option<String>,
    pub manifest_path: PathBuf,
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Dependency {
    pub name: String,
    /// `None` (normal), `dev` or `build`.
    pub kind: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Resolve {
    pub nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
pub struct Node {
    pub id: String,
    pub deps: Vec<Edge>,
}

#[derive(Debug, Deserialize)]
pub struct Edge {
    pub pkg: String,
    pub dep_kinds: Vec<EdgeKind>,
}

#[derive(Debug, Deserialize)]
pub struct EdgeKind {
    pub kind: Option<String>,
}

impl Workspace {
    pub fn open() -> Result<Self> {
        let mut command = cargo();
        command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]);
        let found: Metadata = read(command)?;
        Ok(Self {
            root: found.workspace_root,
            target: found.target_directory,
            packages: found.packages,
        })
    }

    /// A folder for scratch under `target/xtask/`, made when missing.
    pub fn scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join("xtask").join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(folder)
    }

    /// As [`Workspace::scratch`], but empty.
    pub fn fresh_scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join("xtask").join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("emptying {}", folder.display()))?;
        }
        self.scratch(name)
    }

    /// Everything we build with, on every platform, as locked.
    pub fn resolved(&self) -> Result<Metadata> {
        let mut command = self.cargo();
        command.args(["metadata", "--format-version", "1", "--locked"]);
        read(command)
    }

    /// Cargo, called from the root of the tree.
    pub fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }

    /// The snapshots of public data that may lie beside the tree; they are never part of it.
    pub fn shared_data(&self) -> PathBuf {
        self.root.join("../shared/data")
    }

    /// The path as seen from the root, for messages.
    pub fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    // Set by the `cargo run` that started us; they would name the wrong crate to the next cargo.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME"] {
        command.env_remove(name);
    }
    // Output is kept in logs and read by the workshop.
    command.env("CARGO_TERM_COLOR", "never");
    command
}

fn read(command: Command) -> Result<Metadata> {
    let text = process::captured(command)?;
    serde_json::from_str(&text).context("reading the answer of `cargo metadata`")
}
