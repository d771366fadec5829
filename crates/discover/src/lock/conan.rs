//! `conan.lock` of Conan 2 (lists of references) and of Conan 1 (a graph of nodes).

use super::not_json;
use crate::piece::Pieces;
use aftercare_vocab::purl::{Parts, Purl};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    requires: Option<Vec<String>>,
    #[serde(default)]
    build_requires: Vec<String>,
    #[serde(default)]
    python_requires: Vec<String>,
    graph_lock: Option<Graph>,
}

#[derive(Deserialize)]
struct Graph {
    nodes: BTreeMap<String, Node>,
}

#[derive(Deserialize)]
struct Node {
    r#ref: Option<String>,
    /// The product's own recipe.
    path: Option<String>,
    /// `host` or `build`.
    context: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    let file: File = serde_json::from_str(text).map_err(|fault| not_json(&fault))?;
    if file.requires.is_none() && file.graph_lock.is_none() {
        return Err("it has neither `requires` nor `graph_lock`".to_owned());
    }
    let mut pieces = Pieces::default();
    for (list, references, is_build) in [
        ("requires", file.requires.unwrap_or_default(), false),
        ("build_requires", file.build_requires, true),
        ("python_requires", file.python_requires, true),
    ] {
        for (index, reference) in references.iter().enumerate() {
            add(&mut pieces, reference, format!("{list}[{index}]"), is_build);
        }
    }
    for (number, node) in file.graph_lock.map(|graph| graph.nodes).unwrap_or_default() {
        let place = format!("graph_lock.nodes[{number}]");
        match (node.r#ref, node.path) {
            (Some(reference), None) => {
                add(&mut pieces, &reference, place, node.context.as_deref() == Some("build"));
            }
            (Some(reference), Some(_)) => {
                let (name, version) = reference.split_once('/').unwrap_or((&reference, ""));
                pieces.add_plain(name, version, place);
            }
            (None, _) => {} // a recipe that nobody named
        }
    }
    Ok(pieces)
}

/// `zlib/1.2.13@user/channel#revision%time`.
fn add(pieces: &mut Pieces, reference: &str, place: String, is_build: bool) {
    let bare = reference.split(['#', '%']).next().unwrap_or_default();
    let (bare, owner) = bare.split_once('@').unwrap_or((bare, ""));
    let Some((name, version)) =
        bare.split_once('/').filter(|(name, version)| !name.is_empty() && !version.is_empty())
    else {
        pieces.pass_over(place, format!("`{reference}` names no package and version"));
        return;
    };
    let piece = pieces.add("conan", name, version, place).excluded_if(is_build);
    // `_/_` stands for no owner
    if let Some((user, channel)) = owner.split_once('/').filter(|(user, _)| *user != "_") {
        let qualifiers = [("channel", channel), ("user", user)];
        let owned = Purl::of_parts(Parts {
            ty: "conan".to_owned(),
            name: name.to_owned(),
            version: Some(version.to_owned()),
            qualifiers: qualifiers.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            ..Parts::default()
        });
        piece.component.purls = owned.into_iter().collect();
    }
}
