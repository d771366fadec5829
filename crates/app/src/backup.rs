//! `aftercare backup` and `aftercare restore`: the record in one file, and back.

use crate::{
    check::table::{counted, grouped},
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation,
    paper::{self, Format},
    progress::Progress,
    record,
    sheet::{Paint, Sheet},
};
use aftercare_register::{self as register, Access, Backup, Manifest};
use serde_json::json;
use std::path::PathBuf;

/// The file beside the register that names the manufacturer.
const MANUFACTURER: &str = "manufacturer.json";

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
A server may run and write meanwhile: the backup is of one moment. The file is a tar file that standard
tools open. It holds the whole record, the documents it cites and its secret keys: keep it as safe as the
data directory itself.

Examples:
  aftercare backup /backups/aftercare-2026-11-25.tar
  aftercare backup record.tar --with-editions --force

{EXIT_CODES}"))]
pub struct BackupArgs {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// Include the editions of public vulnerability knowledge that the record adopted (large)
    #[arg(long)]
    with_editions: bool,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Writes a backup.
pub fn back_up(args: &BackupArgs, settings: &Settings) -> Result<Ending, Failure> {
    let desk = record::open(settings, Access::Read)?;
    let editions = settings.corpus();
    let beside = [(MANUFACTURER, settings.manufacturer_file())];
    let wish = Backup {
        to: &args.file,
        force: args.force,
        at: operation::now(),
        beside: &beside,
        editions: args.with_editions.then(|| editions.folder()),
    };
    let mut progress = Progress::of_things(settings.quiet);
    let made = desk.register().backup(&wish, &mut |what, done, total| {
        progress.show(what, done, total);
    })?;
    drop(progress);
    if args.format == Format::Json {
        paper::print_json(&json!({"bytes": made.bytes, "manifest": made.manifest}))?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    sheet.say(
        0,
        Paint::None,
        &format!("Backed up to {}: {} bytes.", args.file.display(), grouped(made.bytes)),
    );
    held(&mut sheet, &made.manifest);
    for digest in &made.manifest.editions_missing {
        let text = format!(
            "The edition {digest} is not in the data directory any more and not in the backup."
        );
        sheet.say(0, Paint::None, &text);
    }
    sheet.say(
        0,
        Paint::None,
        "It holds secret keys. Rehearse now and then: `aftercare restore FILE --check`.",
    );
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Everything in the backup is proved before anything is replaced: each byte, each hash of the ledger, each
row of a replay, each document. The record that stands there is kept under a dated name. No server may be
running on it. Whether the tables are in a file or on a server follows from the configuration; a backup
fits both.

Examples:
  aftercare restore record.tar --check
  aftercare restore record.tar --data /srv/aftercare

{EXIT_CODES}"))]
pub struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only prove the backup; replace nothing
    #[arg(long, conflicts_with = "discard_old")]
    check: bool,
    /// Remove the record that stands there, once the new one is in its place
    #[arg(long)]
    discard_old: bool,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Proves a backup and puts it in the place of the record.
pub fn restore(args: &RestoreArgs, settings: &Settings) -> Result<Ending, Failure> {
    let places = settings.places()?;
    let mut progress = Progress::of_things(settings.quiet);
    let mut hear = |what: &'static str, done, total| progress.show(what, done, total);
    let (manifest, aside) = if args.check {
        (register::check_backup(&args.file, &places.register, &mut hear)?, None)
    } else {
        let at = operation::now();
        let restored = register::restore(
            &args.file,
            &places.register,
            &places.store,
            &places.blobs,
            at,
            args.discard_old,
            &mut hear,
        )?;
        (restored.manifest, restored.aside)
    };
    drop(progress);
    if args.format == Format::Json {
        let replaced = !args.check;
        let found = json!({"restored": replaced, "old_record": aside, "manifest": manifest});
        paper::print_json(&found)?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    let done = if args.check {
        format!("{} is whole and can be restored. Nothing was replaced.", args.file.display())
    } else {
        format!("Restored from {}.", args.file.display())
    };
    sheet.say(0, Paint::None, &done);
    held(&mut sheet, &manifest);
    if let Some(aside) = aside {
        sheet.say(0, Paint::None, &format!("The record that stood there is kept as {aside}."));
    }
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

/// What a backup holds, with the figures to compare with those kept outside.
fn held(sheet: &mut Sheet, manifest: &Manifest) {
    let until = manifest.last_at.map_or_else(String::new, |at| format!(" up to {}", at.shown()));
    let documents = manifest.members.iter().filter(|m| m.name.starts_with("blobs/")).count();
    sheet.say(
        0,
        Paint::None,
        &format!(
            "{}{until} and {}, made {} by {}. Root {}.",
            counted(manifest.entries, "ledger entry", "ledger entries"),
            counted(documents as u64, "document", "documents"),
            manifest.made_at.shown(),
            manifest.made_by,
            manifest.root,
        ),
    );
}
