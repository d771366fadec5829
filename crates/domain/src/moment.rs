//! How people and programs write a moment of the record: `2026-11-24`, `2026-11-24T14:05:00Z`,
//! `entry:123`.
//!
//! Pure reading and writing. What the record held then is asked in crate `register`; whether a moment
//! lies in the future is decided by who knows the time.

use crate::Date;
use aftercare_vocab::{
    instant::Instant,
    problem::{Problem, quoted},
};
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// What a ledger position begins with.
const ENTRY: &str = "entry:";

/// Longer text is no moment, in bytes.
const LONGEST: usize = 64;

/// Microseconds in a day.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// A moment of the record, as it was asked for. Its text reads back as the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A point in time.
    Instant(Instant),
    /// The end of a calendar day in UTC: all that was recorded on that day counts.
    Day(Date),
    /// After an entry of the ledger; 0 = before the first.
    Entry(u64),
}

impl When {
    /// The last instant that belongs to it; none for an entry, which only the record can date.
    pub fn instant(self) -> Option<Instant> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Day(day) => end_of(day),
            Self::Entry(_) => None,
        }
    }

    /// A calendar day with a time of day (`14:05`, `14:05:30`), both in UTC.
    pub fn on(day: Date, time: &str) -> Result<Self, Problem> {
        let wrong = || {
            problem(
                "time",
                format!("{} is not a time of day", quoted(time)),
                "Write hours and minutes in UTC, such as `14:05`.",
            )
        };
        let plain = matches!(time.len(), 5 | 8)
            && time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
        let time: jiff::civil::Time =
            if plain { time.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
        let at = Offset::UTC.to_timestamp(day.to_datetime(time)).map_err(|_| wrong())?;
        Ok(Self::Instant(at.into()))
    }
}

/// The last microsecond of a day in UTC.
fn end_of(day: Date) -> Option<Instant> {
    let start = Offset::UTC.to_timestamp(day.into()).ok()?;
    Some(Instant::from(start).plus_micros(DAY - 1))
}

/// The calendar day of an instant in UTC.
pub fn day_of(at: Instant) -> Option<Date> {
    let at = jiff::Timestamp::from_microsecond(at.micros()).ok()?;
    Some(Offset::UTC.to_datetime(at).date())
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant(at) => at.fmt(f),
            Self::Day(day) => day.fmt(f),
            Self::Entry(number) => write!(f, "{ENTRY}{number}"),
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl FromStr for When {
    type Err = Problem;

    /// Reads one of the three forms. The problem's place is the part that does not fit.
    fn from_str(text: &str) -> Result<Self, Problem> {
        const FORMS: &str = "Write a day (`2026-11-24`, its end in UTC), a time with its zone \
             (`2026-11-24T14:05:00Z`, `2026-11-24T15:05:00+01:00`) or a ledger entry (`entry:123`).";
        let text = text.trim();
        let wrong = |place: &str, what: String| problem(place, what, FORMS);
        if text.is_empty() {
            return Err(wrong("", "no moment is given".to_owned()));
        }
        if text.len() > LONGEST {
            let what = format!("{} is longer than {LONGEST} bytes", quoted(text));
            return Err(wrong("", what));
        }
        if let Some(number) = text.strip_prefix(ENTRY) {
            let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            return match number.parse() {
                Ok(number) if digits => Ok(Self::Entry(number)),
                _ => {
                    let what = format!("{} is not the number of an entry", quoted(number));
                    Err(wrong("after `entry:`", what))
                }
            };
        }
        // Other ways to write a date exist (`20261124`); one is enough, and no text has two readings.
        let date = text.get(..10).filter(|date| is_dashed(date)).ok_or_else(|| {
            wrong("date", format!("{} does not begin with a date like 2026-11-24", quoted(text)))
        })?;
        let day: Date = date
            .parse()
            .map_err(|_| wrong("date", format!("{} is not in the calendar", quoted(date))))?;
        let rest = &text[10..];
        if rest.is_empty() {
            return match end_of(day) {
                Some(_) => Ok(Self::Day(day)),
                None => Err(wrong("date", format!("{} cannot be reckoned with", quoted(date)))),
            };
        }
        // A space before the offset is a `+` that was not encoded in an address.
        let restored = rest.get(1..).filter(|time| time.contains(' '));
        let repaired = restored.map(|time| format!("{date}T{}", time.replacen(' ', "+", 1)));
        let text = repaired.as_deref().unwrap_or(text);
        if let Ok(at) = text.parse() {
            return Ok(Self::Instant(at));
        }
        let zoneless = text.parse::<jiff::civil::DateTime>().is_ok();
        let (place, what) = if zoneless {
            ("zone", format!("{} does not say its zone", quoted(text)))
        } else {
            ("time", format!("{} is not a time of day with its zone", quoted(rest)))
        };
        Err(wrong(place, what))
    }
}

fn is_dashed(date: &str) -> bool {
    date.bytes()
        .enumerate()
        .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

fn problem(place: &str, what: String, next: &str) -> Problem {
    Problem::refusal("moment_unreadable", place, format!("{what}."), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> When {
        text.parse().unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    #[test]
    fn each_form_reads_and_reads_back() {
        for (text, written, last) in [
            ("2026-11-24", "2026-11-24", Some("2026-11-24T23:59:59.999999Z")),
            ("2028-02-29", "2028-02-29", Some("2028-02-29T23:59:59.999999Z")),
            (" 2026-11-24 ", "2026-11-24", Some("2026-11-24T23:59:59.999999Z")),
            ("2026-11-24T14:05:00Z", "2026-11-24T14:05:00Z", Some("2026-11-24T14:05:00Z")),
            ("2026-11-24T14:05Z", "2026-11-24T14:05:00Z", Some("2026-11-24T14:05:00Z")),
            ("2026-11-24T14:05:00.25Z", "2026-11-24T14:05:00.25Z", Some("2026-11-24T14:05:00.25Z")),
            ("2028-02-29T23:30:00-01:00", "2028-03-01T00:30:00Z", Some("2028-03-01T00:30:00Z")),
            ("2026-11-25T00:30:00+05:30", "2026-11-24T19:00:00Z", Some("2026-11-24T19:00:00Z")),
            ("2026-11-25T00:30:00 05:30", "2026-11-24T19:00:00Z", Some("2026-11-24T19:00:00Z")),
            ("entry:0", "entry:0", None),
            ("entry:123", "entry:123", None),
        ] {
            let when = read(text);
            assert_eq!(when.to_string(), written, "{text}");
            assert_eq!(when.instant().map(|at| at.to_string()).as_deref(), last, "{text}");
            assert_eq!(read(written), when, "{text}: reads back");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        for (text, place, what) in [
            ("", "", "no moment"),
            ("yesterday", "date", "does not begin with a date"),
            ("24.11.2026", "date", "does not begin with a date"),
            ("2026-02-29", "date", "not in the calendar"),
            ("2026-13-01", "date", "not in the calendar"),
            ("2026-11-24T14:05:00", "zone", "does not say its zone"),
            ("2026-11-24T25:00:00Z", "time", "not a time of day"),
            ("2026-11-24Tnoon", "time", "not a time of day"),
            ("entry:", "after `entry:`", "not the number"),
            ("entry:-1", "after `entry:`", "not the number"),
            ("entry:+1", "after `entry:`", "not the number"),
            ("entry:99999999999999999999", "after `entry:`", "not the number"),
            ("-99992-11-24", "date", "does not begin with a date"),
            ("٢٠٢٦-11-24", "date", "does not begin with a date"),
        ] {
            let problem = text.parse::<When>().expect_err(text);
            assert_eq!(problem.place, place, "{text}: {problem}");
            assert!(problem.what.contains(what), "{text}: {problem}");
            assert!(!problem.next.is_empty());
        }
        assert!("9".repeat(100).parse::<When>().is_err());
    }

    #[test]
    fn a_day_and_a_time_of_day_make_an_instant_in_utc() {
        let day: Date = "2028-02-29".parse().expect("a date");
        let on = |time: &str| When::on(day, time).map(|when| when.to_string());
        assert_eq!(on("14:05"), Ok("2028-02-29T14:05:00Z".to_owned()));
        assert_eq!(on("23:59:59"), Ok("2028-02-29T23:59:59Z".to_owned()));
        for wrong in ["24:00", "1405", "", "14:05Z", "noon!"] {
            assert!(on(wrong).is_err(), "{wrong}");
        }
    }
}
