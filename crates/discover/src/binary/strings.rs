//! Texts by which well-known software is told: a table, `data/version-strings.csv`.
//!
//! A row says what a program must contain and which part of it is the version. Where one row finds several
//! versions in one program, all are told, since one of them is there.

use crate::piece::{Piece, Pieces};
use aftercare_vocab::{
    cpe::Cpe,
    inventory::Component,
    purl::{Parts, Purl},
};
use regex::bytes::{Regex, RegexBuilder};
use std::sync::LazyLock;

/// The table: product, recipe, CPE vendor and product, pattern, needed text, an example.
const TABLE: &str = include_str!("../../data/version-strings.csv");
/// Most versions of one product told of one program; more means that the text means something else.
const VERSIONS: usize = 3;

#[derive(Debug)]
struct Row {
    /// Its name in build systems (`pkg:generic/NAME`).
    name: String,
    vendor: String,
    product: String,
    pattern: Regex,
    /// A text that must stand in the program, too; empty: none.
    needs: String,
    /// Beginnings of the names of its shared libraries.
    libraries: Vec<String>,
    /// A text that the pattern must find, and the version in it.
    #[cfg_attr(not(test), allow(dead_code, reason = "read by the table's test"))]
    example: (String, String),
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows(TABLE));

fn rows(table: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(table.as_bytes());
    let row = |record: csv::StringRecord| {
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let pattern = RegexBuilder::new(&cell(3)).unicode(false).build().ok()?;
        Some(Row {
            name: cell(0),
            vendor: cell(1),
            product: cell(2),
            pattern,
            needs: cell(4),
            libraries: cell(5).split_whitespace().map(str::to_owned).collect(),
            example: (cell(6), cell(7)),
        })
    };
    reader.records().flatten().filter_map(row).collect()
}

/// What the texts of a program tell that needs shared libraries of these names.
pub(super) fn read(bytes: &[u8], needed: &[String]) -> Pieces {
    let mut pieces = Pieces::default();
    for row in ROWS.iter() {
        let mut versions: Vec<String> = Vec::new();
        for found in row.pattern.captures_iter(bytes).take(1_000) {
            let version = version_of(&found);
            if !version.is_empty() && !versions.contains(&version) {
                versions.push(version);
            }
        }
        if versions.is_empty() || !row.needs.is_empty() && !contains(bytes, row.needs.as_bytes()) {
            continue;
        }
        if versions.len() > VERSIONS {
            let what = format!("texts of {} with {} different versions", row.name, versions.len());
            pieces.pass_over("", what);
            continue;
        }
        let named = [row.name.as_str(), &row.vendor, &row.product];
        let is_linked =
            needed.iter().any(|name| row.libraries.iter().any(|begin| name.starts_with(begin)));
        if is_linked {
            let place = format!("text of what it was built with, {}", versions.join(", "));
            pieces.linked.push(Piece { component: component(named, None), place });
            continue;
        }
        for version in exact(versions) {
            product(&mut pieces, named, &version, "text".to_owned());
        }
    }
    pieces
}

/// Without the versions that another one says more exactly: `9.2` beside `9.2p1`. Others that begin alike may be
/// two, such as the slots of an image.
fn exact(versions: Vec<String>) -> Vec<String> {
    let is_shorter = |one: &String| {
        versions.iter().any(|other| {
            let more = other.strip_prefix(one.as_str()).and_then(|rest| rest.strip_prefix('p'));
            more.is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
        })
    };
    versions.iter().filter(|version| !is_shorter(version)).cloned().collect()
}

/// The groups of a match, joined by dots; each number without leading zeros where there are several.
fn version_of(found: &regex::bytes::Captures<'_>) -> String {
    let groups: Vec<String> = found
        .iter()
        .skip(1)
        .flatten()
        .map(|group| String::from_utf8_lossy(group.as_bytes()).into_owned())
        .collect();
    if groups.len() < 2 {
        return groups.concat();
    }
    let plain = |group: &String| match group.trim_start_matches('0') {
        "" => "0".to_owned(),
        plain => plain.to_owned(),
    };
    groups.iter().map(plain).collect::<Vec<_>>().join(".")
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    let finder = Regex::new(&regex::escape(&String::from_utf8_lossy(text)));
    finder.is_ok_and(|finder| finder.is_match(bytes))
}

/// The kernel in a version.
pub(super) fn kernel(pieces: &mut Pieces, version: &str) {
    product(pieces, ["linux", "linux", "linux_kernel"], version, String::new());
}

/// A product: its name in build systems, vendor and product of its CPE name; a version and a place.
pub(super) fn product(
    pieces: &mut Pieces,
    [name, vendor, product]: [&str; 3],
    version: &str,
    place: String,
) {
    pieces.push(Piece { component: component([name, vendor, product], Some(version)), place });
}

fn component([name, vendor, product]: [&str; 3], version: Option<&str>) -> Component {
    let purl = Purl::of_parts(Parts {
        ty: "generic".to_owned(),
        name: name.to_owned(),
        version: version.map(str::to_owned),
        ..Parts::default()
    });
    let part = if name == "linux" { "o" } else { "a" };
    let cpe = format!("cpe:2.3:{part}:{vendor}:{product}:{}:*:*:*:*:*:*:*", version.unwrap_or("*"));
    let cpe = cpe.parse::<Cpe>().ok();
    Component {
        kind: Some(if part == "o" { "operating-system" } else { "library" }.to_owned()),
        name: name.to_owned(),
        version: version.map(str::to_owned),
        purls: purl.into_iter().collect(),
        cpes: cpe.into_iter().collect(),
        ..Component::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_sound_and_finds_its_example_alone() {
        let records = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_reader(TABLE.as_bytes())
            .records()
            .count();
        assert_eq!(ROWS.len(), records, "a row has a bad pattern");
        assert!(records >= 40, "{records}");
        for row in ROWS.iter() {
            let (example, version) = &row.example;
            let bytes = example.replace("\\0", "\0");
            let program = format!("\0.text\0{bytes}\0{}\0", row.needs);
            let found: Vec<_> = read(program.as_bytes(), &[])
                .found
                .into_iter()
                .map(|piece| {
                    (
                        piece.component.name,
                        piece.component.version.unwrap_or_default(),
                        piece.component.cpes.len(),
                    )
                })
                .collect();
            assert_eq!(found, [(row.name.clone(), version.clone(), 1)], "{example}");
        }
    }

    #[test]
    fn texts_that_only_speak_of_a_product_find_nothing() {
        for text in [
            "requires OpenSSL 1.1.1 or later",
            "BusyBox is great",
            "compatible with zlib 1.2.11",
            "https://curl.se/docs/",
            "SQLite version 3",
            "U-Boot environment",
            "Linux version",
        ] {
            assert_eq!(read(text.as_bytes(), &[]).found, [], "{text}");
        }
    }

    #[test]
    fn a_program_that_needs_a_library_tells_only_that() {
        let text = b"\0OpenSSL 3.0.9 30 May 2023\0libcurl/7.88.1\0";
        let needed = ["libc.so.6".to_owned(), "libcrypto.so.3".to_owned()];
        let read = read(text, &needed);
        let [curl] = read.found.as_slice() else { panic!("{:?}", read.found) };
        assert_eq!(curl.component.name, "curl");
        let [openssl] = read.linked.as_slice() else { panic!("{:?}", read.linked) };
        assert_eq!(
            (openssl.component.name.as_str(), &openssl.component.version),
            ("openssl", &None)
        );
        assert!(openssl.place.ends_with("3.0.9"), "{}", openssl.place);
    }

    #[test]
    fn the_more_exact_of_two_versions_is_told() {
        let versions =
            |texts: &[&str]| exact(texts.iter().map(|text| (*text).to_owned()).collect());
        assert_eq!(versions(&["9.2", "9.2p1"]), ["9.2p1"]);
        // two slots of one image are two
        assert_eq!(versions(&["1.1.1", "1.1.1k"]), ["1.1.1", "1.1.1k"]);
        assert_eq!(versions(&["1.1", "1.10", "1.1.2"]), ["1.1", "1.10", "1.1.2"]);
    }

    #[test]
    fn several_versions_are_all_told_and_too_many_are_not_believed() {
        let two = b"libcurl/7.1.0\0libcurl/7.2.0\0libcurl/7.1.0\0";
        assert_eq!(read(two, &[]).found.len(), 2);
        let many = (0..9).map(|n| format!("libcurl/7.{n}.0\0")).collect::<Vec<_>>().concat();
        let read = read(many.as_bytes(), &[]);
        assert_eq!((read.found.len(), read.unused.len()), (0, 1));
    }
}
