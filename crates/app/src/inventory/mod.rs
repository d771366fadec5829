//! `aftercare inventory load`: one's own products, SBOMs, customers and units, in bulk.

pub mod bundle;
pub mod load;

use crate::{
    check::table::{counted, grouped, kind},
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation,
    paper::{self, Format},
    progress::Progress,
    sheet::{Paint, Sheet},
};
use aftercare_desk::answers::Warning;
use bundle::{Bundle, Place};
use clap::Subcommand;
use load::{Loaded, LoadedSbom};
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
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            sheet.say(0, Paint::None, &said(&loaded));
            for document in &loaded.documents {
                noticed(&mut sheet, document);
            }
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

/// What could not be looked up in an SBOM, and what was wrong with it; nothing where all was well.
fn noticed(sheet: &mut Sheet, document: &LoadedSbom) {
    let gaps = document.not_covered.as_deref().unwrap_or_default();
    if gaps.is_empty() && document.warnings_total == 0 {
        return;
    }
    sheet.blank();
    sheet.title(&document.file);
    if !gaps.is_empty() {
        let sum = gaps.iter().map(|gap| gap.components).sum();
        let reasons: Vec<String> = gaps
            .iter()
            .map(|gap| format!("{}: {}", kind(&gap.code), grouped(gap.components)))
            .collect();
        sheet.say(
            2,
            Paint::Magenta,
            &format!(
                "Not covered: {} of {}; nothing is known about them. {}.",
                grouped(sum),
                counted(document.components, "component", "components"),
                reasons.join("; ")
            ),
        );
    }
    if document.warnings_total > 0 {
        let words = counted(document.warnings_total, "warning", "warnings");
        sheet.say(2, Paint::Bold, &words);
        for Warning { place, what, next, .. } in &document.warnings {
            let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
            sheet.say(4, Paint::None, format!("{place}{what} {next}").trim_end());
        }
        let rest = document.warnings_total - document.warnings.len() as u64;
        if rest > 0 {
            let rest = grouped(rest);
            sheet.say(
                4,
                Paint::None,
                &format!("{rest} more; `aftercare check` of the file lists them."),
            );
        }
    }
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
