//! The clock of the sample's history: it was lived through in the weeks before it is loaded.

use crate::operation;
use aftercare_domain::{Channel, Operation};
use aftercare_vocab::instant::Instant;
use std::cell::Cell;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Between two operations: longer than a code of a code generator holds.
const STEP: i64 = 31 * SECOND;

/// Moves on with every operation, and never back.
#[derive(Debug)]
pub struct SampleClock {
    now: Instant,
    at: Cell<Instant>,
}

impl SampleClock {
    /// Stands so many days before `now`.
    pub fn before(now: Instant, days: i64) -> Self {
        Self { now, at: Cell::new(now.plus_micros(-days * DAY)) }
    }

    /// Moves to so many days before now, unless it is later already.
    pub fn go_to(&self, days_before: i64) {
        self.at.set(self.at.get().max(self.now.plus_micros(-days_before * DAY)));
    }

    /// The instant it stands at.
    pub const fn at(&self) -> Instant {
        self.at.get()
    }

    /// So many days before now, whatever it stands at.
    pub const fn days_before(&self, days: i64) -> Instant {
        self.now.plus_micros(-days * DAY)
    }

    /// An operation of a part of the product, one step later.
    pub fn begin(&self, actor: &'static str, channel: Channel) -> Operation {
        self.at.set(self.at.get().plus_micros(STEP).min(self.now));
        operation::begin_at(self.at.get(), actor, channel)
    }

    /// The same a moment later: loading is many operations, and takes no half hour.
    pub fn begin_at_once(&self, actor: &'static str, channel: Channel) -> Operation {
        self.at.set(self.at.get().plus_micros(SECOND).min(self.now));
        operation::begin_at(self.at.get(), actor, channel)
    }
}
