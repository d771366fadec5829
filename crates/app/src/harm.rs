//! `aftercare harm`: controlled or uncontrolled risk of patient harm, by the matrix.

use crate::{
    ending::{EXIT_CODES, Ending, Failure},
    lines::{self, Refused},
    paper::{self, Format},
    sheet::{Paint, Sheet},
};
use aftercare_domain::harm::{
    self, Determination, Epss, ExploitabilityInputs, Input, Inputs, Matrix, Outcome, Proposal,
    Risk, propose,
};
use aftercare_vocab::cvss::Vector;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare harm --exploitability high --severity serious
  aftercare harm --severity critical --vector CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H --kev no --exploit none
  echo '{{\"exploitability\":\"low\",\"severity\":\"minor\"}}' | aftercare harm --json-lines

Without --exploitability it is proposed from the evidence given. What is missing makes the answer undetermined;
the exit code stays 0. With --json-lines each line is an object with the same names.

{EXIT_CODES}"))]
pub struct Args {
    #[command(flatten)]
    asked: Asked,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t, conflicts_with = "json_lines")]
    format: Format,
    /// Answer JSON objects, one a line, from standard input
    #[arg(long, conflicts_with_all = ["exploitability", "severity", "vector", "kev", "exploit", "epss", "exposure"])]
    json_lines: bool,
}

#[derive(Debug, Default, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    /// How easily it is exploited, as decided by a person
    #[arg(long, value_enum)]
    exploitability: Option<Exploitability>,
    /// The harm to a patient if it were exploited
    #[arg(long, value_enum)]
    severity: Option<Severity>,
    /// A CVSS vector of any version
    #[arg(long)]
    vector: Option<String>,
    /// Whether it is listed in KEV
    #[arg(long, value_enum)]
    kev: Option<Answer>,
    /// What is known of exploits; none = looked for and not found
    #[arg(long, value_enum)]
    exploit: Option<Exploit>,
    /// The EPSS probability, 0 to 1
    #[arg(long)]
    epss: Option<f64>,
    /// From where it can be attacked in the intended environment
    #[arg(long, value_enum)]
    exposure: Option<Exposure>,
}

/// Enumerations as words of the command line and of JSON; `unknown` is the same as nothing.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident => $of:ty { $($(#[$word_doc:meta])* $word:ident => $value:expr),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum $name { $($(#[$word_doc])* $word,)+ Unknown }

        impl $name {
            const fn known(self) -> Option<$of> {
                match self { $(Self::$word => Some($value),)+ Self::Unknown => None }
            }
        }
    )+};
}

words! {
    Exploitability => harm::Exploitability {
        Low => harm::Exploitability::Low,
        Medium => harm::Exploitability::Medium,
        High => harm::Exploitability::High,
    }
    Severity => harm::Severity {
        /// Inconvenience or temporary discomfort
        Negligible => harm::Severity::Negligible,
        /// Temporary injury, no professional needed
        Minor => harm::Severity::Minor,
        /// Injury that needs professional medical intervention
        Serious => harm::Severity::Serious,
        /// Permanent impairment or life-threatening injury
        Critical => harm::Severity::Critical,
        /// Death
        Catastrophic => harm::Severity::Catastrophic,
    }
    Answer => bool { Yes => true, No => false }
    Exploit => harm::Exploit {
        /// Looked for, none found
        None => harm::Exploit::NoneFound,
        /// A proof of concept is public
        Poc => harm::Exploit::ProofOfConcept,
        /// A working exploit is public
        Public => harm::Exploit::Public,
        /// Exploited in the wild
        Active => harm::Exploit::Active,
    }
    Exposure => harm::Exposure {
        /// By touching the device
        Physical => harm::Exposure::Physical,
        /// From the device itself
        Local => harm::Exposure::Local,
        /// From the same network or within radio range
        Adjacent => harm::Exposure::Adjacent,
        /// From the hospital's network
        Network => harm::Exposure::Network,
        /// From the internet
        Internet => harm::Exposure::Internet,
    }
}

impl Asked {
    /// The evidence for exploitability; none where none was given.
    fn evidence(&self) -> Result<Option<ExploitabilityInputs>, Refused> {
        let vector = self.vector.as_deref().map(|text| {
            text.parse::<Vector>().map_err(|error| {
                Refused::because(format!("The vector cannot be read: {error}.")).at(error.at)
            })
        });
        let epss = self.epss.map(|probability| {
            if !(0.0..=1.0).contains(&probability) {
                let error = format!("The EPSS probability {probability} is not between 0 and 1.");
                return Err(Refused::because(error));
            }
            Ok(Epss { probability: (probability * 10_000.0).round() as u16, percentile: None })
        });
        let evidence = ExploitabilityInputs {
            vector: vector.transpose()?,
            in_kev: self.kev.and_then(Answer::known),
            exploit: self.exploit.and_then(Exploit::known),
            epss: epss.transpose()?,
            exposure: self.exposure.and_then(Exposure::known),
        };
        Ok((evidence != ExploitabilityInputs::default()).then_some(evidence))
    }

    fn judge(&self) -> Result<Judged, Refused> {
        let proposal = self.evidence()?.map(|evidence| propose(&evidence));
        let decided = self.exploitability.and_then(Exploitability::known);
        let inputs = Inputs {
            exploitability: decided.or(proposal.as_ref().and_then(|proposal| proposal.class)),
            severity: self.severity.and_then(Severity::known),
        };
        Ok(Judged {
            inputs,
            determination: Matrix::shipped().determine(inputs),
            proposal,
            is_decided: decided.is_some(),
        })
    }
}

struct Judged {
    inputs: Inputs,
    determination: Determination,
    proposal: Option<Proposal>,
    /// The exploitability is a person's, not the proposal.
    is_decided: bool,
}

#[derive(Serialize)]
struct Answered {
    #[serde(flatten)]
    determination: Determination,
    exploitability: Option<harm::Exploitability>,
    severity: Option<harm::Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<Proposed>,
}

#[derive(Serialize)]
struct Proposed {
    exploitability: Option<harm::Exploitability>,
    at_least: harm::Exploitability,
    reasons: Vec<String>,
    missing: Vec<&'static str>,
    review: bool,
    rule: &'static str,
}

impl From<Judged> for Answered {
    fn from(judged: Judged) -> Self {
        Self {
            exploitability: judged.inputs.exploitability,
            severity: judged.inputs.severity,
            determination: judged.determination,
            proposal: judged.proposal.map(|proposal| Proposed {
                exploitability: proposal.class,
                at_least: proposal.at_least,
                reasons: proposal.reasons,
                missing: proposal.missing,
                review: proposal.review,
                rule: proposal.rule,
            }),
        }
    }
}

/// Asks the matrix.
pub fn run(args: &Args) -> Result<Ending, Failure> {
    if args.json_lines {
        return lines::answer(|line| {
            let asked: Asked = serde_json::from_slice(line).map_err(|error| {
                Refused::because(format!("This is no object of inputs: {error}."))
            })?;
            asked.judge().map(Answered::from)
        });
    }
    let judged = args.asked.judge().map_err(|refused| Failure::Wrong(refused.to_string()))?;
    match args.format {
        Format::Json => paper::print_json(&Answered::from(judged))?,
        Format::Table => paper::print(shown(&judged).as_bytes())?,
    }
    Ok(Ending::Done)
}

fn shown(judged: &Judged) -> String {
    let mut sheet = Sheet::new(paper::look(false));
    let Judged { inputs, determination, proposal, is_decided } = judged;
    let whose = match (inputs.exploitability, is_decided) {
        (Some(_), false) => " (proposed)",
        _ => "",
    };
    let or_unknown = |word: Option<String>| word.unwrap_or_else(|| "unknown".to_owned());
    let exploitability = or_unknown(inputs.exploitability.map(|class| class.to_string()));
    sheet.say(0, Paint::None, &format!("{:<16}{exploitability}{whose}", "Exploitability"));
    let severity = or_unknown(inputs.severity.map(|severity| severity.to_string()));
    sheet.say(0, Paint::None, &format!("{:<16}{severity}", "Severity"));
    let paint = match determination.outcome {
        Outcome::Controlled => Paint::Bold,
        Outcome::Uncontrolled => Paint::Red,
        Outcome::Undetermined => Paint::Magenta,
    };
    sheet.say(0, paint, &format!("{:<16}{}", "Risk", determination.outcome));
    if determination.outcome == Outcome::Undetermined {
        let missing: Vec<&str> = determination
            .missing
            .iter()
            .map(|input| match input {
                Input::Exploitability => "exploitability",
                Input::Severity => "severity of patient harm",
            })
            .collect();
        sheet.say(2, Paint::None, &format!("Missing: {}.", missing.join(" and ")));
        if determination.possible == [Risk::Uncontrolled] {
            let text = "Whatever is still unknown, it is uncontrolled: act as if it were decided.";
            sheet.say(2, Paint::Red, text);
        }
    }
    if determination.needs_rationale {
        let text = "The cell lies at the boundary: a written rationale is needed.";
        sheet.say(2, Paint::None, text);
    }
    if let Some(proposal) = proposal {
        let class = match proposal.class {
            Some(class) => class.to_string(),
            None => format!("at least {}", proposal.at_least),
        };
        sheet.say(0, Paint::None, &format!("Proposed exploitability: {class} ({})", proposal.rule));
        for reason in &proposal.reasons {
            sheet.say(2, Paint::None, reason);
        }
        if !proposal.missing.is_empty() {
            let missing = proposal.missing.join(", ");
            sheet.say(2, Paint::None, &format!("Not known, and could raise it: {missing}."));
        }
    }
    let matrix = Matrix::shipped();
    let proposed =
        if matrix.proposed { "; its cells are proposed, for you to approve" } else { "" };
    sheet.say(
        0,
        Paint::Dim,
        &format!("Matrix: {} ({}){proposed}", determination.matrix, matrix.source),
    );
    sheet.finish()
}
