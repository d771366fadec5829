//! Findings: what the matcher says about the components of an SBOM, kept as one document.

use crate::{event::Event, operation::Operation, refusal::Refusal, text};
use aftercare_vocab::{
    digest::Digest,
    verdict::{Answer, NotCovered, Verdict},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The document that a [`FindingsAssessed`] event names: the verdicts on the components of one
/// reading of an SBOM. A component that is not listed keeps what was known of it before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The edition of public knowledge that was asked.
    pub edition: Digest,
    /// Name and version of the matching engine: `matching 0.1.0`.
    pub engine: String,
    /// Digest of the SBOM as received.
    pub sbom: Digest,
    /// Digest of the inventory whose components are meant by `index`.
    pub inventory: Digest,
    /// The components, in ascending order of index.
    pub components: Vec<ComponentAssessment>,
}

/// What the matcher says about one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentAssessment {
    /// Index into the inventory's components.
    pub index: u32,
    /// Why it could not be looked up, or only in thin data. What was found all the same is in
    /// `verdicts`; that list says nothing about the rest.
    pub not_covered: Option<NotCovered>,
    /// One verdict for each vulnerability that was evaluated.
    pub verdicts: Vec<Verdict>,
    /// On what the answer depends.
    pub depends_on: DependsOn,
}

/// On what the answer for a component depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DependsOn {
    /// The component's own identity and the edition: the same in every SBOM that has it.
    Component,
    /// Other parts of the SBOM as well (the operating system it is installed in).
    Sbom,
}

/// How many verdicts of each kind an assessment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Components listed.
    pub components: u64,
    /// Components that could not be looked up.
    pub not_covered: u64,
    /// Verdicts: affected.
    pub affected: u64,
    /// Verdicts: undetermined.
    pub undetermined: u64,
    /// Verdicts: not affected.
    pub not_affected: u64,
}

/// An SBOM's components were assessed against an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingsAssessed {
    /// Digest of the SBOM as received.
    pub sbom: Digest,
    /// Digest of its inventory.
    pub inventory: Digest,
    /// The edition asked.
    pub edition: Digest,
    /// Name and version of the matching engine.
    pub engine: String,
    /// Digest of the [`Assessment`] blob.
    pub assessment: Digest,
    /// What it holds.
    pub counts: Counts,
}

/// Record an assessment whose blob is staged.
#[derive(Debug, Clone)]
pub struct AssessFindings<'a> {
    /// The assessment.
    pub assessment: &'a Assessment,
    /// Digest of its blob.
    pub blob: Digest,
}

/// What matters for recording an assessment.
#[derive(Debug, Clone, Default)]
pub struct AssessmentFacts {
    /// Number of components of that reading of the SBOM, if the register knows it.
    pub components: Option<u64>,
    /// The edition in force.
    pub newest_edition: Option<Digest>,
    /// Edition and engine of the assessment the SBOM has now.
    pub assessed: Option<(Digest, String)>,
}

impl Assessment {
    /// Counts what it holds.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { components: self.components.len() as u64, ..Counts::default() };
        for component in &self.components {
            counts.not_covered += u64::from(component.not_covered.is_some());
            for verdict in &component.verdicts {
                match verdict.answer {
                    Answer::Affected => counts.affected += 1,
                    Answer::Undetermined => counts.undetermined += 1,
                    Answer::NotAffected => counts.not_affected += 1,
                }
            }
        }
        counts
    }

    /// The bytes of the blob.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads what [`Assessment::bytes`] wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// Records an assessment of a known SBOM against the edition in force.
pub fn assess(
    facts: &AssessmentFacts,
    assess: &AssessFindings<'_>,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let assessment = assess.assessment;
    let Some(components) = facts.components else {
        return Err(Refusal::unknown("SBOM", assessment.sbom));
    };
    if facts.newest_edition != Some(assessment.edition) {
        return Err(Refusal::new(
            "edition_not_in_force",
            format!("The edition {} is not the one in force.", assessment.edition.short()),
            "Assess again with the edition in force.",
        ));
    }
    let engine = text::line("engine", &assessment.engine, text::NAME_LIMIT)?;
    if facts.assessed.as_ref().is_some_and(|(e, by)| *e == assessment.edition && *by == engine) {
        return Err(Refusal::new(
            "already_assessed",
            "The SBOM was assessed with this edition and engine already; nothing is lost.",
            "Nothing needs doing.",
        ));
    }
    let mut last = None;
    for component in &assessment.components {
        if u64::from(component.index) >= components || last.is_some_and(|l| l >= component.index) {
            return Err(Refusal::new(
                "assessment_misfit",
                format!("Component {} is out of order or not in the SBOM.", component.index),
                "Assess the inventory that the register holds for this SBOM.",
            ));
        }
        let mut ids = BTreeSet::new();
        if let Some(twice) = component.verdicts.iter().find(|verdict| !ids.insert(&verdict.id)) {
            return Err(Refusal::new(
                "assessment_misfit",
                format!("Component {} has two verdicts on {}.", component.index, twice.id),
                "Merge the sources about one vulnerability into one verdict.",
            ));
        }
        last = Some(component.index);
    }
    Ok(vec![
        FindingsAssessed {
            sbom: assessment.sbom,
            inventory: assessment.inventory,
            edition: assessment.edition,
            engine,
            assessment: assess.blob,
            counts: assessment.counts(),
        }
        .into(),
    ])
}
