//! Today's date, and no more of the calendar than an expiry date needs.

use std::time::{SystemTime, UNIX_EPOCH};

/// Today in UTC as `YYYY-MM-DD`; such dates compare as text.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |span| span.as_secs());
    date_of_day(seconds / 86_400)
}

/// The date of a day counted from 1970-01-01, in the proleptic Gregorian calendar.
fn date_of_day(day: u64) -> String {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut year, mut left) = (1970, day);
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if left < length {
            break;
        }
        left -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", left + 1)
}

/// Whether a text is a date in the form `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize, range: std::ops::RangeInclusive<u32>| {
        part.len() == length && part.parse().is_ok_and(|value| range.contains(&value))
    };
    matches!(parts[..], [year, month, day]
        if number(year, 4, 1970..=9999) && number(month, 2, 1..=12) && number(day, 2, 1..=31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates_over_leap_years_and_centuries() {
        for (day, date) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_453, "2025-12-31"),
            (20_454, "2026-01-01"),
        ] {
            assert_eq!(date_of_day(day), date);
        }
    }

    #[test]
    fn only_whole_dates_are_dates() {
        assert!(is_date("2026-11-23"));
        for other in ["2026-13-01", "2026-11", "26-11-23", "tomorrow", "2026-11-00"] {
            assert!(!is_date(other), "{other}");
        }
    }
}
