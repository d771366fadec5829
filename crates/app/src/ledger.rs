//! `aftercare ledger verify` and `aftercare rebuild`: the record against its own ledger.

use crate::{
    check::table::counted,
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    record,
    sheet::{Paint, Sheet},
};
use aftercare_register::Access;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Recompute the ledger's hashes, replay it and compare every row and blob with it
    #[command(after_help = format!("Example:\n  aftercare ledger verify\n\n{EXIT_CODES}"))]
    Verify {
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Carries a ledger command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    let Command::Verify { format } = command;
    let found = record::open(settings, Access::Read)?.register().verify()?;
    if *format == Format::Json {
        let differences: Vec<String> = found.differences.iter().map(ToString::to_string).collect();
        paper::print_json(&json!({
            "holds": found.holds(),
            "entries": found.entries,
            "root": found.root,
            "rows": found.rows,
            "blobs": found.blobs,
            "differences_total": found.count,
            "differences": differences,
        }))?;
    } else {
        let mut sheet = Sheet::new(paper::look(settings.no_colour));
        sheet.say(
            0,
            Paint::None,
            &format!(
                "Compared with the ledger of {}: {} and {}. Root {}.",
                counted(found.entries, "entry", "entries"),
                counted(found.rows, "row", "rows"),
                counted(found.blobs, "blob", "blobs"),
                found.root,
            ),
        );
        if found.holds() {
            sheet.title("Nothing differs. Compare the root with one kept outside to rule out a rewritten ledger.");
        } else {
            sheet.title(&format!(
                "{} from what the ledger says. Keep a copy of the data directory, then restore the newest backup.",
                counted(found.count, "difference", "differences")
            ));
            for difference in &found.differences {
                sheet.say(2, Paint::None, &difference.to_string());
            }
        }
        paper::print(sheet.finish().as_bytes())?;
    }
    Ok(if found.holds() { Ending::Done } else { Ending::Found })
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
