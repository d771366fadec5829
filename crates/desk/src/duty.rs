//! Duty: chains, calls, and the follower that moves calls on.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{
        CallAnswerRow, CallMoveRow, CallRow, CallSheet, CalledRow, ChainSheet, ChainStep,
        DutySheet, FamilyRef, Page,
    },
    viewer::Viewer,
};
use aftercare_domain::{
    Operation, Refusal,
    access::Right,
    duty::{self, CallWish, Called, ChainAdopted, Chains, State, concerned},
    roster::Roster,
    signature::ByRight,
};
use aftercare_register::{CallsOnly, Page as Part};
use aftercare_vocab::{
    id::{CallId, FamilyId, PersonId},
    instant::Instant,
};
use std::collections::{BTreeMap, BTreeSet};

/// Most open calls that are looked at for one page or in one step of the follower, the oldest first.
pub const OPEN_CALLS_LIMIT: u32 = 1_000;

impl Desk {
    /// Puts a chain in force.
    pub fn adopt_chain(&self, op: &Operation, wish: ChainAdopted) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            self.known_family(wish.family)?;
            let (roster, chains) = (pen.facts().roster()?, pen.facts().chains()?);
            Ok(duty::adopt(&roster, &chains, wish, op)?)
        })
    }

    /// Calls whoever is on duty.
    pub fn raise_call(&self, op: &Operation, wish: &CallWish) -> Result<CallId, Trouble> {
        let id: CallId = op.new_id();
        self.decided(op, id, |pen| {
            self.known_family(wish.family)?;
            let (roster, chains) = (pen.facts().roster()?, pen.facts().chains()?);
            Ok(duty::raise(&roster, &chains, id, wish, &pen.dated()?)?)
        })
    }

    /// Answers a call.
    pub fn answer_call(&self, op: &Operation, id: CallId, words: &str) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let missing = || Trouble::not_found("call", id);
            if !self.reader()?.sees_call(id)? {
                return Err(missing());
            }
            let state = pen.facts().call(id)?.ok_or_else(missing)?;
            Ok(duty::answer(&*pen.facts().roster()?, &state, words, &pen.dated()?)?)
        })
    }

    fn known_family(&self, family: Option<FamilyId>) -> Result<(), Trouble> {
        match family {
            Some(family) if !self.families()?.contains_key(&family) => {
                Err(Refusal::unknown("family", family).into())
            }
            _ => Ok(()),
        }
    }

    /// The follower: moves every open call on that is due at `now`; gives how often. `operation` is asked
    /// for each move.
    pub fn follow_calls(
        &self,
        operation: impl Fn() -> Operation,
        now: Instant,
    ) -> Result<usize, Trouble> {
        let open = self.reader()?.open_calls(OPEN_CALLS_LIMIT)?;
        let mut moved = 0;
        for id in open {
            while self.is_due(id, now)? {
                let op = operation();
                let went = self.once(&op, |pen| {
                    let (state, roster) = (pen.facts().call(id)?, pen.facts().roster()?);
                    // Looked at again: somebody may have answered meanwhile.
                    let next = state.and_then(|state| duty::next(&state, &roster, now));
                    let went = next.is_some();
                    pen.record_all(next.map(Into::into))?;
                    Ok(went)
                })?;
                if !went {
                    break;
                }
                moved += 1;
            }
        }
        Ok(moved)
    }

    fn is_due(&self, id: CallId, now: Instant) -> Result<bool, Trouble> {
        let reader = self.reader()?;
        let (state, roster) = (reader.call(id)?, reader.roster()?);
        Ok(state.is_some_and(|state| duty::next(&state, &roster, now).is_some()))
    }

    /// The chains with whom each step would reach, and the last proof that one works.
    pub fn duty(&self, viewer: Option<&Viewer>, now: Instant) -> Result<DutySheet, Trouble> {
        let whole = self.whole_reader()?;
        let (roster, chains) = (whole.roster()?, whole.chains()?);
        let families = self.families()?;
        let at = self.instant(now);
        let mut sheets = vec![sheet(&roster, &chains, None, at)];
        let mut named: Vec<FamilyRef> =
            families.into_iter().map(|(id, name)| FamilyRef { id, name }).collect();
        named.sort_by_key(|one| (one.name.to_lowercase(), one.id));
        sheets.extend(named.into_iter().map(|one| sheet(&roster, &chains, Some(one), at)));
        let sees = viewer.is_none_or(|viewer| viewer.may(Right::SeeDecisions));
        let proof = if sees {
            let tests = self.calls(CallsOnly::TestsAnswered, "", viewer, now)?;
            tests.items.into_iter().find(|row| row.proves)
        } else {
            None
        };
        Ok(DutySheet { chains: sheets, proof })
    }

    /// Calls, the newest first.
    pub fn calls(
        &self,
        only: CallsOnly,
        after: &str,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<Page<CallRow>, Trouble> {
        let reader = self.reader()?;
        let page = match after {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let found = reader.calls(only, &page)?;
        let whole = self.whole_reader()?;
        let (roster, families, at) = (whole.roster()?, self.families()?, self.instant(now));
        let mut items = Vec::with_capacity(found.items.len());
        for id in found.items {
            let state = whole.call(id)?.ok_or_else(|| Trouble::not_found("call", id))?;
            items.push(row(&roster, &families, &state, viewer, at));
        }
        Ok(Page {
            items,
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.call_count(only)?,
        })
    }

    /// One call whole.
    pub fn call(
        &self,
        id: CallId,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<CallSheet, Trouble> {
        let reader = self.reader()?;
        let missing = || Trouble::not_found("call", id);
        if !reader.sees_call(id)? {
            return Err(missing());
        }
        let whole = self.whole_reader()?;
        let state = whole.call(id)?.ok_or_else(missing)?;
        let (roster, families, at) = (whole.roster()?, self.families()?, self.instant(now));
        let role = |step: u32| {
            let step = (step as usize).checked_sub(1).and_then(|at| state.raised.steps.get(at));
            step.map(|step| step.role.title().to_owned()).unwrap_or_default()
        };
        let called = state.called();
        Ok(CallSheet {
            row: row(&roster, &families, &state, viewer, at),
            why: state.raised.why.clone(),
            entry: state.entry,
            entity_version: reader.entity_version(&id.to_string())?,
            meeting_due: state.meeting_due(),
            overdue_since: state.overdue(at),
            moves: state
                .moves
                .iter()
                .map(|one| CallMoveRow {
                    step: one.step,
                    role: role(one.step),
                    to: called_rows(&roster, &one.to),
                    absent: names(&roster, &one.absent),
                    because: one.because.code().to_owned(),
                    at: one.at,
                    due: one.due,
                    entry: one.entry,
                })
                .collect(),
            answer: state.answer.as_ref().map(|answer| CallAnswerRow {
                person: answer.by,
                name: name_of(&roster, answer.by),
                called: called.contains(&answer.by),
                words: answer.words.clone(),
                at: answer.at,
                entry: answer.entry,
            }),
        })
    }

    /// The open calls that came to whoever asks, the oldest first; none at an earlier moment, where
    /// nothing can be answered.
    pub fn calls_for(&self, viewer: &Viewer, now: Instant) -> Result<Vec<CallRow>, Trouble> {
        if self.moment() != crate::Moment::Present {
            return Ok(Vec::new());
        }
        let open = self.reader()?.open_calls(OPEN_CALLS_LIMIT)?;
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let whole = self.whole_reader()?;
        let (roster, families) = (whole.roster()?, self.families()?);
        let mut rows = Vec::new();
        for id in open {
            let state = whole.call(id)?.filter(|state| state.waits_for(viewer.person));
            rows.extend(state.map(|state| row(&roster, &families, &state, Some(viewer), now)));
        }
        Ok(rows)
    }
}

fn sheet(roster: &Roster, chains: &Chains, family: Option<FamilyRef>, at: Instant) -> ChainSheet {
    let id = family.as_ref().map(|family| family.id);
    let own = chains.own(id);
    let origin = match (own, id, chains.own(None)) {
        (Some(_), Some(_), _) => "own",
        (Some(_), None, _) | (None, _, Some(_)) => "general",
        (None, _, None) => "proposed",
    };
    let step = |(number, step): (u32, duty::Step)| {
        let reach = duty::reach(roster, step.role, &concerned(id), at);
        ChainStep {
            step: number,
            role: step.role.title().to_owned(),
            role_code: step.role.code().to_owned(),
            minutes: step.minutes,
            reaches: called_rows(roster, &reach.to),
            absent: names(roster, &reach.absent),
            deputies: names(roster, &reach.deputies),
        }
    };
    ChainSheet {
        origin: origin.to_owned(),
        adopted_by: own.map(|own| match roster.acting(&own.by) {
            Some(person) => name_of(roster, person),
            None => own.by.to_string(),
        }),
        adopted_at: own.map(|own| own.at),
        steps: (1..).zip(chains.steps(id)).map(step).collect(),
        family,
    }
}

fn row(
    roster: &Roster,
    families: &BTreeMap<FamilyId, String>,
    state: &State,
    viewer: Option<&Viewer>,
    now: Instant,
) -> CallRow {
    let stage = match (&state.answer, state.overdue(now)) {
        (Some(_), _) => "answered",
        (None, Some(_)) => "overdue",
        (None, None) => "open",
    };
    let family = state
        .raised
        .family
        .map(|id| FamilyRef { id, name: families.get(&id).cloned().unwrap_or_default() });
    CallRow {
        id: state.id(),
        family,
        about: state.raised.about.clone(),
        severity: state.raised.severity.code().to_owned(),
        test: state.raised.test,
        raised_by: match roster.acting(&state.by) {
            Some(person) => name_of(roster, person),
            None => state.by.to_string(),
        },
        raised_at: state.at,
        stage: stage.to_owned(),
        step: state.moves.last().map_or(0, |last| last.step),
        steps: state.raised.steps.len() as u32,
        called: names(roster, &state.called()),
        answered_by: state.answer.as_ref().map(|answer| name_of(roster, answer.by)),
        answered_at: state.answer.as_ref().map(|answer| answer.at),
        answered_after_seconds: state.answered_after().map(|micros| micros / 1_000_000),
        waits_for_you: viewer.is_some_and(|viewer| state.waits_for(viewer.person)),
        proves: state.proves(roster),
    }
}

fn called_rows(roster: &Roster, called: &[Called]) -> Vec<CalledRow> {
    let row = |one: &Called| CalledRow {
        person: one.person,
        name: name_of(roster, one.person),
        by: match one.by {
            ByRight::Holder => "holder",
            ByRight::Deputy => "deputy",
            ByRight::Delegate(_) => "delegate",
        }
        .to_owned(),
    };
    called.iter().map(row).collect()
}

fn names(roster: &Roster, of: &BTreeSet<PersonId>) -> Vec<String> {
    of.iter().map(|person| name_of(roster, *person)).collect()
}

fn name_of(roster: &Roster, person: PersonId) -> String {
    roster.person(person).map(|one| one.name.clone()).unwrap_or_default()
}
