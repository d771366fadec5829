//! Roles given to persons: as holder or deputy, for all product families or some.

use crate::{
    event::Event,
    operation::Operation,
    refusal::Refusal,
    role::{RoleKind, RoleName},
    roster::Roster,
    sight::Sight,
};
use aftercare_vocab::id::{FamilyId, GrantId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most roles of one person at a time.
pub const GRANTS_LIMIT: usize = 50;

/// As what somebody has a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Holds it.
    Holder,
    /// Steps in while every holder is absent.
    Deputy,
}

impl Standing {
    /// The code name: `holder`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Deputy => "deputy",
        }
    }
}

/// A role was given to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleGiven {
    /// The grant.
    pub grant: GrantId,
    /// To whom.
    pub person: PersonId,
    /// Which role.
    pub role: RoleName,
    /// For which product families.
    pub sight: Sight,
    /// As what.
    pub standing: Standing,
}

/// A role was taken from a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleTaken {
    /// The grant that ended.
    pub grant: GrantId,
}

/// Gives a role. Nobody gives one to themselves; the keeper of the system and the auditor have no other
/// role, so that whoever keeps accounts decides nothing and whoever audits changes nothing.
/// `known` are the families of the record.
pub fn give(
    roster: &Roster,
    known: &BTreeSet<FamilyId>,
    given: RoleGiven,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let person = roster.person(given.person)?;
    if roster.acting(&op.actor) == Some(given.person) {
        return Err(Refusal::new(
            "own_role",
            "Nobody gives a role to themselves.",
            "Ask another administrator.",
        ));
    }
    if let Sight::Families(some) = &given.sight {
        if some.is_empty() {
            return Err(Refusal::new(
                "no_family",
                "No product family is named, so the role would be for nothing.",
                "Choose at least one family, or all.",
            ));
        }
        if let Some(strange) = some.iter().find(|family| !known.contains(family)) {
            return Err(Refusal::unknown("family", strange));
        }
        if matches!(given.role.kind(), RoleKind::Keeping) {
            return Err(Refusal::new(
                "role_for_all",
                format!("{} is a role for the whole record.", given.role),
                "Give it for all families.",
            ));
        }
    }
    let grants: Vec<_> = roster.grants_of(given.person).collect();
    if grants.len() >= GRANTS_LIMIT {
        return Err(Refusal::new(
            "too_many_roles",
            format!("{} has {GRANTS_LIMIT} roles already.", person.name),
            "Take one away first.",
        ));
    }
    if let Some(other) = grants.iter().find(|other| !compatible(other.role, given.role)) {
        return Err(Refusal::new(
            "roles_apart",
            format!(
                "{} is {} and cannot be {} too: these duties are kept apart.",
                person.name, other.role, given.role
            ),
            "Give the role to somebody else, or take the other away first.",
        ));
    }
    let same = grants.iter().any(|other| {
        other.role == given.role
            && other.standing == given.standing
            && other.sight.covers(&given.sight)
    });
    if same {
        return Err(Refusal::new(
            "role_given_already",
            format!("{} is {} for these families already.", person.name, given.role),
            "Choose another role, or other families.",
        ));
    }
    Ok(vec![given.into()])
}

/// Takes a role away. One administrator must remain.
pub fn take(roster: &Roster, grant: GrantId, _: &Operation) -> Result<Vec<Event>, Refusal> {
    let Some(given) = roster.grant(grant) else {
        return Err(Refusal::unknown("role given", grant));
    };
    if given.role == RoleName::Administrator && roster.is_last_administrator(given.person) {
        return Err(crate::person::last_administrator());
    }
    Ok(vec![RoleTaken { grant }.into()])
}

/// Whether one person may have both roles.
pub fn compatible(one: RoleName, other: RoleName) -> bool {
    use RoleKind::{Keeping, Looking, Outside, Working};
    match (one.kind(), other.kind()) {
        (Working, Working) | (Keeping, Keeping) | (Looking, Looking) => true,
        (Outside, Outside) => one == other,
        _ => false,
    }
}
