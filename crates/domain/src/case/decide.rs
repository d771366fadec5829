//! Opening cases and recording facts about them.

use super::{
    Applicability, Applies, CASES_LIMIT, Case, CaseFactRecorded, CaseOpened, Cases, End,
    FACTS_LIMIT, Fact, Reopening, Stage, Surroundings, TestKind, Workflow, moments, premise,
    progress, state::gravest,
};
use crate::{
    access::{self, Right},
    clock::RuleBook,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    role::RoleName,
    roster::{Roster, entitled},
    sight::Sight,
    signal::{self, HarmScreen, Settlement, SignalSettled, TITLE_LIMIT},
    text,
};
use RoleName::{
    Communications, Developer, Executive, FieldService, IntakeCoordinator, ProductOwner,
    ProductSecurityLead, Quality, RegulatoryAffairs, SafetyRiskManager, SecurityAnalyst, Verifier,
};
use aftercare_vocab::{
    id::{CaseId, PersonId, SignalId},
    instant::Instant,
};
use std::collections::BTreeSet;

/// A case as somebody wants to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// In one line.
    pub title: String,
    /// Identifiers of the vulnerability.
    pub vulnerabilities: Vec<String>,
    /// Product families; none named = not known yet.
    pub families: Sight,
    /// Signals that wait.
    pub signals: Vec<SignalId>,
    /// When the findings it begins with became known.
    pub matched_at: Option<Instant>,
}

/// Opens a case. `year` is that of today in the maker's zone; it stands in the case's number.
pub fn open(
    roster: &Roster,
    cases: &Cases,
    case: CaseId,
    (opening, year): (Opening, i16),
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::WorkCases, op)?;
    if opening.matched_at.is_some_and(|at| at > op.at) {
        return Err(Refusal::new(
            "in_the_future",
            "The findings cannot have become known later than now.",
            "Correct the instant.",
        ));
    }
    if cases.count() >= CASES_LIMIT {
        return Err(Refusal::new(
            "too_many_cases",
            format!("The record holds {CASES_LIMIT} cases."),
            "Keep further ones in a new workspace.",
        ));
    }
    let vulnerabilities = signal::identifiers(opening.vulnerabilities)?;
    let ids: BTreeSet<String> = vulnerabilities.iter().cloned().collect();
    if let Some(other) = cases
        .about(&ids)
        .find(|one| one.still_open().is_ok() && overlap(&one.families, &opening.families))
    {
        return Err(Refusal::new(
            "case_there",
            format!("The case {} is about it already.", other.opened.number),
            "Join the signal to it.",
        ));
    }
    let mut signals: Vec<SignalId> = Vec::new();
    for id in opening.signals {
        let known = cases.signal(id).ok_or_else(|| Refusal::unknown("signal", id))?;
        if known.settled.is_some() {
            return Err(Refusal::new(
                "signal_settled",
                "One of these signals was settled already.",
                "Leave it out.",
            ));
        }
        if !signals.contains(&id) {
            signals.push(id);
        }
    }
    let start = format!("PMC-{year}-");
    let of_year = cases.all().filter(|one| one.opened.number.starts_with(&start)).count();
    let opened = CaseOpened {
        case,
        number: format!("{start}{:04}", of_year + 1),
        title: text::line("title", &opening.title, TITLE_LIMIT)?,
        vulnerabilities,
        families: opening.families,
        matched_at: opening.matched_at,
        by,
    };
    let joined = signals.into_iter().map(|signal| {
        Event::from(SignalSettled { signal, settlement: Settlement::Joined(case), by })
    });
    Ok(std::iter::once(opened.into()).chain(joined).collect())
}

fn overlap(one: &Sight, other: &Sight) -> bool {
    match (one, other) {
        (Sight::All, _) | (_, Sight::All) => true,
        (Sight::Families(one), Sight::Families(other)) => {
            (one.is_empty() && other.is_empty()) || one.iter().any(|family| other.contains(family))
        }
    }
}

/// The kinds of facts by their code names, each with the roles that record it (proposed).
pub const RECORDED_BY: &[(&str, &[RoleName])] = &[
    ("owner", KEEPERS),
    ("harm_screened", KEEPERS),
    ("families", KEEPERS),
    ("weakness", ANALYSTS),
    ("credible", ANALYSTS),
    ("applicability", &[SecurityAnalyst, ProductSecurityLead, Developer]),
    ("exposed", ANALYSTS),
    ("exploited", ANALYSTS),
    ("selected", ANALYSTS),
    ("harmed", &[SafetyRiskManager, SecurityAnalyst, ProductSecurityLead]),
    ("controls", &[SecurityAnalyst, ProductSecurityLead, SafetyRiskManager]),
    ("rated", &[SecurityAnalyst, ProductSecurityLead, SafetyRiskManager]),
    ("carried", ANALYSTS),
    ("described", &[SecurityAnalyst, ProductSecurityLead, ProductOwner, Developer]),
    ("planned", &[ProductOwner, ProductSecurityLead]),
    ("controlled", &[FieldService, SecurityAnalyst, ProductSecurityLead, Communications]),
    ("changed", &[Developer]),
    ("tested", &[Verifier]),
    ("reporter_told", &[IntakeCoordinator, SecurityAnalyst, ProductSecurityLead, Communications]),
    ("customers_told", &[Communications, RegulatoryAffairs]),
    ("answered", REPORTERS),
    ("happened", REPORTERS),
    ("linked", EVERYBODY),
    ("skipped", &[ProductSecurityLead, Executive]),
    ("ended", ANALYSTS),
    ("seconded", &[ProductSecurityLead, Quality, SecurityAnalyst]),
    ("reopened", &[SecurityAnalyst, ProductSecurityLead, Quality]),
    ("embargo", &[ProductSecurityLead]),
    ("noted", EVERYBODY),
];

const ANALYSTS: &[RoleName] = &[SecurityAnalyst, ProductSecurityLead];
const KEEPERS: &[RoleName] = &[IntakeCoordinator, SecurityAnalyst, ProductSecurityLead, Quality];
const REPORTERS: &[RoleName] =
    &[RegulatoryAffairs, Quality, ProductSecurityLead, FieldService, Communications];
const EVERYBODY: &[RoleName] = Right::WorkCases.roles();

/// Who records the test that shows the vulnerability before the change.
const TEST_BEFORE: &[RoleName] = &[Verifier, SecurityAnalyst, Developer];

/// The roles that record a fact. Conditions that somebody stands for have theirs in the workflow, and that
/// the test for the vulnerability fails before the change is shown by whoever looks for it.
fn roles_of(workflow: &Workflow, fact: &Fact) -> Vec<RoleName> {
    match fact {
        Fact::Attested(one) => {
            let guard = workflow.guard(&one.guard);
            guard.and_then(|(_, guard)| guard.attested_by.clone()).unwrap_or_default()
        }
        Fact::Tested(one) if one.kind == TestKind::SecurityBefore => TEST_BEFORE.to_vec(),
        other => roles_of_kind(other.code()).to_vec(),
    }
}

fn roles_of_kind(code: &str) -> &'static [RoleName] {
    RECORDED_BY.iter().find(|(kind, _)| *kind == code).map_or(&[], |(_, roles)| roles)
}

/// The kinds of facts of which a person may record some about a case.
pub fn recordable(
    roster: &Roster,
    person: PersonId,
    case: &Case,
    at: Instant,
) -> Vec<&'static str> {
    let held = held_roles(roster, person, case, at);
    let may = |roles: &[RoleName]| roles.iter().any(|role| held.contains(role));
    let some =
        |(code, roles): &(&str, &[RoleName])| may(roles) || (*code == "tested" && may(TEST_BEFORE));
    RECORDED_BY.iter().copied().filter(some).map(|(code, _)| code).collect()
}

/// The roles that a person has for one of the families of a case. Whoever acts for one of them works on it;
/// signatures ask for all of them.
fn held_roles(roster: &Roster, person: PersonId, case: &Case, at: Instant) -> BTreeSet<RoleName> {
    match &case.families {
        Sight::Families(some) if !some.is_empty() => {
            let each = some.iter().map(|one| Sight::of([*one]));
            each.flat_map(|one| roster.roles_at(person, &one, at).collect::<Vec<_>>()).collect()
        }
        _ => roster.roles_at(person, &Sight::All, at).collect(),
    }
}

/// Refuses whoever has no role that records such a fact for the families of a case; gives the role in which
/// it is recorded.
pub fn may_record(
    roster: &Roster,
    person: PersonId,
    case: &Case,
    fact: &Fact,
    at: Instant,
) -> Result<RoleName, Refusal> {
    let workflow = &case.workflow(roster.programme()).rules;
    let mut roles = roles_of(workflow, fact);
    if let Fact::Skipped(guard) = fact {
        // Of the two roles that it takes, first the one that has not spoken.
        let said = case.skipped.get(guard);
        roles.sort_by_key(|role| {
            said.is_some_and(|said| said.iter().any(|one| one.role.as_str() == role.code()))
        });
    }
    if roles.is_empty() {
        return Err(Refusal::new(
            "not_attested",
            "Nobody stands for this condition: the product looks at it itself, or does not know it.",
            "Record what it asks for.",
        ));
    }
    let held = held_roles(roster, person, case, at);
    if let Some(role) = roles.iter().copied().find(|role| held.contains(role)) {
        return Ok(role);
    }
    let families = match &case.families {
        Sight::Families(some) if some.is_empty() => &Sight::All,
        families => families,
    };
    let could = roles.iter().flat_map(|role| roster.could_sign(*role, families, at));
    let could: BTreeSet<PersonId> = could.collect();
    Err(Refusal::new(
        "role_missing",
        format!(
            "This is recorded by {}, and you have no such role for the families of this case.",
            access::listed(roles.iter().map(|role| role.title()))
        ),
        "Ask one of them.",
    )
    .could(roster.names(could)))
}

/// Records a fact.
pub fn record(
    roster: &Roster,
    cases: &Cases,
    around: &Surroundings,
    (id, fact): (CaseId, Fact),
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let case = cases.get(id).ok_or_else(|| Refusal::unknown("case", id))?;
    let by = roster.signed_in(&op.actor)?;
    may_record(roster, by, case, &fact, op.at)?;
    if case.facts >= FACTS_LIMIT {
        return Err(Refusal::new(
            "too_many_facts",
            format!("The case holds {FACTS_LIMIT} facts."),
            "Close it, and open another that refers to it.",
        ));
    }
    match &fact {
        Fact::Reopened(why) => may_reopen(case, cases, around, *why, op)?,
        beside if beside.goes_on_after_end() => {}
        Fact::Seconded => {
            if case.ended.is_none() {
                return Err(Refusal::new(
                    "nothing_to_second",
                    "Nobody said that this case ends.",
                    "Say how it ends first.",
                ));
            }
        }
        _ => case.still_open()?,
    }
    for version in fact.versions() {
        if !around.versions.contains_key(&version) {
            return Err(Refusal::unknown("product version of this case", version));
        }
    }
    let fact = fact.checked()?;
    fits(case, cases, around, &fact, (by, roster), op)?;
    let fact = premise::resting(case, around, fact, op)?;
    Ok(vec![CaseFactRecorded { case: id, by: Some(by), fact }.into()])
}

/// What only the case itself can tell about a fact.
fn fits(
    case: &Case,
    cases: &Cases,
    around: &Surroundings,
    fact: &Fact,
    (by, roster): (PersonId, &Roster),
    op: &Operation,
) -> Result<(), Refusal> {
    let reasoned = |what: &str| match op.reason {
        Some(_) => Ok(()),
        None => Err(Refusal::new(
            "reason_missing",
            format!("{what} needs a reason."),
            "Say why in a sentence.",
        )),
    };
    match fact {
        Fact::Owner(person) => {
            let known = roster.active(*person)?;
            if roster.rights(*person).contains(&Right::WorkCases) {
                return Ok(());
            }
            Err(Refusal::new(
                "owner_unfit",
                format!("{} has no role that works on cases.", known.name),
                "Choose somebody who has.",
            ))
        }
        Fact::HarmScreened(HarmScreen::No, _) => {
            let before = gravest([case.harm.as_ref().map(|one| one.value.0), case.harm_told]);
            if before == Some(HarmScreen::Yes) {
                reasoned("That no patient came to harm after all")
            } else {
                Ok(())
            }
        }
        Fact::Applicability(one) => rests_on_its_sbom(around, one),
        Fact::Rated(one) => {
            let of_version = case.ratings.iter().filter(|said| said.value.version == one.version);
            let (own, others): (Vec<_>, Vec<_>) = of_version.partition(|said| said.by == Some(by));
            if own.is_empty() || others.is_empty() {
                return Ok(());
            }
            Err(Refusal::new(
                "rated_already",
                "You rated this version, and have seen what others said of it.",
                "Leave your rating as it is; say in a remark what you think now.",
            ))
        }
        Fact::Embargo(Some(embargo)) => {
            embargo.people.iter().try_for_each(|one| roster.active(*one).map(|_| ()))
        }
        Fact::Exploited(one) if one.instead.is_some() => {
            reasoned("Another class than the computed one")
        }
        Fact::Carried(from, to) => carried(case, around, *from, *to),
        Fact::Planned(plan) => {
            let unknown = plan.chosen.iter().find(|one| !case.mitigations.contains_key(one));
            unknown.map_or(Ok(()), |one| Err(Refusal::unknown("mitigation of this case", one)))
        }
        Fact::Controlled(one) if !case.mitigations.contains_key(&one.mitigation) => {
            Err(Refusal::unknown("mitigation of this case", one.mitigation))
        }
        Fact::Happened(one) => {
            let book = RuleBook::shipped();
            let known = book
                .rules
                .iter()
                .any(|rule| rule.start == one.what || rule.satisfied_by == one.what)
                || ["fix_validated", "isao_told"].contains(&one.what.as_str());
            if !known || moments().contains(&one.what.as_str()) {
                return Err(Refusal::new(
                    "moment_unknown",
                    format!("`{}` is no fact that is recorded by hand.", one.what.escape_debug()),
                    "Take one of the facts that the clocks name.",
                ));
            }
            if one.at > op.at {
                return Err(Refusal::new(
                    "in_the_future",
                    "It has not happened yet.",
                    "Correct the instant.",
                ));
            }
            Ok(())
        }
        Fact::Skipped(guard) => {
            reasoned("Leaving a condition out")?;
            let (way, known) = case
                .workflow(&around.programme)
                .rules
                .guard(guard)
                .ok_or_else(|| Refusal::unknown("condition", guard))?;
            if way.may_leave_out(known) {
                return Ok(());
            }
            Err(Refusal::new(
                "never_left_out",
                "What ends a case, and what lets an update out, is not left out, not in an emergency either.",
                "Do what it asks for.",
            ))
        }
        Fact::Ended(end) => {
            reasoned("Ending a case")?;
            match end {
                End::Duplicate(of) if *of == case.id() => Err(Refusal::new(
                    "duplicate_of_itself",
                    "A case is no duplicate of itself.",
                    "Name the other case.",
                )),
                End::Duplicate(of) => cases
                    .get(*of)
                    .ok_or_else(|| Refusal::unknown("case", of))
                    .and_then(Case::still_open),
                End::Rejected(_) | End::Transferred { .. } => Ok(()),
            }
        }
        Fact::Seconded => match case.ended.as_ref().and_then(|end| end.by) {
            Some(first) if first == by => Err(Refusal::new(
                "same_person",
                "You said that it ends; another person must agree.",
                "Ask somebody else.",
            )),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Refuses a value that rests on an SBOM which the version does not have, or that says without any that a
/// version is not affected.
fn rests_on_its_sbom(around: &Surroundings, said: &Applicability) -> Result<(), Refusal> {
    for (version, sbom) in &said.versions {
        let has = around.versions.get(version).map_or(&[][..], |one| &one.sboms[..]);
        let fits = match sbom {
            Some(sbom) => has.contains(sbom),
            None => has.is_empty() && !matches!(said.applies, Applies::NotAffected(_)),
        };
        if !fits {
            return Err(Refusal::new(
                "sbom_not_current",
                format!("The value does not rest on an SBOM of {}.", around.label(*version)),
                "Look at its current SBOM; without one, nobody knows that it is not affected.",
            ));
        }
    }
    Ok(())
}

/// Whether the assessment of a version holds for another: same components, and something to carry.
fn carried(
    case: &Case,
    around: &Surroundings,
    from: aftercare_vocab::id::VersionId,
    to: aftercare_vocab::id::VersionId,
) -> Result<(), Refusal> {
    let no = |code, what: &str| Err(Refusal::new(code, what, "Assess the version by itself."));
    if from == to {
        return no("same_version", "A version carries nothing to itself.");
    }
    let said = case.versions.get(&from).filter(|one| one.carried.is_none());
    if said.and_then(|one| one.applicability.as_ref()).is_none() {
        return no("nothing_to_carry", "The first version has no assessment of its own.");
    }
    let product = |one| around.versions.get(&one).map(|one| one.product);
    if product(from) != product(to) {
        return no(
            "product_differs",
            "The two are versions of different products, which are not used alike.",
        );
    }
    if around.are_alike(from, to) {
        return Ok(());
    }
    no("premise_differs", "The two versions are not known to hold the same components.")
}

fn may_reopen(
    case: &Case,
    cases: &Cases,
    around: &Surroundings,
    why: Reopening,
    op: &Operation,
) -> Result<(), Refusal> {
    if op.reason.is_none() {
        return Err(Refusal::new(
            "reason_missing",
            "Opening again needs a reason.",
            "Say what is new.",
        ));
    }
    let stage = progress(case, cases, around, op.at).stage;
    let fits = match stage {
        Stage::Closed => matches!(
            why,
            Reopening::NewExploit
                | Reopening::NewVersion
                | Reopening::FailedFix
                | Reopening::ChangedUse
        ),
        Stage::NotAffected => matches!(why, Reopening::ChangedPremise | Reopening::NewVersion),
        Stage::Rejected => why == Reopening::NewInformation,
        Stage::Duplicate | Stage::Transferred => why == Reopening::NewInformation,
        _ => {
            // One that was said to end but did not get there can be taken up again.
            return if case.ended.is_some() {
                Ok(())
            } else {
                Err(Refusal::new("case_open", "The case has not ended.", "Go on with it."))
            };
        }
    };
    if fits {
        return Ok(());
    }
    Err(Refusal::new(
        "reopening_unfit",
        format!(
            "A case that is {} is not opened again for this reason.",
            stage.title().to_lowercase()
        ),
        "Choose the reason that fits.",
    ))
}
