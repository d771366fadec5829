//! Proposing, revising, withdrawing, signing and refusing.

use super::{
    DecisionProposed, DecisionRefused, DecisionRevised, DecisionSigned, DecisionTaken,
    DecisionWithdrawn, Part, Place, RightsAdopted, STATEMENT_LIMIT, Stage, State, TITLE_LIMIT,
    VERSIONS_LIMIT, Wish,
};
use crate::{
    access,
    credential::Factor,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    rights::{DecisionKind, Matrix},
    role::RoleName,
    roster::Roster,
    rules::RulesAdopted,
    sight::Sight,
    signature::{self, Meaning, Signature},
    text,
};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, PersonId, SignatureId},
    problem::quoted,
};
use std::collections::BTreeSet;

/// Proposes a decision.
pub fn propose(
    roster: &Roster,
    decision: DecisionId,
    wish: Wish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    let wish = checked(roster, by, wish, op)?;
    Ok(vec![DecisionProposed { decision, rights: roster.rights_version(), by, wish }.into()])
}

/// Gives an open or refused decision a new version, which nobody has signed yet.
pub fn revise(
    roster: &Roster,
    state: &State,
    wish: Wish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    match state.stage {
        Stage::Open | Stage::Refused(_) => {}
        Stage::Taken(_) | Stage::Withdrawn(_) => {
            return Err(Refusal::new(
                "decision_ended",
                format!("This decision is {} and stays as it is.", state.stage.code()),
                "Propose a new one that refers to it.",
            ));
        }
    }
    if wish.kind != state.newest().wish.kind {
        return Err(Refusal::new(
            "kind_fixed",
            "The kind of a decision does not change.",
            "Withdraw this one and propose another.",
        ));
    }
    if wish.matter != state.newest().wish.matter {
        return Err(Refusal::new(
            "matter_fixed",
            "What a decision settles in a case does not change with its words.",
            "Withdraw this one, and propose it anew from the case.",
        ));
    }
    let version = state.newest().number + 1;
    if version > VERSIONS_LIMIT {
        return Err(Refusal::new(
            "too_many_versions",
            format!("This decision has {VERSIONS_LIMIT} versions."),
            "Withdraw it and propose a new one.",
        ));
    }
    // Whoever decides on other families does not carry this one off to them.
    may_propose(roster, by, (wish.kind, &state.newest().wish.families), op)?;
    let wish = checked(roster, by, wish, op)?;
    let (decision, rights) = (state.id, roster.rights_version());
    let newest = state.newest();
    if matches!(state.stage, Stage::Open) && newest.wish == wish && newest.rights == rights {
        return Err(Refusal::new(
            "nothing_changed",
            "The new version says what the one before says, and would only drop its signatures.",
            "Change something, or leave it as it is.",
        ));
    }
    Ok(vec![DecisionRevised { decision, version, rights, by, wish }.into()])
}

/// Takes a decision back: whoever wrote a version of it, while it is open.
pub fn withdraw(roster: &Roster, state: &State, op: &Operation) -> Result<Vec<Event>, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    still_open(state)?;
    let authors = state.authors();
    if !authors.contains(&by) {
        return Err(Refusal::new(
            "not_yours",
            "Only whoever wrote a version of a decision takes it back.",
            "Refuse it instead, if you could sign it.",
        )
        .could(roster.names(authors)));
    }
    Ok(vec![DecisionWithdrawn { decision: state.id }.into()])
}

/// What somebody wants to sign, as they saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignWish {
    /// The identifier of the signature.
    pub id: SignatureId,
    /// In which role.
    pub role: RoleName,
    /// What they saw, so that nothing else is signed: the digest of the version.
    pub of: Digest,
    /// By which components they showed who they are, in this very request.
    pub factors: Vec<Factor>,
}

/// Signs the newest version; when nobody is missing any more, the decision is taken, and a matrix that
/// it proposes comes into force.
pub fn sign(
    roster: &Roster,
    state: &State,
    wish: SignWish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let (part, signature) = signature_under(roster, state, wish, op)?;
    let newest = state.newest();
    if newest.wish.matrix.is_some() && newest.rights != roster.rights_version() {
        return Err(Refusal::new(
            "rights_changed",
            format!(
                "This change starts from version {} of the decision rights, and version {} is in force now: \
                 it would undo what was decided meanwhile.",
                newest.rights,
                roster.rights_version()
            ),
            "Revise it so that it starts from the rights in force.",
        ));
    }
    if let Some(change) = &newest.wish.rules {
        change.still_fits(roster, op)?;
    }
    let others_missing: Vec<Place> = state
        .missing(roster)
        .into_iter()
        .filter(|place| !(place.part == part && place.roles.contains(&signature.role)))
        .collect();
    let signer = signature.person;
    let (decision, version) = (state.id, newest.number);
    let mut events: Vec<Event> = vec![DecisionSigned { decision, version, part, signature }.into()];
    if others_missing.is_empty() {
        let signers: BTreeSet<PersonId> =
            state.signatures().map(|one| one.signature.person).chain([signer]).collect();
        if signers.len() == 1 && state.authors().contains(&signer) {
            return Err(sole_approver(roster, state, signer, op));
        }
        events.push(DecisionTaken { decision, version }.into());
        if let Some(matrix) = &newest.wish.matrix {
            let version = roster.rights_version() + 1;
            events.push(RightsAdopted { version, decision, matrix: matrix.clone() }.into());
        }
        if let Some(change) = &newest.wish.rules {
            let edition = roster.programme().newest(change.rules.kind()) + 1;
            events.push(RulesAdopted { edition, decision, change: change.clone() }.into());
        }
    }
    Ok(events)
}

/// Refuses the newest version, with a reason and a signature, by somebody who could have signed it.
pub fn refuse(
    roster: &Roster,
    state: &State,
    wish: SignWish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if op.reason.is_none() {
        return Err(Refusal::new(
            "reason_missing",
            "A refusal needs a reason: whoever proposed it must know what to change.",
            "Say why, in a sentence.",
        ));
    }
    let (part, signature) = signature_under(roster, state, wish, op)?;
    let signature = Signature { meaning: Meaning::Refuser, ..signature };
    let (decision, version) = (state.id, state.newest().number);
    Ok(vec![DecisionRefused { decision, version, part, signature }.into()])
}

fn signature_under(
    roster: &Roster,
    state: &State,
    wish: SignWish,
    op: &Operation,
) -> Result<(Part, Signature), Refusal> {
    let person = roster.signed_in(&op.actor)?;
    still_open(state)?;
    let newest = state.newest();
    if wish.of != newest.digest {
        return Err(Refusal::new(
            "another_version",
            "The decision was revised after you looked at it. Your signature was not put under it.",
            "Read the newest version, then sign.",
        ));
    }
    if signature::components(&wish.factors) < signature::COMPONENTS {
        return Err(Refusal::new(
            "components_missing",
            format!(
                "A signature needs {} components, given for this very signature.",
                signature::COMPONENTS
            ),
            "Give your password and a code of your code generator, or use a passkey.",
        ));
    }
    let missing = state.missing(roster);
    let Some(place) = missing.iter().find(|place| place.roles.contains(&wish.role)) else {
        let signed = state.signatures().any(|one| one.signature.role == wish.role);
        let what = if signed {
            format!("{} has signed this version already.", wish.role)
        } else {
            format!("{} has no place under this decision.", wish.role)
        };
        let waits: Vec<RoleName> = missing.into_iter().flat_map(|place| place.roles).collect();
        let next =
            format!("It waits for {}.", access::listed(waits.iter().map(|role| role.title())));
        return Err(Refusal::new("no_place", what, next));
    };
    if let Some(other) = state.signatures().find(|one| one.signature.person == person) {
        return Err(Refusal::new(
            "signed_already",
            format!(
                "You signed this version as {}. Each place is signed by another person.",
                other.signature.role
            ),
            "Leave this place to somebody else.",
        )
        .could(roster.names(free(roster, state, &[wish.role], op))));
    }
    let by = roster.may_sign(person, wish.role, &newest.wish.families, op.at)?;
    let known = roster.person(person)?;
    let signature = Signature {
        id: wish.id,
        person,
        name: known.name.clone(),
        role: wish.role,
        by,
        meaning: place.part.meaning(),
        factors: wish.factors,
        of: newest.digest,
    };
    Ok((place.part, signature))
}

fn still_open(state: &State) -> Result<(), Refusal> {
    match state.stage {
        Stage::Open => Ok(()),
        Stage::Refused(_) => Err(Refusal::new(
            "decision_refused",
            "This version was refused.",
            "Revise the decision, then it can be signed.",
        )),
        Stage::Taken(_) | Stage::Withdrawn(_) => Err(Refusal::new(
            "decision_ended",
            format!("This decision is {} and stays as it is.", state.stage.code()),
            "Propose a new one that refers to it.",
        )),
    }
}

fn sole_approver(roster: &Roster, state: &State, author: PersonId, op: &Operation) -> Refusal {
    let decides = state.needed(roster).decides;
    let others = free(roster, state, &decides, op).into_iter().filter(|one| *one != author);
    Refusal::new(
        "sole_approver",
        "You wrote this, and whoever writes a decision is never the only one to approve it.",
        "Ask somebody else who may decide it.",
    )
    .could(roster.names(others))
}

/// Whoever could sign in one of these roles and has not signed the newest version.
fn free(roster: &Roster, state: &State, roles: &[RoleName], op: &Operation) -> BTreeSet<PersonId> {
    let families = &state.newest().wish.families;
    let could = roles.iter().flat_map(|role| roster.could_sign(*role, families, op.at));
    let signed: BTreeSet<PersonId> = state.signatures().map(|one| one.signature.person).collect();
    could.filter(|person| !signed.contains(person)).collect()
}

/// Refuses whoever may not propose such a decision for these families.
fn may_propose(
    roster: &Roster,
    by: PersonId,
    (kind, families): (DecisionKind, &Sight),
    op: &Operation,
) -> Result<(), Refusal> {
    let matrix = roster.matrix(roster.rights_version());
    if roster.roles_at(by, families, op.at).any(|role| matrix.proposes(kind, role)) {
        return Ok(());
    }
    let row = matrix.row(kind);
    let roles: BTreeSet<RoleName> =
        row.iter().flat_map(|row| row.proposes.iter().chain(&row.decides)).copied().collect();
    let who = roles.iter().flat_map(|role| roster.could_sign(*role, families, op.at));
    let who: BTreeSet<PersonId> = who.collect();
    Err(Refusal::new(
        "may_not_propose",
        format!(
            "{} is proposed by {}, and you have no such role for these product families.",
            kind.title(),
            access::listed(roles.iter().map(|role| role.title()))
        ),
        "Ask one of them.",
    )
    .could(roster.names(who)))
}

/// The wish in normal form, by somebody who may propose it.
fn checked(roster: &Roster, by: PersonId, wish: Wish, op: &Operation) -> Result<Wish, Refusal> {
    may_propose(roster, by, (wish.kind, &wish.families), op)?;
    let belongs = |there: bool, kind: DecisionKind, code, what: &str| {
        if there == (wish.kind == kind) {
            return Ok(());
        }
        Err(Refusal::new(
            code,
            format!("{what} a decision of the kind {}, and to no other.", quoted(kind.code())),
            "Send it with that kind, or leave it out.",
        ))
    };
    let (matrix, rules) = (wish.matrix.is_some(), wish.rules.is_some());
    belongs(matrix, DecisionKind::RightsMatrix, "matrix_misplaced", "A matrix belongs to")?;
    belongs(
        rules,
        DecisionKind::ProgrammeRules,
        "rules_misplaced",
        "Rules of the programme belong to",
    )?;
    if wish.circumstances.lowers_computed && !wish.kind.is_computed() {
        return Err(Refusal::new(
            "nothing_computed",
            format!("Nothing is computed for {}, so nothing can be lowered.", wish.kind.title()),
            "Leave that circumstance out.",
        ));
    }
    if wish.kind == DecisionKind::ProgrammeRules && wish.families != Sight::All {
        return Err(Refusal::new(
            "of_all_families",
            "The rules of the programme hold for every product family.",
            "Propose them for all families.",
        ));
    }
    if matches!(&wish.families, Sight::Families(some) if some.is_empty()) {
        return Err(Refusal::new(
            "no_family",
            "No product family is named.",
            "Name the families that the decision touches, or all.",
        ));
    }
    let statement =
        text::note("statement", Some(&wish.statement), STATEMENT_LIMIT)?.ok_or_else(|| {
            Refusal::new("text_missing", "The statement is empty.", "Say what is decided, and why.")
        })?;
    Ok(Wish {
        about: text::line("subject of the decision", &wish.about, text::NAME_LIMIT)?,
        title: text::line("title", &wish.title, TITLE_LIMIT)?,
        statement,
        matrix: wish.matrix.map(Matrix::checked).transpose()?,
        rules: wish.rules.map(|change| change.checked(roster, op)).transpose()?,
        ..wish
    })
}
