//! How long a rule gives, and when that ends.
//!
//! Minutes and hours run by the physical clock, also over a change of summer time. Days are counted
//! from the day after the start, in the zone of the manufacturer, and end with the last day: 30
//! calendar days from any time on 1 March end with 31 March. A period that ends on a holiday is not
//! prolonged: no rule here says so, and the earlier end is the strict one.

use super::{Calendar, Zone};
use crate::refusal::Refusal;
use aftercare_vocab::instant::Instant;
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Minutes, by the physical clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Minutes(pub u32);

/// Hours, by the physical clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hours(pub u32);

/// Days of the calendar, holidays included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CalendarDays(pub u32);

/// Days that are worked, by a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WorkingDays(pub u32);

/// Months: to the same day of a later month, or its last where it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Months(pub u32);

/// Years: to the same day of a later year; from 29 February to the 28th.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Years(pub u32);

/// How long a rule gives. Each unit is a type of its own: they cannot be added or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is the type of its name")]
pub enum Span {
    Minutes(Minutes),
    Hours(Hours),
    CalendarDays(CalendarDays),
    WorkingDays(WorkingDays),
    Months(Months),
    Years(Years),
}

const MINUTE: i64 = 60_000_000;

/// The longest count of any unit: a bound for the loop over working days.
pub(super) const LONGEST: u32 = 10_000;

impl Span {
    /// How many of its unit.
    pub const fn count(self) -> u32 {
        match self {
            Self::Minutes(Minutes(count))
            | Self::Hours(Hours(count))
            | Self::CalendarDays(CalendarDays(count))
            | Self::WorkingDays(WorkingDays(count))
            | Self::Months(Months(count))
            | Self::Years(Years(count)) => count,
        }
    }

    /// The code name of its unit: `working_days`.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Minutes(_) => "minutes",
            Self::Hours(_) => "hours",
            Self::CalendarDays(_) => "calendar_days",
            Self::WorkingDays(_) => "working_days",
            Self::Months(_) => "months",
            Self::Years(_) => "years",
        }
    }

    /// So many of a unit by its code name.
    pub fn of(count: u32, unit: &str) -> Option<Self> {
        Some(match unit {
            "minutes" => Self::Minutes(Minutes(count)),
            "hours" => Self::Hours(Hours(count)),
            "calendar_days" => Self::CalendarDays(CalendarDays(count)),
            "working_days" => Self::WorkingDays(WorkingDays(count)),
            "months" => Self::Months(Months(count)),
            "years" => Self::Years(Years(count)),
            _ => return None,
        })
    }

    /// Whether it surely gives no more time than `limit`: the same unit and no more of it.
    pub fn is_within(self, limit: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&limit)
            && self.count() <= limit.count()
    }

    /// Whether it surely ends no later than another from the same start, in whatever units.
    pub fn is_no_longer_than(self, other: Self) -> bool {
        const HOUR: u64 = 60;
        // The shortest and the longest day of the clock, and one more for the day of the start.
        let days = |least: u64, most: u64| (least * 23 * HOUR, (most + 1) * 25 * HOUR);
        let minutes = |span: Self| {
            let count = u64::from(span.count());
            match span {
                Self::Minutes(_) => (count, count),
                Self::Hours(_) => (count * HOUR, count * HOUR),
                Self::CalendarDays(_) => days(count, count),
                // How many days lie between those that are worked is for the calendar.
                Self::WorkingDays(_) => (days(count, 0).0, u64::MAX),
                Self::Months(_) => days(count * 28, count * 31),
                Self::Years(_) => days(count * 365, count * 366),
            }
        };
        match (self, other) {
            _ if std::mem::discriminant(&self) == std::mem::discriminant(&other) => {
                self.count() <= other.count()
            }
            (Self::CalendarDays(one), Self::WorkingDays(other)) => one.0 <= other.0,
            _ => minutes(self).1 <= minutes(other).0,
        }
    }

    /// The last instant that is in time. Refused where the calendar does not know the year, or time
    /// itself ends.
    pub fn end(self, start: Instant, zone: &Zone, calendar: &Calendar) -> Result<Instant, Refusal> {
        let beyond = || {
            Refusal::new(
                "beyond_time",
                format!("{self} from {start} lie beyond the years that can be reckoned with."),
                "Check the instant of the start.",
            )
        };
        let count = i64::from(self.count());
        let day = match self {
            Self::Minutes(_) => return Ok(start.plus_micros(count * MINUTE)),
            Self::Hours(_) => return Ok(start.plus_micros(count * 60 * MINUTE)),
            _ => zone.day_of(start).ok_or_else(beyond)?,
        };
        let last = match self {
            Self::CalendarDays(_) => day.checked_add(count.days()).map_err(|_| beyond())?,
            Self::Months(_) => day.checked_add(count.months()).map_err(|_| beyond())?,
            Self::Years(_) => day.checked_add(count.years()).map_err(|_| beyond())?,
            Self::WorkingDays(WorkingDays(count)) => worked(day, count, calendar)?,
            Self::Minutes(_) | Self::Hours(_) => day,
        };
        zone.end_of(last).ok_or_else(beyond)
    }
}

/// The `count`th worked day after `day`.
fn worked(mut day: Date, count: u32, calendar: &Calendar) -> Result<Date, Refusal> {
    let mut left = count;
    while left > 0 {
        day = day.tomorrow().unwrap_or(Date::MAX);
        if calendar.is_worked(day)? {
            left -= 1;
        }
    }
    Ok(day)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many) = match self {
            Self::Minutes(_) => ("minute", "minutes"),
            Self::Hours(_) => ("hour", "hours"),
            Self::CalendarDays(_) => ("calendar day", "calendar days"),
            Self::WorkingDays(_) => ("working day", "working days"),
            Self::Months(_) => ("month", "months"),
            Self::Years(_) => ("year", "years"),
        };
        write!(f, "{} {}", self.count(), if self.count() == 1 { one } else { many })
    }
}
