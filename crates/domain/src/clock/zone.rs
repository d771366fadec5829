//! A time zone: where a day begins and ends.

use crate::refusal::Refusal;
use aftercare_vocab::instant::Instant;
use jiff::{
    Timestamp,
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};
use std::sync::LazyLock;

/// The zone of a manufacturer, by its IANA name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// Compiled in: the same facts give the same due instant on every machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

static NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| ZONES.available().map(|name| name.to_string()).collect());

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// `Europe/Berlin`
    pub fn named(name: &str) -> Result<Self, Refusal> {
        ZONES.get(name).map(Self).map_err(|_| {
            Refusal::new(
                "unknown_zone",
                format!("There is no time zone `{}`.", name.escape_debug()),
                "Take a name of the IANA list, such as Europe/Berlin or America/New_York.",
            )
        })
    }

    /// All names that can be given, as the IANA list writes them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(String::as_str)
    }

    /// `Europe/Berlin`
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day an instant falls on; none outside of what calendars know (years -9999 to 9999).
    pub fn day_of(&self, at: Instant) -> Option<Date> {
        let at = Timestamp::from_microsecond(at.micros()).ok()?;
        Some(at.to_zoned_datetime(self.0.clone()).date())
    }

    /// The last microsecond of a day. Where clocks are moved at midnight, the day ends where the next
    /// one begins.
    pub fn end_of(&self, day: Date) -> Option<Instant> {
        let next = day.tomorrow().ok()?.to_zoned_datetime(self.0.clone()).ok()?;
        Some(Instant::from(next.timestamp()).plus_micros(-1))
    }
}
