//! Which column is what, as somebody tells it.

use super::{Field, Heading};
use std::str::FromStr;

/// A choice of sheet and columns. The default guesses both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns<F = Field> {
    /// The sheet of a workbook; `None`: the one whose headings fit best.
    pub sheet: Option<String>,
    /// The row with the headings, from 1; `None`: the one that fits best.
    pub heading_row: Option<u32>,
    /// Fields and their columns. Fields that are not named are guessed, unless their column is taken.
    pub fields: Vec<(F, Column)>,
}

/// A column, as somebody names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// By its heading, compared without case.
    Heading(String),
    /// By its place, from 0.
    Place(u32),
    /// Not to be read, whatever the headings say.
    Nowhere,
}

/// Why a choice of columns is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadColumns(pub String);

/// The last column of a workbook, from 0: `XFD`.
const LAST: u32 = 16_383;

impl<F> Default for Columns<F> {
    fn default() -> Self {
        Self { sheet: None, heading_row: None, fields: Vec::new() }
    }
}

impl<F: Heading> Columns<F> {
    /// Whether nothing is chosen.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// `name=B,version=Rev,supplier=-`: a field, then a column by letter or by heading, or `-` for none. A text
/// of one to three capital letters is a letter; put a heading of that shape in quotes (`version="REV"`).
impl<F: Heading> FromStr for Columns<F> {
    type Err = BadColumns;

    fn from_str(text: &str) -> Result<Self, BadColumns> {
        let mut columns = Self::default();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let Some((field, column)) = part.split_once('=') else {
                return Err(BadColumns(format!(
                    "`{}` is not of the form FIELD=COLUMN",
                    part.trim()
                )));
            };
            let field: F = field.parse().map_err(BadColumns)?;
            if columns.fields.iter().any(|(known, _)| *known == field) {
                return Err(BadColumns(format!("`{field}` is named twice")));
            }
            let column = column.trim();
            let quoted = column.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let column = match (quoted, column) {
                (Some(heading), _) => Column::Heading(heading.to_owned()),
                (None, "-") => Column::Nowhere,
                (None, "") => return Err(BadColumns(format!("`{field}` has no column"))),
                (None, text) => match place(text) {
                    Some(place) => Column::Place(place),
                    None => Column::Heading(text.to_owned()),
                },
            };
            columns.fields.push((field, column));
        }
        Ok(columns)
    }
}

/// The place of a column by its letters, from 0: `A` is 0, `AA` is 26.
pub(super) fn place(letters: &str) -> Option<u32> {
    if !(1..=3).contains(&letters.len()) || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let place = letters.bytes().fold(0, |place, b| place * 26 + u32::from(b - b'A') + 1);
    (place <= LAST + 1).then(|| place - 1)
}

/// The letters of a column: 0 is `A`.
pub(super) fn letters(place: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(place) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_letter_or_heading() {
        let columns: Columns =
            "name=B, version=Rev.,supplier=\"MAN\",cpe=-".parse().expect("sound");
        assert_eq!(
            columns.fields,
            [
                (Field::Name, Column::Place(1)),
                (Field::Version, Column::Heading("Rev.".to_owned())),
                (Field::Supplier, Column::Heading("MAN".to_owned())),
                (Field::Cpe, Column::Nowhere),
            ]
        );
        for bad in ["name", "name=", "colour=A", "name=A,name=B"] {
            assert!(bad.parse::<Columns>().is_err(), "{bad}");
        }
        assert!("".parse::<Columns>().expect("nothing chosen").is_default());
    }

    #[test]
    fn letters_and_places_are_the_same() {
        for (name, at) in [("A", 0), ("Z", 25), ("AA", 26), ("XFD", 16_383)] {
            assert_eq!(place(name), Some(at));
            assert_eq!(letters(at), name);
        }
        for none in ["", "a", "XFE", "AAAA", "A1"] {
            assert_eq!(place(none), None, "{none}");
        }
        assert_eq!(letters(u32::MAX).len(), 7);
    }
}
