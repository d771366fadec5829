//! Number formats: which cells are dates, and with how many decimals a number is shown.

use super::{
    Fault,
    markup::{Node, nodes},
};
use std::collections::HashMap;

/// How the numbers of a style are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    /// As they are.
    #[default]
    General,
    /// With so many decimals.
    Decimals(usize),
    /// As a date or time.
    Date,
}

/// The styles that cells name by their index.
#[derive(Debug, Default)]
pub(super) struct Styles {
    shown: Vec<Shown>,
    /// Days are counted from 1904 and not from 1900.
    from_1904: bool,
}

/// Most decimals that are shown.
const DECIMALS: usize = 20;

impl Styles {
    pub(super) fn of(text: &str, from_1904: bool) -> Result<Self, Fault> {
        let mut formats: HashMap<String, Shown> = HashMap::new();
        let mut styles = Self { shown: Vec::new(), from_1904 };
        let mut in_cells = false;
        nodes(text, |node| {
            match node {
                Node::Start("numFmt", attributes) => {
                    if let (Some(id), Some(code)) =
                        (attributes.of("numFmtId"), attributes.of("formatCode"))
                    {
                        formats.insert(id, of_code(&code));
                    }
                }
                Node::Start("cellXfs", _) => in_cells = true,
                Node::End("cellXfs") => in_cells = false,
                Node::Start("xf", attributes) if in_cells => {
                    let id = attributes.of("numFmtId").unwrap_or_default();
                    let shown = formats.get(&id).copied();
                    styles.shown.push(shown.unwrap_or_else(|| built_in(&id)));
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(styles)
    }

    /// How numbers of the style with this index are shown; `None`: the workbook has no such style, so that
    /// a number could be anything, also a date. The first style may be left out where all is plain.
    pub(super) fn shown(&self, style: Option<&str>) -> Option<Shown> {
        let Some(style) = style else { return Some(Shown::General) };
        let index = style.parse::<usize>().ok()?;
        let plain = (index == 0).then_some(Shown::General);
        self.shown.get(index).copied().or(plain)
    }

    /// `2027-06-30`: the day of a serial number (ECMA-376 part 1, 18.17.4.1). `None` outside the years 1900
    /// to 9999, where spreadsheets have no days.
    pub(super) fn day(&self, serial: f64) -> Option<String> {
        const YEARS: std::ops::RangeInclusive<i64> = 1900..=9999;
        /// Days from 1970-01-01 to the day 0 of each count.
        const ZERO: (i64, i64) = (-25_569, -24_107);
        if !(0.0..3_000_000.0).contains(&serial) {
            return None;
        }
        let serial = serial.floor() as i64;
        let days = match self.from_1904 {
            true => serial + ZERO.1,
            // the count of 1900 has a 29 February that never was, day 60
            false if serial < 60 => serial + ZERO.0 + 1,
            false => serial + ZERO.0,
        };
        let (year, month, day) = civil(days);
        YEARS.contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// Year, month and day of a count of days from 1970-01-01, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // counted in eras of 400 years that begin in March, so that the leap day is the last of a year
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// ECMA-376 part 1, 18.8.30: the formats that every workbook has.
fn built_in(id: &str) -> Shown {
    match id.parse::<u32>() {
        Ok(1) => Shown::Decimals(0),
        Ok(2) => Shown::Decimals(2),
        Ok(14..=22 | 27..=36 | 45..=47 | 50..=58) => Shown::Date,
        _ => Shown::General,
    }
}

/// A format that a workbook brings: `0.00`, `yyyy\-mm\-dd`.
fn of_code(code: &str) -> Shown {
    if let Some(decimals) = code.strip_prefix("0.")
        && !decimals.is_empty()
        && decimals.len() <= DECIMALS
        && decimals.bytes().all(|b| b == b'0')
    {
        return Shown::Decimals(decimals.len());
    }
    if code == "0" {
        return Shown::Decimals(0);
    }
    let (mut quoted, mut escaped, mut in_brackets) = (false, false, false);
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ if in_brackets => {}
            'y' | 'Y' | 'd' | 'D' | 'm' | 'M' | 'h' | 'H' => return Shown::Date,
            _ => {}
        }
    }
    Shown::General
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_either_year() {
        let (of_1900, of_1904) =
            (Styles::default(), Styles { from_1904: true, ..Styles::default() });
        for (serial, day) in [
            (1.0, "1900-01-01"),
            (59.0, "1900-02-28"),
            (61.0, "1900-03-01"),
            (46_203.75, "2026-06-30"),
            (2_958_465.0, "9999-12-31"),
        ] {
            assert_eq!(of_1900.day(serial).as_deref(), Some(day), "{serial}");
        }
        assert_eq!(of_1904.day(0.0).as_deref(), Some("1904-01-01"));
        for none in [-1.0, f64::NAN, f64::INFINITY, 2_958_466.0, 1e300] {
            assert_eq!(of_1900.day(none), None, "{none}");
        }
    }

    #[test]
    fn formats_tell_dates_and_decimals() {
        for (code, shown) in [
            ("0.00", Shown::Decimals(2)),
            ("0", Shown::Decimals(0)),
            ("yyyy\\-mm\\-dd", Shown::Date),
            ("[$-409]d/m/yy", Shown::Date),
            ("\"version \"0.0", Shown::General),
            ("[Red]0.0%", Shown::General),
            ("0.#", Shown::General),
            ("@", Shown::General),
        ] {
            assert_eq!(of_code(code), shown, "{code}");
        }
    }
}
