//! Competence: what a person was trained for, until when (21 CFR 11.10(i), ISO 13485 6.2).
//!
//! A role that decides is only as good as the training of its holder: where the matrix asks for
//! training, a holder without a current record cannot sign in that role until it is renewed, or
//! until somebody else overrides it for a time and says why.

use crate::{
    Date,
    event::Event,
    operation::Operation,
    reason::{self, Change},
    refusal::Refusal,
    role::RoleName,
    roster::Roster,
    text,
};
use aftercare_vocab::id::PersonId;
use serde::{Deserialize, Serialize};

/// Longest an override lasts, in days. Proposed.
pub const OVERRIDE_DAYS: i32 = 30;

/// A training was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingRecorded {
    /// Who was trained.
    pub person: PersonId,
    /// For which role.
    pub role: RoleName,
    /// What: `Vulnerability handling, course 3`.
    pub subject: String,
    /// On which day.
    pub on: Date,
    /// The last day on which it counts.
    pub until: Date,
    /// Where the proof is kept: `LMS record 4711`.
    pub evidence: Option<String>,
}

/// A person may sign in a role without current training, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompetenceOverridden {
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: RoleName,
    /// The last day of it.
    pub until: Date,
}

/// Records a training; not one's own.
pub fn record(
    roster: &Roster,
    training: TrainingRecorded,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    roster.person(training.person)?;
    not_own(roster, training.person, op, "own_training", "Nobody records their own training.")?;
    let today = crate::moment::day_of(op.at);
    if today.is_some_and(|today| training.on > today) {
        return Err(Refusal::new(
            "training_in_future",
            format!("The training would be on {}, which is still to come.", training.on),
            "Record it when it was held.",
        ));
    }
    if training.until < training.on {
        return Err(Refusal::new(
            "training_empty",
            format!("It would end on {}, before it was held.", training.until),
            "Correct the days.",
        ));
    }
    let subject = text::line("training", &training.subject, text::NAME_LIMIT)?;
    let evidence = text::optional_line(
        "evidence of the training",
        training.evidence.as_deref(),
        text::NAME_LIMIT,
    )?;
    Ok(vec![TrainingRecorded { subject, evidence, ..training }.into()])
}

/// Overrides missing training for at most [`OVERRIDE_DAYS`], with a reason; not one's own.
pub fn override_competence(
    roster: &Roster,
    wish: CompetenceOverridden,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    roster.person(wish.person)?;
    not_own(roster, wish.person, op, "own_competence", "Nobody overrides their own competence.")?;
    let today = crate::moment::day_of(op.at).unwrap_or(Date::MIN);
    let last = today.checked_add(jiff::Span::new().days(OVERRIDE_DAYS)).unwrap_or(Date::MAX);
    if wish.until < today || wish.until > last {
        return Err(Refusal::new(
            "override_too_long",
            format!("An override lasts at most {OVERRIDE_DAYS} days: until {last}."),
            "Choose a day from today to that day, and renew the training meanwhile.",
        ));
    }
    reason::given(Change::Competence, op)?;
    Ok(vec![wish.into()])
}

fn not_own(
    roster: &Roster,
    person: PersonId,
    op: &Operation,
    code: &'static str,
    what: &str,
) -> Result<(), Refusal> {
    if roster.acting(&op.actor) == Some(person) {
        return Err(Refusal::new(code, what, "Ask somebody else who may do it."));
    }
    Ok(())
}
