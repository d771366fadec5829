//! `aftercare rules`: the rules of the programme, edition by edition, and what other rules would mean.

use crate::{
    check::table::counted,
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation,
    paper::{self, Format},
    record,
    sheet::{Column, Grid, Paint, Sheet},
    text_file,
};
use aftercare_desk::{
    answers::{EditionRow, EditionSheet, RulesDifference, RulesOverview, RulesTrial},
    rules_kind,
};
use aftercare_domain::rules::{RuleKind, Rules};
use aftercare_register::Access;
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// Longest file with rules, in bytes.
const FILE_LIMIT: u64 = 1024 * 1024;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the rules with their editions, or show one edition whole
    #[command(after_help = format!("\
With `--format json` an edition holds its `rules`: change that and look at it with `rules check`.

Examples:
  aftercare rules show
  aftercare rules show clocks
  aftercare rules show clocks --edition 1 --format json

{EXIT_CODES}"))]
    Show {
        /// Which rules, by code name; without it all kinds are listed
        #[arg(value_name = "KIND", value_parser = kind)]
        kind: Option<RuleKind>,
        /// Its number [default: the one in force]
        #[arg(long, value_name = "NUMBER", requires = "kind")]
        edition: Option<u64>,
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Show what one edition says otherwise than another
    #[command(after_help = format!("Example:\n  aftercare rules diff clocks 1 2\n\n{EXIT_CODES}"))]
    Diff {
        /// Which rules, by code name
        #[arg(value_name = "KIND", value_parser = kind)]
        kind: RuleKind,
        /// The number of the edition before
        before: u64,
        /// The number of the edition after
        after: u64,
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Check rules in a file, and show what they would change and mean for open cases
    #[command(after_help = format!("\
The file holds what `rules` of an edition holds. Nothing is changed: other rules are proposed on the page
\"Rules of the programme\" or by `aftercare api`, and signed by people.

Example:
  aftercare rules check clocks.json

{EXIT_CODES}"))]
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

fn kind(text: &str) -> Result<RuleKind, String> {
    rules_kind(text).map_err(|refusal| refusal.to_string())
}

/// Carries the command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    let (desk, now) = (record::open(settings, Access::Read)?, operation::now());
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    match command {
        Command::Show { kind: None, format, .. } => {
            let all = desk.rules(now)?;
            if *format == Format::Json {
                return printed(&all);
            }
            list(&mut sheet, &all);
        }
        Command::Show { kind: Some(kind), edition, format } => {
            let all = desk.rules(now)?;
            let of_kind = all.kinds.iter().find(|one| one.kind == kind.code());
            let number = edition.or(of_kind.map(|one| one.in_force)).unwrap_or(1);
            let one = desk.rules_edition(*kind, number, None, now)?;
            if *format == Format::Json {
                return printed(&one);
            }
            show(&mut sheet, &one);
        }
        Command::Diff { kind, before, after, format } => {
            let one = desk.rules_edition(*kind, *after, Some(*before), now)?;
            if *format == Format::Json {
                return printed(&one.differences);
            }
            sheet.title(&format!("{}, edition {after} beside edition {before}", one.title));
            differences(&mut sheet, &one.differences);
        }
        Command::Check { file, format } => {
            let trial = desk.try_rules(&read(file)?, None, now)?;
            if *format == Format::Json {
                return printed(&trial);
            }
            tried(&mut sheet, &trial);
        }
    }
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

fn printed<T: serde::Serialize>(what: &T) -> Result<Ending, Failure> {
    paper::print_json(what)?;
    Ok(Ending::Done)
}

fn read(place: &Path) -> Result<Rules, Failure> {
    let shown = place.display();
    let wrong = |why: String| Failure::Wrong(format!("{shown}: {why}"));
    let text = text_file::read(place, FILE_LIMIT).map_err(&wrong)?;
    serde_json::from_str(&text).map_err(|error| {
        wrong(format!(
            "These are no rules: {error}. Take `rules` of `aftercare rules show KIND --format json` as a start."
        ))
    })
}

fn list(sheet: &mut Sheet, all: &RulesOverview) {
    let mut grid = Grid::new(["Rules", "Edition", "Stands", "Holds from"].map(Column::left));
    for kind in &all.kinds {
        for row in &kind.editions {
            let begins =
                row.begins.map_or_else(|| "came with the product".to_owned(), |at| at.shown());
            grid.row([kind.kind.clone(), row.edition.to_string(), stands(row).to_owned(), begins]);
        }
    }
    sheet.grid(0, &grid);
    for one in &all.fixed {
        sheet.say(0, Paint::None, &format!("{}: {}. {}", one.title, one.edition, one.why));
    }
}

fn stands(row: &EditionRow) -> &'static str {
    match row.standing.as_str() {
        "in_force" => "in force",
        "to_come" => "to come",
        "never_held" => "never held",
        _ => "replaced",
    }
}

fn show(sheet: &mut Sheet, one: &EditionSheet) {
    sheet.title(&format!("{}, edition {} ({})", one.title, one.row.edition, stands(&one.row)));
    let mut grid = Grid::new([
        Column::left("Where"),
        Column::elastic("About", 24),
        Column::elastic("Says", 16),
    ]);
    for line in &one.lines {
        grid.row([line.place.as_str(), line.what.as_str(), line.says.as_str()]);
    }
    sheet.grid(0, &grid);
}

fn differences(sheet: &mut Sheet, all: &[RulesDifference]) {
    if all.is_empty() {
        sheet.say(0, Paint::None, "They say the same.");
        return;
    }
    let mut grid = Grid::new([
        Column::left("Where"),
        Column::elastic("Before", 16),
        Column::elastic("After", 16),
    ]);
    for one in all {
        let said = |words: &Option<String>| words.clone().unwrap_or_else(|| "nothing".to_owned());
        grid.row([one.place.clone(), said(&one.before), said(&one.after)]);
    }
    sheet.grid(0, &grid);
}

fn tried(sheet: &mut Sheet, trial: &RulesTrial) {
    sheet.title(&format!(
        "{}: what would be otherwise than in edition {}",
        trial.title, trial.replaces
    ));
    differences(sheet, &trial.differences);
    sheet.blank();
    let looked = counted(trial.open_cases, "open case", "open cases");
    let number = trial.effects.len();
    sheet.say(
        0,
        Paint::None,
        &format!(
            "Looked at {looked}; {number} would stand otherwise, had these rules held from the beginning. \
             What has begun or was decided keeps its edition."
        ),
    );
    for one in &trial.effects {
        sheet.say(0, Paint::Bold, &format!("{} {}", one.number, one.title));
        for words in &one.says {
            sheet.say(2, Paint::None, words);
        }
    }
}
