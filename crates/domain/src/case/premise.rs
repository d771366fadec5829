//! Whether a fact fits what is stated of the use of the products it is about, and what it rests on from then on.

use super::{Case, Exposed, Fact, Harmed, Planned, Surroundings, Train};
use crate::{access, harm::Severity, operation::Operation, refusal::Refusal, usage::RiskFile};
use aftercare_vocab::{
    digest::Digest,
    id::{ProductId, VersionId},
    problem::quoted,
};
use std::collections::{BTreeMap, BTreeSet};

/// The fact with its premises filled in; or why it does not fit what is stated.
pub(super) fn resting(
    case: &Case,
    around: &Surroundings,
    fact: Fact,
    op: &Operation,
) -> Result<Fact, Refusal> {
    Ok(match fact {
        Fact::Exposed(one) => {
            Fact::Exposed(Exposed { premises: of_environment(around, &one)?, ..one })
        }
        Fact::Harmed(one) => {
            Fact::Harmed(Harmed { premises: of_hazards(around, &one, op)?, ..one })
        }
        Fact::Planned(plan) => {
            has_cycle(case, around, &plan)?;
            Fact::Planned(plan)
        }
        other => other,
    })
}

/// The products of some versions, each with the name of one of these.
fn products(
    around: &Surroundings,
    versions: &BTreeSet<VersionId>,
) -> BTreeMap<ProductId, VersionId> {
    let known = |one: &VersionId| Some((around.versions.get(one)?.product, *one));
    versions.iter().filter_map(known).collect()
}

/// An exposure names an environment that is stated for each product of which any is.
fn of_environment(
    around: &Surroundings,
    said: &Exposed,
) -> Result<BTreeMap<ProductId, Digest>, Refusal> {
    let mut premises = BTreeMap::new();
    for (product, version) in products(around, &said.versions) {
        let Some(usage) = around.usages.get(&product) else { continue };
        match usage.environments.get(&said.environment) {
            Some(premise) => {
                premises.extend(premise.map(|premise| (product, premise)));
            }
            None if usage.environments.is_empty() => {}
            None => {
                let stated = usage.environments.keys().map(String::as_str);
                return Err(Refusal::new(
                    "environment_unknown",
                    format!(
                        "{} is no environment that is stated for the use of {}.",
                        quoted(&said.environment),
                        around.label(version)
                    ),
                    format!("Take {}, or state the environment first.", access::listed(stated)),
                ));
            }
        }
    }
    Ok(premises)
}

/// Harm names hazards that the risk files know, and does not say less than they do without a reason.
fn of_hazards(
    around: &Surroundings,
    said: &Harmed,
    op: &Operation,
) -> Result<BTreeMap<ProductId, Digest>, Refusal> {
    let files: Vec<(ProductId, u64, &RiskFile)> = products(around, &said.versions)
        .keys()
        .filter_map(|product| {
            let (edition, file) = around.usages.get(product)?.risk_file.as_ref()?;
            Some((*product, *edition, &**file))
        })
        .collect();
    if files.is_empty() {
        return Ok(BTreeMap::new());
    }
    for (product, _, file) in &files {
        if !said.hazards.iter().any(|id| file.known(id).is_some()) {
            let of = around.versions.values().find(|one| one.product == *product);
            return Err(Refusal::new(
                "hazard_missing",
                format!(
                    "No hazard is named that the risk file of the product of {} knows.",
                    of.map_or_else(String::new, |one| one.label.clone())
                ),
                "Name at least one by its identifier there; record versions of products with other files by themselves.",
            ));
        }
    }
    for id in &said.hazards {
        let known: Vec<_> = files.iter().filter_map(|(_, _, file)| file.known(id)).collect();
        if known.is_empty() {
            return Err(Refusal::new(
                "hazard_unknown",
                format!("The risk file does not know {}.", quoted(id)),
                "Name hazards by their identifiers there, or put a newer edition of the file in force first.",
            ));
        }
        if !said.essential_performance
            && known.iter().any(|one| one.essential_performance == Some(true))
        {
            return Err(Refusal::new(
                "essential_performance_touched",
                format!(
                    "The risk file says of {} that safety or essential performance are touched.",
                    quoted(id)
                ),
                "Say so too, or name another hazard.",
            ));
        }
        let is_open = known.iter().any(|one| one.severity.is_none());
        if is_open && said.severity < Severity::Catastrophic && op.reason.is_none() {
            return Err(Refusal::new(
                "reason_missing",
                format!("The risk file leaves the severity of {} open.", quoted(id)),
                "Say in a sentence on what this severity rests.",
            ));
        }
        let graver = known.iter().filter_map(|one| one.at_least).max();
        if let Some(graver) = graver.filter(|one| *one > said.severity && op.reason.is_none()) {
            return Err(Refusal::new(
                "reason_missing",
                format!(
                    "The risk file says {graver} for {}, and {} is less.",
                    quoted(id),
                    said.severity
                ),
                "Say in a sentence why less harm is to be expected here.",
            ));
        }
    }
    let premise = |(product, _, file): &(ProductId, u64, &RiskFile)| {
        Some((*product, file.premise(&said.hazards)?))
    };
    Ok(files.iter().filter_map(premise).collect())
}

/// An update comes with the regular cycle only where there is one.
fn has_cycle(case: &Case, around: &Surroundings, plan: &Planned) -> Result<(), Refusal> {
    if plan.train != Train::RegularCycle {
        return Ok(());
    }
    let of_chosen = |id| case.mitigations.get(id).map(|one| &one.value.versions);
    let chosen: BTreeSet<VersionId> =
        plan.chosen.iter().filter_map(of_chosen).flatten().copied().collect();
    let versions: BTreeSet<VersionId> = chosen.union(&case.affected(around)).copied().collect();
    for (product, version) in products(around, &versions) {
        if around.usages.get(&product).and_then(|usage| usage.cycle).is_none() {
            return Err(Refusal::new(
                "cycle_unknown",
                format!(
                    "No regular cycle of updates is stated for the product of {}.",
                    around.label(version)
                ),
                "State the cycle with its justification first, or plan the update out of the cycle.",
            ));
        }
    }
    Ok(())
}
