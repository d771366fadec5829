//! A call as its entries say: whom it came to, who answered, whether its chain has ended.

use super::{Because, CallMoved, CallRaised, Called, MEETING_MICROS, MINUTE, Severity};
use crate::{
    entry::Entry, event::Event, operation::Actor, roster::Roster, sight::Sight, signature::ByRight,
};
use aftercare_vocab::{
    id::{CallId, PersonId},
    instant::Instant,
};
use std::collections::BTreeSet;

/// One move of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The step, from 1.
    pub step: u32,
    /// Who was called.
    pub to: Vec<Called>,
    /// The absent holders of the step's role.
    pub absent: BTreeSet<PersonId>,
    /// Why.
    pub because: Because,
    /// When.
    pub at: Instant,
    /// Until before when they have to answer.
    pub due: Instant,
    /// Its entry.
    pub entry: u64,
}

impl Move {
    /// Whether a deputy or delegate was called because no holder was there.
    pub fn in_place(&self) -> bool {
        !self.to.is_empty() && self.to.iter().all(|one| one.by != ByRight::Holder)
    }
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Who.
    pub by: PersonId,
    /// What they said.
    pub words: String,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// A call as its entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What was raised.
    pub raised: CallRaised,
    /// Who raised it.
    pub by: Actor,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
    /// Whom it came to, in its order.
    pub moves: Vec<Move>,
    /// The answer.
    pub answer: Option<Answer>,
}

impl State {
    /// Reads a call from its entries, in their order. `None` = none raises one.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<Self> {
        let mut state: Option<Self> = None;
        for entry in entries {
            match (&mut state, &entry.event) {
                (None, Event::CallRaised(e)) => {
                    let mut begun = Self::begun(e.clone(), entry.actor.clone(), entry.at);
                    begun.entry = entry.seq;
                    state = Some(begun);
                }
                (Some(state), Event::CallMoved(e)) => state.moved(e, entry.at, entry.seq),
                (Some(state), Event::CallAnswered(e)) => {
                    let (by, words) = (e.by, e.words.clone());
                    state.answer = Some(Answer { by, words, at: entry.at, entry: entry.seq });
                }
                _ => {}
            }
        }
        state
    }

    /// A call that was raised this moment and came to nobody yet.
    pub(super) const fn begun(raised: CallRaised, by: Actor, at: Instant) -> Self {
        Self { raised, by, at, entry: 0, moves: Vec::new(), answer: None }
    }

    fn moved(&mut self, e: &CallMoved, at: Instant, entry: u64) {
        let minutes = (e.step as usize).checked_sub(1).and_then(|step| self.raised.steps.get(step));
        let minutes = minutes.map_or(0, |step| i64::from(step.minutes));
        self.moves.push(Move {
            step: e.step,
            to: e.to.clone(),
            absent: e.absent.clone(),
            because: e.because,
            at,
            due: at.plus_micros(minutes * MINUTE),
            entry,
        });
    }

    /// The call.
    pub const fn id(&self) -> CallId {
        self.raised.call
    }

    /// The families it concerns.
    pub fn families(&self) -> Sight {
        super::concerned(self.raised.family)
    }

    /// Everybody who was called.
    pub fn called(&self) -> BTreeSet<PersonId> {
        self.moves.iter().flat_map(|one| &one.to).map(|one| one.person).collect()
    }

    /// Whether it waits for a person: they were called, and nobody has answered.
    pub fn waits_for(&self, person: PersonId) -> bool {
        self.answer.is_none() && self.called().contains(&person)
    }

    /// Since when the chain has ended without an answer; it stays with everybody who was called.
    pub fn overdue(&self, now: Instant) -> Option<Instant> {
        if self.answer.is_some() {
            return None;
        }
        let last = self.raised.steps.len() as u32;
        let ended = |one: &&Move| one.step >= last;
        let since = |one: &Move| if one.to.is_empty() { one.at } else { one.due };
        self.moves.iter().filter(ended).map(since).min().filter(|since| *since <= now)
    }

    /// How long it took until somebody answered, in microseconds.
    pub fn answered_after(&self) -> Option<i64> {
        self.answer.as_ref().map(|answer| answer.at.micros() - self.at.micros())
    }

    /// Until when a crisis meeting is due: of a call of severity 1 that is no test.
    pub fn meeting_due(&self) -> Option<Instant> {
        let grave = self.raised.severity == Severity::One && !self.raised.test;
        grave.then(|| self.at.plus_micros(MEETING_MICROS))
    }

    /// Whether it shows that the chain works: a test that somebody who was called answered before the
    /// chain ended, other than whoever raised it.
    pub fn proves(&self, roster: &Roster) -> bool {
        let Some(answer) = &self.answer else { return false };
        let raised_by = roster.acting(&self.by);
        let before_answer = Self { answer: None, ..self.clone() };
        self.raised.test
            && raised_by != Some(answer.by)
            && self.called().contains(&answer.by)
            && before_answer.overdue(answer.at).is_none()
    }
}
