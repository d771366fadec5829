//! `aftercare twin`: copies of the record for exercises and for trying policies.

use crate::{
    check::table::counted,
    config::Settings,
    contact::Once,
    ending::{EXIT_CODES, Ending, Failure},
    moment::when,
    operation,
    paper::{self, Format},
    progress::Progress,
    record,
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_desk::{Desk, answers::Twin};
use aftercare_domain::{When, twin::TwinName};
use aftercare_register::{Access, Fault};
use clap::Subcommand;
use serde_json::json;
use std::io::{self, BufRead as _, IsTerminal as _};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fork the record as of a moment into a twin, also while a server runs
    #[command(after_help = format!("\
Everything works in a twin, and nothing leaves it. What is known about persons stays with the original.
Name the twin with `--twin` to use any command that is about the record in it.

Examples:
  aftercare twin create autumn-exercise --reason \"Exercise of the response team\"
  aftercare twin create before-the-audit --as-of 2026-11-24
  aftercare --twin autumn-exercise affected CVE-2021-44228

{EXIT_CODES}"))]
    Create {
        /// Its name: lower-case letters, digits and hyphens
        name: TwinName,
        /// Fork as of an earlier moment: 2026-11-24 (its end in UTC), 2026-11-24T14:05:00Z, or entry:123
        #[arg(long, value_name = "WHEN", value_parser = when)]
        as_of: Option<When>,
        /// Why; it stays in both ledgers for ever, so name no person
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        reason: String,
        #[command(flatten)]
        once: Once,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List the twins of the record
    #[command(after_help = format!("Example:\n  aftercare twin list --format json\n\n{EXIT_CODES}"))]
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Throw a twin away for ever
    #[command(after_help = format!("\
Its whole record, its documents and its key are removed; the original keeps that it was.

Example:
  aftercare twin discard autumn-exercise --yes

{EXIT_CODES}"))]
    Discard {
        /// Its name
        name: TwinName,
        /// Do not ask for the name again
        #[arg(long)]
        yes: bool,
        /// Why; it stays in the original's ledger for ever
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        reason: String,
        #[command(flatten)]
        once: Once,
    },
}

/// Carries a twin command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    match command {
        Command::Create { name, as_of, reason, once, format } => {
            let asked = json!(["twin", name, as_of.map(|when| when.to_string())]);
            let op = once.begin(&asked)?.because(reason)?;
            let mut desk = original(settings)?;
            if let Some(when) = *as_of {
                desk = desk.as_of(when, operation::now())?;
            }
            let mut progress = Progress::of_things(settings.quiet);
            let made = desk.fork_twin(&op, name.clone(), &mut |what, done, total| {
                progress.show(what, done, total);
            });
            drop(progress);
            created(&made?, *format)?;
        }
        Command::List { format } => list(*format, settings)?,
        Command::Discard { name, yes, reason, once } => {
            if !yes && !confirmed(name)? {
                return Err(Failure::Wrong(format!(
                    "That is not its name: the twin `{name}` was not discarded."
                )));
            }
            let op = once.begin(&json!(["discard twin", name]))?.because(reason)?;
            record::open(settings, Access::Read)?; // says when there is no record
            let desk = record::open(settings, Access::Write)?;
            desk.discard_twin(&op, name)?;
            paper::print(
                format!("Discarded the twin {name}. Nothing of it is left here.\n").as_bytes(),
            )?;
        }
    }
    Ok(Ending::Done)
}

/// The original for writing or, where a server has it, for reading: that server then records the twin.
fn original(settings: &Settings) -> Result<Desk, Failure> {
    let reading = record::open(settings, Access::Read)?;
    match record::try_open(settings, Access::Write)? {
        Err(aftercare_desk::Trouble::Fault(Fault::InUse { .. })) => Ok(reading),
        opened => Ok(opened?),
    }
}

fn created(twin: &Twin, format: Format) -> Result<(), Failure> {
    if format == Format::Json {
        return paper::print_json(twin);
    }
    let name = &twin.name;
    let recorded = if twin.recorded {
        ""
    } else {
        "The server that has the record open notes the twin in its ledger and serves it in a moment.\n"
    };
    let text = format!(
        "Made the twin {name}, with {} of the original. Nothing leaves it.\n{recorded}\
         Use it with `--twin {name}`; throw it away with `aftercare twin discard {name}`.\n",
        counted(twin.position, "entry", "entries")
    );
    paper::print(text.as_bytes())
}

fn list(format: Format, settings: &Settings) -> Result<(), Failure> {
    let twins = record::open(settings, Access::Read)?.twins()?;
    if format == Format::Json {
        return paper::print_json(&twins);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    if twins.is_empty() {
        sheet.say(0, Paint::None, "There is no twin of this record.");
    } else {
        let mut grid = Grid::new(["Twin", "Entries", "Forked", "By", "Why"].map(Column::left));
        for twin in twins {
            let why = twin.reason.unwrap_or_else(|| "not said".to_owned());
            let name =
                if twin.here { twin.name } else { format!("{} (not on this machine)", twin.name) };
            let at = twin.forked_at.shown();
            grid.row([name, twin.position.to_string(), at, twin.forked_by, why]);
        }
        sheet.grid(0, &grid);
    }
    paper::print(sheet.finish().as_bytes())
}

/// Asks for the name again.
fn confirmed(name: &TwinName) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Wrong(format!(
            "Nobody is there to confirm that the twin `{name}` is to be thrown away for ever. Say `--yes`."
        )));
    }
    paper::tell(&format!(
        "The twin `{name}` will be removed for ever, with everything that was done in it. Type its name \
         to confirm:"
    ));
    let mut typed = String::new();
    io::stdin()
        .lock()
        .read_line(&mut typed)
        .map_err(|error| Failure::Wrong(format!("The confirmation cannot be read: {error}.")))?;
    Ok(typed.trim() == name.as_str())
}
