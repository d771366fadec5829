//! The clock and chance: the one place where both are asked, when an operation begins.

#![allow(clippy::disallowed_methods, reason = "the rim makes operations from the real clock")]

use aftercare_domain::{Actor, Channel, Date, Operation, Role};
use aftercare_register::Seed;
use aftercare_vocab::{id::IdSource, instant::Instant};
use std::time::Duration;

/// The instant now.
pub fn now() -> Instant {
    Instant::from_micros(jiff::Timestamp::now().as_microsecond())
}

/// The calendar day now, in UTC.
pub fn today() -> Date {
    jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

/// An operation that begins now, done by a part of the product.
pub fn begin(actor: &'static str, channel: Channel) -> Operation {
    begin_at(now(), actor, channel)
}

/// The same at another instant: the history of a sample was lived through before it was loaded.
pub fn begin_at(at: Instant, actor: &'static str, channel: Channel) -> Operation {
    let ids = IdSource::new(at, rand::random());
    Operation::new(at, Actor::system(actor), Role::system(), channel, ids)
        .with_chance(rand::random())
}

/// Chance for a key that signs the log. Drawn even when there is a key already: only the register knows.
pub fn seed() -> Seed {
    Seed(rand::random()) // the generator of the thread is one for secrets, seeded by the system
}

/// A number that nobody can guess, for a request to a time-stamping authority.
pub fn nonce() -> u64 {
    rand::random()
}

/// A new request id.
pub fn request_id() -> String {
    format!("req_{:016x}", rand::random::<u64>())
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Begins now.
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
