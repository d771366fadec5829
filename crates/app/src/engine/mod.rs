//! The parts of the matching engine as commands, for people who check or debug an answer: how two
//! versions are ordered, what a range holds, what a package URL or CPE name means, what one record says.
//!
//! Each answers one question from its arguments, or with `--json-lines` one question a line.

pub mod cpe;
mod lines;
pub mod nvd;
pub mod osv;
pub mod purl;
pub mod version;

use crate::{
    check::received,
    ending::{Ending, Failure},
    paper::{self, Format},
};
use aftercare_matching::single::Said;
use aftercare_vocab::verdict::Answer;
use serde::Serialize;
use std::path::Path;

/// How a command of the engine is asked and answers.
#[derive(Debug, clap::Args)]
pub struct Ways {
    /// Read one JSON object a line from standard input and write one a line, in the same order
    #[arg(long)]
    json_lines: bool,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t, conflicts_with = "json_lines")]
    format: Format,
}

impl Ways {
    /// Prints one answer: as JSON, or as a sentence.
    fn answer(&self, value: &impl Serialize, sentence: &str) -> Result<Ending, Failure> {
        match self.format {
            Format::Json => paper::print_json(value)?,
            Format::Table => {
                let mut text = aftercare_vocab::problem::plain(sentence).into_owned();
                text.push('\n');
                paper::print(text.as_bytes())?;
            }
        }
        Ok(Ending::Done)
    }
}

/// The largest record that is read from a file, in bytes.
const LARGEST_RECORD: usize = 64 << 20;

/// The text of a record in a file; `-` is standard input.
fn record(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let bytes = received(path, LARGEST_RECORD)
        .map_err(|problem| Failure::Wrong(format!("{name}: {problem}")))?;
    String::from_utf8(bytes)
        .map_err(|_| Failure::Wrong(format!("{name}: The record is not UTF-8. Save it as UTF-8.")))
}

/// What a record says, as it is printed. `affected` is null where it cannot be said.
#[derive(Debug, Serialize)]
struct Evaluated<'a> {
    affected: Option<bool>,
    why: &'a str,
    rule: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    place: &'a str,
}

impl<'a> From<&'a Said> for Evaluated<'a> {
    fn from(said: &'a Said) -> Self {
        let affected = match said.answer {
            Answer::Affected => Some(true),
            Answer::NotAffected => Some(false),
            Answer::Undetermined => None,
        };
        Self { affected, why: &said.why, rule: said.rule, place: &said.place }
    }
}

/// The same for people.
fn sentence(said: &Said) -> String {
    let place = if said.place.is_empty() { String::new() } else { format!(" [{}]", said.place) };
    format!("{}: {}{place}", said.answer.shown(), said.why)
}
