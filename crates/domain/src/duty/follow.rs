//! When a call moves on, and to whom: a pure rule over the call, the roster and the clock.

use super::{Because, CallMoved, Called, State};
use crate::{grant::Standing, role::RoleName, roster::Roster, sight::Sight};
use aftercare_vocab::{id::PersonId, instant::Instant};
use std::collections::BTreeSet;

/// Whom a step reaches at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Whoever can act in the role and is there; empty = nobody.
    pub to: Vec<Called>,
    /// Its holders who are absent.
    pub absent: BTreeSet<PersonId>,
    /// Its deputies, called only while every holder is absent.
    pub deputies: BTreeSet<PersonId>,
}

/// Whom a role reaches: holders who are there, whoever was handed the role, and deputies while no holder
/// is there. Training does not matter: answering is not signing.
pub fn reach(roster: &Roster, role: RoleName, families: &Sight, at: Instant) -> Reach {
    let mut holders = roster.holders(role, families);
    let to = roster
        .persons()
        .filter(|person| !roster.is_absent(person.id, at))
        .filter_map(|person| {
            let by = roster.by_right(person.id, role, families, at)?;
            Some(Called { person: person.id, by })
        })
        .collect();
    holders.retain(|holder| roster.is_absent(*holder, at));
    Reach { to, absent: holders, deputies: roster.standing(role, families, Standing::Deputy) }
}

/// The move that is due at an instant; none while the call rests where it is. Whoever applies a move
/// asks again.
///
/// A step has until before its minutes are over: at the limit itself the call moves on. A step in which
/// nobody is there is passed over at once. After the last step the call stays with everybody who was
/// called, and whoever comes to be there later is called too: it never ends but by an answer.
pub fn next(state: &State, roster: &Roster, now: Instant) -> Option<CallMoved> {
    if state.answer.is_some() {
        return None;
    }
    let call = Follow { state, roster, now };
    let Some(last) = state.moves.last() else { return Some(call.go(0, Because::Begun)) };
    let at = (last.step as usize).saturating_sub(1);
    let there = last.to.iter().any(|one| call.is_there(one.person));
    let ended = at + 1 >= state.raised.steps.len();
    if ended && (!there || last.due <= now) {
        let left = !last.to.is_empty() && !there;
        return call.whoever_is_new(if left { Because::WentAway } else { Because::CameBack });
    }
    if there {
        return (last.due <= now).then(|| call.go(at + 1, Because::NotAnswered));
    }
    let reach = call.new_in(at);
    Some(if reach.to.is_empty() {
        call.go(at + 1, Because::NobodyThere)
    } else {
        call.moved(at, reach, Because::WentAway)
    })
}

struct Follow<'a> {
    state: &'a State,
    roster: &'a Roster,
    now: Instant,
}

impl Follow<'_> {
    fn is_there(&self, person: PersonId) -> bool {
        self.roster.active(person).is_ok() && !self.roster.is_absent(person, self.now)
    }

    fn reach(&self, step: usize) -> Reach {
        let families = self.state.families();
        match self.state.raised.steps.get(step) {
            Some(step) => reach(self.roster, step.role, &families, self.now),
            None => Reach { to: Vec::new(), absent: BTreeSet::new(), deputies: BTreeSet::new() },
        }
    }

    /// Whom a step reaches who was not called yet.
    fn new_in(&self, step: usize) -> Reach {
        let called = self.state.called();
        let mut reach = self.reach(step);
        reach.to.retain(|one| !called.contains(&one.person));
        reach
    }

    /// To the first step from `from` on in which somebody is there; past the end, to nobody.
    fn go(&self, from: usize, because: Because) -> CallMoved {
        let steps = self.state.raised.steps.len();
        for step in from..steps {
            let reach = self.reach(step);
            if !reach.to.is_empty() {
                let because = if step == from { because } else { Because::NobodyThere };
                return self.moved(step, reach, because);
            }
        }
        let last = steps.saturating_sub(1);
        self.moved(last, self.reach(last), Because::NobodyThere)
    }

    /// After the end: the first step, the last before all others, that reaches somebody new.
    fn whoever_is_new(&self, because: Because) -> Option<CallMoved> {
        let last = self.state.raised.steps.len().saturating_sub(1);
        [last].into_iter().chain(0..last).find_map(|step| {
            let reach = self.new_in(step);
            // It stays at its last step: the chain does not begin again.
            (!reach.to.is_empty()).then(|| self.moved(last, reach, because))
        })
    }

    fn moved(&self, step: usize, reach: Reach, because: Because) -> CallMoved {
        CallMoved {
            call: self.state.id(),
            step: step as u32 + 1,
            to: reach.to,
            absent: reach.absent,
            because,
        }
    }
}
