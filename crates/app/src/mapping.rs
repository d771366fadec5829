//! `aftercare mapping`: identities that the maker says mean one product; and such rows in a file, for commands
//! that ask no record.

use crate::{
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    moment, paper,
    sheet::{Column, Grid, Paint, Sheet},
    text_file,
};
use aftercare_desk::answers::{MappingRow, MappingSheet};
use aftercare_domain::mapping::MAPPINGS_LIMIT;
use aftercare_matching::mapping::{self, Mappings};
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// Longest file with mappings, in bytes.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// Rows of one's own, for a command that asks no record.
#[derive(Debug, Clone, clap::Args)]
pub struct MappingArgs {
    /// Identities that mean one product, on top of the curated table: CSV lines `product,identity,source`, as
    /// `aftercare mapping list --format csv` prints them
    #[arg(long, value_name = "FILE")]
    mappings: Option<PathBuf>,
}

impl MappingArgs {
    /// The curated table with the rows of the file; `None` = no file was named.
    pub fn table(&self) -> Result<Option<Mappings>, Failure> {
        let Some(file) = &self.mappings else { return Ok(None) };
        let wrong = |why: String| Failure::Wrong(format!("{}: {why}", file.display()));
        let rows = text_file::read(file, FILE_LIMIT).map_err(&wrong)?;
        let rows = mapping::read(&rows, "own").map_err(|bad| wrong(format!("{bad}.")))?;
        Ok(Some(Mappings::built_in().clone().with(rows)))
    }
}

/// How to print mappings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum MappingFormat {
    /// For people
    #[default]
    Table,
    /// Everything, with the history of each, for programs
    Json,
    /// Those that hold, as `--mappings` of other commands reads them
    Csv,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the identities that the maker says mean one product
    #[command(after_help = format!("\
Nothing is changed here: mappings are stated and withdrawn on the page \"Own mappings of identities\" or by
`aftercare api`, by people, with a reason.

Examples:
  aftercare mapping list
  aftercare mapping list --format csv > ours.csv && aftercare check --mappings ours.csv pump.cdx.json

{EXIT_CODES}"))]
    List {
        #[command(flatten)]
        moment: moment::MomentArgs,
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: MappingFormat,
    },
}

/// Carries the command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    let Command::List { moment, format } = command;
    let desk = moment.open(settings)?;
    let sheet = desk.mappings("", 0, MAPPINGS_LIMIT)?;
    match format {
        MappingFormat::Json => paper::print_json(&sheet)?,
        MappingFormat::Csv => paper::print(csv(&sheet).as_bytes())?,
        MappingFormat::Table => {
            let mut shown = Sheet::new(paper::look(settings.no_colour));
            moment::say(&mut shown, moment::of(&desk));
            table(&mut shown, &sheet);
            paper::print(shown.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

/// The mappings that hold. The product's name stands with the mapping, so that two of one name stay two.
fn csv(sheet: &MappingSheet) -> String {
    let mut lines = String::from("# product,identity,source\n");
    for one in sheet.page.items.iter().filter(|one| one.is_in_force) {
        let plain = |c: char| if c == ',' { ' ' } else { c };
        let product: String = one.product.chars().map(plain).collect();
        for identity in &one.identities {
            if identity.contains(',') {
                lines.push_str(&format!(
                    "# left out, as these lines cannot carry a comma: {identity} of {}\n",
                    one.id
                ));
            } else {
                lines.push_str(&format!("{} {product},{identity},{}\n", one.id, one.id));
            }
        }
    }
    lines
}

fn table(shown: &mut Sheet, sheet: &MappingSheet) {
    if sheet.page.items.is_empty() {
        shown.say(0, Paint::None, "No mapping of your own is stated.");
    }
    for one in &sheet.page.items {
        let state = if one.is_in_force { "" } else { " (withdrawn)" };
        shown.title(&format!("{}{state}", one.product));
        for identity in &one.identities {
            shown.say(2, Paint::None, identity);
        }
        shown.grid(2, &history(one));
    }
    let curated = sheet.curated;
    shown.say(0, Paint::None, &format!("On top of the curated table of {curated} products."));
}

fn history(one: &MappingRow) -> Grid {
    let mut grid =
        Grid::new([Column::left(""), Column::left(""), Column::left(""), Column::left("")]);
    for step in &one.history {
        let reason = step.reason.as_deref().unwrap_or_default();
        grid.row([step.what.as_str(), &step.at.shown(), step.by.as_str(), reason]);
    }
    grid
}
