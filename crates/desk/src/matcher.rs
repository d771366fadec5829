//! The matcher: a follower that assesses each attached SBOM against the edition in force.
//!
//! It keeps no cursor of its own: what waits follows from the record (SBOMs without an assessment by
//! this edition, engine and mappings), so a killed step is simply done again.

use crate::{Desk, Trouble};
use aftercare_domain::{
    Operation, Refusal,
    finding::{self as rules, AssessFindings, Assessment, ComponentAssessment, DependsOn},
};
use aftercare_matching::Matcher;
use aftercare_register::Lead;
use aftercare_vocab::digest::Digest;
use std::sync::Arc;

/// The lead in following the record, kept from one step to the next.
#[derive(Debug, Default)]
pub struct Following(Option<Lead>);

/// One step of the matcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An SBOM was assessed.
    Assessed(Digest),
    /// Nothing waits.
    CaughtUp,
    /// No edition is in force, so nothing can be compared.
    NoEdition,
}

impl Desk {
    /// Whether this process follows the record: where several serve it, one does at a time, and
    /// another when that one is gone. Ask before each step.
    pub fn follows(&self, following: &mut Following) -> Result<bool, Trouble> {
        self.leads(following, "following")
    }

    /// Whether this process is the one that does some kind of work on the record.
    pub(crate) fn leads(
        &self,
        following: &mut Following,
        work: &'static str,
    ) -> Result<bool, Trouble> {
        if !following.0.as_ref().is_some_and(Lead::holds) {
            following.0 = None; // lets go before it asks again
            following.0 = self.pen()?.lead(work)?;
        }
        Ok(following.0.is_some())
    }

    /// Assesses the next waiting SBOM, if any. `operation` is asked only when there is one.
    pub fn match_next(&self, operation: impl FnOnce() -> Operation) -> Result<Step, Trouble> {
        let register = self.pen()?;
        let reader = self.reader()?;
        let Some(edition) = reader.newest_edition()? else { return Ok(Step::NoEdition) };
        let table = self.mapping_table()?;
        let waiting = reader.sboms_to_assess(edition.digest, Some(&table.engine), 1)?;
        let Some(next) = waiting.first() else { return Ok(Step::CaughtUp) };
        let edition = self.edition(&edition.digest)?;
        let inventory = reader
            .inventory(next.key)?
            .ok_or(aftercare_register::Fault::BlobMissing { digest: next.inventory })?;
        drop(reader);
        let matcher = Matcher::with_mappings(&edition, &inventory, &table.mappings);
        let mut components = Vec::with_capacity(inventory.components.len());
        for (index, component) in (0..).zip(&inventory.components) {
            let assessed = matcher.assess(index, component)?;
            // what is the product in one document may be a part in another, and is looked at otherwise
            let free = inventory.root != Some(index)
                && assessed.verdicts.iter().all(|judged| judged.context_free);
            components.push(ComponentAssessment {
                index,
                not_covered: assessed.not_covered,
                verdicts: assessed.verdicts.into_iter().map(|judged| judged.verdict).collect(),
                depends_on: if free { DependsOn::Component } else { DependsOn::Sbom },
            });
        }
        let assessment = Arc::new(Assessment {
            edition: edition.id(),
            engine: table.engine,
            sbom: next.sbom,
            inventory: next.inventory,
            components,
        });
        let staged = register.stage_assessment(&assessment)?;
        let op = operation();
        let outcome = self.transact(&op, |pen| -> Result<(), Trouble> {
            let facts = pen.facts().assessment(&assessment)?;
            let command = AssessFindings { assessment: &assessment, blob: staged.digest() };
            let events = rules::assess(&facts, &command, &op)?;
            pen.attach(&staged);
            Ok(pen.record_all(events)?)
        });
        match outcome {
            // Another step was quicker, or the edition changed meanwhile: the next step sees it.
            Ok(_)
            | Err(Trouble::Refusal(Refusal {
                code: "already_assessed" | "edition_not_in_force",
                ..
            })) => Ok(Step::Assessed(next.sbom)),
            Err(trouble) => Err(trouble),
        }
    }

    /// Assesses everything that waits. `done` hears the digest of each SBOM.
    pub fn match_all(
        &self,
        mut operation: impl FnMut() -> Operation,
        mut done: impl FnMut(Digest),
    ) -> Result<u64, Trouble> {
        let mut count = 0;
        while let Step::Assessed(sbom) = self.match_next(&mut operation)? {
            count += 1;
            done(sbom);
        }
        Ok(count)
    }
}
