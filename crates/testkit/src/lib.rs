//! The whole product in process, with a clock and identifiers that do not change from run to run:
//! for measurements and for tests that need a large field. Never part of a release.

pub mod bucket;
pub mod crash;
pub mod engine;
pub mod field;
pub mod forms;
pub mod longlife;
pub mod pace;
pub mod people;

use aftercare_domain::{Actor, Channel, Operation, Role};
use aftercare_vocab::{id::IdSource, instant::Instant};

/// 2026-01-01T00:00:00Z, the first instant of every generated record.
pub const BEGIN: i64 = 1_767_225_600_000_000;

/// Operations a second apart, the same in every run.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ticks: u64,
}

impl Clock {
    /// The next operation.
    pub fn operation(&mut self) -> Operation {
        self.ticks += 1;
        let at = Instant::from_micros(BEGIN).plus_micros(self.ticks as i64 * 1_000_000);
        let ids = IdSource::new(at, self.ticks);
        Operation::new(at, Actor::system("testkit"), Role::system(), Channel::Job, ids)
    }
}
