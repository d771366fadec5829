//! From text to draft: the parser is run, and its faults are put into our words and places.

use super::{draft::Draft, limits::Limits, outline::line_and_column};
use aftercare_vocab::{
    inventory::Inventory,
    problem::{Problem, Read},
};
use serde::Deserializer;
use serde_json::error::Category;

/// A format whose documents are JSON.
pub(super) trait Shape {
    /// Walks the document once and tells the draft what it meets.
    fn walk<'de, D: Deserializer<'de>>(draft: &mut Draft<'de>, from: D) -> Result<(), D::Error>;
    /// Ends the draft.
    fn finish(draft: Draft<'_>) -> Result<Read<Inventory>, Vec<Problem>>;
}

/// Reads JSON text of the given shape. The fast walk comes first; only after a fault is the text
/// walked again with the path kept, so that sound documents do not pay for the places of unsound ones.
pub(super) fn read<S: Shape>(text: &str, limits: Limits) -> Result<Read<Inventory>, Vec<Problem>> {
    let mut draft = Draft::new(limits);
    let mut parser = serde_json::Deserializer::from_str(text);
    if S::walk(&mut draft, &mut parser).and_then(|()| parser.end()).is_ok() {
        return S::finish(draft);
    }
    if draft.stopped() {
        return Err(draft.into_refusals());
    }
    drop(draft);
    Err(vec![fault_in::<S>(text, limits)])
}

fn fault_in<S: Shape>(text: &str, limits: Limits) -> Problem {
    let mut draft = Draft::new(limits);
    let mut parser = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let walked =
        S::walk(&mut draft, serde_path_to_error::Deserializer::new(&mut parser, &mut track));
    let path = track.path().to_string();
    match walked.and_then(|()| parser.end()) {
        Err(fault) => explained(text, &fault, if path == "." { "" } else { &path }),
        // Both walks see the same text, so this cannot be met; a refusal is the safe answer.
        Ok(()) => Problem::refusal(
            "not_json",
            "",
            "The document could not be read.",
            "Export the SBOM again.",
        ),
    }
}

/// Checks that text is JSON of any shape.
pub(super) fn check_json(text: &str) -> Result<(), Problem> {
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map(|_| ())
        .map_err(|fault| explained(text, &fault, ""))
}

/// Puts a fault of the parser into a problem. `path` is empty when it is not known.
fn explained(text: &str, fault: &serde_json::Error, path: &str) -> Problem {
    const AGAIN: &str = "Export the SBOM again, or ask the supplier for a sound file.";
    let told = fault.to_string();
    let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _)| what);
    let line = format!("line {} column {}", fault.line(), fault.column());
    let place = if path.is_empty() { line.clone() } else { path.to_owned() };
    match fault.classify() {
        Category::Eof => Problem::refusal(
            "truncated",
            line_and_column(text, text.len()),
            "The document ends in the middle of a value.",
            "Send the whole file: the transfer or the export was cut off.",
        ),
        Category::Data => {
            let at = if path.is_empty() { String::new() } else { format!(" ({line})") };
            if let Some(key) = told.strip_prefix("duplicate field ") {
                let what = format!(
                    "The key {key} stands twice in one object{at}, and JSON leaves open which one counts."
                );
                return Problem::refusal("duplicate_key", place, what, AGAIN);
            }
            let what = match told
                .strip_prefix("invalid type: ")
                .and_then(|told| told.split_once(", expected "))
            {
                Some((found, expected)) => {
                    format!("{} stands where {expected} belongs{at}.", shown(found))
                }
                None => format!("The value cannot be used: {told}{at}."),
            };
            Problem::refusal("wrong_type", place, what, AGAIN)
        }
        Category::Syntax if told.starts_with("recursion limit") => Problem::refusal(
            "too_deep",
            line,
            format!("Lists and objects are nested deeper than {} levels.", Limits::DEPTH),
            AGAIN,
        ),
        Category::Syntax | Category::Io => {
            Problem::refusal("not_json", line, format!("The text is not JSON here: {told}."), AGAIN)
        }
    }
}

/// The parser's word for what it found, in ours.
fn shown(found: &str) -> String {
    match found {
        "map" => "An object".to_owned(),
        "sequence" => "A list".to_owned(),
        "null" | "unit value" => "`null`".to_owned(),
        other => {
            let (kind, value) = other.split_once(' ').unwrap_or((other, ""));
            let kind = match kind {
                "string" => "The text",
                "integer" => "The number",
                "boolean" => "The truth value",
                "floating" => return format!("The number {}", value.trim_start_matches("point ")),
                _ => return format!("The value ({other})"),
            };
            format!("{kind} {}", aftercare_vocab::problem::quoted(value.trim_matches(['"', '`'])))
        }
    }
}
