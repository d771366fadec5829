//! `aftercare cvss`: scores of vectors, or what is wrong with them.

use crate::{
    ending::{EXIT_CODES, Ending, Failure},
    lines::{self, Refused},
    paper::{self, Format},
    sheet::{Paint, Sheet},
};
use aftercare_vocab::cvss::{Score, Unreadable, Vector, Version};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare cvss CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
  aftercare cvss --metrics 'AV:N/AC:L/Au:N/C:P/I:P/A:P'
  aftercare cvss --json-lines < vectors.jsonl

With --json-lines each line is an object like {{\"vector\":\"CVSS:3.1/...\"}}. The answer holds base, temporal and
environmental, or for 4.0 score, with severity; or error and, where a character is at fault, at. Vectors that
are refused do not change the exit code then.

{EXIT_CODES}"))]
pub struct Args {
    /// Vectors of CVSS 2.0, 3.0, 3.1 or 4.0
    #[arg(
        required_unless_present = "json_lines",
        conflicts_with = "json_lines",
        value_name = "VECTOR"
    )]
    vectors: Vec<String>,
    /// Name each metric and its value in words
    #[arg(long)]
    metrics: bool,
    /// How to print the scores
    #[arg(long, value_enum, default_value_t, conflicts_with = "json_lines")]
    format: Format,
    /// Answer JSON objects, one a line, from standard input
    #[arg(long)]
    json_lines: bool,
}

/// One line of input; whatever else it holds is of no account.
#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    vector: Cow<'a, str>,
}

/// The answer for one vector.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    vector: &'a str,
    version: &'static str,
    /// The vector in the order of its specification, without what is not defined.
    normal: String,
    #[serde(flatten)]
    scores: Scored,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Scored {
    Groups {
        base: f64,
        temporal: Option<f64>,
        environmental: Option<f64>,
        /// Of the base score.
        severity: &'static str,
        temporal_severity: Option<&'static str>,
        environmental_severity: Option<&'static str>,
    },
    One {
        score: f64,
        severity: &'static str,
        nomenclature: &'static str,
        macro_vector: String,
    },
}

const fn name(version: Version) -> &'static str {
    match version {
        Version::V2_0 => "2.0",
        Version::V3_0 => "3.0",
        Version::V3_1 => "3.1",
        Version::V4_0 => "4.0",
    }
}

fn number(score: Score) -> f64 {
    f64::from(score.tenths()) / 10.0
}

fn answered(text: &str) -> Result<Answer<'_>, Unreadable> {
    let vector: Vector = text.parse()?;
    let version = vector.version();
    let scores = vector.scores();
    let rated = |score: Score| version.rating(score).shown();
    let scored = match (vector.nomenclature(), vector.macro_vector()) {
        (Some(nomenclature), Some(place)) => Scored::One {
            score: number(scores.overall),
            severity: rated(scores.overall),
            nomenclature,
            macro_vector: place.to_string(),
        },
        _ => Scored::Groups {
            base: number(scores.base),
            temporal: scores.temporal.map(number),
            environmental: scores.environmental.map(number),
            severity: rated(scores.base),
            temporal_severity: scores.temporal.map(rated),
            environmental_severity: scores.environmental.map(rated),
        },
    };
    Ok(Answer { vector: text, version: name(version), normal: vector.to_string(), scores: scored })
}

/// A vector that was refused, among others that were not.
#[derive(Serialize)]
struct RefusedVector<'a> {
    vector: &'a str,
    error: String,
    at: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Answer(Answer<'a>),
    Refused(RefusedVector<'a>),
}

/// Scores the vectors.
pub fn run(args: &Args) -> Result<Ending, Failure> {
    if args.json_lines {
        // the answer borrows from the line, so it is written out before the next one is read
        return lines::answer(|line| {
            let asked: Asked<'_> = serde_json::from_slice(line).map_err(|error| {
                Refused::because(format!("This is no object with a text `vector`: {error}."))
            })?;
            let answer =
                answered(&asked.vector).map_err(|error| Refused::because(&error).at(error.at))?;
            serde_json::value::to_raw_value(&answer).map_err(Refused::because)
        });
    }
    let mut ending = Ending::Done;
    let mut sheet = Sheet::new(paper::look(false));
    let mut entries = Vec::new();
    for (number, text) in args.vectors.iter().enumerate() {
        let answer = answered(text);
        if answer.is_err() {
            ending = Ending::Wrong;
        }
        if args.format == Format::Table {
            if number > 0 {
                sheet.blank();
            }
            show(&mut sheet, text, answer.as_ref().err(), args.metrics);
        }
        entries.push(match answer {
            Ok(answer) => Entry::Answer(answer),
            Err(error) => Entry::Refused(RefusedVector {
                vector: text,
                at: error.at,
                error: error.to_string(),
            }),
        });
    }
    match args.format {
        Format::Json => paper::print_json(&entries)?,
        Format::Table => paper::print(sheet.finish().as_bytes())?,
    }
    Ok(ending)
}

/// A vector for people: its scores, or a mark under the character at fault.
fn show(sheet: &mut Sheet, text: &str, refused: Option<&Unreadable>, metrics: bool) {
    sheet.title(text);
    if let Some(refused) = refused {
        let mark = format!("{}^", " ".repeat(refused.at - 1));
        sheet.say(0, Paint::None, &mark);
        sheet.say(2, Paint::Red, &format!("No score: {refused}."));
        return;
    }
    let Ok(vector) = text.parse::<Vector>() else { return };
    let version = vector.version();
    let scores = vector.scores();
    let mut line = |name: &str, score: Option<Score>| {
        let shown = match score {
            Some(score) => format!("{score:>4}  {}", version.rating(score)),
            None => "   -  no metric of this group is given".to_owned(),
        };
        sheet.say(2, Paint::None, &format!("{name:<14}{shown}"));
    };
    if let (Some(nomenclature), Some(place)) = (vector.nomenclature(), vector.macro_vector()) {
        line(nomenclature, Some(scores.overall));
        if scores.base != scores.overall {
            line("CVSS-B", Some(scores.base));
        }
        sheet.say(2, Paint::None, &format!("{:<14}{place}", "Macro vector"));
    } else {
        line("Base", Some(scores.base));
        line("Temporal", scores.temporal);
        line("Environmental", scores.environmental);
    }
    let normal = vector.to_string();
    if normal != text {
        sheet.say(2, Paint::None, &format!("{:<14}{normal}", "Normal form"));
    }
    if metrics {
        for (metric, code, word) in vector.defined() {
            let pair = format!("{}:{code}", metric.name);
            sheet.say(2, Paint::None, &format!("{pair:<14}{}: {word}", metric.title));
        }
    }
}
