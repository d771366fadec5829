//! `aftercare rubric`: the medical device rubric for CVSS as an interview.

use crate::{
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    sheet::{Paint, Sheet},
};
use aftercare_domain::harm::{Answer, Interview, Question, Rubric};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare rubric
  aftercare rubric XAVN=yes XAVT=no XAVW=yes XAVR=yes

Give the answers so far; the questions that follow from them are asked. When all that matters is answered the
vector is given. Unknown counts as the worst.

{EXIT_CODES}"))]
pub struct Args {
    /// Answers given so far
    #[arg(value_name = "QUESTION=ANSWER")]
    answers: Vec<String>,
    /// How to print the interview
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Told<'a> {
    rubric: String,
    vector: Option<String>,
    /// The answers, to be kept beside the vector.
    answers: &'a BTreeMap<String, Answer>,
    open: Vec<Asked<'a>>,
    worst_assumed: Vec<&'a str>,
    /// Questions whose answers call for an assessment of patient harm.
    harm_cues: Vec<&'a str>,
}

#[derive(Serialize)]
struct Asked<'a> {
    id: &'a str,
    metric: &'a str,
    asks: &'a str,
    answers: Vec<&'static str>,
}

impl<'a> From<&'a Question> for Asked<'a> {
    fn from(question: &'a Question) -> Self {
        let answers = question.answers().map(Answer::word).collect();
        Self { id: &question.id, metric: &question.metric, asks: &question.asks, answers }
    }
}

/// Takes the answers and says what follows from them.
pub fn run(args: &Args) -> Result<Ending, Failure> {
    let rubric = Rubric::shipped();
    let mut interview = Interview::new(rubric);
    for pair in &args.answers {
        let Some((question, answer)) = pair.split_once('=') else {
            let text = format!("`{pair}` is no question=answer. Write it like XAVN=yes.");
            return Err(Failure::Wrong(text));
        };
        interview.answer(question, answer)?;
    }
    let told = Told {
        rubric: rubric.name(),
        vector: interview.vector().map(|vector| vector.to_string()),
        answers: interview.answers(),
        open: interview.open().map(Asked::from).collect(),
        worst_assumed: interview.worst_assumed().map(|question| question.id.as_str()).collect(),
        harm_cues: interview.harm_cues().map(|question| question.id.as_str()).collect(),
    };
    match args.format {
        Format::Json => paper::print_json(&told)?,
        Format::Table => paper::print(shown(&told, &interview).as_bytes())?,
    }
    Ok(Ending::Done)
}

fn shown(told: &Told<'_>, interview: &Interview<'_>) -> String {
    let mut sheet = Sheet::new(paper::look(false));
    if !told.answers.is_empty() {
        sheet.say(0, Paint::None, &format!("Answers: {interview}"));
    }
    for question in &told.open {
        let answers = question.answers.join(", ");
        sheet.say(0, Paint::Bold, &format!("{:<6}{}", question.id, question.asks));
        sheet.say(6, Paint::None, &format!("{}: {answers}", question.metric));
    }
    match &told.vector {
        Some(vector) => sheet.say(0, Paint::Bold, &format!("Vector: {vector}")),
        None => sheet.say(0, Paint::Magenta, "No vector yet: the questions above are open."),
    }
    if !told.worst_assumed.is_empty() {
        let unknown = told.worst_assumed.join(", ");
        sheet.say(0, Paint::None, &format!("Unknown, the worst assumed: {unknown}"));
    }
    if !told.harm_cues.is_empty() {
        let cues = told.harm_cues.join(", ");
        sheet.say(
            0,
            Paint::None,
            &format!("Assess patient harm: {cues} may change diagnosis or therapy."),
        );
    }
    let rubric = Rubric::shipped();
    sheet.say(0, Paint::Dim, &format!("Source: {}", rubric.source));
    sheet.finish()
}
