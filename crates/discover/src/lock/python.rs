//! Python: `poetry.lock`, `uv.lock`, `pdm.lock`, `Pipfile.lock`, and `requirements.txt` with `==`.

use super::{Lock, not_json, not_toml};
use crate::piece::Pieces;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    version: String,
    /// poetry before 1.5: `dev`.
    category: Option<String>,
    /// Where it is from, where that is no index: uv `editable` and `virtual`, poetry `directory` and `git`.
    #[serde(default)]
    source: toml::Table,
}

pub(super) fn toml_lock(text: &str) -> Result<Pieces, String> {
    let file: File = toml::from_str(text).map_err(|fault| not_toml(&fault))?;
    let mut pieces = Pieces::default();
    for (index, package) in file.package.into_iter().enumerate() {
        let place = format!("package[{index}]");
        let kind = package.source.get("type").and_then(toml::Value::as_str).unwrap_or_default();
        let is_own = matches!(kind, "directory" | "file")
            || ["editable", "virtual", "directory", "path"]
                .iter()
                .any(|key| package.source.contains_key(*key));
        let piece = if is_own {
            pieces.add_plain(&package.name, &package.version, place)
        } else {
            pieces.add("pypi", &package.name, &package.version, place)
        };
        piece.excluded_if(package.category.as_deref() == Some("dev"));
    }
    Ok(pieces)
}

#[derive(Deserialize)]
struct Locked {
    version: Option<String>,
}

pub(super) fn pipfile(text: &str) -> Result<Pieces, String> {
    #[derive(Deserialize)]
    struct Pipfile {
        default: BTreeMap<String, Locked>,
        #[serde(default)]
        develop: BTreeMap<String, Locked>,
    }
    let file: Pipfile = serde_json::from_str(text).map_err(|fault| not_json(&fault))?;
    let mut pieces = Pieces::default();
    for (section, packages) in [("default", file.default), ("develop", file.develop)] {
        for (name, locked) in packages {
            let place = format!("{section}[{name}]");
            match locked.version.as_deref().and_then(|version| version.strip_prefix("==")) {
                Some(version) => {
                    pieces.add("pypi", &name, version, place).excluded_if(section == "develop");
                }
                None => {
                    pieces.add_plain(&name, "", place).excluded_if(section == "develop");
                }
            }
        }
    }
    Ok(pieces)
}

/// Lines of the form `name[extra]==1.2.3 ; marker --hash=...`; other requirements are passed over.
pub(super) fn requirements(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let mut continued = false;
    for (index, line) in text.lines().enumerate() {
        let was_continued = std::mem::replace(&mut continued, line.trim_end().ends_with('\\'));
        let place = format!("line {}", index + 1);
        let line =
            line.split(" #").next().unwrap_or_default().trim().trim_end_matches('\\').trim_end();
        if was_continued || line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(option) = line.strip_prefix('-') {
            // what stands in other files is found there, if they are read by their names
            let other = option.split_once([' ', '=']).map_or("", |(_, other)| other.trim());
            if option.starts_with('r') || option.starts_with("-requirement") {
                let name = other.rsplit('/').next().unwrap_or_default();
                if Lock::of_name(name).is_none() {
                    pieces.pass_over(place, format!("`{line}` names a file that is not read"));
                }
            } else if option.starts_with('e') || option.starts_with("-editable") {
                pieces.pass_over(place, format!("`{line}` names no version"));
            }
            continue;
        }
        let requirement = line.split([';', ' ']).next().unwrap_or_default();
        let whole: String = line.split(';').next().unwrap_or_default().split_whitespace().collect();
        let pinned = requirement.split_once("==").or_else(|| whole.split_once("=="));
        match pinned {
            Some((name, version)) if !version.contains(['*', ',']) && !version.is_empty() => {
                let name = name.split('[').next().unwrap_or_default();
                let version =
                    version.trim_start_matches('=').split("--").next().unwrap_or_default();
                pieces.add("pypi", name.trim(), version, place);
            }
            _ => {
                pieces
                    .pass_over(place, format!("`{line}` does not say which version is installed"));
            }
        }
    }
    pieces
}
