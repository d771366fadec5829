//! Stating the use of a product.

use super::{
    CYCLE_DAYS_LIMIT, CycleStated, ENVIRONMENTS_LIMIT, EnvironmentEnded, EnvironmentStated,
    RISK_FILE_BYTES, RiskFileAdopted, UsageEntries,
};
use crate::{
    access::{self, Right},
    case::ENVIRONMENT_LIMIT,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    roster::Roster,
    text::{self, NOTE_LIMIT},
};
use aftercare_vocab::{
    id::{PersonId, ProductId},
    problem::quoted,
};

/// Who states it: whoever keeps the inventory. `known` = the record has the product.
fn keeper(
    roster: &Roster,
    known: bool,
    product: ProductId,
    op: &Operation,
) -> Result<PersonId, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    if !roster.rights(by).contains(&Right::KeepUsage) {
        return Err(access::missing(roster, Right::KeepUsage, op.at));
    }
    if known { Ok(by) } else { Err(Refusal::unknown("product", product)) }
}

fn reasoned(op: &Operation, what: &str) -> Result<(), Refusal> {
    match op.reason {
        Some(_) => Ok(()),
        None => Err(Refusal::new(
            "reason_missing",
            format!("{what} needs a reason: assessments that rest on it lapse."),
            "Say why in a sentence.",
        )),
    }
}

fn nothing_changed() -> Refusal {
    Refusal::new(
        "nothing_changed",
        "That is what is stated already.",
        "Change something, or leave it as it is.",
    )
}

/// Puts a risk file in force. One that says what the one in force says is refused; a further edition needs a
/// reason.
pub fn adopt_risk_file(
    roster: &Roster,
    known: bool,
    before: Option<&UsageEntries>,
    wish: RiskFileAdopted,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = keeper(roster, known, wish.product, op)?;
    if wish.size == 0 || wish.size > RISK_FILE_BYTES as u64 {
        return Err(Refusal::new(
            "document_size",
            format!("The file has {} bytes.", wish.size),
            format!("Send one of 1 to {RISK_FILE_BYTES} bytes."),
        ));
    }
    let newest = before.and_then(UsageEntries::risk_file);
    if let Some(newest) = newest {
        if newest.value.items == wish.items {
            return Err(nothing_changed());
        }
        reasoned(op, "Another edition of the risk file")?;
    }
    let edition = newest.map_or(1, |one| one.value.edition + 1);
    let file_name = text::line("name of the file", &wish.file_name, text::NAME_LIMIT)?;
    Ok(vec![RiskFileAdopted { edition, file_name, by, ..wish }.into()])
}

/// States an environment of use, or states it anew, which needs a reason.
pub fn state_environment(
    roster: &Roster,
    known: bool,
    before: Option<&UsageEntries>,
    wish: EnvironmentStated,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = keeper(roster, known, wish.product, op)?;
    let said = |what: &str, given: &str| {
        text::note(what, Some(given), NOTE_LIMIT)?.ok_or_else(|| {
            Refusal::new(
                "text_missing",
                format!("The {what} is empty."),
                "Write it in a sentence or two.",
            )
        })
    };
    let wish = EnvironmentStated {
        environment: text::line("name", &wish.environment, ENVIRONMENT_LIMIT)?,
        description: said("description", &wish.description)?,
        network: said("connection", &wish.network)?,
        measures: text::note("measures", Some(&wish.measures), NOTE_LIMIT)?.unwrap_or_default(),
        by,
        ..wish
    };
    let known = before.map(|before| &before.environments);
    if let Some(one) = known.and_then(|known| known.get(&wish.environment)) {
        if one.ended.is_none() && (EnvironmentStated { by, ..one.stated.value.clone() }) == wish {
            return Err(nothing_changed());
        }
        reasoned(op, "Stating an environment anew")?;
    } else {
        let same = wish.environment.to_lowercase();
        let alike = known.and_then(|known| known.keys().find(|one| one.to_lowercase() == same));
        if let Some(alike) = alike {
            return Err(Refusal::new(
                "name_taken",
                format!("There is an environment named {} already.", quoted(alike)),
                "Write the name as it stands there, or choose another.",
            ));
        }
        if known.is_some_and(|known| known.len() >= ENVIRONMENTS_LIMIT) {
            return Err(Refusal::new(
                "too_many_environments",
                format!("The product has {ENVIRONMENTS_LIMIT} environments, ended ones too."),
                "State one of them anew.",
            ));
        }
    }
    Ok(vec![wish.into()])
}

/// Ends an environment of use, with a reason.
pub fn end_environment(
    roster: &Roster,
    known: bool,
    before: Option<&UsageEntries>,
    wish: EnvironmentEnded,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = keeper(roster, known, wish.product, op)?;
    let environments = before.map(|before| &before.environments);
    let one = environments.and_then(|known| known.get(&wish.environment));
    if one.is_none_or(|one| one.ended.is_some()) {
        return Err(Refusal::new(
            "environment_unknown",
            format!("The product has no environment {} in force.", quoted(&wish.environment)),
            "Check the name.",
        ));
    }
    reasoned(op, "Ending an environment of use")?;
    Ok(vec![EnvironmentEnded { by, ..wish }.into()])
}

/// States the regular cycle of updates with its justification; stating it anew needs a reason.
pub fn state_cycle(
    roster: &Roster,
    known: bool,
    before: Option<&UsageEntries>,
    wish: CycleStated,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = keeper(roster, known, wish.product, op)?;
    if wish.days == 0 || wish.days > CYCLE_DAYS_LIMIT {
        return Err(Refusal::new(
            "cycle_days",
            format!("A cycle of {} days is none.", wish.days),
            format!("Take 1 to {CYCLE_DAYS_LIMIT} days."),
        ));
    }
    let justification = text::note("justification", Some(&wish.justification), NOTE_LIMIT)?
        .ok_or_else(|| {
            Refusal::new(
                "text_missing",
                "The justification is empty.",
                "Say why this length is justified for the device.",
            )
        })?;
    let wish = CycleStated { justification, by, ..wish };
    if let Some(newest) = before.and_then(UsageEntries::cycle) {
        if (CycleStated { by, ..newest.value.clone() }) == wish {
            return Err(nothing_changed());
        }
        reasoned(op, "Stating the cycle anew")?;
    }
    Ok(vec![wish.into()])
}
