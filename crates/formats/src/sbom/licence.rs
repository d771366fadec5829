//! Licences as nodes, put back into the expressions that they stand for: SPDX 2 as RDF, SPDX 3.

use super::graph::{Graph, Node, Object};

/// Deepest nesting of licence sets.
const DEPTH: usize = 30;

/// Most licences of one expression: nodes that name others twice could otherwise grow without bound.
const MEMBERS: usize = 1_000;

/// The expression that a value stands for; `None` when it cannot be told.
pub(super) fn expression(graph: &Graph<'_>, object: &Object<'_>) -> Option<String> {
    let mut left = MEMBERS;
    told(graph, object, &mut left, 0)
}

fn told(graph: &Graph<'_>, object: &Object<'_>, left: &mut usize, depth: usize) -> Option<String> {
    *left = left.checked_sub(1)?;
    let node = match object {
        Object::Text(text) => return Some(text.clone().into_owned()),
        Object::Name(name) => match graph.node(object) {
            Some(node) => node,
            None => return word(name),
        },
        Object::Node(_) => graph.node(object)?,
    };
    if depth > DEPTH {
        return None;
    }
    let mut first = |terms: &[&str]| {
        let (_, object) = node.facts.iter().find(|(known, _)| terms.contains(&known.as_ref()))?;
        told(graph, object, left, depth + 1)
    };
    match node.kind.as_ref() {
        "OrLaterOperator" => {
            first(&["member", "subjectLicense"]).map(|licence| format!("{licence}+"))
        }
        "WithExceptionOperator" | "WithAdditionOperator" => {
            let licence = first(&["member", "subjectExtendableLicense"])?;
            let exception = first(&["licenseException", "subjectAddition"])?;
            Some(format!("{licence} WITH {exception}"))
        }
        kind @ ("ConjunctiveLicenseSet" | "DisjunctiveLicenseSet") => {
            let between = if kind == "ConjunctiveLicenseSet" { " AND " } else { " OR " };
            let mut members = Vec::new();
            for (_, object) in node.facts.iter().filter(|(term, _)| term == "member") {
                members.push(told(graph, object, left, depth + 1)?);
            }
            match members.len() {
                0 => None,
                _ if depth == 0 => Some(members.join(between)),
                _ => Some(format!("({})", members.join(between))),
            }
        }
        "LicenseExpression" => first(&["licenseExpression"]),
        "CustomLicense" | "CustomLicenseAddition" => first(&["name"]).or_else(|| of_name(node)),
        _ => first(&["licenseId", "licenseExceptionId"]).or_else(|| of_name(node)),
    }
}

fn of_name(node: &Node<'_>) -> Option<String> {
    word(&node.name)
}

/// `MIT` of `http://spdx.org/licenses/MIT`, `LicenseRef-1` of `…#LicenseRef-1`.
fn word(name: &str) -> Option<String> {
    let word = name.rsplit(['/', '#']).next()?;
    let lower = word.to_ascii_lowercase();
    match lower.as_str() {
        "" => None,
        _ if word.starts_with("_:") => None,
        "noassertion"
        | "noassertionelement"
        | "noassertionlicense"
        | "expandedlicensing_noassertionlicense" => Some("NOASSERTION".to_owned()),
        "none" | "noneelement" | "nonelicense" | "expandedlicensing_nonelicense" => {
            Some("NONE".to_owned())
        }
        _ => Some(word.to_owned()),
    }
}
