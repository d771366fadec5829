//! Package databases: read like the lists they are, with the distribution that stands beside them.

use crate::{
    claim::{Claim, root_of},
    collect::Text,
    evidence::Method,
    piece::{Piece, Pieces},
};
use aftercare_formats::sbom::{
    Limits,
    list::{self, Release},
};
use aftercare_vocab::{inventory::Format, problem::Problem};
use std::collections::BTreeMap;

/// The distributions, by the root whose `os-release` names them. `/etc` wins over `/usr/lib`.
pub(crate) fn releases(texts: &[Text]) -> BTreeMap<&str, Release> {
    let mut releases = BTreeMap::new();
    for Text { path, claim, content, .. } in texts {
        if *claim == Claim::Release {
            let release = Release::of_os_release(content);
            if path.ends_with("etc/os-release") {
                releases.insert(root_of(path), release);
            } else {
                releases.entry(root_of(path)).or_insert(release);
            }
        }
    }
    releases
}

/// The packages of one database, and what was noticed.
pub(crate) fn read(
    path: &str,
    format: Format,
    text: &str,
    release: &Release,
) -> (Pieces, Method, Vec<Problem>) {
    let mut pieces = Pieces::default();
    let limits = Limits { warnings: 100, ..Limits::default() };
    let problems = match list::read(format, text, release, &limits) {
        Ok(read) => {
            for component in read.value.components {
                pieces.push(Piece { place: component.place.clone(), component });
            }
            read.problems
        }
        Err(problems) => problems,
    };
    let at = |problem: Problem| {
        let place = match problem.place.as_str() {
            "" => path.to_owned(),
            place => format!("{path}: {place}"),
        };
        Problem { place, ..problem }
    };
    (pieces, Method::PackageDatabase, problems.into_iter().map(at).collect())
}
