//! `Package.resolved` of Swift, in its versions 1 to 3.

use super::not_json;
use crate::piece::Pieces;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    /// Versions 2 and 3.
    pins: Option<Vec<Pin>>,
    /// Version 1.
    object: Option<Object>,
}

#[derive(Deserialize)]
struct Object {
    pins: Vec<Pin>,
}

#[derive(Deserialize)]
struct Pin {
    #[serde(alias = "package")]
    identity: String,
    #[serde(alias = "repositoryURL", default)]
    location: String,
    #[serde(default)]
    state: State,
}

#[derive(Deserialize, Default)]
struct State {
    version: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    let file: File = serde_json::from_str(text).map_err(|fault| not_json(&fault))?;
    let (prefix, pins) = match (file.pins, file.object) {
        (Some(pins), _) => ("pins", pins),
        (None, Some(object)) => ("object.pins", object.pins),
        (None, None) => return Err("it has no `pins`".to_owned()),
    };
    let mut pieces = Pieces::default();
    for (index, pin) in pins.into_iter().enumerate() {
        let place = format!("{prefix}[{index}]");
        let version = pin.state.version.unwrap_or_default();
        match repository(&pin.location) {
            // a branch or a commit is no version
            Some(name) if !version.is_empty() => _ = pieces.add("swift", &name, &version, place),
            _ => _ = pieces.add_plain(&pin.identity, &version, place),
        }
    }
    Ok(pieces)
}

/// `https://github.com/apple/swift-nio.git` and `git@github.com:apple/swift-nio.git` are
/// `github.com/apple/swift-nio`; a path on a disk is no repository.
fn repository(location: &str) -> Option<String> {
    let bare = match location.split_once("://") {
        Some((_, rest)) => rest.split_once('@').map_or(rest, |(_, rest)| rest).to_owned(),
        None => location.split_once('@')?.1.replacen(':', "/", 1),
    };
    let bare = bare.trim_end_matches('/').trim_end_matches(".git");
    let (host, path) = bare.split_once('/')?;
    (host.contains('.') && !path.is_empty()).then(|| bare.to_owned())
}
