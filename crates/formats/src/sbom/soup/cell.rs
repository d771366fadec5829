//! A list taken apart: rows of cells, whatever file they came in.

use std::rc::Rc;

/// The rows of one sheet or text.
#[derive(Debug, Default)]
pub(in super::super) struct Table {
    /// The sheet's name; `None` for delimited text.
    pub(in super::super) sheet: Option<String>,
    /// All sheets of the workbook.
    pub(in super::super) sheets: Vec<String>,
    /// What divides the columns of delimited text.
    pub(in super::super) delimiter: Option<char>,
    /// Rows that hold anything, in order.
    pub(in super::super) rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Default)]
pub(in super::super) struct Row {
    /// Its number, from 1: the row of a sheet, the line of a text.
    pub(in super::super) number: u32,
    /// Cells that hold something, by column from 0, in order.
    pub(in super::super) cells: Vec<(u32, Cell)>,
    /// Its first cell is stretched over several columns: a heading of a section.
    pub(in super::super) is_title: bool,
}

impl Row {
    pub(in super::super) fn cell(&self, column: u32) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&column, |(at, _)| *at).ok()?;
        self.cells.get(at).map(|(_, cell)| cell)
    }
}

/// One cell, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Cell {
    /// Its text, white space around it removed.
    pub(in super::super) text: Rc<str>,
    /// What it is beside that.
    pub(in super::super) kind: Kind,
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) enum Kind {
    /// Text.
    #[default]
    Text,
    /// A number: what it was typed as is lost (1.10 and 1.1 are one number).
    Number,
    /// A number that the sheet shows with as many decimals as are given here.
    ShownNumber,
    /// A date or time.
    Date,
    /// The last value of a formula.
    Formula,
    /// An error value (`#N/A`), or a cell whose text is not to be had.
    Error,
}

/// How many bytes of cells may still be kept: shared and merged texts stand in many cells.
#[derive(Debug)]
pub(in super::super) struct Budget(pub(super) usize);

impl Budget {
    /// Takes a cell of so many bytes, or says that there is no room.
    pub(in super::super) fn take(&mut self, bytes: usize) -> Option<()> {
        // an empty cell takes room, too
        self.0 = self.0.checked_sub(bytes.max(size_of::<(u32, Cell)>()))?;
        Some(())
    }
}
