//! `composer.lock`.

use super::not_json;
use crate::piece::Pieces;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    packages: Vec<Package>,
    #[serde(default, rename = "packages-dev")]
    dev: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    license: Vec<String>,
}

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    let file: File = serde_json::from_str(text).map_err(|fault| not_json(&fault))?;
    let mut pieces = Pieces::default();
    for (list, packages) in [("packages", file.packages), ("packages-dev", file.dev)] {
        for (index, package) in packages.into_iter().enumerate() {
            let place = format!("{list}[{index}]");
            let piece = pieces.add("composer", &package.name, &package.version, place);
            piece.component.licences = package.license;
            piece.excluded_if(list == "packages-dev");
        }
    }
    Ok(pieces)
}
