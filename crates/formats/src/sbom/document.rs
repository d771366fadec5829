//! From text to draft: the parser is run, and its faults are put into our words and places.

use super::{draft::Draft, limits::Limits, outline::line_and_column};
use aftercare_vocab::{
    inventory::{Format, Inventory},
    problem::{Problem, Read},
};
use serde::{Deserializer, de};
use serde_json::error::Category;
use serde_path_to_error::Track;

/// What to do about a document that breaks its format.
pub(super) const AGAIN: &str = "Export the SBOM again, or ask the supplier for a sound file.";

/// A family of formats: which parts a document has, whatever it is written in.
pub(super) trait Shape {
    /// Walks the document once and tells the draft what it meets.
    fn walk<'de, D: Deserializer<'de>>(draft: &mut Draft<'de>, from: D) -> Result<(), D::Error>;
    /// Ends the draft.
    fn finish(draft: Draft<'_>) -> Result<Read<Inventory>, Vec<Problem>>;
}

/// What a document is written in: JSON, XML, YAML.
pub(super) trait Medium<'de> {
    /// What the parser says when it cannot go on.
    type Fault;
    /// An empty draft.
    fn draft(&self) -> Draft<'de>;
    /// Walks the whole text; with `track`, the path is kept.
    fn walk<S: Shape>(
        &self,
        draft: &mut Draft<'de>,
        track: Option<&mut Track>,
    ) -> Result<(), Self::Fault>;
    /// Puts a fault of the parser into a problem. `path` is empty when it is not known.
    fn explained(&self, fault: Self::Fault, path: &str) -> Problem;
}

/// Reads a document of the given shape. The fast walk comes first; only after a fault is the text
/// walked again with the path kept, so that sound documents do not pay for the places of unsound ones.
pub(super) fn read<'de, S: Shape, M: Medium<'de>>(
    medium: &M,
) -> Result<Read<Inventory>, Vec<Problem>> {
    let mut draft = medium.draft();
    let Err(fault) = medium.walk::<S>(&mut draft, None) else { return S::finish(draft) };
    if draft.stopped() {
        return Err(draft.into_refusals());
    }
    drop(draft);
    let mut track = Track::new();
    let again = medium.walk::<S>(&mut medium.draft(), Some(&mut track));
    let path = track.path().to_string();
    // a key that was not read yet is shown as `?`
    let path = match path.trim_end_matches(".?") {
        "." | "?" => "",
        path => path,
    };
    Err(vec![medium.explained(again.err().unwrap_or(fault), path)])
}

/// Walks with the path kept where that is asked for.
pub(super) fn walk_tracked<'de, S: Shape, D: Deserializer<'de>>(
    draft: &mut Draft<'de>,
    track: Option<&mut Track>,
    from: D,
) -> Result<(), D::Error> {
    match track {
        None => S::walk(draft, from),
        Some(track) => S::walk(draft, serde_path_to_error::Deserializer::new(from, track)),
    }
}

/// JSON text.
#[derive(Debug)]
pub(super) struct Json<'t> {
    pub(super) text: &'t str,
    pub(super) format: Format,
    pub(super) limits: Limits,
}

impl<'de> Medium<'de> for Json<'de> {
    type Fault = serde_json::Error;

    fn draft(&self) -> Draft<'de> {
        Draft::new(self.format, self.limits)
    }

    fn walk<S: Shape>(
        &self,
        draft: &mut Draft<'de>,
        track: Option<&mut Track>,
    ) -> Result<(), Self::Fault> {
        let mut parser = serde_json::Deserializer::from_str(self.text);
        walk_tracked::<S, _>(draft, track, &mut parser)?;
        parser.end()
    }

    fn explained(&self, fault: Self::Fault, path: &str) -> Problem {
        explained(self.text, &fault, path)
    }
}

/// Checks that text is JSON of any shape.
pub(super) fn check_json(text: &str) -> Result<(), Problem> {
    serde_json::from_str::<de::IgnoredAny>(text)
        .map(|_| ())
        .map_err(|fault| explained(text, &fault, ""))
}

/// Puts a fault of the JSON parser into a problem.
fn explained(text: &str, fault: &serde_json::Error, path: &str) -> Problem {
    let told = fault.to_string();
    let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _)| what);
    let line = format!("line {} column {}", fault.line(), fault.column());
    match fault.classify() {
        Category::Eof => truncated(text, "a value"),
        Category::Data => data_fault(told, path, &line, &JSON_WORDS),
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

/// A document that ends in the middle of `part`: `a value`.
pub(super) fn truncated(text: &str, part: &str) -> Problem {
    Problem::refusal(
        "truncated",
        line_and_column(text, text.len()),
        format!("The document ends in the middle of {part}."),
        "Send the whole file: the transfer or the export was cut off.",
    )
}

/// How a medium names its parts.
#[derive(Debug)]
pub(super) struct Words {
    /// What has a name and a value.
    pub(super) key: &'static str,
    /// What keys stand in, with the medium's word on a key that stands twice.
    pub(super) object: &'static str,
    pub(super) map: &'static str,
    pub(super) list: &'static str,
}

const JSON_WORDS: Words = Words {
    key: "key",
    object: "object{at}, and JSON leaves open which one counts",
    map: "An object",
    list: "A list",
};

/// A value of the wrong kind, or one that stands twice. `line` is where the parser stopped.
pub(super) fn data_fault(told: &str, path: &str, line: &str, words: &Words) -> Problem {
    let place = if path.is_empty() { line } else { path };
    let at = if path.is_empty() { String::new() } else { format!(" ({line})") };
    if let Some(key) = told.strip_prefix("duplicate field ") {
        let object = words.object.replace("{at}", &at);
        let what = format!("The {} {key} stands twice in one {object}.", words.key);
        return Problem::refusal("duplicate_key", place, what, AGAIN);
    }
    let what =
        match told.strip_prefix("invalid type: ").and_then(|told| told.split_once(", expected ")) {
            Some((found, expected)) => {
                format!("{} stands where {expected} belongs{at}.", shown(found, words))
            }
            None => format!("The value cannot be used: {told}{at}."),
        };
    Problem::refusal("wrong_type", place, what, AGAIN)
}

/// The parser's word for what it found, in ours.
fn shown(found: &str, words: &Words) -> String {
    match found {
        "map" => words.map.to_owned(),
        "sequence" => words.list.to_owned(),
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
