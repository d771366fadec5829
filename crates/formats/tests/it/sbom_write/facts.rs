//! The facts of an inventory that a target format can hold.

use aftercare_formats::sbom::write::Target;
use aftercare_vocab::{
    instant::Instant,
    inventory::{Component, Inventory},
};
use std::collections::BTreeSet;

/// An inventory reduced to what the target can hold, in an order that does not depend on where
/// components stand. What is left out here is the list in docs/sbom-formats.md.
#[derive(Debug, PartialEq)]
struct Facts {
    serial: Option<String>,
    name: Option<String>,
    created: Option<Instant>,
    authors: Vec<String>,
    tools: BTreeSet<String>,
    root: Option<String>,
    components: Vec<String>,
    arrows: BTreeSet<(String, String, String)>,
    graph_has_holes: bool,
}

fn facts(inventory: &Inventory, target: Target, is_source: bool) -> Facts {
    // of those that bear the same reference, the first one keeps it
    let mut used = BTreeSet::new();
    let mut keeps_reference = |text: &str| {
        used.insert(text.to_owned())
            && match target {
                Target::Cyclonedx16 => {
                    !text.is_empty()
                        && !text.starts_with("component-")
                        && !text.starts_with("urn:cdx:")
                }
                Target::Spdx23 => {
                    text.starts_with("SPDXRef-")
                        && !text.starts_with("SPDXRef-Package-")
                        && text != "SPDXRef-DOCUMENT"
                        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
                }
            }
    };
    let shown: Vec<String> = inventory
        .components
        .iter()
        .map(|component| {
            let mut held = held(component, target);
            if !keeps_reference(&component.reference) {
                held.reference.clear();
            }
            format!("{held:?}")
        })
        .collect();
    let at = |index: u32| shown[index as usize].clone();
    let root_name = inventory.root.map(|root| inventory.components[root as usize].name.clone());
    let is_cyclonedx = target == Target::Cyclonedx16;
    let created = inventory.created.as_ref().and_then(|text| text.parse::<Instant>().ok());
    let mut facts = Facts {
        serial: inventory.serial.as_ref().map(|text| text.to_lowercase()).filter(|text| {
            if is_cyclonedx {
                text.starts_with("urn:uuid:") && text.len() == 45
            } else {
                text.contains(':')
            }
        }),
        name: if is_cyclonedx { root_name } else { inventory.name.clone().or(root_name) },
        created: if is_cyclonedx {
            created
        } else {
            created.map(|at| Instant::from_micros(at.micros() / 1_000_000 * 1_000_000))
        },
        authors: inventory
            .authors
            .iter()
            .map(|text| text.trim_start_matches("Organization: ").to_owned())
            .collect(),
        tools: inventory.tools.iter().cloned().collect(),
        root: inventory.root.map(at),
        components: shown.clone(),
        arrows: inventory
            .dependencies
            .iter()
            .map(|arrow| {
                let kind = if is_cyclonedx { String::new() } else { format!("{:?}", arrow.kind) };
                (at(arrow.from), kind, at(arrow.to))
            })
            .collect(),
        graph_has_holes: inventory.graph_has_holes,
    };
    facts.components.sort();
    if is_source {
        facts.tools.insert(match target {
            Target::Cyclonedx16 => "aftercare 9.8.7".to_owned(),
            Target::Spdx23 => "aftercare-9.8.7".to_owned(),
        });
        if !is_cyclonedx {
            facts.created = facts.created.or(Some(Instant::from_micros(1_800_000_000_000_000)));
            facts.name = facts.name.filter(|text| !text.is_empty()).or(Some("unnamed".to_owned()));
        }
    }
    facts
}

fn held(component: &Component, target: Target) -> Component {
    let mut held = component.clone();
    held.place.clear();
    for patch in &mut held.patched {
        patch.place.clear();
    }
    held.patched.sort_by(|a, b| a.resolves.cmp(&b.resolves));
    held.other_identities.sort();
    held.hashes.retain(|(algorithm, content)| match target {
        Target::Cyclonedx16 => {
            !matches!(algorithm.as_str(), "md2" | "md4" | "md6" | "sha224" | "adler32")
                && !algorithm.starts_with("streebog")
                && matches!(content.len(), 32 | 40 | 64 | 96 | 128)
        }
        Target::Spdx23 => !algorithm.starts_with("streebog"),
    });
    held.other_identities.retain(|(kind, _)| !kind.starts_with("hash:"));
    match target {
        Target::Cyclonedx16 => {
            held.kind.get_or_insert_with(|| "library".to_owned());
            let mut tags = 0;
            held.other_identities.retain(|(kind, _)| match kind.as_str() {
                "swid" => {
                    tags += 1;
                    tags == 1
                }
                kind => !matches!(kind, "maven-central" | "npm" | "nuget" | "bower"),
            });
        }
        Target::Spdx23 => {}
    }
    for (kind, _) in &mut held.other_identities {
        if kind == "gitoid" {
            "omniborid".clone_into(kind);
        }
    }
    held.other_identities.sort();
    held
}

/// What of the source's facts is not found again.
pub(super) fn lost(source: &Inventory, written: &Inventory, target: Target) -> Option<String> {
    let (wanted, mut got) = (facts(source, target, true), facts(written, target, false));
    if target == Target::Spdx23 && wanted.serial.is_none() {
        got.serial = None; // the format wants one
    }
    for (name, wanted, got) in [
        ("serial", format!("{:?}", wanted.serial), format!("{:?}", got.serial)),
        ("name", format!("{:?}", wanted.name), format!("{:?}", got.name)),
        ("created", format!("{:?}", wanted.created), format!("{:?}", got.created)),
        ("authors", format!("{:?}", wanted.authors), format!("{:?}", got.authors)),
        ("tools", format!("{:?}", wanted.tools), format!("{:?}", got.tools)),
        ("root", format!("{:?}", wanted.root), format!("{:?}", got.root)),
        ("holes", wanted.graph_has_holes.to_string(), got.graph_has_holes.to_string()),
    ] {
        if wanted != got {
            return Some(format!("{name}: {wanted}\n  became {got}"));
        }
    }
    for (wanted, got) in wanted.components.iter().zip(&got.components) {
        if wanted != got {
            return Some(format!("component: {wanted}\n  became {got}"));
        }
    }
    if let Some(arrow) = wanted.arrows.symmetric_difference(&got.arrows).next() {
        return Some(format!("arrow: {arrow:?}"));
    }
    (wanted != got).then(|| "count of components".to_owned())
}
