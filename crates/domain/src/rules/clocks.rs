//! Clocks as the maker sets them: the time that the programme gives, and at which shares of it whom to tell.

use super::Line;
use crate::{
    clock::{Escalation, Kind, Rule, RuleBook, Span, Term},
    refusal::Refusal,
    role::RoleName,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most steps of escalation.
pub const STEPS_LIMIT: usize = 10;
/// Whom an escalation can go to beside a role.
const OWNER: &str = "owner";

/// Clocks that give what is more urgent never more time than what is less.
const FASTER: &[(&str, &str)] = &[
    ("guidance_immediate", "guidance_out_of_cycle"),
    ("fix_immediate", "fix_out_of_cycle"),
    ("fix_out_of_cycle", "fix_scheduled"),
    ("deploy_safety_critical", "deploy"),
    ("severity_1_page", "severity_1_meeting"),
];

/// What the maker sets of the clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRules {
    /// By the identifier of a rule: of the programme's own the time it gives; of one of law, guidance or a
    /// programme that we take part in a shorter target of our own, which runs beside it. One that is left out is
    /// as the product has it.
    pub targets: BTreeMap<String, Span>,
    /// Whom to tell when so much of a clock has run, rising.
    pub escalations: Vec<Escalation>,
}

fn wrong(code: &'static str, what: String, next: &str) -> Refusal {
    Refusal::new(code, what, next)
}

impl ClockRules {
    /// As the product has them.
    pub fn of_product() -> Self {
        let escalations = RuleBook::shipped().escalations.clone();
        Self { targets: BTreeMap::new(), escalations }
    }

    pub(super) fn checked(self) -> Result<Self, Refusal> {
        let shipped = RuleBook::shipped();
        for (id, span) in &self.targets {
            let Some(rule) = shipped.rule(id) else {
                let ours = shipped.rules.iter().filter(|rule| rule.kind == Kind::Policy);
                let ours: Vec<&str> = ours.map(|rule| rule.id.as_str()).collect();
                return Err(wrong(
                    "unknown_clock",
                    format!("There is no clock `{}`.", id.escape_debug()),
                    &format!("Those of the programme: {}.", ours.join(", ")),
                ));
            };
            if rule.kind == Kind::Proposal {
                return Err(wrong(
                    "not_in_force",
                    format!("{} is proposed law, and its clock does not run.", rule.text_ref),
                    "Leave it out.",
                ));
            }
            if span.count() == 0 {
                return Err(wrong(
                    "no_time",
                    format!("{id} would give no time at all."),
                    "Give at least 1.",
                ));
            }
            rule.with_span(*span)?;
        }
        self.check_escalations()?;
        let book = self.book(0);
        for (faster, slower) in FASTER {
            let of = |id: &str| book.rule(id).map(|rule| rule.term);
            let (Some(Term::Within(fast)), Some(Term::Within(slow))) = (of(faster), of(slower))
            else {
                continue;
            };
            if !fast.is_no_longer_than(slow) {
                return Err(wrong(
                    "less_for_more",
                    format!(
                        "{faster} would give {fast} and {slower} {slow}: the more urgent never has more time."
                    ),
                    "Give it no more, in a unit that can be compared.",
                ));
            }
        }
        Ok(self)
    }

    fn check_escalations(&self) -> Result<(), Refusal> {
        let steps = &self.escalations;
        if steps.is_empty() || steps.len() > STEPS_LIMIT {
            return Err(wrong(
                "escalations_unfit",
                format!("There are {} steps of escalation.", steps.len()),
                &format!("Give 1 to {STEPS_LIMIT}."),
            ));
        }
        let rises = steps.is_sorted_by(|a, b| a.percent < b.percent);
        if !rises || steps.iter().any(|step| !(1..=100).contains(&step.percent)) {
            return Err(wrong(
                "escalations_unfit",
                "Escalations must rise from 1 to 100 percent.".to_owned(),
                "Put them in order; each share stands once.",
            ));
        }
        let known = |to: &str| to == OWNER || RoleName::of(to).is_some_and(RoleName::may_decide);
        match steps.iter().find(|step| !known(&step.to)) {
            Some(step) => Err(wrong(
                "unknown_role",
                format!("`{}` is told of no clock.", step.to.escape_debug()),
                "Name the `owner`, or a role that takes part in decisions.",
            )),
            None => Ok(()),
        }
    }

    /// The book of rules with what the maker set, as an edition of this number. A target of a rule that the
    /// product does not know, or that would be longer than the law gives, has no effect.
    pub fn book(&self, edition: u64) -> RuleBook {
        let mut book = RuleBook {
            id: "programme:clocks".to_owned(),
            version: edition.to_string(),
            escalations: self.escalations.clone(),
            ..RuleBook::shipped().clone()
        };
        let mut beside = Vec::new();
        for rule in &mut book.rules {
            let Some(changed) =
                self.targets.get(&rule.id).and_then(|one| rule.with_span(*one).ok())
            else {
                continue;
            };
            match rule.kind {
                Kind::Policy => *rule = changed,
                Kind::Statutory | Kind::Guidance | Kind::Programme => beside.push(target(changed)),
                Kind::Proposal => {}
            }
        }
        book.rules.append(&mut beside);
        book
    }
}

/// A target of our own beside a rule that binds us.
fn target(rule: Rule) -> Rule {
    Rule {
        id: format!("{}_target", rule.id),
        jurisdiction: "programme".to_owned(),
        kind: Kind::Policy,
        text_ref: format!("our own target within {}", rule.text_ref),
        provenance: "decided by the programme".to_owned(),
        target_of: Some(rule.id.clone()),
        ..rule
    }
}

/// What a book says, a line for each clock and each step.
pub(super) fn lines(book: &RuleBook) -> Vec<Line> {
    let rules = book.rules.iter().map(|rule| Line {
        place: rule.id.clone(),
        what: format!("{} ({})", rule.action, rule.text_ref),
        says: rule.term.to_string(),
    });
    let steps = book.escalations.iter().map(|step| Line {
        place: format!("escalation_{}", step.percent),
        what: format!("Is told when {} percent have run", step.percent),
        says: RoleName::of(&step.to)
            .map_or_else(|| step.to.clone(), |role| role.title().to_owned()),
    });
    rules.chain(steps).collect()
}
