//! The workflow as the maker sets it: conditions of its own, and those of the product that it leaves out.

use super::Line;
use crate::{
    access::listed,
    case::{Guard, Stage, Transition, Workflow},
    refusal::Refusal,
    role::RoleName,
    text,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most conditions of the maker's own.
pub const ADDED_LIMIT: usize = 100;
/// What the identifier of a condition of the maker's own begins with, so that it is never taken for one that the
/// product looks at itself.
pub const OWN: &str = "own_";
/// Longest identifier of a condition, in characters.
const ID_LIMIT: usize = 60;
/// Longest sentence of a condition, in characters.
const SAYS_LIMIT: usize = 300;

/// A condition of the product that is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// From which stage it leads.
    pub from: Stage,
    /// To which.
    pub to: Stage,
    /// The condition: `lessons_learned`.
    pub guard: String,
}

/// A condition of the maker's own: evidence that somebody vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Added {
    /// From which stage it leads.
    pub from: Stage,
    /// To which.
    pub to: Stage,
    /// Its identifier: `own_clinical_review`.
    pub id: String,
    /// What must hold, as a sentence without its full stop.
    pub says: String,
    /// Who may vouch for it.
    pub attested_by: Vec<RoleName>,
    /// Whether it is about the change, and so vouched for again after the newest one.
    #[serde(default)]
    pub since_change: bool,
}

/// What the maker sets of the workflow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowRules {
    /// Conditions of the product that are left out.
    #[serde(default)]
    pub left_out: BTreeSet<LeftOut>,
    /// Conditions of the maker's own.
    #[serde(default)]
    pub added: Vec<Added>,
}

impl WorkflowRules {
    pub(super) fn checked(mut self) -> Result<Self, Refusal> {
        let shipped = Workflow::shipped();
        let way = |from: Stage, to: Stage| {
            shipped.between(from, to).filter(|_| !from.is_end()).ok_or_else(|| {
                Refusal::new(
                    "no_such_way",
                    format!("No case goes from {} to {}.", from.code(), to.code()),
                    "Take two stages that follow each other in the workflow.",
                )
            })
        };
        for out in &self.left_out {
            let guards = &way(out.from, out.to)?.guards;
            let Some(guard) = guards.iter().find(|guard| guard.id == out.guard) else {
                return Err(Refusal::new(
                    "unknown_condition",
                    format!(
                        "From {} to {} there is no condition `{}`.",
                        out.from.code(),
                        out.to.code(),
                        out.guard.escape_debug()
                    ),
                    "Take one that the workflow names there.",
                ));
            };
            if let Some(fixed) = &guard.fixed {
                return Err(Refusal::new(
                    "never_left_out",
                    format!("`{}` stays: {fixed}.", guard.id),
                    "Leave it where it is.",
                ));
            }
        }
        if self.added.len() > ADDED_LIMIT {
            return Err(Refusal::new(
                "too_many_conditions",
                format!("There are {} conditions of your own.", self.added.len()),
                format!("Give at most {ADDED_LIMIT}; one can ask for a list."),
            ));
        }
        let mut seen = BTreeSet::new();
        for one in &mut self.added {
            way(one.from, one.to)?;
            let plain =
                one.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !plain || !one.id.starts_with(OWN) || one.id.len() > ID_LIMIT || one.id == OWN {
                return Err(Refusal::new(
                    "identifier_unfit",
                    format!(
                        "`{}` is no identifier of a condition of your own.",
                        one.id.escape_debug()
                    ),
                    format!(
                        "Begin it with {OWN} and go on with lower-case letters, digits and `_`, {ID_LIMIT} characters at most."
                    ),
                ));
            }
            if !seen.insert(one.id.clone()) {
                return Err(Refusal::new(
                    "condition_twice",
                    format!("The condition {} is given twice.", one.id),
                    "Give each an identifier of its own.",
                ));
            }
            one.says = text::line("sentence of the condition", &one.says, SAYS_LIMIT)?;
            if one.attested_by.is_empty() {
                return Err(Refusal::new(
                    "nobody_vouches",
                    format!("Nobody may vouch for {}, so it would never hold.", one.id),
                    "Name at least one role.",
                ));
            }
            if let Some(role) = one.attested_by.iter().find(|role| !role.may_decide()) {
                return Err(Refusal::new(
                    "role_unfit",
                    format!("{role} takes no part in cases and cannot vouch for {}.", one.id),
                    "Name a role that works on cases.",
                ));
            }
        }
        Ok(self)
    }

    /// The workflow with what the maker set, as an edition of this number. What may not be left out stays.
    pub fn workflow(&self, edition: u64) -> Workflow {
        let mut workflow = Workflow {
            id: "programme:workflow".to_owned(),
            version: edition.to_string(),
            proposed: false,
            ..Workflow::shipped().clone()
        };
        for way in &mut workflow.transitions {
            let (from, to) = (way.from, way.to);
            way.guards.retain(|guard| {
                let out = LeftOut { from, to, guard: guard.id.clone() };
                guard.fixed.is_some() || !self.left_out.contains(&out)
            });
            let added = self.added.iter().filter(|one| (one.from, one.to) == (from, to));
            way.guards.extend(added.map(|one| Guard {
                id: one.id.clone(),
                says: one.says.clone(),
                attested_by: Some(one.attested_by.clone()),
                since_change: one.since_change,
                fixed: None,
            }));
        }
        workflow
    }
}

/// What a workflow says, a line for each condition on each way.
pub(super) fn lines(workflow: &Workflow) -> Vec<Line> {
    let line = |way: &Transition, guard: &Guard| {
        let by = match &guard.attested_by {
            Some(roles) => {
                format!("vouched for by {}", listed(roles.iter().map(|role| role.title())))
            }
            None => "looked at by the product".to_owned(),
        };
        let again = if guard.since_change { ", again after each change" } else { "" };
        let stays = guard.fixed.as_ref().map(|why| format!("; stays: {why}")).unwrap_or_default();
        Line {
            place: format!("{}/{}/{}", way.from.code(), way.to.code(), guard.id),
            what: guard.says.clone(),
            says: format!("{by}{again}{stays}"),
        }
    };
    let ways = workflow.transitions.iter();
    ways.flat_map(|way| way.guards.iter().map(move |guard| line(way, guard))).collect()
}
