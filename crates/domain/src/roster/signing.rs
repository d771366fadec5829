//! Who signs in which role, by what right, and why not.

use super::Roster;
use crate::{
    Date,
    access::Right,
    grant::{Standing, compatible},
    moment::day_of,
    refusal::Refusal,
    role::RoleName,
    sight::Sight,
    signature::ByRight,
};
use aftercare_vocab::{id::PersonId, instant::Instant};
use std::collections::BTreeSet;

/// What somebody lacks who cannot sign.
enum Lack {
    /// An account that is not suspended.
    Account(Refusal),
    /// The role, at that instant.
    Right,
    /// Somebody who made sure who they are.
    Identity,
    /// Current training.
    Training,
}

impl Roster {
    /// The roles in which a person may act at an instant for these families, trained or not.
    pub fn roles_at(
        &self,
        person: PersonId,
        families: &Sight,
        at: Instant,
    ) -> impl Iterator<Item = RoleName> {
        RoleName::ALL
            .iter()
            .copied()
            .filter(move |role| self.by_right(person, *role, families, at).is_some())
    }

    /// By what right a person acts in a role at an instant for these families.
    pub(crate) fn by_right(
        &self,
        person: PersonId,
        role: RoleName,
        families: &Sight,
        at: Instant,
    ) -> Option<ByRight> {
        if !self.is_active(person) {
            return None;
        }
        let holders = self.holders(role, families);
        if holders.contains(&person) {
            return Some(ByRight::Holder);
        }
        // Duties that are kept apart stay apart, also when a role came after the delegation.
        let apart = || self.grants_of(person).any(|grant| !compatible(grant.role, role));
        let delegated = self.delegations.values().find(|one| {
            one.to == person
                && one.role == role
                && one.families.covers(families)
                && one.begins <= at
                && at < one.ends
                // It lapses with the role of whoever gave it.
                && holders.contains(&one.from)
                && !apart()
        });
        if let Some(handing) = delegated {
            return Some(ByRight::Delegate(handing.delegation));
        }
        let deputy = self.standing(role, families, Standing::Deputy).contains(&person);
        let nobody = holders.iter().all(|holder| self.is_absent(*holder, at));
        (deputy && nobody).then_some(ByRight::Deputy)
    }

    /// Whoever could sign in a role at an instant for these families.
    pub fn could_sign(&self, role: RoleName, families: &Sight, at: Instant) -> BTreeSet<PersonId> {
        let may = |person: &PersonId| self.able(*person, role, families, at).is_ok();
        self.persons.keys().copied().filter(may).collect()
    }

    /// By what right a person signs in a role for these families; or why not, and who could.
    pub fn may_sign(
        &self,
        person: PersonId,
        role: RoleName,
        families: &Sight,
        at: Instant,
    ) -> Result<ByRight, Refusal> {
        let lack = match self.able(person, role, families, at) {
            Ok(by) => return Ok(by),
            Err(lack) => lack,
        };
        let could = || self.names(self.could_sign(role, families, at));
        Err(match lack {
            Lack::Account(refusal) => refusal,
            Lack::Right => self.no_such_right(person, role, families, at),
            Lack::Identity => {
                let vouching = self.who_may(Right::VerifyIdentity, at);
                let vouching = vouching.into_iter().filter(|one| *one != person);
                let next = match self.names(vouching) {
                    names if names.is_empty() => {
                        "Ask an administrator to vouch for you.".to_owned()
                    }
                    names => format!("Ask {names} to vouch for you."),
                };
                Refusal::new(
                    "identity_unverified",
                    "Nobody has made sure yet who you are, and a signature needs that first (21 CFR 11.100(b)).",
                    next,
                )
                .could(could())
            }
            Lack::Training => {
                let what = match self.competent_until(person, role) {
                    Some(until) => format!("Your training as {role} ended on {until}."),
                    None => format!("No training as {role} is recorded for you."),
                };
                let next =
                    "Have it renewed and recorded, or ask quality for an override with a reason.";
                Refusal::new("training_lapsed", what, next).could(could())
            }
        })
    }

    /// By what right a person signs in a role, or what they lack. Names nobody else, so that naming who
    /// could is free to ask it of everybody.
    fn able(
        &self,
        person: PersonId,
        role: RoleName,
        families: &Sight,
        at: Instant,
    ) -> Result<ByRight, Lack> {
        let known = self.active(person).map_err(Lack::Account)?;
        let by = self.by_right(person, role, families, at).ok_or(Lack::Right)?;
        if known.identity.is_none() {
            return Err(Lack::Identity);
        }
        let today = day_of(at).unwrap_or(Date::MIN);
        let wanted = self.matrix(self.rights_version()).wants_training(role);
        let competent = || {
            self.competences_of(person)
                .any(|one| one.role == role && one.from <= today && today <= one.until)
        };
        if wanted && !competent() { Err(Lack::Training) } else { Ok(by) }
    }

    fn no_such_right(
        &self,
        person: PersonId,
        role: RoleName,
        families: &Sight,
        at: Instant,
    ) -> Refusal {
        let deputy = self.standing(role, families, Standing::Deputy).contains(&person);
        let what = if deputy {
            format!("You are deputy as {role}, and somebody who holds the role is there.")
        } else {
            format!("You do not have the right to sign as {role} for these product families.")
        };
        let could = self.could_sign(role, families, at);
        if could.is_empty() {
            return Refusal::new(
                "right_missing",
                what,
                format!(
                    "Nobody can sign as {role} now: the role must be given to somebody, or the training of its holder be renewed."
                ),
            );
        }
        Refusal::new("right_missing", what, "Ask one of them to sign.").could(self.names(could))
    }
}
