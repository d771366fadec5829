//! Instants: microseconds since 1970-01-01T00:00:00Z, always UTC.
//!
//! Nothing in the product asks for "now" below the rim; an instant arrives with the operation.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A point in time, in UTC, to the microsecond. Sorts and stores as a 64-bit integer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

/// The text is not a date and time with a zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date and time: write it like 2026-11-23T14:05:00Z")]
pub struct NotAnInstant(pub String);

impl Instant {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// `2026-11-23 14:05 UTC`: how people read it.
    pub fn shown(self) -> String {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            Err(_) => format!("{} microseconds", self.0),
        }
    }

    /// This instant moved by `micros`, held at the ends of the range.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

impl From<jiff::Timestamp> for Instant {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(at) => fmt::Display::fmt(&at, f),
            Err(_) => write!(f, "@{}us", self.0),
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = NotAnInstant;

    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        text.parse::<jiff::Timestamp>().map(Self::from).map_err(|_| NotAnInstant(text.to_owned()))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_reads_and_shows_in_utc() {
        let leap: Instant = "2028-02-29T23:30:00-01:00".parse().expect("valid");
        assert_eq!(leap.to_string(), "2028-03-01T00:30:00Z");
        assert_eq!(leap.shown(), "2028-03-01 00:30 UTC");
        assert!("2026-02-29T00:00:00Z".parse::<Instant>().is_err(), "no leap day in 2026");
        assert!("2026-02-28".parse::<Instant>().is_err(), "a date without time and zone");
    }
}
