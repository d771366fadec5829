//! `aftercare inventory load`: one's own products, SBOMs, customers and units, in bulk.

pub mod bundle;
pub mod load;

use crate::{
    check::table::counted,
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation,
    paper::{self, Format},
    progress::Progress,
};
use bundle::{Bundle, Place};
use clap::Subcommand;
use load::Loaded;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Load a folder with manufacturer.json, units.csv and SBOMs
    #[command(after_help = format!("\
The folder's shape is described in docs/inventory.md. Everything is read and checked before anything is
recorded.

Example:
  aftercare inventory load our-devices/

{EXIT_CODES}"))]
    Load {
        /// The folder
        folder: PathBuf,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Carries an inventory command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    let Command::Load { folder, format } = command;
    let bundle = Bundle::read(&Place::Folder(folder.clone()), &settings.sbom)?;
    let mut progress = Progress::of_things(settings.quiet);
    let loaded =
        load::into_record(&bundle, settings, &operation::begin, &mut |message, done, total| {
            progress.show(message, done, total);
        })?;
    drop(progress);
    match format {
        Format::Json => paper::print_json(&loaded)?,
        Format::Table => paper::print(format!("{}\n", said(&loaded)).as_bytes())?,
    }
    Ok(Ending::Done)
}

/// What was loaded, in one sentence.
pub fn said(loaded: &Loaded) -> String {
    format!(
        "Loaded {}, {}, {}, {}, {}, {} and {} ({} of unknown version). {}",
        counted(loaded.products, "product", "products"),
        counted(loaded.versions, "version", "versions"),
        counted(loaded.sboms, "SBOM", "SBOMs"),
        counted(loaded.suppliers, "supplier", "suppliers"),
        counted(loaded.consignees, "customer", "customers"),
        counted(loaded.sites, "site", "sites"),
        counted(loaded.units, "unit", "units"),
        loaded.units_version_unknown,
        match loaded.matched {
            Some(matched) => format!("{} matched.", counted(matched, "SBOM was", "SBOMs were")),
            None =>
                "Nothing was matched: there is no edition of public knowledge yet. Make one with \
                 `aftercare corpus import PATH...`."
                    .to_owned(),
        }
    )
}
