//! `aftercare ledger` and `aftercare rebuild`: the record against its own ledger, and what is signed
//! about it.

mod sign;
mod timestamp;
mod verify;

use crate::{
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    record,
};
use aftercare_register::{Access, Depth};
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a ledger: hashes, signatures, checkpoints, and every table and document against a replay
    #[command(after_help = format!("\
Without a folder the record itself is checked; with one, a copy that `ledger export` wrote, which needs
neither server nor record.

Examples:
  aftercare ledger verify
  aftercare ledger verify copy-2026-11 --key \"$(cat their-key.txt)\"

{EXIT_CODES}"))]
    Verify {
        /// A folder that `aftercare ledger export` wrote
        #[arg(value_name = "DIR")]
        copy: Option<PathBuf>,
        /// Believe this verifier key, known from elsewhere (`name+hash+base64`); may be repeated
        #[arg(long = "key", value_name = "KEY")]
        keys: Vec<String>,
        /// Look at the ledger and its signatures alone: quicker, but the tables for reading and the
        /// documents are not compared with it
        #[arg(long, conflicts_with = "copy")]
        ledger_only: bool,
        /// Believe only time stamps of authorities that lead to these certificates (PEM)
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Sign the ledger as it stands now
    #[command(after_help = format!("Example:\n  aftercare ledger checkpoint > checkpoint.txt\n\n{EXIT_CODES}"))]
    Checkpoint {
        /// How to print it; the table form is the signed note itself
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Write a copy for somebody who checks it without this machine
    #[command(after_help = format!("\
The folder must be empty or not there yet. It is written whole or not at all.

Example:
  aftercare ledger export copy-2026-11

{EXIT_CODES}"))]
    Export {
        /// The folder to write
        #[arg(value_name = "DIR")]
        to: PathBuf,
        /// Leave the cited documents out (SBOMs, assessments, lists of units)
        #[arg(long)]
        without_blobs: bool,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Have the time of checkpoints attested by an authority (RFC 3161)
    #[command(subcommand)]
    Timestamp(timestamp::Command),
    /// The keys that sign the ledger
    #[command(subcommand)]
    Key(KeyCommand),
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Show the verifier keys, oldest first: hand them to whoever checks your ledger
    #[command(after_help = format!("Example:\n  aftercare ledger key show\n\n{EXIT_CODES}"))]
    Show {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Put a new key in force; whoever trusts the old one can follow
    #[command(after_help = format!("\
The ledger records the new key, and the checkpoint over it bears both signatures. If the old key is lost,
the new one signs alone: then tell those who check your ledger by another way.

Example:
  aftercare ledger key rotate

{EXIT_CODES}"))]
    Rotate {
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Carries a ledger command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    match command {
        Command::Verify { copy, keys, ledger_only, ca, format } => {
            let depth = if *ledger_only { Depth::Ledger } else { Depth::Whole };
            let keys = verify::keys(keys)?;
            let roots = ca.as_deref().map(timestamp::roots).transpose()?;
            let roots = roots.as_ref();
            match copy {
                Some(dir) => verify::copy(dir, &keys, roots, *format, settings),
                None => verify::record(&keys, roots, depth, *format, settings),
            }
        }
        Command::Checkpoint { format } => sign::checkpoint(*format, settings),
        Command::Export { to, without_blobs, format } => {
            sign::export(to, !without_blobs, *format, settings)
        }
        Command::Timestamp(command) => timestamp::run(command, settings),
        Command::Key(KeyCommand::Show { format }) => sign::show_keys(*format, settings),
        Command::Key(KeyCommand::Rotate { format }) => sign::rotate(*format, settings),
    }
}

/// Throws the projections away and replays the ledger.
pub fn rebuild(settings: &Settings) -> Result<Ending, Failure> {
    if !record::exists(settings)? {
        record::open(settings, Access::Read)?; // says what is missing
    }
    record::open(settings, Access::Write)?.register().rebuild()?;
    paper::print(b"The tables for reading were built again from the ledger.\n")?;
    Ok(Ending::Done)
}
