//! Relationships of an SPDX document: which way they point, and what the product is.

use super::{
    super::{
        draft::{Arrow, Draft, Name},
        text::{Stop, Text},
    },
    asserted,
};
use aftercare_vocab::{inventory::DependencyKind, problem::quoted};
use serde::Deserialize;
use std::borrow::Cow;

/// The roots named so far, as numbers of names, and where they were named.
#[derive(Debug, Default)]
pub(super) struct Described {
    by_list: Vec<u32>,
    by_relation: Vec<(u32, u32)>,
}

/// Most described elements that are remembered; one is the rule.
const DESCRIBED: usize = 10_000;

#[derive(Deserialize)]
pub(super) struct Relation<'a> {
    #[serde(borrow, default, rename = "spdxElementId")]
    pub(super) from: Option<Text<'a>>,
    #[serde(borrow, default, rename = "relatedSpdxElement")]
    pub(super) to: Option<Text<'a>>,
    #[serde(borrow, default, rename = "relationshipType")]
    pub(super) kind: Option<Text<'a>>,
}

impl Described {
    /// An entry of `documentDescribes`.
    pub(super) fn listed(&mut self, element: u32) {
        if self.by_list.len() < DESCRIBED {
            self.by_list.push(element);
        }
    }
}

/// What a relationship type means for the graph; `A TYPE B`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// A depends on B.
    Forward(DependencyKind),
    /// B depends on A.
    Backward(DependencyKind),
    /// A describes B.
    Describes,
    /// A is described by B.
    DescribedBy,
    /// True and no part of the graph.
    Beside,
}

/// The types of SPDX 2.3, clause 11.1.
fn meaning(kind: &str) -> Option<Meaning> {
    use DependencyKind::{BuildOnly, Contains, DependsOn, Optional};
    use Meaning::{Backward, Beside, DescribedBy, Describes, Forward};
    Some(match kind {
        "DESCRIBES" => Describes,
        "DESCRIBED_BY" => DescribedBy,
        "DEPENDS_ON" | "HAS_PREREQUISITE" | "DYNAMIC_LINK" | "STATIC_LINK" => Forward(DependsOn),
        "DEPENDENCY_OF"
        | "RUNTIME_DEPENDENCY_OF"
        | "PROVIDED_DEPENDENCY_OF"
        | "PREREQUISITE_FOR" => Backward(DependsOn),
        "CONTAINS" => Forward(Contains),
        "CONTAINED_BY" | "PACKAGE_OF" | "EXPANDED_FROM_ARCHIVE" => Backward(Contains),
        "BUILD_DEPENDENCY_OF"
        | "BUILD_TOOL_OF"
        | "DEV_DEPENDENCY_OF"
        | "DEV_TOOL_OF"
        | "TEST_DEPENDENCY_OF"
        | "TEST_TOOL_OF"
        | "TEST_OF"
        | "TEST_CASE_OF" => Backward(BuildOnly),
        "OPTIONAL_DEPENDENCY_OF" | "OPTIONAL_COMPONENT_OF" => Backward(Optional),
        "AMENDS"
        | "ANCESTOR_OF"
        | "COPY_OF"
        | "DATA_FILE_OF"
        | "DEPENDENCY_MANIFEST_OF"
        | "DESCENDANT_OF"
        | "DISTRIBUTION_ARTIFACT"
        | "DOCUMENTATION_OF"
        | "EXAMPLE_OF"
        | "FILE_ADDED"
        | "FILE_DELETED"
        | "FILE_MODIFIED"
        | "GENERATED_FROM"
        | "GENERATES"
        | "METAFILE_OF"
        | "OTHER"
        | "PATCH_APPLIED"
        | "PATCH_FOR"
        | "REQUIREMENT_DESCRIPTION_FOR"
        | "SPECIFICATION_FOR"
        | "VARIANT_OF" => Beside,
        _ => return None,
    })
}

pub(super) fn relate<'de>(
    draft: &mut Draft<'de>,
    described: &mut Described,
    index: usize,
    relation: Relation<'de>,
) -> Result<(), Stop> {
    draft.relation("relationships")?;
    let place = || format!("relationships[{index}]");
    let (Some(Text(from)), Some(Text(to)), Some(kind)) =
        (relation.from, relation.to, relation.kind)
    else {
        draft.warn(
            "relationship_incomplete",
            place(),
            "The relationship lacks an end or its type.",
            "",
        );
        return Ok(());
    };
    let means = meaning(kind.as_str()).unwrap_or_else(|| {
        let spelled = kind.as_str().to_uppercase().replace('-', "_");
        // one widespread writer leaves out the last letter
        let spelled = if spelled == "DESCRIBE" { "DESCRIBES" } else { &spelled };
        let taken = meaning(spelled);
        let next = match taken {
            Some(_) => "It is read as the type it resembles.",
            None => "It is left out of the dependency graph.",
        };
        let what = format!("{} is not a relationship type of SPDX.", quoted(kind.as_str()));
        draft.warn(
            "relationship_type_unknown",
            format!("relationships[{index}].relationshipType"),
            what,
            next,
        );
        taken.unwrap_or(Meaning::Beside)
    });
    // "depends on something that is not known"
    if to == "NOASSERTION" && means == Meaning::Forward(DependencyKind::DependsOn) {
        draft.hole_stated(&place(), "DEPENDS_ON NOASSERTION");
    }
    let (from, to) = (named(draft, from), named(draft, to));
    let (from, to, kind) = match means {
        Meaning::Forward(kind) => (from, to, Some(kind)),
        Meaning::Backward(kind) => (to, from, Some(kind)),
        Meaning::Beside => (from, to, None),
        Meaning::Describes | Meaning::DescribedBy => {
            let (by, what) = if means == Meaning::Describes { (from, to) } else { (to, from) };
            if described.by_relation.len() < DESCRIBED {
                described.by_relation.push((by, what));
            }
            (by, what, None)
        }
    };
    let entry = u32::try_from(index).unwrap_or(u32::MAX);
    draft.arrow(Arrow { from, to: Some(to), kind, entry, part: None });
    Ok(())
}

/// The number of an element's id. `NONE` and `NOASSERTION` name nothing.
pub(super) fn named<'de>(draft: &mut Draft<'de>, id: Cow<'de, str>) -> u32 {
    let name = match id.starts_with("DocumentRef-") {
        true => Name::OtherDocument,
        false if asserted(&id).is_none() => Name::Elsewhere,
        false => Name::Unknown,
    };
    let number = draft.number(id);
    if draft.meaning(number) == Name::Unknown {
        draft.mean(number, name);
    }
    number
}

/// The root is the first package that the document describes.
pub(super) fn find_root(draft: &mut Draft<'_>, described: &Described, document: Option<u32>) {
    // "describes" from anything but the document says nothing about the product
    let by_relation =
        described.by_relation.iter().filter(|(by, _)| Some(*by) == document).map(|(_, what)| what);
    let numbers = described.by_list.iter().chain(by_relation).copied();
    settle_root(draft, numbers, "documentDescribes");
}

/// Makes the first component among these names the root; `field` is where the document names them.
pub(in super::super) fn settle_root(
    draft: &mut Draft<'_>,
    numbers: impl Iterator<Item = u32>,
    field: &'static str,
) {
    let mut roots = Vec::new();
    for number in numbers {
        match draft.meaning(number) {
            Name::Component(index) | Name::Several(index)
                if !roots.contains(&index) && roots.len() < 100 =>
            {
                roots.push(index);
            }
            Name::Unknown => draft.warn(
                "described_missing",
                field,
                "The document describes an element that it does not contain.",
                "The product may be missing: ask the supplier for a complete document.",
            ),
            _ => {}
        }
    }
    draft.root = roots.first().copied();
    match roots.len() {
        0 if draft.has_components() => draft.warn(
            "root_missing",
            field,
            "The document does not say which package is the product it describes.",
            "Ask the supplier to state it.",
        ),
        0 | 1 => {}
        count => draft.warn(
            "several_roots",
            field,
            format!("The document describes {count} packages; the first is taken as the product."),
            "Ask the supplier for one document per product if that is wrong.",
        ),
    }
}
