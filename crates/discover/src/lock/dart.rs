//! `pubspec.lock` of Dart and Flutter: YAML as pub writes it, one package a key of `packages`.

use crate::piece::Pieces;

/// Hosts of the public packages; none is stated in short forms.
const PUBLIC: &[&str] = &["", "pub.dev", "pub.dartlang.org"];

#[derive(Default)]
struct Package<'t> {
    name: &'t str,
    line: usize,
    dependency: &'t str,
    source: &'t str,
    version: &'t str,
    digest: &'t str,
    url: &'t str,
}

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    if !text.lines().any(|line| line.trim_end() == "packages:") {
        return Err("it has no list of packages".to_owned());
    }
    let mut pieces = Pieces::default();
    let (mut within, mut open) = (false, None::<Package<'_>>);
    for (index, line) in text.lines().enumerate() {
        let field = line.trim();
        if field.is_empty() || field.starts_with('#') {
            continue;
        }
        let depth = line.len() - line.trim_start().len();
        if depth == 0 {
            within = field == "packages:";
        }
        if depth <= 2
            && let Some(package) = open.take()
        {
            add(&mut pieces, &package);
        }
        if !within {
            continue;
        }
        let (key, value) = field.split_once(':').unwrap_or((field, ""));
        let value = value.trim().trim_matches(['"', '\'']);
        match (depth, &mut open) {
            (2, _) => {
                let name = key.trim_matches(['"', '\'']);
                open = Some(Package { name, line: index + 1, ..Package::default() });
            }
            (_, Some(package)) => match (depth, key) {
                (4, "dependency") => package.dependency = value,
                (4, "source") => package.source = value,
                (4, "version") => package.version = value,
                (6, "sha256") => package.digest = value,
                (6, "url") => package.url = value,
                _ => {}
            },
            _ => {}
        }
    }
    if let Some(package) = open {
        add(&mut pieces, &package);
    }
    Ok(pieces)
}

fn add(pieces: &mut Pieces, package: &Package<'_>) {
    let Package { name, version, digest, .. } = *package;
    let place = format!("line {}", package.line);
    let is_dev = package.dependency == "direct dev";
    let host = package.url.trim_start_matches("https://").trim_end_matches('/');
    if package.source != "hosted" || !PUBLIC.contains(&host) {
        // of the SDK, from git, of a host of ones own, or beside the product: pub.dev knows no version of it
        let version = if package.source == "sdk" { "" } else { version };
        pieces.add_plain(name, version, place).excluded_if(is_dev);
        return;
    }
    let piece = pieces.add("pub", name, version, place).excluded_if(is_dev);
    if !digest.is_empty() {
        piece.component.hashes.push(("sha256".to_owned(), digest.to_owned()));
    }
}
