//! Workbooks (ECMA-376, SpreadsheetML): the cells of one sheet as people see them.
//!
//! Of the sheets that have headings of a list, the one that fits best is read, a hidden one only where no other has; a
//! warning names the others. Rows and columns that are hidden are read like any other.

mod markup;
mod sheet;
mod style;

use super::{
    super::{draft::Draft, limits::Limits, text::Stop},
    cell::{Budget, Table},
    columns::Columns,
    heading::Heading,
    rows::{Reading, no_headings},
    zipped::{Fault, Parts},
};
use aftercare_vocab::problem::quoted;
use markup::{Node, nodes};
use std::{collections::HashMap, rc::Rc};
use style::Styles;

/// Sheets looked at; real lists have fewer than ten.
const SHEETS: usize = 50;

/// What all sheets of a workbook share.
#[derive(Debug, Default)]
struct Shared {
    strings: Vec<Rc<str>>,
    styles: Styles,
}

/// A sheet as the workbook lists it.
struct Sheet {
    name: String,
    /// Where its cells are.
    part: String,
    is_hidden: bool,
}

/// Cells and columns of the best sheet, or of the one that was chosen. A refusal is in the draft.
pub(super) fn open<F: Heading>(
    bytes: &[u8],
    columns: &Columns<F>,
    limits: &Limits,
    draft: &mut Draft<'_>,
) -> Result<(Table, Reading<F>), Stop> {
    let mut parts = Parts::open(bytes, limits).map_err(|fault| stop(draft, fault, limits))?;
    let (sheets, shared) = outline(&mut parts).map_err(|fault| stop(draft, fault, limits))?;
    let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let wanted =
        |name: &str| columns.sheet.as_ref().is_none_or(|chosen| chosen.eq_ignore_ascii_case(name));
    if !names.iter().any(|name| wanted(name)) {
        let known: Vec<String> = names.iter().take(10).map(|name| quoted(name)).collect();
        let what = format!("No sheet has the chosen name; there are {}.", known.join(", "));
        return Err(draft.stop("sheet_not_found", "", what, "Choose one of them."));
    }
    let mut budget = Budget(limits.bytes);
    let mut best: Option<(Table, Reading<F>, bool)> = None;
    let mut lists = Vec::new();
    let mut fault = None;
    for Sheet { name, part, is_hidden } in
        sheets.iter().filter(|sheet| wanted(&sheet.name)).take(SHEETS)
    {
        let cells = parts.text(part).and_then(|text| sheet::cells(&text, &shared, &mut budget));
        let mut table = match cells {
            Ok(table) => table,
            // a diagram or macro sheet has no cells
            Err(Fault::Absent) => continue,
            Err(fault) => return Err(stop(draft, fault, limits)),
        };
        table.sheet = Some(name.clone());
        table.sheets.clone_from(&names);
        match Reading::of(&table, columns) {
            Ok(reading) => {
                if reading.is_list() {
                    lists.push((name.clone(), *is_hidden));
                }
                // what people see counts before what fits better
                let rank = |reading: &Reading<F>, is_hidden: bool| {
                    (reading.is_list(), !is_hidden, reading.score())
                };
                let is_better = |(_, known, hidden): &(Table, Reading<F>, bool)| {
                    rank(&reading, *is_hidden) > rank(known, *hidden)
                };
                if best.as_ref().is_none_or(is_better) {
                    best = Some((table, reading, *is_hidden));
                }
            }
            Err(why) => fault = fault.or(Some(why)),
        }
    }
    let Some((table, reading, is_hidden)) = best else {
        return Err(match fault {
            Some(fault) => fault.stop(draft),
            None => no_headings(draft, columns),
        });
    };
    let others: Vec<String> = lists
        .iter()
        .filter(|(name, _)| table.sheet.as_ref() != Some(name))
        .map(
            |(name, is_hidden)| {
                if *is_hidden { format!("{} (hidden)", quoted(name)) } else { quoted(name) }
            },
        )
        .collect();
    if is_hidden {
        let what = "The sheet that is read is hidden in the workbook.".to_owned();
        draft.warn("sheet_hidden", "", what, "Choose another sheet if this one is out of date.");
    }
    if !others.is_empty() {
        let what =
            format!("Other sheets look like lists, too, and are not read: {}.", others.join(", "));
        draft.warn(
            "sheets_not_read",
            "",
            what,
            "Choose the sheet, and send one list for each that counts.",
        );
    }
    Ok((table, reading))
}

fn stop(draft: &mut Draft<'_>, fault: Fault, limits: &Limits) -> Stop {
    let (code, what, next) = match fault {
        Fault::Absent => (
            "workbook_damaged",
            "The archive lacks a part that every workbook has.".to_owned(),
            "Open it in a spreadsheet program and save it again as XLSX.",
        ),
        Fault::TooLarge => (
            "too_large",
            format!("Unpacked, the workbook is larger than {} bytes.", limits.bytes),
            "Keep the list in a workbook of its own.",
        ),
        Fault::Damaged(why) => (
            "workbook_damaged",
            format!("The workbook is damaged: {}.", why.trim_end_matches('.')),
            "Open it in a spreadsheet program and save it again as XLSX.",
        ),
    };
    draft.stop(code, "", what, next)
}

/// The sheets with their parts, and what they share.
fn outline(parts: &mut Parts<'_>) -> Result<(Vec<Sheet>, Shared), Fault> {
    let relations = optional(parts.text("xl/_rels/workbook.xml.rels"))?;
    let mut targets = HashMap::new();
    nodes(&relations, |node| {
        if let Node::Start("Relationship", attributes) = node {
            let target = attributes.of("Target").unwrap_or_default();
            let path = match target.strip_prefix('/') {
                Some(path) => path.to_owned(),
                None => format!("xl/{target}"),
            };
            targets.insert(attributes.of("Id").unwrap_or_default(), path);
        }
        Ok(())
    })?;
    let mut sheets = Vec::new();
    let mut from_1904 = false;
    nodes(&parts.text("xl/workbook.xml")?, |node| {
        match node {
            Node::Start("workbookPr", attributes) => {
                from_1904 =
                    attributes.of("date1904").is_some_and(|said| said == "1" || said == "true");
            }
            Node::Start("sheet", attributes) => {
                let part = attributes.of("id").and_then(|id| targets.get(&id).cloned());
                let part =
                    part.unwrap_or_else(|| format!("xl/worksheets/sheet{}.xml", sheets.len() + 1));
                let is_hidden = attributes.of("state").is_some_and(|state| state != "visible");
                let name = attributes.of("name").unwrap_or_default();
                sheets.push(Sheet { name, part, is_hidden });
            }
            _ => {}
        }
        Ok(())
    })?;
    let strings = sheet::strings(&optional(parts.text("xl/sharedStrings.xml"))?)?;
    let styles = Styles::of(&optional(parts.text("xl/styles.xml"))?, from_1904)?;
    Ok((sheets, Shared { strings, styles }))
}

/// A part that a workbook may lack.
fn optional(part: Result<String, Fault>) -> Result<String, Fault> {
    match part {
        Err(Fault::Absent) => Ok(String::new()),
        other => other,
    }
}
