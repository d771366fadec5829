//! Asking a table with what is known.

use super::{Decision, Table, Value, tables};
use crate::refusal::Refusal;
use std::collections::BTreeSet;

/// A decision as it went into an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The decision.
    pub decision: &'static Decision,
    /// Its values that are possible, as places; all of them where nothing is known.
    pub values: BTreeSet<usize>,
    /// The table it was taken from, where it was not given itself.
    pub through: Option<&'static Table>,
}

impl Used {
    /// The possible values.
    pub fn possible(&self) -> impl Iterator<Item = &'static Value> {
        self.values.iter().map(|place| &self.decision.values[*place])
    }
}

/// A decision without which the table does not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The decision.
    pub decision: &'static Decision,
    /// What else would answer it: the open decisions of the table that gives it.
    pub or: Vec<&'static Decision>,
}

/// The answer of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The table.
    pub table: &'static Table,
    /// What went in, in the order of the table.
    pub used: Vec<Used>,
    /// What is missing, in the order of the table. Empty means decided.
    pub missing: Vec<Open>,
    /// Outcomes that the given values leave, as places.
    possible: BTreeSet<usize>,
}

impl Evaluation {
    /// The outcome; none while anything is missing, also where one alone remains possible.
    pub fn outcome(&self) -> Option<&'static Value> {
        self.missing.is_empty().then(|| self.possible().next()).flatten()
    }

    /// The outcomes that the given values leave, in the order of the table.
    pub fn possible(&self) -> impl Iterator<Item = &'static Value> {
        self.possible.iter().map(|place| &self.table.gives.values[*place])
    }
}

/// What is given for one decision.
struct Given<'a> {
    name: &'a str,
    value: &'a str,
    used: bool,
}

impl Table {
    /// Asks the table. Each pair is a decision (key, id or name) and a value (key or word), several
    /// with commas between where it is undecided, or `unknown`.
    ///
    /// Refused are decisions the table does not ask, given twice or both directly and through another
    /// table, and values they do not have.
    pub fn evaluate(&'static self, given: &[(&str, &str)]) -> Result<Evaluation, Refusal> {
        let mut given: Vec<Given<'_>> =
            given.iter().map(|(name, value)| Given { name, value, used: false }).collect();
        let evaluation = self.ask(&mut given)?;
        match given.iter().find(|given| !given.used) {
            None => Ok(evaluation),
            Some(left) => Err(self.not_asked(left.name, &evaluation)),
        }
    }

    fn ask(&'static self, given: &mut [Given<'_>]) -> Result<Evaluation, Refusal> {
        let mut used = Vec::with_capacity(self.asks.len());
        let mut missing = Vec::new();
        for decision in &self.asks {
            let helper = tables().iter().find(|table| table.gives.id == decision.id);
            let direct = values_of(decision, given)?;
            let (values, through, or) = match (direct, helper) {
                (Some(values), _) => (values, None, Vec::new()),
                (None, Some(helper)) => {
                    let answer = helper.ask(given)?;
                    let or = answer.missing.iter().map(|open| open.decision).collect();
                    let told = answer.missing.len() < helper.asks.len();
                    (answer.possible, told.then_some(helper), or)
                }
                (None, None) => ((0..decision.values.len()).collect(), None, Vec::new()),
            };
            if values.len() > 1 || !or.is_empty() {
                missing.push(Open { decision, or });
            }
            used.push(Used { decision, values, through });
        }
        let possible = self.reached(&used);
        Ok(Evaluation { table: self, used, missing, possible })
    }

    /// The outcomes of every combination of the possible values.
    fn reached(&self, used: &[Used]) -> BTreeSet<usize> {
        let mut rows = vec![0];
        for Used { decision, values, .. } in used {
            let of = decision.values.len();
            rows = rows
                .iter()
                .flat_map(|row| values.iter().map(move |value| row * of + value))
                .collect();
        }
        rows.into_iter().map(|row| self.outcomes[row]).collect()
    }

    fn not_asked(&self, name: &str, evaluation: &Evaluation) -> Refusal {
        let name = name.escape_debug();
        let helped = evaluation.used.iter().find(|used| {
            let helper = tables().iter().find(|table| table.gives.id == used.decision.id);
            used.through.is_none()
                && helper.is_some_and(|helper| {
                    helper.asks.iter().any(|ask| ask.is_called(&name.to_string()))
                })
        });
        if let Some(used) = helped {
            let key = used.decision.key();
            return Refusal::new(
                "given_two_ways",
                format!("`{name}` answers {} ({key}), which is given itself.", used.decision.name),
                format!("Leave out `{name}` or `{key}`."),
            );
        }
        let keys: Vec<String> =
            self.asks.iter().map(|ask| format!("{} ({})", ask.key(), ask.name)).collect();
        Refusal::new(
            "not_asked",
            format!("The table {} does not ask for `{name}`, or it is given twice.", self.name),
            format!("It asks for {}.", keys.join(", ")),
        )
    }
}

/// The values given for a decision; none where nothing, or `unknown`, is given.
fn values_of(
    decision: &Decision,
    given: &mut [Given<'_>],
) -> Result<Option<BTreeSet<usize>>, Refusal> {
    let Some(given) = given.iter_mut().find(|given| !given.used && decision.is_called(given.name))
    else {
        return Ok(None);
    };
    given.used = true;
    if given.value.eq_ignore_ascii_case("unknown") {
        return Ok(None);
    }
    let place = |text: &str| {
        decision.value(text.trim()).ok_or_else(|| {
            let values: Vec<String> =
                decision.values.iter().map(|v| format!("{} ({})", v.key(), v.word())).collect();
            Refusal::new(
                "unknown_value",
                format!("`{}` is no value of {}.", text.escape_debug(), decision.name),
                format!("It takes {}, or unknown.", values.join(", ")),
            )
        })
    };
    given.value.split(',').map(place).collect::<Result<BTreeSet<usize>, Refusal>>().map(Some)
}
