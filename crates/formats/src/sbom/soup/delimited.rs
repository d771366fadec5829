//! Delimited text (RFC 4180 and its kin): commas, semicolons, tabs or bars.

use super::super::{draft::Draft, limits::Limits, text::Stop};
use super::{
    cell::{Budget, Cell, Kind, Row, Table},
    columns::Columns,
    heading::{Field, Heading},
    rows::{Fault, HEADINGS_WITHIN, Reading},
};
use aftercare_vocab::{inventory::Format, problem::quoted};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How much of a text is looked at to find its delimiter and headings.
const HEAD: usize = 64 * 1024;
/// Columns kept; real lists have fewer than 100.
const COLUMNS: usize = 256;
/// A cell with more lines than this may be a quote that was never closed, whatever is in it.
const CELL_LINES: usize = 20;

/// Whether a text has headings of a list of software items near its beginning.
pub(super) fn recognised(head: &str) -> bool {
    best(head, &Columns::<Field>::default()).is_ok_and(|(_, reading)| reading.is_list())
}

/// Cells and columns of a text. A refusal is in the draft.
pub(super) fn open<F: Heading>(
    text: &str,
    columns: &Columns<F>,
    limits: &Limits,
    draft: &mut Draft<'_>,
) -> Result<(Table, Reading<F>), Stop> {
    let end = text.floor_char_boundary(HEAD);
    let head = text.get(..end).unwrap_or_default();
    let (delimiter, _) = best(head, columns).map_err(|fault| fault.stop(draft))?;
    let table = cells(text, delimiter, limits, draft)?;
    match Reading::of(&table, columns) {
        Ok(reading) => Ok((table, reading)),
        Err(fault) => Err(fault.stop(draft)),
    }
}

/// The delimiter under which the beginning reads best.
fn best<F: Heading>(head: &str, columns: &Columns<F>) -> Result<(u8, Reading<F>), Fault<F>> {
    let mut best: Result<(u8, Reading<F>), Fault<F>> = Err(Fault::NoHeadings);
    // where columns were chosen by letter, only the rows tell
    let mut highest = (0, 0);
    for delimiter in DELIMITERS {
        let mut unheard = Draft::new(Format::SoupCsv, Limits::default());
        let Ok(table) = cells(head, delimiter, &Limits::default(), &mut unheard) else { continue };
        match Reading::of(&table, columns) {
            Ok(reading) => {
                let filled = reading.rows(&table).filter_map(|row| Some(row.outcome.ok()?.len()));
                let rank = (reading.score(), filled.sum::<usize>());
                if rank > highest {
                    highest = rank;
                    best = Ok((delimiter, reading));
                }
            }
            Err(fault) if matches!(best, Err(Fault::NoHeadings)) => best = Err(fault),
            _ => {}
        }
    }
    best
}

/// The line that a record begins in. The reader's own count stops before empty lines.
pub(in super::super) fn line_of(text: &str, record: &csv::StringRecord) -> u32 {
    let Some(position) = record.position() else { return 0 };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let passed = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let lines = passed.filter(|byte| **byte == b'\n').count();
    u32::try_from(position.line() + lines as u64).unwrap_or(u32::MAX)
}

fn has_lines(cell: &str) -> bool {
    cell.contains(['\n', '\r'])
}

/// A record as it stands in the text: from where it begins to where the next one does.
fn written<'t>(
    text: &'t str,
    record: &csv::StringRecord,
    next: Option<&csv::StringRecord>,
) -> &'t str {
    let at = |record: &csv::StringRecord| usize::try_from(record.position()?.byte()).ok();
    let end = next.and_then(at).unwrap_or(text.len());
    text.get(at(record).unwrap_or(end)..end).unwrap_or_default()
}

/// Whether a quotation mark is not closed, or closed before the end of its cell (RFC 4180, section 2, rules 5
/// to 7): then cells are not what they were meant to be.
fn is_misquoted(record: &str, delimiter: u8) -> bool {
    let mut bytes = record.bytes().peekable();
    let (mut begins, mut is_quoted) = (true, false);
    while let Some(byte) = bytes.next() {
        if is_quoted && byte == b'"' {
            match bytes.peek() {
                Some(b'"') => _ = bytes.next(),
                Some(after) if *after != delimiter && !matches!(after, b'\r' | b'\n') => {
                    return true;
                }
                _ => is_quoted = false,
            }
        } else if !is_quoted {
            is_quoted = begins && byte == b'"';
            begins = byte == delimiter || matches!(byte, b'\r' | b'\n');
        }
    }
    is_quoted
}

fn cells(text: &str, delimiter: u8, limits: &Limits, draft: &mut Draft<'_>) -> Result<Table, Stop> {
    let mut table = Table { delimiter: Some(char::from(delimiter)), ..Table::default() };
    let mut budget = Budget(limits.bytes);
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut records = rows.records().peekable();
    while let Some(record) = records.next() {
        let Ok(record) = record else { continue }; // text that is UTF-8 has no bad records
        let number = line_of(text, &record);
        // what Excel writes to name the delimiter
        if number == 1 && record.get(0).is_some_and(|cell| cell.starts_with("sep=")) {
            continue;
        }
        let next = records.peek().and_then(|next| next.as_ref().ok());
        let is_misquoted =
            record.iter().any(has_lines) && is_misquoted(written(text, &record, next), delimiter);
        let mut row = Row { number, ..Row::default() };
        for (column, text) in record.iter().enumerate() {
            let kept = text.trim();
            if kept.is_empty() {
                continue;
            }
            if column >= COLUMNS {
                let what =
                    format!("The row has more than {COLUMNS} columns; the rest is not read.");
                draft.warn("too_many_columns", format!("line {number}"), what, "");
                break;
            }
            if budget.take(kept.len()).is_none() {
                let what = format!("The cells hold more than {} bytes.", limits.bytes);
                return Err(draft.stop(
                    "too_large",
                    &format!("line {number}"),
                    what,
                    "Split the list.",
                ));
            }
            if kept.lines().nth(CELL_LINES).is_some()
                || has_lines(kept) && (is_misquoted || kept.contains(char::from(delimiter)))
            {
                draft.warn(
                    "quote_not_closed",
                    format!("line {number}"),
                    format!("A cell goes on over several lines, beginning with {}.", quoted(kept)),
                    "Look for a quotation mark that is not closed: rows may be hidden in the cell.",
                );
            }
            let kind = if kept.starts_with('=') { Kind::Formula } else { Kind::Text };
            let column = u32::try_from(column).unwrap_or(u32::MAX);
            row.cells.push((column, Cell { text: kept.into(), kind }));
        }
        if table.rows.len() >= limits.components.saturating_add(HEADINGS_WITHIN) {
            let what = format!("The list has more than {} rows.", limits.components);
            let next = "Split it into one list per product.";
            return Err(draft.stop("too_many_components", &format!("line {number}"), what, next));
        }
        table.rows.push(row);
    }
    Ok(table)
}
