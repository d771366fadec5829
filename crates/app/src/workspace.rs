//! `aftercare workspace`: several manufacturers in one installation, each with a record of its own.

use crate::{
    check::table::counted,
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    record::{self, Manufacturer},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_desk::LedgerHead;
use aftercare_domain::{
    WorkspaceName,
    text::{NAME_LIMIT, line},
};
use aftercare_register::Access;
use clap::Subcommand;
use serde::Serialize;
use std::{fs, io};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a workspace for another manufacturer
    #[command(after_help = format!("\
The workspace gets a folder of its own below `workspaces` in the data directory; with PostgreSQL a schema
of its own, with a bucket a prefix of its own. Only public vulnerability knowledge is shared. A running
server serves it within seconds of its first record, under /w/NAME/.

There is no command to remove one: a record is never thrown away in passing. To archive it, write a backup
(`aftercare --workspace NAME backup FILE`), stop the server, and move its folder away.

Examples:
  aftercare workspace create north --manufacturer \"North Pumps Ltd\"
  aftercare --workspace north inventory load north-inventory/

{EXIT_CODES}"))]
    Create {
        /// 1 to 30 lower-case letters, digits and single hyphens, beginning with a letter
        #[arg(value_name = "NAME")]
        name: String,
        /// Whose record it is, as it is shown on every page
        #[arg(long, value_name = "TEXT")]
        manufacturer: String,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List the workspaces with their manufacturers and ledgers
    #[command(after_help = format!("Example:\n  aftercare workspace list --format json\n\n{EXIT_CODES}"))]
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Carries the command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    match command {
        Command::Create { name, manufacturer, format } => {
            create(name, manufacturer, *format, settings)
        }
        Command::List { format } => list(*format, settings),
    }
}

fn create(
    name: &str,
    manufacturer: &str,
    format: Format,
    settings: &Settings,
) -> Result<Ending, Failure> {
    let name: WorkspaceName = name.parse()?;
    if name.is_main() {
        return Err(Failure::Wrong(format!(
            "The workspace `{name}` is always there: it is the record in the data directory itself. Choose \
             another name."
        )));
    }
    let maker = Manufacturer { name: line("manufacturer", manufacturer, NAME_LIMIT)? };
    let settings = settings.of(&name);
    let folder = settings.folder();
    settings.places()?; // a name that is too long for a schema is refused before anything is made
    let failed = |error: io::Error| Failure::at("Making", &folder, &error);
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above).map_err(failed)?;
    }
    match fs::create_dir(&folder) {
        // begun by a command that was killed, or by hand: nothing is in it yet
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_empty(&settings)? => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Failure::Wrong(format!(
                "The workspace `{name}` is there already, in `{}`. Nothing was changed. Choose another name.",
                folder.display()
            )));
        }
        made => made.map_err(failed)?,
    }
    record::name(&settings, &maker)?;
    if format == Format::Json {
        paper::print_json(&serde_json::json!({
            "name": name.as_str(),
            "manufacturer": maker.name,
            "folder": folder.display().to_string(),
        }))?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    sheet.say(
        0,
        Paint::None,
        &format!("Made the workspace {name} for {} in {}.", maker.name, folder.display()),
    );
    sheet.say(
        0,
        Paint::None,
        &format!(
            "Load its record with `aftercare --workspace {name} inventory load DIR`. The server shows it under \
             /w/{name}/."
        ),
    );
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

/// Whether a workspace was begun and got no name yet.
fn is_empty(settings: &Settings) -> Result<bool, Failure> {
    let folder = settings.folder();
    let mut inside =
        fs::read_dir(&folder).map_err(|error| Failure::at("Listing", &folder, &error))?;
    Ok(inside.next().is_none())
}

/// A workspace as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    manufacturer: Option<String>,
    folder: String,
    /// None when it has no record yet, or cannot be read.
    ledger: Option<LedgerHead>,
    /// Why it cannot be read.
    why: Option<String>,
}

fn list(format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let (names, strange) = settings.workspaces()?;
    let listed: Vec<Listed> = names.iter().map(|name| look(&settings.of(name))).collect();
    for refusal in &strange {
        paper::tell(&format!("Left out of the list: {refusal}"));
    }
    let damaged = listed.iter().any(|one| one.why.is_some());
    if format == Format::Json {
        paper::print_json(&listed)?;
    } else {
        let mut grid = Grid::new([
            Column::left("Workspace"),
            Column::elastic("Manufacturer", 12),
            Column::elastic("Ledger", 20),
        ]);
        for one in &listed {
            grid.row([&one.name, one.manufacturer.as_deref().unwrap_or("not known"), &ledger(one)]);
        }
        let mut sheet = Sheet::new(paper::look(settings.no_colour));
        sheet.grid(0, &grid);
        paper::print(sheet.finish().as_bytes())?;
    }
    Ok(if damaged { Ending::Trouble } else { Ending::Done })
}

fn ledger(one: &Listed) -> String {
    match (&one.ledger, &one.why) {
        (_, Some(why)) => format!("cannot be read: {why}"),
        (None, None) => "no record yet".to_owned(),
        (Some(head), None) => {
            let last = head.last_at.map_or_else(String::new, |at| format!(", last {}", at.shown()));
            format!("{}{last}", counted(head.size, "entry", "entries"))
        }
    }
}

fn look(settings: &Settings) -> Listed {
    let read = || -> Result<Option<LedgerHead>, Failure> {
        if !record::exists(settings)? {
            return Ok(None);
        }
        Ok(Some(record::open(settings, Access::Read)?.ledger_head()?))
    };
    let (ledger, why) = match read() {
        Ok(ledger) => (ledger, None),
        Err(failure) => (None, Some(failure.to_string())),
    };
    Listed {
        name: settings.workspace.to_string(),
        manufacturer: record::manufacturer(settings).ok(),
        folder: settings.folder().display().to_string(),
        ledger,
        why,
    }
}
