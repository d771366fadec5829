//! The cells of one sheet, and the texts that cells share.

use super::{
    super::cell::{Budget, Cell, Kind, Row, Table},
    super::columns::place,
    Fault, Shared,
    markup::{Node, nodes},
    style::Shown,
};
use std::rc::Rc;

/// Columns kept; real lists have fewer than 100.
const COLUMNS: u32 = 256;
/// Stretched cells that are looked at.
const MERGES: usize = 100_000;

/// A stretched cell: first row and column, last row and column.
type Merge = ((u32, u32), (u32, u32));

/// The cell that is being read.
#[derive(Default)]
struct Pending {
    at: (u32, u32),
    kind: String,
    style: Option<String>,
    value: String,
    is_formula: bool,
}

/// The texts that cells name by their index.
pub(super) fn strings(text: &str) -> Result<Vec<Rc<str>>, Fault> {
    let mut strings = Vec::new();
    let mut value = String::new();
    let (mut collecting, mut phonetic) = (false, false);
    nodes(text, |node| {
        match node {
            Node::Start("si", _) => value.clear(),
            Node::Start("rPh", _) => phonetic = true,
            Node::End("rPh") => phonetic = false,
            Node::Start("t", _) => collecting = !phonetic,
            Node::End("t") => collecting = false,
            Node::Text(text) if collecting => value.push_str(text),
            Node::End("si") => strings.push(value.trim().into()),
            _ => {}
        }
        Ok(())
    })?;
    Ok(strings)
}

/// The cells that hold something; stretched cells are filled.
pub(super) fn cells(text: &str, shared: &Shared, budget: &mut Budget) -> Result<Table, Fault> {
    let mut table = Table::default();
    let mut merges: Vec<Merge> = Vec::new();
    let mut row = Row::default();
    let mut column = 0;
    let mut pending = Pending::default();
    let (mut collecting, mut phonetic) = (false, false);
    nodes(text, |node| {
        match node {
            Node::Start("row", attributes) => {
                let stated = attributes.of("r").and_then(|r| r.parse().ok());
                let number = stated.unwrap_or(row.number.saturating_add(1));
                row = Row { number, ..Row::default() };
                column = 0;
            }
            Node::End("row") if !row.cells.is_empty() => {
                let number = row.number;
                let mut full = std::mem::replace(&mut row, Row { number, ..Row::default() });
                full.cells.sort_by_key(|(column, _)| *column);
                full.cells.dedup_by_key(|(column, _)| *column);
                table.rows.push(full);
            }
            Node::Start("c", attributes) => {
                let at = attributes.of("r").and_then(|r| address(&r));
                column = at.map_or(column, |(_, column)| column);
                pending = Pending {
                    at: (row.number, column),
                    kind: attributes.of("t").unwrap_or_default(),
                    style: attributes.of("s"),
                    ..Pending::default()
                };
                column = column.saturating_add(1);
            }
            Node::Start("f", _) => pending.is_formula = true,
            Node::Start("rPh", _) => phonetic = true,
            Node::End("rPh") => phonetic = false,
            Node::Start("v" | "t", _) => collecting = !phonetic,
            Node::End("v" | "t") => collecting = false,
            Node::Text(text) if collecting => pending.value.push_str(text),
            Node::End("c") => {
                let pending = std::mem::take(&mut pending);
                let column = pending.at.1;
                if let Some(cell) = pending.cell(shared).filter(|_| column < COLUMNS) {
                    budget.take(cell.text.len()).ok_or(Fault::TooLarge)?;
                    row.cells.push((column, cell));
                }
            }
            Node::Start("mergeCell", attributes) if merges.len() < MERGES => {
                merges.extend(attributes.of("ref").and_then(|range| {
                    let (from, to) = range.split_once(':')?;
                    Some((address(from)?, address(to)?))
                }));
            }
            _ => {}
        }
        Ok(())
    })?;
    table.rows.sort_by_key(|row| row.number);
    for merge in merges {
        fill(&mut table, merge, budget)?;
    }
    Ok(table)
}

impl Pending {
    fn cell(self, shared: &Shared) -> Option<Cell> {
        let value = self.value.trim();
        if value.is_empty() && !self.is_formula {
            return None;
        }
        let formula = if self.is_formula { Kind::Formula } else { Kind::Text };
        let (text, kind): (Rc<str>, Kind) = match self.kind.as_str() {
            "s" => match value.parse::<usize>().ok().and_then(|index| shared.strings.get(index)) {
                Some(text) => (text.clone(), formula),
                None => ("#NO SUCH TEXT".into(), Kind::Error),
            },
            "b" => (if value == "1" { "TRUE" } else { "FALSE" }.into(), formula),
            "e" => (value.into(), Kind::Error),
            "d" => (value.split('T').next().unwrap_or(value).into(), Kind::Date),
            "str" | "inlineStr" => (value.into(), formula),
            // a formula without a value was never calculated
            _ if value.is_empty() => ("#NOT CALCULATED".into(), Kind::Error),
            _ => number(value, shared, self.style.as_deref()),
        };
        (!text.is_empty()).then_some(Cell { text, kind })
    }
}

/// A number as people see it. Files hold more digits than were typed: 1.1 stands there as
/// 1.1000000000000001.
fn number(value: &str, shared: &Shared, style: Option<&str>) -> (Rc<str>, Kind) {
    let Some(number) = value.parse::<f64>().ok().filter(|number| number.abs() < 1e15) else {
        return (value.into(), Kind::Text);
    };
    match shared.styles.shown(style) {
        None => ("#NO SUCH STYLE".into(), Kind::Error),
        Some(Shown::General) => (number.to_string().into(), Kind::Number),
        Some(Shown::Decimals(count)) => (format!("{number:.count$}").into(), Kind::ShownNumber),
        Some(Shown::Date) => match shared.styles.day(number) {
            Some(day) => (day.into(), Kind::Date),
            // a time of day, or days that spreadsheets do not have
            None => (number.to_string().into(), Kind::Date),
        },
    }
}

/// `B7` is row 7, column 1.
fn address(text: &str) -> Option<(u32, u32)> {
    let text = text.replace('$', "");
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = text.split_at(digits);
    Some((number.parse().ok()?, place(letters)?))
}

/// A cell that is stretched over rows counts for each of them; one that is stretched over columns alone
/// makes a title of its row.
fn fill(
    table: &mut Table,
    ((first, left), (last, right)): Merge,
    budget: &mut Budget,
) -> Result<(), Fault> {
    let Ok(at) = table.rows.binary_search_by_key(&first, |row| row.number) else { return Ok(()) };
    let Some(row) = table.rows.get_mut(at) else { return Ok(()) };
    row.is_title |= right > left && row.cells.first().is_some_and(|(column, _)| *column == left);
    let Some(cell) = row.cell(left).cloned() else { return Ok(()) };
    let below = table.rows.iter_mut().skip(at + 1).take_while(|row| row.number <= last);
    for row in below {
        // also where the cell is there already: overlapping cells must not cost more than they hold
        budget.take(cell.text.len()).ok_or(Fault::TooLarge)?;
        if let Err(place) = row.cells.binary_search_by_key(&left, |(column, _)| *column) {
            row.cells.insert(place, (left, cell.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_row_and_column() {
        assert_eq!(address("B7"), Some((7, 1)));
        assert_eq!(address("$XFD$1048576"), Some((1_048_576, 16_383)));
        for none in ["", "7", "B", "B-1", "B99999999999", "é7", "b7"] {
            assert_eq!(address(none), None, "{none}");
        }
    }
}
