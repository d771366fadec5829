//! `go.mod` and `go.sum`.

use crate::piece::Pieces;
use std::collections::BTreeMap;

/// The first version for which `go.mod` lists all modules that are built in, not only those that the module
/// itself names (Go Modules Reference, "go directive").
const LISTS_ALL: (u32, u32) = (1, 17);

/// Whether `go.mod` lists all modules that are built in. Without a `go` line it is meant for Go 1.16.
pub(crate) fn lists_all(text: &str) -> bool {
    let stated = text.lines().find_map(|line| {
        let line = line.split("//").next().unwrap_or_default();
        let mut words = line.split_whitespace();
        (words.next() == Some("go")).then(|| words.next()).flatten()
    });
    stated.and_then(major_and_minor).is_some_and(|version| version >= LISTS_ALL)
}

/// `1.21.3` and `1.21rc2` are 1 and 21.
fn major_and_minor(version: &str) -> Option<(u32, u32)> {
    let (major, rest) = version.split_once('.')?;
    let minor = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The modules that `go.mod` requires.
pub(super) fn module(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let mut required: Vec<(usize, &str, &str)> = Vec::new();
    // by module and the version that is meant; `None`: every version
    let mut replaced: BTreeMap<(&str, Option<&str>), (&str, &str)> = BTreeMap::new();
    let (mut block, mut is_module) = ("", false);
    for (index, line) in text.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let words: Vec<&str> = line.split_whitespace().collect();
        let (verb, rest) = match words.as_slice() {
            [verb, "("] => {
                block = verb;
                continue;
            }
            [")"] => {
                block = "";
                continue;
            }
            [verb, rest @ ..] if block.is_empty() => (*verb, rest),
            rest => (block, rest),
        };
        match (verb, rest) {
            ("require", [name, version]) => required.push((index + 1, name, version)),
            ("replace", [from, "=>", to]) => {
                replaced.insert((from, None), (to, ""));
            }
            ("replace", [from, "=>", to, version]) => {
                replaced.insert((from, None), (to, version));
            }
            ("replace", [from, which, "=>", to]) => {
                replaced.insert((from, Some(which)), (to, ""));
            }
            ("replace", [from, which, "=>", to, version]) => {
                replaced.insert((from, Some(which)), (to, version));
            }
            ("toolchain", [version]) => {
                pieces.add(
                    "golang",
                    "stdlib",
                    version.trim_start_matches("go"),
                    format!("line {}", index + 1),
                );
            }
            ("require" | "replace", []) => {}
            ("require" | "replace", _) => {
                let place = format!("line {}", index + 1);
                pieces.pass_over(place, format!("`{line}` is no module and version"));
            }
            ("module", _) => is_module = true,
            _ => {}
        }
    }
    if !is_module {
        pieces.pass_over("", "it names no module of its own");
    }
    for (number, name, version) in required {
        let place = format!("line {number}");
        match replaced.get(&(name, Some(version))).or_else(|| replaced.get(&(name, None))) {
            // a directory: nobody knows whether the module is in it as it was published
            Some((_, "")) => {
                pieces.add_plain(name, version, place);
            }
            Some((to, version)) => {
                pieces.add("golang", to, version, place);
            }
            None => {
                pieces.add("golang", name, version, place);
            }
        }
    }
    pieces
}

/// The modules whose content `go.sum` vouches for: those built in, and others that were looked at.
pub(super) fn sums(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [_, version, _] if version.ends_with("/go.mod") => {}
            [name, version, _] => {
                pieces.add("golang", name, version, format!("line {}", index + 1));
            }
            _ => pieces.pass_over(format!("line {}", index + 1), "the line is no sum of a module"),
        }
    }
    pieces
}
