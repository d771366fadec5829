//! Lists of software items (SOUP, off-the-shelf software) as people keep them: delimited text and
//! workbooks.
//!
//! Which column is what is guessed from the headings ([`heading`]) or told by a [`Columns`] value.
//! [`preview`] shows what would be read without reading on; [`super::read`] reads with the guess. A list
//! names no product, so its inventory has no root.
//!
//! Cells are taken as text. A formula is never calculated: a workbook carries the value it last had, and
//! in delimited text a formula stays the text it is. Versions that a spreadsheet has turned into numbers or
//! dates cannot be had back, and a warning says so.

mod cell;
mod columns;
mod delimited;
mod heading;
mod rows;
mod workbook;
mod zipped;

pub use columns::{BadColumns, Column, Columns};
pub use heading::{Field, Heading};
pub(super) use {
    cell::{Cell, Kind},
    heading::{of_word, word},
    rows::is_nothing,
};

use super::{draft::Draft, encoding, limits::Limits, recognise, text::Stop};
use aftercare_vocab::{
    inventory::{Format, Inventory},
    problem::{Problem, Read},
};
use cell::Table;
pub(super) use delimited::line_of;
use rows::Reading;

/// Rows that a preview shows.
const SHOWN: usize = 10;
/// Skipped rows that a preview names.
const SKIPPED_SHOWN: usize = 100;

/// What would be read of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// CSV or XLSX.
    pub format: Format,
    /// The sheet that is read; `None` for delimited text.
    pub sheet: Option<String>,
    /// All sheets of the workbook, in its order.
    pub sheets: Vec<String>,
    /// How the text is encoded: `UTF-8`, `UTF-16`, `Windows-1252`.
    pub encoding: &'static str,
    /// What divides the columns of delimited text.
    pub delimiter: Option<char>,
    /// The row with the headings, from 1.
    pub heading_row: u32,
    /// Every column that has a heading or is read.
    pub columns: Vec<PreviewColumn>,
    /// The first rows as they are read: row number, and what each field is.
    pub rows: Vec<(u32, Vec<(Field, String)>)>,
    /// How many rows become components.
    pub read: usize,
    /// How many rows below the headings do not.
    pub skipped: usize,
    /// The first of them: row number and reason. Empty rows are counted only.
    pub skipped_rows: Vec<(u32, &'static str)>,
    /// What was noticed.
    pub problems: Vec<Problem>,
}

/// One column of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewColumn<F = Field> {
    /// `A`, `B`, ...
    pub letter: String,
    /// Its heading, as written.
    pub heading: String,
    /// What it is read as; `None`: not read.
    pub field: Option<F>,
}

/// Whether a ZIP archive is a workbook.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"xl/workbook.xml").is_some()
}

/// Whether a text begins like a list of software items: a row of headings that names a name and a version
/// or an identity.
pub(super) fn is_list(head: &str) -> bool {
    delimited::recognised(head)
}

/// Shows what would be read of a list of software items.
pub fn preview(bytes: &[u8], columns: &Columns, limits: &Limits) -> Result<Preview, Vec<Problem>> {
    let mut draft = Draft::new(format_of(bytes), *limits);
    let told = Told::of(bytes, columns, limits, &mut draft);
    let Ok((told, reading)) = told else { return Err(draft.into_refusals()) };
    let mut preview = Preview {
        format: told.format,
        sheet: told.table.sheet.clone(),
        sheets: told.table.sheets.clone(),
        encoding: told.encoding,
        delimiter: told.table.delimiter,
        heading_row: reading.heading_row(&told.table),
        columns: reading.columns(&told.table),
        rows: Vec::new(),
        read: 0,
        skipped: 0,
        skipped_rows: Vec::new(),
        problems: Vec::new(),
    };
    for row in reading.rows(&told.table) {
        match row.outcome {
            Ok(fields) => {
                preview.read += 1;
                if preview.rows.len() < SHOWN {
                    let shown = fields.iter().map(|(field, cell)| (*field, cell.text.to_string()));
                    preview.rows.push((row.number, shown.collect()));
                }
            }
            Err(why) => {
                preview.skipped += 1;
                if !why.is_empty() && preview.skipped_rows.len() < SKIPPED_SHOWN {
                    preview.skipped_rows.push((row.number, why));
                }
            }
        }
    }
    if reading.walk(&told.table, &mut draft).is_err() {
        return Err(draft.into_refusals());
    }
    preview.problems = draft.finish(|_, _| String::new())?.problems;
    Ok(preview)
}

/// Reads a list of software items with columns that somebody named.
pub fn read(
    bytes: &[u8],
    columns: &Columns,
    limits: &Limits,
) -> Result<Read<Inventory>, Vec<Problem>> {
    let mut draft = Draft::new(format_of(bytes), *limits);
    let Ok((told, reading)) = Told::of(bytes, columns, limits, &mut draft) else {
        return Err(draft.into_refusals());
    };
    if reading.walk(&told.table, &mut draft).is_err() {
        return Err(draft.into_refusals());
    }
    draft.finish(|_, _| String::new())
}

/// A workbook is an archive; all else is taken for text.
pub(super) fn format_of(bytes: &[u8]) -> Format {
    match recognise::by_magic(bytes) {
        Some(recognise::Recognised::Zip) => Format::SoupXlsx,
        _ => Format::SoupCsv,
    }
}

/// A document taken apart into cells.
pub(super) struct Told {
    format: Format,
    pub(super) encoding: &'static str,
    pub(super) table: Table,
}

impl Told {
    /// The cells, and which of them are what. On a refusal, the draft holds it.
    pub(super) fn of<F: Heading>(
        bytes: &[u8],
        columns: &Columns<F>,
        limits: &Limits,
        draft: &mut Draft<'_>,
    ) -> Result<(Self, Reading<F>), Stop> {
        if bytes.len() > limits.bytes {
            let what = format!(
                "The document has {} bytes; at most {} are read.",
                bytes.len(),
                limits.bytes
            );
            return Err(draft.stop("too_large", "", what, "Split the list, or raise the limit."));
        }
        let format = format_of(bytes);
        let told = if format == Format::SoupXlsx {
            let (table, reading) = workbook::open(bytes, columns, limits, draft)?;
            (Self { format, encoding: "UTF-8", table }, reading)
        } else {
            let Some((text, encoding)) = encoding::decode(bytes) else {
                return Err(draft.stop(
                    "encoding_unknown",
                    "",
                    "The text is in an encoding that is not read.".to_owned(),
                    "Save the list as UTF-8 (in Excel: CSV UTF-8) or as XLSX.",
                ));
            };
            if let Some(told) = encoding::warning(encoding) {
                draft.note(told);
            }
            let (table, reading) = delimited::open(&text, columns, limits, draft)?;
            (Self { format, encoding, table }, reading)
        };
        Ok(told)
    }
}
