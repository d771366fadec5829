//! `pom.xml`: the dependencies whose versions stand there, as text or as a property of the same file.
//! Versions that a parent or an import decides cannot be told from one file and are passed over. What the
//! dependencies need in turn stands in no file of the project, which is told.

use crate::piece::Pieces;
use quick_xml::{Reader, events::Event};
use std::collections::HashMap;

/// Deepest nesting of elements.
const DEPTH: usize = 100;

#[derive(Default)]
struct Dependency {
    group: String,
    name: String,
    version: String,
    scope: String,
    is_managed: bool,
}

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    let mut properties: HashMap<String, String> = HashMap::new();
    let mut dependencies = Vec::new();
    let mut current: Option<Dependency> = None;
    let (mut is_project, mut has_parent) = (false, false);
    loop {
        match reader
            .read_event()
            .map_err(|fault| format!("it is not the XML it should be ({fault})"))?
        {
            Event::Start(start) => {
                if path.len() >= DEPTH {
                    return Err("its elements are nested deeper than is looked at".to_owned());
                }
                path.push(start.local_name().as_ref().to_owned());
                is_project |= path == ["project"];
                has_parent |= path == ["project", "parent"];
                value.clear();
                if is(&path, &["dependencies", "dependency"]) {
                    let is_managed = path.iter().any(|name| name == "dependencyManagement");
                    current = Some(Dependency { is_managed, ..Dependency::default() });
                }
            }
            Event::Text(text) => value.push_str(text.xml10_content().trim()),
            Event::End(_) => {
                if let Some(dependency) = &mut current {
                    let field = match path.last().map(String::as_str) {
                        _ if !is(
                            path.get(..path.len() - 1).unwrap_or_default(),
                            &["dependencies", "dependency"],
                        ) =>
                        {
                            None
                        }
                        Some("groupId") => Some(&mut dependency.group),
                        Some("artifactId") => Some(&mut dependency.name),
                        Some("version") => Some(&mut dependency.version),
                        Some("scope") => Some(&mut dependency.scope),
                        _ => None,
                    };
                    if let Some(field) = field {
                        *field = std::mem::take(&mut value);
                    }
                }
                match path.as_slice() {
                    [project, list, name] if project == "project" && list == "properties" => {
                        properties.insert(name.clone(), std::mem::take(&mut value));
                    }
                    [project, name] if project == "project" && name == "version" => {
                        properties.insert("project.version".to_owned(), std::mem::take(&mut value));
                    }
                    _ => {}
                }
                if is(&path, &["dependencies", "dependency"]) {
                    dependencies.extend(current.take());
                }
                path.pop();
            }
            Event::Eof if path.is_empty() && is_project => break,
            Event::Eof if path.is_empty() => return Err("it describes no project".to_owned()),
            Event::Eof => return Err("it ends too early".to_owned()),
            _ => {}
        }
    }
    let needs = has_parent || dependencies.iter().any(|dependency| !dependency.is_managed);
    let mut pieces = pieces(dependencies, &properties);
    if needs {
        pieces.pass_over(
            "",
            "it states direct needs only; what these need in turn, and what a parent adds, does not stand in it",
        );
    }
    Ok(pieces)
}

fn is(path: &[String], end: &[&str]) -> bool {
    path.len() >= end.len()
        && path.iter().rev().zip(end.iter().rev()).all(|(one, other)| one == other)
}

fn pieces(dependencies: Vec<Dependency>, properties: &HashMap<String, String>) -> Pieces {
    let mut pieces = Pieces::default();
    for (index, dependency) in dependencies.into_iter().enumerate() {
        // what is managed is a version for others, not a need of this project
        if dependency.is_managed {
            continue;
        }
        let place = format!("dependency[{index}]");
        let resolved =
            |text: &str| match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => properties.get(name).filter(|value| !value.contains("${")).cloned(),
                None => Some(text.to_owned()),
            };
        let named = resolved(&dependency.group).zip(resolved(&dependency.name));
        let version = resolved(&dependency.version)
            .filter(|version| !version.is_empty() && !version.contains(['[', '(', ',', '$']));
        match (named, version) {
            (Some((group, name)), Some(version)) if !group.is_empty() && !name.is_empty() => {
                // what is `provided` runs, too, wherever it comes from
                let for_tests = dependency.scope == "test";
                pieces
                    .add("maven", &format!("{group}/{name}"), &version, place)
                    .excluded_if(for_tests);
            }
            _ => {
                let what = format!("{}:{}", dependency.group, dependency.name);
                pieces.pass_over(
                    place,
                    format!("the version of `{what}` does not stand in this file"),
                );
            }
        }
    }
    pieces
}
