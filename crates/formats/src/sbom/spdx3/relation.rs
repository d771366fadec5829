//! Relationships of SPDX 3.0 (class `Relationship`): which way they point.

use super::super::spdx::asserted;
use aftercare_vocab::inventory::DependencyKind;

/// What a relationship from A to B means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A depends on B.
    Forward(DependencyKind),
    /// B depends on A.
    Backward(DependencyKind),
    /// A describes B.
    Describes,
    /// B is the licence that A's author declared.
    Declared,
    /// B is the licence that somebody concluded.
    Concluded,
    /// The vulnerability A is repaired in B.
    Fixed,
    /// B is affected by the vulnerability A, or somebody is looking into it.
    Open,
    /// True and no part of the graph.
    Beside,
}

/// The types of SPDX 3.0.1. `scope` is that of a `LifecycleScopedRelationship`. `None`: unknown.
pub(super) fn meaning(kind: &str, scope: Option<&str>) -> Option<Meaning> {
    use DependencyKind::{BuildOnly, Contains, DependsOn, Optional};
    use Meaning::{Backward, Beside, Concluded, Declared, Describes, Fixed, Forward, Open};
    Some(match kind {
        "describes" => Describes,
        "hasDeclaredLicense" => Declared,
        "hasConcludedLicense" => Concluded,
        "contains" | "expandsTo" => Forward(Contains),
        "packagedBy" => Backward(Contains),
        "hasOptionalComponent" | "hasOptionalDependency" => Forward(Optional),
        "usesTool" | "hasTest" | "hasTestCase" => Forward(BuildOnly),
        "dependsOn"
        | "hasDynamicLink"
        | "hasPrerequisite"
        | "hasProvidedDependency"
        | "hasStaticLink" => Forward(match scope {
            Some("build" | "design" | "development" | "test") => BuildOnly,
            _ => DependsOn,
        }),
        "fixedIn" => Fixed,
        "affects" | "underInvestigationFor" => Open,
        "amendedBy"
        | "ancestorOf"
        | "availableFrom"
        | "configures"
        | "coordinatedBy"
        | "copiedTo"
        | "delegatedTo"
        | "descendantOf"
        | "doesNotAffect"
        | "exploitCreatedBy"
        | "fixedBy"
        | "foundBy"
        | "generates"
        | "hasAddedFile"
        | "hasAssessmentFor"
        | "hasAssociatedVulnerability"
        | "hasDataFile"
        | "hasDeletedFile"
        | "hasDependencyManifest"
        | "hasDistributionArtifact"
        | "hasDocumentation"
        | "hasEvidence"
        | "hasExample"
        | "hasHost"
        | "hasInput"
        | "hasMetadata"
        | "hasOutput"
        | "hasRequirement"
        | "hasSpecification"
        | "hasVariant"
        | "invokedBy"
        | "modifiedBy"
        | "other"
        | "patchedBy"
        | "publishedBy"
        | "reportedBy"
        | "republishedBy"
        | "serializedInArtifact"
        | "testedOn"
        | "trainedOn" => Beside,
        _ => return None,
    })
}

/// Whether a name stands for nothing or for what is not known.
pub(super) fn is_no_element(name: &str) -> bool {
    let word = name.rsplit(['/', '#', '_', ':']).next().unwrap_or_default();
    asserted(name).is_none()
        || matches!(
            word,
            "NoneElement" | "NoAssertionElement" | "NoneLicense" | "NoAssertionLicense"
        )
}
