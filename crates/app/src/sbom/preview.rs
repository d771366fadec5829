//! `aftercare sbom preview`: what would be read of a list, before it is sent.

use super::{columns::ColumnArgs, document, refused};
use crate::{
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_formats::sbom::soup::{self, Preview};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare sbom preview soup-list.xlsx
  aftercare sbom preview --columns 'name=B,version=Rev.' --sheet 2026 soup-list.xlsx

Fields: name, version, supplier, purl, cpe, licence, kind, support, end-of-support, sha256.

{EXIT_CODES}"))]
pub struct Args {
    /// The list, as CSV or XLSX; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    columns: ColumnArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let file = args.file.to_string_lossy();
    let columns = args.columns.chosen().unwrap_or_default();
    let preview = document(&args.file, settings)
        .and_then(|plain| soup::preview(&plain, &columns, &settings.sbom))
        .map_err(|problems| refused(&file, &problems))?;
    match args.format {
        Format::Json => paper::print_json(&json(&preview))?,
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            tell(&mut sheet, &file, &preview);
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

fn tell(sheet: &mut Sheet, file: &str, preview: &Preview) {
    sheet.title(file);
    let mut about = preview.format.shown().to_owned();
    if let Some(name) = &preview.sheet {
        about += &format!(", sheet {name} ({} in all)", preview.sheets.len());
    }
    if let Some(delimiter) = preview.delimiter {
        about += &format!(", {}, columns divided by {}", preview.encoding, word(delimiter));
    }
    sheet.say(2, Paint::Dim, &about);
    let headings = match preview.heading_row {
        0 => "No row of headings; every row is read as an item.".to_owned(),
        row => format!("Headings in row {row}."),
    };
    sheet.say(2, Paint::None, &headings);
    sheet.blank();
    let mut grid = Grid::new([
        Column::left("Column"),
        Column::elastic("Heading", 12),
        Column::left("Read as"),
    ]);
    for column in &preview.columns {
        let field = column.field.map_or_else(|| "not read".to_owned(), |field| field.to_string());
        grid.row([column.letter.clone(), column.heading.clone(), field]);
    }
    sheet.grid(2, &grid);
    sheet.blank();
    sheet.title("The first rows");
    for (row, fields) in &preview.rows {
        let shown: Vec<String> =
            fields.iter().map(|(field, text)| format!("{field}: {text}")).collect();
        sheet.say(2, Paint::None, &format!("{row}  {}", shown.join("; ")));
    }
    sheet.blank();
    let counts = format!("Rows that are read: {}; not read: {}.", preview.read, preview.skipped);
    sheet.say(0, Paint::Bold, &counts);
    for (row, why) in &preview.skipped_rows {
        sheet.say(2, Paint::None, &format!("row {row}: {why}"));
    }
    for problem in preview.problems.iter().filter(|problem| problem.code != "row_skipped") {
        sheet.say(2, Paint::Magenta, &problem.to_string());
    }
}

fn word(delimiter: char) -> &'static str {
    match delimiter {
        ';' => "semicolons",
        '\t' => "tabs",
        '|' => "bars",
        _ => "commas",
    }
}

fn json(preview: &Preview) -> serde_json::Value {
    let columns: Vec<_> = preview
        .columns
        .iter()
        .map(|column| {
            serde_json::json!({
                "column": column.letter,
                "heading": column.heading,
                "read_as": column.field.map(soup::Field::word),
            })
        })
        .collect();
    let rows: Vec<_> = preview
        .rows
        .iter()
        .map(|(row, fields)| {
            let fields: serde_json::Map<String, serde_json::Value> = fields
                .iter()
                .map(|(field, text)| (field.to_string(), text.as_str().into()))
                .collect();
            serde_json::json!({ "row": row, "fields": fields })
        })
        .collect();
    let skipped: Vec<_> = preview
        .skipped_rows
        .iter()
        .map(|(row, why)| serde_json::json!({ "row": row, "why": why }))
        .collect();
    serde_json::json!({
        "format": preview.format,
        "sheet": preview.sheet,
        "sheets": preview.sheets,
        "encoding": preview.encoding,
        "delimiter": preview.delimiter,
        "heading_row": preview.heading_row,
        "columns": columns,
        "first_rows": rows,
        "read": preview.read,
        "skipped": preview.skipped,
        "skipped_rows": skipped,
        "problems": preview.problems,
    })
}
