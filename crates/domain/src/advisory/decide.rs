//! Drafting, publishing and taking back.

use super::{
    ADVISORIES_LIMIT, Advisories, AdvisoryDrafted, AdvisoryPublished, AdvisoryWithdrawn, Audience,
    Bundle, State, VERSIONS_LIMIT, standings,
};
use crate::{
    access::Right,
    case::{Case, CaseFactRecorded, Fact, Happened, Settled, Surroundings},
    event::Event,
    operation::Operation,
    refusal::Refusal,
    roster::{Roster, entitled},
};
use aftercare_vocab::{
    digest::Digest,
    id::{AdvisoryId, DecisionId, PersonId, VersionId},
};

/// The fact of the book of clocks: the vulnerability is public.
const DISCLOSED: &str = "disclosed";

/// A draft, rendered.
#[derive(Debug, Clone, Copy)]
pub struct Drafting<'a> {
    /// The advisory, new or known.
    pub advisory: AdvisoryId,
    /// All of it.
    pub bundle: &'a Bundle,
    /// The digest of the bundle's bytes.
    pub digest: Digest,
}

/// The number of the next advisory of a year.
pub fn number(advisories: &Advisories, year: i16) -> String {
    let start = format!("PSA-{year}-");
    let of_year = advisories.all().filter(|one| one.number().starts_with(&start)).count();
    format!("{start}{:04}", of_year + 1)
}

/// Keeps a draft: a new advisory, or a new version of one that nobody has approved yet. Under an embargo it
/// can be drafted and approved, and not published.
pub fn draft(
    roster: &Roster,
    advisories: &Advisories,
    case: &Case,
    drafting: Drafting<'_>,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::KeepAdvisories, op)?;
    let Drafting { advisory, bundle, digest } = drafting;
    let (version, revision) = match advisories.get(advisory) {
        None => {
            if advisories.count() >= ADVISORIES_LIMIT {
                return Err(Refusal::new(
                    "too_many_advisories",
                    format!("The record holds {ADVISORIES_LIMIT} advisories."),
                    "Keep further ones in a new workspace.",
                ));
            }
            if advisories.numbered(&bundle.number).is_some() {
                return Err(meanwhile());
            }
            (1, 1)
        }
        Some(state) => {
            standing(state)?;
            if state.audience() != bundle.audience || state.case != bundle.case {
                return Err(Refusal::new(
                    "audience_fixed",
                    "Case and audience of an advisory do not change.",
                    "Draft another advisory.",
                ));
            }
            let newest = state.newest().drafted.version;
            if newest >= VERSIONS_LIMIT {
                return Err(Refusal::new(
                    "too_many_versions",
                    format!("This advisory has {VERSIONS_LIMIT} versions."),
                    "Withdraw it, and draft another that refers to it.",
                ));
            }
            if state.number() != bundle.number {
                return Err(meanwhile());
            }
            (newest + 1, state.published().count() as u64 + 1)
        }
    };
    if case.id() != bundle.case || bundle.version != version || bundle.revision != revision {
        return Err(meanwhile());
    }
    Ok(vec![
        AdvisoryDrafted {
            advisory,
            case: bundle.case,
            number: bundle.number.clone(),
            version,
            revision,
            audience: bundle.audience,
            title: bundle.texts.title.clone(),
            change: bundle.change.clone(),
            dated: bundle.dated,
            bundle: digest,
            by,
        }
        .into(),
    ])
}

fn meanwhile() -> Refusal {
    Refusal::new(
        "drafted_meanwhile",
        "Somebody else drafted an advisory at the same time.",
        "Send it again.",
    )
}

fn standing(state: &State) -> Result<(), Refusal> {
    if state.withdrawn.is_none() {
        return Ok(());
    }
    Err(Refusal::new(
        "advisory_withdrawn",
        "This advisory was withdrawn and stays as it is.",
        "Draft another one that refers to it.",
    ))
}

/// The decision about exactly this draft that was neither refused nor withdrawn: one that is taken before one
/// that waits.
pub fn approval<'a>(case: &'a Case, drafted: &AdvisoryDrafted) -> Option<&'a Settled> {
    let of_it = |one: &&Settled| {
        one.kind == drafted.audience.decided_by()
            && one.matter.document == Some(drafted.bundle)
            && !one.ended
    };
    case.decisions.values().filter(of_it).max_by_key(|one| (one.taken_at, one.decision))
}

/// Lets the newest draft out. It must be approved to the byte, and what it says of each version must still be
/// what the case says. `bundle` is read from the blob that the draft cites.
pub fn publish(
    roster: &Roster,
    state: &State,
    (case, around): (&Case, &Surroundings),
    bundle: &Bundle,
    version: u64,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::KeepAdvisories, op)?;
    standing(state)?;
    let newest = state.newest();
    if newest.drafted.version != version {
        return Err(Refusal::new(
            "another_version",
            format!("The newest draft is version {}.", newest.drafted.version),
            "Look at it; it needs its own approval.",
        ));
    }
    if newest.published.is_some() {
        return Err(Refusal::new(
            "published_already",
            format!("Version {version} is published already."),
            "Draft a new version if something changed.",
        ));
    }
    if case.embargo.is_some() {
        return Err(Refusal::new(
            "embargo",
            format!(
                "The case {} is under embargo, so nothing about it goes out.",
                case.opened.number
            ),
            "Lift the embargo first.",
        ));
    }
    let decision = approved(state, case)?;
    let now = standings(case, around, op.at);
    let differs = bundle
        .versions
        .iter()
        .find(|one| now.get(&one.version).is_none_or(|stands| !stands.agrees(&one.stands)));
    let label = if let Some(one) = differs {
        Some(format!("{} {}", one.product, one.label))
    } else {
        let unsaid = |id: &VersionId| !bundle.versions.iter().any(|one| one.version == *id);
        now.keys().find(|id| unsaid(id)).map(|id| around.label(*id))
    };
    if let Some(label) = label {
        return Err(Refusal::new(
            "standing_changed",
            format!("Where {label} stands changed after this draft was written."),
            "Draft a new version; it is approved anew.",
        ));
    }
    let mut events = vec![AdvisoryPublished { advisory: state.id, version, decision, by }.into()];
    events.extend(disclosed(state, case, by, op));
    Ok(events)
}

/// What goes out to the public discloses what it is about: the fact for which the clock of coordinated disclosure
/// waits, once. Customers who were told under terms of their own disclose nothing, and that each consignee was told
/// is for whoever told them to say.
fn disclosed(state: &State, case: &Case, by: PersonId, op: &Operation) -> Option<Event> {
    let known = case.happened.iter().any(|one| one.value.what == DISCLOSED);
    if known || state.audience() != Audience::Public {
        return None;
    }
    let newest = &state.newest().drafted;
    let fact = Fact::Happened(Happened {
        what: DISCLOSED.to_owned(),
        at: op.at,
        statement: format!(
            "The advisory {}, version {}, was published.",
            newest.number, newest.version
        ),
    });
    Some(CaseFactRecorded { case: case.id(), by: Some(by), fact }.into())
}

/// The decision that approves the newest draft.
fn approved(state: &State, case: &Case) -> Result<DecisionId, Refusal> {
    let drafted = &state.newest().drafted;
    let kind = drafted.audience.decided_by();
    match approval(case, drafted) {
        Some(one) if one.taken_at.is_some() => Ok(one.decision),
        Some(_) => Err(Refusal::new(
            "approval_open",
            "The decision to publish it waits for signatures.",
            "Wait until everybody who must has signed.",
        )),
        None => {
            let older = state.versions.iter().any(|one| approval(case, &one.drafted).is_some());
            let (code, what) = if older {
                ("altered_since", "It was changed after it was approved.".to_owned())
            } else {
                ("approval_missing", format!("Nobody decided it ({}).", kind.title()))
            };
            Err(Refusal::new(
                code,
                what,
                format!("Propose the decision about version {}.", drafted.version),
            ))
        }
    }
}

/// Takes an advisory back, with a reason. What was published stays in the record.
pub fn withdraw(roster: &Roster, state: &State, op: &Operation) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::KeepAdvisories, op)?;
    standing(state)?;
    if op.reason.is_none() {
        return Err(Refusal::new(
            "reason_missing",
            "Taking an advisory back needs a reason.",
            "Say why in a sentence.",
        ));
    }
    Ok(vec![AdvisoryWithdrawn { advisory: state.id, by }.into()])
}
