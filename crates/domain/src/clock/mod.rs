//! Clocks: what law, guidance and our own programme give us time for, and until when.
//!
//! Rules are data (`data/clocks.json`), each with its text, its first day, the fact that starts it, how
//! long it gives, and the fact that satisfies it. Everything here is a pure function of facts and an
//! instant: a clock is never wound, so it can be recomputed from the record for ever.
//!
//! No clock can be paused: there is no fact that would. What law or guidance gives can be shortened
//! ([`Rule::with_span`]), never prolonged.
//!
//! Zones are compiled in and holidays are data with the years they are known for; beyond them a due
//! instant is undetermined rather than guessed.

mod calendar;
mod rule;
mod span;
mod state;
mod zone;

pub use calendar::Calendar;
pub use rule::{Checkpoint, Escalation, Kind, Rule, RuleBook, Term};
pub use span::{CalendarDays, Hours, Minutes, Months, Span, WorkingDays, Years};
pub use state::{Clock, State};
pub use zone::Zone;
