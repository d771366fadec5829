//! Rules about source text.

use super::view::{code_only, lines_with, without_tests};
use super::{Breach, Tree};

/// Crates whose functions depend on their arguments alone.
const PURE: &[&str] = &["vocab", "domain", "matching", "documents", "evidence", "signin"];

/// What reaches outside: a clock, chance, files, the network, the surroundings.
const OUTSIDE: &[&str] = &[
    "tokio",
    "rand",
    "rusqlite",
    "axum",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "SystemTime",
    "std::time::Instant",
];

/// Modules of `std` that reach outside, for `use std::{fs, io}`.
const OUTSIDE_OF_STD: &[&str] = &["fs", "net", "env", "process"];

/// Lines of a source file, its tests not counted.
const LONGEST_FILE: usize = 700;

/// Names that say nothing.
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "helper", "helpers", "manager", "managers", "misc", "common", "stuff"];

pub fn core_is_pure(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.rust().filter(|file| file.room().is_some_and(|room| PURE.contains(&room))) {
        if file.is_test() {
            continue;
        }
        let code = without_tests(&file.text);
        for word in OUTSIDE {
            for line in lines_with(&code, word) {
                breaches
                    .push(file.at(line, format!("`{word}`: take what it gives as an argument")));
            }
        }
        for (line, list) in imports_from_std(&code) {
            for name in OUTSIDE_OF_STD {
                if !lines_with(list, name).is_empty() {
                    let what = format!("`std::{name}`: take what it gives as an argument");
                    breaches.push(file.at(line, what));
                }
            }
        }
    }
    breaches
}

/// The lists in `use std::{...}`, each with its line.
fn imports_from_std(code: &str) -> Vec<(usize, &str)> {
    code.match_indices("std::{")
        .map(|(at, mark)| {
            let list = &code[at + mark.len()..];
            let end = list.find([';']).unwrap_or(list.len());
            (code[..at].lines().count().max(1), &list[..end])
        })
        .collect()
}

pub fn crates_explain_themselves(tree: &Tree) -> Vec<Breach> {
    tree.rust()
        .filter(|file| {
            let root = file.path.strip_prefix("crates/").or(file.path.strip_prefix("xtask"));
            root.is_some_and(|path| {
                let inside = path.trim_start_matches(|c| c != '/');
                inside == "/src/lib.rs" || inside == "/src/main.rs"
            })
        })
        .filter(|file| !file.text.trim_start().starts_with("//!"))
        .map(|file| file.at(1, "begin with `//!`: what the crate is, and what it is not"))
        .collect()
}

pub fn files_are_short(tree: &Tree) -> Vec<Breach> {
    tree.sources()
        .filter(|file| !file.is_test() && file.extension() != "toml")
        .filter_map(|file| {
            let length = if file.extension() == "rs" {
                lines_outside_tests(&file.text)
            } else {
                file.text.lines().count()
            };
            (length > LONGEST_FILE).then(|| {
                file.whole(format!(
                    "{length} lines, at most {LONGEST_FILE}; which two things is it?"
                ))
            })
        })
        .collect()
}

/// Lines that are blank only because a test stood there are not counted.
fn lines_outside_tests(text: &str) -> usize {
    let before = code_only(text);
    let after = without_tests(text);
    before.lines().zip(after.lines()).filter(|(with, without)| with == without).count()
}

pub fn nothing_is_left_for_later(tree: &Tree) -> Vec<Breach> {
    let notes = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let macros = [concat!("to", "do!"), concat!("unimple", "mented!"), concat!("db", "g!")];
    let mut breaches = Vec::new();
    for file in tree.sources() {
        for note in notes {
            for line in lines_with(&file.text, note) {
                breaches.push(file.at(line, format!("{note}: do it, or write an issue")));
            }
        }
        if file.extension() != "rs" {
            continue;
        }
        let code = code_only(&file.text);
        for name in macros {
            for line in lines_with(&code, name) {
                breaches.push(file.at(line, format!("`{name}` is not for finished code")));
            }
        }
    }
    breaches
}

pub fn no_test_is_ignored(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.rust() {
        for line in lines_with(&code_only(&file.text), "#[ignore") {
            breaches.push(file.at(line, "mend the test or remove it"));
        }
    }
    breaches
}

pub fn files_have_names(tree: &Tree) -> Vec<Breach> {
    tree.sources()
        .filter(|file| {
            let stem = file.path.rsplit_once('.').map_or(file.path.as_str(), |(stem, _)| stem);
            // `tests/it/common/mod.rs` is named by its folder.
            stem.split('/').any(|part| EMPTY_NAMES.contains(&part))
        })
        .map(|file| file.whole("name it after the noun it is about"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::breaches;

    fn places(rule: fn(&Tree) -> Vec<Breach>, files: &[(&str, &str)]) -> Vec<String> {
        breaches(rule, files).into_iter().map(|breach| breach.place).collect()
    }

    #[test]
    fn the_core_reaches_for_nothing_outside() {
        let good = [
            ("crates/domain/src/case.rs", "// std::fs\nfn f(at: Instant) {}"),
            ("crates/domain/src/clock.rs", "#[cfg(test)]\nmod tests { use std::fs; }"),
            ("crates/domain/tests/it/main.rs", "use std::fs;"),
            ("crates/register/src/lib.rs", "use std::fs;"),
        ];
        assert!(places(core_is_pure, &good).is_empty());
        let bad = [
            ("crates/vocab/src/id.rs", "\nuse rand::random;"),
            ("crates/matching/src/lib.rs", "use std::{collections::BTreeMap, env};"),
            ("crates/evidence/src/lib.rs", "fn f() { std::net::lookup() }"),
        ];
        assert_eq!(
            places(core_is_pure, &bad),
            [
                "crates/vocab/src/id.rs:2",
                "crates/matching/src/lib.rs:1",
                "crates/evidence/src/lib.rs:1"
            ]
        );
    }

    #[test]
    fn a_crate_begins_with_its_docs() {
        let files = [
            ("crates/a/src/lib.rs", "//! Words."),
            ("crates/a/src/b/lib.rs", "mod c;"),
            ("crates/b/src/lib.rs", "mod c;"),
            ("xtask/src/main.rs", "fn main() {}"),
        ];
        assert_eq!(
            places(crates_explain_themselves, &files),
            ["crates/b/src/lib.rs:1", "xtask/src/main.rs:1"]
        );
    }

    #[test]
    fn long_files_are_found_their_tests_not_counted() {
        let body = "fn a() {}\n".repeat(LONGEST_FILE);
        let tested = format!("{body}#[cfg(test)]\nmod tests {{\n{body}}}\n");
        let long = format!("{body}fn b() {{}}\n");
        let files = [
            ("crates/a/src/a.rs", tested.as_str()),
            ("crates/a/tests/it/main.rs", long.as_str()),
            ("crates/a/src/b.rs", long.as_str()),
        ];
        assert_eq!(places(files_are_short, &files), ["crates/a/src/b.rs"]);
    }

    #[test]
    fn notes_to_self_and_stubs_are_found() {
        let note = format!("// {}: later", concat!("TO", "DO"));
        let stub = format!("fn f() {{ {}() }}", concat!("to", "do!"));
        let said = format!("fn f() {{ say(\"{}\") }}", concat!("to", "do!"));
        let files = [
            ("crates/a/src/a.rs", note.as_str()),
            ("crates/a/src/b.rs", stub.as_str()),
            ("crates/a/src/c.rs", said.as_str()),
        ];
        assert_eq!(
            places(nothing_is_left_for_later, &files),
            ["crates/a/src/a.rs:1", "crates/a/src/b.rs:1"]
        );
    }

    #[test]
    fn ignored_tests_are_found() {
        let files = [
            ("crates/a/tests/it/main.rs", "#[test]\n#[ignore = \"slow\"]\nfn a() {}"),
            ("crates/a/tests/it/b.rs", "// #[ignore]\n#[test]\nfn b() {}"),
        ];
        assert_eq!(places(no_test_is_ignored, &files), ["crates/a/tests/it/main.rs:2"]);
    }

    #[test]
    fn files_named_after_nothing_are_found() {
        let files = [
            ("crates/a/src/case.rs", ""),
            ("crates/a/src/utils.rs", ""),
            ("crates/a/tests/it/common/mod.rs", ""),
        ];
        assert_eq!(
            places(files_have_names, &files),
            ["crates/a/src/utils.rs", "crates/a/tests/it/common/mod.rs"]
        );
    }
}
