//! Checking: the record itself, or an exported copy.

use super::timestamp;
use crate::{
    check::table::counted,
    config::Settings,
    ending::{Ending, Failure},
    paper::{self, Format},
    record,
    sheet::{Paint, Sheet},
};
use aftercare_evidence::Verifier;
use aftercare_register::{Access, Depth, verify_copy};
use aftercare_verifier::{Trust, timestamp::Roots};
use serde_json::json;
use std::path::Path;

/// Reads keys from the command line.
pub fn keys(texts: &[String]) -> Result<Vec<Verifier>, Failure> {
    let read = |text: &String| {
        text.trim().parse().map_err(|why| {
            Failure::Wrong(format!(
                "`--key {text}` cannot be used: {why}. `aftercare ledger key show` prints it on the \
                 machine whose ledger it is."
            ))
        })
    };
    texts.iter().map(read).collect()
}

/// Checks the record in the data directory.
pub fn record(
    keys: &[Verifier],
    roots: Option<&Roots>,
    depth: Depth,
    format: Format,
    settings: &Settings,
) -> Result<Ending, Failure> {
    let desk = record::open(settings, Access::Read)?;
    let found = desk.register().verify_with(keys, roots, depth)?;
    let whole = depth == Depth::Whole;
    let differences: Vec<String> = found.differences.iter().map(ToString::to_string).collect();
    if format == Format::Json {
        paper::print_json(&json!({
            "holds": found.holds(),
            "entries": found.entries,
            "root": found.root,
            "rows": whole.then_some(found.rows),
            "blobs": whole.then_some(found.blobs),
            "checkpoints": found.checkpoints,
            "signed": found.signed,
            "signatures": found.signatures,
            "timestamps": timestamp::json(&found.stamps),
            "differences_total": found.count,
            "differences": differences,
        }))?;
    } else {
        let mut sheet = Sheet::new(paper::look(settings.no_colour));
        sheet.say(
            0,
            Paint::None,
            &format!(
                "Compared with the ledger of {}: {}{}. Root {}.",
                counted(found.entries, "entry", "entries"),
                if whole {
                    let (rows, blobs) = (found.rows, found.blobs);
                    format!(
                        "{}, {} and ",
                        counted(rows, "row", "rows"),
                        counted(blobs, "blob", "blobs")
                    )
                } else {
                    String::new()
                },
                counted(found.checkpoints, "kept checkpoint", "kept checkpoints"),
                found.root,
            ),
        );
        sheet.say(0, Paint::None, &weighed(found.signatures));
        if !whole {
            let note = "Not looked at: the tables for reading and the documents. `aftercare ledger verify` \
                        without `--ledger-only` compares them.";
            sheet.say(0, Paint::None, note);
        }
        let stamps = desk.register().dir().join("log").join("timestamps");
        timestamp::say(&mut sheet, &found.stamps, &stamps);
        if found.holds() {
            sheet.title(&match found.signed {
                Some(signed) => format!(
                    "Nothing differs. {} signed. A copy of a checkpoint kept elsewhere rules out that \
                     this whole directory was replaced.",
                    if signed == found.entries {
                        "All entries are".to_owned()
                    } else {
                        format!("The first {} are", counted(signed, "entry", "entries"))
                    }
                ),
                None => "Nothing differs. Nothing is signed yet: make a checkpoint with `aftercare \
                         ledger checkpoint` to rule out a rewritten ledger."
                    .to_owned(),
            });
        } else {
            sheet.title(&format!(
                "{} from what the ledger says. Keep a copy of the data directory, then restore the newest backup.",
                counted(found.count, "difference", "differences")
            ));
            for difference in &differences {
                sheet.say(2, Paint::None, difference);
            }
        }
        paper::print(sheet.finish().as_bytes())?;
    }
    Ok(if found.holds() { Ending::Done } else { Ending::Found })
}

/// Checks an exported copy, with nothing but the folder.
pub fn copy(
    dir: &Path,
    keys: &[Verifier],
    roots: Option<&Roots>,
    format: Format,
    settings: &Settings,
) -> Result<Ending, Failure> {
    let found = verify_copy(dir, keys, roots)?;
    let findings: Vec<String> = found.findings.told.iter().map(ToString::to_string).collect();
    let ending = if found.holds() { Ending::Done } else { Ending::Found };
    if format == Format::Json {
        paper::print_json(&json!({
            "holds": found.holds(),
            "entries": found.entries,
            "root": found.root,
            "checkpoints": found.checkpoints,
            "signed": found.signed,
            "trust": match &found.trust {
                Trust::Pinned => "pinned",
                Trust::FirstUse(_) => "key_in_copy",
                Trust::Nothing => "nothing",
            },
            "keys": found.keys,
            "blobs": found.blobs,
            "signatures": found.signatures,
            "timestamps": timestamp::json(&found.stamps),
            "rows": found.rows.as_ref().ok(),
            "rows_not_compared": found.rows.as_ref().err(),
            "findings_total": found.findings.count,
            "findings": findings,
        }))?;
        return Ok(ending);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    sheet.say(
        0,
        Paint::None,
        &format!(
            "Read {}, {} and {}. Root {}.",
            counted(found.entries, "entry", "entries"),
            counted(found.checkpoints, "checkpoint file", "checkpoint files"),
            counted(found.blobs, "cited document", "cited documents"),
            found.root,
        ),
    );
    sheet.say(0, Paint::None, &weighed(found.signatures));
    let rests = match &found.trust {
        Trust::Pinned => "The signatures were checked with the key you gave.".to_owned(),
        Trust::FirstUse(key) => format!(
            "You gave no key, so the signatures were checked with the one in the copy itself: that shows \
             changes by somebody without the key, not whose ledger it is. Ask for it by another way and \
             check again with `--key`:\n{key}"
        ),
        Trust::Nothing => "There is no key in the copy and you gave none.".to_owned(),
    };
    for line in rests.lines() {
        sheet.say(0, Paint::None, line);
    }
    match &found.rows {
        Ok(rows) => sheet.say(
            0,
            Paint::None,
            &format!(
                "The entries were replayed; {} of the tables compared.",
                counted(*rows, "row", "rows")
            ),
        ),
        Err(why) => sheet.say(0, Paint::None, &format!("The tables were NOT compared: {why}.")),
    }
    timestamp::say(&mut sheet, &found.stamps, &dir.join("timestamps"));
    if found.holds() {
        let signed = counted(found.signed.unwrap_or_default(), "entry", "entries");
        sheet.title(&format!("It holds: {signed} as signed, in the order signed."));
    } else if found.findings.count == 0 {
        sheet.title("Nothing differs, but no signature could be believed: nothing is proved.");
    } else {
        sheet.title(&format!(
            "It does not hold: {}. Ask for a new copy, and keep this one.",
            counted(found.findings.count, "finding", "findings")
        ));
        for finding in &findings {
            sheet.say(2, Paint::None, finding);
        }
        let untold = found.findings.count - findings.len() as u64;
        if untold > 0 {
            sheet.say(2, Paint::None, &format!("and {untold} more"));
        }
    }
    paper::print(sheet.finish().as_bytes())?;
    Ok(ending)
}

/// What was looked at under decisions and delegations.
fn weighed(signatures: u64) -> String {
    if signatures == 0 {
        return "No decision or delegation is signed in it.".to_owned();
    }
    format!(
        "Weighed {} of people under decisions and delegations: what each is over, who signed, by what right.",
        counted(signatures, "signature", "signatures")
    )
}
