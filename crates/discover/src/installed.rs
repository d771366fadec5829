//! The descriptions that installed packages of languages carry.

use crate::piece::Pieces;
use serde::Deserialize;

/// `METADATA` and `PKG-INFO` of Python: the fields Name, Version and License of the head.
pub(crate) fn python(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let field = |key: &str| {
        let mut head = text.lines().take_while(|line| !line.trim().is_empty());
        head.find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim()))
            .unwrap_or_default()
    };
    match (field("Name"), field("Version")) {
        ("", _) => pieces.pass_over("", "it names no package"),
        (name, version) => {
            let piece = pieces.add("pypi", name, version, String::new());
            let licence = Some(field("License")).filter(|licence| !licence.is_empty());
            piece.component.licences.extend(licence.map(str::to_owned));
        }
    }
    pieces
}

/// `pom.properties` of Maven: `groupId=org.example`, `artifactId=pump`, `version=1.0`.
pub(crate) fn java(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let field = |key: &str| {
        text.lines().find_map(|line| Some(line.trim().strip_prefix(key)?.strip_prefix('=')?.trim()))
    };
    match (field("groupId"), field("artifactId"), field("version")) {
        (Some(group), Some(name), Some(version)) => {
            pieces.add("maven", &format!("{group}/{name}"), version, String::new());
        }
        _ => pieces.pass_over("", "it does not name group, artefact and version"),
    }
    pieces
}

/// `installed.json` of Composer 1 (a list) and 2 (an object with the list).
pub(crate) fn php(text: &str) -> Pieces {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum File {
        Second { packages: Vec<Package> },
        First(Vec<Package>),
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        #[serde(default)]
        version: String,
    }
    let mut pieces = Pieces::default();
    match serde_json::from_str::<File>(text) {
        Ok(File::Second { packages } | File::First(packages)) => {
            for (index, package) in packages.into_iter().enumerate() {
                let place = format!("packages[{index}]");
                pieces.add("composer", &package.name, &package.version, place);
            }
        }
        Err(fault) => pieces.pass_over("", format!("it is not the JSON it should be ({fault})")),
    }
    pieces
}

/// The description of an installed gem, as RubyGems writes it: `s.name = "rack".freeze`.
pub(crate) fn gem(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let field = |key: &str| {
        text.lines().find_map(|line| {
            let value = line.trim_start().strip_prefix(key)?.trim_start().strip_prefix('=')?;
            let value = value.trim_start().strip_prefix('"')?;
            value.split_once('"').map(|(value, _)| value)
        })
    };
    match (field("s.name"), field("s.version")) {
        (Some(name), Some(version)) => {
            pieces.add("gem", name, version, String::new());
        }
        _ => pieces.pass_over("", "it states no name and version as RubyGems writes them"),
    }
    pieces
}

/// `package.json` of a package in `node_modules`.
pub(crate) fn node(text: &str) -> Pieces {
    #[derive(Deserialize)]
    struct Package {
        name: Option<String>,
        version: Option<String>,
        license: Option<serde_json::Value>,
    }
    let mut pieces = Pieces::default();
    match serde_json::from_str::<Package>(text) {
        Ok(Package { name: Some(name), version, license }) => {
            let version = version.unwrap_or_default();
            let piece = pieces.add("npm", &name, &version, String::new());
            let licence = license.as_ref().and_then(serde_json::Value::as_str);
            piece.component.licences.extend(licence.map(str::to_owned));
        }
        // directories inside packages have such files only to say how their modules are loaded
        Ok(Package { name: None, .. }) => {}
        Err(fault) => pieces.pass_over("", format!("it is not the JSON it should be ({fault})")),
    }
    pieces
}
