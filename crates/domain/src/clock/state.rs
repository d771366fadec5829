//! Where a clock stands: a pure function of facts and an instant.

use super::{
    Calendar, CalendarDays, Checkpoint, Escalation, Kind, Rule, RuleBook, Span, Term, Zone,
};
use crate::refusal::Refusal;
use aftercare_vocab::instant::Instant;

/// A rule with the facts it runs on.
#[derive(Debug, Clone, Copy)]
pub struct Clock<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// When its starting fact happened.
    pub start: Option<Instant>,
    /// When the fact that satisfies it happened.
    pub met: Option<Instant>,
    /// The manufacturer's zone.
    pub zone: &'a Zone,
    /// The holidays of the authority.
    pub calendar: &'a Calendar,
}

/// Where a clock stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing has started it.
    NotStarted,
    /// The rule did not hold when it would have started, or is only proposed.
    NotInForce,
    /// Running, and no count of days says when it ends.
    Open(Term),
    /// Running.
    Running {
        /// The last instant in time.
        due: Instant,
        /// How much of the time has run, rounded down, 0 to 99 (100 in the very last instant).
        percent: u8,
    },
    /// Satisfied in time.
    Met {
        /// When.
        at: Instant,
        /// The last instant in time; none where none is counted.
        due: Option<Instant>,
    },
    /// Not satisfied in time. The instant is the due one, not when somebody noticed: the regulator
    /// counts from the event.
    Missed {
        /// The last instant that would have been in time.
        due: Instant,
        /// When it was satisfied all the same.
        met_late: Option<Instant>,
    },
    /// Running, but its end cannot be told.
    Undetermined(Refusal),
}

impl Clock<'_> {
    /// The due instant, where the clock has started, the rule is in force and a count is given.
    pub fn due(&self) -> Result<Option<Instant>, Refusal> {
        match (self.start, self.rule.term) {
            (Some(start), Term::Within(span)) if self.is_in_force(start) => {
                span.end(start, self.zone, self.calendar).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn is_in_force(&self, start: Instant) -> bool {
        self.rule.kind != Kind::Proposal
            && self.zone.day_of(start).is_some_and(|day| day >= self.rule.valid_from)
    }

    /// Where it stands at an instant. Facts that happened later do not count yet.
    pub fn state(&self, at: Instant) -> State {
        let Some(start) = self.start.filter(|start| *start <= at) else {
            return State::NotStarted;
        };
        if !self.is_in_force(start) {
            return State::NotInForce;
        }
        let met = self.met.filter(|met| *met <= at);
        let due = match (self.due(), met) {
            (Ok(Some(due)), _) => due,
            (Ok(None), Some(at)) => return State::Met { at, due: None },
            (Ok(None), None) => return State::Open(self.rule.term),
            (Err(refusal), _) => return State::Undetermined(refusal),
        };
        match met {
            Some(at) if at <= due => State::Met { at, due: Some(due) },
            met_late if at > due => State::Missed { due, met_late },
            _ => State::Running { due, percent: percent(start, due, at) },
        }
    }

    /// The instants at which each escalation is reached, so that the next one can be waited for.
    pub fn escalations<'e>(
        &self,
        steps: &'e [Escalation],
    ) -> Result<Vec<(&'e Escalation, Instant)>, Refusal> {
        let (Some(start), Some(due)) = (self.start, self.due()?) else { return Ok(Vec::new()) };
        let whole = i128::from(due.micros()) - i128::from(start.micros());
        // rounded up: at this instant the share has run in full
        let after = |percent: u8| (whole * i128::from(percent) + 99) / 100;
        Ok(steps.iter().map(|step| (step, start.plus_micros(after(step.percent) as i64))).collect())
    }

    /// The days on the way at which something is asked of this rule, each with its last instant.
    pub fn checkpoints<'b>(
        &self,
        book: &'b RuleBook,
    ) -> Result<Vec<(&'b Checkpoint, Instant)>, Refusal> {
        let (Some(start), Some(_)) = (self.start, self.due()?) else { return Ok(Vec::new()) };
        let mine = book.checkpoints.iter().filter(|point| point.rule == self.rule.id);
        mine.map(|point| {
            let span = Span::CalendarDays(CalendarDays(point.day));
            Ok((point, span.end(start, self.zone, self.calendar)?))
        })
        .collect()
    }
}

/// How much of the time from `start` to `due` has run at `at`, which lies between them.
fn percent(start: Instant, due: Instant, at: Instant) -> u8 {
    let since = |at: Instant| i128::from(at.micros()) - i128::from(start.micros());
    let whole = since(due);
    if whole <= 0 { 100 } else { (since(at) * 100 / whole).clamp(0, 100) as u8 }
}
