//! `aftercare risk-file`: what would be read of a risk file, before it is put in force.

use crate::{
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_desk::{NewRiskFile, answers::RiskFileRead, preview_risk_file};
use aftercare_domain::usage::RISK_FILE_BYTES;
use std::{io::Read as _, path::PathBuf};

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare risk-file rmf.xlsx
  aftercare risk-file --columns 'id=A,severity=F' --scale 'S1=negligible,S2=minor' rmf.csv

Fields: id, hazard, situation, harm, severity, essential-performance, clinical-use.
Nothing is recorded. To put it in force: the page of the use of a product, or
POST /api/v1/products/PRODUCT/risk-file.

{EXIT_CODES}"))]
pub struct Args {
    /// The risk file, as CSV or XLSX; `-` is standard input
    file: PathBuf,
    /// Which columns are what: `id=A,hazard=B,severity=F`; others are guessed
    #[arg(long, default_value = "")]
    columns: String,
    /// What the words of its scale mean: `S1=negligible,S2=minor`
    #[arg(long, default_value = "")]
    scale: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let file = args.file.to_string_lossy().into_owned();
    let new = NewRiskFile {
        file_name: file.clone(),
        columns: args.columns.clone(),
        scale: args.scale.clone(),
    };
    let bytes = bytes(&args.file)?;
    let read = preview_risk_file(&new, &bytes)
        .map_err(|trouble| Failure::Wrong(format!("{file}: {trouble}")))?;
    match args.format {
        Format::Json => paper::print_json(&read)?,
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            tell(&mut sheet, &file, &read);
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

/// No more than one byte over what is read of a risk file, so that a longer one is refused and not kept in memory.
fn bytes(file: &PathBuf) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = RISK_FILE_BYTES as u64 + 1;
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|why| {
        let place = file.display();
        Failure::Wrong(format!("{place} cannot be read: {why}. Check the path."))
    })?;
    Ok(bytes)
}

fn tell(sheet: &mut Sheet, file: &str, read: &RiskFileRead) {
    sheet.title(file);
    let from = match &read.sheet {
        Some(name) => format!("XLSX, sheet {name}"),
        None => format!("CSV, {}", read.encoding),
    };
    sheet.say(2, Paint::Dim, &from);
    let headings = match read.heading_row {
        0 => "No row of headings is understood; every row is read.".to_owned(),
        row => format!("Headings in row {row}."),
    };
    sheet.say(2, Paint::None, &headings);
    sheet.blank();
    let mut grid = Grid::new([
        Column::left("Column"),
        Column::elastic("Heading", 12),
        Column::left("Read as"),
    ]);
    for one in &read.columns {
        let field = one.read_as.clone().unwrap_or_else(|| "not read".to_owned());
        grid.row([one.letter.clone(), one.heading.clone(), field]);
    }
    sheet.grid(2, &grid);
    sheet.blank();
    sheet.title("The first rows");
    let mut grid = Grid::new([
        Column::left("Identifier"),
        Column::elastic("Hazardous situation", 20),
        Column::left("Severity"),
        Column::left("Essential performance"),
    ]);
    for row in &read.rows {
        let words = row.situation.clone().or_else(|| row.hazard.clone()).unwrap_or_default();
        let touched = match row.essential_performance {
            Some(true) => "touched",
            Some(false) => "not touched",
            None => "unknown",
        };
        let severity = row.severity.clone().unwrap_or_else(|| "unknown".to_owned());
        grid.row([row.id.clone(), words, severity, touched.to_owned()]);
    }
    sheet.grid(2, &grid);
    sheet.blank();
    let counts = format!(
        "Rows: {}; severity unknown: {}; essential performance unknown: {}.",
        read.read, read.severity_unknown, read.essential_performance_unknown
    );
    sheet.say(0, Paint::Bold, &counts);
    for problem in &read.problems {
        sheet.say(2, Paint::Magenta, &problem.to_string());
    }
}
