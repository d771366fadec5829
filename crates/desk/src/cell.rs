//! Foreign text in a cell of a spreadsheet.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula; the full-width signs too, which some take in
/// an East Asian setting.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A cell that a spreadsheet would take for a formula is made text by a leading apostrophe.
pub fn neutral(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA) { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::neutral;

    #[test]
    fn what_begins_like_a_formula_becomes_text_and_nothing_else_changes() {
        for formula in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(neutral(formula), format!("'{formula}"));
        }
        for text in ["", "O'Brien", "a=b", "Anna-Lena", "'quoted"] {
            assert_eq!(neutral(text), text);
        }
    }
}
