//! Facts at the door: texts in normal form, codes that are known, or what is wrong.

use super::{
    Answered, Applicability, Attested, Changed, ControlState, Controlled, CustomersTold, Described,
    ENVIRONMENT_LIMIT, End, Exploited, Exposed, Fact, HAZARDS_LIMIT, Happened, Harmed, Interviewed,
    Linked, Planned, ReporterTold, Tested, URL_LIMIT,
};
use crate::{
    harm::{Interview, Rubric},
    refusal::Refusal,
    text::{self, NAME_LIMIT, NOTE_LIMIT},
};
use aftercare_vocab::{cvss::Vector, problem::quoted};

impl Fact {
    /// With its texts in normal form and its codes known; or what is wrong with it.
    pub fn checked(self) -> Result<Self, Refusal> {
        let said = |what: &str, given: &str| {
            text::note(what, Some(given), NOTE_LIMIT)?.ok_or_else(|| {
                Refusal::new(
                    "text_missing",
                    format!("The {what} is empty."),
                    "Write it in a sentence or two.",
                )
            })
        };
        if self.names_versions() && self.versions().is_empty() {
            return Err(Refusal::new(
                "no_version",
                "No product version is named.",
                "Name the versions that it is about.",
            ));
        }
        let maybe = |what: &str, given: &str| {
            text::note(what, Some(given), NOTE_LIMIT).map(Option::unwrap_or_default)
        };
        Ok(match self {
            Self::HarmScreened(answer, complaint) => Self::HarmScreened(
                answer,
                text::optional_line("complaint", complaint.as_deref(), NAME_LIMIT)?,
            ),
            Self::Weakness(words) => Self::Weakness(said("weakness", &words)?),
            Self::Credible(words) => Self::Credible(said("ground", &words)?),
            Self::Applicability(one) => Self::Applicability(Applicability {
                statement: said("evidence", &one.statement)?,
                ..one
            }),
            Self::Exposed(one) => Self::Exposed(Exposed {
                environment: text::line("environment", &one.environment, ENVIRONMENT_LIMIT)?,
                interfaces: said("interfaces", &one.interfaces)?,
                privileges: maybe("privileges", &one.privileges)?,
                measures: maybe("measures", &one.measures)?,
                evidence: maybe("evidence", &one.evidence)?,
                ..one
            }),
            Self::Exploited(one) => {
                if let Some(vector) = &one.vector {
                    vector.parse::<Vector>().map_err(|wrong| {
                        Refusal::new(
                            "vector_unreadable",
                            format!("The vector cannot be read: {wrong}"),
                            "Correct it; `aftercare cvss` shows the place.",
                        )
                    })?;
                }
                if let Some(interview) = &one.interview {
                    follows(interview, one.vector.as_deref())?;
                }
                Self::Exploited(Exploited { reasons: said("reasons", &one.reasons)?, ..one })
            }
            Self::Selected(one) => {
                let given: Vec<(&str, &str)> =
                    one.given.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
                crate::ssvc::Table::named(&one.table)?.evaluate(&given)?;
                Self::Selected(one)
            }
            Self::Harmed(one) => {
                if one.hazards.len() > HAZARDS_LIMIT {
                    return Err(Refusal::new(
                        "too_many_hazards",
                        format!("{} hazards are named.", one.hazards.len()),
                        format!("Name at most {HAZARDS_LIMIT}."),
                    ));
                }
                let hazards = one.hazards.iter().map(|id| text::line("hazard", id, NAME_LIMIT));
                Self::Harmed(Harmed {
                    hazards: hazards.collect::<Result<_, _>>()?,
                    reasoning: said("clinical reasoning", &one.reasoning)?,
                    ..one
                })
            }
            Self::Controls(words) => Self::Controls(said("list of controls", &words)?),
            Self::Described(one) => Self::Described(Described {
                title: text::line("title", &one.title, NAME_LIMIT)?,
                who_applies: text::line("who applies it", &one.who_applies, NAME_LIMIT)?,
                skill: maybe("skill", &one.skill)?,
                clinical_effect: said("effect on clinical use", &one.clinical_effect)?,
                new_risks: said("new risks", &one.new_risks)?,
                verification: maybe("verification", &one.verification)?,
                residual_risk: maybe("residual risk", &one.residual_risk)?,
                ..one
            }),
            Self::Planned(one) => Self::Planned(Planned {
                alternatives: said("alternatives", &one.alternatives)?,
                interim: said("interim controls", &one.interim)?,
                rationale: said("reason of the timeline", &one.rationale)?,
                ..one
            }),
            Self::Controlled(one) => Self::Controlled(Controlled {
                statement: match one.state {
                    ControlState::Declined => said("reason", &one.statement)?,
                    _ => maybe("remark", &one.statement)?,
                },
                ..one
            }),
            Self::Changed(one) => {
                Self::Changed(Changed { statement: said("change", &one.statement)?, ..one })
            }
            Self::Tested(one) => Self::Tested(Tested {
                statement: said("result", &one.statement)?,
                deviation: text::note("deviation", one.deviation.as_deref(), NOTE_LIMIT)?,
                ..one
            }),
            Self::ReporterTold(one) => Self::ReporterTold(ReporterTold {
                via: text::line("way", &one.via, NAME_LIMIT)?,
                ..one
            }),
            Self::CustomersTold(one) => Self::CustomersTold(CustomersTold {
                exceptions: text::note("exceptions", one.exceptions.as_deref(), NOTE_LIMIT)?,
                ..one
            }),
            Self::Answered(one) => {
                Self::Answered(Answered { statement: said("ground", &one.statement)?, ..one })
            }
            Self::Happened(one) => {
                Self::Happened(Happened { statement: said("record", &one.statement)?, ..one })
            }
            Self::Linked(one) => {
                let url = text::optional_line("address", one.url.as_deref(), URL_LIMIT)?;
                if let Some(url) = &url {
                    web_address(url)?;
                }
                Self::Linked(Linked {
                    label: text::line("label", &one.label, NAME_LIMIT)?,
                    url,
                    ..one
                })
            }
            Self::Attested(one) => {
                let url = text::optional_line("address", one.url.as_deref(), URL_LIMIT)?;
                if let Some(url) = &url {
                    web_address(url)?;
                }
                Self::Attested(Attested {
                    statement: said("statement", &one.statement)?,
                    url,
                    ..one
                })
            }
            Self::Ended(End::Transferred { to, accepted }) => Self::Ended(End::Transferred {
                to: text::line("recipient", &to, NAME_LIMIT)?,
                accepted,
            }),
            Self::Noted(words) => Self::Noted(said("remark", &words)?),
            same => same,
        })
    }
}

/// Refuses answers to another rubric, and a vector that is not the one they lead to: none while a question that
/// matters is open.
fn follows(said: &Interviewed, vector: Option<&str>) -> Result<(), Refusal> {
    let rubric = Rubric::shipped();
    if said.rubric != rubric.name() {
        return Err(Refusal::new(
            "unknown_rubric",
            format!("There is no rubric {}.", quoted(&said.rubric)),
            format!("Take {}.", rubric.name()),
        ));
    }
    let leads_to = Interview::of(rubric, &said.answers)?.vector().map(|vector| vector.to_string());
    if leads_to.as_deref() == vector {
        return Ok(());
    }
    let what = match &leads_to {
        Some(vector) => {
            format!("The answers of the interview lead to {vector}, and another vector is given.")
        }
        None => "Questions of the interview are open, so it leads to no vector yet.".to_owned(),
    };
    Err(Refusal::new(
        "vector_differs",
        what,
        "Take the vector that the answers lead to, or leave the interview out and say in the reasons on what yours rests.",
    ))
}

/// Addresses are shown as links: only those of the web are.
fn web_address(url: &str) -> Result<(), Refusal> {
    if url.starts_with("https://") || url.starts_with("http://") {
        return Ok(());
    }
    Err(Refusal::new(
        "address_unusable",
        "The address does not begin with https:// or http://.",
        "Correct it, or leave it out.",
    ))
}
