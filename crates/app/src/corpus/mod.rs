//! `aftercare corpus`: editions of public vulnerability knowledge.

mod diff;
pub mod import;
mod status;

use crate::{
    config::Settings,
    edition,
    ending::{EXIT_CODES, Ending, Failure},
    operation,
    paper::{self, Format},
    record,
};
use aftercare_domain::Channel;
use aftercare_register::Access;
use aftercare_vocab::digest::Digest;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build an edition from files and folders, and put it in use
    Import(import::Args),
    /// List the editions, what they hold and where they hold too little
    #[command(after_help = format!("Example:\n  aftercare corpus status --format json\n\n{EXIT_CODES}"))]
    Status {
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Choose the edition in use; with `--twin` the one in force in that twin alone
    #[command(after_help = format!("Example:\n  aftercare corpus use 3f2a91\n\n{EXIT_CODES}"))]
    Use {
        /// The first digits of its digest
        edition: String,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Read a whole edition and compare its bytes with its digest
    #[command(after_help = format!("Example:\n  aftercare corpus verify\n\n{EXIT_CODES}"))]
    Verify {
        /// The first digits of its digest, or an .edition file [default: the one in use]
        edition: Option<String>,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Say what changed from one edition to another
    Diff(diff::Args),
}

/// Carries a corpus command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    match command {
        Command::Import(args) => import::run(args, settings),
        Command::Status { format } => status::run(*format, settings),
        Command::Use { edition, format } => choose(edition, *format, settings),
        Command::Verify { edition, format } => verify(edition.as_deref(), *format, settings),
        Command::Diff(args) => diff::run(args, settings),
    }
}

fn choose(wanted: &str, format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let store = settings.corpus();
    let id = store.resolve(wanted)?;
    store.open(&id)?; // an edition that cannot be opened is never put in use
    if settings.twin.is_some() {
        return adopt(&id, format, settings);
    }
    store.use_edition(&id)?;
    match format {
        Format::Json => paper::print_json(&json!({"in_use": id}))?,
        Format::Table => {
            paper::print(format!("Edition {} is in use now.\n", id.short()).as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

/// Puts an edition in force in a twin and matches everything against it. What is in use for all stays.
fn adopt(id: &Digest, format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let desk = record::open(settings, Access::Write)?;
    let begin = || operation::begin("operator", Channel::Cli);
    desk.adopt_edition(&begin(), id)?;
    let matched = desk.match_all(begin, |_| ())?;
    match format {
        Format::Json => paper::print_json(&json!({"in_force": id, "matched": matched}))?,
        Format::Table => {
            let text = format!(
                "Edition {} is in force in this twin now, and {matched} SBOMs were matched against it.\n",
                id.short()
            );
            paper::print(text.as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

fn verify(wanted: Option<&str>, format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let edition = edition::open(wanted, settings)?;
    let holds = edition.verify().map_err(|error| {
        Failure::Trouble(format!("Reading `{}`: {error}", edition.path().display()))
    })?;
    match format {
        Format::Json => paper::print_json(&json!({"edition": edition.id(), "holds": holds}))?,
        Format::Table if holds => {
            let line = format!("Edition {}: every byte is as its digest says.\n", edition.id().short());
            paper::print(line.as_bytes())?;
        }
        Format::Table => paper::print(
            format!(
                "Edition {}: the bytes are not those of its digest. Do not rely on it: restore the file \
                 from a copy, or import the sources again.\n",
                edition.id().short()
            )
            .as_bytes(),
        )?,
    }
    Ok(if holds { Ending::Done } else { Ending::Found })
}
