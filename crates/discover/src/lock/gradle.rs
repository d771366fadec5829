//! `gradle.lockfile`: `group:name:version=configuration,configuration`.

use crate::piece::Pieces;

pub(super) fn read(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let place = format!("line {}", index + 1);
        let (coordinates, configurations) = line.split_once('=').unwrap_or((line, ""));
        let parts: Vec<&str> = coordinates.split(':').collect();
        let [group, name, version] = parts[..] else {
            pieces.pass_over(place, format!("`{line}` is not group, name and version"));
            continue;
        };
        // what only tests use is not there at run time
        let for_tests = !configurations.is_empty()
            && configurations.split(',').all(|name| name.to_ascii_lowercase().contains("test"));
        pieces.add("maven", &format!("{group}/{name}"), version, place).excluded_if(for_tests);
    }
    pieces
}
