//! Adopting a chain, raising a call, answering it.

use super::{
    ABOUT_LIMIT, CallAnswered, CallRaised, ChainAdopted, Chains, MINUTES_LIMIT, STEPS_LIMIT,
    Severity, State, Step, concerned, next,
};
use crate::{
    access::{self, Right},
    event::Event,
    operation::Operation,
    refusal::Refusal,
    role::RoleName,
    roster::{Roster, entitled},
    text,
};
use aftercare_vocab::id::{CallId, FamilyId};
use std::collections::BTreeSet;

/// What somebody wants to call about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallWish {
    /// The family it is about; `None` = all of them.
    pub family: Option<FamilyId>,
    /// What it is about.
    pub about: String,
    /// Why it cannot wait.
    pub why: String,
    /// Whether only the chain is tested.
    pub test: bool,
    /// How bad it is.
    pub severity: Severity,
}

/// Puts a chain in force. Refused: without the right for that family, without steps, with a role twice,
/// with a role that takes no part in the work, with minutes out of range.
pub fn adopt(
    roster: &Roster,
    chains: &Chains,
    wish: ChainAdopted,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let person = entitled(roster, Right::KeepDuty, op)?;
    let families = concerned(wish.family);
    let keeps = roster.grants_of(person).any(|grant| {
        Right::KeepDuty.roles().contains(&grant.role) && grant.sight.covers(&families)
    });
    if !keeps {
        let could = roster.who_may(Right::KeepDuty, op.at).into_iter().filter(|who| {
            roster.grants_of(*who).any(|grant| {
                Right::KeepDuty.roles().contains(&grant.role) && grant.sight.covers(&families)
            })
        });
        return Err(Refusal::new(
            "right_missing",
            "Your role does not cover the families of this chain.",
            "Ask somebody whose role does, or choose one of your families.",
        )
        .could(roster.names(could)));
    }
    steps_checked(&wish.steps)?;
    if chains.own(wish.family).is_some_and(|one| one.steps == wish.steps) {
        return Ok(Vec::new());
    }
    Ok(vec![wish.into()])
}

fn steps_checked(steps: &[Step]) -> Result<(), Refusal> {
    if steps.is_empty() || steps.len() > STEPS_LIMIT {
        return Err(Refusal::new(
            "chain_length",
            format!("A chain has 1 to {STEPS_LIMIT} steps; this one has {}.", steps.len()),
            "Name the roles that are called, one after the other.",
        ));
    }
    let mut seen: BTreeSet<RoleName> = BTreeSet::new();
    for step in steps {
        if !step.role.may_decide() {
            return Err(Refusal::new(
                "chain_role",
                format!("{} takes no part in the work and cannot be called.", step.role),
                "Choose a role of the people who do the work.",
            ));
        }
        if !(1..=MINUTES_LIMIT).contains(&step.minutes) {
            return Err(Refusal::new(
                "chain_minutes",
                format!(
                    "{} would have {} minutes to answer; 1 to {MINUTES_LIMIT} are possible.",
                    step.role, step.minutes
                ),
                "Correct the minutes.",
            ));
        }
        if !seen.insert(step.role) {
            return Err(Refusal::new(
                "chain_role_twice",
                format!("{} stands in the chain twice.", step.role),
                "Give the role more minutes, or name another in its place.",
            ));
        }
    }
    Ok(())
}

/// Calls whoever is on duty: raises the call and takes it to whom it comes first.
pub fn raise(
    roster: &Roster,
    chains: &Chains,
    id: CallId,
    wish: &CallWish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    entitled(roster, Right::CallDuty, op)?;
    let raised = CallRaised {
        call: id,
        family: wish.family,
        about: text::line("subject of the call", &wish.about, ABOUT_LIMIT)?,
        why: words("reason for the call", &wish.why)?,
        test: wish.test,
        severity: wish.severity,
        steps: chains.steps(wish.family),
    };
    let begun = State::begun(raised.clone(), op.actor.clone(), op.at);
    let mut events: Vec<Event> = vec![raised.into()];
    events.extend(next(&begun, roster, op.at).map(Event::from));
    Ok(events)
}

/// Answers a call: whoever was called, or anybody else with the right to. Whoever raised it answers only
/// if it came to them.
pub fn answer(
    roster: &Roster,
    state: &State,
    said: &str,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    let called = state.called();
    if !called.contains(&by) {
        if !roster.rights(by).contains(&Right::CallDuty) {
            let refusal = access::missing(roster, Right::CallDuty, op.at);
            return Err(if called.is_empty() {
                refusal
            } else {
                refusal.could(roster.names(called))
            });
        }
        if roster.acting(&state.by) == Some(by) {
            return Err(Refusal::new(
                "own_call",
                "You raised this call, and it did not come to you: somebody else must answer it.",
                "Wait for the next step of the chain, or speak to one of them.",
            )
            .could(roster.names(called)));
        }
    }
    if let Some(answer) = &state.answer {
        return Err(Refusal::new(
            "call_answered",
            format!("{} answered this call at {}.", roster.names([answer.by]), answer.at.shown()),
            "Speak to them, or raise another call.",
        ));
    }
    Ok(vec![CallAnswered { call: state.id(), by, words: words("answer", said)? }.into()])
}

fn words(what: &str, said: &str) -> Result<String, Refusal> {
    text::note(what, Some(said), text::NOTE_LIMIT)?.ok_or_else(|| {
        Refusal::new(
            "text_missing",
            format!("The {what} is empty."),
            format!("Give the {what} in a few words."),
        )
    })
}
