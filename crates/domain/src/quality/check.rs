//! How each element is looked for.

use super::{Check, Gap, Outcome};
use aftercare_vocab::{
    instant::Instant,
    inventory::{Beside, Component, Format, Inventory},
};

pub(super) fn look(check: Check, inventory: &Inventory, beside: &Beside) -> Outcome {
    match check {
        Check::Producer => each(
            inventory,
            "Ask the supplier, or add who makes it (`aftercare sbom convert --add`).",
            producer,
        ),
        Check::Name => each(inventory, "Name the component.", |component| {
            component.name.trim().is_empty().then(|| "no name".to_owned())
        }),
        Check::Version => each(
            inventory,
            "Ask the supplier which version is installed; findings stay undetermined until then.",
            version,
        ),
        Check::Identifier => each(
            inventory,
            "Add a package URL, or a CPE name where no package manager knows the component.",
            identifier,
        ),
        Check::Hash => each(
            inventory,
            "Let the generator hash the file that is installed, or ask the supplier.",
            |component| component.hashes.is_empty().then(|| "no hash".to_owned()),
        ),
        Check::Licence => each(inventory, "Name the licence, best by its SPDX id.", |component| {
            let says_something = component.licences.iter().any(|text| is_said(text));
            (!says_something).then(|| "no licence".to_owned())
        }),
        Check::Relationship => relationship(inventory),
        Check::SupportLevel => support(
            inventory,
            beside,
            "cdx:fda:level-of-support",
            "Add the level (actively maintained, no longer maintained, abandoned), or the reason why \
             none can be given.",
            |component| match component.support_level.as_deref() {
                Some(text) if is_said(text) => None,
                _ => Some("no level of support".to_owned()),
            },
        ),
        Check::EndOfSupport => support(
            inventory,
            beside,
            "cdx:fda:end-of-support-date",
            "Add the date on which support ends, or the reason why none can be given.",
            end_of_support,
        ),
        Check::Author => document(
            inventory.authors.iter().any(|text| is_said(text)),
            about(inventory),
            "no author",
            "Name the person or organisation that made the document.",
        ),
        Check::Timestamp => document(
            inventory.created.as_deref().is_some_and(|text| text.parse::<Instant>().is_ok()),
            about(inventory),
            "no time of creation that can be read",
            "Write when it was made, such as 2026-11-23T14:05:00Z.",
        ),
        Check::Tool => document(
            inventory.tools.iter().any(|text| is_said(text)),
            about(inventory),
            "no tool",
            "Name the tool that made the document.",
        ),
        Check::Context => match &beside.contexts {
            Some(contexts) => document(
                contexts.iter().any(|text| is_said(text)),
                about(inventory),
                "no generation context",
                "Write when in the life of the software it was made (`metadata.lifecycles`: \
                 pre-build, build, post-build).",
            ),
            None => Outcome::NotAssessed { why: "The format has no field for it that is read." },
        },
        // its absence is no gap: the guidance takes a separate document
        Check::Vulnerabilities if beside.lists_vulnerabilities == Some(true) => {
            Outcome::Assessed { met: 1, of: 1, gaps: Vec::new(), next: "" }
        }
        Check::Vulnerabilities => Outcome::NotAssessed {
            why: "They may stand in another document: `aftercare check` lists them.",
        },
    }
}

/// Whether a text says something; not one of the words for "not known".
fn is_said(text: &str) -> bool {
    const UNSAID: [&str; 6] = ["", "unknown", "noassertion", "none", "n/a", "tbd"];
    !UNSAID.contains(&text.trim().to_lowercase().as_str())
}

/// Where a document speaks of itself.
fn about(inventory: &Inventory) -> &'static str {
    if matches!(inventory.format, Format::CyclonedxJson | Format::CyclonedxXml) {
        "metadata"
    } else {
        "creationInfo"
    }
}

fn document(is_met: bool, place: &str, what: &str, next: &'static str) -> Outcome {
    let gap = Gap { component: None, place: place.to_owned(), what: what.to_owned() };
    let gaps = if is_met { Vec::new() } else { vec![gap] };
    Outcome::Assessed { met: u64::from(is_met), of: 1, gaps, next: if is_met { "" } else { next } }
}

/// Asks each component; `missing` says what is missing there.
fn each(
    inventory: &Inventory,
    next: &'static str,
    missing: impl Fn(&Component) -> Option<String>,
) -> Outcome {
    let gap = |(index, component): (u32, &Component)| {
        let what = missing(component)?;
        Some(Gap { component: Some(index), place: component.place.clone(), what })
    };
    let gaps: Vec<Gap> = (0..).zip(&inventory.components).filter_map(gap).collect();
    match inventory.components.len() as u64 {
        0 => document(false, "", "no component at all", "Send the SBOM of the product."),
        of => assessed(of - gaps.len() as u64, of, gaps, next),
    }
}

fn assessed(met: u64, of: u64, gaps: Vec<Gap>, next: &'static str) -> Outcome {
    let next = if gaps.is_empty() { "" } else { next };
    Outcome::Assessed { met, of, gaps, next }
}

fn producer(component: &Component) -> Option<String> {
    match component.supplier.as_deref() {
        None => Some("no supplier".to_owned()),
        Some(text) if !is_said(text) => Some("the supplier is said to be unknown".to_owned()),
        Some(_) => None,
    }
}

fn version(component: &Component) -> Option<String> {
    match (&component.version, &component.version_range) {
        (Some(text), _) if is_said(text) => None,
        (Some(_), _) => Some("the version is said to be unknown".to_owned()),
        (None, Some(_)) => Some("a range of versions, so none is certain".to_owned()),
        (None, None) => Some("no version".to_owned()),
    }
}

fn identifier(component: &Component) -> Option<String> {
    let kinds = |wanted: &[&str]| {
        component.other_identities.iter().any(|(kind, _)| wanted.contains(&kind.as_str()))
    };
    if !component.purls.is_empty()
        || !component.cpes.is_empty()
        || kinds(&["swid", "swhid", "omniborid", "gitoid"])
    {
        None
    } else if kinds(&["purl", "cpe"]) {
        Some("an identifier that cannot be read".to_owned())
    } else {
        Some("no identifier".to_owned())
    }
}

fn end_of_support(component: &Component) -> Option<String> {
    let is_date =
        |text: &str| text.parse::<Instant>().is_ok() || text.parse::<jiff::civil::Date>().is_ok();
    match component.end_of_support.as_deref() {
        Some(text) if is_date(text) => None,
        Some(text) if is_said(text) => Some("an end of support that is not a date".to_owned()),
        _ => Some("no end of support".to_owned()),
    }
}

/// As [`each`]; a reason given for the missing property counts as an answer.
fn support(
    inventory: &Inventory,
    beside: &Beside,
    property: &str,
    next: &'static str,
    missing: impl Fn(&Component) -> Option<String>,
) -> Outcome {
    let justified: std::collections::HashSet<&str> = beside
        .justified
        .iter()
        .filter(|(_, named)| named == property)
        .map(|(place, _)| place.as_str())
        .collect();
    each(inventory, next, |component| {
        missing(component).filter(|_| !justified.contains(component.place.as_str()))
    })
}

/// Which components no chain of relations reaches from the product.
fn relationship(inventory: &Inventory) -> Outcome {
    const NEXT: &str = "State what depends on it or contains it, up to the product.";
    let count = inventory.components.len();
    let Some(root) = inventory.root.map(|root| root as usize).filter(|root| *root < count) else {
        let what = "no product that the components could belong to".to_owned();
        let gap = Gap { component: None, place: about(inventory).to_owned(), what };
        let next = "Say which product the document describes, then what belongs to it.";
        return assessed(0, count.max(1) as u64, vec![gap], next);
    };
    let mut to: Vec<Vec<u32>> = vec![Vec::new(); count];
    for arrow in &inventory.dependencies {
        if let Some(list) = to.get_mut(arrow.from as usize) {
            list.push(arrow.to);
        }
    }
    let mut reached = vec![false; count];
    let mut waiting = vec![root];
    while let Some(at) = waiting.pop() {
        match reached.get_mut(at) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        waiting.extend(to.get(at).into_iter().flatten().map(|next| *next as usize));
    }
    let gap = |(index, component): (u32, &Component)| {
        let is_reached = reached.get(index as usize).copied().unwrap_or_default();
        (!is_reached).then(|| Gap {
            component: Some(index),
            place: component.place.clone(),
            what: "no relation leads to it from the product".to_owned(),
        })
    };
    let mut gaps: Vec<Gap> = (0..).zip(&inventory.components).filter_map(gap).collect();
    let of = count as u64 - 1;
    let met = of - gaps.len() as u64;
    if inventory.graph_has_holes {
        gaps.push(Gap {
            component: None,
            place: about(inventory).to_owned(),
            what: "dependencies are missing from the document".to_owned(),
        });
    }
    assessed(met, of, gaps, NEXT)
}
