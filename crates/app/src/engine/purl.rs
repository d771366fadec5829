//! `aftercare purl`: the normal form of a package URL and its parts, or why it is none.

use super::{Ways, lines};
use crate::ending::{EXIT_CODES, Ending, Failure};
use aftercare_vocab::purl::Purl;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap};

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare purl pkg:NPM/@angular/core@17.0.0
  aftercare purl --json-lines < purls.jsonl

With --json-lines: {{\"purl\":\"pkg:PyPI/Django_x@1\"}} gives {{\"purl\":\"pkg:pypi/django-x@1\",\"type\":\"pypi\",...}}.

{EXIT_CODES}"))]
pub struct Args {
    /// The package URL
    #[arg(required_unless_present = "json_lines")]
    purl: Option<String>,
    #[command(flatten)]
    ways: Ways,
}

#[derive(Deserialize)]
struct Given<'a> {
    #[serde(borrow)]
    purl: Cow<'a, str>,
}

/// The normal form and its parts, decoded; what is not given is null.
#[derive(Serialize)]
struct Normal<'a> {
    purl: &'a Purl,
    r#type: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
    version: Option<&'a str>,
    qualifiers: BTreeMap<&'a str, &'a str>,
    subpath: Option<&'a str>,
}

impl<'a> From<&'a Purl> for Normal<'a> {
    fn from(purl: &'a Purl) -> Self {
        Self {
            purl,
            r#type: purl.ty(),
            namespace: purl.namespace(),
            name: purl.name(),
            version: purl.version(),
            qualifiers: purl.qualifiers().collect(),
            subpath: purl.subpath(),
        }
    }
}

/// Carries the command out.
pub fn run(args: &Args) -> Result<Ending, Failure> {
    match &args.purl {
        Some(text) => {
            let purl = read(text).map_err(Failure::Wrong)?;
            args.ways.answer(&Normal::from(&purl), &purl.to_string())
        }
        None => lines::answer(|line, out| {
            let Given { purl } = lines::question(line)?;
            lines::reply(out, &Normal::from(&read(&purl)?))
        }),
    }
}

fn read(text: &str) -> Result<Purl, String> {
    text.parse().map_err(|error| {
        format!("{} is not a package URL: {error}.", aftercare_vocab::problem::quoted(text))
    })
}
