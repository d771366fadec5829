//! Package databases: read like the lists they are, with the distribution that stands beside them.

use crate::{
    claim::{Claim, root_of},
    collect::Text,
    evidence::Method,
    piece::{Piece, Pieces},
    rpm,
};
use aftercare_formats::sbom::{
    Limits,
    list::{self, Release},
};
use aftercare_vocab::{
    inventory::{Format, Inventory},
    problem::{Problem, Read},
};
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

/// The packages of one database that is a text, and what was noticed.
pub(crate) fn read(
    path: &str,
    format: Format,
    text: &str,
    release: &Release,
) -> (Pieces, Method, Vec<Problem>) {
    let read = list::read(format, text, release, &limits());
    noted(path, read)
}

/// The packages of a database of rpm, and what was noticed.
pub(crate) fn read_rpm(
    path: &str,
    packages: &[rpm::Package],
    release: &Release,
) -> (Pieces, Method, Vec<Problem>) {
    let epochs: Vec<String> = packages.iter().map(rpm::Package::epoch).collect();
    let rows = packages.iter().zip(&epochs).map(|(package, epoch)| package.row(epoch)).collect();
    noted(path, list::rpm_packages(rows, release, &limits()))
}

fn limits() -> Limits {
    Limits { warnings: 100, ..Limits::default() }
}

fn noted(
    path: &str,
    read: Result<Read<Inventory>, Vec<Problem>>,
) -> (Pieces, Method, Vec<Problem>) {
    let mut pieces = Pieces::default();
    let problems = match read {
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
