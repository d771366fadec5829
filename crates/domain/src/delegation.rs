//! Delegation: a holder hands a role to another person for a time. The delegate signs in their own name,
//! and the signature says by whose delegation. What was delegated cannot be delegated on.

use crate::{
    access::Right,
    credential::Factor,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    role::RoleName,
    roster::Roster,
    sight::Sight,
    signature::{self, ByRight, Meaning, Signature},
};
use aftercare_vocab::{
    digest::Digest,
    id::{DelegationId, PersonId, SignatureId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

/// Longest delegation, in days. Proposed: whatever lasts longer is a change of roles.
pub const DELEGATION_DAYS: i64 = 90;
const DAY_MICROS: i64 = 86_400_000_000;

/// What is handed over: the part of the entry that the holder signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handing {
    /// The delegation.
    pub delegation: DelegationId,
    /// The holder.
    pub from: PersonId,
    /// Who signs meanwhile.
    pub to: PersonId,
    /// In which role.
    pub role: RoleName,
    /// For which product families.
    pub families: Sight,
    /// From when on.
    pub begins: Instant,
    /// Until before when.
    pub ends: Instant,
}

impl Handing {
    /// What a signature under it binds to: SHA-256 of its canonical bytes.
    pub fn digest(&self) -> Result<Digest, crate::canonical::NotCanonical> {
        crate::canonical::bytes(self).map(|bytes| Digest::of(&bytes))
    }
}

/// A holder handed a role over, and signed that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegationGiven {
    /// What is handed over.
    pub handing: Handing,
    /// The holder's signature.
    pub signature: Signature,
}

/// A delegation ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegationEnded {
    /// The delegation.
    pub delegation: DelegationId,
}

/// Hands a role over: the holder's own, to somebody else who could have it.
pub fn give(
    roster: &Roster,
    handing: Handing,
    (id, factors): (SignatureId, Vec<Factor>),
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let from = roster.signed_in(&op.actor)?;
    if handing.from != from {
        return Err(Refusal::new(
            "not_yours",
            "A holder hands over their own role, and nobody else's.",
            "Ask the holder; if they are absent, the deputy signs.",
        ));
    }
    if handing.to == from {
        return Err(Refusal::new(
            "to_yourself",
            "You would delegate to yourself.",
            "Choose somebody else.",
        ));
    }
    let to = roster.active(handing.to)?;
    let by = roster.may_sign(from, handing.role, &handing.families, op.at)?;
    if by != ByRight::Holder {
        return Err(Refusal::new(
            "not_holder",
            format!(
                "You sign as {} for somebody else, and only a holder hands a role over.",
                handing.role
            ),
            "Ask a holder.",
        )
        .could(roster.names(roster.holders(handing.role, &handing.families))));
    }
    if !handing.role.may_decide() {
        return Err(Refusal::new(
            "role_signs_nothing",
            format!("{} signs nothing, so there is nothing to hand over.", handing.role),
            "Ask an administrator to give the role to somebody.",
        ));
    }
    let grants = roster.grants_of(handing.to);
    if let Some(other) =
        grants.map(|one| one.role).find(|role| !crate::grant::compatible(*role, handing.role))
    {
        return Err(Refusal::new(
            "roles_apart",
            format!(
                "{} is {other} and cannot act as {}: these duties are kept apart.",
                to.name, handing.role
            ),
            "Choose somebody else.",
        ));
    }
    let may_take_part = roster.rights(handing.to).contains(&Right::TakePart);
    if !may_take_part || !roster.sight(handing.to).covers(&handing.families) {
        return Err(Refusal::new(
            "delegate_outside",
            format!("{} does not see decisions about these product families.", to.name),
            "Choose somebody who works on them, or have a role given to them first.",
        ));
    }
    if handing.begins < op.at || handing.ends <= handing.begins {
        return Err(Refusal::new(
            "delegation_time",
            "A delegation begins now or later, and ends after it begins.",
            "Correct the days.",
        ));
    }
    if handing.ends > handing.begins.plus_micros(DELEGATION_DAYS * DAY_MICROS) {
        return Err(Refusal::new(
            "delegation_too_long",
            format!("A delegation lasts at most {DELEGATION_DAYS} days."),
            "Choose an earlier end, or have the role given.",
        ));
    }
    if signature::components(&factors) < signature::COMPONENTS {
        return Err(Refusal::new(
            "components_missing",
            format!(
                "A signature needs {} components, given for this very signature.",
                signature::COMPONENTS
            ),
            "Give your password and a code of your code generator, or use a passkey.",
        ));
    }
    let of = handing
        .digest()
        .map_err(|why| Refusal::new("not_canonical", why.to_string(), "Nothing was signed."))?;
    let name = roster.person(from)?.name.clone();
    let signature = Signature {
        id,
        person: from,
        name,
        role: handing.role,
        by,
        meaning: Meaning::Responsible,
        factors,
        of,
    };
    Ok(vec![DelegationGiven { handing, signature }.into()])
}

/// Ends a delegation: whoever gave it, or whoever got it.
pub fn end(
    roster: &Roster,
    delegation: DelegationId,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    let Some(known) = roster.delegation(delegation) else {
        return Err(Refusal::unknown("delegation", delegation));
    };
    if ![known.from, known.to].contains(&by) {
        return Err(Refusal::new(
            "not_yours",
            "Whoever gave or got a delegation ends it.",
            "Ask one of them.",
        )
        .could(roster.names([known.from, known.to])));
    }
    if known.ends <= op.at {
        return Ok(Vec::new());
    }
    Ok(vec![DelegationEnded { delegation }.into()])
}
