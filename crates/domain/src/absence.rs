//! Absence: while a holder is away, the deputy may sign, with their own signature.

use crate::{event::Event, operation::Operation, refusal::Refusal, roster::Roster};
use aftercare_vocab::{
    id::{AbsenceId, PersonId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

/// A person is absent for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceRecorded {
    /// The absence.
    pub absence: AbsenceId,
    /// Who.
    pub person: PersonId,
    /// From when on.
    pub from: Instant,
    /// Until before when; `None` = until it is ended.
    pub until: Option<Instant>,
}

/// A person is there again, earlier than was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceEnded {
    /// The absence.
    pub absence: AbsenceId,
}

/// Records an absence: one's own, or (with the right to give roles) somebody else's. It never begins
/// in the past: who had a right on a day that is over is not changed afterwards.
pub fn record(
    roster: &Roster,
    absence: AbsenceRecorded,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    roster.person(absence.person)?;
    if absence.from < op.at {
        return Err(Refusal::new(
            "absence_in_past",
            format!("The absence would begin on {}, which is over.", absence.from.shown()),
            "Let it begin now or later: who could decide on a past day stays as it was.",
        ));
    }
    if absence.until.is_some_and(|until| until <= absence.from) {
        return Err(Refusal::new(
            "absence_empty",
            "The absence would end before it begins.",
            "Correct the days.",
        ));
    }
    Ok(vec![absence.into()])
}

/// Ends an absence that lasts, or takes one back that has not begun.
pub fn end(roster: &Roster, absence: AbsenceId, op: &Operation) -> Result<Vec<Event>, Refusal> {
    match roster.absence(absence) {
        None => Err(Refusal::unknown("absence", absence)),
        Some(known) if known.until.is_some_and(|until| until <= op.at) => Ok(Vec::new()),
        Some(_) => Ok(vec![AbsenceEnded { absence }.into()]),
    }
}
