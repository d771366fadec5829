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
        let for_tests = !configurations.is_empty() && configurations.split(',').all(is_of_tests);
        pieces.add("maven", &format!("{group}/{name}"), version, place).excluded_if(for_tests);
    }
    pieces
}

/// Whether `test` is a word of a configuration's name: of `integrationTestRuntimeClasspath`, not of
/// `latestReleaseRuntimeClasspath`.
fn is_of_tests(name: &str) -> bool {
    let mut word = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() || !c.is_ascii_alphanumeric() {
            if word == "test" {
                return true;
            }
            word.clear();
        }
        word.extend(c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()));
    }
    word == "test"
}
