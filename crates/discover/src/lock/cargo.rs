//! `Cargo.lock`.

use super::not_toml;
use crate::piece::Pieces;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    let file: File = toml::from_str(text).map_err(|fault| not_toml(&fault))?;
    let mut pieces = Pieces::default();
    for (index, package) in file.package.into_iter().enumerate() {
        let place = format!("package[{index}]");
        let piece = match &package.source {
            Some(_) => pieces.add("cargo", &package.name, &package.version, place),
            // a crate of the workspace or beside it: the product's own
            None => pieces.add_plain(&package.name, &package.version, place),
        };
        piece.component.hashes.extend(package.checksum.map(|digest| ("sha256".to_owned(), digest)));
    }
    Ok(pieces)
}
