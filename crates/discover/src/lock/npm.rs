//! `package-lock.json`, versions 1 to 3.

use super::not_json;
use crate::piece::Pieces;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "lockfileVersion")]
    version: Option<u64>,
    #[serde(default)]
    packages: BTreeMap<String, Package>,
    /// Version 1, and version 2 for old programs.
    #[serde(default)]
    dependencies: BTreeMap<String, Package>,
}

#[derive(Deserialize, Default)]
struct Package {
    name: Option<String>,
    version: Option<String>,
    #[serde(default)]
    dev: bool,
    /// A link to a directory of the workspace, which stands in the list itself.
    #[serde(default)]
    link: bool,
    #[serde(default)]
    dependencies: serde_json::Value,
}

/// Deepest nesting of version 1.
const DEPTH: usize = 60;

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    let file: File = serde_json::from_str(text).map_err(|fault| not_json(&fault))?;
    if file.version.is_none() && file.packages.is_empty() && file.dependencies.is_empty() {
        return Err("it has neither a version nor a list of packages".to_owned());
    }
    let mut pieces = Pieces::default();
    if file.packages.is_empty() {
        nested(&mut pieces, file.dependencies, "dependencies", 0);
        return Ok(pieces);
    }
    for (path, package) in file.packages {
        if package.link {
            continue;
        }
        let place = format!("packages[{path}]");
        let installed = path.rsplit_once("node_modules/").map(|(_, name)| name.to_owned());
        // an alias (`npm:other@1`) is installed under another name than its own
        match (installed, package.name) {
            (Some(name), own) => {
                let name = own.unwrap_or(name);
                one(&mut pieces, &name, package.version.as_deref(), package.dev, place);
            }
            // the product itself, or a directory of the workspace
            (None, Some(name)) => {
                pieces.add_plain(&name, package.version.as_deref().unwrap_or_default(), place);
            }
            (None, None) => {}
        }
    }
    Ok(pieces)
}

fn nested(pieces: &mut Pieces, packages: BTreeMap<String, Package>, place: &str, depth: usize) {
    for (name, package) in packages {
        let place = format!("{place}[{name}]");
        if depth >= DEPTH {
            pieces.pass_over(place, "it is nested deeper than is looked at");
            continue;
        }
        one(pieces, &name, package.version.as_deref(), package.dev, place.clone());
        if package.dependencies.is_object() {
            match serde_json::from_value(package.dependencies) {
                Ok(below) => nested(pieces, below, &place, depth + 1),
                Err(fault) => pieces.pass_over(place, not_json(&fault)),
            }
        }
    }
}

fn one(pieces: &mut Pieces, name: &str, version: Option<&str>, dev: bool, place: String) {
    let version = version.unwrap_or_default();
    // `npm:other@1.2.3` of version 1; `file:` and `git+ssh:` are no versions
    if let Some((name, version)) =
        version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'))
    {
        pieces.add("npm", name, version, place).excluded_if(dev);
    } else if version.contains(':') {
        pieces.add_plain(name, "", place).excluded_if(dev);
    } else {
        pieces.add("npm", name, version, place).excluded_if(dev);
    }
}
