//! The walk through 21 CFR Part 11: every paragraph has a row, and every test that a row names is there.

use super::{Breach, Tree};

/// The document.
const PART_11: &str = "docs/part11.md";

/// The paragraphs that need a row each (21 CFR 11.10 to 11.300, as the reference table has them).
const PARAGRAPHS: &[&str] = &[
    "11.10(a)",
    "11.10(b)",
    "11.10(c)",
    "11.10(d)",
    "11.10(e)",
    "11.10(f)",
    "11.10(g)",
    "11.10(h)",
    "11.10(i)",
    "11.10(j)",
    "11.10(k)",
    "11.30",
    "11.50(a)",
    "11.50(b)",
    "11.70",
    "11.100(a)",
    "11.100(b)",
    "11.100(c)",
    "11.200(a)(1)",
    "11.200(a)(2)-(3)",
    "11.200(b)",
    "11.300(a)",
    "11.300(b)",
    "11.300(c)",
    "11.300(d)",
    "11.300(e)",
];

pub fn part_11_is_walked(tree: &Tree) -> Vec<Breach> {
    let Some(document) = tree.files.iter().find(|file| file.path == PART_11) else {
        return Vec::new(); // a link to it would lead nowhere, which another rule tells
    };
    let mut breaches = Vec::new();
    for paragraph in PARAGRAPHS {
        let row = format!("| {paragraph} |");
        if !document.text.lines().any(|line| line.starts_with(&row)) {
            breaches.push(document.whole(format!("{paragraph} has no row")));
        }
    }
    for (number, line) in document.lines().filter(|(_, line)| line.starts_with("| 11.")) {
        let proofs: Vec<&str> =
            line.split('`').skip(1).step_by(2).filter(|span| span.contains("::")).collect();
        if proofs.is_empty() && !line.contains("see below") {
            breaches.push(document.at(number, "the row names no test"));
        }
        for proof in proofs {
            if !is_there(tree, proof) {
                breaches.push(document.at(number, format!("there is no test `{proof}`")));
            }
        }
    }
    breaches
}

/// Whether a test written `crate file::name` (or all of a file: `crate file::`) is in the tree.
fn is_there(tree: &Tree, proof: &str) -> bool {
    let Some((room, test)) = proof.split_once(' ') else { return false };
    let Some((file, name)) = test.split_once("::") else { return false };
    let place = format!("crates/{room}/tests/it/{file}");
    tree.rust()
        .filter(|known| {
            known.path == format!("{place}.rs") || known.path.starts_with(&format!("{place}/"))
        })
        .any(|known| name.is_empty() || known.text.contains(&format!("fn {name}(")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::breaches;

    fn document(proof: &str) -> String {
        let rows: Vec<String> =
            PARAGRAPHS.iter().map(|one| format!("| {one} | asked | done | `{proof}` |")).collect();
        rows.join("\n")
    }

    #[test]
    fn a_proof_must_be_a_test_that_is_there() {
        let test = ("crates/web/tests/it/doors.rs", "fn it_is_shut() {}");
        let walked = document("web doors::it_is_shut");
        assert!(breaches(part_11_is_walked, &[(PART_11, &walked), test]).is_empty());
        let whole = document("web doors::");
        assert!(breaches(part_11_is_walked, &[(PART_11, &whole), test]).is_empty());
        let gone = document("web doors::it_is_open");
        assert_eq!(breaches(part_11_is_walked, &[(PART_11, &gone), test]).len(), PARAGRAPHS.len());
        let short = walked.lines().skip(1).collect::<Vec<_>>().join("\n");
        assert_eq!(breaches(part_11_is_walked, &[(PART_11, &short), test]).len(), 1);
    }
}
