//! Which column of a list is what, on the command line.

use aftercare_formats::sbom::soup::Columns;

#[derive(Debug, Clone, clap::Args)]
pub struct ColumnArgs {
    /// Read lists of software items with these columns, by letter or heading; SBOMs have none:
    /// name=B,version="Rev.",supplier=- (`-`: not read; what is not named is guessed from the headings)
    #[arg(long, value_name = "FIELD=COLUMN,...")]
    columns: Option<Columns>,
    /// The sheet of a workbook to read [default: the one whose headings fit best]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The row with the headings, from 1 [default: the one that fits best]
    #[arg(long, value_name = "ROW")]
    heading_row: Option<u32>,
}

impl ColumnArgs {
    /// What was chosen; `None` if nothing was, so that files are read as what they are.
    pub fn chosen(&self) -> Option<Columns> {
        let named = self.columns.clone().unwrap_or_default();
        let columns = Columns { sheet: self.sheet.clone(), heading_row: self.heading_row, ..named };
        (!columns.is_default()).then_some(columns)
    }
}
