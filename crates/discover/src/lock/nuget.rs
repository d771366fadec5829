//! `packages.lock.json` of NuGet.

use super::not_json;
use crate::piece::Pieces;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    dependencies: BTreeMap<String, BTreeMap<String, Package>>,
}

#[derive(Deserialize)]
struct Package {
    resolved: Option<String>,
    r#type: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    let file: File = serde_json::from_str(text).map_err(|fault| not_json(&fault))?;
    let mut pieces = Pieces::default();
    for (framework, packages) in file.dependencies {
        for (name, package) in packages {
            let place = format!("dependencies[{framework}][{name}]");
            match (&package.resolved, package.r#type.as_deref()) {
                (_, Some("Project")) => {
                    pieces.add_plain(&name, "", place);
                }
                (Some(version), _) => {
                    pieces.add("nuget", &name, version, place);
                }
                (None, _) => pieces.pass_over(place, "no resolved version is given"),
            }
        }
    }
    Ok(pieces)
}
