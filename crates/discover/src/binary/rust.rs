//! What `cargo auditable` writes into programs: the packages built in, as JSON packed with zlib.

use crate::piece::Pieces;
use serde::Deserialize;
use std::io::Read;

/// Most bytes of the list, unpacked; `cargo auditable` itself keeps below 8 MiB.
const LONGEST: u64 = 8 * 1024 * 1024;

#[derive(Deserialize)]
struct List {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    #[serde(default)]
    source: String,
    kind: Option<String>,
}

pub(super) fn read(section: &[u8], into: &mut Pieces) {
    let mut text = Vec::new();
    let unpacked = flate2::read::ZlibDecoder::new(section).take(LONGEST + 1).read_to_end(&mut text);
    let list = match unpacked {
        Ok(_) if text.len() as u64 > LONGEST => Err("it is larger than is read".to_owned()),
        Ok(_) => serde_json::from_slice::<List>(&text).map_err(|fault| fault.to_string()),
        Err(fault) => Err(fault.to_string()),
    };
    let list = match list {
        Ok(list) => list,
        Err(why) => {
            return into
                .pass_over(".dep-v0", format!("the list of Rust packages is damaged ({why})"));
        }
    };
    for (index, package) in list.packages.into_iter().enumerate() {
        let place = format!(".dep-v0 packages[{index}]");
        let for_building = package.kind.as_deref() == Some("build");
        // crates of a directory are the product's own
        let piece = if package.source == "local" {
            into.add_plain(&package.name, &package.version, place)
        } else {
            into.add("cargo", &package.name, &package.version, place)
        };
        piece.excluded_if(for_building);
    }
}
