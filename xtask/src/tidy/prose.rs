//! Rules about documents.

use super::{Breach, File, Tree};

pub fn links_resolve(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.markdown() {
        for (line, target) in links(&file.text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = match target.split_once('#') {
                Some((path, anchor)) => (path, Some(anchor)),
                None => (target.as_str(), None),
            };
            let full = if path.is_empty() { file.path.clone() } else { joined(&file.path, path) };
            let found = tree.files.iter().find(|other| other.path == full);
            // Pictures and folders are not read as text, but they must be there.
            let there = found.is_some() || is_outside_the_texts(tree, &full);
            if !there {
                breaches.push(file.at(line, format!("`{target}` leads nowhere")));
            } else if let (Some(anchor), Some(other)) = (anchor, found)
                && other.extension() == "md"
                && !headings(other).iter().any(|heading| heading == anchor)
            {
                breaches.push(file.at(line, format!("`{target}`: there is no such heading")));
            }
        }
    }
    breaches
}

/// Targets of `[text](target)` outside of code, each with its line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, text) in prose_lines(text) {
        let text = without_code_spans(text);
        for (at, mark) in text.match_indices("](") {
            let rest = &text[at + mark.len()..];
            if let Some(end) = rest.find(')') {
                let target = rest[..end].split_whitespace().next().unwrap_or_default();
                found.push((line, target.trim_matches(['<', '>']).to_owned()));
            }
        }
    }
    found
}

/// Lines outside of fenced code, each with its number.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fence && !fenced).then_some((at + 1, line))
    })
}

fn without_code_spans(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// A path named in a file, from the root: `../b.md` in `docs/adr/a.md` is `docs/b.md`.
fn joined(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn is_outside_the_texts(tree: &Tree, full: &str) -> bool {
    let folder = format!("{full}/");
    tree.files.iter().any(|file| file.path.starts_with(&folder))
        || tree.others.iter().any(|other| other == full)
}

/// Headings as the anchors that code hosts make of them.
fn headings(file: &File) -> Vec<String> {
    prose_lines(&file.text)
        .filter(|(_, line)| line.starts_with('#'))
        .map(|(_, line)| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

pub fn change_log_is_open(tree: &Tree) -> Vec<Breach> {
    const NAME: &str = "CHANGELOG.md";
    let Some(file) = tree.files.iter().find(|file| file.path == NAME) else {
        return vec![Breach { place: NAME.into(), what: "is not there".into() }];
    };
    let open = |line: &str| {
        line.strip_prefix("## ")
            .is_some_and(|title| title.trim().trim_matches(['[', ']']) == "Unreleased")
    };
    if file.text.lines().any(open) {
        return Vec::new();
    }
    vec![file.whole("add a section `## Unreleased`")]
}

pub fn dashes_are_plain(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.markdown() {
        for (line, _) in file.lines().filter(|(_, text)| text.contains('\u{2014}')) {
            breaches.push(file.at(line, "write the sentence with other marks"));
        }
    }
    for file in tree.rust() {
        let comment = |text: &str| text.trim_start().starts_with("//");
        for (line, _) in file.lines().filter(|(_, t)| comment(t) && t.contains('\u{2014}')) {
            breaches.push(file.at(line, "write the sentence with other marks"));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::breaches;

    fn places(rule: fn(&Tree) -> Vec<Breach>, files: &[(&str, &str)]) -> Vec<String> {
        breaches(rule, files).into_iter().map(|breach| breach.place).collect()
    }

    #[test]
    fn links_lead_to_files_folders_and_headings() {
        let good = [
            (
                "README.md",
                "[a](docs/a.md#one-two) [b](#top) [c](https://example.org) [d](docs)\n# Top",
            ),
            ("docs/a.md", "# One, two\n[up](../README.md)\n```\n[x](y)\n```\n`[x](y)`"),
        ];
        assert!(places(links_resolve, &good).is_empty());
        let bad = [
            ("README.md", "[a](docs/a.md#three)\n[b](docs/b.md)\n[c](#bottom)"),
            ("docs/a.md", "# One\n\n[up](README.md)"),
        ];
        assert_eq!(
            places(links_resolve, &bad),
            ["README.md:1", "README.md:2", "README.md:3", "docs/a.md:3"]
        );
    }

    #[test]
    fn a_picture_counts_when_it_is_there() {
        let text = "![ask](docs/ask.png)";
        assert_eq!(places(links_resolve, &[("README.md", text)]), ["README.md:1"]);
        let tree = Tree {
            files: vec![File { path: "README.md".into(), text: text.into() }],
            others: vec!["docs/ask.png".into()],
            ..Tree::default()
        };
        assert!(links_resolve(&tree).is_empty());
    }

    #[test]
    fn the_change_log_has_an_open_section() {
        for good in ["# Changes\n\n## Unreleased\n", "## [Unreleased]\n"] {
            assert!(places(change_log_is_open, &[("CHANGELOG.md", good)]).is_empty());
        }
        assert_eq!(places(change_log_is_open, &[("CHANGELOG.md", "## 1.0\n")]).len(), 1);
        assert_eq!(places(change_log_is_open, &[]).len(), 1);
    }

    #[test]
    fn long_dashes_in_prose_are_found_in_texts_on_screen_not() {
        let files = [
            ("README.md", "a - b\na \u{2014} b"),
            ("crates/web/src/a.rs", "let empty = \"\u{2014}\";\n// a \u{2014} b"),
        ];
        assert_eq!(places(dashes_are_plain, &files), ["README.md:2", "crates/web/src/a.rs:2"]);
    }
}
