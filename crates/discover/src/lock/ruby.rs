//! `Gemfile.lock`: sections, and in them `specs:` with one gem a line, four blanks deep.

use crate::piece::Pieces;

/// Sections that have gems; every lock file has one of them.
const SECTIONS: [&str; 4] = ["GEM", "GIT", "PATH", "PLUGIN SOURCE"];

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    if !text.lines().any(|line| SECTIONS.contains(&line.trim_end())) {
        return Err("it has no section with gems".to_owned());
    }
    let mut pieces = Pieces::default();
    let mut section = "";
    for (index, line) in text.lines().enumerate() {
        if !line.starts_with(' ') {
            section = line.trim();
            continue;
        }
        let gem = line.trim_start();
        if line.len() - gem.len() != 4 || !SECTIONS.contains(&section) {
            continue;
        }
        let Some((name, version)) =
            gem.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)))
        else {
            pieces.pass_over(format!("line {}", index + 1), format!("`{gem}` names no version"));
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
    Ok(pieces)
}
