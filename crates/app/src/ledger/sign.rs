//! Signing: checkpoints, copies, keys.

use crate::{
    check::table::counted,
    config::Settings,
    ending::{Ending, Failure},
    operation,
    paper::{self, Format},
    record,
    sheet::{Paint, Sheet},
};
use aftercare_desk::Desk;
use aftercare_domain::Channel;
use aftercare_register::{Access, Wish};
use serde_json::json;
use std::path::Path;

/// The record that is there, for writing.
fn opened(settings: &Settings) -> Result<Desk, Failure> {
    if !record::exists(settings)? {
        record::open(settings, Access::Read)?; // says what is missing
    }
    record::open(settings, Access::Write)
}

/// Signs the head and prints the note.
pub fn checkpoint(format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let signed = opened(settings)?.checkpoint(&operation::begin("operator", Channel::Cli))?;
    match format {
        Format::Json => paper::print_json(&signed)?,
        Format::Table => paper::print(signed.note.as_bytes())?,
    }
    Ok(Ending::Done)
}

/// Writes a copy.
pub fn export(
    to: &Path,
    blobs: bool,
    format: Format,
    settings: &Settings,
) -> Result<Ending, Failure> {
    if !record::exists(settings)? {
        record::open(settings, Access::Read)?; // says what is missing
    }
    let (desk, access) = record::open_beside(settings)?;
    let beside = access == Access::Read;
    let done = if beside {
        desk.register().export_signed(to, Wish { blobs })?
    } else {
        let op = operation::begin("operator", Channel::Cli);
        desk.register().export(&op, to, Wish { blobs })?
    };
    let key = done.keys.last().cloned().unwrap_or_default();
    if format == Format::Json {
        paper::print_json(&json!({
            "folder": to.display().to_string(),
            "entries": done.checkpoint.size,
            "root": done.checkpoint.root,
            "blobs": done.blobs,
            "with_blobs": blobs,
            "signed_now": !beside,
            "keys": done.keys,
        }))?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    let documents = if blobs {
        counted(done.blobs, "cited document", "cited documents")
    } else {
        "without the cited documents".to_owned()
    };
    sheet.say(
        0,
        Paint::None,
        &format!(
            "Wrote {} to {}: {}, {documents}.",
            counted(done.checkpoint.size, "entry", "entries"),
            to.display(),
            counted(done.keys.len() as u64, "key", "keys"),
        ),
    );
    if beside {
        sheet.say(
            0,
            Paint::None,
            "A server has this record open: nothing was signed, the copy is under its newest checkpoint.",
        );
    }
    sheet.say(0, Paint::None, "Give this key to whoever checks it, by another way than the copy:");
    sheet.say(2, Paint::None, &key);
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

/// Prints the verifier keys.
pub fn show_keys(format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let keys = record::open(settings, Access::Read)?.register().log_keys()?;
    if format == Format::Json {
        paper::print_json(&json!({ "keys": keys }))?;
        return Ok(Ending::Done);
    }
    let mut text = keys.join("\n");
    if keys.is_empty() {
        "No key signs this ledger yet: the first checkpoint puts one in force. Make it with \
         `aftercare ledger checkpoint`."
            .clone_into(&mut text);
    }
    text.push('\n');
    paper::print(text.as_bytes())?;
    Ok(Ending::Done)
}

/// Puts a new key in force.
pub fn rotate(format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let desk = opened(settings)?;
    let op = operation::begin("operator", Channel::Cli);
    let signed = desk.register().rotate_log_key(&op, operation::seed())?;
    let keys = desk.register().log_keys()?;
    let key = keys.last().cloned().unwrap_or_default();
    if format == Format::Json {
        paper::print_json(&json!({ "key": key, "keys": keys, "note": signed.note }))?;
    } else {
        let text = format!(
            "A new key signs the ledger from entry {} on. Hand it to whoever checks your ledger:\n  {key}\n",
            signed.size
        );
        paper::print(text.as_bytes())?;
    }
    Ok(Ending::Done)
}
