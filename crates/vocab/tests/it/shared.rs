//! Where the shared test data lies.

use std::{fs, path::PathBuf};

/// The folder `shared/data/conformance` beside the workspace; `None` (said on standard error) when
/// it is absent.
pub fn conformance() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/conformance");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("NOT RUN: shared data absent ({})", folder.display());
    None
}

/// The text of one file.
pub fn text(path: &std::path::Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One JSON document.
pub fn json(path: &std::path::Path) -> serde_json::Value {
    serde_json::from_str(&text(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files with the extension under a folder, sorted.
pub fn files(folder: &std::path::Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable folder entry").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}
