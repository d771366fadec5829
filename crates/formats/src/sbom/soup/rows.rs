//! From cells to software items: which row has the headings, which rows are items, what each cell says.

use super::{
    super::{certain, draft::Draft, item::Item, text::Stop},
    Column, Columns, Field, Heading, PreviewColumn,
    cell::{Cell, Kind, Row, Table},
    columns::letters,
    heading::of_heading,
};
use aftercare_vocab::{problem::quoted, version::Uncertain};

/// Rows among which the headings are looked for: lists begin with titles, dates and approvals.
pub(super) const HEADINGS_WITHIN: usize = 40;
/// What people write where nothing is known, in lower case.
const NOTHING: [&str; 14] = [
    "-", "--", "–", "—", "?", "n/a", "n.a.", "na", "none", "unknown", "tbd", "t.b.d.", "latest",
    "various",
];

/// Which columns are read, and from which row on.
#[derive(Debug)]
pub(in super::super) struct Reading<F = Field> {
    /// Index of the row with the headings; `None`: there is none.
    heading: Option<usize>,
    fields: Vec<(F, u32)>,
    /// Columns whose heading means a field that another column has.
    passed_over: Vec<(F, u32)>,
    /// Headings that are understood or were chosen.
    headings: usize,
}

/// Why a list has no reading.
#[derive(Debug)]
pub(in super::super) enum Fault<F = Field> {
    NoHeadings,
    NoSuchColumn(F, String),
}

/// A row below the headings.
pub(in super::super) struct RowRead<'t, F = Field> {
    pub(in super::super) number: u32,
    /// The cells of the fields, or why the row is no item; empty for an empty row.
    pub(in super::super) outcome: Result<Vec<(F, &'t Cell)>, &'static str>,
    /// The first cell to the right of all headings, where there are headings.
    beyond: Option<&'t Cell>,
}

impl<F: Heading> Reading<F> {
    /// The reading of a table: with the columns somebody chose, else by the row whose headings fit best.
    pub(super) fn of(table: &Table, chosen: &Columns<F>) -> Result<Self, Fault<F>> {
        if let Some(number) = chosen.heading_row {
            let heading = table.rows.iter().position(|row| row.number == number);
            return Self::under(table, heading, chosen);
        }
        let mut best: Option<Self> = None;
        let mut fault = None;
        for index in 0..table.rows.len().min(HEADINGS_WITHIN) {
            match Self::under(table, Some(index), chosen) {
                Ok(reading)
                    if best.as_ref().is_none_or(|known| reading.score() > known.score()) =>
                {
                    best = Some(reading);
                }
                Ok(_) => {}
                Err(why) => fault = fault.or(Some(why)),
            }
        }
        let best = match best {
            Some(best) if best.headings > 0 => best,
            // columns by letter in a list without headings: the first row is an item, too
            _ => Self::under(table, None, chosen).map_err(|why| fault.unwrap_or(why))?,
        };
        if best.is_usable() { Ok(best) } else { Err(Fault::NoHeadings) }
    }

    fn under(table: &Table, heading: Option<usize>, chosen: &Columns<F>) -> Result<Self, Fault<F>> {
        let none = Row::default();
        let row = heading.and_then(|index| table.rows.get(index)).unwrap_or(&none);
        let mut reading =
            Self { heading, fields: Vec::new(), passed_over: Vec::new(), headings: 0 };
        for (field, column) in &chosen.fields {
            let place = match column {
                Column::Nowhere => continue,
                Column::Place(place) => *place,
                Column::Heading(wanted) => {
                    let found = row.cells.iter().find(|(_, cell)| is_same(&cell.text, wanted));
                    reading.headings += 1;
                    found.ok_or_else(|| Fault::NoSuchColumn(*field, wanted.clone()))?.0
                }
            };
            reading.fields.push((*field, place));
        }
        let mut guessed: Vec<(F, usize, u32)> = Vec::new();
        for (column, cell) in &row.cells {
            let taken = reading.fields.iter().any(|(_, place)| place == column);
            if let Some((field, rank)) = of_heading::<F>(&cell.text) {
                reading.headings += 1;
                if !taken {
                    guessed.push((field, rank, *column));
                }
            }
        }
        guessed.sort_unstable();
        for (field, _, column) in guessed {
            let known = reading.fields.iter().any(|(known, _)| *known == field);
            let barred =
                chosen.fields.iter().any(|(known, at)| *known == field && *at == Column::Nowhere);
            match (known, barred) {
                (false, false) => reading.fields.push((field, column)),
                (true, _) => reading.passed_over.push((field, column)),
                (false, true) => {}
            }
        }
        reading.fields.sort_unstable();
        Ok(reading)
    }

    pub(in super::super) fn has(&self, field: F) -> bool {
        self.fields.iter().any(|(known, _)| *known == field)
    }

    fn is_usable(&self) -> bool {
        F::is_usable(|field| self.has(field))
    }

    /// Whether this is a list of its kind beyond doubt.
    pub(super) fn is_list(&self) -> bool {
        F::is_list(|field| self.has(field))
    }

    /// How well the headings fit.
    pub(super) fn score(&self) -> usize {
        usize::from(self.is_list()) * 100 + self.fields.len()
    }

    pub(in super::super) fn heading_row(&self, table: &Table) -> u32 {
        self.heading.and_then(|index| table.rows.get(index)).map_or(0, |row| row.number)
    }

    pub(in super::super) fn columns(&self, table: &Table) -> Vec<PreviewColumn<F>> {
        let none = Row::default();
        let row = self.heading.and_then(|index| table.rows.get(index)).unwrap_or(&none);
        let mut places: Vec<u32> = row.cells.iter().map(|(place, _)| *place).collect();
        places.extend(self.fields.iter().map(|(_, place)| *place));
        places.sort_unstable();
        places.dedup();
        let column = |place| PreviewColumn {
            letter: letters(place),
            heading: row.cell(place).map(|cell| cell.text.to_string()).unwrap_or_default(),
            field: self.fields.iter().find(|(_, at)| *at == place).map(|(field, _)| *field),
        };
        places.into_iter().map(column).collect()
    }

    /// The rows below the headings.
    pub(in super::super) fn rows<'t>(
        &'t self,
        table: &'t Table,
    ) -> impl Iterator<Item = RowRead<'t, F>> {
        let heading = self.heading.and_then(|index| table.rows.get(index));
        let from = self.heading.map_or(0, |index| index + 1);
        table.rows.iter().skip(from).map(move |row| RowRead {
            number: row.number,
            outcome: self.items_of(row, heading),
            beyond: heading.and_then(|heading| {
                let (last, _) = heading.cells.last()?;
                row.cells.iter().find(|(column, _)| column > last).map(|(_, cell)| cell)
            }),
        })
    }

    fn items_of<'t>(
        &self,
        row: &'t Row,
        heading: Option<&Row>,
    ) -> Result<Vec<(F, &'t Cell)>, &'static str> {
        if row.cells.is_empty() {
            return Err("");
        }
        if row.is_title && row.cells.len() == 1 {
            return Err("a title over several columns");
        }
        let is_rule = |text: &str| text.chars().all(|c| matches!(c, '-' | ':' | '=' | '_'));
        if row.cells.len() > 1 && row.cells.iter().all(|(_, cell)| is_rule(&cell.text)) {
            return Err("a line of dashes");
        }
        let fields: Vec<_> = self
            .fields
            .iter()
            .filter_map(|(field, column)| Some((*field, row.cell(*column)?)))
            .collect();
        if fields.is_empty() {
            return Err("nothing in the columns that are read");
        }
        let repeats = heading.is_some_and(|heading| {
            self.fields.iter().all(|(_, column)| match (heading.cell(*column), row.cell(*column)) {
                (Some(one), Some(other)) => is_same(&one.text, &other.text),
                (one, other) => one.is_none() && other.is_none(),
            })
        });
        if repeats {
            return Err("the headings again");
        }
        let names = |(field, cell): &(F, &Cell)| field.names() && !is_nothing(&cell.text);
        if fields.iter().any(names) { Ok(fields) } else { Err(F::LACKS) }
    }

    /// Tells the draft of columns that were passed over, and of headings that are errors.
    pub(in super::super) fn tell_columns(&self, table: &Table, draft: &mut Draft<'_>) {
        for (field, column) in &self.passed_over {
            draft.warn(
                "column_not_read",
                letters(*column),
                format!("The heading of column {} also means `{field}`, which another column is read as.", letters(*column)),
                &format!("Choose the column with `--columns {field}={}` if it is the right one.", letters(*column)),
            );
        }
        let heading = self.heading.and_then(|index| table.rows.get(index));
        for (column, cell) in heading.into_iter().flat_map(|row| &row.cells) {
            if cell.kind == Kind::Error {
                draft.warn(
                    "cell_error",
                    letters(*column),
                    format!("The heading holds the error {}.", quoted(&cell.text)),
                    "Put the cell right and save the list again, or choose the column by its letter.",
                );
            }
        }
    }

    /// Hands every row that is one to `keep`, with its place, and tells the draft of the others and of formulas.
    pub(in super::super) fn each(
        &self,
        table: &Table,
        draft: &mut Draft<'_>,
        mut keep: impl FnMut(&mut Draft<'_>, String, &[(F, &Cell)]) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let unit = if table.sheet.is_some() { "row" } else { "line" };
        let mut formulas = 0;
        for row in self.rows(table) {
            let place = format!("{unit} {}", row.number);
            // in delimited text, cells move where one of them holds the delimiter
            if let (Some(cell), None) = (row.beyond, &table.sheet) {
                draft.warn(
                    "cells_beyond_headings",
                    place.clone(),
                    format!("The row has more cells than there are headings, from {} on; these are not read.", quoted(&cell.text)),
                    "Look for a cell that holds the delimiter and stands without quotation marks: the cells after it have moved.",
                );
            }
            match row.outcome {
                Ok(fields) => {
                    formulas +=
                        fields.iter().filter(|(_, cell)| cell.kind == Kind::Formula).count();
                    keep(draft, place, &fields)?;
                }
                Err("") => {}
                Err(why) => draft.warn(
                    "row_skipped",
                    place,
                    format!("The row is no {}: {why}.", F::ROW),
                    "",
                ),
            }
        }
        if formulas > 0 {
            let what = if table.sheet.is_some() {
                format!("{formulas} cells are formulas; the values they last had are read.")
            } else {
                format!(
                    "{formulas} cells begin with `=`; they are kept as text and not calculated."
                )
            };
            draft.warn("formulas", "", what, "Check that these cells say what is meant.");
        }
        Ok(())
    }
}

impl Reading<Field> {
    /// Tells the draft every item and every row that is none.
    pub(super) fn walk(&self, table: &Table, draft: &mut Draft<'_>) -> Result<(), Stop> {
        draft.name.clone_from(&table.sheet);
        self.tell_columns(table, draft);
        if !self.has(Field::Version) {
            draft.warn(
                "versions_missing",
                "",
                "No column is read as the version.",
                "Choose one with `--columns version=COLUMN`: without versions most answers stay undetermined.",
            );
        }
        self.each(table, draft, keep)
    }
}

fn keep(draft: &mut Draft<'_>, place: String, fields: &[(Field, &Cell)]) -> Result<(), Stop> {
    let mut item = Item::new(place);
    for (field, cell) in fields {
        let cell = &visible(draft, &format!("{}.{field}", item.place()), cell);
        if is_nothing(&cell.text) {
            continue;
        }
        if cell.kind == Kind::Error {
            let what = format!("The cell holds the error {}.", quoted(&cell.text));
            draft.warn(
                "cell_error",
                format!("{}.{field}", item.place()),
                what,
                "Put the cell right and save the list again.",
            );
            continue;
        }
        match field {
            Field::Name => {
                item.component.name = draft.clean(&cell.text, item.place(), "name", true);
            }
            Field::Version => version(draft, &mut item, cell),
            Field::Supplier => {
                item.component.supplier = item.text(draft, "supplier", &cell.text, false);
            }
            Field::Licence => item.licence(draft, "licence", &cell.text)?,
            Field::Kind => {
                item.component.kind = item.text(draft, "kind", &cell.text.to_lowercase(), false);
            }
            Field::Support => {
                item.component.support_level = item.text(draft, "support", &cell.text, false);
            }
            Field::EndOfSupport => {
                item.component.end_of_support =
                    item.text(draft, "end-of-support", &cell.text, false);
            }
            Field::Sha256 => item.hash(draft, "sha256", "sha256", &cell.text)?,
            Field::Purl => {
                for purl in cell.text.split_whitespace() {
                    item.purl(draft, "purl", purl.trim_end_matches([',', ';']))?;
                }
            }
            Field::Cpe => {
                for cpe in cell.text.split_whitespace() {
                    item.cpe(draft, "cpe", cpe.trim_end_matches([',', ';']))?;
                }
            }
        }
    }
    if item.component.name.is_empty() {
        item.component.name = name_of_identity(&item);
    }
    let index = draft.reserve(item.place(), 0, None)?;
    let component = item.finish(draft);
    draft.put(index, component);
    Ok(())
}

/// A cell without characters that nobody sees and that make a name another one: what is copied from web pages and
/// documents brings them along.
fn visible(draft: &mut Draft<'_>, place: &str, cell: &Cell) -> Cell {
    const UNSEEN: [char; 7] =
        ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{2060}', '\u{feff}'];
    if !cell.text.contains(UNSEEN) {
        return cell.clone();
    }
    let what =
        format!("{} holds characters that are not seen; they are left out.", quoted(&cell.text));
    draft.warn("characters_unseen", place.to_owned(), what, "");
    Cell { text: cell.text.replace(UNSEEN, "").trim().into(), kind: cell.kind }
}

fn name_of_identity(item: &Item) -> String {
    let component = &item.component;
    let of_cpe = || component.cpes.first()?.key()?.split(':').next_back().map(str::to_owned);
    let purl = component.purls.first().map(|purl| purl.name().to_owned());
    let other = || component.other_identities.first().map(|(_, text)| text.clone());
    purl.or_else(of_cpe).or_else(other).unwrap_or_default()
}

/// A version as it was typed, as far as the spreadsheet still knows.
fn version(draft: &mut Draft<'_>, item: &mut Item, cell: &Cell) {
    const RETYPE: &str =
        "Format the column as text, type the versions again, and send the list again.";
    let place = format!("{}.version", item.place());
    match cell.kind {
        Kind::Date => {
            let what = format!(
                "The version was turned into a date by the spreadsheet ({}), so it is not known.",
                quoted(&cell.text)
            );
            draft.warn("version_is_date", place, what, RETYPE);
            return;
        }
        // what Excel makes of 1.10 and writes into delimited text
        _ if is_month(&cell.text) => {
            let what = format!(
                "The version {} looks like a date that a spreadsheet made of it, so it is not known.",
                quoted(&cell.text)
            );
            draft.warn("version_is_date", place, what, RETYPE);
            return;
        }
        Kind::Number | Kind::ShownNumber if cell.text.contains(['.', 'e']) => {
            let what = format!(
                "The version {} is a number in the sheet, which cannot tell 1.1 from 1.10.",
                quoted(&cell.text)
            );
            draft.warn("version_is_number", place.clone(), what, RETYPE);
        }
        _ => {}
    }
    let text = item.text(draft, "version", version_in(&cell.text), true);
    let several = if has_commas(&cell.text) {
        let what = format!(
            "{} has commas where versions have points: it may be a number that a spreadsheet wrote, or several versions.",
            quoted(&cell.text)
        );
        draft.warn("version_has_commas", place, what, RETYPE);
        true
    } else if is_dashed(&cell.text) {
        let what = format!("{} reads like several versions.", quoted(&cell.text));
        draft.warn("version_is_range", place, what, "State the version that is installed.");
        true
    } else {
        // the item tells of the other kinds at its end
        Uncertain::of(&cell.text) == Some(Uncertain::Several)
            && certain::tell(draft, &place, &cell.text).is_some()
    };
    if several {
        item.component.version_range = text;
    } else {
        item.component.version = text;
    }
}

/// `1.0-1.5`: two numbers of like form, the second above the first. In a list that people keep this is a
/// range sooner than the revision of a package.
fn is_dashed(text: &str) -> bool {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        text.trim_start_matches(['v', 'V']).split('.').map(|part| part.parse().ok()).collect()
    };
    text.split_once(['-', '–'])
        .and_then(|(one, other)| Some((numbers(one)?, numbers(other)?)))
        .is_some_and(|(one, other)| one.len() > 1 && one.len() == other.len() && one < other)
}

/// A version without the word for it: `1.2.3` of `Version 1.2.3`.
fn version_in(text: &str) -> &str {
    const WORDS: [&str; 6] = ["version", "vers.", "ver.", "release", "rel.", "v."];
    let rest = WORDS.iter().find_map(|word| {
        let (begin, rest) = text.split_at_checked(word.len())?;
        begin.eq_ignore_ascii_case(word).then(|| rest.trim_start_matches([':', ' ', '\u{a0}']))
    });
    rest.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(text)
}

/// `1,10`: numbers with nothing but commas between them.
fn has_commas(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.contains(',') && text.split(',').all(is_number)
}

/// `01. Okt`, `Oct-10`, `10-Jan-24`: a month by its name, in English or German, and numbers.
fn is_month(text: &str) -> bool {
    const MONTHS: [&str; 17] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mrz",
        "mär", "mai", "okt", "dez",
    ];
    let parts: Vec<String> = text
        .split(['.', '-', ' ', '/'])
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_number = |part: &str| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let months = parts.iter().filter(|part| MONTHS.contains(&part.as_str())).count();
    let numbers = parts.iter().filter(|part| is_number(part)).count();
    // a month at the end of more than a day is a word: `1.0-dec`
    let ends = numbers == 2 && parts.last().is_some_and(|part| !is_number(part));
    months == 1 && (1..=2).contains(&numbers) && parts.len() == months + numbers && !ends
}

pub(in super::super) fn is_nothing(text: &str) -> bool {
    NOTHING.contains(&text.to_lowercase().as_str())
}

fn is_same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) == plain(other)
}

/// The refusal of a list in which no columns can be told.
pub(super) fn no_headings<F: Heading>(draft: &mut Draft<'_>, chosen: &Columns<F>) -> Stop {
    let what = if chosen.heading_row.is_some() {
        "The row that was chosen has no headings that are understood."
    } else {
        "No row has headings that are understood, so it is not known which column is what."
    };
    let next = format!(
        "Name the columns, for example `--columns {}`; a preview shows what is read.",
        F::EXAMPLE
    );
    draft.stop("no_headings", "", what.to_owned(), &next)
}

impl<F: Heading> Fault<F> {
    /// The refusal, in the draft.
    pub(super) fn stop(self, draft: &mut Draft<'_>) -> Stop {
        match self {
            Self::NoHeadings => no_headings(draft, &Columns::<F>::default()),
            Self::NoSuchColumn(field, heading) => {
                let what = format!(
                    "No column has the heading {}, which was chosen as `{field}`.",
                    quoted(&heading)
                );
                draft.stop("column_not_found", "", what, "Name it by its letter instead.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_make_of_versions_is_told_from_versions() {
        for date in ["01. Okt", "Oct-10", "10-Jan-24", "1-Mär", "Jan 10", "10/may/2024"] {
            assert!(is_month(date), "{date}");
        }
        for version in
            ["1.10", "r10-mar1n", "jan", "2024-10-01", "1.0-dec", "3 jan beta", "1.2.3.oct.4"]
        {
            assert!(!is_month(version), "{version}");
        }
        for (text, version) in [
            ("Version 1.2.3", "1.2.3"),
            ("VER. 1.2", "1.2"),
            ("V.2", "2"),
            ("Release: 7", "7"),
            ("v1.2", "v1.2"),
            ("Version A", "Version A"),
            ("Versuch 1", "Versuch 1"),
            ("ä", "ä"),
        ] {
            assert_eq!(version_in(text), version);
        }
        assert!(has_commas("1,10") && has_commas("1,2,3"));
        assert!(!has_commas("1.2") && !has_commas("1,2a") && !has_commas(","));
    }

    #[test]
    fn dashes_are_told_from_versions() {
        for range in ["1.0-1.5", "v1.0-v2.0", "2.4.1–2.4.9"] {
            assert!(is_dashed(range), "{range}");
        }
        for one in ["1.1-1", "3.0.9-1", "2.5-2.4", "1.0-rc1", "2021-05", "1-2"] {
            assert!(!is_dashed(one), "{one}");
        }
        for date in ["Mar-21", "21-Mar", "1. Mai", "Dez 24"] {
            assert!(is_month(date), "{date}");
        }
        for one in ["mar", "2021-03-04", "1.2-dev", "May Fly 2 3", "R21-b2"] {
            assert!(!is_month(one), "{one}");
        }
    }
}
