//! Working days: which days of which years are worked, by a named calendar.

use crate::refusal::Refusal;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use std::sync::LazyLock;

/// Days that are not worked, beside Saturday and Sunday, for the years the calendar is known for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// `us-federal`
    pub id: String,
    /// What it is.
    pub name: String,
    /// The law or list behind it.
    pub source: String,
    /// The day it was written down.
    pub as_of: Date,
    /// First and last year it holds for.
    years: (i16, i16),
    /// Whether a holiday on a Saturday is kept on the Friday before, on a Sunday on the Monday after.
    moves: bool,
    holidays: Vec<Holiday>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Holiday {
    name: String,
    #[serde(flatten)]
    when: When,
}

/// How the day of a holiday is found in a year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum When {
    /// Month and day.
    On { on: (i8, i8) },
    /// The nth weekday of a month; -1 is the last.
    Nth { nth: i8, weekday: Day, month: i8 },
    /// Days after Easter Sunday.
    Easter { easter: i32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Day {
    Monday,
    Thursday,
}

impl When {
    fn in_year(&self, year: i16) -> Option<Date> {
        match self {
            Self::On { on: (month, day) } => Date::new(year, *month, *day).ok(),
            Self::Nth { nth, weekday, month } => {
                let weekday = match weekday {
                    Day::Monday => Weekday::Monday,
                    Day::Thursday => Weekday::Thursday,
                };
                Date::new(year, *month, 1).ok()?.nth_weekday_of_month(*nth, weekday).ok()
            }
            Self::Easter { easter: days } => easter(year)?.checked_add(days.days()).ok(),
        }
    }
}

/// Easter Sunday of the Gregorian calendar (the computation of Meeus, Jones and Butcher).
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (golden, century, in_century) = (year_number % 19, year_number / 100, year_number % 100);
    let leap = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - leap + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    Date::new(year, (days / 31) as i8, (days % 31 + 1) as i8).ok()
}

impl Calendar {
    /// The calendars that come with the product.
    pub fn all() -> &'static [Self] {
        &SHIPPED
    }

    /// The calendar of this name among those that come with the product.
    pub fn named(id: &str) -> Result<&'static Self, Refusal> {
        SHIPPED.iter().find(|calendar| calendar.id == id).ok_or_else(|| {
            let ids: Vec<&str> = SHIPPED.iter().map(|calendar| calendar.id.as_str()).collect();
            Refusal::new(
                "unknown_calendar",
                format!("There is no holiday calendar `{}`.", id.escape_debug()),
                format!("Name one of {}.", ids.join(", ")),
            )
        })
    }

    /// The holiday that is kept on this day.
    pub fn holiday(&self, day: Date) -> Option<&str> {
        // New Year's Day may be kept on the last day of the year before
        let years = [day.year(), day.year() + 1];
        let kept = |holiday: &&Holiday| {
            years
                .iter()
                .any(|year| holiday.when.in_year(*year).map(|on| self.kept(on)) == Some(day))
        };
        self.holidays.iter().find(kept).map(|holiday| holiday.name.as_str())
    }

    fn kept(&self, on: Date) -> Date {
        let moved = match on.weekday() {
            Weekday::Saturday if self.moves => on.yesterday(),
            Weekday::Sunday if self.moves => on.tomorrow(),
            _ => return on,
        };
        moved.unwrap_or(on)
    }

    /// Whether a day is worked. Refused beyond the years the calendar is known for: a holiday that is
    /// not known would make a due instant come too early or, moved by law, too late.
    pub fn is_worked(&self, day: Date) -> Result<bool, Refusal> {
        let (first, last) = self.years;
        if !(first..=last).contains(&day.year()) {
            return Err(Refusal::new(
                "calendar_ends",
                format!("The calendar {} knows the years {first} to {last}, not {day}.", self.id),
                "Add the year to the calendar, then the due instant can be told.",
            ));
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(!weekend && self.holiday(day).is_none())
    }
}

static SHIPPED: LazyLock<Vec<Calendar>> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "compiled in, and every test of this module reads them")]
    serde_json::from_str(include_str!("../../data/holidays.json"))
        .expect("calendars of the product")
});
