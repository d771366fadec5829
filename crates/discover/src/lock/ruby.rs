//! `Gemfile.lock`: sections, and in them `specs:` with one gem a line, four blanks deep.

use crate::piece::Pieces;

pub(super) fn read(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let mut section = "";
    for (index, line) in text.lines().enumerate() {
        if !line.starts_with(' ') {
            section = line.trim();
            continue;
        }
        let gem = line.trim_start();
        if line.len() - gem.len() != 4 || !matches!(section, "GEM" | "GIT" | "PATH") {
            continue;
        }
        let Some((name, version)) =
            gem.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)))
        else {
            continue;
        };
        let place = format!("line {}", index + 1);
        if section == "PATH" {
            pieces.add_plain(name, version, place);
        } else {
            // `1.2.3-x86_64-linux`: the platform is no part of the version
            let version = version.split('-').next().unwrap_or_default();
            pieces.add("gem", name, version, place);
        }
    }
    pieces
}
