//! Issuing, acknowledging and withdrawing governing documents.

use super::{
    Audience, DOCUMENT_BYTES, POLICIES_LIMIT, Policies, PolicyAcknowledged, PolicyIssued,
    PolicyKind, PolicyWithdrawn, State, TITLE_LIMIT, VERSIONS_LIMIT,
};
use crate::{
    Date,
    access::{self, Right},
    credential::Factor,
    event::Event,
    grant::{RoleGiven, Standing},
    operation::Operation,
    refusal::Refusal,
    role::{RoleKind, RoleName},
    roster::Roster,
    signature::{self, ByRight, Meaning, Signature},
    text,
};
use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, PolicyId, SignatureId},
};
use std::collections::BTreeSet;

/// A version as somebody wants to issue it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub kind: PolicyKind,
    /// Its title.
    pub title: String,
    /// The day that stands on it.
    pub dated: Date,
    /// The digest of the document's bytes.
    pub document: Digest,
    /// How many they are.
    pub size: u64,
    /// The name of the file.
    pub file_name: String,
    /// Who must acknowledge it.
    pub audience: Audience,
}

/// Issues a document, or a new version of one that there is. Nobody has acknowledged a new version yet.
pub fn issue(
    roster: &Roster,
    policies: &Policies,
    policy: PolicyId,
    draft: Draft,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = keeper(roster, op)?;
    let state = policies.get(policy);
    let version = match state {
        None if policies.count() >= POLICIES_LIMIT => {
            return Err(Refusal::new(
                "too_many_policies",
                format!(
                    "The record holds {POLICIES_LIMIT} governing documents already, withdrawn ones too."
                ),
                "Issue a new version of one of them.",
            ));
        }
        None => 1,
        Some(state) => next_version(state, &draft)?,
    };
    if draft.size == 0 || draft.size > DOCUMENT_BYTES as u64 {
        return Err(Refusal::new(
            "document_size",
            format!("The document has {} bytes.", draft.size),
            format!("Send a document of 1 to {DOCUMENT_BYTES} bytes."),
        ));
    }
    if let Audience::Roles(roles) = &draft.audience {
        if roles.is_empty() {
            return Err(Refusal::new(
                "no_role",
                "No role is named that must acknowledge it.",
                "Name a role, everybody, or nobody.",
            ));
        }
        if let Some(outside) = roles.iter().find(|role| role.kind() == RoleKind::Outside) {
            return Err(Refusal::new(
                "role_outside",
                format!(
                    "{outside} is a role of people outside, who do not see governing documents."
                ),
                "Leave it out.",
            ));
        }
    }
    let title = text::line("title", &draft.title, TITLE_LIMIT)?;
    let file_name = text::line("name of the file", &draft.file_name, text::NAME_LIMIT)?;
    let Draft { kind, dated, document, size, audience, .. } = draft;
    let issued = PolicyIssued {
        policy,
        version,
        kind,
        title,
        dated,
        document,
        size,
        file_name,
        audience,
        by,
    };
    let before = state.map(|state| &state.newest().issued);
    let same = |before: &PolicyIssued| {
        let (version, by) = (before.version, before.by);
        *before == PolicyIssued { version, by, ..issued.clone() }
    };
    if before.is_some_and(same) {
        return Err(Refusal::new(
            "nothing_changed",
            "The new version says what the one before says, and would only ask everybody again.",
            "Change something, or leave it as it is.",
        ));
    }
    Ok(vec![issued.into()])
}

fn next_version(state: &State, draft: &Draft) -> Result<u64, Refusal> {
    in_force(state)?;
    if draft.kind != state.kind() {
        return Err(Refusal::new(
            "kind_fixed",
            "The kind of a governing document does not change.",
            "Withdraw this one and issue another.",
        ));
    }
    let version = state.newest().issued.version + 1;
    if version > VERSIONS_LIMIT {
        return Err(Refusal::new(
            "too_many_versions",
            format!("This document has {VERSIONS_LIMIT} versions."),
            "Withdraw it and issue a new one.",
        ));
    }
    Ok(version)
}

/// Takes a document out of force, with a reason. Its versions and acknowledgements stay.
pub fn withdraw(roster: &Roster, state: &State, op: &Operation) -> Result<Vec<Event>, Refusal> {
    keeper(roster, op)?;
    in_force(state)?;
    if op.reason.is_none() {
        return Err(Refusal::new(
            "reason_missing",
            "Withdrawing a governing document needs a reason: people answered for it.",
            "Say why, in a sentence.",
        ));
    }
    Ok(vec![PolicyWithdrawn { policy: state.id }.into()])
}

/// What somebody wants to acknowledge, as they read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgeWish {
    /// The identifier of the signature.
    pub id: SignatureId,
    /// In which of their roles.
    pub role: RoleName,
    /// The digest of the version they read.
    pub of: Digest,
    /// By which components they showed who they are, in this very request.
    pub factors: Vec<Factor>,
}

/// Acknowledges the newest version with a signature of the meaning *responsible*. Whoever need not may as
/// well; people outside may not.
pub fn acknowledge(
    roster: &Roster,
    state: &State,
    wish: AcknowledgeWish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let person = roster.signed_in(&op.actor)?;
    in_force(state)?;
    let newest = state.newest();
    if wish.of != newest.digest {
        return Err(Refusal::new(
            "another_version",
            "The document got another version after you read it. Nothing was signed.",
            "Read the newest version, then acknowledge that.",
        ));
    }
    let version = newest.issued.version;
    if state.acknowledged_by(version).any(|one| one == person) {
        return Err(Refusal::new(
            "acknowledged_already",
            format!("You have acknowledged version {version} already."),
            "A new version is to be acknowledged again.",
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
    let known = roster.person(person)?;
    if known.identity.is_none() {
        return Err(Refusal::new(
            "identity_unverified",
            "Nobody has made sure who you are, so your signature would bind nobody.",
            "Ask one of them to verify your identity.",
        )
        .could(roster.names(
            roster.who_may(Right::VerifyIdentity, op.at).into_iter().filter(|one| *one != person),
        )));
    }
    let Some(standing) = standing(roster, person, wish.role) else {
        return Err(Refusal::new(
            "role_missing",
            format!("You are not {}, so you cannot acknowledge it as that.", wish.role),
            "Acknowledge it in a role of your own.",
        ));
    };
    let signature = Signature {
        id: wish.id,
        person,
        name: known.name.clone(),
        role: wish.role,
        by: ByRight::from(standing),
        meaning: Meaning::Responsible,
        factors: wish.factors,
        of: newest.digest,
    };
    Ok(vec![PolicyAcknowledged { policy: state.id, version, signature }.into()])
}

/// The role in which a person acknowledges: one that must, before any other of theirs. `None` = they have
/// no role inside.
pub fn acting(roster: &Roster, person: PersonId, audience: &Audience) -> Option<RoleName> {
    let own: BTreeSet<RoleName> = inside(roster, person).map(|grant| grant.role).collect();
    let asked = match audience {
        Audience::Roles(roles) => roles.intersection(&own).next().copied(),
        Audience::Everybody | Audience::Nobody => None,
    };
    asked.or_else(|| own.first().copied())
}

/// Everybody who must acknowledge what this audience must, in the order of the roster. Suspended people
/// need not until they may sign in again.
pub fn must_acknowledge(roster: &Roster, audience: &Audience) -> Vec<PersonId> {
    let must = |person: PersonId| match audience {
        Audience::Nobody => false,
        Audience::Everybody => inside(roster, person).next().is_some(),
        Audience::Roles(roles) => inside(roster, person).any(|grant| roles.contains(&grant.role)),
    };
    let active = roster.persons().filter(|person| person.active());
    active.map(|person| person.id).filter(|person| must(*person)).collect()
}

fn inside(roster: &Roster, person: PersonId) -> impl Iterator<Item = &RoleGiven> {
    roster.grants_of(person).filter(|grant| grant.role.kind() != RoleKind::Outside)
}

fn standing(roster: &Roster, person: PersonId, role: RoleName) -> Option<Standing> {
    let held: Vec<Standing> = inside(roster, person)
        .filter(|grant| grant.role == role)
        .map(|grant| grant.standing)
        .collect();
    let holder = held.contains(&Standing::Holder).then_some(Standing::Holder);
    holder.or_else(|| held.first().copied())
}

fn keeper(roster: &Roster, op: &Operation) -> Result<PersonId, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    if roster.rights(by).contains(&Right::KeepPolicies) {
        return Ok(by);
    }
    Err(access::missing(roster, Right::KeepPolicies, op.at))
}

fn in_force(state: &State) -> Result<(), Refusal> {
    if state.withdrawn.is_none() {
        return Ok(());
    }
    Err(Refusal::new(
        "policy_withdrawn",
        "This document was withdrawn and stays as it is.",
        "Issue another one.",
    ))
}
