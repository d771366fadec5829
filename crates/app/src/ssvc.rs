//! `aftercare ssvc`: asks a decision table.

use crate::{
    ending::{EXIT_CODES, Ending, Failure},
    lines::{self, Refused},
    paper::{self, Format},
    sheet::{Paint, Sheet},
};
use aftercare_domain::ssvc::{Decision, Evaluation, Table, Value, tables};
use serde::Serialize;
use serde_json::{Map, Value as Json};

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare ssvc
  aftercare ssvc supplier E=active U='super effective' TI=total PSI=significant
  aftercare ssvc supplier E=none,poc Automatable=yes 'Value Density=diffuse' --format json
  echo '{{\"E\":\"active\",\"A\":\"yes\",\"TI\":\"total\",\"MWI\":\"high\"}}' | aftercare ssvc cisa --json-lines

A decision is named by its key or name, a value by its key or word; several values with commas, or unknown,
where it is undecided. What is missing makes the answer undetermined; the exit code stays 0.

{EXIT_CODES}"))]
pub struct Args {
    /// The table: supplier, deployer, cisa, ... or its id; none = list all
    #[arg(value_name = "TABLE", required_if_eq("json_lines", "true"))]
    table: Option<String>,
    /// What is known, as decision=value
    #[arg(value_name = "DECISION=VALUE", conflicts_with = "json_lines")]
    given: Vec<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t, conflicts_with = "json_lines")]
    format: Format,
    /// Answer JSON objects of decisions and values, one a line, from standard input
    #[arg(long)]
    json_lines: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    table: &'a str,
    /// The word of the outcome, or `undetermined`.
    outcome: &'a str,
    outcome_key: Option<&'a str>,
    /// Outcomes that what is known leaves.
    possible: Vec<&'a str>,
    /// Keys of decisions that are missing.
    missing: Vec<Missing<'a>>,
    used: Vec<Used<'a>>,
    source: &'a str,
    as_of: String,
}

#[derive(Serialize)]
struct Missing<'a> {
    key: &'a str,
    name: &'a str,
    /// Decisions of another table that would answer it as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    or: Vec<&'a str>,
}

#[derive(Serialize)]
struct Used<'a> {
    id: &'a str,
    name: &'a str,
    values: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<&'a str>,
}

impl Answer<'static> {
    fn of(evaluation: &Evaluation) -> Self {
        let table = evaluation.table;
        let outcome = evaluation.outcome();
        let missing = evaluation.missing.iter().map(|open| Missing {
            key: open.decision.key(),
            name: &open.decision.name,
            or: open.or.iter().map(|decision| decision.key()).collect(),
        });
        let used = evaluation.used.iter().map(|used| Used {
            id: &used.decision.id,
            name: &used.decision.name,
            values: used.possible().map(Value::word).collect(),
            through: used.through.map(|table| table.id.as_str()),
        });
        Self {
            table: &table.id,
            outcome: outcome.map_or("undetermined", Value::word),
            outcome_key: outcome.map(Value::key),
            possible: evaluation.possible().map(Value::word).collect(),
            missing: missing.collect(),
            used: used.collect(),
            source: &table.source,
            as_of: table.as_of.to_string(),
        }
    }
}

/// Lists the tables, or asks one.
pub fn run(args: &Args) -> Result<Ending, Failure> {
    let Some(name) = &args.table else { return list(args.format) };
    let table = Table::named(name)?;
    if args.json_lines {
        return lines::answer(|line| ask_line(table, line));
    }
    let pairs = args.given.iter().map(|pair| {
        pair.split_once('=').ok_or_else(|| {
            Failure::Wrong(format!("`{pair}` is no decision=value. Write it like E=active."))
        })
    });
    let evaluation = table.evaluate(&pairs.collect::<Result<Vec<_>, Failure>>()?)?;
    match args.format {
        Format::Json => paper::print_json(&Answer::of(&evaluation))?,
        Format::Table => paper::print(shown(&evaluation).as_bytes())?,
    }
    Ok(Ending::Done)
}

fn ask_line(table: &'static Table, line: &[u8]) -> Result<Answer<'static>, Refused> {
    let asked: Map<String, Json> = serde_json::from_slice(line)
        .map_err(|error| Refused::because(format!("This is no object of decisions: {error}.")))?;
    let text = |value: &Json| match value {
        Json::String(text) => Some(text.clone()),
        Json::Null => Some("unknown".to_owned()),
        Json::Array(texts) => {
            Some(texts.iter().map(Json::as_str).collect::<Option<Vec<&str>>>()?.join(","))
        }
        _ => None,
    };
    let mut pairs = Vec::with_capacity(asked.len());
    for (decision, value) in &asked {
        let value = text(value).ok_or_else(|| {
            Refused::because(format!(
                "The value of `{decision}` is neither a text nor a list of texts."
            ))
        })?;
        pairs.push((decision.as_str(), value));
    }
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(decision, value)| (*decision, value.as_str())).collect();
    table.evaluate(&pairs).map(|evaluation| Answer::of(&evaluation)).map_err(Refused::because)
}

fn shown(evaluation: &Evaluation) -> String {
    let mut sheet = Sheet::new(paper::look(false));
    let table = evaluation.table;
    sheet.title(&format!("{} ({})", table.title, table.id));
    for used in &evaluation.used {
        let words: Vec<&str> = used.possible().map(Value::word).collect();
        let through = match used.through {
            Some(table) => format!(" (through the table {})", table.name),
            None => String::new(),
        };
        let decision = label(used.decision);
        sheet.say(2, Paint::None, &format!("{decision:<36}{}{through}", words.join(" or ")));
    }
    let possible: Vec<&str> = evaluation.possible().map(Value::word).collect();
    if let Some(outcome) = evaluation.outcome() {
        sheet.say(0, Paint::Bold, &format!("Outcome: {}", outcome.word()));
    } else {
        sheet.say(0, Paint::Magenta, "Outcome: undetermined");
        sheet.say(2, Paint::None, &format!("Possible: {}", possible.join(", ")));
        for open in &evaluation.missing {
            let or: Vec<String> = open.or.iter().map(|decision| label(decision)).collect();
            let or = if or.is_empty() { or.concat() } else { format!(", or {}", or.join(" and ")) };
            sheet.say(2, Paint::None, &format!("Missing: {}{or}", label(open.decision)));
        }
    }
    sheet.say(0, Paint::Dim, &format!("Source: {}, as of {}", table.source, table.as_of));
    sheet.finish()
}

fn label(decision: &Decision) -> String {
    format!("{} ({})", decision.name, decision.key())
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    title: &'a str,
    id: &'a str,
    rows: usize,
    asks: Vec<String>,
    source: &'a str,
    as_of: String,
}

fn list(format: Format) -> Result<Ending, Failure> {
    let listed: Vec<Listed<'_>> = tables()
        .iter()
        .map(|table| Listed {
            name: &table.name,
            title: &table.title,
            id: &table.id,
            rows: table.size(),
            asks: table.asks.iter().map(label).collect(),
            source: &table.source,
            as_of: table.as_of.to_string(),
        })
        .collect();
    if format == Format::Json {
        paper::print_json(&listed)?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(false));
    for table in listed {
        sheet.title(&format!(
            "{:<24}{} ({}, {} rows)",
            table.name, table.title, table.id, table.rows
        ));
        sheet.say(2, Paint::None, &format!("asks {}", table.asks.join(", ")));
    }
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}
