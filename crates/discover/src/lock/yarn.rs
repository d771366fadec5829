//! `yarn.lock` of Yarn 1 and of later versions.

use crate::piece::Pieces;

pub(super) fn read(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let mut entry: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            without_version(&mut pieces, entry.take());
            entry = name_of(line).map(|name| (index + 1, name));
            if entry.is_none() && line.trim_end() != "__metadata:" {
                pieces
                    .pass_over(format!("line {}", index + 1), format!("`{line}` names no package"));
            }
            continue;
        }
        let Some((number, name)) = &entry else { continue };
        let field = line.trim_start();
        // only the entry's own fields: those of its dependencies are indented further
        if line.len() - field.len() != 2 {
            continue;
        }
        let Some(version) =
            field.strip_prefix("version").and_then(|rest| rest.strip_prefix([' ', ':']))
        else {
            continue;
        };
        let version = version.trim().trim_matches('"');
        // Yarn 2 and later list the workspace's own packages with this version
        if version == "0.0.0-use.local" {
            pieces.add_plain(name, "", format!("line {number}"));
        } else {
            pieces.add("npm", name, version, format!("line {number}"));
        }
        entry = None;
    }
    without_version(&mut pieces, entry);
    pieces
}

fn without_version(pieces: &mut Pieces, entry: Option<(usize, String)>) {
    if let Some((number, name)) = entry {
        pieces.pass_over(format!("line {number}"), format!("no version of `{name}` is given"));
    }
}

/// `"@babel/core@^7.0.0", "@babel/core@^7.1.0":` is `@babel/core`. An alias stands for the other name:
/// `"a@npm:b@1.0"` is `b`.
fn name_of(line: &str) -> Option<String> {
    let first = line.trim_end_matches(':').split(',').next()?.trim().trim_matches('"');
    let at = first.get(1..)?.find('@')? + 1;
    let (name, range) = first.split_at(at);
    let alias = range.strip_prefix("@npm:").and_then(|alias| {
        let at = alias.get(1..)?.find('@')? + 1;
        alias.get(..at)
    });
    (name != "__metadata").then(|| alias.unwrap_or(name).to_owned())
}
